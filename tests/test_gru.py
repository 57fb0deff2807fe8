"""What the chapter on the GRU claims."""

import numpy as np
import pytest

from snippets.activations import sigmoid
from snippets.gru import GRU, gru, gru_backward, gru_gates, negate_update_gate
from snippets.lstm import LSTM, adding_problem
from snippets.optimizers import Adam
from tests.gradients import assert_gradients, frozen

SIZES = [(4, 3, 2, 5), (1, 1, 1, 1), (6, 1, 3, 2), (1, 4, 2, 3)]  # T, N, D, H
both = pytest.mark.parametrize("reset_after", [True, False])


def draw(T, N, D, H, dtype=np.float64):
    rng = np.random.default_rng(11)
    shapes = [(T, N, D), (N, H), (D, 3 * H), (H, 3 * H), (3 * H,), (3 * H,)]
    return frozen(*(rng.normal(size=shape).astype(dtype) for shape in shapes))


@both
def test_every_step_follows_the_formulas(reset_after):
    x, h, w_x, w_h, b_x, b_h = draw(4, 3, 2, 5)
    states = gru(x, h, w_x, w_h, b_x, b_h, reset_after)
    for t in range(4):
        x_r, x_z, x_n = np.split(x[t] @ w_x + b_x, 3, axis=1)
        h_r, h_z, h_n = np.split(h @ w_h + b_h, 3, axis=1)
        r, z = sigmoid(x_r + h_r), sigmoid(x_z + h_z)
        before = (r * h) @ w_h[:, 10:] + b_h[10:]
        n = np.tanh(x_n + (r * h_n if reset_after else before))
        h = (1 - z) * n + z * h
        np.testing.assert_allclose(states.h[t], h, rtol=1e-12)
        np.testing.assert_allclose(states.gates[t], np.hstack([r, z, n]), rtol=1e-12)


@both
@pytest.mark.parametrize("sizes", SIZES)
def test_gru_backward_matches_central_difference(sizes, reset_after):
    x, h0, w_x, w_h, _, _ = arguments = draw(*sizes)
    states = gru(*arguments, reset_after)
    (dh,) = frozen(np.random.default_rng(1).normal(size=states.h.shape))
    gradients = gru_backward(dh, states, x, h0, w_x, w_h, reset_after)
    assert_gradients(lambda *a: np.sum(gru(*a, reset_after).h * dh), arguments, gradients)


@both
def test_backward_when_one_bias_is_used_twice(reset_after):
    x, h0, w_x, w_h, b, _ = draw(3, 2, 2, 4)
    states = gru(x, h0, w_x, w_h, b, b, reset_after)
    grads = gru_backward(np.ones_like(states.h), states, x, h0, w_x, w_h, reset_after)
    assert_gradients(
        lambda b: gru(x, h0, w_x, w_h, b, b, reset_after).h.sum(), [b], [grads[4] + grads[5]]
    )


@both
def test_no_steps_or_no_sequences_give_empty_answers(reset_after):
    for T, N in ((0, 2), (3, 0)):
        x, h0, *weights = arguments = draw(T, N, 2, 3)
        states = gru(*arguments, reset_after)
        grads = gru_backward(states.h, states, x, h0, *weights[:2], reset_after)
        assert states.h.shape == (T, N, 3)
        assert [g.shape for g in grads] == [a.shape for a in arguments]
        assert not any(g.any() for g in grads)


@both
def test_float32_stays_float32(reset_after):
    x, h0, w_x, w_h, b_x, b_h = draw(3, 2, 2, 4, np.float32)
    states = gru(x, h0, w_x, w_h, b_x, b_h, reset_after)
    grads = gru_backward(states.h, states, x, h0, w_x, w_h, reset_after)
    assert all(array.dtype == np.float32 for array in (*states, *grads))


def test_both_meanings_of_z_are_one_network_with_a_sign_turned_round():
    x, h, *weights = draw(1, 3, 2, 4)
    _, z, n = gru_gates(x[0], h, *weights)
    _, new_share, same_n = gru_gates(x[0], h, *negate_update_gate(*weights))
    np.testing.assert_allclose(new_share, 1 - z)
    np.testing.assert_allclose(new_share * same_n + (1 - new_share) * h, (1 - z) * n + z * h)
    assert not np.allclose(z * n + (1 - z) * h, (1 - z) * n + z * h)


def test_reset_before_and_after_are_different_functions():
    arguments = draw(2, 3, 2, 4)
    assert not np.allclose(gru(*arguments).h, gru(*arguments, reset_after=False).h)


def test_reset_before_and_after_agree_for_one_unit_without_bias():
    x, h0, w_x, w_h, b_x, b_h = draw(5, 3, 2, 1)
    after = gru(x, h0, w_x, w_h, b_x, 0 * b_h).h
    np.testing.assert_allclose(after, gru(x, h0, w_x, w_h, b_x, 0 * b_h, reset_after=False).h)


def test_a_gate_at_its_end_keeps_or_replaces_the_memory():
    x, h0, w_x, w_h, b_x, b_h = draw(4, 3, 2, 5)
    gate = np.repeat([0.0, 99.0, 0.0], 5)
    np.testing.assert_allclose(gru(x, h0, 0 * w_x, 0 * w_h, gate, 0 * b_h).h[-1], h0)
    replaced = gru(x, h0, 0 * w_x, 0 * w_h, b_x - 9 * gate, 0 * b_h)
    np.testing.assert_allclose(replaced.h[-1], replaced.gates[-1, :, 10:])


@pytest.mark.parametrize(
    ("place", "value", "error", "words"),
    [
        (0, np.zeros((3, 2)), ValueError, "x must have shape"),
        (1, np.zeros((2, 5)), ValueError, "h0 must have shape"),
        (2, np.zeros((2, 14)), ValueError, "w_x must have shape"),
        (3, np.zeros((5, 14)), ValueError, "w_h must have shape"),
        (5, np.zeros(5), ValueError, "b_h must have shape"),
        (4, ["a"], TypeError, "b_x must be real numbers"),
    ],
)
def test_bad_input_is_refused_in_words(place, value, error, words):
    arguments = draw(4, 3, 2, 5)
    arguments[place] = value
    with pytest.raises(error, match=words):
        gru(*arguments)


def test_negate_update_gate_refuses_other_widths():
    with pytest.raises(ValueError, match="3 H columns"):
        negate_update_gate([[1.0, 2.0]], [[1.0] * 3], [1.0] * 3, [1.0] * 3)


def test_a_network_has_three_quarters_of_the_parameters_of_an_lstm_as_wide():
    size = {
        kind: sum(p.size for p in kind(5, 7, 2, np.random.default_rng(0)).params[:3])
        for kind in (GRU, LSTM)
    }
    assert 4 * size[GRU] == 3 * size[LSTM]


def test_a_new_network_keeps_more_than_it_replaces():
    x = np.random.default_rng(1).normal(size=(20, 8, 3))
    z = GRU(3, 16, 1, np.random.default_rng(0)).states(x).gates[:, :, 16:32]
    assert z.mean() > 0.65


def test_a_network_learns_to_add():
    model, rng = GRU(2, 4, 1, np.random.default_rng(0)), np.random.default_rng(1)
    losses = model.fit((adding_problem(12, 24, rng) for _ in range(300)), Adam(0.05), limit=1.0)
    assert np.mean(losses[-20:]) < np.mean(losses[:20]) / 5


@pytest.mark.parametrize("name", ["states", "forward", "gradients"])
def test_a_wrong_sequence_is_told_by_the_method_that_was_called(name):
    arguments = [np.zeros((5, 2)), *([np.zeros((2, 1))] if name == "gradients" else [])]
    with pytest.raises(ValueError, match=f"^GRU.{name}: x must have shape"):
        getattr(GRU(2, 3, 1, np.random.default_rng(0)), name)(*arguments)
