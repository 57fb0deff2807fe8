"""Cases for `snippets.perceptron`."""

from tests.cases import RNG, array, bad, cases, good

X = array(0, 0, 0, 1, 1, 0, 1, 1).reshape(4, 2)
AND, XOR = array(0, 0, 0, 1), array(0, 1, 1, 0)
SIGNED = array(1, 1, -1, 1, 0, -1).reshape(3, 2)
LABELS, W = array(1, 1, 0), array(0.1, 1)


def learn(make, x, y, **settings):
    neuron = make(**settings).fit(x, y)
    return neuron.w, neuron.b, neuron.predict(x)


LOSS = cases(
    good(W, X, AND), bad("w", W[:1], X, AND), bad("x", W, X[0], AND), bad("y", W, X, 2 * AND)
)
CASES = {
    "Perceptron": cases(
        good(X, AND, run=learn),
        good(X, XOR, epochs=3, run=learn),
        bad("lr", lr=0),
        bad("epochs", epochs=0),
        bad("rng", rng=0),
        bad("bias", bias="no"),
        bad("y", X, 2 * AND, run=learn),
    ),
    "learning_rule_step": cases(
        good(X[1], 1.0, W), bad("x", X, 1.0, W), bad("w", X[1], 1.0, W[:1]), bad("y", X[1], 5, W)
    ),
    "with_constant": cases(good(X), bad("x", X[0])),
    "count_mistakes": cases(
        good(SIGNED, LABELS, epochs=50),
        bad("separable", X, XOR, epochs=5),
        bad("y", X, AND[:2], said_by="Perceptron"),
    ),
    "margin": cases(
        good(SIGNED, LABELS, W), bad("w", SIGNED, LABELS, 0 * W), bad("y", SIGNED, AND, W)
    ),
    "novikoff_bound": cases(
        good(SIGNED, LABELS, W), bad("w_star", SIGNED, LABELS, -W), bad("x", X[0], LABELS, W)
    ),
    "zero_one_loss": LOSS,
    "perceptron_loss": LOSS,
    "perceptron_loss_subgradient": LOSS,
    "find_cycle": cases(good(X, XOR), bad("epochs", X, XOR, epochs=0), bad("y", X, AND[:2])),
    "separable_set": cases(
        good(RNG, 5), bad("n", RNG, 0), bad("gap", RNG, 5, gap=0.9), bad("rng", 0, 5)
    ),
}
