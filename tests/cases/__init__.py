"""How the cases of the package contract are written down.

`tests/cases/<module>.py` holds `CASES`, one entry for every public function and class of
`snippets.<module>`:

    CASES = {
        "mse": cases(good(Y_HAT, Y), bad("y", Y_HAT, Y[:1])),
    }

A `good` call must work, on arrays of any kind; a `bad` one must raise an error that names the
function and the argument.  RNG stands for a fresh generator.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["RNG", "Bad", "Cases", "Good", "array", "bad", "cases", "good", "matrix"]


class _FreshGenerator:
    def __repr__(self) -> str:
        return "RNG"


RNG = _FreshGenerator()


def _call(f: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    return f(*args, **kwargs)


@dataclass(frozen=True)
class Good:
    """A call that works; `run` says what to do with a class, by default only call it."""

    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    run: Callable[..., Any] = _call


@dataclass(frozen=True)
class Bad:
    """A call that must fail, and the argument that its message must name.

    said_by: the function that notices, where a wrapper of a line or two leaves the check to it.
    """

    argument: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    run: Callable[..., Any] = _call
    said_by: str = ""


@dataclass(frozen=True)
class Cases:
    """All calls of one function.

    elementwise: it maps every number by itself, so any shape and NaN can be tried.
    float64_only: why float32 does not come back as float32, if so.
    never_bad: why there is no bad call, if so.
    """

    good: tuple[Good, ...]
    bad: tuple[Bad, ...]
    elementwise: bool = False
    float64_only: str = ""
    never_bad: str = ""


def good(*args: Any, run: Callable[..., Any] = _call, **kwargs: Any) -> Good:
    """Describe a call that works."""
    return Good(args, kwargs, run)


def bad(
    argument: str,
    *args: Any,
    run: Callable[..., Any] = _call,
    said_by: str = "",
    **kwargs: Any,
) -> Bad:
    """Describe a call that fails because of `argument`."""
    return Bad(argument, args, kwargs, run, said_by)


def cases(
    *calls: Good | Bad, elementwise: bool = False, float64_only: str = "", never_bad: str = ""
) -> Cases:
    """Gather the calls of one function."""
    return Cases(
        tuple(call for call in calls if isinstance(call, Good)),
        tuple(call for call in calls if isinstance(call, Bad)),
        elementwise,
        float64_only,
        never_bad,
    )


def array(*values: float) -> np.ndarray:
    """Make a float64 vector."""
    return np.array(values, dtype=np.float64)


def matrix(*shape: int, seed: int = 0) -> np.ndarray:
    """Make a float64 array of any shape with values near 0, the same at every call."""
    return np.random.default_rng(seed).normal(0, 1, shape).round(2)
