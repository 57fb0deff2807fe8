"""What the figures of gradient descent plot is what the package computes."""

from __future__ import annotations

import json

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from numpy.testing import assert_allclose, assert_array_equal

from scripts.figures.worker import draw
from snippets import gradient_descent as gd
from snippets import regression
from snippets.activations import step
from snippets.figures import gradient_descent as figures
from snippets.figures._explore import unpack

pytestmark = pytest.mark.usefixtures("figure_style")


def figure(name: str) -> Figure:
    return draw("gradient_descent", name, "en")[0]


def segments(axes: mpl.axes.Axes) -> list[np.ndarray]:
    return axes.findobj(LineCollection)[0].get_segments()


def test_three_rates_creep_arrive_and_climb() -> None:
    ends = []
    for panel, (name, lr) in zip(figure("learning_rates").axes, figures.RATES, strict=True):
        assert panel.get_title() == f"{name}\n$\\eta = {lr:g}$"
        curve, path, start = panel.lines
        for line in (curve, path, start):
            assert_allclose(line.get_ydata(), np.square(line.get_xdata()) / 2)
        assert_allclose(path.get_xdata(), 4 * (1 - lr) ** np.arange(6.0))
        ends.append(path.get_ydata()[-1])
    creeps, arrives, climbs = ends
    assert arrives < 0.01 < 1 < creeps < 8 < climbs


def test_errors_are_taken_before_and_after_the_threshold() -> None:
    before, *after, zero = figure("two_errors").axes[0].lines
    assert_allclose(before.get_ydata(), 1 - before.get_xdata())
    for side in after:
        assert_array_equal(side.get_ydata(), 1 - step(np.asarray(side.get_xdata())))
    assert [set(side.get_ydata()) for side in after] == [{1}, {0}]
    assert_array_equal(zero.get_xydata(), [[1, 0]])


def test_loss_falls_below_the_limit_fastest_at_the_balanced_rate_and_grows_above() -> None:
    axes = figure("losses").axes[0]
    assert axes.get_yscale() == "log"
    low, high = np.linalg.eigvalsh(figures.BOWL)
    assert figures.COMPARED[-1] == pytest.approx(2 / (low + high))
    ends = {}
    for line, lr in zip(axes.lines, figures.COMPARED, strict=True):
        # each curvature's part of the distance shrinks by itself
        values, vectors = np.linalg.eigh(figures.BOWL)
        parts = vectors.T @ figures.START
        steps = np.asarray(line.get_xdata())[:, None]
        expected = (values * (parts * (1 - lr * values) ** steps) ** 2).sum(axis=1) / 2
        assert_allclose(line.get_ydata(), expected, rtol=1e-6, atol=1e-25)
        ends[lr] = line.get_ydata()[-1]
        assert (ends[lr] > expected[0]) == (lr > gd.step_size_limit(figures.BOWL))
    assert min(ends, key=ends.__getitem__) == figures.COMPARED[-1]
    assert [text.get_text() for text in axes.texts] == [f"$\\eta = {lr:g}$" for lr in ends]


def test_level_lines_are_level() -> None:
    for height in figures.HEIGHTS:
        for theta in figures.level_line(figures.BOWL, height)[::8]:
            assert gd.quadratic(theta, figures.BOWL) == pytest.approx(height)


def test_batch_paths_have_their_steps_and_surround_the_solution() -> None:
    x, y = figures.noisy_line()
    lowest = regression.normal_equation(x, y)
    least = regression.squared_loss(x, y, lowest.w, lowest.b)
    for panel, size in zip(figure("batch_sizes").axes, figures.SIZES, strict=True):
        path, start, mark = panel.lines
        assert panel.get_title().endswith(f" {size}")
        assert len(path.get_xdata()) == 1 + figures.EPOCHS * -(-len(x) // size)
        assert_array_equal(start.get_xydata()[0], figures.LINE_START)
        assert_allclose(mark.get_xydata()[0], [*lowest.w, lowest.b])
        for ring in segments(panel):
            heights = [regression.squared_loss(x, y, [w], b) - least for w, b in ring[::16]]
            assert_allclose(heights, heights[0], rtol=1e-9)
    x0 = np.array(figures.LINE_START)
    expected = regression.gradient(x, regression.linear(x, x0[:1], x0[1]), y)
    moved = x0 - figures.LINE_RATE * np.array([*expected.w, expected.b])
    assert_allclose(figures.fitted(len(x))[1], moved)


def test_the_full_batch_walks_and_single_examples_scatter() -> None:
    detours = {}
    for size in figures.SIZES:
        path = figures.fitted(size)
        lengths = np.linalg.norm(np.diff(path, axis=0), axis=1)
        detours[size] = lengths.sum() / np.linalg.norm(path[-1] - path[0])
        assert (np.diff(lengths) < 0).all() == (size == len(figures.noisy_line()[0]))
    assert 1 <= detours[40] < 1.1 < detours[8] < detours[1]


def test_tangents_have_the_slopes_of_the_examples_and_balance() -> None:
    axes = figure("each_example").axes[0]
    best = figures.CENTRES.mean()
    *each, mean, square = axes.lines
    slopes = []
    for (curve, dot, tangent), centre in zip(
        (each[n : n + 3] for n in (0, 3, 6)), figures.CENTRES, strict=True
    ):
        assert_allclose(curve.get_ydata(), (np.asarray(curve.get_xdata()) - centre) ** 2 / 2)
        assert_array_equal(dot.get_xydata(), [[centre, 0]])
        (run, rise) = np.diff(tangent.get_xydata(), axis=0)[0]
        assert_allclose(tangent.get_xydata().mean(axis=0), [best, (best - centre) ** 2 / 2])
        slopes.append(rise / run)
    assert_allclose(slopes, gd.parabolas_grad(best, figures.CENTRES))
    assert np.all(np.abs(slopes) > 0.5)
    assert sum(slopes) == pytest.approx(0, abs=1e-9)
    curves = np.array([line.get_ydata() for line in each[::3]])
    assert_allclose(mean.get_ydata(), curves.mean(axis=0))
    assert square.get_xydata()[0, 1] == pytest.approx(np.min(mean.get_ydata()), abs=1e-2)


def test_paths_around_a_level_place_stay_only_at_the_minimum() -> None:
    ends = {}
    for panel, (name, surface) in zip(
        figure("zero_gradients").axes, gd.LANDSCAPES.items(), strict=True
    ):
        assert panel.get_title() == name
        paths = next(
            lines.get_segments()
            for lines in panel.findobj(LineCollection)
            if len(lines.get_segments()) == len(figures.RING)
        )
        for path, start in zip(paths, figures.RING, strict=True):
            assert_allclose(path, gd.descend(surface.grad, start, 0.09, 5))
        ends[name] = [np.linalg.norm(path[-1]) for path in paths]
    started = np.linalg.norm(figures.RING[0])
    assert max(ends["minimum"]) < started < min(ends["maximum"])
    for name in ("saddle", "plateau"):
        assert min(ends[name]) < started < max(ends[name])


def test_surface_shows_the_path_up_to_its_step() -> None:
    axes = figure("surface").axes[0]
    path, start, now, _ = axes.lines
    expected = figures.descent(figures.BOWL, figures.START, figures.SHOWN_RATE, figures.SHOWN_STEP)
    assert_array_equal(path.get_xydata(), expected)
    assert_array_equal(start.get_xydata()[0], figures.START)
    assert_array_equal(now.get_xydata()[0], expected[-1])
    assert axes.get_title() == f"$\\eta = {figures.SHOWN_RATE:g}$, step {figures.SHOWN_STEP}"
    width, height = axes.get_position().size * axes.figure.get_size_inches()
    assert width == pytest.approx(height), "else steps would not cross the level lines upright"


def test_page_gets_the_bowl_and_the_slider_passes_its_limit() -> None:
    data = unpack(json.loads(figures.surface.to_json()))
    assert_array_equal(data["a"], figures.BOWL)
    assert_allclose(data["curvatures"], [1, 4])
    assert_allclose(data["limit"], gd.step_size_limit(figures.BOWL))
    assert_array_equal(data["start"], figures.START)
    for ring, height in zip(data["rings"], figures.HEIGHTS, strict=True):
        assert_allclose(ring, figures.level_line(figures.BOWL, height), rtol=1e-5, atol=1e-5)
    moment, rate = figures.surface.controls
    assert (moment.value, rate.value) == (figures.SHOWN_STEP, figures.SHOWN_RATE)
    assert rate.minimum < 0.1 * data["limit"][0] < data["limit"][0] < rate.maximum
