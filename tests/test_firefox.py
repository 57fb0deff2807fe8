"""The site in a real Firefox: in brief what the other browser tests prove in Chromium."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator

import pytest
from PIL import Image

from snippets.figures._style import SCHEMES
from tests import firefox

pytestmark = pytest.mark.browser

CELL = ".cell[data-cell='0']"
SECOND = ".cell[data-cell='1']"
ENDED = ("done", "error", "stopped", "holds", "fails", "passed", "failed")


@pytest.fixture(scope="module")
def window() -> Iterator[firefox.Firefox]:
    binary = firefox.program()
    if binary is None:
        pytest.skip("no Firefox: `apt-get install firefox-esr`, or set FIREFOX to its path")
    with firefox.started(binary) as opened:
        yield opened


@pytest.fixture
def tab(window: firefox.Firefox, site_url: str) -> Iterator[firefox.Firefox]:
    """The window; nothing may have gone wrong in it, or left the site, when a test ends."""
    window.forget()
    yield window
    # Material reads the site map as XML; to leave meanwhile would be an error in it.
    window.wait(
        "window.document$ === undefined || performance.getEntriesByType('resource')"
        ".some(({ name }) => name.endsWith('sitemap.xml'))"
    )
    assert window.errors() == []
    assert [url for url in window.asked() if not url.startswith((site_url, "data:"))] == []


def visit(tab: firefox.Firefox, address: str) -> None:
    """Open a page, and wait until its cells can be run."""
    tab.open(address)
    tab.wait("document.querySelector('[data-live]') !== null")


def press(tab: firefox.Firefox, block: str, action: str) -> str:
    """Press a button of a block, and return the state in which the block ends."""
    tab.run("delete document.querySelector(arguments[0]).dataset.state", block)
    tab.click(f"{block} [data-action={action}]")
    return ends(tab, block)


def ends(tab: firefox.Firefox, block: str) -> str:
    return tab.wait(
        """(([css, ended]) => {
            const block = document.querySelector(css);
            const stop = block.querySelector("[data-action=stop]");
            return stop?.hidden && ended.includes(block.dataset.state) && block.dataset.state;
        })(arguments)""",
        block,
        ENDED,
    )


def write(tab: firefox.Firefox, block: str, code: str) -> None:
    """Replace the code of a cell or exercise as a reader does."""
    if not tab.run("return Boolean(document.querySelector(arguments[0]))", f"{block} textarea"):
        tab.click(f"{block} :is(.cell-source, .exercise-starter) code")
    tab.find(f"{block} textarea")
    tab.run("document.querySelector(arguments[0]).focus()", f"{block} textarea")
    tab.press("Control", "a")
    tab.run("document.execCommand('insertText', false, arguments[0])", code)
    assert tab.run("return document.activeElement.value") == code


def text(tab: firefox.Firefox, css: str) -> str:
    return tab.run("return document.querySelector(arguments[0])?.textContent ?? ''", css)


def test_errors_and_foreign_addresses_are_noticed(tab: firefox.Firefox, site_url: str) -> None:
    tab.open(f"{site_url}404.html")
    tab.run(
        """const script = document.createElement("script");
        script.textContent = "console.error('one'); fetch('http://127.0.0.2:9/').catch(() => {});"
            + "setTimeout(() => { throw new Error('two') })";
        document.body.append(script);"""
    )
    for words in ("one", "Error: two", "Content-Security-Policy"):
        firefox.until(lambda words=words: any(words in error for error in tab.errors()))
    tab.forget()
    assert tab.errors() == []
    tab.open("data:text/html,<img src='http://elsewhere.invalid/image'>")
    firefox.until(lambda: "http://elsewhere.invalid/image" in tab.asked())
    tab.forget()


@pytest.mark.parametrize("path", ["", "ko/", "en/", "ko/xor/", "en/gradient-descent/", "404.html"])
def test_pages_open_without_an_error(tab: firefox.Firefox, site_url: str, path: str) -> None:
    tab.open(site_url + path)
    tab.wait("document.readyState === 'complete'")
    assert tab.run("return document.querySelector('h1, h2') !== null")


def test_a_cell_runs_after_those_above_and_gives_the_output_of_the_build(
    tab: firefox.Firefox, site_url: str
) -> None:
    visit(tab, f"{site_url}ko/xor/")
    built = text(tab, f"{SECOND} .cell-output pre")
    assert press(tab, SECOND, "run") == "done"
    assert text(tab, f"{SECOND} .cell-output pre").strip() == built.strip()
    assert tab.run("return document.querySelector(arguments[0]).dataset.state", CELL) == "done"


def test_an_error_marks_its_line_and_gives_a_hint(tab: firefox.Firefox, site_url: str) -> None:
    visit(tab, f"{site_url}en/playground/")
    write(tab, CELL, "weights = [1, 2]\nprint(weigths)")
    tab.press("Control", "Enter")
    assert ends(tab, CELL) == "error"
    assert "Did you mean weights" in text(tab, f"{CELL} .live-hint")
    tab.wait("document.querySelector(arguments[0]) !== null", f"{CELL} .live-bad")
    assert text(tab, f"{CELL} .live-bad").strip() == "print(weigths)"


def test_an_endless_loop_stops_and_leaves_its_variables(
    tab: firefox.Firefox, site_url: str
) -> None:
    visit(tab, f"{site_url}en/playground/")
    write(tab, CELL, "kept = 7\nprint('on')\nwhile True: pass")
    tab.press("Control", "Enter")
    tab.wait(
        "document.querySelector(arguments[0])?.textContent.includes('on')", f"{CELL} .cell-output"
    )
    tab.click(f"{CELL} [data-action=stop]")
    assert ends(tab, CELL) == "stopped"
    assert "variables are kept" in text(tab, f"{CELL} .live-status")
    write(tab, CELL, "kept")
    assert press(tab, CELL, "run") == "done"
    assert text(tab, f"{CELL} .cell-output pre").strip() == "7"


def test_a_claim_holds_and_a_solution_passes(tab: firefox.Firefox, site_url: str) -> None:
    visit(tab, f"{site_url}ko/xor/")
    assert press(tab, "#claim-xor-not-separable", "verify") == "holds"
    exercise = "#exercise-three-inputs"
    write(tab, exercise, text(tab, f"{exercise} .exercise-solution code"))
    assert press(tab, exercise, "check") == "passed"
    tab.wait("document.querySelector(arguments[0]) !== null", f"{exercise} .exercise-solved")


def test_a_figure_gets_its_controls_and_answers_the_arrow_keys(
    tab: firefox.Firefox, site_url: str
) -> None:
    tab.open(f"{site_url}en/xor/")
    figure = "figure[data-explore]"
    tab.find(figure)
    tab.run("document.querySelector(arguments[0]).scrollIntoView({block: 'center'})", figure)
    tab.wait("document.querySelector(arguments[0])?.dataset.mounted === 'ready'", figure)
    slider = f"{figure} input[type=range]"
    shown = "document.querySelector(arguments[0]).getAttribute('aria-valuetext')"
    before = tab.run(f"return {shown}", slider)
    tab.run("document.querySelector(arguments[0]).focus()", slider)
    tab.press("ArrowLeft")
    tab.wait(f"{shown} !== arguments[1]", slider, before)
    tab.wait("!document.querySelector(arguments[0]).hidden", f"{figure} canvas")
    drawn = """(([css]) => {
        const canvas = document.querySelector(css);
        const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        return pixels.data.some((value) => value > 0);
    })(arguments)"""
    tab.wait(drawn, f"{figure} canvas")


@pytest.mark.parametrize(("scheme", "index"), [("light", 0), ("dark", 1)])
def test_figures_follow_the_colour_scheme(
    tab: firefox.Firefox, site_url: str, scheme: str, index: int
) -> None:
    tab.prefer(scheme)
    tab.open(f"{site_url}en/xor/")
    image = "article figure:not([data-explore]) img"
    tab.find(image)
    tab.run("document.querySelector(arguments[0]).scrollIntoView({block: 'center'})", image)
    tab.wait("document.querySelector(arguments[0]).complete", image)
    shot = base64.b64decode(tab.screenshot(image))
    pixels = Image.open(io.BytesIO(shot)).convert("RGB").getcolors(1 << 24) or []
    seen = {colour for _, colour in pixels}
    ink = [tuple(int(one[n : n + 2], 16) for n in (1, 3, 5)) for one in SCHEMES["ink"]]
    assert ink[index] in seen
    assert ink[1 - index] not in seen
