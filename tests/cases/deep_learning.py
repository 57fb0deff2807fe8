"""Cases for `snippets.deep_learning`."""

from tests.cases import RNG, array, bad, cases, good, matrix

X = matrix(4, 3)
LAYERS = [(matrix(3, 5), matrix(5)), (matrix(5, 2), matrix(2))]
SIZES = cases(good([2, 3, 1]), bad("sizes", [2]), bad("sizes", [2, 0]))

CASES = {
    "collapse": cases(good(LAYERS), bad("layers", [])),
    "forward": cases(good(X, LAYERS), bad("x", X[0], LAYERS), bad("layers", X, [])),
    "is_deep": SIZES,
    "network_layout": SIZES,
    "parameter_count": SIZES,
    "pieces": cases(
        good(array(0.0, 1.0, 0.0, 1.0)),
        bad("y", matrix(2, 3)),
        bad("y", array(0.0, 1.0)),
        bad("tolerance", array(0.0, 1.0, 0.0), 0),
    ),
    "random_layers": cases(good(RNG, [2, 3, 1]), bad("rng", 0, [2, 1]), bad("sizes", RNG, [2])),
    "tent_layers": cases(good(2), bad("depth", 0), bad("depth", 1.5)),
}
