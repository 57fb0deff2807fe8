"""Losses: formulas, gradients of the mean, extremes and bad input."""

import math

import numpy as np
import pytest

from snippets import loss
from snippets.activations import softmax, softmax_backward
from snippets.loss import cross_entropy, cross_entropy_grad, one_hot

RNG = np.random.default_rng(0)
NUMBERS = RNG.normal(size=(5, 3)), RNG.normal(size=(5, 3))
SIGNS = RNG.normal(size=7), np.where(RNG.random(7) < 0.5, -1.0, 1.0)
PROBABILITIES = RNG.uniform(0.05, 0.95, (4, 2)), RNG.random((4, 2))
LOGITS = 3 * RNG.normal(size=(4, 2)), RNG.random((4, 2))
CASES = {
    "mse": NUMBERS,
    "mae": NUMBERS,
    "huber": NUMBERS,
    "hinge": SIGNS,
    "binary_cross_entropy": PROBABILITIES,
    "binary_cross_entropy_with_logits": LOGITS,
    "cross_entropy": (RNG.normal(size=(5, 3)), np.array([0, 2, 1, 1, 0])),
}


def both(name):
    return getattr(loss, name), getattr(loss, f"{name}_grad")


def numeric(f, x, eps=1e-6):
    grad = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        d = np.zeros_like(x)
        d[i] = eps
        grad[i] = (f(x + d) - f(x - d)) / (2 * eps)
    return grad


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("rows", [1, None])
def test_gradient_of_the_mean_matches_central_difference(name, rows):
    f, f_grad = both(name)
    y_hat, y = (a[:rows] for a in CASES[name])
    expected = numeric(lambda v: f(v, y), y_hat)
    error = np.abs(f_grad(y_hat, y) - expected).max() / np.abs(expected).max()
    assert error <= 1e-6


@pytest.mark.parametrize("name", CASES)
def test_loss_is_the_mean_of_the_losses_of_single_rows(name):
    f, f_grad = both(name)
    y_hat, y = CASES[name]
    rows = [f(y_hat[n : n + 1], y[n : n + 1]) for n in range(len(y))]
    assert math.isclose(f(y_hat, y), np.mean(rows))
    grads = [f_grad(y_hat[n : n + 1], y[n : n + 1])[0] / len(y) for n in range(len(y))]
    np.testing.assert_allclose(f_grad(y_hat, y), grads)


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_dtype_of_the_prediction_is_kept_and_nothing_is_changed(name, dtype):
    f, f_grad = both(name)
    y_hat, y = CASES[name]
    y_hat, y = np.asfortranarray(y_hat.astype(dtype)), y.copy()
    y_hat.flags.writeable = y.flags.writeable = False
    assert f_grad(y_hat, y).dtype == dtype
    assert isinstance(f(y_hat, y), float)
    # lists work too, to the precision of the dtype
    assert math.isclose(f(y_hat.tolist(), y.tolist()), f(y_hat, y), rel_tol=1e-2)


@pytest.mark.parametrize("name", CASES)
def test_nan_is_not_hidden(name):
    f, f_grad = both(name)
    y_hat, y = CASES[name][0].copy(), CASES[name][1]
    y_hat.flat[0] = np.nan
    assert math.isnan(f(y_hat, y))
    assert np.isnan(f_grad(y_hat, y).flat[0])


def test_squares_of_half_precision_numbers_are_not_infinite():
    far = np.array([300.0, -300.0], np.float16)
    assert loss.mse(far, np.zeros(2)) == 90_000
    assert loss.mae(np.float16([60_000]), [-60_000]) == pytest.approx(120_000, rel=1e-3)
    assert loss.huber(far, [0, 0], delta=1000) == 45_000


@pytest.mark.parametrize(
    "name", ["mse", "mae", "huber", "hinge", "mse_grad", "binary_cross_entropy_with_logits"]
)
def test_a_target_that_does_not_fit_into_the_dtype_is_refused(name):
    with pytest.raises(ValueError, match=rf"{name}: y must fit into float32, got 1e\+300"):
        getattr(loss, name)(np.float32([1.0, 2.0]), [1.0, 1e300])


def test_values_computed_by_hand():
    assert loss.mse([3, 1], [1, 1]) == 2
    assert loss.mae([3, 1], [1, 1]) == 1
    assert loss.huber([3, 0.5], [0, 0]) == (2.5 + 0.125) / 2
    assert loss.huber([3.0], [0], delta=2.0) == 2 * (3 - 1)
    assert loss.hinge([0.5, 2, -1], [1, -1, -1]) == (0.5 + 3 + 0) / 3
    assert math.isclose(loss.binary_cross_entropy([0.25], [1]), math.log(4))


def test_huber_is_half_of_mse_near_zero_and_mae_less_a_half_far_away():
    e = np.linspace(-1, 1, 11)
    assert math.isclose(loss.huber(e, 0 * e), loss.mse(e, 0 * e) / 2)
    assert loss.huber(e + 100, 0 * e) == pytest.approx(loss.mae(e + 100, 0 * e) - 0.5)


def test_slopes_at_the_corners_are_the_documented_ones():
    assert loss.mae_grad([1.0], [1]).item() == 0
    assert loss.hinge_grad([1.0], [1]).item() == 0


def test_cross_entropy_is_the_negative_log_likelihood():
    logits, labels = CASES["cross_entropy"]
    likelihood = np.prod([softmax(row)[k] for row, k in zip(logits, labels, strict=True)])
    assert math.isclose(cross_entropy(logits, labels), -math.log(likelihood) / len(labels))


def test_cross_entropy_of_equal_logits_is_log_k():
    assert math.isclose(cross_entropy(np.zeros((2, 5)), [0, 4]), math.log(5))


def test_gradient_of_softmax_with_cross_entropy_is_p_minus_y():
    logits, labels = CASES["cross_entropy"]
    y = one_hot(labels, 3)
    p = softmax(logits)
    np.testing.assert_allclose(cross_entropy_grad(logits, labels), (p - y) / len(y))
    # the long way: dL/dp = -y / p, then back through softmax
    np.testing.assert_allclose(softmax_backward(-y / p / len(y), p), (p - y) / len(y), atol=1e-15)


def test_two_class_cross_entropy_is_the_binary_one_of_the_difference():
    z, labels = np.array([[0.3, 1.7], [2.0, -1.0]]), np.array([1, 1])
    difference = z[:, 1] - z[:, 0]
    assert math.isclose(
        cross_entropy(z, labels), loss.binary_cross_entropy_with_logits(difference, labels)
    )


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_losses_of_logits_are_finite_and_right_at_ten_thousand(dtype):
    z = np.array([1e4, -1e4], dtype)
    assert loss.binary_cross_entropy_with_logits(z[:1], [0]) == z[0]
    assert loss.binary_cross_entropy_with_logits(z, [1, 0]) == 0
    assert loss.binary_cross_entropy_with_logits_grad(z[:1], [0]).item() == 1
    assert cross_entropy(z[None], [1]) == 2 * z[0]
    np.testing.assert_array_equal(cross_entropy_grad(z[None], [1]), [[1, -1]])


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_binary_cross_entropy_of_certain_and_wrong_is_large_but_finite(dtype):
    p = np.array([0, 1], dtype)
    assert 6 < loss.binary_cross_entropy(p, [1, 0]) < 40
    assert np.isfinite(loss.binary_cross_entropy_grad(p, [1, 0])).all()
    assert loss.binary_cross_entropy(p, [0, 1]) < 2e-3


def test_losses_with_and_without_logits_agree():
    z, y = LOGITS
    p = 1 / (1 + np.exp(-z))
    assert math.isclose(
        loss.binary_cross_entropy(p, y), loss.binary_cross_entropy_with_logits(z, y)
    )


def test_a_masked_class_costs_nothing_unless_it_is_the_right_one():
    assert math.isclose(cross_entropy([[0.0, 0.0, -np.inf]], [0]), math.log(2))
    assert cross_entropy([[0.0, 0.0, -np.inf]], [2]) == math.inf


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: loss.mse([1], [1, 2]), ValueError, r"mse: y_hat and y must have the same shape"),
        (lambda: loss.mae_grad([], []), ValueError, r"mae_grad: y_hat must not be empty"),
        (lambda: loss.mse(["a"], [1]), TypeError, r"mse: y_hat must be real numbers"),
        (lambda: loss.huber([1], [1], delta=0), ValueError, r"huber: delta must be a number > 0"),
        (lambda: loss.hinge([1], [0]), ValueError, r"hinge: y must be -1 or \+1, got 0"),
        (lambda: loss.binary_cross_entropy([2], [0]), ValueError, r"y_hat must lie in \[0, 1\]"),
        (lambda: loss.binary_cross_entropy([0.5], [-1]), ValueError, r": y must lie in \[0, 1\]"),
        (lambda: cross_entropy([1.0], [0]), ValueError, r"cross_entropy: logits must be 2-D"),
        (lambda: cross_entropy([[1.0]], [0, 0]), ValueError, r"labels must have shape \(1,\)"),
        (lambda: cross_entropy([[1.0, 2]], [2]), ValueError, r"labels must lie in 0 .. 1, got 2"),
        (lambda: cross_entropy([[1.0, 2]], [0.5]), TypeError, r"labels must be integers"),
        (lambda: cross_entropy(np.zeros((0, 2)), []), ValueError, r"logits must not be empty"),
        (lambda: one_hot([3], 3), ValueError, r"one_hot: labels must lie in 0 .. 2, got 3"),
    ],
)
def test_bad_input_is_named(call, error, message):
    with pytest.raises(error, match=message):
        call()
