// @ts-check
/**
 * The answer of a trained 2-H-1 tanh network, in the page: the file holds the parameters that
 * snippets.xor and snippets.multilayer_perceptron found, which is far less than pictures of the planes,
 * and sharper.  tests/test_explore_browser.py compares `logits` and `hidden` with the package.
 *
 * A network is the row of its parameters: w1 (2 x H, by rows), b1 (H), w2 (H), b2.
 */

/**
 * The output before the sigmoid at every point: tanh(x w1 + b1) w2 + b2.
 * @param {ArrayLike<number>} params
 * @param {ArrayLike<number>} x1
 * @param {ArrayLike<number>} x2
 * @returns {Float64Array}
 */
export function logits(params, x1, x2) {
  const H = (params.length - 1) / 4;
  const z = new Float64Array(x1.length).fill(params[4 * H]);
  for (let j = 0; j < H; j++) {
    const [w1, w2, b, out] = [params[j], params[H + j], params[2 * H + j], params[3 * H + j]];
    for (let n = 0; n < z.length; n++) z[n] += out * Math.tanh(w1 * x1[n] + w2 * x2[n] + b);
  }
  return z;
}

/**
 * Where the hidden layer sends one point: tanh(x w1 + b1).
 * @param {ArrayLike<number>} params
 * @param {number} x1
 * @param {number} x2
 * @returns {number[]} H numbers
 */
export function hidden(params, x1, x2) {
  const H = (params.length - 1) / 4;
  return Array.from({ length: H }, (_, j) =>
    Math.tanh(params[j] * x1 + params[H + j] * x2 + params[2 * H + j]),
  );
}

/** @param {number} z @returns {number} without overflow */
export function sigmoid(z) {
  const e = Math.exp(-Math.abs(z));
  return (z >= 0 ? 1 : e) / (1 + e);
}
