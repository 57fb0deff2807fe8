"""Deep learning: layers of neurons that learn features of features.

A network is **deep** if there is at least one hidden layer between input and output: the widest
definition, and the one of these pages.  Today the word usually means many such layers.

Depth alone is nothing: without an activation between them, layers of weights collapse into one
(`collapse`).  What depth buys comes from the bend after each weighted sum.

Raises, in every function: ValueError for a shape or a number that does not fit, TypeError for
anything but numbers, functions and generators where they are asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

from snippets import _checks as check
from snippets._checks import Floats, Indices
from snippets.activations import identity

__all__ = [
    "collapse",
    "forward",
    "is_deep",
    "network_layout",
    "parameter_count",
    "pieces",
    "random_layers",
    "tent_layers",
]


def parameter_count(sizes: Sequence[int]) -> int:
    """Count weights and biases of a fully connected network: sum of n_in * n_out + n_out.

    sizes: units per layer, from input to output.

    >>> parameter_count([2, 2, 1])
    9
    """
    return sum(n_in * n_out + n_out for n_in, n_out in pairwise(_sizes("parameter_count", sizes)))


def is_deep(sizes: Sequence[int]) -> bool:
    """Tell whether there is a hidden layer between input and output.

    >>> is_deep([2, 1]), is_deep([2, 2, 1])
    (False, True)
    """
    return len(_sizes("is_deep", sizes)) > 2


def random_layers(rng: np.random.Generator, sizes: Sequence[int]) -> list[tuple[Floats, Floats]]:
    """Draw weights (n_in, n_out) and biases (n_out,) for each layer from the standard normal.

    >>> [w.shape for w, b in random_layers(np.random.default_rng(0), [2, 3, 1])]
    [(2, 3), (3, 1)]
    """
    normal = check.generator("random_layers", rng).standard_normal
    sizes = _sizes("random_layers", sizes)
    return [(normal((n_in, n_out)), normal(n_out)) for n_in, n_out in pairwise(sizes)]


def forward(
    x: ArrayLike,
    layers: Sequence[tuple[Floats, Floats]],
    f: Callable[[ArrayLike], Floats] = identity,
) -> Floats:
    """Run x through the layers, each followed by f but the last: h = f(h w + b).

    x: (N, D).  Returns (N, K).

    >>> layers = [(np.array([[2.0]]), np.array([1.0])), (np.array([[3.0]]), np.array([0.0]))]
    >>> forward([[1.0]], layers).tolist()
    [[9.0]]
    """
    *hidden, (w_last, b_last) = _checked("forward", layers)
    first = hidden[0][0] if hidden else w_last
    h = check.floats("forward", "x", x, shape=("N", len(first)))
    f = check.function("forward", "f", f)
    for w, b in hidden:
        z = h @ w + b
        h = check.returned("forward", "f(z)", f(z), z.shape)
    return h @ w_last + b_last


def collapse(layers: Sequence[tuple[Floats, Floats]]) -> tuple[Floats, Floats]:
    """Fold layers without activation into one: (x w1 + b1) w2 + b2 = x (w1 w2) + (b1 w2 + b2).

    Returns one weight matrix (D, K) and one bias (K,).

    >>> layers = [(np.array([[2.0]]), np.array([1.0])), (np.array([[3.0]]), np.array([0.5]))]
    >>> w, b = collapse(layers)
    >>> w.tolist(), b.tolist()
    ([[6.0]], [3.5])
    """
    (w, b), *rest = _checked("collapse", layers)
    for w_next, b_next in rest:
        w, b = w @ w_next, b @ w_next + b_next
    return w, b


def tent_layers(depth: int) -> list[tuple[Floats, Floats]]:
    """Return ReLU layers that fold the interval from 0 to 1 in half, `depth` times.

    One hidden layer of two units computes the tent t(x) = 2 relu(x) - 4 relu(x - 1/2), which runs
    up from 0 to 1 and down again.  Each further layer does it to the result: t(t(...t(x)...)) has
    2^depth straight pieces, made by only 2 depth hidden units.

    Source: Telgarsky, "Benefits of depth in neural networks" (2016).

    >>> from snippets.activations import relu
    >>> forward([[0.0], [0.25], [0.5], [0.75]], tent_layers(2), relu)[:, 0].tolist()
    [0.0, 1.0, 0.0, 1.0]
    """
    depth = check.integer("tent_layers", "depth", depth, minimum=1)
    unfold, shift = np.array([[2.0], [-4.0]]), np.array([0.0, -0.5])
    first = (np.ones((1, 2)), shift)
    again = (unfold @ np.ones((1, 2)), shift)
    return [first, *[again] * (depth - 1), (unfold, np.zeros(1))]


def pieces(y: ArrayLike, tolerance: float = 1e-9) -> int:
    """Count the straight pieces of a curve from its values at evenly spaced points.

    y: (N,), with every bend on one of the points.  A bend is a second difference that exceeds
    `tolerance` times the largest value.  Returns the number of bends + 1.

    >>> pieces([0.0, 1.0, 2.0, 1.0, 0.0])
    2
    """
    y = check.floats("pieces", "y", y, ndim=1)
    if len(y) < 3:
        raise ValueError(f"pieces: y must have at least 3 values, got {len(y)}")
    tolerance = check.real("pieces", "tolerance", tolerance, above=0)
    return int(np.sum(np.abs(np.diff(y, n=2)) > tolerance * np.abs(y).max())) + 1


def network_layout(sizes: Sequence[int]) -> tuple[Floats, Indices]:
    """Place the units of a network for drawing, layer by layer from left to right.

    Returns positions (units, 2): x is the layer's number, y is centred on 0, one unit apart; and
    edges (connections, 2): the numbers of the two units that each weight joins.

    >>> positions, edges = network_layout([2, 1])
    >>> positions.tolist(), edges.tolist()
    ([[0.0, 0.5], [0.0, -0.5], [1.0, 0.0]], [[0, 2], [1, 2]])
    """
    sizes = _sizes("network_layout", sizes)
    positions = [(k, (n - 1) / 2 - i) for k, n in enumerate(sizes) for i in range(n)]
    starts = [sum(sizes[:k]) for k in range(len(sizes))]
    edges = [
        (starts[k] + i, starts[k + 1] + j)
        for k, (n_in, n_out) in enumerate(pairwise(sizes))
        for i in range(n_in)
        for j in range(n_out)
    ]
    return np.array(positions, dtype=np.float64), np.array(edges, dtype=np.intp)


def _sizes(where: str, sizes: Sequence[int]) -> list[int]:
    sizes = check.integers(where, "sizes", sizes, minimum=1)
    if len(sizes) < 2:
        raise ValueError(f"{where}: sizes must name input and output, got {sizes}")
    return sizes


def _checked(where: str, layers: Sequence[tuple[Floats, Floats]]) -> list[tuple[Floats, Floats]]:
    """Return the layers, each a matrix that fits the one before and its bias."""
    fitting: list[tuple[Floats, Floats]] = []
    for i, layer in enumerate(check.sequence(where, "layers", layers, minimum=1)):
        w, b = check.sequence(where, f"layers[{i}]", layer, length=2)
        inputs = fitting[-1][0].shape[1] if fitting else None
        w = check.floats(where, f"the matrix of layers[{i}]", w, shape=(inputs, None))
        b = check.floats(where, f"the bias of layers[{i}]", b, shape=(w.shape[1],))
        fitting.append((w, b))
    return fitting
