"""Figures of the McCulloch-Pitts neuron: what they draw is what the package computes."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from scripts.figures.worker import draw
from snippets.figures import mcculloch_pitts as figures
from snippets.figures._style import ORANGE
from snippets.logic_gates import GATES, function_outputs, truth_table
from snippets.mcculloch_pitts import mcp_neuron, run, two_layers

pytestmark = pytest.mark.usefixtures("figure_style")


def figure(name: str) -> Figure:
    return draw("mcculloch_pitts", name, "en")[0]


def said(drawn: Figure) -> list[str]:
    return [text.get_text() for text in drawn.axes[0].texts]


def test_rule_shows_a_neuron_that_fires_and_is_then_silenced_by_one_input():
    fires = mcp_neuron(figures.CASES, *figures.RULE)
    assert fires.tolist() == [1, 0]
    words = [text for text in said(figure("rule")) if text in ("fires", "silent")]
    assert words == ["fires", "silent"]


def test_every_gate_computes_what_its_name_says():
    shown = said(figure("gates"))
    for name, signs, threshold in figures.GATES_SHOWN:
        assert name in shown
        outputs = tuple(mcp_neuron(truth_table(len(signs)), signs, threshold))
        expected = {"NOT": (1, 0), "x AND NOT y": (0, 0, 1, 0)} | GATES
        assert outputs == expected.get(name, expected["x AND NOT y"])


def test_sixteen_draws_every_function_once_and_frames_what_one_neuron_computes():
    squares, solid, dashed = figure("sixteen").axes[0].collections
    assert isinstance(squares, PolyCollection)
    tints = [to_hex(color) == ORANGE for color in squares.get_facecolor()]
    drawn = {tuple(tints[4 * k : 4 * k + 4]) for k in range(16)}
    assert drawn == {tuple(function_outputs(k, 2).astype(bool).tolist()) for k in range(16)}
    assert isinstance(solid, LineCollection)
    assert isinstance(dashed, LineCollection)
    single = figures.by_one_neuron(2)
    assert (len(solid.get_segments()), len(dashed.get_segments())) == (
        len(single),
        16 - len(single),
    )
    assert GATES["AND"] in single
    assert not {GATES["XOR"], GATES["NAND"], GATES["XNOR"]} & single


def test_tables_writes_the_output_of_the_network_in_every_row():
    shown = said(figure("tables"))
    y = run(two_layers(figures.START[2]), truth_table(2))
    for row, output in zip(truth_table(2), y, strict=True):
        assert "    ".join(f"{value:g}" for value in (*row, output)) in shown


def test_first_tables_are_those_of_the_figure():
    data = figures.tables.data()
    assert np.array_equal(data["outputs_2"], GATES["XOR"])
    assert np.array_equal(data["outputs_3"], truth_table(3).sum(axis=1) % 2)
