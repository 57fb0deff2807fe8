"""Recurrent layers with the batch on the last axis: the same numbers, in less time.

In `rnn`, `lstm` and `gru` an example is a row: (T, N, D).  Here it is a column: (T, D, N), so that
z = w^T x.  Nothing else changes in the formulas, and yet a training step takes less time:

* The gates of all units lie below each other, so i, f, g and o are contiguous blocks of memory.
* All four gates take one tanh: sigmoid(z) = (1 + tanh(z / 2)) / 2, with the halves put into the
  weights beforehand.
* The steps write into arrays that exist already.
* What does not depend on the future is computed for all steps at once, before going back.

What it trades: longer code, and states that belong to the layout.  Weights are those of the
readable modules, and so are the equations: read them there.  `gru_batch_last` is the form with the
reset after the product.
"""

from __future__ import annotations

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
    h = np.matmul(w_x.T, x)  # the inputs of all steps; becomes h
    h += b[:, None]
    w, memory, h_before = w_h.T.copy(), np.empty_like(h0), h0
    for h_t in h:
        h_t += np.matmul(w, h_before, out=memory)
        h_before = np.tanh(h_t, out=h_t)
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
    dz = h * h
    np.subtract(1, dz, out=dz)  # tanh' = 1 - tanh^2
    from_later = np.zeros_like(h0)
    for t in reversed(range(T)):
        from_later += dh[t]
        dz[t] *= from_later
        np.matmul(w_h, dz[t], out=from_later)
    rows = _columns(dz)
    dw_x, dw_h = _product(rows, _columns(x)), _product(rows, _before(h, h0))
    return np.matmul(w_x, dz), from_later, dw_x, dw_h, rows.sum(axis=1)


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
    half = np.repeat(np.array([0.5, 0.5, 1.0, 0.5], w_h.dtype), H)  # of i, f, o; g stays whole
    gates = np.matmul((w_x * half).T, x)  # the inputs of all steps; becomes the gates
    gates += (b * half)[:, None]
    w = (w_h * half).T.copy()
    h, c, shown = (np.empty((T, H, N), gates.dtype) for _ in range(3))
    memory, written, h_before = np.empty((4 * H, N), gates.dtype), np.empty_like(h[0]), h0
    for t in range(T):
        z = gates[t]
        z += np.matmul(w, h_before, out=memory)
        np.tanh(z, out=z)
        for gate in (z[: 2 * H], z[3 * H :]):  # i and f, o
            gate *= 0.5
            gate += 0.5
        i, f, g, o = z.reshape(4, H, N)
        np.multiply(f, c_before, out=c[t])
        c[t] += np.multiply(i, g, out=written)
        np.tanh(c[t], out=shown[t])
        h_before, c_before = np.multiply(o, shown[t], out=h[t]), c[t]
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
    dz, dc_dh = _slopes(states, c0)
    f = states.gates[:, H : 2 * H]
    from_later, dc, some = np.zeros_like(h0), np.zeros_like(c0), np.empty_like(h0)
    for t in reversed(range(T)):
        from_later += dh[t]
        # the cell hears of the loss through h_t and from c_{t+1}
        dc += np.multiply(from_later, dc_dh[t], out=some)
        dz[t, :3] *= dc
        dz[t, 3] *= from_later
        dc *= f[t]
        np.matmul(w_h, dz[t].reshape(4 * H, N), out=from_later)
    dz = dz.reshape(T, 4 * H, N)
    rows = _columns(dz)
    dw_x, dw_h = _product(rows, _columns(x)), _product(rows, _before(states.h, h0))
    return np.matmul(w_x, dz), from_later, dc, dw_x, dw_h, rows.sum(axis=1)


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
    T, H, N = len(x), *h0.shape
    b_x = _checks.floats("gru_batch_last", "b_x", b_x, shape=(3 * H,))
    b_h = _checks.floats("gru_batch_last", "b_h", b_h, shape=(3 * H,))
    half = np.repeat(np.array([0.5, 0.5, 1.0], w_h.dtype), H)  # of r, z; n stays whole
    gates = np.matmul((w_x * half).T, x)  # the inputs of all steps; becomes the gates
    # r and z add their two biases; n keeps b_h inside r (...)
    gates += (half * (b_x + np.where(half < 1, b_h, 0)))[:, None]
    w, b_n = (w_h * half).T.copy(), np.repeat(b_h[2 * H :, None], N, axis=1)
    h, recall = np.empty((T, H, N), gates.dtype), np.empty((T, H, N), gates.dtype)
    memory, h_before = np.empty((3 * H, N), gates.dtype), h0
    for t in range(T):
        np.matmul(w, h_before, out=memory)
        rz, n = gates[t, : 2 * H], gates[t, 2 * H :]
        rz += memory[: 2 * H]
        np.tanh(rz, out=rz)
        rz *= 0.5
        rz += 0.5
        r, z = rz.reshape(2, H, N)
        np.add(memory[2 * H :], b_n, out=recall[t])
        n += np.multiply(r, recall[t], out=memory[:H])
        np.tanh(n, out=n)
        # (1 - z) n + z h = n + z (h - n)
        np.subtract(h_before, n, out=h[t])
        h[t] *= z
        h[t] += n
        h_before = h[t]
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
    T, H, N = len(x), *h0.shape
    dh = _checks.floats("gru_batch_last_backward", "dh", dh, shape=(T, H, N))
    by_inputs, by_memory = _gru_slopes(states, h0)
    z = states.gates[:, H : 2 * H]
    from_later, some = np.zeros_like(h0), np.empty_like(h0)
    for t in reversed(range(T)):
        from_later += dh[t]
        by_memory[t] *= from_later
        by_inputs[t] *= from_later
        from_later *= z[t]
        from_later += np.matmul(w_h, by_memory[t].reshape(3 * H, N), out=some)
    rows = _columns(by_memory.reshape(T, 3 * H, N))
    dw_h, db_h = _product(rows, _before(states.h, h0)), rows.sum(axis=1)
    by_memory[:, 2] = by_inputs  # n hears of the inputs directly, not through r
    d_inputs = by_memory.reshape(T, 3 * H, N)
    rows = _columns(d_inputs)
    dw_x, db_x = _product(rows, _columns(x)), rows.sum(axis=1)
    return np.matmul(w_x, d_inputs), from_later, dw_x, dw_h, db_x, db_h


def _gru_slopes(states: GRUColumns, h0: Floats) -> tuple[Floats, Floats]:
    """Return what the inputs' part of n does to h_t, and the memory's part of r, z, n.

    The first is (T, H, N), the second (T, 3, H, N).
    """
    h, gates, recall = states
    T, H, N = h.shape
    three = gates.reshape(T, 3, H, N)
    r, z, n = three[:, 0], three[:, 1], three[:, 2]
    slopes = 1 - three
    # (1 - z) (1 - n^2), which the memory's part reaches through r
    by_n = n * n
    np.subtract(1, by_n, out=by_n)
    by_n *= slopes[:, 1]
    np.multiply(by_n, r, out=slopes[:, 2])
    # r (1 - r) recall (1 - z) (1 - n^2)
    slopes[:, 0] *= slopes[:, 2]
    slopes[:, 0] *= recall
    # z chooses between h_before and n
    slopes[:, 1] *= z
    slopes[1:, 1] *= h[:-1] - n[1:]
    slopes[:1, 1] *= h0 - n[:1]
    return by_n, slopes


def _slopes(states: LSTMColumns, c0: Floats) -> tuple[Floats, Floats]:
    """Return what i, f, g do to c_t and o to h_t, (T, 4, H, N), and c_t to h_t, (T, H, N)."""
    h, c, shown, gates = states
    T, H, N = h.shape
    four = gates.reshape(T, 4, H, N)
    i, g, o = four[:, 0], four[:, 2], four[:, 3]
    slopes = 1 - four
    # sigmoid' = s (1 - s) for i, f, o;  tanh' = (1 - g) (1 + g)
    slopes *= four
    slopes[:, 0] *= g
    slopes[1:, 1] *= c[:-1]
    slopes[:1, 1] *= c0
    slopes[:, 3] *= shown
    np.multiply(g, g, out=slopes[:, 2])
    np.subtract(1, slopes[:, 2], out=slopes[:, 2])
    slopes[:, 2] *= i
    # o (1 - tanh(c)^2) = o - h tanh(c)
    dc_dh = h * shown
    return slopes, np.subtract(o, dc_dh, out=dc_dh)


def _columns(a: Floats) -> Floats:
    """Lay the steps of (T, K, N) side by side: (K, T N)."""
    return a.transpose(1, 0, 2).reshape(a.shape[1], -1)


def _before(h: Floats, h0: Floats) -> Floats:
    """Lay h_0 .. h_{T-1}, what each step remembers, side by side: (H, T N)."""
    T, H, N = h.shape
    before = np.empty((H, T, N), h.dtype)
    before[:, :1] = h0[:, None]
    before[:, 1:] = h[:-1].transpose(1, 0, 2)
    return before.reshape(H, T * N)


def _product(dz: Floats, inputs: Floats) -> Floats:
    """Return dw (K, G): inputs (K, T N) times the gradients dz (G, T N), over all steps."""
    return (dz @ inputs.T).T


def _checked(
    where: str, gates: int, x: ArrayLike, h0: ArrayLike, w_x: ArrayLike, w_h: ArrayLike
) -> tuple[Floats, Floats, Floats, Floats]:
    w_h = _checks.floats(where, "w_h", w_h, ndim=2)
    H = len(w_h)
    w_h = _checks.floats(where, "w_h", w_h, shape=(H, gates * H))
    w_x = _checks.floats(where, "w_x", w_x, shape=("D", gates * H))
    x = _checks.floats(where, "x", x, shape=("T", len(w_x), "N"))
    return x, _checks.floats(where, "h0", h0, shape=(H, x.shape[2])), w_x, w_h
