"""MkDocs hook: convert and fill only the pages that changed. The logic: scripts/reuse.py."""

from __future__ import annotations

import gc
from typing import Any

from scripts import api
from scripts.cache import ROOT, Cache, files_digest
from scripts.engine import Config, Files, Page, event_priority
from scripts.reuse import (
    Filled,
    Reuse,
    TemplateCode,
    conversion_key,
    is_reference,
    keep_search_entries,
    settings_key,
    templates_key,
)

_converted = Cache("converted")
_reuse = Reuse(_converted)
_filled = Filled(Cache("filled"))
_entries = Cache("search")
_template_code = TemplateCode()
_serving = False


def on_startup(command: str, dirty: bool) -> None:
    """Remember whether this process builds more than once."""
    global _serving
    _serving = command == "serve"
    if not _serving:
        gc.disable()  # an eighth of the time; the process ends with the build


def on_pre_build(config: Config) -> None:
    """Let mkdocstrings keep its compiled templates, and the search what it reads in pages."""
    _reuse.begin(conversion_key(config) + files_digest([ROOT / "scripts/api.py"]))
    plugins: Any = config.plugins
    plugins["mkdocstrings"].get_handler("python").env.bytecode_cache = _template_code
    keep_search_entries(plugins["material/search"].search_index, _entries)


@event_priority(-100)
def on_page_markdown(markdown: str, page: Page, config: Config, files: Files) -> str:
    """Use the page's last conversion if nothing that it shows has changed."""
    if page.file.src_uri.endswith(".md"):
        kept = _reuse.before_render(page, markdown, files, api.has_code)
        if is_reference(markdown):
            if _serving:  # reading it for the search takes a third of a rebuild
                page.meta["search"] = {"exclude": True}
            autorefs: Any = config.plugins["autorefs"]
            for anchor in kept.anchors or () if kept else ():
                name = anchor.rpartition(".")[2]
                autorefs.register_anchor(page, anchor, title=name, primary=True)
    return markdown


@event_priority(100)
def on_page_content(html: str, page: Page, config: Config, files: Files) -> str:
    """Keep what the conversion gave."""
    _reuse.after_render(page, html)
    return html


def on_env(env: Any, config: Config, files: Files) -> Any:
    """Let the theme keep its compiled templates, and begin to fill them."""
    env.bytecode_cache = _template_code
    _filled.begin(settings_key(config), templates_key(config.theme.dirs))
    return env


# After every hook that fills the page or its context.
@event_priority(-200)
def on_page_context(context: dict[str, Any], page: Page, config: Config, nav: Any) -> Any:
    """Take the page as it was filled in an earlier build if it shows the same."""
    if "template" not in page.meta:
        context["kept"] = _filled.get(page, context["nav"])
    return context


# Before any hook that changes the finished page.
@event_priority(200)
def on_post_page(output: str, page: Page, config: Config) -> str:
    """Keep the filled page."""
    _filled.put(page, output)
    return output


def on_serve(server: Any, config: Config, builder: Any) -> Any:
    """Spare the garbage collector what the first build left: it stays."""
    gc.freeze()
    return server


def on_post_build(config: Config) -> None:
    """Keep the filled pages, and forget the oldest of what was kept."""
    _entries.prune()
    _converted.prune()
    _filled.end(templates_key(config.theme.dirs))
