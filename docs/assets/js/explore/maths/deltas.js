// @ts-check
/** The delta recurrence in a deep network of equal widths; compared with snippets.delta_recurrence. */

/** @typedef {"sigmoid"|"tanh"|"relu"|"identity"} Kind */

const sigmoid = (/** @type {number} */ z) => 1 / (1 + Math.exp(-z));

/** @type {Record<Kind, [(z: number) => number, (z: number) => number]>} the function and its slope */
const KINDS = {
  sigmoid: [sigmoid, (z) => sigmoid(z) * (1 - sigmoid(z))],
  tanh: [Math.tanh, (z) => 1 - Math.tanh(z) ** 2],
  relu: [(z) => Math.max(z, 0), (z) => (z > 0 ? 1 : 0)],
  identity: [(z) => z, () => 1],
};

/**
 * The weighted sums of every layer, first to last: z = h w, h = f(z).
 * @param {number[]} x
 * @param {number[][][]} ws  of each layer, [unit before][unit]
 * @param {Kind} kind
 * @returns {number[][]}
 */
export function forward(x, ws, kind) {
  let h = x;
  return ws.map((w) => {
    const z = w[0].map((_, k) => h.reduce((sum, value, i) => sum + value * w[i][k], 0));
    h = z.map(KINDS[kind][0]);
    return z;
  });
}

/**
 * What arrives at a layer over the weights of the next: delta_next w_next^T.
 * @param {number[]} next
 * @param {number[][]} w
 * @returns {number[]}
 */
export const arriving = (next, w) => w.map((row) => row.reduce((sum, value, k) => sum + value * next[k], 0));

/**
 * The deltas of all layers, first to last, from that of the last.
 * @param {number[]} last
 * @param {number[][][]} ws
 * @param {number[][]} zs
 * @param {Kind} kind
 * @returns {number[][]}
 */
export function deltas(last, ws, zs, kind) {
  const found = [last];
  for (let layer = ws.length - 2; layer >= 0; layer--) {
    const slopes = zs[layer].map(KINDS[kind][1]);
    found.unshift(arriving(found[0], ws[layer + 1]).map((sum, i) => sum * slopes[i]));
  }
  return found;
}
