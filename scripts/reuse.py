"""Keep what a page became, and use it again when nothing that it shows has changed.

The site generator converts every page in every build, and while serving after every edit.  With the
reference of the package that takes seconds; an author who mends a sentence waits for one page only.
What a page becomes depends on its Markdown, on which files there are (its links), for the reference
on the modules, and on the settings and versions of what converts it.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

from jinja2.bccache import Bucket, BytecodeCache

from scripts.cache import Cache, digest, files_digest, installed_version
from scripts.dependencies import module_path
from scripts.engine import Config, Files, Navigation, Page, get_toc
from scripts.version import scripts_digest

_TITLE = "_title_from_render"  # the generator has no public name for it
_HASHED = ("assets/labs/", "assets/live/")
_REFERENCE = re.compile(r"^::: ([\w.]+)", re.M)
_CONVERTERS = (
    "griffe", "jinja2", "markdown", "mkdocs", "mkdocs-autorefs", "mkdocs-jupyter",
    "mkdocs-material", "mkdocstrings",
    "mkdocstrings-python", "properdocs", "pygments", "pymdown-extensions",
)  # fmt: skip
_MARKS = ("icon", "status", "subtitle")  # of other pages, in Material's nav
_NO_TEMPLATES = {".icons", "__pycache__", "assets", "css", "fonts", "img", "js", "webfonts"}


@dataclass
class Converted:
    """What `Page.render` sets, and the key under which it may be used again."""

    key: str
    content: str | None = None
    toc: Any = None  # as `get_toc` takes it
    title: str | None = None
    anchors: list[str] | None = None
    links: dict[str, dict[str, str]] | None = None


class Complaints(logging.Handler):
    """Counts warnings: what the generator complained of is to be told in the next build, too."""

    def __init__(self) -> None:
        """Count from 0."""
        super().__init__(logging.WARNING)
        self.count = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Count one."""
        self.count += 1


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
    """The converted pages: those of this process at hand, those of earlier ones in a cache."""

    def __init__(self, cache: Cache) -> None:
        """Start with no page at hand."""
        self._cache = cache
        self._pages: dict[str, Converted] = {}
        self._settings = ""
        self._complaints = Complaints()
        self._before = 0
        logging.getLogger("mkdocs").addHandler(self._complaints)

    def begin(self, settings: str) -> None:
        """Begin a build; `settings` is a key for the configuration of the conversion."""
        versions = (installed_version(name) for name in _CONVERTERS)
        self._settings = digest(settings, sys.version, *versions)

    def before_render(
        self,
        page: Page,
        markdown: str,
        files: Files,
        is_whole: Callable[[str], bool] = lambda content: True,
    ) -> Converted | None:
        """Let `page` take its last conversion, and return it; None if a new one is needed.

        is_whole: whether all that the converted page refers to is still at hand.
        """
        key = self._key(page, markdown, files)
        kept = self._pages.get(page.file.src_uri)
        if kept is None or kept.key != key or kept.content is None:
            known = self._cache.get(key)
            kept = Converted(key) if known is None else Converted(**json.loads(known))
        self._before = self._complaints.count
        if kept.content is None or not is_whole(kept.content):
            self._pages[page.file.src_uri] = Converted(key)
            return None
        self._pages[page.file.src_uri] = kept
        _take_instead_of_render(page, kept)
        return kept

    def after_render(self, page: Page, html: str) -> None:
        """Keep what the conversion of `page` gave, before any other hook changes it."""
        kept = self._pages.get(page.file.src_uri)
        if kept is None or kept.content is not None:
            return
        kept.content, kept.toc = html, [_toc_token(item) for item in page.toc]
        kept.title = getattr(page, _TITLE)
        kept.anchors = sorted(page.present_anchor_ids or ())
        links = page.links_to_anchors or {}
        kept.links = {file.src_uri: dict(found) for file, found in links.items()}
        if self._complaints.count == self._before:
            self._cache.put(kept.key, json.dumps(asdict(kept)).encode())
        else:
            del self._pages[page.file.src_uri]

    def _key(self, page: Page, markdown: str, files: Files) -> str:
        modules = [module_path(name) for name in _REFERENCE.findall(markdown)]
        sources = files_digest(path for path in modules if path is not None)
        targets = "\n".join(link_targets(files))
        return digest(page.file.src_uri, markdown, targets, sources, self._settings)


class Filled:
    """The pages as the theme's template was filled with them, by all that they show."""

    def __init__(self, cache: Cache) -> None:
        """Keep them in `cache`."""
        self._cache = cache
        self._keys: dict[str, str] = {}  # by address, of pages that must be filled
        self._made: dict[str, str] = {}
        self._settings = self._templates = ""
        self._navs: dict[int, str] = {}

    def begin(self, settings: str, templates: str) -> None:
        """Begin a build; `settings` and `templates` are keys for what all pages share."""
        self._settings, self._templates = settings, templates
        self._navs.clear()
        self._keys.clear()
        self._made.clear()

    def get(self, page: Page, nav: Navigation) -> str:
        """Return the HTML of `page` if all that it shows is as it was, else ""."""
        if id(nav) not in self._navs:
            self._navs[id(nav)] = _shown_of_nav(nav)
        key = digest(self._settings, self._templates, self._navs[id(nav)], *_shown(page))
        known = self._cache.get(key)
        if known is None:
            self._keys[page.url] = key
            return ""
        return known.decode("utf-8")

    def put(self, page: Page, html: str) -> None:
        """Take the HTML of `page` if `get` was asked for it in this build, and had none."""
        if page.url in self._keys:
            self._made[self._keys[page.url]] = html

    def end(self, templates: str) -> None:
        """Keep what was filled, unless the `templates` are no longer those of the beginning."""
        if templates == self._templates:
            for key, html in self._made.items():
                self._cache.put(key, html.encode("utf-8"))
        self._cache.prune(keep=500)


def _shown(page: Page) -> list[str]:
    """Return what the templates show of `page` itself."""
    near = (page.previous_page, page.next_page, page.is_homepage, page.edit_url)
    own = (page.title, page.content or "", page.toc, page.canonical_url)
    return [page.url, *map(str, own), repr(page.meta), *map(str, near)]


def _shown_of_nav(nav: Navigation) -> str:
    """Return what the templates show of `nav`: titles, addresses, and what Material marks."""
    marks = [[page.meta.get(name) for name in _MARKS] for page in nav.pages]
    return f"{nav}{nav.homepage}{marks}"


def conversion_key(config: Config) -> str:
    """Return a key for the settings by which Markdown is converted, wherever they were written."""
    plugins: Any = config.plugins
    settings = [config.markdown_extensions, config.mdx_configs, plugins["mkdocstrings"].config]
    return digest(json.dumps(settings, default=_plain))


def settings_key(config: Config) -> str:
    """Return a key for what all filled pages share besides the templates.

    The settings count as the generator sees them: variables of the environment, options of the
    command and the file that another inherits from are in them.
    """
    settings = {name: value for name, value in config.items() if name != "site_dir"}
    theme = {name: config.theme[name] for name in config.theme}
    versions = (installed_version(name) for name in _CONVERTERS)
    shown = json.dumps([settings, theme], default=_plain)
    return digest(shown, scripts_digest(), sys.version, *versions)


def templates_key(folders: Iterable[str]) -> str:
    """Return a key for the theme's templates in `folders`; icons and assets go with its version."""
    parts = [part for folder in folders for part in Path(folder).iterdir()]
    files = [part for part in parts if part.is_file()]
    for part in parts:
        if part.is_dir() and part.name not in _NO_TEMPLATES:
            files += [path for path in part.rglob("*") if path.is_file()]
    return files_digest(files)


def _plain(value: Any) -> Any:
    """Return `value` as JSON can say it, the same in every build."""
    if isinstance(value, Mapping):
        return dict(cast("Mapping[str, Any]", value))
    if isinstance(value, Path):
        return str(value)
    return getattr(value, "__qualname__", type(value).__qualname__)


def keep_search_entries(index: Any, cache: Cache) -> None:
    """Let Material's search `index` keep what it reads in a page: that takes a fifth of a build."""
    read = index.add_entry_from_context

    def add(page: Page) -> None:
        shown = (page.url, str(page.title), page.content or "", repr(page.meta), str(page.toc))
        key = digest(*shown, sys.version, installed_version("mkdocs-material"))
        known = cache.get(key)
        if known is None:
            before = len(index.entries)
            read(page)
            cache.put(key, json.dumps(index.entries[before:]).encode())
        else:
            index.entries += json.loads(known)

    index.add_entry_from_context = add


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


def _toc_token(item: Any) -> dict[str, Any]:
    """Return an entry of a table of contents as `get_toc` takes it."""
    children = [_toc_token(child) for child in item.children]
    return {"name": item.title, "id": item.id, "level": item.level, "children": children}


def _take_instead_of_render(page: Page, kept: Converted) -> None:
    def render(config: Config, files: Files) -> None:
        page.content, page.toc = kept.content, get_toc(kept.toc or [])
        setattr(page, _TITLE, kept.title)
        page.present_anchor_ids = set(kept.anchors or ())
        found = {files.get_file_from_path(uri): links for uri, links in (kept.links or {}).items()}
        page.links_to_anchors = {file: links for file, links in found.items() if file is not None}

    page.render = render
