"""Read a Markdown page into its parts, and say with file and line what breaks the language."""

from __future__ import annotations

import ast
import re
from bisect import bisect_right
from collections.abc import Iterator
from pathlib import Path

from scripts.errors import PageError
from scripts.pages.model import (
    Exercise,
    Fence,
    Figure,
    Formula,
    Heading,
    Link,
    Number,
    Page,
    Term,
)

_FENCE = re.compile(r"^(?P<indent> *)(?P<mark>`{3,}|~{3,})[ \t]*(?P<info>[^`\n]*)$")
_ATTRIBUTE = re.compile(r'(?P<key>[a-z-]+)=(?:"(?P<quoted>[^"]*)"|(?P<bare>[^\s"]+))|(?P<flag>\S+)')
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
_ID = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*\Z")
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
_KINDS = ("source", "claim", "exercise", "check", "solution", "hint")
_TITLED = ("claim", "exercise")


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
    page.fences.extend(_fences(page))
    prose = _without_fences(page)
    _read_headings(page, prose)
    _read_figures(page, prose)
    _read_inline(page, prose)
    page.exercises.extend(_exercises(page))
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


def code_key(code: str) -> str:
    """Return what two editions' code must share: everything but comments and layout.

    >>> code_key("x = 1  # one") == code_key("x = 1  # 하나")
    True
    """
    try:
        return ast.dump(ast.parse(code))
    except SyntaxError:
        return code


def _meta(block: str) -> dict[str, str]:
    pairs = (line.split(":", 1) for line in block.splitlines() if ":" in line)
    return {key.strip(): value.strip().strip("\"'") for key, value in pairs}


def _fences(page: Page) -> Iterator[Fence]:
    lines = page.text.split("\n")
    number = 0
    while number < len(lines):
        opening = _FENCE.match(lines[number])
        if not opening:
            number += 1
            continue
        start, line = number, page.first_line + number
        mark, indent = opening["mark"], len(opening["indent"])
        closing = re.compile(rf" *{re.escape(mark[0])}{{{len(mark)},}}[ \t]*$")
        number += 1
        while number < len(lines) and not closing.match(lines[number]):
            number += 1
        if number == len(lines):
            raise PageError(page.path, line, f"this fence is never closed: add a line {mark}")
        code = "\n".join(row[indent:] if indent else row for row in lines[start + 1 : number])
        yield _fence(page, opening["info"].strip(), line, page.first_line + number, code, indent)
        number += 1


def _fence(page: Page, info: str, line: int, end_line: int, code: str, indent: int) -> Fence:
    def wrong(message: str) -> PageError:
        return PageError(page.path, line, message)

    words = list(_ATTRIBUTE.finditer(info))
    language = words[0]["flag"] or "" if words else ""
    if info.startswith("{") or language not in ("python", "text", "glossary"):
        return Fence(line, end_line, language, "other", "", {}, code, indent)
    attributes: dict[str, str] = {}
    flags: list[str] = []
    for word in words[1:]:
        if word["flag"]:
            flags.append(word["flag"])
        else:
            attributes[word["key"]] = word["quoted"] if word["quoted"] is not None else word["bare"]
    kinds = [key for key in _KINDS if key in attributes] + [
        flag for flag in flags if flag == "live"
    ]
    if unknown := [flag for flag in flags if flag != "live"]:
        raise wrong(f"unknown word {unknown[0]!r} after ```{language}: use live, or key=value")
    if len(kinds) > 1:
        raise wrong(f"a block is one of {' or '.join(kinds)}, not both")
    kind = (
        kinds[0] if kinds else {"python": "listing", "glossary": "glossary"}.get(language, "other")
    )
    if message := _attribute_mistake(kind, attributes):
        raise wrong(message)
    if (kind == "hint") != (language == "text") and kind not in ("other", "glossary"):
        raise wrong(
            "hints are ```text hint=ID, all other blocks of the page language are ```python"
        )
    if indent and kind not in ("other", "listing"):
        raise wrong(f"a {kind} block must begin in the first column")
    value = attributes.pop(kind, "") if kind in _KINDS else ""
    fence = Fence(line, end_line, language, kind, value, attributes, code, indent)
    _check_code(page, fence)
    return fence


def _attribute_mistake(kind: str, attributes: dict[str, str]) -> str | None:
    known = {kind, *(["title"] if kind in _TITLED else []), *(["doc"] if kind == "source" else [])}
    for key in attributes:
        if key not in known:
            allowed = ", ".join(sorted(known - {kind})) or "nothing else"
            return f"unknown attribute {key}= on a {kind} block: it takes {allowed}"
    if kind in _TITLED and not attributes.get("title"):
        return f'this {kind} needs a title="..."'
    if kind in _KINDS and kind != "source" and not _ID.match(attributes[kind]):
        return f"{kind}={attributes[kind]}: use lower-case letters, digits and hyphens"
    return None


def _check_code(page: Page, fence: Fence) -> None:
    if fence.kind == "source":
        if fence.code.strip():
            raise PageError(
                page.path, fence.line, "a source= block must be empty: the package fills it"
            )
        return
    if fence.language != "python":
        return
    if not fence.code.strip():
        raise PageError(page.path, fence.line, f"this {fence.kind} block is empty: write its code")
    try:
        tree = ast.parse(fence.code)
    except SyntaxError as error:
        line = fence.line + (error.lineno or 1)
        raise PageError(page.path, line, f"not valid Python: {error.msg}") from None
    if fence.kind in ("claim", "check") and not any(
        isinstance(node, ast.Assert) for node in ast.walk(tree)
    ):
        raise PageError(
            page.path, fence.line, f"{fence.kind} {fence.value} asserts nothing: add an assert"
        )


def _without_fences(page: Page) -> str:
    """The text with every fenced line blanked to spaces, so that places keep their numbers."""
    lines = page.text.split("\n")
    for fence in page.fences:
        for number in range(fence.line - page.first_line, fence.end_line - page.first_line + 1):
            lines[number] = " " * len(lines[number])
    return "\n".join(lines)


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
        if heading.id and not _ID.match(heading.id):
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
            for inner in re.finditer(r"`=[^`]+`", tex):
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
            for inner in re.finditer(r"`=[^`]+`", match["text"]):
                number(offset + inner.start(), inner[0], in_maths=False)
    for figure in _FIGURE.finditer(prose):
        known = {n.start for n in page.numbers}
        for part in ("alt", "caption"):
            for inner in re.finditer(r"`=[^`]+`", figure[part] or ""):
                if (place := figure.start(part) + inner.start()) not in known:
                    number(place, inner[0], in_maths=False)
    page.numbers.sort(key=lambda n: n.start)


def _exercises(page: Page) -> Iterator[Exercise]:
    parts = [f for f in page.fences if f.kind in ("exercise", "hint", "check", "solution")]
    lines = page.text.split("\n")
    queue = list(parts)
    while queue:
        starter = queue.pop(0)
        if starter.kind != "exercise":
            raise PageError(
                page.path,
                starter.line,
                f"{starter.kind}={starter.value} belongs to no exercise above it",
            )
        own: list[Fence] = []
        while queue and queue[0].value == starter.value and queue[0].kind != "exercise":
            own.append(queue.pop(0))
        kinds = [fence.kind for fence in own]
        hints = kinds.count("hint")
        if kinds != ["hint"] * hints + ["check", "solution"]:
            raise PageError(
                page.path,
                starter.line,
                f"exercise {starter.value} needs, in this order: any hints, one check, one "
                f"solution; found {', '.join(kinds) or 'nothing'}",
            )
        for before, after in zip([starter, *own], own, strict=False):
            between = lines[before.end_line - page.first_line + 1 : after.line - page.first_line]
            if any(row.strip() for row in between):
                raise PageError(
                    page.path,
                    after.line,
                    f"only blank lines may stand between the blocks of {starter.value}",
                )
        yield Exercise(starter, tuple(own[:hints]), own[hints], own[hints + 1])


def _check_ids(page: Page) -> None:
    seen: dict[str, int] = {}
    ids = [(h.id, h.line) for h in page.headings if h.id]
    ids += [(figure.id, figure.line) for figure in page.figures]
    ids += [(f"claim-{claim.value}", claim.line) for claim in page.claims]
    ids += [(f"exercise-{one.id}", one.starter.line) for one in page.exercises]
    for name, line in sorted(ids, key=lambda pair: pair[1]):
        if name in seen:
            raise PageError(page.path, line, f"id {name} is used twice: first on line {seen[name]}")
        seen[name] = line
