"""Figures of vanishing gradients."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from snippets._checks import Floats
from snippets.figures._explore import Choice, Data, Slider, explorable
from snippets.figures._style import (
    BLUE,
    GREEN,
    GREY,
    LINES,
    ORANGE,
    PURPLE,
    Labels,
    guides,
    note,
    number,
    panels,
    ticks,
)
from snippets.vanishing_gradient import (
    GAINS,
    chain_slope,
    cross_entropy_signal,
    dead_network_rate,
    dead_units,
    gradient_norms,
    squared_error_signal,
    train_relu_regression,
)

LABELS = {
    "layers": "층의 수",
    "layer": "층",
    "gradient": "기울기",
    "factor of one layer": "한 층이 곱하는 인수",
    "output of the layer before": "앞 층의 출력",
    "shrinks": "줄어듦",
    "grows": "커짐",
    "cross-entropy": "교차 엔트로피",
    "squared error": "제곱 오차",
    "logit of the wrong class": "틀린 클래스의 로짓",
    "largest gradient": "가장 큰 기울기",
    "dead networks": "죽은 신경망",
    "dead units": "죽은 유닛",
    "width": "너비",
    "learning rate": "학습률",
    "size of the error": "오차의 크기",
    "too small": "너무 작음",
    "too large": "너무 큼",
}

SEED = 0
CHAIN_LAYERS, CHAIN_WEIGHTS = 10, (1.0, 2.0, 4.0, 5.0)
FACTOR_WEIGHTS = (1.0, 4.0, 8.0, 16.0)
WRONG = np.linspace(-8, 8, 65)
"""Logits of the wrong class in `softmax_losses`; that of the right one is 0."""
NET_DEPTHS, NET_WIDTHS = (1, 2, 4, 7, 10, 15, 20, 30), (2, 3, 5)
NETS, NET_INPUTS = 500, 16
RATES = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
STARTS_DEPTH = 30

ACTIVATIONS = ("sigmoid", "tanh", "relu")
STARTS = ("glorot", "he", "large")
"""The initialisations of `layers`: keys of `GAINS`."""
DEEPEST = 30
DEPTH = 20
"""The depth at which `layers` begins."""


def norms(depth: int, activation: str, start: str) -> Floats:
    """Return the size of the error at each layer of the network that the figures show."""
    return gradient_norms(np.random.default_rng(SEED), depth, activation, GAINS[start])


def chain(label: Labels) -> Figure:
    """Plot the slope of a chain of sigmoid neurons at z = 0 against its length, by weight."""
    figure, (axes,) = panels(height=3.3, left=0.85, right=0.75)
    lengths = np.arange(1, CHAIN_LAYERS + 1)
    for (color, style), w in zip(LINES, CHAIN_WEIGHTS, strict=False):
        slopes = [chain_slope(np.zeros(n), np.full(n, w)) for n in lengths]
        axes.plot(lengths, slopes, color=color, ls=style, marker="o", ms=4, clip_on=False)
        axes.annotate(
            f"$w = {w:g}$", (CHAIN_LAYERS, slopes[-1]), (7, 0),
            textcoords="offset points", color=color, va="center", annotation_clip=False,
        )  # fmt: skip
    axes.set(xlim=(1, CHAIN_LAYERS))
    _powers(axes, -7, 2, 2)
    ticks(axes, (1, 4, 7, 10))
    axes.set_xlabel(label("layers"))
    axes.set_ylabel(label("gradient"))
    return figure


def factor(label: Labels) -> Figure:
    """Plot the factor w sigmoid'(w (h - 1/2)) of one layer against h, for several weights w."""
    figure, (axes,) = panels(height=3.3, left=0.85)
    h = np.linspace(0, 1, 81)
    for (color, style), w in zip(LINES, FACTOR_WEIGHTS, strict=False):
        axes.plot(h, [chain_slope([w * (one - 0.5)], [w]) for one in h], color=color, ls=style)
        note(axes, 0.5, 0.345 * w, f"$w = {w:g}$", color)
    axes.set(xlim=(0, 1))
    _powers(axes, -2, 1, 1)
    axes.text(0.05, 2.5, label("grows"), color=GREY)
    axes.text(0.5, 0.05, label("shrinks"), color=GREY, ha="center")
    axes.set_xlabel(label("output of the layer before"))
    axes.set_ylabel(label("factor of one layer"))
    ticks(axes, (0, 0.5, 1))
    return figure


def softmax_losses(label: Labels) -> Figure:
    """Plot the largest slope of cross-entropy and of squared error against the wrong logit."""
    figure, (axes,) = panels(height=3.1)
    for signal, color, style, name, place in (
        (cross_entropy_signal, BLUE, "-", "cross-entropy", (4.9, 0.85)),
        (squared_error_signal, ORANGE, "--", "squared error", (4.6, 0.24)),
    ):
        size = [np.abs(signal([wrong, 0.0], label=1)).max() for wrong in WRONG]
        axes.plot(WRONG, size, color=color, ls=style)
        note(axes, *place, label(name), color)
    axes.set(xlim=(WRONG[0], WRONG[-1]), ylim=(0, 1.05))
    axes.set_xlabel(label("logit of the wrong class"))
    axes.set_ylabel(label("largest gradient"))
    ticks(axes, (-8, -4, 0, 4, 8), (0, 0.5, 1))
    return figure


@cache
def dead_rates() -> Floats:
    """Return the fraction of dead networks, (widths, depths)."""
    return np.array(
        [
            [
                dead_network_rate(np.random.default_rng(SEED), depth, width, NETS, NET_INPUTS)
                for depth in NET_DEPTHS
            ]
            for width in NET_WIDTHS
        ]
    )


def dead_networks(label: Labels) -> Figure:
    """Plot the percentage of random ReLU networks that are dead against depth, by width."""
    figure, (axes,) = panels(height=3.1, left=0.95, right=0.3)
    places = ((6, 96), (18, 76), (25, 33))
    for (color, style), rates, width, place in zip(
        LINES, dead_rates(), NET_WIDTHS, places, strict=False
    ):
        axes.plot(NET_DEPTHS, 100 * rates, color=color, ls=style, marker="o", ms=4, clip_on=False)
        note(axes, *place, f"{label('width')} {width}", color)
    axes.set(xlim=(1, NET_DEPTHS[-1]), ylim=(0, 104))
    axes.set_xlabel(label("layers"))
    axes.set_ylabel(label("dead networks"))
    ticks(axes, (1, 10, 20, 30))
    _percent(axes)
    return figure


@cache
def dead_after() -> Floats:
    """Return the fraction of dead units after 100 steps at each of RATES."""
    x = np.linspace(-1, 1, 40)
    return np.array(
        [dead_units(train_relu_regression(np.random.default_rng(SEED), lr), x) for lr in RATES]
    )


def dying(label: Labels) -> Figure:
    """Plot the percentage of ReLU units that are dead after 100 steps, by learning rate."""
    figure, (axes,) = panels(height=2.8, left=0.95)
    places = range(len(RATES))
    axes.bar(places, 100 * dead_after(), width=0.62, color=ORANGE)
    for place, share in zip(places, dead_after(), strict=True):
        axes.text(place, 100 * share + 3, f"{100 * share:.0f}%", ha="center")
    axes.set(xlim=(-0.6, len(RATES) - 0.4), ylim=(0, 118))
    axes.set_xticks(places, [f"{lr:g}" for lr in RATES])
    axes.set_xlabel(label("learning rate"))
    axes.set_ylabel(label("dead units"))
    _percent(axes)
    return figure


def starts(label: Labels) -> Figure:
    """Plot the size of the error at each of 30 ReLU layers for weights of four sizes."""
    figure, (axes,) = panels(height=3.4, left=0.85)
    texts = (label("too small"), "Glorot", "He", label("too large"))
    colors = (PURPLE, ORANGE, BLUE, GREEN)
    places = ((8.5, 3e-13), (6, 2e-6), (6, 2e1), (15, 4e4))
    layer = np.arange(1, STARTS_DEPTH + 1)
    for (_, style), start, text, color, place in zip(
        LINES, GAINS, texts, colors, places, strict=False
    ):
        axes.plot(layer, norms(STARTS_DEPTH, "relu", start), color=color, ls=style)
        note(axes, *place, text, color)
    axes.set(xlim=(1, STARTS_DEPTH))
    _powers(axes, -15, 6, 5)
    ticks(axes, (1, 10, 20, 30))
    axes.set_xlabel(label("layer"))
    axes.set_ylabel(label("size of the error"))
    return figure


def tables() -> Data:
    """Return the error at every layer for all that `layers` can show.

    norms (activations, starts, depths 1 to DEEPEST, layers), 0 behind the last layer; activations
    and starts: their names.
    """
    sizes = np.zeros((len(ACTIVATIONS), len(STARTS), DEEPEST, DEEPEST), dtype=np.float32)
    for a, activation in enumerate(ACTIVATIONS):
        for s, start in enumerate(STARTS):
            for depth in range(1, DEEPEST + 1):
                sizes[a, s, depth - 1, :depth] = norms(depth, activation, start)
    return {
        "norms": sizes,
        "activations": ACTIVATIONS,
        "starts": STARTS,
    }


@explorable(
    Slider("depth", 1, DEEPEST, value=DEPTH, plays=True),
    Choice("activation", ACTIVATIONS, "sigmoid"),
    Choice("start", STARTS, "glorot"),
    data=tables,
)
def layers(label: Labels) -> Figure:
    """Plot the size of the error at each layer of 20-layer networks, one for each activation."""
    figure, (axes,) = panels(height=3.8, left=0.85, right=0.2)
    layer = np.arange(1, DEPTH + 1)
    places = ((5.5, 1e-14), (7, 1e1), (9, 3e-5))
    styles: Sequence[tuple[str, str]] = ((BLUE, "-"), (GREY, "--"), (GREY, "-."))
    for activation, (color, style), place in zip(ACTIVATIONS, styles, places, strict=True):
        axes.plot(layer, norms(DEPTH, activation, "glorot"), color=color, ls=style)
        name = "ReLU" if activation == "relu" else activation
        note(axes, *place, name, color)
    axes.lines[0].set(marker="o", markersize=4.5)
    axes.set(xlim=(0.5, DEEPEST + 0.5))
    _powers(axes, -20, 6, 5)
    ticks(axes, (1, 10, 20, 30))
    axes.set_xlabel(label("layer"))
    axes.set_ylabel(label("size of the error"))
    return figure


def _powers(axes: Axes, lowest: int, highest: int, every: int) -> None:
    """Give the axes a logarithmic scale with a tick at each `every`-th power of ten."""
    axes.set_yscale("log")
    axes.set_ylim(10.0**lowest, 10.0**highest)
    shown = [power for power in range(lowest, highest + 1) if power % every == 0]
    axes.set_yticks([10.0**power for power in shown], [_power(power) for power in shown])
    axes.minorticks_off()
    guides(axes, y=(1.0,))


def _power(exponent: int) -> str:
    """Return a power of ten in full size: a raised exponent is too small for a phone."""
    return f"{10.0**exponent:g}" if abs(exponent) <= 2 else f"1e{number(exponent)}"


def _percent(axes: Axes) -> None:
    axes.set_yticks((0, 50, 100), ("0%", "50%", "100%"))
