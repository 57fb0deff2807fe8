"""The computational graph: order, values, local derivatives and the chain rule."""

import itertools
import math
import time

import numpy as np
import pytest

from snippets.computational_graph import (
    OPERATIONS,
    Node,
    backward,
    depths,
    edges,
    forward,
    input_names,
    local_derivatives,
    neuron_graph,
    paths,
    shared_graph,
    topological_order,
)

NEURON = neuron_graph()
GIVEN = {"x": 1.5, "w": -0.8, "b": 0.3, "y": 1.0}


def test_forward_computes_the_formula():
    y_hat = 1 / (1 + math.exp(-(GIVEN["w"] * GIVEN["x"] + GIVEN["b"])))
    values = forward(NEURON, GIVEN)
    assert values["y_hat"] == pytest.approx(y_hat, rel=1e-15)
    assert values["L"] == pytest.approx((1 - y_hat) ** 2, rel=1e-15)
    assert set(values) == {node.name for node in NEURON}


@pytest.mark.parametrize("name", GIVEN)
def test_backward_matches_central_difference(name):
    eps = 1e-6
    plus, minus = (forward(NEURON, GIVEN | {name: GIVEN[name] + e})["L"] for e in (eps, -eps))
    found = backward(NEURON, forward(NEURON, GIVEN), "L")[name]
    assert found == pytest.approx((plus - minus) / (2 * eps), rel=1e-6)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_local_derivatives_match_central_difference(operation):
    inputs = tuple("ab"[: len(OPERATIONS[operation].derivatives)])
    nodes = [*map(Node, inputs), Node("out", operation, inputs)]
    given, eps = dict(zip(inputs, (0.7, -1.2), strict=False)), 1e-6
    local = local_derivatives(nodes, forward(nodes, given))
    for name in inputs:
        plus, minus = (forward(nodes, given | {name: given[name] + e})["out"] for e in (eps, -eps))
        assert local[name, "out"] == pytest.approx((plus - minus) / (2 * eps), rel=1e-6)


def test_a_node_used_twice_adds_both_paths():
    # x = 2a, w = 3x + 4x = 14a: a derivative of 14, not 22 and not 8
    nodes = [
        *map(Node, ("a", "two", "three", "four")),
        Node("x", "multiply", ("two", "a")),
        Node("p", "multiply", ("three", "x")),
        Node("q", "multiply", ("four", "x")),
        Node("w", "add", ("p", "q")),
    ]
    values = forward(nodes, {"a": 5.0, "two": 2.0, "three": 3.0, "four": 4.0})
    assert backward(nodes, values, "w")["a"] == 14


def test_both_inputs_of_one_node_may_be_the_same():
    nodes = [Node("a"), Node("d", "subtract", ("a", "a")), Node("s", "multiply", ("a", "a"))]
    values = forward(nodes, {"a": 3.0})
    assert backward(nodes, values, "d")["a"] == 0
    assert backward(nodes, values, "s")["a"] == 6


def test_topological_order_puts_every_node_after_its_inputs():
    shuffled = NEURON[::-1]
    ordered = topological_order(shuffled)
    assert {node.name for node in ordered} == {node.name for node in NEURON}
    seen = set()
    for node in ordered:
        assert seen.issuperset(node.inputs)
        seen.add(node.name)
    assert forward(shuffled, GIVEN) == forward(NEURON, GIVEN)


def test_nodes_that_are_sorted_already_stay_as_they_are():
    nodes = [Node("x"), Node("y", "square", ("x",)), Node("z"), Node("p", "multiply", ("y", "y"))]
    assert topological_order(nodes) == nodes
    assert topological_order(NEURON) == NEURON


def test_next_is_always_the_first_node_that_is_ready():
    nodes = [Node("y", "square", ("x",)), Node("z"), Node("x"), Node("t", "tanh", ("z",))]
    assert [node.name for node in topological_order(nodes)] == ["z", "x", "y", "t"]


def test_order_takes_time_in_proportion_to_the_nodes():
    chain = [Node("0"), *(Node(str(n), "tanh", (str(n - 1),)) for n in range(1, 20_000))]
    start = time.thread_time()
    assert topological_order(chain[::-1]) == chain
    assert time.thread_time() - start < 5  # a look at all that wait, for each, takes minutes


def test_slope_of_a_tanh_node_keeps_its_digits_far_out():
    nodes = [Node("a"), Node("t", "tanh", ("a",))]
    for a in (30.0, -30.0):
        slope = backward(nodes, forward(nodes, {"a": a}), "t")["a"]
        assert slope == pytest.approx(4 * math.exp(-60), rel=1e-12)
    assert backward(nodes, forward(nodes, {"a": 1e4}), "t")["a"] == 0


def test_nodes_off_the_path_to_the_output_get_zero():
    nodes = [*NEURON, Node("unused", "square", ("w",))]
    assert backward(nodes, forward(nodes, GIVEN), "L")["unused"] == 0


def test_drawing_has_an_edge_for_each_input_and_edges_run_to_the_right():
    columns = depths(NEURON)
    assert len(edges(NEURON)) == sum(len(node.inputs) for node in NEURON)
    assert all(columns[start] < columns[end] for start, end in edges(NEURON))
    assert [columns[name] for name in input_names(NEURON)] == [0, 0, 0, 0]
    assert columns["L"] == 5


def test_the_shared_graph_is_the_network_that_uses_its_weight_twice():
    h = math.tanh(GIVEN["w"] * GIVEN["x"] + GIVEN["b"])
    values = forward(shared_graph(), GIVEN)
    assert values["h"] == pytest.approx(h, rel=1e-15)
    assert values["L"] == pytest.approx((1 - GIVEN["w"] * h) ** 2, rel=1e-15)
    assert input_names(shared_graph()) == input_names(NEURON)


def over_paths(nodes, values, start, end):
    local = local_derivatives(nodes, values)
    return sum(
        math.prod(local[edge] for edge in itertools.pairwise(path))
        for path in paths(nodes, start, end)
    )


@pytest.mark.parametrize("graph", [neuron_graph, shared_graph])
def test_the_sum_over_all_paths_is_what_backward_gives(graph):
    nodes = graph()
    values = forward(nodes, GIVEN)
    for name, derivative in backward(nodes, values, "L").items():
        assert over_paths(nodes, values, name, "L") == pytest.approx(derivative, rel=1e-12)


@pytest.mark.parametrize("seed", range(20))
def test_the_sum_over_all_paths_is_what_backward_gives_in_random_graphs(seed):
    rng = np.random.default_rng(seed)
    nodes = [Node("n0"), Node("n1")]
    for n in range(2, 12):
        operation = str(rng.choice(list(OPERATIONS)))
        count = len(OPERATIONS[operation].derivatives)
        nodes.append(Node(f"n{n}", operation, tuple(f"n{k}" for k in rng.integers(0, n, count))))
    values = forward(nodes, {"n0": 0.4, "n1": -0.3})
    for name, derivative in backward(nodes, values, "n11").items():
        assert over_paths(nodes, values, name, "n11") == pytest.approx(derivative, rel=1e-9)


def test_paths_are_followed_edge_by_edge_and_none_is_listed_twice():
    nodes = [Node("t0")]
    for n in range(6):  # two ways from each stage to the next
        nodes += [
            Node(f"p{n}", "square", (f"t{n}",)),
            Node(f"q{n}", "tanh", (f"t{n}",)),
            Node(f"t{n + 1}", "add", (f"p{n}", f"q{n}")),
        ]
    found = paths(nodes, "t0", "t6")
    assert len(found) == len({tuple(path) for path in found}) == 2**6
    assert all(pair in edges(nodes) for path in found for pair in itertools.pairwise(path))
    assert paths(nodes, "t0", "t0") == [["t0"]]
    assert paths(nodes, "t6", "t0") == []
    assert paths([Node("a"), Node("s", "multiply", ("a", "a"))], "a", "s") == [["a", "s"]]


def test_sigmoid_node_does_not_overflow():
    nodes = [Node("a"), Node("s", "sigmoid", ("a",))]
    for a, s in ((1e4, 1), (-1e4, 0)):
        values = forward(nodes, {"a": a})
        assert values["s"] == s
        assert backward(nodes, values, "s")["a"] == 0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: forward(NEURON, {"x": 1.0}), r"forward: values must name the inputs x, w, b, y"),
        (lambda: topological_order([Node("a"), Node("a")]), r"own names, got two a"),
        (lambda: topological_order([Node("a", "cube")]), r"operation must be one of .*'cube'"),
        (
            lambda: topological_order([Node("a", "square", ("b",))]),
            r"nodes\[0\].inputs must be one of",
        ),
        (
            lambda: topological_order([Node("a", "square")]),
            r"nodes\[0\] \(square\) must have 1 inputs",
        ),
        (
            lambda: topological_order([Node("a", "square", ("b",)), Node("b", "square", ("a",))]),
            r"must have no cycle, got one among a, b",
        ),
        (lambda: backward(NEURON, forward(NEURON, GIVEN), "M"), r"output must be one of"),
        (lambda: paths(NEURON, "M", "L"), r"paths: start must be one of"),
        (lambda: paths(NEURON, "x", "M"), r"paths: end must be one of"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
