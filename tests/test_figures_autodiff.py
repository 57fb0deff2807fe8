"""What the figures of automatic differentiation draw is what the tape computes."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure
from numpy.testing import assert_allclose, assert_array_equal

from scripts.cache import ROOT
from scripts.figures.worker import draw
from snippets.autodiff import Tensor, operation_counts, reverse_gradient, topological_order
from snippets.figures import autodiff as figures
from snippets.figures._explore import unpack
from snippets.figures._style import number
from snippets.gradient_check import numerical_gradient, relative_error

each = pytest.mark.parametrize("name", figures.EXPRESSIONS)


pytestmark = pytest.mark.usefixtures("figure_style")


def figure(name: str) -> Figure:
    return draw("autodiff", name, "en")[0]


def written(name: str) -> list[str]:
    return [text.get_text() for text in figure(name).axes[0].texts if text.get_text()]


# --- the sweeps ----------------------------------------------------------------------------------


@each
def test_a_sweep_that_waits_gathers_what_backward_gathers(name: str) -> None:
    order = figures.tensors(name, a=0.7, b=-1.3)
    made = figures.pulls(order)
    order[-1].backward()
    for n, node in enumerate(order):
        assert figures.gathered(made, n) == pytest.approx(float(node.grad), rel=1e-12)
    assert len(made) == operation_counts(order[-1])[1]


@each
def test_gradients_of_the_expressions_agree_with_the_central_difference(name: str) -> None:
    run = figures.EXPRESSIONS[name].run
    for n in (0, 1):

        def one_input(x: Any, n: int = n) -> Tensor:
            inputs = [Tensor(0.7), Tensor(-1.3)]
            inputs[n] = x if isinstance(x, Tensor) else Tensor(x)
            return run(*inputs)

        point = (0.7, -1.3)[n]
        found, _ = reverse_gradient(one_input, point)
        numerical = numerical_gradient(lambda x: one_input(x).data, point)
        assert relative_error(found, numerical) < 1e-8


def test_without_waiting_only_expressions_whose_inputs_alone_are_shared_come_out_right() -> None:
    right = set()
    for name in figures.EXPRESSIONS:
        order = figures.tensors(name)
        inputs = [n for n, node in enumerate(order) if not node.edges]
        waits, hurries = (figures.pulls(order, waits=waits) for waits in (True, False))
        if all(
            np.isclose(figures.gathered(hurries, n), figures.gathered(waits, n)) for n in inputs
        ):
            right.add(name)
        uses = np.bincount([one.parent for one in waits], minlength=len(order))
        shared = [n for n, node in enumerate(order) if node.edges and uses[n] > 1]
        assert (name in right) == (not shared)
    assert right == {"product", "unit"}, "as the text beside the explorable asks"


def test_the_slider_has_a_place_for_every_pull() -> None:
    counts = [
        len(figures.pulls(figures.tensors(name), waits=waits))
        for name in figures.EXPRESSIONS
        for waits in (True, False)
    ]
    assert max(counts) == figures.MOST
    begins = {control.name: control.value for control in figures.sweep.controls}
    assert begins["step"] == len(figures.pulls(figures.tensors("shared")))
    assert {name: begins[name] for name in "ab"} == figures.INPUTS


# --- the drawings --------------------------------------------------------------------------------


def test_the_tape_shows_every_value_and_every_gradient() -> None:
    order = figures.tensors("product", a=2.0, b=3.0)
    order[-1].backward()
    texts = written("tape")
    for text, node in zip(figures.EXPRESSIONS["product"].nodes, order, strict=True):
        assert f"{text} = {number(float(node.data))}" in texts
        name = text[0]
        at = next(n for n, one in enumerate(texts) if one.startswith(f"d{name} = "))
        result = texts[at + 1] if "d" in texts[at][2:] else texts[at]
        assert result.split(" = ")[-1].removeprefix("= ") == number(float(node.grad))


def test_the_two_orders_end_with_14_and_with_20() -> None:
    texts = written("orders")
    assert {"da = 14", "dx = 4 + 3 = 7", "da = 6 + 14 = 20", "dx = 3 + 4 = 7"} <= set(texts)


def test_costs_are_those_of_the_tape_and_of_a_run_for_each_input() -> None:
    reverse, forward, central = (line.get_ydata() for line in figure("cost").axes[0].lines)
    for n, size in enumerate(figures.SIZES):
        operations, pulled = operation_counts(figures.chained([Tensor(0.1)] * size))
        assert reverse[n] == operations + pulled <= 3 * operations
        assert forward[n] == size * operations
        assert central[n] == 2 * size * operations
    assert 100 < forward[-1] / reverse[-1] < central[-1] / reverse[-1] < 1000, "hundreds of times"


def test_the_static_sweep_shows_the_graph_after_its_last_pull() -> None:
    order = figures.tensors("shared")
    order[-1].backward()
    texts = written("sweep")
    for text, node in zip(figures.EXPRESSIONS["shared"].nodes, order, strict=True):
        assert f"{text} = {number(float(node.data))}" in texts
        assert f"d{text[0]} = {number(float(node.grad))}" in texts
    assert texts[-1] == "da = 0 + 7·2 = 14"


@each
def test_data_are_the_tape(name: str) -> None:
    data = unpack(json.loads(figures.sweep.to_json()))
    order = topological_order(
        figures.EXPRESSIONS[name].run(*(Tensor(v) for v in figures.INPUTS.values()))
    )
    operations = [data["operations"][op] for op in data[f"{name}_nodes"][:, 0]]
    assert data["expressions"] == list(figures.EXPRESSIONS)
    assert_array_equal(data[f"{name}_names"], figures.EXPRESSIONS[name].nodes)
    assert_allclose(data[f"{name}_places"], figures.EXPRESSIONS[name].places)
    rows = zip(order, operations, data[f"{name}_nodes"], data[f"{name}_constants"], strict=True)
    for node, op, (_, *parents), constant in rows:
        assert op.replace("times", "*") == node.op
        assert [order[n] for n in parents if n >= 0] == list(node.parents)
        if op == "times":
            assert constant * float(node.parents[0].data) == float(node.data)


def test_boxes_do_not_overlap_and_stay_inside() -> None:
    wide, tall = figures.BOX
    for expression in figures.EXPRESSIONS.values():
        places = np.array(expression.places)
        apart = np.abs(places[:, None] - places[None])
        overlap = (apart[..., 0] < wide) & (apart[..., 1] < tall)
        assert overlap.sum() == len(places)
        assert (places > (wide / 2, figures.LINE + tall / 2)).all()
        assert (places < (4.6 - wide / 2, figures.HEIGHT - tall / 2 + 0.1)).all()


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize(
    ("name", "expression", "inputs"),
    [("tape", "product", {"a": 2.0, "b": 3.0}), ("sweep", "shared", {})],
)
def test_the_description_of_a_figure_tells_its_numbers(
    name: str, expression: str, inputs: dict[str, float], language: str
) -> None:
    page = (ROOT / f"docs/{language}/autodiff.md").read_text("utf-8")
    described = next(re.finditer(rf"!\[([^]]*)\]\(\w+:autodiff\.{name} ", page)).group(1)
    order = figures.tensors(expression, **inputs)
    order[-1].backward()
    for text, node in zip(figures.EXPRESSIONS[expression].nodes, order, strict=True):
        for symbol, value in ((text[0], node.data), (f"d{text[0]}", node.grad)):
            told = re.findall(rf"(?<![\w·]){symbol} = ([^,:]*)", described)
            numbers = [re.findall(r"\d+(?:\.\d+)?", one.split(". ")[0])[-1:] for one in told]
            assert [number(float(value))] in numbers, symbol
