"""Attention: look a value up by similarity, in everything at once.

A recurrent layer squeezes the whole past into one vector.  Attention keeps every step and lets a
query q ask all keys k at once how well they fit; the answer is a mixture of the values v:

    a = softmax(q k^T / sqrt(d))        each row: how much to look where, sums to 1
    y = a v                             the mixture

The division by sqrt(d) keeps the scores of random q and k at variance 1, so that softmax starts
soft.  A mask forbids looking: a forbidden score is -inf, a forbidden weight exactly 0; with
`causal_mask` a step sees only itself and the past.  Several heads look for different things side
by side (`multi_head_attention`).

Attention has no idea of order: permute the inputs and the outputs are permuted the same way.  Where
order matters it must be written into the inputs (`sinusoidal_positions`).

In `attention` time and features are the last two axes, (..., T, d), and anything may come before.
Whole sequences are (T, N, D), as everywhere on this site.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from snippets import _checks
from snippets._checks import Floats
from snippets.activations import softmax, softmax_backward

__all__ = [
    "attention",
    "attention_backward",
    "attention_weights",
    "causal_mask",
    "merge_heads",
    "multi_head_attention",
    "multi_head_attention_backward",
    "sinusoidal_positions",
    "split_heads",
]


def attention(q: ArrayLike, k: ArrayLike, v: ArrayLike, mask: ArrayLike | None = None) -> Floats:
    """Mix the values by how well their keys fit the query: y = softmax(q k^T / sqrt(d)) v.

    q: (..., T, d) queries; k: (..., S, d) keys; v: (..., S, e) values.  mask: (T, S) or anything
    that broadcasts to (..., T, S): bool, True where looking is allowed, or numbers added to
    the scores, -inf where it is not.  Returns (..., T, e).
    A query that may look nowhere gets zeros.
    Raises ValueError for shapes that do not fit, TypeError for anything but numbers.
    Source: Vaswani et al. (2017), equation 1.

    >>> k, v = np.eye(2), np.array([[10.0], [20.0]])
    >>> attention([[0.0, 0.0], [0.0, 99.0]], k, v).tolist()  # no preference; the second key
    [[15.0], [20.0]]
    """
    q, k, v = _queries_keys_values("attention", q, k, v)
    return _weights("attention", q, k, mask) @ v


def attention_weights(q: ArrayLike, k: ArrayLike, mask: ArrayLike | None = None) -> Floats:
    """Return how much each query looks at each key: a = softmax(q k^T / sqrt(d)).

    q, k, mask as in `attention`.  Returns (..., T, S); each row sums to 1, or is all zeros if
    the mask forbids everything.
    Raises ValueError for shapes that do not fit, TypeError for anything but numbers.

    >>> attention_weights(np.zeros((3, 2)), np.zeros((3, 2)), causal_mask(3)).round(2).tolist()
    [[1.0, 0.0, 0.0], [0.5, 0.5, 0.0], [0.33, 0.33, 0.33]]
    """
    q, k, _ = _queries_keys_values("attention_weights", q, k, k)
    return _weights("attention_weights", q, k, mask)


def attention_backward(
    dy: ArrayLike, q: ArrayLike, k: ArrayLike, v: ArrayLike, mask: ArrayLike | None = None
) -> tuple[Floats, Floats, Floats]:
    """Return dL/dq, dL/dk, dL/dv of `attention`: dv = a^T dy, da = dy v^T, and so on back.

    dy: (..., T, e) gradient of the loss for the result; the rest as given to `attention`, with
    the same leading axes.  Returns arrays shaped like q, k and v.
    Raises ValueError for shapes that do not fit, TypeError for anything but numbers.

    >>> dq, dk, dv = attention_backward(np.ones((1, 1)), np.zeros((1, 2)), np.eye(2), np.eye(2, 1))
    >>> dv.tolist()  # each value had half of the say
    [[0.5], [0.5]]
    """
    q, k, v = _queries_keys_values("attention_backward", q, k, v)
    if not q.shape[:-2] == k.shape[:-2] == v.shape[:-2]:
        shapes = f"{q.shape}, {k.shape} and {v.shape}"
        raise ValueError(
            f"attention_backward: q, k and v must have the same leading axes, got {shapes}"
        )
    a = _weights("attention_backward", q, k, mask)
    dy = _checks.floats("attention_backward", "dy", dy, shape=(*a.shape[:-1], v.shape[-1]))
    da = dy @ np.swapaxes(v, -1, -2)
    # scores = q k^T / sqrt(d); a forbidden weight is 0, and softmax gives it no gradient
    dscores = softmax_backward(da, a) / math.sqrt(q.shape[-1])
    return dscores @ k, np.swapaxes(dscores, -1, -2) @ q, np.swapaxes(a, -1, -2) @ dy


def causal_mask(steps: int) -> NDArray[np.bool_]:
    """Allow each step to look at itself and at the past: mask[t, s] = (s <= t).

    steps: T.  Returns (T, T) of bool, True where looking is allowed.
    Raises ValueError unless steps >= 0, TypeError unless it is an integer.

    >>> causal_mask(3).astype(int).tolist()
    [[1, 0, 0], [1, 1, 0], [1, 1, 1]]
    """
    T = _checks.integer("causal_mask", "steps", steps, minimum=0)
    return np.tri(T, dtype=np.bool_)


def sinusoidal_positions(steps: int, features: int) -> Floats:
    """Write the time as waves of many lengths: p[t, 2 j] = sin(t / 10000^(2 j / D)), then cos.

    steps: T; features: D.  Returns (T, D), to be added to the inputs; even columns are sines, odd
    ones cosines.  A shift in time turns each pair by a fixed angle, so it is a linear map.
    Raises ValueError for negative sizes, TypeError unless they are integers.
    Source: Vaswani et al. (2017), section 3.5.

    >>> sinusoidal_positions(2, 4).round(3).tolist()
    [[0.0, 1.0, 0.0, 1.0], [0.841, 0.54, 0.01, 1.0]]
    """
    T = _checks.integer("sinusoidal_positions", "steps", steps, minimum=0)
    D = _checks.integer("sinusoidal_positions", "features", features, minimum=0)
    pair = np.arange(D) // 2
    angle = np.arange(T)[:, None] / 10000 ** (2 * pair / max(D, 1))
    return np.where(np.arange(D) % 2 == 0, np.sin(angle), np.cos(angle))


def split_heads(x: ArrayLike, heads: int) -> Floats:
    """Cut the features into equal parts, one per head: (T, N, D) -> (N, heads, T, D / heads).

    Raises ValueError unless x is 3-D and `heads` divides D, TypeError for anything but numbers.

    >>> split_heads(np.zeros((5, 2, 6)), 3).shape
    (2, 3, 5, 2)
    """
    x = _checks.floats("split_heads", "x", x, shape=("T", "N", "D"))
    T, N, D = x.shape
    _check_heads("split_heads", heads, D)
    return x.reshape(T, N, heads, D // heads).transpose(1, 2, 0, 3)  # (N, heads, T, d)


def merge_heads(x: ArrayLike) -> Floats:
    """Put the heads side by side again: (N, heads, T, d) -> (T, N, heads d), undoing `split_heads`.

    Raises ValueError unless x is 4-D, TypeError for anything but numbers.

    >>> merge_heads(np.zeros((2, 3, 5, 2))).shape
    (5, 2, 6)
    """
    x = _checks.floats("merge_heads", "x", x, shape=("N", "heads", "T", "d"))
    N, heads, T, d = x.shape
    return x.transpose(2, 0, 1, 3).reshape(T, N, heads * d)


def multi_head_attention(
    x: ArrayLike, w_qkv: ArrayLike, w_o: ArrayLike, heads: int, mask: ArrayLike | None = None
) -> Floats:
    """Let several heads attend side by side: q, k, v = x w_qkv, y = merge(attention(q, k, v)) w_o.

    x: (T, N, D) sequences that look at themselves; w_qkv: (D, 3 D), columns q, k, v; w_o: (D, D);
    heads: how many, a divisor of D; mask: (T, T).  Returns (T, N, D).
    Raises ValueError for shapes that do not fit, TypeError for anything but numbers.
    Source: Vaswani et al. (2017), section 3.2.2.

    >>> x, w_qkv, w_o = np.ones((5, 2, 6)), np.ones((6, 18)), np.eye(6)
    >>> multi_head_attention(x, w_qkv, w_o, heads=3, mask=causal_mask(5)).shape
    (5, 2, 6)
    """
    x, w_qkv, w_o = _sequence_and_weights("multi_head_attention", x, w_qkv, w_o)
    _check_heads("multi_head_attention", heads, x.shape[-1])
    q, k, v = (split_heads(part, heads) for part in np.split(x @ w_qkv, 3, axis=-1))
    return merge_heads(_weights("multi_head_attention", q, k, mask) @ v) @ w_o


def multi_head_attention_backward(
    dy: ArrayLike,
    x: ArrayLike,
    w_qkv: ArrayLike,
    w_o: ArrayLike,
    heads: int,
    mask: ArrayLike | None = None,
) -> tuple[Floats, Floats, Floats]:
    """Return dL/dx, dL/dw_qkv, dL/dw_o of `multi_head_attention`: every line of it, backwards.

    dy: (T, N, D) gradient of the loss for the result; the rest as in `multi_head_attention`.
    Returns arrays shaped like x, w_qkv and w_o.
    Raises ValueError for shapes that do not fit, TypeError for anything but numbers.

    >>> x, w_qkv, w_o = np.ones((5, 2, 6)), np.ones((6, 18)), np.eye(6)
    >>> [g.shape for g in multi_head_attention_backward(np.ones_like(x), x, w_qkv, w_o, heads=3)]
    [(5, 2, 6), (6, 18), (6, 6)]
    """
    x, w_qkv, w_o = _sequence_and_weights("multi_head_attention_backward", x, w_qkv, w_o)
    dy = _checks.floats("multi_head_attention_backward", "dy", dy, shape=x.shape)
    D = x.shape[2]
    _check_heads("multi_head_attention_backward", heads, x.shape[-1])
    q, k, v = (split_heads(part, heads) for part in np.split(x @ w_qkv, 3, axis=-1))
    a = _weights("multi_head_attention_backward", q, k, mask)
    mixed = merge_heads(a @ v)  # y = mixed w_o
    dw_o = mixed.reshape(-1, D).T @ dy.reshape(-1, D)
    grads = attention_backward(split_heads(dy @ w_o.T, heads), q, k, v, mask)
    dqkv = np.concatenate([merge_heads(grad) for grad in grads], axis=-1)  # (T, N, 3 D)
    dw_qkv = x.reshape(-1, D).T @ dqkv.reshape(-1, 3 * D)
    return dqkv @ w_qkv.T, dw_qkv, dw_o


def _weights(where: str, q: Floats, k: Floats, mask: ArrayLike | None) -> Floats:
    """Do what `attention_weights` does, in the name of the function that was called."""
    keys = np.swapaxes(_checks.wide(k), -1, -2)
    scores = _checks.wide(q) @ keys / math.sqrt(q.shape[-1])  # (..., T, S)
    if mask is None:
        a = softmax(scores)
    else:
        scores = scores + _penalty(where, mask, scores)
        blind = (scores == -np.inf).all(axis=-1, keepdims=True)
        a = np.where(blind, 0, softmax(np.where(blind, 0, scores)))
    return a.astype(np.result_type(q, k), copy=False)


def _penalty(where: str, mask: ArrayLike, scores: Floats) -> NDArray[Any]:
    """Return what to add to the scores: for a bool mask 0 where allowed and -inf where not."""
    numbers = _checks.floats(where, "mask", mask)
    if np.asarray(mask).dtype == np.bool_:
        numbers = np.where(numbers == 1, 0.0, -np.inf)
    with np.errstate(over="ignore"):  # what is too low for the dtype forbids, as -inf does
        mask = numbers.astype(scores.dtype, copy=False)
    wrong = np.isnan(mask) | (mask == np.inf)
    if wrong.any():
        came = numbers[wrong].flat[0]
        raise ValueError(f"{where}: mask must hold {mask.dtype} numbers or -inf, got {came:g}")
    try:
        return np.broadcast_to(mask, scores.shape)
    except ValueError:
        raise ValueError(
            f"{where}: mask must broadcast to {scores.shape}, got shape {mask.shape}"
        ) from None


def _queries_keys_values(
    where: str, q: ArrayLike, k: ArrayLike, v: ArrayLike
) -> tuple[Floats, Floats, Floats]:
    q, k, v = (_checks.floats(where, name, a) for name, a in (("q", q), ("k", k), ("v", v)))
    for name, array in (("q", q), ("k", k), ("v", v)):
        if array.ndim < 2:
            raise ValueError(f"{where}: {name} must be (..., T, d), got shape {array.shape}")
    try:
        np.broadcast_shapes(q.shape[:-2], k.shape[:-2], v.shape[:-2])
    except ValueError:
        raise ValueError(
            f"{where}: q, k and v must have leading axes that broadcast, "
            f"got {q.shape}, {k.shape} and {v.shape}"
        ) from None
    if q.shape[-1] != k.shape[-1] or q.shape[-1] == 0:
        raise ValueError(
            f"{where}: q and k must share d >= 1 features, got {q.shape[-1]} and {k.shape[-1]}"
        )
    if k.shape[-2] != v.shape[-2] or k.shape[-2] == 0:
        raise ValueError(
            f"{where}: k and v must share S >= 1 steps, got {k.shape[-2]} and {v.shape[-2]}"
        )
    return q, k, v


def _sequence_and_weights(
    where: str, x: ArrayLike, w_qkv: ArrayLike, w_o: ArrayLike
) -> tuple[Floats, Floats, Floats]:
    x = _checks.floats(where, "x", x, shape=("T", "N", "D"))
    D = x.shape[2]
    w_qkv = _checks.floats(where, "w_qkv", w_qkv, shape=(D, 3 * D))
    return x, w_qkv, _checks.floats(where, "w_o", w_o, shape=(D, D))


def _check_heads(where: str, heads: int, D: int) -> None:
    if D % _checks.integer(where, "heads", heads, minimum=1):
        raise ValueError(f"{where}: heads must divide the {D} features, got {heads}")
