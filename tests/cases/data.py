"""Cases for `snippets.data`."""

import numpy as np

from tests.cases import RNG, bad, cases, good, matrix

X, Y = matrix(8, 2), np.arange(8)

CASES = {
    "xor": cases(good()),
    "moons": cases(
        good(6, RNG), bad("n", 0, RNG), bad("rng", 6, 0), bad("noise", 6, RNG, noise=-1)
    ),
    "spirals": cases(
        good(6, RNG, arms=3),
        bad("n", 0, RNG),
        bad("rng", 6, None),
        bad("arms", 6, RNG, arms=0),
        bad("turns", 6, RNG, turns=0),
        bad("noise", 6, RNG, noise=-1),
    ),
    "blobs": cases(
        good(6, RNG, centers=matrix(3, 2)),
        bad("n", 1.5, RNG),
        bad("rng", 6, 0),
        bad("centers", 6, RNG, centers=[1.0]),
        bad("std", 6, RNG, std=-1),
    ),
    "digits": cases(good(), good(np.float32), bad("dtype", int)),
    "train_test_split": cases(
        good(X, Y, RNG),
        bad("y", X, Y[:3], RNG),
        bad("rng", X, Y, 0),
        bad("test_share", X, Y, RNG, test_share=1),
    ),
    "korean_works": cases(good()),
    "korean_text": cases(good()),
    "split_jamo": cases(good("한글 ABC ㅋ"), bad("text", 3)),
    "join_jamo": cases(good("ㅎㅏㄴㄱㅡㄹ"), bad("letters", None)),
}
