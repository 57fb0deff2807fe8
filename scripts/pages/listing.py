"""The source of the package's objects, read from the files: what `source=` prints."""

from __future__ import annotations

import ast
import re
import textwrap
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from scripts.cache import ROOT


@dataclass(frozen=True)
class Listing:
    """One object: its full name, its code, the file and the line on which it begins."""

    object: str
    code: str
    file: str
    line: int


def listing(target: str, *, with_docstring: bool = True, root: Path = ROOT) -> Listing:
    """Return the source of `target`, e.g. "xor.train" or "perceptron.Perceptron.fit".

    Raises LookupError in words when the module or the object does not exist.
    """
    module, *_ = target.split(".")
    file = root / "snippets" / f"{module}.py"
    if not file.is_file():
        raise LookupError(f"snippets has no module {module!r}")
    return _listing(file.read_text("utf-8"), target, with_docstring)


@lru_cache(maxsize=1024)  # a server lists every object again after each edit
def _listing(text: str, target: str, with_docstring: bool) -> Listing:
    """Return the part of a module's source `text` that `target` names."""
    module, *names = target.split(".")
    node: ast.AST = ast.parse(text)
    for depth, name in enumerate(names):
        found = _member(node, name)
        if found is None:
            owner = ".".join(["snippets", module, *names[:depth]])
            known = ", ".join(sorted(_names(node))) or "nothing"
            raise LookupError(f"{owner} has no {name!r}; it has {known}")
        node = found
    lines = text.splitlines()
    start, end = _span(node, len(lines))
    kept = list(range(start, end + 1))
    if not with_docstring:
        skipped = _docstring_lines(node)
        kept = [number for number in kept if number not in skipped]
    code = textwrap.dedent("\n".join(lines[number - 1] for number in kept)).strip("\n")
    if not with_docstring:  # the blank lines that stood around a docstring
        code = re.sub(r"(:\n)\n+", r"\1", code)
    return Listing(".".join(["snippets", target]), code, f"snippets/{module}.py", start)


def _member(node: ast.AST, name: str) -> ast.AST | None:
    for child in getattr(node, "body", []):
        if isinstance(child, (ast.FunctionDef, ast.ClassDef)) and child.name == name:
            return child
        targets = child.targets if isinstance(child, ast.Assign) else []
        if isinstance(child, ast.AnnAssign):
            targets = [child.target]
        if any(isinstance(target, ast.Name) and target.id == name for target in targets):
            return child
    return None


def _names(node: ast.AST) -> list[str]:
    return [
        child.name
        for child in getattr(node, "body", [])
        if isinstance(child, (ast.FunctionDef, ast.ClassDef)) and not child.name.startswith("_")
    ]


def _span(node: ast.AST, last_line: int) -> tuple[int, int]:
    if isinstance(node, ast.Module):
        return 1, last_line
    assert isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.Assign, ast.AnnAssign))
    first = node.lineno
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and node.decorator_list:
        first = node.decorator_list[0].lineno
    return first, node.end_lineno or first


def _docstring_lines(node: ast.AST) -> set[int]:
    """The lines of the docstrings inside `node`, whose statement is not alone in its body."""
    skipped: set[int] = set()
    for part in ast.walk(node):
        if not isinstance(part, (ast.Module, ast.FunctionDef, ast.ClassDef)):
            continue
        if ast.get_docstring(part, clean=False) is None or len(part.body) < 2:
            continue
        first = part.body[0]
        skipped |= set(range(first.lineno, (first.end_lineno or first.lineno) + 1))
    return skipped
