"""Labs: notebooks that are executed at build and shown as pages of the site.

A lab stands in docs/<language>/labs/ without outputs.  Its code runs once for both languages and
again only when the code or the package changes.  mkdocs-jupyter turns the executed notebook into
HTML; `lab_page` then makes of that what the other pages are made of: the same code blocks, figures
for both colour schemes, formulas, headings with ids, links that were checked.  Nothing is left of
the 574 KB of styles and scripts (and the addresses in them) that came with every notebook.
"""

from __future__ import annotations

import html
import inspect
import json
import os
import posixpath
import re
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import nbformat
from bs4 import BeautifulSoup
from bs4.element import NavigableString, Tag
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from scripts import maths
from scripts.cache import ROOT, Cache, digest, files_digest, installed_version
from scripts.dependencies import module_files, modules_of
from scripts.engine import Config, Files, Page, get_toc
from scripts.errors import PageError
from scripts.figures import svg
from scripts.pages.parse import code_key

SECONDS_FOR_A_CELL = 60
FIGURES = "assets/labs"

_WORDS = {
    "download": {"ko": "노트북 내려받기 (.ipynb)", "en": "Download the notebook (.ipynb)"},
    "permalink": {"ko": "이 부분의 주소", "en": "Permanent link"},
    "output": {"ko": "출력", "en": "Output"},
    "running": {
        "ko": "이 실습은 지금 실행 중입니다. 아래는 고치기 전의 결과입니다.",
        "en": "This lab is being executed.  Below is what it gave before the edit.",
    },
}
_SHARED = {  # what the words of the two languages have in common
    "heading": re.compile(r"^(#+) ", re.M),
    "formula": re.compile(r"\$+[^$]+\$+"),
    "link": re.compile(r"\]\(([^)]*)\)"),
    "numbered line": re.compile(r"^(\d+)\. ", re.M),
}
_ID = re.compile(r"[a-z][a-z0-9-]*\Z")
_HEADING = re.compile(r"^#{1,6} ", re.M)
_CODE_FENCE = re.compile(r"^```.*?^```", re.M | re.S)
_MATHS = re.compile(r"\$\$(?P<display>.+?)\$\$|(?<!\\)\$(?!\s)(?P<inline>[^$]+?)(?<!\s)\$", re.S)
_WEIGHT = re.compile(r"<(style|script|svg)\b.*?</\1>", re.S | re.I)
_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_MACHINE = re.compile(r"/(?:tmp|home|Users|root)/|ipykernel_\d|[A-Z]:\\\\")

# The kernel's profile: figures as the site's figures are, and nothing of the user's own settings.
_PROFILE = """
c.IPKernelApp.log_level = 40  # else it warns of its own connection
from snippets.figures._style import BLUE, GREEN, GREY, ORANGE, PURPLE, RC
c.InlineBackend.figure_formats = {"svg"}
c.InlineBackend.print_figure_kwargs = {
    "bbox_inches": "tight", "metadata": {"Date": None, "Creator": None}
}
c.InlineBackend.rc = RC | {
    "svg.hashsalt": "snippets",
    "axes.prop_cycle": f"cycler('color', {[BLUE, ORANGE, GREEN, PURPLE, GREY]})",
}
"""

_cache = Cache("notebooks")
_conversions = Cache("lab-html")
_pages = Cache("lab-pages")
_turns: dict[str, threading.Lock] = {}  # by key: the second edition waits for the first

Notebook = Any  # nbformat has no types


@dataclass(frozen=True)
class Lab:
    """A lab in one language: its file as written, its notebook with outputs, its figures."""

    path: str
    source: bytes
    notebook: Notebook
    figures: dict[str, str]

    @property
    def description(self) -> str:
        """What search engines and link previews say of the page."""
        return str(self.notebook.metadata.get("description", ""))


@dataclass(frozen=True)
class Prepared:
    """A lab that was read and checked, with all that its execution depends on."""

    path: str
    source: bytes
    notebook: Notebook
    files: list[Path]  # of the package
    files_key: str
    key: str
    colours: svg.Colours

    @property
    def code(self) -> list[Any]:
        """The cells that are executed."""
        return [cell for cell in self.notebook.cells if cell.cell_type == "code"]


def read_lab(path: Path, shown: str) -> Lab:
    """Return the lab in the file `path`, executed; `shown` is the path that errors name.

    Raises PageError for a notebook that breaks a rule or fails.
    """
    lab = prepared(path, shown)
    return with_outputs(lab, executed(lab))


def prepared(path: Path, shown: str) -> Prepared:
    """Return the lab in the file `path`, ready to be executed.

    Here is done whatever parses Python: two threads of Python 3.11 must not do so at once.
    Comments do not count for the key, so that the two languages share one run.
    Raises PageError for a notebook that breaks a rule.
    """
    source = path.read_bytes()
    notebook = read_notebook(source.decode("utf-8"), shown)
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    files = module_files(set[str]().union(*map(modules_of, [_PROFILE, *code])))
    files_key = files_digest(files)
    libraries = ("numpy", "matplotlib", "nbclient", "ipykernel", "matplotlib-inline")
    key = digest(
        *(code_key(each) for each in code),
        files_key,
        sys.version,
        *(installed_version(name) for name in libraries),
        Path(__file__).read_bytes(),
        Path(inspect.getfile(svg)).read_bytes(),
    )
    return Prepared(shown, source, notebook, files, files_key, key, svg.schemes())


def with_outputs(lab: Prepared, outputs: Sequence[Sequence[dict[str, Any]]]) -> Lab:
    """Return `lab` with the `outputs` of its code cells."""
    figures: dict[str, str] = {}
    for cell, own in zip(lab.code, outputs, strict=True):
        cell.outputs = [_shown_output(output, cell, lab.path, figures) for output in own]
        cell.execution_count = None
    return Lab(lab.path, lab.source, lab.notebook, figures)


def read_notebook(text: str, shown: str) -> Notebook:
    """Return the notebook `text`; raise PageError if it is invalid or was saved with outputs."""
    try:
        notebook = nbformat.reads(text, as_version=4)
        nbformat.validate(notebook)
    except Exception as error:  # nbformat raises a dozen kinds
        raise PageError(
            shown, None, f"is no valid notebook: {str(error).splitlines()[0]}"
        ) from None
    for cell in notebook.cells:
        if cell.cell_type == "code" and (cell.outputs or cell.execution_count is not None):
            line = line_of(cell.source, text)
            raise PageError(shown, line, "was saved with outputs: clear all outputs and save again")
        if cell.cell_type == "markdown" and _headings(cell.source) and not _ID.match(cell.id):
            message = (
                f'the id of this cell becomes the address of its heading: instead of "{cell.id}" '
                "write lower-case words joined by hyphens, the same in both languages"
            )
            raise PageError(shown, line_of(cell.source, text), message)
    return notebook


def twin_errors(one: Prepared, other: Prepared) -> list[PageError]:
    """Return an error for each cell in which two editions of a lab differ, but for their words."""
    errors: list[PageError] = []
    cells, twins = one.notebook.cells, other.notebook.cells
    for cell, twin in zip(cells, twins, strict=False):
        if what := _difference(cell, twin):
            line = line_of(cell.source, one.source.decode("utf-8"))
            errors.append(PageError(one.path, line, f"{what} differs from {other.path}"))
    if len(cells) != len(twins):
        message = f"has {len(cells)} cells, but {other.path} has {len(twins)}"
        errors.append(PageError(one.path, None, message))
    return errors


def _difference(cell: Notebook, twin: Notebook) -> str:
    """Return what differs between two cells and should not, or ""."""
    if (cell.cell_type, cell.id) != (twin.cell_type, twin.id):
        return f"the {cell.cell_type} cell {cell.id!r}"
    if ("alt" in cell.metadata) != ("alt" in twin.metadata):
        return f'"alt" of the cell {cell.id!r}'
    if cell.cell_type == "code":
        same = code_key(cell.source) == code_key(twin.source)
        return "" if same else f"the code of the cell {cell.id!r}"
    for what, sign in _SHARED.items():
        if sorted(sign.findall(cell.source)) != sorted(sign.findall(twin.source)):
            return f"a {what} of the cell {cell.id!r}"
    return ""


def line_of(cell_source: str, text: str) -> int | None:
    """Return the line, counted from 1, on which a cell's first line stands in the .ipynb `text`."""
    first = json.dumps(cell_source.split("\n")[0], ensure_ascii=False)[1:-1]
    place = text.find(f'"{first}') if first else -1
    return text.count("\n", 0, place) + 1 if place >= 0 else None


def executed(lab: Prepared) -> list[list[dict[str, Any]]]:
    """Return the outputs of every code cell, from the cache if code and package are the same.

    Any thread may call this.  Raises PageError if a cell fails.
    """
    with _turns.setdefault(lab.key, threading.Lock()):
        if (known := _cache.get(lab.key)) is None:
            known = json.dumps(_run(lab)).encode("utf-8")
            if files_digest(lab.files) == lab.files_key:  # no module was edited while it ran
                _cache.put(lab.key, known)
    return json.loads(known)


def is_executed(lab: Prepared) -> bool:
    """Return whether the outputs of `lab` are at hand."""
    return _cache.get(lab.key) is not None


def _run(lab: Prepared) -> list[list[dict[str, Any]]]:
    shown, text = lab.path, lab.source.decode("utf-8")
    cells = [nbformat.v4.new_code_cell(cell.source) for cell in lab.code]
    notebook = nbformat.v4.new_notebook(cells=cells)
    client = NotebookClient(
        notebook, timeout=SECONDS_FOR_A_CELL, kernel_name="python3", allow_errors=False
    )
    with tempfile.TemporaryDirectory(prefix="lab-") as folder:
        profile = Path(folder) / "profile_default"
        profile.mkdir()
        (profile / "ipython_kernel_config.py").write_text(_PROFILE, "utf-8")
        try:
            client.execute(env=kernel_environment(folder), cwd=folder)
        except CellExecutionError as error:
            told = f"{error.ename}: {_ANSI.sub('', error.evalue)}"
            message = f"this cell raises {told} (mend it, or the code that it calls)"
            raise PageError(shown, _failed_line(notebook, text), message) from None
        except CellTimeoutError:
            message = f"this cell takes longer than {SECONDS_FOR_A_CELL} seconds"
            raise PageError(shown, _failed_line(notebook, text), message) from None
        except DeadKernelError:
            raise PageError(shown, _failed_line(notebook, text), "the kernel died here") from None
    for cell in notebook.cells:
        _check_outputs(cell, shown, text)
        _finish_figures(cell, lab)
    return [[dict(output) for output in cell.outputs] for cell in notebook.cells]


def kernel_environment(folder: str) -> dict[str, str]:
    """Return the environment of the kernel: it finds the package, and no setting of the user."""
    return {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "PYTHONUTF8": "1",
        "PYTHONHASHSEED": "0",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        "IPYTHONDIR": folder,
        "MPLCONFIGDIR": str(ROOT / ".cache" / "matplotlib"),
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "OPENBLAS_NUM_THREADS": "1",
        "NO_COLOR": "1",
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]),
    }


def _failed_line(notebook: Notebook, text: str) -> int | None:
    """The line of the cell that ran last: the first one without a finished execution."""
    begun = [cell for cell in notebook.cells if "iopub.status.busy" in _times(cell)]
    return line_of(begun[-1].source, text) if begun else None


def _times(cell: Notebook) -> dict[str, str]:
    return cell.metadata.get("execution", {})


def _check_outputs(cell: Notebook, shown: str, text: str) -> None:
    for output in cell.outputs:
        said = output.get("text", "") or output.get("data", {}).get("text/plain", "")
        if output.get("name") == "stderr":
            message = f"this cell warns: {said.strip().splitlines()[-1]}"
            raise PageError(shown, line_of(cell.source, text), message)
        if _MACHINE.search(said):
            message = f"this cell prints a path of the machine: {said.strip()[:80]}"
            raise PageError(shown, line_of(cell.source, text), message)


def _finish_figures(cell: Notebook, lab: Prepared) -> None:
    """Make of the cell's figures what the site's figures are."""
    for output in cell.outputs:
        data = output.get("data", {})
        if "image/svg+xml" in data:
            try:
                data["image/svg+xml"] = svg.finish("".join(data["image/svg+xml"]), lab.colours)
            except ValueError as error:
                line = line_of(cell.source, lab.source.decode("utf-8"))
                raise PageError(lab.path, line, str(error)) from None


def _shown_output(
    output: dict[str, Any], cell: Notebook, shown: str, figures: dict[str, str]
) -> Notebook:
    """Return the output as the page shows it; a figure becomes a file, told by its alt text."""
    data = output.get("data", {})
    if "image/svg+xml" not in data:
        return nbformat.from_dict(output)
    alt = cell.metadata.get("alt", "")
    if not alt:
        raise PageError(shown, None, f'a figure has no "alt" in the metadata of cell {cell.id}')
    drawn = data["image/svg+xml"]
    name = f"{FIGURES}/{digest(drawn)[:12]}.svg"
    figures[name] = drawn
    size = re.search(r'width="(\d+)"[^>]*height="(\d+)"|height="(\d+)"[^>]*width="(\d+)"', drawn)
    assert size is not None, "Matplotlib states the size of every SVG"
    width, height = (size[1], size[2]) if size[1] else (size[4], size[3])
    image = (
        f'<img src="{name}" alt="{html.escape(alt)}" width="{width}" height="{height}" '
        'loading="lazy" decoding="async">'
    )
    return nbformat.v4.new_output("display_data", {"text/html": image})


# --- the page ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Link:
    """A link to another page of the site, as written in the notebook."""

    target: str  # path below docs/
    anchor: str


@dataclass
class LabPage:
    """A lab's HTML, the headings that stand in it, and its links to other pages."""

    html: str
    headings: list[tuple[int, str, str]]  # level, id, text
    links: list[Link]


def lab_page(
    converted: str, lab: Lab, *, language: str, url_of: Callable[[str], str | None], up: str
) -> LabPage:
    """Return the page that `converted`, mkdocs-jupyter's HTML of `lab`, becomes.

    url_of: from a path below docs/ to its address seen from the page, or None if there is none.
    up: the address of the site's root seen from the page.
    """
    soup = BeautifulSoup(_WEIGHT.sub("", converted), "html.parser")
    cells = soup.select(".jp-Notebook > .jp-Cell")
    if len(cells) != len(lab.notebook.cells):
        raise PageError(lab.path, None, "mkdocs-jupyter returned other cells than it was given")
    page = LabPage("", [], [])
    parts = [
        _markdown_cell(cell, source, lab, language, url_of, page)
        if source.cell_type == "markdown"
        else _code_cell(cell, language, up)
        for cell, source in zip(cells, lab.notebook.cells, strict=True)
    ]
    button = (
        f'<p class="lab-download"><a class="md-button" href="{Path(lab.path).name}" download>'
        f"{_WORDS['download'][language]}</a></p>"
    )
    page.html = "\n".join(parts).replace("</h1>", f"</h1>\n{button}", 1)
    return page


def with_notice(page: LabPage, language: str) -> LabPage:
    """Return `page` with the notice that its outputs are those before the author's edit."""
    notice = f'<p class="lab-running" role="status">{_WORDS["running"][language]}</p>'
    return replace(page, html=page.html.replace("</h1>", f"</h1>\n{notice}", 1))


def kept_lab_page(key: str, make: Callable[[], LabPage]) -> LabPage:
    """Return the page kept under `key`, which names all that `lab_page` is given, else make it.

    Raises PageError where `make` does.
    """
    key = digest(key, Path(__file__).read_bytes(), maths.renderer_digest())
    if (known := _pages.get(key)) is not None:
        fields = json.loads(known)
        headings = [(level, name, title) for level, name, title in fields["headings"]]
        return LabPage(fields["html"], headings, [Link(**link) for link in fields["links"]])
    page = make()
    _pages.put(key, json.dumps(asdict(page)).encode("utf-8"))
    return page


def keep_conversion(page: Page, settings: str) -> None:
    """Let `page`, a lab's, take its HTML, contents and title from the cache, else keep them there.

    settings: of mkdocs-jupyter.  Its own cache would publish a file that was changed on disk, and
    fail for ever on one that was cut.
    """
    libraries = ("mkdocs-jupyter", "nbconvert", "jupytext", "mistune", "pygments", "markdown")
    key = digest(
        Path(page.file.abs_src_path or "").read_bytes(),
        settings,
        sys.version,
        *(installed_version(name) for name in libraries),
        Path(__file__).read_bytes(),
    )
    convert = page.render

    def render(config: Config, files: Files) -> None:
        if (known := _conversions.get(key)) is None:
            convert(config, files)
            page.content = _WEIGHT.sub("", page.content or "")
            parts = {"html": page.content, "toc": _tokens(page.toc), "title": page.title}
            _conversions.put(key, json.dumps(parts).encode("utf-8"))
        else:
            parts = json.loads(known)
            page.content, page.toc, page.title = (
                parts["html"],
                get_toc(parts["toc"]),
                parts["title"],
            )

    page.render = render


def _tokens(contents: Any) -> list[dict[str, Any]]:
    """Return what `get_toc` makes the table of `contents` of."""
    return [
        {"name": one.title, "id": one.id, "level": one.level, "children": _tokens(one.children)}
        for one in contents
    ]


def prune() -> None:
    """Forget the oldest of what was kept."""
    for kept in (_cache, _conversions, _pages):
        kept.prune()


def _markdown_cell(
    cell: Tag,
    source: Notebook,
    lab: Lab,
    language: str,
    url_of: Callable[[str], str | None],
    page: LabPage,
) -> str:
    body = cell.select_one(".jp-RenderedHTMLCommon")
    assert body is not None, "every markdown cell is rendered"
    text = lab.source.decode("utf-8")
    for anchor in body.select("a.anchor-link"):
        anchor.decompose()
    _name_headings(body, source, lab, language, page)
    for link in body.select("a[href]"):
        link["href"] = _resolved(str(link["href"]), lab, text, url_of, page)
    for table in body.select("table"):
        table.wrap(BeautifulSoup('<div class="md-typeset__table"></div>', "html.parser").div)  # type: ignore[arg-type]
    for node in _prose(body):
        node.replace_with(BeautifulSoup(_marked(str(node)), "html.parser"))
    # Lines of the notebook's JSON are no lines of Markdown: the formula is looked up as JSON.
    try:
        return maths.render_page(
            body.decode_contents().strip(), language=language, path=lab.path, source=""
        )
    except PageError as error:
        raise PageError(lab.path, line_of(source.source, text), error.message) from None


def _name_headings(body: Tag, source: Notebook, lab: Lab, language: str, page: LabPage) -> None:
    headings = body.find_all(re.compile(r"^h[1-6]$"))
    for number, heading in enumerate(headings):
        level = int(heading.name[1])
        # A second heading in one cell is told apart by its number.
        name = source.id if number == 0 else f"{source.id}-{number + 1}"
        page.headings.append((level, name, heading.get_text()))
        heading["id"] = name
        if level > 1:
            title = _WORDS["permalink"][language]
            mark = f'<a class="headerlink" href="#{name}" title="{title}">¶</a>'
            heading.append(BeautifulSoup(mark, "html.parser"))


def _resolved(
    href: str, lab: Lab, text: str, url_of: Callable[[str], str | None], page: LabPage
) -> str:
    path, _, anchor = href.partition("#")
    if not path.endswith((".md", ".ipynb")) or "://" in path:
        return href
    below_docs = lab.path.removeprefix("docs/")
    target = posixpath.normpath(posixpath.join(posixpath.dirname(below_docs), path))
    url = url_of(target)
    if url is None:
        place = text.find(href)
        line = text.count("\n", 0, place) + 1 if place >= 0 else None
        raise PageError(lab.path, line, f"links to {href}, but there is no docs/{target}")
    page.links.append(Link(target, anchor))
    return f"{url}#{anchor}" if anchor else url


def _prose(body: Tag) -> Iterator[NavigableString]:
    """The texts outside code, in which a dollar begins a formula."""
    for node in list(body.find_all(string=True)):
        if not node.find_parent(["code", "pre"]) and "$" in node:
            yield node


def _marked(text: str) -> str:
    """Mark the formulas of a text as arithmatex does, for `maths.render_page`."""

    def mark(match: re.Match[str]) -> str:
        if match["display"]:
            return (
                f'<div class="arithmatex">\\[{html.escape(match["display"], quote=False)}\\]</div>'
            )
        inline = html.escape(match["inline"], quote=False)
        return f'<span class="arithmatex">\\({inline}\\)</span>'

    parts: list[str] = []
    end = 0
    for match in _MATHS.finditer(text):
        parts += [html.escape(text[end : match.start()], quote=False), mark(match)]
        end = match.end()
    return "".join([*parts, html.escape(text[end:], quote=False)])


def _code_cell(cell: Tag, language: str, up: str) -> str:
    code = cell.select_one(".highlight-ipynb pre")
    assert code is not None, "every code cell is highlighted"
    inner = code.decode_contents().replace("<span></span>", "", 1).rstrip("\n")
    parts = [
        '<div class="lab-cell">',
        f'<div class="highlight"><pre><span></span><code>{inner}\n</code></pre></div>',
    ]
    for output in cell.select(".jp-OutputArea-output"):
        parts.append(_output(output, language, up))
    return "\n".join([*parts, "</div>"])


def _output(output: Tag, language: str, up: str) -> str:
    if image := output.select_one("img"):
        image["src"] = up + str(image["src"])
        return f'<figure class="figure">{image}</figure>'
    label = _WORDS["output"][language]
    said = html.escape(output.get_text().strip("\n"), quote=False)
    return (
        f'<div class="lab-output" data-search-exclude role="group" aria-label="{label}">'
        f'<pre tabindex="0">{said}</pre></div>'
    )


def _headings(markdown: str) -> list[str]:
    return _HEADING.findall(_CODE_FENCE.sub("", markdown))
