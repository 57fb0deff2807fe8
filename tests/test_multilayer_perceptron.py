"""The multilayer perceptron: gradients, XOR by many seeds, and where more power does not help."""

import numpy as np
import pytest

from snippets import xor
from snippets.multilayer_perceptron import (
    LOSSES,
    MLP,
    affine,
    affine_backward,
    distant_pair,
    outlier_set,
    solve_rate,
    train_many_on_xor,
)
from snippets.perceptron import Perceptron

DATA = np.random.default_rng(0)


def numeric(f, x, eps=1e-6):
    grad = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        d = np.zeros_like(x)
        d[i] = eps
        grad[i] = (f(x + d) - f(x - d)) / (2 * eps)
    return grad


def assert_close(grad, expected):
    assert grad.shape == expected.shape
    assert np.abs(grad - expected).max() <= 1e-6 * max(1e-3, np.abs(expected).max())


@pytest.mark.parametrize(("N", "D", "H"), [(4, 3, 2), (1, 1, 1), (1, 3, 2), (5, 1, 4)])
def test_affine_backward_matches_central_difference(N, D, H):
    x, w, b, dy = (DATA.normal(size=s) for s in [(N, D), (D, H), H, (N, H)])
    dx, dw, db = affine_backward(dy, x, w)
    assert_close(dx, numeric(lambda v: (affine(v, w, b) * dy).sum(), x))
    assert_close(dw, numeric(lambda v: (affine(x, v, b) * dy).sum(), w))
    assert_close(db, numeric(lambda v: (affine(x, w, v) * dy).sum(), b))


def test_a_weight_used_in_two_layers_collects_both_gradients():
    x, w, b = DATA.normal(size=(3, 2)), DATA.normal(size=(2, 2)), np.zeros(2)
    h = affine(x, w, b)
    dh, dw_second, _ = affine_backward(np.ones((3, 2)), h, w)
    _, dw_first, _ = affine_backward(dh, x, w)
    expected = numeric(lambda v: affine(affine(x, v, b), v, b).sum(), w)
    assert_close(dw_first + dw_second, expected)


@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "relu", "silu"])
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("sizes", [[2, 3, 2], [1, 1, 1], [3, 4, 1, 2], [2, 2]])
def test_gradients_match_central_difference(sizes, activation, loss):
    rng = np.random.default_rng(1)
    net = MLP(sizes, activation, rng, loss=loss)
    net.params = [p + 0.1 * rng.normal(size=p.shape) for p in net.params]
    x = rng.normal(size=(4, sizes[0]))
    y = rng.integers(sizes[-1], size=4) if loss == "cross_entropy" else rng.random((4, sizes[-1]))
    for k, grad in enumerate(net.gradients(x, y)):

        def value(p, k=k):
            other = MLP(sizes, activation, np.random.default_rng(0), loss=loss)
            other.params = [p if i == k else q for i, q in enumerate(net.params)]
            return other.loss(other.forward(x), y)

        assert_close(grad, numeric(value, net.params[k]))


def test_gradients_leave_the_network_alone_and_fit_updates():
    net = MLP([2, 3, 1], "tanh", np.random.default_rng(0))
    before = [p.copy() for p in net.params]
    grads = net.gradients([[1.0, 2.0]], [[3.0]])
    for p, q in zip(net.params, before, strict=True):
        np.testing.assert_array_equal(p, q)
    net.fit([[1.0, 2.0]], [[3.0]], lr=0.25, steps=1)
    for p, q, g in zip(net.params, before, grads, strict=True):
        np.testing.assert_array_equal(p, q - 0.25 * g)


def test_parameter_count_is_the_sum_over_the_layers():
    net = MLP([4, 5, 6, 3], "relu", np.random.default_rng(0))
    assert net.parameter_count == (4 * 5 + 5) + (5 * 6 + 6) + (6 * 3 + 3)


def test_an_mlp_solves_xor():
    net = MLP([2, 4, 1], "tanh", np.random.default_rng(0), loss="binary_cross_entropy_with_logits")
    losses = net.fit(xor.INPUTS, xor.TARGETS[:, None], lr=0.5, steps=1000)
    assert losses[-1] < 0.05 < losses[0]
    np.testing.assert_array_equal(net.forward(xor.INPUTS)[:, 0] > 0, xor.TARGETS)


@pytest.mark.parametrize(("steps", "tolerance"), [(1, 1e-6), (2, 1e-6), (200, 1e-3)])
def test_many_networks_at_once_are_the_single_network_repeated(steps, tolerance):
    H, S = 3, 5
    normal = np.random.default_rng(4).standard_normal
    w1, w2, b2 = (normal(s, np.float32) for s in [(3, H * S), (H, S), (1, S)])
    w1 = w1.reshape(3, H, S).astype(float)
    together = train_many_on_xor(np.random.default_rng(4), S, H, lr=0.5, steps=steps)
    for s in range(S):
        p = xor.Params(w1[:2, :, s], w1[2, :, s], w2[:, s : s + 1].astype(float), b2[:, s] + 0.0)
        for _ in range(steps):
            p = xor.Params(*(a - 0.5 * g for a, g in zip(p, xor.gradients(p), strict=True)))
        np.testing.assert_allclose(together[:, s], xor.predict(xor.INPUTS, p), atol=tolerance)


def test_more_hidden_neurons_solve_xor_from_more_starts_and_one_never_does():
    rate = solve_rate(np.random.default_rng(0), lrs=[1.0], widths=[1, 2, 4], nets=500)[0]
    assert rate[0] == 0
    assert 0.3 < rate[1] < rate[2]
    assert rate[2] > 0.9


def test_solve_rate_has_a_row_for_each_learning_rate():
    rate = solve_rate(np.random.default_rng(0), lrs=[0.01, 1.0], widths=[2], nets=200, steps=500)
    assert rate.shape == (2, 1)
    assert rate[0, 0] < rate[1, 0]


def test_perceptron_separates_the_outlier_set_but_squared_error_does_not():
    x, y = outlier_set()
    t = (0.1 + 0.8 * y)[:, None]
    neuron = Perceptron().fit(x, y)
    assert neuron.converged
    assert sum(neuron.mistakes) == 3
    net = MLP([1, 1], "identity", np.random.default_rng(0), output="sigmoid", loss="mse")
    resting = net.fit(x, t, steps=3000)[-1]
    assert ((net.forward(x)[:, 0] > 0.5) != y).sum() == 1
    assert max(np.abs(g).max() for g in net.gradients(x, t)) < 2e-3
    # no separating neuron on a wide grid has as little loss: the mistake pays
    b = -np.linspace(0.01, 30, 600)[:, None]
    w = -b + np.linspace(0.01, 30, 600)
    p = 1 / (1 + np.exp(-(w[..., None] * [0.0, 0.0, 1.0, 10.0] + b[..., None])))
    loss = ((p - [0.1, 0.1, 0.9, 0.9]) ** 2 * [1, 1, 1, 40]).sum(axis=-1) / 43
    assert loss.min() > 1.05 * resting


def test_a_hidden_layer_rescues_the_outlier_set():
    x, y = outlier_set()
    net = MLP([1, 2, 1], "tanh", np.random.default_rng(0), output="sigmoid", loss="mse")
    net.fit(x, (0.1 + 0.8 * y)[:, None], lr=0.5, steps=1000)
    np.testing.assert_array_equal(net.forward(x)[:, 0] > 0.5, y)


def test_mlp_hardly_learns_from_any_start_where_the_perceptron_succeeds():
    x, y = distant_pair()
    assert Perceptron(epochs=1000).fit(x, y).converged
    for seed in range(6):
        net = MLP([1, 4, 1], "sigmoid", np.random.default_rng(seed), output="sigmoid", loss="mse")
        # 1/4 is the squared error of answering 1/2 to everything
        assert net.fit(x, y[:, None], lr=0.5, steps=1000)[-1] > 0.24


def test_float32_and_read_only_inputs():
    x = np.ones((3, 2), np.float32)[::-1]
    x.flags.writeable = False
    w, b = np.ones((2, 2), np.float32), np.zeros(2, np.float32)
    assert affine(x, w, b).dtype == np.float32
    assert {g.dtype for g in affine_backward(x, x, w)} == {np.dtype(np.float32)}


def test_a_network_of_float32_stays_float32_and_starts_like_one_of_float64():
    narrow, wide = (
        MLP([3, 4, 2], "relu", np.random.default_rng(0), loss="cross_entropy", dtype=dtype)
        for dtype in (np.float32, np.float64)
    )
    for p, q in zip(narrow.params, wide.params, strict=True):
        np.testing.assert_array_equal(p, q.astype(np.float32))
    x = np.ones((5, 3), np.float32)
    assert narrow.forward(x).dtype == np.float32
    assert {g.dtype for g in narrow.gradients(x, [0, 1, 0, 1, 0])} == {np.dtype(np.float32)}
    narrow.fit(x, [0, 1, 0, 1, 0], steps=2)
    assert {p.dtype for p in narrow.params} == {np.dtype(np.float32)}


RNG = np.random.default_rng(0)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: affine([1.0], [[1.0]], [0]), ValueError, r"affine: x must be 2-D"),
        (lambda: affine([[1.0]], [[1.0], [2]], [0]), ValueError, r"w must have shape \(1, H\)"),
        (lambda: affine([[1.0]], [[1.0]], [0, 0]), ValueError, r"b must have shape \(1,\)"),
        (lambda: affine_backward([[1.0]], [[1.0]], [[1.0, 2]]), ValueError, r"dy must have shape"),
        (lambda: MLP([2], "tanh", RNG), ValueError, r"sizes must name input and output, got \[2\]"),
        (lambda: MLP([2, 0], "tanh", RNG), ValueError, r"sizes must be an integer >= 1, got 0"),
        (lambda: MLP([2, 1], "swosh", RNG), ValueError, r"activation must be one of .*'swosh'"),
        (lambda: MLP([2, 1], "tanh", RNG, loss="l"), ValueError, r"loss must be one of"),
        (lambda: MLP([2, 1], "tanh", 0), TypeError, r"MLP: rng must be"),
        (lambda: MLP([2, 1], "tanh", RNG).forward([[1.0]]), ValueError, r"forward: x must have"),
        (lambda: solve_rate(RNG, lrs=[0.0]), ValueError, r"lr must be a number > 0"),
    ],
)
def test_bad_input_is_named(call, error, message):
    with pytest.raises(error, match=message):
        call()
