"""The processes that draw, as the site generator sees them.

To load Matplotlib takes longer than to draw ten figures.  While an author edits, one process has
done so beforehand and waits; it has not yet seen the package, so what it draws is always the
sources as they are then.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import Any

from scripts.cache import CACHE, ROOT
from scripts.figures import fonts

SECONDS_FOR_A_FIGURE = 60.0


class LostError(Exception):
    """What a figure did to the process that drew it, and what to do."""


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
        self._answers: SimpleQueue[str] = SimpleQueue()
        Thread(target=self._listen, daemon=True).start()
        self._send([str(path) for path in fonts.font_files()])

    def answer(self, concept: str, name: str, languages: Sequence[str]) -> dict[str, Any]:
        """Return what `scripts.figures.worker.answer` says of a figure.

        Raises LostError if it does not end, or ends the process; that one draws no other figure.
        """
        self._send([concept, name, languages])
        try:
            line = self._answers.get(timeout=SECONDS_FOR_A_FIGURE)
        except Empty:
            self._process.kill()
            raise LostError(
                f"did not end within {SECONDS_FOR_A_FIGURE:g} seconds: make it smaller, or end its "
                "loop"
            ) from None
        if not line.endswith("\n"):  # not even a whole one
            code = self._process.wait()
            raise LostError(
                f"ended the process that draws (exit code {code}): call it in Python by itself to "
                "see where, and mend that"
            )
        return json.loads(line)

    def is_alive(self) -> bool:
        """Return whether it still waits for figures."""
        return self._process.poll() is None

    def close(self) -> None:
        """End it."""
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):  # it may have died with a request unread
            self._process.stdin.close()
        self._process.wait()

    def _send(self, request: list[Any]) -> None:
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):  # it died: `answer` tells
            print(json.dumps(request), file=self._process.stdin, flush=True)

    def _listen(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as lines:
            for line in lines:
                self._answers.put(line)
        self._answers.put("")  # no more will come


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
