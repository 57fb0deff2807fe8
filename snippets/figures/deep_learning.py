"""Figures of what deep learning is."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from snippets._checks import Floats, Indices
from snippets.activations import identity, relu, tanh
from snippets.deep_learning import forward, network_layout, random_layers, tent_layers
from snippets.figures._explore import Choice, Data, Slider, explorable
from snippets.figures._style import (
    BLUE,
    FAINT,
    GREEN,
    GREY,
    INK,
    LINES,
    ORANGE,
    PAPER,
    PURPLE,
    SMALL,
    Labels,
    box,
    canvas,
    guides,
    panels,
    ticks,
    units,
)

LABELS = {
    "artificial intelligence": "인공지능",
    "machine learning": "기계 학습",
    "deep learning": "딥러닝",
    "rules, search, logic": "규칙, 탐색, 논리",
    "regression, trees": "회귀, 결정 트리",
    "convolutional": "합성곱",
    "images": "이미지",
    "recurrent": "순환",
    "speech, text": "음성, 글",
    "attention": "어텐션",
    "all of these": "모두",
    "input layer": "입력층",
    "hidden layers": "은닉층",
    "output layer": "출력층",
    "no activation": "활성화 없음",
    "1 hidden layer": "은닉층 1개",
    "2 hidden layers": "은닉층 2개",
    "3 hidden layers": "은닉층 3개",
    "input": "입력",
}

SIZES = (3, 5, 5, 2)
SPAN = (-3.0, 3.0)
SEEDS = 4
MOST_LAYERS, MOST_UNITS = 4, 8
LAYERS, UNITS, BEND, SEED = 2, 4, "tanh", 1
"""The network that `build` shows before anyone changes it."""
BENDS = {"identity": identity, "tanh": tanh, "relu": relu}


def map_of_fields(label: Labels) -> Figure:
    """Draw deep learning inside machine learning inside artificial intelligence."""
    figure, axes = canvas(3.3)
    frames = (
        (0.1, 0.1, 4.4, 3.1, GREY, "artificial intelligence", "rules, search, logic"),
        (0.3, 0.22, 4.0, 2.3, BLUE, "machine learning", "regression, trees"),
        (0.5, 0.34, 3.6, 1.5, ORANGE, "deep learning", None),
    )
    for x, y, wide, tall, color, name, examples in frames:
        shape = "round,pad=0,rounding_size=0.12"
        frame = FancyBboxPatch((x, y), wide, tall, boxstyle=shape, fc="none", ec=color, lw=1.8)
        axes.add_patch(frame)
        axes.text(x + 0.14, y + tall - 0.25, label(name), color=color)
        if examples:
            axes.text(
                x + wide - 0.14,
                y + tall - 0.48,
                label(examples),
                ha="right",
                fontsize=SMALL,
                color=GREY,
            )
    for x, kind, for_what, color in (
        (1.16, "convolutional", "images", GREEN),
        (2.36, "recurrent", "speech, text", PURPLE),
        (3.48, "attention", "all of these", INK),
    ):
        box(axes, x, 0.92, f"{label(kind)}\n{label(for_what)}", color)
    return figure


def network(label: Labels) -> Figure:
    """Draw a fully connected network with two hidden layers."""
    figure, axes = canvas(2.75)
    positions, edges = network_layout(SIZES)
    places = np.column_stack([0.7 + 1.07 * positions[:, 0], 1.55 + 0.46 * positions[:, 1]])
    segments = [places[edge] for edge in edges]
    axes.add_collection(LineCollection(segments, colors=[GREY], linewidths=0.8, zorder=1))
    starts = np.cumsum([0, *SIZES])
    for (start, end), color in zip(pairwise(starts), (BLUE, INK, INK, ORANGE), strict=True):
        units(axes, places[start:end], 0.15, color)
    for x, name, color in (
        (0.7, "input layer", BLUE),
        (2.3, "hidden layers", INK),
        (3.9, "output layer", ORANGE),
    ):
        axes.text(x, 0.08, label(name), ha="center", fontsize=SMALL, color=color)
    return figure


def bends(label: Labels) -> Figure:
    """Plot the output of one random network over its input: without activation, tanh, ReLU."""
    figure, axes = panels(1, 3, 1.95, left=0.3, right=0.1, bottom=0.5, top=0.35, gap=(0.2, 0))
    x = np.linspace(*SPAN, 121)[:, None]
    layers = random_layers(np.random.default_rng(5), [1, 6, 6, 6, 1])
    titles = (label("no activation"), "tanh", "ReLU")
    for panel, f, title, (color, _) in zip(axes, BENDS.values(), titles, LINES, strict=False):
        y = forward(x, layers, f)[:, 0]
        middle, half = (y.max() + y.min()) / 2, (y.max() - y.min()) / 2
        panel.set(xlim=SPAN, ylim=(middle - 1.1 * half, middle + 1.1 * half))
        panel.plot(x[:, 0], y, color=color)
        panel.set_title(title)
        ticks(panel, (-3, 0, 3), ())
    axes[1].set_xlabel(f"{label('input')} $x$")
    return figure


def teeth(label: Labels) -> Figure:
    """Plot the saw of one, two and three hidden layers of two ReLU units each."""
    figure, axes = panels(3, 1, 3.4, left=0.45, right=0.15, bottom=0.5, top=0.32, gap=(0, 0.4))
    x = np.linspace(0, 1, 65)[:, None]
    names = ("1 hidden layer", "2 hidden layers", "3 hidden layers")
    for depth, (panel, name) in enumerate(zip(axes, names, strict=True), 1):
        panel.plot(x[:, 0], forward(x, tent_layers(depth), relu)[:, 0], color=BLUE)
        panel.set(xlim=(0, 1), ylim=(0, 1.05))
        panel.set_title(label(name), pad=3)
        ticks(panel, (), (0, 1))
    ticks(axes[-1], (0, 0.5, 1))
    axes[-1].set_xlabel(f"{label('input')} $x$")
    return figure


def drawn_weights() -> Data:
    """Return w (seeds, layers, in, out) and b (seeds, layers, out) of the largest networks.

    A smaller network takes the first units of every layer, so that it grows as the reader adds
    some.  Hidden weights are divided by the root of the number of units where they are used.
    """
    w = np.zeros((SEEDS, MOST_LAYERS + 1, MOST_UNITS, MOST_UNITS))
    b = np.zeros((SEEDS, MOST_LAYERS + 1, MOST_UNITS))
    sizes = [MOST_UNITS] * (MOST_LAYERS + 2)
    for seed in range(SEEDS):
        for n, (w_n, b_n) in enumerate(random_layers(np.random.default_rng(seed), sizes)):
            w[seed, n], b[seed, n] = 2 * w_n, b_n
    return {"w": w, "b": b}


def smaller(seed: int, layers: int, width: int) -> list[tuple[Floats, Floats]]:
    """Return the layers of a 1-width-...-width-1 network, cut out of `drawn_weights`."""
    data = drawn_weights()
    w, b = np.asarray(data["w"])[seed], np.asarray(data["b"])[seed]
    sizes = [1, *[width] * layers, 1]
    return [
        (w[n, :n_in, :n_out] / np.sqrt(n_in), b[n, :n_out])
        for n, (n_in, n_out) in enumerate(pairwise(sizes))
    ]


@explorable(
    Slider("layers", 0, MOST_LAYERS, value=LAYERS),
    Slider("units", 1, MOST_UNITS, value=UNITS),
    Choice("f", tuple(BENDS), BEND),
    Choice("seed", tuple(range(SEEDS)), SEED),
    data=drawn_weights,
)
def build(label: Labels) -> Figure:
    """Draw a network of one input and one output, and its output over the input below it."""
    figure, (above, below) = panels(2, 1, 3.9, left=0.5, bottom=0.5, top=0.1, gap=(0, 0.2))
    sizes = [1, *[UNITS] * LAYERS, 1]
    positions, edges = network_layout(sizes)
    _wires(above, positions, edges)
    x = np.linspace(*SPAN, 121)[:, None]
    layers = smaller(SEED, LAYERS, UNITS)
    y = forward(x, layers, BENDS[BEND])[:, 0]
    room = 0.1 * (y.max() - y.min())
    below.set(xlim=SPAN, ylim=(y.min() - room, y.max() + room))
    guides(below, x=(0,), y=(0,))
    below.plot(x[:, 0], y, color=BLUE)
    below.set(xlabel=f"{label('input')} $x$", ylabel=r"$\hat{y}$")
    ticks(below, (-3, 0, 3), ())
    return figure


def _wires(axes: Axes, positions: Floats, edges: Indices) -> None:
    """Draw the units and their connections, in the units of `network_layout`."""
    axes.set_axis_off()
    last = positions[-1, 0]
    axes.set(xlim=(-0.3, last + 0.3), ylim=(-MOST_UNITS / 2, MOST_UNITS / 2))
    segments = [positions[edge] for edge in edges]
    axes.add_collection(LineCollection(segments, colors=[FAINT], linewidths=1.2, zorder=1))
    axes.plot(positions[:, 0], positions[:, 1], "o", ms=9, mfc=PAPER, mec=INK, mew=1.6, zorder=3)
    axes.plot(*positions[0], "o", ms=9, mfc=PAPER, mec=BLUE, mew=1.8, zorder=4)
    axes.plot(*positions[-1], "o", ms=9, mfc=PAPER, mec=ORANGE, mew=1.8, zorder=4)
