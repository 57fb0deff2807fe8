// @ts-check
/**
 * Values, local derivatives and paths of a computational graph, in the page, because the reader changes its
 * inputs: snippets.computational_graph in JavaScript.  tests/test_explore_browser.py runs both on the same
 * graphs and compares every number.
 *
 * @typedef {{name: string, operation: string, inputs: string[]}} Node  in topological order
 * @typedef {Record<string, number>} Values  by the name of the node
 * @typedef {{f: (...inputs: number[]) => number, derivatives: ((...inputs: number[]) => number)[]}} Operation
 */

import { sigmoid } from "./network.js";

const NUDGE = 1e-4;

/** @type {Record<string, Operation>} */
const OPERATIONS = {
  add: { f: (a, b) => a + b, derivatives: [() => 1, () => 1] },
  subtract: { f: (a, b) => a - b, derivatives: [() => 1, () => -1] },
  multiply: { f: (a, b) => a * b, derivatives: [(_, b) => b, (a) => a] },
  square: { f: (a) => a * a, derivatives: [(a) => 2 * a] },
  sigmoid: { f: sigmoid, derivatives: [(a) => sigmoid(a) * sigmoid(-a)] },
  tanh: { f: Math.tanh, derivatives: [(a) => 1 - Math.tanh(a) ** 2] },
};

/**
 * @param {string[]} names
 * @param {string[]} operations
 * @param {string[]} inputs  names of the inputs of each node, with blanks between them
 * @returns {Node[]}
 */
export function nodesOf(names, operations, inputs) {
  return names.map((name, n) => ({
    name,
    operation: operations[n],
    inputs: inputs[n].split(" ").filter(Boolean),
  }));
}

/** @param {Node[]} nodes @param {Values} given  of the inputs @returns {Values} of all nodes */
export function forward(nodes, given) {
  const values = { ...given };
  for (const { name, operation, inputs } of nodes) {
    if (operation !== "input") values[name] = OPERATIONS[operation].f(...inputs.map((one) => values[one]));
  }
  return values;
}

/**
 * The local derivative of a node by one of its inputs; an input used twice has both parts added.
 * @param {Node} node
 * @param {string} input
 * @param {Values} values
 */
export function slope({ operation, inputs }, input, values) {
  const numbers = inputs.map((one) => values[one]);
  return OPERATIONS[operation].derivatives.reduce(
    (sum, derivative, n) => (inputs[n] === input ? sum + derivative(...numbers) : sum),
    0,
  );
}

/**
 * Every path along the edges, as the names of its nodes.
 * @param {Node[]} nodes
 * @param {string} start
 * @param {string} end
 * @returns {string[][]}
 */
export function paths(nodes, start, end) {
  /** @type {Record<string, string[][]>} */
  const arriving = {};
  for (const { name, inputs } of nodes) {
    const longer = [...new Set(inputs)].flatMap((input) => arriving[input].map((path) => [...path, name]));
    arriving[name] = name === start ? [[start]] : longer;
  }
  return arriving[end];
}

/**
 * The local derivatives of the edges of a path.
 * @param {Node[]} nodes
 * @param {string[]} path
 * @param {Values} values
 * @returns {number[]}
 */
export function factors(nodes, path, values) {
  return path.slice(1).map((name, n) => {
    const node = /** @type {Node} */ (nodes.find((one) => one.name === name));
    return slope(node, path[n], values);
  });
}

/**
 * The derivative of L by an input, without any rule: by central difference.
 * @param {Node[]} nodes
 * @param {Values} given
 * @param {string} name
 */
export function measured(nodes, given, name) {
  const loss = (/** @type {number} */ by) => forward(nodes, { ...given, [name]: given[name] + by }).L;
  return (loss(NUDGE) - loss(-NUDGE)) / (2 * NUDGE);
}

/** @param {number[]} numbers */
export const product = (numbers) => numbers.reduce((a, b) => a * b, 1);
