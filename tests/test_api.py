"""The API reference: its pages, its docstrings, and the links between objects and pages."""

from __future__ import annotations

import ast
import re

import griffe
import pytest

from scripts import api
from scripts.cache import ROOT

XOR_PAGE = """---
title: The XOR problem
---
# XOR

```python source=xor.train,xor.predict doc=no
```
"""


def test_every_public_module_has_a_page_and_private_ones_have_none() -> None:
    modules = api.public_modules()
    assert {"xor", "perceptron", "autodiff"} <= set(modules)
    assert not any(name.startswith("_") for name in modules)


@pytest.mark.parametrize("module", api.public_modules())
def test_module_begins_with_one_sentence_for_the_list(module: str) -> None:
    sentence = api.first_sentence((ROOT / "snippets" / f"{module}.py").read_text("utf-8"))
    assert re.fullmatch(r"[A-Z].{10,110}[.?]", sentence), sentence


def test_listings_name_every_page_that_prints_an_object_once() -> None:
    pages = {"xor": XOR_PAGE + XOR_PAGE, "other": "# Other\n```python source=xor.train\n```\n"}
    found = api.listings(pages)
    assert found["snippets.xor.train"] == [
        api.Place("other", "Other"),
        api.Place("xor", "The XOR problem"),
    ]
    assert found["snippets.xor.predict"] == [api.Place("xor", "The XOR problem")]


@pytest.mark.parametrize(
    ("language", "word"), [("ko", "이 코드를 보여 주는 쪽"), ("en", "Shown on")]
)
def test_object_links_back_to_the_page_that_lists_it(language: str, word: str) -> None:
    html = '<h2 id="snippets.xor.train" class="doc"><code>train</code></h2><p>Text</p>'
    places = api.listings({"xor": XOR_PAGE})
    page = api.finish_page(html, language, places)
    link = '<a href="../../xor/">The XOR problem</a>'
    assert f'</h2>\n<p class="api-listed">{word}: {link}</p><p>Text' in page


def test_korean_page_says_that_the_descriptions_are_english_and_the_english_one_does_not() -> None:
    korean, english = (api.module_page("xor", language, None) for language in ("ko", "en"))
    assert "영어로" in korean
    assert not re.search("[가-힣]", english)
    assert english.rstrip().endswith("::: snippets.xor")


def test_reference_stands_below_the_pages_in_the_search() -> None:
    for text in (api.module_page("xor", "ko", None), api.index_page("en", {"xor": "XOR."})):
        boost = re.search(r"search: \{boost: ([\d.]+)\}", text)
        assert boost is not None
        assert float(boost[1]) < 0.5


def test_signs_of_a_docstring_are_not_read_as_markdown_or_html() -> None:
    text = "Sum a * b * c_k < 1 & [x](y) # no heading."
    assert api.docstring_html(text, ()) == (
        "<p>Sum a * b * c_k &lt; 1 &amp; [x](y) # no heading.</p>"
    )


def test_arguments_and_what_a_function_raises_begin_on_lines_of_their_own() -> None:
    text = "x: (N, D), y: (N,) of\n0 and 1.\nRaises ValueError."
    assert api.docstring_html(text, {"x", "y"}) == (
        "<p><code>x</code>: (N, D), <code>y</code>: (N,) of 0 and 1.<br>Raises ValueError.</p>"
    )


def test_doctest_is_highlighted_and_its_blank_line_ends_it() -> None:
    page = api.add_code(api.docstring_html("Add.\n\n>>> 1 + 1\n2\n\nMore.", ()))
    assert page.count('<div class="highlight">') == 1
    assert '<span class="gp">&gt;&gt;&gt; </span>' in page
    assert page.endswith("<p>More.</p>")


def test_signature_is_the_head_of_the_function_as_written() -> None:
    source = (
        'def f(\n    x: int,\n    *,\n    y: int = 1,\n) -> int:\n    """Doc."""\n    return x\n'
    )
    assert api.signature(source) == "f(\n    x: int,\n    *,\n    y: int = 1,\n) -> int"
    assert api.signature("@property\ndef g(self) -> int: ...\n").startswith("g(self) -> int")


def test_every_public_function_of_the_package_gets_signature_text_and_source() -> None:
    package = griffe.load(
        "snippets", search_paths=[ROOT], extensions=griffe.load_extensions(api.HouseDocstrings)
    )
    count = 0
    for module in api.public_modules():
        tree = ast.parse((ROOT / "snippets" / f"{module}.py").read_text("utf-8"))
        for node in tree.body:
            if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
                continue
            docstring = package[module][node.name].docstring
            assert docstring is not None
            page = api.add_code(api.finish_page(docstring.value, "en", {}))
            text = re.sub(r"<[^>]+>", "", page)
            assert text.startswith(f"{node.name}("), node.name
            assert f"Source code in snippets/{module}.py" in text
            assert f"def {node.name}(" in text
            assert "data-code" not in page
            count += 1
    assert count > 100


def test_labels_are_translated() -> None:
    page = api.finish_page('<summary data-file="snippets/xor.py"></summary>Bases:', "ko", {})
    assert page == "<summary><code>snippets/xor.py</code>의 소스 코드</summary>바탕 클래스:"
