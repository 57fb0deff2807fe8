"""Cases for `snippets.normalization`."""

import numpy as np

from tests.cases import array, bad, cases, good, matrix

X, IMAGES, DY = matrix(4, 3), matrix(2, 3, 4, 4), matrix(4, 3, seed=1)
GAMMA, BETA, MEAN, VAR = (array(1, 2, 3), array(0, 1, -1), array(0, 0.5, 1), array(1, 2, 0.5))

BACKWARD = (
    bad("dy", DY[:1], X, GAMMA),
    bad("gamma", DY, X, GAMMA[:2]),
    bad("eps", DY, X, GAMMA, eps=-1),
)

CASES = {
    "batch_norm": cases(
        good(X, GAMMA, BETA),
        good(IMAGES, GAMMA, BETA),
        bad("x", X[0], GAMMA, BETA),
        bad("gamma", X, GAMMA[:2], BETA),
        bad("beta", X, GAMMA, BETA[:2]),
        bad("eps", X, GAMMA, BETA, eps=0),
    ),
    "batch_norm_backward": cases(
        good(DY, X, GAMMA), good(IMAGES, IMAGES, GAMMA), bad("x", DY, X[0], GAMMA), *BACKWARD
    ),
    "batch_norm_inference": cases(
        good(X, GAMMA, BETA, MEAN, VAR),
        good(IMAGES, GAMMA, BETA, MEAN, VAR),
        bad("running_mean", X, GAMMA, BETA, MEAN[:1], VAR),
        bad("running_var", X, GAMMA, BETA, MEAN, -VAR),
    ),
    "update_running_statistics": cases(
        good(MEAN, VAR, X),
        good(MEAN, VAR, IMAGES, momentum=0.5),
        bad("running_mean", MEAN[:2], VAR, X),
        bad("running_var", MEAN, VAR[:2], X),
        bad("momentum", MEAN, VAR, X, momentum=2),
        bad("x", MEAN, VAR, X[:1]),
    ),
    "layer_norm": cases(
        good(X, GAMMA, BETA),
        good(matrix(2, 2, 3), GAMMA, BETA),
        bad("x", 1.0, GAMMA, BETA),
        bad("gamma", X, GAMMA[:2], BETA),
        bad("beta", X, GAMMA, BETA[:2]),
    ),
    "layer_norm_backward": cases(good(DY, X, GAMMA), *BACKWARD),
    "residual": cases(
        good(X, np.tanh), bad("x", "text", np.tanh), bad("f(x)", X, lambda x: np.sum(x))
    ),
    "residual_backward": cases(
        good(DY, np.tanh), bad("dy", "text", np.tanh), bad("f_backward", DY, lambda dy: dy[:1])
    ),
}
