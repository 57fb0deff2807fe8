// @ts-check
/** One neuron with two inputs: its weights, its bias, and an input that the reader drags. */

import { sigmoid } from "../maths/network.js";
import { Plot, number } from "../plot.js";

const SPAN = /** @type {[number, number]} */ ([-2, 2]);
const STEP = 0.1;

const WORDS = {
  ko: {
    function: "활성화 함수",
    step: "계단 함수",
    sigmoid: "시그모이드",
    hint: "점을 끌면 입력이 바뀝니다. 키보드에서는 Tab으로 점을 고르고 화살표로 옮깁니다.",
    input: (/** @type {string} */ x) => `입력 x = ${x}`,
    tell: (/** @type {any} */ t) => `z = ${t.sum} = ${t.z}, 출력은 ${t.y}입니다. ${t.where}`,
    far: (/** @type {string} */ d) => `경계는 원점에서 ${d}만큼 떨어져 있습니다.`,
    through: "편향이 0이므로 경계가 원점을 지납니다.",
    nowhere: "가중치가 모두 0이므로 어떤 입력에도 같은 답을 냅니다.",
  },
  en: {
    function: "activation",
    step: "step",
    sigmoid: "sigmoid",
    hint: "Drag the point to change the input. With the keyboard: Tab chooses the point, the arrows move it.",
    input: (/** @type {string} */ x) => `input x = ${x}`,
    tell: (/** @type {any} */ t) => `z = ${t.sum} = ${t.z}, so the output is ${t.y}. ${t.where}`,
    far: (/** @type {string} */ d) => `The boundary lies ${d} from the origin.`,
    through: "The bias is 0, so the boundary passes through the origin.",
    nowhere: "Both weights are 0, so every input gets the same answer.",
  },
};

/** @param {import("../mount.js").Site} site @returns {import("../mount.js").View} */
export function open({ data, state, language }) {
  const words = WORDS[language];
  let [x1, x2] = data.arrays.x.values;
  /** @type {Plot} */
  let plot;

  const z = () => state.w1 * x1 + state.w2 * x2 + state.b;
  const output = () => {
    const sum = Math.abs(z()) < 1e-9 ? 0 : z(); // sliders count in tenths, which are not exact
    if (state.f === "step") return sum >= 0 ? "1" : "0";
    return number(sigmoid(sum), 3);
  };
  /** @param {number} left @param {number} up */
  const put = (left, up) => {
    [x1, x2] = [left, up].map((v) => Math.round(Math.min(Math.max(v, -2), 2) / STEP) * STEP);
  };
  const bracket = (/** @type {number} */ v) => (v < 0 ? `(${number(v, 1)})` : number(v, 1));

  return {
    names: { w1: "w₁", w2: "w₂", b: "b", f: words.function },
    hint: words.hint,
    option: (_, option) => (option === "step" ? words.step : words.sigmoid),
    shown: (name) => number(state[name], 1),

    draw(context, width, height, ink) {
      const side = Math.floor((Math.min(width - 44, height - 62) / 2)) * 2;
      const box = { left: Math.round((width - side) / 2), top: 18, width: side, height: side };
      plot = new Plot(context, box, SPAN, SPAN, ink);
      const { w1, w2, b } = state;
      plot.regions((x, y) => x.map((v, n) => w1 * v + w2 * y[n] + b));
      const size = Math.hypot(w1, w2);
      if (size > 0) {
        const tip = /** @type {[number, number]} */ ([(0.9 * w1) / size, (0.9 * w2) / size]);
        plot.arrow([0, 0], tip, "purple");
        plot.write("w", plot.x(1.22 * tip[0]), plot.y(1.22 * tip[1]), { colour: "purple", bold: true });
      }
      plot.mark(x1, x2, { size: 6 });
      const below = x2 > -1.6 ? 20 : -20;
      plot.write(`ŷ = ${output()}`, plot.x(x1), plot.y(x2) + below, { ground: true });
      plot.axes({ x: [-2, 0, 2], y: [-2, 0, 2], xName: "x₁" });
      plot.write("x₂", box.left - 24, box.top + side / 4);
    },

    tell() {
      const { w1, w2, b } = state;
      const size = Math.hypot(w1, w2);
      const where = size === 0 ? words.nowhere : b === 0 ? words.through : words.far(number(Math.abs(b) / size));
      const parts = [[w1, x1], [w2, x2]].map(([w, x]) => `${bracket(w)} × ${bracket(x)}`);
      return words.tell({ sum: `${parts.join(" + ")} + ${bracket(b)}`, z: number(z()), y: output(), where });
    },

    handles: () => [
      {
        name: words.input(`(${number(x1, 1)}, ${number(x2, 1)})`),
        at: [plot.x(x1), plot.y(x2)],
        drag: (left, top) => put(...plot.at(left, top)),
        nudge: (right, up) => put(x1 + STEP * right, x2 + STEP * up),
      },
    ],
  };
}
