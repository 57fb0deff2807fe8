// @ts-check
/**
 * Forward and backward through the 2-2-2 sigmoid network, in the page, because the reader changes its
 * numbers: snippets.backpropagation.named_steps in JavaScript.  tests/test_explore_browser.py runs both on
 * the same numbers and compares every value.
 *
 * @typedef {{x: number[], y: number[], w1: number[][], b1: number[], w2: number[][], b2: number[]}} Net
 */

import { sigmoid } from "./network.js";

/**
 * The sixteen numbers that can be changed, in the order of NUMBERS in snippets/figures/backpropagation.py.
 * @param {ArrayLike<number>} n
 * @returns {Net}
 */
export function netOf(n) {
  return {
    x: [n[0], n[1]],
    w1: [[n[2], n[3]], [n[4], n[5]]],
    b1: [n[6], n[7]],
    w2: [[n[8], n[9]], [n[10], n[11]]],
    b2: [n[12], n[13]],
    y: [n[14], n[15]],
  };
}

/**
 * Every value of both passes by the name of its step: z1, h1, z2, y_hat, L, dy_hat, dz2, dw2, ...; and the
 * local derivatives s1, s2 = sigmoid'(z) of both layers.
 * @param {Net} net
 */
export function passes({ x, y, w1, b1, w2, b2 }) {
  const z1 = affine(x, w1, b1);
  const h1 = z1.map(sigmoid);
  const z2 = affine(h1, w2, b2);
  const yHat = z2.map(sigmoid);
  const dyHat = yHat.map((value, k) => value - y[k]);
  const L = (dyHat[0] ** 2 + dyHat[1] ** 2) / 2;
  // sigmoid'(z) = h (1 - h)
  const s2 = yHat.map((h) => h * (1 - h));
  const dz2 = dyHat.map((dh, k) => dh * s2[k]);
  const dh1 = timesTransposed(dz2, w2);
  const s1 = h1.map((h) => h * (1 - h));
  const dz1 = dh1.map((dh, k) => dh * s1[k]);
  return {
    z1, h1, z2, y_hat: yHat, L, s1, s2,
    dy_hat: dyHat, dz2, dw2: outer(h1, dz2), db2: dz2, dh1,
    dz1, dw1: outer(x, dz1), db1: dz1, dx: timesTransposed(dz1, w1),
  };
}

/** @param {number[]} x @param {number[][]} w @param {number[]} b @returns {number[]} x w + b */
function affine(x, w, b) {
  return b.map((bias, k) => x[0] * w[0][k] + x[1] * w[1][k] + bias);
}

/** @param {number[]} dz @param {number[][]} w @returns {number[]} dz w^T */
function timesTransposed(dz, w) {
  return w.map((row) => dz[0] * row[0] + dz[1] * row[1]);
}

/** @param {number[]} h @param {number[]} dz @returns {number[][]} h^T dz */
function outer(h, dz) {
  return h.map((value) => dz.map((slope) => value * slope));
}
