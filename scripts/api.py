"""The API reference: one page for every public module of the package, in each language.

mkdocstrings reads the sources without importing them, so that edits show at once.  The docstrings
are plain text in the house form; `HouseDocstrings` turns them into HTML without reading any of
their signs as Markdown.  The pages exist only in the build: nothing is written into docs/.
"""

from __future__ import annotations

import ast
import html
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import griffe
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name

from scripts.cache import ROOT, Cache, digest, installed_version

PACKAGE = "snippets"

WORDS: dict[str, dict[str, str]] = {
    "title": {"ko": "API 참고서", "en": "API reference"},
    "description": {
        "ko": "이 사이트의 그림과 숫자와 주장을 계산하는 NumPy 패키지의 모든 함수와 클래스",
        "en": "Every function and class of the NumPy package that computes this site",
    },
    "intro": {
        "ko": "이 사이트의 모든 그림과 숫자와 주장은 `snippets` 패키지가 계산합니다. "
        "개념마다 모듈이 하나씩 있습니다. 설명은 소스 코드에 적힌 그대로이며 영어로 되어 있습니다.",
        "en": "Every figure, number and claim of this site is computed by the package `snippets`, "
        "which has one module for each concept. The descriptions are those of the source code.",
    },
    "module": {
        "ko": "`{module}` 모듈의 함수와 클래스",
        "en": "The functions and classes of the module `{module}`",
    },
    "in_english": {
        "ko": "설명은 소스 코드에 적힌 그대로이며 영어로 되어 있습니다.",
        "en": "",
    },
    "concept": {"ko": "개념 설명", "en": "Concept"},
    "listed": {"ko": "이 코드를 보여 주는 쪽", "en": "Shown on"},
    "source": {"ko": "{file}의 소스 코드", "en": "Source code in {file}"},
    "bases": {"ko": "바탕 클래스:", "en": "Bases:"},
}
# Below the pages that explain: the search of a concept finds its page first.
_BOOST = 0.2

_LISTING = re.compile(r"^ *`{3,}python\b[^\n]*?\bsource=(?P<targets>[\w.,]+)", re.M)
_TITLE = re.compile(
    r"\A---\n(?:.*\n)*?title:[ \t]*(?P<front>[^\n]+)|^# +(?P<heading>[^\n{]+)", re.M
)
_SUMMARY = re.compile(r'<summary data-file="([\w./]+)"></summary>')
_PLACE = re.compile(r'<div data-code="(\w+)"></div>')
_LABELLED = re.compile(r"(?P<names>\w+(?:, \w+)*): |(?P<word>Returns|Raises|Source:|Gradient) ?")


_cache = Cache("api")
_code: dict[str, str] = {}  # highlighted code by the key of its place


@dataclass(frozen=True)
class Place:
    """A page that prints the source of an object: its slug and its title."""

    slug: str
    title: str


def public_modules(package: Path = ROOT / PACKAGE) -> list[str]:
    """Return the names of the package's public modules in alphabetical order."""
    return sorted(path.stem for path in package.glob("*.py") if not path.stem.startswith("_"))


def first_sentence(source: str) -> str:
    """Return the first sentence of a module's docstring, on one line.

    >>> first_sentence("'A unit that fires or not.  More of it.'")
    'A unit that fires or not.'
    """
    paragraph = (ast.get_docstring(ast.parse(source)) or "").split("\n\n")[0]
    return re.split(r"(?<=\.)\s", " ".join(paragraph.split()) + " ", maxsplit=1)[0].strip()


def listings(texts: Mapping[str, str]) -> dict[str, list[Place]]:
    """Return for each listed object the pages that list it.

    texts: the Markdown of one language's pages by slug.

    >>> page = "---\\ntitle: XOR\\n---\\n```python source=xor.train,xor.predict\\n```\\n"
    >>> listings({"xor": page})["snippets.xor.predict"]
    [Place(slug='xor', title='XOR')]
    """
    found: dict[str, list[Place]] = {}
    for slug, text in sorted(texts.items()):
        place = Place(slug, page_title(text, slug))
        for match in _LISTING.finditer(text):
            for target in match["targets"].split(","):
                places = found.setdefault(f"{PACKAGE}.{target}", [])
                if place not in places:
                    places.append(place)
    return found


def page_title(text: str, slug: str) -> str:
    """Return the title in a page's front matter, or its first heading, or its slug."""
    match = _TITLE.search(text)
    title = (match["front"] or match["heading"]) if match else slug
    return title.strip().strip("\"'")


def module_page(module: str, language: str, concept: Place | None) -> str:
    """Return the Markdown of a module's page; `concept` is the page of the module's name."""
    described = WORDS["module"][language].format(module=f"{PACKAGE}.{module}")
    lines = [
        *_front_matter(f"{PACKAGE}.{module}", described.replace("`", "")),
        f"# `{PACKAGE}.{module}`",
        "",
    ]
    if concept:
        word = WORDS["concept"][language]
        lines += [f"{word}: [{concept.title}](../{concept.slug}.md)", "{: .api-listed }", ""]
    if WORDS["in_english"][language]:
        lines += [WORDS["in_english"][language], ""]
    return "\n".join([*lines, f"::: {PACKAGE}.{module}", ""])


def index_page(language: str, sentences: Mapping[str, str]) -> str:
    """Return the Markdown of the reference's first page: every module and what it is about."""
    title = WORDS["title"][language]
    rows = [
        f"- [`{PACKAGE}.{module}`]({module}.md): {_escaped(sentence)}"
        for module, sentence in sentences.items()
    ]
    head = _front_matter(title, WORDS["description"][language])
    return "\n".join([*head, f"# {title}", "", WORDS["intro"][language], "", *rows, ""])


def _front_matter(title: str, description: str) -> list[str]:
    search = f"search: {{boost: {_BOOST}}}"
    return ["---", f"title: {title}", f"description: {description}", search, "---", ""]


def _escaped(text: str) -> str:
    return re.sub(r"([\\`*_{}\[\]()#+\-.!|$<>&])", lambda m: f"&#{ord(m[1])};", text)


def finish_page(page: str, language: str, places: Mapping[str, Sequence[Place]]) -> str:
    """Translate mkdocstrings' labels, and put below each object the pages that show its source."""
    page = page.replace("Bases:", WORDS["bases"][language])
    source = WORDS["source"][language].format(file=r"<code>\1</code>")
    page = _SUMMARY.sub(rf"<summary>{source}</summary>", page)
    for name, shown in places.items():
        links = ", ".join(
            f'<a href="../../{place.slug}/">{html.escape(place.title)}</a>' for place in shown
        )
        line = f'<p class="api-listed">{WORDS["listed"][language]}: {links}</p>'
        heading = re.compile(rf'(<h(\d) id="{re.escape(name)}".*?</h\2>)', re.S)
        page = heading.sub(lambda match, line=line: f"{match[1]}\n{line}", page, count=1)
    return page


def add_code(page: str) -> str:
    """Put signatures, doctests and sources into their places.

    This comes after the search has read the page: code would be most of its index, and takes
    longer to read than all other pages of the site together.
    """
    return _PLACE.sub(lambda match: _code[match[1]], page)


def has_code(page: str) -> bool:
    """Return whether the code for every place of a page of an earlier build is at hand."""
    return all(_known(match[1]) for match in _PLACE.finditer(page))


def _known(key: str) -> bool:
    if key not in _code and (known := _cache.get(key)) is not None:
        _code[key] = _highlighted(known)
    return key in _code


def _highlighted(code: bytes) -> str:
    return f'<div class="highlight">{code.decode("utf-8")}</div>'


def _place(code: str, language: str) -> str:
    """Highlight `code`, keep it, and return the place that `add_code` fills."""
    key = digest(code, language, installed_version("pygments"))
    if not _known(key):
        lexer = get_lexer_by_name(language, stripnl=False)
        inner = highlight(code, lexer, HtmlFormatter(nowrap=True)).rstrip("\n")
        made = f"<pre><span></span><code>{inner}\n</code></pre>".encode()
        _cache.put(key, made)
        _code[key] = _highlighted(made)
    return f'<div data-code="{key}"></div>'


# --- docstrings ----------------------------------------------------------------------------------


class HouseDocstrings(griffe.Extension):
    """Turns the plain text of docstrings into HTML, before mkdocstrings takes it for Markdown.

    The signature stands above it as the author wrote it, the source below it.  (mkdocstrings
    would format each signature anew, in a process of its own: seconds for every build.)
    """

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        """Replace the docstring of `obj`."""
        if isinstance(obj, griffe.Class):
            # Fields without words of their own (the class says what they are), and the __init__
            # that a dataclass makes of them.
            for name, member in list(obj.members.items()):
                if (member.is_attribute and not member.has_docstring) or not member.source:
                    del obj.members[name]
        text = obj.docstring.value if obj.docstring else ""
        parts = [docstring_html(text, _parameters(obj))] if text else []
        if isinstance(obj, griffe.Attribute):
            parts.insert(0, _place(obj.source, "python"))
        elif isinstance(obj, griffe.Function) and obj.source:
            parts.insert(0, _place(signature(obj.source), "python"))
        if isinstance(obj, (griffe.Function, griffe.Class)) and obj.source:
            file = f"{PACKAGE}/{obj.path.split('.')[1]}.py"
            summary = f'<summary data-file="{file}"></summary>'
            code = _place(obj.source, "python")
            parts.append(f'<details class="api-source">{summary}{code}</details>')
        if parts:
            obj.docstring = griffe.Docstring("\n\n".join(parts), parent=obj)


def signature(source: str) -> str:
    """Return the head of a function, without `def` and the colon.

    >>> signature("@cache\\ndef f(x: int) -> int:\\n    return x\\n")
    'f(x: int) -> int'
    """
    node = ast.parse(source).body[0]
    assert isinstance(node, ast.FunctionDef)
    last = node.body[0].lineno - 1
    lines = source.splitlines()[node.lineno - 1 : max(last, node.lineno)]
    return "\n".join(lines).rstrip().removeprefix("def ").removesuffix(":")


def _parameters(obj: griffe.Object) -> set[str]:
    if isinstance(obj, griffe.Class):
        members = set(obj.members)
        init = obj.members.get("__init__")
        return members | (_parameters(init) if isinstance(init, griffe.Function) else set())
    return {p.name for p in obj.parameters} if isinstance(obj, griffe.Function) else set()


def docstring_html(text: str, parameters: Iterable[str]) -> str:
    """Return a docstring in the house form as HTML, with places for the code in it.

    A line that begins with an argument's name, "Returns", "Raises" or "Source:" begins on a line
    of its own; other lines flow.  `` `name` `` becomes code.

    >>> docstring_html("Sum a * b.\\n\\na: (N,) of `x`.\\nReturns 1 < 2.", {"a"})
    '<p>Sum a * b.</p>\\n\\n<p><code>a</code>: (N,) of <code>x</code>.<br>Returns 1 &lt; 2.</p>'
    """
    names = set(parameters)
    return "\n\n".join(_block(block, names) for block in _blocks(text))


def _blocks(text: str) -> Iterator[list[str]]:
    """Divide a docstring at its blank lines; a doctest does not end before one."""
    block: list[str] = []
    for line in [*text.strip("\n").splitlines(), ""]:
        if line.strip() and not (
            line.startswith(">>>") and block and not block[0].startswith(">>>")
        ):
            block.append(line)
            continue
        if block:
            yield block
        block = [line] if line.strip() else []
    if block:
        yield block


def _block(lines: list[str], parameters: set[str]) -> str:
    if lines[0].startswith(">>>"):
        return _place("\n".join(lines), "pycon")
    if all(line.startswith("    ") for line in lines):
        return _place("\n".join(line[4:] for line in lines), "text")
    if all(re.match(r"[-*] |  ", line) for line in lines):
        items = re.split(r"\n[-*] ", "\n" + "\n".join(lines))[1:]
        return "<ul>" + "".join(f"<li>{_inline(item)}</li>" for item in items) + "</ul>"
    return "<p>" + "".join(_flowing(lines, parameters)) + "</p>"


def _flowing(lines: list[str], parameters: set[str]) -> Iterator[str]:
    for number, line in enumerate(lines):
        match = _LABELLED.match(line)
        names = match["names"].split(", ") if match and match["names"] else []
        arguments = bool(names) and set(names) <= parameters
        if number:
            yield "<br>" if arguments or (match and match["word"]) else " "
        if arguments and match:
            yield ", ".join(f"<code>{name}</code>" for name in names) + ": "
            line = line[match.end() :]
        # more arguments may follow on the line: "x: (N, D), y: (N,) of 0 and 1"
        yield re.sub(
            r"(?<=, )(\w+)(?=: )",
            lambda found: f"<code>{found[1]}</code>" if found[1] in parameters else found[1],
            _inline(line),
        )


def _inline(text: str) -> str:
    escaped = html.escape(" ".join(text.split()), quote=False)
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escaped)
