"""What is compared: one piece of work, and everyone who can do it.

A contender's `run` does the work once and is timed; `answer`, which is not, returns the numbers
that it arrived at, in an order that all contenders of a workload share.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]


@dataclass(frozen=True)
class Contender:
    """Work to be timed, and its result; a floor does the products alone and has no answer."""

    run: Callable[[], object]
    answer: Callable[[], Sequence[Any]] | None = None


Make = Callable[[], Contender]


@dataclass(frozen=True)
class Workload:
    """One row of the table.

    build: makes the contenders of one size ("full" or "tiny"), each only when it is called.
    ours: the contender that has to reach the goals.  goals: the greatest ratio of its time to that
    of each other contender.
    """

    name: str
    build: Callable[[str], Mapping[str, Make]]
    ours: str
    goals: Mapping[str, float] = field(default_factory=dict[str, float])


def gemm_floor(shapes: Sequence[tuple[int, int, int]], repeats: int = 1) -> Contender:
    """Return the matrix products of a training step alone, written into arrays that exist.

    shapes: (M, K, F) of each layer y = x w: y (M, F), then dw = x^T dy and dx = dy w^T, which the
    first layer is spared.
    """
    rng = np.random.default_rng(0)

    def array(*shape: int) -> Array:
        return rng.random(shape, np.float32)

    layers = [
        (array(M, K), array(K, F), array(M, F), array(M, F), array(K, F), array(M, K))
        for M, K, F in shapes
    ]

    def run() -> None:
        for _ in range(repeats):
            for x, w, y, _, _, _ in layers:
                np.matmul(x, w, out=y)
            for k, (x, w, _, dy, dw, dx) in reversed(list(enumerate(layers))):
                np.matmul(x.T, dy, out=dw)
                if k:
                    np.matmul(dy, w.T, out=dx)

    return Contender(run)


def recurrent_floor(T: int, N: int, D: int, H: int, gates: int) -> Contender:
    """Return the matrix products of a recurrent layer, forward and through time, alone."""
    rng = np.random.default_rng(0)
    x, dz, h = (rng.random((T, N, width), np.float32) - 0.5 for width in (D, gates * H, H))
    w_x, w_h = (rng.random((width, gates * H), np.float32) - 0.5 for width in (D, H))
    w_back = np.ascontiguousarray(w_h.T)
    z, dx = np.empty_like(dz), np.empty_like(x)
    memory, later = np.empty_like(dz[0]), np.empty_like(h[0])
    dw_x, dw_h = np.empty_like(w_x), np.empty_like(w_h)
    x_rows, dz_rows, h_rows = (a.reshape(T * N, -1) for a in (x, dz, h))

    def run() -> None:
        np.matmul(x_rows, w_x, out=z.reshape(T * N, -1))
        for t in range(T):
            np.matmul(h[t], w_h, out=memory)
        for t in range(T):
            np.matmul(dz[t], w_back, out=later)
        np.matmul(x_rows.T, dz_rows, out=dw_x)
        np.matmul(h_rows.T, dz_rows, out=dw_h)
        np.matmul(dz_rows, w_x.T, out=dx.reshape(T * N, -1))

    return Contender(run)
