"""Rules that need more than one page or file: figures, sources, terms, claims, twins."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from scripts.cache import ROOT
from scripts.engine import PluginError
from scripts.errors import PageError
from scripts.hooks import page as page_hook
from scripts.pages.parse import parse_page
from scripts.pages.site import Site, figure_keys, read_site, run_and_render
from scripts.pages.syllabus import load_syllabus

GLOSSARY = """
[[term]]
id = "weight"
ko = "가중치"
en = "weight"
ko_text = "입력에 곱하는 수입니다."
en_text = "A number that multiplies an input."
"""
SYLLABUS = """
[[part]]
title_ko = "하나"
title_en = "One"
concept = [{ slug = "one", ko = "하나", en = "One", claims = ["listed"] }]
"""


@pytest.fixture
def project(tmp_path: Path):
    def project(korean: str, english: str | None = None, name: str = "page") -> Site:
        docs = tmp_path / "docs"
        for language, text in (("ko", korean), ("en", korean if english is None else english)):
            (docs / language).mkdir(parents=True, exist_ok=True)
            (docs / language / f"{name}.md").write_text(text, "utf-8")
        (docs / "glossary.toml").write_text(GLOSSARY, "utf-8")
        (docs / "syllabus.toml").write_text(SYLLABUS, "utf-8")
        return read_site(docs, [f"ko/{name}.md", f"en/{name}.md"], tmp_path)

    return project


def messages(site: Site) -> list[str]:
    return [str(error) for error in site.errors]


def test_unknown_term_names_the_glossary(project):
    site = project("# T\n\n[[무게]]\n", "# T\n\n[[weight]]\n")
    assert messages(site) == [
        "docs/ko/page.md:3: [[무게]] is not in docs/glossary.toml: add it there"
    ]


def test_unknown_source_says_what_there_is(project):
    site = project("# T\n\n```python source=activations.sigmoyd\n```\n")
    start = "docs/ko/page.md:3: source=activations.sigmoyd: snippets.activations has no 'sigmoyd'"
    assert any(message.startswith(start) for message in messages(site))


def test_unknown_figure_says_where_to_write_it(project):
    site = project("# T\n\n![alt](figure:xor.nowhere)\n")
    assert figure_keys(site, lambda concept, name: False) == []
    assert (
        "docs/ko/page.md:3: unknown figure xor.nowhere: write the function nowhere in "
        "snippets/figures/xor.py, or mend the name"
    ) in messages(site)


def test_known_figures_are_asked_for_once_for_each_language(project):
    site = project("# T\n\n![alt](figure:xor.plane)\n\n![alt](explore:xor.plane)\n")
    assert figure_keys(site, lambda *_: True) == [("xor", "plane", "en"), ("xor", "plane", "ko")]


def test_listed_claim_is_required_in_both_languages(project):
    site = project("# One\n", name="one")
    assert sorted(messages(site)) == [
        f"docs/{language}/one.md:1: claim listed is missing: docs/syllabus.toml lists it here"
        for language in ("en", "ko")
    ]


def test_editions_that_differ_are_refused(project):
    site = project("# T\n\n## A {#a}\n", "# T\n\n## B {#b}\n")
    assert "docs/ko/page.md:3: heading ## a differs from heading ## b" in messages(site)[0]


@pytest.mark.parametrize(
    ("link", "message"),
    [
        ("gone.md", "link gone.md: there is no docs/{}/gone.md: write that page first"),
        ("page.md#gone", "link page.md#gone: docs/{}/page.md has no {{#gone}}: add it there"),
        ("#gone", "link #gone: docs/{}/page.md has no {{#gone}}"),
        ("/ko/page/", "link /ko/page/: links between pages are relative"),
    ],
)
def test_broken_link_is_named_with_its_line(project, link: str, message: str):
    found = messages(project(f"# T\n\n[there]({link})\n"))
    for language, error in zip(("en", "ko"), sorted(found), strict=True):
        assert error.startswith(f"docs/{language}/page.md:3: {message.format(language)}")


@pytest.mark.parametrize(
    "link", ["page.md", "page.md#a", "#a", "#claim-c", "https://example.org/#x", "api/xor.md#y"]
)
def test_good_link_is_no_mistake(project, link: str):
    page = f'# T\n\n## A {{#a}}\n\n[there]({link})\n\n```python claim=c title="t"\nassert 1\n```\n'
    assert messages(project(page)) == []


def test_every_mistake_is_told_not_only_the_first(project):
    site = project("# T\n\n[[무게]]\n\n```python source=nowhere.f\n```\n", "# T\n\n## A\n")
    assert len(site.errors) >= 3


def test_page_with_a_mistake_is_not_rendered_and_the_others_are(project):
    site = project("# T\n\n```python live\n1 / 0\n```\n")
    run_and_render(site, dict)
    assert site.rendered == {}
    assert all("ZeroDivisionError" in message for message in messages(site))
    site = project("# T\n\n[[가중치]]는 `=1 + 1`\n", "# T\n\n[[weight]] is `=1 + 1`\n")
    run_and_render(site, dict)
    assert sorted(site.rendered) == ["en/page.md", "ko/page.md"]


def test_figure_that_cannot_be_drawn_stops_the_build_and_tells_where(
    project, tmp_path: Path, monkeypatch
):
    """Its page is left out, so the mistake must be told, or the page would be missing unnoticed."""
    project("# T\n\n![alt](figure:xor.truth_plane)\n")
    undrawn = PageError("snippets/figures/xor.py", 12, "figure `xor.truth_plane`: 1 / 0")
    monkeypatch.setattr(page_hook.figures, "place_all", lambda *_: ({}, [undrawn]))
    project("# T\n\ntext\n", name="other")
    files = SimpleNamespace(
        documentation_pages=lambda: [
            SimpleNamespace(src_uri=f"{language}/{name}.md", generated_by=None)
            for language in ("ko", "en")
            for name in ("page", "other")
        ]
    )
    with pytest.raises(PluginError, match=r"snippets/figures/xor\.py:12: figure `xor\."):
        page_hook.on_files(files, config=SimpleNamespace(docs_dir=str(tmp_path / "docs")))
    assert sorted(page_hook._site.rendered) == ["en/other.md", "ko/other.md"]


def test_real_syllabus_names_known_concepts_and_each_claim_once():
    concepts = [concept for part in load_syllabus() for concept in part.concepts]
    slugs = [concept.slug for concept in concepts]
    assert len(slugs) == len(set(slugs))
    for concept in concepts:
        assert set(concept.needs) <= set(slugs), concept.slug
    claims = [claim for concept in concepts for claim in concept.claims]
    assert len(claims) == len(set(claims))


def test_every_page_on_disk_follows_the_language():
    pages = sorted((ROOT / "docs").glob("*/*.md"))
    assert pages
    for path in pages:
        parse_page(path.relative_to(ROOT), path.parent.name, path.read_text("utf-8"))
