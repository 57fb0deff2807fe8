"""Cases for `snippets.universal_approximation`."""

import numpy as np

from snippets.universal_approximation import relu_network
from tests.cases import RNG, array, bad, cases, good

X = array(0.0, 0.3, 0.8)

CASES = {
    "bump": cases(
        good(X, 0.2, 0.6),
        bad("x", "text", 0.2, 0.6),
        bad("left", X, 0.6, 0.2),
        bad("steepness", X, 0.2, 0.6, steepness=0),
    ),
    "tent": cases(good(X, 0.2, 0.5, 0.6), bad("x", "text", 0, 1, 2), bad("peak", X, 0, 3, 2)),
    "staircase": cases(
        good(np.sin, X, bumps=3), bad("x", np.sin, 1.0, bumps=3), bad("bumps", np.sin, X, bumps=0)
    ),
    "relu_network": cases(good(np.sin, 3), bad("width", np.sin, 0)),
    "run": cases(good(relu_network(np.sin, 3), X), bad("x", relu_network(np.sin, 3), 1.0)),
    "largest_error": cases(good(np.sin, 3), bad("width", np.sin, 0, said_by="relu_network")),
    "polynomial_network_error": cases(
        good(np.sin, 2, 5, RNG),
        bad("degree", np.sin, 0, 5, RNG),
        bad("width", np.sin, 2, 0, RNG),
        bad("rng", np.sin, 2, 5, 0),
    ),
}
