"""Which files of the package a piece of code depends on, read from the sources.

Nothing is imported: the site generator stays alive while authors edit, and Python would go on
seeing the first version of what it once imported.
"""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from scripts.cache import ROOT
from scripts.errors import PageError

PACKAGE = "snippets"
_MENTIONED = re.compile(rf"\b{PACKAGE}(?:\.\w+)+")


@lru_cache(maxsize=4096)
def modules_of(code: str) -> frozenset[str]:
    """Return the modules of the package that `code` imports, or mentions by their full names.

    >>> sorted(modules_of("from snippets import xor\\nsnippets.loss.mse(1, 2)"))
    ['snippets', 'snippets.loss', 'snippets.loss.mse', 'snippets.xor']
    """
    tree = ast.parse(code)
    found = set(_imports(tree, "__main__", is_package=False))
    for name in _MENTIONED.findall(code):
        found.update(_with_parents(name))
    return frozenset(found)


def module_files(modules: Iterable[str], root: Path = ROOT) -> list[Path]:
    """Return every file that can change what `modules` do; names that are no module do no harm.

    These are the modules, what they import from the package, directly or not, the files that any
    of them names in `READS` (patterns as seen from the project's folder), and the package's data.
    """
    known, data = _package(root)
    waiting = list(modules)
    seen: dict[str, Path] = {}
    read: set[Path] = set()
    while waiting:
        module = waiting.pop()
        path = known.get(module)
        if path is None or module in seen:
            continue
        seen[module] = path
        tree = parsed(path)
        waiting += _imports(tree, module, is_package=path.name == "__init__.py")
        read.update(_read(tree, root))
    return sorted({*seen.values(), *read, *data})


def files_read(root: Path = ROOT) -> list[Path]:
    """Return the files outside the package that any of its modules names in `READS`."""
    modules, _ = _package(root)
    naming = [path for path in modules.values() if b"READS" in path.read_bytes()]
    return sorted({found for path in naming for found in _read(parsed(path), root)})


def _read(tree: ast.Module, root: Path) -> Iterator[Path]:
    """Yield the files that a module names in `READS`."""
    for pattern in _strings(tree, "READS"):
        yield from root.glob(pattern)


def module_path(module: str, root: Path = ROOT) -> Path | None:
    """Return the file of the dotted `module`, or None if there is none."""
    base = root.joinpath(*module.split("."))
    for path in (base.with_suffix(".py"), base / "__init__.py"):
        if path.is_file():
            return path
    return None


def parsed(path: Path) -> ast.Module:
    """Return the syntax tree of `path` as it stands now.

    Raises PageError with the line if it is not Python.
    """
    try:
        return _tree(path.read_bytes())
    except SyntaxError as error:
        shown = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
        raise PageError(shown, error.lineno, f"not Python: {error.msg}") from None


@lru_cache(maxsize=256)
def _tree(source: bytes) -> ast.Module:
    return ast.parse(source)


def _package(root: Path) -> tuple[dict[str, Path], list[Path]]:
    """Return the package's modules by their names, and its files that are not Python."""
    modules: dict[str, Path] = {}
    data: list[Path] = []
    for at, folders, names in os.walk(root / PACKAGE):
        folders[:] = [folder for folder in folders if folder != "__pycache__"]
        folder = Path(at)
        package = ".".join(folder.relative_to(root).parts)
        for name in names:
            stem = name.removesuffix(".py")
            if stem != name:
                modules[package if stem == "__init__" else f"{package}.{stem}"] = folder / name
            elif not name.endswith(".pyc"):
                data.append(folder / name)
    return modules, data


@lru_cache(maxsize=1024)
def _imports(tree: ast.Module, module: str, *, is_package: bool) -> tuple[str, ...]:
    """Return every module of the package that `tree` may import; names that are none do no harm."""
    parts, imported = module.split("."), list[str]()
    for node in _statements(tree):
        found: Iterable[str] = ()
        if isinstance(node, ast.Import):
            found = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            keep = len(parts) - node.level + (1 if is_package else 0)
            start = parts[:keep] if node.level else []
            base = ".".join([*start, *(node.module or "").split(".")]).strip(".")
            found = [base, *(f"{base}.{alias.name}" for alias in node.names)]
        for name in found:
            if name.split(".")[0] == PACKAGE:
                imported += _with_parents(name)
    return tuple(imported)


def _statements(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield every statement of `tree`; imports are statements, and a tree is mostly expressions."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        for part in ("body", "orelse", "finalbody", "handlers", "cases"):
            inner = getattr(node, part, ())
            if isinstance(inner, list):  # of a conditional expression or lambda it is none
                waiting += inner


def _with_parents(name: str) -> Iterator[str]:
    """Yield a, a.b and a.b.c for "a.b.c": importing the last one runs them all."""
    pieces = name.split(".")
    yield from (".".join(pieces[: n + 1]) for n in range(len(pieces)))


def _strings(tree: ast.Module, name: str) -> list[str]:
    """Return the strings of the top-level tuple or list assigned to `name`."""
    for node in tree.body:
        if isinstance(node, ast.Assign):
            targets = [target.id for target in node.targets if isinstance(target, ast.Name)]
            if name in targets:
                return [str(item) for item in ast.literal_eval(node.value)]
    return []
