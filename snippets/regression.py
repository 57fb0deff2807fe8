"""Regression: the oldest learning machines are networks of one neuron.

    linear regression     y_hat = x . w + b             L = mean (y_hat - y)^2 / 2
    logistic regression   y_hat = sigmoid(x . w + b)    L = mean binary cross-entropy

Different predictions and different losses, and yet one gradient: dL/dw = mean (y_hat - y) x.  The
linear one can also be solved at a stroke, by the normal equation, and gradient descent walks to the
same answer.  A network has the same purpose, the parameters with the least loss, and usually many
more parameters.

Raises, in every function: ValueError for a shape or a number that does not fit, TypeError for
anything but numbers, functions and generators where they are asked for.
Source: Legendre (1805) for least squares; Cox (1958) for the logistic model.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from snippets import _checks as check
from snippets._checks import Floats
from snippets.activations import sigmoid
from snippets.loss import binary_cross_entropy_with_logits

__all__ = [
    "Fit",
    "gradient",
    "gradient_descent",
    "linear",
    "logistic",
    "logistic_loss",
    "normal_equation",
    "squared_loss",
]


class Fit(NamedTuple):
    """Parameters of one neuron: weights w (D,) and bias b."""

    w: Floats
    b: float


def linear(x: ArrayLike, w: ArrayLike, b: float) -> Floats:
    """Predict a number: y_hat = x . w + b.  x: (N, D), w: (D,).  Returns (N,).

    >>> linear([[1.0], [2.0]], w=[3.0], b=1.0).tolist()
    [4.0, 7.0]
    """
    x = check.floats("linear", "x", x, ndim=2)
    w = check.floats("linear", "w", w, shape=(x.shape[1],))
    return x @ w + check.real("linear", "b", b)


def logistic(x: ArrayLike, w: ArrayLike, b: float) -> Floats:
    """Predict a probability: y_hat = sigmoid(x . w + b).  x: (N, D), w: (D,).  Returns (N,).

    >>> logistic([[0.0], [1e4]], w=[3.0], b=0.0).tolist()
    [0.5, 1.0]
    """
    return sigmoid(linear(x, w, b))


def squared_loss(x: ArrayLike, y: ArrayLike, w: ArrayLike, b: float) -> float:
    """Loss of linear regression: mean of (y_hat - y)^2 / 2, which makes its gradient plain.

    >>> squared_loss([[1.0], [2.0]], [4.0, 5.0], w=[3.0], b=1.0)
    1.0
    """
    x, y = _examples("squared_loss", x, y)
    return float(np.mean((check.wide(linear(x, w, b)) - y) ** 2) / 2)


def logistic_loss(x: ArrayLike, y: ArrayLike, w: ArrayLike, b: float) -> float:
    """Loss of logistic regression: mean binary cross-entropy in nats.  y: 0 or 1.

    >>> round(logistic_loss([[0.0]], [1], w=[3.0], b=0.0), 4)
    0.6931
    """
    x, y = _examples("logistic_loss", x, y)
    return binary_cross_entropy_with_logits(linear(x, w, b), y)


def gradient(x: ArrayLike, y_hat: ArrayLike, y: ArrayLike) -> Fit:
    """Gradient of either loss: dL/dw = mean (y_hat - y) x, dL/db = mean (y_hat - y).

    x: (N, D); y_hat, y: (N,).  Returns the gradients in place of w (D,) and b.

    >>> gradient([[2.0], [1.0]], y_hat=[1.0, 0.0], y=[0.0, 0.0])
    Fit(w=array([1.]), b=0.5)
    """
    x, y = _examples("gradient", x, y)
    error = check.floats("gradient", "y_hat", y_hat, shape=y.shape) - y
    return Fit(error @ x / len(x), float(error.mean()))


def normal_equation(x: ArrayLike, y: ArrayLike) -> Fit:
    """Solve linear regression at once: (X^T X) theta = X^T y, X = x with a column of ones.

    x: (N, D), y: (N,).  Raises ValueError if the columns of X depend on each other: then many
    solutions are equally good.

    >>> fit = normal_equation([[0.0], [1.0], [2.0]], [1.0, 3.0, 5.0])
    >>> fit.w.round(12).tolist(), round(fit.b, 12)
    ([2.0], 1.0)
    """
    x, y = _examples("normal_equation", x, y)
    check.floats("normal_equation", "x", x, finite=True)
    # in float64 and around the mean: far from 0 (years, say) X^T X would lose most of its digits
    mean = x.mean(axis=0, dtype=np.float64)
    X = np.column_stack([x - mean, np.ones(len(x))])
    # the theta with (X^T X) theta = X^T y
    noise = 8 * X.shape[1] * np.finfo(np.promote_types(x.dtype, np.float32)).eps
    theta, _, rank, _ = np.linalg.lstsq(X, y.astype(np.float64), rcond=noise)
    if rank < X.shape[1]:
        raise ValueError(
            f"normal_equation: x must have independent columns, got rank {rank} "
            f"with the constant, for {X.shape[1]} parameters"
        )
    w = theta[:-1]
    return Fit(w.astype(x.dtype), float(theta[-1] - w @ mean))


def gradient_descent(
    predict: Callable[[ArrayLike, ArrayLike, float], Floats],
    x: ArrayLike,
    y: ArrayLike,
    lr: float = 0.1,
    steps: int = 1000,
) -> Fit:
    """Walk down from w = 0, b = 0: the same loop for `linear` and for `logistic`.

    x: (N, D), y: (N,).

    >>> fit = gradient_descent(linear, [[-1.0], [1.0]], [0.0, 2.0])
    >>> fit.w.round(6).tolist(), round(fit.b, 6)
    ([1.0], 1.0)
    """
    predict = check.function("gradient_descent", "predict", predict)
    x, y = _examples("gradient_descent", x, y)
    lr = check.real("gradient_descent", "lr", lr, above=0)
    w, b = np.zeros(x.shape[1], x.dtype), 0.0
    for _ in range(check.integer("gradient_descent", "steps", steps, minimum=1)):
        y_hat = check.returned("gradient_descent", "predict(x, w, b)", predict(x, w, b), y.shape)
        dw, db = gradient(x, y_hat, y)
        w, b = w - lr * dw, b - lr * db
    return Fit(w, b)


def _examples(where: str, x: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats]:
    x = check.floats(where, "x", x, ndim=2)
    check.not_empty(where, x=x)
    return x, check.cast(where, "y", check.floats(where, "y", y, shape=(len(x),)), x.dtype)
