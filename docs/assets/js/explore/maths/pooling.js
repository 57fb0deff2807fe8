// @ts-check
/** Pooling in the page.  tests/test_explore_browser.py compares all of this with snippets.pooling. */

/**
 * Move a square image and fill with zeros.
 * @param {ArrayLike<number>} image
 * @param {number} side  of the image, in pixels
 * @param {number} down
 * @param {number} right
 * @returns {number[]}
 */
export function translate(image, side, down, right) {
  return Array.from({ length: side * side }, (_, n) => {
    const [r, c] = [Math.floor(n / side) - down, (n % side) - right];
    return r < 0 || c < 0 || r >= side || c >= side ? 0 : image[r * side + c];
  });
}

/**
 * The maximum or the mean of every window; a rest at the border is left out.
 * @param {ArrayLike<number>} image
 * @param {number} side  of the image, in pixels
 * @param {number} size  of the window, which moves by as much
 * @param {"maximum"|"mean"} kind
 * @returns {number[]}
 */
export function pool(image, side, size, kind) {
  const windows = Math.floor(side / size);
  return Array.from({ length: windows * windows }, (_, n) => {
    const [top, left] = [Math.floor(n / windows) * size, (n % windows) * size];
    const seen = Array.from(
      { length: size * size },
      (_, m) => image[(top + Math.floor(m / size)) * side + left + (m % size)],
    );
    return kind === "maximum" ? Math.max(...seen) : seen.reduce((a, b) => a + b) / seen.length;
  });
}

/**
 * How much the values have changed: |after - before| / |before|, the length of the difference by that of before.
 * @param {number[]} before
 * @param {number[]} after
 * @returns {number}
 */
export const change = (before, after) =>
  Math.hypot(...after.map((value, n) => value - before[n])) / Math.hypot(...before);
