"""What the figures plot is what the package computes: data against function, never pixels."""

from __future__ import annotations

import importlib
import tomllib
from collections.abc import Callable
from itertools import pairwise

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.text import Text
from numpy.testing import assert_allclose

from scripts.cache import ROOT
from scripts.figures.worker import draw
from snippets import activations, backpropagation, multilayer_perceptron, perceptron, xor
from snippets.figures import _style
from snippets.figures import activations as activation_figures
from snippets.figures import backpropagation as backpropagation_figures
from snippets.figures import home as home_figures
from snippets.figures import multilayer_perceptron as mlp_figures
from snippets.figures import perceptron as perceptron_figures
from snippets.figures import xor as xor_figures

Floats = np.ndarray


pytestmark = pytest.mark.usefixtures("figure_style")


def figure(concept: str, name: str) -> Figure:
    return draw(concept, name, "en")[0]


def written(drawn: Figure) -> list[str]:
    return [t.get_text() for t in drawn.findobj(Text) if isinstance(t, Text) and t.get_text()]


# --- activations ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "which"), [("curves", 0), ("derivatives", 1)])
def test_every_panel_plots_the_activation_it_names(name: str, which: int) -> None:
    panels = figure("activations", name).axes
    assert len(panels) == len(activation_figures.NAMES) == len(activations.ACTIVATIONS) - 1
    for panel, activation in zip(panels, activation_figures.NAMES, strict=True):
        assert activation.replace("_", " ") in panel.get_title()
        f = activations.ACTIVATIONS[activation][which]
        drawn = [line.get_xydata() for line in panel.lines]
        for z, value in np.concatenate(drawn):
            assert value == f(z)


def test_bars_are_softmax_of_the_logits_over_the_temperature() -> None:
    for panel, temperature in zip(
        figure("activations", "softmax_temperature").axes,
        activation_figures.TEMPERATURES,
        strict=True,
    ):
        heights = [bar.get_height() for bar in panel.patches]
        z = np.array([activation_figures.LOGITS]) / temperature
        assert_allclose(heights, activations.softmax(z)[0])


def test_marked_slopes_are_the_largest() -> None:
    axes = figure("activations", "sigmoid_slope").axes[0]
    for curve, mark, prime in (
        (axes.lines[0], axes.lines[1], activations.tanh_prime),
        (axes.lines[2], axes.lines[3], activations.sigmoid_prime),
    ):
        assert_allclose(curve.get_ydata(), prime(curve.get_xdata()))
        assert mark.get_ydata()[0] == np.max(curve.get_ydata()) == prime(0.0)


def test_tangent_has_the_slope_that_is_written() -> None:
    drawn = figure("activations", "slope")
    tangent = drawn.axes[0].lines[1]
    rise, run = np.diff(tangent.get_ydata())[0], np.diff(tangent.get_xdata())[0]
    steepness = activations.sigmoid_prime(activation_figures.TOUCH)
    assert rise / run == pytest.approx(float(steepness))
    assert f"slope {steepness:.3f}" in written(drawn)


# --- perceptron ----------------------------------------------------------------------------------


def test_each_learning_panel_shows_the_line_of_its_update() -> None:
    history = perceptron_figures.learned().history
    x, y = perceptron_figures.small_set()
    for panel in figure("perceptron", "learning").axes:
        moment = history[int(panel.get_title().split()[-1])]
        ring = panel.lines[-1].get_xydata()[0]
        assert_allclose(ring, x[moment.sample])
        assert moment.error == 2 * y[moment.sample] - 1
        lines = [line for line in panel.lines if len(line.get_xdata()) == 2]
        for ends in (line.get_xydata() for line in lines if line.get_linestyle() == "-"):
            assert_allclose(ends @ moment.w + moment.b, 0, atol=1e-8)
    assert perceptron_figures.learned().converged


def test_shaded_side_is_where_the_neuron_fires() -> None:
    moment = perceptron_figures.learned().history[perceptron_figures.UPDATE]
    axes = figure("perceptron", "updates").axes[0]
    path = axes.patches[0].get_path()
    points = np.random.default_rng(0).uniform(-1.1, 1.1, (200, 2))
    assert_allclose(path.contains_points(points), activations.step(points @ moment.w + moment.b))


def test_plotted_weights_return_after_every_epoch() -> None:
    drawn = figure("perceptron", "cycling")
    curves = [axes.lines[-1].get_ydata() for axes in drawn.axes]
    neuron = perceptron.Perceptron(epochs=perceptron_figures.CYCLE_EPOCHS)
    history = neuron.fit(xor.INPUTS, xor.TARGETS).history
    assert_allclose(np.transpose(curves), [[*moment.w, moment.b] for moment in history])
    assert perceptron.find_cycle(xor.INPUTS, xor.TARGETS) is not None
    assert not neuron.converged


def test_no_set_of_the_figure_breaks_novikoffs_bound() -> None:
    dots, line = figure("perceptron", "novikoff").axes[0].lines
    assert len(dots.get_xdata()) == 100
    assert np.all(dots.get_ydata() <= dots.get_xdata())
    assert_allclose(line.get_xdata(), line.get_ydata())


# --- XOR -----------------------------------------------------------------------------------------


def test_points_of_the_plane_are_xor() -> None:
    zeros, ones = figure("xor", "truth_plane").axes[0].lines
    assert (zeros.get_marker(), ones.get_marker()) == ("o", "s")
    assert_allclose(zeros.get_xydata(), xor.INPUTS[xor.TARGETS == 0])
    assert_allclose(ones.get_xydata(), xor.INPUTS[xor.TARGETS == 1])


def test_each_single_line_fails_where_it_is_crossed() -> None:
    for panel, (w, b) in zip(figure("xor", "one_line").axes, xor_figures.ATTEMPTS, strict=True):
        crossed = panel.lines[-1].get_xydata()
        wrong = (xor.INPUTS @ w + b > 0) != xor.TARGETS
        assert_allclose(crossed, xor.INPUTS[wrong])
        assert len(crossed) == 1


def test_written_inequalities_add_up_to_nothing() -> None:
    counts = xor.infeasibility_certificate(xor.INPUTS, xor.TARGETS)
    assert counts is not None
    texts = written(figure("xor", "inequalities"))
    assert [text for text in texts if text.endswith("×")] == [f"{count} ×" for count in counts]
    assert "$0$" in texts
    assert texts.count("$> 0$") == len(xor.INPUTS) + 1


def test_hidden_space_holds_the_images_of_grid_and_points() -> None:
    params = xor_figures.run().params[xor_figures.moment_after(xor_figures.FOLDED)]
    left, right = figure("xor", "folded").axes
    before, after = (_segments(axes) for axes in (left, right))
    assert len(before) == len(after) == 18
    for line, image in zip(before, after, strict=True):
        assert_allclose(xor.folded(line, params), image)
    zeros, ones = right.lines[:2]
    images = xor.folded(xor.INPUTS, params)
    assert_allclose(zeros.get_xydata(), images[xor.TARGETS == 0])
    assert_allclose(ones.get_xydata(), images[xor.TARGETS == 1])
    ends = right.lines[2].get_xydata()
    assert_allclose(ends @ params.w2[:, 0] + params.b2[0], 0, atol=1e-6)


def test_training_panels_are_the_moments_they_name_and_end_solved() -> None:
    history = xor_figures.run()
    titles = [axes.get_title() for axes in figure("xor", "boundary_over_training").axes]
    moments = [xor_figures.moment_after(steps) for steps in xor_figures.SHOWN]
    assert titles == [f"step {history.steps[moment]:,}" for moment in moments]
    assert_allclose(xor.predict(xor.INPUTS, history.params[-1]).round(), xor.TARGETS)
    curve = figure("xor", "training").axes[0].lines[0]
    assert_allclose(curve.get_xydata(), np.column_stack([history.steps, history.losses]))


@pytest.mark.parametrize("name", ["hand_made", "without_hidden_layer", "training"])
def test_shading_agrees_with_the_function(name: str) -> None:
    scores: dict[str, list[Callable[[Floats], Floats]]] = {
        "hand_made": [xor.hand_made_network],
        "without_hidden_layer": [xor.without_hidden_layer, xor.non_monotone_unit],
        "training": [lambda x: xor.predict(x, xor_figures.run().params[-1])],
    }
    panels = [axes for axes in figure("xor", name).axes if axes.images]
    for panel, score in zip(panels, scores[name], strict=True):
        assert _shaded(panel) == pytest.approx(score(_grid(panel)) > 0.5)


# --- the multilayer perceptron -------------------------------------------------------------------


def test_diagram_has_every_unit_and_every_weight() -> None:
    axes = figure("multilayer_perceptron", "diagram").axes[0]
    widths = mlp_figures.WIDTHS
    assert [len(line.get_xdata()) for line in axes.lines] == list(widths)
    assert len(_segments(axes)) == sum(a * b for a, b in pairwise(widths))


@pytest.mark.parametrize("widths", [(1, 1), (3, 5, 2), (2, 7, 7, 7, 4)])
def test_networks_of_any_widths_stay_in_their_box(widths: tuple[int, ...]) -> None:
    places = _style.layer_places(widths, (0.5, 0.5, 4.0, 2.5))
    for centres, units in zip(places, widths, strict=True):
        assert centres.shape == (units, 2)
        assert (centres >= [0.5 - 1e-9, 0.5 - 1e-9]).all()
        assert (centres <= [4.0 + 1e-9, 2.5 + 1e-9]).all()


def test_heat_map_writes_the_measured_rates() -> None:
    share = mlp_figures.rates()
    assert share.shape == (len(mlp_figures.SOLVE_LRS), len(mlp_figures.SOLVE_WIDTHS))
    texts = [t for t in written(figure("multilayer_perceptron", "solve_rate")) if "%" in t]
    assert texts == [f"{100 * rate:.0f}%" for rate in share.ravel()]
    assert (share[:, 0] == 0).all()  # one hidden unit never solves XOR


def test_squared_error_misses_a_point_that_the_perceptron_gets_right() -> None:
    x, y = multilayer_perceptron.outlier_set()
    step, curve = figure("multilayer_perceptron", "not_always_better").axes[0].lines[:2]
    at = curve.get_xdata()
    assert_allclose(
        curve.get_ydata(), mlp_figures.squared_error_neuron().forward(at[:, None])[:, 0]
    )
    answers = np.interp(x[:, 0], at, curve.get_ydata()) > 0.5
    assert int((answers != y).sum()) == 1
    assert_allclose(np.interp(x[:, 0], step.get_xdata(), step.get_ydata()).round(), y)


def test_width_panels_show_the_networks_and_losses_they_name() -> None:
    panels = figure("multilayer_perceptron", "width").axes
    for panel, hidden in zip(panels, mlp_figures.SHOWN_WIDTHS, strict=True):
        net, loss = mlp_figures.trained(hidden)
        assert net.sizes == [2, hidden, 1]
        assert panel.get_title() == f"$H$ = {hidden},  loss {loss:.2f}"
        assert _shaded(panel) == pytest.approx(net.forward(_grid(panel))[:, 0] > 0)


def test_hidden_unit_panels_are_shaded_by_sign_of_the_unit() -> None:
    net, _ = mlp_figures.trained(3, mlp_figures.UNITS_SEED)
    panels = figure("multilayer_perceptron", "hidden_units").axes
    units = activations.tanh(_grid(panels[0]) @ net.params[0] + net.params[1])
    for panel, values in zip(panels, [*units.T, net.forward(_grid(panels[3]))[:, 0]], strict=True):
        assert _shaded(panel) == pytest.approx(values > 0)


# --- backpropagation -----------------------------------------------------------------------------


def test_forward_graph_writes_every_value_of_the_pass() -> None:
    example = backpropagation.example_2_2_2()
    trace = backpropagation.forward_trace(example.x, example.y, example.layers)
    text = " ".join(written(figure("backpropagation", "forward"))).replace("−", "-")
    values = np.concatenate([part.ravel() for part in (*trace.z, *trace.h[1:])])
    for value in (*values, trace.loss):
        assert f"{value:.3f}" in text
    for layer in example.layers:
        for value in (*layer.w.ravel(), *layer.b):
            assert f"{value:g}" in text


def test_backward_graph_writes_every_gradient() -> None:
    example = backpropagation.example_2_2_2()
    trace = backpropagation.forward_trace(example.x, example.y, example.layers)
    back = backpropagation.backward_trace(trace, example.y, example.layers)
    text = " ".join(written(figure("backpropagation", "backward"))).replace("−", "-")
    gradients = [*back.dh, *back.dz, back.dx, *(part for g in back.layers for part in (g.w, g.b))]
    for value in np.concatenate([part.ravel() for part in gradients]):
        assert f"{value:.3f}" in text


def test_check_plots_backprop_and_measured_gradients_and_they_agree() -> None:
    example = backpropagation.example_2_2_2()
    exact = backpropagation.gradients(example.x, example.y, example.layers)
    flat = np.concatenate([part.ravel() for g in exact for part in (g.w, g.b)])
    left, right = figure("backpropagation", "per_weight_check").axes
    assert_allclose(left.lines[0].get_xdata(), flat)
    assert_allclose(left.lines[1].get_xdata(), flat, atol=1e-9)
    assert right.lines[0].get_xdata().max() < 1e-9
    names, *_ = backpropagation_figures.checked_gradients()
    assert names[:5] == ["w1[0, 0]", "w1[0, 1]", "w1[1, 0]", "w1[1, 1]", "b1[0]"]


def test_mean_loss_is_the_mean_of_the_examples_and_has_a_minimum_of_its_own() -> None:
    *parts, mean, _ = figure("backpropagation", "loss_surface_sum").axes[0].lines
    curves = [line for line in parts if len(line.get_xdata()) > 1]
    assert len(curves) == 3
    assert_allclose(np.mean([line.get_ydata() for line in curves], axis=0), mean.get_ydata())
    lowest = [int(np.argmin(line.get_ydata())) for line in (*curves, mean)]
    assert len(set(lowest)) == 4


def test_the_steps_are_written_in_their_order() -> None:
    example = backpropagation.example_2_2_2()
    lines = backpropagation.named_steps(example.x, example.y, example.layers)
    texts = written(figure("backpropagation", "steps"))
    formulas = [text for text in texts if " = " in text]
    assert formulas == [line.formula.replace("y_hat", "ŷ") for line in lines]
    shown = [text.replace("−", "-") for text in texts if text[-1].isdigit() and " = " not in text]
    for line, text in zip(lines, shown, strict=True):
        values = [float(value) for value in text.replace("/", " ").split()]
        assert_allclose(values, line.value.ravel(), atol=5e-4)


# --- the front page ------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["ko", "en"])
def test_map_lists_every_concept_and_joins_it_with_its_needs(language: str) -> None:
    table = tomllib.loads((ROOT / "docs" / "syllabus.toml").read_text(encoding="utf-8"))["part"]
    concepts = [concept for part in table for concept in part["concept"]]
    drawn, _ = draw("home", "concept_map", language)
    assert {concept[language] for concept in concepts} <= set(written(drawn))
    heights = dict(
        zip([c["slug"] for c in concepts], drawn.axes[0].lines[0].get_ydata(), strict=True)
    )
    ends = [(arc[0, 1], arc[-1, 1]) for arc in _segments(drawn.axes[0])]
    wanted = [(heights[n], heights[c["slug"]]) for c in concepts for n in c.get("needs", [])]
    assert_allclose(ends, wanted)
    assert home_figures.READS == ("docs/syllabus.toml",)


# --- the shared helpers --------------------------------------------------------------------------


def test_a_line_outside_the_box_is_not_drawn() -> None:
    _, (axes,) = _style.panels()
    assert _style.line_across(axes, [1.0, 0.0], -9.0, (0, 1), (0, 1)) is None
    assert _style.line_across(axes, [0.0, 0.0], 1.0, (0, 1), (0, 1)) is None
    ends = _style.line_across(axes, [1.0, 1.0], -1.0, (0, 1), (0, 1))
    assert_allclose(ends, [[0, 1], [1, 0]])


def test_figures_never_compute_at_import() -> None:
    for module in (perceptron_figures, xor_figures, mlp_figures, backpropagation_figures):
        fresh = importlib.reload(module)
        for value in vars(fresh).values():
            if hasattr(value, "cache_info"):
                assert value.cache_info().currsize == 0


def _segments(axes: mpl.axes.Axes) -> list[Floats]:
    """The segments of the axes' line collections (contours are none of these)."""
    return [
        np.asarray(segment)
        for collection in axes.collections
        if type(collection) is LineCollection
        for segment in collection.get_segments()
    ]


def _grid(axes: mpl.axes.Axes) -> Floats:
    """The points at which the image of the axes was computed, (N, 2)."""
    rows, columns = axes.images[0].get_array().shape[:2]
    x0, x1, y0, y1 = axes.images[0].get_extent()
    across, up = np.meshgrid(np.linspace(x0, x1, columns), np.linspace(y0, y1, rows))
    return np.column_stack([across.ravel(), up.ravel()])


def _shaded(axes: mpl.axes.Axes) -> Floats:
    """Whether each pixel of the image is orange."""
    return np.asarray(axes.images[0].get_array())[..., 0].ravel() > 100
