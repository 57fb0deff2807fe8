"""In a real Chromium a figure follows the site's own colour scheme, not the system's."""

from __future__ import annotations

import io
from importlib.resources import files
from typing import Any

import pytest
from PIL import Image

from scripts.figures.build import render_all
from snippets.figures._style import SCHEMES

pytestmark = pytest.mark.browser

PAGE = """<!doctype html><style>{css}</style>
<body data-md-color-scheme="default" style="background: var(--md-default-bg-color)">
<img alt="" width="{width}" height="{height}"
     src="data:image/svg+xml;base64,{image}"></body>"""


@pytest.fixture(scope="module")
def figure_page() -> str:
    """A page with Material's own style sheets and one figure."""
    import base64

    (svg,) = render_all([("perceptron", "novikoff", "ko")]).values()
    folder = files("material") / "templates" / "assets" / "stylesheets"
    sheets = [sheet for sheet in folder.iterdir() if sheet.name.endswith(".min.css")]
    image = base64.b64encode(svg.text.encode()).decode()
    css = "".join(sheet.read_text(encoding="utf-8") for sheet in sheets)
    return PAGE.format(css=css, width=svg.width, height=svg.height, image=image)


def colours(page: Any) -> set[tuple[int, ...]]:
    """The colours of all pixels of the image as the reader sees it."""
    shot = Image.open(io.BytesIO(page.locator("img").screenshot())).convert("RGB")
    return {pixel for _, pixel in shot.getcolors(1 << 24) or []}


def rgb(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[n : n + 2], 16) for n in (1, 3, 5))


@pytest.mark.parametrize("system", ["light", "dark"])
def test_figure_follows_the_sites_toggle_whatever_the_system_prefers(
    browser: Any, figure_page: str, system: str
) -> None:
    page = browser.new_page(color_scheme=system)
    page.set_content(figure_page)
    for scheme, index in (("default", 0), ("slate", 1), ("default", 0)):
        page.evaluate("name => document.body.dataset.mdColorScheme = name", scheme)
        page.wait_for_timeout(100)
        seen = colours(page)
        for name in ("ink", "blue"):
            assert rgb(SCHEMES[name][index]) in seen, (scheme, name)
            assert rgb(SCHEMES[name][1 - index]) not in seen, (scheme, name)
    page.close()


def test_figure_loads_nothing_and_runs_nothing() -> None:
    (svg,) = render_all([("xor", "folded", "en")]).values()
    assert "<script" not in svg.text
    assert "http" not in svg.text.replace("http://www.w3.org/", "")
    assert "<text" not in svg.text
