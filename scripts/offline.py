"""What lets the site be read offline: the list of its files, and the name of its edition.

    offline.json   every file of the site: path, hash of the content, bytes; in groups
    edition.json   which edition the site is: a hash of all files; small, as it is asked for often
    sw.js          the service worker, docs/sw.js, which reads both; it says what follows from them

The edition's name also stands in the script that every page loads, so that a page knows its own.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final, TypeAlias

Groups: TypeAlias = "dict[str, dict[str, tuple[str, int]]]"

LIST: Final = "offline.json"
EDITION: Final = "edition.json"
WORKER: Final = "sw.js"
SCRIPT: Final = "assets/js/offline.js"
PAGE: Final = "offline.html"  # what a reader sees instead of a page that was not read before

# What the worker keeps at once: the language chooser, the page PAGE, and what the search loads
# inside its own worker, where the page cannot see it.
CORE: Final = re.compile(
    rf"index\.html|{re.escape(PAGE)}|assets/js/chooser\.js|assets/css/plain\.css"
    r"|assets/js/offline/panel\.js|assets/css/offline\.css"
    r"|assets/images/favicon\.png|assets/javascripts/workers/.*\.js"
    r"|assets/javascripts/lunr/min/lunr\.(?:stemmer\.support|site)\.min\.js"
)
# The Python runtime and the package: as large as all the rest, and of use only to who runs code.
PYTHON: Final = re.compile(r"assets/live/.*")
# Published, but asked for by no page: maps for debuggers, languages that the search does not use,
# what hosts and search engines read.
OTHER: Final = re.compile(
    r".*\.map|assets/javascripts/lunr/.*|_headers|(?:ko/|en/)?404\.html|sitemap\.xml"
    r"|lunr\.site\.js|assets/.*(?:LICENSE|NOTICES)\.txt"
)
_NAMED: Final = re.compile(r'^const EDITION = "[0-9a-f]*";', re.M)

# While serving, pages change all the time: a worker of an earlier build must go.
RETIRED: Final = """\
// This build is not kept for offline reading: a worker that an earlier one left gives up.
addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(giveUp()));
async function giveUp() {
  const own = ` ${new URL(registration.scope).pathname}`;
  for (const name of await caches.keys()) if (name.endsWith(own)) await caches.delete(name);
  await registration.unregister();
}
"""


def hash_of(name: str, data: bytes) -> str:
    """Return the hash of the content of the file `name`: 128 bits of its SHA-256, in base64url.

    What ends in .gz counts unpacked, so that the hash holds too where a server unpacks on its own.

    >>> hash_of("a.txt", b"")
    '47DEQpj8HBSa-_TImW-5JA'
    >>> hash_of("a.gz", gzip.compress(b"")) == hash_of("a.txt", b"")
    True
    """
    content = gzip.decompress(data) if name.endswith(".gz") else data
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()[:16]).decode().rstrip("=")


def group_of(path: str) -> str:
    """Return the group of a file: "core", "text", "python", or "other" for what no page asks for.

    >>> [group_of(path) for path in ("index.html", "ko/xor/index.html", "assets/live/1/a.pak.gz")]
    ['core', 'text', 'python']
    """
    for group, paths in (("core", CORE), ("other", OTHER), ("python", PYTHON)):
        if paths.fullmatch(path):
            return group
    return "text"


def groups_of(files: Mapping[str, bytes]) -> Groups:
    """Return hash and size of every file by group and path, sorted.

    >>> groups_of({"en/index.html": b"", "index.html": b""})["text"]
    {'en/index.html': ('47DEQpj8HBSa-_TImW-5JA', 0)}
    """
    groups: Groups = {"core": {}, "text": {}, "python": {}, "other": {}}
    for path, data in sorted(files.items()):
        groups[group_of(path)][path] = (hash_of(path, data), len(data))
    return groups


def named(script: str, edition: str) -> str:
    """Return the page's script with the name of the edition in it; "" takes the name out.

    Raises ValueError if the script has no place for it.

    >>> named('const EDITION = "";', "0a")
    'const EDITION = "0a";'
    """
    text, count = _NAMED.subn(f'const EDITION = "{edition}";', script)
    if count != 1:
        raise ValueError(f'named: {SCRIPT} needs one line that begins with const EDITION = ""')
    return text


def publish(site: Path) -> str:
    """Write LIST and EDITION for the finished site, name the edition in SCRIPT, and return it.

    What an earlier call wrote is replaced: a site that was changed can be published again.
    """
    files = {
        path.relative_to(site).as_posix(): path.read_bytes()
        for path in site.rglob("*")
        if path.is_file()
    }
    # The worker and the two files cannot stand in the list; the browser and the worker renew them.
    worker = files.pop(WORKER)
    for name in (LIST, EDITION):
        files.pop(name, None)
    script = files[SCRIPT].decode("utf-8")
    files[SCRIPT] = named(script, "").encode("utf-8")
    groups = groups_of(files)
    edition = _digest(json.dumps([groups, hash_of(WORKER, worker)]).encode())[:16]
    data = named(script, edition).encode("utf-8")
    groups[group_of(SCRIPT)][SCRIPT] = hash_of(SCRIPT, data), len(data)
    listed = json.dumps(groups, separators=(",", ":")).encode()
    told = json.dumps({"edition": edition, "list": _digest(listed)}, separators=(",", ":"))
    (site / SCRIPT).write_bytes(data)
    (site / LIST).write_bytes(listed)
    (site / EDITION).write_text(told, "utf-8")
    return edition


def retire(site: Path) -> None:
    """Make of the worker one that gives up: for a site that is being edited."""
    (site / WORKER).write_text(RETIRED, "utf-8")


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
