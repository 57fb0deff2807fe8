"""The same work done by other libraries, where they are installed.

They are imported by name when they are needed, so that the project depends on none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np

from scripts.benchmarks._contenders import Array, Contender, Make

# --- Which are there -----------------------------------------------------------------------------


def torch(make: Callable[[Any], Contender], name: str = "torch") -> Mapping[str, Make]:
    """Return {name: make with PyTorch}, or nothing where PyTorch is missing."""

    def with_torch() -> Contender:
        module = import_module("torch")
        module.set_num_threads(1)
        return make(module)

    return {name: with_torch} if find_spec("torch") else {}


def scikit_learn(make: Make) -> Mapping[str, Make]:
    """Return {"scikit-learn": make}, or nothing where it is missing."""
    return {"scikit-learn": make} if find_spec("sklearn") else {}


def autograd(make: Make) -> Mapping[str, Make]:
    """Return {"autograd": make}, or nothing where it is missing."""
    return {"autograd": make} if find_spec("autograd") else {}


def jax(make: Make) -> Mapping[str, Make]:
    """Return {"jax": make}, or nothing where it is missing."""
    return {"jax": make} if find_spec("jax") else {}


# --- PyTorch -------------------------------------------------------------------------------------


def torch_mlp(
    t: Any, params: Sequence[Any], x: Array, y: Any, batch: int, epochs: int, rule: str, lr: float
) -> Contender:
    """Train the network eagerly, batch by batch."""
    net = _torch_net(t, params)
    optimizer = getattr(t.optim, rule)(net.parameters(), lr)
    loss = t.nn.CrossEntropyLoss()
    tx, ty = t.from_numpy(x), t.from_numpy(y)

    def run() -> None:
        for _ in range(epochs):
            for i in range(0, len(tx), batch):
                optimizer.zero_grad()
                loss(net(tx[i : i + batch]), ty[i : i + batch]).backward()
                optimizer.step()

    return Contender(run, lambda: [_turned(p) for p in net.parameters()])


def torch_gradient(t: Any, params: Sequence[Any], x: Array, y: Any) -> Contender:
    """Return the gradients of the network's loss for one batch."""
    net, loss = _torch_net(t, params), t.nn.CrossEntropyLoss()
    tx, ty = t.from_numpy(x), t.from_numpy(y)

    def run() -> None:
        net.zero_grad()
        loss(net(tx), ty).backward()

    def answer() -> list[Any]:
        run()
        return [_turned(p.grad) for p in net.parameters()]

    return Contender(run, answer)


def torch_lenet(t: Any, params: Sequence[Any], x: Array, y: Any) -> Contender:
    """Take a step of Adam with LeNet-5 (ReLU after the pooling, as in the package)."""
    n = t.nn
    net = n.Sequential(
        *(n.Conv2d(1, 6, 5, padding=2), n.MaxPool2d(2), n.ReLU()),
        *(n.Conv2d(6, 16, 5), n.MaxPool2d(2), n.ReLU(), n.Flatten()),
        *(n.Linear(400, 120), n.ReLU(), n.Linear(120, 84), n.ReLU(), n.Linear(84, 10)),
    )
    _load(t, net, params)
    optimizer, loss = t.optim.Adam(net.parameters()), n.CrossEntropyLoss()
    tx, ty = t.from_numpy(x), t.from_numpy(y)

    def run() -> None:
        optimizer.zero_grad()
        loss(net(tx), ty).backward()
        optimizer.step()

    return Contender(run, lambda: [_turned(p) for p in net.parameters()])


def torch_conv(t: Any, x: Array, w: Array, b: Array, dy: Array, last: bool = False) -> Contender:
    """Convolve with padding 1, forward and backward; `last`: channels last in memory."""
    layout = t.channels_last if last else t.contiguous_format
    tx, tw, d = (t.from_numpy(a).to(memory_format=layout) for a in (x, w, dy))
    inputs = [tx.requires_grad_(), tw.requires_grad_(), t.from_numpy(b).requires_grad_()]

    def run() -> Any:
        for a in inputs:
            a.grad = None
        y = t.nn.functional.conv2d(*inputs, padding=1)
        y.backward(d)
        return y

    return Contender(run, lambda: _arrays([run(), *(a.grad for a in inputs)]))


def torch_pool(t: Any, x: Array, dy: Array) -> Contender:
    """Max-pool in windows of 2 x 2, forward and backward."""
    tx, d = t.from_numpy(x).requires_grad_(), t.from_numpy(dy)

    def run() -> Any:
        tx.grad = None
        y = t.nn.functional.max_pool2d(tx, 2)
        y.backward(d)
        return y

    return Contender(run, lambda: _arrays([run(), tx.grad]))


def torch_recurrent(t: Any, kind: str, x: Array, dh: Array, weights: Sequence[Array]) -> Contender:
    """Run torch.nn.RNN, GRU or LSTM, forward and backward."""
    D, H = x.shape[2], dh.shape[2]
    net = getattr(t.nn, kind)(D, H)
    biases = weights[2:] if kind == "GRU" else [weights[2], np.zeros_like(weights[2])]
    _load(t, net, [*weights[:2], *biases])
    tx, d = t.from_numpy(x).requires_grad_(), t.from_numpy(dh)

    def run() -> Any:
        net.zero_grad()
        tx.grad = None
        h, _ = net(tx)
        h.backward(d)
        return h

    def answer() -> list[Any]:
        h = run()
        grads = [_turned(p.grad) for p in net.parameters()]
        return [*_arrays([h, tx.grad]), *(grads if kind == "GRU" else grads[:3])]

    return Contender(run, answer)


def _torch_net(t: Any, params: Sequence[Any]) -> Any:
    layers: list[Any] = []
    for w in params[::2]:
        layers += [t.nn.Linear(*w.shape), t.nn.ReLU()]
    net = t.nn.Sequential(*layers[:-1])
    _load(t, net, params)
    return net


def _load(t: Any, net: Any, params: Sequence[Any]) -> None:
    with t.no_grad():
        for mine, theirs in zip(params, net.parameters(), strict=True):
            theirs.copy_(t.from_numpy(mine.T.copy() if mine.ndim == 2 else mine.copy()))


def _turned(parameter: Any) -> Any:
    """Return a parameter as an array, its matrices as (in, out)."""
    array = parameter.detach().numpy().copy()
    return array.T if array.ndim == 2 else array


def _arrays(tensors: Sequence[Any]) -> list[Any]:
    return [tensor.detach().numpy().copy() for tensor in tensors]


# --- scikit-learn --------------------------------------------------------------------------------


def sklearn_mlp(
    params: Sequence[Any], x: Array, y: Any, batch: int, epochs: int, rule: str, lr: float
) -> Contender:
    """Train MLPClassifier from the same parameters on the same batches in the same order."""
    module: Any = import_module("sklearn.neural_network")
    exceptions: Any = import_module("sklearn.exceptions")
    warnings: Any = import_module("warnings")
    net = module.MLPClassifier(
        hidden_layer_sizes=[len(b) for b in params[1:-1:2]],
        solver=rule.lower(),
        learning_rate_init=lr,
        batch_size=batch,
        max_iter=epochs,
        momentum=0,
        alpha=0,
        shuffle=False,
        tol=0,
        n_iter_no_change=10**9,
        warm_start=True,
    )

    def run() -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", exceptions.ConvergenceWarning)
            net.fit(x, y)

    run()  # makes its arrays
    net.coefs_ = [w.copy() for w in params[::2]]
    net.intercepts_ = [b.copy() for b in params[1::2]]

    def answer() -> list[Any]:
        return [p for pair in zip(net.coefs_, net.intercepts_, strict=True) for p in pair]

    return Contender(run, answer)


# --- HIPS autograd -------------------------------------------------------------------------------


def autograd_gradient(params: Sequence[Any], x: Array, y: Any) -> Contender:
    """Return the gradients of the network's loss for one batch."""
    anp: Any = import_module("autograd.numpy")
    y_one_hot = np.eye(params[-1].size, dtype=np.float32)[y]

    def loss(ps: Sequence[Any]) -> Any:
        h: Any = x
        for k in range(0, len(ps), 2):
            h = anp.dot(h if k == 0 else anp.maximum(h, 0), ps[k]) + ps[k + 1]
        h = h - anp.max(h, axis=1, keepdims=True)
        log_p = h - anp.log(anp.sum(anp.exp(h), axis=1, keepdims=True))
        return -anp.mean(anp.sum(y_one_hot * log_p, axis=1))

    gradient: Any = import_module("autograd").grad(loss)
    return Contender(lambda: gradient(list(params)), lambda: gradient(list(params)))


# --- JAX -----------------------------------------------------------------------------------------


def jax_many_xor(nets: int, steps: int) -> Contender:
    """Train the networks of `train_many_on_xor` with vmap, the whole loop compiled."""
    j: Any = import_module("jax")
    jnp: Any = import_module("jax.numpy")
    normal = np.random.default_rng(0).standard_normal
    w1, w2, b2 = (normal(shape, np.float32) for shape in [(3, 2 * nets), (2, nets), (1, nets)])
    start = [jnp.asarray(a.T) for a in (w1.reshape(3, 2, nets), w2, b2)]  # (S, 2, 3), (S, 2), ...
    x = jnp.asarray([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]], jnp.float32)
    y = jnp.asarray([0, 1, 1, 0], jnp.float32)

    def logits(params: Any) -> Any:
        w1, w2, b2 = params
        return jnp.tanh(x @ w1.T) @ w2 + b2

    def loss(params: Any) -> Any:
        z = logits(params)
        return jnp.mean(j.nn.softplus(z) - y * z)

    def step(_: Any, params: Any) -> Any:
        return [p - g for p, g in zip(params, j.grad(loss)(params), strict=True)]

    steps_of_all = j.vmap(step, (None, 0))

    def train(params: Any) -> Any:
        trained = j.lax.fori_loop(0, steps, steps_of_all, params)
        return j.nn.sigmoid(j.vmap(logits)(trained)).T

    compiled = j.jit(train)

    def run() -> Any:
        return j.block_until_ready(compiled(start))

    run()  # compiles
    return Contender(run, lambda: [np.asarray(run())])
