"""What building the site costs: `scripts/bench site`.

Warm build: the strict build with all caches valid, against two others of the same Markdown (the
pages as the page language renders them) by the same generator, theme and Markdown extensions,
without our hooks: plain Material, with its search as the only plugin, which leaves out the labs and
the reference; and one with all our plugins, which has both.  All in processes of their own,
interleaved; the ratios of the medians of their CPU times are told, for these machines are noisy.

Cold figures: CPU beyond the import of Matplotlib of a figure, which is drawn once for both
languages, and of a file, which is a figure in one language; the data of explorable figures apart.

Serving: seconds from an edit until the running server sends what it changed: a sentence, and a
module of the package, which changes the source, an output and a figure of a page.
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
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import yaml

from scripts.benchmarks.figures import BUDGET, figure_cost
from scripts.cache import CACHE, ROOT

SECONDS_TO_SETTLE = 12  # after an edit of a module its lab is executed behind the other pages

Wanted = dict[str, Callable[[str], bool]]  # by address: whether its text is what is waited for

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
    """Print the CPU of a warm strict build and of the generator without our hooks, and ratios."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        docs = _export(folder)
        build = [sys.executable, "-m", "mkdocs", "build", "-q", "--site-dir", str(folder / "site")]
        commands = {"ours": [*build, "--strict"]}
        for kind, plugins in (("plain", {"search"}), ("plugins", None)):
            config = _plain_config(folder / f"{kind}.yml", docs, plugins)
            commands[kind] = [*build, "--config-file", str(config)]
        times: dict[str, list[float]] = {kind: [] for kind in commands}
        for number in range(rounds + 1):
            for kind, command in commands.items():
                seconds = _cpu(command)
                if number:  # the first fills the caches
                    times[kind].append(seconds)
    ours, plain, plugins = (statistics.median(times[kind]) for kind in commands)
    print(f"warm build   {ours:.2f} s CPU, plain Material {plain:.2f} s CPU:")
    print(f"             ratio {ours / plain:.2f} (goal: at most 1.5)")
    print(f"             with all our plugins {plugins:.2f} s CPU: ratio {ours / plugins:.2f}")


def _export(folder: Path) -> Path:
    """Write below `folder` the Markdown that the generator is given; return its place."""
    docs = folder / "docs"
    shutil.copytree(ROOT / "docs", docs, ignore=shutil.ignore_patterns("*.ipynb", "*.toml"))
    shutil.copytree(CACHE / "labs", docs, dirs_exist_ok=True)  # the labs as executed
    hook = folder / "export.py"
    hook.write_text(_EXPORT)
    config = _settings()
    config["hooks"] = [*(str(ROOT / path) for path in config["hooks"]), str(hook)]
    config["docs_dir"] = str(ROOT / "docs")
    config["theme"]["custom_dir"] = str(ROOT / config["theme"]["custom_dir"])
    exporting = folder / "export.yml"
    exporting.write_text(yaml.safe_dump(config, allow_unicode=True), "utf-8")
    command = [sys.executable, "-m", "mkdocs", "build", "-q", "--config-file", str(exporting)]
    _cpu([*command, "--site-dir", str(folder / "export")], EXPORT=str(docs))
    for page in docs.rglob("*.md"):  # what they link to beyond these pages is not the question
        page.write_text(
            re.sub(r"\]\([^)\s]+\.ipynb[^)]*\)", "](index.md)", page.read_text("utf-8"))
        )
    return docs


def _plain_config(path: Path, docs: Path, plugins: set[str] | None) -> Path:
    """Write to `path` our configuration without hooks, with `plugins` only (None: all of them)."""
    plain = _settings()
    for name in ("hooks", "nav", "exclude_docs", "validation"):
        plain.pop(name, None)
    plain["theme"].pop("custom_dir")
    plain["theme"]["palette"] = {"scheme": "default"}
    plain["docs_dir"] = str(docs)
    if plugins is not None:
        plain["plugins"] = [one for one in plain["plugins"] if plugins & set(one)]
    path.write_text(yaml.safe_dump(plain, allow_unicode=True), "utf-8")
    return path


def _settings() -> dict[str, Any]:
    """Return mkdocs.yml without the tags that only the generator knows."""
    text = re.sub(r"!(?:ENV|!python\S*) ?", "", (ROOT / "mkdocs.yml").read_text("utf-8"))
    text = re.sub(r"^site_url:.*$", "site_url: https://example.org/book/", text, flags=re.M)
    settings = yaml.safe_load(text)
    settings.pop("watch")
    for plugin in settings["plugins"]:
        if "mkdocstrings" in plugin:  # its paths are seen from the configuration
            plugin["mkdocstrings"]["handlers"]["python"]["paths"] = [str(ROOT)]
    return settings


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
    """Print the CPU of a figure and of a file, on average."""
    cost = figure_cost()
    goal = f"goal: at most {1000 * BUDGET:.0f}"
    print(
        f"cold figures {1000 * cost.per_figure:.1f} ms CPU a figure, drawn for both languages "
        f"({goal}), {len(cost.drawing)} figures;"
    )
    print(f"             {1000 * cost.per_file:.1f} ms a file, which is a figure in one language;")
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
            for what, edit in (("a sentence", _edit_sentence), ("a module", _edit_module)):
                times: list[float] = []
                for number in range(1, 4):
                    times.append(_wait_for(edit(project, address, number)))
                    time.sleep(SECONDS_TO_SETTLE)
                print(f"serving      {what}: {statistics.median(times):.1f} s after an edit")


def _edit_sentence(project: Path, address: str, number: int) -> Wanted:
    """Add a sentence to a page; return what must be seen of it."""
    _replace(project / "docs/en/xor.md", {r"\n(Edited .*\n\n)?## ": f"\nEdited {number}.\n\n## "})
    return {f"{address}en/xor/": lambda page: f"Edited {number}." in page}


def _edit_module(project: Path, address: str, number: int) -> Wanted:
    """Change a module so that its source, an output and a figure change; return what must be seen.

    The hand-made network, with a wider fold and one line moved, still computes XOR.
    """
    figure = f"{address}assets/figures/en/xor-hand_made.svg"
    before = _fetch(figure)
    wider = f"1.{number}"
    changes = {
        r"b1=np\.array\(\[[-.\d]+,": f"b1=np.array([-0.5{number},",
        r"HAND_MADE\.b1\).*\n": f"HAND_MADE.b1) * {wider}  # edited {number}\n",
    }
    _replace(project / "snippets/xor.py", changes)

    def source_and_output(page: str) -> bool:
        return f"# edited {number}" in page and f"[{wider} 0. ]" in page

    return {f"{address}en/xor/": source_and_output, figure: lambda drawn: drawn != before}


def _replace(path: Path, changes: dict[str, str]) -> None:
    """Replace the first place of each pattern in the file `path`, which must have it."""
    text = path.read_text("utf-8")
    for pattern, new in changes.items():
        text, found = re.subn(pattern, new, text, count=1)
        if not found:
            raise ValueError(f"{path.name} has no {pattern}: mend the edit of this benchmark")
    path.write_text(text, "utf-8")


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
        _wait_for({f"{address}en/xor/": lambda page: "<article" in page})
        yield address
    finally:
        process.terminate()
        process.wait()


def _wait_for(wanted: Wanted, limit: float = 120) -> float:
    """Return the seconds until every address of `wanted` sends what its test wants to see."""
    start = time.monotonic()
    missing = dict(wanted)
    while time.monotonic() - start < limit:
        with suppress(urllib.error.URLError, ConnectionError):
            missing = {one: test for one, test in missing.items() if not test(_fetch(one))}
        if not missing:
            return time.monotonic() - start
        time.sleep(0.05)
    raise TimeoutError(f"never showed what was waited for: {', '.join(missing)}")


def _fetch(address: str) -> str:
    with urllib.request.urlopen(address, timeout=120) as answer:
        return answer.read().decode("utf-8")


if __name__ == "__main__":
    main()
