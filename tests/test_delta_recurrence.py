"""The delta recurrence: equal to backpropagation, in every shape."""

from functools import reduce
from itertools import pairwise

import numpy as np
import pytest

from snippets import backpropagation as bp
from snippets.activations import sigmoid_prime, tanh, tanh_prime
from snippets.delta_recurrence import (
    delta_as_product,
    delta_recurrence,
    delta_step,
    gradients_from_deltas,
    product_cost,
    shapes,
)

SIZES = [[2, 2, 2], [1, 1], [3, 1, 4], [2, 5, 3, 4, 2]]


def problem(sizes, N):
    rng = np.random.default_rng(len(sizes))
    layers = bp.random_layers(rng, sizes)
    x, y = rng.normal(size=(N, sizes[0])), rng.random((N, sizes[-1]))
    trace = bp.forward_trace(x, y, layers)
    delta_last = (trace.y_hat - y) / N * sigmoid_prime(trace.z[-1])
    return x, y, layers, trace, delta_last


@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize("N", [1, 5])
def test_delta_recurrence_equals_backprop(sizes, N):
    _, y, layers, trace, delta_last = problem(sizes, N)
    deltas = delta_recurrence(delta_last, [layer.w for layer in layers], trace.z)
    backward = bp.backward_trace(trace, y, layers)
    for delta, dz in zip(deltas, backward.dz, strict=True):
        np.testing.assert_allclose(delta, dz, rtol=1e-13)
    read_off = gradients_from_deltas(trace.h[:-1], deltas)
    for (dw, db), grad in zip(read_off, backward.layers, strict=True):
        np.testing.assert_allclose(dw, grad.w, rtol=1e-12)
        np.testing.assert_allclose(db, grad.b, rtol=1e-12)


@pytest.mark.parametrize("sizes", SIZES)
def test_every_delta_matches_central_difference_of_the_loss_in_z(sizes):
    _, y, layers, trace, delta_last = problem(sizes, 2)
    ws = [layer.w for layer in layers]
    deltas = delta_recurrence(delta_last, ws, trace.z)

    def loss_from(k, z):
        h = 1 / (1 + np.exp(-z))
        for layer in layers[k + 1 :]:
            h = 1 / (1 + np.exp(-(h @ layer.w + layer.b)))
        return ((h - y) ** 2).sum() / (2 * len(y))

    for k, (z, delta) in enumerate(zip(trace.z, deltas, strict=True)):
        numeric = np.zeros_like(z)
        for i in np.ndindex(z.shape):
            d = np.zeros_like(z)
            d[i] = 1e-5
            numeric[i] = (loss_from(k, z + d) - loss_from(k, z - d)) / 2e-5
        assert np.abs(delta - numeric).max() <= 1e-6 * max(1e-4, np.abs(numeric).max())


@pytest.mark.parametrize("sizes", SIZES)
def test_closed_form_is_the_recurrence_for_one_example(sizes):
    _, _, layers, trace, delta_last = problem(sizes, 1)
    ws = [layer.w for layer in layers]
    product = delta_as_product(delta_last[0], ws, [z[0] for z in trace.z])
    np.testing.assert_allclose(product, delta_recurrence(delta_last, ws, trace.z)[0][0], rtol=1e-12)


def test_other_activations_bring_their_own_slope():
    z, w, delta = np.array([[0.5, -1.0]]), np.array([[2.0], [3.0]]), np.array([[1.0]])
    np.testing.assert_allclose(
        delta_step(delta, w, z, tanh_prime), (1 - tanh(z) ** 2) * [[2.0, 3.0]]
    )


@pytest.mark.parametrize("sizes", SIZES)
def test_shapes_are_those_of_the_arrays(sizes):
    _, _, layers, trace, delta_last = problem(sizes, 5)
    deltas = delta_recurrence(delta_last, [layer.w for layer in layers], trace.z)
    for k, row in enumerate(shapes(sizes, batch=5)):
        assert row == {
            "h_in": trace.h[k].shape,
            "w": layers[k].w.shape,
            "b": layers[k].b.shape,
            "z": trace.z[k].shape,
            "delta": deltas[k].shape,
        }


class Counting(float):
    """A number that counts how often it is multiplied."""

    count = 0

    def __mul__(self, other):
        Counting.count += 1
        return Counting(float(self) * float(other))

    def __add__(self, other):
        return Counting(float(self) + float(other))


def times(a, b):
    """Multiply two matrices, entry by entry, as it is written down by hand."""
    product = np.empty((len(a), b.shape[1]), dtype=object)
    for i, k in np.ndindex(product.shape):
        product[i, k] = sum((p * q for p, q in zip(a[i], b[:, k], strict=True)), Counting(0))
    return product


@pytest.mark.parametrize("sizes", [[1, 3], [1, 3, 2], [1, 4, 4, 4, 4], [3, 1, 5, 2]])
def test_product_cost_counts_the_multiplications(sizes):
    rng = np.random.default_rng(0)
    matrices = [rng.normal(size=shape) for shape in pairwise(sizes)]
    counting = [np.vectorize(Counting, otypes=[object])(matrix) for matrix in matrices]
    Counting.count = 0
    from_left = reduce(times, counting)
    assert Counting.count == product_cost(sizes)
    Counting.count = 0
    from_right = reduce(lambda product, matrix: times(matrix, product), counting[::-1])
    assert Counting.count == product_cost(sizes[::-1])
    np.testing.assert_allclose(from_left.astype(float), from_right.astype(float))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: delta_step([[1.0]], [[1.0]], [1.0]), ValueError, r"delta_step: z must be 2-D"),
        (lambda: delta_step([[1.0]], [[1.0, 2]], [[1.0]]), ValueError, r"delta_next must have"),
        (lambda: delta_recurrence([[1.0]], [], []), ValueError, r"ws and zs must be of one length"),
        (lambda: gradients_from_deltas([[1.0]], [[[1.0]]]), ValueError, r"hs must be 2-D"),
        (lambda: product_cost([3]), ValueError, r"product_cost: sizes must hold at least 2 items"),
        (lambda: shapes([2, 2], 0), ValueError, r"shapes: batch must be an integer >= 1, got 0"),
    ],
)
def test_bad_input_is_named(call, error, message):
    with pytest.raises(error, match=message):
        call()
