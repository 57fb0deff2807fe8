"""The font of the figures: Nanum Gothic, which has all 11,172 Hangul syllables in 2.5 MB.

It comes in a pinned npm package.  What it lacks (the minus sign, some Greek) Matplotlib takes from
DejaVu Sans, which it brings itself.  Figures hold outlines, so readers download no font.
"""

from __future__ import annotations

from pathlib import Path

from scripts.assets import web_asset

PACKAGE = "@expo-google-fonts/nanum-gothic"
NOTICE = "assets/figures/nanum-gothic-licence.txt"


def font_files() -> list[Path]:
    """Return the regular and the bold face."""
    return [
        web_asset(PACKAGE, "400Regular", "NanumGothic_400Regular.ttf"),
        web_asset(PACKAGE, "700Bold", "NanumGothic_700Bold.ttf"),
    ]


def licence() -> str:
    """Return the font's licence, the SIL Open Font License, which is published with the figures."""
    return web_asset(PACKAGE, "LICENSE_FONT").read_text(encoding="utf-8")
