"""Cases for `snippets.regression`."""

from snippets.regression import linear
from tests.cases import array, bad, cases, good, matrix

X, Y, W, BITS = matrix(5, 2), matrix(5, seed=1), array(1.0, -2.0), array(0, 1, 1, 0, 1)
MODEL = cases(
    good(X, W, 0.5),
    bad("x", X[0], W, 0.5, said_by="linear"),
    bad("w", X, W[:1], 0.5, said_by="linear"),
)

CASES = {
    "linear": MODEL,
    "logistic": MODEL,
    "squared_loss": cases(
        good(X, Y, W, 0.5), bad("x", X[0], Y, W, 0.5), bad("y", X, Y[:2], W, 0.5)
    ),
    "logistic_loss": cases(
        good(X, BITS, W, 0.5), bad("x", X[0], BITS, W, 0.5), bad("y", X, BITS[:2], W, 0.5)
    ),
    "gradient": cases(good(X, Y, BITS), bad("y_hat", X, Y[:2], BITS), bad("y", X, Y, BITS[:2])),
    "normal_equation": cases(good(X, Y), bad("x", X[0], Y), bad("y", X, Y[:2])),
    "gradient_descent": cases(
        good(linear, X, Y, steps=5),
        bad("lr", linear, X, Y, lr=0),
        bad("steps", linear, X, Y, steps=0),
    ),
}
