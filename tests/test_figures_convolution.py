"""What the figures of convolution plot, and its explorable loads, is what the package computes."""

from __future__ import annotations

import json

import numpy as np
import pytest
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Text
from numpy.testing import assert_allclose, assert_array_equal

from scripts.figures.worker import draw
from snippets.convolution import KERNELS, conv2d, conv_matrix, output_size, translate
from snippets.data import digits
from snippets.figures import convolution as figures
from snippets.figures._explore import unpack
from snippets.figures._style import BLUE, INK, ORANGE

DIGIT = 16 * digits()[0][figures.DIGIT].reshape(1, 1, 8, 8)
SIGNS = {to_rgb(INK): 1, to_rgb(ORANGE): 1, to_rgb(BLUE): -1}


pytestmark = pytest.mark.usefixtures("figure_style")


def figure(name: str) -> Figure:
    return draw("convolution", name, "en")[0]


def written(drawn: Figure) -> list[str]:
    return [t.get_text() for t in drawn.findobj(Text) if isinstance(t, Text) and t.get_text()]


def grids(drawn: Figure) -> list[PolyCollection]:
    return [c for c in drawn.axes[0].collections if isinstance(c, PolyCollection)]


def assert_shows(grid: PolyCollection, values: np.ndarray) -> None:
    """Every cell that is not 0 stands in its place, with its sign and share of the largest."""
    places = np.argwhere(values)
    shown = values[values != 0]
    corners = np.array([path.vertices[:4] for path in grid.get_paths()])
    size = np.ptp(corners[0, :, 0])
    left = corners[..., 0].min(axis=1)
    top = corners[..., 1].max(axis=1)
    columns = (left - left[0]) / size + places[0, 1]
    rows = (top[0] - top) / size + places[0, 0]
    assert_allclose(np.column_stack([rows, columns]), places, atol=1e-9)
    colors = np.asarray(grid.get_facecolor())
    signs = [SIGNS[tuple(color[:3])] for color in colors]
    assert_array_equal(signs, np.sign(shown))
    assert_allclose(colors[:, 3], np.abs(shown) / np.abs(shown).max())


def map_of(name: str, stride: int = 1, padding: int = 0, x: np.ndarray = DIGIT) -> np.ndarray:
    return conv2d(x, KERNELS[name][None, None], np.zeros(1), stride, padding)[0, 0]


# --- static figures ------------------------------------------------------------------------------


def test_each_answer_is_that_of_the_kernel_beside_it() -> None:
    drawn = figure("answers")
    first, *maps = grids(drawn)
    assert_shows(first, DIGIT[0, 0])
    for grid, name in zip(maps, KERNELS, strict=True):
        assert_shows(grid, map_of(name, padding=1))
    numbers = [text for text in written(drawn) if text[-1].isdigit()]
    expected = [
        "1/9" if name == "blur" else f"{value:g}".replace("-", "−")
        for name, kernel in KERNELS.items()
        for value in kernel.ravel()
    ]
    assert numbers == expected


def test_negative_answers_carry_a_minus_sign_and_no_others_do() -> None:
    signs = [line for line in figure("answers").axes[0].lines if line.get_marker() == "_"]
    signed = [map_of(name, padding=1) for name in KERNELS if map_of(name, padding=1).min() < 0]
    assert [len(line.get_xdata()) for line in signs] == [np.sum(y < 0) for y in signed]


def test_every_window_of_the_sizes_has_a_bar_of_three_cells_within_the_padding() -> None:
    drawn = figure("sizes")
    counts = [output_size(8, 3, stride, padding) for stride, padding in figures.SETTINGS]
    arrows = [text for text in written(drawn) if "to" in text]
    assert arrows == [f"$\\to {count}$" for count in counts]
    lines = [c for c in drawn.axes[0].collections if isinstance(c, LineCollection)]
    cells = grids(drawn)
    assert len(cells) == 2 * len(lines) == 2 * len(counts)
    for n, (stride, padding) in enumerate(figures.SETTINGS):
        inside, outside = cells[2 * n].get_paths(), cells[2 * n + 1].get_paths()
        assert (len(inside), len(outside)) == (8, 2 * padding)
        cell, pixel = np.ptp(inside[0].vertices[:, 0]), inside[0].vertices[:, 0].min()
        bars = np.array(lines[n].get_segments())[..., 0]
        assert len(bars) == counts[n]
        middles = ((bars.mean(axis=1) - pixel) / cell).tolist()
        assert_allclose(middles, np.arange(counts[n]) * stride - padding + 1.5, atol=1e-9)
        assert (np.diff(bars) < 3 * cell).all()


def test_rings_mark_where_the_map_is_not_the_moved_map() -> None:
    drawn = figure("moved")
    for right in (0, 1, 2):
        x = translate(DIGIT, 0, right)
        image, answer = grids(drawn)[2 * right : 2 * right + 2]
        assert_shows(image, x[0, 0])
        assert_shows(answer, map_of("vertical", padding=1, x=x))
    rings = [line for line in drawn.axes[0].lines if line.get_marker() == "o"]
    before = map_of("vertical", padding=1)[None, None]
    for right, line in enumerate(rings):
        after = map_of("vertical", padding=1, x=translate(DIGIT, 0, right))
        differing = np.argwhere(after != translate(before, 0, right)[0, 0])
        assert len(line.get_xdata()) == len(differing)
        assert (differing[:, 1] == 7).all(), "only at the border"
    assert [len(line.get_xdata()) > 0 for line in rings] == [False, False, True]


def test_bands_are_where_the_matrix_is_not_zero_by_row_of_the_kernel() -> None:
    lines = [line for line in figure("matrix").axes[0].lines if len(line.get_xdata()) > 1]
    assert len(lines) == 3
    for row, line in enumerate(lines):
        one = np.zeros((1, 1, 3, 3))
        one[0, 0, row] = 1
        output, pixel = np.nonzero(conv_matrix(one, 8, 8))
        assert_array_equal(line.get_xdata(), pixel)
        assert_array_equal(line.get_ydata(), output)
    markers = {line.get_marker() for line in lines}
    assert len(markers) == 3, "told apart without colour"


# --- the explorable ------------------------------------------------------------------------------


def test_static_figure_multiplies_and_adds_the_window_of_its_place() -> None:
    drawn = figure("kernel")
    image, output = grids(drawn)
    values = map_of("vertical")
    assert_shows(image, DIGIT[0, 0])
    assert_shows(output, values)
    p, q = divmod(figures.PLACE, 6)
    window = DIGIT[0, 0, p : p + 3, q : q + 3]
    expected = [*window.ravel(), *KERNELS["vertical"].ravel()]
    expected += [*(window * KERNELS["vertical"]).ravel()]
    numbers = [text for text in written(drawn) if text.lstrip("−").isdigit()]
    assert numbers == [f"{value + 0:g}".replace("-", "−") for value in expected]
    assert f"sum = {values[p, q]:g}" in written(drawn)


def test_data_hold_the_digit_the_kernels_and_every_answer() -> None:
    data = unpack(json.loads(figures.kernel.to_json()))
    assert_array_equal(data["image"], DIGIT[0, 0])
    assert data["names"] == list(KERNELS)
    assert_array_equal(data["kernels"], list(KERNELS.values()))
    for stride in figures.STRIDES:
        for padding in figures.PADDINGS:
            expected = [map_of(name, stride, padding) for name in KERNELS]
            assert_array_equal(data[f"output_{stride}_{padding}"], expected)


def test_controls_begin_where_the_static_figure_stands() -> None:
    begins = {control.name: control.value for control in figures.kernel.controls}
    first = {"kernel": "vertical", "stride": 1, "padding": 0, "place": figures.PLACE}
    assert begins == first
    slider = figures.kernel.controls[-1]
    largest = max(output_size(8, 3, *setting) for setting in figures.SETTINGS)
    assert slider.maximum == largest**2 - 1  # type: ignore[union-attr]
