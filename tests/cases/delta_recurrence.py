"""Cases for `snippets.delta_recurrence`."""

from tests.cases import bad, cases, good, matrix

WS = [matrix(3, 5), matrix(5, 4, seed=1), matrix(4, 2, seed=2)]
ZS = [matrix(6, 5, seed=3), matrix(6, 4, seed=4), matrix(6, 2, seed=5)]
LAST = matrix(6, 2, seed=6)
ONE = [z[0] for z in ZS]

CASES = {
    "delta_as_product": cases(good(LAST[0], WS, ONE), bad("delta_last", LAST, WS, ONE)),
    "delta_recurrence": cases(
        good(LAST, WS, ZS), bad("delta_last", LAST[0], WS, ZS), bad("ws", LAST, WS[:2], ZS)
    ),
    "delta_step": cases(
        good(ZS[2], WS[2], ZS[1]),
        bad("delta_next", ZS[2][:2], WS[2], ZS[1]),
        bad("w_next", ZS[2], WS[2][:2], ZS[1]),
        bad("z", ZS[2], WS[2], ZS[1][0]),
    ),
    "gradients_from_deltas": cases(
        good(ZS[:2], ZS[1:]), bad("hs", [ZS[0][0]], [ZS[1]]), bad("deltas", [ZS[0]], [ZS[1][:2]])
    ),
    "product_cost": cases(good([1, 3, 2]), bad("sizes", [1, 0, 2]), bad("sizes", [1])),
    "shapes": cases(good([2, 3, 1], 4), bad("batch", [2, 1], 0), bad("sizes", [2, 0], 4)),
}
