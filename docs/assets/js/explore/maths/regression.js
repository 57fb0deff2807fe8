// @ts-check
/**
 * Regression with one input in the page, because the reader drags the examples: snippets.regression in
 * JavaScript.  tests/test_explore_browser.py compares both.
 *
 * @typedef {"line"|"curve"} Model  linear regression, or logistic regression with classes 0 and 1
 * @typedef {{w: number, b: number}} Fit
 * @typedef {ArrayLike<number>} Numbers
 */

import { sigmoid } from "./network.js";

const NEWTON_STEPS = 60;
const TINY = 1e-9;

/** @param {Model} model @param {Fit} fit @param {number} x @returns {number} */
export function predict(model, { w, b }, x) {
  const z = w * x + b;
  return model === "line" ? z : sigmoid(z);
}

/**
 * Half the mean squared error, or the mean binary cross-entropy in nats.
 * @param {Model} model
 * @param {Numbers} x
 * @param {Numbers} y
 * @param {Fit} fit
 * @returns {number}
 */
export function loss(model, x, y, { w, b }) {
  return mean(x, (one, n) => {
    const z = w * one + b;
    if (model === "line") return (z - y[n]) ** 2 / 2;
    return Math.max(z, 0) - y[n] * z + Math.log1p(Math.exp(-Math.abs(z))); // cannot overflow
  });
}

/**
 * The gradient of either loss: the means of (y_hat - y) x and of y_hat - y.
 * @param {Model} model
 * @param {Numbers} x
 * @param {Numbers} y
 * @param {Fit} fit
 * @returns {Fit}
 */
export function gradient(model, x, y, fit) {
  const error = (/** @type {number} */ one, /** @type {number} */ n) => predict(model, fit, one) - y[n];
  return { w: mean(x, (one, n) => error(one, n) * one), b: mean(x, error) };
}

/**
 * Gradient descent from w = b = 0.
 * @param {Model} model
 * @param {Numbers} x
 * @param {Numbers} y
 * @param {number} rate
 * @param {number} steps
 * @returns {Fit}
 */
export function descend(model, x, y, rate, steps) {
  let fit = { w: 0, b: 0 };
  for (let n = 0; n < steps; n++) {
    const slope = gradient(model, x, y, fit);
    fit = { w: fit.w - rate * slope.w, b: fit.b - rate * slope.b };
  }
  return fit;
}

/**
 * Where the classes part, half-way between them, and the class on the colder side; undefined if they overlap or
 * one of them is empty.
 * @param {Numbers} x
 * @param {Numbers} y
 * @returns {{at: number, left: number}|undefined}
 */
export function gap(x, y) {
  const of = (/** @type {number} */ label) => Array.from(x).filter((_, n) => y[n] === label);
  const [zeros, ones] = [of(0), of(1)];
  if (!zeros.length || !ones.length) return undefined;
  for (const [left, low, high] of /** @type {[number, number[], number[]][]} */ ([
    [0, zeros, ones],
    [1, ones, zeros],
  ])) {
    const [end, start] = [Math.max(...low), Math.min(...high)];
    if (end <= start) return { at: (end + start) / 2, left };
  }
  return undefined;
}

/**
 * The fit of least loss; undefined if there is none, or more than one.
 * @param {Model} model
 * @param {Numbers} x
 * @param {Numbers} y
 * @returns {Fit|undefined}
 */
export function best(model, x, y) {
  const middle = mean(x, (one) => one);
  if (mean(x, (one) => (one - middle) ** 2) < TINY) return undefined;
  const never = gap(x, y) !== undefined || Array.from(y).every((one) => one === y[0]);
  if (model === "curve" && never) return undefined;
  // One step of Newton's method solves the normal equation; the curve takes several.
  let fit = { w: 0, b: 0 };
  for (let n = 0; n < NEWTON_STEPS; n++) fit = improved(model, x, y, fit);
  return fit;
}

/**
 * One step of Newton's method, halved until the loss does not rise.
 * @param {Model} model
 * @param {Numbers} x
 * @param {Numbers} y
 * @param {Fit} fit
 * @returns {Fit}
 */
function improved(model, x, y, fit) {
  const slope = gradient(model, x, y, fit);
  const bend = (/** @type {number} */ one) => {
    const p = predict(model, fit, one);
    return model === "line" ? 1 : p * (1 - p);
  };
  const ww = mean(x, (one) => bend(one) * one * one);
  const wb = mean(x, (one) => bend(one) * one);
  const bb = mean(x, bend);
  const area = ww * bb - wb * wb;
  if (area < 1e-14) return fit;
  const step = { w: (bb * slope.w - wb * slope.b) / area, b: (ww * slope.b - wb * slope.w) / area };
  const now = loss(model, x, y, fit);
  for (let part = 1; part > 1e-6; part /= 2) {
    const next = { w: fit.w - part * step.w, b: fit.b - part * step.b };
    if (loss(model, x, y, next) <= now) return next;
  }
  return fit;
}

/** @param {Numbers} values @param {(one: number, n: number) => number} f @returns {number} */
function mean(values, f) {
  let sum = 0;
  for (let n = 0; n < values.length; n++) sum += f(values[n], n);
  return sum / values.length;
}
