"""Ask PyTorch 2.13 for what the image and sequence modules must reproduce, and keep its answers.

Run once, in an environment that has torch: `python scripts/make_torch_fixtures_sequences.py`.  Each
topic is a function that returns named arrays, inputs and answers alike, in float64 and in the
layout of this package (weights (in, out)); its result goes to `tests/fixtures/torch_<topic>.npz`,
beside the version of torch and the seed.  To add a topic, write one more function under `@topic`.
The files are committed, so the tests need no torch; where it is there they ask it again.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["CONVOLUTIONS", "POOLS", "TOPICS", "write"]

FIXTURES = Path(__file__).parent.parent / "tests" / "fixtures"
SEED = 20
Arrays = dict[str, NDArray[Any]]
TOPICS: dict[str, Callable[[Any], Arrays]] = {}

# name: image shape, kernel shape, stride, padding
CONVOLUTIONS: dict[str, tuple[tuple[int, ...], tuple[int, ...], int, int]] = {
    "plain": ((2, 3, 6, 5), (4, 3, 3, 2), 1, 0),
    "strided": ((2, 1, 7, 8), (2, 1, 3, 3), 2, 1),
    "sparse": ((1, 2, 7, 7), (3, 2, 2, 2), 3, 0),
    "padded": ((1, 1, 4, 4), (2, 1, 5, 5), 1, 2),
}
# name: image shape, size, stride
POOLS: dict[str, tuple[tuple[int, ...], int, int]] = {
    "halves": ((2, 3, 6, 4), 2, 2),
    "overlap": ((1, 2, 7, 5), 3, 2),
    "rest": ((2, 1, 5, 7), 2, 3),
}


def topic(f: Callable[[Any], Arrays]) -> Callable[[Any], Arrays]:
    """Register a function as the topic of its name."""
    TOPICS[f.__name__] = f
    return f


class Draw:
    """Draw float64 tensors from one seed, the same at every run."""

    def __init__(self, torch: Any) -> None:
        """Start from the seed."""
        self.torch = torch
        self.rng = np.random.default_rng(SEED)

    def __call__(self, *shape: int) -> Any:
        """Return a tensor of normal numbers that collects its gradient."""
        return self.torch.tensor(self.rng.normal(size=shape), requires_grad=True)

    def fill(self, module: Any) -> Any:
        """Return the module in float64 with every parameter drawn anew, rather small."""
        module = module.double()
        with self.torch.no_grad():
            for parameter in module.parameters():
                parameter.copy_(0.5 * self(*parameter.shape))
        return module


def arrays(prefix: str = "", /, **tensors: Any) -> Arrays:
    """Return the tensors as arrays, their names after the prefix."""
    return {prefix + key: tensor.detach().numpy().copy() for key, tensor in tensors.items()}


@topic
def convolution(torch: Any) -> Arrays:
    """Kernels of several sizes, strides and paddings: result and gradients."""
    draw, kept = Draw(torch), Arrays()
    for name, (image, kernel, stride, padding) in CONVOLUTIONS.items():
        x, w, b = draw(*image), draw(*kernel), draw(kernel[0])
        y = torch.nn.functional.conv2d(x, w, b, stride, padding)
        dy = draw(*y.shape)
        y.backward(dy)
        kept |= arrays(f"{name}_", x=x, w=w, b=b, y=y, dy=dy, dx=x.grad, dw=w.grad, db=b.grad)
    return kept


@topic
def pooling(torch: Any) -> Arrays:
    """Maximum and mean over windows, with ties: result and gradients."""
    draw, kept = Draw(torch), Arrays()
    functional = torch.nn.functional
    for kind, pool in (("max", functional.max_pool2d), ("avg", functional.avg_pool2d)):
        for name, (image, size, stride) in POOLS.items():
            x = torch.tensor(draw(*image).detach().numpy().round(), requires_grad=True)
            y = pool(x, size, stride)
            dy = draw(*y.shape)
            y.backward(dy)
            kept |= arrays(f"{kind}_{name}_", x=x, y=y, dy=dy, dx=x.grad)
    return kept


@topic
def cnn(torch: Any) -> Arrays:
    """A small LeNet for 8 x 8 images: logits, loss and the gradients of all parameters."""
    draw, nn = Draw(torch), torch.nn
    stage = [nn.ReLU(), nn.MaxPool2d(2)]
    net = nn.Sequential(
        *(nn.Conv2d(1, 3, 3, padding=1), *stage, nn.Conv2d(3, 4, 3, padding=1), *stage),
        *(nn.Flatten(), nn.Linear(16, 5), nn.ReLU(), nn.Linear(5, 10)),
    )
    net, x = draw.fill(net), draw(6, 1, 8, 8)
    labels = torch.tensor([0, 3, 9, 1, 1, 7])
    logits = net(x)
    loss = nn.functional.cross_entropy(logits, labels)
    loss.backward()
    kept = arrays(x=x, labels=labels, logits=logits, loss=loss)
    for k, p in enumerate(net.parameters()):
        matrix = p.ndim == 2  # a linear layer: (out, in) there, (in, out) here
        kept |= arrays(**{f"param_{k}": p.T if matrix else p})
        kept |= arrays(**{f"grad_{k}": p.grad.T if matrix else p.grad})
    return kept


def recurrent(torch: Any, name: str) -> Arrays:
    """Five steps of torch.nn.RNN, LSTM or GRU, then one step alone: states and gradients."""
    draw = Draw(torch)
    return one_run(draw, name, "", 5) | one_run(draw, name, "alone_", 1)


def one_run(draw: Draw, name: str, prefix: str, T: int) -> Arrays:
    """T steps of a recurrent layer: states and gradients."""
    N, D, H = 3, 2, 4
    layer = draw.fill(getattr(draw.torch.nn, name)(D, H))
    x, h0, c0, dh = draw(T, N, D), draw(N, H), draw(N, H), draw(T, N, H)
    start = (h0[None], c0[None]) if name == "LSTM" else h0[None]
    h, last = layer(x, start)
    h.backward(dh)
    w_x, w_h, b_x, b_h = layer.parameters()
    kept = arrays(prefix, x=x, h0=h0, dh=dh, h=h, dx=x.grad, dh0=h0.grad)
    kept |= arrays(prefix, w_x=w_x.T, w_h=w_h.T, b_x=b_x, b_h=b_h)
    kept |= arrays(prefix, dw_x=w_x.grad.T, dw_h=w_h.grad.T, db_x=b_x.grad, db_h=b_h.grad)
    if name == "LSTM":
        kept |= arrays(prefix, c0=c0, c_last=last[1][0], dc0=c0.grad)
    return kept


@topic
def rnn(torch: Any) -> Arrays:
    """The plain recurrent layer with tanh."""
    return recurrent(torch, "RNN")


@topic
def lstm(torch: Any) -> Arrays:
    """The LSTM, gates in order i, f, g, o."""
    return recurrent(torch, "LSTM")


@topic
def gru(torch: Any) -> Arrays:
    """The GRU with the reset after the product, gates in order r, z, n."""
    return recurrent(torch, "GRU")


@topic
def attention(torch: Any) -> Arrays:
    """Scaled dot products, free and causal, and several heads: results and gradients."""
    draw, kept = Draw(torch), Arrays()
    for name in ("free", "causal"):
        q, k, v = draw(2, 5, 3), draw(2, 5, 3), draw(2, 5, 4)
        causal = name == "causal"
        y = torch.nn.functional.scaled_dot_product_attention(q, k, v, is_causal=causal)
        dy = draw(*y.shape)
        y.backward(dy)
        kept |= arrays(f"{name}_", q=q, k=k, v=v, y=y, dy=dy, dq=q.grad, dk=k.grad, dv=v.grad)
    heads = draw.fill(torch.nn.MultiheadAttention(6, 3, bias=False))
    x, forbidden = draw(5, 2, 6), torch.ones(5, 5, dtype=torch.bool).triu(1)
    y, _ = heads(x, x, x, attn_mask=forbidden, need_weights=False)
    dy = draw(*y.shape)
    y.backward(dy)
    w_qkv, w_o = heads.in_proj_weight, heads.out_proj.weight
    kept |= arrays("heads_", x=x, w_qkv=w_qkv.T, w_o=w_o.T, y=y, dy=dy)
    return kept | arrays("heads_", dx=x.grad, dw_qkv=w_qkv.grad.T, dw_o=w_o.grad.T)


@topic
def transformer(torch: Any) -> Arrays:
    """One block, layer norm first, GELU in its tanh form: result and gradients."""
    draw, nn = Draw(torch), torch.nn

    def gelu(z: Any) -> Any:
        return nn.functional.gelu(z, approximate="tanh")

    layer = nn.TransformerEncoderLayer(6, 3, 24, dropout=0, activation=gelu, norm_first=True)
    layer = draw.fill(layer)
    attend = layer.self_attn
    with torch.no_grad():  # the block here has no biases in its attention
        attend.in_proj_bias.zero_()
        attend.out_proj.bias.zero_()
    x = draw(5, 2, 6)
    forbidden = torch.ones(5, 5, dtype=torch.bool).triu(1)
    y = layer(x, src_mask=forbidden)
    dy = draw(*y.shape)
    y.backward(dy)
    looking = [layer.norm1.weight, layer.norm1.bias, attend.in_proj_weight, attend.out_proj.weight]
    norm = [layer.norm2.weight, layer.norm2.bias]
    thinking = [p for linear in (layer.linear1, layer.linear2) for p in linear.parameters()]
    kept = arrays(x=x, y=y, dy=dy, dx=x.grad)
    for k, p in enumerate([*looking, *norm, *thinking]):
        kept |= arrays(**{f"param_{k}": p.T if p.ndim == 2 else p})
        kept |= arrays(**{f"grad_{k}": p.grad.T if p.ndim == 2 else p.grad})
    return kept


def write(torch: Any) -> None:
    """Write the answers of every topic, with the version of torch and the seed."""
    torch.set_num_threads(1)
    for name, f in TOPICS.items():
        answers: dict[str, Any] = {"torch": np.array(torch.__version__), "seed": np.array(SEED)}
        answers |= f(torch)
        np.savez_compressed(FIXTURES / f"torch_{name}.npz", **answers)


if __name__ == "__main__":
    write(importlib.import_module("torch"))
