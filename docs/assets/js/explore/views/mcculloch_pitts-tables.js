// @ts-check
/** A truth table that the reader writes, and the network of two layers that computes it. */

import { run, truthTable, twoLayers } from "../maths/logic.js";
import { arrow, write } from "../plot.js";

const WORDS = {
  ko: {
    row: "행",
    inputs: "입력",
    hint: "표의 y를 누르면 0과 1이 바뀝니다. 키보드에서는 Tab으로 고르고 Enter로 바꿉니다.",
    cell: (/** @type {any} */ t) => `입력 ${t.x}의 출력 ${t.y}`,
    tell: (/** @type {any} */ t) =>
      `은닉 뉴런 ${t.hidden}개. 입력이 ${t.x}이면 ${t.lit} 출력은 ${t.y}입니다.`,
    lit: (/** @type {number} */ n) => `${n}번 은닉 뉴런만 발화하고`,
    dark: "은닉 뉴런이 하나도 발화하지 않고",
  },
  en: {
    row: "row",
    inputs: "inputs",
    hint: "Press a y in the table to change it between 0 and 1. With the keyboard: Tab chooses one, Enter changes it.",
    cell: (/** @type {any} */ t) => `output ${t.y} for the input ${t.x}`,
    tell: (/** @type {any} */ t) =>
      `${t.hidden} hidden ${t.hidden === 1 ? "neuron" : "neurons"}. For the input ${t.x} ${t.lit}, and the output is ${t.y}.`,
    lit: (/** @type {number} */ n) => `only hidden neuron ${n} fires`,
    dark: "no hidden neuron fires",
  },
};

/** @typedef {[number, number]} Pair */

/** @param {import("../mount.js").Site} site @returns {import("../mount.js").View} */
export function open({ data, state, language }) {
  const words = WORDS[language];
  /** @type {Record<number, number[]>} */
  const written = { 2: [...data.arrays.outputs_2.values], 3: [...data.arrays.outputs_3.values] };
  const outputs = () => written[Number(state.inputs)];
  const rows = () => truthTable(Number(state.inputs));
  const at = () => Math.min(state.row, rows().length - 1);
  /** @type {Pair[]} */
  let cells = [];
  let tall = 24;

  return {
    names: { row: words.row, inputs: words.inputs },
    hint: words.hint,
    most: () => rows().length - 1,
    shown: () => `${at() + 1} / ${rows().length}`,

    draw(context, width, height, ink) {
      const table = rows();
      const chosen = at();
      const net = twoLayers(outputs());
      const { h, y } = run(net, table[chosen]);
      const column = Math.min(24, width / 16);
      const left = 16;
      tall = Math.min(40, (height - 44) / table.length);
      const top = (height - tall * table.length) / 2 + 12;

      const names = [...table[0].map((_, n) => `x${"₁₂₃"[n]}`), "y"];
      const place = (/** @type {number} */ n) => left + (n + (n === names.length - 1 ? 0.4 : 0)) * column;
      names.forEach((name, n) => write(context, ink, name, place(n), top - 14, { bold: true }));
      cells = table.map((row, k) => {
        const middle = top + (k + 0.5) * tall;
        const colour = k === chosen ? "ink" : "grey";
        row.forEach((bit, n) => write(context, ink, String(bit), place(n), middle, { colour }));
        const out = /** @type {Pair} */ ([place(row.length), middle]);
        write(context, ink, String(outputs()[k]), ...out, { colour: outputs()[k] ? "orange" : "ink", bold: true });
        return out;
      });
      context.strokeStyle = ink.ink;
      context.lineWidth = 1.5;
      const wide = place(names.length - 1) - left + column + 4;
      context.strokeRect(left - column / 2 - 2, top + chosen * tall + 1, wide, tall - 2);

      const start = left + wide + 24;
      const across = (/** @type {number} */ part) => start + part * (width - start - 20);
      const size = Math.max(9, Math.min(17, (height - 20) / Math.max(net.length, 3) / 2 - 2));
      const inputs = stacked(table[0].length, across(0), height, 0.5);
      const hidden = stacked(net.length, across(0.55), height, 0.86);
      const out = /** @type {Pair} */ ([across(1), height / 2]);
      const bits = table[chosen];
      net.forEach(({ signs }, n) => {
        signs.forEach((sign, i) => join(context, ink, inputs[i], hidden[n], sign, bits[i] === 1, size));
      });
      hidden.forEach((from, n) => join(context, ink, from, out, 1, h[n] === 1, size));
      inputs.forEach((one, n) => unit(context, ink, one, names[n], bits[n] === 1, size));
      hidden.forEach((one, n) => unit(context, ink, one, String(net[n].threshold), h[n] === 1, size));
      unit(context, ink, out, "1", y === 1, size);
    },

    tell() {
      const x = rows()[at()];
      const net = twoLayers(outputs());
      const { h, y } = run(net, x);
      const first = h.indexOf(1);
      const lit = first < 0 ? words.dark : words.lit(first + 1);
      return words.tell({ hidden: net.length, x: `(${x.join(", ")})`, lit, y });
    },

    handles: () =>
      cells.map((place, k) => ({
        name: words.cell({ x: `(${rows()[k].join(", ")})`, y: outputs()[k] }),
        at: place,
        size: Math.max(24, Math.min(32, tall)),
        press: () => {
          outputs()[k] = 1 - outputs()[k];
          state.row = k;
        },
      })),
  };
}

/**
 * Places one above the other, in the middle.
 * @param {number} count @param {number} x @param {number} height @param {number} share  of the height
 * @returns {Pair[]}
 */
function stacked(count, x, height, share) {
  const step = count > 1 ? Math.min(64, (share * height) / (count - 1)) : 0;
  return Array.from({ length: count }, (_, n) => [x, height / 2 + (n - (count - 1) / 2) * step]);
}

/**
 * @param {CanvasRenderingContext2D} context @param {Record<string, string>} ink
 * @param {Pair} place @param {string} text @param {boolean} on @param {number} size
 */
function unit(context, ink, place, text, on, size) {
  context.beginPath();
  context.arc(...place, size, 0, 7);
  context.fillStyle = ink.paper;
  context.fill();
  context.strokeStyle = on ? ink.orange : ink.grey;
  context.lineWidth = on ? 2.6 : 1.4;
  context.stroke();
  write(context, ink, text, ...place);
}

/**
 * An arrow if the connection is excitatory, else a line with a ring at its end.
 * @param {CanvasRenderingContext2D} context @param {Record<string, string>} ink
 * @param {Pair} from @param {Pair} to @param {number} sign @param {boolean} on @param {number} size
 */
function join(context, ink, [x0, y0], [x1, y1], sign, on, size) {
  const angle = Math.atan2(y1 - y0, x1 - x0);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const foot = /** @type {Pair} */ ([x0 + size * cos, y0 + size * sin]);
  const reach = size + (sign > 0 ? 2 : 5);
  const tip = /** @type {Pair} */ ([x1 - reach * cos, y1 - reach * sin]);
  const colour = on ? (sign > 0 ? ink.orange : ink.blue) : ink.grey;
  const width = on ? 2 : 0.8;
  if (sign > 0) {
    arrow(context, colour, foot, tip, width);
    return;
  }
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.beginPath();
  context.moveTo(...foot);
  context.lineTo(...tip);
  context.stroke();
  context.beginPath();
  context.arc(...tip, 3.5, 0, 7);
  context.fillStyle = ink.paper;
  context.fill();
  context.lineWidth = 1.6;
  context.stroke();
}
