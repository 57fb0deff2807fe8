"""What building the site costs: `scripts/bench site`.

Warm build: the strict build with all caches valid, against the same generator, theme, plugins and
Markdown extensions without our hooks, on the same Markdown: the pages as the page language
renders them, and the generated reference.  Both in processes of their own, interleaved; the ratio
of the medians of their CPU times is told, for these machines are noisy.

Cold figures: CPU of one figure in one language beyond the import of Matplotlib; the data of
explorable figures apart.

Serving: seconds from an edit until the running server sends the changed page: a sentence, and a
module of the package (its source, outputs and figures).
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from scripts.benchmarks.figures import figure_cost
from scripts.cache import CACHE, ROOT

SECONDS_TO_SETTLE = 12  # after an edit of a module its lab is executed behind the other pages

_EXPORT = '''
"""MkDocs hook: write every page's final Markdown, to measure the generator alone on it."""
import os
from pathlib import Path
from mkdocs.plugins import event_priority

@event_priority(-200)
def on_page_markdown(markdown, page, config, files):
    if not page.file.src_uri.endswith(".md"):
        return markdown
    target = Path(os.environ["EXPORT"]) / page.file.src_uri
    target.parent.mkdir(parents=True, exist_ok=True)
    title = str(page.meta.get("title", "")).replace('"', "'")
    target.write_text(f'---\\ntitle: "{title}"\\n---\\n{markdown}', "utf-8")
    return markdown
'''


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(prog="scripts/bench site", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="builds of each kind, default 5")
    options = parser.parse_args()
    print(f"load {os.getloadavg()[0]:.1f}, {os.cpu_count()} processors")
    warm_build(options.rounds)
    cold_figures()
    serving()


def warm_build(rounds: int) -> None:
    """Print the CPU of a warm strict build and of the generator alone, and their ratio."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        plain = _plain_project(folder)
        site = ["--site-dir", str(folder / "site")]
        ours = [sys.executable, "-m", "mkdocs", "build", "-q", "--strict", *site]
        theirs = [*ours[:5], "--config-file", str(plain), *site]
        _cpu(ours)
        _cpu(theirs)
        times: dict[str, list[float]] = {"ours": [], "plain": []}
        for _ in range(rounds):
            times["plain"].append(_cpu(theirs))
            times["ours"].append(_cpu(ours))
    middle = {name: statistics.median(values) for name, values in times.items()}
    print(f"warm build   {middle['ours']:.2f} s CPU, plain {middle['plain']:.2f} s CPU")
    print(f"             ratio {middle['ours'] / middle['plain']:.2f} (goal: at most 1.5)")


def _plain_project(folder: Path) -> Path:
    """Write the same Markdown with a configuration that has no hook of ours; return the latter."""
    docs = folder / "docs"
    shutil.copytree(ROOT / "docs", docs, ignore=shutil.ignore_patterns("*.ipynb", "*.toml"))
    shutil.copytree(CACHE / "labs", docs, dirs_exist_ok=True)  # the labs as executed
    hook = folder / "export.py"
    hook.write_text(_EXPORT)
    config = _settings()
    config["hooks"] = [*(str(ROOT / path) for path in config["hooks"]), str(hook)]
    exporting = ROOT / ".bench.yml"  # beside the real one: its paths are seen from there
    exporting.write_text(yaml.safe_dump(config, allow_unicode=True), "utf-8")
    try:
        command = [sys.executable, "-m", "mkdocs", "build", "-q", "--config-file", str(exporting)]
        _cpu([*command, "--site-dir", str(folder / "export")], EXPORT=str(docs))
    finally:
        exporting.unlink()
    for page in docs.rglob("*.md"):  # what they link to beyond these pages is not the question
        page.write_text(
            re.sub(r"\]\([^)\s]+\.ipynb[^)]*\)", "](index.md)", page.read_text("utf-8"))
        )
    plain = _settings()
    for name in ("hooks", "nav", "watch", "exclude_docs", "validation"):
        plain.pop(name, None)
    plain["theme"].pop("custom_dir")
    plain["theme"]["palette"] = {"scheme": "default"}
    plain["docs_dir"] = str(docs)
    path = folder / "mkdocs.yml"
    path.write_text(yaml.safe_dump(plain, allow_unicode=True), "utf-8")
    return path


def _settings() -> dict[str, Any]:
    """Return mkdocs.yml without the tags that only the generator knows."""
    text = re.sub(r"!(?:ENV|!python\S*) ?", "", (ROOT / "mkdocs.yml").read_text("utf-8"))
    text = re.sub(r"^site_url:.*$", "site_url: https://example.org/book/", text, flags=re.M)
    return yaml.safe_load(text)


def _cpu(command: list[str], **variables: str) -> float:
    """Run `command` and return the CPU seconds that it and its children took."""
    before = os.times()
    subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1", "PYTHONPATH": str(ROOT)} | variables,
        check=True,
        capture_output=True,
    )
    after = os.times()
    return (
        after.children_user + after.children_system - before.children_user - before.children_system
    )


def cold_figures() -> None:
    """Print the CPU of drawing a figure in one language, on average."""
    cost = figure_cost()
    print(
        f"cold figures {1000 * cost.average:.1f} ms CPU a figure file (goal: at most 25), "
        f"{cost.files} files;"
    )
    data = sum(cost.data.values())
    print(f"             {data:.1f} s once for the data of {len(cost.data)} explorables;")
    print(f"             {1000 * cost.start:.0f} ms once for each process before the first")


def serving() -> None:
    """Print how long an edit takes to reach a reader of `mkdocs serve`."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        project = Path(name) / "project"
        parts = ("docs", "snippets", "scripts", "mkdocs.yml", "pyproject.toml", ".cache")
        for part in parts:
            source = ROOT / part
            if source.is_dir():
                shutil.copytree(source, project / part, symlinks=True)
            else:
                project.mkdir(parents=True, exist_ok=True)
                shutil.copy(source, project / part)
        with _server(project) as address:
            page = project / "docs" / "en" / "xor.md"
            module = project / "snippets" / "xor.py"
            edits = [
                ("a sentence", page, "# The XOR problem\n", "# The XOR problem\n\nEdited {}.\n"),
                (
                    "a module",
                    module,
                    "def hand_made_hidden(",
                    "def hand_made_hidden(  # edited {}\n",
                ),
            ]
            for what, path, old, new in edits:
                text = path.read_text("utf-8")
                times: list[float] = []
                for number in range(3):
                    mark = f"{number}{what[-1]}"
                    path.write_text(text.replace(old, new.format(mark), 1), "utf-8")
                    times.append(_wait_for(f"{address}en/xor/", f"dited {mark}"))
                    time.sleep(SECONDS_TO_SETTLE)
                print(f"serving      {what}: {statistics.median(times):.1f} s after an edit")


@contextmanager
def _server(project: Path) -> Generator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    environment.pop("PYTHONPATH", None)
    process = subprocess.Popen(
        [sys.executable, "-m", "mkdocs", "serve", "-q", "-a", f"127.0.0.1:{port}"],
        cwd=project,
        env=environment,
    )
    address = f"http://127.0.0.1:{port}/neural-networks/"
    try:
        _wait_for(f"{address}en/xor/", "<article")
        yield address
    finally:
        process.terminate()
        process.wait()


def _wait_for(address: str, text: str, limit: float = 120) -> float:
    """Return the seconds until the page at `address` holds `text`."""
    start = time.monotonic()
    while time.monotonic() - start < limit:
        try:
            with urllib.request.urlopen(address, timeout=limit) as answer:
                if text in answer.read().decode("utf-8"):
                    return time.monotonic() - start
        except (urllib.error.URLError, ConnectionError):
            pass
        time.sleep(0.05)
    raise TimeoutError(f"{address} never showed {text!r}")


if __name__ == "__main__":
    main()
