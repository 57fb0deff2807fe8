"""What several test files share: the built site, a server for it, and a real browser."""

from __future__ import annotations

import functools
import http.server
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
SUB_PATH = "/book/"  # the site must work below a path, as on most hosts


class _Handler(http.server.SimpleHTTPRequestHandler):
    """Serves a folder below SUB_PATH, quietly, with the site's own page for what is missing."""

    def translate_path(self, path: str) -> str:
        inside = path.partition("?")[0].startswith(SUB_PATH)
        return super().translate_path("/" + path[len(SUB_PATH) :] if inside else "/outside")

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        page = Path(self.directory) / "404.html"
        if code != 404 or not page.exists():
            super().send_error(code, message, explain)
            return
        body = page.read_bytes()
        self.send_response(404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        pass


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that closes a connection early is no error."""


class DamagesOnce(_Handler):
    """A server whose packed files browsers may keep for a year; some it damages, once each."""

    damages: set[str]  # the ends of their paths

    def do_GET(self) -> None:
        damaged = {name for name in self.damages if self.path.endswith(name)}
        self.damages -= damaged
        if not damaged:
            super().do_GET()
            return
        data = bytearray(Path(self.translate_path(self.path)).read_bytes())
        data[len(data) // 2] ^= 1
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def end_headers(self) -> None:
        if self.path.endswith(".gz"):
            self.send_header("Cache-Control", "public, max-age=31536000, immutable")
        super().end_headers()


@contextmanager
def serving(folder: Path, handler: type[_Handler] = _Handler) -> Iterator[str]:
    """Serve `folder`, which may not exist yet, and give its address with a slash at the end."""
    server = _Server(("127.0.0.1", 0), functools.partial(handler, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}{SUB_PATH}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def build_site(config: Path, site: Path, address: str, engine: str = "mkdocs") -> str:
    """Build strictly into `site` for `address`; return what the command printed."""
    command = [sys.executable, "-m", engine, "build", "--strict"]
    done = subprocess.run(
        [*command, "--config-file", str(config), "--site-dir", str(site)],
        cwd=ROOT,
        env=os.environ | {"SITE_URL": address, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=900,
    )
    printed = done.stdout + done.stderr
    if done.returncode:
        pytest.fail(f"{engine} build --strict failed:\n{printed[-6000:]}", pytrace=False)
    return printed


@pytest.fixture(scope="session")
def _site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    folder = tmp_path_factory.mktemp("site") / "site"
    with serving(folder) as address:
        build_site(ROOT / "mkdocs.yml", folder, address)
        yield folder, address


@pytest.fixture(scope="session")
def built_site(_site: tuple[Path, str]) -> Path:
    """The folder of the whole site, built strictly once for all tests."""
    return _site[0]


@pytest.fixture(scope="session")
def site_url(_site: tuple[Path, str]) -> str:
    """The address at which the built site is served, ending in a slash."""
    return _site[1]


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A real Chromium, through Playwright."""
    from playwright.sync_api import Error, sync_playwright

    with sync_playwright() as playwright:
        try:
            chromium = playwright.chromium.launch(
                executable_path=_chromium(),
                args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
            )
        except Error as error:
            _without_browser(str(error).splitlines()[0])
        else:
            yield chromium
            chromium.close()


def _chromium() -> str | None:
    """The Chromium of the machine; None leaves the choice to Playwright."""
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


def _without_browser(reason: str) -> None:
    message = f"no Chromium ({reason}): `python -m playwright install chromium` fetches one"
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(message, pytrace=False)
    pytest.skip(message)


@pytest.fixture
def figure_style() -> Iterator[None]:
    """Draw as the build draws; afterwards Matplotlib is as it was."""
    import matplotlib as mpl

    from scripts.figures.fonts import font_files
    from scripts.figures.worker import prepare

    with mpl.rc_context():
        prepare(font_files())
        yield


@dataclass
class Watched:
    """What went wrong in a page, or left the site: both must stay empty."""

    errors: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)


@pytest.fixture
def page(browser: Any) -> Iterator[Callable[..., Any]]:
    """Open a page: `page(address, width=1280, height=800, **context options)`.

    `page(...).watched` holds console errors and requests to other hosts.  When the test ends both
    must be empty; a test that expects some clears them.
    """
    opened: list[tuple[Any, Watched]] = []

    def open_page(address: str, *, width: int = 1280, height: int = 800, **options: Any) -> Any:
        # What a service worker answers, a test cannot intercept; it has tests of its own.
        options.setdefault("service_workers", "block")
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        new = context.new_page()
        watched = Watched()
        host = address.split("/")[2] if "://" in address else ""
        new.on(
            "console",
            lambda message: (
                watched.errors.append(f"{message.text} ({message.location['url']})")
                if message.type == "error"
                else None
            ),
        )
        new.on("pageerror", lambda error: watched.errors.append(str(error)))
        new.on(
            "request",
            lambda request: (
                watched.foreign.append(request.url)
                if request.url.startswith(("http:", "https:")) and request.url.split("/")[2] != host
                else None
            ),
        )
        new.watched = watched
        opened.append((context, watched))
        new.goto(address)
        return new

    yield open_page
    for context, _ in opened:
        context.close()
    assert [watched.errors for _, watched in opened if watched.errors] == []
    assert [watched.foreign for _, watched in opened if watched.foreign] == []


@pytest.fixture(scope="session")
def shell_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """A book of three small pages in the shell of the real site: its folder and address."""
    folder = tmp_path_factory.mktemp("shell")
    with serving(folder / "site") as address:
        build_site(shell_config(folder), folder / "site", address)
        yield folder / "site", address


def shell_config(folder: Path) -> Path:
    """Lay out the small book of tests/cases/shell in `folder`; return its configuration."""
    shutil.copytree(ROOT / "tests/cases/shell/docs", folder / "docs")
    shutil.copytree(ROOT / "docs/assets", folder / "docs/assets")
    shutil.copy(ROOT / "docs/index.md", folder / "docs/index.md")
    config = folder / "mkdocs.yml"
    config.write_text(
        f"""\
INHERIT: {ROOT / "mkdocs.yml"}
theme:
  custom_dir: {ROOT / "scripts/theme"}
hooks:
  - {ROOT / "scripts/hooks/bilingual.py"}
watch: []
extra:
  parts:
    learning: {{ko: 배우기, en: Learning}}
nav:
  - index.md
  - learning:
    - backpropagation.md
    - convolution.md
""",
        "utf-8",
    )
    return config


def small_project(folder: Path) -> Path:
    """Lay out the book of tests/cases/small in `folder` as a project of its own; return its place.

    It has every hook but the reference's, and caches of its own, to which a test may do harm.
    """
    project = folder / "project"
    without = shutil.ignore_patterns("__pycache__")
    for part in ("scripts", "snippets", "docs/assets"):
        shutil.copytree(ROOT / part, project / part, ignore=without)
    shutil.copytree(ROOT / "tests/cases/small/docs", project / "docs", dirs_exist_ok=True)
    for name in ("docs/index.md", "docs/sw.js", "docs/syllabus.toml"):
        shutil.copy(ROOT / name, project / name)
    settings = (ROOT / "mkdocs.yml").read_text("utf-8").replace("  - scripts/hooks/api.py\n", "")
    before, _, rest = settings.partition("\nnav:\n")
    after = rest[rest.index("extra:\n") :]
    nav = "".join(f"  - {name}\n" for name in ("index.md", "small.md", "labs/lab.ipynb"))
    (project / "mkdocs.yml").write_text(f"{before}\nnav:\n{nav}\n{after}", "utf-8")
    (project / ".cache").mkdir()
    (project / ".cache" / "web").symlink_to(ROOT / ".cache" / "web")
    if (ROOT / ".cache" / "live").is_dir():  # it takes long to make
        shutil.copytree(ROOT / ".cache" / "live", project / ".cache" / "live")
    return project


def run_in(project: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run `python -m ...` (or `-c ...`) in `project`; return how it ended and what it printed."""
    return subprocess.run(
        [sys.executable, *(command if command[0] == "-c" else ("-m", *command))],
        cwd=project,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1", "PYTHONPATH": str(project)},
        capture_output=True,
        encoding="utf-8",
        timeout=600,
        check=False,
    )
