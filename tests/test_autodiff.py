"""What the chapter on automatic differentiation claims.

Every rule of `Tensor` is checked against the central difference, with broadcasting and with an
input that is used twice.
"""

import gc
import itertools
import math
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snippets.autodiff import (
    Dual,
    Tensor,
    affine,
    cross_entropy,
    forward_gradient,
    operation_counts,
    reverse_gradient,
    topological_order,
)
from snippets.gradient_check import check_gradient, relative_error

POSITIVE = {"log", "power of a tensor", "scalar to a power"}

ONE_INPUT = {
    "add a constant": lambda x: x + 2.5,
    "constant minus": lambda x: 2.5 - x,
    "minus a constant": lambda x: x - np.array([1.0, 2.0, 3.0]),
    "negate": lambda x: -x,
    "array times": lambda x: np.array([[1.0], [-2.0]]) * x,
    "divide by a constant": lambda x: x / 3,
    "constant divided by": lambda x: 2 / (x * x + 1),
    "square": lambda x: x**2,
    "cube": lambda x: x**3.0,
    "scalar to a power": lambda x: 2.0**x,
    "exp": lambda x: x.exp(),
    "log": lambda x: x.log(),
    "tanh": lambda x: x.tanh(),
    "sigmoid": lambda x: x.sigmoid(),
    "relu": lambda x: x.relu(),
    "sum": lambda x: x.sum() * x,
    "sum over axis 0": lambda x: x.sum(axis=0),
    "sum over the last axis": lambda x: x * x.sum(axis=-1, keepdims=True),
    "sum over two axes": lambda x: x.reshape(1, 2, 3).sum(axis=(0, 2)),
    "mean": lambda x: x.mean() * x,
    "mean over axis 1": lambda x: x.mean(axis=1),
    "mean kept": lambda x: x - x.mean(axis=1, keepdims=True),
    "max": lambda x: x.max(),
    "max over axis 0": lambda x: x.max(axis=0),
    "max kept": lambda x: x - x.max(axis=-1, keepdims=True),
    "reshape": lambda x: x.reshape(3, 2),
    "reshape by a tuple": lambda x: x.reshape((6,)),
    "transpose": lambda x: x.T,
    "transpose axes": lambda x: x.reshape(1, 2, 3).transpose(2, 0, -2),
    "row": lambda x: x[1],
    "slice": lambda x: x[:, 1:],
    "pick with repeats": lambda x: x[[0, 1, 1, 0], [2, 0, 0, 1]],
    "mask": lambda x: x[np.array([[True, False, True], [False, True, False]])],
    "used twice": lambda x: x * x + x.tanh() * x,
    "matrix times its transpose": lambda x: x @ x.T,
    "constant matrix times": lambda x: np.ones((4, 2)) @ x,
    "times a constant vector": lambda x: x @ np.array([1.0, -1.0, 2.0]),
    "softmax by hand": lambda x: (x - x.max()).exp() / (x - x.max()).exp().sum(),
    "cross entropy": lambda x: cross_entropy(x, [2, 0]),
}

TWO_INPUTS = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "**": lambda a, b: a**b,
}

BROADCASTS = [((2, 3), (2, 3)), ((2, 3), (3,)), ((2, 1), (1, 3)), ((), (2, 3)), ((4, 1, 3), (2, 1))]

MATMULS = [
    ((2, 3), (3, 4)),
    ((3,), (3, 4)),
    ((2, 3), (3,)),
    ((3,), (3,)),
    ((5, 2, 3), (3, 4)),
    ((2, 3), (5, 3, 4)),
    ((5, 1, 2, 3), (4, 3, 2)),
    ((3,), (5, 3, 4)),
    ((5, 2, 3), (3,)),
]


def projected(f, *arrays):
    """Return sum(f(...) * weights): one number in which every entry of the result counts."""
    y = f(*arrays)
    weights = np.cos(np.arange(y.data.size)).reshape(y.shape)
    return (y * weights).sum()


def check_every_argument(f, arrays):
    tensors = [Tensor(array) for array in arrays]
    projected(f, *tensors).backward()
    for k, tensor in enumerate(tensors):

        def value(moved, k=k):
            changed = [moved if i == k else array for i, array in enumerate(arrays)]
            return projected(f, *map(Tensor, changed)).data

        assert tensor.grad.shape == tensor.shape
        check_gradient(value, arrays[k], tensor.grad, tolerance=1e-6)


@pytest.mark.parametrize("name", ONE_INPUT)
def test_rule_matches_central_difference(name):
    x = np.random.default_rng(3).normal(size=(2, 3))
    check_every_argument(ONE_INPUT[name], [np.abs(x) + 0.5 if name in POSITIVE else x])


@pytest.mark.parametrize("shapes", BROADCASTS, ids=str)
@pytest.mark.parametrize("op", TWO_INPUTS)
def test_binary_rule_matches_central_difference_under_broadcasting(op, shapes):
    rng = np.random.default_rng(4)
    check_every_argument(TWO_INPUTS[op], [rng.uniform(0.5, 2, shape) for shape in shapes])


@pytest.mark.parametrize("op", TWO_INPUTS)
def test_binary_rule_with_both_operands_the_same_tensor(op):
    check_every_argument(lambda a: TWO_INPUTS[op](a, a) + a, [np.array([0.7, 1.3])])


@pytest.mark.parametrize("shapes", MATMULS, ids=str)
def test_matmul_matches_central_difference(shapes):
    rng = np.random.default_rng(5)
    check_every_argument(lambda a, b: a @ b, [rng.normal(size=shape) for shape in shapes])


@settings(deadline=None)  # a busy machine is not a failure
@given(
    shape=st.lists(st.integers(1, 3), max_size=3).map(tuple),
    ops=st.lists(st.sampled_from(["tanh", "exp", "relu", "square", "start"]), max_size=6),
    seed=st.integers(0, 2**32 - 1),
)
def test_any_chain_of_operations_agrees_with_forward_mode(shape, ops, seed):
    def f(x):
        start = x
        for op in ops:
            if op == "square":
                x = x * x
            elif op == "start":
                x = x * start + 1
            elif op == "exp":
                x = x.tanh().exp()  # of no more than 1: powers of powers would overflow
            else:
                x = getattr(0.5 * x, op)()
        return x.sum()

    x = np.random.default_rng(seed).uniform(-1, 1, shape)
    assert relative_error(reverse_gradient(f, x)[0], forward_gradient(f, x)[0]) < 1e-12


def test_affine_matches_central_difference_in_every_argument():
    rng = np.random.default_rng(6)
    check_every_argument(affine, [rng.normal(size=shape) for shape in ((5, 3), (3, 2), (2,))])


def test_affine_is_matrix_product_plus_bias():
    x, w, b = (np.random.default_rng(7).normal(size=s) for s in ((5, 3), (3, 2), (2,)))
    assert affine(x, Tensor(w), Tensor(b)).data.tolist() == (x @ w + b).tolist()
    with pytest.raises(ValueError, match=r"affine: b must have shape \(2,\)"):
        affine(x, Tensor(w), Tensor([1.0]))


def test_shared_node_accumulates_both_paths():
    # x = 2a; w = 3x + 4x: the two paths add up to 14
    a = Tensor(5.0)
    x = 2 * a
    w = 3 * x + 4 * x
    w.backward()
    assert a.grad == 14
    assert x.grad == 7


def test_diamond_of_diamonds_adds_every_path():
    x = y = Tensor(1.0)
    for _ in range(30):
        y = y + y  # 2^30 paths, 31 tensors
    y.backward()
    assert x.grad == 2**30


def test_backward_twice_gives_the_same_gradients():
    x = Tensor([1.0, 2.0])
    y = (x * x * x).sum()
    y.backward()
    first = x.grad.copy()
    y.backward()
    assert x.grad.tolist() == first.tolist() == [3.0, 12.0]


def test_two_results_from_shared_inputs_do_not_mix():
    x = Tensor(3.0)
    double, square = 2 * x, x * x
    double.backward()
    assert x.grad == 2
    square.backward()
    assert x.grad == 6


def test_chain_of_100_000_operations_needs_no_recursion():
    x = y = Tensor(1.0)
    for _ in range(100_000):
        y = y + 1e-5
    y.backward()
    assert x.grad == 1
    assert y.data == pytest.approx(2)
    del y
    gc.collect()


def test_topological_order_lists_parents_before_children():
    a, b = Tensor(1.0), Tensor(2.0)
    c = a * b
    d = (c + a).tanh() * c
    order = topological_order(d)
    position = {node: i for i, node in enumerate(order)}
    assert len(order) == len(position) == 6
    assert order[-1] is d
    for node in order:
        assert all(position[parent] < position[node] for parent in node.parents)


def test_graph_can_be_read_for_drawing():
    a, b = Tensor(1.0), Tensor(2.0)
    y = (a * b + 3).relu()
    assert y.op == "relu"
    (total,) = y.parents
    assert total.op == "+"
    (product,) = total.parents  # the constant 3 is not part of the graph
    assert product.op == "*"
    assert product.parents == (a, b)
    assert repr(y) == "Tensor(5.0, op='relu')"


@pytest.mark.parametrize("name", ONE_INPUT)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_an_input_gets_a_gradient_of_its_dtype_that_may_be_changed(name, dtype):
    x = Tensor(np.array([[0.5, 1.5, 0.7], [1.1, 0.2, 2.0]], dtype))
    y = ONE_INPUT[name](x) * np.float64(3)  # an array, not a plain number: y is float64
    y.backward(np.ones(y.shape))
    before = x.grad.copy()
    x.grad *= 0.5
    assert x.grad.dtype == dtype
    assert x.grad.tolist() == (before * dtype(0.5)).tolist()


@pytest.mark.parametrize("op", ["+", "-", "*", "/"])
def test_no_two_tensors_share_the_gradient_of_an_input(op):
    a, b = Tensor([1.0, 2.0]), Tensor([3.0, 4.0])
    y = TWO_INPUTS[op](a, b)
    z = y + Tensor([0.0, 0.0])
    z.backward([1.0, 1.0])
    kept = [t.grad.copy() for t in (b, y, z)]
    a.grad *= 0.5
    for before, tensor in zip(kept, (b, y, z), strict=True):
        assert tensor.grad.tolist() == before.tolist()


def test_constants_get_no_gradient():
    w = Tensor(np.ones((3, 2)))
    y = np.ones((4, 3)) @ w + np.ones(2)
    assert [node.op for node in topological_order(y)] == ["", "@", "+"]


def test_relu_at_zero_has_slope_zero():
    x = Tensor([-1.0, 0.0, 1.0])
    x.relu().sum().backward()
    assert x.grad.tolist() == [0, 0, 1]


def test_tied_maximum_shares_the_gradient():
    x = Tensor([1.0, 3.0, 3.0])
    x.max().backward()
    assert x.grad.tolist() == [0, 0.5, 0.5]


def test_power_zero_has_slope_zero_even_at_zero():
    x = Tensor([0.0, 2.0])
    (x**0).sum().backward()
    assert x.grad.tolist() == [0, 0]


def test_sigmoid_does_not_overflow():
    x = Tensor([-1000.0, 1000.0])
    y = x.sigmoid()
    y.sum().backward()
    assert y.data.tolist() == [0, 1]
    assert x.grad.tolist() == [0, 0]


@pytest.mark.parametrize(
    ("dtype", "z"),
    [(np.float64, -30.0), (np.float64, -40.0), (np.float64, 40.0), (np.float32, -20.0)],
)
def test_sigmoid_and_its_slope_keep_their_digits_far_out(dtype, z):
    x = Tensor(np.array(z, dtype))
    y = x.sigmoid()
    y.backward()
    assert float(y.data) == pytest.approx(
        1 / (1 + math.exp(-z)), rel=4 * float(np.finfo(dtype).eps)
    )
    slope = math.exp(z) / (1 + math.exp(z)) ** 2
    assert float(x.grad) == pytest.approx(slope, rel=4 * float(np.finfo(dtype).eps))


def test_the_slope_of_a_quotient_overflows_only_if_it_is_infinite():
    for a, b in [(1e-30, 1e-30), (0.0, 1e-30), (1e30, 1e25)]:
        for quotient in (lambda x, a=a: Tensor(np.float32(a)) / x, lambda x, a=a: a / x):
            x = Tensor(np.float32(b))
            quotient(x).backward()
            assert float(x.grad) == pytest.approx(-float(np.float32(a)) / b / b, rel=1e-6)


def test_cross_entropy_gradient_is_p_minus_onehot_over_n():
    z = np.random.default_rng(0).normal(size=(4, 3))
    logits = Tensor(z)
    cross_entropy(logits, [0, 2, 1, 1]).backward()
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    assert relative_error(logits.grad, (p - np.eye(3)[[0, 2, 1, 1]]) / 4) < 1e-15


def test_fused_cross_entropy_equals_the_composed_one():
    labels = [0, 2, 1, 1]
    fused, composed = (Tensor(np.random.default_rng(0).normal(size=(4, 3))) for _ in range(2))
    a = cross_entropy(fused, labels)
    b = (composed.exp().sum(axis=1).log() - composed[np.arange(4), labels]).mean()
    a.backward()
    b.backward()
    assert a.data == pytest.approx(b.data, rel=1e-14)
    assert relative_error(fused.grad, composed.grad) < 1e-14


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("name", set(ONE_INPUT) - {"array times", "minus a constant"})
def test_plain_numbers_leave_the_dtype_alone(name, dtype):
    x = Tensor(np.array([[0.5, 1.5, 0.7], [1.1, 0.2, 2.0]], dtype))
    y = ONE_INPUT[name](x)
    if name in {"constant matrix times", "times a constant vector"}:
        assert y.data.dtype == np.float64  # a float64 array is not a plain number
        return
    y.backward(np.ones(y.shape))
    assert y.data.dtype == dtype
    assert x.grad.dtype == dtype


def test_a_gradient_must_be_given_for_more_than_one_number():
    y = Tensor([1.0, 2.0]) * 2
    with pytest.raises(ValueError, match="backward: grad is needed for a result of shape"):
        y.backward()
    with pytest.raises(ValueError, match="backward: grad must have shape"):
        y.backward([1.0])


def test_operands_must_be_numbers():
    with pytest.raises(TypeError, match="operand must be real numbers"):
        Tensor(1.0) + "1"
    with pytest.raises(TypeError, match="Tensor: data must be real numbers"):
        Tensor("1")


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda t: (-2) ** t, ValueError, r"Tensor \*\*: operand must be > 0 .*, got -2"),
        (lambda t: 0**t, ValueError, r"Tensor \*\*: operand must be > 0 .*, got 0"),
        (lambda t: np.array([1.0, -1, 2]) ** t, ValueError, r"operand must be > 0 .*, got -1"),
        (lambda t: (t - 2) ** t, ValueError, r"operand must be > 0 .*, got -1"),
        (lambda t: t * 10**400, ValueError, r"Tensor \*: operand must fit into a float, got an"),
        (lambda t: -(10**400) - t, ValueError, r"Tensor -: operand must fit into a float, got an"),
        (lambda t: t[5], IndexError, r"Tensor \[\]: index must fit into shape \(3,\), got 5"),
        (lambda t: t["a"], IndexError, r"Tensor \[\]: index must fit into shape \(3,\), got 'a'"),
        (
            lambda t: t + Tensor([1.0, 2]),
            ValueError,
            r"Tensor \+: operand must broadcast with",
        ),
        (lambda t: [1.0, 2] - t, ValueError, r"Tensor -: operand .* \(3,\), got shape \(2,\)"),
        (lambda t: np.ones((4, 2)) / t, ValueError, r"Tensor /: operand .*, got shape \(4, 2\)"),
        (lambda t: t ** np.ones(2), ValueError, r"Tensor \*\*: operand .*, got shape \(2,\)"),
        (lambda t: np.ones((2, 2)) @ t, ValueError, r"Tensor @: operand .* got \(2, 2\) @ \(3,\)"),
        (lambda t: t @ 2.0, ValueError, r"Tensor @: operand .* got \(3,\) @ \(\)"),
    ],
)
def test_a_bad_operand_is_told_in_words(call, error, message):
    with pytest.raises(error, match=message):
        call(Tensor([1.0, 2.0, 3.0]))


def test_a_tensor_can_be_walked_along():
    assert [float(number.data) for number in Tensor([1.0, 2.0])] == [1, 2]


@pytest.mark.parametrize(
    ("logits", "message"),
    [
        (np.zeros((0, 3)), r"logits must not be empty, got shape \(0, 3\)"),
        (np.zeros((0, 0)), r"logits must not be empty, got shape \(0, 0\)"),
        ([[0.0, 1.0], [-np.inf, -np.inf]], "logits must have finite maxima in all rows, got -inf"),
        ([[0.0, np.inf], [0.0, 1.0]], "logits must have finite maxima in all rows, got inf"),
    ],
)
def test_cross_entropy_refuses_what_has_no_softmax(logits, message):
    with pytest.raises(ValueError, match=f"cross_entropy: {message}"):
        cross_entropy(Tensor(logits), [0] * len(logits))


def network(x):
    h = (x @ np.linspace(-1, 1, 20).reshape(5, 4) + 0.1).tanh()
    return (h * h - 0.5 * h).sum()


def test_forward_mode_agrees_with_reverse_mode_and_needs_a_pass_per_input():
    x = np.random.default_rng(0).normal(size=(3, 5))
    reverse, one = reverse_gradient(network, x)
    forward, many = forward_gradient(network, x)
    assert relative_error(reverse, forward) < 1e-14
    assert (one, many) == (1, 15)


@pytest.mark.parametrize(
    "f",
    [
        lambda x: x.exp().sum(),
        lambda x: (x * x + 1).log().sum(),
        lambda x: (3 - x).relu().sum(),
        lambda x: (x - 1).tanh().sum(),
        lambda x: (np.ones((2, 3)) @ x).sum(),
    ],
)
def test_every_dual_rule_agrees_with_the_tape(f):
    x = np.array([0.5, -1.0, 4.0])
    assert relative_error(forward_gradient(f, x)[0], reverse_gradient(f, x)[0]) < 1e-14


def test_reverse_cost_is_at_most_twice_the_forward_pass_for_any_number_of_inputs():
    counts = {}
    for n in (1, 10, 1000):
        x = Tensor(np.linspace(-1, 1, n))
        forward, backward = operation_counts(((x * x).tanh() + x).sum())
        assert backward <= 2 * forward
        counts[n] = (forward, backward)
    assert len(set(counts.values())) == 1  # the number of inputs does not matter


def test_unused_input_has_gradient_zero():
    gradient, _ = reverse_gradient(lambda x: Tensor(3.0) * 2, [1.0, 2.0])
    assert gradient.tolist() == [0, 0]


def mlp_by_hand(x, labels, weights, biases):
    """Return loss and gradients of a ReLU network, written out with NumPy alone."""
    hidden = [x]
    for w, b in zip(weights[:-1], biases[:-1], strict=True):
        hidden.append(np.maximum(hidden[-1] @ w + b, 0))
    z = hidden[-1] @ weights[-1] + biases[-1]
    rows = np.arange(len(x))
    z = z - z.max(axis=1, keepdims=True)
    p = np.exp(z)
    total = p.sum(axis=1, keepdims=True)
    loss = (np.log(total).sum() - z[rows, labels].sum()) / len(x)
    d = p / total
    d[rows, labels] -= 1
    d /= len(x)
    dw, db = [], []
    for i in reversed(range(len(weights))):
        dw.insert(0, hidden[i].T @ d)
        db.insert(0, d.sum(axis=0))
        if i:
            d = (d @ weights[i].T) * (hidden[i] > 0)
    return loss, dw + db


def mlp_by_tape(x, labels, weights, biases):
    ws, bs = [Tensor(w) for w in weights], [Tensor(b) for b in biases]
    h = x
    for w, b in zip(ws[:-1], bs[:-1], strict=True):
        h = affine(h, w, b).relu()
    loss = cross_entropy(affine(h, ws[-1], bs[-1]), labels)
    loss.backward()
    return loss.data, [parameter.grad for parameter in ws + bs]


def digits_network():
    rng = np.random.default_rng(0)
    sizes = (64, 128, 64, 10)
    weights = [
        rng.normal(0, math.sqrt(2 / m), (m, n)).astype(np.float32)
        for m, n in itertools.pairwise(sizes)
    ]
    biases = [np.zeros(n, np.float32) for n in sizes[1:]]
    return rng.random((64, 64), dtype=np.float32), rng.integers(0, 10, 64), weights, biases


def test_tape_gradient_of_a_network_equals_the_handwritten_one():
    arguments = digits_network()
    loss, by_hand = mlp_by_hand(*arguments)
    tape_loss, by_tape = mlp_by_tape(*arguments)
    assert tape_loss == pytest.approx(loss)
    for a, b in zip(by_hand, by_tape, strict=True):
        assert b.dtype == np.float32
        assert relative_error(a, b) < 1e-6


def seconds(f, arguments, repeats=20):
    start = time.thread_time()  # of this thread: others take turns, or spin while they wait
    for _ in range(repeats):
        f(*arguments)
    return (time.thread_time() - start) / repeats


def test_tape_costs_little_more_than_handwritten_gradients():
    arguments = digits_network()
    by_hand, by_tape = [], []
    for _ in range(15):  # side by side; whatever else a machine does only adds to the least time
        by_hand.append(seconds(mlp_by_hand, arguments))
        by_tape.append(seconds(mlp_by_tape, arguments))
    # About 1.2 on a quiet machine: 20 microseconds for 12 nodes.  A runaway tape is 3 and more.
    assert min(by_tape) < 2 * min(by_hand)


def test_dual_refuses_a_slope_of_another_shape():
    with pytest.raises(ValueError, match="Dual: slope must be shaped like value"):
        Dual([1.0, 2.0], [1.0])
