"""The whole book as it is built: complete, symmetric, whole links, nothing from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import pytest

from scripts import notices, reader
from scripts.pages.parse import parse_page
from tests.conftest import ROOT, build_site

pytestmark = pytest.mark.site

LOADING = {
    ("script", "src"),
    ("img", "src"),
    ("source", "src"),
    ("iframe", "src"),
    ("video", "src"),
    ("audio", "src"),
    ("object", "data"),
    ("use", "href"),
    ("image", "href"),
}
CONCEPTS = ("perceptron", "activations", "xor", "multilayer-perceptron", "backpropagation")


class Document(HTMLParser):
    """The ids, the links and the loaded addresses of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.images: list[dict[str, str]] = []
        self.language = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {key: value or "" for key, value in attrs}
        if tag == "html":
            self.language = values.get("lang", "")
        if "id" in values:
            self.ids.append(values["id"])
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        if tag == "img":
            self.images.append(values)
        self.loaded += [values[key] for name, key in LOADING if name == tag and key in values]
        if tag == "link" and set(values.get("rel", "").split()) & {
            "stylesheet",
            "preload",
            "modulepreload",
            "icon",
            "manifest",
            "prefetch",
            "preconnect",
            "dns-prefetch",
        }:
            self.loaded.append(values.get("href", ""))


@pytest.fixture(scope="module")
def documents(built_site: Path) -> dict[str, Document]:
    return {
        path.relative_to(built_site).as_posix(): Document(path.read_text("utf-8"))
        for path in sorted(built_site.rglob("*.html"))
    }


def foreign(address: str, own: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme not in ("", "data", "blob") and not address.startswith(own)


def test_every_page_on_disk_is_published_in_both_languages(documents: dict[str, Document]):
    for source in sorted((ROOT / "docs").glob("*/**/*.*")):
        if source.suffix not in (".md", ".ipynb") or source.relative_to(ROOT).parts[1] == "assets":
            continue
        language, *rest = source.relative_to(ROOT / "docs").with_suffix("").parts
        folder = "/".join([language, *(part for part in rest if part != "index")])
        assert f"{folder}/index.html" in documents
        assert documents[f"{folder}/index.html"].language == language


def test_no_page_script_or_style_loads_anything_from_another_host(
    documents: dict[str, Document], built_site: Path, site_url: str
):
    for name, document in documents.items():
        assert [a for a in document.loaded if foreign(a, site_url)] == [], name
    for path in sorted(built_site.rglob("*.css")):
        text = path.read_text("utf-8")
        found = re.findall(
            r"url\(\s*[\"']?((?:https?:)?//[^)\"']+)|@import\s+[\"'](http[^\"']+)", text
        )
        assert found == [], path.name
    for path in sorted((built_site / "assets" / "js").rglob("*.js")):
        text = path.read_text("utf-8")
        assert re.findall(r"(?:import|fetch|importScripts)\s*\(?\s*[\"']https?:", text) == [], (
            path.name
        )


def test_what_the_theme_could_load_from_elsewhere_no_page_asks_for_and_none_may(
    built_site: Path, documents: dict[str, Document]
):
    """Its bundle knows the addresses of a diagram renderer and of a stopgap for old browsers."""
    known = {"unpkg.com/mermaid@11/dist/mermaid.min.js", "unpkg.com/resize-observer-polyfill"}
    for path in sorted((built_site / "assets" / "javascripts").rglob("*.js")):
        text = path.read_text("utf-8")
        loads = set(
            re.findall(r"(?:unpkg|jsdelivr|cdnjs|googleapis|gstatic)[\w.]*/[^\"'`\s]+", text)
        )
        assert loads <= known, path.name
    for name in documents:
        html = (built_site / name).read_text("utf-8")
        assert not re.search(r'class="[^"]*\bmermaid\b', html), name
    assert "script-src 'self'" in reader.POLICY


def test_every_page_links_to_the_notices_which_name_all_that_is_shipped(
    documents: dict[str, Document], built_site: Path, site_url: str
):
    for name, document in documents.items():
        if name.partition("/")[0] in ("ko", "en") and not name.endswith("404.html"):
            here = urljoin(site_url, name)
            assert site_url + notices.FILE in {urljoin(here, link) for link in document.links}, name
            assert any("creativecommons.org/licenses/by/4.0" in link for link in document.links)
    text = (built_site / notices.FILE).read_text("utf-8")
    for copyright in (
        "Martin Donath",  # theme
        "Oliver Nightingale",  # search
        "NanumGothic",
        "STIX Fonts",
        "Bitstream",  # DejaVu
        "STIX Two Math",
        "prism-code-editor",
    ):
        assert copyright in text, copyright


def test_every_link_within_the_site_leads_to_a_page_and_a_place(
    documents: dict[str, Document], built_site: Path, site_url: str
):
    missing: list[str] = []
    for name, link in all_links(documents):
        here = urljoin(site_url, name.removesuffix("index.html"))
        address, anchor = urldefrag(urljoin(here, link))
        if not address.startswith(site_url):
            continue
        path = unquote(urlsplit(address).path[len(urlsplit(site_url).path) :])
        target = path + "index.html" if path.endswith("/") or not path else path
        if not (built_site / target).is_file():
            missing.append(f"{name}: {link}")
        elif anchor and target in documents and unquote(anchor) not in documents[target].ids:
            missing.append(f"{name}: {link} (no such place)")
    assert missing == []


def all_links(documents: dict[str, Document]) -> Iterator[tuple[str, str]]:
    for name, document in documents.items():
        for link in document.links:
            if not link.startswith(("mailto:", "data:", "javascript:")) and name != "404.html":
                yield name, link


def test_no_id_stands_twice_on_a_page(documents: dict[str, Document]):
    for name, document in documents.items():
        twice = {one for one in document.ids if document.ids.count(one) > 1}
        assert twice == set(), name


def test_every_image_has_alt_text_and_a_size(documents: dict[str, Document]):
    for name, document in documents.items():
        for image in document.images:
            assert image.get("alt", "").strip() or image.get("role") == "presentation", (
                name,
                image,
            )


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("slug", CONCEPTS)
def test_concept_page_has_everything_that_a_page_promises(
    language: str, slug: str, documents: dict[str, Document], built_site: Path
):
    path = ROOT / "docs" / language / f"{slug}.md"
    page = parse_page(path, language, path.read_text("utf-8"))
    assert sum(figure.kind == "figure" for figure in page.figures) >= 2
    assert any(figure.kind == "explore" for figure in page.figures)
    assert sum(fence.kind == "live" for fence in page.fences) >= 1
    assert any(fence.kind == "source" for fence in page.fences)
    assert len(page.exercises) >= 2
    assert all(exercise.hints for exercise in page.exercises)

    document = documents[f"{language}/{slug}/index.html"]
    html = (built_site / language / slug / "index.html").read_text("utf-8")
    for figure in page.figures:
        assert figure.id in document.ids
    for claim in page.claims:
        assert f"claim-{claim.value}" in document.ids
    for exercise in page.exercises:
        assert f"exercise-{exercise.id}" in document.ids
    assert html.count('class="cell"') == sum(fence.kind == "live" for fence in page.fences)
    assert "<math" in html
    assert "`=" not in re.sub(r"<pre.*?</pre>", "", html, flags=re.S)
    assert "[[" not in re.sub(r"<(pre|code|script|math).*?</\1>", "", html, flags=re.S)
    assert "data-slot" not in html


def test_the_maintained_engine_builds_the_same_book(
    built_site: Path, tmp_path: Path, site_url: str
):
    other = tmp_path / "site"
    build_site(ROOT / "mkdocs.yml", other, site_url, engine="properdocs")
    pages = {p.relative_to(built_site).as_posix() for p in built_site.rglob("*.html")}
    assert pages == {p.relative_to(other).as_posix() for p in other.rglob("*.html")}
    for name in ("ko/xor/index.html", "en/backpropagation/index.html"):
        article = [
            re.search(r"<article.*?</article>", (site / name).read_text("utf-8"), re.S)
            for site in (built_site, other)
        ]
        assert article[0] is not None
        assert article[1] is not None
        assert article[0][0] == article[1][0]
