"""Cases for `snippets.vanishing_gradient`."""

import numpy as np

from snippets.vanishing_gradient import train_relu_regression
from tests.cases import RNG, array, bad, cases, good

Z, W = array(0.5, -1.0, 0.2), array(1.0, 2.0, -0.5)
NETWORK = train_relu_regression(np.random.default_rng(0), lr=0.01, steps=2)


def signal():
    return cases(good(Z, 1), bad("logits", 1.0, 0), bad("label", Z, 3))


CASES = {
    "chain_slope": cases(good(Z, W), bad("zs", 1.0, W), bad("ws", Z, W[:2])),
    "cross_entropy_signal": signal(),
    "squared_error_signal": signal(),
    "dead_network_rate": cases(
        good(RNG, 3, nets=10, batch=4),
        bad("rng", 0, 3),
        bad("depth", RNG, 0),
        bad("width", RNG, 3, width=0),
        bad("nets", RNG, 3, nets=0),
    ),
    "dead_units": cases(good(NETWORK, Z), bad("x", NETWORK, 1.0)),
    "gradient_norms": cases(
        good(RNG, 3, width=4, batch=5),
        bad("rng", 0, 3),
        bad("depth", RNG, 0),
        bad("activation", RNG, 3, activation="swosh"),
        bad("gain", RNG, 3, gain=0),
    ),
    "train_relu_regression": cases(
        good(RNG, 0.01, steps=2), bad("rng", 0, 0.01), bad("lr", RNG, 0), bad("steps", RNG, 0.1, -1)
    ),
}
