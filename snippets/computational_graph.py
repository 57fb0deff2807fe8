"""The computational graph: a formula drawn as small steps.

Write L = (y - sigmoid(w x + b))^2 as one operation a node, with an edge from each value to the
operation that uses it.  Then

* the **forward pass** visits the nodes in topological order, each after all its inputs;
* each edge has a **local derivative**, which needs nothing but the inputs of its operation;
* the **chain rule** multiplies along a path and adds over all paths, and `backward` does so once
  for each edge, from the result back to the inputs.

A node that is used twice has two paths, and both count.

Raises, in every function: ValueError for a graph that is none (a name twice, a cycle, an unknown
input) or values that do not fit it, TypeError for anything but nodes and numbers.
"""

from __future__ import annotations

import math
import operator
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from heapq import heappop, heappush
from typing import NamedTuple

from snippets import _checks as check

__all__ = [
    "OPERATIONS",
    "Node",
    "Operation",
    "backward",
    "depths",
    "edges",
    "forward",
    "input_names",
    "local_derivatives",
    "neuron_graph",
    "paths",
    "shared_graph",
    "topological_order",
]


class Node(NamedTuple):
    """One step of the formula: name = operation(inputs).  Operation "input" starts a path."""

    name: str
    operation: str = "input"
    inputs: tuple[str, ...] = ()


class Operation(NamedTuple):
    """A small step f and, for each of its inputs, the derivative of f: both take the inputs."""

    f: Callable[..., float]
    derivatives: tuple[Callable[..., float], ...]


def _sigmoid(a: float) -> float:
    # 1 / (1 + exp(-a)), with an exponent that is never positive
    e = math.exp(-abs(a))
    return (1 if a >= 0 else e) / (1 + e)


def _first(a: float, b: float) -> float:
    return a


def _second(a: float, b: float) -> float:
    return b


def _one(*_: float) -> float:
    return 1.0


def _minus_one(*_: float) -> float:
    return -1.0


def _square(a: float) -> float:
    return a * a


def _double(a: float) -> float:
    return 2 * a


def _sigmoid_slope(a: float) -> float:
    return _sigmoid(a) * _sigmoid(-a)


def _tanh_slope(a: float) -> float:
    # 1 - tanh(a)^2 = 1 / cosh(a)^2, with an exponent that is never positive
    e = math.exp(-abs(a))
    return (2 * e / (1 + e * e)) ** 2


OPERATIONS = {
    "add": Operation(operator.add, (_one, _one)),
    "subtract": Operation(operator.sub, (_one, _minus_one)),
    "multiply": Operation(operator.mul, (_second, _first)),
    "square": Operation(_square, (_double,)),
    "sigmoid": Operation(_sigmoid, (_sigmoid_slope,)),
    "tanh": Operation(math.tanh, (_tanh_slope,)),
}
"""What a node can do, with the local derivative for each of its inputs."""


def neuron_graph() -> list[Node]:
    """Squared error of one neuron: L = (y - sigmoid(w x + b))^2, one operation a node.

    >>> [node.name for node in neuron_graph()]
    ['x', 'w', 'b', 'y', 'wx', 'z', 'y_hat', 'error', 'L']
    """
    return [
        *(Node(name) for name in ("x", "w", "b", "y")),
        Node("wx", "multiply", ("w", "x")),
        Node("z", "add", ("wx", "b")),
        Node("y_hat", "sigmoid", ("z",)),
        Node("error", "subtract", ("y", "y_hat")),
        Node("L", "square", ("error",)),
    ]


def shared_graph() -> list[Node]:
    """Squared error of a network that uses one weight twice: L = (y - w tanh(w x + b))^2.

    >>> [node.name for node in shared_graph() if "w" in node.inputs]
    ['wx', 'y_hat']
    """
    return [
        *(Node(name) for name in ("x", "w", "b", "y")),
        Node("wx", "multiply", ("w", "x")),
        Node("z", "add", ("wx", "b")),
        Node("h", "tanh", ("z",)),
        Node("y_hat", "multiply", ("w", "h")),
        Node("error", "subtract", ("y", "y_hat")),
        Node("L", "square", ("error",)),
    ]


def topological_order(nodes: Sequence[Node]) -> list[Node]:
    """Sort the nodes so that each comes after its inputs: next is always the first that is ready.

    So nodes that are sorted already stay as they are.
    Raises ValueError for a name used twice, an unknown input or operation, or a cycle.
    Source: Kahn (1962).

    >>> nodes = [Node("y", "square", ("x",)), Node("x")]
    >>> [node.name for node in topological_order(nodes)]
    ['x', 'y']
    """
    nodes = _listed("topological_order", nodes)
    _check_nodes(nodes)
    users: dict[str, list[int]] = {node.name: [] for node in nodes}
    for place, node in enumerate(nodes):
        for name in node.inputs:
            users[name].append(place)
    missing = [len(node.inputs) for node in nodes]
    ready = [place for place, count in enumerate(missing) if count == 0]  # a heap: first on top
    ordered: list[Node] = []
    while ready:
        ordered.append(nodes[heappop(ready)])
        for place in users[ordered[-1].name]:
            missing[place] -= 1
            if missing[place] == 0:
                heappush(ready, place)
    if len(ordered) < len(nodes):
        names = ", ".join(node.name for node, count in zip(nodes, missing, strict=True) if count)
        raise ValueError(f"topological_order: nodes must have no cycle, got one among {names}")
    return ordered


def input_names(nodes: Sequence[Node]) -> list[str]:
    """Names of the nodes whose values have to be given.

    >>> input_names(neuron_graph())
    ['x', 'w', 'b', 'y']
    """
    return [node.name for node in _listed("input_names", nodes) if node.operation == "input"]


def forward(nodes: Sequence[Node], values: Mapping[str, float]) -> dict[str, float]:
    """Compute every node from the given inputs, in topological order.

    Raises ValueError unless `values` names exactly the inputs.

    >>> values = forward(neuron_graph(), {"x": 2.0, "w": 1.0, "b": -2.0, "y": 1.0})
    >>> values["z"], values["y_hat"], values["L"]
    (0.0, 0.5, 0.25)
    """
    names = input_names(nodes)
    values = check.instance("forward", "values", values, Mapping)
    if set(values) != set(names):
        raise ValueError(
            f"forward: values must name the inputs {', '.join(names)}; "
            f"got {', '.join(map(str, values)) or 'none'}"
        )
    known = {
        name: check.real("forward", f"values[{name!r}]", value) for name, value in values.items()
    }
    for node in topological_order(nodes):
        if node.operation != "input":
            known[node.name] = OPERATIONS[node.operation].f(*(known[name] for name in node.inputs))
    return known


def edges(nodes: Sequence[Node]) -> list[tuple[str, str]]:
    """List the edges (from, to) for drawing; an input used twice by one node is listed twice.

    >>> edges([Node("x"), Node("y", "multiply", ("x", "x"))])
    [('x', 'y'), ('x', 'y')]
    """
    return [(name, node.name) for node in _listed("edges", nodes) for name in node.inputs]


def depths(nodes: Sequence[Node]) -> dict[str, int]:
    """Column of each node in a drawing: 0 for inputs, else one more than its deepest input.

    >>> depths(neuron_graph())["L"]
    5
    """
    columns: dict[str, int] = {}
    for node in topological_order(nodes):
        columns[node.name] = 1 + max((columns[name] for name in node.inputs), default=-1)
    return columns


def local_derivatives(
    nodes: Sequence[Node], values: Mapping[str, float]
) -> dict[tuple[str, str], float]:
    """Derivative along each edge (from, to): how much `to` moves when `from` does, all else fixed.

    values: of every node, from `forward`.  An input used twice by one node has both parts added.

    >>> nodes = [Node("x"), Node("y", "multiply", ("x", "x"))]
    >>> local_derivatives(nodes, forward(nodes, {"x": 3.0}))
    {('x', 'y'): 6.0}
    """
    found: dict[tuple[str, str], float] = {}
    ordered = topological_order(nodes)
    known = _known(ordered, values)
    for node in ordered:
        if node.operation != "input":
            arguments = [known[name] for name in node.inputs]
            derivatives = OPERATIONS[node.operation].derivatives
            for name, derivative in zip(node.inputs, derivatives, strict=True):
                edge = (name, node.name)
                found[edge] = found.get(edge, 0.0) + derivative(*arguments)
    return found


def paths(nodes: Sequence[Node], start: str, end: str) -> list[list[str]]:
    """List the paths from `start` to `end`, each as the names of its nodes.

    An input used twice by one node is one edge, as in `local_derivatives`.  The number of paths may
    grow exponentially with that of the nodes; `backward` does without the list.

    >>> paths(shared_graph(), "w", "L")
    [['w', 'y_hat', 'error', 'L'], ['w', 'wx', 'z', 'h', 'y_hat', 'error', 'L']]
    """
    nodes = topological_order(nodes)
    for argument, name in (("start", start), ("end", end)):
        check.choice("paths", argument, name, [node.name for node in nodes])
    arriving: dict[str, list[list[str]]] = {}
    for node in nodes:
        longer = [
            [*path, node.name] for name in dict.fromkeys(node.inputs) for path in arriving[name]
        ]
        arriving[node.name] = [[start]] if node.name == start else longer
    return arriving[end]


def backward(nodes: Sequence[Node], values: Mapping[str, float], output: str) -> dict[str, float]:
    """Derivative of the output with respect to every node: multiply along paths, add over paths.

    values: of every node, from `forward`.  In reverse topological order a node's derivative is
    complete before it is passed on.

    >>> nodes = [Node("a"), Node("x", "add", ("a", "a")), Node("y", "multiply", ("x", "a"))]
    >>> backward(nodes, forward(nodes, {"a": 3.0}), output="y")  # y = 2 a^2
    {'a': 12.0, 'x': 3.0, 'y': 1.0}
    """
    nodes = topological_order(nodes)
    check.choice("backward", "output", output, [node.name for node in nodes])
    local = local_derivatives(nodes, values)
    total = {node.name: 0.0 for node in nodes}
    total[output] = 1.0
    for node in reversed(nodes):
        # dL/dname += dL/dnode * dnode/dname, once for each edge
        for name in set(node.inputs):
            total[name] += total[node.name] * local[name, node.name]
    return total


def _listed(where: str, nodes: Sequence[Node]) -> list[Node]:
    """Return the nodes as a list if they are nodes, with names and inputs that are text."""
    listed: list[Node] = check.sequence(where, "nodes", nodes)
    for i, node in enumerate(listed):
        check.instance(where, f"nodes[{i}]", node, Node)
        check.instance(where, f"nodes[{i}].name", node.name, str)
        for name in check.sequence(where, f"nodes[{i}].inputs", node.inputs):
            check.instance(where, f"nodes[{i}].inputs", name, str)
    return listed


def _known(nodes: Sequence[Node], values: Mapping[str, float]) -> dict[str, float]:
    """Return the value of every node, as `forward` gave it."""
    where, values = (
        "local_derivatives",
        check.instance("local_derivatives", "values", values, Mapping),
    )
    for node in nodes:
        if node.name not in values:
            raise ValueError(f"{where}: values must name every node, got none for {node.name}")
    return {
        node.name: check.real(where, f"values[{node.name!r}]", values[node.name]) for node in nodes
    }


def _check_nodes(nodes: Sequence[Node]) -> None:
    uses = Counter(node.name for node in nodes)
    for i, node in enumerate(nodes):
        operation = node.operation
        if uses[node.name] > 1:
            raise ValueError(f"topological_order: nodes must have own names, got two {node.name}")
        check.choice(
            "topological_order", f"nodes[{i}].operation", operation, ["input", *OPERATIONS]
        )
        for name in node.inputs:
            if name not in uses:
                check.choice("topological_order", f"nodes[{i}].inputs", name, list(uses))
        wanted = 0 if operation == "input" else len(OPERATIONS[operation].derivatives)
        if len(node.inputs) != wanted:
            raise ValueError(
                f"topological_order: nodes[{i}] ({operation}) must have {wanted} inputs, "
                f"got {len(node.inputs)}"
            )
