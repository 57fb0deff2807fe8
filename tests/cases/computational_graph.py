"""Cases for `snippets.computational_graph`."""

from snippets.computational_graph import Node, forward, neuron_graph
from tests.cases import bad, cases, good

NODES = neuron_graph()
GIVEN = {"x": 2.0, "w": 1.0, "b": -2.0, "y": 1.0}
VALUES = forward(NODES, GIVEN)
CYCLE = [Node("a", "square", ("b",)), Node("b", "square", ("a",))]
OF_NODES = cases(good(NODES), bad("nodes", CYCLE, said_by="topological_order"))


def sorted_names(f, *args):
    return [node.name for node in f(*args)] and len(f(*args))


CASES = {
    "topological_order": cases(good(NODES, run=sorted_names), bad("nodes", CYCLE)),
    "forward": cases(
        good(NODES, GIVEN), bad("values", NODES, {"x": 1.0}), bad("x", NODES, GIVEN | {"x": "two"})
    ),
    "backward": cases(good(NODES, VALUES, "L"), bad("output", NODES, VALUES, "M")),
    "depths": OF_NODES,
    "edges": cases(good(NODES), bad("nodes", None), bad("nodes[0]", ["x"])),
    "input_names": cases(good(NODES), bad("nodes", None), bad("nodes[0]", ["x"])),
    "local_derivatives": cases(
        good(NODES, VALUES), bad("nodes", CYCLE, VALUES, said_by="topological_order")
    ),
    "neuron_graph": cases(good()),
    "paths": cases(
        good(NODES, "w", "L"), bad("start", NODES, "M", "L"), bad("end", NODES, "w", "M")
    ),
    "shared_graph": cases(good()),
}
