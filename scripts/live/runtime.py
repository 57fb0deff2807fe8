"""Runs the reader's code in the browser: namespaces, output, errors in the reader's own lines.

The worker (docs/assets/js/live/worker.js) calls `run`, `check`, `call` and `reset`; answers are
JSON as described at the top of client.js.  Code runs as in scripts/pages/worker.py, which is
shipped with this module.
"""

from __future__ import annotations

import builtins
import contextlib
import dataclasses
import difflib
import functools
import importlib
import io
import json
import linecache
import re
import sys
import time
import traceback
import types
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, cast

import numpy as np

from scripts.pages.worker import OUTPUT_LIMIT, Namespace, execute, private_copy

Write = Callable[[str], object]
Answer = dict[str, Any]

_FRAMES_SHOWN = 12
_TEXT_SHOWN = 2000  # characters of what an error says, or of one line of code
_SOURCES_KEPT = 200

_namespaces: dict[str, Namespace] = {}
_sources: list[str] = []
_count = 0


class Flood(BaseException):
    """The code printed more than a page shows; not an Exception, so that no cell catches it."""


class _Output(io.TextIOBase):
    """Hands what is printed to the worker, line by line like a terminal, up to the limit."""

    def __init__(self, write: Write) -> None:
        self._write = write
        self._line = ""
        self._room = OUTPUT_LIMIT

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self._line += text[: self._room]
        if "\n" in text:
            self.flush()
        overflow = len(text) > self._room
        self._room -= min(len(text), self._room)
        if overflow:
            raise Flood
        return len(text)

    def flush(self) -> None:
        line, self._line = self._line, ""
        if line:
            self._write(line)


def prepare() -> None:
    """Make NumPy and the standard library behave as they do outside the browser."""
    _notice_singular_matrices()
    time.sleep = _sleep
    warnings.formatwarning = _short_warning
    sys.dont_write_bytecode = True


def run(namespace: str, code: str, write: Write) -> str:
    """Run a cell in `namespace`, handing its output to `write`; return the result as JSON.

    >>> json.loads(run("doc", "1 + 1", sys.stdout.write))["kind"]
    2
    'done'
    >>> json.loads(run("doc", "a = 1\\na + b", print))["line"]
    2
    """
    names = _namespaces.setdefault(namespace, {"__name__": "__page__"})
    return json.dumps(_attempt([("code", code)], names, write))


def check(namespace: str, code: str, test: str, write: Write) -> str:
    """Run an answer and its test in a copy of `namespace`; return the result as JSON.

    >>> json.loads(check("doc", "x = 2", "assert x == 3, 'not three'", print))["error"]["message"]
    'not three'
    >>> json.loads(check("doc", "assert 1 < 2", "", print))["kind"]
    'passed'
    """
    names = private_copy(_namespaces.get(namespace, {"__name__": "__page__"}))
    parts = [("code", code), ("check", test)] if test else [("code", code)]
    answer = _attempt(parts, names, write)
    error = answer["error"]
    if answer["kind"] == "done":
        answer["kind"] = "passed"
    elif error and error["type"] == "AssertionError" and answer["part"] == parts[-1][0]:
        answer["kind"] = "failed"
    return json.dumps(answer)


def call(name: str, arguments: Mapping[str, Any]) -> tuple[str, list[Any]]:
    """Call the package's function `name`; return the result as JSON, and the arrays it refers to.

    Raises nothing: what goes wrong stands in the result.
    """
    arrays: list[Any] = []
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            value = _find(name)(**{key: _decode(one) for key, one in arguments.items()})
        answer: Answer = {"kind": "done", "value": _encode(value, arrays), "error": None}
    except KeyboardInterrupt:
        answer = {"kind": "stopped", "value": None, "error": None}
    except Exception as error:
        answer = {"kind": "error", "value": None, "error": _describe(error, "", {})}
    return json.dumps(answer), arrays


def reset(namespace: str) -> None:
    """Forget all variables of `namespace`."""
    _namespaces.pop(namespace, None)


# --- running -------------------------------------------------------------------------------------


def _attempt(parts: Iterable[tuple[str, str]], names: Namespace, write: Write) -> Answer:
    """Run the parts in order; say where and how it ended."""
    answer: Answer = {"kind": "done", "line": 0, "part": "code", "error": None}
    output = _Output(write)
    answer_file = ""
    try:
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
            for part, code in parts:
                answer["part"] = part
                file = _remember(part, code)
                answer_file = answer_file or file
                execute(code, names, file)
    except Flood as error:
        answer |= {"kind": "flood", "line": _line(error, answer_file)}
    except KeyboardInterrupt as error:
        answer |= {"kind": "stopped", "line": _line(error, answer_file)}
    except SystemExit:
        pass
    except BaseException as error:
        described = _describe(error, answer_file, names)
        answer |= {"kind": "error", "line": _line(error, answer_file), "error": described}
    with contextlib.suppress(KeyboardInterrupt):
        output.flush()
    return answer


def _remember(part: str, code: str) -> str:
    """Give `code` a file name of its own, under which tracebacks and `inspect` find its lines."""
    global _count
    _count += 1
    file = f"<{'cell' if part == 'code' else 'check'} {_count}>"
    linecache.cache[file] = (len(code), None, code.splitlines(keepends=True), file)
    _sources.append(file)
    if len(_sources) > _SOURCES_KEPT:
        linecache.cache.pop(_sources.pop(0), None)
    return file


# --- errors --------------------------------------------------------------------------------------


def _own_frames(error: BaseException) -> list[tuple[str, int, str]]:
    """Return file, line and function of the frames that stand in the reader's own code."""
    return [
        (frame.f_code.co_filename, line, frame.f_code.co_name)
        for frame, line in traceback.walk_tb(error.__traceback__)
        if frame.f_code.co_filename.startswith("<cell ")
    ]


def _line(error: BaseException, file: str) -> int:
    """Return the innermost line of `file` that led to `error`, or 0."""
    if isinstance(error, SyntaxError) and error.filename == file:
        return error.lineno or 0
    return next((line for own, line, _ in reversed(_own_frames(error)) if own == file), 0)


def _describe(error: BaseException, file: str, names: Namespace) -> Answer:
    frames = _own_frames(error)
    if len(frames) > _FRAMES_SHOWN:  # endless recursion: its beginning and its end
        frames = frames[: _FRAMES_SHOWN // 2] + frames[-_FRAMES_SHOWN // 2 :]
    shown = [
        {
            "line": line,
            "text": _short(linecache.getline(own, line).strip()),
            "function": "" if function == "<module>" else function,
            "here": own == file,
        }
        for own, line, function in frames
    ]
    try:
        message = error.msg if isinstance(error, SyntaxError) else str(error)
    except Exception:  # the reader's own __str__ may fail
        message = ""
    return {
        "type": type(error).__name__,
        "message": _short(message),
        "traceback": _traceback(error, shown),
        "frames": shown,
        "hint": hint(error, names),
    }


def _short(text: str) -> str:
    """Return `text`, or its beginning if it is longer than a page shows."""
    return text if len(text) <= _TEXT_SHOWN else f"{text[:_TEXT_SHOWN]} …"


def _traceback(error: BaseException, frames: list[Answer]) -> str:
    """Write the error as Python does, with the reader's own lines only."""
    lines = ["Traceback (most recent call last):"] if frames else []
    for frame in frames:
        place = f"  line {frame['line']}"
        place += f", in {frame['function']}" if frame["function"] else ""
        place += "" if frame["here"] else " (of an earlier cell)"
        lines += [place, f"    {frame['text']}"]
    try:
        last = "".join(traceback.format_exception_only(error)).rstrip()
    except Exception:
        last = type(error).__name__
    return "\n".join([*lines, _short(re.sub(r'File "<\w+ \d+>", line', "line", last))])


def hint(error: BaseException, names: Namespace) -> Answer:
    """Return what is probably wrong: an id and what a sentence about it can name.

    >>> hint(IndexError("index 5 is out of bounds for axis 0 with size 3"), {})
    {'id': 'index', 'data': {'index': 5, 'size': 3}}
    >>> hint(ValueError("operands could not be broadcast together with shapes (2,) (3,) "), {})
    {'id': 'shape-mismatch', 'data': {'shapes': ['(2,)', '(3,)'], 'sizes': []}}
    """
    # The reader's own __repr__ or __dir__ may fail in turn, or give something strange.
    with contextlib.suppress(Exception):
        message = str(error.args[0]) if error.args else ""
        for kind, describe in _HINTS:
            if isinstance(error, kind) and (found := describe(error, message, names)):
                name, data = found
                return {"id": name, "data": data}
    return {"id": "other", "data": {}}


Found = tuple[str, Answer] | None


def _name_hint(error: NameError, message: str, names: Namespace) -> Found:
    name = error.name or (quoted[1] if (quoted := re.search(r"'(\w+)'", message)) else "")
    if isinstance(error, UnboundLocalError):
        return "local-before-assignment", {"name": name}
    return "name-not-defined", {"name": name, "similar": _similar(name, [*names, *dir(builtins)])}


def _attribute_hint(error: AttributeError, message: str, names: Namespace) -> Found:
    owner: Any = error.obj
    kind = owner.__name__ if isinstance(owner, types.ModuleType) else type(owner).__name__
    name = error.name or ""
    return "attribute", {"object": kind, "name": name, "similar": _similar(name, dir(owner))}


def _import_hint(error: ImportError, message: str, names: Namespace) -> Found:
    if isinstance(error, ModuleNotFoundError):
        return "import", {"module": error.name or ""}
    wanted = re.search(r"cannot import name '(\w+)'", message)
    if not wanted:
        return None
    module = sys.modules.get(error.name or "")
    similar = _similar(wanted[1], dir(module)) if module else ""
    return "import-name", {"module": error.name or "", "name": wanted[1], "similar": similar}


def _key_hint(error: KeyError, message: str, names: Namespace) -> Found:
    return "key", {"key": _short(repr(error.args[0])) if error.args else ""}


def _syntax_hint(error: SyntaxError, message: str, names: Namespace) -> Found:
    if isinstance(error, IndentationError):
        return "indentation", {"tabs": isinstance(error, TabError)}
    signs = {
        "bracket": r"was never closed|unmatched|does not match",
        "quote": r"unterminated",
        "colon": r"expected ':'",
        "equals": r"Maybe you meant '=='",
    }
    problem = next((key for key, sign in signs.items() if re.search(sign, message)), "other")
    return "syntax", {"problem": problem}


def _index_hint(error: IndexError, message: str, names: Namespace) -> Found:
    found = re.search(r"index (-?\d+) is out of bounds for .*size (\d+)", message)
    index, size = (int(found[1]), int(found[2])) if found else (None, None)
    return "index", {"index": index, "size": size}


def _type_hint(error: TypeError, message: str, names: Namespace) -> Found:
    missing = ""
    if re.search(r"missing .*required", message):
        missing = ", ".join(re.findall(r"'(\w+)'", message))
    unexpected = re.search(r"unexpected keyword argument '(\w+)'", message)
    return "type", {"missing": missing, "unexpected": unexpected[1] if unexpected else ""}


def _value_hint(error: ValueError, message: str, names: Namespace) -> Found:
    if reshaped := re.search(r"cannot reshape array of size (\d+) into shape (\(.*?\))", message):
        return "reshape", {"size": int(reshaped[1]), "shape": reshaped[2]}
    if not re.search(r"shape|broadcast|dimension|inhomogeneous", message):
        return "value", {}
    sizes = re.search(r"size (\d+) is different from (\d+)", message)
    data: Answer = {"shapes": re.findall(r"\((?:\d+,?\s*)*\)", message), "sizes": []}
    return "shape-mismatch", data | ({"sizes": [int(sizes[1]), int(sizes[2])]} if sizes else {})


_HINTS: list[tuple[type[BaseException], Callable[[Any, str, Namespace], Found]]] = [
    (NameError, _name_hint),
    (AttributeError, _attribute_hint),
    (SyntaxError, _syntax_hint),
    (ImportError, _import_hint),
    (ZeroDivisionError, lambda e, m, n: ("zero-division", {})),
    (IndexError, _index_hint),
    (KeyError, _key_hint),
    (TypeError, _type_hint),
    (RecursionError, lambda e, m, n: ("recursion", {})),
    (MemoryError, lambda e, m, n: ("memory", {})),
    (np.linalg.LinAlgError, lambda e, m, n: ("singular", {}) if "ingular" in m else None),
    (ValueError, _value_hint),
]


def _similar(name: str, known: Iterable[str]) -> str:
    """Return the name among `known` that looks most like `name`, or ""."""
    return next(iter(difflib.get_close_matches(name, set(known), 1, 0.7)), "")


def _short_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    line: str | None = None,
) -> str:
    place = f" (line {lineno})" if filename.startswith("<cell ") else ""
    return f"{category.__name__}: {message}{place}\n"


# --- what WebAssembly lacks ----------------------------------------------------------------------


def _sleep(seconds: float) -> None:
    """Wait in Python, where Stop is noticed, and not in C, where it is not."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pass


def _notice_singular_matrices() -> None:
    """Raise LinAlgError where NumPy would.

    It learns of failure from the processor's floating-point flags, which WebAssembly does not have,
    and returns NaN; so a result with NaN from arguments without is a failure.
    """
    failures = {
        "inv": "Singular matrix",
        "solve": "Singular matrix",
        "tensorsolve": "Singular matrix",
        "tensorinv": "Singular matrix",
        "cholesky": "Matrix is not positive definite",
        "svd": "SVD did not converge",
        "eig": "Eigenvalues did not converge",
        "eigvals": "Eigenvalues did not converge",
        "eigh": "Eigenvalues did not converge",
        "eigvalsh": "Eigenvalues did not converge",
        "lstsq": "SVD did not converge in Linear Least Squares",
    }
    inner = importlib.import_module("numpy.linalg._linalg")
    for name, message in failures.items():
        guarded = _guarded(getattr(np.linalg, name), message)
        setattr(np.linalg, name, guarded)
        setattr(inner, name, guarded)


def _guarded(function: Callable[..., Any], message: str) -> Callable[..., Any]:
    @functools.wraps(function)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        result = function(*args, **kwargs)
        results = cast("tuple[Any, ...]", result if isinstance(result, tuple) else (result,))
        if any(map(_has_nan, results)) and not any(map(_has_nan, args)):
            raise np.linalg.LinAlgError(message)
        return result

    return guarded


def _has_nan(value: Any) -> bool:
    try:
        return bool(np.isnan(value).any())
    except TypeError:
        return False


# --- calls from explorables ----------------------------------------------------------------------


def _find(name: str) -> Callable[..., Any]:
    module, _, function = name.rpartition(".")
    if not module.startswith("snippets."):
        raise ValueError(f"call: {name!r} is not a function of the package")
    return getattr(importlib.import_module(module), function)


def _decode(value: Any) -> Any:
    """Turn what JavaScript gave into what the package takes: arrays, and generators from seeds."""
    if isinstance(value, memoryview):
        return np.array(value)
    if isinstance(value, dict):
        given = cast("dict[str, Any]", value)
        if set(given) == {"shape", "data"}:
            return np.array(given["data"]).reshape([int(n) for n in given["shape"]])
        if set(given) == {"seed"}:
            return np.random.default_rng(int(given["seed"]))
        return {key: _decode(one) for key, one in given.items()}
    if isinstance(value, list):
        return [_decode(one) for one in cast("list[Any]", value)]
    return value


def _encode(value: Any, arrays: list[Any]) -> Any:
    """Turn a result into JSON; arrays go to `arrays`, and leave their number and shape."""
    if isinstance(value, np.ndarray):
        arrays.append(_plain(cast("np.ndarray[Any, Any]", value)))
        return {"$array": len(arrays) - 1, "shape": list(value.shape)}
    if isinstance(value, np.generic):
        return value.item()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = [field.name for field in dataclasses.fields(value)]
        return {name: _encode(getattr(value, name), arrays) for name in names}
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        value = cast("Any", value)._asdict()
    if isinstance(value, Mapping):
        pairs = cast("Mapping[Any, Any]", value).items()
        return {str(key): _encode(one, arrays) for key, one in pairs}
    if isinstance(value, (list, tuple, set, frozenset, Iterator)):
        return [_encode(one, arrays) for one in cast("Iterable[Any]", value)]
    return value


def _plain(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return `array` in C order, in a type that JavaScript has."""
    if array.dtype.kind in "bu" and array.dtype.itemsize == 1:
        kind: type[np.generic] = np.uint8
    elif array.dtype == np.float32:
        kind = np.float32
    elif array.dtype.kind in "iu" and (not array.size or np.abs(array).max() < 2**31):
        kind = np.int32
    else:
        kind = np.float64
    return np.ascontiguousarray(array, dtype=kind).reshape(-1)
