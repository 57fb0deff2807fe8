"""MkDocs hook: reading offline. All logic stands in scripts/offline.py and docs/sw.js."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from scripts import offline  # noqa: E402
from scripts.engine import Config, event_priority  # noqa: E402

_serving = False


def on_startup(command: str, dirty: bool) -> None:
    """Remember whether the pages are being edited: then no browser may keep them."""
    global _serving
    _serving = command == "serve"


def on_config(config: Config) -> Config:
    """Add the page that a reader sees who is offline and asks for a page not read before."""
    config.theme.static_templates.add(offline.PAGE)
    return config


# After everything that writes files.
@event_priority(-300)
def on_post_build(config: Config) -> None:
    """List the files of the finished site."""
    if _serving:
        offline.retire(Path(config.site_dir))
    else:
        offline.publish(Path(config.site_dir))
