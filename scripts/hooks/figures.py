"""MkDocs hook: addresses of figures as seen from each page. All logic stands in scripts/figures.

It comes after the hook of the page language, which puts the figures into the pages.
"""

from __future__ import annotations

from typing import Any

from scripts.engine import event_priority
from scripts.figures.build import link_images


@event_priority(-50)
def on_page_content(html: str, *, page: Any, **_: Any) -> str:
    """Turn the addresses, which are seen from the site's root."""
    return link_images(html, page.url)
