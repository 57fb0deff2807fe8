"""MkDocs hook: Python in the page. All logic stands in scripts/live."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from scripts.engine import Config, Files  # noqa: E402
from scripts.live.site import announce, live_files  # noqa: E402

_manifest = ""


def on_files(files: Files, *, config: Config) -> Files:
    """Put the packs among the site's files."""
    global _manifest
    _manifest, made = live_files(config)
    for file in made:
        files.append(file)
    return files


def on_post_page(output: str, **_: Any) -> str:
    """Name the manifest in the page."""
    return announce(output, _manifest)
