"""The training modules compute what PyTorch 2.13 computes.

The answers of PyTorch stand in `fixtures/torch_training.npz`, written by
`scripts/make_torch_fixtures_training.py`: 1e-10 in float64, 1e-4 in float32.  Where torch is
installed it is asked again, too.
"""

import importlib
import importlib.util
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from scripts.make_torch_fixtures_training import (
    NARROW,
    QUANTILES,
    SEED,
    SHAPES,
    TOPICS,
    VARIANTS,
    ask,
)
from snippets import activations, initialization, loss, normalization
from snippets.optimizers import SGD, Adam, AdamW, RMSProp

TOLERANCE = {np.float64: 1e-10, np.float32: 1e-4}
SOURCES = ["kept", "live"] if importlib.util.find_spec("torch") else ["kept"]


@cache
def answers(source):
    if source == "live":
        return ask(importlib.import_module("torch"))
    with np.load(Path(__file__).parent / "fixtures" / "torch_training.npz") as stored:
        return dict(stored)


class Answers:
    """The arrays of one source, given out in one precision and compared in it."""

    def __init__(self, source, dtype):
        self.arrays, self.dtype = answers(source), dtype

    def __call__(self, topic, key):
        value = self.arrays[f"{topic}/{key}"]
        return value.astype(self.dtype) if value.dtype == np.float64 else value

    def agree(self, ours, topic, key):
        expected, tolerance = self.arrays[f"{topic}/{key}"], TOLERANCE[self.dtype]
        assert np.shape(ours) == expected.shape
        if isinstance(ours, np.ndarray) and ours.ndim:
            assert ours.dtype == self.dtype
        np.testing.assert_allclose(ours, expected, rtol=tolerance, atol=tolerance)


@pytest.fixture(params=SOURCES)
def source(request):
    return request.param


@pytest.fixture(params=TOLERANCE, ids=lambda dtype: dtype.__name__)
def answer(request, source):
    return Answers(source, request.param)


def test_answers_come_from_the_version_that_the_site_names():
    assert str(answers("kept")["torch"]).startswith("2.13.0")
    assert answers("kept")["seed"] == SEED


def test_every_answer_is_kept_that_torch_would_be_asked_for():
    topics = {key.split("/")[0] for key in answers("kept")}
    assert topics == {*TOPICS, "torch", "seed"}


OPTIMIZERS = {
    "sgd": lambda: SGD(0.05),
    "momentum": lambda: SGD(0.02, momentum=0.9),
    "nesterov": lambda: SGD(0.02, momentum=0.9, nesterov=True),
    "sgd_decay": lambda: SGD(0.02, momentum=0.9, weight_decay=0.1),
    "rmsprop": lambda: RMSProp(0.01, decay=0.9),
    "adam": lambda: Adam(0.05),
    "adamw": lambda: AdamW(0.05, weight_decay=0.1),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_optimizer_follows_pytorch_for_50_steps(name, answer):
    optimizer = OPTIMIZERS[name]()
    w, path = answer("optimizers", "start"), []
    for _ in range(50):
        (w,) = optimizer.step([w], [w / 10 - np.sin(w)])
        path.append(w)
    answer.agree(np.array(path), "optimizers", name)


@pytest.mark.parametrize("kind", ["features", "images"])
def test_batch_norm_agrees_with_pytorch(kind, answer):
    def given(key):
        return answer("batch_norm", f"{kind}_{key}")

    def agrees(ours, key):
        answer.agree(ours, "batch_norm", f"{kind}_{key}")

    x, dy, gamma, beta = given("x"), given("dy"), given("gamma"), given("beta")
    agrees(normalization.batch_norm(x, gamma, beta), "y")
    dx, dgamma, dbeta = normalization.batch_norm_backward(dy, x, gamma)
    agrees(dx, "dx")
    agrees(dgamma, "dgamma")
    agrees(dbeta, "dbeta")
    start = np.zeros(3, answer.dtype), np.ones(3, answer.dtype)
    mean, var = normalization.update_running_statistics(*start, x)
    agrees(mean, "running_mean")
    agrees(var, "running_var")
    agrees(normalization.batch_norm_inference(x, gamma, beta, mean, var), "inference")


def test_layer_norm_agrees_with_pytorch(answer):
    x, dy, gamma, beta = (answer("layer_norm", key) for key in ("x", "dy", "gamma", "beta"))
    answer.agree(normalization.layer_norm(x, gamma, beta), "layer_norm", "y")
    gradients = normalization.layer_norm_backward(dy, x, gamma)
    for ours, key in zip(gradients, ("dx", "dgamma", "dbeta"), strict=True):
        answer.agree(ours, "layer_norm", key)


@pytest.mark.parametrize(
    "name", ["sigmoid", "tanh", "relu", "leaky_relu", "elu", "softplus", "gelu", "silu"]
)
def test_activation_and_derivative_agree_with_pytorch(name, answer):
    z = answer("activations", "z")
    for function in (name, f"{name}_prime"):
        answer.agree(getattr(activations, function)(z), "activations", function)


@pytest.mark.parametrize("variant", VARIANTS)
def test_activation_with_another_parameter_agrees_with_pytorch(variant, answer):
    name, value = VARIANTS[variant]
    z = answer("activations", "z")
    answer.agree(getattr(activations, name)(z, value), "activations", variant)
    prime = getattr(activations, f"{name}_prime")(z, value)
    answer.agree(prime, "activations", f"{variant}_prime")


@pytest.mark.parametrize("axis", [0, 1])
def test_softmax_agrees_with_pytorch(axis, answer):
    z, dy = answer("softmax", "z"), answer("softmax", "dy")
    p = activations.softmax(z, axis=axis)
    answer.agree(p, "softmax", f"p{axis}")
    answer.agree(activations.log_softmax(z, axis=axis), "softmax", f"log_p{axis}")
    dz = activations.softmax_backward(dy, p, axis=axis)
    answer.agree(dz, "softmax", f"dz{axis}")


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
def test_loss_and_gradient_agree_with_pytorch(name, answer):
    y_hat, y = (answer("losses", f"{name}_{key}") for key in ("y_hat", "y"))
    answer.agree(np.asarray(getattr(loss, name)(y_hat, y)), "losses", name)
    answer.agree(getattr(loss, f"{name}_grad")(y_hat, y), "losses", f"{name}_grad")


def test_huber_with_another_delta_agrees_with_pytorch(answer):
    y_hat, y = answer("losses", "huber_narrow_y_hat"), answer("losses", "huber_narrow_y")
    answer.agree(np.asarray(loss.huber(y_hat, y, NARROW)), "losses", "huber_narrow")
    answer.agree(loss.huber_grad(y_hat, y, NARROW), "losses", "huber_narrow_grad")


@pytest.mark.parametrize("kind", SHAPES)
@pytest.mark.parametrize("name", ["glorot_uniform", "glorot_normal", "he_uniform", "he_normal"])
def test_initializer_draws_from_pytorchs_distribution(name, kind, source):
    std, largest, *quantiles = answers(source)[f"initializers/{name}_{kind}"]
    w = getattr(initialization, name)(SHAPES[kind], np.random.default_rng(0))
    assert w.std() == pytest.approx(std, rel=0.01)  # 250,000 draws: 1 sigma is 0.14 %
    # the largest of them all: sharp for a uniform law, loose for a normal one
    assert np.abs(w).max() == pytest.approx(largest, rel=1e-4 if "uniform" in name else 0.15)
    np.testing.assert_allclose(np.quantile(w, QUANTILES), quantiles, rtol=0, atol=0.05 * std)
