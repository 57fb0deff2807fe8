"""What a page consists of: plain records with the line on which each part stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Heading:
    """A heading of `level` 1 to 6; `id` is the explicit one or None."""

    line: int
    level: int
    text: str
    id: str | None


@dataclass(frozen=True)
class Figure:
    """`![alt](figure:concept.name "caption")`; kind is "figure" or "explore".

    `caption_start` counts characters of the page's text.
    """

    line: int
    kind: str
    concept: str
    name: str
    alt: str
    caption: str
    caption_start: int

    @property
    def id(self) -> str:
        """The id of the figure element on the page."""
        return f"{self.kind}-{self.concept}-{self.name}"


@dataclass(frozen=True)
class Fence:
    """A fenced block: `kind` says which of the page language it is.

    kind: source, live, claim, exercise, check, solution, hint, listing (plain python), glossary,
    syllabus, or other.  `line` is the opening fence's; the code begins on the next line.
    """

    line: int
    end_line: int
    language: str
    kind: str
    value: str
    attributes: dict[str, str]
    code: str
    indent: int = 0

    @property
    def title(self) -> str:
        """The title attribute, or an empty string."""
        return self.attributes.get("title", "")


@dataclass(frozen=True)
class Exercise:
    """An exercise's blocks, which stand together on the page."""

    starter: Fence
    hints: tuple[Fence, ...]
    check: Fence
    solution: Fence

    @property
    def id(self) -> str:
        """The name that the blocks share."""
        return self.starter.value


@dataclass(frozen=True)
class Number:
    """`` `=expression:spec` ``: computed where it stands; `start` and `end` count characters."""

    line: int
    start: int
    end: int
    expression: str
    spec: str
    in_maths: bool


@dataclass(frozen=True)
class Term:
    """`[[term]]` or `[[term|text]]`."""

    line: int
    start: int
    end: int
    name: str
    text: str


@dataclass(frozen=True)
class Formula:
    """`$tex$` or `$$tex$$`."""

    line: int
    tex: str
    display: bool


@dataclass(frozen=True)
class Link:
    """`[text](target)`."""

    line: int
    target: str


@dataclass
class Page:
    """One parsed page. `text` has no front matter; `first_line` is the line its text begins on."""

    path: Path
    language: str
    slug: str
    text: str
    first_line: int
    meta: dict[str, str] = field(default_factory=dict[str, str])
    headings: list[Heading] = field(default_factory=list[Heading])
    figures: list[Figure] = field(default_factory=list[Figure])
    fences: list[Fence] = field(default_factory=list[Fence])
    exercises: list[Exercise] = field(default_factory=list[Exercise])
    numbers: list[Number] = field(default_factory=list[Number])
    terms: list[Term] = field(default_factory=list[Term])
    formulas: list[Formula] = field(default_factory=list[Formula])
    links: list[Link] = field(default_factory=list[Link])

    @property
    def concept(self) -> str:
        """The name of the page's module: its slug with underscores."""
        return self.slug.replace("-", "_")

    @property
    def claims(self) -> list[Fence]:
        """The claim fences in order."""
        return [fence for fence in self.fences if fence.kind == "claim"]
