"""Markdown that would pass the page language by: a page that uses it stops the build.

What is written so is shown, but never run, checked or compared with the other edition.
"""

from __future__ import annotations

import re
from bisect import bisect_right

from scripts.errors import PageError
from scripts.pages.model import Page

_WORDS = r"\b(?:live|source=|claim=|exercise=|check=|solution=|hint=)"
_RULES = [
    (re.compile(pattern, re.M), message)
    for pattern, message in (
        (
            r"^(?![ \t]*[|>#-])[^\n]*\S[^\n]*\n(?:=+|-+)[ \t]*$",
            "a heading begins with # and has an id: ## Words {#some-id}",
        ),
        (r"<h[1-6]\b", "a heading begins with # and has an id: ## Words {#some-id}"),
        (r"<a\b", "a link is [words](page.md#id), so that it can be checked"),
        (r"^ {0,3}\[[^\]\n]+\]:", "a link is [words](page.md#id), so that it can be checked"),
        (
            r"<img\b|!\[(?:[^\]\n]|\](?!\())*\]\((?!figure:|explore:)",
            "a picture is a figure that the package computes: ![alt](figure:concept.name)",
        ),
        (r"\\\((?!\()|^[ \t]*\\\[", "maths stands between $ and $, or between $$ and $$"),
    )
]
_QUOTED_FENCE = re.compile(r"^[ \t]*>[ \t>]*(?:```|~~~)", re.M)
_OTHER_FENCE = re.compile(rf"^[ \t]*(?:`{{3,}}|~{{3,}})[^\n]*{_WORDS}", re.M)


def check(page: Page, prose: str, words: str) -> None:
    """Raise PageError at a way round the page language.

    prose: the page without its fences; words: without code and maths in the text, too.
    """
    breaks = [match.end() for match in re.finditer("\n", page.text)]
    for match in _QUOTED_FENCE.finditer(prose):
        line = page.first_line + bisect_right(breaks, match.start())
        raise PageError(page.path, line, "a fence begins in the first column, not in a quotation")
    for rule, message in _RULES:
        for match in rule.finditer(words):
            lead = len(match[0]) - len(match[0].lstrip())
            line = page.first_line + bisect_right(breaks, match.start() + lead)
            raise PageError(page.path, line, message)
    for fence in page.fences:
        if fence.kind == "other":
            row = page.text.split("\n")[fence.line - page.first_line]
            if _OTHER_FENCE.match(row):
                message = "this block would not run: write ```python live, or ```python claim=..."
                raise PageError(page.path, fence.line, message)
