// @ts-check
/**
 * The perceptron rule in the page, because the reader drags the points: snippets.perceptron.Perceptron in
 * JavaScript.  tests/test_explore_browser.py runs both on the same points and compares every update.
 *
 * @typedef {{w: [number, number], b: number, epoch: number, sample: number, error: number}} Update
 */

/**
 * Learn from zero weights with learning rate 1, point after point, until an epoch has no mistake.
 * @param {[number, number][]} x
 * @param {ArrayLike<number>} y  0 or 1
 * @param {number} epochs  at most
 * @returns {{history: Update[], converged: boolean}} the start, then one entry for each mistake
 */
export function fit(x, y, epochs) {
  /** @type {Update} */
  let now = { w: [0, 0], b: 0, epoch: 0, sample: -1, error: 0 };
  const history = [now];
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const before = history.length;
    for (let sample = 0; sample < x.length; sample++) {
      const error = y[sample] - answer(x[sample], now);
      if (error === 0) continue;
      const [x1, x2] = x[sample];
      // w <- w + error x,  b <- b + error
      const w = /** @type {[number, number]} */ ([now.w[0] + error * x1, now.w[1] + error * x2]);
      now = { w, b: now.b + error, epoch, sample, error };
      history.push(now);
    }
    if (history.length === before) return { history, converged: true };
  }
  return { history, converged: false };
}

/**
 * The neuron's answer: 1 if x . w + b >= 0, else 0.
 * @param {[number, number]} x
 * @param {{w: [number, number], b: number}} neuron
 * @returns {0|1}
 */
export function answer([x1, x2], { w, b }) {
  return x1 * w[0] + x2 * w[1] + b >= 0 ? 1 : 0;
}
