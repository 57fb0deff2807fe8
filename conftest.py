"""Runs every fence of README.md and of the pages: beside the build, a second witness for docs/.

Cells, claims and listings of a page share one namespace in order; an exercise's starter must fail
its check and its solution must pass, each in a copy; pycon fences are doctests.
"""

from __future__ import annotations

import copy
import re
import types
from collections.abc import Iterable
from doctest import ELLIPSIS, NORMALIZE_WHITESPACE
from typing import Any

from sybil import Document, Example, Region, Sybil
from sybil.evaluators.doctest import DocTestEvaluator
from sybil.evaluators.python import PythonEvaluator
from sybil.parsers.abstract.doctest import DocTestStringParser
from sybil.parsers.markdown.lexers import RawFencedCodeBlockLexer

_BLOCK = re.compile(r"\b(source|live|claim|exercise|check|solution)\b(?:=(\S+))?")


class FenceParser:
    """Turns each python and pycon fence of a page into an example that runs."""

    def __init__(self) -> None:
        """Set up the evaluators."""
        self._lexer = RawFencedCodeBlockLexer(
            re.compile(r"[ \t]*(?P<info>(?:python|pycon)\b[^\n]*)$\n", re.M)
        )
        self._doctests = DocTestStringParser(DocTestEvaluator(ELLIPSIS | NORMALIZE_WHITESPACE))
        self._python = PythonEvaluator()

    def __call__(self, document: Document) -> Iterable[Region]:
        """Yield a region for each fence that has code."""
        for region in self._lexer(document):
            info, source = region.lexemes["info"], region.lexemes["source"]
            block = _BLOCK.search(info)
            kind = block[1] if block else "listing"
            region.parsed = source
            if info.startswith("pycon"):
                for example in self._doctests(source, document.path):
                    example.adjust(region, source)
                    yield example
            elif kind == "listing":
                region.evaluator = self._in_a_copy
                yield region
            elif kind in ("exercise", "check", "solution"):
                region.parsed = (kind, block[2], source)
                region.evaluator = self._exercise
                yield region
            elif kind != "source":
                region.evaluator = self._python
                yield region

    def _in_a_copy(self, example: Example) -> None:
        exec(compile(example.parsed, example.path, "exec"), _copy(example.namespace))

    def _exercise(self, example: Example) -> None:
        kind, name, source = example.parsed
        parts: dict[str, dict[str, str]] = example.namespace.setdefault("__exercises__", {})
        known = parts.setdefault(name, {})
        known[kind] = source
        if kind == "check":
            assert _fails(example, known["exercise"], source), f"{name}: the starter passes"
        elif kind == "solution":
            tried = _copy(example.namespace)
            exec(compile(source, example.path, "exec"), tried)
            exec(compile(known["check"], example.path, "exec"), tried)


def _fails(example: Example, *sources: str) -> bool:
    namespace = _copy(example.namespace)
    try:
        for source in sources:
            exec(compile(source, example.path, "exec"), namespace)
    except Exception:
        return True
    return False


def _copy(namespace: dict[str, Any]) -> dict[str, Any]:
    kept = (types.ModuleType, types.FunctionType, type)
    copied: dict[str, Any] = {}
    for name, value in namespace.items():
        try:
            copied[name] = value if isinstance(value, kept) else copy.deepcopy(value)
        except Exception:  # what cannot be copied is shared
            copied[name] = value
    return copied


pytest_collect_file = Sybil(
    parsers=[FenceParser()],
    patterns=["README.md", "docs/**/*.md"],
    excludes=["scripts/README.md"],  # it shows what pages are written in
).pytest()
