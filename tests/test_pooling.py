"""What the chapter on pooling claims."""

import numpy as np
import pytest

from snippets.fast_cnn import max_pool2d_batch_last, max_pool2d_batch_last_backward
from snippets.pooling import avg_pool2d, avg_pool2d_backward, max_pool2d, max_pool2d_backward
from tests.gradients import assert_gradients, frozen

POOLS = [
    (max_pool2d, max_pool2d_backward, np.max),
    (avg_pool2d, avg_pool2d_backward, np.mean),
]
# shape, size, stride
SIZES = [
    ((2, 3, 4, 6), 2, None),
    ((1, 1, 7, 5), 3, 2),  # windows overlap
    ((2, 1, 7, 8), 2, 3),  # windows leave pixels out
    ((1, 2, 5, 5), 2, None),  # a rest at the border
    ((1, 1, 1, 1), 1, None),
]


@pytest.mark.parametrize(("pool", "backward", "summary"), POOLS)
@pytest.mark.parametrize(("shape", "size", "stride"), SIZES)
def test_pooling_summarises_every_window(pool, backward, summary, shape, size, stride):
    (x,) = frozen(np.random.default_rng(0).normal(size=shape))
    y = pool(x, size, stride)
    step = stride or size
    for n, c, p, q in np.ndindex(y.shape):
        window = x[n, c, p * step : p * step + size, q * step : q * step + size]
        assert y[n, c, p, q] == pytest.approx(summary(window))


@pytest.mark.parametrize(("pool", "backward", "summary"), POOLS)
@pytest.mark.parametrize(("shape", "size", "stride"), SIZES)
def test_pooling_backward_matches_central_difference(pool, backward, summary, shape, size, stride):
    rng = np.random.default_rng(3)
    (x,) = frozen(rng.normal(size=shape))
    (dy,) = frozen(rng.normal(size=pool(x, size, stride).shape))
    gradient = backward(dy, x, size, stride)
    assert_gradients(lambda x: np.sum(pool(x, size, stride) * dy), [x], [gradient])


def test_a_tie_goes_to_the_first_pixel_in_reading_order():
    x = np.zeros((1, 1, 2, 2))
    assert max_pool2d_backward([[[[5.0]]]], x, 2).tolist() == [[[[5, 0], [0, 0]]]]


def test_nan_does_not_swallow_the_gradient_of_its_window():
    x = np.array([[[[1.0, np.nan, 1.0, 2.0], [3.0, 4.0, 3.0, np.nan]]]])
    dx = max_pool2d_backward([[[[5.0, 7.0]]]], x, 2)
    assert dx.tolist() == [[[[5, 0, 7, 0], [0, 0, 0, 0]]]]
    columns = x.transpose(1, 2, 3, 0)
    y = max_pool2d_batch_last(columns, 2)
    fast = max_pool2d_batch_last_backward([[[[5.0], [7.0]]]], columns, y, 2)
    assert fast.transpose(3, 0, 1, 2).tolist() == dx.tolist()


def test_a_mean_of_half_precision_numbers_may_have_a_larger_sum():
    x = np.full((1, 1, 2, 2), 40_000, np.float16)
    y = avg_pool2d(x, 2)
    assert y.dtype == np.float16
    assert y.item() == np.float16(40_000)


def test_no_gradient_is_lost_or_made():
    rng = np.random.default_rng(0)
    x, dy = rng.integers(0, 3, (2, 3, 6, 6)).astype(float), rng.normal(size=(2, 3, 3, 3))
    for _, backward, _ in POOLS:
        assert backward(dy, x, 2).sum() == pytest.approx(dy.sum())


def test_a_shift_inside_the_window_changes_nothing():
    spot = np.zeros((1, 1, 4, 4))
    spot[0, 0, 0, 0] = 1
    moved = np.roll(spot, (1, 1), axis=(2, 3))
    assert (max_pool2d(spot, 2) == max_pool2d(moved, 2)).all()


@pytest.mark.parametrize(("pool", "backward", "summary"), POOLS)
def test_float32_stays_float32_and_an_empty_batch_is_fine(pool, backward, summary):
    x = np.ones((2, 1, 4, 4), np.float32)
    y = pool(x, 2)
    assert y.dtype == backward(y, x, 2).dtype == np.float32
    nothing = np.ones((0, 1, 4, 4))
    assert backward(pool(nothing, 2), nothing, 2).shape == nothing.shape


@pytest.mark.parametrize(("pool", "backward", "summary"), POOLS)
@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ((np.ones((4, 4)), 2), ValueError, "x must have shape"),
        ((np.ones((1, 1, 4, 4)), 5), ValueError, "must fit"),
        ((np.ones((1, 1, 4, 4)), 0), ValueError, "size must be an integer >= 1"),
        ((np.ones((1, 1, 4, 4)), 2, 0), ValueError, "stride"),
        ((np.ones((1, 1, 4, 4)), 2.0), TypeError, "integer"),
    ],
)
def test_bad_input_is_refused_in_words(pool, backward, summary, arguments, error, words):
    with pytest.raises(error, match=words):
        pool(*arguments)


def test_backward_refuses_a_gradient_of_another_shape():
    for _, backward, _ in POOLS:
        with pytest.raises(ValueError, match="dy must have shape"):
            backward(np.ones((1, 1, 3, 3)), np.ones((1, 1, 4, 4)), 2)
