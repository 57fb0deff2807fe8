"""Backpropagation: how much each weight is to blame, found from the output back to the input.

Forward, each layer computes and remembers

    z_l = h_{l-1} w_l + b_l,   h_l = sigmoid(z_l)          (h_0 = x, the last h is y_hat)

and the loss is half the squared error, summed over the outputs and averaged over the examples:
L = 1/(2N) sum (y_hat - y)^2.  Backward, the chain rule is applied from the end to the start:

    dz_l = dh_l * sigmoid'(z_l)
    dw_l = h_{l-1}^T dz_l,   db_l = sum_n dz_l,   dh_{l-1} = dz_l w_l^T

What one layer needs, the layer after it has just left there, so that all gradients together cost
about as much as two more forward passes.  Backpropagation *computes* gradients; what is then
done with them, `update`, is gradient descent: two different things.

Known since Linnainmaa (1970) as reverse-mode differentiation and proposed for networks by Werbos
(1974); Rumelhart, Hinton & Williams (1986) showed that it makes hidden layers learn.

Raises, in every function: ValueError for shapes that do not fit each other, TypeError for
anything but numbers in lists of layers.
Source: Rumelhart, Hinton & Williams (1986).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

from snippets import _checks as check
from snippets._checks import Floats
from snippets.activations import sigmoid, sigmoid_prime

__all__ = [
    "Backward",
    "Example",
    "Forward",
    "Layer",
    "Step",
    "backward_trace",
    "example_2_2_2",
    "forward_trace",
    "gradients",
    "loss",
    "named_steps",
    "random_layers",
    "update",
]


@dataclass(frozen=True)
class Layer:
    """Weights w (inputs, outputs) and bias b (outputs,) of one layer, or their gradients."""

    w: Floats
    b: Floats


@dataclass(frozen=True)
class Forward:
    """What the forward pass remembers: z[l] and h[l + 1] of layer l, both (N, width); h[0] is x."""

    h: list[Floats]
    z: list[Floats]
    loss: float

    @property
    def y_hat(self) -> Floats:
        """The network's output, (N, K)."""
        return self.h[-1]


@dataclass(frozen=True)
class Backward:
    """What the backward pass finds: dh[l], dz[l] (N, width) and the gradients of layer l.

    dh[l] = dL/dh of the layer's output, so that dh[-1] is dL/dy_hat; dx = dL/dx.
    """

    dh: list[Floats]
    dz: list[Floats]
    layers: list[Layer]
    dx: Floats


@dataclass(frozen=True)
class Example:
    """A small problem to compute by hand: x (N, D), y (N, K) and the layers."""

    x: Floats
    y: Floats
    layers: list[Layer]


@dataclass(frozen=True)
class Step:
    """One line of the calculation: a name, the formula in terms of earlier names, the value."""

    name: str
    formula: str
    value: Floats

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the value."""
        return self.value.shape


def example_2_2_2() -> Example:
    """A 2-2-2 network with round numbers, one input and the output that it should give.

    >>> example = example_2_2_2()
    >>> forward_trace(example.x, example.y, example.layers).y_hat.round(3).tolist()
    [[0.502, 0.692]]
    """
    return Example(
        x=np.array([[1.0, 0.5]]),
        y=np.array([[1.0, 0.0]]),
        layers=[
            Layer(np.array([[0.2, -0.4], [0.6, 0.8]]), np.array([0.1, -0.2])),
            Layer(np.array([[0.5, -0.3], [-0.7, 0.9]]), np.array([0.0, 0.6])),
        ],
    )


def random_layers(rng: np.random.Generator, sizes: Sequence[int]) -> list[Layer]:
    """Draw the layers of a network of any widths from the standard normal distribution.

    >>> [layer.w.shape for layer in random_layers(np.random.default_rng(0), [2, 3, 1])]
    [(2, 3), (3, 1)]
    """
    normal = check.generator("random_layers", rng).standard_normal
    sizes = check.integers("random_layers", "sizes", sizes, minimum=1)
    return [
        Layer(normal((fan_in, fan_out)), normal(fan_out)) for fan_in, fan_out in pairwise(sizes)
    ]


def forward_trace(x: ArrayLike, y: ArrayLike, layers: Sequence[Layer]) -> Forward:
    """Run the network from the input to the loss and keep every value on the way.

    x: (N, D), y: (N, K).

    >>> example = example_2_2_2()
    >>> trace = forward_trace(example.x, example.y, example.layers)
    >>> round(trace.loss, 4), [z.shape for z in trace.z]
    (0.3638, [(1, 2), (1, 2)])
    """
    layers = _checked("forward_trace", "layers", layers)
    h = [check.floats("forward_trace", "x", x, ndim=2)]
    check.floats("forward_trace", "x", h[0], shape=("N", len(layers[0].w)))
    y = check.floats("forward_trace", "y", y, shape=(len(h[0]), layers[-1].w.shape[1]))
    check.not_empty("forward_trace", y=y)
    z: list[Floats] = []
    for layer in layers:
        # z = h w + b
        z.append(h[-1] @ layer.w + layer.b)
        # h = sigmoid(z), the next layer's input
        h.append(sigmoid(z[-1]))
    # L = 1/(2N) sum (y_hat - y)^2
    return Forward(h, z, float(((h[-1] - y) ** 2).sum() / (2 * len(y))))


def backward_trace(forward: Forward, y: ArrayLike, layers: Sequence[Layer]) -> Backward:
    """Carry the error from the loss back to the input and keep every gradient on the way.

    forward: from `forward_trace` with the same y (N, K) and layers.

    >>> example = example_2_2_2()
    >>> forward = forward_trace(example.x, example.y, example.layers)
    >>> backward = backward_trace(forward, example.y, example.layers)
    >>> backward.dz[-1].round(4).tolist()
    [[-0.1245, 0.1475]]
    """
    layers = _checked("backward_trace", "layers", layers)
    forward = _remembered(forward, layers)
    y = check.floats("backward_trace", "y", y, shape=forward.y_hat.shape)
    check.not_empty("backward_trace", y=y)
    # dL/dy_hat = (y_hat - y) / N
    dh = (forward.y_hat - y) / len(y)
    all_dh, all_dz, grads = list[Floats](), list[Floats](), list[Layer]()
    for h, z, layer in zip(forward.h[-2::-1], forward.z[::-1], layers[::-1], strict=True):
        all_dh.append(dh)
        # dz = dh * sigmoid'(z)
        dz = dh * sigmoid_prime(z)
        all_dz.append(dz)
        # dw = h^T dz,   db = sum over the examples of dz
        grads.append(Layer(h.T @ dz, dz.sum(axis=0)))
        # dh of the layer before = dz w^T
        dh = dz @ layer.w.T
    return Backward(all_dh[::-1], all_dz[::-1], grads[::-1], dx=dh)


def loss(x: ArrayLike, y: ArrayLike, layers: Sequence[Layer]) -> float:
    """Half the squared error of the network, averaged over all examples.

    >>> example = example_2_2_2()
    >>> round(loss(example.x, example.y, example.layers), 4)
    0.3638
    """
    return forward_trace(x, y, layers).loss


def gradients(x: ArrayLike, y: ArrayLike, layers: Sequence[Layer]) -> list[Layer]:
    """Gradient of `loss` for every weight and bias: forward, then backward.

    >>> example = example_2_2_2()
    >>> gradients(example.x, example.y, example.layers)[1].b.round(4).tolist()
    [-0.1245, 0.1475]
    """
    return backward_trace(forward_trace(x, y, layers), y, layers).layers


def update(layers: Sequence[Layer], grads: Sequence[Layer], lr: float) -> list[Layer]:
    """Gradient descent, the step that comes after: w - lr dw, b - lr db for each layer.

    >>> layer = Layer(np.array([[1.0]]), np.array([0.0]))
    >>> update([layer], [Layer(np.array([[2.0]]), np.array([-1.0]))], lr=0.5)[0].w.tolist()
    [[0.0]]
    """
    lr = check.real("update", "lr", lr, above=0)
    layers = _checked("update", "layers", layers)
    grads = _checked("update", "grads", grads)
    if [layer.w.shape for layer in layers] != [grad.w.shape for grad in grads]:
        raise ValueError(
            f"update: grads must have the shapes of layers, got {len(grads)} for {len(layers)}"
        )
    return [
        Layer(layer.w - lr * grad.w, layer.b - lr * grad.b)
        for layer, grad in zip(layers, grads, strict=True)
    ]


def named_steps(x: ArrayLike, y: ArrayLike, layers: Sequence[Layer]) -> list[Step]:
    """Write the whole calculation line by line, in the order in which it is done.

    Layers count from 1; h0 is x, and h of the last layer is y_hat.

    >>> example = example_2_2_2()
    >>> for step in named_steps(example.x, example.y, example.layers)[:3]:
    ...     print(step.formula, step.value.round(3).tolist())
    z1 = x w1 + b1 [[0.6, -0.2]]
    h1 = sigmoid(z1) [[0.646, 0.45]]
    z2 = h1 w2 + b2 [[0.008, 0.811]]
    """
    forward = forward_trace(x, y, layers)
    backward = backward_trace(forward, y, layers)
    last = len(layers)
    h = ["x", *(f"h{n}" for n in range(1, last)), "y_hat"]
    lines: list[tuple[str, str, Floats]] = []
    for n in range(1, last + 1):
        lines.append((f"z{n}", f"{h[n - 1]} w{n} + b{n}", forward.z[n - 1]))
        lines.append((h[n], f"sigmoid(z{n})", forward.h[n]))
    lines.append(("L", "sum (y_hat - y)^2 / (2 N)", np.asarray(forward.loss, forward.y_hat.dtype)))
    lines.append(("dy_hat", "(y_hat - y) / N", backward.dh[-1]))
    for n in range(last, 0, -1):
        lines.append((f"dz{n}", f"d{h[n]} * sigmoid'(z{n})", backward.dz[n - 1]))
        lines.append((f"dw{n}", f"{h[n - 1]}^T dz{n}", backward.layers[n - 1].w))
        lines.append((f"db{n}", f"sum_n dz{n}", backward.layers[n - 1].b))
        dh = backward.dh[n - 2] if n > 1 else backward.dx
        lines.append((f"d{h[n - 1]}", f"dz{n} w{n}^T", dh))
    return [Step(name, f"{name} = {formula}", value) for name, formula, value in lines]


def _checked(where: str, name: str, layers: Sequence[Layer]) -> list[Layer]:
    """Return the layers, each a matrix that fits the one before and its bias."""
    fitting: list[Layer] = []
    for i, layer in enumerate(check.sequence(where, name, layers, minimum=1)):
        layer = check.instance(where, f"{name}[{i}]", layer, Layer)
        inputs = fitting[-1].w.shape[1] if fitting else None
        w = check.floats(where, f"{name}[{i}].w", layer.w, shape=(inputs, None))
        b = check.floats(where, f"{name}[{i}].b", layer.b, shape=(w.shape[1],))
        fitting.append(Layer(w, b))
    return fitting


def _remembered(forward: Forward, layers: list[Layer]) -> Forward:
    """Return what the forward pass left, if it is of the shapes that these layers leave."""
    where, L = "backward_trace", len(layers)
    forward = check.instance(where, "forward", forward, Forward)
    h = check.sequence(where, "forward.h", forward.h, length=L + 1)
    z = check.sequence(where, "forward.z", forward.z, length=L)
    widths = [len(layers[0].w), *(layer.w.shape[1] for layer in layers)]
    N = len(check.floats(where, "forward.h[0]", h[0], shape=("N", widths[0])))
    h = [
        check.floats(where, f"forward.h[{i}]", a, shape=(N, width))
        for i, (a, width) in enumerate(zip(h, widths, strict=True))
    ]
    z = [
        check.floats(where, f"forward.z[{i}]", a, shape=(N, width))
        for i, (a, width) in enumerate(zip(z, widths[1:], strict=True))
    ]
    return Forward(h, z, forward.loss)
