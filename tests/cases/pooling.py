"""Cases for `snippets.pooling`."""

from tests.cases import bad, cases, good, matrix

X = matrix(2, 3, 6, 4)
DY = matrix(2, 3, 3, 2, seed=1)

FORWARD = cases(
    good(X, 2),
    good(X, 3, stride=1),
    bad("x", X[0], 2),
    bad("size", X, 0),
    bad("stride", X, 2, stride=0),
)
BACKWARD = cases(
    good(DY, X, 2), bad("dy", DY[:1], X, 2), bad("x", DY, X[0], 2), bad("size", DY, X, 0)
)
CASES = {
    "max_pool2d": FORWARD,
    "avg_pool2d": FORWARD,
    "max_pool2d_backward": BACKWARD,
    "avg_pool2d_backward": BACKWARD,
}
