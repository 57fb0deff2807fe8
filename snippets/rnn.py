"""Recurrent network: a layer that hears itself one step ago, and so can remember.

A feed-forward network answers each input alone; ask it whether this letter equals the last one
and it can only guess (`temporal_xor`, `best_memoryless_error`).  A recurrent layer has one more
input, its own previous output, the hidden state:

    h_t = tanh(x_t w_x + h_{t-1} w_h + b)        t = 1 .. T,  the same weights at every step

Unrolled in time this is an ordinary network, T layers deep, whose layers share their weights.
Nothing new is needed to learn: run backpropagation through the unrolled layers, last step first,
and add up what each copy of a shared weight receives (backpropagation through time):

    dz_t = (dh_t + dz_{t+1} w_h^T) (1 - h_t^2)       dw_h = sum over t of  h_{t-1}^T dz_t

The error is multiplied by w_h^T and by a slope <= 1 once per step.  Over many steps it therefore
dies out or explodes (`gradient_flow`).  Where it explodes the loss has a wall (`error_wall`), one
step of gradient descent off that wall throws away all that was learned, and the cure is as simple
as it looks: if the gradient is too long, shorten it (`clip_by_norm`; Pascanu et al. 2013).

Sequences are (T, N, D): time first, so that x[t] is a whole batch at one moment.

Raises, in every function and method: ValueError for a shape or a number that does not fit,
TypeError for anything but numbers, models and optimizers where they are asked for.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike

from snippets import _checks
from snippets._checks import Floats
from snippets.activations import sigmoid, sigmoid_prime
from snippets.cnn import Stepper
from snippets.loss import mse, mse_grad

__all__ = [
    "RNN",
    "Model",
    "best_memoryless_error",
    "clip_by_norm",
    "descend_wall",
    "error_wall",
    "error_wall_gradient",
    "global_norm",
    "gradient_flow",
    "rnn",
    "rnn_backward",
    "temporal_xor",
    "train",
]


def rnn(x: ArrayLike, h0: ArrayLike, w_x: ArrayLike, w_h: ArrayLike, b: ArrayLike) -> Floats:
    """Run through a sequence and remember: h_t = tanh(x_t w_x + h_{t-1} w_h + b).

    x: (T, N, D) inputs; h0: (N, H) memory before the first step; w_x: (D, H); w_h: (H, H);
    b: (H,).  Returns (T, N, H): h_1 .. h_T, each in (-1, 1).
    Raises ValueError for shapes that do not fit, TypeError for anything but numbers.
    Source: Elman (1990).

    >>> knock = np.array([1.0, 0.0, 0.0]).reshape(3, 1, 1)  # one knock, then silence
    >>> rnn(knock, np.zeros((1, 1)), [[1.0]], [[1.0]], [0.0]).round(3).ravel().tolist()
    [0.762, 0.642, 0.566]
    """
    x, h0, w_x, w_h = _checked("rnn", x, h0, w_x, w_h)
    T, N, D = x.shape
    H = len(w_h)
    b = _checks.floats("rnn", "b", b, shape=(H,))
    x, h0, w_x, w_h, b = _checks.alike(x, h0, w_x, w_h, b)
    z = x.reshape(T * N, D) @ w_x  # the inputs of all steps in one product: (T N, H)
    z = (z + b).reshape(T, N, H)
    h = np.empty_like(z)
    h_before = h0
    for t in range(T):
        # h_t = tanh(x_t w_x + h_{t-1} w_h + b)
        z[t] += h_before @ w_h
        h_before = np.tanh(z[t], out=h[t])
    return h


def rnn_backward(
    dh: ArrayLike, h: ArrayLike, x: ArrayLike, h0: ArrayLike, w_x: ArrayLike, w_h: ArrayLike
) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """Backpropagate through time: dz_t = (dh_t + dz_{t+1} w_h^T) (1 - h_t^2), last step first.

    dh: (T, N, H) gradient of the loss for every h_t (zeros where the loss does not look);
    h: (T, N, H) as `rnn` returned it; x, h0, w_x, w_h as given to it.
    Returns dx, dh0, dw_x, dw_h, db, each shaped like its argument.
    Raises ValueError for shapes that do not fit, TypeError for anything but numbers.
    Source: Rumelhart, Hinton and Williams (1986); Werbos (1990).

    >>> x, h0, w_x, w_h = np.ones((2, 1, 1)), np.zeros((1, 1)), np.eye(1), np.eye(1)
    >>> h = rnn(x, h0, w_x, w_h, np.zeros(1))
    >>> [g.shape for g in rnn_backward(np.ones_like(h), h, x, h0, w_x, w_h)]
    [(2, 1, 1), (1, 1), (1, 1), (1, 1), (1,)]
    """
    x, h0, w_x, w_h = _checked("rnn_backward", x, h0, w_x, w_h)
    T, N, D = x.shape
    H = len(w_h)
    h = _checks.floats("rnn_backward", "h", h, shape=(T, N, H))
    dh = _checks.floats("rnn_backward", "dh", dh, shape=(T, N, H))
    dh, h, x, h0, w_x, w_h = _checks.alike(dh, h, x, h0, w_x, w_h)
    slope = 1 - h**2  # tanh' = 1 - tanh^2
    dz = np.empty_like(h)
    w_back = w_h.T.copy()  # its rows lie side by side, which each of the T products likes
    from_later = np.zeros_like(h0)  # what h_t receives from step t + 1
    for t in reversed(range(T)):
        dz[t] = (dh[t] + from_later) * slope[t]
        from_later = dz[t] @ w_back
    h_before = np.concatenate([h0[None], h[:-1]])[:T]  # h_0 .. h_{T-1}
    dz = dz.reshape(T * N, H)
    dx = (dz @ w_x.T).reshape(T, N, D)
    # each step used the same weights, so their gradients add up over all T N rows
    return dx, from_later, x.reshape(T * N, D).T @ dz, h_before.reshape(T * N, H).T @ dz, dz.sum(0)


def gradient_flow(dh_last: ArrayLike, h: ArrayLike, w_h: ArrayLike) -> Floats:
    """Measure the error that reaches each step: |dL/dh_t| when the loss reads only h_T.

    dh_last: (N, H) gradient at the last step; h: (T, N, H) from `rnn`; w_h: (H, H).
    Returns (T,) lengths (Euclidean norm over the batch); the last one is |dh_last|.
    Raises ValueError for shapes that do not fit, TypeError for anything but numbers.

    >>> gradient_flow(np.ones((1, 1)), np.zeros((4, 1, 1)), [[0.5]]).tolist()
    [0.125, 0.25, 0.5, 1.0]
    """
    h = _checks.floats("gradient_flow", "h", h, shape=("T", "N", "H"))
    T, N, H = h.shape
    g = _checks.floats("gradient_flow", "dh_last", dh_last, shape=(N, H))
    w_h = _checks.floats("gradient_flow", "w_h", w_h, shape=(H, H))
    flow = np.empty(T, np.result_type(g, h, w_h))
    for t in reversed(range(T)):
        flow[t] = np.linalg.norm(g)
        # dL/dh_{t-1} = (dL/dh_t (1 - h_t^2)) w_h^T
        g = (g * (1 - h[t] ** 2)) @ w_h.T
    return flow


def global_norm(grads: Sequence[ArrayLike]) -> float:
    """Return the length of all gradients taken as one vector: sqrt(sum of all squares).

    The numbers are divided by a power of 2 near the largest, so that no square is infinite or lost.

    >>> global_norm([np.array([3.0]), np.array([[4.0]])])
    5.0
    """
    grads = _checks.sequence("global_norm", "grads", grads)
    arrays = [_checks.floats("global_norm", "grads", grad) for grad in grads]
    largest = max((float(np.abs(g).max(initial=0)) for g in arrays), default=0.0)
    _, power = math.frexp(largest)
    scaled = [np.ldexp(g.astype(np.float64), -power) for g in arrays]
    return float(np.ldexp(math.sqrt(sum(float(np.sum(g * g)) for g in scaled)), power))


def clip_by_norm(grads: Sequence[ArrayLike], limit: float) -> list[Floats]:
    """Shorten the gradients together if they are too long: g min(1, limit / |g|).

    grads: arrays of any shapes; limit: the greatest length allowed, > 0, in units of the gradient.
    Returns a new list; the direction stays the same, because all are scaled by one number.
    Raises ValueError unless limit > 0, TypeError for anything but numbers.
    Source: Pascanu, Mikolov and Bengio (2013), algorithm 1.

    >>> [g.round(12).tolist() for g in clip_by_norm([np.array([3.0]), np.array([4.0])], 1.0)]
    [[0.6], [0.8]]
    """
    limit = _checks.real("clip_by_norm", "limit", limit, above=0)
    grads = _checks.sequence("clip_by_norm", "grads", grads)
    arrays = [_checks.floats("clip_by_norm", "grads", grad) for grad in grads]
    norm = global_norm(arrays)
    scale = limit / norm if norm > limit else 1.0
    return [grad * scale for grad in arrays]


def error_wall(
    w: ArrayLike, b: ArrayLike, steps: int = 50, start: float = 0.5, target: float = 0.7
) -> Floats:
    """Return the loss of a network with one unit: E = (sigmoid(z_T) - target)^2.

    z_t = w sigmoid(z_{t-1}) + b, z_0 = start, T = steps.  w, b: arrays that broadcast to one
    shape, which the result has; so a whole landscape takes one call.
    Raises ValueError unless steps >= 1 is an integer, TypeError for anything but numbers.
    Source: Pascanu, Mikolov and Bengio (2013), figure 6.

    >>> error_wall(0.0, [0.0, 0.8]).round(4).tolist()
    [0.04, 0.0001]
    """
    w, b, z = _landscape("error_wall", w, b, start)
    target = _checks.real("error_wall", "target", target)
    for _ in range(_checks.integer("error_wall", "steps", steps, minimum=1)):
        z = w * sigmoid(z) + b
    return (sigmoid(z) - target) ** 2


def error_wall_gradient(
    w: ArrayLike, b: ArrayLike, steps: int = 50, start: float = 0.5, target: float = 0.7
) -> tuple[Floats, Floats]:
    """Return dE/dw and dE/db of `error_wall`, carried forward in time beside z.

    Arguments and errors as in `error_wall`; both results have the broadcast shape.  With two
    parameters it is cheaper to carry dz/dw and dz/db along than to store T states and go back.

    >>> dw, db = error_wall_gradient(0.0, 0.0)  # w = 0: only the last step counts
    >>> float(dw.round(4)), float(db.round(4))
    (-0.05, -0.1)
    """
    w, b, z = _landscape("error_wall_gradient", w, b, start)
    target = _checks.real("error_wall_gradient", "target", target)
    dz_dw = dz_db = np.zeros_like(z)
    for _ in range(_checks.integer("error_wall_gradient", "steps", steps, minimum=1)):
        # z' = w sigmoid(z) + b:  dz'/dw = sigmoid(z) + w sigmoid'(z) dz/dw,  dz'/db likewise
        slope = w * sigmoid_prime(z)
        dz_dw = sigmoid(z) + slope * dz_dw
        dz_db = 1 + slope * dz_db
        z = w * sigmoid(z) + b
    dz = 2 * (sigmoid(z) - target) * sigmoid_prime(z)
    return dz * dz_dw, dz * dz_db


def _landscape(
    where: str, w: ArrayLike, b: ArrayLike, start: float
) -> tuple[Floats, Floats, Floats]:
    """Return w, b and z_0, which has the shape that w and b broadcast to."""
    w, b = _checks.floats(where, "w", w), _checks.floats(where, "b", b)
    try:
        shape = np.broadcast_shapes(w.shape, b.shape)
    except ValueError:
        raise ValueError(
            f"{where}: w and b must broadcast to one shape, got {w.shape} and {b.shape}"
        ) from None
    return w, b, np.full(shape, _checks.real(where, "start", start), np.result_type(w, b))


def descend_wall(
    start: tuple[float, float], lr: float, steps: int, limit: float | None = None
) -> Floats:
    """Walk down `error_wall` by gradient descent: (w, b) <- (w, b) - lr g, g clipped to `limit`.

    start: (w, b); lr: step size; steps: how many; limit: greatest length of g, None for no clip.
    Returns (steps + 1, 2): every (w, b) on the way, the start first.
    Raises ValueError unless lr > 0 and steps >= 0, TypeError for anything but numbers.

    >>> path = descend_wall((0.0, 0.0), lr=0.1, steps=2)
    >>> path.shape, path[1].round(3).tolist()
    ((3, 2), [0.005, 0.01])
    """
    lr = _checks.real("descend_wall", "lr", lr, above=0)
    steps = _checks.integer("descend_wall", "steps", steps, minimum=0)
    path = [_checks.floats("descend_wall", "start", start, shape=(2,), finite=True)]
    for _ in range(steps):
        g = np.array(error_wall_gradient(*path[-1]))
        if limit is not None:
            (g,) = clip_by_norm([g], limit)
        path.append(path[-1] - lr * g)
    return np.array(path)


def temporal_xor(steps: int) -> tuple[Floats, Floats]:
    """Return every bit sequence, each with the question "do the last two bits differ?".

    steps: T >= 2.  Returns x (T, 2^T, 1) of bits and y (2^T, 1) = x_T xor x_{T-1}.  The last bit
    alone says nothing about y: for either value of it, half of the answers are 1.
    Raises ValueError unless steps >= 2, TypeError unless it is an integer.
    Source: after Elman (1990), the exclusive-or problem in time.

    >>> x, y = temporal_xor(2)
    >>> x[:, :, 0].T.tolist(), y[:, 0].tolist()
    ([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0.0, 1.0, 1.0, 0.0])
    """
    T = _checks.integer("temporal_xor", "steps", steps, minimum=2)
    bits = np.array(list(np.ndindex(*(2,) * T)), np.float64)  # (2^T, T)
    y = np.abs(bits[:, -1:] - bits[:, -2:-1])
    return bits.T[:, :, None].copy(), y


def best_memoryless_error(x: ArrayLike, y: ArrayLike) -> float:
    """Return the smallest mean squared error that any function of the last input x_T can have.

    That best function is the mean of y over all sequences with the same x_T, whatever the model.
    x: (T, N, D) sequences; y: (N, K) targets.
    Raises ValueError for shapes that do not fit or an empty batch, TypeError otherwise.

    >>> best_memoryless_error(*temporal_xor(3))
    0.25
    """
    x = _checks.floats("best_memoryless_error", "x", x, shape=("T", "N", "D"))
    y = _checks.floats("best_memoryless_error", "y", y, shape=(x.shape[1], "K"))
    _checks.not_empty("best_memoryless_error", x=x, y=y)
    best = np.empty_like(y)
    for last in np.unique(_checks.floats("best_memoryless_error", "x", x, finite=True)[-1], axis=0):
        same = (x[-1] == last).all(axis=1)
        best[same] = y[same].mean(axis=0)
    return mse(best, y)


class Model(Protocol):
    """What `train` asks of a network: its parameters, and its loss with all gradients."""

    params: list[Floats]

    def gradients(self, x: ArrayLike, y: ArrayLike, /) -> tuple[float, list[Floats]]:
        """Return the mean loss and one gradient for each array of `params`."""
        ...


def train(
    model: Model,
    batches: Iterable[tuple[ArrayLike, ArrayLike]],
    stepper: Stepper,
    limit: float | None = None,
) -> list[float]:
    """Take one step of the optimizer for every batch: params <- step(params, clipped gradients).

    model: has `params` and `gradients`; batches: pairs (x, y); stepper: has `step`;
    limit: greatest length of the gradient (`clip_by_norm`), None for no clip.
    Returns the loss of each batch, measured before its step.

    >>> model = RNN(1, 4, 1, np.random.default_rng(0))
    >>> class Descent:
    ...     def step(self, params, grads):
    ...         return [p - 0.5 * g for p, g in zip(params, grads)]
    >>> losses = train(model, [temporal_xor(2)] * 20, Descent(), limit=1.0)
    >>> losses[-1] < losses[0]
    True
    """
    if limit is not None:
        limit = _checks.real("train", "limit", limit, above=0)
    model = _checks.able("train", "model", model, "gradients")
    stepper = _checks.able("train", "stepper", stepper, "step")
    losses: list[float] = []
    if isinstance(batches, np.ndarray):
        batches = _checks.sequence("train", "batches", batches)
    for pair in _checks.instance("train", "batches", batches, Iterable):
        x, y = _checks.sequence("train", "batches", pair, length=2)
        loss, grads = model.gradients(x, y)
        if limit is not None:
            grads = clip_by_norm(grads, limit)
        model.params = list(stepper.step(model.params, grads))
        losses.append(loss)
    return losses


class RNN:
    """Read a sequence with `rnn` and answer once, at its end: y_hat = h_T w_y + b_y.

    D, H, K: sizes of input, memory and answer; rng draws the first weights, uniform in
    +-1 / sqrt(H).  `params` holds w_x, w_h, b, w_y, b_y.

    >>> RNN(2, 3, 1, np.random.default_rng(0)).forward(np.zeros((5, 4, 2))).shape
    (4, 1)
    """

    def __init__(self, D: int, H: int, K: int, rng: np.random.Generator) -> None:
        """Draw the first weights."""
        rng = _checks.generator("RNN", rng)
        for name, size in (("D", D), ("H", H), ("K", K)):
            _checks.integer("RNN", name, size, minimum=1)
        width = 1 / np.sqrt(H)
        shapes = [(D, H), (H, H), (H,), (H, K), (K,)]
        self.params: list[Floats] = [rng.uniform(-width, width, shape) for shape in shapes]

    def forward(self, x: ArrayLike) -> Floats:
        """Return the answers (N, K) to the sequences x (T, N, D)."""
        w_x, w_h, b, w_y, b_y = self.params
        x = _checks.floats("RNN.forward", "x", x, shape=("T", "N", len(w_x)))
        _checks.not_empty("RNN.forward", x=x)
        h = rnn(x, np.zeros((x.shape[1], len(w_h)), x.dtype), w_x, w_h, b)
        return h[-1] @ w_y + b_y

    def gradients(self, x: ArrayLike, y: ArrayLike, /) -> tuple[float, list[Floats]]:
        """Return the mean squared error against y (N, K), and its gradient for each parameter."""
        w_x, w_h, b, w_y, b_y = self.params
        x = _checks.floats("RNN.gradients", "x", x, shape=("T", "N", len(w_x)))
        _checks.not_empty("RNN.gradients", x=x)
        h0 = np.zeros((x.shape[1], len(w_h)), x.dtype)
        h = rnn(x, h0, w_x, w_h, b)
        y_hat = h[-1] @ w_y + b_y
        dy = mse_grad(y_hat, y)
        dh = np.zeros_like(h)
        dh[-1] = dy @ w_y.T  # only the last step speaks
        _, _, dw_x, dw_h, db = rnn_backward(dh, h, x, h0, w_x, w_h)
        return mse(y_hat, y), [dw_x, dw_h, db, h[-1].T @ dy, dy.sum(axis=0)]

    def fit(
        self,
        batches: Iterable[tuple[ArrayLike, ArrayLike]],
        stepper: Stepper,
        limit: float | None = None,
    ) -> list[float]:
        """Learn from pairs (x, y), one step each; return the losses (see `train`)."""
        return train(self, batches, stepper, limit)


def _checked(
    where: str, x: ArrayLike, h0: ArrayLike, w_x: ArrayLike, w_h: ArrayLike
) -> tuple[Floats, Floats, Floats, Floats]:
    w_x = _checks.floats(where, "w_x", w_x, shape=("D", "H"))
    D, H = w_x.shape
    x = _checks.floats(where, "x", x, shape=("T", "N", D))
    h0 = _checks.floats(where, "h0", h0, shape=(x.shape[1], H))
    return x, h0, w_x, _checks.floats(where, "w_h", w_h, shape=(H, H))
