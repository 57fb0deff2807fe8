"""Activation functions: values, slopes, extremes, and what they do to dtype and bad input."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from snippets import activations
from snippets.activations import (
    ACTIVATIONS,
    log_softmax,
    relu,
    relu_prime,
    sigmoid,
    sigmoid_prime,
    softmax,
    softmax_backward,
    softmax_jacobian,
    step,
    tanh,
    tanh_prime,
)

NAMES = list(ACTIVATIONS)
EXTREMES = np.array([-1e4, -700.0, -30.0, -1.0, 0.0, 1.0, 30.0, 700.0, 1e4])
LIMITS = {  # f(-inf), f(inf), f'(-inf), f'(inf)
    "identity": (-math.inf, math.inf, 1, 1),
    "step": (0, 1, 0, 0),
    "sigmoid": (0, 1, 0, 0),
    "tanh": (-1, 1, 0, 0),
    "relu": (0, math.inf, 0, 1),
    "leaky_relu": (-math.inf, math.inf, 0.01, 1),
    "elu": (-1, math.inf, 0, 1),
    "softplus": (0, math.inf, 0, 1),
    "gelu": (0, math.inf, 0, 1),
    "silu": (0, math.inf, 0, 1),
}


def relative_error(a, b):
    return np.abs(a - b).max() / max(1e-12, np.abs(a).max(), np.abs(b).max())


def test_every_public_activation_has_its_slope_and_stands_in_the_table():
    plain = [n for n in activations.__all__ if n.islower() and "softmax" not in n]
    assert {n for n in plain if not n.endswith("_prime")} == set(NAMES)
    assert {n for n in plain if n.endswith("_prime")} == {f"{n}_prime" for n in NAMES}
    for name, (f, f_prime) in ACTIVATIONS.items():
        assert (f.__name__, f_prime.__name__) == (name, f"{name}_prime")


@pytest.mark.parametrize("name", NAMES)
def test_slope_equals_central_difference_away_from_the_corner(name):
    f, f_prime = ACTIVATIONS[name]
    z = np.concatenate([np.linspace(-6, -0.01, 200), np.linspace(0.01, 6, 200)])
    eps = 1e-5
    assert relative_error(f_prime(z), (f(z + eps) - f(z - eps)) / (2 * eps)) <= 1e-6


@pytest.mark.parametrize("alpha", [0.5, 2.0])
def test_slopes_with_an_option_equal_central_difference(alpha):
    z, eps = np.linspace(-3, 3, 100), 1e-5
    for f, f_prime, option in [
        (activations.elu, activations.elu_prime, alpha),
        (activations.leaky_relu, activations.leaky_relu_prime, alpha / 4),
    ]:
        numeric = (f(z + eps, option) - f(z - eps, option)) / (2 * eps)
        assert relative_error(f_prime(z, option), numeric) <= 1e-6


@pytest.mark.parametrize("name", NAMES)
def test_limits_at_infinity(name):
    f, f_prime = ACTIVATIONS[name]
    ends = np.array([-np.inf, np.inf])
    low, high, low_slope, high_slope = LIMITS[name]
    np.testing.assert_array_equal(f(ends), [low, high])
    np.testing.assert_array_equal(f_prime(ends), [low_slope, high_slope])


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("name", NAMES)
def test_extremes_stay_finite_without_warning_and_keep_the_dtype(name, dtype):
    for f in ACTIVATIONS[name]:
        y = f(EXTREMES.astype(dtype))
        assert y.dtype == dtype
        assert np.isfinite(y).all()


@pytest.mark.parametrize("name", NAMES)
def test_nan_passes_through(name):
    for f in ACTIVATIONS[name]:
        y = f([np.nan, 1.0])
        assert np.isnan(y[0])
        assert not np.isnan(y[1])


@pytest.mark.parametrize("name", NAMES)
def test_arguments_are_left_alone_and_any_layout_is_taken(name):
    z = np.linspace(-2, 2, 24).reshape(4, 6)
    z.flags.writeable = False
    for f in ACTIVATIONS[name]:
        y = f(z)
        assert not np.shares_memory(y, z)
        np.testing.assert_array_equal(f(z.T[::2]), y.T[::2])
        np.testing.assert_array_equal(f(z.tolist()), y)
        assert f(np.zeros((0, 3))).shape == (0, 3)
        assert f(1.5).shape == ()


@pytest.mark.parametrize("name", NAMES)
def test_words_instead_of_numbers_are_refused_by_name(name):
    for f in ACTIVATIONS[name]:
        with pytest.raises(TypeError, match=rf"^{f.__name__}: z must be real numbers"):
            f(["a"])


def test_sigmoid_slope_is_largest_at_zero_where_it_is_a_quarter():
    z = np.linspace(-10, 10, 100_001)
    assert sigmoid_prime(0.0) == 0.25
    assert sigmoid_prime(z).max() == 0.25
    assert z[sigmoid_prime(z).argmax()] == 0


def test_tanh_slope_is_largest_at_zero_where_it_is_one():
    z = np.linspace(-10, 10, 100_001)
    assert tanh_prime(0.0) == 1
    assert tanh_prime(z).max() == 1


@pytest.mark.parametrize(
    ("dtype", "largest"), [(np.float16, 8), (np.float32, 40), (np.float64, 350)]
)
def test_tanh_slope_keeps_its_digits_far_out(dtype, largest):
    z = np.linspace(-largest, largest, 97).astype(dtype)
    slope = tanh_prime(z)
    e = np.exp(-np.abs(z.astype(np.float64)))
    assert slope.dtype == dtype
    within_half = {"rtol": 8 * np.finfo(dtype).eps, "atol": np.finfo(dtype).smallest_subnormal}
    np.testing.assert_allclose(slope, (2 * e / (1 + e * e)) ** 2, **within_half)
    ends = np.array([np.finfo(dtype).min, -np.inf, np.inf, np.finfo(dtype).max])
    assert tanh_prime(ends.astype(dtype)).tolist() == [0, 0, 0, 0]


@given(st.floats(-1e4, 1e4))
def test_tanh_is_a_scaled_sigmoid(z):
    assert abs(tanh(z) - (2 * sigmoid(2 * z) - 1)) <= 1e-15


def test_sigmoid_keeps_its_digits_far_out():
    # exp(-700) / (1 + exp(-700)) is exp(-700) to the last digit
    assert sigmoid(-700.0) == math.exp(-700)
    assert sigmoid_prime(700.0) == math.exp(-700)


def test_relu_slope_at_zero_is_zero_by_convention():
    assert relu_prime(0.0) == 0
    assert relu(0.0) == 0


def test_step_fires_at_zero():
    assert step(0.0) == 1


def test_gelu_is_close_to_the_exact_form():
    z = np.linspace(-8, 8, 1601)
    exact = np.array([0.5 * v * (1 + math.erf(v / math.sqrt(2))) for v in z])
    assert 0 < np.abs(activations.gelu(z) - exact).max() < 5e-4


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: activations.leaky_relu([1.0], slope=1), r"leaky_relu: slope .* got 1"),
        (lambda: activations.elu([1.0], alpha=0), r"elu: alpha must be a number > 0, got 0"),
        (lambda: softmax([1.0], axis=1), r"softmax: axis must exist in z of shape \(1,\), got 1"),
        (lambda: softmax(1.0), r"softmax: axis must exist"),
        (lambda: softmax(np.zeros((2, 0))), r"softmax: z must not be empty along axis -1"),
        (lambda: softmax([-np.inf, -np.inf]), r"softmax: z must have a finite maximum.*-inf"),
        (lambda: log_softmax([np.inf, 0]), r"log_softmax: z must have a finite maximum.*got inf"),
        (lambda: softmax_backward([1.0], [0.5, 0.5]), r"softmax_backward: dy and p must have"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# --- softmax -------------------------------------------------------------------------------------

logits = st.lists(st.floats(-50, 50), min_size=1, max_size=6)


@given(logits)
def test_softmax_sums_to_one_and_keeps_the_order(z):
    p = softmax(z)
    assert abs(p.sum() - 1) < 1e-12
    assert (np.diff(p[np.argsort(z)]) >= 0).all()


@given(logits, st.floats(-1e3, 1e3))
def test_softmax_does_not_change_when_all_logits_shift(z, c):
    np.testing.assert_allclose(softmax(np.array(z) + c), softmax(z), rtol=1e-9, atol=1e-15)


@given(logits)
def test_log_softmax_is_the_logarithm_of_softmax(z):
    np.testing.assert_allclose(np.exp(log_softmax(z)), softmax(z), rtol=1e-12)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_softmax_extremes_masks_and_dtype(dtype):
    z = np.array([[1e4, -1e4, 0], [-np.inf, 0, 0]], dtype)
    p, log_p = softmax(z), log_softmax(z)
    assert p.dtype == log_p.dtype == dtype
    np.testing.assert_array_equal(p, [[1, 0, 0], [0, 0.5, 0.5]])
    assert log_p[0, 1] == -2e4
    assert log_p[1, 0] == -np.inf


def test_softmax_hands_nan_through_in_its_own_row_only():
    p = softmax([[np.nan, 0.0], [0.0, 0.0]])
    assert np.isnan(p[0]).all()
    assert p[1].tolist() == [0.5, 0.5]


def test_softmax_along_another_axis_is_softmax_of_the_transpose():
    z = np.random.default_rng(0).normal(size=(3, 4, 2))
    np.testing.assert_allclose(softmax(z, axis=1), softmax(z.transpose(0, 2, 1)).transpose(0, 2, 1))
    assert softmax(np.zeros((0, 3))).shape == (0, 3)


def test_softmax_jacobian_is_diag_p_minus_p_p_transposed():
    z, eps = np.array([0.3, -1.2, 2.0]), 1e-5
    p = softmax(z)
    steps = eps * np.eye(3)
    columns = [(softmax(z + dz) - softmax(z - dz)) / (2 * eps) for dz in steps]
    assert relative_error(softmax_jacobian(p), np.stack(columns, axis=1)) <= 1e-6
    np.testing.assert_allclose(softmax_jacobian(p), np.diag(p) - np.outer(p, p))
    assert (softmax_jacobian(p)[~np.eye(3, dtype=bool)] < 0).all()


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_softmax_backward_matches_central_difference_and_the_jacobian(axis):
    rng = np.random.default_rng(1)
    z, dy, eps = rng.normal(size=(3, 4)), rng.normal(size=(3, 4)), 1e-5
    numeric = np.zeros_like(z)
    for i in np.ndindex(z.shape):
        d = np.zeros_like(z)
        d[i] = eps
        numeric[i] = ((softmax(z + d, axis) - softmax(z - d, axis)) * dy).sum() / (2 * eps)
    dz = softmax_backward(dy, softmax(z, axis), axis)
    assert relative_error(dz, numeric) <= 1e-6
    if axis == -1:
        rows = [softmax_jacobian(p) @ d for p, d in zip(softmax(z), dy, strict=True)]
        np.testing.assert_allclose(dz, rows, atol=1e-15)
