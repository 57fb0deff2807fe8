"""Cases for `snippets.lstm`."""

from snippets.lstm import lstm
from tests.cases import RNG, bad, cases, good, matrix

X, H0, C0 = matrix(4, 2, 3), matrix(2, 5, seed=1), matrix(2, 5, seed=6)
W_X, W_H, B = matrix(3, 20, seed=2), matrix(5, 20, seed=3), matrix(20, seed=4)
STATES = lstm(X, H0, C0, W_X, W_H, B)
DH = matrix(4, 2, 5, seed=5)


def build(make, x, *args):
    return make(*args).forward(x)


CASES = {
    "lstm": cases(
        good(X, H0, C0, W_X, W_H, B),
        bad("x", X[0], H0, C0, W_X, W_H, B),
        bad("h0", X, H0[:1], C0, W_X, W_H, B),
        bad("c0", X, H0, C0[:1], W_X, W_H, B),
        bad("b", X, H0, C0, W_X, W_H, B[:1]),
        bad("w_h", X, H0, C0, W_X, W_H[:2], B),
        bad("b", X, H0, C0, W_X, W_H, B[:2]),
    ),
    "lstm_backward": cases(
        good(DH, STATES, X, H0, C0, W_X, W_H),
        good(DH, STATES, X, H0, C0, W_X, W_H, C0),
        bad("dh", DH[:1], STATES, X, H0, C0, W_X, W_H),
    ),
    "LSTM": cases(
        good(X, 3, 4, 2, RNG, run=build),
        bad("D", 0, 4, 2, RNG),
        bad("H", 3, 0, 2, RNG),
        bad("K", 3, 4, 0, RNG),
        bad("rng", 3, 4, 2, 0),
        float64_only="the weights of the model are float64",
    ),
    "adding_problem": cases(
        good(10, 3, RNG), bad("steps", 0, 3, RNG), bad("batch", 10, 0, RNG), bad("rng", 10, 3, 0)
    ),
    "split_gates": cases(good(matrix(2, 8)), bad("gates", matrix(2, 7))),
}
