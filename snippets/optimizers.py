"""Optimizers: what to do with a gradient once backpropagation has computed it.

Each optimizer is one rule that turns a parameter w and its gradient g into a new w, and remembers
something about the gradients that it has seen:

    SGD       w <- w - lr g                             remembers nothing
    momentum  v <- mu v + g;  w <- w - lr v             a running sum, as a rolling ball
    Nesterov  v <- mu v + g;  w <- w - lr (g + mu v)    the same, looking one step ahead
    RMSProp   s <- a s + (1-a) g^2                      a running mean of squares, which gives every
              w <- w - lr g / (sqrt s + eps)            weight a step of its own size
    Adam      both means, each corrected for having started at 0
    AdamW     Adam, with weight decay kept out of the gradient

`step` returns new arrays and leaves its arguments alone; what an optimizer remembers lives in it.
The rules are PyTorch's, where momentum has no factor (1 - mu) and eps stands outside the root.

Raises, on making one: ValueError for a rate out of range, TypeError for what is no number. `step`
and `trajectory` raise the same for arrays that do not fit.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from snippets._checks import Floats, able, flag, floats, function, integer, real, returned

__all__ = ["SGD", "Adam", "AdamW", "Optimizer", "RMSProp", "trajectory"]

Memory = tuple[Floats, ...]


class Optimizer:
    """Apply one update rule to a list of parameters and keep its memory between steps.

    A subclass says what it remembers (`slots` arrays for each parameter, all 0 at first) and how
    `update` moves one parameter.

    >>> SGD(lr=0.1).step([np.array([1.0, 2.0])], [np.array([10.0, 0.0])])[0].tolist()
    [0.0, 2.0]
    """

    slots = 0

    def __init__(self, lr: float) -> None:
        """Set the learning rate, a number >= 0."""
        self.lr = real(type(self).__name__, "lr", lr, minimum=0)
        self.t = 0
        self._memory: list[Memory] = []

    def step(self, params: Sequence[ArrayLike], grads: Sequence[ArrayLike]) -> list[Floats]:
        """Return the parameters after one step; params and grads are left alone.

        params, grads: lists of arrays, equal in number and in shapes.
        Raises TypeError unless both are lists, ValueError if a shape does not fit or changes.
        """
        old = self._arrays("params", params)
        slopes = self._arrays("grads", grads)
        self._check(old, slopes)
        if not self._memory:
            self._memory = [tuple(np.zeros_like(w) for _ in range(self.slots)) for w in old]
        self.t += 1
        results = [
            self.update(w, g.astype(w.dtype, copy=False), memory)
            for w, g, memory in zip(old, slopes, self._memory, strict=True)
        ]
        self._memory = [memory for _, memory in results]
        return [w for w, _ in results]

    def update(self, w: Floats, g: Floats, memory: Memory) -> tuple[Floats, Memory]:
        """Return the new parameter and the new memory: the rule itself."""
        raise NotImplementedError

    def _arrays(self, name: str, values: Any) -> list[Floats]:
        where = f"{type(self).__name__}.step"
        if not isinstance(values, (list, tuple)):
            raise TypeError(f"{where}: {name} must be a list of arrays, got {type(values)}")
        return [floats(where, f"{name}[{i}]", value) for i, value in enumerate(values)]

    def _check(self, params: list[Floats], grads: list[Floats]) -> None:
        where = f"{type(self).__name__}.step"
        if len(grads) != len(params):
            raise ValueError(f"{where}: grads must hold {len(params)} arrays, got {len(grads)}")
        for i, (w, g) in enumerate(zip(params, grads, strict=True)):
            if g.shape != w.shape:
                raise ValueError(f"{where}: grads[{i}] must have shape {w.shape}, got {g.shape}")
        known = [memory[0].shape for memory in self._memory if memory]
        if known and known != [w.shape for w in params]:
            raise ValueError(f"{where}: params must keep the shapes of the first step, {known}")


class SGD(Optimizer):
    """Step against the gradient, with momentum if asked: v <- momentum v + g, w <- w - lr v.

    nesterov: step along g + momentum v instead of v.  weight_decay: adds weight_decay * w to g,
    the gradient of an L2 penalty.  Source: Robbins & Monro (1951); Polyak (1964); Sutskever et al.
    (2013) for Nesterov's form.

    >>> optimizer = SGD(lr=1.0, momentum=0.5)
    >>> w = [np.array([0.0])]
    >>> for _ in range(3):
    ...     w = optimizer.step(w, [np.array([-1.0])])
    >>> w[0].tolist()  # 1 + 1.5 + 1.75
    [4.25]
    """

    slots = 1

    def __init__(
        self,
        lr: float,
        momentum: float = 0.0,
        nesterov: bool = False,
        weight_decay: float = 0.0,
    ) -> None:
        """Set the rates; momentum in 0 <= momentum < 1."""
        super().__init__(lr)
        self.momentum = real("SGD", "momentum", momentum, minimum=0, below=1)
        self.weight_decay = real("SGD", "weight_decay", weight_decay, minimum=0)
        self.nesterov = flag("SGD", "nesterov", nesterov)
        if nesterov and self.momentum == 0:
            raise ValueError("SGD: nesterov needs momentum > 0, got 0")

    def update(self, w: Floats, g: Floats, memory: Memory) -> tuple[Floats, Memory]:
        """v <- momentum v + g;  w <- w - lr v."""
        (v,) = memory
        g = g + self.weight_decay * w
        v = self.momentum * v + g
        direction = g + self.momentum * v if self.nesterov else v
        return w - self.lr * direction, (v,)


class RMSProp(Optimizer):
    """Divide the gradient by its recent size: s <- decay s + (1-decay) g^2, w <- w - lr g / sqrt s.

    decay: how much of the old mean is kept, in 0 <= decay < 1.
    Source: Tieleman & Hinton (2012), lecture 6.5.

    >>> w = RMSProp(lr=0.1, decay=0.0).step([np.array([1.0, 1.0])], [np.array([0.001, 1000.0])])
    >>> w[0].round(3).tolist()  # both move by lr: only the sign of the gradient is left
    [0.9, 0.9]
    """

    slots = 1

    def __init__(self, lr: float, decay: float = 0.9, eps: float = 1e-8) -> None:
        """Set the rates; eps > 0 keeps the division safe."""
        super().__init__(lr)
        self.decay = real("RMSProp", "decay", decay, minimum=0, below=1)
        self.eps = real("RMSProp", "eps", eps, above=0)

    def update(self, w: Floats, g: Floats, memory: Memory) -> tuple[Floats, Memory]:
        """s <- decay s + (1-decay) g^2;  w <- w - lr g / (sqrt s + eps)."""
        (s,) = memory
        s = self.decay * s + (1 - self.decay) * g * g
        return w - self.lr * g / (np.sqrt(s) + _felt(self.eps, w)), (s,)


class Adam(Optimizer):
    """Follow the mean gradient, divided by its recent size, both corrected for starting at 0.

    beta1, beta2: how much of the old means is kept, each in 0 <= beta < 1.
    Source: Kingma & Ba (2015), algorithm 1.

    >>> w = Adam(lr=0.1).step([np.array([1.0, 1.0])], [np.array([0.001, -1000.0])])
    >>> w[0].round(3).tolist()  # the first step is lr, whatever the size of the gradient
    [0.9, 1.1]
    """

    slots = 2

    def __init__(
        self, lr: float = 0.001, beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8
    ) -> None:
        """Set the rates; eps > 0 keeps the division safe."""
        super().__init__(lr)
        name = type(self).__name__
        self.beta1 = real(name, "beta1", beta1, minimum=0, below=1)
        self.beta2 = real(name, "beta2", beta2, minimum=0, below=1)
        self.eps = real(name, "eps", eps, above=0)

    def update(self, w: Floats, g: Floats, memory: Memory) -> tuple[Floats, Memory]:
        """m, s <- running means of g, g^2;  w <- w - lr m_hat / (sqrt s_hat + eps)."""
        m, s = memory
        m = self.beta1 * m + (1 - self.beta1) * g
        s = self.beta2 * s + (1 - self.beta2) * g * g
        # m_hat = m / (1 - beta1^t),  s_hat = s / (1 - beta2^t): undo the pull of the zero start
        m_rate = self.lr / (1 - self.beta1**self.t)
        s_root = math.sqrt(1 - self.beta2**self.t)
        return w - m_rate * m / (np.sqrt(s) / s_root + _felt(self.eps, w)), (m, s)


class AdamW(Adam):
    """Shrink the weights by lr * weight_decay, then take Adam's step.

    Added to the gradient instead, the decay would be divided by the gradient's size, and weights
    with large gradients would hardly shrink.  Source: Loshchilov & Hutter (2019), algorithm 2.

    >>> AdamW(lr=0.1, weight_decay=0.5).step([np.array([1.0])], [np.array([0.0])])[0].tolist()
    [0.95]
    """

    def __init__(
        self,
        lr: float = 0.001,
        weight_decay: float = 0.01,
        beta1: float = 0.9,
        beta2: float = 0.999,
        eps: float = 1e-8,
    ) -> None:
        """Set the rates; weight_decay >= 0."""
        super().__init__(lr, beta1, beta2, eps)
        self.weight_decay = real("AdamW", "weight_decay", weight_decay, minimum=0)

    def update(self, w: Floats, g: Floats, memory: Memory) -> tuple[Floats, Memory]:
        """w <- (1 - lr weight_decay) w, then Adam's step."""
        return super().update((1 - self.lr * self.weight_decay) * w, g, memory)


def trajectory(
    optimizer: Optimizer, gradient: Callable[[Floats], Any], start: ArrayLike, steps: int
) -> Floats:
    """Follow an optimizer from `start` and return every point that it visits.

    optimizer: a fresh one.  gradient: takes a point (D,), returns its gradient (D,).
    start: (D,).  Returns (steps + 1, D), the start first.

    >>> trajectory(SGD(lr=0.25), lambda w: 2 * w, [4.0], steps=3).ravel().tolist()
    [4.0, 2.0, 1.0, 0.5]
    """
    optimizer = able("trajectory", "optimizer", optimizer, "step")
    gradient = function("trajectory", "gradient", gradient)
    steps = integer("trajectory", "steps", steps, minimum=0)
    points = [floats("trajectory", "start", start, ndim=1)]
    for _ in range(steps):
        slope = returned("trajectory", "gradient(w)", gradient(points[-1]), points[-1].shape)
        points += optimizer.step([points[-1]], [slope])
    return np.array(points)


def _felt(eps: float, w: Floats) -> float:
    """Return eps, or what w's dtype still feels: float16 would round 1e-8 to 0."""
    return max(eps, float(np.finfo(w.dtype).tiny))
