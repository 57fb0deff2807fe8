"""What the chapter on convolution claims."""

import numpy as np
import pytest

from snippets.convolution import (
    KERNELS,
    col2im,
    conv2d,
    conv2d_backward,
    conv2d_loops,
    conv_matrix,
    flip_kernel,
    im2col,
    output_size,
    translate,
)
from tests.gradients import assert_gradients, frozen

# N, C, H, W, F, kh, kw, stride, padding
SHAPES = [
    (2, 3, 5, 6, 4, 3, 2, 1, 0),
    (1, 1, 7, 4, 1, 3, 3, 2, 1),
    (2, 2, 7, 8, 3, 2, 2, 3, 0),  # the stride jumps over pixels
    (1, 2, 3, 3, 2, 5, 5, 1, 2),  # the kernel is larger than the image
    (3, 1, 4, 4, 2, 1, 1, 1, 0),
    (1, 1, 1, 1, 1, 1, 1, 1, 0),
]


def draw(shape, dtype=np.float64):
    N, C, H, W, F, kh, kw, stride, padding = shape
    rng = np.random.default_rng(7)
    x, w, b = rng.normal(size=(N, C, H, W)), rng.normal(size=(F, C, kh, kw)), rng.normal(size=F)
    return (*frozen(x.astype(dtype), w.astype(dtype), b.astype(dtype)), stride, padding)


@pytest.mark.parametrize("shape", SHAPES)
def test_conv2d_equals_its_definition(shape):
    arguments = draw(shape)
    np.testing.assert_allclose(conv2d(*arguments), conv2d_loops(*arguments), atol=1e-12)


@pytest.mark.parametrize("shape", SHAPES)
def test_conv2d_backward_matches_central_difference(shape):
    x, w, b, stride, padding = draw(shape)
    y = conv2d(x, w, b, stride, padding)
    dy = np.random.default_rng(1).normal(size=y.shape)

    def loss(x, w, b):
        return np.sum(conv2d(x, w, b, stride, padding) * dy)

    assert_gradients(loss, [x, w, b], conv2d_backward(dy, x, w, stride, padding))


def test_a_batch_in_parts_gives_what_its_images_give_one_by_one():
    rng = np.random.default_rng(0)
    x, w, b = rng.normal(size=(7, 2, 80, 60)), rng.normal(size=(3, 2, 5, 5)), rng.normal(size=3)
    assert 7 * im2col(x[:1], (5, 5)).size > 2 * 2**18  # two parts would be too large
    y = conv2d(x, w, b)
    dx, dw, db = conv2d_backward(y, x, w)
    alone = [conv2d(x[n : n + 1], w, b) for n in range(7)]
    np.testing.assert_allclose(y, np.concatenate(alone), atol=1e-12)
    grads = [conv2d_backward(y[n : n + 1], x[n : n + 1], w) for n in range(7)]
    np.testing.assert_allclose(dx, np.concatenate([g[0] for g in grads]), atol=1e-10)
    np.testing.assert_allclose(dw, sum(g[1] for g in grads), atol=1e-8)
    np.testing.assert_allclose(db, sum(g[2] for g in grads), atol=1e-8)


def test_conv2d_backward_when_the_image_is_its_own_kernel():
    x = np.random.default_rng(0).normal(size=(1, 1, 3, 4))

    def squares(x):
        return conv2d(x, x, np.zeros(1)).sum()

    dx, dw, _ = conv2d_backward(np.ones((1, 1, 1, 1)), x, x)
    assert_gradients(squares, [x], [dx + dw])


@pytest.mark.parametrize("shape", SHAPES)
def test_float32_stays_float32(shape):
    x, w, b, stride, padding = draw(shape, np.float32)
    y = conv2d(x, w, b, stride, padding)
    assert y.dtype == conv2d_loops(x, w, b, stride, padding).dtype == np.float32
    assert all(g.dtype == np.float32 for g in conv2d_backward(y, x, w, stride, padding))
    assert conv_matrix(w, 9, 9).dtype == translate(x, 1, 1).dtype == np.float32


def test_an_empty_batch_gives_an_empty_answer_and_no_gradient():
    x, w = np.zeros((0, 2, 5, 5)), np.ones((3, 2, 3, 3))
    y = conv2d(x, w, np.zeros(3))
    dx, dw, db = conv2d_backward(y, x, w)
    assert y.shape == (0, 3, 3, 3)
    assert dx.shape == x.shape
    assert not dw.any()
    assert not db.any()


def test_a_layer_computes_cross_correlation_not_convolution():
    rng = np.random.default_rng(0)
    signal, kernel = rng.normal(size=9), rng.normal(size=4)
    image, w, zero = signal[None, None, None], kernel[None, None, None], np.zeros(1)
    np.testing.assert_allclose(conv2d(image, w, zero).ravel(), np.correlate(signal, kernel))
    flipped = conv2d(image, flip_kernel(w), zero).ravel()
    np.testing.assert_allclose(flipped, np.convolve(signal, kernel, "valid"))
    assert not np.allclose(flipped, np.correlate(signal, kernel))


def answer(name, x):
    return conv2d(x[None, None], KERNELS[name][None, None], np.zeros(1))[0, 0]


def test_edge_kernels_see_edges_across_them_and_nothing_on_a_flat_image():
    upright = np.tile([0.0, 0.0, 1.0, 1.0], (4, 1))  # dark on the left, light on the right
    assert answer("vertical", upright).tolist() == [[3.0, 3.0], [3.0, 3.0]]
    assert not answer("horizontal", upright).any()
    assert answer("horizontal", upright.T).tolist() == [[3.0, 3.0], [3.0, 3.0]]
    assert not answer("vertical", np.ones((5, 5))).any()


def test_blur_and_sharpen_leave_a_flat_image_alone():
    flat = np.full((5, 5), 7.0)
    for name in ("blur", "sharpen"):
        np.testing.assert_allclose(answer(name, flat), 7.0)
    dot = np.zeros((5, 5))
    dot[2, 2] = 1.0
    assert answer("blur", dot).max() < 1 < answer("sharpen", dot).max()


def test_output_size_counts_the_places_where_the_kernel_fits():
    for size in range(1, 9):
        for kernel in range(1, 5):
            for stride in range(1, 4):
                for padding in range(3):
                    starts = range(0, size + 2 * padding - kernel + 1, stride)
                    if starts:
                        assert output_size(size, kernel, stride, padding) == len(starts)


def test_moving_the_image_moves_the_answer():
    rng = np.random.default_rng(0)
    x = np.zeros((1, 2, 12, 14))
    x[:, :, 4:8, 4:9] = rng.normal(size=(1, 2, 4, 5))  # far enough from the frame
    w, b = rng.normal(size=(3, 2, 3, 3)), np.zeros(3)
    moved_first = conv2d(translate(x, 2, -1), w, b, padding=1)
    np.testing.assert_allclose(moved_first, translate(conv2d(x, w, b, padding=1), 2, -1))


def test_with_a_stride_only_multiples_of_it_are_carried_over():
    rng = np.random.default_rng(0)
    x = np.zeros((1, 1, 12, 12))
    x[:, :, 4:8, 4:8] = rng.normal(size=(1, 1, 4, 4))
    w, b = rng.normal(size=(1, 1, 2, 2)), np.zeros(1)
    y = conv2d(x, w, b, stride=2)
    np.testing.assert_allclose(conv2d(translate(x, 2, 0), w, b, stride=2), translate(y, 1, 0))
    shifted = conv2d(translate(x, 1, 0), w, b, stride=2)
    assert not any(np.allclose(shifted, translate(y, d, 0)) for d in (0, 1))


@pytest.mark.parametrize("shape", SHAPES)
def test_conv2d_is_one_sparse_matrix(shape):
    x, w, b, stride, padding = draw(shape)
    matrix = conv_matrix(w, x.shape[2], x.shape[3], stride, padding)
    y = conv2d(x, w, b, stride, padding)
    by_matrix = x.reshape(len(x), -1) @ matrix.T + np.repeat(b, y[0, 0].size)
    np.testing.assert_allclose(y.reshape(len(x), -1), by_matrix, atol=1e-12)
    assert np.count_nonzero(matrix, axis=1).max() <= w[0].size
    assert set(np.unique(matrix)) <= {0.0, *w.ravel().tolist()}


def test_col2im_is_the_transpose_of_im2col():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(2, 3, 5, 6))
    cols = im2col(x, (3, 2), 2, 1)
    other = rng.normal(size=cols.shape)
    back = col2im(other, x.shape, (3, 2), 2, 1)
    assert np.vdot(cols, other) == pytest.approx(np.vdot(x, back))


def test_translate_loses_what_leaves_the_frame():
    x = np.arange(1.0, 7.0).reshape(1, 1, 2, 3)
    assert translate(x, 0, 0).tolist() == x.tolist()
    assert translate(x, 0, -1)[0, 0].tolist() == [[2, 3, 0], [5, 6, 0]]
    assert not translate(x, 5, 0).any()
    assert not translate(x, 0, -5).any()


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ((np.ones((3, 3)), np.ones((1, 1, 2, 2)), [0.0]), ValueError, r"x must have shape"),
        ((np.ones((1, 2, 3, 3)), np.ones((1, 1, 2, 2)), [0.0]), ValueError, r"w must have shape"),
        ((np.ones((1, 1, 3, 3)), np.ones((1, 1, 2, 2)), [0.0, 0.0]), ValueError, "b must have"),
        ((np.ones((1, 1, 3, 3)), np.ones((1, 1, 4, 4)), [0.0]), ValueError, "must fit"),
        ((np.ones((1, 1, 3, 3)), np.ones((1, 1, 2, 2)), [0.0], 0), ValueError, "stride"),
        ((np.ones((1, 1, 3, 3)), np.ones((1, 1, 2, 2)), [0.0], 1, -1), ValueError, "padding"),
        ((np.ones((1, 1, 3, 3)), np.ones((1, 1, 2, 2)), [0.0], 1.5), TypeError, "stride"),
        ((np.ones((1, 1, 3, 3), complex), np.ones((1, 1, 2, 2)), [0.0]), TypeError, "x must be"),
    ],
)
def test_bad_input_is_refused_in_words(arguments, error, words):
    with pytest.raises(error, match=words):
        conv2d(*arguments)
