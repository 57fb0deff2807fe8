"""A killed build and a disk that lost data: nothing half-made is kept, read or published."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import run_in, small_project

FOREIGN = {"web", "live", "matplotlib", "locks"}  # the first two have tests of their own
Tree = dict[str, bytes]


def tree(folder: Path) -> Tree:
    """Every file below `folder`."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def different(one: Tree, two: Tree) -> list[str]:
    """The files in which two sites differ."""
    return [name for name in sorted(one.keys() | two.keys()) if one.get(name) != two.get(name)]


def built(project: Path) -> Tree:
    """Build the project's site and return it."""
    done = run_in(project, "scripts.commands.build")
    assert done.returncode == 0, done.stdout + done.stderr
    return tree(project / "site")


def kept(project: Path) -> list[Path]:
    """Every file of the caches that our builds write."""
    folders = [path for path in (project / ".cache").iterdir() if path.name not in FOREIGN]
    return [path for folder in folders for path in folder.rglob("*") if path.is_file()]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_project(tmp_path_factory.mktemp("damage"))


@pytest.fixture(scope="module")
def whole(project: Path) -> Tree:
    """The project's site, built with empty caches."""
    return built(project)


def half(data: bytes) -> bytes:
    return data[: len(data) // 2]


def other_words(data: bytes) -> bytes:
    """What is still well-formed, but says something else."""
    for told, other in ((b"number", b"thing!"), (b"(4, 2)", b"(4, 3)"), (b"42", b"43")):
        data = data.replace(told, other)
    return data


@pytest.mark.parametrize("harm", [half, other_words])
def test_a_cache_that_was_damaged_is_made_again(
    project: Path, whole: Tree, harm: Callable[[bytes], bytes]
):
    harmed = set[str]()
    for path in kept(project):
        data = path.read_bytes()
        if harm(data) != data:
            path.write_bytes(harm(data))
            harmed.add(path.relative_to(project / ".cache").parts[0])
    assert harmed >= {
        "cells",
        "notebooks",
        "lab-html",
        "lab-pages",
        "figures",
        "search",
        "pages",
        "filled",
    }
    assert different(built(project), whole) == []


@pytest.mark.parametrize("moment", [".cache/cells/*", ".cache/site/**/*.html"])
def test_a_killed_build_leaves_the_old_site_and_the_next_build_is_whole(
    project: Path, whole: Tree, moment: str
):
    for path in (project / ".cache").iterdir():
        if path.name not in FOREIGN and path.is_dir():
            shutil.rmtree(path)
    kill_build(project, when=moment)
    assert different(tree(project / "site"), whole) == []
    assert different(built(project), whole) == []


def kill_build(project: Path, when: str) -> None:
    """Start a build and kill it as soon as there is a file like `when`."""
    process = subprocess.Popen(
        [sys.executable, "-m", "scripts.commands.build"],
        cwd=project,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1", "PYTHONPATH": str(project)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while not any(project.glob(when)):
        assert process.poll() is None, "the build ended before it could be killed"
        time.sleep(0.005)
    process.kill()
    assert process.wait() != 0
