// @ts-check
/** A digit moves by pixels: what the maximum and the mean of every window keep of it. */

import { row } from "../data.js";
import { Brush } from "../grid.js";
import { change, pool, translate } from "../maths/pooling.js";

const SIZE = 8; // of the digit, in pixels
const MARGIN = 2;
const FRAME = SIZE + 2 * MARGIN;
const REACH = 2; // pixels that the digit can go
const FULL = 16; // the grey value of ink
const KINDS = /** @type {const} */ (["maximum", "mean"]);

// The places of the static figure, in inches of its width (snippets/figures/pooling.py).
const WIDTH = 4.6;
const HEIGHT = 2.6;
const TOP = 0.3;
const CELL = 0.155;
const INPUT = 0.1;
const OUTPUT = 2.12;
const APART = 1.27;
const WIDE = 1.14;

const WORDS = {
  ko: {
    digit: "숫자",
    window: "창의 한 변",
    right: "오른쪽으로",
    down: "아래로",
    input: "입력",
    maximum: "최대",
    mean: "평균",
    same: "그대로",
    back: "숫자를 제자리로",
    handle: "숫자",
    hint: "그림에서 숫자를 끌거나, 숫자에 초점을 두고 화살표 키로 옮겨도 됩니다. 보라색 점은 숫자가 제자리에 있을 때와 값이 다른 출력입니다.",
    tell: (/** @type {any} */ t) =>
      `숫자 ${t.digit}, 창 ${t.window} × ${t.window}, 오른쪽으로 ${t.right}, 아래로 ${t.down}픽셀. 잉크에 닿은 출력 가운데 제자리일 때와 값이 같은 것: 최대 풀링 ${t.maximum}, 평균 풀링 ${t.mean}. 값이 바뀐 정도: 입력 ${t.input}%, 최대 풀링 ${t.most}%, 평균 풀링 ${t.middle}%.`,
    of: (/** @type {number} */ same, /** @type {number} */ all) => `${all}개 중 ${same}개`,
  },
  en: {
    digit: "digit",
    window: "side of the window",
    right: "right by",
    down: "down by",
    input: "input",
    maximum: "maximum",
    mean: "mean",
    same: "as before",
    back: "Put the digit back",
    handle: "digit",
    hint: "You can also drag the digit, or move it with the arrow keys when it has the focus. Purple dots mark outputs that are not as they were before the move.",
    tell: (/** @type {any} */ t) =>
      `Digit ${t.digit}, windows of ${t.window} × ${t.window}, moved right by ${t.right} and down by ${t.down}. Outputs with ink that are as before the move: ${t.maximum} of the maxima, ${t.mean} of the means. Change of the values: input ${t.input}%, maxima ${t.most}%, means ${t.middle}%.`,
    of: (/** @type {number} */ same, /** @type {number} */ all) => `${same} of ${all}`,
  },
};

/** @param {import("../mount.js").Site} site @returns {import("../mount.js").View} */
export function open({ data, state, language, refresh }) {
  const words = WORDS[language];
  let unit = 1; // CSS pixels of an inch of the figure
  const home = () => {
    const digit = row(data.arrays.images, state.digit);
    return Array.from({ length: FRAME * FRAME }, (_, n) => {
      const [r, c] = [Math.floor(n / FRAME) - MARGIN, (n % FRAME) - MARGIN];
      return r < 0 || c < 0 || r >= SIZE || c >= SIZE ? 0 : digit[r * SIZE + c];
    });
  };
  const moved = () => translate(home(), FRAME, state.down, state.right);
  /** What one kind of pooling gives before and after the move, and which outputs with ink there are. */
  const pooled = (/** @type {"maximum"|"mean"} */ kind) => {
    const [before, after] = [home(), moved()].map((image) => pool(image, FRAME, state.window, kind));
    const inked = before.flatMap((value, n) => (value > 0 || after[n] > 0 ? [n] : []));
    return { before, after, inked, same: inked.filter((n) => before[n] === after[n]) };
  };
  const go = (/** @type {number} */ right, /** @type {number} */ down) => {
    const within = (/** @type {number} */ n) => Math.min(REACH, Math.max(-REACH, Math.round(n))) + 0;
    state.right = within(right);
    state.down = within(down);
  };
  const percent = (/** @type {number} */ share) => String(Math.round(100 * share));
  const whole = (/** @type {number} */ n) => String(n).replace("-", "\u2212");

  return {
    names: { digit: words.digit, window: words.window, right: words.right, down: words.down },
    hint: words.hint,
    shown: (name) => whole(state[name]),
    buttons: [
      {
        name: words.back,
        press() {
          go(0, 0);
          refresh();
        },
      },
    ],

    draw(context, width, height, ink) {
      unit = Math.min(width / WIDTH, height / HEIGHT);
      const brush = new Brush(context, ink, unit);
      const side = Math.floor(FRAME / state.window);
      brush.write(words.input, INPUT + (FRAME * CELL) / 2, TOP - 0.14);
      brush.cells(moved(), FRAME, INPUT, TOP, CELL, FULL);
      brush.lines(side, INPUT, TOP, FRAME * CELL);
      const corner = [INPUT + (MARGIN + state.right) * CELL, TOP + (MARGIN + state.down) * CELL];
      brush.square(corner[0], corner[1], SIZE * CELL, { colour: "purple", width: 2, dash: [4, 3] });
      KINDS.forEach((kind, n) => {
        const left = OUTPUT + n * APART;
        const cell = WIDE / side;
        const { after, inked, same } = pooled(kind);
        brush.write(words[kind], left + WIDE / 2, TOP - 0.14);
        brush.cells(after, side, left, TOP, cell, FULL);
        brush.lines(side, left, TOP, WIDE);
        for (const one of inked.filter((place) => !same.includes(place))) {
          const [r, c] = [Math.floor(one / side), one % side];
          brush.dot(left + (c + 0.5) * cell, TOP + (r + 0.5) * cell, 0.035);
        }
        const style = { colour: "purple", bold: true };
        brush.write(words.same, left + WIDE / 2, TOP + 1.31, style);
        brush.write(`${same.length} / ${inked.length}`, left + WIDE / 2, TOP + 1.5, style);
      });
    },

    tell() {
      const [maximum, mean] = KINDS.map(pooled);
      return words.tell({
        digit: state.digit,
        window: state.window,
        right: whole(state.right),
        down: whole(state.down),
        maximum: words.of(maximum.same.length, maximum.inked.length),
        mean: words.of(mean.same.length, mean.inked.length),
        input: percent(change(home(), moved())),
        most: percent(change(maximum.before, maximum.after)),
        middle: percent(change(mean.before, mean.after)),
      });
    },

    handles: () => {
      const middle = (/** @type {number} */ by) => (MARGIN + by + SIZE / 2) * CELL;
      return [
        {
          name: `${words.handle} ${state.digit}`,
          at: [(INPUT + middle(state.right)) * unit, (TOP + middle(state.down)) * unit],
          size: SIZE * CELL * unit,
          drag: (x, y) => {
            const by = (/** @type {number} */ place) => place / CELL - MARGIN - SIZE / 2;
            go(by(x / unit - INPUT), by(y / unit - TOP));
          },
          nudge: (right, up) => go(state.right + right, state.down - up),
        },
      ];
    },
  };
}
