"""Figures of the LSTM."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Protocol

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from snippets._checks import Floats
from snippets.activations import sigmoid
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
from snippets.lstm import LSTM, LSTMStates, adding_problem, lstm, lstm_backward, split_gates
from snippets.optimizers import Adam
from snippets.rnn import RNN, Model, gradient_flow, rnn, train

LABELS = {
    "input": "입력",
    "forget": "망각",
    "candidate": "후보",
    "output": "출력",
    "input gate": "입력 게이트",
    "forget gate": "망각 게이트",
    "output gate": "출력 게이트",
    "cell": "셀",
    "value": "값",
    "mark": "표시",
    "step": "시점",
    "sum": "합",
    "answer": "답",
    "steps back": "거슬러 간 시점 수",
    "gradient that is left": "남은 기울기",
    "bias": "편향",
    "training step": "학습 단계",
    "squared error": "제곱 오차",
}

BACK = 30
"""How many steps `carousel` goes back."""
BIASES = (99.0, 3.0, 1.0, 0.0)
"""Of the forget gates in `carousel`; 99 is a gate that stands open."""


class Network(Model, Protocol):
    """What learns here: it reads sequences, and its `params` are w_x, w_h, b, w_y, b_y."""

    def forward(self, x: ArrayLike) -> Floats:
        """Return the answers (N, K) to the sequences x (T, N, D)."""
        ...


Kind = Callable[[int, int, int, np.random.Generator], Network]

T = 12
HIDDEN: dict[Kind, int] = {LSTM: 2, RNN: 5}
"""Widths with which both kinds of network have nearly the same number of parameters."""
SEEDS = 8
STEPS, EVERY = 500, 20
"""Of the training; how often its error is measured."""
BATCH, LR = 16, 0.05
SHOWN = 2
"""The network (its seed) that `gates` shows."""
SEQUENCES = 3
KEEPER = 1
"""The cell of that network, counted from 1, which keeps the sum."""
GATES = ("input", "forget", "output")


def cell(label: Labels) -> Figure:
    """Draw the cell: the upper line from c_{t-1} to c_t, the four gates below it, and h_t."""
    figure, axes = canvas(3.35)
    line, bus, row, product = 2.9, 0.35, 1.0, 2.0
    gates = {"forget": 0.85, "input": 1.65, "candidate": 2.5, "output": 3.4}
    write, show = ((gates["input"] + gates["candidate"]) / 2, product), (4.0, 1.75)
    keep, add = (gates["forget"], line), (write[0], line)
    axes.plot((0.5, 4.2), (line, line), color=PURPLE, lw=3.2, zorder=1)
    axes.plot(4.2, line, ">", color=PURPLE, ms=10, mew=0)
    axes.plot((0.5, gates["output"]), (bus, bus), color=GREY, lw=1.5)
    for (name, x), symbol in zip(gates.items(), "figo", strict=True):
        color = ORANGE if symbol == "g" else BLUE
        box(axes, x, row, f"{label(name)}\n${symbol}$", color)
    arrows(
        axes,
        *(((x, bus), (x, row - 0.28)) for x in gates.values()),
        ((gates["forget"], row), (keep[0], line - 0.15)),
        ((gates["input"], row), (write[0] - 0.06, product - 0.14)),
        ((gates["candidate"], row), (write[0] + 0.06, product - 0.14)),
        ((gates["output"], row), (show[0] - 0.11, show[1] - 0.11)),
        (write, (add[0], line - 0.15)),
        ((show[0], line), (show[0], 2.48)),
        ((show[0], 2.35), (show[0], show[1] + 0.15)),
        (show, (4.52, show[1])),
    )
    box(axes, show[0], 2.35, "tanh", ORANGE)
    operations = np.array([keep, add, write, show])
    units(axes, operations, 0.13)
    for (x, y), sign in zip(operations, ("\\times", "+", "\\times", "\\times"), strict=True):
        axes.text(x, y - 0.012, f"${sign}$", ha="center", va="center", fontsize=14, zorder=5)
    for x, y, text in (
        (0.28, line, "$c_{t-1}$"),
        (4.43, line, "$c_t$"),
        (4.43, show[1] - 0.24, "$h_t$"),
        (0.24, bus + 0.14, "$h_{t-1}$"),
        (0.24, bus - 0.14, "$x_t$"),
    ):
        axes.text(x, y, text, ha="center", va="center", fontsize=14)
    return figure


def arrows(axes: Axes, *ways: tuple[tuple[float, float], tuple[float, float]]) -> None:
    """Draw arrows from start to tip, all at once: a line each, and a triangle at its end."""
    places = np.array(ways)
    along = places[:, 1] - places[:, 0]
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    side = 0.05 * along[:, ::-1] * (-1, 1)
    tips, backs = places[:, 1], places[:, 1] - 0.12 * along
    heads = np.stack([tips, backs + side, backs - side], axis=1)
    lines = np.stack([places[:, 0], backs], axis=1)
    axes.add_collection(LineCollection(list(lines), colors=[GREY], linewidths=1.5, zorder=1))
    axes.add_collection(PolyCollection(list(heads), facecolors=[GREY], lw=0, zorder=2))


@cache
def returned() -> Floats:
    """Return what is left of dL/dc after 0 to BACK steps back, (BACK + 1, len(BIASES)).

    One cell for each forget bias; nothing is written, and h has no say in the gates.
    """
    H = len(BIASES)
    left = np.ones((BACK + 1, H))
    start, w_x, w_h = np.zeros((1, H)), np.zeros((1, 4 * H)), np.zeros((H, 4 * H))
    b = np.concatenate([np.full(H, -99.0), BIASES, np.zeros(2 * H)])
    for steps in range(1, BACK + 1):
        x = np.zeros((steps, 1, 1))
        states = lstm(x, start, start, w_x, w_h, b)
        grads = lstm_backward(
            np.zeros_like(states.h), states, x, start, start, w_x, w_h, np.ones((1, H))
        )
        left[steps] = grads[2][0]
    return left


@cache
def lost() -> Floats:
    """Return the same, (BACK + 1,), for a plain network of 16 units with its first weights."""
    w_x, w_h, b, _, _ = RNN(2, 16, 1, np.random.default_rng(0)).params
    x, _ = adding_problem(BACK + 1, 8, np.random.default_rng(1))
    flow = gradient_flow(np.ones((8, 16)), rnn(x, np.zeros((8, 16)), w_x, w_h, b), w_h)
    return flow[::-1] / flow[-1]


def carousel(label: Labels) -> Figure:
    """Plot what is left of the gradient against the steps back, by forget bias, and plainly."""
    figure, (axes,) = panels(height=3.5, left=0.95, right=0.2)
    back = np.arange(BACK + 1)
    places = ((22, 3.2), (24, 8e-2), (24.5, 8e-3), (7.5, 2e-5))
    for (color, style), left, b, place in zip(LINES, returned().T, BIASES, places, strict=False):
        axes.plot(back, left, color=color, ls=style)
        f = float(sigmoid(b))
        text = "$f = 1$" if f == 1 else f"{label('bias')} {b:g}: $f = {f:.2f}$"
        note(axes, *place, text, color)
    color, style = LINES[4]
    axes.plot(back, lost(), color=color, ls=style)
    note(axes, 25.5, 8e-7, "RNN", color)
    axes.set(xlim=(0, BACK), ylim=(1e-9, 30), yscale="log")
    powers = (0, -3, -6, -9)
    axes.set_yticks([10.0**p for p in powers], ["1", *(f"1e{number(p)}" for p in powers[1:])])
    axes.minorticks_off()
    ticks(axes, (0, 10, 20, 30))
    axes.set(xlabel=label("steps back"), ylabel=label("gradient that is left"))
    return figure


class SideBySide:
    """Several small networks of one kind trained as one: between them all weights are 0.

    The seeds 0 .. SEEDS - 1 draw their first weights; all of them read the same sequences.
    """

    def __init__(self, kind: Kind, hidden: int | None = None) -> None:
        """Lay the weights of all networks side by side; `hidden` is in HIDDEN unless told."""
        self._kind = kind
        self._H = HIDDEN[kind] if hidden is None else hidden
        alone = [kind(2, self._H, 1, np.random.default_rng(seed)) for seed in range(SEEDS)]
        self._whole = kind(2, SEEDS * self._H, SEEDS, np.random.default_rng(0))
        self.params = [np.zeros_like(param) for param in self._whole.params]
        for seed, net in enumerate(alone):
            for own, param in zip(self._parts(self.params, seed), net.params, strict=True):
                own[...] = param.reshape(own.shape)
        self._own = [param != 0 for param in self.params]

    def _parts(self, params: list[Floats], seed: int) -> list[Floats]:
        """Return views of what belongs to one network; the gates have an axis of their own."""
        w_x, w_h, b, w_y, b_y = params
        units = slice(seed * self._H, (seed + 1) * self._H)
        wide = (-1, SEEDS * self._H)
        return [
            w_x.reshape(2, *wide)[:, :, units],
            w_h.reshape(len(w_h), *wide)[units, :, units],
            b.reshape(wide)[:, units],
            w_y[units, seed : seed + 1],
            b_y[seed : seed + 1],
        ]

    def gradients(self, x: ArrayLike, y: ArrayLike, /) -> tuple[float, list[Floats]]:
        """Return the mean loss, and for each network the gradient of its own loss."""
        self._whole.params = self.params
        loss, grads = self._whole.gradients(x, np.repeat(y, SEEDS, axis=1))
        # the mean over SEEDS answers has divided each gradient by SEEDS
        return loss, [SEEDS * grad * own for grad, own in zip(grads, self._own, strict=True)]

    def errors(self, x: Floats, y: Floats) -> Floats:
        """Return the mean squared error of each network."""
        self._whole.params = self.params
        return np.mean((self._whole.forward(x) - y) ** 2, axis=0)

    def net(self, seed: int) -> Network:
        """Return one of the networks."""
        alone = self._kind(2, self._H, 1, np.random.default_rng(seed))
        parts = self._parts(self.params, seed)
        alone.params = [
            part.reshape(param.shape) for part, param in zip(parts, alone.params, strict=True)
        ]
        return alone


def sequences(count: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Draw sequences of the adding problem, without those whose first step is marked."""
    x, y = adding_problem(T, count, rng)
    inside = x[0, :, 1] < 0
    return x[:, inside], y[inside]


@cache
def trained(kind: Kind, hidden: int | None = None) -> tuple[SideBySide, Floats]:
    """Return the trained networks, and their errors (measurements, SEEDS) on other sequences."""

    def batches() -> Iterator[tuple[Floats, Floats]]:
        for _ in range(EVERY):
            yield sequences(BATCH, rng)

    rng, adam = np.random.default_rng(1997), Adam(LR)
    nets = SideBySide(kind, hidden)
    unseen = sequences(200, np.random.default_rng(1))
    errors = [nets.errors(*unseen)]
    for _ in range(STEPS // EVERY):
        train(nets, batches(), adam)
        errors.append(nets.errors(*unseen))
    return nets, np.array(errors)


def baseline() -> float:
    """Return the error of a network that always gives the mean answer."""
    _, y = sequences(200, np.random.default_rng(1))
    return float(y.var())


def solved(kind: type[LSTM] | type[RNN]) -> int:
    """Count the networks whose error ends below a tenth of `baseline`."""
    return int((trained(kind)[1][-1] < baseline() / 10).sum())


def learning(label: Labels) -> Figure:
    """Plot the error of eight LSTMs and eight plain networks while they learn to add."""
    figure, (axes,) = panels(height=3.4, left=0.95)
    steps = np.arange(0, STEPS + 1, EVERY)
    texts = (("LSTM", LSTM, (80, 1.3e-3)), ("RNN", RNN, (240, 1.6e-1)))
    for (color, style), (text, kind, place) in zip(LINES, texts, strict=False):
        lines = [np.column_stack([steps, errors]) for errors in trained(kind)[1].T]
        axes.add_collection(LineCollection(lines, colors=[color], linestyles=[style]))
        note(axes, *place, f"{text}: {solved(kind)} / {SEEDS}", color)
    axes.set(xlim=(0, STEPS), ylim=(1e-4, 0.6), yscale="log")
    guides(axes, y=(baseline(),), colors=[INK], linestyles=[":"], zorder=3)
    axes.set_yticks((1e-4, 1e-3, 1e-2, 1e-1), ("0.0001", "0.001", "0.01", "0.1"))
    axes.minorticks_off()
    ticks(axes, range(0, STEPS + 1, 100))
    axes.set(xlabel=label("training step"), ylabel=label("squared error"))
    return figure


def turned(net: Network, unit: int) -> LSTM:
    """Return a network that answers as `net` does, while one of its cells has the other sign."""
    H = len(net.params[3])
    other = LSTM(2, H, 1, np.random.default_rng(0))
    other.params = [param.copy() for param in net.params]
    w_x, w_h, b, w_y, _ = other.params
    for written in (w_x, w_h, b):
        written[..., 2 * H + unit] *= -1
    for read in (w_h, w_y):
        read[unit] *= -1
    return other


@cache
def shown_net() -> LSTM:
    """Return the trained network that `gates` shows, turned so that its cell keeps the sum.

    (As it was trained, it keeps minus the sum.)
    """
    return turned(trained(LSTM)[0].net(SHOWN), KEEPER - 1)


def shown_sequences() -> tuple[Floats, Floats]:
    """Return the sequences that `gates` offers: x (T, SEQUENCES, 2) and y (SEQUENCES, 1)."""
    x, y = sequences(12, np.random.default_rng(225))
    return x[:, :SEQUENCES], y[:SEQUENCES]


def network_and_sequences() -> Data:
    """Return what `gates` computes from: x (SEQUENCES, T, 2), and the network's parameters."""
    x, _ = shown_sequences()
    names = ("w_x", "w_h", "b", "w_y", "b_y")
    return {"x": x.transpose(1, 0, 2), **dict(zip(names, shown_net().params, strict=True))}


# The places of `gates`, in inches; docs/assets/js/explore/views/lstm-gates.js has them, too.
LEFT, COLUMN, STRIP, GAP = 1.16, 0.275, 0.145, 0.1
MIDDLE, REACH = 3.48, 0.32
TOP = 3.06
HEIGHT = 4.15
FAINTEST = 0.005
"""Smaller negative values are too faint for a minus sign."""
STRONGEST = 0.6
"""From this size on, c and h have the full colour."""


@explorable(
    Slider("step", 0, T, value=T, plays=True),
    Choice("sequence", tuple(range(1, SEQUENCES + 1)), 1),
    Choice("cell", (1, 2), KEEPER),
    Choice("gate", ("none", *GATES), "none"),
    Choice("held", (0, 1), 0),
    data=network_and_sequences,
)
def gates(label: Labels) -> Figure:
    """Draw a sequence, and below it the gates, the cells and the outputs of two cells, by step."""
    figure, axes = canvas(HEIGHT)
    x, y = shown_sequences()
    states = shown_net().states(x)
    _inputs(axes, x[:, 0], label)
    i, f, g, o = split_gates(states.gates)
    rows = (
        (f"{label('input gate')} $i$", i),
        (f"{label('forget gate')} $f$", f),
        (f"{label('candidate')} $g$", g),
        (f"{label('output gate')} $o$", o),
        (f"{label('cell')} $c$", states.c),
        (f"{label('output')} $h$", states.h),
    )
    for n, (name, _) in enumerate(rows):
        place = TOP - n * (2 * STRIP + GAP) - STRIP
        axes.text(LEFT - 0.08, place, name, ha="right", va="center", fontsize=SMALL)
    _strips(axes, np.stack([values[:, 0].T for _, values in rows]))
    bottom = TOP - 6 * (2 * STRIP + GAP)
    for step in (1, 6, 12):
        axes.text(_middle(step), bottom, str(step), ha="center", va="top", fontsize=SMALL)
    axes.text(LEFT - 0.08, bottom, label("step"), ha="right", va="top", fontsize=SMALL)
    wanted, answer = (4 * (float(v) - 0.5) for v in (y[0, 0], _answer(states)[0, 0]))
    text = f"{label('sum')} {number(wanted, 2)}   {label('answer')} {number(answer, 2)}"
    axes.text(WIDTH - 0.12, 0.12, text, ha="right", color=PURPLE, weight="bold")
    return figure


def _answer(states: LSTMStates) -> Floats:
    w_y, b_y = shown_net().params[3:]
    return states.h[-1] @ w_y + b_y


def _middle(step: int) -> float:
    return LEFT + (step - 0.5) * COLUMN


def _inputs(axes: Axes, x: Floats, label: Labels) -> None:
    """Draw the values as bars from a middle line, and a triangle over each that is marked."""
    for step, (value, mark) in enumerate(x, 1):
        place = _middle(step)
        color = PURPLE if mark > 0 else GREY
        corner = (place - 0.08, MIDDLE + min(0.0, REACH * value))
        axes.add_patch(Rectangle(corner, 0.16, REACH * abs(value), fc=color, lw=0))
        if mark > 0:
            axes.plot(place, MIDDLE + 0.49, "v", color=PURPLE, ms=9, mew=0)
    axes.plot((LEFT, LEFT + T * COLUMN), (MIDDLE, MIDDLE), color=GREY, lw=0.9)
    for y, name in ((MIDDLE, "value"), (MIDDLE + 0.49, "mark")):
        axes.text(LEFT - 0.08, y, label(name), ha="right", va="center", fontsize=SMALL)


def _strips(axes: Axes, values: Floats) -> None:
    """Draw values (6, 2, T) as cells, the stronger the larger; i, f, o in ink, g, c, h by sign.

    Positive ones are orange, negative ones blue with a minus sign; c and h are strongest from
    STRONGEST on.
    """
    row, cell, step = (index.ravel() for index in np.indices(values.shape))
    corners = np.column_stack([LEFT + step * COLUMN, TOP - row * (2 * STRIP + GAP) - cell * STRIP])
    shown = values.ravel()
    colors = [
        to_rgba(
            INK if n in (0, 1, 3) else ORANGE if value > 0 else BLUE,
            min(1.0, abs(value) / (STRONGEST if n in (4, 5) else 1)),
        )
        for n, value in zip(row.tolist(), shown.tolist(), strict=True)
    ]
    outline = np.array([(0, 0), (COLUMN, 0), (COLUMN, -STRIP), (0, -STRIP)])
    squares = PolyCollection(list(corners[:, None] + outline), facecolors=colors)
    squares.set(edgecolors=[GREY], linewidths=0.5)
    axes.add_collection(squares)
    below = corners[shown < -FAINTEST] + (COLUMN / 2, -STRIP / 2)
    axes.plot(*below.T, "_", color=INK, ms=6, mew=1.1)
