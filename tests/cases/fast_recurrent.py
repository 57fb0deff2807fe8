"""Cases for `snippets.fast_recurrent`."""

from snippets.fast_recurrent import gru_batch_last, lstm_batch_last, rnn_batch_last
from tests.cases import bad, cases, good, matrix

X, H0, C0 = matrix(4, 3, 2), matrix(5, 2, seed=1), matrix(5, 2, seed=2)
DH = matrix(4, 5, 2, seed=3)


def weights(gates):
    """Return w_x, w_h, b."""
    H = 5 * gates
    return matrix(3, H, seed=4), matrix(5, H, seed=5), matrix(H, seed=6)


RNN, GRU, LSTM = weights(1), (*weights(3), matrix(15, seed=7)), weights(4)
H = rnn_batch_last(X, H0, *RNN)
GRU_STATES, LSTM_STATES = gru_batch_last(X, H0, *GRU), lstm_batch_last(X, H0, C0, *LSTM)

CASES = {
    "rnn_batch_last": cases(
        good(X, H0, *RNN),
        bad("x", X[0], H0, *RNN),
        bad("h0", X, H0[:1], *RNN),
        bad("w_x", X, H0, RNN[0][:, :1], *RNN[1:]),
        bad("w_h", X, H0, RNN[0], RNN[1][:, :1], RNN[2]),
        bad("b", X, H0, *RNN[:2], RNN[2][:1]),
    ),
    "rnn_batch_last_backward": cases(
        good(DH, H, X, H0, *RNN[:2]),
        bad("dh", DH[:1], H, X, H0, *RNN[:2]),
        bad("h", DH, H[:1], X, H0, *RNN[:2]),
    ),
    "gru_batch_last": cases(
        good(X, H0, *GRU),
        bad("x", X[0], H0, *GRU),
        bad("h0", X, H0[:1], *GRU),
        bad("w_h", X, H0, GRU[0], GRU[1][:, :1], *GRU[2:]),
        bad("b_x", X, H0, *GRU[:2], GRU[2][:1], GRU[3]),
        bad("b_h", X, H0, *GRU[:3], GRU[3][:1]),
    ),
    "gru_batch_last_backward": cases(
        good(DH, GRU_STATES, X, H0, *GRU[:2]), bad("dh", DH[:1], GRU_STATES, X, H0, *GRU[:2])
    ),
    "lstm_batch_last": cases(
        good(X, H0, C0, *LSTM),
        bad("x", X[0], H0, C0, *LSTM),
        bad("h0", X, H0[:1], C0, *LSTM),
        bad("c0", X, H0, C0[:1], *LSTM),
        bad("b", X, H0, C0, *LSTM[:2], LSTM[2][:1]),
    ),
    "lstm_batch_last_backward": cases(
        good(DH, LSTM_STATES, X, H0, C0, *LSTM[:2]),
        bad("dh", DH[:1], LSTM_STATES, X, H0, C0, *LSTM[:2]),
        bad("c0", DH, LSTM_STATES, X, H0, C0[:1], *LSTM[:2]),
    ),
}
