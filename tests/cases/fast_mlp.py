"""Cases for `snippets.fast_mlp`."""

import numpy as np

from snippets.fast_mlp import FlatSGD
from snippets.multilayer_perceptron import MLP
from tests.cases import array, bad, cases, good, matrix

X, LABELS = matrix(6, 3), np.array([0, 1, 2, 0, 1, 2])
W, G = array(1.0, 2.0, 3.0), array(0.5, -1.0, 0.0)


def net(**change):
    settings = {"activation": "relu", "loss": "cross_entropy", **change}
    return MLP([3, 4, 3], rng=np.random.default_rng(0), **settings)


def train(make, x, labels, batch=3, epochs=2, steps_by=lambda flat: FlatSGD(flat, 0.1)):
    model = MLP([3, 4, 3], "relu", np.random.default_rng(0), loss="cross_entropy")
    fast = make(model, batch)
    return fast.fit(x, labels, steps_by(fast.flat), epochs)


def descend(make, w, g, *args):
    """Take a step on copies: the flat optimizers write into what they are given."""
    w, g = own(w), own(g)
    make(w, *args).step(g)
    return w


def own(numbers):
    """Copy into an array of its own, if that can be done."""
    try:
        return np.array(numbers)
    except ValueError:
        return numbers


CASES = {
    "FastMLP": cases(
        good(X, LABELS, run=train),
        bad("net", "an MLP", 3),
        bad("net", net(activation="tanh"), 3),
        bad("net", net(loss="mse"), 3),
        bad("batch", net(), 0),
        bad("x", X[:, :2], LABELS, run=train),
        bad("x", X, LABELS, 7, run=train),
        bad("labels", X, LABELS + 1, run=train),
        bad("epochs", X, LABELS, 3, -1, run=train),
        bad("optimizer", X, LABELS, run=train, steps_by=lambda flat: None),
        bad("optimizer", X, LABELS, run=train, steps_by=lambda flat: FlatSGD(flat.copy(), 0.1)),
        float64_only="the weights of the model are float64",
    ),
    "FlatAdam": cases(
        good(W, G, run=descend),
        bad("params", [1.0, 2.0]),
        bad("lr", W, -1),
        bad("beta1", W, 0.1, 1),
        bad("beta2", W, 0.1, 0.9, -1),
        bad("eps", W, 0.1, 0.9, 0.999, 0),
    ),
    "FlatSGD": cases(
        good(W, G, 0.5, run=descend), bad("params", np.arange(3), 0.1), bad("lr", W, -1)
    ),
    "flat_views": cases(
        good(matrix(7), [(2, 3), (1,)]),
        bad("shapes", matrix(7), [(2, 3)]),
        bad("flat", matrix(7, 1), [(7,)]),
    ),
}
