"""Figures of what deep learning is: the data plotted are what the package computes."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from numpy.testing import assert_allclose

from scripts.figures.worker import draw
from snippets.activations import relu
from snippets.deep_learning import forward, network_layout, pieces, random_layers, tent_layers
from snippets.figures import deep_learning as figures

pytestmark = pytest.mark.usefixtures("figure_style")


def figure(name: str) -> Figure:
    return draw("deep_learning", name, "en")[0]


def test_network_joins_every_unit_to_every_unit_of_the_next_layer():
    axes = figure("network").axes[0]
    positions, edges = network_layout(figures.SIZES)
    (wires,) = [one for one in axes.collections if isinstance(one, LineCollection)]
    assert len(wires.get_segments()) == len(edges)
    assert sum(len(line.get_xdata()) for line in axes.lines) == len(positions)


def test_bends_plots_one_network_with_three_activations_and_only_one_is_straight():
    layers = random_layers(np.random.default_rng(5), [1, 6, 6, 6, 1])
    counts = []
    for panel, f in zip(figure("bends").axes, figures.BENDS.values(), strict=True):
        x, y = np.asarray(panel.lines[0].get_xydata()).T
        assert_allclose(y, forward(x[:, None], layers, f)[:, 0])
        counts.append(pieces(y))
    assert counts[0] == 1 < min(counts[1:])


def test_every_further_panel_has_twice_the_teeth():
    panels = figure("teeth").axes
    for depth, panel in enumerate(panels, 1):
        x, y = np.asarray(panel.lines[0].get_xydata()).T
        assert_allclose(y, forward(x[:, None], tent_layers(depth), relu)[:, 0])
        assert pieces(y) == 2**depth


def test_build_plots_the_network_that_its_controls_name():
    axes = figure("build").axes[1]
    layers = figures.smaller(figures.SEED, figures.LAYERS, figures.UNITS)
    x, y = np.asarray(axes.lines[0].get_xydata()).T
    assert_allclose(y, forward(x[:, None], layers, figures.BENDS[figures.BEND])[:, 0])
    assert [w.shape for w, _ in layers] == [(1, 4), (4, 4), (4, 1)]
    shown = [one.value for one in figures.build.controls]
    assert shown == [figures.LAYERS, figures.UNITS, figures.BEND, figures.SEED]


def test_a_larger_network_keeps_the_weights_of_the_smaller():
    small, large = figures.smaller(0, 2, 3), figures.smaller(0, 2, 5)
    for n, ((w_small, b_small), (w_large, b_large)) in enumerate(zip(small, large, strict=True)):
        rows, columns = w_small.shape
        scale = np.sqrt(w_large.shape[0] / rows) if n else 1
        assert_allclose(w_small, w_large[:rows, :columns] * scale)
        assert_allclose(b_small, b_large[:columns])
