"""Turn bad input into one sentence: function, argument, what was expected, what came.

Every public function of the package passes its arguments through these few checks, so that a
mistake is told where it was made and in the same words everywhere.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__: list[str] = []

Floats = NDArray[np.floating[Any]]
Indices = NDArray[np.intp]
Dim = int | str | None


def floats(
    where: str,
    name: str,
    value: ArrayLike,
    *,
    ndim: int | tuple[int, ...] | None = None,
    shape: Sequence[Dim] | None = None,
    finite: bool = False,
) -> Floats:
    """Return `value` as a float array: float16/32/64 stay, ints and bools become float64.

    shape: one entry per axis; an int is required exactly, a str or None only names the axis.
    Raises TypeError for anything that is not numbers, ValueError for a wrong shape (or, with
    `finite`, for NaN and infinity).

    >>> floats("f", "x", [1, 2]).dtype
    dtype('float64')
    >>> floats("softmax", "z", [1.0], ndim=2)
    Traceback (most recent call last):
        ...
    ValueError: softmax: z must be 2-D, got shape (1,)
    """
    try:
        array = np.asarray(value)
    except ValueError:
        raise ValueError(f"{where}: {name} must be a rectangular array, got ragged rows") from None
    if array.dtype.kind in "biu":
        array = array.astype(np.float64)
    if array.dtype.kind != "f":
        raise TypeError(f"{where}: {name} must be real numbers, got {_kind(value, array)}")
    if ndim is not None:
        allowed = (ndim,) if isinstance(ndim, int) else ndim
        if array.ndim not in allowed:
            wanted = " or ".join(f"{n}-D" for n in allowed)
            raise ValueError(f"{where}: {name} must be {wanted}, got shape {array.shape}")
    if shape is not None and not _fits(array.shape, shape):
        raise ValueError(f"{where}: {name} must have shape {_text(shape)}, got shape {array.shape}")
    if finite and not np.isfinite(array).all():
        raise ValueError(f"{where}: {name} must be finite, got NaN or infinity")
    return array


def indices(
    where: str,
    name: str,
    value: ArrayLike,
    *,
    below: int,
    shape: Sequence[Dim] | None = None,
) -> Indices:
    """Return `value` as np.intp indices, each in 0 .. below - 1.

    Raises TypeError unless the values are integers, ValueError if one is out of range.

    >>> indices("f", "labels", [0, 2], below=3).tolist()
    [0, 2]
    >>> indices("cross_entropy", "labels", [3], below=3)
    Traceback (most recent call last):
        ...
    ValueError: cross_entropy: labels must lie in 0 .. 2, got 3
    """
    try:
        array = np.asarray(value)
    except ValueError:
        raise ValueError(f"{where}: {name} must be a rectangular array, got ragged rows") from None
    if array.size == 0 and not isinstance(value, np.ndarray):
        array = array.astype(np.intp)
    if array.dtype.kind not in "iu":
        raise TypeError(f"{where}: {name} must be integers, got {_kind(value, array)}")
    if shape is not None and not _fits(array.shape, shape):
        raise ValueError(f"{where}: {name} must have shape {_text(shape)}, got shape {array.shape}")
    numbers = array.astype(np.int64)
    # read without its sign a negative number is a huge one, so that one maximum is enough
    if array.size and np.maximum.reduce(numbers.view(np.uint64), axis=None) >= below:
        wrong = array[(array < 0) | (array >= below)].flat[0]
        raise ValueError(f"{where}: {name} must lie in 0 .. {below - 1}, got {wrong}")
    return numbers.astype(np.intp, copy=False)


def integer(where: str, name: str, value: Any, *, minimum: int | None = None) -> int:
    """Return `value` as a Python int, at least `minimum`; bools and fractions are refused.

    >>> integer("conv2d", "stride", 0, minimum=1)
    Traceback (most recent call last):
        ...
    ValueError: conv2d: stride must be an integer >= 1, got 0
    """
    wanted = "an integer" if minimum is None else f"an integer >= {minimum}"
    if isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{where}: {name} must be {wanted}, got {value!r}")
    try:
        number = operator.index(value)
    except TypeError:
        raise TypeError(f"{where}: {name} must be {wanted}, got {value!r}") from None
    if minimum is not None and number < minimum:
        raise ValueError(f"{where}: {name} must be {wanted}, got {number}")
    return number


def real(
    where: str,
    name: str,
    value: Any,
    *,
    minimum: float = -math.inf,
    above: float = -math.inf,
    maximum: float = math.inf,
    below: float = math.inf,
) -> float:
    """Return `value` as a finite float in minimum <= value <= maximum, above < value < below.

    >>> real("Perceptron", "lr", -1, above=0)
    Traceback (most recent call last):
        ...
    ValueError: Perceptron: lr must be a number > 0, got -1
    """
    bounds = [
        f"{sign} {limit:g}"
        for sign, limit in ((">=", minimum), (">", above), ("<=", maximum), ("<", below))
        if math.isfinite(limit)
    ]
    wanted = " ".join(["a number", " and ".join(bounds)]).strip() if bounds else "a finite number"
    scalar = np.asarray(value) if isinstance(value, (int, float, np.generic, np.ndarray)) else None
    if scalar is None or scalar.ndim != 0 or scalar.dtype.kind not in "iuf":
        raise TypeError(f"{where}: {name} must be {wanted}, got {value!r}")
    number = float(scalar)
    inside = minimum <= number <= maximum and above < number < below
    if not (math.isfinite(number) and inside):
        raise ValueError(f"{where}: {name} must be {wanted}, got {value!r}")
    return number


def same_shape(where: str, **arrays: Floats) -> None:
    """Raise ValueError unless all the named arrays have one shape.

    >>> same_shape("mse", y_hat=np.zeros(2), y=np.zeros(3))
    Traceback (most recent call last):
        ...
    ValueError: mse: y_hat and y must have the same shape, got (2,) and (3,)
    """
    if len({array.shape for array in arrays.values()}) > 1:
        names = " and ".join(arrays)
        shapes = " and ".join(str(array.shape) for array in arrays.values())
        raise ValueError(f"{where}: {names} must have the same shape, got {shapes}")


def alike(*arrays: Floats) -> tuple[Floats, ...]:
    """Return the arrays in the one dtype that holds them all.

    >>> [a.dtype.name for a in alike(np.zeros(2, np.float32), np.zeros(3, np.float64))]
    ['float64', 'float64']
    """
    dtype = np.result_type(*arrays)
    return tuple(array.astype(dtype, copy=False) for array in arrays)


def wide(array: Floats) -> Floats:
    """Return float16 as float32, in which its squares and sums are finite; others as they are.

    >>> wide(np.ones(2, np.float16)).dtype.name, wide(np.ones(2)).dtype.name
    ('float32', 'float64')
    """
    return array.astype(np.promote_types(array.dtype, np.float32), copy=False)


def cast(where: str, name: str, array: Floats, dtype: np.dtype[Any]) -> Floats:
    """Return the array in a dtype that may be narrower.

    Raises ValueError if a finite number would become infinite.

    >>> cast("mse", "y", np.array([1e300]), np.dtype(np.float32))
    Traceback (most recent call last):
        ...
    ValueError: mse: y must fit into float32, got 1e+300
    """
    if array.dtype == dtype:
        return array
    with np.errstate(over="ignore"):
        narrow = array.astype(dtype)
    lost = np.isinf(narrow) & np.isfinite(array)
    if lost.any():
        raise ValueError(f"{where}: {name} must fit into {dtype}, got {array[lost].flat[0]:g}")
    return narrow


def not_empty(where: str, **arrays: NDArray[Any]) -> None:
    """Raise ValueError if one of the named arrays has no element.

    >>> not_empty("mse", y=np.zeros((0, 2)))
    Traceback (most recent call last):
        ...
    ValueError: mse: y must not be empty, got shape (0, 2)
    """
    for name, array in arrays.items():
        if array.size == 0:
            raise ValueError(f"{where}: {name} must not be empty, got shape {array.shape}")


def generator(where: str, rng: Any) -> np.random.Generator:
    """Return `rng` if it is a numpy Generator; a seed or the old RandomState is refused.

    >>> generator("dropout", 0)
    Traceback (most recent call last):
        ...
    TypeError: dropout: rng must be a numpy.random.Generator, got 0
    """
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"{where}: rng must be a numpy.random.Generator, got {rng!r}")
    return rng


def choice(where: str, name: str, value: Any, options: Sequence[str]) -> str:
    """Return `value` if it is one of `options`.

    >>> choice("MLP", "activation", "swosh", ["relu", "tanh"])
    Traceback (most recent call last):
        ...
    ValueError: MLP: activation must be one of relu, tanh; got 'swosh'
    """
    if not isinstance(value, str) or value not in options:
        came = _what(value)
        raise ValueError(f"{where}: {name} must be one of {', '.join(options)}; got {came}")
    return value


def integers(
    where: str, name: str, value: Any, *, minimum: int | None = None, length: int | None = None
) -> list[int]:
    """Return a list of integers, each at least `minimum`; `length` says how many, if it matters.

    >>> integers("im2col", "kernel", (3, 0), minimum=1, length=2)
    Traceback (most recent call last):
        ...
    ValueError: im2col: kernel must be an integer >= 1, got 0
    """
    items = sequence(where, name, value, length=length)
    return [integer(where, name, item, minimum=minimum) for item in items]


def sequence(
    where: str, name: str, value: Any, *, length: int | None = None, minimum: int = 0
) -> list[Any]:
    """Return the items of a list, a tuple or an array; `length` or `minimum` says how many.

    >>> sequence("MLP", "sizes", 3)
    Traceback (most recent call last):
        ...
    TypeError: MLP: sizes must be a list, got 3
    >>> sequence("im2col", "kernel", [3], length=2)
    Traceback (most recent call last):
        ...
    ValueError: im2col: kernel must hold 2 items, got 1
    """
    if not isinstance(value, (list, tuple)) and not (isinstance(value, np.ndarray) and value.ndim):
        raise TypeError(f"{where}: {name} must be a list, got {_what(value)}")
    items: list[Any] = list(value)
    if length is not None and len(items) != length:
        raise ValueError(f"{where}: {name} must hold {length} items, got {len(items)}")
    if len(items) < minimum:
        raise ValueError(f"{where}: {name} must hold at least {minimum} items, got {len(items)}")
    return items


def function(where: str, name: str, value: Any) -> Any:
    """Return `value` if it can be called.

    >>> function("descend", "gradient", 3.0)
    Traceback (most recent call last):
        ...
    TypeError: descend: gradient must be a function, got 3.0
    """
    if not callable(value):
        raise TypeError(f"{where}: {name} must be a function, got {_what(value)}")
    return value


def returned(where: str, name: str, value: Any, shape: Sequence[Dim] | None = None) -> Floats:
    """Return what a caller's function gave back, if it is numbers, of this shape if one is given.

    >>> returned("descend", "gradient(theta)", None, (2,))
    Traceback (most recent call last):
        ...
    TypeError: descend: gradient(theta) must return real numbers, got None
    >>> returned("descend", "gradient(theta)", 1.0, (2,))
    Traceback (most recent call last):
        ...
    ValueError: descend: gradient(theta) must return shape (2,), got shape ()
    """
    try:
        array = np.asarray(value)
    except ValueError:
        array = np.asarray(None)
    if array.dtype.kind not in "biuf":
        raise TypeError(f"{where}: {name} must return real numbers, got {_kind(value, array)}")
    if shape is not None and not _fits(array.shape, shape):
        raise ValueError(
            f"{where}: {name} must return shape {_text(shape)}, got shape {array.shape}"
        )
    return floats(where, name, array)


def flag(where: str, name: str, value: Any) -> bool:
    """Return `value` if it is True or False.

    >>> flag("gru", "reset_after", "before")
    Traceback (most recent call last):
        ...
    TypeError: gru: reset_after must be True or False, got 'before'
    """
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{where}: {name} must be True or False, got {_what(value)}")
    return bool(value)


def able(where: str, name: str, value: Any, method: str) -> Any:
    """Return `value` if it has the method: an optimizer has `step`, a model has `gradients`.

    >>> able("train", "stepper", None, "step")
    Traceback (most recent call last):
        ...
    TypeError: train: stepper must be an object with a method step, got None
    """
    if isinstance(value, type) or not callable(getattr(value, method, None)):
        wanted = f"an object with a method {method}"
        raise TypeError(f"{where}: {name} must be {wanted}, got {_what(value)}")
    return value


def instance(where: str, name: str, value: Any, kind: type[Any]) -> Any:
    """Return `value` if it is of the class `kind`.

    >>> instance("xor.predict", "params", None, dict)
    Traceback (most recent call last):
        ...
    TypeError: xor.predict: params must be a dict, got None
    """
    if not isinstance(value, kind):
        raise TypeError(f"{where}: {name} must be a {kind.__name__}, got {_what(value)}")
    return value


def record(where: str, name: str, value: Any, kind: Any, *shapes: Sequence[Dim]) -> Any:
    """Return a NamedTuple of arrays, each field checked against its shape by `floats`.

    >>> from typing import NamedTuple
    >>> class Line(NamedTuple):
    ...     w: Floats
    >>> record("draw", "line", Line(np.zeros(3)), Line, (2,))
    Traceback (most recent call last):
        ...
    ValueError: draw: line.w must have shape (2,), got shape (3,)
    """
    fields: tuple[str, ...] = kind._fields
    arrays = zip(fields, instance(where, name, value, kind), shapes, strict=True)
    return kind(*(floats(where, f"{name}.{field}", a, shape=shape) for field, a, shape in arrays))


def float_type(where: str, value: Any) -> np.dtype[Any]:
    """Return the dtype that `value` names if it is a float type.

    >>> float_type("he_normal", "text")
    Traceback (most recent call last):
        ...
    TypeError: he_normal: dtype must be a float type, got 'text'
    """
    try:
        kind = np.dtype(value)
    except TypeError:
        kind = np.dtype(object)
    if kind.kind != "f" or value is None:  # NumPy takes None for float64
        raise TypeError(f"{where}: dtype must be a float type, got {_what(value)}")
    return kind


def _fits(shape: tuple[int, ...], wanted: Sequence[Dim]) -> bool:
    if shape == wanted:  # most often no axis is left open
        return True
    return len(shape) == len(wanted) and all(
        not isinstance(want, int) or want == got for got, want in zip(shape, wanted, strict=True)
    )


def _text(shape: Sequence[Dim]) -> str:
    inside = ", ".join("any" if dim is None else str(dim) for dim in shape)
    return f"({inside},)" if len(shape) == 1 else f"({inside})"


def _kind(value: Any, array: NDArray[Any]) -> str:
    return repr(value) if array.ndim == 0 else f"an array of {array.dtype}"


def _what(value: Any) -> str:
    """Show a plain value, and only name the class of anything longer."""
    if isinstance(value, type):
        return f"the class {value.__name__}"
    plain = value is None or isinstance(value, (bool, int, float, complex, str, np.generic))
    return repr(value) if plain else f"a {type(value).__name__}"
