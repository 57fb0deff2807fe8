"""Figures of the activation functions."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from snippets.activations import ACTIVATIONS, sigmoid, sigmoid_prime, softmax, tanh_prime
from snippets.figures._explore import Choice, Data, Slider, explorable
from snippets.figures._style import (
    BLUE,
    GREY,
    INK,
    LINES,
    ORANGE,
    Labels,
    guides,
    note,
    number,
    panels,
    ticks,
)

LABELS = {
    "value": "함숫값",
    "slope": "기울기",
    "probability": "확률",
    "tangent": "접선",
}

NAMES = ("step", "sigmoid", "tanh", "relu", "leaky_relu", "elu", "softplus", "gelu", "silu")
LOGITS = (2.0, 1.0, 0.0)
TEMPERATURES = (0.5, 1.0, 2.0)
TOUCH = 1.5
"""Where the explorable's tangent touches the sigmoid before anyone moves it."""
PLACES = np.arange(-120, 121) / 20
"""Every z that the explorable's slider can take."""


def curves(label: Labels) -> Figure:
    """Plot the nine nonlinear activations against z from -4 to 4, each in a panel of its own."""
    return _gallery(0, BLUE, "-", (-1.3, 4.2), (0, 2, 4))


def derivatives(label: Labels) -> Figure:
    """Plot the derivative of each of the nine nonlinear activations against z from -4 to 4."""
    return _gallery(1, ORANGE, "-", (-0.25, 1.35), (0, 0.5, 1))


def softmax_temperature(label: Labels) -> Figure:
    """Plot softmax(logits / T) of the logits 2, 1, 0 as bars, one panel for each temperature T."""
    figure, axes = panels(1, 3, 2.5, left=0.6, top=0.35, gap=(0.14, 0))
    for panel, temperature in zip(axes, TEMPERATURES, strict=True):
        p = softmax(np.divide(LOGITS, temperature)[None, :])[0]
        panel.bar(range(3), p, width=0.72, color=BLUE)
        for k, share in enumerate(p):
            panel.text(k, share + 0.03, number(share, 2), ha="center", fontsize=10.8)
        panel.set_title(f"$T$ = {number(temperature)}")
        panel.set(ylim=(0, 1.05), xlim=(-0.55, 2.55))
        panel.set_xticks(range(3), [f"{number(z)}" for z in LOGITS])
        ticks(panel, None, (0, 0.5, 1) if panel is axes[0] else ())
    axes[0].set_ylabel(label("probability"))
    axes[1].set_xlabel("$z$")
    return figure


def sigmoid_slope(label: Labels) -> Figure:
    """Plot the slopes of sigmoid and tanh against z; their largest values, 0.25 and 1, marked."""
    z = np.linspace(-5, 5, 201)
    figure, (axes,) = panels(height=2.9)
    for (color, dashes), name, prime in zip(
        LINES, ("tanh′", "sigmoid′"), (tanh_prime, sigmoid_prime), strict=False
    ):
        top = float(prime(0.0))
        axes.plot(z, prime(z), dashes, color=color)
        axes.plot(0, top, "o", color=color)
        axes.text(1.4, top + 0.01, f"{name}(0) = {number(top)}", color=color, va="bottom")
    axes.set(xlim=(-5, 5), ylim=(0, 1.15), xlabel="$z$", ylabel=label("slope"))
    ticks(axes, (-5, 0, 5), (0, 0.25, 1))
    return figure


def values_and_slopes() -> Data:
    """Return z (M,) and, for each of NAMES, the function and its slope there: (9, M) each."""
    both = [[np.asarray(f(PLACES)) for f in ACTIVATIONS[name]] for name in NAMES]
    values, slopes = np.array(both, dtype=np.float32).swapaxes(0, 1)
    return {"names": NAMES, "z": PLACES, "values": values, "slopes": slopes}


@explorable(
    Choice("function", NAMES, "sigmoid"),
    Slider("z", -6, 6, 0.05, TOUCH),
    data=values_and_slopes,
)
def slope(label: Labels) -> Figure:
    """Plot the sigmoid above its derivative, with the tangent at one z and its slope below."""
    z = np.linspace(-6, 6, 241)
    value, steepness = float(sigmoid(TOUCH)), float(sigmoid_prime(TOUCH))
    figure, (upper, lower) = panels(2, 1, 3.9, gap=(0, 0.3), heights=(1.25, 1))
    upper.plot(z, sigmoid(z), color=BLUE)
    near = TOUCH + np.array([-2.2, 2.2])
    upper.plot(near, value + steepness * (near - TOUCH), "--", color=INK, lw=1.6)
    upper.plot(TOUCH, value, "o", color=INK)
    upper.text(-5.8, 0.86, "sigmoid", color=BLUE)
    note(upper, 3.3, 0.55, label("tangent"), INK)
    lower.plot(z, sigmoid_prime(z), color=ORANGE)
    lower.plot([TOUCH, TOUCH], [0, steepness], ":", color=GREY)
    lower.plot(TOUCH, steepness, "o", color=INK)
    lower.text(TOUCH + 0.3, steepness + 0.015, f"{label('slope')} {number(steepness, 3)}")
    lower.text(-5.8, 0.215, "sigmoid′", color=ORANGE)
    upper.set(xlim=(-6, 6), ylim=(0, 1.05), ylabel=label("value"))
    lower.set(xlim=(-6, 6), ylim=(0, 0.29), xlabel="$z$", ylabel=label("slope"))
    ticks(upper, (), (0, 0.5, 1))
    ticks(lower, (-6, 0, 6), (0, 0.25))
    return figure


def _gallery(
    which: int, color: str, dashes: str, y: tuple[float, float], marks: tuple[float, ...]
) -> Figure:
    """Draw ACTIVATIONS[name][which] for each name, on shared axes."""
    z = np.linspace(-4, 4, 161)
    figure, axes = panels(3, 3, 4.3, left=0.42, bottom=0.45, top=0.3, gap=(0.16, 0.34))
    for index, (panel, name) in enumerate(zip(axes, NAMES, strict=True)):
        f = ACTIVATIONS[name][which]
        for part in (z[z < 0], z[z > 0]) if _jumps(name, which) else (z,):
            panel.plot(part, f(part), dashes, color=color)
        panel.set_title(name.replace("_", " ") + ("′" if which else ""), pad=3)
        panel.set(xlim=(-4, 4), ylim=y)
        guides(panel, (0,), (0,))
        ticks(panel, (-3, 0, 3) if index >= 6 else (), marks if index % 3 == 0 else ())
    axes[7].set_xlabel("$z$", labelpad=0)
    return figure


def _jumps(name: str, which: int) -> bool:
    """Return whether the curve is drawn in two parts because it jumps at z = 0."""
    return name == "step" or (which == 1 and name in ("relu", "leaky_relu"))
