"""Figures of the loss functions."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from matplotlib.figure import Figure

from snippets import loss
from snippets._checks import Floats
from snippets.activations import sigmoid, sigmoid_prime, softmax, step
from snippets.figures._explore import Choice, Data, Slider, explorable
from snippets.figures._style import (
    BLUE,
    FAINT,
    GREEN,
    GREY,
    INK,
    LINES,
    ORANGE,
    SMALL,
    Labels,
    guides,
    note,
    number,
    panels,
    ticks,
)

LABELS = {
    "loss": "손실",
    "slope": "기울기",
    "error": "오차",
    "fifth ride (minutes)": "다섯째 버스 (분)",
    "best prediction": "가장 좋은 예측값",
    "mean": "평균",
    "median": "중앙값",
    "Huber": "후버",
    "hinge": "힌지",
    "squared error": "제곱 오차",
    "cross-entropy": "교차 엔트로피",
    "class": "클래스",
    "minutes": "분",
    "mean of all": "전체의 평균",
}

RIDES: Floats = np.array([11.0, 12.0, 13.0, 17.0, 27.0])
"""Minutes that five bus rides took; the last one is an outlier."""
DELTA = 2.0
"""Where the Huber loss of all figures goes over into a line, in minutes."""
FIFTH: Floats = np.linspace(6, 40, 69)
"""Lengths of the fifth ride in `one_outlier`."""
LOGITS: Floats = np.array([2.0, 1.0, -0.5])
RIGHT = 1
"""The right class of `p_minus_y`: the network prefers another one."""
SPAN = (8.0, 32.0)
GUESS = 20.0
"""The prediction that `constant` shows before anyone moves it."""

Loss = Callable[..., float]


def huber(y_hat: Floats, y: Floats) -> float:
    """Return the Huber loss with the DELTA of these figures."""
    return loss.huber(y_hat, y, DELTA)


def huber_grad(y_hat: Floats, y: Floats) -> Floats:
    """Return the gradient of `huber`."""
    return loss.huber_grad(y_hat, y, DELTA)


NUMBERS: tuple[tuple[str, Loss, Callable[..., Floats]], ...] = (
    ("MSE", loss.mse, loss.mse_grad),
    ("MAE", loss.mae, loss.mae_grad),
    ("Huber", huber, huber_grad),
)


def constant_loss(f: Loss, places: Floats, y: Floats = RIDES) -> Floats:
    """Return the loss f of predicting each of `places` for all of y."""
    return np.array([f(np.full(len(y), c), y) for c in places])


def best_constants(f_grad: Callable[..., Floats], samples: Floats) -> Floats:
    """Return for each row of samples (M, N) the constant at which the loss is least.

    There the slope, which only rises, passes through 0; between places it is taken as straight.
    """
    places = np.linspace(samples.min(), samples.max(), 681)
    y = np.broadcast_to(samples[:, None, :], (len(samples), len(places), samples.shape[1]))
    slope = f_grad(np.broadcast_to(places[:, None], y.shape), y).sum(axis=-1) * y.size
    return np.array([np.interp(0.0, row, places) for row in np.round(slope, 9)])


def shapes(label: Labels) -> Figure:
    """Plot MSE, MAE and Huber of a single error, and beside them their slopes."""
    figure, (left, right) = panels(
        1, 2, 2.75, left=0.5, right=0.12, bottom=0.52, top=0.4, gap=(0.5, 0)
    )
    e = np.linspace(-4, 4, 41)
    zeros = np.zeros_like(e)
    left.set(xlim=(-4, 4), ylim=(-0.25, 8))
    right.set(xlim=(-4, 4), ylim=(-4, 4))
    for axes in (left, right):
        guides(axes, x=(0,), y=(0,))
        axes.set_xlabel(f"{label('error')} $e$")
    for (_, f, f_grad), (color, dashes) in zip(NUMBERS, LINES, strict=False):
        left.plot(e, [f([one], [0.0]) for one in e], dashes, color=color)
        slope = f_grad(e, zeros) * e.size  # of each error alone
        parts = (e < 0, e > 0) if f is loss.mae else (e == e,)
        for part in parts:
            right.plot(e[part], slope[part], dashes, color=color)
    left.set_title(label("loss"))
    right.set_title(label("slope"))
    for axes, places in (
        (left, ((0, 7.2), (0, 3.4), (0, 5.3))),
        (right, ((0.6, 3.3), (3.2, 0.45), (3.0, 2.6))),
    ):
        names = ("MSE", "MAE", label("Huber"))
        for place, name, color in zip(places, names, (BLUE, ORANGE, GREEN), strict=True):
            note(axes, *place, name, color)
    ticks(left, (-4, -2, 0, 2, 4), (0, 4, 8))
    ticks(right, (-4, -2, 0, 2, 4), (-2, 0, 2))
    return figure


def one_outlier(label: Labels) -> Figure:
    """Plot the best constant of each loss while one of five rides becomes longer and longer."""
    figure, (axes,) = panels(height=2.9, left=0.68, right=0.95, bottom=0.58)
    samples = np.column_stack([np.tile(RIDES[:4], (len(FIFTH), 1)), FIFTH])
    axes.set(xlim=(FIFTH[0], FIFTH[-1]), ylim=(10.5, 19.5))
    guides(axes, x=(RIDES[4],))
    curves = (
        ("mean", best_constants(loss.mse_grad, samples), 0),
        ("median", np.median(samples, axis=1), -0.3),
        ("Huber", best_constants(huber_grad, samples), 0.3),
    )
    for (name, best, up), (color, dashes) in zip(curves, LINES, strict=False):
        axes.plot(FIFTH, best, dashes, color=color)
        end = (FIFTH[-1] + 0.5, best[-1] + up)
        axes.text(*end, label(name), color=color, va="center", fontsize=SMALL)
    axes.set_xlabel(label("fifth ride (minutes)"))
    axes.set_ylabel(label("best prediction"))
    ticks(axes, (10, 20, RIDES[4], 40), (12, 14, 16, 18))
    return figure


def certainty(label: Labels) -> Figure:
    """Plot squared error and cross-entropy against p, and their slopes against the logit."""
    figure, (left, right) = panels(
        1, 2, 2.85, left=0.5, right=0.12, bottom=0.55, top=0.4, gap=(0.42, 0)
    )
    p = np.concatenate([[0.006], np.linspace(0.02, 1, 50)])
    left.set(xlim=(0, 1), ylim=(-0.15, 5))
    for f, (color, dashes) in zip((loss.mse, loss.binary_cross_entropy), LINES, strict=False):
        left.plot(p, [f([one], [1.0]) for one in p], dashes, color=color)
    note(left, 0.55, 2.2, label("cross-entropy"), ORANGE)
    left.set_xlabel("$p$")
    left.set_title(label("loss"))
    ticks(left, (0, 0.5, 1), (0, 1, 3, 5))
    z = np.linspace(-8, 8, 81)
    ones = np.ones_like(z)
    squared = loss.mse_grad(sigmoid(z), ones) * sigmoid_prime(z) * z.size
    entropy = loss.binary_cross_entropy_with_logits_grad(z, ones) * z.size
    right.set(xlim=(-8, 8), ylim=(-1.12, 0.25), xlabel="$z$")
    guides(right, y=(0,))
    for slope, (color, dashes) in zip((squared, entropy), LINES, strict=False):
        right.plot(z, slope, dashes, color=color)
    note(right, -3.4, 0.12, label("squared error"), BLUE)
    right.set_title(label("slope"))
    ticks(right, (-8, 0, 8), (-1, -0.5, 0))
    return figure


def p_minus_y(label: Labels) -> Figure:
    """Plot softmax probabilities and the target as bars, and below the gradient p - y."""
    p = softmax(LOGITS[None])[0]
    y = loss.one_hot([RIGHT], len(p))[0]
    dz = loss.cross_entropy_grad(LOGITS[None], [RIGHT])[0]
    figure, (left, right) = panels(
        1, 2, 2.7, left=0.5, right=0.12, bottom=0.52, top=0.4, gap=(0.5, 0)
    )
    k = np.arange(len(p))
    left.bar(k - 0.2, p, width=0.36, color=BLUE)
    left.bar(k + 0.2, y, width=0.36, color="none", edgecolor=INK, linewidth=1.6)
    left.text(-0.2, p[0] + 0.04, "$p$", ha="center", color=BLUE, fontsize=14)
    left.text(RIGHT + 0.2, 1.04, "$y$", ha="center", fontsize=14)
    left.set(xlim=(-0.55, 2.6), ylim=(0, 1.2))
    ticks(left, None, (0, 0.5, 1))
    right.bar(k, dz, width=0.56, color=[ORANGE if one > 0 else BLUE for one in dz])
    for place, one in enumerate(dz.tolist()):
        right.text(
            place,
            one + (0.05 if one > 0 else -0.05),
            number(one, 2),
            ha="center",
            va="bottom" if one > 0 else "top",
            fontsize=SMALL,
        )
    right.set(xlim=(-0.55, 2.55), ylim=(-1, 1))
    guides(right, y=(0,), colors=[GREY])
    right.set_title("$p - y$")
    ticks(right, None, (-1, 0, 1))
    for axes in (left, right):
        axes.set_xticks(k, [str(one) for one in range(len(p))])
        axes.set_xlabel(label("class"))
    return figure


def margins(label: Labels) -> Figure:
    """Plot the 0/1 loss, hinge and cross-entropy against s z: how far on the right side z lies."""
    figure, (axes,) = panels(height=2.8, left=0.68, bottom=0.58, top=0.2)
    m = np.linspace(-3, 3, 61)
    axes.set(xlim=(-3, 3), ylim=(-0.15, 4.2), xlabel="$s\\,z$")
    guides(axes, x=(0, 1))
    axes.plot(m, [loss.hinge([one], [1.0]) for one in m], color=BLUE)
    entropy = [loss.binary_cross_entropy_with_logits([one], [1.0]) for one in m]
    axes.plot(m, entropy, "--", color=ORANGE)
    before, after = m < -1e-9, m > -1e-9
    for side in (before, after):
        axes.plot(m[side], 1 - step(m[side]), color=GREY, lw=1.6)
    note(axes, -1.15, 3.1, label("hinge"), BLUE)
    note(axes, 1.75, 0.85, label("cross-entropy"), ORANGE)
    note(axes, -2.4, 0.68, "0/1", GREY)
    axes.set_ylabel(label("loss"))
    ticks(axes, (-3, -2, -1, 0, 1, 2, 3), (0, 1, 2, 3, 4))
    return figure


def rides() -> Data:
    """Return y (5,), delta (1,) and span (2,); the page computes the rest, as rides are dragged."""
    return {"y": RIDES, "delta": np.array([DELTA]), "span": np.array(SPAN)}


@explorable(
    Slider("c", *SPAN, 0.5, GUESS),
    Choice("loss", ("mse", "mae", "huber"), "mse"),
    data=rides,
)
def constant(label: Labels) -> Figure:
    """Plot the mean squared error of predicting c for all rides, and the parabola of each ride."""
    figure, (axes,) = panels(height=3.7, left=0.75, right=0.25, bottom=0.62, top=0.3)
    c = np.linspace(*SPAN, 97)
    total = constant_loss(loss.mse, c)
    top = 1.08 * total.max()
    axes.set(xlim=SPAN, ylim=(-0.04 * top, top))
    for ride in RIDES:
        axes.plot(c, (c - ride) ** 2, color=FAINT, lw=1.4)
    axes.plot(c, total, color=BLUE, lw=2.8)
    axes.plot([GUESS, GUESS], [0, top], ":", color=INK, lw=1.4)
    axes.plot(GUESS, constant_loss(loss.mse, np.array([GUESS]))[0], "o", color=INK, ms=9)
    least = RIDES.mean()
    axes.plot(least, constant_loss(loss.mse, np.array([least]))[0], "D", color=ORANGE, ms=9)
    axes.plot(RIDES, np.zeros(len(RIDES)), "s", color=BLUE, ms=9, clip_on=False)
    note(axes, least, 0.3 * top, f"{label('mean')} {number(least)}", ORANGE)
    note(axes, 29.3, 0.38 * top, label("mean of all"), BLUE)
    axes.text(GUESS + 0.4, 0.93 * top, f"$c$ = {number(GUESS)}")
    axes.set_xlabel(label("minutes"))
    axes.set_ylabel(label("loss"))
    ticks(axes, (10, 15, 20, 25, 30), (0, 100, 200, 300))
    return figure
