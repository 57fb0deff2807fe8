"""Draws figures in a process of its own: one JSON request a line in, one JSON answer a line out.

A fresh process always sees the current sources.  The requests name the figure and the languages;
the answers hold one SVG for each language, or the mistake with the author's file and line.
"""

from __future__ import annotations

import gc
import importlib
import json
import logging
import os
import sys
import traceback
import warnings
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scripts.cache import ROOT
from scripts.figures.find import FIGURES, figure_line

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from snippets.figures._style import Labels


class Problems(logging.Handler):
    """Collects what Matplotlib only logs, such as a glyph missing from a formula."""

    def __init__(self) -> None:
        """Start with nothing collected."""
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the message of `record`."""
        self.messages.append(record.getMessage())


def load(fonts: Iterable[Path]) -> list[str]:
    """Load Matplotlib with `fonts`, and what it loads at first use; return the fonts' families.

    Nothing of the package is imported: a process that has waited draws what the sources say now.
    """
    for module in ("matplotlib.figure", "contourpy", "PIL.PngImagePlugin", "scripts.figures.sheet"):
        importlib.import_module(module)
    from matplotlib import font_manager

    from scripts.figures.lettering import lettering

    families: list[str] = []
    for path in fonts:
        font_manager.fontManager.addfont(path)
        name = font_manager.FontProperties(fname=path).get_name()
        families += [name] if name not in families else []
    families.append("DejaVu Sans")  # for what the fonts lack
    prop = font_manager.FontProperties(family=families, math_fontfamily="stix")
    lettering().shape("0", prop, formula=False)
    lettering().shape("$x$", prop, formula=True)
    return families


def set_style(families: list[str]) -> None:
    """Make Matplotlib draw in the site's style with the fonts of `families`."""
    import matplotlib as mpl

    from snippets.figures import _style

    settings: Any = mpl.rcParams
    mpl.rcdefaults()  # the user's own settings would change the figures
    settings.update(_style.RC)
    settings["font.family"] = families


def prepare(fonts: Iterable[Path]) -> None:
    """Load Matplotlib with `fonts` and set it up for the site's style."""
    set_style(load(fonts))


def draw(concept: str, name: str, language: str) -> tuple[Figure, Labels]:
    """Return the figure `concept`.`name` in `language`, and the labels that it asked for."""
    from snippets.figures import _style

    figure, label = _draw(concept, name)
    _style.speak(_style.marked_texts(figure), language)
    return figure, label


def draw_all(concept: str, name: str, languages: Sequence[str]) -> dict[str, str]:
    """Return the SVG of `concept`.`name` in each of `languages`, of which only words differ."""
    from scripts.figures.sheet import in_languages
    from snippets.figures import _style

    figure, _ = _draw(concept, name)
    marked = _style.marked_texts(figure)

    def speak(language: str) -> None:
        _style.speak(marked, language)

    with no_problems():
        return in_languages(figure, [text for text, _ in marked], speak, languages)


def _draw(concept: str, name: str) -> tuple[Figure, Labels]:
    """Return the figure as its function draws it, marks in place of words."""
    from snippets.figures._style import Labels

    module = importlib.import_module(f"{FIGURES}.{concept}")
    label = Labels(getattr(module, "LABELS", {}))
    return getattr(module, name)(label), label


def explorable_data(concept: str, name: str) -> str:
    """Return the file that the controls of `concept`.`name` need, or "" if it has none."""
    from snippets.figures._explore import Explorable

    figure = getattr(importlib.import_module(f"{FIGURES}.{concept}"), name)
    return figure.to_json() if isinstance(figure, Explorable) else ""


def to_svg(figure: Figure) -> str:
    """Return `figure` as SVG text."""
    from scripts.figures.sheet import draw_sheet

    with no_problems():
        return draw_sheet(figure).svg()


@contextmanager
def no_problems() -> Generator[None]:
    """Raise RuntimeError afterwards for what Matplotlib only warned about."""
    problems = Problems()
    logger = logging.getLogger("matplotlib")
    logger.addHandler(problems)
    try:
        yield
    finally:
        logger.removeHandler(problems)
    if problems.messages:
        raise RuntimeError("; ".join(dict.fromkeys(problems.messages)))


def answer(concept: str, name: str, languages: list[str]) -> dict[str, Any]:
    """Return {"svgs": {language: text}, "data": text}, or {"error": ..., "path": ..., "line": ...}.

    data: what the controls of an explorable figure need, "" for any other.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            svgs = draw_all(concept, name, languages)
            return {"svgs": svgs, "data": explorable_data(concept, name)}
    except Exception as error:  # whatever the author's code raises is the author's to read
        path, line = _authors_line(error, concept, name)
        return {"error": f"{type(error).__name__}: {error}", "path": path, "line": line}


def _authors_line(error: Exception, concept: str, name: str) -> tuple[str, int | None]:
    """Return the innermost line of snippets/figures/ that led to `error`, or the definition's."""
    own = ROOT / "snippets" / "figures"
    frames = traceback.extract_tb(error.__traceback__)
    if isinstance(error, SyntaxError) and error.filename:
        return _shown(error.filename), error.lineno
    for frame in reversed(frames):
        path = Path(frame.filename)
        if own in path.parents and not path.name.startswith("_"):
            return _shown(frame.filename), frame.lineno
    return f"snippets/figures/{concept}.py", figure_line(concept, name)


def _shown(filename: str) -> str:
    path = Path(filename)
    return (path.relative_to(ROOT) if path.is_relative_to(ROOT) else path).as_posix()


def main() -> None:
    """Answer requests from standard input until it ends; the first line names the fonts."""
    # Whatever a figure prints must not get between the answers.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    requests = os.fdopen(os.dup(sys.stdin.fileno()), encoding="utf-8")
    gc.disable()  # a third of the drawing time; the process is short-lived
    families = load(Path(path) for path in json.loads(requests.readline()))
    for number, line in enumerate(requests):
        if number == 0:
            set_style(families)
        result = answer(*json.loads(line))
        answers.write(json.dumps(result, ensure_ascii=False) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
