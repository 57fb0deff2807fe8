// @ts-check
/** A network that the reader widens and deepens, and the function that it computes. */

import { forward, parameterCount, sizes } from "../maths/layers.js";
import { Plot } from "../plot.js";

const SPAN = /** @type {[number, number]} */ ([-3, 3]);
const POINTS = Array.from({ length: 121 }, (_, n) => -3 + n / 20);

const WORDS = {
  ko: {
    layers: "은닉층",
    units: "층마다 유닛",
    f: "활성화 함수",
    seed: "시드",
    none: "없음",
    input: "입력 x",
    tell: (/** @type {any} */ t) => `은닉층 ${t.layers}개, 매개변수 ${t.count}개. ${t.deep} ${t.shape}`,
    deep: "은닉층이 있으니 이 책의 기준으로는 심층 신경망입니다.",
    shallow: "은닉층이 없습니다.",
    straight: "출력은 입력의 직선입니다.",
    curved: "출력은 굽은 곡선입니다.",
    broken: "출력은 꺾인 선입니다.",
  },
  en: {
    layers: "hidden layers",
    units: "units a layer",
    f: "activation",
    seed: "seed",
    none: "none",
    input: "input x",
    tell: (/** @type {any} */ t) =>
      `${t.layers} hidden ${t.layers === 1 ? "layer" : "layers"}, ${t.count} parameters. ${t.deep} ${t.shape}`,
    deep: "It has a hidden layer, which this site calls deep.",
    shallow: "There is no hidden layer.",
    straight: "The output is a straight line over the input.",
    curved: "The output is a curve.",
    broken: "The output is a broken line.",
  },
};

/** @param {import("../mount.js").Site} site @returns {import("../mount.js").View} */
export function open({ data, state, language }) {
  const words = WORDS[language];
  const { w, b } = data.arrays;
  const most = w.shape[3];
  const net = () => ({
    seed: Number(state.seed),
    layers: Number(state.layers),
    width: Number(state.units),
    f: /** @type {import("../maths/layers.js").Bend} */ (state.f),
  });
  const output = () => forward(w, b, net(), POINTS);
  /** @param {number[]} y @returns {boolean} as good as straight */
  const straight = (y) => {
    const size = Math.max(...y.map(Math.abs));
    return y.every((v, n) => n < 2 || Math.abs(v - 2 * y[n - 1] + y[n - 2]) <= 1e-9 * size);
  };

  return {
    names: { layers: words.layers, units: words.units, f: words.f, seed: words.seed },
    option: (name, option) =>
      name === "f" ? { identity: words.none, tanh: "tanh", relu: "ReLU" }[option] ?? "" : String(option),
    shown: (name) => String(state[name]),

    draw(context, width, height, ink) {
      const widths = sizes(net().layers, net().width);
      const inner = width - 62;
      const half = Math.round((height - 70) / 2);
      const first = { left: 50, top: 8, width: inner, height: half };
      const second = { left: 50, top: half + 26, width: inner, height: height - half - 72 };

      const room = /** @type {[number, number]} */ ([-most / 2, most / 2]);
      const above = new Plot(context, first, [-0.3, widths.length - 0.7], room, ink);
      const places = widths.map((count, layer) =>
        Array.from({ length: count }, (_, i) => [layer, (count - 1) / 2 - i]),
      );
      places.slice(1).forEach((layer, n) => {
        for (const [x0, y0] of places[n]) {
          for (const [x1, y1] of layer) above.line([x0, x1], [y0, y1], { colour: "faint", width: 1.3 });
        }
      });
      places.forEach((layer, n) => {
        const colour = n === 0 ? "blue" : n === places.length - 1 ? "orange" : "ink";
        for (const [x, y] of layer) {
          above.mark(x, y, { colour: "paper", size: 6 });
          above.mark(x, y, { shape: "ring", colour, size: 6 });
        }
      });

      const y = output();
      const [low, high] = [Math.min(...y), Math.max(...y)];
      const margin = 0.1 * Math.max(high - low, 1e-6);
      const below = new Plot(context, second, SPAN, [low - margin, high + margin], ink);
      below.inside(() => {
        below.line([0, 0], below.up, { colour: "faint", width: 1 });
        below.line(SPAN, [0, 0], { colour: "faint", width: 1 });
        below.line(POINTS, y, { colour: "blue" });
      });
      below.axes({ x: [-3, 0, 3], xName: words.input, yName: "ŷ" });
    },

    tell() {
      const { layers, width, f } = net();
      const shape = straight(output()) ? words.straight : f === "relu" ? words.broken : words.curved;
      return words.tell({
        layers,
        count: parameterCount(sizes(layers, width)),
        deep: layers ? words.deep : words.shallow,
        shape,
      });
    },
  };
}
