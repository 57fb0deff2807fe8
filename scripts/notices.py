"""The notices of everything third-party that a page holds: one file, linked below every page.

What is downloaded only to run Python has notices of its own, beside the runtime (live/pack.py).
"""

from __future__ import annotations

from importlib.metadata import distribution
from pathlib import Path

from scripts import maths
from scripts.assets import AssetError, web_asset
from scripts.cache import installed_version
from scripts.figures import fonts

FILE = "THIRD-PARTY-NOTICES.txt"
_RULE = "=" * 100

_HEAD = """\
The text and the figures of this site are published under CC BY 4.0
(https://creativecommons.org/licenses/by/4.0/), its code under the MIT licence.

What follows are the works of others that its pages contain, each under its own licence.
Python and NumPy, which come only when a reader runs code, have a file of their own:
assets/live/*/NOTICES.txt
"""

_BUNDLED = """\
Its scripts, assets/javascripts/, contain in turn, under the same MIT terms:
lunr.js, Copyright (C) 2020 Oliver Nightingale; clipboard.js, Copyright Zeno Rocha; escape-html,
Copyright (c) 2012-2013 TJ Holowaychuk, 2015 Andreas Lubbe, 2015 Tiancheng "Timothy" Gu.
They also contain RxJS (Copyright (c) Google, Inc. and contributors, Apache License 2.0), tslib
(Copyright (c) Microsoft Corporation, 0BSD), focus-visible (Copyright (c) W3C, W3C Software and
Document Licence), and, beside them, the language modules of lunr-languages (Copyright 2014 Mihai
Valentin, Mozilla Public License 1.1), which keep their notices in their files.
"""


def notices() -> str:
    """Return all notices, a chapter for each work."""
    return _HEAD + "".join(
        f"\n{_RULE}\n{title}\n{_RULE}\n\n{text.strip()}\n" for title, text in chapters().items()
    )


def chapters() -> dict[str, str]:
    """Return the notice of each work by its title."""
    theme = f"Material for MkDocs {installed_version('mkdocs-material')} (MIT): layout and scripts"
    drawing = "matplotlib/mpl-data/fonts/ttf"
    found = {
        theme: f"{_theme_licence()}\n{_BUNDLED}",
        "Material Design Icons: the signs on buttons": _installed(
            "mkdocs-material", "material/templates/.icons/material/LICENSE"
        ),
        "Nanum Gothic (SIL Open Font License 1.1): letters in figures": fonts.licence(),
        "DejaVu Sans: letters in figures": _installed("matplotlib", f"{drawing}/LICENSE_DEJAVU"),
        "STIX: formulas in figures": _installed("matplotlib", f"{drawing}/LICENSE_STIX"),
        "STIX Two Math (SIL Open Font License 1.1): formulas in the text": maths.font_licence(),
    }
    try:
        editor = web_asset("prism-code-editor", "LICENSE").read_text("utf-8")
    except AssetError:
        return found  # a site without Python in the page has no editor
    return found | {"prism-code-editor (MIT): the editor of cells": editor}


def _theme_licence() -> str:
    version = installed_version("mkdocs-material")
    return _installed("mkdocs-material", f"mkdocs_material-{version}.dist-info/licenses/LICENSE")


def _installed(package: str, path: str) -> str:
    """Return a file of an installed package, without importing it."""
    return Path(str(distribution(package).locate_file(path))).read_text("utf-8")
