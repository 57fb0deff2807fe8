"""The multilayer perceptron: affine maps with a bend after each.

    h = f(x w1 + b1),   y_hat = h w2 + b2          (x: (N, D), one row for each example)

A hidden layer computes new features of x, and the last layer draws its line among those.  For XOR
two hidden neurons are enough.  Whether training *finds* good ones depends on the random start, the
learning rate and the width: `solve_rate` trains thousands of small networks at once and counts.

And it is not always better.  `outlier_set` holds two classes on a line that the perceptron rule
separates after three mistakes.  Gradient descent on the squared error of a sigmoid neuron rests at
weights that get one of the points wrong, because right answers by too much cost more there than
one wrong answer (after Brady, Raghavan & Slawny 1989; Sontag & Sussmann 1989).  `distant_pair` is
two points far from the origin: hidden sigmoids start saturated there and hardly learn.

Raises, in every function and method: ValueError for a shape, size or name that does not fit,
TypeError for anything but numbers and generators where they are asked for.
Source: Rumelhart, Hinton & Williams (1986).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from snippets import _checks as check
from snippets import loss as losses
from snippets._checks import Floats
from snippets.activations import ACTIVATIONS

__all__ = [
    "LOSSES",
    "MLP",
    "affine",
    "affine_backward",
    "distant_pair",
    "outlier_set",
    "solve_rate",
    "train_many_on_xor",
]

LOSSES = {
    "mse": (losses.mse, losses.mse_grad),
    "binary_cross_entropy_with_logits": (
        losses.binary_cross_entropy_with_logits,
        losses.binary_cross_entropy_with_logits_grad,
    ),
    "cross_entropy": (losses.cross_entropy, losses.cross_entropy_grad),
}
"""Losses that an MLP can be trained with, each with its gradient."""


def affine(x: ArrayLike, w: ArrayLike, b: ArrayLike) -> Floats:
    """Weighted sums of a whole layer: z = x w + b.

    x: (N, D), w: (D, H), b: (H,).  Returns (N, H).

    >>> affine([[1.0, 2.0]], [[3.0], [4.0]], [0.5]).tolist()
    [[11.5]]
    """
    x = check.floats("affine", "x", x, ndim=2)
    w = check.floats("affine", "w", w, shape=(x.shape[1], "H"))
    b = check.floats("affine", "b", b, shape=(w.shape[1],))
    return x @ w + b


def affine_backward(dy: ArrayLike, x: ArrayLike, w: ArrayLike) -> tuple[Floats, Floats, Floats]:
    """Gradients of `affine`: dx = dy w^T, dw = x^T dy, db = sum_n dy_n.

    dy: (N, H), x: (N, D), w: (D, H).  Returns (dx, dw, db) with the shapes of x, w and b.

    >>> dx, dw, db = affine_backward([[1.0]], [[1.0, 2.0]], [[3.0], [4.0]])
    >>> dx.tolist(), dw.tolist(), db.tolist()
    ([[3.0, 4.0]], [[1.0], [2.0]], [1.0])
    """
    x = check.floats("affine_backward", "x", x, ndim=2)
    w = check.floats("affine_backward", "w", w, shape=(x.shape[1], "H"))
    dy = check.floats("affine_backward", "dy", dy, shape=(len(x), w.shape[1]))
    return dy @ w.T, x.T @ dy, dy.sum(axis=0)


class MLP:
    """A fully connected network of any widths.

    sizes: (D, H1, ..., K), at least input and output.  activation: a name in `ACTIVATIONS`, for
    the hidden layers; output: the same for the last one ("identity" gives logits).  loss: a name
    in `LOSSES`.  Weights start normal with variance 1 / inputs, biases at 0.  dtype: of the
    parameters; float32 halves the memory, and with float32 examples everything stays float32.

    `params` is the list [w1, b1, w2, b2, ...]; `gradients` returns a list just like it, for `fit`
    or any optimizer to use: computing gradients and updating are two things.

    >>> net = MLP([2, 3, 1], "tanh", np.random.default_rng(0))
    >>> net.forward([[0.0, 0.0]]).tolist()
    [[0.0]]
    >>> net.parameter_count
    13
    """

    def __init__(
        self,
        sizes: Sequence[int],
        activation: str,
        rng: np.random.Generator,
        output: str = "identity",
        loss: str = "mse",
        dtype: DTypeLike = np.float64,
    ) -> None:
        """Draw the parameters."""
        self.sizes = check.integers("MLP", "sizes", sizes, minimum=1)
        if len(sizes) < 2:
            raise ValueError(f"MLP: sizes must name input and output, got {self.sizes}")
        names = [check.choice("MLP", "activation", activation, list(ACTIVATIONS))]
        names = names * (len(sizes) - 2)
        names.append(check.choice("MLP", "output", output, list(ACTIVATIONS)))
        self.activations = [ACTIVATIONS[name] for name in names]
        self.loss, self.loss_grad = LOSSES[check.choice("MLP", "loss", loss, list(LOSSES))]
        self.params: list[Floats] = []
        dtype = check.float_type("MLP", dtype)
        normal = check.generator("MLP", rng).standard_normal
        for fan_in, fan_out in pairwise(self.sizes):
            w = normal((fan_in, fan_out)) / np.sqrt(fan_in)
            self.params += [w.astype(dtype), np.zeros(fan_out, dtype)]

    @property
    def parameter_count(self) -> int:
        """Number of weights and biases: sum of inputs * outputs + outputs over the layers."""
        return sum(p.size for p in self.params)

    def forward(self, x: ArrayLike) -> Floats:
        """Compute the output layer by layer.  x: (N, D); returns (N, K)."""
        h = check.floats("MLP.forward", "x", x, shape=("N", self.sizes[0]))
        for (f, _), (w, b) in zip(self.activations, self._layers(), strict=True):
            h = f(h @ w + b)
        return h

    def gradients(self, x: ArrayLike, y: ArrayLike) -> list[Floats]:
        """Gradient of the mean loss for each parameter, in the order of `params`, by backprop.

        x: (N, D).  y: targets of the output's shape, or (N,) labels for cross_entropy.
        """
        h = check.floats("MLP.gradients", "x", x, shape=("N", self.sizes[0]))
        tape: list[tuple[Floats, Floats]] = []  # (input, pre-activation) of each layer
        for (f, _), (w, b) in zip(self.activations, self._layers(), strict=True):
            z = affine(h, w, b)
            tape.append((h, z))
            h = f(z)
        dh, grads = self.loss_grad(h, y), list[Floats]()
        for (_, f_prime), (w, _), (x, z) in zip(
            self.activations[::-1], self._layers()[::-1], tape[::-1], strict=True
        ):
            # dz = dh * f'(z), then back through z = x w + b
            dh, dw, db = affine_backward(dh * f_prime(z), x, w)
            grads[:0] = [dw, db]
        return grads

    def fit(self, x: ArrayLike, y: ArrayLike, lr: float = 0.1, steps: int = 1000) -> list[float]:
        """Take gradient descent steps on all of x at once; return the loss before each step."""
        lr = check.real("MLP.fit", "lr", lr, above=0)
        history: list[float] = []
        for _ in range(check.integer("MLP.fit", "steps", steps, minimum=1)):
            history.append(self.loss(self.forward(x), y))
            # every parameter: p <- p - lr dL/dp
            self.params = [
                p - lr * g for p, g in zip(self.params, self.gradients(x, y), strict=True)
            ]
        return history

    def _layers(self) -> list[tuple[Floats, Floats]]:
        return list(zip(self.params[::2], self.params[1::2], strict=True))


def outlier_set(far: int = 40) -> tuple[Floats, Floats]:
    """Two classes on a line that squared error does not want to separate.

    Class 0: two points at x = 0.  Class 1: one point at x = 1, and `far` more at x = 10.  Any
    boundary between 0 and 1 separates them.  With targets 0.1 and 0.9 a sigmoid steep enough for
    that answers 1.0 at x = 10 instead of 0.9, and pays for it `far` times.
    Returns x (3 + far, 1) and y (3 + far,) of 0 and 1.

    >>> x, y = outlier_set()
    >>> net = MLP([1, 1], "identity", np.random.default_rng(0), output="sigmoid", loss="mse")
    >>> losses = net.fit(x, (0.1 + 0.8 * y)[:, None], steps=3000)
    >>> int(((net.forward(x)[:, 0] > 0.5) != y).sum())
    1
    """
    far = check.integer("outlier_set", "far", far, minimum=0)
    x = np.concatenate([[0.0, 0.0, 1.0], np.full(far, 10.0)])
    return x[:, None], (x > 0).astype(np.float64)


def distant_pair(at: float = 20.0) -> tuple[Floats, Floats]:
    """Two points side by side, far from the origin: x = at is class 0, x = at + 1 is class 1.

    The perceptron separates them after (many) mistakes, as it does every separable set.  Most
    starts of a small network with sigmoids make no headway: every unit is saturated at both points.
    Returns x (2, 1) and y (2,).

    >>> distant_pair()[0].tolist()
    [[20.0], [21.0]]
    """
    at = check.real("distant_pair", "at", at)
    return np.array([[at], [at + 1]]), np.array([0.0, 1.0])


# --- Thousands of small networks at once ---------------------------------------------------------


def train_many_on_xor(
    rng: np.random.Generator, nets: int, hidden: int = 2, lr: float = 1.0, steps: int = 2000
) -> NDArray[np.float32]:
    """Train many 2-H-1 networks (tanh, sigmoid, binary cross-entropy) on XOR, side by side.

    The networks lie along the last axis of every array, S of them, so that each operation runs
    over long rows of memory.  They start from standard normal weights and biases and see all four
    points in each step.  Returns the (4, S) probabilities of the trained networks for the inputs
    00, 01, 10, 11, in float32.

    >>> train_many_on_xor(np.random.default_rng(0), nets=1000).shape
    (4, 1000)
    """
    S = check.integer("train_many_on_xor", "nets", nets, minimum=1)
    H = check.integer("train_many_on_xor", "hidden", hidden, minimum=1)
    lr = check.real("train_many_on_xor", "lr", lr, above=0)
    x = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]], np.float32)  # last input: the bias
    y = np.array([[0], [1], [1], [0]], np.float32)
    normal = check.generator("train_many_on_xor", rng).standard_normal
    w1, w2, b2 = (normal(shape, np.float32) for shape in [(3, H * S), (H, S), (1, S)])

    def hidden_and_answers() -> tuple[Floats, Floats]:
        h = np.tanh(x @ w1).reshape(4, H, S)
        # sigmoid(z) = (1 + tanh(z / 2)) / 2, right to eps of 1
        return h, 0.5 + 0.5 * np.tanh(0.5 * ((h * w2).sum(axis=1) + b2))

    for _ in range(check.integer("train_many_on_xor", "steps", steps, minimum=1)):
        h, p = hidden_and_answers()
        dz2 = (p - y) / 4
        dz1 = dz2[:, None] * w2 * (1 - h * h)  # (4, H, S)
        w2 -= lr * (h * dz2[:, None]).sum(axis=0)
        b2 -= lr * dz2.sum(axis=0)
        w1 -= lr * (x.T @ dz1.reshape(4, H * S))
    return hidden_and_answers()[1]


def solve_rate(
    rng: np.random.Generator,
    lrs: Sequence[float] = (0.1, 0.3, 1.0, 3.0),
    widths: Sequence[int] = (1, 2, 3, 4),
    nets: int = 1000,
    steps: int = 2000,
) -> Floats:
    """Fraction of random starts that solve XOR, for each learning rate and hidden width.

    Solved means all four probabilities on the right side of 1/2.  Returns (len(lrs), len(widths)),
    each the mean over `nets` networks.

    >>> rate = solve_rate(np.random.default_rng(0), lrs=[1.0], widths=[1, 4], nets=500)
    >>> rate.round(1).tolist()
    [[0.0, 1.0]]
    """
    lrs = check.sequence("solve_rate", "lrs", lrs)
    widths = check.sequence("solve_rate", "widths", widths)
    right = np.array([[False], [True], [True], [False]])
    return np.array(
        [
            [
                ((train_many_on_xor(rng, nets, H, lr, steps) > 0.5) == right).all(axis=0).mean()
                for H in widths
            ]
            for lr in lrs
        ]
    )
