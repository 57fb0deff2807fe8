"""The workloads of `scripts/bench engine`, done by the package; `_peers` does the same work."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from scripts.benchmarks import _peers as peers
from scripts.benchmarks._contenders import (
    Array,
    Contender,
    Make,
    Workload,
    gemm_floor,
    recurrent_floor,
)
from snippets import autodiff, data, fast_cnn, fast_mlp, fast_recurrent
from snippets.cnn import LeNet, lenet5
from snippets.convolution import conv2d, conv2d_backward
from snippets.gru import gru, gru_backward
from snippets.lstm import lstm, lstm_backward
from snippets.multilayer_perceptron import MLP, train_many_on_xor
from snippets.optimizers import SGD, Adam
from snippets.pooling import max_pool2d, max_pool2d_backward
from snippets.rnn import rnn, rnn_backward

RATES = {"Adam": 0.001, "SGD": 0.1}


def batch_last(images: Array) -> Array:
    """Move the batch of (N, C, H, W) to the end."""
    return images.transpose(1, 2, 3, 0).copy()


def calls(f: Callable[[], Sequence[Any]]) -> Contender:
    """Return a contender that calls a pure function; its answer is what the function returns."""
    return Contender(f, f)


# --- Multilayer perceptron -----------------------------------------------------------------------


def train_readable(net: MLP, x: Array, y: Any, batch: int, epochs: int, rule: str) -> Contender:
    """Train as the pages do: gradients of `MLP`, then a step of the optimizer."""
    optimizer = Adam(RATES[rule]) if rule == "Adam" else SGD(RATES[rule])

    def run() -> None:
        for _ in range(epochs):
            for i in range(0, len(x), batch):
                grads = net.gradients(x[i : i + batch], y[i : i + batch])
                net.params = optimizer.step(net.params, grads)

    return Contender(run, lambda: net.params)


def train_fast(net: MLP, x: Array, y: Any, batch: int, epochs: int, rule: str) -> Contender:
    """Train with `FastMLP` and a flat optimizer."""
    fast = fast_mlp.FastMLP(net, batch)
    make = fast_mlp.FlatAdam if rule == "Adam" else fast_mlp.FlatSGD
    optimizer = make(fast.flat, RATES[rule])
    return Contender(lambda: fast.fit(x, y, optimizer, epochs), lambda: fast.params)


def perceptrons(
    sizes: list[int], batch: int, steps: int, epochs: int, rule: str, x: Array, y: Any
) -> Mapping[str, Make]:
    """Train one network in every way: `epochs` times through `steps` batches of x and y."""
    x, y = x[: steps * batch], y[: steps * batch]
    net = MLP(sizes, "relu", np.random.default_rng(0), loss="cross_entropy", dtype=np.float32)
    shapes = [(batch, D, H) for D, H in pairwise(sizes)]
    work = x, y, batch, epochs, rule
    return {
        "floor": lambda: gemm_floor(shapes, steps * epochs),
        "readable": lambda: train_readable(net, *work),
        "fast": lambda: train_fast(net, *work),
        **peers.torch(lambda t: peers.torch_mlp(t, net.params, *work, RATES[rule])),
        **peers.scikit_learn(lambda: peers.sklearn_mlp(net.params, *work, RATES[rule])),
    }


def digits_mlp(rule: str) -> Callable[[str], Mapping[str, Make]]:
    """Return the builder for the real digits, 64-128-64-10 in batches of 64."""

    def build(size: str) -> Mapping[str, Make]:
        x, y = data.digits(np.float32)
        if size == "tiny":
            return perceptrons([64, 8, 6, 10], 16, 3, 1, rule, x, y)
        return perceptrons([64, 128, 64, 10], 64, 28, 5, rule, x, y)

    return build


def mnist_size_mlp(rule: str) -> Callable[[str], Mapping[str, Make]]:
    """Return the builder for noise of MNIST's size, 784-256-128-10 in batches of 128."""

    def build(size: str) -> Mapping[str, Make]:
        sizes, batch, steps, epochs = ([20, 8, 6, 10], 16, 3, 1) if size == "tiny" else _MNIST
        rng = np.random.default_rng(0)
        x = rng.random((batch * steps, sizes[0]), np.float32)
        y = rng.integers(0, 10, len(x)).astype(np.intp)
        return perceptrons(sizes, batch, steps, epochs, rule, x, y)

    return build


_MNIST = ([784, 256, 128, 10], 128, 20, 3)


# --- Images --------------------------------------------------------------------------------------


def lenet(size: str) -> Mapping[str, Make]:
    """Take one step of Adam with LeNet-5 on 64 images of 28 x 28."""
    N = 64 if size == "full" else 3
    rng = np.random.default_rng(0)
    x = rng.random((N, 1, 28, 28), np.float32)
    y = rng.integers(0, 10, N).astype(np.intp)

    def net() -> LeNet:
        return lenet5(np.random.default_rng(0), np.float32)

    def readable() -> Contender:
        model, optimizer = net(), Adam()

        def run() -> None:
            model.params = optimizer.step(model.params, model.gradients(x, y)[1])

        return Contender(run, lambda: model.params)

    def fast() -> Contender:
        model, images = fast_cnn.FastLeNet(net()), batch_last(x)
        optimizer = fast_mlp.FlatAdam(model.flat)

        def run() -> None:
            model.step(images, y)
            optimizer.step(model.grad)

        return Contender(run, lambda: model.params)

    shapes = [(28 * 28 * N, 25, 6), (100 * N, 150, 16), (N, 400, 120), (N, 120, 84), (N, 84, 10)]
    return {
        "floor": lambda: gemm_floor(shapes),
        "readable": readable,
        "fast": fast,
        **peers.torch(lambda t: peers.torch_lenet(t, net().params, x, y)),
    }


def convolution(size: str) -> Mapping[str, Make]:
    """Convolve 32 channels into 64 with 3 x 3 kernels, forward and backward."""
    N, C, H, F = (32, 32, 32, 64) if size == "full" else (2, 3, 5, 4)
    normal = np.random.default_rng(0).standard_normal
    x, w = normal((N, C, H, H), np.float32), normal((F, C, 3, 3), np.float32)
    b, dy = normal(F, np.float32), normal((N, F, H, H), np.float32)

    def readable() -> list[Any]:
        return [conv2d(x, w, b, padding=1), *conv2d_backward(dy, x, w, padding=1)]

    def fast() -> Contender:
        images, d = batch_last(x), batch_last(dy)

        def run() -> list[Any]:
            y = fast_cnn.conv2d_batch_last(images, w, b, padding=1)
            return [y, *fast_cnn.conv2d_batch_last_backward(d, images, w, padding=1)]

        def answer() -> list[Any]:
            y, dx, dw, db = run()
            return [y.transpose(3, 0, 1, 2), dx.transpose(3, 0, 1, 2), dw, db]

        return Contender(run, answer)

    return {
        # the image's gradient is wanted here, so no layer is the first
        "floor": lambda: gemm_floor([(0, 1, 1), (N * H * H, 9 * C, F)]),
        "readable": lambda: calls(readable),
        "fast": fast,
        **peers.torch(lambda t: peers.torch_conv(t, x, w, b, dy)),
        **peers.torch(lambda t: peers.torch_conv(t, x, w, b, dy, last=True), "torch NHWC"),
    }


def pooling(size: str) -> Mapping[str, Make]:
    """Max-pool 64 images of 16 channels, 28 x 28, in windows of 2 x 2, forward and backward."""
    N, C, H = (64, 16, 28) if size == "full" else (2, 3, 4)
    normal = np.random.default_rng(0).standard_normal
    x, dy = normal((N, C, H, H), np.float32), normal((N, C, H // 2, H // 2), np.float32)

    def readable() -> list[Any]:
        return [max_pool2d(x, 2), max_pool2d_backward(dy, x, 2)]

    def fast() -> Contender:
        images, d = batch_last(x), batch_last(dy)

        def run() -> list[Any]:
            y = fast_cnn.max_pool2d_batch_last(images, 2)
            return [y, fast_cnn.max_pool2d_batch_last_backward(d, images, y, 2)]

        return Contender(run, lambda: [a.transpose(3, 0, 1, 2) for a in run()])

    return {
        "readable": lambda: calls(readable),
        "fast": fast,
        **peers.torch(lambda t: peers.torch_pool(t, x, dy)),
    }


# --- Sequences -----------------------------------------------------------------------------------


def recurrent(kind: str) -> Callable[[str], Mapping[str, Make]]:
    """Return the builder for a layer over T 100, N 32, D 32, H 128, forward and backward."""
    gates = {"RNN": 1, "GRU": 3, "LSTM": 4}[kind]

    def build(size: str) -> Mapping[str, Make]:
        T, N, D, H = (100, 32, 32, 128) if size == "full" else (4, 3, 2, 5)
        rng = np.random.default_rng(0)

        def array(*shape: int, scale: float = 0.1) -> Array:
            return scale * rng.standard_normal(shape, np.float32)

        x, dh, h0 = array(T, N, D, scale=1), array(T, N, H), np.zeros((N, H), np.float32)
        weights = array(D, gates * H), array(H, gates * H), array(gates * H)
        if kind == "GRU":
            weights = (*weights, array(gates * H))
        rows = {"RNN": _rnn_rows, "GRU": _gru_rows, "LSTM": _lstm_rows}[kind]
        columns = {"RNN": _rnn_columns, "GRU": _gru_columns, "LSTM": _lstm_columns}[kind]

        def fast() -> Contender:
            turned_x, turned_dh, turned_h0 = (a.swapaxes(-1, -2).copy() for a in (x, dh, h0))

            def run() -> Sequence[Any]:
                return columns(turned_x, turned_dh, turned_h0, weights)

            def answer() -> Sequence[Any]:
                h, dx, *rest = run()
                return [h.swapaxes(1, 2), dx.swapaxes(1, 2), *rest]

            return Contender(run, answer)

        return {
            "floor": lambda: recurrent_floor(T, N, D, H, gates),
            "readable": lambda: calls(lambda: rows(x, dh, h0, weights)),
            "fast": fast,
            **peers.torch(lambda t: peers.torch_recurrent(t, kind, x, dh, weights)),
        }

    return build


def _rnn_rows(x: Array, dh: Array, h0: Array, weights: Any) -> list[Any]:
    h = rnn(x, h0, *weights)
    dx, _, *grads = rnn_backward(dh, h, x, h0, *weights[:2])
    return [h, dx, *grads]


def _rnn_columns(x: Array, dh: Array, h0: Array, weights: Any) -> list[Any]:
    h = fast_recurrent.rnn_batch_last(x, h0, *weights)
    dx, _, *grads = fast_recurrent.rnn_batch_last_backward(dh, h, x, h0, *weights[:2])
    return [h, dx, *grads]


def _gru_rows(x: Array, dh: Array, h0: Array, weights: Any) -> list[Any]:
    states = gru(x, h0, *weights)
    dx, _, *grads = gru_backward(dh, states, x, h0, *weights[:2])
    return [states.h, dx, *grads]


def _gru_columns(x: Array, dh: Array, h0: Array, weights: Any) -> list[Any]:
    states = fast_recurrent.gru_batch_last(x, h0, *weights)
    dx, _, *grads = fast_recurrent.gru_batch_last_backward(dh, states, x, h0, *weights[:2])
    return [states.h, dx, *grads]


def _lstm_rows(x: Array, dh: Array, h0: Array, weights: Any) -> list[Any]:
    states = lstm(x, h0, h0, *weights)
    dx, _, _, *grads = lstm_backward(dh, states, x, h0, h0, *weights[:2])
    return [states.h, dx, *grads]


def _lstm_columns(x: Array, dh: Array, h0: Array, weights: Any) -> list[Any]:
    states = fast_recurrent.lstm_batch_last(x, h0, h0, *weights)
    dx, _, _, *grads = fast_recurrent.lstm_batch_last_backward(dh, states, x, h0, h0, *weights[:2])
    return [states.h, dx, *grads]


# --- Automatic differentiation, and many small networks ------------------------------------------


def tape(size: str) -> Mapping[str, Make]:
    """Work out the gradient of the digits network for one batch: by hand, and by the tape."""
    sizes, N = ([64, 128, 64, 10], 64) if size == "full" else ([64, 8, 6, 10], 5)
    x, y = data.digits(np.float32)
    x, y = x[:N], y[:N]
    net = MLP(sizes, "relu", np.random.default_rng(0), loss="cross_entropy", dtype=np.float32)

    def by_tape() -> Contender:
        params = [autodiff.Tensor(p) for p in net.params]

        def run() -> list[Any]:
            h: Any = x
            for k in range(0, len(params), 2):
                h = autodiff.affine(h if k == 0 else h.relu(), params[k], params[k + 1])
            autodiff.cross_entropy(h, y).backward()
            return [p.grad for p in params]

        return calls(run)

    return {
        "by hand": lambda: calls(lambda: gradient_by_hand(net.params, x, y)),
        "readable": by_tape,
        **peers.torch(lambda t: peers.torch_gradient(t, net.params, x, y)),
        **peers.autograd(lambda: peers.autograd_gradient(net.params, x, y)),
    }


def gradient_by_hand(params: list[Any], x: Array, y: Any) -> list[Any]:
    """Return the gradients of a ReLU network's cross-entropy, with nothing but NumPy calls."""
    layers = list(zip(params[::2], params[1::2], strict=True))
    inputs = [x]
    for w, b in layers[:-1]:
        inputs.append(np.maximum(inputs[-1] @ w + b, 0))
    w, b = layers[-1]
    z = inputs[-1] @ w + b
    own = np.arange(len(y)), y
    z -= z.max(axis=1, keepdims=True)
    p = np.exp(z)
    total = p.sum(axis=1, keepdims=True)
    _loss = (np.log(total).sum() - z[own].sum()) / len(y)
    d = p / total
    d[own] -= 1
    d /= len(y)
    grads: list[Any] = []
    for k in reversed(range(len(layers))):
        grads[:0] = [inputs[k].T @ d, d.sum(axis=0)]
        if k:
            d = (d @ layers[k][0].T) * (inputs[k] > 0)
    return grads


def many_xor(size: str) -> Mapping[str, Make]:
    """Train 1,000 networks 2-2-1 on XOR at once, 5,000 full-batch steps."""
    nets, steps = (1000, 5000) if size == "full" else (7, 20)
    return {
        "readable": lambda: calls(
            lambda: [train_many_on_xor(np.random.default_rng(0), nets, 2, 1.0, steps)]
        ),
        **peers.jax(lambda: peers.jax_many_xor(nets, steps)),
    }


WORKLOADS = [
    Workload(
        "digits MLP, Adam",
        digits_mlp("Adam"),
        "fast",
        {"floor": 1.9, "torch": 0.25, "scikit-learn": 0.35},
    ),
    Workload(
        "digits MLP, SGD",
        digits_mlp("SGD"),
        "fast",
        {"floor": 1.7, "torch": 0.30, "scikit-learn": 0.35},
    ),
    Workload(
        "MNIST-size MLP, Adam", mnist_size_mlp("Adam"), "fast", {"floor": 1.30, "torch": 0.70}
    ),
    Workload("MNIST-size MLP, SGD", mnist_size_mlp("SGD"), "fast", {"floor": 1.15, "torch": 0.70}),
    Workload("LeNet-5 step", lenet, "fast", {"floor": 1.1, "torch": 0.60}),
    Workload(
        "conv 3x3 32->64", convolution, "fast", {"floor": 1.25, "torch": 1.4, "torch NHWC": 1.4}
    ),
    Workload("max pool 2x2", pooling, "fast", {"torch": 0.4}),
    Workload("LSTM", recurrent("LSTM"), "fast", {"floor": 1.2, "torch": 1.2}),
    Workload("GRU", recurrent("GRU"), "fast", {"floor": 1.3, "torch": 0.62}),
    Workload("RNN", recurrent("RNN"), "fast", {"floor": 1.2, "torch": 0.45}),
    Workload("autodiff tape", tape, "readable", {"by hand": 1.15, "torch": 0.41, "autograd": 0.17}),
    Workload("1,000 XOR nets", many_xor, "readable", {"jax": 0.6}),
]
