// @ts-check
/** A network learns XOR: its loss, the input plane, and the hidden space into which it folds the plane. */

import { row } from "../data.js";
import { directions, hidden, logits, sigmoid } from "../maths/network.js";
import { CORNERS, SPAN, answers, drawLosses, drawPlane, solved } from "../plane.js";
import { Plot, number } from "../plot.js";
import { addTraining } from "../train.js";

const LINES = 9; // of the grid, each way
const ALONG = 33; // points on each
const STEP = 0.05;
const GRID = Array.from({ length: LINES * LINES }, (_, n) => /** @type {[number, number]} */ ([
  SPAN[0] + (2 * (n % LINES)) / (LINES - 1),
  SPAN[0] + (2 * Math.floor(n / LINES)) / (LINES - 1),
]));

const WORDS = {
  ko: {
    hidden: "은닉 유닛",
    moment: "학습 단계",
    steps: "학습 단계",
    loss: "손실",
    inputs: "입력 평면",
    folded: "은닉 공간",
    across: "경계를 가로지르는 방향",
    probe: (/** @type {string} */ at) => `시험 점 ${at}`,
    hint: "입력 평면의 × 점을 끌면 은닉 공간 어디로 가는지 보입니다.",
    tell: (/** @type {any} */ t) =>
      `${t.own}${t.step}단계: 손실 ${t.loss}. (0,0), (0,1), (1,0), (1,1)의 답 ${t.p}: 네 점 가운데 ${t.right}개가 맞습니다. ` +
      `× 점 ${t.probe}의 답은 ${t.answer}.`,
    own: (/** @type {any} */ o) => `직접 학습한 신경망(학습률 ${o.lr}, 시드 ${o.seed}). `,
    seen: " 은닉 공간은 경계가 곧게 선 선으로 보이는 방향에서 본 것입니다.",
  },
  en: {
    hidden: "hidden units",
    moment: "training step",
    steps: "training steps",
    loss: "loss",
    inputs: "input plane",
    folded: "hidden space",
    across: "across the boundary",
    probe: (/** @type {string} */ at) => `test point ${at}`,
    hint: "Drag the × in the input plane and see where it goes in the hidden space.",
    tell: (/** @type {any} */ t) =>
      `${t.own}Step ${t.step}: loss ${t.loss}. Answers at (0,0), (0,1), (1,0), (1,1): ${t.p}; ${t.right} of 4 are right. ` +
      `At the × ${t.probe} the answer is ${t.answer}.`,
    own: (/** @type {any} */ o) => `Your own run (learning rate ${o.lr}, seed ${o.seed}). `,
    seen: " The hidden space is seen from where its boundary is an upright line.",
  },
};

/** @param {import("../mount.js").Site} site @returns {import("../mount.js").View} */
export function open({ data, state, language, refresh }) {
  const words = WORDS[language];
  const { steps, losses } = data.arrays;
  const choice = /** @type {import("../data.js").ChoiceSpec} */ (data.controls[0]);
  const probe = /** @type {[number, number]} */ ([0.5, 0.5]);
  /** @type {Plot} */
  let plane;
  const last = steps.values.length - 1;
  /** @type {import("../train.js").Run|null} */
  let own = null; // what the reader has trained
  /** @type {Map<ArrayLike<number>, {views: number[][][], reach: number}>} of the runs shown so far */
  const seen = new Map();
  const chosen = () => choice.options.indexOf(state.hidden);
  const table = () => own?.params ?? data.arrays[`params_${state.hidden}`];
  const params = () => row(table(), state.moment);
  const view = () => {
    const all = table();
    const known = seen.get(all.values) ?? lookAt(all);
    seen.set(all.values, known);
    return { directions: known.views[state.moment], reach: known.reach };
  };
  const at = () => `(${number(probe[0])}, ${number(probe[1])})`;
  /** @param {[number, number]} to */
  const move = (to) => to.forEach((v, n) => (probe[n] = Math.min(Math.max(v, SPAN[0]), SPAN[1])));

  return {
    names: { hidden: words.hidden, moment: words.moment },
    hint: words.hint,
    shown: () => String(steps.values[state.moment]),
    changed(name) {
      if (name === "hidden") own = null;
    },
    more(controls) {
      addTraining(controls, language, () => state.hidden, steps.values, (run) => {
        own = run;
        state.moment = last;
        refresh();
      });
    },

    draw(context, width, height, ink) {
      const net = params();
      const runs = choice.options.map((_, n) => row(losses, n));
      if (own) runs[chosen()] = own.losses;
      const gap = 38;
      const side = Math.floor((width - 30 - gap - 8) / 4) * 2;
      const below = height - side - 42;
      const top = { left: 50, top: 12, width: width - 64, height: below - 82 };
      const loss = new Plot(context, top, [0, steps.values[last]], [0, 1], ink);
      drawLosses(loss, steps.values, runs, chosen(), state.moment);
      loss.axes({ x: [0, 300, 600], y: [0, 0.5, 1], xName: words.steps, yName: words.loss });

      plane = new Plot(context, { left: 30, top: below, width: side, height: side }, SPAN, SPAN, ink);
      drawPlane(plane, net);
      cross(plane, probe);
      plane.axes({ x: [0, 1], y: [0, 1], xName: "x₁, x₂", title: words.inputs, frame: true });

      const { directions: directed, reach } = view();
      const box = { left: 30 + side + gap, top: below, width: side, height: side };
      const space = new Plot(context, box, [-reach, reach], [-reach, reach], ink);
      const see = seeing(net, directed);
      drawFolded(space, see);
      const [x, y] = see.point(probe[0], probe[1]);
      cross(space, [x, y]);
      space.axes({
        x: state.hidden === 2 ? [-1, 0, 1] : [0],
        y: state.hidden === 2 ? [-1, 0, 1] : [],
        xName: state.hidden === 2 ? "h₁, h₂" : words.across,
        title: words.folded,
        frame: true,
      });
    },

    tell() {
      const net = params();
      const p = answers(net);
      const told = words.tell({
        step: steps.values[state.moment],
        own: own ? words.own(own) : "",
        loss: number((own?.losses ?? row(losses, chosen()))[state.moment], 3),
        p: p.map((value) => number(value)).join(", "),
        right: solved(p),
        probe: at(),
        answer: number(sigmoid(logits(net, [probe[0]], [probe[1]])[0])),
      });
      return state.hidden === 2 ? told : told + words.seen;
    },

    handles: () => [
      {
        name: words.probe(at()),
        at: [plane.x(probe[0]), plane.y(probe[1])],
        drag: (left, top) => move(plane.at(left, top)),
        nudge: (right, up) => move([probe[0] + STEP * right, probe[1] + STEP * up]),
      },
    ],
  };
}

/**
 * From where to look at the hidden space in each moment of a run, and how far it reaches on the page.
 * @param {import("../data.js").Table} table
 */
function lookAt(table) {
  /** @type {number[][][]} */
  const views = [];
  let reach = 0;
  for (let n = 0; n < table.shape[0]; n++) {
    const net = row(table, n);
    views.push(directions(net, GRID, views[n - 1] ?? null));
    const see = seeing(net, views[n]);
    for (const [x1, x2] of GRID) reach = Math.max(reach, ...see.point(x1, x2).map(Math.abs));
  }
  return { views, reach: 1.12 * reach };
}

/**
 * How the hidden space is seen: where a point of the input plane appears on the page.
 * @param {ArrayLike<number>} net
 * @param {number[][]} view  two directions
 */
function seeing(net, [right, above]) {
  const H = right.length;
  return {
    /** @param {number} x1 @param {number} x2 @returns {[number, number]} */
    point(x1, x2) {
      const h = hidden(net, x1, x2);
      let [across, up] = [0, 0];
      for (let j = 0; j < H; j++) {
        across += h[j] * right[j];
        up += h[j] * above[j];
      }
      return [across, up];
    },
    /** @returns {[number, number, number]} the output's boundary as a line on the page */
    boundary() {
      let [across, up] = [0, 0];
      for (let j = 0; j < H; j++) {
        across += net[3 * H + j] * right[j];
        up += net[3 * H + j] * above[j];
      }
      return [across, up, net[4 * H]];
    },
  };
}

/**
 * @param {Plot} plot
 * @param {ReturnType<typeof seeing>} see
 */
function drawFolded(plot, see) {
  const [w1, w2, b] = see.boundary();
  if (w1 || w2) plot.regions((x, y) => x.map((v, n) => v * w1 + y[n] * w2 + b));
  const along = Array.from({ length: ALONG }, (_, n) => SPAN[0] + (2 * n) / (ALONG - 1));
  for (let line = 0; line < LINES; line++) {
    const fixed = SPAN[0] + (2 * line) / (LINES - 1);
    for (const points of [along.map((v) => see.point(v, fixed)), along.map((v) => see.point(fixed, v))]) {
      const style = { colour: "grey", width: 0.8 };
      plot.line(points.map(([x]) => x), points.map(([, y]) => y), style);
    }
  }
  for (const [x1, x2, label] of CORNERS) plot.point(...see.point(x1, x2), label, 5);
}

/** @param {Plot} plot @param {[number, number]} place */
function cross(plot, [x, y]) {
  const { context, ink } = plot;
  const [left, top] = [plot.x(x), plot.y(y)];
  context.beginPath();
  for (const way of [1, -1]) {
    context.moveTo(left - 6, top - 6 * way);
    context.lineTo(left + 6, top + 6 * way);
  }
  context.strokeStyle = ink.purple;
  context.lineWidth = 2.6;
  context.stroke();
}
