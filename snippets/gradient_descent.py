"""Gradient descent: step downhill, look again, step again.

    theta <- theta - lr * dL/dtheta

The learning rate lr decides everything: too small and nothing moves, too large and the steps
overshoot.  On a parabola with curvature lambda the error is multiplied by (1 - lr lambda) in each
step, so the limit is known exactly: lr < 2 / lambda_max.

The loss is a mean over examples, so its gradient is the mean of their gradients.  All of them at
once is *batch* descent, a few at a time *mini-batch*, one at a time *stochastic* descent (SGD).
A gradient of zero is where descent rests, but a rest is not always a minimum: `LANDSCAPES`.

Raises, in every function: ValueError for a shape or a number that does not fit, TypeError for
anything but numbers, functions and generators where they are asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from snippets import _checks as check
from snippets._checks import Floats, Indices

__all__ = [
    "LANDSCAPES",
    "Landscape",
    "batches",
    "classify",
    "delta_rule_step",
    "descend",
    "parabolas",
    "parabolas_grad",
    "quadratic",
    "quadratic_grad",
    "step_size_limit",
    "stochastic_descend",
]


def descend(
    gradient: Callable[[Floats], Floats], start: ArrayLike, lr: float, steps: int
) -> Floats:
    """Follow theta <- theta - lr gradient(theta); return the whole path, (steps + 1, D).

    start: (D,).

    >>> descend(lambda theta: theta, start=[8.0], lr=0.5, steps=3).tolist()
    [[8.0], [4.0], [2.0], [1.0]]
    """
    gradient = check.function("descend", "gradient", gradient)
    lr = check.real("descend", "lr", lr, above=0)
    path = [check.floats("descend", "start", start, ndim=1)]
    for _ in range(check.integer("descend", "steps", steps, minimum=0)):
        slope = check.returned("descend", "gradient(theta)", gradient(path[-1]), path[-1].shape)
        path.append(path[-1] - lr * slope)
    return np.stack(path)


def delta_rule_step(
    x: ArrayLike, y: float, w: ArrayLike, b: float, lr: float = 0.1
) -> tuple[Floats, float]:
    """One step of the delta rule (LMS): w + lr (y - z) x with z = x . w + b, before any threshold.

    It is gradient descent on (z - y)^2 / 2 for this example, unlike the perceptron's rule, whose
    error is taken after the threshold.  x, w: (D,).  Returns the new w and b.
    Source: Widrow & Hoff (1960).

    >>> w, b = delta_rule_step([1.0, 2.0], y=1.0, w=[0.0, 0.0], b=0.0, lr=0.5)
    >>> w.tolist(), b
    ([0.5, 1.0], 0.5)
    """
    x = check.floats("delta_rule_step", "x", x, ndim=1)
    w = check.floats("delta_rule_step", "w", w, shape=x.shape)
    lr = check.real("delta_rule_step", "lr", lr, above=0)
    y, b = check.real("delta_rule_step", "y", y), check.real("delta_rule_step", "b", b)
    error = y - float(x @ w + b)
    return w + lr * error * x, b + lr * error


# --- How large a step may be ---------------------------------------------------------------------


def quadratic(theta: ArrayLike, a: ArrayLike) -> float:
    """A bowl with its bottom at 0: L = theta^T a theta / 2.  theta: (D,), a: (D, D) symmetric.

    >>> quadratic([1.0, 2.0], [[1.0, 0.0], [0.0, 3.0]])
    6.5
    """
    a = _symmetric("quadratic", a)
    theta = check.floats("quadratic", "theta", theta, shape=(len(a),))
    return float(theta @ a @ theta / 2)


def quadratic_grad(theta: ArrayLike, a: ArrayLike) -> Floats:
    """Gradient of `quadratic`: dL/dtheta = a theta.

    >>> quadratic_grad([1.0, 2.0], [[1.0, 0.0], [0.0, 3.0]]).tolist()
    [1.0, 6.0]
    """
    a = _symmetric("quadratic_grad", a)
    return a @ check.floats("quadratic_grad", "theta", theta, shape=(len(a),))


def step_size_limit(a: ArrayLike) -> float:
    """Learning rate beyond which descent on `quadratic` diverges: 2 / lambda_max.

    a: (D, D) symmetric, its largest eigenvalue (the sharpest curvature) positive.

    >>> step_size_limit([[1.0, 0.0], [0.0, 4.0]])
    0.5
    """
    sharpest = float(_curvatures("step_size_limit", a).max())
    if sharpest <= 0:
        raise ValueError(f"step_size_limit: a must curve upwards, got lambda_max {sharpest:g}")
    return 2 / sharpest


# --- One example, a few, all ---------------------------------------------------------------------


def parabolas(theta: float, centres: ArrayLike) -> Floats:
    """Loss of each example, a parabola around its own centre: (theta - c_n)^2 / 2.  Returns (N,).

    >>> parabolas(1.0, [0.0, 3.0]).tolist()
    [0.5, 2.0]
    """
    centres = check.floats("parabolas", "centres", centres, ndim=1)
    return (check.real("parabolas", "theta", theta) - centres) ** 2 / 2


def parabolas_grad(theta: float, centres: ArrayLike) -> Floats:
    """Gradient of each example's loss: theta - c_n.  Their mean is 0 at the mean of the centres.

    >>> parabolas_grad(1.5, [0.0, 3.0]).tolist()
    [1.5, -1.5]
    """
    centres = check.floats("parabolas_grad", "centres", centres, ndim=1)
    return check.real("parabolas_grad", "theta", theta) - centres


def batches(rng: np.random.Generator, examples: int, size: int) -> Iterator[Indices]:
    """Deal the examples out in random order, `size` at a time: one epoch.

    Yields index arrays; the last one may be shorter.

    >>> [len(batch) for batch in batches(np.random.default_rng(0), examples=5, size=2)]
    [2, 2, 1]
    """
    examples = check.integer("batches", "examples", examples, minimum=1)
    size = check.integer("batches", "size", size, minimum=1)
    order = check.generator("batches", rng).permutation(examples).astype(np.intp)
    return (order[first : first + size] for first in range(0, examples, size))


def stochastic_descend(
    gradient: Callable[[Floats, Indices], Floats],
    start: ArrayLike,
    lr: float,
    examples: int,
    size: int,
    epochs: int,
    rng: np.random.Generator,
) -> Floats:
    """Descend with the gradient of a few examples at a time; return the path, (steps + 1, D).

    gradient(theta, batch): mean gradient over the examples that `batch` (indices) names.
    size = 1 is SGD, size = examples is batch descent, anything between is mini-batch.

    >>> c = np.array([0.0, 2.0])
    >>> def mean_gradient(theta, batch):
    ...     return theta - c[batch].mean()
    >>> batch = {"examples": 2, "size": 2, "epochs": 2, "rng": np.random.default_rng(0)}
    >>> stochastic_descend(mean_gradient, [5.0], lr=0.5, **batch).tolist()
    [[5.0], [3.0], [2.0]]
    """
    gradient = check.function("stochastic_descend", "gradient", gradient)
    lr = check.real("stochastic_descend", "lr", lr, above=0)
    path = [check.floats("stochastic_descend", "start", start, ndim=1)]
    for _ in range(check.integer("stochastic_descend", "epochs", epochs, minimum=1)):
        for batch in batches(rng, examples, size):
            slope = gradient(path[-1], batch)
            slope = check.returned(
                "stochastic_descend", "gradient(theta, batch)", slope, path[-1].shape
            )
            path.append(path[-1] - lr * slope)
    return np.stack(path)


# --- Where the gradient is zero ------------------------------------------------------------------


class Landscape(NamedTuple):
    """A loss over the plane that is level at the origin: L(x, y) = a x^power + b y^power."""

    a: float
    b: float
    power: int

    def f(self, x: ArrayLike, y: ArrayLike) -> Floats:
        """Height at the points (x, y), arrays of any one shape."""
        x, y = check.floats("Landscape.f", "x", x), check.floats("Landscape.f", "y", y)
        check.same_shape("Landscape.f", x=x, y=y)
        return self.a * x**self.power + self.b * y**self.power

    def grad(self, p: ArrayLike) -> Floats:
        """Gradient at a point p (2,): (a power x^(power - 1), b power y^(power - 1))."""
        p = check.floats("Landscape.grad", "p", p, shape=(2,))
        return np.array([self.a, self.b], p.dtype) * self.power * p ** (self.power - 1)

    def hessian(self) -> Floats:
        """Second derivatives at the origin, (2, 2): diag(2 a, 2 b) for power 2, else all 0."""
        return 2 * np.diag([self.a, self.b]) * (self.power == 2)


LANDSCAPES = {
    "minimum": Landscape(1.0, 1.0, power=2),
    "maximum": Landscape(-1.0, -1.0, power=2),
    "saddle": Landscape(1.0, -1.0, power=2),
    "plateau": Landscape(1.0, 1.0, power=3),
}
"""Four surfaces whose gradient at the origin is 0; only the first has a minimum there."""


def classify(hessian: ArrayLike) -> str:
    """Name a point of zero gradient by its curvatures, the eigenvalues of the Hessian (D, D).

    All positive: "minimum".  All negative: "maximum".  Both signs: "saddle".  Otherwise some are 0
    and decide nothing: "plateau" (flat to second order; higher derivatives decide).  What is within
    rounding of 0, D eps max |lambda|, counts as 0.

    >>> classify([[2.0, 0.0], [0.0, -2.0]])
    'saddle'
    """
    curvatures = _curvatures("classify", hessian, name="hessian")
    sizes = np.abs(curvatures)
    curvatures[sizes <= sizes.size * np.finfo(sizes.dtype).eps * sizes.max()] = 0
    if curvatures.min() > 0:
        return "minimum"
    if curvatures.max() < 0:
        return "maximum"
    return "saddle" if curvatures.min() < 0 < curvatures.max() else "plateau"


def _curvatures(where: str, a: ArrayLike, name: str = "a") -> Floats:
    a = _symmetric(where, a, name)
    return np.linalg.eigvalsh(a.astype(np.promote_types(a.dtype, np.float32)))  # none for float16


def _symmetric(where: str, a: ArrayLike, name: str = "a") -> Floats:
    a = check.floats(where, name, a, ndim=2, finite=True)
    if a.shape[0] != a.shape[1] or not np.array_equal(a, a.T):
        raise ValueError(f"{where}: {name} must be square and symmetric, got shape {a.shape}")
    check.not_empty(where, **{name: a})
    return a
