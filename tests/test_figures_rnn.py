"""What the figures of recurrent networks plot is what the package computes."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from numpy.testing import assert_allclose, assert_array_equal

from scripts.figures.worker import draw
from snippets.figures import rnn as figures
from snippets.figures._explore import unpack
from snippets.optimizers import Adam
from snippets.rnn import (
    RNN,
    best_memoryless_error,
    descend_wall,
    error_wall,
    gradient_flow,
    rnn,
    temporal_xor,
)

pytestmark = pytest.mark.usefixtures("figure_style")


def figure(name: str) -> Figure:
    return draw("rnn", name, "en")[0]


def heights(bars: PolyCollection) -> np.ndarray:
    """The extent of each polygon upward from its first corner."""
    return np.array([np.ptp(path.vertices[:, 1]) for path in bars.get_paths()])


def test_every_step_of_the_unrolled_layer_bears_the_same_three_weights() -> None:
    texts = [text.get_text() for text in figure("unrolled").axes[0].texts]
    for step in range(1, figures.UNROLLED + 1):
        assert f"$x_{step}$" in texts
        assert f"$h_{step}$" in texts
    for weight in ("w_x", "w_h"):
        assert texts.count(f"${weight}$") == figures.UNROLLED + 1
    assert texts.count("$w_y$") == texts.count(r"$\hat{y}$") == 2


def test_learning_ends_far_below_what_no_memory_can_reach() -> None:
    losses, best = figure("learning").axes[0].lines
    x, y = temporal_xor(figures.READ)
    assert set(best.get_ydata()) == {best_memoryless_error(x, y)}
    model = RNN(1, figures.UNITS, 1, np.random.default_rng(figures.SEED))
    trained = model.fit([(x, y)] * figures.TRAINING, Adam(figures.LR), limit=figures.LIMIT)
    assert_array_equal(losses.get_ydata(), trained)
    assert trained[-1] < 0.01 * best_memoryless_error(x, y)


def test_no_network_lies_above_the_bound_and_only_weak_inputs_let_errors_grow() -> None:
    bound, *points = figure("condition").axes[0].lines
    assert_array_equal(bound.get_xdata(), bound.get_ydata())
    grown = {}
    for line, name in zip(points, figures.INPUTS, strict=True):
        sizes, factors = np.asarray(line.get_xdata()), np.asarray(line.get_ydata())
        assert (factors <= sizes).all()
        assert (factors[sizes < 1] < 1).all()
        grown[name] = (factors > 1).any()
    assert grown == {"weak": True, "strong": False}


def test_factors_are_those_of_the_error_that_the_package_measures() -> None:
    n = 6
    rng = np.random.default_rng(n)
    w_h = rng.normal(size=(figures.WIDE, figures.WIDE))
    w_h *= figures.SIZES[n] / np.linalg.norm(w_h, 2)
    x = figures.INPUTS["strong"] * rng.normal(size=(figures.LAGS, 1, figures.WIDE))
    h = rnn(x, np.zeros((1, figures.WIDE)), np.eye(figures.WIDE), w_h, np.zeros(figures.WIDE))
    flow = gradient_flow(rng.normal(size=(1, figures.WIDE)), h, w_h)
    mean = np.exp(np.mean(np.log(flow[:-1] / flow[1:])))
    assert figures.factors("strong")[n] == pytest.approx(mean)


def test_both_walkers_start_together_and_only_the_clipped_one_stays() -> None:
    axes = figure("wall").axes[0]
    free, held, start, end_free, end_held = axes.lines
    walks = (
        (free, end_free, descend_wall(figures.WALL_START, figures.WALL_LR, figures.WALL_STEPS)),
        (
            held,
            end_held,
            descend_wall(
                figures.WALL_START, figures.WALL_LR, figures.WALL_STEPS, figures.WALL_LIMIT
            ),
        ),
    )
    for line, end, path in walks:
        assert_array_equal(line.get_xydata(), path)
        assert_array_equal(end.get_xydata()[0], path[-1])
        (low, high), (bottom, top) = figures.WEIGHTS, figures.BIASES
        assert ((path >= (low, bottom)) & (path <= (high, top))).all()
    assert_array_equal(start.get_xydata()[0], figures.WALL_START)
    assert error_wall(*held.get_xydata()[-1]) < 0.01 < error_wall(*free.get_xydata()[-1])
    assert np.linalg.norm(np.diff(held.get_xydata(), axis=0), axis=1).max() <= 0.1 * 0.2 + 1e-12


def test_shade_of_the_landscape_is_its_loss() -> None:
    shade = np.asarray(figure("wall").axes[0].images[0].get_array())
    w, b = np.meshgrid(np.linspace(*figures.WEIGHTS, 111), np.linspace(*figures.BIASES, 111))
    loss = error_wall(w, b)
    assert_array_equal(shade[..., 3], (loss / loss.max() * 150).astype(np.uint8))


def test_unrolled_steps_show_bits_states_and_errors() -> None:
    above, below = figure("unroll").axes
    bits = np.array(figures.BITS, float)
    x, start = bits.reshape(-1, 1, 1), np.zeros((1, 3))
    w_h = figures.SCALE * figures.TURN
    h = rnn(x, start, figures.W_X, w_h, np.zeros(3))
    low = figures.POWERS[0]
    flow = gradient_flow(figures.DH_LAST, h, w_h)
    tops = [bar.get_height() + low for bar in above.patches]
    assert_allclose(tops, np.log10(flow))
    (bound,) = above.lines
    assert (np.array(tops) <= np.asarray(bound.get_ydata()) + 1e-12).all()
    written = [text.get_text() for text in below.texts if text.get_weight() == "bold"]
    assert written == [str(bit) for bit in figures.BITS]
    bars = below.collections[1]
    assert isinstance(bars, PolyCollection)
    assert_allclose(heights(bars), 0.44 * np.abs(h).ravel())


def test_controls_begin_where_the_static_figure_stands() -> None:
    begins = {control.name: control.value for control in figures.unroll.controls}
    assert begins == {"moment": 2 * len(figures.BITS), "scale": figures.SCALE}


def test_all_singular_values_are_equal_so_that_silence_reaches_the_bound() -> None:
    data = unpack(json.loads(figures.unroll.to_json()))
    turn = np.asarray(data["turn"])
    assert_allclose(np.linalg.svd(turn)[1], 1)
    assert np.linalg.norm(data["dh_last"]) == 1
    assert data["bits"].tolist() == list(figures.BITS)
    silence = np.zeros(len(figures.BITS))
    for scale in (0.4, 1.0, 1.8):
        bound = scale ** np.arange(len(silence) - 1, -1, -1.0)
        assert_allclose(figures.errors(silence, scale), bound)
        for first in (0.0, 1.0):
            heard = np.append(first, np.ones(len(silence) - 1))
            assert (figures.errors(heard, scale) <= bound * (1 + 1e-12)).all()


@pytest.mark.browser
@pytest.mark.site
def test_network_in_the_page_is_that_of_the_package(
    page: Callable[..., Any], site_url: str
) -> None:
    new = page(f"{site_url}en/rnn/")
    rng = np.random.default_rng(1990)
    for T, H in ((10, 3), (1, 1), (4, 5)):
        x, w_x, w_h = rng.normal(size=T), rng.normal(size=H), rng.normal(size=(H, H))
        dh = rng.normal(size=H)
        h = rnn(x.reshape(T, 1, 1), np.zeros((1, H)), w_x[None], w_h, np.zeros(H))
        found = new.evaluate(
            """async ([x, wX, wH, dh]) => {
                const home = window.__md_scope.pathname
                const it = await import(`${home}assets/js/explore/maths/rnn.js`)
                const h = it.states(x, wX, wH)
                return {h, flow: it.flow(dh, h, wH)}
            }""",
            [x.tolist(), w_x.tolist(), w_h.ravel().tolist(), dh.tolist()],
        )
        assert_allclose(found["h"], h[:, 0], rtol=1e-9, atol=1e-12)
        assert_allclose(found["flow"], gradient_flow(dh[None], h, w_h), rtol=1e-9)
