// @ts-check
/**
 * Losses of one prediction for many numbers, in the page, because the reader drags the numbers: snippets.loss
 * in JavaScript.  tests/test_explore_browser.py compares both.
 *
 * @typedef {"mse"|"mae"|"huber"} Name
 */

/**
 * The loss of a single error.
 * @param {Name} name
 * @param {number} error
 * @param {number} delta  where Huber's parabola goes over into a line
 * @returns {number}
 */
export function lossOf(name, error, delta) {
  const size = Math.abs(error);
  if (name === "mse") return size * size;
  if (name === "mae") return size;
  const near = Math.min(size, delta);
  return near * (size - near / 2);
}

/**
 * The mean loss of predicting c for all of y.
 * @param {Name} name
 * @param {ArrayLike<number>} y
 * @param {number} c
 * @param {number} delta
 * @returns {number}
 */
export function meanLoss(name, y, c, delta) {
  const losses = Array.from(y, (one) => lossOf(name, c - one, delta));
  return losses.reduce((sum, one) => sum + one, 0) / losses.length;
}

/**
 * The constant with the least mean loss: the mean, the median of an odd number of values, or for Huber the
 * place where the pulls, each at most delta, balance.
 * @param {Name} name
 * @param {ArrayLike<number>} y
 * @param {number} delta
 * @returns {number}
 */
export function best(name, y, delta) {
  const sorted = Array.from(y).sort((a, b) => a - b);
  if (name === "mse") return sorted.reduce((sum, one) => sum + one, 0) / sorted.length;
  if (name === "mae") return sorted[(sorted.length - 1) / 2];
  const pull = (/** @type {number} */ c) =>
    sorted.reduce((sum, one) => sum + Math.min(Math.max(c - one, -delta), delta), 0);
  let [low, high] = [sorted[0], sorted[sorted.length - 1]];
  for (let n = 0; n < 50; n++) {
    const middle = (low + high) / 2;
    if (pull(middle) < 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
