"""XOR: four points that no straight line can separate.

XOR is 1 when exactly one of its two inputs is 1.  A perceptron draws one line, and for XOR no line
will do; Minsky & Papert (1969) made the limit famous.  "It did not converge" proves nothing, so
this module proves it: `infeasibility_certificate` finds how often to add each of the four
inequalities that a separating line would have to satisfy, until everything cancels to 0 > 0.

What XOR needs is something that is not affine.  A hidden layer is one way: it folds the plane so
that a line is enough afterwards (`hand_made_network` by thought, `train` by learning).  A product
of the inputs or a neuron that is not monotone are others, without any hidden layer.

Raises, in every function: ValueError for a shape or a number that does not fit, TypeError for
anything but numbers, generators and parameters where they are asked for.
Source: Minsky & Papert (1969); Rumelhart, Hinton & Williams (1986) for the hidden layer.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from snippets import _checks as check
from snippets._checks import Floats, Indices
from snippets.activations import sigmoid, step
from snippets.loss import binary_cross_entropy_with_logits

__all__ = [
    "HAND_MADE",
    "INPUTS",
    "TARGETS",
    "History",
    "Params",
    "folded",
    "gradients",
    "hand_made_hidden",
    "hand_made_network",
    "infeasibility_certificate",
    "initial",
    "is_linearly_separable",
    "non_monotone_unit",
    "predict",
    "signed_rows",
    "train",
    "without_hidden_layer",
]

INPUTS: Floats = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
TARGETS: Floats = np.array([0.0, 1.0, 1.0, 0.0])
INPUTS.flags.writeable = TARGETS.flags.writeable = False


# --- No line separates XOR: a proof --------------------------------------------------------------


def signed_rows(x: ArrayLike, y: ArrayLike) -> Floats:
    """Write "the line (w, b) separates x" as inequalities: row_n . (w, b) > 0 for every n.

    x: (N, D), y: (N,) of 0 and 1.  Returns (N, D + 1): s_n (x_n, 1) with s = 2 y - 1.

    >>> signed_rows([[0, 1], [1, 1]], [1, 0]).tolist()
    [[0.0, 1.0, 1.0], [-1.0, -1.0, -1.0]]
    """
    x = check.floats("signed_rows", "x", x, ndim=2, finite=True)
    y = check.floats("signed_rows", "y", y, shape=(len(x),))
    if not np.isin(y, (0, 1)).all():
        raise ValueError(f"signed_rows: y must be 0 or 1, got {y[~np.isin(y, (0, 1))][0]}")
    # + 0.0 turns -0.0, which prints like a mistake, into 0.0
    return (2 * y - 1)[:, None] * np.column_stack([x, np.ones_like(x[:, :1])]) + 0.0


def infeasibility_certificate(x: ArrayLike, y: ArrayLike, epochs: int = 100_000) -> Indices | None:
    """Count how often to add each inequality so that their sum reads 0 > 0; None if separable.

    The perceptron searches for the line.  If it finds one, x is separable.  If its weights come
    back to where they were, the rows that it added in between sum to zero: sum_n counts_n row_n
    = 0, which no (w, b) survives.  One of the two always happens for whole-numbered x (Block &
    Levin 1970), and the arithmetic is exact.

    x: (N, D) whole numbers, y: (N,) of 0 and 1.  Returns counts (N,) >= 0, not all 0, or None.
    Raises ValueError for fractions, or if `epochs` are not enough.

    >>> infeasibility_certificate(INPUTS, TARGETS).tolist()
    [1, 1, 1, 1]
    """
    rows = signed_rows(x, y)
    if not np.equal(rows, np.rint(rows)).all():
        raise ValueError("infeasibility_certificate: x must be whole numbers, got fractions")
    w, added = np.zeros(rows.shape[1]), np.zeros(len(rows), dtype=np.intp)
    seen = {w.tobytes(): added.copy()}
    for _ in range(check.integer("infeasibility_certificate", "epochs", epochs, minimum=1)):
        for n, row in enumerate(rows):
            if row @ w <= 0:
                w, added[n] = w + row, added[n] + 1
        if (rows @ w > 0).all():
            return None
        if w.tobytes() in seen:
            counts = added - seen[w.tobytes()]
            return counts // np.gcd.reduce(counts)
        seen[w.tobytes()] = added.copy()
    raise ValueError(f"infeasibility_certificate: epochs must be enough to decide, got {epochs}")


def is_linearly_separable(x: ArrayLike, y: ArrayLike) -> bool:
    """Decide, with a proof either way, whether one hyperplane separates the two classes.

    x: (N, D) whole numbers, y: (N,) of 0 and 1.  True comes from a line that was found, False from
    an `infeasibility_certificate`.

    >>> is_linearly_separable(INPUTS, [0, 0, 0, 1]), is_linearly_separable(INPUTS, TARGETS)
    (True, False)
    """
    return infeasibility_certificate(x, y) is None


# --- XOR without a hidden layer ------------------------------------------------------------------


def without_hidden_layer(x: ArrayLike) -> Floats:
    """XOR as a polynomial: x1 + x2 - 2 x1 x2.  x: (N, 2); returns (N,).

    Feed the product as a third input and a single neuron, weights (1, 1, -2), computes XOR.

    >>> without_hidden_layer(INPUTS).tolist()
    [0.0, 1.0, 1.0, 0.0]
    """
    x = check.floats("without_hidden_layer", "x", x, shape=("N", 2))
    return x[:, 0] + x[:, 1] - 2 * x[:, 0] * x[:, 1]


def non_monotone_unit(x: ArrayLike) -> Floats:
    """XOR by one neuron whose activation rises and falls: sin^2(pi (x1 + x2) / 2).

    x: (N, 2); returns (N,).

    >>> non_monotone_unit(INPUTS).round(12).tolist()
    [0.0, 1.0, 1.0, 0.0]
    """
    x = check.floats("non_monotone_unit", "x", x, shape=("N", 2))
    return np.sin(math.pi / 2 * (x[:, 0] + x[:, 1])) ** 2


# --- XOR with a hidden layer ---------------------------------------------------------------------


class Params(NamedTuple):
    """Weights and biases of a 2-H-1 network: w1 (2, H), b1 (H,), w2 (H, 1), b2 (1,)."""

    w1: Floats
    b1: Floats
    w2: Floats
    b2: Floats


HAND_MADE = Params(
    w1=np.array([[1.0, 1.0], [1.0, 1.0]]),
    b1=np.array([-0.5, -1.5]),  # h1 = x1 OR x2, h2 = x1 AND x2
    w2=np.array([[1.0], [-1.0]]),
    b2=np.array([-0.5]),  # y_hat = h1 AND NOT h2
)
"""Weights chosen by hand: XOR is "one or the other, but not both"."""


def hand_made_hidden(x: ArrayLike) -> Floats:
    """Hidden layer of the hand-made network: h = step(x w1 + b1) = (OR, AND).  (N, 2) -> (N, 2).

    (0, 1) and (1, 0) land on one point: the plane is folded, and a line is enough now.

    >>> hand_made_hidden(INPUTS).tolist()
    [[0.0, 0.0], [1.0, 0.0], [1.0, 0.0], [1.0, 1.0]]
    """
    x = check.floats("hand_made_hidden", "x", x, shape=("N", 2))
    return step(x @ HAND_MADE.w1 + HAND_MADE.b1)


def hand_made_network(x: ArrayLike) -> Floats:
    """Output of the hand-made 2-2-1 network of step units: step(h w2 + b2).  (N, 2) -> (N,).

    >>> hand_made_network(INPUTS).tolist()
    [0.0, 1.0, 1.0, 0.0]
    """
    h = hand_made_hidden(check.floats("hand_made_network", "x", x, shape=("N", 2)))
    return step(h @ HAND_MADE.w2 + HAND_MADE.b2)[:, 0]


def initial(rng: np.random.Generator, hidden: int = 2) -> Params:
    """Draw the parameters of a 2-H-1 network from the standard normal distribution.

    >>> [p.shape for p in initial(np.random.default_rng(0), hidden=3)]
    [(2, 3), (3,), (3, 1), (1,)]
    """
    H = check.integer("initial", "hidden", hidden, minimum=1)
    normal = check.generator("initial", rng).standard_normal
    return Params(normal((2, H)), normal(H), normal((H, 1)), normal(1))


def folded(x: ArrayLike, params: Params) -> Floats:
    """Where the hidden layer sends each point: h = tanh(x w1 + b1).  (N, 2) -> (N, H).

    >>> folded([[0.0, 0.0]], HAND_MADE).round(3).tolist()
    [[-0.462, -0.905]]
    """
    x = check.floats("folded", "x", x, shape=("N", 2))
    return _fold(x, _checked("folded", params))


def predict(x: ArrayLike, params: Params) -> Floats:
    """Probability of 1 from a 2-H-1 network: sigmoid(h w2 + b2).  (N, 2) -> (N,).

    >>> predict([[0.0, 0.0]], HAND_MADE).round(3).tolist()
    [0.486]
    """
    x = check.floats("predict", "x", x, shape=("N", 2))
    params = _checked("predict", params)
    return sigmoid(_fold(x, params) @ params.w2 + params.b2)[:, 0]


def gradients(params: Params) -> Params:
    """Gradient of the mean binary cross-entropy over the four points, for each parameter.

    >>> [g.shape for g in gradients(initial(np.random.default_rng(0)))]
    [(2, 2), (2,), (2, 1), (1,)]
    """
    params = _checked("gradients", params)
    h = _fold(INPUTS, params)
    y_hat = sigmoid(h @ params.w2 + params.b2)
    # dL/dz of sigmoid + binary cross-entropy is (y_hat - y) / N
    dz2 = (y_hat - TARGETS[:, None]) / len(INPUTS)
    # back through w2, then through tanh, whose slope is 1 - h^2
    dz1 = dz2 @ params.w2.T * (1 - h**2)
    return Params(INPUTS.T @ dz1, dz1.sum(axis=0), h.T @ dz2, dz2.sum(axis=0))


class History(NamedTuple):
    """A training run: parameters and mean losses after the chosen numbers of steps."""

    steps: list[int]
    params: list[Params]
    losses: list[float]


def train(
    rng: np.random.Generator,
    hidden: int = 2,
    lr: float = 0.5,
    steps: int = 5000,
    keep: int = 50,
) -> History:
    """Train a 2-H-1 network on XOR by gradient descent over all four points.

    Keeps the start, the end and up to `keep` moments between, closer together early on, when most
    happens.  Not every start leads to a solution: look at several seeds.

    >>> history = train(np.random.default_rng(0))
    >>> predict(INPUTS, history.params[-1]).round().tolist()
    [0.0, 1.0, 1.0, 0.0]
    """
    lr = check.real("train", "lr", lr, above=0)
    steps = check.integer("train", "steps", steps, minimum=1)
    keep = check.integer("train", "keep", keep, minimum=1)
    moments = set(np.rint(steps * np.linspace(0, 1, keep + 1) ** 2).astype(int).tolist())
    params, history = initial(rng, hidden), History([], [], [])
    for t in range(steps + 1):
        if t in moments:
            logits = folded(INPUTS, params) @ params.w2 + params.b2
            history.steps.append(t)
            history.params.append(params)
            history.losses.append(binary_cross_entropy_with_logits(logits[:, 0], TARGETS))
        # every parameter: p <- p - lr dL/dp
        params = Params(*(p - lr * g for p, g in zip(params, gradients(params), strict=True)))
    return history


def _fold(x: Floats, params: Params) -> Floats:
    return np.tanh(x @ params.w1 + params.b1)


def _checked(where: str, params: Params) -> Params:
    b1 = check.instance(where, "params", params, Params).b1
    H = len(check.floats(where, "params.b1", b1, ndim=1))
    return check.record(where, "params", params, Params, (2, H), (H,), (H, 1), (1,))
