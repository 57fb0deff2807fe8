"""Cases for `snippets.gradient_descent`."""

from tests.cases import RNG, array, bad, cases, good

A, THETA, CENTRES = array(2, 1, 1, 3).reshape(2, 2), array(1.0, -2.0), array(0.0, 1.0, 3.0)


def pull(theta, batch):
    return theta - len(batch)


def indices(f, *args):
    return list(f(*args))


CASES = {
    "batches": cases(
        good(RNG, 5, 2, run=indices),
        bad("rng", 0, 5, 2, run=indices),
        bad("examples", RNG, 0, 2, run=indices),
        bad("size", RNG, 5, 0, run=indices),
    ),
    "classify": cases(
        good(A),
        bad("hessian", array(1.0, 2.0)),
        bad("hessian", array(1, 2, 3, 4).reshape(2, 2)),
    ),
    "delta_rule_step": cases(
        good(THETA, 1.0, THETA, 0.5),
        bad("w", THETA, 1.0, CENTRES, 0.5),
        bad("x", A, 1.0, THETA, 0.5),
    ),
    "descend": cases(
        good(lambda theta: 2 * theta, THETA, 0.1, 3),
        bad("start", lambda theta: theta, A, 0.1, 3),
        bad("lr", lambda theta: theta, THETA, 0, 3),
        bad("steps", lambda theta: theta, THETA, 0.1, -1),
    ),
    "parabolas": cases(good(1.0, CENTRES), bad("centres", 1.0, A), bad("theta", "one", CENTRES)),
    "parabolas_grad": cases(
        good(1.0, CENTRES), bad("centres", 1.0, A), bad("theta", "one", CENTRES)
    ),
    "quadratic": cases(good(THETA, A), bad("theta", CENTRES, A), bad("a", THETA, CENTRES)),
    "quadratic_grad": cases(good(THETA, A), bad("theta", CENTRES, A), bad("a", THETA, CENTRES)),
    "step_size_limit": cases(good(A), bad("a", -A), bad("a", CENTRES)),
    "stochastic_descend": cases(
        good(pull, THETA, 0.1, examples=4, size=2, epochs=2, rng=RNG),
        bad("lr", pull, THETA, 0, examples=4, size=2, epochs=2, rng=RNG),
        bad("start", pull, A, 0.1, examples=4, size=2, epochs=2, rng=RNG),
        bad("epochs", pull, THETA, 0.1, examples=4, size=2, epochs=0, rng=RNG),
    ),
}
