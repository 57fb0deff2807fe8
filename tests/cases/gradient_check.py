"""Cases for `snippets.gradient_check`."""

import numpy as np

from tests.cases import array, bad, cases, good, matrix

X = matrix(2, 3)


def square(x):
    return np.sum(np.square(x))


CASES = {
    "numerical_gradient": cases(
        good(square, X),
        good(square, array(3.0, 4.0), eps=1e-4),
        bad("x", square, "text"),
        bad("eps", square, X, eps=0),
        bad("f", lambda x: x, X),
    ),
    "relative_error": cases(good(X, 2 * X), bad("a", "x", X), bad("b", X, X[:1])),
    "check_gradient": cases(
        good(square, X, 2 * X),
        bad("grad", square, X, X),
        bad("grad", square, X, X[:1]),
        bad("tolerance", square, X, 2 * X, tolerance=-1),
    ),
    "error_by_epsilon": cases(
        good(square, X, 2 * X + 1, array(1e-2, 1e-3)),
        bad("grad", square, X, X[:1], array(1e-2)),
        bad("epsilons", square, X, X, 1e-2),
    ),
}
