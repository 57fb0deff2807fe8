"""CPU of drawing the figures, each in both languages, as the build draws them.

The budget is 25 ms on average for a figure, both languages together, beyond what each process loads
before the first: Python, NumPy, Matplotlib, fonts, the grammar of formulas.  The figures that
compute much (a heat map of 20,000 trained networks) count in it.  What the controls of explorable
figures need (hundreds of training runs) is not drawn and is told apart.
"""

from __future__ import annotations

import gc
import json
import subprocess
import sys
import time
import warnings
from dataclasses import asdict, dataclass, field

from scripts.cache import ROOT
from scripts.figures.build import LANGUAGES
from scripts.figures.find import concepts, figure_names, is_explorable
from scripts.figures.fonts import font_files
from scripts.figures.process import worker_environment

BUDGET = 0.025  # seconds of CPU for one figure, in all languages


@dataclass
class Cost:
    """CPU seconds: before the first figure, of each in all languages, of explorables' data."""

    start: float = 0.0
    drawing: dict[str, float] = field(default_factory=dict[str, float])
    data: dict[str, float] = field(default_factory=dict[str, float])

    @property
    def per_figure(self) -> float:
        """The CPU seconds of a figure, drawn once for all languages."""
        return sum(self.drawing.values()) / len(self.drawing)

    @property
    def per_file(self) -> float:
        """The CPU seconds of a figure in one language."""
        return self.per_figure / len(LANGUAGES)


def figure_cost() -> Cost:
    """Return what the figures cost in a fresh process."""
    done = subprocess.run(
        [sys.executable, "-m", "scripts.benchmarks.figures", "--measure"],
        cwd=ROOT,
        env=worker_environment(),
        stdout=subprocess.PIPE,
        encoding="utf-8",
        check=True,
    )
    return Cost(**json.loads(done.stdout))


def measure() -> Cost:
    """Measure in this process, which must have drawn nothing yet."""
    from scripts.figures.worker import draw_all, explorable_data, prepare

    gc.disable()
    warnings.simplefilter("error")
    prepare(font_files())
    cost = Cost(start=time.process_time())
    for concept in concepts():
        for name in figure_names(concept):
            explorable = is_explorable(concept, name)
            start = time.process_time()
            draw_all(concept, name, LANGUAGES)
            cost.drawing[f"{concept}.{name}"] = time.process_time() - start
            if explorable:
                start = time.process_time()
                explorable_data(concept, name)
                cost.data[f"{concept}.{name}"] = time.process_time() - start
    return cost


def main() -> None:
    """Print the CPU of each figure, dearest first, and the average against the budget."""
    cost = figure_cost()
    for name, seconds in sorted(cost.drawing.items(), key=lambda item: -item[1]):
        print(f"{1000 * seconds:8.1f} ms  {name}")
    print(f"{1000 * cost.start:8.1f} ms  before the first, once for each process")
    print(f"{1000 * sum(cost.data.values()):8.1f} ms  the data of {len(cost.data)} explorables")
    print(f"{1000 * cost.per_figure:8.1f} ms  a figure on average; budget {1000 * BUDGET:.0f} ms")
    print(f"{1000 * cost.per_file:8.1f} ms  a file on average, a figure in one language")


if __name__ == "__main__":
    if "--measure" in sys.argv:
        print(json.dumps(asdict(measure())))
    else:
        main()
