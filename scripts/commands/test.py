"""Check everything that CI checks: lint, format, types, then every test.

scripts/test                    all of it
scripts/test --fast             without building the site and without a browser
scripts/test -- -k softmax -x   what follows `--` goes to pytest
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from scripts.assets import PINS, AssetError, ensure_web_assets, node_command, web_asset
from scripts.bootstrap import ROOT

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_PYTEST_SUMMARY = re.compile(
    r"=* ?((?:\d+ [a-z]+, )*(?:\d+ [a-z]+|no tests ran) in [\d.]+s.*?) ?=*"
)


@dataclass(frozen=True)
class Step:
    """One check: its name and its command."""

    name: str
    command: tuple[str, ...]


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
    results = [run(step) for step in wanted]
    print("\n" + "\n".join(map(str, results)), flush=True)
    return int(any(result.code for result in results))


def steps(*, fast: bool, pytest: Sequence[str]) -> Iterator[Step]:
    """Yield the checks in order, the quick ones first and pytest last.

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
    chosen = ["-m", "not site and not browser"] if fast else []
    yield Step("tests", (python, "-m", "pytest", *colour, *chosen, *pytest))


def command_files(folder: Path = ROOT / "scripts") -> list[Path]:
    """Return the commands: files without a suffix that begin with Python's `#!` line."""
    return sorted(
        path
        for path in folder.iterdir()
        if path.is_file() and not path.suffix and path.read_bytes().startswith(b"#!/usr/bin/env py")
    )


def run(step: Step) -> Result:
    """Run one step, print what it prints as it comes, and return how it ended."""
    print(f"\n--- {step.name}: {' '.join(step.command[2:])}", flush=True)
    started = time.monotonic()
    # Otherwise pyright asks its registry whether a newer version exists.
    environment = {**os.environ, "PYRIGHT_PYTHON_IGNORE_WARNINGS": "1", "PYTHONUNBUFFERED": "1"}
    summary = ""
    with subprocess.Popen(
        step.command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    ) as process:
        assert process.stdout is not None
        # In pieces, not lines: pytest prints a dot at a time.
        line = ""
        while piece := process.stdout.read(1):
            sys.stdout.write(piece)
            line += piece
            if piece == "\n":
                summary = pytest_summary(line) or summary
                line = ""
                sys.stdout.flush()
            elif piece in ".sFEx":
                sys.stdout.flush()
    return Result(step.name, process.returncode, time.monotonic() - started, summary)


def pytest_summary(line: str) -> str:
    """Return the summary in the last line that pytest prints, or "" if `line` is another one.

    >>> pytest_summary("===== 1 failed, 20 passed, 3 skipped in 4.56s =====")
    '1 failed, 20 passed, 3 skipped in 4.56s'
    """
    match = _PYTEST_SUMMARY.fullmatch(_COLOUR.sub("", line).strip())
    return match[1] if match else ""


if __name__ == "__main__":
    sys.exit(main())
