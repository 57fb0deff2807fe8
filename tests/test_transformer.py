"""What the chapter on the transformer claims."""

import numpy as np
import pytest

from snippets.language_model import bits_per_letter, draw_windows, ngram_bits
from snippets.optimizers import Adam
from snippets.transformer import (
    Decoder,
    block,
    block_backward,
    feed_forward,
    feed_forward_backward,
)
from tests.gradients import assert_gradients, frozen

# the letter after 2 depends on the letter before it: pairs cannot know, attention can
LOOP = np.array([0, 2, 0, 1, 2, 1] * 40)


def make(letters=5, steps=6, D=4, heads=2, layers=2, noise=0.3):
    """Return a decoder at a generic point, far from its quiet start."""
    rng = np.random.default_rng(0)
    model = Decoder(letters, steps, D, heads, layers, rng)
    model.params = [p + rng.normal(0, noise, p.shape) for p in model.params]
    return model


def test_feed_forward_backward_matches_central_difference():
    rng = np.random.default_rng(0)
    shapes = [(2, 5, 3), (3, 4), (4,), (4, 3), (3,)]
    x, w_1, b_1, w_2, _ = arguments = frozen(*(rng.normal(size=shape) for shape in shapes))
    (dy,) = frozen(rng.normal(size=x.shape))
    gradients = feed_forward_backward(dy, x, w_1, b_1, w_2)
    assert_gradients(lambda *a: np.sum(feed_forward(*a) * dy), arguments, gradients)


@pytest.mark.parametrize(("T", "N"), [(4, 2), (1, 1)])
def test_block_backward_matches_central_difference(T, N):
    rng = np.random.default_rng(1)
    params = frozen(*make().blocks[0])
    x, dy = frozen(rng.normal(size=(T, N, 4)), rng.normal(size=(T, N, 4)))
    dx, grads = block_backward(dy, x, params, heads=2)

    def loss(x, *params):
        return np.sum(block(x, params, heads=2) * dy)

    assert_gradients(loss, [x, *params], [dx, *grads])


@pytest.mark.parametrize("layers", [0, 2])
def test_decoder_gradients_match_central_difference(layers):
    rng = np.random.default_rng(0)
    model = make(letters=3, steps=4, D=2, layers=layers)
    x, y = frozen(rng.integers(0, 3, (3, 2)), rng.integers(0, 3, (3, 2)))
    params = frozen(*model.params)
    model.params = params
    _, grads = model.gradients(x, y)

    def loss(*params):
        model.params = list(params)
        return model.gradients(x, y)[0]

    assert_gradients(loss, params, grads)


def test_the_future_changes_nothing():
    model = make()
    tokens = np.array([[0], [1], [2], [3], [4]])
    changed = np.array([[0], [1], [2], [0], [0]])
    a, b = model.forward(tokens), model.forward(changed)
    np.testing.assert_array_equal(a[:3], b[:3])
    assert not np.allclose(a[3:], b[3:])


def test_one_pass_over_a_text_predicts_after_every_letter():
    model = make()
    tokens = np.random.default_rng(0).integers(0, 5, (6, 1))
    together = model.forward(tokens)
    for t in range(6):
        np.testing.assert_allclose(model.forward(tokens[: t + 1])[-1], together[t])


def test_without_positions_the_order_of_the_past_is_lost():
    model = make(layers=1)
    a, b = np.array([[0], [1], [2], [3]]), np.array([[2], [0], [1], [3]])
    assert not np.allclose(model.forward(a)[-1], model.forward(b)[-1])
    model.params[1] = np.zeros_like(model.params[1])
    np.testing.assert_allclose(model.forward(a)[-1], model.forward(b)[-1])


def test_a_new_decoder_knows_nothing_and_says_so():
    model = Decoder(16, 8, 12, 3, 2, np.random.default_rng(0))
    tokens = np.random.default_rng(1).integers(0, 16, (8, 20))
    assert bits_per_letter(model.forward(tokens), tokens) == pytest.approx(4, abs=0.1)


def test_a_small_decoder_learns_what_pairs_cannot_know_and_writes_it():
    rng = np.random.default_rng(0)
    model = Decoder(3, 12, 12, 2, 1, rng)
    losses = model.fit((draw_windows(LOOP, 12, 16, rng) for _ in range(300)), Adam(0.02))
    x, y = draw_windows(LOOP, 12, 16, rng)
    learned = bits_per_letter(model.forward(x)[4:], y[4:])
    assert losses[-1] < losses[0] / 4
    assert learned < 0.5 * ngram_bits(LOOP, LOOP, 3, context=1)
    written = model.sample(LOOP[:6], 18, rng, temperature=0.1)  # runs past the 12 steps it sees
    np.testing.assert_array_equal(written, LOOP[:18])


def test_samples_repeat_with_the_seed():
    model = make()
    first, again = (model.sample([1, 2], 20, np.random.default_rng(5)) for _ in range(2))
    assert first.tolist() == again.tolist()
    assert first.dtype == np.intp


def test_float32_parameters_give_float32():
    model = make()
    model.params = [p.astype(np.float32) for p in model.params]
    assert model.forward([[0], [1]]).dtype == np.float32
    assert all(g.dtype == np.float32 for g in model.gradients([[0], [1]], [[1], [2]])[1])


def test_bad_input_is_refused_in_words():
    rng = np.random.default_rng(0)
    model = make()
    with pytest.raises(ValueError, match="tokens must have T <= 6, got T = 7"):
        model.forward(np.zeros((7, 1), int))
    with pytest.raises(ValueError, match=r"tokens must lie in 0 \.\. 4"):
        model.forward([[5]])
    with pytest.raises(ValueError, match="y must have shape"):
        model.gradients([[0, 1]], [[0]])
    with pytest.raises(ValueError, match="heads must divide D"):
        Decoder(5, 6, 4, 3, 1, rng)
    with pytest.raises(ValueError, match=r"x must be \(\.\.\., 3\)"):
        feed_forward(np.ones((2, 4)), np.ones((3, 5)), np.ones(5), np.ones((5, 3)), np.ones(3))
    with pytest.raises(TypeError, match="b_2 must be real numbers"):
        feed_forward(np.ones((2, 3)), np.ones((3, 5)), np.ones(5), np.ones((5, 3)), None)
    with pytest.raises(TypeError, match="rng"):
        Decoder(5, 6, 4, 2, 1, 0)
