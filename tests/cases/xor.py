"""Cases for `snippets.xor`."""

import numpy as np

from snippets.xor import initial
from tests.cases import RNG, array, bad, cases, good

X = array(0, 0, 0, 1, 1, 0, 1, 1).reshape(4, 2)
XOR = array(0, 1, 1, 0)
PARAMS = initial(np.random.default_rng(0))
POINTS = cases(good(X), bad("x", X[0]), bad("x", X[:, :1]))
BY_HAND = cases(good(X), bad("x", X[0]), float64_only="the weights chosen by hand are float64")
LABELLED = cases(good(X, XOR), bad("x", X[0], XOR), bad("y", X, XOR[:2]), bad("y", X, 2 * XOR))

CASES = {
    "without_hidden_layer": POINTS,
    "non_monotone_unit": POINTS,
    "hand_made_hidden": BY_HAND,
    "hand_made_network": BY_HAND,
    "signed_rows": LABELLED,
    "infeasibility_certificate": cases(
        good(X, XOR), bad("x", X + 0.5, XOR), bad("epochs", X, XOR, epochs=0)
    ),
    "is_linearly_separable": cases(
        good(X, XOR),
        bad("x", X + 0.5, XOR, said_by="infeasibility_certificate"),
        bad("y", X, XOR[:2], said_by="signed_rows"),
    ),
    "folded": cases(good(X, PARAMS), bad("x", X[0], PARAMS)),
    "predict": cases(good(X, PARAMS), bad("x", X[0], PARAMS)),
    "gradients": cases(
        good(PARAMS),
        bad("params", list(PARAMS)),
        bad("params.w2", PARAMS._replace(w2=X)),
        float64_only="the four points are float64",
    ),
    "initial": cases(good(RNG), good(RNG, 3), bad("rng", 0), bad("hidden", RNG, 0)),
    "train": cases(
        good(RNG, steps=5, keep=2),
        bad("rng", 0, said_by="initial"),
        bad("lr", RNG, lr=0),
        bad("steps", RNG, steps=0),
        bad("keep", RNG, keep=0),
        bad("hidden", RNG, hidden=0, said_by="initial"),
    ),
}
