"""Figures of the convolutional network."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from snippets._checks import Floats, Indices
from snippets.activations import softmax
from snippets.cnn import LeNet, digits_net
from snippets.convolution import translate
from snippets.data import digits, train_test_split
from snippets.fast_cnn import FastLeNet
from snippets.fast_mlp import FastMLP, FlatAdam
from snippets.figures._explore import Choice, Data, Slider, explorable
from snippets.figures._style import (
    BLUE,
    FAINT,
    GREY,
    INK,
    ORANGE,
    PAPER,
    PURPLE,
    SMALL,
    WIDTH,
    Labels,
    arrow,
    canvas,
    guides,
    number,
    panels,
)
from snippets.figures.convolution import cells
from snippets.multilayer_perceptron import MLP

LABELS = {
    "image": "이미지",
    "convolution": "합성곱",
    "pooling": "풀링",
    "affine layer": "아핀 층",
    "classes": "클래스",
    "convolutional network": "합성곱 신경망",
    "fully connected": "완전 연결",
    "as they are": "그대로",
    "moved by 1 pixel": "1픽셀 옮김",
    "pixels permuted": "픽셀 뒤섞음",
    "accuracy": "정확도",
    "input": "입력",
    "probability": "확률",
    "kernels and maps of the first layer": "첫째 층의 커널과 특징 맵",
    "maps of the second layer": "둘째 층의 특징 맵",
}

SEEDS = 6
EPOCHS, BATCH, RATE = 12, 128, 0.02
HIDDEN = 25
"""Units of the fully connected network, which gives it about as many parameters."""
MOVES = ((0, 1), (0, -1), (1, 0), (-1, 0))
CONDITIONS = ("as they are", "moved by 1 pixel", "pixels permuted")
SIDE = 8
DIGIT = 3
REACH = 2


class Split(NamedTuple):
    """Digits (n, 1, 8, 8) and labels to learn from, and others to be tested with."""

    x: Floats
    labels: Indices
    test_x: Floats
    test_labels: Indices


def split(seed: int) -> Split:
    """Hold a quarter of all digits back; which ones depends on the seed."""
    x, labels = digits(np.float32)
    images = x.reshape(-1, 1, SIDE, SIDE)
    return Split(*train_test_split(images, labels, np.random.default_rng(seed)))


def train_cnn(x: Floats, labels: Indices, seed: int) -> LeNet:
    """Return a `digits_net` that has learned."""
    net = digits_net(np.random.default_rng(seed), np.float32)
    fast = FastLeNet(net)
    optimizer, rng = FlatAdam(fast.flat, RATE), np.random.default_rng(seed)
    for _ in range(EPOCHS):
        order = rng.permutation(len(x))
        fast.fit(x[order], labels[order], optimizer, 1, BATCH)
    net.params = fast.params
    return net


def train_mlp(x: Floats, labels: Indices, seed: int) -> MLP:
    """Return a fully connected network that has learned in the same steps."""
    sizes = [SIDE * SIDE, HIDDEN, 10]
    rng = np.random.default_rng(seed)
    net = MLP(sizes, "relu", rng, loss="cross_entropy", dtype=np.float32)
    fast = FastMLP(net, BATCH)
    optimizer, rng = FlatAdam(fast.flat, RATE), np.random.default_rng(seed)
    for _ in range(EPOCHS):
        order = rng.permutation(len(x))
        fast.fit(flat(x)[order], labels[order], optimizer, 1)
    net.params = fast.params
    return net


def flat(x: Floats) -> Floats:
    """Return images (n, 1, 8, 8) as rows (n, 64)."""
    return x.reshape(len(x), SIDE * SIDE)


def permuted(x: Floats) -> Floats:
    """Return images whose pixels have changed places, all in the same way."""
    order = np.random.default_rng(9).permutation(SIDE * SIDE)
    return flat(x)[:, order].reshape(x.shape)


def accuracies(kind: str, seed: int) -> list[float]:
    """Return the share of held-out digits that a network gets right under each of `CONDITIONS`.

    kind: "convolutional network" or "fully connected".  Moved digits are met by the network that
    has learned from digits as they are, one pixel in each of four directions.  With permuted
    pixels another network of the kind learns and is tested.
    """
    train = train_cnn if kind == "convolutional network" else train_mlp
    x, labels, test_x, truth = split(seed)
    net = shown_net() if (train, seed) == (train_cnn, 0) else train(x, labels, seed)
    moved = [share(net, translate(test_x, *way), truth) for way in MOVES]
    other = train(permuted(x), labels, seed)
    found = [share(net, test_x, truth), np.mean(moved), share(other, permuted(test_x), truth)]
    return [float(value) for value in found]


def share(net: LeNet | MLP, x: Floats, truth: Indices) -> float:
    """Return the share of images that a network gets right."""
    logits = net.forward(x) if isinstance(net, LeNet) else net.forward(flat(x))
    return float(np.mean(logits.argmax(axis=1) == truth))


@cache
def measured() -> dict[str, Floats]:
    """Return `accuracies` of both kinds of network, (seeds, conditions)."""
    kinds = ("convolutional network", "fully connected")
    return {kind: np.array([accuracies(kind, n) for n in range(SEEDS)]) for kind in kinds}


def medians(kind: str) -> Floats:
    """Return the median accuracy over the seeds, (conditions,), of one kind of network."""
    return np.median(measured()[kind], axis=0)


def counts() -> list[int]:
    """Return the number of parameters of both convolutions and of the affine layer."""
    params = digits_net(np.random.default_rng(0)).params
    return [w.size + b.size for w, b in zip(params[::2], params[1::2], strict=True)]


def layers(label: Labels) -> Figure:
    """Draw the stages of the network from the image to the classes, with their sizes."""
    figure, axes = canvas(3.15)
    sheets = [(1, 8), (8, 8), (8, 4), (16, 4), (16, 2)]
    middles = (0.55, 1.45, 2.25, 2.95, 3.55)
    shift = 0.028
    squares: list[Floats] = []
    for (count, side), middle in zip(sheets, middles, strict=True):
        wide = 0.085 * side
        for n in reversed(range(count)):
            away = shift * (n - (count - 1) / 2)
            x, y = middle + away - wide / 2, 1.75 + away - wide / 2
            squares.append(np.array([(x, y), (x + wide, y), (x + wide, y + wide), (x, y + wide)]))
        top = 1.75 + wide / 2 + shift * count / 2 + 0.1
        size = f"{side}×{side}" if count == 1 else f"{count}×{side}×{side}"
        axes.text(middle, top, size, ha="center", va="bottom", fontsize=SMALL)
    axes.add_collection(
        PolyCollection(squares, facecolors=[PAPER], edgecolors=[BLUE], linewidths=1)
    )
    axes.plot(np.full(10, 4.3), 1.75 + 0.14 * (np.arange(10) - 4.5), "o", mfc=PAPER, mec=INK, ms=7)
    axes.text(4.3, 2.55, "10", ha="center", va="bottom", fontsize=SMALL)
    ends = [*middles, 4.3]
    names = ("convolution", "pooling", "convolution", "pooling", "affine layer")
    first, second, affine = counts()
    numbers = (first, 0, second, 0, affine)
    for n, (name, count) in enumerate(zip(names, numbers, strict=True)):
        x, low = (ends[n] + ends[n + 1]) / 2, 0.85 - 0.42 * (n % 2)
        arrow(axes, (ends[n] + 0.1, 1.05), (ends[n + 1] - 0.1, 1.05), GREY, shrink=0)
        axes.add_collection(LineCollection([[(x, 1.0), (x, low + 0.1)]], colors=[FAINT]))
        text = f"{label(name)}\n{count:,}"
        axes.text(
            x, low, text, ha="center", va="top", fontsize=SMALL, color=PURPLE if count else INK
        )
    axes.text(ends[0], 2.42, label("image"), ha="center", va="bottom", fontsize=SMALL)
    axes.text(WIDTH - 0.05, 2.75, label("classes"), ha="right", va="bottom", fontsize=SMALL)
    return figure


def compared(label: Labels) -> Figure:
    """Plot the accuracy of both kinds of network on held-out digits, a mark for every seed."""
    figure, (axes,) = panels(height=3.4, left=0.72, right=0.1, bottom=0.42, top=0.42)
    styles = (("convolutional network", BLUE, "o"), ("fully connected", ORANGE, "s"))
    for n, (kind, color, marker) in enumerate(styles):
        found = measured()[kind]
        spread = 0.022 * (np.arange(SEEDS) - (SEEDS - 1) / 2)
        for k, (values, middle) in enumerate(zip(found.T, medians(kind), strict=True)):
            x = k + 0.36 * (n - 0.5)
            face = color if marker == "o" else PAPER
            axes.plot(x + spread, values, marker, color=color, mfc=face, mew=1.4, ms=6)
            low = float(values.min()) - 0.015
            text = number(float(middle), 3)
            axes.text(x, low, text, color=color, ha="center", va="top", fontsize=SMALL)
        axes.text(0.35 + 1.5 * n, 1.04, label(kind), color=color, ha="center", va="bottom")
    axes.set(xlim=(-0.5, 2.5), ylim=(0.35, 1.02))
    guides(axes, y=(0.4, 0.6, 0.8, 1.0))
    axes.set_yticks([0.4, 0.6, 0.8, 1.0], ["0.4", "0.6", "0.8", "1"])
    for k, name in enumerate(CONDITIONS):
        axes.text(k, 0.33, label(name), ha="center", va="top", fontsize=SMALL)
    axes.set_xticks([])
    axes.set_ylabel(label("accuracy"))
    return figure


@cache
def shown_net() -> LeNet:
    """Return the network of `look`, which has learned from three quarters of all digits."""
    parts = split(0)
    return train_cnn(parts.x, parts.labels, 0)


@cache
def shown_digits() -> Floats:
    """Return a held-out digit of each kind, 0 to 9, (10, 8, 8) in grey values from 0 to 1."""
    parts = split(0)
    first = [int(np.flatnonzero(parts.test_labels == digit)[0]) for digit in range(10)]
    return parts.test_x[first, 0]


def network_and_digits() -> Data:
    """Return the parameters of the network and the digits (10, 8, 8)."""
    names = ("w1", "b1", "w2", "b2", "w3", "b3")
    return {"images": shown_digits(), **dict(zip(names, shown_net().params, strict=True))}


@explorable(
    Choice("digit", tuple(range(10)), DIGIT),
    Slider("right", -REACH, REACH),
    Slider("down", -REACH, REACH),
    Choice("pen", ("draw", "erase"), "draw"),
    data=network_and_digits,
)
def look(label: Labels) -> Figure:
    """Draw a digit, the probabilities of the classes, the kernels, and all feature maps."""
    figure, axes = canvas(5.0)
    net, x = shown_net(), shown_digits()[DIGIT].astype(np.float64)
    top, cell = 4.7, 0.22
    cells(axes, x, 0.1, top, cell, 1)
    axes.text(0.1 + 4 * cell, top + 0.06, label("input"), ha="center", va="bottom")
    _bars(axes, softmax(net.forward(x[None, None]))[0], 2.35, top, label)
    first, second = (maps[0].astype(np.float64) for maps in net.feature_maps(x[None, None]))
    titles = ("kernels and maps of the first layer", "maps of the second layer")
    for y, title in zip((2.5, 1.2), titles, strict=True):
        axes.text(WIDTH / 2, y + 0.07, label(title), ha="center", va="bottom", fontsize=SMALL)
    kernels = net.params[0].astype(np.float64)
    most = float(np.abs(kernels).max())
    for n, (one, seen) in enumerate(zip(kernels, first, strict=True)):
        left = 0.09 + 0.56 * n
        cells(axes, one[0], left + 0.1, 2.48, 0.1, most)
        cells(axes, seen, left, 2.13, 0.0625, float(first.max()))
    for n, seen in enumerate(second):
        row, column = divmod(n, 8)
        cells(axes, seen, 0.09 + 0.56 * column, 1.18 - 0.56 * row, 0.125, float(second.max()))
    return figure


def _bars(axes: Axes, shares: ArrayLike, left: float, top: float, label: Labels) -> None:
    """Draw a bar for the probability of every class; the largest one is orange."""
    shares = np.asarray(shares, dtype=float)
    pitch, wide = 0.176, 1.65
    at = top - pitch * (np.arange(10) + 0.5)
    best = int(shares.argmax())
    colors = [ORANGE if n == best else BLUE for n in range(10)]
    axes.barh(at, wide * shares, pitch * 0.72, left=left, color=colors)
    axes.add_collection(LineCollection([[(left, top), (left, top - 10 * pitch)]], colors=[INK]))
    for n, y in enumerate(at):
        weight = "bold" if n == best else "normal"
        axes.text(left - 0.06, y, str(n), ha="right", va="center", fontsize=SMALL, weight=weight)
    middle = left + wide / 2
    axes.text(middle, top + 0.06, label("probability"), ha="center", va="bottom")
    text = number(float(shares[best]), 2)
    axes.text(left + wide + 0.05, at[best], text, va="center", fontsize=SMALL, weight="bold")
