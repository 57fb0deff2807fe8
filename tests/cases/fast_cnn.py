"""Cases for `snippets.fast_cnn`."""

import numpy as np

from snippets.cnn import LeNet
from snippets.fast_mlp import FlatSGD
from tests.cases import bad, cases, good, matrix

X, W, B = matrix(2, 5, 4, 3), matrix(4, 2, 3, 2), matrix(4)
DY = matrix(4, 3, 3, 3, seed=1)
IMAGES, LABELS = matrix(5, 1, 8, 8), np.array([0, 1, 2, 3, 0])
PEAKS = X[:, :4].reshape(2, 2, 2, 2, 2, 3).max(axis=(2, 4))


def train(make, images, labels, batch=2, epochs=2, steps_by=lambda flat: FlatSGD(flat, 0.1)):
    net = LeNet((1, 8, 8), [2], 3, [1], [], 4, np.random.default_rng(0))
    fast = make(net)
    return fast.fit(images, labels, steps_by(fast.flat), epochs, batch)


CASES = {
    "FastLeNet": cases(
        good(IMAGES, LABELS, run=train),
        bad("net", "a LeNet"),
        bad("x", IMAGES[:, :, :7], LABELS, run=train),
        bad("x", IMAGES, LABELS, 6, run=train),
        bad("labels", IMAGES, LABELS + 1, run=train),
        bad("batch", IMAGES, LABELS, 0, run=train),
        bad("epochs", IMAGES, LABELS, 2, -1, run=train),
        bad("optimizer", IMAGES, LABELS, run=train, steps_by=lambda flat: None),
        bad("optimizer", IMAGES, LABELS, run=train, steps_by=lambda flat: FlatSGD(1 * flat, 0.1)),
        float64_only="the weights of the model are float64",
    ),
    "conv2d_batch_last": cases(
        good(X, W, B),
        good(X, W, B, 2, 1),
        bad("x", X[0], W, B),
        bad("w", X, W[:, :1], B),
        bad("b", X, W, B[:3]),
        bad("stride", X, W, B, 0),
        bad("padding", X, W, B, 1, -1),
        bad("kernel", X[:, :2], W, B),
    ),
    "conv2d_batch_last_backward": cases(
        good(DY, X, W), bad("dy", DY[:1], X, W), bad("x", DY, X[0], W), bad("w", DY, X, W[:, :1])
    ),
    "max_pool2d_batch_last": cases(
        good(X, 2), bad("x", X[0], 2), bad("size", X, 0), bad("size", X, 6)
    ),
    "max_pool2d_batch_last_backward": cases(
        good(PEAKS * 2, X, PEAKS, 2),
        bad("dy", PEAKS[:1], X, PEAKS, 2),
        bad("y", PEAKS, X, PEAKS[:1], 2),
        bad("x", PEAKS, X[0], PEAKS, 2),
        bad("size", PEAKS, X, PEAKS, 0),
    ),
}
