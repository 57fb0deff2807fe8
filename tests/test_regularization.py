"""What the chapter on regularization claims."""

import numpy as np
import pytest

from snippets.autodiff import Tensor
from snippets.gradient_check import check_gradient
from snippets.optimizers import SGD
from snippets.regularization import (
    dropout,
    dropout_backward,
    early_stopping,
    l2_penalty,
    l2_penalty_grad,
)


def test_l2_gradient_matches_central_difference_and_tape():
    w = np.random.default_rng(0).normal(size=(3, 2))
    (gradient,) = l2_penalty_grad([w], 0.3)
    check_gradient(lambda w: l2_penalty([w], 0.3), w, gradient)
    tensor = Tensor(w)
    (0.15 * (tensor * tensor).sum()).backward()
    assert gradient == pytest.approx(tensor.grad, rel=1e-15)


def test_l2_penalty_of_two_arrays_is_the_sum_even_if_they_are_the_same_array():
    w = np.array([1.0, 2.0])
    assert l2_penalty([w, w], 0.5) == 2 * l2_penalty([w], 0.5)
    check_gradient(lambda w: l2_penalty([w, w], 0.5), w, sum(l2_penalty_grad([w, w], 0.5)))


def test_l2_penalty_of_half_precision_weights_is_not_infinite():
    assert l2_penalty([np.float16([300.0])], 1.0) == 45_000


def test_l2_penalty_equals_weight_decay_for_sgd():
    w, g = np.array([1.0, -3.0]), np.array([0.5, 0.5])
    (penalised,) = SGD(0.1).step([w], [g + l2_penalty_grad([w], 0.2)[0]])
    (decayed,) = SGD(0.1, weight_decay=0.2).step([w], [g])
    assert penalised == pytest.approx(decayed, abs=1e-15)


def test_dropout_keeps_the_expected_value():
    x = np.linspace(1, 2, 5)
    rng = np.random.default_rng(0)
    mean = np.mean([dropout(x, 0.4, rng)[0] for _ in range(20_000)], axis=0)
    assert mean == pytest.approx(x, rel=0.03)


def test_dropout_drops_the_promised_share():
    y, mask = dropout(np.ones((200, 500)), 0.3, np.random.default_rng(0))
    assert np.mean(y == 0) == pytest.approx(0.3, abs=0.005)
    assert np.unique(mask) == pytest.approx([0, 1 / 0.7])


def test_dropout_rate_zero_changes_nothing():
    x = np.arange(4.0)
    y, mask = dropout(x, 0.0, np.random.default_rng(0))
    assert y.tolist() == x.tolist()
    assert mask.tolist() == [1, 1, 1, 1]


def test_dropout_backward_matches_central_difference_and_tape():
    x = np.random.default_rng(0).normal(size=(4, 3))
    dy = np.random.default_rng(1).normal(size=(4, 3))
    _, mask = dropout(x, 0.5, np.random.default_rng(2))

    def f(x):
        return np.sum(dropout(x, 0.5, np.random.default_rng(2))[0] * dy)

    check_gradient(f, x, dropout_backward(dy, mask))
    tensor = Tensor(x)
    (tensor * mask).backward(dy)
    assert dropout_backward(dy, mask) == pytest.approx(tensor.grad, rel=1e-15)


def test_early_stopping_waits_out_its_patience():
    losses = [5.0, 3.0, 4.0, 2.0, 2.5, 2.4, 2.3, 1.0]
    assert early_stopping(losses, patience=1) == (2, 1)
    assert early_stopping(losses, patience=3) == (6, 3)
    assert early_stopping(losses, patience=9) == (7, 7)


def test_early_stopping_ignores_gains_smaller_than_min_delta():
    assert early_stopping([1.0, 0.99, 0.98, 0.97], patience=2, min_delta=0.1) == (2, 0)


def test_early_stopping_never_takes_nan_for_the_best():
    assert early_stopping([2.0, 1.0, np.nan, np.nan], patience=2) == (3, 1)
    assert early_stopping([np.nan, 1.0, 0.5, 0.4, 0.3], patience=10) == (4, 4)
    assert early_stopping([np.nan, np.nan, 2.0, 3.0, np.nan], patience=3, min_delta=0.1) == (4, 2)
    assert early_stopping([np.nan, np.nan, np.nan], patience=2) == (2, 0)


def test_bad_arguments_are_named():
    with pytest.raises(ValueError, match="dropout: rate must be a number >= 0 and < 1, got 1"):
        dropout([1.0], 1, np.random.default_rng(0))
    with pytest.raises(TypeError, match="l2_penalty: params must be a list of arrays"):
        l2_penalty(np.ones(3), 0.1)
