"""Figures of the delta recurrence."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from snippets._checks import Floats
from snippets.activations import ACTIVATIONS, sigmoid_prime
from snippets.backpropagation import Forward, Layer, backward_trace, forward_trace, loss
from snippets.backpropagation import random_layers as draw_layers
from snippets.delta_recurrence import delta_recurrence, delta_step, product_cost
from snippets.figures._explore import Choice, Data, Slider, explorable
from snippets.figures._style import (
    BLUE,
    FAINT,
    GREEN,
    GREY,
    INK,
    LINES,
    ORANGE,
    PAPER,
    SMALL,
    Labels,
    arrow,
    box,
    canvas,
    note,
    number,
    panels,
    ticks,
)

LABELS = {
    "layer": "층",
    "sum": "합",
    "slope": "기울기",
    "nudge of one weighted sum": "가중합 하나를 바꾼 양",
    "loss": "손실",
    "units in every layer": "층마다 유닛의 수",
    "multiplications": "곱셈의 수",
    "from the loss": "손실 쪽부터",
    "from the input": "입력 쪽부터",
    "largest": "최대",
}

DELTA_NEXT = np.array([[0.4, -0.2, 0.1]])
W_NEXT = np.array([[0.5, -1.0, 2.0]])
Z_HERE = np.array([[1.0]])
"""One unit and the three that it feeds, as `one_unit` shows them."""

SIZES, EXAMPLES, SEED = (3, 4, 4, 4, 2), 6, 3
"""The network that is nudged: widths, examples in the batch, seed."""
NUDGES = np.linspace(-3, 3, 61)
PLACES = ((3, 0, 0), (2, 0, 1), (1, 0, 1))
"""Sums that are nudged: layer (from 0), example, unit."""
NAMED = {PLACES[0]: (1.4, 0.277), PLACES[1]: (1.6, 0.2695), PLACES[2]: (-1.7, 0.2575)}
"""Where `sensitivity` writes what its lines are."""

COST_WIDTHS, COST_DEPTH = (10, 30, 100, 300, 1000), 10

N, H_NEXT, H = 6, 3, 5
"""Sizes in `shape_of_a_step`."""

WIDTH, DEEPEST, DEPTH, EXPLORE_SEED = 4, 8, 6, 3
KINDS = ("sigmoid", "tanh", "relu", "identity")
GAIN = 1.0
LAST = np.array([0.8, -0.5, 0.3, -0.9])
"""The delta of the last layer in `back`, until the reader changes it."""


def one_unit(label: Labels) -> Figure:
    """Draw three deltas flowing back over three weights into one unit: sum, slope, delta."""
    delta = delta_step(DELTA_NEXT, W_NEXT, Z_HERE)
    arriving = float((DELTA_NEXT @ W_NEXT.T)[0, 0])
    figure, axes = canvas(3.3)
    rows, left, right = (2.75, 1.65, 0.55), 1.15, 3.95
    for k, y in enumerate(rows):
        box(axes, right, y, f"$\\delta = {DELTA_NEXT[0, k]:g}$", ORANGE)
        arrow(axes, (right - 0.42, y), (left + 0.68, 1.65 + 0.25 * (1 - k)), ORANGE, shrink=0)
        weight = f"$w = {W_NEXT[0, k]:g}$"
        paper = {"facecolor": PAPER, "edgecolor": "none", "pad": 1.0}
        note(axes, 2.72, 1.65 + 0.72 * (1 - k), weight, BLUE, zorder=5, bbox=paper)
    lines = (
        f"{label('sum')} {number(arriving)}",
        f"× {label('slope')} {number(float(sigmoid_prime(Z_HERE)[0, 0]), 3)}",
        f"$\\delta = {delta[0, 0]:.3f}$",
    )
    box(axes, left, 1.65, "\n".join(lines), INK)
    for x, text in ((left, "$l$"), (right, "$l + 1$")):
        axes.text(x, 3.12, f"{label('layer')} {text}", ha="center", va="center", color=GREY)
    return figure


@cache
def nudged_network() -> tuple[Floats, Floats, list[Layer], Forward]:
    """Return x (N, D), y (N, K), the layers and the forward pass of the network to nudge."""
    rng = np.random.default_rng(SEED)
    x, y = rng.normal(size=(EXAMPLES, SIZES[0])), rng.uniform(size=(EXAMPLES, SIZES[-1]))
    layers = draw_layers(rng, SIZES)
    return x, y, layers, forward_trace(x, y, layers)


def loss_after_nudge(place: tuple[int, int, int], amount: float) -> float:
    """Return the loss when one weighted sum (layer, example, unit) is changed by `amount`."""
    _, y, layers, trace = nudged_network()
    at, example, unit = place
    z = trace.z[at].copy()
    z[example, unit] += amount
    through = [Layer(np.eye(z.shape[1]), np.zeros(z.shape[1])), *layers[at + 1 :]]
    return loss(z, y, through)  # the first layer only bends z


def sensitivity(label: Labels) -> Figure:
    """Plot the loss against a nudge of one weighted sum, with a line whose slope is its delta."""
    _, y, layers, trace = nudged_network()
    deltas = backward_trace(trace, y, layers).dz
    figure, (axes,) = panels(height=3.5, left=0.85, right=0.2)
    for (color, style), place in zip(LINES, PLACES, strict=False):
        at, example, unit = place
        delta = float(deltas[at][example, unit])
        losses = [loss_after_nudge(place, amount) for amount in NUDGES]
        axes.plot(NUDGES, losses, color=color, ls=style)
        near = np.array([-1.2, 1.2])
        axes.plot(near, trace.loss + delta * near, color=INK, lw=1.1)
        text = f"{label('layer')} {at + 1}: $\\delta = {delta:.4f}$"
        note(axes, *NAMED[place], text, color)
    axes.plot(0, trace.loss, "o", ms=7, color=INK, zorder=4)
    axes.set(xlim=(NUDGES[0], NUDGES[-1]))
    axes.set_xlabel(label("nudge of one weighted sum"))
    axes.set_ylabel(label("loss"))
    ticks(axes, (-3, 0, 3), (0.25, 0.26, 0.27, 0.28))
    return figure


def shape_of_a_step(label: Labels) -> Figure:
    """Draw the four arrays of one step to scale: delta_next, w_next^T, the slopes, delta."""
    figure, axes = canvas(2.1)
    cell, x, top = 0.165, 0.14, 1.55
    parts = (
        ("$\\delta_l$", (N, H), "=", ORANGE),
        ("$\\delta_{l+1}$", (N, H_NEXT), "$\\cdot$", ORANGE),
        ("$W_{l+1}^\\top$", (H_NEXT, H), "$\\odot$", BLUE),
        ("$f'(z_l)$", (N, H), "", GREEN),
    )
    for name, (rows, columns), sign, color in parts:
        wide, tall = cell * columns, cell * rows
        _grid(axes, x, top - tall, rows, columns, cell, color)
        axes.text(x + wide / 2, top + 0.25, name, ha="center", va="center", color=color)
        size = {N: "N", H: "H_l", H_NEXT: "H_{l+1}"}
        axes.text(
            x + wide / 2, top - tall - 0.2, f"${size[rows]} \\times {size[columns]}$",
            ha="center", va="center", fontsize=SMALL,
        )  # fmt: skip
        axes.text(x + wide + 0.2, top - cell * N / 2, sign, ha="center", va="center")
        x += wide + 0.4
    return figure


def _grid(axes: Axes, x: float, y: float, rows: int, columns: int, cell: float, color: str) -> None:
    """Draw a matrix as a grid of cells, its lower left corner at (x, y)."""
    for row in range(rows):
        for column in range(columns):
            corner = (x + cell * column, y + cell * row)
            axes.add_patch(Rectangle(corner, cell, cell, fc=PAPER, ec=color, lw=1))


def costs(width: int) -> tuple[int, int]:
    """Return the multiplications from the loss and from the input, for layers of equal width."""
    sizes = [1, *[width] * COST_DEPTH]  # delta of the last layer, then COST_DEPTH - 1 Jacobians
    return product_cost(sizes), product_cost(sizes[::-1])


def cost(label: Labels) -> Figure:
    """Plot the multiplications for the first delta against the width, in either order."""
    figure, (axes,) = panels(height=3.2, left=0.9, right=0.3)
    counted = np.array([costs(width) for width in COST_WIDTHS], dtype=float).T
    names = (label("from the loss"), label("from the input"))
    for (color, style), line, name, at in zip(
        LINES, counted, names, ((220, 2e4), (60, 2e8)), strict=False
    ):
        axes.loglog(COST_WIDTHS, line, color=color, ls=style, marker="o", ms=5, clip_on=False)
        note(axes, *at, name, color)
    axes.set(xlim=(COST_WIDTHS[0], COST_WIDTHS[-1]), ylim=(100, 1e11))
    axes.set_xticks(COST_WIDTHS, [f"{width:,}" for width in COST_WIDTHS])
    axes.set_yticks([10.0**power for power in (2, 5, 8, 11)], [f"1e{p}" for p in (2, 5, 8, 11)])
    axes.minorticks_off()
    axes.set_xlabel(label("units in every layer"))
    axes.set_ylabel(label("multiplications"))
    return figure


# --- the explorable ------------------------------------------------------------------------------


@cache
def explored() -> tuple[Floats, Floats]:
    """Return x (WIDTH,) and standard normal weights (DEEPEST, WIDTH, WIDTH) of `back`."""
    rng = np.random.default_rng(EXPLORE_SEED)
    return rng.normal(size=WIDTH), rng.normal(size=(DEEPEST, WIDTH, WIDTH))


def explored_net(depth: int, kind: str, gain: float) -> tuple[list[Floats], list[Floats]]:
    """Return w and z of layers 1 to `depth` of the network that `back` shows."""
    h, weights = explored()
    f, _ = ACTIVATIONS[kind]
    ws, zs = list(gain / np.sqrt(WIDTH) * weights[:depth]), list[Floats]()
    for w in ws:
        zs.append(np.atleast_2d(h @ w))
        h = f(zs[-1])
    return ws, zs


def deltas_of(depth: int, kind: str, gain: float, last: Floats = LAST) -> list[Floats]:
    """Return the deltas (WIDTH,) of layers 1 to `depth` that `back` shows."""
    ws, zs = explored_net(depth, kind, gain)
    return [delta[0] for delta in delta_recurrence(last[None], ws, zs, ACTIVATIONS[kind][1])]


def arriving_at(depth: int, kind: str, gain: float, last: Floats = LAST) -> list[Floats]:
    """Return the sums delta_next w_next^T (WIDTH,) that arrive at layers 1 to `depth` - 1."""
    ws, _ = explored_net(depth, kind, gain)
    deltas = deltas_of(depth, kind, gain, last)
    return [delta @ w.T for delta, w in zip(deltas[1:], ws[1:], strict=True)]


def network_and_last() -> Data:
    """Return what the page computes the deltas from: x, weights for a gain of 1, the last delta."""
    x, weights = explored()
    return {"x": x, "w": weights / np.sqrt(WIDTH), "last": LAST}


@explorable(
    Slider("step", 0, DEEPEST, value=DEPTH, plays=True),
    Slider("depth", 2, DEEPEST, value=DEPTH),
    Slider("gain", 0.25, 4, 0.25, GAIN),
    Choice("activation", KINDS, "tanh"),
    Choice("scale", ("shared", "own"), "shared"),
    data=network_and_last,
)
def back(label: Labels) -> Figure:
    """Draw the delta of every unit as a bar, and what the last step back has carried."""
    figure, axes = canvas(4.3)
    deltas, arriving = deltas_of(DEPTH, "tanh", GAIN), arriving_at(DEPTH, "tanh", GAIN)
    ws, _ = explored_net(DEPTH, "tanh", GAIN)
    most = max(1.0, *(float(np.abs(part).max()) for part in (*deltas, *arriving)))
    columns = np.linspace(0.4, 4.2, DEPTH)
    rows = 3.87 - 0.8 * np.arange(WIDTH)
    carried = deltas[1] * ws[1]  # (unit of layer 1, unit of layer 2)
    for (i, k), value in np.ndenumerate(carried):
        thick = 0.4 + 3 * abs(value) / np.abs(carried).max()
        ends = (columns[0] + 0.13, columns[1] - 0.13), (rows[i], rows[k])
        axes.plot(*ends, color=GREY, lw=thick, alpha=0.55, zorder=0.6)
    for y, value in zip(rows, arriving[0], strict=True):
        _bar(axes, columns[0], y, 0.36 * float(value) / most, fc="none", ec=INK, lw=1.2, zorder=4)
    for layer, (x, delta) in enumerate(zip(columns, deltas, strict=True), 1):
        for y, value in zip(rows, delta, strict=True):
            axes.plot([x - 0.2, x + 0.2], [y, y], color=FAINT, lw=1.4, zorder=1)
            color = ORANGE if value > 0 else BLUE
            _bar(axes, x, y, 0.36 * float(value) / most, fc=color, ec="none", zorder=3)
        largest = number(float(np.abs(delta).max()), 2)
        axes.text(x, 0.74, largest, ha="center", va="center", fontsize=SMALL)
        axes.text(x, 0.4, str(layer), ha="center", va="center", fontsize=SMALL, color=GREY)
    axes.text(2.3, 0.96, label("largest"), ha="center", va="center", fontsize=SMALL)
    axes.text(2.3, 0.18, label("layer"), ha="center", va="center", fontsize=SMALL, color=GREY)
    return figure


def _bar(axes: Axes, x: float, y: float, high: float, **options: Any) -> None:
    """Draw a bar of signed height `high` on the line at y."""
    axes.add_patch(Rectangle((x - 0.1, min(y, y + high)), 0.2, abs(high), **options))
