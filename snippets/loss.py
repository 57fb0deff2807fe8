"""Loss functions: one number for how wrong the predictions are.

Training looks for parameters that make this number small over all the examples, so each loss here
is the **mean** over the examples, and each `f_grad` is the gradient of that mean with respect to
the prediction: the place where backpropagation starts.

For numbers: `mse` punishes large errors most, `mae` all errors alike, `huber` is the first near 0
and the second far away.  For two classes: `hinge` and binary cross-entropy.  For K classes:
`cross_entropy`, which is the negative log-likelihood of the right class.  The last two are computed
from logits, because log(softmax(z)) and log(sigmoid(z)) taken in two steps end in log 0.

Raises, in every function: ValueError for shapes that differ, for an empty array or a target out
of range, TypeError for anything but numbers, whole ones where they are labels.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from snippets import _checks as check
from snippets._checks import Floats, Indices
from snippets.activations import log_softmax, sigmoid, softmax, softplus

__all__ = [
    "binary_cross_entropy",
    "binary_cross_entropy_grad",
    "binary_cross_entropy_with_logits",
    "binary_cross_entropy_with_logits_grad",
    "cross_entropy",
    "cross_entropy_grad",
    "hinge",
    "hinge_grad",
    "huber",
    "huber_grad",
    "mae",
    "mae_grad",
    "mse",
    "mse_grad",
    "one_hot",
]


def mse(y_hat: ArrayLike, y: ArrayLike) -> float:
    """Mean squared error: L = mean((y_hat - y)^2).

    y_hat, y: predictions and targets of one shape; L has the square of their unit.

    >>> mse([1.0, 4.0], [1.0, 2.0])
    2.0
    """
    y_hat, y = _pair("mse", y_hat, y)
    return float(np.mean((check.wide(y_hat) - y) ** 2))


def mse_grad(y_hat: ArrayLike, y: ArrayLike) -> Floats:
    """Gradient of `mse`: dL/dy_hat = 2 (y_hat - y) / n, n the number of elements.

    >>> mse_grad([1.0, 4.0], [1.0, 2.0]).tolist()
    [0.0, 2.0]
    """
    y_hat, y = _pair("mse_grad", y_hat, y)
    return 2 * (y_hat - y) / y.size


def mae(y_hat: ArrayLike, y: ArrayLike) -> float:
    """Mean absolute error: L = mean(|y_hat - y|), in the unit of y.

    >>> mae([1.0, 4.0], [1.0, 2.0])
    1.0
    """
    y_hat, y = _pair("mae", y_hat, y)
    return float(np.mean(np.abs(check.wide(y_hat) - y)))


def mae_grad(y_hat: ArrayLike, y: ArrayLike) -> Floats:
    """Gradient of `mae`: dL/dy_hat = sign(y_hat - y) / n; 0 at the corner y_hat = y.

    >>> mae_grad([1.0, 4.0], [1.0, 2.0]).tolist()
    [0.0, 0.5]
    """
    y_hat, y = _pair("mae_grad", y_hat, y)
    return np.sign(y_hat - y) / y.size


def huber(y_hat: ArrayLike, y: ArrayLike, delta: float = 1.0) -> float:
    """Mean of e^2 / 2 where |e| <= delta, else delta (|e| - delta / 2); e = y_hat - y.

    delta > 0, in the unit of y, is where the parabola goes over into a line, without a corner.
    Source: Huber (1964).

    >>> huber([0.5, 3.0], [0.0, 0.0])
    1.3125
    """
    delta = check.real("huber", "delta", delta, above=0)
    y_hat, y = _pair("huber", y_hat, y)
    e = np.abs(check.wide(y_hat) - y)
    # with q = min(|e|, delta) both branches are one formula: q (|e| - q / 2)
    q = np.minimum(e, delta)
    return float(np.mean(q * (e - q / 2)))


def huber_grad(y_hat: ArrayLike, y: ArrayLike, delta: float = 1.0) -> Floats:
    """Gradient of `huber`: dL/dy_hat = clip(y_hat - y, -delta, delta) / n.

    >>> huber_grad([0.5, 3.0], [0.0, 0.0]).tolist()
    [0.25, 0.5]
    """
    delta = check.real("huber_grad", "delta", delta, above=0)
    y_hat, y = _pair("huber_grad", y_hat, y)
    return np.clip(y_hat - y, -delta, delta) / y.size


def hinge(y_hat: ArrayLike, y: ArrayLike) -> float:
    """Mean of max(0, 1 - y y_hat) for targets y = -1 or +1: 0 once the margin is 1.

    y_hat: scores of any sign.  Raises ValueError for another target.

    >>> hinge([2.0, -0.5], [1, 1])
    0.75
    """
    y_hat, y = _signs("hinge", y_hat, y)
    return float(np.mean(np.maximum(0, 1 - y * y_hat)))


def hinge_grad(y_hat: ArrayLike, y: ArrayLike) -> Floats:
    """Gradient of `hinge`: dL/dy_hat = -y / n where y y_hat < 1, else 0 (also at the corner).

    >>> hinge_grad([-2.0, 0.5], [-1, -1]).tolist()
    [0.0, 0.5]
    """
    y_hat, y = _signs("hinge_grad", y_hat, y)
    return -y * np.heaviside(1 - y * y_hat, 0) / y.size


def binary_cross_entropy(y_hat: ArrayLike, y: ArrayLike) -> float:
    """Mean of -(y log y_hat + (1 - y) log(1 - y_hat)), in nats.

    y_hat: probabilities of class 1, each moved at least one rounding unit (eps of its dtype) away
    from 0 and 1, so that L stays finite.  y: targets in [0, 1].  Raises ValueError outside [0, 1].

    >>> round(binary_cross_entropy([0.5, 0.5], [0, 1]), 4)
    0.6931
    """
    p, y = _probabilities("binary_cross_entropy", y_hat, y)
    return float(np.mean(-(y * np.log(p) + (1 - y) * np.log1p(-p))))


def binary_cross_entropy_grad(y_hat: ArrayLike, y: ArrayLike) -> Floats:
    """Gradient of `binary_cross_entropy`: dL/dy_hat = (y_hat - y) / (y_hat (1 - y_hat)) / n.

    >>> binary_cross_entropy_grad([0.5, 0.5], [0, 1]).tolist()
    [1.0, -1.0]
    """
    p, y = _probabilities("binary_cross_entropy_grad", y_hat, y)
    return (p - y) / (p * (1 - p)) / y.size


def binary_cross_entropy_with_logits(y_hat: ArrayLike, y: ArrayLike) -> float:
    """Binary cross-entropy of sigmoid(y_hat), computed as mean(softplus(y_hat) - y y_hat).

    y_hat: logits, finite at any size.  y: targets in [0, 1].  Returns nats.

    >>> binary_cross_entropy_with_logits([1e4, -1e4], [0, 0])
    5000.0
    """
    z, y = _logits("binary_cross_entropy_with_logits", y_hat, y)
    return float(np.mean(softplus(z) - y * z))


def binary_cross_entropy_with_logits_grad(y_hat: ArrayLike, y: ArrayLike) -> Floats:
    """Gradient for the logits: dL/dz = (sigmoid(z) - y) / n, not small when far wrong.

    >>> binary_cross_entropy_with_logits_grad([1e4, -1e4], [0, 0]).tolist()
    [0.5, 0.0]
    """
    z, y = _logits("binary_cross_entropy_with_logits_grad", y_hat, y)
    return (sigmoid(z) - y) / y.size


def cross_entropy(logits: ArrayLike, labels: ArrayLike) -> float:
    """Mean negative log-likelihood of the right class: L = -mean_n log softmax(z_n)[label_n].

    logits: (N, K).  labels: (N,) integers in 0 .. K - 1.  Returns nats; log K for equal logits.

    >>> round(cross_entropy([[0.0, 0.0], [1e4, 0.0]], [0, 0]), 4)
    0.3466
    """
    z, labels = _classes("cross_entropy", logits, labels)
    return -float(np.mean(log_softmax(z)[np.arange(len(z), dtype=np.intp), labels]))


def cross_entropy_grad(logits: ArrayLike, labels: ArrayLike) -> Floats:
    """Gradient for the logits: dL/dz = (p - y) / N with p = softmax(z) and y one-hot.

    >>> cross_entropy_grad([[0.0, 0.0]], [0]).tolist()
    [[-0.5, 0.5]]
    """
    z, labels = _classes("cross_entropy_grad", logits, labels)
    # softmax backward times -1/p_label collapses to p - y
    return (softmax(z) - one_hot(labels, z.shape[1]).astype(z.dtype)) / len(z)


def one_hot(labels: ArrayLike, classes: int) -> Floats:
    """Write each label as a row of zeros with a single 1: (N,) -> (N, classes).

    >>> one_hot([0, 2], 3).tolist()
    [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]
    """
    classes = check.integer("one_hot", "classes", classes, minimum=1)
    labels = check.indices("one_hot", "labels", labels, below=classes, shape=("N",))
    return np.eye(classes)[labels]


def _pair(where: str, y_hat: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats]:
    predicted, target = check.floats(where, "y_hat", y_hat), check.floats(where, "y", y)
    check.same_shape(where, y_hat=predicted, y=target)
    check.not_empty(where, y_hat=predicted)
    return predicted, check.cast(where, "y", target, predicted.dtype)


def _signs(where: str, y_hat: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats]:
    score, sign = _pair(where, y_hat, y)
    if not np.isin(sign, (-1, 1)).all():
        raise ValueError(f"{where}: y must be -1 or +1, got {sign[~np.isin(sign, (-1, 1))][0]}")
    return score, sign


def _logits(where: str, y_hat: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats]:
    logits, target = _pair(where, y_hat, y)
    _in_unit_interval(where, "y", target)
    return logits, target


def _probabilities(where: str, y_hat: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats]:
    p, target = _logits(where, y_hat, y)
    _in_unit_interval(where, "y_hat", p)
    eps = np.finfo(p.dtype).eps
    return np.clip(p, eps, 1 - eps), target


def _in_unit_interval(where: str, name: str, array: Floats) -> None:
    outside = (array < 0) | (array > 1)
    if outside.any():
        raise ValueError(f"{where}: {name} must lie in [0, 1], got {array[outside][0]}")


def _classes(where: str, logits: ArrayLike, labels: ArrayLike) -> tuple[Floats, Indices]:
    z = check.floats(where, "logits", logits, ndim=2)
    check.not_empty(where, logits=z)
    return z, check.indices(where, "labels", labels, below=z.shape[1], shape=(len(z),))
