"""What the chapter on the LSTM claims."""

import numpy as np
import pytest

from snippets.activations import sigmoid
from snippets.lstm import LSTM, adding_problem, lstm, lstm_backward, split_gates
from snippets.optimizers import Adam
from snippets.rnn import gradient_flow, rnn
from tests.gradients import assert_gradients, frozen

SIZES = [(4, 3, 2, 5), (1, 1, 1, 1), (6, 1, 3, 2), (1, 4, 2, 3)]  # T, N, D, H


def draw(T, N, D, H, dtype=np.float64):
    rng = np.random.default_rng(11)
    shapes = [(T, N, D), (N, H), (N, H), (D, 4 * H), (H, 4 * H), (4 * H,)]
    return frozen(*(rng.normal(size=shape).astype(dtype) for shape in shapes))


def test_every_step_follows_the_formulas():
    x, h, c, w_x, w_h, b = draw(4, 3, 2, 5)
    states = lstm(x, h, c, w_x, w_h, b)
    for t in range(4):
        z_i, z_f, z_g, z_o = np.split(x[t] @ w_x + h @ w_h + b, 4, axis=1)
        c = sigmoid(z_f) * c + sigmoid(z_i) * np.tanh(z_g)
        h = sigmoid(z_o) * np.tanh(c)
        np.testing.assert_allclose(states.c[t], c, rtol=1e-12)
        np.testing.assert_allclose(states.h[t], h, rtol=1e-12)
        i, f, g, o = split_gates(states.gates[t])
        np.testing.assert_allclose(np.hstack([i, f, o]), sigmoid(np.hstack([z_i, z_f, z_o])))
        np.testing.assert_allclose(g, np.tanh(z_g))


@pytest.mark.parametrize("sizes", SIZES)
def test_lstm_backward_matches_central_difference(sizes):
    x, h0, c0, w_x, w_h, _ = arguments = draw(*sizes)
    states = lstm(*arguments)
    rng = np.random.default_rng(1)
    dh, dc_last = frozen(rng.normal(size=states.h.shape), rng.normal(size=c0.shape))

    def loss(*arguments):
        states = lstm(*arguments)
        return np.sum(states.h * dh) + np.sum(states.c[-1] * dc_last)

    gradients = lstm_backward(dh, states, x, h0, c0, w_x, w_h, dc_last)
    assert_gradients(loss, arguments, gradients)


def test_backward_when_output_and_cell_start_from_one_array():
    x, start, _, w_x, w_h, b = draw(3, 2, 2, 4)
    states = lstm(x, start, start, w_x, w_h, b)
    grads = lstm_backward(np.ones_like(states.h), states, x, start, start, w_x, w_h)
    assert_gradients(lambda s: lstm(x, s, s, w_x, w_h, b).h.sum(), [start], [grads[1] + grads[2]])


def test_no_steps_or_no_sequences_give_empty_answers():
    for T, N in ((0, 2), (3, 0)):
        x, h0, c0, w_x, w_h, b = draw(T, N, 2, 3)
        states = lstm(x, h0, c0, w_x, w_h, b)
        grads = lstm_backward(states.h, states, x, h0, c0, w_x, w_h)
        assert states.h.shape == (T, N, 3)
        assert [g.shape for g in grads] == [a.shape for a in (x, h0, c0, w_x, w_h, b)]
        assert not any(g.any() for g in grads)


def test_float32_stays_float32():
    x, h0, c0, w_x, w_h, b = draw(3, 2, 2, 4, np.float32)
    states = lstm(x, h0, c0, w_x, w_h, b)
    assert all(track.dtype == np.float32 for track in states)
    assert all(g.dtype == np.float32 for g in lstm_backward(states.h, states, x, h0, c0, w_x, w_h))


def test_gates_at_their_ends_make_no_overflow():
    x, h0, c0, w_x, w_h, b = draw(3, 2, 2, 4)
    states = lstm(1e6 * x, h0, c0, w_x, w_h, b)
    assert np.isfinite(states.c).all()
    assert ((states.gates >= -1) & (states.gates <= 1)).all()


def test_with_open_forget_gate_the_error_comes_back_whole_where_a_plain_layer_loses_it():
    x, h0, c0, w_x, w_h, _ = draw(100, 2, 2, 3)
    always_keep = np.repeat([-99.0, 99.0, 0.0, 99.0], 3)
    states = lstm(x, h0, c0, 0 * w_x, 0 * w_h, always_keep)
    dc_last = np.random.default_rng(0).normal(size=c0.shape)
    grads = lstm_backward(np.zeros_like(states.h), states, x, h0, c0, w_x, 0 * w_h, dc_last)
    np.testing.assert_allclose(grads[2], dc_last)
    np.testing.assert_allclose(states.c[-1], c0)
    h = rnn(x, h0, w_x[:, :3], 0.9 * np.eye(3), np.zeros(3))
    flow = gradient_flow(dc_last, h, 0.9 * np.eye(3))
    assert flow[0] < 1e-4 * flow[-1]


def test_the_gradient_along_the_cell_is_the_product_of_the_forget_gates():
    x, h0, c0, w_x, w_h, b = draw(7, 1, 2, 3)
    states = lstm(x, h0, c0, w_x, 0 * w_h, b)  # no other way back than the cell
    grads = lstm_backward(
        np.zeros_like(states.h), states, x, h0, c0, w_x, 0 * w_h, np.ones_like(c0)
    )
    np.testing.assert_allclose(grads[2], split_gates(states.gates)[1].prod(axis=0))


def test_adding_problem_is_that_of_1997():
    x, y = adding_problem(40, 500, np.random.default_rng(0))
    marks = x[:, :, 1]
    assert ((marks == 1).sum(axis=0) == 2).all()
    assert (marks[:10] == 1).any(axis=0).all()
    assert not (marks[19:] == 1).any()
    assert (marks[-1] == -1).all()
    values = np.where(marks == 1, x[:, :, 0], 0)
    values[0] = 0
    np.testing.assert_allclose(y[:, 0], 0.5 + values.sum(axis=0) / 4)
    assert np.abs(x[:, :, 0]).max() <= 1
    assert y.min() >= 0
    assert y.max() <= 1


def test_the_model_learns_to_add_what_it_was_told_to_remember():
    rng = np.random.default_rng(0)
    model = LSTM(2, 12, 1, rng)
    batches = (adding_problem(12, 64, rng) for _ in range(600))
    model.fit(batches, Adam(0.02), limit=1.0)
    x, y = adding_problem(12, 500, rng)
    error = np.abs(model.forward(x) - y)
    assert (error < 0.1).mean() > 0.95
    assert error.mean() < np.abs(y - y.mean()).mean() / 4


def test_model_gradients_match_central_difference():
    rng = np.random.default_rng(0)
    x, y = frozen(rng.normal(size=(4, 3, 2)), rng.normal(size=(3, 2)))
    model = LSTM(2, 3, 2, rng)

    def loss(*params):
        model.params = list(params)
        return model.gradients(x, y)[0]

    params = model.params
    assert_gradients(loss, params, LSTM.gradients(model, x, y)[1])
    assert (params[2][3:6] == 1).all()


@pytest.mark.parametrize(
    ("place", "value", "error", "words"),
    [
        (0, np.zeros((3, 2)), ValueError, "x must have shape"),
        (2, np.zeros((2, 5)), ValueError, "c0 must have shape"),
        (3, np.zeros((2, 15)), ValueError, "w_x must have shape"),
        (4, np.zeros((5, 15)), ValueError, "w_h must have shape"),
        (5, np.zeros(5), ValueError, "b must have shape"),
        (5, None, TypeError, "b must be real numbers"),
    ],
)
def test_bad_input_is_refused_in_words(place, value, error, words):
    arguments = draw(4, 3, 2, 5)
    arguments[place] = value
    with pytest.raises(error, match=words):
        lstm(*arguments)


def test_bad_settings_are_refused_in_words():
    with pytest.raises(ValueError, match="4 H"):
        split_gates(np.zeros(5))
    with pytest.raises(ValueError, match="steps must be an integer >= 10"):
        adding_problem(9, 1, np.random.default_rng(0))


@pytest.mark.parametrize("name", ["states", "forward", "gradients"])
def test_a_wrong_sequence_is_told_by_the_method_that_was_called(name):
    arguments = [np.zeros((5, 2)), *([np.zeros((2, 1))] if name == "gradients" else [])]
    with pytest.raises(ValueError, match=f"^LSTM.{name}: x must have shape"):
        getattr(LSTM(2, 3, 1, np.random.default_rng(0)), name)(*arguments)
