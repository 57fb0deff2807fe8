"""Labs: written without outputs, executed once, shown like every other page."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path
from typing import Any

import nbformat
import pytest

from scripts import notebooks
from scripts.cache import ROOT, Cache
from scripts.errors import PageError

LABS = sorted(path.name for path in (ROOT / "docs/en/labs").glob("*.ipynb"))


def notebook(*cells: Any) -> str:
    made = nbformat.v4.new_notebook(cells=list(cells))
    made.metadata["kernelspec"] = {
        "name": "python3",
        "display_name": "Python 3",
        "language": "python",
    }
    return json.dumps(made, indent=1)


def markdown(text: str, name: str = "title") -> Any:
    return nbformat.v4.new_markdown_cell(text, id=name)


def code(text: str, **metadata: Any) -> Any:
    return nbformat.v4.new_code_cell(text, metadata=metadata)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(notebooks, "_cache", Cache("notebooks", tmp_path / "cache"))
    return tmp_path


def read(folder: Path, *cells: Any) -> notebooks.Lab:
    path = folder / "lab.ipynb"
    path.write_text(notebook(*cells), "utf-8")
    return notebooks.read_lab(path, "docs/en/labs/lab.ipynb")


def converted(lab: notebooks.Lab, tmp_path: Path) -> str:
    from mkdocs_jupyter.convert import nb2html

    path = tmp_path / "executed.ipynb"
    path.write_text(nbformat.writes(lab.notebook), "utf-8")
    return nb2html(str(path))


def page(lab: notebooks.Lab, tmp_path: Path) -> notebooks.LabPage:
    pages = {"en/xor.md": "../../xor/"}
    return notebooks.lab_page(
        converted(lab, tmp_path), lab, language="en", url_of=pages.get, up="../../../"
    )


def test_there_is_a_lab_and_it_stands_in_both_languages() -> None:
    assert LABS
    korean = sorted(path.name for path in (ROOT / "docs/ko/labs").glob("*.ipynb"))
    assert korean == LABS


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("name", LABS)
def test_lab_is_committed_without_outputs_and_says_how_to_get_the_package(
    name: str, language: str
) -> None:
    path = f"docs/{language}/labs/{name}"
    text = (ROOT / path).read_text("utf-8")
    lab = notebooks.read_notebook(text, path)
    assert not any(cell.get("outputs") for cell in lab.cells)
    assert {"git clone", "README"} <= set(re.findall("git clone|README", lab.cells[0].source))
    assert lab.metadata["description"]


@pytest.mark.parametrize("name", LABS)
def test_lab_is_the_same_in_both_languages_but_for_its_words(name: str) -> None:
    paths = [f"docs/{language}/labs/{name}" for language in ("ko", "en")]
    assert notebooks.twin_errors(*(notebooks.prepared(ROOT / path, path) for path in paths)) == []


def edition(tmp_path: Path, language: str, *cells: Any) -> notebooks.Prepared:
    path = tmp_path / f"{language}.ipynb"
    path.write_text(notebook(*cells), "utf-8")
    return notebooks.prepared(path, f"docs/{language}/labs/a.ipynb")


def test_editions_may_differ_in_words_and_comments(tmp_path: Path) -> None:
    korean = edition(
        tmp_path, "ko", markdown("## 제목\n$x$는 [가](../xor.md)"), cell("x = 1  # 하나")
    )
    english = edition(tmp_path, "en", markdown("## T\n[a](../xor.md) is $x$"), cell("x = 1  # one"))
    assert notebooks.twin_errors(korean, english) == []


@pytest.mark.parametrize(
    ("mine", "its", "message"),
    [
        ("x = 1", "x = 2", r"ko/labs/a\.ipynb:\d+: the code of the cell 'c' differs from docs/en"),
        ("## A", "### A", "a heading of the cell 'title' differs"),
        ("$x$", "$y$", "a formula of the cell 'title' differs"),
        ("[a](../xor.md)", "[a](../loss.md)", "a link of the cell 'title' differs"),
    ],
)
def test_editions_that_differ_are_named(tmp_path: Path, mine: str, its: str, message: str) -> None:
    make = cell if mine.startswith("x") else markdown
    editions = [
        edition(tmp_path, language, make(text)) for language, text in (("ko", mine), ("en", its))
    ]
    (error,) = notebooks.twin_errors(*editions)
    assert re.search(message, str(error)), error


def test_an_edition_with_a_cell_more_is_named(tmp_path: Path) -> None:
    korean = edition(tmp_path, "ko", cell("x = 1"))
    english = edition(tmp_path, "en", cell("x = 1"), markdown("more"))
    (error,) = notebooks.twin_errors(korean, english)
    assert "has 1 cells, but docs/en/labs/a.ipynb has 2" in str(error)


def cell(text: str) -> Any:
    return nbformat.v4.new_code_cell(text, id="c")


def test_lab_saved_with_outputs_is_refused() -> None:
    cell = code("print(1)")
    cell.outputs = [nbformat.v4.new_output("stream", text="1\n")]
    text = notebook(cell)
    line = text[: text.index("print(1)")].count("\n") + 1
    with pytest.raises(PageError, match=rf"x\.ipynb:{line}: was saved with outputs"):
        notebooks.read_notebook(text, "x.ipynb")


def test_heading_needs_an_id_that_both_languages_can_share() -> None:
    with pytest.raises(PageError, match="address of its heading"):
        notebooks.read_notebook(notebook(markdown("# 제목", "aB12_x")), "x.ipynb")


def test_cell_that_raises_stops_the_build_with_its_line(folder: Path) -> None:
    text = notebook(markdown("# T"), code("x = 1"), code("x / 0"))
    line = text[: text.index("x / 0")].count("\n") + 1
    told = rf"lab\.ipynb:{line}: this cell raises ZeroDivisionError: .* \(mend it, or the code"
    with pytest.raises(PageError, match=told):
        read(folder, markdown("# T"), code("x = 1"), code("x / 0"))


def test_endless_cell_stops_the_build(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notebooks, "SECONDS_FOR_A_CELL", 1)
    with pytest.raises(PageError, match="takes longer than 1 seconds"):
        read(folder, code("while True: pass"))


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("import warnings; warnings.warn('careful')", "this cell warns"),
        ("import os; print(os.path.abspath('/home/someone'))", "path of the machine"),
    ],
)
def test_output_that_no_reader_should_see_stops_the_build(
    folder: Path, source: str, message: str
) -> None:
    with pytest.raises(PageError, match=message):
        read(folder, code(source))


def test_kernel_sees_the_package(folder: Path) -> None:
    lab = read(folder, code("from snippets.xor import TARGETS\nTARGETS.sum().item()"))
    assert lab.notebook.cells[0].outputs[0]["data"]["text/plain"] == "2.0"


def test_known_code_is_not_executed_again_and_comments_do_not_count(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = read(folder, code("# one\nprint(6 * 7)"))
    monkeypatch.setattr(notebooks, "_run", lambda *_: pytest.fail("executed again"))
    second = read(folder, code("# 하나\nprint(6 * 7)"))
    assert first.notebook.cells[0].outputs == second.notebook.cells[0].outputs
    assert second.notebook.cells[0].outputs[0].text == "42\n"


def test_changed_package_is_executed_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read(folder, code("print(1)"))
    monkeypatch.setattr(notebooks, "files_digest", lambda _: "changed")
    monkeypatch.setattr(notebooks, "_run", lambda *_: [[]])
    assert read(folder, code("print(1)")).notebook.cells[0].outputs == []


PLOT = """
import matplotlib.pyplot as plt
plt.figure(figsize=(2, 1)).add_subplot().plot([1, 2])
plt.show()
"""


def test_figure_suits_both_colour_schemes_and_has_alt_text(folder: Path) -> None:
    lab = read(folder, code(PLOT, alt="a line that rises"))
    ((name, svg),) = lab.figures.items()
    assert "prefers-color-scheme:dark" in svg
    assert "currentColor" in svg
    shown = "".join(
        output.data["text/html"] for output in lab.notebook.cells[0].outputs if "data" in output
    )
    assert f'src="{name}" alt="a line that rises"' in shown


def test_figure_without_alt_text_stops_the_build(folder: Path) -> None:
    with pytest.raises(PageError, match='no "alt"'):
        read(folder, code(PLOT))


def test_page_has_ids_links_maths_and_no_foreign_address(folder: Path) -> None:
    lab = read(
        folder,
        markdown("# 제목\n\nSee [XOR](../xor.md#proof), $x < y$ and `$5 or $6`.", "the-title"),
        code("print('<b>')"),
        markdown("## 둘째\n\n$$\n\\frac{1}{2}\n$$", "second"),
    )
    made = page(lab, folder)
    assert made.headings == [(1, "the-title", "제목"), (2, "second", "둘째")]
    assert '<h2 id="second">' in made.html
    assert 'href="../../xor/#proof"' in made.html
    assert made.links == [notebooks.Link("en/xor.md", "proof")]
    assert made.html.count("<math") == 2
    assert "<code>$5 or $6</code>" in made.html
    assert "&lt;b&gt;" in made.html
    assert '<a class="md-button" href="lab.ipynb" download>' in made.html
    assert not re.search(r"<style|<script|https?://(?!www\.w3\.org)", made.html)
    assert len(made.html) < 0.02 * len(converted(lab, folder))


def test_link_to_nowhere_stops_the_build_with_its_line(folder: Path) -> None:
    lab = read(folder, markdown("# T\n\n[no](../no.md)"))
    with pytest.raises(PageError, match=r"lab\.ipynb:\d+: links to \.\./no\.md"):
        page(lab, folder)


def test_bad_tex_in_a_lab_stops_the_build(folder: Path) -> None:
    lab = read(folder, markdown("# T\n\n$\\sofmax$"))
    with pytest.raises(PageError, match=r"lab\.ipynb:\d+: bad TeX"):
        page(lab, folder)


def test_reading_does_not_change_the_notebook_that_is_offered_for_download(folder: Path) -> None:
    cells = [markdown("# T"), code("print(1)")]
    lab = read(folder, *copy.deepcopy(cells))
    assert lab.source == (folder / "lab.ipynb").read_bytes()
    assert b'"outputs": []' in lab.source


def test_finished_page_is_kept_whole_and_made_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notebooks, "_pages", Cache("lab-pages", tmp_path))
    made: list[int] = []
    link = notebooks.Link("en/xor.md", "#xor")
    whole = notebooks.LabPage("<h1>T</h1>", [(1, "t", "T")], [link])

    def make() -> notebooks.LabPage:
        made.append(1)
        return whole

    assert notebooks.kept_lab_page("a", make) == notebooks.kept_lab_page("a", make) == whole
    assert len(made) == 1
    notebooks.kept_lab_page("b", make)
    assert len(made) == 2
