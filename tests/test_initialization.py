"""What the chapter on initialization claims."""

import numpy as np
import pytest

from snippets.autodiff import Tensor
from snippets.initialization import (
    activation_statistics,
    fans,
    glorot_normal,
    glorot_uniform,
    gradient_statistics,
    he_normal,
    he_uniform,
    lecun_normal,
    standard_uniform,
)

VARIANCE = {
    glorot_uniform: lambda n_in, n_out: 2 / (n_in + n_out),
    glorot_normal: lambda n_in, n_out: 2 / (n_in + n_out),
    he_uniform: lambda n_in, n_out: 2 / n_in,
    he_normal: lambda n_in, n_out: 2 / n_in,
    lecun_normal: lambda n_in, n_out: 1 / n_in,
    standard_uniform: lambda n_in, n_out: 1 / (3 * n_in),
}


def relu(z):
    return np.maximum(z, 0)


def tanh_prime(z):
    return 1 - np.tanh(z) ** 2


@pytest.mark.parametrize("shape", [(300, 200), (20, 10, 10, 30)], ids=str)
@pytest.mark.parametrize("draw", VARIANCE, ids=lambda f: f.__name__)
def test_weights_have_mean_zero_and_the_promised_variance(draw, shape):
    w = draw(shape, np.random.default_rng(0))
    n_in, n_out = fans(shape)
    expected = VARIANCE[draw](n_in, n_out)
    assert w.shape == shape
    assert w.var() == pytest.approx(expected, rel=0.02)  # 60,000 draws: 1 sigma is 0.6 %
    assert abs(w.mean()) < 4 * np.sqrt(expected / w.size)


@pytest.mark.parametrize("draw", VARIANCE, ids=lambda f: f.__name__)
def test_same_seed_same_weights_in_any_precision(draw):
    a = draw((3, 4), np.random.default_rng(1))
    b = draw((3, 4), np.random.default_rng(1), dtype=np.float32)
    assert b.dtype == np.float32
    assert b == pytest.approx(a, rel=1e-6)


@pytest.mark.parametrize("draw", [glorot_uniform, he_uniform, standard_uniform])
def test_uniform_weights_stay_within_the_limit_and_reach_it(draw):
    w = draw((100, 300), np.random.default_rng(2))
    limit = np.sqrt(3 * VARIANCE[draw](100, 300))
    assert 0.999 * limit < np.abs(w).max() <= limit


def train_two_hidden_units(w1, steps=50):
    """Descend on XOR with two tanh units and return the input weights that come out."""
    x = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]])
    y = np.array([[0.0], [1], [1], [0]])
    w2 = np.full((2, 1), 0.5)
    for _ in range(steps):
        a, b = Tensor(w1), Tensor(w2)
        loss = (((x @ a + 0.1).tanh() @ b - y) ** 2).mean()
        loss.backward()
        w1, w2 = w1 - 0.3 * a.grad, w2 - 0.3 * b.grad
    return w1


def test_symmetry_breaking_equal_weights_stay_equal():
    start = np.full((2, 2), 0.3)
    end = train_two_hidden_units(start)
    assert not np.allclose(end, start)  # it did learn
    assert np.array_equal(end[:, 0], end[:, 1])  # and both units are still one and the same


def test_symmetry_breaking_random_weights_part():
    start = np.full((2, 2), 0.3) + np.random.default_rng(0).normal(0, 0.1, (2, 2))
    end = train_two_hidden_units(start)
    assert np.abs(end[:, 0] - end[:, 1]).max() > 0.1


def layers(draw, width, depth, rng):
    return [draw((width, width), rng) for _ in range(depth)]


def test_glorot_keeps_activations_and_gradients_where_the_old_custom_lets_them_vanish():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(200, 300))
    ratio = {}
    for draw in (standard_uniform, glorot_uniform):
        weights = layers(draw, 300, 5, rng)
        std, _ = activation_statistics(x, weights, np.tanh)
        gradient = gradient_statistics(x, weights, np.tanh, tanh_prime, rng.normal(size=x.shape))
        ratio[draw] = std[-1] / std[0], gradient[0] / gradient[-1]
    assert ratio[standard_uniform][0] < 0.2
    assert ratio[standard_uniform][1] < 0.2
    assert ratio[glorot_uniform][0] > 0.4
    assert ratio[glorot_uniform][1] > 0.4


def test_he_keeps_the_signal_through_30_relu_layers_where_half_the_variance_loses_it():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(200, 256))
    kept = activation_statistics(x, layers(he_normal, 256, 30, rng), relu)[1]
    lost = activation_statistics(x, layers(lecun_normal, 256, 30, rng), relu)[1]
    assert 0.3 < kept[-1] < 3
    assert lost[-1] == pytest.approx(2.0**-30, rel=0.9)  # halved by every layer


def test_gradient_statistics_agree_with_the_tape():
    rng = np.random.default_rng(3)
    x, dy = rng.normal(size=(6, 4)), rng.normal(size=(6, 4))
    weights = layers(glorot_normal, 4, 3, rng)
    z, h = [], x
    for w in weights:
        z.append(Tensor(h) @ w if not z else h @ w)
        h = z[-1].tanh()
    h.backward(dy)
    expected = [layer.grad.std() for layer in z]
    measured = gradient_statistics(x, weights, np.tanh, tanh_prime, dy)
    assert measured == pytest.approx(expected, rel=1e-12)


def test_shape_must_be_a_matrix_or_a_filter_bank():
    with pytest.raises(ValueError, match=r"he_normal: shape must be \(n_in, n_out\)"):
        he_normal((3,), np.random.default_rng(0))
    with pytest.raises(ValueError, match="glorot_uniform: shape must be an integer >= 1"):
        glorot_uniform((3, 0), np.random.default_rng(0))
