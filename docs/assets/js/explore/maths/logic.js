// @ts-check
/**
 * Networks of McCulloch-Pitts neurons for a truth table; compared with snippets.mcculloch_pitts.
 *
 * @typedef {{signs: number[], threshold: number}} Neuron  signs: 1 excitatory, -1 inhibitory
 */

/** @param {number} inputs @returns {number[][]} all rows of bits in counting order */
export function truthTable(inputs) {
  return Array.from({ length: 2 ** inputs }, (_, k) =>
    Array.from({ length: inputs }, (_, n) => (k >> (inputs - 1 - n)) & 1),
  );
}

/** @param {Neuron} neuron @param {number[]} x @returns {number} 1 if it fires, else 0 */
export function fires({ signs, threshold }, x) {
  const silenced = x.some((bit, n) => bit && signs[n] < 0);
  const excited = x.filter((bit, n) => bit && signs[n] > 0).length;
  return !silenced && excited >= threshold ? 1 : 0;
}

/**
 * One hidden neuron for each row whose output is 1; the output neuron is an OR of them.
 * @param {ArrayLike<number>} outputs
 * @returns {Neuron[]}
 */
export function twoLayers(outputs) {
  return truthTable(Math.log2(outputs.length))
    .filter((_, k) => outputs[k] === 1)
    .map((row) => ({
      signs: row.map((bit) => 2 * bit - 1),
      threshold: row.filter((bit) => bit).length,
    }));
}

/** @param {Neuron[]} hidden @param {number[]} x @returns {{h: number[], y: number}} */
export function run(hidden, x) {
  const h = hidden.map((neuron) => fires(neuron, x));
  return { h, y: h.includes(1) ? 1 : 0 };
}
