"""What the figures of the computational graph show is what the package computes."""

from __future__ import annotations

import itertools
import math
from collections import Counter

import pytest
from matplotlib.figure import Figure
from matplotlib.text import Annotation
from numpy.testing import assert_array_equal

from scripts.figures.worker import draw
from snippets.computational_graph import (
    Node,
    backward,
    edges,
    forward,
    local_derivatives,
    neuron_graph,
    paths,
    shared_graph,
)
from snippets.figures import computational_graph as figures
from snippets.figures._explore import Slider
from snippets.figures._style import number

DRAWN = [
    ("forward", neuron_graph),
    ("local", neuron_graph),
    ("two_paths", shared_graph),
    ("steps", neuron_graph),
]


pytestmark = pytest.mark.usefixtures("figure_style")


def figure(name: str) -> Figure:
    return draw("computational_graph", name, "en")[0]


def texts(name: str) -> list[str]:
    return [text.get_text() for text in figure(name).axes[0].texts]


@pytest.mark.parametrize(("name", "graph"), DRAWN)
def test_every_node_has_a_box_with_its_formula_and_its_value(name: str, graph) -> None:
    nodes = graph()
    values = forward(nodes, figures.GIVEN)
    axes = figure(name).axes[0]
    assert len(axes.patches) == len(nodes)
    written = {text.get_text(): text.get_position() for text in axes.texts}
    for node in nodes:
        title = figures.shown(node.name)
        if node.operation != "input":
            title += f" = {figures.formula(node)}"
        x, y = written[title]
        below = [t for t in axes.texts if t.get_position() == pytest.approx((x, y - 0.2))]
        assert [t.get_text() for t in below] == [number(values[node.name], 2)]


@pytest.mark.parametrize(("name", "graph"), DRAWN)
def test_every_edge_has_an_arrow(name: str, graph) -> None:
    arrows = [text for text in figure(name).axes[0].texts if isinstance(text, Annotation)]
    assert len(arrows) == len(edges(graph()))


@pytest.mark.parametrize(("name", "graph"), DRAWN[1:])
def test_every_edge_has_its_local_derivative(name: str, graph) -> None:
    nodes = graph()
    slopes = local_derivatives(nodes, forward(nodes, figures.GIVEN))
    orange = [
        text.get_text()
        for text in figure(name).axes[0].texts
        if text.get_color() == figures.ORANGE and text.get_text()
    ]
    assert Counter(orange) == Counter(number(slope, 2) for slope in slopes.values())


def test_the_graph_of_the_forward_pass_shows_no_derivatives() -> None:
    colors = {text.get_color() for text in figure("forward").axes[0].texts if text.get_text()}
    assert figures.ORANGE not in colors


@pytest.mark.parametrize(("name", "graph"), DRAWN[2:])
def test_products_along_the_paths_add_up_to_the_derivative(name: str, graph) -> None:
    nodes = graph()
    values = forward(nodes, figures.GIVEN)
    found = figures.products(nodes, values, "w")
    assert [path for path, _ in found] == paths(nodes, "w", "L")
    total = sum(math.prod(factors) for _, factors in found)
    assert total == pytest.approx(backward(nodes, values, "L")["w"], rel=1e-12)
    written = texts(name)
    assert f"dL/dw = {number(total, 2)}" in written
    for _, factors in found:
        assert number(math.prod(factors), 2) in written
        line = " · ".join(number(one, 2) for one in factors)
        assert any(text.replace("(", "").replace(")", "") == f"{line} =" for text in written)


def layered(width: int, depth: int) -> list[Node]:
    """One input, `depth` layers of `width` units (add or square) and one output."""
    nodes, layer = [Node("x")], ["x"]
    for d in range(depth + 1):
        units = [f"h{d}{unit}" for unit in range(width if d < depth else 1)]
        for name in units:
            sums = [*(f"{name}s{k}" for k in range(len(layer) - 2)), name]
            left = layer[0]
            if len(layer) == 1:
                nodes.append(Node(name, "square", (left,)))
                continue
            for total, right in zip(sums, layer[1:], strict=True):
                nodes.append(Node(total, "add", (left, right)))
                left = total
        layer = units
    return nodes


@pytest.mark.parametrize(("width", "depth"), [(2, 1), (2, 2), (2, 4), (3, 1), (3, 2), (3, 4)])
def test_paths_through_layers_are_counted_as_they_are_listed(width: int, depth: int) -> None:
    found = paths(layered(width, depth), "x", f"h{depth}0")
    assert len(found) == figures.layered_paths(width, depth)
    # units joined directly: drop the partial sums between them
    direct = [[name for name in path if "s" not in name] for path in found]
    joined = {pair for path in direct for pair in itertools.pairwise(path)}
    assert len(joined) == figures.layered_edges(width, depth)


def test_the_curves_are_the_counts() -> None:
    for axes, count in zip(
        figure("path_count").axes, (figures.layered_paths, figures.layered_edges), strict=True
    ):
        for line, width in zip(axes.lines, figures.WIDTHS, strict=True):
            assert_array_equal(line.get_xdata(), figures.DEPTHS)
            assert_array_equal(line.get_ydata(), [count(width, d) for d in figures.DEPTHS])
    assert max(figures.layered_edges(8, depth) for depth in figures.DEPTHS) < 1000


def test_the_page_gets_both_graphs_and_the_inputs() -> None:
    data = figures.graphs()
    for name, graph in figures.GRAPHS.items():
        nodes = graph()
        assert data[f"{name}_names"] == [node.name for node in nodes]
        assert data[f"{name}_operations"] == [node.operation for node in nodes]
        assert [tuple(one.split()) for one in data[f"{name}_inputs"]] == [
            node.inputs for node in nodes
        ]
        assert set(figures.GIVEN) == {node.name for node in nodes if node.operation == "input"}
    assert dict(zip(data["inputs"], data["given"], strict=True)) == figures.GIVEN


def test_the_controls_begin_with_what_the_static_figure_shows() -> None:
    controls = {one.name: one for one in figures.steps.controls}
    step, value = controls["step"], controls["value"]
    assert isinstance(step, Slider)
    assert isinstance(value, Slider)
    operations = {
        name: sum(node.operation != "input" for node in graph())
        for name, graph in figures.GRAPHS.items()
    }
    assert step.value == operations[controls["graph"].value] + 1, "the last: the paths"
    assert step.maximum == max(operations.values()) + 1
    assert value.value == figures.GIVEN[controls["input"].value]
