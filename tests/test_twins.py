"""Two editions of one page share their skeleton; a difference is named with both lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.pages.parse import parse_page
from scripts.pages.twins import twin_errors

BASE = """# T

## A {#a}

Text $x$ and `=1 + 1`, [link](xor.md).

![alt](figure:xor.plane)

$$
y = x
$$

```python live
x = 1  # one
```

```python claim=c title="t"
assert True
```
"""


def differences(korean: str, english: str) -> list[str]:
    pages = [
        parse_page(Path(f"docs/{lang}/t.md"), lang, text)
        for lang, text in (("ko", korean), ("en", english))
    ]
    return [str(error) for error in twin_errors(*pages)]


def test_translated_words_comments_and_order_of_inline_formulas_are_free():
    korean = (
        BASE.replace("# one", "# 하나").replace("Text", "글").replace('title="t"', 'title="주장"')
    )
    assert differences(korean, BASE) == []
    check = "# T\n\n```python live\ndef f(x):\n    '{}'\n    assert x, '{}'\n```\n"
    assert differences(check.format("하나", "둘"), check.format("one", "two")) == []
    assert differences("# T\n\n$x$ $y$\n", "# T\n\n$y$ $x$\n") == []
    assert differences("# T\n\n$\\text{a}x$\n", "# T\n\n$\\text{b} x$\n") == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "## A {#a}",
            "### A {#a}",
            "docs/ko/t.md:3: heading ## a differs from heading ### a at docs/en/t.md:3",
        ),
        ("## A {#a}", "## A {#b}", "docs/ko/t.md:3: heading ## a differs from heading ## b"),
        ("figure:xor.plane", "figure:xor.other", "figure:xor.plane differs from figure:xor.other"),
        (
            "![alt](figure:xor.plane)",
            "",
            "docs/ko/t.md:7: figure:xor.plane is missing in docs/en/t.md",
        ),
        ("y = x", "y = -x", "formula $$y=x$$ differs from formula $$y=-x$$"),
        ("$x$", "$z$", "docs/ko/t.md:5: formula $x$ is missing in docs/en/t.md"),
        ("x = 1  # one", "x = 2", "the code of live block differs from live block"),
        ("claim=c", "claim=d", "claim block c differs from claim block d"),
        ("[link](xor.md)", "link", "docs/ko/t.md:5: link xor.md is missing in docs/en/t.md"),
        ("`=1 + 1`", "2", "number `=1 + 1` is missing in docs/en/t.md"),
    ],
)
def test_structural_difference_is_named(old: str, new: str, expected: str):
    found = differences(BASE, BASE.replace(old, new))
    assert any(expected in error for error in found), found
