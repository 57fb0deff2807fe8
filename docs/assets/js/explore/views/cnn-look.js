// @ts-check
/** A trained network looks at a digit that the reader picks, moves or draws: maps and probabilities. */

import { row } from "../data.js";
import { Brush } from "../grid.js";
import { forward } from "../maths/cnn.js";
import { translate } from "../maths/pooling.js";
import { number } from "../plot.js";

const SIDE = 8; // of the image, in pixels
const CLASSES = 10;

// The places of the static figure, in inches of its width (snippets/figures/cnn.py).
const WIDTH = 4.6;
const HEIGHT = 5;
const TOP = 0.3;
const INPUT = 0.1;
const CELL = 0.22;
const BARS = 2.35;
const PITCH = 0.176;
const LONGEST = 1.65;
const LEFT = 0.09;
const APART = 0.56;
const FIRST = 2.52; // the kernels; their maps stand below
const SECOND = 3.82;

const WORDS = {
  ko: {
    digit: "숫자",
    right: "오른쪽으로",
    down: "아래로",
    pen: "펜",
    options: { draw: "칠하기", erase: "지우기" },
    input: "입력",
    probability: "확률",
    first: "첫째 층의 커널과 특징 맵",
    second: "둘째 층의 특징 맵",
    clear: "모두 지우기",
    back: "고른 숫자로 되돌리기",
    handle: (/** @type {any} */ t) => `그림, ${t.row}행 ${t.column}열, ${t.inked ? "잉크" : "빈 픽셀"}`,
    hint: "입력에 직접 그려 보십시오. 끌거나 눌러서 칠합니다. 키보드로는 화살표 키로 픽셀을 고르고 Enter로 칠합니다.",
    own: "그린 그림",
    picked: (/** @type {any} */ t) => `숫자 ${t.digit}, 오른쪽으로 ${t.right}, 아래로 ${t.down}픽셀`,
    tell: (/** @type {any} */ t) =>
      `${t.what}: 신경망의 답은 ${t.best}이고 확률은 ${t.share}입니다. 그다음은 ${t.next}, 확률 ${t.other}입니다.`,
  },
  en: {
    digit: "digit",
    right: "right by",
    down: "down by",
    pen: "pen",
    options: { draw: "draw", erase: "erase" },
    input: "input",
    probability: "probability",
    first: "kernels and maps of the first layer",
    second: "maps of the second layer",
    clear: "Clear the picture",
    back: "Back to the digit",
    handle: (/** @type {any} */ t) => `picture, row ${t.row}, column ${t.column}, ${t.inked ? "ink" : "empty"}`,
    hint: "Draw on the input by dragging or clicking. By keyboard, choose a pixel with the arrow keys and press Enter.",
    own: "Your picture",
    picked: (/** @type {any} */ t) => `Digit ${t.digit}, moved right by ${t.right} and down by ${t.down}`,
    tell: (/** @type {any} */ t) =>
      `${t.what}: the network says ${t.best}, with probability ${t.share}. Next comes ${t.next}, with ${t.other}.`,
  },
};

/** @param {import("../mount.js").Site} site @returns {import("../mount.js").View} */
export function open({ data, state, language, refresh }) {
  const words = WORDS[language];
  const { images, w1, b1, w2, b2, w3, b3 } = data.arrays;
  const net = { w1, b1, w2, b2, w3, b3 };
  const strongest = Math.max(...Array.from(w1.values, Math.abs));
  let unit = 1; // CSS pixels of an inch of the figure
  /** @type {number[]|undefined} what the reader has drawn, before it is moved */
  let drawn;
  const cursor = { row: 3, column: 3 };
  const picture = () =>
    translate(drawn ?? row(images, state.digit), SIDE, state.down, state.right);

  /** Put ink on a pixel as it is seen now, or take it away; the picture stays where it is. */
  const paint = (/** @type {number} */ r, /** @type {number} */ c) => {
    if (r < 0 || c < 0 || r >= SIDE || c >= SIDE) return;
    drawn = picture();
    drawn[r * SIDE + c] = state.pen === "draw" ? 1 : 0;
    state.right = state.down = 0;
    Object.assign(cursor, { row: r, column: c });
  };
  const under = (/** @type {number} */ x, /** @type {number} */ y) =>
    /** @type {const} */ ([Math.floor((y / unit - TOP) / CELL), Math.floor((x / unit - INPUT) / CELL)]);
  const start = (/** @type {number[]|undefined} */ image) => {
    drawn = image;
    state.right = state.down = 0;
    refresh();
  };
  const whole = (/** @type {number} */ n) => String(n).replace("-", "\u2212");
  const within = (/** @type {number} */ n) => Math.min(SIDE - 1, Math.max(0, n));

  return {
    names: { digit: words.digit, right: words.right, down: words.down, pen: words.pen },
    hint: words.hint,
    option: (_, option) => words.options[/** @type {keyof typeof words.options} */ (option)] ?? String(option),
    shown: (name) => whole(state[name]),
    changed: (name) => {
      if (name === "digit") drawn = undefined;
    },
    buttons: [
      { name: words.clear, press: () => start(new Array(SIDE * SIDE).fill(0)) },
      { name: words.back, press: () => start(undefined) },
    ],

    draw(context, width, height, ink) {
      unit = Math.min(width / WIDTH, height / HEIGHT);
      const brush = new Brush(context, ink, unit);
      const image = picture();
      const { first, second, probabilities } = forward(net, image, SIDE);
      brush.write(words.input, INPUT + (SIDE * CELL) / 2, TOP - 0.14);
      brush.cells(image, SIDE, INPUT, TOP, CELL, 1);
      const [x, y] = [INPUT + cursor.column * CELL, TOP + cursor.row * CELL];
      brush.square(x, y, CELL, { colour: "purple", width: 1.5, dash: [3, 2] });

      const best = probabilities.indexOf(Math.max(...probabilities));
      brush.write(words.probability, BARS + LONGEST / 2, TOP - 0.14);
      probabilities.forEach((share, n) => {
        const middle = TOP + PITCH * (n + 0.5);
        const bold = n === best;
        context.fillStyle = bold ? ink.orange : ink.blue;
        context.fillRect(BARS * unit, (middle - 0.36 * PITCH) * unit, share * LONGEST * unit, 0.72 * PITCH * unit);
        brush.write(String(n), BARS - 0.06, middle, { align: "right", bold });
        if (bold) brush.write(number(share), BARS + LONGEST * share + 0.05, middle, { align: "left", bold });
      });
      context.fillStyle = ink.ink;
      context.fillRect(BARS * unit - 1, TOP * unit, 1.5, CLASSES * PITCH * unit);

      brush.write(words.first, WIDTH / 2, FIRST - 0.14);
      const top = Math.max(...first.flat());
      first.forEach((map, n) => {
        const left = LEFT + n * APART;
        brush.cells(row(w1, n), 3, left + 0.1, FIRST, 0.1, strongest);
        brush.cells(map, SIDE, left, FIRST + 0.35, 0.0625, top);
      });
      brush.write(words.second, WIDTH / 2, SECOND - 0.14);
      const peak = Math.max(...second.flat());
      second.forEach((map, n) => {
        brush.cells(map, SIDE / 2, LEFT + (n % 8) * APART, SECOND + Math.floor(n / 8) * APART, 0.125, peak);
      });
    },

    tell() {
      const { probabilities } = forward(net, picture(), SIDE);
      const order = probabilities.map((_, n) => n).sort((a, b) => probabilities[b] - probabilities[a]);
      const { digit } = state;
      const moves = { digit, right: whole(state.right), down: whole(state.down) };
      return words.tell({
        what: drawn ? words.own : words.picked(moves),
        best: order[0],
        share: number(probabilities[order[0]], 3),
        next: order[1],
        other: number(probabilities[order[1]], 3),
      });
    },

    handles: () => [
      {
        name: words.handle({
          row: cursor.row + 1,
          column: cursor.column + 1,
          inked: picture()[cursor.row * SIDE + cursor.column] > 0,
        }),
        at: [(INPUT + (SIDE * CELL) / 2) * unit, (TOP + (SIDE * CELL) / 2) * unit],
        size: SIDE * CELL * unit,
        drag: (x, y) => paint(...under(x, y)),
        press: (x, y) => {
          if (x === undefined || y === undefined) paint(cursor.row, cursor.column);
          else paint(...under(x, y));
        },
        nudge: (right, up) => {
          cursor.row = within(cursor.row - up);
          cursor.column = within(cursor.column + right);
        },
      },
    ],
  };
}
