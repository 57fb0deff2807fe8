"""A multilayer perceptron trained as fast as NumPy can: the same numbers as `MLP`, fewer passes.

The readable network makes a new array for every step of the calculation, which is how one thinks.
For small layers that costs more time than the matrix products.  `FastMLP` takes the same
parameters through the same formulas, and saves the rest by five habits:

* One vector holds all parameters and one their gradients; layers are *views* of them, so that an
  optimizer updates everything with a handful of calls (`FlatSGD`, `FlatAdam`).
* The bias is one more column of w, and every layer's input ends in a row of ones:
  w x + b = [w b] [x; 1].  One product computes z, and one computes dw and db.
* The batch lies on the last axis.  Sums and maxima over the classes then run over long rows.
* Every array is made once and filled again and again (`out=`).
* Softmax and cross-entropy are one: dz = (p - y) / N.  The loss is read off sums made on the way.

What is left, measured with one thread on an AMD EPYC: a step of Adam takes 2.1 times the time of
its matrix products for digits (64-128-64-10, batches of 64; 1.6 times with plain descent), and 1.45
times for a network of MNIST's size (784-256-128-10, batches of 128; 1.16 times).  Adam is ten
passes over all parameters, and a third of its time is the square root, so that cutting the vector
into blocks for the cache made nothing faster; with few numbers, the calls themselves cost.

What it trades for speed: only ReLU, only cross-entropy, one batch size, everything overwritten by
the next step, and code that says less about the idea.

Raises, in all but the `step` of a network: ValueError for a shape or a number that does not fit,
TypeError for anything but numbers and optimizers where they are asked for.
Source: Rumelhart, Hinton & Williams (1986); Kingma & Ba (2015) for Adam.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike

from snippets import _checks as check
from snippets._checks import Floats, Indices
from snippets.activations import ACTIVATIONS
from snippets.multilayer_perceptron import LOSSES, MLP

__all__ = ["FastMLP", "FlatAdam", "FlatSGD", "flat_views"]


def made_for(where: str, optimizer: Any, flat: Floats) -> FlatOptimizer:
    """Return the optimizer, unless it would update another vector than `flat`."""
    optimizer = check.able(where, "optimizer", optimizer, "step")
    if not np.shares_memory(getattr(optimizer, "params", flat), flat):
        raise ValueError(f"{where}: optimizer must be made for flat, got one for another vector")
    return optimizer


def flat_views(flat: ArrayLike, shapes: Sequence[Sequence[int]]) -> list[Floats]:
    """Cut one vector into arrays of the given shapes that share its memory.

    flat: (n,) with n the sum of all sizes.  shapes: one for each array, in order.
    Returns views: writing into one of them writes into `flat` (a list is copied first).
    Raises ValueError if the sizes do not add up to n.

    >>> vector = np.zeros(7)
    >>> w, b = flat_views(vector, [(2, 3), (1,)])
    >>> w += 1
    >>> vector.tolist()
    [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0]
    """
    vector = check.floats("flat_views", "flat", flat, ndim=1)
    shapes = [
        check.integers("flat_views", "shapes", shape, minimum=0)
        for shape in check.sequence("flat_views", "shapes", shapes)
    ]
    sizes = [math.prod(shape) for shape in shapes]
    if sum(sizes) != vector.size:
        raise ValueError(
            f"flat_views: shapes must hold {vector.size} numbers in all, got {sum(sizes)}"
        )
    ends = np.cumsum(sizes)
    return [
        vector[end - size : end].reshape(tuple(shape))
        for end, size, shape in zip(ends, sizes, shapes, strict=True)
    ]


class FlatOptimizer(Protocol):
    """What `FastMLP.fit` asks of an optimizer: change its parameters by a gradient, in place."""

    def step(self, grad: Floats, /) -> None:
        """Update the parameters; the gradient may be overwritten."""
        ...


class FlatSGD:
    """Gradient descent on one vector, in place: w <- w - lr g.

    params: (n,) float array, changed by every `step`.  It does what `optimizers.SGD` without
    momentum does, but takes its memory from the gradient, which holds lr g afterwards.

    >>> w = np.array([1.0, 2.0])
    >>> FlatSGD(w, lr=0.5).step(np.array([1.0, 0.0]))
    >>> w.tolist()
    [0.5, 2.0]
    """

    def __init__(self, params: Floats, lr: float) -> None:
        """Hold the parameters; lr >= 0."""
        self.params = _own("FlatSGD", params)
        self.lr = check.real("FlatSGD", "lr", lr, minimum=0)

    def step(self, grad: Floats, /) -> None:
        """w <- w - lr g.  grad: (n,), overwritten."""
        _fits("FlatSGD.step", grad, self.params)
        grad *= self.lr
        self.params -= grad


class FlatAdam:
    """Adam on one vector, in place: the rule of `optimizers.Adam` in ten passes over memory.

    params: (n,) float array, changed by every `step`.  The sums m <- beta1 m + g and
    s <- beta2 s + g^2 leave out Adam's factors (1 - beta); `step` makes up for both in its step
    size.  The gradient's memory is used for the update, so it is lost.

    >>> w = np.array([1.0, 1.0])
    >>> FlatAdam(w, lr=0.1).step(np.array([0.001, -1000.0]))
    >>> w.round(3).tolist()
    [0.9, 1.1]
    """

    def __init__(
        self,
        params: Floats,
        lr: float = 0.001,
        beta1: float = 0.9,
        beta2: float = 0.999,
        eps: float = 1e-8,
    ) -> None:
        """Hold the parameters; the rates as in `optimizers.Adam`."""
        self.params = _own("FlatAdam", params)
        self.lr = check.real("FlatAdam", "lr", lr, minimum=0)
        self.beta1 = check.real("FlatAdam", "beta1", beta1, minimum=0, below=1)
        self.beta2 = check.real("FlatAdam", "beta2", beta2, minimum=0, below=1)
        tiny = float(np.finfo(self.params.dtype).tiny)  # float16 would round 1e-8 to 0
        self.eps = max(check.real("FlatAdam", "eps", eps, above=0), tiny)
        self.t = 0
        self.m, self.s = np.zeros_like(self.params), np.zeros_like(self.params)

    def step(self, grad: Floats, /) -> None:
        """w <- w - lr m_hat / (sqrt s_hat + eps).  grad: (n,), overwritten."""
        _fits("FlatAdam.step", grad, self.params)
        self.t += 1
        # m_hat = m_scale m,  sqrt s_hat = sqrt s / s_scale
        m_scale = (1 - self.beta1) / (1 - self.beta1**self.t)
        s_scale = ((1 - self.beta2**self.t) / (1 - self.beta2)) ** 0.5
        self.m *= self.beta1
        self.m += grad
        grad *= grad
        self.s *= self.beta2
        self.s += grad
        denominator = np.sqrt(self.s, out=grad)
        denominator += self.eps * s_scale
        update = np.divide(self.m, denominator, out=grad)
        update *= self.lr * m_scale * s_scale
        self.params -= update


class FastMLP:
    """A trained-in-place copy of an `MLP` with ReLU and cross-entropy, for one batch size.

    net: an `MLP` made with "relu", output "identity" and loss "cross_entropy"; its parameters are
    copied, its dtype is kept.  batch: N, examples in every step.
    `flat` (n,) holds all parameters, `grad` (n,) the gradient of the last step.

    >>> rng = np.random.default_rng(0)
    >>> net = MLP([2, 16, 3], "relu", rng, loss="cross_entropy")
    >>> fast = FastMLP(net, batch=50)
    >>> x = rng.normal(size=(1000, 2))
    >>> labels = x.argmax(axis=1) + (x.max(axis=1) < 0)
    >>> losses = fast.fit(x, labels, FlatAdam(fast.flat, lr=0.01), epochs=20)
    >>> losses[0] > 3 * losses[-1]
    True
    """

    def __init__(self, net: MLP, batch: int) -> None:
        """Copy the parameters and make the arrays that every step fills again."""
        _only_relu_and_cross_entropy(net)
        N = self.batch = check.integer("FastMLP", "batch", batch, minimum=1)
        dtype = net.params[0].dtype
        shapes = [(H, D + 1) for D, H in pairwise(net.sizes)]  # (out, in + bias)
        self.flat = np.empty(net.parameter_count, dtype)
        self.grad = np.empty_like(self.flat)
        self.w, self.dw = flat_views(self.flat, shapes), flat_views(self.grad, shapes)
        for wb, w, b in zip(self.w, net.params[::2], net.params[1::2], strict=True):
            wb[:, :-1], wb[:, -1] = w.T, b
        widths = net.sizes[1:]
        self.inputs = [np.ones((H + 1, N), dtype) for H in widths[:-1]]  # the last row stays 1
        self.h = [rows[:-1] for rows in self.inputs]
        self.w_back = [w[:, :-1].T for w in self.w]  # the ones of the last row want no gradient
        self.dz = [np.empty((H, N), dtype) for H in widths]
        self.active = [np.empty((H, N), bool) for H in widths[:-1]]
        # compared with an array of zeros NumPy finds maxima in a third of the time that 0 takes
        self.zeros = [np.zeros_like(h) for h in self.h]
        self.picked = np.empty((widths[-1], N), dtype)
        self.row = np.empty(N, dtype)

    @property
    def params(self) -> list[Floats]:
        """The parameters as views in the order and the shapes of `MLP.params`."""
        return [part for wb in self.w for part in (wb[:, :-1].T, wb[:, -1])]

    @property
    def gradients(self) -> list[Floats]:
        """The gradients of the last step, in the order and the shapes of `params`."""
        return [part for dwb in self.dw for part in (dwb[:, :-1].T, dwb[:, -1])]

    def fit(
        self, x: ArrayLike, labels: ArrayLike, optimizer: FlatOptimizer, epochs: int
    ) -> list[float]:
        """Step through all full batches of x (n, D) and labels (n,); return each epoch's mean loss.

        optimizer: one made for `flat`.  Examples keep their order: shuffle them before.  A rest
        smaller than a batch is left out.
        """
        columns, targets = self._prepared(x, labels)
        optimizer = made_for("FastMLP.fit", optimizer, self.flat)
        steps, _, N = targets.shape
        total, own = np.empty((2, steps, N), self.flat.dtype)
        history: list[float] = []
        for _ in range(check.integer("FastMLP.fit", "epochs", epochs, minimum=0)):
            for k in range(steps):
                self.step(columns[k].T, targets[k], total[k], own[k])
                optimizer.step(self.grad)
            # -log softmax(z)[label] = log(sum of exp) - z_label
            history.append(float((np.log(total) - own).mean()))
        return history

    def step(self, x: Floats, y: Floats, total: Floats, own: Floats) -> None:
        """Fill `grad` for one batch: forward, dz = (p - y) / N, backward.

        x: (D + 1, N), examples in columns, the last row 1.  y: (K, N) one-hot columns.
        total, own: (N,), filled with sum_k exp z_k and z_label (both less the largest z); the
        losses are log(total) - own.  Nothing is checked here: `fit` has checked everything.
        """
        inputs = [x, *self.inputs]
        for w, rows, h, zeros in zip(self.w, inputs, self.h, self.zeros, strict=False):
            z = np.matmul(w, rows, out=h)
            np.maximum(z, zeros, out=z)
        z = np.matmul(self.w[-1], inputs[-1], out=self.dz[-1])
        z -= np.maximum.reduce(z, axis=0, out=self.row)
        np.add.reduce(np.multiply(z, y, out=self.picked), axis=0, out=own)
        p = np.exp(z, out=z)
        p /= np.add.reduce(p, axis=0, out=total)
        p -= y
        p *= p.dtype.type(1 / self.batch)
        self._backward(inputs)

    def _backward(self, inputs: list[Floats]) -> None:
        for k in reversed(range(len(self.w))):
            np.matmul(self.dz[k], inputs[k].T, out=self.dw[k])
            if k:
                dh = np.matmul(self.w_back[k], self.dz[k], out=self.dz[k - 1])
                dh *= np.greater(self.h[k - 1], 0, out=self.active[k - 1])

    def _prepared(self, x: ArrayLike, labels: ArrayLike) -> tuple[Floats, Floats]:
        """Return examples (steps, N, D + 1) with their ones, and one-hot labels (steps, K, N)."""
        D, K, N = self.w[0].shape[1] - 1, len(self.w[-1]), self.batch
        x = check.floats("FastMLP.fit", "x", x, shape=("n", D))
        classes: Indices = check.indices("FastMLP.fit", "labels", labels, below=K, shape=(len(x),))
        steps = len(x) // N
        if not steps:
            raise ValueError(f"FastMLP.fit: x must hold a batch of {N} examples, got {len(x)}")
        rows = np.ones((steps, N, D + 1), self.flat.dtype)
        rows[:, :, :-1] = x[: steps * N].reshape(steps, N, D)
        targets = classes[: steps * N].reshape(steps, 1, N) == np.arange(K)[:, None]
        return rows, targets.astype(self.flat.dtype)


def _own(where: str, params: Floats) -> Floats:
    """Return `params` itself, which will be written into: no list, no integers, not read-only."""
    array = check.floats(where, "params", params, ndim=1)
    if array is not params or not array.flags.writeable:
        came = "a read-only one" if array is params else f"a {type(params).__name__} to convert"
        raise ValueError(f"{where}: params must be a float array to write into, got {came}")
    return array


def _fits(where: str, grad: Any, params: Floats) -> None:
    """Refuse a gradient that is no array like the parameters: it will be written into."""
    is_array = isinstance(grad, np.ndarray)
    if is_array and grad.shape == params.shape and grad.dtype.type is params.dtype.type:
        return
    check.floats(where, "grad", grad, shape=params.shape)
    came = grad.dtype if is_array else type(grad)
    raise TypeError(f"{where}: grad must be an array of {params.dtype} to write into, got {came}")


def _only_relu_and_cross_entropy(net: MLP) -> None:
    if not hasattr(net, "activations"):
        raise TypeError(f"FastMLP: net must be an MLP, got {net!r}")
    *hidden, output = net.activations
    right = all(f is ACTIVATIONS["relu"] for f in hidden) and output is ACTIVATIONS["identity"]
    if not right or net.loss is not LOSSES["cross_entropy"][0]:
        raise ValueError(
            "FastMLP: net must have relu hidden layers, output identity and loss cross_entropy"
        )
