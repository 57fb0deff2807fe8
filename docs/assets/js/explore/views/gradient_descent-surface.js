// @ts-check
/** Gradient descent in a valley, step by step, from a start that the reader drags. */

import { row } from "../data.js";
import { descend, height } from "../maths/descent.js";
import { Plot, number } from "../plot.js";

const NUDGE = 0.1;
const SPAN = /** @type {[number, number]} */ ([-3, 3]);
const CROSS = 0.15; // half the size of the cross at the minimum

const WORDS = {
  ko: {
    step: "단계",
    lr: "학습률",
    minimum: "최소점",
    start: (/** @type {string} */ at) => `출발점 ${at}`,
    hint: "네모난 출발점을 끌어 옮겨 보십시오. 키보드에서는 Tab으로 고르고 화살표로 옮깁니다.",
    tell: (/** @type {any} */ t) =>
      `학습률 ${t.lr}, ${t.step}단계: ${t.at}에서 손실은 ${t.loss}. ` +
      `한 걸음마다 바닥까지의 거리에 곱해지는 값은 골짜기 방향 ${t.along}, 가로지르는 방향 ${t.across}입니다.`,
    at: (/** @type {string} */ limit) => ` 한계 ${limit}에서는 가로지르는 폭이 줄지도 늘지도 않습니다.`,
    above: (/** @type {string} */ limit) => ` 한계 ${limit}보다 커서 발산합니다.`,
  },
  en: {
    step: "step",
    lr: "learning rate",
    minimum: "minimum",
    start: (/** @type {string} */ at) => `start ${at}`,
    hint: "Drag the square, the start. With the keyboard: Tab chooses it, the arrows move it.",
    tell: (/** @type {any} */ t) =>
      `Learning rate ${t.lr}, step ${t.step}: the loss at ${t.at} is ${t.loss}. ` +
      `Each step multiplies the distance from the bottom by ${t.along} along the valley and by ${t.across} across it.`,
    at: (/** @type {string} */ limit) => ` At the limit ${limit} the zigzag neither shrinks nor grows.`,
    above: (/** @type {string} */ limit) => ` Above the limit ${limit} it diverges.`,
  },
};

/** @param {import("../mount.js").Site} site @returns {import("../mount.js").View} */
export function open({ data, state, language }) {
  const words = WORDS[language];
  const a = data.arrays.a.values;
  const [flat, steep] = data.arrays.curvatures.values;
  const [limit] = data.arrays.limit.values;
  const { rings } = data.arrays;
  let start = /** @type {[number, number]} */ ([...data.arrays.start.values]);
  /** @type {Plot} */
  let plot;

  const path = () => descend(a, start, state.lr, state.step);
  const pair = (/** @type {[number, number]} */ [x, y]) => `(${number(x)}, ${number(y)})`;
  /** @param {[number, number]} to */
  const put = (to) => {
    start = /** @type {[number, number]} */ (to.map((v) => Math.min(Math.max(v, -2.9), 2.9)));
  };

  return {
    names: { step: words.step, lr: words.lr },
    hint: words.hint,
    shown: (name) => (name === "lr" ? number(state.lr) : String(state.step)),

    draw(context, width, tall, ink) {
      const side = Math.floor(Math.min(width - 84, tall - 66));
      const box = { left: Math.round((width - side) / 2) + 8, top: 26, width: side, height: side };
      plot = new Plot(context, box, SPAN, SPAN, ink);
      const places = path();
      plot.inside(() => {
        for (let n = 0; n < rings.shape[0]; n++) {
          const ring = row(rings, n);
          const [x, y] = [ring.filter((_, k) => k % 2 === 0), ring.filter((_, k) => k % 2 === 1)];
          plot.line(x, y, { colour: "faint", width: 1.5 });
        }
        for (const end of [CROSS, -CROSS]) plot.line([-CROSS, CROSS], [-end, end], { colour: "purple", width: 2.6 });
        plot.line(places.map(([x]) => x), places.map(([, y]) => y), { colour: "blue", width: 1.8 });
        for (const [x, y] of places) plot.mark(x, y, { colour: "blue", size: 4 });
        const [x, y] = places[places.length - 1];
        plot.mark(x, y, { size: 6 });
      });
      plot.write(words.minimum, plot.x(0) + 14, plot.y(0) + 20, { colour: "purple", align: "left" });
      plot.mark(...start, { shape: "square", colour: "orange", size: 7 });
      plot.axes({
        x: [-2, 0, 2],
        y: [-2, 0, 2],
        xName: "θ₁",
        title: `η = ${number(state.lr)}, ${words.step} ${state.step}`,
      });
      plot.write("θ₂", box.left - 34, box.top + box.height / 2);
    },

    tell() {
      const places = path();
      const at = places[places.length - 1];
      const loss = height(a, at);
      const told = words.tell({
        lr: number(state.lr),
        step: state.step,
        at: pair(at),
        loss: short(loss),
        along: number(1 - state.lr * flat),
        across: number(1 - state.lr * steep),
      });
      const side = Math.sign(Math.round((state.lr - limit) * 1e6));
      if (side < 0) return told;
      return told + (side > 0 ? words.above : words.at)(number(limit));
    },

    handles: () => [
      {
        name: words.start(pair(start)),
        at: [plot.x(start[0]), plot.y(start[1])],
        drag: (left, top) => put(plot.at(left, top)),
        nudge: (right, up) => put([start[0] + NUDGE * right, start[1] + NUDGE * up]),
      },
    ],
  };
}

const DIGITS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** @param {number} value @returns {string} such as 1234, 0.0123 or 3 × 10⁻⁷ */
function short(value) {
  if (value === 0) return "0";
  if (value >= 1e-4) return number(value, value < 1 ? 4 : value < 100 ? 2 : 0);
  const [digits, exponent] = value.toExponential(0).split("e-");
  return `${digits} × 10⁻${[...exponent].map((digit) => DIGITS[Number(digit)]).join("")}`;
}
