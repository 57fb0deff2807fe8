"""Recurrent layers with the batch on the last axis: the same numbers, in less time.

In `rnn`, `lstm` and `gru` an example is a row: (T, N, D).  Here it is a column: (T, D, N), so that
z = w^T x.  Nothing else changes in the formulas, and yet a training step takes less time:

* The gates of all units lie below each other, so i, f, g and o are contiguous blocks of memory.
* Whatever a step sees lies below each other, too: z = [w_x; b; w_h]^T [x_t; 1; h_{t-1}] is one
  product, and so is the gradient of all three.
* All four gates take one tanh: sigmoid(z) = (1 + tanh(z / 2)) / 2, with the halves put into the
  weights beforehand.  A gate is then right to eps of 1 instead of eps of itself, and below eps (z
  under -37 in float64, -17 in float32) it is 0.
* The steps write into arrays that exist already.
* The weights' gradient is computed as its transpose, which OpenBLAS does faster.
* The way back goes by blocks of ten steps.  What does not depend on the future is computed for a
  whole block at once, which then is still in the cache when the weights' gradient needs it.

What it trades: longer code, and states that belong to the layout.  Weights are those of the
readable modules, and so are the equations: read them there.  `gru_batch_last` is the form with the
reset after the product.

Source: Elman (1990); Hochreiter & Schmidhuber (1997); Cho et al. (2014).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from snippets import _checks
from snippets._checks import Floats

__all__ = [
    "GRUColumns",
    "LSTMColumns",
    "gru_batch_last",
    "gru_batch_last_backward",
    "lstm_batch_last",
    "lstm_batch_last_backward",
    "rnn_batch_last",
    "rnn_batch_last_backward",
]


class LSTMColumns(NamedTuple):
    """States of `lstm_batch_last`: h, c and tanh(c) (T, H, N); gates (T, 4 H, N): i, f, g, o."""

    h: Floats
    c: Floats
    shown: Floats
    gates: Floats


class GRUColumns(NamedTuple):
    """States of `gru_batch_last`: h and recall (T, H, N); gates (T, 3 H, N): r, z, n."""

    h: Floats
    gates: Floats
    recall: Floats


def rnn_batch_last(
    x: ArrayLike, h0: ArrayLike, w_x: ArrayLike, w_h: ArrayLike, b: ArrayLike
) -> Floats:
    """Run `rnn.rnn` on columns: h_t = tanh(w_x^T x_t + w_h^T h_{t-1} + b).

    x: (T, D, N); h0: (H, N); w_x: (D, H); w_h: (H, H); b: (H,).  Returns (T, H, N).
    Raises ValueError for shapes that do not fit, TypeError for anything but numbers.

    >>> knock = np.array([1.0, 0.0, 0.0]).reshape(3, 1, 1)
    >>> rnn_batch_last(knock, np.zeros((1, 1)), [[1.0]], [[1.0]], [0.0]).round(3).ravel().tolist()
    [0.762, 0.642, 0.566]
    """
    x, h0, w_x, w_h = _checked("rnn_batch_last", 1, x, h0, w_x, w_h)
    b = _checks.floats("rnn_batch_last", "b", b, shape=(len(w_h),))
    x, h0, w_x, w_h, b = _checks.alike(x, h0, w_x, w_h, b)
    w, saw, h = _laid_out(x, h0, w_x, b, w_h)
    z = np.empty_like(h0, w.dtype)
    for seen, h_t in zip(saw[:-1], h, strict=True):
        np.tanh(np.matmul(w, seen, out=z), out=h_t)
    return h


def rnn_batch_last_backward(
    dh: ArrayLike, h: ArrayLike, x: ArrayLike, h0: ArrayLike, w_x: ArrayLike, w_h: ArrayLike
) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """Run `rnn.rnn_backward` on columns: dz_t = (dh_t + w_h dz_{t+1}) (1 - h_t^2).

    dh, h: (T, H, N); x, h0, w_x, w_h as given to `rnn_batch_last`.
    Returns dx, dh0, dw_x, dw_h, db, each shaped like its argument.
    Raises ValueError for shapes that do not fit, TypeError for anything but numbers.

    >>> x, h0, w_x, w_h = np.ones((2, 1, 3)), np.zeros((1, 3)), np.eye(1), np.eye(1)
    >>> h = rnn_batch_last(x, h0, w_x, w_h, np.zeros(1))
    >>> [g.shape for g in rnn_batch_last_backward(np.ones_like(h), h, x, h0, w_x, w_h)]
    [(2, 1, 3), (1, 3), (1, 1), (1, 1), (1,)]
    """
    x, h0, w_x, w_h = _checked("rnn_batch_last_backward", 1, x, h0, w_x, w_h)
    T, H, N = len(x), *h0.shape
    h = _checks.floats("rnn_batch_last_backward", "h", h, shape=(T, H, N))
    dh = _checks.floats("rnn_batch_last_backward", "dh", dh, shape=(T, H, N))
    dh, h, x, h0, w_x, w_h = _checks.alike(dh, h, x, h0, w_x, w_h)
    dx, dw, from_later = _zeros(x, h0, w_x)
    for now in _blocks(T):
        dz = h[now] * h[now]
        np.subtract(1, dz, out=dz)  # tanh' = 1 - tanh^2
        for dz_t, dh_t in zip(dz[::-1], dh[now][::-1], strict=True):
            from_later += dh_t
            dz_t *= from_later
            np.matmul(w_h, dz_t, out=from_later)
        dw += _columns(dz) @ _saw(x[now], _before(h, h0, now)).T
        np.matmul(w_x, dz, out=dx[now])
    return dx, from_later, *_parts(dw, len(w_x))


def lstm_batch_last(
    x: ArrayLike, h0: ArrayLike, c0: ArrayLike, w_x: ArrayLike, w_h: ArrayLike, b: ArrayLike
) -> LSTMColumns:
    """Run `lstm.lstm` on columns: c_t = f c_{t-1} + i g, h_t = o tanh(c_t).

    x: (T, D, N); h0, c0: (H, N); w_x: (D, 4 H); w_h: (H, 4 H); b: (4 H,), in the order i, f, g, o.
    Returns h, c, tanh(c) (T, H, N) and the gates (T, 4 H, N).
    Raises ValueError for shapes that do not fit, TypeError for anything but numbers.

    >>> one = np.ones((1, 1))
    >>> always_keep = np.array([-99.0, 99.0, 0.0, 99.0])  # i = 0, f = 1, o = 1
    >>> weights = np.zeros((1, 4)), np.zeros((1, 4)), always_keep
    >>> lstm_batch_last(np.ones((3, 1, 1)), one, one, *weights).c.ravel().tolist()
    [1.0, 1.0, 1.0]
    """
    x, h0, w_x, w_h = _checked("lstm_batch_last", 4, x, h0, w_x, w_h)
    T, H, N = len(x), *h0.shape
    c_before = _checks.floats("lstm_batch_last", "c0", c0, shape=(H, N))
    b = _checks.floats("lstm_batch_last", "b", b, shape=(4 * H,))
    x, h0, c_before, w_x, w_h, b = _checks.alike(x, h0, c_before, w_x, w_h, b)
    half = np.repeat(np.array([0.5, 0.5, 1.0, 0.5], w_h.dtype), H)  # of i, f, o; g stays whole
    w, saw, h = _laid_out(x, h0, w_x * half, b * half, w_h * half)
    gates, written = np.empty((T, 4 * H, N), w.dtype), np.empty((H, N), w.dtype)
    c, shown = np.empty((2, T, H, N), w.dtype)
    for t in range(T):
        z = np.matmul(w, saw[t], out=gates[t])
        np.tanh(z, out=z)
        for gate in (z[: 2 * H], z[3 * H :]):  # i and f, o
            gate *= 0.5
            gate += 0.5
        i, f, g, o = z.reshape(4, H, N)
        c_before = np.multiply(f, c_before, out=c[t])
        c_before += np.multiply(i, g, out=written)
        np.multiply(o, np.tanh(c_before, out=shown[t]), out=h[t])
    return LSTMColumns(h, c, shown, gates)


def lstm_batch_last_backward(
    dh: ArrayLike,
    states: LSTMColumns,
    x: ArrayLike,
    h0: ArrayLike,
    c0: ArrayLike,
    w_x: ArrayLike,
    w_h: ArrayLike,
) -> tuple[Floats, Floats, Floats, Floats, Floats, Floats]:
    """Run `lstm.lstm_backward` on columns: dc_{t-1} = f dc_t.

    dh: (T, H, N); states: what `lstm_batch_last` returned; x, h0, c0, w_x, w_h as given to it.
    Returns dx, dh0, dc0, dw_x, dw_h, db, each shaped like its argument.
    Raises ValueError for shapes that do not fit, TypeError for anything but numbers.

    >>> x, zero, w_x, w_h = np.ones((5, 3, 2)), np.zeros((4, 2)), np.ones((3, 16)), np.ones((4, 16))
    >>> states = lstm_batch_last(x, zero, zero, w_x, w_h, np.zeros(16))
    >>> grads = lstm_batch_last_backward(np.ones_like(states.h), states, x, zero, zero, w_x, w_h)
    >>> [g.shape for g in grads]
    [(5, 3, 2), (4, 2), (4, 2), (3, 16), (4, 16), (16,)]
    """
    x, h0, w_x, w_h = _checked("lstm_batch_last_backward", 4, x, h0, w_x, w_h)
    T, H, N = len(x), *h0.shape
    c0 = _checks.floats("lstm_batch_last_backward", "c0", c0, shape=(H, N))
    dh = _checks.floats("lstm_batch_last_backward", "dh", dh, shape=(T, H, N))
    step = (T, H, N)
    states = _checks.record(
        "lstm_batch_last_backward", "states", states, LSTMColumns, *[step] * 3, (T, 4 * H, N)
    )
    dh, x, h0, c0, w_x, w_h, *inside = _checks.alike(dh, x, h0, c0, w_x, w_h, *states)
    states = LSTMColumns(*inside)
    dx, dw, from_later = _zeros(x, h0, w_x)
    dc, some = np.zeros((2, H, N), dw.dtype)
    for now in _blocks(T):
        gates, shown = states.gates[now], states.shown[now]
        dz, dc_dh = _lstm_slopes(states.h[now], _before(states.c, c0, now), shown, gates)
        for t in reversed(range(len(dz))):
            from_later += dh[now][t]
            # the cell hears of the loss through h_t and from c_{t+1}
            dc += np.multiply(from_later, dc_dh[t], out=some)
            dz[t, :3] *= dc
            dz[t, 3] *= from_later
            dc *= gates[t, H : 2 * H]
            np.matmul(w_h, dz[t].reshape(4 * H, N), out=from_later)
        dz = dz.reshape(len(dz), 4 * H, N)
        dw += _columns(dz) @ _saw(x[now], _before(states.h, h0, now)).T
        np.matmul(w_x, dz, out=dx[now])
    return dx, from_later, dc, *_parts(dw, len(w_x))


def gru_batch_last(
    x: ArrayLike, h0: ArrayLike, w_x: ArrayLike, w_h: ArrayLike, b_x: ArrayLike, b_h: ArrayLike
) -> GRUColumns:
    """Run `gru.gru` (reset after the product) on columns: h_t = (1 - z) n + z h_{t-1}.

    x: (T, D, N); h0: (H, N); w_x: (D, 3 H); w_h: (H, 3 H); b_x, b_h: (3 H,), in the order r, z, n.
    Returns h and recall (T, H, N) and the gates (T, 3 H, N).
    Raises ValueError for shapes that do not fit, TypeError for anything but numbers.

    >>> keep = np.array([0.0, 99.0, 0.0])  # z = 1: nothing new gets in
    >>> weights = np.zeros((1, 3)), np.zeros((1, 3)), keep, np.zeros(3)
    >>> gru_batch_last(np.ones((3, 1, 1)), [[0.5]], *weights).h.ravel().tolist()
    [0.5, 0.5, 0.5]
    """
    x, h0, w_x, w_h = _checked("gru_batch_last", 3, x, h0, w_x, w_h)
    (T, D, N), H = x.shape, len(h0)
    b_x = _checks.floats("gru_batch_last", "b_x", b_x, shape=(3 * H,))
    b_h = _checks.floats("gru_batch_last", "b_h", b_h, shape=(3 * H,))
    x, h0, w_x, w_h, b_x, b_h = _checks.alike(x, h0, w_x, w_h, b_x, b_h)
    half, rz, new = w_h.dtype.type(0.5), slice(2 * H), slice(2 * H, None)
    w, saw, h = _laid_out(x, h0, half * w_x[:, rz], half * (b_x + b_h)[rz], half * w_h[:, rz])
    # r stands between n and the memory's part of it, so that n has two products
    w_n = np.concatenate([w_x[:, new], b_x[None, new]]).T.copy()
    w_recall = np.concatenate([b_h[None, new], w_h[:, new]]).T.copy()
    gates, recall = np.empty((T, 3 * H, N), w.dtype), np.empty((T, H, N), w.dtype)
    np.matmul(w_n, saw[:-1, : D + 1], out=gates[:, new])  # [x; 1] of all steps; becomes n
    some, h_before = np.empty((H, N), w.dtype), h0
    r, z = gates[:, :H], gates[:, H : 2 * H]
    steps = saw[:-1], saw[:-1, D:], gates[:, rz], r, z, gates[:, new], recall, h
    for seen, remembered, both, r_t, z_t, n, recall_t, h_t in zip(*steps, strict=True):
        np.matmul(w_recall, remembered, out=recall_t)
        np.tanh(np.matmul(w, seen, out=both), out=both)
        both *= half
        both += half
        n += np.multiply(r_t, recall_t, out=some)
        np.tanh(n, out=n)
        # (1 - z) n + z h = n + z (h - n)
        np.subtract(h_before, n, out=h_t)
        h_t *= z_t
        h_t += n
        h_before = h_t
    return GRUColumns(h, gates, recall)


def gru_batch_last_backward(
    dh: ArrayLike,
    states: GRUColumns,
    x: ArrayLike,
    h0: ArrayLike,
    w_x: ArrayLike,
    w_h: ArrayLike,
) -> tuple[Floats, Floats, Floats, Floats, Floats, Floats]:
    """Run `gru.gru_backward` (reset after the product) on columns.

    dh: (T, H, N); states: what `gru_batch_last` returned; x, h0, w_x, w_h as given to it.
    Returns dx, dh0, dw_x, dw_h, db_x, db_h, each shaped like its argument.
    Raises ValueError for shapes that do not fit, TypeError for anything but numbers.

    >>> x, h0, w_x, w_h = np.ones((5, 3, 2)), np.zeros((4, 2)), np.ones((3, 12)), np.ones((4, 12))
    >>> states = gru_batch_last(x, h0, w_x, w_h, np.zeros(12), np.zeros(12))
    >>> [g.shape for g in gru_batch_last_backward(np.ones_like(states.h), states, x, h0, w_x, w_h)]
    [(5, 3, 2), (4, 2), (3, 12), (4, 12), (12,), (12,)]
    """
    x, h0, w_x, w_h = _checked("gru_batch_last_backward", 3, x, h0, w_x, w_h)
    (T, D, N), H = x.shape, len(h0)
    dh = _checks.floats("gru_batch_last_backward", "dh", dh, shape=(T, H, N))
    step = (T, H, N)
    states = _checks.record(
        "gru_batch_last_backward", "states", states, GRUColumns, step, (T, 3 * H, N), step
    )
    dh, x, h0, w_x, w_h, *inside = _checks.alike(dh, x, h0, w_x, w_h, *states)
    states = GRUColumns(*inside)
    dx, dw, from_later = _zeros(x, h0, w_x)
    dw_x, dw_h = dw[:, : D + 1].copy(), dw[:, D:].copy()  # each with the gradient of its bias
    w_x, some = np.roll(w_x, H, axis=1), np.empty_like(from_later)  # in the order n, r, z
    for now in _blocks(T):
        gates, h_before = states.gates[now], _before(states.h, h0, now)
        dz = _gru_slopes(h_before, gates, states.recall[now])
        for t in reversed(range(len(dz))):
            from_later += dh[now][t]
            dz[t] *= from_later
            from_later *= gates[t, H : 2 * H]
            from_later += np.matmul(w_h, dz[t, 1:].reshape(3 * H, N), out=some)
        # of the two parts of n the inputs hear of the first, the memory of the second
        dz = dz.reshape(len(dz), 4 * H, N)
        saw, columns = _saw(x[now], h_before), _columns(dz)
        dw_x += columns[: 3 * H] @ saw[: D + 1].T
        dw_h += columns[H:] @ saw[D:].T
        np.matmul(w_x, dz[:, : 3 * H], out=dx[now])
    dw_x, dw_h = np.roll(dw_x, -H, axis=0).T.copy(), dw_h.T.copy()
    return dx, from_later, dw_x[:D], dw_h[1:], dw_x[D], dw_h[0]


def _gru_slopes(h_before: Floats, gates: Floats, recall: Floats) -> Floats:
    """Return what changes h_t: the inputs' part of n, r, z, the memory's part of n (T, 4, H, N)."""
    T, H, N = recall.shape
    three = gates.reshape(T, 3, H, N)
    r, z, n = three[:, 0], three[:, 1], three[:, 2]
    slopes = np.empty((T, 4, H, N), gates.dtype)
    by_n, by_r, by_z, by_recall = (slopes[:, k] for k in range(4))
    np.subtract(1, three[:, :2], out=slopes[:, 1:3])
    # (1 - z) (1 - n^2), which the memory's part reaches through r
    np.multiply(n, n, out=by_n)
    np.subtract(1, by_n, out=by_n)
    by_n *= by_z
    np.multiply(by_n, r, out=by_recall)
    # r (1 - r) recall (1 - z) (1 - n^2)
    by_r *= by_recall
    by_r *= recall
    # z chooses between h_before and n
    by_z *= z
    by_z *= h_before - n
    return slopes


def _lstm_slopes(
    h: Floats, c_before: Floats, shown: Floats, gates: Floats
) -> tuple[Floats, Floats]:
    """Return what i, f, g do to c_t and o to h_t, (T, 4, H, N), and c_t to h_t, (T, H, N)."""
    T, H, N = h.shape
    four = gates.reshape(T, 4, H, N)
    i, g, o = four[:, 0], four[:, 2], four[:, 3]
    slopes = 1 - four
    by_i, by_f, by_g, by_o = (slopes[:, k] for k in range(4))
    # sigmoid' = s (1 - s) for i, f, o;  tanh' = 1 - g^2
    slopes *= four
    by_i *= g
    by_f *= c_before
    by_o *= shown
    np.multiply(g, g, out=by_g)
    np.subtract(1, by_g, out=by_g)
    by_g *= i
    # o (1 - tanh(c)^2) = o - h tanh(c)
    dc_dh = h * shown
    return slopes, np.subtract(o, dc_dh, out=dc_dh)


def _laid_out(
    x: Floats, h0: Floats, w_x: Floats, b: Floats, w_h: Floats
) -> tuple[Floats, Floats, Floats]:
    """Return [w_x; b; w_h]^T, the columns [x_t; 1; h_{t-1}] it is multiplied by, and h in them.

    The columns are (T + 1, D + 1 + H, N).  Whoever fills h (T, H, N) writes what the next step
    sees; the last column holds h_T alone.
    """
    T, D, N = x.shape
    w = np.concatenate([w_x, b[None], w_h]).T.copy()
    saw = np.empty((T + 1, w.shape[1], N), w.dtype)
    saw[:-1, :D], saw[:, D], saw[0, D + 1 :] = x, 1, h0
    return w, saw, saw[1:, D + 1 :]


def _zeros(x: Floats, h0: Floats, w_x: Floats) -> tuple[Floats, Floats, Floats]:
    """Return room for dx (T, D, N), and zeros: dw^T (G, D + 1 + H) and what h_T hears (H, N)."""
    (D, G), H = w_x.shape, len(h0)
    return np.empty_like(x), np.zeros((G, D + 1 + H), x.dtype), np.zeros_like(h0)


def _blocks(T: int) -> Iterator[slice]:
    """Cut T steps into blocks of at most ten, which fit into the cache; the last comes first."""
    for stop in range(T, 0, -10):
        yield slice(max(stop - 10, 0), stop)


def _before(h: Floats, h0: Floats, now: slice) -> Floats:
    """Return h_{t-1} for the steps t of a block."""
    if now.start:
        return h[now.start - 1 : now.stop - 1]
    return np.concatenate([h0[None], h[: now.stop - 1]])


def _saw(x: Floats, h_before: Floats) -> Floats:
    """Lay the columns [x_t; 1; h_{t-1}] of all steps side by side: (D + 1 + H, T N)."""
    (T, D, N), H = x.shape, h_before.shape[1]
    saw = np.empty((D + 1 + H, T, N), x.dtype)
    saw[:D], saw[D], saw[D + 1 :] = x.transpose(1, 0, 2), 1, h_before.transpose(1, 0, 2)
    return saw.reshape(D + 1 + H, T * N)


def _columns(dz: Floats) -> Floats:
    """Lay the columns of all steps (T, G, N) side by side: (G, T N)."""
    T, G, N = dz.shape
    return dz.transpose(1, 0, 2).reshape(G, T * N)


def _parts(dw: Floats, D: int) -> tuple[Floats, Floats, Floats]:
    """Turn the gradient of [w_x; b; w_h]^T, and cut it into those of w_x, w_h and b."""
    dw = dw.T.copy()
    return dw[:D], dw[D + 1 :], dw[D]


def _checked(
    where: str, gates: int, x: ArrayLike, h0: ArrayLike, w_x: ArrayLike, w_h: ArrayLike
) -> tuple[Floats, Floats, Floats, Floats]:
    w_h = _checks.floats(where, "w_h", w_h, ndim=2)
    H = len(w_h)
    w_h = _checks.floats(where, "w_h", w_h, shape=(H, gates * H))
    w_x = _checks.floats(where, "w_x", w_x, shape=("D", gates * H))
    x = _checks.floats(where, "x", x, shape=("T", len(w_x), "N"))
    return x, _checks.floats(where, "h0", h0, shape=(H, x.shape[2])), w_x, w_h
