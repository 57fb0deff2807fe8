"""Cases for `snippets.cnn`."""

from tests.cases import RNG, bad, cases, good, matrix

X = matrix(2, 1, 8, 8)
NET = ((1, 8, 8), [2, 3], 3, [1, 1], [5], 4, RNG)


def answer(make, x, *args):
    return make(*args).forward(x)


def size(make, *args):
    return sum(p.size for p in make(*args).params)


CASES = {
    "LeNet": cases(
        good(X, *NET, run=answer),
        bad("filters", (1, 8, 8), [2], 3, [1, 1], [5], 4, RNG),
        float64_only="the weights of the model are float64",
    ),
    "digits_net": cases(good(RNG, run=size), bad("rng", 0, said_by="he_uniform")),
    "lenet5": cases(good(RNG, run=size), bad("rng", 0, said_by="he_uniform")),
}
