"""CPU of drawing the figures, each in both languages, as the build draws them.

The budget is 25 ms on average for a figure in one language beyond the import of Matplotlib.  The
figures that compute much (a heat map of 20,000 trained networks) count in it.
"""

from __future__ import annotations

import gc
import json
import subprocess
import sys
import time

from scripts.cache import ROOT
from scripts.figures.build import LANGUAGES
from scripts.figures.find import concepts, figure_names
from scripts.figures.fonts import font_files
from scripts.figures.process import worker_environment

BUDGET = 0.025  # seconds of CPU for one figure in one language


def figure_cpu() -> dict[str, float]:
    """Return the CPU seconds of every figure, all languages together, in a fresh process.

    The entry "import" is what Python, NumPy, Matplotlib and the fonts take before the first.
    """
    done = subprocess.run(
        [sys.executable, "-m", "scripts.benchmarks.figures", "--measure"],
        cwd=ROOT,
        env=worker_environment(),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return json.loads(done.stdout)


def measure() -> dict[str, float]:
    """Measure in this process, which must have drawn nothing yet."""
    from scripts.figures.worker import answer, prepare

    prepare(font_files())
    gc.disable()
    seconds = {"import": time.process_time()}
    for concept in concepts():
        for name in figure_names(concept):
            start = time.process_time()
            result = answer(concept, name, list(LANGUAGES))
            seconds[f"{concept}.{name}"] = time.process_time() - start
            if "error" in result:
                raise RuntimeError(f"{concept}.{name}: {result['error']}")
    return seconds


def main() -> None:
    """Print the CPU of each figure, dearest first, and the average against the budget."""
    seconds = figure_cpu()
    start = seconds.pop("import")
    for name, cost in sorted(seconds.items(), key=lambda item: -item[1]):
        print(f"{1000 * cost:8.1f} ms  {name}")
    drawings = len(seconds) * len(LANGUAGES)
    mean = sum(seconds.values()) / drawings
    print(f"{1000 * start:8.1f} ms  import, once for each process")
    print(f"{1000 * mean:8.1f} ms  a drawing on average; budget {1000 * BUDGET:.0f} ms")


if __name__ == "__main__":
    if "--measure" in sys.argv:
        print(json.dumps(measure()))
    else:
        main()
