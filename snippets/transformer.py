"""A transformer decoder: attention to mix the letters, a small network to think, again and again.

Every letter starts as a vector, its embedding plus a vector for its position.  A block then adds
two things to it and never replaces it (the residual connection keeps a road open for gradients):

    x <- x + attention(layer_norm(x))          look at the letters before, each head for itself
    x <- x + feed_forward(layer_norm(x))       work on what was gathered, each place for itself

With a causal mask no place can see what comes after it, so one pass over a text of T letters trains
T predictions at once; a recurrent network must take the T steps one after the other.  The last
vectors go through one more layer norm and become logits for the next letter.

This is the decoder of Vaswani et al. (2017) without the encoder it listened to, normalised before
rather than after each part (Radford et al. 2019), which trains without warm-up.  Tokens are (T, N).

Raises, in every function and method: ValueError for a shape or a token that does not fit,
TypeError for anything but numbers, whole ones where they are tokens.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import ArrayLike

from snippets import _checks
from snippets._checks import Floats, Indices
from snippets.activations import gelu, gelu_prime
from snippets.attention import causal_mask, multi_head_attention, multi_head_attention_backward
from snippets.cnn import Stepper
from snippets.language_model import draw_letter, embed, embed_backward
from snippets.loss import cross_entropy, cross_entropy_grad
from snippets.normalization import layer_norm, layer_norm_backward
from snippets.rnn import train

__all__ = [
    "Decoder",
    "block",
    "block_backward",
    "feed_forward",
    "feed_forward_backward",
]

PARAMS_PER_BLOCK = 10


def feed_forward(
    x: ArrayLike, w_1: ArrayLike, b_1: ArrayLike, w_2: ArrayLike, b_2: ArrayLike
) -> Floats:
    """Work on each place alone: y = gelu(x w_1 + b_1) w_2 + b_2.

    x: (..., D); w_1: (D, M); b_1: (M,); w_2: (M, D); b_2: (D,), usually M = 4 D.
    Returns (..., D).
    Raises ValueError for shapes that do not fit, TypeError for anything but numbers.

    >>> feed_forward(np.ones((1, 2)), np.eye(2), np.zeros(2), np.eye(2), [0.0, 1.0]).round(3)
    array([[0.841, 1.841]])
    """
    x, w_1, b_1, w_2 = _two_layers("feed_forward", x, w_1, b_1, w_2)
    b_2 = _checks.floats("feed_forward", "b_2", b_2, shape=(len(w_1),))
    return gelu(x @ w_1 + b_1) @ w_2 + b_2


def feed_forward_backward(
    dy: ArrayLike, x: ArrayLike, w_1: ArrayLike, b_1: ArrayLike, w_2: ArrayLike
) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """Return the gradients of `feed_forward` for x, w_1, b_1, w_2, b_2.

    dy: (..., D) gradient of the loss for the result; the rest as in `feed_forward`.
    Raises ValueError for shapes that do not fit, TypeError for anything but numbers.

    >>> x, w, b = np.ones((5, 2)), np.eye(2), np.zeros(2)
    >>> [g.shape for g in feed_forward_backward(np.ones((5, 2)), x, w, b, w)]
    [(5, 2), (2, 2), (2,), (2, 2), (2,)]
    """
    x, w_1, b_1, w_2 = _two_layers("feed_forward_backward", x, w_1, b_1, w_2)
    D = len(w_1)
    dy = _checks.floats("feed_forward_backward", "dy", dy, shape=x.shape)
    rows, drows = x.reshape(-1, D), dy.reshape(-1, D)  # (..., D) -> (places, D)
    z = rows @ w_1 + b_1  # (places, M)
    dz = (drows @ w_2.T) * gelu_prime(z)
    dw_2 = gelu(z).T @ drows
    return (dz @ w_1.T).reshape(x.shape), rows.T @ dz, dz.sum(0), dw_2, drows.sum(0)


def block(x: ArrayLike, params: Sequence[Floats], heads: int) -> Floats:
    """Look back, then think, adding to x each time: one layer of the decoder.

    x: (T, N, D); params: gamma, beta of the first layer norm, w_qkv, w_o, gamma, beta of the
    second, w_1, b_1, w_2, b_2; heads: a divisor of D.  Returns (T, N, D); place t depends on
    places 0 .. t only.
    Raises ValueError for shapes that do not fit, TypeError for anything but numbers.

    >>> model = Decoder(5, 4, 6, 3, 1, np.random.default_rng(0))
    >>> block(np.ones((4, 2, 6)), model.blocks[0], heads=3).shape
    (4, 2, 6)
    """
    x = _checks.floats("block", "x", x, shape=("T", "N", "D"))
    params = _checks.sequence("block", "params", params, length=PARAMS_PER_BLOCK)
    gamma_1, beta_1, w_qkv, w_o, gamma_2, beta_2, *thinking = params
    mask = causal_mask(len(x))
    x = x + multi_head_attention(layer_norm(x, gamma_1, beta_1), w_qkv, w_o, heads, mask)
    return x + feed_forward(layer_norm(x, gamma_2, beta_2), *thinking)


def block_backward(
    dy: ArrayLike, x: ArrayLike, params: Sequence[Floats], heads: int
) -> tuple[Floats, list[Floats]]:
    """Return dL/dx and the gradients for params of `block`: a sum sends its gradient both ways.

    dy: (T, N, D) gradient of the loss for the result; the rest as in `block`.
    Raises ValueError for shapes that do not fit, TypeError for anything but numbers.

    >>> model, x = Decoder(5, 4, 6, 3, 1, np.random.default_rng(0)), np.ones((4, 2, 6))
    >>> dx, grads = block_backward(np.ones_like(x), x, model.blocks[0], heads=3)
    >>> dx.shape, len(grads)
    ((4, 2, 6), 10)
    """
    x = _checks.floats("block_backward", "x", x, shape=("T", "N", "D"))
    dy = _checks.floats("block_backward", "dy", dy, shape=x.shape)
    params = _checks.sequence("block_backward", "params", params, length=PARAMS_PER_BLOCK)
    gamma_1, beta_1, w_qkv, w_o, gamma_2, beta_2, w_1, b_1, w_2, _ = params
    mask = causal_mask(len(x))
    seen = layer_norm(x, gamma_1, beta_1)
    middle = x + multi_head_attention(seen, w_qkv, w_o, heads, mask)
    thought = layer_norm(middle, gamma_2, beta_2)
    # the second sum: dy goes to middle directly, and once more through the feed-forward part
    d, *dthinking = feed_forward_backward(dy, thought, w_1, b_1, w_2)
    d, *dnorm_2 = layer_norm_backward(d, middle, gamma_2)
    dmiddle = dy + d
    # the first sum, in the same way: directly, and through attention
    d, *dlooking = multi_head_attention_backward(dmiddle, seen, w_qkv, w_o, heads, mask)
    d, *dnorm_1 = layer_norm_backward(d, x, gamma_1)
    return dmiddle + d, [*dnorm_1, *dlooking, *dnorm_2, *dthinking]


class Decoder:
    """A small language model of blocks: tokens (T, N) in, logits (T, N, K) for what comes next.

    letters: K; steps: the longest text it can see; D: size of the vectors; heads: a divisor of D;
    layers: number of blocks; rng draws the first weights, normal with std 0.02, those that
    write into the residual stream smaller by sqrt(2 layers).
    `params` holds table, positions, ten arrays per block (see `block`), gamma, beta, w_y.
    Raises ValueError for sizes that do not fit, TypeError unless they are integers.
    Source: Radford et al. (2019).

    >>> model = Decoder(5, 8, 6, 3, 2, np.random.default_rng(0))
    >>> model.forward(np.zeros((7, 2), np.intp)).shape
    (7, 2, 5)
    """

    def __init__(
        self, letters: int, steps: int, D: int, heads: int, layers: int, rng: np.random.Generator
    ) -> None:
        """Draw the first weights."""
        self.heads = _checks.integer("Decoder", "heads", heads, minimum=1)
        self.layers = _checks.integer("Decoder", "layers", layers, minimum=0)
        self.steps = _checks.integer("Decoder", "steps", steps, minimum=1)
        rng = _checks.generator("Decoder", rng)
        _checks.integer("Decoder", "letters", letters, minimum=1)
        if _checks.integer("Decoder", "D", D, minimum=1) % heads:
            raise ValueError(f"Decoder: heads must divide D, got {heads} and {D}")

        def normal(*shape: int, std: float = 0.02) -> Floats:
            return rng.normal(0, std, shape)

        quiet = 0.02 / np.sqrt(2 * max(layers, 1))
        self.params: list[Floats] = [normal(letters, D), normal(steps, D)]
        for _ in range(layers):
            looking = [np.ones(D), np.zeros(D), normal(D, 3 * D), normal(D, D, std=quiet)]
            thinking = [normal(D, 4 * D), np.zeros(4 * D), normal(4 * D, D, std=quiet), np.zeros(D)]
            self.params += [*looking, np.ones(D), np.zeros(D), *thinking]
        self.params += [np.ones(D), np.zeros(D), normal(D, letters)]

    @property
    def blocks(self) -> list[list[Floats]]:
        """The parameters of each block, ten arrays each."""
        starts = range(2, 2 + PARAMS_PER_BLOCK * self.layers, PARAMS_PER_BLOCK)
        return [self.params[start : start + PARAMS_PER_BLOCK] for start in starts]

    def forward(self, tokens: ArrayLike) -> Floats:
        """Return the logits (T, N, K) for the letter after each of tokens (T, N)."""
        gamma, beta, w_y = self.params[-3:]
        return layer_norm(self._stream(self._tokens(tokens))[-1], gamma, beta) @ w_y

    def gradients(self, x: ArrayLike, y: ArrayLike, /) -> tuple[float, list[Floats]]:
        """Return the mean cross-entropy in nats per letter, and its gradient for each parameter.

        x: (T, N) letters read; y: (T, N) the letters that follow them.
        """
        tokens = self._tokens(x)
        (table, positions), (gamma, beta, w_y) = self.params[:2], self.params[-3:]
        D, K = w_y.shape
        y = _checks.indices("Decoder.gradients", "y", y, below=K, shape=tokens.shape)
        stream = self._stream(tokens)
        last = layer_norm(stream[-1], gamma, beta)
        logits = last.reshape(-1, D) @ w_y  # (T N, K)
        dlogits = cross_entropy_grad(logits, y.reshape(-1))
        dlast = (dlogits @ w_y.T).reshape(last.shape)
        d, dgamma, dbeta = layer_norm_backward(dlast, stream[-1], gamma)
        grads = [dgamma, dbeta, last.reshape(-1, D).T @ dlogits]
        for params, h in zip(reversed(self.blocks), reversed(stream[:-1]), strict=True):
            d, dblock = block_backward(d, h, params, self.heads)
            grads = [*dblock, *grads]
        dpositions = np.zeros_like(positions)
        dpositions[: len(tokens)] = d.sum(axis=1)
        loss = cross_entropy(logits, y.reshape(-1))
        return loss, [embed_backward(d, tokens, table), dpositions, *grads]

    def fit(
        self,
        batches: Iterable[tuple[ArrayLike, ArrayLike]],
        stepper: Stepper,
        limit: float | None = None,
    ) -> list[float]:
        """Learn from pairs (letters, next letters), one step each; return the losses in nats."""
        return train(self, batches, stepper, limit)

    def sample(
        self,
        prompt: ArrayLike,
        length: int,
        rng: np.random.Generator,
        temperature: float = 1.0,
    ) -> Indices:
        """Write on: read the prompt (T,), T >= 1, then draw `length` letters, each fed back in.

        Once the text is longer than `steps`, only its end is seen.
        """
        K = len(self.params[0])
        prompt = _checks.indices("Decoder.sample", "prompt", prompt, below=K, shape=("T",))
        _checks.not_empty("Decoder.sample", prompt=prompt)
        length = _checks.integer("Decoder.sample", "length", length, minimum=0)
        return np.fromiter(self._letters(prompt, length, rng, temperature), np.intp)

    def _letters(
        self, prompt: Indices, length: int, rng: np.random.Generator, temperature: float
    ) -> Iterator[int]:
        seen = prompt
        for _ in range(length):
            seen = seen[-self.steps :]
            letter = draw_letter(self.forward(seen[:, None])[-1, 0], rng, temperature)
            yield letter
            seen = np.append(seen, np.intp(letter))

    def _stream(self, tokens: Indices) -> list[Floats]:
        """Return x before the first block and after each block: the residual stream."""
        table, positions = self.params[:2]
        x = embed(tokens, table) + positions[: len(tokens), None]  # (T, N, D) + (T, 1, D)
        stream: list[Floats] = [x]
        for params in self.blocks:
            stream.append(block(stream[-1], params, self.heads))
        return stream

    def _tokens(self, tokens: ArrayLike) -> Indices:
        K = len(self.params[0])
        tokens = _checks.indices("Decoder", "tokens", tokens, below=K, shape=("T", "N"))
        _checks.not_empty("Decoder", tokens=tokens)
        if len(tokens) > self.steps:
            raise ValueError(f"Decoder: tokens must have T <= {self.steps}, got T = {len(tokens)}")
        return tokens


def _two_layers(
    where: str, x: ArrayLike, w_1: ArrayLike, b_1: ArrayLike, w_2: ArrayLike
) -> tuple[Floats, Floats, Floats, Floats]:
    w_1 = _checks.floats(where, "w_1", w_1, shape=("D", "M"))
    D, M = w_1.shape
    x = _checks.floats(where, "x", x)
    if x.ndim == 0 or x.shape[-1] != D:
        raise ValueError(f"{where}: x must be (..., {D}), got shape {x.shape}")
    b_1 = _checks.floats(where, "b_1", b_1, shape=(M,))
    return x, w_1, b_1, _checks.floats(where, "w_2", w_2, shape=(M, D))
