"""Deep learning: layers of neurons that learn features of features.

A network is **deep** if there is at least one hidden layer between input and output: the classical
definition, and the one of these pages.  Today the word usually means many such layers.

Depth alone is nothing: without an activation between them, layers of weights collapse into one
(`collapse`).  What depth buys comes from the bend after each weighted sum.
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
    "random_layers",
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
    if not layers:
        raise ValueError("forward: layers must not be empty")
    h = check.floats("forward", "x", x, shape=("N", len(layers[0][0])))
    *hidden, (w_last, b_last) = layers
    for w, b in hidden:
        h = f(h @ w + b)
    return h @ w_last + b_last


def collapse(layers: Sequence[tuple[Floats, Floats]]) -> tuple[Floats, Floats]:
    """Fold layers without activation into one: (x w1 + b1) w2 + b2 = x (w1 w2) + (b1 w2 + b2).

    Returns one weight matrix (D, K) and one bias (K,).

    >>> layers = [(np.array([[2.0]]), np.array([1.0])), (np.array([[3.0]]), np.array([0.5]))]
    >>> w, b = collapse(layers)
    >>> w.tolist(), b.tolist()
    ([[6.0]], [3.5])
    """
    if not layers:
        raise ValueError("collapse: layers must not be empty")
    (w, b), *rest = [(np.asarray(w), np.asarray(b)) for w, b in layers]
    for w_next, b_next in rest:
        w, b = w @ w_next, b @ w_next + b_next
    return w, b


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
    if len(sizes) < 2:
        raise ValueError(f"{where}: sizes must name input and output, got {list(sizes)}")
    return [check.integer(where, "sizes", size, minimum=1) for size in sizes]
