"""Batch-last recurrent layers are the readable ones with the last two axes exchanged."""

import numpy as np
import pytest

from snippets.fast_recurrent import (
    gru_batch_last,
    gru_batch_last_backward,
    lstm_batch_last,
    lstm_batch_last_backward,
    rnn_batch_last,
    rnn_batch_last_backward,
)
from snippets.gru import gru, gru_backward
from snippets.lstm import lstm, lstm_backward
from snippets.rnn import rnn, rnn_backward
from tests.gradients import frozen

# T, N, D, H; the way back goes by blocks of ten steps, so some do not end where a block does
SHAPES = pytest.mark.parametrize(
    "shape", [(6, 3, 2, 4), (1, 1, 1, 1), (1, 4, 3, 2), (10, 2, 1, 3), (23, 1, 2, 3)]
)
EMPTY = pytest.mark.parametrize("shape", [(0, 3, 2, 4), (12, 0, 2, 4)])


def turned(a):
    return np.ascontiguousarray(a.swapaxes(-1, -2))


def problem(shape, gates, dtype=np.float64):
    """Return x, h0, c0, dh and the weights w_x, w_h, b, b_h."""
    T, N, D, H = shape
    normal = np.random.default_rng(0).normal
    sizes = [(T, N, D), (N, H), (N, H), (T, N, H), (D, gates * H), (H, gates * H)]
    return [normal(size=s).astype(dtype) for s in [*sizes, (gates * H,), (gates * H,)]]


def assert_equal(ours, theirs, turn):
    """Compare in order; the first `turn` of theirs have the batch before the last axis."""
    for k, (mine, other) in enumerate(zip(ours, theirs, strict=True)):
        expected = turned(other) if k < turn else other
        assert mine.shape == expected.shape
        assert mine.dtype == expected.dtype
        tolerance = 1e-12 if mine.dtype == np.float64 else 1e-4
        np.testing.assert_allclose(mine, expected, rtol=0, atol=tolerance * (1 + len(ours[0])))


LAYERS = [
    (rnn, rnn_backward, 1, "x h0 w_x w_h b", "x h0 w_x w_h"),
    (rnn_batch_last, rnn_batch_last_backward, 1, "x h0 w_x w_h b", "x h0 w_x w_h"),
    (lstm, lstm_backward, 4, "x h0 c0 w_x w_h b", "x h0 c0 w_x w_h"),
    (lstm_batch_last, lstm_batch_last_backward, 4, "x h0 c0 w_x w_h b", "x h0 c0 w_x w_h"),
    (gru, gru_backward, 3, "x h0 w_x w_h b b_h", "x h0 w_x w_h"),
    (gru_batch_last, gru_batch_last_backward, 3, "x h0 w_x w_h b b_h", "x h0 w_x w_h"),
]


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer[0].__name__)
def test_one_argument_in_float64_makes_all_results_float64(layer):
    run, back, gates, given_, needed = layer
    names = ["x", "h0", "c0", "dh", "w_x", "w_h", "b", "b_h"]
    arrays = dict(zip(names, problem((4, 2, 2, 2), gates), strict=True))  # N = D = H: either way
    arrays = {name: array.astype(np.float32) for name, array in arrays.items()}

    def states(wide):
        return run(*(arrays[k].astype("f8" if k == wide else "f4") for k in given_.split()))

    def dtypes(result):
        return {a.dtype.name for a in (result if isinstance(result, tuple) else [result])}

    narrow, double = states(""), states("x")
    assert dtypes(narrow) == {"float32"}
    for wide in given_.split():
        assert dtypes(states(wide)) == {"float64"}, wide
    for wide in ["", "dh", *needed.split()]:
        a = {k: v.astype("f8" if k == wide else "f4") for k, v in arrays.items()}
        grads = back(a["dh"], narrow, *(a[k] for k in needed.split()))
        assert dtypes(grads) == {"float64" if wide else "float32"}, wide
    grads = back(arrays["dh"], double, *(arrays[k] for k in needed.split()))
    assert dtypes(grads) == {"float64"}


@SHAPES
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_rnn_equals_the_readable_one(shape, dtype):
    x, h0, _, dh, w_x, w_h, b, _ = problem(shape, 1, dtype)
    h = rnn(x, h0, w_x, w_h, b)
    ours = rnn_batch_last(turned(x), turned(h0), w_x, w_h, b)
    assert_equal([ours], [h], turn=1)
    grads = rnn_backward(dh, h, x, h0, w_x, w_h)
    mine = rnn_batch_last_backward(turned(dh), ours, turned(x), turned(h0), w_x, w_h)
    assert_equal(mine, grads, turn=2)


@SHAPES
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_lstm_equals_the_readable_one(shape, dtype):
    x, h0, c0, dh, w_x, w_h, b, _ = problem(shape, 4, dtype)
    states = lstm(x, h0, c0, w_x, w_h, b)
    start = turned(x), turned(h0), turned(c0), w_x, w_h
    ours = lstm_batch_last(*start, b)
    assert_equal([ours.h, ours.c, ours.gates], states, turn=3)
    np.testing.assert_allclose(ours.shown, np.tanh(ours.c), rtol=1e-6)
    grads = lstm_backward(dh, states, x, h0, c0, w_x, w_h)
    assert_equal(lstm_batch_last_backward(turned(dh), ours, *start), grads, turn=3)


@SHAPES
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_gru_equals_the_readable_one(shape, dtype):
    x, h0, _, dh, w_x, w_h, b_x, b_h = problem(shape, 3, dtype)
    states = gru(x, h0, w_x, w_h, b_x, b_h)
    start = turned(x), turned(h0), w_x, w_h
    ours = gru_batch_last(*start, b_x, b_h)
    assert_equal(ours, states, turn=3)
    grads = gru_backward(dh, states, x, h0, w_x, w_h)
    assert_equal(gru_batch_last_backward(turned(dh), ours, *start), grads, turn=2)


def test_saturated_gates_keep_the_cell_and_bring_the_error_back_whole():
    one, zeros = np.ones((1, 1)), np.zeros((1, 4))
    always_keep = np.array([-99.0, 99.0, 0.0, 99.0])
    x = np.ones((50, 1, 1))
    states = lstm_batch_last(x, one, one, zeros, zeros, always_keep)
    assert states.c.ravel().tolist() == [1.0] * 50
    dh = np.zeros((50, 1, 1))
    dh[-1] = 1
    _, _, dc0, *_ = lstm_batch_last_backward(dh, states, x, one, one, zeros, zeros)
    assert dc0.item() == pytest.approx(1 - np.tanh(1) ** 2)


@EMPTY
def test_no_steps_or_no_examples_leave_the_memory_and_give_no_gradient(shape):
    x, h0, c0, dh, w_x, w_h, b, _ = problem(shape, 1)
    x, h0, c0, dh = turned(x), turned(h0), turned(c0), turned(dh)
    h = rnn_batch_last(x, h0, w_x, w_h, b)
    four = [np.tile(w, 4) for w in (w_x, w_h, b)]
    three = [np.tile(w, 3) for w in (w_x, w_h, b, b)]
    lstm_states, gru_states = lstm_batch_last(x, h0, c0, *four), gru_batch_last(x, h0, *three)
    assert h.shape == lstm_states.h.shape == gru_states.h.shape == dh.shape
    for dx, dh0, *grads in (
        rnn_batch_last_backward(dh, h, x, h0, w_x, w_h),
        lstm_batch_last_backward(dh, lstm_states, x, h0, c0, *four[:2])[:6],
        gru_batch_last_backward(dh, gru_states, x, h0, *three[:2]),
    ):
        assert dx.shape == x.shape
        assert dh0.shape == h0.shape
        assert not any(g.any() for g in grads)


def test_arguments_may_be_read_only():
    x, h0, c0, dh, w_x, w_h, b, _ = frozen(*problem((12, 2, 3, 4), 4))
    start = *frozen(turned(x), turned(h0), turned(c0)), w_x, w_h
    states = lstm_batch_last(*start, b)
    lstm_batch_last_backward(*frozen(turned(dh)), type(states)(*frozen(*states)), *start)
