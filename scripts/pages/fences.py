"""Read the fenced blocks of a page: which of the page language each is, and whether it may be."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from scripts.errors import PageError
from scripts.pages.model import Exercise, Fence, Page

NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*\Z")
_FENCE = re.compile(r'^(?P<indent> *)(?P<mark>`{3,}|~{3,})[ \t]*(?P<info>(?:[^`"\n]|"[^"\n]*")*)$')
_ATTRIBUTE = re.compile(r'(?P<key>[a-z-]+)=(?:"(?P<quoted>[^"]*)"|(?P<bare>[^\s"]+))|(?P<flag>\S+)')
_KINDS = ("source", "claim", "exercise", "check", "solution", "hint")
_TITLED = ("claim", "exercise")
_GENERATED = ("glossary", "syllabus")


def read_fences(page: Page) -> Iterator[Fence]:
    """Yield the fenced blocks of `page` in order; raise PageError for one that breaks a rule."""
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
    if info.startswith("{") or language not in ("python", "text", *_GENERATED):
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
    plain = {"python": "listing", **{name: name for name in _GENERATED}}
    kind = kinds[0] if kinds else plain.get(language, "other")
    if message := _attribute_mistake(kind, attributes):
        raise wrong(message)
    if (kind == "hint") != (language == "text") and kind not in ("other", *_GENERATED):
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
    if kind in _KINDS and kind != "source" and not NAME.match(attributes[kind]):
        return f"{kind}={attributes[kind]}: use lower-case letters, digits and hyphens"
    return None


def _check_code(page: Page, fence: Fence) -> None:
    if fence.kind == "source":
        if fence.code.strip():
            raise PageError(
                page.path, fence.line, "a source= block must be empty: the package fills it"
            )
        return
    if fence.kind in _GENERATED and fence.code.strip():
        raise PageError(
            page.path,
            fence.line,
            f"a {fence.kind} block must be empty: docs/{fence.kind}.toml fills it",
        )
    if fence.language != "python":
        return
    if not fence.code.strip():
        raise PageError(page.path, fence.line, f"this {fence.kind} block is empty: write its code")
    try:
        tree = ast.parse(fence.code)
    except SyntaxError as error:
        line = fence.line + (error.lineno or 1)
        raise PageError(page.path, line, f"not valid Python: {error.msg}") from None
    if fence.kind in ("claim", "check") and not _asserts(tree):
        raise PageError(
            page.path, fence.line, f"{fence.kind} {fence.value} asserts nothing: add an assert"
        )


def _asserts(tree: ast.Module) -> bool:
    """Whether an assert of `tree` runs: one outside all functions, or in one that is called."""
    called = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}

    def runs(node: ast.AST) -> bool:
        if isinstance(node, ast.FunctionDef) and node.name not in called:
            return False
        if isinstance(node, ast.Assert):
            return True
        return any(runs(child) for child in ast.iter_child_nodes(node))

    return runs(tree)


def read_exercises(page: Page) -> Iterator[Exercise]:
    """Yield the exercises of `page`: starter, hints, check and solution, standing together."""
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
