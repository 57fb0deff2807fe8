"""Every gradient of the package has two witnesses: the central difference, and the tape.

Each row of the table (`tests/gradient_rows.py`) takes one hand-written gradient, at one set of
arrays.  The forward pass is there twice: as the package computes it, and written again on the tape
(`tests/taped.py`).  Both must give the same number, and three ways to the gradient must agree: the
package's own formulas, what the tape finds by itself, and the central difference.  A public name
that says "gradient" in any way and has no row fails.
"""

from __future__ import annotations

import importlib
import inspect
import re
from itertools import pairwise

import numpy as np
import pytest

from snippets import initialization, vanishing_gradient
from snippets.activations import tanh_prime
from snippets.autodiff import Tensor
from snippets.gradient_check import numerical_gradient, relative_error
from snippets.rnn import gradient_flow, rnn
from tests import taped
from tests.gradient_rows import ROWS, draw
from tests.test_package_contract import MODULES, is_record

EVERY = pytest.mark.parametrize(
    "row", [pytest.param(row, id=f"{row.of}-{row.case.replace(' ', '_')}") for row in ROWS]
)


# --- the witnesses -------------------------------------------------------------------------------


def by_the_tape(row, arrays, dy, used=lambda f, tensors: f(*tensors)):
    """Return the value and the gradient for each array, as the tape finds them."""
    tensors = [Tensor(array) for array in arrays]
    y = used(row.taped, tensors)
    y.backward(dy)
    grads = [np.zeros(t.shape) if t.grad is None else t.grad for t in tensors]
    return y.data, grads


def seed(y):
    """Return some dL/dy: not all ones, which would hide a wrong sum."""
    return np.random.default_rng(99).normal(size=np.shape(y))


def assert_gradients_agree(ours, theirs, tolerance, noise=1e-15):
    """Compare gradient by gradient; differences up to `noise` are rounding around zero."""
    assert len(ours) == len(theirs)
    for k, (a, b) in enumerate(zip(ours, theirs, strict=True)):
        assert np.shape(a) == np.shape(b), f"argument {k}"
        if np.size(a) and np.max(np.abs(a - b)) > noise:
            error = relative_error(a, b)
            assert error <= tolerance, f"argument {k}: relative error {error:.1e}"


@EVERY
def test_the_tape_agrees_with_the_hand_written_gradient(row):
    y = row.plain(*row.arrays)
    dy = seed(y)
    value, gradients = by_the_tape(row, row.arrays, dy)
    np.testing.assert_allclose(value, y, rtol=1e-10, atol=1e-12)
    assert np.shape(value) == np.shape(y)
    assert_gradients_agree(row.backward(dy, *row.arrays), gradients, 1e-9)


@EVERY
def test_the_central_difference_agrees_with_the_hand_written_gradient(row):
    dy = seed(row.plain(*row.arrays))
    gradients = row.backward(dy, *row.arrays)
    for k, array in enumerate(row.arrays):

        def moved(value, k=k):
            return np.sum(dy * row.plain(*row.arrays[:k], value, *row.arrays[k + 1 :]))

        assert_gradients_agree([gradients[k]], [numerical_gradient(moved, array)], 1e-6, 1e-10)


@EVERY
def test_arrays_used_in_two_calls_collect_both_gradients(row):
    """L = sum dy f(x) + sum dy f(x / 2): the tape adds up what each use sends back."""
    half = [0.5 * np.asarray(array) for array in row.arrays]
    dy = seed(row.plain(*row.arrays))

    def twice(f, tensors):
        return f(*tensors) + f(*(0.5 * tensor for tensor in tensors))

    _, gradients = by_the_tape(row, row.arrays, dy, twice)
    once, again = row.backward(dy, *row.arrays), row.backward(dy, *half)
    sums = [np.asarray(a) + 0.5 * np.asarray(b) for a, b in zip(once, again, strict=True)]
    assert_gradients_agree(sums, gradients, 1e-9)


# --- sizes of gradients, which are no gradients ---------------------------------------------------


@pytest.mark.parametrize(("T", "N"), [(4, 2), (1, 2), (3, 1)])
def test_gradient_flow_is_the_length_of_what_the_tape_brings_to_each_step(T, N):
    x, h0, w_x, w_h, b = (
        draw(T, N, 3),
        draw(N, 2),
        draw(3, 2),
        draw(2, 2, seed=1),
        draw(2, seed=2),
    )
    states = taped.rnn_states(Tensor(x), *(Tensor(a) for a in (h0, w_x, w_h, b)))
    dh = draw(N, 2, seed=3)
    states[-1].backward(dh)
    lengths = [np.linalg.norm(h.grad) for h in states]
    np.testing.assert_allclose(gradient_flow(dh, rnn(x, h0, w_x, w_h, b), w_h), lengths, rtol=1e-12)


@pytest.mark.parametrize(("N", "sizes"), [(5, [3, 4, 2]), (2, [1, 1, 1]), (3, [2, 3])])
def test_gradient_statistics_measure_what_the_tape_brings_to_each_layer(N, sizes):
    x, dy = draw(N, sizes[0]), draw(N, sizes[-1], seed=1)
    weights = [draw(*pair, seed=2) for pair in pairwise(sizes)]
    zs = taped.network(Tensor(x), [(w, 0.0) for w in weights], lambda z: z.tanh())[1]
    zs[-1].tanh().backward(dy)
    np.testing.assert_allclose(
        initialization.gradient_statistics(x, weights, np.tanh, tanh_prime, dy),
        [z.grad.std() for z in zs],
        rtol=1e-12,
    )


@pytest.mark.parametrize(("depth", "width", "batch"), [(3, 4, 5), (1, 1, 1), (2, 3, 1)])
def test_gradient_norms_are_the_sizes_of_what_the_tape_brings_to_each_layer(depth, width, batch):
    normal = np.random.default_rng(0).standard_normal
    layers = [(1.3 / np.sqrt(width) * normal((width, width)), 0.0) for _ in range(depth)]
    zs = taped.network(Tensor(normal((batch, width))), layers, lambda z: z.tanh())[1]
    zs[-1].tanh().backward(normal((batch, width)))
    norms = vanishing_gradient.gradient_norms(
        np.random.default_rng(0), depth, "tanh", 1.3, width, batch
    )
    np.testing.assert_allclose(norms, [np.sqrt(np.mean(z.grad**2)) for z in zs], rtol=1e-12)


# --- nothing is left out -------------------------------------------------------------------------

SAYS_GRADIENT = re.compile(
    r"(^|_)(backward|prime|\w*grad|\w*gradients?|jacobian|derivatives?|deltas?|slope|signal)(_|$)"
)
NO_GRADIENT = {
    "autodiff.Tensor.backward": "the tape itself: both sides of every test here",
    "autodiff.Tensor.grad": "where the tape leaves what it found",
    "fast_cnn.FastLeNet.grad": "the memory that `gradients` shows",
    "fast_mlp.FastMLP.grad": "the memory that `gradients` shows",
    "multilayer_perceptron.MLP.loss_grad": "one of the gradients of `loss`",
    "autodiff.Dual.slope": "what forward mode carries along; read by forward_gradient",
    "gradient_check.check_gradient": "a witness itself",
    "gradient_check.numerical_gradient": "a witness itself",
    "initialization.gradient_statistics": "sizes of gradients: tested above",
    "vanishing_gradient.gradient_norms": "sizes of gradients: tested above",
    "rnn.gradient_flow": "sizes of gradients: tested above",
    "regression.gradient_descent": "goes down by `gradient`",
}


def public_names():
    """Yield module.name, and module.Class.name of what a public class has."""
    for module in MODULES:
        namespace = importlib.import_module(f"snippets.{module}")
        for name in namespace.__all__:
            value = getattr(namespace, name)
            if inspect.isroutine(value):
                yield f"{module}.{name}"
            elif inspect.isclass(value) and not getattr(value, "_is_protocol", False):
                own = {a for a in dir(value) if not a.startswith("_")}
                own |= set(re.findall(r"self\.([a-z]\w*)", inspect.getsource(value)))
                fields = getattr(value, "_fields", ()) if is_record(value) else ()
                yield from (f"{module}.{name}.{a}" for a in own if a not in fields)


def test_every_public_gradient_has_a_row():
    found = {name for name in public_names() if SAYS_GRADIENT.search(name.split(".")[-1])}
    assert len(found) > 60
    missing = found - {row.of for row in ROWS} - set(NO_GRADIENT)
    assert not missing, f"no row in {__name__} for {sorted(missing)}"


def test_every_row_and_every_exception_names_something_public():
    names = set(public_names())
    left_over = ({row.of for row in ROWS} | set(NO_GRADIENT)) - names
    assert not left_over


@pytest.mark.parametrize("of", sorted({row.of for row in ROWS}))
def test_every_gradient_is_tried_at_an_odd_shape_too(of):
    cases = {row.case for row in ROWS if row.of == of}
    assert len(cases) > 1, cases
