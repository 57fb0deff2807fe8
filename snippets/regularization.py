"""Regularization: giving up a little on the training set to do better on what was never seen.

Three habits.  An *L2 penalty* adds (strength / 2) times the sum of squared weights to the loss, so
that every step also pulls the weights towards 0: for plain SGD that is the same as *weight decay*.
*Dropout* (Srivastava et al. 2014) sets each hidden number to 0 with probability `rate` while
training, so that no unit can rely on one other unit; what is left is divided by 1 - rate, which
keeps the expected value, and so nothing at all is done when the network is used.
*Early stopping* keeps the weights of the epoch with the lowest loss on data held back.

Raises, in every function: ValueError for a shape or a rate that does not fit, TypeError for
anything but numbers and generators where they are asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from snippets._checks import Floats, floats, generator, integer, not_empty, real, same_shape

__all__ = ["dropout", "dropout_backward", "early_stopping", "l2_penalty", "l2_penalty_grad"]


def l2_penalty(params: Sequence[ArrayLike], strength: float) -> float:
    """Return (strength / 2) * the sum of all squared weights.

    params: list of arrays (weights; biases are usually left out).  strength: >= 0.

    >>> l2_penalty([[3.0], [4.0]], strength=0.1)
    1.25
    """
    strength = real("l2_penalty", "strength", strength, minimum=0)
    return (
        0.5
        * strength
        * sum(float(np.sum(np.square(w, dtype=np.float64))) for w in _arrays("l2_penalty", params))
    )


def l2_penalty_grad(params: Sequence[ArrayLike], strength: float) -> list[Floats]:
    """Return the gradient of `l2_penalty` by each array: strength * w.

    params: list of arrays.  strength: >= 0.  Returns a list of arrays of the same shapes.

    >>> [g.tolist() for g in l2_penalty_grad([[3.0], [4.0]], strength=0.5)]
    [[1.5], [2.0]]
    """
    strength = real("l2_penalty_grad", "strength", strength, minimum=0)
    return [strength * w for w in _arrays("l2_penalty_grad", params)]


def dropout(x: ArrayLike, rate: float, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Set each entry to 0 with probability `rate` and divide the others by 1 - rate.

    x: any shape.  rate: 0 <= rate < 1.  Returns (y, mask) shaped like x, where y = x * mask and
    the mask holds 0 or 1 / (1 - rate).  For inference do nothing: E[y] = x already.
    Source: Srivastava et al. (2014); "inverted" scaling.

    >>> y, mask = dropout(np.ones(6), 0.5, np.random.default_rng(0))
    >>> y.tolist()
    [2.0, 0.0, 0.0, 0.0, 2.0, 2.0]
    """
    x = floats("dropout", "x", x)
    rate = real("dropout", "rate", rate, minimum=0, below=1)
    kept = generator("dropout", rng).random(x.shape) >= rate
    mask = kept.astype(x.dtype) / (1 - rate)
    return x * mask, mask


def dropout_backward(dy: ArrayLike, mask: ArrayLike) -> Floats:
    """Return dL/dx = dy * mask: no gradient passes where the number was dropped.

    dy: dL/dy.  mask: as returned by `dropout`, of the same shape.

    >>> dropout_backward([1.0, 1.0], [0.0, 2.0]).tolist()
    [0.0, 2.0]
    """
    dy, mask = floats("dropout_backward", "dy", dy), floats("dropout_backward", "mask", mask)
    same_shape("dropout_backward", dy=dy, mask=mask)
    return dy * mask


def early_stopping(losses: ArrayLike, patience: int, min_delta: float = 0.0) -> tuple[int, int]:
    """Find where training stops and which epoch's weights to keep: (stop, best).

    losses: (E,) validation loss after each epoch.  Training stops after `patience` epochs in a
    row that did not beat the best loss by more than min_delta, else after the last epoch.  Any
    number beats NaN.
    Returns epochs counted from 0.  Raises ValueError for no epochs.

    >>> early_stopping([3.0, 2.0, 1.0, 1.5, 1.4, 0.5], patience=2)
    (4, 2)
    """
    history = floats("early_stopping", "losses", losses, ndim=1)
    patience = integer("early_stopping", "patience", patience, minimum=1)
    min_delta = real("early_stopping", "min_delta", min_delta, minimum=0)
    not_empty("early_stopping", losses=history)
    scores = np.where(np.isnan(history), np.inf, history).tolist()
    best = 0
    for epoch, loss in enumerate(scores):
        if loss < scores[best] - min_delta:
            best = epoch
        if epoch - best >= patience:
            return epoch, best
    return history.size - 1, best


def _arrays(where: str, params: Any) -> list[Floats]:
    if not isinstance(params, (list, tuple)):
        raise TypeError(f"{where}: params must be a list of arrays, got {type(params)}")
    return [floats(where, f"params[{i}]", w) for i, w in enumerate(params)]
