"""What the chapter on the letter language model claims."""

import numpy as np
import pytest

from snippets.language_model import (
    CharacterModel,
    bits_per_letter,
    draw_letter,
    draw_windows,
    embed,
    embed_backward,
    ngram_bits,
)
from snippets.loss import one_hot
from snippets.optimizers import Adam
from tests.gradients import assert_gradients, frozen

both = pytest.mark.parametrize("cell", ["lstm", "gru"])
# the letter after 2 depends on the letter before it: pairs cannot know, a memory can
LOOP = np.array([0, 2, 0, 1, 2, 1] * 40)


def test_embedding_is_a_product_with_one_hot_rows():
    rng = np.random.default_rng(0)
    table, tokens = rng.normal(size=(5, 3)), rng.integers(0, 5, (4, 2))
    by_product = one_hot(tokens.ravel(), 5) @ table
    np.testing.assert_allclose(embed(tokens, table).reshape(-1, 3), by_product)


def test_embed_backward_counts_a_letter_each_time_it_was_used():
    rng = np.random.default_rng(0)
    table, dx = frozen(rng.normal(size=(4, 3)), rng.normal(size=(5, 2, 3)))
    tokens = rng.integers(0, 3, (5, 2))  # letter 3 is never used
    gradient = embed_backward(dx, tokens, table)
    assert_gradients(lambda table: np.sum(embed(tokens, table) * dx), [table], [gradient])
    assert not gradient[3].any()


def test_bits_are_nats_divided_by_the_logarithm_of_two():
    p = np.array([0.5, 0.25, 0.25])
    assert bits_per_letter(np.log([p, p]), [0, 1]) == pytest.approx(1.5)
    assert bits_per_letter(np.zeros((3, 2, 16)), np.zeros((3, 2), int)) == pytest.approx(4)


def test_letters_are_drawn_as_often_as_their_probability_says():
    p, rng = np.array([0.1, 0.0, 0.6, 0.3]), np.random.default_rng(0)
    logits = np.log(p, where=p > 0, out=np.full(4, -np.inf))
    counts = np.bincount([draw_letter(logits, rng) for _ in range(4000)], minlength=4)
    assert counts[1] == 0
    np.testing.assert_allclose(counts / 4000, p, atol=0.03)


def test_temperature_makes_cautious_or_adventurous():
    def share_of_best(temperature):
        rng = np.random.default_rng(0)
        return np.mean([draw_letter([1.0, 0.0, 0.0], rng, temperature) == 0 for _ in range(500)])

    assert share_of_best(0.05) == 1
    assert share_of_best(0.05) > share_of_best(1) > share_of_best(50)
    assert share_of_best(50) == pytest.approx(1 / 3, abs=0.08)


@pytest.mark.parametrize("temperature", [1.0, 1e-310])
@pytest.mark.parametrize("wrong", [[0.0, np.nan, 1.0], [np.inf, 0.0], [-np.inf, -np.inf]])
def test_no_letter_is_drawn_without_a_finite_maximum(wrong, temperature):
    with pytest.raises(ValueError, match="draw_letter: logits must have a finite maximum, got"):
        draw_letter(wrong, np.random.default_rng(0), temperature)
    with pytest.raises(ValueError, match="draw_letter: logits must not be empty"):
        draw_letter([], np.random.default_rng(0), temperature)


@pytest.mark.parametrize("logits", [[0.0, 9.0, -np.inf], [-1e308, 1e308, 0.0], [1.0, 2.0, 1.999]])
def test_the_coldest_temperature_always_takes_the_best_letter(logits):
    rng = np.random.default_rng(0)
    assert {draw_letter(logits, rng, 1e-310) for _ in range(20)} == {int(np.argmax(logits))}


def test_windows_are_pieces_of_the_text_and_what_follows():
    text = np.random.default_rng(0).integers(0, 9, 50)
    x, y = draw_windows(text, 7, 20, np.random.default_rng(1))
    np.testing.assert_array_equal(x[1:], y[:-1])
    pieces = {tuple(text[s : s + 8]) for s in range(43)}
    assert all((*x[:, n], y[-1, n]) in pieces for n in range(20))
    x, y = draw_windows(text, 49, 1, np.random.default_rng(1))  # the longest that fits
    assert (x[0, 0], y[-1, 0]) == (text[0], text[-1])


def test_counting_more_context_costs_fewer_bits_where_there_is_order():
    bits = [ngram_bits(LOOP, LOOP, letters=3, context=n) for n in range(3)]
    assert bits[0] == pytest.approx(np.log2(3))
    assert bits[1] < bits[0]
    assert bits[2] < 0.1


def test_counting_is_the_entropy_of_the_text_when_there_is_enough_of_it():
    rng = np.random.default_rng(0)
    p = np.array([0.5, 0.25, 0.125, 0.125])
    text = rng.choice(4, 20_000, p=p)
    assert ngram_bits(text, text, letters=4, context=0) == pytest.approx(1.75, abs=0.02)


def test_a_letter_never_seen_is_unlikely_but_not_impossible():
    assert ngram_bits([0] * 98, [1], letters=2, context=0) == pytest.approx(np.log2(100))


@both
def test_model_gradients_match_central_difference(cell):
    rng = np.random.default_rng(0)
    model = CharacterModel(5, 3, 4, rng, cell)
    x, y = frozen(rng.integers(0, 5, (4, 3)), rng.integers(0, 5, (4, 3)))

    def loss(*params):
        model.params = list(params)
        return model.gradients(x, y)[0]

    params = frozen(*model.params)
    model.params = params
    assert_gradients(loss, params, CharacterModel.gradients(model, x, y)[1])


@both
def test_reading_on_from_a_state_equals_reading_at_once(cell):
    rng = np.random.default_rng(0)
    model = CharacterModel(5, 3, 4, rng, cell)
    tokens = rng.integers(0, 5, (6, 2))
    first, state = model.read(tokens[:2])
    rest, _ = model.read(tokens[2:], state)
    np.testing.assert_allclose(np.concatenate([first, rest]), model.forward(tokens))


@both
def test_a_memory_learns_what_pairs_cannot_know_and_writes_it(cell):
    rng = np.random.default_rng(0)
    model = CharacterModel(3, 4, 12, rng, cell)
    batches = (draw_windows(LOOP, 24, 8, rng) for _ in range(150))
    losses = model.fit(batches, Adam(0.03), limit=1.0)
    x, y = draw_windows(LOOP, 60, 4, rng)
    assert losses[-1] < losses[0] / 4
    assert bits_per_letter(model.forward(x), y) < 0.5 * ngram_bits(LOOP, LOOP, 3, context=1)
    written = model.sample(LOOP[:6], 12, rng, temperature=0.1)
    np.testing.assert_array_equal(written, LOOP[:12])


def test_samples_repeat_with_the_seed_and_vary_without():
    model = CharacterModel(9, 3, 4, np.random.default_rng(0))
    first, again = (model.sample([1], 30, np.random.default_rng(5)) for _ in range(2))
    assert first.shape == (30,)
    assert first.dtype == np.intp
    assert first.tolist() == again.tolist()
    assert first.tolist() != model.sample([1], 30, np.random.default_rng(6)).tolist()
    assert model.sample([1], 0, np.random.default_rng(0)).shape == (0,)


@both
def test_float32_parameters_give_float32(cell):
    model = CharacterModel(5, 3, 4, np.random.default_rng(0), cell)
    model.params = [p.astype(np.float32) for p in model.params]
    assert model.forward([[0], [1]]).dtype == np.float32
    assert all(g.dtype == np.float32 for g in model.gradients([[0], [1]], [[1], [2]])[1])


def test_bad_input_is_refused_in_words():
    rng = np.random.default_rng(0)
    model = CharacterModel(5, 3, 4, rng)
    with pytest.raises(ValueError, match=r"tokens must lie in 0 \.\. 4"):
        model.forward([[5]])
    with pytest.raises(TypeError, match="tokens must be integers"):
        model.forward([[0.5]])
    with pytest.raises(ValueError, match="tokens must have shape"):
        model.forward([0, 1])
    with pytest.raises(ValueError, match="must not be empty"):
        model.sample([], 3, rng)
    with pytest.raises(ValueError, match="temperature must be a number > 0"):
        model.sample([0], 3, rng, temperature=0)
    with pytest.raises(ValueError, match="cell must be one of lstm, gru"):
        CharacterModel(5, 3, 4, rng, "rnn")
    with pytest.raises(ValueError, match="tokens must be longer than 3"):
        draw_windows([0, 1, 2], 3, 1, rng)
    with pytest.raises(ValueError, match="unseen must be longer than 2"):
        ngram_bits([0, 1, 0], [0, 1], letters=2, context=2)
    with pytest.raises(ValueError, match="targets must have shape"):
        bits_per_letter(np.zeros((3, 2)), [0, 1])


@pytest.mark.parametrize("state", [(), (np.zeros((2, 4)),), (np.zeros((2, 4)), np.zeros((1, 4)))])
def test_a_state_of_another_length_or_shape_is_refused(state):
    model = CharacterModel(5, 3, 4, np.random.default_rng(0))
    with pytest.raises(ValueError, match=r"CharacterModel.read: state"):
        model.read([[0, 1]], state)
