"""The renderer of the figures draws what Matplotlib's own does, and again only what speaks."""

from __future__ import annotations

import io
import re
from xml.etree import ElementTree

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties

from scripts.figures import sheet
from scripts.figures.lettering import Lettering
from scripts.figures.sheet import Sheet, draw_sheet, in_languages
from scripts.figures.svg import finish
from scripts.figures.worker import to_svg
from snippets.figures._style import BLUE, GREEN, GREY, ORANGE, PAPER, arrow, note, panels, ticks

SVG = "{http://www.w3.org/2000/svg}"
LINK = "{http://www.w3.org/1999/xlink}href"
CLOSE = 0.021  # points: both round to a hundredth, one of them after a sum

pytestmark = [pytest.mark.usefixtures("figure_style"), pytest.mark.filterwarnings("error")]


def everything(word: str = "loss", marks: tuple[float, ...] = (-1, 0, 1)) -> Figure:
    """A figure with all that the site's figures use; marks: where the ticks stand."""
    figure, (left, right) = panels(1, 2, 3.0)
    x = np.linspace(-1, 1, 40)
    left.plot(x, np.sin(3 * x), "--", color=BLUE, clip_on=False)
    left.plot(x[::8], x[::8], "o", ms=9, mec=ORANGE, mfc=PAPER)
    left.plot([0.5, 0.7], [0.5, -0.7], "s", color=GREEN)
    left.set_xlabel(word)
    left.set_title(f"$x_1$ {word}")
    note(left, 0, 0.5, f"{word} 가")
    ticks(left, marks, marks)
    ticks(right, marks[1:], marks[1:])
    right.bar(range(3), (1, 2, 3), color=ORANGE, alpha=0.5)
    right.imshow(np.full((2, 2, 4), 120, np.uint8), extent=(0, 1, 0, 1), aspect="auto")
    arrow(right, (0, 0), (2, 2))
    right.annotate(word, (1, 1), (2, 2.5), color=BLUE, arrowprops={"arrowstyle": "->", "ec": GREY})
    right.text(0.5, 2, r"$\frac{1}{2}$", rotation=90, alpha=0.5)
    right.set(xlim=(-0.5, 2.5), ylim=(0, 3.2))
    return figure


def by_matplotlib(figure: Figure) -> str:
    out = io.StringIO()
    figure.set_dpi(sheet.IMAGE_DPI)
    with mpl.rc_context({"svg.fonttype": "path", "svg.hashsalt": "test"}):
        FigureCanvasSVG(figure).print_svg(out)
    return finish(out.getvalue())


def numbers(path: str) -> list[float]:
    return [float(found) for found in re.findall(r"-?[\d.]+", path)]


def outlines(svg: str) -> list[tuple[str, list[float]]]:
    """The letters and the numbers of every path that is no glyph."""
    root = ElementTree.fromstring(svg)
    glyphs = {use.get(LINK, "")[1:] for use in root.iter(f"{SVG}use") if "-" in use.get(LINK, "")}
    paths = [path for path in root.iter(f"{SVG}path") if path.get("id") not in glyphs]
    return [
        (re.sub(r"[^A-Za-z]", "", path.get("d", "")), numbers(path.get("d", ""))) for path in paths
    ]


def letters(svg: str) -> list[str]:
    """The glyphs in the order in which they are drawn."""
    uses = ElementTree.fromstring(svg).iter(f"{SVG}use")
    return [name for use in uses if "-" in (name := use.get(LINK, ""))]


def test_paths_are_those_of_matplotlibs_own_renderer() -> None:
    # Without ticks, which are lone markers: here they are drawn in their place.
    theirs = outlines(by_matplotlib(everything(marks=())))
    ours = outlines(to_svg(everything(marks=())))
    assert len(ours) == len(theirs) > 15
    for codes, values in ours:
        assert any(
            kind == codes and np.allclose(values, other, rtol=0, atol=CLOSE)
            for kind, other in theirs
        ), (codes, values)


def test_letters_are_those_of_matplotlibs_own_renderer() -> None:
    figure = everything()
    assert letters(to_svg(figure)) == letters(by_matplotlib(everything()))
    assert len(letters(to_svg(figure))) > 30


def test_a_lone_marker_stands_in_its_place() -> None:
    figure = Figure(figsize=(1, 1))
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set(xlim=(0, 1), ylim=(0, 1))
    axes.plot([0.25], [0.75], "s", ms=10, color=BLUE, mew=0)
    ((codes, values),) = [found for found in outlines(to_svg(figure)) if found[0] == "MLLLz"][-1:]
    assert codes == "MLLLz"
    centre = np.reshape(values, (4, 2)).mean(axis=0)
    np.testing.assert_allclose(centre, (18, 18), atol=CLOSE)


def test_a_second_language_equals_a_drawing_of_its_own() -> None:
    words = {"en": "loss", "ko": "손실값"}
    figure = everything("loss")
    texts = [text for axes in figure.axes for text in (*axes.texts, axes.title, axes.xaxis.label)]
    said = {text: text.get_text() for text in texts if "loss" in text.get_text()}

    def speak(language: str) -> None:
        for text, before in said.items():
            text.set_text(before.replace("loss", words[language]))

    both = in_languages(figure, list(said), speak, ["en", "ko"])
    assert both["en"] != both["ko"]
    for language, svg in both.items():
        assert svg == to_svg(everything(words[language]))


def test_a_second_language_draws_nothing_but_its_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []
    draw = Sheet.draw_text

    def spy(self: Sheet, gc: object, x: float, y: float, s: str, *rest: object, **more: object):
        drawn.append(s)
        return draw(self, gc, x, y, s, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(Sheet, "draw_text", spy)
    figure, (axes,) = panels()
    ticks(axes, (0, 1), (0, 1))
    title = axes.set_title("first")
    in_languages(figure, [title], lambda language: title.set_text(language), ["en", "ko"])
    assert sorted(drawn) == ["0", "0", "1", "1", "en", "ko"]


def test_a_text_is_shaped_once_whatever_its_size(monkeypatch: pytest.MonkeyPatch) -> None:
    known = Lettering()
    prop = FontProperties(size=10)
    first = known.shape("$x_1$", prop, formula=True)
    width, height, descent = known.size("$x_1$", prop, formula=True)
    monkeypatch.setattr(known, "_shaper", None)  # nothing is measured or shaped any more
    larger = FontProperties(size=20)
    assert known.shape("$x_1$", larger, formula=True) is first
    twice = known.size("$x_1$", larger, formula=True)
    np.testing.assert_allclose(twice, (2 * width, 2 * height, 2 * descent))


def test_bold_and_regular_differ() -> None:
    known = Lettering()
    regular, bold = FontProperties(size=10), FontProperties(size=10, weight="bold")
    assert known.shape("가", regular, formula=False) != known.shape("가", bold, formula=False)


@pytest.mark.parametrize("broken", ["hatch", "turned picture"])
def test_what_the_renderer_does_not_know_it_refuses(broken: str) -> None:
    figure, (axes,) = panels()
    if broken == "hatch":
        axes.bar([0], [1], hatch="/")
        with pytest.raises(NotImplementedError, match="hatched"):
            draw_sheet(figure)
    else:
        with pytest.raises(NotImplementedError, match="upright"):
            Sheet(10, 10).draw_image(None, 0, 0, np.zeros((1, 1, 4), np.uint8), np.eye(2))
