"""Figures of the perceptron."""

from __future__ import annotations

from functools import cache

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from snippets._checks import Floats
from snippets.data import xor
from snippets.figures._explore import Data, Slider, explorable
from snippets.figures._style import (
    BLUE,
    GREY,
    INK,
    LINES,
    ORANGE,
    PURPLE,
    SMALL,
    Labels,
    arrow,
    canvas,
    guides,
    line_across,
    note,
    panels,
    ticks,
    two_classes,
    units,
)
from snippets.perceptron import (
    Perceptron,
    Update,
    count_mistakes,
    find_cycle,
    novikoff_bound,
    separable_set,
)

LABELS = {
    "inputs": "입력",
    "weights": "가중치",
    "sum": "가중합",
    "step": "계단 함수",
    "output": "출력",
    "update": "갱신",
    "updates": "갱신 횟수",
    "epoch": "에포크",
    "mistakes": "틀린 횟수",
    "bound": "상한",
    "mistakes = bound": "틀린 횟수 = 상한",
}

SPAN = (-1.15, 1.15)
SHOWN = 6
"""How many moments of the learning `learning` shows."""
UPDATE = 4
"""Which moment `updates` shows before anyone moves it."""
CYCLE_EPOCHS = 5


@cache
def small_set() -> tuple[Floats, Floats]:
    """Return the twelve separable points of `learning` and `updates`: x (12, 2), y (12,)."""
    x, y, _ = separable_set(np.random.default_rng(38), 12, gap=0.08)
    return x, y


@cache
def learned() -> Perceptron:
    """Return a perceptron that has learned `small_set` from zero weights."""
    x, y = small_set()
    return Perceptron(epochs=200).fit(x, y)


@cache
def bounds_and_mistakes(sets: int = 100) -> tuple[Floats, Floats]:
    """Return Novikoff's bound and the mistakes made, (sets,) each, for random separable sets."""
    rng = np.random.default_rng(1962)
    pairs: list[tuple[float, int]] = []
    for gap in np.geomspace(0.02, 0.5, sets):
        x, y, w_star = separable_set(rng, 25, gap=float(gap))
        pairs.append((novikoff_bound(x, y, w_star), count_mistakes(x, y)))
    bounds, mistakes = np.array(pairs, dtype=float).T
    return bounds, mistakes


def diagram(label: Labels) -> Figure:
    """Draw a neuron: inputs times weights and a bias, their sum z, the step, the output."""
    figure, axes = canvas(2.7)
    names = ("$x_1$", "$x_2$", "$1$")
    weights = ("$w_1$", "$w_2$", "$b$")
    rows = (2.0, 1.25, 0.5)
    sum_at, step_at, end = (2.25, 1.25), (3.3, 1.25), (4.25, 1.25)
    for name, weight, y in zip(names, weights, rows, strict=True):
        arrow(axes, (0.45, y), sum_at, shrink=15)
        units(axes, np.array([[0.45, y]]), 0.2, BLUE)
        axes.text(0.45, y, name, ha="center", va="center", fontsize=13, zorder=5)
        middle = 0.45 + 0.48 * (sum_at[0] - 0.45)
        note(axes, middle, y + 0.48 * (sum_at[1] - y), weight, fontsize=13, zorder=5)
    arrow(axes, sum_at, step_at, shrink=17)
    arrow(axes, step_at, end, shrink=17)
    units(axes, np.array([sum_at, step_at]), 0.23, ORANGE)
    axes.text(*sum_at, r"$\Sigma$", ha="center", va="center", fontsize=15, zorder=5)
    corner = np.array([[-0.12, -0.08], [0, -0.08], [0, 0.09], [0.12, 0.09]]) + step_at
    axes.plot(corner[:, 0], corner[:, 1], color=INK, lw=1.6, zorder=5)
    axes.text(2.78, 1.45, "$z$", ha="center", fontsize=13)
    axes.text(end[0] + 0.02, end[1], r"$\hat{y}$", ha="center", va="center", fontsize=14)
    for x, y, text in (
        (0.45, 2.4, "inputs"),
        (1.3, 2.15, "weights"),
        (2.25, 1.68, "sum"),
        (3.3, 1.68, "step"),
        (4.2, 0.85, "output"),
    ):
        axes.text(x, y, label(text), ha="center", fontsize=SMALL, color=GREY)
    return figure


def learning(label: Labels) -> Figure:
    """Draw the boundary after six of the updates on a small set, the misclassified point ringed."""
    x, _ = small_set()
    history = learned().history
    chosen = np.unique(np.linspace(1, len(history) - 1, SHOWN).round().astype(int))
    figure, axes = panels(2, 3, 3.3, left=0.12, right=0.12, bottom=0.12, top=0.34, gap=(0.1, 0.34))
    for panel, index in zip(axes, chosen, strict=True):
        moment = history[index]
        _plane(panel, moment)
        panel.plot(*x[moment.sample], "o", ms=15, mfc="none", mec=INK, mew=1.4, clip_on=False)
        panel.set_title(f"{label('update')} {index}", pad=3)
    return figure


def points_to_drag() -> Data:
    """Return x (12, 2), y (12,): the page applies the rule anew whenever a point has moved."""
    x, y = small_set()
    return {"x": x, "y": y.astype(np.uint8)}


@explorable(Slider("update", 0, 60, value=UPDATE, plays=True), data=points_to_drag)
def updates(label: Labels) -> Figure:
    """Draw points, boundary and weight vector after the fourth update; the misread point ringed."""
    x, _ = small_set()
    moment = learned().history[UPDATE]
    figure, (axes,) = panels(height=3.7, left=0.55, bottom=0.5, top=0.35)
    _plane(axes, moment)
    axes.plot(*x[moment.sample], "o", ms=17, mfc="none", mec=INK, mew=1.6, clip_on=False)
    tip = 0.6 * moment.w / np.linalg.norm(moment.w)
    arrow(axes, (0, 0), (float(tip[0]), float(tip[1])), PURPLE, shrink=0)
    at = 1.25 * tip
    axes.text(at[0], at[1], "$w$", color=PURPLE, fontsize=14, ha="center", va="center")
    axes.set_title(f"{label('update')} {UPDATE}")
    axes.set(xlabel="$x_1$", ylabel="$x_2$")
    ticks(axes, (-1, 0, 1), (-1, 0, 1))
    return figure


def cycling(label: Labels) -> Figure:
    """Plot weights and bias after every update on XOR: from the first epoch on they repeat."""
    x, y = xor()
    neuron = Perceptron(epochs=CYCLE_EPOCHS).fit(x, y)
    cycle = find_cycle(x, y)
    assert cycle is not None
    values = np.array([[*moment.w, moment.b] for moment in neuron.history])
    ends = np.cumsum(neuron.mistakes)
    figure, axes = panels(3, 1, 3.6, left=0.55, right=0.45, gap=(0, 0.2), top=0.4)
    for panel, column, name, (color, dashes) in zip(
        axes, values.T, ("$w_1$", "$w_2$", "$b$"), LINES, strict=False
    ):
        panel.plot(column, dashes, color=color, drawstyle="steps-post")
        panel.text(len(column) - 0.4, column[-1], name, color=color, va="center", fontsize=13)
        panel.set(xlim=(0, len(column) - 1), ylim=(-1.35, 1.35))
        guides(panel, ends.tolist())
        ticks(panel, (), (-1, 0, 1))
    starts = np.concatenate([[0], ends[:-1]])
    for epoch, (start, end) in enumerate(zip(starts, ends, strict=True), 1):
        text = f"{label('epoch')} 1" if epoch == 1 else str(epoch)
        axes[0].text((start + end) / 2, 1.6, text, ha="center", fontsize=SMALL, color=GREY)
    ticks(axes[2], [0, *ends.tolist()])
    axes[2].set_xlabel(label("updates"))
    return figure


def novikoff(label: Labels) -> Figure:
    """Plot the mistakes made on 100 random separable sets against Novikoff's bound, log by log."""
    bounds, mistakes = bounds_and_mistakes()
    figure, (axes,) = panels(height=3.3, top=0.2, right=0.35, left=0.85)
    axes.loglog(bounds, mistakes, "o", ms=5.5, mfc="none", mec=BLUE, mew=1.4)
    axes.loglog([1, 1e4], [1, 1e4], "--", color=INK, lw=1.6)
    axes.set(xlim=(3, 1.2e4), ylim=(0.8, 1e4))
    axes.set_xlabel(f"{label('bound')}  $(R/\\gamma)^2$")
    axes.set_ylabel(label("mistakes"))
    axes.text(1.3e3, 2.4e3, label("mistakes = bound"), ha="right", fontsize=SMALL)
    marks = [1, 10, 100, 1000, 10000]
    axes.set_xticks(marks[1:], [f"{mark:,}" for mark in marks[1:]])
    axes.set_yticks(marks[:-1], [f"{mark:,}" for mark in marks[:-1]])
    axes.minorticks_off()
    return figure


def _plane(axes: Axes, moment: Update) -> None:
    """Draw the small set and the boundary w . x + b = 0 of `moment`, firing side shaded."""
    x, y = small_set()
    corners = np.array([[SPAN[i], SPAN[j]] for i, j in ((0, 0), (1, 0), (1, 1), (0, 1))])
    inside = _firing_side(corners, moment)
    if len(inside):
        axes.fill(inside[:, 0], inside[:, 1], color=ORANGE, alpha=0.2, lw=0)
    line_across(axes, moment.w, moment.b, SPAN, SPAN)
    two_classes(axes, x, y, 7)
    axes.set(xlim=SPAN, ylim=SPAN)
    ticks(axes, (), ())
    for spine in axes.spines.values():
        spine.set(visible=True, color=GREY)


def _firing_side(corners: Floats, moment: Update) -> Floats:
    """Return the part of the polygon `corners` (K, 2) on which w . x + b >= 0."""
    kept: list[Floats] = []
    z = corners @ moment.w + moment.b
    for n, (corner, value) in enumerate(zip(corners, z, strict=True)):
        after, next_value = corners[(n + 1) % len(corners)], z[(n + 1) % len(corners)]
        if value >= 0:
            kept.append(corner)
        if value * next_value < 0:
            kept.append(corner + value / (value - next_value) * (after - corner))
    return np.array(kept).reshape(-1, 2)
