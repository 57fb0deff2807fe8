"""Cases for `snippets.loss`."""

import numpy as np

from tests.cases import array, bad, cases, good, matrix

Y_HAT, Y = matrix(4, 3), matrix(4, 3, seed=1)
SIGNS, BITS, SHARES = array(1, -1, 1), array(1, 0, 1), array(0.9, 0.2, 0.6)
LOGITS, LABELS = matrix(4, 3), np.array([0, 2, 1, 1])


def pair(y_hat, y, *extra):
    return cases(good(y_hat, y), bad("y_hat", "text", y), bad("y", y_hat, y[:-1]), *extra)


LABELLED = cases(
    good(LOGITS, LABELS),
    bad("logits", LOGITS[0], LABELS),
    bad("labels", LOGITS, LABELS + 1),
    bad("labels", LOGITS, LABELS[:2]),
    bad("labels", LOGITS, LABELS + 0.5),
)
TABLE = {
    "mse": pair(Y_HAT, Y),
    "mae": pair(Y_HAT, Y),
    "huber": pair(Y_HAT, Y, good(Y_HAT, Y, delta=0.5), bad("delta", Y_HAT, Y, delta=0)),
    "hinge": pair(array(0.5, 2.0, -1.0), SIGNS, bad("y", SIGNS, BITS)),
    "binary_cross_entropy": pair(SHARES, BITS, bad("y_hat", 2 * SHARES, BITS)),
    "binary_cross_entropy_with_logits": pair(array(0.5, 2.0, -1.0), BITS, bad("y", BITS, 2 * BITS)),
    "cross_entropy": LABELLED,
}
CASES = {name: entry for f, entry in TABLE.items() for name in (f, f"{f}_grad")} | {
    "one_hot": cases(good(LABELS, 3), bad("labels", LABELS, 2), bad("classes", LABELS, 0)),
}
