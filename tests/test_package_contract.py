"""What every public function of the package promises.

It has a docstring with a doctest.  It never changes its arguments.  It takes read-only arrays,
strided views and plain lists, and gives back float32 for float32.  A bad call raises ValueError or
TypeError, and the message names the function and the argument.  The calls stand in
`tests/cases/<module>.py`; a public function without calls there fails.
"""

from __future__ import annotations

import copy
import dataclasses
import importlib
import inspect
import pkgutil
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import snippets
from tests.cases import RNG, Cases

MODULES = [
    info.name
    for info in pkgutil.iter_modules(snippets.__path__)
    if not info.name.startswith("_") and info.name != "figures"
]


def is_record(f):
    """Tell a mere bundle of values (NamedTuple, dataclass) or a Protocol from what computes."""
    return inspect.isclass(f) and (
        hasattr(f, "_fields") or dataclasses.is_dataclass(f) or getattr(f, "_is_protocol", False)
    )


def public_objects():
    """Yield (module, name) of every function and class in an `__all__` that computes something."""
    for module in MODULES:
        namespace = importlib.import_module(f"snippets.{module}")
        for name in namespace.__all__:
            f = getattr(namespace, name)
            if inspect.isroutine(f) or (inspect.isclass(f) and not is_record(f)):
                yield module, name


def registered(module):
    try:
        return importlib.import_module(f"tests.cases.{module}").CASES
    except ModuleNotFoundError:
        return {}


PUBLIC = list(public_objects())
EVERY = [pytest.param(*pair, id=".".join(pair)) for pair in PUBLIC]
GOOD = [
    pytest.param(module, name, i, id=f"{module}.{name}-{i}")
    for module, name in PUBLIC
    for i in range(len(registered(module).get(name, Cases((), ())).good))
]
BAD = [
    pytest.param(module, name, i, id=f"{module}.{name}-{call.argument}-{i}")
    for module, name in PUBLIC
    for i, call in enumerate(registered(module).get(name, Cases((), ())).bad)
]
ELEMENTWISE = [
    pytest.param(module, name, id=f"{module}.{name}")
    for module, name in PUBLIC
    if registered(module).get(name, Cases((), ())).elementwise
]


def lookup(module, name):
    f = getattr(importlib.import_module(f"snippets.{module}"), name)
    return f, registered(module)[name]


def is_instance_of_record(value):
    return dataclasses.is_dataclass(value) and not isinstance(value, type)


def map_arrays(value, change):
    """Apply `change` to every array inside lists, tuples and dicts; make generators fresh.

    A record that the package itself made (NamedTuple, dataclass) holds arrays, never lists.
    """
    if change is np.ndarray.tolist and (hasattr(value, "_fields") or is_instance_of_record(value)):
        return value
    if value is RNG:
        return np.random.default_rng(0)
    if isinstance(value, np.ndarray):
        return change(value)
    if isinstance(value, dict):
        return {key: map_arrays(item, change) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        items = [map_arrays(item, change) for item in value]
        return type(value)(*items) if hasattr(value, "_fields") else type(value)(items)
    if is_instance_of_record(value):
        fields = {f.name: getattr(value, f.name) for f in dataclasses.fields(value) if f.init}
        return dataclasses.replace(value, **map_arrays(fields, change))
    return copy.deepcopy(value) if not callable(value) else value


def perform(f, call, change=lambda a: a.copy()):
    args, kwargs = map_arrays(call.args, change), map_arrays(call.kwargs, change)
    return call.run(f, *args, **kwargs)


def leaves(result):
    """List the numbers and arrays of a result, however it is packed."""
    if isinstance(result, (np.ndarray, np.generic)):
        return [result]
    if isinstance(result, (bool, int, float)):
        return [np.float64(result)]
    if isinstance(result, dict):
        return [leaf for item in result.values() for leaf in leaves(item)]
    if isinstance(result, (list, tuple)):
        return [leaf for item in result for leaf in leaves(item)]
    if dataclasses.is_dataclass(result):
        return [
            leaf for f in dataclasses.fields(result) for leaf in leaves(getattr(result, f.name))
        ]
    if hasattr(result, "data") and isinstance(result.data, np.ndarray):
        return [result.data]
    return []


def assert_same(a, b, rtol=1e-12):
    ours, theirs = leaves(a), leaves(b)
    assert len(ours) == len(theirs)
    for x, y in zip(ours, theirs, strict=True):
        assert np.shape(x) == np.shape(y)
        np.testing.assert_allclose(
            np.asarray(x, np.float64), np.asarray(y, np.float64), rtol=rtol, atol=rtol
        )


def speaker(where):
    """Return the function or class that a message begins with: Tensor of "Tensor.sum: ..."."""
    return re.split(r"[. ]", where)[0]


def names(argument, what):
    """Tell whether a message names the argument, as a whole word: n is not in noise."""
    return re.search(rf"(?<!\w){re.escape(argument)}(?!\w)", what) is not None


def read_only(a):
    view = a.copy()
    view.flags.writeable = False
    return view


def strided(a):
    """Return an equal array whose memory is neither contiguous nor its own."""
    if a.ndim == 0:
        return a.copy()
    wide = np.zeros((*a.shape[:-1], 2 * a.shape[-1]), a.dtype)
    wide[..., ::2] = a
    return wide[..., ::2]


def single(a):
    return a.astype(np.float32) if a.dtype == np.float64 else a.copy()


def test_the_package_has_public_functions():
    assert len(PUBLIC) > 50


@pytest.mark.parametrize("module", MODULES)
def test_module_is_a_short_lecture(module):
    text = importlib.import_module(f"snippets.{module}").__doc__
    assert text
    assert len(text.split()) > 30, f"snippets/{module}.py: the docstring should teach the idea"


@pytest.mark.parametrize(("module", "name"), EVERY)
def test_docstring_holds_a_doctest(module, name):
    f = getattr(importlib.import_module(f"snippets.{module}"), name)
    assert f.__doc__, f"{module}.{name} has no docstring"
    assert ">>>" in f.__doc__, f"{module}.{name} has no doctest"


def parts(f):
    """Return a function, or the public methods of a class."""
    if not inspect.isclass(f):
        return [f]
    return [m for name, m in vars(f).items() if inspect.isfunction(m) and name[0] != "_"]


def said_of_errors(module, f, part):
    """Return the docstrings in which the errors of a function or method may stand.

    What all functions of a module raise is told once, in a paragraph of the module that begins with
    "Raises, ", so that each listing stays short.
    """
    own = f"{part.__doc__}{f.__doc__}"
    general = importlib.import_module(f"snippets.{module}").__doc__.partition("\nRaises, ")[2]
    return (own if re.search(r"\b[Rr]aises\b", own) else "") + general


@pytest.mark.parametrize(("module", "name"), EVERY)
def test_docstring_says_what_is_raised(module, name):
    f = getattr(importlib.import_module(f"snippets.{module}"), name)
    for part in parts(f):
        takes_arguments = set(inspect.signature(part).parameters) - {"self"}
        assert not takes_arguments or said_of_errors(module, f, part), part.__qualname__


@pytest.mark.parametrize("module", MODULES)
def test_module_names_the_source_of_its_formulas(module):
    namespace = importlib.import_module(f"snippets.{module}")
    docs = [namespace, *(getattr(namespace, name) for name in namespace.__all__)]
    assert any(re.search(r"\bSources?[:.] ", value.__doc__ or "") for value in docs)


@pytest.mark.parametrize(("module", "name"), EVERY)
def test_cases_are_registered(module, name):
    entry = registered(module).get(name)
    assert entry, f"tests/cases/{module}.py has no cases for {name}"
    assert entry.good, f"{module}.{name} has no good call"
    takes_arguments = bool(inspect.signature(lookup(module, name)[0]).parameters)
    assert entry.bad or entry.never_bad or not takes_arguments, f"{module}.{name} has no bad call"


@pytest.mark.parametrize("module", MODULES)
def test_no_case_is_left_over(module):
    assert set(registered(module)) <= {name for owner, name in PUBLIC if owner == module}


@pytest.mark.parametrize(("module", "name", "i"), GOOD)
def test_arguments_are_never_changed(module, name, i):
    f, entry = lookup(module, name)
    call = entry.good[i]
    args, kwargs = map_arrays(call.args, np.copy), map_arrays(call.kwargs, np.copy)
    call.run(f, *args, **kwargs)
    assert_same((args, kwargs), (call.args, call.kwargs), rtol=0)


@pytest.mark.parametrize(("module", "name", "i"), GOOD)
def test_read_only_arrays_are_accepted(module, name, i):
    f, entry = lookup(module, name)
    assert_same(perform(f, entry.good[i], read_only), perform(f, entry.good[i]))


@pytest.mark.parametrize(("module", "name", "i"), GOOD)
def test_strided_arrays_are_accepted(module, name, i):
    f, entry = lookup(module, name)
    assert_same(perform(f, entry.good[i], strided), perform(f, entry.good[i]), rtol=1e-9)


@pytest.mark.parametrize(("module", "name", "i"), GOOD)
def test_lists_are_accepted(module, name, i):
    f, entry = lookup(module, name)
    assert_same(perform(f, entry.good[i], np.ndarray.tolist), perform(f, entry.good[i]))


@pytest.mark.parametrize(("module", "name", "i"), GOOD)
def test_float32_stays_float32(module, name, i):
    f, entry = lookup(module, name)
    call = entry.good[i]
    expected, result = leaves(perform(f, call)), leaves(perform(f, call, single))
    given_floats = [a for a in leaves((call.args, call.kwargs)) if isinstance(a, np.ndarray)]
    had_float = any(a.dtype == np.float64 for a in given_floats)
    for wide, narrow in zip(expected, result, strict=True):
        np.testing.assert_allclose(
            np.asarray(narrow, np.float64), np.asarray(wide, np.float64), rtol=1e-3, atol=1e-4
        )
        is_array = isinstance(narrow, np.ndarray) and narrow.dtype.kind == "f"
        if had_float and is_array and not entry.float64_only:
            assert narrow.dtype == np.float32, f"{module}.{name} returns {narrow.dtype}"


@pytest.mark.parametrize(("module", "name", "i"), BAD)
def test_bad_call_names_the_function_and_the_argument(module, name, i):
    f, entry = lookup(module, name)
    call = entry.bad[i]
    with pytest.raises((ValueError, TypeError)) as caught:
        perform(f, call)
    message = str(caught.value)
    where, _, what = message.partition(": ")
    assert speaker(where) == (call.said_by or name), message
    assert names(call.argument, what), message
    assert documents(module, f, caught.type), f"{module}.{name} raises {caught.type.__name__}"


def documents(module, f, error):
    """Tell whether the docstrings name an error, or another function whose errors they are."""
    said = " ".join(said_of_errors(module, f, part) for part in [f, *parts(f)])
    return error.__name__ in said or re.search(r"\b(Raises|raises|errors) (as|in|the same)\b", said)


def test_a_name_is_a_whole_word():
    assert names("n", "n must be an integer")
    assert names("grads", "grads[0].x must be real numbers")
    assert not names("n", "noise must be a number")
    assert not names("b", "x must be finite")


@pytest.mark.parametrize(("module", "name"), ELEMENTWISE)
@settings(deadline=None)  # a busy machine is not a failure
@given(
    z=hnp.arrays(
        st.sampled_from([np.float16, np.float32, np.float64]),
        hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=3),
        elements=st.floats(-8, 8, width=16),
    )
)
def test_elementwise_function_keeps_any_shape_and_dtype(module, name, z):
    f, _ = lookup(module, name)
    y = np.asarray(f(z))
    assert y.shape == z.shape
    assert y.dtype == z.dtype
    assert np.isfinite(y).all()
    one_by_one = [np.asarray(f(number)) for number in z.ravel()]
    np.testing.assert_allclose(
        np.asarray(y.ravel(), np.float64),
        np.asarray(one_by_one, np.float64).reshape(-1),
        rtol=4 * np.finfo(z.dtype).eps,
        atol=4 * np.finfo(z.dtype).eps,
    )


@pytest.mark.parametrize(("module", "name"), ELEMENTWISE)
def test_nan_is_not_hidden(module, name):
    f, _ = lookup(module, name)
    assert np.isnan(np.asarray(f(np.array([0.5, np.nan])))[1])
