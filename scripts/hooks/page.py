"""MkDocs hook: the page language. All logic stands in scripts/pages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from scripts.cache import Cache
from scripts.errors import report
from scripts.figures import build as figures
from scripts.pages import kept
from scripts.pages.render import FigureImage, fill_slots
from scripts.pages.site import Site, figure_keys, read_site, run_and_render

_site = Site()
_cache = Cache("pages")


def on_files(files: Any, *, config: Any) -> Any:
    """Read, check, run and render every page of docs/ko and docs/en, if anything changed."""
    global _site
    docs = Path(config.docs_dir)
    names = [
        file.src_uri
        for file in files.documentation_pages()
        if file.src_uri.endswith(".md") and file.generated_by is None
    ]
    key = kept.key_of(docs, names)
    known = kept.load(_cache, key)
    if known is not None:
        placed, errors = figures.place_all(known.images, files, config)
        if placed == known.images and not errors:
            _site = Site(rendered=known.rendered)
            return files
    _site = read_site(docs, names, docs.parent)
    wanted = figure_keys(_site, figures.figure_exists)
    images: dict[figures.Wanted, FigureImage] = {}

    def draw() -> dict[figures.Wanted, FigureImage]:
        placed, errors = figures.place_all(wanted, files, config)
        images.update(placed)
        _site.errors += errors
        return images

    run_and_render(_site, draw)
    report(_site.errors)
    if kept.key_of(docs, names) == key:  # else a file was edited meanwhile
        kept.keep(_cache, key, kept.Kept(images, _site.rendered))
    return files


def on_page_markdown(markdown: str, *, page: Any, **_: Any) -> str:
    """Give MkDocs the rendered Markdown of the page."""
    rendered = _site.rendered.get(page.file.src_uri)
    return rendered.markdown if rendered else markdown


def on_page_content(html: str, *, page: Any, **_: Any) -> str:
    """Fill the slots that the Markdown left."""
    rendered = _site.rendered.get(page.file.src_uri)
    if rendered is None:
        return html
    return figures.link_images(fill_slots(html, rendered.slots), page.url)
