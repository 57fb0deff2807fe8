// @ts-check
/**
 * The data file of an explorable, which snippets/figures/_explore.py writes: controls, texts, and arrays
 * as one deflated run of bytes.
 *
 * @typedef {Object} SliderSpec
 * @property {"slider"} type
 * @property {string} name
 * @property {number} minimum
 * @property {number} maximum
 * @property {number} step
 * @property {number} value
 * @property {boolean} plays
 *
 * @typedef {Object} ChoiceSpec
 * @property {"choice"} type
 * @property {string} name
 * @property {(number|string)[]} options
 * @property {number|string} value
 *
 * @typedef {Float32Array|Float64Array|Int16Array|Int32Array|Uint8Array} Typed
 *
 * @typedef {Object} Table  Numbers in C order.
 * @property {number[]} shape
 * @property {Typed} values
 *
 * @typedef {Object} Data
 * @property {(SliderSpec|ChoiceSpec)[]} controls
 * @property {Record<string, string[]>} texts
 * @property {Record<string, Table>} arrays
 */

const TYPES = { Float32Array, Float64Array, Int16Array, Int32Array, Uint8Array };

/**
 * @param {string} address
 * @returns {Promise<Data>}
 */
export async function load(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  const { controls, texts, arrays, bytes } = await response.json();
  const buffer = await inflate(bytes);
  /** @type {Record<string, Table>} */
  const tables = {};
  for (const [name, { type, shape, at }] of Object.entries(arrays)) {
    const count = shape.reduce((/** @type {number} */ a, /** @type {number} */ b) => a * b, 1);
    const values = new TYPES[/** @type {keyof typeof TYPES} */ (type)](buffer, at, count);
    tables[name] = { shape, values };
  }
  return { controls, texts, arrays: tables };
}

/**
 * @param {string} base64
 * @returns {Promise<ArrayBuffer>}
 */
function inflate(base64) {
  const deflated = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const stream = new Blob([deflated]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).arrayBuffer();
}

/**
 * The row of a table at the given place in its first axes.
 * @param {Table} table
 * @param {...number} place
 * @returns {Typed}
 */
export function row({ shape, values }, ...place) {
  const size = shape.slice(place.length).reduce((a, b) => a * b, 1);
  const index = place.reduce((sum, at, axis) => sum * shape[axis] + at, 0);
  return values.subarray(index * size, (index + 1) * size);
}
