"""The HTML that pages may rely on: cells, claims, exercises, figures, sources, terms, numbers."""

from __future__ import annotations

import re
from pathlib import Path

import markdown
import pytest

from scripts.cache import Cache
from scripts.pages.glossary import Entry, Glossary
from scripts.pages.listing import listing
from scripts.pages.parse import parse_page
from scripts.pages.render import FigureImage, Renderer, fill_slots
from scripts.pages.run import run_pages

ENTRY = Entry(
    "gradient",
    {"ko": "기울기", "en": "gradient"},
    {"ko": '"기울기"는 $x$의 벡터입니다.', "en": "A vector."},
    {"ko": (), "en": ()},
    "",
    "",
)


@pytest.fixture
def html(tmp_path: Path):
    def html(body: str, language: str = "ko") -> str:
        page = parse_page(Path(f"docs/{language}/t.md"), language, "# T\n\n" + body)
        results, errors = run_pages([page], Cache("cells", tmp_path))
        assert errors == []
        images = {("xor", "plane"): FigureImage("../assets/xor.svg", 340, 240)}
        rendered = Renderer(
            page,
            results[page.path],
            Glossary([ENTRY]),
            images,
            lambda target, doc: listing(target, with_docstring=doc),
        ).render()
        extensions = ["attr_list", "md_in_html", "pymdownx.superfences"]
        return fill_slots(
            markdown.markdown(rendered.markdown, extensions=extensions), rendered.slots
        )

    return html


def test_cell_has_source_and_real_output(html):
    text = html("```python live\n'<b>' * 2\n```\n")
    assert '<div class="cell" data-cell="0">' in text
    assert "cell-source" in text
    assert re.search(
        r'class="cell-output".*?<pre tabindex="0">&#x27;&lt;b&gt;&lt;b&gt;&#x27;</pre>', text
    )


def test_cells_are_numbered_in_order(html):
    text = html("```python live\nx = 1\n```\n\n```python live\nx\n```\n")
    assert re.findall(r'data-cell="(\d+)"', text) == ["0", "1"]


def test_claim_shows_its_statement_mark_and_folded_code(html):
    text = html('```python claim=c-one title="`x` **holds**"\nassert 1 < 2\n```\n', "en")
    assert '<section class="claim" data-claim="c-one" id="claim-c-one">' in text
    assert "<code>x</code> <strong>holds</strong>" in text
    assert "Checked when this page was built" in text
    assert '<details class="claim-code">' in text


def test_number_in_a_formula_of_a_title_is_plain(html):
    text = html(
        '```python claim=c-one title="$x = `=3 - 5`$ and `=3 - 5`"\nassert 1 < 2\n```\n', "en"
    )
    assert '$x = -2$ and <span class="computed" title="3 - 5">−2</span>' in text


def test_exercise_hides_check_hints_and_solution(html):
    text = html(
        '```python exercise=e title="t"\nb = 0\n```\n\n```text hint=e\nuse *one*\n```\n\n'
        "```python check=e\nassert b == 1\n```\n\n```python solution=e\nb = 1\n```\n"
    )
    assert 'data-exercise="e"' in text
    assert 'id="exercise-e"' in text
    assert re.search(
        r'<details class="exercise-hint">\s*<summary>힌트</summary>\s*<p>use <em>one', text
    )
    assert text.index('class="exercise-check"') < text.index('class="exercise-solution"')
    assert "<details open" not in text


def test_figure_has_size_alt_and_caption(html):
    text = html('![plane of `=1 + 1` classes](figure:xor.plane "see `=3` and [[기울기]]")\n')
    assert '<figure class="figure" id="figure-xor-plane">' in text
    assert 'alt="plane of 2 classes" width="340" height="240"' in text
    assert '<figcaption>see <span class="computed" title="3">3</span>' in text
    assert 'href="glossary.md#gradient"' in text


def test_explorable_figure_is_marked(html):
    assert '<figure class="explore" id="explore-xor-plane">' in html("![a](explore:xor.plane)\n")


def test_number_in_text_carries_its_expression_and_a_true_minus(html):
    assert '<span class="computed" title="1 - 3">−2</span>' in html("값은 `=1 - 3`입니다.\n")


def test_term_links_to_the_glossary_with_its_explanation(html):
    text = html("[[기울기|경사]]를\n")
    assert re.search(r'<a class="term" href="glossary.md#gradient" title="[^"]+">경사</a>를', text)


def test_source_prints_the_object_and_links_to_the_reference(html):
    text = html("```python source=activations.sigmoid\n```\n")
    assert 'class="source" data-object="snippets.activations.sigmoid"' in text
    assert 'href="api/activations.md#snippets.activations.sigmoid"' in text
    assert ">sigmoid</span>" in text


def test_source_without_docstring_keeps_the_code():
    full = listing("activations.sigmoid")
    short = listing("activations.sigmoid", with_docstring=False)
    assert '"""' in full.code
    assert '"""' not in short.code
    assert short.code.splitlines()[0] == full.code.splitlines()[0]
    assert short.code.splitlines()[-1] == full.code.splitlines()[-1]


@pytest.mark.parametrize(
    ("target", "message"),
    [("nowhere.f", "no module 'nowhere'"), ("activations.nothing", "has no 'nothing'; it has ")],
)
def test_unknown_source_is_named(target: str, message: str):
    with pytest.raises(LookupError, match=message):
        listing(target)
