// @ts-check
/**
 * A GRU in the page.  tests/test_explore_browser.py compares all of this with snippets.gru.
 *
 * @typedef {Object} Net  Matrices by rows, as in the package; columns in the order r, z, n.
 * @property {ArrayLike<number>} w_x  (D, 3 H)
 * @property {ArrayLike<number>} w_h  (H, 3 H)
 * @property {ArrayLike<number>} b_x  (3 H)
 * @property {ArrayLike<number>} b_h  (3 H)
 *
 * @typedef {Object} Moment  What happened in one step, each (H).
 * @property {number[]} r
 * @property {number[]} z
 * @property {number[]} n
 * @property {number[]} h
 *
 * @typedef {{gate: "r"|"z", value: number}} Held  a gate that is not computed but held at a value
 */

import { sigmoid } from "./network.js";

/**
 * Every step of a sequence, from an empty memory, with the reset after the product:
 * n = tanh(x w_x + b_x + r (h w_h + b_h)), and z is the share that is kept, or the share that is new.
 * @param {Net} net
 * @param {ArrayLike<number>[]} x  the inputs (D) of each step
 * @param {"kept"|"new"} [share]  what z says
 * @param {Held} [held]
 * @returns {Moment[]}
 */
export function forward(net, x, share = "kept", held = undefined) {
  const H = net.b_x.length / 3;
  const units = Array.from({ length: H }, (_, n) => n);
  let h = units.map(() => 0);
  return x.map((now) => {
    const before = h;
    const seen = (/** @type {number} */ column) => net.b_x[column] + times(now, net.w_x, column, 3 * H);
    const recalled = (/** @type {number} */ column) => net.b_h[column] + times(before, net.w_h, column, 3 * H);
    const open = (/** @type {"r"|"z"} */ name, /** @type {number} */ gate) =>
      units.map((unit) => {
        const column = gate * H + unit;
        return held?.gate === name ? held.value : sigmoid(seen(column) + recalled(column));
      });
    const [r, z] = [open("r", 0), open("z", 1)];
    const n = units.map((unit) => Math.tanh(seen(2 * H + unit) + r[unit] * recalled(2 * H + unit)));
    h = units.map((unit) => {
      const kept = share === "kept" ? z[unit] : 1 - z[unit];
      return (1 - kept) * n[unit] + kept * before[unit];
    });
    return { r, z, n, h };
  });
}

/**
 * The same network for the other meaning of z: all that leads to the update gate with the other sign.
 * @param {Net} net
 * @returns {Net}
 */
export function turned(net) {
  const H = net.b_x.length / 3;
  const negate = (/** @type {ArrayLike<number>} */ values) =>
    Array.from(values, (value, at) => (Math.floor(at / H) % 3 === 1 ? -value : value));
  return { w_x: negate(net.w_x), w_h: negate(net.w_h), b_x: negate(net.b_x), b_h: negate(net.b_h) };
}

/**
 * A vector times one column of a matrix.
 * @param {ArrayLike<number>} vector
 * @param {ArrayLike<number>} matrix
 * @param {number} column
 * @param {number} columns
 */
function times(vector, matrix, column, columns) {
  let sum = 0;
  for (let n = 0; n < vector.length; n++) sum += vector[n] * matrix[n * columns + column];
  return sum;
}
