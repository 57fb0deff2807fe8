"""Check everything that CI checks: lint, format, types, then every test.

The tests run in two processes at once: those that need the built site or a browser, which mostly
wait, and all others.

scripts/test                    all of it
scripts/test --fast             without building the site and without a browser
scripts/test -- -k softmax -x   what follows `--` goes to pytest
"""

from __future__ import annotations

import argparse
import codecs
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from threading import Thread

from scripts.assets import PINS, AssetError, ensure_web_assets, node_command, web_asset
from scripts.bootstrap import ROOT

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_PYTEST_SUMMARY = re.compile(
    r"=* ?((?:\d+ [a-z]+, )*(?:\d+ [a-z]+|no tests ran) in [\d.]+s.*?) ?=*"
)


_WAITING = "site or browser"  # the tests that mostly wait


@dataclass(frozen=True)
class Step:
    """One check: its name, its command, and whether it may run beside the one before it."""

    name: str
    command: tuple[str, ...]
    beside: bool = False


@dataclass(frozen=True)
class Result:
    """How a step ended: its exit code, the seconds it took, pytest's last word if it was pytest."""

    name: str
    code: int
    seconds: float
    summary: str = ""

    def __str__(self) -> str:
        """Return one line of the final table."""
        verdict = "ok" if self.code == 0 else "FAILED"
        return f"{self.name:8} {verdict:6} {self.seconds:6.1f} s  {self.summary}".rstrip()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run every step, even after a failure; sum up; return 1 if any failed."""
    parser = argparse.ArgumentParser(
        prog="scripts/test",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--fast", action="store_true", help="no site, no browser")
    parser.add_argument("pytest", nargs="*", help="arguments for pytest, after --")
    options = parser.parse_args(arguments)
    try:
        ensure_web_assets()
        wanted = list(steps(fast=options.fast, pytest=options.pytest))
    except AssetError as error:
        print(f"scripts/test: {error}", file=sys.stderr)
        return 1
    results = run(wanted)
    print("\n" + "\n".join(map(str, results)), flush=True)
    return int(any(result.code for result in results))


def steps(*, fast: bool, pytest: Sequence[str]) -> Iterator[Step]:
    """Yield the checks in order, the quick ones first and pytest last.

    What is handed on to pytest goes to one process: it may leave nothing for the other to do.
    Raises AssetError if the machine has no Node for TypeScript.
    """
    python = sys.executable
    # Commands have no suffix, so the tools must be told that they are Python.
    commands = [str(path.relative_to(ROOT)) for path in command_files()]
    yield Step("lint", (python, "-m", "ruff", "check", ".", *commands))
    yield Step("format", (python, "-m", "ruff", "format", "--check", ".", *commands))
    yield Step("types", (python, "-m", "pyright", "snippets", "scripts", *commands))
    # The reader's own scripts, whose types stand in their comments; scripts/web/tsconfig.json.
    compiler = str(web_asset("typescript", "bin", "tsc"))
    yield Step("types js", (*node_command(), compiler, "--project", str(PINS)))
    colour = ["--color=yes"] if sys.stdout.isatty() else []
    tests = (python, "-m", "pytest", *colour)
    others = ("-m", f"not ({_WAITING})")
    if fast or not pytest:
        yield Step("tests", (*tests, *others, *pytest))
    if not fast:
        chosen = () if pytest else ("-m", _WAITING)
        yield Step("browser", (*tests, *chosen, *pytest), beside=not pytest)


def command_files(folder: Path = ROOT / "scripts") -> list[Path]:
    """Return the commands: files without a suffix that begin with Python's `#!` line."""
    return sorted(
        path
        for path in folder.iterdir()
        if path.is_file() and not path.suffix and path.read_bytes().startswith(b"#!/usr/bin/env py")
    )


def run(wanted: Sequence[Step]) -> list[Result]:
    """Run the steps, print what each prints, one after the other, and return how they ended."""
    results: list[Result] = []
    running: list[_Running] = []
    try:
        for index in range(len(wanted)):
            if not running:
                beside = index + 1 < len(wanted) and wanted[index + 1].beside
                running = [_Running(one) for one in wanted[index : index + 1 + beside]]
            results.append(running[0].show())
            running.pop(0)
    finally:
        for left in running:
            left.stop()
    return results


class _Running:
    """A step that runs; what it prints is kept until it is shown."""

    def __init__(self, step: Step) -> None:
        self._step = step
        self._started = time.monotonic()
        self._seconds = 0.0
        self._pieces: SimpleQueue[str | None] = SimpleQueue()  # None: the end
        # Otherwise pyright asks its registry whether a newer version exists.
        environment = {**os.environ, "PYRIGHT_PYTHON_IGNORE_WARNINGS": "1", "PYTHONUNBUFFERED": "1"}
        self._process = subprocess.Popen(
            step.command,
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        # As it comes, not in lines: pytest prints a dot at a time.
        while data := os.read(self._process.stdout.fileno(), 4096):
            self._pieces.put(decoder.decode(data))
        self._process.stdout.close()
        self._process.wait()
        self._seconds = time.monotonic() - self._started
        self._pieces.put(decoder.decode(b"", final=True))
        self._pieces.put(None)

    def show(self) -> Result:
        """Print everything until the step has ended; return how it ended."""
        print(f"\n--- {self._step.name}: {' '.join(self._step.command[2:])}", flush=True)
        summary = line = ""
        while (piece := self._pieces.get()) is not None:
            sys.stdout.write(piece)
            sys.stdout.flush()
            *lines, line = (line + piece).split("\n")
            for one in lines:
                summary = pytest_summary(one) or summary
        summary = pytest_summary(line) or summary
        self._reader.join()
        return Result(self._step.name, self._process.returncode, self._seconds, summary)

    def stop(self) -> None:
        """End the step before it has ended by itself."""
        self._process.kill()
        self._reader.join()


def pytest_summary(line: str) -> str:
    """Return the summary in the last line that pytest prints, or "" if `line` is another one.

    >>> pytest_summary("===== 1 failed, 20 passed, 3 skipped in 4.56s =====")
    '1 failed, 20 passed, 3 skipped in 4.56s'
    """
    match = _PYTEST_SUMMARY.fullmatch(_COLOUR.sub("", line).strip())
    return match[1] if match else ""


if __name__ == "__main__":
    sys.exit(main())
