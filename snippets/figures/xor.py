"""Figures of the XOR problem."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from snippets._checks import Floats
from snippets.figures._explore import Array, Choice, Data, Slider, explorable
from snippets.figures._style import (
    BLUE,
    GREY,
    INK,
    ORANGE,
    SMALL,
    Labels,
    boundary,
    canvas,
    line_across,
    number,
    panels,
    ticks,
    two_classes,
)
from snippets.xor import (
    HAND_MADE,
    INPUTS,
    TARGETS,
    History,
    Params,
    hand_made_network,
    infeasibility_certificate,
    non_monotone_unit,
    predict,
    signed_rows,
    train,
)
from snippets.xor import (
    folded as fold,
)
from snippets.xor import (
    without_hidden_layer as product_formula,
)

LABELS = {
    "sum": "합",
    "wrong": "틀림",
    "inputs": "입력",
    "hidden layer": "은닉층",
    "step": "단계",
    "loss": "손실",
    "training steps": "학습 단계",
}

SPAN = (-0.5, 1.5)
SEED, STEPS = 21, 600
SHOWN = (0, 24, 60, STEPS)
"""After how many training steps, at least, `boundary_over_training` looks."""
FOLDED = 60
"""After how many steps, at least, `folded` looks: later the grid is pressed into the corners."""
EXPLORED_WIDTHS = (2, 3, 4, 8)
"""How many hidden units the network of `training` may have."""
ATTEMPTS = (((1.0, 1.0), -0.5), ((-1.0, -1.0), 1.5), ((1.0, -1.0), -0.5))
"""Lines (w, b) of `one_line`: x1 OR x2, NOT (x1 AND x2), x1 AND NOT x2."""


@cache
def run() -> History:
    """Return the training run that every figure here shows."""
    return train(np.random.default_rng(SEED), steps=STEPS)


def moment_after(steps: int) -> int:
    """Return the index of the first moment that `run` kept after at least `steps` steps."""
    return next(index for index, kept in enumerate(run().steps) if kept >= steps)


def truth_plane(label: Labels) -> Figure:
    """Plot the four inputs of XOR in the plane: squares where it is 1, circles where it is 0."""
    figure, (axes,) = panels(height=3.5, left=0.62)
    two_classes(axes, INPUTS, TARGETS, 13)
    for (x1, x2), y in zip(INPUTS, TARGETS, strict=True):
        text = f"({x1:g}, {x2:g}) → {y:g}"
        axes.text(x1, x2 + 0.13, text, ha="center", color=ORANGE if y else BLUE)
    _unit_plane(axes)
    axes.set(xlabel="$x_1$", ylabel="$x_2$")
    return figure


def one_line(label: Labels) -> Figure:
    """Draw three lines, each right on three points of XOR and wrong on the crossed one."""
    figure, axes = panels(1, 3, 2.05, left=0.12, right=0.12, bottom=0.12, top=0.4, gap=(0.12, 0))
    for panel, (w, b) in zip(axes, ATTEMPTS, strict=True):
        wrong = INPUTS[((INPUTS @ w + b) > 0) != TARGETS]
        boundary(panel, lambda x, w=w, b=b: x @ np.array(w) + b, SPAN, SPAN, steps=41)
        two_classes(panel, INPUTS, TARGETS)
        panel.plot(wrong[:, 0], wrong[:, 1], "x", ms=17, mew=2.4, color=INK)
        panel.set_title(f"{label('wrong')}: {len(wrong)}")
        ticks(panel, (), ())
    return figure


def inequalities(label: Labels) -> Figure:
    """Write the inequalities of a separating line, times the certificate: they sum to 0 > 0."""
    rows = signed_rows(INPUTS, TARGETS)
    counts = infeasibility_certificate(INPUTS, TARGETS)
    assert counts is not None
    figure, axes = canvas(2.75)
    for n, (row, count) in enumerate(zip(rows, counts, strict=True)):
        y = 2.4 - 0.42 * n
        x1, x2 = INPUTS[n]
        color = ORANGE if TARGETS[n] else BLUE
        axes.text(0.25, y, f"({x1:g}, {x2:g}) → {TARGETS[n]:g}", color=color)
        axes.text(1.7, y, f"{count} ×", ha="right", color=GREY)
        _terms(axes, y, row)
    axes.plot([0.25, 4.35], [0.95, 0.95], color=INK, lw=1)
    axes.text(0.25, 0.55, label("sum"))
    _terms(axes, 0.55, counts @ rows)
    return figure


def hand_made(label: Labels) -> Figure:
    """Draw where the hand-made network answers 1: the strip between its two hidden units' lines."""
    figure, (axes,) = panels(height=3.5, left=0.62)
    boundary(axes, hand_made_network, SPAN, SPAN, 0.5, steps=121)
    axes.collections[-1].remove()  # the contour of a step function is jagged: draw the lines
    places = ((-0.3, 0.55), (1.3, 0.45))
    for w, b, name, place in zip(HAND_MADE.w1.T, HAND_MADE.b1, ("h_1", "h_2"), places, strict=True):
        line_across(axes, w, float(b), SPAN, SPAN)
        axes.text(*place, f"${name}$", fontsize=14, ha="center", va="center")
    two_classes(axes, INPUTS, TARGETS, 12)
    _unit_plane(axes)
    axes.set(xlabel="$x_1$", ylabel="$x_2$")
    return figure


def folded(label: Labels) -> Figure:
    """Draw a grid of inputs and where the trained hidden layer sends it, with the output's line."""
    params = run().params[moment_after(FOLDED)]
    figure, axes = panels(1, 2, 2.75, left=0.5, top=0.35, gap=(0.62, 0))
    two_classes_at = (INPUTS, fold(INPUTS, params))
    for panel, points, send in zip(
        axes, two_classes_at, (_unchanged, lambda x: fold(x, params)), strict=True
    ):
        panel.add_collection(LineCollection(_grid(send), colors=[GREY], linewidths=0.7))
        two_classes(panel, points, TARGETS)
    _boundary_line(axes[0], params)
    line_across(axes[1], params.w2[:, 0], float(params.b2[0]), (-1.15, 1.15), (-1.15, 1.15))
    axes[0].set(xlim=SPAN, ylim=SPAN, xlabel="$x_1$", ylabel="$x_2$", title=label("inputs"))
    axes[1].set(xlim=(-1.2, 1.2), ylim=(-1.2, 1.2), xlabel="$h_1$", ylabel="$h_2$")
    axes[1].set_title(label("hidden layer"))
    ticks(axes[0], (0, 1), (0, 1))
    ticks(axes[1], (-1, 0, 1), (-1, 0, 1))
    return figure


def boundary_over_training(label: Labels) -> Figure:
    """Draw the decision boundary of the 2-2-1 network at four moments of its training."""
    figure, axes = panels(2, 2, 4.4, left=0.3, right=0.12, bottom=0.3, top=0.34, gap=(0.25, 0.5))
    for index, (panel, steps) in enumerate(zip(axes, SHOWN, strict=True)):
        moment = moment_after(steps)
        _network_plane(panel, moment, 41)
        panel.set_title(f"{label('step')} {run().steps[moment]:,}")
        ticks(panel, (0, 1) if index >= 2 else (), (0, 1) if index % 2 == 0 else ())
    return figure


def without_hidden_layer(label: Labels) -> Figure:
    """Draw where x1 + x2 - 2 x1 x2, and a unit that is not monotone, exceed one half."""
    figure, axes = panels(1, 2, 2.6, left=0.5, top=0.4, gap=(0.2, 0))
    formulas: tuple[tuple[Callable[[Floats], Floats], str], ...] = (
        (product_formula, "$x_1 + x_2 - 2 x_1 x_2$"),
        (non_monotone_unit, r"$\sin^2(\pi (x_1 + x_2) / 2)$"),
    )
    for panel, (f, formula) in zip(axes, formulas, strict=True):
        boundary(panel, f, SPAN, SPAN, 0.5)
        two_classes(panel, INPUTS, TARGETS)
        panel.set_title(formula)
        panel.set_xlabel("$x_1$")
        ticks(panel, (0, 1), (0, 1) if panel is axes[0] else ())
    axes[0].set_ylabel("$x_2$")
    return figure


def training_runs() -> Data:
    """Return a run like `run` for each of EXPLORED_WIDTHS: steps (M,), losses (widths, M).

    params_H (M, 4 H + 1): w1 by rows, b1, w2, b2 after each of the steps.
    """
    runs = {hidden: train(np.random.default_rng(SEED), hidden, steps=STEPS)
            for hidden in EXPLORED_WIDTHS}  # fmt: skip
    data: dict[str, Array] = {
        "steps": np.array(runs[2].steps, dtype=np.int32),
        "losses": np.array([one.losses for one in runs.values()], dtype=np.float32),
    }
    for hidden, one in runs.items():
        flat = [np.concatenate([part.ravel() for part in params]) for params in one.params]
        data[f"params_{hidden}"] = np.array(flat, dtype=np.float32)
    return data


@explorable(
    Choice("hidden", EXPLORED_WIDTHS, 2),
    Slider("moment", 0, 49, value=49, plays=True),
    data=training_runs,
)
def training(label: Labels) -> Figure:
    """Plot the loss over the training steps, and the boundary at the end of them."""
    history = run()
    figure, (upper, lower) = panels(2, 1, 5.0, heights=(1, 2.3), gap=(0, 0.75), bottom=0.5)
    upper.plot(history.steps, history.losses, color=BLUE)
    upper.plot(history.steps[-1], history.losses[-1], "o", color=INK, clip_on=False)
    upper.set(xlim=(0, history.steps[-1]), ylim=(0, 1))
    upper.set_xlabel(label("training steps"))
    upper.set_ylabel(label("loss"))
    ticks(upper, (0, STEPS // 2, STEPS), (0, 0.5, 1))
    _network_plane(lower, len(history.steps) - 1)
    for point, p in zip(INPUTS, predict(INPUTS, history.params[-1]), strict=True):
        lower.text(point[0], point[1] + 0.14, number(float(p), 2), ha="center", fontsize=SMALL)
    lower.set(xlabel="$x_1$", ylabel="$x_2$")
    ticks(lower, (0, 1), (0, 1))
    return figure


def _network_plane(axes: Axes, moment: int, steps: int = 61) -> None:
    """Draw the points and the boundary of the network at `moment` of the run."""
    params = run().params[moment]
    boundary(axes, lambda x: predict(x, params), SPAN, SPAN, 0.5, steps)
    two_classes(axes, INPUTS, TARGETS, 10)


def _boundary_line(axes: Axes, params: Params) -> None:
    """Draw the curve on which the network answers one half."""
    z = np.linspace(*SPAN, 61)
    across, up = np.meshgrid(z, z)
    p = predict(np.column_stack([across.ravel(), up.ravel()]), params)
    axes.contour(across, up, p.reshape(61, 61), levels=[0.5], colors=[INK], linewidths=2)


def _unit_plane(axes: Axes) -> None:
    axes.set(xlim=SPAN, ylim=SPAN)
    ticks(axes, (0, 1), (0, 1))


def _terms(axes: Axes, y: float, row: Floats) -> None:
    """Write row . (w1, w2, b) > 0 at height `y`, each term in its own column."""
    places = (2.2, 2.85, 3.5)
    for x, value, name in zip(places, row, ("w_1", "w_2", "b"), strict=True):
        if value:
            sign = "-" if value < 0 else "+"
            size = "" if abs(value) == 1 else f"{abs(value):g}"
            axes.text(x, y, f"${sign}\\,{size}{name}$", ha="center", fontsize=13)
    if not row.any():
        axes.text(places[2], y, "$0$", ha="center", fontsize=13)
    axes.text(4.05, y, "$> 0$", ha="center", fontsize=13)


def _grid(send: Callable[[Floats], Floats]) -> list[Floats]:
    """Return the images under `send` of nine lines each way across the plane."""
    along, at = np.linspace(*SPAN, 33), np.linspace(*SPAN, 9)
    lines = [np.column_stack([along, np.full(33, c)]) for c in at]
    return [send(line) for line in (*lines, *(line[:, ::-1] for line in lines))]


def _unchanged(x: Floats) -> Floats:
    return x
