"""Cases for `snippets.mcculloch_pitts`."""

from snippets.mcculloch_pitts import two_layers
from tests.cases import array, bad, cases, good

X = array(0, 0, 0, 1, 1, 0, 1, 1).reshape(4, 2)
XOR = array(0, 1, 1, 0)

CASES = {
    "mcp_neuron": cases(
        good(X, array(1, -1), 1),
        bad("x", 2 * X, array(1, -1), 1),
        bad("signs", X, array(1, 2), 1),
        bad("threshold", X, array(1, 1), 0.5),
    ),
    "two_layers": cases(good(XOR), bad("outputs", XOR[:3]), bad("outputs", 2 * XOR)),
    "run": cases(good(two_layers(XOR), X), bad("x", two_layers(XOR), X[:, :1])),
}
