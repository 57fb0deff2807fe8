"""Convolution: one small kernel slides over the image and asks every place the same question.

A fully connected layer gives each pixel its own weight.  Two facts about pictures say that this
is waste: what belongs together lies close together, and an edge is an edge wherever it appears.
So let a unit look at a small window only, and let all windows share one set of weights:

    y[f, p, q] = b[f] + sum over c, i, j of  w[f, c, i, j]  x[c, s p + i, s q + j]

with stride s.  Three things follow, and each can be checked below:

* Moving the image moves the answer: the layer is equivariant to translation.
* The layer is still x -> M x + b, with a matrix M that is almost all zeros and repeats the same
  few weights on every row (`conv_matrix`).
* The sum runs forwards over both x and w.  Mathematics calls that cross-correlation; its
  convolution turns the kernel round first (`flip_kernel`).  A network learns w, so either will do.

`conv2d_loops` is the formula.  `conv2d` copies every window into a column (`im2col`) and leaves
the sum to one matrix product per image, which is where the speed of every library comes from.
The columns are larger than the images, so a large batch has its turn in parts.
Images are (N, C, H, W), kernels (F, C, kh, kw): F filters, each as deep as the image.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike

from snippets import _checks
from snippets._checks import Floats

__all__ = [
    "KERNELS",
    "col2im",
    "conv2d",
    "conv2d_backward",
    "conv2d_loops",
    "conv_matrix",
    "flip_kernel",
    "im2col",
    "output_size",
    "translate",
]

KERNELS: dict[str, Floats] = {
    "vertical": np.array([[-1.0, 0.0, 1.0], [-1.0, 0.0, 1.0], [-1.0, 0.0, 1.0]]),
    "horizontal": np.array([[-1.0, -1.0, -1.0], [0.0, 0.0, 0.0], [1.0, 1.0, 1.0]]),
    "blur": np.full((3, 3), 1 / 9),
    "sharpen": np.array([[0.0, -1.0, 0.0], [-1.0, 5.0, -1.0], [0.0, -1.0, 0.0]]),
}
"""Kernels made by hand: right minus left, below minus above, the mean, and a stressed middle."""


def output_size(size: int, kernel: int, stride: int = 1, padding: int = 0) -> int:
    """Count the places where the kernel fits: floor((size + 2 padding - kernel) / stride) + 1.

    size, kernel, stride, padding: pixels along one axis.  Returns a number of windows >= 1.
    Raises TypeError unless all are integers, ValueError if the kernel does not fit once.
    Source: Dumoulin and Visin (2016), relationship 6.

    >>> output_size(28, 5), output_size(28, 5, padding=2), output_size(28, 5, stride=2)
    (24, 28, 12)
    """
    return window_count("output_size", size, kernel, stride, padding)


def conv2d(x: ArrayLike, w: ArrayLike, b: ArrayLike, stride: int = 1, padding: int = 0) -> Floats:
    """Slide the kernels over the images: y[f, p, q] = b[f] + sum w[f, c, i, j] x[c, sp+i, sq+j].

    x: (N, C, H, W) images; w: (F, C, kh, kw) kernels; b: (F,).  stride s and padding (zeros on
    each side) are in pixels.  Returns (N, F, H', W'), H' and W' from `output_size`.
    Raises ValueError for shapes that do not fit, TypeError for anything but numbers.
    Source: LeCun et al. (1989).

    >>> image = np.arange(9.0).reshape(1, 1, 3, 3)
    >>> right_minus_left = np.array([[[[-1.0, 1.0]]]])
    >>> conv2d(image, right_minus_left, np.zeros(1))[0, 0].tolist()
    [[1.0, 1.0], [1.0, 1.0], [1.0, 1.0]]
    """
    x, w = _images_and_kernels("conv2d", x, w)
    b = _checks.floats("conv2d", "b", b, shape=(len(w),))
    N, F, (kh, kw) = len(x), len(w), w.shape[2:]
    rows = window_count("conv2d", x.shape[2], kh, stride, padding)
    columns = window_count("conv2d", x.shape[3], kw, stride, padding)
    y = np.empty((N, F, rows * columns), np.result_type(x, w))
    for some in _parts(N, w[0].size * rows * columns):
        # every window is a column, every filter a row: their products are all the answers
        np.matmul(w.reshape(F, -1), im2col(x[some], (kh, kw), stride, padding), out=y[some])
    y += b[:, None]
    return y.reshape(N, F, rows, columns)


def conv2d_backward(
    dy: ArrayLike, x: ArrayLike, w: ArrayLike, stride: int = 1, padding: int = 0
) -> tuple[Floats, Floats, Floats]:
    """Return dL/dx, dL/dw, dL/db of `conv2d`: y = w cols + b gives dw = dy cols^T, dcols = w^T dy.

    dy: (N, F, H', W') gradient of the loss for every output; x, w, stride, padding as in
    `conv2d`.  Returns arrays shaped like x, w and b.
    Raises ValueError for shapes that do not fit, TypeError for anything but numbers.

    >>> x, w = np.ones((1, 1, 3, 3)), np.ones((1, 1, 2, 2))
    >>> dx, dw, db = conv2d_backward(np.ones((1, 1, 2, 2)), x, w)
    >>> dx[0, 0].tolist()  # the middle pixel was read by four windows
    [[1.0, 2.0, 1.0], [2.0, 4.0, 2.0], [1.0, 2.0, 1.0]]
    >>> dw[0, 0].tolist(), db.tolist()
    ([[4.0, 4.0], [4.0, 4.0]], [4.0])
    """
    x, w = _images_and_kernels("conv2d_backward", x, w)
    N, F, (kh, kw) = len(x), len(w), w.shape[2:]
    rows = window_count("conv2d_backward", x.shape[2], kh, stride, padding)
    columns = window_count("conv2d_backward", x.shape[3], kw, stride, padding)
    dy = _checks.floats("conv2d_backward", "dy", dy, shape=(N, F, rows, columns))
    dy = dy.reshape(N, F, rows * columns)
    dx = np.empty(x.shape, np.result_type(dy, w))
    dw = np.zeros((F, w[0].size), np.result_type(dy, x))
    for some in _parts(N, w[0].size * rows * columns):
        cols = im2col(x[some], (kh, kw), stride, padding)  # (n, C kh kw, H' W')
        # a shared weight collects its gradient from every window of every image
        dw += (dy[some] @ cols.transpose(0, 2, 1)).sum(axis=0)
        # a pixel collects from every window that looked at it
        dcols = w.reshape(F, -1).T @ dy[some]
        dx[some] = col2im(dcols, x[some].shape, (kh, kw), stride, padding)
    return dx, dw.reshape(w.shape), dy.sum(axis=(0, 2))


def conv2d_loops(
    x: ArrayLike, w: ArrayLike, b: ArrayLike, stride: int = 1, padding: int = 0
) -> Floats:
    """Compute `conv2d` as it is defined: cut out one window, multiply, add up, go on.

    Arguments and result are those of `conv2d`; this form is for reading and for checking.
    Raises ValueError for shapes that do not fit, TypeError for anything but numbers.

    >>> conv2d_loops(np.ones((1, 1, 2, 3)), np.ones((1, 1, 2, 2)), [0.5]).tolist()
    [[[[4.5, 4.5]]]]
    """
    x, w = _images_and_kernels("conv2d_loops", x, w)
    b = _checks.floats("conv2d_loops", "b", b, shape=(len(w),))
    kh, kw = w.shape[2:]
    rows = window_count("conv2d_loops", x.shape[2], kh, stride, padding)
    columns = window_count("conv2d_loops", x.shape[3], kw, stride, padding)
    x = _pad(x, padding)
    y = np.empty((len(x), len(w), rows, columns), np.result_type(x, w))
    for n, f, p, q in np.ndindex(y.shape):
        window = x[n, :, stride * p : stride * p + kh, stride * q : stride * q + kw]
        y[n, f, p, q] = (w[f] * window).sum() + b[f]
    return y


def im2col(x: ArrayLike, kernel: tuple[int, int], stride: int = 1, padding: int = 0) -> Floats:
    """Copy every window into a column: cols[(c, i, j), (p, q)] = x[c, s p + i, s q + j].

    x: (N, C, H, W) images; kernel: (kh, kw) size of the window.  Returns (N, C kh kw, H' W').
    Raises ValueError if the window does not fit, TypeError for anything but numbers.
    Source: Chellapilla, Puri and Simard (2006).

    >>> im2col(np.arange(6.0).reshape(1, 1, 2, 3), (2, 2))[0].tolist()
    [[0.0, 1.0], [1.0, 2.0], [3.0, 4.0], [4.0, 5.0]]
    """
    x = _checks.floats("im2col", "x", x, shape=("N", "C", "H", "W"))
    N, C, H, W = x.shape
    kh, kw = _checks.integers("im2col", "kernel", kernel, minimum=1, length=2)
    rows = window_count("im2col", H, kh, stride, padding)
    columns = window_count("im2col", W, kw, stride, padding)
    windows = sliding_window_view(_pad(x, padding), (kh, kw), axis=(2, 3))  # a view: no copy yet
    windows = windows[:, :, ::stride, ::stride]  # (N, C, H', W', kh, kw)
    return windows.transpose(0, 1, 4, 5, 2, 3).reshape(N, C * kh * kw, rows * columns)


def col2im(
    cols: ArrayLike,
    shape: tuple[int, ...],
    kernel: tuple[int, int],
    stride: int = 1,
    padding: int = 0,
) -> Floats:
    """Add every column back where its window was: the transpose of the linear map `im2col`.

    cols: (N, C kh kw, H' W'); shape: (N, C, H, W) of the images.  Returns that shape.
    Raises ValueError for shapes that do not fit, TypeError for anything but numbers.

    >>> col2im(np.ones((1, 4, 2)), (1, 1, 2, 3), (2, 2))[0, 0].tolist()
    [[1.0, 2.0, 1.0], [1.0, 2.0, 1.0]]
    """
    N, C, H, W = _checks.integers("col2im", "shape", shape, minimum=0, length=4)
    kh, kw = _checks.integers("col2im", "kernel", kernel, minimum=1, length=2)
    rows = window_count("col2im", H, kh, stride, padding)
    columns = window_count("col2im", W, kw, stride, padding)
    cols = _checks.floats("col2im", "cols", cols, shape=(N, C * kh * kw, rows * columns))
    cols = cols.reshape(N, C, kh, kw, rows, columns)
    x = np.zeros((N, C, H + 2 * padding, W + 2 * padding), cols.dtype)
    for i, j in np.ndindex(kh, kw):
        down = slice(i, i + stride * rows, stride)
        right = slice(j, j + stride * columns, stride)
        x[:, :, down, right] += cols[:, :, i, j]
    return x[:, :, padding : padding + H, padding : padding + W]


def conv_matrix(w: ArrayLike, height: int, width: int, stride: int = 1, padding: int = 0) -> Floats:
    """Write the layer as one matrix M, so that `conv2d` is M x + b on flattened images.

    w: (F, C, kh, kw) kernels; height, width: of the image in pixels.  Returns
    (F H' W', C H W): one row per output, zero wherever that output does not look.
    Raises ValueError if the kernel does not fit, TypeError for anything but numbers.

    >>> conv_matrix(np.array([[[[1.0, 2.0]]]]), 1, 4)
    array([[1., 2., 0., 0.],
           [0., 1., 2., 0.],
           [0., 0., 1., 2.]])
    """
    w = _checks.floats("conv_matrix", "w", w, shape=("F", "C", "kh", "kw"))
    _checks.not_empty("conv_matrix", w=w)
    height = _checks.integer("conv_matrix", "height", height, minimum=1)
    width = _checks.integer("conv_matrix", "width", width, minimum=1)
    F, C, kh, kw = w.shape
    rows = window_count("conv_matrix", height, kh, stride, padding)
    columns = window_count("conv_matrix", width, kw, stride, padding)
    matrix = np.zeros((F, rows, columns, C, height, width), w.dtype)
    for p, q, i, j in np.ndindex(rows, columns, kh, kw):
        down, right = stride * p + i - padding, stride * q + j - padding
        if 0 <= down < height and 0 <= right < width:  # padding has no column: it is always zero
            matrix[:, p, q, :, down, right] = w[:, :, i, j]
    return matrix.reshape(F * rows * columns, C * height * width)


def flip_kernel(w: ArrayLike) -> Floats:
    """Turn each kernel by half a turn: w'[i, j] = w[kh - 1 - i, kw - 1 - j].

    w: (..., kh, kw).  Returns the same shape.  `conv2d` with the flipped kernel is what
    mathematics calls convolution; `conv2d` itself is cross-correlation.
    Raises ValueError for fewer than two axes, TypeError for anything but numbers.

    >>> flip_kernel([[1.0, 2.0], [3.0, 4.0]]).tolist()
    [[4.0, 3.0], [2.0, 1.0]]
    """
    w = _checks.floats("flip_kernel", "w", w)
    if w.ndim < 2:
        raise ValueError(f"flip_kernel: w must end in (kh, kw), got shape {w.shape}")
    return w[..., ::-1, ::-1].copy()


def translate(x: ArrayLike, down: int, right: int) -> Floats:
    """Move the image and fill with zeros: y[p, q] = x[p - down, q - right].

    x: (N, C, H, W) images; down, right: whole pixels, negative for up and left.
    Returns (N, C, H, W); what leaves the frame is lost.
    Raises ValueError unless x is 4-D, TypeError for a fraction of a pixel.

    >>> translate(np.arange(1.0, 5.0).reshape(1, 1, 2, 2), 1, 0)[0, 0].tolist()
    [[0.0, 0.0], [1.0, 2.0]]
    """
    x = _checks.floats("translate", "x", x, shape=("N", "C", "H", "W"))
    down = _checks.integer("translate", "down", down)
    right = _checks.integer("translate", "right", right)
    H, W = x.shape[2:]
    y = np.zeros_like(x)
    y[:, :, max(down, 0) : max(H + down, 0), max(right, 0) : max(W + right, 0)] = x[
        :, :, max(-down, 0) : max(H - down, 0), max(-right, 0) : max(W - right, 0)
    ]
    return y


def _parts(N: int, numbers: int) -> Iterator[slice]:
    """Cut a batch into parts whose columns, `numbers` per image, take about a megabyte."""
    n = max(1, 2**18 // numbers)
    return (slice(start, start + n) for start in range(0, N, n))


def _pad(x: Floats, padding: int) -> Floats:
    if not padding:
        return x
    return np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))


def window_count(where: str, size: int, kernel: int, stride: int = 1, padding: int = 0) -> int:
    """Do what `output_size` does, in the name of the function that was called."""
    size = _checks.integer(where, "size", size, minimum=0)
    name = "size" if "pool" in where else "kernel"
    kernel = _checks.integer(where, name, kernel, minimum=1)
    stride = _checks.integer(where, "stride", stride, minimum=1)
    padding = _checks.integer(where, "padding", padding, minimum=0)
    room = size + 2 * padding - kernel
    if room < 0:
        raise ValueError(
            f"{where}: {name} must fit into size {size} + 2 x padding {padding}, got {kernel}"
        )
    return room // stride + 1


def _images_and_kernels(where: str, x: ArrayLike, w: ArrayLike) -> tuple[Floats, Floats]:
    x = _checks.floats(where, "x", x, shape=("N", "C", "H", "W"))
    w = _checks.floats(where, "w", w, shape=("F", x.shape[1], "kh", "kw"))
    _checks.not_empty(where, w=w)
    return x, w
