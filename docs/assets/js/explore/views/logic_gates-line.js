// @ts-check
/** A line that the reader drags over the four corners, and which of the 16 functions it has been. */

import { CORNERS, answers, ends, functionNumber, shifted, swapped, through } from "../maths/gates.js";
import { Plot, number, write } from "../plot.js";

const SPAN = /** @type {[number, number]} */ ([-0.5, 1.5]);
const STEP = 0.05;

const WORDS = {
  ko: {
    always: { "always 0": "늘 0", "always 1": "늘 1" },
    end: (/** @type {string} */ at) => `직선의 끝 ${at}`,
    middle: (/** @type {string} */ at) => `직선의 가운데 ${at}`,
    swap: "양쪽 바꾸기",
    again: "처음부터",
    hint: "끝점을 끌면 직선이 돌고, 가운데 점을 끌면 나란히 움직입니다. 키보드에서는 Tab으로 점을 고르고 화살표로 옮깁니다.",
    tell: (/** @type {any} */ t) =>
      `w = (${t.w1}, ${t.w2}), b = ${t.b}. 꼭짓점 00, 01, 10, 11의 답은 차례로 ${t.y}, 곧 ${t.name}입니다. ` +
      `지금까지 16가지 가운데 ${t.found}가지를 찾았습니다.`,
    all: "직선 하나로 되는 함수는 모두 찾았습니다. 남은 XOR와 XNOR는 어떤 직선으로도 되지 않습니다.",
  },
  en: {
    always: { "always 0": "always 0", "always 1": "always 1" },
    end: (/** @type {string} */ at) => `end of the line ${at}`,
    middle: (/** @type {string} */ at) => `middle of the line ${at}`,
    swap: "Swap the sides",
    again: "Start again",
    hint: "Drag an end to turn the line, its middle to shift it. With the keyboard: Tab chooses a point, the arrows move it.",
    tell: (/** @type {any} */ t) =>
      `w = (${t.w1}, ${t.w2}), b = ${t.b}. The corners 00, 01, 10, 11 get ${t.y}: ${t.name}. ` +
      `Found ${t.found} of the 16 functions.`,
    all: "Those are all the functions that one line can give. XOR and XNOR are left, and no line will reach them.",
  },
};

/** @typedef {[number, number]} Pair */

/** @param {import("../mount.js").Site} site @returns {import("../mount.js").View} */
export function open({ data, state, language, refresh }) {
  const words = WORDS[language];
  const { names } = data.texts;
  const order = [...data.arrays.order.values];
  const tiles = [...order, ...order.map((k) => 15 - k)];
  const possible = [...data.arrays.possible.values];
  const line = () => ({ w1: state.w1, w2: state.w2, b: state.b });
  const start = line();
  /** @type {Set<number>} */
  let found = new Set();
  /** @type {Pair[]} the ends of the line; each keeps its place in the list while it is dragged */
  let grips = [];
  /** @type {Plot} */
  let plot;

  const look = () => void found.add(functionNumber(line()));
  const all = () => found.size === possible.filter((yes) => yes).length;
  /** @param {import("../maths/gates.js").Line} to */
  const put = (to) => {
    Object.assign(state, to);
    grips = ends(line());
    look();
  };
  put(start);
  /** @param {number} n @param {Pair} to  Turn the line about its other end. */
  const turn = (n, to) => {
    const pivot = grips[1 - n];
    put(through(to, pivot, line()));
    const away = grips.map(([x, y]) => Math.hypot(x - pivot[0], y - pivot[1]));
    if (away[n] < away[1 - n]) grips.reverse();
  };
  const middle = () => /** @type {Pair} */ ([0, 1].map((i) => (grips[0][i] + grips[1][i]) / 2));
  const pair = (/** @type {Pair} */ [x, y]) => `(${number(x)}, ${number(y)})`;
  const name = (/** @type {number} */ k) =>
    words.always[/** @type {"always 0"|"always 1"} */ (names[k])] ?? names[k];

  return {
    names: { w1: "w₁", w2: "w₂", b: "b" },
    hint: words.hint,
    buttons: [
      { name: words.swap, press: () => (put(swapped(line())), refresh()) },
      { name: words.again, press: () => (found.clear(), put(start), refresh()) },
    ],
    shown: (of) => number(state[of]),
    changed: () => put(line()),

    draw(context, width, height, ink) {
      const step = Math.min(54, (width - 8) / 8);
      const tile = Math.round(step * 0.7);
      const rows = 2 * (tile + 30);
      const side = Math.floor(Math.min(width - 40, height - rows - 22) / 2) * 2;
      const box = { left: Math.round((width - side) / 2), top: 8, width: side, height: side };
      plot = new Plot(context, box, SPAN, SPAN, ink);
      const { w1, w2, b } = line();
      plot.regions((x, y) => x.map((v, n) => w1 * v + w2 * y[n] + b));
      const y = answers(line());
      CORNERS.forEach(([a, c], n) => {
        plot.point(a, c, y[n], 9);
        plot.write(`(${a}, ${c})`, plot.x(a), plot.y(c) + 22, { ground: true });
      });
      if (grips.length) {
        const at = middle();
        const foot = /** @type {Pair} */ ([(grips[0][0] + at[0]) / 2, (grips[0][1] + at[1]) / 2]);
        const size = Math.hypot(w1, w2) / 0.3;
        const tip = /** @type {Pair} */ ([foot[0] + (1.3 * w1) / size, foot[1] + (1.3 * w2) / size]);
        plot.inside(() => {
          plot.arrow(foot, [foot[0] + w1 / size, foot[1] + w2 / size], "purple");
          plot.write("w", plot.x(tip[0]), plot.y(tip[1]), { colour: "purple", bold: true });
        });
        for (const point of [...grips, at]) {
          plot.mark(...point, { colour: "paper", size: 6 });
          plot.mark(...point, { shape: "ring", size: 6 });
        }
      }
      context.strokeStyle = ink.grey;
      context.lineWidth = 1;
      context.strokeRect(box.left, box.top, side, side);

      const now = functionNumber(line());
      const left = (width - 8 * step) / 2 + (step - tile) / 2;
      tiles.forEach((k, n) => {
        const corner = /** @type {Pair} */ ([
          left + (n % 8) * step,
          box.top + side + 14 + Math.floor(n / 8) * (tile + 30),
        ]);
        const never = all() && !possible[k];
        drawTile(context, ink, corner, tile, k, { now: k === now, found: found.has(k), never });
        if (/^[A-Z]+$/.test(names[k])) {
          write(context, ink, names[k], corner[0] + tile / 2, corner[1] + tile + 13, { size: 11.5 });
        }
      });
    },

    tell() {
      const { w1, w2, b } = line();
      const said = words.tell({
        w1: number(w1),
        w2: number(w2),
        b: number(b),
        y: answers(line()).join(", "),
        name: name(functionNumber(line())),
        found: found.size,
      });
      return all() ? `${said} ${words.all}` : said;
    },

    handles() {
      if (!grips.length) return [];
      const at = middle();
      /** @param {Pair} from @param {number} right @param {number} up @returns {Pair} */
      const moved = ([x, y], right, up) => [x + STEP * right, y + STEP * up];
      return [
        ...grips.map((grip, n) => ({
          name: words.end(pair(grip)),
          at: /** @type {Pair} */ ([plot.x(grip[0]), plot.y(grip[1])]),
          drag: (/** @type {number} */ x, /** @type {number} */ y) => turn(n, plot.at(x, y)),
          nudge: (/** @type {number} */ x, /** @type {number} */ y) => turn(n, moved(grips[n], x, y)),
        })),
        {
          name: words.middle(pair(at)),
          at: [plot.x(at[0]), plot.y(at[1])],
          drag: (x, y) => put(shifted(plot.at(x, y), line())),
          nudge: (x, y) => put(shifted(moved(middle(), x, y), line())),
        },
      ];
    },
  };
}

/**
 * A function as four cells, filled where it is 1.
 * @param {CanvasRenderingContext2D} context @param {Record<string, string>} ink
 * @param {Pair} corner @param {number} size @param {number} k  the number of the function
 * @param {{now: boolean, found: boolean, never: boolean}} how
 */
function drawTile(context, ink, [left, top], size, k, { now, found, never }) {
  const half = size / 2;
  context.lineWidth = 1;
  CORNERS.forEach(([x, y], n) => {
    context.fillStyle = (k >> n) & 1 ? (found ? ink.orange : ink.faint) : ink.paper;
    context.fillRect(left + x * half, top + (1 - y) * half, half, half);
    context.strokeStyle = ink.grey;
    context.strokeRect(left + x * half, top + (1 - y) * half, half, half);
  });
  if (!now && !never) return;
  context.strokeStyle = now ? ink.ink : ink.blue;
  context.lineWidth = now ? 2.5 : 2;
  context.setLineDash(now ? [] : [3, 3]);
  context.strokeRect(left - 4, top - 4, size + 8, size + 8);
  context.setLineDash([]);
}
