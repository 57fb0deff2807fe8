// @ts-check
/**
 * "Train with my settings": calls snippets.xor.train of the package itself, in Python in the page.
 *
 * @typedef {Object} Run
 * @property {import("./data.js").Table} params  (M, 4 H + 1)
 * @property {Float64Array} losses
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
    stop: "멈춤",
    loading: "파이썬을 불러오는 중",
    running: "학습 중",
    done: "학습했습니다.",
    stopped: "멈췄습니다.",
    lost: "불러오지 못했습니다. 연결을 확인하고 다시 눌러 보십시오.",
    about: "고른 수의 은닉 유닛으로 패키지의 train이 이 브라우저에서 돕니다. 처음에는 파이썬을 내려받습니다(약 8 MB).",
  },
  en: {
    title: "Train with my settings",
    lr: "learning rate",
    seed: "seed",
    train: "Train",
    stop: "Stop",
    loading: "Loading Python",
    running: "Training",
    done: "Trained.",
    stopped: "Stopped.",
    lost: "This did not load. Check the connection and press again.",
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
  const button = press(words.train);
  const stop = press(words.stop);
  stop.hidden = true;
  const status = document.createElement("span");
  status.setAttribute("role", "status");
  const meter = document.createElement("span");
  meter.setAttribute("aria-hidden", "true"); // the status has told of it; the numbers would chatter
  bar.append(button, stop, status, meter);
  folded.append(summary, about, lr.row, seed.row, bar);
  controls.append(folded);

  /** @param {HTMLButtonElement} shown @param {HTMLButtonElement} other */
  const swap = (shown, other) => {
    const focused = other === document.activeElement;
    shown.hidden = false;
    if (focused) shown.focus();
    other.hidden = true;
  };
  button.addEventListener("click", async () => {
    if (!lr.input.reportValidity() || !seed.input.reportValidity()) return;
    swap(stop, button);
    const settings = { hidden: hidden(), lr: lr.input.value, seed: Number(seed.input.value) };
    try {
      const { run, told } = await train(settings, Number(steps[steps.length - 1]), words, {
        say: (text) => (status.textContent = text),
        count: (text) => (meter.textContent = text),
      });
      if (run) show(run);
      status.textContent = told;
    } catch {
      status.textContent = words.lost; // the scripts, not Python
    }
    meter.textContent = "";
    swap(button, stop);
  });
  stop.addEventListener("click", () => loadClient().then((client) => client.stop()));
}

const loadClient = () => import("../live/client.js");

/**
 * @param {{hidden: number, lr: string, seed: number}} settings
 * @param {number} steps
 * @param {typeof WORDS.en} words
 * @param {{say: (text: string) => void, count: (text: string) => void}} tell
 * @returns {Promise<{run?: Run, told: string}>} the run, if it came to its end, and how it ended
 */
async function train({ hidden, lr, seed }, steps, words, { say, count }) {
  say(words.loading);
  const [client, live] = await Promise.all([loadClient(), import("../live/words.js")]);
  const onProgress = (/** @type {import("../live/client.js").Progress} */ { loaded, total }) =>
    count(`${number(loaded / 1e6, 1)} / ${number(total / 1e6, 1)} MB`);
  let ended = false;
  const loaded = () => {
    if (ended) return;
    count("");
    say(words.running);
  };
  client.start({ onProgress: (progress) => ended || onProgress(progress) }).then(loaded, () => {});
  try {
    const args = { rng: { seed }, hidden, lr: Number(lr), steps };
    const { kind, value, error, reason } = await client.call("snippets.xor.train", args);
    if (kind === "done") return { run: { ...tables(value), lr, seed }, told: words.done };
    if (kind === "error") return { told: `${error?.type}: ${error?.message}` };
    if (kind === "killed") return { told: live.words()[reason === "crash" ? "crashed" : "killed"] };
    return { told: words.stopped };
  } catch (error) {
    if (error instanceof client.LiveError) return { told: live.lostSentence(error) };
    throw error;
  } finally {
    ended = true;
  }
}

/**
 * @param {{params: Record<string, {data: Float64Array}>[], losses: number[]}} history  snippets.xor.History
 * @returns {{params: import("./data.js").Table, losses: Float64Array}}
 */
function tables({ params, losses }) {
  const rows = params.map(({ w1, b1, w2, b2 }) => [w1, b1, w2, b2].flatMap(({ data }) => [...data]));
  return {
    params: { shape: [rows.length, rows[0].length], values: Float64Array.from(rows.flat()) },
    losses: Float64Array.from(losses),
  };
}

/** @param {string} text */
function press(text) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = text;
  return button;
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
