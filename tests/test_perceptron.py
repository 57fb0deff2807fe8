"""The perceptron: its rule, its bound, and what is often said wrongly about it."""

import numpy as np
import pytest

from snippets.perceptron import (
    Perceptron,
    count_mistakes,
    find_cycle,
    learning_rule_step,
    margin,
    novikoff_bound,
    perceptron_loss,
    perceptron_loss_subgradient,
    separable_set,
    with_constant,
    zero_one_loss,
)

CORNERS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
GATES = {"and": [0, 0, 0, 1], "or": [0, 1, 1, 1], "nand": [1, 1, 1, 0], "not x1": [1, 1, 0, 0]}
XOR = [0, 1, 1, 0]


def numeric(f, w, eps=1e-6):
    steps = eps * np.eye(len(w))
    return np.array([(f(w + d) - f(w - d)) / (2 * eps) for d in steps])


@pytest.mark.parametrize("y", [0, 1])
@pytest.mark.parametrize("b", [-9.0, 9.0])
def test_rule_is_w_plus_lr_times_error_times_x(y, b):
    x, w = np.array([2.0, -1.0]), np.array([0.5, 0.5])
    new_w, new_b, error = learning_rule_step(x, y, w, b, lr=0.1)
    assert error == y - (x @ w + b >= 0)
    np.testing.assert_allclose(new_w, w + 0.1 * error * x)
    assert new_b == b + 0.1 * error
    assert w.tolist() == [0.5, 0.5]


@pytest.mark.parametrize("start", [None, 0, 1, 2])
@pytest.mark.parametrize("gate", GATES)
def test_perceptron_learns_the_gates_from_zero_and_from_random_weights(gate, start):
    rng = None if start is None else np.random.default_rng(start)
    neuron = Perceptron(lr=0.1, rng=rng).fit(CORNERS, GATES[gate])
    assert neuron.converged
    assert neuron.predict(CORNERS).tolist() == GATES[gate]


def test_history_tells_every_update():
    neuron = Perceptron(lr=0.5).fit(CORNERS, GATES["and"])
    first, *rest = neuron.history
    assert (first.w.tolist(), first.b, first.epoch, first.sample) == ([0, 0], 0, 0, -1)
    assert len(rest) == sum(neuron.mistakes)
    for before, after in zip(neuron.history, rest, strict=False):
        np.testing.assert_array_equal(after.w, before.w + 0.5 * after.error * CORNERS[after.sample])
        assert after.b == before.b + 0.5 * after.error
    np.testing.assert_array_equal(rest[-1].w, neuron.w)


def test_without_bias_b_stays_zero_and_zero_input_teaches_nothing():
    neuron = Perceptron(epochs=20, bias=False).fit(CORNERS, GATES["nand"])
    assert not neuron.converged
    assert neuron.b == 0
    w, b, error = learning_rule_step([0.0, 0.0], 0, [1.0, 1.0])
    assert (error, w.tolist(), b) == (-1, [1, 1], -1)


def test_float32_weights_for_float32_inputs():
    for rng in (None, np.random.default_rng(0)):
        neuron = Perceptron(rng=rng).fit(CORNERS.astype(np.float32), GATES["or"])
        assert neuron.w.dtype == np.float32


# --- the claims ----------------------------------------------------------------------------------


def test_gradient_of_the_0_1_loss_is_zero_although_the_neuron_is_wrong():
    rng = np.random.default_rng(0)
    x, y, _ = separable_set(rng, 40)
    for _ in range(50):
        w = rng.normal(size=2)
        assert zero_one_loss(w, x, y) > 0 or margin(x, y, w) > 0
        assert not numeric(lambda v: zero_one_loss(v, x, y), w).any()


def test_rule_is_a_subgradient_step_on_the_perceptron_loss():
    rng = np.random.default_rng(1)
    x, y, _ = separable_set(rng, 40, features=3)
    w = rng.normal(size=3)
    np.testing.assert_allclose(
        perceptron_loss_subgradient(w, x, y),
        numeric(lambda v: perceptron_loss(v, x, y), w),
        rtol=1e-6,
    )
    for n in range(len(x)):
        one_x, one_y = x[n : n + 1], y[n : n + 1]
        stepped = w - 0.3 * perceptron_loss_subgradient(w, one_x, one_y)
        np.testing.assert_array_equal(stepped, learning_rule_step(x[n], y[n], w, lr=0.3)[0])


def test_subgradient_inequality_holds_at_the_corner():
    x, y = CORNERS[1:] + 0.0, np.array([0.0, 1.0, 0.0])
    w = np.zeros(2)  # every example sits on the corner
    g = perceptron_loss_subgradient(w, x, y)
    for v in np.random.default_rng(2).normal(size=(100, 2)):
        assert perceptron_loss(v, x, y) >= perceptron_loss(w, x, y) + g @ (v - w) - 1e-12


@pytest.mark.parametrize("seed", range(20))
def test_mistakes_stay_within_novikoffs_bound(seed):
    rng = np.random.default_rng(seed)
    x, y, w_star = separable_set(rng, 60, features=2 + seed % 4, gap=0.05)
    mistakes, bound = count_mistakes(x, y), novikoff_bound(x, y, w_star)
    assert 1 <= mistakes <= bound


def test_bound_does_not_depend_on_scale():
    x, y, w_star = separable_set(np.random.default_rng(0), 30)
    assert novikoff_bound(7 * x, y, 3 * w_star) == pytest.approx(novikoff_bound(x, y, w_star))


@pytest.mark.parametrize("lr", [0.125, 0.5, 4.0, 1024.0])
def test_from_zero_the_learning_rate_only_rescales_the_weights(lr):
    x, y, _ = separable_set(np.random.default_rng(3), 50)
    one, other = Perceptron().fit(x, y), Perceptron(lr=lr).fit(x, y)
    assert len(one.history) == len(other.history) > 2
    for a, b in zip(one.history, other.history, strict=True):
        # lr is a power of two, so that rescaling is exact in binary
        np.testing.assert_array_equal(lr * a.w, b.w)
        assert (lr * a.b, a.epoch, a.sample) == (b.b, b.epoch, b.sample)


def test_from_a_random_start_the_learning_rate_matters():
    x, y, _ = separable_set(np.random.default_rng(3), 50)
    runs = [
        Perceptron(lr=lr, rng=np.random.default_rng(0)).fit(x, y).mistakes for lr in (0.001, 1.0)
    ]
    assert runs[0] != runs[1]


def test_on_xor_the_weights_come_back_for_ever():
    first, period = find_cycle(CORNERS, XOR)
    ends = {}
    for update in Perceptron(epochs=first + 3 * period).fit(CORNERS, XOR).history:
        ends[update.epoch] = (*update.w.tolist(), update.b)
    assert ends[first + period] == ends[first + 2 * period] == ends[first + 3 * period]
    assert not Perceptron(epochs=1000).fit(CORNERS, XOR).converged


@pytest.mark.parametrize("gate", GATES)
def test_on_separable_gates_there_is_no_cycle(gate):
    assert find_cycle(CORNERS, GATES[gate]) is None


def test_perceptron_is_not_max_margin():
    x, y = np.array([[3.0, 0.0], [-3.0, 0.0], [3.0, 4.0], [-3.0, 4.0]]), [1, 0, 1, 0]
    neuron = Perceptron().fit(x, y)
    assert neuron.converged
    assert margin(x, y, [1, 0]) == 3
    assert margin(x, y, neuron.w, neuron.b) < 3


def test_separable_set_keeps_its_promise():
    x, y, w_star = separable_set(np.random.default_rng(0), 200, features=4, gap=0.3)
    assert x.shape == (200, 4)
    assert margin(x, y, w_star) >= 0.3
    assert np.linalg.norm(w_star) == pytest.approx(1)
    assert set(y.tolist()) == {0, 1}


def test_a_constant_input_is_a_bias():
    biased = Perceptron().fit(CORNERS, GATES["and"])
    constant = Perceptron(bias=False).fit(with_constant(CORNERS), GATES["and"])
    np.testing.assert_array_equal(constant.w, [*biased.w, biased.b])


def test_single_example_single_feature():
    neuron = Perceptron().fit([[2.0]], [0])
    assert neuron.mistakes == [1, 0]
    assert neuron.predict([[2.0], [-2.0]]).tolist() == [0, 1]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: Perceptron(lr=0), ValueError, r"Perceptron: lr must be a number > 0, got 0"),
        (lambda: Perceptron(epochs=1.5), TypeError, r"Perceptron: epochs must be an integer"),
        (lambda: Perceptron(rng=0), TypeError, r"Perceptron: rng must be"),
        (lambda: Perceptron().fit([[1.0]], [-1]), ValueError, r"y must be 0 or 1, got -1"),
        (lambda: Perceptron().fit([[np.nan]], [1]), ValueError, r"x must be finite"),
        (lambda: Perceptron().fit([[1.0]], [1, 0]), ValueError, r"y must have shape \(1,\)"),
        (lambda: Perceptron().predict([[1.0]]), ValueError, r"predict: x must have shape"),
        (lambda: count_mistakes(CORNERS, XOR, epochs=5), ValueError, r"must be separable"),
        (lambda: novikoff_bound([[1.0]], [0], [1.0]), ValueError, r"w_star must separate x"),
        (lambda: margin([[1.0]], [0], [0.0]), ValueError, r"w must not be all zero"),
        (lambda: find_cycle([[1.0, 0.5]], [0]), ValueError, r"find_cycle: x must be whole .* 0.5"),
        (lambda: find_cycle([[1.0, 3]], [0], epochs=1), ValueError, r"find_cycle: epochs must"),
        (lambda: separable_set(np.random.default_rng(0), 0), ValueError, r"n must be an integer"),
        (lambda: learning_rule_step([1.0], 0, [1.0, 2]), ValueError, r"w must have shape \(1,\)"),
    ],
)
def test_bad_input_is_named(call, error, message):
    with pytest.raises(error, match=message):
        call()
