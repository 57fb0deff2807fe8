"""Figures of the McCulloch-Pitts neuron."""

from __future__ import annotations

import itertools
from functools import cache

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.figure import Figure

from snippets._checks import Floats
from snippets.figures._explore import Choice, Data, Slider, explorable
from snippets.figures._style import (
    BLUE,
    GREY,
    INK,
    ORANGE,
    PAPER,
    SMALL,
    Labels,
    Place,
    arrow,
    canvas,
)
from snippets.logic_gates import GATES, function_outputs, truth_table
from snippets.mcculloch_pitts import mcp_neuron, run, two_layers

LABELS = {
    "fires": "발화",
    "silent": "잠잠",
    "one neuron": "뉴런 하나",
    "two layers": "두 층",
}

RULE = ((1, 1, -1), 2)
"""Signs and threshold of the neuron of `rule`."""
CASES = ((1, 1, 0), (1, 1, 1))
"""Its inputs in the two drawings."""
GATES_SHOWN = (
    ("AND", (1, 1), 2),
    ("OR", (1, 1), 1),
    ("NOT", (-1,), 0),
    (r"$x_1$ AND NOT $x_2$", (1, -1), 1),
)
START = {2: GATES["XOR"], 3: (0, 1, 1, 0, 1, 0, 0, 1)}
"""The truth tables that `tables` shows first: for three inputs, whether their sum is odd."""
ROW = 1
"""Which of its rows is run."""
RADIUS, WIDE = 0.24, 0.34


def rule(label: Labels) -> Figure:
    """Draw one neuron twice: it fires, and an inhibitory input silences it."""
    figure, axes = canvas(2.15)
    signs, threshold = RULE
    for left, inputs in zip((0.15, 2.5), CASES, strict=True):
        places = [(left + 0.25, y) for y in (1.75, 1.05, 0.35)]
        body = (left + 1.25, 1.05)
        for place, sign, on in zip(places, signs, inputs, strict=True):
            _connection(axes, place, body, sign, bool(on), RADIUS, WIDE)
            _unit(axes, place, str(on), bool(on))
        fires = bool(mcp_neuron([inputs], signs, threshold)[0])
        _unit(axes, body, rf"$\theta = {threshold}$", fires, WIDE)
        _output(axes, body, fires)
        said = label("fires") if fires else label("silent")
        color = ORANGE if fires else BLUE
        axes.text(left + 1.25, 0.35, said, ha="center", fontsize=SMALL, color=color)
    return figure


def gates(label: Labels) -> Figure:
    """Draw the neurons that compute AND, OR, NOT, and "x1 and not x2"."""
    figure, axes = canvas(3.3)
    corners = ((0.1, 1.75), (2.4, 1.75), (0.1, 0.05), (2.4, 0.05))
    for (left, low), (name, signs, threshold) in zip(corners, GATES_SHOWN, strict=True):
        body = (left + 1.4, low + 0.62)
        ys = (low + 0.95, low + 0.29) if len(signs) == 2 else (low + 0.62,)
        for n, (y, sign) in enumerate(zip(ys, signs, strict=True), 1):
            _connection(axes, (left + 0.4, y), body, sign, True, 0.22, WIDE)
            _unit(axes, (left + 0.4, y), f"$x_{n}$", False, 0.22)
        _unit(axes, body, rf"$\theta = {threshold}$", False, WIDE)
        _output(axes, body, True)
        axes.text(left + 1.1, low + 1.27, name, ha="center")
    return figure


def sixteen(label: Labels) -> Figure:
    """Draw the 16 functions of two inputs as squares; frame those that one neuron computes."""
    figure, axes = canvas(3.5)
    single = by_one_neuron(2)
    squares, tints, frames = [], [], {True: [], False: []}
    side, step = 0.27, 0.77
    for k in range(16):
        x0, y0 = 0.85 + (k % 4) * step, 2.7 - (k // 4) * step
        outputs = function_outputs(k, 2)
        for (x1, x2), y in zip(truth_table(2), outputs, strict=True):
            left, low = x0 + x1 * side, y0 + x2 * side
            corners = [(left, low), (left + side, low), (left + side, low + side)]
            squares.append([*corners, (left, low + side)])
            tints.append(ORANGE if y else PAPER)
        pad = 0.06
        frame = [(x0 - pad, y0 - pad), (x0 + 2 * side + pad, y0 - pad)]
        frame += [(x0 + 2 * side + pad, y0 + 2 * side + pad), (x0 - pad, y0 + 2 * side + pad)]
        frames[tuple(outputs.tolist()) in single].append([*frame, frame[0]])
    axes.add_collection(
        PolyCollection(squares, facecolors=tints, edgecolors=[GREY], linewidths=0.7)
    )
    axes.add_collection(LineCollection(frames[True], colors=[INK], linewidths=1.6))
    axes.add_collection(
        LineCollection(frames[False], colors=[BLUE], linewidths=1.8, linestyles=[(0, (2, 2))])
    )
    for x, ends, color, dashes, name in (
        (0.75, 1.05, INK, "-", "one neuron"),
        (2.55, 2.85, BLUE, (0, (2, 2)), "two layers"),
    ):
        axes.plot([x, ends], [0.12, 0.12], color=color, ls=dashes, lw=1.8)
        axes.text(ends + 0.1, 0.12, label(name), va="center", fontsize=SMALL)
    return figure


@cache
def by_one_neuron(inputs: int) -> frozenset[tuple[int, ...]]:
    """Return the outputs of all functions of `inputs` bits that a single neuron computes."""
    rows = truth_table(inputs)
    return frozenset(
        tuple(int(y) for y in mcp_neuron(rows, signs, threshold))
        for signs in itertools.product((-1, 0, 1), repeat=inputs)
        for threshold in range(inputs + 2)
    )


def first_tables() -> Data:
    """Return the tables that stand there first: outputs (4,) and (8,)."""
    return {f"outputs_{n}": np.array(outputs, dtype=np.uint8) for n, outputs in START.items()}


@explorable(
    Slider("row", 0, 7, value=ROW, plays=True), Choice("inputs", (2, 3), 2), data=first_tables
)
def tables(label: Labels) -> Figure:
    """Draw the truth table of XOR beside its network; one row runs through it."""
    figure, axes = canvas(3.2)
    rows, outputs = truth_table(2), START[2]
    net = two_layers(outputs)
    y_hat = run(net, rows)
    axes.text(0.75, 2.45, "$x_1$  $x_2$   $y$", ha="center", fontsize=13)
    for n, (row, y) in enumerate(zip(rows, y_hat, strict=True)):
        at = 2.0 - 0.42 * n
        color = INK if n == ROW else GREY
        axes.text(0.75, at, f"{row[0]:g}    {row[1]:g}    {y:g}", ha="center", color=color)
    low, high = (2.0 - 0.42 * ROW + d for d in (-0.12, 0.24))
    axes.plot([0.3, 1.2, 1.2, 0.3, 0.3], [low, low, high, high, low], color=INK, lw=1.4)
    inputs = [(1.85, 2.1), (1.85, 1.0)]
    hidden = [(3.05, 2.3), (3.05, 0.8)]
    out = (4.2, 1.55)
    bits = rows[ROW].astype(bool)
    lit = [
        bool(mcp_neuron(rows[[ROW]], signs, int(threshold))[0])
        for signs, threshold in zip(net.signs.T, net.thresholds, strict=True)
    ]
    for place, on in zip(inputs, bits, strict=True):
        for target, sign in zip(hidden, net.signs[inputs.index(place)], strict=True):
            _connection(axes, place, target, int(sign), bool(on), RADIUS, RADIUS)
    for place, on in zip(hidden, lit, strict=True):
        _connection(axes, place, out, 1, on, RADIUS, RADIUS)
    for place, text, on in zip(inputs, ("$x_1$", "$x_2$"), bits, strict=True):
        _unit(axes, place, text, bool(on))
    for place, threshold, on in zip(hidden, net.thresholds, lit, strict=True):
        _unit(axes, place, str(threshold), on)
    _unit(axes, out, "1", bool(y_hat[ROW]))
    return figure


def _unit(axes: Axes, place: Place, text: str, on: bool, radius: float = RADIUS) -> None:
    """Draw a neuron: an orange ring if it is on, a grey one if it is off."""
    ring, width = (ORANGE, 2.4) if on else (GREY, 1.4)
    axes.plot(*place, "o", ms=radius * 144, mfc=PAPER, mec=ring, mew=width, zorder=3)
    axes.text(*place, text, ha="center", va="center", fontsize=SMALL + 0.6, zorder=5)


def _output(axes: Axes, body: Place, fires: bool) -> None:
    """Draw the arrow that leaves a wide neuron."""
    start, end = (body[0] + WIDE, body[1]), (body[0] + WIDE + 0.4, body[1])
    arrow(axes, start, end, INK if fires else GREY, shrink=1, lw=1.5 if fires else 0.9)


def _connection(
    axes: Axes, start: Place, end: Place, sign: int, on: bool, before: float, after: float
) -> None:
    """Draw an arrow for an excitatory connection, a line with a ring at its end for the other."""
    color = (ORANGE if sign > 0 else BLUE) if on else GREY
    width = 1.8 if on else 1.0
    if sign > 0:
        shrink = {"shrinkA": before * 72 + 2, "shrinkB": after * 72 + 2}
        arrow(axes, start, end, color, lw=width, **shrink)
        return
    a, b = np.array(start), np.array(end)
    along: Floats = (b - a) / np.linalg.norm(b - a)
    tip = b - along * (after + 0.07)
    foot = a + along * before
    axes.plot([foot[0], tip[0]], [foot[1], tip[1]], color=color, lw=width, zorder=2)
    axes.plot(*tip, "o", ms=8, mfc=PAPER, mec=color, mew=1.8, zorder=4)
