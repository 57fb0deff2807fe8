"""Text as outlines: measured and shaped once for each process, whatever its size and its figure.

Matplotlib measures a tick label five times for each drawing, and parses a formula again when its
fifty latest are others.  Both take most of the time that a figure of ours needs.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from matplotlib.font_manager import FontProperties, fontManager, get_font
from matplotlib.path import Path
from matplotlib.textpath import TextToPath

EM = 100  # Matplotlib shapes all text at this size; what it gives is scaled
Size = tuple[float, float, float]  # width, height with descent, descent
_Face = tuple[Any, ...]


@dataclass(frozen=True)
class Glyph:
    """A glyph in a text: which, where its origin stands, and its size as a share of the text's."""

    name: str
    x: float
    y: float
    scale: float


@dataclass(frozen=True, eq=False)
class Shaped:
    """A text at the size of EM: its glyphs and, of a formula, its bars."""

    glyphs: tuple[Glyph, ...]
    bars: tuple[Path, ...]


class Lettering:
    """Everything that is known of texts in the fonts of one process."""

    def __init__(self) -> None:
        """Start with nothing known."""
        self._shaper = TextToPath()
        self._faces: dict[_Face, FontProperties] = {}
        self._sizes: dict[tuple[str, bool, _Face], Size] = {}
        self._shapes: dict[tuple[str, bool, _Face], Shaped] = {}
        self._heights: dict[_Face, Size] = {}
        self.outlines: dict[str, Any] = {}  # name of a glyph -> vertices and codes

    def size(self, text: str, prop: FontProperties, *, formula: bool) -> Size:
        """Return width, height and descent of `text`, in points."""
        key = (text, formula, self._face(prop))
        if key not in self._sizes:
            large = self._faces[key[2]]
            shaper: Any = self._shaper
            self._sizes[key] = shaper.get_text_width_height_descent(text, large, formula)
        return _scaled(self._sizes[key], prop)

    def line(self, prop: FontProperties) -> Size:
        """Return a line's least ascent and descent, and the gap between lines, in points."""
        face = self._face(prop)
        if face not in self._heights:
            find: Any = fontManager
            font: Any = get_font(find._find_fonts_by_props(self._faces[face]))
            table, unit = font.get_sfnt_table("OS/2"), font.get_sfnt_table("head")["unitsPerEm"]
            self._heights[face] = (
                table["sTypoAscender"] / unit * EM,
                -table["sTypoDescender"] / unit * EM,
                table["sTypoLineGap"] / unit * EM,
            )
        return _scaled(self._heights[face], prop)

    def shape(self, text: str, prop: FontProperties, *, formula: bool) -> Shaped:
        """Return the glyphs of `text`; their outlines stand in `outlines` then."""
        key = (text, formula, self._face(prop))
        if key not in self._shapes:
            large = self._faces[key[2]]
            shaper: Any = self._shaper
            options = {"glyph_map": self.outlines, "return_new_glyphs_only": True}
            if formula:
                found, new, bars = shaper.get_glyphs_mathtext(large, text, **options)
            else:
                font = shaper._get_font(large)
                found, new, bars = shaper.get_glyphs_with_font(font, text, **options)
            self.outlines.update(new)
            glyphs = tuple(Glyph(*glyph) for glyph in found)
            self._shapes[key] = Shaped(glyphs, tuple(Path(*bar) for bar in bars))
        return self._shapes[key]

    def _face(self, prop: FontProperties) -> _Face:
        """Return what is known of `prop` apart from its size."""
        face = (
            tuple(prop.get_family()),
            prop.get_style(),
            prop.get_variant(),
            prop.get_weight(),
            prop.get_stretch(),
            prop.get_file(),
            prop.get_math_fontfamily(),
        )
        if face not in self._faces:
            self._faces[face] = prop.copy()
            self._faces[face].set_size(EM)
        return face


@lru_cache(maxsize=1)
def lettering() -> Lettering:
    """Return what this process knows of texts."""
    return Lettering()


def _scaled(size: Size, prop: FontProperties) -> Size:
    share = prop.get_size_in_points() / EM
    return size[0] * share, size[1] * share, size[2] * share
