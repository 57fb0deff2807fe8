"""MkDocs hook: the reader's side of cells and exercises. All logic stands in scripts/reader.py."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from scripts import notices, reader
from scripts.assets import AssetError
from scripts.bilingual import language_of
from scripts.engine import Config, File, Files, Navigation, Page, event_priority

_pages: dict[str, dict[str, str]] = {}  # by slug and language, in the order of the nav


def on_files(files: Files, config: Config) -> Files:
    """Put the notices and the code editor into the build; without it, no page runs Python.

    The scripts that a page loads before a click lose their comments.
    """
    _pages.clear()
    for path in reader.EAGER:
        if script := files.get_file_from_path(path):
            files.remove(script)
            short = reader.without_comments(script.content_string)
            files.append(File.generated(config, path, content=short))
    files.append(File.generated(config, notices.FILE, content=notices.notices()))
    try:
        editor = reader.editor_files()
    except AssetError:
        return files  # scripts/hooks/live.py says so
    for path, text in editor.items():
        files.append(File.generated(config, path, content=text))
    return files


def on_nav(nav: Navigation, config: Config, files: Files) -> Navigation:
    """Take the order of the book from the nav."""
    for page in nav.pages:
        if language_of(page.file.src_uri):
            _pages.setdefault(_slug(page), {})
    return nav


def _slug(page: Page) -> str:
    return page.url.partition("/")[2].rstrip("/")


def on_env(env: Any, config: Config, files: Files) -> Any:
    """Give the templates the security policy."""
    env.globals["security_policy"] = reader.POLICY
    return env


# After every hook that fills the page.
@event_priority(-100)
def on_page_context(context: dict[str, Any], page: Page, config: Config, nav: Any) -> Any:
    """Remember the page for the list of exercises."""
    language = language_of(page.file.src_uri)
    if language:
        _pages.setdefault(_slug(page), {})[language] = page.content or ""
    return context


def on_post_build(config: Config) -> None:
    """Write the list of exercises and the headers."""
    site = Path(config.site_dir)
    (site / reader.EXERCISES).write_text(reader.exercises_file(_pages), "utf-8")
    (site / "_headers").write_text(reader.headers_file(), "utf-8")
