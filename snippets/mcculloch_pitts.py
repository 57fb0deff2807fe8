"""The McCulloch-Pitts neuron: logic made of threshold units, without any learning.

McCulloch & Pitts (1943) described a nerve cell by what it decides.  Its inputs are on (1) or off
(0).  Each is excitatory or inhibitory.  The cell fires if no inhibitory input is on and at least
`threshold` excitatory inputs are.  There are no weights to tune and nothing is learned: whoever
builds the network chooses the connections.

Two layers are enough for everything that a truth table can say (`two_layers`): one neuron for each
row with output 1, which recognises just that row, and one that fires if any of them does.

Raises, in every function: ValueError for a shape or a number that does not fit, TypeError for
anything but numbers, functions and generators where they are asked for.
Source: McCulloch & Pitts (1943).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from snippets import _checks as check
from snippets._checks import Floats, Indices
from snippets.logic_gates import truth_table

__all__ = ["TwoLayers", "mcp_neuron", "run", "two_layers"]


def mcp_neuron(x: ArrayLike, signs: ArrayLike, threshold: int) -> Floats:
    """Fire if no inhibitory input is on and at least `threshold` excitatory ones are.

    x: (N, D) of 0 and 1.  signs: (D,), +1 excitatory, -1 inhibitory, 0 not connected.
    Returns (N,) of 0 and 1.  Raises ValueError for other values.

    >>> mcp_neuron(truth_table(2), signs=[1, 1], threshold=2).tolist()  # AND
    [0.0, 0.0, 0.0, 1.0]
    >>> mcp_neuron(truth_table(2), signs=[1, -1], threshold=1).tolist()  # x1 and not x2
    [0.0, 0.0, 1.0, 0.0]
    """
    x = check.floats("mcp_neuron", "x", x, ndim=2)
    signs = check.floats("mcp_neuron", "signs", signs, shape=(x.shape[1],))
    threshold = check.integer("mcp_neuron", "threshold", threshold)
    _among("mcp_neuron", "x", x, (0, 1))
    _among("mcp_neuron", "signs", signs, (-1, 0, 1))
    silenced = x @ (signs == -1) > 0
    excited = x @ (signs == 1) >= threshold
    return (excited & ~silenced).astype(x.dtype)


class TwoLayers(NamedTuple):
    """A network of MCP neurons: column h of signs (D, H) and thresholds[h] make hidden neuron h.

    The output neuron is excited by all hidden ones and has threshold 1: it is an OR.
    """

    signs: Indices
    thresholds: Indices


def two_layers(outputs: ArrayLike) -> TwoLayers:
    """Build the network for any truth table.

    outputs: (2^n,) of 0 and 1, in the order of `truth_table`.  One hidden neuron for each 1: it is
    excited where the row has a 1, inhibited where it has a 0, and wants all its ones.

    >>> xor = two_layers([0, 1, 1, 0])
    >>> xor.signs.tolist(), xor.thresholds.tolist()
    ([[-1, 1], [1, -1]], [1, 1])
    """
    outputs = check.floats("two_layers", "outputs", outputs, ndim=1)
    _among("two_layers", "outputs", outputs, (0, 1))
    n = outputs.size.bit_length() - 1
    if n < 1 or outputs.size != 2**n:
        raise ValueError(f"two_layers: outputs must be 2, 4, 8 ... long, got {outputs.size}")
    rows = truth_table(n)[outputs == 1].astype(np.intp)  # (H, n)
    return TwoLayers(signs=2 * rows.T - 1, thresholds=rows.sum(axis=1))


def run(network: TwoLayers, x: ArrayLike) -> Floats:
    """Compute the network's output for x (N, D) of 0 and 1.  Returns (N,).

    >>> run(two_layers([0, 1, 1, 0]), truth_table(2)).tolist()
    [0.0, 1.0, 1.0, 0.0]
    """
    signs, thresholds = check.instance("run", "network", network, TwoLayers)
    signs = check.floats("run", "network.signs", signs, ndim=2)
    thresholds = check.integers("run", "network.thresholds", thresholds, length=signs.shape[1])
    x = check.floats("run", "x", x, shape=("N", len(signs)))
    hidden = [
        mcp_neuron(x, column, threshold)
        for column, threshold in zip(signs.T, thresholds, strict=True)
    ]
    h = np.stack(hidden, axis=1) if hidden else np.zeros((len(x), 0))
    return mcp_neuron(h, np.ones(h.shape[1]), threshold=1)


def _among(where: str, name: str, array: Floats, allowed: tuple[int, ...]) -> None:
    wrong = array[~np.isin(array, allowed)]
    if wrong.size:
        choices = ", ".join(map(str, allowed))
        raise ValueError(f"{where}: {name} must be one of {choices}, got {wrong[0]}")
