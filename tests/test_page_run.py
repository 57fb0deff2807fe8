"""Cells, claims, numbers and exercises: what runs, what it shows, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.cache import Cache
from scripts.dependencies import module_files, modules_of
from scripts.pages.parse import parse_page
from scripts.pages.run import run_pages

EXERCISE = """```python exercise=e title="t"
{starter}
```

```python check=e
assert answer == n + 1, "one more than n"
```

```python solution=e
{solution}
```
"""


@pytest.fixture
def run(tmp_path: Path):
    cache = Cache("cells", tmp_path)

    def run(body: str, seconds: float = 20.0):
        page = parse_page(Path("docs/en/t.md"), "en", "# T\n\n" + body)
        results, errors = run_pages([page], cache, seconds)
        return results.get(page.path), [str(error) for error in errors]

    return run


def cell(code: str, kind: str = "live") -> str:
    return f"```python {kind}\n{code}\n```\n\n"


def test_cell_shows_what_it_prints_and_its_last_value(run):
    results, errors = run(cell("print('a')\n1 + 1") + cell("x = 3"))
    assert errors == []
    assert list(results.outputs.values()) == ["a\n2\n", ""]


def test_cells_share_one_namespace_in_order(run):
    results, _ = run(cell("x = 2") + cell("x += 1\nx") + "`=x ** 2` and $`=x / 4:.2f`$")
    assert list(results.outputs.values()) == ["", "3\n"]
    assert list(results.numbers.values()) == ["9", "0.75"]


def test_number_sees_only_the_cells_above_it(run):
    _, errors = run("`=x`\n\n" + cell("x = 2"))
    assert errors == ["docs/en/t.md:3: `=x`: NameError: name 'x' is not defined"]


def test_number_in_a_claim_title_sees_the_code_of_the_claim(run):
    results, errors = run(cell("x = 2") + cell("x = 3\nassert x", 'claim=c title="is `=x`"'))
    assert errors == []
    assert list(results.numbers.values()) == ["3"]


def test_number_may_use_the_package_without_a_cell(run):
    results, errors = run("`=snippets.activations.sigmoid(0.0)`")
    assert errors == []
    assert list(results.numbers.values()) == ["0.5"]


def test_number_may_be_what_a_figure_plots(run):
    results, errors = run("`=snippets.figures.pooling.FRAME`")
    assert errors == []
    assert list(results.numbers.values()) == ["12"]


def test_cell_that_raises_names_its_line(run):
    _, errors = run(cell("x = 1\n1 / 0"))
    assert errors == [
        "docs/en/t.md:5: this cell fails: ZeroDivisionError: division by zero "
        "(mend it, or the code that it calls)"
    ]


def test_cell_that_warns_fails(run):
    _, errors = run(cell("import warnings\nwarnings.warn('careful')"))
    assert "docs/en/t.md:5: this cell fails: UserWarning: careful" in errors[0]


def test_cell_that_never_ends_is_stopped_and_named(run):
    _, errors = run(cell("x = 1") + cell("while True:\n    pass"), seconds=2.0)
    assert errors == [
        "docs/en/t.md:7: did not end within 2 seconds: make it smaller, or end its loop"
    ]


def test_cell_that_kills_its_process_is_named(run):
    _, errors = run(cell("import os\nos._exit(3)"))
    assert errors[0].startswith("docs/en/t.md:3: this cell fails: the process died")


def test_cell_that_floods_its_output_is_refused(run):
    _, errors = run(cell("print('x' * 30_000)"))
    assert "prints 30001 characters" in errors[0]


def test_false_claim_stops_the_build(run):
    _, errors = run(cell("assert 1 == 2, 'no'", 'claim=c title="t"'))
    assert errors == ["docs/en/t.md:4: claim c does not hold: AssertionError: no"]


def test_listing_runs_but_leaves_nothing_behind(run):
    results, errors = run(cell("x = [1]") + cell("x.append(2)\ny = 3", "") + cell("x"))
    assert errors == []
    assert list(results.outputs.values())[-1] == "[1]\n"
    _, errors = run(cell("y = 3", "") + cell("y"))
    assert "NameError" in errors[0]


def test_exercise_leaves_nothing_behind_and_sees_the_cells(run):
    good = EXERCISE.format(starter="answer = 0", solution="answer = n + 1")
    results, errors = run(cell("n = 4") + good + "\n" + cell("'answer' in globals()"))
    assert errors == []
    assert list(results.outputs.values())[-1] == "False\n"


def test_exercise_whose_starter_passes_is_refused(run):
    _, errors = run(cell("n = 4") + EXERCISE.format(starter="answer = 5", solution="answer = 5"))
    assert errors == [
        "docs/en/t.md:7: exercise e: its starter already passes its check: "
        "leave a gap in it, or check more strictly"
    ]


def test_exercise_whose_solution_fails_is_refused_at_the_check(run):
    _, errors = run(cell("n = 4") + EXERCISE.format(starter="answer = 0", solution="answer = 7"))
    assert errors == [
        "docs/en/t.md:12: exercise e: its solution fails its check: AssertionError: one more than n"
    ]


def test_exercise_whose_solution_raises_is_refused_at_the_solution(run):
    _, errors = run(cell("n = 4") + EXERCISE.format(starter="answer = 0", solution="answer = m"))
    assert "docs/en/t.md:16: exercise e: its solution fails: NameError" in errors[0]


def test_results_come_from_the_cache_and_a_damaged_one_is_made_again(tmp_path: Path, monkeypatch):
    page = parse_page(Path("docs/en/t.md"), "en", "# T\n\n" + cell("x = 1\nx"))
    cache = Cache("cells", tmp_path)
    first, _ = run_pages([page], cache)
    (entry,) = (tmp_path / "cells").iterdir()
    entry.write_bytes(entry.read_bytes()[:-3])
    again, errors = run_pages([page], cache)
    assert errors == []
    assert again[page.path] == first[page.path]

    def refuse(*_: object) -> None:
        raise AssertionError("a valid entry was not used")

    monkeypatch.setattr("scripts.pages.run._run_program", refuse)
    warm, _ = run_pages([page], cache)
    assert warm[page.path] == first[page.path]


def test_results_are_made_again_when_a_module_that_the_page_uses_changes(tmp_path: Path):
    root = tmp_path / "project"
    (root / "snippets").mkdir(parents=True)
    for name, text in (("__init__", ""), ("a", "from snippets import b"), ("b", ""), ("c", "")):
        (root / "snippets" / f"{name}.py").write_text(text)
    used = [path.stem for path in module_files(modules_of("from snippets import a"), root)]
    assert used == ["__init__", "a", "b"]
    used = [path.stem for path in module_files(modules_of("snippets.c.f(1)"), root)]
    assert used == ["__init__", "c"]


def test_editions_that_differ_in_comments_share_one_result(tmp_path: Path, monkeypatch):
    cache = Cache("cells", tmp_path)
    korean = parse_page(Path("docs/ko/t.md"), "ko", "# T\n\n" + cell("x = 1  # 하나\nx"))
    english = parse_page(Path("docs/en/t.md"), "en", "# T\n\n" + cell("x = 1  # one\nx"))
    run_pages([korean], cache)
    monkeypatch.setattr("scripts.pages.run._run_program", lambda *_: pytest.fail("ran again"))
    results, _ = run_pages([english], cache)
    assert list(results[english.path].outputs.values()) == ["1\n"]
