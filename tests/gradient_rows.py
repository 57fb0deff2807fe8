"""The table of `test_second_witness`: every gradient of the package at a handful of points."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from snippets import activations as act
from snippets import attention as att
from snippets import (
    autodiff,
    backpropagation,
    computational_graph,
    convolution,
    delta_recurrence,
    fast_cnn,
    fast_mlp,
    fast_recurrent,
    gradient_descent,
    language_model,
    loss,
    multilayer_perceptron,
    normalization,
    perceptron,
    pooling,
    regression,
    regularization,
    transformer,
    vanishing_gradient,
    xor,
)
from snippets.autodiff import Tensor
from snippets.cnn import LeNet
from snippets.gru import GRU, gru, gru_backward
from snippets.language_model import CharacterModel
from snippets.lstm import LSTM, lstm, lstm_backward
from snippets.multilayer_perceptron import MLP
from snippets.rnn import RNN, error_wall, error_wall_gradient, rnn, rnn_backward
from snippets.transformer import Decoder
from tests import taped

__all__ = ["ROWS", "Row", "draw"]


@dataclass(frozen=True)
class Row:
    """One gradient at one point.

    of: the public name; case: what is special about the arrays, "" if nothing is.
    plain and taped: the forward pass on arrays and on tensors; backward: takes dL/dy and the
    arrays, returns one gradient for each of them.
    """

    of: str
    case: str
    arrays: tuple[Any, ...]
    plain: Callable[..., Any]
    taped: Callable[..., Tensor]
    backward: Callable[..., Any]


def draw(*shape, seed=0, low=None):
    """Draw normal numbers, or numbers from `low` to 1 - low."""
    rng = np.random.default_rng((seed, *shape))
    return rng.normal(size=shape) if low is None else rng.uniform(low, 1 - low, shape)


def alone(f):
    """Return a backward whose only gradient is not in a tuple."""
    return lambda *arguments: [f(*arguments)]


# --- the table, module by module -----------------------------------------------------------------

ANY_SHAPE = [("", (4, 3)), ("a single number", ()), ("one element", (1, 1)), ("empty", (0, 3))]


def activation_rows():
    for name, f in taped.ELEMENTWISE.items():
        plain, prime = act.ACTIVATIONS[name]
        for case, shape in ANY_SHAPE:
            yield Row(
                f"activations.{name}_prime",
                case,
                (draw(*shape),),
                plain,
                f,
                alone(lambda dy, z, prime=prime: dy * prime(z)),
            )
    for name, value in (("leaky_relu", 0.3), ("elu", 1.7)):
        plain, prime = act.ACTIVATIONS[name]
        yield Row(
            f"activations.{name}_prime",
            "another parameter",
            (draw(3, 2),),
            lambda z, plain=plain, value=value: plain(z, value),
            lambda z, name=name, value=value: taped.ELEMENTWISE[name](z, value),
            alone(lambda dy, z, prime=prime, value=value: dy * prime(z, value)),
        )
    for case, shape, axis in [
        ("", (4, 3), -1),
        ("down the columns", (4, 3), 0),
        ("one example", (1, 3), -1),
        ("one class", (3, 1), -1),
        ("no batch axis", (5,), 0),
        ("empty batch", (0, 3), -1),
    ]:
        yield Row(
            "activations.softmax_backward",
            case,
            (draw(*shape),),
            lambda z, axis=axis: act.softmax(z, axis),
            lambda z, axis=axis: taped.softmax(z, axis),
            alone(lambda dy, z, axis=axis: act.softmax_backward(dy, act.softmax(z, axis), axis)),
        )
    for case, K in [("", 4), ("one class", 1)]:
        yield Row(
            "activations.softmax_jacobian",
            case,
            (draw(K),),
            act.softmax,
            taped.softmax,
            alone(lambda dy, z: dy @ act.softmax_jacobian(act.softmax(z))),
        )


def loss_rows():
    targets = {
        "mse": lambda y: y,
        "mae": lambda y: y,
        "huber": lambda y: 2 * y,
        "hinge": lambda y: np.where(y < 0, -1.0, 1.0),
        "binary_cross_entropy": lambda y: 1.0 * (y < 0),
        "binary_cross_entropy_with_logits": lambda y: 1.0 * (y < 0),
    }
    for name, target in targets.items():
        plain, grad, on_tape = (
            getattr(loss, name),
            getattr(loss, f"{name}_grad"),
            getattr(taped, name),
        )
        for case, shape in ANY_SHAPE[:3]:
            y = target(draw(*shape, seed=1))
            yield Row(
                f"loss.{name}_grad",
                case,
                (draw(*shape, low=0.1 if name == "binary_cross_entropy" else None),),
                lambda y_hat, plain=plain, y=y: plain(y_hat, y),
                lambda y_hat, on_tape=on_tape, y=y: on_tape(y_hat, y),
                alone(lambda dy, y_hat, grad=grad, y=y: dy * grad(y_hat, y)),
            )
    wide = draw(5, seed=1)
    yield Row(
        "loss.huber_grad",
        "a narrow parabola",
        (draw(5),),
        lambda y_hat: loss.huber(y_hat, wide, 0.3),
        lambda y_hat: taped.huber(y_hat, wide, 0.3),
        alone(lambda dy, y_hat: dy * loss.huber_grad(y_hat, wide, 0.3)),
    )
    for case, labels, K in [
        ("", [2, 0, 1, 1], 3),
        ("one example", [1], 3),
        ("one class", [0, 0], 1),
    ]:
        yield Row(
            "loss.cross_entropy_grad",
            case,
            (draw(len(labels), K),),
            lambda z, labels=labels: loss.cross_entropy(z, labels),
            lambda z, labels=labels: taped.cross_entropy(z, labels),
            alone(lambda dy, z, labels=labels: dy * loss.cross_entropy_grad(z, labels)),
        )
        yield Row(
            "autodiff.cross_entropy",
            case,
            (draw(len(labels), K),),
            lambda z, labels=labels: loss.cross_entropy(z, labels),
            lambda z, labels=labels: taped.cross_entropy(z, labels),
            by_tape(lambda z, labels=labels: autodiff.cross_entropy(z, labels)),
        )
        yield Row(
            "vanishing_gradient.cross_entropy_signal",
            case,
            (draw(K),),
            lambda z, labels=labels: loss.cross_entropy(z[None], labels[:1]),
            lambda z, labels=labels: taped.cross_entropy(z.reshape(1, -1), labels[:1]),
            alone(
                lambda dy, z, labels=labels: (
                    dy * vanishing_gradient.cross_entropy_signal(z, labels[0])
                )
            ),
        )
        y = loss.one_hot(labels[:1], K)[0]
        yield Row(
            "vanishing_gradient.squared_error_signal",
            case,
            (draw(K),),
            lambda z, y=y: np.sum((act.softmax(z) - y) ** 2) / 2,
            lambda z, y=y: ((taped.softmax(z) - y) ** 2).sum() / 2,
            alone(
                lambda dy, z, labels=labels: (
                    dy * vanishing_gradient.squared_error_signal(z, labels[0])
                )
            ),
        )


def by_tape(f):
    """Return a backward that asks the tape about f: for operations that are a node of their own."""

    def backward(dy, *arrays):
        tensors = [Tensor(array) for array in arrays]
        f(*tensors).backward(dy)
        return [tensor.grad for tensor in tensors]

    return backward


# what is special, the shapes of images and kernels, stride and padding
IMAGES = [
    ("", (2, 3, 5, 6), (4, 3, 2), 1, 0),
    ("one example, one channel, one filter", (1, 1, 7, 4), (1, 3, 3), 2, 1),
    ("the stride jumps over pixels", (2, 2, 7, 8), (3, 2, 2), 3, 0),
    ("the kernel is larger than the image", (1, 2, 3, 3), (2, 5, 5), 1, 2),
    ("a kernel of one pixel", (3, 1, 4, 3), (2, 1, 1), 1, 0),
    ("more padding than kernel", (1, 1, 2, 3), (1, 1, 2), 2, 2),
    ("empty batch", (0, 2, 4, 5), (3, 2, 3), 1, 1),
]


def batch_last(x):
    return x.transpose(1, 2, 3, 0)


def batch_first(x):
    return x.transpose(3, 0, 1, 2)


def convolution_rows():
    for case, image, (F, *kernel), stride, padding in IMAGES:
        x, w, b = draw(*image), draw(F, image[1], *kernel, seed=1), draw(F, seed=2)
        how = {"stride": stride, "padding": padding}
        yield Row(
            "convolution.conv2d_backward",
            case,
            (x, w, b),
            lambda x, w, b, how=how: convolution.conv2d(x, w, b, **how),
            lambda x, w, b, how=how: taped.conv2d(x, w, b, **how),
            lambda dy, x, w, b, how=how: convolution.conv2d_backward(dy, x, w, **how),
        )
        yield Row(
            "fast_cnn.conv2d_batch_last_backward",
            case,
            (batch_last(x), w, b),
            lambda x, w, b, how=how: fast_cnn.conv2d_batch_last(x, w, b, **how),
            lambda x, w, b, how=how: batch_last(taped.conv2d(batch_first(x), w, b, **how)),
            lambda dy, x, w, b, how=how: fast_cnn.conv2d_batch_last_backward(dy, x, w, **how),
        )
    shared = (draw(1, 1, 3, 4),)
    yield Row(
        "convolution.conv2d_backward",
        "the image is its own kernel",
        shared,
        lambda x: convolution.conv2d(x, x, np.zeros(1), padding=1),
        lambda x: taped.conv2d(x, x, Tensor(np.zeros(1)), padding=1),
        alone(lambda dy, x: sum(convolution.conv2d_backward(dy, x, x, padding=1)[:2])),
    )
    yield Row(
        "fast_cnn.conv2d_batch_last_backward",
        "the image is its own kernel",
        shared,
        lambda x: fast_cnn.conv2d_batch_last(batch_last(x), x, np.zeros(1), padding=1),
        lambda x: batch_last(taped.conv2d(x, x, Tensor(np.zeros(1)), padding=1)),
        alone(image_and_kernel_at_once),
    )


def image_and_kernel_at_once(dy, x):
    dx, dw, _ = fast_cnn.conv2d_batch_last_backward(dy, batch_last(x), x, padding=1)
    return batch_first(dx) + dw


def pooling_rows():
    for case, image, size, stride in [
        ("", (2, 3, 6, 4), 2, None),
        ("windows overlap", (1, 2, 5, 7), 3, 2),
        ("one example, one channel", (1, 1, 4, 6), 2, 1),
        ("the stride jumps over pixels", (2, 1, 8, 5), 2, 3),
        ("a rest at the border", (1, 1, 5, 7), 2, None),
        ("one window", (1, 1, 3, 3), 3, None),
        ("empty batch", (0, 2, 4, 6), 2, None),
    ]:
        for name in ("max_pool2d", "avg_pool2d"):
            plain, back, on_tape = (
                getattr(pooling, name),
                getattr(pooling, f"{name}_backward"),
                getattr(taped, name),
            )
            yield Row(
                f"pooling.{name}_backward",
                case,
                (draw(*image),),
                lambda x, plain=plain, size=size, stride=stride: plain(x, size, stride),
                lambda x, on_tape=on_tape, size=size, stride=stride: on_tape(x, size, stride),
                alone(lambda dy, x, back=back, size=size, stride=stride: back(dy, x, size, stride)),
            )
        if stride is None:
            yield Row(
                "fast_cnn.max_pool2d_batch_last_backward",
                case,
                (batch_last(draw(*image)),),
                lambda x, size=size: fast_cnn.max_pool2d_batch_last(x, size),
                lambda x, size=size: batch_last(taped.max_pool2d(batch_first(x), size)),
                alone(
                    lambda dy, x, size=size: fast_cnn.max_pool2d_batch_last_backward(
                        dy, x, fast_cnn.max_pool2d_batch_last(x, size), size
                    )
                ),
            )


def normalization_rows():
    for case, shape in [
        ("", (4, 3)),
        ("images", (2, 3, 2, 5)),
        ("one channel", (3, 1, 4, 2)),
        ("one example", (1, 2, 3, 4)),
        ("one feature", (5, 1)),
    ]:
        D = shape[1]
        yield Row(
            "normalization.batch_norm_backward",
            case,
            (draw(*shape), draw(D, seed=1), draw(D, seed=2)),
            normalization.batch_norm,
            taped.batch_norm,
            lambda dy, x, gamma, beta: normalization.batch_norm_backward(dy, x, gamma),
        )
    for case, shape in [
        ("", (4, 3)),
        ("sequences", (3, 2, 4)),
        ("one example", (1, 5)),
        ("a row alone", (6,)),
        ("empty batch", (0, 4)),
    ]:
        D = shape[-1]
        yield Row(
            "normalization.layer_norm_backward",
            case,
            (draw(*shape), draw(D, seed=1), draw(D, seed=2)),
            normalization.layer_norm,
            taped.layer_norm,
            lambda dy, x, gamma, beta: normalization.layer_norm_backward(dy, x, gamma),
        )
    yield Row(
        "normalization.layer_norm_backward",
        "a large eps",
        (draw(2, 3), draw(3), draw(3, seed=1)),
        lambda *a: normalization.layer_norm(*a, eps=0.7),
        lambda *a: taped.layer_norm(*a, eps=0.7),
        lambda dy, x, gamma, beta: normalization.layer_norm_backward(dy, x, gamma, eps=0.7),
    )
    yield Row(
        "normalization.layer_norm_backward",
        "gamma is beta",
        (draw(2, 3), draw(3)),
        lambda x, g: normalization.layer_norm(x, g, g),
        lambda x, g: taped.layer_norm(x, g, g),
        lambda dy, x, g: merged(normalization.layer_norm_backward(dy, x, g), 1, 2),
    )
    yield Row(
        "normalization.batch_norm_backward",
        "gamma is beta",
        (draw(4, 3), draw(3)),
        lambda x, g: normalization.batch_norm(x, g, g),
        lambda x, g: taped.batch_norm(x, g, g),
        lambda dy, x, g: merged(normalization.batch_norm_backward(dy, x, g), 1, 2),
    )
    w = draw(3, 3, seed=9)
    for case, shape in [("", (4, 3)), ("one example", (1, 3)), ("empty batch", (0, 3))]:
        yield Row(
            "normalization.residual_backward",
            case,
            (draw(*shape),),
            lambda x: normalization.residual(x, lambda x: np.tanh(x @ w)),
            lambda x: x + (x @ w).tanh(),
            alone(
                lambda dy, x: normalization.residual_backward(
                    dy, lambda dy: dy * (1 - np.tanh(x @ w) ** 2) @ w.T
                )
            ),
        )


def merged(gradients, i, j):
    """Add gradient j to gradient i: both belong to one array that was used in two places."""
    gradients = list(gradients)
    gradients[i] = gradients[i] + gradients[j]
    return gradients[:j] + gradients[j + 1 :]


def regularization_rows():
    for case, shape in ANY_SHAPE:
        x = draw(*shape)
        mask = regularization.dropout(x, 0.4, np.random.default_rng(0))[1]
        yield Row(
            "regularization.dropout_backward",
            case,
            (x,),
            lambda x: regularization.dropout(x, 0.4, np.random.default_rng(0))[0],
            lambda x, mask=mask: x * mask,
            alone(lambda dy, x, mask=mask: regularization.dropout_backward(dy, mask)),
        )
        yield Row(
            "regularization.l2_penalty_grad",
            case,
            (x, draw(2, seed=1)),
            lambda *ws: regularization.l2_penalty(ws, 0.3),
            lambda *ws: 0.15 * sum((w * w).sum() for w in ws),
            lambda dy, *ws: [dy * g for g in regularization.l2_penalty_grad(ws, 0.3)],
        )


# what is special, and the sizes T, N, D and H
SEQUENCES = [
    ("", (4, 2, 3, 5)),
    ("one step", (1, 2, 3, 2)),
    ("one example", (3, 1, 2, 3)),
    ("one input, one unit", (3, 2, 1, 1)),
    ("empty batch", (3, 0, 2, 2)),
]


def columns(x):
    """(T, N, D) -> (T, D, N)."""
    return x.transpose(0, 2, 1)


def recurrent_rows():
    for case, (T, N, D, H) in SEQUENCES:
        x, h0, c0 = draw(T, N, D), draw(N, H, seed=1), draw(N, H, seed=2)
        one = (draw(D, H, seed=3), draw(H, H, seed=4), draw(H, seed=5))
        three = (*(draw(k, 3 * H, seed=6) for k in (D, H)), *(draw(3 * H, seed=s) for s in (7, 8)))
        four = (draw(D, 4 * H, seed=9), draw(H, 4 * H, seed=10), draw(4 * H, seed=11))
        yield Row(
            "rnn.rnn_backward",
            case,
            (x, h0, *one),
            rnn,
            taped.rnn,
            lambda dy, *a: rnn_backward(dy, rnn(*a), *a[:-1]),
        )
        yield Row(
            "lstm.lstm_backward",
            case,
            (x, h0, c0, *four),
            outputs_and_last_cell,
            taped.lstm,
            lambda dy, *a: lstm_backward(dy[:-1], lstm(*a), *a[:-1], dc_last=dy[-1]),
        )
        for reset_after in (True, False):
            yield Row(
                "gru.gru_backward",
                f"{case}, reset {'after' if reset_after else 'before'}",
                (x, h0, *three),
                lambda *a, order=reset_after: gru(*a, order).h,
                lambda *a, order=reset_after: taped.gru(*a, order),
                lambda dy, *a, order=reset_after: gru_backward(dy, gru(*a, order), *a[:-2], order),
            )
        fast = (columns(x), h0.T, *one)
        yield Row(
            "fast_recurrent.rnn_batch_last_backward",
            case,
            fast,
            fast_recurrent.rnn_batch_last,
            on_columns(taped.rnn, 1),
            lambda dy, *a: fast_recurrent.rnn_batch_last_backward(
                dy, fast_recurrent.rnn_batch_last(*a), *a[:-1]
            ),
        )
        yield Row(
            "fast_recurrent.lstm_batch_last_backward",
            case,
            (columns(x), h0.T, c0.T, *four),
            lambda *a: fast_recurrent.lstm_batch_last(*a).h,
            on_columns(lambda x, *a: taped.lstm(x, *a)[: x.shape[0]], 2),
            lambda dy, *a: fast_recurrent.lstm_batch_last_backward(
                dy, fast_recurrent.lstm_batch_last(*a), *a[:-1]
            ),
        )
        yield Row(
            "fast_recurrent.gru_batch_last_backward",
            case,
            (columns(x), h0.T, *three),
            lambda *a: fast_recurrent.gru_batch_last(*a).h,
            on_columns(taped.gru, 1),
            lambda dy, *a: fast_recurrent.gru_batch_last_backward(
                dy, fast_recurrent.gru_batch_last(*a), *a[:-2]
            ),
        )


def outputs_and_last_cell(*arguments):
    states = lstm(*arguments)
    return np.concatenate([states.h, states.c[-1:]])


def on_columns(run, states):
    """Run on sequences (T, D, N) and first states (H, N) what wants (T, N, D) and (N, H)."""

    def f(x, *rest):
        return columns(run(columns(x), *(h.T for h in rest[:states]), *rest[states:]))

    return f


def shared_recurrent_rows():
    """One array in two places: both kernels of an RNN, both states of an LSTM, both biases."""
    x, h, w, b = draw(3, 2, 4), draw(2, 4, seed=1), draw(4, 4, seed=2), draw(4, seed=3)
    case = "one array in two places"
    yield Row(
        "rnn.rnn_backward",
        case,
        (x, h, w, b),
        lambda x, h, w, b: rnn(x, h, w, w, b),
        lambda x, h, w, b: taped.rnn(x, h, w, w, b),
        lambda dy, x, h, w, b: merged(rnn_backward(dy, rnn(x, h, w, w, b), x, h, w, w), 2, 3),
    )
    yield Row(
        "fast_recurrent.rnn_batch_last_backward",
        case,
        (columns(x), h.T, w, b),
        lambda x, h, w, b: fast_recurrent.rnn_batch_last(x, h, w, w, b),
        on_columns(lambda x, h, w, b: taped.rnn(x, h, w, w, b), 1),
        lambda dy, x, h, w, b: merged(
            fast_recurrent.rnn_batch_last_backward(
                dy, fast_recurrent.rnn_batch_last(x, h, w, w, b), x, h, w, w
            ),
            2,
            3,
        ),
    )
    four = (draw(4, 16, seed=4), draw(4, 16, seed=5), draw(16, seed=6))
    yield Row(
        "lstm.lstm_backward",
        case,
        (x, h, *four),
        lambda x, s, *w: outputs_and_last_cell(x, s, s, *w),
        lambda x, s, *w: taped.lstm(x, s, s, *w),
        lambda dy, x, s, *w: merged(
            lstm_backward(dy[:-1], lstm(x, s, s, *w), x, s, s, *w[:2], dc_last=dy[-1]), 1, 2
        ),
    )
    yield Row(
        "fast_recurrent.lstm_batch_last_backward",
        case,
        (columns(x), h.T, *four),
        lambda x, s, *w: fast_recurrent.lstm_batch_last(x, s, s, *w).h,
        on_columns(lambda x, s, *w: taped.lstm(x, s, s, *w)[: x.shape[0]], 1),
        lambda dy, x, s, *w: merged(
            fast_recurrent.lstm_batch_last_backward(
                dy, fast_recurrent.lstm_batch_last(x, s, s, *w), x, s, s, *w[:2]
            ),
            1,
            2,
        ),
    )
    w, b = draw(4, 12, seed=7), draw(12, seed=8)
    for order in (True, False):
        yield Row(
            "gru.gru_backward",
            f"{case}, reset {'after' if order else 'before'}",
            (x, h, w, b),
            lambda x, h, w, b, order=order: gru(x, h, w, w, b, b, order).h,
            lambda x, h, w, b, order=order: taped.gru(x, h, w, w, b, b, order),
            lambda dy, x, h, w, b, order=order: merged(
                merged(gru_backward(dy, gru(x, h, w, w, b, b, order), x, h, w, w, order), 4, 5),
                2,
                3,
            ),
        )
    yield Row(
        "fast_recurrent.gru_batch_last_backward",
        case,
        (columns(x), h.T, w, b),
        lambda x, h, w, b: fast_recurrent.gru_batch_last(x, h, w, w, b, b).h,
        on_columns(lambda x, h, w, b: taped.gru(x, h, w, w, b, b), 1),
        lambda dy, x, h, w, b: merged(
            merged(
                fast_recurrent.gru_batch_last_backward(
                    dy, fast_recurrent.gru_batch_last(x, h, w, w, b, b), x, h, w, w
                ),
                4,
                5,
            ),
            2,
            3,
        ),
    )


def error_wall_rows():
    for case, shape, steps in [("", (2, 3), 5), ("one step", (3,), 1), ("a point", (), 4)]:
        how = {"steps": steps, "start": 0.3, "target": 0.6}
        yield Row(
            "rnn.error_wall_gradient",
            case,
            (draw(*shape), draw(*shape, seed=1)),
            lambda w, b, how=how: error_wall(w, b, **how),
            lambda w, b, how=how: taped_error_wall(w, b, **how),
            lambda dy, w, b, how=how: [dy * g for g in error_wall_gradient(w, b, **how)],
        )
    yield Row(
        "rnn.error_wall_gradient",
        "the weight is the bias",
        (draw(3),),
        lambda w: error_wall(w, w, 3),
        lambda w: taped_error_wall(w, w, 3, 0.5, 0.7),
        alone(lambda dy, w: dy * sum(error_wall_gradient(w, w, 3))),
    )


def taped_error_wall(w, b, steps, start, target):
    z = start
    for _ in range(steps):
        z = w * taped.sigmoid(Tensor(z) if isinstance(z, float) else z) + b
    return (taped.sigmoid(z) - target) ** 2


def attention_rows():
    causal, additive = np.tri(4, dtype=bool), np.where(np.tri(4), 0.5, -np.inf)
    blind = np.array([[True, False, True], [False] * 3])
    for case, q, k, v, mask in [
        ("", (2, 4, 6), (2, 4, 6), (2, 4, 5), None),
        ("a causal mask", (2, 4, 3), (2, 4, 3), (2, 4, 3), causal),
        ("numbers as a mask", (1, 4, 3), (1, 4, 3), (1, 4, 3), additive),
        ("a query that may look nowhere", (1, 2, 3), (1, 3, 3), (1, 3, 2), blind),
        ("heads of a batch", (2, 3, 2, 4), (2, 3, 5, 4), (2, 3, 5, 1), None),
        ("one step, one feature, no batch axis", (1, 1), (1, 1), (1, 1), None),
        ("empty batch", (0, 2, 3), (0, 4, 3), (0, 4, 2), None),
        ("no queries", (2, 0, 3), (2, 4, 3), (2, 4, 2), None),
    ]:
        yield Row(
            "attention.attention_backward",
            case,
            (draw(*q), draw(*k, seed=1), draw(*v, seed=2)),
            lambda *a, mask=mask: att.attention(*a, mask),
            lambda *a, mask=mask: taped.attention(*a, mask),
            lambda dy, *a, mask=mask: att.attention_backward(dy, *a, mask),
        )
    yield Row(
        "attention.attention_backward",
        "one array as query, key and value",
        (draw(2, 4, 3),),
        lambda x: att.attention(x, x, x, causal),
        lambda x: taped.attention(x, x, x, causal),
        alone(lambda dy, x: sum(att.attention_backward(dy, x, x, x, causal))),
    )
    for case, (T, N, D), heads, mask in [
        ("", (4, 2, 6), 3, None),
        ("a causal mask", (4, 2, 4), 2, causal),
        ("one head", (3, 2, 4), 1, None),
        ("as many heads as features", (3, 1, 3), 3, None),
        ("one step", (1, 2, 4), 2, None),
        ("empty batch", (3, 0, 4), 2, None),
    ]:
        yield Row(
            "attention.multi_head_attention_backward",
            case,
            (draw(T, N, D), draw(D, 3 * D, seed=1), draw(D, D, seed=2)),
            lambda *a, heads=heads, mask=mask: att.multi_head_attention(*a, heads, mask),
            lambda *a, heads=heads, mask=mask: taped.multi_head_attention(*a, heads, mask),
            lambda dy, *a, heads=heads, mask=mask: att.multi_head_attention_backward(
                dy, *a, heads, mask
            ),
        )


def transformer_rows():
    for case, shape, M in [
        ("", (2, 2, 3), 5),
        ("one row", (3,), 4),
        ("one feature, one unit", (2, 1), 1),
        ("empty batch", (2, 0, 3), 4),
    ]:
        D = shape[-1]
        yield Row(
            "transformer.feed_forward_backward",
            case,
            (draw(*shape), draw(D, M, seed=1), draw(M, seed=2), draw(M, D, seed=3), draw(D)),
            transformer.feed_forward,
            taped.feed_forward,
            lambda dy, *a: transformer.feed_forward_backward(dy, *a[:-1]),
        )
    square, b = draw(3, 3), draw(3, seed=1)
    yield Row(
        "transformer.feed_forward_backward",
        "both layers share their weights",
        (draw(2, 3), square, b),
        lambda x, w, b: transformer.feed_forward(x, w, b, w, b),
        lambda x, w, b: taped.feed_forward(x, w, b, w, b),
        lambda dy, x, w, b: merged(
            merged(transformer.feed_forward_backward(dy, x, w, b, w), 1, 3), 2, 3
        ),
    )
    for case, (T, N, D), heads in [
        ("", (3, 2, 4), 2),
        ("one step", (1, 2, 4), 1),
        ("one example", (3, 1, 2), 2),
        ("empty batch", (2, 0, 2), 1),
    ]:
        params = [
            0.5 * draw(*p.shape, seed=k) for k, p in enumerate(decoder(4, D, heads).blocks[0])
        ]
        yield Row(
            "transformer.block_backward",
            case,
            (draw(T, N, D), *params),
            lambda x, *p, heads=heads: transformer.block(x, p, heads),
            lambda x, *p, heads=heads: taped.block(x, p, heads),
            lambda dy, x, *p, heads=heads: flat(transformer.block_backward(dy, x, p, heads)),
        )


def flat(pair):
    first, rest = pair
    return [first, *rest]


def decoder(letters, D, heads, layers=1):
    return Decoder(letters, 3, D, heads, layers, np.random.default_rng(0))


def model_rows():
    """Models whose gradients are those of a loss: y is one number."""
    yield from lenet_rows()
    for make, run, states in ((RNN, taped.rnn, 1), (LSTM, taped.lstm, 2), (GRU, one_bias, 1)):
        for case, (T, N, D, H) in SEQUENCES[:4]:
            net, x, y = make(D, H, 2, np.random.default_rng(0)), draw(T, N, D), draw(N, 2, seed=1)
            fresh = (np.zeros((N, H)),) * states
            yield of_model(
                f"{make.__name__.lower()}.{make.__name__}.gradients",
                case,
                net,
                x,
                y,
                lambda x, y, *p, run=run, fresh=fresh: taped.mse(
                    taped.last_answer(run, x, fresh, p), y
                ),
            )
    for cell, run, states in (("lstm", taped.lstm, 2), ("gru", taped.gru, 1)):
        for case, T, N in [("", 4, 2), ("one step", 1, 2), ("one example", 3, 1)]:
            net = CharacterModel(5, 3, 2, np.random.default_rng(0), cell=cell)
            x, y = tokens(T, N)
            fresh = (np.zeros((N, 2)),) * states
            yield of_model(
                "language_model.CharacterModel.gradients",
                f"{cell}, {case}",
                net,
                x,
                y,
                lambda x, y, *p, run=run, fresh=fresh: taped.cross_entropy(
                    taped.letters(run, x, fresh, p), y.ravel()
                ),
            )
    for case, T, N, layers in [
        ("", 3, 2, 1),
        ("two blocks", 2, 2, 2),
        ("no block", 2, 1, 0),
        ("one step", 1, 2, 1),
    ]:
        net = decoder(5, 3, 1, layers)
        # at first the weights are almost zero, which is no generic point
        net.params = [0.5 * draw(*p.shape, seed=k) for k, p in enumerate(net.params)]
        yield of_model(
            "transformer.Decoder.gradients",
            case,
            net,
            *tokens(T, N),
            lambda x, y, *p, layers=layers: taped.cross_entropy(
                taped.decoder(x, p, layers, 1), y.ravel()
            ),
        )


def one_bias(x, h0, w_x, w_h, b):
    return taped.gru(x, h0, w_x, w_h, b, np.zeros(b.shape))


def tokens(T, N):
    letters = np.random.default_rng((T, N)).integers(0, 5, (T + 1, N))
    return letters[:-1], letters[1:]


def of_model(of, case, net, x, y, taped_loss):
    """Return the row of a network whose `gradients` gives the loss, then the gradients."""

    def answer(params):
        net.params = list(params)
        return net.gradients(x, y)

    return Row(
        of,
        case,
        tuple(net.params),
        lambda *p: answer(p)[0],
        lambda *p: taped_loss(x, y, *p),
        lambda dy, *p: [dy * g for g in answer(p)[1]],
    )


def lenet_rows():
    for case, image, N, filters, kernel, paddings, hidden in [
        ("", (1, 4, 4), 3, [2], 3, [1], [3]),
        ("two stages, two channels, not square", (2, 6, 4), 2, [2, 1], 3, [1, 1], []),
        ("one example, no padding", (1, 5, 7), 1, [1], 2, [0], []),
    ]:
        x, labels = draw(N, *image), np.arange(N) % 3
        net = LeNet(image, filters, kernel, paddings, hidden, 3, np.random.default_rng(0))
        net.params = [p + 0.1 * draw(*p.shape, seed=5) for p in net.params]  # biases off zero

        def on_tape(x, y, *p, paddings=paddings):
            return taped.cross_entropy(taped.lenet(x, p, paddings), y)

        yield of_model("cnn.LeNet.gradients", case, net, x, labels, on_tape)
        yield Row(
            "fast_cnn.FastLeNet.gradients",
            case,
            tuple(net.params),
            lambda *p, net=net, x=x, y=labels: with_params(net, p).gradients(x, y)[0],
            lambda *p, x=x, y=labels, on_tape=on_tape: on_tape(x, y, *p),
            lambda dy, *p, net=net, x=x, y=labels: one_fast_step(
                fast_cnn.FastLeNet(with_params(net, p)), dy, x, y, len(x)
            ),
        )


def with_params(net, params):
    net.params = list(params)
    return net


class Spy:
    """An optimizer that changes nothing and keeps the gradients that it was shown."""

    def __init__(self, fast):
        self.fast, self.seen = fast, None

    def step(self, grad):
        self.seen = [np.array(g) for g in self.fast.gradients]


def one_fast_step(fast, dy, x, labels, *batch):
    spy = Spy(fast)
    fast.fit(x, labels, spy, 1, *batch)
    return [dy * g for g in spy.seen]


def perceptron_rows():
    for case, (N, D, H) in [
        ("", (4, 3, 2)),
        ("one example", (1, 3, 2)),
        ("one input, one output", (3, 1, 1)),
        ("empty batch", (0, 3, 2)),
    ]:
        arrays = (draw(N, D), draw(D, H, seed=1), draw(H, seed=2))
        yield Row(
            "multilayer_perceptron.affine_backward",
            case,
            arrays,
            multilayer_perceptron.affine,
            lambda x, w, b: x @ w + b,
            lambda dy, x, w, b: multilayer_perceptron.affine_backward(dy, x, w),
        )
        yield Row(
            "autodiff.affine",
            case,
            arrays,
            multilayer_perceptron.affine,
            lambda x, w, b: x @ w + b,
            by_tape(autodiff.affine),
        )
    yield Row(
        "multilayer_perceptron.affine_backward",
        "the examples are the weights",
        (draw(3, 3),),
        lambda x: multilayer_perceptron.affine(x, x, np.zeros(3)),
        lambda x: x @ x,
        alone(lambda dy, x: sum(multilayer_perceptron.affine_backward(dy, x, x)[:2])),
    )
    for case, sizes, activation, output, loss_name, N in [
        ("", [3, 4, 2], "tanh", "identity", "mse", 5),
        ("one example", [2, 3, 1], "gelu", "sigmoid", "mse", 1),
        ("no hidden layer", [2, 1], "tanh", "identity", "binary_cross_entropy_with_logits", 4),
        ("three layers", [2, 3, 3, 2], "softplus", "identity", "cross_entropy", 4),
        ("one unit a layer", [1, 1, 1], "silu", "tanh", "mse", 3),
        ("relu", [3, 5, 3], "relu", "identity", "cross_entropy", 4),
    ]:
        rng = np.random.default_rng(1)
        net = MLP(sizes, activation, rng, output, loss_name)
        net.params = [p + 0.1 * draw(*p.shape, seed=5) for p in net.params]
        x = draw(N, sizes[0])
        y = np.arange(N) % sizes[-1] if loss_name == "cross_entropy" else draw(N, sizes[-1], low=0)

        def plain(*p, net=net, x=x, y=y):
            return net.loss(with_params(net, p).forward(x), y)

        def on_tape(*p, x=x, y=y, f=activation, last=output, loss_name=loss_name):
            layers = list(zip(p[::2], p[1::2], strict=True))
            z = taped.network(x, layers, taped.ELEMENTWISE[f])[0]
            return getattr(taped, loss_name)(taped.ELEMENTWISE[last](z), y)

        yield Row(
            "multilayer_perceptron.MLP.gradients",
            case,
            tuple(net.params),
            plain,
            on_tape,
            lambda dy, *p, net=net, x=x, y=y: [dy * g for g in with_params(net, p).gradients(x, y)],
        )
    yield from fast_mlp_rows()


def fast_mlp_rows():
    for case, sizes, N in [
        ("", [3, 5, 4, 3], 4),
        ("one example", [2, 3, 2], 1),
        ("no hidden layer", [3, 2], 4),
        ("one unit", [1, 1, 2], 3),
    ]:
        net = MLP(sizes, "relu", np.random.default_rng(2), loss="cross_entropy")
        net.params = [p + 0.1 * draw(*p.shape, seed=5) for p in net.params]
        x, labels = draw(N, sizes[0]), np.arange(N) % sizes[-1]

        def on_tape(*p, x=x, y=labels):
            layers = list(zip(p[::2], p[1::2], strict=True))
            return taped.cross_entropy(taped.network(x, layers, lambda z: z.relu())[0], y)

        yield Row(
            "fast_mlp.FastMLP.gradients",
            case,
            tuple(net.params),
            lambda *p, net=net, x=x, y=labels: net.loss(with_params(net, p).forward(x), y),
            on_tape,
            lambda dy, *p, net=net, x=x, y=labels: one_fast_step(
                fast_mlp.FastMLP(with_params(net, p), len(x)), dy, x, y
            ),
        )


def backpropagation_rows():
    for case, (N, D, H, K) in [
        ("", (4, 3, 5, 2)),
        ("one example", (1, 2, 2, 2)),
        ("one unit a layer", (3, 1, 1, 1)),
    ]:
        x, y = draw(N, D), draw(N, K, seed=1)
        params = (draw(D, H, seed=2), draw(H, seed=3), draw(H, K, seed=4), draw(K, seed=5))

        def on_tape(x, *p, y=y):
            z, _ = taped.network(x, list(zip(p[::2], p[1::2], strict=True)), taped.sigmoid)
            return ((taped.sigmoid(z) - y) ** 2).sum() / (2 * len(y))

        yield Row(
            "backpropagation.gradients",
            case,
            params,
            lambda *p, x=x, y=y: backpropagation.loss(x, y, layers(p)),
            lambda *p, x=x, on_tape=on_tape: on_tape(Tensor(x), *p),
            lambda dy, *p, x=x, y=y: [
                dy * g
                for layer in backpropagation.gradients(x, y, layers(p))
                for g in (layer.w, layer.b)
            ],
        )
        yield Row(
            "backpropagation.backward_trace",
            case,
            (x, *params),
            lambda x, *p, y=y: backpropagation.loss(x, y, layers(p)),
            on_tape,
            lambda dy, x, *p, y=y: [dy * g for g in traced(x, y, layers(p))],
        )
        yield from delta_rows(case, (x, *params), draw(D, D, seed=6))


def layers(params):
    return [backpropagation.Layer(w, b) for w, b in zip(params[::2], params[1::2], strict=True)]


def traced(x, y, layers):
    backward = backpropagation.backward_trace(
        backpropagation.forward_trace(x, y, layers), y, layers
    )
    return [backward.dx, *(g for layer in backward.layers for g in (layer.w, layer.b))]


def delta_rows(case, arrays, w_first):
    """The delta recurrence: the loss reads the last z, after sigmoids in between."""

    def plain(x, *p):
        return forward_deltas(x, p)[0][-1]

    def on_tape(x, *p):
        return taped.network(x, list(zip(p[::2], p[1::2], strict=True)), taped.sigmoid)[0]

    def by_deltas(dy, x, *p):
        zs, hs = forward_deltas(x, p)
        deltas = delta_recurrence.delta_recurrence(dy, p[::2], zs)
        pairs = delta_recurrence.gradients_from_deltas(hs, deltas)
        return [deltas[0] @ p[0].T, *(g for pair in pairs for g in pair)]

    yield Row("delta_recurrence.gradients_from_deltas", case, arrays, plain, on_tape, by_deltas)

    # from the first z on: its delta is the gradient
    z, w, b = arrays[0] @ w_first, arrays[1], arrays[2]

    def later(z):
        return act.sigmoid(z) @ w + b

    def later_on_tape(z):
        return taped.sigmoid(z) @ w + b

    yield Row(
        "delta_recurrence.delta_step",
        case,
        (z,),
        later,
        later_on_tape,
        alone(lambda dy, z: delta_recurrence.delta_step(dy, w, z)),
    )
    yield Row(
        "delta_recurrence.delta_recurrence",
        case,
        (z,),
        later,
        later_on_tape,
        alone(lambda dy, z: delta_recurrence.delta_recurrence(dy, [w_first, w], [z, later(z)])[0]),
    )
    yield Row(
        "delta_recurrence.delta_as_product",
        case,
        (z[0],),
        later,
        later_on_tape,
        alone(lambda dy, z: delta_recurrence.delta_as_product(dy, [w_first, w], [z, later(z)])),
    )


def forward_deltas(x, params):
    zs, hs = [], [x]
    for w, b in zip(params[::2], params[1::2], strict=True):
        zs.append(hs[-1] @ w + b)
        hs.append(act.sigmoid(zs[-1]))
    return zs, hs[:-1]


def one_neuron_rows():
    for case, N, D in [("", 5, 2), ("one example", 1, 3), ("one feature", 4, 1)]:
        x, w, b = draw(N, D), draw(D, seed=1), np.asarray(0.3)
        y, bits = draw(N, seed=2), 1.0 * (draw(N, seed=2) > 0)
        yield Row(
            "regression.gradient",
            f"linear, {case}",
            (w, b),
            lambda w, b, x=x, y=y: regression.squared_loss(x, y, w, float(b)),
            lambda w, b, x=x, y=y: ((x @ w + b - y) ** 2).mean() / 2,
            lambda dy, w, b, x=x, y=y: both(dy, regression.gradient(x, x @ w + b, y)),
        )
        yield Row(
            "regression.gradient",
            f"logistic, {case}",
            (w, b),
            lambda w, b, x=x, y=bits: regression.logistic_loss(x, y, w, float(b)),
            lambda w, b, x=x, y=bits: taped.binary_cross_entropy_with_logits(x @ w + b, y),
            lambda dy, w, b, x=x, y=bits: both(
                dy, regression.gradient(x, regression.logistic(x, w, float(b)), y)
            ),
        )
        yield Row(
            "perceptron.perceptron_loss_subgradient",
            case,
            (w,),
            lambda w, x=x, y=bits: perceptron.perceptron_loss(w, x, y),
            lambda w, x=x, y=bits: ((1 - 2 * y) * (x @ w)).relu().mean(),
            alone(lambda dy, w, x=x, y=bits: dy * perceptron.perceptron_loss_subgradient(w, x, y)),
        )
        yield Row(
            "gradient_descent.delta_rule_step",
            case,
            (w, b),
            lambda w, b, x=x: (x[0] @ w + b - 0.7) ** 2 / 2,
            lambda w, b, x=x: ((x[0] * w).sum() + b - 0.7) ** 2 / 2,
            lambda dy, w, b, x=x: one_delta_step(dy, x[0], w, b),
        )


def both(dy, fit):
    return [dy * fit.w, dy * np.asarray(fit.b)]


def one_delta_step(dy, x, w, b):
    """Return the gradient by which the step went down: (before - after) / lr."""
    w_after, b_after = gradient_descent.delta_rule_step(x, 0.7, w, float(b), lr=0.5)
    return [dy * (w - w_after) / 0.5, dy * (b - b_after) / 0.5]


def landscape_rows():
    for case, D in [("", 3), ("one parameter", 1)]:
        a = draw(D, D)
        a = a + a.T
        yield Row(
            "gradient_descent.quadratic_grad",
            case,
            (draw(D),),
            lambda theta, a=a: gradient_descent.quadratic(theta, a),
            lambda theta, a=a: theta @ (a @ theta) / 2,
            alone(lambda dy, theta, a=a: dy * gradient_descent.quadratic_grad(theta, a)),
        )
    for case, N in [("", 4), ("one example", 1), ("empty", 0)]:
        centres = draw(N, seed=3)
        yield Row(
            "gradient_descent.parabolas_grad",
            case,
            (np.asarray(0.4),),
            lambda theta, c=centres: gradient_descent.parabolas(float(theta), c),
            lambda theta, c=centres: (theta - c) ** 2 / 2,
            alone(
                lambda dy, theta, c=centres: np.sum(
                    dy * gradient_descent.parabolas_grad(float(theta), c)
                )
            ),
        )
    for name, landscape in gradient_descent.LANDSCAPES.items():
        a, b, power = landscape
        yield Row(
            "gradient_descent.Landscape.grad",
            f"a {name}",
            (draw(2),),
            lambda p, f=landscape.f: f(p[0], p[1]),
            lambda p, a=a, b=b, power=power: a * p[0] ** power + b * p[1] ** power,
            alone(lambda dy, p, grad=landscape.grad: dy * grad(p)),
        )


def xor_rows():
    for case, H in [("", 3), ("one hidden unit", 1)]:
        params = xor.initial(np.random.default_rng(0), H)
        yield Row(
            "xor.gradients",
            case,
            tuple(params),
            lambda *p: loss.binary_cross_entropy(xor.predict(xor.INPUTS, xor.Params(*p)), BITS),
            lambda w1, b1, w2, b2: taped.binary_cross_entropy_with_logits(
                (xor.INPUTS @ w1 + b1).tanh() @ w2 + b2, BITS[:, None]
            ),
            lambda dy, *p: [dy * g for g in xor.gradients(xor.Params(*p))],
        )


BITS = xor.TARGETS


def chain_rows():
    for case, depth in [("", 4), ("one layer", 1)]:
        ws = draw(depth, seed=1)
        yield Row(
            "vanishing_gradient.chain_slope",
            case,
            (draw(1)[0],),
            lambda z, ws=ws: chain(z, ws, act.sigmoid)[1],
            lambda z, ws=ws: chain(z, ws, taped.sigmoid)[1],
            alone(
                lambda dy, z, ws=ws: (
                    dy * vanishing_gradient.chain_slope(chain(z, ws, act.sigmoid)[0], ws)
                )
            ),
        )


def chain(z, ws, f):
    zs = []
    for w in ws:
        zs.append(z)
        z = f(z) * w
    return zs, z


def embedding_rows():
    for case, shape, K in [
        ("", (3, 2), 4),
        ("one letter", (), 3),
        ("an alphabet of one", (2, 2), 1),
        ("empty text", (0, 2), 3),
    ]:
        letters = np.random.default_rng(0).integers(0, K, shape)
        yield Row(
            "language_model.embed_backward",
            case,
            (draw(K, 2),),
            lambda table, t=letters: language_model.embed(t, table),
            lambda table, t=letters: table[t],
            alone(lambda dy, table, t=letters: language_model.embed_backward(dy, t, table)),
        )


ON_TAPE = {
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b,
    "square": lambda a: a * a,
    "sigmoid": taped.sigmoid,
    "tanh": lambda a: a.tanh(),
}


def graph_rows():
    neuron = computational_graph.neuron_graph()
    twice = [
        computational_graph.Node("a"),
        computational_graph.Node("x", "add", ("a", "a")),
        computational_graph.Node("y", "multiply", ("x", "a")),
    ]
    for case, nodes, output in [("", neuron, "L"), ("an input used twice", twice, "y")]:
        names = computational_graph.input_names(nodes)
        yield Row(
            "computational_graph.backward",
            case,
            tuple(draw(len(names))),
            lambda *v, nodes=nodes, output=output: values(nodes, v)[output],
            lambda *v, nodes=nodes, output=output: on_tensors(nodes, v)[output],
            lambda dy, *v, nodes=nodes, output=output, names=names: [
                dy * computational_graph.backward(nodes, values(nodes, v), output)[name]
                for name in names
            ],
        )
    for operation, f in ON_TAPE.items():
        count = len(computational_graph.OPERATIONS[operation].derivatives)
        names = ["a", "b"][:count]
        nodes = [computational_graph.Node(name) for name in names]
        nodes.append(computational_graph.Node("y", operation, tuple(names)))
        yield Row(
            "computational_graph.local_derivatives",
            operation,
            tuple(draw(count)),
            lambda *v, nodes=nodes: values(nodes, v)["y"],
            f,
            lambda dy, *v, nodes=nodes: [
                dy * slope
                for slope in computational_graph.local_derivatives(nodes, values(nodes, v)).values()
            ],
        )


def values(nodes, inputs):
    names = computational_graph.input_names(nodes)
    given = {name: float(value) for name, value in zip(names, inputs, strict=True)}
    return computational_graph.forward(nodes, given)


def on_tensors(nodes, inputs):
    known = dict(zip(computational_graph.input_names(nodes), inputs, strict=True))
    for node in computational_graph.topological_order(nodes):
        if node.inputs:
            known[node.name] = ON_TAPE[node.operation](*(known[name] for name in node.inputs))
    return known


def forward_mode_rows():
    w = draw(3, 2)

    def f(x):
        return ((x @ w).tanh() * (x @ w).exp()).sum()

    for case, shape in [("", (4, 3)), ("one example", (1, 3)), ("no batch axis", (3,))]:
        yield Row(
            "autodiff.forward_gradient",
            case,
            (draw(*shape),),
            lambda x: np.sum(np.tanh(x @ w) * np.exp(x @ w)),
            f,
            alone(lambda dy, x: dy * autodiff.forward_gradient(f, x)[0]),
        )
        yield Row(
            "autodiff.reverse_gradient",
            case,
            (draw(*shape),),
            lambda x: np.sum(np.tanh(x @ w) * np.exp(x @ w)),
            f,
            alone(lambda dy, x: dy * autodiff.reverse_gradient(f, x)[0]),
        )


ROWS = [
    row
    for rows in (
        activation_rows,
        loss_rows,
        convolution_rows,
        pooling_rows,
        normalization_rows,
        regularization_rows,
        recurrent_rows,
        shared_recurrent_rows,
        error_wall_rows,
        attention_rows,
        transformer_rows,
        model_rows,
        perceptron_rows,
        backpropagation_rows,
        one_neuron_rows,
        landscape_rows,
        xor_rows,
        chain_rows,
        embedding_rows,
        graph_rows,
        forward_mode_rows,
    )
    for row in rows()
]
