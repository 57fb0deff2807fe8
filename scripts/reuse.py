"""While serving, keep what a page became, and use it again when nothing that it shows has changed.

The site generator converts every page after every edit.  With the reference of the package that
takes seconds; an author who mends a sentence waits for one page only.  What a page becomes depends
on its Markdown, on which files there are (its links), and for the reference on the modules.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from typing import Any

from jinja2.bccache import Bucket, BytecodeCache

from scripts.cache import Cache, digest, files_digest, installed_version
from scripts.dependencies import module_path
from scripts.engine import Config, Files, Page

_TITLE = "_title_from_render"  # the generator has no public name for it
_HASHED = ("assets/labs/", "assets/live/")
_REFERENCE = re.compile(r"^::: ([\w.]+)", re.M)


@dataclass
class Converted:
    """What `Page.render` sets, and the key under which it may be used again."""

    key: str
    content: str | None = None
    toc: Any = None
    title: str | None = None
    anchors: set[str] | None = None
    links: dict[str, dict[str, str]] | None = None


class TemplateCode(BytecodeCache):
    """Compiled templates: to compile those of the theme takes longer than to fill them."""

    def __init__(self) -> None:
        """Open their cache."""
        self._cache = Cache("templates")

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give `bucket` its code if it is kept; Jinja itself compares its source and version."""
        if (known := self._cache.get(_template_key(bucket))) is not None:
            bucket.bytecode_from_string(known)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code of `bucket`."""
        self._cache.put(_template_key(bucket), bucket.bytecode_to_string())


def _template_key(bucket: Bucket) -> str:
    return digest(bucket.key, bucket.checksum, sys.version, installed_version("jinja2"))


class Reuse:
    """The converted pages of the builds of one process."""

    def __init__(self) -> None:
        """Start with no page."""
        self._pages: dict[str, Converted] = {}

    def before_render(self, page: Page, markdown: str, files: Files) -> None:
        """Let `page` take its last conversion if it stands; else wait for the new one."""
        key = self._key(markdown, files)
        kept = self._pages.get(page.file.src_uri)
        if kept is not None and kept.key == key and kept.content is not None:
            _take_instead_of_render(page, kept)
        else:
            self._pages[page.file.src_uri] = Converted(key)

    def after_render(self, page: Page, html: str) -> None:
        """Keep what the conversion of `page` gave, before any other hook changes it."""
        kept = self._pages.get(page.file.src_uri)
        if kept is None or kept.content is not None:
            return
        kept.content, kept.toc = html, page.toc
        kept.title = getattr(page, _TITLE)
        kept.anchors = page.present_anchor_ids
        links = page.links_to_anchors or {}
        kept.links = {file.src_uri: dict(found) for file, found in links.items()}

    def _key(self, markdown: str, files: Files) -> str:
        modules = [module_path(name) for name in _REFERENCE.findall(markdown)]
        sources = files_digest(path for path in modules if path is not None)
        return digest(markdown, "\n".join(link_targets(files)), sources)


def link_targets(files: Files) -> list[str]:
    """Return the addresses of all files to which an author can link.

    The rest have a hash of their content in the address: they change with every edit of a module.
    """
    return sorted(uri for uri in files.src_uris if not uri.startswith(_HASHED))


def is_reference(markdown: str) -> bool:
    """Return whether a page is one of the reference of the package.

    >>> is_reference("# snippets.xor\\n\\n::: snippets.xor\\n")
    True
    """
    return _REFERENCE.search(markdown) is not None


def _take_instead_of_render(page: Page, kept: Converted) -> None:
    def render(config: Config, files: Files) -> None:
        page.content, page.toc = kept.content, kept.toc
        setattr(page, _TITLE, kept.title)
        page.present_anchor_ids = kept.anchors
        found = {files.get_file_from_path(uri): links for uri, links in (kept.links or {}).items()}
        page.links_to_anchors = {file: links for file, links in found.items() if file is not None}

    page.render = render
