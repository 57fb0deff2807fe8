"""The packs as files of the site, and the manifest that the page reads.

assets/live/live-<hash>.json        the manifest; its name stands in every page
assets/live/<version>/              a pack; what stands under an address never changes
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from html import escape

from scripts.assets import AssetError
from scripts.cache import digest
from scripts.engine import Config, File, get_plugin_logger
from scripts.live import pack

FOLDER = "assets/live"
OWN_FILE = "project.pak.gz"


def manifest_of(runtime: pack.Runtime, own: bytes) -> tuple[str, bytes]:
    """Return the manifest's file name, which holds a hash of its content, and its content."""
    content = {
        "runtime": f"{runtime.version}/",
        "parts": [asdict(part) for part in runtime.parts],
        "project": f"{project_version(own)}/",
        "own": asdict(pack.part_of(OWN_FILE, own)),
    }
    text = (json.dumps(content, separators=(",", ":"), sort_keys=True) + "\n").encode()
    return f"live-{hashlib.sha256(text).hexdigest()[:16]}.json", text


def project_version(own: bytes) -> str:
    """Return the version of the project's pack: a hash of its bytes."""
    return digest(own)[:16]


def live_files(config: Config) -> tuple[str, list[File]]:
    """Return the manifest's name and all files of both packs; "" and none if there is no runtime.

    That there is none is said once in the log: pages then keep the output of the build.
    """
    try:
        runtime = pack.runtime_pack()
    except AssetError as error:
        log = get_plugin_logger("live")
        log.info("cells show the output of the build and cannot be run in the page: %s", error)
        return "", []
    own = pack.project_pack()
    name, manifest = manifest_of(runtime, own)
    place = f"{FOLDER}/{runtime.version}"
    files = [
        File.generated(config, f"{place}/{file}", abs_src_path=str(runtime.folder / file))
        for file in [*(part.file for part in runtime.parts), pack.NOTICES]
    ]
    files.append(File.generated(config, f"{FOLDER}/{project_version(own)}/{OWN_FILE}", content=own))
    files.append(File.generated(config, f"{FOLDER}/{name}", content=manifest))
    return name, files


def announce(html: str, name: str) -> str:
    """Return the page `html` with the manifest's `name` in its head, where client.js looks for it.

    >>> announce("<title>a</title>", "live-0.json")
    '<title>a</title><meta name="live" content="live-0.json">'
    """
    if not name:
        return html
    return html.replace("</title>", f'</title><meta name="live" content="{escape(name)}">', 1)
