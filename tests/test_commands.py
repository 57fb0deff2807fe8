"""The commands: each mistake is told in one sentence, and the locks hold hashes and no address."""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest

from scripts import assets
from scripts.assets import AssetError, ensure_web_assets, npm_command, web_asset
from scripts.bilingual import nav_lines
from scripts.commands import bench, lock, new_concept, serve
from scripts.commands import test as all_checks
from scripts.commands.new_concept import ConceptError, write_concept
from scripts.commands.serve import ServeError, check_address, port_number
from scripts.pages.parse import parse_page
from scripts.pages.run import run_pages
from scripts.pages.syllabus import load_syllabus

ROOT = Path(__file__).resolve().parent.parent
COMMANDS = ["bench", "build", "lock", "new-concept", "serve", "test"]


def run_module(name, *arguments):
    """Run a command as its file does once it is inside the environment."""
    command = [sys.executable, "-m", f"scripts.commands.{name}", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)


# --- the files -----------------------------------------------------------------------------------


def test_every_command_is_found_by_the_checks_and_can_be_started():
    files = all_checks.command_files()
    assert [path.name for path in files] == COMMANDS
    if os.name != "nt":
        assert [path.name for path in files if not os.access(path, os.X_OK)] == []


@pytest.mark.parametrize("name", [name.replace("-", "_") for name in COMMANDS])
def test_every_command_explains_itself(name):
    done = run_module(name, "--help")
    assert done.returncode == 0, done.stderr
    assert f"usage: scripts/{name.replace('_', '-')}" in done.stdout


def test_continuous_integration_runs_the_command_of_the_readme():
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    assert "set -euo pipefail" in script
    assert "export CI=true" in script
    assert script.rstrip().endswith("\npython3 scripts/test")


def test_publishing_runs_the_commands_of_the_readme():
    workflow = (ROOT / ".github/workflows/pages.yml").read_text("utf-8")
    readme = (ROOT / "README.md").read_text("utf-8")
    steps = re.findall(r"^ *- run: (python3 \S+)$", workflow, re.M)
    assert steps == ["python3 scripts/test", "python3 scripts/build"]
    assert all(step in readme for step in steps)


# --- the locks -----------------------------------------------------------------------------------


def test_the_python_lock_holds_hashes_and_no_address():
    text = (ROOT / "requirements.lock").read_text("utf-8")
    assert lock.requirement_problems(text) == []
    assert "numpy==" in text


def test_the_python_lock_holds_every_pin_of_the_metadata():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    pins = [pin for name, pins in extras.items() if name != lock.LEFT_OUT for pin in pins]
    locked = set(re.findall(r"^\S+==\S+", (ROOT / "requirements.lock").read_text("utf-8"), re.M))
    assert {re.sub(r"\[.*\]", "", pin) for pin in pins} <= locked


HASH = "    --hash=sha256:" + "0" * 64


@pytest.mark.parametrize(
    "text",
    [
        "numpy==2.4.6\n",
        f"numpy>=2 \\\n{HASH}\n",
        f"numpy==2.4.6+local \\\n{HASH}\n",
        f"numpy @ https://example.org/numpy.whl \\\n{HASH}\n",
        f"--index-url https://example.org/simple\nnumpy==2.4.6 \\\n{HASH}\n",
        f"--find-links /wheels\nnumpy==2.4.6 \\\n{HASH}\n",
        f"-i local\nnumpy==2.4.6 \\\n{HASH}\n",
        f"numpy==2.4.6 \\\n{HASH}\nscipy==1.0\n",
        "numpy==2.4.6 \\\n    --hash=sha256:123\n",
    ],
)
def test_a_lock_with_an_address_or_without_a_hash_is_refused(text):
    assert lock.requirement_problems(text) != []


def test_a_lock_with_hashes_and_markers_is_accepted():
    windows = f"a-b==1.0 ; sys_platform == 'win32' \\\n{HASH} \\\n{HASH}\n"
    assert lock.requirement_problems(f"# made\n{windows}c==2.0.post1 \\\n{HASH}\n") == []


def test_the_web_lock_holds_hashes_and_no_address():
    locked = json.loads((ROOT / "scripts/web/package-lock.json").read_text("utf-8"))
    assert lock.web_problems(locked) == []
    package = json.loads((ROOT / "scripts/web/package.json").read_text("utf-8"))
    kinds = ("dependencies", "devDependencies", "optionalDependencies")
    for kind in kinds:
        assert package.get(kind) == locked["packages"][""].get(kind), "run `scripts/lock web`"


def test_a_web_lock_with_an_address_or_without_a_hash_is_refused():
    entry = {"version": "1.0.0", "integrity": "sha512-AAAA"}
    assert lock.web_problems({"packages": {"": {}, "node_modules/a": entry}}) == []
    address = {**entry, "resolved": "https://example.org/a.tgz"}
    assert lock.web_problems({"packages": {"node_modules/a": address}}) == ["an address"]
    bare = {"packages": {"node_modules/a": {"version": "1.0.0"}}}
    assert lock.web_problems(bare) == ["no sha512 hash: node_modules/a"]


# --- web assets ----------------------------------------------------------------------------------


@pytest.fixture
def pins(tmp_path):
    """A lock that pins one package, by a hash that no file has."""
    folder = tmp_path / "pins"
    folder.mkdir()
    entry = {"version": "1.0.0", "integrity": "sha512-" + "A" * 86 + "=="}
    root = {"name": "x", "dependencies": {"some-package": "1.0.0"}}
    locked = {"": root, "node_modules/some-package": entry}
    (folder / "package.json").write_text(json.dumps(root), "utf-8")
    (folder / "package-lock.json").write_text(
        json.dumps({"name": "x", "lockfileVersion": 3, "requires": True, "packages": locked}),
        "utf-8",
    )
    return folder


def fetched(tmp_path, pins, missing=()):
    """Lay out web assets as a fetch leaves them."""
    web = tmp_path / "web"
    (web / "node_modules" / "some-package").mkdir(parents=True)
    (web / "node_modules" / "some-package" / "index.js").write_bytes(b"1")
    sizes = {"node_modules/some-package/index.js": 1}
    stamp = {"lock": assets._lock_digest(pins), "missing": list(missing), "sizes": sizes}
    (web / assets.STAMP).write_text(json.dumps(stamp), "utf-8")
    return web


def test_missing_assets_are_told_with_the_way_to_get_them(tmp_path, pins):
    with pytest.raises(AssetError, match=r"assets are missing: run `python3 scripts/build`"):
        web_asset("some-package", pins=pins, web=tmp_path / "web")


def test_assets_of_another_lock_are_outdated(tmp_path, pins):
    web = fetched(tmp_path, pins)
    assert web_asset("some-package", "index.js", pins=pins, web=web).read_bytes() == b"1"
    (pins / "package-lock.json").write_text("{}", "utf-8")
    with pytest.raises(AssetError, match="assets are outdated"):
        web_asset("some-package", "index.js", pins=pins, web=web)


def test_a_file_that_no_package_brings_is_named(tmp_path, pins):
    web = fetched(tmp_path, pins, missing=["big-package"])
    with pytest.raises(AssetError, match=r"no web asset some-package/other\.js"):
        web_asset("some-package", "other.js", pins=pins, web=web)
    with pytest.raises(AssetError, match="big-package could not be fetched"):
        web_asset("big-package", pins=pins, web=web)


def test_assets_that_are_complete_are_not_fetched_again(tmp_path, pins, monkeypatch):
    web = fetched(tmp_path, pins)
    monkeypatch.setattr(assets, "run_npm", lambda *_: pytest.fail("npm was started"))
    ensure_web_assets(pins, web)


def test_an_asset_that_was_cut_is_not_used_and_is_fetched_again(tmp_path, pins, monkeypatch):
    web = fetched(tmp_path, pins)
    file = web / "node_modules" / "some-package" / "index.js"
    file.write_bytes(b"")
    with pytest.raises(AssetError, match=r"some-package/index\.js is damaged: `python3 scripts/b"):
        web_asset("some-package", "index.js", pins=pins, web=web)

    def npm(_arguments, folder):
        new = folder / "node_modules" / "some-package" / "index.js"
        new.parent.mkdir(parents=True)
        new.write_bytes(b"1")

    monkeypatch.setattr(assets, "run_npm", npm)
    ensure_web_assets(pins, web)
    assert web_asset("some-package", "index.js", pins=pins, web=web).read_bytes() == b"1"
    monkeypatch.setattr(assets, "run_npm", lambda *_: pytest.fail("npm was started"))
    ensure_web_assets(pins, web)


def test_an_unreachable_registry_is_told_in_one_sentence(tmp_path, pins, monkeypatch, capsys):
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9/")
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "npm"))
    monkeypatch.setattr(assets, "PATIENCE", ["--fetch-retries=0"])
    with pytest.raises(AssetError, match=r"not fetched: the network or the .* cannot be reached"):
        ensure_web_assets(pins, tmp_path / "web")
    assert "some-package 1.0.0" in capsys.readouterr().out
    assert [path.name for path in tmp_path.iterdir() if "web" in path.name] == []


def test_a_missing_optional_package_does_not_stop_the_build(tmp_path, pins, monkeypatch, capsys):
    package = {"name": "x", "optionalDependencies": {"big-package": "1.0.0"}}
    (pins / "package.json").write_text(json.dumps(package), "utf-8")
    runs = []
    monkeypatch.setattr(assets, "run_npm", lambda arguments, folder: runs.append(arguments))
    ensure_web_assets(pins, tmp_path / "web")
    assert "Not fetched: big-package" in capsys.readouterr().out
    ensure_web_assets(pins, tmp_path / "web")
    assert len(runs) == 2, "what is missing is tried again"


def test_npm_comes_from_the_environment_where_the_machine_has_none(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    done = subprocess.run([*npm_command(), "--version"], capture_output=True, text=True)
    assert re.fullmatch(r"\d+\.\d+\.\d+", done.stdout.strip())


def test_a_machine_without_any_npm_says_so(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(assets, "find_spec", lambda name: None)
    with pytest.raises(AssetError, match="need npm"):
        npm_command()


# --- serve ---------------------------------------------------------------------------------------


@pytest.fixture
def busy_port():
    """A port on which something listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_a_busy_port_is_named_with_the_option(busy_port, capsys):
    assert serve.main(["--port", str(busy_port)]) == 1
    assert capsys.readouterr().err == (
        f"scripts/serve: port {busy_port} of 127.0.0.1 is in use: choose another with --port\n"
    )


def test_a_free_port_is_accepted():
    check_address("127.0.0.1", free_port())


@pytest.mark.parametrize("host", ["no-such-host.invalid", "192.0.2.1"])
def test_a_host_that_is_not_here_is_named_with_the_option(host):
    with pytest.raises(ServeError, match="choose another with --host"):
        check_address(host, 8000)


@pytest.mark.parametrize("text", ["0", "65536", "-1", "http", "8000.0", "²"])
def test_what_is_no_port_is_refused(text):
    with pytest.raises(argparse.ArgumentTypeError, match=r"must lie in 1 \.\. 65535"):
        port_number(text)


@pytest.mark.skipif(os.name == "nt", reason="Windows sends Ctrl-C to whole consoles only")
def test_ctrl_c_stops_cleanly(tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "index.md").write_text("# Hello\n", "utf-8")
    (tmp_path / "mkdocs.yml").write_text("site_name: x\ntheme: {name: material, font: false}\n")
    program = (
        "import sys; from pathlib import Path; from scripts.commands import generator, serve\n"
        f"generator.ROOT = Path({str(tmp_path)!r}); serve.ensure_web_assets = lambda: None\n"
        f"sys.exit(serve.main(['--port', '{free_port()}']))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        lines = []
        for line in process.stdout:
            lines.append(line)
            if "Serving on" in line:
                time.sleep(0.3)
                process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == 0, "".join(lines)
    assert "Shutting down" in lines[-1]
    assert "Traceback" not in "".join(lines)


# --- test and bench ------------------------------------------------------------------------------


def test_pytest_runs_last_and_fast_leaves_out_site_and_browser():
    steps = list(all_checks.steps(fast=True, pytest=["-x"]))
    assert [step.name for step in steps] == ["lint", "format", "types", "types js", "tests"]
    assert steps[-1].command[-3:] == ("-m", "not (site or browser)", "-x")


def test_two_processes_share_all_tests_and_what_is_handed_on_goes_to_one():
    tests, browser = list(all_checks.steps(fast=False, pytest=[]))[-2:]
    assert (tests.beside, browser.beside) == (False, True)
    assert tests.command[-1] == f"not ({browser.command[-1]})"
    *_, before, alone = all_checks.steps(fast=False, pytest=["-k", "softmax"])
    assert (before.name, alone.beside) == ("types js", False)
    assert alone.command[-3:] == ("pytest", "-k", "softmax")


def test_steps_beside_each_other_run_at_once_and_are_told_one_after_the_other(capfd, tmp_path):
    """Each waits for the other's file, so one alone would never end."""
    code = """if True:
        import pathlib, sys, time
        mine, other = map(pathlib.Path, sys.argv[1:])
        mine.touch()
        while not other.exists():
            time.sleep(0.01)
        for n in range(200):
            print(f"{mine.name} 한글 {n}")
        print("2 passed in 0.01s", end="")
    """
    one, other = str(tmp_path / "one"), str(tmp_path / "other")
    pair = [
        all_checks.Step("tests", (sys.executable, "-X", "utf8", "-c", code, one, other)),
        all_checks.Step("browser", (sys.executable, "-X", "utf8", "-c", code, other, one), True),
    ]
    results = all_checks.run(pair)
    assert [result.summary for result in results] == ["2 passed in 0.01s"] * 2
    said = capfd.readouterr().out
    told = re.findall(r"^(one|other) 한글 \d+$", said, re.M)
    assert told == ["one"] * 200 + ["other"] * 200


def test_lint_and_types_cover_the_commands():
    for step in list(all_checks.steps(fast=False, pytest=[]))[:3]:
        assert str(Path("scripts") / "build") in step.command


def test_types_cover_every_script_of_the_pages_and_a_wrong_one_is_told(tmp_path: Path):
    step = next(one for one in all_checks.steps(fast=True, pytest=[]) if one.name == "types js")
    *compiler, _, project = step.command
    settings = json.loads((Path(project) / "tsconfig.json").read_text("utf-8"))
    assert settings["include"] == ["../../docs/sw.js", "../../docs/assets/js/**/*.js"]
    assert settings["compilerOptions"]["checkJs"]
    wrong = tmp_path / "wrong.js"
    wrong.write_text('/** @param {number} n */\nconst f = (n) => n;\nf("one");\n', "utf-8")
    settings["include"] = [str(wrong)]
    (tmp_path / "tsconfig.json").write_text(json.dumps(settings), "utf-8")
    done = subprocess.run([*compiler, "--project", str(tmp_path)], capture_output=True, text=True)
    assert done.returncode != 0
    assert "wrong.js(3,3)" in done.stdout


def test_a_failed_step_is_named_and_the_next_ones_still_run(monkeypatch, capfd):
    fail = all_checks.Step("lint", (sys.executable, "-c", "raise SystemExit(2)"))
    say = "print('===== 3 passed, 1 skipped in 0.12s =====')"
    succeed = all_checks.Step("tests", (sys.executable, "-c", say))
    monkeypatch.setattr(all_checks, "steps", lambda **_: [fail, succeed])
    monkeypatch.setattr(all_checks, "ensure_web_assets", lambda: None)
    assert all_checks.main([]) == 1
    *_, first, last = capfd.readouterr().out.splitlines()
    assert re.fullmatch(r"lint +FAILED +[\d.]+ s", first)
    assert re.fullmatch(r"tests +ok +[\d.]+ s  3 passed, 1 skipped in 0\.12s", last)


@pytest.mark.parametrize(
    ("line", "summary"),
    [
        (
            "\x1b[32m== \x1b[1m5 passed\x1b[0m in 61.20s (0:01:01) ==\x1b[0m",
            "5 passed in 61.20s (0:01:01)",
        ),
        ("1 failed, 2 passed, 1 warning in 0.10s", "1 failed, 2 passed, 1 warning in 0.10s"),
        ("==== no tests ran in 0.01s ====", "no tests ran in 0.01s"),
        ("tests/test_xor.py .....", ""),
        ("FAILED tests/test_x.py::test_y - 2 errors in 3 files", ""),
    ],
)
def test_the_summary_line_of_pytest_is_recognized(line, summary):
    assert all_checks.pytest_summary(line) == summary


def test_an_unknown_benchmark_is_told_with_those_there_are(tmp_path, monkeypatch, capsys):
    (tmp_path / "engine.py").write_text("", "utf-8")
    monkeypatch.setattr(bench, "BENCHMARKS", tmp_path)
    with pytest.raises(SystemExit) as end:
        bench.main(["speed"])
    assert end.value.code == 2
    assert re.search(r"invalid choice: 'speed' \(choose from '?engine'?\)", capsys.readouterr().err)


# --- new-concept ---------------------------------------------------------------------------------


@pytest.fixture
def book(tmp_path):
    """A copy of what `new-concept` reads and of what its stubs import."""
    shutil.copytree(ROOT / "snippets", tmp_path / "snippets")
    shutil.copytree(ROOT / "tests" / "cases", tmp_path / "tests" / "cases")
    for name in ("mkdocs.yml", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "docs").mkdir()
    shutil.copy(ROOT / "docs" / "syllabus.toml", tmp_path / "docs")
    return tmp_path


NO_TITLES = {"ko": None, "en": None}


@pytest.mark.parametrize("slug", ["made-up", "zero-shot-learning-with-a-long-name"])
def test_the_stubs_are_working_code_that_passes_lint_and_tests(book, slug):
    written = write_concept(slug, {"ko": "배치 크기", "en": "T" * 60}, book)
    code = [str(path) for path in written if path.suffix == ".py"]
    module, _, test, _ = code
    for command in (
        ["ruff", "check", "--no-cache", *code],
        ["ruff", "format", "--no-cache", "--check", *code],
        ["pytest", "-q", "-p", "no:cacheprovider", module, test],
        ["pyright", "--pythonpath", sys.executable, *code[:2]],
    ):
        done = subprocess.run(
            [sys.executable, "-m", *command],
            cwd=book,
            env={**os.environ, "PYRIGHT_PYTHON_IGNORE_WARNINGS": "1"},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_every_text_that_the_stubs_leave_open_is_marked(book):
    written = write_concept("made-up", NO_TITLES, book)
    open_files = {
        path.as_posix() for path in written if "TODO(made-up)" in (book / path).read_text("utf-8")
    }
    assert open_files == {
        "snippets/made_up.py",
        "snippets/figures/made_up.py",
        "docs/ko/made-up.md",
        "docs/en/made-up.md",
        "tests/test_made_up.py",
    }


def test_a_new_concept_stands_last_in_nav_and_syllabus(book):
    write_concept("made-up", {"ko": "배치 크기", "en": "Batch size"}, book)
    places = nav_lines((book / "mkdocs.yml").read_text("utf-8"))
    assert "made-up.md" in places
    parts = tomllib.loads((book / "docs" / "syllabus.toml").read_text("utf-8"))["part"]
    assert parts[-1]["concept"][-1] == {"slug": "made-up", "ko": "배치 크기", "en": "Batch size"}


def test_a_planned_concept_has_its_title_and_place(book):
    slug = "backpropagation"
    for path in book.rglob("*"):
        if path.stem in {slug, f"test_{slug}"}:
            path.unlink()
    settings = "nav:\n  - index.md\n  - part:\n    - loss.md\n    - lstm.md\n  - about.md\n"
    (book / "mkdocs.yml").write_text(settings, "utf-8")
    before = (book / "docs" / "syllabus.toml").read_text("utf-8")
    write_concept(slug, NO_TITLES, book)
    assert (book / "mkdocs.yml").read_text("utf-8") == settings.replace(
        "    - loss.md\n", "    - loss.md\n    - backpropagation.md\n"
    )
    assert (book / "docs" / "syllabus.toml").read_text("utf-8") == before
    assert "\n# 역전파\n" in (book / "docs" / "ko" / f"{slug}.md").read_text("utf-8")


def test_the_example_of_the_readme_keeps_the_module_and_writes_what_is_missing(book):
    slug = re.search(r"scripts/new-concept ([a-z-]+)", (ROOT / "README.md").read_text("utf-8"))[1]
    name = slug.replace("-", "_")
    (book / "snippets" / "figures" / f"{name}.py").unlink(missing_ok=True)
    settings = (book / "mkdocs.yml").read_text("utf-8").splitlines(keepends=True)
    without = "".join(line for line in settings if f"- {slug}.md" not in line)
    (book / "mkdocs.yml").write_text(without, "utf-8")
    module = (book / "snippets" / f"{name}.py").read_bytes()
    written = write_concept(slug, NO_TITLES, book)
    assert {path.as_posix() for path in written} == {
        "mkdocs.yml",
        f"snippets/figures/{name}.py",
        f"docs/ko/{slug}.md",
        f"docs/en/{slug}.md",
    }
    assert (book / "snippets" / f"{name}.py").read_bytes() == module
    claims = {c.slug: c.claims for part in load_syllabus(book) for c in part.concepts}[slug]
    for language in ("ko", "en"):
        path = Path("docs", language, f"{slug}.md")
        page = parse_page(path, language, (book / path).read_text("utf-8"))
        assert {claim.value for claim in page.claims} >= set(claims)
        _, mistakes = run_pages([page])
        assert mistakes == []
    figure = str(book / "snippets" / "figures" / f"{name}.py")
    for command in (["check"], ["format", "--check"]):
        done = subprocess.run([sys.executable, "-m", "ruff", *command, "--no-cache", figure])
        assert done.returncode == 0


@pytest.mark.parametrize("slug", ["Batch", "made_up", "2d", "-a", "a-", "a--b", "배치", "../x", ""])
def test_a_bad_name_is_refused_with_an_example(book, slug):
    with pytest.raises(ConceptError, match="like batch-size"):
        write_concept(slug, NO_TITLES, book)


@pytest.mark.parametrize("title", ['The "best"', "back\\slash", "", "x" * 61])
def test_a_title_that_no_page_can_hold_is_refused(book, title):
    before = contents(book)
    with pytest.raises(ConceptError, match="is no title"):
        write_concept("made-up", {"ko": "배치 크기", "en": title}, book)
    assert contents(book) == before


@pytest.mark.parametrize("slug", ["lambda", "figures", "index"])
def test_a_name_with_another_meaning_is_refused(book, slug):
    with pytest.raises(ConceptError, match="another meaning"):
        write_concept(slug, NO_TITLES, book)


def contents(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("settings", [None, "nav: [index.md]\n", "nav:\n  - taken-name.md\n"])
def test_a_taken_name_or_a_strange_nav_is_refused_and_nothing_is_written(book, settings):
    if settings is None:
        (book / "tests" / "test_taken_name.py").write_text("", "utf-8")
    else:
        (book / "mkdocs.yml").write_text(settings, "utf-8")
    before = contents(book)
    with pytest.raises(ConceptError, match=r"exists already|no `- page\.md` line|already, without"):
        write_concept("taken-name", NO_TITLES, book)
    assert contents(book) == before


def test_the_command_fails_in_words(capsys):
    assert new_concept.main(["Bad_Name"]) == 1
    assert capsys.readouterr().err.startswith("scripts/new-concept: 'Bad_Name' is no name")


def test_no_stub_was_left_unwritten():
    left = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for folder, pattern in (("snippets", "*.py"), ("docs", "*.md"), ("tests", "test_*.py"))
        for path in sorted((ROOT / folder).rglob(pattern))
        if path != Path(__file__)
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if re.search(r"TODO\([a-z0-9-]+\)", line)
    ]
    assert left == []
