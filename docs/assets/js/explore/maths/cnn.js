// @ts-check
/**
 * A convolutional network in the page.  tests/test_explore_browser.py compares all of this with snippets.cnn.
 *
 * @typedef {import("../data.js").Table} Table
 *
 * @typedef {Object} Net  As `digits_net` of the package: two convolutions and an affine layer.
 * @property {Table} w1  (F1, 1, 3, 3)
 * @property {Table} b1  (F1)
 * @property {Table} w2  (F2, F1, 3, 3)
 * @property {Table} b2  (F2)
 * @property {Table} w3  (F2 S S, K)
 * @property {Table} b3  (K)
 *
 * @typedef {Object} Seen
 * @property {number[][]} first  the rectified maps of the first convolution
 * @property {number[][]} second  those of the second
 * @property {number[]} probabilities  (K)
 */

import { pool } from "./pooling.js";

/**
 * Slide the kernels over square maps, with as much padding as keeps their size.
 * @param {ArrayLike<number>[]} x  C maps of side x side
 * @param {number} side
 * @param {Table} w  (F, C, k, k)
 * @param {Table} b  (F)
 * @returns {number[][]} F maps of side x side
 */
export function convolve(x, side, w, b) {
  const [F, C, k] = w.shape;
  const margin = (k - 1) / 2;
  return Array.from({ length: F }, (_, f) =>
    Array.from({ length: side * side }, (_, n) => {
      const [top, left] = [Math.floor(n / side) - margin, (n % side) - margin];
      let sum = b.values[f];
      for (let c = 0; c < C; c++) {
        for (let i = 0; i < k; i++) {
          for (let j = 0; j < k; j++) {
            const [r, q] = [top + i, left + j];
            if (r < 0 || q < 0 || r >= side || q >= side) continue;
            sum += w.values[((f * C + c) * k + i) * k + j] * x[c][r * side + q];
          }
        }
      }
      return sum;
    }),
  );
}

/**
 * @param {Net} net
 * @param {ArrayLike<number>} image  side x side
 * @param {number} side
 * @returns {Seen}
 */
export function forward(net, image, side) {
  const first = convolve([image], side, net.w1, net.b1);
  const half = side / 2;
  const pooled = first.map((map) => relu(pool(map, side, 2, "maximum")));
  const second = convolve(pooled, half, net.w2, net.b2);
  const features = second.flatMap((map) => relu(pool(map, half, 2, "maximum")));
  const K = net.b3.values.length;
  const logits = Array.from(net.b3.values, (bias, n) =>
    features.reduce((sum, value, m) => sum + value * net.w3.values[m * K + n], bias),
  );
  return { first: first.map(relu), second: second.map(relu), probabilities: softmax(logits) };
}

/** @param {number[]} values @returns {number[]} */
const relu = (values) => values.map((value) => Math.max(value, 0));

/** @param {number[]} logits @returns {number[]} */
function softmax(logits) {
  const most = Math.max(...logits);
  const powers = logits.map((logit) => Math.exp(logit - most));
  const sum = powers.reduce((a, b) => a + b);
  return powers.map((power) => power / sum);
}
