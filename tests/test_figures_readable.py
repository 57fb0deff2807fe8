"""Every figure, in both languages: it draws, and a reader with a phone can read it."""

from __future__ import annotations

from functools import cache

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from scripts.cache import ROOT
from scripts.figures.find import concepts, figure_names
from scripts.figures.worker import draw, draw_all, to_svg
from snippets.figures._style import PHONE, SCHEMES, WIDTH, Labels

ALL = [(concept, name) for concept in concepts() for name in figure_names(concept)]
SMALLEST = 11  # CSS pixels

pytestmark = [pytest.mark.usefixtures("figure_style"), pytest.mark.filterwarnings("error")]


@cache
def drawn(concept: str, name: str, language: str) -> tuple[Figure, Labels]:
    figure, label = draw(concept, name, language)
    FigureCanvasAgg(figure).draw()
    return figure, label


def texts(figure: Figure) -> list[Text]:
    """Every text that is to be seen: tick labels count if their tick is in view."""
    hidden: set[Text] = set()
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            for tick in axis.get_major_ticks():
                outside = not low - 1e-9 <= tick.get_loc() <= high + 1e-9
                if outside or not axes.axison:
                    hidden |= {tick.label1, tick.label2}
                else:
                    hidden.add(tick.label2)
    found = figure.findobj(lambda artist: isinstance(artist, Text) and bool(artist.get_text()))
    return [text for text in found if text not in hidden and text.get_visible()]


def extent(text: Text) -> Bbox:
    """The box of the glyphs without the frame around them."""
    return Text.get_window_extent(text)


figures = pytest.mark.parametrize(("concept", "name"), ALL, ids=lambda part: part)
languages = pytest.mark.parametrize("language", ["ko", "en"])


@figures
@languages
def test_text_is_large_enough_on_a_phone(concept: str, name: str, language: str) -> None:
    figure, _ = drawn(concept, name, language)
    shown_per_point = PHONE / (figure.get_figwidth() * 72)
    small = {
        text.get_text(): text.get_fontsize() * shown_per_point
        for text in texts(figure)
        if text.get_fontsize() * shown_per_point < SMALLEST
    }
    assert not small
    assert figure.get_figwidth() == WIDTH


@figures
@languages
def test_no_text_is_cut_off(concept: str, name: str, language: str) -> None:
    figure, _ = drawn(concept, name, language)
    paper = figure.bbox.padded(0.5)
    cut = [
        text.get_text()
        for text in texts(figure)
        if not (
            paper.x0 <= extent(text).x0
            and extent(text).x1 <= paper.x1
            and paper.y0 <= extent(text).y0
            and extent(text).y1 <= paper.y1
        )
    ]
    assert not cut


@figures
@languages
def test_no_text_covers_another(concept: str, name: str, language: str) -> None:
    figure, _ = drawn(concept, name, language)
    boxes = [(text.get_text(), extent(text).padded(-0.5)) for text in texts(figure)]
    overlapping = [
        (one, other)
        for index, (one, box) in enumerate(boxes)
        for other, other_box in boxes[index + 1 :]
        if box.overlaps(other_box)
    ]
    assert not overlapping


@figures
def test_docstring_says_what_is_plotted(concept: str, name: str) -> None:
    module = __import__(f"snippets.figures.{concept}", fromlist=[name])
    first = (getattr(module, name).__doc__ or "").splitlines()[0]
    assert first.endswith(".")
    assert len(first) > 40


@pytest.mark.parametrize("concept", concepts())
def test_every_label_is_used_and_korean(concept: str) -> None:
    module = __import__(f"snippets.figures.{concept}", fromlist=["LABELS"])
    asked: set[str] = set()
    for name in figure_names(concept):
        asked |= drawn(concept, name, "ko")[1].asked
    assert asked == set(module.LABELS)
    for korean in module.LABELS.values():
        assert any("가" <= letter <= "힣" for letter in korean)


@figures
def test_one_drawing_serves_both_languages_and_both_colour_schemes(concept: str, name: str) -> None:
    both = draw_all(concept, name, ["ko", "en"])
    _, style, rest = both["ko"].partition("</style>")
    assert style
    assert "#" not in rest.replace("url(#", "").replace('href="#', "")
    assert both["en"] == to_svg(draw(concept, name, "en")[0])


def test_an_unknown_label_is_refused() -> None:
    with pytest.raises(KeyError, match="missing from LABELS"):
        Labels({"epoch": "에포크"})("epochs")


def luminance(colour: str) -> float:
    channels = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("name", sorted(set(SCHEMES) - {"paper", "faint"}))
@pytest.mark.parametrize("scheme", [0, 1])
def test_text_and_data_stand_out_from_light_and_dark_paper(name: str, scheme: int) -> None:
    """WCAG 2.2 asks for 4.5 : 1, since labels wear the colour of their line."""
    low, high = sorted([luminance(SCHEMES[name][scheme]), luminance(SCHEMES["paper"][scheme])])
    assert (high + 0.05) / (low + 0.05) >= 4.5


def test_all_concepts_with_figures_are_found() -> None:
    assert (ROOT / "snippets" / "figures").is_dir()
    assert {"perceptron", "activations", "xor", "multilayer_perceptron", "backpropagation"} <= set(
        concepts()
    )
