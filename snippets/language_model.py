"""A language model: guess the next letter, and measure the surprise.

A text is a sequence of letters; here each is an integer token 0 .. K - 1.  A language model reads
the letters so far and gives a probability to each possible next one.  Its loss is the surprise at
the letter that really comes, averaged over the text:

    bits per letter = -(1 / T) sum over t of  log2 p(letter_t | all letters before it)

Knowing nothing costs log2 K bits.  Counting letters, or pairs of letters, costs less
(`ngram_bits`).  A recurrent network that reads everything before (`CharacterModel`) costs less
still.  The number is honest: a text coder driven by the model would need that many bits.

Turned round, the model writes: draw a letter from its probabilities, feed it back in, repeat.  A
temperature below 1 makes it cautious, above 1 adventurous.

An integer cannot go into a matrix product; it picks a row of a table instead (`embed`), which is
the product of a one-hot vector with that table, without the zeros.  Tokens are (T, N).

Raises, in every function and method: ValueError for a shape or a token that does not fit,
TypeError for anything but numbers, whole ones where they are tokens.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from snippets import _checks
from snippets._checks import Floats, Indices
from snippets.activations import softmax
from snippets.cnn import Stepper
from snippets.gru import gru, gru_backward
from snippets.loss import cross_entropy, cross_entropy_grad
from snippets.lstm import lstm, lstm_backward
from snippets.rnn import train

__all__ = [
    "CharacterModel",
    "bits_per_letter",
    "draw_letter",
    "draw_windows",
    "embed",
    "embed_backward",
    "ngram_bits",
]

Tokens = NDArray[np.integer[Any]]
State = tuple[Floats, ...]


def bits_per_letter(logits: ArrayLike, targets: ArrayLike) -> float:
    """Return the mean surprise -log2 p(target): cross-entropy in nats, divided by ln 2.

    logits: (..., K); targets: (...) integers in 0 .. K - 1, the letters that really came.
    Raises ValueError for shapes that do not fit or an empty text, TypeError for non-integers.
    Source: Shannon (1948).

    >>> bits_per_letter(np.zeros((5, 8)), [0, 1, 2, 3, 4])  # no idea among 8 letters
    3.0
    """
    return _nats("bits_per_letter", logits, targets)[0] / math.log(2)


def embed(tokens: ArrayLike, table: ArrayLike) -> Floats:
    """Look each token up in a table: x_t = table[token_t], that is one_hot(token_t) @ table.

    tokens: integers in 0 .. K - 1, any shape (...); table: (K, D).  Returns (..., D).
    Raises ValueError for a token out of range, TypeError for non-integers.

    >>> embed([[1], [0]], [[1.0, 2.0], [3.0, 4.0]]).tolist()
    [[[3.0, 4.0]], [[1.0, 2.0]]]
    """
    table = _checks.floats("embed", "table", table, shape=("K", "D"))
    return table[_checks.indices("embed", "tokens", tokens, below=len(table))]


def embed_backward(dx: ArrayLike, tokens: ArrayLike, table: ArrayLike) -> Floats:
    """Return dL/dtable of `embed`: each row adds up the gradients of all places it was used.

    dx: (..., D) gradient of the loss for the result; tokens, table as in `embed`.
    Raises ValueError for shapes that do not fit, TypeError for non-integers.

    >>> embed_backward([[1.0], [10.0], [100.0]], [0, 1, 0], [[0.0], [0.0]]).tolist()
    [[101.0], [10.0]]
    """
    table = _checks.floats("embed_backward", "table", table, shape=("K", "D"))
    tokens = _checks.indices("embed_backward", "tokens", tokens, below=len(table))
    shape = (*tokens.shape, table.shape[1])
    dx = _checks.floats("embed_backward", "dx", dx, shape=shape)
    dtable = np.zeros(table.shape, dx.dtype)
    np.add.at(dtable, tokens, dx)  # unlike dtable[tokens] += dx, counts a repeated token each time
    return dtable


def draw_letter(logits: ArrayLike, rng: np.random.Generator, temperature: float = 1.0) -> int:
    """Draw the next token from softmax(logits / temperature).

    logits: (K,); rng: source of randomness; temperature > 0: small is cautious, 1 as learned,
    large is random.  Returns an integer in 0 .. K - 1.
    Raises ValueError unless logits are 1-D with a finite maximum and temperature > 0, TypeError
    otherwise.

    >>> draw_letter([0.0, 9.0, 0.0], np.random.default_rng(0), temperature=0.1)
    1
    """
    logits = _checks.floats("draw_letter", "logits", logits, shape=("K",))
    temperature = _checks.real("draw_letter", "temperature", temperature, above=0)
    _checks.not_empty("draw_letter", logits=logits)
    top = logits.max()
    if not np.isfinite(top):
        raise ValueError(f"draw_letter: logits must have a finite maximum, got {top}")
    with np.errstate(over="ignore"):  # too far below the top for a float: never drawn
        p = softmax((logits.astype(np.float64) - top) / temperature)
    # letter k owns an interval of length p_k; a uniform number falls into one of them
    ends = p.cumsum()
    place = _checks.generator("draw_letter", rng).random() * ends[-1]
    return int(np.searchsorted(ends[:-1], place, side="right"))


def draw_windows(
    tokens: ArrayLike, steps: int, batch: int, rng: np.random.Generator
) -> tuple[Indices, Indices]:
    """Cut random pieces out of a text, each with the same piece one letter later.

    tokens: (L,) the text; steps: T; batch: N.  Returns inputs and targets, (T, N) each:
    targets[t] is what follows inputs[t].
    Raises ValueError unless L > T, TypeError for non-integers.

    >>> x, y = draw_windows(np.arange(100), 3, 2, np.random.default_rng(0))
    >>> x.shape, (y - x).tolist()
    ((3, 2), [[1, 1], [1, 1], [1, 1]])
    """
    tokens = _text("draw_windows", "tokens", tokens)
    T = _checks.integer("draw_windows", "steps", steps, minimum=1)
    N = _checks.integer("draw_windows", "batch", batch, minimum=1)
    if len(tokens) <= T:
        raise ValueError(f"draw_windows: tokens must be longer than {T}, got {len(tokens)}")
    starts = _checks.generator("draw_windows", rng).integers(0, len(tokens) - T, N)
    places = np.arange(T, dtype=np.intp)[:, None] + starts.astype(np.intp)  # (T, N)
    return tokens[places], tokens[places + 1]


def ngram_bits(text: ArrayLike, unseen: ArrayLike, letters: int, context: int = 1) -> float:
    """Return the bits per letter of plain counting: p(b | a) = (n(ab) + 1) / (n(a) + K).

    text: (L,) tokens to count; unseen: (M,) tokens to be surprised by; letters: K;
    context: how many letters before are known (0: none, 1: pairs, 2: triples).  The +1 (Laplace)
    keeps what was never seen from being impossible.
    Raises ValueError for a text no longer than the context, TypeError for non-integers.

    >>> ngram_bits([0, 1] * 50, [0, 1] * 50, letters=2, context=0)  # equally frequent: 1 bit
    1.0
    >>> ngram_bits([0, 1] * 50, [0, 1] * 50, letters=2, context=1) < 0.1  # but predictable
    True
    """
    K = _checks.integer("ngram_bits", "letters", letters, minimum=1)
    context = _checks.integer("ngram_bits", "context", context, minimum=0)
    before, after = _pairs("text", text, K, context)
    counts = np.ones((K**context, K))
    np.add.at(counts, (before, after), 1)
    p = counts / counts.sum(axis=1, keepdims=True)
    return float(-np.log2(p[_pairs("unseen", unseen, K, context)]).mean())


class CharacterModel:
    """A recurrent language model: embed the letter, remember it, give logits for the next one.

    letters: K; D: size of the embedding; H: of the memory; rng draws the first weights, uniform
    in +-1 / sqrt(H); cell: "lstm" or "gru".
    `params` holds table, then the weights of the cell as it takes them, then w_y, b_y.

    >>> model = CharacterModel(5, 3, 4, np.random.default_rng(0))
    >>> model.forward(np.zeros((7, 2), np.intp)).shape
    (7, 2, 5)
    """

    def __init__(
        self, letters: int, D: int, H: int, rng: np.random.Generator, cell: str = "lstm"
    ) -> None:
        """Draw the first weights."""
        self.cell = _checks.choice("CharacterModel", "cell", cell, ["lstm", "gru"])
        rng = _checks.generator("CharacterModel", rng)
        K = _checks.integer("CharacterModel", "letters", letters, minimum=1)
        _checks.integer("CharacterModel", "D", D, minimum=1)
        width = 1 / math.sqrt(_checks.integer("CharacterModel", "H", H, minimum=1))
        G = 4 * H if cell == "lstm" else 3 * H
        biases = [(G,)] if cell == "lstm" else [(G,), (G,)]
        shapes = [(K, D), (D, G), (H, G), *biases, (H, K), (K,)]
        self.params: list[Floats] = [rng.uniform(-width, width, shape) for shape in shapes]
        if cell == "lstm":
            self.params[3][H : 2 * H] = 1  # at first, forget nothing

    def forward(self, tokens: ArrayLike) -> Floats:
        """Return the logits (T, N, K) for the letter after each of tokens (T, N)."""
        return self.read(tokens)[0]

    def read(self, tokens: ArrayLike, state: State | None = None) -> tuple[Floats, State]:
        """Read on from a state; return the logits (T, N, K) and the state after the last letter.

        tokens: (T, N); state: what an earlier `read` returned, None for a fresh start.
        """
        tokens = self._tokens("CharacterModel.read", tokens)
        x = embed(tokens, self.params[0])
        fresh = self._fresh(tokens.shape[1])
        state = fresh if state is None else _state("CharacterModel.read", state, fresh)
        states = self._run(x, state)
        w_y, b_y = self.params[-2:]
        return states[0] @ w_y + b_y, tuple(track[-1] for track in states[: len(state)])

    def gradients(self, x: ArrayLike, y: ArrayLike, /) -> tuple[float, list[Floats]]:
        """Return the mean cross-entropy in nats per letter, and its gradient for each parameter.

        x: (T, N) letters read; y: (T, N) the letters that follow them.
        """
        tokens = self._tokens("CharacterModel.gradients", x)
        table, w_x, w_h = self.params[:3]
        w_y, b_y = self.params[-2:]
        embedded, fresh = embed(tokens, table), self._fresh(tokens.shape[1])
        states = self._run(embedded, fresh)
        h = states[0]
        loss, dlogits = _nats("CharacterModel.gradients", h @ w_y + b_y, y, name="y")
        backward: Any = lstm_backward if self.cell == "lstm" else gru_backward
        grads = backward(dlogits @ w_y.T, states, embedded, *fresh, w_x, w_h)
        dcell = grads[1 + len(fresh) :]  # after dx and the gradients of the first state
        K, H = len(table), len(w_h)
        dw_y = h.reshape(-1, H).T @ dlogits.reshape(-1, K)
        dtable = embed_backward(grads[0], tokens, table)
        return loss, [dtable, *dcell, dw_y, dlogits.sum(axis=(0, 1))]

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
        """Write on: read the prompt (T,), T >= 1, then draw `length` letters, each fed back in."""
        prompt = _text("CharacterModel.sample", "prompt", prompt)
        _checks.not_empty("CharacterModel.sample", prompt=prompt)
        return np.fromiter(self._letters(prompt, length, rng, temperature), np.intp)

    def _letters(
        self, prompt: Indices, length: int, rng: np.random.Generator, temperature: float
    ) -> Iterator[int]:
        logits, state = self.read(prompt[:, None])
        for _ in range(_checks.integer("CharacterModel.sample", "length", length, minimum=0)):
            letter = draw_letter(logits[-1, 0], rng, temperature)
            yield letter
            logits, state = self.read([[letter]], state)

    def _run(self, x: Floats, state: State) -> Any:
        cell: Any = lstm if self.cell == "lstm" else gru
        return cell(x, *state, *self.params[1:-2])

    def _fresh(self, N: int) -> State:
        nothing = np.zeros((N, len(self.params[2])), self.params[2].dtype)
        return (nothing, nothing) if self.cell == "lstm" else (nothing,)

    def _tokens(self, where: str, tokens: ArrayLike) -> Indices:
        tokens = _checks.indices(
            where, "tokens", tokens, below=len(self.params[0]), shape=("T", "N")
        )
        _checks.not_empty(where, tokens=tokens)
        return tokens


def _nats(
    where: str, logits: ArrayLike, targets: ArrayLike, name: str = "targets"
) -> tuple[float, Floats]:
    """Return the mean cross-entropy over all places, and its gradient for the logits."""
    logits = _checks.floats(where, "logits", logits)
    if logits.ndim < 2:
        raise ValueError(f"{where}: logits must be (..., K), got shape {logits.shape}")
    _checks.not_empty(where, logits=logits)
    K = logits.shape[-1]
    targets = _checks.indices(where, name, targets, below=K, shape=logits.shape[:-1])
    rows, labels = logits.reshape(-1, K), targets.reshape(-1)
    return cross_entropy(rows, labels), cross_entropy_grad(rows, labels).reshape(logits.shape)


def _state(where: str, state: Any, like: State) -> State:
    items = _checks.sequence(where, "state", state, length=len(like))
    return tuple(
        _checks.floats(where, f"state[{i}]", item, shape=fresh.shape)
        for i, (item, fresh) in enumerate(zip(items, like, strict=True))
    )


def _text(where: str, name: str, tokens: ArrayLike) -> Indices:
    largest = np.iinfo(np.intp).max
    return _checks.indices(where, name, tokens, below=largest, shape=("L",))


def _pairs(name: str, tokens: ArrayLike, K: int, context: int) -> tuple[Indices, Indices]:
    """Return, for each letter that has a context, the context as one number and the letter."""
    tokens = _checks.indices("ngram_bits", name, tokens, below=K, shape=("L",))
    M = len(tokens) - context
    if M < 1:
        raise ValueError(f"ngram_bits: {name} must be longer than {context}, got {len(tokens)}")
    before = np.zeros(M, np.intp)
    for back in range(context):
        before = before * K + tokens[back : back + M]
    return before, tokens[context:]
