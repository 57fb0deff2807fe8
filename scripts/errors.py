"""What a build says when a page is wrong: the file, the line, and what to do."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from scripts.engine import PluginError


class PageError(Exception):
    """A mistake in a source file, told as `docs/ko/xor.md:12: what is wrong and what to do`."""

    def __init__(self, path: str | Path, line: int | None, message: str) -> None:
        """Say that `path` (as seen from the project's folder) is wrong at `line`, counted from 1.

        >>> str(PageError("docs/ko/xor.md", 12, "no such figure"))
        'docs/ko/xor.md:12: no such figure'
        >>> str(PageError("docs/ko/xor.md", None, "has no English twin"))
        'docs/ko/xor.md: has no English twin'
        """
        self.path = Path(path).as_posix()
        self.line = line
        self.message = message
        place = self.path if line is None else f"{self.path}:{line}"
        super().__init__(f"{place}: {message}")


def report(errors: Iterable[PageError]) -> None:
    """Stop the build with all of `errors`, sorted by file and line; do nothing without any.

    Raises PluginError, which the site generator prints without a traceback.
    """
    ordered = sorted(errors, key=lambda error: (error.path, error.line or 0))
    if not ordered:
        return
    count = "1 mistake" if len(ordered) == 1 else f"{len(ordered)} mistakes"
    raise PluginError("\n".join([f"{count} in the pages", *(f"  {error}" for error in ordered)]))
