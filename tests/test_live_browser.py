"""Python in the page, in a real browser, from a plain static server below a path.

The page here has the content policy of the site and nothing but the engine; cells and buttons are
tested in test_live_ui_browser.py.
"""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from scripts import reader
from scripts.live import pack, site
from tests.conftest import SUB_PATH, DamagesOnce, serving
from tests.live_python import runtime_or_skip

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parent.parent
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<link rel="icon" href="data:,"><title>engine</title>
<script type="module">
  import * as live from "./assets/js/live/client.js";
  window.live = live;
  window.refusal = (error) => ({{ kind: error.kind, file: error.file, name: error.name }});
  window.pause = (ms) => new Promise((done) => setTimeout(done, ms));
</script>"""
# Says which ways out a worker has before and after it is locked, and how text could become code.
PROBE = """
import { lockDown } from "./assets/js/live/lockdown.js";
const post = postMessage.bind(self);
const outward = ["fetch", "XMLHttpRequest", "WebSocket", "EventSource", "importScripts", "Worker",
  "caches", "indexedDB", "navigator", "BroadcastChannel", "FontFace", "WebTransport", "Request",
  "Response", "postMessage", "location", "eval", "addEventListener"];
const present = () => outward.filter((name) => globalThis[name] !== undefined);
const before = present().length;
lockDown();
const ways = {
  Function: () => new Function("return 1"),
  constructor: () => (() => 1).constructor("return 1"),
  async: () => (async () => 1).constructor("return 1"),
  generator: () => (function* () {}).constructor("return 1"),
  both: () => (async function* () {}).constructor("return 1"),
  reflect: () => Reflect.construct(Object.getPrototypeOf(Object.assign).constructor, ["return 1"]),
  timeout: () => setTimeout("1", 0),
};
const made = Object.keys(ways).filter((name) => {
  try {
    ways[name]();
    return true;
  } catch {
    return false;
  }
});
post({ before, left: present(), made });
"""
Open = Callable[..., Any]


def lay_out(folder: Path) -> None:
    """Put a page with the engine, as the build places it, into `folder`."""
    runtime, own = runtime_or_skip(), pack.project_pack()
    name, manifest = site.manifest_of(runtime, own)
    live = folder / site.FOLDER
    shutil.copytree(ROOT / "docs/assets/js/live", folder / "assets/js/live")
    shutil.copytree(runtime.folder, live / runtime.version)
    (live / site.project_version(own)).mkdir()
    (live / site.project_version(own) / site.OWN_FILE).write_bytes(own)
    (live / name).write_bytes(manifest)
    (folder / "probe.js").write_text(PROBE, "utf-8")
    (folder / "index.html").write_text(
        site.announce(PAGE.format(policy=reader.POLICY), name), "utf-8"
    )


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("engine")
    lay_out(folder)
    with serving(folder) as address:
        yield address


@pytest.fixture
def damaged(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A copy of the engine whose files a test may harm."""
    lay_out(tmp_path)
    with serving(tmp_path) as address:
        yield tmp_path, address


@pytest.fixture(scope="module")
def tab(browser: Any, engine: str) -> Iterator[Any]:
    """A page in which Python is loaded; no error and no foreign request may come from it."""
    context = browser.new_context()
    opened = context.new_page()
    opened.problems = []
    opened.requests = []
    opened.on("pageerror", lambda error: opened.problems.append(str(error)))
    opened.on("console", lambda m: opened.problems.append(m.text) if m.type == "error" else None)
    context.on("request", lambda request: opened.requests.append(request.url))
    opened.goto(engine)
    opened.wait_for_function("window.live")
    opened.evaluate("live.start()")
    yield opened
    context.close()
    assert opened.problems == []
    own = tuple(start + engine.split("/")[2] for start in ("http://", "blob:http://"))
    assert [url for url in opened.requests if not url.startswith((*own, "data:"))] == []


def run(tab: Any, code: str, namespace: str = "page") -> dict[str, Any]:
    return tab.evaluate("([space, code]) => live.run(space, code)", [namespace, code])


def python_of(page: Open, address: str) -> Any:
    """Open a page whose engine has not been started."""
    opened = page(address)
    opened.wait_for_function("window.live")
    return opened


# --- loading -------------------------------------------------------------------------------------


def test_nothing_but_the_client_is_loaded_before_the_start(page: Open, engine: str):
    opened = python_of(page, engine)
    loaded = opened.evaluate("performance.getEntriesByType('resource').map((one) => one.name)")
    assert [url for url in loaded if not url.endswith("client.js")] == []


def test_loading_tells_how_many_bytes_have_come(page: Open, engine: str):
    opened = python_of(page, engine)
    told = opened.evaluate(
        "async () => { const told = [];"
        " await live.start({onProgress: ({loaded, total}) => told.push([loaded, total])});"
        " return told }"
    )
    counts = [loaded for loaded, _ in told]
    assert counts == sorted(counts)
    assert len({total for _, total in told}) == 1
    assert told[-1][0] == told[-1][1] > 7e6


def test_a_missing_file_is_told_and_the_next_try_succeeds(page: Open, damaged: tuple[Path, str]):
    folder, address = damaged
    packed = next(folder.glob("assets/live/*/python.pak.gz"))
    packed.rename(packed.with_suffix(".away"))
    opened = python_of(page, address)
    told = opened.evaluate("live.run('page', '1').catch(refusal)")
    assert (told["name"], told["kind"]) == ("LiveError", "renewed")
    assert told["file"].endswith("python.pak.gz")
    assert opened.evaluate("live.state().phase") == "idle"
    packed.with_suffix(".away").rename(packed)
    assert run(opened, "1 + 1")["output"] == "2\n"
    opened.watched.errors.clear()  # the browser reports the missing file


def test_a_browser_that_makes_no_worker_is_told_and_the_next_try_is_a_new_one(
    page: Open, engine: str
):
    opened = python_of(page, engine)
    told = opened.evaluate(
        "async () => { const { Worker } = window;"
        " window.Worker = class { constructor() { throw new Error('no workers') } };"
        " const told = await live.run('page', '1').catch(refusal);"
        " window.Worker = Worker; return [told.name, told.kind, live.state().phase] }"
    )
    assert told == ["LiveError", "unsupported", "idle"]
    assert run(opened, "1 + 1")["output"] == "2\n"


@pytest.mark.parametrize("name", ["python.pak.gz", "pyodide.asm.wasm.gz", "pyodide.asm.js.gz"])
def test_a_corrupted_file_is_told_by_its_name(page: Open, damaged: tuple[Path, str], name: str):
    folder, address = damaged
    path = next(folder.glob(f"assets/live/*/{name}"))
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    told = python_of(page, address).evaluate("live.start().catch(refusal)")
    assert told["kind"] == "corrupt"
    assert told["file"].endswith(name)


@pytest.mark.parametrize("name", ["python.pak.gz", "pyodide.asm.wasm.gz"])
def test_a_file_that_came_damaged_is_fetched_anew_though_the_browser_keeps_it(
    page: Open, tmp_path: Path, name: str
):
    lay_out(tmp_path)
    damages = {name}
    handler = type("Handler", (DamagesOnce,), {"damages": damages})
    with serving(tmp_path, handler) as address:
        assert run(python_of(page, address), "1 + 1")["output"] == "2\n"
    assert damages == set(), "nothing was damaged"


def test_an_unpacked_file_of_another_content_is_refused(page: Open, damaged: tuple[Path, str]):
    folder, address = damaged
    own = next(folder.glob("assets/live/*/project.pak.gz"))
    own.write_bytes(pack.compress(b"LPK1\x08\0\0\0{}      "))
    told = python_of(page, address).evaluate("live.start().catch(refusal)")
    assert (told["kind"], told["file"].endswith("project.pak.gz")) == ("corrupt", True)


def test_files_that_the_server_unpacks_itself_are_taken(page: Open, damaged: tuple[Path, str]):
    folder, address = damaged
    for path in folder.glob("assets/live/*/*.gz"):
        path.write_bytes(gzip.decompress(path.read_bytes()))
    assert run(python_of(page, address), "1 + 1")["output"] == "2\n"


def test_python_starts_where_the_host_sends_the_policy_with_every_file(page: Open, engine: str):
    """A worker obeys the headers of its own file, which a plain host does not send."""
    opened = page("about:blank")
    policy = f"{reader.POLICY}; frame-ancestors 'self'"

    def with_policy(route: Any) -> None:
        answer = route.fetch()
        route.fulfill(
            response=answer, headers={**answer.headers, "Content-Security-Policy": policy}
        )

    opened.route(f"{engine}**/*.js", with_policy)
    opened.goto(engine)
    opened.wait_for_function("window.live")
    assert run(opened, "1 + 1")["output"] == "2\n"
    opened.watched.foreign.clear()  # "about:blank" has no host


# --- running -------------------------------------------------------------------------------------


def test_a_cell_prints_and_shows_its_last_value(tab: Any):
    result = run(tab, "print('a')\n6 * 7")
    assert (result["kind"], result["output"], result["line"]) == ("done", "a\n42\n", 0)


def test_output_comes_while_the_cell_runs(tab: Any):
    pieces = tab.evaluate(
        "async () => { const pieces = [];"
        " const code = 'import time\\nfor i in range(3):\\n    print(i); time.sleep(0.1)';"
        " const {output} = await live.run('page', code, {onOutput: (text) => pieces.push(text)});"
        " return {pieces, output} }"
    )
    assert len(pieces["pieces"]) > 1
    assert "".join(pieces["pieces"]) == pieces["output"] == "0\n1\n2\n"


def test_what_was_printed_is_seen_although_the_code_prints_no_more(tab: Any):
    output = tab.evaluate(
        "async () => { let output = ''; let seen; const shown = new Promise((then) => seen = then);"
        " const onOutput = (text) => { output += text; if (output === 'a\\nb\\n') seen() };"
        ' const code = \'print("a")\\nprint("b")\\nwhile True: pass\';'
        " const ran = live.run('page', code, {onOutput});"
        " await shown; live.stop(); return (await ran).output }"
    )
    assert output == "a\nb\n"


def test_cells_share_their_variables_and_pages_do_not(tab: Any):
    run(tab, "shared = 5", "one")
    assert run(tab, "shared", "one")["output"] == "5\n"
    assert run(tab, "shared", "two")["error"]["type"] == "NameError"


def test_reset_forgets_one_namespace(tab: Any):
    run(tab, "gone = 1", "one")
    run(tab, "kept = 1", "two")
    tab.evaluate("live.reset('one')")
    assert run(tab, "gone", "one")["kind"] == "error"
    assert run(tab, "kept", "two")["kind"] == "done"


def test_an_error_names_the_readers_own_lines_only(tab: Any):
    code = "import numpy as np\ndef outer(x):\n    return np.linalg.inv(x)\n\nouter(np.ones(3))"
    result = run(tab, code)
    assert (result["kind"], result["line"]) == ("error", 3)
    assert [frame["line"] for frame in result["error"]["frames"]] == [5, 3]
    assert "numpy/linalg" not in result["error"]["traceback"]
    assert result["error"]["traceback"].splitlines()[-1].startswith("numpy.linalg.LinAlgError: ")


def test_a_line_of_an_earlier_cell_is_told_apart(tab: Any):
    run(tab, "def broken():\n    return 1 / 0", "earlier")
    result = run(tab, "x = 1\nbroken()", "earlier")
    assert result["line"] == 2
    assert [frame["here"] for frame in result["error"]["frames"]] == [True, False]


@pytest.mark.parametrize(
    ("code", "hint", "data"),
    [
        ("weigths = 1\nweights", "name-not-defined", {"name": "weights", "similar": "weigths"}),
        ("np.ones((2, 3)) @ np.ones((2, 3))", "shape-mismatch", {"shapes": [], "sizes": [2, 3]}),
        ("np.ones(2) + np.ones(3)", "shape-mismatch", {"shapes": ["(2,)", "(3,)"], "sizes": []}),
        ("if True:\nx = 1", "indentation", {"tabs": False}),
        ("if True\n    x = 1", "syntax", {"problem": "colon"}),
        ("print((1, 2)", "syntax", {"problem": "bracket"}),
        ("np.arange(3)[5]", "index", {"index": 5, "size": 3}),
        ("1 / 0", "zero-division", {}),
        ("len()", "type", {"missing": "", "unexpected": ""}),
        ("def f(a): pass\nf()", "type", {"missing": "a", "unexpected": ""}),
        ("{}['a']", "key", {"key": "'a'"}),
        ("np.arrange", "attribute", {"object": "numpy", "name": "arrange", "similar": "arange"}),
        ("def f(): return f()\nf()", "recursion", {}),
        ("import torch", "import", {"module": "torch"}),
        ("np.linalg.solve(np.ones((2, 2)), np.ones(2))", "singular", {}),
    ],
)
def test_frequent_mistakes_are_recognised(tab: Any, code: str, hint: str, data: dict[str, Any]):
    result = run(tab, f"import numpy as np\n{code}", f"mistake {code}")
    assert result["kind"] == "error"
    assert result["error"]["hint"] == {"id": hint, "data": data}
    assert result["line"] >= 2


def test_a_flood_of_output_is_capped_and_the_engine_goes_on(tab: Any):
    result = run(tab, "survivor = 3\nwhile True:\n    print('x' * 70)")
    assert (result["kind"], len(result["output"])) == ("flood", 20_000)
    assert run(tab, "survivor")["output"] == "3\n"


def test_large_temporaries_do_not_kill_the_interpreter(tab: Any):
    assert run(tab, "import numpy as np\nx = np.ones(10**6)\nfloat((x + x + x).sum())")[
        "output"
    ] == ("3000000.0\n")


# --- checking and calling ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "test", "kind", "part"),
    [
        ("answer = 42", "assert answer == 42", "passed", "check"),
        ("answer = 41", "assert answer == 42, 'look at the last digit'", "failed", "check"),
        ("answer = nothing", "assert answer == 42", "error", "code"),
        ("assert False", "assert True", "error", "code"),
        ("assert 1 < 2", "", "passed", "code"),
        ("assert 2 < 1, 'no'", "", "failed", "code"),
    ],
)
def test_answers_and_claims_are_checked(tab: Any, code: str, test: str, kind: str, part: str):
    result = tab.evaluate("([code, test]) => live.check('checks', code, test)", [code, test])
    assert (result["kind"], result["part"]) == (kind, part)
    if kind == "failed":
        assert result["error"]["message"] in code + test


def test_a_check_leaves_the_page_as_it_was(tab: Any):
    run(tab, "values = [1]", "quiet")
    tab.evaluate("live.check('quiet', 'values.append(2); extra = 1', '')")
    assert run(tab, "values", "quiet")["output"] == "[1]\n"
    assert run(tab, "extra", "quiet")["error"]["type"] == "NameError"


def test_a_call_takes_and_returns_typed_arrays(tab: Any):
    given = tab.evaluate(
        "async () => { const z = {shape: [2, 1], data: new Float32Array([0, 100])};"
        " const {kind, value} = await live.call('snippets.activations.sigmoid', {z});"
        " return [kind, value.shape, value.data.constructor.name, [...value.data]] }"
    )
    assert given == ["done", [2, 1], "Float32Array", [0.5, 1]]


def test_a_call_makes_a_generator_from_a_seed(tab: Any):
    given = tab.evaluate(
        "async () => { const args = {rng: {seed: 3}, hidden: 4};"
        " const {kind, value} = await live.call('snippets.xor.initial', args);"
        " return [kind, [...value.w1.data]] }"
    )
    assert given == ["done", np.random.default_rng(3).standard_normal((2, 4)).ravel().tolist()]


def test_a_call_reaches_the_package_only(tab: Any):
    result = tab.evaluate("live.call('os.getcwd', {})")
    assert (result["kind"], result["error"]["type"]) == ("error", "ValueError")


def test_of_waiting_calls_with_one_key_the_newest_is_made(tab: Any):
    kinds = tab.evaluate(
        "Promise.all([0, 1, 2, 3].map((z) =>"
        " live.call('snippets.activations.tanh', {z: [z]}, {key: 'slider'})"
        " .then(({kind, value}) => kind === 'done' ? Math.round(value.data[0] * 100) : kind)))"
    )
    assert kinds == [0, "superseded", "superseded", 100]


# --- stopping ------------------------------------------------------------------------------------

STOPPED = """async (code) => {
  const result = live.run("stop", code);
  await pause(400);
  const asked = performance.now();
  live.stop();
  const told = await result;
  return { ...told, waited: performance.now() - asked };
}"""


@pytest.mark.parametrize(
    "loop",
    [
        "while True: pass",
        "import time\ntime.sleep(60)",
        "import numpy as np\nwhile True: np.ones((50, 50)) @ np.ones((50, 50))",
    ],
)
def test_an_endless_loop_is_stopped_within_half_a_second_and_variables_stay(tab: Any, loop: str):
    epoch = tab.evaluate("live.state().epoch")
    told = tab.evaluate(STOPPED, f"kept = 'here'\n{loop}")
    assert told["kind"] == "stopped"
    assert told["waited"] < 500
    assert run(tab, "kept", "stop")["output"] == "'here'\n"
    assert tab.evaluate("live.state().epoch") == epoch


# One turn of the loop takes 90 ms in C, so Python looks for Stop every 1.5 seconds or so.
# "b" waits for such a look to be sent: when it has come, the next look is as far away as it can be.
SLOW_LOOP = """
import time
n = 1_000_000
began = time.perf_counter()
sum(range(n))
n = int(n * 0.09 / (time.perf_counter() - began))
kept = "here"
for turn in range(10**9):
    sum(range(n))
    if turn == 25:
        print("a")
        print("b")
"""


def test_a_slow_loop_is_given_the_time_to_notice_stop_and_variables_stay(tab: Any):
    kind, waited = tab.evaluate(
        "async (code) => { let output = ''; let seen;"
        " const shown = new Promise((then) => seen = then);"
        " const onOutput = (text) => { output += text; if (output === 'a\\nb\\n') seen() };"
        " const ran = live.run('slow', code, {onOutput}); await Promise.race([shown, ran]);"
        " await pause(150); const asked = performance.now(); live.stop();"
        " return [(await ran).kind, performance.now() - asked] }",
        SLOW_LOOP,
    )
    print(f"stopped after {waited:.0f} ms")
    assert kind == "stopped"
    assert run(tab, "kept", "slow")["output"] == "'here'\n"


def test_stop_drops_what_waits(tab: Any):
    kinds = tab.evaluate(
        "async () => { const jobs = [live.run('stop', 'while True: pass'), live.run('stop', '1')];"
        " await pause(300); live.stop();"
        " return (await Promise.all(jobs)).map(({kind}) => kind) }"
    )
    assert kinds == ["stopped", "stopped"]


ENDLESS_IN_C = "import itertools\nall(itertools.count(1))"


def test_a_loop_that_does_not_heed_is_killed_and_python_starts_anew(tab: Any):
    epoch = tab.evaluate("live.state().epoch")
    told = tab.evaluate(STOPPED, f"print('before', flush=True)\n{ENDLESS_IN_C}")
    assert (told["kind"], told["reason"], told["output"]) == ("killed", "stop", "before\n")
    assert 1000 < told["waited"] < 2500
    assert run(tab, "6 * 7", "stop")["output"] == "42\n"
    assert tab.evaluate("live.state().epoch") == epoch + 1


def test_a_cell_that_catches_the_interrupt_is_ended_all_the_same(tab: Any):
    stubborn = "while True:\n    try:\n        while True: pass\n    except BaseException: pass"
    told = tab.evaluate(STOPPED, stubborn)
    assert told["kind"] in ("stopped", "killed")
    assert told["waited"] < 2500
    assert run(tab, "6 * 7", "stop")["output"] == "42\n"


def test_python_that_starts_anew_downloads_nothing(tab: Any):
    seen = len(tab.requests)
    tab.evaluate(STOPPED, ENDLESS_IN_C)
    assert run(tab, "1")["kind"] == "done"
    assert [url for url in tab.requests[seen:] if url.endswith((".gz", ".json"))] == []


# --- walls ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "code",
    [
        "import js",
        "import pyodide_js",
        "from js import document",
        "import urllib.request",
        "import pyodide.code\npyodide.code.run_js('1')",
        "import pyodide.http\nimport asyncio\npyodide.http.open_url('./')",
        "import socket\nsocket.create_connection(('127.0.0.1', 80), timeout=1)",
        "from pyodide.webloop import scheduleCallback as f\nf.constructor('return fetch')()",
        "from pyodide.webloop import scheduleCallback as f\n"
        "f.constructor.constructor('return fetch')()",
    ],
)
def test_a_cell_reaches_neither_network_nor_page(tab: Any, code: str):
    seen = len(tab.requests)
    assert run(tab, code, "walls")["kind"] == "error"
    assert [url for url in tab.requests[seen:] if not url.startswith("blob:")] == []


def test_a_locked_worker_holds_nothing_that_leads_out(tab: Any):
    """Even with JavaScript at hand: what a worker's own global scope still holds."""
    found = tab.evaluate(
        "new Promise((done) => {"
        " const probe = new Worker('probe.js', {type: 'module'});"
        " probe.onmessage = ({data}) => done(data); })"
    )
    assert found["before"] > 10
    assert found["left"] == []
    assert found["made"] == []


def test_input_meets_the_end_instead_of_waiting(tab: Any):
    assert run(tab, "input()")["error"]["type"] == "EOFError"


def test_two_tabs_have_a_python_each(page: Open, engine: str):
    first, second = python_of(page, engine), python_of(page, engine)
    run(first, "mine = 1")
    assert run(second, "mine")["error"]["type"] == "NameError"
    assert run(first, "mine")["output"] == "1\n"


def test_the_server_is_a_plain_one_below_a_path(engine: str, tab: Any):
    assert engine.endswith(SUB_PATH)
    assert tab.evaluate("self.crossOriginIsolated") is False
    assert json.loads(tab.evaluate("JSON.stringify(live.available())")) is True
