// @ts-check
/** An activation function above its derivative, and the tangent at one z. */

import { row } from "../data.js";
import { Plot, number } from "../plot.js";

const JUMP = 0.3; // between neighbouring z only a jump is as large
const NO_SLOPE_AT_0 = ["step", "relu", "leaky_relu"];

const WORDS = {
  ko: {
    function: "함수",
    value: "함숫값",
    slope: "기울기",
    hint: "그림의 점을 좌우로 끌어도 됩니다.",
    handle: (/** @type {string} */ z) => `접점, z = ${z}`,
    tell: (/** @type {any} */ t) =>
      `${t.name}(${t.z}) = ${t.value}. 이 점에서 기울기는 ${t.slope}: z가 0.1 늘면 함숫값은 약 ${t.change} 바뀝니다.`,
    corner: " 이 점에는 기울기가 없어, 코드가 정해 둔 값을 보입니다.",
  },
  en: {
    function: "function",
    value: "value",
    slope: "slope",
    hint: "You can also drag the point in the figure to either side.",
    handle: (/** @type {string} */ z) => `point of the tangent, z = ${z}`,
    tell: (/** @type {any} */ t) =>
      `${t.name}(${t.z}) = ${t.value}. The slope there is ${t.slope}: if z grows by 0.1, the value changes by about ${t.change}.`,
    corner: " There is no slope at this point; shown is what the code takes.",
  },
};

/** @param {import("../mount.js").Site} site @returns {import("../mount.js").View} */
export function open({ data, state, language }) {
  const words = WORDS[language];
  const { z, values, slopes } = data.arrays;
  const { names } = data.texts;
  const [low, step] = [z.values[0], z.values[1] - z.values[0]];
  /** @type {Plot} */
  let upper;
  const index = () => Math.round((state.z - low) / step);
  const chosen = () => {
    const n = names.indexOf(state.function);
    return { f: row(values, n), slope: row(slopes, n) };
  };
  const title = () => state.function.replace("_", " ");
  /** @param {number} to */
  const move = (to) => {
    const n = Math.min(Math.max(Math.round((to - low) / step), 0), z.values.length - 1);
    state.z = z.values[n];
  };

  return {
    names: { function: words.function, z: "z" },
    hint: words.hint,
    option: (_, option) => String(option).replace("_", " "),
    shown: () => number(state.z),

    draw(context, width, height, ink) {
      const { f, slope } = chosen();
      const at = index();
      const [value, steepness] = [f[at], slope[at]];
      const across = /** @type {[number, number]} */ ([-6, 6]);
      const inner = width - 62;
      const tall = height - 24 - 30 - 46;
      const first = { left: 50, top: 24, width: inner, height: Math.round(tall * 0.55) };
      const second = { left: 50, top: first.top + first.height + 30, width: inner, height: tall - first.height };

      upper = new Plot(context, first, across, limits(f), ink);
      upper.line([-6, 6], [0, 0], { colour: "faint", width: 1 });
      upper.line(z.values, broken(f), { colour: "blue" });
      upper.inside(() => {
        const ends = [state.z - 2.2, state.z + 2.2];
        upper.line(ends, ends.map((x) => value + steepness * (x - state.z)), { width: 1.6, dash: [6, 4] });
      });
      upper.mark(state.z, value);
      upper.axes({ y: marks(upper.up), yName: words.value, x: [] });
      upper.write(title(), first.left + 8, first.top - 8, { colour: "blue", align: "left", bold: true });

      const lower = new Plot(context, second, across, limits(slope), ink);
      lower.line([-6, 6], [0, 0], { colour: "faint", width: 1 });
      lower.line(z.values, broken(slope), { colour: "orange" });
      lower.line([state.z, state.z], [0, steepness], { colour: "grey", width: 1.5, dash: [2, 3] });
      lower.mark(state.z, steepness);
      lower.axes({ x: [-6, 0, 6], y: marks(lower.up), yName: words.slope, xName: "z" });
      lower.write(`${title()}′`, second.left + 8, second.top - 8, { colour: "orange", align: "left", bold: true });
      const right = state.z < 2.5;
      lower.write(
        number(steepness, 3),
        lower.x(state.z) + (right ? 10 : -10),
        Math.max(lower.y(steepness) - 10, second.top + 8),
        { align: right ? "left" : "right", ground: true },
      );
    },

    tell() {
      const { f, slope } = chosen();
      const at = index();
      const told = words.tell({
        name: title(),
        z: number(state.z),
        value: number(f[at], 3),
        slope: number(slope[at], 3),
        change: number(slope[at] / 10, 4),
      });
      const corner = Math.abs(state.z) < step / 2 && NO_SLOPE_AT_0.includes(state.function);
      return corner ? told + words.corner : told;
    },

    handles: () => [
      {
        name: words.handle(number(state.z)),
        at: [upper.x(state.z), upper.y(chosen().f[index()])],
        drag: (left) => move(upper.at(left, 0)[0]),
        nudge: (right) => move(state.z + right * step),
      },
    ],
  };
}

/** @param {ArrayLike<number>} y @returns {[number, number]} with some room */
function limits(y) {
  const [low, high] = [Math.min(0, ...Array.from(y)), Math.max(1e-9, ...Array.from(y))];
  const room = 0.08 * Math.max(high - low, 0.25);
  return [low - room, Math.max(high, 0.25) + room];
}

/** @param {[number, number]} range @returns {number[]} three round numbers inside */
function marks([low, high]) {
  const unit = [0.1, 0.25, 0.5, 1, 2, 3, 5].find((one) => high / one < 3) ?? 5;
  const found = [];
  for (let n = Math.ceil(low / unit); n * unit <= high; n++) found.push(n * unit);
  return found;
}

/** @param {ArrayLike<number>} y @returns {number[]} with NaN where the line jumps */
function broken(y) {
  return Array.from(y, (value, n) => (n && Math.abs(value - y[n - 1]) > JUMP ? NaN : value));
}
