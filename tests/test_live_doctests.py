"""Every doctest of the package holds in the browser's Python, also of modules without a page yet.

The examples are read here and run there, one module after the other in one wasm Python: it has
neither the module doctest nor the docstrings.  What they print is compared as doctest would.
"""

from __future__ import annotations

import doctest
import importlib
import json

import pytest

from tests.live_python import answers
from tests.test_package_contract import MODULES

FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
RUN = """
import contextlib, importlib, io, json

def printed(source, namespace):
    out = io.StringIO()
    try:
        with contextlib.redirect_stdout(out):
            exec(compile(source, "<doctest>", "single"), namespace)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return out.getvalue()

def run(module, tests):
    names = vars(importlib.import_module(f"snippets.{module}"))
    spaces = [dict(names) for _ in tests]
    print(json.dumps([[printed(s, space) for s in test] for test, space in zip(tests, spaces)]))
"""


def doctests(module):
    namespace = importlib.import_module(f"snippets.{module}")
    return [test.examples for test in doctest.DocTestFinder().find(namespace) if test.examples]


def job(code):
    return {"type": "run", "namespace": "doctests", "code": code}


@pytest.fixture(scope="module")
def answered(tmp_path_factory):
    """Every module's answer: what each of its examples printed, or why there is none."""
    sources = {
        module: [[example.source for example in test] for test in doctests(module)]
        for module in MODULES
    }
    jobs = [job(f"run({module!r}, {tests!r})") for module, tests in sources.items()]
    given = answers([job(RUN), *jobs], tmp_path_factory.mktemp("wasm"))
    return dict(zip(MODULES, given[1:], strict=True))


def holds(example, output):
    wanted = example.exc_msg or example.want
    return doctest.OutputChecker().check_output(wanted.strip(), output.strip(), FLAGS)


@pytest.mark.parametrize("module", MODULES)
def test_every_doctest_holds_in_the_browser(module, answered):
    answer = answered[module]
    assert answer["kind"] == "done", answer["error"]
    outputs = json.loads(answer["output"])
    wrong = [
        f"{example.source} printed {output!r}, not {example.exc_msg or example.want!r}"
        for test, printed in zip(doctests(module), outputs, strict=True)
        for example, output in zip(test, printed, strict=True)
        if not holds(example, output)
    ]
    assert wrong == []
    assert outputs, f"snippets/{module}.py has no doctest"


@pytest.mark.parametrize(
    ("example", "output", "same"),
    [
        (doctest.Example("1 + 1\n", "2\n"), "2\n", True),
        (doctest.Example("1 + 1\n", "2\n"), "3\n", False),
        (doctest.Example("f()\n", "", "ValueError: f: x\n"), "ValueError: f: x", True),
        (doctest.Example("f()\n", "", "ValueError: f: x\n"), "", False),
    ],
)
def test_an_example_holds_only_if_it_prints_what_it_says(example, output, same):
    assert holds(example, output) is same
