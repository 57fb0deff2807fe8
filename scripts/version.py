"""Which version of these scripts runs: part of every key under which their results are kept."""

from __future__ import annotations

from scripts.cache import ROOT, digest, files_digest


def _files() -> str:
    return files_digest((ROOT / "scripts").rglob("*.py"))


_AT_START = _files()  # imported with the hooks, before anything is built


def scripts_digest() -> str:
    """Return a key for the scripts as this process began, and as they stand now.

    A server goes on with modules that it imported before an edit, beside hooks that it loads again:
    what that mixture makes must not be taken for what the edited scripts make.
    """
    return digest(_AT_START, _files())
