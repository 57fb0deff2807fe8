"""Cases for `snippets.convolution`."""

from snippets.convolution import im2col
from tests.cases import bad, cases, good, matrix

X, W, B = matrix(2, 3, 6, 5), matrix(4, 3, 3, 2, seed=1), matrix(4, seed=2)
DY = matrix(2, 4, 4, 4, seed=3)
COLS = im2col(X, (3, 2))

CONV = cases(
    good(X, W, B),
    good(X, W, B, stride=2, padding=1),
    bad("x", X[0], W, B),
    bad("w", X, W[:, :2], B),
    bad("b", X, W, B[:2]),
    bad("stride", X, W, B, stride=0),
    bad("padding", X, W, B, padding=-1),
)

CASES = {
    "conv2d": CONV,
    "conv2d_loops": CONV,
    "conv2d_backward": cases(good(DY, X, W), bad("dy", DY[:1], X, W), bad("w", DY, X, W[:, :1])),
    "im2col": cases(good(X, (3, 2)), bad("x", X[0], (3, 2)), bad("stride", X, (3, 2), stride=0)),
    "col2im": cases(good(COLS, X.shape, (3, 2)), bad("cols", COLS[:1], X.shape, (3, 2))),
    "conv_matrix": cases(
        good(W, 6, 5), bad("w", W[0], 6, 5), bad("height", W, 0, 5), bad("kernel", W, 1, 5)
    ),
    "flip_kernel": cases(good(W), bad("w", "text")),
    "output_size": cases(
        good(28, 5), bad("size", 0, 5), bad("kernel", 28, 0), bad("stride", 28, 5, stride=0)
    ),
    "translate": cases(good(X, 1, -2), bad("x", "text", 1, 1), bad("down", X, 0.5, 1)),
}
