"""Pooling: keep one number per neighbourhood, and stop caring exactly where it was.

After a convolution a large value says "the feature is here".  The next layer mostly needs to know
that it is *about* here, so a window of values is replaced by its maximum or its mean:

    max:   y[p, q] = max over i, j of  x[s p + i, s q + j]
    mean:  y[p, q] = (1 / k^2) sum over i, j of  x[s p + i, s q + j]

The image shrinks (2 x 2 windows leave a quarter of it), nothing is learned, and a shift by a pixel
inside a window changes little.  The gradient goes back the way the value came: the mean shares it
out equally, the maximum gives all of it to the winner.  Where several pixels tie, the first in
reading order wins; that is a choice, like the slope of ReLU at 0, and PyTorch makes the same one.

No window is ever cut out here.  Slice number (i, j) of the image holds pixel (i, j) of *every*
window, so k^2 slices and an elementwise maximum do the work.

Source: LeCun et al. (1998) for the mean; Scherer, Müller & Behnke (2010) compare it with the
maximum.
"""

from __future__ import annotations

from functools import reduce

import numpy as np
from numpy.typing import ArrayLike

from snippets import _checks
from snippets._checks import Floats
from snippets.convolution import window_count

__all__ = ["avg_pool2d", "avg_pool2d_backward", "max_pool2d", "max_pool2d_backward"]

Window = tuple[slice, slice, slice, slice]


def max_pool2d(x: ArrayLike, size: int, stride: int | None = None) -> Floats:
    """Keep the largest value of each window: y[p, q] = max over i, j of x[s p + i, s q + j].

    x: (N, C, H, W); size: side of the square window in pixels; stride s: the same unless given.
    Returns (N, C, H', W'), sizes from `output_size`; a rest at the border is left out.
    Raises ValueError if the window does not fit, TypeError for anything but numbers.

    >>> x = np.array([[[[1.0, 2.0, 5.0, 0.0], [3.0, 4.0, 0.0, 0.0]]]])
    >>> max_pool2d(x, 2).tolist()
    [[[[4.0, 5.0]]]]
    """
    x = _checks.floats("max_pool2d", "x", x, shape=("N", "C", "H", "W"))
    return reduce(np.maximum, [x[pixel] for pixel in _pixels("max_pool2d", x, size, stride)])


def max_pool2d_backward(
    dy: ArrayLike, x: ArrayLike, size: int, stride: int | None = None
) -> Floats:
    """Return dL/dx of `max_pool2d`: each dy goes to the (first) pixel that was the maximum.

    In a window with NaN, which has no maximum, it goes to the first pixel.
    dy: (N, C, H', W'); x, size, stride as in `max_pool2d`.  Returns (N, C, H, W).
    Raises ValueError for shapes that do not fit, TypeError for anything but numbers.

    >>> x = np.array([[[[1.0, 2.0], [3.0, 3.0]]]])
    >>> max_pool2d_backward([[[[10.0]]]], x, 2).tolist()
    [[[[0.0, 0.0], [10.0, 0.0]]]]
    """
    x = _checks.floats("max_pool2d_backward", "x", x, shape=("N", "C", "H", "W"))
    size = _checks.integer("max_pool2d_backward", "size", size, minimum=1)
    y = max_pool2d(x, size, stride)
    dy = _checks.floats("max_pool2d_backward", "dy", dy, shape=y.shape)
    dx = np.zeros(x.shape, dy.dtype)
    unclaimed = np.ones(y.shape, bool)
    for pixel in _pixels("max_pool2d_backward", x, size, stride):
        won = ~(x[pixel] < y)  # and not x == y, for then NaN would swallow the gradient
        won &= unclaimed
        unclaimed ^= won
        dx[pixel] += np.where(won, dy, 0)
    return dx


def avg_pool2d(x: ArrayLike, size: int, stride: int | None = None) -> Floats:
    """Replace each window by its mean: y[p, q] = (1 / size^2) sum of x[s p + i, s q + j].

    Arguments and shapes are those of `max_pool2d`.  Raises ValueError if the window does not fit,
    TypeError for anything but numbers.

    >>> avg_pool2d(np.array([[[[1.0, 2.0], [3.0, 4.0]]]]), 2).tolist()
    [[[[2.5]]]]
    """
    x = _checks.floats("avg_pool2d", "x", x, shape=("N", "C", "H", "W"))
    pixels = _pixels("avg_pool2d", x, size, stride)
    mean = reduce(np.add, [_checks.wide(x[pixel]) for pixel in pixels]) / size**2
    return mean.astype(x.dtype, copy=False)


def avg_pool2d_backward(
    dy: ArrayLike, x: ArrayLike, size: int, stride: int | None = None
) -> Floats:
    """Return dL/dx of `avg_pool2d`: every pixel of a window gets dy / size^2.

    dy: (N, C, H', W'); x, size, stride as in `avg_pool2d` (only the shape of x matters).
    Returns (N, C, H, W).  Raises ValueError for shapes that do not fit, TypeError otherwise.

    >>> avg_pool2d_backward([[[[8.0]]]], np.zeros((1, 1, 2, 2)), 2).tolist()
    [[[[2.0, 2.0], [2.0, 2.0]]]]
    """
    x = _checks.floats("avg_pool2d_backward", "x", x, shape=("N", "C", "H", "W"))
    pixels = _pixels("avg_pool2d_backward", x, size, stride)
    dy = _checks.floats("avg_pool2d_backward", "dy", dy, shape=x[pixels[0]].shape)
    share = dy / size**2
    dx = np.zeros(x.shape, share.dtype)
    for pixel in pixels:
        dx[pixel] += share
    return dx


def _pixels(where: str, x: Floats, size: int, stride: int | None) -> list[Window]:
    """Return one slice per place (i, j) in the window, each cutting that pixel from all windows."""
    stride = size if stride is None else stride
    rows = window_count(where, x.shape[2], size, stride)
    columns = window_count(where, x.shape[3], size, stride)
    everything = slice(None)
    return [
        (
            everything,
            everything,
            slice(i, i + stride * rows, stride),
            slice(j, j + stride * columns, stride),
        )
        for i, j in np.ndindex(size, size)
    ]
