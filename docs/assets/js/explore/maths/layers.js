// @ts-check
/** A network 1-width-...-width-1, cut out of the largest one; compared with snippets.deep_learning. */

import { row } from "../data.js";

/** @typedef {"identity"|"tanh"|"relu"} Bend */

/** @type {Record<Bend, (z: number) => number>} */
const BENDS = { identity: (z) => z, tanh: Math.tanh, relu: (z) => Math.max(z, 0) };

/**
 * The widths of the layers, input and output included.
 * @param {number} layers  hidden ones
 * @param {number} width
 * @returns {number[]}
 */
export function sizes(layers, width) {
  return [1, ...Array.from({ length: layers }, () => width), 1];
}

/**
 * The output at every x.
 * @param {import("../data.js").Table} w  (seeds, layers, in, out)
 * @param {import("../data.js").Table} b  (seeds, layers, out)
 * @param {{seed: number, layers: number, width: number, f: Bend}} net
 * @param {ArrayLike<number>} x
 * @returns {number[]}
 */
export function forward(w, b, { seed, layers, width, f }, x) {
  const most = w.shape[3];
  const all = sizes(layers, width);
  const weights = all.slice(1).map((_, n) => [row(w, seed, n), row(b, seed, n)]);
  return Array.from(x, (input) => {
    let h = [input];
    weights.forEach(([w_n, b_n], n) => {
      const scale = 1 / Math.sqrt(all[n]);
      h = Array.from({ length: all[n + 1] }, (_, j) => {
        const z = h.reduce((sum, value, i) => sum + value * w_n[i * most + j] * scale, b_n[j]);
        return n < layers ? BENDS[f](z) : z;
      });
    });
    return h[0];
  });
}

/** @param {number[]} widths @returns {number} weights and biases of a fully connected network */
export function parameterCount(widths) {
  return widths.slice(1).reduce((sum, out, n) => sum + widths[n] * out + out, 0);
}
