"""Speed and memory of the package: ratios to the matrix products alone and to other libraries.

Every workload is done by each of its contenders in turn, round after round, forwards and then
backwards, in one process with one thread.  A time is the median of a contender's CPU time over the
rounds, and the table shows ratios of such medians: other work on the machine slows all contenders
alike.  `floor` is the matrix products of the work alone, written into arrays that exist already.

Before anything is timed one large block is freed: from then on the C library keeps freed memory for
the next array instead of giving it back, as it does in any longer run, so that no contender pays
for page faults that an earlier one has spared it.

The memory is how much the peak of a fresh process grows while it makes its data and does the work
twice, after it has done the same on a tiny scale: what importing a library takes is left out.  The
goal is at most twice what PyTorch takes; of a few megabytes the ratio says nothing.

Settings of OpenBLAS that would choose other kernels for NumPy than it chooses itself are dropped;
the first line names the kernel that ran.

Peers are measured where they are installed: PyTorch, scikit-learn, HIPS autograd, JAX.
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median

from scripts.cache import ROOT

ONE_THREAD = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
}
CHOICES_OF_KERNEL = {"OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"}
MEMORY_GOAL = 2.0  # times what torch takes
TOO_SMALL = 2.0  # megabytes
FREED = 31 * 2**20  # bytes; glibc learns from blocks of up to 32 MiB
MARK = "SNIPPETS_BENCH_ONE_THREAD"


def interleave(
    runs: Mapping[str, Callable[[], object]],
    rounds: int,
    sample: float = 0.02,
    clock: Callable[[], float] = time.process_time,
) -> dict[str, float]:
    """Return the median seconds of each, timed in turn for `rounds` rounds.

    sample: seconds that one timing should last at least; short work is repeated as often as needed.

    >>> ticks = iter(range(100))
    >>> interleave({"a": lambda: None}, rounds=3, clock=lambda: next(ticks))
    {'a': 1.0}
    """
    repeats = {name: _repeats(run, sample, clock) for name, run in runs.items()}
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    gc.collect()
    gc.disable()
    try:
        for turn in range(rounds):
            for name in list(runs)[:: 1 if turn % 2 == 0 else -1]:
                run, n = runs[name], repeats[name]
                start = clock()
                for _ in range(n):
                    run()
                seconds[name].append((clock() - start) / n)
    finally:
        gc.enable()
    return {name: median(times) for name, times in seconds.items()}


def _repeats(run: Callable[[], object], sample: float, clock: Callable[[], float]) -> int:
    run()  # warm
    start = clock()
    run()
    once = clock() - start
    return max(1, round(sample / once)) if once else 1


def peak_memory(workload: str, contender: str) -> float | None:
    """Return the megabytes by which the peak of a fresh process grows, None where it is unknown."""
    done = subprocess.run(
        [sys.executable, "-m", "scripts.benchmarks.engine", "--peak", workload, contender],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return float(done.stdout) if done.stdout.strip() else None


def print_growth_of_peak(workload: str, contender: str) -> None:
    """Do the work in this process and print the growth in megabytes; nothing where unknown."""
    from scripts.benchmarks._workloads import WORKLOADS

    build = next(w.build for w in WORKLOADS if w.name == workload)
    build("tiny")[contender]().run()
    status, peak = Path("/proc/self/status"), Path("/proc/self/clear_refs")
    if not peak.exists():
        return
    gc.collect()
    peak.write_text("5")  # Linux: forget the peak so far
    before = _kilobytes(status, "VmRSS")
    run = build("full")[contender]().run
    run()
    run()
    print((_kilobytes(status, "VmHWM") - before) / 1024)


def _kilobytes(status: Path, field: str) -> int:
    line = next(one for one in status.read_text().splitlines() if one.startswith(field))
    return int(line.split()[1])


def row(name: str, times: Mapping[str, float], ours: str, goals: Mapping[str, float]) -> str:
    """Return one line of the table: our time, and its ratio to each other contender's.

    >>> print(row("work", {"floor": 1.0, "fast": 1.5, "torch": 3.0}, "fast", {"torch": 0.4}))
    work                    1500.00 ms   1.50 x floor   0.50 x torch (goal 0.4: missed)
    """
    cells = [f"{name:22s} {1000 * times[ours]:8.2f} ms"]
    for other, seconds in times.items():
        if other == ours:
            continue
        ratio = times[ours] / seconds
        text = f"{ratio:6.2f} x {other}"
        if other in goals:
            verdict = "met" if round(ratio, 2) <= goals[other] else "missed"
            text += f" (goal {goals[other]:g}: {verdict})"
        cells.append(text)
    return " ".join(cells)


def memory_row(peaks: Mapping[str, float | None], ours: str) -> str:
    """Return the line on memory: our megabytes, and their ratio to each other contender's.

    >>> memory_row({"fast": 30.0, "torch": 20.0}, "fast")
    '30.0 MB   1.50 x torch (goal 2: met)'
    >>> memory_row({"fast": 0.5, "torch": 0.2}, "fast")
    '0.5 MB   torch 0.2 MB (too small to tell)'
    """
    mine = peaks[ours]
    if mine is None:
        return "unknown"
    cells = [f"{mine:.1f} MB"]
    for other, theirs in peaks.items():
        if other == ours or theirs is None:
            continue
        if max(mine, theirs) < TOO_SMALL or theirs <= 0:
            cells.append(f"{other} {theirs:.1f} MB (too small to tell)")
            continue
        text = f"{mine / theirs:.2f} x {other}"
        if other == "torch":
            verdict = "met" if round(mine / theirs, 2) <= MEMORY_GOAL else "missed"
            text += f" (goal {MEMORY_GOAL:g}: {verdict})"
        cells.append(text)
    return "   ".join(cells)


def kernel() -> str:
    """Name the kernel that NumPy's own OpenBLAS runs on this processor, if it has one."""
    import numpy as np

    home = Path(np.__file__).parent
    for library in [
        *(home.parent / "numpy.libs").glob("*openblas*"),
        *home.glob(".dylibs/*openblas*"),
    ]:
        loaded = ctypes.CDLL(str(library))
        for name in ("scipy_openblas_get_corename64_", "openblas_get_corename"):
            if hasattr(loaded, name):
                getattr(loaded, name).restype = ctypes.c_char_p
                return f"OpenBLAS {getattr(loaded, name)().decode()}"
    return "unknown"


def environment() -> dict[str, str]:
    """Return the environment of a measuring process: one thread, and OpenBLAS' own choice."""
    kept = {name: value for name, value in os.environ.items() if name not in CHOICES_OF_KERNEL}
    return kept | ONE_THREAD | {MARK: "1", "PYTHONPATH": str(ROOT)}


def measure(names: Sequence[str], rounds: int, memory: bool) -> None:
    """Print the table, one workload after the other."""
    from scripts.benchmarks._workloads import WORKLOADS

    bytearray(FREED)
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    how = f"one thread, CPU time, medians of {rounds} rounds"
    print(f"{how}, load {load:.1f}, kernel {kernel()}", flush=True)
    for work in WORKLOADS:
        if names and not any(name.lower() in work.name.lower() for name in names):
            continue
        contenders = work.build("full")
        times = interleave({name: make().run for name, make in contenders.items()}, rounds)
        print(row(work.name, times, work.ours, work.goals), flush=True)
        if memory:
            peaks = {c: peak_memory(work.name, c) for c in contenders if c != "floor"}
            print(f"{'':22s} peak memory: {memory_row(peaks, work.ours)}", flush=True)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure what the arguments name, in a process that was started with one thread."""
    parser = argparse.ArgumentParser(prog="scripts/bench engine", description=__doc__)
    parser.add_argument("workload", nargs="*", help="part of a name; all if none is given")
    parser.add_argument("--quick", action="store_true", help="3 rounds, no memory")
    parser.add_argument("--rounds", type=int, help="how often each is timed (15)")
    parser.add_argument("--peak", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.peak:
        print_growth_of_peak(*options.peak)
    elif MARK not in os.environ:
        # the libraries read these when they are loaded, so they must be there from the start
        command = [sys.executable, "-m", "scripts.benchmarks.engine"]
        rest = list(sys.argv[1:] if arguments is None else arguments)
        sys.exit(subprocess.run([*command, *rest], cwd=ROOT, env=environment()).returncode)
    else:
        rounds = options.rounds or (3 if options.quick else 15)
        measure(options.workload, rounds, memory=not options.quick)


if __name__ == "__main__":
    main()
