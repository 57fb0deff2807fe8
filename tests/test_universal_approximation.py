"""Universal approximation: bumps, tents, error against width, and the polynomial exception."""

import numpy as np
import pytest

from snippets import universal_approximation as ua


def wave(x):
    return np.sin(2 * np.pi * x) + x


def test_bump_is_one_inside_and_zero_outside():
    x = np.array([-1.0, 0.0, 0.4, 0.5, 0.6, 1.0, 2.0])
    y = ua.bump(x, 0.25, 0.75, steepness=200)
    np.testing.assert_allclose(y, [0, 0, 1, 1, 1, 0, 0], atol=1e-9)
    # the edges are at half height
    np.testing.assert_allclose(ua.bump([0.25, 0.75], 0.25, 0.75, 200), 0.5, atol=1e-9)


def test_tent_is_made_of_straight_pieces():
    x = np.linspace(-1, 3, 401)
    np.testing.assert_allclose(
        ua.tent(x, 0.0, 0.5, 2.0), np.interp(x, [0, 0.5, 2], [0, 1, 0]), atol=1e-14
    )


@pytest.mark.parametrize("width", [1, 2, 7, 30])
def test_relu_network_is_linear_interpolation(width):
    x = np.linspace(-1, 2, 501)
    knots = np.linspace(-1, 2, width + 1)
    network = ua.relu_network(wave, width, -1, 2)
    assert network.knots.shape == network.slopes.shape == (width,)
    np.testing.assert_allclose(ua.run(network, x), np.interp(x, knots, wave(knots)), atol=1e-12)


def test_error_shrinks_with_the_square_of_the_width_and_stays_below_its_bound():
    errors = {width: ua.largest_error(wave, width) for width in (8, 16, 32, 64, 128)}
    for width, error in errors.items():
        assert error <= 4 * np.pi**2 / (8 * width**2)
        if 2 * width in errors:
            assert errors[2 * width] == pytest.approx(error / 4, rel=0.1)


def test_staircase_of_sigmoid_bumps_comes_closer_with_more_bumps():
    x = np.linspace(0, 1, 1001)
    errors = [np.abs(ua.staircase(wave, x, n) - wave(x)).max() for n in (5, 20, 80)]
    assert errors[0] > 2 * errors[1] > 4 * errors[2]
    assert errors[2] < 0.1


@pytest.mark.parametrize("degree", [1, 2, 3])
def test_with_a_polynomial_activation_width_does_not_help(degree):
    errors = [
        ua.polynomial_network_error(wave, degree, width, np.random.default_rng(0))
        for width in (degree + 1, 20, 200)
    ]
    # what is left is what the best polynomial of this degree leaves
    x = np.linspace(0, 1, 1001)
    best = np.polynomial.Polynomial.fit(x, wave(x), degree)
    floor = np.sqrt(np.mean((best(x) - wave(x)) ** 2))
    np.testing.assert_allclose(errors, floor, rtol=1e-6)
    assert floor > 1e-3 > ua.largest_error(wave, 200)


RNG = np.random.default_rng(0)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: ua.bump([0.0], 1, 0), ValueError, r"bump: left must be smaller than right, got 1"),
        (lambda: ua.tent([0.0], 0, 0, 1), ValueError, r"tent: left must be smaller than peak"),
        (lambda: ua.relu_network(wave, 0), ValueError, r"relu_network: width must be an integer"),
        (lambda: ua.run(ua.relu_network(wave, 1), [[0.0]]), ValueError, r"run: x must be 1-D"),
        (lambda: ua.staircase(wave, [0.0], 0), ValueError, r"staircase: bumps must be an integer"),
        (lambda: ua.polynomial_network_error(wave, 0, 1, RNG), ValueError, r"degree must be an"),
    ],
)
def test_bad_input_is_named(call, error, message):
    with pytest.raises(error, match=message):
        call()
