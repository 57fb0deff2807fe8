"""Draws a Matplotlib figure as the site's SVG, in several languages at once.

Matplotlib's own SVG renderer prints a figure in 60 ms, and again for the second language, although
little but a few labels differs.  This one keeps apart what a language changes, and prints nothing
that an <img> does not need.  It knows what the figures of the site use; for anything else it
raises.
"""

from __future__ import annotations

import base64
import hashlib
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from matplotlib import _path
from matplotlib.backend_bases import RendererBase
from matplotlib.colors import to_hex
from matplotlib.path import Path
from matplotlib.transforms import Affine2D

from scripts.figures.lettering import EM, Glyph, Shaped, lettering
from scripts.figures.svg import pixels, schemes, style, variable

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from matplotlib.text import Text

IMAGE_DPI = 100  # shaded planes are pictures inside the SVG
INCH = 72  # points
_FLIP = Affine2D().scale(1, -1)
_STEPS = 64  # FreeType counts in 64ths of a point
_DECIMALS = 2
_CODES = [b"M", b"L", b"Q", b"C", b"z"]
_compiled: Any = _path  # Matplotlib's own writer of paths
_TAKES_NUMBERS = ("M", "L", "Q", "C")
_CAPS = {"projecting": "square", "round": "round"}  # Matplotlib's name of a line's end: SVG's

Colour = tuple[float, ...]  # red, green, blue, perhaps alpha
Box = tuple[float, float, float, float]


@dataclass
class _Part:
    """A run of the drawing: elements, and the glyphs that they use in the order of first use."""

    elements: list[str] = field(default_factory=list[str])
    glyphs: dict[str, None] = field(default_factory=dict[str, None])


class Sheet(RendererBase):
    """Records what Matplotlib draws; groups whose gid is a slot's name are parts of their own."""

    def __init__(self, width: float, height: float, slots: Sequence[str] = ()) -> None:
        """Begin an empty sheet of `width` x `height` points."""
        super().__init__()
        self.width, self.height = width, height
        self._slots = set(slots)
        self._open: list[str] = []  # names of the groups around what is drawn now
        self._part = _Part()
        self._parts: list[_Part | str] = [self._part]  # a string is a slot
        self._words: dict[str, _Part] = {}
        self._clips: dict[str, str] = {}
        self._markers: set[str] = set()
        self._up = _FLIP.frozen().translate(0, height)

    def svg(self) -> str:
        """Return the document as drawn so far."""
        parts = [self._words[part] if isinstance(part, str) else part for part in self._parts]
        glyphs = dict.fromkeys(name for part in parts for name in part.glyphs)
        defined = "".join([*self._clips.values(), *(_outline(name) for name in glyphs)])
        elements = (element for part in parts for element in part.elements)
        size = f"{short(self.width)} {short(self.height)}"
        root = (
            f'<svg width="{pixels(self.width)}" height="{pixels(self.height)}" viewBox="0 0 {size}"'
        )
        root += ' xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'
        lines = "<style>*{stroke-linejoin:round;stroke-linecap:butt}</style>"
        drawn = "".join(elements)
        return f"{root}{style(schemes())}{lines}\n{drawn}<defs>\n{defined}</defs>\n</svg>\n"

    def redraw(self, artists: Sequence[Any]) -> None:
        """Draw `artists`, whose gids are slots, in place of what their slots hold."""
        parts, self._parts = self._parts, []
        for artist in artists:
            artist.draw(self)
        self._parts = parts

    def open_group(self, s: str, gid: str | None = None) -> None:
        """Begin a part if the group is a slot; any other group is of no use in an image."""
        name = gid if gid in self._slots else None
        self._open.append(name or "")
        if name:
            self._part = self._words[name] = _Part()
            self._parts.append(name)

    def close_group(self, s: str) -> None:
        """End a slot's part."""
        if self._open.pop():
            self._part = _Part()
            self._parts.append(self._part)

    def draw_path(self, gc: Any, path: Path, transform: Any, rgbFace: Any = None) -> None:
        """Write a path in the style of `gc`, filled with `rgbFace` unless that is None."""
        open_line = rgbFace is None
        data = self._data(
            path,
            transform + self._up,
            clip=open_line,
            simplify=open_line and path.should_simplify,
        )
        if data:
            style = _style(gc, rgbFace)
            self._part.elements.append(f'<path d="{data}"{self._clip(gc)} style="{style}"/>\n')

    def draw_markers(
        self,
        gc: Any,
        marker_path: Path,
        marker_trans: Any,
        path: Path,
        trans: Any,
        rgbFace: Any = None,
    ) -> None:
        """Write a marker at each vertex of `path`: defined once, then used."""
        places = [
            vertices[-2:]
            for vertices, _ in path.iter_segments(
                trans + self._up, clip=(0, 0, self.width, self.height), simplify=False
            )
            if len(vertices)
        ]
        if len(places) == 1:
            data = self._data(marker_path, marker_trans + _FLIP.frozen().translate(*places[0]))
            attributes = f'd="{data}"{self._clip(gc)} style="{_style(gc, rgbFace)}"'
            self._part.elements.append(f"<path {attributes}/>\n")
        elif places:
            data = self._data(marker_path, marker_trans + _FLIP)
            style = _style(gc, rgbFace)
            name = _name("m", data + style)
            write = self._part.elements.append
            if name not in self._markers:
                self._markers.add(name)
                write(f'<defs><path id="{name}" d="{data}" style="{style}"/></defs>\n')
            write(f"<g{self._clip(gc)}>\n")
            for x, y in places:
                write(f'<use xlink:href="#{name}" x="{short(x)}" y="{short(y)}"/>\n')
            write("</g>\n")

    def draw_image(self, gc: Any, x: float, y: float, im: Any, transform: Any = None) -> None:
        """Write the picture `im` (rows, columns, RGBA), its lower left corner at (x, y)."""
        from PIL import Image

        if transform is not None:
            raise NotImplementedError("pictures must stand upright: interpolation='nearest'")
        rows, columns = im.shape[:2]
        if not rows or not columns:
            return
        png = io.BytesIO()
        Image.fromarray(im[::-1]).save(png, format="png")
        width, height = (INCH * n / IMAGE_DPI for n in (columns, rows))
        place = f'x="{short(x)}" y="{short(self.height - y - height)}"'
        size = f'width="{short(width)}" height="{short(height)}"'
        text = base64.b64encode(png.getvalue()).decode("ascii")
        image = f'<image {place} {size} xlink:href="data:image/png;base64,{text}"/>'
        self._part.elements.append(f"<g{self._clip(gc)}>{image}</g>\n")

    def draw_text(
        self,
        gc: Any,
        x: float,
        y: float,
        s: str,
        prop: Any,
        angle: float,
        ismath: Any = False,
        mtext: Text | None = None,
    ) -> None:
        """Write the text `s` as outlines, the left end of its base line at (x, y) from the top."""
        shaped = lettering().shape(s, prop, formula=bool(ismath))
        self._part.glyphs.update(dict.fromkeys(glyph.name for glyph in shaped.glyphs))
        size = prop.get_size_in_points() / EM
        turn = f" rotate({short(-angle)})" if angle else ""
        place = f"translate({short(x)} {short(y)}){turn} scale({size:.6g} {-size:.6g})"
        alpha = gc.get_alpha() if gc.get_forced_alpha() else gc.get_rgb()[3]
        fade = f";opacity:{short(alpha)}" if alpha != 1 else ""
        fill = colour(tuple(gc.get_rgb()))
        text = f'<g style="fill:{fill}{fade}" transform="{place}">{_uses(shaped)}</g>'
        clip = self._clip(gc)
        self._part.elements.append(f"<g{clip}>{text}</g>\n" if clip else f"{text}\n")

    def flipy(self) -> bool:
        """Return True: y grows downwards."""
        return True

    def get_canvas_width_height(self) -> tuple[float, float]:
        """Return the sheet's size in points."""
        return self.width, self.height

    def get_image_magnification(self) -> float:
        """Return how many pixels a picture has for each point."""
        return IMAGE_DPI / INCH

    def option_image_nocomposite(self) -> bool:
        """Return True: every picture stands alone."""
        return True

    def get_text_width_height_descent(
        self, s: str, prop: Any, ismath: Any
    ) -> tuple[float, float, float]:
        """Return the size of the text `s` in points."""
        return lettering().size(s, prop, formula=bool(ismath))

    def _get_font_height_metrics(self, prop: Any) -> tuple[float, float, float]:
        """Return a line's least ascent and descent and the gap; without it, Matplotlib reads the
        font's tables again for every text that it lays out.
        """
        return lettering().line(prop)

    def _data(
        self, path: Path, transform: Any = None, *, clip: bool = False, simplify: bool = False
    ) -> str:
        """Return the path in SVG's language, to a hundredth of a point."""
        box = (0.0, 0.0, self.width, self.height) if clip else None
        return path_data(path, transform, box, simplify=simplify)

    def _clip(self, gc: Any) -> str:
        """Return the attribute that clips as `gc` says, or ""."""
        path, transform = gc.get_clip_path()
        box = gc.get_clip_rectangle()
        if path is not None:
            shape = f'<path d="{self._data(path, transform + self._up)}"/>'
        elif box is not None:
            size = f'width="{short(box.width)}" height="{short(box.height)}"'
            place = f'x="{short(box.x0)}" y="{short(self.height - box.y1)}"'
            shape = f"<rect {place} {size}/>"
        else:
            return ""
        name = _name("p", shape)
        self._clips[name] = f'<clipPath id="{name}">{shape}</clipPath>'
        return f' clip-path="url(#{name})"'


def draw_sheet(figure: Figure, slots: Sequence[str] = ()) -> Sheet:
    """Return `figure` drawn on a sheet with `slots`."""
    figure.set_dpi(INCH)
    width, height = figure.get_size_inches() * INCH
    sheet = Sheet(float(width), float(height), slots)
    figure.draw(sheet)
    return sheet


def in_languages(
    figure: Figure, texts: Sequence[Text], speak: Callable[[str], None], languages: Sequence[str]
) -> dict[str, str]:
    """Return the SVG of `figure` in each of `languages`, of which only `texts` are drawn again.

    speak: puts the words of a language into `texts`.  No place in the figure may depend on them.
    """
    slots: list[str] = []
    for number, text in enumerate(texts):
        arrow = getattr(text, "arrow_patch", None)
        for kind, artist in (("text", text), ("arrow", arrow)):
            if artist is not None:
                slots.append(f"{kind}-{number}")
                artist.set_gid(slots[-1])
    svgs: dict[str, str] = {}
    sheet: Sheet | None = None
    for language in languages:
        speak(language)
        if sheet is None:
            sheet = draw_sheet(figure, slots)
        else:
            sheet.redraw(texts)
        svgs[language] = sheet.svg()
    return svgs


def path_data(
    path: Path,
    transform: Any = None,
    box: Box | None = None,
    *,
    simplify: bool = False,
) -> str:
    """Return `path` in SVG's language, to a hundredth of a point.

    box: a line need not be written beyond it.

    >>> path_data(Path([(0, 0), (1.2345, 2)]))
    'M0 0L1.23 2'
    """
    found = _compiled.convert_to_string(
        path, transform, box, simplify, None, _DECIMALS, _CODES, False
    )
    text = found.decode("ascii").replace(" \n", "").replace("\n", "")
    for code in _TAKES_NUMBERS:
        text = text.replace(code + " ", code)
    return text


@lru_cache(maxsize=4096)
def _outline(name: str) -> str:
    """Return the definition of a glyph."""
    vertices, codes = lettering().outlines[name]
    data = path_data(Path(vertices * _STEPS, codes))
    return f'<path id="{_id(name)}" d="{data}" transform="scale({1 / _STEPS})"/>\n'


@lru_cache(maxsize=4096)
def _uses(shaped: Shaped) -> str:
    """Return the glyphs and bars of a text at the size of EM."""
    uses = [_use(glyph) for glyph in shaped.glyphs]
    bars = [f'<path d="{path_data(bar)}"/>' for bar in shaped.bars]
    return "".join([*uses, *bars])


def _use(glyph: Glyph) -> str:
    place = f"{short(glyph.x)} {short(glyph.y)}"
    x, y = place.split()
    if glyph.scale != 1:
        where = f'transform="translate({place}) scale({glyph.scale:.6g})"'
    else:
        where = f'x="{x}" y="{y}"' if y != "0" else f'x="{x}"'
    return f'<use xlink:href="#{_id(glyph.name)}" {where}/>'


def _id(name: str) -> str:
    """Return the name of a glyph as an id: %20 in a reference would be read as a space."""
    return name.replace("%20", "_")


def _name(kind: str, content: str) -> str:
    """Return an id that depends on `content` alone, so that equal ids mean equal things."""
    return kind + hashlib.sha256(content.encode()).hexdigest()[:10]


def _style(gc: Any, face: Any) -> str:
    """Return the CSS of what is drawn as `gc` says, filled with `face` unless that is None."""
    if gc.get_hatch() is not None or gc.get_sketch_params() is not None:
        raise NotImplementedError("hatched and sketched shapes have no SVG here")
    offset, dashes = gc.get_dashes()
    return _css(
        None if face is None or face[3:] == (0,) else tuple(face),
        tuple(gc.get_rgb()) if gc.get_linewidth() else None,
        gc.get_alpha() if gc.get_forced_alpha() else None,
        gc.get_linewidth(),
        (offset, *dashes) if dashes is not None else (),
        gc.get_joinstyle(),
        gc.get_capstyle(),
    )


@lru_cache(maxsize=1024)
def _css(
    fill: Colour | None,
    stroke: Colour | None,
    alpha: float | None,
    width: float,
    dashes: tuple[float, ...],
    join: str,
    cap: str,
) -> str:
    """Return what a style attribute says.

    alpha: the opacity of both, or None if each colour has its own.
    dashes: where the pattern begins, then lengths on and off, in points; empty for a full line.
    """
    css = ["fill:none" if fill is None else f"fill:{colour(fill)}"]
    if fill is not None and alpha is None and len(fill) == 4 and fill[3] != 1:
        css.append(f"fill-opacity:{short(fill[3])}")
    if stroke is not None:
        css.append(f"stroke:{colour(stroke)}")
        if alpha is None and stroke[3] != 1:
            css.append(f"stroke-opacity:{short(stroke[3])}")
        if width != 1:
            css.append(f"stroke-width:{short(width)}")
        if dashes:
            css.append(f"stroke-dasharray:{','.join(map(short, dashes[1:]))}")
            css.append(f"stroke-dashoffset:{short(dashes[0])}")
        if join != "round":
            css.append(f"stroke-linejoin:{join}")
        if cap != "butt":
            css.append(f"stroke-linecap:{_CAPS[cap]}")
    if alpha not in (None, 1):
        css.append(f"opacity:{short(alpha)}")
    return ";".join(css)


@lru_cache(maxsize=256)  # the process that draws is as short-lived as the style
def colour(rgb: Colour) -> str:
    """Return the CSS colour of the style that is `rgb` (or RGBA) on light paper.

    Raises ValueError for a colour that the style does not have.
    """
    red, green, blue = rgb[:3]
    return variable(to_hex((red, green, blue)), schemes())


def short(value: float) -> str:
    """Return `value` to a hundredth.

    >>> short(2), short(-0.001), short(12.3456)
    ('2', '0', '12.35')
    """
    return f"{round(float(value), _DECIMALS) + 0.0:.10g}"
