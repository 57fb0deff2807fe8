"""Links between pages, checked where they are written: file, line, and what to do."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from pathlib import Path

from scripts.errors import PageError
from scripts.pages.glossary import Glossary
from scripts.pages.model import Page

_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.I)


def link_errors(pages: Mapping[str, Page], glossary: Glossary, docs: Path) -> list[PageError]:
    """Return a mistake for each link to a page, or to a place on a page, that is not there.

    pages: by their addresses in docs/, like "ko/xor.md".  The reference (api/) is made later from
    the package; the site generator checks the links to it.
    """
    anchors = {name: _anchors(page, glossary) for name, page in pages.items()}
    errors: list[PageError] = []
    for name, page in pages.items():
        for link in page.links:
            message = _mistake(name, link.target, anchors, docs)
            if message:
                errors.append(PageError(page.path, link.line, f"link {link.target}: {message}"))
    return errors


def _mistake(name: str, target: str, anchors: Mapping[str, set[str]], docs: Path) -> str | None:
    path, _, anchor = target.partition("#")
    if _ELSEWHERE.match(target):
        return None
    if target.startswith("/"):
        return "links between pages are relative: write page.md#place"
    goal = posixpath.normpath(posixpath.join(posixpath.dirname(name), path)) if path else name
    if goal.partition("/")[2].startswith("api/"):
        return None
    if goal not in anchors:
        if (docs / goal).is_file():
            return None
        return f"there is no docs/{goal}: write that page first, or mend the name"
    if anchor and anchor not in anchors[goal]:
        return f"docs/{goal} has no {{#{anchor}}}: add it there, or mend the name"
    return None


def _anchors(page: Page, glossary: Glossary) -> set[str]:
    """Every id that a page has: of headings, figures, claims, exercises, and of the glossary."""
    ids = {heading.id for heading in page.headings if heading.id}
    ids |= {figure.id for figure in page.figures}
    ids |= {f"claim-{claim.value}" for claim in page.claims}
    ids |= {f"exercise-{exercise.id}" for exercise in page.exercises}
    if any(fence.kind == "glossary" for fence in page.fences):
        ids |= {entry.id for entry in glossary.entries}
    return ids
