// @ts-check
/** The same training of XOR with other widths and from other starts. */

import { row } from "../data.js";
import { SPAN, answers, drawLosses, drawPlane, solved } from "../plane.js";
import { Plot, number } from "../plot.js";

const WORDS = {
  ko: {
    hidden: "은닉 유닛",
    seed: "시작(시드)",
    moment: "학습 단계",
    loss: "손실",
    tell: (/** @type {any} */ t) =>
      `은닉 유닛 ${t.hidden}개, 시드 ${t.seed}, ${t.step}단계: 손실 ${t.loss}. 네 점 가운데 ${t.right}개가 맞습니다. ` +
      `이 시작에서 끝까지 학습했을 때의 손실: ${t.ends}.`,
    end: (/** @type {any} */ e) => `${e.hidden}개 ${e.loss}`,
    hint: "옅은 선은 같은 시드에서 시작한 다른 너비의 손실입니다.",
  },
  en: {
    hidden: "hidden units",
    seed: "start (seed)",
    moment: "training step",
    loss: "loss",
    tell: (/** @type {any} */ t) =>
      `${t.hidden} hidden, seed ${t.seed}, step ${t.step}: loss ${t.loss}. ${t.right} of 4 points are right. ` +
      `Loss at the end of training, from this seed: ${t.ends}.`,
    end: (/** @type {any} */ e) => `${e.hidden} hidden ${e.loss}`,
    hint: "Pale lines: the losses of the other widths, from the same seed.",
  },
};

/** @param {import("../mount.js").Site} site @returns {import("../mount.js").View} */
export function open({ data, state, language }) {
  const words = WORDS[language];
  const { steps, losses } = data.arrays;
  const [widths, seeds] = /** @type {import("../data.js").ChoiceSpec[]} */ (data.controls);
  const seed = () => seeds.options.indexOf(state.seed);
  const width = () => widths.options.indexOf(state.hidden);
  const params = () => row(data.arrays[`params_${state.hidden}`], seed(), state.moment);
  const last = steps.values.length - 1;

  return {
    names: { hidden: words.hidden, seed: words.seed, moment: words.moment },
    hint: words.hint,
    shown: () => String(steps.values[state.moment]),

    draw(context, across, height, ink) {
      const side = Math.floor(Math.min(across - 60, height * 0.54) / 2) * 2;
      const box = { left: Math.round((across - side) / 2), top: 10, width: side, height: side };
      const plane = new Plot(context, box, SPAN, SPAN, ink);
      drawPlane(plane, params());
      plane.axes({ x: [0, 1], y: [0, 1], frame: true });

      const top = side + 44;
      const below = { left: 50, top, width: across - 66, height: height - top - 40 };
      const plot = new Plot(context, below, [0, steps.values[last]], [0, 1], ink);
      drawLosses(plot, steps.values, widths.options.map((_, n) => row(losses, n, seed())), width(), state.moment);
      plot.axes({ x: [0, 50, 100], y: [0, 0.5, 1], xName: words.moment, yName: words.loss });
    },

    tell() {
      const ends = widths.options.map((hidden, n) =>
        words.end({ hidden, loss: number(row(losses, n, seed())[last]) }),
      );
      return words.tell({
        hidden: state.hidden,
        seed: state.seed,
        step: steps.values[state.moment],
        loss: number(row(losses, width(), seed())[state.moment], 3),
        right: solved(answers(params())),
        ends: ends.join(", "),
      });
    },
  };
}
