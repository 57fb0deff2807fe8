"""Cases for `snippets.gru`."""

from snippets.gru import gru
from tests.cases import RNG, bad, cases, good, matrix

X, H0 = matrix(4, 2, 3), matrix(2, 5, seed=1)
W_X, W_H = matrix(3, 15, seed=2), matrix(5, 15, seed=3)
B_X, B_H = matrix(15, seed=4), matrix(15, seed=6)
WEIGHTS = (W_X, W_H, B_X, B_H)
DH = matrix(4, 2, 5, seed=5)


def build(make, x, *args):
    return make(*args).forward(x)


CASES = {
    "GRU": cases(
        good(X, 3, 4, 2, RNG, run=build),
        bad("D", 0, 4, 2, RNG),
        bad("H", 3, 0, 2, RNG),
        bad("K", 3, 4, 0, RNG),
        bad("rng", 3, 4, 2, 0),
        float64_only="the weights of the model are float64",
    ),
    "gru": cases(
        good(X, H0, *WEIGHTS),
        good(X, H0, *WEIGHTS, reset_after=False),
        bad("x", X[0], H0, *WEIGHTS),
        bad("h0", X, H0[:1], *WEIGHTS),
        bad("w_x", X, H0, W_X[:, :14], W_H, B_X, B_H),
        bad("w_h", X, H0, W_X, W_H[:2], B_X, B_H),
        bad("b_x", X, H0, W_X, W_H, B_X[:2], B_H),
        bad("b_h", X, H0, W_X, W_H, B_X, B_H[:2]),
    ),
    "gru_backward": cases(
        good(DH, gru(X, H0, *WEIGHTS), X, H0, W_X, W_H),
        good(DH, gru(X, H0, *WEIGHTS, reset_after=False), X, H0, W_X, W_H, False),
        bad("dh", DH[:1], gru(X, H0, *WEIGHTS), X, H0, W_X, W_H),
    ),
    "gru_gates": cases(
        good(X[0], H0, *WEIGHTS), bad("x", X, H0, *WEIGHTS), bad("h", X[0], H0[:1], *WEIGHTS)
    ),
    "negate_update_gate": cases(
        good(*WEIGHTS), bad("w_h", W_X, W_H[:, :2], B_X, B_H), bad("b_x", W_X, W_H, B_X[:1], B_H)
    ),
}
