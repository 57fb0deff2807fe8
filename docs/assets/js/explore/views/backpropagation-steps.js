// @ts-check
/** Forward and backward through a 2-2-2 network, step by step, with every number open to change. */

import { netOf, passes } from "../maths/backpropagation.js";
import { arrow, number, write } from "../plot.js";

const LR = 0.5;
const FORWARD = 5; // steps of the forward pass
const COLUMNS = [0.075, 0.355, 0.665, 0.925];
const ROWS = [0.215, 0.54];
const LINE = 14; // CSS pixels

const WORDS = {
  ko: {
    step: "단계",
    number: "바꿀 수",
    value: "값",
    reset: "처음 값으로",
    update: `가중치를 한 번 갱신 (학습률 ${LR})`,
    start: "계산하기 전입니다. 재생하거나 한 단계씩 앞으로 가 보십시오.",
    forward: "순전파",
    backward: "역전파",
    slope: "이 점의 기울기",
    hint: "그림의 수를 누르면 그 수를 바꿀 수 있습니다. 모든 값이 바로 다시 계산됩니다.",
    change: (/** @type {string} */ name, /** @type {string} */ value) => `${name} = ${value}, 바꾸기`,
    tell: (/** @type {any} */ t) => 
      `${t.pass} ${t.n}단계: ${t.formula}. 값은 ${t.value}. ${t.slope}손실은 ${t.loss}.`,
    tellSlope: (/** @type {string} */ s) => `시그모이드의 기울기는 그 점에서 ${s}. `,
  },
  en: {
    step: "step",
    number: "change",
    value: "value",
    reset: "Original values",
    update: `Update the weights once (learning rate ${LR})`,
    start: "Nothing is computed yet. Press play, or go one step forward.",
    forward: "Forward",
    backward: "Backward",
    slope: "slope there",
    hint: "Press a number in the figure to change it. Everything is computed anew at once.",
    change: (/** @type {string} */ name, /** @type {string} */ value) => `${name} = ${value}, change it`,
    tell: (/** @type {any} */ t) =>
      `${t.pass}, step ${t.n}: ${t.formula}. The value is ${t.value}. ${t.slope}The loss is ${t.loss}.`,
    tellSlope: (/** @type {string} */ s) => `The slope of the sigmoid there is ${s}. `,
  },
};

/** @param {import("../mount.js").Site} site @returns {import("../mount.js").View} */
export function open({ data, state, language, refresh }) {
  const words = WORDS[language];
  const { names, steps } = data.texts;
  const formulas = data.texts.formulas.map((text) => text.replaceAll("y_hat", "ŷ").replaceAll("^T", "ᵀ"));
  let numbers = Array.from(data.arrays.numbers.values);
  /** @type {{index: number, at: [number, number]}[]} */
  let places = [];
  const chosen = () => names.indexOf(state.number);
  const now = () => {
    const net = netOf(numbers);
    return { net, all: passes(net) };
  };
  const sync = () => void (state.value = numbers[chosen()]);
  sync();

  return {
    names: { step: words.step, number: words.number, value: words.value },
    hint: words.hint,
    option: (_, option) => title(String(option)),
    shown: (name) => (name === "step" ? `${state.step} / ${steps.length}` : number(state.value)),
    changed(name) {
      if (name === "number") sync();
      if (name === "value") numbers[chosen()] = state.value;
    },
    buttons: [
      {
        name: words.update,
        press() {
          const { all } = now();
          const slopes = [0, 0, ...all.dw1.flat(), ...all.db1, ...all.dw2.flat(), ...all.db2, 0, 0];
          // every parameter: p <- p - lr dL/dp; input and target stay
          numbers = numbers.map((value, n) => value - LR * slopes[n]);
          sync();
          refresh();
        },
      },
      {
        name: words.reset,
        press() {
          numbers = Array.from(data.arrays.numbers.values);
          sync();
          refresh();
        },
      },
    ],

    draw(context, width, height, ink) {
      const { net, all } = now();
      const graph = new Graph(context, width, height, ink, state.step, steps, state.number);
      graph.edges(net, all);
      graph.nodes(net, all);
      places = graph.places.map(({ name, at }) => ({ index: names.indexOf(name), at }));
      const formula = state.step ? formulas[state.step - 1] : "";
      graph.calculation(formula, state.step ? lines(steps[state.step - 1], net, all, words.slope) : []);
    },

    tell() {
      if (state.step === 0) return words.start;
      const { all } = now();
      const name = steps[state.step - 1];
      const value = /** @type {Record<string, any>} */ (all)[name];
      const written = (/** @type {any} */ values) =>
        [values].flat(2).map((one) => number(one, 3)).join(", ");
      // the local derivative, in the steps that take it and that multiply by it
      const slope = { h1: all.s1, dz1: all.s1, y_hat: all.s2, dz2: all.s2 }[name];
      return words.tell({
        pass: state.step <= FORWARD ? words.forward : words.backward,
        n: state.step,
        formula: formulas[state.step - 1],
        value: written(value),
        slope: slope ? words.tellSlope(written(slope)) : "",
        loss: number(all.L, 4),
      });
    },

    handles: () =>
      places.map(({ index, at }) => ({
        name: words.change(title(names[index]), number(numbers[index])),
        at,
        size: 30,
        press() {
          state.number = names[index];
          sync();
        },
      })),
  };
}

const DIGITS = { 1: "₁", 2: "₂" };

/** @param {string} name @returns {string} "w1_12" as "w1₁₂", "b1_2" as "b1₂", "x1" as "x₁" */
export function title(name) {
  const low = (/** @type {string} */ digits) =>
    [...digits].map((digit) => DIGITS[/** @type {1|2} */ (Number(digit))]).join("");
  const [head, tail] = name.split("_");
  return tail ? head + low(tail) : head[0] + low(head.slice(1));
}

/**
 * The calculation of one step in numbers.
 * @param {string} step
 * @param {import("../maths/backpropagation.js").Net} net
 * @param {ReturnType<typeof passes>} all
 * @param {string} slope  the words for the slope of the sigmoid
 * @returns {string[]}
 */
function lines(step, { x, y, w1, b1, w2, b2 }, all, slope) {
  const f = (/** @type {number} */ value) => number(value, 3);
  const g = (/** @type {number} */ value) => (value < 0 ? `(${f(value)})` : f(value));
  const both = (/** @type {(k: number) => string} */ line) => [line(0), line(1)];
  const affine = (/** @type {number[]} */ h, /** @type {number[][]} */ w, /** @type {number[]} */ b, /** @type {number[]} */ z) =>
    both((k) => `${f(h[0])}×${g(w[0][k])} + ${f(h[1])}×${g(w[1][k])} + ${g(b[k])} = ${f(z[k])}`);
  const bend = (/** @type {number[]} */ z, /** @type {number[]} */ h, /** @type {number[]} */ s) =>
    both((k) => `sigmoid(${f(z[k])}) = ${f(h[k])}   (${slope} ${f(s[k])})`);
  const through = (/** @type {number[]} */ dh, /** @type {number[]} */ s, /** @type {number[]} */ dz) =>
    both((k) => `${f(dh[k])} × ${f(s[k])} = ${f(dz[k])}`);
  const outer = (/** @type {number[]} */ h, /** @type {number[]} */ dz, /** @type {number[][]} */ dw) =>
    both((i) => both((k) => `${f(h[i])}×${g(dz[k])} = ${f(dw[i][k])}`).join("     "));
  const back = (/** @type {number[]} */ dz, /** @type {number[][]} */ w, /** @type {number[]} */ dh) =>
    both((i) => `${f(dz[0])}×${g(w[i][0])} + ${g(dz[1])}×${g(w[i][1])} = ${f(dh[i])}`);
  /** @type {Record<string, () => string[]>} */
  const written = {
    z1: () => affine(x, w1, b1, all.z1),
    h1: () => bend(all.z1, all.h1, all.s1),
    z2: () => affine(all.h1, w2, b2, all.z2),
    y_hat: () => bend(all.z2, all.y_hat, all.s2),
    L: () => [
      `((${f(all.y_hat[0])} \u2212 ${g(y[0])})² + (${f(all.y_hat[1])} \u2212 ${g(y[1])})²) / 2`,
      `= ${number(all.L, 4)}`,
    ],
    dy_hat: () => both((k) => `${f(all.y_hat[k])} \u2212 ${g(y[k])} = ${f(all.dy_hat[k])}`),
    dz2: () => through(all.dy_hat, all.s2, all.dz2),
    dw2: () => outer(all.h1, all.dz2, all.dw2),
    db2: () => both((k) => `db2${"₁₂"[k]} = ${f(all.db2[k])}`),
    dh1: () => back(all.dz2, w2, all.dh1),
    dz1: () => through(all.dh1, all.s1, all.dz1),
    dw1: () => outer(x, all.dz1, all.dw1),
    db1: () => both((k) => `db1${"₁₂"[k]} = ${f(all.db1[k])}`),
    dx: () => back(all.dz1, w1, all.dx),
  };
  return written[step]();
}

/** The drawing: units in columns, weights on the edges, values blue forward and orange backward. */
class Graph {
  /**
   * @param {CanvasRenderingContext2D} context
   * @param {number} width
   * @param {number} height
   * @param {Record<string, string>} ink
   * @param {number} step
   * @param {string[]} steps
   * @param {string} chosen  the number that can be changed
   */
  constructor(context, width, height, ink, step, steps, chosen) {
    this.context = context;
    this.ink = ink;
    this.step = step;
    this.steps = steps;
    this.chosen = chosen;
    this.width = width;
    this.height = height;
    this.columns = COLUMNS.map((part) => part * width);
    this.rows = ROWS.map((part) => part * height);
    this.half = [0.06, 0.088, 0.088, 0.06].map((part) => part * width + 3);
    /** @type {{name: string, at: [number, number]}[]} */
    this.places = [];
  }

  /** @param {string} text @param {number} x @param {number} y @param {string} colour @param {object} [style] */
  write(text, x, y, colour, style = {}) {
    write(this.context, this.ink, text, x, y, { colour, size: this.width > 400 ? 12 : 11, ...style });
  }

  /**
   * A value under its name, as soon as its step is done; bold in its step.
   * @param {string} step
   * @param {string} text  before the value
   * @param {number} value
   * @param {number} x
   * @param {number} y
   * @param {boolean} [ground]
   */
  value(step, text, value, x, y, ground = false) {
    const at = this.steps.indexOf(step) + 1;
    if (at > this.step) return;
    const colour = at > FORWARD ? "orange" : "blue";
    this.write(`${text} ${number(value, 3)}`.trim(), x, y, colour, { bold: at === this.step, ground });
  }

  /**
   * A number that can be changed.
   * @param {string} name
   * @param {string} text
   * @param {number} value
   * @param {number} x
   * @param {number} y
   */
  open(name, text, value, x, y) {
    const chosen = name === this.chosen;
    const shown = `${text} ${number(value)}`.trim();
    this.write(shown, x, y, chosen ? "purple" : "ink", { bold: chosen, ground: true });
    this.context.fillStyle = chosen ? this.ink.purple : this.ink.grey;
    const wide = this.context.measureText(shown).width;
    this.context.fillRect(x - wide / 2, y + 7, wide, chosen ? 2 : 0.7);
    this.places.push({ name, at: [x, y] });
  }

  /** @param {import("../maths/backpropagation.js").Net} net @param {ReturnType<typeof passes>} all */
  edges(net, all) {
    const { columns, rows, half } = this;
    for (const layer of [0, 1]) {
      const start = columns[layer] + half[layer];
      const end = columns[layer + 1] - half[layer + 1];
      const dw = layer ? all.dw2 : all.dw1;
      const done = this.steps.indexOf(`dw${layer + 1}`) + 1;
      for (const i of [0, 1]) {
        for (const k of [0, 1]) {
          this.edge([start, rows[i]], [end, rows[k]], this.step === done ? "orange" : "grey");
        }
      }
      for (const i of [0, 1]) {
        for (const k of [0, 1]) {
          const part = i === k ? 0.5 : 0.3;
          const x = start + part * (end - start);
          const beside = i === k ? (i ? 12 : -12 - (this.step >= done ? LINE : 0)) : 0;
          const y = rows[i] + part * (rows[k] - rows[i]) + beside;
          const w = (layer ? net.w2 : net.w1)[i][k];
          this.open(`w${layer + 1}_${i + 1}${k + 1}`, "", w, x, y);
          this.value(`dw${layer + 1}`, "", dw[i][k], x, y + LINE + 2, true);
        }
      }
    }
    for (const row of [0, 1]) {
      const to = /** @type {[number, number]} */ ([
        columns[3],
        (rows[0] + rows[1]) / 2 + (row ? 22 : -22),
      ]);
      this.edge([columns[2] + half[2], rows[row]], to, "grey");
    }
  }

  /**
   * An arrow in the direction of the pass.
   * @param {[number, number]} from
   * @param {[number, number]} to
   * @param {string} colour
   */
  edge(from, to, colour) {
    const ends = this.step > FORWARD ? [to, from] : [from, to];
    arrow(this.context, this.ink[colour], ends[0], ends[1], 1.3);
  }

  /** @param {import("../maths/backpropagation.js").Net} net @param {ReturnType<typeof passes>} all */
  nodes(net, all) {
    const { columns, rows } = this;
    for (const row of [0, 1]) {
      const low = "₁₂"[row];
      const outside = row ? 46 : -46;
      this.box(0, rows[row], 46);
      this.open(`x${row + 1}`, `x${low}`, net.x[row], columns[0], rows[row] - 10);
      this.value("dx", "", all.dx[row], columns[0], rows[row] + 11);
      for (const layer of [1, 2]) {
        const last = layer === 2;
        const [x, y] = [columns[layer], rows[row]];
        const [h, dh] = last ? ["y_hat", "dy_hat"] : ["h1", "dh1"];
        const values = /** @type {Record<string, any>} */ (all);
        this.box(layer, y, 66);
        this.value(`z${layer}`, "z", values[`z${layer}`][row], x, y - 24);
        this.value(h, last ? "ŷ" : "h", values[h][row], x, y - 8);
        this.value(dh, last ? "dŷ" : "dh", values[dh][row], x, y + 8);
        this.value(`dz${layer}`, "dz", values[`dz${layer}`][row], x, y + 24);
        const b = layer === 1 ? net.b1 : net.b2;
        const first = row ? outside : outside - LINE;
        this.open(`b${layer}_${row + 1}`, "b", b[row], x, y + first);
        this.value(`db${layer}`, "db", values[`db${layer}`][row], x, y + first + LINE + 2);
      }
      this.open(`y${row + 1}`, `y${low}`, net.y[row], columns[3] - 6, rows[row] + (row ? 20 : -20));
    }
    const middle = (rows[0] + rows[1]) / 2;
    this.box(3, middle, 40);
    this.write("L", columns[3], middle - 9, "ink");
    this.value("L", "", all.L, columns[3], middle + 8);
  }

  /** @param {number} column @param {number} y @param {number} tall */
  box(column, y, tall) {
    const { context, ink, columns, half } = this;
    context.beginPath();
    context.roundRect(columns[column] - half[column], y - tall / 2, 2 * half[column], tall, 6);
    context.fillStyle = ink.paper;
    context.fill();
    context.strokeStyle = ink.grey;
    context.lineWidth = 1.4;
    context.stroke();
  }

  /** @param {string} formula @param {string[]} numbers */
  calculation(formula, numbers) {
    const colour = this.step > FORWARD ? "orange" : "blue";
    const top = 0.8 * this.height;
    const middle = this.width / 2;
    this.write(formula, middle, top, colour, { bold: true, size: 13 });
    numbers.forEach((line, n) => this.write(line, middle, top + 22 + 18 * n, "ink", { size: 12 }));
  }
}
