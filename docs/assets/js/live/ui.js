// @ts-check
/**
 * What the buttons of cells, claims and exercises do; loaded at the first use of one (live.js).
 *
 * Each of them is a *block*.  Cells run in the namespace of their page; whatever runs, the cells above
 * it whose present code has not run yet run first, and so do the claims above it that define a name it
 * needs, as when the page was built.  With a cell that runs, however it ends, what has run below it no
 * longer counts.  Checking a claim or an exercise leaves nothing behind.  Blocks run one after the other,
 * in the order of the clicks.
 */
import { LiveError, check, onState, run, start, state, stop } from "./client.js";
import { namesDefined, namesUsed } from "./names.js";
import { fragmentOf, textOf } from "./share.js";
import { hintSentence, lostSentence, words } from "./words.js";

/**
 * @typedef {Object} Block
 * @property {HTMLElement} root
 * @property {"cell"|"claim"|"exercise"} kind
 * @property {string} source  the code as the page has it
 * @property {import("./editor.js").Editor|null} editor
 * @property {Promise<import("./editor.js").Editor|null>|null} opening  the editor, on its way; null if it is lost
 * @property {boolean} busy
 * @property {string} builtOutput
 * @property {boolean} hadOutput
 *
 * @typedef {import("./client.js").Result} Result
 *
 * @typedef {Object} Ran  What has run in a namespace since Python started.
 * @property {number} epoch
 * @property {Map<string, string>} code  by cell and claim
 *
 * @typedef {Object} Kept  What a tab keeps of a page.
 * @property {Record<string, {source: string, text: string}>} edits  by block; void if the page changed
 * @property {string[]} tried  exercises, the solution of which may be shown
 */

class Stopped extends Error {}

/** @type {WeakMap<Element, Block>} */
const blocks = new WeakMap();
/** @type {Map<string, Ran>} */
const ran = new Map();
/** What runs, and what waits for it. */
let queue = Promise.resolve();
/** One higher with every Stop: whatever was asked for before it no longer runs. */
let generation = 0;
/** What was asked for and has not ended. @type {Set<Block>} */
const pending = new Set();
/** End the wait for Python to load. */
let giveUp = () => {};

const styled = loadStyle();

// --- what live.js calls --------------------------------------------------------------------------

/**
 * Do what a button says.
 * @param {HTMLButtonElement} button
 */
export function act(button) {
  const root = button.closest(".cell, .claim, .exercise");
  if (!root) return;
  const block = blockOf(root);
  const acts = {
    run: () => perform(block),
    verify: () => perform(block),
    check: () => perform(block),
    stop: stopAll,
    reset: () => reset(block),
    copy: () => copy(block),
    share: () => share(block),
    hint: () => showHint(block),
    solution: () => showSolution(block),
  };
  acts[/** @type {keyof typeof acts} */ (button.dataset.action)]?.();
}

/**
 * Turn code into an editor, with the caret where the reader has clicked.
 * @param {Element} code  or what holds it
 */
export async function edit(code) {
  const root = code.closest(".cell, .exercise");
  if (!root) return;
  const caret = caretIn(code);
  const block = blockOf(root);
  const wanted = document.activeElement;
  const editor = await open(block);
  if (document.activeElement === wanted || document.activeElement === document.body) {
    editor?.focus(caret);
  }
}

/** Put back what the reader had written on this page, and show the code that came with the link. */
export async function restore() {
  const { edits, tried } = kept();
  for (const root of document.querySelectorAll(":is(.cell, .exercise)[data-live]")) {
    const block = blockOf(root);
    const written = edits[nameOf(block)];
    if (written?.source === block.source && !block.editor) {
      (await open(block))?.setText(written.text);
    }
    if (tried.includes(nameOf(block))) allowSolution(block);
    refresh(block);
  }
  const cell = document.querySelector(".playground .cell[data-live]");
  if (cell && location.hash.startsWith("#code=")) await showShared(blockOf(cell));
}

// --- blocks --------------------------------------------------------------------------------------

/**
 * @param {Element} element
 * @returns {Block}
 */
function blockOf(element) {
  const known = blocks.get(element);
  if (known) return known;
  const root = /** @type {HTMLElement} */ (element);
  const kind = root.matches(".cell") ? "cell" : root.matches(".claim") ? "claim" : "exercise";
  const output = root.querySelector(".cell-output");
  /** @type {Block} */
  const block = {
    root,
    kind,
    source: codeIn(root, ".cell-source, .claim-code, .exercise-starter"),
    editor: null,
    opening: null,
    busy: false,
    builtOutput: output?.textContent ?? "",
    hadOutput: Boolean(output && !output.hasAttribute("hidden")),
  };
  blocks.set(root, block);
  addButton(block, "stop").hidden = true;
  if (kind !== "claim") addButton(block, "reset").hidden = true;
  return block;
}

/**
 * @param {Element} root
 * @param {string} selector
 * @returns {string} the code as it was written
 */
function codeIn(root, selector) {
  return (root.querySelector(selector)?.querySelector("code")?.textContent ?? "").replace(/\n$/, "");
}

/** @param {Block} block */
const codeOf = (block) => block.editor?.text() ?? block.source;

/** @param {Block} block @returns {string} its name among the blocks of its page */
function nameOf({ root }) {
  return root.dataset.cell ?? root.dataset.exercise ?? root.dataset.claim ?? "";
}

/** @param {Block} block @param {string} action @returns {HTMLButtonElement|null} */
const buttonOf = ({ root }, action) => root.querySelector(`[data-action="${action}"]`);

/**
 * @param {Block} block
 * @param {"stop"|"reset"} action
 */
function addButton(block, action) {
  const button = document.createElement("button");
  button.type = "button";
  button.dataset.action = action;
  button.textContent = words()[action];
  block.root.querySelector(".live-bar [data-action]")?.after(button);
  return button;
}

/** @param {Block} block @param {string} text */
function say({ root }, text) {
  const status = root.querySelector(".live-status");
  if (status) status.textContent = text;
}

/** @param {Block} block */
function refresh(block) {
  const button = buttonOf(block, "reset");
  const { state } = block.root.dataset;
  if (button) button.hidden = block.busy || (codeOf(block) === block.source && !state);
}

// --- editing -------------------------------------------------------------------------------------

/** Put an editor in the place of a block's code, unless it is there. @param {Block} block */
function open(block) {
  block.opening ??= Promise.all([import("./editor.js"), styled]).then(
    ([{ openEditor }]) => {
      const host = block.root.querySelector(".cell-source, .exercise-starter");
      block.editor = openEditor(/** @type {Element} */ (host), block.source, {
        onInput: () => keepEdit(block),
        onRun: async (moveOn) => {
          const done = perform(block);
          if (moveOn) focusNext(block);
          await done;
        },
        onLeave: () => firstButton(block)?.focus(),
      });
      return block.editor;
    },
    () => {
      block.opening = null;
      say(block, words().lostEditor);
      return null;
    },
  );
  return block.opening;
}

/** @param {Block} block @returns {HTMLButtonElement|null} */
const firstButton = ({ root }) => root.querySelector(".live-bar [data-action]:not([hidden])");

/** Go on to the editor of the next cell or exercise. @param {Block} block */
function focusNext(block) {
  const all = [...document.querySelectorAll(":is(.cell, .exercise)[data-live]")];
  const next = all[all.indexOf(block.root) + 1];
  if (next) open(blockOf(next)).then((editor) => editor?.focus(0));
  next?.scrollIntoView({ block: "nearest" });
}

/** @param {Element} code @returns {number|undefined} where the caret stands in it */
function caretIn(code) {
  const selection = getSelection();
  if (!selection?.anchorNode || !code.contains(selection.anchorNode)) return undefined;
  const range = document.createRange();
  range.setStart(code, 0);
  range.setEnd(selection.anchorNode, selection.anchorOffset);
  return range.toString().length;
}

const keptKey = () => `live:${location.pathname}`;

/** @returns {Kept} */
function kept() {
  try {
    return { edits: {}, tried: [], ...JSON.parse(sessionStorage.getItem(keptKey()) ?? "{}") };
  } catch {
    return { edits: {}, tried: [] };
  }
}

/** @param {(kept: Kept) => void} change */
function keep(change) {
  const now = kept();
  change(now);
  try {
    sessionStorage.setItem(keptKey(), JSON.stringify(now));
  } catch {
    // The browser keeps nothing; the edit lives as long as the page.
  }
}

/** @param {Block} block */
function keepEdit(block) {
  const text = codeOf(block);
  keep(({ edits }) => {
    if (text === block.source) delete edits[nameOf(block)];
    else edits[nameOf(block)] = { source: block.source, text };
  });
  if (location.hash.startsWith("#code=")) history.replaceState(null, "", location.pathname);
  refresh(block);
}

/** @param {Block} block */
function reset(block) {
  block.editor?.setText(block.source);
  keepEdit(block);
  delete block.root.dataset.state;
  block.root.querySelector(".live-error, .live-result")?.remove();
  const output = block.root.querySelector(".cell-output");
  if (output) {
    show(block, block.builtOutput);
    output.toggleAttribute("hidden", !block.hadOutput);
  }
  refresh(block);
  firstButton(block)?.focus();
  say(block, words().reset_done);
}

/** @param {Block} block */
async function copy(block) {
  say(block, (await toClipboard(codeOf(block))) ? words().copied : words().notCopied);
}

/** @param {string} text @returns {Promise<boolean>} whether the reader can paste it now */
async function toClipboard(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false; // not allowed, or not a secure address
  }
}

// --- running -------------------------------------------------------------------------------------

/**
 * Run a block after the cells above it.
 * @param {Block} block
 */
async function perform(block) {
  if (block.busy) return;
  const mine = { generation, namespace: location.pathname };
  pending.add(block);
  begin(block);
  const turn = queue.then(() => inTurn(block, mine));
  queue = turn.catch(() => {});
  try {
    await turn;
  } catch (error) {
    tellFailure(block, error);
  } finally {
    pending.delete(block);
    end(block);
  }
}

/** @param {Block} block */
function begin(block) {
  block.busy = true;
  const button = firstButton(block);
  const stopButton = buttonOf(block, "stop");
  const focused = button === document.activeElement;
  if (stopButton) stopButton.hidden = false;
  if (button) button.hidden = true;
  if (focused) stopButton?.focus();
  setState(block, isLoaded() ? "running" : "loading");
  refresh(block); // nothing to give back while it runs
  say(block, words().waiting);
}

/** @param {Block} block */
function end(block) {
  block.busy = false;
  const stopButton = buttonOf(block, "stop");
  const button = buttonOf(block, { cell: "run", claim: "verify", exercise: "check" }[block.kind]);
  if (button) button.hidden = false;
  if (stopButton === document.activeElement) button?.focus();
  if (stopButton) stopButton.hidden = true;
  refresh(block);
}

/**
 * @param {Block} block
 * @param {{generation: number, namespace: string}} mine  the generation and page in which it was asked for
 */
async function inTurn(block, { generation: mine, namespace }) {
  // The reader may have pressed Stop, or gone to another page.
  const goOn = () => {
    if (mine !== generation || !block.root.isConnected) throw new Stopped();
  };
  goOn();
  await load(block);
  let others = false;
  for (const other of needed(block)) {
    if (hasRun(namespace, other)) continue;
    goOn();
    others = true;
    say(block, words().running);
    const runOther = other.kind === "cell" ? runCell : runQuietly;
    const result = await runOther(namespace, other);
    if (result.kind === "stopped" || result.kind === "killed") return tellEnd(block, result);
    if (other.kind === "cell" && result.kind !== "done") {
      setState(block, "error");
      say(block, words().aboveFailed);
      other.root.scrollIntoView({ block: "nearest" });
      return;
    }
  }
  goOn();
  if (block.kind === "cell") await runCell(namespace, block, others);
  else await runCheck(namespace, block);
}

/**
 * What must have run before a block: all cells above it, and the claims that define what is used.
 * @param {Block} block
 * @returns {Block[]} from top to bottom
 */
function needed(block) {
  const above = [...document.querySelectorAll(":is(.cell, .claim)[data-live]")].filter(
    (other) => other.compareDocumentPosition(block.root) & Node.DOCUMENT_POSITION_FOLLOWING,
  );
  const test = codeIn(block.root, ".exercise-check");
  const used = namesUsed(`${codeOf(block)}\n${test}`);
  /** @type {Block[]} */
  const found = [];
  for (const other of above.reverse().map(blockOf)) {
    const code = codeOf(other);
    if (other.kind === "claim" && ![...namesDefined(code)].some((name) => used.has(name))) continue;
    for (const name of namesUsed(code)) used.add(name);
    found.unshift(other);
  }
  return found;
}

const isLoaded = () => !["idle", "loading"].includes(state().phase);

/**
 * Load Python, and show how far it is.  Stop ends the wait, not the download.
 * @param {Block} block
 */
async function load(block) {
  if (isLoaded()) return;
  const bar = document.createElement("span");
  bar.className = "live-progress";
  bar.setAttribute("aria-hidden", "true"); // the status has told of it; the numbers would chatter
  const meter = document.createElement("progress");
  const text = document.createElement("span");
  bar.append(meter, text);
  block.root.querySelector(".live-status")?.after(bar);
  say(block, `${words().loading} (${words().once})`);
  const started = start({
    onProgress({ loaded, total }) {
      meter.max = total;
      meter.value = loaded;
      text.textContent = `${(loaded / 1e6).toFixed(1)} / ${(total / 1e6).toFixed(1)} MB`;
    },
  });
  const stopped = new Promise((_, reject) => {
    giveUp = () => reject(new Stopped());
  });
  try {
    await Promise.race([started, stopped]);
  } finally {
    bar.remove();
  }
}

/** @param {string} namespace @returns {Map<string, string>} the code that has run in it, by block */
function ranIn(namespace) {
  const { epoch } = state();
  const known = ran.get(namespace);
  if (known?.epoch === epoch) return known.code;
  const fresh = { epoch, code: new Map() };
  ran.set(namespace, fresh);
  return fresh.code;
}

/** @param {Block} block */
const ranKey = (block) => `${block.kind} ${nameOf(block)}`;

/**
 * A cell or claim begins to run: it changes what those below it have started from.
 * @param {string} namespace
 * @param {Block} block
 */
function forgetFrom(namespace, block) {
  const code = ranIn(namespace);
  code.delete(ranKey(block));
  for (const root of document.querySelectorAll(":is(.cell, .claim)[data-live]")) {
    const below = block.root.compareDocumentPosition(root) & Node.DOCUMENT_POSITION_FOLLOWING;
    if (below) code.delete(ranKey(blockOf(root)));
  }
}

/** @param {string} namespace @param {Block} block */
const hasRun = (namespace, block) => ranIn(namespace).get(ranKey(block)) === codeOf(block);

/**
 * Run a claim for the names that it defines; whether it holds is told where the reader asks for it.
 * @param {string} namespace
 * @param {Block} claim
 */
async function runQuietly(namespace, claim) {
  forgetFrom(namespace, claim);
  const result = await run(namespace, claim.source);
  if (result.kind === "done") ranIn(namespace).set(ranKey(claim), claim.source);
  return result;
}

/**
 * @param {string} namespace
 * @param {Block} block
 * @param {boolean} [afterOthers]
 * @returns {Promise<Result>}
 */
async function runCell(namespace, block, afterOthers = false) {
  const code = codeOf(block);
  setState(block, "running");
  say(block, words().running);
  clearError(block);
  forgetFrom(namespace, block);
  let streamed = "";
  const result = await run(namespace, code, {
    onOutput(text) {
      streamed += text;
      show(block, streamed);
    },
  });
  show(block, result.output.trimEnd());
  const output = block.root.querySelector(".cell-output");
  output?.toggleAttribute("hidden", !result.output && !result.error);
  if (result.kind === "done") {
    ranIn(namespace).set(ranKey(block), code);
    setState(block, "done");
    const seconds = `${(result.ms / 1000).toFixed(result.ms < 100 ? 2 : 1)} s`;
    const text = words()[afterOthers ? "doneWithAbove" : "done"];
    say(block, `${text} (${seconds})${result.output ? "" : ` ${words().noOutput}`}`);
  } else tellEnd(block, result);
  refresh(block);
  return result;
}

/**
 * Check a claim, or the answer to an exercise.
 * @param {string} namespace
 * @param {Block} block
 */
async function runCheck(namespace, block) {
  setState(block, "running");
  say(block, words().running);
  clearError(block);
  const exercise = block.kind === "exercise";
  const code = codeOf(block);
  const test = exercise ? codeIn(block.root, ".exercise-check") : "";
  const result = await check(namespace, code, test);
  if (exercise) allowSolution(block);
  if (result.kind === "passed") {
    setState(block, exercise ? "passed" : "holds");
    say(block, words()[exercise ? "passed" : "holds"]);
    if (exercise) {
      const { markSolved } = await import("./solved.js");
      markSolved(nameOf(block));
    }
  } else if (result.kind === "failed" || (result.kind === "error" && !fromReader(block, result))) {
    setState(block, exercise ? "failed" : "fails");
    say(block, words()[exercise ? "failed" : "fails"]);
    tellWhy(block, result, exercise ? test : code);
  } else tellEnd(block, result);
}

/** Whether the mistake stands in what the reader has written. @param {Block} block @param {Result} result */
const fromReader = (block, result) => block.kind === "exercise" && result.part === "code";

function stopAll() {
  generation += 1;
  giveUp();
  stop();
}

// --- telling -------------------------------------------------------------------------------------

/** @param {Block} block @param {string} value */
function setState({ root }, value) {
  root.dataset.state = value;
}

/** @param {Block} block @param {string} text */
function show({ root }, text) {
  const output = root.querySelector(".cell-output");
  const pre = output?.querySelector("pre");
  if (!output || !pre) return;
  pre.textContent = text;
  output.removeAttribute("hidden");
}

/** @param {Block} block */
function clearError({ root }) {
  root.querySelector(".live-error, .live-result")?.remove();
  blockOf(root).editor?.mark(0);
}

/**
 * Tell how a run ended that did not end well.
 * @param {Block} block
 * @param {Result} result
 */
function tellEnd(block, result) {
  const text = words();
  if (result.kind === "error" && result.error) {
    setState(block, "error");
    say(block, result.line ? `${text.error} (${lineName(result.line)})` : text.error);
    tellError(block, result);
  } else if (result.kind === "flood") {
    setState(block, "stopped");
    say(block, text.flood);
  } else {
    setState(block, "stopped");
    const killed = result.reason === "crash" ? text.crashed : text.killed;
    say(block, result.kind === "killed" ? killed : text.stopped);
  }
}

/** @param {number} line */
const lineName = (line) => (document.documentElement.lang === "ko" ? `${line}번째 줄` : `line ${line}`);

/** @param {Block} block @param {unknown} error */
function tellFailure(block, error) {
  const text = words();
  if (error instanceof Stopped) {
    setState(block, "stopped");
    say(block, text.stopped);
    return;
  }
  setState(block, "error");
  if (!(error instanceof LiveError)) {
    say(block, `${text.crash} ${error}`);
    throw error;
  }
  say(block, lostSentence(error));
}

/**
 * A mistake of the reader's: what it probably is, what Python says, and the line.
 * @param {Block} block
 * @param {Result} result
 */
async function tellError(block, { error, line, part }) {
  if (!error) return;
  const box = addBox(block, "live-error");
  const hint = hintSentence(error.hint);
  if (hint) box.append(element("p", "live-hint", hint));
  const said = element("pre", "", error.traceback || `${error.type}: ${error.message}`);
  said.tabIndex = 0;
  box.append(said);
  if (!line || part !== "code" || block.kind === "claim") return;
  const editor = await open(block);
  if (block.root.dataset.state === "error") editor?.mark(line);
}

/**
 * Why an answer is not right, or a claim does not hold.
 * @param {Block} block
 * @param {Result} result
 * @param {string} code  in which it ended
 */
function tellWhy(block, { error, line }, code) {
  const box = addBox(block, "live-result");
  const text = words();
  if (error && error.type !== "AssertionError") {
    box.append(element("p", "", `${error.type}: ${error.message}`));
  } else if (error?.message) box.append(element("p", "", error.message));
  else box.append(element("p", "", text.failedAt));
  const failing = code.split("\n")[line - 1]?.trim();
  if (failing && !error?.message) {
    const pre = element("pre", "", failing);
    pre.tabIndex = 0;
    box.append(pre);
  }
  if (block.kind === "claim") box.append(element("p", "", text.failsHow));
}

/** @param {Block} block @param {string} css */
function addBox({ root }, css) {
  root.querySelector(".live-error, .live-result")?.remove();
  const box = element("div", css, "");
  const place = root.querySelector(".cell-output");
  if (place) {
    place.append(box);
    place.removeAttribute("hidden");
  } else root.querySelector(".live-bar")?.after(box);
  return box;
}

/**
 * @param {string} tag
 * @param {string} css
 * @param {string} text
 */
function element(tag, css, text) {
  const made = document.createElement(tag);
  if (css) made.className = css;
  made.textContent = text;
  return made;
}

// --- exercises -----------------------------------------------------------------------------------

/** Show one hint more. @param {Block} block */
function showHint(block) {
  /** @type {NodeListOf<HTMLDetailsElement>} */
  const hints = block.root.querySelectorAll("details.exercise-hint");
  const next = [...hints].find((hint) => !hint.hasAttribute("data-shown"));
  if (next) {
    next.setAttribute("data-shown", "");
    next.open = true;
  }
  const shown = block.root.querySelectorAll(".exercise-hint[data-shown]").length;
  say(block, words().hintShown(shown, hints.length));
  const button = buttonOf(block, "hint");
  if (!button || shown < hints.length) return;
  if (button === document.activeElement) firstButton(block)?.focus();
  button.hidden = true;
}

/** After a try the solution may be seen. @param {Block} block */
function allowSolution(block) {
  const button = buttonOf(block, "solution");
  const solution = block.root.querySelector(".exercise-solution");
  if (button && !solution?.hasAttribute("data-shown")) button.hidden = false;
  keep(({ tried }) => {
    if (!tried.includes(nameOf(block))) tried.push(nameOf(block));
  });
}

/** @param {Block} block */
function showSolution(block) {
  /** @type {HTMLDetailsElement|null} */
  const solution = block.root.querySelector("details.exercise-solution");
  if (!solution) return;
  solution.setAttribute("data-shown", "");
  solution.open = true;
  solution.querySelector("summary")?.focus();
  const button = buttonOf(block, "solution");
  if (button) button.hidden = true;
  say(block, words().solutionShown);
}

// --- the playground ------------------------------------------------------------------------------

/** Put the code into the address. @param {Block} block */
async function share(block) {
  const fragment = await fragmentOf(codeOf(block));
  if (!fragment) return say(block, words().linkTooLong);
  history.replaceState(null, "", `${location.pathname}${fragment}`);
  say(block, (await toClipboard(location.href)) ? words().linkCopied : words().linkMade);
}

/**
 * Show the code that came with the link; it never runs by itself.
 * @param {Block} block
 */
async function showShared(block) {
  const text = await textOf(location.hash);
  block.root.querySelector(".live-shared")?.remove();
  const note = element("p", "live-shared", words()[text === null ? "sharedBroken" : "shared"]);
  block.root.prepend(note);
  if (text === null) return;
  (await open(block))?.setText(text);
  show(block, "");
  block.root.querySelector(".cell-output")?.setAttribute("hidden", "");
  refresh(block);
}

// --- once ----------------------------------------------------------------------------------------

/** The style of the editor and of results.  In <body>: navigation renews what stands in <head>. */
function loadStyle() {
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = new URL("../../css/live.css", import.meta.url).href;
  document.body.append(link);
  return new Promise((resolve) => {
    link.onload = link.onerror = resolve;
  });
}

// A loop whose page is gone has no Stop any more, and would hold up what the next page runs.
/** @type {any} */ (window).document$.subscribe(() => {
  if ([...pending].some(({ root }) => !root.isConnected)) stopAll();
});

onState(({ phase }) => {
  if (phase !== "stopping") return;
  for (const root of document.querySelectorAll('[data-state="running"]')) {
    const block = blocks.get(root);
    if (block) say(block, words().stopping);
  }
});
