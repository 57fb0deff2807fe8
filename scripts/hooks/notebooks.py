"""MkDocs hook: labs. All logic stands in scripts/notebooks.py; mkdocs-jupyter makes the HTML."""

from __future__ import annotations

import sys
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

import nbformat  # noqa: E402

from scripts import notebooks  # noqa: E402
from scripts.bilingual import language_of  # noqa: E402
from scripts.cache import CACHE, digest, write_atomic  # noqa: E402
from scripts.engine import CombinedEvent, Config, File, Files, Page, event_priority  # noqa: E402
from scripts.errors import PageError, report  # noqa: E402

_labs: dict[str, notebooks.Lab] = {}
_links: list[tuple[str, notebooks.Link]] = []
_running: list[tuple[File, Future[notebooks.Lab]]] = []
_LABS_AT_ONCE = 2

EXECUTED = CACHE / "labs"


def on_config(config: Config) -> Config:
    """Let mkdocs-jupyter keep its HTML in our cache: its key is the executed notebook."""
    config.plugins["mkdocs-jupyter"].config["cache_dir"] = str(CACHE / "mkdocs-jupyter")
    return config


# Before mkdocs-jupyter looks for notebooks, and before anything that takes long.
@event_priority(80)
def _start(files: Files, config: Config) -> Files:
    """Begin to execute every lab, beside the pages' code and the figures."""
    _labs.clear()
    _links.clear()
    _running.clear()
    pool = ThreadPoolExecutor(_LABS_AT_ONCE)  # the threads wait for kernels
    for file in files:
        if file.src_uri.endswith(".ipynb") and file.generated_by is None:
            path, shown = Path(file.abs_src_path or ""), f"docs/{file.src_uri}"
            _running.append((file, pool.submit(notebooks.read_lab, path, shown)))
            # mkdocs-jupyter finds a notebook by its folder and its name
            file.src_dir = str(EXECUTED)
    pool.shutdown(wait=False)
    return files


# Before the nav is made of the files.
@event_priority(-90)
def _finish(files: Files, config: Config) -> Files:
    """Put the executed notebooks where mkdocs-jupyter reads them, and their figures in the site."""
    errors: list[PageError] = []
    for file, lab in _running:
        try:
            _add(file, lab.result(), files, config)
        except PageError as error:
            errors.append(error)
    report(errors)
    return files


on_files = CombinedEvent(_start, _finish)


def _add(file: File, lab: notebooks.Lab, files: Files, config: Config) -> None:
    _labs[file.src_uri] = lab
    write_atomic(EXECUTED / file.src_uri, nbformat.writes(lab.notebook).encode("utf-8"))
    folder = file.src_uri.removesuffix(".ipynb")
    download = f"{folder}/{Path(file.src_uri).name}"
    files.append(File.generated(config, download, content=lab.source))
    for name, svg in lab.figures.items():
        if name not in files.src_uris:  # both languages show the same figures
            files.append(File.generated(config, name, content=svg))


# Before the hook that collects which characters the formulas need.
@event_priority(20)
def on_page_content(html: str, page: Page, config: Config, files: Files) -> str:
    """Make of mkdocs-jupyter's HTML a page like the others."""
    lab = _labs.get(page.file.src_uri)
    if lab is None:
        return html

    def url_of(target: str) -> str | None:
        found = files.get_file_from_path(target)
        return found.url_relative_to(page.file.url) if found else None

    def make() -> notebooks.LabPage:
        return notebooks.lab_page(
            html,
            lab,
            language=language_of(page.file.src_uri) or "en",
            url_of=url_of,
            up="../" * page.url.count("/"),
        )

    try:
        key = digest(html, lab.source, page.url, *sorted(files.src_uris))
        made = notebooks.kept_lab_page(key, make)
    except PageError as error:
        report([error])
        raise
    _name_contents(page.toc, made.headings)
    if lab.description:
        page.meta["description"] = lab.description
    _links.extend((lab.path, link) for link in made.links)
    return made.html


def _name_contents(toc: Any, headings: list[tuple[int, str, str]]) -> None:
    """Give the table of contents, which has the same headings, their ids."""
    names = iter(headings)

    def name(items: Any) -> None:
        for item in items:
            _, item.id, item.title = next(names)
            name(item.children)

    name(toc)


def on_env(env: Any, config: Config, files: Files) -> Any:
    """Stop if a lab links to a place that its page does not have."""
    errors: list[PageError] = []
    for path, link in _links:
        file = files.get_file_from_path(link.target)
        content = file.page.content if file and file.page else None
        if link.anchor and f'id="{link.anchor}"' not in (content or ""):
            message = f"links to docs/{link.target}#{link.anchor}, but that page has no such id"
            errors.append(PageError(path, None, message))
    report(errors)
    return env
