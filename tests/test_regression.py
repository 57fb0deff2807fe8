"""Regression as one neuron: one gradient for two losses, and two ways to one answer."""

import numpy as np
import pytest

from snippets import regression as reg

RNG = np.random.default_rng(0)
X = RNG.normal(size=(40, 3))
NUMBERS = X @ [1.0, -2.0, 0.5] + 3 + 0.1 * RNG.normal(size=40)
LABELS = (X @ [1.0, -2.0, 0.5] + RNG.normal(size=40) > 0).astype(float)
MODELS = {
    "linear": (reg.linear, reg.squared_loss, NUMBERS),
    "logistic": (reg.logistic, reg.logistic_loss, LABELS),
}


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("N", [1, 40])
def test_one_gradient_mean_of_error_times_x_serves_both_losses(name, N):
    predict, loss, y = MODELS[name]
    x, y, w, b, eps = X[:N], y[:N], np.array([0.3, -0.1, 0.8]), 0.2, 1e-5
    grad = reg.gradient(x, predict(x, w, b), y)
    moved = [(loss(x, y, w + d, b) - loss(x, y, w - d, b)) / (2 * eps) for d in eps * np.eye(3)]
    assert np.abs(grad.w - moved).max() <= 1e-6 * np.abs(grad.w).max()
    db = (loss(x, y, w, b + eps) - loss(x, y, w, b - eps)) / (2 * eps)
    assert grad.b == pytest.approx(db, rel=1e-6)


def test_normal_equation_is_where_gradient_descent_ends():
    exact = reg.normal_equation(X, NUMBERS)
    walked = reg.gradient_descent(reg.linear, X, NUMBERS, lr=0.3, steps=500)
    np.testing.assert_allclose(walked.w, exact.w, rtol=1e-10)
    assert walked.b == pytest.approx(exact.b, rel=1e-10)
    # the gradient is zero there, and every step away costs
    grad = reg.gradient(X, reg.linear(X, *exact), NUMBERS)
    assert max(*np.abs(grad.w), abs(grad.b)) < 1e-12
    best = reg.squared_loss(X, NUMBERS, *exact)
    for d in RNG.normal(size=(20, 3)):
        assert reg.squared_loss(X, NUMBERS, exact.w + d, exact.b) > best


def test_normal_equation_finds_the_line_through_exact_points():
    fit = reg.normal_equation([[0.0], [1.0], [5.0]], [1, 3, 11])
    np.testing.assert_allclose([*fit.w, fit.b], [2, 1])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("first", [1000, 2000])
def test_normal_equation_finds_a_line_over_years(first, dtype):
    years = np.arange(first, first + 20, dtype=dtype)
    fit = reg.normal_equation(years[:, None], 3 * years + 1)
    assert fit.w.dtype == dtype
    np.testing.assert_allclose([*fit.w, fit.b], [3, 1], rtol=1e-8)


def test_normal_equation_finds_a_line_over_the_seconds_of_a_clock():
    seconds = 1.7e9 + np.arange(20.0)
    fit = reg.normal_equation(seconds[:, None], 3 * (seconds - 1.7e9) + 1)
    np.testing.assert_allclose([*fit.w, fit.b + 3 * 1.7e9], [3, 1], rtol=1e-5)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_many_examples_do_not_make_independent_columns_look_dependent(dtype):
    x = np.random.default_rng(0).normal(size=(20_000, 2)).astype(dtype)
    x *= np.array([1, 0.01], dtype)
    fit = reg.normal_equation(x, x @ np.array([3, 500], dtype))
    np.testing.assert_allclose(fit.w, [3, 500], rtol=max(np.finfo(dtype).eps, 1e-12))


def test_columns_that_differ_by_rounding_alone_are_not_independent():
    x = np.linspace(0.1, 1.9, 7, dtype=np.float32)
    with pytest.raises(ValueError, match="independent columns, got rank 2"):
        reg.normal_equation(np.column_stack([x, 3 * x]), x)


def test_logistic_regression_learns_the_classes():
    fit = reg.gradient_descent(reg.logistic, X, LABELS, lr=1.0, steps=3000)
    grad = reg.gradient(X, reg.logistic(X, *fit), LABELS)
    assert np.abs(grad.w).max() < 1e-4
    right = (reg.logistic(X, *fit) > 0.5) == LABELS
    assert right.mean() > 0.8


def test_logistic_loss_is_finite_when_far_wrong():
    assert reg.logistic_loss([[1e4]], [0], [1.0], 0.0) == 1e4


def test_float32_and_read_only_inputs():
    x, y = X.astype(np.float32)[::2], NUMBERS.astype(np.float32)[::2]
    x.flags.writeable = y.flags.writeable = False
    assert reg.gradient_descent(reg.linear, x, y, steps=2).w.dtype == np.float32
    assert reg.normal_equation(x, y).w.dtype == np.float32


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: reg.normal_equation([[1.0, 2.0], [2.0, 4.0], [3.0, 6.0]], [1, 2, 3]),
            ValueError,
            r"normal_equation: x must have independent columns, got rank 2",
        ),
        (lambda: reg.normal_equation([[1.0]], [1]), ValueError, r"independent columns, got rank 1"),
        (lambda: reg.linear([1.0], [1.0], 0), ValueError, r"linear: x must be 2-D"),
        (lambda: reg.gradient([[1.0]], [1.0, 2], [1]), ValueError, r"gradient: y_hat must have"),
        (lambda: reg.squared_loss(np.zeros((0, 1)), [], [1.0], 0), ValueError, r"not be empty"),
        (
            lambda: reg.gradient_descent(reg.linear, [[1.0]], [1], lr=0),
            ValueError,
            r"gradient_descent: lr must be a number > 0",
        ),
    ],
)
def test_bad_input_is_named(call, error, message):
    with pytest.raises(error, match=message):
        call()
