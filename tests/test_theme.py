"""The look: contrast of every pair of colours, and nothing that comes from elsewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

ROOT = Path(__file__).resolve().parent.parent
CSS = (ROOT / "docs/assets/css/site.css").read_text("utf-8")

TEXTS = ["ink", "ink-soft", "accent", "good", "bad"]
CODE = ["code-keyword", "code-string", "code-number", "code-name", "code-comment"]
PAIRS = [
    *((text, ground) for text in TEXTS for ground in ("paper", "ground")),
    *((text, "ground") for text in CODE),
    *(("ink", ground) for ground in ("accent-ground", "good-ground", "bad-ground")),
    ("accent", "accent-ground"),
    ("accent", "good-ground"),
    ("good", "good-ground"),
    ("bad", "bad-ground"),
    ("ink-soft", "good-ground"),
]


def colours(selector: str) -> dict[str, str]:
    """The colours that the first rule of `selector` names."""
    body = CSS.split(f"{selector} {{", 1)[1].split("}", 1)[0]
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", body))


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb`; source: WCAG 2.2."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)


def test_contrast_of_black_and_white_is_21():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("scheme", [":root", '[data-md-color-scheme="slate"]'])
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_can_be_read_on_its_ground(text: str, ground: str, scheme: str):
    named = colours(scheme)
    assert contrast(named[text], named[ground]) >= 4.5


def test_both_schemes_name_the_same_colours():
    assert colours(":root").keys() == colours('[data-md-color-scheme="slate"]').keys()


@pytest.mark.site
def test_no_page_loads_anything_from_another_host(shell_site: tuple[Path, str]):
    site, address = shell_site
    loading = {
        "script": "src", "img": "src", "iframe": "src", "source": "src", "video": "src",
        "form": "action",
    }  # fmt: skip
    for path in site.rglob("*.html"):
        html = BeautifulSoup(path.read_text("utf-8"), "html.parser")
        found = [tag[key] for name, key in loading.items() for tag in html.select(f"{name}[{key}]")]
        found += [
            link["href"]
            for link in html.select("link[href]")
            if not {"canonical", "alternate"} & set(link["rel"])
        ]
        assert [uri for uri in found if re.match(r"(https?:)?//", uri)] == [], path
        licence = {a["href"] for a in html.select("a[rel=license]")}  # for a click only
        links = {a["href"] for a in html.select("a[href^=http]") if address not in a["href"]}
        assert links <= licence
    for path in site.rglob("*.css"):
        assert re.findall(r"(?:url\(|@import)\s*['\"]?(?:https?:)?//[^)]*", path.read_text()) == []


@pytest.mark.site
def test_wide_code_can_be_scrolled_by_keyboard(shell_site: tuple[Path, str]):
    html = BeautifulSoup(
        (shell_site[0] / "ko/backpropagation/index.html").read_text("utf-8"), "html.parser"
    )
    blocks = html.select("pre > code")
    assert blocks
    assert all(code.get("tabindex") == "0" for code in blocks)
    assert html.select("input[type=checkbox][autocomplete]") == []
