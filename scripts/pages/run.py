"""Run the code of pages: a process a page, two at a time, results kept by content."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.cache import ROOT, Cache, digest, files_digest, installed_version
from scripts.dependencies import module_files, modules_of
from scripts.errors import PageError
from scripts.pages.model import Exercise, Fence, Number, Page
from scripts.pages.parse import code_key

SECONDS_PER_STEP = 60.0
PROCESSES = 2
Step = dict[str, str]
Part = Fence | Exercise | Number


@dataclass(frozen=True)
class Results:
    """What a page's code gave: outputs by the line of the fence, numbers by their place."""

    outputs: dict[int, str]
    numbers: dict[int, str]


@dataclass(frozen=True)
class Program:
    """All that runs on a page, and a key for what its results depend on."""

    page: Page
    parts: list[Part]
    steps: list[Step]
    key: str


def program_of(page: Page) -> Program:
    """Return the program of `page`.

    Here is done whatever parses Python: two threads of Python 3.11 must not do so at once.
    """
    parts = program_parts(page)
    steps = [_step(part) for part in parts]
    key = digest(
        "page",
        json.dumps([_key(step) for step in steps]),
        files_digest(module_files(_modules(steps))),
        (Path(__file__).with_name("worker.py")).read_bytes(),
        sys.version,
        installed_version("numpy"),
    )
    return Program(page, parts, steps, key)


def run_pages(
    pages: Iterable[Page], cache: Cache | None = None, seconds: float = SECONDS_PER_STEP
) -> tuple[dict[Path, Results], list[PageError]]:
    """Run every page's program; return the results by path, and what went wrong.

    seconds: the longest that one step may take.
    """
    return run_programs([program_of(page) for page in pages], cache, seconds)


def run_programs(
    programs: Iterable[Program], cache: Cache | None = None, seconds: float = SECONDS_PER_STEP
) -> tuple[dict[Path, Results], list[PageError]]:
    """Run `programs` as `run_pages` does; any thread may call this."""
    cache = cache or Cache("cells")
    results: dict[Path, Results] = {}
    errors: list[PageError] = []
    turns: dict[str, threading.Lock] = {}  # by key: the second edition waits for the first

    def run(program: Program) -> tuple[Page, Results | PageError]:
        steps, key = program.steps, program.key
        with turns.setdefault(key, threading.Lock()):
            stored = cache.get(key) if steps else b"[]"
            answers: list[dict[str, Any]]
            if stored is not None:
                answers = json.loads(stored)
            else:
                answers = _run_program(steps, seconds)
                if len(answers) == len(steps) and not any("error" in one for one in answers):
                    cache.put(key, json.dumps(answers).encode())
        return program.page, _results(program.page, program.parts, answers, seconds)

    with ThreadPoolExecutor(PROCESSES) as pool:
        for page, outcome in pool.map(run, list(programs)):
            if isinstance(outcome, PageError):
                errors.append(outcome)
            else:
                results[page.path] = outcome
    cache.prune()
    return results, errors


def program_parts(page: Page) -> list[Part]:
    """Return everything on the page that runs, in the order in which it stands."""
    fences = [f for f in page.fences if f.kind in ("live", "claim", "listing")]
    parts: list[tuple[tuple[int, int], Part]] = [((fence.line, 0), fence) for fence in fences]
    parts += [((exercise.starter.line, 0), exercise) for exercise in page.exercises]
    parts += [((number.line, number.start), number) for number in page.numbers]
    return [part for _, part in sorted(parts, key=lambda pair: pair[0])]


def _step(part: Part) -> Step:
    if isinstance(part, Exercise):
        blocks = {"starter": part.starter, "check": part.check, "solution": part.solution}
        return {"kind": "exercise", **{name: block.code for name, block in blocks.items()}}
    if isinstance(part, Number):
        return {"kind": "number", "code": part.expression, "spec": part.spec}
    return {"kind": part.kind, "code": part.code}


def _modules(steps: list[Step]) -> set[str]:
    """The modules of the package on which the steps' results depend."""
    code = [text for step in steps for name, text in step.items() if name not in ("kind", "spec")]
    return set[str]().union(*map(modules_of, code))


def _key(step: Step) -> Step:
    """The step without comments, so that two editions of one page share their results."""
    return {
        name: value if name in ("kind", "spec") else code_key(value) for name, value in step.items()
    }


def _run_program(steps: list[Step], seconds: float) -> list[dict[str, Any]]:
    """Run the steps in a new process; fewer answers than steps mean that one never ended."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "PYTHONHASHSEED": "0",
        "OPENBLAS_NUM_THREADS": "1",
        "PYTHONIOENCODING": "utf-8",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "scripts.pages.worker"],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    lines: queue.Queue[bytes] = queue.Queue()
    reader = threading.Thread(target=_pump, args=(process.stdout, lines), daemon=True)
    reader.start()
    answers: list[dict[str, Any]] = []
    try:
        process.stdin.write(json.dumps(steps).encode())
        process.stdin.close()
        while len(answers) < len(steps):
            line = lines.get(timeout=seconds)
            if not line:
                lost = process.stderr.read().decode(errors="replace").strip().splitlines()[-1:]
                answers.append({"error": f"the process died: {' '.join(lost)}", "line": 0})
                break
            answers.append(json.loads(line))
            if "error" in answers[-1]:
                break
    except queue.Empty:
        pass
    finally:
        process.kill()
        process.wait()
        reader.join()
        process.stdout.close()
        process.stderr.close()
    return answers


def _pump(stream: Any, lines: queue.Queue[bytes]) -> None:
    for line in iter(stream.readline, b""):
        lines.put(line)
    lines.put(b"")


def _results(
    page: Page, parts: list[Part], answers: list[dict[str, Any]], seconds: float
) -> Results | PageError:
    outputs: dict[int, str] = {}
    numbers: dict[int, str] = {}
    for part, answer in zip(parts, answers, strict=False):
        if "error" in answer:
            return _mistake(page, part, answer)
        if isinstance(part, Number):
            numbers[part.start] = answer["text"]
        elif isinstance(part, Fence):
            outputs[part.line] = answer["text"]
    if len(answers) < len(parts):
        part = parts[len(answers)]
        line = part.starter.line if isinstance(part, Exercise) else part.line
        return PageError(
            page.path,
            line,
            f"did not end within {seconds:g} seconds: make it smaller, or end its loop",
        )
    return Results(outputs, numbers)


def _mistake(page: Page, part: Part, answer: dict[str, Any]) -> PageError:
    if isinstance(part, Exercise):
        block = {"solution": part.solution, "check": part.check}.get(
            answer.get("part", ""), part.starter
        )
        return PageError(
            page.path, block.line + answer["line"], f"exercise {part.id}: {answer['error']}"
        )
    if isinstance(part, Number):
        return PageError(page.path, part.line, f"`={part.expression}`: {answer['error']}")
    if part.kind == "claim":
        message = f"claim {part.value} does not hold: {answer['error']}"
    else:
        what = "listing" if part.kind == "listing" else "cell"
        message = f"this {what} fails: {answer['error']} (mend it, or the code that it calls)"
    return PageError(page.path, part.line + answer["line"], message)
