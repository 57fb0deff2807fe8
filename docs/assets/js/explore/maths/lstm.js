// @ts-check
/**
 * An LSTM in the page: the file holds the parameters that the package trained.  tests/test_explore_browser.py
 * compares all of this with snippets.lstm.
 *
 * @typedef {Object} Net  Matrices by rows, as in the package.
 * @property {ArrayLike<number>} w_x  (D, 4 H), the gates in the order i, f, g, o
 * @property {ArrayLike<number>} w_h  (H, 4 H)
 * @property {ArrayLike<number>} b  (4 H)
 * @property {ArrayLike<number>} w_y  (H)
 * @property {ArrayLike<number>} b_y  (1)
 *
 * @typedef {Object} Moment  What happened in one step, each (H).
 * @property {number[]} i
 * @property {number[]} f
 * @property {number[]} g
 * @property {number[]} o
 * @property {number[]} c
 * @property {number[]} h
 *
 * @typedef {{gate: "i"|"f"|"o", value: number}} Held  a gate that is not computed but held at a value
 */

import { sigmoid } from "./network.js";

/**
 * Every step of a sequence, from an empty memory: c = f c + i g, h = o tanh(c).
 * @param {Net} net
 * @param {ArrayLike<number>[]} x  the inputs (D) of each step
 * @param {Held} [held]
 * @returns {Moment[]}
 */
export function forward(net, x, held) {
  const H = net.b.length / 4;
  const units = Array.from({ length: H }, (_, n) => n);
  let h = units.map(() => 0);
  let c = units.map(() => 0);
  return x.map((now) => {
    const before = h;
    const z = (/** @type {number} */ gate) =>
      units.map((n) => {
        const column = gate * H + n;
        return net.b[column] + times(now, net.w_x, column, 4 * H) + times(before, net.w_h, column, 4 * H);
      });
    const open = (/** @type {"i"|"f"|"o"} */ name, /** @type {number} */ gate) =>
      z(gate).map((one) => (held?.gate === name ? held.value : sigmoid(one)));
    const [i, f, g, o] = [open("i", 0), open("f", 1), z(2).map(Math.tanh), open("o", 3)];
    c = c.map((one, n) => f[n] * one + i[n] * g[n]);
    h = c.map((one, n) => o[n] * Math.tanh(one));
    return { i, f, g, o, c, h };
  });
}

/**
 * The answer that a network gives to its last output: h w_y + b_y.
 * @param {Net} net
 * @param {number[]} h
 * @returns {number}
 */
export const answer = (net, h) => net.b_y[0] + times(h, net.w_y, 0, 1);

/**
 * What is left of a cell at the end of all that it held after `step` steps: the product of the later forget gates.
 * @param {Moment[]} moments
 * @param {number} step
 * @param {number} cell
 * @returns {number}
 */
export const kept = (moments, step, cell) =>
  moments.slice(step).reduce((product, { f }) => product * f[cell], 1);

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
