"""What the figures of the delta recurrence plot is what the package computes."""

from __future__ import annotations

import json

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.testing import assert_allclose, assert_array_equal

from scripts.figures.worker import draw
from snippets import backpropagation as bp
from snippets.activations import ACTIVATIONS, sigmoid, sigmoid_prime
from snippets.delta_recurrence import delta_recurrence, product_cost, shapes
from snippets.figures import delta_recurrence as figures
from snippets.figures._explore import unpack
from snippets.figures._style import BLUE, ORANGE

pytestmark = pytest.mark.usefixtures("figure_style")


def figure(name: str) -> Figure:
    return draw("delta_recurrence", name, "en")[0]


def test_the_unit_says_what_it_collects_and_what_becomes_of_it() -> None:
    texts = " ".join(text.get_text() for text in figure("one_unit").axes[0].texts)
    collected = sum(d * w for d, w in zip(figures.DELTA_NEXT[0], figures.W_NEXT[0], strict=True))
    slope = sigmoid_prime(figures.Z_HERE)[0, 0]
    for said in (f"{collected:g}", f"{slope:.3f}", f"$\\delta = {collected * slope:.3f}$"):
        assert said in texts
    for delta, w in zip(figures.DELTA_NEXT[0], figures.W_NEXT[0], strict=True):
        assert f"$\\delta = {delta:g}$" in texts
        assert f"$w = {w:g}$" in texts


def test_nudged_losses_are_those_of_the_network_and_the_lines_have_the_slope_delta() -> None:
    axes = figure("sensitivity").axes[0]
    _, y, layers, trace = figures.nudged_network()
    last = (trace.y_hat - y) / len(y) * sigmoid_prime(trace.z[-1])
    deltas = delta_recurrence(last, [layer.w for layer in layers], trace.z)
    for n, (at, example, unit) in enumerate(figures.PLACES):
        curve, tangent = axes.lines[2 * n : 2 * n + 2]
        for nudge, plotted in zip(curve.get_xdata()[::10], curve.get_ydata()[::10], strict=True):
            z = trace.z[at].copy()
            z[example, unit] += nudge
            h = sigmoid(z)
            for layer in layers[at + 1 :]:
                h = sigmoid(h @ layer.w + layer.b)
            assert plotted == pytest.approx(((h - y) ** 2).sum() / (2 * len(y)), rel=1e-12)
        slope = np.diff(tangent.get_ydata()) / np.diff(tangent.get_xdata())
        assert slope == pytest.approx(deltas[at][example, unit], rel=1e-9)
        assert np.mean(tangent.get_ydata()) == pytest.approx(trace.loss)
        named = [text.get_text() for text in axes.texts]
        assert f"\\delta = {deltas[at][example, unit]:.4f}" in named[n]
    assert bp.loss(*figures.nudged_network()[:3]) == trace.loss


def test_grids_have_the_shapes_of_a_step() -> None:
    axes = figure("shape_of_a_step").axes[0]
    here, following = shapes([1, figures.H, figures.H_NEXT], figures.N)
    wanted = [here["delta"], following["delta"], following["w"][::-1], here["z"]]
    cells = [patch for patch in axes.patches if isinstance(patch, Rectangle)]
    for rows, columns in wanted:
        mine, cells = cells[: rows * columns], cells[rows * columns :]
        assert len({round(cell.get_x(), 6) for cell in mine}) == columns
        assert len({round(cell.get_y(), 6) for cell in mine}) == rows
    assert not cells


def test_costs_are_counted_by_the_package_for_both_orders() -> None:
    from_loss, from_input = figure("cost").axes[0].lines
    for line, turn in ((from_loss, 1), (from_input, -1)):
        assert line.get_xdata().tolist() == list(figures.COST_WIDTHS)
        for width, count in zip(line.get_xdata(), line.get_ydata(), strict=True):
            assert count == product_cost([1, *[int(width)] * figures.COST_DEPTH][::turn])
    assert (from_loss.get_ydata() < from_input.get_ydata()).all()


@pytest.mark.parametrize("kind", figures.KINDS)
@pytest.mark.parametrize("depth", [2, figures.DEPTH, figures.DEEPEST])
def test_explored_deltas_are_the_slopes_of_a_loss_in_the_sums(kind: str, depth: int) -> None:
    """Whatever the last delta: it is the slope of sum(last * z_last)."""
    f, _ = ACTIVATIONS[kind]
    ws, zs = figures.explored_net(depth, kind, 1.5)
    deltas = figures.deltas_of(depth, kind, 1.5)
    for layer, (z, delta) in enumerate(zip(zs, deltas, strict=True)):
        for unit in range(figures.WIDTH):
            ends = []
            for nudge in (1e-6, -1e-6):
                moved = z.copy()
                moved[0, unit] += nudge
                for w in ws[layer + 1 :]:
                    moved = f(moved) @ w
                ends.append(float((figures.LAST * moved).sum()))
            assert (ends[0] - ends[1]) / 2e-6 == pytest.approx(delta[unit], rel=1e-4, abs=1e-7)
    for delta, sums, z in zip(deltas, figures.arriving_at(depth, kind, 1.5), zs, strict=False):
        assert_allclose(delta, sums * ACTIVATIONS[kind][1](z)[0])


def test_bars_are_the_deltas_and_outlines_what_arrives() -> None:
    axes = figure("back").axes[0]
    deltas = figures.deltas_of(figures.DEPTH, "tanh", figures.GAIN)
    arriving = figures.arriving_at(figures.DEPTH, "tanh", figures.GAIN)
    bars = [patch for patch in axes.patches if isinstance(patch, Rectangle)]
    outlines, full = bars[: figures.WIDTH], bars[figures.WIDTH :]
    values = np.concatenate([arriving[0], *deltas])
    heights = np.array([bar.get_height() for bar in outlines + full])
    assert_allclose(heights / np.abs(values), heights[0] / abs(values[0]))
    for bar, value in zip(full, np.concatenate(deltas), strict=True):
        assert to_rgb(bar.get_facecolor()[:3]) == to_rgb(ORANGE if value > 0 else BLUE)
    said = [text.get_text().replace("\N{MINUS SIGN}", "-") for text in axes.texts]
    for delta in deltas:
        assert f"{np.abs(delta).max():.2f}" in said


def test_lines_to_the_first_layer_are_as_thick_as_what_they_carry() -> None:
    axes = figure("back").axes[0]
    ws, _ = figures.explored_net(figures.DEPTH, "tanh", figures.GAIN)
    second = figures.deltas_of(figures.DEPTH, "tanh", figures.GAIN)[1]
    carried = np.abs(second * ws[1]).ravel()
    thick = np.array([line.get_linewidth() for line in axes.lines[: carried.size]])
    assert_array_equal(np.argsort(thick), np.argsort(carried))


def test_controls_begin_where_the_static_figure_stands() -> None:
    begins = {control.name: control.value for control in figures.back.controls}
    assert begins == {
        "step": figures.DEPTH,
        "depth": figures.DEPTH,
        "gain": figures.GAIN,
        "activation": "tanh",
        "scale": "shared",
    }


def test_data_are_the_network_of_the_static_figure() -> None:
    data = unpack(json.loads(figures.back.to_json()))
    x, weights = figures.explored()
    assert_array_equal(data["x"], x)
    assert_array_equal(data["w"], weights / np.sqrt(figures.WIDTH))
    assert_array_equal(data["last"], figures.LAST)
