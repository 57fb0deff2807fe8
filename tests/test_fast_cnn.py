"""Batch-last convolution, pooling and LeNet are the readable ones with the axes turned."""

import numpy as np
import pytest

from snippets import fast_cnn
from snippets.cnn import LeNet, digits_net
from snippets.convolution import conv2d, conv2d_backward
from snippets.fast_cnn import (
    FastLeNet,
    conv2d_batch_last,
    conv2d_batch_last_backward,
    max_pool2d_batch_last,
    max_pool2d_batch_last_backward,
)
from snippets.fast_mlp import FlatAdam
from snippets.optimizers import Adam
from snippets.pooling import max_pool2d, max_pool2d_backward


def last(a):
    return a.transpose(1, 2, 3, 0)


@pytest.mark.parametrize("stride", [1, 2, 4])
@pytest.mark.parametrize("padding", [0, 2])
@pytest.mark.parametrize(
    ("N", "C", "H", "W", "F", "kh", "kw"),
    [(2, 3, 7, 6, 4, 3, 2), (1, 1, 4, 5, 1, 1, 1), (3, 2, 3, 3, 2, 3, 3), (0, 1, 3, 3, 2, 2, 2)],
)
def test_convolution_equals_the_readable_one(N, C, H, W, F, kh, kw, stride, padding):
    normal = np.random.default_rng(0).normal
    x, w, b = (normal(size=s) for s in [(N, C, H, W), (F, C, kh, kw), (F,)])
    y = conv2d(x, w, b, stride, padding)
    np.testing.assert_allclose(
        conv2d_batch_last(last(x), w, b, stride, padding), last(y), atol=1e-12
    )
    dy = normal(size=y.shape)
    dx, dw, db = conv2d_backward(dy, x, w, stride, padding)
    ours = conv2d_batch_last_backward(last(dy), last(x), w, stride, padding)
    for mine, theirs in zip(ours, (last(dx), dw, db), strict=True):
        assert mine.shape == theirs.shape
        np.testing.assert_allclose(mine, theirs, atol=1e-11)


@pytest.mark.parametrize("size", [1, 2, 3])
@pytest.mark.parametrize("shape", [(2, 3, 6, 7), (1, 1, 3, 3)])
def test_pooling_equals_the_readable_one_with_ties_too(shape, size):
    rng = np.random.default_rng(0)
    x = rng.integers(0, 3, shape).astype(float)
    y = max_pool2d(x, size)
    ours = max_pool2d_batch_last(last(x), size)
    np.testing.assert_array_equal(ours, last(y))
    dy = rng.normal(size=y.shape)
    np.testing.assert_array_equal(
        max_pool2d_batch_last_backward(last(dy), last(x), ours, size),
        last(max_pool2d_backward(dy, x, size)),
    )


@pytest.mark.parametrize(
    "settings",
    [
        ((1, 8, 8), [3], 3, [1], [], 4),
        ((2, 9, 10), [2, 3], 3, [1, 2], [5], 4),
        ((1, 12, 12), [2, 3], 3, [0, 0], [6, 5], 3),
    ],
)
def test_lenet_gradients_equal_those_of_the_readable_network(settings):
    rng = np.random.default_rng(0)
    net = LeNet(*settings, rng)
    x, labels = rng.normal(size=(5, *settings[0])), rng.integers(settings[-1], size=5)
    loss, grads = net.gradients(x, labels)
    fast = FastLeNet(net)
    assert fast.step(last(x), labels) == pytest.approx(loss, rel=1e-12)
    for mine, theirs in zip(fast.gradients, grads, strict=True):
        np.testing.assert_allclose(mine, theirs, atol=1e-12)


def test_lenet_training_arrives_at_the_parameters_of_the_readable_network():
    rng = np.random.default_rng(0)
    net = digits_net(rng, np.float32)
    x, labels = rng.random((9, 1, 8, 8), np.float32), rng.integers(10, size=9)
    fast = FastLeNet(net)
    losses = fast.fit(x, labels, FlatAdam(fast.flat, 0.01), epochs=5, batch=4)
    optimizer, expected = Adam(0.01), []
    for _ in range(5):
        of_batches = []
        for some in (slice(0, 4), slice(4, 8)):
            loss, grads = net.gradients(x[some], labels[some])
            net.params = optimizer.step(net.params, grads)
            of_batches.append(loss)
        expected.append(np.mean(of_batches))
    np.testing.assert_allclose(losses, expected, rtol=1e-4)
    for mine, theirs in zip(fast.params, net.params, strict=True):
        assert mine.dtype == np.float32
        np.testing.assert_allclose(mine, theirs, atol=1e-4)


def test_rows_are_not_a_power_of_two_apart():
    from snippets.fast_cnn import _spaced, _windows

    x, w = np.zeros((3, 8, 10, 32), np.float32), np.zeros((4, 3, 3, 3), np.float32)
    for matrix in (next(_windows(x, w, 1))[1][0], _spaced(5, 4, 8 * 32, dtype=np.float32)[0]):
        distance = matrix.strides[0] // 4
        assert distance > 8 * 32
        assert distance & (distance - 1)


def test_what_the_kernels_see_is_not_copied_again():
    from snippets.fast_cnn import _windows

    x, w = np.zeros((3, 8, 10, 4)), np.zeros((4, 3, 5, 3))
    ((now, (first, second)),) = _windows(x, w, 2)
    assert now == slice(0, 2)
    assert first.shape == second.shape == (5 * 3 * 3, 4 * 4)
    assert np.shares_memory(first, second)  # three of their five rows are the same


def test_images_too_large_for_the_cache_are_seen_in_parts(monkeypatch: pytest.MonkeyPatch):
    rng = np.random.default_rng(0)
    x, w = rng.normal(size=(2, 11, 9, 3)), np.zeros((4, 2, 3, 3))
    for stride in (1, 2, 4):
        monkeypatch.setattr(fast_cnn, "CACHED", 2**30)
        ((_, seen),) = fast_cnn._windows(x, w, stride)
        seen = seen.copy()
        for cached in (1, 6000, 9000):
            monkeypatch.setattr(fast_cnn, "CACHED", cached)
            parts = [(now, part.copy()) for now, part in fast_cnn._windows(x, w, stride)]
            assert len(parts) > 1
            np.testing.assert_array_equal(np.concatenate([part for _, part in parts]), seen)
            assert [n for now, _ in parts for n in range(now.start, now.stop)] == [
                *range(len(seen))
            ]
