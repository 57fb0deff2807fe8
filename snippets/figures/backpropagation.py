"""Figures of backpropagation: every number of a small network, and the check of each."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from snippets._checks import Floats
from snippets.backpropagation import (
    Layer,
    backward_trace,
    example_2_2_2,
    forward_trace,
    gradients,
    loss,
    named_steps,
)
from snippets.figures._explore import Choice, Data, Slider, explorable
from snippets.figures._style import (
    BLUE,
    GREEN,
    GREY,
    INK,
    LINES,
    ORANGE,
    SMALL,
    Labels,
    Place,
    arrow,
    box,
    canvas,
    guides,
    note,
    number,
    panels,
    ticks,
)
from snippets.gradient_check import numerical_gradient

LABELS = {
    "backpropagation": "역전파",
    "central difference": "중앙 차분",
    "gradient": "기울기",
    "difference": "차이",
    "example": "예시",
    "loss": "손실",
    "mean": "평균",
    "forward": "순전파",
    "backward": "역전파",
}

COLUMNS = (0.4, 1.7, 3.16, 4.27)
ROWS = (2.55, 0.85)
NUMBERS = (
    *("x1", "x2"),
    *("w1_11", "w1_12", "w1_21", "w1_22", "b1_1", "b1_2"),
    *("w2_11", "w2_12", "w2_21", "w2_22", "b2_1", "b2_2"),
    *("y1", "y2"),
)
"""The numbers of the 2-2-2 network that a reader can change; w1_12 leads from x1 to h2."""
INPUT_NAMES = ("x₁", "x₂")
SAMPLES = (np.array([[1.0], [1.0], [2.0]]), np.array([[0.9], [0.3], [0.9]]))
"""Inputs and targets of `loss_surface_sum`: three examples of one sigmoid neuron without bias."""


def forward(label: Labels) -> Figure:
    """Draw the 2-2-2 network with every value of the forward pass: weights, z, h and the loss."""
    example = example_2_2_2()
    trace = forward_trace(example.x, example.y, example.layers)
    figure, axes = canvas(3.4)
    _edges(axes, [layer.w for layer in example.layers], BLUE, backward=False, decimals=1)
    for row, y in enumerate(ROWS):
        box(axes, COLUMNS[0], y, f"{INPUT_NAMES[row]}\n{number(example.x[0, row])}", BLUE)
        for n, (name, place) in enumerate(zip(("h", "ŷ"), COLUMNS[1:3], strict=True)):
            z, h = trace.z[n][0, row], trace.h[n + 1][0, row]
            box(axes, place, y, f"z {number(z, 3)}\n{name} {number(h, 3)}", BLUE)
            _beside(axes, place, row, f"b {number(example.layers[n].b[row])}")
        _beside(axes, COLUMNS[3], row, f"y {number(example.y[0, row])}")
    _loss(axes, trace.loss)
    return figure


def backward(label: Labels) -> Figure:
    """Draw the same network with every gradient: of each weight, bias, h, z and input."""
    example = example_2_2_2()
    trace = forward_trace(example.x, example.y, example.layers)
    back = backward_trace(trace, example.y, example.layers)
    figure, axes = canvas(3.4)
    _edges(axes, [layer.w for layer in back.layers], ORANGE, backward=True, decimals=3)
    for row, y in enumerate(ROWS):
        box(axes, COLUMNS[0], y, f"d{INPUT_NAMES[row]}\n{number(back.dx[0, row], 3)}", ORANGE)
        for n, (name, place) in enumerate(zip(("h", "ŷ"), COLUMNS[1:3], strict=True)):
            dz, dh = back.dz[n][0, row], back.dh[n][0, row]
            box(axes, place, y, f"d{name} {number(dh, 3)}\ndz {number(dz, 3)}", ORANGE)
            _beside(axes, place, row, f"db {number(back.layers[n].b[row], 3)}")
    _loss(axes, trace.loss)
    return figure


@cache
def checked_gradients() -> tuple[list[str], Floats, Floats]:
    """Return names, backprop gradients and central differences of the 12 parameters."""
    example = example_2_2_2()
    found = _flat(gradients(example.x, example.y, example.layers))

    def total(parameters: Floats) -> float:
        return loss(example.x, example.y, _layers(parameters))

    measured = numerical_gradient(total, _flat(example.layers))
    names = [
        f"{kind}{layer}{list(index)}"
        for layer, part in enumerate(example.layers, 1)
        for kind, values in (("w", part.w), ("b", part.b))
        for index in np.ndindex(values.shape)
    ]
    return names, found, measured


def per_weight_check(label: Labels) -> Figure:
    """Plot all 12 gradients by backpropagation and by central difference, and how they differ."""
    names, found, measured = checked_gradients()
    rows = np.arange(len(names))[::-1]
    figure, (left, right) = panels(1, 2, 4.6, left=0.8, right=0.35, top=0.7, gap=(0.25, 0))
    left.plot(found, rows, "o", ms=11, mfc="none", mec=BLUE, mew=1.8)
    left.plot(measured, rows, "+", ms=9, mec=ORANGE, mew=2)
    left.set(ylim=(-0.7, len(names) - 0.3), xlabel=label("gradient"))
    left.set_yticks(rows, names)
    left.set_xlim(-0.16, 0.18)
    guides(left, (0,))
    ticks(left, (-0.1, 0, 0.1))
    smallest = 1e-14  # an exact match has no place on a logarithmic axis
    right.semilogx(np.maximum(np.abs(found - measured), smallest), rows, "D", ms=6, color=GREEN)
    right.set(ylim=left.get_ylim(), xlim=(smallest / 2, 1e-6), xlabel=label("difference"))
    right.set_xticks([1e-14, 1e-10, 1e-6], [f"1e{number(power)}" for power in (-14, -10, -6)])
    right.set_yticks(rows, [])
    right.minorticks_off()
    left.text(0, 1.07, f"○ {label('backpropagation')}", color=BLUE, transform=left.transAxes)
    left.text(0, 1.015, f"+ {label('central difference')}", color=ORANGE, transform=left.transAxes)
    return figure


def loss_of_weight(w: ArrayLike, x: Floats, y: Floats) -> Floats:
    """Return the loss of one sigmoid neuron without bias for each weight of w (M,)."""
    return np.array([loss(x, y, [Layer(np.array([[v]]), np.zeros(1))]) for v in np.asarray(w)])


def loss_surface_sum(label: Labels) -> Figure:
    """Plot the loss of three examples against one weight, each with its minimum, and their mean."""
    w = np.linspace(-3, 5, 161)
    x, y = SAMPLES
    curves = [loss_of_weight(w, x[n : n + 1], y[n : n + 1]) for n in range(len(x))]
    figure, (axes,) = panels(height=3.4, top=0.2)
    named_at = (-2.2, 3.6, -0.6)
    for n, (curve, (color, dashes), at) in enumerate(zip(curves, LINES, named_at, strict=False), 1):
        axes.plot(w, curve, dashes, color=color, lw=1.7)
        axes.plot(w[curve.argmin()], curve.min(), "o", ms=7, color=color, clip_on=False)
        note(axes, at, float(np.interp(at, w, curve)), f"{label('example')} {n}", color)
    mean = loss_of_weight(w, x, y)
    axes.plot(w, mean, color=INK, lw=2.8)
    axes.plot(w[mean.argmin()], mean.min(), "D", ms=8, color=INK)
    axes.text(4.3, 0.12, label("mean"), ha="center", fontsize=SMALL)
    axes.set(xlim=(-3, 5), ylim=(0, 0.4), xlabel="$w$", ylabel=label("loss"))
    ticks(axes, (-3, 0, 5), (0, 0.2, 0.4))
    return figure


def example_and_formulas() -> Data:
    """Return the 2-2-2 example as `numbers` in the order of NUMBERS, and the formulas of its steps.

    The page computes the steps anew from numbers that the reader has changed.
    """
    example = example_2_2_2()
    lines = named_steps(example.x, example.y, example.layers)
    return {
        "names": NUMBERS,
        "numbers": np.concatenate([example.x[0], _flat(example.layers), example.y[0]]),
        "steps": [line.name for line in lines],
        "formulas": [line.formula for line in lines],
    }


@explorable(
    Slider("step", 0, 14, value=14, plays=True),
    Choice("number", NUMBERS, "x1"),
    Slider("value", -3, 3, 0.05, 1),
    data=example_and_formulas,
)
def steps(label: Labels) -> Figure:
    """Write the whole calculation of the 2-2-2 network: each formula, in order, and its value."""
    example = example_2_2_2()
    lines = named_steps(example.x, example.y, example.layers)
    height = 0.3 * len(lines) + 1.0
    figure, axes = canvas(height)
    y = height - 0.3
    for n, step in enumerate(lines):
        back = step.name.startswith("d")
        if n == 0 or back != lines[n - 1].name.startswith("d"):
            title = label("backward") if back else label("forward")
            axes.text(0.15, y, title, color=ORANGE if back else BLUE, weight="bold")
            y -= 0.3
        axes.text(0.15, y, step.formula.replace("y_hat", "ŷ"), fontsize=SMALL)
        values = [" ".join(number(v, 3) for v in row) for row in np.atleast_2d(step.value)]
        axes.text(4.5, y, " / ".join(values), fontsize=SMALL, ha="right", color=INK)
        y -= 0.3
    return figure


def _edges(
    axes: Axes, weights: Sequence[Floats], color: str, *, backward: bool, decimals: int
) -> None:
    """Draw an arrow for each weight of both layers, its number on it, and those of the loss."""
    half, first, beside = (0.43, 0.31, 0.35) if backward else (0.36, 0.2, 0.16)  # inches
    for w, left, right in zip(weights, COLUMNS[:2], COLUMNS[1:3], strict=True):
        for (i, j), value in np.ndenumerate(w):
            begin = left + (first if left == COLUMNS[0] else half)
            start, end = (begin, ROWS[i]), (right - half, ROWS[j])
            _directed(axes, start, end, backward)
            at = 0.5 if i == j else 0.27
            x, y = (start[k] + at * (end[k] - start[k]) for k in (0, 1))
            if i == j:  # the arrow is short: write beside it
                y += beside if i == 0 else -beside
            note(axes, x, y, number(float(value), decimals), color, zorder=5)
    for y, edge in zip(ROWS, (0.24, -0.24), strict=True):  # above and below the frame of the loss
        end = (COLUMNS[3] - 0.1, sum(ROWS) / 2 + edge)
        _directed(axes, (COLUMNS[2] + half, y), end, backward)


def _directed(axes: Axes, start: Place, end: Place, backward: bool) -> None:
    """Draw an arrow from `start` to `end`, or from end to start."""
    pair = (end, start) if backward else (start, end)
    arrow(axes, *pair, shrink=0)


def _loss(axes: Axes, value: float) -> None:
    box(axes, COLUMNS[3], sum(ROWS) / 2, f"L\n{number(value, 3)}", INK)


def _beside(axes: Axes, x: float, row: int, text: str) -> None:
    """Write `text` above the upper row or below the lower one."""
    y = ROWS[row] + (0.45 if row == 0 else -0.45)
    axes.text(x, y, text, ha="center", va="center", fontsize=SMALL, color=GREY)


def _flat(layers: Sequence[Layer]) -> Floats:
    return np.concatenate([part.ravel() for layer in layers for part in (layer.w, layer.b)])


def _layers(parameters: Floats) -> list[Layer]:
    """Put 12 numbers back into the two layers of the 2-2-2 network."""
    return [Layer(parameters[n : n + 4].reshape(2, 2), parameters[n + 4 : n + 6]) for n in (0, 6)]
