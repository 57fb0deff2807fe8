"""A convolutional network: look closely, step back, look again, decide.

LeCun et al. (1998) read bank cheques with it, and most image networks are still built this way:

    image -> [convolution -> max pooling -> ReLU] -> [the same again] -> affine layers -> logits

The first filters see edges.  Pooling halves the picture, so the next filters, of the same size,
see twice as far and can put edges together into corners and strokes.  What is left at the end is
a short list of features, which ordinary affine layers turn into one score per class.

Nothing here is new: each stage is a function of `convolution` or `pooling`, and the backward pass
calls their `_backward` in reverse order.  ReLU stands after the pooling because the maximum of
the rectified values is the rectified maximum: the same numbers for a quarter of the work.

Raises, in every function and method: ValueError for a shape, size or label that does not fit,
TypeError for anything but numbers, generators and optimizers where they are asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from snippets import _checks
from snippets._checks import Floats
from snippets.activations import relu, relu_prime
from snippets.convolution import conv2d, conv2d_backward, output_size
from snippets.initialization import he_uniform
from snippets.loss import cross_entropy, cross_entropy_grad
from snippets.pooling import max_pool2d, max_pool2d_backward

__all__ = ["LeNet", "Stepper", "digits_net", "lenet5"]


class Stepper(Protocol):
    """What `fit` asks of an optimizer: new parameters from parameters and gradients."""

    def step(self, params: list[Floats], grads: list[Floats], /) -> Sequence[Floats]:
        """Return the next parameters, leaving the arguments alone."""
        ...


class LeNet:
    """A small convolutional classifier in the manner of LeNet-5, with max pooling and ReLU.

    image: (C, H, W); filters: of each convolution; kernel: side of all kernels in pixels;
    paddings: of each convolution; hidden: sizes of the affine layers between; classes: K;
    rng draws the first weights (He); dtype: of the parameters.
    `params` holds w, b of every stage in order: kernels (F, C, k, k), then matrices (in, out).
    Raises ValueError for sizes that do not fit, TypeError unless they are integers.
    Source: LeCun, Bottou, Bengio and Haffner (1998).

    >>> net = LeNet((1, 8, 8), [4], 3, [1], [], 10, np.random.default_rng(0))
    >>> [w.shape for w in net.params]
    [(4, 1, 3, 3), (4,), (64, 10), (10,)]
    >>> net.forward(np.zeros((5, 1, 8, 8))).shape
    (5, 10)
    """

    def __init__(
        self,
        image: tuple[int, int, int],
        filters: Sequence[int],
        kernel: int,
        paddings: Sequence[int],
        hidden: Sequence[int],
        classes: int,
        rng: np.random.Generator,
        dtype: DTypeLike = np.float64,
    ) -> None:
        """Draw the first weights."""
        C, height, width = _checks.integers("LeNet", "image", image, minimum=1, length=3)
        self.image = C, height, width
        filters = _checks.integers("LeNet", "filters", filters, minimum=1)
        kernel = _checks.integer("LeNet", "kernel", kernel, minimum=1)
        self.paddings = _checks.integers("LeNet", "paddings", paddings, minimum=0)
        hidden = _checks.integers("LeNet", "hidden", hidden, minimum=1)
        classes = _checks.integer("LeNet", "classes", classes, minimum=1)
        if len(filters) != len(paddings):
            raise ValueError(
                f"LeNet: filters and paddings must be equal in number, "
                f"got {len(filters)} and {len(paddings)}"
            )
        self.params: list[Floats] = []
        depths = [C, *filters]
        shapes: list[tuple[int, ...]] = [(F, C, kernel, kernel) for C, F in pairwise(depths)]
        try:
            for padding in paddings:  # each stage: a convolution, then 2 x 2 pooling
                height = output_size(output_size(height, kernel, 1, padding), 2, 2)
                width = output_size(output_size(width, kernel, 1, padding), 2, 2)
        except ValueError:
            raise ValueError(
                f"LeNet: image must be large enough for {len(paddings)} stages of a "
                f"{kernel} x {kernel} kernel and 2 x 2 pooling, got {self.image}"
            ) from None
        shapes += pairwise([depths[-1] * height * width, *hidden, classes])
        for shape in shapes:
            units = shape[0] if len(shape) == 4 else shape[1]
            self.params += [he_uniform(shape, rng, dtype), np.zeros(units, dtype)]

    def forward(self, x: ArrayLike) -> Floats:
        """Return the logits (N, K) of images x (N, C, H, W)."""
        return self._trace("LeNet.forward", x)[1][-1]

    def predict(self, x: ArrayLike) -> NDArray[np.intp]:
        """Return the most likely class (N,) of images x (N, C, H, W)."""
        return self._trace("LeNet.predict", x)[1][-1].argmax(axis=1)

    def feature_maps(self, x: ArrayLike) -> list[Floats]:
        """Return what each convolution sees in images x: relu(z), (N, F, H', W'), unpooled."""
        zs = self._trace("LeNet.feature_maps", x)[1]
        return [relu(z) for z in zs[: len(self.paddings)]]

    def gradients(self, x: ArrayLike, labels: ArrayLike, /) -> tuple[float, list[Floats]]:
        """Return the mean cross-entropy in nats, and its gradient for each array of `params`.

        x: (N, C, H, W) images; labels: (N,) integers in 0 .. K - 1.
        """
        inputs, zs = self._trace("LeNet.gradients", x)
        d = cross_entropy_grad(zs[-1], labels)  # of the logits; below, of ever earlier values
        grads: list[Floats] = []
        for k in reversed(range(len(zs))):
            w = self.params[2 * k]
            if k < len(self.paddings):
                pooled = max_pool2d(zs[k], 2)
                d = d.reshape(pooled.shape) * relu_prime(pooled)
                dz = max_pool2d_backward(d, zs[k], 2)
                d, dw, db = conv2d_backward(dz, inputs[k], w, padding=self.paddings[k])
            else:
                dz = d if zs[k] is zs[-1] else d * relu_prime(zs[k])
                d, dw, db = dz @ w.T, inputs[k].T @ dz, dz.sum(axis=0)
            grads = [dw, db, *grads]
        return cross_entropy(zs[-1], labels), grads

    def fit(
        self,
        x: ArrayLike,
        labels: ArrayLike,
        stepper: Stepper,
        epochs: int,
        batch: int,
        rng: np.random.Generator,
    ) -> list[float]:
        """Learn from images x (N, C, H, W) and labels (N,); return the mean loss of each epoch.

        stepper: has `step(params, grads)`; batch: images per step; rng shuffles every epoch.
        """
        stepper = _checks.able("LeNet.fit", "stepper", stepper, "step")
        x = self._images("LeNet.fit", x)
        labels = _checks.indices(
            "LeNet.fit", "labels", labels, below=len(self.params[-1]), shape=(len(x),)
        )
        _checks.not_empty("LeNet.fit", x=x)
        batch = _checks.integer("LeNet.fit", "batch", batch, minimum=1)
        rng = _checks.generator("LeNet.fit", rng)
        history: list[float] = []
        for _ in range(_checks.integer("LeNet.fit", "epochs", epochs, minimum=0)):
            order = rng.permutation(len(x)).astype(np.intp)
            total = 0.0
            for some in np.split(order, range(batch, len(x), batch)):
                loss, grads = self.gradients(x[some], labels[some])
                self.params = list(stepper.step(self.params, grads))
                total += loss * len(some)
            history.append(total / len(x))
        return history

    def _trace(self, where: str, x: ArrayLike) -> tuple[list[Floats], list[Floats]]:
        """Return the input and the pre-activation z of every stage."""
        h = self._images(where, x)
        inputs: list[Floats] = []
        zs: list[Floats] = []
        for k, (w, b) in enumerate(zip(self.params[::2], self.params[1::2], strict=True)):
            if k < len(self.paddings):
                inputs.append(h)
                zs.append(conv2d(h, w, b, padding=self.paddings[k]))
                h = relu(max_pool2d(zs[-1], 2))
            else:
                inputs.append(h.reshape(len(h), len(w)))  # (N, F, H', W') -> (N, F H' W')
                zs.append(inputs[-1] @ w + b)
                h = relu(zs[-1])
        return inputs, zs

    def _images(self, where: str, x: Any) -> Floats:
        return _checks.floats(where, "x", x, shape=("N", *self.image))


def lenet5(rng: np.random.Generator, dtype: DTypeLike = np.float64) -> LeNet:
    """Return LeNet-5 for 28 x 28 images: 6 and 16 filters of 5 x 5, then 400-120-84-10.

    >>> sum(w.size for w in lenet5(np.random.default_rng(0)).params)
    61706
    """
    return LeNet((1, 28, 28), [6, 16], 5, [2, 0], [120, 84], 10, rng, dtype)


def digits_net(rng: np.random.Generator, dtype: DTypeLike = np.float64) -> LeNet:
    """Return a network for 8 x 8 digits: 8 and 16 filters of 3 x 3, then 64-10.

    >>> sum(w.size for w in digits_net(np.random.default_rng(0)).params)
    1898
    """
    return LeNet((1, 8, 8), [8, 16], 3, [1, 1], [], 10, rng, dtype)
