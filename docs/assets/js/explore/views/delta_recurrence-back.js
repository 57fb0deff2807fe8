// @ts-check
/** The delta of every unit of a deep network, carried back layer by layer from a first term that can be dragged. */

import { row } from "../data.js";
import { arriving, deltas, forward } from "../maths/deltas.js";
import { number, write } from "../plot.js";

const NAMES = /** @type {Record<string, string>} */ ({ relu: "ReLU" });

const WORDS = {
  ko: {
    step: "단계",
    depth: "층의 수",
    gain: "가중치의 크기",
    activation: "활성화 함수",
    scale: "막대의 눈금",
    identity: "없음",
    shared: "모든 층 같게",
    own: "층마다 따로",
    reset: "처음의 첫 항으로",
    layer: "층",
    largest: "최대",
    hint: "마지막 층의 막대를 끌거나, 골라서 위아래 화살표 키를 누르면 첫 항이 바뀝니다. 검은 테두리는 가중치를 거쳐 모인 합이고, 거기에 활성화 함수의 기울기를 곱하면 색칠한 막대가 남습니다. 주황은 양수, 파랑은 음수입니다.",
    unit: (/** @type {number} */ n, /** @type {string} */ value) => `마지막 층 유닛 ${n}의 델타 ${value}`,
    nothing: "아직 아무것도 돌아오지 않았습니다. 재생하거나 한 단계씩 앞으로 가 보십시오.",
    first: (/** @type {any} */ t) => `${t.depth}단계 가운데 1단계: 손실이 정하는 첫 항입니다. ${t.name} = ${t.values}.`,
    tell: (/** @type {any} */ t) =>
      `${t.depth}단계 가운데 ${t.step}단계: ${t.formula} = ${t.values}.` +
      (t.factor ? ` 가장 큰 성분의 크기가 바로 뒤 층의 ${t.factor}배입니다.` : ""),
    all: (/** @type {string} */ factor) => ` 마지막 층에서 첫 층까지는 ${factor}배가 되었습니다.`,
  },
  en: {
    step: "step",
    depth: "layers",
    gain: "size of the weights",
    activation: "activation",
    scale: "scale of the bars",
    identity: "none",
    shared: "one for all layers",
    own: "each layer its own",
    reset: "First term of the start",
    layer: "layer",
    largest: "largest",
    hint: "Drag the bars of the last layer, or choose one and press the arrow keys: this changes the first term. The outline is the sum that arrives over the weights; times the slope of the activation, it leaves the full bar. Orange is positive, blue is negative.",
    unit: (/** @type {number} */ n, /** @type {string} */ value) => `delta of unit ${n} in the last layer, ${value}`,
    nothing: "Nothing has come back yet. Press play, or go one step forward.",
    first: (/** @type {any} */ t) => `Step 1 of ${t.depth}: the first term, which the loss decides. ${t.name} = ${t.values}.`,
    tell: (/** @type {any} */ t) =>
      `Step ${t.step} of ${t.depth}: ${t.formula} = ${t.values}.` +
      (t.factor ? ` Its largest entry is ${t.factor} times as large as that of the layer after it.` : ""),
    all: (/** @type {string} */ factor) => ` From the last layer to the first it has become ${factor} times as large.`,
  },
};

/** @param {import("../mount.js").Site} site @returns {import("../mount.js").View} */
export function open({ data, state, language, refresh }) {
  const words = WORDS[language];
  const { x, w, last: start } = data.arrays;
  const units = start.shape[0];
  let last = Array.from(start.values);
  /** @type {{at: [number, number], half: number}[]} */
  let places = [];

  const net = () => {
    const ws = Array.from({ length: state.depth }, (_, layer) =>
      Array.from({ length: units }, (_, i) => Array.from(row(w, layer, i), (value) => value * state.gain)),
    );
    const zs = forward(Array.from(x.values), ws, state.activation);
    const all = deltas(last, ws, zs, state.activation);
    const sums = all.slice(1).map((delta, n) => arriving(delta, ws[n + 1]));
    return { ws, all, sums };
  };
  const set = (/** @type {number} */ unit, /** @type {number} */ value) => {
    last = last.map((old, n) => (n === unit ? Math.round(20 * Math.max(-1, Math.min(1, value))) / 20 : old));
  };

  return {
    names: {
      step: words.step,
      depth: words.depth,
      gain: words.gain,
      activation: words.activation,
      scale: words.scale,
    },
    hint: words.hint,
    option: (name, option) => {
      if (name === "scale") return option === "own" ? words.own : words.shared;
      return option === "identity" ? words.identity : NAMES[option] ?? String(option);
    },
    shown: (name) => {
      if (name === "step") return `${state.step} / ${state.depth}`;
      return name === "gain" ? number(state.gain) : String(state.depth);
    },
    most: (name) => (name === "step" ? state.depth : undefined),
    changed(name) {
      if (name === "depth" || name === "gain" || name === "activation") state.step = state.depth;
    },
    buttons: [
      {
        name: words.reset,
        press() {
          last = Array.from(start.values);
          refresh();
        },
      },
    ],

    draw(context, width, height, ink) {
      const { ws, all, sums } = net();
      const now = state.depth - state.step; // the layer (from 0) that this step has reached
      const gap = (width - 52) / (state.depth - 1);
      const across = (/** @type {number} */ layer) => 26 + gap * layer;
      const tall = (height - 92) / units;
      const down = (/** @type {number} */ unit) => 20 + tall * (unit + 0.5);
      const half = 0.45 * tall;
      const bar = Math.min(20, gap * 0.5);
      const size = (/** @type {number[]} */ values) => Math.max(...values.map(Math.abs));
      const shared = Math.max(1, ...all.map(size), ...sums.map(size));
      const full = (/** @type {number} */ layer) => {
        if (state.scale === "shared") return shared;
        const sum = layer < sums.length ? size(sums[layer]) : 1;
        return Math.max(sum, size(all[layer])) || 1;
      };
      const text = (/** @type {string} */ words, /** @type {number} */ left, /** @type {number} */ top, style = {}) =>
        write(context, ink, words, left, top, style);

      if (state.step > 1) {
        // what each unit of the layer after hands to each unit here
        const carried = ws[now + 1].map((weights) => weights.map((value, k) => value * all[now + 1][k]));
        const most = size(carried.flat()) || 1;
        carried.forEach((one, i) =>
          one.forEach((value, k) => {
            context.beginPath();
            context.moveTo(across(now) + bar / 2 + 3, down(i));
            context.lineTo(across(now + 1) - bar / 2 - 3, down(k));
            context.globalAlpha = 0.55;
            context.strokeStyle = ink.grey;
            context.lineWidth = 0.5 + (3.5 * Math.abs(value)) / most;
            context.stroke();
            context.globalAlpha = 1;
          }),
        );
      }
      all.forEach((delta, layer) => {
        const known = layer >= now;
        delta.forEach((value, i) => {
          const [left, middle] = [across(layer) - bar / 2, down(i)];
          context.fillStyle = ink.faint;
          context.fillRect(left - 4, middle - 0.75, bar + 8, 1.5);
          if (!known) return;
          const high = (half * value) / full(layer);
          context.fillStyle = value > 0 ? ink.orange : ink.blue;
          context.fillRect(left, Math.min(middle, middle - high), bar, Math.abs(high));
          if (layer !== now || layer >= sums.length) return;
          const sum = (half * sums[layer][i]) / full(layer);
          context.strokeStyle = ink.ink;
          context.lineWidth = 1.2;
          context.strokeRect(left, Math.min(middle, middle - sum), bar, Math.abs(sum));
        });
        const bottom = height - 52;
        if (known) text(short(size(delta)), across(layer), bottom, { size: 11, bold: layer === now });
        text(String(layer + 1), across(layer), bottom + 20, { colour: layer === now ? "ink" : "grey", size: 12 });
      });
      text(words.largest, width / 2, height - 67, { size: 11 });
      text(words.layer, width / 2, height - 12, { colour: "grey" });
      if (state.step) text(state.step > 1 ? formula(now + 1) : name(now + 1), width / 2, 10, { bold: true, size: 13 });
      places = state.step ? last.map((_, i) => ({ at: [across(state.depth - 1), down(i)], half })) : [];
    },

    tell() {
      if (state.step === 0) return words.nothing;
      const { all } = net();
      const now = state.depth - state.step;
      const size = all.map((delta) => Math.max(...delta.map(Math.abs)));
      const values = all[now].map(plain).join(", ");
      if (state.step === 1) return words.first({ depth: state.depth, name: name(now + 1), values });
      const factor = size[now + 1] ? plain(size[now] / size[now + 1]) : "";
      const told = words.tell({ step: state.step, depth: state.depth, formula: formula(now + 1), values, factor });
      return now || !factor ? told : told + words.all(plain(size[0] / size[state.depth - 1]));
    },

    handles: () =>
      places.map(({ at, half }, i) => ({
        name: words.unit(i + 1, number(last[i])),
        at,
        size: 34,
        drag: (_, top) => set(i, (at[1] - top) / half),
        nudge: (right, up) => set(i, last[i] + 0.1 * (up || right)),
      })),
  };
}

/** @param {number} layer @returns {string} such as δ₃ */
const name = (layer) => `δ${low(layer)}`;

/** @param {number} layer @returns {string} such as δ₃ = (δ₄W₄ᵀ) ⊙ f′(z₃) */
const formula = (layer) => `${name(layer)} = (${name(layer + 1)} W${low(layer + 1)}ᵀ) ⊙ f′(z${low(layer)})`;

/** @param {number} digit @returns {string} lowered */
const low = (digit) => "₀₁₂₃₄₅₆₇₈₉"[digit];

/** @param {number} value @returns {string} such as 0.25 or 1.5e−19, with minus signs at which no line breaks */
function plain(value) {
  const size = Math.abs(value);
  if (size === 0 || (size >= 0.01 && size < 1000)) return number(value);
  const [digits, power] = value.toExponential(1).split("e");
  return `${digits}e${power[0]}${power.slice(1).padStart(2, "0")}`.replaceAll("-", "\u2212");
}

/** @param {number} size @returns {string} narrow enough for a column on a phone: 0.25, 12 or 3e−5 */
function short(size) {
  if (size === 0) return "0";
  if (size >= 0.01 && size < 1000) return number(size, size < 10 ? 2 : 0);
  return size.toExponential(0).replace("-", "\u2212").replace("+", "");
}
