"""A build that draws nothing imports neither Matplotlib nor the package: that takes a second."""

from __future__ import annotations

import subprocess
import sys

from scripts.cache import ROOT
from scripts.figures.svg import schemes
from snippets.figures._style import SCHEMES

LOAD = """
import runpy, sys
from pathlib import Path
for hook in sorted(Path("scripts/hooks").glob("*.py")):
    runpy.run_path(str(hook))
print(sorted({name.partition(".")[0] for name in sys.modules} & {"matplotlib", "snippets"}))
"""


def test_hooks_import_neither_matplotlib_nor_the_package():
    done = subprocess.run(
        [sys.executable, "-c", LOAD], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


def test_colours_read_from_the_source_are_those_of_the_style():
    assert schemes() == SCHEMES
