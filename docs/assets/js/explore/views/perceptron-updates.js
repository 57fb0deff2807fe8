// @ts-check
/** The perceptron, update by update, on points that the reader drags. */

import { answer, fit } from "../maths/perceptron.js";
import { Plot, number } from "../plot.js";

const EPOCHS = 40;
const STEP = 0.05;
const SPAN = /** @type {[number, number]} */ ([-1.15, 1.15]);

const WORDS = {
  ko: {
    update: "갱신",
    reset: "처음 점으로",
    hint: "점을 끌어 옮겨 보십시오. 점을 한 번 누르면 클래스가 바뀝니다. 키보드에서는 Tab으로 점을 고르고 화살표로 옮기고 Enter로 바꿉니다.",
    point: (/** @type {number} */ n, /** @type {number} */ y, /** @type {string} */ at) =>
      `점 ${n}, 클래스 ${y}, ${at}`,
    start: "아직 한 번도 고치지 않았습니다. 가중치와 편향은 모두 0입니다.",
    update_by: (/** @type {any} */ u) =>
      `${u.n}번째 갱신, ${u.epoch}번째 에포크: 점 ${u.at}은 ${u.target}이어야 하는데 ${1 - u.target}이 나왔습니다. ` +
      `이제 w = ${u.w}, b = ${u.b}.`,
    left: (/** @type {number} */ n) => (n ? `틀린 점 ${n}개.` : "틀린 점 없음."),
    done: (/** @type {number} */ n) => `모두 ${n}번 고치고 끝납니다.`,
    endless: (/** @type {number} */ n) =>
      `${EPOCHS}에포크 동안 ${n}번 고쳐도 끝나지 않습니다.`,
  },
  en: {
    update: "update",
    reset: "Original points",
    hint: "Drag the points. Press a point once to change its class. With the keyboard: Tab chooses a point, the arrows move it, Enter changes its class.",
    point: (/** @type {number} */ n, /** @type {number} */ y, /** @type {string} */ at) =>
      `point ${n}, class ${y}, ${at}`,
    start: "Nothing is corrected yet. Weights and bias are all 0.",
    update_by: (/** @type {any} */ u) =>
      `Update ${u.n}, in epoch ${u.epoch}: the point ${u.at} should give ${u.target} and gave ${1 - u.target}. ` +
      `Now w = ${u.w}, b = ${u.b}.`,
    left: (/** @type {number} */ n) =>
      n === 0 ? "No point is wrong." : n === 1 ? "1 point is wrong." : `${n} points are wrong.`,
    done: (/** @type {number} */ n) => `It settles after ${n} updates.`,
    endless: (/** @type {number} */ n) =>
      `It does not settle: ${n} updates in ${EPOCHS} epochs.`,
  },
};

/** @param {import("../mount.js").Site} site @returns {import("../mount.js").View} */
export function open({ data, state, language, refresh }) {
  const words = WORDS[language];
  /** @type {[number, number][]} */
  let points = [];
  /** @type {number[]} */
  let labels = [];
  /** @type {ReturnType<typeof fit>} */
  let learned;
  /** @type {Plot} */
  let plot;

  const learn = () => void (learned = fit(points, labels, EPOCHS));
  const reset = () => {
    const { x, y } = data.arrays;
    labels = [...y.values];
    points = labels.map((_, n) => [x.values[2 * n], x.values[2 * n + 1]]);
    learn();
  };
  reset();
  const now = () => learned.history[Math.min(state.update, learned.history.length - 1)];
  const pair = (/** @type {[number, number]} */ [a, b]) => `(${number(a)}, ${number(b)})`;
  /** @param {number} n @param {[number, number]} to */
  const put = (n, to) => {
    points[n] = /** @type {[number, number]} */ (to.map((v) => Math.min(Math.max(v, -1.1), 1.1)));
    learn();
  };

  return {
    names: { update: words.update },
    hint: words.hint,
    buttons: [{ name: words.reset, press: () => (reset(), refresh()) }],
    most: () => learned.history.length - 1,
    shown: () => `${state.update} / ${learned.history.length - 1}`,

    draw(context, width, height, ink) {
      const side = Math.floor((Math.min(width - 44, height - 64) / 2)) * 2;
      const box = { left: Math.round((width - side) / 2), top: 30, width: side, height: side };
      plot = new Plot(context, box, SPAN, SPAN, ink);
      const { w, b, sample } = now();
      if (w[0] || w[1]) {
        plot.regions((x, y) => x.map((v, n) => v * w[0] + y[n] * w[1] + b));
        const size = Math.hypot(...w);
        const tip = /** @type {[number, number]} */ (w.map((v) => (0.6 * v) / size));
        plot.arrow([0, 0], tip, "purple");
        plot.write("w", plot.x(tip[0] * 1.18), plot.y(tip[1] * 1.18), { colour: "purple", bold: true });
      }
      points.forEach(([x, y], n) => plot.point(x, y, labels[n]));
      if (sample >= 0) plot.mark(...points[sample], { shape: "ring", size: 13 });
      plot.axes({
        x: [-1, 0, 1],
        y: [-1, 0, 1],
        xName: "x₁",
        title: `${words.update} ${state.update}`,
        frame: true,
      });
      plot.write("x₂", box.left - 24, box.top + box.height / 2);
    },

    tell() {
      const update = now();
      const wrong = points.filter((x, n) => answer(x, update) !== labels[n]).length;
      const all = learned.history.length - 1;
      const what =
        update.sample < 0
          ? words.start
          : words.update_by({
              n: Math.min(state.update, all),
              epoch: update.epoch,
              at: pair(points[update.sample]),
              target: labels[update.sample],
              w: pair(update.w),
              b: number(update.b, 0),
            });
      return `${what} ${words.left(wrong)} ${learned.converged ? words.done(all) : words.endless(all)}`;
    },

    handles: () =>
      points.map((point, n) => ({
        name: words.point(n + 1, labels[n], pair(point)),
        at: [plot.x(point[0]), plot.y(point[1])],
        drag: (left, top) => put(n, plot.at(left, top)),
        nudge: (right, up) => put(n, [points[n][0] + STEP * right, points[n][1] + STEP * up]),
        press: () => {
          labels[n] = 1 - labels[n];
          learn();
        },
      })),
  };
}
