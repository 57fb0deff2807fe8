"""Shared by the tests: compare all gradients of a function with the central difference."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from snippets.gradient_check import numerical_gradient, relative_error


def assert_gradients(
    f: Callable[..., Any],
    arguments: Sequence[Any],
    gradients: Sequence[Any],
    tolerance: float = 1e-6,
) -> None:
    """Check gradients[k] against the central difference of f in arguments[k], for every k."""
    assert len(gradients) == len(arguments)
    for k, (argument, gradient) in enumerate(zip(arguments, gradients, strict=True)):

        def moved(value: Any, k: int = k) -> Any:
            return f(*arguments[:k], value, *arguments[k + 1 :])

        assert gradient.shape == np.shape(argument), f"argument {k}"
        error = relative_error(gradient, numerical_gradient(moved, argument))
        assert error <= tolerance, f"argument {k}: relative error {error:.1e}"


def frozen(*arrays: Any) -> list[Any]:
    """Return copies that raise when something writes into them."""
    copies = [np.array(array) for array in arrays]
    for copy in copies:
        copy.flags.writeable = False
    return copies
