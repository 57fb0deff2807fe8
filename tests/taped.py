"""The forward passes of the package, written a second time on the tape.

Nothing here calls the package but `autodiff.Tensor`, whose rules are a line each.  What the tape
then returns as gradients has been found without one of the hand-written `*_backward` functions:
a second witness.  The formulas are those of the definitions, without the tricks that make the
package safe and fast.
"""

from __future__ import annotations

import math

import numpy as np

from snippets.autodiff import Tensor

# --- elementwise ---------------------------------------------------------------------------------


def step(z):
    return 0 * z + np.heaviside(z.data, 1)


def softplus(z):
    return (1 + z.exp()).log()


def sigmoid(z):
    return 1 / (1 + (-z).exp())


def negative_part(z):
    """Return min(z, 0)."""
    return -(-z).relu()


def leaky_relu(z, slope=0.01):
    return z.relu() + slope * negative_part(z)


def elu(z, alpha=1.0):
    return z.relu() + alpha * (negative_part(z).exp() - 1)


def gelu(z):
    return 0.5 * z * (1 + (math.sqrt(2 / math.pi) * (z + 0.044715 * z * z * z)).tanh())


ELEMENTWISE = {
    "identity": lambda z: 1 * z,
    "step": step,
    "sigmoid": sigmoid,
    "tanh": lambda z: z.tanh(),
    "relu": lambda z: z.relu(),
    "leaky_relu": leaky_relu,
    "elu": elu,
    "softplus": softplus,
    "gelu": gelu,
    "silu": lambda z: z * sigmoid(z),
}


def softmax(z, axis=-1):
    e = z.exp()
    return e / e.sum(axis=axis, keepdims=True)


# --- losses: means over the examples --------------------------------------------------------------


def mse(y_hat, y):
    return ((y_hat - y) ** 2).mean()


def size_of(e):
    """Return |e|."""
    return e.relu() + (-e).relu()


def mae(y_hat, y):
    return size_of(y_hat - y).mean()


def huber(y_hat, y, delta=1.0):
    e = size_of(y_hat - y)
    beyond = (e - delta).relu()
    # e^2 / 2 up to delta, then on along the tangent
    return ((e - beyond) ** 2 / 2 + delta * beyond).mean()


def hinge(y_hat, y):
    return (1 - y * y_hat).relu().mean()


def binary_cross_entropy(y_hat, y):
    return -(y * y_hat.log() + (1 - y) * (1 - y_hat).log()).mean()


def binary_cross_entropy_with_logits(z, y):
    return binary_cross_entropy(sigmoid(z), y)


def cross_entropy(z, labels):
    p = softmax(z)[np.arange(z.shape[0]), labels]
    return -p.log().mean()


# --- layers --------------------------------------------------------------------------------------


def stack(tensors):
    """Put tensors of one shape on top of each other, along a new first axis."""
    ndim = len(tensors[0].shape)
    places = np.eye(len(tensors)).reshape(len(tensors), -1, *(1,) * ndim)
    return sum(place * tensor for place, tensor in zip(places, tensors, strict=True))


def windows(x, kernel, stride, padding=0):
    """Gather every window of images (N, C, H, W): (N, C, kh, kw, H', W')."""
    H, W = x.shape[2:]
    # a product with a shifted identity puts `padding` zeros on either side
    x = np.eye(H + 2 * padding, H, -padding) @ x @ np.eye(W, W + 2 * padding, padding)
    places = []
    for size, k in zip(x.shape[2:], kernel, strict=True):
        starts = np.arange(0, size - k + 1, stride)
        places.append(np.arange(k)[:, None] + starts)
    down, right = places
    return x[:, :, down[:, None, :, None], right[None, :, None, :]]


def conv2d(x, w, b, stride=1, padding=0):
    F, _, *kernel = w.shape
    seen = windows(x, kernel, stride, padding)
    N, *sizes, rows, columns = seen.shape
    y = w.reshape(F, math.prod(sizes)) @ seen.reshape(N, math.prod(sizes), rows * columns)
    return (y + b.reshape(F, 1)).reshape(N, F, rows, columns)


def max_pool2d(x, size, stride=None):
    seen = windows(x, (size, size), stride or size)
    N, C, _, _, rows, columns = seen.shape
    return seen.reshape(N, C, size * size, rows, columns).max(axis=2)


def avg_pool2d(x, size, stride=None):
    return windows(x, (size, size), stride or size).mean(axis=(2, 3))


def standardise(x, axes, eps):
    centred = x - x.mean(axis=axes, keepdims=True)
    return centred / ((centred * centred).mean(axis=axes, keepdims=True) + eps) ** 0.5


def batch_norm(x, gamma, beta, eps=1e-5):
    per_feature = (-1,) + (1,) * (len(x.shape) - 2)
    axes = (0, *range(2, len(x.shape)))
    return gamma.reshape(per_feature) * standardise(x, axes, eps) + beta.reshape(per_feature)


def layer_norm(x, gamma, beta, eps=1e-5):
    return gamma * standardise(x, -1, eps) + beta


def network(x, layers, f):
    """Return the last pre-activation and the list of all, first to last."""
    zs = []
    for w, b in layers:
        zs.append((x if not zs else f(zs[-1])) @ w + b)
    return zs[-1], zs


# --- through time ---------------------------------------------------------------------------------


def rnn_states(x, h0, w_x, w_h, b):
    h = [h0]
    for t in range(x.shape[0]):
        h.append((x[t] @ w_x + h[-1] @ w_h + b).tanh())
    return h[1:]


def rnn(x, h0, w_x, w_h, b):
    return stack(rnn_states(x, h0, w_x, w_h, b))


def lstm(x, h0, c0, w_x, w_h, b):
    """Return h_1 .. h_T and, on top of them, c_T: (T + 1, N, H)."""
    h, c, H, hs = h0, c0, w_h.shape[0], []
    for t in range(x.shape[0]):
        z = x[t] @ w_x + h @ w_h + b
        i, f, o = (sigmoid(z[:, k * H : (k + 1) * H]) for k in (0, 1, 3))
        c = f * c + i * z[:, 2 * H : 3 * H].tanh()
        h = o * c.tanh()
        hs.append(h)
    return stack([*hs, c])


def gru(x, h0, w_x, w_h, b_x, b_h, reset_after=True):
    h, H, hs = h0, w_h.shape[0], []
    for t in range(x.shape[0]):
        a = x[t] @ w_x + b_x
        r, z = (
            sigmoid(a[:, part] + h @ w_h[:, part] + b_h[part])
            for part in (slice(0, H), slice(H, 2 * H))
        )
        w_n, b_n = w_h[:, 2 * H :], b_h[2 * H :]
        recall = r * (h @ w_n + b_n) if reset_after else (r * h) @ w_n + b_n
        n = (a[:, 2 * H :] + recall).tanh()
        h = (1 - z) * n + z * h
        hs.append(h)
    return stack(hs)


# --- attention ------------------------------------------------------------------------------------


def attention(q, k, v, mask=None):
    last = len(k.shape) - 1
    k_transposed = k.transpose(*range(last - 1), last, last - 1)
    weights = (q @ k_transposed / math.sqrt(q.shape[-1])).exp()
    if mask is not None:
        allowed = mask if mask.dtype == bool else np.exp(mask)  # e^(s + m) = e^s e^m
        weights = weights * np.asarray(allowed, np.float64)
    total = weights.sum(axis=-1, keepdims=True)
    return weights / (total + (total.data == 0)) @ v  # nothing allowed: zeros


def multi_head_attention(x, w_qkv, w_o, heads, mask=None):
    T, N, D = x.shape
    qkv = x @ w_qkv

    def head(k):
        """(T, N, D) -> (N, heads, T, D / heads)."""
        part = qkv[:, :, k * D : (k + 1) * D].reshape(T, N, heads, D // heads)
        return part.transpose(1, 2, 0, 3)

    mixed = attention(head(0), head(1), head(2), mask)
    return mixed.transpose(2, 0, 1, 3).reshape(T, N, D) @ w_o


def feed_forward(x, w_1, b_1, w_2, b_2):
    return gelu(x @ w_1 + b_1) @ w_2 + b_2


def block(x, params, heads):
    gamma_1, beta_1, w_qkv, w_o, gamma_2, beta_2, *thinking = params
    mask = np.tri(x.shape[0], dtype=bool)
    x = x + multi_head_attention(layer_norm(x, gamma_1, beta_1), w_qkv, w_o, heads, mask)
    return x + feed_forward(layer_norm(x, gamma_2, beta_2), *thinking)


# --- models ---------------------------------------------------------------------------------------


def lenet(x, params, paddings):
    layers = list(zip(params[::2], params[1::2], strict=True))
    h = Tensor(x)
    for padding, (w, b) in zip(paddings, layers, strict=False):
        h = max_pool2d(conv2d(h, w, b, padding=padding), 2).relu()
    h = h.reshape(h.shape[0], math.prod(h.shape[1:]))
    return network(h, layers[len(paddings) :], lambda z: z.relu())[0]


def last_answer(run, x, state, params):
    """Answer once, at the end of the sequence: h_T w_y + b_y."""
    *cell, w_y, b_y = params
    return run(Tensor(x), *state, *cell)[x.shape[0] - 1] @ w_y + b_y


def letters(run, tokens, state, params):
    """Return the logits after each letter, one row for each place: (T N, K)."""
    table, *cell, w_y, b_y = params
    T, N = tokens.shape
    h = run(table[tokens], *state, *cell)[:T]
    return h.reshape(T * N, w_y.shape[0]) @ w_y + b_y


def decoder(tokens, params, layers, heads):
    """Return the logits for the letter after each place: (T N, K)."""
    table, positions, *rest = params
    T, N = tokens.shape
    x = table[tokens] + positions[:T].reshape(T, 1, positions.shape[1])
    for k in range(layers):
        x = block(x, rest[10 * k : 10 * k + 10], heads)
    gamma, beta, w_y = rest[10 * layers :]
    return layer_norm(x, gamma, beta).reshape(T * N, w_y.shape[0]) @ w_y
