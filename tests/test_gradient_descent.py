"""Gradient descent: step size, batches, and rests that are no minimum."""

import numpy as np
import pytest

from snippets import gradient_descent as gd

BOWL = np.array([[3.0, 1.0], [1.0, 2.0]])


def numeric(f, p, eps=1e-5):
    return np.array([(f(p + d) - f(p - d)) / (2 * eps) for d in eps * np.eye(len(p))])


def test_gradient_of_the_bowl_matches_central_difference():
    theta = np.array([0.7, -1.3])
    expected = numeric(lambda p: gd.quadratic(p, BOWL), theta)
    np.testing.assert_allclose(gd.quadratic_grad(theta, BOWL), expected, rtol=1e-6)


@pytest.mark.parametrize("seed", range(5))
def test_descent_converges_below_two_over_lambda_max_and_diverges_above(seed):
    root = np.random.default_rng(seed).normal(size=(3, 3))
    a = root @ root.T + 0.1 * np.eye(3)
    a = (a + a.T) / 2
    limit = gd.step_size_limit(a)
    assert limit == pytest.approx(2 / np.linalg.eigvalsh(a)[-1])
    start = np.ones(3)
    below = gd.descend(lambda p: gd.quadratic_grad(p, a), start, 0.98 * limit, 2000)
    above = gd.descend(lambda p: gd.quadratic_grad(p, a), start, 1.02 * limit, 2000)
    assert np.linalg.norm(below[-1]) < 1e-2 * np.linalg.norm(start)
    assert np.linalg.norm(above[-1]) > 1e6


def test_at_the_limit_the_steps_jump_between_two_points():
    path = gd.descend(lambda p: gd.quadratic_grad(p, [[4.0]]), [1.0], 0.5, 4)
    assert path[:, 0].tolist() == [1, -1, 1, -1, 1]


def test_path_begins_at_the_start_and_leaves_it_alone():
    start = np.array([1.0, 2.0])
    start.flags.writeable = False
    path = gd.descend(lambda p: p, start, 0.5, 2)
    assert path.tolist() == [[1, 2], [0.5, 1], [0.25, 0.5]]
    assert gd.descend(lambda p: p, start, 0.5, 0).tolist() == [[1, 2]]


def test_delta_rule_is_gradient_descent_on_the_error_before_the_threshold():
    x, y, w, b, lr = np.array([0.5, -1.5]), 1.0, np.array([0.2, 0.4]), 0.1, 0.3
    gradient = numeric(lambda p: (p[:2] @ x + p[2] - y) ** 2 / 2, np.array([*w, b]))
    new_w, new_b = gd.delta_rule_step(x, y, w, b, lr)
    np.testing.assert_allclose([*new_w, new_b], np.array([*w, b]) - lr * gradient, rtol=1e-8)


def test_delta_rule_still_learns_where_the_perceptron_is_satisfied():
    # z = 0.25 >= 0: the step fires as it should, and yet z is not 1
    w, b = gd.delta_rule_step([1.0], 1.0, [0.25], 0.0)
    assert (w.item(), b) == (0.25 + 0.1 * 0.75, 0.1 * 0.75)


def test_gradient_of_the_mean_loss_is_the_mean_of_the_gradients():
    centres = np.array([-1.0, 0.5, 4.0])
    for theta in (-2.0, 0.0, 3.0):
        eps = 1e-5
        plus, minus = (gd.parabolas(theta + e, centres).mean() for e in (eps, -eps))
        mean = gd.parabolas_grad(theta, centres).mean()
        assert mean == pytest.approx((plus - minus) / (2 * eps), rel=1e-6)


def test_own_minimum_of_each_sample_is_not_the_minimum_over_all():
    centres = np.array([-1.0, 0.5, 4.0])
    best = centres.mean()
    total = gd.parabolas(best, centres).mean()
    for n, centre in enumerate(centres):
        assert gd.parabolas(centre, centres)[n] == 0
        assert gd.parabolas(centre, centres).mean() > total


def test_the_sum_of_gradients_can_be_zero_where_no_term_is():
    gradients = gd.parabolas_grad(1.0, [-1.0, 0.0, 4.0])
    assert gradients.sum() == 0
    assert (gradients != 0).all()


@pytest.mark.parametrize("size", [1, 3, 10, 50])
def test_an_epoch_deals_out_every_example_once(size):
    dealt = list(gd.batches(np.random.default_rng(0), 10, size))
    assert sorted(np.concatenate(dealt).tolist()) == list(range(10))
    assert all(batch.dtype == np.intp for batch in dealt)
    assert all(len(batch) == min(size, 10) for batch in dealt[:-1])


@pytest.mark.parametrize("size", [1, 4, 20])
def test_batch_mini_batch_and_sgd_come_close_to_the_same_minimum(size):
    centres = np.random.default_rng(1).normal(2, 1, 20)

    def gradient(theta, batch):
        return gd.parabolas_grad(theta[0], centres[batch]).mean(keepdims=True)

    rng = np.random.default_rng(0)
    path = gd.stochastic_descend(gradient, [9.0], 0.05, 20, size, epochs=200, rng=rng)
    assert len(path) == 1 + 200 * -(-20 // size)
    end = path[-len(path) // 4 :, 0]
    assert end.mean() == pytest.approx(centres.mean(), abs=0.05)
    # only the full batch comes to rest
    assert (end.std() < 1e-3) == (size == 20)


@pytest.mark.parametrize("name", gd.LANDSCAPES)
def test_gradient_is_zero_at_the_origin_but_only_one_is_a_minimum(name):
    landscape = gd.LANDSCAPES[name]
    assert not landscape.grad([0.0, 0.0]).any()
    ring = 0.1 * np.array([[np.cos(t), np.sin(t)] for t in np.linspace(0, 6.28, 50)])
    lowest = landscape.f(ring[:, 0], ring[:, 1]).min()
    assert (lowest > landscape.f(0, 0)) == (name == "minimum")
    assert gd.classify(landscape.hessian()) == name


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("v", [[1, 2, 3], [1, -1], [3, 1, 4, 1, 5], [0.5]])
def test_rounding_does_not_decide_what_a_flat_direction_is(v, dtype):
    v = np.array(v, dtype)
    one_curved_direction = np.outer(v, v)
    flat = "plateau" if len(v) > 1 else None
    assert gd.classify(one_curved_direction) == (flat or "minimum")
    assert gd.classify(-one_curved_direction) == (flat or "maximum")
    assert gd.classify(one_curved_direction + 0.125 * np.eye(len(v), dtype=dtype)) == "minimum"
    assert gd.classify(0 * one_curved_direction) == "plateau"


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("landscape", gd.LANDSCAPES.values())
def test_landscape_keeps_the_dtype(landscape, dtype):
    p = np.array([0.5, -1.0], dtype)
    assert landscape.grad(p).dtype == landscape.f(p, p).dtype == dtype


@pytest.mark.parametrize("name", gd.LANDSCAPES)
def test_landscape_gradient_and_hessian_match_central_differences(name):
    landscape, p = gd.LANDSCAPES[name], np.array([0.4, -0.7])
    expected = numeric(lambda q: float(landscape.f(q[0], q[1])), p)
    np.testing.assert_allclose(landscape.grad(p), expected, rtol=1e-6)
    columns = numeric(lambda q: landscape.grad(q), np.zeros(2))
    np.testing.assert_allclose(landscape.hessian(), columns, atol=1e-9)


def test_descent_started_on_the_ridge_rests_at_the_saddle_and_a_nudge_frees_it():
    saddle = gd.LANDSCAPES["saddle"].grad
    assert np.abs(gd.descend(saddle, [1.0, 0.0], 0.1, 200)[-1]).max() < 1e-15
    assert np.abs(gd.descend(saddle, [1.0, 1e-9], 0.1, 200)[-1]).max() > 1


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: gd.descend(lambda p: p, [1.0], 0, 1), ValueError, r"descend: lr must be a number"),
        (lambda: gd.step_size_limit([[-1.0]]), ValueError, r"a must curve upwards, got lambda_max"),
        (lambda: gd.quadratic([1.0], [[1.0, 2.0]]), ValueError, r"a must be square and symmetric"),
        (lambda: gd.quadratic([1.0, 2], [[1.0]]), ValueError, r"theta must have shape \(1,\)"),
        (lambda: gd.batches(0, 5, 1), TypeError, r"batches: rng must be"),
        (lambda: gd.batches(np.random.default_rng(0), 5, 0), ValueError, r"size must be an integ"),
        (lambda: gd.delta_rule_step([1.0], 1, [1.0, 2], 0), ValueError, r"w must have shape"),
        (
            lambda: gd.classify([[0.0, 1.0], [2.0, 0.0]]),
            ValueError,
            r"classify: hessian must be square",
        ),
    ],
)
def test_bad_input_is_named(call, error, message):
    with pytest.raises(error, match=message):
        call()
