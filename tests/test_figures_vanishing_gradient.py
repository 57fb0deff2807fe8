"""What the figures of vanishing gradients plot is what the package computes."""

from __future__ import annotations

import json

import numpy as np
import pytest
from matplotlib.figure import Figure
from numpy.testing import assert_allclose, assert_array_equal

from scripts.figures.worker import draw
from snippets import vanishing_gradient as vg
from snippets.activations import sigmoid_prime, softmax
from snippets.figures import vanishing_gradient as figures
from snippets.figures._explore import unpack

pytestmark = pytest.mark.usefixtures("figure_style")


def figure(name: str) -> Figure:
    return draw("vanishing_gradient", name, "en")[0]


def rng() -> np.random.Generator:
    return np.random.default_rng(figures.SEED)


def test_chains_multiply_a_quarter_of_their_weight_in_each_layer() -> None:
    axes = figure("chain").axes[0]
    assert axes.get_yscale() == "log"
    for line, w in zip(axes.lines, figures.CHAIN_WEIGHTS, strict=True):
        assert_allclose(line.get_ydata(), (w / 4) ** line.get_xdata())
    named = [text.get_text() for text in axes.texts]
    assert named == [f"$w = {w:g}$" for w in figures.CHAIN_WEIGHTS]


def test_factor_is_the_weight_times_the_slope_and_exceeds_one_only_above_weight_four() -> None:
    axes = figure("factor").axes[0]
    for line, w in zip(axes.lines, figures.FACTOR_WEIGHTS, strict=True):
        h, factors = np.asarray(line.get_xdata()), np.asarray(line.get_ydata())
        assert_allclose(factors, w * sigmoid_prime(w * (h - 0.5)))
        assert factors.max() == w / 4
        assert (factors > 1).any() == (w > 4)
    widths = [(np.asarray(line.get_ydata()) > 1).sum() for line in axes.lines[2:]]
    assert widths[0] > widths[1]  # the larger weight has the narrower hump


def test_cross_entropy_grows_with_the_mistake_and_squared_error_falls_back() -> None:
    entropy, squared = figure("softmax_losses").axes[0].lines
    for wrong, plotted in zip(entropy.get_xdata(), entropy.get_ydata(), strict=True):
        assert plotted == pytest.approx(softmax([wrong, 0.0])[0])
    assert (np.diff(entropy.get_ydata()) > 0).all()
    for wrong, plotted in zip(squared.get_xdata(), squared.get_ydata(), strict=True):
        p = softmax([wrong, 0.0])[0]
        assert plotted == pytest.approx(2 * p * p * (1 - p))
    assert squared.get_ydata()[-1] < 0.01 < 0.2 < np.max(squared.get_ydata())


def test_dead_networks_are_counted_by_the_package() -> None:
    axes = figure("dead_networks").axes[0]
    for line, width in zip(axes.lines, figures.NET_WIDTHS, strict=True):
        assert line.get_xdata().tolist() == list(figures.NET_DEPTHS)
        for depth, percent in zip(line.get_xdata(), line.get_ydata(), strict=True):
            rate = vg.dead_network_rate(rng(), int(depth), width, figures.NETS, figures.NET_INPUTS)
            assert percent == pytest.approx(100 * rate)
        assert (np.diff(line.get_ydata()) >= 0).all()


def test_bars_are_the_units_that_died_and_their_heights_are_written() -> None:
    axes = figure("dying").axes[0]
    x = np.linspace(-1, 1, 40)
    assert [tick.get_text() for tick in axes.get_xticklabels()] == [f"{r:g}" for r in figures.RATES]
    for bar, text, lr in zip(axes.patches, axes.texts, figures.RATES, strict=True):
        share = 100 * vg.dead_units(vg.train_relu_regression(rng(), lr), x)
        assert bar.get_height() == pytest.approx(share)
        assert text.get_text() == f"{share:.0f}%"


def test_every_start_has_its_line_and_only_he_stays_level() -> None:
    lines = figure("starts").axes[0].lines
    lost = {}
    for line, (name, gain) in zip(lines, vg.GAINS.items(), strict=True):
        norms = vg.gradient_norms(rng(), figures.STARTS_DEPTH, "relu", gain)
        assert_array_equal(line.get_ydata(), norms)
        assert line.get_xdata().tolist() == list(range(1, figures.STARTS_DEPTH + 1))
        lost[name] = norms[0] / norms[-1]
    assert lost["small"] < lost["glorot"] < 0.01 < lost["he"] < 10 < lost["large"]


def test_layers_are_those_of_the_controls() -> None:
    axes = figure("layers").axes[0]
    begins = {control.name: control.value for control in figures.layers.controls}
    assert begins == {"depth": figures.DEPTH, "activation": "sigmoid", "start": "glorot"}
    for line, activation in zip(axes.lines, figures.ACTIVATIONS, strict=True):
        norms = vg.gradient_norms(rng(), figures.DEPTH, activation, vg.GAINS["glorot"])
        assert_array_equal(line.get_ydata(), norms)
    assert [line.get_marker() for line in axes.lines] == ["o", "None", "None"]


def test_frames_are_the_errors_of_the_package_inside_the_axes() -> None:
    data = unpack(json.loads(figures.layers.to_json()))
    assert data["activations"] == list(figures.ACTIVATIONS)
    assert data["starts"] == list(figures.STARTS)
    norms = np.asarray(data["norms"])
    for a, activation in enumerate(figures.ACTIVATIONS):
        for s, start in enumerate(figures.STARTS):
            for depth in (1, 2, 20, figures.DEEPEST):
                exact = vg.gradient_norms(rng(), depth, activation, vg.GAINS[start])
                assert_allclose(norms[a, s, depth - 1, :depth], exact, rtol=1e-6)
    for depth in range(1, figures.DEEPEST + 1):
        assert (norms[:, :, depth - 1, :depth] > 0).all()
        assert not norms[:, :, depth - 1, depth:].any()
    low, high = figure("layers").axes[0].get_ylim()
    assert low < norms[norms > 0].min()
    assert norms.max() < high
