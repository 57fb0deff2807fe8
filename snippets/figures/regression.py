"""Figures of regression: one neuron for a number, one for a probability, and a hidden layer."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PatchCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from snippets import regression
from snippets._checks import Floats
from snippets.activations import tanh
from snippets.figures._explore import Choice, Data, Slider, explorable
from snippets.figures._style import (
    BLUE,
    GREEN,
    GREY,
    INK,
    LINES,
    ORANGE,
    PAPER,
    PURPLE,
    SMALL,
    Labels,
    guides,
    note,
    number,
    panels,
    ticks,
)
from snippets.regression import Fit

LABELS = {
    "temperature $x$ (10 °C)": "기온 $x$ (10 °C)",
    "mean": "평균",
    "rain": "비",
    "snow": "눈",
    "best": "최적",
    "loss": "손실",
    "separable": "분리 가능",
    "overlapping": "섞임",
    "3 hidden units": "은닉 유닛 3개",
    "weight $w$": "가중치 $w$",
    "steps": "걸음 수",
}

DAYS: Floats = np.array([-1.2, -0.9, -0.6, -0.2, 0.1, 0.5, 0.8, 1.1])
"""Temperatures of eight winter days, in tens of degrees Celsius."""
POWER: Floats = np.array([15.0, 11.4, 12.6, 8.6, 10.2, 5.8, 7.2, 3.9])
"""Electricity that a house used on these days, in kilowatt-hours."""
FALLS: Floats = np.array([-1.2, -0.8, -0.4, 0.0, 0.2, 0.4, 0.7, 1.2])
"""Temperatures of eight days on which rain or snow fell."""
RAIN: Floats = np.array([0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 1.0, 1.0])
"""What fell on these days: 1 rain, 0 snow."""
SORTED: Floats = np.array([0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0])
"""Rain on the four warmer days alone, so that one temperature separates the classes."""
GAP = 0.1
"""The temperature half-way between the colder and the warmer four of FALLS."""
SCALES = (2.0, 8.0, 32.0)
"""Weights of the three curves of `separable`."""
YEAR: Floats = np.array([-1.1, -0.6, -0.2, 0.3, 0.7, 1.2, 1.6, 2.0, 2.4, 2.7, 3.0, 3.3])
"""Temperatures of twelve days in all seasons."""
YEAR_POWER: Floats = np.array([13.6, 11.2, 10.1, 7.4, 6.5, 4.6, 4.2, 3.9, 5.0, 6.8, 8.1, 10.4])
"""Electricity used on these: warming the house in winter, cooling it in summer."""
SEED = 30
"""Draws the hidden units of `hidden_layer`."""
MOST_STEPS = 80
FIRST_STEP = 6
"""What `fit` shows before anyone moves it."""
RATES = (0.2, 2.0)
"""Learning rates of `fit`, line and curve: no place of the points within REACH is too steep."""
REACH = 1.5
LEFT, RIGHT = -1.4, 1.4

TEMPERATURE = "temperature $x$ (10 °C)"


def column(x: Floats) -> Floats:
    """Return x (N,) as one column (N, 1), the form that `snippets.regression` reads."""
    return x[:, None]


def after(predict: Callable[..., Floats], x: Floats, y: Floats, lr: float, steps: int) -> Fit:
    """Return what gradient descent from 0 has reached after `steps`."""
    return regression.gradient_descent(predict, column(x), y, lr, steps)


def hidden_units(x: Floats) -> Floats:
    """Return three tanh units (N, 3) with random weights and biases for x (N,)."""
    rng = np.random.default_rng(SEED)
    return tanh(column(x) @ rng.normal(size=(1, 3)) + rng.normal(size=3))


def errors(axes: Axes, x: Floats, y_hat: Floats, y: Floats) -> None:
    """Join each target y with its prediction."""
    segments = [((one, a), (one, b)) for one, a, b in zip(x, y_hat, y, strict=True)]
    axes.add_collection(LineCollection(segments, colors=[ORANGE], linewidths=2.2, zorder=1.5))


def numbers(axes: Axes, x: Floats, y: Floats) -> None:
    """Plot examples whose targets are numbers."""
    axes.plot(x, y, "s", color=BLUE, mec=PAPER, mew=0.8, ms=8, clip_on=False)


def classes(axes: Axes, x: Floats, y: Floats) -> None:
    """Plot examples of class 0 as circles on the line 0, those of class 1 as squares on 1."""
    off, on = y == 0, y == 1
    axes.plot(x[off], y[off], "o", mec=BLUE, mfc=PAPER, mew=2.2, ms=8, clip_on=False)
    axes.plot(x[on], y[on], "s", mec=PAPER, mfc=ORANGE, mew=0.8, ms=8, clip_on=False)


def best_line(label: Labels) -> Figure:
    """Plot eight days, the line of least squared error, and the square of each error."""
    figure, (axes,) = panels(height=3.3, left=0.72, right=0.2, bottom=0.62, top=0.15)
    axes.set(xlim=(LEFT, RIGHT), ylim=(2.5, 16))
    fit = regression.normal_equation(column(DAYS), POWER)
    y_hat = regression.linear(column(DAYS), *fit)
    width, height = figure.get_size_inches() * axes.get_position().size
    shape = (height / (16 - 2.5)) / (width / (RIGHT - LEFT))  # a square in inches, in units of x
    squares = [
        Rectangle((x, min(a, b)), abs(a - b) * shape, abs(a - b))
        for x, a, b in zip(DAYS, y_hat, POWER, strict=True)
    ]
    axes.add_collection(PatchCollection(squares, facecolor=ORANGE, alpha=0.3, zorder=1))
    errors(axes, DAYS, y_hat, POWER)
    ends = np.array([LEFT, RIGHT])
    axes.plot(ends, regression.linear(column(ends), *fit), color=INK, zorder=2)
    numbers(axes, DAYS, POWER)
    axes.plot(DAYS.mean(), POWER.mean(), "D", color=PURPLE, ms=8, zorder=3)
    note(axes, DAYS.mean() - 0.3, POWER.mean() - 1.9, label("mean"), PURPLE)
    axes.set_xlabel(label(TEMPERATURE))
    axes.set_ylabel("$y$ (kWh)")
    ticks(axes, (-1, 0, 1), (5, 10, 15))
    return figure


def same_gradient(label: Labels) -> Figure:
    """Plot a line and an S-curve on the way to their best, each with the errors y_hat - y."""
    figure, (left, right) = panels(
        1, 2, 2.9, left=0.5, right=0.15, bottom=0.62, top=0.4, gap=(0.5, 0)
    )
    places = np.linspace(LEFT, RIGHT, 57)
    line = after(regression.linear, DAYS, POWER, RATES[0], 10)
    left.set(xlim=(LEFT, RIGHT), ylim=(0, 16))
    errors(left, DAYS, regression.linear(column(DAYS), *line), POWER)
    left.plot(places, regression.linear(column(places), *line), color=INK)
    numbers(left, DAYS, POWER)
    left.set_title(r"$\hat{y} = w x + b$")
    ticks(left, (-1, 0, 1), (0, 5, 10, 15))
    curve = after(regression.logistic, FALLS, RAIN, RATES[1], 20)
    right.set(xlim=(LEFT, RIGHT), ylim=(-0.08, 1.08))
    guides(right, y=(0, 1))
    errors(right, FALLS, regression.logistic(column(FALLS), *curve), RAIN)
    right.plot(places, regression.logistic(column(places), *curve), color=INK)
    classes(right, FALLS, RAIN)
    right.set_title(r"$\hat{y} = \sigma(w x + b)$")
    note(right, -0.75, 0.92, label("rain"), ORANGE)
    note(right, 0.85, 0.09, label("snow"), BLUE)
    ticks(right, (-1, 0, 1), (0, 0.5, 1))
    for axes in (left, right):
        axes.set_xlabel(label(TEMPERATURE), fontsize=SMALL)
    return figure


def along(y: Floats, middle: float, w: Floats) -> Floats:
    """Return the loss for each weight of w, with the boundary held at `middle`."""
    x = column(FALLS)
    return np.array([regression.logistic_loss(x, y, [one], -one * middle) for one in w])


def separable(label: Labels) -> Figure:
    """Plot ever steeper curves through separable points, and the loss against the weight."""
    figure, (left, right) = panels(
        1, 2, 2.85, left=0.5, right=0.15, bottom=0.62, top=0.2, gap=(0.55, 0)
    )
    places = np.linspace(LEFT, RIGHT, 113)
    left.set(xlim=(LEFT, RIGHT), ylim=(-0.08, 1.08))
    guides(left, y=(0, 1))
    for w, (color, dashes) in zip(SCALES, LINES, strict=False):
        left.plot(places, regression.logistic(column(places), [w], -w * GAP), dashes, color=color)
    classes(left, FALLS, SORTED)
    left.set_xlabel(label(TEMPERATURE), fontsize=SMALL)
    for place, w, color in zip(
        ((0.85, 0.62), (-0.8, 0.3), (-0.6, 0.62)), SCALES, (BLUE, ORANGE, GREEN), strict=True
    ):
        note(left, *place, f"$w = {number(w)}$", color)
    ticks(left, (-1, 0, 1), (0, 0.5, 1))
    w = np.linspace(0, 16, 49)
    best = after(regression.logistic, FALLS, RAIN, 4.0, 150)
    right.set(xlim=(0, 16), ylim=(0, 1.05))
    right.plot(w, along(RAIN, -best.b / best.w[0], w), "--", color=ORANGE)
    right.plot(w, along(SORTED, GAP, w), color=BLUE)
    least = regression.logistic_loss(column(FALLS), RAIN, *best)
    right.plot(best.w[0], least, "D", color=ORANGE, ms=8)
    note(right, 8.5, 0.84, label("overlapping"), ORANGE)
    note(right, 9.5, 0.25, label("separable"), BLUE)
    right.set_xlabel(label("weight $w$"), fontsize=SMALL)
    note(right, 3.4, 1.0, label("loss"))
    ticks(right, (0, 8, 16), (0, 0.5, 1))
    return figure


def hidden_layer(label: Labels) -> Figure:
    """Plot three hidden units, and regression on them beside regression on the temperature."""
    figure, (left, right) = panels(
        1, 2, 2.9, left=0.5, right=0.15, bottom=0.62, top=0.4, gap=(0.5, 0)
    )
    span = (-1.4, 3.6)
    places = np.linspace(*span, 61)
    left.set(xlim=span, ylim=(-1.1, 1.1))
    guides(left, y=(0,))
    for unit, (color, dashes) in zip(hidden_units(places).T, LINES, strict=False):
        left.plot(places, unit, dashes, color=color)
    left.set_title(label("3 hidden units"))
    ticks(left, (-1, 0, 1, 2, 3), (-1, 0, 1))
    right.set(xlim=span, ylim=(0, 15.5))
    line = regression.normal_equation(column(YEAR), YEAR_POWER)
    right.plot(places, regression.linear(column(places), *line), "--", color=GREY)
    curve = regression.normal_equation(hidden_units(YEAR), YEAR_POWER)
    right.plot(places, regression.linear(hidden_units(places), *curve), color=INK)
    numbers(right, YEAR, YEAR_POWER)
    right.set_title("$y$ (kWh)")
    ticks(right, (-1, 0, 1, 2, 3), (0, 5, 10, 15))
    for axes in (left, right):
        axes.set_xlabel(label(TEMPERATURE), fontsize=SMALL)
    return figure


def fit_data() -> Data:
    """Return both data sets and their learning rates; the page fits them as points are dragged."""
    return {
        "days": DAYS,
        "power": POWER,
        "falls": FALLS,
        "rain": RAIN,
        "rates": np.array(RATES),
        "reach": np.array([REACH]),
    }


@explorable(
    Slider("step", 0, MOST_STEPS, value=FIRST_STEP, plays=True),
    Choice("model", ("line", "curve"), "line"),
    data=fit_data,
)
def fit(label: Labels) -> Figure:
    """Plot the line after a few steps of gradient descent, and the best one."""
    figure, (axes,) = panels(height=3.6, left=0.72, right=0.2, bottom=0.62, top=0.25)
    axes.set(xlim=(-REACH, REACH), ylim=(0, 18))
    ends = np.array([-REACH, REACH])
    now = after(regression.linear, DAYS, POWER, RATES[0], FIRST_STEP)
    best = regression.normal_equation(column(DAYS), POWER)
    errors(axes, DAYS, regression.linear(column(DAYS), *now), POWER)
    axes.plot(ends, regression.linear(column(ends), *best), "--", color=GREY, lw=1.6)
    axes.plot(ends, regression.linear(column(ends), *now), color=INK, lw=2.6)
    numbers(axes, DAYS, POWER)
    note(axes, 0.5, 9.2, label("best"), GREY)
    note(axes, 0.85, 15.8, f"{label('steps')}: {FIRST_STEP}")
    axes.set_xlabel(label(TEMPERATURE))
    axes.set_ylabel("$y$ (kWh)")
    ticks(axes, (-1, 0, 1), (0, 5, 10, 15))
    return figure
