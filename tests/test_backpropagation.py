"""Backpropagation: every named number, checked by central difference."""

import math

import numpy as np
import pytest

from snippets import backpropagation as bp
from snippets.backpropagation import Layer


def central_difference(x, y, layers, eps=1e-6):
    """Gradient of the loss for every weight and bias, one at a time: knows no chain rule."""
    found = []
    for k, layer in enumerate(layers):
        grads = {}
        for name in ("w", "b"):
            value = getattr(layer, name)
            grads[name] = np.zeros_like(value)
            for i in np.ndindex(value.shape):
                losses = []
                for e in (eps, -eps):
                    moved = value.copy()
                    moved[i] += e
                    pair = {"w": layer.w, "b": layer.b, name: moved}
                    losses.append(bp.loss(x, y, [*layers[:k], Layer(**pair), *layers[k + 1 :]]))
                grads[name][i] = (losses[0] - losses[1]) / (2 * eps)
        found.append(Layer(**grads))
    return found


def relative_error(a, b):
    return np.abs(a - b).max() / max(np.abs(b).max(), 1e-3)


@pytest.mark.parametrize("sizes", [[2, 2, 2], [1, 1], [3, 1, 4], [2, 5, 3, 2]])
@pytest.mark.parametrize("N", [1, 6])
def test_backprop_equals_central_difference(sizes, N):
    rng = np.random.default_rng(len(sizes) + N)
    layers = bp.random_layers(rng, sizes)
    x, y = rng.normal(size=(N, sizes[0])), rng.random((N, sizes[-1]))
    for grad, numeric in zip(
        bp.gradients(x, y, layers), central_difference(x, y, layers), strict=True
    ):
        assert relative_error(grad.w, numeric.w) <= 1e-6
        assert relative_error(grad.b, numeric.b) <= 1e-6


def test_gradient_for_the_input_matches_central_difference():
    rng = np.random.default_rng(0)
    layers, x, y = bp.random_layers(rng, [3, 4, 2]), rng.normal(size=(2, 3)), rng.random((2, 2))
    dx = bp.backward_trace(bp.forward_trace(x, y, layers), y, layers).dx
    for i in np.ndindex(x.shape):
        d = np.zeros_like(x)
        d[i] = 1e-6
        numeric = (bp.loss(x + d, y, layers) - bp.loss(x - d, y, layers)) / 2e-6
        assert dx[i] == pytest.approx(numeric, rel=1e-6, abs=1e-9)


def test_one_weight_by_hand():
    """The 2-2-2 example's dL/dw2[0, 1], written out from the formulas with plain floats."""
    example = bp.example_2_2_2()
    (x1, x2), (_, y2) = example.x[0], example.y[0]
    (w1, b1), (w2, b2) = ((layer.w, layer.b) for layer in example.layers)

    def sigmoid(z):
        return 1 / (1 + math.exp(-z))

    h1 = sigmoid(x1 * w1[0, 0] + x2 * w1[1, 0] + b1[0])
    h2 = sigmoid(x1 * w1[0, 1] + x2 * w1[1, 1] + b1[1])
    y_hat2 = sigmoid(h1 * w2[0, 1] + h2 * w2[1, 1] + b2[1])
    expected = (y_hat2 - y2) * y_hat2 * (1 - y_hat2) * h1
    grads = bp.gradients(example.x, example.y, example.layers)
    assert grads[1].w[0, 1] == pytest.approx(expected, rel=1e-14)


def test_every_gradient_has_the_shape_of_its_value():
    rng = np.random.default_rng(0)
    layers = bp.random_layers(rng, [3, 4, 2])
    x, y = rng.normal(size=(5, 3)), rng.random((5, 2))
    forward = bp.forward_trace(x, y, layers)
    backward = bp.backward_trace(forward, y, layers)
    assert [h.shape for h in forward.h] == [(5, 3), (5, 4), (5, 2)]
    assert [z.shape for z in forward.z] == [dz.shape for dz in backward.dz] == [(5, 4), (5, 2)]
    assert [dh.shape for dh in backward.dh] == [(5, 4), (5, 2)]
    assert backward.dx.shape == x.shape
    for layer, grad in zip(layers, backward.layers, strict=True):
        assert (layer.w.shape, layer.b.shape) == (grad.w.shape, grad.b.shape)


def test_named_steps_tell_the_whole_calculation_in_order():
    example = bp.example_2_2_2()
    steps = bp.named_steps(example.x, example.y, example.layers)
    forward = ["z1", "h1", "z2", "y_hat", "L"]
    backward = ["dy_hat", "dz2", "dw2", "db2", "dh1", "dz1", "dw1", "db1", "dx"]
    assert [step.name for step in steps] == forward + backward
    value = {step.name: step.value for step in steps}
    assert value["L"] == bp.loss(example.x, example.y, example.layers)
    np.testing.assert_array_equal(value["dh1"], value["dz2"] @ example.layers[1].w.T)
    np.testing.assert_array_equal(value["dw1"], example.x.T @ value["dz1"])
    assert steps[0].shape == (1, 2)
    assert all(step.formula.startswith(f"{step.name} = ") for step in steps)


def test_named_steps_of_a_deeper_network_pair_each_delta_with_its_layer():
    rng = np.random.default_rng(0)
    layers = bp.random_layers(rng, [2, 3, 4, 1])
    value = {
        s.name: s.value for s in bp.named_steps(rng.normal(size=(2, 2)), np.ones((2, 1)), layers)
    }
    for n in (1, 2, 3):
        assert value[f"dw{n}"].shape == layers[n - 1].w.shape
    np.testing.assert_array_equal(value["dh2"], value["dz3"] @ layers[2].w.T)
    np.testing.assert_array_equal(value["dh1"], value["dz2"] @ layers[1].w.T)


def test_backprop_computes_and_update_descends():
    example = bp.example_2_2_2()
    kept = [(layer.w.copy(), layer.b.copy()) for layer in example.layers]
    grads = bp.gradients(example.x, example.y, example.layers)
    better = bp.update(example.layers, grads, lr=0.5)
    for layer, (w, b) in zip(example.layers, kept, strict=True):
        np.testing.assert_array_equal(layer.w, w)
        np.testing.assert_array_equal(layer.b, b)
    np.testing.assert_array_equal(better[0].w, kept[0][0] - 0.5 * grads[0].w)
    assert bp.loss(example.x, example.y, better) < bp.loss(example.x, example.y, example.layers)


def test_gradient_over_all_inputs_is_the_mean_of_the_gradients_of_each():
    rng = np.random.default_rng(2)
    layers, x, y = bp.random_layers(rng, [2, 3, 1]), rng.normal(size=(8, 2)), rng.random((8, 1))
    each = [bp.gradients(x[n : n + 1], y[n : n + 1], layers) for n in range(8)]
    for k, grad in enumerate(bp.gradients(x, y, layers)):
        np.testing.assert_allclose(grad.w, np.mean([g[k].w for g in each], axis=0), atol=1e-15)
        np.testing.assert_allclose(grad.b, np.mean([g[k].b for g in each], axis=0), atol=1e-15)


def test_the_least_loss_for_one_input_is_not_the_least_loss_over_all_inputs():
    x, y = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]), np.array([[0.0], [1], [1], [1]])
    start = bp.random_layers(np.random.default_rng(0), [2, 2, 1])

    def train(on):
        layers = start
        for _ in range(1000):
            layers = bp.update(layers, bp.gradients(x[on], y[on], layers), lr=2.0)
        return layers

    one, everything = train([0]), train([0, 1, 2, 3])
    assert bp.loss(x[:1], y[:1], one) < bp.loss(x[:1], y[:1], everything)
    assert bp.loss(x, y, everything) < bp.loss(x, y, start) < bp.loss(x, y, one)


def test_lists_and_float32():
    layers = [Layer(np.ones((2, 1), np.float32), np.zeros(1, np.float32))]
    assert bp.loss([[1, 2]], [[0]], layers) == pytest.approx(0.5 / (1 + math.exp(-3)) ** 2)
    x = np.ones((1, 2), np.float32)
    assert bp.gradients(x, np.zeros((1, 1), np.float32), layers)[0].w.dtype == np.float32


EXAMPLE = bp.example_2_2_2()


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: bp.loss([1.0], [[1]], EXAMPLE.layers), ValueError, r"x must be 2-D"),
        (lambda: bp.loss([[1.0]], [[1, 0]], EXAMPLE.layers), ValueError, r"x must have shape"),
        (lambda: bp.loss([[1.0, 2]], [[1]], EXAMPLE.layers), ValueError, r"y must have shape"),
        (lambda: bp.loss([[1.0, 2]], [[1]], []), ValueError, r"layers must hold at least 1"),
        (lambda: bp.update([], [], lr=0), ValueError, r"update: lr must be a number > 0"),
        (lambda: bp.random_layers(1, [2, 2]), TypeError, r"random_layers: rng must be"),
    ],
)
def test_bad_input_is_named(call, error, message):
    with pytest.raises(error, match=message):
        call()
