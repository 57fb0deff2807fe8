// @ts-check
/**
 * Gradient descent on a bowl in the page, because the reader drags its start: snippets.gradient_descent in
 * JavaScript.  tests/test_figures_gradient_descent.py runs both from the same starts and compares every step.
 *
 * @typedef {[number, number]} Pair
 */

/**
 * The gradient a theta of the bowl theta^T a theta / 2.
 * @param {ArrayLike<number>} a  2 x 2, by rows
 * @param {Pair} theta
 * @returns {Pair}
 */
export const slope = (a, [x, y]) => [a[0] * x + a[1] * y, a[2] * x + a[3] * y];

/**
 * The height theta^T a theta / 2.
 * @param {ArrayLike<number>} a
 * @param {Pair} theta
 * @returns {number}
 */
export function height(a, theta) {
  const [dx, dy] = slope(a, theta);
  return (theta[0] * dx + theta[1] * dy) / 2;
}

/**
 * The path theta <- theta - lr a theta, its start included.
 * @param {ArrayLike<number>} a
 * @param {Pair} start
 * @param {number} lr
 * @param {number} steps
 * @returns {Pair[]}
 */
export function descend(a, start, lr, steps) {
  const path = [start];
  for (let n = 0; n < steps; n++) {
    const [x, y] = path[n];
    const [dx, dy] = slope(a, path[n]);
    path.push([x - lr * dx, y - lr * dy]);
  }
  return path;
}
