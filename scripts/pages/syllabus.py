"""The ordered concepts, their parts and the claims each page must prove: docs/syllabus.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Container, Iterable
from dataclasses import dataclass
from pathlib import Path

from scripts.cache import ROOT

FILE = Path("docs/syllabus.toml")


@dataclass(frozen=True)
class Concept:
    """One concept: its slug, its titles, the part it is in, what it builds on, its claims."""

    slug: str
    title: dict[str, str]
    part: int
    needs: tuple[str, ...]
    claims: tuple[str, ...]


@dataclass(frozen=True)
class Part:
    """One part of the syllabus."""

    number: int
    title: dict[str, str]
    concepts: tuple[Concept, ...]


def load_syllabus(root: Path = ROOT) -> tuple[Part, ...]:
    """Return the parts in order."""
    data = tomllib.loads((root / FILE).read_text("utf-8"))
    return tuple(
        Part(
            number,
            {"ko": part["title_ko"], "en": part["title_en"]},
            tuple(
                Concept(
                    one["slug"],
                    {"ko": one["ko"], "en": one["en"]},
                    number,
                    tuple(one.get("needs", [])),
                    tuple(one.get("claims", [])),
                )
                for one in part["concept"]
            ),
        )
        for number, part in enumerate(data["part"], 1)
    )


def syllabus_markdown(parts: Iterable[Part], language: str, slugs: Container[str]) -> str:
    """Return the parts and their concepts as a nested list; concepts among `slugs` are linked."""
    later = "준비 중" if language == "ko" else "in preparation"
    lines: list[str] = []
    for part in parts:
        lines.append(f"{part.number}. {part.title[language]}")
        for place, concept in enumerate(part.concepts, 1):
            title = concept.title[language]
            if concept.slug in slugs:
                text = f"[{title}]({concept.slug}.md)"
            else:
                text = f'{title} <span class="later">{later}</span>'
            lines.append(f"    {place}. {text}")
    return "\n".join(['<div class="syllabus" markdown="block">', "", *lines, "", "</div>"])
