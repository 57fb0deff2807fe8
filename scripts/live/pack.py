"""The two packs: the runtime, built once into `.cache/live/<version>/`, and the project's own.

The runtime's version is a hash of what it is made from, so its folder is named before it is built
and a page's address for it never changes its content.  `pack.json`, the stamp, is written last and
holds a hash of every file: a folder without it is half-made, one with other files is damaged, and
both are made again.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import shutil
import subprocess
import tarfile
import tempfile
import time
import zipfile
from dataclasses import asdict, dataclass
from pathlib import Path

from scripts.assets import PINS, AssetError, node_command, web_asset
from scripts.bootstrap import locked
from scripts.cache import CACHE, ROOT, Cache, digest, write_atomic
from scripts.live.archive import compress, pack, stored_zip, without_names
from scripts.live.recipe import EMPTIED, KEEP_DOCSTRINGS, keeps_numpy, keeps_stdlib

HERE = Path(__file__).resolve().parent
FOLDER = CACHE / "live"
STAMP = "pack.json"
NOTICES = "NOTICES.txt"
SITE_PACKAGES = "/lib/python3.12/site-packages/"
STDLIB = "/lib/python312.zip"
RUNNER = ("scripts/pages/worker.py", "scripts/live/runtime.py")
NODE_SECONDS = 300.0


@dataclass(frozen=True)
class Part:
    """A file that the browser downloads.

    file: ends in .gz, so that the bytes are few on hosts that compress nothing.  size: bytes on
    disk.  sha256: of the unpacked content, in base64; it holds too where a server unpacks.
    """

    file: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Runtime:
    """The runtime pack: its version, the folder on disk and what is in it."""

    version: str
    folder: Path
    parts: tuple[Part, ...]


def runtime_version(pins: Path = PINS) -> str:
    """Return the version of the runtime pack: a hash of the pinned packages and the recipe."""
    lock = json.loads((pins / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    packages = ("pyodide", "@emscripten-forge/numpy", "prism-code-editor")
    pinned = [lock[f"node_modules/{name}"]["integrity"] for name in packages]
    names = ("archive.py", "compile.mjs", "pack.py", "recipe.py", "licences/CPython.txt")
    recipe = [(HERE / name).read_bytes().replace(b"\r\n", b"\n") for name in names]
    return digest(*pinned, *recipe)[:16]


def runtime_pack() -> Runtime:
    """Return the runtime pack, after building it if it is not there; say what is built.

    Raises AssetError in one sentence if its packages are not there or cannot be built.
    """
    folder = FOLDER / runtime_version()
    if (whole := read_runtime(folder)) is not None:
        return whole
    with locked(CACHE / "locks" / "live", "the Python runtime of the pages"):
        # Another run may have built it meanwhile.
        return read_runtime(folder) or _build_and_tell(folder)


def read_runtime(folder: Path) -> Runtime | None:
    """Return the runtime pack in `folder`, or None if it is not there or any file is not as built.

    To hash its 8 MB takes a hundredth of a second.
    """
    stamp = Cache(folder.name, folder.parent).get(STAMP)  # None if it was damaged itself
    if stamp is None:
        return None
    built = json.loads(stamp)
    try:
        found = {name: _hash(folder / name) for name in built["files"]}
    except OSError:
        return None
    if found != built["files"]:
        return None
    return Runtime(folder.name, folder, tuple(Part(**part) for part in built["parts"]))


def build_runtime(folder: Path) -> None:
    """Build the runtime pack into `folder`, which must not exist; it appears whole or not at all.

    Raises AssetError if a package is missing or the wasm Python cannot compile.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".pack-") as temporary:
        work, new = Path(temporary) / "work", Path(temporary) / "new"
        new.mkdir()
        _lay_out(work)
        _compile(work)
        for name in ("pyodide.mjs", "pyodide.asm.js"):
            (new / f"{name}.gz").write_bytes(compress(_script(name)))
        wasm = without_names(web_asset("pyodide", "pyodide.asm.wasm").read_bytes())
        (new / "pyodide.asm.wasm.gz").write_bytes(compress(wasm))
        (new / "python.pak.gz").write_bytes(compress(pack(_python_files(work))))
        parts = [part_of(path.name, path.read_bytes()) for path in sorted(new.iterdir())]
        (new / NOTICES).write_text(notices(), encoding="utf-8", newline="\n")
        hashes = {path.name: _hash(path) for path in sorted(new.iterdir())}
        stamp = {"files": hashes, "parts": [asdict(part) for part in parts]}
        Cache(new.name, new.parent).put(STAMP, json.dumps(stamp).encode())
        if folder.exists():
            shutil.rmtree(folder)
        new.rename(folder)


def project_pack() -> bytes:
    """Return the project's own pack, compressed: the package with its data, and the runner."""
    package = ROOT / "snippets"
    files = {
        f"{SITE_PACKAGES}{path.relative_to(ROOT).as_posix()}": path.read_bytes()
        for path in sorted(package.rglob("*"))
        if path.is_file()
        and "__pycache__" not in path.parts
        and package / "figures" not in path.parents
        and (path.suffix == ".py" or path.parent.name == "_data")
    }
    for name in RUNNER:
        files[SITE_PACKAGES + name] = (ROOT / name).read_bytes()
        for folder in list(Path(name).parents)[:-1]:
            files[f"{SITE_PACKAGES}{folder.as_posix()}/__init__.py"] = b""
    return compress(pack(files))


def part_of(name: str, data: bytes) -> Part:
    """Return the manifest's entry for the file `name` with the content `data`."""
    digested = hashlib.sha256(gzip.decompress(data)).digest()
    return Part(name, len(data), base64.b64encode(digested).decode())


def notices() -> str:
    """Return the licences of everything that the pages download to run Python."""
    editor = web_asset("prism-code-editor", "LICENSE").read_text(encoding="utf-8")
    with tarfile.open(_numpy_archive()) as archive:
        found = archive.extractfile("info/licenses/LICENSE.txt")
        assert found is not None, "NumPy's package has its licence"
        numpy = found.read().decode("utf-8")
    python = (HERE / "licences" / "CPython.txt").read_text(encoding="utf-8")
    mozilla = (HERE / "licences" / "MPL-2.0.txt").read_text(encoding="utf-8")
    chapters = {
        "Pyodide 0.27.7 (Mozilla Public License 2.0)": "Source code: "
        "https://github.com/pyodide/pyodide/tree/0.27.7.  Files taken as they are; debugging names "
        "and the reference to a source map were removed.\n\n" + mozilla,
        "Python 3.12 (PSF License 2)": "Changes: compiled to WebAssembly by Pyodide; modules that "
        "a cell cannot use and docstrings were left out.\n\n" + python,
        "NumPy 2.0.1 (BSD 3-Clause)": "Changes: compiled to WebAssembly by emscripten-forge; "
        "tests, docstrings and debugging names were left out.\n\n" + numpy,
        "prism-code-editor 5.4.0 (MIT)": editor,
    }
    rule = "=" * 100
    return "\n".join(f"{rule}\n{title}\n{rule}\n\n{text}" for title, text in chapters.items())


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _build_and_tell(folder: Path) -> Runtime:
    started = time.monotonic()
    _numpy_archive()  # says what is missing before anything is announced
    web_asset("pyodide", "pyodide.asm.wasm")
    print("Building the Python runtime of the pages (once) ...", flush=True)
    build_runtime(folder)
    runtime = read_runtime(folder)
    assert runtime is not None, "it was built just now"
    size = sum(part.size for part in runtime.parts) / 1e6
    seconds = time.monotonic() - started
    print(f"Python runtime: {size:.2f} MB to download, built in {seconds:.1f} s.", flush=True)
    for old in folder.parent.iterdir():  # a few older versions serve other branches
        if old.is_dir() and time.time() - old.stat().st_mtime > 30 * 24 * 3600:
            shutil.rmtree(old, ignore_errors=True)
    return runtime


def _script(name: str) -> bytes:
    """Return a script of Pyodide without its reference to a source map, which is not shipped."""
    lines = web_asset("pyodide", name).read_bytes().splitlines(keepends=True)
    return b"".join(line for line in lines if not line.startswith(b"//# sourceMappingURL"))


def _lay_out(work: Path) -> None:
    """Put what is kept of the standard library and of NumPy below `work`."""
    with zipfile.ZipFile(web_asset("pyodide", "python_stdlib.zip")) as archive:
        for name in archive.namelist():
            if not name.endswith("/") and keeps_stdlib(name):
                write_atomic(work / "stdlib" / name, archive.read(name))
    prefix = SITE_PACKAGES.lstrip("/")
    with tarfile.open(_numpy_archive()) as archive:
        for member in archive:
            name = member.name.removeprefix("./").removeprefix(prefix)
            content = archive.extractfile(member) if member.isfile() else None
            if content is not None and keeps_numpy(name):
                data = b"" if name in EMPTIED else content.read()
                write_atomic(work / name, without_names(data) if name.endswith(".so") else data)


def _compile(work: Path) -> None:
    """Turn the Python files below `work` into bytecode."""
    command = [*node_command(), str(HERE / "compile.mjs")]
    command += [str(web_asset("pyodide")), str(work), json.dumps(KEEP_DOCSTRINGS)]
    done = subprocess.run(
        command,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=NODE_SECONDS,
        check=False,
    )
    if done.returncode:
        last = (done.stderr.strip() or "no message").splitlines()[-1]
        raise AssetError(f"the wasm Python could not compile its modules: {last}")


def _python_files(work: Path) -> dict[str, bytes]:
    """Return the files of the archive by their place in the browser's file system."""
    numpy = work / "numpy"
    files = {
        f"{SITE_PACKAGES}numpy/{_inside(path, numpy)}": path.read_bytes()
        for path in numpy.rglob("*")
        if path.is_file()
    }
    stdlib = work / "stdlib"
    files[STDLIB] = stored_zip(
        {_inside(path, stdlib): path.read_bytes() for path in stdlib.rglob("*") if path.is_file()}
    )
    return files


def _inside(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix()


def _numpy_archive() -> Path:
    found = sorted(web_asset("@emscripten-forge/numpy", "pkg").glob("numpy-*.tar.gz"))
    if len(found) != 1:
        raise AssetError("the package @emscripten-forge/numpy holds no archive of NumPy")
    return found[0]
