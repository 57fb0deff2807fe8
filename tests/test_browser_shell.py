"""The shell of the site in a real browser: languages, search, colours, keyboard, width."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from snippets.figures._style import PHONE

pytestmark = pytest.mark.browser

Site = tuple[Path, str]
Open = Callable[..., Any]


def scheme(page: Any) -> str:
    return page.evaluate("document.body.dataset.mdColorScheme")


def search(page: Any, text: str) -> list[str]:
    """Type `text` into the search and return the addresses that it finds, best first."""
    box = page.locator(".md-search__input")
    box.click()
    box.fill("")
    page.keyboard.insert_text(text)
    page.keyboard.press("Shift")  # the theme listens to keys; an input method sends them, too
    page.wait_for_function(
        """text => {
            const meta = document.querySelector(".md-search-result__meta").textContent.trim()
            const ready = /찾은 곳이 없습니다|에서 찾았습니다|No matching|matching document/
            return document.querySelector(".md-search__input").value === text && ready.test(meta)
        }""",
        arg=text,
    )
    page.wait_for_timeout(300)
    return page.evaluate(
        """[...document.querySelectorAll(".md-search-result__link")]
            .map(link => new URL(link.href).pathname + new URL(link.href).hash)"""
    )


# --- languages -----------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["ko", "en"])
def test_each_edition_declares_its_language(language: str, shell_site: Site, page: Open):
    opened = page(f"{shell_site[1]}{language}/backpropagation/")
    assert opened.locator("html").get_attribute("lang") == language


def test_switch_keeps_the_page_and_the_anchor(shell_site: Site, page: Open):
    opened = page(f"{shell_site[1]}ko/backpropagation/#chain-rule")
    opened.click("a[data-switch]")
    opened.wait_for_url("**/en/backpropagation/#chain-rule")
    assert opened.locator("html").get_attribute("lang") == "en"
    opened.click("a[data-switch]")
    opened.wait_for_url("**/ko/backpropagation/#chain-rule")


def test_switch_keeps_the_section_that_is_being_read(shell_site: Site, page: Open):
    opened = page(f"{shell_site[1]}ko/backpropagation/")
    opened.evaluate("document.getElementById('vanishing-gradient').scrollIntoView()")
    opened.click("a[data-switch]")
    opened.wait_for_url("**/en/backpropagation/#vanishing-gradient")


def test_switch_follows_instant_navigation(shell_site: Site, page: Open):
    opened = page(f"{shell_site[1]}ko/backpropagation/")
    opened.evaluate("window.sameDocument = true")
    opened.wait_for_load_state("networkidle")
    opened.click("article a[href*='convolution']")
    opened.wait_for_url("**/ko/convolution/#kernel")
    assert opened.evaluate("window.sameDocument") is True, "the page was loaded anew"
    opened.click("a[data-switch]")
    opened.wait_for_url("**/en/convolution/#kernel")


def test_switch_works_without_javascript(shell_site: Site, page: Open):
    opened = page(f"{shell_site[1]}ko/convolution/", java_script_enabled=False)
    opened.click("a[data-switch]")
    opened.wait_for_url("**/en/convolution/")


def test_chooser_remembers_the_choice_and_says_so(shell_site: Site, page: Open):
    home = shell_site[1]
    opened = page(home)
    assert "remembered" in opened.locator(".remembered").inner_text()
    opened.click("a[hreflang=ko]")
    opened.wait_for_url("**/ko/")
    opened.goto(home)
    opened.wait_for_url("**/ko/")
    opened.click("a[data-switch]")  # a later choice counts
    opened.wait_for_url("**/en/")
    opened.goto(home)
    opened.wait_for_url("**/en/")


def test_chooser_can_be_reached_again_and_forgets_on_demand(shell_site: Site, page: Open):
    home = shell_site[1]
    opened = page(home)
    opened.click("a[hreflang=en]")
    opened.wait_for_url("**/en/")
    opened.click("a[href$='?choose']")
    opened.wait_for_url("**/?choose")
    opened.click(".remembered button")
    opened.goto(home)
    opened.wait_for_timeout(300)
    assert opened.url == home


def test_chooser_works_without_javascript(shell_site: Site, page: Open):
    opened = page(shell_site[1], java_script_enabled=False)
    opened.click("a[hreflang=ko]")
    opened.wait_for_url("**/ko/")


@pytest.mark.parametrize(
    ("path", "shown"),
    [("ko/nowhere/", {"ko"}), ("en/nowhere", {"en"}), ("nowhere/", {"ko", "en"})],
)
def test_not_found_speaks_the_language_of_the_address(
    path: str, shown: set[str], shell_site: Site, page: Open
):
    opened = page(shell_site[1] + path)
    visible = {
        section.get_attribute("data-language")
        for section in opened.locator("section").all()
        if section.is_visible()
    }
    assert visible == shown
    assert any("404" in error for error in opened.watched.errors)
    opened.watched.errors.clear()


# --- search --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param("역전파를", "/book/ko/backpropagation/", id="another particle"),
        pytest.param("신경망", "/book/ko/backpropagation/", id="the end of a compound"),
        pytest.param(
            "기울기소실",
            "/book/ko/backpropagation/#vanishing-gradient",
            id="a compound written apart",
        ),
        pytest.param("컨볼루션", "/book/ko/convolution/", id="a synonym"),
        pytest.param("합성곱", "/book/ko/convolution/", id="a word in quotes"),
        pytest.param("convolution", "/book/ko/convolution/", id="the English term"),
        pytest.param("가중치 행렬", "/book/ko/convolution/#kernel", id="two words"),
    ],
)
def test_korean_search_finds(query: str, found: str, shell_site: Site, page: Open):
    opened = page(f"{shell_site[1]}ko/")
    addresses = [address.split("?")[0] for address in search(opened, query)]
    assert addresses, query
    assert found in addresses[:2]
    missing = opened.locator(".md-search-result__terms").all_inner_texts()
    assert missing == [], "a word that was found is reported as missing"


def test_korean_search_finds_nothing_where_nothing_is(shell_site: Site, page: Open):
    assert search(page(f"{shell_site[1]}ko/"), "고양이") == []


@pytest.mark.parametrize("query", ["backpropagates", "reverse-mode", "역전파"])
def test_english_search_finds_words_and_synonyms(query: str, shell_site: Site, page: Open):
    assert search(page(f"{shell_site[1]}en/"), query)[0] == "/book/en/backpropagation/"


def test_search_stays_in_the_edition_and_survives_instant_navigation(shell_site: Site, page: Open):
    opened = page(f"{shell_site[1]}ko/backpropagation/")
    opened.wait_for_load_state("networkidle")
    opened.click("article a[href*='convolution']")
    opened.wait_for_url("**/ko/convolution/#kernel")
    opened.wait_for_timeout(500)  # the theme closes the search shortly after every navigation
    addresses = search(opened, "커널")
    assert addresses
    assert all(address.startswith("/book/ko/") for address in addresses)
    opened.locator(".md-search-result__link").first.click()
    opened.wait_for_url("**/ko/convolution/**")


# --- colours -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("preferred", "expected"), [("light", "default"), ("dark", "slate")])
def test_colours_follow_the_system_at_first(
    preferred: str, expected: str, shell_site: Site, page: Open
):
    assert scheme(page(f"{shell_site[1]}ko/", color_scheme=preferred)) == expected


def test_colours_are_set_before_the_first_paint(shell_site: Site, page: Open):
    opened = page(f"{shell_site[1]}ko/", color_scheme="dark")
    opened.add_init_script(
        """window.seen = []
        requestAnimationFrame(function look() {
            if (document.body) window.seen.push(document.body.dataset.mdColorScheme)
            if (window.seen.length < 20) requestAnimationFrame(look)
        })"""
    )
    opened.reload()
    opened.wait_for_function("window.seen.length === 20")
    assert set(opened.evaluate("window.seen")) == {"slate"}


def test_chosen_colours_stay(shell_site: Site, page: Open):
    opened = page(f"{shell_site[1]}ko/", color_scheme="light")
    opened.click("label[title='밝은 화면으로']")  # from "as the system" to light
    opened.click("label[title='어두운 화면으로']")  # from light to dark
    assert scheme(opened) == "slate"
    opened.goto(f"{shell_site[1]}en/convolution/")
    assert scheme(opened) == "slate"


# --- keyboard and width --------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["ko/backpropagation/", "en/backpropagation/", "", "404"])
def test_nothing_is_wider_than_a_phone(path: str, shell_site: Site, page: Open):
    opened = page(shell_site[1] + path, width=320, height=700)
    assert opened.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    opened.watched.errors[:] = [e for e in opened.watched.errors if "404" not in e]


def test_closed_drawer_and_search_hold_no_tab_stops(shell_site: Site, page: Open):
    opened = page(f"{shell_site[1]}ko/backpropagation/", width=360)
    for _ in range(25):
        opened.keyboard.press("Tab")
        opened.wait_for_timeout(30)
        hidden = opened.evaluate(
            """() => {
                const focus = document.activeElement
                const box = focus.getBoundingClientRect()
                const away = box.right <= 0 || box.left >= innerWidth
                return focus !== document.body && box.width > 0 && away && focus.outerHTML
            }"""
        )
        assert not hidden


def test_search_opens_ready_to_type_on_a_phone(shell_site: Site, page: Open):
    opened = page(f"{shell_site[1]}ko/backpropagation/", width=360)
    opened.click("label[for=__search].md-header__button")
    opened.keyboard.insert_text("커널")
    opened.keyboard.press("Shift")
    opened.locator(".md-search-result__link", has_text="커널").first.wait_for(state="visible")


def test_open_drawer_shows_the_contents(shell_site: Site, page: Open):
    opened = page(f"{shell_site[1]}ko/backpropagation/", width=360)
    opened.click("label[for=__drawer].md-header__button")
    link = opened.locator(".md-nav--primary a", has_text="합성곱").first
    link.wait_for(state="visible")


def test_focus_is_visible(shell_site: Site, page: Open):
    opened = page(f"{shell_site[1]}ko/backpropagation/")
    for _ in range(12):
        opened.keyboard.press("Tab")
        ring = opened.evaluate(
            """() => {
                const focus = document.activeElement
                const label = focus.matches(".md-option") ? focus.nextElementSibling : focus
                const style = getComputedStyle(label)
                return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 1
                    || focus.matches(".md-search__input") || focus.outerHTML
            }"""
        )
        assert ring is True


def test_dialogs_and_landmarks_have_names(shell_site: Site, page: Open):
    opened = page(f"{shell_site[1]}ko/backpropagation/")
    opened.locator(".md-code__nav").first.wait_for(state="attached")
    unnamed = opened.evaluate(
        """[...document.querySelectorAll("nav, [role=dialog], [role=search]")]
            .filter(each => !each.ariaLabel && !each.hasAttribute("aria-labelledby"))
            .map(each => each.className)"""
    )
    assert unnamed == []


# --- the whole book ------------------------------------------------------------------------------


def test_no_page_of_the_book_is_wider_than_a_phone(built_site: Path, site_url: str, page: Open):
    """Every page is opened, so that console errors and foreign requests of any would be seen."""
    opened = page(site_url, width=360, height=740)
    addresses = sorted(
        path.parent.relative_to(built_site).as_posix() + "/"
        for language in ("ko", "en")
        for path in (built_site / language).rglob("index.html")
    )
    assert addresses
    wide, small = {}, {}
    for address in addresses:
        opened.goto(site_url + address)
        over = opened.evaluate("document.documentElement.scrollWidth - innerWidth")
        if over > 0:
            wide[address] = over
        pictures = opened.evaluate(
            "[...document.querySelectorAll('figure img')].map(image => image.clientWidth)"
        )
        if pictures and min(pictures) < PHONE:
            small[address] = min(pictures)
    assert wide == {}
    assert small == {}, "the letters of a figure are as large as its style says at this width"
