"""The artificial neuron: many inputs, a weighted sum, one output.

    dendrites -> inputs x        soma -> weighted sum z = x . w + b        axon -> output f(z)

Each weight says how much an input counts, and whether it speaks for or against.  The bias says how
easily the neuron fires at all: it is minus the threshold that the sum has to reach, and it can be
seen as one more weight, on an input that is always 1.

The likeness to a nerve cell is loose.  A single dendrite of a human cell computes XOR (Gidon et
al. 2020), which no such neuron with a monotone f can, and Rumelhart, Hinton & Williams (1986) did
not take backpropagation for a plausible model of learning in brains.

Raises, in every function: ValueError for a shape or a number that does not fit, TypeError for
anything but numbers, functions and generators where they are asked for.
Source: McCulloch & Pitts (1943); Rosenblatt (1958) for weights that change.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from snippets import _checks as check
from snippets._checks import Floats
from snippets.activations import step

__all__ = [
    "boundary",
    "distance_from_origin",
    "neuron",
    "threshold_neuron",
    "update",
    "weighted_sum",
]


def weighted_sum(x: ArrayLike, w: ArrayLike, b: float = 0.0) -> Floats:
    """What the soma adds up: z = x . w + b = sum_d x_d w_d + b.

    x: (N, D), w: (D,).  Returns (N,).

    >>> weighted_sum([[1.0, 2.0]], w=[3.0, -1.0], b=0.5).tolist()
    [1.5]
    """
    x = check.floats("weighted_sum", "x", x, ndim=2)
    w = check.floats("weighted_sum", "w", w, shape=(x.shape[1],))
    return x @ w + check.real("weighted_sum", "b", b)


def neuron(
    x: ArrayLike, w: ArrayLike, b: float = 0.0, f: Callable[[ArrayLike], Floats] = step
) -> Floats:
    """Weighted sum, then activation: f(x . w + b).

    x: (N, D), w: (D,), f: elementwise, from `activations`.  Returns (N,).

    >>> neuron([[0.0, 0.0], [1.0, 1.0]], w=[1.0, 1.0], b=-1.5).tolist()
    [0.0, 1.0]
    """
    z = weighted_sum(x, w, b)
    return check.returned("neuron", "f(z)", check.function("neuron", "f", f)(z), z.shape)


def threshold_neuron(x: ArrayLike, w: ArrayLike, threshold: float) -> Floats:
    """Fire if the sum reaches the threshold: 1 if x . w >= threshold else 0.

    The same as `neuron` with b = -threshold.  x: (N, D), w: (D,).  Returns (N,).

    >>> threshold_neuron([[0.0, 0.0], [1.0, 1.0]], w=[1.0, 1.0], threshold=1.5).tolist()
    [0.0, 1.0]
    """
    threshold = check.real("threshold_neuron", "threshold", threshold)
    z = weighted_sum(x, w)
    return (z >= threshold).astype(z.dtype)


def distance_from_origin(w: ArrayLike, b: float) -> float:
    """How far the boundary x . w + b = 0 lies from the origin: |b| / ||w||.

    0 without a bias: then every boundary goes through the origin.  w: (D,), not all zero.

    >>> distance_from_origin([3.0, 4.0], b=-10.0)
    2.0
    """
    w = check.floats("distance_from_origin", "w", w, ndim=1)
    if not w.any():
        raise ValueError(f"distance_from_origin: w must not be all zero, got {w.tolist()}")
    return abs(check.real("distance_from_origin", "b", b)) / float(np.hypot.reduce(w))


def boundary(w: ArrayLike, b: float, length: float = 2.0) -> Floats:
    """Two points on the line x . w + b = 0 in the plane, `length` apart, to draw it.

    w: (2,), not all zero.  Returns (2, 2), one point a row, around the point nearest the origin.

    >>> boundary([0.0, 1.0], b=-0.5).tolist()
    [[1.0, 0.5], [-1.0, 0.5]]
    """
    w = check.floats("boundary", "w", w, shape=(2,))
    if not w.any():
        raise ValueError(f"boundary: w must not be all zero, got {w.tolist()}")
    length = check.real("boundary", "length", length)
    # nearest point: -b w / ||w||^2, by a hypot that squares nothing; the line is at right angles
    size = np.hypot(w[0], w[1])
    nearest = -check.real("boundary", "b", b) / size * (w / size)
    along = np.array([w[1], -w[0]]) / size
    return nearest + length / 2 * np.stack([along, -along])


def update(x: ArrayLike, error: float, lr: float = 0.1) -> tuple[Floats, float]:
    """What one example would change: dw = lr error x and db = lr error.

    x: (D,).  An input of all zeros changes no weight, whatever the error; only the bias learns.

    >>> dw, db = update([0.0, 0.0], error=1.0)
    >>> dw.tolist(), db
    ([0.0, 0.0], 0.1)
    """
    x = check.floats("update", "x", x, ndim=1)
    step_size = check.real("update", "lr", lr, above=0) * check.real("update", "error", error)
    return step_size * x, step_size
