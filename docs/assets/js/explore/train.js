// @ts-check
/**
 * "Train with my settings": runs snippets.xor.train of the package itself, in Python in the page.
 *
 * @typedef {Object} Run
 * @property {import("./data.js").Table} params  (M, 4 H + 1)
 * @property {Float32Array} losses
 * @property {string} lr
 * @property {number} seed
 */

import { number } from "./plot.js";

const WORDS = {
  ko: {
    title: "내 설정으로 학습",
    lr: "학습률",
    seed: "시드",
    train: "학습",
    loading: (/** @type {string} */ mb) => `Python을 불러오는 중: ${mb} MB`,
    running: "학습 중",
    done: "학습했습니다.",
    failed: "학습하지 못했습니다. 연결을 확인하고 다시 눌러 보십시오.",
    about: "고른 수의 은닉 유닛으로 패키지의 train이 이 브라우저에서 돕니다. 처음에는 Python을 내려받습니다(약 8 MB).",
  },
  en: {
    title: "Train with my settings",
    lr: "learning rate",
    seed: "seed",
    train: "Train",
    loading: (/** @type {string} */ mb) => `Loading Python: ${mb} MB`,
    running: "Training",
    done: "Trained.",
    failed: "The training failed. Check the connection and press again.",
    about: "The package's train runs in this browser, with the chosen number of hidden units. The first time it downloads Python (about 8 MB).",
  },
};

/** @returns {boolean} whether this site was built with Python (js/live/client.js: `available`) */
const hasPython = () => Boolean(document.querySelector('meta[name="live"]')?.getAttribute("content"));

/**
 * Add the settings and the button, if there is a Python to run.
 * @param {HTMLElement} controls
 * @param {"ko"|"en"} language
 * @param {() => number} hidden  the chosen number of hidden units
 * @param {ArrayLike<number>} steps  the moments to keep, as `train` chooses them
 * @param {(run: Run) => void} show
 */
export function addTraining(controls, language, hidden, steps, show) {
  if (!hasPython()) return;
  const words = WORDS[language];
  const folded = document.createElement("details");
  folded.className = "explore-train";
  const summary = document.createElement("summary");
  summary.textContent = words.title;
  const about = document.createElement("p");
  about.className = "explore-hint";
  about.textContent = words.about;
  const lr = field(words.lr, { min: "0.1", max: "5", step: "0.1", value: "0.5" });
  const seed = field(words.seed, { min: "0", max: "9999", step: "1", value: "0" });
  const bar = document.createElement("div");
  bar.className = "explore-buttons";
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = words.train;
  const status = document.createElement("span");
  status.setAttribute("role", "status");
  bar.append(button, status);
  folded.append(summary, about, lr.row, seed.row, bar);
  controls.append(folded);

  button.addEventListener("click", async () => {
    if (!lr.input.reportValidity() || !seed.input.reportValidity()) return;
    button.disabled = true;
    try {
      const run = await train(hidden(), lr.input.value, Number(seed.input.value), steps, {
        loading: (mb) => (status.textContent = words.loading(mb)),
        running: () => (status.textContent = words.running),
      });
      show(run);
      status.textContent = words.done;
    } catch {
      status.textContent = words.failed;
    }
    button.disabled = false;
  });
}

/**
 * @param {number} hidden
 * @param {string} lr
 * @param {number} seed
 * @param {ArrayLike<number>} steps
 * @param {{loading: (mb: string) => void, running: () => void}} tell
 * @returns {Promise<Run>}
 */
async function train(hidden, lr, seed, steps, tell) {
  const client = await import("../live/client.js");
  await client.start({ onProgress: ({ loaded, total }) =>
    tell.loading(`${number(loaded / 1e6, 1)} / ${number(total / 1e6, 1)}`) });
  tell.running();
  const code = `
import base64
import numpy as np
from snippets.xor import train
run = train(np.random.default_rng(${seed}), hidden=${hidden}, lr=${lr}, steps=${steps[steps.length - 1]})
rows = [[loss, *np.concatenate([part.ravel() for part in params])]
        for loss, params in zip(run.losses, run.params)]
print(base64.b64encode(np.array(rows, dtype="<f4").tobytes()).decode())
`;
  const { kind, output } = await client.run("explore-xor", code);
  if (kind !== "done") throw new Error(`the training ended as ${kind}`);
  const bytes = Uint8Array.from(atob(output.trim()), (letter) => letter.charCodeAt(0));
  const rows = new Float32Array(bytes.buffer);
  const width = 4 * hidden + 2; // the loss, then the parameters
  const losses = Float32Array.from({ length: steps.length }, (_, n) => rows[n * width]);
  const params = rows.filter((_, n) => n % width !== 0);
  return { params: { shape: [steps.length, width - 1], values: params }, losses, lr, seed };
}

/** @param {string} name @param {Record<string, string>} limits */
function field(name, limits) {
  const label = document.createElement("label");
  label.className = "explore-row";
  const text = document.createElement("span");
  text.textContent = name;
  const input = document.createElement("input");
  Object.assign(input, { type: "number", required: true, ...limits });
  label.append(text, input);
  return { row: label, input };
}
