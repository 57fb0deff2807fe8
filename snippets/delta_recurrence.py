"""The delta recurrence: the delta of a layer, given the delta of the next.

delta^l = dL/dz^l is the gradient of the loss with respect to the weighted sums of layer l.  Like
the terms of a sequence, each delta follows from its neighbour, only backwards:

    delta^l = (delta^{l+1} (w^{l+1})^T) * f'(z^l)

    (N, H_l)   (N, H_{l+1}) (H_{l+1}, H_l)   (N, H_l)

The last delta starts it: dL/dy_hat * f'(z^L).  Every gradient can be read off the deltas:
dw^l = (h^{l-1})^T delta^l and db^l = sum_n delta^l_n.  It is backpropagation in one line.

Raises, in every function: ValueError for shapes that do not fit each other, TypeError for
anything but numbers and functions where they are asked for.
Source: Rumelhart, Hinton & Williams (1986), the generalized delta rule.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

from snippets import _checks as check
from snippets._checks import Floats
from snippets.activations import sigmoid_prime

__all__ = [
    "delta_as_product",
    "delta_recurrence",
    "delta_step",
    "gradients_from_deltas",
    "product_cost",
    "shapes",
]


def delta_step(
    delta_next: ArrayLike,
    w_next: ArrayLike,
    z: ArrayLike,
    f_prime: Callable[[ArrayLike], Floats] = sigmoid_prime,
) -> Floats:
    """One step backwards: delta = (delta_next w_next^T) * f'(z).

    delta_next: (N, H_next), w_next: (H, H_next), z: (N, H).  Returns (N, H).

    >>> delta_step([[1.0]], w_next=[[2.0], [-4.0]], z=[[0.0, 0.0]]).tolist()
    [[0.5, -1.0]]
    """
    z = check.floats("delta_step", "z", z, ndim=2)
    w_next = check.floats("delta_step", "w_next", w_next, shape=(z.shape[1], "H_next"))
    wanted = (len(z), w_next.shape[1])
    delta_next = check.floats("delta_step", "delta_next", delta_next, shape=wanted)
    f_prime = check.function("delta_step", "f_prime", f_prime)
    slope = check.returned("delta_step", "f_prime(z)", f_prime(z), z.shape)
    return delta_next @ w_next.T * slope


def delta_recurrence(
    delta_last: ArrayLike,
    ws: Sequence[ArrayLike],
    zs: Sequence[ArrayLike],
    f_prime: Callable[[ArrayLike], Floats] = sigmoid_prime,
) -> list[Floats]:
    """Follow the recurrence from the last layer to the first.

    delta_last: (N, K), the delta of the last layer.  ws: w of each layer; zs: z of each layer, both
    first to last.  Returns delta of each layer, first to last.

    >>> delta = delta_recurrence([[1.0]], ws=[[[1.0]], [[4.0]]], zs=[[[0.0]], [[0.0]]])
    >>> [d.tolist() for d in delta]
    [[[1.0]], [[1.0]]]
    """
    ws, zs = _pairs("delta_recurrence", ws=ws, zs=zs)
    deltas = [check.floats("delta_recurrence", "delta_last", delta_last, ndim=2)]
    for w_next, z in zip(ws[:0:-1], zs[-2::-1], strict=True):
        deltas.append(delta_step(deltas[-1], w_next, z, f_prime))
    return deltas[::-1]


def delta_as_product(
    delta_last: ArrayLike,
    ws: Sequence[ArrayLike],
    zs: Sequence[ArrayLike],
    f_prime: Callable[[ArrayLike], Floats] = sigmoid_prime,
) -> Floats:
    """The first delta in closed form, for one example: delta^L times a product of matrices.

    delta^1 = delta^L (w^L)^T diag f'(z^{L-1}) ... (w^2)^T diag f'(z^1).  A long product of slopes
    and weights is what shrinks or grows in deep networks.
    delta_last: (K,).  ws: (H_in, H_out) each.  zs: (H,) each.  Returns (H_1,).

    >>> delta_as_product([1.0], ws=[[[1.0]], [[4.0]]], zs=[[0.0], [0.0]]).tolist()
    [1.0]
    """
    product = check.floats("delta_as_product", "delta_last", delta_last, ndim=1)
    ws, zs = _pairs("delta_as_product", ws=ws, zs=zs)
    f_prime = check.function("delta_as_product", "f_prime", f_prime)
    for w_next, z in zip(ws[:0:-1], zs[-2::-1], strict=True):
        z = check.floats("delta_as_product", "zs", z, ndim=1)
        w_next = check.floats("delta_as_product", "ws", w_next, shape=(*z.shape, *product.shape))
        slope = check.returned("delta_as_product", "f_prime(z)", f_prime(z), z.shape)
        product = product @ w_next.T @ np.diag(slope)
    return product


def gradients_from_deltas(
    hs: Sequence[ArrayLike], deltas: Sequence[ArrayLike]
) -> list[tuple[Floats, Floats]]:
    """Read the gradients off: dw^l = (h^{l-1})^T delta^l, db^l = sum_n delta^l_n.

    hs: the input of each layer, (N, H_in), starting with x.  deltas: (N, H_out) each.
    Returns (dw, db) of each layer.

    >>> [(dw, db)] = gradients_from_deltas([[[2.0, 3.0]]], [[[0.5]]])
    >>> dw.tolist(), db.tolist()
    ([[1.0], [1.5]], [0.5])
    """
    found: list[tuple[Floats, Floats]] = []
    hs, deltas = _pairs("gradients_from_deltas", hs=hs, deltas=deltas)
    for h, delta in zip(hs, deltas, strict=True):
        h = check.floats("gradients_from_deltas", "hs", h, ndim=2)
        delta = check.floats("gradients_from_deltas", "deltas", delta, shape=(len(h), "H"))
        found.append((h.T @ delta, delta.sum(axis=0)))
    return found


def product_cost(sizes: Sequence[int]) -> int:
    """Count the multiplications in a product of matrices that is worked out from the left.

    sizes: rows of the first matrix, then the columns of each: [1, 3, 2] is a row of 3 numbers times
    a 3 x 2 matrix.  Worked out from the right, the product costs `product_cost(sizes[::-1])`.

    >>> product_cost([1, 100, 100, 100]), product_cost([100, 100, 100, 1])
    (20000, 1010000)
    """
    sizes = check.sequence("product_cost", "sizes", sizes, minimum=2)
    rows, inner, *columns = check.integers("product_cost", "sizes", sizes, minimum=1)
    # (rows, inner) times (inner, outer): rows * outer sums of `inner` products
    return sum(rows * a * b for a, b in pairwise([inner, *columns]))


def shapes(sizes: Sequence[int], batch: int) -> list[dict[str, tuple[int, ...]]]:
    """Shape of every array of every layer: h_in, w, b, z and delta.

    sizes: units per layer, from input to output.

    >>> shapes([2, 3, 1], batch=4)[1]
    {'h_in': (4, 3), 'w': (3, 1), 'b': (1,), 'z': (4, 1), 'delta': (4, 1)}
    """
    N = check.integer("shapes", "batch", batch, minimum=1)
    sizes = check.integers("shapes", "sizes", sizes, minimum=1)
    return [
        {"h_in": (N, D), "w": (D, H), "b": (H,), "z": (N, H), "delta": (N, H)}
        for D, H in pairwise(sizes)
    ]


def _pairs(where: str, **lists: Sequence[ArrayLike]) -> tuple[list[ArrayLike], list[ArrayLike]]:
    """Return two lists of one length > 0."""
    (first, firsts), (second, seconds) = lists.items()
    firsts, seconds = check.sequence(where, first, firsts), check.sequence(where, second, seconds)
    if not len(firsts) == len(seconds) > 0:
        raise ValueError(
            f"{where}: {first} and {second} must be of one length > 0, "
            f"got {len(firsts)} and {len(seconds)}"
        )
    return firsts, seconds
