// @ts-check
/**
 * The answer of a trained 2-H-1 tanh network, in the page: the file holds the parameters that
 * snippets.xor and snippets.multilayer_perceptron found, which is far less than pictures of the planes,
 * and sharper.  tests/test_explore_browser.py compares all of this with the package and with NumPy.
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

/**
 * Two unit directions along which the hidden space is seen on the page.
 *
 * With two units they are h1 and h2.  With more, the first is that of w2, so that the output's boundary is
 * seen edge-on as an upright line; the second is that in which the hidden points spread most among the
 * rest, found by power iteration.
 * @param {ArrayLike<number>} params
 * @param {[number, number][]} points  of the input plane
 * @param {number[][]|null} before  the directions of the moment before, to which the sign is fitted
 * @returns {number[][]} two rows of H numbers
 */
export function directions(params, points, before = null) {
  const H = (params.length - 1) / 4;
  if (H === 2) return [[1, 0], [0, 1]];
  const first = unit(Array.from({ length: H }, (_, j) => params[3 * H + j]));
  const images = points.map(([x1, x2]) => hidden(params, x1, x2));
  const middle = first.map((_, j) => images.reduce((sum, h) => sum + h[j], 0) / images.length);
  const rest = images.map((h) => without(h.map((value, j) => value - middle[j]), first));
  // Start from the farthest image: it cannot lie across the direction of the widest spread by accident.
  let second = unit(rest.reduce((best, one) => (dot(one, one) > dot(best, best) ? one : best)));
  for (let n = 0; n < 60; n++) {
    const next = new Array(H).fill(0);
    for (const one of rest) {
      const along = dot(one, second);
      for (let j = 0; j < H; j++) next[j] += along * one[j];
    }
    second = unit(without(next, first));
  }
  if (before && dot(second, before[1]) < 0) second = second.map((value) => -value);
  return [first, second];
}

/** @param {number[]} a @param {number[]} b @returns {number} */
const dot = (a, b) => a.reduce((sum, value, j) => sum + value * b[j], 0);

/** @param {number[]} a @returns {number[]} */
function unit(a) {
  const size = Math.sqrt(dot(a, a)) || 1;
  return a.map((value) => value / size);
}

/** @param {number[]} a @param {number[]} direction  of length 1 @returns {number[]} a's part across it */
function without(a, direction) {
  const along = dot(a, direction);
  return a.map((value, j) => value - along * direction[j]);
}
