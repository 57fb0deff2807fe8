"""Figures of the loss functions: the data plotted are what the package computes."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.figure import Figure
from numpy.testing import assert_allclose

from scripts.figures.worker import draw
from snippets import loss
from snippets.activations import sigmoid, softmax
from snippets.figures import loss as loss_figures
from snippets.figures.loss import DELTA, FIFTH, LOGITS, RIDES, RIGHT

pytestmark = pytest.mark.usefixtures("figure_style")


def figure(name: str) -> Figure:
    return draw("loss", name, "en")[0]


def lines(axes) -> list[np.ndarray]:
    return [np.asarray(line.get_xydata()) for line in axes.lines]


def slope(f, places: np.ndarray, eps: float = 1e-6) -> np.ndarray:
    return np.array([(f(z + eps) - f(z - eps)) / (2 * eps) for z in places])


def test_shapes_plot_each_loss_of_one_error():
    for line, (_, f, _) in zip(lines(figure("shapes").axes[0]), loss_figures.NUMBERS, strict=True):
        assert_allclose(line[:, 1], [f([e], [0.0]) for e in line[:, 0]])


def test_shapes_plot_the_slopes_of_the_losses_beside_them():
    mse, below, above, huber = lines(figure("shapes").axes[1])
    for line, f in (
        (mse, lambda e: loss.mse([e], [0.0])),
        (below, lambda e: loss.mae([e], [0.0])),
        (above, lambda e: loss.mae([e], [0.0])),
        (huber, lambda e: loss.huber([e], [0.0], DELTA)),
    ):
        smooth = line[np.abs(np.abs(line[:, 0]) - DELTA) > 1e-9]
        assert_allclose(smooth[:, 1], slope(f, smooth[:, 0]), atol=1e-6)
    assert below[-1, 0] < 0 < above[0, 0], "no slope is drawn at the corner"


def test_one_outlier_plots_mean_median_and_the_constant_that_balances_hubers_pulls():
    mean, median, huber = lines(figure("one_outlier").axes[0])
    for n, fifth in enumerate(FIFTH):
        y = np.array([*RIDES[:4], fifth])
        assert_allclose(mean[n], [fifth, y.mean()], atol=1e-6)
        assert_allclose(median[n], [fifth, np.median(y)])
        pulls = loss.huber_grad(np.full(5, huber[n, 1]), y, DELTA)
        assert abs(pulls.sum()) < 0.02


def test_constants_plotted_in_one_outlier_cost_least():
    curves = lines(figure("one_outlier").axes[0])
    for line, f in zip(curves, (loss.mse, loss.mae, loss_figures.huber), strict=True):
        for fifth, best in line[::17]:
            y = np.array([*RIDES[:4], fifth])
            around = loss_figures.constant_loss(f, best + np.array([-0.1, 0.0, 0.1]), y)
            assert around[1] <= around.min() + 1e-9


def test_certainty_plots_the_costs_of_p_and_their_slopes_for_the_logit():
    left, right = figure("certainty").axes
    squared, entropy = lines(left)
    assert_allclose(squared[:, 1], (1 - squared[:, 0]) ** 2)
    assert_allclose(entropy[:, 1], -np.log(entropy[:, 0]), atol=1e-12)
    costs = (
        lambda z: loss.mse([sigmoid(z)], [1.0]),
        lambda z: loss.binary_cross_entropy_with_logits([z], [1.0]),
    )
    for line, f in zip(lines(right), costs, strict=True):
        assert_allclose(line[:, 1], slope(f, line[:, 0]), atol=1e-8)


def test_p_minus_y_plots_probabilities_target_and_their_difference():
    left, right = figure("p_minus_y").axes
    heights = [bar.get_height() for bar in left.patches]
    p, y = np.array(heights[:3]), np.array(heights[3:])
    assert_allclose(p, softmax(LOGITS[None])[0])
    assert y.tolist() == [float(k == RIGHT) for k in range(3)]
    assert p.argmax() != RIGHT
    assert_allclose([bar.get_height() for bar in right.patches], p - y)


def test_margins_plot_hinge_above_the_mistakes_and_cross_entropy_above_zero():
    hinge, entropy, wrong, right = lines(figure("margins").axes[0])
    assert_allclose(hinge[:, 1], [loss.hinge([z], [1]) for z in hinge[:, 0]])
    assert_allclose(
        entropy[:, 1], [loss.binary_cross_entropy_with_logits([z], [1]) for z in entropy[:, 0]]
    )
    assert set(wrong[:, 1]) == {1.0}
    assert set(right[:, 1]) == {0.0}
    assert wrong[:, 0].max() < 0 <= right[:, 0].min()


def test_constant_marks_the_least_of_the_mean_of_the_parabolas():
    *rides, total, _, guess, least, squares = lines(figure("constant").axes[0])
    assert_allclose(total[:, 1], np.mean([ride[:, 1] for ride in rides], axis=0))
    assert least[0, 1] <= total[:, 1].min() < guess[0, 1]
    assert_allclose(least[0, 0], RIDES.mean())
    assert_allclose(squares[:, 0], RIDES)


def test_no_ride_is_predicted_exactly_by_the_mean():
    assert not np.any(np.isclose(RIDES, RIDES.mean()))


def test_what_constant_offers_contains_what_it_shows_first():
    slider, choice = loss_figures.constant.controls
    low, high = loss_figures.constant.data()["span"]
    assert (slider.minimum, slider.maximum) == (low, high)
    assert low < loss_figures.GUESS == slider.value < high
    assert choice.value == choice.options[0] == "mse"
    assert low <= RIDES.min() < RIDES.max() <= high
