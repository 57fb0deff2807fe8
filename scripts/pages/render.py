"""Turn a parsed page and its results into Markdown with slots, and fill the slots with HTML.

Blocks that need exact HTML (code, output) leave the Markdown as `<div data-slot="N">` and come back
when the Markdown has been converted; titles, captions and hints stay Markdown, so that maths, terms
and links work in them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from html import escape

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from scripts.cache import Cache, digest, installed_version
from scripts.pages.glossary import Entry, Glossary
from scripts.pages.listing import Listing
from scripts.pages.model import Exercise, Fence, Figure, Number, Page, Term
from scripts.pages.run import Results

WORDS: dict[str, dict[str, str]] = {
    "output": {"ko": "출력", "en": "Output"},
    "claim": {"ko": "주장", "en": "Claim"},
    "checked": {"ko": "이 페이지를 만들 때 확인함", "en": "Checked when this page was built"},
    "code": {"ko": "확인하는 코드", "en": "The code that checks it"},
    "exercise": {"ko": "연습", "en": "Exercise"},
    "hint": {"ko": "힌트", "en": "Hint"},
    "check": {"ko": "답을 검사하는 코드", "en": "The code that checks your answer"},
    "solution": {"ko": "풀이 보기", "en": "Show a solution"},
}
_SLOT = re.compile(r'<div data-slot="(\d+)">\s*</div>')
_NUMBER = re.compile(r"`=[^`]+`")

_code = Cache("code")


@dataclass(frozen=True)
class FigureImage:
    """Where a figure's file stands, seen from the page, and its size in CSS pixels.

    data: where the data of its controls stand, "" if it has none.
    """

    uri: str
    width: float
    height: float
    data: str = ""


@dataclass(frozen=True)
class Rendered:
    """A page as Markdown with slots, and the HTML of each slot."""

    markdown: str
    slots: list[str]


def fill_slots(html: str, slots: list[str]) -> str:
    """Put the HTML of the slots where the converted Markdown left their places."""
    return _SLOT.sub(lambda match: slots[int(match[1])], html)


@lru_cache(maxsize=4096)  # while serving, most code stays as it was
def highlighted(code: str) -> str:
    """Return Python code as highlighted HTML; the block can be scrolled by keyboard."""
    key = digest(code, installed_version("pygments"))
    known = _code.get(key)
    if known is None:
        known = highlight(code, PythonLexer(stripnl=False), HtmlFormatter(nowrap=True)).encode()
        _code.put(key, known)
    inner = known.decode().rstrip("\n")
    return (
        f'<div class="highlight"><pre><span></span><code tabindex="0">{inner}\n</code></pre></div>'
    )


class Renderer:
    """Renders one page; everything it needs from elsewhere is given to it."""

    def __init__(
        self,
        page: Page,
        results: Results,
        glossary: Glossary,
        images: Mapping[tuple[str, str], FigureImage],
        source: Callable[[str, bool], Listing],
        generated: Mapping[str, str] | None = None,
    ) -> None:
        """images: by concept and name; source: from a target and with_docstring to a listing.

        generated: the Markdown that stands in for empty blocks such as ```glossary, by kind.
        """
        self.page = page
        self.results = results
        self.glossary = glossary
        self.images = images
        self.source = source
        self.generated = generated or {}
        self.slots: list[str] = []
        self._cells = 0

    def render(self) -> Rendered:
        """Return the page's Markdown with slots."""
        edits: list[tuple[int, int, str]] = [
            (number.start, number.end, self._number(number)) for number in self.page.numbers
        ]  # those in titles and captions as well: their lines are replaced below
        edits += [(term.start, term.end, self._term(term)) for term in self.page.terms]
        text = _replace(self.page.text, edits)
        # Inside one line the edits moved places; blocks are replaced by whole lines, which stand.
        lines = text.split("\n")
        blocks = [*((f.line, f.line, self._figure(f)) for f in self.page.figures), *self._fences()]
        for line, end_line, markdown in sorted(blocks, reverse=True):
            first = line - self.page.first_line
            lines[first : end_line - self.page.first_line + 1] = ["", *markdown.split("\n"), ""]
        return Rendered("\n".join(lines), self.slots)

    def _word(self, key: str) -> str:
        return WORDS[key][self.page.language]

    def _slot(self, html: str) -> str:
        self.slots.append(html)
        return f'<div data-slot="{len(self.slots) - 1}"></div>'

    def _number(self, number: Number) -> str:
        text = self.results.numbers[number.start]
        if number.in_maths or self._in_attribute(number.start):
            return text
        shown = escape(text.replace("-", "\N{MINUS SIGN}") if _is_number(text) else text)
        return f'<span class="computed" title="{escape(number.expression)}">{shown}</span>'

    def _in_attribute(self, place: int) -> bool:
        """Whether the place is in a figure's alt text, which takes no HTML."""
        line_start = self.page.text.rfind("\n", 0, place) + 1
        head = self.page.text[line_start:place]
        return head.startswith("![") and "](" not in head

    def _term(self, term: Term) -> str:
        entry = self.glossary.find(self.page.language, term.name)
        assert entry is not None, "unknown terms are refused before rendering"
        return term_link(entry, self.page.language, term.text)

    def _figure(self, figure: Figure) -> str:
        image = self.images[figure.concept, figure.name]
        alt = escape(self._computed(figure), quote=True)
        css = ' class="figure"'
        if figure.kind == "explore":
            css = ' class="explore"' + (f' data-explore="{image.data}"' if image.data else "")
        img = (
            f'<img src="{image.uri}" alt="{alt}" width="{image.width:.0f}" '
            f'height="{image.height:.0f}" loading="lazy" decoding="async">'
        )
        parts = [f'<figure id="{figure.id}"{css} markdown="block">', "", self._slot(img), ""]
        if figure.caption:
            parts += [f'<figcaption markdown="span">{self._caption(figure)}</figcaption>', ""]
        return "\n".join([*parts, "</figure>"])

    def _computed(self, figure: Figure) -> str:
        """The alt text with its numbers in place, as plain text."""
        own = {
            self.page.text[n.start : n.end]: self.results.numbers[n.start]
            for n in self.page.numbers
            if n.line == figure.line
        }
        return _NUMBER.sub(lambda match: own[match[0]], figure.alt)

    def _title(self, fence: Fence) -> str:
        numbers = (self._number(n) for n in self.page.numbers if n.line == fence.line)
        return _NUMBER.sub(lambda _: next(numbers), fence.title)

    def _caption(self, figure: Figure) -> str:
        """The caption with its numbers and terms in place."""
        begin, end = figure.caption_start, figure.caption_start + len(figure.caption)
        edits = [
            (part.start - begin, part.end - begin, text)
            for part, text in (
                *((n, self._number(n)) for n in self.page.numbers if begin <= n.start < end),
                *((t, self._term(t)) for t in self.page.terms if begin <= t.start < end),
            )
        ]
        return _replace(figure.caption, edits)

    def _fences(self) -> list[tuple[int, int, str]]:
        exercises = {exercise.starter.line: exercise for exercise in self.page.exercises}
        blocks: list[tuple[int, int, str]] = []
        for fence in self.page.fences:
            if fence.kind == "source":
                blocks.append((fence.line, fence.end_line, self._source(fence)))
            elif fence.kind == "live":
                blocks.append((fence.line, fence.end_line, self._cell(fence)))
            elif fence.kind == "claim":
                blocks.append((fence.line, fence.end_line, self._claim(fence)))
            elif fence.kind == "exercise":
                exercise = exercises[fence.line]
                blocks.append((fence.line, exercise.solution.end_line, self._exercise(exercise)))
            elif fence.kind in self.generated:
                blocks.append((fence.line, fence.end_line, self.generated[fence.kind]))
        return blocks

    def _source(self, fence: Fence) -> str:
        parts: list[str] = []
        for target in fence.value.split(","):
            found = self.source(target, fence.attributes.get("doc") != "no")
            module = target.partition(".")[0]
            link = f"[`{found.object}`](api/{module}.md#{found.object})"
            if "." not in target:
                link = f"[`{found.object}`](api/{module}.md)"
            parts += [
                f'<div class="source" data-object="{found.object}" markdown="block">',
                "",
                f'<p class="source-link" markdown="span">{link}</p>',
                "",
                self._slot(highlighted(found.code)),
                "",
                "</div>",
                "",
            ]
        return "\n".join(parts)

    def _cell(self, fence: Fence) -> str:
        number = self._cells
        self._cells += 1
        output = self.results.outputs.get(fence.line, "")
        html = f'<div class="cell" data-cell="{number}">'
        html += f'<div class="cell-source">{highlighted(fence.code)}</div>'
        hidden = "" if output else " hidden"
        html += (
            f'<div class="cell-output" data-search-exclude role="group" '
            f'aria-label="{self._word("output")}"{hidden}>'
            f'<pre tabindex="0">{escape(output.rstrip())}</pre></div></div>'
        )
        return self._slot(html)

    def _claim(self, fence: Fence) -> str:
        return "\n".join(
            [
                f'<section class="claim" id="claim-{fence.value}" data-claim="{fence.value}" '
                'markdown="block">',
                "",
                f'<p class="claim-label">{self._word("claim")}</p>',
                "",
                f'<p class="claim-title" markdown="span">{self._title(fence)}</p>',
                "",
                self._slot(
                    f'<p class="claim-mark">{self._word("checked")}</p>'
                    f'<details class="claim-code"><summary>{self._word("code")}</summary>'
                    f"{highlighted(fence.code)}</details>"
                ),
                "",
                "</section>",
            ]
        )

    def _exercise(self, exercise: Exercise) -> str:
        parts = [
            f'<section class="exercise" id="exercise-{exercise.id}" '
            f'data-exercise="{exercise.id}" markdown="block">',
            "",
            f'<p class="exercise-label">{self._word("exercise")}</p>',
            "",
            f'<p class="exercise-title" markdown="span">{self._title(exercise.starter)}</p>',
            "",
            self._slot(f'<div class="exercise-starter">{highlighted(exercise.starter.code)}</div>'),
            "",
        ]
        for number, hint in enumerate(exercise.hints, 1):
            count = f" {number}" if len(exercise.hints) > 1 else ""
            parts += [
                '<details class="exercise-hint" markdown="block">',
                f"<summary>{self._word('hint')}{count}</summary>",
                "",
                hint.code,
                "",
                "</details>",
                "",
            ]
        folded = (
            ("check", exercise.check),
            ("solution", exercise.solution),
        )
        html = "".join(
            f'<details class="exercise-{key}"><summary>{self._word(key)}</summary>'
            f"{highlighted(block.code)}</details>"
            for key, block in folded
        )
        return "\n".join([*parts, self._slot(html), "", "</section>"])


def term_link(entry: Entry, language: str, text: str) -> str:
    """Return the Markdown link from a page to a term of the glossary."""
    title = re.sub(r"[*`$\[\]\\]|\([^)]*\.md[^)]*\)", "", entry.text[language]).replace('"', "”")
    return f'[{text}](glossary.md#{entry.id} "{title}"){{.term}}'


def _replace(text: str, edits: list[tuple[int, int, str]]) -> str:
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[-+]?[\d,.]+(?:e[-+]?\d+)?%?", text) is not None
