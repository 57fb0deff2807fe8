"""Build the site into site/; any warning is an error.

It is written elsewhere and put in place when it is whole: after a build that failed or was killed,
site/ is what it was.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from scripts.assets import AssetError, ensure_web_assets
from scripts.bootstrap import ROOT, locked
from scripts.cache import CACHE
from scripts.commands.generator import ENGINES, generate


def main(arguments: Sequence[str] | None = None) -> int:
    """Fetch what is missing, build, return the exit code."""
    parser = argparse.ArgumentParser(prog="scripts/build", description=__doc__)
    parser.add_argument("--engine", choices=ENGINES, default=ENGINES[0])
    options = parser.parse_args(arguments)
    try:
        ensure_web_assets()
    except AssetError as error:
        print(f"scripts/build: {error}", file=sys.stderr)
        return 1
    unfinished = CACHE / "site"
    with locked(CACHE / "locks" / "site", "the site"):
        code = generate(options.engine, "build", "--strict", "--site-dir", str(unfinished))
        if code == 0:
            put_in_place(unfinished, ROOT / "site")
            print("The site is in site/.")
    return code


def put_in_place(new: Path, site: Path) -> None:
    """Let the folder `new` become `site`, in place of what stood there.

    A reader of `site` sees the old one, for a moment none, then the new one.
    """
    old = new.with_name(f"{new.name}-old")
    shutil.rmtree(old, ignore_errors=True)
    if site.exists():
        site.rename(old)
    new.rename(site)
    shutil.rmtree(old, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
