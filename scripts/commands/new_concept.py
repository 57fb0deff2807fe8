"""Write the stubs of a new concept: working code and pages that say what is still to be written.

A concept of docs/syllabus.toml gets its titles and claims from there; another one is added to it.
If its module in snippets/ is written already, that stays, and only the figures and pages are new.
"""

from __future__ import annotations

import argparse
import ast
import json
import keyword
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from string import Template

from scripts.bilingual import nav_lines
from scripts.bootstrap import ROOT
from scripts.cache import write_atomic
from scripts.pages.syllabus import FILE as SYLLABUS
from scripts.pages.syllabus import Concept, load_syllabus

STUBS = Path(__file__).resolve().parent / "stubs"
SETTINGS = Path("mkdocs.yml")
TODO = "TODO({slug})"  # tests find it, and name the file and line
_STYLE_IMPORT = "from snippets.figures._style import BLUE, Labels, panels, ticks"
TAKEN = {"api", "figures", "glossary", "index", "labs", "snippets"}
MODULE = "snippets/{name}.py"
CODE = {  # the mathematics and its tests
    "module.txt": MODULE,
    "test.txt": "tests/test_{name}.py",
    "cases.txt": "tests/cases/{name}.py",
}
PAGES = {
    "figure.txt": "snippets/figures/{name}.py",
    "page.ko.md": "docs/ko/{slug}.md",
    "page.en.md": "docs/en/{slug}.md",
}
KEEPS_SHAPE = {
    "ko": "결과는 인수와 모양이 같습니다",
    "en": "The result has the shape of the argument",
}


class ConceptError(Exception):
    """One sentence that tells why the concept was not written; nothing was."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the stubs and name them, return the exit code."""
    parser = argparse.ArgumentParser(prog="scripts/new-concept", description=__doc__)
    parser.add_argument("slug", metavar="NAME", help="as in the address: batch-size")
    parser.add_argument("--ko", metavar="TITLE", help="Korean title")
    parser.add_argument("--en", metavar="TITLE", help="English title")
    options = parser.parse_args(arguments)
    try:
        written = write_concept(options.slug, {"ko": options.ko, "en": options.en})
    except ConceptError as error:
        print(f"scripts/new-concept: {error}", file=sys.stderr)
        return 1
    print("\n".join(path.as_posix() for path in written))
    print(f"Now replace every {TODO.format(slug=options.slug)}; `python3 scripts/test` names them.")
    return 0


def write_concept(slug: str, title: dict[str, str | None], root: Path = ROOT) -> list[Path]:
    """Write all files of the concept `slug` below `root`; return them, relative to `root`.

    title: for each language, or None for that of the syllabus (or one made from the slug).
    Raises ConceptError, before anything is written, if the slug is bad or taken.
    """
    check_slug(slug)
    name = slug.replace("-", "_")
    planned = {concept.slug: concept for part in load_syllabus(root) for concept in part.concepts}
    module = root / MODULE.format(name=name)
    known = slug in planned and module.exists()  # its mathematics is written
    stubs = PAGES if known else {**CODE, **PAGES}
    targets = {stub: Path(path.format(slug=slug, name=name)) for stub, path in stubs.items()}
    for path in targets.values():
        if (root / path).exists():
            raise ConceptError(f"{slug} exists already: {path.as_posix()}")
    titles = {
        language: _title(slug, language, planned) if given is None else given
        for language, given in title.items()
    }
    for text in titles.values():
        if not re.fullmatch(r"[^\"\\\n]{1,60}", text):
            raise ConceptError(f'{text!r} is no title: at most 60 letters, without " and \\')
    edited = {SETTINGS: with_nav_line((root / SETTINGS).read_text("utf-8"), slug, list(planned))}
    if slug not in planned:
        edited[SYLLABUS] = with_syllabus_line((root / SYLLABUS).read_text("utf-8"), slug, titles)
    words = {"slug": slug, "name": name, "todo": TODO.format(slug=slug), **titles}
    imports = [_STYLE_IMPORT]
    if known:
        function = first_function(module)
        words |= {"function": function, "curve": "z", "sample": f"callable({function})"}
        words["answer"] = "3.0"
    else:
        imports.append(f"from snippets.{name} import {name}")
        words |= {"function": name, "curve": f"{name}(z)", "answer": f"float({name}(3.0))"}
        words["sample"] = f"{name}(np.array([-1.0, 0.0, 1.0]))"
    words["figure_imports"] = "\n".join(sorted(imports))  # as lint wants them
    claims = planned[slug].claims if slug in planned else ()
    for stub, path in targets.items():
        language = "ko" if stub == "page.ko.md" else "en"
        words["claims"] = _claims(claims, words, None if known else KEEPS_SHAPE[language])
        edited[path] = Template((STUBS / stub).read_text("utf-8")).substitute(words)
    for path, text in edited.items():
        write_atomic(root / path, text.encode())
        (root / path).chmod(0o644)
    return list(edited)


def first_function(module: Path) -> str:
    """Return the first public function or class of a module, in the order in which they stand.

    Raises ConceptError if it has none.
    """
    for node in ast.parse(module.read_text("utf-8")).body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_"):
            return node.name
    raise ConceptError(f"{module.name} has no public function that a page could show")


def _claims(claims: Sequence[str], words: dict[str, str], title: str | None) -> str:
    """Return a block for each of the claims that the page must prove, or for one that holds."""
    name, todo = words["name"], words["todo"]
    blocks = [
        f'```python claim={claim} title="{todo}"\nassert callable({words["function"]})\n```'
        for claim in claims
    ]
    if title:
        code = f"z = np.ones((2, 3))\nassert {name}(z).shape == z.shape"
        blocks.append(f'```python claim={words["slug"]}-keeps-shape title="{title}"\n{code}\n```')
    return "\n\n".join(blocks) or f"{todo} a claim."


def check_slug(slug: str) -> None:
    """Raise ConceptError unless `slug` can be an address and, with underscores, a module.

    >>> check_slug("Batch_Size")
    Traceback (most recent call last):
        ...
    scripts.commands.new_concept.ConceptError: 'Batch_Size' is no name for a concept: write small \
letters and digits in words joined by hyphens, like batch-size
    """
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", slug):
        raise ConceptError(
            f"{slug!r} is no name for a concept: write small letters and digits in words joined "
            "by hyphens, like batch-size"
        )
    if keyword.iskeyword(slug) or slug in TAKEN:
        raise ConceptError(f"{slug!r} has another meaning in this project: choose another name")


def with_nav_line(settings: str, slug: str, order: Sequence[str]) -> str:
    """Return mkdocs.yml with a nav line for `slug`, after the concept before it in `order`.

    >>> print(with_nav_line("nav:\\n  - index.md\\n  - a.md\\n  - c.md\\n", "b", ["a", "b", "c"]))
    nav:
      - index.md
      - a.md
      - b.md
      - c.md
    <BLANKLINE>
    """
    places = nav_lines(settings)
    if f"{slug}.md" in places:
        raise ConceptError(f"{slug} stands in the nav of {SETTINGS} already, without its files")
    before = order[: order.index(slug)] if slug in order else order
    known = [places[f"{one}.md"] for one in before if f"{one}.md" in places]
    pages = [line for entry, line in places.items() if entry.endswith(".md") and "*" not in entry]
    number = known[-1] if known else max(pages, default=0)
    lines = settings.splitlines(keepends=True)
    match = re.match(r"( *- )[\w/.-]+\.md\b", lines[number - 1]) if number else None
    if match is None:
        raise ConceptError(f"no `- page.md` line found in the nav of {SETTINGS}: add one there")
    lines.insert(number, f"{match[1]}{slug}.md\n")
    return "".join(lines)


def with_syllabus_line(syllabus: str, slug: str, titles: dict[str, str]) -> str:
    """Return docs/syllabus.toml with `slug` as the last concept of its last part."""
    head, bracket, tail = syllabus.rpartition("\n]")
    if not bracket:
        raise ConceptError(f"no list of concepts found in {SYLLABUS}: add {slug} there first")
    fields = {"slug": slug, **titles}
    entry = ", ".join(f"{k} = {json.dumps(v, ensure_ascii=False)}" for k, v in fields.items())
    return f"{head}\n    {{ {entry} }},{bracket}{tail}"


def _title(slug: str, language: str, planned: dict[str, Concept]) -> str:
    if slug in planned:
        return planned[slug].title[language]
    return slug.replace("-", " ").capitalize()


if __name__ == "__main__":
    sys.exit(main())
