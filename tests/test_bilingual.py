"""The two editions: nav, mistakes, search, addresses, and what a strict build makes of them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from scripts import bilingual
from scripts.bilingual import NavSource, Synonyms
from tests.conftest import build_site, shell_config

PARTS = {"basics": {"ko": "기초", "en": "Basics"}}
PAGES = ["index.md", "ko/index.md", "en/index.md", "ko/xor.md", "en/xor.md"]
NAV = NavSource(["index.md", {"basics": ["xor.md"]}], lines={"nav": 2, "xor.md": 5, "basics": 4})


def messages(pages: list[str], nav: NavSource = NAV, parts: dict = PARTS) -> list[str]:
    return sorted(str(error) for error in bilingual.page_errors(pages, nav, parts))


def test_twin_is_its_own_inverse():
    assert bilingual.twin_of(bilingual.twin_of("ko/labs/xor.ipynb")) == "ko/labs/xor.ipynb"
    with pytest.raises(ValueError, match="neither edition"):
        bilingual.twin_of("index.md")


def test_complete_pages_have_no_mistakes():
    assert messages(PAGES) == []


@pytest.mark.parametrize(
    ("pages", "nav", "expected"),
    [
        pytest.param(
            [*PAGES, "ko/loss.md"],
            NavSource([*NAV.items, "loss.md"]),
            ["docs/ko/loss.md: has no twin: write docs/en/loss.md"],
            id="one language only",
        ),
        pytest.param(
            PAGES[:3],
            NAV,
            ["mkdocs.yml:5: the nav names xor.md: write docs/ko/xor.md and docs/en/xor.md, or"],
            id="nav entry without a page",
        ),
        pytest.param(
            [*PAGES, "ko/loss.md", "en/loss.md"],
            NAV,
            ["mkdocs.yml:2: docs/*/loss.md is not in the nav: add `- loss.md` to `nav`"],
            id="page that is not in the nav",
        ),
        pytest.param(
            PAGES,
            NavSource([*NAV.items, "xor.md"], lines={"xor.md": 5}),
            ["mkdocs.yml:5: the nav names xor.md twice: remove one"],
            id="page twice in the nav",
        ),
        pytest.param(
            [*PAGES, "stray.md"],
            NAV,
            ["docs/stray.md: belongs to no edition: move it to docs/ko/ and docs/en/"],
            id="page outside both editions",
        ),
        pytest.param(
            PAGES,
            NavSource([*NAV.items, "api/*.md"], lines={"api/*.md": 6}),
            ["mkdocs.yml:6: no page matches api/*.md: remove it"],
            id="pattern without a page",
        ),
    ],
)
def test_mistake_is_told_with_its_place(pages: list[str], nav: NavSource, expected: list[str]):
    found = messages(pages, nav)
    assert len(found) == len(expected)
    assert all(text.startswith(start) for text, start in zip(found, expected, strict=True))


def test_part_needs_a_name_in_both_languages():
    assert messages(PAGES, parts={"basics": {"ko": "기초"}}) == [
        "mkdocs.yml:4: the part 'basics' has no name: add extra.parts.basics.en"
    ]


def test_nav_lines_survive_tags_that_only_the_generator_knows():
    text = "site_url: !ENV [A, b]\nnav:\n  - a.md\n  - part:\n      - b.md\n"
    assert bilingual.nav_lines(text) == {"a.md": 3, "part": 4, "b.md": 5}


def test_pattern_leaves_out_what_the_nav_names_anywhere():
    items = ["api/*.md", {"basics": ["api/index.md"]}]
    expanded = bilingual.expand_patterns(items, ["api/index.md", "api/b.md", "api/a.md"])
    assert expanded == ["api/a.md", "api/b.md", {"basics": ["api/index.md"]}]


def test_index_of_an_edition_holds_its_pages_at_addresses_below_its_home():
    documents = [
        {"location": location, "title": "t", "text": "x"}
        for location in ("ko/", "ko/xor/#why", "en/", "")
    ]
    indexes = bilingual.split_index({"config": {"separator": " "}, "docs": documents}, {})
    assert [document["location"] for document in indexes["ko"]["docs"]] == ["", "xor/#why"]
    assert [document["location"] for document in indexes["en"]["docs"]] == [""]
    assert indexes["en"]["config"]["separator"] == " "


def test_aliases_in_a_title_are_kept_apart_from_those_in_the_text():
    section = {"title": "합성곱", "text": "역전파와 Adam", "location": ""}
    synonyms = [
        Synonyms("합성곱", ("convolution",)),
        Synonyms("역전파", ("backpropagation",)),
        Synonyms("adam", ("아담",)),
        Synonyms("풀링", ("pooling",)),
    ]
    extended = bilingual.with_aliases(section, synonyms)
    assert extended["title_aliases"] == "convolution"
    assert extended["text_aliases"] == "backpropagation 아담"
    assert section == {"title": "합성곱", "text": "역전파와 Adam", "location": ""}


def test_synonyms_work_in_both_directions():
    terms = [{"ko": "역전파", "en": "backpropagation", "ko_aliases": ["백프로파게이션"]}]
    synonyms = bilingual.glossary_synonyms(terms)
    assert synonyms["en"] == [Synonyms("backpropagation", ("역전파", "백프로파게이션"))]


def test_site_map_of_an_edition_names_its_pages_and_their_twins():
    text = bilingual.sitemap(["", "xor/"], "https://example.org/b/", ["ko"])
    assert re.findall("<loc>(.*?)</loc>", text) == [
        "https://example.org/b/ko/",
        "https://example.org/b/ko/xor/",
    ]
    assert 'hreflang="en" href="https://example.org/b/en/xor/"' in text
    assert 'hreflang="x-default" href="https://example.org/b/"' in text


def test_finished_page_refuses_html_that_is_not_the_theme_s():
    with pytest.raises(ValueError, match="theme's page has no"):
        bilingual.finish_page("<body></body>", "..", "ko")


# --- a strict build of the small book ------------------------------------------------------------


def soup(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text("utf-8"), "html.parser")


@pytest.mark.site
def test_nav_titles_and_footer_stay_in_the_language(shell_site: tuple[Path, str]):
    site, _ = shell_site
    for language, part, title in (("ko", "배우기", "합성곱"), ("en", "Learning", "Convolution")):
        html = soup(site / language / "backpropagation/index.html")
        nav = html.select_one(".md-nav--primary")
        assert nav is not None
        assert part in nav.get_text()
        targets = {link["href"] for link in nav.select("a[href]:not([href^='#'])")}
        assert targets == {"./", "../", "../convolution/"}
        follow = html.select_one(".md-footer__link--next")
        assert follow is not None
        assert title in follow.get_text()
        first, last = (soup(site / language / f"{p}index.html") for p in ("", "convolution/"))
        assert first.select_one(".md-footer__link--prev") is None
        assert last.select_one(".md-footer__link--next") is None


@pytest.mark.site
def test_head_names_the_page_in_its_language_and_its_twin(shell_site: tuple[Path, str]):
    site, address = shell_site
    html = soup(site / "ko/backpropagation/index.html")
    assert html.title is not None
    assert html.title.text == "역전파 - 신경망은 어떻게 배우는가"
    links = {link["hreflang"]: link["href"] for link in html.select("link[hreflang]")}
    assert links == {
        "ko": f"{address}ko/backpropagation/",
        "en": f"{address}en/backpropagation/",
        "x-default": f"{address}en/backpropagation/",
    }
    canonical = html.select_one("link[rel=canonical]")
    assert canonical is not None
    assert canonical["href"] == f"{address}ko/backpropagation/"
    described = {
        meta.get("name") or meta.get("property"): meta["content"]
        for meta in html.select("meta[content]")
    }
    assert described["description"] == described["og:description"] == "오차가 뒤로 흐르는 길"
    assert described["og:locale"] == "ko_KR"


@pytest.mark.site
def test_every_page_not_found_and_site_map_is_there(shell_site: tuple[Path, str]):
    site, address = shell_site
    for path in ("404.html", "ko/404.html", "en/404.html"):
        assert {part["lang"] for part in soup(site / path).select("section")} == {"ko", "en"}
    counts = {
        path: (site / path).read_text("utf-8").count(f"<loc>{address}")
        for path in ("sitemap.xml", "ko/sitemap.xml", "en/sitemap.xml")
    }
    assert counts == {"sitemap.xml": 6, "ko/sitemap.xml": 3, "en/sitemap.xml": 3}


@pytest.mark.site
def test_each_edition_has_its_own_search_index(shell_site: tuple[Path, str]):
    site, _ = shell_site
    assert not (site / "search").exists()
    for language, own in (("ko", "역전파"), ("en", "Backpropagation")):
        index = json.loads((site / language / "search/search_index.json").read_text("utf-8"))
        assert own in {document["title"] for document in index["docs"]}
        assert all(not d["location"].startswith(("ko/", "en/")) for d in index["docs"])


@pytest.mark.site
def test_the_maintained_engine_builds_the_same_site(shell_site: tuple[Path, str], tmp_path: Path):
    site, address = shell_site
    build_site(shell_config(tmp_path), tmp_path / "site", address, engine="properdocs")

    def content(folder: Path) -> dict[str, bytes]:
        return {
            path.relative_to(folder).as_posix(): re.sub(
                rb'<meta name="generator"[^>]*>', b"", path.read_bytes()
            )
            for path in folder.rglob("*")
            if path.suffix in {".html", ".json", ".xml"}
        }

    assert content(tmp_path / "site") == content(site)


@pytest.mark.site
def test_strict_build_stops_at_a_page_without_a_twin(tmp_path: Path):
    config = shell_config(tmp_path)
    (tmp_path / "docs/en/convolution.md").unlink()
    with pytest.raises(pytest.fail.Exception, match=r"docs/ko/convolution\.md: has no twin"):
        build_site(config, tmp_path / "site", "http://localhost/")


@pytest.mark.site
@pytest.mark.parametrize(
    "link", ["[x](nowhere.md)", "[x](convolution.md#nowhere)"], ids=["page", "anchor"]
)
def test_strict_build_stops_at_a_broken_link(link: str, tmp_path: Path):
    config = shell_config(tmp_path)
    page = tmp_path / "docs/ko/backpropagation.md"
    page.write_text(page.read_text("utf-8") + f"\n{link}\n", "utf-8")
    with pytest.raises(pytest.fail.Exception, match="nowhere"):
        build_site(config, tmp_path / "site", "http://localhost/")
