"""Every figure that the pages want, drawn if it is not at hand: the interface of this package."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from scripts.cache import Cache, digest, files_digest, installed_version
from scripts.engine import Config, File, Files
from scripts.errors import PageError, report
from scripts.figures import fonts
from scripts.figures.find import figure_exists, figure_line, is_explorable, sources
from scripts.figures.process import SPARE, LostError
from scripts.pages.render import FigureImage

__all__ = [
    "Svg",
    "figure_exists",
    "figure_file",
    "generated_files",
    "link_images",
    "place_all",
    "render_all",
    "render_some",
]

LANGUAGES = ("ko", "en")
FOLDER = "assets/figures"
EXPLORE_FOLDER = "assets/explore"
_DATA = "data"  # in place of a language: what the controls of an explorable figure need
_PROCESSES = 2
_WORTH_A_SECOND_PROCESS = 8  # starting one costs as much as drawing about this many figures

Wanted = tuple[str, str, str]  # concept, name, language
Drawing = tuple[str, str]  # concept, name: one drawing makes all languages


@dataclass(frozen=True)
class Svg:
    """An SVG document, its natural size in CSS pixels, and the data of its controls or ""."""

    text: str
    width: int
    height: int
    data: str = ""


def figure_file(concept: str, name: str, language: str) -> str:
    """Return the address of a figure as seen from the site's root.

    >>> figure_file("xor", "folded", "ko")
    'assets/figures/ko/xor-folded.svg'
    """
    return f"{FOLDER}/{language}/{concept}-{name}.svg"


def explore_file(concept: str, name: str) -> str:
    """Return the address of an explorable figure's data as seen from the site's root.

    >>> explore_file("xor", "training")
    'assets/explore/xor-training.json'
    """
    return f"{EXPLORE_FOLDER}/{concept}-{name}.json"


def render_all(wanted: Iterable[Wanted]) -> dict[Wanted, Svg]:
    """Return the SVG of each wanted (concept, name, language), in the order asked for.

    Stops the build with every figure that is unknown or cannot be drawn, each with its author's
    file and line.
    """
    svgs, errors = render_some(wanted)
    report(errors)
    return svgs


def render_some(wanted: Iterable[Wanted]) -> tuple[dict[Wanted, Svg], list[PageError]]:
    """Return the SVG of each wanted figure that can be drawn, and a mistake for each other."""
    order = list(dict.fromkeys(wanted))
    unknown = [(concept, name) for concept, name, _ in order if not figure_exists(concept, name)]
    errors = [
        PageError(f"snippets/figures/{concept}.py", None, f"has no figure `{name}`")
        for concept, name in dict.fromkeys(unknown)
    ]
    order = [item for item in order if item[:2] not in unknown]
    cache = Cache("figures")
    keys = _keys({concept for concept, _, _ in order})
    texts: dict[Wanted, str] = {}
    items = order + [
        (*pair, _DATA) for pair in dict.fromkeys(i[:2] for i in order) if is_explorable(*pair)
    ]
    for item in items:
        kept = cache.get(_entry(keys, item))
        if kept is not None:
            texts[item] = kept.decode("utf-8")
    missing = dict.fromkeys(item[:2] for item in items if item not in texts)
    for item, text in _drawn(list(missing), errors).items():
        texts[item] = text
        cache.put(_entry(keys, item), text.encode("utf-8"))
    cache.prune()
    svgs = {
        item: _with_size(texts[item], texts.get((*item[:2], _DATA), ""))
        for item in order
        if item in texts
    }
    return svgs, errors


def place_all(
    wanted: Iterable[Wanted], files: Files, config: Config
) -> tuple[dict[Wanted, FigureImage], list[PageError]]:
    """Draw what is wanted and put it among the site's `files`; return the images and mistakes.

    The images' addresses are seen from the site's root: `link_images` turns them.
    """
    svgs, errors = render_some(wanted)
    for file in generated_files(config, svgs):
        if file.src_uri not in files.src_uris:
            files.append(file)
    images = {
        item: FigureImage(
            figure_file(*item), svg.width, svg.height, explore_file(*item[:2]) if svg.data else ""
        )
        for item, svg in svgs.items()
    }
    return images, errors


def link_images(html: str, page_url: str) -> str:
    """Return `html` with the addresses of figures as seen from the page at `page_url`.

    >>> link_images('<img src="assets/figures/ko/xor-folded.svg">', "ko/xor/")
    '<img src="../../assets/figures/ko/xor-folded.svg">'
    """
    up = "../" * page_url.removeprefix("./").count("/")
    return re.sub(
        rf'(<img [^>]*?\bsrc="|<figure [^>]*?\bdata-explore=")(?={FOLDER}/|{EXPLORE_FOLDER}/)',
        rf"\g<1>{up}",
        html,
    )


def generated_files(config: Config, svgs: dict[Wanted, Svg]) -> list[File]:
    """Return what the site needs for `svgs`: a file for each, data, the licence of their font."""
    files = [
        File.generated(config, figure_file(*item), content=svg.text) for item, svg in svgs.items()
    ]
    data = {explore_file(*item[:2]): svg.data for item, svg in svgs.items() if svg.data}
    files += [File.generated(config, path, content=text) for path, text in data.items()]
    if files:
        files.append(File.generated(config, fonts.NOTICE, content=fonts.licence()))
    return files


def _drawn(drawings: list[Drawing], errors: list[PageError]) -> dict[Wanted, str]:
    """Return the SVG of each of `drawings` in every language; add what fails to `errors`."""
    texts: dict[Wanted, str] = {}
    for (concept, name), answer in zip(drawings, _answers(drawings), strict=True):
        if "error" in answer:
            message = f"figure `{concept}.{name}`: {answer['error']}"
            path, line = f"snippets/figures/{concept}.py", figure_line(concept, name)
            errors.append(PageError(answer.get("path", path), answer.get("line", line), message))
        else:
            for language, text in answer["svgs"].items():
                texts[concept, name, language] = text
            if answer.get("data"):
                texts[concept, name, _DATA] = answer["data"]
    return texts


def _answers(drawings: Sequence[Drawing]) -> list[dict[str, Any]]:
    """Return the worker's answer for each of `drawings`; two processes share them."""
    queue: SimpleQueue[int] = SimpleQueue()
    for index in range(len(drawings)):
        queue.put(index)
    answers: dict[int, dict[str, Any]] = {}
    processes = min(_PROCESSES, -(-len(drawings) // _WORTH_A_SECOND_PROCESS))
    with ThreadPoolExecutor(max(processes, 1)) as pool:
        running = [pool.submit(_converse, queue, drawings, answers) for _ in range(processes)]
    for conversation in running:
        conversation.result()
    return [answers[index] for index in range(len(drawings))]


def _converse(
    queue: SimpleQueue[int], drawings: Sequence[Drawing], answers: dict[int, dict[str, Any]]
) -> None:
    """Let one process draw until `queue` is empty, putting what it answers into `answers`."""
    process = SPARE.take()
    try:
        while True:
            try:
                index = queue.get_nowait()
            except Empty:
                break
            try:
                answers[index] = process.answer(*drawings[index], LANGUAGES)
            except LostError as lost:
                answers[index] = {"error": str(lost)}
                process.close()
                process = SPARE.take()
    finally:
        process.close()


def _keys(concepts: Iterable[str]) -> dict[str, str]:
    """Return for each of `concepts` a key for everything that its figures depend on."""
    here = Path(__file__).parent
    renderer = files_digest([*here.glob("*.py"), *fonts.font_files()])
    libraries = [installed_version(name) for name in ("numpy", "matplotlib")]
    return {
        concept: digest(files_digest(sources(concept)), renderer, sys.version, *libraries)
        for concept in concepts
    }


def _entry(keys: dict[str, str], item: Wanted) -> str:
    return digest(keys[item[0]], *item)


def _with_size(text: str, data: str) -> Svg:
    """Return `text` with the size that its root element states, and the data of its controls."""
    found = re.search(r"<svg [^>]*>", text)
    root = found[0] if found else ""
    width, height = (
        int(size[1]) if (size := re.search(rf'\b{key}="(\d+)"', root)) else 0
        for key in ("width", "height")
    )
    return Svg(text, width, height, data)
