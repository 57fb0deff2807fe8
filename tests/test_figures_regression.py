"""Figures of regression: the data plotted are what the package computes."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.figure import Figure
from numpy.testing import assert_allclose

from scripts.cache import ROOT
from scripts.figures.worker import draw
from snippets import regression as reg
from snippets.figures import regression as figures
from snippets.figures.regression import (
    DAYS,
    FALLS,
    GAP,
    POWER,
    RAIN,
    RATES,
    SCALES,
    SORTED,
    YEAR,
    YEAR_POWER,
    column,
)

pytestmark = pytest.mark.usefixtures("figure_style")


def figure(name: str) -> Figure:
    return draw("regression", name, "en")[0]


def lines(axes) -> list[np.ndarray]:
    return [np.asarray(line.get_xydata()) for line in axes.lines]


def strokes(axes) -> np.ndarray:
    """The upright strokes between targets and predictions: (N, 2 ends, 2)."""
    found = [one for one in axes.collections if hasattr(one, "get_segments")]
    return np.array(found[-1].get_segments())


def drawn_on(line: np.ndarray, x: np.ndarray) -> np.ndarray:
    return np.interp(x, line[:, 0], line[:, 1])


def test_best_line_plots_the_line_of_least_squares_through_the_mean():
    line, days, middle = lines(figure("best_line").axes[0])
    assert_allclose(days, np.column_stack([DAYS, POWER]))
    slope, height = np.polyfit(DAYS, POWER, 1)
    assert_allclose(line[:, 1], slope * line[:, 0] + height)
    assert_allclose(middle, [[DAYS.mean(), POWER.mean()]])
    assert_allclose(drawn_on(line, DAYS.mean()), POWER.mean())


def test_squares_of_best_line_have_the_errors_as_sides_and_look_square():
    drawn = figure("best_line")
    drawn.canvas.draw()
    axes = drawn.axes[0]
    squares = next(one for one in axes.collections if not hasattr(one, "get_segments"))
    sides = [np.ptp(path.vertices, axis=0) for path in squares.get_paths()]
    line = lines(axes)[0]
    assert_allclose([up for _, up in sides], np.abs(drawn_on(line, DAYS) - POWER))
    for path in squares.get_paths():
        width, height = np.ptp(axes.transData.transform(path.vertices), axis=0)
        assert_allclose(width, height, rtol=1e-6)


def test_same_gradient_joins_each_target_with_the_prediction_that_descent_has_reached():
    for axes, predict, x, y, rate, steps in (
        (figure("same_gradient").axes[0], reg.linear, DAYS, POWER, RATES[0], 10),
        (figure("same_gradient").axes[1], reg.logistic, FALLS, RAIN, RATES[1], 20),
    ):
        fit = reg.gradient_descent(predict, column(x), y, rate, steps)
        curve = lines(axes)[0]
        assert_allclose(curve[:, 1], predict(column(curve[:, 0]), *fit))
        ends = strokes(axes)
        assert_allclose(ends[:, 0, 0], x)
        assert_allclose(np.sort(ends[..., 1]), np.sort([predict(column(x), *fit), y], axis=0).T)


def test_separable_plots_curves_that_part_the_classes_the_better_the_steeper():
    *curves, snow, rain = lines(figure("separable").axes[0])
    assert snow[:, 0].max() < GAP < rain[:, 0].min()
    assert len(curves) == len(SCALES)
    misses = []
    for curve, w in zip(curves, SCALES, strict=True):
        assert_allclose(curve[:, 1], reg.logistic(column(curve[:, 0]), [w], -w * GAP))
        misses.append(np.abs(drawn_on(curve, FALLS) - SORTED).max())
    assert misses == sorted(misses, reverse=True)


def test_separable_plots_a_loss_that_falls_for_ever_and_one_that_has_a_lowest_point():
    overlapping, parted, least = lines(figure("separable").axes[1])
    assert np.all(np.diff(parted[:, 1]) < 0)
    assert 0 < overlapping[:, 1].argmin() < len(overlapping) - 1
    w, lowest = least[0]
    assert lowest <= overlapping[:, 1].min()
    b = reg.gradient_descent(reg.logistic, column(FALLS), RAIN, 4.0, 150).b
    grad = reg.gradient(column(FALLS), reg.logistic(column(FALLS), [w], b), RAIN)
    assert max(abs(grad.w[0]), abs(grad.b)) < 1e-4


def test_hidden_layer_fits_the_year_with_a_weighted_sum_of_the_units_beside_it():
    left, right = figure("hidden_layer").axes
    units = np.column_stack([unit[:, 1] for unit in lines(left)])
    line, curve, year = lines(right)
    assert_allclose(year, np.column_stack([YEAR, YEAR_POWER]))
    with_ones = np.column_stack([units, np.ones(len(units))])
    weights, *_ = np.linalg.lstsq(with_ones, curve[:, 1])
    assert_allclose(with_ones @ weights, curve[:, 1])
    squares = [np.mean((drawn_on(one, YEAR) - YEAR_POWER) ** 2) for one in (line, curve)]
    assert squares[1] < squares[0] / 10


def test_fit_plots_a_line_between_the_start_and_the_best_one():
    best, now, days = lines(figure("fit").axes[0])
    assert_allclose(days, np.column_stack([DAYS, POWER]))
    slope, height = np.polyfit(DAYS, POWER, 1)
    assert_allclose(best[:, 1], slope * best[:, 0] + height)
    reached = reg.gradient_descent(reg.linear, column(DAYS), POWER, RATES[0], figures.FIRST_STEP)
    assert_allclose(now[:, 1], reg.linear(column(now[:, 0]), *reached))


@pytest.mark.parametrize(
    ("predict", "loss", "x", "y", "rate"),
    [
        (reg.linear, reg.squared_loss, DAYS, POWER, RATES[0]),
        (reg.logistic, reg.logistic_loss, FALLS, RAIN, RATES[1]),
    ],
)
def test_last_step_of_fit_has_all_but_arrived(predict, loss, x, y, rate):
    end = loss(column(x), y, *figures.after(predict, x, y, rate, figures.MOST_STEPS))
    later = loss(column(x), y, *figures.after(predict, x, y, rate, 3 * figures.MOST_STEPS))
    start = loss(column(x), y, [0.0], 0.0)
    assert end - later < 2e-3 * (start - later)


def test_rates_of_fit_suit_points_anywhere_in_reach():
    at_the_edge = np.column_stack([np.full(8, figures.REACH), np.ones(8)])
    curvature = np.linalg.eigvalsh(at_the_edge.T @ at_the_edge / 8).max()
    assert RATES[0] < 2 / curvature
    assert RATES[1] < 2 / (curvature / 4), "the sigmoid's slope is at most 1/4"
    assert np.abs([*DAYS, *FALLS]).max() <= figures.REACH


@pytest.mark.parametrize("language", ["ko", "en"])
def test_page_uses_the_days_of_the_figures(language):
    page = (ROOT / "docs" / language / "regression.md").read_text(encoding="utf-8")
    for values in (DAYS, POWER, FALLS, YEAR, YEAR_POWER):
        assert f"np.array({values.tolist()})" in page
    assert f"np.array({RAIN.astype(int).tolist()})" in page
    assert f"random_units(year, {figures.SEED})" in page
