"""TeX to MathML at build: no JavaScript on the page, readable by screen readers, one small font.

Temml's MathML was chosen over KaTeX's HTML on 30 formulas of backpropagation: 28 KB against 167 KB
of HTML (4 against 12 gzipped), one font of 19 KB against nine of 122 KB, about three times faster
to render, and no second copy of each formula hidden for screen readers.  With STIX Two Math, which
brings the MATH table that browsers need, it looks as good.

`pymdownx.arithmatex` marks the formulas; `render_page` replaces what it marked.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import quickjs

from scripts.assets import web_asset
from scripts.cache import Cache, digest, installed_version
from scripts.errors import PageError

FONT = ("@fontsource/stix-two-math", "files", "stix-two-math-latin-400-normal.woff2")
FONT_LICENCE = ("@fontsource/stix-two-math", "LICENSE")

# A formula with no row longer than this fits a telephone 320 px wide, and need not be a
# stop for the keyboard.
_NARROW = 22
_LABEL = {"ko": "수식", "en": "Formula"}
_MARKED = re.compile(
    r'<(?P<tag>span|div) class="arithmatex">\\[(\[](?P<tex>.*?)\\[)\]]</(?P=tag)>', re.S
)
_WRITTEN = re.compile(r"\$\$(.+?)\$\$|(?<![\\$])\$(?!\s)((?:[^$\\]|\\.)+?)(?<!\s)\$", re.S)
_HANGUL = re.compile(r"[ᄀ-ᇿ㄰-㆏가-힣]")
_FUNCTION = r"<mrow><mi>[a-z]{2,}</mi><mo>\u2061</mo><mspace"  # \log, \sin ... before an argument
_THIN_SPACE = '<mspace width="0.1667em"></mspace>'

_cache = Cache("maths")


class TexError(ValueError):
    """What is wrong with a formula, in one sentence."""


def mathml(tex: str, *, display: bool) -> str:
    r"""Return the MathML of `tex`, with the TeX itself as its annotation.

    Raises TexError for anything that is not valid TeX mathematics, and for Hangul, which the
    font does not hold.

    >>> "<mi>x</mi>" in mathml("x^2", display=False)
    True
    >>> mathml(r"\sofmax", display=False)
    Traceback (most recent call last):
        ...
    scripts.maths.TexError: Unsupported function name: \sofmax at position 1: \sofmax
    """
    key = digest(tex, str(display), renderer_digest())
    if (known := _cache.get(key)) is not None:
        return known.decode("utf-8")
    if _HANGUL.search(tex):
        raise TexError("no Hangul inside maths: put the words outside $...$")
    result = _tidy(_temml(tex, display))
    _cache.put(key, result.encode("utf-8"))
    return result


def render_page(page: str, *, language: str, path: str, source: str) -> str:
    """Replace every formula that arithmatex marked in the HTML `page`.

    source: the text of the file `path` that the page was made from; with it a mistake is told by
    its line.  Raises PageError for bad TeX.
    """

    def replace(match: re.Match[str]) -> str:
        tex = html.unescape(match["tex"]).strip()
        display = match["tag"] == "div"
        try:
            maths = mathml(tex, display=display)
        except TexError as error:
            message = f"bad TeX in {_shortened(tex)!r}: {error}"
            raise PageError(path, line_of(tex, source), message) from None
        return _wrapped(maths, display=display, language=language)

    return _MARKED.sub(replace, page)


def line_of(tex: str, source: str) -> int | None:
    r"""Return the line, counted from 1, on which `tex` stands in the Markdown text `source`.

    A computed number in the source, `` `=expr` ``, stands for any text.

    >>> line_of("x = 3", "# Title\n\nHere $x = `=n`$.")
    3
    """
    wanted = " ".join(tex.split())
    for match in _WRITTEN.finditer(source):
        written = " ".join((match[1] or match[2]).split())
        pattern = ".+?".join(map(re.escape, re.split(r"`=[^`]+`", written)))
        if re.fullmatch(pattern, wanted):
            return source.count("\n", 0, match.start()) + 1
    return None


def characters(page: str) -> set[str]:
    """Return the characters that the maths in the HTML `page` needs from the font.

    A lone letter in <mi> is drawn by the browser with the mathematical italic letter, and every
    root with the radical sign, though neither stands in the text.

    >>> sorted(characters("<math><mi>x</mi><mo>=</mo><mn>2</mn></math>"))
    ['2', '=', 'x', '√', '𝑥']
    """
    found: set[str] = set()
    for formula in re.findall(r"<math.*?</math>", page, re.S):
        shown = re.sub(r"<annotation.*?</annotation>", "", formula, flags=re.S)
        found.update(html.unescape(re.sub(r"<[^>]+>", "", shown)))
        found.update(italic(html.unescape(c)) for c in re.findall(r"<mi>(.|&[a-z]+;)</mi>", shown))
        found.add("√")
    return found - set(" \n\t")


def italic(letter: str) -> str:
    """Return the mathematical italic form of a Latin or Greek letter, or the character itself.

    >>> italic("x"), italic("h"), italic("θ"), italic("∂"), italic("+")
    ('𝑥', 'ℎ', '𝜃', '𝜕', '+')
    """
    exceptions = {"h": "ℎ", "∂": "𝜕", "ϵ": "𝜖", "ϑ": "𝜗", "ϰ": "𝜘", "ϕ": "𝜙", "ϱ": "𝜚", "ϖ": "𝜛"}
    if letter in exceptions:
        return exceptions[letter]
    for first, last, start in (("A", "Z", "𝐴"), ("a", "z", "𝑎"), ("Α", "Ω", "𝛢"), ("α", "ω", "𝛼")):
        if first <= letter <= last:
            return chr(ord(start) + ord(letter) - ord(first))
    return letter


def font_subset(wanted: Iterable[str]) -> bytes:
    """Return STIX Two Math as WOFF2 with only the characters `wanted` and all their sizes.

    The MATH table stays: it says how glyphs grow and where scripts stand.
    """
    text = "".join(sorted(set(wanted)))
    font = web_asset(*FONT).read_bytes()
    key = digest(text, font, installed_version("fonttools"), installed_version("brotli"), "1")
    if (known := _cache.get(key)) is not None:
        return known
    from fontTools import subset  # here, for it takes long to import and is rarely needed
    from fontTools.ttLib import TTFont

    # ssty: forms for scripts; ss04: the prime of f'; dtls: letters under an accent.
    options = subset.Options(
        flavor="woff2",
        layout_features=["ssty", "ss04", "dtls"],
        hinting=False,
        name_IDs=[0, 13, 14],  # copyright and licence
        notdef_outline=True,
    )
    parsed = TTFont(BytesIO(font), recalcTimestamp=False)
    subsetter = subset.Subsetter(options)
    subsetter.populate(text=text)
    subsetter.subset(parsed)
    out = BytesIO()
    subset.save_font(parsed, out, options)
    _cache.put(key, out.getvalue())
    return out.getvalue()


def font_licence() -> str:
    """Return the licence that travels with the font."""
    return web_asset(*FONT_LICENCE).read_text("utf-8")


@cache
def renderer_digest() -> str:
    """Return a key for everything that MathML depends on besides the TeX."""
    temml = web_asset("temml", "dist", "temml.min.js").read_bytes()
    return digest(temml, installed_version("quickjs-ng"), Path(__file__).read_bytes())


@cache
def _engine() -> Any:
    context: Any = quickjs.Context()
    context.eval(web_asset("temml", "dist", "temml.min.js").read_text("utf-8"))
    # `maxExpand` ends macros that never end; untrusted commands such as \href are refused.
    context.eval(
        "const toMathml = (tex, displayMode) => JSON.stringify(temml.renderToString(tex, {"
        "displayMode, strict: true, annotate: true, throwOnError: true, maxExpand: 1000}))"
    )
    return context


def _temml(tex: str, display: bool) -> str:
    call = f"toMathml({json.dumps(tex)}, {json.dumps(display)})"
    try:
        return json.loads(_engine().eval(call))
    except quickjs.JSException as error:
        raise TexError(_said(str(error))) from None


def _said(error: str) -> str:
    """The message alone: no stack, and no combining underline at the place of the mistake."""
    message = re.split(r"\n\s+at ", error)[0].removeprefix("ParseError:")
    return " ".join(message.replace("\u0332", "").split())


def _tidy(maths: str) -> str:
    """Space functions as TeX does, and leave out what every browser does by itself."""
    maths = maths.replace(' style="display:block math;"', "")
    # The space behind \tanh separates it from an argument: not from the Korean particle after $.
    maths = re.sub(rf"{_THIN_SPACE}((?:</mrow>)*<annotation)", r"\1", maths)
    # Temml leaves out TeX's thin space between a power, fraction or accent and \log.
    before = r"(</m(?:frac|sub|sup|subsup|over|sqrt)>)"
    return re.sub(f"{before}(?={_FUNCTION})", rf"\1{_THIN_SPACE}", maths)


def _wrapped(maths: str, *, display: bool, language: str) -> str:
    # Formulas would stand in the search index as rows of lone letters.
    tag = "div" if display else "span"
    scrolls = ""
    if _longest_row(maths) > _NARROW:
        scrolls = f' tabindex="0" role="group" aria-label="{_LABEL[language]}"'
    return f'<{tag} class="math" data-search-exclude{scrolls}>{maths}</{tag}>'


def _longest_row(maths: str) -> int:
    """How many characters the longest row of a formula shows, the parts of fractions added up."""
    shown = re.sub(r"<annotation.*?</annotation>", "", maths, flags=re.S)
    rows = shown.split("</mtr>") if shown.count("<mtable") == 1 else [shown]
    return max(len(html.unescape(re.sub(r"<[^>]+>|\s", "", row))) for row in rows)


def _shortened(tex: str) -> str:
    text = " ".join(tex.split())
    return text if len(text) <= 60 else f"{text[:59]}…"
