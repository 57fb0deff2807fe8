"""A build that finds its caches full gives, byte by byte, what one with empty caches gives."""

from __future__ import annotations

import re
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from scripts.cache import ROOT
from tests.conftest import run_in
from tests.test_damage import Tree, different, tree

pytestmark = pytest.mark.site
HOOKS = ("bilingual", "page", "reuse")
PAGES = {
    "index": "---\ntitle: Home\n---\n# Home\n\n## Text {#text}\n\nSee [two](two.md#text).\n",
    "one": "---\ntitle: One\n---\n# One\n\nThe answer is `=snippets.thing.ANSWER`.\n",
    "two": "---\ntitle: Two\n---\n# Two\n\n## Text {#text}\n\nText.\n",
}


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book of three small pages, one with a number from the package, with caches of its own."""
    project = tmp_path_factory.mktemp("warm") / "book"
    without = shutil.ignore_patterns("__pycache__")
    for part in ("scripts", "snippets", "docs/assets"):
        shutil.copytree(ROOT / part, project / part, ignore=without)
    for name in ("docs/index.md", "docs/sw.js", "docs/glossary.toml", "docs/syllabus.toml"):
        shutil.copy(ROOT / name, project / name)
    (project / "snippets/thing.py").write_text("ANSWER = 41\n")
    for language in ("ko", "en"):
        (project / "docs" / language).mkdir()
        for name, text in PAGES.items():
            (project / f"docs/{language}/{name}.md").write_text(text, "utf-8")
    settings = (ROOT / "mkdocs.yml").read_text("utf-8")
    slugs = [f"{name}.md" for name in PAGES]
    for name, entries in (("nav", slugs), ("hooks", [f"scripts/hooks/{one}.py" for one in HOOKS])):
        lines = "".join(f"  - {entry}\n" for entry in entries)
        settings = re.sub(rf"^{name}:\n(?:[ #].*\n)+", f"{name}:\n{lines}", settings, flags=re.M)
    (project / "mkdocs.yml").write_text(settings, "utf-8")
    empty_cache(project)
    built(project)
    return project


def empty_cache(project: Path) -> None:
    """Give the project a cache that holds nothing but what is fetched."""
    (project / ".cache").mkdir()
    (project / ".cache/web").symlink_to(ROOT / ".cache/web")


def built(project: Path, address: str = "https://example.org/book/") -> Tree:
    """Build the site of `project` as one that is published at `address`."""
    done = run_in(
        project,
        "-c",
        f"import os; os.environ['SITE_URL'] = {address!r}\n"
        "from mkdocs.__main__ import cli; cli(['build', '-q', '--strict'])",
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return tree(project / "site")


@contextmanager
def without_cache(project: Path) -> Generator[None]:
    """Let what is done inside find no cache, and leave none."""
    (project / ".cache").rename(project / "aside")
    empty_cache(project)
    try:
        yield
    finally:
        shutil.rmtree(project / ".cache")
        (project / "aside").rename(project / ".cache")


@contextmanager
def edited(path: Path, old: str, new: str) -> Generator[None]:
    """Replace `old`, which stands in the file, by `new`, for a while."""
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    try:
        yield
    finally:
        path.write_text(text, "utf-8")


def entries(project: Path) -> set[Path]:
    """What is kept of pages as rendered and as filled."""
    return {path for kind in ("pages", "filled") for path in (project / ".cache" / kind).iterdir()}


def test_a_second_build_makes_nothing_again_and_gives_the_same_site(book: Path):
    before = entries(book)
    warm = built(book)
    assert entries(book) == before
    with without_cache(book):
        assert different(built(book), warm) == []


@pytest.mark.parametrize(
    ("name", "old", "new", "seen"),
    [
        ("docs/en/two.md", "title: Two", "title: Three", "en/"),
        ("snippets/thing.py", "41", "42", "en/one/"),
        ("scripts/theme/partials/copyright.html", "CC BY 4.0", "CC BY 5.0", "ko/one/"),
        ("scripts/bilingual.py", "else site_url}", 'else "/"}', "en/"),
        (
            "scripts/hooks/bilingual.py",
            'context["twin_url"] = f"',
            'context["twin_url"] = f"a',
            "en/",
        ),
        ("mkdocs.yml", "site_name: How", "site_name: HOW", "en/"),
    ],
)
def test_after_an_edit_every_page_is_as_if_built_anew(
    book: Path, name: str, old: str, new: str, seen: str
):
    before = built(book)
    with edited(book / name, old, new):
        warm = built(book)
        with without_cache(book):
            assert different(built(book), warm) == []
    assert f"{seen}index.html" in different(before, warm)
    assert different(built(book), before) == [], "what was undone is as it was"


def test_another_address_of_the_site_stands_in_every_page(book: Path):
    built(book)
    warm = built(book, "https://example.net/")
    with without_cache(book):
        assert different(built(book, "https://example.net/"), warm) == []
    pages = [data for name, data in warm.items() if re.fullmatch(r"(?:ko|en)/.*index\.html", name)]
    assert len(pages) == 6
    assert all(b"https://example.net/" in data for data in pages)
    assert not any(b"https://example.org/book/" in data for data in pages)


def test_a_process_that_began_before_an_edit_of_the_scripts_keeps_nothing_for_later_ones(
    book: Path,
):
    """A server goes on with the modules that it has imported."""
    ask = "from scripts.version import scripts_digest as now; print(now())"
    edit = "open('scripts/errors.py', 'a').write('# edited\\n'); print(now())"
    path = book / "scripts/errors.py"
    with edited(path, "", ""):
        first, mixed = run_in(book, "-c", f"{ask}; {edit}").stdout.split()
        (later,) = run_in(book, "-c", ask).stdout.split()
    (undone,) = run_in(book, "-c", ask).stdout.split()
    assert len({first, mixed, later}) == 3
    assert undone == first
