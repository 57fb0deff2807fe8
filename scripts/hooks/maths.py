"""MkDocs hook: formulas become MathML. All logic stands in scripts/maths.py."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from scripts import maths  # noqa: E402
from scripts.bilingual import language_of  # noqa: E402
from scripts.engine import Config, File, Files, Page, event_priority  # noqa: E402
from scripts.errors import PageError, report  # noqa: E402

FONT = "assets/fonts/stix-two-math.woff2"

_errors: list[PageError] = []
_characters: set[str] = set()


def on_pre_build(config: Config) -> None:
    """Start with an empty account of the pages."""
    _errors.clear()
    _characters.clear()


# After every hook that fills a page with text.
@event_priority(-50)
def on_page_content(html: str, page: Page, config: Config, files: Files) -> str:
    """Replace the formulas of a page, and note which characters of the font they need."""
    try:
        html = maths.render_page(
            html,
            language=language_of(page.file.src_uri) or "en",
            path=f"docs/{page.file.src_uri}",
            source=page.file.content_string,
        )
    except PageError as error:
        _errors.append(error)
    _characters.update(maths.characters(html))
    return html


def on_env(env: Any, config: Config, files: Files) -> Any:
    """Stop if a formula was wrong; put the font for all formulas of the site into the build."""
    report(_errors)
    font = maths.font_subset(_characters | {"√"})
    files.append(File.generated(config, FONT, content=font))
    licence = File.generated(config, f"{FONT}.LICENSE.txt", content=maths.font_licence())
    files.append(licence)
    return env


def on_post_page(output: str, page: Page, config: Config) -> str:
    """Ask for the font early on pages that have formulas, so that nothing moves when it comes."""
    if "<math" not in output:
        return output
    href = "../" * page.url.count("/") + FONT
    link = f'<link rel="preload" href="{href}" as="font" type="font/woff2" crossorigin>'
    return output.replace("</title>", f"</title>{link}", 1)
