"""What the chapter on normalization claims."""

import numpy as np
import pytest

from snippets.autodiff import Tensor
from snippets.gradient_check import check_gradient, relative_error
from snippets.normalization import (
    batch_norm,
    batch_norm_backward,
    batch_norm_inference,
    layer_norm,
    layer_norm_backward,
    residual,
    residual_backward,
    update_running_statistics,
)

BATCHES = {
    "features": ((6, 3), (0,)),
    "images": ((2, 3, 4, 5), (0, 2, 3)),
}


def random(shape, seed):
    return np.random.default_rng(seed).normal(size=shape)


@pytest.mark.parametrize(("shape", "axes"), BATCHES.values(), ids=BATCHES)
def test_batch_norm_gives_each_feature_mean_beta_and_std_gamma(shape, axes):
    gamma, beta = np.array([1.0, 2.0, 3.0]), np.array([-1.0, 0.0, 1.0])
    y = batch_norm(5 + 10 * random(shape, 0), gamma, beta)
    assert y.mean(axis=axes) == pytest.approx(beta, abs=1e-12)
    assert y.std(axis=axes) == pytest.approx(gamma, rel=1e-6)


def test_layer_norm_gives_each_sample_mean_zero_and_std_one():
    y = layer_norm(5 + 10 * random((4, 7, 16), 0), np.ones(16), np.zeros(16))
    assert np.abs(y.mean(axis=-1)).max() < 1e-12
    assert y.std(axis=-1) == pytest.approx(np.ones((4, 7)), rel=1e-6)


def test_layer_norm_of_a_sample_ignores_the_others_and_batch_norm_does_not():
    x = random((4, 5), 0)
    changed = x.copy()
    changed[1:] += 3 * random((3, 5), 1)
    ones, zeros = np.ones(5), np.zeros(5)
    assert np.array_equal(layer_norm(x, ones, zeros)[0], layer_norm(changed, ones, zeros)[0])
    assert not np.allclose(batch_norm(x, ones, zeros)[0], batch_norm(changed, ones, zeros)[0])


CASES = {
    "batch_norm": (batch_norm, batch_norm_backward, (6, 3), 3, (0,)),
    "batch_norm images": (batch_norm, batch_norm_backward, (2, 3, 2, 2), 3, (0, 2, 3)),
    "layer_norm": (layer_norm, layer_norm_backward, (4, 5), 5, (-1,)),
    "layer_norm sequence": (layer_norm, layer_norm_backward, (2, 3, 5), 5, (-1,)),
}


@pytest.mark.parametrize(("f", "f_backward", "shape", "D", "axes"), CASES.values(), ids=CASES)
def test_backward_matches_central_difference(f, f_backward, shape, D, axes):
    x, gamma, beta, dy = random(shape, 0), random(D, 1), random(D, 2), random(shape, 3)
    dx, dgamma, dbeta = f_backward(dy, x, gamma)
    check_gradient(lambda x: np.sum(f(x, gamma, beta) * dy), x, dx)
    check_gradient(lambda gamma: np.sum(f(x, gamma, beta) * dy), gamma, dgamma)
    check_gradient(lambda beta: np.sum(f(x, gamma, beta) * dy), beta, dbeta)


@pytest.mark.parametrize(("f", "f_backward", "shape", "D", "axes"), CASES.values(), ids=CASES)
def test_backward_matches_the_tape(f, f_backward, shape, D, axes):
    dy = random(shape, 3)
    broadcast = (D,) + (1,) * (len(shape) - 2) if f is batch_norm else (D,)
    x, gamma, beta = Tensor(random(shape, 0)), Tensor(random(D, 1)), Tensor(random(D, 2))
    centred = x - x.mean(axis=axes, keepdims=True)
    std = ((centred**2).mean(axis=axes, keepdims=True) + 1e-5) ** 0.5
    y = gamma.reshape(broadcast) * (centred / std) + beta.reshape(broadcast)
    assert relative_error(f(x.data, gamma.data, beta.data), y.data) < 1e-14
    y.backward(dy)
    gradients = f_backward(dy, x.data, gamma.data)
    for ours, tensor in zip(gradients, (x, gamma, beta), strict=True):
        assert relative_error(ours, tensor.grad) < 1e-12


def test_gradient_where_the_input_is_used_twice():
    x = random((5, 4), 0)
    ones, zeros = np.ones(4), np.zeros(4)

    def f(x):
        return np.sum(layer_norm(x, ones, zeros) * x**2)

    dx, _, _ = layer_norm_backward(x**2, x, ones)
    check_gradient(f, x, dx + 2 * x * layer_norm(x, ones, zeros))


@pytest.mark.parametrize("size", [300.0, 40_000.0])
def test_half_precision_numbers_may_be_larger_than_their_variance_allows(size):
    x = np.array([[size, 1.0], [-size, 3.0]], np.float16)
    one, zero = np.ones(2, np.float16), np.zeros(2, np.float16)
    y = batch_norm(x, one, zero)
    assert y.dtype == layer_norm(x, one, zero).dtype == np.float16
    assert np.abs(y) == pytest.approx(1, abs=1e-3)
    assert np.abs(layer_norm(x, one, zero)) == pytest.approx(1, abs=1e-3)
    for grad in batch_norm_backward(np.float16([[1, 2], [4, 3]]), x, one):
        assert grad.dtype == np.float16
        assert np.isfinite(grad).all()
    with pytest.raises(ValueError, match="the variance of x must fit into float16, got"):
        update_running_statistics(zero, one, x)


def test_running_statistics_converge_to_those_of_the_data():
    rng = np.random.default_rng(0)
    mean, var = np.zeros(2), np.ones(2)
    for _ in range(300):
        mean, var = update_running_statistics(mean, var, rng.normal([1, -2], [0.5, 3], (64, 2)))
    assert mean == pytest.approx([1, -2], abs=0.3)
    assert var == pytest.approx([0.25, 9], rel=0.2)


def test_inference_with_a_batchs_own_statistics_equals_training():
    x, gamma, beta = random((8, 3), 0), random(3, 1), random(3, 2)
    y = batch_norm_inference(x, gamma, beta, x.mean(axis=0), x.var(axis=0))
    assert y == pytest.approx(batch_norm(x, gamma, beta), rel=1e-12)


def test_inference_needs_one_sample_only():
    x, one = random((8, 3), 0), np.ones(3)
    whole = batch_norm_inference(x, one, one, 0 * one, one)
    assert batch_norm_inference(x[:1], one, one, 0 * one, one) == pytest.approx(whole[:1], abs=0)


def test_normalization_undoes_any_rescaling_of_its_input():
    x, one, zero = random((8, 3), 0), np.ones(3), np.zeros(3)
    assert batch_norm(1e6 * x - 5, one, zero) == pytest.approx(batch_norm(1e3 * x, one, zero))


def test_constant_feature_gives_beta_and_no_division_by_zero():
    y = batch_norm(np.full((4, 1), 7.0), [2.0], [3.0])
    assert y.tolist() == [[3.0]] * 4


def test_residual_backward_matches_central_difference_and_tape():
    w, x, dy = random((3, 3), 0), random((2, 3), 1), random((2, 3), 2)

    def f_backward(dy):
        return (dy * (1 - np.tanh(x @ w) ** 2)) @ w.T

    dx = residual_backward(dy, f_backward)
    check_gradient(lambda x: np.sum(residual(x, lambda x: np.tanh(x @ w)) * dy), x, dx)
    tensor = Tensor(x)
    (tensor + (tensor @ w).tanh()).backward(dy)
    assert relative_error(dx, tensor.grad) < 1e-14


def test_residual_gradient_survives_50_layers_that_pass_almost_nothing():
    plain = shortcut = np.ones(4)
    for _ in range(50):
        plain = 0.01 * plain
        shortcut = residual_backward(shortcut, lambda dy: 0.01 * dy)
    assert plain.max() < 1e-99
    assert shortcut == pytest.approx(np.full(4, 1.01**50))


def test_bad_arguments_are_named():
    with pytest.raises(ValueError, match=r"layer_norm: gamma must have shape \(2,\)"):
        layer_norm([[1.0, 2.0]], [1.0], [0.0, 0.0])
    with pytest.raises(ValueError, match="batch_norm: x must be 2-D or 4-D"):
        batch_norm([1.0], [1.0], [1.0])
    with pytest.raises(ValueError, match="x must hold two values of each feature"):
        update_running_statistics([0.0], [1.0], [[1.0]])
