"""Cases for `snippets.autodiff`."""

import numpy as np

from snippets.autodiff import Tensor
from tests.cases import array, bad, cases, good, matrix

X, W, B = matrix(4, 3), matrix(3, 2, seed=1), matrix(2, seed=2)
LABELS = np.array([0, 1, 1, 0])


def with_gradient(make, x):
    x = make(x)
    y = (x * x).tanh().sum()
    y.backward()
    return y.data, x.grad


def on_tensors(f, *arrays):
    tensors = [Tensor(a) for a in arrays]
    y = f(*tensors)
    y.backward(np.ones(y.shape))
    return y.data, [tensor.grad for tensor in tensors]


def loss_of(f, z, labels):
    logits = Tensor(z)
    loss = f(logits, labels)
    loss.backward()
    return loss.data, logits.grad


def doubled(make, x, slope):
    y = 2 * make(x, slope) + make(x)
    return y.value, y.slope


def product(f, x):
    return f((Tensor(x) * Tensor(x)).sum())


CASES = {
    "Tensor": cases(
        good(X, run=with_gradient), bad("data", "text"), bad("data", [[1.0], [1.0, 2.0]])
    ),
    "affine": cases(
        good(X, W, B, run=on_tensors),
        bad("w", X, W[:2], B),
        bad("b", X, W, B[:1]),
        bad("x", B, W, B),
    ),
    "cross_entropy": cases(
        good(X, LABELS, run=loss_of),
        bad("logits", X, LABELS),
        bad("labels", Tensor(X), LABELS + 3),
        bad("labels", Tensor(X), LABELS[:2]),
    ),
    "topological_order": cases(good(X, run=lambda f, x: len(product(f, x))), bad("output", 3.0)),
    "operation_counts": cases(good(X, run=product), bad("output", X)),
    "reverse_gradient": cases(
        good(lambda x: (x * x).sum(), X),
        bad("x", lambda x: x.sum(), "text"),
        bad("f", lambda x: x, array(1.0, 2.0)),
    ),
    "forward_gradient": cases(
        good(lambda x: (x * x).sum(), X),
        bad("x", lambda x: x.sum(), "text"),
        bad("f", lambda x: x, array(1.0, 2.0)),
    ),
    "Dual": cases(good(X, X, run=doubled), bad("value", "text"), bad("slope", X, X[:1])),
}
