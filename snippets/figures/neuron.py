"""Figures of the artificial neuron."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from snippets.activations import sigmoid, step
from snippets.figures._explore import Choice, Data, Slider, explorable
from snippets.figures._style import (
    BLUE,
    GREEN,
    GREY,
    INK,
    LINES,
    ORANGE,
    PURPLE,
    SMALL,
    WIDTH,
    Labels,
    arrow,
    boundary,
    canvas,
    guides,
    line_across,
    note,
    panels,
    ticks,
    units,
)
from snippets.neuron import neuron, weighted_sum

LABELS = {
    "dendrites": "가지돌기",
    "cell body": "신경세포체",
    "axon": "축삭돌기",
    "inputs": "입력",
    "sum": "합",
    "activation": "활성화",
    "output": "출력",
    "weights turn it": "가중치는 돌린다",
    "the bias moves it": "편향은 옮긴다",
    "input": "입력",
    "step": "계단 함수",
    "fires": "발화",
    "silent": "잠잠",
}

SPAN = (-2.0, 2.0)
TURNED = ((1.0, 0.0), (0.8, 0.6), (0.0, 1.0))
"""Weights of `turn_and_move` that differ in direction only."""
BIASES = (0.5, 0.0, -1.0)
"""Biases of `turn_and_move`."""
PLACE = 1.5
"""Where the neurons of `steepness` tip over."""
WEIGHTS = (1.0, 4.0, 16.0)
"""Weights of `steepness`."""
START = {"w1": 1.0, "w2": 0.5, "b": -0.5}
POINT = (1.4, -0.6)
"""The input that `decide` shows before anyone moves it."""

# A dendrite is a stem from the cell body and two branches, in inches.
_DENDRITES = (
    ((1.9, 2.98), (1.45, 3.2), (1.0, 3.28)),
    ((1.83, 2.82), (1.35, 2.84), (0.85, 2.76)),
    ((1.88, 2.62), (1.45, 2.42), (1.0, 2.28)),
)
_SOMA = (2.15, 2.8)


def cell(label: Labels) -> Figure:
    """Draw a nerve cell above the artificial neuron, parts that are likened in one column."""
    figure, axes = canvas(3.75)
    _nerve_cell(axes)
    rows = (1.5, 1.0, 0.5)
    total, bend, end = (2.15, 1.0), (3.15, 1.0), (4.2, 1.0)
    for n, y in enumerate(rows, 1):
        arrow(axes, (0.6, y), total, shrink=15)
        units(axes, np.array([[0.6, y]]), 0.19, BLUE)
        axes.text(0.6, y, f"$x_{n}$", ha="center", va="center", fontsize=13, zorder=5)
        note(axes, 1.3, y + (total[1] - y) * 0.45, f"$w_{n}$", fontsize=13, zorder=5)
    arrow(axes, total, bend, shrink=17)
    arrow(axes, bend, end, shrink=16)
    units(axes, np.array([total, bend]), 0.24, ORANGE)
    axes.text(*total, r"$\Sigma$", ha="center", va="center", fontsize=15, zorder=5)
    axes.text(*bend, "$f$", ha="center", va="center", fontsize=15, zorder=5)
    axes.text(*end, r"$\hat{y}$", ha="center", va="center", fontsize=14)
    axes.text(2.62, 1.1, "$z$", ha="center", fontsize=13)
    words = (
        (0.75, 3.5, "dendrites"),
        (2.15, 3.3, "cell body"),
        (3.5, 3.0, "axon"),
        (0.6, 0.06, "inputs"),
        (2.15, 0.5, "sum"),
        (3.15, 0.5, "activation"),
        (4.15, 0.5, "output"),
    )
    for x, y, text in words:
        axes.text(x, y, label(text), ha="center", fontsize=SMALL, color=GREY)
    return figure


def turn_and_move(label: Labels) -> Figure:
    """Draw three boundaries of neurons: on the left other weights, on the right other biases."""
    figure, (left, right) = panels(
        1, 2, 2.66, left=0.42, right=0.12, bottom=0.4, top=0.4, gap=(0.34, 0)
    )
    names = (
        [(w, -1.0, f"({w[0]:g}, {w[1]:g})") for w in TURNED],
        [((0.8, 0.6), b, f"$b = {b:g}$") for b in BIASES],
    )
    for axes, neurons, title in zip(
        (left, right), names, ("weights turn it", "the bias moves it"), strict=True
    ):
        axes.set(xlim=SPAN, ylim=SPAN)
        guides(axes, x=(0,), y=(0,))
        for (w, b, _), (color, dashes) in zip(neurons, LINES, strict=False):
            line_across(axes, w, b, SPAN, SPAN, color=color, ls=dashes)
        axes.plot(0, 0, "o", ms=5, color=INK, zorder=4)
        axes.set_title(label(title))
        ticks(axes, (-2, 0, 2), (-2, 0, 2))
    places = (((0.4, -1.6), (-0.95, 1.7), (-1.35, 0.6)), ((-1.15, -0.6), (-0.75, 1.6), (1.3, 1.3)))
    for axes, spots, neurons in zip((left, right), places, names, strict=True):
        for (x, y), (_, _, text), (color, _) in zip(spots, neurons, LINES, strict=False):
            note(axes, x, y, text, color)
    return figure


def steepness(label: Labels) -> Figure:
    """Plot a neuron of one input with w (x - 1.5): the step, and the sigmoid for three weights."""
    figure, (axes,) = panels(height=2.7, left=0.55, bottom=0.55, top=0.2)
    x = np.linspace(0, 3, 241)
    for w, (color, dashes) in zip(WEIGHTS, LINES, strict=False):
        p = neuron(x[:, None], [w], -w * PLACE, f=sigmoid)
        axes.plot(x, p, color=color, ls=dashes)
    axes.plot(x, neuron(x[:, None], [1.0], -PLACE, f=step), color=INK, lw=1.2)
    axes.set(xlim=(0, 3), ylim=(-0.06, 1.12))
    ticks(axes, (0, PLACE, 3), (0, 0.5, 1))
    axes.set_xlabel(f"{label('input')} $x$")
    for x_at, y_at, text, color in (
        (0.42, 0.31, "$w = 1$", BLUE),
        (0.86, 0.12, "$4$", ORANGE),
        (1.27, 0.25, "$16$", GREEN),
    ):
        note(axes, x_at, y_at, text, color)
    axes.text(1.55, 1.05, label("step"), fontsize=SMALL)
    return figure


def start_point() -> Data:
    """Return x (2,): the page computes everything else from the controls."""
    return {"x": np.array(POINT)}


@explorable(
    Slider("w1", -2, 2, step=0.1, value=START["w1"]),
    Slider("w2", -2, 2, step=0.1, value=START["w2"]),
    Slider("b", -2, 2, step=0.1, value=START["b"]),
    Choice("f", ("step", "sigmoid"), "step"),
    data=start_point,
)
def decide(label: Labels) -> Figure:
    """Shade the side of the plane on which a neuron fires; mark one input and its output."""
    w, b = np.array([START["w1"], START["w2"]]), START["b"]
    side = 3.2
    margin = (WIDTH - side) / 2  # a square, in which a right angle looks like one
    figure, (axes,) = panels(height=side + 0.7, left=margin, right=margin, bottom=0.5, top=0.2)
    boundary(axes, lambda x: weighted_sum(x, w, b), SPAN, SPAN)
    tip = 0.9 * w / np.linalg.norm(w)
    arrow(axes, (0, 0), (float(tip[0]), float(tip[1])), PURPLE, shrink=0)
    at = 1.22 * tip
    axes.text(at[0], at[1], "$w$", color=PURPLE, fontsize=14, ha="center", va="center")
    axes.plot(*POINT, "o", ms=9, color=INK)
    y_hat = neuron([POINT], w, b)[0]
    axes.text(POINT[0], POINT[1] - 0.3, rf"$\hat{{y}} = {y_hat:g}$", ha="center", fontsize=13)
    axes.text(-1.3, -1.5, label("silent"), color=BLUE, ha="center")
    axes.text(1.3, 1.5, label("fires"), color=ORANGE, ha="center")
    axes.set(xlabel="$x_1$", ylabel="$x_2$")
    ticks(axes, (-2, 0, 2), (-2, 0, 2))
    return figure


def _nerve_cell(axes: Axes) -> None:
    """Draw dendrites on the left, the cell body, and an axon with three endings on the right."""
    lines = []
    for root, fork, tip in _DENDRITES:
        up = 0.13 if tip[1] >= fork[1] else -0.13
        lines += [[root, fork, tip], [fork, (tip[0] + 0.12, fork[1] + 2 * up)]]
        lines.append([(fork[0] - 0.25, (fork[1] + tip[1]) / 2), (tip[0] - 0.05, tip[1] - up)])
    lines.append([(_SOMA[0] + 0.3, _SOMA[1]), (3.95, _SOMA[1])])
    lines += [[(3.95, _SOMA[1]), (4.25, _SOMA[1] + d)] for d in (-0.2, 0.0, 0.2)]
    axes.add_collection(LineCollection(lines, colors=[GREY], linewidths=2.2, zorder=1))
    ends = np.array([(4.28, _SOMA[1] + d) for d in (-0.22, 0.0, 0.22)])
    axes.plot(ends[:, 0], ends[:, 1], "o", ms=6, color=GREY, zorder=2)
    units(axes, np.array([_SOMA]), 0.32, GREY)
    axes.plot(*_SOMA, "o", ms=10, color=GREY, zorder=4)
