"""XOR: proofs that no line separates it, and the ways around."""

import itertools

import numpy as np
import pytest

from snippets import xor
from snippets.activations import step
from snippets.loss import binary_cross_entropy_with_logits
from snippets.xor import INPUTS, TARGETS, Params

ALL_TARGETS = list(itertools.product([0, 1], repeat=4))


def loss_of(params):
    logits = np.tanh(INPUTS @ params.w1 + params.b1) @ params.w2 + params.b2
    return binary_cross_entropy_with_logits(logits[:, 0], TARGETS)


def test_truth_table_is_xor_and_cannot_be_changed():
    assert TARGETS.tolist() == [a != b for a, b in INPUTS.tolist()]
    with pytest.raises(ValueError, match="read-only"):
        TARGETS[0] = 1


def test_xor_is_not_separable_because_its_four_inequalities_add_up_to_zero():
    counts = xor.infeasibility_certificate(INPUTS, TARGETS)
    assert counts.tolist() == [1, 1, 1, 1]
    assert counts.dtype == np.intp
    # -b > 0, w2 + b > 0, w1 + b > 0, -w1 - w2 - b > 0: the sum of the left sides is 0
    assert not (counts @ xor.signed_rows(INPUTS, TARGETS)).any()


@pytest.mark.parametrize("y", ALL_TARGETS)
def test_every_answer_comes_with_a_proof(y):
    """Of the 16 functions exactly XOR and its negation are refused, and each refusal adds up."""
    counts = xor.infeasibility_certificate(INPUTS, y)
    assert (counts is not None) == (y in [(0, 1, 1, 0), (1, 0, 0, 1)])
    if counts is not None:
        assert counts.min() >= 0
        assert counts.max() > 0
        assert not (counts @ xor.signed_rows(INPUTS, y)).any()
    else:
        # a line is among the few with small half-integer weights
        lines = itertools.product([-1, 0, 1], [-1, 0, 1], [-1.5, -0.5, 0.5, 1.5])
        assert any(step(INPUTS @ [u, v] + b).tolist() == list(y) for u, v, b in lines)


@pytest.mark.parametrize("bits", [2, 3, 4])
def test_parity_of_any_number_of_bits_is_not_separable(bits):
    x = np.array(list(itertools.product([0, 1], repeat=bits)))
    assert not xor.is_linearly_separable(x, x.sum(axis=1) % 2)
    assert xor.is_linearly_separable(x, x.sum(axis=1) >= 2)


def test_a_repeated_point_with_both_labels_is_not_separable():
    assert xor.infeasibility_certificate([[3, 1], [3, 1]], [0, 1]).tolist() == [1, 1]
    assert xor.is_linearly_separable([[3, 1]], [0])


def test_no_line_of_a_fine_grid_separates_xor():
    w = np.linspace(-3, 3, 41)
    rows = xor.signed_rows(INPUTS, TARGETS)
    lines = np.stack(np.meshgrid(w, w, w), axis=-1).reshape(-1, 3)
    assert not (lines @ rows.T > 0).all(axis=1).any()


@pytest.mark.parametrize(
    "solution", [xor.without_hidden_layer, xor.non_monotone_unit, xor.hand_made_network]
)
def test_solutions_without_learning(solution):
    np.testing.assert_allclose(solution(INPUTS), TARGETS, atol=1e-15)
    np.testing.assert_allclose(solution(INPUTS[::-1].tolist()), TARGETS[::-1], atol=1e-15)
    assert solution(INPUTS.astype(np.float32)).shape == (4,)


def test_one_neuron_with_the_product_as_third_input_computes_xor():
    x = np.column_stack([INPUTS, INPUTS.prod(axis=1)])
    assert xor.is_linearly_separable(x, TARGETS)
    np.testing.assert_array_equal(x @ [1, 1, -2], TARGETS)


def test_hidden_layer_folds_the_plane_so_that_a_line_is_enough():
    h = xor.hand_made_hidden(INPUTS)
    assert h[1].tolist() == h[2].tolist()
    assert xor.is_linearly_separable(h, TARGETS)
    np.testing.assert_array_equal(h[:, 0], INPUTS.max(axis=1))  # OR
    np.testing.assert_array_equal(h[:, 1], INPUTS.min(axis=1))  # AND


@pytest.mark.parametrize("hidden", [1, 2, 5])
def test_gradients_match_central_difference(hidden):
    params, eps = xor.initial(np.random.default_rng(hidden), hidden), 1e-6
    for k, grad in enumerate(xor.gradients(params)):
        numeric = np.zeros_like(grad)
        for i in np.ndindex(grad.shape):
            d = np.zeros_like(grad)
            d[i] = eps
            plus, minus = (params._replace(**{Params._fields[k]: params[k] + e}) for e in (d, -d))
            numeric[i] = (loss_of(plus) - loss_of(minus)) / (2 * eps)
        error = np.abs(grad - numeric).max() / np.abs(numeric).max()
        assert error <= 1e-6


def test_training_solves_xor_and_keeps_its_history():
    history = xor.train(np.random.default_rng(0), steps=4000, keep=20)
    assert history.steps[0] == 0
    assert history.steps[-1] == 4000
    assert history.steps == sorted(set(history.steps))
    assert len(history.steps) == len(history.params) == len(history.losses) <= 21
    np.testing.assert_allclose(history.losses, [loss_of(p) for p in history.params])
    assert history.losses[-1] < 0.05 < 0.5 < history.losses[0]
    p = xor.predict(INPUTS, history.params[-1])
    np.testing.assert_array_equal(p > 0.5, TARGETS)
    # what the hidden layer hands on is what the last neuron can separate
    z = xor.folded(INPUTS, history.params[-1]) @ history.params[-1].w2 + history.params[-1].b2
    np.testing.assert_array_equal(z[:, 0] > 0, TARGETS)


def test_training_is_a_function_of_its_generator():
    a, b = (xor.train(np.random.default_rng(7), steps=50, keep=5) for _ in range(2))
    assert a.losses == b.losses


def test_one_step_is_gradient_descent():
    history = xor.train(np.random.default_rng(5), lr=0.25, steps=1, keep=1)
    assert history.steps == [0, 1]
    before, after = history.params
    for p, g, q in zip(before, xor.gradients(before), after, strict=True):
        np.testing.assert_array_equal(p - 0.25 * g, q)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: xor.is_linearly_separable([[0.5]], [1]), ValueError, r"must be whole numbers"),
        (lambda: xor.signed_rows([[1]], [2]), ValueError, r"signed_rows: y must be 0 or 1, got 2"),
        (lambda: xor.signed_rows([[1]], [1, 0]), ValueError, r"y must have shape \(1,\)"),
        (lambda: xor.without_hidden_layer([1, 0]), ValueError, r"x must have shape \(N, 2\)"),
        (lambda: xor.train(0), TypeError, r"initial: rng must be"),
        (lambda: xor.train(np.random.default_rng(0), lr=-1), ValueError, r"train: lr must be"),
        (
            lambda: xor.infeasibility_certificate([[1000, 1], [1001, 1]], [0, 1], epochs=2),
            ValueError,
            r"epochs must be enough to decide, got 2",
        ),
    ],
)
def test_bad_input_is_named(call, error, message):
    with pytest.raises(error, match=message):
        call()
