"""Cases for `snippets.rnn`."""

import numpy as np

from snippets.optimizers import SGD
from snippets.rnn import RNN, rnn
from tests.cases import RNG, bad, cases, good, matrix

X, H0 = matrix(4, 2, 3), matrix(2, 5, seed=1)
W_X, W_H, B = matrix(3, 5, seed=2), matrix(5, 5, seed=3), matrix(5, seed=4)
H = rnn(X, H0, W_X, W_H, B)
DH = matrix(4, 2, 5, seed=5)
GRID_W, GRID_B = matrix(2, 3), matrix(2, 3, seed=1)


def build(make, x, *args):
    return make(*args).forward(x)


def teach(f, x, y, limit=None):
    model = RNN(3, 4, 2, np.random.default_rng(0))
    return f(model, [(x, y)], SGD(0.1), limit)


CASES = {
    "rnn": cases(
        good(X, H0, W_X, W_H, B),
        bad("x", X[0], H0, W_X, W_H, B),
        bad("h0", X, H0[:1], W_X, W_H, B),
        bad("b", X, H0, W_X, W_H, B[:1]),
        bad("w_h", X, H0, W_X, W_H[:2], B),
        bad("b", X, H0, W_X, W_H, B[:2]),
    ),
    "rnn_backward": cases(good(DH, H, X, H0, W_X, W_H), bad("dh", DH[:1], H, X, H0, W_X, W_H)),
    "RNN": cases(
        good(
            X,
            3,
            4,
            2,
            RNG,
            run=build,
        ),
        bad("D", 0, 4, 2, RNG),
        bad("H", 3, 0, 2, RNG),
        bad("K", 3, 4, 0, RNG),
        bad("rng", 3, 4, 2, 0),
        float64_only="the weights of the model are float64",
    ),
    "best_memoryless_error": cases(good(X.round(), matrix(2, 1)), bad("y", X, matrix(3, 1))),
    "clip_by_norm": cases(good([W_X, B], 0.5), bad("grads", ["text"], 0.5), bad("limit", [W_X], 0)),
    "global_norm": cases(good([W_X, B]), bad("grads", ["text"])),
    "gradient_flow": cases(good(DH[-1], H, W_H), bad("w_h", DH[-1], H, W_H[:2])),
    "error_wall": cases(good(GRID_W, GRID_B), bad("steps", GRID_W, GRID_B, steps=0)),
    "error_wall_gradient": cases(good(GRID_W, GRID_B), bad("steps", GRID_W, GRID_B, steps=0)),
    "descend_wall": cases(
        good((1.0, 0.5), 0.01, 3), good((1.0, 0.5), 0.01, 3, 0.1), bad("steps", (1.0, 0.5), 0.1, -1)
    ),
    "temporal_xor": cases(good(3), bad("steps", 0)),
    "train": cases(good(X, matrix(2, 2), run=teach), bad("limit", X, matrix(2, 2), -1, run=teach)),
}
