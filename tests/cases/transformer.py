"""Cases for `snippets.transformer`."""

import numpy as np

from snippets.transformer import Decoder
from tests.cases import RNG, bad, cases, good, matrix

X, DY = matrix(4, 2, 6), matrix(4, 2, 6, seed=1)
FORWARD = (matrix(6, 8), matrix(8), matrix(8, 6), matrix(6, seed=2))
PARAMS = Decoder(5, 4, 6, 3, 1, np.random.default_rng(0)).blocks[0]
TOKENS = np.array([[0, 1], [2, 3], [4, 4]])


def answer(make, tokens, *args):
    return make(*args).forward(tokens)


CASES = {
    "feed_forward": cases(
        good(X, *FORWARD),
        bad("b_2", X, *FORWARD[:3], 1.0),
        bad("x", X[..., :2], *FORWARD),
    ),
    "feed_forward_backward": cases(good(DY, X, *FORWARD[:3]), bad("dy", DY[:1], X, *FORWARD[:3])),
    "block": cases(good(X, PARAMS, 3), bad("x", X[0], PARAMS, 3)),
    "block_backward": cases(
        good(DY, X, PARAMS, 3), bad("dy", DY[:1], X, PARAMS, 3), bad("x", DY, X[0], PARAMS, 3)
    ),
    "Decoder": cases(
        good(TOKENS, 5, 4, 6, 3, 2, RNG, run=answer),
        bad("heads", 5, 4, 6, 4, 2, RNG),
        bad("steps", 5, 0, 6, 3, 2, RNG),
        bad("layers", 5, 4, 6, 3, -1, RNG),
        bad("rng", 5, 4, 6, 3, 2, 0),
    ),
}
