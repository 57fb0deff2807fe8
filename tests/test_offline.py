"""The list of files for reading offline: complete, true, and the same for the same site."""

from __future__ import annotations

import hashlib
import json
import re
import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest

from scripts import offline
from tests.conftest import ROOT

FILES = {
    "index.html": b"<h1>book</h1>",
    "offline.html": b"<h1>not read</h1>",
    "ko/xor/index.html": b"<h1>XOR</h1>",
    "assets/live/0a/python.pak.gz": b"",
    "assets/javascripts/lunr/min/lunr.ar.min.js": b"",
    "sw.js": b"// the worker",
    offline.SCRIPT: b'// reads\nconst EDITION = "";\n',
}


@pytest.fixture
def site(tmp_path: Path) -> Path:
    for path, data in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    return tmp_path


def listed(site: Path) -> dict[str, tuple[str, int]]:
    groups = json.loads((site / offline.LIST).read_text("utf-8"))
    return {
        path: (hash_, size) for group in groups.values() for path, (hash_, size) in group.items()
    }


def test_the_same_site_is_the_same_edition(site: Path):
    def written() -> list[bytes]:
        return [
            (site / path).read_bytes() for path in (offline.LIST, offline.EDITION, offline.SCRIPT)
        ]

    first = offline.publish(site), written()
    assert (offline.publish(site), written()) == first


@pytest.mark.parametrize("path", ["ko/xor/index.html", offline.SCRIPT, offline.WORKER])
def test_whatever_changes_makes_another_edition(path: str, site: Path):
    first = offline.publish(site)
    (site / path).write_bytes((site / path).read_bytes() + b"\n")
    assert offline.publish(site) != first


def test_a_file_that_moves_makes_another_edition(site: Path):
    first = offline.publish(site)
    (site / "ko/xor").rename(site / "ko/or")
    assert offline.publish(site) != first


def test_the_edition_names_itself_its_list_and_its_pages(site: Path):
    edition = offline.publish(site)
    told = json.loads((site / offline.EDITION).read_text("utf-8"))
    digest = hashlib.sha256((site / offline.LIST).read_bytes()).hexdigest()
    assert told == {"edition": edition, "list": digest}
    assert f'const EDITION = "{edition}";' in (site / offline.SCRIPT).read_text("utf-8")


def test_a_script_without_a_place_for_the_edition_is_refused(site: Path):
    (site / offline.SCRIPT).write_bytes(b"const edition = 1;")
    with pytest.raises(ValueError, match="const EDITION"):
        offline.publish(site)


def test_files_are_grouped_by_who_needs_them():
    groups = offline.groups_of(FILES | {"ko/search/search_index.json": b"{}", "a.js.map": b""})
    assert set(groups["core"]) == {"index.html", "offline.html"}
    assert set(groups["python"]) == {"assets/live/0a/python.pak.gz"}
    assert set(groups["other"]) == {"a.js.map", "assets/javascripts/lunr/min/lunr.ar.min.js"}
    assert {"ko/xor/index.html", "ko/search/search_index.json"} <= set(groups["text"])


def test_a_site_that_is_being_edited_is_not_kept(site: Path):
    offline.retire(site)
    worker = (site / offline.WORKER).read_text("utf-8")
    assert "unregister()" in worker
    assert '"fetch"' not in worker


@pytest.mark.parametrize(("command", "kept"), [("serve", False), ("build", True)])
def test_only_a_finished_site_is_kept(command: str, kept: bool, site: Path):
    hook = runpy.run_path(str(ROOT / "scripts/hooks/offline.py"))
    hook["on_startup"](command, False)
    hook["on_post_build"](SimpleNamespace(site_dir=str(site)))
    assert (site / offline.LIST).exists() == kept
    assert ((site / offline.WORKER).read_text("utf-8") == offline.RETIRED) == (not kept)


# --- the whole site ------------------------------------------------------------------------------


@pytest.mark.site
def test_every_file_of_the_site_is_listed_with_its_hash_and_size(built_site: Path):
    found = {
        path.relative_to(built_site).as_posix(): path
        for path in built_site.rglob("*")
        if path.is_file()
    }
    told = listed(built_site)
    assert set(found) - set(told) == {offline.WORKER, offline.LIST, offline.EDITION}
    assert set(told) <= set(found)
    for path, (hash_, size) in told.items():
        data = found[path].read_bytes()
        assert size == len(data), path
        assert hash_ == offline.hash_of(path, data), path


@pytest.mark.site
def test_nothing_that_a_page_names_is_left_out_of_everything(built_site: Path, site_url: str):
    """What no page asks for is not fetched beforehand: no page may ask for it, then."""
    other = json.loads((built_site / offline.LIST).read_text("utf-8"))["other"]
    for page in built_site.rglob("*.html"):
        for address in re.findall(r'(?:src|href)="([^"#?]+)"', page.read_text("utf-8")):
            if "://" in address:
                continue
            path = (page.parent / address).resolve()
            if path.is_relative_to(built_site):
                assert path.relative_to(built_site).as_posix() not in other, f"{page}: {address}"


@pytest.mark.site
def test_the_core_holds_what_the_worker_and_the_chooser_need(built_site: Path):
    core = set(json.loads((built_site / offline.LIST).read_text("utf-8"))["core"])
    scripts = {"assets/js/chooser.js", "assets/js/offline/panel.js"}
    assert {"index.html", offline.PAGE, "assets/css/plain.css", *scripts} <= core
    assert [path for path in core if path.startswith("assets/javascripts/workers/search.")]


def test_the_worker_and_the_build_name_the_same_files():
    worker = (ROOT / "docs/sw.js").read_text("utf-8")
    for name in (offline.WORKER, offline.LIST, offline.EDITION, offline.PAGE):
        assert f'"{name}"' in worker, name
    for place in ('<base href="', 'data-read="', 'lang="mul"', '"<head>"'):
        assert place in worker, place
    page = (ROOT / "scripts/theme/offline.html").read_text("utf-8")
    assert '<ul data-read="ko"></ul>' in page
    assert '<ul data-read="en"></ul>' in page
