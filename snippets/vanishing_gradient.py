"""Vanishing gradients: why the first layers of a deep network may learn almost nothing.

By the delta recurrence the error at the first layer is a product with one factor for each layer:
slope times weight.  The slope of a sigmoid is at most 1/4, and 0.25^10 is about 9.5e-7.  That is an
illustration, not a law: the product contains the weights too, and with large ones it can *explode*.

What helps: activations whose slope does not shrink (ReLU passes 1 where its input is positive),
weights of the right size (see `initialization`), and at the output a loss that fits: softmax with
cross-entropy leaves p - y, which is large when the network is confident and wrong; softmax with
squared error leaves almost nothing.  ReLU has a price: a unit that is negative for every input has
slope 0 everywhere.  It has died, and only the layers before it can change that.

Raises, in every function: ValueError for a shape or a number that does not fit, TypeError for
anything but numbers, functions and generators where they are asked for.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from snippets import _checks as check
from snippets._checks import Floats
from snippets.activations import (
    ACTIVATIONS,
    relu,
    relu_prime,
    sigmoid_prime,
    softmax,
    softmax_backward,
)
from snippets.loss import cross_entropy_grad, one_hot

__all__ = [
    "GAINS",
    "ReluRegression",
    "chain_slope",
    "cross_entropy_signal",
    "dead_network_rate",
    "dead_units",
    "gradient_norms",
    "squared_error_signal",
    "train_relu_regression",
]

GAINS = {"small": 0.5, "glorot": 1.0, "he": float(np.sqrt(2)), "large": 2.0}
"""Standard deviation of the weights times sqrt(width), by name of the start."""


def chain_slope(zs: ArrayLike, ws: ArrayLike) -> float:
    """Slope of a chain of sigmoid neurons, one a layer: product of sigmoid'(z_l) w_l.

    zs, ws: (layers,).  All z = 0 and w = 1 gives 0.25^layers, the largest slope with such weights.

    >>> chain_slope(zs=[0.0, 0.0], ws=[1.0, 1.0])
    0.0625
    """
    zs = check.floats("chain_slope", "zs", zs, ndim=1)
    ws = check.floats("chain_slope", "ws", ws, shape=zs.shape)
    return float(np.prod(sigmoid_prime(zs) * ws))


def gradient_norms(
    rng: np.random.Generator,
    depth: int,
    activation: str = "sigmoid",
    gain: float = 1.0,
    width: int = 64,
    batch: int = 32,
) -> Floats:
    """Size of the error delta = dL/dz at each layer of a random network: (depth,), first to last.

    Weights are normal with standard deviation gain / sqrt(width) (see `GAINS`), biases 0, inputs
    standard normal; the error handed to the output is standard normal.  Each entry is the root mean
    square over units and examples.

    >>> norms = gradient_norms(np.random.default_rng(0), depth=10)
    >>> bool(norms[0] < 1e-4 * norms[-1])
    True
    """
    normal = check.generator("gradient_norms", rng).standard_normal
    depth = check.integer("gradient_norms", "depth", depth, minimum=1)
    H = check.integer("gradient_norms", "width", width, minimum=1)
    N = check.integer("gradient_norms", "batch", batch, minimum=1)
    scale = check.real("gradient_norms", "gain", gain, above=0) / np.sqrt(H)
    name = check.choice("gradient_norms", "activation", activation, list(ACTIVATIONS))
    f, f_prime = ACTIVATIONS[name]
    ws = [scale * normal((H, H)) for _ in range(depth)]
    h, zs = normal((N, H)), list[Floats]()
    for w in ws:
        zs.append(h @ w)
        h = f(zs[-1])
    deltas = [normal((N, H)) * f_prime(zs[-1])]
    for w_next, z in zip(ws[:0:-1], zs[-2::-1], strict=True):
        # delta = (delta_next w_next^T) * f'(z)
        deltas.append(deltas[-1] @ w_next.T * f_prime(z))
    return np.sqrt([np.mean(delta**2) for delta in deltas[::-1]])


# --- Softmax: the loss decides -------------------------------------------------------------------


def cross_entropy_signal(logits: ArrayLike, label: int) -> Floats:
    """Gradient of cross-entropy for the logits of one example: p - y.  logits: (K,).

    >>> cross_entropy_signal([9.0, 0.0], label=1).round(4).tolist()
    [0.9999, -0.9999]
    """
    z = check.floats("cross_entropy_signal", "logits", logits, ndim=1)
    own = check.indices("cross_entropy_signal", "label", [label], below=len(z), shape=(1,))
    return cross_entropy_grad(z[None], own)[0]


def squared_error_signal(logits: ArrayLike, label: int) -> Floats:
    """Gradient of the squared error sum_k (p_k - y_k)^2 / 2 for the logits: J^T (p - y).

    logits: (K,).  Next to nothing when p is close to 0 and 1, right or wrong.

    >>> squared_error_signal([9.0, 0.0], label=1).round(4).tolist()
    [0.0002, -0.0002]
    """
    z = check.floats("squared_error_signal", "logits", logits, ndim=1)
    own = check.indices("squared_error_signal", "label", [label], below=len(z), shape=(1,))
    p = softmax(z)
    return softmax_backward(p - one_hot(own, len(z))[0].astype(z.dtype), p)


# --- ReLU: units and networks that die -----------------------------------------------------------


def dead_network_rate(
    rng: np.random.Generator, depth: int, width: int = 2, nets: int = 1000, batch: int = 64
) -> float:
    """Fraction of random ReLU networks that answer the same to every input: dead from the start.

    He weights, biases 0, one number as input (batch values, standard normal).  A layer that is 0
    for all inputs passes on neither values nor gradients; the deeper, the likelier.
    Source: Lu, Shin, Su & Karniadakis (2020).

    >>> rates = [dead_network_rate(np.random.default_rng(0), depth) for depth in (2, 20)]
    >>> rates[0] < 0.5 < rates[1]
    True
    """
    normal = check.generator("dead_network_rate", rng).standard_normal
    S = check.integer("dead_network_rate", "nets", nets, minimum=1)
    H = check.integer("dead_network_rate", "width", width, minimum=1)
    N = check.integer("dead_network_rate", "batch", batch, minimum=1)
    h = np.broadcast_to(normal((N, 1)), (S, N, 1))
    for _ in range(check.integer("dead_network_rate", "depth", depth, minimum=1)):
        fan_in = h.shape[-1]
        h = relu(h @ normal((S, fan_in, H)) * np.sqrt(2 / fan_in))  # (S, N, H)
    return float((h == 0).all(axis=(1, 2)).mean())


class ReluRegression(NamedTuple):
    """A 1-H-1 ReLU network: y_hat = relu(x w1 + b1) w2 + b2; w1, b1, w2 are (H,), b2 a number."""

    w1: Floats
    b1: Floats
    w2: Floats
    b2: float


def train_relu_regression(
    rng: np.random.Generator, lr: float, steps: int = 100, hidden: int = 50, examples: int = 40
) -> ReluRegression:
    """Fit y = sin 3x on [-1, 1] with a 1-H-1 ReLU network by gradient descent on MSE / 2.

    All units start alive.  With a large lr single steps throw them so far that they are never
    active again: count with `dead_units`.

    >>> train_relu_regression(np.random.default_rng(0), lr=0.01).w1.shape
    (50,)
    """
    normal = check.generator("train_relu_regression", rng).standard_normal
    lr = check.real("train_relu_regression", "lr", lr, above=0)
    H = check.integer("train_relu_regression", "hidden", hidden, minimum=1)
    N = check.integer("train_relu_regression", "examples", examples, minimum=2)
    x = np.linspace(-1, 1, N)[:, None]
    y = np.sin(3 * x[:, 0])
    w1, w2, b2 = normal(H), normal(H) * np.sqrt(2 / H), 0.0
    b1 = w1 * rng.uniform(-1, 1, H)  # every kink inside [-1, 1]: no unit is dead at the start
    for _ in range(check.integer("train_relu_regression", "steps", steps, minimum=0)):
        z = x * w1 + b1  # (N, H)
        h = relu(z)
        dy = (h @ w2 + b2 - y) / N
        dz = np.outer(dy, w2) * relu_prime(z)
        w2, b2 = w2 - lr * (dy @ h), b2 - lr * float(dy.sum())
        w1, b1 = w1 - lr * (x * dz).sum(axis=0), b1 - lr * dz.sum(axis=0)
    return ReluRegression(w1, b1, w2, b2)


def dead_units(network: ReluRegression, x: ArrayLike) -> float:
    """Fraction of hidden units that are 0, and so have slope 0, for every input x (N,).

    >>> network = ReluRegression(np.array([1.0, 1.0]), np.array([0.0, -9.0]), np.ones(2), 0.0)
    >>> dead_units(network, [-1.0, 1.0])
    0.5
    """
    x = check.floats("dead_units", "x", x, ndim=1)
    vector = ("H",)
    w1, b1, *_ = check.record("dead_units", "network", network, ReluRegression, *[vector] * 3, ())
    check.same_shape("dead_units", **{"network.w1": w1, "network.b1": b1})
    active = relu_prime(x[:, None] * w1 + b1)  # (N, H)
    return float((active == 0).all(axis=0).mean())
