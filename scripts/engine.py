"""The one place that knows which site generator runs: MkDocs, or its drop-in ProperDocs.

Under the command `properdocs` every `mkdocs` module *is* the ProperDocs one.  The fallback below
serves an environment where only ProperDocs is installed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig as Config
    from mkdocs.exceptions import PluginError
    from mkdocs.plugins import CombinedEvent, event_priority, get_plugin_logger
    from mkdocs.structure.files import File, Files, InclusionLevel
    from mkdocs.structure.nav import Link, Navigation, Section
    from mkdocs.structure.pages import Page
    from mkdocs.structure.toc import get_toc
else:
    try:
        from mkdocs.config.defaults import MkDocsConfig as Config
        from mkdocs.exceptions import PluginError
        from mkdocs.plugins import CombinedEvent, event_priority, get_plugin_logger
        from mkdocs.structure.files import File, Files, InclusionLevel
        from mkdocs.structure.nav import Link, Navigation, Section
        from mkdocs.structure.pages import Page
        from mkdocs.structure.toc import get_toc
    except ModuleNotFoundError:
        from properdocs.config.defaults import ProperDocsConfig as Config
        from properdocs.exceptions import PluginError
        from properdocs.plugins import CombinedEvent, event_priority, get_plugin_logger
        from properdocs.structure.files import File, Files, InclusionLevel
        from properdocs.structure.nav import Link, Navigation, Section
        from properdocs.structure.pages import Page
        from properdocs.structure.toc import get_toc

__all__ = [
    "CombinedEvent",
    "Config",
    "File",
    "Files",
    "InclusionLevel",
    "Link",
    "Navigation",
    "Page",
    "PluginError",
    "Section",
    "event_priority",
    "get_plugin_logger",
    "get_toc",
]
