"""Where training starts: random weights of the right size.

Two things can go wrong before the first step.  If all weights are equal, all units of a layer
compute the same number, receive the same gradient and stay equal for ever: randomness is needed to
break the symmetry (Rumelhart, Hinton & Williams 1986).  And if the weights are too small or too
large, the signal shrinks or grows by the same factor in every layer.

For z = sum of n terms w_i x_i with independent w of mean 0,

    Var z = n Var(w) E[x^2],

so a layer keeps the size of its signal if Var(w) = 1/n.  Glorot & Bengio (2010) want the same of
the gradient on its way back, where n is the number of outputs, and take the compromise
Var(w) = 2 / (n_in + n_out).  ReLU sets half of a symmetric signal to 0, which halves E[x^2], so
He et al. (2015) double the variance: Var(w) = 2 / n_in.

A uniform distribution on [-a, a] has variance a^2 / 3, hence the limit a = sqrt(3 Var).

Raises, in every function: ValueError for a shape or a size that does not fit, TypeError for
anything but sizes, generators, float types and numbers where they are asked for.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from snippets._checks import (
    Floats,
    float_type,
    floats,
    function,
    generator,
    integer,
    not_empty,
    returned,
    sequence,
)

__all__ = [
    "activation_statistics",
    "fans",
    "glorot_normal",
    "glorot_uniform",
    "gradient_statistics",
    "he_normal",
    "he_uniform",
    "lecun_normal",
    "standard_uniform",
]

Shape = Sequence[int]
Elementwise = Callable[[Floats], Any]


def fans(shape: Shape) -> tuple[int, int]:
    """Count the inputs and outputs of one unit: (n_in, n_out).

    shape: (n_in, n_out) of a weight matrix, or (F, C, kh, kw) of convolution filters, whose units
    see C kh kw numbers and are seen by F kh kw.  Raises ValueError for any other shape.

    >>> fans((64, 128)), fans((8, 3, 5, 5))
    ((64, 128), (75, 200))
    """
    return _fans("fans", shape)


def glorot_uniform(shape: Shape, rng: np.random.Generator, dtype: DTypeLike = np.float64) -> Floats:
    """Draw w from U(-a, a) with a = sqrt(6 / (n_in + n_out)), so that Var w = 2 / (n_in + n_out).

    shape: see `fans`.  Returns an array of that shape.  Source: Glorot & Bengio (2010), eq. 16.

    >>> w = glorot_uniform((64, 32), np.random.default_rng(0))
    >>> bool(abs(w).max() <= 0.25)
    True
    """
    n_in, n_out = _fans("glorot_uniform", shape)
    return _uniform("glorot_uniform", shape, 2 / (n_in + n_out), rng, dtype)


def glorot_normal(shape: Shape, rng: np.random.Generator, dtype: DTypeLike = np.float64) -> Floats:
    """Draw w from N(0, 2 / (n_in + n_out)).

    shape: see `fans`.  Returns an array of that shape.  Source: Glorot & Bengio (2010).

    >>> glorot_normal((2, 3), np.random.default_rng(0)).shape
    (2, 3)
    """
    n_in, n_out = _fans("glorot_normal", shape)
    return _normal("glorot_normal", shape, 2 / (n_in + n_out), rng, dtype)


def he_uniform(shape: Shape, rng: np.random.Generator, dtype: DTypeLike = np.float64) -> Floats:
    """Draw w from U(-a, a) with a = sqrt(6 / n_in), so that Var w = 2 / n_in.

    shape: see `fans`.  Returns an array of that shape.  Source: He et al. (2015).

    >>> w = he_uniform((24, 5), np.random.default_rng(0))
    >>> bool(abs(w).max() <= 0.5)
    True
    """
    return _uniform("he_uniform", shape, 2 / _fans("he_uniform", shape)[0], rng, dtype)


def he_normal(shape: Shape, rng: np.random.Generator, dtype: DTypeLike = np.float64) -> Floats:
    """Draw w from N(0, 2 / n_in).

    shape: see `fans`.  Returns an array of that shape.  Source: He et al. (2015), eq. 10.

    >>> he_normal((2, 3), np.random.default_rng(0), dtype=np.float32).dtype
    dtype('float32')
    """
    return _normal("he_normal", shape, 2 / _fans("he_normal", shape)[0], rng, dtype)


def lecun_normal(shape: Shape, rng: np.random.Generator, dtype: DTypeLike = np.float64) -> Floats:
    """Draw w from N(0, 1 / n_in): right for a linear layer, half of what ReLU needs.

    shape: see `fans`.  Returns an array of that shape.  Source: LeCun et al. (1998).

    >>> lecun_normal((2, 3), np.random.default_rng(0)).shape
    (2, 3)
    """
    return _normal("lecun_normal", shape, 1 / _fans("lecun_normal", shape)[0], rng, dtype)


def standard_uniform(
    shape: Shape, rng: np.random.Generator, dtype: DTypeLike = np.float64
) -> Floats:
    """Draw w from U(-a, a) with a = 1 / sqrt(n_in): Var w = 1 / (3 n_in), the custom before 2010.

    shape: see `fans`.  Returns an array of that shape.  Source: Glorot & Bengio (2010), eq. 1.

    >>> w = standard_uniform((16, 5), np.random.default_rng(0))
    >>> bool(abs(w).max() <= 0.25)
    True
    """
    n_in = _fans("standard_uniform", shape)[0]
    return _uniform("standard_uniform", shape, 1 / (3 * n_in), rng, dtype)


def activation_statistics(
    x: ArrayLike, weights: Sequence[ArrayLike], activation: Elementwise
) -> tuple[Floats, Floats]:
    """Send x through the layers h <- activation(h @ w) and measure h after each of them.

    x: (N, D).  weights: L matrices, each (in, out).  activation: elementwise function.
    Returns (std, mean_square): the standard deviation and E[h^2] of each layer, (L,) each.

    >>> std, mean_square = activation_statistics([[1.0, -1.0]], [[[1.0], [2.0]]], lambda z: z)
    >>> std.tolist(), mean_square.tolist()
    ([0.0], [1.0])
    """
    hidden = _hidden_layers("activation_statistics", x, weights, activation)[1]
    return np.array([h.std() for h in hidden]), np.array([np.mean(h * h) for h in hidden])


def gradient_statistics(
    x: ArrayLike,
    weights: Sequence[ArrayLike],
    activation: Elementwise,
    activation_prime: Elementwise,
    dy: ArrayLike,
) -> Floats:
    """Send dy back through the layers of `activation_statistics` and measure the size of dL/dz.

    x: (N, D).  weights: L matrices, each (in, out).  activation, activation_prime: an elementwise
    function and its derivative.  dy: dL/dh of the last layer, shaped like it.
    Returns (L,): the standard deviation of dL/dz in each layer, first layer first.

    >>> x, weights, dy = [[0.0], [0.0]], [[[0.5]], [[0.5]]], [[1.0], [-1.0]]
    >>> gradient_statistics(x, weights, np.tanh, lambda z: 1 - np.tanh(z) ** 2, dy).tolist()
    [0.5, 1.0]
    """
    where = "gradient_statistics"
    z, hidden = _hidden_layers(where, x, weights, activation)
    dh = floats(where, "dy", dy, shape=hidden[-1].shape)
    activation_prime = function(where, "activation_prime", activation_prime)
    std: list[float] = []
    for z_layer, w in zip(reversed(z), reversed(weights), strict=True):
        slope = activation_prime(z_layer)
        dz = dh * returned(where, "activation_prime(z)", slope, z_layer.shape)
        std.append(float(dz.std()))
        dh = dz @ np.asarray(w).T
    return np.array(std[::-1], dtype=dh.dtype)


def _hidden_layers(
    where: str, x: ArrayLike, weights: Sequence[ArrayLike], activation: Elementwise
) -> tuple[list[Floats], list[Floats]]:
    h = floats(where, "x", x, ndim=2)
    weights = sequence(where, "weights", weights, minimum=1)
    activation = function(where, "activation", activation)
    not_empty(where, x=h)
    z: list[Floats] = []
    hidden: list[Floats] = []
    for i, w in enumerate(weights):
        w = floats(where, f"weights[{i}]", w, shape=(h.shape[1], None))
        not_empty(where, **{f"weights[{i}]": w})
        z.append(h @ w)
        h = returned(where, "activation(z)", activation(z[-1]), z[-1].shape)
        hidden.append(h)
    return z, hidden


def _fans(where: str, shape: Shape) -> tuple[int, int]:
    try:
        sizes = [integer(where, "shape", size, minimum=1) for size in shape]
    except TypeError as error:
        raise TypeError(f"{where}: shape must be a sequence of integers, got {shape!r}") from error
    if len(sizes) not in (2, 4):
        raise ValueError(f"{where}: shape must be (n_in, n_out) or (F, C, kh, kw), got {shape!r}")
    if len(sizes) == 2:
        return sizes[0], sizes[1]
    area = sizes[2] * sizes[3]
    return sizes[1] * area, sizes[0] * area


def _uniform(where: str, shape: Shape, variance: float, rng: Any, dtype: DTypeLike) -> Floats:
    limit = math.sqrt(3 * variance)
    return (
        generator(where, rng).uniform(-limit, limit, tuple(shape)).astype(float_type(where, dtype))
    )


def _normal(where: str, shape: Shape, variance: float, rng: Any, dtype: DTypeLike) -> Floats:
    std = math.sqrt(variance)
    return generator(where, rng).normal(0, std, tuple(shape)).astype(float_type(where, dtype))
