"""Universal approximation: one hidden layer can draw any curve, if it is wide enough.

The proof can be built by hand.  Two steep sigmoids, one switching on and one switching off, make a
**bump**; three ReLUs make a tent.  Put bumps of the right height side by side, and any continuous
function on an interval appears, the finer the more neurons (`relu_network`).

Two warnings.  The theorem says that good weights *exist*, not that training finds them, nor that
the width is small.  And it needs the right bend: it holds if, and only if, the activation is not a
polynomial (Leshno et al. 1993).  With z^2 the network is a parabola at any width.

Raises, in every function: ValueError for a number, an interval or a shape that does not fit,
TypeError for anything but numbers and functions that return them.
Source: Cybenko (1989); Leshno et al. (1993).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from snippets import _checks as check
from snippets._checks import Floats
from snippets.activations import relu, sigmoid

__all__ = [
    "ReluNetwork",
    "bump",
    "largest_error",
    "polynomial_network_error",
    "relu_network",
    "run",
    "staircase",
    "tent",
]


def bump(x: ArrayLike, left: float, right: float, steepness: float = 50.0) -> Floats:
    """About 1 between left and right, about 0 outside: two sigmoids, one minus the other.

    sigmoid(s (x - left)) - sigmoid(s (x - right)).  steepness s: per unit of x.  Returns x's shape.

    >>> bump([0.0, 0.5, 1.0], left=0.25, right=0.75).round(3).tolist()
    [0.0, 1.0, 0.0]
    """
    x = check.floats("bump", "x", x)
    left, right = _interval("bump", left, right)
    s = check.real("bump", "steepness", steepness, above=0)
    return sigmoid(s * (x - left)) - sigmoid(s * (x - right))


def tent(x: ArrayLike, left: float, peak: float, right: float) -> Floats:
    """0 outside (left, right), 1 at the peak, straight between: three ReLUs.

    >>> tent([0.0, 0.5, 1.0, 1.5, 2.0], left=0.5, peak=1.0, right=1.5).tolist()
    [0.0, 0.0, 1.0, 0.0, 0.0]
    """
    x = check.floats("tent", "x", x)
    left, peak = _interval("tent", left, peak, names=("left", "peak"))
    peak, right = _interval("tent", peak, right, names=("peak", "right"))
    up, down = 1 / (peak - left), 1 / (right - peak)
    # slope up from left, then -down from the peak, then 0 from right
    return up * relu(x - left) - (up + down) * relu(x - peak) + down * relu(x - right)


def staircase(
    f: Callable[[Floats], Floats], x: ArrayLike, bumps: int, left: float = 0.0, right: float = 1.0
) -> Floats:
    """Approximate f by bumps side by side, each as high as f in its middle (2 sigmoids a bump).

    x: (N,).  Returns (N,).

    >>> staircase(lambda x: 2 * x, [0.25, 0.75], bumps=2).round(3).tolist()
    [0.5, 1.5]
    """
    f = check.function("staircase", "f", f)
    x = check.floats("staircase", "x", x, ndim=1)
    left, right = _interval("staircase", left, right)
    n = check.integer("staircase", "bumps", bumps, minimum=1)
    edges = np.linspace(left, right, n + 1)
    heights = check.returned("staircase", "f(x)", f((edges[:-1] + edges[1:]) / 2), (n,))
    # the outermost bumps reach over the ends, so that f is met up to the border
    edges[0], edges[-1] = left - (right - left), right + (right - left)
    steepness = 50 * n / (right - left)
    ons, offs = edges[:-1], edges[1:]
    return sum(
        (
            float(h) * bump(x, on, off, steepness)
            for h, on, off in zip(heights, ons, offs, strict=True)
        ),
        start=np.zeros_like(x),
    )


class ReluNetwork(NamedTuple):
    """A 1-H-1 network: y_hat = relu(x - knots) . slopes + start, one knot (kink) a hidden neuron.

    knots, slopes: (H,).  The hidden weights are all 1, the hidden biases are minus the knots.
    """

    knots: Floats
    slopes: Floats
    start: float


def relu_network(
    f: Callable[[Floats], Floats], width: int, left: float = 0.0, right: float = 1.0
) -> ReluNetwork:
    """Build H ReLUs that meet f at H + 1 points and run straight between them.

    Each neuron adds the *change* of slope at its knot.  The error shrinks like 1 / H^2 for smooth
    f: at most max|f''| ((right - left) / H)^2 / 8.

    >>> network = relu_network(lambda x: x**2, width=2)
    >>> network.knots.tolist(), network.slopes.tolist()
    ([0.0, 0.5], [0.5, 1.0])
    """
    f = check.function("relu_network", "f", f)
    left, right = _interval("relu_network", left, right)
    H = check.integer("relu_network", "width", width, minimum=1)
    x = np.linspace(left, right, H + 1)
    y = check.returned("relu_network", "f(x)", f(x), x.shape)
    slope = np.diff(y) / np.diff(x)
    return ReluNetwork(x[:-1], np.diff(slope, prepend=0.0), float(y[0]))


def run(network: ReluNetwork, x: ArrayLike) -> Floats:
    """Compute the network's output: relu(x - knots) . slopes + start.  x: (N,); returns (N,).

    >>> run(relu_network(lambda x: x**2, width=2), [0.5, 0.75, 1.0]).tolist()
    [0.25, 0.625, 1.0]
    """
    x = check.floats("run", "x", x, ndim=1)
    knots, slopes, start = check.record("run", "network", network, ReluNetwork, ("H",), ("H",), ())
    check.same_shape("run", **{"network.knots": knots, "network.slopes": slopes})
    return relu(x[:, None] - knots) @ slopes + float(start)


def largest_error(
    f: Callable[[Floats], Floats], width: int, left: float = 0.0, right: float = 1.0
) -> float:
    """Largest |f - network| over 10,001 points, for the ReLU network of this width.

    >>> [round(largest_error(lambda x: x**2, width), 4) for width in (1, 2, 4)]
    [0.25, 0.0625, 0.0156]
    """
    f = check.function("largest_error", "f", f)
    x = np.linspace(*_interval("largest_error", left, right), 10_001)
    y = check.returned("largest_error", "f(x)", f(x), x.shape)
    return float(np.abs(y - run(relu_network(f, width, left, right), x)).max())


def polynomial_network_error(
    f: Callable[[Floats], Floats],
    degree: int,
    width: int,
    rng: np.random.Generator,
    left: float = 0.0,
    right: float = 1.0,
) -> float:
    """Root mean squared error of the best 1-H-1 network with activation z^degree.

    The hidden weights are random; the output weights are the best there are (least squares).  All
    such networks are polynomials of this degree, so width beyond degree + 1 does not help.

    >>> rng = np.random.default_rng(0)
    >>> polynomial_network_error(np.sin, degree=2, width=50, rng=rng, right=6.0) > 0.1
    True
    """
    f = check.function("polynomial_network_error", "f", f)
    degree = check.integer("polynomial_network_error", "degree", degree, minimum=1)
    H = check.integer("polynomial_network_error", "width", width, minimum=1)
    normal = check.generator("polynomial_network_error", rng).standard_normal
    x = np.linspace(*_interval("polynomial_network_error", left, right), 1001)
    # scaled to [-1, 1], so that powers stay tame
    u = np.linspace(-1, 1, len(x))
    h = np.column_stack([(u[:, None] * normal(H) + normal(H)) ** degree, np.ones(len(x))])
    y = check.returned("polynomial_network_error", "f(x)", f(x), x.shape)
    w, *_ = np.linalg.lstsq(h, y, rcond=1e-10)
    return float(np.sqrt(np.mean((h @ w - y) ** 2)))


def _interval(
    where: str, left: float, right: float, names: tuple[str, str] = ("left", "right")
) -> tuple[float, float]:
    low, high = names
    left, right = check.real(where, low, left), check.real(where, high, right)
    if not left < right:
        raise ValueError(f"{where}: {low} must be smaller than {high}, got {left:g} and {right:g}")
    return left, right
