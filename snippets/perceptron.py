"""The perceptron: the first neuron that learned from its mistakes.

Rosenblatt (1958) let a threshold neuron change its own weights.  It multiplies the inputs by the
weights, adds the bias and fires if the sum is not negative.  Then it compares:

    error = target - output            (+1 should have fired, -1 should have kept silent, 0 right)
    w <- w + lr * error * x
    b <- b + lr * error                (the bias is a weight on a constant input 1)

Labels are 0 and 1, the two outputs of the step, everywhere in this module; the geometry writes
them as signs s = 2 y - 1.  The rule stops if, and only if, a line (a plane, a hyperplane)
separates the two classes, and then after at most (R / gamma)^2 mistakes: `novikoff_bound`.

Raises, in every function and method: ValueError for a shape that does not fit or a label other
than 0 and 1, TypeError for anything but numbers.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from snippets import _checks as check
from snippets._checks import Floats
from snippets.activations import step

__all__ = [
    "Perceptron",
    "Update",
    "count_mistakes",
    "find_cycle",
    "learning_rule_step",
    "margin",
    "novikoff_bound",
    "perceptron_loss",
    "perceptron_loss_subgradient",
    "separable_set",
    "with_constant",
    "zero_one_loss",
]


class Update(NamedTuple):
    """One moment of the learning: the weights, and which mistake led to them.

    epoch counts from 1; sample is the row of x, error is +1 or -1.  The start, before any mistake,
    has epoch 0, sample -1 and error 0.
    """

    w: Floats
    b: float
    epoch: int
    sample: int
    error: float


def learning_rule_step(
    x: ArrayLike, y: float, w: ArrayLike, b: float = 0.0, lr: float = 1.0
) -> tuple[Floats, float, float]:
    """Show the neuron one example: w + lr error x, b + lr error, error = y - step(x . w + b).

    x, w: (D,).  y: 0 or 1.  Returns the new w and b, and the error: -1, 0 or +1.

    >>> w, b, error = learning_rule_step(x=[2.0, 1.0], y=0, w=[0.0, 0.0], lr=0.5)
    >>> w.tolist(), b, error
    ([-1.0, -0.5], -0.5, -1.0)
    """
    x = check.floats("learning_rule_step", "x", x, ndim=1)
    w = check.floats("learning_rule_step", "w", w, shape=x.shape)
    y, b = check.real("learning_rule_step", "y", y), check.real("learning_rule_step", "b", b)
    if y not in (0, 1):
        raise ValueError(f"learning_rule_step: y must be 0 or 1, got {y:g}")
    lr = check.real("learning_rule_step", "lr", lr, above=0)
    y_hat = float(step(x @ w + b))
    # the error is what should have come minus what came
    error = y - y_hat
    # w <- w + lr error x,  b <- b + lr error
    return w + lr * error * x, b + lr * error, error


class Perceptron:
    """A neuron with a step that learns by `learning_rule_step`.

    lr: learning rate > 0.  epochs: how many times it sees all the examples at most.  bias: False
    keeps b at 0.  rng: None starts from zero weights, a generator from small random ones.

    After `fit`: weights `w` (D,), bias `b`, `history` (the start, then one `Update` for each
    mistake), `mistakes` per epoch, and `converged`: True if the last epoch had none.

    >>> x, y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 0, 0, 1]
    >>> neuron = Perceptron().fit(x, y)
    >>> neuron.predict(x).tolist(), neuron.converged
    ([0.0, 0.0, 0.0, 1.0], True)
    """

    def __init__(
        self,
        lr: float = 1.0,
        epochs: int = 100,
        bias: bool = True,
        rng: np.random.Generator | None = None,
    ) -> None:
        """Set the options; the weights come with `fit`."""
        self.lr = check.real("Perceptron", "lr", lr, above=0)
        self.epochs = check.integer("Perceptron", "epochs", epochs, minimum=1)
        self.bias = check.flag("Perceptron", "bias", bias)
        self.rng = None if rng is None else check.generator("Perceptron", rng)
        self.w: Floats = np.zeros(0)
        self.b = 0.0
        self.history: list[Update] = []
        self.mistakes: list[int] = []
        self.converged = False

    def fit(self, x: ArrayLike, y: ArrayLike) -> Perceptron:
        """Go through x (N, D) and y (N,) epoch after epoch until one passes without a mistake."""
        x, y = _examples("Perceptron.fit", x, y)
        self.w, self.b = self._start(x)
        self.history, self.mistakes = [Update(self.w, self.b, 0, -1, 0.0)], []
        for epoch in range(1, self.epochs + 1):
            self.mistakes.append(self._epoch(x, y, epoch))
            if self.mistakes[-1] == 0:
                break
        self.converged = self.mistakes[-1] == 0
        return self

    def predict(self, x: ArrayLike) -> Floats:
        """Return step(x w + b) for x (N, D): 0.0 or 1.0 for each row."""
        x = check.floats("Perceptron.predict", "x", x, shape=("N", len(self.w)))
        return step(x @ self.w + self.b)

    def _start(self, x: Floats) -> tuple[Floats, float]:
        features = x.shape[1]
        if self.rng is None:
            return np.zeros(features, x.dtype), 0.0
        start = self.rng.normal(0, 0.1, features + 1).astype(x.dtype)
        return start[:-1], float(start[-1]) if self.bias else 0.0

    def _epoch(self, x: Floats, y: Floats, epoch: int) -> int:
        mistakes = 0
        for n in range(len(x)):
            w, b, error = learning_rule_step(x[n], float(y[n]), self.w, self.b, self.lr)
            if error:
                mistakes += 1
                self.w, self.b = w, b if self.bias else 0.0
                self.history.append(Update(self.w, self.b, epoch, n, error))
        return mistakes


def with_constant(x: ArrayLike) -> Floats:
    """Append a constant input 1 to each row, so that the last weight is the bias.

    >>> with_constant([[2.0], [3.0]]).tolist()
    [[2.0, 1.0], [3.0, 1.0]]
    """
    x = check.floats("with_constant", "x", x, ndim=2)
    return np.concatenate([x, np.ones_like(x[:, :1])], axis=1)


def count_mistakes(x: ArrayLike, y: ArrayLike, epochs: int = 10_000) -> int:
    """Count the updates from w = 0, without bias, until the first epoch without a mistake.

    x: (N, D), y: (N,) of 0 and 1.  For a bias give `with_constant(x)`.
    Raises ValueError if `epochs` are not enough, as for classes that no hyperplane through the
    origin separates.

    >>> count_mistakes([[1.0, 1.0], [-1.0, 1.0], [0.0, -1.0]], [1, 1, 0])
    1
    """
    neuron = Perceptron(epochs=epochs, bias=False).fit(x, y)
    if not neuron.converged:
        raise ValueError(f"count_mistakes: x and y must be separable, got {epochs} epochs of them")
    return sum(neuron.mistakes)


def margin(x: ArrayLike, y: ArrayLike, w: ArrayLike, b: float = 0.0) -> float:
    """Distance from the boundary to the nearest point: min_n s_n (w . x_n + b) / ||w||, s = 2y - 1.

    In the unit of x; negative if a point lies on the wrong side.

    >>> margin([[3.0, 0.0], [-1.0, 5.0]], [1, 0], w=[2.0, 0.0])
    1.0
    """
    x, y = _examples("margin", x, y)
    w = check.floats("margin", "w", w, shape=(x.shape[1],))
    if not w.any():
        raise ValueError(f"margin: w must not be all zero, got {w.tolist()}")
    b = check.real("margin", "b", b)
    return float(np.min((2 * y - 1) * (x @ w + b)) / np.hypot.reduce(w))


def novikoff_bound(x: ArrayLike, y: ArrayLike, w_star: ArrayLike) -> float:
    """Most mistakes the rule can make from w = 0: (R / gamma)^2.

    R = max_n ||x_n|| and gamma = `margin` of any separating w_star (D,) through the origin; for a
    bias give `with_constant(x)`.  Raises ValueError if w_star does not separate.
    Source: Novikoff (1962).  The best w_star gives the smallest bound.

    >>> novikoff_bound([[3.0, 4.0], [-3.0, 4.0]], [1, 0], w_star=[1.0, 0.0]) == (5 / 3) ** 2
    True
    """
    x, y = _examples("novikoff_bound", x, y)
    w_star = check.floats("novikoff_bound", "w_star", w_star, shape=(x.shape[1],))
    gamma = margin(x, y, w_star)
    if gamma <= 0:
        raise ValueError(f"novikoff_bound: w_star must separate x, got a margin of {gamma:g}")
    return float((np.linalg.norm(x, axis=1).max() / gamma) ** 2)


def zero_one_loss(w: ArrayLike, x: ArrayLike, y: ArrayLike) -> float:
    """Fraction of mistakes: mean_n [step(x_n . w) != y_n].  Flat almost everywhere in w.

    >>> zero_one_loss([1.0], [[1.0], [2.0]], [1, 0])
    0.5
    """
    w, x, y = _weights_and_examples("zero_one_loss", w, x, y)
    return float(np.mean(step(x @ w) != y))


def perceptron_loss(w: ArrayLike, x: ArrayLike, y: ArrayLike) -> float:
    """What the rule really descends: mean_n max(0, -s_n w . x_n) with s = 2 y - 1.

    >>> perceptron_loss([1.0], [[1.0], [2.0]], [1, 0])
    1.0
    """
    w, x, y = _weights_and_examples("perceptron_loss", w, x, y)
    return float(np.mean(np.maximum(0, -(2 * y - 1) * (x @ w))))


def perceptron_loss_subgradient(w: ArrayLike, x: ArrayLike, y: ArrayLike) -> Floats:
    """A subgradient of `perceptron_loss`: -mean_n error_n x_n, error = y - step(x . w).

    For a single example w - lr * subgradient is exactly the learning rule.  At w . x = 0, where
    the loss has a corner, the step chooses one of its subgradients.

    >>> perceptron_loss_subgradient([1.0], [[1.0], [2.0]], [1, 0]).tolist()
    [1.0]
    """
    w, x, y = _weights_and_examples("perceptron_loss_subgradient", w, x, y)
    error = y - step(x @ w)
    return -(error @ x) / len(x)


def find_cycle(x: ArrayLike, y: ArrayLike, epochs: int = 1000) -> tuple[int, int] | None:
    """Return (first, period) once an epoch ends with weights seen before, None if the rule settles.

    The rule has no memory but its weights, so weights that come back come back for ever: the proof
    that it never settles.  x: (N, D) whole numbers, so that weights repeat exactly; lr is 1.
    Raises ValueError for fractions, or if neither happens within `epochs`.

    >>> find_cycle([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 0, 0, 1]) is None
    True
    >>> first, period = find_cycle([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0])
    >>> period
    1
    """
    x, y = _examples("find_cycle", x, y)
    if (x % 1).any():
        raise ValueError(f"find_cycle: x must be whole numbers, got {x[x % 1 != 0][0]:g}")
    w, b, seen = np.zeros(x.shape[1]), 0.0, dict[tuple[float, ...], int]()
    for epoch in range(check.integer("find_cycle", "epochs", epochs, minimum=1)):
        state = (*w.tolist(), b)
        if state in seen:
            return seen[state], epoch - seen[state]
        seen[state] = epoch
        mistakes = 0
        for n in range(len(x)):
            w, b, error = learning_rule_step(x[n], float(y[n]), w, b)
            mistakes += error != 0
        if mistakes == 0:
            return None
    raise ValueError(f"find_cycle: epochs must be enough to settle or repeat, got {epochs}")


def separable_set(
    rng: np.random.Generator, n: int, features: int = 2, gap: float = 0.1
) -> tuple[Floats, Floats, Floats]:
    """Draw points that a random hyperplane through the origin separates with margin >= gap.

    Returns x (n, features) in the cube [-1, 1], y (n,) of 0 and 1, and the hyperplane's unit normal
    w_star (features,).  0 < gap <= 0.5.

    >>> x, y, w_star = separable_set(np.random.default_rng(0), 50, gap=0.2)
    >>> margin(x, y, w_star) >= 0.2
    True
    """
    n = check.integer("separable_set", "n", n, minimum=1)
    features = check.integer("separable_set", "features", features, minimum=1)
    gap = check.real("separable_set", "gap", gap, above=0, maximum=0.5)
    w_star = check.generator("separable_set", rng).normal(size=features)
    w_star /= np.linalg.norm(w_star)
    x = np.empty((0, features))
    while len(x) < n:
        draw = rng.uniform(-1, 1, (4 * n, features))
        x = np.concatenate([x, draw[np.abs(draw @ w_star) >= gap]])[:n]
    return x, step(x @ w_star), w_star


def _examples(where: str, x: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats]:
    x = check.floats(where, "x", x, ndim=2, finite=True)
    y = check.floats(where, "y", y, shape=(len(x),))
    check.not_empty(where, x=x)
    if not np.isin(y, (0, 1)).all():
        raise ValueError(f"{where}: y must be 0 or 1, got {y[~np.isin(y, (0, 1))][0]}")
    return x, y


def _weights_and_examples(
    where: str, w: ArrayLike, x: ArrayLike, y: ArrayLike
) -> tuple[Floats, Floats, Floats]:
    x, y = _examples(where, x, y)
    return check.floats(where, "w", w, shape=(x.shape[1],)), x, y
