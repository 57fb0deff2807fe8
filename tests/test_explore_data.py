"""What the explorables load is what the package computes; and the build hands it over."""

from __future__ import annotations

import gzip
import json
import re
from importlib import import_module
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.testing import assert_allclose, assert_array_equal

from scripts.cache import ROOT
from scripts.figures.build import explore_file, generated_files, link_images, render_some
from scripts.figures.find import concepts, figure_names, is_explorable
from snippets import backpropagation, xor
from snippets.activations import ACTIVATIONS
from snippets.figures import _style
from snippets.figures import activations as activation_figures
from snippets.figures import multilayer_perceptron as mlp_figures
from snippets.figures import perceptron as perceptron_figures
from snippets.figures import xor as xor_figures
from snippets.figures._explore import Choice, Explorable, Slider, pack, unpack

ASSETS = ROOT / "docs/assets"
EXPLORABLES: dict[tuple[str, str], Explorable] = {
    (concept, name): getattr(import_module(f"snippets.figures.{concept}"), name)
    for concept in concepts()
    for name in figure_names(concept)
    if is_explorable(concept, name)
}
each = pytest.mark.parametrize("key", EXPLORABLES, ids=".".join)


def arrays(key: tuple[str, str]) -> dict[str, np.ndarray]:
    """What the page gets."""
    return unpack(json.loads(EXPLORABLES[key].to_json()))  # type: ignore[return-value]


# --- declarations --------------------------------------------------------------------------------


def test_the_sources_tell_which_figures_have_controls() -> None:
    assert EXPLORABLES
    for concept in concepts():
        module = import_module(f"snippets.figures.{concept}")
        for name in figure_names(concept):
            declared = isinstance(getattr(module, name), Explorable)
            assert declared == ((concept, name) in EXPLORABLES)


def test_every_explorable_of_the_pages_is_declared_and_has_a_view() -> None:
    wanted = {
        tuple(target.split("."))
        for page in ROOT.glob("docs/*/*.md")
        for target in re.findall(r"\]\(explore:([\w.]+)", page.read_text("utf-8"))
    }
    assert wanted <= set(EXPLORABLES)
    views = {path.stem for path in (ASSETS / "js/explore/views").glob("*.js")}
    assert views == {"-".join(key) for key in EXPLORABLES}


@each
def test_every_control_begins_at_a_value_that_it_can_take(key: tuple[str, str]) -> None:
    for control in EXPLORABLES[key].controls:
        if isinstance(control, Choice):
            assert control.value in control.options
        else:
            steps = (control.value - control.minimum) / control.step
            assert steps == pytest.approx(round(steps))
            assert control.minimum <= control.value <= control.maximum


def test_controls_begin_where_the_static_figure_stands() -> None:
    def begins(key: tuple[str, str]) -> dict[str, float | str]:
        return {control.name: control.value for control in EXPLORABLES[key].controls}

    assert begins(("perceptron", "updates")) == {"update": perceptron_figures.UPDATE}
    start = begins(("activations", "slope"))
    assert start == {"function": "sigmoid", "z": activation_figures.TOUCH}
    assert begins(("xor", "training"))["moment"] == len(xor_figures.run().steps) - 1
    assert begins(("multilayer_perceptron", "width"))["seed"] == mlp_figures.SEED
    example = backpropagation.example_2_2_2()
    lines = backpropagation.named_steps(example.x, example.y, example.layers)
    start = begins(("backpropagation", "steps"))
    assert start == {"step": len(lines), "number": "x1", "value": example.x[0, 0]}


# --- the data ------------------------------------------------------------------------------------


def test_activation_tables_are_the_functions_and_their_derivatives() -> None:
    data = arrays(("activations", "slope"))
    slider = next(c for c in activation_figures.slope.controls if isinstance(c, Slider))
    places = np.arange(slider.minimum, slider.maximum + slider.step / 2, slider.step)
    assert_allclose(data["z"], places, atol=1e-12)
    for name, values, slopes in zip(data["names"], data["values"], data["slopes"], strict=True):
        f, f_prime = ACTIVATIONS[name]
        assert_array_equal(values, f(data["z"]).astype(np.float32))
        assert_array_equal(slopes, f_prime(data["z"]).astype(np.float32))


@pytest.mark.parametrize("hidden", xor_figures.EXPLORED_WIDTHS)
def test_xor_moments_are_those_of_the_training(hidden: int) -> None:
    data = arrays(("xor", "training"))
    run = xor.train(np.random.default_rng(xor_figures.SEED), hidden, steps=xor_figures.STEPS)
    assert data["steps"].tolist() == run.steps
    row = xor_figures.EXPLORED_WIDTHS.index(hidden)
    assert_allclose(data["losses"][row], run.losses, rtol=1e-6)
    for flat, params in zip(data[f"params_{hidden}"], run.params, strict=True):
        w1, b1, w2, b2 = np.split(flat, [2 * hidden, 3 * hidden, 4 * hidden])
        for kept, exact in zip((w1, b1, w2, b2), params, strict=True):
            assert_allclose(kept, exact.ravel(), rtol=1e-6)


@pytest.mark.parametrize("hidden", mlp_figures.SHOWN_WIDTHS)
def test_width_runs_end_as_the_network_of_the_static_figure(hidden: int) -> None:
    data = arrays(("multilayer_perceptron", "width"))
    row = mlp_figures.SHOWN_WIDTHS.index(hidden)
    assert data["steps"][-1] == mlp_figures.STEPS
    for column, seed in enumerate(mlp_figures.EXPLORED_SEEDS):
        net, _ = mlp_figures.trained(hidden, seed)
        exact = np.concatenate([part.ravel() for part in net.params])
        assert_allclose(data[f"params_{hidden}"][column, -1], exact, rtol=1e-6)
        targets = xor.TARGETS[:, None]
        assert_allclose(
            data["losses"][row, column, -1], net.loss(net.forward(xor.INPUTS), targets), rtol=1e-6
        )


def test_numbers_of_backpropagation_are_the_example_in_the_order_of_their_names() -> None:
    data = arrays(("backpropagation", "steps"))
    named = dict(zip(data["names"], data["numbers"], strict=True))
    example = backpropagation.example_2_2_2()
    for i in (0, 1):
        assert named[f"x{i + 1}"] == example.x[0, i]
        assert named[f"y{i + 1}"] == example.y[0, i]
        for n, layer in enumerate(example.layers, 1):
            assert named[f"b{n}_{i + 1}"] == layer.b[i]
            for k in (0, 1):
                assert named[f"w{n}_{i + 1}{k + 1}"] == layer.w[i, k]
    lines = backpropagation.named_steps(example.x, example.y, example.layers)
    assert data["steps"] == [line.name for line in lines]
    assert data["formulas"] == [line.formula for line in lines]


def test_perceptron_points_are_those_of_the_static_figure() -> None:
    data = arrays(("perceptron", "updates"))
    x, y = perceptron_figures.small_set()
    assert_array_equal(data["x"], x)
    assert_array_equal(data["y"], y)


# --- the file ------------------------------------------------------------------------------------

numbers = hnp.arrays(
    st.sampled_from(["float32", "float64", "int16", "int32", "uint8"]),
    hnp.array_shapes(min_dims=1, max_dims=3, min_side=0, max_side=4),
    elements={"allow_nan": False, "allow_infinity": False},
)


@given(st.dictionaries(st.text(min_size=1), numbers | st.lists(st.text(), min_size=1), max_size=4))
def test_what_was_packed_comes_back(data: dict[str, object]) -> None:
    back = unpack(json.loads(json.dumps(pack(data))))  # type: ignore[arg-type]
    assert back.keys() == data.keys()
    for name, value in data.items():
        assert_array_equal(back[name], value)
        if isinstance(value, np.ndarray):
            assert back[name].dtype == value.dtype  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("array", "problem"),
    [
        (np.arange(3, dtype=np.int64), "must be one of"),
        (np.array([np.nan]), "must be finite"),
        (np.array([np.inf], dtype=np.float32), "must be finite"),
    ],
)
def test_what_a_browser_cannot_hold_is_refused(array: np.ndarray, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        pack({"x": array})


@each
def test_data_file_is_at_most_100_kilobytes(key: tuple[str, str]) -> None:
    assert len(gzip.compress(EXPLORABLES[key].to_json().encode(), 9)) <= 100_000


def test_a_page_loads_at_most_one_kilobyte_before_a_figure_comes_near() -> None:
    assert len(gzip.compress((ASSETS / "js/explore.js").read_bytes(), 9)) <= 1000


def test_canvas_has_the_colours_of_the_static_figures() -> None:
    css = (ASSETS / "css/explore.css").read_text("utf-8")
    light, dark = css.split('[data-md-color-scheme="slate"]', 1)
    for part, scheme in ((light, 0), (dark, 1)):
        stated = dict(re.findall(r"--explore-(\w+): (#[0-9a-f]{6});", part))
        assert stated
        for name, colour in stated.items():
            assert colour == _style.SCHEMES[name][scheme]


# --- the build -----------------------------------------------------------------------------------


def test_build_gives_data_to_explorables_and_to_no_other_figure() -> None:
    wanted = [("activations", "slope", "ko"), ("activations", "curves", "ko")]
    svgs, errors = render_some(wanted)
    assert not errors
    assert json.loads(svgs[wanted[0]].data) == json.loads(activation_figures.slope.to_json())
    assert svgs[wanted[1]].data == ""
    config = SimpleNamespace(
        site_dir="site", use_directory_urls=True, plugins=SimpleNamespace(_current_plugin="page")
    )
    made = {file.src_uri for file in generated_files(config, svgs)}  # type: ignore[arg-type]
    assert explore_file("activations", "slope") in made
    assert explore_file("activations", "curves") not in made


def test_address_of_the_data_is_seen_from_the_page() -> None:
    html = '<figure class="explore" data-explore="assets/explore/xor-training.json" id="a">'
    linked = 'data-explore="../../assets/explore/xor-training.json"'
    assert linked in link_images(html, "ko/xor/")
