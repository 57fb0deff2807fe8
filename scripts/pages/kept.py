"""What all pages became in an earlier build, for a build in which nothing that made them changed.

Pages depend on each other (links, terms, titles), on the whole package and on these scripts, and
must be read to know on what.  So they are kept together, under a key for all of that: after any
edit every page is read again, and only what a page's code and figures gave comes from caches.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from scripts.cache import Cache, digest, files_digest, installed_version, package_digest
from scripts.dependencies import files_read
from scripts.pages.render import FigureImage, Rendered
from scripts.version import scripts_digest

FigureKey = tuple[str, str, str]


@dataclass(frozen=True)
class Kept:
    """The figures that the pages ask for, as they were placed, and the pages as rendered."""

    images: dict[FigureKey, FigureImage]
    rendered: dict[str, Rendered]


def key_of(docs: Path, names: Iterable[str]) -> str:
    """Return a key for all that the pages `names` in the folder `docs` are made of.

    What is in docs/ beside pages and tables counts by its name: pages link to it.
    """
    names = sorted(names)
    found = sorted(
        f"{os.path.relpath(at, docs)}/{name}" for at, _, here in os.walk(docs) for name in here
    )
    read = [*(docs / name for name in names), *docs.glob("*.toml"), *files_read()]
    return digest(
        json.dumps([names, found]),
        files_digest(read),
        package_digest(with_figures=True),
        scripts_digest(),
        sys.version,
        installed_version("pygments"),
    )


def load(cache: Cache, key: str) -> Kept | None:
    """Return what stands under `key`, or None."""
    known = cache.get(key)
    if known is None:
        return None
    said = json.loads(known)
    images = {tuple(item): FigureImage(**image) for item, image in said["images"]}
    return Kept(images, {name: Rendered(**page) for name, page in said["rendered"].items()})


def keep(cache: Cache, key: str, pages: Kept) -> None:
    """Keep `pages` under `key`: they have no mistake, for it would not be told again."""
    said = {
        "images": [[item, asdict(image)] for item, image in pages.images.items()],
        "rendered": {name: asdict(page) for name, page in pages.rendered.items()},
    }
    cache.put(key, json.dumps(said, ensure_ascii=False).encode("utf-8"))
    cache.prune(keep=10)
