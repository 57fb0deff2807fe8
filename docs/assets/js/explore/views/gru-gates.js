// @ts-check
/** Gates and memory of one GRU unit over a sequence that the reader may change. */

import { row } from "../data.js";
import { Brush } from "../grid.js";
import { forward, turned } from "../maths/gru.js";
import { number } from "../plot.js";

// The places of the static figure, in inches (snippets/figures/gru.py), from the upper left corner.
const WIDTH = 4.6;
const HEIGHT = 3.95;
const LEFT = 1.16;
const COLUMN = 0.275;
const STRIP = 0.25;
const GAP = 0.1;
const MARK = HEIGHT - 3.78;
const MIDDLE = HEIGHT - 3.25; // of the values
const REACH = 0.34;
const TOP = HEIGHT - 2.74; // of the strips
const MEMORY = HEIGHT - 1.17;
const DEPTH = 0.4;
const FAINTEST = 0.005; // smaller negative values get no minus sign

const ROWS = /** @type {("r"|"z"|"n")[]} */ (["r", "z", "n"]);
const HELD = /** @type {Record<string, "r"|"z">} */ ({ update: "z", reset: "r" });
const MARKS = /** @type {("none"|"add"|"anew")[]} */ (["none", "add", "anew"]);

const WORDS = {
  ko: {
    step: "시점",
    gate: "고정할 게이트",
    held: "고정할 값",
    share: "z의 뜻",
    start: "처음 시퀀스로",
    value: "값",
    mark: "표시",
    memory: "기억",
    end: "끝에서",
    rows: { r: "리셋 게이트", z: "갱신 게이트", n: "후보" },
    options: {
      none: "없음",
      update: "갱신",
      reset: "리셋",
      kept: "남는 몫",
      new: "새것의 몫",
      turned: "새것의 몫, 부호를 뒤집음",
    },
    marks: { none: "표시 없음", add: "더하기", anew: "새로" },
    nothing: "아직 아무것도 읽지 않았습니다. 재생하거나 한 시점씩 앞으로 가 보십시오.",
    hint: "값을 위아래로 끌면 값이 바뀌고, 누를 때마다 표시가 더하기, 새로, 표시 없음의 차례로 바뀝니다. 화살표 키와 Enter 키로도 할 수 있습니다.",
    handle: (/** @type {any} */ t) => `시점 ${t.step}: ${t.value}, ${t.mark}`,
    tell: (/** @type {any} */ t) =>
      `시점 ${t.step}: 값 ${t.value}, ${t.mark}. r = ${t.r}이므로 n = tanh(${t.value} + ${t.seen}) = ${t.n}. z = ${t.z}이므로 h = ${t.formula} = ${t.added} + ${t.kept} = ${t.h}.`,
  },
  en: {
    step: "step",
    gate: "gate to hold",
    held: "hold it at",
    share: "what z means",
    start: "Original sequence",
    value: "value",
    mark: "mark",
    memory: "memory",
    end: "at the end",
    rows: { r: "reset gate", z: "update gate", n: "candidate" },
    options: {
      none: "none",
      update: "update",
      reset: "reset",
      kept: "the share kept",
      new: "the share that is new",
      turned: "the new share, sign turned",
    },
    marks: { none: "no mark", add: "add", anew: "anew" },
    nothing: "Nothing has been read yet. Press play, or go one step forward.",
    hint: "Drag a value up or down to change it; each press changes its mark: add, anew, none. Arrow keys and Enter do the same.",
    handle: (/** @type {any} */ t) => `step ${t.step}: ${t.value}, ${t.mark}`,
    tell: (/** @type {any} */ t) =>
      `Step ${t.step}: value ${t.value}, ${t.mark}. With r = ${t.r}, n = tanh(${t.value} + ${t.seen}) = ${t.n}. With z = ${t.z}, h = ${t.formula} = ${t.added} + ${t.kept} = ${t.h}.`,
  },
};

/** @param {import("../mount.js").Site} site @returns {import("../mount.js").View} */
export function open({ data, state, language, refresh }) {
  const words = WORDS[language];
  const { x, w_x, w_h, b_x, b_h } = data.arrays;
  const net = { w_x: w_x.values, w_h: w_h.values, b_x: b_x.values, b_h: b_h.values };
  const other = turned(net);
  const T = x.shape[0];
  let unit = 1; // CSS pixels of an inch of the figure
  const drawn = () => Array.from({ length: T }, (_, t) => Array.from(row(x, t)));
  let steps = drawn(); // value, "add", "anew" of each step
  const markOf = (/** @type {number} */ t) => MARKS[steps[t][1] ? 1 : steps[t][2] ? 2 : 0];
  const run = () => {
    const gate = HELD[state.gate];
    const share = state.share === "kept" ? "kept" : "new";
    return forward(state.share === "turned" ? other : net, steps, share, gate && { gate, value: state.held });
  };
  const again = () => {
    steps = drawn();
    refresh();
  };

  return {
    names: { step: words.step, gate: words.gate, held: words.held, share: words.share },
    hint: words.hint,
    option: (_, option) => words.options[/** @type {keyof typeof words.options} */ (option)] ?? String(option),
    shown: () => `${state.step} / ${T}`,
    buttons: [{ name: words.start, press: again }],

    draw(context, width, height, ink) {
      unit = Math.min(width / WIDTH, height / HEIGHT);
      const brush = new Rows(context, ink, unit);
      const moments = run().slice(0, state.step);
      brush.bars(steps.map(([value]) => value), T, MIDDLE, REACH, "grey");
      steps.forEach((_, t) => brush.mark(markOf(t), middle(t + 1), MARK));
      brush.name(words.mark, MARK);
      brush.name(words.value, MIDDLE);
      ROWS.forEach((name, n) => {
        const top = TOP + n * (STRIP + GAP);
        const held = name === HELD[state.gate];
        brush.name(held ? `${name} = ${state.held}` : `${words.rows[name]} ${name}`, top + STRIP / 2, held);
        brush.strip(moments.map((moment) => moment[name][0]), T, top, name === "n");
      });
      brush.bars(moments.map(({ h }) => h[0]), T, MEMORY, DEPTH, "purple");
      brush.name(`${words.memory} h`, MEMORY);
      const bottom = MEMORY + DEPTH + 0.14;
      for (const step of [1, 6, 12]) brush.write(String(step), middle(step), bottom);
      brush.name(words.step, bottom);
      brush.mark("add", 0.24, HEIGHT - 0.18);
      brush.write(words.marks.add, 0.37, HEIGHT - 0.18, { align: "left" });
      brush.mark("anew", 1.16, HEIGHT - 0.18);
      brush.write(words.marks.anew, 1.29, HEIGHT - 0.18, { align: "left" });
      if (state.step) brush.now(state.step, bottom - 0.1);
      if (state.step === T) {
        const text = `${words.end} h = ${number(moments[T - 1].h[0])}`;
        brush.write(text, WIDTH - 0.12, HEIGHT - 0.18, { align: "right", colour: "purple", bold: true });
      }
    },

    tell() {
      if (state.step === 0) return words.nothing;
      const moments = run();
      const t = state.step - 1;
      const [r, z, n, h] = /** @type {const} */ (["r", "z", "n", "h"]).map((name) => moments[t][name][0]);
      const before = t ? moments[t - 1].h[0] : 0;
      const kept = state.share === "kept" ? z : 1 - z;
      return words.tell({
        step: state.step,
        value: number(steps[t][0]),
        mark: words.marks[markOf(t)],
        r: number(r),
        z: number(z),
        n: number(n),
        h: number(h),
        seen: product(r, before),
        formula: state.share === "kept" ? "(1 − z)·n + z·h" : "z·n + (1 − z)·h",
        added: product(1 - kept, n),
        kept: product(kept, before),
      });
    },

    handles: () =>
      steps.map(([value], t) => ({
        name: words.handle({ step: t + 1, value: number(value), mark: words.marks[markOf(t)] }),
        at: [middle(t + 1) * unit, MIDDLE * unit],
        size: 26,
        drag: (_, top) => void (steps[t][0] = between((MIDDLE - top / unit) / REACH)),
        nudge: (_, up) => void (steps[t][0] = between(steps[t][0] + up / 10)),
        press() {
          const next = (MARKS.indexOf(markOf(t)) + 1) % MARKS.length;
          steps[t][1] = Number(next === 1);
          steps[t][2] = Number(next === 2);
        },
      })),
  };
}

/** @param {number} step  counted from 1 @returns {number} the middle of its column, in inches */
const middle = (step) => LEFT + (step - 0.5) * COLUMN;

/** @param {number} value @returns {number} within -1 and 1, with two decimals */
const between = (value) => Math.round(100 * Math.min(1, Math.max(-1, value))) / 100;

/** @param {number} a @param {number} b @returns {string} */
const product = (a, b) => `${number(a)}·${number(b).startsWith("\u2212") ? `(${number(b)})` : number(b)}`;

/** Draws what stands in rows, a column for each step. */
class Rows extends Brush {
  /** @param {string} text  to the left of a row @param {number} top @param {boolean} [held] */
  name(text, top, held = false) {
    this.write(text, LEFT - 0.08, top, { align: "right", colour: held ? "purple" : "ink", bold: held });
  }

  /** @param {"none"|"add"|"anew"} name @param {number} left @param {number} top */
  mark(name, left, top) {
    const { context, unit } = this;
    if (name === "add") {
      this.fill("purple", left - 0.06, top - 0.022, 0.12, 0.044);
      this.fill("purple", left - 0.022, top - 0.06, 0.044, 0.12);
    } else if (name === "anew") {
      context.fillStyle = this.ink.purple;
      context.beginPath();
      context.moveTo((left - 0.065) * unit, (top - 0.06) * unit);
      context.lineTo((left + 0.065) * unit, (top - 0.06) * unit);
      context.lineTo(left * unit, (top + 0.065) * unit);
      context.fill();
    }
  }

  /**
   * Bars upward or downward from a middle line.
   * @param {number[]} values  of the steps so far
   * @param {number} count  of all steps
   * @param {number} line
   * @param {number} reach  of the value 1
   * @param {string} colour
   */
  bars(values, count, line, reach, colour) {
    values.forEach((value, t) => {
      this.fill(colour, middle(t + 1) - 0.08, line - Math.max(0, reach * value), 0.16, reach * Math.abs(value));
    });
    this.fill("grey", LEFT, line - 0.006, count * COLUMN, 0.012);
  }

  /**
   * A row of squares, the stronger the larger the value: in ink, or by sign orange, or blue with a minus sign.
   * @param {number[]} values  of the steps so far
   * @param {number} count  of all steps
   * @param {number} top
   * @param {boolean} signed
   */
  strip(values, count, top, signed) {
    const { context, unit } = this;
    values.forEach((value, t) => {
      const left = LEFT + t * COLUMN;
      context.globalAlpha = Math.abs(value);
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

  /** The step that is told. @param {number} step @param {number} bottom */
  now(step, bottom) {
    const { context, unit } = this;
    context.strokeStyle = this.ink.purple;
    context.lineWidth = 1.6;
    const left = LEFT + (step - 1) * COLUMN;
    context.strokeRect(left * unit, (TOP - 0.05) * unit, COLUMN * unit, (bottom - TOP + 0.05) * unit);
  }
}
