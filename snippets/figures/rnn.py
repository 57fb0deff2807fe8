"""Figures of recurrent networks."""

from __future__ import annotations

from functools import cache

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure

from snippets._checks import Floats
from snippets.figures._explore import Array, Data, Slider, explorable
from snippets.figures._style import (
    BLUE,
    FAINT,
    GREEN,
    GREY,
    INK,
    ORANGE,
    PURPLE,
    SMALL,
    Labels,
    arrow,
    canvas,
    guides,
    note,
    panels,
    shades,
    ticks,
    units,
)
from snippets.optimizers import Adam
from snippets.rnn import (
    RNN,
    best_memoryless_error,
    descend_wall,
    error_wall,
    gradient_flow,
    rnn,
    temporal_xor,
)

LABELS = {
    "the layer": "층",
    "unrolled": "펼친 모습",
    "steps of training": "학습 단계",
    "loss": "손실",
    "best without memory": "기억이 없을 때의 최선",
    "recurrent network": "순환 신경망",
    "largest singular value": "가장 큰 특잇값",
    "factor per time step": "시점마다 곱하는 배율",
    "must vanish": "반드시 소실",
    "may explode": "폭발할 수 있음",
    "never": "있을 수 없음",
    "weak input": "약한 입력",
    "strong input": "센 입력",
    "weight": "가중치",
    "bias": "편향",
    "clipped": "자름",
    "not clipped": "자르지 않음",
    "start": "시작",
    "large loss": "큰 손실",
    "time step": "시점",
    "size of the error": "오차의 크기",
}

UNROLLED = 4
"""How many steps `unrolled` shows."""
READ = 4
"""Bits of the sequences in `learning`."""
UNITS, SEED, TRAINING, LR, LIMIT = 4, 2, 150, 0.05, 1.0
"""The network of `learning`: hidden units, generator, steps, learning rate, longest gradient."""

SIZES = np.linspace(0.25, 4, 16)
"""Largest singular values of the recurrent weights in `condition`."""
INPUTS = {"weak": 0.05, "strong": 1.5}
"""Standard deviations of the inputs in `condition`."""
LAGS, WIDE = 16, 8
"""Steps and hidden units of the networks in `condition`."""

WEIGHTS, BIASES = (4.2, 5.3), (-2.7, -1.1)
"""The part of the landscape that `wall` shows."""
WALL_START, WALL_LR, WALL_STEPS, WALL_LIMIT = (4.55, -2.2), 0.1, 12, 0.2

BITS = (1, 0, 0, 1, 1, 0, 1, 0, 0, 0)
"""The sequence of `unroll`."""
SCALE = 0.7
"""The largest singular value of the recurrent weights with which `unroll` begins."""
POWERS = (-5, 3)
"""The powers of ten between which `unroll` shows errors."""
W_X = np.array([[0.9, -0.6, 0.5]])
TURN = np.linalg.qr(np.random.default_rng(3).normal(size=(3, 3)))[0]
"""Recurrent weights of `unroll` before scaling: a rotation, all singular values are 1."""
DH_LAST = np.array([[1.0, 0.0, 0.0]])
"""The error at the last step of `unroll`, of length 1."""


def unrolled(label: Labels) -> Figure:
    """Draw a recurrent layer with its loop, and the same layer once for each of four steps."""
    figure, axes = canvas(2.75)
    low, middle, high = 0.65, 1.4, 2.15
    places = np.array([2.0 + 0.68 * n for n in range(UNROLLED)])
    axes.text(0.55, 2.55, label("the layer"), ha="center")
    axes.text(places.mean(), 2.55, label("unrolled"), ha="center")
    for x, text in ((0.55, "x_t"), *((x, f"x_{n}") for n, x in enumerate(places, 1))):
        arrow(axes, (x, low), (x, middle), BLUE, shrink=13)
        axes.text(x, low - 0.02, f"${text}$", ha="center", va="center")
    for x, text in ((0.55, r"h_t"), *((x, f"h_{n}") for n, x in enumerate(places, 1))):
        axes.text(x, middle - 0.01, f"${text}$", ha="center", va="center", zorder=4)
    units(axes, np.array([(x, middle) for x in (0.55, *places)]), 0.19)
    loop = {"shrink": 0, "connectionstyle": "arc3,rad=-2.8"}
    arrow(axes, (0.61, 1.58), (0.74, 1.35), ORANGE, **loop)
    for x in places:
        arrow(axes, (x - 0.68, middle), (x, middle), ORANGE, shrink=14)
    axes.text(places[0] - 0.66, middle, "$h_0$", ha="center", va="center")
    for x in (0.55, places[-1]):
        arrow(axes, (x, middle), (x, high), GREEN, shrink=13)
        axes.text(x, high, r"$\hat{y}$", ha="center", va="center")
        axes.text(x - 0.07, 1.8, "$w_y$", ha="right", va="center", color=GREEN, fontsize=SMALL)
    for x in (0.55, *places):
        axes.text(x - 0.07, 0.98, "$w_x$", ha="right", va="center", color=BLUE, fontsize=SMALL)
    for x in places - 0.34:
        axes.text(x, middle + 0.09, "$w_h$", ha="center", color=ORANGE, fontsize=SMALL)
    axes.text(1.08, middle + 0.34, "$w_h$", ha="center", color=ORANGE, fontsize=SMALL)
    axes.plot([1.2, 1.2], [0.5, 2.35], color=FAINT, lw=1)
    return figure


@cache
def training_losses() -> list[float]:
    """Return the loss before every step of the network that `learning` shows."""
    model = RNN(1, UNITS, 1, np.random.default_rng(SEED))
    return model.fit([temporal_xor(READ)] * TRAINING, Adam(LR), limit=LIMIT)


def learning(label: Labels) -> Figure:
    """Plot the loss of a recurrent network on XOR in time, and the best loss without memory."""
    figure, (axes,) = panels(height=2.9)
    losses = training_losses()
    axes.plot(np.arange(len(losses)), losses, color=BLUE)
    axes.set(xlim=(0, TRAINING), ylim=(0, 1))
    best = best_memoryless_error(*temporal_xor(READ))
    axes.axhline(best, color=ORANGE, ls="--")
    note(axes, 108, best + 0.06, label("best without memory"), ORANGE)
    note(axes, 108, 0.06, label("recurrent network"), BLUE)
    axes.set_xlabel(label("steps of training"))
    axes.set_ylabel(label("loss"))
    ticks(axes, (0, 50, 100, 150), (0, 0.25, 0.5, 0.75, 1))
    return figure


@cache
def factors(inputs: str) -> Floats:
    """Return the mean factor per step of the error, one random network for each of SIZES."""
    found = np.empty(len(SIZES))
    for n, size in enumerate(SIZES):
        rng = np.random.default_rng(n)
        w_h = rng.normal(size=(WIDE, WIDE))
        w_h *= size / np.linalg.norm(w_h, 2)
        x, w_x = INPUTS[inputs] * rng.normal(size=(LAGS, 1, WIDE)), np.eye(WIDE)
        h = rnn(x, np.zeros((1, WIDE)), w_x, w_h, np.zeros(WIDE))
        flow = gradient_flow(rng.normal(size=(1, WIDE)), h, w_h)
        found[n] = (flow[0] / flow[-1]) ** (1 / (LAGS - 1))
    return found


def condition(label: Labels) -> Figure:
    """Plot the error's factor per time step against the largest singular value of w_h."""
    figure, (axes,) = panels(height=3.6, top=0.42)
    top = SIZES[-1] + 0.2
    axes.plot([0, 2.2], [0, 2.2], color=INK, lw=1.6)
    axes.set(xlim=(0, top), ylim=(0, 2.2))
    axes.fill_between([0, 2.2], [0, 2.2], 2.2, color=FAINT, lw=0, alpha=0.6)
    for name, color, marker, place in (
        ("weak", BLUE, "o", (3.3, 1.5)),
        ("strong", ORANGE, "s", (3.3, 0.28)),
    ):
        axes.plot(SIZES, factors(name), marker, color=color, ms=6)
        note(axes, *place, label(f"{name} input"), color)
    guides(axes, x=(1.0,), y=(1.0,), colors=[GREY])
    for x, y, text in ((0.6, 1.6, "never"), (0.5, 2.27, "must vanish"), (2.6, 2.27, "may explode")):
        axes.text(x, y, label(text), ha="center", color=INK if y > 2 else GREY)
    axes.set_xlabel(label("largest singular value"))
    axes.set_ylabel(label("factor per time step"))
    ticks(axes, (0, 1, 2, 3, 4), (0, 0.5, 1, 1.5, 2))
    return figure


@cache
def wall_paths() -> tuple[Floats, Floats]:
    """Return where descent on the wall goes, (steps + 1, 2) each: unclipped, and clipped."""
    free = descend_wall(WALL_START, WALL_LR, WALL_STEPS)
    return free, descend_wall(WALL_START, WALL_LR, WALL_STEPS, WALL_LIMIT)


def wall(label: Labels) -> Figure:
    """Shade the loss of a one-unit network over w and b, with two descents that meet its wall."""
    figure, (axes,) = panels(height=3.5, left=0.8)
    w, b = np.meshgrid(np.linspace(*WEIGHTS, 111), np.linspace(*BIASES, 111))
    loss = error_wall(w, b)
    shades(axes, loss / loss.max(), WEIGHTS, BIASES)
    free, held = wall_paths()
    axes.plot(free[:, 0], free[:, 1], "--", color=PURPLE, lw=1.6)
    axes.plot(held[:, 0], held[:, 1], "-", color=BLUE, lw=1.6)
    axes.plot(*held[0], "D", color=INK, ms=6)
    axes.plot(*free[-1], "X", color=PURPLE, ms=9)
    axes.plot(*held[-1], "o", color=BLUE, ms=7)
    axes.set(xlim=WEIGHTS, ylim=BIASES)
    note(axes, 5.03, -1.36, label("not clipped"), PURPLE)
    note(axes, 4.36, -2.17, label("clipped"), BLUE)
    note(axes, 4.68, -2.09, label("start"))
    axes.text(4.4, -2.6, label("large loss"), ha="center")
    axes.set_xlabel(f"{label('weight')} $w$")
    axes.set_ylabel(f"{label('bias')} $b$")
    ticks(axes, (4.5, 5), (-2.5, -2, -1.5))
    return figure


def states(bits: Floats, scale: float) -> Floats:
    """Return the hidden states (T, 3) of the network of `unroll` after each of its bits (T,)."""
    x = bits.reshape(-1, 1, 1)
    return rnn(x, np.zeros((1, len(TURN))), W_X, scale * TURN, np.zeros(len(TURN)))[:, 0]


def errors(bits: Floats, scale: float) -> Floats:
    """Return |dL/dh_t| at each step of that network."""
    return gradient_flow(DH_LAST, states(bits, scale)[:, None], scale * TURN)


def network() -> Data:
    """Return what the page computes `unroll` from: bits, weights, and the error at the end."""
    return {"bits": np.array(BITS, float), "w_x": W_X[0], "turn": TURN, "dh_last": DH_LAST[0]}


@explorable(
    Slider("moment", 0, 2 * len(BITS), value=2 * len(BITS), plays=True),
    Slider("scale", 0.4, 1.8, step=0.05, value=SCALE),
    data=network,
)
def unroll(label: Labels) -> Figure:
    """Draw ten steps of a recurrent network: bits, hidden states, and the error's way back."""
    figure, (above, below) = panels(
        2, 1, 4.6, right=0.1, bottom=0.08, top=0.4, gap=(0, 0.2), heights=(1.25, 2.67)
    )
    bits = np.array(BITS, float)
    steps = np.arange(1, len(bits) + 1)
    span = (0.5, len(bits) + 0.5)
    low, high = POWERS
    above.bar(steps, np.log10(errors(bits, SCALE)) - low, 0.6, low, color=ORANGE)
    above.plot(steps, (len(bits) - steps) * np.log10(SCALE), "--", color=GREY, lw=1.4)
    above.set(xlim=span, ylim=(low, high), xticks=())
    above.set_yticks((-4, -2, 0, 2), ("0.0001", "0.01", "1", "100"))
    above.text(0.5, high + 0.5, label("size of the error"), ha="left")
    below.set_axis_off()
    below.set(xlim=span, ylim=(-1.62, 3.6))
    _states(below, states(bits, SCALE))
    _inputs(below, steps)
    below.text(span[0] + len(bits) / 2, -1.45, label("time step"), ha="center", va="center")
    return figure


def _inputs(axes: Axes, steps: Array) -> None:
    """Draw the bits of `unroll` in squares under their steps, and name all rows on the left."""
    for step, bit in zip(steps, BITS, strict=True):
        axes.text(step, -0.25, f"{bit}", ha="center", va="center", weight="bold")
        axes.text(step, -0.88, f"{step}", ha="center", va="center", fontsize=SMALL)
    for y, name in ((-0.25, "x"), (3, "h_1"), (2, "h_2"), (1, "h_3")):
        axes.text(0.25, y, f"${name}$", ha="center", va="center")
    cells = [_frame(step, -0.25, 0.37, 0.29) for step in steps]
    tints = [to_rgba(PURPLE, 0.25 * bit) for bit in BITS]
    axes.add_collection(PolyCollection(cells, facecolors=tints, edgecolors=PURPLE, lw=1.6))
    axes.plot(steps, np.full(len(steps), 0.25), "^", color=BLUE, ms=5)


def _states(axes: Axes, h: Floats) -> None:
    """Draw each state (T, 3) as three bars in a frame, upright from 3 - unit; arrows between."""
    steps = range(1, len(h) + 1)
    frames = [_frame(step, 2, 0.37, 1.55) for step in steps]
    axes.add_collection(PolyCollection(frames, facecolors="none", edgecolors=GREY, lw=1.2))
    bars = [
        _frame(t + 1, 3 - unit + 0.22 * float(value), 0.22, 0.22 * float(value))
        for (t, unit), value in np.ndenumerate(h)
    ]
    axes.add_collection(PolyCollection(bars, facecolors=BLUE, lw=0))
    for n in range(3):
        axes.plot([*axes.get_xlim()], [3 - n] * 2, color=FAINT, lw=1, zorder=0.4)
    axes.plot(np.arange(1, len(h)) + 0.5, [2.5] * (len(h) - 1), ">", color=BLUE, ms=4)
    axes.plot(np.arange(1, len(h)) + 0.5, [1.5] * (len(h) - 1), "<", color=ORANGE, ms=4)


def _frame(x: float, y: float, half: float, tall: float) -> list[tuple[float, float]]:
    """Return the corners of a box around (x, y), `half` and `tall` to each side."""
    return [
        (x - half, y - tall),
        (x + half, y - tall),
        (x + half, y + tall),
        (x - half, y + tall),
    ]
