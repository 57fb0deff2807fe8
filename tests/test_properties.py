"""Every public function, given almost anything: the right answer, or a sentence that says why not.

The calls are those of `tests/cases`; `tests/mutations.py` changes their arguments.  Said otherwise
(a list, a view, another byte order) the same call gives the same answer.  In a narrower dtype it
gives the answer rounded, in that dtype.  Anything else, wrong shapes, sizes, entries, types, either
gives numbers or raises ValueError or TypeError, and the message names the function, an argument and
what came.  No argument is ever changed.

Single changes are tried one and all, pairs of them as hypothesis draws them.  NumPy may warn where
infinity, or a number whose square is, was put in: its arithmetic says what comes of it.
"""

from __future__ import annotations

import contextlib
import importlib
import inspect
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tests.cases import Cases, Good
from tests.cases.methods import ELSEWHERE, KEEP_DTYPE, METHODS
from tests.mutations import CHANGED, GARBAGE, INFINITE, NARROW, SAME, at, kind_of, places, put
from tests.test_package_contract import (
    PUBLIC,
    assert_same,
    leaves,
    map_arrays,
    names,
    registered,
    speaker,
)

AS_IT_IS = Good((), {}).run
"""What a case does with a function unless it says otherwise: just call it."""

WRITES = {"FlatAdam", "FlatSGD"}
"""What writes into its arrays, and so cannot convert them."""

few = settings(derandomize=True, deadline=None, max_examples=20, database=None)


def every_call():
    """Return all good calls by name: those of functions and classes, then those of methods."""
    calls = {}
    for module, name in PUBLIC:
        f, entry = function_of(module, name), registered(module).get(name, Cases((), ()))
        for i, call in enumerate(entry.good):
            calls[f"{module}.{name}-{i}"] = name, f, call, bool(entry.float64_only)
            made = constructed(f, call)
            if made:
                calls[f"{module}.{name}-made-{i}"] = name, f, made, True
    for path, call in METHODS.items():
        calls[path] = path.split(".")[-1], None, call, path not in KEEP_DTYPE
    return calls


class MadeError(Exception):
    """Leave a call as soon as it has shown what it makes."""


def constructed(f, call):
    """Return the making of a class alone, as a case that does something with one would call it."""
    if not inspect.isclass(f) or call.run is AS_IT_IS or f.__name__ in WRITES:
        return None
    seen = []

    def make(*args, **kwargs):
        seen.append(Good(args, kwargs))
        raise MadeError

    with contextlib.suppress(MadeError):
        call.run(make, *call.args, **call.kwargs)
    return seen[0] if seen else None


def function_of(module, name):
    return getattr(importlib.import_module(f"snippets.{module}"), name)


CALLS = every_call()
EVERY_CALL = pytest.mark.parametrize("call", CALLS)


def arguments_of(call):
    """Return a good call as [args, kwargs], with the defaults written out."""
    _, f, good, _ = CALLS[call]
    args, kwargs = list(good.args), dict(good.kwargs)
    if good.run is AS_IT_IS:
        bound = inspect.signature(f).bind(*args, **kwargs)
        bound.apply_defaults()
        given_names = list(bound.arguments)[: len(args)]
        kwargs = {k: v for k, v in bound.arguments.items() if k not in given_names}
    return [args, kwargs]


def changeable(nest, table):
    """List every (path, how) that a table of mutations offers for a call."""
    return [
        (path, how)
        for path, value in places(nest)
        if len(path) > 1
        for how in table.get(kind_of(value), ())
    ]


def mutated(nest, path, how, table):
    value = at(nest, path)
    kind = kind_of(value)
    return put(nest, path, table[kind][how](value)) if how in table.get(kind, ()) else nest


def perform(call, nest):
    _, f, good, _ = CALLS[call]
    args, kwargs = nest
    return f(*args, **kwargs) if good.run is AS_IT_IS else good.run(f, *args, **kwargs)


def fresh(nest):
    """Copy a call for one use: generators start anew, arrays keep their layout and their flags."""
    return map_arrays(nest, lambda a: a)


def printed(value):
    """Write down everything in a call, so that a change of it would show."""
    if isinstance(value, np.ndarray):
        return f"{value.dtype} {value.shape} {value.tolist()}"
    if isinstance(value, dict):
        return str({key: printed(item) for key, item in value.items()})
    if isinstance(value, (list, tuple)):
        return str([printed(item) for item in value])
    return "" if hasattr(value, "bit_generator") else repr(value)


# --- what a message must hold ---------------------------------------------------------------------


def parameters(f):
    """Name what can be passed to a function, to a class or to its methods, and inside a record."""
    names = set(getattr(f, "_fields", ()))
    methods = [getattr(f, name) for name in dir(f) if not name.startswith("_")]
    for part in [f, *(filter(callable, methods) if inspect.isclass(f) else ())]:
        try:
            names |= set(inspect.signature(part).parameters)
        except (TypeError, ValueError):  # built in, without a signature
            continue
    return names - {"self", "args", "kwargs"}


def public_by_name():
    """Return every function and class of the package that can speak, by name."""
    found = {}
    for module in {module for module, _ in PUBLIC}:
        namespace = importlib.import_module(f"snippets.{module}")
        for name in namespace.__all__:
            if callable(getattr(namespace, name)):
                found.setdefault(name, []).append(getattr(namespace, name))
    return found


BY_NAME = public_by_name()
SAID_BY = {
    "attention": {"softmax"},
    "attention_backward": {"softmax"},
    "attention_weights": {"softmax"},
    "multi_head_attention": {"softmax"},
    "multi_head_attention_backward": {"softmax"},
    "gradients": {"forward_trace"},
    "loss": {"forward_trace"},
    "named_steps": {"forward_trace"},
    "LeNet": {"cross_entropy_grad", "he_uniform"},
    "digits_net": {"he_uniform"},
    "lenet5": {"he_uniform"},
    "backward": {"local_derivatives", "topological_order"},
    "depths": {"topological_order"},
    "paths": {"topological_order"},
    "forward": {"input_names", "topological_order"},
    "local_derivatives": {"topological_order"},
    "delta_recurrence": {"delta_step"},
    "check_gradient": {"numerical_gradient"},
    "error_by_epsilon": {"numerical_gradient"},
    "stochastic_descend": {"batches"},
    "gru_gates": {"gru"},
    "bits_per_letter": {"log_softmax"},
    "cross_entropy": {"log_softmax"},
    "cross_entropy_grad": {"softmax"},
    "run": {"mcp_neuron"},
    "solve_rate": {"train_many_on_xor"},
    "neuron": {"weighted_sum"},
    "threshold_neuron": {"weighted_sum"},
    "Optimizer": {"SGD"},
    "count_mistakes": {"Perceptron"},
    "novikoff_bound": {"margin"},
    "max_pool2d_backward": {"max_pool2d"},
    "gradient_descent": {"linear"},
    "logistic": {"linear"},
    "logistic_loss": {"binary_cross_entropy_with_logits", "linear"},
    "squared_loss": {"linear"},
    "descend_wall": {"clip_by_norm"},
    "train": {"RNN", "initial", "mse_grad"},
    "block": {"feed_forward", "layer_norm", "multi_head_attention", "softmax"},
    "block_backward": {"feed_forward_backward", "layer_norm", "multi_head_attention", "softmax"},
    "largest_error": {"relu_network"},
    "cross_entropy_signal": {"softmax"},
    "squared_error_signal": {"softmax"},
    "infeasibility_certificate": {"signed_rows"},
    "is_linearly_separable": {"infeasibility_certificate", "signed_rows"},
    "MLP": {"mse", "mse_grad"},
    "RNN": {"mse_grad", "train"},
    "GRU": {"mse_grad", "train"},
    "LSTM": {"mse_grad", "train"},
    "CharacterModel": {"draw_letter", "train"},
    "Decoder": {"draw_letter", "train"},
}
"""Who else may notice, where a function leaves a check to the one that it calls."""
TENSORS = {"affine", "cross_entropy", "operation_counts", "topological_order"}
"""What is given a Tensor by its case, which the case makes of the spoilt array."""


def assert_in_words(error, call, spoilt=None):
    """Check that an error names its function, an argument of it, and what came.

    spoilt: the one argument that is wrong, if it alone can be meant.
    """
    where, colon, what = str(error).partition(": ")
    assert colon, error
    called = call.split("-")[0].split(".")[1]
    sayers = {called, *SAID_BY.get(called, ()), *({"Tensor"} if called in TENSORS else ())}
    assert speaker(where) in sayers, f"another function: {error}"
    own = set().union(*map(parameters, BY_NAME[speaker(where)])) | {"operand"}
    assert set(re.findall(r"\w+", what)) & own, f"names no argument: {error}"
    assert spoilt is None or names(spoilt, what), f"{spoilt} is wrong: {error}"
    assert "got" in what, f"does not say what came: {error}"
    assert type(error) in (ValueError, TypeError), f"{type(error).__name__}: {error}"


def argument_at(call, path):
    """Name the argument at a path, if it is an argument of a plain call and not inside one."""
    _, f, good, _ = CALLS[call]
    if good.run is not AS_IT_IS or len(path) > 2:
        return None
    return path[1] if path[0] == 1 else list(inspect.signature(f).parameters)[path[1]]


PASSES_ON = {"train_test_split"}
"""What only moves things, and so returns whatever it was given."""


def assert_numbers(result):
    for leaf in leaves(result):
        assert np.asarray(leaf).dtype.kind in "biuf", np.asarray(leaf).dtype


def answer_or_sentence(call, nest, may_overflow=False, spoilt=None):
    """Return the result, or None after an error in words; the arguments are as they were."""
    given_ = fresh(nest)
    before = printed(given_)
    with np.errstate(all="ignore") if may_overflow else contextlib.nullcontext():
        try:
            result = perform(call, given_)
        except (ValueError, TypeError) as error:
            assert_in_words(error, call, spoilt)
            result = None
    if CALLS[call][0] not in PASSES_ON:
        assert_numbers(result)
    assert printed(given_) == before
    return result


# --- the claims -----------------------------------------------------------------------------------


@EVERY_CALL
def test_any_single_change_gets_an_answer_or_a_sentence(call):
    nest = arguments_of(call)
    for path, how in changeable(nest, CHANGED):
        try:
            changed = mutated(nest, path, how, CHANGED)
            spoilt = argument_at(call, path) if how in GARBAGE else None
            result = answer_or_sentence(call, changed, how in INFINITE, spoilt)
            assert kind_of(at(nest, path)) != "flag" or result is None, "taken for True or False"
        except Exception as problem:
            raise AssertionError(f"{how} at {path}: {type(problem).__name__}: {problem}") from None


@EVERY_CALL
@few
@given(data=st.data())
def test_any_two_changes_get_an_answer_or_a_sentence(call, data):
    nest = arguments_of(call)
    choices = changeable(nest, CHANGED)
    if not choices:
        return
    overflows = False
    for path, how in data.draw(st.lists(st.sampled_from(choices), min_size=2, max_size=2)):
        try:
            nest = mutated(nest, path, how, CHANGED)
        except (KeyError, IndexError, TypeError, AttributeError):
            continue  # the first change has taken the place of the second away
        overflows |= how in INFINITE
    answer_or_sentence(call, nest, overflows)


SHAPES = hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=3)
DTYPES = st.sampled_from([np.float16, np.float32, np.float64, np.int32, np.uint8, np.bool_])
# small numbers: an array without axes may stand for a size
ANY_ARRAY = st.builds(
    lambda array, dtype: array.astype(dtype),
    hnp.arrays(np.int64, SHAPES, elements=st.integers(0, 3)),
    DTYPES,
)


@EVERY_CALL
@few
@given(data=st.data())
def test_any_array_in_any_place_gets_an_answer_or_a_sentence(call, data):
    nest = arguments_of(call)
    paths = [path for path, _ in places(nest) if len(path) == 2]
    if not paths:
        return
    nest = put(nest, data.draw(st.sampled_from(paths)), data.draw(ANY_ARRAY))
    answer_or_sentence(call, nest, may_overflow=True)


@EVERY_CALL
def test_the_same_said_otherwise_gives_the_same(call):
    nest = arguments_of(call)
    expected = perform(call, fresh(nest))
    for path, how in changeable(nest, SAME):
        result = perform(call, fresh(mutated(nest, path, how, SAME)))
        try:
            assert_same(result, expected, rtol=1e-9)
        except AssertionError as problem:
            raise AssertionError(f"{how} at {path}: {problem}") from None


def in_dtype(nest, dtype, paths):
    """Return the call with some arrays in a dtype, and the same numbers in float64."""
    narrow = twin = nest
    for path in paths:
        array = NARROW[dtype](at(nest, path))
        narrow, twin = put(narrow, path, array), put(twin, path, array.astype(np.float64))
    return narrow, twin


@EVERY_CALL
@few
@given(data=st.data())
def test_a_narrow_dtype_gives_the_rounded_answer(call, data):
    nest = arguments_of(call)
    floats = [path for path, value in places(nest) if kind_of(value) == "floats"]
    if not floats:
        return
    dtype = data.draw(st.sampled_from(list(NARROW)))
    paths = data.draw(st.just(floats) | st.lists(st.sampled_from(floats), unique=True))
    narrow, twin = in_dtype(nest, dtype, paths)
    result = answer_or_sentence(call, narrow)
    expected = answer_or_sentence(call, twin)
    if result is None or expected is None:
        assert expected is None or CALLS[call][0] in WRITES, (
            f"{dtype} is refused, its numbers are not"
        )
        return
    exact = not dtype.startswith("float")
    eps = np.finfo(np.float64 if exact else dtype).eps
    assert_same(result, expected, rtol=50 * float(eps))
    if not exact and len(paths) == len(floats) and not CALLS[call][3]:
        for leaf in leaves(result):
            if isinstance(leaf, np.ndarray) and leaf.dtype.kind == "f":
                assert leaf.dtype == dtype


def test_every_public_function_with_arguments_is_tried():
    tried = {call.split("-")[0] for call in CALLS if changeable(arguments_of(call), CHANGED)}
    for module, name in PUBLIC:
        has_arguments = bool(inspect.signature(function_of(module, name)).parameters)
        assert not has_arguments or f"{module}.{name}" in tried, f"{module}.{name}"


def test_every_public_method_is_tried():
    found = set()
    for module in {module for module, _ in PUBLIC}:
        namespace = importlib.import_module(f"snippets.{module}")
        for name in namespace.__all__:
            value = getattr(namespace, name)
            if not inspect.isclass(value) or getattr(value, "_is_protocol", False):
                continue
            if f"{module}.{name}" in ELSEWHERE:
                found.add(f"{module}.{name}")
                continue
            for attribute, part in vars(value).items():
                if inspect.isfunction(part) and not attribute.startswith("_"):
                    found.add(f"{module}.{name}.{attribute}")
    assert found == set(METHODS) | set(ELSEWHERE)
