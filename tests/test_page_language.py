"""Every rule of the page language, each with an example that breaks it."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.errors import PageError
from scripts.pages.parse import parse_page, split_number

HEAD = "---\ntitle: T\ndescription: d\n---\n# T\n\n"
EXERCISE = """```python exercise=e title="t"
b = 0
```
{middle}
```python check=e
assert b == 1
```

```python solution=e
b = 1
```
"""


def parse(body: str, head: str = HEAD):
    return parse_page(Path("docs/ko/t.md"), "ko", head + body)


@pytest.mark.parametrize(
    ("body", "line", "message"),
    [
        ("## A heading\n", 7, "needs an explicit id"),
        ("## A {#제목}\n", 7, "lower-case ASCII"),
        ("# Another\n", 7, "one # heading, this one has 2"),
        ("## A $x$ {#a}\n", 7, "no maths in headings"),
        ("## A [[b]] {#a}\n", 7, "no [[terms]] in headings"),
        ("## A {#a}\n\n## B {#a}\n", 9, "id a is used twice: first on line 7; rename one of"),
        ("$x_{입력}$\n", 7, "no Hangul inside maths"),
        ("a\n\n$$\nx = \\text{값}\n$$\n", 9, "no Hangul inside maths"),
        ("![](figure:xor.plane)\n", 7, "needs alt text"),
        ("![alt](figure:xor)\n", 7, "is not a figure"),
        ("text ![alt](figure:xor.plane) text\n", 7, "alone in its paragraph"),
        ("![alt](figure:xor.plane)\ntext\n", 7, "alone in its paragraph"),
        ("![a](figure:xor.p)\n\n![b](figure:xor.p)\n", 9, "(a figure stands once on a page)"),
        ("```python live\nx = 1\n", 7, "never closed"),
        ("```python live\nx = = 1\n```\n", 8, "not valid Python"),
        ("```python live\n```\n", 7, "is empty"),
        ("```python lively\nx = 1\n```\n", 7, "unknown word 'lively'"),
        ("```python live claim=c\nassert 1\n```\n", 7, "not both"),
        ("```python source=xor.train\nx = 1\n```\n", 7, "must be empty"),
        ('```python claim=c title="t"\nx = 1\n```\n', 7, "asserts nothing"),
        ("```python claim=c\nassert True\n```\n", 7, 'needs a title="..."'),
        ('```python claim=C title="t"\nassert 1\n```\n', 7, "lower-case letters"),
        ("```python live title=x\nx = 1\n```\n", 7, "unknown attribute title="),
        ("    ```python live\n    x = 1\n    ```\n", 7, "first column"),
        ("`=1 +`\n", 7, "not an expression"),
        ("```python check=e\nassert 0\n```\n", 7, "belongs to no exercise"),
        ('```python exercise=e title="t"\nb = 0\n```\n', 7, "found nothing"),
        (EXERCISE.format(middle="words"), 11, "only blank lines"),
        ("```text hint=h\nlook\n```\n", 7, "belongs to no exercise"),
        ('```python claim=c title="[[a]]"\nassert 1\n```\n', 7, "take no [[terms]]"),
        ("```python hint=h\nlook\n```\n", 7, "hints are ```text"),
        ("words\n\nA heading\n---------\n", 9, "begins with #"),
        ("A heading\n===\n", 7, "begins with #"),
        ("words <h2>A</h2>\n", 7, "begins with #"),
        ('see <a href="gone.md">this</a>\n', 7, "so that it can be checked"),
        ("see [this][there]\n\n[there]: gone.md\n", 9, "so that it can be checked"),
        ("![](photo.png)\n", 7, "a figure that the package computes"),
        ("![a photo](photo.png)\n", 7, "a figure that the package computes"),
        ("\\(x = 값\\)\n", 7, "between $ and $"),
        ("a\n\n\\[\nx\n\\]\n", 9, "between $ and $"),
        ("> ```python live\n> x = 1\n> ```\n", 7, "not in a quotation"),
        ("```py live\nx = 1\n```\n", 7, "would not run"),
        ("``` {.python live}\nx = 1\n```\n", 7, "would not run"),
        ('```python claim=c title="t"\ndef f():\n    assert 1\n```\n', 7, "asserts nothing"),
    ],
)
def test_broken_rule_names_file_line_and_what_to_do(body: str, line: int, message: str):
    with pytest.raises(PageError) as caught:
        parse(body)
    assert str(caught.value).startswith(f"docs/ko/t.md:{line}: "), str(caught.value)
    assert message in str(caught.value)


def test_page_without_front_matter_counts_its_lines_from_one():
    with pytest.raises(PageError, match=r"t\.md:3: heading"):
        parse("## A\n", head="# T\n\n")


def test_page_without_title_is_refused():
    with pytest.raises(PageError, match="has 0"):
        parse("text\n", head="")


def test_exercise_blocks_may_be_parted_by_blank_lines_and_hints():
    page = parse(
        EXERCISE.format(middle="\n```text hint=e\nlook\n```\n\n```text hint=e\nagain\n```\n")
    )
    (exercise,) = page.exercises
    assert [hint.code for hint in exercise.hints] == ["look", "again"]
    assert exercise.solution.code == "b = 1"


def test_code_and_comments_hide_what_looks_like_the_page_language():
    page = parse("`$x$ [[a]] [t](u)` <!-- [[b]] $y$ --> ``a `=1` b`` \\$5 and \\$6\n")
    assert (page.terms, page.formulas, page.links, page.numbers) == ([], [], [], [])


def test_code_maths_tables_and_rules_are_no_way_round():
    page = parse(
        "`<a>` and `![x](y.png)` $\\(x\\)$ \\[no maths\\]\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n"
        "---\n\n- one\n- two\n\n```html\n<a href=x>\n```\n\n"
        '```python claim=c title="t"\ndef f():\n    assert 1\n\nf()\n```\n'
    )
    assert [fence.kind for fence in page.fences] == ["other", "claim"]


def test_fences_hide_headings_and_formulas():
    page = parse("~~~text\n# no\n$x$\n~~~\n\n````text\n```python live\n```\n````\n")
    assert [heading.text for heading in page.headings] == ["T"]
    assert [fence.kind for fence in page.fences] == ["other", "other"]


def test_numbers_are_found_in_text_maths_alt_captions_and_links():
    page = parse('`=1`, $x = `=2`$, [`=3`](a.md)\n\n![alt `=4`](figure:a.b "cap `=5` $`=6`$")\n')
    assert [number.expression for number in page.numbers] == ["1", "2", "3", "4", "5", "6"]
    assert [number.in_maths for number in page.numbers] == [False, True, False, False, False, True]
    assert {number.line for number in page.numbers} == {7, 9}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("x", ("x", "")),
        ("x:.2f", ("x", ".2f")),
        ("x[1:2]:,", ("x[1:2]", ",")),
        ("{1: 2}[1]", ("{1: 2}[1]", "")),
        ("(lambda v: v)(1):d", ("(lambda v: v)(1)", "d")),
        ("f(':'):>4", ("f(':')", ">4")),
    ],
)
def test_format_follows_the_first_colon_outside_brackets(source: str, expected: tuple[str, str]):
    assert split_number(source) == expected


def test_terms_and_links_are_read_with_their_lines():
    page = parse('[[역전파]]를\n[[기울기|경사]]와 [XOR](xor.md#why "t")\n')
    assert [(t.line, t.name, t.text) for t in page.terms] == [
        (7, "역전파", "역전파"),
        (8, "기울기", "경사"),
    ]
    assert [(link.line, link.target) for link in page.links] == [(8, "xor.md#why")]


def test_windows_line_ends_are_read_like_any_other():
    page = parse_page(Path("docs/ko/t.md"), "ko", "# T\r\n\r\n```python live\r\nx = 1\r\n```\r\n")
    assert page.fences[0].code == "x = 1"
