"""The cache gives back what was put, or nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.cache import Cache, digest, write_atomic


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache("things", tmp_path)


def test_what_was_put_comes_back(cache: Cache):
    cache.put("a", b"one")
    assert cache.get("a") == b"one"
    assert cache.get("b") is None


@pytest.mark.parametrize(
    "damage",
    [
        lambda d: d[:-1],
        lambda d: d[:5],
        lambda d: b"",
        lambda d: d + b"x",
        lambda d: d[:-1] + bytes([d[-1] ^ 1]),
    ],
)
def test_damaged_entry_reads_as_absent(cache: Cache, damage):
    cache.put("a", b"some bytes")
    path = cache.folder / "a"
    path.write_bytes(damage(path.read_bytes()))
    assert cache.get("a") is None


def test_failed_write_leaves_the_old_file_and_no_litter(tmp_path: Path, monkeypatch):
    path = tmp_path / "file"
    write_atomic(path, b"old")

    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        write_atomic(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_prune_keeps_what_this_run_used_and_the_newest(cache: Cache):
    for number in range(4):
        Cache("things", cache.folder.parent).put(f"old{number}", b"x")
    cache.put("used", b"y")
    cache.prune(keep=1)
    kept = {path.name for path in cache.folder.iterdir()}
    assert "used" in kept
    assert len(kept) == 2


def test_digest_depends_on_every_part_and_its_place():
    keys = {digest("a", "b"), digest("b", "a"), digest("ab"), digest("a", b"b", ""), digest()}
    assert len(keys) == 5
