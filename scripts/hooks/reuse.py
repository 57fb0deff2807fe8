"""MkDocs hook: while serving, convert only the pages that changed. The logic: scripts/reuse.py."""

from __future__ import annotations

import gc
from typing import Any

from scripts.engine import Config, Files, Page, event_priority
from scripts.reuse import Reuse, TemplateCode, is_reference

_reuse = Reuse()
_template_code = TemplateCode()
_serving = False


def on_startup(command: str, dirty: bool) -> None:
    """Remember whether this process builds more than once."""
    global _serving
    _serving = command == "serve"
    if not _serving:
        gc.disable()  # an eighth of the time; the process ends with the build


def on_pre_build(config: Config) -> None:
    """Let mkdocstrings keep its compiled templates."""
    handler: Any = config.plugins["mkdocstrings"]
    handler.get_handler("python").env.bytecode_cache = _template_code


@event_priority(-100)
def on_page_markdown(markdown: str, page: Page, config: Config, files: Files) -> str:
    """Use the page's last conversion if nothing that it shows has changed."""
    if _serving and page.file.src_uri.endswith(".md"):
        _reuse.before_render(page, markdown, files)
        if is_reference(markdown):  # reading it for the search takes a third of a rebuild
            page.meta["search"] = {"exclude": True}
    return markdown


@event_priority(100)
def on_page_content(html: str, page: Page, config: Config, files: Files) -> str:
    """Keep what the conversion gave."""
    if _serving:
        _reuse.after_render(page, html)
    return html


def on_env(env: Any, config: Config, files: Files) -> Any:
    """Let the theme keep its compiled templates."""
    env.bytecode_cache = _template_code
    return env
