// @ts-check
/**
 * A line over the four corners of the square, and the function that it computes; compared with
 * snippets.neuron and snippets.logic_gates.
 *
 * @typedef {[number, number]} Pair
 * @typedef {{w1: number, w2: number, b: number}} Line  where w1 x + w2 y + b = 0
 */

/** The inputs in counting order. */
export const CORNERS = /** @type {Pair[]} */ ([[0, 0], [0, 1], [1, 0], [1, 1]]);
const LOW = -0.5;
const HIGH = 1.5;
const EDGE = 0.05; // how far from the frame a dragged point stays
const MOST = { w: 2, b: 3 };

/** @param {Line} line @returns {number[]} the neuron's answers at the four corners */
export function answers({ w1, w2, b }) {
  // sums of tenths are not exact: a corner on the line must count as on it
  return CORNERS.map(([x, y]) => (w1 * x + w2 * y + b >= -1e-9 ? 1 : 0));
}

/** @param {Line} line @returns {number} of the function: bit k is the answer at corner k */
export function functionNumber(line) {
  return answers(line).reduce((sum, y, k) => sum + (y << k), 0);
}

/** @param {Line} line @returns {Pair[]} where it leaves the frame: two points, or none */
export function ends({ w1, w2, b }) {
  /** @type {Pair[]} */
  const found = [];
  for (const side of [LOW, HIGH]) {
    if (w2) found.push([side, -(w1 * side + b) / w2]);
    if (w1) found.push([-(w2 * side + b) / w1, side]);
  }
  const inside = found.filter((point) => point.every((v) => v > LOW - 1e-9 && v < HIGH + 1e-9));
  if (inside.length < 2) return [];
  const away = (/** @type {Pair} */ [x, y]) => Math.hypot(x - inside[0][0], y - inside[0][1]);
  const far = inside.reduce((best, one) => (away(one) > away(best) ? one : best));
  return away(far) > 1e-6 ? [inside[0], far] : [];
}

/**
 * The line through a dragged point and a fixed one; what fired goes on firing, and w stays as long.
 * @param {Pair} point @param {Pair} pivot @param {Line} old @returns {Line}
 */
export function through(point, pivot, old) {
  const [x, y] = point.map(inner);
  const [across, up] = [x - pivot[0], y - pivot[1]];
  const long = Math.hypot(across, up);
  if (long < 1e-3) return old;
  const side = up * old.w1 - across * old.w2 < 0 ? -1 : 1;
  const size = (side * Math.hypot(old.w1, old.w2)) / long;
  return shifted([x, y], { w1: up * size, w2: -across * size, b: 0 });
}

/** @param {Pair} point @param {Line} old @returns {Line} parallel to the old one, through the point */
export function shifted(point, { w1, w2 }) {
  const [x, y] = point.map(inner);
  return smaller({ w1, w2, b: -(w1 * x + w2 * y) });
}

/** @param {Line} line @returns {Line} answers 1 where the old one answered 0, except on the line */
export const swapped = ({ w1, w2, b }) => ({ w1: 0 - w1, w2: 0 - w2, b: 0 - b });

/** @param {Line} line @returns {Line} the same line with numbers that the sliders can show */
function smaller({ w1, w2, b }) {
  const most = Math.max(Math.abs(w1) / MOST.w, Math.abs(w2) / MOST.w, Math.abs(b) / MOST.b, 1);
  return { w1: w1 / most, w2: w2 / most, b: b / most };
}

/** @param {number} v */
const inner = (v) => Math.min(Math.max(v, LOW + EDGE), HIGH - EDGE);
