"""What the figures of the convolutional network plot, and its explorable loads, is computed."""

from __future__ import annotations

import json

import numpy as np
import pytest
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.testing import assert_allclose, assert_array_equal

from scripts.figures.worker import draw
from snippets.activations import softmax
from snippets.cnn import digits_net
from snippets.data import digits
from snippets.figures import cnn as figures
from snippets.figures._explore import unpack
from snippets.multilayer_perceptron import MLP
from tests.test_figures_convolution import assert_shows

CNN, MLP_ = "convolutional network", "fully connected"


pytestmark = pytest.mark.usefixtures("figure_style")


def figure(name: str) -> Figure:
    return draw("cnn", name, "en")[0]


def test_layers_have_as_many_sheets_and_parameters_as_the_network() -> None:
    axes = figure("layers").axes[0]
    texts = [text.get_text() for text in axes.texts]
    net = digits_net(np.random.default_rng(0))
    counts = [w.size + b.size for w, b in zip(net.params[::2], net.params[1::2], strict=True)]
    assert sum(counts) == sum(param.size for param in net.params)
    named = [text.split("\n") for text in texts if "\n" in text]
    stages = ["convolution", "pooling", "convolution", "pooling", "affine layer"]
    numbers = [counts[0], 0, counts[1], 0, counts[2]]
    assert named == [[name, f"{count:,}"] for name, count in zip(stages, numbers, strict=True)]
    maps = net.feature_maps(np.zeros((1, 1, 8, 8)))
    shapes = ["8×8"]
    for one in maps:
        F, side = one.shape[1:3]
        shapes += [f"{F}×{side}×{side}", f"{F}×{side // 2}×{side // 2}"]
    assert [text for text in texts if "×" in text] == shapes
    (sheets,) = [c for c in axes.collections if isinstance(c, PolyCollection)]
    assert len(sheets.get_paths()) == 1 + 8 + 8 + 16 + 16


def test_both_networks_are_of_like_size() -> None:
    net = digits_net(np.random.default_rng(0))
    count = sum(param.size for param in net.params)
    mlp = MLP([64, figures.HIDDEN, 10], "relu", np.random.default_rng(0))
    assert mlp.parameter_count == pytest.approx(count, rel=0.01)


def test_marks_are_the_accuracies_of_every_seed_with_their_median() -> None:
    (axes,) = figure("compared").axes
    for kind, marker in ((CNN, "o"), (MLP_, "s")):
        lines = [line for line in axes.lines if line.get_marker() == marker]
        expected = figures.measured()[kind]
        assert expected.shape == (figures.SEEDS, len(figures.CONDITIONS))
        assert_allclose([line.get_ydata() for line in lines], expected.T)
        medians = [f"{value:.3f}" for value in np.median(expected, axis=0)]
        written = [text.get_text() for text in axes.texts]
        assert [text for text in written if text in medians] != []
        assert set(medians) <= set(written)


def test_measured_accuracies_are_those_of_networks_that_never_saw_the_tested_digits() -> None:
    parts = figures.split(0)
    x, _ = digits(np.float32)
    together = np.concatenate([figures.flat(parts.x), figures.flat(parts.test_x)])
    assert_array_equal(np.sort(together.sum(axis=1)), np.sort(x.sum(axis=1)))
    assert len(parts.test_x) == round(len(x) / 4)
    found = figures.share(figures.shown_net(), parts.test_x, parts.test_labels)
    assert found == figures.measured()[CNN][0, 0]


def test_the_figure_shows_what_its_alternative_text_tells() -> None:
    cnn, mlp = figures.measured()[CNN], figures.measured()[MLP_]
    assert min(cnn[:, [0, 2]].min(), mlp[:, [0, 2]].min()) > 0.9
    # wide margins: training in float32 rounds differently on another machine
    assert max(cnn[:, 1].max(), mlp[:, 1].max()) < 0.8
    middle = figures.medians(CNN) - figures.medians(MLP_)
    assert middle[1] > 0.1
    assert middle[0] > 0 > middle[2]


def test_permuted_pixels_are_the_same_pixels_in_the_same_new_order() -> None:
    x = np.arange(128.0).reshape(2, 1, 8, 8)
    moved = figures.permuted(x)
    assert moved.shape == x.shape
    assert_array_equal(np.sort(moved[0].ravel()), x[0].ravel())
    assert_array_equal(moved[1] - moved[0], np.full((1, 8, 8), 64.0))


# --- the explorable ------------------------------------------------------------------------------


def test_static_figure_shows_the_maps_and_probabilities_of_the_network() -> None:
    axes = figure("look").axes[0]
    net, x = figures.shown_net(), figures.shown_digits()[figures.DIGIT].astype(np.float64)
    grids = [c for c in axes.collections if isinstance(c, PolyCollection)]
    first, second = (maps[0] for maps in net.feature_maps(x[None, None]))
    expected = [x]
    for kernel, seen in zip(net.params[0], first, strict=True):
        expected += [kernel[0], seen]
    expected += [*second]
    assert len(grids) == len(expected)
    for grid, values in zip(grids, expected, strict=True):
        assert len(grid.get_paths()) == np.count_nonzero(values)
    assert_shows(grids[0], x)
    strength = np.asarray(grids[2].get_facecolor())[:, 3]
    assert_allclose(strength, first[0][first[0] > 0] / first.max(), rtol=1e-6)
    shares = softmax(net.forward(x[None, None]))[0]
    bars = [patch for patch in axes.patches if isinstance(patch, Rectangle)][-10:]
    widths = np.array([bar.get_width() for bar in axes.containers[0]])
    assert len(bars) == 10
    assert_allclose(widths / widths.sum(), shares, atol=1e-9)
    assert shares[figures.DIGIT] > 0.95, "practically 1"


def test_data_hold_the_network_and_held_out_digits_of_each_kind() -> None:
    data = unpack(json.loads(figures.look.to_json()))
    for name, param in zip(
        ("w1", "b1", "w2", "b2", "w3", "b3"), figures.shown_net().params, strict=True
    ):
        assert_array_equal(data[name], param)
    parts = figures.split(0)
    for digit, image in enumerate(data["images"]):
        same = (parts.test_x[:, 0] == image).all(axis=(1, 2))
        assert parts.test_labels[same].tolist() == [digit]
    answers = figures.shown_net().predict(np.asarray(data["images"])[:, None])
    assert np.any(answers != np.arange(10)), "the page tells of a mistake"


def test_controls_begin_where_the_static_figure_stands() -> None:
    begins = {control.name: control.value for control in figures.look.controls}
    assert begins == {"digit": figures.DIGIT, "right": 0, "down": 0, "pen": "draw"}
