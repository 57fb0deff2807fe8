// @ts-check
/**
 * A recurrent layer forward and backward in the page, because the reader changes its inputs and weights:
 * snippets.rnn.rnn and gradient_flow in JavaScript.  tests/test_figures_rnn.py runs both on the same
 * numbers and compares every state and every error.
 */

/**
 * The states h_t = tanh(x_t w_x + h_{t-1} w_h), from h_0 = 0.
 * @param {ArrayLike<number>} x  one number a step
 * @param {ArrayLike<number>} wX  H numbers
 * @param {ArrayLike<number>} wH  H x H, by rows
 * @returns {number[][]} T rows of H numbers
 */
export function states(x, wX, wH) {
  const H = wX.length;
  const all = [];
  let h = new Array(H).fill(0);
  for (let t = 0; t < x.length; t++) {
    const before = h;
    h = before.map((_, k) => {
      let z = x[t] * wX[k];
      for (let i = 0; i < H; i++) z += before[i] * wH[i * H + k];
      return Math.tanh(z);
    });
    all.push(h);
  }
  return all;
}

/**
 * The length of dL/dh_t at every step, when the loss reads only the last state.
 * @param {ArrayLike<number>} dhLast  H numbers
 * @param {number[][]} h  what `states` returned
 * @param {ArrayLike<number>} wH  H x H, by rows
 * @returns {number[]} T numbers, the last is the length of dhLast
 */
export function flow(dhLast, h, wH) {
  const H = dhLast.length;
  const lengths = new Array(h.length);
  let g = Array.from(dhLast);
  for (let t = h.length - 1; t >= 0; t--) {
    lengths[t] = Math.hypot(...g);
    // dL/dh_{t-1} = (dL/dh_t (1 - h_t^2)) w_h^T
    const dz = g.map((value, k) => value * (1 - h[t][k] ** 2));
    g = dz.map((_, i) => dz.reduce((sum, value, k) => sum + value * wH[i * H + k], 0));
  }
  return lengths;
}
