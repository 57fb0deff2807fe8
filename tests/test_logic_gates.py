"""Logic gates and exact counts of threshold functions."""

import numpy as np
import pytest

from snippets import logic_gates as lg
from snippets.xor import is_linearly_separable


@pytest.mark.parametrize("name", lg.GATE_WEIGHTS)
def test_one_neuron_computes_the_gate(name):
    assert lg.gate(name, lg.truth_table(2)).tolist() == list(lg.GATES[name])


def test_gates_are_what_python_says_they_are():
    for k, (a, b) in enumerate(lg.truth_table(2).astype(bool).tolist()):
        expected = {"AND": a and b, "OR": a or b, "XOR": a != b}
        for name, inverse in [("AND", "NAND"), ("OR", "NOR"), ("XOR", "XNOR")]:
            assert lg.GATES[name][k] == expected[name] != lg.GATES[inverse][k]


def test_truth_table_counts_in_binary():
    table = lg.truth_table(3)
    np.testing.assert_array_equal(table @ [4, 2, 1], np.arange(8))


@pytest.mark.parametrize(("n", "count"), [(1, 4), (2, 14), (3, 104), (4, 1882)])
def test_counts_are_exact_each_function_is_either_found_or_refuted(n, count):
    found, refuted = lg.threshold_functions(n), lg.summable_functions(n)
    assert len(found) == 2 ** (2**n)
    np.testing.assert_array_equal(found, ~refuted)
    assert lg.count_threshold_functions(n) == count


def test_the_two_functions_of_two_inputs_without_weights_are_xor_and_xnor():
    missing = np.flatnonzero(~lg.threshold_functions(2))
    outputs = {tuple(lg.function_outputs(int(k), 2).tolist()) for k in missing}
    assert outputs == {lg.GATES["XOR"], lg.GATES["XNOR"]}


def test_counts_do_not_depend_on_the_proof_by_cycling():
    """The perceptron's certificate decides the 256 functions of three inputs the same way."""
    found = lg.threshold_functions(3)
    x = lg.truth_table(3)
    for k in range(256):
        assert is_linearly_separable(x, lg.function_outputs(k, 3)) == found[k]


def test_negating_a_threshold_function_gives_a_threshold_function():
    found = lg.threshold_functions(4)
    np.testing.assert_array_equal(found, found[::-1])


@pytest.mark.parametrize("n", [1, 2, 3])
def test_a_function_has_weights_or_a_contradiction(n):
    for k, found in enumerate(lg.threshold_functions(n)):
        assert (lg.contradiction(lg.function_outputs(k, n)) is None) == found


def test_a_contradiction_is_two_ones_and_two_zeros_with_one_sum():
    corners = lg.truth_table(4)
    rng = np.random.default_rng(0)
    for k in rng.choice(np.flatnonzero(lg.summable_functions(4)), 50, replace=False):
        outputs = lg.function_outputs(int(k), 4)
        rows = lg.contradiction(outputs)
        assert rows is not None
        a, b, c, d = rows
        np.testing.assert_array_equal(a + b, c + d)
        values = [outputs[np.all(corners == row, axis=1)].item() for row in rows]
        assert values == [1, 1, 0, 0]


def test_each_hyperplane_adds_at_most_as_many_regions_as_the_others_leave_on_it():
    for d in range(1, 6):
        assert lg.most_regions(1, d) == 2
        for n in range(1, 12):
            on_it = lg.most_regions(n, d - 1) if d > 1 else 0
            assert lg.most_regions(n + 1, d) == lg.most_regions(n, d) + on_it


def test_random_hyperplanes_reach_the_most_regions_and_no_more():
    rng = np.random.default_rng(0)
    normals, points = rng.normal(size=(5, 3)), rng.normal(size=(100_000, 3))
    sides = (points @ normals.T > 0) @ (1 << np.arange(5))
    assert len(np.unique(sides)) == lg.most_regions(5, 3)


def test_the_bound_holds_and_is_exact_for_one_and_two_inputs():
    pairs = [(lg.count_threshold_functions(n), lg.most_regions(2**n, n + 1)) for n in (1, 2, 3, 4)]
    assert all(count <= bound for count, bound in pairs)
    assert [count == bound for count, bound in pairs] == [True, True, False, False]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: lg.threshold_functions(5), ValueError, r"inputs must be at most 4, got 5"),
        (lambda: lg.truth_table(0), ValueError, r"truth_table: inputs must be an integer >= 1"),
        (lambda: lg.gate("XOR", [[0, 1]]), ValueError, r"gate: name must be one of"),
        (lambda: lg.gate("AND", [0, 1]), ValueError, r"gate: x must have shape \(N, 2\)"),
        (lambda: lg.contradiction([0, 1, 1]), ValueError, r"must be 2, 4, 8, ... numbers, got 3"),
        (lambda: lg.contradiction([0, 2]), ValueError, r"outputs must be 0 or 1, got 2.0"),
        (lambda: lg.most_regions(0, 2), ValueError, r"hyperplanes must be an integer >= 1"),
        (lambda: lg.function_outputs(16, 2), ValueError, r"number must be below 2\^4, got 16"),
        (lambda: lg.function_outputs(1 << 99_999, 3), ValueError, r"below 2\^8, got one of 100000"),
        (lambda: lg.function_outputs(0, 17), ValueError, r"inputs must be at most 16, got 17"),
        (lambda: lg.truth_table(64), ValueError, r"truth_table: inputs must be at most 16, got 64"),
    ],
)
def test_bad_input_is_named(call, error, message):
    with pytest.raises(error, match=message):
        call()
