"""Cases for `snippets.initialization`."""

import numpy as np

from tests.cases import RNG, bad, cases, good, matrix

X, WEIGHTS = matrix(5, 3), [matrix(3, 4, seed=1), matrix(4, 2, seed=2)]
DY = matrix(5, 2, seed=3)


def tanh_prime(z):
    return 1 - np.tanh(z) ** 2


DRAW = cases(
    good((3, 4), RNG),
    good([2, 3, 5, 5], RNG),
    good((3, 4), RNG, dtype=np.float32),
    bad("shape", (3,), RNG),
    bad("shape", 3, RNG),
    bad("rng", (3, 4), 0),
    bad("dtype", (3, 4), RNG, dtype=int),
)

CASES = {
    "fans": cases(good((3, 4)), good((2, 3, 5, 5)), bad("shape", (3,)), bad("shape", "ab")),
    "activation_statistics": cases(
        good(X, WEIGHTS, np.tanh),
        bad("x", X[0], WEIGHTS, np.tanh),
        bad("weights", X, [], np.tanh),
        bad("weights[0]", X, WEIGHTS[1:], np.tanh),
    ),
    "gradient_statistics": cases(
        good(X, WEIGHTS, np.tanh, tanh_prime, DY),
        bad("dy", X, WEIGHTS, np.tanh, tanh_prime, DY[:1]),
        bad("weights[1]", X, [WEIGHTS[0]] * 2, np.tanh, tanh_prime, DY),
    ),
} | dict.fromkeys(
    [
        "glorot_normal",
        "glorot_uniform",
        "he_normal",
        "he_uniform",
        "lecun_normal",
        "standard_uniform",
    ],
    DRAW,
)
