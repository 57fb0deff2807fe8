"""GRU: the gated memory with two gates and no separate cell.

Cho et al. (2014) asked how little of the LSTM is enough.  One gate z decides how much of the old
memory stays, and what does not stay is replaced; another gate r decides how much of the memory
the new candidate n may see:

    r, z = sigmoid(x_t w_x + b_x + h_{t-1} w_h + b_h)        reset and update gate
    n    = tanh(x_t w_x + b_x + r (h_{t-1} w_h + b_h))       candidate
    h_t  = (1 - z) n + z h_{t-1}                             mix new and old

(each with its own columns, in the order r, z, n).  Two conventions live side by side, and code
that mixes them up learns nothing or, worse, something:

* Which share is z?  Above, as in Cho et al. and PyTorch, z is what stays.  In Chung et al. (2014) z
  is what is new: h_t = z n + (1 - z) h_{t-1}.  Since 1 - sigmoid(a) = sigmoid(-a), this is the same
  network with the sign of z's weights turned round: `negate_update_gate`.
* Where does r act?  After the product, r (h w_h + b_h), as above (PyTorch, cuDNN), or before it,
  (r h) w_h + b_h, as in the papers.  These are different functions; no change of weights makes
  them equal.  `reset_after` chooses.

`GRU` is a whole network of it, with one bias (b_h = 0) as in the papers: three quarters of the
parameters of an LSTM as wide.

Raises, in every function and method: ValueError for a shape that does not fit, TypeError for
anything but numbers.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from snippets import _checks
from snippets._checks import Floats
from snippets.activations import sigmoid
from snippets.cnn import Stepper
from snippets.loss import mse, mse_grad
from snippets.rnn import train

__all__ = ["GRU", "GRUStates", "gru", "gru_backward", "gru_gates", "negate_update_gate"]


class GRUStates(NamedTuple):
    """All that happened inside `gru`: h (T, N, H), gates (T, N, 3 H) in order r, z, n, and recall.

    recall (T, N, H) is the memory's part of the candidate: h w_n + b_n, still to be multiplied
    by r, if the reset comes after; (r h) w_n + b_n if it comes before.
    """

    h: Floats
    gates: Floats
    recall: Floats


def gru(
    x: ArrayLike,
    h0: ArrayLike,
    w_x: ArrayLike,
    w_h: ArrayLike,
    b_x: ArrayLike,
    b_h: ArrayLike,
    reset_after: bool = True,
) -> GRUStates:
    """Run a gated memory through a sequence: h_t = (1 - z) n + z h_{t-1}.

    x: (T, N, D); h0: (N, H) memory before the first step; w_x: (D, 3 H); w_h: (H, 3 H);
    b_x, b_h: (3 H,), columns in the order r, z, n.  reset_after: r acts on h w_n + b_n (True,
    PyTorch) or on h alone (False, the papers).
    Returns h (T, N, H) of every step, the gates (T, N, 3 H) and recall (T, N, H).
    Raises ValueError for shapes that do not fit, TypeError for anything but numbers.
    Source: Cho et al. (2014), equations 5-8.

    >>> keep = np.array([0.0, 99.0, 0.0])  # z = 1: nothing new gets in
    >>> weights = np.zeros((1, 3)), np.zeros((1, 3)), keep, np.zeros(3)
    >>> gru(np.ones((3, 1, 1)), [[0.5]], *weights).h.ravel().tolist()
    [0.5, 0.5, 0.5]
    """
    x, h0, w_x, w_h = _checked("gru", x, h0, w_x, w_h)
    T, N, D = x.shape
    H = len(w_h)
    b_x = _checks.floats("gru", "b_x", b_x, shape=(3 * H,))
    b_h = _checks.floats("gru", "b_h", b_h, shape=(3 * H,))
    x, h0, w_x, w_h, b_x, b_h = _checks.alike(x, h0, w_x, w_h, b_x, b_h)
    inputs = (x.reshape(T * N, D) @ w_x + b_x).reshape(T, N, 3 * H)  # all inputs in one product
    h, recall = np.empty((T, N, H), inputs.dtype), np.empty((T, N, H), inputs.dtype)
    gates = inputs
    reset_after = _checks.flag("gru", "reset_after", reset_after)
    step = _step_reset_after if reset_after else _step_reset_before
    h_before = h0
    for t in range(T):
        recall[t] = step(gates[t], h_before, w_h, b_h)
        z, n = gates[t, :, H : 2 * H], gates[t, :, 2 * H :]
        h[t] = (1 - z) * n + z * h_before
        h_before = h[t]
    return GRUStates(h, gates, recall)


def gru_gates(
    x: ArrayLike,
    h: ArrayLike,
    w_x: ArrayLike,
    w_h: ArrayLike,
    b_x: ArrayLike,
    b_h: ArrayLike,
    reset_after: bool = True,
) -> tuple[Floats, Floats, Floats]:
    """Return r, z, n of a single step, to be mixed by either convention.

    x: (N, D); h: (N, H) memory before the step; the rest as in `gru`.  Returns three (N, H).
    Raises ValueError for shapes that do not fit, TypeError for anything but numbers.

    >>> weights = np.array([[0.0, 0.0, 9.0]]), np.zeros((1, 3)), np.zeros(3), np.zeros(3)
    >>> r, z, n = gru_gates([[1.0]], [[0.5]], *weights)
    >>> r.item(), z.item(), n.item() > 0.99
    (0.5, 0.5, True)
    """
    x = _checks.floats("gru_gates", "x", x, ndim=2)
    h = _checks.floats("gru_gates", "h", h, shape=(len(x), "H"))
    gates = gru(x[None], h, w_x, w_h, b_x, b_h, reset_after).gates[0]
    H = gates.shape[1] // 3
    return gates[:, :H], gates[:, H : 2 * H], gates[:, 2 * H :]


def negate_update_gate(
    w_x: ArrayLike, w_h: ArrayLike, b_x: ArrayLike, b_h: ArrayLike
) -> tuple[Floats, Floats, Floats, Floats]:
    """Translate weights between the two meanings of z: sigmoid(-a) = 1 - sigmoid(a).

    w_x: (D, 3 H); w_h: (H, 3 H); b_x, b_h: (3 H,).  Returns them with z's columns negated.
    With the result h_t = z n + (1 - z) h_{t-1} is what h_t = (1 - z) n + z h_{t-1} was before.
    Raises ValueError unless the last axis is a multiple of 3, TypeError otherwise.

    >>> [w.tolist() for w in negate_update_gate([[1, 2, 3]], [[4, 5, 6]], [1, 1, 1], [2, 2, 2])][:2]
    [[[1.0, -2.0, 3.0]], [[4.0, -5.0, 6.0]]]
    """
    negated: list[Floats] = []
    for name, value in (("w_x", w_x), ("w_h", w_h), ("b_x", b_x), ("b_h", b_h)):
        array = _checks.floats("negate_update_gate", name, value, ndim=(1, 2)).copy()
        if array.shape[-1] % 3:
            raise ValueError(
                f"negate_update_gate: {name} must have 3 H columns, got shape {array.shape}"
            )
        H = array.shape[-1] // 3
        array[..., H : 2 * H] *= -1
        negated.append(array)
    return negated[0], negated[1], negated[2], negated[3]


def gru_backward(
    dh: ArrayLike,
    states: GRUStates,
    x: ArrayLike,
    h0: ArrayLike,
    w_x: ArrayLike,
    w_h: ArrayLike,
    reset_after: bool = True,
) -> tuple[Floats, Floats, Floats, Floats, Floats, Floats]:
    """Backpropagate through time; past the mix the error is only gated: dh_{t-1} = z dh_t + ...

    dh: (T, N, H) gradient of the loss for every h_t; states: what `gru` returned; x, h0, w_x,
    w_h and reset_after as given to it.
    Returns dx, dh0, dw_x, dw_h, db_x, db_h, each shaped like its argument.
    Raises ValueError for shapes that do not fit, TypeError for anything but numbers.

    >>> x, h0, w_x, w_h = np.ones((5, 2, 3)), np.zeros((2, 4)), np.ones((3, 12)), np.ones((4, 12))
    >>> states = gru(x, h0, w_x, w_h, np.zeros(12), np.zeros(12))
    >>> [g.shape for g in gru_backward(np.ones_like(states.h), states, x, h0, w_x, w_h)]
    [(5, 2, 3), (2, 4), (3, 12), (4, 12), (12,), (12,)]
    """
    x, h0, w_x, w_h = _checked("gru_backward", x, h0, w_x, w_h)
    T, N, D = x.shape
    H = len(w_h)
    dh = _checks.floats("gru_backward", "dh", dh, shape=(T, N, H))
    states = _checks.record(
        "gru_backward", "states", states, GRUStates, (T, N, H), (T, N, 3 * H), (T, N, H)
    )
    dh, x, h0, w_x, w_h, *inside = _checks.alike(dh, x, h0, w_x, w_h, *states)
    states = GRUStates(*inside)
    h_before = np.concatenate([h0[None], states.h[:-1]])[:T]
    reset_after = _checks.flag("gru_backward", "reset_after", reset_after)
    through_time = _through_time_reset_after if reset_after else _through_time_reset_before
    dinputs, dh0, dw_h, db_h = through_time(dh, states, h_before, w_h)
    rows = dinputs.reshape(T * N, 3 * H)
    dx = (rows @ w_x.T).reshape(T, N, D)
    return dx, dh0, x.reshape(T * N, D).T @ rows, dw_h, rows.sum(axis=0), db_h


class GRU:
    """Read a sequence with `gru` and answer once, at its end: y_hat = h_T w_y + b_y.

    D, H, K: sizes of input, memory and answer; rng draws the first weights, uniform in
    +-1 / sqrt(H).  The update gate starts with bias 1, so that a new memory keeps before it has
    learned what to replace, as in `lstm.LSTM`.  `params` holds w_x, w_h, b, w_y, b_y.

    >>> GRU(2, 3, 1, np.random.default_rng(0)).forward(np.zeros((5, 4, 2))).shape
    (4, 1)
    """

    def __init__(self, D: int, H: int, K: int, rng: np.random.Generator) -> None:
        """Draw the first weights."""
        rng = _checks.generator("GRU", rng)
        for name, size in (("D", D), ("H", H), ("K", K)):
            _checks.integer("GRU", name, size, minimum=1)
        width = 1 / np.sqrt(H)
        shapes = [(D, 3 * H), (H, 3 * H), (3 * H,), (H, K), (K,)]
        self.params: list[Floats] = [rng.uniform(-width, width, shape) for shape in shapes]
        self.params[2][H : 2 * H] = 1

    def states(self, x: ArrayLike) -> GRUStates:
        """Return the memory and the gates of every step: the traces to look at."""
        return self._states("GRU.states", x)

    def forward(self, x: ArrayLike) -> Floats:
        """Return the answers (N, K) to the sequences x (T, N, D)."""
        w_y, b_y = self.params[3:]
        return self._states("GRU.forward", x).h[-1] @ w_y + b_y

    def gradients(self, x: ArrayLike, y: ArrayLike, /) -> tuple[float, list[Floats]]:
        """Return the mean squared error against y (N, K), and its gradient for each parameter."""
        w_x, w_h, _, w_y, b_y = self.params
        states = self._states("GRU.gradients", x)
        h_last = states.h[-1]
        y_hat = h_last @ w_y + b_y
        dy = mse_grad(y_hat, y)
        dh = np.zeros_like(states.h)
        dh[-1] = dy @ w_y.T  # only the last step speaks
        _, _, dw_x, dw_h, db, _ = gru_backward(dh, states, x, np.zeros_like(h_last), w_x, w_h)
        return mse(y_hat, y), [dw_x, dw_h, db, h_last.T @ dy, dy.sum(axis=0)]

    def fit(
        self,
        batches: Iterable[tuple[ArrayLike, ArrayLike]],
        stepper: Stepper,
        limit: float | None = None,
    ) -> list[float]:
        """Learn from pairs (x, y), one step each; return the losses (see `rnn.train`)."""
        return train(self, batches, stepper, limit)

    def _states(self, where: str, x: ArrayLike) -> GRUStates:
        w_x, w_h, b, _, _ = self.params
        x = _checks.floats(where, "x", x, shape=("T", "N", len(w_x)))
        _checks.not_empty(where, x=x)
        nothing = np.zeros((x.shape[1], len(w_h)), x.dtype)
        return gru(x, nothing, w_x, w_h, b, np.zeros_like(b))


def _step_reset_after(gates: Floats, h: Floats, w_h: Floats, b_h: Floats) -> Floats:
    """Turn the inputs' part of r, z, n into the gates, in place; return h w_n + b_n."""
    H = len(w_h)
    memory = h @ w_h + b_h  # one product for r, z and n
    gates[:, : 2 * H] = sigmoid(gates[:, : 2 * H] + memory[:, : 2 * H])
    r, recall = gates[:, :H], memory[:, 2 * H :]
    gates[:, 2 * H :] = np.tanh(gates[:, 2 * H :] + r * recall)
    return recall


def _step_reset_before(gates: Floats, h: Floats, w_h: Floats, b_h: Floats) -> Floats:
    """Turn the inputs' part of r, z, n into the gates, in place; return (r h) w_n + b_n."""
    H = len(w_h)
    gates[:, : 2 * H] = sigmoid(gates[:, : 2 * H] + h @ w_h[:, : 2 * H] + b_h[: 2 * H])
    recall = (gates[:, :H] * h) @ w_h[:, 2 * H :] + b_h[2 * H :]
    gates[:, 2 * H :] = np.tanh(gates[:, 2 * H :] + recall)
    return recall


def _through_time_reset_after(
    dh: Floats, states: GRUStates, h_before: Floats, w_h: Floats
) -> tuple[Floats, Floats, Floats, Floats]:
    """Return the gradients for the inputs' part of r, z, n, and for h0, w_h, b_h."""
    T, N, H = dh.shape
    r, z, n = (states.gates[:, :, k * H : (k + 1) * H] for k in range(3))
    # what does not depend on the future: h_t by the pre-activation of n, z, r
    by_n = (1 - z) * (1 - n**2)
    by_z = (h_before - n) * z * (1 - z)
    by_r = by_n * states.recall * r * (1 - r)
    dmemory = np.concatenate([by_r, by_z, by_n * r], axis=2)  # n hears of the memory through r
    w_back = w_h.T.copy()  # its rows lie side by side, which each of the T products likes
    heard, from_later = np.empty_like(by_n), np.zeros((N, H), by_n.dtype)
    for t in reversed(range(T)):
        heard[t] = dh[t] + from_later  # what h_t receives, also from step t + 1
        dmemory[t].reshape(N, 3, H)[:] *= heard[t, :, None]
        from_later = z[t] * heard[t] + dmemory[t] @ w_back
    dinputs = np.concatenate([dmemory[:, :, : 2 * H], by_n * heard], axis=2)
    rows = dmemory.reshape(T * N, 3 * H)
    return dinputs, from_later, h_before.reshape(T * N, H).T @ rows, rows.sum(axis=0)


def _through_time_reset_before(
    dh: Floats, states: GRUStates, h_before: Floats, w_h: Floats
) -> tuple[Floats, Floats, Floats, Floats]:
    """Return the gradients for the inputs' part of r, z, n, and for h0, w_h, b_h."""
    T, N, H = dh.shape
    r, z, n = (states.gates[:, :, k * H : (k + 1) * H] for k in range(3))
    w_rz, w_n = w_h[:, : 2 * H], w_h[:, 2 * H :]
    dgates = np.empty_like(states.gates)  # of the pre-activations
    from_later = np.zeros((N, H), dgates.dtype)
    for t in reversed(range(T)):
        dh_t = dh[t] + from_later
        dn = dh_t * (1 - z[t]) * (1 - n[t] ** 2)
        dz = dh_t * (h_before[t] - n[t]) * z[t] * (1 - z[t])
        dseen = dn @ w_n.T  # of r h, which is all that the candidate sees of the memory
        dr = dseen * h_before[t] * r[t] * (1 - r[t])
        dgates[t] = np.concatenate([dr, dz, dn], axis=1)
        from_later = z[t] * dh_t + r[t] * dseen + dgates[t, :, : 2 * H] @ w_rz.T
    rows = dgates.reshape(T * N, 3 * H)
    dw_rz = h_before.reshape(T * N, H).T @ rows[:, : 2 * H]
    dw_n = (r * h_before).reshape(T * N, H).T @ rows[:, 2 * H :]
    return dgates, from_later, np.concatenate([dw_rz, dw_n], axis=1), rows.sum(axis=0)


def _checked(
    where: str, x: ArrayLike, h0: ArrayLike, w_x: ArrayLike, w_h: ArrayLike
) -> tuple[Floats, Floats, Floats, Floats]:
    w_h = _checks.floats(where, "w_h", w_h, shape=("H", "3 H"))
    H = len(w_h)
    w_h = _checks.floats(where, "w_h", w_h, shape=(H, 3 * H))
    w_x = _checks.floats(where, "w_x", w_x, shape=("D", 3 * H))
    x = _checks.floats(where, "x", x, shape=("T", "N", len(w_x)))
    h0 = _checks.floats(where, "h0", h0, shape=(x.shape[1], H))
    return x, h0, w_x, w_h
