"""Every cell, claim and exercise of the pages gives in the browser's Python what the page shows.

The browser has NumPy 2.0 compiled to WebAssembly with 32-bit default integers; the build has the
NumPy of requirements.lock.  Their sums are taken in different orders, so the last digits of a
printed number may differ: numbers agree to a relative 1e-6 (or 1e-9 beside zero), the text between
them exactly but for the width of white space.
"""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any

import pytest

from scripts.pages.model import Exercise, Fence, Page
from scripts.pages.parse import code_key, parse_page
from scripts.pages.run import program_parts, run_pages
from tests.live_python import answers

ROOT = Path(__file__).resolve().parent.parent
RELATIVE, ABSOLUTE = 1e-6, 1e-9
NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?")

Job = dict[str, Any]


def pages() -> list[Page]:
    found = sorted(
        path for path in (ROOT / "docs").glob("*/*.md") if path.parent.name in ("ko", "en")
    )
    return [
        parse_page(path.relative_to(ROOT), path.parent.name, path.read_text("utf-8"))
        for path in found
    ]


def jobs_of(page: Page) -> list[tuple[Fence | Exercise, Job]]:
    """Return what the reader's clicks from top to bottom would run, with the block of each."""
    namespace = page.path.as_posix()
    jobs: list[tuple[Fence | Exercise, Job]] = []
    for part in program_parts(page):
        if isinstance(part, Exercise):
            for block in (part.starter, part.solution):
                job = {"type": "check", "code": block.code, "test": part.check.code}
                jobs.append(
                    (part, {**job, "namespace": namespace, "solved": block is part.solution})
                )
        elif isinstance(part, Fence) and part.kind in ("live", "claim"):
            jobs.append((part, {"type": "run", "code": part.code, "namespace": namespace}))
    return jobs


def agree(here: str, there: str) -> bool:
    """Tell whether two outputs agree: numbers within the tolerance, all else alike."""
    if [*map(str.split, NUMBER.split(here))] != [*map(str.split, NUMBER.split(there))]:
        return False
    pairs = zip(NUMBER.findall(here), NUMBER.findall(there), strict=True)
    return all(
        math.isclose(float(a), float(b), rel_tol=RELATIVE, abs_tol=ABSOLUTE) for a, b in pairs
    )


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory):
    """Every page with its blocks, jobs and answers, and what the build printed."""
    every = pages()
    native, errors = run_pages(every)
    assert errors == []
    todo: dict[tuple[str, ...], list[Job]] = {}  # editions whose code is alike are run once
    for page in every:
        jobs = [job for _, job in jobs_of(page)]
        todo.setdefault(signature(jobs), jobs)
    given = answers(
        [job for jobs in todo.values() for job in jobs], tmp_path_factory.mktemp("wasm")
    )
    by_page: dict[tuple[str, ...], list[Job]] = {}
    for key, jobs in todo.items():
        by_page[key], given = given[: len(jobs)], given[len(jobs) :]
    return [
        (page, native[page.path], part, job, answer)
        for page in every
        for (part, job), answer in zip(
            jobs_of(page), by_page[signature([job for _, job in jobs_of(page)])], strict=True
        )
    ]


def signature(jobs: list[Job]) -> tuple[str, ...]:
    """What jobs do, whatever their comments say: editions of one page share it."""
    return tuple(
        f"{job['type']} {code_key(job['code'])} {code_key(job.get('test', ''))}" for job in jobs
    )


def place(page: Page, part: Fence | Exercise) -> str:
    return f"{page.path}:{part.starter.line if isinstance(part, Exercise) else part.line}"


def test_there_are_cells_claims_and_exercises_to_compare(answered):
    kinds = {part.kind if isinstance(part, Fence) else "exercise" for _, _, part, _, _ in answered}
    assert kinds == {"live", "claim", "exercise"}


def test_every_cell_prints_in_the_browser_what_stands_on_the_page(answered):
    different = [
        f"{place(page, part)}: {answer['error'] or answer['output']} instead of "
        f"{native.outputs[part.line]}"
        for page, native, part, _, answer in answered
        if isinstance(part, Fence) and part.kind == "live"
        if answer["kind"] != "done" or not agree(native.outputs[part.line], answer["output"])
    ]
    assert different == []


def test_every_claim_holds_in_the_browser(answered):
    broken = [
        f"{place(page, part)}: {answer['error']}"
        for page, _, part, _, answer in answered
        if isinstance(part, Fence) and part.kind == "claim" and answer["kind"] != "done"
    ]
    assert broken == []


def test_every_solution_passes_and_every_starter_fails_in_the_browser(answered):
    wrong = [
        f"{place(page, part)} {'solution' if job['solved'] else 'starter'}: {answer}"
        for page, _, part, job, answer in answered
        if isinstance(part, Exercise) and job["solved"] != (answer["kind"] == "passed")
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("here", "there", "same"),
    [
        ("[0.12345678 1.]", "[0.12345679 1.]", True),
        ("[ 1. 2.]", "[1.  2.]", True),
        ("array([1])", "array([1], dtype=int32)", False),
        ("0.5", "0.6", False),
        ("x 1", "y 1", False),
    ],
)
def test_outputs_agree_within_the_rounding_only(here: str, there: str, same: bool):
    assert agree(here, there) is same
