"""A page is converted again when, and only when, something that it shows changed."""

from __future__ import annotations

import logging
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jinja2
import pytest

from scripts import reuse
from scripts.cache import Cache
from scripts.engine import get_toc
from scripts.reuse import Reuse


class FakeFile:
    """A file with its address."""

    def __init__(self, src_uri: str) -> None:
        self.src_uri = src_uri


class FakePage:
    """What the generator's page has, with a count of its conversions."""

    def __init__(self, uri: str = "ko/xor.md") -> None:
        self.file = FakeFile(uri)
        self.conversions = 0
        self.content: str | None = None
        self.toc: Any = []
        self._title_from_render: str | None = None
        self.present_anchor_ids: set[str] | None = None
        self.links_to_anchors: dict | None = None

    def render(self, config: object, files: object) -> None:
        self.conversions += 1
        self.content, self._title_from_render = "<p>new</p>", "Title"
        self.toc = get_toc([{"name": "A", "id": "a", "level": 1, "children": []}])
        self.present_anchor_ids = {"a"}
        self.links_to_anchors = {self.file: {"x": "xor.md#x"}}


class FakeFiles:
    """The generator's files, found by their addresses."""

    def __init__(self, *uris: str) -> None:
        self.src_uris = {uri: FakeFile(uri) for uri in uris}

    def get_file_from_path(self, uri: str):
        return self.src_uris.get(uri)


FILES: Any = FakeFiles("ko/xor.md", "en/xor.md")


def build(kept: Reuse, markdown: str, files: Any = FILES) -> FakePage:
    page: Any = FakePage()
    kept.before_render(page, markdown, files)
    page.render(None, files)
    kept.after_render(page, page.content or "")
    return page


@pytest.fixture
def kept(tmp_path: Path) -> Reuse:
    reuse = Reuse(Cache("converted", tmp_path / "cache"))
    reuse.begin("settings")
    return reuse


def test_unchanged_page_is_not_converted_again(kept: Reuse):
    first, again = build(kept, "text"), build(kept, "text")
    assert (first.conversions, again.conversions) == (1, 0)
    assert (again.content, again._title_from_render) == ("<p>new</p>", "Title")
    assert [(item.title, item.id, item.active) for item in again.toc] == [("A", "a", True)]
    assert again.present_anchor_ids == {"a"}
    ((file, links),) = (again.links_to_anchors or {}).items()
    assert (file.src_uri, links) == ("ko/xor.md", {"x": "xor.md#x"})


def test_changed_text_or_files_convert_again(kept: Reuse):
    build(kept, "text")
    assert build(kept, "other").conversions == 1
    assert build(kept, "other", FakeFiles("ko/xor.md")).conversions == 1
    assert build(kept, "other", FakeFiles("ko/xor.md")).conversions == 0


def test_reference_page_is_converted_again_when_its_module_changes(
    kept: Reuse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    module = tmp_path / "xor.py"
    module.write_text("one")
    monkeypatch.setattr(reuse, "module_path", lambda name: module)
    assert build(kept, "::: snippets.xor").conversions == 1
    assert build(kept, "::: snippets.xor").conversions == 0
    module.write_text("two")
    assert build(kept, "::: snippets.xor").conversions == 1


def test_the_next_build_takes_what_this_one_converted_unless_settings_changed(tmp_path: Path):
    def process(settings: str) -> FakePage:
        kept = Reuse(Cache("converted", tmp_path))
        kept.begin(settings)
        return build(kept, "text")

    assert [process("one").conversions for _ in range(2)] == [1, 0]
    assert process("two").conversions == 1
    for entry in (tmp_path / "converted").iterdir():
        entry.write_bytes(entry.read_bytes()[:-1])
    assert process("one").conversions == 1, "what was damaged is made again"


def test_pages_are_converted_again_when_an_extension_is_set_otherwise_wherever_that_stands():
    def key(depth: int) -> str:
        plugins = {"mkdocstrings": SimpleNamespace(config={"handlers": {}})}
        names, settings = ["toc"], {"toc": {"toc_depth": depth}}
        config: Any = SimpleNamespace(
            markdown_extensions=names, mdx_configs=settings, plugins=plugins
        )
        return reuse.conversion_key(config)

    assert key(2) == key(2) != key(3)


def test_a_page_that_is_complained_of_is_converted_and_complained_of_again(kept: Reuse):
    def warned() -> int:
        page: Any = FakePage()
        convert = page.render

        def render(config: object, files: object) -> None:
            convert(config, files)
            logging.getLogger("mkdocs.structure.pages").warning("a broken link")

        page.render = render
        kept.before_render(page, "text", FILES)
        page.render(None, FILES)
        kept.after_render(page, page.content or "")
        return page.conversions

    assert [warned(), warned()] == [1, 1]
    assert [build(kept, "text").conversions for _ in range(2)] == [1, 0]


def test_a_page_that_refers_to_what_is_gone_is_converted_again(kept: Reuse):
    build(kept, "text")
    page = FakePage()
    assert kept.before_render(page, "text", FILES, lambda content: False) is None


def test_template_is_compiled_once_and_again_when_its_text_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(reuse, "Cache", lambda kind: Cache(kind, tmp_path))
    compiled: list[str] = []

    class Counting(jinja2.Environment):
        def _generate(self, source: Any, name: Any, *rest: Any, **options: Any) -> str:
            compiled.append(str(name))
            return super()._generate(source, name, *rest, **options)

    def said(text: str) -> str:
        loader = jinja2.DictLoader({"a": text})
        environment = Counting(loader=loader, bytecode_cache=reuse.TemplateCode())
        return environment.get_template("a").render()

    assert [said("one"), said("one"), said("two")] == ["one", "one", "two"]
    assert len(compiled) == 2


PAGE = {
    "url": "ko/xor/", "title": "T", "content": "<p>", "meta": {}, "toc": "[]", "edit_url": None,
    "canonical_url": "http://a/ko/xor/", "is_homepage": False,
    "previous_page": None, "next_page": None,
}  # fmt: skip


class FakeNav:
    """A nav as it is shown, with the pages in it."""

    def __init__(self, shown: str, **meta: str) -> None:
        self.shown, self.homepage, self.pages = shown, None, [SimpleNamespace(meta=meta)]

    def __str__(self) -> str:
        return self.shown


def filled(
    cache: Cache,
    change: dict[str, Any] | None = None,
    nav: FakeNav | None = None,
    settings: str = "s",
    templates: str = "t",
    at_end: str = "",
) -> str:
    """Fill one page in a build of its own; return what was kept of it."""
    page: Any = SimpleNamespace(**PAGE | (change or {}))
    kept = reuse.Filled(cache)
    kept.begin(settings, templates)
    known = kept.get(page, nav or FakeNav("A"))
    kept.put(page, known or "filled")
    kept.end(at_end or templates)
    return known


def test_page_is_filled_again_when_anything_that_it_shows_changed(tmp_path: Path):
    cache = Cache("filled", tmp_path)
    assert [filled(cache), filled(cache)] == ["", "filled"]
    for name in PAGE:
        change = {name: {"hide": "toc"} if name == "meta" else "other"}
        assert [filled(cache, change), filled(cache, change)] == ["", "filled"], name
    for shared in (
        {"nav": FakeNav("B")},
        {"nav": FakeNav("A", status="new")},
        {"settings": "other"},
        {"templates": "other"},
    ):
        assert [filled(cache, **shared), filled(cache, **shared)] == ["", "filled"], shared
    assert filled(cache) == "filled"


def test_what_was_filled_while_a_template_was_edited_is_not_kept(tmp_path: Path):
    cache = Cache("filled", tmp_path)
    assert [filled(cache, at_end="edited"), filled(cache)] == ["", ""]


def test_search_reads_a_page_once_and_again_when_it_changed(tmp_path: Path):
    class Index:
        def __init__(self) -> None:
            self.entries: list[dict[str, str]] = []

        def add_entry_from_context(self, page: Any) -> None:
            read.append(page.content)
            self.entries.append({"location": page.url, "text": page.content})

    read: list[str] = []

    def build(*contents: str) -> list[dict[str, str]]:
        index: Any = Index()
        reuse.keep_search_entries(index, Cache("search", tmp_path))
        for number, content in enumerate(contents):
            page = SimpleNamespace(url=f"{number}/", title="T", content=content, meta={}, toc="")
            index.add_entry_from_context(page)
        return index.entries

    assert build("a", "b") == build("a", "b")
    assert read == ["a", "b"]
    assert [entry["text"] for entry in build("a", "c")] == ["a", "c"]
    assert read == ["a", "b", "c"]
