"""Run the site generator in this process, so that Ctrl-C and its exit code are one matter."""

from __future__ import annotations

import os
from importlib import import_module

import click

from scripts.bootstrap import ROOT

ENGINES = ("mkdocs", "properdocs")


def generate(engine: str, *arguments: str) -> int:
    """Run `engine` with `arguments` on the project's mkdocs.yml; return its exit code.

    Ctrl-C ends it quietly, with 130 as shells have it.
    """
    os.chdir(ROOT)
    os.environ["NO_MKDOCS_2_WARNING"] = "1"  # an advertisement, not a warning about this site
    main: click.Command = import_module(f"{engine}.__main__").cli
    try:
        main(args=[*arguments, "--config-file", "mkdocs.yml"], prog_name=engine)
    except (KeyboardInterrupt, click.Abort):
        return 130
    except SystemExit as end:
        if isinstance(end.code, str):
            print(end.code)
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0
