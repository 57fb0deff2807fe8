"""The wasm Python of the pages, run in Node: what the reader's browser would answer."""

from __future__ import annotations

import gzip
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from scripts.assets import AssetError, node_command
from scripts.live import pack
from scripts.live.archive import unpack

ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = ROOT / "docs/assets/js/live"
SECONDS = 240.0


def runtime_or_skip() -> pack.Runtime:
    """Return the runtime pack; without its packages, which are optional, skip and say so."""
    try:
        return pack.runtime_pack()
    except AssetError as error:
        pytest.skip(f"the site is built without Python in the page: {error}")


def answers(jobs: list[dict[str, Any]], folder: Path) -> list[dict[str, Any]]:
    """Return the answers of one wasm Python to all `jobs`, in order; `folder` is for its files."""
    runtime = runtime_or_skip()
    lay_out(runtime, folder)
    done = subprocess.run(
        [*node_command(), str(ROOT / "tests/live/python.mjs"), str(folder)],
        input=json.dumps(jobs),
        capture_output=True,
        encoding="utf-8",
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(lines) == len(jobs)
    return lines


def lay_out(runtime: pack.Runtime, folder: Path) -> None:
    """Unpack into `folder` what the browser's worker unpacks in memory."""
    for name in ("pyodide.mjs", "pyodide.asm.js", "pyodide.asm.wasm", "python.pak"):
        packed = (runtime.folder / f"{name}.gz").read_bytes()
        (folder / name).write_bytes(gzip.decompress(packed))
    library = unpack((folder / "python.pak").read_bytes())[pack.STDLIB]
    (folder / "python_stdlib.zip").write_bytes(library)
    (folder / "project.pak").write_bytes(gzip.decompress(pack.project_pack()))
    (folder / "boot.mjs").write_bytes((SCRIPTS / "boot.js").read_bytes())
