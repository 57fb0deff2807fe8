"""The artificial neuron: bias, threshold and boundary."""

import numpy as np
import pytest

from snippets.activations import sigmoid
from snippets.neuron import (
    boundary,
    distance_from_origin,
    neuron,
    threshold_neuron,
    update,
    weighted_sum,
)

RNG = np.random.default_rng(0)
X, W = RNG.normal(size=(50, 3)), RNG.normal(size=3)


def test_weighted_sum_is_the_sum_of_products():
    z = weighted_sum(X, W, 0.5)
    for n in range(len(X)):
        assert z[n] == pytest.approx(sum(X[n, d] * W[d] for d in range(3)) + 0.5)


@pytest.mark.parametrize("threshold", [-0.5, 0.0, 0.3])
def test_bias_is_minus_the_threshold_and_a_weight_on_a_constant_one(threshold):
    fires = threshold_neuron(X, W, threshold)
    np.testing.assert_array_equal(fires, neuron(X, W, b=-threshold))
    with_one = np.column_stack([X, np.ones(len(X))])
    np.testing.assert_array_equal(fires, neuron(with_one, [*W, -threshold]))
    assert 0 < fires.sum() < len(X)


def test_activation_can_be_chosen():
    np.testing.assert_array_equal(neuron(X, W, 0.1, f=sigmoid), sigmoid(X @ W + 0.1))


@pytest.mark.parametrize("seed", range(5))
def test_without_bias_the_boundary_passes_through_the_origin(seed):
    w = np.random.default_rng(seed).normal(size=2)
    assert distance_from_origin(w, 0) == 0
    assert weighted_sum([[0.0, 0.0]], w).item() == 0
    np.testing.assert_allclose(boundary(w, 0).mean(axis=0), 0, atol=1e-15)
    # opposite points are always told apart: x and -x never lie on one side
    assert neuron([[1.0, 2.0]], w) != neuron([[-1.0, -2.0]], w)


def test_boundary_points_lie_on_the_boundary():
    points = boundary([3.0, -4.0], b=2.0, length=6.0)
    np.testing.assert_allclose(weighted_sum(points, [3.0, -4.0], 2.0), 0, atol=1e-14)
    assert np.linalg.norm(points[0] - points[1]) == pytest.approx(6)
    nearest = np.linalg.norm(points.mean(axis=0))
    assert nearest == pytest.approx(distance_from_origin([3.0, -4.0], 2.0))


@pytest.mark.parametrize("scale", [1e-200, 1e-310, 1e200])
def test_a_neuron_of_tiny_or_huge_weights_has_the_same_boundary(scale):
    # a subnormal number has few digits
    near = {"rel": 1e-12 if scale > 1e-300 else 1e-6}
    assert distance_from_origin([3 * scale, 4 * scale], 10 * scale) == pytest.approx(2, **near)
    points = boundary([3 * scale, -4 * scale], 2 * scale)
    assert points == pytest.approx(boundary([3.0, -4.0], 2.0), **near)


def test_all_zero_input_teaches_the_weights_nothing_only_the_bias():
    dw, db = update(np.zeros(4), error=-1, lr=0.5)
    assert not dw.any()
    assert db == -0.5
    dw, _ = update([1.0, -2.0], error=1, lr=0.5)
    assert dw.tolist() == [0.5, -1.0]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: weighted_sum([1.0], [1.0]), ValueError, r"weighted_sum: x must be 2-D"),
        (lambda: weighted_sum([[1.0]], [1.0, 2]), ValueError, r"w must have shape \(1,\)"),
        (lambda: neuron([[1.0]], [1.0], b="0"), TypeError, r"b must be a finite number"),
        (lambda: boundary([0, 0], 1), ValueError, r"boundary: w must not be all zero"),
        (lambda: distance_from_origin([0.0], 1), ValueError, r"w must not be all zero"),
        (lambda: update([1.0], 1, lr=0), ValueError, r"update: lr must be a number > 0"),
    ],
)
def test_bad_input_is_named(call, error, message):
    with pytest.raises(error, match=message):
        call()
