"""Measure one subject: scripts/benchmarks/<subject>.py.

Peers (scikit-learn, autograd, JAX: the extra `bench`) are measured where they are installed.
"""

from __future__ import annotations

import argparse
import runpy
import sys
from collections.abc import Sequence

from scripts.bootstrap import ROOT

BENCHMARKS = ROOT / "scripts" / "benchmarks"


def subjects() -> list[str]:
    """Return the names of what can be measured, in alphabetical order."""
    return sorted(path.stem for path in BENCHMARKS.glob("*.py") if not path.stem.startswith("_"))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark of the named subject; what follows the name is handed to it."""
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("subject", choices=subjects())
    parser.add_argument("rest", nargs=argparse.REMAINDER, help="handed to the benchmark")
    options = parser.parse_args(arguments)
    sys.argv = [f"scripts/bench {options.subject}", *options.rest]
    runpy.run_module(f"scripts.benchmarks.{options.subject}", run_name="__main__")
    return 0


if __name__ == "__main__":
    sys.exit(main())
