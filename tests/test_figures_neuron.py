"""Figures of the artificial neuron: the data plotted are what the package computes."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.figure import Figure
from numpy.testing import assert_allclose

from scripts.figures.worker import draw
from snippets.activations import sigmoid, step
from snippets.figures import neuron as neuron_figures
from snippets.neuron import distance_from_origin, neuron, weighted_sum

pytestmark = pytest.mark.usefixtures("figure_style")


def figure(name: str) -> Figure:
    return draw("neuron", name, "en")[0]


def lines(axes, n: int) -> list[np.ndarray]:
    return [np.asarray(line.get_xydata()) for line in axes.lines[:n]]


def test_each_boundary_is_where_the_weighted_sum_is_zero():
    turned, moved = figure("turn_and_move").axes
    for line, w in zip(lines(turned, 3), neuron_figures.TURNED, strict=True):
        assert_allclose(weighted_sum(line, w, -1.0), 0, atol=1e-8)
    for line, b in zip(lines(moved, 3), neuron_figures.BIASES, strict=True):
        assert_allclose(weighted_sum(line, (0.8, 0.6), b), 0, atol=1e-8)


def test_turned_boundaries_keep_their_distance_and_one_moved_boundary_meets_the_origin():
    assert_allclose([distance_from_origin(w, -1.0) for w in neuron_figures.TURNED], 1)
    distances = [distance_from_origin((0.8, 0.6), b) for b in neuron_figures.BIASES]
    assert_allclose(distances, np.abs(neuron_figures.BIASES))
    assert distances.count(0) == 1


def test_steepness_plots_the_sigmoid_neuron_of_every_weight_and_the_step():
    *curves, jump = lines(figure("steepness").axes[0], 4)
    for curve, w in zip(curves, neuron_figures.WEIGHTS, strict=True):
        x = curve[:, :1]
        assert_allclose(curve[:, 1], sigmoid(w * (x[:, 0] - neuron_figures.PLACE)), atol=1e-12)
    assert_allclose(jump[:, 1], step(jump[:, 0] - neuron_figures.PLACE))


def test_decide_marks_the_point_with_the_output_of_the_neuron():
    axes = figure("decide").axes[0]
    w = (neuron_figures.START["w1"], neuron_figures.START["w2"])
    y_hat = neuron([neuron_figures.POINT], w, neuron_figures.START["b"])[0]
    assert any(f"{y_hat:g}" in text.get_text() for text in axes.texts)
    assert_allclose(axes.lines[-1].get_xydata(), [neuron_figures.POINT])


def test_what_decide_offers_contains_what_it_shows_first():
    controls = {one.name: one for one in neuron_figures.decide.controls}
    for name, value in neuron_figures.START.items():
        assert controls[name].minimum <= value == controls[name].value <= controls[name].maximum
    assert_allclose(neuron_figures.decide.data()["x"], neuron_figures.POINT)
