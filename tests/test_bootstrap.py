"""The environment: every way in which making it can go wrong ends in one sentence."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from scripts import bootstrap
from scripts.bootstrap import BootstrapError, check_modules, check_python, ensure_environment
from scripts.commands.test import command_files

ROOT = Path(__file__).resolve().parent.parent
UNREACHABLE = "http://127.0.0.1:9/simple"
ONE_PACKAGE = "some-package==1.0 \\\n    --hash=sha256:" + "0" * 64 + "\n"


@pytest.fixture
def project(tmp_path):
    """A project whose lock pins nothing, so that its environment is quickly made."""
    (tmp_path / "requirements.lock").write_text("# nothing\n", "utf-8")
    return tmp_path


@pytest.fixture
def fake_venv(project):
    """A complete environment as far as its files tell: a stamp and a Python."""
    python = bootstrap.venv_python(project / ".venv")
    python.parent.mkdir(parents=True)
    python.write_bytes(b"")
    bootstrap.write_stamp(project / ".venv", bootstrap.wanted_stamp(project))
    return project / ".venv"


@pytest.fixture
def without_making(monkeypatch):
    """Record which environments would be made, and make none."""
    made = []
    monkeypatch.setattr(bootstrap, "_make", lambda root, venv, stamp: made.append(venv))
    return made


@pytest.fixture
def pip_settings(monkeypatch):
    """Pip without the machine's settings, so that a test sees only its own."""
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_RETRIES", "0")
    monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")
    return monkeypatch


def install(tmp_path, text):
    lock = tmp_path / "requirements.lock"
    lock.write_text(text, "utf-8")
    with pytest.raises(BootstrapError) as caught:
        bootstrap._install(sys.executable, lock)
    sentence = str(caught.value)
    assert "\n" not in sentence
    return sentence


# --- Python itself -------------------------------------------------------------------------------


@pytest.mark.parametrize("version", [(3, 8, 20), (3, 9, 2), (3, 10, 14)])
def test_an_old_python_is_named_with_its_place(version):
    found = ".".join(map(str, version))
    with pytest.raises(BootstrapError) as caught:
        check_python(version, "/usr/bin/python3")
    assert str(caught.value) == (f"needs Python 3.11 or newer, this is {found} at /usr/bin/python3")


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 14, 1)])
def test_a_new_enough_python_is_accepted(version):
    check_python(version, "/usr/bin/python3")


@pytest.mark.parametrize(
    "path", [ROOT / "scripts" / "bootstrap.py", *command_files()], ids=lambda path: path.name
)
def test_what_runs_before_the_check_can_be_read_by_an_old_python(path):
    ast.parse(path.read_text("utf-8"), feature_version=(3, 8))


def test_bootstrap_imports_the_standard_library_only():
    tree = ast.parse((ROOT / "scripts" / "bootstrap.py").read_text("utf-8"))
    names = {
        n.name.split(".")[0] for i in ast.walk(tree) if isinstance(i, ast.Import) for n in i.names
    }
    names |= {i.module.split(".")[0] for i in ast.walk(tree) if isinstance(i, ast.ImportFrom)}
    assert names <= sys.stdlib_module_names


def test_the_versions_in_the_check_and_in_the_metadata_agree():
    metadata = (ROOT / "pyproject.toml").read_text("utf-8")
    assert 'requires-python = ">={}.{}"'.format(*bootstrap.NEEDS) in metadata


@pytest.mark.parametrize("missing", ["venv", "ensurepip"])
def test_a_python_without_environments_says_how_to_get_them(missing):
    def load(name):
        if name == missing:
            raise ImportError(name)

    with pytest.raises(BootstrapError, match=rf"without its module {missing}; .*python3-venv"):
        check_modules(load)


# --- when the environment is made again ----------------------------------------------------------


def test_a_complete_environment_is_used_as_it_is(project, fake_venv, without_making):
    assert ensure_environment(project) == bootstrap.venv_python(fake_venv)
    assert without_making == []


def remove_stamp(venv):
    (venv / bootstrap.STAMP).unlink()


def cut_stamp_short(venv):
    (venv / bootstrap.STAMP).write_text('{"lock": ', "utf-8")


def remove_python(venv):
    bootstrap.venv_python(venv).unlink()


def change_lock(venv):
    (venv.parent / "requirements.lock").write_text("# something else\n", "utf-8")


def take_another_python(venv):
    stamp = json.loads((venv / bootstrap.STAMP).read_text("utf-8"))
    bootstrap.write_stamp(venv, {**stamp, "python": "3.99"})


def move_the_project(venv):
    stamp = json.loads((venv / bootstrap.STAMP).read_text("utf-8"))
    bootstrap.write_stamp(venv, {**stamp, "folder": "/elsewhere"})


@pytest.mark.parametrize(
    "damage",
    [
        remove_stamp,
        cut_stamp_short,
        remove_python,
        change_lock,
        take_another_python,
        move_the_project,
    ],
)
def test_a_half_made_or_outdated_environment_is_made_again(
    project, fake_venv, without_making, damage
):
    damage(fake_venv)
    ensure_environment(project)
    assert without_making == [fake_venv]


def test_line_ends_of_the_lock_do_not_matter(project, fake_venv, without_making):
    (project / "requirements.lock").write_bytes(b"# nothing\r\n")
    ensure_environment(project)
    assert without_making == []


def test_a_half_made_environment_is_repaired_and_sees_the_project(project, pip_settings, capsys):
    (project / ".venv" / "lib").mkdir(parents=True)
    (project / ".venv" / "lib" / "rubbish").write_bytes(b"")
    (project / "only_here.py").write_text("ANSWER = 42\n", "utf-8")
    python = ensure_environment(project)
    assert "half-made" in capsys.readouterr().out
    assert not (project / ".venv" / "lib" / "rubbish").exists()
    ask = [str(python), "-c", "import only_here; print(only_here.ANSWER)"]
    assert subprocess.check_output(ask, cwd="/", text=True).strip() == "42"
    assert ensure_environment(project) == python
    assert capsys.readouterr().out == ""


def test_the_stamp_comes_only_after_the_packages(project, monkeypatch):
    def fail(python, lock):
        raise BootstrapError("no packages")

    monkeypatch.setattr(bootstrap, "_checked", lambda command, failure: "")
    monkeypatch.setattr(bootstrap, "_install", fail)
    with pytest.raises(BootstrapError, match="no packages"):
        ensure_environment(project)
    assert not (project / ".venv" / bootstrap.STAMP).exists()


def test_two_runs_at_once_make_one_environment(project, monkeypatch):
    made = []

    def make(root, venv, stamp):
        made.append(venv)
        time.sleep(0.3)
        python = bootstrap.venv_python(venv)
        python.parent.mkdir(parents=True)
        python.write_bytes(b"")
        bootstrap.write_stamp(venv, stamp)

    monkeypatch.setattr(bootstrap, "_make", make)
    runs = [threading.Thread(target=ensure_environment, args=(project,)) for _ in range(3)]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    assert len(made) == 1


def test_the_lock_of_a_run_that_was_killed_is_free(tmp_path):
    path = tmp_path / "lock"
    hold = "import os; from scripts.bootstrap import *\nwith locked(Path({!r}), 'x'): os._exit(9)"
    assert subprocess.run([sys.executable, "-c", hold.format(str(path))], cwd=ROOT).returncode == 9
    with bootstrap.locked(path, "x"):
        assert path.exists()


# --- what pip may run into -----------------------------------------------------------------------


def test_an_unreachable_index_is_told_in_one_sentence(tmp_path, pip_settings):
    pip_settings.setenv("PIP_INDEX_URL", UNREACHABLE)
    pip_settings.setenv("PIP_RETRIES", "1")
    assert "network or the package index cannot be reached" in install(tmp_path, ONE_PACKAGE)


def test_an_index_without_the_package_is_told_apart_from_a_broken_network(tmp_path, pip_settings):
    pip_settings.setenv("PIP_NO_INDEX", "1")
    sentence = install(tmp_path, ONE_PACKAGE)
    assert "the package index in use has no file for some-package==1.0" in sentence
    assert "network" not in sentence


@pytest.fixture
def wheel_nearby(tmp_path, pip_settings):
    """Let pip find a file of the package, with other bytes than those pinned."""
    (tmp_path / "some_package-1.0-py3-none-any.whl").write_bytes(b"not what was pinned")
    pip_settings.setenv("PIP_NO_INDEX", "1")
    pip_settings.setenv("PIP_FIND_LINKS", str(tmp_path))


@pytest.mark.usefixtures("wheel_nearby")
def test_a_file_with_another_hash_is_refused(tmp_path):
    assert "hash mismatch" in install(tmp_path, ONE_PACKAGE)


@pytest.mark.usefixtures("wheel_nearby")
def test_a_requirement_without_a_hash_is_refused(tmp_path):
    assert "Hashes are required" in install(tmp_path, "some-package==1.0\n")


@pytest.mark.parametrize(
    ("output", "cause"),
    [
        ("ERROR: Could not install packages: [Errno 28] No space left on device", "disk is full"),
        ("ERROR: [Errno 13] Permission denied: '/x/.venv'", r"refused \(Permission denied\)"),
        ("error: EROFS [Errno 30] Read-only file system", r"refused \(EROFS\)"),
        ("WARNING: Retrying (Retry(total=0)) after connection broken", "cannot be reached"),
        ("npm error code ENOTFOUND", "cannot be reached"),
        ("npm error code EINTEGRITY", "hash mismatch"),
        ("ERROR: something unheard of", "^it failed: ERROR: something unheard of$"),
        ("", "^it failed: "),
    ],
)
def test_the_cause_of_a_failure_is_named(output, cause):
    assert re.search(cause, bootstrap.explain([output], "it failed"))


def test_no_room_to_write_is_told_in_one_sentence(project):
    (project / ".cache").write_bytes(b"a file where a folder must be")
    with pytest.raises(BootstrapError, match=r"^\.venv/ was not made: "):
        ensure_environment(project)


def test_a_missing_lock_means_an_incomplete_copy(tmp_path):
    with pytest.raises(BootstrapError, match=r"requirements\.lock is missing"):
        ensure_environment(tmp_path)


# --- a command -----------------------------------------------------------------------------------


def copied_command(project):
    """A command of its own in a copied project; it prints its arguments, then ends with 3."""
    scripts = project / "scripts"
    scripts.mkdir()
    (scripts / "bootstrap.py").write_bytes((ROOT / "scripts" / "bootstrap.py").read_bytes())
    (scripts / "tell").write_text("import bootstrap\nbootstrap.run('tell')\n", "utf-8")
    (project / "tell.py").write_text("import sys\nprint(sys.argv[1:])\nsys.exit(3)\n", "utf-8")
    return [sys.executable, str(scripts / "tell"), "--port", "1"]


def test_a_command_runs_inside_the_environment_with_its_arguments(project, pip_settings, tmp_path):
    command = copied_command(project)
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path.parent)
    assert done.returncode == 3, done.stderr
    assert done.stdout.splitlines()[-1] == "['--port', '1']"
    stamp = json.loads((project / ".venv" / bootstrap.STAMP).read_text("utf-8"))
    assert stamp["folder"] == str(project)


def test_a_command_that_cannot_start_says_one_sentence_and_fails(project, pip_settings):
    command = copied_command(project)
    (project / "requirements.lock").unlink()
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr == (
        f"tell: requirements.lock is missing in {project}: this copy of the project is incomplete\n"
    )
