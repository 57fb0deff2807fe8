"""What the chapter on gradient checking claims."""

import numpy as np
import pytest

from snippets.gradient_check import (
    BEST_EPSILON,
    check_gradient,
    error_by_epsilon,
    numerical_gradient,
    relative_error,
)


def sum_of_squares(x):
    return np.sum(x**2)


def test_integer_input_is_not_swallowed():
    assert numerical_gradient(sum_of_squares, [3, 4]) == pytest.approx([6, 8], abs=1e-8)
    assert numerical_gradient(sum_of_squares, np.array([3, 4])) == pytest.approx([6, 8], abs=1e-8)


@pytest.mark.parametrize("shape", [(), (1,), (3,), (2, 3), (2, 1, 2), (0,)])
def test_gradient_has_the_shape_of_x(shape):
    x = np.random.default_rng(0).normal(size=shape)
    gradient = numerical_gradient(sum_of_squares, x)
    assert gradient.shape == shape
    assert relative_error(gradient, 2 * x) < 1e-9


def test_float32_point_is_stepped_in_float64():
    x = np.float32([0.3, 0.7])
    gradient = numerical_gradient(lambda x: np.sum(np.sin(x)), x)
    assert gradient.dtype == np.float32
    assert relative_error(gradient, np.cos(x)) < 1e-6


@pytest.mark.parametrize("x", [1e3, -1e9, 1e12, 1e100])
def test_a_step_is_not_swallowed_by_a_large_number(x):
    assert numerical_gradient(lambda x: 3 * x, x) == pytest.approx(3, rel=1e-9)
    gradient = numerical_gradient(lambda v: (v[0] / x) ** 2 + v[1] ** 2, [x, 2.0])
    assert gradient == pytest.approx([2 / x, 4], rel=1e-8, abs=0)


def test_quadratic_is_exact_because_its_third_derivative_is_zero():
    matrix = np.array([[2.0, 1.0], [1.0, 3.0]])
    x = np.array([0.5, -1.5])
    assert relative_error(numerical_gradient(lambda x: x @ matrix @ x, x), 2 * matrix @ x) < 1e-9


def test_error_shrinks_as_the_square_of_a_large_step():
    x = np.array([1.0])
    errors = error_by_epsilon(lambda x: np.sum(np.exp(x)), x, np.exp(x), [1e-1, 1e-2, 1e-3])
    assert errors[:-1] / errors[1:] == pytest.approx([100, 100], rel=0.01)


def test_central_difference_v_curve_is_lowest_near_the_cube_root_of_machine_epsilon():
    x = np.linspace(0.5, 2.0, 40)
    epsilons = 10.0 ** np.arange(-13.0, 0.0)
    errors = error_by_epsilon(lambda x: np.sum(np.exp(x)) / 40, x, np.exp(x) / 40, epsilons)
    bottom = int(np.argmin(errors))
    assert abs(np.log10(epsilons[bottom]) - np.log10(BEST_EPSILON)) <= 1
    # Both arms of the V rise: at its ends the error is 10,000 times that at the bottom.
    assert errors[0] > 1e4 * errors[bottom]
    assert errors[-1] > 1e4 * errors[bottom]


def test_check_gradient_accepts_the_right_gradient_and_returns_the_error():
    x = np.array([[0.3, -0.4], [1.0, 2.0]])
    assert check_gradient(lambda x: np.sum(np.tanh(x)), x, 1 - np.tanh(x) ** 2) < 1e-9


def test_check_gradient_names_the_wrong_entry():
    x = np.array([[0.3, -0.4], [1.0, 2.0]])
    wrong = 2 * x
    wrong[1, 0] += 1
    with pytest.raises(ValueError, match=r"grad must be 2 at index \(1, 0\), .* got 3"):
        check_gradient(sum_of_squares, x, wrong)


def test_check_gradient_rejects_nan():
    with pytest.raises(ValueError, match="grad must be 4 at index"):
        check_gradient(sum_of_squares, [1.0, 2.0], [2.0, np.nan])


def test_a_function_that_changes_its_argument_cannot_disturb_the_walk():
    def careless(x):
        x *= 2
        return np.sum(x)

    x = np.array([1.0, 2.0])
    assert numerical_gradient(careless, x) == pytest.approx([2, 2])
    assert x.tolist() == [1.0, 2.0]


def test_relative_error_of_zeros_is_zero_and_of_nan_is_nan():
    assert relative_error([0.0], [0.0]) == 0
    assert np.isnan(relative_error([np.nan], [1.0]))
    assert relative_error([], []) == 0


def test_f_must_return_one_number():
    with pytest.raises(ValueError, match="numerical_gradient: f\\(x\\) must return one number"):
        numerical_gradient(lambda x: x, [1.0, 2.0])
