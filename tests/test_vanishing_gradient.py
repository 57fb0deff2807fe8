"""Vanishing gradients: chains, layers, losses and dying units."""

import numpy as np
import pytest

from snippets import vanishing_gradient as vg
from snippets.activations import sigmoid, softmax


def numeric(f, z, eps=1e-5):
    return np.array([(f(z + d) - f(z - d)) / (2 * eps) for d in eps * np.eye(len(z))])


def test_ten_sigmoids_leave_less_than_a_millionth():
    slope = vg.chain_slope(np.zeros(10), np.ones(10))
    assert slope == 0.25**10
    assert slope == pytest.approx(9.5e-7, rel=0.01)
    # other z only make it smaller
    for z in np.random.default_rng(0).normal(size=(20, 10)):
        assert vg.chain_slope(z, np.ones(10)) < slope


def test_it_is_an_illustration_not_a_law_because_weights_multiply_too():
    assert vg.chain_slope(np.zeros(10), np.full(10, 4.0)) == 1
    assert vg.chain_slope(np.zeros(10), np.full(10, 5.0)) > 9


def test_chain_slope_is_the_derivative_of_the_chain():
    ws, eps = [1.5, -0.7, 2.0], 1e-5

    def chain(x):
        zs = []
        for w in ws:
            zs.append(w * x)
            x = sigmoid(zs[-1])
        return x, zs

    slope = vg.chain_slope(chain(0.4)[1], ws)
    assert slope == pytest.approx((chain(0.4 + eps)[0] - chain(0.4 - eps)[0]) / (2 * eps), rel=1e-6)


def ratio(activation, start, depth=20):
    norms = vg.gradient_norms(np.random.default_rng(0), depth, activation, vg.GAINS[start])
    assert norms.shape == (depth,)
    return norms[0] / norms[-1]


def test_gradients_of_sigmoid_layers_vanish():
    assert ratio("sigmoid", "glorot") < 1e-9
    norms = vg.gradient_norms(np.random.default_rng(0), 10, "sigmoid")
    assert (np.diff(norms) > 0).all()


def test_the_right_size_of_weights_keeps_gradients_alive_and_a_wrong_one_does_not():
    assert 0.05 < ratio("tanh", "glorot") < 20
    assert 0.05 < ratio("relu", "he") < 20
    assert ratio("relu", "small") < 1e-6
    assert ratio("relu", "large") > 100
    assert ratio("tanh", "small") < 1e-4


def test_gradient_norms_of_a_linear_network_follow_the_gain():
    norms = vg.gradient_norms(np.random.default_rng(0), 10, "identity", gain=0.5, width=256)
    np.testing.assert_allclose(norms[:-1] / norms[1:], 0.5, rtol=0.1)


@pytest.mark.parametrize("logits", [[9.0, 0.0], [0.3, -0.2], [2.0, 1.0, 0.0]])
def test_signals_match_central_difference(logits):
    z, y = np.array(logits), np.eye(len(logits))[1]
    for signal, loss in [
        (vg.cross_entropy_signal, lambda v: -np.log(softmax(v)[1])),
        (vg.squared_error_signal, lambda v: ((softmax(v) - y) ** 2).sum() / 2),
    ]:
        expected = numeric(loss, z)
        assert np.abs(signal(z, 1) - expected).max() <= 1e-6 * max(1e-3, np.abs(expected).max())


def test_confidently_wrong_softmax_learns_with_cross_entropy_and_not_with_squared_error():
    for wrong in (9.0, 20.0, 1e4):
        logits = [wrong, 0.0]
        signal = vg.cross_entropy_signal(logits, label=1)
        np.testing.assert_allclose(signal, softmax(logits) - [0, 1])
        assert np.abs(signal).max() > 0.999
        assert np.abs(vg.squared_error_signal(logits, label=1)).max() < 3e-4


def test_deep_narrow_relu_networks_are_born_dead():
    rates = [vg.dead_network_rate(np.random.default_rng(0), depth) for depth in (1, 2, 5, 10, 40)]
    assert (np.diff(rates) > 0).all()
    assert rates[0] == 0
    assert rates[-1] > 0.99
    assert vg.dead_network_rate(np.random.default_rng(0), 10, width=20, nets=200) < 0.01


def test_units_die_of_large_steps_and_then_never_change_again():
    x = np.linspace(-1, 1, 40)

    def dead(lr, steps=100):
        network = vg.train_relu_regression(np.random.default_rng(0), lr, steps)
        return network, vg.dead_units(network, x)

    assert dead(0.5, steps=0)[1] == 0
    assert dead(0.01)[1] <= 0.05
    network, fraction = dead(1.0)
    assert fraction > 0.8
    later, _ = dead(1.0, steps=200)
    gone = (x[:, None] * network.w1 + network.b1 <= 0).all(axis=0)
    np.testing.assert_array_equal(network.w1[gone], later.w1[gone])
    np.testing.assert_array_equal(network.w2[gone], later.w2[gone])


def test_small_steps_of_the_relu_regression_lower_the_error():
    x = np.linspace(-1, 1, 40)

    def error(steps):
        w1, b1, w2, b2 = vg.train_relu_regression(np.random.default_rng(1), 0.01, steps)
        return np.mean((np.maximum(x[:, None] * w1 + b1, 0) @ w2 + b2 - np.sin(3 * x)) ** 2)

    assert error(2000) < 0.1 * error(0)


def test_a_step_of_the_relu_regression_is_lr_times_the_numeric_gradient():
    x = np.linspace(-1, 1, 40)

    def loss(flat):
        w1, b1, w2 = flat[:-1].reshape(3, -1)
        h = np.maximum(x[:, None] * w1 + b1, 0)
        return np.mean((h @ w2 + flat[-1] - np.sin(3 * x)) ** 2) / 2

    before, after = (
        np.concatenate([np.append(a, []) for a in network])
        for network in (
            vg.train_relu_regression(np.random.default_rng(3), 0.01, steps, hidden=4)
            for steps in (0, 1)
        )
    )
    expected = numeric(loss, before)
    assert np.abs((before - after) / 0.01 - expected).max() <= 1e-6 * np.abs(expected).max()


RNG = np.random.default_rng(0)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: vg.chain_slope([0.0], [1.0, 2]), ValueError, r"chain_slope: ws must have shape"),
        (lambda: vg.gradient_norms(RNG, 0), ValueError, r"depth must be an integer >= 1, got 0"),
        (lambda: vg.gradient_norms(RNG, 1, "swosh"), ValueError, r"activation must be one of"),
        (lambda: vg.gradient_norms(RNG, 1, gain=0), ValueError, r"gain must be a number > 0"),
        (lambda: vg.dead_network_rate(1, 1), TypeError, r"dead_network_rate: rng must be"),
        (lambda: vg.cross_entropy_signal([1.0], 1), ValueError, r"label must lie in 0 .. 0"),
        (lambda: vg.squared_error_signal([[1.0]], 0), ValueError, r"logits must be 1-D"),
        (lambda: vg.train_relu_regression(RNG, -1), ValueError, r"lr must be a number > 0"),
    ],
)
def test_bad_input_is_named(call, error, message):
    with pytest.raises(error, match=message):
        call()
