"""Figures of the front page."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from snippets._checks import Floats
from snippets.figures._style import BLUE, GREY, INK, PAPER, SMALL, Labels, canvas

LABELS: dict[str, str] = {}
READS = ("docs/syllabus.toml",)

ROOT = Path(__file__).resolve().parents[2]
ROW, TITLE = 0.25, 0.4  # inches
DOTS, NAMES = 1.02, 1.17


def syllabus() -> list[dict[str, Any]]:
    """Return the parts of the site in order, each with its concepts."""
    text = (ROOT / READS[0]).read_text(encoding="utf-8")
    return tomllib.loads(text)["part"]


def concept_map(label: Labels) -> Figure:
    """List all concepts part by part; an arc joins each with every concept that it builds on."""
    parts = syllabus()
    concepts = [concept for part in parts for concept in part["concept"]]
    height = ROW * len(concepts) + TITLE * len(parts) + 0.1
    figure, axes = canvas(height)
    y, places = height, dict[str, float]()
    for part in parts:
        y -= TITLE
        title = label.either(part["title_en"], part["title_ko"])
        axes.text(NAMES, y + 0.02, title, weight="bold", color=BLUE)
        for concept in part["concept"]:
            y -= ROW
            places[concept["slug"]] = y
            name = label.either(concept["en"], concept["ko"])
            axes.text(NAMES, y, name, va="center", fontsize=SMALL)
    arcs = [
        arc(places[need], places[concept["slug"]])
        for concept in concepts
        for need in concept.get("needs", [])
    ]
    axes.add_collection(LineCollection(arcs, colors=[GREY], linewidths=1.1, zorder=1))
    dots = list(places.values())
    axes.plot([DOTS] * len(dots), dots, "o", ms=6, mfc=PAPER, mec=INK, mew=1.5, zorder=2)
    return figure


def arc(start: float, end: float) -> Floats:
    """Return a half ellipse (25, 2) to the left of the dots, wider for concepts further apart."""
    angle = np.linspace(np.pi / 2, 3 * np.pi / 2, 25)
    reach = min(0.18 * np.sqrt(abs(start - end) / ROW), DOTS - 0.1)
    middle, half = (start + end) / 2, (start - end) / 2
    return np.column_stack([DOTS + reach * np.cos(angle), middle + half * np.sin(angle)])
