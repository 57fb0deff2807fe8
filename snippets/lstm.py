"""LSTM: a memory that is kept unless a gate says otherwise.

In a plain recurrent layer everything remembered is pushed through w_h and tanh at every step, and
the error on its way back is multiplied as often; after a few dozen steps nothing is left of it.
Hochreiter and Schmidhuber's answer is a cell c that is carried over by *addition*:

    i, f, o = sigmoid(x_t w_x + h_{t-1} w_h + b)     input, forget and output gate, each in (0, 1)
    g       = tanh(x_t w_x + h_{t-1} w_h + b)        the candidate: what could be written
    c_t     = f c_{t-1} + i g                        forget some, write some
    h_t     = o tanh(c_t)                            show some

(each gate with its own columns of w_x, w_h and b, in the order i, f, g, o).  Along the cell the
error is multiplied by f only: dc_{t-1} = f dc_t.  While f = 1 it neither fades nor explodes, which
the authors called the constant error carousel.  The forget gate is due to Gers, Schmidhuber and
Cummins (2000); the cell of 1997 had f = 1 for good.

`lstm` returns the gates as well: they are what one wants to see.  `adding_problem` is the test of
1997 that a plain recurrent layer fails: remember two marked numbers over a long time, and add them.

Raises, in every function and method: ValueError for a shape that does not fit, TypeError for
anything but numbers.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from snippets import _checks
from snippets._checks import Floats
from snippets.cnn import Stepper
from snippets.loss import mse, mse_grad
from snippets.rnn import train

__all__ = ["LSTM", "LSTMStates", "adding_problem", "lstm", "lstm_backward", "split_gates"]


class LSTMStates(NamedTuple):
    """All that happened inside `lstm`: h and c (T, N, H), gates (T, N, 4 H) in order i, f, g, o."""

    h: Floats
    c: Floats
    gates: Floats


def lstm(
    x: ArrayLike, h0: ArrayLike, c0: ArrayLike, w_x: ArrayLike, w_h: ArrayLike, b: ArrayLike
) -> LSTMStates:
    """Run a gated memory through a sequence: c_t = f c_{t-1} + i g, h_t = o tanh(c_t).

    x: (T, N, D); h0, c0: (N, H) output and cell before the first step; w_x: (D, 4 H);
    w_h: (H, 4 H); b: (4 H,), columns in the order i, f, g, o.
    Returns h and c (T, N, H) of every step and the gates (T, N, 4 H).
    Raises ValueError for shapes that do not fit, TypeError for anything but numbers.
    Source: Hochreiter and Schmidhuber (1997); Gers, Schmidhuber and Cummins (2000).

    >>> one = np.ones((1, 1))
    >>> always_keep = np.array([-99.0, 99.0, 0.0, 99.0])  # i = 0, f = 1, o = 1
    >>> states = lstm(np.ones((3, 1, 1)), one, one, np.zeros((1, 4)), np.zeros((1, 4)), always_keep)
    >>> states.c.ravel().tolist()
    [1.0, 1.0, 1.0]
    """
    x, h0, c0, w_x, w_h = _checked("lstm", x, h0, c0, w_x, w_h)
    T, N, D = x.shape
    H = len(w_h)
    b = _checks.floats("lstm", "b", b, shape=(4 * H,))
    x, h0, c0, w_x, w_h, b = _checks.alike(x, h0, c0, w_x, w_h, b)
    gates = (x.reshape(T * N, D) @ w_x + b).reshape(T, N, 4 * H)  # all inputs in one product
    h, c = np.empty((T, N, H), gates.dtype), np.empty((T, N, H), gates.dtype)
    half = _half(H, gates.dtype)
    h_before, c_before = h0, c0
    for t in range(T):
        gates[t] += h_before @ w_h
        # tanh(z) for g; for the others sigmoid(z) = tanh(z / 2) / 2 + 1 / 2: one tanh does all four
        # (right to eps of 1, not of itself: a gate below eps closes to 0)
        gates[t] = half * np.tanh(half * gates[t]) + (1 - half)
        i, f, g, o = split_gates(gates[t])
        c[t] = f * c_before + i * g
        h[t] = o * np.tanh(c[t])
        h_before, c_before = h[t], c[t]
    return LSTMStates(h, c, gates)


def lstm_backward(
    dh: ArrayLike,
    states: LSTMStates,
    x: ArrayLike,
    h0: ArrayLike,
    c0: ArrayLike,
    w_x: ArrayLike,
    w_h: ArrayLike,
    dc_last: ArrayLike | None = None,
) -> tuple[Floats, Floats, Floats, Floats, Floats, Floats]:
    """Backpropagate through time; along the cell the error is only gated: dc_{t-1} = f dc_t.

    dh: (T, N, H) gradient of the loss for every h_t; states: what `lstm` returned; x, h0, c0,
    w_x, w_h as given to it; dc_last: (N, H) gradient for c_T if the loss reads it.
    Returns dx, dh0, dc0, dw_x, dw_h, db, each shaped like its argument.
    Raises ValueError for shapes that do not fit, TypeError for anything but numbers.

    >>> x, one, zeros = np.ones((50, 1, 1)), np.ones((1, 1)), np.zeros((1, 4))
    >>> always_keep = np.array([-99.0, 99.0, 0.0, 99.0])
    >>> states = lstm(x, one, one, zeros, zeros, always_keep)
    >>> grads = lstm_backward(np.zeros_like(states.h), states, x, one, one, zeros, zeros, [[1.0]])
    >>> grads[2].item()  # dc_50 / dc_0: the carousel brings the error back whole
    1.0
    """
    x, h0, c0, w_x, w_h = _checked("lstm_backward", x, h0, c0, w_x, w_h)
    T, N, D = x.shape
    H = len(w_h)
    dh = _checks.floats("lstm_backward", "dh", dh, shape=(T, N, H))
    step = (T, N, H)
    states = _checks.record(
        "lstm_backward", "states", states, LSTMStates, step, step, (T, N, 4 * H)
    )
    dc = np.zeros_like(c0) if dc_last is None else dc_last
    dc = _checks.floats("lstm_backward", "dc_last", dc, shape=(N, H))
    dh, dc, x, h0, c0, w_x, w_h, *inside = _checks.alike(dh, dc, x, h0, c0, w_x, w_h, *states)
    states = LSTMStates(*inside)
    dz, dc_dh = _slopes(states, c0)
    f = split_gates(states.gates)[1]
    w_back = w_h.T.copy()  # its rows lie side by side, which each of the T products likes
    from_later = np.zeros_like(h0)  # what h_t receives from step t + 1
    for t in reversed(range(T)):
        dh_t = dh[t] + from_later
        dc = dc + dh_t * dc_dh[t]  # the cell hears of the loss through h_t and from c_{t+1}
        dz[t, :, :3] *= dc[:, None]
        dz[t, :, 3] *= dh_t
        dc = dc * f[t]
        from_later = dz[t].reshape(N, 4 * H) @ w_back
    h_before = np.concatenate([h0[None], states.h[:-1]])[:T]
    rows = dz.reshape(T * N, 4 * H)
    dw_x, dw_h = x.reshape(T * N, D).T @ rows, h_before.reshape(T * N, H).T @ rows
    return (rows @ w_x.T).reshape(T, N, D), from_later, dc, dw_x, dw_h, rows.sum(axis=0)


def split_gates(gates: ArrayLike) -> tuple[Floats, Floats, Floats, Floats]:
    """Cut (..., 4 H) into i, f, g, o, four views of shape (..., H).

    Raises ValueError unless the last axis is a multiple of 4, TypeError otherwise.

    >>> i, f, g, o = split_gates(np.arange(8.0))
    >>> f.tolist()
    [2.0, 3.0]
    """
    gates = _checks.floats("split_gates", "gates", gates)
    if gates.ndim == 0 or gates.shape[-1] % 4:
        raise ValueError(f"split_gates: gates must have shape (..., 4 H), got shape {gates.shape}")
    H = gates.shape[-1] // 4
    return gates[..., :H], gates[..., H : 2 * H], gates[..., 2 * H : 3 * H], gates[..., 3 * H :]


def adding_problem(steps: int, batch: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Draw sequences in which two marked numbers must be remembered and added.

    steps: T >= 10; batch: N; rng: source of randomness.  Returns x (T, N, 2) and y (N, 1).
    x[..., 0] is uniform in [-1, 1]; x[..., 1] is the mark: 1 at one of the first ten steps and
    at another of the first T/2 - 1, -1 at both ends, else 0.  y = 1/2 + (X1 + X2) / 4 in [0, 1].
    If the mark falls on the very first step, X1 counts as zero, as in the original.
    Raises ValueError for sizes too small, TypeError unless they are integers.
    Source: Hochreiter and Schmidhuber (1997), section 5.4, here with one length for the batch.

    >>> x, y = adding_problem(20, 2, np.random.default_rng(0))
    >>> x.shape, y.shape, (x[:, :, 1] == 1).sum(axis=0).tolist()
    ((20, 2, 2), (2, 1), [2, 2])
    """
    T = _checks.integer("adding_problem", "steps", steps, minimum=10)
    N = _checks.integer("adding_problem", "batch", batch, minimum=1)
    rng = _checks.generator("adding_problem", rng)
    everyone = np.arange(N, dtype=np.intp)
    first = rng.integers(0, min(10, T // 2 - 1), N).astype(np.intp)
    second = rng.integers(0, T // 2 - 2, N).astype(np.intp)
    second += second >= first  # any of the first T/2 - 1 steps but the one already marked
    x = np.zeros((T, N, 2))
    x[:, :, 0] = rng.uniform(-1, 1, (T, N))
    x[[0, -1], :, 1] = -1
    values = x[:, :, 0].copy()
    values[0] = 0  # a mark on the very first step adds nothing
    y = 0.5 + (values[first, everyone] + values[second, everyone]) / 4
    x[first, everyone, 1] = x[second, everyone, 1] = 1
    return x, y[:, None]


class LSTM:
    """Read a sequence with `lstm` and answer once, at its end: y_hat = h_T w_y + b_y.

    D, H, K: sizes of input, memory and answer; rng draws the first weights, uniform in
    +-1 / sqrt(H).  The forget gate starts with bias 1, so that a new memory keeps before it has
    learned what to drop (Jozefowicz et al. 2015).  `params` holds w_x, w_h, b, w_y, b_y.

    >>> LSTM(2, 3, 1, np.random.default_rng(0)).forward(np.zeros((5, 4, 2))).shape
    (4, 1)
    """

    def __init__(self, D: int, H: int, K: int, rng: np.random.Generator) -> None:
        """Draw the first weights."""
        rng = _checks.generator("LSTM", rng)
        for name, size in (("D", D), ("H", H), ("K", K)):
            _checks.integer("LSTM", name, size, minimum=1)
        width = 1 / np.sqrt(H)
        shapes = [(D, 4 * H), (H, 4 * H), (4 * H,), (H, K), (K,)]
        self.params: list[Floats] = [rng.uniform(-width, width, shape) for shape in shapes]
        self.params[2][H : 2 * H] = 1

    def states(self, x: ArrayLike) -> LSTMStates:
        """Return outputs, cells and gates of every step: the traces to look at."""
        return self._states("LSTM.states", x)

    def forward(self, x: ArrayLike) -> Floats:
        """Return the answers (N, K) to the sequences x (T, N, D)."""
        w_y, b_y = self.params[3:]
        return self._states("LSTM.forward", x).h[-1] @ w_y + b_y

    def gradients(self, x: ArrayLike, y: ArrayLike, /) -> tuple[float, list[Floats]]:
        """Return the mean squared error against y (N, K), and its gradient for each parameter."""
        w_x, w_h, _, w_y, b_y = self.params
        states = self._states("LSTM.gradients", x)
        h_last = states.h[-1]
        y_hat = h_last @ w_y + b_y
        dy = mse_grad(y_hat, y)
        dh = np.zeros_like(states.h)
        dh[-1] = dy @ w_y.T  # only the last step speaks
        nothing = np.zeros_like(h_last)
        _, _, _, dw_x, dw_h, db = lstm_backward(dh, states, x, nothing, nothing, w_x, w_h)
        return mse(y_hat, y), [dw_x, dw_h, db, h_last.T @ dy, dy.sum(axis=0)]

    def fit(
        self,
        batches: Iterable[tuple[ArrayLike, ArrayLike]],
        stepper: Stepper,
        limit: float | None = None,
    ) -> list[float]:
        """Learn from pairs (x, y), one step each; return the losses (see `rnn.train`)."""
        return train(self, batches, stepper, limit)

    def _states(self, where: str, x: ArrayLike) -> LSTMStates:
        w_x, w_h, b, _, _ = self.params
        x = _checks.floats(where, "x", x, shape=("T", "N", len(w_x)))
        _checks.not_empty(where, x=x)
        nothing = np.zeros((x.shape[1], len(w_h)), x.dtype)
        return lstm(x, nothing, nothing, w_x, w_h, b)


def _half(H: int, dtype: np.dtype[Any]) -> Floats:
    """Return 1/2 for the columns of i, f, o and 1 for those of g."""
    return np.repeat(np.array([0.5, 0.5, 1.0, 0.5], dtype), H)


def _slopes(states: LSTMStates, c0: Floats) -> tuple[Floats, Floats]:
    """Return the factors of the backward pass that do not depend on the future.

    The first, (T, N, 4, H), is what the pre-activation of i, f, g does to c_t and that of o to
    h_t; the second, (T, N, H), is what c_t does to h_t.
    """
    h, c, gates = states
    T, N, H = h.shape
    i, f, g, o = split_gates(gates)
    c_before = np.concatenate([c0[None], c[:-1]])[:T]
    shown = np.tanh(c)
    slopes = np.empty((T, N, 4, H), gates.dtype)
    # sigmoid' = s (1 - s),  tanh' = 1 - t^2
    slopes[:, :, 0] = g * i * (1 - i)
    slopes[:, :, 1] = c_before * f * (1 - f)
    slopes[:, :, 2] = i * (1 - g**2)
    slopes[:, :, 3] = shown * o * (1 - o)
    return slopes, o * (1 - shown**2)


def _checked(
    where: str,
    x: ArrayLike,
    h0: ArrayLike,
    c0: ArrayLike,
    w_x: ArrayLike,
    w_h: ArrayLike,
) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    w_h = _checks.floats(where, "w_h", w_h, shape=("H", "4 H"))
    H = len(w_h)
    w_h = _checks.floats(where, "w_h", w_h, shape=(H, 4 * H))
    w_x = _checks.floats(where, "w_x", w_x, shape=("D", 4 * H))
    x = _checks.floats(where, "x", x, shape=("T", "N", len(w_x)))
    h0 = _checks.floats(where, "h0", h0, shape=(x.shape[1], H))
    c0 = _checks.floats(where, "c0", c0, shape=(x.shape[1], H))
    return x, h0, c0, w_x, w_h
