"""The image and sequence modules compute what PyTorch 2.13 computes: 1e-10, 1e-4 in float32.

The answers of PyTorch stand in `fixtures/torch_<topic>.npz`, written by
`scripts/make_torch_fixtures_sequences.py`.  Where torch is installed it is asked again, too.
"""

import importlib
import importlib.util
from pathlib import Path

import numpy as np
import pytest

from scripts.make_torch_fixtures_sequences import CONVOLUTIONS, POOLS, TOPICS
from snippets import pooling
from snippets.attention import (
    attention,
    attention_backward,
    causal_mask,
    multi_head_attention,
    multi_head_attention_backward,
)
from snippets.cnn import LeNet
from snippets.convolution import conv2d, conv2d_backward
from snippets.gru import gru, gru_backward
from snippets.loss import cross_entropy
from snippets.lstm import lstm, lstm_backward
from snippets.rnn import rnn, rnn_backward
from snippets.transformer import block, block_backward

FIXTURES = Path(__file__).parent / "fixtures"
TOLERANCE = {np.float64: 1e-10, np.float32: 1e-4}
SOURCES = ["kept", "live"] if importlib.util.find_spec("torch") else ["kept"]


def kept(name):
    with np.load(FIXTURES / f"torch_{name}.npz") as stored:
        return dict(stored)


class Answers:
    """The arrays of one topic, given out in one precision and compared in it."""

    def __init__(self, name, source, dtype):
        ask = TOPICS[name]
        self.arrays = kept(name) if source == "kept" else ask(importlib.import_module("torch"))
        self.dtype = dtype

    def __call__(self, *names):
        arrays = [self.arrays[name] for name in names]
        return [a.astype(self.dtype) if a.dtype.kind == "f" else a for a in arrays]

    def agree(self, **ours):
        for name, array in ours.items():
            expected, tolerance = self.arrays[name], TOLERANCE[self.dtype]
            assert array.dtype == self.dtype, name
            assert array.shape == expected.shape, name
            scale = max(1.0, np.abs(expected).max())
            np.testing.assert_allclose(array, expected, rtol=0, atol=tolerance * scale)


@pytest.fixture(params=SOURCES)
def source(request):
    return request.param


@pytest.fixture(params=TOLERANCE, ids=lambda dtype: dtype.__name__)
def dtype(request):
    return request.param


@pytest.mark.parametrize("name", TOPICS)
def test_answers_come_from_the_version_that_the_site_names(name):
    assert str(kept(name)["torch"]).startswith("2.13.0")


@pytest.mark.parametrize("name", CONVOLUTIONS)
def test_convolution(name, source, dtype):
    answers = Answers("convolution", source, dtype)
    _, _, stride, padding = CONVOLUTIONS[name]
    x, w, b, dy = answers(*(f"{name}_{key}" for key in ("x", "w", "b", "dy")))
    dx, dw, db = conv2d_backward(dy, x, w, stride, padding)
    results = {"y": conv2d(x, w, b, stride, padding), "dx": dx, "dw": dw, "db": db}
    answers.agree(**{f"{name}_{key}": array for key, array in results.items()})


@pytest.mark.parametrize("kind", ["max", "avg"])
@pytest.mark.parametrize("name", POOLS)
def test_pooling(name, kind, source, dtype):
    answers = Answers("pooling", source, dtype)
    _, size, stride = POOLS[name]
    x, dy = answers(f"{kind}_{name}_x", f"{kind}_{name}_dy")
    y = getattr(pooling, f"{kind}_pool2d")(x, size, stride)
    dx = getattr(pooling, f"{kind}_pool2d_backward")(dy, x, size, stride)
    answers.agree(**{f"{kind}_{name}_y": y, f"{kind}_{name}_dx": dx})


def test_cnn(source, dtype):
    answers = Answers("cnn", source, dtype)
    net = LeNet((1, 8, 8), [3, 4], 3, [1, 1], [5], 10, np.random.default_rng(0))
    net.params = answers(*(f"param_{k}" for k in range(len(net.params))))
    x, labels = answers("x", "labels")
    loss, grads = net.gradients(x, labels)
    answers.agree(logits=net.forward(x), **{f"grad_{k}": g for k, g in enumerate(grads)})
    assert loss == cross_entropy(net.forward(x), labels)
    assert loss == pytest.approx(float(answers.arrays["loss"]), abs=TOLERANCE[dtype])


STEPS = pytest.mark.parametrize("steps", ["", "alone_"], ids=["five steps", "one step"])


class Run:
    """The answers of one run of a recurrent layer, whose names have its prefix."""

    def __init__(self, name, steps, source, dtype):
        self.answers, self.prefix = Answers(name, source, dtype), steps

    def __call__(self, names):
        return self.answers(*(self.prefix + name for name in names.split()))

    def agree(self, **ours):
        self.answers.agree(**{self.prefix + name: array for name, array in ours.items()})


@STEPS
def test_rnn(steps, source, dtype):
    run = Run("rnn", steps, source, dtype)
    x, h0, w_x, w_h, b_x, b_h, dh = run("x h0 w_x w_h b_x b_h dh")
    h = rnn(x, h0, w_x, w_h, b_x + b_h)
    dx, dh0, dw_x, dw_h, db = rnn_backward(dh, h, x, h0, w_x, w_h)
    run.agree(h=h, dx=dx, dh0=dh0, dw_x=dw_x, dw_h=dw_h, db_x=db, db_h=db)


@STEPS
def test_lstm(steps, source, dtype):
    run = Run("lstm", steps, source, dtype)
    x, h0, c0, w_x, w_h, b_x, b_h, dh = run("x h0 c0 w_x w_h b_x b_h dh")
    states = lstm(x, h0, c0, w_x, w_h, b_x + b_h)
    dx, dh0, dc0, dw_x, dw_h, db = lstm_backward(dh, states, x, h0, c0, w_x, w_h)
    run.agree(h=states.h, c_last=states.c[-1], dx=dx, dh0=dh0, dc0=dc0)
    run.agree(dw_x=dw_x, dw_h=dw_h, db_x=db, db_h=db)


@STEPS
def test_gru(steps, source, dtype):
    run = Run("gru", steps, source, dtype)
    x, h0, w_x, w_h, b_x, b_h, dh = run("x h0 w_x w_h b_x b_h dh")
    states = gru(x, h0, w_x, w_h, b_x, b_h)
    dx, dh0, dw_x, dw_h, db_x, db_h = gru_backward(dh, states, x, h0, w_x, w_h)
    run.agree(h=states.h, dx=dx, dh0=dh0, dw_x=dw_x, dw_h=dw_h, db_x=db_x, db_h=db_h)


@pytest.mark.parametrize("name", ["free", "causal"])
def test_attention(name, source, dtype):
    answers = Answers("attention", source, dtype)
    q, k, v, dy = answers(*(f"{name}_{key}" for key in ("q", "k", "v", "dy")))
    mask = causal_mask(5) if name == "causal" else None
    dq, dk, dv = attention_backward(dy, q, k, v, mask)
    results = {"y": attention(q, k, v, mask), "dq": dq, "dk": dk, "dv": dv}
    answers.agree(**{f"{name}_{key}": array for key, array in results.items()})


def test_multi_head_attention(source, dtype):
    answers = Answers("attention", source, dtype)
    x, w_qkv, w_o, dy = answers("heads_x", "heads_w_qkv", "heads_w_o", "heads_dy")
    y = multi_head_attention(x, w_qkv, w_o, 3, causal_mask(5))
    dx, dw_qkv, dw_o = multi_head_attention_backward(dy, x, w_qkv, w_o, 3, causal_mask(5))
    answers.agree(heads_y=y, heads_dx=dx, heads_dw_qkv=dw_qkv, heads_dw_o=dw_o)


def test_transformer_block(source, dtype):
    answers = Answers("transformer", source, dtype)
    x, dy, *params = answers("x", "dy", *(f"param_{k}" for k in range(10)))
    dx, grads = block_backward(dy, x, params, heads=3)
    answers.agree(y=block(x, params, heads=3), dx=dx)
    answers.agree(**{f"grad_{k}": grad for k, grad in enumerate(grads)})
