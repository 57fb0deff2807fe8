"""The processes that draw, as the site generator sees them.

To load Matplotlib takes longer than to draw ten figures.  While an author edits, one process has
done so beforehand and waits; it has not yet seen the package, so what it draws is always the
sources as they are then.
"""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from threading import Lock
from typing import Any

from scripts.cache import CACHE, ROOT
from scripts.figures import fonts


class Process:
    """A drawing process, which begins at once to load Matplotlib and the fonts."""

    def __init__(self) -> None:
        """Start it."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "scripts.figures.worker"],
            cwd=ROOT,
            env=worker_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )
        self._send([str(path) for path in fonts.font_files()])

    def answer(self, concept: str, name: str, languages: Sequence[str]) -> dict[str, Any]:
        """Return what `scripts.figures.worker.answer` says of a figure.

        Raises RuntimeError if the process died.
        """
        self._send([concept, name, languages])
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the process that drew `{concept}.{name}` died: see above")
        return json.loads(line)

    def is_alive(self) -> bool:
        """Return whether it still waits for figures."""
        return self._process.poll() is None

    def close(self) -> None:
        """End it."""
        with self._process:
            assert self._process.stdin is not None
            self._process.stdin.close()

    def _send(self, request: list[Any]) -> None:
        assert self._process.stdin is not None
        print(json.dumps(request), file=self._process.stdin, flush=True)


class Spare:
    """At most one process that waits for the next figures."""

    def __init__(self) -> None:
        """Start with none."""
        self._process: Process | None = None
        self._turn = Lock()

    def provide(self) -> None:
        """See to it that a process waits."""
        with self._turn:
            if self._process is None or not self._process.is_alive():
                self._process = Process()

    def take(self) -> Process:
        """Return the process that waits, or a new one."""
        with self._turn:
            process, self._process = self._process, None
        return process if process is not None and process.is_alive() else Process()

    def close(self) -> None:
        """End the process that waits."""
        with self._turn:
            if self._process is not None:
                self._process.close()
                self._process = None


SPARE = Spare()
atexit.register(SPARE.close)


def worker_environment() -> dict[str, str]:
    """Return the environment of a drawing process: one thread each, no user's Matplotlib style."""
    return {
        **os.environ,
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "PYTHONPATH": str(ROOT),
        "PYTHONUTF8": "1",
        "MPLBACKEND": "svg",
        "MPLCONFIGDIR": str(CACHE / "matplotlib"),
    }
