"""Read a Markdown page into its parts, and say with file and line what breaks the language."""

from __future__ import annotations

import ast
import re
from bisect import bisect_right
from functools import lru_cache
from pathlib import Path

from scripts.errors import PageError
from scripts.pages import ways_round
from scripts.pages.fences import NAME, read_exercises, read_fences
from scripts.pages.model import (
    Figure,
    Formula,
    Heading,
    Link,
    Number,
    Page,
    Term,
)

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?\n)---[ \t]*\n", re.S)
_HEADING = re.compile(
    r"^(#{1,6})[ \t]+(.*?)(?:[ \t]*\{[^}]*?#([^\s}]+)[^}]*\})?[ \t]*#*[ \t]*$", re.M
)
_FIGURE = re.compile(
    r'^!\[(?P<alt>[^\n]*?)\]\((?P<kind>figure|explore):(?P<target>[^\s)"]*)'
    r'(?:[ \t]+"(?P<caption>[^\n]*)")?\)[ \t]*$',
    re.M,
)
_ANY_FIGURE = re.compile(r"\]\((?:figure|explore):")
_HANGUL = re.compile(r"[ᄀ-ᇿ㄰-㆏가-힣]")
_INLINE = re.compile(
    r"""
    (?P<comment><!--.*?-->)
  | (?P<escape>\\[\\`$\[])
  | \$\$(?P<display>.+?)\$\$
  | (?<![\\$\w])\$(?![\s$])(?P<inline>(?:[^$\n\\]|\\.|\n(?!\s*\n))+?)(?<!\s)\$(?!\$)
  | (?P<code>(?P<ticks>`+)(?P<inside>(?:(?!(?P=ticks)).|\n(?!\s*\n))+?)(?P=ticks)(?!`))
  | \[\[(?P<term>[^\[\]|\n]+)(?:\|(?P<shown>[^\[\]\n]+))?\]\]
  | (?<!!)\[(?P<text>(?:[^\[\]\n]|\n(?!\s*\n)|\[[^\[\]\n]*\])*)\]
    \((?P<target>[^\s()]+)(?:[ \t]+"[^"\n]*")?\)
    """,
    re.X | re.S,
)
_NUMBER = re.compile(r"`=[^`\n]+`")


def parse_page(path: Path, language: str, text: str) -> Page:
    """Return the parts of the page `text`; raise PageError where it breaks the page language."""
    text = text.replace("\r\n", "\n")
    front = _FRONT_MATTER.match(text)
    body = text[front.end() :] if front else text
    page = Page(
        path=path,
        language=language,
        slug=path.stem,
        text=body,
        first_line=1 + text[: front.end()].count("\n") if front else 1,
        meta=_meta(front[1]) if front else {},
    )
    page.fences.extend(read_fences(page))
    prose = _without_fences(page)
    _read_headings(page, prose)
    _read_figures(page, prose)
    _read_inline(page, prose)
    ways_round.check(page, prose, _without_code_and_maths(prose))
    page.exercises.extend(read_exercises(page))
    _check_ids(page)
    return page


def split_number(source: str) -> tuple[str, str]:
    """Divide `expression:spec` at the first colon outside brackets, strings and lambdas.

    >>> split_number("loss[1:3].mean():.2f")
    ('loss[1:3].mean()', '.2f')
    >>> split_number("rate")
    ('rate', '')
    """
    for position in (m.start() for m in re.finditer(":", source)):
        head = source[:position].strip()
        try:
            ast.parse(head, mode="eval")
        except SyntaxError:
            continue
        return head, source[position + 1 :].strip()
    return source.strip(), ""


@lru_cache(maxsize=4096)  # a server reads every page again after each edit
def code_key(code: str) -> str:
    """Return what two editions' code must share: all but comments, docstrings, assert messages.

    >>> code_key("assert x, 'one'  # one") == code_key("assert x, '하나'  # 하나")
    True
    """
    try:
        return ast.dump(_WithoutWords().visit(ast.parse(code)))
    except SyntaxError:
        return code


class _WithoutWords(ast.NodeTransformer):
    """Drops what is said to the reader only, and may be translated."""

    def visit_Assert(self, node: ast.Assert) -> ast.AST:
        return ast.Assert(test=node.test, msg=None)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self.generic_visit(node)
        if ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:]
        return node


def _meta(block: str) -> dict[str, str]:
    pairs = (line.split(":", 1) for line in block.splitlines() if ":" in line)
    return {key.strip(): value.strip().strip("\"'") for key, value in pairs}


def _without_fences(page: Page) -> str:
    """The text with every fenced line blanked to spaces, so that places keep their numbers."""
    lines = page.text.split("\n")
    for fence in page.fences:
        for number in range(fence.line - page.first_line, fence.end_line - page.first_line + 1):
            lines[number] = " " * len(lines[number])
    return "\n".join(lines)


def _without_code_and_maths(prose: str) -> str:
    """`prose` with comments, code and formulas blanked, and everything in its place."""

    def blank(match: re.Match[str]) -> str:
        hidden = match["comment"] or match["display"] or match["inline"] or match["code"]
        return re.sub(r"[^\n]", " ", match[0]) if hidden else match[0]

    return _INLINE.sub(blank, prose)


def _line_counter(page: Page) -> list[int]:
    return [m.end() for m in re.finditer("\n", page.text)]


def _read_headings(page: Page, prose: str) -> None:
    breaks = _line_counter(page)
    for match in _HEADING.finditer(prose):
        line = page.first_line + bisect_right(breaks, match.start())
        heading = Heading(line, len(match[1]), match[2], match[3])
        page.headings.append(heading)
        if "$" in heading.text:
            raise PageError(
                page.path, line, "no maths in headings: search and the contents need text"
            )
        if "[[" in heading.text:
            raise PageError(
                page.path, line, "no [[terms]] in headings: link the first use below it"
            )
        if heading.level > 1 and not heading.id:
            raise PageError(
                page.path, line, f"heading {heading.text!r} needs an explicit id: add {{#some-id}}"
            )
        if heading.id and not NAME.match(heading.id):
            raise PageError(
                page.path,
                line,
                f"{{#{heading.id}}}: use lower-case ASCII letters, digits and hyphens",
            )
    titles = [heading for heading in page.headings if heading.level == 1]
    if len(titles) != 1:
        line = titles[1].line if titles else page.first_line
        raise PageError(page.path, line, f"a page has one # heading, this one has {len(titles)}")


def _read_figures(page: Page, prose: str) -> None:
    breaks = _line_counter(page)
    lines = {bisect_right(breaks, m.start()): m for m in _FIGURE.finditer(prose)}
    rows = prose.split("\n")
    for match in _ANY_FIGURE.finditer(prose):
        number = bisect_right(breaks, match.start())
        around = (rows[i].strip() for i in (number - 1, number + 1) if 0 <= i < len(rows))
        if number not in lines or any(around):
            raise PageError(
                page.path,
                page.first_line + number,
                'a figure stands alone in its paragraph: ![alt](figure:concept.name "caption")',
            )
    for number, match in sorted(lines.items()):
        line = page.first_line + number
        concept, dot, name = match["target"].partition(".")
        if not dot or not concept.isidentifier() or not name.isidentifier():
            raise PageError(
                page.path, line, f"{match['target']!r} is not a figure: write figure:concept.name"
            )
        if not match["alt"].strip():
            raise PageError(
                page.path, line, "a figure needs alt text: say in the [ ] what is to be seen"
            )
        caption = match["caption"] or ""
        start = match.start("caption") if caption else match.end()
        page.figures.append(
            Figure(line, match["kind"], concept, name, match["alt"].strip(), caption, start)
        )


def _read_inline(page: Page, prose: str) -> None:
    breaks = _line_counter(page)

    def line_of(place: int) -> int:
        return page.first_line + bisect_right(breaks, place)

    def number(place: int, source: str, in_maths: bool) -> None:
        expression, spec = split_number(source[2:-1])
        line = line_of(place)
        try:
            ast.parse(expression, mode="eval")
        except SyntaxError as error:
            raise PageError(page.path, line, f"{source}: not an expression: {error.msg}") from None
        page.numbers.append(Number(line, place, place + len(source), expression, spec, in_maths))

    for match in _INLINE.finditer(prose):
        line = line_of(match.start())
        tex = match["display"] or match["inline"]
        if tex is not None:
            start = match.start("display" if match["display"] else "inline")
            for inner in _NUMBER.finditer(tex):
                number(start + inner.start(), inner[0], in_maths=True)
            if _HANGUL.search(tex):
                raise PageError(
                    page.path, line, "no Hangul inside maths: put the words outside $...$"
                )
            page.formulas.append(Formula(line, tex, match["display"] is not None))
        elif match["code"] is not None:
            if match["code"].startswith("`=") and len(match["ticks"]) == 1:
                number(match.start(), match["code"], in_maths=False)
        elif match["term"] is not None:
            shown = match["shown"] or match["term"]
            page.terms.append(Term(line, match.start(), match.end(), match["term"].strip(), shown))
        elif match["target"] is not None:
            page.links.append(Link(line, match["target"]))
            offset = match.start("text")
            for inner in _NUMBER.finditer(match["text"]):
                number(offset + inner.start(), inner[0], in_maths=False)
    for figure in _FIGURE.finditer(prose):
        known = {n.start for n in page.numbers}
        for part in ("alt", "caption"):
            for inner in _NUMBER.finditer(figure[part] or ""):
                if (place := figure.start(part) + inner.start()) not in known:
                    number(place, inner[0], in_maths=False)
    places = [0, *breaks]
    for fence in page.fences:
        start = places[fence.line - page.first_line]
        row = page.text[start:].partition("\n")[0]
        for inner in _NUMBER.finditer(row):
            in_maths = row.count("$", 0, inner.start()) % 2 == 1
            number(start + inner.start(), inner[0], in_maths=in_maths)
        hint = fence.code if fence.kind == "hint" else ""
        if "[[" in fence.title + hint or "`=" in hint:
            raise PageError(
                page.path, fence.line, "titles and hints take no [[terms]], hints no `=numbers`"
            )
    page.numbers.sort(key=lambda n: n.start)


def _check_ids(page: Page) -> None:
    seen: dict[str, int] = {}
    ids = [(h.id, h.line) for h in page.headings if h.id]
    ids += [(figure.id, figure.line) for figure in page.figures]
    ids += [(f"claim-{claim.value}", claim.line) for claim in page.claims]
    ids += [(f"exercise-{one.id}", one.starter.line) for one in page.exercises]
    for name, line in sorted(ids, key=lambda pair: pair[1]):
        if name in seen:
            message = (
                f"id {name} is used twice: first on line {seen[name]}; rename one of them in both "
                "languages (a figure stands once on a page)"
            )
            raise PageError(page.path, line, message)
        seen[name] = line
