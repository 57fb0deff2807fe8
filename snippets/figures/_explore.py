"""Figures with controls: one declaration gives the static figure, its controls and its data.

    @explorable(Slider("moment", 0, 50, plays=True), data=training_data)
    def training(label: Labels) -> Figure: ...

is a figure like any other; besides, the page loads `training_data()` as a file and draws it anew
whenever the reader moves the slider.  What the data mean and how they are drawn, and the words of
the controls, stand in docs/assets/js/explore/views/<concept>-<name>.js.
"""

from __future__ import annotations

import base64
import json
import sys
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import update_wrapper
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from snippets.figures._style import Labels

__all__: list[str] = []

Array = NDArray[Any]
Data = Mapping[str, "Array | Sequence[str]"]

# NumPy's name of a type -> that of the JavaScript array that holds it
_TYPES = {
    "float32": "Float32Array",
    "float64": "Float64Array",
    "int16": "Int16Array",
    "int32": "Int32Array",
    "uint8": "Uint8Array",
}
_ALIGNMENT = 8  # a typed array begins at a multiple of its item's size


@dataclass(frozen=True)
class Slider:
    """A number from `minimum` to `maximum`; `plays`: it has buttons that play and step it."""

    name: str
    minimum: float
    maximum: float
    step: float = 1
    value: float = 0
    plays: bool = False


@dataclass(frozen=True)
class Choice:
    """One of a few options, which are numbers or names in the code."""

    name: str
    options: Sequence[float | str]
    value: float | str


Control = Slider | Choice


class Explorable:
    """A figure function that has controls and data; called, it draws the static figure."""

    def __init__(
        self,
        draw: Callable[[Labels], Figure],
        controls: Sequence[Control],
        data: Callable[[], Data],
    ) -> None:
        """Stand in for `draw`, with its name and docstring."""
        update_wrapper(self, draw)
        self._draw = draw
        self.controls = tuple(controls)
        self.data = data

    def __call__(self, label: Labels) -> Figure:
        """Draw the static figure, which shows the controls' first values."""
        return self._draw(label)

    def to_json(self) -> str:
        """Return what the page loads: controls, texts and arrays."""
        controls = [{"type": type(one).__name__.lower(), **asdict(one)} for one in self.controls]
        return json.dumps({"controls": controls, **pack(self.data())}, separators=(",", ":"))


def explorable(
    *controls: Control, data: Callable[[], Data]
) -> Callable[[Callable[[Labels], Figure]], Explorable]:
    """Give the figure function below it controls and data.

    data: returns arrays and lists of texts by name, all of it computed by the package.
    """
    return lambda draw: Explorable(draw, controls, data)


def pack(data: Data) -> dict[str, Any]:
    """Return `data` fit for JSON: arrays as one deflated run of bytes, with what stands where.

    Arrays keep their type, so that what the reader sees is what was computed.
    Raises ValueError for a type that a browser has no array for, and for NaN and infinity.

    >>> pack({"names": ["z", "h"]})["texts"]
    {'names': ['z', 'h']}
    >>> list(pack({"x": np.zeros((2, 3))})["arrays"].items())
    [('x', {'type': 'Float64Array', 'shape': [2, 3], 'at': 0})]
    """
    texts: dict[str, list[str]] = {}
    arrays: dict[str, dict[str, Any]] = {}
    content = b""
    for name, value in data.items():
        if not isinstance(value, np.ndarray):
            texts[name] = list(value)
            continue
        if value.dtype.name not in _TYPES:
            raise ValueError(f"pack: {name} must be one of {', '.join(_TYPES)}, got {value.dtype}")
        if not np.isfinite(value).all():
            raise ValueError(f"pack: {name} must be finite")
        content += bytes(-len(content) % _ALIGNMENT)
        shape = list(value.shape)
        arrays[name] = {"type": _TYPES[value.dtype.name], "shape": shape, "at": len(content)}
        content += np.ascontiguousarray(_little_endian(value)).tobytes()
    deflated = base64.b64encode(zlib.compress(content, 9)).decode("ascii")
    return {"texts": texts, "arrays": arrays, "bytes": deflated}


def unpack(packed: Mapping[str, Any]) -> dict[str, Array | list[str]]:
    """Return what `pack` was given.

    >>> unpack(pack({"x": np.array([1.5, -2.0])}))["x"].tolist()
    [1.5, -2.0]
    """
    content = zlib.decompress(base64.b64decode(packed["bytes"]))
    dtypes = {javascript: np.dtype(name) for name, javascript in _TYPES.items()}
    arrays: dict[str, Array | list[str]] = {}
    for name, entry in packed["arrays"].items():
        dtype = dtypes[entry["type"]].newbyteorder("<")
        count = int(np.prod(entry["shape"]))
        flat = np.frombuffer(content, dtype, count=count, offset=entry["at"])
        arrays[name] = flat.reshape(entry["shape"]).astype(dtype.newbyteorder("="))
    return {**packed["texts"], **arrays}


def _little_endian(value: Array) -> Array:
    return value if sys.byteorder == "little" else value.byteswap()
