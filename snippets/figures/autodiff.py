"""Figures of reverse-mode automatic differentiation: the tape, its order, and what it costs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from snippets._checks import Floats
from snippets.autodiff import Tensor, operation_counts, topological_order
from snippets.figures._explore import Choice, Data, Slider, explorable
from snippets.figures._style import (
    BLUE,
    GREY,
    INK,
    LINES,
    ORANGE,
    PAPER,
    SMALL,
    WIDTH,
    Labels,
    Place,
    arrow,
    box,
    canvas,
    guides,
    note,
    number,
    panels,
)

LABELS = {
    "forward": "순방향",
    "backward": "역방향",
    "it waits": "기다림",
    "it does not wait": "기다리지 않음",
    "number of inputs": "입력의 수",
    "steps for a gradient": "기울기 하나에 드는 단계",
    "reverse mode": "역방향 모드",
    "forward mode": "순방향 모드",
    "central difference": "중앙 차분",
}


class Pulled(NamedTuple):
    """One pull: the node `child` adds `grad` times `slope` to what `parent` has gathered."""

    child: int
    parent: int
    grad: float
    slope: float
    before: float

    @property
    def after(self) -> float:
        """What the parent has gathered then."""
        return self.before + self.grad * self.slope


@dataclass(frozen=True)
class Expression:
    """A small calculation, how to write its nodes, and where to draw them (inches)."""

    run: Callable[[Any, Any], Tensor]
    nodes: Sequence[str]
    places: Sequence[Place]


EXPRESSIONS = {
    "shared": Expression(
        lambda a, b: (lambda x: 3 * x + 4 * x)(2 * a),
        ("a", "x = 2·a", "p = 3·x", "q = 4·x", "w = p + q"),
        ((2.3, 4.05), (2.3, 3.15), (1.2, 2.25), (3.4, 2.25), (2.3, 1.35)),
    ),
    "product": Expression(
        lambda a, b: (a + b) * b,
        ("a", "b", "s = a + b", "y = s·b"),
        ((1.2, 4.05), (3.4, 4.05), (1.5, 2.7), (2.6, 1.35)),
    ),
    "unit": Expression(
        lambda a, b: (a * b + a).tanh(),
        ("a", "b", "p = a·b", "s = p + a", "y = tanh(s)"),
        ((1.1, 4.08), (3.5, 4.08), (2.7, 3.0), (1.5, 2.13), (1.5, 1.27)),
    ),
    "squares": Expression(
        lambda a, b: (lambda x: x * x)(a * a),
        ("a", "x = a·a", "y = x·x"),
        ((2.3, 4.05), (2.3, 2.7), (2.3, 1.35)),
    ),
    "doubles": Expression(
        lambda a, b: (lambda x: (lambda y: y + y)(x + x))(a + a),
        ("a", "x = a + a", "y = x + x", "z = y + y"),
        ((2.3, 4.05), (2.3, 3.15), (2.3, 2.25), (2.3, 1.35)),
    ),
}
"""What the reader can choose in `sweep`; a name stands before the equals sign of its node."""
OPERATIONS = ("", "+", "*", "times", "tanh")
"""What a node may be; "times" is a product with a constant."""
INPUTS = {"a": 1.5, "b": -0.5}
MOST = 14
"""The most pulls of any expression: those of `doubles` without waiting."""
HEIGHT = 4.5
BOX = 1.42, 0.54
LINE = 0.66
BESIDE = 0.22
"""How far beside an upright arrow its slope is written."""


def tensors(name: str, **inputs: float) -> list[Tensor]:
    """Compute an expression with the tape; return its nodes, parents before children."""
    values = INPUTS | inputs
    return topological_order(EXPRESSIONS[name].run(Tensor(values["a"]), Tensor(values["b"])))


def pulls(order: Sequence[Tensor], *, waits: bool = True) -> list[Pulled]:
    """List the pulls of a backward sweep, in order.

    waits: a node's turn comes when all nodes that use it have had theirs, as in `backward`.
    Otherwise each pull goes on at once, by recursion, with whatever has been gathered so far.
    """
    place = {node: n for n, node in enumerate(order)}
    grads = [0.0] * len(order)
    grads[-1] = 1.0
    made: list[Pulled] = []

    def visit(node: Tensor) -> None:
        child = place[node]
        for parent, pull in node.edges:
            at = place[parent]
            slope = float(pull(np.ones(())))  # a pull is linear: the slope is what it makes of 1
            made.append(Pulled(child, at, grads[child], slope, grads[at]))
            grads[at] = made[-1].after
            if not waits:
                visit(parent)

    for node in reversed(order) if waits else (order[-1],):
        visit(node)
    return made


def gathered(made: Sequence[Pulled], node: int) -> float:
    """Return the gradient of a node after these pulls; the output begins with 1."""
    return next((one.after for one in reversed(made) if one.parent == node), 1.0)


def tape(label: Labels) -> Figure:
    """Write the tape of (a + b) b: down the values, in order; up the gradients, pull by pull."""
    order = tensors("product", a=2.0, b=3.0)
    made = pulls(order)
    names = EXPRESSIONS["product"].nodes
    figure, axes = canvas(3.3)
    top, row, left, middle = 2.5, 0.66, 0.32, 2.3
    for n, (node, text) in enumerate(zip(order, names, strict=True)):
        y = top - n * row
        axes.text(left, y, f"{text} = {number(float(node.data))}", color=BLUE, va="center")
        came = [one for one in made if one.parent == n]
        terms = [f"d{_name(names[one.child])}·{number(one.slope)}" for one in came]
        line = f"d{_name(text)} = {' + '.join(terms) or number(gathered(made, n))}"
        axes.text(middle, y + (0.12 if came else 0), line, color=ORANGE, va="center")
        if came:
            line = f"= {_sum(made, n)}"
            axes.text(middle + 0.22, y - 0.13, line, color=ORANGE, va="center")
    bottom = top - (len(order) - 1) * row
    arrow(axes, (left - 0.15, top + 0.15), (left - 0.15, bottom - 0.2), BLUE, shrink=0)
    arrow(axes, (middle - 0.15, bottom - 0.2), (middle - 0.15, top + 0.2), ORANGE, shrink=0)
    axes.text(left, 3.02, label("forward"), color=BLUE, weight="bold", va="center")
    axes.text(middle, 3.02, label("backward"), color=ORANGE, weight="bold", va="center")
    return figure


def orders(label: Labels) -> Figure:
    """Draw x = 2a, w = 3x + 4x twice: a sweep that waits for both uses of x, one that does not."""
    figure, axes = canvas(3.9)
    order = tensors("shared")
    names = EXPRESSIONS["shared"].nodes
    for waits, left in ((True, 0.0), (False, WIDTH / 2)):
        places = [(left + x, y) for x, y in ((1.15, 0.4), (1.15, 1.35), (0.6, 2.3), (1.7, 2.3))]
        places.append((left + 1.15, 3.25))
        made = pulls(order, waits=waits)
        title = label("it waits") if waits else label("it does not wait")
        axes.text(left + 1.15, 3.72, title, ha="center", va="center", weight="bold")
        for n, place in enumerate(places):
            wrong = not waits and n == 0
            box(axes, *place, f"d{_name(names[n])} = {_sum(made, n)}", ORANGE if wrong else INK)
        for child, parent, slope in dict.fromkeys(
            (one.child, one.parent, one.slope) for one in made
        ):
            start, end = places[child], places[parent]
            arrow(axes, start, end, ORANGE, shrink=15)
            x, y = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
            side = 0.2 if end[0] + start[0] >= 2 * (left + 1.15) else -0.2
            axes.text(x + side, y, f"·{number(slope)}", ha="center", va="center", fontsize=SMALL)
    axes.plot((WIDTH / 2, WIDTH / 2), (0.15, 3.8), color=GREY, lw=0.8)
    return figure


SIZES = (1, 3, 10, 30, 100, 300, 1000)


def chained(x: Sequence[Any]) -> Any:
    """Return tanh(x_1 x_2) + tanh(x_2 x_3) + ... + x_1^2: a function of any number of inputs."""
    total = x[0] * x[0]
    for one, two in pairwise(x):
        total = total + (one * two).tanh()
    return total


@cache
def costs() -> Floats:
    """Return the steps (3, len(SIZES)) for one gradient of `chained`, in three ways.

    A step is an operation of the function, or a pull.  Reverse mode runs the function once and
    sweeps once; forward mode runs it once per input; the central difference twice per input.
    """
    found = np.empty((3, len(SIZES)))
    for n, size in enumerate(SIZES):
        operations, pulled = operation_counts(chained([Tensor(v) for v in np.linspace(0, 1, size)]))
        found[:, n] = operations + pulled, size * operations, 2 * size * operations
    return found


def cost(label: Labels) -> Figure:
    """Plot the steps for one gradient against the number of inputs, in three ways."""
    figure, (axes,) = panels(height=3.5, left=1.05, right=0.3)
    names = ("reverse mode", "forward mode", "central difference")
    places = ((150, 90), (430, 2.5e4), (6, 2.2e4))
    marks = ("o", "s", "D")
    for (color, style), row, name, place, mark in zip(
        LINES, costs(), names, places, marks, strict=False
    ):
        axes.plot(SIZES, row, marker=mark, ms=6, color=color, ls=style)
        note(axes, *place, label(name), color)
    axes.set(xscale="log", yscale="log", xlim=(0.8, 1250), ylim=(0.7, 2e7))
    guides(axes, y=(1, 1e3, 1e6))
    axes.set_xticks((1, 10, 100, 1000), ("1", "10", "100", "1,000"))
    axes.set_yticks((1, 1e3, 1e6), ("1", "1,000", "1,000,000"))
    axes.minorticks_off()
    axes.set(xlabel=label("number of inputs"), ylabel=label("steps for a gradient"))
    return figure


def graphs() -> Data:
    """Return every expression as it stands on the tape, for the page to compute anew.

    NAME_nodes (n, 3): the operation, and up to two parents (-1: none); NAME_constants (n,): the
    factor of "times"; NAME_places (n, 2): inches.  The texts NAME_names say how to write the nodes.
    """
    data: dict[str, Any] = {"operations": OPERATIONS, "expressions": list(EXPRESSIONS)}
    for name, expression in EXPRESSIONS.items():
        order = tensors(name)
        place = {node: n for n, node in enumerate(order)}
        nodes = np.full((len(order), 3), -1, dtype=np.int16)
        constants = np.zeros(len(order))
        for n, node in enumerate(order):
            times = node.op == "*" and len(node.edges) == 1
            nodes[n, 0] = OPERATIONS.index("times" if times else node.op)
            nodes[n, 1 : 1 + len(node.edges)] = [place[parent] for parent in node.parents]
            if times:
                constants[n] = float(node.edges[0][1](np.ones(())))
        data[f"{name}_names"] = list(expression.nodes)
        data[f"{name}_nodes"] = nodes
        data[f"{name}_constants"] = constants
        data[f"{name}_places"] = np.array(expression.places)
    return data


@explorable(
    Slider("step", 0, MOST, value=5, plays=True),
    Choice("expression", tuple(EXPRESSIONS), "shared"),
    Choice("order", ("waits", "hurries"), "waits"),
    Slider("a", -2, 2, 0.1, INPUTS["a"]),
    Slider("b", -2, 2, 0.1, INPUTS["b"]),
    data=graphs,
)
def sweep(label: Labels) -> Figure:
    """Draw the graph of x = 2a, w = 3x + 4x after its backward sweep: values and gradients."""
    figure, axes = canvas(HEIGHT)
    expression, order = EXPRESSIONS["shared"], tensors("shared")
    made = pulls(order)
    for one in made:
        (x0, y0), (x1, y1) = expression.places[one.child], expression.places[one.parent]
        color = ORANGE if one is made[-1] else GREY
        arrow(axes, (x0, y0 + BOX[1] / 2), (x1, y1 - BOX[1] / 2), color, shrink=1)
        beside = BESIDE if x0 == x1 else 0.0
        note(axes, (x0 + x1) / 2 + beside, (y0 + y1) / 2, f"·{_factor(one.slope)}", color)
    for n, (place, node) in enumerate(zip(expression.places, order, strict=True)):
        text = expression.nodes[n]
        color = ORANGE if n == made[-1].parent else INK
        _node_box(axes, place, color)
        value = f"{text} = {_short(float(node.data))}"
        axes.text(place[0], place[1] + 0.12, value, **_CENTRED, color=BLUE)
        gradient = f"d{_name(text)} = {_short(gathered(made, n))}"
        axes.text(place[0], place[1] - 0.12, gradient, **_CENTRED, color=ORANGE, weight="bold")
    one = made[-1]
    names = [_name(text) for text in expression.nodes]
    line = (
        f"d{names[one.parent]} = {_short(one.before)} + {_short(one.grad)}·{_factor(one.slope)}"
        f" = {_short(one.after)}"
    )
    axes.text(WIDTH / 2, LINE, line, ha="center", va="center", color=ORANGE, weight="bold")
    return figure


_CENTRED: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": SMALL, "zorder": 5}


def _node_box(axes: Axes, place: Place, color: str) -> None:
    """Draw the rectangle of a node."""
    wide, tall = BOX
    x, y = place
    across = (x - wide / 2, x + wide / 2, x + wide / 2, x - wide / 2)
    up = (y - tall / 2, y - tall / 2, y + tall / 2, y + tall / 2)
    axes.fill(across, up, fc=PAPER, ec=color, lw=2.2 if color == ORANGE else 1.4, zorder=4)


def _name(text: str) -> str:
    """Return the name of a node from its formula.

    >>> _name("x = 2·a")
    'x'
    """
    return text.split(" ")[0]


def _short(value: float) -> str:
    """Return a number with two decimals at most.

    >>> _short(1.5), _short(-0.666), _short(3.0)
    ('1.5', '−0.67', '3')
    """
    return number(round(value, 2))


def _factor(value: float) -> str:
    """Return a number as it stands after a sign of multiplication.

    >>> _factor(-0.666)
    '(−0.67)'
    """
    text = _short(value)
    return text if text[0].isdigit() else f"({text})"


def _sum(made: Sequence[Pulled], node: int) -> str:
    """Return what came to a node, term by term, and the sum."""
    came = [_short(one.grad * one.slope) for one in made if one.parent == node]
    total = _short(gathered(made, node))
    return f"{' + '.join(came)} = {total}" if len(came) > 1 else total
