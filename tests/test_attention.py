"""What the chapter on attention claims."""

import warnings

import numpy as np
import pytest

from snippets.attention import (
    attention,
    attention_backward,
    attention_weights,
    causal_mask,
    merge_heads,
    multi_head_attention,
    multi_head_attention_backward,
    sinusoidal_positions,
    split_heads,
)
from tests.gradients import assert_gradients, frozen

SHAPES = [((), 4, 5, 3, 2), ((2, 3), 4, 4, 2, 3), ((1,), 1, 1, 1, 1), ((2,), 3, 1, 2, 2)]


def draw(shape, dtype=np.float64):
    lead, T, S, d, e = shape
    rng = np.random.default_rng(0)
    shapes = [(*lead, T, d), (*lead, S, d), (*lead, S, e)]
    return frozen(*(rng.normal(size=size).astype(dtype) for size in shapes))


def test_attention_is_a_weighted_mean_of_the_values():
    q, k, v = draw(((), 4, 5, 3, 2))
    for query, answer in zip(q, attention(q, k, v), strict=True):
        weights = np.exp(k @ query / np.sqrt(3))
        np.testing.assert_allclose(answer, weights @ v / weights.sum())


@pytest.mark.parametrize("shape", SHAPES)
def test_weights_are_shares(shape):
    q, k, _ = draw(shape)
    weights = attention_weights(q, k)
    assert weights.shape == (*shape[0], shape[1], shape[2])
    assert (weights >= 0).all()
    np.testing.assert_allclose(weights.sum(axis=-1), 1)


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("shape", SHAPES)
def test_attention_backward_matches_central_difference(shape, masked):
    q, k, v = draw(shape)
    mask = np.tri(shape[1], shape[2], dtype=bool) if masked else None
    (dy,) = frozen(np.random.default_rng(1).normal(size=attention(q, k, v).shape))
    gradients = attention_backward(dy, q, k, v, mask)
    assert_gradients(lambda *a: np.sum(attention(*a, mask) * dy), [q, k, v], gradients)


def test_backward_when_one_sequence_is_query_key_and_value():
    (x,) = frozen(np.random.default_rng(0).normal(size=(4, 3)))
    gradient = sum(attention_backward(np.ones((4, 3)), x, x, x))
    assert_gradients(lambda x: attention(x, x, x).sum(), [x], [gradient])


def test_self_attention_is_permutation_equivariant():
    rng = np.random.default_rng(0)
    x, order = rng.normal(size=(6, 3)), rng.permutation(6)
    np.testing.assert_allclose(attention(x[order], x[order], x[order]), attention(x, x, x)[order])


def test_the_order_of_keys_and_values_does_not_matter():
    q, k, v = draw(((), 4, 5, 3, 2))
    order = np.random.default_rng(1).permutation(5)
    np.testing.assert_allclose(attention(q, k[order], v[order]), attention(q, k, v))


def test_positions_and_a_causal_mask_each_break_the_symmetry():
    rng = np.random.default_rng(0)
    x, order = rng.normal(size=(6, 4)), np.array([1, 0, 2, 3, 4, 5])
    placed = sinusoidal_positions(6, 4)
    a, b = x + placed, x[order] + placed
    assert not np.allclose(attention(b, b, b), attention(a, a, a)[order])
    mask, y = causal_mask(6), x[order]
    assert not np.allclose(attention(y, y, y, mask), attention(x, x, x, mask)[order])


def test_a_bool_mask_and_minus_infinity_are_one_thing_without_nan_or_warning():
    q, k, v = draw(((2,), 4, 4, 3, 2))
    allowed = causal_mask(4)
    minus_infinity = np.where(allowed, 0.0, -np.inf)
    with warnings.catch_warnings(), np.errstate(all="raise", under="ignore"):
        warnings.simplefilter("error")
        y = attention(q, k, v, minus_infinity)
        gradients = attention_backward(np.ones_like(y), q, k, v, minus_infinity)
    np.testing.assert_array_equal(y, attention(q, k, v, allowed))
    assert all(np.isfinite(array).all() for array in (y, *gradients))
    assert (attention_weights(q, k, allowed)[:, ~allowed] == 0).all()


def test_a_query_that_may_look_nowhere_gets_zeros_and_no_gradient():
    q, k, v = draw(((), 2, 3, 2, 2))
    mask = np.array([[False, False, False], [True, False, True]])
    y = attention(q, k, v, mask)
    dq, _, dv = attention_backward(np.ones_like(y), q, k, v, mask)
    assert not y[0].any()
    assert not dq[0].any()
    assert not dv[1].any()
    np.testing.assert_allclose(y[1], attention(q[1:], k[[0, 2]], v[[0, 2]])[0])


def test_a_number_too_low_for_the_dtype_forbids_and_one_too_high_is_refused():
    q, k, v = draw(((), 2, 2, 3, 2), np.float32)
    low = np.where(causal_mask(2), 0, np.finfo(np.float64).min)
    np.testing.assert_array_equal(attention(q, k, v, low), attention(q, k, v, causal_mask(2)))
    with pytest.raises(ValueError, match="attention: mask must hold float32 numbers or -inf, got"):
        attention(q, k, v, -low)


def test_a_wrong_mask_is_told_in_the_name_of_the_function_that_was_called():
    x, w_qkv, w_o = np.ones((2, 1, 2)), np.ones((2, 6)), np.eye(2)
    q = np.ones((2, 2))
    calls = {
        "attention": lambda mask: attention(q, q, q, mask),
        "attention_weights": lambda mask: attention_weights(q, q, mask),
        "attention_backward": lambda mask: attention_backward(q, q, q, q, mask),
        "multi_head_attention": lambda mask: multi_head_attention(x, w_qkv, w_o, 2, mask),
        "multi_head_attention_backward": lambda mask: multi_head_attention_backward(
            x, x, w_qkv, w_o, 2, mask
        ),
    }
    for name, call in calls.items():
        for mask in (np.full((2, 2), np.nan), np.zeros((3, 3)), "text"):
            with pytest.raises((ValueError, TypeError), match=f"^{name}: mask must"):
                call(mask)


def test_half_precision_scores_may_exceed_half_precision():
    q = np.array([[300.0, 300.0], [300.0, -300.0]], np.float16)  # q . q = 180,000
    v = np.array([[1.0], [2.0]], np.float16)
    y = attention(q, q, v)
    assert y.dtype == attention_weights(q, q, causal_mask(2)).dtype == np.float16
    assert y.tolist() == [[1], [2]]


def test_with_a_causal_mask_the_future_changes_nothing():
    q, k, v = (array.copy() for array in draw(((), 5, 5, 3, 2)))
    before = attention(q, k, v, causal_mask(5))
    k[3:], v[3:] = 9, -9
    after = attention(q, k, v, causal_mask(5))
    np.testing.assert_array_equal(after[:3], before[:3])
    assert not np.allclose(after[3:], before[3:])


def test_dividing_by_the_root_of_d_keeps_the_scores_at_variance_1():
    rng = np.random.default_rng(0)
    for d in (4, 64, 1024):
        q, k = rng.normal(size=(200, d)), rng.normal(size=(200, d))
        assert np.var(q @ k.T / np.sqrt(d)) == pytest.approx(1, abs=0.1)


def test_a_shift_in_time_is_one_rotation_of_the_positions():
    p = sinusoidal_positions(30, 8)
    pairs = (p[:, ::2] * 1j + p[:, 1::2]).astype(complex)  # cos + i sin of each wave
    for shift in (1, 7):
        turns = pairs[shift:] / pairs[:-shift]
        np.testing.assert_allclose(turns, np.broadcast_to(turns[:1], turns.shape))
        np.testing.assert_allclose(np.abs(turns), 1)


def test_heads_are_cut_and_merged_without_loss():
    (x,) = frozen(np.random.default_rng(0).normal(size=(5, 2, 6)))
    np.testing.assert_array_equal(merge_heads(split_heads(x, 3)), x)
    np.testing.assert_array_equal(split_heads(x, 3)[1, 2], x[:, 1, 4:])


def test_one_head_with_identity_weights_is_plain_attention():
    (x,) = frozen(np.random.default_rng(0).normal(size=(5, 2, 3)))
    y = multi_head_attention(x, np.hstack([np.eye(3)] * 3), np.eye(3), heads=1)
    for n in range(2):
        np.testing.assert_allclose(y[:, n], attention(x[:, n], x[:, n], x[:, n]))


@pytest.mark.parametrize(("T", "N", "D", "heads"), [(4, 2, 6, 3), (1, 1, 2, 1), (3, 1, 4, 4)])
@pytest.mark.parametrize("masked", [False, True])
def test_multi_head_backward_matches_central_difference(T, N, D, heads, masked):
    rng = np.random.default_rng(0)
    arguments = frozen(*(rng.normal(size=s) for s in [(T, N, D), (D, 3 * D), (D, D)]))
    (dy,) = frozen(rng.normal(size=(T, N, D)))
    mask = causal_mask(T) if masked else None
    gradients = multi_head_attention_backward(dy, *arguments, heads, mask)
    assert_gradients(
        lambda *a: np.sum(multi_head_attention(*a, heads, mask) * dy), arguments, gradients
    )


def test_float32_stays_float32():
    q, k, v = draw(((2,), 4, 4, 3, 2), np.float32)
    for mask in (None, causal_mask(4), np.zeros((4, 4))):
        y = attention(q, k, v, mask)
        assert y.dtype == np.float32
        assert all(g.dtype == np.float32 for g in attention_backward(y, q, k, v, mask))


def test_an_empty_batch_gives_an_empty_answer():
    nothing = np.zeros((0, 3, 2))
    assert attention(nothing, nothing, nothing, causal_mask(3)).shape == (0, 3, 2)
    assert multi_head_attention(np.zeros((3, 0, 2)), np.ones((2, 6)), np.eye(2), 2).size == 0


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ((np.ones(3), np.ones((2, 3)), np.ones((2, 3))), ValueError, "q must be"),
        ((np.ones((2, 3)), np.ones((2, 4)), np.ones((2, 3))), ValueError, "share d >= 1"),
        ((np.ones((2, 3)), np.ones((2, 3)), np.ones((3, 3))), ValueError, "share S >= 1"),
        ((np.ones((2, 3)),) * 3 + (np.ones((3, 3)),), ValueError, "mask must broadcast"),
        ((np.ones((2, 3)),) * 3 + (np.full((2, 2), np.nan),), ValueError, "mask must hold"),
        ((np.ones((2, 3)),) * 3 + ("past",), TypeError, "mask must be real numbers"),
        (("q", np.ones((2, 3)), np.ones((2, 3))), TypeError, "q must be real numbers"),
    ],
)
def test_bad_input_is_refused_in_words(arguments, error, words):
    with pytest.raises(error, match=words):
        attention(*arguments)


def test_heads_must_divide_the_features():
    with pytest.raises(ValueError, match="heads must divide the 6 features"):
        split_heads(np.zeros((2, 1, 6)), 4)
