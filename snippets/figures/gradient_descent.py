"""Figures of gradient descent."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from snippets._checks import Floats, Indices
from snippets.figures._explore import Data, Slider, explorable
from snippets.figures._style import (
    BLUE,
    FAINT,
    GREY,
    INK,
    LINES,
    ORANGE,
    PURPLE,
    SMALL,
    Labels,
    guides,
    note,
    panels,
    shades,
    ticks,
)
from snippets.gradient_descent import (
    LANDSCAPES,
    delta_rule_step,
    descend,
    parabolas,
    parabolas_grad,
    quadratic,
    quadratic_grad,
    step_size_limit,
    stochastic_descend,
)
from snippets.perceptron import learning_rule_step
from snippets.regression import Fit, gradient, linear, normal_equation

LABELS = {
    "too small": "너무 작음",
    "good": "알맞음",
    "too large": "너무 큼",
    "step": "단계",
    "steps": "단계 수",
    "loss": "손실",
    "error": "오차",
    "delta rule": "델타 규칙",
    "perceptron": "퍼셉트론",
    "mean": "평균",
    "batch size": "배치 크기",
    "start": "시작",
    "minimum": "최소점",
    "maximum": "최대점",
    "saddle": "안장점",
    "plateau": "고원",
}

BOWL: Floats = np.array([[2.08, -1.44], [-1.44, 2.92]])
"""A valley with curvature 1 along (0.8, 0.6) and 4 across it; its step size limit is 1/2."""
START = (-2.5, 0.0)
SPAN = (-3.0, 3.0)
HEIGHTS = (0.05, 0.3, 1.0, 2.2, 4.0, 7.0, 11.0, 16.0)
"""Losses on the level lines of `surface`."""
RATES = (("too small", 0.1), ("good", 0.7), ("too large", 2.1))
"""Learning rates of `learning_rates`, on a parabola whose limit is 2."""
COMPARED = (0.52, 0.49, 0.1, 0.4)
"""Learning rates of `losses`, on `BOWL`."""
STEPS = 40
SHOWN_RATE, SHOWN_STEP = 0.45, 10
"""What `surface` shows before anyone moves it."""
CENTRES: Floats = np.array([-2.0, 0.0, 5.0])
"""Where each example of `each_example` would have the parameter."""
SIZES = (40, 8, 1)
"""Batch sizes of `batch_sizes`; the first one is all examples."""
EPOCHS, LINE_RATE, LINE_START = 5, 0.3, (-1.5, -1.0)
_AROUND = np.pi / 8 + np.pi / 4 * np.arange(8)
RING: Floats = 0.62 * np.column_stack([np.cos(_AROUND), np.sin(_AROUND)])
"""Where the paths of `zero_gradients` begin, (8, 2)."""


def descent(a: Floats, start: Sequence[float], lr: float, steps: int) -> Floats:
    """Return the path of gradient descent on the bowl of `a`, (steps + 1, D)."""
    return descend(lambda theta: quadratic_grad(theta, a), start, lr, steps)


def level_line(a: Floats, height: float, centre: Sequence[float] | Floats = (0.0, 0.0)) -> Floats:
    """Return the ellipse (65, 2) on which (theta - centre)^T a (theta - centre) / 2 = height."""
    angle = np.linspace(0, 2 * np.pi, 65)
    curvatures, axes = np.linalg.eigh(a)
    along = np.sqrt(2 * height / curvatures)[:, None] * np.stack([np.cos(angle), np.sin(angle)])
    return (axes @ along).T + np.asarray(centre)


@cache
def noisy_line() -> tuple[Floats, Floats]:
    """Return forty examples of a line with noise, x (40, 1) and y (40,), for `batch_sizes`."""
    rng = np.random.default_rng(1960)
    x = rng.uniform(-1.5, 1.5, (SIZES[0], 1))
    return x, 1.0 * x[:, 0] + 0.5 + rng.normal(0, 0.6, SIZES[0])


def fitted(size: int) -> Floats:
    """Return the path of (w, b), (steps + 1, 2), on `noisy_line` with batches of `size`."""
    x, y = noisy_line()

    def mean_gradient(theta: Floats, batch: Indices) -> Floats:
        y_hat = linear(x[batch], theta[:1], float(theta[1]))
        return _flat(gradient(x[batch], y_hat, y[batch]))

    rng = np.random.default_rng(0)
    return stochastic_descend(mean_gradient, LINE_START, LINE_RATE, len(x), size, EPOCHS, rng)


def learning_rates(label: Labels) -> Figure:
    """Draw descent on a parabola with three learning rates: too small, good, too large."""
    figure, axes = panels(1, 3, 2.55, left=0.5, right=0.1, bottom=0.5, top=0.55, gap=(0.15, 0))
    a = np.eye(1)
    theta = np.linspace(-7, 7, 57)
    curve = [quadratic([t], a) for t in theta]
    for panel, (name, lr) in zip(axes, RATES, strict=True):
        path = descent(a, [4.0], lr, 5)
        panel.plot(theta, curve, color=GREY, lw=1.4)
        panel.plot(path, [quadratic(p, a) for p in path], "o-", color=BLUE, ms=5.5, lw=1.2)
        panel.plot(4.0, quadratic([4.0], a), "s", color=ORANGE, ms=8)
        panel.set_title(f"{label(name)}\n$\\eta = {lr:g}$")
        panel.set(xlim=(-7.3, 7.3), ylim=(-1, 25), xlabel=r"$\theta$")
        ticks(panel, (0,), (0, 10, 20) if panel is axes[0] else ())
    axes[0].set_ylabel(label("loss"))
    return figure


def two_errors(label: Labels) -> Figure:
    """Plot the error that moves the weights against z, for target 1, in the two rules."""
    figure, (axes,) = panels(height=3.0, left=0.75)
    z = np.linspace(-1.5, 2.5, 41)
    before = [delta_rule_step([1.0], 1.0, [at], 0.0, lr=1.0)[1] for at in z]
    left, right = z[z < -1e-9], z[z > -1e-9]
    axes.set(xlim=(-1.5, 2.5), ylim=(-1.6, 2.6), xlabel="$z$")
    guides(axes, (0,), (0,))
    axes.plot(z, before, LINES[0][1], color=BLUE)
    for side in (left, right):
        axes.plot(side, [_error_after(at) for at in side], LINES[1][1], color=ORANGE)
    axes.plot(1, 0, "o", color=BLUE)
    axes.text(0.12, 1.3, label("delta rule"), color=BLUE, fontsize=SMALL)
    note(axes, -1.45, 0.68, label("perceptron"), ORANGE, ha="left")
    axes.set_ylabel(label("error"))
    ticks(axes, (-1, 0, 1, 2), (-1, 0, 1, 2))
    return figure


def losses(label: Labels) -> Figure:
    """Plot the loss on `BOWL` over the steps, on a logarithmic axis, for four learning rates."""
    figure, (axes,) = panels(height=3.3, left=0.85, right=0.95)
    floor = 1e-8
    for lr, (color, dashes) in zip(COMPARED, LINES, strict=False):
        values = np.array([quadratic(theta, BOWL) for theta in descent(BOWL, START, lr, STEPS)])
        axes.semilogy(values, dashes, color=color)
        last = int(np.flatnonzero(values > floor)[-1])
        height = values[last] if last == STEPS else 5 * floor  # beside the line, or above its foot
        axes.text(last + 0.8, height, f"$\\eta = {lr:g}$", color=color, va="center")
    axes.set(xlim=(0, STEPS), ylim=(floor, 1e5))
    axes.set_xlabel(label("steps"))
    axes.set_ylabel(label("loss"))
    ticks(axes, (0, 20, 40))
    axes.set_yticks([1e-8, 1e-4, 1, 1e4], ["$10^{-8}$", "$10^{-4}$", "$1$", "$10^4$"])
    axes.minorticks_off()
    return figure


def batch_sizes(label: Labels) -> Figure:
    """Draw five epochs of fitting a line with all, eight and single examples at a time."""
    x, y = noisy_line()
    figure, axes = panels(1, 3, 2.11, left=0.42, right=0.1, bottom=0.5, top=0.35, gap=(0.15, 0))
    design = np.column_stack([x, np.ones(len(x))])
    curvature = design.T @ design / len(x)
    lowest = _flat(normal_equation(x, y))
    rings = [level_line(curvature, height, lowest) for height in (0.03, 0.15, 0.5, 1.2, 2.3, 4.0)]
    for panel, size in zip(axes, SIZES, strict=True):
        path = fitted(size)
        panel.add_collection(LineCollection(rings, colors=[FAINT], linewidths=1.2))
        panel.plot(path[:, 0], path[:, 1], "o-", color=BLUE, ms=5 if size > 1 else 2, lw=1.1)
        panel.plot(*path[0], "s", color=ORANGE, ms=7)
        panel.plot(*lowest, "x", color=INK, ms=9, mew=2.2)
        panel.set_title(f"{label('batch size')} {size}")
        panel.set(xlim=(-1.9, 1.7), ylim=(-1.5, 2.1), xlabel="$w$")
        ticks(panel, (-1, 1), (-1, 1) if panel is axes[0] else ())
    axes[0].set_ylabel("$b$", labelpad=-4)
    return figure


def each_example(label: Labels) -> Figure:
    """Plot three examples' losses and their mean, and at its minimum the tangent of each."""
    figure, (axes,) = panels(height=3.3, left=0.75)
    theta = np.linspace(-4.5, 7.5, 73)
    values = np.array([parabolas(float(t), CENTRES) for t in theta])
    best = float(CENTRES.mean())
    slopes = parabolas_grad(best, CENTRES)
    axes.set(xlim=(-4.5, 7.5), ylim=(-0.6, 13), xlabel=r"$\theta$")
    guides(axes, (best,))
    columns = zip(values.T, CENTRES, slopes, parabolas(best, CENTRES), LINES[1:], strict=False)
    for column, centre, slope, height, (color, dashes) in columns:
        axes.plot(theta, column, dashes, color=color, lw=1.6)
        axes.plot(centre, 0, "o", color=color, ms=7, clip_on=False)
        reach = 1.2 / np.hypot(1, slope / 2)
        axes.plot(
            [best - reach, best + reach],
            [height - reach * slope, height + reach * slope],
            color=color,
            lw=3.6,
            solid_capstyle="butt",
        )
    axes.plot(theta, values.mean(axis=1), color=BLUE, lw=2.8)
    axes.plot(best, parabolas(best, CENTRES).mean(), "s", color=BLUE, ms=9)
    note(axes, -3.2, 11.5, label("mean"), BLUE)
    axes.set_ylabel(label("loss"))
    ticks(axes, (*CENTRES, best), (0, 5, 10))
    return figure


def zero_gradients(label: Labels) -> Figure:
    """Draw four surfaces that are level in the middle, and paths of descent from around it."""
    figure, axes = panels(2, 2, 5.2, left=0.1, right=0.1, bottom=0.12, top=0.36, gap=(0.16, 0.46))
    side = np.linspace(-1, 1, 31)
    across, up = np.meshgrid(side, side)
    for panel, (name, landscape) in zip(axes, LANDSCAPES.items(), strict=True):
        height = landscape.f(across, up)
        shades(panel, height / 2, (-1, 1), (-1, 1))
        panel.contour(across, up, height, levels=5, colors=[GREY], linewidths=0.8)
        paths = [descend(landscape.grad, start, 0.09, 5) for start in RING]
        panel.add_collection(LineCollection(paths, colors=[INK], linewidths=1.6))
        panel.plot(RING[:, 0], RING[:, 1], "o", color=INK, ms=4.5)
        panel.plot(0, 0, "x", color=PURPLE, ms=11, mew=2.8)
        panel.set_title(label(name))
        panel.set(xlim=(-1, 1), ylim=(-1, 1))
        ticks(panel, (), ())
    return figure


def valley() -> Data:
    """Return the bowl a (2, 2), its curvatures (2,) and limit (1,), start (2,), rings (K, 65, 2).

    The page walks down by itself: the reader drags the start.
    """
    return {
        "a": BOWL,
        "curvatures": np.linalg.eigvalsh(BOWL),
        "limit": np.array([step_size_limit(BOWL)]),
        "start": np.array(START),
        "rings": np.array([level_line(BOWL, height) for height in HEIGHTS], dtype=np.float32),
    }


@explorable(
    Slider("step", 0, 30, value=SHOWN_STEP, plays=True),
    Slider("lr", 0.01, 0.56, 0.01, value=SHOWN_RATE),
    data=valley,
)
def surface(label: Labels) -> Figure:
    """Draw the path of descent over the level lines of `BOWL`, up to the tenth step."""
    path = descent(BOWL, START, SHOWN_RATE, SHOWN_STEP)
    figure, (axes,) = panels(height=4.1, left=0.8, right=0.55, bottom=0.5, top=0.35)
    rings = [level_line(BOWL, height) for height in HEIGHTS]
    axes.add_collection(LineCollection(rings, colors=[FAINT], linewidths=1.4))
    axes.plot(path[:, 0], path[:, 1], "o-", color=BLUE, ms=5, lw=1.6)
    axes.plot(*START, "s", color=ORANGE, ms=10)
    axes.plot(*path[-1], "o", color=INK, ms=7)
    axes.plot(0, 0, "x", color=PURPLE, ms=11, mew=2.6)
    axes.text(START[0], START[1] - 0.42, label("start"), ha="center", fontsize=SMALL)
    axes.text(0.3, -0.5, label("minimum"), fontsize=SMALL, color=PURPLE)
    axes.set_title(f"$\\eta = {SHOWN_RATE:g}$, {label('step')} {SHOWN_STEP}")
    axes.set(xlim=SPAN, ylim=SPAN, xlabel=r"$\theta_1$", ylabel=r"$\theta_2$")
    ticks(axes, (-2, 0, 2), (-2, 0, 2))
    return figure


def _error_after(z: float) -> int:
    """Return the perceptron's error at z for target 1, taken after the threshold."""
    return int(learning_rule_step([1.0], 1, [z], 0.0)[2])


def _flat(fit: Fit) -> Floats:
    return np.array([*fit.w, fit.b])
