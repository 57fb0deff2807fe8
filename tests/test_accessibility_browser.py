"""What axe-core, which looks for barriers to readers with disabilities, finds on the built site."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from scripts.assets import web_asset

pytestmark = [pytest.mark.browser, pytest.mark.site]

# A home, a concept page with a figure that has controls, code to be run, a lab, the glossary.
PAGES = ["ko/", "en/backpropagation/", "ko/xor/", "en/playground/", "ko/labs/xor/", "en/glossary/"]
FOUND = """async () => {
    const { violations } = await axe.run({ resultTypes: ["violations"] });
    return violations
        .filter(({ impact }) => impact === "serious" || impact === "critical")
        .flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) =>
            `${id}: ${target.join(" ")}: ${failureSummary}`));
}"""


def show_everything(page: Any) -> None:
    """Let all figures with controls come, and touch one."""
    for figure in page.locator("figure[data-explore]").all():
        figure.scroll_into_view_if_needed()
        figure.locator(".explore-controls").wait_for()
        figure.locator("input[type=range]").first.press("ArrowLeft")
        figure.locator("canvas").wait_for()
    page.evaluate("scrollTo(0, 0)")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_no_page_has_a_serious_barrier(
    path: str, scheme: str, page: Callable[..., Any], site_url: str
) -> None:
    opened = page(site_url + path, color_scheme=scheme)
    wanted = {"light": "default", "dark": "slate"}[scheme]
    opened.locator(f"body[data-md-color-scheme={wanted}]").wait_for()
    opened.wait_for_load_state("networkidle")
    show_everything(opened)
    opened.evaluate(web_asset("axe-core", "axe.min.js").read_text("utf-8"))
    assert opened.evaluate(FOUND) == []


def test_a_barrier_would_be_found(page: Callable[..., Any], site_url: str) -> None:
    opened = page(f"{site_url}ko/")
    opened.evaluate("document.querySelector('article').append(document.createElement('button'))")
    opened.evaluate(web_asset("axe-core", "axe.min.js").read_text("utf-8"))
    assert [found.split(":")[0] for found in opened.evaluate(FOUND)] == ["button-name"]
