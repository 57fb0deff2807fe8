"""Convolution and pooling with the batch on the last axis: the same numbers, in less time.

In `convolution` an image is (C, H, W) and the batch comes first.  Here it comes last, (C, H, W, N):
a pixel is a row of N numbers, one for each image.  Whatever is copied or compared is then a long
run of memory, however small the images are.  Four more habits:

* Rows are copied, not windows: each row of the images is written kw times, shifted by 0, 1, ...,
  kw - 1 pixels.  What the kernels see of kh rows, `im2col`'s columns, then lies below each other in
  memory as it stands, so that kw copies do the work of kh kw.  Only so many rows are written at a
  time that all are still in the cache when the matrix products read them.
* On the way back a row of the images adds up what it gets from kh rows of the output in one matrix
  product, so that only the kw shifts are left to be added by `+=`.
* Rows of a matrix lie 16 numbers further apart than they need to.  If their distance were a power
  of two, as it often would be, they would compete for the same few lines of the cache.
* The weights' gradient is computed as its transpose, which OpenBLAS does faster for flat matrices.

What it trades: loops over rows, and images that must be transposed once (`images.transpose(1, 2,
3, 0).copy()`).  `FastLeNet` trains a `LeNet` this way, in one flat vector like `FastMLP`.

Raises, in every function and in `FastLeNet.fit`: ValueError for shapes that do not fit or an
optimizer of another vector, TypeError for anything but numbers, networks and optimizers.
Source: Chellapilla, Puri & Simard (2006) for windows as the columns of one matrix product.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import ArrayLike

from snippets import _checks as check
from snippets._checks import Floats, Indices
from snippets.cnn import LeNet
from snippets.convolution import window_count
from snippets.fast_mlp import FlatOptimizer, flat_views, made_for

__all__ = [
    "FastLeNet",
    "conv2d_batch_last",
    "conv2d_batch_last_backward",
    "max_pool2d_batch_last",
    "max_pool2d_batch_last_backward",
]

Window = tuple[slice, slice, slice]

CACHED = 2**19
"""Bytes of rows that are written before a product reads them: they fit into the cache."""


def conv2d_batch_last(
    x: ArrayLike, w: ArrayLike, b: ArrayLike, stride: int = 1, padding: int = 0
) -> Floats:
    """Do what `convolution.conv2d` does for images (C, H, W, N), some rows of the output at a time.

    w: (F, C, kh, kw); b: (F,); stride, padding: pixels.  Returns (F, H', W', N).
    Raises ValueError for shapes that do not fit, TypeError for anything but numbers.

    >>> image = np.arange(9.0).reshape(1, 3, 3, 1)
    >>> right_minus_left = np.array([[[[-1.0, 1.0]]]])
    >>> conv2d_batch_last(image, right_minus_left, np.zeros(1))[0, :, :, 0].tolist()
    [[1.0, 1.0], [1.0, 1.0], [1.0, 1.0]]
    """
    x, w = _images_and_kernels("conv2d_batch_last", x, w)
    b = check.floats("conv2d_batch_last", "b", b, shape=(len(w),))
    wide = _pad(x, check.integer("conv2d_batch_last", "padding", padding, minimum=0))
    _output_size("conv2d_batch_last", wide, w, stride)
    return _convolved(wide, w, b, stride)


def conv2d_batch_last_backward(
    dy: ArrayLike, x: ArrayLike, w: ArrayLike, stride: int = 1, padding: int = 0
) -> tuple[Floats, Floats, Floats]:
    """Do what `convolution.conv2d_backward` does for images (C, H, W, N).

    dy: (F, H', W', N); x, w, stride, padding as in `conv2d_batch_last`.
    Returns dx, dw, db, shaped like x, w and b.
    Raises ValueError for shapes that do not fit, TypeError for anything but numbers.

    >>> x, w = np.ones((1, 3, 3, 1)), np.ones((1, 1, 2, 2))
    >>> dx, dw, db = conv2d_batch_last_backward(np.ones((1, 2, 2, 1)), x, w)
    >>> dx[0, :, :, 0].tolist()
    [[1.0, 2.0, 1.0], [2.0, 4.0, 2.0], [1.0, 2.0, 1.0]]
    """
    x, w = _images_and_kernels("conv2d_batch_last_backward", x, w)
    wide = _pad(x, check.integer("conv2d_batch_last_backward", "padding", padding, minimum=0))
    size = _output_size("conv2d_batch_last_backward", wide, w, stride)
    dy = check.floats(
        "conv2d_batch_last_backward", "dy", dy, shape=(len(w), *size, x.shape[3])
    ).reshape(len(w), size[0], size[1] * x.shape[3])
    dx = _images_gradient(dy, wide.shape, w, stride)
    dw = _kernels_gradient(dy, wide, w, stride)
    H, W = x.shape[1:3]
    return dx[:, padding : padding + H, padding : padding + W], dw, dy.sum(axis=(1, 2))


def max_pool2d_batch_last(x: ArrayLike, size: int) -> Floats:
    """Do what `pooling.max_pool2d` does for images (C, H, W, N), with windows side by side.

    size: side of the square window in pixels, and the stride.  Returns (C, H', W', N).
    Raises ValueError if the window does not fit, TypeError for anything but numbers.

    >>> max_pool2d_batch_last(np.array([[1.0, 2.0], [3.0, 4.0]]).reshape(1, 2, 2, 1), 2).item()
    4.0
    """
    x = check.floats("max_pool2d_batch_last", "x", x, shape=("C", "H", "W", "N"))
    return _pooled(x, _checked_pixels("max_pool2d_batch_last", x, size))


def max_pool2d_batch_last_backward(dy: ArrayLike, x: ArrayLike, y: ArrayLike, size: int) -> Floats:
    """Do what `pooling.max_pool2d_backward` does for images (C, H, W, N).

    dy, y: (C, H', W', N) gradient and result of `max_pool2d_batch_last(x, size)`.
    Returns dx (C, H, W, N); of several maxima the first in reading order gets dy.
    Raises ValueError for shapes that do not fit, TypeError for anything but numbers.

    >>> x, y = np.array([1.0, 2.0, 3.0, 3.0]).reshape(1, 2, 2, 1), [[[[3.0]]]]
    >>> max_pool2d_batch_last_backward([[[[10.0]]]], x, y, 2).ravel().tolist()
    [0.0, 0.0, 10.0, 0.0]
    """
    where = "max_pool2d_batch_last_backward"
    x = check.floats(where, "x", x, shape=("C", "H", "W", "N"))
    pixels = _checked_pixels(where, x, size)
    y = check.floats(where, "y", y, shape=x[pixels[0]].shape)
    return _unpooled(check.floats(where, "dy", dy, shape=y.shape), x, y, pixels)


class FastLeNet:
    """A trained-in-place copy of a `LeNet`: batch last, one flat vector of parameters.

    net: its parameters are copied, its dtype is kept.  `flat` (n,) holds all parameters, `grad`
    (n,) the gradient of the last `step`; `params` and `gradients` are views of them in the order
    and the shapes of `LeNet.params`.

    >>> net = LeNet((1, 8, 8), [4], 3, [1], [], 10, np.random.default_rng(0))
    >>> fast = FastLeNet(net)
    >>> fast.step(np.zeros((1, 8, 8, 5)), np.arange(5))  # log 10: it knows nothing
    2.30258...
    """

    def __init__(self, net: LeNet) -> None:
        """Copy the parameters."""
        if not hasattr(net, "paddings"):
            raise TypeError(f"FastLeNet: net must be a LeNet, got {net!r}")
        self.image, self.paddings = net.image, net.paddings
        shapes = [p.shape for p in net.params]
        self.flat = np.concatenate([p.ravel() for p in net.params])
        self.grad = np.zeros_like(self.flat)
        self.params, self.gradients = flat_views(self.flat, shapes), flat_views(self.grad, shapes)

    def fit(
        self, x: ArrayLike, labels: ArrayLike, optimizer: FlatOptimizer, epochs: int, batch: int
    ) -> list[float]:
        """Step through all full batches of images x (n, C, H, W); return each epoch's mean loss.

        labels: (n,).  optimizer: one made for `flat`.  Images keep their order: shuffle them
        before.  A rest smaller than a batch is left out.
        """
        x = check.floats("FastLeNet.fit", "x", x, shape=("n", *self.image))
        K = len(self.params[-1])
        labels = check.indices("FastLeNet.fit", "labels", labels, below=K, shape=(len(x),))
        batch = check.integer("FastLeNet.fit", "batch", batch, minimum=1)
        optimizer = made_for("FastLeNet.fit", optimizer, self.flat)
        steps = len(x) // batch
        if not steps:
            raise ValueError(f"FastLeNet.fit: x must hold a batch of {batch} images, got {len(x)}")
        # from (steps, N, C, H, W) to (steps, C, H, W, N)
        columns = x[: steps * batch].reshape(steps, batch, *self.image).transpose(0, 2, 3, 4, 1)
        columns = columns.astype(self.flat.dtype, order="C")
        history: list[float] = []
        for _ in range(check.integer("FastLeNet.fit", "epochs", epochs, minimum=0)):
            total = 0.0
            for k in range(steps):
                total += self.step(columns[k], labels[k * batch : (k + 1) * batch])
                optimizer.step(self.grad)
            history.append(total / steps)
        return history

    def step(self, x: Floats, labels: Indices) -> float:
        """Return the mean cross-entropy of images x (C, H, W, N), and fill `grad`.

        labels: (N,) integers.  Nothing is checked here: `fit` has checked everything.
        """
        conv, inputs, zs = len(self.paddings), list[Floats](), list[Floats]()
        h = x
        for k, (w, b) in enumerate(zip(self.params[::2], self.params[1::2], strict=True)):
            if k < conv:
                inputs.append(h)
                zs.append(_convolved(_pad(h, self.paddings[k]), w, b, 1))
                h = _relu(_pooled(zs[-1], _pixels(zs[-1], 2)))
            else:
                inputs.append(h.reshape(len(w), -1))  # (F, H', W', N) -> (F H' W', N)
                zs.append(w.T @ inputs[-1])
                zs[-1] += b[:, None]
                h = _relu(zs[-1])
        loss, d = _cross_entropy(zs[-1], labels)
        for k in reversed(range(len(zs))):
            if k < conv:
                d = self._conv_backward(k, d, inputs[k], zs[k], inputs[k + 1])
            else:
                w, dw, db = self.params[2 * k], *self.gradients[2 * k : 2 * k + 2]
                np.matmul(inputs[k], d.T, out=dw)
                np.add.reduce(d, axis=1, out=db)
                d = w @ d
                d *= inputs[k] > 0  # the input is relu(z), or relu(pooled)
        return loss

    def _conv_backward(self, k: int, d: Floats, x: Floats, z: Floats, y: Floats) -> Floats:
        """Fill the gradients of stage k; return d for its input, nothing for the image itself.

        y: relu(pooled).  Where it is not what was pooled, the ReLU has left d = 0 to hand on.
        """
        w, dw, db = self.params[2 * k], *self.gradients[2 * k : 2 * k + 2]
        F, H, W, N = z.shape
        pooled = F, H // 2, W // 2, N
        dz = _unpooled(d.reshape(pooled), z, y.reshape(pooled), _pixels(z, 2))
        rows = dz.reshape(F, H, W * N)
        wide = _pad(x, self.paddings[k])
        dw[...] = _kernels_gradient(rows, wide, w, 1)
        np.add.reduce(d.reshape(F, -1), axis=1, out=db)  # dz holds these numbers, and zeros
        if not k:
            return d
        p = self.paddings[k]
        dx = _images_gradient(rows, wide.shape, w, 1)
        return dx[:, p : p + x.shape[1], p : p + x.shape[2]] * (x > 0)


def _convolved(x: Floats, w: Floats, b: Floats, stride: int) -> Floats:
    """Return what `conv2d_batch_last` returns for padded images x."""
    rows, columns = _places(x, w, stride)
    y = np.empty((len(w), rows, columns * x.shape[3]), np.result_type(x, w))
    kernels = w.swapaxes(1, 2).reshape(len(w), -1)  # in the order of the windows: kh, C, kw
    for now, seen in _windows(x, w, stride):
        np.matmul(kernels, seen, out=y[:, now].swapaxes(0, 1))
    y += b[:, None, None]
    return y.reshape(len(w), rows, columns, x.shape[3])


def _kernels_gradient(dy: Floats, x: Floats, w: Floats, stride: int) -> Floats:
    """Return dw for padded images x: the sum over rows p of (what w saw) dy_p^T."""
    F, C, kh, kw = w.shape
    dw = np.zeros((kh * C * kw, F), np.result_type(dy, x))
    columns = dy.transpose(1, 2, 0)  # (H', W' N, F)
    for now, seen in _windows(x, w, stride):
        dw += np.add.reduce(np.matmul(seen, columns[now]), axis=0)
    return dw.reshape(kh, C, kw, F).transpose(3, 1, 0, 2)


def _images_gradient(dy: Floats, shape: tuple[int, ...], w: Floats, stride: int) -> Floats:
    """Return dx for padded images of a shape (C, H, W, N); dy: (F, H', W' N)."""
    (F, C, kh, kw), (_, H, W, N), (_, rows, row) = w.shape, shape, dy.shape
    dx = np.zeros(shape, np.result_type(dy, w))
    dy_rows = _spaced(rows, F, row, dtype=dy.dtype)
    dy_rows[...] = dy.swapaxes(0, 1)
    upside_down = w[:, :, ::-1].transpose(1, 3, 2, 0).copy()  # (C, kw, kh, F)
    some = _spaced(C * kw, row, dtype=dx.dtype)
    columns = (W - kw) // stride + 1
    shifted = some.reshape(C, kw, columns, N)
    for r in range(H):
        # row p of the output saw row r with row r - stride p of the kernels, if they have it
        first, last = max((r - kh) // stride + 1, 0), min(r // stride, rows - 1)
        if first > last:
            continue
        top = kh - 1 - (r - stride * first)
        kernels = upside_down[:, :, top : top + stride * (last - first) + 1 : stride]
        seen_by = dy_rows[first : last + 1]
        np.matmul(kernels.reshape(C * kw, -1), seen_by.reshape(len(seen_by) * F, row), out=some)
        for j in range(kw):
            dx[:, r, j : j + stride * columns : stride] += shifted[:, j]
    return dx


def _windows(x: Floats, w: Floats, stride: int) -> Iterator[tuple[slice, Floats]]:
    """Yield some rows of the output, and what the kernels see for each: (rows, kh C kw, W' N)."""
    (C, H, _, N), (kh, kw) = x.shape, w.shape[2:]
    rows, columns = _places(x, w, stride)
    room = _spaced(H, C * kw, columns * N, dtype=x.dtype)
    shifted = room.reshape(H, C, kw, columns, N)
    one = kh * C * kw, columns * N
    windows = as_strided(room, (rows, *one), (stride * room.strides[0], *room.strides[1:]))
    many = max(CACHED // (stride * room.strides[0]), 1)
    written = 0
    for first in range(0, rows, many):
        now = slice(first, min(first + many, rows))
        new = slice(max(stride * first, written), stride * (now.stop - 1) + kh)
        for j in range(kw):
            shifted[new, :, j] = x[:, new, j : j + stride * columns : stride].swapaxes(0, 1)
        written = new.stop
        yield now, windows[now]


def _places(x: Floats, w: Floats, stride: int) -> tuple[int, int]:
    """Return H' and W', which are known to be 1 at least, for padded images x."""
    return (x.shape[1] - w.shape[2]) // stride + 1, (x.shape[2] - w.shape[3]) // stride + 1


def _pooled(x: Floats, pixels: list[Window]) -> Floats:
    return reduce(np.maximum, [x[pixel] for pixel in pixels])


def _unpooled(dy: Floats, x: Floats, y: Floats, pixels: list[Window]) -> Floats:
    """Return dx for images x: of several maxima the first one gets dy."""
    dx = np.zeros(x.shape, dy.dtype)
    unclaimed = np.ones(y.shape, bool)
    for pixel in pixels:
        won = ~(x[pixel] < y)
        won &= unclaimed
        unclaimed ^= won
        np.multiply(dy, won, out=dx[pixel])
    return dx


def _output_size(where: str, x: Floats, w: Floats, stride: int) -> tuple[int, int]:
    """Return H' and W' for padded images x."""
    kh, kw = w.shape[2:]
    rows = window_count(where, x.shape[1], kh, stride)
    return rows, window_count(where, x.shape[2], kw, stride)


def _spaced(*shape: int, dtype: Any) -> Floats:
    """Return room for an array whose rows are each followed by a gap."""
    gap = 16  # no power of two between rows
    return np.empty((*shape[:-1], shape[-1] + gap), dtype)[..., : shape[-1]]


def _pad(x: Floats, padding: int) -> Floats:
    if not padding:
        return x
    C, H, W, N = x.shape
    wide = np.zeros((C, H + 2 * padding, W + 2 * padding, N), x.dtype)
    wide[:, padding : padding + H, padding : padding + W] = x
    return wide


def _pixels(x: Floats, size: int) -> list[Window]:
    """Return where the first, second, ... pixel of all windows is, in reading order."""
    rows, columns = x.shape[1] // size, x.shape[2] // size
    return [
        (slice(None), slice(i, i + size * rows, size), slice(j, j + size * columns, size))
        for i in range(size)
        for j in range(size)
    ]


def _checked_pixels(where: str, x: Floats, size: int) -> list[Window]:
    for side in x.shape[1:3]:
        window_count(where, side, size, size)
    return _pixels(x, size)


def _relu(z: Floats) -> Floats:
    """Return max(z, 0); NumPy compares with an array of zeros in less time than with one zero."""
    return np.maximum(z, np.zeros(z.shape[-2:], z.dtype))


def _cross_entropy(z: Floats, labels: Indices) -> tuple[float, Floats]:
    """Return the mean loss of the logits z (K, N), and its gradient in their place."""
    N = len(labels)
    own = labels, np.arange(N)
    z -= z.max(axis=0)
    right = z[own]
    total = np.exp(z, out=z).sum(axis=0)
    z /= total
    z[own] -= 1
    z /= N
    return float((np.log(total) - right).mean()), z


def _images_and_kernels(where: str, x: Any, w: Any) -> tuple[Floats, Floats]:
    x = check.floats(where, "x", x, shape=("C", "H", "W", "N"))
    w = check.floats(where, "w", w, shape=("F", len(x), "kh", "kw"))
    check.not_empty(where, w=w)
    return x, w
