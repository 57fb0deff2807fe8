"""Figures with one mistake each; the comment with the figure's name marks the line to be told."""

import numpy as np
from matplotlib.figure import Figure

from snippets.figures._style import Labels, panels

LABELS = {"loss": "손실"}


def raises(label: Labels) -> Figure:
    """Divide by zero in a helper."""
    return _divide(0)


def asks_unknown_label(label: Labels) -> Figure:
    """Ask for a label that the table lacks."""
    figure, (axes,) = panels()
    axes.set_xlabel(label("epoch"))  # asks_unknown_label
    return figure


def hangul_in_formula(label: Labels) -> Figure:  # hangul_in_formula
    """Write Hangul inside a formula."""
    figure, (axes,) = panels()
    axes.set_xlabel("$손실$")
    return figure


def glyph_nobody_has(label: Labels) -> Figure:  # glyph_nobody_has
    """Write a letter that no font of the figures has."""
    figure, (axes,) = panels()
    axes.set_xlabel("\U00012000")
    return figure


def foreign_colour(label: Labels) -> Figure:  # foreign_colour
    """Use a colour that has no value for dark paper."""
    figure, (axes,) = panels()
    axes.plot([0, 1], color="#ff0000")
    return figure


def warns(label: Labels) -> Figure:
    """Compute 0 / 0."""
    figure, (axes,) = panels()
    axes.plot(np.zeros(2) / np.zeros(2))  # warns
    return figure


def prints(label: Labels) -> Figure:
    """Print while drawing."""
    print("not an answer")
    return panels()[0]


def _divide(zero: int) -> Figure:
    raise ZeroDivisionError("division by zero")  # raises
