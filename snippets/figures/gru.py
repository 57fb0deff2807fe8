"""Figures of the GRU."""

from __future__ import annotations

from functools import cache

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from snippets._checks import Floats
from snippets.figures._explore import Choice, Data, Slider, explorable
from snippets.figures._style import (
    BLUE,
    GREY,
    INK,
    LINES,
    ORANGE,
    PURPLE,
    SMALL,
    WIDTH,
    Labels,
    box,
    canvas,
    guides,
    note,
    number,
    panels,
    ticks,
    units,
)
from snippets.figures.lstm import EVERY, SEEDS, STEPS, arrows, baseline, sequences, trained
from snippets.gru import GRU, GRUStates, gru, negate_update_gate
from snippets.lstm import LSTM

LABELS = {
    "update": "갱신",
    "reset": "리셋",
    "candidate": "후보",
    "update gate": "갱신 게이트",
    "reset gate": "리셋 게이트",
    "memory": "기억",
    "value": "값",
    "mark": "표시",
    "step": "시점",
    "training step": "학습 단계",
    "squared error": "제곱 오차",
    "as trained": "학습한 그대로",
    "z is the new share, its sign turned": "z가 새것의 몫, 부호를 뒤집음",
    "z is the new share, same weights": "z가 새것의 몫, 가중치는 그대로",
    "reset before the product": "곱하기 전에 리셋",
    "add": "더하기",
    "anew": "새로",
    "at the end": "끝에서",
}

WIDE = 2
"""Units of the networks in `learning` and `readings`, as many as the LSTMs have cells."""
SHARES = (0.5, 0.9, 0.98)
"""The shares z that stay, in `mixing`."""
SAID = np.repeat([1.0, -1.0, 1.0, -1.0], (20, 1, 19, 20))
"""The candidates that `mixing` mixes into the memory: one of them is an accident."""

T = 12
VALUES = (-0.5, 0.8, -0.9, 0.4, 0.7, 0.6, -0.3, -0.7, -0.6, 0.9, 0.2, -0.4)
MARKS = {2: "anew", 6: "add", 9: "anew"}
"""Of the sequence that `gates` shows, by step."""
SIGNS = {"add": "P", "anew": "v"}
"""The shapes of the marks."""


def cell(label: Labels) -> Figure:
    """Draw the unit: the upper line from h_{t-1} to h_t, and what mixes the candidate into it."""
    figure, axes = canvas(3.25)
    line, h_bus, x_bus, row, product = 2.85, 0.58, 0.2, 1.2, 2.05
    gates = {"update": 0.95, "reset": 1.95, "candidate": 3.5}
    seen, rest, write = (2.72, row), (2.2, product), (gates["candidate"], product)
    keep, add = (gates["update"], line), (write[0], line)
    axes.plot((0.55, 4.15), (line, line), color=PURPLE, lw=3.2, zorder=1)
    axes.plot(4.15, line, ">", color=PURPLE, ms=10, mew=0)
    axes.plot((0.55, seen[0]), (h_bus, h_bus), color=PURPLE, lw=1.6, zorder=1)
    axes.plot((0.55, write[0]), (x_bus, x_bus), color=GREY, lw=1.6, zorder=1)
    axes.plot((seen[0], write[0]), (row, row), color=GREY, lw=1.5, zorder=1)
    branches = np.array([(gates[name], y) for name in ("update", "reset") for y in (h_bus, x_bus)])
    axes.plot(*branches.T, "o", color=GREY, ms=4.5, mew=0)
    for (name, x), symbol in zip(gates.items(), "zrn", strict=True):
        box(axes, x, row, f"{label(name)}\n${symbol}$", ORANGE if symbol == "n" else BLUE)
    arrows(
        axes,
        *(((x, x_bus), (x, row - 0.28)) for x in gates.values()),
        ((gates["update"], row), (keep[0], line - 0.15)),
        ((gates["update"], product), (rest[0] - 0.17, product)),
        (rest, (write[0] - 0.15, product)),
        ((gates["reset"], row), (seen[0] - 0.15, row)),
        ((seen[0], h_bus), (seen[0], row - 0.15)),
        (seen, (write[0] - 0.36, row)),
        ((write[0], row), (write[0], product - 0.15)),
        (write, (add[0], line - 0.15)),
    )
    operations = np.array([keep, add, write, seen])
    units(axes, operations, 0.13)
    for (x, y), sign in zip(operations, ("\\times", "+", "\\times", "\\times"), strict=True):
        axes.text(x, y - 0.012, f"${sign}$", ha="center", va="center", fontsize=14, zorder=5)
    box(axes, *rest, "$1 - z$", BLUE)
    for x, y, text in (
        (0.28, line, "$h_{t-1}$"),
        (4.4, line, "$h_t$"),
        (0.28, h_bus, "$h_{t-1}$"),
        (0.28, x_bus, "$x_t$"),
    ):
        axes.text(x, y, text, ha="center", va="center", fontsize=14)
    return figure


@cache
def mixed() -> Floats:
    """Return the memories (len(SAID), len(SHARES)) of units that keep a fixed share of it."""
    H = len(SHARES)
    bias = np.concatenate(
        [np.zeros(H), np.log(SHARES) - np.log1p(np.negative(SHARES)), np.zeros(H)]
    )
    w_x = np.zeros((1, 3 * H))
    w_x[:, 2 * H :] = 99  # n = tanh(99 x) is the sign that was said
    states = gru(SAID[:, None, None], np.zeros((1, H)), w_x, np.zeros((H, 3 * H)), bias, 0 * bias)
    return states.h[:, 0]


def mixing(label: Labels) -> Figure:
    """Plot candidates of plus and minus 1, and what memories with three fixed z make of them."""
    figure, (axes,) = panels(height=3.0, left=0.75, right=0.2)
    step = np.arange(1, len(SAID) + 1)
    axes.plot(step, SAID, ".", color=GREY, ms=4)
    places = ((28, 0.56), (47.5, 0.62), (33, 0.22))
    for (color, style), h, z, place in zip(LINES, mixed().T, SHARES, places, strict=False):
        axes.plot(step, h, color=color, ls=style)
        note(axes, *place, f"$z = {z}$", color)
    note(axes, 52, -0.85, f"{label('candidate')} $n$", GREY)
    axes.set(xlim=(0, len(SAID) + 1), ylim=(-1.1, 1.1))
    guides(axes, y=(0,))
    ticks(axes, range(0, len(SAID) + 1, 20), (-1, 0, 1))
    axes.set(xlabel=label("step"), ylabel=f"{label('memory')} $h$")
    return figure


@cache
def errors() -> dict[str, Floats]:
    """Return the errors (measurements, SEEDS) of eight GRUs and eight LSTMs while they learn."""
    return {"GRU": trained(GRU, WIDE)[1], "LSTM": trained(LSTM)[1]}


def solved(kind: str) -> int:
    """Count the networks whose error ends below a tenth of that of a constant answer."""
    return int((errors()[kind][-1] < baseline() / 10).sum())


def learning(label: Labels) -> Figure:
    """Plot the error of eight GRUs and eight LSTMs of two units while they learn to add."""
    figure, (axes,) = panels(height=3.4, left=0.95)
    steps = np.arange(0, STEPS + 1, EVERY)
    places = {"GRU": (80, 5e-4), "LSTM": (415, 1.6e-2)}
    looks = zip(LINES[1::-1], errors().items(), strict=True)
    for (color, style), (kind, measured) in looks:
        lines = [np.column_stack([steps, one]) for one in measured.T]
        axes.add_collection(LineCollection(lines, colors=[color], linestyles=[style]))
        note(axes, *places[kind], f"{kind}: {solved(kind)} / {SEEDS}", color)
    axes.set(xlim=(0, STEPS), ylim=(6e-5, 0.6), yscale="log")
    guides(axes, y=(baseline(),), colors=[INK], linestyles=[":"], zorder=3)
    axes.set_yticks((1e-4, 1e-3, 1e-2, 1e-1), ("0.0001", "0.001", "0.01", "0.1"))
    axes.minorticks_off()
    ticks(axes, range(0, STEPS + 1, 100))
    axes.set(xlabel=label("training step"), ylabel=label("squared error"))
    return figure


@cache
def misread() -> Floats:
    """Return the errors (4, SEEDS) of the trained GRUs, read in each of the ways of `readings`."""
    x, y = sequences(200, np.random.default_rng(1))
    h0 = np.zeros((x.shape[1], WIDE))
    found = np.empty((4, SEEDS))
    for seed in range(SEEDS):
        w_x, w_h, b, w_y, b_y = trained(GRU, WIDE)[0].net(seed).params
        weights = w_x, w_h, b, np.zeros_like(b)
        turned = negate_update_gate(*weights)
        # to say that z is the new share is to negate the update gate
        runs = [
            gru(x, h0, *weights),
            gru(x, h0, *negate_update_gate(*turned)),
            gru(x, h0, *turned),
            gru(x, h0, *weights, reset_after=False),
        ]
        found[:, seed] = [np.mean((run.h[-1] @ w_y + b_y - y) ** 2) for run in runs]
    return found


def readings(label: Labels) -> Figure:
    """Plot the errors of eight trained GRUs, run by their own and by other conventions."""
    figure, (axes,) = panels(height=3.4, left=0.25, right=0.25)
    names = (
        "as trained",
        "z is the new share, its sign turned",
        "z is the new share, same weights",
        "reset before the product",
    )
    looks = ((BLUE, "o"), (BLUE, "o"), (ORANGE, "s"), (PURPLE, "D"))
    for row, (name, values, (color, marker)) in enumerate(
        zip(names, misread(), looks, strict=True)
    ):
        y = np.full(SEEDS, 3.0 - row)
        axes.plot(values, y, marker, color=color, ms=7, mec=INK, mew=0.6, alpha=0.85)
        note(axes, 1.1e-4, 3.42 - row, label(name), color, ha="left")
    axes.set(xlim=(7e-5, 1.6), ylim=(-0.45, 3.75), xscale="log")
    guides(axes, x=(baseline(),), colors=[INK], linestyles=[":"])
    axes.set_xticks((1e-4, 1e-3, 1e-2, 1e-1, 1), ("0.0001", "0.001", "0.01", "0.1", "1"))
    axes.minorticks_off()
    axes.set_yticks(())
    axes.spines["left"].set_visible(False)
    axes.set_xlabel(label("squared error"))
    return figure


@cache
def unit() -> tuple[Floats, Floats, Floats, Floats]:
    """Return w_x, w_h, b_x, b_h of a unit that acts on marks; columns r, z, n.

    It reads the value, the mark "add" and the mark "anew":  r = 0 at "anew", z = 0 at either,
    n = tanh(value + r h).
    """
    w_x = np.array([[0.0, 0.0, 1.0], [0.0, -10.0, 0.0], [-10.0, -10.0, 0.0]])
    return w_x, np.array([[0.0, 0.0, 1.0]]), np.array([5.0, 5.0, 0.0]), np.zeros(3)


def shown_sequence() -> Floats:
    """Return the inputs (T, 1, 3) that `gates` begins with: value, "add", "anew"."""
    x = np.zeros((T, 1, 3))
    x[:, 0, 0] = VALUES
    for step, mark in MARKS.items():
        x[step - 1, 0, 1 if mark == "add" else 2] = 1
    return x


def shown_states() -> GRUStates:
    """Return what the unit does with that sequence."""
    return gru(shown_sequence(), np.zeros((1, 1)), *unit())


def unit_and_sequence() -> Data:
    """Return what `gates` computes from: x (T, 3), and the weights of the unit."""
    names = ("w_x", "w_h", "b_x", "b_h")
    return {"x": shown_sequence()[:, 0], **dict(zip(names, unit(), strict=True))}


# The places of `gates`, in inches; docs/assets/js/explore/views/gru-gates.js has them, too.
LEFT, COLUMN, STRIP, GAP = 1.16, 0.275, 0.25, 0.1
MARK, MIDDLE, REACH = 3.78, 3.25, 0.34
TOP = 2.74
MEMORY, DEPTH = 1.17, 0.4
HEIGHT = 3.95
FAINTEST = 0.005
"""Smaller negative values are too faint for a minus sign."""


@explorable(
    Slider("step", 0, T, value=T, plays=True),
    Choice("gate", ("none", "update", "reset"), "none"),
    Choice("held", (0, 1), 0),
    Choice("share", ("kept", "new", "turned"), "kept"),
    data=unit_and_sequence,
)
def gates(label: Labels) -> Figure:
    """Draw a sequence, and below it the gates, the candidate and the memory of a unit, by step."""
    figure, axes = canvas(HEIGHT)
    x, states = shown_sequence(), shown_states()
    _bars(axes, x[:, 0, 0], MIDDLE, REACH, GREY)
    for step, mark in MARKS.items():
        axes.plot(_middle(step), MARK, SIGNS[mark], color=PURPLE, ms=9, mew=0)
    _strips(axes, states.gates[:, 0].T)
    _bars(axes, states.h[:, 0, 0], MEMORY, DEPTH, PURPLE)
    rows = (
        (MARK, label("mark")),
        (MIDDLE, label("value")),
        *(
            (TOP - n * (STRIP + GAP) - STRIP / 2, f"{label(name)} ${symbol}$")
            for n, (name, symbol) in enumerate(
                (("reset gate", "r"), ("update gate", "z"), ("candidate", "n"))
            )
        ),
        (MEMORY, f"{label('memory')} $h$"),
    )
    for place, text in rows:
        axes.text(LEFT - 0.08, place, text, ha="right", va="center", fontsize=SMALL)
    bottom = MEMORY - DEPTH - 0.06
    for step in (1, 6, 12):
        axes.text(_middle(step), bottom, str(step), ha="center", va="top", fontsize=SMALL)
    axes.text(LEFT - 0.08, bottom, label("step"), ha="right", va="top", fontsize=SMALL)
    text = f"{label('at the end')} h = {number(float(states.h[-1, 0, 0]), 2)}"
    axes.text(WIDTH - 0.12, 0.12, text, ha="right", color=PURPLE, weight="bold")
    for left, (name, sign) in zip((0.24, 1.16), SIGNS.items(), strict=True):
        axes.plot(left, 0.18, sign, color=PURPLE, ms=9, mew=0)
        axes.text(left + 0.13, 0.12, label(name), fontsize=SMALL)
    return figure


def _middle(step: int) -> float:
    return LEFT + (step - 0.5) * COLUMN


def _bars(axes: Axes, values: Floats, middle: float, reach: float, color: str) -> None:
    """Draw a bar for each step, upward or downward from a middle line."""
    for step, value in enumerate(values.tolist(), 1):
        corner = (LEFT + (step - 0.5) * COLUMN - 0.08, middle + min(0.0, reach * value))
        axes.add_patch(Rectangle(corner, 0.16, reach * abs(value), fc=color, lw=0))
    axes.plot((LEFT, LEFT + T * COLUMN), (middle, middle), color=GREY, lw=0.9)


def _strips(axes: Axes, values: Floats) -> None:
    """Draw r, z, n (3, T) as squares, the stronger the larger; r and z in ink, n by sign."""
    row, step = (index.ravel() for index in np.indices(values.shape))
    corners = np.column_stack([LEFT + step * COLUMN, TOP - row * (STRIP + GAP)])
    shown = values.ravel()
    colors = [
        to_rgba(INK if n < 2 else ORANGE if value > 0 else BLUE, abs(value))
        for n, value in zip(row.tolist(), shown.tolist(), strict=True)
    ]
    outline = np.array([(0, 0), (COLUMN, 0), (COLUMN, -STRIP), (0, -STRIP)])
    squares = PolyCollection(list(corners[:, None] + outline), facecolors=colors)
    squares.set(edgecolors=[GREY], linewidths=0.5)
    axes.add_collection(squares)
    below = corners[shown < -FAINTEST] + (COLUMN / 2, -STRIP / 2)
    axes.plot(*below.T, "_", color=INK, ms=6, mew=1.1)
