"""The fast perceptron is the readable one, in less time: same losses, same parameters."""

import numpy as np
import pytest

from snippets.fast_mlp import FastMLP, FlatAdam, FlatSGD, flat_views
from snippets.loss import cross_entropy
from snippets.multilayer_perceptron import MLP
from snippets.optimizers import SGD, Adam


def problem(sizes, n, dtype=np.float64, seed=0):
    rng = np.random.default_rng(seed)
    net = MLP(sizes, "relu", rng, loss="cross_entropy", dtype=dtype)
    net.params = [(p + 0.1 * rng.normal(size=p.shape)).astype(dtype) for p in net.params]
    return net, rng.normal(size=(n, sizes[0])).astype(dtype), rng.integers(sizes[-1], size=n)


@pytest.mark.parametrize("sizes", [[3, 5, 4], [4, 8, 6, 3], [2, 3], [1, 1, 2]])
@pytest.mark.parametrize("batch", [1, 4])
def test_gradients_equal_those_of_the_readable_network(sizes, batch):
    net, x, y = problem(sizes, batch)
    fast = FastMLP(net, batch)
    grads = {}

    class Keep:
        def step(self, grad):
            grads["of the step"] = [g.copy() for g in fast.gradients]

    (loss,) = fast.fit(x, y, Keep(), epochs=1)
    assert loss == pytest.approx(cross_entropy(net.forward(x), y), rel=1e-12)
    for ours, theirs in zip(grads["of the step"], net.gradients(x, y), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-13)


@pytest.mark.parametrize(("flat", "plain"), [(FlatSGD, SGD), (FlatAdam, Adam)])
@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-10), (np.float32, 1e-4)])
def test_training_arrives_at_the_parameters_of_the_readable_network(flat, plain, dtype, tolerance):
    net, x, y = problem([5, 9, 7, 4], 40, dtype)
    fast = FastMLP(net, 8)
    losses = fast.fit(x, y, flat(fast.flat, 0.01), epochs=10)
    optimizer, expected = plain(0.01), []
    for _ in range(10):
        of_batches = []
        for i in range(0, 40, 8):
            of_batches.append(cross_entropy(net.forward(x[i : i + 8]), y[i : i + 8]))
            net.params = optimizer.step(net.params, net.gradients(x[i : i + 8], y[i : i + 8]))
        expected.append(np.mean(of_batches))
    np.testing.assert_allclose(losses, expected, rtol=tolerance)
    for ours, theirs in zip(fast.params, net.params, strict=True):
        assert ours.dtype == theirs.dtype == dtype
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=tolerance)


def test_the_network_that_was_copied_stays_as_it_was():
    net, x, y = problem([3, 4, 2], 8)
    before = [p.copy() for p in net.params]
    fast = FastMLP(net, 4)
    fast.fit(x, y, FlatSGD(fast.flat, 0.5), epochs=2)
    for p, q in zip(net.params, before, strict=True):
        np.testing.assert_array_equal(p, q)


def test_huge_logits_give_a_finite_loss():
    net, x, y = problem([3, 2], 4)
    net.params = [p * 1e5 for p in net.params]
    fast = FastMLP(net, 4)
    (loss,) = fast.fit(x, y, FlatSGD(fast.flat, 0.0), epochs=1)
    assert loss == pytest.approx(cross_entropy(net.forward(x), y))
    assert np.isfinite(fast.grad).all()


def test_a_rest_smaller_than_a_batch_is_left_out():
    net, x, y = problem([3, 4, 2], 10)
    results = []
    for n in (8, 10):
        fast = FastMLP(net, 4)
        fast.fit(x[:n], y[:n], FlatSGD(fast.flat, 0.5), epochs=1)
        results.append(fast.flat)
    np.testing.assert_array_equal(*results)


def test_views_share_the_memory_of_the_vector():
    vector = np.zeros(5)
    for view in flat_views(vector, [(2, 2), (1,)]):
        assert np.shares_memory(view, vector)


@pytest.mark.parametrize(("flat", "plain"), [(FlatSGD, SGD), (FlatAdam, Adam)])
def test_flat_rules_take_the_steps_of_the_plain_ones(flat, plain):
    rng = np.random.default_rng(0)
    w = rng.normal(size=6)
    mine, rule, optimizer = w.copy(), plain(0.1), None
    optimizer = flat(mine, 0.1)
    theirs = [w]
    for _ in range(50):
        g = rng.normal(size=6) * 10.0 ** rng.integers(-4, 4, 6)
        optimizer.step(g.copy())
        theirs = rule.step(theirs, [g])
    np.testing.assert_allclose(mine, theirs[0], rtol=1e-12)


def test_a_read_only_vector_is_refused():
    w = np.zeros(3)
    w.flags.writeable = False
    with pytest.raises(ValueError, match=r"FlatSGD: params must be .* to write into"):
        FlatSGD(w, 0.1)
