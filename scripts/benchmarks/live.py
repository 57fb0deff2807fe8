"""Python in the page: bytes before the click, size of the runtime, first result, training speed;
and figures with controls: how long a picture takes to draw, and how many a second can be seen.

Beside it, what a page with one cell by markdown-exec or marimo loads before a click, where they are
installed; what they ask of other hosts is named, not fetched.  Times are ratios to what is measured
beside them in the same run: the stock files of Pyodide and NumPy, served alike, and native Python.
"""

from __future__ import annotations

import functools
import http.server
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
from collections.abc import Generator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from scripts import reader
from scripts.assets import web_asset
from scripts.cache import ROOT
from scripts.live import pack, site
from scripts.live.archive import compress

EAGER_BUDGET, RUNTIME_BUDGET = 4_096, 8_000_000  # bytes, compressed
FIRST_RESULT_BUDGET, TRAINING_BUDGET = 1.0, 0.45  # of stock; of native speed
FRAMES_BUDGET = 55  # a second, of the 60 that a browser shows
ROUNDS = 3
SCRIPTS = ROOT / "docs/assets/js"
FIRST_CELL = "import numpy as np\nstr(np.linalg.solve(np.eye(2), np.ones(2)).sum())"
TRAINING = """
import time
import numpy as np
from snippets.xor import train
train(np.random.default_rng(0), steps=200)
start = time.perf_counter()
train(np.random.default_rng(0), steps=5000)
print(time.perf_counter() - start)
"""
OURS = """<!doctype html><title>ours</title><link rel="icon" href="data:,">
<script type="module">
  import * as live from "./assets/js/live/client.js";
  window.first = async (code) => (await live.run("page", code)).output;
  window.ready = true;
</script>"""
STOCK = """<!doctype html><title>stock</title><link rel="icon" href="data:,">
<script>
  window.first = (code) => new Promise((done) => {
    const worker = new Worker("stock.js", { type: "module" });
    worker.onmessage = ({ data }) => done(data);
    worker.postMessage(code);
  });
  window.ready = true;
</script>"""
STOCK_WORKER = """
import { loadPyodide } from "./stock/pyodide.mjs";
onmessage = async ({ data }) => {
  const archive = fetch("stock/numpy.tar.gz").then((response) => response.arrayBuffer());
  const python = await loadPyodide({ indexURL: new URL("stock/", location).href });
  python._module.mergeLibSymbols({ backtrace: Object.assign(() => 0, { sig: "iii" }) }, "shim");
  python.unpackArchive(await archive, "gztar", { extractDir: "/numpy" });
  python.runPython("import sys; sys.path.insert(0, '/numpy/lib/python3.12/site-packages')");
  postMessage(String(python.runPython(data)));
};
"""


# Moves a slider from end to end and back, a step in each frame; gives ms a picture and frames a
# second of the best round.
SCRUB = """async (input) => {
  const home = window.__md_scope.pathname;
  const { drawn } = await import(`${home}assets/js/explore/mount.js`);
  const [low, high, frames] = [Number(input.min), Number(input.max), 60];
  const scrub = async () => {
    const before = { ...drawn };
    const began = performance.now();
    for (let n = 0; n < frames; n++) {
      input.value = low + (high - low) * Math.abs(1 - (2 * n) / frames);
      input.dispatchEvent(new Event("input"));
      await new Promise(requestAnimationFrame);
    }
    const seconds = (performance.now() - began) / 1000;
    return [(drawn.ms - before.ms) / (drawn.count - before.count), frames / seconds];
  };
  const rounds = [];
  for (let n = 0; n < ROUNDS; n++) rounds.push(await scrub());
  return [Math.min(...rounds.map(([ms]) => ms)), Math.max(...rounds.map(([, rate]) => rate))];
}""".replace("ROUNDS", str(ROUNDS))


PEER_CONFIG = """\
site_name: peer
plugins: [{}]
markdown_extensions: [pymdownx.superfences]
"""
PEER_NOTEBOOK = """\
import marimo

app = marimo.App()


@app.cell
def _():
    print(1 + 1)
    return
"""


def eager_bytes() -> int:
    """Return the compressed bytes of what a page loads for live code before any click."""
    scripts = [(ROOT / "docs" / name).read_text("utf-8") for name in reader.EAGER]
    return sum(len(compress(reader.without_comments(one).encode())) for one in scripts)


def markdown_exec_site(folder: Path, plugin: str) -> None:
    """Build a page with one cell into `folder`, by the plugin markdown-exec or without ("")."""
    (folder / "docs").mkdir(parents=True)
    (folder / "docs/index.md").write_text("```pyodide\nprint(1 + 1)\n```\n", "utf-8")
    (folder / "mkdocs.yml").write_text(PEER_CONFIG.format(plugin), "utf-8")
    _quietly([sys.executable, "-m", "mkdocs", "build", "--quiet"], folder)


def marimo_site(folder: Path) -> None:
    """Export a notebook with one cell by marimo into `folder`."""
    folder.mkdir(parents=True)
    (folder / "cell.py").write_text(PEER_NOTEBOOK, "utf-8")
    options = ["--mode", "edit", "--no-sandbox", "--output", "site"]
    _quietly([sys.executable, "-m", "marimo", "export", "html-wasm", "cell.py", *options], folder)


def _quietly(command: list[str], folder: Path) -> None:
    beside = Path(sys.executable).parent  # marimo looks for uv, which may be installed with it
    path = f"{beside}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "PATH": path}
    subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=True)


def before_click(browser: Any, address: str) -> tuple[dict[str, int], set[str]]:
    """Return what a page loads by itself: compressed bytes by address, and foreign addresses."""
    own: dict[str, int] = {}
    foreign: set[str] = set()
    context = browser.new_context(service_workers="block")

    def answer(route: Any) -> None:
        asked = route.request.url
        if asked.startswith(address):
            response = route.fetch()
            own[asked] = len(compress(response.body()))
            route.fulfill(response=response)
        else:
            foreign.add(asked)
            route.abort()

    context.route("**/*", answer)
    page = context.new_page()
    page.goto(address, wait_until="load")
    page.wait_for_load_state("networkidle")
    context.close()
    return own, foreign


def peers(browser: Any, folder: Path) -> None:
    """Print what pages of the installed peers load before a click."""
    if find_spec("markdown_exec"):
        made: list[tuple[dict[str, int], set[str]]] = []
        for place, plugin in (("with", "markdown-exec"), ("without", "")):
            markdown_exec_site(folder / place, plugin)
            with serving(folder / place / "site") as address:
                own, foreign = before_click(browser, address)
                made.append(({url.removeprefix(address): own[url] for url in own}, foreign))
        (own, foreign), (plain_own, plain_foreign) = made
        added = {url: size for url, size in own.items() if url and url not in plain_own}
        tell_peer("markdown-exec", added, foreign - plain_foreign)
    if find_spec("marimo"):
        marimo_site(folder / "marimo")
        with serving(folder / "marimo/site") as address:
            tell_peer("marimo", *before_click(browser, address))


def tell_peer(name: str, own: dict[str, int], foreign: set[str]) -> None:
    """Print the bytes of a peer's page before the click, and what it asks of other hosts."""
    print(f"{name + ': before the click (gz)':34} {sum(own.values()):>12,}   {len(own)} files")
    for address in sorted(foreign):
        print(f"    and from elsewhere {address}")


def lay_out(folder: Path) -> None:
    """Put a page with our runtime and one with the stock files into `folder`."""
    runtime, own = pack.runtime_pack(), pack.project_pack()
    name, manifest = site.manifest_of(runtime, own)
    live, stock = folder / site.FOLDER, folder / "stock"
    shutil.copytree(SCRIPTS / "live", folder / "assets/js/live")
    shutil.copytree(runtime.folder, live / runtime.version)
    (live / site.project_version(own)).mkdir()
    (live / site.project_version(own) / site.OWN_FILE).write_bytes(own)
    (live / name).write_bytes(manifest)
    (folder / "ours.html").write_text(site.announce(OURS, name), "utf-8")
    shutil.copytree(web_asset("pyodide"), stock)
    archive = next(web_asset("@emscripten-forge/numpy", "pkg").glob("numpy-*.tar.gz"))
    shutil.copy(archive, stock / "numpy.tar.gz")
    (folder / "stock.html").write_text(STOCK, "utf-8")
    (folder / "stock.js").write_text(STOCK_WORKER, "utf-8")


@contextmanager
def serving(folder: Path) -> Generator[str]:
    """Serve `folder` on this machine; give the address."""
    handler = functools.partial(_Quiet, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass


def first_result(browser: Any, address: str) -> float:
    """Return the seconds from the click to the first result, with an empty browser cache."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(address)
    page.wait_for_function("window.ready")
    milliseconds, output = page.evaluate(
        "async (code) => { const start = performance.now(); const output = await first(code);"
        " return [performance.now() - start, output] }",
        FIRST_CELL,
    )
    context.close()
    if output.strip("'\n") != "2.0":
        raise RuntimeError(f"{address} computed {output!r} instead of 2.0")
    return milliseconds / 1000


def training(browser: Any, address: str) -> tuple[float, float]:
    """Return the seconds that training XOR takes in the page and natively, taken in turns."""
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", TRAINING]
    context = browser.new_context()
    page = context.new_page()
    page.goto(address)
    page.wait_for_function("window.ready")
    in_page: list[float] = []
    native: list[float] = []
    for _ in range(ROUNDS):
        done = subprocess.run(command, env=environment, capture_output=True, check=True)
        native.append(float(done.stdout))
        in_page.append(float(page.evaluate("(code) => first(code)", TRAINING)))
    context.close()
    return min(in_page), min(native)


def redraws(browser: Any, folder: Path) -> None:
    """Print, for the slowest slider of each figure with controls, what a change of it costs."""
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--site-dir", str(folder)]
    _quietly(command, ROOT)
    with serving(folder) as address:
        for path in sorted((folder / "en").glob("*/index.html")):
            if "data-explore" not in path.read_text("utf-8"):
                continue
            context = browser.new_context(service_workers="block")
            page = context.new_page()
            page.goto(f"{address}en/{path.parent.name}/")
            for figure in page.locator("figure[data-explore]").all():
                figure.scroll_into_view_if_needed()
                figure.locator(".explore-controls").wait_for()
                sliders = figure.locator("input[type=range]").all()
                measured = [slider.evaluate(SCRUB) for slider in sliders]
                frames = min(frames for _, frames in measured)
                name = (figure.get_attribute("id") or "").removeprefix("explore-")
                budget = f"{FRAMES_BUDGET} frames a second, reached {frames:.0f}"
                drawing = f"{max(ms for ms, _ in measured):.2f} ms"
                tell(f"{name}: redraw", drawing, frames >= FRAMES_BUDGET, budget)
            context.close()


def tell(name: str, value: str, met: bool, budget: str) -> None:
    """Print one line of the report."""
    print(f"{name:34} {value:>12}   {'ok' if met else 'MISSED':6}  budget {budget}")


def main() -> None:
    """Measure and print each budget and what was measured."""
    from playwright.sync_api import sync_playwright

    eager = eager_bytes()
    tell("bytes before the click (gz)", f"{eager:,}", eager <= EAGER_BUDGET, f"{EAGER_BUDGET:,}")
    runtime = pack.runtime_pack()
    size = sum(part.size for part in runtime.parts) + len(pack.project_pack())
    tell("runtime and package (gz)", f"{size:,}", size <= RUNTIME_BUDGET, f"{RUNTIME_BUDGET:,}")
    program = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        lay_out(Path(folder))
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        with serving(Path(folder)) as address:
            pairs = [
                (
                    first_result(browser, f"{address}ours.html"),
                    first_result(browser, f"{address}stock.html"),
                )
                for _ in range(ROUNDS)
            ]
            in_page, native = training(browser, f"{address}ours.html")
        redraws(browser, Path(folder) / "site")
        peers(browser, Path(folder) / "peers")
        browser.close()
    ours, stock = (statistics.median(times) for times in zip(*pairs, strict=True))
    ratio = ours / stock
    budget = f"{FIRST_RESULT_BUDGET} x stock"
    tell("click to first result", f"{ratio:.2f} x", ratio <= FIRST_RESULT_BUDGET, budget)
    speed = native / in_page
    tell("XOR training", f"{speed:.2f} x", speed >= TRAINING_BUDGET, f"{TRAINING_BUDGET} x native")
    print(f"times: first result {ours:.2f} s, stock {stock:.2f} s; training {in_page:.2f} s in the")
    print(f"page, {native:.2f} s native; medians and minima of {ROUNDS} rounds on this machine")


if __name__ == "__main__":
    main()
