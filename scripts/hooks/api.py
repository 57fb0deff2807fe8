"""MkDocs hook: the API reference. All logic stands in scripts/api.py; mkdocstrings renders it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from scripts import api  # noqa: E402
from scripts.bilingual import LANGUAGES, language_of, slug_of  # noqa: E402
from scripts.engine import Config, File, Files, Page, event_priority  # noqa: E402

_listings: dict[str, dict[str, list[api.Place]]] = {}


@event_priority(50)
def on_files(files: Files, config: Config) -> Files:
    """Add a page for every public module, and the page that lists them, in each language."""
    modules = api.public_modules()
    sources = {name: (ROOT / api.PACKAGE / f"{name}.py").read_text("utf-8") for name in modules}
    sentences = {name: api.first_sentence(source) for name, source in sources.items()}
    for language in LANGUAGES:
        texts = {
            slug_of(file.src_uri).removesuffix(".md"): file.content_string
            for file in files.documentation_pages()
            if language_of(file.src_uri) == language and file.src_uri.endswith(".md")
        }
        _listings[language] = api.listings(texts)
        pages = {"index": api.index_page(language, sentences)}
        for name in modules:
            slug = name.replace("_", "-")
            found = slug in texts
            concept = api.Place(slug, api.page_title(texts[slug], slug)) if found else None
            pages[name] = api.module_page(name, language, concept)
        for name, text in pages.items():
            files.append(File.generated(config, f"{language}/api/{name}.md", content=text))
    return files


def on_page_content(html: str, page: Page, config: Config, files: Files) -> str:
    """Translate the labels of the reference, and link its objects back to the pages."""
    language = _language(page)
    return api.finish_page(html, language, _listings[language]) if language else html


# After the search plugin has read the page.
@event_priority(-100)
def on_page_context(context: dict[str, Any], page: Page, config: Config, nav: Any) -> Any:
    """Put the code of every object into the page."""
    if _language(page):
        page.content = api.add_code(page.content or "")
    return context


def _language(page: Page) -> str | None:
    """Return the language of a page of the reference, None for any other page."""
    path = page.file.src_uri
    return language_of(path) if slug_of(path).startswith("api/") else None
