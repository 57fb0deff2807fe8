"""What the figures of logic gates draw is what the package computes."""

from __future__ import annotations

import json

import numpy as np
import pytest
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from numpy.testing import assert_allclose, assert_array_equal

from scripts.figures.worker import draw
from snippets.figures import logic_gates as figures
from snippets.figures._explore import unpack
from snippets.figures._style import ORANGE, PAPER
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

MEANINGS = {
    "always 0": lambda p, q: False,
    "always 1": lambda p, q: True,
    "AND": lambda p, q: p and q,
    "OR": lambda p, q: p or q,
    "NAND": lambda p, q: not (p and q),
    "NOR": lambda p, q: not (p or q),
    "XOR": lambda p, q: p != q,
    "XNOR": lambda p, q: p == q,
    "x₁": lambda p, q: p,
    "x₂": lambda p, q: q,
    "NOT x₁": lambda p, q: not p,
    "NOT x₂": lambda p, q: not q,
    "x₁ < x₂": lambda p, q: p < q,
    "x₁ > x₂": lambda p, q: p > q,
    "x₁ ≤ x₂": lambda p, q: p <= q,
    "x₁ ≥ x₂": lambda p, q: p >= q,
}


pytestmark = pytest.mark.usefixtures("figure_style")


def figure(name: str) -> Figure:
    return draw("logic_gates", name, "en")[0]


def texts(axes) -> list[str]:
    return [text.get_text().strip("\ue000\ue001") for text in axes.texts]


def test_every_function_has_the_name_of_what_it_computes():
    for k, name in enumerate(figures.NAMES):
        expected = [bool(MEANINGS[name](p, q)) for p in (0, 1) for q in (0, 1)]
        assert function_outputs(k, 2).astype(bool).tolist() == expected


def test_gates_shade_the_side_with_the_ones_and_mark_the_corners():
    for axes, name in zip(figure("gates").axes, GATE_WEIGHTS, strict=True):
        assert axes.get_title() == name
        off, on = (np.asarray(line.get_xydata()) for line in axes.lines)
        corners, outputs = truth_table(2), np.array(GATES[name])
        assert_array_equal(off, corners[outputs == 0])
        assert_array_equal(on, corners[outputs == 1])
        w1, w2, b = GATE_WEIGHTS[name]
        line = axes.collections[0].get_paths()[0].vertices  # the contour z = 0
        assert_allclose(line @ [w1, w2] + b, 0, atol=1e-9)
        signs = [value for value in (w1, w2, b) if value < 0]
        assert axes.texts[0].get_text().count("-") == len(signs)


@pytest.mark.parametrize("k", range(16))
def test_each_line_computes_its_function_and_two_functions_have_none(k: int):
    weights = figures.line_of(k)
    assert (weights is not None) == threshold_functions(2)[k]
    if weights is None:
        assert figures.NAMES[k] in ("XOR", "XNOR")
    else:
        assert_array_equal(neuron(truth_table(2), weights[:2], weights[2]), function_outputs(k, 2))


def test_sixteen_draws_a_dashed_frame_for_what_has_no_line():
    axes = figure("sixteen").axes[0]
    assert sorted(texts(axes)) == sorted(
        name.replace("x₁", "$x_1$").replace("x₂", "$x_2$") for name in figures.NAMES
    )
    frames = [line for line in axes.lines if len(line.get_xdata()) == 5]
    assert len(frames) == 16
    assert sum(line.get_linestyle() != "-" for line in frames) == 2
    lines = [line for line in axes.lines if len(line.get_xdata()) == 2 and line.get_ls() == "-"]
    assert len(lines) == 12, "fourteen, of which two are constant"


@pytest.mark.parametrize("threshold", figures.CUT.values())
def test_the_section_lies_in_the_cube_and_in_the_plane(threshold: float):
    section = figures.section(threshold)
    assert len(section) == {2.5: 3, 1.5: 6}[threshold]
    assert_allclose(section.sum(axis=1), threshold)
    assert (section >= 0).all()
    assert (section <= 1).all()
    sides = np.linalg.norm(section - np.roll(section, 1, axis=0), axis=1)
    assert_allclose(sides, sides[0])  # in the right order the polygon is regular


def test_cubes_show_the_functions_that_they_name():
    axes = figure("cubes").axes[0]
    assert texts(axes) == ["AND", "majority", "all equal"]
    ones = [sum(len(line.get_xdata()) for line in axes.lines if line.get_marker() == "s")]
    assert ones == [1 + 4 + 2]
    counts = truth_table(3).sum(axis=1)
    for threshold, least in zip(figures.CUT.values(), (3, 2), strict=True):
        assert_array_equal(counts > threshold, counts >= least)
    assert_array_equal(figures.ALL_EQUAL, (counts % 3 == 0).astype(int))
    rows = contradiction(figures.ALL_EQUAL)
    assert rows is not None
    solid, dashed = [line for line in axes.lines if line.get_linestyle() in ("-", "--")]
    middle = np.mean(solid.get_xydata(), axis=0)
    assert_allclose(middle, np.mean(dashed.get_xydata(), axis=0))
    assert_allclose(
        solid.get_xydata()[1] - solid.get_xydata()[0], (rows[1] - rows[0]) @ figures._AXES
    )


def test_growth_plots_all_functions_the_bound_and_the_exact_counts():
    everything, bound, exact = figure("growth").axes[0].lines
    for n, y in everything.get_xydata():
        assert y == 2.0 ** (2**n)
    for n, y in bound.get_xydata():
        assert y == most_regions(2 ** int(n), int(n) + 1)
    assert exact.get_ydata().tolist() == [count_threshold_functions(n) for n in (1, 2, 3, 4)]
    assert {"104", "1,882", "256", "65,536"} <= set(texts(figure("growth").axes[0]))


def test_half_of_the_square_is_where_the_neuron_answers_one():
    rng = np.random.default_rng(0)
    for w1, w2, b in rng.normal(size=(50, 3)):
        part = np.array(figures.half(w1, w2, b)).reshape(-1, 2)
        assert (part @ [w1, w2] + b >= -1e-9).all()
        other = np.array(figures.half(-w1, -w2, -b)).reshape(-1, 2)
        assert area(part) + area(other) == pytest.approx(4)


def area(polygon: np.ndarray) -> float:
    if len(polygon) < 3:
        return 0.0
    x, y = polygon.T
    return abs(float(x @ np.roll(y, 1) - y @ np.roll(x, 1))) / 2


def test_line_frames_the_function_of_its_first_weights():
    data = unpack(json.loads(figures.line.to_json()))
    assert data["names"] == list(figures.NAMES)
    assert_array_equal(data["possible"], threshold_functions(2))
    assert sorted([*figures.ORDER, *(15 - k for k in figures.ORDER)]) == list(range(16))
    for k in range(16):
        assert_array_equal(function_outputs(15 - k, 2), 1 - function_outputs(k, 2))
    controls = {one.name: one.value for one in figures.line.controls}
    assert tuple(controls.values()) == GATE_WEIGHTS["AND"] == figures.START
    axes = figure("line").axes[0]
    tiles = [one for one in axes.collections if isinstance(one, PolyCollection)][-16:]
    shown = [[to_hex(color) for color in tile.get_facecolor()] for tile in tiles]
    for k, colors in zip((*figures.ORDER, *(15 - k for k in figures.ORDER)), shown, strict=True):
        assert [color != PAPER for color in colors] == function_outputs(k, 2).astype(bool).tolist()
    assert [ORANGE in colors for colors in shown] == [k == 0 for k in range(16)]
    assert figures.NAMES[figures.ORDER[0]] == "AND"
