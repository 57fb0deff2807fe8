"""Cases for `snippets.language_model`."""

import numpy as np

from tests.cases import RNG, array, bad, cases, good, matrix

TEXT = np.array([0, 1, 2, 1, 0, 2, 2, 1])
LOGITS, TARGETS, TABLE = matrix(3, 2, 4), np.array([[0, 1], [2, 3], [1, 1]]), matrix(4, 5)


def answer(make, tokens, *args, **kwargs):
    return make(*args, **kwargs).forward(tokens)


CASES = {
    "CharacterModel": cases(
        good(TARGETS, 4, 3, 5, RNG, run=answer),
        good(TARGETS, 4, 3, 5, RNG, cell="gru", run=answer),
        bad("letters", 0, 3, 5, RNG),
        bad("H", 4, 3, 0, RNG),
        bad("rng", 4, 3, 5, 0),
        bad("cell", 4, 3, 5, RNG, cell="rnn"),
    ),
    "bits_per_letter": cases(
        good(LOGITS, TARGETS),
        bad("logits", 1.0, TARGETS),
        bad("targets", LOGITS, TARGETS[:1]),
        bad("targets", LOGITS, TARGETS + 4),
    ),
    "draw_letter": cases(
        good(array(1, 2, 3), RNG),
        bad("logits", LOGITS, RNG),
        bad("rng", array(1, 2), 0),
        bad("temperature", array(1, 2), RNG, temperature=0),
    ),
    "draw_windows": cases(
        good(TEXT, 3, 2, RNG),
        bad("tokens", TEXT, 8, 2, RNG),
        bad("tokens", TEXT + 0.5, 3, 2, RNG),
        bad("steps", TEXT, 0, 2, RNG),
        bad("batch", TEXT, 3, 0, RNG),
        bad("rng", TEXT, 3, 2, 0),
    ),
    "embed": cases(
        good(TARGETS, TABLE), bad("tokens", TARGETS + 4, TABLE), bad("table", TARGETS, 1.0)
    ),
    "embed_backward": cases(
        good(matrix(3, 2, 5), TARGETS, TABLE),
        bad("dx", matrix(3, 2, 4), TARGETS, TABLE),
        bad("tokens", matrix(3, 2, 5), TARGETS + 4, TABLE),
    ),
    "ngram_bits": cases(
        good(TEXT, TEXT[::2].copy(), 3),
        bad("text", TEXT[:1], TEXT, 3),
        bad("unseen", TEXT, TEXT[:1], 3),
        bad("letters", TEXT, TEXT, 0),
        bad("context", TEXT, TEXT, 3, context=-1),
    ),
}
