// @ts-check
/** One prediction for several numbers that the reader drags: each one's loss, and the mean of all. */

import { best, lossOf, meanLoss } from "../maths/loss.js";
import { Plot, number } from "../plot.js";

const STEP = 0.5; // minutes
const PIECES = 240; // of a curve

const WORDS = {
  ko: {
    c: "예측값 c",
    loss: "손실",
    minutes: "분",
    all: "전체의 평균",
    least: { mse: "평균", mae: "중앙값", huber: "후버" },
    names: { mse: "MSE", mae: "MAE", huber: "후버" },
    ride: (/** @type {number} */ n, /** @type {string} */ y) => `${n}번째 버스, ${y}분`,
    guess: (/** @type {string} */ c) => `예측값 ${c}분`,
    hint: "네모(버스 시간)와 점(예측값)을 좌우로 끌어 보십시오. 키보드에서는 Tab으로 고르고 화살표로 옮깁니다.",
    reset: "처음 시간으로",
    tell: (/** @type {any} */ t) => `${t.c}분으로 예측하면 ${t.name} 손실은 ${t.loss}입니다. 가장 작은 손실은 ${t.least}이고, ${t.where}`,
    where: {
      mse: (/** @type {string} */ b) => `그때의 예측값은 평균인 ${b}분입니다.`,
      mae: (/** @type {string} */ b) => `그때의 예측값은 중앙값인 ${b}분입니다.`,
      huber: (/** @type {string} */ b) => `그때의 예측값은 ${b}분입니다.`,
    },
  },
  en: {
    c: "prediction c",
    loss: "loss",
    minutes: "minutes",
    all: "mean of all",
    least: { mse: "mean", mae: "median", huber: "Huber" },
    names: { mse: "MSE", mae: "MAE", huber: "Huber" },
    ride: (/** @type {number} */ n, /** @type {string} */ y) => `ride ${n}, ${y} minutes`,
    guess: (/** @type {string} */ c) => `prediction, ${c} minutes`,
    hint: "Drag the squares (rides) and the dot (your prediction) to either side. With the keyboard: Tab chooses one, the arrows move it.",
    reset: "Original rides",
    tell: (/** @type {any} */ t) => `Predicting ${t.c} minutes costs ${t.loss} (${t.name}). The least possible is ${t.least}, ${t.where}`,
    where: {
      mse: (/** @type {string} */ b) => `at the mean, ${b} minutes.`,
      mae: (/** @type {string} */ b) => `at the median, ${b} minutes.`,
      huber: (/** @type {string} */ b) => `at ${b} minutes.`,
    },
  },
};

/** @param {import("../mount.js").Site} site @returns {import("../mount.js").View} */
export function open({ data, state, language, refresh }) {
  const words = WORDS[language];
  const [delta] = data.arrays.delta.values;
  const span = /** @type {[number, number]} */ ([...data.arrays.span.values]);
  const start = Array.from(data.arrays.y.values);
  let y = [...start];
  /** @type {Plot} */
  let plot;
  const places = Array.from({ length: PIECES + 1 }, (_, n) => span[0] + (n / PIECES) * (span[1] - span[0]));

  const name = () => /** @type {import("../maths/loss.js").Name} */ (state.loss);
  const mean = (/** @type {number} */ c) => meanLoss(name(), y, c, delta);
  const rounded = (/** @type {number} */ v) =>
    Math.round(Math.min(Math.max(v, span[0]), span[1]) / STEP) * STEP;
  /** @param {number} n @param {number} to */
  const put = (n, to) => {
    y[n] = rounded(to);
  };

  return {
    names: { c: words.c, loss: words.loss },
    hint: words.hint,
    option: (_, option) => words.names[/** @type {import("../maths/loss.js").Name} */ (option)],
    shown: () => number(state.c, 1),
    buttons: [
      {
        name: words.reset,
        press: () => {
          y = [...start];
          refresh();
        },
      },
    ],

    draw(context, width, height, ink) {
      const total = places.map(mean);
      const top = 1.08 * Math.max(...total);
      const box = { left: 54, top: 24, width: width - 72, height: height - 70 };
      plot = new Plot(context, box, span, [-0.04 * top, top], ink);
      const least = best(name(), y, delta);
      plot.inside(() => {
        for (const one of y) {
          plot.line(places, places.map((c) => lossOf(name(), c - one, delta)), { colour: "faint", width: 1.4 });
        }
        plot.line(places, total, { colour: "blue", width: 2.8 });
        plot.line([state.c, state.c], [0, top], { width: 1.4, dash: [2, 4] });
      });
      for (const one of y) plot.mark(one, 0, { shape: "square", colour: "blue", size: 6 });
      diamond(plot, least, mean(least));
      plot.mark(state.c, mean(state.c), { size: 6 });
      plot.axes({ x: [10, 15, 20, 25, 30], y: marks(top), xName: words.minutes, yName: words.loss });
      const right = state.c < (span[0] + span[1]) / 2 + 4;
      plot.write(`c = ${number(state.c, 1)}`, plot.x(state.c) + (right ? 8 : -8), box.top + 8, {
        align: right ? "left" : "right",
      });
      const above = Math.max(plot.y(mean(least)) - 24, box.top + 24);
      plot.write(`${words.least[name()]} ${number(least, 1)}`, plot.x(least), above, { colour: "orange", ground: true });
      const far = least < (span[0] + span[1]) / 2 ? 29.2 : 11;
      plot.write(words.all, plot.x(far), plot.y(mean(far)) + 48, { colour: "blue", ground: true });
    },

    tell() {
      const least = best(name(), y, delta);
      return words.tell({
        c: number(state.c, 1),
        name: words.names[name()],
        loss: number(mean(state.c)),
        least: number(mean(least)),
        where: words.where[name()](number(least, 1)),
      });
    },

    handles: () => [
      ...y.map((one, n) => ({
        name: words.ride(n + 1, number(one, 1)),
        at: /** @type {[number, number]} */ ([plot.x(one), plot.y(0)]),
        drag: (/** @type {number} */ left) => put(n, plot.at(left, 0)[0]),
        nudge: (/** @type {number} */ right) => put(n, y[n] + STEP * right),
      })),
      {
        name: words.guess(number(state.c, 1)),
        at: [plot.x(state.c), plot.y(mean(state.c))],
        drag: (left) => {
          state.c = rounded(plot.at(left, 0)[0]);
        },
        nudge: (right) => {
          state.c = rounded(state.c + STEP * right);
        },
      },
    ],
  };
}

/** @param {Plot} plot @param {number} x @param {number} y */
function diamond(plot, x, y) {
  const { context, ink } = plot;
  const [left, top, size] = [plot.x(x), plot.y(y), 7];
  context.beginPath();
  context.moveTo(left, top - size);
  context.lineTo(left + size, top);
  context.lineTo(left, top + size);
  context.lineTo(left - size, top);
  context.closePath();
  context.fillStyle = ink.orange;
  context.fill();
}

/** @param {number} top @returns {number[]} round numbers up to it */
function marks(top) {
  const unit = [1, 2, 5, 10, 20, 50, 100, 200].find((one) => top / one < 5) ?? 200;
  return Array.from({ length: Math.floor(top / unit) + 1 }, (_, n) => n * unit);
}
