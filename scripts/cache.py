"""A cache of build results by content: whole or absent, never stale, never trusted unread.

A key names everything that a result depends on.  An entry begins with the SHA-256 of its own bytes,
so that one which was truncated or changed on disk reads as absent and is made again.  Writing goes
to a temporary name and is renamed into place, so that a killed build leaves nothing half-written.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
import tempfile
from collections.abc import Iterable
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache"
_DIGEST_BYTES = hashlib.sha256().digest_size


def digest(*parts: str | bytes) -> str:
    """Return a key of 32 hex digits for `parts`; the division into parts counts.

    >>> digest("ab", "c") == digest("a", "bc")
    False
    """
    total = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8") if isinstance(part, str) else part
        total.update(len(data).to_bytes(8, "big"))
        total.update(data)
    return total.hexdigest()[:32]


def files_digest(paths: Iterable[Path]) -> str:
    """Return a key for the names and contents of `paths`, whatever their order."""
    parts: list[str | bytes] = []
    for path in sorted(set(paths)):
        with contextlib.suppress(FileNotFoundError):  # an editor may replace it meanwhile
            data = path.read_bytes()
            parts += [os.path.relpath(path, ROOT).replace(os.sep, "/"), data]
    return digest(*parts)


def package_digest(*, with_figures: bool) -> str:
    """Return a key for the package as it stands now, its data files, Python, NumPy and Matplotlib.

    with_figures: whether snippets/figures/ counts; what a cell prints does not depend on it.
    """
    package = ROOT / "snippets"
    files = [
        path
        for path in package.rglob("*")
        if path.is_file()
        and "__pycache__" not in path.parts
        and (with_figures or package / "figures" not in path.parents)
    ]
    libraries = ["numpy", "matplotlib"] if with_figures else ["numpy"]
    return digest(
        files_digest(files), sys.version, *(installed_version(name) for name in libraries)
    )


@cache
def installed_version(name: str) -> str:
    """Return the installed version of the distribution `name`, or "none"."""
    try:
        return version(name)
    except PackageNotFoundError:
        return "none"


def write_atomic(path: Path, data: bytes) -> None:
    """Write `data` to `path` so that a reader sees the old file or the new one, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


class Cache:
    """Results of one kind, in `.cache/<kind>/`, each under its key."""

    def __init__(self, kind: str, folder: Path = CACHE) -> None:
        """Open the cache of `kind`; `folder` is replaced in tests."""
        self.folder = folder / kind
        self._used: set[str] = set()

    def get(self, key: str) -> bytes | None:
        """Return what stands under `key`, or None if it is absent or damaged."""
        self._used.add(key)
        try:
            raw = (self.folder / key).read_bytes()
        except OSError:
            return None
        stored, data = raw[:_DIGEST_BYTES], raw[_DIGEST_BYTES:]
        return data if stored == hashlib.sha256(data).digest() else None

    def put(self, key: str, data: bytes) -> None:
        """Store `data` under `key`, replacing what stood there."""
        self._used.add(key)
        write_atomic(self.folder / key, hashlib.sha256(data).digest() + data)

    def prune(self, keep: int = 2000) -> None:
        """Remove the oldest entries beyond `keep` that this run has not asked for."""
        if not self.folder.is_dir():
            return
        unused = [path for path in self.folder.iterdir() if path.name not in self._used]
        unused.sort(key=lambda path: path.stat().st_mtime, reverse=True)
        for path in unused[keep:]:
            path.unlink(missing_ok=True)
