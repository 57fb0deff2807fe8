"""Reading offline, in a real browser, from a server that is really gone."""

from __future__ import annotations

import functools
import gzip
import json
import re
import shutil
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scripts import offline
from tests import firefox
from tests.conftest import ROOT, SUB_PATH, DamagesOnce, _Server

pytestmark = pytest.mark.browser

SECONDS = 30_000
XOR = "ko/xor/"


class _Recording(DamagesOnce):
    """Notes what is asked for, and lets what the host holds back wait."""

    server: Any

    @property
    def damages(self) -> set[str]:
        return self.server.host.damages

    @damages.setter
    def damages(self, names: set[str]) -> None:
        self.server.host.damages = names

    def do_GET(self) -> None:  # noqa: N802
        path = self.path.partition("?")[0][len(SUB_PATH) :]
        host: Host = self.server.host
        host.asked.append(path)
        if host.held and path.startswith(host.held):
            host.waiting.set()
            host.gate.wait(30)
            if host.down:
                return  # the connection ends without an answer
        super().do_GET()

    def end_headers(self) -> None:
        if self.server.host.unpacks and self.path.endswith(".gz"):
            self.send_header("Content-Encoding", "gzip")
        super().end_headers()


class Host:
    """A plain static server of a folder, which can be stopped and started at the same address."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.asked: list[str] = []
        self.held = ""
        self.down = False
        self.damages: set[str] = set()
        self.unpacks = False  # as servers do that take the ending .gz for an encoding
        self.gate = threading.Event()
        self.waiting = threading.Event()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}{SUB_PATH}"
        self.start()

    def start(self) -> None:
        self.down = False
        handler = functools.partial(_Recording, directory=str(self.folder))
        self.server: Any = _Server(("127.0.0.1", self.port), handler)
        self.server.host = self
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()

    def stop(self) -> None:
        self.down = True
        self.gate.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def hold(self, start: str) -> None:
        """Let requests for paths that begin with `start` wait until `release`."""
        self.gate.clear()
        self.waiting.clear()
        self.held = start

    def release(self) -> None:
        self.held = ""
        self.gate.set()

    def listed(self) -> dict[str, dict[str, tuple[str, int]]]:
        return json.loads((self.folder / offline.LIST).read_text("utf-8"))

    def key(self, path: str) -> str:
        """The address under which the worker keeps the file of the edition that is served now."""
        files = {name: one for group in self.listed().values() for name, one in group.items()}
        return f"{self.url}~/file/{files[path][0]}.{path.rpartition('.')[2]}"


def copy_of(site: Path, folder: Path, *, python: bool) -> Path:
    """Copy the built site, without what no page asks for, and list what there is."""
    ignored = shutil.ignore_patterns("*.map", *([] if python else ["live-*.json", "*.gz", "py*"]))
    shutil.copytree(site, folder, ignore=ignored)
    offline.publish(folder)
    return folder


@pytest.fixture(scope="module")
def _host(built_site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    host = Host(copy_of(built_site, tmp_path_factory.mktemp("offline") / "site", python=True))
    yield host
    host.stop()


@pytest.fixture
def host(_host: Host) -> Iterator[Host]:
    """The whole site, which a test leaves as it is."""
    yield _host
    _host.unpacks = False
    _host.release()
    if not _host.thread.is_alive():
        _host.start()


@pytest.fixture
def changing(built_site: Path, tmp_path: Path) -> Iterator[Host]:
    """A copy of the site, without Python, that a test may change."""
    host = Host(copy_of(built_site, tmp_path / "site", python=False))
    yield host
    host.stop()


@pytest.fixture
def context(browser: Any) -> Iterator[Any]:
    made = browser.new_context(viewport={"width": 1280, "height": 800})
    made.set_default_timeout(SECONDS)
    yield made
    made.close()


def is_kept(page: Any, key: str) -> bool:
    return page.evaluate("async (key) => Boolean(await caches.match(key))", key)


def wait_kept(page: Any, key: str) -> None:
    page.wait_for_function("async (key) => Boolean(await caches.match(key))", arg=key)


def visit(context: Any, host: Host, path: str) -> Any:
    """Open a page for the first time; return it when it and all that it loaded are kept."""
    page = context.new_page()
    page.goto(host.url + path)
    page.wait_for_function("() => navigator.serviceWorker.controller")
    page.wait_for_load_state("networkidle")
    wait_kept(page, host.key(f"{path}index.html"))
    loaded = page.evaluate("performance.getEntriesByType('resource').map(({name}) => name)")
    told = {path for group in host.listed().values() for path in group}
    for path in {url.partition("?")[0][len(host.url) :] for url in loaded} & told:
        wait_kept(page, host.key(path))
    return page


def text_of(page: Any, path: str) -> str:
    """What a page gets when it asks for a file: its text, or the error."""
    return page.evaluate(
        "(url) => fetch(url).then((r) => r.text(), (error) => String(error))", path
    )


def panel(page: Any) -> Any:
    page.locator("[data-offline]").click()
    page.wait_for_selector(".offline-panel [data-keep]")
    return page.locator(".offline-panel")


def wait_said(page: Any, text: str) -> str:
    status = page.locator(".offline-panel .live-status", has_text=text)
    status.wait_for()
    return status.inner_text()


def megabytes(host: Host, *groups: str) -> str:
    listed = host.listed()
    return f"{sum(size for name in groups for _, size in listed[name].values()) / 1e6:.1f} MB"


# --- what was read -------------------------------------------------------------------------------


def test_a_page_that_was_read_opens_without_the_server(host: Host, context: Any):
    page = visit(context, host, XOR)
    host.stop()
    page.reload()
    assert "XOR" in page.locator("h1").inner_text()
    assert page.locator(".live-bar").count(), "the page's scripts did not run"
    assert page.evaluate("getComputedStyle(document.body).getPropertyValue('--paper')")
    page.locator("figure img").first.evaluate("image => image.decode()")
    page.goto(f"{host.url}?choose")
    assert page.locator("a.choice").count() == 2
    page.locator(".remembered").wait_for()  # its script is there, too


def test_a_page_not_read_says_so_and_lists_those_that_were(host: Host, context: Any):
    page = visit(context, host, XOR)
    read = page.locator("h1").evaluate("heading => heading.firstChild.textContent")
    host.stop()
    page.goto(f"{host.url}en/activations/")
    assert page.locator("h1:visible").inner_text() == "This page cannot be opened now"
    page.goto(f"{host.url}ko/activations")
    assert page.locator("h1:visible").inner_text() == "지금은 열 수 없는 페이지입니다"
    assert page.locator("h1").first.evaluate("h => getComputedStyle(h).letterSpacing") != "normal"
    link = page.locator("ul[data-read=ko] a")
    assert link.all_inner_texts() == [read]
    link.click()
    page.wait_for_url(f"**/{XOR}")
    page.wait_for_selector(".live-bar")
    page.locator("a[href*='activations']").first.evaluate("link => link.click()")
    page.wait_for_url("**/ko/activations/**")
    page.wait_for_selector("h1:text('지금은 열 수 없는 페이지입니다')")


# --- everything ----------------------------------------------------------------------------------


def test_everything_can_be_fetched_used_offline_and_removed(host: Host, context: Any):
    page = visit(context, host, XOR)
    page.locator("[data-offline]").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".offline-panel [data-keep]")
    for action, size in (
        ("text", megabytes(host, "core", "text")),
        ("all", megabytes(host, "core", "text", "python")),
    ):
        assert size in page.locator(f"[data-keep={action}]").inner_text()
    page.locator("[data-keep=all]").focus()
    page.keyboard.press("Enter")
    said = wait_said(page, "코드를 실행할 수 있습니다")
    assert megabytes(host, "core", "text", "python") in said
    assert page.locator("[data-offline]").inner_text() == "오프라인에서도 읽을 수 있음"
    focus = page.evaluate("document.activeElement.dataset.keep")
    assert focus == "remove", "the focus was lost"

    host.stop()
    page.goto(f"{host.url}en/playground/")
    page.wait_for_selector("[data-live]")
    page.click(".cell [data-action=run]")
    page.wait_for_selector(".cell[data-state=done]", timeout=60_000)
    assert "0.659" in page.locator(".cell .cell-output").inner_text()
    page.click(".md-search__input")
    page.keyboard.insert_text("backpropagation")
    page.keyboard.press("Shift")
    page.wait_for_selector(".md-search-result__link[href*='/en/']", state="attached")
    page.goto(f"{host.url}en/backpropagation/")
    page.wait_for_selector("[data-offline]:text('Available offline')")  # it says so by itself

    panel(page)
    page.locator("[data-keep=remove]").click()
    wait_said(page, "Removed.")
    files = page.evaluate(
        """async () => (await Promise.all((await caches.keys()).map(async (name) =>
            (await (await caches.open(name)).keys()).map(({ url }) => url)))).flat()
            .filter((url) => url.includes("/~/file/"))"""
    )
    assert set(files) == {host.key(path) for path in host.listed()["core"]}


def test_fetching_can_be_cancelled_fails_in_words_and_goes_on(host: Host, context: Any):
    page = visit(context, host, "en/xor/")
    host.unpacks = True
    host.hold("assets/live/")
    panel(page).locator("[data-keep=all]").click()
    page.wait_for_selector(".offline-panel progress")
    assert host.waiting.wait(30)
    assert re.fullmatch(
        r"[\d.]+ / [\d.]+ MB", page.locator(".offline-meter .live-progress").inner_text()
    )
    page.click("[data-keep=cancel]")
    wait_said(page, "Cancelled.")
    assert page.locator(".offline-panel progress").count() == 0

    host.release()
    host.hold("assets/live/")  # the requests that waited have ended; others wait anew
    page.click("[data-keep=all]")
    wait_said(page, "Fetching.")
    assert host.waiting.wait(30)
    host.stop()
    wait_said(page, "The connection was lost")
    host.release()
    host.start()
    page.click("[data-keep=all]")
    wait_said(page, "and its code run")


def test_a_full_browser_is_told_and_the_page_works_on(changing: Host, context: Any):
    page = visit(context, changing, "en/xor/")
    used = page.evaluate("navigator.storage.estimate().then(({ usage }) => usage)")
    quota = {"origin": changing.url, "quotaSize": used + 100_000}
    context.new_cdp_session(page).send("Storage.overrideQuotaForOrigin", quota)
    panel(page).locator("[data-keep=text]").click()
    wait_said(page, "not enough room")
    page.goto(f"{changing.url}en/activations/")
    assert page.locator("h1").first.inner_text().startswith("Activation")


# --- editions ------------------------------------------------------------------------------------


def change(host: Host) -> dict[str, str]:
    """Make another edition: a page, a style sheet and scripts change; return what was added."""
    added = {
        f"{XOR}index.html": "<p id=renewed></p>",
        "ko/activations/index.html": "<p id=renewed></p>",
        "assets/js/live/share.js": "// renewed",
        "assets/js/live/map.js": "// renewed",
        "assets/js/live.js": "window.renewed = true;",
    }
    for path, text in added.items():
        file = host.folder / path
        file.write_text(f"{file.read_text('utf-8')}\n{text}\n", "utf-8")
    offline.publish(host.folder)
    return added


def test_an_open_page_keeps_its_edition_and_a_new_one_is_wholly_new(changing: Host, context: Any):
    page = visit(context, changing, XOR)
    base = f"{changing.url}assets/js/live/"
    old = text_of(page, f"{base}share.js")
    wait_kept(page, changing.key("assets/js/live/share.js"))
    before = json.loads((changing.folder / offline.EDITION).read_text("utf-8"))["edition"]
    change(changing)

    assert text_of(page, f"{base}share.js") == old, "kept"
    assert "namesUsed" in text_of(page, f"{base}names.js"), "not kept, and the same in both"
    assert "TypeError" in text_of(page, f"{base}map.js"), "not kept, and changed"
    line = page.wait_for_selector(".offline-renewed")
    assert "책이 새로 바뀌었습니다" in line.inner_text()

    changing.asked.clear()
    other = context.new_page()
    other.goto(changing.url + XOR)
    other.wait_for_load_state("networkidle")
    assert other.locator("#renewed").count()
    assert other.evaluate("window.renewed") is True
    assert "// renewed" in text_of(other, f"{base}share.js")
    asked = {path for path in changing.asked if not path.startswith(("sw.js", "edition.json"))}
    changed = {XOR, "assets/js/live.js", "assets/js/offline.js", "assets/js/live/share.js"}
    assert asked == {"offline.json", *changed}, "only what changed is fetched"
    assert text_of(page, f"{base}share.js") == old, "the first page still has its edition"

    page.click(".offline-renewed [data-keep=reload]")
    page.wait_for_function("() => window.renewed")
    assert "// renewed" in text_of(page, f"{base}share.js")
    assert "// renewed" in text_of(page, f"{base}map.js")
    assert page.locator(".offline-renewed").count() == 0
    page.goto(f"{changing.url}ko/activations/")  # by now nobody has the old edition
    gone = f"{changing.url}~/edition/{before}"
    page.wait_for_function("async (key) => !(await caches.match(key))", arg=gone)

    changing.stop()
    page.goto(changing.url + XOR)
    assert page.evaluate("window.renewed") is True
    assert page.locator("#renewed").count()
    changing.start()


def test_python_of_a_replaced_site_asks_for_a_new_page(host: Host, context: Any):
    page = visit(context, host, "en/playground/")
    manifest = next(host.folder.glob("assets/live/live-*.json"))
    away = manifest.rename(manifest.with_suffix(".away"))
    offline.publish(host.folder)
    try:
        page.click(".cell [data-action=run]")
        page.wait_for_selector(".cell[data-state=error]", timeout=60_000)
        assert "Reload the page" in page.locator(".cell .live-status").text_content()
        page.locator(".offline-renewed", has_text="The book has changed").wait_for()
    finally:
        away.rename(manifest)
        offline.publish(host.folder)


def test_a_damaged_file_of_python_is_no_new_edition(host: Host, context: Any):
    page = visit(context, host, "en/playground/")
    host.damages = {"python.pak.gz"}
    page.click(".cell [data-action=run]")
    page.wait_for_selector(".cell[data-state=done]", timeout=60_000)
    assert host.damages == set(), "nothing was damaged"
    path = next(path for path in host.listed()["python"] if path.endswith("python.pak.gz"))
    wait_kept(page, host.key(path))
    assert page.locator(".offline-renewed").count() == 0


def test_navigation_in_an_old_page_goes_on_in_the_new_edition(changing: Host, context: Any):
    page = visit(context, changing, XOR)
    change(changing)
    page.locator("a[href*='activations']").first.evaluate("link => link.click()")
    page.wait_for_url("**/ko/activations/**")
    page.wait_for_function("() => window.renewed")  # the scripts of the new edition
    page.wait_for_selector("#renewed", state="attached")


def test_what_was_fetched_follows_the_site(changing: Host, context: Any):
    page = visit(context, changing, XOR)
    panel(page).locator("[data-keep=text]").click()
    wait_said(page, "읽을 수 있습니다")
    changed = change(changing)
    changing.asked.clear()
    page.reload()
    for path in changed:
        wait_kept(page, changing.key(path))
    page.wait_for_selector("[data-offline]:text('오프라인에서도 읽을 수 있음')")
    pages = {path.removesuffix("index.html") for path in (*changed, offline.SCRIPT)}
    own = {offline.LIST, offline.EDITION, offline.WORKER}
    assert pages <= set(changing.asked) <= pages | own, "no more than what changed"


def test_two_tabs_fetch_what_is_new_once(changing: Host, context: Any):
    page = visit(context, changing, XOR)
    panel(page).locator("[data-keep=text]").click()
    wait_said(page, "읽을 수 있습니다")
    change(changing)
    changing.asked.clear()
    changing.hold("ko/activations/")
    other = context.new_page()
    for tab in (page, other):
        tab.goto(changing.url + XOR)
        tab.wait_for_load_state("networkidle")
    assert changing.waiting.wait(30)
    page.wait_for_timeout(500)  # time for the second tab to ask as well
    changing.release()
    for tab in (page, other):
        tab.wait_for_selector("[data-offline]:text('오프라인에서도 읽을 수 있음')")
    assert changing.asked.count("ko/activations/") == 1


def test_what_is_not_of_the_edition_is_never_kept(changing: Host, context: Any):
    """As while a server's files are being replaced: the list is old, some files are new."""
    page = visit(context, changing, XOR)
    script, unread = "assets/js/live/share.js", "ko/activations/index.html"
    keys = [changing.key(script), changing.key(unread)]
    originals = {path: (changing.folder / path).read_bytes() for path in (script, unread)}
    for path, data in originals.items():
        (changing.folder / path).write_bytes(data + b"<p id=other></p>")
    assert "TypeError" in text_of(page, changing.url + script)
    page.goto(f"{changing.url}ko/activations/")
    assert page.locator("#other").count(), "the server's page, as without a worker"
    assert "<p id=other>" in text_of(page, changing.url + script), "and the server's scripts"
    assert not any(is_kept(page, key) for key in keys)

    for path, data in originals.items():
        (changing.folder / path).write_bytes(data)
    page.reload()
    assert page.locator("#other").count() == 0
    text_of(page, changing.url + script)
    for key in keys:
        wait_kept(page, key)

    # nor a list that is not the one that the edition names
    told = json.loads((changing.folder / offline.EDITION).read_text("utf-8"))
    text = json.dumps(told | {"edition": "0123456789abcdef", "list": "0" * 64})
    (changing.folder / offline.EDITION).write_text(text, "utf-8")
    page.reload()
    page.wait_for_selector(".live-bar")
    assert not is_kept(page, f"{changing.url}~/edition/0123456789abcdef")


def test_a_site_that_is_being_edited_is_not_served_from_what_was_kept(changing: Host, context: Any):
    page = visit(context, changing, XOR)
    offline.retire(changing.folder)
    (changing.folder / offline.EDITION).unlink()
    script = changing.folder / offline.SCRIPT
    script.write_text(offline.named(script.read_text("utf-8"), ""), "utf-8")
    file = changing.folder / XOR / "index.html"
    file.write_text(file.read_text("utf-8") + "<p id=edited></p>", "utf-8")
    page.reload()
    assert page.locator("#edited").count()
    page.wait_for_function(
        """async () => !(await navigator.serviceWorker.getRegistrations()).length
            && !(await caches.keys()).length"""
    )
    assert page.locator("[data-offline]").is_hidden()


# --- where there is no worker --------------------------------------------------------------------


def test_without_a_service_worker_the_page_is_as_before(host: Host, browser: Any):
    context = browser.new_context(service_workers="block")
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(host.url + XOR)
    page.wait_for_load_state("networkidle")
    assert page.locator(".live-bar").count()
    assert page.locator("[data-offline]").is_hidden()
    assert errors == []
    context.close()


def test_the_page_loads_little_for_it_and_nothing_from_elsewhere(host: Host, context: Any):
    addresses: list[str] = []
    context.on("request", lambda request: addresses.append(request.url))
    page = visit(context, host, XOR)
    assert [url for url in addresses if not url.startswith((host.url, "blob:", "data:"))] == []
    own = page.evaluate("performance.getEntriesByType('resource').map(({name}) => name)")
    scripts = {url.partition("assets/js/")[2] for url in own if "assets/js/" in url}
    before = {name for name in scripts if not name.startswith("explore/")} - {"shell.js"}
    assert before == {"live.js", "explore.js", "offline.js"}
    sizes = [
        len(gzip.compress((ROOT / "docs/assets/js" / name).read_bytes(), 9)) for name in before
    ]
    assert sum(sizes) <= 4_096


# --- Firefox -------------------------------------------------------------------------------------


def test_firefox_opens_what_was_read_and_tells_what_was_not(changing: Host):
    binary = firefox.program()
    if binary is None:
        pytest.skip("no Firefox: `apt-get install firefox-esr`, or set FIREFOX to its path")
    key = changing.key(f"{XOR}index.html")
    with firefox.started(binary, {"dom.serviceWorkers.enabled": True}) as window:
        window.open(changing.url + XOR)
        window.wait("navigator.serviceWorker.controller !== null")
        window.open(changing.url + XOR)  # by now the worker answers
        firefox.until(lambda: window.run("return caches.match(arguments[0]).then(Boolean)", key))
        changing.stop()
        window.open(changing.url + XOR)
        window.wait("document.querySelector('.live-bar') !== null")
        window.open(f"{changing.url}en/activations/")
        heading = "document.querySelector('h1:not([hidden] *)').textContent"
        assert window.run(f"return {heading}") == "This page cannot be opened now"
        changing.start()
