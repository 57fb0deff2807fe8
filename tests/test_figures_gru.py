"""What the figures of the GRU plot is what the package computes."""

from __future__ import annotations

import json

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.testing import assert_allclose, assert_array_equal

from scripts.figures.worker import draw
from snippets.figures import gru as figures
from snippets.figures import lstm as lstm_figures
from snippets.figures._explore import unpack
from snippets.figures._style import BLUE, INK, ORANGE
from snippets.gru import GRU, gru, gru_gates, negate_update_gate
from snippets.lstm import LSTM

pytestmark = pytest.mark.usefixtures("figure_style")


def figure(name: str) -> Figure:
    return draw("gru", name, "en")[0]


def test_the_unit_has_two_gates_and_a_candidate_and_one_line_for_the_memory() -> None:
    texts = [text.get_text() for text in figure("cell").axes[0].texts]
    for gate in ("update\n$z$", "reset\n$r$", "candidate\n$n$"):
        assert sum(text.replace("\ue000", "").replace("\ue001", "") == gate for text in texts) == 1
    assert texts.count("$\\times$") == 3
    assert texts.count("$+$") == texts.count("$1 - z$") == 1


def test_a_fixed_share_makes_a_moving_average() -> None:
    lines = figure("mixing").axes[0].lines
    said = lines[0].get_ydata()
    assert set(said) == {-1, 1}
    for line, z in zip(lines[1:], figures.SHARES, strict=True):
        steps = np.arange(len(said))
        weights = np.where(steps[:, None] >= steps, (1 - z) * z ** (steps[:, None] - steps), 0)
        assert_allclose(line.get_ydata(), weights @ said, atol=1e-12)


def test_learning_shows_every_network_and_counts_those_that_solved_the_task() -> None:
    axes = figure("learning").axes[0]
    shown = [collection.get_segments() for collection in axes.collections[:2]]
    for (kind, measured), segments in zip(figures.errors().items(), shown, strict=True):
        assert len(segments) == figures.SEEDS
        for line, one in zip(segments, measured.T, strict=True):
            assert_array_equal(line[:, 0], np.arange(0, figures.STEPS + 1, figures.EVERY))
            assert_array_equal(line[:, 1], one)
        count = (measured[-1] < figures.baseline() / 10).sum()
        assert any(text.get_text() == f"{kind}: {count} / {figures.SEEDS}" for text in axes.texts)
    assert_array_equal(figures.errors()["LSTM"], lstm_figures.trained(LSTM)[1])
    assert figures.solved("GRU") >= figures.solved("LSTM") >= figures.SEEDS / 2
    after_200 = figures.errors()["GRU"][200 // figures.EVERY]
    assert (after_200 < figures.baseline() / 2).all(), "as the text beside the figure says"


def test_the_grus_that_learn_are_as_wide_as_the_lstms_and_smaller() -> None:
    size = {
        kind: sum(p.size for p in kind(2, figures.WIDE, 1, np.random.default_rng(0)).params)
        for kind in (GRU, LSTM)
    }
    assert lstm_figures.HIDDEN[LSTM] == figures.WIDE
    assert size[GRU] < size[LSTM]


def test_with_a_smaller_rate_and_more_steps_all_lstms_learn_the_task_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lstm_figures, "LR", 0.02)
    monkeypatch.setattr(lstm_figures, "STEPS", 1000)
    _, measured = lstm_figures.trained.__wrapped__(LSTM)
    assert (measured[-1] < figures.baseline() / 10).all()


def test_side_by_side_a_gru_learns_as_it_would_alone() -> None:
    rng = np.random.default_rng(5)
    batches = [lstm_figures.sequences(8, rng) for _ in range(5)]
    together = lstm_figures.SideBySide(GRU, figures.WIDE)
    lstm_figures.train(together, batches, lstm_figures.Adam(lstm_figures.LR))
    for seed in (0, figures.SEEDS - 1):
        alone = GRU(2, figures.WIDE, 1, np.random.default_rng(seed))
        alone.fit(batches, lstm_figures.Adam(lstm_figures.LR))
        for mine, theirs in zip(together.net(seed).params, alone.params, strict=True):
            assert_allclose(mine, theirs, rtol=1e-9, atol=1e-12)


def step_by_step(seed: int, reading: int) -> float:
    """The error of a trained network, run by hand: own, translated, z swapped, reset before."""
    x, y = lstm_figures.sequences(200, np.random.default_rng(1))
    w_x, w_h, b, w_y, b_y = lstm_figures.trained(GRU, figures.WIDE)[0].net(seed).params
    weights = w_x, w_h, b, 0 * b
    if reading == 1:
        weights = negate_update_gate(*weights)
    h = np.zeros((x.shape[1], figures.WIDE))
    for x_t in x:
        _, z, n = gru_gates(x_t, h, *weights, reset_after=reading != 3)
        h = z * n + (1 - z) * h if reading in (1, 2) else (1 - z) * n + z * h
    return float(np.mean((h @ w_y + b_y - y) ** 2))


def test_readings_are_the_errors_of_other_conventions() -> None:
    rows = figure("readings").axes[0].lines
    for reading, row in enumerate(rows):
        assert len(row.get_xdata()) == figures.SEEDS
        for seed in (0, 5):
            assert row.get_xdata()[seed] == pytest.approx(step_by_step(seed, reading), rel=1e-9)
    own, translated, swapped, before = (row.get_xdata() for row in rows)
    assert_allclose(own, translated, rtol=1e-9)
    assert swapped.min() > figures.baseline() > own.max()
    assert before.mean() > 2 * own.mean()


def test_the_unit_replaces_at_anew_adds_at_add_and_keeps_otherwise() -> None:
    x = figures.shown_sequence()[:, 0]
    h = figures.shown_states().h[:, 0, 0]
    before = np.append(0, h[:-1])
    for value, add, anew, old, new in zip(*x.T, before, h, strict=True):
        wanted = np.tanh(value + (0 if anew else old)) if add or anew else old
        assert new == pytest.approx(wanted, abs=0.02)


def test_squares_and_bars_are_the_states_of_the_unit() -> None:
    axes = figure("gates").axes[0]
    x, states = figures.shown_sequence(), figures.shown_states()
    assert_array_equal(states.h, gru(x, np.zeros((1, 1)), *figures.unit()).h)
    (strips,) = axes.collections
    colors = strips.get_facecolors().reshape(3, figures.T, 4)
    assert_allclose(colors[..., 3], np.abs(states.gates[:, 0].T))
    assert_allclose(colors[:2, :, :3].reshape(-1, 3), to_rgb(INK) * np.ones((24, 3)))
    positive = states.gates[:, 0, 2:] > 0
    assert_allclose(colors[2, :, :3], np.where(positive, to_rgb(ORANGE), to_rgb(BLUE)))
    bars = [patch for patch in axes.patches if isinstance(patch, Rectangle)]
    for bar, h in zip(bars[figures.T :], states.h[:, 0, 0], strict=True):
        assert bar.get_height() == pytest.approx(figures.DEPTH * abs(h))
        below = bar.get_y() + bar.get_height() / 2 < figures.MEMORY
        assert below == (h < 0)
    last = next(t.get_text() for t in axes.texts if "h = " in t.get_text())
    assert f"{states.h[-1, 0, 0]:.2f}" in last.replace("\N{MINUS SIGN}", "-")


def test_controls_begin_where_the_static_figure_stands() -> None:
    begins = {control.name: control.value for control in figures.gates.controls}
    assert begins == {"step": figures.T, "gate": "none", "held": 0, "share": "kept"}


def test_data_are_the_unit_and_the_sequence() -> None:
    data = unpack(json.loads(figures.gates.to_json()))
    assert_array_equal(data["x"], figures.shown_sequence()[:, 0])
    for name, weights in zip(("w_x", "w_h", "b_x", "b_h"), figures.unit(), strict=True):
        assert_array_equal(data[name], weights)
