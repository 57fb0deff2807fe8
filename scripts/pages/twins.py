"""The two editions of a page must have one skeleton; say what differs, and on which lines."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import NamedTuple

from scripts.errors import PageError
from scripts.pages.model import Page
from scripts.pages.parse import code_key


class Bone(NamedTuple):
    """A part that both editions must have; `key` is compared, `name` is shown."""

    key: str
    name: str
    line: int


def twin_errors(one: Page, other: Page) -> list[PageError]:
    """Return an error for each difference between two editions of a page."""
    errors = list(_ordered_differences(one, other))
    for what, pick in (("formula", _formulas), ("number", _numbers), ("link", _links)):
        errors += _unordered_differences(one, other, what, pick(one), pick(other))
    return errors


def _skeleton(page: Page) -> list[Bone]:
    bones = [
        Bone(f"h{h.level} {h.id if h.level > 1 else ''}", f"heading {'#' * h.level} {h.id}", h.line)
        for h in page.headings
    ]
    bones += [
        Bone(f"{f.kind}:{f.concept}.{f.name}", f"{f.kind}:{f.concept}.{f.name}", f.line)
        for f in page.figures
    ]
    bones += [
        Bone(f"$$ {_plain_tex(f.tex)}", f"formula $${_plain_tex(f.tex)}$$", f.line)
        for f in page.formulas
        if f.display
    ]
    for fence in page.fences:
        code = code_key(fence.code) if fence.language == "python" else ""
        name = f"{fence.kind} block{' ' + fence.value if fence.value else ''}"
        bones.append(Bone(f"{fence.kind} {fence.value} {code}", name, fence.line))
    return sorted(bones, key=lambda bone: bone.line)


def _ordered_differences(one: Page, other: Page) -> Iterator[PageError]:
    left, right = _skeleton(one), _skeleton(other)
    matcher = SequenceMatcher(None, [b.key for b in left], [b.key for b in right], autojunk=False)
    for action, i1, i2, j1, j2 in matcher.get_opcodes():
        if action == "equal":
            continue
        paired = min(i2 - i1, j2 - j1)
        for mine, its in zip(left[i1:i2], right[j1:j2], strict=False):
            what = "the code of " if mine.name == its.name else ""
            yield PageError(
                one.path,
                mine.line,
                f"{what}{mine.name} differs from {its.name} at {other.path.as_posix()}:{its.line}",
            )
        for mine in left[i1 + paired : i2]:
            yield PageError(
                one.path, mine.line, f"{mine.name} is missing in {other.path.as_posix()}"
            )
        for its in right[j1 + paired : j2]:
            yield PageError(other.path, its.line, f"{its.name} is missing in {one.path.as_posix()}")


def _unordered_differences(
    one: Page, other: Page, what: str, left: list[Bone], right: list[Bone]
) -> Iterator[PageError]:
    for page, twin, mine, its in ((one, other, left, right), (other, one, right, left)):
        surplus = Counter(bone.key for bone in mine) - Counter(bone.key for bone in its)
        for bone in mine:
            if surplus[bone.key] > 0:
                surplus[bone.key] -= 1
                yield PageError(
                    page.path, bone.line, f"{what} {bone.name} is missing in {twin.path.as_posix()}"
                )


def _formulas(page: Page) -> list[Bone]:
    return [
        Bone(_plain_tex(f.tex), f"${_plain_tex(f.tex)}$", f.line)
        for f in page.formulas
        if not f.display
    ]


def _numbers(page: Page) -> list[Bone]:
    outside = [n for n in page.numbers if not n.in_maths]
    return [Bone(f"{n.expression}:{n.spec}", f"`={n.expression}`", n.line) for n in outside]


def _links(page: Page) -> list[Bone]:
    return [Bone(link.target, link.target, link.line) for link in page.links]


def _plain_tex(tex: str) -> str:
    """TeX without the words inside text commands, which may be translated, and without spaces."""
    return re.sub(r"\s+", "", re.sub(r"(\\text(?:rm|bf|it)?)\{[^{}]*\}", r"\1{}", tex))
