"""The reader's side of cells, claims and exercises, in a real browser with the real Python."""

from __future__ import annotations

import base64
import gzip
import json
import re
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from scripts import reader

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parent.parent
SECONDS = 60_000
Open = Callable[..., Any]


class Reader:
    """One tab of one browser, which the tests share: Python's files come over the network once."""

    def __init__(self, page: Any, site_url: str) -> None:
        self.page = page
        self.url = site_url
        self.errors: list[str] = []
        self.foreign: list[str] = []
        page.set_default_timeout(SECONDS)
        page.on("console", lambda m: m.type == "error" and self.errors.append(m.text))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", self._note)

    def _note(self, request: Any) -> None:
        if request.url.startswith("http") and not request.url.startswith(self.url):
            self.foreign.append(request.url)

    def open(self, path: str) -> Reader:
        """Load a page as on a first visit: nothing remembered, Python not started."""
        if not self.page.url.startswith(self.url):
            self.page.goto(f"{self.url}404.html")
        self.page.evaluate("localStorage.clear(); sessionStorage.clear()")
        self.page.goto(self.url + path)
        self.page.wait_for_selector("[data-live]")
        return self

    def press(self, block: str, action: str) -> None:
        if action in ("run", "verify", "check"):  # so that `ends` sees the end of this run only
            self.page.locator(block).evaluate("block => delete block.dataset.state")
        self.page.locator(f"{block} [data-action={action}]").click()

    def ends(self, block: str) -> str:
        """Wait until a block has ended, and return its state."""
        states = ("done", "error", "stopped", "holds", "fails", "passed", "failed")
        ended = ",".join(f"[data-state={state}]" for state in states)
        idle = f"{block}:is({ended}):has([data-action=stop][hidden])"
        return self.page.wait_for_selector(idle).get_attribute("data-state")

    def output(self, block: str) -> str:
        return self.page.locator(f"{block} .cell-output").inner_text()

    def status(self, block: str) -> str:
        return self.page.locator(f"{block} .live-status").text_content()

    def write(self, block: str, code: str) -> None:
        """Replace the code of a cell or exercise, as a reader does."""
        place = self.page.locator(f"{block} :is(.cell-source, .exercise-starter)")
        if not place.locator("textarea").count():
            place.locator("code").first.click(position={"x": 5, "y": 8})
        area = place.locator("textarea")
        area.focus()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(code)
        assert area.input_value() == code

    def run(self, block: str, code: str = "") -> str:
        if code:
            self.write(block, code)
        self.press(block, "run")
        return self.ends(block)


@pytest.fixture(scope="module")
def shared(browser: Any, site_url: str, built_site: Path) -> Iterator[Reader]:
    if 'name="live"' not in (built_site / "ko/xor/index.html").read_text("utf-8"):
        pytest.fail("the site was built without Python: `python3 scripts/build` fetches it")
    # What a worker answers, a test cannot intercept.
    context = browser.new_context(viewport={"width": 1280, "height": 900}, service_workers="block")
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    yield Reader(context.new_page(), site_url)
    context.close()


@pytest.fixture
def tab(shared: Reader) -> Iterator[Reader]:
    """The shared tab; nothing may have gone wrong in it, or left the site, when a test ends."""
    shared.errors.clear()
    shared.foreign.clear()
    yield shared
    assert shared.errors == []
    assert shared.foreign == []


CELL = ".cell[data-cell='0']"
SECOND = ".cell[data-cell='1']"


# --- before the first click ----------------------------------------------------------------------


def test_a_page_loads_little_before_the_first_click(tab: Reader):
    loaded: list[str] = []
    tab.page.on("request", lambda request: loaded.append(request.url))
    tab.open("ko/xor/")
    tab.page.wait_for_load_state("networkidle")
    own = {url.partition("/book/")[2] for url in loaded if "assets/js/" in url}
    assert own - {"assets/js/shell.js"} <= {*reader.EAGER}
    assert "assets/js/live.js" in own
    assert not [url for url in loaded if "/assets/live/" in url or "/assets/editor/" in url]


def test_what_a_page_loads_before_a_click_is_at_most_four_kilobytes(built_site: Path):
    """For cells, figures with controls and reading offline, and what shows the solved exercises."""
    scripts = [(built_site / name).read_bytes() for name in reader.EAGER]
    assert sum(len(gzip.compress(script, 9)) for script in scripts) <= 4_096
    html = (built_site / "ko/xor/index.html").read_text("utf-8")
    named = set(re.findall(r'<script[^>]* src="[^"]*(assets/js/[^"]+)"', html))
    assert named - {"assets/js/shell.js"} <= {*reader.EAGER}


def test_without_javascript_only_the_buttons_are_missing(site_url: str, page: Open):
    opened = page(f"{site_url}ko/xor/", java_script_enabled=False)
    assert opened.locator("[data-action]").count() == 0
    assert opened.locator(".cell-output pre").first.inner_text().strip()
    assert opened.locator(".exercise-solution").first.is_visible()
    assert opened.locator(".exercise-hint").first.is_visible()


def test_a_site_without_python_has_no_buttons(site_url: str, page: Open):
    opened = page("about:blank")

    def without_meta(route: Any) -> None:
        response = route.fetch()
        body = re.sub(r'<meta name="live"[^>]*>', "", response.text())
        route.fulfill(response=response, body=body)

    opened.route("**/ko/xor/", without_meta)
    opened.goto(f"{site_url}ko/xor/")
    opened.wait_for_function("() => window.document$ !== undefined")
    opened.wait_for_load_state("networkidle")
    assert opened.locator(".live-bar").count() == 0
    assert opened.locator(".exercise-solution").first.is_visible()
    opened.watched.foreign.clear()  # "about:blank" has no host


# --- cells ---------------------------------------------------------------------------------------


def test_the_first_run_tells_of_the_download_and_gives_the_output_of_the_build(tab: Reader):
    tab.open("ko/xor/")
    built = tab.output(SECOND)
    tab.page.evaluate(
        """window.seen = []
        new MutationObserver(() => {
            const cell = document.querySelector(".cell[data-cell='1']")
            window.seen.push([cell.dataset.state, cell.querySelector(".live-bar").innerText])
        }).observe(document.querySelector("article"),
            {subtree: true, childList: true, attributes: true, characterData: true})"""
    )
    assert tab.run(SECOND) == "done"
    assert tab.output(SECOND) == built
    seen = tab.page.evaluate("window.seen")
    assert {"loading", "running", "done"} <= {state for state, _ in seen}
    told = {text for _, text in seen}
    assert any(re.search(r"\d\.\d / \d\.\d MB", text) for text in told), told
    assert tab.page.locator(CELL).get_attribute("data-state") == "done", "the cell above ran first"
    assert "위에 있는 셀부터" in tab.status(SECOND)


def test_an_edit_runs_and_what_depends_on_it_runs_again(tab: Reader):
    tab.open("en/xor/")
    assert tab.run(CELL, "import numpy as np\nINPUTS = np.zeros((1, 2))\nprint(20 + 3)") == "done"
    assert tab.output(CELL).strip() == "23"
    assert tab.run(SECOND) == "done"
    assert tab.output(SECOND).startswith("[[0. 0.]]")
    assert tab.run(CELL, "import numpy as np\nINPUTS = np.ones((1, 2))") == "done"
    assert "No output" in tab.status(CELL)
    assert tab.run(SECOND) == "done"
    assert tab.output(SECOND).startswith("[[1. 1.]]")


@pytest.mark.parametrize(
    ("path", "hint"),
    [("ko/playground/", "모양이 맞지 않습니다"), ("en/playground/", "shapes of the")],
)
def test_a_mistake_shows_its_line_and_a_hint_in_the_language(path: str, hint: str, tab: Reader):
    tab.open(path)
    assert tab.run(CELL, "import numpy as np\na = 1\nnp.ones(2) + np.ones(3)") == "error"
    tab.page.wait_for_selector(f"{CELL} .live-bad")
    assert tab.page.locator(f"{CELL} .live-bad").text_content().strip() == "np.ones(2) + np.ones(3)"
    assert hint in tab.page.locator(f"{CELL} .live-hint").text_content()
    traceback = tab.page.locator(f"{CELL} .live-error pre").text_content()
    assert "ValueError" in traceback
    assert "/" not in traceback, "a path that is not the reader's"
    assert "3" in tab.status(CELL)
    tab.page.locator(f"{CELL} textarea").press("End")
    tab.page.keyboard.type(" ")
    assert tab.page.locator(f"{CELL} .live-bad").count() == 0, "the mark goes with the next edit"


MISTAKES = {
    "name": ("print(nothing_there)", "nothing_there", "nothing_there"),
    "local": (
        "n = 1\ndef f():\n    print(n)\n    n = 2\nf()",
        "함수 안에서",
        "before the function",
    ),
    "indentation": ("def f():\nreturn 1", "들여쓰기", "indentation"),
    "bracket": ("print((1, 2)", "괄호", "bracket"),
    "colon": ("for i in range(3)\n    print(i)", "쌍점", "colon"),
    "quote": ("print('a)", "따옴표", "quotation"),
    "equals": ("if 1 = 1:\n    print()", "==", "=="),
    "index": ("[1, 2][5]", "번호", "numbered"),
    "shapes": ("import numpy as np\nnp.ones(2) + np.ones(3)", "(2,)와 (3,)", "(2,) and (3,)"),
    "reshape": ("import numpy as np\nnp.ones(6).reshape(4, 2)", "6개", "6 elements"),
    "zero": ("1 / 0", "0으로", "zero"),
    "type": ("1 + 'a'", "종류", "kind"),
    "argument": ("round()", "number", "number"),
    "value": ("int('a')", "쓸 수 없는 값", "the value itself"),
    "key": ("{'a': 1}['b']", "키", "key"),
    "attribute": ("[].push(1)", "push", "push"),
    "import": ("import torch", "torch 모듈이 없습니다", "no module torch"),
    "imported name": ("from snippets.xor import trian", "train입니까", "Did you mean train"),
    "recursion": ("def f():\n    return f()\nf()", "끝없이", "without end"),
    "singular": ("import numpy as np\nnp.linalg.inv(np.zeros((2, 2)))", "역행렬", "no inverse"),
}


@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_frequent_mistake_has_a_hint(language: str, tab: Reader):
    tab.open(f"{language}/playground/")
    for name, (code, *expected) in MISTAKES.items():
        assert tab.run(CELL, code) == "error", name
        hint = tab.page.locator(f"{CELL} .live-hint").text_content()
        assert expected[language == "en"] in hint, name


def test_every_hint_has_a_sentence_in_both_languages():
    runtime = (ROOT / "scripts/live/runtime.py").read_text("utf-8")
    section = runtime[runtime.index("Found = ") : runtime.index("def _similar")]
    given = set(re.findall(r'(?:return |: \()"([a-z-]+)", ', section))
    assert {"name-not-defined", "reshape", "memory", "singular"} <= given
    words = (ROOT / "docs/assets/js/live/words.js").read_text("utf-8")
    for table in re.findall(r"const HINTS_\w\w = \{\n(.*?)\n\};", words, re.S):
        assert given <= set(re.findall(r'^  "?([a-z-]+)"?: \(', table, re.M))


UNREADABLE = "class P:\n    def __repr__(self):\n        return self.nme\n{}[P()]"


def test_an_error_whose_own_words_fail_is_told_all_the_same(tab: Reader):
    tab.open("en/playground/")
    assert tab.run(CELL, f"kept = 7\n{UNREADABLE}") == "error"
    assert "KeyError" in tab.page.locator(f"{CELL} .live-error").text_content()
    assert tab.run(CELL, "kept") == "done", "Python goes on with its variables"
    assert tab.output(CELL).strip() == "7"


def test_an_endless_error_message_is_cut(tab: Reader):
    tab.open("en/playground/")
    assert tab.run(CELL, "raise ValueError('a' * 3_000_000)") == "error"
    said = tab.page.locator(f"{CELL} .live-error pre").text_content()
    assert "aaa" in said
    assert len(said) < 5_000


def test_stop_ends_a_cell_and_keeps_the_variables(tab: Reader):
    tab.open("en/playground/")
    tab.write(CELL, "kept = 7\nwhile True:\n    pass")
    tab.press(CELL, "run")
    tab.page.wait_for_selector(f"{CELL}[data-state=running]")
    tab.page.wait_for_timeout(300)
    tab.press(CELL, "stop")
    assert tab.ends(CELL) == "stopped"
    assert "variables are kept" in tab.status(CELL)
    assert tab.run(CELL, "kept") == "done"
    assert tab.output(CELL).strip() == "7"


def test_stop_works_while_python_is_on_its_way(tab: Reader):
    tab.open("en/playground/")
    held: list[Any] = []
    closed = [True]
    files = "**/assets/live/*/*.gz"
    tab.page.route(files, lambda route: held.append(route) if closed else route.continue_())
    tab.press(CELL, "run")
    tab.page.wait_for_selector(f"{CELL}[data-state=loading]")
    tab.press(CELL, "stop")
    assert tab.ends(CELL) == "stopped"
    closed.clear()
    for route in held:
        route.continue_()
    assert tab.run(CELL, "1 + 1") == "done"
    assert tab.output(CELL).strip() == "2"
    tab.page.unroute(files)


def test_a_download_that_fails_is_said_and_can_be_tried_again(tab: Reader):
    tab.open("ko/playground/")
    tab.page.route("**/assets/live/live-*.json", lambda route: route.abort())
    tab.press(CELL, "run")
    assert tab.ends(CELL) == "error"
    assert "내려받지 못했습니다" in tab.status(CELL)
    tab.page.unroute("**/assets/live/live-*.json")
    tab.errors.clear()  # the browser reports the failed request, too
    assert tab.run(CELL) == "done"


@pytest.mark.parametrize(
    ("path", "told"),
    [("ko/playground/", "페이지를 새로 연"), ("en/playground/", "Reload the page")],
)
def test_a_site_that_was_replaced_asks_for_a_new_page(path: str, told: str, tab: Reader):
    tab.open(path)
    tab.page.route("**/assets/live/live-*.json", lambda route: route.fulfill(status=404))
    tab.press(CELL, "run")
    assert tab.ends(CELL) == "error"
    assert told in tab.status(CELL)
    tab.page.unroute("**/assets/live/live-*.json")
    tab.errors.clear()  # the browser reports the missing file, too


LOOP_IN_C = "import itertools\nall(itertools.count(1))"


def test_a_loop_that_does_not_heed_stop_is_ended_by_force_and_python_starts_anew(tab: Reader):
    tab.open("ko/xor/")
    assert tab.run(CELL) == "done"
    tab.write(SECOND, f"print('시작')\n{LOOP_IN_C}")
    tab.press(SECOND, "run")
    tab.page.wait_for_selector(f"{SECOND} .cell-output:has-text('시작')")
    tab.press(SECOND, "stop")
    assert tab.ends(SECOND) == "stopped"
    assert "강제로 멈추고" in tab.status(SECOND)
    assert tab.output(SECOND).strip() == "시작", "what was printed stays"
    tab.page.evaluate("selector => delete document.querySelector(selector).dataset.state", CELL)
    assert tab.run(SECOND, "INPUTS.shape") == "done"
    assert tab.output(SECOND).strip() == "(4, 2)"
    assert tab.page.locator(CELL).get_attribute("data-state") == "done", "the cell above ran again"


def test_two_tabs_have_a_python_each_and_share_what_is_solved(tab: Reader):
    tab.open("en/xor/")
    other = Reader(tab.page.context.new_page(), tab.url)
    other.page.goto(f"{tab.url}en/xor/")
    other.page.wait_for_selector("[data-live]")
    tab.write(CELL, "mine = 1\nprint('on')\nwhile True: pass")
    tab.press(CELL, "run")
    tab.page.wait_for_selector(f"{CELL} .cell-output:has-text('on')")
    assert other.run(CELL, "'mine' in globals()") == "done"
    assert other.output(CELL).strip() == "False"
    assert tab.page.locator(CELL).get_attribute("data-state") == "running"
    tab.press(CELL, "stop")
    assert tab.ends(CELL) == "stopped"
    for reader_, exercise in ((other, EXERCISE), (tab, OTHER)):
        reader_.press(CELL, "reset")
        answer = reader_.page.locator(f"{exercise} .exercise-solution code").text_content()
        reader_.write(exercise, answer)
        reader_.press(exercise, "check")
        assert reader_.ends(exercise) == "passed"
    other.page.close()
    assert (other.errors, other.foreign) == ([], [])
    tab.page.reload()
    assert "2 of the 2" in tab.page.wait_for_selector(".exercise-count").text_content()


def test_a_damaged_file_is_said_and_the_next_try_takes_a_whole_one(tab: Reader):
    tab.open("ko/playground/")

    def damage(route: Any) -> None:
        body = bytearray(route.fetch().body())
        body[len(body) // 2] ^= 1
        route.fulfill(body=bytes(body))

    tab.page.route("**/python.pak.gz", damage)
    tab.press(CELL, "run")
    assert tab.ends(CELL) == "error"
    assert "만들어진 것과 다릅니다" in tab.status(CELL)
    tab.page.unroute("**/python.pak.gz")
    assert tab.run(CELL) == "done"


def test_what_ran_in_vain_or_above_counts_no_more(tab: Reader):
    """A cell that was changed back, and one below a changed one, run again."""
    tab.open("en/xor/")
    code = tab.page.locator(f"{CELL} code").text_content()
    assert tab.run(SECOND, "shape = INPUTS.shape") == "done"
    assert tab.run(CELL, f"{code}\nINPUTS = INPUTS[:1]\n1 / 0") == "error"
    tab.press(CELL, "reset")
    third = ".cell[data-cell='2']"
    assert tab.run(third, "print(INPUTS.shape, shape)") == "done"
    assert tab.output(third).strip() == "(4, 2) (4, 2)"
    assert tab.run(CELL, f"{code}\nINPUTS = INPUTS[:1]") == "done"
    assert tab.run(third) == "done"
    assert tab.output(third).strip() == "(1, 2) (1, 2)"


def test_hints_are_hidden_before_any_script_has_come(site_url: str, page: Open):
    opened = page(f"{site_url}404.html")
    opened.route("**/*.js", lambda route: None)  # on their way for ever
    opened.goto(f"{site_url}ko/xor/", wait_until="commit")
    opened.wait_for_selector("footer", state="attached")
    opened.wait_for_function(
        "[...document.querySelectorAll('link[rel=stylesheet]')].every((link) => link.sheet)"
    )
    hints = opened.locator(".exercise-hint")
    assert hints.count() >= 2
    assert not any(hints.nth(n).is_visible() for n in range(hints.count()))


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("path", ["ko/xor/", "en/playground/"])
def test_nothing_moves_when_the_buttons_come(site_url: str, page: Open, path: str, width: int):
    opened = page("about:blank", width=width)
    held: list[Any] = []
    opened.route("**/assets/js/live.js", lambda route: held.append(route))
    opened.route("**/explore/mount.js", lambda route: None)  # figures have tests of their own
    opened.goto(site_url + path, wait_until="commit")
    opened.wait_for_selector("footer", state="attached")
    opened.wait_for_function(
        "[...document.querySelectorAll('link[rel=stylesheet]')].every((link) => link.sheet)"
    )
    opened.evaluate("document.fonts.ready.then(() => true)")
    places = """[...document.querySelectorAll("article :is(h1, h2, p, .cell, .claim, .exercise)")]
        .filter((one) => one.offsetParent)
        .map((one) => Math.round(one.getBoundingClientRect().top + scrollY))"""
    before = opened.evaluate(places)
    while not held:
        opened.wait_for_timeout(20)
    held[0].continue_()
    opened.wait_for_selector(".live-bar")
    after = opened.evaluate(places)
    assert len(before) == len(after) > 5
    assert max(abs(one - other) for one, other in zip(before, after, strict=True)) <= 1
    opened.watched.foreign.clear()  # "about:blank" has no host


def test_a_flood_of_output_is_ended_and_said(tab: Reader):
    tab.open("en/playground/")
    assert tab.run(CELL, "while True:\n    print('flood ' * 100)") == "stopped"
    assert "20,000" in tab.status(CELL)
    assert 19_000 < len(tab.output(CELL)) <= 20_100


def test_reset_gives_back_code_and_output(tab: Reader):
    tab.open("ko/xor/")
    code, output = tab.page.locator(f"{CELL} code").text_content(), tab.output(CELL)
    assert tab.page.locator(f"{CELL} [data-action=reset]:visible").count() == 0
    assert tab.run(CELL, "1 / 0") == "error"
    tab.press(CELL, "reset")
    tab.page.wait_for_selector(f"{CELL}:not([data-state])")
    assert tab.page.locator(f"{CELL} textarea").input_value() == code.removesuffix("\n")
    assert tab.output(CELL) == output
    assert tab.page.locator(f"{CELL} .live-error").count() == 0


def test_a_cell_that_runs_cannot_be_reset_until_it_has_ended(tab: Reader):
    tab.open("en/playground/")
    tab.write(CELL, "import time\nprint('begun')\nwhile True:\n    time.sleep(0.01)")
    tab.page.locator(f"{CELL} [data-action=reset]").wait_for(state="visible")
    tab.press(CELL, "run")
    tab.page.wait_for_selector(f"{CELL} .cell-output:has-text('begun')")
    assert tab.page.locator(f"{CELL} [data-action=reset]").is_hidden()
    tab.press(CELL, "stop")
    assert tab.ends(CELL) == "stopped"
    tab.press(CELL, "reset")
    tab.page.locator(f"{CELL} .live-status", has_text="original code").wait_for()
    assert "begun" not in tab.output(CELL)


def test_edits_survive_reload_and_navigation(tab: Reader):
    tab.open("ko/xor/")
    tab.write(CELL, "mine = 1")
    tab.page.reload()
    area = tab.page.locator(f"{CELL} textarea")
    area.wait_for()
    assert area.input_value() == "mine = 1"
    tab.page.evaluate("window.sameDocument = true")
    tab.page.wait_for_load_state("networkidle")
    tab.page.click("article a[href*='multilayer-perceptron']")
    tab.page.wait_for_url("**/ko/multilayer-perceptron/**")
    tab.page.wait_for_selector(".cell[data-live]")
    assert tab.page.locator("textarea").count() == 0
    tab.page.go_back()
    tab.page.wait_for_url("**/ko/xor/")
    area.wait_for()
    assert area.input_value() == "mine = 1"
    assert tab.page.evaluate("window.sameDocument") is True


def test_python_and_its_variables_survive_instant_navigation(tab: Reader):
    tab.open("ko/xor/")
    assert tab.run(CELL) == "done"
    tab.page.click("article a[href*='multilayer-perceptron']")
    tab.page.wait_for_url("**/ko/multilayer-perceptron/**")
    tab.page.wait_for_selector(f"{CELL}[data-live]")
    loaded: list[str] = []
    tab.page.on("request", lambda request: loaded.append(request.url))
    assert tab.run(CELL) == "done"
    assert not [url for url in loaded if "/assets/live/" in url], "Python was loaded again"
    tab.page.go_back()
    tab.page.wait_for_url("**/ko/xor/")
    tab.page.wait_for_selector(f"{SECOND}[data-live]")
    assert tab.run(SECOND) == "done"
    assert "위에 있는 셀부터" not in tab.status(SECOND), "the cell above ran a second time"


def test_a_loop_ends_with_its_page(tab: Reader):
    """The next page has no Stop for it; what it runs comes at once, and variables are kept."""
    tab.open("en/xor/")
    tab.page.wait_for_load_state("networkidle")
    tab.page.evaluate("window.sameDocument = true")
    tab.write(CELL, "kept = 7\nprint('on')\nwhile True: pass")
    tab.press(CELL, "run")
    tab.page.wait_for_selector(f"{CELL} .cell-output:has-text('on')")
    tab.page.click("article a[href*='multilayer-perceptron']")
    tab.page.wait_for_url("**/en/multilayer-perceptron/**")
    client = "window.__md_scope.pathname + 'assets/js/live/client.js'"
    tab.page.wait_for_function(f"async () => (await import({client})).state().phase === 'ready'")
    assert tab.page.evaluate("window.sameDocument") is True
    tab.page.go_back()
    tab.page.wait_for_url("**/en/xor/")
    tab.page.wait_for_selector(f"{CELL} textarea")
    assert tab.run(CELL, "kept") == "done"
    assert tab.output(CELL).strip() == "7"


def test_copy_takes_the_code_as_it_stands(tab: Reader):
    tab.open("en/xor/")
    tab.press(SECOND, "copy")
    tab.page.wait_for_function(
        "selector => document.querySelector(selector).textContent.includes('Copied')",
        arg=f"{SECOND} .live-status",
    )
    code = tab.page.locator(f"{SECOND} code").text_content()
    assert tab.page.evaluate("navigator.clipboard.readText()") == code.removesuffix("\n")


# --- claims --------------------------------------------------------------------------------------

CLAIM = "#claim-xor-not-separable"


def test_a_claim_can_be_checked_again_and_fails_when_the_reader_breaks_it(tab: Reader):
    tab.open("ko/xor/")
    tab.press(CLAIM, "verify")
    assert tab.ends(CLAIM) == "holds"
    assert "성립합니다" in tab.status(CLAIM)
    code = tab.page.locator(f"{CELL} code").text_content()
    assert tab.run(CELL, f"{code}\nTARGETS = [0, 0, 0, 1]") == "done"
    tab.press(CLAIM, "verify")
    assert tab.ends(CLAIM) == "fails"
    assert "성립하지 않습니다" in tab.status(CLAIM)
    assert tab.page.locator(f"{CLAIM} .live-result").is_visible()


def test_a_claim_below_a_broken_cell_says_that_the_cell_is_broken(tab: Reader):
    tab.open("en/xor/")
    tab.write(CELL, "1 / 0")
    tab.press(CLAIM, "verify")
    assert tab.ends(CLAIM) == "error"
    assert "A cell above" in tab.status(CLAIM)
    assert tab.page.locator(CELL).get_attribute("data-state") == "error"


# --- exercises -----------------------------------------------------------------------------------

EXERCISE = "#exercise-three-inputs"
OTHER = "#exercise-other-halves"


def test_an_exercise_tells_what_to_look_at_gives_hints_and_then_the_solution(tab: Reader):
    tab.open("ko/xor/")
    solution = tab.page.locator(f"{OTHER} .exercise-solution")
    hints = tab.page.locator(f"{OTHER} .exercise-hint:visible")
    assert not solution.is_visible()
    assert not tab.page.locator(f"{OTHER} [data-action=solution]").is_visible()
    assert hints.count() == 0
    tab.press(OTHER, "check")
    assert tab.ends(OTHER) == "failed"
    assert "NAND" in tab.page.locator(f"{OTHER} .live-result").text_content()
    tab.press(OTHER, "hint")
    hints.nth(0).wait_for()
    assert hints.count() == 1
    tab.press(OTHER, "hint")
    hints.nth(1).wait_for()
    assert not tab.page.locator(f"{OTHER} [data-action=hint]").is_visible()
    tab.press(OTHER, "solution")
    solution.locator("code").wait_for()
    tab.write(OTHER, solution.locator("code").text_content())
    tab.press(OTHER, "check")
    assert tab.ends(OTHER) == "passed"
    assert tab.page.locator(f"{OTHER} .live-result").count() == 0


def test_a_mistake_in_an_answer_is_told_like_one_in_a_cell(tab: Reader):
    tab.open("en/xor/")
    tab.write(EXERCISE, "cube = np.zeros((8, 3))\nparity = cubes.sum(axis=1)")
    tab.press(EXERCISE, "check")
    assert tab.ends(EXERCISE) == "error"
    assert "Did you mean cube" in tab.page.locator(f"{EXERCISE} .live-hint").text_content()
    assert tab.page.locator(f"{EXERCISE} .live-bad").text_content().strip().startswith("parity")


def test_what_is_solved_is_kept_shown_exported_imported_and_forgotten(tab: Reader, tmp_path: Path):
    tab.open("ko/xor/")
    answer = tab.page.locator(f"{EXERCISE} .exercise-solution code").text_content()
    tab.write(EXERCISE, answer)
    tab.page.keyboard.press("Control+Enter")
    assert tab.ends(EXERCISE) == "passed"
    tab.page.wait_for_selector(f"{EXERCISE} .exercise-solved")
    tab.page.goto(f"{tab.url}en/xor/")  # the other edition knows it, too
    count = tab.page.wait_for_selector(".exercise-count").text_content()
    assert "1 of the 2" in count
    tab.page.goto(f"{tab.url}en/")
    tab.page.wait_for_selector(".progress-map")
    row = tab.page.locator(".progress-map li", has_text="XOR")
    assert row.locator(".progress-done").count() == 1
    assert row.locator("[role=img]").get_attribute("aria-label") == "1 of 2"
    with tab.page.expect_download() as download:
        tab.page.click("[data-progress=export]")
    file = tmp_path / "exercises.json"
    download.value.save_as(file)
    assert json.loads(file.read_text("utf-8")) == {"xor": ["three-inputs"]}

    file.write_text(json.dumps({"xor": ["other-halves"], "perceptron": ["or-weights"]}), "utf-8")
    import_file(tab, file)
    tab.page.wait_for_function("() => document.querySelectorAll('.progress-done').length === 3")
    file.write_text('{"xor": "<script>"}', "utf-8")
    import_file(tab, file)
    tab.page.wait_for_function(
        """() => document.querySelector(".progress-map .live-status")
            .textContent.includes("not hold")"""
    )
    assert tab.page.locator(".progress-done").count() == 3
    tab.page.once("dialog", lambda dialog: dialog.accept())
    tab.page.click("[data-progress=forget]")
    tab.page.locator(".progress-done").first.wait_for(state="detached")
    assert tab.page.evaluate("document.activeElement.dataset.progress") == "import"
    assert tab.page.evaluate("Object.keys(localStorage).filter(k => k.endsWith('exercises'))") == []


def test_a_new_browser_takes_in_what_was_solved_in_another(tab: Reader, tmp_path: Path):
    tab.open("ko/")
    file = tmp_path / "exercises.json"
    file.write_text('{"xor": ["three-inputs"], "constructor": ["x"], "__proto__": ["y"]}', "utf-8")
    tab.page.get_by_role("button", name="내가 푼 연습 문제", exact=True).press("Enter")
    tab.page.locator("[data-progress=import]:focus").wait_for()
    import_file(tab, file)
    tab.page.locator(".progress-done").wait_for()
    assert tab.page.locator(".progress-offer").count() == 0
    assert "합쳤습니다" in tab.page.locator(".progress-map .live-status").text_content()


def import_file(tab: Reader, file: Path) -> None:
    with tab.page.expect_file_chooser() as chooser:
        tab.page.click("[data-progress=import]")
    chooser.value.set_files(file)


def test_the_list_of_exercises_is_that_of_the_pages(built_site: Path):
    listed = json.loads((built_site / reader.EXERCISES).read_text("utf-8"))
    for language in ("ko", "en"):
        found = {}
        for path in (built_site / language).glob("*/index.html"):
            html = path.read_text("utf-8")
            if ids := reader.exercises_of(html):
                found[path.parent.name] = ids
        assert {slug: entry["exercises"] for slug, entry in listed.items()} == found
        assert all(entry[language] for entry in listed.values())


# --- the playground ------------------------------------------------------------------------------


def test_a_shared_link_shows_its_code_and_does_not_run_it(tab: Reader):
    tab.open("en/playground/")
    code = "print('한글과 code')  # <b>&\n" * 3
    tab.write(CELL, code)
    tab.press(CELL, "share")
    tab.page.wait_for_function("() => location.hash.startsWith('#code=')")
    link = tab.page.url
    assert tab.page.evaluate("navigator.clipboard.readText()") == link
    loaded: list[str] = []
    tab.page.goto(f"{tab.url}en/")
    tab.page.evaluate("sessionStorage.clear()")
    tab.page.on("request", lambda request: loaded.append(request.url))
    tab.page.goto(link)
    tab.page.wait_for_selector(f"{CELL} .live-shared")
    tab.page.wait_for_function(
        "([selector, code]) => document.querySelector(selector)?.value === code",
        arg=[f"{CELL} textarea", code],
    )
    tab.page.wait_for_timeout(500)
    assert tab.page.locator(f"{CELL}[data-state]").count() == 0
    assert not [url for url in loaded if "/assets/live/" in url], "Python was started"
    assert tab.run(CELL) == "done"
    assert tab.output(CELL).count("한글과 code") == 3


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("%%%", id="no base64"),
        pytest.param("AAAA", id="not deflated"),
        pytest.param(
            base64.urlsafe_b64encode(
                zlib.compressobj(9, zlib.DEFLATED, -15).compress(b"")
                + (deflater := zlib.compressobj(9, zlib.DEFLATED, -15)).compress(b"#" * 10**6)
                + deflater.flush()
            ).decode(),
            id="a megabyte in a short link",
        ),
    ],
)
def test_a_broken_link_is_said_and_the_page_works(code: str, tab: Reader):
    tab.open("en/")
    tab.page.goto(f"{tab.url}en/playground/#code={code}")
    assert "cannot be read" in tab.page.wait_for_selector(".live-shared").text_content()
    assert "softmax" in tab.page.locator(f"{CELL} code").text_content()


# --- hands, eyes, ears ---------------------------------------------------------------------------


def test_the_keyboard_alone_edits_runs_and_leaves(tab: Reader):
    tab.open("en/playground/")
    keyboard = tab.page.keyboard
    tab.page.locator("#cell .headerlink").focus()
    keyboard.press("Tab")
    area = tab.page.locator(f"{CELL} textarea")
    area.wait_for()
    tab.page.wait_for_function("() => document.activeElement.tagName === 'TEXTAREA'")
    assert area.get_attribute("aria-label") == "Code editor"
    assert "Escape" in area.get_attribute("aria-description")
    keyboard.press("Tab")  # nothing was typed: on to the next stop, no trap
    assert tab.page.evaluate("document.activeElement.dataset.action") == "run"
    keyboard.press("Shift+Tab")
    keyboard.press("Control+a")
    keyboard.type("for i in range(2):")
    keyboard.press("Enter")
    keyboard.type("print(i)")
    assert area.input_value() == "for i in range(2):\n    print(i)"
    keyboard.press("Tab")
    assert area.input_value().endswith("print(i)    "), "Tab indents while typing"
    keyboard.press("Control+Enter")
    assert tab.ends(CELL) == "done"
    assert tab.output(CELL).split() == ["0", "1"]
    keyboard.press("Escape")
    assert tab.page.evaluate("document.activeElement.dataset.action") == "run"
    keyboard.press("Enter")
    assert tab.ends(CELL) == "done"
    assert tab.page.evaluate("document.activeElement.dataset.action") == "run", "the focus is kept"


def test_shift_enter_runs_and_moves_on(tab: Reader):
    tab.open("ko/xor/")
    tab.page.locator(f"{CELL} code").click()
    tab.page.wait_for_selector(f"{CELL} textarea")
    tab.page.keyboard.press("Shift+Enter")
    assert tab.ends(CELL) == "done"
    tab.page.wait_for_function(
        "() => document.activeElement.closest('.cell')?.dataset.cell === '1'"
    )


def test_hangul_that_is_being_composed_stays_whole(tab: Reader):
    tab.open("ko/playground/")
    tab.write(CELL, "# ")
    session = tab.page.context.new_cdp_session(tab.page)
    for text in ("ㅎ", "하", "한"):
        session.send(
            "Input.imeSetComposition",
            {"text": text, "selectionStart": len(text), "selectionEnd": len(text)},
        )
    session.send("Input.insertText", {"text": "한"})
    session.detach()
    assert tab.page.locator(f"{CELL} textarea").input_value() == "# 한"
    assert tab.page.locator(f"{CELL} .pce-line").first.text_content() == "# 한\n"


def test_every_button_has_a_name_and_the_status_is_announced(tab: Reader):
    for path in ("ko/xor/", "en/xor/"):
        tab.open(path)
        bars = tab.page.locator(".live-bar")
        assert bars.count() == tab.page.locator(".cell, .claim, .exercise").count()
        assert tab.page.locator(".live-bar [role=status]").count() == bars.count()
        for button in tab.page.locator(".live-bar button").all():
            assert button.text_content().strip()
    assert tab.page.locator("[data-action=verify]").first.text_content() == "Check it again here"


def test_buttons_are_large_enough_and_nothing_is_wider_than_a_phone(site_url: str, page: Open):
    opened = page(f"{site_url}ko/xor/", width=360, height=740, has_touch=True, is_mobile=True)
    opened.wait_for_selector(".live-bar")
    opened.locator(f"{CELL} code").tap()
    opened.wait_for_selector(f"{CELL} textarea")
    heights = [
        button.bounding_box()["height"]
        for button in opened.locator(".live-bar button:visible").all()
    ]
    assert heights
    assert min(heights) >= 43.9
    assert opened.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


# --- security ------------------------------------------------------------------------------------


def test_no_page_breaks_the_policy(tab: Reader, built_site: Path):
    pages = sorted(
        path.parent.relative_to(built_site).as_posix() + "/"
        for path in (built_site / "ko").rglob("index.html")
        if path.parent.parent.name != "api" or path.parent.name == "xor"
    )
    assert {"ko/playground/", "ko/labs/xor/", "ko/api/xor/"} <= set(pages)
    for path in [*pages, "en/", "", "404.html"]:
        tab.page.goto(tab.url + path, wait_until="load")
        policy = tab.page.locator("meta[http-equiv=Content-Security-Policy]")
        assert policy.get_attribute("content") == reader.POLICY, path
        # Firefox would load these unasked.
        assert tab.page.locator("link:is([rel~=next], [rel~=prefetch])").count() == 0, path
    tab.page.goto(f"{tab.url}ko/xor/")
    tab.page.click(".md-search__input")
    tab.page.keyboard.insert_text("퍼셉트론")
    tab.page.keyboard.press("Shift")
    tab.page.wait_for_selector(".md-search-result__item")


def test_the_policy_lets_nothing_out(tab: Reader):
    tab.open("ko/xor/")
    blocked = tab.page.evaluate(
        """async () => {
            const said = new Promise((tell) =>
                addEventListener("securitypolicyviolation", (e) => tell(e.violatedDirective)))
            await fetch("http://127.0.0.2:9/").catch(() => {})
            return await said
        }"""
    )
    assert blocked == "connect-src"
    assert any("Content Security Policy" in error for error in tab.errors)
    tab.errors.clear()
    assert tab.foreign == []


def test_hosts_that_read_headers_get_the_same_policy(built_site: Path):
    headers = (built_site / "_headers").read_text("utf-8")
    assert f"Content-Security-Policy: {reader.POLICY}; frame-ancestors 'self'" in headers
    assert headers.startswith("/*\n")


def test_the_editor_holds_every_module_that_it_imports(built_site: Path):
    folder = built_site / reader.EDITOR_FOLDER
    scripts = [path.relative_to(folder).as_posix() for path in folder.rglob("*.js")]
    assert {*reader.EDITOR_ROOTS} <= set(scripts)
    for name in scripts:
        wanted = reader.imported(name, (folder / name).read_text("utf-8"))
        assert set(wanted) <= set(scripts), name
    assert (folder / "LICENSE.txt").read_text("utf-8").strip()
