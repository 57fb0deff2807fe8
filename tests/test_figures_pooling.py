"""What the figures of pooling plot, and its explorable loads, is what the package computes."""

from __future__ import annotations

import json

import numpy as np
import pytest
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from numpy.testing import assert_allclose, assert_array_equal

from scripts.figures.worker import draw
from snippets.activations import relu
from snippets.convolution import KERNELS, conv2d, translate
from snippets.data import digits
from snippets.figures import pooling as figures
from snippets.figures._explore import unpack
from snippets.pooling import avg_pool2d, avg_pool2d_backward, max_pool2d, max_pool2d_backward
from tests.test_figures_convolution import assert_shows

DIGIT = 16 * digits()[0][10].reshape(1, 1, 8, 8)


pytestmark = pytest.mark.usefixtures("figure_style")


def figure(name: str) -> Figure:
    return draw("pooling", name, "en")[0]


def numbers(drawn: Figure) -> list[Text]:
    """The texts that are numbers, in the order in which they were written."""
    found = [t for t in drawn.axes[0].texts if t.get_text().replace(".", "").lstrip("−").isdigit()]
    return [t for t in found if t.get_text()]


def values(texts: list[Text]) -> list[float]:
    return [float(text.get_text().replace("−", "-")) for text in texts]


def test_windows_hold_the_rectified_map_and_what_pooling_makes_of_it() -> None:
    drawn = numbers(figure("windows"))
    kernel = KERNELS["vertical"][None, None]
    edges = relu(conv2d(DIGIT, kernel, np.zeros(1), padding=1))
    assert values(drawn[:64]) == edges.ravel().tolist()
    assert values(drawn[64:80]) == max_pool2d(edges, 2).ravel().tolist()
    assert values(drawn[80:]) == avg_pool2d(edges, 2).ravel().tolist()
    bold = [text for text in drawn[:64] if text.get_weight() == "bold"]
    winners = max_pool2d(edges, 2)
    assert sorted(values(bold)) == sorted(winners[winners > 0])


def test_bars_are_the_mean_change_of_the_pooled_digits() -> None:
    (axes,) = figure("shifts").axes
    bars = [patch for patch in axes.patches if isinstance(patch, Rectangle)]
    framed = figures.everywhere()
    expected = []
    for pixels in (1, 2):
        moved = translate(framed, 0, pixels)
        for pool, size in (
            (max_pool2d, 1),
            *((p, k) for k in (2, 4) for p in (avg_pool2d, max_pool2d)),
        ):
            before, after = pool(framed, size), pool(moved, size)
            lengths = np.sqrt(((after - before) ** 2).sum(axis=(1, 2, 3)))
            expected.append(np.mean(lengths / np.sqrt((before**2).sum(axis=(1, 2, 3)))))
    assert_allclose([bar.get_width() for bar in bars], expected)
    written = [text for text in axes.texts if text.get_text().startswith(("0.", "1."))]
    assert_allclose(values(written), expected, atol=0.0051)
    filled = [bar.get_facecolor()[3] > 0 for bar in bars]
    assert filled == [True] * 5 + [False] * 5, "told apart without colour"


def test_digits_stand_at_every_place_relative_to_the_windows_and_keep_their_ink() -> None:
    framed, x = figures.everywhere(), digits()[0]
    for pixels in figures.PIXELS:
        assert_array_equal(translate(framed, 0, pixels).sum(axis=(1, 2, 3)), x.sum(axis=1))
    for n in range(32):
        down, right = divmod(n % 16, 4)
        home = translate(framed[n : n + 1], -4 - down, -4 - right)[0, 0, :8, :8]
        assert_array_equal(home.ravel(), x[n])


def test_longer_moves_change_more_and_pooling_softens_them() -> None:
    one, two = (figures.changes(pixels) for pixels in figures.PIXELS)
    for found in (one, two):
        for kind in ("mean", "maximum"):
            assert found[f"{kind} 4"] < found[f"{kind} 2"] < found["not pooled"]
    assert all(one[name] < two[name] for name in one)


def test_gradient_goes_where_the_package_sends_it() -> None:
    drawn = figure("gradient")
    x, dy = figures.X[None, None], figures.DY[None, None]
    expected = [*figures.X.ravel(), *figures.DY.ravel()]
    for backward in (max_pool2d_backward, avg_pool2d_backward):
        expected += [*backward(dy, x, 2).ravel()]
    assert values(numbers(drawn)) == expected
    marked = [patch.get_xy() for patch in drawn.axes[0].patches if isinstance(patch, Rectangle)]
    assert len(marked) == 4
    bold = [text for text in numbers(drawn)[:16] if text.get_weight() == "bold"]
    assert sorted(values(bold)) == sorted(max_pool2d(x, 2).ravel())
    for (left, low), text in zip(marked, bold, strict=True):
        assert left < text.get_position()[0] < left + 0.43
        assert low < text.get_position()[1] < low + 0.43


def test_caption_of_the_gradient_tells_of_the_ties_that_are_there() -> None:
    windows = figures.X.reshape(2, 2, 2, 2).transpose(0, 2, 1, 3).reshape(4, 4)
    ties = [(window.max(), np.sum(window == window.max())) for window in windows]
    assert ties == [(4, 1), (2, 2), (0, 4), (6, 1)]


# --- the explorable ------------------------------------------------------------------------------


def test_static_figure_shows_the_digit_and_both_kinds_of_pooling() -> None:
    drawn = figure("move")
    framed = np.pad(16 * digits()[0][13].reshape(8, 8), 2)
    image, maximum, mean = [c for c in drawn.axes[0].collections if isinstance(c, PolyCollection)]
    for grid, shown in (
        (image, framed),
        (maximum, max_pool2d(framed[None, None], 2)[0, 0]),
        (mean, avg_pool2d(framed[None, None], 2)[0, 0]),
    ):
        assert_allclose(np.asarray(grid.get_facecolor())[:, 3], shown[shown > 0] / 16)
        if shown.max() == 16:
            assert_shows(grid, shown)
    texts = [t.get_text() for t in drawn.axes[0].texts]
    inked = np.count_nonzero(max_pool2d(framed[None, None], 2))
    assert texts.count(f"as before\n{inked} / {inked}") == 2


def test_data_hold_one_digit_of_each_kind() -> None:
    data = unpack(json.loads(figures.move.to_json()))
    x, labels = digits()
    assert_array_equal(data["images"], 16 * x[10:20].reshape(10, 8, 8))
    assert labels[10:20].tolist() == list(range(10))


def test_every_move_keeps_the_whole_digit_in_its_frame() -> None:
    for digit in range(10):
        for down in (-figures.REACH, figures.REACH):
            moved = figures.framed(digit, down, -down)
            assert moved.sum() == figures.images()[digit].sum()


def test_controls_begin_where_the_static_figure_stands() -> None:
    begins = {control.name: control.value for control in figures.move.controls}
    assert begins == {"digit": 3, "window": 2, "right": 0, "down": 0}
    for size in (2, 3, 4):
        assert figures.FRAME % size == 0
