"""Figures of the multilayer perceptron."""

from __future__ import annotations

from functools import cache

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from snippets._checks import Floats
from snippets.activations import sigmoid, tanh
from snippets.data import xor
from snippets.figures._explore import Array, Choice, Data, Slider, explorable
from snippets.figures._style import (
    BLUE,
    GREEN,
    GREY,
    INK,
    ORANGE,
    SMALL,
    Labels,
    boundary,
    canvas,
    guides,
    network,
    number,
    panels,
    shades,
    ticks,
    two_classes,
)
from snippets.multilayer_perceptron import MLP, affine, outlier_set
from snippets.multilayer_perceptron import solve_rate as rate_of_solving
from snippets.perceptron import Perceptron

LABELS = {
    "input": "입력층",
    "hidden": "은닉층",
    "output": "출력층",
    "output unit": "출력 유닛",
    "hidden unit": "은닉 유닛",
    "hidden units": "은닉 유닛 수",
    "learning rate": "학습률",
    "loss": "손실",
    "squared error": "제곱 오차",
    "perceptron": "퍼셉트론",
    "answer": "출력",
}

SPAN = (-0.5, 1.5)
WIDTHS = (2, 4, 3, 1)
"""Units in each layer of `diagram`."""
SEED, STEPS, LR = 5, 100, 2.0
UNITS_SEED = 2
SHOWN_WIDTHS = (1, 2, 3, 8)
EXPLORED_SEEDS = (1, 2, 3, 4, SEED, 6)
EVERY = 2
"""How many training steps lie between two moments of `width`."""
INPUTS, TARGETS = xor()
SOLVE_LRS, SOLVE_WIDTHS = (0.1, 0.3, 1.0, 3.0, 10.0), (1, 2, 3, 4)
SOLVE_NETS, SOLVE_STEPS = 1000, 500


@cache
def trained(hidden: int, seed: int = SEED) -> tuple[MLP, float]:
    """Return a 2-H-1 tanh network trained on XOR, and its last loss."""
    rng = np.random.default_rng(seed)
    net = MLP([2, hidden, 1], "tanh", rng, loss="binary_cross_entropy_with_logits")
    losses = net.fit(INPUTS, TARGETS[:, None], lr=LR, steps=STEPS)
    return net, losses[-1]


@cache
def rates() -> Floats:
    """Return the fraction of 1,000 starts that solve XOR, (learning rates, widths)."""
    rng = np.random.default_rng(1000)
    return rate_of_solving(rng, SOLVE_LRS, SOLVE_WIDTHS, SOLVE_NETS, SOLVE_STEPS)


@cache
def squared_error_neuron() -> MLP:
    """Return a sigmoid neuron trained by squared error on `outlier_set`, targets 0.1 and 0.9."""
    x, y = outlier_set()
    net = MLP([1, 1], "identity", np.random.default_rng(0), output="sigmoid", loss="mse")
    net.fit(x, (0.1 + 0.8 * y)[:, None], lr=1.0, steps=200)
    return net


def diagram(label: Labels) -> Figure:
    """Draw a 2-4-3-1 network: every unit of a layer feeds every unit of the next."""
    figure, axes = canvas(2.9)
    places = network(
        axes, WIDTHS, (0.65, 0.4, 3.95, 2.2), 0.16, [BLUE, *[GREEN] * (len(WIDTHS) - 2), ORANGE]
    )
    last = len(WIDTHS) - 1
    for n, centres in enumerate(places):
        role = "input" if n == 0 else "output" if n == last else "hidden"
        color = BLUE if n == 0 else ORANGE if n == last else GREEN
        axes.text(centres[0, 0], 2.6, label(role), ha="center", color=color)
        axes.text(centres[0, 0], 0.08, f"{WIDTHS[n]}", ha="center", color=GREY)
    for n, centre in enumerate(places[0], 1):
        axes.text(centre[0] - 0.25, centre[1], f"$x_{n}$", ha="right", va="center", fontsize=13)
    axes.text(places[-1][0, 0] + 0.27, places[-1][0, 1], r"$\hat{y}$", va="center", fontsize=14)
    return figure


def hidden_units(label: Labels) -> Figure:
    """Shade what each of three hidden units of a trained network computes, and the output of it."""
    net, _ = trained(3, UNITS_SEED)
    steps = np.linspace(*SPAN, 61)
    across, up = np.meshgrid(steps, steps)
    grid = np.column_stack([across.ravel(), up.ravel()])
    hidden = tanh(affine(grid, net.params[0], net.params[1]))
    p = sigmoid(net.forward(grid))[:, 0]
    figure, axes = panels(2, 2, 4.4, left=0.3, right=0.12, bottom=0.3, top=0.34, gap=(0.25, 0.5))
    for index, (panel, values) in enumerate(zip(axes, [*hidden.T, 2 * p - 1], strict=True)):
        image = values.reshape(across.shape)
        shades(panel, image, SPAN, SPAN)
        if image.min() < 0 < image.max():
            panel.contour(across, up, image, levels=[0], colors=[INK], linewidths=1.8)
        two_classes(panel, INPUTS, TARGETS)
        name = f"{label('hidden unit')} {index + 1}" if index < 3 else label("output unit")
        panel.set_title(name)
        _bottom_and_left(panel, index)
    return figure


def solve_rate(label: Labels) -> Figure:
    """Show the percentage of 1,000 random starts that solve XOR, by learning rate and width."""
    share = rates()
    figure, (axes,) = panels(height=3.4, left=0.85, top=0.2)
    tint = np.empty((*share.shape, 4), dtype=np.uint8)
    tint[..., :3] = (0, 114, 178)
    tint[..., 3] = share * 190
    axes.imshow(tint, aspect="auto", origin="lower")
    for row, column in np.ndindex(share.shape):
        text = f"{100 * share[row, column]:.0f}%"
        axes.text(column, row, text, ha="center", va="center")
    axes.set(xlabel=label("hidden units"), ylabel=label("learning rate"))
    axes.set_xticks(range(len(SOLVE_WIDTHS)), [str(width) for width in SOLVE_WIDTHS])
    axes.set_yticks(range(len(SOLVE_LRS)), [number(lr) for lr in SOLVE_LRS])
    axes.spines[:].set_visible(False)
    return figure


def not_always_better(label: Labels) -> Figure:
    """Plot a sigmoid neuron trained by squared error, and the perceptron, on one separable set."""
    x, y = outlier_set()
    line = np.linspace(-1, 11, 241)[:, None]
    net, neuron = squared_error_neuron(), Perceptron().fit(x, y)
    figure, (axes,) = panels(height=3.2, top=0.3)
    axes.plot(line[:, 0], neuron.predict(line), "--", color=GREEN, drawstyle="steps-mid")
    axes.plot(line[:, 0], net.forward(line)[:, 0], color=BLUE)
    two_classes(axes, np.column_stack([x[:, 0], y]), y)
    axes.text(5.0, 0.58, label("squared error"), color=BLUE)
    axes.text(1.4, 1.06, label("perceptron"), color=GREEN, ha="left")
    axes.text(10, 1.06, f"× {int((x == 10).sum())}", ha="center", color=ORANGE)
    axes.set(xlim=(-1, 11), ylim=(-0.08, 1.2), xlabel="$x$", ylabel=label("answer"))
    guides(axes, y=(0.5,), colors=[GREY], linestyles=":")
    ticks(axes, (0, 1, 10), (0, 0.5, 1))
    return figure


def training_runs() -> Data:
    """Return the training of `trained` moment by moment, for SHOWN_WIDTHS and EXPLORED_SEEDS.

    steps (M,), losses (widths, seeds, M); params_H (seeds, M, 4 H + 1): w1 by rows, b1, w2, b2.
    """
    moments = np.arange(0, STEPS + 1, EVERY, dtype=np.int32)
    data: dict[str, Array] = {"steps": moments}
    all_losses: list[list[Floats]] = []
    for hidden in SHOWN_WIDTHS:
        runs = [run_from(seed, hidden, len(moments)) for seed in EXPLORED_SEEDS]
        data[f"params_{hidden}"] = np.array([params for params, _ in runs], dtype=np.float32)
        all_losses.append([losses for _, losses in runs])
    return {**data, "losses": np.array(all_losses, dtype=np.float32)}


def run_from(seed: int, hidden: int, moments: int) -> tuple[Floats, Floats]:
    """Return the parameters (moments, 4 H + 1) and losses (moments,) of a run like `trained`."""
    rng = np.random.default_rng(seed)
    net = MLP([2, hidden, 1], "tanh", rng, loss="binary_cross_entropy_with_logits")
    params, losses = list[Floats](), list[float]()
    for _ in range(moments):
        params.append(np.concatenate([part.ravel() for part in net.params]))
        losses.append(net.fit(INPUTS, TARGETS[:, None], lr=LR, steps=EVERY)[0])
    return np.array(params), np.array(losses)


@explorable(
    Choice("hidden", SHOWN_WIDTHS, 2),
    Choice("seed", EXPLORED_SEEDS, SEED),
    Slider("moment", 0, STEPS // EVERY, value=STEPS // EVERY, plays=True),
    data=training_runs,
)
def width(label: Labels) -> Figure:
    """Draw the boundaries of networks with 1, 2, 3 and 8 hidden units, trained alike, with loss."""
    figure, axes = panels(2, 2, 4.4, left=0.3, right=0.12, bottom=0.3, top=0.34, gap=(0.25, 0.5))
    for index, (panel, hidden) in enumerate(zip(axes, SHOWN_WIDTHS, strict=True)):
        net, loss = trained(hidden)
        boundary(panel, lambda x, net=net: net.forward(x)[:, 0], SPAN, SPAN, 0.0, 41)
        two_classes(panel, INPUTS, TARGETS)
        panel.set_title(f"$H$ = {hidden},  {label('loss')} {number(loss, 2)}", fontsize=SMALL)
        _bottom_and_left(panel, index)
    return figure


def _bottom_and_left(panel: Axes, index: int) -> None:
    """Label the ticks of a 2 x 2 gallery at its bottom and left only."""
    ticks(panel, (0, 1) if index >= 2 else (), (0, 1) if index % 2 == 0 else ())
