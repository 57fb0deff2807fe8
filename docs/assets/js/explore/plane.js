// @ts-check
/** XOR in the plane: what the explorables of `xor` and `multilayer_perceptron` share. */

import { logits, sigmoid } from "./maths/network.js";
import { number } from "./plot.js";

export const CORNERS = /** @type {[number, number, number][]} */ ([
  [0, 0, 0],
  [0, 1, 1],
  [1, 0, 1],
  [1, 1, 0],
]);
export const SPAN = /** @type {[number, number]} */ ([-0.5, 1.5]);

/** @param {ArrayLike<number>} params @returns {number[]} the probability of 1 at each corner */
export function answers(params) {
  const z = logits(params, CORNERS.map(([x]) => x), CORNERS.map(([, y]) => y));
  return Array.from(z, sigmoid);
}

/** @param {number[]} p @returns {number} how many corners are answered rightly */
export function solved(p) {
  return p.filter((value, n) => value >= 0.5 === (CORNERS[n][2] === 1)).length;
}

/**
 * Draw what the network answers over the plane, and the four points with its answers.
 * @param {import("./plot.js").Plot} plot
 * @param {ArrayLike<number>} params
 */
export function drawPlane(plot, params) {
  plot.regions((x, y) => logits(params, x, y));
  const p = answers(params);
  CORNERS.forEach(([x, y, label], n) => {
    plot.point(x, y, label);
    plot.write(number(p[n]), plot.x(x), plot.y(y) - 15, { ground: true });
  });
}

/**
 * Draw the losses of some runs, one of them in colour, and mark one moment of it.
 * @param {import("./plot.js").Plot} plot
 * @param {ArrayLike<number>} steps
 * @param {ArrayLike<number>[]} runs
 * @param {number} chosen
 * @param {number} moment
 */
export function drawLosses(plot, steps, runs, chosen, moment) {
  plot.inside(() => {
    runs.forEach((losses, n) => n !== chosen && plot.line(steps, losses, { colour: "faint", width: 1.5 }));
    plot.line(steps, runs[chosen], { colour: "blue" });
  });
  plot.mark(steps[moment], Math.min(runs[chosen][moment], plot.up[1]));
}
