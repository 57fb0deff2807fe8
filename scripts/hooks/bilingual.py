"""Tell the site generator about the two editions; the logic stands in `scripts/bilingual.py`."""

from __future__ import annotations

import json
import sys
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from scripts import bilingual  # noqa: E402
from scripts.bilingual import LANGUAGES, language_of, slug_of  # noqa: E402
from scripts.engine import (  # noqa: E402
    Config,
    File,
    Files,
    Navigation,
    Page,
    Section,
    event_priority,
)
from scripts.errors import report  # noqa: E402

_navs: dict[str, Navigation] = {}


def on_config(config: Config) -> Config:
    """Leave the site map to `on_post_build`, which writes one for each language too."""
    _navs.clear()
    config.theme.static_templates.discard("sitemap.xml")
    return config


# After every hook and plugin that adds pages or makes pages of notebooks.
@event_priority(-100)
def on_files(files: Files, config: Config) -> Files:
    """Check that nav and pages agree, and give the generator the nav of both languages."""
    paths = [file.src_uri for file in files.documentation_pages()]
    source = _nav_source(config)
    parts = config.extra.get("parts", {})
    report(bilingual.page_errors(paths, source, parts))
    slugs = {slug_of(path) for path in paths if language_of(path)}
    items = bilingual.expand_patterns(source.items, slugs)
    nav = [{each: bilingual.localized_nav(items, each, parts)} for each in LANGUAGES]
    config["nav"] = [*nav, bilingual.CHOOSER]
    files.append(_search_language(config))
    return files


def _nav_source(config: Config) -> bilingual.NavSource:
    path = Path(config.config_file_path)
    lines = bilingual.nav_lines(path.read_text("utf-8"))
    return bilingual.NavSource(config.nav or [], path.name, lines)


def _search_language(config: Config) -> File:
    """Add what Material's search lacks, as a language beside those of the theme."""
    script = (ROOT / "scripts/theme/lunr.site.js").read_text("utf-8")
    return File.generated(config, "assets/javascripts/lunr/min/lunr.site.min.js", content=script)


def on_nav(nav: Navigation, config: Config, files: Files) -> Navigation:
    """Part the nav into one for each language, each with its own first and last page."""
    for section in nav.items:
        if isinstance(section, Section):
            language = _pages(section)[0].file.src_uri.partition("/")[0]
            _navs[language] = _edition(section)
    return nav


def _pages(section: Section) -> list[Page]:
    pages: list[Page] = []
    for item in section.children:
        if isinstance(item, Page):
            pages.append(item)
        elif isinstance(item, Section):
            pages += _pages(item)
    return pages


def _edition(section: Section) -> Navigation:
    for item in section.children:
        item.parent = None
    pages = _pages(section)
    pages[0].previous_page = pages[-1].next_page = None
    edition = Navigation(section.children, pages)
    edition.homepage = next(page for page in pages if slug_of(page.file.src_uri) == "index.md")
    return edition


# Before the search plugin reads the page, and before anything that renders with the context.
@event_priority(60)
def on_page_context(
    context: dict[str, Any], page: Page, config: Config, nav: Navigation
) -> dict[str, Any]:
    """Give the templates the language of the page: its nav, its site name, its addresses."""
    language = language_of(page.file.src_uri)
    _speak(config, language or "en")
    if language is not None:
        slug_url = page.url.removeprefix(f"{language}/")
        context["nav"] = _navs[language]
        context["language"] = language
        context["twin_url"] = f"{'en' if language == 'ko' else 'ko'}/{slug_url}"
        context["alternates"] = bilingual.alternates(slug_url, config.site_url or "")
    return context


def _speak(config: Config, language: str) -> None:
    """Set what the theme's templates read from the configuration."""
    edition = config.extra["languages"][language]
    config.theme["language"] = language
    config.site_name = edition["site_name"]
    config.site_description = edition["site_description"]


# After every hook that changes the finished HTML.
@event_priority(-100)
def on_post_page(output: str, page: Page, config: Config) -> str:
    """Point Material's script to the edition, and set the colours before the first paint."""
    language = language_of(page.file.src_uri)
    if language is None:
        return output
    depth = page.url.removeprefix(f"{language}/").count("/")
    return bilingual.finish_page(output, "/".join([".."] * depth) or ".", language)


@event_priority(-100)
def on_post_build(config: Config) -> None:
    """Write the search index, the site map and the page "not found" of each language."""
    site = Path(config.site_dir)
    _write_search(site, Path(config.docs_dir) / "glossary.toml")
    slug_urls = [page.url.partition("/")[2] for page in _navs["ko"].pages]
    site_url = config.site_url or ""
    _write(site / "sitemap.xml", bilingual.sitemap(slug_urls, site_url))
    for language in LANGUAGES:
        one = bilingual.sitemap(slug_urls, site_url, [language])
        _write(site / language / "sitemap.xml", one)
        not_found = (site / "404.html").read_text("utf-8")
        _write(site / language / "404.html", not_found)


def _write_search(site: Path, glossary: Path) -> None:
    index = json.loads((site / "search/search_index.json").read_text("utf-8"))
    terms = tomllib.loads(glossary.read_text("utf-8"))["term"] if glossary.exists() else []
    synonyms = bilingual.glossary_synonyms(terms)
    for language, own in bilingual.split_index(index, synonyms).items():
        text = json.dumps(own, ensure_ascii=False, separators=(",", ":"))
        _write(site / language / "search/search_index.json", text)
    (site / "search/search_index.json").unlink()
    (site / "search").rmdir()


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8", newline="\n")
