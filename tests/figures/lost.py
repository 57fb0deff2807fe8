"""Figures that never answer; the comment with the figure's name marks the line to be told."""

import os
import time

from matplotlib.figure import Figure

from snippets.figures._style import Labels, panels

LABELS: dict[str, str] = {}


def endless(label: Labels) -> Figure:  # endless
    """Never come to an end."""
    while True:
        time.sleep(1)


def kills(label: Labels) -> Figure:  # kills
    """End the process that draws."""
    os._exit(3)


def sound(label: Labels) -> Figure:
    """Draw nothing wrong."""
    return panels()[0]
