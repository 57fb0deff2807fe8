"""Build the site into site/; any warning is an error."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from scripts.assets import AssetError, ensure_web_assets
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
    code = generate(options.engine, "build", "--strict")
    if code == 0:
        print("The site is in site/.")
    return code


if __name__ == "__main__":
    sys.exit(main())
