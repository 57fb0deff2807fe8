"""What the chapter on recurrent networks claims."""

import numpy as np
import pytest

from snippets.optimizers import SGD, Adam
from snippets.rnn import (
    RNN,
    best_memoryless_error,
    clip_by_norm,
    descend_wall,
    error_wall,
    error_wall_gradient,
    global_norm,
    gradient_flow,
    rnn,
    rnn_backward,
    temporal_xor,
    train,
)
from tests.gradients import assert_gradients, frozen

SIZES = [(4, 3, 2, 5), (1, 1, 1, 1), (6, 1, 3, 2), (1, 4, 2, 3)]  # T, N, D, H


def draw(T, N, D, H, dtype=np.float64):
    rng = np.random.default_rng(11)
    shapes = [(T, N, D), (N, H), (D, H), (H, H), (H,)]
    return frozen(*(rng.normal(size=shape).astype(dtype) for shape in shapes))


def test_every_step_follows_the_formula():
    x, h, w_x, w_h, b = draw(4, 3, 2, 5)
    for x_t, h_t in zip(x, rnn(x, h, w_x, w_h, b), strict=True):
        h = np.tanh(x_t @ w_x + h @ w_h + b)
        np.testing.assert_allclose(h_t, h, rtol=1e-12)


@pytest.mark.parametrize("sizes", SIZES)
def test_backpropagation_through_time_equals_central_difference(sizes):
    x, h0, w_x, w_h, _ = arguments = draw(*sizes)
    h = rnn(*arguments)
    (dh,) = frozen(np.random.default_rng(1).normal(size=h.shape))
    gradients = rnn_backward(dh, h, x, h0, w_x, w_h)
    assert_gradients(lambda *a: np.sum(rnn(*a) * dh), arguments, gradients)


def test_backward_when_one_matrix_is_used_for_input_and_memory():
    x, h0, w, _, b = draw(5, 2, 3, 3)

    def loss(w):
        return rnn(x, h0, w, w, b).sum()

    h = rnn(x, h0, w, w, b)
    _, _, dw_x, dw_h, _ = rnn_backward(np.ones_like(h), h, x, h0, w, w)
    assert_gradients(loss, [w], [dw_x + dw_h])


def test_reading_in_two_parts_equals_reading_at_once():
    x, h0, *weights = draw(6, 2, 3, 4)
    h = rnn(x, h0, *weights)
    first = rnn(x[:2], h0, *weights)
    np.testing.assert_allclose(rnn(x[2:], first[-1], *weights), h[2:], rtol=1e-12)


def test_no_steps_or_no_sequences_give_empty_answers():
    for T, N in ((0, 2), (3, 0)):
        x, h0, w_x, w_h, b = draw(T, N, 2, 3)
        h = rnn(x, h0, w_x, w_h, b)
        gradients = rnn_backward(h, h, x, h0, w_x, w_h)
        assert h.shape == (T, N, 3)
        assert [g.shape for g in gradients] == [x.shape, h0.shape, (2, 3), (3, 3), (3,)]
        assert not any(g.any() for g in gradients)


def test_float32_stays_float32():
    x, h0, w_x, w_h, b = draw(3, 2, 2, 4, np.float32)
    h = rnn(x, h0, w_x, w_h, b)
    assert h.dtype == gradient_flow(h[-1], h, w_h).dtype == np.float32
    assert all(g.dtype == np.float32 for g in rnn_backward(h, h, x, h0, w_x, w_h))
    assert clip_by_norm([x], 0.1)[0].dtype == np.float32


def test_gradient_flow_measures_what_backpropagation_carries():
    x, h0, w_x, w_h, b = draw(5, 3, 2, 4)
    h = rnn(x, h0, w_x, w_h, b)
    dh = np.zeros_like(h)
    dh[-1] = np.random.default_rng(2).normal(size=h[-1].shape)
    flow = gradient_flow(dh[-1], h, w_h)
    for t in range(5):
        # start again at step t + 1 with h_t as the first memory: its gradient is dL/dh_t
        rest = rnn_backward(dh[t + 1 :], h[t + 1 :], x[t + 1 :], h[t], w_x, w_h)
        expected = dh[-1] if t == 4 else rest[1]
        assert flow[t] == pytest.approx(np.linalg.norm(expected))


def test_below_a_singular_value_of_1_the_error_must_vanish():
    x, h0, w_x, w_h, b = draw(60, 1, 2, 6)
    w_h = 0.8 * w_h / np.linalg.norm(w_h, 2)
    flow = gradient_flow(np.ones((1, 6)), rnn(x, h0, w_x, w_h, b), w_h)
    assert (flow[:-1] <= 0.8 * flow[1:] + 1e-15).all()


def test_above_a_singular_value_of_1_the_error_may_explode_but_need_not():
    still = np.zeros((30, 1, 1))  # h = 0: the slope of tanh is 1
    assert gradient_flow([[1.0]], still, [[1.5]])[0] > 1e5
    saturated = np.full((30, 1, 1), 0.9)
    assert gradient_flow([[1.0]], saturated, [[1.5]])[0] < 1e-5


def test_no_model_without_memory_solves_temporal_xor_and_a_recurrent_network_does():
    x, y = temporal_xor(4)
    assert best_memoryless_error(x, y) == 0.25 == np.var(y)
    model = RNN(1, 8, 1, np.random.default_rng(0))
    losses = model.fit([(x, y)] * 300, Adam(0.02), limit=1.0)
    assert losses[-1] < 0.01
    assert (np.round(model.forward(x)) == y).all()


def test_best_memoryless_error_is_zero_when_the_last_input_tells_all():
    x, _ = temporal_xor(3)
    assert best_memoryless_error(x, 3 * x[-1] - 1) == 0


def test_model_gradients_match_central_difference():
    rng = np.random.default_rng(0)
    x, y = frozen(rng.normal(size=(4, 3, 2)), rng.normal(size=(3, 2)))
    model = RNN(2, 4, 2, rng)

    def loss(*params):
        model.params = list(params)
        return model.gradients(x, y)[0]

    params = model.params
    assert_gradients(loss, params, RNN.gradients(model, x, y)[1])


def test_clipping_keeps_the_direction_and_limits_the_length():
    grads = frozen([3.0, 0.0], [[4.0]])
    clipped = clip_by_norm(grads, 2.0)
    assert global_norm(clipped) == pytest.approx(2.0)
    assert [g / c for g, c in zip([3.0, 4.0], [clipped[0][0], clipped[1][0, 0]], strict=True)] == (
        pytest.approx([2.5, 2.5])
    )
    assert all((a == b).all() for a, b in zip(clip_by_norm(grads, 9.0), grads, strict=True))
    assert clip_by_norm([np.zeros(2)], 1.0)[0].tolist() == [0, 0]


def test_error_wall_gradient_matches_central_difference():
    w, b = frozen([3.0, 5.0, 0.5], [-1.0, -2.5, 0.3])
    gradients = error_wall_gradient(w, b)
    assert_gradients(lambda w, b: error_wall(w, b).sum(), [w, b], gradients)


@pytest.mark.parametrize("scale", [1e-200, 1e200])
def test_a_length_whose_square_is_no_float_is_still_a_length(scale):
    grads = [np.array([3 * scale]), np.array([[-4 * scale]])]
    assert global_norm(grads) == pytest.approx(5 * scale, rel=1e-15)
    clipped = clip_by_norm(grads, scale)
    np.testing.assert_allclose(np.concatenate(clipped, axis=None), [0.6 * scale, -0.8 * scale])
    assert global_norm([]) == global_norm([np.zeros(2)]) == 0


def test_the_error_has_a_wall_and_clipping_keeps_the_walker_near_it():
    w, b = np.meshgrid(np.linspace(3, 7, 150), np.linspace(-4, 0, 150))
    steepness = np.hypot(*error_wall_gradient(w, b))
    assert steepness.max() > 1000 * np.median(steepness)
    worst = np.unravel_index(steepness.argmax(), steepness.shape)
    start = (float(w[worst]), float(b[worst]))
    free = descend_wall(start, 0.1, 20)
    held = descend_wall(start, 0.1, 20, limit=1.0)
    stride = np.linalg.norm(np.diff(held, axis=0), axis=1)
    assert stride.max() <= 0.1 + 1e-12
    assert np.linalg.norm(free[1] - free[0]) > 100 * stride.max()


def test_train_clips_before_the_step_and_reports_the_loss_before_it():
    class Slope:
        def __init__(self):
            self.params = [np.array([1.0])]

        def gradients(self, x, y):
            return float(self.params[0][0]), [np.array([100.0])]

    model = Slope()
    assert train(model, [(0, 0), (0, 0)], SGD(0.5), limit=1.0) == [1.0, 0.5]
    assert model.params[0].tolist() == [0.0]


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({0: np.zeros((3, 2))}, ValueError, "x must have shape"),
        ({0: np.zeros((4, 3, 3))}, ValueError, "x must have shape"),
        ({1: np.zeros((2, 5))}, ValueError, "h0 must have shape"),
        ({3: np.zeros((5, 4))}, ValueError, "w_h must have shape"),
        ({4: np.zeros(4)}, ValueError, "b must have shape"),
        ({4: ["a"] * 5}, TypeError, "b must be real numbers"),
    ],
)
def test_bad_input_is_refused_in_words(change, error, words):
    arguments = draw(4, 3, 2, 5)
    for place, value in change.items():
        arguments[place] = value
    with pytest.raises(error, match=words):
        rnn(*arguments)


def test_bad_settings_are_refused_in_words():
    with pytest.raises(ValueError, match="limit must be a number > 0"):
        clip_by_norm([np.ones(2)], 0)
    with pytest.raises(ValueError, match="steps must be an integer >= 2"):
        temporal_xor(1)
    with pytest.raises(ValueError, match="must not be empty"):
        RNN(1, 2, 1, np.random.default_rng(0)).forward(np.zeros((0, 2, 1)))
    with pytest.raises(TypeError, match="rng"):
        RNN(1, 2, 1, 0)
