"""Ways to spoil an argument, or to say the same thing otherwise.

A call of `tests/cases` is a nest of lists, tuples and dicts.  `places` finds everything in it that
can be changed; `KINDS` says how, for arrays, numbers, names, lists and functions.  `SAME` changes
how an array is given and nothing else, so the answer must stay the same; `CHANGED` changes what is
given, so that either there is an answer or a sentence that says what is wrong.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from tests.cases import RNG

__all__ = ["CHANGED", "GARBAGE", "INFINITE", "NARROW", "SAME", "at", "kind_of", "places", "put"]

Path = tuple[Any, ...]


def is_record(value):
    """Tell a bundle that the package makes (NamedTuple, dataclass) from a plain tuple."""
    return hasattr(value, "_fields") or (
        dataclasses.is_dataclass(value) and not isinstance(value, type)
    )


def fields_of(value):
    if hasattr(value, "_fields"):
        return value._asdict()
    return {f.name: getattr(value, f.name) for f in dataclasses.fields(value) if f.init}


def places(value, path: Path = ()):
    """Yield (path, value) of everything inside a call, the containers too."""
    if path:
        yield path, value
    if is_record(value):
        inside = fields_of(value)
    elif isinstance(value, dict):
        inside = value
    elif isinstance(value, (list, tuple)):
        inside = dict(enumerate(value))
    else:
        return
    for key, item in inside.items():
        yield from places(item, (*path, key))


def at(value, path):
    for key in path:
        value = fields_of(value)[key] if is_record(value) else value[key]
    return value


def put(value, path: Path, new):
    """Return a copy of the nest with `new` at the path; what is not on the way is shared."""
    if not path:
        return new
    key, *rest = path
    if hasattr(value, "_fields"):
        return value._replace(**{key: put(getattr(value, key), tuple(rest), new)})
    if is_record(value):
        return dataclasses.replace(value, **{key: put(getattr(value, key), tuple(rest), new)})
    if isinstance(value, dict):
        return {**value, key: put(value[key], tuple(rest), new)}
    items = list(value)
    items[key] = put(items[key], tuple(rest), new)
    return type(value)(items)


def kind_of(value):
    """Name the kind of an argument: which mutations make sense."""
    if value is RNG:
        return "generator"
    if isinstance(value, np.ndarray):
        return {"f": "floats", "b": "flags"}.get(value.dtype.kind, "indices")
    if isinstance(value, bool):
        return "flag"
    if isinstance(value, (int, float)):
        return "number"
    if isinstance(value, str):
        return "name"
    if isinstance(value, type) or value is None:
        return "other"
    if is_record(value):
        return "record"
    if isinstance(value, (list, tuple)):
        return "list"
    if isinstance(value, dict):
        return "dict"
    return "function" if callable(value) else "object"


# --- the same, given otherwise --------------------------------------------------------------------


def read_only(a):
    copy = a.copy()
    copy.flags.writeable = False
    return copy


def every_other(a):
    """Return an equal array with gaps between its numbers."""
    wide = np.zeros((*a.shape, 2), a.dtype)
    wide[..., 0] = a
    return wide[..., 0]


def backwards(a):
    """Return an equal array that runs through its memory backwards."""
    turned = a[tuple(slice(None, None, -1) for _ in a.shape)].copy()
    return turned[tuple(slice(None, None, -1) for _ in a.shape)]


def tuples(a):
    def freeze(value):
        return tuple(freeze(item) for item in value) if isinstance(value, list) else value

    return freeze(a.tolist())


def swapped(a):
    return a.astype(a.dtype.newbyteorder())


LAYOUTS = {
    "read-only": read_only,
    "with gaps": every_other,
    "backwards": backwards,
    "column-major": np.asfortranarray,
    "the other byte order": swapped,
    "a list": np.ndarray.tolist,
    "tuples": tuples,
}
SAME = {
    "floats": LAYOUTS,
    "flags": LAYOUTS,
    "indices": LAYOUTS
    | {kind: lambda a, kind=kind: a.astype(kind) for kind in ("int32", "int16", "int8")},
    "number": {
        "a NumPy number": lambda v: np.asarray(v)[()],
        "an array without axes": np.asarray,
    },
}


def rounded(kind):
    return lambda a: np.rint(a).astype(kind)


NARROW = {
    "float16": lambda a: a.astype(np.float16),
    "float32": lambda a: a.astype(np.float32),
    "int64": rounded(np.int64),
    "int32": rounded(np.int32),
    "int8": rounded(np.int8),
    "bool": lambda a: a > 0,
}

# --- something else -------------------------------------------------------------------------------


def with_entry(entry):
    """Put one number into the middle of an array."""

    def change(a):
        a = a.copy()
        if a.size:
            a.reshape(-1)[a.size // 2] = entry
        return a

    return change


def shorter(axis):
    return lambda a: a[(slice(None),) * (axis % max(a.ndim, 1)) + (slice(-1),)] if a.ndim else a


def longer(axis):
    return lambda a: np.concatenate([a, a], axis=axis) if a.ndim else a


def emptied(axis):
    return lambda a: a[(slice(None),) * (axis % max(a.ndim, 1)) + (slice(0),)] if a.ndim else a


SHAPES = {
    "one axis more": lambda a: a[None],
    "one axis more at the end": lambda a: a[..., None],
    "one axis": lambda a: a.reshape(-1),
    "one axis less": lambda a: a[0] if a.ndim and len(a) else a,
    "a number": lambda a: a.reshape(-1)[0].item() if a.size else 0.0,
    "turned over": lambda a: a.T.copy(),
    "the first axis shorter": shorter(0),
    "the last axis shorter": shorter(-1),
    "the first axis longer": longer(0),
    "the last axis longer": longer(-1),
    "the first axis empty": emptied(0),
    "the last axis empty": emptied(-1),
    "no element": lambda a: np.zeros(0),
    "an empty list": lambda a: [],
}
GARBAGE = {
    "None": lambda a: None,
    "text": lambda a: "text",
    "objects": lambda a: np.full(np.shape(a), None),
    "complex numbers": lambda a: np.asarray(a) + 1j,
    "ragged rows": lambda a: [[1.0], [1.0, 2.0]],
    "dates": lambda a: np.zeros(np.shape(a), "datetime64[s]"),
    "a dict": lambda a: {"x": 1.0},
}
ENTRIES = {
    "NaN": with_entry(np.nan),
    "+inf": with_entry(np.inf),
    "-inf": with_entry(-np.inf),
    "a huge number": with_entry(1e200),
    "all NaN": lambda a: np.full(a.shape, np.nan),
    "all 0": lambda a: np.zeros(a.shape),
    "all -1": lambda a: np.full(a.shape, -1.0),
    "other signs": lambda a: -a,
    "halves": lambda a: a + 0.5,
    "thousandfold": lambda a: 1000 * a,
}
LABELS = {
    "-1": with_entry(-1),
    "99": with_entry(99),
    "halves": lambda a: a + 0.5,
    "floats": lambda a: a.astype(np.float64),
    "bools": lambda a: a > 0,
}
NUMBERS = {
    repr(value): lambda _, value=value: value
    for value in (
        -1, 0, 1, 2, 3, 0.5, 1.5, -0.5, np.nan, np.inf, -np.inf, 1e-300, 1e200, True, None,
        "text", [1.0, 2.0], [], {}, 1j,
    )
}  # fmt: skip
LISTS = {
    "empty": lambda v: type(v)(),
    "shorter": lambda v: v[:-1],
    "longer": lambda v: v + v,
    "in reverse": lambda v: v[::-1],
    "of None": lambda v: [None for _ in v],
    "of text": lambda v: ["text" for _ in v],
    "of -1": lambda v: [-1 for _ in v],
    "of empty arrays": lambda v: [np.zeros(0) for _ in v],
    "None": lambda v: None,
    "3": lambda v: 3,
    "text": lambda v: "text",
}
OBJECTS = {
    "None": lambda v: None,
    "3": lambda v: 3,
    "text": lambda v: "text",
    "a list": lambda v: [1.0],
    "an object": lambda v: object(),
}
ANSWERS = {
    f"a function that returns {name}": lambda _, value=value: lambda *args, **kwargs: value
    for name, value in (
        ("None", None),
        ("text", "text"),
        ("a number", 0.5),
        ("a complex number", 1j),
        ("ragged rows", [[1.0], [1.0, 2.0]]),
        ("another shape", np.ones((2, 1, 3))),
    )
}
CHANGED = {
    "floats": SHAPES | ENTRIES | GARBAGE,
    "flags": SHAPES | GARBAGE,
    "indices": SHAPES | LABELS | GARBAGE,
    "number": NUMBERS,
    "name": OBJECTS | {"empty": lambda v: "", "upper case": str.upper},
    "list": LISTS,
    "dict": {"empty": lambda v: {}, "None": lambda v: None, "more": lambda v: {**v, "q": 1.0}},
    "generator": OBJECTS,
    "record": OBJECTS,
    "object": OBJECTS | {"its class": type},
    "function": OBJECTS | ANSWERS,
    "flag": OBJECTS,
    "other": OBJECTS,
}
INFINITE = {"+inf", "-inf", "a huge number", "inf", "1e+200"}
"""The mutations whose arithmetic leaves the floats, of which NumPy itself warns."""
