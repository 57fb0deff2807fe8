// @ts-check
/** A formula as a graph: forward node by node, then the paths from one input to the loss. */

import { factors, forward, measured, nodesOf, paths, product, slope } from "../maths/graph.js";
import { arrow, number, write } from "../plot.js";

// The places of the static figure, in inches (snippets/figures/computational_graph.py), from above.
const WIDTH = 4.6;
const COLUMNS = { left: 0.5, middle: 2.3, right: 4.1 };
const HALF = { left: 0.31, middle: 0.5, right: 0.31 };
const ROW = 0.78;
const TALL = 0.23;
const EDGE = 0.32;
const FOOT = 0.95;
const LOOKS = ["purple", "blue"]; // of the first and of the second path; the second is dashed
const STEP = 0.1; // of an arrow key

const SHOWN = /** @type {Record<string, string>} */ ({ y_hat: "ŷ", error: "e" });
const FORMULAS = /** @type {Record<string, (...inputs: string[]) => string>} */ ({
  add: (a, b) => `${a} + ${b}`,
  subtract: (a, b) => `${a} \u2212 ${b}`,
  multiply: (a, b) => `${a} · ${b}`,
  square: (a) => `${a}²`,
  sigmoid: (a) => `σ(${bare(a)})`,
  tanh: (a) => (a === bare(a) ? `tanh ${a}` : `tanh${a}`),
});

const WORDS = {
  ko: {
    step: "단계",
    graph: "그래프",
    input: "고른 입력",
    value: "입력값",
    graphs: { neuron: "뉴런 하나", shared: "w를 두 번 쓰는 신경망" },
    reset: "처음 값으로",
    start: "아직 아무것도 계산하지 않았습니다. 재생하거나 한 단계씩 앞으로 가 보십시오.",
    hint: "그림의 입력을 누르면 그 입력을 고릅니다. 고른 입력은 슬라이더나 위아래 화살표 키로 바꿉니다. 마지막 단계에서는 고른 입력에서 L까지 가는 경로를 모두 보여 줍니다.",
    measured: "중앙 차분",
    choose: (/** @type {string} */ name, /** @type {string} */ value) => `${name} = ${value}, 고르기`,
    tellStep: (/** @type {any} */ t) => `${t.n}단계: ${t.calculation}. 국소 미분은 ${t.slopes}입니다.`,
    tellPaths: (/** @type {any} */ t) =>
      `L = ${t.loss}입니다. ${t.input}에서 L까지 가는 경로는 ${t.count}개이고, 경로를 따라 곱한 값은 ${t.products}입니다. 모두 더하면 dL/d${t.input} = ${t.total}입니다. 중앙 차분으로 재면 ${t.measured}입니다.`,
  },
  en: {
    step: "step",
    graph: "graph",
    input: "chosen input",
    value: "its value",
    graphs: { neuron: "one neuron", shared: "a network that uses w twice" },
    reset: "Original values",
    start: "Nothing is computed yet. Press play, or go one step forward.",
    hint: "Press an input in the figure to choose it. Change the chosen input with the slider, or with the up and down arrow keys. The last step shows every path from the chosen input to L.",
    measured: "central difference",
    choose: (/** @type {string} */ name, /** @type {string} */ value) => `${name} = ${value}, choose it`,
    tellStep: (/** @type {any} */ t) => `Step ${t.n}: ${t.calculation}. Local derivatives: ${t.slopes}.`,
    tellPaths: (/** @type {any} */ t) =>
      `L = ${t.loss}. Paths from ${t.input} to L: ${t.count}. The product along each: ${t.products}. Together dL/d${t.input} = ${t.total}; by central difference ${t.measured}.`,
  },
};

/** @param {import("../mount.js").Site} site @returns {import("../mount.js").View} */
export function open({ data, state, language, refresh }) {
  const words = WORDS[language];
  const { texts } = data;
  const inputs = texts.inputs;
  const first = () => Object.fromEntries(inputs.map((name, n) => [name, data.arrays.given.values[n]]));
  let given = first();
  let ended = true; // the reader was at the last step, and stays there when the graph changes
  const graph = () =>
    nodesOf(texts[`${state.graph}_names`], texts[`${state.graph}_operations`], texts[`${state.graph}_inputs`]);
  const operations = () => graph().filter(({ operation }) => operation !== "input");
  const most = () => operations().length + 1;
  const sync = () => void (state.value = given[state.input]);
  /** @type {Scene} */
  let scene;

  const set = (/** @type {number} */ value) => {
    given[state.input] = Math.min(3, Math.max(-3, Math.round(value * 10) / 10));
    sync();
  };

  return {
    names: { step: words.step, graph: words.graph, input: words.input, value: words.value },
    hint: words.hint,
    option: (name, option) =>
      name === "graph" ? words.graphs[/** @type {"neuron"|"shared"} */ (option)] : String(option),
    shown: (name) => (name === "step" ? `${state.step} / ${most()}` : number(state.value)),
    most: (name) => (name === "step" ? most() : undefined),
    changed(name) {
      if (name === "graph") state.step = ended ? most() : Math.min(state.step, most());
      if (name === "input") sync();
      if (name === "value") given[state.input] = state.value;
      ended = state.step >= most();
    },
    buttons: [
      {
        name: words.reset,
        press() {
          given = first();
          sync();
          refresh();
        },
      },
    ],

    draw(context, width, height, ink) {
      const nodes = graph();
      const values = forward(nodes, given);
      scene = new Scene(context, width, height, ink, nodes, values, state.step);
      scene.edges(state.step === most() ? paths(nodes, state.input, "L") : []);
      scene.nodes(state.input);
      if (state.step === most()) {
        scene.sum(state.input, `${words.measured} ${number(measured(nodes, given, state.input))}`);
      } else if (state.step) scene.calculation();
    },

    tell() {
      if (state.step === 0) return words.start;
      const nodes = graph();
      const values = forward(nodes, given);
      if (state.step < most()) {
        const node = operations()[state.step - 1];
        return words.tellStep({
          n: state.step,
          calculation: calculation(node, values),
          slopes: slopes(node, values).join(", "),
        });
      }
      const products = paths(nodes, state.input, "L").map((path) => product(factors(nodes, path, values)));
      return words.tellPaths({
        loss: number(values.L),
        input: state.input,
        count: products.length,
        products: products.map((one) => number(one)).join(", "),
        total: number(products.reduce((a, b) => a + b, 0)),
        measured: number(measured(nodes, given, state.input)),
      });
    },

    handles: () =>
      inputs.map((name) => ({
        name: words.choose(name, number(given[name])),
        at: scene.at(name),
        size: 36,
        press() {
          state.input = name;
          sync();
        },
        nudge(right, up) {
          state.input = name;
          set(given[name] + STEP * (right + up));
        },
      })),
  };
}

/** @param {string} text @returns {string} without the brackets around it */
function bare(text) {
  return text.replace(/^\((.*)\)$/, "$1");
}

/** @param {string} name */
const shown = (name) => SHOWN[name] ?? name;

/** @param {number} value @returns {string} in brackets if it is negative */
const factor = (value) => (value < 0 ? `(${number(value)})` : number(value));

/** @param {import("../maths/graph.js").Node} node */
const formula = ({ operation, inputs }) => FORMULAS[operation](...inputs.map(shown));

/**
 * A step in numbers: z = wx + b = (−1.20) + 0.30 = −0.90.
 * @param {import("../maths/graph.js").Node} node
 * @param {import("../maths/graph.js").Values} values
 */
function calculation(node, values) {
  const numbers = FORMULAS[node.operation](...node.inputs.map((one) => factor(values[one])));
  return `${shown(node.name)} = ${formula(node)} = ${numbers} = ${number(values[node.name])}`;
}

/**
 * @param {import("../maths/graph.js").Node} node
 * @param {import("../maths/graph.js").Values} values
 * @returns {string[]}
 */
function slopes(node, values) {
  return node.inputs.map(
    (one) => `d${shown(node.name)}/d${shown(one)} = ${number(slope(node, one, values))}`,
  );
}

/** @typedef {"left"|"middle"|"right"} Column */

/** The drawing. */
class Scene {
  /**
   * @param {CanvasRenderingContext2D} context
   * @param {number} width
   * @param {number} height
   * @param {Record<string, string>} ink
   * @param {import("../maths/graph.js").Node[]} nodes
   * @param {import("../maths/graph.js").Values} values
   * @param {number} step
   */
  constructor(context, width, height, ink, nodes, values, step) {
    this.context = context;
    this.height = height;
    this.width = width;
    this.ink = ink;
    this.all = nodes;
    this.values = values;
    this.inch = width / WIDTH;
    this.operations = nodes.filter(({ operation }) => operation !== "input");
    this.now = this.operations[step - 1];
    this.done = this.operations.slice(0, step).map(({ name }) => name);
    this.size = Math.max(11, Math.min(13, 0.15 * this.inch));
  }

  /** @param {string} name @returns {Column} */
  column(name) {
    if (this.operations.some((node) => node.name === name)) return "middle";
    return name === "w" ? "left" : "right";
  }

  /** @param {string} name @returns {[number, number]} in CSS pixels */
  at(name) {
    const row = this.operations.findIndex((node) => node.name === name || node.inputs.includes(name));
    return [COLUMNS[this.column(name)] * this.inch, (EDGE + row * ROW) * this.inch];
  }

  /** @param {string} text @param {number} x @param {number} y @param {object} [style] */
  write(text, x, y, style = {}) {
    write(this.context, this.ink, text, x, y, { size: this.size, ...style });
  }

  /** @param {string[][]} found  paths to be shown */
  edges(found) {
    for (const node of this.operations) {
      for (const input of node.inputs) {
        const on = found.flatMap((path, n) => {
          const at = path.indexOf(input);
          return at >= 0 && path[at + 1] === node.name ? [n] : [];
        });
        const text = this.done.includes(node.name) ? number(slope(node, input, this.values)) : "";
        this.edge(input, node.name, on, text, node === this.now);
      }
    }
  }

  /** @param {string} from @param {string} to @param {number[]} on @param {string} text @param {boolean} now */
  edge(from, to, on, text, now) {
    const { context, ink, inch } = this;
    const start = this.at(from);
    const end = this.at(to);
    const tall = TALL * inch;
    /** @type {[number, number][]} */
    let line = [[start[0], start[1] + tall], [end[0], end[1] - tall]];
    if (start[0] === end[0]) {
      const style = { colour: "orange", align: "left", bold: now };
      this.write(text, end[0] + 0.12 * inch, (start[1] + end[1]) / 2, style);
    } else {
      const side = start[0] < end[0] ? 1 : -1;
      const near = start[0] + side * HALF[this.column(from)] * inch;
      const far = end[0] - side * HALF.middle * inch;
      const corner = /** @type {[number, number]} */ ([start[0], end[1]]);
      const level = start[1] === end[1];
      line = level ? [[near, start[1]], [far, end[1]]] : [line[0], corner, [far, end[1]]];
      this.write(text, (near + far) / 2, end[1] - 0.14 * inch, { colour: "orange", bold: now });
    }
    const colour = on.length ? ink[LOOKS[on[0]]] : now ? ink.ink : ink.grey;
    const wide = on.length ? 3 : now ? 2.2 : 1.4;
    const [tip, before] = [line[line.length - 1], line[line.length - 2]];
    if (line.length > 2) {
      context.strokeStyle = colour;
      context.lineWidth = wide;
      context.beginPath();
      context.moveTo(...line[0]);
      context.lineTo(...line[1]);
      context.stroke();
    }
    arrow(context, colour, before, tip, wide);
    if (!on.includes(1)) return;
    context.strokeStyle = ink.paper;
    context.lineWidth = 1.3;
    context.setLineDash([3, 3]);
    context.beginPath();
    context.moveTo(...before);
    context.lineTo(before[0] + 0.72 * (tip[0] - before[0]), before[1] + 0.72 * (tip[1] - before[1]));
    context.stroke();
    context.setLineDash([]);
  }

  /** @param {string} chosen  the input that can be changed */
  nodes(chosen) {
    const { context, ink, inch } = this;
    for (const node of this.all) {
      const [x, y] = this.at(node.name);
      const given = node.operation === "input";
      const half = HALF[this.column(node.name)] * inch;
      context.beginPath();
      context.roundRect(x - half, y - TALL * inch, 2 * half, 2 * TALL * inch, 6);
      context.fillStyle = ink.paper;
      context.fill();
      const strong = given || node === this.now;
      context.strokeStyle = node.name === chosen ? ink.purple : strong ? ink.ink : ink.grey;
      context.lineWidth = strong ? 2.4 : 1.4;
      context.stroke();
      const text = given ? node.name : `${shown(node.name)} = ${formula(node)}`;
      this.write(text, x, y - 0.1 * inch, { bold: node.name === chosen });
      const known = given || this.done.includes(node.name);
      const value = known ? number(this.values[node.name]) : "?";
      this.write(value, x, y + 0.1 * inch, {
        colour: node.name === chosen ? "purple" : known ? "blue" : "grey",
        bold: node === this.now || node.name === chosen,
      });
    }
  }

  /** @param {number} line @returns {number} the middle of a line under the graph */
  foot(line) {
    return this.height - (FOOT - 0.23 - 0.26 * line) * this.inch;
  }

  /** The step in numbers, and its local derivatives. */
  calculation() {
    const middle = this.width / 2;
    this.write(calculation(this.now, this.values), middle, this.foot(0), { colour: "blue" });
    this.write(slopes(this.now, this.values).join("     "), middle, this.foot(1), { colour: "orange" });
  }

  /**
   * The product along each path, and the sum of them.
   * @param {string} input
   * @param {string} check
   */
  sum(input, check) {
    const [left, right] = [0.2 * this.inch, this.width - 0.2 * this.inch];
    const found = paths(this.all, input, "L").map((path) => factors(this.all, path, this.values));
    found.forEach((all, n) => {
      this.write(`${all.map(factor).join(" · ")} =`, left, this.foot(n), { colour: LOOKS[n], align: "left" });
      this.write(number(product(all)), right, this.foot(n), { colour: LOOKS[n], align: "right" });
    });
    const total = found.reduce((sum, all) => sum + product(all), 0);
    const y = this.foot(found.length);
    this.write(check, left, y, { align: "left", colour: "grey" });
    this.write(`dL/d${input} = ${number(total)}`, right, y, { align: "right", bold: true });
  }
}
