// @ts-check
/** Gates, cells and outputs of a trained LSTM over a sequence that the reader may change. */

import { row } from "../data.js";
import { Brush } from "../grid.js";
import { answer, forward, kept } from "../maths/lstm.js";
import { number } from "../plot.js";

// The places of the static figure, in inches (snippets/figures/lstm.py), from the upper left corner.
const WIDTH = 4.6;
const HEIGHT = 4.15;
const LEFT = 1.16;
const COLUMN = 0.275;
const STRIP = 0.145;
const GAP = 0.1;
const MIDDLE = HEIGHT - 3.48; // of the values
const REACH = 0.32;
const MARK = HEIGHT - 3.97;
const TOP = HEIGHT - 3.06; // of the strips
const FAINTEST = 0.005; // smaller negative values get no minus sign
const STRONGEST = 0.6; // from this size on, c and h have the full colour

const ROWS = /** @type {("i"|"f"|"g"|"o"|"c"|"h")[]} */ (["i", "f", "g", "o", "c", "h"]);
const SIGNED = "gch";
const HELD = /** @type {Record<string, "i"|"f"|"o">} */ ({ input: "i", forget: "f", output: "o" });

const WORDS = {
  ko: {
    step: "시점",
    sequence: "시퀀스",
    cell: "설명할 셀",
    gate: "고정할 게이트",
    held: "고정할 값",
    reset: "처음 시퀀스로",
    value: "값",
    mark: "표시",
    sum: "합",
    answer: "답",
    rows: { i: "입력 게이트", f: "망각 게이트", g: "후보", o: "출력 게이트", c: "셀", h: "출력" },
    options: { none: "없음", input: "입력", forget: "망각", output: "출력" },
    start: "아직 아무것도 읽지 않았습니다. 재생하거나 한 시점씩 앞으로 가 보십시오.",
    hint: "값을 위아래로 끌면 값이 바뀌고, 누르면 표시가 생기거나 사라집니다. 화살표 키와 Enter 키로도 할 수 있습니다. 첫 시점과 마지막 시점에는 표시할 수 없습니다.",
    handle: (/** @type {any} */ t) => `시점 ${t.step}: ${t.value}${t.marked ? ", 표시 있음" : ""}`,
    tell: (/** @type {any} */ t) =>
      `시점 ${t.step}: 값 ${t.value}${t.marked ? ", 표시 있음" : ""}. 셀 ${t.cell}에서 c = f·c + i·g = ${t.kept} + ${t.written} = ${t.c}, h = o·tanh c = ${t.shown} = ${t.h}. ` +
      (t.last ? "" : `이 c는 끝까지 ${t.left}% 남습니다. `) +
      `표시한 값의 합은 ${t.sum}, 신경망의 답은 ${t.answer}.`,
  },
  en: {
    step: "step",
    sequence: "sequence",
    cell: "cell to explain",
    gate: "gate to hold",
    held: "hold it at",
    reset: "Original sequence",
    value: "value",
    mark: "mark",
    sum: "sum",
    answer: "answer",
    rows: { i: "input gate", f: "forget gate", g: "candidate", o: "output gate", c: "cell", h: "output" },
    options: { none: "none", input: "input", forget: "forget", output: "output" },
    start: "Nothing has been read yet. Press play, or go one step forward.",
    hint: "Drag a value up or down to change it; press it to set or remove its mark. Arrow keys and Enter do the same. The first and the last step cannot be marked.",
    handle: (/** @type {any} */ t) => `step ${t.step}: ${t.value}${t.marked ? ", marked" : ""}`,
    tell: (/** @type {any} */ t) =>
      `Step ${t.step}: value ${t.value}${t.marked ? ", marked" : ""}. In cell ${t.cell}, c = f·c + i·g = ${t.kept} + ${t.written} = ${t.c} and h = o·tanh c = ${t.shown} = ${t.h}. ` +
      (t.last ? "" : `Of this c, ${t.left}% is left at the end. `) +
      `The marked values add up to ${t.sum}; the network answers ${t.answer}.`,
  },
};

/** @param {import("../mount.js").Site} site @returns {import("../mount.js").View} */
export function open({ data, state, language, refresh }) {
  const words = WORDS[language];
  const { x, w_x, w_h, b, w_y, b_y } = data.arrays;
  const net = { w_x: w_x.values, w_h: w_h.values, b: b.values, w_y: w_y.values, b_y: b_y.values };
  const T = x.shape[1];
  let unit = 1; // CSS pixels of an inch of the figure
  /** @returns {[number, number][]} value and mark of each step, as the package drew them */
  const drawn = () =>
    Array.from({ length: T }, (_, t) => {
      const [value, mark] = row(x, state.sequence - 1, t);
      return [value, mark];
    });
  let steps = drawn();
  const marked = (/** @type {number} */ t) => steps[t][1] > 0;
  const run = () => {
    const gate = HELD[state.gate];
    return forward(net, steps, gate && { gate, value: state.held });
  };
  // The target of the adding problem is 1/2 + sum / 4, so an answer y says that the sum is 4 (y - 1/2).
  const sums = (/** @type {import("../maths/lstm.js").Moment[]} */ moments) => ({
    sum: number(steps.reduce((sum, [value, mark]) => sum + (mark > 0 ? value : 0), 0)),
    answer: number(4 * (answer(net, moments[T - 1].h) - 0.5)),
  });
  const again = () => {
    steps = drawn();
    refresh();
  };

  return {
    names: { step: words.step, sequence: words.sequence, cell: words.cell, gate: words.gate, held: words.held },
    hint: words.hint,
    option: (name, option) =>
      name === "gate" ? words.options[/** @type {keyof typeof words.options} */ (option)] : String(option),
    shown: () => `${state.step} / ${T}`,
    changed(name) {
      if (name === "sequence") steps = drawn();
    },
    buttons: [{ name: words.reset, press: again }],

    draw(context, width, height, ink) {
      unit = Math.min(width / WIDTH, height / HEIGHT);
      const brush = new Rows(context, ink, unit);
      const moments = run();
      brush.inputs(steps, words);
      ROWS.forEach((name, n) => {
        const top = TOP + n * (2 * STRIP + GAP);
        const held = name === HELD[state.gate];
        const text = held ? `${name} = ${state.held}` : `${words.rows[name]} ${name}`;
        brush.write(text, LEFT - 0.08, top + STRIP, { align: "right", colour: held ? "purple" : "ink", bold: held });
        for (const cell of [0, 1]) {
          const values = moments.slice(0, state.step).map((moment) => moment[name][cell]);
          brush.strip(values, T, top + cell * STRIP, SIGNED.includes(name), "ch".includes(name) ? STRONGEST : 1);
        }
      });
      const bottom = TOP + ROWS.length * (2 * STRIP + GAP);
      for (const step of [1, 6, 12]) brush.write(String(step), middle(step), bottom + 0.08);
      brush.write(words.step, LEFT - 0.08, bottom + 0.08, { align: "right" });
      if (state.step) brush.now(state.step, state.cell, bottom);
      if (state.step === T) {
        const { sum, answer } = sums(moments);
        const text = `${words.sum} ${sum}   ${words.answer} ${answer}`;
        brush.write(text, WIDTH - 0.12, HEIGHT - 0.17, { align: "right", colour: "purple", bold: true });
      }
    },

    tell() {
      if (state.step === 0) return words.start;
      const moments = run();
      const t = state.step - 1;
      const cell = state.cell - 1;
      const [i, f, g, o, c, h] = ROWS.map((name) => moments[t][name][cell]);
      const before = t ? moments[t - 1].c[cell] : 0;
      return words.tell({
        step: state.step,
        value: number(steps[t][0]),
        marked: marked(t),
        cell: state.cell,
        kept: product(f, before),
        written: product(i, g),
        c: number(c),
        shown: product(o, Math.tanh(c)),
        h: number(h),
        last: state.step === T,
        left: number(100 * kept(moments, state.step, cell), 0),
        ...sums(moments),
      });
    },

    handles: () =>
      steps.map((step, t) => ({
        name: words.handle({ step: t + 1, value: number(step[0]), marked: marked(t) }),
        at: [middle(t + 1) * unit, MIDDLE * unit],
        size: 26,
        drag: (_, top) => void (step[0] = between((MIDDLE - top / unit) / REACH)),
        nudge: (_, up) => void (step[0] = between(step[0] + up / 10)),
        press() {
          if (t > 0 && t < T - 1) step[1] = marked(t) ? 0 : 1;
        },
      })),
  };
}

/** @param {number} step  counted from 1 @returns {number} the middle of its column, in inches */
const middle = (step) => LEFT + (step - 0.5) * COLUMN;

/** @param {number} value @returns {number} within what the adding problem draws, with two decimals */
const between = (value) => Math.round(100 * Math.min(1, Math.max(-1, value))) / 100;

/** @param {number} a @param {number} b @returns {string} */
const product = (a, b) => `${number(a)}·${b < 0 ? `(${number(b)})` : number(b)}`;

/** Draws what stands in rows, a column for each step. */
class Rows extends Brush {
  /**
   * The values as bars from a middle line, and a triangle over each that is marked.
   * @param {[number, number][]} steps
   * @param {{value: string, mark: string}} words
   */
  inputs(steps, words) {
    const { context, unit } = this;
    steps.forEach(([value, mark], t) => {
      const at = middle(t + 1);
      this.fill(mark > 0 ? "purple" : "grey", at - 0.08, MIDDLE - Math.max(0, REACH * value), 0.16, REACH * Math.abs(value));
      if (mark <= 0) return;
      context.beginPath();
      context.moveTo((at - 0.07) * unit, (MARK - 0.06) * unit);
      context.lineTo((at + 0.07) * unit, (MARK - 0.06) * unit);
      context.lineTo(at * unit, (MARK + 0.07) * unit);
      context.fill();
    });
    this.fill("grey", LEFT, MIDDLE - 0.006, steps.length * COLUMN, 0.012);
    this.write(words.value, LEFT - 0.08, MIDDLE, { align: "right" });
    this.write(words.mark, LEFT - 0.08, MARK, { align: "right" });
  }

  /**
   * A row of cells, the stronger the larger the value: in ink, or by sign orange, or blue with a minus sign.
   * @param {number[]} values  of the steps so far
   * @param {number} count  of all steps
   * @param {number} top
   * @param {boolean} signed
   * @param {number} full  the size that has the full colour
   */
  strip(values, count, top, signed, full) {
    const { context, unit } = this;
    values.forEach((value, t) => {
      const left = LEFT + t * COLUMN;
      context.globalAlpha = Math.min(1, Math.abs(value) / full);
      this.fill(!signed ? "ink" : value > 0 ? "orange" : "blue", left, top, COLUMN, STRIP);
      context.globalAlpha = 1;
      if (value < -FAINTEST) this.fill("ink", left + COLUMN / 2 - 0.04, top + STRIP / 2 - 0.008, 0.08, 0.016);
    });
    context.strokeStyle = this.ink.grey;
    context.lineWidth = 0.6;
    context.beginPath();
    for (let t = 0; t < count; t++) context.rect((LEFT + t * COLUMN) * unit, top * unit, COLUMN * unit, STRIP * unit);
    context.stroke();
  }

  /**
   * The step that is told, and the cell in it.
   * @param {number} step
   * @param {number} cell
   * @param {number} bottom
   */
  now(step, cell, bottom) {
    const { context, unit } = this;
    const left = LEFT + (step - 1) * COLUMN;
    context.strokeStyle = this.ink.purple;
    context.lineWidth = 1;
    context.strokeRect(left * unit, (TOP - 0.04) * unit, COLUMN * unit, (bottom - GAP + 0.08 - TOP) * unit);
    context.lineWidth = 2.4;
    ROWS.forEach((_, n) => {
      const top = TOP + n * (2 * STRIP + GAP) + (cell - 1) * STRIP;
      context.strokeRect(left * unit, top * unit, COLUMN * unit, STRIP * unit);
    });
  }
}
