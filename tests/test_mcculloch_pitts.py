"""McCulloch-Pitts neurons: the rule, and every truth table by two layers."""

import numpy as np
import pytest

from snippets.logic_gates import GATES, function_outputs, truth_table
from snippets.mcculloch_pitts import mcp_neuron, run, two_layers

CORNERS = truth_table(2)


@pytest.mark.parametrize(
    ("name", "signs", "threshold"),
    [("AND", [1, 1], 2), ("OR", [1, 1], 1), ("NOR", [-1, -1], 0)],
)
def test_single_neurons_are_gates(name, signs, threshold):
    assert mcp_neuron(CORNERS, signs, threshold).tolist() == list(GATES[name])


def test_one_inhibitory_input_silences_whatever_the_others_say():
    x = np.array([[1, 1, 1, 0], [1, 1, 1, 1]])
    assert mcp_neuron(x, [1, 1, 1, -1], threshold=1).tolist() == [1, 0]


def test_an_unconnected_input_does_not_matter():
    assert mcp_neuron(CORNERS, [1, 0], threshold=1).tolist() == [0, 0, 1, 1]


@pytest.mark.parametrize("n", [1, 2, 3])
def test_two_layers_compute_every_boolean_function(n):
    """All 4, 16 and 256 functions of one, two and three inputs."""
    x, functions = truth_table(n), 2 ** (2**n)
    computed = 0
    for k in range(functions):
        outputs = function_outputs(k, n)
        network = two_layers(outputs)
        np.testing.assert_array_equal(run(network, x), outputs)
        assert network.signs.shape == (n, outputs.sum())
        computed += 1
    assert computed == functions


def test_dtype_and_arguments_are_kept():
    x = CORNERS.astype(np.float32)[::-1]
    x.flags.writeable = False
    assert mcp_neuron(x, [1, 1], 1).dtype == np.float32
    assert run(two_layers([0, 1, 1, 0]), x).dtype == np.float32


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: mcp_neuron([[0.5]], [1], 1), ValueError, r"mcp_neuron: x must be one of 0, 1"),
        (lambda: mcp_neuron([[1]], [2], 1), ValueError, r"signs must be one of -1, 0, 1, got 2"),
        (lambda: mcp_neuron([[1]], [1], 0.5), TypeError, r"threshold must be an integer"),
        (lambda: two_layers([0, 1, 1]), ValueError, r"outputs must be 2, 4, 8 ... long, got 3"),
        (lambda: run(two_layers([0, 1]), [[0, 1]]), ValueError, r"run: x must have shape"),
    ],
)
def test_bad_input_is_named(call, error, message):
    with pytest.raises(error, match=message):
        call()
