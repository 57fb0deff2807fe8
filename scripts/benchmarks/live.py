"""Python in the page: bytes before the click, size of the runtime, first result, training speed.

Times are ratios to what is measured beside them in the same run: the stock files of Pyodide and
NumPy, served alike, and native Python.
"""

from __future__ import annotations

import functools
import http.server
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from scripts.assets import web_asset
from scripts.cache import ROOT
from scripts.live import pack, site
from scripts.live.archive import compress

EAGER_BUDGET, RUNTIME_BUDGET = 4_000, 8_000_000  # bytes, compressed
FIRST_RESULT_BUDGET, TRAINING_BUDGET = 1.0, 0.45  # of stock; of native speed
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


def eager_bytes() -> int:
    """Return the compressed bytes of what a page loads for live code before any click."""
    wanted, seen = [SCRIPTS / "live.js"], set[Path]()
    while wanted:
        path = wanted.pop()
        seen.add(path)
        for name in re.findall(
            r'^(?:import|export)[^"(]*"(\.[^"]+)"', path.read_text("utf-8"), re.M
        ):
            target = (path.parent / name).resolve()
            if target not in seen:
                wanted.append(target)
    styles = [style for style in [ROOT / "docs/assets/css/live.css"] if style.exists()]
    return sum(len(compress(path.read_bytes())) for path in [*seen, *styles])


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
