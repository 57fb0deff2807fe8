"""MkDocs hook: addresses of figures as seen from each page; while serving, a process that waits to
draw.  All logic stands in scripts/figures.

It comes after the hook of the page language, which puts the figures into the pages.
"""

from __future__ import annotations

from typing import Any

from scripts.engine import event_priority
from scripts.figures.build import link_images
from scripts.figures.process import SPARE

_serving = False


def on_startup(*, command: str, **_: Any) -> None:
    """Remember whether this process builds more than once."""
    global _serving
    _serving = command == "serve"


def on_post_build(**_: Any) -> None:
    """Prepare for the next edit of a figure."""
    if _serving:
        SPARE.provide()


@event_priority(-50)
def on_page_content(html: str, *, page: Any, **_: Any) -> str:
    """Turn the addresses, which are seen from the site's root."""
    return link_images(html, page.url)
