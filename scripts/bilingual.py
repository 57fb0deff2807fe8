"""Two editions of one book: navigation, addresses, search and site map for each language.

A page is `docs/ko/<slug>.md` and its twin `docs/en/<slug>.md`; everything here follows from that.
The hook of the site generator (`hooks/bilingual.py`) only calls these functions.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cached_property
from typing import Any, TypeAlias
from urllib.parse import urljoin
from xml.sax.saxutils import escape, quoteattr

import yaml

from scripts.errors import PageError

LANGUAGES = ("ko", "en")
CHOOSER = "index.md"

# What stands in the `nav` of mkdocs.yml: a slug, or a part with its slugs.
NavItem: TypeAlias = "str | dict[str, list[NavItem]]"
Document: TypeAlias = dict[str, Any]


def language_of(path: str) -> str | None:
    """Return the language of a page from its path below docs/, or None outside both editions.

    >>> language_of("ko/xor.md"), language_of("index.md")
    ('ko', None)
    """
    first, slash, _ = path.partition("/")
    return first if slash and first in LANGUAGES else None


def slug_of(path: str) -> str:
    """Return what the two editions of a page share: its path below the folder of the language.

    >>> slug_of("ko/labs/xor.ipynb")
    'labs/xor.ipynb'
    """
    return path.partition("/")[2]


def twin_of(path: str) -> str:
    """Return the path of the same page in the other language.

    >>> twin_of("en/xor.md")
    'ko/xor.md'
    """
    language = language_of(path)
    if language is None:
        raise ValueError(f"twin_of: {path!r} is in neither edition")
    other = LANGUAGES[1 - LANGUAGES.index(language)]
    return f"{other}/{slug_of(path)}"


# --- navigation ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class NavSource:
    """The `nav` of the configuration, and the lines on which its entries stand."""

    items: Sequence[NavItem]
    path: str = "mkdocs.yml"
    lines: Mapping[str, int] = field(default_factory=dict[str, int])

    def error(self, entry: str, message: str) -> PageError:
        """Return a mistake placed on the line of `entry`."""
        return PageError(self.path, self.lines.get(entry), message)


def nav_lines(text: str) -> dict[str, int]:
    """Return the line, counted from 1, of every slug and part in the `nav` of a YAML text.

    >>> nav_lines("site_name: x\\nnav:\\n  - xor.md\\n  - basics:\\n    - loss.md\\n")
    {'xor.md': 3, 'basics': 4, 'loss.md': 5}
    """
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    if not isinstance(root, yaml.MappingNode):
        return {}
    lines: dict[str, int] = {}

    def collect(node: yaml.Node) -> None:
        if isinstance(node, yaml.ScalarNode):
            lines.setdefault(str(node.value), node.start_mark.line + 1)
        elif isinstance(node, yaml.SequenceNode):
            for child in node.value:
                collect(child)
        elif isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                collect(key)
                collect(value)

    for key, value in root.value:
        if key.value == "nav":
            collect(value)
    return lines


def nav_slugs(items: Iterable[NavItem]) -> list[str]:
    """Return the slugs of a nav from top to bottom, patterns as they stand.

    >>> nav_slugs(["index.md", {"basics": ["xor.md"]}])
    ['index.md', 'xor.md']
    """
    slugs: list[str] = []
    for item in items:
        if isinstance(item, str):
            slugs.append(item)
        else:
            for children in item.values():
                slugs += nav_slugs(children)
    return slugs


def expand_patterns(items: Iterable[NavItem], slugs: Iterable[str]) -> list[NavItem]:
    """Replace each pattern such as `api/*.md` by the slugs it matches that the nav does not name.

    >>> expand_patterns(["api/index.md", "api/*.md"], ["api/xor.md", "api/index.md", "xor.md"])
    ['api/index.md', 'api/xor.md']
    """
    items = list(items)
    named = {slug for slug in nav_slugs(items) if "*" not in slug}
    free = sorted(set(slugs) - named)

    def expand(level: Iterable[NavItem]) -> list[NavItem]:
        expanded: list[NavItem] = []
        for item in level:
            if isinstance(item, dict):
                expanded.append({part: expand(below) for part, below in item.items()})
            elif "*" in item:
                expanded += [slug for slug in free if fnmatchcase(slug, item)]
            else:
                expanded.append(item)
        return expanded

    return expand(items)


def localized_nav(
    items: Iterable[NavItem], language: str, parts: Mapping[str, Mapping[str, str]]
) -> list[NavItem]:
    """Return the nav of one language: its paths, and the names of the parts in that language.

    >>> localized_nav([{"basics": ["xor.md"]}], "ko", {"basics": {"ko": "기초"}})
    [{'기초': ['ko/xor.md']}]
    """
    nav: list[NavItem] = []
    for item in items:
        if isinstance(item, str):
            nav.append(f"{language}/{item}")
        else:
            for part, below in item.items():
                name = parts.get(part, {}).get(language, part)
                nav.append({name: localized_nav(below, language, parts)})
    return nav


def _part_names(items: Iterable[NavItem]) -> list[str]:
    names: list[str] = []
    for item in items:
        if isinstance(item, dict):
            for part, below in item.items():
                names += [part, *_part_names(below)]
    return names


def page_errors(
    pages: Iterable[str], nav: NavSource, parts: Mapping[str, Mapping[str, str]]
) -> list[PageError]:
    """Return everything that keeps the two editions and the nav from saying the same.

    pages: the paths of all pages below docs/.
    """
    paths = set(pages)
    editions = {path for path in paths if language_of(path) is not None}
    errors = [
        PageError(f"docs/{path}", None, "belongs to no edition: move it to docs/ko/ and docs/en/")
        for path in paths - editions - {CHOOSER}
    ]
    for path in editions:
        if (twin := twin_of(path)) not in editions:
            errors.append(PageError(f"docs/{path}", None, f"has no twin: write docs/{twin}"))
    return errors + _nav_errors({slug_of(path) for path in editions}, nav, parts)


def _nav_errors(
    slugs: set[str], nav: NavSource, parts: Mapping[str, Mapping[str, str]]
) -> list[PageError]:
    errors: list[PageError] = []
    seen: set[str] = set()
    for slug in nav_slugs(expand_patterns(nav.items, slugs)):
        if slug not in slugs:
            message = f"the nav names {slug}: write docs/ko/{slug} and docs/en/{slug}, or remove it"
            errors.append(nav.error(slug, message))
        elif slug in seen:
            errors.append(nav.error(slug, f"the nav names {slug} twice: remove one"))
        seen.add(slug)
    for slug in nav_slugs(nav.items):
        if "*" in slug and not any(fnmatchcase(each, slug) for each in slugs):
            errors.append(nav.error(slug, f"no page matches {slug}: remove it"))
    for slug in slugs - seen:
        message = f"docs/*/{slug} is not in the nav: add `- {slug}` to `nav`"
        errors.append(PageError(nav.path, nav.lines.get("nav"), message))
    for part in _part_names(nav.items):
        missing = [language for language in LANGUAGES if language not in parts.get(part, {})]
        if missing:
            wanted = " and ".join(f"extra.parts.{part}.{language}" for language in missing)
            errors.append(nav.error(part, f"the part {part!r} has no name: add {wanted}"))
    return errors


# --- search --------------------------------------------------------------------------------------

# What a title says counts most, an alias in a title half of that.
SEARCH_FIELDS = {
    "title": {"boost": 1e3},
    "text": {"boost": 1.0},
    "tags": {"boost": 1e6},
    "title_aliases": {"boost": 5e2},
    "text_aliases": {"boost": 0.5},
}


def split_index(index: Document, synonyms: Mapping[str, Sequence[Synonyms]]) -> dict[str, Document]:
    """Return a search index for each language, with locations below the folder of that language.

    index: the index of the whole site, as Material's search plugin writes it.
    synonyms: for each language the words that stand for each other.
    """
    indexes: dict[str, Document] = {}
    for language in LANGUAGES:
        prefix = f"{language}/"
        # "site" is scripts/theme/lunr.site.js, which knows both languages.
        config = index["config"] | {"lang": ["site"], "pipeline": [], "fields": SEARCH_FIELDS}
        documents = [
            with_aliases(document, synonyms.get(language, ()))
            | {"location": document["location"].removeprefix(prefix)}
            for document in index["docs"]
            if document["location"].startswith(prefix)
        ]
        indexes[language] = {"config": config, "docs": documents}
    return indexes


@dataclass(frozen=True)
class Synonyms:
    """A term as an edition writes it, and other words by which a reader may look for it."""

    term: str
    aliases: tuple[str, ...]

    @cached_property
    def folded(self) -> str:
        """The term as it is looked for, whatever its case."""
        return self.term.casefold()


def glossary_synonyms(terms: Iterable[Mapping[str, Any]]) -> dict[str, list[Synonyms]]:
    """Return the synonyms of each language; a term in the other language is one too.

    terms: the entries of docs/glossary.toml: `ko`, `en` and optional `ko_aliases`, `en_aliases`.

    >>> term = {"ko": "합성곱", "en": "convolution", "ko_aliases": ["컨볼루션"]}
    >>> glossary_synonyms([term])["ko"]
    [Synonyms(term='합성곱', aliases=('convolution', '컨볼루션'))]
    """
    found: dict[str, list[Synonyms]] = {language: [] for language in LANGUAGES}
    for term in terms:
        words = [*term.get("ko_aliases", ()), *term.get("en_aliases", ())]
        for language in LANGUAGES:
            own = str(term[language])
            other = str(term["en" if language == "ko" else "ko"])
            aliases = tuple(dict.fromkeys(word for word in (other, *words) if word != own))
            found[language].append(Synonyms(own, aliases))
    return found


def with_aliases(document: Document, synonyms: Iterable[Synonyms]) -> Document:
    """Return a section of the search index with the aliases of the terms that it contains."""
    title, text = (str(document[key]).casefold() for key in ("title", "text"))
    in_title: dict[str, None] = {}
    in_text: dict[str, None] = {}
    both = f"{title}\n{text}"
    for entry in synonyms:
        term = entry.folded
        if term not in both:
            continue
        if term in title:
            in_title.update(dict.fromkeys(entry.aliases))
        elif term in text:
            in_text.update(dict.fromkeys(entry.aliases))
    extended = dict(document)
    if in_title:
        extended["title_aliases"] = " ".join(in_title)
    if in_text:
        extended["text_aliases"] = " ".join(in_text)
    return extended


# --- addresses and site map ----------------------------------------------------------------------


def alternates(slug_url: str, site_url: str) -> dict[str, str]:
    """Return the addresses of a page for `hreflang`: each language, and x-default.

    slug_url: the address below the folder of the language, such as `xor/`.  The home page's
    x-default is the language chooser; any other page's is the English edition.

    >>> alternates("xor/", "https://example.org/")["en"]
    'https://example.org/en/xor/'
    """
    links = {language: urljoin(site_url, f"{language}/{slug_url}") for language in LANGUAGES}
    return links | {"x-default": links["en"] if slug_url else site_url}


def sitemap(slug_urls: Iterable[str], site_url: str, languages: Sequence[str] = LANGUAGES) -> str:
    """Return the site map of `languages` as XML; every page names its alternates.

    Instant navigation reads the map of the language it is in, search engines the one of the site.
    """
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
        ' xmlns:xhtml="http://www.w3.org/1999/xhtml">',
    ]
    slug_urls = list(slug_urls)
    for language in languages:
        for slug_url in slug_urls:
            links = alternates(slug_url, site_url)
            lines.append(f"<url><loc>{escape(links[language])}</loc>")
            lines += [
                f'<xhtml:link rel="alternate" hreflang="{each}" href={quoteattr(link)}/>'
                for each, link in links.items()
            ]
            lines.append("</url>")
    return "\n".join([*lines, "</urlset>", ""])


# --- the finished page ---------------------------------------------------------------------------

# Sets the reader's colours before anything is painted: what was chosen, or else what the system
# prefers.  Material's own script runs later, and only after a first choice.
FIRST_PAINT = (
    "<script>(function(b,p,c){"
    'try{p=__md_get("__palette")}catch(e){}'
    "c=p&&p.color;"
    'b.setAttribute("data-md-color-scheme",'
    '(c&&c.media!=="(prefers-color-scheme)"?c.scheme==="slate":'
    'matchMedia("(prefers-color-scheme: dark)").matches)?"slate":"default")'
    "})(document.body)</script>"
)


PERMALINK = {"ko": "이 절의 주소", "en": "Link to this section"}


def finish_page(html: str, base: str, language: str) -> str:
    """Return a page of Material as it is published.

    base: the address of the edition's home from this page, where Material's script looks for the
    search index and the site map.  Without `autocomplete` on check boxes the HTML is valid;
    `tabindex` lets the keyboard scroll wide code.
    Raises ValueError when the theme's HTML is not as expected.
    """
    html = _after(html, r'"base":\s*', r'"[^"]*"', json.dumps(base))
    html = _after(html, r"<body\b[^>]*>", "", FIRST_PAINT)
    html = html.replace('title="Permanent link"', f'title="{PERMALINK[language]}"')
    html = re.sub(r'(<input\b[^>]*type="checkbox"[^>]*?) autocomplete="off"', r"\1", html)
    return re.sub(r"(<pre\b[^>]*>(?:<span></span>)?<code)>", r'\1 tabindex="0">', html)


def _after(html: str, mark: str, old: str, new: str) -> str:
    """Put `new` for `old` behind the first `mark`."""
    match = re.search(f"(?:{mark})({old})", html)
    if match is None:
        raise ValueError(f"finish_page: the theme's page has no {mark!r}")
    return html[: match.start(1)] + new + html[match.end(1) :]
