// @ts-check
/**
 * Python in the page: the page's side of the engine.
 *
 * Loaded with `import()` at the reader's first click, never before.  One worker serves the whole site:
 * this module is loaded once, so the worker and every variable survive instant navigation.
 *
 *   available()                                whether this site was built with a runtime
 *   start({onProgress})                        load Python; nothing to do if it is there
 *   run(namespace, code, {onOutput})           run a cell; names stay in the namespace
 *   check(namespace, code, test, {onOutput})   run an answer and its test in a copy of the namespace;
 *                                              a claim is `check(namespace, claim, "")`
 *   call("snippets.xor.train", {lr: 0.1})      call a function of the package with keyword arguments
 *   stop()                                     stop what runs, drop what waits
 *   reset(namespace)                           forget a namespace
 *   state(), onState(listener)                 what the engine is doing
 *
 * `namespace` is any text; cells that share it share their variables: take the page's path.
 *
 * Whatever the code does, `run` and `check` resolve, with a `Result`; `call` resolves with a
 * `CallResult`.  They reject, like `start`, with a `LiveError` only if Python could not be loaded; the
 * next `start`, `run`, ... tries again.  Jobs run one after the other in the order of the calls; they
 * start the engine if need be.
 *
 * Result.kind
 *   done      ran to its end (`run`)
 *   passed    the answer passes its test, the claim holds (`check`)
 *   failed    an assertion of the test, or of the claim, fails: `error.message` is what it says
 *   error     raised: see `error`
 *   flood     printed more than 20,000 characters and was ended; `output` holds the first ones
 *   stopped   ended by `stop()`; variables are kept
 *   killed    did not heed `stop()` for 1.2 s, or up to 5 s where it is slow (or crashed: `reason`);
 *             Python starts anew in the background, all variables are gone and `state().epoch` is one
 *             higher
 *
 * Code may use what the package needs, NumPy and a part of the standard library; it has no network, no
 * files of the reader and no way to the page.
 */

/**
 * @typedef {"done"|"passed"|"failed"|"error"|"flood"|"stopped"|"killed"} Kind
 *
 * @typedef {Object} Frame  A line of the reader's own that led to the error, outermost first.
 * @property {number} line  counted from 1
 * @property {string} text  the line, without its indentation
 * @property {string} function  the function it stands in, or "" for the cell itself
 * @property {boolean} here  whether it stands in the code that was just run, not in an earlier cell
 *
 * @typedef {Object} Hint  What is probably wrong, for the page to say in its language.
 * @property {HintId} id
 * @property {Record<string, any>} data  what the sentence can name; the keys stand at `HintId`
 *
 * @typedef {"name-not-defined"|"local-before-assignment"|"shape-mismatch"|"reshape"|"indentation"|"syntax"
 *   |"index"|"zero-division"|"type"|"key"|"attribute"|"recursion"|"import"|"import-name"|"singular"
 *   |"memory"|"value"|"other"} HintId
 *   name-not-defined {name, similar}   `similar`: a name that exists and looks alike, or ""
 *   local-before-assignment {name}
 *   reshape          {size, shape}     a number and a text like "(4, 2)"
 *   shape-mismatch   {shapes}          texts like "(2, 3)", as far as the message tells them
 *   indentation      {}                "tabs" in data: true if tabs and spaces are mixed
 *   syntax           {problem}         bracket | quote | colon | equals | other
 *   index            {index, size}     numbers, or null if the message does not tell
 *   type             {missing, unexpected}   arguments by name, "" if it is something else
 *   key              {key}             as Python writes it
 *   attribute        {object, name, similar}   `object`: the type's or module's name
 *   import           {module}
 *   import-name      {module, name, similar}   the module is there, but not the name
 *
 * @typedef {Object} PythonError
 * @property {string} type  "ValueError"
 * @property {string} message  what it says, perhaps ""
 * @property {string} traceback  the reader's own lines and the message, as text
 * @property {Frame[]} frames
 * @property {Hint} hint
 *
 * @typedef {Object} Result
 * @property {Kind} kind
 * @property {string} output  everything printed, and the repr of the last expression
 * @property {number} line  the failing line in the code that was given, from 1; 0 if there is none
 * @property {"code"|"check"} part  where it ended: in the code, or in its test
 * @property {PythonError|null} error
 * @property {"stop"|"crash"|""} reason  why it was killed
 * @property {number} ms  how long it ran
 *
 * @typedef {Object} NdArray
 * @property {number[]} shape
 * @property {Float64Array|Float32Array|Int32Array|Uint8Array} data  in C order
 *
 * @typedef {Object} CallResult
 * @property {"done"|"error"|"stopped"|"killed"|"superseded"} kind
 * @property {any} value  arrays as NdArray; dicts and dataclasses as objects; tuples as lists
 * @property {PythonError|null} error
 * @property {"stop"|"crash"|""} reason  why it was killed
 * @property {number} ms
 *
 * @typedef {Object} Progress  Bytes as they come over the network.
 * @property {number} loaded
 * @property {number} total
 *
 * @typedef {Object} State
 * @property {"idle"|"loading"|"ready"|"running"|"stopping"} phase
 * @property {number} epoch  one higher whenever all variables were lost
 *
 * @typedef {Object} Job
 * @property {number} id
 * @property {Record<string, any>} message
 * @property {string} key
 * @property {(result: any) => void} resolve
 * @property {(error: LiveError) => void} reject
 * @property {((text: string) => void)|undefined} onOutput
 * @property {string} output
 * @property {string} stopUrl
 * @property {number} began
 * @property {number} gap  ms between its last two looks for `stop()`, if that is long
 */

/** A cell that does not heed `stop()` for this long (ms) is killed: one that looks for it seldom gets
 * time to look once more. */
const PATIENCE = 1200;
const LONGEST_PATIENCE = 5000;

/**
 * Python could not be loaded.
 * kind: "download" (no connection), "renewed" (the server has the file no more: the site has changed),
 * "corrupt" (a file is not what was built), "unsupported" (the browser lacks something, named in the
 * message), "crash" (anything else).
 */
export class LiveError extends Error {
  /**
   * @param {"download"|"renewed"|"corrupt"|"unsupported"|"crash"} kind
   * @param {string} message
   * @param {string} [file]
   */
  constructor(kind, message, file = "") {
    super(message);
    this.name = "LiveError";
    this.kind = kind;
    this.file = file;
  }
}

/** @type {Worker|null} */
let worker = null;
/** @type {Promise<void>|null} */
let starting = null;
/** @type {Job|null} */
let running = null;
/** @type {Job[]} */
let waiting = [];
/** @type {Set<(progress: Progress) => void>} */
const watchers = new Set();
/** @type {Set<(state: State) => void>} */
const listeners = new Set();
/** @type {State} */
let current = { phase: "idle", epoch: 0 };
/** What a worker has downloaded and compiled, for the next one. @type {any} */
let kept = null;
/** The manifest that this tab began with: its parts belong together. */
let manifest = "";
let killTimer = 0;
let lastId = 0;

/** @returns {boolean} whether this site was built with a runtime */
export function available() {
  return Boolean(manifestName());
}

/** @returns {State} */
export function state() {
  return current;
}

/**
 * Tell `listener` of every change of state.
 * @param {(state: State) => void} listener
 * @returns {() => void} call it to hear no more
 */
export function onState(listener) {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/**
 * Load Python unless it is there.
 * @param {{onProgress?: (progress: Progress) => void}} [options]
 * @returns {Promise<void>} rejects with a LiveError
 */
export async function start({ onProgress } = {}) {
  if (onProgress) watchers.add(onProgress);
  try {
    starting ??= boot();
    await starting;
  } finally {
    if (onProgress) watchers.delete(onProgress);
  }
}

/**
 * Run a cell.
 * @param {string} namespace
 * @param {string} code
 * @param {{onOutput?: (text: string) => void}} [options]  called with each piece of output as it comes
 * @returns {Promise<Result>}
 */
export function run(namespace, code, { onOutput } = {}) {
  return submit({ type: "run", namespace, code }, { onOutput });
}

/**
 * Run an answer, then its test, in a copy of the namespace.
 * @param {string} namespace
 * @param {string} code
 * @param {string} test  "" if the assertions stand in `code` itself, as in a claim
 * @param {{onOutput?: (text: string) => void}} [options]
 * @returns {Promise<Result>}
 */
export function check(namespace, code, test, { onOutput } = {}) {
  return submit({ type: "check", namespace, code, test }, { onOutput });
}

/**
 * Call a function of the package.
 * @param {string} name  "snippets.module.function"
 * @param {Record<string, any>} [args]  keyword arguments; an NdArray becomes an array, {seed} a generator
 * @param {{key?: string}} [options]  of calls with the same key that wait, only the newest is made;
 *   the others resolve with the kind "superseded"
 * @returns {Promise<CallResult>}
 */
export function call(name, args = {}, { key = "" } = {}) {
  return submit({ type: "call", name, args }, { key });
}

/**
 * Forget all variables of a namespace.
 * @param {string} namespace
 * @returns {Promise<void>}
 */
export async function reset(namespace) {
  if (starting) await submit({ type: "reset", namespace }, {});
}

/** Stop what runs, within half a second unless its steps are slow; drop what waits. */
export function stop() {
  const dropped = waiting;
  waiting = [];
  for (const job of dropped) finish(job, { kind: "stopped" });
  if (!running || killTimer) return;
  URL.revokeObjectURL(running.stopUrl); // the worker looks for it while it runs
  const patience = Math.min(Math.max(PATIENCE, 3 * running.gap + 300), LONGEST_PATIENCE);
  killTimer = window.setTimeout(() => kill("stop"), patience);
  change({ phase: "stopping" });
}

/**
 * @param {Record<string, any>} message
 * @param {{onOutput?: (text: string) => void, key?: string}} options
 * @returns {Promise<any>}
 */
function submit(message, { onOutput, key = "" }) {
  return new Promise((resolve, reject) => {
    if (key) {
      for (const job of waiting.filter((one) => one.key === key)) {
        finish(job, { kind: "superseded" });
      }
      waiting = waiting.filter((one) => one.key !== key);
    }
    const id = ++lastId;
    const fresh = { output: "", stopUrl: "", began: 0, gap: 0 };
    waiting.push({ id, message, key, resolve, reject, onOutput, ...fresh });
    next();
  });
}

/** Hand the next job to the worker, which must first be there. */
function next() {
  if (running || !waiting.length) return;
  if (current.phase !== "ready" || !worker) {
    start().catch((error) => {
      const lost = waiting;
      waiting = [];
      for (const job of lost) job.reject(error);
    });
    return;
  }
  const job = /** @type {Job} */ (waiting.shift());
  running = job;
  // Without a type Firefox would read it as XML, and complain.
  job.stopUrl = URL.createObjectURL(new Blob(["go on"], { type: "text/plain" }));
  job.began = performance.now();
  change({ phase: "running" });
  worker.postMessage({ ...job.message, id: job.id, stopUrl: job.stopUrl });
}

/**
 * @param {Job} job
 * @param {Record<string, any>} result
 */
function finish(job, result) {
  URL.revokeObjectURL(job.stopUrl);
  const ms = job.began && performance.now() - job.began;
  const rest =
    job.message.type === "call"
      ? { value: null, error: null, reason: "" }
      : { output: job.output, line: 0, part: "code", error: null, reason: "" };
  job.resolve({ ...rest, ms, ...result });
}

/** @returns {Promise<void>} */
function boot() {
  change({ phase: "loading" });
  return new Promise((resolve, reject) => {
    /** @param {LiveError} error */
    const fail = (error) => {
      discard();
      change({ phase: "idle" });
      reject(error);
    };
    manifest ||= manifestName();
    if (!manifest) {
      // Not at once: `starting` must be set before it is discarded.
      queueMicrotask(() => fail(new LiveError("download", "this site has no Python runtime")));
      return;
    }
    /** @type {Worker} */
    let made;
    try {
      made = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
    } catch (error) {
      queueMicrotask(() => fail(new LiveError("unsupported", String(error))));
      return;
    }
    worker = made;
    made.onerror = (event) => {
      event.preventDefault();
      if (current.phase === "loading") fail(new LiveError("download", "worker.js did not load"));
      else crash(event.message);
    };
    made.onmessage = ({ data }) => {
      if (data.type === "progress") for (const tell of watchers) tell(data);
      else if (data.type === "failed") fail(new LiveError(data.kind, data.message, data.file));
      else if (data.type === "ready") {
        kept = data.kept;
        change({ phase: "ready" });
        resolve();
        next();
      } else if (running && data.id === running.id) receive(running, data);
    };
    made.postMessage({
      type: "boot",
      manifest: new URL(`../../live/${manifest}`, import.meta.url).href,
      kept,
    });
  });
}

/**
 * @param {Job} job
 * @param {Record<string, any>} data
 */
function receive(job, data) {
  if (data.type === "output") {
    job.output += data.text;
    job.onOutput?.(data.text);
  } else if (data.type === "slow") job.gap = data.gap;
  else if (data.type === "crashed") crash(data.message);
  else {
    settle();
    finish(job, data.result);
    change({ phase: "ready" });
    next();
  }
}

/** Nothing runs any more. */
function settle() {
  clearTimeout(killTimer);
  killTimer = 0;
  running = null;
}

/** @param {string} message */
function crash(message) {
  console.error(`Python crashed: ${message}`);
  kill("crash");
}

/**
 * End the worker with all variables, and start another.
 * @param {"stop"|"crash"} reason
 */
function kill(reason) {
  const job = running;
  settle();
  discard();
  change({ phase: "idle", epoch: current.epoch + 1 });
  if (job) finish(job, { kind: "killed", reason });
  if (waiting.length) next();
  else start().catch(() => {}); // the next job tries again, and tells
}

function discard() {
  worker?.terminate();
  worker = null;
  starting = null;
}

/** @param {Partial<State>} change */
function change(change) {
  current = { ...current, ...change };
  for (const tell of listeners) tell(current);
}

/** @returns {string} the manifest's file name, which the build writes into every page */
function manifestName() {
  return document.querySelector('meta[name="live"]')?.getAttribute("content") ?? "";
}
