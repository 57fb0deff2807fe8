"""Make the project's environment, `.venv/`, and run a command inside it.

Standard library only, and a syntax that old Pythons can read too, so that they can say in words
what they lack.  `.venv/` holds exactly what requirements.lock pins (versions and hashes).  Its
stamp is written last: an environment without a stamp, or with the stamp of another lock, Python or
folder, is half-made or outdated, and is made again.

    python3 scripts/bootstrap.py        make or repair the environment, and nothing else
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

TYPE_CHECKING = False  # typing.TYPE_CHECKING, without importing typing at every start
if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

ROOT = Path(__file__).resolve().parent.parent
NEEDS = (3, 11)
LOCK = "requirements.lock"
VENV = ".venv"
STAMP = "complete.json"
PTH = "project.pth"


class BootstrapError(Exception):
    """One sentence that tells the reader what is wrong and what to do."""


def run(module: str) -> None:
    """Make the environment if needed, then become `python -m module` inside it, in ROOT."""
    try:
        python = ensure_environment()
    except (BootstrapError, KeyboardInterrupt) as error:
        sys.exit(_last_words(error))
    os.chdir(str(ROOT))
    os.environ.setdefault("PYTHONUTF8", "1")  # Korean text on every console
    _become([str(python), "-m", module, *sys.argv[1:]])


def main() -> None:
    """Make or repair the environment and say where it is."""
    try:
        print(f"The environment is ready: {ensure_environment()}")
    except (BootstrapError, KeyboardInterrupt) as error:
        sys.exit(_last_words(error))


def check_python(version: Sequence[int], executable: str) -> None:
    """Raise BootstrapError if a Python of `version`, found at `executable`, is too old.

    >>> check_python((3, 9, 2), "/usr/bin/python3")
    Traceback (most recent call last):
        ...
    scripts.bootstrap.BootstrapError: needs Python 3.11 or newer, this is 3.9.2 at /usr/bin/python3
    """
    if tuple(version[:2]) < NEEDS:
        wanted, found = (".".join(map(str, numbers[:3])) for numbers in (NEEDS, version))
        raise BootstrapError(f"needs Python {wanted} or newer, this is {found} at {executable}")


def check_modules(load: Callable[[str], object] = __import__) -> None:
    """Raise BootstrapError if this Python came without a module that environments need."""
    for name in ("venv", "ensurepip"):
        try:
            load(name)
        except ImportError:
            raise BootstrapError(
                f"this Python ({sys.executable}) came without its module {name}; "
                "on Debian and Ubuntu `sudo apt install python3-venv` brings it"
            ) from None


def ensure_environment(root: Path = ROOT) -> Path:
    """Return the Python of `root`/.venv, after making or repairing the environment if needed.

    Raises BootstrapError, in one sentence, if that cannot be done.
    """
    check_python(sys.version_info[:3], sys.executable)
    lock, venv = root / LOCK, root / VENV
    if not lock.is_file():
        raise BootstrapError(f"{LOCK} is missing in {root}: this copy of the project is incomplete")
    wanted = wanted_stamp(root)
    if not is_current(venv, wanted):
        check_modules()
        with _errors_in_words(), locked(root / ".cache" / "locks" / "venv", VENV + "/"):
            if not is_current(venv, wanted):  # another run may have made it while this one waited
                _make(root, venv, wanted)
    return venv_python(venv)


def wanted_stamp(root: Path) -> dict[str, str]:
    """Return what makes an environment of `root` the right one: lock, Python and folder.

    The folder counts because the programs inside an environment hold its absolute path.
    """
    lock = (root / LOCK).read_bytes().replace(b"\r\n", b"\n")
    return {
        "lock": hashlib.sha256(lock).hexdigest(),
        "python": "{}.{}".format(*sys.version_info[:2]),
        "folder": str(root),
    }


def is_current(venv: Path, wanted: dict[str, str]) -> bool:
    """Tell whether `venv` is complete and was made for the stamp `wanted`."""
    try:
        stamp = json.loads((venv / STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    # exists() follows links: false as well when the Python underneath was removed.
    return stamp == wanted and venv_python(venv).exists()


def write_stamp(venv: Path, stamp: dict[str, str]) -> None:
    """Mark `venv` as complete; a reader sees the whole stamp or none."""
    temporary = venv / (STAMP + ".tmp")
    temporary.write_text(json.dumps(stamp, indent=2) + "\n", encoding="utf-8")
    temporary.replace(venv / STAMP)


def venv_python(venv: Path) -> Path:
    """Return the path of the Python program inside `venv`."""
    return venv / "Scripts" / "python.exe" if os.name == "nt" else venv / "bin" / "python"


@contextlib.contextmanager
def locked(path: Path, what: str) -> Generator[None]:
    """Hold the lock file `path` while the block runs; wait, and say so, while another run has it.

    The operating system frees the lock when its holder ends, however it ends.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        if not _try_lock(file.fileno()):
            print(f"Another run is preparing {what}: waiting for it ...", flush=True)
            while not _try_lock(file.fileno()):
                time.sleep(0.2)
        yield


if sys.platform == "win32":
    import msvcrt

    def _try_lock(handle: int) -> bool:
        os.lseek(handle, 0, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def explain(output: Sequence[str], what: str) -> str:
    """Say in one sentence why `what` happened, from the output of the program that failed.

    >>> explain(["ERROR: [Errno 28] No space left on device"], "the packages were not installed")
    'the packages were not installed: the disk is full; free 1 GB and run the command again'
    """
    told = [line for line in output if re.search(r"error|warning|errno", line, re.IGNORECASE)]
    text = "\n".join(told or output)
    for pattern, cause in _CAUSES:
        match = re.search(pattern, text, re.IGNORECASE)
        if match:
            return f"{what}: {cause.format(*match.groups())}"
    errors = [line for line in told if "error" in line.lower()] or list(output) or ["no output"]
    return f"{what}: {errors[-1].strip()}"


_CAUSES = (
    (
        r"no space left|errno 28|ENOSPC|not enough space|disk full",
        "the disk is full; free 1 GB and run the command again",
    ),
    (
        r"(permission denied|access is denied|read-only file system|EACCES|EPERM|EROFS)",
        "writing was refused ({}); check who owns the project's folder, close programs "
        "that use it, and run the command again",
    ),
    (
        r"do not match the hashes|EINTEGRITY",
        "a file that came is not the file that the lock pins (hash mismatch); "
        "clear the download cache or check the package index, and run the command again",
    ),
    (
        r"(hashes are required in --require-hashes mode)",
        "{}; run `scripts/lock`",
    ),
    (
        r"retrying \(|connection|max retries|name resolution|unreachable|timed out|timeout|proxy"
        r"|certificate|ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ENETUNREACH|ETIMEDOUT",
        "the network or the package index cannot be reached; check the connection (and proxy or "
        "index settings) and run the command again: it goes on from here",
    ),
    (
        r"no matching distribution found for ([^\s;]+)",
        "the package index in use has no file for {}; check pip's index settings "
        "(`pip config list`) and run the command again",
    ),
)


def _make(root: Path, venv: Path, stamp: dict[str, str]) -> None:
    """Build `venv` from nothing: environment, packages, the project's path, and last the stamp."""
    started = time.monotonic()
    if venv.exists() or venv.is_symlink():
        print(f"{VENV}/ is half-made or outdated: it is made again.", flush=True)
        _remove(venv)
    print(f"Making {VENV}/ with Python {sys.version.split()[0]} ...", flush=True)
    # The Python beneath, in case this one runs in the environment that was just removed.
    base = getattr(sys, "_base_executable", None) or sys.executable
    _checked([base, "-m", "venv", str(venv)], f"{VENV}/ was not made")
    python = str(venv_python(venv))
    megabytes = _install(python, root / LOCK)
    _add_project_path(python, root)
    write_stamp(venv, stamp)
    seconds = time.monotonic() - started
    print(f"{VENV}/ is ready: {megabytes:.0f} MB of packages, {seconds:.0f} s.", flush=True)


def _remove(venv: Path) -> None:
    if venv.is_symlink() or venv.is_file():
        venv.unlink()
        return
    with contextlib.suppress(FileNotFoundError):
        (venv / STAMP).unlink()  # first: what is half removed must not look complete
    shutil.rmtree(str(venv))


def _install(python: str, lock: Path) -> float:
    """Install what `lock` pins, with a line of progress; return the megabytes of packages."""
    command = [python, "-m", "pip", "install", "--require-hashes", "--no-input"]
    command += ["--disable-pip-version-check", "--progress-bar", "off", "-r", str(lock)]
    total = len(re.findall(r"^[\w.-]+==", lock.read_text(encoding="utf-8"), re.MULTILINE))
    print(f"Fetching up to {total} packages (pinned by hash) ...", flush=True)
    output: list[str] = []
    count, megabytes = 0, 0.0
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )
    assert process.stdout is not None
    with process:
        for line in process.stdout:
            output.append(line.rstrip())
            megabytes += _megabytes(line)
            package = re.match(r"Collecting ([\w.-]+)|Processing \S*[/\\]([\w.]+)", line)
            if package:
                count += 1
                name = package.group(1) or package.group(2)
                _show(f"  {count:3d} of {total}  {megabytes:4.0f} MB  {name}", count)
            elif line.startswith("Installing collected packages"):
                _show(f"  Installing {count} packages ...", 0)
    _end_progress()
    if process.returncode != 0:
        raise BootstrapError(explain(output, "the packages were not installed"))
    return megabytes


def _megabytes(line: str) -> float:
    """Return the size that a line of pip's output names, in MB (0 if it names none).

    >>> _megabytes("  Downloading numpy-2.4.6-cp311.whl (16.8 MB)")
    16.8
    """
    size = re.match(r"\s*(?:Downloading|Using cached) .*\((?P<n>[\d.]+) (?P<unit>kB|MB|GB)\)", line)
    factor = {"kB": 1e-3, "MB": 1.0, "GB": 1e3}
    return float(size.group("n")) * factor[size.group("unit")] if size else 0.0


def _show(text: str, count: int) -> None:
    """Show progress: one line that changes on a terminal, every 20th elsewhere."""
    if sys.stdout.isatty():
        print("\r" + text.ljust(72), end="", flush=True)
    elif count % 20 == 0:
        print(text, flush=True)


def _end_progress() -> None:
    if sys.stdout.isatty():
        print("\r" + " " * 72, end="\r", flush=True)


def _add_project_path(python: str, root: Path) -> None:
    """Make `snippets` and `scripts` importable: a .pth file with the way back to `root`.

    A relative path, so that the file is plain ASCII whatever the folder is called.
    """
    ask = "import sysconfig; print(ascii(sysconfig.get_path('purelib')))"
    answer = _checked([python, "-c", ask], "the new Python does not start")
    packages = Path(answer.strip()[1:-1].encode("ascii").decode("unicode_escape"))
    (packages / PTH).write_text(os.path.relpath(str(root), str(packages)) + "\n", encoding="ascii")


def _checked(command: Sequence[str], failure: str) -> str:
    """Return the output of `command`; raise BootstrapError that begins with `failure`."""
    done = subprocess.run(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if done.returncode != 0:
        raise BootstrapError(explain(done.stdout.splitlines(), failure))
    return done.stdout


@contextlib.contextmanager
def _errors_in_words() -> Generator[None]:
    try:
        yield
    except OSError as error:
        name = errno.errorcode.get(error.errno or 0, "")
        raise BootstrapError(
            explain([f"error: {name} {error}"], f"{VENV}/ was not made")
        ) from error


def _last_words(error: BaseException) -> str:
    _end_progress()
    interrupted = isinstance(error, KeyboardInterrupt)
    command = Path(sys.argv[0]).name
    return "{}: {}".format(command, "stopped; run it again to go on" if interrupted else error)


def _become(command: Sequence[str]) -> None:
    """Replace this process by `command`; where that does not exist (Windows), run it and leave."""
    sys.stdout.flush()
    if os.name != "nt":
        os.execv(command[0], list(command))
    process = subprocess.Popen(command)
    while True:
        try:
            sys.exit(process.wait())
        except KeyboardInterrupt:  # the command got it too, and ends by itself
            continue


if __name__ == "__main__":
    main()
