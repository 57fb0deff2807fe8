"""Figures of the computational graph: values, local derivatives and paths of small formulas."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from snippets.computational_graph import (
    Node,
    edges,
    input_names,
    local_derivatives,
    neuron_graph,
    paths,
    shared_graph,
)
from snippets.computational_graph import (
    forward as values_of,
)
from snippets.figures._explore import Choice, Data, Slider, explorable
from snippets.figures._style import (
    BLUE,
    GREY,
    INK,
    LINES,
    ORANGE,
    PAPER,
    PURPLE,
    SMALL,
    WIDTH,
    Labels,
    Place,
    arrow,
    canvas,
    note,
    number,
    panels,
    ticks,
)

LABELS = {
    "layers": "층의 수",
    "paths": "경로",
    "edges": "간선",
    "width": "너비",
}

GRAPHS = {"neuron": neuron_graph, "shared": shared_graph}
GIVEN = {"x": 1.5, "w": -0.8, "b": 0.3, "y": 1.0}
"""The inputs that the figures show, and the explorable begins with."""
SHOWN = {"y_hat": "ŷ", "error": "e"}
FORMULAS = {
    "add": "{} + {}",
    "subtract": "{} \N{MINUS SIGN} {}",
    "multiply": "{} · {}",
    "square": "{}²",
    "sigmoid": "σ({})",
    "tanh": "tanh {}",
}
# The places of `steps`, in inches; docs/assets/js/explore/views/computational_graph-steps.js has
# them, too.
COLUMNS = {"left": 0.5, "middle": 2.3, "right": 4.1}
ROW = 0.78
HALF = {"left": 0.31, "middle": 0.5, "right": 0.31}
TALL = 0.23
"""Half of the width and of the height of a box."""
EDGE = 0.32
"""From the upper edge to the middle of the first row."""
FOOT = 0.95
"""Under the graph, for what its paths add up to."""
WIDTHS = (2, 4, 8)
DEPTHS = tuple(range(1, 11))


def shown(name: str) -> str:
    """Return the name of a node as the figures write it."""
    return SHOWN.get(name, name)


def formula(node: Node) -> str:
    """Return what a node computes, such as "wx + b"."""
    return FORMULAS[node.operation].format(*map(shown, node.inputs))


def places(nodes: Sequence[Node], top: float) -> dict[str, Place]:
    """Put the operations of a graph one under another, and w to the left, x, b, y to the right."""
    operations = [node for node in nodes if node.operation != "input"]
    found = {node.name: (COLUMNS["middle"], top - n * ROW) for n, node in enumerate(operations)}
    for name in input_names(nodes):
        user = next(node.name for node in operations if name in node.inputs)
        found[name] = (COLUMNS["left" if name == "w" else "right"], found[user][1])
    return found


def forward(label: Labels) -> Figure:
    """Draw the graph of one neuron's squared error: each operation, and the value it gives."""
    axes = _graph(neuron_graph(), _height(5))
    return _figure(axes)


def local(label: Labels) -> Figure:
    """Draw the same graph with the local derivative of every edge."""
    axes = _graph(neuron_graph(), _height(5), derivatives=True)
    return _figure(axes)


def two_paths(label: Labels) -> Figure:
    """Draw the graph that uses w twice: both paths from w to L, their products and the sum."""
    axes = _graph(shared_graph(), _height(6) + FOOT, derivatives=True, start="w")
    return _figure(axes)


def layered_paths(width: int, depth: int) -> int:
    """Count the paths from one input to the output through `depth` layers of `width` units."""
    return width**depth


def layered_edges(width: int, depth: int) -> int:
    """Count the edges of the same network: to the first layer, between layers, to the output."""
    return width + (depth - 1) * width**2 + width


def path_count(label: Labels) -> Figure:
    """Plot the number of paths and of edges against the number of layers, for three widths."""
    figure, axes = panels(1, 2, 3.2, left=0.72, right=0.2, gap=(0.3, 0), top=0.35)
    for panel, count, name in zip(
        axes, (layered_paths, layered_edges), ("paths", "edges"), strict=True
    ):
        for width, (color, style) in zip(WIDTHS, LINES, strict=False):
            counts = [count(width, depth) for depth in DEPTHS]
            panel.plot(DEPTHS, counts, style, color=color, marker="o", ms=4)
        panel.set(xlim=(0.5, 10.5), ylim=(1, 3e9), yscale="log", xlabel=label("layers"))
        panel.set_title(label(name))
        panel.minorticks_off()
        ticks(panel, (1, 5, 10))
    axes[0].set_yticks((1, 1e3, 1e6, 1e9), ("1", "10³", "10⁶", "10⁹"))
    axes[1].set_yticks((1, 1e3, 1e6, 1e9), ("", "", "", ""))
    for width, (color, _), (x, y) in zip(
        WIDTHS, LINES, ((8.3, 25), (8.4, 5e3), (4.6, 4e6)), strict=False
    ):
        note(axes[0], x, y, f"{label('width')} {width}", color)
    return figure


def graphs() -> Data:
    """Return the nodes of both graphs of `steps`, and the inputs it begins with.

    The page computes values, derivatives and paths anew from inputs that the reader has changed.
    """
    found: dict[str, list[str]] = {}
    for name, graph in GRAPHS.items():
        nodes = graph()
        found[f"{name}_names"] = [node.name for node in nodes]
        found[f"{name}_operations"] = [node.operation for node in nodes]
        found[f"{name}_inputs"] = [" ".join(node.inputs) for node in nodes]
    return {**found, "inputs": list(GIVEN), "given": np.array(list(GIVEN.values()))}


@explorable(
    Slider("step", 0, 7, value=6, plays=True),
    Choice("graph", tuple(GRAPHS), "neuron"),
    Choice("input", tuple(GIVEN), "w"),
    Slider("value", -3, 3, 0.1, -0.8),
    data=graphs,
)
def steps(label: Labels) -> Figure:
    """Draw the graph of one neuron with values, local derivatives and the path from w."""
    axes = _graph(neuron_graph(), _height(6) + FOOT, derivatives=True, start="w")
    return _figure(axes)


def products(
    nodes: Sequence[Node], values: Mapping[str, float], start: str
) -> list[tuple[list[str], list[float]]]:
    """Return each path from `start` to L, with the local derivatives of its edges."""
    slopes = local_derivatives(nodes, values)
    return [
        (path, [slopes[edge] for edge in itertools.pairwise(path)])
        for path in paths(nodes, start, "L")
    ]


_PATHS = ((PURPLE, "-"), (BLUE, "--"))
"""The looks of the first and of the second path."""


def _height(rows: int) -> float:
    return (rows - 1) * ROW + 2 * EDGE


def _figure(axes: Axes) -> Figure:
    figure = axes.get_figure()
    assert isinstance(figure, Figure)
    return figure


def _graph(
    nodes: Sequence[Node], height: float, *, derivatives: bool = False, start: str | None = None
) -> Axes:
    """Draw the nodes with formula and value, and the arrows between them.

    derivatives: write the local derivative beside each arrow.  start: show the paths from there,
    the product of each, and their sum.
    """
    _, axes = canvas(height)
    values = values_of(nodes, GIVEN)
    where = places(nodes, height - EDGE)
    found = products(nodes, values, start) if start else []
    slopes = local_derivatives(nodes, values)
    for edge in edges(nodes):
        on = [n for n, (path, _) in enumerate(found) if edge in itertools.pairwise(path)]
        _edge(axes, where, edge, on, number(slopes[edge], 2) if derivatives else "")
    for node in nodes:
        text = shown(node.name)
        if node.operation != "input":
            text += f" = {formula(node)}"
        _node(axes, where[node.name], text, number(values[node.name], 2))
    if start:
        _sum(axes, start, [factors for _, factors in found])
    return axes


def _node(axes: Axes, place: Place, text: str, value: str) -> None:
    """Draw a box with the formula and below it the value."""
    (x, y), half = place, HALF[_column(place)]
    given = _column(place) != "middle"
    axes.add_patch(
        FancyBboxPatch(
            (x - half, y - TALL),
            2 * half,
            2 * TALL,
            boxstyle="round,pad=0,rounding_size=0.07",
            fc=PAPER,
            ec=INK if given else GREY,
            lw=2.0 if given else 1.4,
            zorder=4,
        )
    )
    options: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": SMALL, "zorder": 5}
    axes.text(x, y + 0.1, text, **options)
    axes.text(x, y - 0.1, value, color=BLUE, **options)


def _column(place: Place) -> str:
    return next(name for name, x in COLUMNS.items() if x == place[0])


def _edge(
    axes: Axes, where: Mapping[str, Place], edge: tuple[str, str], on: Sequence[int], text: str
) -> None:
    """Draw an arrow from node to node, in the looks of the paths that it is on, and its number.

    The way to the middle of a lower row has a corner.
    """
    start, end = (where[name] for name in edge)
    color, width = (_PATHS[on[0]][0], 3.0) if on else (GREY, 1.5)
    if start[0] == end[0]:
        line = [(start[0], start[1] - TALL), (end[0], end[1] + TALL)]
        axes.text(end[0] + 0.12, (start[1] + end[1]) / 2, text, va="center", **_NUMBER)
    else:
        side = 1 if start[0] < end[0] else -1
        near, far = start[0] + side * HALF[_column(start)], end[0] - side * HALF["middle"]
        line = [(near, start[1]), (far, end[1])]
        if start[1] != end[1]:
            line = [(start[0], start[1] - TALL), (start[0], end[1]), (far, end[1])]
        axes.text((near + far) / 2, end[1] + 0.08, text, ha="center", **_NUMBER)
    axes.plot(*zip(*line[:-1], strict=True), color=color, lw=width, zorder=2)
    arrow(axes, line[-2], line[-1], color, shrink=0, lw=width)
    if on[1:] or on == [1]:  # the second path is dashed, and lies on the first
        (x0, y0), (x1, y1) = line[-2:]
        ends = [x0, x0 + 0.72 * (x1 - x0)], [y0, y0 + 0.72 * (y1 - y0)]
        axes.plot(*ends, color=PAPER, lw=1.2, ls=(0, (2.5, 2.5)), zorder=3)


_NUMBER: dict[str, Any] = {"color": ORANGE, "fontsize": SMALL}


def _sum(axes: Axes, start: str, found: Sequence[Sequence[float]]) -> None:
    """Write the product along each path, and below it what they add up to."""
    y = FOOT - 0.28
    for factors, (color, _) in zip(found, _PATHS, strict=False):
        text = " · ".join(_factor(factor) for factor in factors)
        axes.text(0.2, y, f"{text} =", fontsize=SMALL, color=color)
        total = number(math.prod(factors), 2)
        axes.text(WIDTH - 0.2, y, total, fontsize=SMALL, color=color, ha="right")
        y -= 0.26
    total = number(sum(map(math.prod, found)), 2)
    axes.text(WIDTH - 0.2, y, f"dL/d{start} = {total}", ha="right", weight="bold")


def _factor(value: float) -> str:
    text = number(value, 2)
    return f"({text})" if value < 0 else text
