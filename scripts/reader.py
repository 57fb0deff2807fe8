"""What the reader's side of the site needs at build: the editor, the exercises, a security policy.

The page's own scripts stand in docs/assets/js/live.js and docs/assets/js/live/.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Mapping
from pathlib import Path

from scripts.assets import web_asset

EDITOR = "prism-code-editor"
EDITOR_ROOTS = ("index.js", "prism/languages/python.js")
EDITOR_FOLDER = "assets/editor"  # docs/assets/js/live/editor.js imports from there
EXERCISES = "assets/exercises.json"
# What a page may load before the reader clicks anything: published without comments.
EAGER = (
    "assets/js/live.js",
    "assets/js/live/progress.js",
    "assets/js/explore.js",
    "assets/js/offline.js",
)

# A page loads from its own site alone.  Inline scripts and styles are Material's.  What is at a
# blob: address was made by a script of this site: Pyodide's loader, unpacked and compared with its
# hash, and the sign by which a running cell notices Stop (docs/assets/js/live/).  A cell can make
# neither a blob: nor an import.
POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self' blob: 'unsafe-inline' 'wasm-unsafe-eval'",
        "worker-src 'self'",
        "connect-src 'self' blob: data:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "font-src 'self'",
        "base-uri 'self'",
        "form-action 'self'",
    ]
)

_COMMENT = re.compile(r"^[ \t]*(?:/\*(?:(?!\*/).)*\*/|//[^\n]*)[ \t]*\n", re.M | re.S)
_IMPORT = re.compile(r"""^(?:import|export)\b[^"';]*["'](\.{1,2}/[^"']+)["']""", re.M)
_SOURCE_MAP = re.compile(r"\n?//# sourceMappingURL=\S+\s*$")
_EXERCISE = re.compile(r'<section class="exercise"[^>]* data-exercise="([\w-]+)"')
_TITLE = re.compile(r"<h1\b[^>]*>(.*?)</h1>", re.S)


def headers_file() -> str:
    """Return the text of `_headers`, for hosts that read one: Netlify, Cloudflare Pages and others.

    What `<meta>` cannot say stands only here: that no other site may show a page in a frame.
    """
    headers = {
        "Content-Security-Policy": f"{POLICY}; frame-ancestors 'self'",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
    return "\n".join(["/*", *(f"  {name}: {value}" for name, value in headers.items()), ""])


def editor_files(folder: Path | None = None) -> dict[str, str]:
    """Return the modules of the code editor, and its licence, by their path in the site.

    folder: the npm package; by default the pinned one.  Only what EDITOR_ROOTS import is taken.
    Raises AssetError if the package is not there.
    """
    folder = folder or web_asset(EDITOR)
    found: dict[str, str] = {}
    waiting = list(EDITOR_ROOTS)
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found[name] = _SOURCE_MAP.sub("\n", (folder / "dist" / name).read_text("utf-8"))
        waiting += imported(name, found[name])
    files = {f"{EDITOR_FOLDER}/{name}": text for name, text in sorted(found.items())}
    return files | {f"{EDITOR_FOLDER}/LICENSE.txt": (folder / "LICENSE").read_text("utf-8")}


def without_comments(script: str) -> str:
    """Return JavaScript without the comments that stand on lines of their own.

    >>> without_comments("// one\\n/** two\\n * lines */\\nf(); // three\\n")
    'f(); // three\\n'
    >>> without_comments("/** @type {A} */ (a).b;\\n/** c */\\n")
    '/** @type {A} */ (a).b;\\n'
    """
    return _COMMENT.sub("", script)


def imported(name: str, text: str) -> list[str]:
    """Return the modules that the JavaScript module `name` imports, as paths like `name`.

    >>> imported("prism/languages/python.js", 'import { a } from "../../core.js";')
    ['core.js']
    """
    here = posixpath.dirname(name)
    return [posixpath.normpath(posixpath.join(here, path)) for path in _IMPORT.findall(text)]


def exercises_of(html: str) -> list[str]:
    """Return the ids of a page's exercises.

    >>> exercises_of('<section class="exercise" id="exercise-and" data-exercise="and">')
    ['and']
    """
    return _EXERCISE.findall(html)


def title_of(html: str) -> str:
    """Return the text of a page's heading.

    >>> title_of('<h1 id="xor">The <em>XOR</em> problem<a class="headerlink">¶</a></h1>')
    'The XOR problem'
    """
    match = _TITLE.search(html)
    heading = re.sub(r'<a class="headerlink".*?</a>', "", match[1]) if match else ""
    return re.sub(r"<[^>]+>", "", heading).strip()


def exercises_file(pages: Mapping[str, Mapping[str, str]]) -> str:
    """Return the list of all exercises as JSON, for the reader's map on the home page.

    pages: the HTML of the pages by slug and language, in the order of the book.

    >>> page = '<h1>XOR</h1><section class="exercise" id="exercise-and" data-exercise="and">'
    >>> exercises_file({"xor": {"en": page}, "glossary": {"en": "<h1>Glossary</h1>"}})
    '{"xor":{"exercises":["and"],"en":"XOR"}}'
    """
    listed: dict[str, dict[str, object]] = {}
    for slug, editions in pages.items():
        found = exercises_of(next(iter(editions.values()), ""))
        if found:
            titles = {language: title_of(html) for language, html in editions.items()}
            listed[slug] = {"exercises": found, **titles}
    return json.dumps(listed, ensure_ascii=False, separators=(",", ":"))
