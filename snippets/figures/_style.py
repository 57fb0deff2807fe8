"""One style for every figure, made for a phone: an image 340 pixels wide has text of 11 or more.

Colours are those of Okabe and Ito, darker on light paper and lighter on dark; no meaning rests on
colour alone, so each comes with a marker, a line style or a label beside the line.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.axis import XAxis, YAxis
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.text import Text
from numpy.typing import ArrayLike, NDArray

__all__: list[str] = []

# name: (on light paper, on dark paper).  Figures use the first; the second stands in the SVG.
SCHEMES = {
    "ink": ("#1f2933", "#e2e4ea"),
    "paper": ("#ffffff", "#1e2129"),
    "grey": ("#66707c", "#a0a8b4"),
    "faint": ("#d5d9de", "#434955"),
    "blue": ("#0068ab", "#66b8f0"),
    "orange": ("#b84a00", "#ff9d52"),
    "green": ("#00785a", "#4fcfa4"),
    "purple": ("#99407f", "#e79bcf"),
}
INK, PAPER, GREY, FAINT, BLUE, ORANGE, GREEN, PURPLE = (light for light, _ in SCHEMES.values())

WIDTH = 4.6  # inches, shown as 442 CSS pixels
PHONE = 340  # CSS pixels that a phone 360 wide shows an image in; docs/assets/css/site.css
TEXT = 11.5  # points: 11.8 CSS pixels on a phone
SMALL = 10.8  # points: 11.1 CSS pixels on a phone, the smallest allowed

LINES: tuple[tuple[str, str], ...] = (
    (BLUE, "-"),
    (ORANGE, "--"),
    (GREEN, "-."),
    (PURPLE, ":"),
    (GREY, (0, (6, 2, 1, 2, 1, 2))),  # type: ignore[assignment]
)

RC: dict[str, Any] = {
    "font.size": TEXT,
    "axes.titlesize": TEXT,
    "axes.titleweight": "normal",
    "axes.titlepad": 5,
    "axes.titley": 1.0,
    "axes.labelsize": TEXT,
    "axes.labelpad": 5,
    "axes.linewidth": 0.9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.unicode_minus": True,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "xtick.major.size": 3,
    "ytick.major.size": 3,
    "lines.linewidth": 2.0,
    "lines.markersize": 8,
    "mathtext.fontset": "stix",
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": INK,
    "axes.titlecolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "lines.color": BLUE,
    "axes.prop_cycle": cycler(color=[BLUE, ORANGE, GREEN, PURPLE, GREY]),
    "patch.edgecolor": INK,
    "patch.facecolor": PAPER,
    "hatch.color": INK,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "savefig.facecolor": "none",
    "savefig.edgecolor": "none",
    "image.interpolation": "nearest",
    "image.composite_image": False,
    "path.simplify": True,
    "path.simplify_threshold": 0.3,
}

Values = NDArray[np.floating[Any]]
Place = tuple[float, float]


class Labels:
    """Marks the texts of a figure that are in a language, so that one drawing serves both.

    What a call returns may be part of a longer text; `speak` puts the words in afterwards.
    """

    def __init__(self, korean: Mapping[str, str]) -> None:
        """Use `korean` (English -> Korean)."""
        self._korean = korean
        self.asked: set[str] = set()

    def __call__(self, english: str) -> str:
        """Return a mark for `english`.

        Raises KeyError, in either language, if the module's LABELS lacks it.
        """
        if english not in self._korean:
            raise KeyError(f"{english!r} is missing from LABELS")
        self.asked.add(english)
        return self.either(english, self._korean[english])

    def either(self, english: str, korean: str) -> str:
        """Return a mark for words that come from elsewhere, in both languages."""
        return f"\ue000{english}\ue002{korean}\ue001"

    @staticmethod
    def words(text: str, language: str) -> str:
        """Return `text` with every mark replaced by its words in `language`.

        >>> label = Labels({"epoch": "에포크"})
        >>> label.words(f"3: {label('epoch')}", "ko"), label.words(f"3: {label('epoch')}", "en")
        ('3: 에포크', '3: epoch')
        """
        return _MARK.sub(r"\2" if language == "ko" else r"\1", text)


_MARK = re.compile("\ue000(.*?)\ue002(.*?)\ue001")


def marked_texts(drawn: Figure) -> list[tuple[Text, str]]:
    """Return each text of `drawn` that holds a mark, and what it says before `speak`."""
    texts = list(drawn.texts)
    for axes in drawn.axes:
        texts += [*axes.texts, axes.title, axes.xaxis.label, axes.yaxis.label]
    return [(text, text.get_text()) for text in texts if _MARK.search(text.get_text())]


def speak(marked: Sequence[tuple[Text, str]], language: str) -> None:
    """Put the words of `language` into the texts that `marked_texts` found."""
    for text, said in marked:
        text.set_text(Labels.words(said, language))


class Panel(Axes):
    """Axes whose ticks are made when they are wanted.

    Matplotlib begins each axis with two ticks and changes them whenever it sets a default: that
    takes a third of the time of a drawing.
    """

    def _init_axis(self) -> None:
        self.xaxis = _LevelAxis(self, clear=False)
        self.yaxis = _UprightAxis(self, clear=False)
        for axis, ends in ((self.xaxis, ("bottom", "top")), (self.yaxis, ("left", "right"))):
            for end in ends:
                self.spines[end].register_axis(axis)


class _LateTicks:
    """What an axis of a `Panel` does differently."""

    def reset_ticks(self) -> None:
        self.majorTicks: list[Any] = []
        self.minorTicks: list[Any] = []

    def _copy_tick_props(self, src: Any, dest: Any) -> None:
        """Do nothing: all ticks of an axis are made from the same settings."""


class _LevelAxis(_LateTicks, XAxis):  # type: ignore[misc]
    pass


class _UprightAxis(_LateTicks, YAxis):  # type: ignore[misc]
    pass


def figure(height: float = 3.2) -> Figure:
    """Return an empty figure of the shared width; `height` in inches."""
    return Figure(figsize=(WIDTH, height))


def panels(
    rows: int = 1,
    columns: int = 1,
    height: float = 3.2,
    *,
    left: float = 0.72,
    right: float = 0.15,
    bottom: float = 0.55,
    top: float = 0.15,
    gap: tuple[float, float] = (0.35, 0.35),
    heights: Sequence[float] | None = None,
) -> tuple[Figure, list[Axes]]:
    """Return a figure and its axes, row by row; margins and gaps (across, down) are in inches.

    Places are fixed rather than fitted: fitting draws everything twice.
    """
    drawn = figure(height)
    shares = np.ones(rows) if heights is None else np.asarray(heights, dtype=float)
    width = (WIDTH - left - right - gap[0] * (columns - 1)) / columns
    tall = (height - top - bottom - gap[1] * (rows - 1)) * shares / shares.sum()
    axes: list[Axes] = []
    for row in range(rows):
        y = height - top - tall[: row + 1].sum() - gap[1] * row
        for column in range(columns):
            x = left + column * (width + gap[0])
            box = (x / WIDTH, y / height, width / WIDTH, tall[row] / height)
            axes.append(_panel(drawn, box))
    return drawn, axes


def _panel(drawn: Figure, box: tuple[float, float, float, float]) -> Axes:
    axes = drawn.add_axes(Panel(drawn, box))
    for spine in axes.spines.values():
        spine.set_position(("outward", 0))  # otherwise its first tick would see to that
    return axes


def ticks(axes: Axes, x: Sequence[float] | None = None, y: Sequence[float] | None = None) -> None:
    """Fix the tick marks, plainly written; few of them read best and draw fastest."""
    if x is not None:
        axes.set_xticks(x, [number(v) for v in x])
    if y is not None:
        axes.set_yticks(y, [number(v) for v in y])


def guides(axes: Axes, x: Sequence[float] = (), y: Sequence[float] = (), **options: Any) -> None:
    """Draw faint lines across the axes at `x` (upright) and `y` (level); call it after set_xlim."""
    (x0, x1), (y0, y1) = axes.get_xlim(), axes.get_ylim()
    lines = [[(v, y0), (v, y1)] for v in x] + [[(x0, v), (x1, v)] for v in y]
    options = {"colors": [FAINT], "linewidths": 1.1, "zorder": 0.5, **options}
    axes.add_collection(LineCollection(lines, **options), autolim=False)


def number(value: float, decimals: int | None = None) -> str:
    """Return `value` for print, with a true minus sign.

    >>> number(-0.5), number(2.0), number(-0.00012, 3)
    ('−0.5', '2', '0.000')
    """
    text = f"{value:g}" if decimals is None else f"{value:.{decimals}f}"
    if float(text) == 0:
        text = text.lstrip("-")
    return text.replace("-", "\N{MINUS SIGN}")


def canvas(height: float = 3.2, *, wide: float = WIDTH) -> tuple[Figure, Axes]:
    """Return a figure for a drawing: no axes, and one unit is one inch from the lower left."""
    drawn = figure(height)
    axes = _panel(drawn, (0, 0, 1, 1))
    axes.set_axis_off()
    axes.set(xlim=(0, wide), ylim=(0, height))
    return drawn, axes


def note(axes: Axes, x: float, y: float, text: str, color: str = INK, **options: Any) -> Text:
    """Write `text` at (x, y) in data units, on a patch of paper so that lines do not cross it."""
    box = {"facecolor": PAPER, "edgecolor": "none", "alpha": 0.8, "pad": 1.0}
    options = {"fontsize": SMALL, "ha": "center", "va": "center", "bbox": box, **options}
    return axes.text(x, y, text, color=color, **options)


def two_classes(axes: Axes, x: ArrayLike, y: ArrayLike, size: float = 9) -> None:
    """Plot points x (N, 2): a hollow blue circle where y <= 0, a full orange square where y = 1."""
    points, targets = np.asarray(x, dtype=float), np.asarray(y).reshape(-1)
    off, on = points[targets <= 0], points[targets > 0]
    axes.plot(off[:, 0], off[:, 1], "o", mec=BLUE, mfc=PAPER, mew=2.2, ms=size, clip_on=False)
    axes.plot(on[:, 0], on[:, 1], "s", mec=PAPER, mfc=ORANGE, mew=0.8, ms=size, clip_on=False)


def boundary(
    axes: Axes,
    score: Callable[[Values], ArrayLike],
    x: Place = (-0.5, 1.5),
    y: Place = (-0.5, 1.5),
    level: float = 0.0,
    steps: int = 61,
) -> Values:
    """Shade where `score` exceeds `level` and draw the curve on which it equals it.

    score: from points (N, 2) to N numbers, evaluated on a grid of steps x steps points.
    Returns the grid of scores, (steps, steps), rows from low to high y.
    """
    across, up = np.meshgrid(np.linspace(*x, steps), np.linspace(*y, steps))
    grid = np.stack([across.ravel(), up.ravel()], axis=1)
    z = np.asarray(score(grid), dtype=float).reshape(steps, steps)
    shade = np.empty((steps, steps, 4), dtype=np.uint8)
    shade[...] = np.where((z > level)[..., None], (213, 94, 0, 70), (0, 114, 178, 34))
    axes.imshow(shade, extent=(*x, *y), origin="lower", aspect="auto", zorder=0)
    if z.min() < level < z.max():
        axes.contour(across, up, z, levels=[level], colors=[INK], linewidths=1.6, zorder=1)
    axes.set(xlim=x, ylim=y)
    return z


def shades(axes: Axes, values: Values, x: Place, y: Place) -> None:
    """Shade a grid of values between -1 and 1: the more orange the higher, the more blue the lower.

    values: (steps, steps), rows from low to high y.  Nothing is drawn where a value is 0.
    """
    tint = np.empty((*values.shape, 4), dtype=np.uint8)
    tint[..., :3] = np.where(values[..., None] > 0, (213, 94, 0), (0, 114, 178))
    tint[..., 3] = np.clip(np.abs(values), 0, 1) * 150
    axes.imshow(tint, extent=(*x, *y), origin="lower", aspect="auto", zorder=0)


def line_across(
    axes: Axes, w: ArrayLike, b: float, x: Place, y: Place, **options: Any
) -> Values | None:
    """Draw the part of w1 x1 + w2 x2 + b = 0 inside the box; return its two ends, or None."""
    w1, w2 = np.asarray(w, dtype=float).reshape(2)
    ends = [(x1, -(w1 * x1 + b) / w2) for x1 in x] if w2 else []
    ends += [(-(w2 * x2 + b) / w1, x2) for x2 in y] if w1 else []
    slack = 1e-9
    inside = [
        end
        for end in ends
        if x[0] - slack <= end[0] <= x[1] + slack and y[0] - slack <= end[1] <= y[1] + slack
    ]
    unique = sorted({(round(p, 9), round(q, 9)) for p, q in inside})
    if len(unique) < 2:
        return None
    segment = np.array([unique[0], unique[-1]])
    options = {"color": INK, "lw": 2.0, **options}
    axes.plot(segment[:, 0], segment[:, 1], **options)
    return segment


def layer_places(widths: Sequence[int], box: tuple[float, float, float, float]) -> list[Values]:
    """Return for each layer the centres (units, 2) of its units inside box (x0, y0, x1, y1)."""
    x0, y0, x1, y1 = box
    most = max(widths)
    step = (y1 - y0) / max(most - 1, 1)
    columns = np.linspace(x0, x1, len(widths))
    middle = (y0 + y1) / 2
    return [
        np.column_stack(
            [np.full(units, column), middle + step * ((units - 1) / 2 - np.arange(units))]
        )
        for units, column in zip(widths, columns, strict=True)
    ]


def network(
    axes: Axes,
    widths: Sequence[int],
    box: tuple[float, float, float, float],
    radius: float = 0.17,
    colors: Sequence[str] | None = None,
) -> list[Values]:
    """Draw layers of units joined by all their weights; return the centres, layer by layer."""
    places = layer_places(widths, box)
    segments = [
        (start, end)
        for before, after in itertools.pairwise(places)
        for start in before
        for end in after
    ]
    axes.add_collection(LineCollection(segments, colors=[GREY], linewidths=1.0, zorder=1))
    for layer, centres in enumerate(places):
        color = INK if colors is None else colors[layer]
        units(axes, centres, radius, color)
    return places


def units(axes: Axes, centres: Values, radius: float = 0.17, color: str = INK) -> None:
    """Draw a circle of `radius` inches around each of centres (units, 2); for a `canvas`."""
    axes.plot(
        centres[:, 0],
        centres[:, 1],
        "o",
        ms=radius * 144,
        mfc=PAPER,
        mec=color,
        mew=1.8,
        zorder=3,
    )


def box(axes: Axes, x: float, y: float, text: str, color: str = INK, **options: Any) -> Text:
    """Write `text` in a rounded frame around (x, y)."""
    frame = {"boxstyle": "round,pad=0.3", "facecolor": PAPER, "edgecolor": color, "lw": 1.6}
    options = {"ha": "center", "va": "center", "fontsize": SMALL, "zorder": 4, **options}
    return axes.text(x, y, text, bbox=frame, **options)


def arrow(axes: Axes, start: Place, end: Place, color: str = GREY, **options: Any) -> None:
    """Draw an arrow from `start` to `end`, stopping `shrink` points (16 unless told) short."""
    shrink = options.pop("shrink", 16)
    style = {
        "arrowstyle": "-|>",
        "color": color,
        "lw": 1.5,
        "mutation_scale": 11,
        "shrinkA": shrink,
        "shrinkB": shrink,
        **options,
    }
    axes.annotate("", xy=end, xytext=start, arrowprops=style, zorder=2)
