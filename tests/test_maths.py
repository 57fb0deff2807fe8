"""Formulas: what Temml, the font and the page make of TeX."""

from __future__ import annotations

import html
import re
import time
from io import BytesIO

import markdown
import pytest
from fontTools.ttLib import TTFont

from scripts import maths
from scripts.cache import Cache
from scripts.errors import PageError

INLINE = [
    r"z = w_1 x_1 + w_2 x_2 + b",
    r"\mathbf{z}^{(l)} = \mathbf{W}^{(l)\top} \mathbf{h}^{(l-1)} + \mathbf{b}^{(l)}",
    r"\hat y = \sigma(z)",
    r"x \in \mathbb{R}^{N \times D}",
    r"\delta_j^{(l)}",
    r"\frac{\partial L}{\partial w_{ij}^{(l)}}",
    r"\eta = 0.1",
    r"O(n^2 \log n)",
    r"f'(z) = f(z)\,(1 - f(z))",
    r"\lVert \mathbf{x} \rVert_2 = \sqrt{\sum_i x_i^2}",
]
DISPLAY = [
    r"\sigma(z) = \frac{1}{1 + e^{-z}}",
    r"L = -\frac{1}{N} \sum_{n=1}^{N} \sum_{k=1}^{K} y_{nk} \log \hat y_{nk}",
    r"\frac{\partial L}{\partial w_{ij}^{(l)}} = \delta_j^{(l)} h_i^{(l-1)}",
    r"\delta_j^{(l)} = f'\!\left(z_j^{(l)}\right) \sum_k w_{jk}^{(l+1)} \delta_k^{(l+1)}",
    r"\begin{aligned} \mathbf{z} &= \mathbf{W}\mathbf{x} + \mathbf{b} \\"
    r" \mathbf{h} &= \tanh(\mathbf{z}) \end{aligned}",
    r"\mathbf{J} = \begin{bmatrix} \dfrac{\partial f_1}{\partial x_1} & \cdots \\"
    r" \vdots & \ddots \end{bmatrix}",
    r"\operatorname{ReLU}(z) = \begin{cases} z & \text{if } z > 0 \\"
    r" 0 & \text{otherwise} \end{cases}",
    r"\begin{pmatrix} 0 & 1 \\ 1 & 0 \end{pmatrix} \begin{pmatrix} x_1 \\ x_2 \end{pmatrix}",
    r"\nabla_{\!\theta} \mathcal{L}(\theta) = \mathbb{E}_{x \sim p}\left[ \log p_\theta \right]",
    r"\theta_{t+1} = \theta_t - \eta \frac{\hat m_t}{\sqrt{\hat v_t} + \varepsilon}",
    r"\underbrace{\frac{\partial L}{\partial \hat y}}_{\text{loss}} \cdot x",
    r"\operatorname{softmax}\!\left( \frac{Q K^\top}{\sqrt{d_k}} \right) V",
    r"\lim_{h \to 0} \frac{f(x + h) - f(x - h)}{2h}",
    r"\operatorname*{arg\,min}_{\mathbf{w}} \tfrac{1}{2} \lVert \mathbf{y} \rVert^2",
    r"\mathbf{c}_t = \mathbf{f}_t \odot \mathbf{c}_{t-1} + \mathbf{i}_t \odot \tilde{\mathbf{c}}_t",
    r"\left( \frac{1}{1 + \frac{1}{1 + x}} \right)^{2}, \quad \left\lvert \frac{a}{b} \right\rvert",
    r"\prod_{t=1}^{T} \frac{\partial h_t}{\partial h_{t-1}}",
    r"\int_{-\infty}^{\infty} e^{-x^2/2}\,dx = \sqrt{2\pi}",
    r"\overline{(X - \bar X)^2} \le \max_{i \ne j} \lvert x_i - x_j \rvert \Rightarrow \Omega",
    r"\alpha\,\beta\,\gamma \approx 10^{-3} \pm 2\,\%",
]
FORMULAS = [*((tex, False) for tex in INLINE), *((tex, True) for tex in DISPLAY)]


def to_html(text: str) -> str:
    extension = "pymdownx.arithmatex"
    return markdown.markdown(
        text, extensions=[extension], extension_configs={extension: {"generic": True}}
    )


def render(text: str, language: str = "en", source: str | None = None) -> str:
    return maths.render_page(
        to_html(text),
        language=language,
        path="docs/en/x.md",
        source=text if source is None else source,
    )


@pytest.mark.parametrize(("tex", "display"), FORMULAS)
def test_formula_of_backpropagation_becomes_mathml_that_keeps_its_tex(
    tex: str, display: bool
) -> None:
    result = maths.mathml(tex, display=display)
    annotation = re.search(r'<annotation encoding="application/x-tex">(.*?)</annotation>', result)
    assert annotation is not None
    assert html.unescape(annotation[1]) == tex
    assert ('display="block"' in result) == display
    assert "merror" not in result
    assert "<script" not in result


def test_markdown_formulas_become_mathml_and_dollars_in_code_stay() -> None:
    page = render("Cost `$5 and $6`, but $x < y$.\n\n$$\n\\sum_i x_i\n$$\n")
    assert "<code>$5 and $6</code>" in page
    assert page.count("<math") == 2
    assert "arithmatex" not in page
    assert '<div class="math"' in page


def test_bad_tex_is_told_with_file_and_line() -> None:
    with pytest.raises(PageError, match=r"docs/en/x\.md:3: bad TeX .*Unsupported function name"):
        render("# Title\n\nHere $\\sofmax(z)$ fails.")


def test_bad_tex_with_a_computed_number_is_found_in_the_source() -> None:
    source = "one\n\ntwo $a$\n\n$\\foo + `=n:.2f`$"
    with pytest.raises(PageError, match=r"x\.md:5: "):
        render("$\\foo + 0.25$", source=source)


def test_bad_display_formula_over_several_lines_is_told_by_its_first_line() -> None:
    with pytest.raises(PageError, match=r"x\.md:3: "):
        render("text\n\n$$\na &= b \\\\\nc &= d\n$$\n")


@pytest.mark.parametrize("tex", [r"\text{만약 } x", "가", r"\mathrm{ㄱ}"])
def test_hangul_is_refused(tex: str) -> None:
    with pytest.raises(maths.TexError, match="no Hangul"):
        maths.mathml(tex, display=False)


@pytest.mark.parametrize(
    "tex", [r"\href{https://x.org}{a}", r"\class{a}{x}", r"\frac{1}{", "a & b"]
)
def test_what_strict_tex_refuses_is_refused(tex: str) -> None:
    with pytest.raises(maths.TexError):
        maths.mathml(tex, display=False)


def test_macro_without_end_is_refused() -> None:
    with pytest.raises(maths.TexError):
        maths.mathml(r"\def\a{\a\a}\a", display=False)


def test_function_name_has_a_thin_space_on_both_sides() -> None:
    for tex in (r"n \log n", r"n^2 \log n", r"x_i \log n"):
        result = maths.mathml(tex, display=False)
        assert re.search(r"<mspace[^>]*></mspace>(<mrow>)?<mi>log</mi>.*?<mspace", result), tex
    assert not maths.mathml(r"\log n", display=False).startswith("<math><semantics><mrow><mspace")


def test_only_a_wide_formula_is_a_stop_for_the_keyboard_and_it_has_a_name() -> None:
    wide = "$$" + "+".join(f"x_{{{i}}}" for i in range(12)) + "$$"
    assert 'tabindex="0" role="group" aria-label="수식"' in render(wide, language="ko")
    assert 'aria-label="Formula"' in render(wide)
    assert "tabindex" not in render("$$x = 1$$")


def test_a_wide_formula_in_the_text_scrolls_too() -> None:
    wide = "+".join(f"x_{{{i}}}" for i in range(12))
    assert '<span class="math" data-search-exclude tabindex="0"' in render(f"So ${wide}$ holds.")
    assert "tabindex" not in render("So $x = 1$ holds.")


def test_nothing_stands_between_a_function_name_and_the_particle_behind_it() -> None:
    assert "mspace" not in maths.mathml(r"\tanh", display=False)


def test_formulas_stay_out_of_the_search_index() -> None:
    page = render("See $x$.\n\n$$x$$\n")
    assert page.count("data-search-exclude") == page.count("<math") == 2


def test_font_has_a_math_table_and_every_character_that_is_drawn() -> None:
    page = "".join(maths.mathml(tex, display=display) for tex, display in FORMULAS)
    wanted = maths.characters(page)
    font = TTFont(BytesIO(maths.font_subset(wanted)))
    assert "MATH" in font
    held = {chr(code) for code in font.getBestCmap()}
    invisible = {"\u2061", "\u200b"}
    assert wanted - held <= invisible
    assert {"𝑥", "𝜂", "𝜕", "√", "𝐖"} <= held


def test_font_brings_the_larger_forms_of_brackets_roots_and_sums() -> None:
    font = TTFont(BytesIO(maths.font_subset({"(", "√", "∑"})))
    variants = font["MATH"].table.MathVariants
    grown = set(variants.VertGlyphCoverage.glyphs)
    cmap = font.getBestCmap()
    assert {cmap[ord(sign)] for sign in "(√∑"} <= grown


def test_font_is_small_and_the_same_bytes_every_time(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = maths.font_subset("xyz+√")
    monkeypatch.setattr(maths, "_cache", Cache("maths", tmp_path))  # type: ignore[arg-type]
    assert maths.font_subset("√zyx+") == first
    assert len(first) < 20_000


def test_a_page_of_thirty_known_formulas_takes_under_five_milliseconds() -> None:
    marked = "".join(
        f'<div class="arithmatex">\\[{html.escape(tex)}\\]</div>'
        if display
        else f'<span class="arithmatex">\\({html.escape(tex)}\\)</span>'
        for tex, display in FORMULAS
    )
    assert len(FORMULAS) == 30

    def seconds() -> float:
        start = time.perf_counter()
        maths.render_page(marked, language="en", path="docs/en/x.md", source="")
        return time.perf_counter() - start

    seconds()
    assert min(seconds() for _ in range(20)) < 0.005
