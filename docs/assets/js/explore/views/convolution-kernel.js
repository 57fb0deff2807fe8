// @ts-check
/** A kernel moves over a digit: the window, the products, and the output that they add up to. */

import { row } from "../data.js";
import { Brush } from "../grid.js";
import { number } from "../plot.js";

const SIZE = 8; // of the image, in pixels
const KERNEL = 3;

// The places of the static figure, in inches of its width (snippets/figures/convolution.py).
const WIDTH = 4.6;
const HEIGHT = 4.3;
const CELL = 0.2;
const TOP = 0.32;
const INPUT = 0.2 + CELL;
const OUTPUT = 2.4;
const SIDE = 0.4; // of a square with a number in it
const LOW = 2.7;

const WORDS = {
  ko: {
    kernel: "커널",
    stride: "스트라이드",
    padding: "패딩",
    place: "출력 자리",
    input: "입력",
    output: "출력",
    window: "창",
    products: "곱",
    sum: "합",
    options: { vertical: "세로 경계", horizontal: "가로 경계", blur: "흐리게", sharpen: "또렷하게" },
    at: (/** @type {number} */ p, /** @type {number} */ q) => `${p}행 ${q}열`,
    handle: (/** @type {string} */ at) => `창, 출력 ${at}`,
    hint: "그림에서 창을 끌어도 됩니다.",
    tell: (/** @type {any} */ t) =>
      `${t.size} 출력의 ${t.at}: ${t.sum} = ${t.value}.${t.rounded ? " (소수 둘째 자리까지 반올림)" : ""} 출력 크기 ${t.count}.`,
  },
  en: {
    kernel: "kernel",
    stride: "stride",
    padding: "padding",
    place: "output at",
    input: "input",
    output: "output",
    window: "window",
    products: "products",
    sum: "sum",
    options: { vertical: "vertical", horizontal: "horizontal", blur: "blur", sharpen: "sharpen" },
    at: (/** @type {number} */ p, /** @type {number} */ q) => `row ${p}, col ${q}`,
    handle: (/** @type {string} */ at) => `window, output at ${at}`,
    hint: "You can also drag the window in the figure.",
    tell: (/** @type {any} */ t) =>
      `Output at ${t.at} of ${t.size}: ${t.sum} = ${t.value}.${t.rounded ? " (Rounded to two places.)" : ""} Output size: ${t.count}.`,
  },
};

/** @param {import("../mount.js").Site} site @returns {import("../mount.js").View} */
export function open({ data, state, language }) {
  const words = WORDS[language];
  const { image, kernels } = data.arrays;
  let unit = 1; // CSS pixels of an inch of the figure
  const chosen = () => data.texts.names.indexOf(state.kernel);
  const table = () => data.arrays[`output_${state.stride}_${state.padding}`];
  const side = () => table().shape[1];
  const output = () => row(table(), chosen());
  const weights = () => row(kernels, chosen());
  const place = () => [Math.floor(state.place / side()), state.place % side()];
  /** The upper left pixel under the window; it may lie in the padding. */
  const corner = () => place().map((n) => n * state.stride - state.padding);
  const at = () => words.at(place()[0] + 1, place()[1] + 1);

  /** @returns {number[]} the nine values under the window, zero in the padding */
  const seen = () => {
    const [top, left] = corner();
    return Array.from({ length: KERNEL * KERNEL }, (_, n) => {
      const [r, c] = [top + Math.floor(n / KERNEL), left + (n % KERNEL)];
      return r < 0 || c < 0 || r >= SIZE || c >= SIZE ? 0 : image.values[r * SIZE + c];
    });
  };
  const products = () => seen().map((value, n) => value * weights()[n]);

  /** @param {number} p @param {number} q  the output to look at, as near as there is one */
  const look = (p, q) => {
    const inside = (/** @type {number} */ n) => Math.min(Math.max(Math.round(n), 0), side() - 1);
    state.place = inside(p) * side() + inside(q);
  };

  return {
    names: { kernel: words.kernel, stride: words.stride, padding: words.padding, place: words.place },
    hint: words.hint,
    option: (name, option) =>
      name === "kernel" ? words.options[/** @type {keyof typeof words.options} */ (option)] : String(option),
    most: () => side() * side() - 1,
    shown: at,

    draw(context, width, height, ink) {
      unit = Math.min(width / WIDTH, height / HEIGHT);
      const brush = new Brush(context, ink, unit);
      const [top, left] = corner();
      brush.write(words.input, INPUT + (SIZE * CELL) / 2, TOP - 0.14);
      brush.cells(image.values, SIZE, INPUT, TOP + CELL, CELL);
      if (state.padding) {
        const wide = (SIZE + 2 * state.padding) * CELL;
        const start = TOP + CELL - state.padding * CELL;
        brush.square(INPUT - state.padding * CELL, start, wide, { dash: [2, 3] });
      }
      brush.square(INPUT + left * CELL, TOP + CELL + top * CELL, KERNEL * CELL, { colour: "purple", width: 3 });

      const [p, q] = place();
      const from = OUTPUT + ((10 - side()) / 2) * CELL;
      brush.write(words.output, OUTPUT + 5 * CELL, TOP - 0.14);
      brush.cells(output(), side(), from, TOP + CELL, CELL);
      brush.square(from + q * CELL, TOP + CELL + p * CELL, CELL, { colour: "purple", width: 3 });

      const panels = /** @type {[string, ArrayLike<number>, (value: number) => string][]} */ ([
        [words.window, seen(), plain],
        [words.kernel, weights(), fraction],
        [words.products, products(), plain],
      ]);
      panels.forEach(([name, values, text], n) => {
        const start = 0.15 + n * (KERNEL * SIDE + 0.35);
        brush.write(name, start + (KERNEL * SIDE) / 2, LOW - 0.14);
        brush.numbers(values, KERNEL, start, LOW, SIDE, text);
        if (n < 2) brush.write("×="[n], start + KERNEL * SIDE + 0.175, LOW + 1.5 * SIDE, { size: 16 });
      });
      brush.square(0.15, LOW, KERNEL * SIDE, { colour: "purple", width: 3 });
      const total = `${words.sum} = ${plain(output()[state.place])}`;
      const last = { colour: "purple", align: /** @type {const} */ ("right"), bold: true };
      brush.write(total, WIDTH - 0.15, HEIGHT - 0.24, last);
    },

    tell() {
      const value = output()[state.place];
      const terms = products().map((one, n) => (n && one >= 0 ? `+ ${plain(one)}` : plain(one)));
      const { stride, padding } = state;
      const whole = (SIZE + 2 * padding - KERNEL) % stride === 0;
      const quotient = `(${SIZE} + 2·${padding} − ${KERNEL}) / ${stride}`;
      return words.tell({
        at: at(),
        size: `${side()} × ${side()}`,
        sum: terms.join(" ").replaceAll(" \u2212", " \u2212 "),
        value: plain(value),
        rounded: products().some((one) => !Number.isInteger(one)),
        count: `${whole ? quotient : `⌊${quotient}⌋`} + 1 = ${side()}`,
      });
    },

    handles: () => {
      const [top, left] = corner().map((n) => n + KERNEL / 2);
      return [
        {
          name: words.handle(at()),
          at: [(INPUT + left * CELL) * unit, (TOP + CELL + top * CELL) * unit],
          size: KERNEL * CELL * unit,
          drag: (x, y) => {
            const [r, c] = [(y / unit - TOP) / CELL - 1, (x / unit - INPUT) / CELL];
            const start = (/** @type {number} */ n) => (n - KERNEL / 2 + state.padding) / state.stride;
            look(start(r), start(c));
          },
          nudge: (right, up) => look(place()[0] - up, place()[1] + right),
        },
      ];
    },
  };
}

/** @param {number} value @returns {string} a whole number as it is, any other with two decimals */
const plain = (value) => number(value, Number.isInteger(value) ? 0 : 2);

/** @param {number} value @returns {string} a weight: whole, or one over a whole number */
const fraction = (value) => (Number.isInteger(value) ? plain(value) : `1/${Math.round(1 / value)}`);
