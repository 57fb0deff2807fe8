"""Cases for `snippets.activations`."""

from snippets.activations import softmax
from tests.cases import array, bad, cases, good, matrix

Z = matrix(4, 3)
P = softmax(Z)
ELEMENTWISE = ["identity", "step", "sigmoid", "tanh", "relu", "softplus", "gelu", "silu"]


def elementwise(*extra):
    return cases(
        good(Z), good(array(0.5)), bad("z", "text"), bad("z", [[1], [2, 3]]), *extra,
        elementwise=True,
    )  # fmt: skip


CASES = (
    {name: elementwise() for f in ELEMENTWISE for name in (f, f"{f}_prime")}
    | {
        name: elementwise(good(Z, 0.2), bad(parameter, Z, "steep"))
        for f, parameter in (("leaky_relu", "slope"), ("elu", "alpha"))
        for name in (f, f"{f}_prime")
    }
    | {
        "softmax": cases(good(Z), good(Z, axis=0), bad("z", "text"), bad("axis", Z, axis=2)),
        "log_softmax": cases(good(Z), good(Z, axis=0), bad("z", "text"), bad("axis", Z, axis=2)),
        "softmax_backward": cases(
            good(Z, P), bad("dy", "text", P), bad("p", Z, P[:1]), bad("axis", Z, P, axis=5)
        ),
        "softmax_jacobian": cases(good(P[0]), bad("p", "text"), bad("p", P)),
    }
)
