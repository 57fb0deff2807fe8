"""Cases for `snippets.backpropagation`."""

from snippets.backpropagation import Layer, forward_trace
from tests.cases import RNG, bad, cases, good, matrix

X, Y = matrix(4, 3), matrix(4, 2, seed=1)
LAYERS = [
    Layer(matrix(3, 5, seed=2), matrix(5, seed=3)),
    Layer(matrix(5, 2, seed=4), matrix(2, seed=5)),
]

WRONG = (
    bad("x", X[0], Y, LAYERS, said_by="forward_trace"),
    bad("y", X, Y[:1], LAYERS, said_by="forward_trace"),
)


def values(f, x, y, layers):
    return [step.value for step in f(x, y, layers)]


CASES = {
    "forward_trace": cases(
        good(X, Y, LAYERS),
        bad("x", X[0], Y, LAYERS),
        bad("y", X, Y[:1], LAYERS),
        bad("layers", X, Y, []),
    ),
    "backward_trace": cases(
        good(forward_trace(X, Y, LAYERS), Y, LAYERS),
        bad("y", forward_trace(X, Y, LAYERS), Y[:1], LAYERS),
    ),
    "example_2_2_2": cases(good()),
    "random_layers": cases(good(RNG, [2, 3, 1]), bad("rng", 0, [2, 1]), bad("sizes", RNG, [2, 0])),
    "loss": cases(good(X, Y, LAYERS), *WRONG),
    "gradients": cases(good(X, Y, LAYERS), *WRONG),
    "named_steps": cases(good(X, Y, LAYERS, run=values), *WRONG),
    "update": cases(good(LAYERS, LAYERS, 0.1), bad("lr", LAYERS, LAYERS, 0)),
}
