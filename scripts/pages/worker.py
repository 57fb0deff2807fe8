"""Runs one page's code in a process of its own: steps come as JSON on stdin, results leave by line.

Each result is written as soon as it is known, so that the parent can tell which step never ended.
What the code prints is caught; nothing but results reaches the real standard output.
"""

from __future__ import annotations

import ast
import contextlib
import copy
import importlib
import io
import json
import os
import re
import sys
import traceback
import types
import warnings
from typing import Any

Namespace = dict[str, Any]
OUTPUT_LIMIT = 20_000
_FILE = "<cell>"


def run_code(code: str, namespace: Namespace) -> str:
    """Run `code`; return what it printed, and the repr of its last expression unless None.

    >>> run_code("print('a')\\n1 + 1", {})
    'a\\n2\\n'
    """
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        execute(code, namespace)
    text = printed.getvalue()
    if len(text) > OUTPUT_LIMIT:
        raise ValueError(f"prints {len(text)} characters; a page shows at most {OUTPUT_LIMIT}")
    return text


def execute(code: str, namespace: Namespace, file: str = _FILE) -> None:
    """Run `code`, known as `file` in tracebacks; print the repr of its last expression unless None.

    The pages' browser runs this very function.
    """
    tree = ast.parse(code, file)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, file, "exec"), namespace)
    if isinstance(last, ast.Expr):
        value = eval(compile(ast.Expression(last.value), file, "eval"), namespace)
        if value is not None:
            print(repr(value))


def format_number(value: Any, spec: str) -> str:
    """Write `value` as the page shows it: by `spec`, else floats to four digits, the rest by str.

    >>> format_number(0.123456, ""), format_number(2, ""), format_number(0.5, ".2f")
    ('0.1235', '2', '0.50')
    """
    if hasattr(value, "item") and getattr(value, "ndim", 1) == 0:
        value = value.item()
    if spec:
        return format(value, spec)
    return format(value, ".4g") if isinstance(value, float) else str(value)


def private_copy(namespace: Namespace) -> Namespace:
    """Return a namespace whose data may be changed without changing the page's."""
    copied: Namespace = {}
    for name, value in namespace.items():
        copied[name] = value
        if not isinstance(value, (types.ModuleType, types.FunctionType, type)):
            with contextlib.suppress(Exception):
                copied[name] = copy.deepcopy(value)
    return copied


def run_step(step: dict[str, Any], namespace: Namespace) -> dict[str, Any]:
    """Run one step of a page's program and return its result, or the mistake it shows."""
    kind = step["kind"]
    try:
        if kind == "number":
            return {"text": format_number(_evaluate(step["code"], namespace), step["spec"])}
        if kind == "exercise":
            return _exercise(step, namespace)
        if kind == "listing":
            run_code(step["code"], private_copy(namespace))
            return {"text": ""}
        return {"text": run_code(step["code"], namespace)}
    except (Exception, SystemExit, KeyboardInterrupt) as error:
        return _failure(error)


def _evaluate(expression: str, namespace: Namespace) -> Any:
    known = dict(namespace)
    known.setdefault("np", importlib.import_module("numpy"))
    if "snippets" not in known:
        for name in re.findall(r"\bsnippets\.(figures\.\w+|\w+)", expression):
            importlib.import_module(f"snippets.{name}")
        known["snippets"] = importlib.import_module("snippets")
    return eval(compile(expression, _FILE, "eval"), known)


def _exercise(step: dict[str, Any], namespace: Namespace) -> dict[str, Any]:
    tried = private_copy(namespace)
    passed = False
    with contextlib.suppress(Exception, SystemExit):
        run_code(step["starter"], tried)
        run_code(step["check"], tried)
        passed = True
    if passed:
        message = "its starter already passes its check: leave a gap in it, or check more strictly"
        return {"error": message, "line": 0}
    solved = private_copy(namespace)
    for part in ("solution", "check"):
        try:
            run_code(step[part], solved)
        except (Exception, SystemExit) as error:
            message = "its solution fails its check" if part == "check" else "its solution fails"
            failure = _failure(error)
            return {**failure, "error": f"{message}: {failure['error']}", "part": part}
    return {"text": ""}


def _failure(error: BaseException) -> dict[str, Any]:
    lines = [
        frame.lineno
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename == _FILE
    ]
    if isinstance(error, SyntaxError) and error.filename == _FILE:
        lines.append(error.lineno)
    text = str(error)
    return {
        "error": f"{type(error).__name__}: {text}" if text else type(error).__name__,
        "line": lines[-1] if lines and lines[-1] else 0,
    }


def main() -> None:
    """Read the program, run its steps in order, write a line of JSON for each."""
    program = json.loads(sys.stdin.buffer.read())
    results = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    warnings.simplefilter("error")
    namespace: Namespace = {"__name__": "__page__"}
    for step in program:
        results.write(json.dumps(run_step(step, namespace)) + "\n")
        results.flush()


if __name__ == "__main__":
    main()
