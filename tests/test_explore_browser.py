"""Explorables in a real browser: what they compute, show and tell, and who can use them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose

from snippets import backpropagation, computational_graph, loss, regression, xor
from snippets.activations import sigmoid, softmax
from snippets.cnn import digits_net
from snippets.convolution import KERNELS, conv2d, translate
from snippets.deep_learning import forward, parameter_count
from snippets.figures import autodiff as autodiff_figures
from snippets.figures import cnn as cnn_figures
from snippets.figures import computational_graph as graph_figures
from snippets.figures import convolution as convolution_figures
from snippets.figures import deep_learning as deep_learning_figures
from snippets.figures import delta_recurrence as delta_figures
from snippets.figures import gru as gru_figures
from snippets.figures import logic_gates as gate_figures
from snippets.figures import loss as loss_figures
from snippets.figures import lstm as lstm_figures
from snippets.figures import pooling as pooling_figures
from snippets.figures import regression as regression_figures
from snippets.figures import rnn as rnn_figures
from snippets.figures import xor as xor_figures
from snippets.figures.backpropagation import NUMBERS
from snippets.figures.gradient_descent import BOWL, START
from snippets.figures.neuron import POINT
from snippets.gradient_descent import descend, quadratic, quadratic_grad
from snippets.gru import gru, gru_gates, negate_update_gate
from snippets.logic_gates import function_outputs, threshold_functions, truth_table
from snippets.lstm import LSTM, lstm, split_gates
from snippets.mcculloch_pitts import two_layers
from snippets.multilayer_perceptron import MLP
from snippets.neuron import distance_from_origin, neuron, weighted_sum
from snippets.perceptron import Perceptron
from snippets.pooling import avg_pool2d, max_pool2d
from snippets.vanishing_gradient import GAINS, gradient_norms

pytestmark = [pytest.mark.browser, pytest.mark.site]

Open = Callable[..., Any]
PAGES = {
    "mcculloch-pitts": "explore-mcculloch_pitts-tables",
    "deep-learning": "explore-deep_learning-build",
    "neuron": "explore-neuron-decide",
    "perceptron": "explore-perceptron-updates",
    "activations": "explore-activations-slope",
    "loss": "explore-loss-constant",
    "regression": "explore-regression-fit",
    "gradient-descent": "explore-gradient_descent-surface",
    "logic-gates": "explore-logic_gates-line",
    "xor": "explore-xor-training",
    "multilayer-perceptron": "explore-multilayer_perceptron-width",
    "backpropagation": "explore-backpropagation-steps",
    "delta-recurrence": "explore-delta_recurrence-back",
    "vanishing-gradient": "explore-vanishing_gradient-layers",
    "convolution": "explore-convolution-kernel",
    "pooling": "explore-pooling-move",
    "cnn": "explore-cnn-look",
    "rnn": "explore-rnn-unroll",
    "lstm": "explore-lstm-gates",
    "gru": "explore-gru-gates",
    "autodiff": "explore-autodiff-sweep",
    "computational-graph": "explore-computational_graph-steps",
}
each = pytest.mark.parametrize("slug", PAGES)
languages = pytest.mark.parametrize("language", ["ko", "en"])


def opened(page: Open, site_url: str, slug: str, language: str = "en", **options: Any) -> Any:
    """Open the page of a concept, and wait until its explorable has controls."""
    new = page(f"{site_url}{language}/{slug}/#play", **options)
    figure(new, slug).scroll_into_view_if_needed()
    figure(new, slug).locator(".explore-controls").wait_for()
    return new


def figure(page: Any, slug: str) -> Any:
    return page.locator(f"#{PAGES[slug]}")


def told(page: Any, slug: str) -> str:
    return figure(page, slug).locator(".explore-told").text_content()


def picture(page: Any, slug: str) -> str:
    """The canvas as it stands after the drawing that is due."""
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
    canvas = figure(page, slug).locator("canvas")
    return canvas.evaluate("canvas => canvas.toDataURL()")


def place(part: Any) -> list[float]:
    """Where a part stands in its figure, and its size: the page may have scrolled to the focus."""
    return part.evaluate(
        """part => {
            const corner = part.closest("figure").getBoundingClientRect()
            const box = part.getBoundingClientRect()
            return [box.x - corner.x, box.y - corner.y, box.width, box.height]
        }"""
    )


def slide(page: Any, slug: str, to: float, number: int = 0) -> None:
    figure(page, slug).locator("input[type=range]").nth(number).fill(str(to))


def computed(page: Any, module: str, expression: str, argument: Any = None) -> Any:
    """Evaluate a JavaScript expression of `it`, a module of docs/assets/js/explore, and `given`."""
    source = f"""async given => {{
        const home = window.__md_scope.pathname
        const it = await import(`${{home}}assets/js/explore/{module}.js`)
        return {expression}
    }}"""
    return page.evaluate(source, argument)


# --- the mathematics in the page is that of the package -------------------------------------------


def test_perceptron_rule_in_the_page_is_that_of_the_package(page: Open, site_url: str) -> None:
    new = page(f"{site_url}en/perceptron/")
    rng = np.random.default_rng(0)
    for _ in range(20):
        x, y = rng.uniform(-1, 1, (12, 2)), rng.integers(0, 2, 12)
        neuron = Perceptron(epochs=40).fit(x, y)
        given = [x.tolist(), y.tolist()]
        found = computed(new, "maths/perceptron", "it.fit(...given, 40)", given)
        assert found["converged"] == neuron.converged
        assert len(found["history"]) == len(neuron.history)
        for mine, theirs in zip(found["history"], neuron.history, strict=True):
            assert mine["sample"] == theirs.sample
            assert mine["epoch"] == theirs.epoch
            assert mine["error"] == theirs.error
            assert mine["b"] == theirs.b
            assert_allclose(mine["w"], theirs.w, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("hidden", [1, 2, 3, 8])
def test_network_in_the_page_answers_as_those_of_the_package(
    hidden: int, page: Open, site_url: str
) -> None:
    new = page(f"{site_url}en/xor/")
    rng = np.random.default_rng(hidden)
    points = rng.uniform(-0.5, 1.5, (50, 2))
    params = xor.initial(rng, hidden)
    flat = np.concatenate([part.ravel() for part in params]).tolist()
    given = [flat, points[:, 0].tolist(), points[:, 1].tolist()]
    p = computed(new, "maths/network", "[...it.logits(...given)].map(it.sigmoid)", given)
    assert_allclose(p, xor.predict(points, params), rtol=1e-12)
    net = MLP([2, hidden, 1], "tanh", rng)
    net.params = [params.w1, params.b1, params.w2, params.b2]
    z = computed(new, "maths/network", "[...it.logits(...given)]", given)
    assert_allclose(z, net.forward(points)[:, 0], rtol=1e-12)
    h = computed(new, "maths/network", "it.hidden(...given)", [flat, *points[0].tolist()])
    assert_allclose(h, xor.folded(points[:1], params)[0], rtol=1e-12)


@pytest.mark.parametrize("hidden", [3, 4, 8])
def test_hidden_space_is_seen_edge_on_and_where_it_spreads_most(
    hidden: int, page: Open, site_url: str
) -> None:
    new = page(f"{site_url}en/xor/")
    rng = np.random.default_rng(hidden)
    grid = rng.uniform(-0.5, 1.5, (81, 2))
    for _ in range(5):
        params = xor.initial(rng, hidden)
        flat = np.concatenate([part.ravel() for part in params]).tolist()
        given = [flat, grid.tolist()]
        first, second = np.array(computed(new, "maths/network", "it.directions(...given)", given))
        assert_allclose(first, params.w2[:, 0] / np.linalg.norm(params.w2), rtol=1e-12)
        h = xor.folded(grid, params)
        rest = h - h.mean(axis=0)
        rest -= np.outer(rest @ first, first)
        widest = np.linalg.svd(rest)[2][0]
        assert abs(second @ widest) == pytest.approx(1, abs=1e-6)
        back = [flat, grid.tolist(), [first.tolist(), (-second).tolist()]]
        turned = computed(new, "maths/network", "it.directions(...given)", back)
        assert_allclose(turned[1], -second)


def test_backpropagation_in_the_page_is_that_of_the_package(page: Open, site_url: str) -> None:
    new = page(f"{site_url}en/backpropagation/")
    rng = np.random.default_rng(1986)
    for numbers in rng.normal(size=(20, len(NUMBERS))):
        found = computed(
            new, "maths/backpropagation", "it.passes(it.netOf(given))", numbers.tolist()
        )
        w1, b1, w2, b2 = np.split(numbers[2:14], [4, 6, 10])
        layers = [
            backpropagation.Layer(w1.reshape(2, 2), b1),
            backpropagation.Layer(w2.reshape(2, 2), b2),
        ]
        steps = backpropagation.named_steps(numbers[None, :2], numbers[None, 14:], layers)
        for step in steps:
            value = np.reshape(found[step.name], step.value.shape)
            assert_allclose(value, step.value, rtol=1e-10, atol=1e-15, err_msg=step.name)
        for layer, z in (("s1", steps[0].value), ("s2", steps[2].value)):
            slope = backpropagation.sigmoid_prime(z)
            assert_allclose(found[layer], slope[0], rtol=1e-10)


@pytest.mark.parametrize("inputs", [2, 3])
def test_logic_in_the_page_is_that_of_the_package(inputs: int, page: Open, site_url: str) -> None:
    new = page(f"{site_url}en/mcculloch-pitts/")
    tables = [function_outputs(k, inputs).tolist() for k in range(2 ** (2**inputs))]
    found = computed(
        new,
        "maths/logic",
        """given.map(outputs => {
            const net = it.twoLayers(outputs)
            const rows = it.truthTable(Math.log2(outputs.length))
            return {net, rows, y: rows.map(row => it.run(net, row).y)}
        })""",
        tables,
    )
    for outputs, one in zip(tables, found, strict=True):
        net = two_layers(outputs)
        assert one["rows"] == truth_table(inputs).tolist()
        assert one["y"] == outputs
        assert [neuron["signs"] for neuron in one["net"]] == net.signs.T.tolist()
        assert [neuron["threshold"] for neuron in one["net"]] == net.thresholds.tolist()


@pytest.mark.parametrize("f", ["identity", "tanh", "relu"])
def test_built_network_computes_in_the_page_what_the_package_computes(
    f: str, page: Open, site_url: str
) -> None:
    new = page(f"{site_url}en/deep-learning/")
    address = f"{site_url}assets/explore/deep_learning-build.json"
    x = np.linspace(-3, 3, 13)
    for seed, layers, width in ((0, 0, 1), (1, 1, 8), (3, 4, 5)):
        net = {"seed": seed, "layers": layers, "width": width, "f": f}
        found = new.evaluate(
            """async ([address, net, x]) => {
                const home = `${window.__md_scope.pathname}assets/js/explore/`
                const {load} = await import(`${home}data.js`)
                const {forward} = await import(`${home}maths/layers.js`)
                const {w, b} = (await load(address)).arrays
                return forward(w, b, net, x)
            }""",
            [address, net, x.tolist()],
        )
        small = deep_learning_figures.smaller(seed, layers, width)
        y = forward(x[:, None], small, deep_learning_figures.BENDS[f])
        assert_allclose(found, y[:, 0], rtol=1e-10, atol=1e-12)
        sizes = [1, *[width] * layers, 1]
        count = computed(
            new, "maths/layers", "it.parameterCount(it.sizes(...given))", [layers, width]
        )
        assert count == parameter_count(sizes)


@pytest.mark.parametrize("lr", [0.02, 0.4, 0.5, 0.56])
def test_descent_in_the_page_is_that_of_the_package(lr: float, page: Open, site_url: str) -> None:
    new = page(f"{site_url}en/gradient-descent/")
    start = np.random.default_rng(1847).uniform(-3, 3, 2)
    given = [BOWL.ravel().tolist(), start.tolist(), lr, 30]
    expected = descend(lambda theta: quadratic_grad(theta, BOWL), start, lr, 30)
    path = computed(new, "maths/descent", "it.descend(...given)", given)
    assert_allclose(path, expected, rtol=1e-9, atol=1e-12)
    for theta in expected[::10]:
        height = computed(new, "maths/descent", "it.height(...given)", [given[0], theta.tolist()])
        assert height == pytest.approx(quadratic(theta, BOWL), rel=1e-9)


@pytest.mark.parametrize("hidden", [1, 2, 5])
@pytest.mark.parametrize(
    ("gate", "value"), [(None, 0), ("i", 0), ("i", 1), ("f", 0), ("f", 1), ("o", 1)]
)
def test_lstm_in_the_page_is_that_of_the_package(
    hidden: int, gate: str | None, value: int, page: Open, site_url: str
) -> None:
    new = page(f"{site_url}en/lstm/")
    rng = np.random.default_rng(hidden)
    net, x = LSTM(3, hidden, 1, rng), rng.normal(size=(9, 1, 3))
    flat = [param.ravel().tolist() for param in net.params]
    given = [dict(zip(("w_x", "w_h", "b", "w_y", "b_y"), flat, strict=True)), x[:, 0].tolist()]
    if gate:  # a bias that holds the gate against all inputs
        given.append({"gate": gate, "value": value})
        columns = slice("ifgo".index(gate) * hidden, ("ifgo".index(gate) + 1) * hidden)
        net.params[0][:, columns] = net.params[1][:, columns] = 0
        net.params[2][columns] = 99 if value else -99
    moments = computed(new, "maths/lstm", "it.forward(...given)", given)
    states = net.states(x)
    expected = {"c": states.c, "h": states.h}
    expected |= dict(zip("ifgo", split_gates(states.gates), strict=True))
    for name, track in expected.items():
        found = [moment[name] for moment in moments]
        assert_allclose(found, track[:, 0], rtol=1e-9, atol=1e-12, err_msg=name)
    last = [given[0], moments[-1]["h"]]
    assert computed(new, "maths/lstm", "it.answer(...given)", last) == pytest.approx(
        net.forward(x)[0, 0], rel=1e-9
    )


def test_what_a_cell_keeps_in_the_page_is_its_derivative_along_the_cell(
    page: Open, site_url: str
) -> None:
    new = page(f"{site_url}en/lstm/")
    rng = np.random.default_rng(4)
    forget = rng.normal(size=(6, 2))
    x = np.pad(forget, ((0, 0), (2, 4)))[:, None]  # the forget gates read it, nothing else does
    nothing, identity = np.zeros((1, 2)), (np.eye(8), np.zeros((2, 8)), np.zeros(8))
    moved = nothing.copy()
    moved[0, 1] = 1e-3
    start, pushed = (lstm(x[3:], nothing, c, *identity).c[-1, 0, 1] for c in (nothing, moved))
    moments = [{"f": gates.tolist()} for gates in 1 / (1 + np.exp(-forget))]
    kept = computed(new, "maths/lstm", "it.kept(given, 3, 1)", moments)
    assert kept == pytest.approx((pushed - start) / 1e-3, rel=1e-9)


@pytest.mark.parametrize("hidden", [1, 4])
@pytest.mark.parametrize(("gate", "value"), [(None, 0), ("r", 0), ("r", 1), ("z", 0), ("z", 1)])
def test_gru_in_the_page_is_that_of_the_package(
    hidden: int, gate: str | None, value: int, page: Open, site_url: str
) -> None:
    new = page(f"{site_url}en/gru/")
    rng = np.random.default_rng(hidden)
    shapes = [(2, 3 * hidden), (hidden, 3 * hidden), (3 * hidden,), (3 * hidden,)]
    weights, x = [rng.normal(size=shape) for shape in shapes], rng.normal(size=(7, 1, 2))
    names = ("w_x", "w_h", "b_x", "b_h")
    net = {name: one.ravel().tolist() for name, one in zip(names, weights, strict=True)}
    given = [net, x[:, 0].tolist(), "kept", {"gate": gate, "value": value} if gate else None]
    columns = slice("rz".find(gate or "") * hidden, ("rz".find(gate or "") + 1) * hidden)
    if gate:  # a bias that holds the gate against all inputs
        for one in weights:
            one[..., columns] = 0
        weights[2][columns] = 99 if value else -99
    states = gru(x, np.zeros((1, hidden)), *weights)
    moments = computed(new, "maths/gru", "it.forward(...given)", given)
    expected = dict(zip("rzn", np.split(states.gates, 3, axis=2), strict=True)) | {"h": states.h}
    for name, track in expected.items():
        found = [moment[name] for moment in moments]
        assert_allclose(found, track[:, 0], rtol=1e-9, atol=1e-12, err_msg=name)


def test_the_other_meaning_of_z_in_the_page_is_that_of_the_package(
    page: Open, site_url: str
) -> None:
    new = page(f"{site_url}en/gru/")
    rng = np.random.default_rng(2)
    weights = [rng.normal(size=shape) for shape in [(2, 9), (3, 9), (9,), (9,)]]
    x, names = rng.normal(size=(5, 1, 2)), ("w_x", "w_h", "b_x", "b_h")
    net = {name: one.ravel().tolist() for name, one in zip(names, weights, strict=True)}
    turned = computed(new, "maths/gru", "it.turned(given)", net)
    for name, one in zip(names, negate_update_gate(*weights), strict=True):
        assert turned[name] == one.ravel().tolist()
    for given, meant in ((net, weights), (turned, negate_update_gate(*weights))):
        h = np.zeros((1, 3))
        for x_t in x:
            _, z, n = gru_gates(x_t, h, *meant)
            h = z * n + (1 - z) * h
        moments = computed(
            new, "maths/gru", "it.forward(...given, 'new')", [given, x[:, 0].tolist()]
        )
        assert_allclose(moments[-1]["h"], h[0], rtol=1e-9)


def test_graphs_in_the_page_have_values_derivatives_and_paths_of_the_package(
    page: Open, site_url: str
) -> None:
    new = page(f"{site_url}en/computational-graph/")
    rng = np.random.default_rng(0)
    graphs = [graph() for graph in graph_figures.GRAPHS.values()]
    for _ in range(8):  # every operation, with inputs used once, twice or never
        nodes = [computational_graph.Node("x"), computational_graph.Node("y")]
        for n in range(9):
            operation = str(rng.choice(list(computational_graph.OPERATIONS)))
            count = len(computational_graph.OPERATIONS[operation].derivatives)
            inputs = tuple(nodes[k].name for k in rng.integers(0, len(nodes), count))
            name = f"n{n}" if n < 8 else "L"
            nodes.append(computational_graph.Node(name, operation, inputs))
        graphs.append(nodes)
    for nodes in graphs:
        names = computational_graph.input_names(nodes)
        given = dict(zip(names, rng.uniform(-1, 1, len(names)).tolist(), strict=True))
        written = [
            [node.name for node in nodes],
            [node.operation for node in nodes],
            [" ".join(node.inputs) for node in nodes],
        ]
        values = computational_graph.forward(nodes, given)
        found = computed(
            new, "maths/graph", "it.forward(it.nodesOf(...given[0]), given[1])", [written, given]
        )
        assert found == pytest.approx(values, rel=1e-12)
        local = computational_graph.local_derivatives(nodes, values)
        derivatives = computational_graph.backward(nodes, values, "L")
        for start in names:
            paths, factors, measured = computed(
                new,
                "maths/graph",
                """(() => {
                    const nodes = it.nodesOf(...given[0])
                    const paths = it.paths(nodes, given[3], "L")
                    const factors = paths.map(path => it.factors(nodes, path, given[2]))
                    return [paths, factors, it.measured(nodes, given[1], given[3])]
                })()""",
                [written, given, values, start],
            )
            assert paths == computational_graph.paths(nodes, start, "L")
            for path, slopes in zip(paths, factors, strict=True):
                wanted = [local[edge] for edge in itertools.pairwise(path)]
                assert slopes == pytest.approx(wanted, rel=1e-12, abs=1e-15)
            total = sum(map(math.prod, factors))
            assert total == pytest.approx(derivatives[start], rel=1e-9, abs=1e-12)
            assert measured == pytest.approx(derivatives[start], rel=1e-4, abs=1e-6)


@pytest.mark.parametrize("name", ["mse", "mae", "huber"])
def test_losses_of_a_constant_in_the_page_are_those_of_the_package(
    name: str, page: Open, site_url: str
) -> None:
    new = page(f"{site_url}en/loss/")
    f, f_grad = {label.lower(): both for label, *both in loss_figures.NUMBERS}[name]
    rng = np.random.default_rng(1964)
    for _ in range(10):
        y, c = rng.uniform(8, 32, 5), rng.uniform(8, 32)
        given = [name, y.tolist(), c, loss_figures.DELTA]
        found = computed(new, "maths/loss", "it.meanLoss(...given)", given)
        assert found == pytest.approx(f(np.full(5, c), y), rel=1e-12)
        given = [name, y.tolist(), loss_figures.DELTA]
        best = computed(new, "maths/loss", "it.best(...given)", given)
        pull = f_grad(np.full(5, best), y).sum()
        assert pull == pytest.approx(0, abs=1e-9), "the pulls balance"


@pytest.mark.parametrize("model", ["line", "curve"])
def test_regression_in_the_page_is_that_of_the_package(
    model: str, page: Open, site_url: str
) -> None:
    new = page(f"{site_url}en/regression/")
    predict, loss_of = {
        "line": (regression.linear, regression.squared_loss),
        "curve": (regression.logistic, regression.logistic_loss),
    }[model]
    rng = np.random.default_rng(1886)
    for _ in range(5):
        x = rng.uniform(-1.5, 1.5, (8, 1))
        y = rng.permutation([0, 1] * 4) if model == "curve" else rng.uniform(0, 18, 8)
        given = [model, x[:, 0].tolist(), y.tolist()]
        found = computed(new, "maths/regression", "it.descend(...given, 0.5, 30)", given)
        fit = regression.gradient_descent(predict, x, y, 0.5, 30)
        assert [found["w"], found["b"]] == pytest.approx([fit.w[0], fit.b], rel=1e-12)
        cost = computed(new, "maths/regression", "it.loss(...given)", [*given, found])
        assert cost == pytest.approx(loss_of(x, y, *fit), rel=1e-12)
        best = computed(new, "maths/regression", "it.best(...given)", given)
        grad = regression.gradient(x, predict(x, [best["w"]], best["b"]), y)
        assert_allclose([grad.w[0], grad.b], 0, atol=1e-7)
        if model == "line":
            solved = regression.normal_equation(x, y)
            assert [best["w"], best["b"]] == pytest.approx([solved.w[0], solved.b], rel=1e-9)


@pytest.mark.parametrize(
    ("x", "y", "gap"),
    [
        ([-1, 0, 0.5, 1], [0, 0, 1, 1], {"at": 0.25, "left": 0}),
        ([-1, 0, 0.5, 1], [1, 1, 0, 0], {"at": 0.25, "left": 1}),
        ([-1, 0, 0, 1], [0, 0, 1, 1], {"at": 0, "left": 0}),  # they touch
        ([-1, 0, 0.5, 1], [0, 1, 0, 1], None),
        ([-1, 0, 0.5, 1], [1, 1, 1, 1], None),
    ],
)
def test_page_knows_when_no_curve_is_best(
    x: list[float], y: list[int], gap: dict[str, float] | None, page: Open, site_url: str
) -> None:
    new = page(f"{site_url}en/regression/")
    assert computed(new, "maths/regression", "it.gap(...given)", [x, y]) == gap
    best = computed(new, "maths/regression", "it.best('curve', ...given)", [x, y])
    ever_better = gap is not None or len(set(y)) == 1
    assert (best is None) == ever_better
    if ever_better:  # the package finds a smaller loss the longer it walks
        inputs = np.array(x)[:, None]
        walks = [
            regression.gradient_descent(regression.logistic, inputs, y, 2.0, steps)
            for steps in (100, 200, 400)
        ]
        losses = [regression.logistic_loss(inputs, y, *fit) for fit in walks]
        assert losses[0] > losses[1] > losses[2]


def test_data_file_reads_in_the_browser_as_it_was_written(page: Open, site_url: str) -> None:
    new = page(f"{site_url}en/xor/")
    address = f"{site_url}assets/explore/xor-training.json"
    read = computed(new, "data", "[...(await it.load(given)).arrays.params_8.values]", address)
    assert_allclose(read, np.ravel(xor_figures.training_runs()["params_8"]), rtol=0)


# --- the picture --------------------------------------------------------------------------------


@each
@languages
def test_picture_and_words_follow_the_first_slider(
    slug: str, language: str, page: Open, site_url: str
) -> None:
    new = opened(page, site_url, slug, language)
    first = figure(new, slug).locator("input[type=range]").first
    start = told(new, slug)
    seen: dict[str, str] = {}
    for end in ("min", "max"):
        slide(new, slug, float(first.get_attribute(end)))
        seen[end] = picture(new, slug)
    assert seen["min"] != seen["max"]
    slide(new, slug, float(first.get_attribute("min")))
    assert told(new, slug) != start
    hangul = any("가" <= letter <= "힣" for letter in told(new, slug))
    assert hangul == (language == "ko")


@each
def test_a_screen_reader_is_told_once_when_the_slider_rests(
    slug: str, page: Open, site_url: str
) -> None:
    new = opened(page, site_url, slug)
    heard = figure(new, slug).evaluate(
        """async figure => {
            const input = figure.querySelector("input[type=range]")
            const status = figure.querySelector(".explore-status")
            let heard = 0
            new MutationObserver(() => heard++).observe(status, {childList: true})
            for (let n = 0; n < 10; n++) {
                input.value = input.min
                input.stepUp(n % 3)
                input.dispatchEvent(new Event("input"))
            }
            await new Promise(done => setTimeout(done, 900))
            return heard
        }"""
    )
    assert heard == 1
    assert figure(new, slug).locator(".explore-status").text_content() == told(new, slug)


@each
def test_a_screen_reader_finds_the_words_before_the_first_touch_and_hears_nothing(
    slug: str, page: Open, site_url: str
) -> None:
    new = page(f"{site_url}en/{slug}/#play")
    new.evaluate(
        """() => {
            window.heard = 0
            new MutationObserver(list => {
                for (const {target} of list) {
                    if (target.closest?.(".explore-status")) window.heard += 1
                }
            }).observe(document.body, {childList: true, subtree: true})
        }"""
    )
    figure(new, slug).scroll_into_view_if_needed()
    figure(new, slug).locator(".explore-controls").wait_for()
    new.wait_for_timeout(600)  # longer than a rest
    status = figure(new, slug).locator(".explore-status")
    assert status.text_content() == told(new, slug) != ""
    assert new.evaluate("window.heard") == 0


@each
def test_image_stays_until_the_reader_touches_something(
    slug: str, page: Open, site_url: str
) -> None:
    new = opened(page, site_url, slug)
    image, canvas = figure(new, slug).locator("img"), figure(new, slug).locator("canvas")
    assert image.evaluate("image => getComputedStyle(image).opacity") == "1"
    assert not canvas.is_visible()
    before = place(image)
    below = place(figure(new, slug).locator(".explore-controls"))
    new.keyboard.press("Tab")
    figure(new, slug).locator("input[type=range]").first.press("ArrowLeft")
    assert canvas.is_visible()
    assert place(canvas) == pytest.approx(before)
    assert place(figure(new, slug).locator(".explore-controls")) == pytest.approx(below)
    assert image.get_attribute("alt"), "the static figure's description stays"


@each
def test_nothing_moves_on_the_page_when_controls_come(slug: str, page: Open, site_url: str) -> None:
    new = page(f"{site_url}en/{slug}/")
    new.evaluate(
        """() => {
            window.shifted = 0
            new PerformanceObserver(list => {
                for (const entry of list.getEntries()) window.shifted += entry.value
            }).observe({type: "layout-shift", buffered: false})
        }"""
    )
    new.wait_for_timeout(200)
    new.evaluate("() => { window.shifted = 0 }")
    height = new.evaluate("document.body.scrollHeight")
    for top in range(0, height, 400):
        new.evaluate("top => scrollTo(0, top)", top)
        new.wait_for_timeout(60)
        # no reader is faster than the figure that begins to load before it is in view
        new.wait_for_function("() => !document.querySelector('[data-mounted=loading]')")
    figure(new, slug).locator(".explore-controls").wait_for()
    assert new.evaluate("window.shifted") < 0.01


@each
def test_without_javascript_the_figure_is_an_image(slug: str, page: Open, site_url: str) -> None:
    new = page(f"{site_url}en/{slug}/", java_script_enabled=False)
    assert figure(new, slug).locator("img").get_attribute("alt")
    assert figure(new, slug).locator("input, button, canvas").count() == 0


@each
def test_a_scrubbed_picture_is_drawn_once_for_each_change(
    slug: str, page: Open, site_url: str, record_property: Callable[[str, object], None]
) -> None:
    new = opened(page, site_url, slug)
    first = figure(new, slug).locator("input[type=range]").first
    first.focus()
    count, ms, frames = new.evaluate(
        """async input => {
            const home = window.__md_scope.pathname
            const {drawn} = await import(`${home}assets/js/explore/mount.js`)
            const [low, high] = [Number(input.min), Number(input.max)]
            const before = {...drawn}
            const began = performance.now()
            for (let n = 0; n < 60; n++) {
                input.value = low + (n / 59) * (high - low)
                for (let again = 0; again < 3; again++) input.dispatchEvent(new Event("input"))
                await new Promise(requestAnimationFrame)
            }
            await new Promise(requestAnimationFrame)
            const all = performance.now() - began
            return [drawn.count - before.count, drawn.ms - before.ms, 60000 / all]
        }""",
        first.element_handle(),
    )
    print(f"{slug}: {ms / count:.2f} ms a picture, {frames:.0f} frames a second")
    record_property("ms_a_picture", ms / count)
    record_property("frames_a_second", frames)
    assert 55 <= count <= 62, "three changes within a frame are one picture"
    assert ms / count < 50, "ten times what a busy machine needs; `scripts/bench live` measures"


def test_a_moved_input_gets_the_sum_and_the_output_of_the_package(
    page: Open, site_url: str
) -> None:
    new = opened(page, site_url, "neuron")
    inputs = {"w1": -1.3, "w2": 0.7, "b": 0.4}
    for n, value in enumerate(inputs.values()):
        slide(new, "neuron", value, n)
    figure(new, "neuron").get_by_text("sigmoid").click()
    figure(new, "neuron").locator(".explore-handle").press("ArrowUp")
    w = [inputs["w1"], inputs["w2"]]
    point = [[POINT[0], POINT[1] + 0.1]]
    z, y_hat = weighted_sum(point, w, 0.4)[0], neuron(point, w, 0.4, f=sigmoid)[0]
    expected = f"= {z:.2f}, so the output is {y_hat:.3f}.".replace("-", "\N{MINUS SIGN}")
    assert expected in told(new, "neuron")
    distance = distance_from_origin(w, 0.4)
    assert f"lies {distance:.2f} from the origin" in told(new, "neuron")
    slide(new, "neuron", 0, 2)
    picture(new, "neuron")
    assert "passes through the origin" in told(new, "neuron")


def test_a_dragged_ride_moves_the_mean_but_not_the_median(page: Open, site_url: str) -> None:
    new = opened(page, site_url, "loss")
    slide(new, "loss", 15)
    late = figure(new, "loss").get_by_role("button", name="ride 5, 27.0 minutes")
    late.press("ArrowRight")
    rides = loss_figures.RIDES + np.array([0, 0, 0, 0, 0.5])
    cost, least = (loss.mse(np.full(5, c), rides) for c in (15, rides.mean()))
    expected = f"costs {cost:.2f} (MSE). The least possible is {least:.2f}, "
    assert expected + f"at the mean, {rides.mean():.1f} minutes." in told(new, "loss")
    figure(new, "loss").get_by_text("MAE").click()
    cost, least = (loss.mae(np.full(5, c), rides) for c in (15, np.median(rides)))
    expected = f"costs {cost:.2f} (MAE). The least possible is {least:.2f}, "
    assert expected + f"at the median, {np.median(rides):.1f} minutes." in told(new, "loss")
    figure(new, "loss").get_by_role("button", name="Original rides").click()
    figure(new, "loss").get_by_role("button", name="ride 5, 27.0 minutes").wait_for()


def test_a_dragged_day_moves_the_best_line_and_parted_classes_have_no_best_curve(
    page: Open, site_url: str
) -> None:
    new = opened(page, site_url, "regression")
    slide(new, "regression", 30)
    days, power = regression_figures.DAYS, regression_figures.POWER.copy()
    point = figure(new, "regression").get_by_role("button", name="day 1, x = −1.2, 15.0 kWh")
    point.press("ArrowUp")
    figure(new, "regression").get_by_role("button", name="15.5 kWh").press("ArrowUp")
    power[0] = 16.0
    x, rate = days[:, None], regression_figures.RATES[0]
    now = regression.gradient_descent(regression.linear, x, power, rate, 30)
    best = regression.normal_equation(x, power)
    costs = [regression.squared_loss(x, power, *fit) for fit in (now, best)]
    found = told(new, "regression")
    assert f"After 30 steps: ŷ = −{-now.w[0]:.2f} x + {now.b:.2f}, loss {costs[0]:.3f}." in found
    assert f"The best is ŷ = −{-best.w[0]:.2f} x + {best.b:.2f}, loss {costs[1]:.3f}." in found
    figure(new, "regression").get_by_text("S-curve (cross-entropy)").click()
    assert "The best is ŷ = σ(" in told(new, "regression")
    figure(new, "regression").get_by_role("button", name="day 4, x = 0.0, rain").press("ArrowDown")
    assert "classes are separable" in told(new, "regression")
    figure(new, "regression").get_by_role("button", name="Original points").click()
    assert "The best is ŷ = σ(" in told(new, "regression")


def test_layers_without_an_activation_draw_a_straight_line(page: Open, site_url: str) -> None:
    new = opened(page, site_url, "deep-learning")
    slide(new, "deep-learning", 4)
    picture(new, "deep-learning")
    assert "is a curve" in told(new, "deep-learning")
    figure(new, "deep-learning").get_by_text("none", exact=True).click()
    picture(new, "deep-learning")
    assert "is a straight line" in told(new, "deep-learning")
    assert f"{parameter_count([1, 4, 4, 4, 4, 1])} parameters" in told(new, "deep-learning")


def test_a_changed_output_changes_the_network_of_the_truth_table(page: Open, site_url: str) -> None:
    new = opened(page, site_url, "mcculloch-pitts")
    slide(new, "mcculloch-pitts", 3)
    picture(new, "mcculloch-pitts")
    assert told(new, "mcculloch-pitts").startswith("2 hidden neurons. For the input (1, 1) no")
    figure(new, "mcculloch-pitts").locator(".explore-handle").nth(3).press("Enter")
    picture(new, "mcculloch-pitts")
    assert told(new, "mcculloch-pitts").startswith("3 hidden neurons. For the input (1, 1) only")
    figure(new, "mcculloch-pitts").get_by_label("3", exact=True).click()
    picture(new, "mcculloch-pitts")
    assert figure(new, "mcculloch-pitts").locator(".explore-handle:visible").count() == 8


# --- what each explorable is for ----------------------------------------------------------------


def test_a_dragged_point_changes_what_the_perceptron_learns(page: Open, site_url: str) -> None:
    new = opened(page, site_url, "perceptron")
    slide(new, "perceptron", 4)
    picture(new, "perceptron")
    assert "It settles after" in told(new, "perceptron")
    points = figure(new, "perceptron").locator(".explore-handle")
    names = [points.nth(n).get_attribute("aria-label") for n in range(points.count())]
    classes = [next(n for n, name in enumerate(names) if f"class {y}" in name) for y in (0, 1)]
    boxes = [points.nth(n).bounding_box() for n in classes]
    start, end = ((b["x"] + b["width"] / 2, b["y"] + b["height"] / 2) for b in boxes)
    before = picture(new, "perceptron")
    new.mouse.move(*start)
    new.mouse.down()
    new.mouse.move(*end, steps=8)
    new.mouse.up()
    assert picture(new, "perceptron") != before
    assert points.nth(classes[0]).get_attribute("aria-label") != names[classes[0]]
    assert "It does not settle" in told(new, "perceptron"), "two classes at one place"


def test_a_class_changed_by_keyboard_makes_the_points_inseparable(
    page: Open, site_url: str
) -> None:
    new = opened(page, site_url, "perceptron")
    slide(new, "perceptron", 1)
    picture(new, "perceptron")
    assert "It settles after" in told(new, "perceptron")
    points = figure(new, "perceptron").locator(".explore-handle")
    corner = max(
        range(points.count()),
        key=lambda n: points.nth(n).bounding_box()["y"] * -1,  # the highest
    )
    points.nth(corner).focus()
    new.keyboard.press("Enter")
    assert "It does not settle" in told(new, "perceptron")
    figure(new, "perceptron").get_by_role("button", name="Original points").click()
    assert "It settles after" in told(new, "perceptron")


def test_learning_rate_decides_between_arriving_and_diverging(page: Open, site_url: str) -> None:
    new = opened(page, site_url, "gradient-descent")
    slide(new, "gradient-descent", 20)
    for lr, factor, verdict in ((0.4, "0.60", False), (0.54, "−1.16", True)):
        slide(new, "gradient-descent", lr, number=1)
        theta = descend(lambda theta: quadratic_grad(theta, BOWL), START, lr, 20)[-1]
        at = ", ".join(f"{part:.2f}" for part in theta + 0.0).replace("-0.00", "0.00")
        assert f"at ({at.replace('-', '−')}) is" in told(new, "gradient-descent")
        assert factor in told(new, "gradient-descent")
        assert told(new, "gradient-descent").endswith("it diverges.") == verdict


def test_the_start_of_descent_moves_by_keyboard_and_by_pointer(page: Open, site_url: str) -> None:
    new = opened(page, site_url, "gradient-descent")
    slide(new, "gradient-descent", 0)
    before = picture(new, "gradient-descent")
    start = figure(new, "gradient-descent").locator(".explore-handle")
    assert start.get_attribute("aria-label") == "start (−2.50, 0.00)"
    start.focus()
    new.keyboard.press("ArrowUp")
    assert "the loss at (−2.50, 0.10) is" in told(new, "gradient-descent")
    assert picture(new, "gradient-descent") != before
    box = start.bounding_box()
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    new.mouse.move(*middle)
    new.mouse.down()
    new.mouse.move(middle[0] + 60, middle[1], steps=6)
    new.mouse.up()
    assert "(−2.50, 0.10)" not in told(new, "gradient-descent")


def test_tangent_tells_the_slope_of_the_chosen_function(page: Open, site_url: str) -> None:
    new = opened(page, site_url, "activations")
    figure(new, "activations").locator("select").select_option("tanh")
    slide(new, "activations", 0)
    assert "tanh(0.00) = 0.000. The slope there is 1.000" in told(new, "activations")
    figure(new, "activations").locator("select").select_option("step")
    assert "There is no slope at this point" in told(new, "activations")


def test_xor_tells_loss_and_answers_of_the_package(page: Open, site_url: str) -> None:
    new = opened(page, site_url, "xor")
    run = xor.train(np.random.default_rng(xor_figures.SEED), 3, steps=xor_figures.STEPS)
    figure(new, "xor").get_by_label("3", exact=True).check()
    for moment in (0, 20, 49):
        slide(new, "xor", moment)
        answers = ", ".join(f"{p:.2f}" for p in xor.predict(xor.INPUTS, run.params[moment]))
        expected = f"Step {run.steps[moment]}: loss {run.losses[moment]:.3f}."
        assert told(new, "xor").startswith(expected)
        assert f": {answers};" in told(new, "xor")


def test_training_with_own_settings_is_the_training_of_the_package(
    page: Open, site_url: str
) -> None:
    new = opened(page, site_url, "xor")
    own = figure(new, "xor").locator(".explore-train")
    if not new.locator('meta[name="live"]').count():
        assert own.count() == 0
        return
    figure(new, "xor").get_by_label("4", exact=True).check()
    own.locator("summary").click()
    heard = own.get_by_role("status").evaluate_handle(
        """status => {
            const heard = []
            new MutationObserver(() => heard.push(status.textContent))
                .observe(status, {childList: true, characterData: true, subtree: true})
            return heard
        }"""
    )
    own.get_by_label("learning rate").fill("1.5")
    own.get_by_label("seed").fill("3")
    own.get_by_role("button", name="Train").click()
    own.get_by_text("Trained.").wait_for(timeout=60_000)
    assert heard.json_value() == ["Loading Python", "Training", "Trained."]
    run = xor.train(np.random.default_rng(3), 4, lr=1.5, steps=xor_figures.STEPS)
    expected = f"Your own run (learning rate 1.5, seed 3). Step 600: loss {run.losses[-1]:.3f}."
    assert told(new, "xor").startswith(expected)
    slide(new, "xor", 10)
    assert f"Step {run.steps[10]}: loss {run.losses[10]:.3f}." in told(new, "xor")
    figure(new, "xor").get_by_label("2", exact=True).check()
    assert "Your own run" not in told(new, "xor")


@pytest.fixture
def training(page: Open, site_url: str) -> tuple[Any, Any]:
    """The page on XOR before Python is loaded, and its settings for training."""
    new = opened(page, site_url, "xor")
    own = figure(new, "xor").locator(".explore-train")
    own.locator("summary").click()
    return new, own


def test_training_can_be_stopped_while_python_loads_and_while_it_waits(
    training: tuple[Any, Any],
) -> None:
    new, own = training
    start, stop = (own.get_by_role("button", name=name) for name in ("Train", "Stop"))
    held: list[Any] = []
    closed = [True]
    files = "**/assets/live/*/*.gz"
    new.route(files, lambda route: held.append(route) if closed else route.continue_())
    start.press("Enter")
    own.get_by_text("Loading Python").wait_for()
    assert stop.evaluate("button => button === document.activeElement"), "the focus was lost"
    stop.press("Enter")
    own.get_by_text("Stopped.").wait_for()
    assert start.evaluate("button => button === document.activeElement"), "the focus was lost"
    closed.clear()
    for route in held:
        route.continue_()
    computed(new, "../live/client", "it.start()")
    new.unroute(files)
    computed(new, "../live/client", "void (window.other = it.run('other', 'while True: pass'))")
    start.click()
    own.get_by_text("Training").wait_for()
    stop.click()
    own.get_by_text("Stopped.").wait_for()
    assert new.evaluate("window.other.then(({kind}) => kind)") == "stopped"
    start.click()
    own.get_by_text("Trained.").wait_for(timeout=60_000)
    assert told(new, "xor").startswith("Your own run")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"status": 404}, "Reload the page"),
        ({"status": 503}, "Check the connection"),
        ({"body": "damaged"}, "not the one that was built"),
    ],
)
def test_training_that_cannot_be_says_why(
    answer: dict[str, Any], words: str, training: tuple[Any, Any]
) -> None:
    new, own = training
    new.route("**/assets/live/live-*.json", lambda route: route.fulfill(**answer))
    own.get_by_role("button", name="Train").click()
    own.get_by_role("status").get_by_text(words).wait_for()
    assert own.get_by_role("button", name="Train").is_visible()
    new.watched.errors.clear()  # the browser tells of the missing file


def test_the_test_point_of_xor_moves_by_keyboard(page: Open, site_url: str) -> None:
    new = opened(page, site_url, "xor")
    slide(new, "xor", 40)
    before = picture(new, "xor")
    figure(new, "xor").locator(".explore-handle").focus()
    for _ in range(4):
        new.keyboard.press("ArrowRight")
    assert "(0.70, 0.50)" in told(new, "xor")
    assert picture(new, "xor") != before


def test_width_and_seed_choose_the_run(page: Open, site_url: str) -> None:
    new = opened(page, site_url, "multilayer-perceptron")
    slide(new, "multilayer-perceptron", 50)
    stuck = told(new, "multilayer-perceptron")
    assert stuck.startswith("2 hidden, seed 5")
    fields = figure(new, "multilayer-perceptron").locator("fieldset")
    fields.nth(1).get_by_label("1", exact=True).check()
    assert "2 hidden, seed 1, step 100: loss 0.357." in told(new, "multilayer-perceptron")
    fields.nth(0).get_by_label("8", exact=True).check()
    assert "8 hidden, seed 1, step 100: loss 0.015. 4 of 4" in told(new, "multilayer-perceptron")


def test_a_changed_weight_changes_every_value_after_it(page: Open, site_url: str) -> None:
    new = opened(page, site_url, "backpropagation")
    figure(new, "backpropagation").locator("select").select_option("w1_12")
    slide(new, "backpropagation", 2.0, number=1)
    example = backpropagation.example_2_2_2()
    example.layers[0].w[0, 1] = 2.0
    forward = backpropagation.forward_trace(example.x, example.y, example.layers)
    assert f"The loss is {forward.loss:.4f}" in told(new, "backpropagation")
    figure(new, "backpropagation").get_by_role("button", name="Update").click()
    grads = backpropagation.gradients(example.x, example.y, example.layers)
    layers = backpropagation.update(example.layers, grads, lr=0.5)
    loss = backpropagation.loss(example.x, example.y, layers)
    assert f"The loss is {loss:.4f}" in told(new, "backpropagation")


def test_a_number_pressed_in_the_graph_is_the_one_to_change(page: Open, site_url: str) -> None:
    new = opened(page, site_url, "backpropagation")
    slide(new, "backpropagation", 14)
    picture(new, "backpropagation")
    number = figure(new, "backpropagation").get_by_role("button", name="w2₂₁ = −0.70")
    number.click()
    assert figure(new, "backpropagation").locator("select").input_value() == "w2_21"
    assert figure(new, "backpropagation").locator("output").nth(1).text_content() == "−0.70"


def test_each_step_of_backpropagation_tells_its_values(page: Open, site_url: str) -> None:
    new = opened(page, site_url, "backpropagation")
    example = backpropagation.example_2_2_2()
    steps = backpropagation.named_steps(example.x, example.y, example.layers)
    for n, step in enumerate(steps, 1):
        slide(new, "backpropagation", n)
        values = ", ".join(f"{value:.3f}" for value in step.value.ravel()).replace("-", "−")
        assert f"The value is {values}." in told(new, "backpropagation")


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "The slope of the sigmoid there is"), ("ko", "기울기는 그 점에서")],
)
def test_the_local_derivative_is_told_where_it_is_taken_and_where_it_is_used(
    language: str, words: str, page: Open, site_url: str
) -> None:
    new = opened(page, site_url, "backpropagation", language)
    example = backpropagation.example_2_2_2()
    steps = backpropagation.named_steps(example.x, example.y, example.layers)
    z = {step.name: step.value for step in steps}
    at = {"h1": z["z1"], "dz1": z["z1"], "y_hat": z["z2"], "dz2": z["z2"]}
    for n, step in enumerate(steps, 1):
        slide(new, "backpropagation", n)
        if step.name in at:
            slopes = backpropagation.sigmoid_prime(at[step.name]).ravel()
            numbers = ", ".join(f"{slope:.3f}" for slope in slopes)
            assert f"{words} {numbers}." in told(new, "backpropagation")
        else:
            assert words not in told(new, "backpropagation")


def test_a_weight_that_grew_beyond_its_slider_is_told_as_it_is(page: Open, site_url: str) -> None:
    new = opened(page, site_url, "backpropagation")
    figure(new, "backpropagation").locator("select").select_option("w2_11")
    slide(new, "backpropagation", 3.0, number=1)
    figure(new, "backpropagation").locator("select").select_option("w2_12")
    slide(new, "backpropagation", -3.0, number=1)
    example = backpropagation.example_2_2_2()
    layers = example.layers
    layers[1].w[0] = [3.0, -3.0]
    for _ in range(3):
        figure(new, "backpropagation").get_by_role("button", name="Update").click()
        grads = backpropagation.gradients(example.x, example.y, layers)
        layers = backpropagation.update(layers, grads, lr=0.5)
    w = layers[1].w[0]
    assert w[0] > 3.01, "the weight did not grow beyond the slider"
    assert w[1] < -3.01
    for name, value in zip(("w2_11", "w2_12"), w, strict=True):
        figure(new, "backpropagation").locator("select").select_option(name)
        shown = figure(new, "backpropagation").locator("output").nth(1).text_content()
        assert shown == f"{value:.2f}".replace("-", "−")


def test_depth_activation_and_start_choose_the_errors_that_are_told(
    page: Open, site_url: str
) -> None:
    new = opened(page, site_url, "vanishing-gradient")
    fields = figure(new, "vanishing-gradient").locator("fieldset")
    fields.nth(0).get_by_label("ReLU", exact=True).check()
    fields.nth(1).get_by_label("too large", exact=True).check()
    slide(new, "vanishing-gradient", 30)
    norms = gradient_norms(np.random.default_rng(0), 30, "relu", GAINS["large"])
    ends = f"{norms[0]:.1e} at the first layer and {norms[-1]:.2f} at the last"
    assert ends in told(new, "vanishing-gradient")
    factor = (norms[0] / norms[-1]) ** (1 / 29)
    assert told(new, "vanishing-gradient").endswith(f"multiplies it by {factor:.2f}.")
    slide(new, "vanishing-gradient", 1)
    assert told(new, "vanishing-gradient").endswith("at the last.")


def test_convolution_tells_the_output_of_the_package(page: Open, site_url: str) -> None:
    new = opened(page, site_url, "convolution")
    image = convolution_figures.image()[None, None]
    shown = figure(new, "convolution")
    for name in ("vertical", "sharpen"):
        shown.get_by_label(name).check()
        for stride, padding in convolution_figures.SETTINGS:
            shown.locator("fieldset").nth(1).get_by_label(str(stride), exact=True).check()
            shown.locator("fieldset").nth(2).get_by_label(str(padding), exact=True).check()
            kernel = KERNELS[name][None, None]
            y = conv2d(image, kernel, np.zeros(1), stride, padding)[0, 0]
            side = len(y)
            for place in (0, side + 1, side**2 - 1):
                slide(new, "convolution", place)
                p, q = divmod(place, side)
                words = told(new, "convolution").replace("−", "-")
                assert words.startswith(f"Output at row {p + 1}, col {q + 1} of {side} × {side}: ")
                assert f" = {y[p, q]:g}. " in words
                terms = words.split(": ")[1].split(" = ")[0].replace("- ", "-").replace("+ ", "")
                assert sum(map(float, terms.split())) == y[p, q]
                assert words.endswith(f"1 = {side}.")


def test_the_window_of_convolution_moves_by_keyboard_and_by_hand(page: Open, site_url: str) -> None:
    new = opened(page, site_url, "convolution")
    slide(new, "convolution", 0)
    before = picture(new, "convolution")
    window = figure(new, "convolution").locator(".explore-handle")
    window.focus()
    new.keyboard.press("ArrowRight")
    new.keyboard.press("ArrowDown")
    new.keyboard.press("ArrowDown")
    assert "row 3, col 2" in told(new, "convolution")
    assert picture(new, "convolution") != before
    box = window.bounding_box()
    cell = box["width"] / 3
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    new.mouse.move(*middle)
    new.mouse.down()
    new.mouse.move(middle[0] + 2 * cell, middle[1] - cell, steps=6)
    new.mouse.up()
    assert "row 2, col 4" in told(new, "convolution")
    for _ in range(9):
        new.keyboard.press("ArrowRight")
    assert "row 2, col 6" in told(new, "convolution")


def test_unrolled_network_tells_states_and_errors_of_the_package(page: Open, site_url: str) -> None:
    new = opened(page, site_url, "rnn")
    bits, T = np.array(rnn_figures.BITS, float), len(rnn_figures.BITS)
    slide(new, "rnn", 1.2, number=1)
    h, errors = rnn_figures.states(bits, 1.2), rnn_figures.errors(bits, 1.2)
    for step in (1, 4, T):
        slide(new, "rnn", step)
        values = ", ".join(f"{value:.2f}" for value in h[step - 1]).replace("-", "−")
        expected = f"Step {step}: the input is {bits[step - 1]:g}, the hidden state ({values})."
        assert told(new, "rnn").replace("−0.00", "0.00") == expected.replace("−0.00", "0.00")
        slide(new, "rnn", 2 * T + 1 - step)
        size, most = (float(f"{x:.1e}") for x in (errors[step - 1], 1.2 ** (T - step)))
        expected = f"Back to step {step}: the error has size {size:g}; it can be at most {most:g}."
        assert told(new, "rnn").startswith(expected)
    slide(new, "rnn", 2 * T)
    factor = (errors[0] / errors[-1]) ** (1 / (T - 1))
    assert told(new, "rnn").endswith(f"multiplies it by {factor:.2f}.")


def test_a_pressed_input_of_the_unrolled_network_changes_what_follows(
    page: Open, site_url: str
) -> None:
    new = opened(page, site_url, "rnn")
    slide(new, "rnn", 1.5, number=1)
    figure(new, "rnn").get_by_role("button", name="All inputs 0").click()
    picture(new, "rnn")
    assert told(new, "rnn").endswith("multiplies it by 1.50."), "silence reaches the bound"
    before = picture(new, "rnn")
    figure(new, "rnn").get_by_role("button", name="input 0 at step 2, change it").click()
    assert picture(new, "rnn") != before
    bits = np.zeros(len(rnn_figures.BITS))
    bits[1] = 1
    errors = rnn_figures.errors(bits, 1.5)
    factor = (errors[0] / errors[-1]) ** (1 / (len(bits) - 1))
    assert factor < 1
    assert told(new, "rnn").endswith(f"multiplies it by {factor:.2f}.")
    pressed = figure(new, "rnn").get_by_role("button", name="input 1 at step 2, change it")
    pressed.focus()
    new.keyboard.press("Enter")
    assert told(new, "rnn").endswith("multiplies it by 1.50.")
    figure(new, "rnn").get_by_role("button", name="Original inputs").click()
    assert not told(new, "rnn").endswith("multiplies it by 1.50.")


def plain(value: float) -> str:
    """As the page writes it: two decimals, a true minus sign, and no minus before zero."""
    return f"{value:.2f}".replace("-0.00", "0.00").replace("-", "−")


def test_lstm_tells_the_cell_and_the_answer_of_the_package(page: Open, site_url: str) -> None:
    new = opened(page, site_url, "lstm")
    x, y = lstm_figures.shown_sequences()
    net = lstm_figures.shown_net()
    states, answers = net.states(x), net.forward(x)
    fields = figure(new, "lstm").locator("fieldset")
    for n in range(lstm_figures.SEQUENCES):
        fields.nth(0).get_by_label(str(n + 1), exact=True).check()
        for cell in (0, 1):
            fields.nth(1).get_by_label(str(cell + 1), exact=True).check()
            for step in (2, lstm_figures.T):
                slide(new, "lstm", step)
                words = told(new, "lstm")
                c, h = (part[step - 1, n, cell] for part in (states.c, states.h))
                assert words.startswith(f"Step {step}: value {plain(x[step - 1, n, 0])}")
                assert f" = {plain(c)} and h = " in words
                assert f" = {plain(h)}. " in words
                assert f"add up to {plain(4 * y[n, 0] - 2)}; " in words
                assert words.endswith(f"the network answers {plain(4 * answers[n, 0] - 2)}.")


def test_a_closed_forget_gate_empties_the_cell_and_an_open_input_gate_adds_everything(
    page: Open, site_url: str
) -> None:
    new = opened(page, site_url, "lstm")
    slide(new, "lstm", 6)
    before, kept = picture(new, "lstm"), told(new, "lstm")
    assert int(kept.split("Of this c, ")[1].split("%")[0]) > 50
    right = kept.split("answers ")[1]
    fields = figure(new, "lstm").locator("fieldset")
    fields.nth(2).get_by_label("forget").check()
    assert "Of this c, 0% is left at the end." in told(new, "lstm")
    assert told(new, "lstm").split("answers ")[1] != right
    assert picture(new, "lstm") != before
    fields.nth(3).get_by_label("1", exact=True).check()
    assert "Of this c, 100% is left at the end." in told(new, "lstm")
    fields.nth(2).get_by_label("none").check()
    assert told(new, "lstm") == kept


def test_values_and_marks_of_the_lstm_change_by_keyboard_and_by_hand(
    page: Open, site_url: str
) -> None:
    new = opened(page, site_url, "lstm")
    slide(new, "lstm", 4)
    picture(new, "lstm")
    start = told(new, "lstm")
    x, y = lstm_figures.shown_sequences()
    value, total = x[3, 0, 0], 4 * y[0, 0] - 2
    handles = figure(new, "lstm").locator(".explore-handle")
    assert handles.count() == lstm_figures.T
    handles.nth(3).focus()
    new.keyboard.press("Enter")
    total += value
    assert f"value {plain(value)}, marked." in told(new, "lstm")
    assert f"add up to {plain(total)};" in told(new, "lstm")
    for _ in range(3):
        new.keyboard.press("ArrowUp")
    assert f"value {plain(value + 0.3)}, marked." in told(new, "lstm")
    picture(new, "lstm")
    box = handles.nth(3).bounding_box()
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    new.mouse.move(*middle)
    new.mouse.down()
    new.mouse.move(middle[0], middle[1] + 60, steps=6)
    new.mouse.up()
    assert "value −1.00, marked." in told(new, "lstm")
    handles.first.focus()
    new.keyboard.press("Enter")
    picture(new, "lstm")
    assert "marked" not in handles.first.get_attribute("aria-label"), "the ends carry no mark"
    figure(new, "lstm").get_by_role("button", name="Original sequence").click()
    assert told(new, "lstm") == start


def test_gru_tells_the_memory_of_the_package(page: Open, site_url: str) -> None:
    new = opened(page, site_url, "gru")
    states = gru_figures.shown_states()
    for step in range(1, gru_figures.T + 1):
        slide(new, "gru", step)
        words = told(new, "gru")
        r, z, n = (plain(gate) for gate in states.gates[step - 1, 0])
        h = plain(states.h[step - 1, 0, 0])
        mark = gru_figures.MARKS.get(step, "no mark")
        assert words.startswith(
            f"Step {step}: value {plain(gru_figures.VALUES[step - 1])}, {mark}."
        )
        assert f"With r = {r}, n = tanh(" in words
        assert f" = {n}. With z = {z}, h = " in words
        assert words.endswith(f" = {h}.")


def test_gates_of_the_gru_are_held_and_the_meaning_of_z_is_changed(
    page: Open, site_url: str
) -> None:
    new = opened(page, site_url, "gru")
    slide(new, "gru", gru_figures.T)
    start, before = told(new, "gru"), picture(new, "gru")
    fields = figure(new, "gru").locator("fieldset")
    fields.nth(0).get_by_label("reset").check()
    fields.nth(1).get_by_label("1", exact=True).check()
    assert "With r = 1.00" in told(new, "gru")
    assert told(new, "gru") != start, "anew adds when the reset gate is held open"
    fields.nth(0).get_by_label("update").check()
    assert told(new, "gru").endswith(" = 0.00."), "with z = 1 nothing gets in"
    fields.nth(0).get_by_label("none").check()
    assert told(new, "gru") == start
    fields.nth(2).get_by_label("the share that is new").check()
    swapped = told(new, "gru")
    assert swapped.split(" = ")[-1] != start.split(" = ")[-1]
    assert "h = z·n + (1 − z)·h" in swapped
    picture(new, "gru")
    fields.nth(2).get_by_label("sign turned").check()
    assert told(new, "gru").split(" = ")[-1] == start.split(" = ")[-1]
    assert picture(new, "gru") != before, "z itself is shown the other way round"


def test_values_and_marks_of_the_gru_change_by_keyboard_and_by_hand(
    page: Open, site_url: str
) -> None:
    new = opened(page, site_url, "gru")
    slide(new, "gru", 3)
    picture(new, "gru")
    start, value = told(new, "gru"), gru_figures.VALUES[2]
    handles = figure(new, "gru").locator(".explore-handle")
    assert handles.count() == gru_figures.T
    handles.nth(2).focus()
    for mark in ("add", "anew", "no mark"):
        new.keyboard.press("Enter")
        assert f"value {plain(value)}, {mark}." in told(new, "gru")
    for _ in range(3):
        new.keyboard.press("ArrowUp")
    assert f"value {plain(value + 0.3)}, no mark." in told(new, "gru")
    picture(new, "gru")
    box = handles.nth(2).bounding_box()
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    new.mouse.move(*middle)
    new.mouse.down()
    new.mouse.move(middle[0], middle[1] + 60, steps=6)
    new.mouse.up()
    assert "value −1.00, no mark." in told(new, "gru")
    figure(new, "gru").get_by_role("button", name="Original sequence").click()
    assert told(new, "gru") == start


def graph_told(graph: str, given: dict[str, float], start: str) -> str:
    """What the last step of the graph tells."""
    nodes = graph_figures.GRAPHS[graph]()
    values = computational_graph.forward(nodes, given)
    products = [math.prod(slopes) for _, slopes in graph_figures.products(nodes, values, start)]
    derivative = plain(computational_graph.backward(nodes, values, "L")[start])
    return (
        f"L = {plain(values['L'])}. Paths from {start} to L: {len(products)}."
        f" The product along each: {', '.join(map(plain, products))}."
        f" Together dL/d{start} = {derivative}; by central difference {derivative}."
    )


def test_each_step_of_the_graph_tells_its_value_and_its_slopes(page: Open, site_url: str) -> None:
    new = opened(page, site_url, "computational-graph")
    for number, (graph, make) in enumerate(graph_figures.GRAPHS.items()):
        figure(new, "computational-graph").locator("fieldset").nth(0).locator("input").nth(
            number
        ).check()
        nodes = make()
        values = computational_graph.forward(nodes, graph_figures.GIVEN)
        local = computational_graph.local_derivatives(nodes, values)
        steps = [node for node in nodes if node.operation != "input"]
        for n, node in enumerate(steps, 1):
            slide(new, "computational-graph", n)
            words = told(new, "computational-graph")
            name = graph_figures.shown(node.name)
            assert words.startswith(f"Step {n}: {name} = {graph_figures.formula(node)} = ")
            slopes = ", ".join(
                f"d{name}/d{graph_figures.shown(one)} = {plain(local[one, node.name])}"
                for one in node.inputs
            )
            assert words.endswith(f" = {plain(values[node.name])}. Local derivatives: {slopes}.")
        slide(new, "computational-graph", len(steps) + 1)
        assert told(new, "computational-graph") == graph_told(graph, graph_figures.GIVEN, "w")


def test_another_graph_input_and_value_change_the_paths_that_are_told(
    page: Open, site_url: str
) -> None:
    new = opened(page, site_url, "computational-graph")
    given = dict(graph_figures.GIVEN)
    assert told(new, "computational-graph") == graph_told("neuron", given, "w")
    fields = figure(new, "computational-graph").locator("fieldset")
    fields.nth(0).get_by_label("a network that uses w twice", exact=True).check()
    assert told(new, "computational-graph") == graph_told("shared", given, "w"), "the end stays"
    slide(new, "computational-graph", 2.0, number=1)
    given["w"] = 2.0
    assert told(new, "computational-graph") == graph_told("shared", given, "w")
    fields.nth(1).get_by_label("x", exact=True).check()
    assert told(new, "computational-graph") == graph_told("shared", given, "x")
    slide(new, "computational-graph", -0.5, number=1)
    given["x"] = -0.5
    assert told(new, "computational-graph") == graph_told("shared", given, "x")
    fields.nth(0).get_by_label("one neuron", exact=True).check()
    assert told(new, "computational-graph") == graph_told("neuron", given, "x")
    figure(new, "computational-graph").get_by_role(
        "button", name="Original values", exact=True
    ).click()
    assert told(new, "computational-graph") == graph_told("neuron", graph_figures.GIVEN, "x")


def test_an_input_of_the_graph_is_chosen_by_a_press_and_changed_by_keyboard(
    page: Open, site_url: str
) -> None:
    new = opened(page, site_url, "computational-graph")
    slide(new, "computational-graph", 6)
    picture(new, "computational-graph")
    box = figure(new, "computational-graph").get_by_role(
        "button", name="b = 0.30, choose it", exact=True
    )
    box.click()
    given = dict(graph_figures.GIVEN)
    assert told(new, "computational-graph") == graph_told("neuron", given, "b")
    before = picture(new, "computational-graph")
    box.focus()
    for _ in range(3):
        new.keyboard.press("ArrowUp")
    given["b"] = 0.6
    assert told(new, "computational-graph") == graph_told("neuron", given, "b")
    assert picture(new, "computational-graph") != before


@pytest.mark.parametrize("kind", delta_figures.KINDS)
@pytest.mark.parametrize("depth", [2, 5, 8])
def test_deltas_in_the_page_are_those_of_the_package(
    kind: str, depth: int, page: Open, site_url: str
) -> None:
    new = page(f"{site_url}en/delta-recurrence/")
    rng = np.random.default_rng(depth)
    for gain in (0.25, 1.0, 4.0):
        ws, zs = delta_figures.explored_net(depth, kind, gain)
        last = rng.uniform(-1, 1, delta_figures.WIDTH)
        given = [delta_figures.explored()[0].tolist(), [w.tolist() for w in ws], kind]
        found = computed(
            new,
            "maths/deltas",
            """(() => {
                const [x, ws, kind, last] = given
                const zs = it.forward(x, ws, kind)
                const all = it.deltas(last, ws, zs, kind)
                return {zs, all, sums: all.slice(1).map((one, n) => it.arriving(one, ws[n + 1]))}
            })()""",
            [*given, last.tolist()],
        )
        assert_allclose(found["zs"], [z[0] for z in zs], rtol=1e-9, atol=1e-12)
        wanted = delta_figures.deltas_of(depth, kind, gain, last)
        assert_allclose(found["all"], wanted, rtol=1e-7, atol=1e-15)
        arriving = delta_figures.arriving_at(depth, kind, gain, last)
        assert_allclose(found["sums"], arriving, rtol=1e-7, atol=1e-15)


def entries(delta: Any) -> str:
    """The numbers of a delta as the page writes them."""
    signs = ["−" if one < 0 else "" for one in delta]
    sizes = [f"{one:.2f}" if one >= 0.01 else f"{one:.1e}" for one in np.abs(delta)]
    written = [sign + size for sign, size in zip(signs, sizes, strict=True)]
    return ", ".join(written).replace("-", "−")


def test_each_step_back_tells_the_delta_of_the_package(page: Open, site_url: str) -> None:
    new = opened(page, site_url, "delta-recurrence")
    deltas = delta_figures.deltas_of(6, "tanh", 1.0)
    slide(new, "delta-recurrence", 0)
    assert told(new, "delta-recurrence").startswith("Nothing has come back yet.")
    for step in range(1, 7):
        slide(new, "delta-recurrence", step)
        words = told(new, "delta-recurrence")
        assert words.startswith(f"Step {step} of 6: ")
        assert f" = {entries(deltas[6 - step])}." in words
    size = [np.abs(delta).max() for delta in deltas]
    assert f"entry is {plain(size[0] / size[1])} times as large" in words
    assert words.endswith(f"has become {plain(size[0] / size[5])} times as large.")


def test_depth_activation_and_weights_choose_the_network_that_is_stepped_back(
    page: Open, site_url: str
) -> None:
    new = opened(page, site_url, "delta-recurrence")
    fields = figure(new, "delta-recurrence").locator("fieldset")
    slide(new, "delta-recurrence", 8, number=1)
    fields.nth(0).get_by_label("sigmoid", exact=True).check()
    shared = picture(new, "delta-recurrence")
    delta = delta_figures.deltas_of(8, "sigmoid", 1.0)[0]
    assert "Step 8 of 8: δ₁ = (δ₂ W₂ᵀ) ⊙ f′(z₁) = " in told(new, "delta-recurrence")
    assert f" = {entries(delta)}." in told(new, "delta-recurrence")
    fields.nth(1).get_by_label("each layer its own", exact=True).check()
    assert picture(new, "delta-recurrence") != shared
    fields.nth(0).get_by_label("none", exact=True).check()
    slide(new, "delta-recurrence", 2, number=2)
    found = figure(new, "delta-recurrence").locator("output").all_text_contents()
    assert found == ["8 / 8", "8", "2.00"]
    delta = delta_figures.deltas_of(8, "identity", 2.0)[0]
    assert f" = {entries(delta)}." in told(new, "delta-recurrence")
    slide(new, "delta-recurrence", 3, number=1)
    assert told(new, "delta-recurrence").startswith("Step 3 of 3: δ₁ = ")


def test_the_first_term_is_changed_by_keyboard_and_by_hand(page: Open, site_url: str) -> None:
    new = opened(page, site_url, "delta-recurrence")
    slide(new, "delta-recurrence", 6)
    start, before = told(new, "delta-recurrence"), picture(new, "delta-recurrence")
    handles = figure(new, "delta-recurrence").locator(".explore-handle")
    assert handles.count() == delta_figures.WIDTH
    last = delta_figures.LAST.copy()
    handles.nth(1).focus()
    for _ in range(3):
        new.keyboard.press("ArrowUp")
    last[1] += 0.3
    changed = delta_figures.deltas_of(6, "tanh", 1.0, last)[0]
    assert f" = {entries(changed)}." in told(new, "delta-recurrence")
    assert picture(new, "delta-recurrence") != before
    name = f"delta of unit 2 in the last layer, {plain(last[1])}"
    assert handles.nth(1).get_attribute("aria-label") == name
    box = handles.nth(3).bounding_box()
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    new.mouse.move(*middle)
    new.mouse.down()
    new.mouse.move(middle[0], middle[1] - 200, steps=6)
    new.mouse.up()
    last[3] = 1.0
    changed = delta_figures.deltas_of(6, "tanh", 1.0, last)[0]
    assert f" = {entries(changed)}." in told(new, "delta-recurrence")
    reset = figure(new, "delta-recurrence").get_by_role("button", name="Reset the first term")
    reset.click()
    assert told(new, "delta-recurrence") == start


# --- play, pause, step ----------------------------------------------------------------------------


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
@pytest.mark.parametrize(
    "slug",
    [
        "perceptron",
        "gradient-descent",
        "xor",
        "multilayer-perceptron",
        "backpropagation",
        "delta-recurrence",
        "convolution",
        "rnn",
        "lstm",
        "gru",
        "autodiff",
        "computational-graph",
    ],
)
def test_it_plays_only_when_asked_and_ends(
    slug: str, motion: str, page: Open, site_url: str
) -> None:
    new = opened(page, site_url, slug, reduced_motion=motion)
    first = figure(new, slug).locator("input[type=range]").first
    start = first.input_value()
    new.wait_for_timeout(400)
    assert first.input_value() == start, "it moved before anyone asked"
    button = figure(new, slug).locator("[data-action=play]")
    button.focus()
    new.keyboard.press("Enter")
    assert button.get_attribute("aria-label") == "Pause"
    new.wait_for_timeout(1500)
    new.keyboard.press("Enter")
    assert button.get_attribute("aria-label") == "Play"
    paused = float(first.input_value())
    new.wait_for_timeout(900)
    assert float(first.input_value()) == paused
    figure(new, slug).locator("[data-action=start]").press("Enter")
    assert float(first.input_value()) == 0
    figure(new, slug).locator("[data-action=forward]").press("Space")
    assert float(first.input_value()) == 1
    figure(new, slug).locator("[data-action=back]").press("Space")
    assert float(first.input_value()) == 0


# --- everyone ------------------------------------------------------------------------------------


@each
@languages
def test_every_control_has_a_name_and_is_reached_by_keyboard(
    slug: str, language: str, page: Open, site_url: str
) -> None:
    new = opened(page, site_url, slug, language)
    slide(new, slug, 1)
    picture(new, slug)
    unnamed = figure(new, slug).evaluate(
        """figure => [...figure.querySelectorAll("input, select, button")]
            .filter(one => one.checkVisibility())
            .filter(one => !(one.labels?.[0]?.textContent.trim() || one.textContent.trim()
                || one.getAttribute("aria-label")))
            .map(one => one.outerHTML)"""
    )
    assert unnamed == []
    wanted = figure(new, slug).evaluate(
        """figure => {
            const all = [...figure.querySelectorAll("input:not([type=radio]), select, button")]
            const shown = all.filter(one => one.checkVisibility())
            shown[0].focus()
            return shown.length
        }"""
    )
    reached = 1
    for _ in range(wanted + 10):
        new.keyboard.press("Tab")
        inside = new.evaluate(
            """id => document.activeElement.closest("#" + CSS.escape(id)) !== null
                && document.activeElement.matches("input:not([type=radio]), select, button")""",
            PAGES[slug],
        )
        reached += inside
    assert reached == wanted


@each
@languages
def test_it_fits_a_phone_and_can_be_touched(
    slug: str, language: str, page: Open, site_url: str
) -> None:
    new = opened(page, site_url, slug, language, width=360, has_touch=True, is_mobile=True)
    slide(new, slug, 1)
    picture(new, slug)
    assert new.evaluate("document.documentElement.scrollWidth") <= 360
    outside = figure(new, slug).evaluate(
        """figure => [...figure.querySelectorAll("input, select, button:not([hidden]), output, p")]
            .filter(one => !one.closest(".explore-status"))
            .filter(one => one.getBoundingClientRect().right > innerWidth
                || one.getBoundingClientRect().left < -20)
            .map(one => one.outerHTML)"""
    )
    assert outside == []
    small = figure(new, slug).evaluate(
        """figure => [...figure.querySelectorAll("button:not([hidden]), select")]
            .map(one => [one.getAttribute("aria-label"), one.getBoundingClientRect()])
            .filter(([, box]) => Math.min(box.width, box.height) < 24)
            .map(([name, box]) => [name, box.width, box.height])"""
    )
    assert small == []


def test_picture_follows_the_colour_scheme(page: Open, site_url: str) -> None:
    new = opened(page, site_url, "activations", color_scheme="light")
    slide(new, "activations", 1)
    light = picture(new, "activations")
    new.emulate_media(color_scheme="dark")
    new.locator("body[data-md-color-scheme=slate]").wait_for()
    assert picture(new, "activations") != light


@pytest.mark.parametrize("density", [1, 2, 3])
def test_picture_has_the_pixels_of_the_screen(density: int, page: Open, site_url: str) -> None:
    new = opened(page, site_url, "activations", device_scale_factor=density)
    slide(new, "activations", 1)
    picture(new, "activations")
    canvas = figure(new, "activations").locator("canvas")
    width, shown = canvas.evaluate("canvas => [canvas.width, canvas.clientWidth]")
    assert width == density * shown


# --- the page around it --------------------------------------------------------------------------


def arrive(page: Any, slug: str) -> None:
    """Go from another page to that of a concept by instant navigation, until its controls come."""
    page.evaluate("window.sameDocument = true")
    page.wait_for_load_state("networkidle")
    link = f"article a[href*='/{slug}/'], .md-footer a[href*='/{slug}/']"
    page.locator(link).first.click()
    page.wait_for_url(f"**/en/{slug}/**")
    # Material goes to the top of the new page some time after its text is there, so one scroll may
    # be undone: look for the figure until it has been seen.
    page.wait_for_function(
        """id => {
            const figure = document.getElementById(id);
            figure?.scrollIntoView({ behavior: "instant", block: "center" });
            return figure?.querySelector(".explore-controls") != null;
        }""",
        arg=PAGES[slug],
        polling=100,
    )
    assert page.evaluate("window.sameDocument") is True, "the page was loaded anew"


def test_figures_keep_their_style_after_instant_navigation(page: Open, site_url: str) -> None:
    new = opened(page, site_url, "activations")
    styled = "stage => getComputedStyle(stage).position"
    assert figure(new, "activations").locator(".explore-stage").evaluate(styled) == "relative"
    arrive(new, "perceptron")
    new.wait_for_timeout(300)  # Material renews the head of the document after its body
    assert figure(new, "perceptron").locator(".explore-stage").evaluate(styled) == "relative"


def test_a_style_that_did_not_load_is_asked_for_again(page: Open, site_url: str) -> None:
    new = page("about:blank")
    new.route("**/css/explore.css", lambda route: route.abort())
    new.goto(f"{site_url}en/activations/#play")
    with new.expect_event("requestfailed", lambda request: "explore.css" in request.url):
        figure(new, "activations").scroll_into_view_if_needed()
    new.unroute("**/css/explore.css")
    arrive(new, "perceptron")
    stage = figure(new, "perceptron").locator(".explore-stage")
    assert stage.evaluate("stage => getComputedStyle(stage).position") == "relative"
    new.watched.errors.clear()  # the browser tells that the request failed
    new.watched.foreign.clear()  # "about:blank" has no host


def test_controls_come_after_instant_navigation_and_stop_when_the_page_goes(
    page: Open, site_url: str
) -> None:
    new = page(f"{site_url}en/activations/")
    arrive(new, "perceptron")
    figure(new, "perceptron").locator("[data-action=play]").click()
    new.evaluate("document.querySelector('a[data-switch]').scrollIntoView()")
    new.go_back()
    new.wait_for_url("**/en/activations/**")
    new.wait_for_timeout(300)
    count = computed(new, "mount", "it.drawn.count")
    new.wait_for_timeout(500)
    assert computed(new, "mount", "it.drawn.count") == count


def test_nothing_is_loaded_before_a_figure_comes_near(page: Open, site_url: str) -> None:
    new = page(f"{site_url}en/xor/")
    new.wait_for_load_state("networkidle")
    names = new.evaluate("performance.getEntriesByType('resource').map(one => one.name)")
    assert [name for name in names if "/js/explore/" in name or "/assets/explore/" in name] == []
    assert any(name.endswith("/js/explore.js") for name in names)


def test_without_its_data_the_figure_stays_an_image(page: Open, site_url: str) -> None:
    new = page(f"{site_url}en/xor/")
    new.route("**/assets/explore/*.json", lambda route: route.abort())
    figure(new, "xor").scroll_into_view_if_needed()
    new.wait_for_timeout(500)
    assert figure(new, "xor").locator("img").is_visible()
    assert figure(new, "xor").locator(".explore-controls").count() == 0
    new.watched.errors.clear()  # the browser tells that the request failed


# --- automatic differentiation -------------------------------------------------------------------


def tape_in_the_page(page: Any, site_url: str, name: str, inputs: list[float], waits: bool) -> Any:
    """The values and pulls that the page computes for an expression of its data file."""
    return page.evaluate(
        """async ([address, name, inputs, waits]) => {
            const home = `${window.__md_scope.pathname}assets/js/explore/`
            const {load, row} = await import(`${home}data.js`)
            const {values, sweep, gathered} = await import(`${home}maths/tape.js`)
            const {texts, arrays} = await load(address)
            const nodes = texts[`${name}_names`].map((_, n) => [...row(arrays[`${name}_nodes`], n)])
            const graph = {
                ops: nodes.map(([op]) => texts.operations[op]),
                parents: nodes.map(([, ...parents]) => parents.filter(parent => parent >= 0)),
                constants: arrays[`${name}_constants`].values,
            }
            const v = values(graph, inputs)
            const pulls = sweep(graph, v, waits)
            return {v, pulls, grads: gathered(graph, pulls)}
        }""",
        [f"{site_url}assets/explore/autodiff-sweep.json", name, inputs, waits],
    )


@pytest.mark.parametrize("name", autodiff_figures.EXPRESSIONS)
def test_tape_in_the_page_is_that_of_the_package(name: str, page: Open, site_url: str) -> None:
    new = page(f"{site_url}en/autodiff/")
    rng = np.random.default_rng(1964)
    for a, b in rng.uniform(-2, 2, (5, 2)).tolist():
        order = autodiff_figures.tensors(name, a=a, b=b)
        inputs = [float(node.data) for node in order if not node.edges]
        for waits in (True, False):
            found = tape_in_the_page(new, site_url, name, inputs, waits)
            assert_allclose(found["v"], [node.data for node in order], rtol=1e-12)
            pulls = autodiff_figures.pulls(order, waits=waits)
            assert len(found["pulls"]) == len(pulls)
            for mine, theirs in zip(found["pulls"], pulls, strict=True):
                assert (mine["child"], mine["parent"]) == (theirs.child, theirs.parent)
                numbers = [mine[key] for key in ("grad", "slope", "before", "after")]
                expected = (theirs.grad, theirs.slope, theirs.before, theirs.after)
                assert_allclose(numbers, expected, rtol=1e-10, atol=1e-12)
            if waits:
                order[-1].backward()
                assert_allclose(found["grads"], [node.grad for node in order], rtol=1e-10)


def test_each_pull_is_told_and_the_end_says_whether_it_is_right(page: Open, site_url: str) -> None:
    new = opened(page, site_url, "autodiff")
    slide(new, "autodiff", 0)
    assert told(new, "autodiff") == (
        "All values are known: w = 21. The backward sweep begins with dw = 1."
    )
    lines = {
        1: "Pull 1, from w to p: dp = 0 + 1·1 = 1.",
        3: "Pull 3, from q to x: dx = 0 + 1·4 = 4.",
        4: "Pull 4, from p to x: dx = 4 + 1·3 = 7.",
        5: "Pull 5, from x to a: da = 0 + 7·2 = 14. Done: da = 14. That is right.",
    }
    for step, line in lines.items():
        slide(new, "autodiff", step)
        assert told(new, "autodiff") == line


def test_a_sweep_that_does_not_wait_is_wrong_where_a_node_in_between_is_shared(
    page: Open, site_url: str
) -> None:
    new = opened(page, site_url, "autodiff")
    slide(new, "autodiff", 5)
    right = picture(new, "autodiff")
    fields = figure(new, "autodiff").locator("fieldset")
    fields.nth(1).get_by_label("does not wait", exact=True).check()
    first = figure(new, "autodiff").locator("input[type=range]").first
    assert first.input_value() == "0", "another order begins anew"
    assert first.get_attribute("max") == "6"
    slide(new, "autodiff", 6)
    assert told(new, "autodiff") == (
        "Pull 6, from x to a: da = 6 + 7·2 = 20. "
        "Done: da = 20. That is wrong: it should be da = 14."
    )
    assert picture(new, "autodiff") != right
    fields.nth(0).get_by_label("y = (a + b)b", exact=True).check()
    slide(new, "autodiff", 4)
    assert told(new, "autodiff").endswith("Done: da = −0.5, db = 0.5. That is right.")
    fields.nth(0).get_by_label("x = a + a, y = x + x, z = y + y", exact=True).check()
    assert first.get_attribute("max") == str(autodiff_figures.MOST)
    slide(new, "autodiff", autodiff_figures.MOST)
    assert told(new, "autodiff").endswith("That is wrong: it should be da = 8.")


def test_inputs_change_values_and_gradients(page: Open, site_url: str) -> None:
    new = opened(page, site_url, "autodiff")
    fields = figure(new, "autodiff").locator("fieldset")
    outputs = figure(new, "autodiff").locator("output")
    assert outputs.nth(2).text_content() == "unused"
    fields.nth(0).get_by_label("x = a·a, y = x·x", exact=True).check()
    slide(new, "autodiff", 2, number=1)
    slide(new, "autodiff", 4)
    assert told(new, "autodiff").endswith("Done: da = 32. That is right."), "4 a^3"
    assert outputs.nth(1).text_content() == "2"
    before = picture(new, "autodiff")
    slide(new, "autodiff", -1, number=1)
    assert told(new, "autodiff").endswith("Done: da = −4. That is right.")
    assert picture(new, "autodiff") != before


# --- a line over the four corners -----------------------------------------------------------------


def line_of(found: dict[str, float]) -> tuple[list[float], float]:
    return [found["w1"], found["w2"]], found["b"]


def test_the_function_of_a_line_in_the_page_is_that_of_the_neuron(
    page: Open, site_url: str
) -> None:
    new = page(f"{site_url}en/logic-gates/")
    rng = np.random.default_rng(0)
    lines = [*rng.normal(size=(2000, 3)), *(rng.integers(-8, 9, size=(100, 3)) / 4)]
    given = [{"w1": w1, "w2": w2, "b": b} for w1, w2, b in np.array(lines).tolist()]
    numbers = computed(new, "maths/gates", "given.map(it.functionNumber)", given)
    for line, number in zip(given, numbers, strict=True):
        outputs = neuron(truth_table(2), *line_of(line))
        assert outputs.tolist() == function_outputs(number, 2).tolist()
    assert set(numbers) == set(np.flatnonzero(threshold_functions(2)).tolist())


def test_a_corner_on_the_line_fires_although_tenths_are_not_exact(
    page: Open, site_url: str
) -> None:
    new = page(f"{site_url}en/logic-gates/")
    line = {"w1": 0.1, "w2": 0.7, "b": -0.8}
    assert line["w1"] + line["w2"] + line["b"] < 0, "the rounding that is meant"
    assert computed(new, "maths/gates", "it.answers(given)", line) == [0, 0, 0, 1]


def test_a_line_leaves_the_frame_at_two_of_its_points_or_at_none(page: Open, site_url: str) -> None:
    new = page(f"{site_url}en/logic-gates/")
    lines = np.random.default_rng(1).normal(size=(200, 3))
    lines[:4] = [[1, 0, -0.5], [0, -1, 0.5], [1, 1, -1], [1, -1, 0]]
    given = [{"w1": w1, "w2": w2, "b": b} for w1, w2, b in lines.tolist()]
    met = 0
    found = computed(new, "maths/gates", "given.map(it.ends)", given)
    for line, ends in zip(given, found, strict=True):
        part = gate_figures.half(line["w1"], line["w2"], line["b"])
        whole = [(-0.5, -0.5), (1.5, -0.5), (1.5, 1.5), (-0.5, 1.5)]
        assert (len(ends) == 2) == (bool(part) and part != whole)
        if ends:
            met += 1
            assert_allclose(weighted_sum(ends, *line_of(line)), 0, atol=1e-9)
            assert_allclose(np.abs(np.array(ends) - 0.5).max(axis=1), 1, atol=1e-9)
    assert met > 50


def test_a_dragged_line_goes_through_the_point_and_keeps_its_sides(
    page: Open, site_url: str
) -> None:
    new = page(f"{site_url}en/logic-gates/")
    rng = np.random.default_rng(2)
    for _ in range(40):
        pivot, start, turn = rng.uniform(-0.4, 1.4, 2), rng.uniform(-0.4, 1.4, 2), 0.3
        along = start - pivot
        w = np.array([along[1], -along[0]]) / np.linalg.norm(along)
        old = {"w1": w[0], "w2": w[1], "b": -w @ pivot}
        spin = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
        point = np.clip(pivot + spin @ along, -0.45, 1.45)
        given = [point.tolist(), pivot.tolist(), old]
        line = line_of(computed(new, "maths/gates", "it.through(...given)", given))
        assert_allclose(weighted_sum([point, pivot], *line), 0, atol=1e-12)
        assert np.dot(line[0], w) > 0, "what fired goes on firing"
        assert np.linalg.norm(line[0]) == pytest.approx(1)
        shifted = line_of(computed(new, "maths/gates", "it.shifted(given[0], given[2])", given))
        assert_allclose(weighted_sum([point], *shifted), 0, atol=1e-12)
        assert_allclose(shifted[0], w)


def test_a_line_is_never_given_numbers_beyond_the_sliders(page: Open, site_url: str) -> None:
    new = page(f"{site_url}en/logic-gates/")
    most = {one.name: one.maximum for one in gate_figures.line.controls}
    for w in ([2, 2], [-2, 2], [2, -0.1], [1.9, 1.9]):
        for point in ([9, 9], [1.4, 1.4], [-9, 0], [0.5, -9]):
            old = {"w1": w[0], "w2": w[1], "b": 0}
            for expression in (
                "it.shifted(given[0], given[1])",
                "it.through(given[0], [0, 0.2], given[1])",
            ):
                line = computed(new, "maths/gates", expression, [point, old])
                assert all(abs(line[name]) <= most[name] + 1e-12 for name in most)


def test_the_page_finds_fourteen_functions_and_says_which_two_remain(
    page: Open, site_url: str
) -> None:
    new = opened(page, site_url, "logic-gates")
    expected = "w = (1.00, 1.00), b = −1.50. The corners 00, 01, 10, 11 get 0, 0, 0, 1: AND. "
    assert told(new, "logic-gates") == expected + "Found 1 of the 16 functions."
    swap = figure(new, "logic-gates").get_by_role("button", name="Swap the sides")
    seen = {8}
    slide(new, "logic-gates", 1)
    for number in gate_figures.ORDER[:-1]:
        w1, w2, b = gate_figures.line_of(number)
        seen.add(number)
        for n, value in ((2, -3), (0, w1), (1, w2), (2, b)):
            slide(new, "logic-gates", value, n)
        assert f": {gate_figures.NAMES[number]}. Found " in told(new, "logic-gates")
        swap.click()
        assert f": {gate_figures.NAMES[15 - number]}. Found " in told(new, "logic-gates")
    assert told(new, "logic-gates").endswith(
        "Found 14 of the 16 functions. Those are all the functions that one line can give. "
        "XOR and XNOR are left, and no line will reach them."
    )
    figure(new, "logic-gates").get_by_role("button", name="Start again").click()
    assert told(new, "logic-gates") == expected + "Found 1 of the 16 functions."


def test_the_line_turns_about_its_other_end_and_shifts_by_its_middle(
    page: Open, site_url: str
) -> None:
    new = opened(page, site_url, "logic-gates")
    slide(new, "logic-gates", 1)
    before = picture(new, "logic-gates")
    part = figure(new, "logic-gates")
    middle = part.get_by_role("button", name="middle of the line (0.75, 0.75)", exact=True)
    middle.focus()
    for _ in range(10):
        new.keyboard.press("ArrowLeft")
    assert "b = −1.00. The corners 00, 01, 10, 11 get 0, 1, 1, 1: OR." in told(new, "logic-gates")
    assert picture(new, "logic-gates") != before
    part.get_by_role("button", name="end of the line (1.50, −0.50)", exact=True).wait_for()
    end = part.get_by_role("button", name="end of the line (−0.50, 1.50)", exact=True)
    box, canvas = end.bounding_box(), part.locator("canvas").bounding_box()
    new.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    new.mouse.down()
    new.mouse.move(canvas["x"] + canvas["width"] / 2, canvas["y"] + 12, steps=8)
    new.mouse.up()
    assert told(new, "logic-gates").endswith("0, 0, 0, 1: AND. Found 2 of the 16 functions.")
    part.get_by_role("button", name="end of the line (1.50, −0.50)", exact=True).wait_for()


def test_without_weights_there_is_no_line_to_drag(page: Open, site_url: str) -> None:
    new = opened(page, site_url, "logic-gates")
    slide(new, "logic-gates", 0)
    slide(new, "logic-gates", 0, 1)
    picture(new, "logic-gates")
    assert "get 0, 0, 0, 0: always 0." in told(new, "logic-gates")
    assert figure(new, "logic-gates").locator(".explore-handle:visible").count() == 0


# --- pooling -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("side", "size"), [(12, 2), (12, 3), (12, 4), (7, 2), (5, 5), (4, 1)])
def test_pooling_in_the_page_is_that_of_the_package(
    side: int, size: int, page: Open, site_url: str
) -> None:
    new = page(f"{site_url}en/pooling/")
    x = np.random.default_rng(side).normal(size=(side, side))
    for kind, pool in (("maximum", max_pool2d), ("mean", avg_pool2d)):
        given = [x.ravel().tolist(), side, size, kind]
        found = computed(new, "maths/pooling", "it.pool(...given)", given)
        assert_allclose(found, pool(x[None, None], size).ravel(), rtol=1e-14)
    for down, right in ((0, 0), (1, -2), (-3, 4)):
        given = [x.ravel().tolist(), side, down, right]
        found = computed(new, "maths/pooling", "it.translate(...given)", given)
        assert_allclose(found, translate(x[None, None], down, right).ravel())
        change = computed(new, "maths/pooling", "it.change(...given)", [given[0], found])
        distance = np.linalg.norm(np.ravel(found) - x.ravel())
        assert change == pytest.approx(distance / np.linalg.norm(x))


def pooled(digit: int, window: int, right: int, down: int) -> str:
    """What pooling tells of a moved digit, as the package computes it."""
    before, after = (
        pooling_figures.framed(digit, *by)[None, None] for by in ((0, 0), (down, right))
    )
    same, change = [], [np.linalg.norm(after - before) / np.linalg.norm(before)]
    for pool in (max_pool2d, avg_pool2d):
        a, b = pool(before, window), pool(after, window)
        inked = (a > 0) | (b > 0)
        same.append(f"{np.sum(inked & (a == b))} of {np.sum(inked)}")
        change.append(np.linalg.norm(b - a) / np.linalg.norm(a))
    moves = f"moved right by {right} and down by {down}".replace("-", "−")
    shares = [f"{100 * share:.0f}%" for share in change]
    return (
        f"Digit {digit}, windows of {window} × {window}, {moves}. "
        f"Outputs with ink that are as before the move: {same[0]} of the maxima, "
        f"{same[1]} of the means. Change of the values: "
        f"input {shares[0]}, maxima {shares[1]}, means {shares[2]}."
    )


def test_pooling_tells_what_the_package_counts(page: Open, site_url: str) -> None:
    new = opened(page, site_url, "pooling")
    shown = figure(new, "pooling")
    assert told(new, "pooling") == pooled(3, 2, 0, 0)
    for digit, window, right, down in ((3, 2, 1, 0), (8, 3, -2, 1), (0, 4, 1, 2), (1, 2, 0, -2)):
        shown.get_by_role("combobox").select_option(str(digit))
        shown.locator("fieldset").get_by_label(str(window), exact=True).check()
        slide(new, "pooling", right)
        slide(new, "pooling", down, number=1)
        assert told(new, "pooling") == pooled(digit, window, right, down)


def test_the_digit_of_pooling_moves_by_keyboard_and_by_hand(page: Open, site_url: str) -> None:
    new = opened(page, site_url, "pooling")
    digit = figure(new, "pooling").get_by_role("button", name="digit 3", exact=True)
    slide(new, "pooling", 0)
    digit.wait_for()
    before = picture(new, "pooling")
    digit.focus()
    new.keyboard.press("ArrowRight")
    new.keyboard.press("ArrowUp")
    assert told(new, "pooling") == pooled(3, 2, 1, -1)
    assert picture(new, "pooling") != before
    for _ in range(4):
        new.keyboard.press("ArrowRight")
    assert told(new, "pooling") == pooled(3, 2, 2, -1)
    picture(new, "pooling")
    box = digit.bounding_box()
    cell = box["width"] / 8
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    new.mouse.move(*middle)
    new.mouse.down()
    new.mouse.move(middle[0] - 3 * cell, middle[1] + 2 * cell, steps=6)
    new.mouse.up()
    assert told(new, "pooling") == pooled(3, 2, -1, 1)
    figure(new, "pooling").get_by_role("button", name="Put the digit back", exact=True).click()
    assert told(new, "pooling") == pooled(3, 2, 0, 0)
    assert picture(new, "pooling") == before


# --- the convolutional network --------------------------------------------------------------------


def test_convolutional_network_in_the_page_is_that_of_the_package(
    page: Open, site_url: str
) -> None:
    new = page(f"{site_url}en/cnn/")
    rng = np.random.default_rng(0)
    net, images = digits_net(rng), rng.random((3, 1, 8, 8))
    net.params = [rng.normal(0, 0.5, param.shape) for param in net.params]
    names = ("w1", "b1", "w2", "b2", "w3", "b3")
    given = {
        name: {"shape": param.shape, "values": param.ravel().tolist()}
        for name, param in zip(names, net.params, strict=True)
    }
    shares = softmax(net.forward(images))
    for image, share, *maps in zip(images, shares, *net.feature_maps(images), strict=True):
        argument = [given, image.ravel().tolist(), 8]
        found = computed(new, "maths/cnn", "it.forward(...given)", argument)
        assert_allclose(found["probabilities"], share, rtol=1e-9)
        for mine, theirs in zip((found["first"], found["second"]), maps, strict=True):
            assert_allclose(mine, theirs.reshape(len(theirs), -1), rtol=1e-9, atol=1e-12)


def answered(what: str, image: np.ndarray) -> str:
    """What the trained network tells of an image (8, 8), as the package computes it."""
    net = digits_net(np.random.default_rng(0))
    net.params = [param.astype(float) for param in cnn_figures.shown_net().params]
    shares = softmax(net.forward(image[None, None].astype(float)))[0]
    best, second = np.argsort(-shares)[:2]
    return (
        f"{what}: the network says {best}, with probability {shares[best]:.3f}. "
        f"Next comes {second}, with {shares[second]:.3f}."
    )


def test_the_network_tells_what_the_package_answers(page: Open, site_url: str) -> None:
    new = opened(page, site_url, "cnn")
    for digit, right, down in ((3, 0, 0), (8, 0, 0), (8, 1, -1), (0, -2, 2), (5, 0, 1)):
        figure(new, "cnn").get_by_role("combobox").select_option(str(digit))
        slide(new, "cnn", right)
        slide(new, "cnn", down, number=1)
        image = cnn_figures.shown_digits()[digit]
        moved = translate(image[None, None], down, right)[0, 0]
        what = f"Digit {digit}, moved right by {right} and down by {down}".replace("-", "\u2212")
        assert told(new, "cnn") == answered(what, moved)


def test_a_picture_is_drawn_by_hand_and_by_keyboard(page: Open, site_url: str) -> None:
    new = opened(page, site_url, "cnn")
    shown = figure(new, "cnn")
    shown.get_by_role("button", name="Clear the picture", exact=True).click()
    mine = np.zeros((8, 8))
    assert told(new, "cnn") == answered("Your picture", mine)
    empty = picture(new, "cnn")
    canvas = shown.get_by_role("button", name="picture, row 4, column 4, empty", exact=True)
    canvas.focus()
    new.keyboard.press("Enter")
    new.keyboard.press("ArrowUp")
    new.keyboard.press("ArrowRight")
    new.keyboard.press("Enter")
    mine[3, 3] = mine[2, 4] = 1
    assert told(new, "cnn") == answered("Your picture", mine)
    assert picture(new, "cnn") != empty
    canvas = shown.get_by_role("button", name="picture, row 3, column 5, ink", exact=True)
    canvas.wait_for()
    box = canvas.bounding_box()
    cell = box["width"] / 8

    def place_of(row: int, column: int) -> tuple[float, float]:
        return box["x"] + (column + 0.5) * cell, box["y"] + (row + 0.5) * cell

    new.mouse.click(*place_of(6, 1))
    mine[6, 1] = 1
    assert told(new, "cnn") == answered("Your picture", mine)
    new.mouse.move(*place_of(1, 6))
    new.mouse.down()
    new.mouse.move(*place_of(5, 6), steps=40)
    new.mouse.up()
    mine[1:6, 6] = 1
    assert told(new, "cnn") == answered("Your picture", mine)
    shown.get_by_label("erase", exact=True).check()
    new.mouse.click(*place_of(6, 1))
    mine[6, 1] = 0
    assert told(new, "cnn") == answered("Your picture", mine)
    shown.get_by_role("button", name="Back to the digit", exact=True).click()
    what = "Digit 3, moved right by 0 and down by 0"
    assert told(new, "cnn") == answered(what, cnn_figures.shown_digits()[3])


def test_what_is_drawn_stays_where_it_is_seen(page: Open, site_url: str) -> None:
    new = opened(page, site_url, "cnn")
    slide(new, "cnn", 1)
    moved = translate(cnn_figures.shown_digits()[3][None, None], 0, 1)[0, 0].copy()
    canvas = figure(new, "cnn").locator(".explore-handle")
    canvas.wait_for()
    canvas.press("Enter")  # at row 4, column 4
    moved[3, 3] = 1
    assert told(new, "cnn") == answered("Your picture", moved)
