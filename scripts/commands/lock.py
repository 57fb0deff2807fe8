"""Renew the lock files: every version and every hash, and no address.

scripts/lock            requirements.lock, from pyproject.toml
scripts/lock web        scripts/web/package-lock.json, from package.json beside it
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from scripts.assets import PINS, WEB, AssetError, ensure_web_assets, megabytes, run_npm
from scripts.bootstrap import LOCK, ROOT, explain, venv_python
from scripts.cache import CACHE, write_atomic

UV = "uv==0.13.9"  # resolves for every platform at once, which pip cannot
LEFT_OUT = "bench"  # peers are compared with, never needed
HEADER = "# Made by `scripts/lock` from pyproject.toml: every version and hash, no address.\n"
_ADDRESS = re.compile(r"://|\s@\s|^-{1,2}(?:i|index|extra-index|find-links|f)\b", re.MULTILINE)
_REQUIREMENT = re.compile(
    r"[a-z0-9]+(?:[-._][a-z0-9]+)*==[0-9][a-z0-9.]*(?: ; [^\\\n]+)? \\\n"
    r"(?:    --hash=sha256:[0-9a-f]{64}(?: \\\n|\n|\Z))+"
)


class LockError(Exception):
    """One sentence that tells why a lock was not made."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Renew one lock file, return the exit code."""
    parser = argparse.ArgumentParser(
        prog="scripts/lock",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("what", nargs="?", choices=("python", "web"), default="python")
    parser.add_argument("--upgrade", action="store_true", help="take newer versions of what floats")
    options = parser.parse_args(arguments)
    try:
        if options.what == "web":
            lock_web(upgrade=options.upgrade)
        else:
            lock_python(upgrade=options.upgrade)
    except (LockError, AssetError) as error:
        print(f"scripts/lock: {error}", file=sys.stderr)
        return 1
    return 0


def requirement_problems(text: str) -> list[str]:
    """Return what is wrong with the text of a requirements.lock, in words; nothing if all is well.

    >>> requirement_problems("numpy==2.4.6")
    ['not a version with its hashes: numpy==2.4.6']
    """
    problems = [f"an address: {line.strip()}" for line in text.splitlines() if _address(line)]
    rest = _REQUIREMENT.sub("", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE))
    wrong = [line.strip() for line in rest.splitlines() if line.strip() and not _address(line)]
    return problems + [f"not a version with its hashes: {line}" for line in wrong]


def web_problems(lock: dict[str, Any]) -> list[str]:
    """Return what is wrong with a package-lock.json, in words; nothing if all is well."""
    problems = ["an address"] if "://" in json.dumps(lock) else []
    for place, entry in lock["packages"].items():
        if place and not str(entry.get("integrity", "")).startswith("sha512-"):
            problems.append(f"no sha512 hash: {place}")
    return problems


def lock_python(*, upgrade: bool, root: Path = ROOT) -> None:
    """Resolve pyproject.toml for every platform and write requirements.lock.

    Raises LockError if that fails, or if the result holds an address or lacks a hash.
    """
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [name for name in project["optional-dependencies"] if name != LEFT_OUT]
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / LOCK
        if (root / LOCK).exists() and not upgrade:
            shutil.copy(root / LOCK, made)  # uv keeps the versions that it finds there
        command = [*_uv(), "pip", "compile", "--universal", "--python-version", "3.11", "--quiet"]
        command += ["--generate-hashes", "--no-emit-index-url", "--no-emit-find-links"]
        command += ["--no-annotate", "--no-header", "--output-file", str(made)]
        command += [f"--extra={name}" for name in extras]
        _run([*command, str(root / "pyproject.toml")], f"{LOCK} was not made")
        text = made.read_text(encoding="utf-8")
    _refuse(LOCK, requirement_problems(text))
    write_atomic(root / LOCK, (HEADER + text).encode())
    packages, hashes = len(_REQUIREMENT.findall(text)), text.count("--hash=")
    print(f"{LOCK}: {packages} packages, {hashes} hashes, no address.")


def lock_web(*, upgrade: bool, pins: Path = PINS, web: Path = WEB) -> None:
    """Resolve package.json, write its lock without addresses, and fetch what it names.

    Raises LockError or AssetError if that fails, or if the result holds an address.
    """
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        shutil.copy(pins / "package.json", work)
        if (pins / "package-lock.json").exists() and not upgrade:
            shutil.copy(pins / "package-lock.json", work)
        run_npm(["install", "--package-lock-only", "--omit-lockfile-registry-resolved"], work)
        lock: dict[str, Any] = json.loads((work / "package-lock.json").read_text("utf-8"))
    for entry in lock["packages"].values():
        for key in ("resolved", "funding"):  # both hold addresses; npm needs neither
            entry.pop(key, None)
    _refuse("package-lock.json", web_problems(lock))
    _write_json(pins / "package-lock.json", lock)
    ensure_web_assets(pins, web)
    package: dict[str, Any] = json.loads((pins / "package.json").read_text("utf-8"))
    package["config"] = {"megabytes": round(megabytes(web))}  # told to readers before they fetch
    _write_json(pins / "package.json", package)
    print(f"package-lock.json: {len(lock['packages']) - 1} packages, all hashed, no address.")


def _uv() -> list[str]:
    """Return the command that starts uv: the machine's, or one fetched into .cache/."""
    found = shutil.which("uv")
    if found:
        return [found]
    tool = CACHE / "tools" / UV
    uv = venv_python(tool).with_name("uv.exe" if os.name == "nt" else "uv")
    if not uv.exists():
        print(f"Fetching {UV} ...", flush=True)
        _run([sys.executable, "-m", "venv", "--clear", str(tool)], "no place for uv")
        _run([str(venv_python(tool)), "-m", "pip", "install", "-q", UV], "uv was not fetched")
    return [str(uv)]


def _run(command: Sequence[str], failure: str) -> None:
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    if done.returncode != 0:
        raise LockError(explain((done.stdout + done.stderr).splitlines(), failure))


def _refuse(name: str, problems: Iterable[str]) -> None:
    told = "; ".join(problems)
    if told:
        raise LockError(f"{name} was not written, because it would hold {told}")


def _write_json(path: Path, value: Any) -> None:
    write_atomic(path, (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode())


def _address(line: str) -> bool:
    return bool(_ADDRESS.search(line))


if __name__ == "__main__":
    sys.exit(main())
