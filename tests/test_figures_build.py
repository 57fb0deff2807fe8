"""The figures' build: found statically, drawn by processes, the same bytes every time."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from scripts.cache import ROOT, Cache
from scripts.engine import PluginError
from scripts.figures import build
from scripts.figures.build import (
    figure_exists,
    figure_file,
    link_images,
    render_all,
    render_some,
)
from scripts.figures.find import concepts, figure_names, sources
from scripts.figures.fonts import font_files, licence
from scripts.figures.process import Spare, worker_environment
from tests.conftest import run_in, small_project

EXAMPLE = ("activations", "slope")
BROKEN = ROOT / "tests" / "figures" / "broken.py"
LOST = BROKEN.with_name("lost.py")


@pytest.fixture
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cache:
    """An empty cache for one test."""
    cache = Cache("figures", tmp_path)
    monkeypatch.setattr(build, "Cache", lambda _kind: cache)
    return cache


def ask_worker(*figures: tuple[str, str], seed: str, root: Path = ROOT) -> list[dict[str, Any]]:
    """Draw figures in one fresh process whose hashes are seeded by `seed`."""
    lines = [json.dumps([str(path) for path in font_files()])]
    lines += [json.dumps([concept, name, ["ko", "en"]]) for concept, name in figures]
    done = subprocess.run(
        [sys.executable, "-m", "scripts.figures.worker"],
        cwd=root,
        env={**worker_environment(), "PYTHONPATH": str(root), "PYTHONHASHSEED": seed},
        input="\n".join(lines) + "\n",
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_process_that_waits_has_not_seen_the_package() -> None:
    code = """
import json, sys
from scripts.figures.worker import load
load(json.loads(sys.argv[1]))
print("matplotlib.figure" in sys.modules, [name for name in sys.modules if "snippets" in name])
"""
    done = subprocess.run(
        [sys.executable, "-c", code, json.dumps([str(path) for path in font_files()])],
        cwd=ROOT,
        env=worker_environment(),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert done.stdout == "True []\n"


def test_the_process_that_waits_is_taken_once_and_replaced() -> None:
    spare = Spare()
    spare.provide()
    first = spare.take()
    second = spare.take()
    try:
        assert first is not second
        for process in (first, second):
            assert "svgs" in process.answer("xor", "truth_plane", ["en"])
    finally:
        first.close()
        second.close()
    assert not first.is_alive()


def test_a_process_that_died_is_not_taken() -> None:
    spare = Spare()
    spare.provide()
    dead = spare.take()
    dead.close()
    spare._process = dead
    alive = spare.take()
    assert alive.is_alive()
    alive.close()


def test_two_processes_with_different_hash_seeds_draw_every_figure_in_the_same_bytes() -> None:
    """From nothing and in another order: no cache and no figure drawn before has a part in it."""
    figures = [(concept, name) for concept in concepts() for name in figure_names(concept)]
    assert {concept for concept, _ in figures} >= {"deep_learning", "gru", "xor"}
    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(ask_worker, *figures, seed="1")
        two = pool.submit(ask_worker, *reversed(figures), seed="2")
    answers = list(zip(figures, one.result(), two.result()[::-1], strict=True))
    assert [figure for figure, first, _ in answers if "svgs" not in first] == []
    assert [figure for figure, first, second in answers if first != second] == []


def test_a_figure_without_texts_is_one_drawing_for_both_languages() -> None:
    (answer,) = ask_worker(("xor", "truth_plane"), seed="0")
    assert answer["svgs"]["ko"] == answer["svgs"]["en"]


def test_each_language_has_its_own_texts_and_size_is_stated(own_cache: Cache) -> None:
    svgs = render_all([(*EXAMPLE, "ko"), (*EXAMPLE, "en")])
    korean, english = svgs.values()
    assert korean.text != english.text
    assert (korean.width, korean.height) == (english.width, english.height) == (442, 374)
    root = ElementTree.fromstring(korean.text)
    assert root.get("width") == "442"
    assert len(list(own_cache.folder.iterdir())) == 3  # and the data of its controls


def test_a_kept_figure_is_not_drawn_again_and_a_damaged_one_is(
    own_cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = [(*EXAMPLE, "en")]
    first = render_all(wanted)
    with monkeypatch.context() as patch:
        patch.setattr(build, "_converse", pytest.fail)
        assert render_all(wanted) == first
    for entry in own_cache.folder.iterdir():
        entry.write_bytes(entry.read_bytes()[:-7])
    assert render_all(wanted) == first


def test_an_unknown_figure_is_told_by_module_and_name(own_cache: Cache) -> None:
    with pytest.raises(PluginError, match=r"figures/xor\.py: has no figure `nonsense`"):
        render_all([("xor", "nonsense", "ko")])


@pytest.fixture(scope="module")
def mistakes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What the worker answers to each figure of broken.py, in a copy of the project."""
    copy = tmp_path_factory.mktemp("project")
    for folder in ("scripts", "snippets"):
        shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(BROKEN, copy / "snippets" / "figures")
    names = figure_names("broken", copy)
    answers = ask_worker(*(("broken", name) for name in names), seed="0", root=copy)
    return dict(zip(names, answers, strict=True))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("raises", "ZeroDivisionError: division by zero"),
        ("asks_unknown_label", "'epoch' is missing from LABELS"),
        ("hangul_in_formula", "does not have a glyph"),
        ("glyph_nobody_has", "missing from font"),
        ("foreign_colour", "colour #ff0000 is not one of"),
        ("warns", "RuntimeWarning: invalid value"),
    ],
)
def test_a_mistake_is_told_with_file_line_and_message(
    mistakes: dict[str, dict[str, Any]], name: str, message: str
) -> None:
    answer = mistakes[name]
    assert message in answer["error"]
    assert answer["path"] == "snippets/figures/broken.py"
    lines = BROKEN.read_text(encoding="utf-8").splitlines()
    assert f"# {name}" in lines[answer["line"] - 1]


def test_what_a_figure_prints_does_no_harm(mistakes: dict[str, dict[str, Any]]) -> None:
    assert mistakes["prints"]["svgs"]["ko"].startswith("<svg")


def test_every_mistake_is_reported_and_the_rest_is_drawn(
    own_cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = [{"error": "ValueError: no", "path": "snippets/figures/xor.py", "line": 3}]
    answers.append({"svgs": dict.fromkeys(("ko", "en"), '<svg width="442" height="300">')})
    monkeypatch.setattr(build, "_answers", lambda _drawings: answers)
    svgs, errors = render_some([("xor", "folded", "ko"), (*EXAMPLE, "ko")])
    assert [str(error) for error in errors] == [
        "snippets/figures/xor.py:3: figure `xor.folded`: ValueError: no"
    ]
    assert [(item, svg.height) for item, svg in svgs.items()] == [((*EXAMPLE, "ko"), 300)]


def test_a_figure_that_hangs_or_kills_its_process_is_told_and_the_rest_is_drawn(
    tmp_path: Path,
) -> None:
    project = small_project(tmp_path)
    shutil.copy(LOST, project / "snippets" / "figures")
    code = """
from scripts.figures import build, process
process.SECONDS_FOR_A_FIGURE = 10  # time enough to load Matplotlib
svgs, errors = build.render_some([("lost", name, "en") for name in ("endless", "kills", "sound")])
print(*svgs, *errors, sep="\\n")
"""
    done = run_in(project, "-c", code)
    at = {name: 1 + line_of(LOST, f"# {name}") for name in ("endless", "kills")}
    assert done.stdout.splitlines() == [
        "('lost', 'sound', 'en')",
        f"snippets/figures/lost.py:{at['endless']}: figure `lost.endless`: did not end within 10 "
        "seconds: make it smaller, or end its loop",
        f"snippets/figures/lost.py:{at['kills']}: figure `lost.kills`: ended the process that "
        "draws (exit code 3): call it in Python by itself to see where, and mend that",
    ], done.stderr


def line_of(path: Path, text: str) -> int:
    """The number, from 0, of the only line of `path` that ends in `text`."""
    lines = path.read_text(encoding="utf-8").splitlines()
    (found,) = [number for number, line in enumerate(lines) if line.endswith(text)]
    return found


def test_finding_figures_imports_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "snippets" / "figures"
    folder.mkdir(parents=True)
    (folder / "thing.py").write_text(
        "raise SystemExit\ndef seen(label): ...\ndef _hidden(label): ...\ndef helper(x): ...\n"
    )
    assert figure_names("thing", tmp_path) == ["seen"]
    assert figure_exists("thing", "seen", tmp_path)
    assert not figure_exists("thing", "helper", tmp_path)
    assert not figure_exists("_style", "seen", tmp_path)


def test_a_figure_depends_on_what_it_imports_and_reads_and_on_no_more(tmp_path: Path) -> None:
    for name, text in {
        "snippets/__init__.py": "",
        "snippets/figures/__init__.py": "",
        "snippets/figures/thing.py": "from snippets import thing\nREADS = ('docs/*.toml',)\n",
        "snippets/thing.py": "from .deep import f\n",
        "snippets/deep.py": "import snippets.deeper as d\n",
        "snippets/deeper.py": "from snippets.figures.thing import x\n",
        "snippets/other.py": "",
        "snippets/_data/text.txt": "",
        "docs/table.toml": "",
        "docs/page.md": "",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    found = {path.relative_to(tmp_path).as_posix() for path in sources("thing", tmp_path)}
    assert found == {
        "snippets/__init__.py",
        "snippets/figures/__init__.py",
        "snippets/figures/thing.py",
        "snippets/thing.py",
        "snippets/deep.py",
        "snippets/deeper.py",
        "snippets/_data/text.txt",
        "docs/table.toml",
    }


@pytest.mark.parametrize(
    ("url", "prefix"),
    [("ko/xor/", "../../"), ("ko/", "../"), ("ko/xor.html", "../"), ("./", ""), ("", "")],
)
def test_addresses_are_seen_from_the_page(url: str, prefix: str) -> None:
    uri = figure_file("xor", "folded", "ko")
    html = f'<p><img alt="a &gt; b" src="{uri}"> <code>src="{uri}"</code></p>'
    assert link_images(html, url) == html.replace(f' src="{uri}">', f' src="{prefix}{uri}">')


def test_the_font_is_open_and_has_every_hangul_syllable() -> None:
    from fontTools.ttLib import TTFont

    assert "SIL OPEN FONT LICENSE" in licence().upper()
    for path in font_files():
        with TTFont(path) as font:
            assert set(range(ord("가"), ord("힣") + 1)) <= set(font.getBestCmap())
