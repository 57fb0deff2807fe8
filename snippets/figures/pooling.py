"""Figures of pooling."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from snippets._checks import Floats
from snippets.activations import relu
from snippets.convolution import translate
from snippets.data import digits
from snippets.figures._explore import Choice, Data, Slider, explorable
from snippets.figures._style import (
    BLUE,
    GREY,
    INK,
    ORANGE,
    PURPLE,
    SMALL,
    Labels,
    arrow,
    canvas,
    number,
    panels,
)
from snippets.figures.convolution import answer, cells, outline
from snippets.pooling import avg_pool2d, avg_pool2d_backward, max_pool2d, max_pool2d_backward

LABELS = {
    "vertical edges": "세로 경계",
    "input": "입력",
    "maximum": "최대",
    "mean": "평균",
    "gradient from the output": "출력에서 온 기울기",
    "maximum: to the winner": "최대: 이긴 픽셀로",
    "mean: shared out": "평균: 똑같이 나누어",
    "not pooled": "풀링 안 함",
    "moved by 1 pixel": "1픽셀 옮김",
    "moved by 2 pixels": "2픽셀 옮김",
    "change of the values": "값이 바뀐 정도",
    "as before": "그대로",
}

Pool = Callable[[Floats, int], Floats]

X = np.array([[1.0, 3, 2, 0], [4, 2, 2, 1], [0, 0, 5, 1], [0, 0, 1, 6]])
DY = np.array([[2.0, -4], [12, 4]])
"""Pixels (4, 4) and the gradient (2, 2) that `gradient` sends back to them."""
POOLS: dict[str, tuple[Pool, int]] = {
    "not pooled": (max_pool2d, 1),
    "mean 2": (avg_pool2d, 2),
    "maximum 2": (max_pool2d, 2),
    "mean 4": (avg_pool2d, 4),
    "maximum 4": (max_pool2d, 4),
}
"""What `shifts` compares: the kind of pooling, and the side of its window."""
PIXELS = (1, 2)
FIRST = 10
"""The first of ten digits, 0 to 9, that the reader can move in `move`."""
DIGIT, WINDOW = 3, 2
MARGIN, REACH = 2, 2
"""Empty pixels around the digit of `move`, and how far it goes."""
FRAME = 8 + 2 * MARGIN


def edges() -> Floats:
    """Return the rectified map (8, 8) of the vertical edges of the page's digit."""
    return relu(answer("vertical", padding=1))


def windows(label: Labels) -> Figure:
    """Write the map of vertical edges with its windows, and the maximum and mean of each."""
    figure, axes = canvas(4.4)
    y = edges()
    winners = max_pool2d_backward(np.ones((1, 1, 4, 4)), y[None, None], 2)[0, 0] * (y > 0)
    _grid(axes, y, 0.06, 3.34, 0.305, label("vertical edges"), winners)
    for n, (pool, name) in enumerate(((max_pool2d, "maximum"), (avg_pool2d, "mean"))):
        top = 4.1 - 2.12 * n
        _grid(axes, pool(y[None, None], 2)[0, 0], 2.7, top, 0.46, label(name), lines=0)
    return figure


def everywhere() -> Floats:
    """Return all digits (n, 1, 20, 20), at 16 places in turn: borders of windows cut them anywhere.

    If all stood in line with the windows of 4 x 4, the maxima of these would change far less.
    """
    x = digits()[0].reshape(-1, 8, 8)
    framed = np.zeros((len(x), 1, 20, 20))
    for n, image in enumerate(x):
        down, right = divmod(n % 16, 4)
        framed[n, 0, 4 + down : 12 + down, 4 + right : 12 + right] = image
    return framed


@cache
def changes(pixels: int) -> dict[str, float]:
    """Return for each of `POOLS` how much moving the digits by `pixels` changes its output.

    That is |after - before| / |before|, the length of the difference by that of the output, and
    the mean of it over all digits.
    """
    framed = everywhere()
    moved = translate(framed, 0, pixels)
    found: dict[str, float] = {}
    for name, (pool, size) in POOLS.items():
        before, after = (pool(x, size).reshape(len(x), -1) for x in (framed, moved))
        change = np.linalg.norm(after - before, axis=1) / np.linalg.norm(before, axis=1)
        found[name] = float(change.mean())
    return found


def shifts(label: Labels) -> Figure:
    """Plot how much a shift by one and two pixels changes pooled digits, over all digits."""
    figure, (axes,) = panels(height=3.75, left=1.32, right=0.5, bottom=0.55, top=0.4)
    tall = 0.36
    for n, (pixels, color) in enumerate(zip(PIXELS, (BLUE, ORANGE), strict=True)):
        found = list(changes(pixels).values())
        at = np.arange(len(found)) + (n - 0.5) * tall
        face = color if pixels == 1 else "none"
        axes.barh(at, found, tall * 0.86, facecolor=face, edgecolor=color, lw=1.6)
        for y, value in zip(at, found, strict=True):
            axes.text(value + 0.02, y, number(value, 2), va="center", color=color, fontsize=SMALL)
        words = label(f"moved by {pixels} pixel" + "s" * (pixels > 1))
        x = 0.3 + 0.6 * n
        axes.text(x, -0.78, words, color=color, ha="center", va="center", fontsize=SMALL)
    names = [name.rpartition(" ") for name in POOLS]
    shown = [
        f"{label(a)} {b}×{b}" if a in ("mean", "maximum") else label("not pooled")
        for a, _, b in names
    ]
    for y, name in enumerate(shown):
        axes.text(-0.03, y, name, ha="right", va="center")
    axes.set(xlim=(0, 1.25), ylim=(len(POOLS) - 0.5, -0.55), xlabel=label("change of the values"))
    axes.set_yticks([])
    axes.set_xticks([0, 0.5, 1], ["0", "0.5", "1"])
    return figure


def gradient(label: Labels) -> Figure:
    """Write pixels with their winners, a gradient, and where both kinds of pooling send it."""
    figure, axes = canvas(4.5)
    x, dy = X[None, None], DY[None, None]
    won = max_pool2d_backward(np.ones((1, 1, 2, 2)), x, 2)[0, 0]
    size = 0.43
    _grid(axes, X, 0.2, 4.2, size, label("input"), won)
    for row, column in np.argwhere(won):
        outline(axes, 0.2 + column * size, 4.2 - row * size, size)
    _grid(axes, DY, 3.0, 4.2 - size, size, label("gradient from the output"), lines=0)
    dx = max_pool2d_backward(dy, x, 2)[0, 0]
    _grid(axes, dx, 0.2, 1.85, size, label("maximum: to the winner"), dx)
    shared = avg_pool2d_backward(dy, x, 2)[0, 0]
    _grid(axes, shared, 2.6, 1.85, size, label("mean: shared out"))
    arrow(axes, (3.3, 4.2 - 3 * size), (1.95, 2.1), PURPLE, shrink=4)
    arrow(axes, (3.43, 4.2 - 3 * size), (3.43, 2.2), PURPLE, shrink=4)
    return figure


@cache
def images() -> Floats:
    """Return one digit of each kind, 0 to 9, (10, 8, 8) in grey values from 0 to 16."""
    found = 16 * digits()[0][FIRST : FIRST + 10].reshape(10, 8, 8)
    found.flags.writeable = False
    return found


def framed(digit: int, down: int = 0, right: int = 0) -> Floats:
    """Return the digit (12, 12) in its frame, moved."""
    x = np.pad(images()[digit], MARGIN)
    return translate(x[None, None], down, right)[0, 0]


def ten_digits() -> Data:
    """Return the images (10, 8, 8)."""
    return {"images": images()}


@explorable(
    Choice("digit", tuple(range(10)), DIGIT),
    Choice("window", (2, 3, 4), WINDOW),
    Slider("right", -REACH, REACH),
    Slider("down", -REACH, REACH),
    data=ten_digits,
)
def move(label: Labels) -> Figure:
    """Draw a digit in its frame with the windows, and the maximum and the mean of each window."""
    figure, axes = canvas(2.6)
    x, cell, top = framed(DIGIT), 0.155, 2.3
    side = FRAME // WINDOW
    cells(axes, x, 0.1, top, cell, 16)
    _windows(axes, 0.1, top, FRAME * cell, side)
    around = np.array([(0, 0), (8, 0), (8, 8), (0, 8), (0, 0)]) + MARGIN
    axes.plot(0.1 + around[:, 0] * cell, top - around[:, 1] * cell, "--", color=PURPLE, lw=1.5)
    _title(axes, 0.1 + FRAME * cell / 2, top, label("input"))
    for n, (pool, name) in enumerate(((max_pool2d, "maximum"), (avg_pool2d, "mean"))):
        left, wide = 2.12 + 1.27 * n, 1.14
        y = pool(x[None, None], WINDOW)[0, 0]
        cells(axes, y, left, top, wide / side, 16)
        _windows(axes, left, top, wide, side)
        _title(axes, left + wide / 2, top, label(name))
        inked = np.count_nonzero(y)
        text = f"{label('as before')}\n{inked} / {inked}"
        axes.text(left + wide / 2, top - 1.4, text, ha="center", va="center", color=PURPLE)
    return figure


def _grid(
    axes: Axes,
    values: Floats,
    left: float,
    top: float,
    size: float,
    title: str,
    bold: Floats | None = None,
    lines: int = 2,
) -> None:
    """Write numbers into a grid, thick lines after every `lines` rows and columns, and a title.

    bold: where it is not 0, the number is bold, and elsewhere grey; without it all are plain.
    """
    side = len(values)
    for n in range(side + 1):
        thick = bool(lines) and n % lines == 0
        at, far = n * size, side * size
        pair = [
            [(left + at, top), (left + at, top - far)],
            [(left, top - at), (left + far, top - at)],
        ]
        color = INK if thick else GREY
        axes.add_collection(LineCollection(pair, colors=[color], linewidths=1.8 if thick else 0.8))
    for (i, j), value in np.ndenumerate(values):
        style: dict[str, Any] = (
            {} if bold is None else {"weight": "bold"} if bold[i, j] else {"color": GREY}
        )
        x, y = left + (j + 0.5) * size, top - (i + 0.5) * size
        places = next(n for n in (0, 1, 2) if n == 2 or value == round(value, n))
        text = number(float(value), places)  # quarters are written out
        axes.text(x, y, text, ha="center", va="center", fontsize=SMALL, **style)
    _title(axes, left + side * size / 2, top, title)


def _windows(axes: Axes, left: float, top: float, wide: float, side: int) -> None:
    """Draw the lines between side x side windows."""
    at = wide / side * np.arange(1, side)
    lines = [[(left + d, top), (left + d, top - wide)] for d in at]
    lines += [[(left, top - d), (left + wide, top - d)] for d in at]
    axes.add_collection(LineCollection(lines, colors=[GREY], linewidths=0.7))


def _title(axes: Axes, x: float, top: float, title: str) -> None:
    axes.text(x, top + 0.07, title, ha="center", va="bottom", fontsize=SMALL)
