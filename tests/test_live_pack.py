"""What the browser downloads: complete, small, the same each time, and absent without harm."""

from __future__ import annotations

import gzip
import hashlib
import json
import logging
import shutil
from base64 import b64encode
from pathlib import Path

import pytest
from mkdocs.config import load_config

from scripts.assets import AssetError
from scripts.live import pack, site
from scripts.live.archive import pack as archive
from scripts.live.archive import stored_zip, unpack, without_names
from tests.live_python import runtime_or_skip

ROOT = Path(__file__).resolve().parent.parent
BUDGET = 8_000_000  # bytes, everything that the first run downloads


@pytest.fixture(scope="module")
def runtime() -> pack.Runtime:
    return runtime_or_skip()


@pytest.fixture(scope="module")
def config():
    config = load_config(str(ROOT / "mkdocs.yml"))
    config.plugins._current_plugin = "live"  # as while a hook runs
    return config


# --- the runtime pack ----------------------------------------------------------------------------


def test_runtime_and_project_stay_within_the_budget(runtime: pack.Runtime):
    """As files on disk, so that it holds on a host that compresses nothing."""
    parts = [runtime.folder / part.file for part in runtime.parts]
    own = list((ROOT / "docs/assets/js/live").iterdir())
    size = sum(path.stat().st_size for path in [*parts, *own]) + len(pack.project_pack())
    assert size <= BUDGET


def test_every_part_has_the_size_and_the_hash_that_are_stated(runtime: pack.Runtime):
    assert len(runtime.parts) == 4
    for part in runtime.parts:
        data = (runtime.folder / part.file).read_bytes()
        assert part.size == len(data)
        assert part.sha256 == b64encode(hashlib.sha256(gzip.decompress(data)).digest()).decode()


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def change(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[:-9] + bytes([data[-9] ^ 1]) + data[-8:])


@pytest.mark.parametrize("harm", [cut, change, Path.unlink])
@pytest.mark.parametrize("name", ["python.pak.gz", "pyodide.mjs.gz", pack.NOTICES, pack.STAMP])
def test_a_pack_with_a_damaged_file_is_built_again(
    runtime: pack.Runtime, tmp_path: Path, monkeypatch, name: str, harm
):
    folder = tmp_path / runtime.version
    shutil.copytree(runtime.folder, folder)
    monkeypatch.setattr(pack, "FOLDER", tmp_path)
    with monkeypatch.context() as whole:
        whole.setattr(pack, "build_runtime", lambda _: pytest.fail("built again"))
        assert pack.runtime_pack().parts == runtime.parts

    built: list[Path] = []

    def build_again(folder: Path) -> None:
        built.append(folder)
        shutil.rmtree(folder)
        shutil.copytree(runtime.folder, folder)

    harm(folder / name)
    monkeypatch.setattr(pack, "build_runtime", build_again)
    assert pack.runtime_pack().parts == runtime.parts
    assert built == [folder]
    assert (folder / name).read_bytes() == (runtime.folder / name).read_bytes()


def test_two_builds_give_the_same_bytes(runtime: pack.Runtime, tmp_path: Path):
    pack.build_runtime(tmp_path / "again")
    first, second = (
        {path.name: path.read_bytes() for path in folder.iterdir()}
        for folder in (runtime.folder, tmp_path / "again")
    )
    assert sorted(first) == sorted(second)
    assert [name for name in first if first[name] != second[name]] == []


def test_python_comes_as_bytecode_without_tests_and_servers(runtime: pack.Runtime):
    files = unpack(gzip.decompress((runtime.folder / "python.pak.gz").read_bytes()))
    assert f"{pack.SITE_PACKAGES}numpy/linalg/_linalg.pyc" in files
    assert [path for path in files if path.endswith(".py") or "/tests/" in path] == []
    assert all(path.startswith("/lib/") for path in files)


def test_scripts_refer_to_no_source_map(runtime: pack.Runtime):
    for name in ("pyodide.mjs", "pyodide.asm.js"):
        script = gzip.decompress((runtime.folder / f"{name}.gz").read_bytes())
        assert b"sourceMappingURL" not in script


def test_the_licence_of_each_part_is_shipped(runtime: pack.Runtime):
    text = (runtime.folder / pack.NOTICES).read_text("utf-8")
    for words in (
        "Mozilla Public License Version 2.0",
        "PYTHON SOFTWARE FOUNDATION LICENSE VERSION 2",
        "NumPy Developers",
        "Jonas Pytte",
    ):
        assert words in text


def test_the_version_names_what_the_pack_is_made_from(tmp_path: Path):
    lock = json.loads((ROOT / "scripts/web/package-lock.json").read_text("utf-8"))
    lock["packages"]["node_modules/pyodide"]["integrity"] = "sha512-another"
    (tmp_path / "package-lock.json").write_text(json.dumps(lock), "utf-8")
    assert pack.runtime_version(tmp_path) != pack.runtime_version()


# --- the project's pack --------------------------------------------------------------------------


def test_project_pack_has_every_module_and_its_data_and_no_figure():
    files = unpack(gzip.decompress(pack.project_pack()))
    package = ROOT / "snippets"
    for path in [*package.glob("*.py"), *(package / "_data").iterdir()]:
        inside = f"{pack.SITE_PACKAGES}snippets/{path.relative_to(package).as_posix()}"
        assert files[inside] == path.read_bytes()
    assert [path for path in files if "figures" in path or "__pycache__" in path] == []
    assert f"{pack.SITE_PACKAGES}scripts/live/runtime.py" in files


def test_project_pack_is_the_same_each_time():
    assert pack.project_pack() == pack.project_pack()


# --- the site ------------------------------------------------------------------------------------


def test_the_site_gets_a_manifest_that_names_its_files(runtime: pack.Runtime, config):
    name, files = site.live_files(config)
    uris = {file.src_uri: file for file in files}
    manifest = json.loads(uris[f"{site.FOLDER}/{name}"].content_bytes)
    for folder, part in [
        *((manifest["runtime"], part) for part in manifest["parts"]),
        (manifest["project"], manifest["own"]),
    ]:
        assert len(uris[f"{site.FOLDER}/{folder}{part['file']}"].content_bytes) == part["size"]
    assert f"{site.FOLDER}/{runtime.version}/{pack.NOTICES}" in uris


def test_a_change_of_the_project_changes_the_manifests_name_alone(runtime: pack.Runtime):
    one, two = (gzip.compress(archive({"/a": text}), mtime=0) for text in (b"one", b"two"))
    (first, text), (second, other) = site.manifest_of(runtime, one), site.manifest_of(runtime, two)
    assert first != second
    assert json.loads(text)["runtime"] == json.loads(other)["runtime"]
    assert json.loads(text)["project"] != json.loads(other)["project"]


def test_without_the_packages_pages_stay_as_built_and_the_log_says_so_once(
    config, monkeypatch, caplog
):
    def missing() -> pack.Runtime:
        raise AssetError("pyodide could not be fetched: `python3 scripts/build` tries again")

    monkeypatch.setattr(pack, "runtime_pack", missing)
    with caplog.at_level(logging.INFO):
        assert site.live_files(config) == ("", [])
    told = [record.getMessage() for record in caplog.records if "pyodide" in record.getMessage()]
    assert len(told) == 1
    assert "output of the build" in told[0]
    assert site.announce("<title>a</title>", "") == "<title>a</title>"


# --- the formats ---------------------------------------------------------------------------------


def test_an_archive_does_not_depend_on_the_order_of_its_files():
    files = {"/b/long": bytes(range(256)), "/a": b"", "/ㄱ": b"x"}
    assert archive(files) == archive(dict(reversed(files.items())))
    assert unpack(archive(files)) == files


def test_what_is_no_archive_is_refused():
    with pytest.raises(ValueError, match="not an archive"):
        unpack(b"PK\x03\x04")


def test_a_stored_zip_does_not_depend_on_time_and_order():
    assert stored_zip({"a": b"1", "b": b"2"}) == stored_zip({"b": b"2", "a": b"1"})


def test_webassembly_loses_its_names_and_nothing_else():
    head = b"\0asm\1\0\0\0"
    names, other, code = b"\0\x07\x04name\1\2", b"\0\x06\x05dylib", b"\x0a\x02\1\2"
    assert without_names(head + names + other + code) == head + other + code
