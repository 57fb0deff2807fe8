"""Logic gates: which Boolean functions can one neuron compute?

A Boolean function of n inputs is a column of 2^n zeros and ones, so there are 2^(2^n) of them: 16
for two inputs, 65,536 for four.  A neuron with a step draws one hyperplane through the corners of
the n-cube and computes the function if all ones lie on one side: a **threshold function**.  AND
and OR are; XOR is not.  Their share falls quickly: 14 of 16, 104 of 256, 1,882 of 65,536.

The counts are exact, because each function is settled by a proof.  `threshold_functions` finds
weights for those that have some.  `summable_functions` refutes the others: if two corners with
output 1 have the same sum as two corners with output 0, no weights can tell them apart.  For more
inputs `most_regions` bounds the count: each corner is a hyperplane that cuts the space of weights.

Raises, in every function: ValueError for a number or a name out of range, TypeError for anything
but whole numbers where they are asked for.
"""

from __future__ import annotations

import itertools
import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from snippets import _checks as check
from snippets._checks import Floats, Indices
from snippets.activations import step

__all__ = [
    "GATES",
    "GATE_WEIGHTS",
    "contradiction",
    "count_threshold_functions",
    "function_outputs",
    "gate",
    "most_regions",
    "summable_functions",
    "threshold_functions",
    "truth_table",
]

GATES: dict[str, tuple[int, int, int, int]] = {
    "AND": (0, 0, 0, 1),
    "OR": (0, 1, 1, 1),
    "NAND": (1, 1, 1, 0),
    "NOR": (1, 0, 0, 0),
    "XOR": (0, 1, 1, 0),
    "XNOR": (1, 0, 0, 1),
}
"""Outputs of the named gates for the inputs 00, 01, 10, 11."""

GATE_WEIGHTS: dict[str, tuple[float, float, float]] = {
    "AND": (1, 1, -1.5),
    "OR": (1, 1, -0.5),
    "NAND": (-1, -1, 1.5),
    "NOR": (-1, -1, 0.5),
}
"""One choice of w1, w2 and b for each named gate that a single neuron computes."""


def truth_table(inputs: int) -> Floats:
    """List all corners of the cube in counting order: (2^n, n) zeros and ones; n <= 16.

    >>> truth_table(2).tolist()
    [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
    """
    n = _few("truth_table", inputs, most=16)
    return np.array(list(itertools.product([0.0, 1.0], repeat=n)))


def gate(name: str, x: ArrayLike) -> Floats:
    """Compute a named gate with one neuron: step(w1 x1 + w2 x2 + b).

    name: a key of `GATE_WEIGHTS`.  x: (N, 2).  Returns (N,).

    >>> gate("NAND", truth_table(2)).tolist()
    [1.0, 1.0, 1.0, 0.0]
    """
    w1, w2, b = GATE_WEIGHTS[check.choice("gate", "name", name, list(GATE_WEIGHTS))]
    x = check.floats("gate", "x", x, shape=("N", 2))
    return step(w1 * x[:, 0] + w2 * x[:, 1] + b)


def function_outputs(number: int, inputs: int) -> Indices:
    """Write function `number` as its column of outputs: bit k of the number is the output of row k.

    Returns (2^n,), in the order of `truth_table`; n <= 16.

    >>> function_outputs(0b0110, inputs=2).tolist()
    [0, 1, 1, 0]
    """
    rows = 2 ** _few("function_outputs", inputs, most=16)
    number = check.integer("function_outputs", "number", number, minimum=0)
    if number.bit_length() > rows:
        came = number if number < 10**9 else f"one of {number.bit_length()} bits"
        raise ValueError(f"function_outputs: number must be below 2^{rows}, got {came}")
    return np.array([number >> k & 1 for k in range(rows)], dtype=np.intp)


def threshold_functions(inputs: int) -> NDArray[np.bool_]:
    """Mark the functions of n <= 4 inputs for which weights exist: (2^(2^n),) by function number.

    Tries all whole weights up to n - 1 in size with every threshold: w . x >= t.

    >>> is_threshold = threshold_functions(2)
    >>> bool(is_threshold[0b1000]), bool(is_threshold[0b0110])  # AND, XOR
    (True, False)
    """
    n = _few("threshold_functions", inputs)
    sizes = range(-max(1, n - 1), max(1, n - 1) + 1)
    w = np.array(list(itertools.product(sizes, repeat=n)), dtype=np.intp)
    sums = w @ truth_table(n).astype(np.intp).T  # (weights, 2^n)
    found = np.zeros(2**2**n, dtype=np.bool_)
    for t in range(sums.min(), sums.max() + 2):
        # a row of outputs, read as a binary number, is the function's number
        found[(sums >= t) @ (1 << np.arange(2**n, dtype=np.intp))] = True
    return found


def contradiction(outputs: ArrayLike) -> Floats | None:
    """Find corners a, b with output 1 and c, d with output 0 such that a + b = c + d.

    They show that no weights compute the function: w.a + w.b = w.c + w.d, but with a threshold t
    the left side would have to be at least 2 t and the right side below it.

    outputs: (2^n,) zeros and ones in the order of `truth_table`.  Returns the rows a, b, c, d:
    (4, n), or None if there are none.
    Raises ValueError unless there are 2^n outputs, each 0 or 1.

    >>> contradiction(GATES["XOR"]).tolist()
    [[0.0, 1.0], [1.0, 0.0], [0.0, 0.0], [1.0, 1.0]]
    """
    y = check.floats("contradiction", "outputs", outputs, shape=("N",))
    if not np.isin(y, (0, 1)).all():
        raise ValueError(f"contradiction: outputs must be 0 or 1, got {y[~np.isin(y, (0, 1))][0]}")
    n = len(y).bit_length() - 1
    if len(y) < 2 or len(y) != 2**n:
        raise ValueError(f"contradiction: outputs must be 2, 4, 8, ... numbers, got {len(y)}")
    corners = truth_table(n)
    for ones in itertools.combinations_with_replacement(corners[y == 1], 2):
        for zeros in itertools.combinations_with_replacement(corners[y == 0], 2):
            if np.array_equal(ones[0] + ones[1], zeros[0] + zeros[1]):
                return np.array([*ones, *zeros], dtype=y.dtype)
    return None


def summable_functions(inputs: int) -> NDArray[np.bool_]:
    """Mark the functions of n <= 4 inputs that no weights compute: (2^(2^n),) by function number.

    They are the functions that have a `contradiction`.  For so few inputs this refutes every
    function that is not a threshold function.

    >>> np.flatnonzero(summable_functions(2)).tolist()  # XNOR and XOR
    [6, 9]
    """
    n = _few("summable_functions", inputs)
    corners = truth_table(n)
    pairs = list(itertools.combinations_with_replacement(range(2**n), 2))
    masks = {pair: (1 << pair[0]) | (1 << pair[1]) for pair in pairs}
    functions = np.arange(2**2**n, dtype=np.intp)
    refuted = np.zeros(2**2**n, dtype=np.bool_)
    for ones, zeros in itertools.permutations(pairs, 2):
        if np.array_equal(corners[list(ones)].sum(axis=0), corners[list(zeros)].sum(axis=0)):
            refuted |= (functions & (masks[ones] | masks[zeros])) == masks[ones]
    return refuted


def count_threshold_functions(inputs: int) -> int:
    """Count the Boolean functions of n <= 4 inputs that one neuron computes.

    Source: OEIS A000609.

    >>> [count_threshold_functions(n) for n in (1, 2, 3, 4)]
    [4, 14, 104, 1882]
    """
    return int(threshold_functions(_few("count_threshold_functions", inputs)).sum())


def most_regions(hyperplanes: int, dimensions: int) -> int:
    """Bound the regions that N hyperplanes through 0 make in d dimensions: 2 sum_k C(N - 1, k).

    k runs from 0 to d - 1.  A neuron of n inputs has d = n + 1 weights, the bias among them, and
    each of the N = 2^n corners cuts the space of weights in two; inside one region all weights
    compute the same function.  So no more than this many functions are threshold functions.

    hyperplanes: N >= 1.  dimensions: d >= 1.  Returns the number of regions in general position.
    Source: Cover (1965), after Schlaefli.

    >>> [most_regions(2**n, n + 1) for n in (1, 2, 3, 4)]
    [4, 14, 128, 3882]
    """
    others = check.integer("most_regions", "hyperplanes", hyperplanes, minimum=1) - 1
    d = check.integer("most_regions", "dimensions", dimensions, minimum=1)
    return 2 * sum(math.comb(others, k) for k in range(d))


def _few(where: str, inputs: int, most: int = 4) -> int:
    n = check.integer(where, "inputs", inputs, minimum=1)
    if n > most:
        raise ValueError(f"{where}: inputs must be at most {most}, got {n}")
    return n
