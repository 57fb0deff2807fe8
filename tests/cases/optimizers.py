"""Cases for `snippets.optimizers`."""

from snippets.optimizers import SGD
from tests.cases import array, bad, cases, good, matrix

PARAMS = [matrix(2, 3), matrix(3, seed=1)]
GRADS = [matrix(2, 3, seed=2), matrix(3, seed=3)]


def two_steps(make, params, grads, *args, **kwargs):
    optimizer = make(*args, **kwargs)
    return optimizer.step(optimizer.step(params, grads), grads)


def optimizer(*settings, **bad_settings):
    return cases(
        good(PARAMS, GRADS, 0.1, *settings, run=two_steps),
        bad("lr", -1),
        bad("params", PARAMS[0], GRADS, 0.1, run=two_steps),
        bad("grads", PARAMS, GRADS[:1], 0.1, run=two_steps),
        bad("grads[1]", PARAMS, [GRADS[0], GRADS[1][:2]], 0.1, run=two_steps),
        *(bad(name, 0.1, **{name: value}) for name, value in bad_settings.items()),
    )


def follow(f, start):
    return f(SGD(0.1), lambda w: 2 * w, start, 3)


CASES = {
    "Optimizer": cases(
        good(PARAMS, GRADS, run=lambda make, p, g: SGD(0.1).step(p, g)), bad("lr", "fast")
    ),
    "SGD": optimizer(0.9, True, 0.01, momentum=1, weight_decay=-1, nesterov=True),
    "RMSProp": optimizer(0.9, decay=1, eps=0),
    "Adam": optimizer(0.9, beta1=1, beta2=-0.1, eps=0),
    "AdamW": optimizer(0.01, weight_decay=-1, beta1=1),
    "trajectory": cases(
        good(array(1.0, 2.0), run=follow),
        bad("optimizer", None, lambda w: w, [1.0], 3),
        bad("optimizer", SGD, lambda w: w, [1.0], 3),
        bad("gradient(w)", SGD(0.1), lambda w: 1.0, [1.0, 2.0], 3),
        bad("start", SGD(0.1), lambda w: w, [[1.0]], 3),
        bad("steps", SGD(0.1), lambda w: w, [1.0], -1),
    ),
}
