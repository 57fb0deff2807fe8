"""Cases for `snippets.multilayer_perceptron`."""

from tests.cases import RNG, bad, cases, good, matrix

X, W, B, DY = matrix(4, 3), matrix(3, 2), matrix(2), matrix(4, 2, seed=1)


def answer(make, x, *args):
    return make(*args).forward(x)


CASES = {
    "affine": cases(
        good(X, W, B), bad("x", X[0], W, B), bad("w", X, W[:2], B), bad("b", X, W, B[:1])
    ),
    "affine_backward": cases(good(DY, X, W), bad("dy", DY[:1], X, W), bad("w", DY, X, W[:2])),
    "MLP": cases(
        good(X, [3, 4, 2], "tanh", RNG, run=answer),
        bad("sizes", [3], "tanh", RNG),
        bad("activation", [3, 2], "swosh", RNG),
        bad("rng", [3, 2], "tanh", 0),
        bad("output", [3, 2], "tanh", RNG, output="swosh"),
        bad("loss", [3, 2], "tanh", RNG, loss="regret"),
        bad("dtype", [3, 2], "tanh", RNG, dtype=int),
        float64_only="the weights of the model are float64",
    ),
    "distant_pair": cases(good(), good(5.0), bad("at", "far")),
    "outlier_set": cases(good(), good(3), bad("far", -1)),
    "solve_rate": cases(
        good(RNG, (0.3,), (2,), nets=4, steps=5),
        bad("rng", 0, (0.3,), (2,), nets=4, steps=5, said_by="train_many_on_xor"),
    ),
    "train_many_on_xor": cases(
        good(RNG, 4, steps=5),
        bad("nets", RNG, 0),
        bad("hidden", RNG, 4, hidden=0),
        bad("lr", RNG, 4, lr=0),
        bad("steps", RNG, 4, steps=0),
        bad("rng", 0, 4),
    ),
}
