// @ts-check
/** The size of the error at each layer of a random network, for each depth, activation and initialization. */

import { row } from "../data.js";
import { Plot, number } from "../plot.js";

const UP = /** @type {[number, number]} */ ([-20, 6]); // powers of ten
const POWERS = [-20, -15, -10, -5, 0, 5];
const NAMES = /** @type {Record<string, string>} */ ({ relu: "ReLU", glorot: "Glorot", he: "He" });

const WORDS = {
  ko: {
    depth: "층의 수",
    activation: "활성화 함수",
    start: "초기화",
    large: "너무 큼",
    layer: "층",
    size: "오차의 크기",
    hint: "굵은 선이 고른 활성화 함수입니다. 세로축은 눈금 하나가 10만 배이고, 1e−5는 10만분의 1입니다.",
    tell: (/** @type {any} */ t) =>
      `${t.depth}층 ${t.activation} 신경망, 초기화 ${t.start}. 오차의 크기는 첫 층에서 ${t.first}, 마지막 층에서 ${t.last}.`,
    back: (/** @type {string} */ factor) => ` 한 층을 거슬러 갈 때마다 평균 ${factor}배가 됩니다.`,
  },
  en: {
    depth: "layers",
    activation: "activation",
    start: "initialization",
    large: "too large",
    layer: "layer",
    size: "size of the error",
    hint: "The thick line is the chosen activation. From tick to tick the upright axis grows 100,000-fold; 1e−5 is 1/100,000.",
    tell: (/** @type {any} */ t) =>
      `Layers: ${t.depth} of ${t.activation}, initialization ${t.start}. The error is ${t.first} at the first layer and ${t.last} at the last.`,
    back: (/** @type {string} */ factor) => ` On average, each layer on the way back multiplies it by ${factor}.`,
  },
};

/** @param {import("../mount.js").Site} site @returns {import("../mount.js").View} */
export function open({ data, state, language }) {
  const words = WORDS[language];
  const { norms } = data.arrays;
  const { activations, starts } = data.texts;
  const deepest = norms.shape[2];
  const named = (/** @type {string} */ option) => (option === "large" ? words.large : NAMES[option]) ?? option;
  /** @param {string} activation @returns {number[]} the error at layers 1 to depth */
  const sizes = (activation) => {
    const place = [activations.indexOf(activation), starts.indexOf(state.start), state.depth - 1];
    return Array.from(row(norms, ...place).subarray(0, state.depth));
  };

  return {
    names: { depth: words.depth, activation: words.activation, start: words.start },
    hint: words.hint,
    option: (_, option) => named(String(option)),
    shown: () => String(state.depth),

    draw(context, width, height, ink) {
      const box = { left: 62, top: 12, width: width - 78, height: height - 56 };
      const plot = new Plot(context, box, [0.5, deepest + 0.5], UP, ink);
      plot.line(plot.across, [0, 0], { colour: "faint", width: 1 });
      const layers = Array.from({ length: state.depth }, (_, n) => n + 1);
      const others = activations.filter((one) => one !== state.activation);
      for (const one of others) plot.line(layers, sizes(one).map(Math.log10), { colour: "grey", width: 1.3, dash: dash(one) });
      const chosen = sizes(state.activation).map(Math.log10);
      plot.line(layers, chosen, { colour: "blue", width: 2.4, dash: dash(state.activation) });
      context.fillStyle = ink.blue;
      layers.forEach((layer, n) => {
        context.beginPath();
        context.arc(plot.x(layer), plot.y(chosen[n]), 3, 0, 7);
        context.fill();
      });
      plot.axes({ x: [1, 10, 20, 30], xName: words.layer });
      for (const power of POWERS) {
        context.fillStyle = ink.ink;
        context.fillRect(box.left - 4, plot.y(power) - 0.5, 4, 1);
        plot.write(power ? `1e${number(power, 0)}` : "1", box.left - 7, plot.y(power), { align: "right" });
      }
      sideways(plot, words.size);
      legend(plot, activations, state.activation);
    },

    tell() {
      const chosen = sizes(state.activation);
      const [first, last] = [chosen[0], chosen[state.depth - 1]];
      const told = words.tell({
        depth: state.depth,
        activation: named(state.activation),
        start: named(state.start),
        first: plain(first),
        last: plain(last),
      });
      if (state.depth === 1) return told;
      return told + words.back(number((first / last) ** (1 / (state.depth - 1))));
    },
  };
}

/** @param {string} activation @returns {number[]} the dashes of the static figure */
const dash = (activation) => ({ tanh: [7, 4], relu: [8, 3, 2, 3] })[activation] ?? [];

/**
 * Which line is which, in the lower right corner, which no line reaches.
 * @param {Plot} plot
 * @param {string[]} activations
 * @param {string} chosen
 */
function legend(plot, activations, chosen) {
  const { context, box, ink } = plot;
  activations.forEach((one, n) => {
    const colour = one === chosen ? "blue" : "grey";
    const [left, top] = [box.left + box.width - 104, box.top + box.height - 58 + 20 * n];
    context.beginPath();
    context.setLineDash(dash(one));
    context.moveTo(left, top);
    context.lineTo(left + 30, top);
    context.strokeStyle = ink[colour];
    context.lineWidth = one === chosen ? 2.4 : 1.3;
    context.stroke();
    context.setLineDash([]);
    plot.write(NAMES[one] ?? one, left + 38, top, { align: "left", colour, bold: one === chosen });
  });
}

/** @param {Plot} plot @param {string} name  of the upright axis, left of its numbers */
function sideways(plot, name) {
  const { context, box } = plot;
  context.save();
  context.translate(box.left - 50, box.top + box.height / 2);
  context.rotate(-Math.PI / 2);
  plot.write(name, 0, 0);
  context.restore();
}

/** @param {number} value @returns {string} such as 0.25 or, like the cells of the page, 1.5e-19 */
function plain(value) {
  if (value >= 0.01 && value < 1000) return number(value);
  const [digits, power] = value.toExponential(1).split("e");
  return `${digits}e${power[0]}${power.slice(1).padStart(2, "0")}`;
}
