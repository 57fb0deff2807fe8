// @ts-check
/** A line or an S-curve among examples that the reader drags: how far descent has come, and the best. */

import { best, descend, gap, loss, predict } from "../maths/regression.js";
import { Plot, number } from "../plot.js";

const TOP = 18; // kilowatt-hours
const STEP = 0.1;
const PIECES = 140; // of a curve
const MODELS = /** @type {const} */ (["line", "curve"]);

/** @typedef {import("../maths/regression.js").Fit} Fit */

const WORDS = {
  ko: {
    step: "걸음 수",
    model: "모형",
    models: { line: "직선(제곱 오차)", curve: "S자 곡선(교차 엔트로피)" },
    temperature: "기온 x (10 °C)",
    best: "최적",
    none: "최적 없음",
    steps: (/** @type {number} */ n) => `걸음 수: ${n}`,
    classes: ["눈", "비"],
    day: (/** @type {number} */ n, /** @type {string} */ x, /** @type {string} */ y) => `${n}번째 날, x = ${x}, ${y}`,
    hint: "점을 끌어 보십시오. S자 곡선에서는 위아래로 끌면 비와 눈이 바뀝니다. 키보드에서는 Tab으로 고르고 화살표로 옮깁니다.",
    reset: "처음 점으로",
    tell: (/** @type {any} */ t) => `${t.step}걸음 뒤에 ${t.fit}, 손실은 ${t.loss}입니다. ${t.best}`,
    found: (/** @type {string} */ fit, /** @type {string} */ cost) => `가장 좋은 것은 ${fit}, 손실은 ${cost}입니다.`,
    separable: "두 클래스가 갈라져 있어 가장 좋은 곡선이 없습니다. 곡선은 가파를수록 손실이 작습니다.",
    single: "클래스가 하나뿐이어서 가장 좋은 곡선이 없습니다.",
    upright: "모든 날의 기온이 같아서 가장 좋은 것을 하나로 정할 수 없습니다.",
  },
  en: {
    step: "steps",
    model: "model",
    models: { line: "line (squared error)", curve: "S-curve (cross-entropy)" },
    temperature: "temperature x (10 °C)",
    best: "best",
    none: "no best",
    steps: (/** @type {number} */ n) => `steps: ${n}`,
    classes: ["snow", "rain"],
    day: (/** @type {number} */ n, /** @type {string} */ x, /** @type {string} */ y) => `day ${n}, x = ${x}, ${y}`,
    hint: "Drag the points; with the S-curve, dragging up or down changes rain and snow. With the keyboard: Tab chooses one, the arrows move it.",
    reset: "Original points",
    tell: (/** @type {any} */ t) => `After ${t.step} ${t.step === 1 ? "step" : "steps"}: ${t.fit}, loss ${t.loss}. ${t.best}`,
    found: (/** @type {string} */ fit, /** @type {string} */ cost) => `The best is ${fit}, loss ${cost}.`,
    separable: "The classes are separable, so no curve is best: the steeper it is, the smaller the loss.",
    single: "There is only one class, so no curve is best.",
    upright: "All days are equally warm, so there is no single best.",
  },
};

/** @param {import("../mount.js").Site} site @returns {import("../mount.js").View} */
export function open({ data, state, language, refresh }) {
  const words = WORDS[language];
  const { days, power, falls, rain, rates, reach } = data.arrays;
  const [end] = reach.values;
  const span = /** @type {[number, number]} */ ([-end, end]);
  const places = Array.from({ length: PIECES + 1 }, (_, n) => span[0] + (n / PIECES) * (span[1] - span[0]));
  const first = () => ({
    line: { x: Array.from(days.values), y: Array.from(power.values) },
    curve: { x: Array.from(falls.values), y: Array.from(rain.values) },
  });
  let examples = first();
  /** @type {Plot} */
  let plot;

  const model = () => /** @type {import("../maths/regression.js").Model} */ (state.model);
  const now = () => {
    const { x, y } = examples[model()];
    return descend(model(), x, y, rates.values[MODELS.indexOf(model())], state.step);
  };
  const least = () => best(model(), examples[model()].x, examples[model()].y);
  const cost = (/** @type {Fit} */ fit) => number(loss(model(), examples[model()].x, examples[model()].y, fit), 3);
  const formula = (/** @type {Fit} */ { w, b }) => {
    const sum = `${number(w)} x ${number(b).startsWith("\u2212") ? "\u2212" : "+"} ${number(Math.abs(b))}`;
    return model() === "line" ? `ŷ = ${sum}` : `ŷ = σ(${sum})`;
  };
  const value = (/** @type {number} */ y) => (model() === "line" ? `${number(y, 1)} kWh` : words.classes[y]);

  /** @param {number} v @param {number} low @param {number} high */
  const rounded = (v, low, high) => Math.round(Math.min(Math.max(v, low), high) / STEP) * STEP;
  /** @param {number} n @param {number} x @param {number} y */
  const put = (n, x, y) => {
    examples[model()].x[n] = rounded(x, ...span);
    examples[model()].y[n] = model() === "line" ? rounded(y, 0, TOP) : Number(y >= 0.5);
  };

  /** Where descent is going if no curve is best: a step, or the only class there is. */
  const limit = () => {
    const { x, y } = examples.curve;
    const parted = gap(x, y);
    if (parted) {
      const { at, left } = parted;
      return { x: [span[0], at, at, span[1]], y: [left, left, 1 - left, 1 - left] };
    }
    return y.every((one) => one === y[0]) ? { x: span, y: [y[0], y[0]] } : undefined;
  };
  const spread = () => Math.max(...examples[model()].x) - Math.min(...examples[model()].x);

  return {
    names: { step: words.step, model: words.model },
    hint: words.hint,
    option: (_, option) => words.models[/** @type {"line"|"curve"} */ (option)],
    shown: () => String(state.step),
    buttons: [
      {
        name: words.reset,
        press: () => {
          examples = first();
          refresh();
        },
      },
    ],

    draw(context, width, height, ink) {
      const line = model() === "line";
      const box = { left: 54, top: 24, width: width - 72, height: height - 70 };
      plot = new Plot(context, box, span, line ? [0, TOP] : [-0.08, 1.08], ink);
      const { x, y } = examples[model()];
      const fit = now();
      const end = least();
      const curve = (/** @type {Fit} */ of) => places.map((one) => predict(model(), of, one));
      const toward = line || spread() < STEP / 2 ? undefined : limit();
      plot.inside(() => {
        if (!line) for (const level of [0, 1]) plot.line(span, [level, level], { colour: "faint", width: 1.1 });
        x.forEach((one, n) => plot.line([one, one], [y[n], predict(model(), fit, one)], { colour: "orange" }));
        if (end) plot.line(places, curve(end), { colour: "grey", width: 1.8, dash: [6, 4] });
        else if (toward) plot.line(toward.x, toward.y, { colour: "grey", width: 1.8, dash: [6, 4] });
        plot.line(places, curve(fit), { width: 2.6 });
      });
      x.forEach((one, n) => {
        if (line) plot.mark(one, y[n], { shape: "square", colour: "blue", size: 6 });
        else plot.point(one, y[n], y[n]);
      });
      plot.axes({ x: [-1, 0, 1], y: line ? [0, 5, 10, 15] : [0, 0.5, 1], xName: words.temperature, yName: line ? "y (kWh)" : "ŷ" });
      plot.write(words.steps(state.step), box.left + box.width, box.top - 10, { align: "right" });
      plot.write(end ? words.best : words.none, box.left + 24, box.top - 10, { colour: "grey" });
      dashed(plot, box.left - 24, box.top - 10, 20);
    },

    tell() {
      const { y } = examples[model()];
      const end = least();
      const single = model() === "curve" && y.every((one) => one === y[0]);
      const none = single ? words.single : spread() < STEP / 2 ? words.upright : words.separable;
      const told = end ? words.found(formula(end), cost(end)) : none;
      return words.tell({ step: state.step, fit: formula(now()), loss: cost(now()), best: told });
    },

    handles: () =>
      examples[model()].x.map((x, n) => ({
        name: words.day(n + 1, number(x, 1), value(examples[model()].y[n])),
        at: /** @type {[number, number]} */ ([plot.x(x), plot.y(examples[model()].y[n])]),
        drag: (left, top) => put(n, ...plot.at(left, top)),
        nudge: (right, up) => {
          const at = examples[model()];
          put(n, at.x[n] + STEP * right, at.y[n] + (model() === "line" ? 5 * STEP : 1) * up);
        },
      })),
  };
}

/** @param {Plot} plot @param {number} left @param {number} top @param {number} long */
function dashed({ context, ink }, left, top, long) {
  context.beginPath();
  context.setLineDash([6, 4]);
  context.moveTo(left, top);
  context.lineTo(left + long, top);
  context.strokeStyle = ink.grey;
  context.lineWidth = 1.8;
  context.stroke();
  context.setLineDash([]);
}
