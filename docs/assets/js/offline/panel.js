// @ts-check
/**
 * "Read it offline": what the button in the footer opens, and the line that tells of a new edition.
 *
 * What is kept, and how, is the service worker's affair (/sw.js); the page asks for one file after the
 * other, so that the reader sees how far it is, can cancel, and loses nothing by leaving.
 *
 * @typedef {{bytes: number, kept: number, missing: [string, number][]}} Sum
 * @typedef {{wish: string, text: Sum, all: Sum}} State
 * @typedef {"text"|"all"} Wish
 * @typedef {{wish: Wish, before: string, loaded: number, total: number, ended: boolean}} Job
 */

const ko = {
  title: "오프라인에서도 읽기",
  intro:
    "읽은 페이지는 이 브라우저에 보관되어 인터넷이 끊겨도 열립니다. 아직 읽지 않은 페이지까지 미리 받아 둘 수도 있습니다. 책이 바뀌면 바뀐 파일만 다시 받습니다.",
  text: (/** @type {string} */ size) => `글과 그림 모두 받기 (${size})`,
  all: (/** @type {string} */ size) => `파이썬까지 모두 받기 (${size})`,
  running: "받는 중입니다.",
  cancel: "그만 받기",
  cancelled: "그만 받았습니다. 받은 것은 그대로 있으니 나중에 이어서 받을 수 있습니다.",
  haveText: (/** @type {string} */ size) => `이제 오프라인에서도 모든 페이지를 읽을 수 있습니다 (${size}).`,
  haveAll: (/** @type {string} */ size) =>
    `이제 오프라인에서도 모든 페이지를 읽고 코드를 실행할 수 있습니다 (${size}).`,
  remove: "지우기",
  removed: "지웠습니다. 앞으로 읽는 페이지는 다시 보관됩니다.",
  network: "연결이 끊겨 다 받지 못했습니다. 다시 누르면 이어서 받습니다.",
  full: "이 브라우저에 남은 공간이 모자라 다 보관하지 못했습니다. 공간을 비우고 다시 누르십시오.",
  changed: "그사이 책이 바뀌었습니다. 페이지를 새로 열고 다시 누르십시오.",
  renewed: "책이 새로 바뀌었습니다.",
  reload: "새로 열기",
  close: "닫기",
};

/** @type {typeof ko} */
const en = {
  title: "Read it offline",
  intro:
    "Pages you have read are kept in this browser and open without a connection. You can fetch the others now, too. When the book changes, only the files that changed are fetched again.",
  text: (size) => `Fetch all text and figures (${size})`,
  all: (size) => `Fetch everything, with Python (${size})`,
  running: "Fetching.",
  cancel: "Cancel",
  cancelled: "Cancelled. What was fetched is kept; you can go on later.",
  haveText: (size) => `Every page can be read offline now (${size}).`,
  haveAll: (size) => `Every page can be read, and its code run, offline now (${size}).`,
  remove: "Remove",
  removed: "Removed. Pages you read from now on are kept again.",
  network: "The connection was lost before everything was fetched. Press again to go on.",
  full: "There is not enough room in this browser to keep everything. Free some, and press again.",
  changed: "The book has changed meanwhile. Reload the page, and press again.",
  renewed: "The book has changed.",
  reload: "Reload",
  close: "Close",
};

const words = () => (document.documentElement.lang === "ko" ? ko : en);

/** @param {number} bytes */
const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;

/** Files that are fetched at the same time. */
const AT_ONCE = 4;
/** A file of which nothing comes for this long (ms) is given up. */
const STALLED = 60_000;

/** @type {Job|null} */
let job = null;
/** What was said last: it stays until something else is. */
let said = "";
/** Whether the reader has opened the panel: it then stands on the next page as well. */
let isOpen = false;
/** The parts of the panel that change. @type {{bar: Element, meter: Element, status: Element}|null} */
let shown = null;

// --- the panel -----------------------------------------------------------------------------------

/**
 * Open the panel behind the button, or close it.
 * @param {Element} button
 */
export async function toggle(button) {
  isOpen = !document.querySelector(".offline-panel");
  if (isOpen) {
    await open(button);
    document.querySelector(".offline-panel")?.scrollIntoView({ block: "nearest" });
    return;
  }
  document.querySelector(".offline-panel")?.remove();
  button.setAttribute("aria-expanded", "false");
}

/** @param {Element} button */
async function open(button) {
  await style;
  const panel = element("section", "offline-panel");
  panel.id = "offline-panel";
  panel.setAttribute("aria-label", words().title);
  const status = element("p", "live-status");
  status.setAttribute("role", "status");
  shown = { bar: element("div", "live-bar"), meter: element("div", "offline-meter"), status };
  panel.append(element("p", "", words().intro), shown.bar, shown.meter, status);
  button.parentElement?.after(panel);
  button.setAttribute("aria-expanded", "true");
  button.setAttribute("aria-controls", panel.id);
  await show().catch(() => (status.textContent = words().network));
}

// Navigation within the page renews the footer.
/** @type {any} */ (window).document$.subscribe(() => {
  const button = document.querySelector("[data-offline]");
  if (isOpen && button && !document.querySelector(".offline-panel")) open(button);
});

/** Show what can be done now, and what was said last. */
async function show() {
  if (!shown) return;
  const { bar, meter, status } = shown;
  if (job && !job.ended) {
    bar.replaceChildren(button("cancel", words().cancel, cancel));
    measure(job);
  } else {
    /** @type {State} */
    const state = await ask({ type: "state" });
    bar.replaceChildren(...choices(state));
    meter.replaceChildren();
    said ||= isThere(state) ? have(state) : "";
  }
  status.textContent = said;
}

/** @param {State} state @returns {Wish|""} what the reader wished, if all of it is there */
function isThere({ wish, text, all }) {
  if (wish === "all" && !all.missing.length) return "all";
  return wish === "text" && !text.missing.length ? "text" : "";
}

/** @param {State} state */
function have(state) {
  if (isThere(state) === "all") return words().haveAll(megabytes(state.all.bytes));
  return words().haveText(megabytes(state.text.bytes));
}

/** @param {State} state */
function choices(state) {
  const there = isThere(state);
  const made = [];
  if (!there) made.push(button("text", words().text(megabytes(state.text.bytes)), () => fetchAll("text")));
  if (there !== "all" && state.all.bytes > state.text.bytes) {
    made.push(button("all", words().all(megabytes(state.all.bytes)), () => fetchAll("all")));
  }
  if (state.wish) made.push(button("remove", words().remove, remove));
  return made;
}

/** @param {Job} job */
function measure({ loaded, total }) {
  if (!shown) return;
  let bar = shown.meter.querySelector("progress");
  if (!bar) {
    bar = document.createElement("progress");
    bar.setAttribute("aria-label", words().running);
    shown.meter.replaceChildren(bar, " ", element("span", "live-progress"));
  }
  bar.max = total;
  bar.value = Math.min(loaded, total);
  const text = `${(bar.value / 1e6).toFixed(1)} / ${megabytes(total)}`;
  const label = shown.meter.querySelector("span");
  if (label) label.textContent = text;
}

/**
 * @param {string} action
 * @param {string} text
 * @param {() => void} act
 */
function button(action, text, act) {
  const made = /** @type {HTMLButtonElement} */ (element("button", "", text));
  made.type = "button";
  made.dataset.keep = action;
  made.addEventListener("click", act);
  return made;
}

/**
 * Show what changed, and keep the focus in the bar whose button was pressed.
 * @param {string} text
 */
async function say(text) {
  said = text;
  const focused = shown?.bar.contains(document.activeElement);
  await show().catch(() => {});
  const first = shown?.bar.querySelector("button");
  if (!focused) return; // the reader is elsewhere
  shown?.status.scrollIntoView({ block: "nearest" });
  if (first && document.activeElement === document.body) first.focus();
}

// --- fetching ------------------------------------------------------------------------------------

/** @param {Wish} wish */
async function fetchAll(wish) {
  if (job && !job.ended) return;
  const mine = { wish, before: "", loaded: 0, total: 0, ended: false };
  job = mine;
  await say(words().running);
  navigator.storage?.persist?.().catch(() => {}); // the browser may then not make room by itself
  try {
    /** @type {State} */
    const state = await ask({ type: "state" });
    mine.before = state.wish;
    await ask({ type: "wish", wish });
    const { missing, kept, bytes } = state[wish];
    [mine.loaded, mine.total] = [kept, bytes];
    const next = missing.values();
    await Promise.all(Array.from({ length: AT_ONCE }, () => work(mine, next)));
    if (mine.ended) return;
    mine.ended = true;
    const told = await ask({ type: "state" });
    await say(have(told));
    for (const each of document.querySelectorAll("[data-offline]")) {
      each.textContent = each.getAttribute("data-done");
    }
  } catch (error) {
    if (mine.ended) return; // cancelled, or told of another file already
    mine.ended = true;
    const { problem } = /** @type {{problem?: "network"|"full"|"changed"}} */ (error);
    await say(words()[problem ?? "network"]);
  }
}

/**
 * Fetch one file after the other.
 * @param {Job} mine
 * @param {Iterator<[string, number]>} files  shared with the others at work
 */
async function work(mine, files) {
  for (let next = files.next(); !next.done && !mine.ended; next = files.next()) {
    const [path, bytes] = next.value;
    let come = 0;
    await ask({ type: "keep", path }, (more) => {
      const counted = Math.min(more, bytes - come); // a server may have unpacked it
      come += counted;
      mine.loaded += counted;
      if (!mine.ended) measure(mine);
    });
    mine.loaded += bytes - come;
    if (!mine.ended) measure(mine);
  }
}

async function cancel() {
  if (!job) return;
  job.ended = true;
  await ask({ type: "wish", wish: job.before || "stopped" }).catch(() => {});
  await say(words().cancelled);
}

async function remove() {
  await ask({ type: "wish", wish: "" });
  await say(words().removed);
}

/**
 * Ask the service worker.
 * @param {Record<string, string>} message
 * @param {(bytes: number) => void} [count]
 * @returns {Promise<any>} rejects with what the worker says the problem is
 */
async function ask(message, count) {
  const worker = (await navigator.serviceWorker.ready).active;
  return new Promise((resolve, reject) => {
    const { port1, port2 } = new MessageChannel();
    const giveUp = () => end(() => reject({ problem: "network" }));
    let timer = setTimeout(giveUp, STALLED);
    /** @param {() => void} settle */
    function end(settle) {
      clearTimeout(timer);
      port1.close();
      settle();
    }
    port1.onmessage = ({ data }) => {
      if (data.type === "progress") {
        count?.(data.bytes);
        clearTimeout(timer);
        timer = setTimeout(giveUp, STALLED);
      } else end(() => (data.type === "failed" ? reject(data) : resolve(data)));
    };
    worker?.postMessage(message, [port2]);
  });
}

// --- a new edition -------------------------------------------------------------------------------

/** Say that the site has changed since this page was opened. */
export async function showRenewed() {
  if (document.querySelector(".offline-renewed")) return;
  await style;
  const line = element("div", "offline-renewed live-bar");
  line.setAttribute("role", "status");
  document.body.append(line); // what is announced must come into a place that is there
  line.append(
    element("span", "", words().renewed),
    button("reload", words().reload, () => location.reload()),
    button("close", words().close, () => line.remove()),
  );
}

// --- small things --------------------------------------------------------------------------------

/**
 * @param {string} tag
 * @param {string} css
 * @param {string} [text]
 */
function element(tag, css, text = "") {
  const made = document.createElement(tag);
  if (css) made.className = css;
  made.textContent = text;
  return made;
}

/** The style, in <body>: navigation renews what stands in <head>. */
const style = new Promise((resolve) => {
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = new URL("../../css/offline.css", import.meta.url).href;
  link.onload = link.onerror = resolve;
  document.body.append(link);
});
