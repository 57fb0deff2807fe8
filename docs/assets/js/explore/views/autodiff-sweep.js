// @ts-check
/** The backward sweep over a small tape, pull by pull, in an order that waits or in one that does not. */

import { row } from "../data.js";
import { gathered, sweep, values } from "../maths/tape.js";
import { arrow, write } from "../plot.js";

// The places of the static figure, in inches (snippets/figures/autodiff.py), from the lower left corner.
const WIDTH = 4.6;
const HEIGHT = 4.5;
const BOX = [1.42, 0.54];
const LINE = 0.66;
const BELOW = 0.28; // what the gradients should be
const BESIDE = 0.22;
const APART = 0.28; // half of the distance between two arrows from one node to the same other

/** How the choices are written; the formulas are those of the nodes. */
const EXPRESSIONS = /** @type {Record<string, string>} */ ({
  shared: "x = 2a, w = 3x + 4x",
  product: "y = (a + b)b",
  unit: "y = tanh(ab + a)",
  squares: "x = a·a, y = x·x",
  doubles: "x = a + a, y = x + x, z = y + y",
});

const WORDS = {
  ko: {
    step: "전달",
    expression: "식",
    order: "순서",
    waits: "기다림",
    hurries: "기다리지 않음",
    absent: "쓰이지 않음",
    hint: "식을 고르고 기울기를 하나씩 전달해 보십시오. 그다음 순서를 바꾸어 같은 식에서 다시 해 보십시오.",
    should: (/** @type {string} */ right) => `맞는 값: ${right}`,
    start: (/** @type {any} */ t) =>
      `값을 모두 구했습니다. ${t.output} = ${t.value}. 역방향 계산은 d${t.output} = 1에서 시작합니다.`,
    tell: (/** @type {any} */ t) =>
      `${t.n}번째 전달, ${t.child}에서 ${t.parent}로. d${t.parent} = ${t.sum}.`,
    right: (/** @type {string} */ all) => ` 끝났습니다. ${all}. 맞습니다.`,
    wrong: (/** @type {string} */ all, /** @type {string} */ right) =>
      ` 끝났습니다. ${all}. 틀렸습니다. 맞는 값은 ${right}입니다.`,
  },
  en: {
    step: "pull",
    expression: "expression",
    order: "order",
    waits: "waits",
    hurries: "does not wait",
    absent: "unused",
    hint: "Choose an expression and pull one gradient at a time. Then change the order, and pull the same expression again.",
    should: (/** @type {string} */ right) => `should be ${right}`,
    start: (/** @type {any} */ t) =>
      `All values are known: ${t.output} = ${t.value}. The backward sweep begins with d${t.output} = 1.`,
    tell: (/** @type {any} */ t) => `Pull ${t.n}, from ${t.child} to ${t.parent}: d${t.parent} = ${t.sum}.`,
    right: (/** @type {string} */ all) => ` Done: ${all}. That is right.`,
    wrong: (/** @type {string} */ all, /** @type {string} */ right) =>
      ` Done: ${all}. That is wrong: it should be ${right}.`,
  },
};

/** @param {import("../mount.js").Site} site @returns {import("../mount.js").View} */
export function open({ data, state, language }) {
  const words = WORDS[language];
  /** @returns {import("../maths/tape.js").Graph & {texts: string[], names: string[], places: number[][]}} */
  const graph = () => {
    const of = (/** @type {string} */ part) => data.arrays[`${state.expression}_${part}`];
    const texts = data.texts[`${state.expression}_names`];
    const nodes = texts.map((_, n) => Array.from(row(of("nodes"), n)));
    return {
      ops: nodes.map(([op]) => data.texts.operations[op]),
      parents: nodes.map(([, ...parents]) => parents.filter((parent) => parent >= 0)),
      constants: of("constants").values,
      texts,
      names: texts.map((text) => text.split(" ")[0]),
      places: texts.map((_, n) => Array.from(row(of("places"), n))),
    };
  };
  const now = () => {
    const net = graph();
    const v = values(net, net.names.filter((_, n) => net.ops[n] === "").map((name) => state[name]));
    const all = sweep(net, v, state.order === "waits");
    const made = all.slice(0, state.step);
    /** The gradients of the inputs, in words. @param {import("../maths/tape.js").Pulled[]} pulls */
    const inputs = (pulls) =>
      gathered(net, pulls)
        .map((grad, n) => [`d${net.names[n]} = ${short(grad)}`, net.ops[n]])
        .filter(([, op]) => op === "")
        .map(([text]) => text)
        .join(", ");
    const [ours, right] = [inputs(all), inputs(sweep(net, v, true))];
    return { net, v, made, done: made.length === all.length, ours, right };
  };
  const sum = (/** @type {import("../maths/tape.js").Pulled} */ one) =>
    `${short(one.before)} + ${factor(one.grad)}·${factor(one.slope)} = ${short(one.after)}`;
  const most = () => {
    const net = graph();
    return sweep(net, net.ops.map(() => 0), state.order === "waits").length;
  };

  return {
    names: { step: words.step, expression: words.expression, order: words.order, a: "a", b: "b" },
    hint: words.hint,
    most: (name) => (name === "step" ? most() : undefined),
    option: (name, option) =>
      name === "order" ? (option === "waits" ? words.waits : words.hurries) : EXPRESSIONS[option],
    shown: (name) => {
      if (name === "step") return `${state.step} / ${most()}`;
      return graph().names.includes(name) ? short(state[name]) : words.absent;
    },
    changed(name) {
      if (name === "expression" || name === "order") state.step = 0;
    },

    draw(context, width, height, ink) {
      const unit = Math.min(width / WIDTH, height / HEIGHT);
      const at = (/** @type {number} */ x, /** @type {number} */ y) =>
        /** @type {[number, number]} */ ([x * unit, (HEIGHT - y) * unit]);
      const text = (/** @type {string} */ words, /** @type {number} */ x, /** @type {number} */ y, style = {}) =>
        write(context, ink, words, ...at(x, y), { size: unit > 80 ? 13 : 12, ...style });
      const { net, v, made, done, ours, right } = now();
      const last = made.at(-1);
      const grads = gathered(net, made);
      const reached = new Set(made.map(({ parent }) => parent)).add(v.length - 1);
      for (const edge of sweep(net, v, true)) {
        const [[x0, y0], [x1, y1]] = [net.places[edge.child], net.places[edge.parent]];
        const part = side(net, edge);
        const current = last?.child === edge.child && last.operand === edge.operand;
        const colour = current ? "orange" : "grey";
        const aside = part * APART;
        const ends = [at(x0 + aside, y0 + BOX[1] / 2 + 0.02), at(x1 + aside, y1 - BOX[1] / 2 - 0.02)];
        arrow(context, ink[colour], ends[0], ends[1], current ? 2.2 : 1.3);
        const beside = x0 === x1 ? BESIDE * (part || 1) : 0;
        const label = `·${factor(edge.slope)}`;
        const place = /** @type {const} */ ([(x0 + x1) / 2 + aside + beside, (y0 + y1) / 2]);
        text(label, ...place, { colour, bold: current, ground: true });
      }
      net.places.forEach(([x, y], n) => {
        const current = last?.parent === n;
        context.beginPath();
        context.roundRect(...at(x - BOX[0] / 2, y + BOX[1] / 2), BOX[0] * unit, BOX[1] * unit, 4);
        context.fillStyle = ink.paper;
        context.fill();
        context.strokeStyle = current ? ink.orange : last?.child === n ? ink.purple : ink.ink;
        context.lineWidth = current || last?.child === n ? 2.4 : 1.2;
        context.stroke();
        text(`${net.texts[n]} = ${short(v[n])}`, x, y + 0.12, { colour: "blue" });
        const touched = reached.has(n);
        const style = { colour: touched ? "orange" : "grey", bold: touched };
        text(`d${net.names[n]} = ${short(grads[n])}`, x, y - 0.12, style);
      });
      const style = { colour: "orange", bold: true };
      if (last) text(`d${net.names[last.parent]} = ${sum(last)}`, WIDTH / 2, LINE, style);
      if (done && ours !== right) text(words.should(right), WIDTH / 2, BELOW, { bold: true });
    },

    tell() {
      const { net, v, made, done, ours, right } = now();
      const last = made.at(-1);
      const output = v.length - 1;
      if (!last) return words.start({ output: net.names[output], value: short(v[output]) });
      const [child, parent] = [net.names[last.child], net.names[last.parent]];
      const told = words.tell({ n: made.length, child, parent, sum: sum(last) });
      return told + (done ? (ours === right ? words.right(ours) : words.wrong(ours, right)) : "");
    },
  };
}

/**
 * On which side of the middle a pull is drawn: between two uses of a node by one other, the first is on the left.
 * @param {import("../maths/tape.js").Graph} graph
 * @param {import("../maths/tape.js").Pulled} one
 * @returns {number}
 */
function side({ parents }, { child, operand }) {
  const [first, second] = parents[child];
  return first === second ? 2 * operand - 1 : 0;
}

/** @param {number} value @returns {string} with two decimals at most, and a true minus sign */
const short = (value) => String(Number(value.toFixed(2)) || 0).replace("-", "\u2212");

/** @param {number} value @returns {string} as it stands beside a sign of multiplication */
const factor = (value) => (short(value).startsWith("\u2212") ? `(${short(value)})` : short(value));
