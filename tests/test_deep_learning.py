"""Deep learning: counting parameters, collapsing linear layers, laying out a network."""

import itertools

import numpy as np
import pytest

from snippets.activations import relu
from snippets.deep_learning import (
    collapse,
    forward,
    is_deep,
    network_layout,
    parameter_count,
    pieces,
    random_layers,
    tent_layers,
)

SIZES = [[2, 1], [1, 1, 1], [3, 5, 2], [4, 3, 6, 2, 1]]


@pytest.mark.parametrize("sizes", SIZES)
def test_layers_without_activation_equal_one_affine_layer(sizes):
    rng = np.random.default_rng(0)
    layers = random_layers(rng, sizes)
    w, b = collapse(layers)
    assert (w.shape, b.shape) == ((sizes[0], sizes[-1]), (sizes[-1],))
    x = rng.normal(size=(20, sizes[0]))
    np.testing.assert_allclose(forward(x, layers), x @ w + b, atol=1e-12)


def test_with_an_activation_between_them_they_do_not():
    rng = np.random.default_rng(0)
    layers, x = random_layers(rng, [3, 5, 2]), rng.normal(size=(20, 3))
    y = forward(x, layers, relu)
    # the best affine map still misses
    X = np.column_stack([x, np.ones(20)])
    best = X @ np.linalg.lstsq(X, y, rcond=None)[0]
    assert np.abs(best - y).max() > 0.1


@pytest.mark.parametrize("sizes", SIZES)
def test_parameter_count_counts_every_weight_and_bias(sizes):
    layers = random_layers(np.random.default_rng(0), sizes)
    assert parameter_count(sizes) == sum(w.size + b.size for w, b in layers)


def test_parameter_counts_by_hand():
    assert parameter_count([2, 2, 1]) == 4 + 2 + 2 + 1
    assert parameter_count([784, 100, 10]) == 79_510


def test_deep_means_at_least_one_hidden_layer():
    assert [is_deep(sizes) for sizes in SIZES] == [False, True, True, True]


@pytest.mark.parametrize("sizes", SIZES)
def test_layout_has_a_point_for_each_unit_and_an_edge_for_each_weight(sizes):
    positions, edges = network_layout(sizes)
    assert positions.shape == (sum(sizes), 2)
    assert edges.dtype == np.intp
    assert len(edges) == sum(w.size for w, _ in random_layers(np.random.default_rng(0), sizes))
    assert len(set(map(tuple, positions.tolist()))) == sum(sizes)
    assert len(set(map(tuple, edges.tolist()))) == len(edges)
    # each edge runs one layer to the right
    np.testing.assert_array_equal(positions[edges[:, 1], 0] - positions[edges[:, 0], 0], 1)
    for k, layer in itertools.groupby(positions.tolist(), key=lambda p: p[0]):
        ys = [y for _, y in layer]
        assert len(ys) == sizes[int(k)]
        assert sum(ys) == 0


@pytest.mark.parametrize("depth", [1, 2, 5])
def test_every_layer_of_the_tent_doubles_the_pieces(depth):
    x = np.linspace(0, 1, 2**depth + 1)
    y = forward(x[:, None], tent_layers(depth), relu)[:, 0]
    np.testing.assert_array_equal(y, np.arange(2**depth + 1) % 2)
    fine = np.linspace(0, 1, 2 ** (depth + 3) + 1)[:, None]
    assert pieces(forward(fine, tent_layers(depth), relu)[:, 0]) == 2**depth


def test_pieces_counts_bends_and_not_rounding():
    x = np.linspace(-1, 1, 201)
    assert pieces(3 * x + 0.1) == 1
    assert pieces(np.abs(x)) == 2
    assert pieces(np.zeros(5)) == 1


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: parameter_count([3]), ValueError, r"parameter_count: sizes must name input and"),
        (lambda: network_layout([2, 0]), ValueError, r"network_layout: sizes must be an integer"),
        (lambda: is_deep([2, 1.5]), TypeError, r"is_deep: sizes must be an integer >= 1"),
        (lambda: collapse([]), ValueError, r"collapse: layers must hold at least 1"),
        (lambda: forward([[1.0]], []), ValueError, r"forward: layers must hold at least 1"),
        (lambda: random_layers(0, [1, 1]), TypeError, r"random_layers: rng must be"),
    ],
)
def test_bad_input_is_named(call, error, message):
    with pytest.raises(error, match=message):
        call()
