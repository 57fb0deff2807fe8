"""What figures there are and what each depends on, read from the sources without importing them.

The site generator stays alive while authors edit.  It must not import the package, because Python
would go on seeing the first version of it.
"""

from __future__ import annotations

import ast
from pathlib import Path

from scripts.cache import ROOT
from scripts.dependencies import PACKAGE, module_files, module_path, parsed

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


def is_explorable(concept: str, name: str, root: Path = ROOT) -> bool:
    """Return whether the figure `name` is declared with controls: `@explorable(...)`."""
    path = module_path(f"{FIGURES}.{concept}", root)
    return path is not None and any(
        f.name == name and any(_called(one) == "explorable" for one in f.decorator_list)
        for f in _functions(path)
    )


def sources(concept: str, root: Path = ROOT) -> list[Path]:
    """Return every file that can change the figures of `concept`."""
    return module_files([f"{FIGURES}.{concept}"], root)


def figure_line(concept: str, name: str, root: Path = ROOT) -> int | None:
    """Return the line on which the figure `name` is defined, or None if there is none."""
    path = module_path(f"{FIGURES}.{concept}", root)
    if path is None:
        return None
    return next((f.lineno for f in _functions(path) if f.name == name), None)


def _functions(path: Path) -> list[ast.FunctionDef]:
    """Return the public functions that take one argument named `label`."""
    return [
        node
        for node in parsed(path).body
        if isinstance(node, ast.FunctionDef)
        and not node.name.startswith("_")
        and [argument.arg for argument in node.args.args] == ["label"]
    ]


def _called(node: ast.expr) -> str:
    """Return the name that a decorator like `@name(...)` calls, or ""."""
    called = node.func if isinstance(node, ast.Call) else node
    return called.id if isinstance(called, ast.Name) else ""
