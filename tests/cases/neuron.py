"""Cases for `snippets.neuron`."""

from tests.cases import array, bad, cases, good, matrix

X, W = matrix(4, 2), array(1.0, -0.5)

CASES = {
    "boundary": cases(good(W, 0.5), bad("w", 0 * W, 0.5), bad("b", W, "half")),
    "distance_from_origin": cases(good(W, 0.5), bad("w", 0 * W, 0.5), bad("b", W, "half")),
    "neuron": cases(
        good(X, W),
        good(X, W, 0.5),
        bad("x", X[0], W, said_by="weighted_sum"),
        bad("w", X, W[:1], said_by="weighted_sum"),
        bad("b", X, W, "half", said_by="weighted_sum"),
    ),
    "threshold_neuron": cases(
        good(X, W, 0.5),
        bad("threshold", X, W, "half"),
        bad("x", X[0], W, 0.5, said_by="weighted_sum"),
    ),
    "update": cases(good(X[0], 0.5), bad("x", X, 0.5), bad("lr", X[0], 0.5, lr=0)),
    "weighted_sum": cases(
        good(X, W, 0.5), bad("x", X[0], W, 0.5), bad("w", X, W[:1], 0.5), bad("b", X, W, "half")
    ),
}
