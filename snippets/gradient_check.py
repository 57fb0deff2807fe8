"""Gradient checking: ask the function itself what its slope is.

A derivative worked out by hand may be wrong, and a wrong gradient often still trains, only worse.
The definition of the derivative gives a second opinion that needs no calculus: step a little to
both sides and divide the rise by the run,

    df/dx_i  ~  (f(x + eps e_i) - f(x - eps e_i)) / (2 eps).

Stepping to both sides (a *central* difference) cancels the second-order term of Taylor's series,
so what the formula leaves out shrinks as eps^2.  But f is only known to about u = 2.2e-16 of its
value, and dividing that rounding by eps makes it grow as u / eps.  The sum of the two is a
V-shaped curve whose bottom lies near eps = u^(1/3), about 6e-6: smaller is not better.

It needs two evaluations of f per input, so it checks gradients and does not train networks.

Raises, in every function: ValueError for a shape or a step that does not fit, TypeError for
anything but numbers and functions that return them.
Source: Press et al. (2007), Numerical Recipes, section 5.7, for the best step.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from snippets._checks import Floats, floats, function, real, returned, same_shape

__all__ = [
    "BEST_EPSILON",
    "check_gradient",
    "error_by_epsilon",
    "numerical_gradient",
    "relative_error",
]

BEST_EPSILON = float(np.cbrt(np.finfo(np.float64).eps))

Function = Callable[[Floats], Any]


def numerical_gradient(f: Function, x: ArrayLike, eps: float = BEST_EPSILON) -> Floats:
    """Estimate the gradient of f at x: df/dx_i ~ (f(x + eps e_i) - f(x - eps e_i)) / (2 eps).

    f: takes an array shaped like x, returns one number.  x: any shape.  eps: length of the step
    where |x_i| <= 1; beyond, it is eps |x_i|, for rounding would swallow a small step from a large
    number.  Returns an array shaped like x.  The steps are taken in float64 even when x holds
    float32 or integers: an integer array would swallow them, float32 would lose half of them.
    Raises ValueError unless f returns one number.

    >>> numerical_gradient(lambda x: np.sum(x**2), [3, 4]).round(6).tolist()
    [6.0, 8.0]
    """
    f = function("numerical_gradient", "f", f)
    given = floats("numerical_gradient", "x", x)
    eps = real("numerical_gradient", "eps", eps, above=0)
    point = given.astype(np.float64)
    gradient = np.empty_like(point)
    for i in np.ndindex(point.shape):
        step, length = np.zeros_like(point), eps * max(1.0, abs(point[i]))
        step[i] = length
        # (f(x + eps e_i) - f(x - eps e_i)) / (2 eps)
        gradient[i] = (_one_number(f, point + step) - _one_number(f, point - step)) / (2 * length)
    return gradient.astype(given.dtype)


def relative_error(a: ArrayLike, b: ArrayLike) -> float:
    """Measure how far apart two gradients are: max |a - b| / max(|a|, |b|), over all entries.

    a, b: arrays of one shape.  Returns 0.0 for equal arrays, at most 2; NaN if either holds NaN.
    Dividing by the largest entry keeps a few tiny entries from drowning in their own rounding.

    >>> relative_error([1.0, 100.0], [1.0, 99.0])
    0.01
    """
    first = floats("relative_error", "a", a).astype(np.float64)
    second = floats("relative_error", "b", b).astype(np.float64)
    same_shape("relative_error", a=first, b=second)
    scale = np.max(np.abs([first, second]), initial=0.0)
    return float(np.max(np.abs(first - second), initial=0.0) / scale) if scale else 0.0


def check_gradient(
    f: Function,
    x: ArrayLike,
    grad: ArrayLike,
    eps: float = BEST_EPSILON,
    tolerance: float = 1e-6,
) -> float:
    """Compare a gradient worked out by hand with the central difference of f at x.

    f: takes an array shaped like x, returns one number.  x, grad: arrays of one shape.
    Returns the relative error.
    Raises ValueError, naming the worst entry, if the relative error exceeds `tolerance`.

    >>> check_gradient(lambda x: np.sum(x**2), [3, 4], [6, 8]) < 1e-9
    True
    >>> check_gradient(lambda x: np.sum(x**2), [3, 4], [6, 16])
    Traceback (most recent call last):
        ...
    ValueError: check_gradient: grad must be 8 at index (1,), as the slope of f is, got 16
    """
    given = floats("check_gradient", "grad", grad)
    point = floats("check_gradient", "x", x).astype(np.float64)
    same_shape("check_gradient", x=point, grad=given)
    tolerance = real("check_gradient", "tolerance", tolerance, minimum=0)
    slope = numerical_gradient(f, point, eps)
    error = relative_error(given, slope)
    if not error <= tolerance:  # so that NaN fails too
        worst = np.unravel_index(np.argmax(np.abs(given - slope)), point.shape)
        index = tuple(int(i) for i in worst)
        raise ValueError(
            f"check_gradient: grad must be {slope[worst]:.6g} at index {index}, "
            f"as the slope of f is, got {given[worst]:.6g}"
        )
    return error


def error_by_epsilon(f: Function, x: ArrayLike, grad: ArrayLike, epsilons: ArrayLike) -> Floats:
    """Return the relative error of the central difference for each step length: the V curve.

    f, x, grad: as in `check_gradient`, with `grad` the exact gradient.  epsilons: (E,) steps.
    Returns (E,) relative errors.

    >>> f, exact = lambda x: np.sum(np.exp(x)), np.exp([1.0])
    >>> large, best, small = error_by_epsilon(f, [1.0], exact, [1e-1, 6e-6, 1e-12])
    >>> bool(best < large), bool(best < small)
    (True, True)
    """
    steps = floats("error_by_epsilon", "epsilons", epsilons, ndim=1)
    exact = floats("error_by_epsilon", "grad", grad)
    point = floats("error_by_epsilon", "x", x).astype(np.float64)
    same_shape("error_by_epsilon", x=point, grad=exact)
    errors = [relative_error(exact, numerical_gradient(f, point, eps)) for eps in steps.tolist()]
    return np.array(errors, dtype=steps.dtype)


def _one_number(f: Function, x: Floats) -> float:
    value = returned("numerical_gradient", "f(x)", f(x))
    if value.size != 1:
        raise ValueError(
            f"numerical_gradient: f(x) must return one number, got an array of shape {value.shape}"
        )
    return float(value.reshape(()))
