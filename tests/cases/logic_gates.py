"""Cases for `snippets.logic_gates`."""

from tests.cases import array, bad, cases, good

X = array(0, 0, 0, 1, 1, 0, 1, 1).reshape(4, 2)
OF_INPUTS = cases(good(2), bad("inputs", 0), bad("inputs", 5))

CASES = {
    "contradiction": cases(
        good(array(0, 1, 1, 0)),
        bad("outputs", array(0, 1, 2, 0)),
        bad("outputs", array(0, 1, 1)),
    ),
    "count_threshold_functions": cases(
        good(2),
        bad("inputs", 5),
    ),
    "function_outputs": cases(good(6, 2), bad("number", 16, 2), bad("inputs", 1, 0)),
    "gate": cases(good("NAND", X), bad("name", "MAYBE", X), bad("x", "AND", X[0])),
    "most_regions": cases(good(4, 3), bad("hyperplanes", 0, 3), bad("dimensions", 4, 0)),
    "summable_functions": OF_INPUTS,
    "threshold_functions": OF_INPUTS,
    "truth_table": cases(good(3), bad("inputs", 0)),
}
