"""Normalization and shortcuts: keeping signals the same size in every layer.

Both kinds subtract a mean and divide by a standard deviation,

    x_hat = (x - mean) / sqrt(var + eps),     y = gamma x_hat + beta,

and let the network scale and shift the result back by the learned gamma and beta.  They differ in
whose mean it is.  *Batch norm* (Ioffe & Szegedy 2015) takes each feature over the batch: a sample's
output depends on the others in its batch, so at inference a running average stands in for them.
*Layer norm* (Ba et al. 2016) takes each sample over its own features and is the same at all times.

Going backward, the gradient must not forget that mean and variance depend on x as well:

    dx = gamma / sqrt(var + eps) * (dy - mean(dy) - x_hat mean(dy x_hat)).

A *residual* connection (He et al. 2016) adds the input to the output, y = x + f(x), so that the
gradient has a way back, dy itself, on which no layer can shrink it.

Raises, in every function: ValueError for a shape that does not fit, TypeError for anything but
numbers and functions that return them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from snippets._checks import Floats, cast, floats, function, real, returned, same_shape, wide

__all__ = [
    "batch_norm",
    "batch_norm_backward",
    "batch_norm_inference",
    "layer_norm",
    "layer_norm_backward",
    "residual",
    "residual_backward",
    "update_running_statistics",
]

Layer = Callable[[Floats], Any]
Axes = tuple[int, ...]


def batch_norm(x: ArrayLike, gamma: ArrayLike, beta: ArrayLike, eps: float = 1e-5) -> Floats:
    """Normalise each feature over the batch: y = gamma (x - mean) / sqrt(var + eps) + beta.

    x: (N, D), or images (N, C, H, W) with one mean per channel.  gamma, beta: (D,) or (C,).
    Returns an array shaped like x.  Source: Ioffe & Szegedy (2015), algorithm 1.

    >>> batch_norm([[0.0, 5.0], [2.0, 5.0]], gamma=[1.0, 1.0], beta=[0.0, 3.0]).round(4).tolist()
    [[-1.0, 3.0], [1.0, 3.0]]
    """
    x, axes = _batch("batch_norm", x)
    gamma, beta = _scale_and_shift("batch_norm", x, gamma, beta)
    x_hat, _ = _standardise(x, axes, real("batch_norm", "eps", eps, above=0))
    return gamma * x_hat + beta


def batch_norm_backward(
    dy: ArrayLike, x: ArrayLike, gamma: ArrayLike, eps: float = 1e-5
) -> tuple[Floats, Floats, Floats]:
    """Return (dx, dgamma, dbeta) of `batch_norm`.

    dy, x: (N, D) or (N, C, H, W).  gamma: (D,) or (C,).

    >>> dx, dgamma, dbeta = batch_norm_backward([[1.0], [1.0]], [[0.0], [2.0]], [3.0])
    >>> dx.tolist(), dbeta.tolist()  # a shift of the whole batch changes nothing
    ([[0.0], [0.0]], [2.0])
    """
    x, axes = _batch("batch_norm_backward", x)
    dy = floats("batch_norm_backward", "dy", dy)
    same_shape("batch_norm_backward", dy=dy, x=x)
    gamma, _ = _scale_and_shift("batch_norm_backward", x, gamma, gamma)
    x_hat, std = _standardise(x, axes, real("batch_norm_backward", "eps", eps, above=0))
    return _through_mean(dy * gamma, x_hat, std, axes), np.sum(dy * x_hat, axes), np.sum(dy, axes)


def batch_norm_inference(
    x: ArrayLike,
    gamma: ArrayLike,
    beta: ArrayLike,
    running_mean: ArrayLike,
    running_var: ArrayLike,
    eps: float = 1e-5,
) -> Floats:
    """Normalise with the averages gathered in training, so that one sample suffices.

    x: (N, D) or (N, C, H, W).  gamma, beta, running_mean, running_var: (D,) or (C,).
    Returns an array shaped like x.

    >>> batch_norm_inference([[3.0]], [1.0], [0.0], running_mean=[1.0], running_var=[4.0]).round(4)
    array([[1.]])
    """
    where = "batch_norm_inference"
    x, _ = _batch(where, x)
    gamma, beta = _scale_and_shift(where, x, gamma, beta)
    mean = _per_feature(where, "running_mean", x, running_mean)
    var = _per_feature(where, "running_var", x, running_var)
    if np.any(var < 0):
        raise ValueError(f"{where}: running_var must be >= 0, got {var.min()}")
    return gamma * (x - mean) / np.sqrt(var + real(where, "eps", eps, above=0)) + beta


def update_running_statistics(
    running_mean: ArrayLike, running_var: ArrayLike, x: ArrayLike, momentum: float = 0.1
) -> tuple[Floats, Floats]:
    """Move running statistics r towards those of a batch, b: r <- (1 - momentum) r + momentum b.

    running_mean, running_var: (D,) or (C,).  x: (N, D) or (N, C, H, W).  momentum: in 0 .. 1.
    Returns the new (mean, var).  As in PyTorch the batch variance divides by n - 1 here, though
    `batch_norm` itself divides by n.  Raises ValueError for fewer than two values a feature.

    >>> mean, var = update_running_statistics([0.0], [1.0], [[1.0], [3.0]], momentum=0.5)
    >>> mean.tolist(), var.tolist()
    ([1.0], [1.5])
    """
    where = "update_running_statistics"
    x, axes = _batch(where, x)
    old_mean = floats(where, "running_mean", running_mean, shape=(x.shape[1],))
    old_var = floats(where, "running_var", running_var, shape=(x.shape[1],))
    momentum = real(where, "momentum", momentum, minimum=0, maximum=1)
    if x.size < 2 * x.shape[1]:
        raise ValueError(f"{where}: x must hold two values of each feature, got shape {x.shape}")
    var = cast(where, "the variance of x", wide(x).var(axis=axes, ddof=1), x.dtype)
    mean = (1 - momentum) * old_mean + momentum * x.mean(axis=axes)
    return mean, (1 - momentum) * old_var + momentum * var


def layer_norm(x: ArrayLike, gamma: ArrayLike, beta: ArrayLike, eps: float = 1e-5) -> Floats:
    """Normalise each sample over its features: y = gamma (x - mean) / sqrt(var + eps) + beta.

    x: (..., D).  gamma, beta: (D,).  Returns an array shaped like x.  Source: Ba et al. (2016).

    >>> layer_norm([[0.0, 2.0], [5.0, 9.0]], [1.0, 1.0], [0.0, 0.0]).round(4).tolist()
    [[-1.0, 1.0], [-1.0, 1.0]]
    """
    x, gamma, beta = _rows("layer_norm", x, gamma, beta)
    x_hat, _ = _standardise(x, (-1,), real("layer_norm", "eps", eps, above=0))
    return gamma * x_hat + beta


def layer_norm_backward(
    dy: ArrayLike, x: ArrayLike, gamma: ArrayLike, eps: float = 1e-5
) -> tuple[Floats, Floats, Floats]:
    """Return (dx, dgamma, dbeta) of `layer_norm`.

    dy, x: (..., D).  gamma: (D,).

    >>> dx, dgamma, dbeta = layer_norm_backward([[1.0, 1.0]], [[0.0, 2.0]], [3.0, 3.0])
    >>> dx.tolist(), dbeta.tolist()
    ([[0.0, 0.0]], [1.0, 1.0])
    """
    x, gamma, _ = _rows("layer_norm_backward", x, gamma, gamma)
    dy = floats("layer_norm_backward", "dy", dy)
    same_shape("layer_norm_backward", dy=dy, x=x)
    x_hat, std = _standardise(x, (-1,), real("layer_norm_backward", "eps", eps, above=0))
    over_samples = tuple(range(x.ndim - 1))
    dgamma, dbeta = np.sum(dy * x_hat, over_samples), np.sum(dy, over_samples)
    return _through_mean(dy * gamma, x_hat, std, (-1,)), dgamma, dbeta


def residual(x: ArrayLike, f: Layer) -> Floats:
    """Return x + f(x): the layer f only has to learn what to change.

    x: any shape.  f: returns an array shaped like x.  Source: He et al. (2016).

    >>> residual([1.0, 2.0], lambda x: 0 * x).tolist()
    [1.0, 2.0]
    """
    x = floats("residual", "x", x)
    y = returned("residual", "f(x)", function("residual", "f", f)(x), x.shape)
    return x + y


def residual_backward(dy: ArrayLike, f_backward: Layer) -> Floats:
    """Return dL/dx = dy + f_backward(dy): one way around the layer, one way through it.

    dy: any shape.  f_backward: takes dL/df, returns dL/dx, of the same shape.

    >>> residual_backward([1.0, 2.0], lambda dy: 0.5 * dy).tolist()
    [1.5, 3.0]
    """
    dy = floats("residual_backward", "dy", dy)
    f_backward = function("residual_backward", "f_backward", f_backward)
    through = returned("residual_backward", "f_backward(dy)", f_backward(dy), dy.shape)
    return dy + through


def _standardise(x: Floats, axes: Axes, eps: float) -> tuple[Floats, Floats]:
    """Return x_hat = (x - mean) / std and std = sqrt(var + eps), over the axes."""
    centred = wide(x) - wide(x).mean(axis=axes, keepdims=True)
    std = np.sqrt(np.mean(centred * centred, axis=axes, keepdims=True) + eps)
    return (centred / std).astype(x.dtype, copy=False), std.astype(x.dtype, copy=False)


def _through_mean(dx_hat: Floats, x_hat: Floats, std: Floats, axes: Axes) -> Floats:
    # dx = (dx_hat - mean(dx_hat) - x_hat mean(dx_hat x_hat)) / std
    mean = np.mean(dx_hat, axis=axes, keepdims=True)
    along = np.mean(dx_hat * x_hat, axis=axes, keepdims=True)
    return (dx_hat - mean - x_hat * along) / std


def _batch(where: str, x: ArrayLike) -> tuple[Floats, Axes]:
    """Return x and the axes over which a feature varies: all but the second."""
    array = floats(where, "x", x, ndim=(2, 4))
    if array.size == 0:
        raise ValueError(f"{where}: x must not be empty, got shape {array.shape}")
    return array, (0, *range(2, array.ndim))


def _per_feature(where: str, name: str, x: Floats, values: ArrayLike) -> Floats:
    """Return one value per feature, shaped so that it broadcasts against x."""
    array = floats(where, name, values, shape=(x.shape[1],))
    return array.reshape((-1,) + (1,) * (x.ndim - 2))


def _scale_and_shift(
    where: str, x: Floats, gamma: ArrayLike, beta: ArrayLike
) -> tuple[Floats, Floats]:
    return _per_feature(where, "gamma", x, gamma), _per_feature(where, "beta", x, beta)


def _rows(
    where: str, x: ArrayLike, gamma: ArrayLike, beta: ArrayLike
) -> tuple[Floats, Floats, Floats]:
    rows = floats(where, "x", x)
    if rows.ndim == 0 or rows.shape[-1] == 0:
        raise ValueError(f"{where}: x must have shape (..., D) with D > 0, got {rows.shape}")
    D = rows.shape[-1]
    return rows, floats(where, "gamma", gamma, shape=(D,)), floats(where, "beta", beta, shape=(D,))
