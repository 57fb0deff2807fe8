"""Figures of convolution."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import cache

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from snippets._checks import Floats
from snippets.convolution import KERNELS, conv2d, conv_matrix, output_size, translate
from snippets.data import digits
from snippets.figures._explore import Array, Choice, Data, Slider, explorable
from snippets.figures._style import (
    BLUE,
    FAINT,
    GREEN,
    GREY,
    INK,
    ORANGE,
    PURPLE,
    SMALL,
    WIDTH,
    Labels,
    canvas,
    number,
    panels,
    ticks,
)

LABELS = {
    "input": "입력",
    "output": "출력",
    "window": "창",
    "kernel": "커널",
    "products": "곱",
    "sum": "합",
    "vertical edges": "세로 경계",
    "horizontal edges": "가로 경계",
    "blur": "흐리게",
    "sharpen": "또렷하게",
    "right by 1": "오른쪽으로 1칸",
    "right by 2": "오른쪽으로 2칸",
    "upper row": "윗줄",
    "middle row": "가운뎃줄",
    "lower row": "아랫줄",
    "pixel": "픽셀",
}

DIGIT = 10
"""Which of the handwritten digits every figure here shows: a zero, two pixels from the right."""
NAMES = tuple(KERNELS)
TITLES = ("vertical edges", "horizontal edges", "blur", "sharpen")
SETTINGS = ((1, 0), (1, 1), (2, 0), (2, 1))
"""Stride and padding of `sizes`, and those that the reader can choose in `kernel`."""
STRIDES, PADDINGS = (1, 2), (0, 1)
PLACE = 12
"""Which output `kernel` explains before anyone moves the window, counted row by row."""


@cache
def image() -> Floats:
    """Return the digit (8, 8) in grey values from 0 to 16, as it was measured."""
    grey = 16 * digits()[0][DIGIT].reshape(8, 8)
    grey.flags.writeable = False
    return grey


def answer(name: str, stride: int = 1, padding: int = 0, right: int = 0) -> Floats:
    """Return what the kernel `name` answers to the digit, moved `right` pixels before."""
    x = translate(image()[None, None], 0, right)
    return conv2d(x, KERNELS[name][None, None], np.zeros(1), stride, padding)[0, 0]


def answers(label: Labels) -> Figure:
    """Draw the digit, and beside each of the four kernels its answer at every place."""
    figure, axes = canvas(4.55)
    size, small = 0.14, 0.31
    top = 4.25
    titled(axes, image(), (WIDTH - 8 * size) / 2, top, size, label("input"))
    for n, (name, title) in enumerate(zip(NAMES, TITLES, strict=True)):
        left, high = 0.08 + 2.29 * (n % 2), top - 1.58 - 1.55 * (n // 2)
        numbers(axes, KERNELS[name], left, high - 0.09, small, _weight)
        titled(axes, answer(name, padding=1), left + 1.05, high, size, label(title))
    return figure


def sizes(label: Labels) -> Figure:
    """Draw a row of eight pixels and every window of three, for two strides and two paddings."""
    figure, axes = canvas(3.75)
    cell, left = 0.3, 0.72
    for n, (stride, padding) in enumerate(SETTINGS):
        top = 3.62 - 0.94 * n
        axes.text(0.08, top - 0.02, f"$s = {stride}$", va="top")
        axes.text(0.08, top - 0.28, f"$p = {padding}$", va="top")
        for places, fill, line in ((range(8), FAINT, "-"), (_padded(padding), "none", ":")):
            corners = [(left + (place + 1) * cell, top) for place in places]
            squares = _squares(np.reshape(corners, (-1, 2)), cell)
            axes.add_collection(PolyCollection(squares, fc=fill, ec=GREY, lw=1.2, ls=line))
        count = output_size(8, 3, stride, padding)
        starts = left + cell * (stride * np.arange(count) - padding + 1)
        heights = top - cell - 0.11 - 0.13 * (np.arange(count) % 3)
        bars = [
            [(x + 0.06, y), (x + 3 * cell - 0.06, y)] for x, y in zip(starts, heights, strict=True)
        ]
        axes.add_collection(LineCollection(bars, colors=[BLUE], linewidths=4))
        axes.text(left + 10 * cell + 0.2, top - 0.27, f"$\\to {count}$", va="center", fontsize=14)
    axes.text(left + 5 * cell, 3.66, label("input"), ha="center", va="bottom", fontsize=SMALL)
    axes.set_ylim(0.2, 3.95)
    return figure


def moved(label: Labels) -> Figure:
    """Draw the digit, moved by 0, 1 and 2 pixels, above its edges; rings where they did not move.

    A ring stands where the answer to the moved digit is not the moved answer.
    """
    figure, axes = canvas(3.55)
    size = 0.172
    before = answer("vertical", padding=1)
    for n, title in enumerate(("input", "right by 1", "right by 2")):
        left = 0.08 + n * (8 * size + 0.157)
        x = translate(image()[None, None], 0, n)[0, 0]
        titled(axes, x, left, 3.26, size, label(title))
        y = answer("vertical", padding=1, right=n)
        titled(axes, y, left, 1.5, size, label("output"))
        rows, columns = np.nonzero(y != translate(before[None, None], 0, n)[0, 0])
        axes.plot(
            left + (columns + 0.5) * size,
            1.5 - (rows + 0.5) * size,
            "o", mfc="none", mec=PURPLE, mew=1.8, ms=11,
        )  # fmt: skip
    return figure


def matrix(label: Labels) -> Figure:
    """Plot where the matrix of a 3 x 3 kernel on the image is not zero, by rows of the kernel."""
    figure, (axes,) = panels(height=3.1, left=0.6, bottom=0.5, top=0.42, right=0.1)
    which = conv_matrix(np.arange(1.0, 10.0).reshape(1, 1, 3, 3), 8, 8)  # 1 to 9: which weight
    styles = ((BLUE, "s", "upper row"), (ORANGE, "o", "middle row"), (GREEN, "^", "lower row"))
    for row, (color, marker, name) in enumerate(styles):
        output, pixel = np.nonzero(np.ceil(which / 3) == row + 1)
        axes.plot(pixel, output, marker, color=color, ms=3.6, mew=0)
        axes.plot(5 + 21 * row, -3.2, marker, color=color, ms=7, mew=0, clip_on=False)
        axes.text(6.7 + 21 * row, -3.1, label(name), color=color, va="center", fontsize=SMALL)
    axes.set(xlim=(-1, 64), ylim=(36, -1))
    axes.set(xlabel=label("pixel"), ylabel=label("output"))
    ticks(axes, (0, 16, 32, 48, 63), (0, 12, 24, 35))
    return figure


def digit_and_answers() -> Data:
    """Return the image (8, 8), the kernels (4, 3, 3), and every answer that can be chosen.

    output_S_P (4, H', W') is `conv2d` with stride S and padding P, for the kernels in their order.
    """
    data: dict[str, Array] = {"image": image(), "kernels": np.array([KERNELS[n] for n in NAMES])}
    for stride, padding in SETTINGS:
        every = [answer(name, stride, padding) for name in NAMES]
        data[f"output_{stride}_{padding}"] = np.array(every)
    return {"names": NAMES, **data}


@explorable(
    Choice("kernel", NAMES, NAMES[0]),
    Choice("stride", STRIDES, 1),
    Choice("padding", PADDINGS, 0),
    Slider("place", 0, 63, value=PLACE, plays=True),
    data=digit_and_answers,
)
def kernel(label: Labels) -> Figure:
    """Draw the digit with a window, the output, and window times kernel, number by number."""
    figure, axes = canvas(4.3)
    weights, output = KERNELS[NAMES[0]], answer(NAMES[0])
    p, q = divmod(PLACE, output.shape[1])
    window = image()[p : p + 3, q : q + 3]
    cell, top = 0.2, 3.98
    inputs = (0.2 + cell, top - cell)  # a margin of one cell for the padding
    outputs = (2.4 + 2 * cell, top - cell)
    for values, corner, place, side, name in (
        (image(), inputs, (p, q), 3, "input"),
        (output, outputs, (p, q), 1, "output"),
    ):
        cells(axes, values, *corner, cell)
        middle = corner[0] + values.shape[1] * cell / 2
        axes.text(middle, top + 0.06, label(name), ha="center", va="bottom")
        outline(axes, corner[0] + place[1] * cell, corner[1] - place[0] * cell, side * cell)
    side, low = 0.4, 1.6
    for n, (values, name) in enumerate(
        ((window, "window"), (weights, "kernel"), (window * weights, "products"))
    ):
        left = 0.15 + n * (3 * side + 0.35)
        numbers(axes, values, left, low, side, _weight if name == "kernel" else _value)
        axes.text(left + 1.5 * side, low + 0.05, label(name), ha="center", va="bottom")
        if n < 2:
            sign = ("$\\times$", "$=$")[n]
            axes.text(
                left + 3 * side + 0.175, low - 1.5 * side, sign, ha="center", va="center", size=15
            )
    total = f"{label('sum')} = {_value(float(output[p, q]))}"
    axes.text(WIDTH - 0.15, 0.24, total, ha="right", va="center", color=PURPLE, weight="bold")
    outline(axes, 0.15, low, 3 * side)
    return figure


def titled(axes: Axes, values: Floats, left: float, top: float, size: float, title: str) -> None:
    """Draw `values` as cells, with a title above."""
    cells(axes, values, left, top, size)
    middle = left + values.shape[1] * size / 2
    axes.text(middle, top + 0.05, title, ha="center", va="bottom", fontsize=SMALL)


def cells(
    axes: Axes, values: Floats, left: float, top: float, size: float, most: float | None = None
) -> None:
    """Draw a grid of cells from the corner (left, top): the stronger, the larger the value.

    An image (never negative) is drawn in ink; else positive cells are orange, and negative ones
    blue with a minus sign.  The largest absolute value, or `most`, has the full colour.
    """
    rows, columns = np.nonzero(values)
    places = np.column_stack([left + columns * size, top - rows * size])
    shown = values[rows, columns]
    strength = np.abs(shown) / (np.abs(shown).max(initial=0) if most is None else most)
    picture = (values >= 0).all()
    colors = [
        to_rgba(INK if picture else ORANGE if value > 0 else BLUE, float(alpha))
        for value, alpha in zip(shown, strength, strict=True)
    ]
    axes.add_collection(PolyCollection(_squares(places, size), facecolors=colors, lw=0))
    below = places[shown < 0] + (size / 2, -size / 2)
    if len(below):
        axes.plot(*below.T, "_", color=INK, ms=28 * size, mew=1.1)
    height, width = values.shape
    frame = Rectangle((left, top - height * size), width * size, height * size)
    frame.set(fill=False, edgecolor=GREY, linewidth=1)
    axes.add_patch(frame)


def _squares(corners: Floats, size: float) -> list[Floats]:
    """Return the outline (4, 2) of a square to the right of and below each of corners (N, 2)."""
    return list(corners[:, None] + size * np.array([(0, 0), (1, 0), (1, -1), (0, -1)]))


def _padded(padding: int) -> list[int]:
    """Return the places of the padding around eight pixels."""
    return [*range(-padding, 0), *range(8, 8 + padding)]


def numbers(
    axes: Axes,
    values: Floats,
    left: float,
    top: float,
    size: float,
    write: Callable[[float], str],
) -> None:
    """Write a small grid of numbers into squares from the corner (left, top)."""
    side = len(values)
    at = size * np.arange(side + 1)
    lines = [[(left + d, top), (left + d, top - side * size)] for d in at]
    lines += [[(left, top - d), (left + side * size, top - d)] for d in at]
    axes.add_collection(LineCollection(lines, colors=[GREY], linewidths=0.9))
    for (i, j), value in np.ndenumerate(values):
        x, y = left + j * size, top - i * size
        text = write(float(value))
        axes.text(x + size / 2, y - size / 2, text, ha="center", va="center", fontsize=SMALL)


def outline(axes: Axes, left: float, top: float, side: float) -> None:
    """Draw a purple square around something, from the corner (left, top)."""
    axes.add_patch(Rectangle((left, top - side), side, side, fill=False, ec=PURPLE, lw=2.4))


def _weight(value: float) -> str:
    """Return a weight as a whole number or as a fraction."""
    return str(Fraction(value).limit_denominator(99)).replace("-", "\N{MINUS SIGN}")


def _value(value: float) -> str:
    """Return a whole number as it is, any other with two decimals."""
    return number(value, 0 if value == round(value) else 2)
