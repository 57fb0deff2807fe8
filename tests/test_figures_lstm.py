"""What the figures of the LSTM plot is what the package computes."""

from __future__ import annotations

import json

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from numpy.testing import assert_allclose, assert_array_equal

from scripts.figures.worker import draw
from snippets.activations import sigmoid
from snippets.figures import lstm as figures
from snippets.figures._explore import unpack
from snippets.figures._style import BLUE, INK, ORANGE
from snippets.lstm import LSTM, split_gates
from snippets.optimizers import Adam
from snippets.rnn import RNN

KINDS = (LSTM, RNN)


pytestmark = pytest.mark.usefixtures("figure_style")


def figure(name: str) -> Figure:
    return draw("lstm", name, "en")[0]


def test_the_cell_has_four_gates_and_four_operations() -> None:
    texts = [text.get_text() for text in figure("cell").axes[0].texts]
    for gate in ("forget\n$f$", "input\n$i$", "candidate\n$g$", "output\n$o$"):
        assert sum(text.replace("\ue000", "").replace("\ue001", "") == gate for text in texts) == 1
    assert texts.count("$\\times$") == 3
    assert texts.count("$+$") == 1


def test_gradients_along_the_cell_are_powers_of_the_forget_gate() -> None:
    lines = figure("carousel").axes[0].lines
    for line, b in zip(lines, figures.BIASES, strict=False):
        assert line.get_xdata().tolist() == list(range(figures.BACK + 1))
        assert_allclose(line.get_ydata(), sigmoid(b) ** line.get_xdata())
    assert (lines[0].get_ydata() == 1).all()
    plain = lines[-1].get_ydata()
    assert plain[0] == 1
    assert (np.diff(plain) < 0).all()
    assert plain[-1] < 1e-4


@pytest.mark.parametrize("kind", KINDS)
def test_networks_side_by_side_learn_as_each_would_alone(kind: type[LSTM] | type[RNN]) -> None:
    together, x_y = figures.SideBySide(kind), np.random.default_rng(5)
    batches = [figures.sequences(8, x_y) for _ in range(5)]
    figures.train(together, batches, Adam(figures.LR))
    errors = together.errors(*batches[0])
    for seed in (0, figures.SEEDS - 1):
        alone = kind(2, figures.HIDDEN[kind], 1, np.random.default_rng(seed))
        alone.fit(batches, Adam(figures.LR))
        x, y = batches[0]
        assert errors[seed] == pytest.approx(np.mean((alone.forward(x) - y) ** 2), rel=1e-9)
        if isinstance(alone, LSTM):
            for mine, theirs in zip(together.net(seed).params, alone.params, strict=True):
                assert_allclose(mine, theirs, rtol=1e-9, atol=1e-12)


def test_both_kinds_have_nearly_the_same_number_of_parameters() -> None:
    count = {
        kind: sum(p.size for p in kind(2, figures.HIDDEN[kind], 1, np.random.default_rng(0)).params)
        for kind in KINDS
    }
    assert count[LSTM] <= count[RNN] < 1.1 * count[LSTM]


def test_learning_shows_every_network_and_counts_those_that_solved_the_task() -> None:
    axes = figure("learning").axes[0]
    shown = [collection.get_segments() for collection in axes.collections[:2]]
    for kind, segments in zip(KINDS, shown, strict=True):
        assert len(segments) == figures.SEEDS
        errors = figures.trained(kind)[1]
        for line, measured in zip(segments, errors.T, strict=True):
            assert_array_equal(line[:, 0], np.arange(0, figures.STEPS + 1, figures.EVERY))
            assert_array_equal(line[:, 1], measured)
        said = f": {(errors[-1] < figures.baseline() / 10).sum()} / {figures.SEEDS}"
        assert any(text.get_text().endswith(said) for text in axes.texts)
    assert figures.solved(LSTM) >= figures.SEEDS / 2
    assert figures.solved(RNN) == 0
    assert {text.get_text()[:4] for text in axes.texts} >= {"LSTM"}


def test_no_sequence_is_marked_at_its_ends_and_two_steps_are() -> None:
    x, y = figures.sequences(300, np.random.default_rng(3))
    assert (x[[0, -1], :, 1] == -1).all()
    assert ((x[:, :, 1] == 1).sum(axis=0) == 2).all()
    assert_allclose(y[:, 0], 0.5 + np.where(x[:, :, 1] == 1, x[:, :, 0], 0).sum(axis=0) / 4)


def test_strips_are_the_states_of_the_trained_network() -> None:
    axes = figure("gates").axes[0]
    (strips,) = axes.collections
    x, y = figures.shown_sequences()
    states = figures.shown_net().states(x)
    i, f, g, o = (gate[:, 0].T for gate in split_gates(states.gates))
    rows = np.stack([i, f, g, o, states.c[:, 0].T, states.h[:, 0].T])
    colors = strips.get_facecolors().reshape(6, 2, figures.T, 4)
    full = np.array([1, 1, 1, 1, figures.STRONGEST, figures.STRONGEST])[:, None, None]
    assert_allclose(colors[..., 3], np.minimum(1, np.abs(rows) / full))
    for row in (0, 1, 3):
        assert_allclose(colors[row, ..., :3].reshape(-1, 3), to_rgb(INK) * np.ones((24, 3)))
    for row in (2, 4, 5):
        wanted = np.where(rows[row][..., None] > 0, to_rgb(ORANGE), to_rgb(BLUE))
        assert_allclose(colors[row, ..., :3], wanted)
    answer = float(figures.shown_net().forward(x)[0, 0])
    last = axes.texts[-1].get_text().replace("\N{MINUS SIGN}", "-")
    assert f"{4 * (y[0, 0] - 0.5):.2f}" in last
    assert f"{4 * (answer - 0.5):.2f}" in last


def test_shown_network_writes_only_at_marks_and_keeps_to_the_end() -> None:
    x, y = figures.shown_sequences()
    net = figures.shown_net()
    assert np.abs(net.forward(x) - y).max() < 0.05
    i, f, _, _ = split_gates(net.states(x).gates)
    keeper = figures.KEEPER - 1
    marked = x[:, :, 1] == 1
    assert i[..., keeper][marked].min() > 0.5 > 0.2 > i[..., keeper][~marked].max()
    assert f[..., keeper].min() > 0.8


def test_controls_begin_where_the_static_figure_stands() -> None:
    begins = {control.name: control.value for control in figures.gates.controls}
    assert begins == {
        "step": figures.T, "sequence": 1, "cell": figures.KEEPER, "gate": "none", "held": 0,
    }  # fmt: skip


def test_data_are_the_network_and_the_sequences() -> None:
    data = unpack(json.loads(figures.gates.to_json()))
    x, _ = figures.shown_sequences()
    assert_array_equal(np.asarray(data["x"]).transpose(1, 0, 2), x)
    names = ("w_x", "w_h", "b", "w_y", "b_y")
    for name, param in zip(names, figures.shown_net().params, strict=True):
        assert_array_equal(data[name], param)
