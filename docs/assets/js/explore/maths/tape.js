// @ts-check
/**
 * A small tape: values forward, gradients backward, pull by pull.
 *
 * @typedef {Object} Graph  Nodes in the order of their making: parents stand before children.
 * @property {string[]} ops  "" for an input, "+", "*", "times" (by a constant) or "tanh"
 * @property {number[][]} parents  the places of the operands of every node
 * @property {ArrayLike<number>} constants  the factor of "times"
 *
 * @typedef {Object} Pulled  One pull: the node `child` adds grad times slope to what `parent` has gathered.
 * @property {number} child
 * @property {number} parent
 * @property {number} operand  which operand of the child the parent is
 * @property {number} grad  what the child has gathered
 * @property {number} slope  the derivative of the child by the parent, for this use of it
 * @property {number} before  what the parent had gathered
 * @property {number} after
 */

/**
 * The value of every node.
 * @param {Graph} graph
 * @param {number[]} inputs  in the order of their nodes
 * @returns {number[]}
 */
export function values(graph, inputs) {
  /** @type {number[]} */
  const found = [];
  let given = 0;
  graph.ops.forEach((op, n) => {
    const [one, two] = graph.parents[n].map((parent) => found[parent]);
    if (op === "") found.push(inputs[given++]);
    else if (op === "+") found.push(one + two);
    else if (op === "*") found.push(one * two);
    else if (op === "times") found.push(graph.constants[n] * one);
    else found.push(Math.tanh(one));
  });
  return found;
}

/**
 * The derivative of a node by each of its operands.
 * @param {Graph} graph
 * @param {number[]} v  the values
 * @param {number} n
 * @returns {number[]}
 */
function slopes(graph, v, n) {
  const [one, two] = graph.parents[n].map((parent) => v[parent]);
  if (graph.ops[n] === "+") return [1, 1];
  if (graph.ops[n] === "*") return [two, one];
  if (graph.ops[n] === "times") return [graph.constants[n]];
  return graph.ops[n] === "tanh" ? [1 - v[n] * v[n]] : [];
}

/**
 * The pulls of a backward sweep, in order.
 * @param {Graph} graph
 * @param {number[]} v  the values
 * @param {boolean} waits  a node's turn comes when all that use it have had theirs; otherwise every pull
 *   goes on at once, by recursion, with whatever has been gathered so far
 * @returns {Pulled[]}
 */
export function sweep(graph, v, waits) {
  const gathered = v.map(() => 0);
  const last = v.length - 1;
  gathered[last] = 1;
  /** @type {Pulled[]} */
  const made = [];
  const visit = (/** @type {number} */ child) => {
    const local = slopes(graph, v, child);
    graph.parents[child].forEach((parent, operand) => {
      const [grad, slope, before] = [gathered[child], local[operand], gathered[parent]];
      gathered[parent] = before + grad * slope;
      made.push({ child, parent, operand, grad, slope, before, after: gathered[parent] });
      if (!waits) visit(parent);
    });
  };
  if (waits) for (let n = last; n >= 0; n--) visit(n);
  else visit(last);
  return made;
}

/**
 * What every node has gathered after these pulls; the output begins with 1.
 * @param {Graph} graph
 * @param {Pulled[]} made
 * @returns {number[]}
 */
export function gathered(graph, made) {
  const grads = graph.ops.map((_, n) => Number(n === graph.ops.length - 1));
  for (const { parent, after } of made) grads[parent] = after;
  return grads;
}
