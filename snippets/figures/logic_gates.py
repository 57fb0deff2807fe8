"""Figures of logic gates and linear separability."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from functools import cache

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from snippets._checks import Floats
from snippets.figures._explore import Data, Slider, explorable
from snippets.figures._style import (
    BLUE,
    FAINT,
    GREEN,
    GREY,
    INK,
    ORANGE,
    PAPER,
    PURPLE,
    SMALL,
    Labels,
    Place,
    arrow,
    boundary,
    canvas,
    note,
    panels,
    ticks,
    two_classes,
)
from snippets.logic_gates import (
    GATE_WEIGHTS,
    GATES,
    contradiction,
    count_threshold_functions,
    function_outputs,
    most_regions,
    threshold_functions,
    truth_table,
)
from snippets.neuron import neuron

LABELS = {
    "majority": "다수결",
    "all equal": "모두 같음",
    "inputs": "입력 수",
    "functions": "함수의 수",
    "all": "전부",
    "one neuron": "뉴런 하나",
    "always 0": "늘 0",
    "always 1": "늘 1",
}

SPAN = (-0.5, 1.5)
SQUARE: Floats = truth_table(2)
CUBE: Floats = truth_table(3)
ORDER = (8, 14, 12, 10, 4, 2, 0, 6)
"""Eight of the 16 functions, as they stand in a row of `line`; below each stands its negation."""
NAMES = (
    "always 0", "NOR", "x₁ < x₂", "NOT x₁", "x₁ > x₂", "NOT x₂", "XOR", "NAND",
    "AND", "XNOR", "x₂", "x₁ ≤ x₂", "x₁", "x₁ ≥ x₂", "OR", "always 1",
)  # fmt: skip
"""What each of the 16 functions is called, by its number."""
START = GATE_WEIGHTS["AND"]
"""w1, w2 and b of the neuron that `line` shows first."""
CUT = {"AND": 2.5, "majority": 1.5}
"""Thresholds of the planes x1 + x2 + x3 = t in `cubes`."""
ALL_EQUAL = (1, 0, 0, 0, 0, 0, 0, 1)
COUNTED = (1, 2, 3, 4)
"""Numbers of inputs for which `growth` shows the exact count."""
BOUNDED = (1, 2, 3, 4, 5, 6)

_AXES = np.array([[0.82, -0.14], [-0.4, -0.3], [0.0, 0.86]])
"""Where x1, x2 and x3 point to in a drawing of the cube, in inches."""


def gates(label: Labels) -> Figure:
    """Plot AND, OR, NAND and NOR in the plane, each with the line of one neuron."""
    figure, axes = panels(2, 2, 4.5, left=0.35, right=0.12, bottom=0.35, top=0.34, gap=(0.25, 0.5))
    for index, (panel, (name, (w1, w2, b))) in enumerate(
        zip(axes, GATE_WEIGHTS.items(), strict=True)
    ):
        boundary(panel, lambda x, w=(w1, w2), b=b: x @ np.array(w) + b, SPAN, SPAN, steps=41)
        two_classes(panel, SQUARE, GATES[name], 11)
        panel.set_title(name)
        low = name in ("AND", "NAND")  # the other corner is crossed by the line
        note(panel, 0.5, -0.31 if low else 1.31, _formula(w1, w2, b), fontsize=12.5)
        ticks(panel, (0, 1) if index >= 2 else (), (0, 1) if index % 2 == 0 else ())
    return figure


def sixteen(label: Labels) -> Figure:
    """Draw all 16 functions of two inputs, with a line for each that one neuron computes."""
    figure, axes = canvas(4.75)
    shown = (8, 14, 7, 1, 12, 10, 3, 5, 4, 2, 11, 13, 0, 15, 6, 9)
    for place, k in enumerate(shown):
        left, low = 0.28 + (place % 4) * 1.1, 3.72 - (place // 4) * 1.17
        name = label(NAMES[k]) if NAMES[k] in LABELS else _maths(NAMES[k])
        axes.text(left + 0.37, low + 0.82, name, ha="center", fontsize=SMALL)
        _plane(axes, (left, low), 0.74, line_of(k), function_outputs(k, 2), 6)
    return figure


def cubes(label: Labels) -> Figure:
    """Draw three functions on the cube: planes cut off AND and the majority, none "all equal"."""
    figure, axes = canvas(2.1)
    for n, name in enumerate(("AND", "majority", "all equal")):
        at = np.array([0.6 + 1.5 * n, 0.65])
        outputs = ALL_EQUAL if name == "all equal" else (CUBE.sum(axis=1) > CUT[name]).astype(int)
        axes.add_collection(
            LineCollection(
                [at + np.array(edge) @ _AXES for edge in _edges()],
                colors=[GREY],
                linewidths=1.0,
                zorder=1,
            )
        )
        if name in CUT:
            polygon = at + section(CUT[name]) @ _AXES
            axes.add_collection(
                PolyCollection([polygon], facecolors=[GREEN], edgecolors=[GREEN], alpha=0.4, lw=1.6)
            )
        else:
            _crossing(axes, at, ALL_EQUAL)
        two_classes(axes, at + CUBE @ _AXES, outputs, 8)
        said = name if name == "AND" else label(name)
        axes.text(at[0] + 0.2, 1.8, said, ha="center", fontsize=SMALL)
    return figure


def growth(label: Labels) -> Figure:
    """Plot how many functions of n inputs there are, and how many a neuron can compute at most."""
    figure, (axes,) = panels(height=3.5, left=0.82, right=0.25, bottom=0.55, top=0.15)
    n = np.array(BOUNDED)
    everything = [2.0 ** (2**k) for k in BOUNDED]
    bound = [float(most_regions(2**k, k + 1)) for k in BOUNDED]
    exact = [count_threshold_functions(k) for k in COUNTED]
    axes.plot(n, everything, "o-", color=BLUE, mfc=PAPER, mew=2, clip_on=False)
    axes.plot(n, bound, "--", color=ORANGE)
    axes.plot(COUNTED, exact, "s", color=ORANGE, mec=PAPER, ms=8)
    axes.set(xlim=(0.7, 6.1), ylim=(1, 1e20), yscale="log")
    axes.set_xticks(BOUNDED, [str(k) for k in BOUNDED])
    axes.set_yticks([1, 1e5, 1e10, 1e15, 1e20], ["1", *(f"$10^{{{p}}}$" for p in (5, 10, 15, 20))])
    axes.minorticks_off()
    axes.set(xlabel=label("inputs"), ylabel=label("functions"))
    for k, count in zip(COUNTED[2:], exact[2:], strict=True):
        note(axes, k + 0.14, count / 12, f"{count:,}", ORANGE, ha="left")
        note(axes, k - 0.1, everything[k - 1] * 20, f"{2**2**k:,}", BLUE, ha="right")
    note(axes, 5.0, 1e14, label("all"), BLUE)
    note(axes, 5.45, 3e3, label("one neuron"), ORANGE)
    return figure


def start_line() -> Data:
    """Return names (16,) of the functions, their order (8,), and which have weights (16,)."""
    return {
        "names": NAMES,
        "order": np.array(ORDER, dtype=np.uint8),
        "possible": threshold_functions(2).astype(np.uint8),
    }


@explorable(
    Slider("w1", -2, 2, step=0.1, value=START[0]),
    Slider("w2", -2, 2, step=0.1, value=START[1]),
    Slider("b", -3, 3, step=0.1, value=START[2]),
    data=start_line,
)
def line(label: Labels) -> Figure:
    """Draw the line of AND over the four corners, and below all 16 functions, AND framed."""
    figure, axes = canvas(4.9)
    w, b = START[:2], START[2]
    outputs = neuron(SQUARE, w, b).astype(int)
    side, left, low = 3.1, 0.75, 1.65
    _plane(axes, (left, low), side, START, outputs, 12)
    corners = np.array([left, low]) + (SQUARE - SPAN[0]) * side / 2
    for (x, y), (x1, x2) in zip(corners, SQUARE, strict=True):
        note(axes, x, y - 0.24, f"({x1:g}, {x2:g})", zorder=6)
    ends = np.array([left, low]) + (np.array(_ends(START)) - SPAN[0]) * side / 2
    grips = np.array([ends[0], ends.mean(axis=0), ends[1]])
    axes.plot(*grips.T, "o", ms=9, mfc=PAPER, mec=INK, mew=1.8, zorder=5)
    foot = grips[:2].mean(axis=0)
    tip = foot + np.array(w) / np.hypot(*w) * 0.45
    arrow(axes, (foot[0], foot[1]), (tip[0], tip[1]), PURPLE, shrink=0)
    axes.text(tip[0] + 0.1, tip[1] + 0.06, "$w$", color=PURPLE, fontsize=14, ha="center")
    now = int(outputs @ (1 << np.arange(4)))
    for place, k in enumerate((*ORDER, *(15 - k for k in ORDER))):
        tile = (0.17 + (place % 8) * 0.55, 1.08 - (place // 8) * 0.75)
        _tile(axes, tile, 0.4, k, k == now)
        if NAMES[k].isalpha():
            axes.text(tile[0] + 0.2, tile[1] - 0.2, NAMES[k], ha="center", fontsize=SMALL)
    return figure


@cache
def line_of(number: int) -> tuple[float, float, float] | None:
    """Return w1, w2 and b of a neuron for function `number` of two inputs, or None."""
    if not threshold_functions(2)[number]:
        return None
    found = (
        (w1, w2, b)
        for w1, w2 in itertools.product((0.0, 1.0, -1.0), repeat=2)
        for b in (-0.5, 0.5, -1.5, 1.5)
        if np.array_equal(neuron(SQUARE, [w1, w2], b), function_outputs(number, 2))
    )
    return next(found)


def section(threshold: float) -> Floats:
    """Return the corners (M, 3), in order, of the plane x1 + x2 + x3 = threshold in the cube."""
    cut = []
    for start, end in _edges():
        low, high = sum(start), sum(end)
        if low < threshold < high:
            part = (threshold - low) / (high - low)
            cut.append(np.array(start) + part * (np.array(end) - np.array(start)))
    points = np.array(cut)
    rest = points - points.mean(axis=0)
    # two directions in the plane, at a right angle to each other and to (1, 1, 1)
    across, up = rest @ [1, -1, 0] / np.sqrt(2), rest @ [1, 1, -2] / np.sqrt(6)
    return points[np.argsort(np.arctan2(up, across))]


def _edges() -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Return the twelve edges of the cube, each from its end with fewer ones."""
    corners = list(itertools.product((0, 1), repeat=3))
    return [
        (a, b)
        for a in corners
        for b in corners
        if sum(b) - sum(a) == 1 and sum(p != q for p, q in zip(a, b, strict=True)) == 1
    ]


def _crossing(axes: Axes, at: Floats, outputs: Sequence[int]) -> None:
    """Join two corners with output 1, and two with output 0: they share their midpoint."""
    rows = contradiction(outputs)
    assert rows is not None
    ends = at + rows @ _AXES
    axes.plot(*ends[:2].T, color=ORANGE, lw=2.2, zorder=2)
    axes.plot(*ends[2:].T, color=BLUE, lw=2.2, ls="--", zorder=2)
    axes.plot(*ends[:2].mean(axis=0), "x", color=INK, ms=9, mew=2.2, zorder=3)


def _formula(w1: float, w2: float, b: float) -> str:
    """Return w1 x1 + w2 x2 + b as maths; w1 and w2 are 1 or -1."""
    first, second = ("-" if w1 < 0 else ""), ("-" if w2 < 0 else "+")
    return f"${first}x_1 {second} x_2 {'-' if b < 0 else '+'} {abs(b):g}$"


def _maths(name: str) -> str:
    """Return a name of `NAMES` with its inputs as maths."""
    return name.replace("x₁", "$x_1$").replace("x₂", "$x_2$")


def half(w1: float, w2: float, b: float) -> list[Place]:
    """Return the corners of that part of the square SPAN x SPAN on which the neuron answers 1."""
    low, high = SPAN
    square = [(low, low), (high, low), (high, high), (low, high)]
    kept: list[Place] = []
    for start, end in zip(square, [*square[1:], square[0]], strict=True):
        z0, z1 = (w1 * x + w2 * y + b for x, y in (start, end))
        if z0 >= 0:
            kept.append(start)
        if (z0 >= 0) != (z1 >= 0):
            part = z0 / (z0 - z1)
            kept.append(
                (start[0] + part * (end[0] - start[0]), start[1] + part * (end[1] - start[1]))
            )
    return kept


def _ends(weights: tuple[float, float, float]) -> list[Place]:
    """Return the two points at which the line leaves the square SPAN x SPAN, if it crosses it."""
    on_it = [p for p in half(*weights) if abs(np.dot(weights, (*p, 1.0))) < 1e-9]
    return on_it if len(on_it) == 2 else []


def _plane(
    axes: Axes,
    corner: Place,
    side: float,
    weights: tuple[float, float, float] | None,
    outputs: ArrayLike,
    size: float,
) -> None:
    """Draw SPAN x SPAN as a square of `side` inches: the side that answers 1, the line, the points.

    A square without weights gets a dashed frame and no line.
    """
    start, scale = np.array(corner), side / (SPAN[1] - SPAN[0])

    def at(points: Floats) -> Floats:
        return start + (points - SPAN[0]) * scale

    frame = at(np.array([(-0.5, -0.5), (1.5, -0.5), (1.5, 1.5), (-0.5, 1.5), (-0.5, -0.5)]))
    if weights is None:
        axes.plot(*frame.T, color=BLUE, lw=1.8, ls=(0, (2, 2)))
    else:
        axes.plot(*frame.T, color=GREY, lw=1.0)
        w1, w2, b = weights
        for part, color, alpha in (
            (half(w1, w2, b), ORANGE, 0.25),
            (half(-w1, -w2, -b), BLUE, 0.12),
        ):
            if part:
                axes.add_collection(
                    PolyCollection([at(np.array(part))], facecolors=[color], alpha=alpha, lw=0)
                )
        ends = _ends(weights)
        if ends:
            axes.plot(*at(np.array(ends)).T, color=INK, lw=1.8)
    two_classes(axes, at(SQUARE), outputs, size)


def _tile(axes: Axes, corner: Place, side: float, number: int, now: bool) -> None:
    """Draw a function as four cells, filled where it is 1; orange and framed if it is `now`."""
    cells, tints = [], []
    for (x1, x2), y in zip(SQUARE, function_outputs(number, 2), strict=True):
        x0, y0 = corner[0] + x1 * side / 2, corner[1] + x2 * side / 2
        cells.append([(x0, y0), (x0 + side / 2, y0), (x0 + side / 2, y0 + side / 2)])
        cells[-1].append((x0, y0 + side / 2))
        tints.append((ORANGE if now else FAINT) if y else PAPER)
    axes.add_collection(PolyCollection(cells, facecolors=tints, edgecolors=[GREY], linewidths=0.7))
    if now:
        pad = 0.05
        (x0, y0), (x1, y1) = (corner[0] - pad, corner[1] - pad), (side + 2 * pad, side + 2 * pad)
        axes.plot([x0, x0 + x1, x0 + x1, x0, x0], [y0, y0, y0 + y1, y0 + y1, y0], color=INK, lw=2.2)
