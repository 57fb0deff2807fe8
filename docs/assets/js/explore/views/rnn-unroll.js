// @ts-check
/** Ten steps of a recurrent network: forward through the bits, then backward with the error. */

import { flow, states } from "../maths/rnn.js";
import { number, Plot } from "../plot.js";

// The places of the static figure, in inches (snippets/figures/rnn.py).
const WIDTH = 4.6;
const HEIGHT = 4.6;
const LEFT = 0.72;
const RIGHT = 0.1;
const ABOVE = { top: 0.4, height: 1.25, up: /** @type {[number, number]} */ ([-5, 3]) };
const BELOW = { top: 1.85, height: 2.67, up: /** @type {[number, number]} */ ([-1.62, 3.6]) };
const BITS = -0.25; // where the row of the inputs stands in `BELOW`

const WORDS = {
  ko: {
    moment: "진행",
    scale: "가장 큰 특잇값",
    none: "시작",
    forward: (/** @type {number} */ t) => `순방향 ${t}`,
    backward: (/** @type {number} */ t) => `역방향 ${t}`,
    error: "오차의 크기",
    step: "시점",
    bit: (/** @type {number} */ t, /** @type {number} */ bit) => `시점 ${t}의 입력 ${bit}, 바꾸기`,
    silence: "입력을 모두 0으로",
    reset: "처음 입력으로",
    hint: "그림에서 입력을 누르면 0과 1이 바뀝니다. 점선은 특잇값이 허용하는 오차의 최대 크기입니다.",
    start: "아직 아무것도 읽지 않았습니다. 은닉 상태는 모두 0입니다.",
    read: (/** @type {any} */ t) => `시점 ${t.step}: 입력은 ${t.bit}, 은닉 상태는 (${t.h}).`,
    back: (/** @type {any} */ t) => `시점 ${t.step}까지 거슬러 온 오차의 크기는 ${t.size}, 허용되는 최댓값은 ${t.most}.`,
    mean: (/** @type {string} */ factor) => ` 한 시점을 거슬러 갈 때마다 평균 ${factor}배가 됩니다.`,
  },
  en: {
    moment: "moment",
    scale: "largest singular value",
    none: "start",
    forward: (/** @type {number} */ t) => `forward ${t}`,
    backward: (/** @type {number} */ t) => `back to ${t}`,
    error: "size of the error",
    step: "time step",
    bit: (/** @type {number} */ t, /** @type {number} */ bit) => `input ${bit} at step ${t}, change it`,
    silence: "All inputs 0",
    reset: "Original inputs",
    hint: "Press an input in the figure to change it. The dashed line is the most that the singular value allows.",
    start: "Nothing is read yet. The hidden state is 0.",
    read: (/** @type {any} */ t) => `Step ${t.step}: the input is ${t.bit}, the hidden state (${t.h}).`,
    back: (/** @type {any} */ t) => `Back to step ${t.step}: the error has size ${t.size}; it can be at most ${t.most}.`,
    mean: (/** @type {string} */ factor) => ` On average, each step on the way back multiplies it by ${factor}.`,
  },
};

/** @param {import("../mount.js").Site} site @returns {import("../mount.js").View} */
export function open({ data, state, language, refresh }) {
  const words = WORDS[language];
  const first = Array.from(data.arrays.bits.values);
  const { values: wX } = data.arrays.w_x;
  const { values: turn } = data.arrays.turn;
  const { values: dhLast } = data.arrays.dh_last;
  const T = first.length;
  let bits = [...first];
  /** @type {[number, number][]} */
  let places = [];
  let pitch = 32;
  const weights = () => Array.from(turn, (value) => state.scale * value);
  const run = () => {
    const h = states(bits, wX, weights());
    return { h, errors: flow(dhLast, h, weights()) };
  };
  const read = () => Math.min(state.moment, T); // steps read so far
  const reached = () => 2 * T + 1 - state.moment; // the earliest step that the error has reached
  /** @param {number} t  the most that the singular values let through to step t */
  const most = (t) => state.scale ** (T - t);
  const set = (/** @type {number[]} */ to) => {
    bits = to;
    refresh();
  };

  return {
    names: { moment: words.moment, scale: words.scale },
    hint: words.hint,
    buttons: [
      { name: words.silence, press: () => set(bits.map(() => 0)) },
      { name: words.reset, press: () => set([...first]) },
    ],
    shown(name) {
      if (name === "scale") return number(state.scale);
      if (state.moment === 0) return words.none;
      return state.moment <= T ? words.forward(state.moment) : words.backward(reached());
    },

    draw(context, width, height, ink) {
      const unit = Math.min(width / WIDTH, height / HEIGHT);
      const { h, errors } = run();
      const span = /** @type {[number, number]} */ ([0.5, T + 0.5]);
      const plots = [ABOVE, BELOW].map(({ top, height: tall, up }) => {
        const wide = (WIDTH - LEFT - RIGHT) * unit;
        return new Plot(context, { left: LEFT * unit, top: top * unit, width: wide, height: tall * unit }, span, up, ink);
      });
      pitch = plots[0].box.width / T;
      drawErrors(plots[0], errors, reached(), most, words.error);
      drawStates(plots[1], h, read(), reached());
      drawBits(plots[1], bits, words.step);
      places = bits.map((_, n) => [plots[1].x(n + 1), plots[1].y(BITS)]);
    },

    tell() {
      if (state.moment === 0) return words.start;
      const { h, errors } = run();
      if (state.moment <= T) {
        const step = read();
        return words.read({ step, bit: bits[step - 1], h: h[step - 1].map((value) => number(value)).join(", ") });
      }
      const step = reached();
      const told = words.back({ step, size: short(errors[step - 1]), most: short(most(step)) });
      return step === 1 ? told + words.mean(number((errors[0] / errors[T - 1]) ** (1 / (T - 1)))) : told;
    },

    handles: () =>
      places.map((at, n) => ({
        name: words.bit(n + 1, bits[n]),
        at,
        size: Math.max(24, Math.min(32, pitch)),
        press: () => (bits = bits.map((bit, k) => (k === n ? 1 - bit : bit))),
      })),
  };
}

/**
 * Bars on a logarithmic axis from the last step back to `reached`, under the bound.
 * @param {Plot} plot
 * @param {number[]} errors
 * @param {number} reached
 * @param {(t: number) => number} most
 * @param {string} name
 */
function drawErrors(plot, errors, reached, most, name) {
  const { context, box, ink } = plot;
  const bottom = box.top + box.height;
  errors.forEach((error, n) => {
    if (n + 1 < reached) return;
    const top = plot.y(Math.max(Math.log10(error), plot.up[0]));
    const half = (0.3 * box.width) / errors.length;
    context.fillStyle = ink.orange;
    context.fillRect(plot.x(n + 1) - half, top, 2 * half, bottom - top);
  });
  const steps = errors.map((_, n) => n + 1);
  plot.line(steps, steps.map((t) => Math.log10(most(t))), { colour: "grey", width: 1.4, dash: [5, 3] });
  plot.axes({});
  for (const [power, text] of /** @type {[number, string][]} */ ([[-4, "0.0001"], [-2, "0.01"], [0, "1"], [2, "100"]])) {
    context.fillStyle = ink.ink;
    context.fillRect(box.left - 4, plot.y(power) - 0.5, 4, 1);
    plot.write(text, box.left - 7, plot.y(power), { align: "right" });
  }
  plot.write(name, box.left, box.top - 12, { align: "left" });
}

/**
 * Each state that has been read, as bars in a frame, with an arrow to the next one and, later, back.
 * @param {Plot} plot
 * @param {number[][]} h
 * @param {number} read
 * @param {number} reached
 */
function drawStates(plot, h, read, reached) {
  const { context, box, ink } = plot;
  const cell = box.width / h.length;
  const units = h[0].length;
  for (let k = 0; k < units; k++) plot.line(plot.across, [units - k, units - k], { colour: "faint", width: 1 });
  h.forEach((values, n) => {
    const t = n + 1;
    const now = t === (reached > h.length ? read : reached);
    context.strokeStyle = now ? ink.ink : ink.grey;
    context.lineWidth = now ? 2.2 : 1.2;
    const top = plot.y(3.55);
    context.strokeRect(plot.x(t) - 0.37 * cell, top, 0.74 * cell, plot.y(0.45) - top);
    if (t > read) return;
    context.fillStyle = ink.blue;
    values.forEach((value, k) => {
      const foot = plot.y(units - k);
      context.fillRect(plot.x(t) - 0.22 * cell, foot, 0.44 * cell, plot.y(units - k + 0.44 * value) - foot);
    });
    triangle(plot, plot.x(t), plot.y(0.25), "up", "blue");
    if (t > 1) triangle(plot, plot.x(t - 0.5), plot.y(2.5), "right", "blue");
    if (t > reached) triangle(plot, plot.x(t - 0.5), plot.y(1.5), "left", "orange");
  });
  for (let k = 0; k < units; k++) plot.write(`h${"₁₂₃"[k]}`, plot.x(0.25), plot.y(units - k));
}

/**
 * @param {Plot} plot
 * @param {number[]} bits
 * @param {string} name
 */
function drawBits(plot, bits, name) {
  const { context, box, ink } = plot;
  const cell = box.width / bits.length;
  const [top, bottom] = [plot.y(BITS + 0.29), plot.y(BITS - 0.29)];
  bits.forEach((bit, n) => {
    const left = plot.x(n + 1) - 0.37 * cell;
    context.globalAlpha = 0.25 * bit;
    context.fillStyle = ink.purple;
    context.fillRect(left, top, 0.74 * cell, bottom - top);
    context.globalAlpha = 1;
    context.strokeStyle = ink.purple;
    context.lineWidth = 1.6;
    context.strokeRect(left, top, 0.74 * cell, bottom - top);
    plot.write(String(bit), plot.x(n + 1), plot.y(BITS), { bold: true });
    plot.write(String(n + 1), plot.x(n + 1), plot.y(-0.88));
  });
  plot.write("x", plot.x(0.25), plot.y(BITS));
  plot.write(name, box.left + box.width / 2, plot.y(-1.4));
}

/** @param {Plot} plot @param {number} x @param {number} y @param {"up"|"left"|"right"} way @param {string} colour */
function triangle({ context, ink }, x, y, way, colour) {
  const [right, up] = { up: [0, 1], left: [-1, 0], right: [1, 0] }[way];
  const size = 3;
  context.beginPath();
  context.moveTo(x + size * right, y - size * up);
  context.lineTo(x - size * right - size * up, y + size * up - size * right);
  context.lineTo(x - size * right + size * up, y + size * up + size * right);
  context.fillStyle = ink[colour];
  context.fill();
}

/** @param {number} value @returns {string} two digits: 0.00026, 0.7, 38, 200 */
const short = (value) => String(Number(value.toPrecision(2)));
