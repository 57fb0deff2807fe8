"""Cases for `snippets.attention`."""

from snippets.attention import causal_mask
from tests.cases import bad, cases, good, matrix

Q, K, V, MASK = matrix(2, 4, 6), matrix(2, 4, 6, seed=1), matrix(2, 4, 5, seed=2), causal_mask(4)
DY, X, W_QKV, W_O = matrix(2, 4, 5, seed=3), matrix(4, 2, 6), matrix(6, 18), matrix(6, 6, seed=1)
DX = matrix(4, 2, 6, seed=4)

CASES = {
    "attention": cases(
        good(Q, K, V),
        good(Q, K, V, MASK),
        bad("q", "text", K, V),
        bad("k", Q, K[..., :5], V),
        bad("v", Q, K, V[:, :3]),
        bad("mask", Q, K, V, MASK[:2]),
    ),
    "attention_backward": cases(
        good(DY, Q, K, V), good(DY, Q, K, V, MASK), bad("dy", DY[:, :2], Q, K, V)
    ),
    "attention_weights": cases(good(Q, K), good(Q, K, MASK), bad("k", Q, K[..., :5])),
    "causal_mask": cases(good(3), bad("steps", -1)),
    "merge_heads": cases(good(matrix(2, 3, 4, 5)), bad("x", X)),
    "split_heads": cases(good(X, 3), bad("x", X[0], 3), bad("heads", X, 4)),
    "multi_head_attention": cases(
        good(X, W_QKV, W_O, 2),
        good(X, W_QKV, W_O, 3, MASK),
        bad("x", X[0], W_QKV, W_O, 2),
        bad("w_qkv", X, W_QKV[:, :5], W_O, 2),
        bad("w_o", X, W_QKV, W_O[:5], 2),
        bad("heads", X, W_QKV, W_O, 5),
    ),
    "multi_head_attention_backward": cases(
        good(DX, X, W_QKV, W_O, 2, MASK), bad("dy", DX[:1], X, W_QKV, W_O, 2)
    ),
    "sinusoidal_positions": cases(good(5, 4), bad("steps", -1, 4), bad("features", 5, 0.5)),
}
