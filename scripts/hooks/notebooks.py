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
from scripts.reuse import link_targets  # noqa: E402

Outputs = list[list[dict[str, Any]]]

_labs: dict[str, notebooks.Lab] = {}
_links: list[tuple[str, notebooks.Link]] = []
_errors: list[PageError] = []
_running: list[tuple[File, notebooks.Prepared, Future[Outputs]]] = []
_LABS_AT_ONCE = 2
EXECUTED = CACHE / "labs"

# While serving, the other pages do not wait for a lab that must be executed again: its page keeps
# its outputs, says so, and follows in a rebuild of its own.
_serving = False
_last: dict[str, notebooks.Lab] = {}
_waiting: list[tuple[File, notebooks.Prepared]] = []
_behind: dict[str, Future[Outputs]] = {}  # by key
_DONE = CACHE / "labs-executed"  # touched when a lab has been executed; the server watches it


def on_startup(command: str, dirty: bool) -> None:
    """Remember whether this process builds more than once."""
    global _serving
    _serving = command == "serve"


def on_serve(server: Any, config: Config, builder: Any) -> Any:
    """Build again when a lab has been executed."""
    write_atomic(_DONE, b"")
    server.watch(str(_DONE))
    return server


# Before mkdocs-jupyter looks for notebooks, and before anything that takes long.
@event_priority(80)
def _start(files: Files, config: Config) -> Files:
    """Begin to execute every lab, beside the pages' code and the figures."""
    _labs.clear()
    _links.clear()
    _running.clear()
    _waiting.clear()
    _errors.clear()
    labs: dict[str, list[notebooks.Prepared]] = {}  # the editions by what they share of the address
    pool = ThreadPoolExecutor(_LABS_AT_ONCE)  # the threads wait for kernels
    for file in files:
        if file.src_uri.endswith(".ipynb") and file.generated_by is None:
            try:
                lab = notebooks.prepared(Path(file.abs_src_path or ""), f"docs/{file.src_uri}")
            except PageError as error:
                _errors.append(error)
                continue
            if _serving and file.src_uri in _last and not notebooks.is_executed(lab):
                _waiting.append((file, lab))
            else:
                _running.append((file, lab, pool.submit(notebooks.executed, lab)))
            labs.setdefault(file.src_uri.partition("/")[2], []).append(lab)
            # mkdocs-jupyter finds a notebook by its folder and its name
            file.src_dir = str(EXECUTED)
    for pair in labs.values():
        if len(pair) == 2:  # that an edition is missing is told by the hook of the languages
            _errors.extend(notebooks.twin_errors(*pair))
    pool.shutdown(wait=False)
    return files


# Before the nav is made of the files.
@event_priority(-90)
def _finish(files: Files, config: Config) -> Files:
    """Put the executed notebooks where mkdocs-jupyter reads them, and their figures in the site."""
    for file, prepared, outputs in _running:
        try:
            _add(file, notebooks.with_outputs(prepared, outputs.result()), files, config)
        except PageError as error:
            _errors.append(error)
    for file, prepared in _waiting:
        try:
            _execute_behind(prepared)
        except PageError as error:
            _errors.append(error)
        _add(file, _last[file.src_uri], files, config)
    report(_errors)
    return files


def _execute_behind(lab: notebooks.Prepared) -> None:
    """See to it that `lab` is executed; raise PageError if that failed already."""
    behind = _behind.get(lab.key)
    if behind is not None and behind.done():
        behind.result()  # a failure is told; a result that was not kept is computed again
        behind = None
    if behind is None:
        pool = ThreadPoolExecutor(1)  # only now: the other pages had both processors
        _behind[lab.key] = behind = pool.submit(notebooks.executed, lab)
        behind.add_done_callback(lambda _: write_atomic(_DONE, lab.key.encode()))
        pool.shutdown(wait=False)


on_files = CombinedEvent(_start, _finish)


def _add(file: File, lab: notebooks.Lab, files: Files, config: Config) -> None:
    _labs[file.src_uri] = _last[file.src_uri] = lab
    write_atomic(EXECUTED / file.src_uri, nbformat.writes(lab.notebook).encode("utf-8"))
    folder = file.src_uri.removesuffix(".ipynb")
    download = f"{folder}/{Path(file.src_uri).name}"
    files.append(File.generated(config, download, content=lab.source))
    for name, svg in lab.figures.items():
        if name not in files.src_uris:  # both languages show the same figures
            files.append(File.generated(config, name, content=svg))


# After mkdocs-jupyter has given the page its own way of being rendered.
@event_priority(-50)
def on_pre_page(page: Page, config: Config, files: Files) -> Page:
    """Keep mkdocs-jupyter's HTML of a lab: to make it takes a second."""
    if page.file.src_uri in _labs:
        settings: Any = config.plugins["mkdocs-jupyter"].config
        notebooks.keep_conversion(page, repr(sorted(settings.items())))
    return page


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
        key = digest(html, lab.source, page.url, *link_targets(files))
        made = notebooks.kept_lab_page(key, make)
        if any(page.file.src_uri == file.src_uri for file, _ in _waiting):
            made = notebooks.with_notice(made, language_of(page.file.src_uri) or "en")
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


def on_post_build(config: Config) -> None:
    """Forget the oldest of what was kept."""
    notebooks.prune()


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
