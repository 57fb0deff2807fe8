"""Activation functions: the bend between two layers.

A neuron first forms a weighted sum z and then bends it with an activation function f.  Without the
bend a stack of layers is one affine map (see `deep_learning`).  Learning by gradients needs the
slope of the bend as well, so every `f` here stands beside its derivative `f_prime`.

All of them work element by element on arrays of any shape, keep float16, float32 and float64,
answer correctly at plus and minus infinity and hand NaN through.  Where f has a corner the
derivative does not exist; each docstring says which value is taken there.

softmax is the exception: it looks at a whole row of logits at once, so its derivative is a matrix
(`softmax_jacobian`), which `softmax_backward` multiplies with a vector without building it.

Raises, in every function: TypeError for anything but real numbers, ValueError for ragged rows or
a parameter outside its range.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from snippets import _checks as check
from snippets._checks import Floats

__all__ = [
    "ACTIVATIONS",
    "elu",
    "elu_prime",
    "gelu",
    "gelu_prime",
    "identity",
    "identity_prime",
    "leaky_relu",
    "leaky_relu_prime",
    "log_softmax",
    "relu",
    "relu_prime",
    "sigmoid",
    "sigmoid_prime",
    "silu",
    "silu_prime",
    "softmax",
    "softmax_backward",
    "softmax_jacobian",
    "softplus",
    "softplus_prime",
    "step",
    "step_prime",
    "tanh",
    "tanh_prime",
]


def identity(z: ArrayLike) -> Floats:
    """Leave z as it is: f(z) = z, the activation of a linear layer.

    >>> identity([-2.0, 3.0]).tolist()
    [-2.0, 3.0]
    """
    return check.floats("identity", "z", z).copy()


def identity_prime(z: ArrayLike) -> Floats:
    """Slope of the identity: f'(z) = 1.

    >>> identity_prime([-2.0, 3.0]).tolist()
    [1.0, 1.0]
    """
    z = check.floats("identity_prime", "z", z)
    return np.where(np.isnan(z), z, 1)


def step(z: ArrayLike) -> Floats:
    """Fire or stay silent: f(z) = 1 if z >= 0 else 0.

    Source: McCulloch & Pitts (1943).  At z = 0 the neuron fires.

    >>> step([-0.1, 0.0, 2.0]).tolist()
    [0.0, 1.0, 1.0]
    """
    return np.heaviside(check.floats("step", "z", z), 1)


def step_prime(z: ArrayLike) -> Floats:
    """Slope of the step: 0 everywhere, so that no gradient ever comes through.

    At z = 0, where the step jumps and has no slope, 0 is taken too.

    >>> step_prime([-0.1, 0.0, 2.0]).tolist()
    [0.0, 0.0, 0.0]
    """
    z = check.floats("step_prime", "z", z)
    return np.where(np.isnan(z), z, 0)


def sigmoid(z: ArrayLike) -> Floats:
    """Squash into (0, 1): f(z) = 1 / (1 + exp(-z)).

    The exponent is never positive, so that exp cannot overflow.

    >>> sigmoid([-1e4, 0.0, 1e4]).tolist()
    [0.0, 0.5, 1.0]
    """
    z = check.floats("sigmoid", "z", z)
    # z >= 0: 1 / (1 + exp(-z))        z < 0: exp(z) / (1 + exp(z))
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, e) / (1 + e)


def sigmoid_prime(z: ArrayLike) -> Floats:
    """Slope of the sigmoid: f'(z) = f(z) (1 - f(z)), at most 1/4, at z = 0.

    >>> sigmoid_prime([-2.0, 0.0, 2.0]).round(3).tolist()
    [0.105, 0.25, 0.105]
    """
    z = check.floats("sigmoid_prime", "z", z)
    # 1 - f(z) = f(-z), without the rounding of a difference close to 0
    return sigmoid(z) * sigmoid(-z)


def tanh(z: ArrayLike) -> Floats:
    """Squash into (-1, 1): f(z) = (exp z - exp -z) / (exp z + exp -z) = 2 sigmoid(2 z) - 1.

    >>> tanh([-1e4, 0.0, 1e4]).tolist()
    [-1.0, 0.0, 1.0]
    """
    return np.tanh(check.floats("tanh", "z", z))


def tanh_prime(z: ArrayLike) -> Floats:
    """Slope of tanh: f'(z) = 1 - tanh(z)^2 = 1 / cosh(z)^2, at most 1, at z = 0.

    The second form, because tanh itself rounds to 1 beyond |z| = 19.

    >>> tanh_prime([0.0, 1.0]).round(3).tolist()
    [1.0, 0.42]
    """
    with np.errstate(over="ignore"):  # where cosh is infinite the slope is 0
        return np.square(1 / np.cosh(check.floats("tanh_prime", "z", z)))


def relu(z: ArrayLike) -> Floats:
    """Let the positive part through: f(z) = max(0, z).

    >>> relu([-2.0, 0.0, 3.0]).tolist()
    [0.0, 0.0, 3.0]
    """
    return np.maximum(check.floats("relu", "z", z), 0)


def relu_prime(z: ArrayLike) -> Floats:
    """Slope of ReLU: f'(z) = 1 if z > 0 else 0.

    At the corner z = 0 there is no slope; any value from 0 to 1 may be taken, and 0 is the
    convention here.

    >>> relu_prime([-2.0, 0.0, 3.0]).tolist()
    [0.0, 0.0, 1.0]
    """
    return np.heaviside(check.floats("relu_prime", "z", z), 0)


def leaky_relu(z: ArrayLike, slope: float = 0.01) -> Floats:
    """Let a little of the negative part through: f(z) = max(z, slope z), 0 < slope < 1.

    Source: Maas, Hannun & Ng (2013).

    >>> leaky_relu([-2.0, 3.0], slope=0.25).tolist()
    [-0.5, 3.0]
    """
    slope = check.real("leaky_relu", "slope", slope, above=0, below=1)
    z = check.floats("leaky_relu", "z", z)
    return np.maximum(z, slope * z)


def leaky_relu_prime(z: ArrayLike, slope: float = 0.01) -> Floats:
    """Slope of leaky ReLU: f'(z) = 1 if z > 0 else slope; at the corner z = 0, slope.

    >>> leaky_relu_prime([-2.0, 0.0, 3.0], slope=0.25).tolist()
    [0.25, 0.25, 1.0]
    """
    slope = check.real("leaky_relu_prime", "slope", slope, above=0, below=1)
    active = np.heaviside(check.floats("leaky_relu_prime", "z", z), 0)
    return active + slope * (1 - active)


def elu(z: ArrayLike, alpha: float = 1.0) -> Floats:
    """Bend smoothly towards -alpha: f(z) = z if z > 0 else alpha (exp z - 1), alpha > 0.

    Source: Clevert, Unterthiner & Hochreiter (2016).

    >>> elu([-1e4, 0.0, 3.0]).tolist()
    [-1.0, 0.0, 3.0]
    """
    alpha = check.real("elu", "alpha", alpha, above=0)
    z = check.floats("elu", "z", z)
    return np.where(z > 0, z, alpha * np.expm1(np.minimum(z, 0)))


def elu_prime(z: ArrayLike, alpha: float = 1.0) -> Floats:
    """Slope of ELU: f'(z) = 1 if z > 0 else alpha exp z; at z = 0, alpha (a corner if not 1).

    >>> elu_prime([-1e4, 0.0, 3.0], alpha=0.5).tolist()
    [0.0, 0.5, 1.0]
    """
    alpha = check.real("elu_prime", "alpha", alpha, above=0)
    z = check.floats("elu_prime", "z", z)
    return np.where(z > 0, 1, alpha * np.exp(np.minimum(z, 0)))


def softplus(z: ArrayLike) -> Floats:
    """Round the corner of ReLU: f(z) = log(1 + exp z).

    >>> softplus([-1e4, 0.0, 1e4]).round(4).tolist()
    [0.0, 0.6931, 10000.0]
    """
    z = check.floats("softplus", "z", z)
    # the same as log(1 + exp z), but exp cannot overflow
    return np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))


def softplus_prime(z: ArrayLike) -> Floats:
    """Slope of softplus: f'(z) = sigmoid(z).

    >>> softplus_prime([0.0]).tolist()
    [0.5]
    """
    return sigmoid(check.floats("softplus_prime", "z", z))


def gelu(z: ArrayLike) -> Floats:
    """Weigh z by about the chance that a normal number is smaller: z/2 (1 + tanh u).

    Here u = sqrt(2 / pi) (z + 0.044715 z^3), the tanh form of Hendrycks & Gimpel (2016); it
    differs from the exact z Phi(z) by less than 0.0005.

    >>> gelu([-1e4, 0.0, 1.0]).round(4).tolist()
    [-0.0, 0.0, 0.8412]
    """
    z = check.floats("gelu", "z", z)
    # beyond +-10 tanh is +-1 to the last digit: clip, so that z^3 and -inf * 0 cannot spoil it
    c = np.clip(z, -10, 10)
    u = math.sqrt(2 / math.pi) * (c + 0.044715 * c**3)
    return np.maximum(z, -10) * 0.5 * (1 + np.tanh(u))


def gelu_prime(z: ArrayLike) -> Floats:
    """Slope of GELU (tanh form): f'(z) = (1 + tanh u) / 2 + z/2 (1 - tanh(u)^2) du/dz.

    >>> gelu_prime([-1e4, 0.0, 1e4]).tolist()
    [0.0, 0.5, 1.0]
    """
    z = np.clip(check.floats("gelu_prime", "z", z), -10, 10)
    u = math.sqrt(2 / math.pi) * (z + 0.044715 * z**3)
    du = math.sqrt(2 / math.pi) * (1 + 3 * 0.044715 * z**2)
    t = np.tanh(u)
    return 0.5 * (1 + t) + 0.5 * z * (1 - t**2) * du


def silu(z: ArrayLike) -> Floats:
    """Weigh z by its own sigmoid: f(z) = z sigmoid(z), also called swish.

    Source: Elfwing, Uchibe & Doya (2018).

    >>> silu([-1e4, 0.0, 1e4]).tolist()
    [-0.0, 0.0, 10000.0]
    """
    # below -1000 the product is 0 in every float type; -inf * 0 would be NaN
    z = np.maximum(check.floats("silu", "z", z), -1000)
    return z * sigmoid(z)


def silu_prime(z: ArrayLike) -> Floats:
    """Slope of SiLU: f'(z) = s + z s (1 - s) with s = sigmoid(z).

    >>> silu_prime([-1e4, 0.0, 1e4]).tolist()
    [0.0, 0.5, 1.0]
    """
    z = np.clip(check.floats("silu_prime", "z", z), -1000, 1000)
    return sigmoid(z) + z * sigmoid_prime(z)


def softmax(z: ArrayLike, axis: int = -1) -> Floats:
    """Turn logits into probabilities along an axis: p_k = exp z_k / sum_j exp z_j.

    z: logits, dimensionless, usually (N, K); -inf masks an entry out.  Returns z's shape; sums
    to 1 along `axis`.  Raises ValueError if the largest logit is infinite (all entries masked,
    or +inf), for then the quotient means nothing.
    Source: Bridle (1990).  The largest logit is subtracted first: the quotient stays the same
    and exp cannot overflow.

    >>> softmax([[0.0, 0.0], [1e4, -np.inf]]).tolist()
    [[0.5, 0.5], [1.0, 0.0]]
    """
    z = check.floats("softmax", "z", z)
    e = np.exp(z - _largest("softmax", z, axis))
    return e / e.sum(axis=axis, keepdims=True)


def log_softmax(z: ArrayLike, axis: int = -1) -> Floats:
    """Logarithm of softmax without the detour over p: z_k - log sum_j exp z_j.

    z: logits, usually (N, K).  Returns z's shape.  Raises as `softmax` does.

    >>> log_softmax([[0.0, -1e4]]).tolist()
    [[0.0, -10000.0]]
    """
    z = check.floats("log_softmax", "z", z)
    z = z - _largest("log_softmax", z, axis)
    return z - np.log(np.exp(z).sum(axis=axis, keepdims=True))


def softmax_jacobian(p: ArrayLike) -> Floats:
    """All slopes of softmax at p: J = diag(p) - p p^T, that is J_kj = p_k ([k = j] - p_j).

    p: (K,) probabilities, the output of softmax.  Returns (K, K).  Only its diagonal is
    p (1 - p): raising one logit lowers every other probability.

    >>> softmax_jacobian([0.5, 0.5]).tolist()
    [[0.25, -0.25], [-0.25, 0.25]]
    """
    p = check.floats("softmax_jacobian", "p", p, ndim=1)
    return np.diag(p) - np.outer(p, p)


def softmax_backward(dy: ArrayLike, p: ArrayLike, axis: int = -1) -> Floats:
    """Gradient for the logits: dz = J^T dy = p (dy - sum_j dy_j p_j).

    dy: dL/dp.  p: the output of softmax.  Both of one shape, which dz has too.

    >>> softmax_backward([[1.0, 0.0]], [[0.5, 0.5]]).tolist()
    [[0.25, -0.25]]
    """
    dy = check.floats("softmax_backward", "dy", dy)
    p = check.floats("softmax_backward", "p", p)
    check.same_shape("softmax_backward", dy=dy, p=p)
    _axis("softmax_backward", "p", p, axis)
    return p * (dy - (dy * p).sum(axis=axis, keepdims=True))


ACTIVATIONS: dict[str, tuple[Callable[[ArrayLike], Floats], Callable[[ArrayLike], Floats]]] = {
    "identity": (identity, identity_prime),
    "step": (step, step_prime),
    "sigmoid": (sigmoid, sigmoid_prime),
    "tanh": (tanh, tanh_prime),
    "relu": (relu, relu_prime),
    "leaky_relu": (leaky_relu, leaky_relu_prime),
    "elu": (elu, elu_prime),
    "softplus": (softplus, softplus_prime),
    "gelu": (gelu, gelu_prime),
    "silu": (silu, silu_prime),
}
"""Every elementwise activation by name, with its derivative."""


def _axis(where: str, name: str, array: Floats, axis: int) -> None:
    axis = check.integer(where, "axis", axis)
    if not -array.ndim <= axis < array.ndim:
        raise ValueError(f"{where}: axis must exist in {name} of shape {array.shape}, got {axis}")


def _largest(where: str, z: Floats, axis: int) -> Floats:
    _axis(where, "z", z, axis)
    if z.shape[axis] == 0:
        raise ValueError(f"{where}: z must not be empty along axis {axis}, got shape {z.shape}")
    top = z.max(axis=axis, keepdims=True)
    if np.isinf(top).any():
        raise ValueError(
            f"{where}: z must have a finite maximum along axis {axis}, got {top[np.isinf(top)][0]}"
        )
    return top
