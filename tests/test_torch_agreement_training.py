"""The training modules compute what PyTorch 2.13 computes.

The answers of PyTorch stand in `fixtures/torch_training.npz`, written by
`scripts/make_torch_fixtures_training.py`: 1e-10 in float64, 1e-4 in float32.
"""

from pathlib import Path

import numpy as np
import pytest

from snippets import activations, initialization, loss, normalization
from snippets.optimizers import SGD, Adam, AdamW, RMSProp

with np.load(Path(__file__).parent / "fixtures" / "torch_training.npz") as stored:
    ANSWERS = dict(stored)

TOLERANCE = {np.float64: 1e-10, np.float32: 1e-4}
PRECISIONS = pytest.mark.parametrize("dtype", TOLERANCE, ids=lambda dtype: dtype.__name__)


def answer(topic, key, dtype=np.float64):
    value = ANSWERS[f"{topic}/{key}"]
    return value.astype(dtype) if value.dtype == np.float64 else value


def assert_agrees(ours, topic, key, dtype):
    expected = ANSWERS[f"{topic}/{key}"]
    assert np.shape(ours) == expected.shape
    if isinstance(ours, np.ndarray) and ours.ndim:
        assert ours.dtype == dtype
    np.testing.assert_allclose(ours, expected, rtol=TOLERANCE[dtype], atol=TOLERANCE[dtype])


def test_answers_come_from_the_version_that_the_site_names():
    assert str(ANSWERS["version"]).startswith("2.13.0")


OPTIMIZERS = {
    "sgd": lambda: SGD(0.05),
    "momentum": lambda: SGD(0.02, momentum=0.9),
    "nesterov": lambda: SGD(0.02, momentum=0.9, nesterov=True),
    "sgd_decay": lambda: SGD(0.02, momentum=0.9, weight_decay=0.1),
    "rmsprop": lambda: RMSProp(0.01, decay=0.9),
    "adam": lambda: Adam(0.05),
    "adamw": lambda: AdamW(0.05, weight_decay=0.1),
}


@PRECISIONS
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_optimizer_follows_pytorch_for_50_steps(name, dtype):
    optimizer = OPTIMIZERS[name]()
    w, path = answer("optimizers", "start", dtype), []
    for _ in range(50):
        (w,) = optimizer.step([w], [w / 10 - np.sin(w)])
        path.append(w)
    assert_agrees(np.array(path), "optimizers", name, dtype)


@PRECISIONS
@pytest.mark.parametrize("kind", ["features", "images"])
def test_batch_norm_agrees_with_pytorch(kind, dtype):
    def given(key):
        return answer("batch_norm", f"{kind}_{key}", dtype)

    def agrees(ours, key):
        assert_agrees(ours, "batch_norm", f"{kind}_{key}", dtype)

    x, dy, gamma, beta = given("x"), given("dy"), given("gamma"), given("beta")
    agrees(normalization.batch_norm(x, gamma, beta), "y")
    dx, dgamma, dbeta = normalization.batch_norm_backward(dy, x, gamma)
    agrees(dx, "dx")
    agrees(dgamma, "dgamma")
    agrees(dbeta, "dbeta")
    start = np.zeros(3, dtype), np.ones(3, dtype)
    mean, var = normalization.update_running_statistics(*start, x)
    agrees(mean, "running_mean")
    agrees(var, "running_var")
    agrees(normalization.batch_norm_inference(x, gamma, beta, mean, var), "inference")


@PRECISIONS
def test_layer_norm_agrees_with_pytorch(dtype):
    x, dy, gamma, beta = (answer("layer_norm", key, dtype) for key in ("x", "dy", "gamma", "beta"))
    assert_agrees(normalization.layer_norm(x, gamma, beta), "layer_norm", "y", dtype)
    gradients = normalization.layer_norm_backward(dy, x, gamma)
    for ours, key in zip(gradients, ("dx", "dgamma", "dbeta"), strict=True):
        assert_agrees(ours, "layer_norm", key, dtype)


@PRECISIONS
@pytest.mark.parametrize(
    "name", ["sigmoid", "tanh", "relu", "leaky_relu", "elu", "softplus", "gelu", "silu"]
)
def test_activation_and_derivative_agree_with_pytorch(name, dtype):
    z = answer("activations", "z", dtype)
    for function in (name, f"{name}_prime"):
        assert_agrees(getattr(activations, function)(z), "activations", function, dtype)


@PRECISIONS
@pytest.mark.parametrize("axis", [0, 1])
def test_softmax_agrees_with_pytorch(axis, dtype):
    z, dy = answer("softmax", "z", dtype), answer("softmax", "dy", dtype)
    p = activations.softmax(z, axis=axis)
    assert_agrees(p, "softmax", f"p{axis}", dtype)
    assert_agrees(activations.log_softmax(z, axis=axis), "softmax", f"log_p{axis}", dtype)
    dz = activations.softmax_backward(dy, p, axis=axis)
    assert_agrees(dz, "softmax", f"dz{axis}", dtype)


@PRECISIONS
@pytest.mark.parametrize(
    "name",
    [
        "mse",
        "mae",
        "huber",
        "binary_cross_entropy",
        "binary_cross_entropy_with_logits",
        "cross_entropy",
    ],
)
def test_loss_and_gradient_agree_with_pytorch(name, dtype):
    y_hat, y = (answer("losses", f"{name}_{key}", dtype) for key in ("y_hat", "y"))
    assert_agrees(np.asarray(getattr(loss, name)(y_hat, y)), "losses", name, dtype)
    assert_agrees(getattr(loss, f"{name}_grad")(y_hat, y), "losses", f"{name}_grad", dtype)


@pytest.mark.parametrize("name", ["glorot_uniform", "glorot_normal", "he_uniform", "he_normal"])
def test_initializer_draws_from_pytorchs_distribution(name):
    std, largest = answer("initializers", name)
    w = getattr(initialization, name)((1000, 2000), np.random.default_rng(0))
    assert w.std() == pytest.approx(std, rel=0.003)  # 2,000,000 draws: 1 sigma is 0.05 %
    # the largest of two million draws: sharp for a uniform law, loose for a normal one
    assert np.abs(w).max() == pytest.approx(largest, rel=1e-4 if "uniform" in name else 0.15)
