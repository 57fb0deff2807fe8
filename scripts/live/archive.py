"""The formats of the packs: one archive for many files, and WebAssembly without names.

An archive is the word LPK1, the length of its index (4 bytes, little-endian), the index (JSON: path
-> [offset, length], offsets counted from the end of the index) and the files, each on a multiple of
8 bytes.  The browser unpacks it by slicing, without copying.
"""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Iterator, Mapping

MAGIC = b"LPK1"
_ALIGN = 8
_HEADER = 8
_NEEDLESS_SECTIONS = ("name", "producers")


def pack(files: Mapping[str, bytes]) -> bytes:
    """Return the archive of `files`, by path; the same bytes whatever their order.

    >>> unpack(pack({"b": b"two", "a": b"one"}))
    {'a': b'one', 'b': b'two'}
    """
    index: dict[str, tuple[int, int]] = {}
    body = bytearray()
    for path in sorted(files):
        index[path] = (len(body), len(files[path]))
        body += files[path]
        body += bytes(-len(body) % _ALIGN)
    head = json.dumps(index, separators=(",", ":")).encode("utf-8")
    head += b" " * (-len(head) % _ALIGN)
    return MAGIC + len(head).to_bytes(4, "little") + head + bytes(body)


def unpack(data: bytes) -> dict[str, bytes]:
    """Return the files of an archive by path.  Raises ValueError if `data` is none."""
    if data[:4] != MAGIC:
        raise ValueError(f"not an archive: begins with {data[:4]!r}")
    start = _HEADER + int.from_bytes(data[4:_HEADER], "little")
    index: dict[str, tuple[int, int]] = json.loads(data[_HEADER:start])
    return {path: data[start + at : start + at + size] for path, (at, size) in index.items()}


def compress(data: bytes) -> bytes:
    """Return `data` as the gzip file that is as small as gzip makes it, without date and name."""
    return gzip.compress(data, 9, mtime=0)


def stored_zip(files: Mapping[str, bytes]) -> bytes:
    """Return `files` as a ZIP without compression, from which Python imports without unpacking."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(files):
            archive.writestr(zipfile.ZipInfo(path, (2020, 1, 1, 0, 0, 0)), files[path])
    return whole.getvalue()


def without_names(wasm: bytes) -> bytes:
    """Return a WebAssembly module without its debugging names, which nothing reads at run time."""
    kept = [wasm[:8]]
    for start, end, name in _sections(wasm):
        if name not in _NEEDLESS_SECTIONS:
            kept.append(wasm[start:end])
    return b"".join(kept)


def _sections(wasm: bytes) -> Iterator[tuple[int, int, str]]:
    """Yield start, end and name (empty unless it is a custom one) of each section."""
    at = 8
    while at < len(wasm):
        start, kind = at, wasm[at]
        size, at = _leb128(wasm, at + 1)
        end, name = at + size, ""
        if kind == 0:
            length, at = _leb128(wasm, at)
            name = wasm[at : at + length].decode("utf-8")
        yield start, end, name
        at = end


def _leb128(data: bytes, at: int) -> tuple[int, int]:
    """Return the number that stands at `at`, seven bits a byte, and the place behind it."""
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
        shift += 7
