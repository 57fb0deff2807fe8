"""All pages together: parse, check, run, draw and render; every mistake is told at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from scripts.errors import PageError
from scripts.pages.glossary import FILE as GLOSSARY_FILE
from scripts.pages.glossary import Glossary, load_glossary
from scripts.pages.links import link_errors
from scripts.pages.listing import listing
from scripts.pages.model import Page
from scripts.pages.parse import parse_page
from scripts.pages.render import FigureImage, Rendered, Renderer
from scripts.pages.run import Results, program_of, run_programs
from scripts.pages.syllabus import Part, load_syllabus, syllabus_markdown
from scripts.pages.twins import twin_errors

LANGUAGES = ("ko", "en")
FigureKey = tuple[str, str, str]
FigureExists = Callable[[str, str], bool]


@dataclass
class Site:
    """Parsed pages by their address in docs/, what went wrong, and what was rendered."""

    pages: dict[str, Page] = field(default_factory=dict[str, Page])
    errors: list[PageError] = field(default_factory=list[PageError])
    rendered: dict[str, Rendered] = field(default_factory=dict[str, Rendered])
    glossary: Glossary = field(default_factory=lambda: Glossary([]))
    syllabus: tuple[Part, ...] = ()


def read_site(docs: Path, names: Iterable[str], root: Path) -> Site:
    """Parse the Markdown pages `names` (addresses like "ko/xor.md") and check every rule."""
    site = Site(syllabus=load_syllabus(root))
    try:
        site.glossary = load_glossary(root)
    except PageError as error:
        site.errors.append(error)
    for name in sorted(names):
        language = name.partition("/")[0]
        if language not in LANGUAGES:
            continue
        path = Path(docs.name) / name
        try:
            site.pages[name] = parse_page(path, language, (docs / name).read_text("utf-8"))
        except PageError as error:
            site.errors.append(error)
    for name, page in site.pages.items():
        site.errors += _unknown_words(page, site.glossary)
        site.errors += _unknown_sources(page)
        twin = _twin_name(name)
        if page.language == "ko" and twin in site.pages:
            site.errors += twin_errors(page, site.pages[twin])
    site.errors += _missing_claims(site)
    if not site.errors:  # a page that cannot be read would seem to be missing
        site.errors += link_errors(site.pages, site.glossary, docs)
    return site


def figure_keys(site: Site, exists: FigureExists) -> list[FigureKey]:
    """Return every figure the pages ask for; unknown ones are added to the site's errors."""
    keys: dict[FigureKey, None] = {}
    for page in site.pages.values():
        for figure in page.figures:
            if exists(figure.concept, figure.name):
                keys[figure.concept, figure.name, page.language] = None
            else:
                site.errors.append(
                    PageError(
                        page.path,
                        figure.line,
                        f"unknown figure {figure.concept}.{figure.name}: write the function "
                        f"{figure.name} in snippets/figures/{figure.concept}.py, or mend the name",
                    )
                )
    return list(keys)


def run_and_render(site: Site, draw: Callable[[], Mapping[FigureKey, FigureImage]]) -> None:
    """Run the pages' code, `draw` the figures meanwhile, render every page without a mistake."""
    programs = [program_of(page) for page in site.pages.values()]
    with ThreadPoolExecutor(1) as beside:
        running = beside.submit(run_programs, programs)
        images = draw()
        results, errors = running.result()
    site.errors += errors
    render_site(site, images, results)


def render_site(
    site: Site, images: Mapping[FigureKey, FigureImage], results: Mapping[Path, Results]
) -> None:
    """Render every page that has no mistake, with its figures `images` and its code's results."""
    wrong = {error.path for error in site.errors}
    generated = {language: _generated(site, language) for language in LANGUAGES}
    for name, page in site.pages.items():
        if page.path.as_posix() in wrong or page.path not in results:
            continue
        own = {
            (concept, figure): image
            for (concept, figure, language), image in images.items()
            if language == page.language
        }
        if any((figure.concept, figure.name) not in own for figure in page.figures):
            continue  # it could not be drawn, and the mistake is told where it was made
        renderer = Renderer(
            page,
            results[page.path],
            site.glossary,
            own,
            lambda target, with_docstring: listing(target, with_docstring=with_docstring),
            generated[page.language],
        )
        site.rendered[name] = renderer.render()


def _generated(site: Site, language: str) -> dict[str, str]:
    """What stands in for the empty blocks that are filled from docs/*.toml, by kind."""
    titles = {
        page.slug: next(heading.text for heading in page.headings if heading.level == 1)
        for name, page in site.pages.items()
        if name == f"{language}/{page.slug}.md"
    }
    return {
        "glossary": site.glossary.markdown(language, titles),
        "syllabus": syllabus_markdown(site.syllabus, language, titles),
    }


def _twin_name(name: str) -> str:
    language, _, rest = name.partition("/")
    return f"{'en' if language == 'ko' else 'ko'}/{rest}"


def _unknown_words(page: Page, glossary: Glossary) -> list[PageError]:
    return [
        PageError(
            page.path,
            term.line,
            f"[[{term.name}]] is not in {GLOSSARY_FILE.as_posix()}: add it there",
        )
        for term in page.terms
        if glossary.find(page.language, term.name) is None
    ]


def _unknown_sources(page: Page) -> list[PageError]:
    errors: list[PageError] = []
    for fence in page.fences:
        if fence.kind == "source":
            for target in fence.value.split(","):
                try:
                    listing(target)
                except LookupError as error:
                    errors.append(PageError(page.path, fence.line, f"source={target}: {error}"))
    return errors


def _missing_claims(site: Site) -> list[PageError]:
    errors: list[PageError] = []
    for part in site.syllabus:
        for concept in part.concepts:
            for language in LANGUAGES:
                page = site.pages.get(f"{language}/{concept.slug}.md")
                if page is None:
                    continue
                present = {claim.value for claim in page.claims}
                errors += [
                    PageError(
                        page.path, 1, f"claim {claim} is missing: docs/syllabus.toml lists it here"
                    )
                    for claim in concept.claims
                    if claim not in present
                ]
    return errors
