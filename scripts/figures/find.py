"""What figures there are and what each depends on, read from the sources without importing them.

The site generator stays alive while authors edit.  It must not import the package, because Python
would go on seeing the first version of it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from scripts.cache import ROOT
from scripts.errors import PageError

PACKAGE = "snippets"
FIGURES = f"{PACKAGE}.figures"


def concepts(root: Path = ROOT) -> list[str]:
    """Return the concepts that have a figure module, in alphabetical order."""
    folder = root / "snippets" / "figures"
    return sorted(path.stem for path in folder.glob("*.py") if not path.stem.startswith("_"))


def figure_names(concept: str, root: Path = ROOT) -> list[str]:
    """Return the figures of `concept`, in source order; none if it has no figure module."""
    path = module_path(f"{FIGURES}.{concept}", root)
    return [] if path is None or concept.startswith("_") else [f.name for f in _functions(path)]


def figure_exists(concept: str, name: str, root: Path = ROOT) -> bool:
    """Return whether snippets/figures/<concept>.py defines the figure `name`.

    >>> figure_exists("no_such_concept", "anything")
    False
    """
    return name in figure_names(concept, root)


def figure_line(concept: str, name: str, root: Path = ROOT) -> int | None:
    """Return the line on which the figure `name` is defined, or None if there is none."""
    path = module_path(f"{FIGURES}.{concept}", root)
    if path is None:
        return None
    return next((f.lineno for f in _functions(path) if f.name == name), None)


def sources(concept: str, root: Path = ROOT) -> list[Path]:
    """Return every file that can change the figures of `concept`.

    These are its module, the modules of the package which that imports, directly or not, the
    files which any of them names in `READS` (patterns as seen from the project's folder), and the
    package's data.
    """
    waiting = [f"{FIGURES}.{concept}"]
    seen: dict[str, Path] = {}
    read: set[Path] = set()
    while waiting:
        module = waiting.pop()
        path = module_path(module, root)
        if path is None or module in seen:
            continue
        seen[module] = path
        tree = _parse(path)
        waiting += _imports(tree, module, is_package=path.name == "__init__.py")
        read.update(*(root.glob(pattern) for pattern in _strings(tree, "READS")))
    return sorted({*seen.values(), *read, *_data(root)})


def module_path(module: str, root: Path = ROOT) -> Path | None:
    """Return the file of the dotted `module`, or None if there is none."""
    base = root.joinpath(*module.split("."))
    for path in (base.with_suffix(".py"), base / "__init__.py"):
        if path.is_file():
            return path
    return None


def _data(root: Path) -> list[Path]:
    """Return the files of the package that are not Python."""
    return [
        path
        for path in (root / PACKAGE).rglob("*")
        if path.suffix not in (".py", ".pyc") and path.is_file()
    ]


def _functions(path: Path) -> list[ast.FunctionDef]:
    """Return the public functions that take one argument named `label`."""
    return [
        node
        for node in _parse(path).body
        if isinstance(node, ast.FunctionDef)
        and not node.name.startswith("_")
        and [argument.arg for argument in node.args.args] == ["label"]
    ]


def _imports(tree: ast.Module, module: str, *, is_package: bool) -> Iterator[str]:
    """Yield every module of the package that `tree` may import; names that are none do no harm."""
    parts = module.split(".")
    for node in ast.walk(tree):
        found: Iterable[str] = ()
        if isinstance(node, ast.Import):
            found = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            keep = len(parts) - node.level + (1 if is_package else 0)
            start = parts[:keep] if node.level else []
            base = ".".join([*start, *(node.module or "").split(".")]).strip(".")
            found = [base, *(f"{base}.{alias.name}" for alias in node.names)]
        for name in found:
            pieces = name.split(".")
            if pieces[0] == PACKAGE:  # importing a.b.c runs a, a.b and a.b.c
                yield from (".".join(pieces[: n + 1]) for n in range(len(pieces)))


def _strings(tree: ast.Module, name: str) -> list[str]:
    """Return the strings of the top-level tuple or list assigned to `name`."""
    for node in tree.body:
        if isinstance(node, ast.Assign):
            targets = [target.id for target in node.targets if isinstance(target, ast.Name)]
            if name in targets:
                return [str(item) for item in ast.literal_eval(node.value)]
    return []


def _parse(path: Path) -> ast.Module:
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
