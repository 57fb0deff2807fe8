"""The site's SVG: both colour schemes in one file.  Labs draw with Matplotlib's own renderer, whose
output is made like that here; figures come from sheet.py.
"""

from __future__ import annotations

import ast
import re
from functools import lru_cache

from scripts.cache import ROOT

Colours = dict[str, tuple[str, str]]
STYLE = ROOT / "snippets" / "figures" / "_style.py"

_NUMBER = re.compile(r"-?\d+\.\d{3,}")
_GEOMETRY = re.compile(r'(?<= )(?:d|x|y|points)="[^"]*"')
_SPACE = re.compile(r"\s*([A-Za-z])\s*")
_COLOUR = re.compile(r"#[0-9a-f]{6}\b")
_NOT_DRAWN = re.compile(r"<\?xml.*?\?>|<!DOCTYPE.*?>|<!--.*?-->|<metadata>.*?</metadata>", re.S)
_PIXELS_PER_POINT = 96 / 72  # CSS


def finish(text: str, colours: Colours | None = None) -> str:
    """Return Matplotlib's SVG `text` made fit for the site.

    Each colour of the style becomes a custom property with a value for either colour scheme; what
    an <img> does not need (comments, metadata, digits beyond a hundredth of a point) goes.
    colours: what `schemes` returns.
    Raises ValueError for a colour that the style does not have.
    """
    text = _NOT_DRAWN.sub("", text)
    text = _GEOMETRY.sub(_shorter, text)
    known = colours or schemes()
    text = _COLOUR.sub(lambda match: variable(match[0], known), text)
    text = re.sub(r'\b(width|height)="([\d.]+)pt"', _pixels, text, count=2)
    text = re.sub(r"\n\s*", "\n", text.strip()) + "\n"
    return re.sub(r"<svg [^>]*>", lambda match: match[0] + style(known), text, count=1)


def schemes() -> Colours:
    """Return the style's colours: name -> (on light paper, on dark paper).

    They are read from its source.  To import it takes a second, for it imports Matplotlib, and a
    server that lives on while authors edit would not see a changed colour.
    """
    return _schemes(STYLE.read_text("utf-8"))


@lru_cache(maxsize=1)
def _schemes(source: str) -> Colours:
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "SCHEMES":
            return ast.literal_eval(node.value)
    raise LookupError(f"{STYLE} assigns no SCHEMES")


def style(colours: Colours) -> str:
    """Return the style element that gives every colour its value in either scheme."""
    light, dark = (
        "".join(
            f"color:{pair[n]};" if name == "ink" else f"--{name}:{pair[n]};"
            for name, pair in colours.items()
        )
        for n in (0, 1)
    )
    return f"<style>:root{{{light}}}@media(prefers-color-scheme:dark){{:root{{{dark}}}}}</style>"


def variable(colour: str, colours: Colours) -> str:
    """Return what stands for the `colour` "#rrggbb" in the SVG: it has a value in either scheme.

    Raises ValueError for a colour that the style does not have: it would not suit both schemes.
    """
    for name, (light, _) in colours.items():
        if colour == light:
            return "currentColor" if name == "ink" else f"var(--{name})"
    raise ValueError(
        f"colour {colour} is not one of snippets/figures/_style.py, which suit light and dark"
    )


def _shorter(match: re.Match[str]) -> str:
    """Return a geometry attribute with rounded numbers and without space around its letters."""
    name, value = match[0].split("=", 1)
    return name + "=" + _SPACE.sub(r"\1", _NUMBER.sub(_rounded, value))


def _rounded(match: re.Match[str]) -> str:
    """Return the number with two decimals at most.

    >>> import re
    >>> _rounded(re.match(".*", "-12.3456")), _rounded(re.match(".*", "-0.0001"))
    ('-12.35', '0')
    """
    return f"{round(float(match[0]), 2) + 0.0:.10g}"


def pixels(points: float) -> int:
    """Return how many CSS pixels `points` are, rounded.

    >>> pixels(72)
    96
    """
    return round(points * _PIXELS_PER_POINT)


def _pixels(match: re.Match[str]) -> str:
    return f'{match[1]}="{pixels(float(match[2]))}"'
