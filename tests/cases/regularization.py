"""Cases for `snippets.regularization`."""

from tests.cases import RNG, array, bad, cases, good, matrix

PARAMS = [matrix(2, 3), matrix(3, seed=1)]
X = matrix(4, 3)

CASES = {
    "l2_penalty": cases(
        good(PARAMS, 0.1), bad("params", PARAMS[0], 0.1), bad("strength", PARAMS, -1)
    ),
    "l2_penalty_grad": cases(
        good(PARAMS, 0.1), bad("params", PARAMS[0], 0.1), bad("strength", PARAMS, -1)
    ),
    "dropout": cases(
        good(X, 0.5, RNG),
        bad("x", "text", 0.5, RNG),
        bad("rate", X, 1.0, RNG),
        bad("rng", X, 0.5, None),
    ),
    "dropout_backward": cases(good(X, X), bad("mask", X, X[:1]), bad("dy", "text", X)),
    "early_stopping": cases(
        good(array(3.0, 2.0, 2.5, 2.6), 2),
        bad("losses", array(), 2),
        bad("patience", array(1.0), 0),
        bad("min_delta", array(1.0), 1, min_delta=-1),
    ),
}
