// @ts-check
/**
 * Python in a worker: downloads, checks and starts it, then runs one job after the other.
 * The page's side, with the form of jobs and results, is client.js.
 *
 * Messages in: {type: "boot", manifest, kept}, then jobs {id, type: "run"|"check"|"call"|"reset", ...}.
 * Messages out: progress, ready or failed; for a job: output and slow, then result or crashed.
 */

import { LOCK, bootPython, stdlib, unpack } from "./boot.js";
import { lockDown } from "./lockdown.js";

/**
 * @typedef {Object} Part  As in scripts/live/pack.py.
 * @property {string} file
 * @property {number} size
 * @property {string} sha256  of the unpacked content, base64
 *
 * @typedef {Object} Manifest  As written by scripts/live/site.py.
 * @property {string} runtime  the folder of the runtime's parts, seen from the manifest
 * @property {Part[]} parts
 * @property {string} project  the folder of the project's own part
 * @property {Part} own
 */

/** Downloads this worker made; another worker can start from them. @type {Map<string, Blob>} */
const blobs = new Map();
const NETWORK = globalThis.fetch;
// The one way out that stays open, for `poll` below alone: no cell can reach a module's constant.
const Poll = globalThis.XMLHttpRequest;
const post = globalThis.postMessage.bind(globalThis);
const GZIP = [0x1f, 0x8b];

/** @type {any} */
let runtime = null;
/** @type {any} */
let interpreter = null;

/** Why Python cannot start, as the page words it. */
class Failure extends Error {
  /**
   * @param {"download"|"renewed"|"corrupt"|"unsupported"} kind
   * @param {string} file
   * @param {string} message
   */
  constructor(kind, file, message) {
    super(message);
    this.kind = kind;
    this.file = file;
  }
}

globalThis.onmessage = (/** @type {MessageEvent} */ { data }) => {
  if (data.type !== "boot") return work(data);
  boot(data).catch((error) =>
    post({
      type: "failed",
      kind: error.kind ?? "crash",
      file: error.file ?? "",
      message: String(error.message ?? error),
    }),
  );
};

// --- starting ------------------------------------------------------------------------------------

/** @param {{manifest: string, kept: {module: WebAssembly.Module, blobs: Map<string, Blob>}|null}} message */
async function boot({ manifest: address, kept }) {
  if (typeof DecompressionStream === "undefined") {
    throw new Failure("unsupported", "", "this browser lacks DecompressionStream");
  }
  for (const [file, blob] of kept?.blobs ?? []) blobs.set(file, blob);
  const manifest = await insist((cache) => readManifest(address, cache));
  const folder = new URL(manifest.runtime, address).href;
  const [wasm, pak, glue, loader] = ["wasm.gz", "pak.gz", ".asm.js.gz", ".mjs.gz"].map((end) => {
    const part = manifest.parts.find(({ file }) => file.endsWith(end));
    if (!part) throw new Failure("corrupt", address, `the manifest names no file ${end}`);
    return part;
  });
  const count = counter([...manifest.parts, manifest.own]);
  const [module, python, own, { loadPyodide }] = await Promise.all([
    kept ? kept.module : compile(folder, wasm, count),
    bytesOf(folder, pak, count),
    bytesOf(new URL(manifest.project, address).href, manifest.own, count),
    scriptOf(folder, glue, count).then(() => scriptOf(folder, loader, count)),
  ]);
  const files = new Map([...unpack(python), ...unpack(own)]);
  const booted = await withoutNetwork(stdlib(files), module, () =>
    bootPython({ loadPyodide, indexURL: folder, files }),
  );
  runtime = booted.runtime;
  interpreter = booted.python;
  interpreter.setInterruptBuffer(signal);
  lockDown();
  post({ type: "ready", kept: { module, blobs } });
}

/**
 * @param {string} address
 * @param {RequestCache} cache
 * @returns {Promise<Manifest>}
 */
async function readManifest(address, cache) {
  const blob = blobs.get(address) ?? (await (await request(address, cache)).blob());
  blobs.set(address, blob);
  try {
    return JSON.parse(await blob.text());
  } catch {
    throw forget(new Failure("corrupt", address, "the manifest is damaged"), address);
  }
}

/**
 * Start Pyodide, whose three requests are answered with what is at hand.
 * @template T
 * @param {Uint8Array} library
 * @param {WebAssembly.Module} module
 * @param {() => Promise<T>} start
 * @returns {Promise<T>}
 */
async function withoutNetwork(library, module, start) {
  const scope = /** @type {any} */ (globalThis);
  const create = scope._createPyodideModule;
  scope._createPyodideModule = (/** @type {any} */ settings) => {
    settings.instantiateWasm = (
      /** @type {WebAssembly.Imports} */ imports,
      /** @type {(instance: WebAssembly.Instance, module: WebAssembly.Module) => void} */ done,
    ) => {
      WebAssembly.instantiate(module, imports).then((instance) => done(instance, module));
      return {};
    };
    return create(settings);
  };
  scope.fetch = async (/** @type {any} */ address) => {
    const name = String(address).split("/").pop();
    if (name === "python_stdlib.zip") return new Response(/** @type {BodyInit} */ (library));
    if (name === "pyodide-lock.json") return new Response(LOCK);
    return new Response(""); // pyodide.asm.wasm, which is compiled already
  };
  try {
    return await start();
  } finally {
    scope.fetch = NETWORK;
    scope._createPyodideModule = create;
  }
}

// --- downloading ---------------------------------------------------------------------------------

/**
 * @param {string} address
 * @param {RequestCache} cache
 * @returns {Promise<Response>}
 */
async function request(address, cache) {
  /** @type {Response} */
  let response;
  try {
    response = await NETWORK(address, { cache });
  } catch {
    throw new Failure("download", address, "no connection");
  }
  if (response.status === 404 || response.status === 410) {
    throw new Failure("renewed", address, "the server has this file no more");
  }
  if (!response.ok) throw new Failure("download", address, `the server answers ${response.status}`);
  return response;
}

/**
 * What is damaged is fetched once more, past the browser's own copy: it would give that for a year.
 * @template T
 * @param {(cache: RequestCache) => Promise<T>} load
 * @returns {Promise<T>}
 */
async function insist(load) {
  try {
    return await load("default");
  } catch (error) {
    if (!(error instanceof Failure) || error.kind !== "corrupt") throw error;
    return load("reload");
  }
}

/**
 * @param {Part[]} parts
 * @returns {(bytes: number) => void}  tells the page of `bytes` more
 */
function counter(parts) {
  const total = parts.reduce((sum, part) => sum + part.size, 0);
  let loaded = 0;
  return (bytes) => {
    loaded = Math.min(loaded + bytes, total); // a server that unpacks sends more
    post({ type: "progress", loaded, total });
  };
}

/**
 * The content of a part as it comes, unpacked; the download is kept for another worker.
 * @param {string} folder
 * @param {Part} part
 * @param {(bytes: number) => void} count
 * @param {RequestCache} cache
 * @returns {Promise<ReadableStream<Uint8Array>>}
 */
async function open(folder, part, count, cache) {
  const address = folder + part.file;
  const known = blobs.get(address);
  const body = known ? known.stream() : (await request(address, cache)).body;
  if (!body) throw new Failure("download", address, "an empty answer");
  const reader = body.getReader();
  const read = async () => {
    try {
      return await reader.read();
    } catch {
      throw new Failure("download", address, "the connection broke");
    }
  };
  const first = await read();
  /** @type {Uint8Array<ArrayBuffer>[]} */
  const pieces = [];
  let coming = first;
  /** @type {ReadableStream<Uint8Array<ArrayBuffer>>} */
  const raw = new ReadableStream({
    async pull(controller) {
      if (coming.done) {
        if (!known) blobs.set(address, new Blob(pieces));
        controller.close();
        return;
      }
      if (!known) pieces.push(coming.value);
      count(coming.value.length);
      controller.enqueue(coming.value);
      coming = await read();
    },
  });
  // Some servers unpack .gz files on their own.
  const packed = GZIP.every((byte, at) => first.value?.[at] === byte);
  return packed ? raw.pipeThrough(new DecompressionStream("gzip")) : raw;
}

/**
 * Read a stream to its end and compare it with the manifest.
 * @param {ReadableStream<Uint8Array>} stream
 * @param {string} address
 * @param {Part} part
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
async function verified(stream, address, part) {
  try {
    const bytes = new Uint8Array(await new Response(/** @type {BodyInit} */ (stream)).arrayBuffer());
    if (await matches(bytes, part.sha256)) return bytes;
  } catch (error) {
    if (error instanceof Failure) throw forget(error, address);
    // Else the gzip form is broken.
  }
  const message = `${part.file} is not the file that was built`;
  throw forget(new Failure("corrupt", address, message), address);
}

/**
 * @param {Failure} failure
 * @param {string} address
 */
function forget(failure, address) {
  blobs.delete(address);
  return failure;
}

/**
 * Plain http beyond this machine has no `crypto.subtle`; there gzip's own checksum has to do.
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {string} sha256
 */
async function matches(bytes, sha256) {
  if (!globalThis.crypto?.subtle) return true;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return btoa(String.fromCharCode(...digest)) === sha256;
}

/**
 * @param {string} folder
 * @param {Part} part
 * @param {(bytes: number) => void} count
 */
async function bytesOf(folder, part, count) {
  const load = (/** @type {RequestCache} */ cache) => open(folder, part, count, cache);
  return insist(async (cache) => verified(await load(cache), folder + part.file, part));
}

/**
 * Compile WebAssembly while it comes.
 * @param {string} folder
 * @param {Part} part
 * @param {(bytes: number) => void} count
 * @returns {Promise<WebAssembly.Module>}
 */
function compile(folder, part, count) {
  return insist(async (cache) => {
    const [one, two] = (await open(folder, part, count, cache)).tee();
    const response = new Response(/** @type {BodyInit} */ (one), {
      headers: { "Content-Type": "application/wasm" },
    });
    const compiled = WebAssembly.compileStreaming(response);
    compiled.catch(() => {}); // a damaged file is told by its hash
    await verified(two, folder + part.file, part);
    return compiled;
  });
}

/**
 * Check a script, then run it as a module: the very bytes that were checked, through an address that
 * only this worker knows and that is gone before the first cell runs.
 * @param {string} folder
 * @param {Part} part
 * @param {(bytes: number) => void} count
 */
async function scriptOf(folder, part, count) {
  const checked = await bytesOf(folder, part, count);
  const address = URL.createObjectURL(new Blob([checked], { type: "text/javascript" }));
  try {
    return await import(address);
  } finally {
    URL.revokeObjectURL(address);
  }
}

// --- working -------------------------------------------------------------------------------------

/** The address that the page revokes to stop the job. */
let stopUrl = "";
let asked = 0;
const POLL_EVERY = 80; // ms
/** Python's looks at the signal until the next look at the clock. */
let looksLeft = 0;
let looked = 0;
let stride = 1;
const LOOK_EVERY = 2; // ms
const LONGEST_STRIDE = 2; // more, and a slow loop after a fast one would notice Stop late
/** Python looks after some fifty steps of the interpreter; where these take longer than this (ms), the
 * page is told, so that it waits for the next look before it ends the job. */
const SLOW = 450;
/** What was printed, waits to be sent, and belongs to the job `printing`. */
let printed = "";
let printing = 0;
let sent = -Infinity;
const SEND_EVERY = 50; // ms

/**
 * What Python looks at while it runs: 2 means "interrupt".  Shared memory, which this is made for,
 * needs headers that a plain host does not send.
 */
const signal = {
  get 0() {
    if (!stopUrl || --looksLeft > 0) return 0;
    const now = performance.now();
    const gap = now - looked;
    // Looking at the clock each time would cost training a few percent of its speed.
    stride = gap < LOOK_EVERY ? Math.min(2 * stride, LONGEST_STRIDE) : 1;
    [looksLeft, looked] = [stride, now];
    if (gap > SLOW) post({ type: "slow", id: printing, gap });
    sendPrinted(now);
    if (now - asked < POLL_EVERY) return 0;
    asked = now;
    return goesOn() ? 0 : 2;
  },
  set 0(_) {
    // Python takes note of the interrupt by writing 0.
  },
};

/**
 * Send what was printed, unless something was sent just before.
 * @param {number} now
 */
function sendPrinted(now) {
  if (!printed || now - sent < SEND_EVERY) return;
  post({ type: "output", id: printing, text: printed });
  [printed, sent] = ["", now];
}

/** @returns {boolean} whether the page still holds the job's address */
function goesOn() {
  try {
    const question = new Poll();
    question.open("GET", stopUrl, false);
    question.send();
    return question.status === 200;
  } catch {
    return false;
  }
}

/** @param {Record<string, any>} job */
function work(job) {
  const write = (/** @type {string} */ text) => {
    printed += text;
    sendPrinted(performance.now());
  };
  [stopUrl, printing, printed, sent] = [job.stopUrl, job.id, "", -Infinity];
  asked = looked = performance.now();
  [looksLeft, stride] = [0, 1];
  let end;
  try {
    end = { type: "result", result: perform(job, write) };
  } catch (error) {
    // Python's own errors are results: this is the interpreter itself.
    end = { type: "crashed", message: String(error) };
  }
  sendPrinted(Infinity);
  post({ ...end, id: job.id });
  stopUrl = "";
}

/**
 * @param {Record<string, any>} job
 * @param {(text: string) => void} write
 */
function perform(job, write) {
  switch (job.type) {
    case "run":
      return JSON.parse(runtime.run(job.namespace, job.code, write));
    case "check":
      return JSON.parse(runtime.check(job.namespace, job.code, job.test, write));
    case "call":
      return call(job.name, job.args);
    default:
      runtime.reset(job.namespace);
      return { kind: "done" };
  }
}

/**
 * @param {string} name
 * @param {Record<string, any>} args
 */
function call(name, args) {
  const given = interpreter.toPy(args);
  const answer = runtime.call(name, given);
  const [text, list] = answer;
  /** @type {Record<string, any>[]} */
  const arrays = [];
  for (let at = 0; at < list.length; at++) {
    const array = list.get(at);
    const buffer = array.getBuffer();
    arrays.push(buffer.data.slice());
    buffer.release();
    array.destroy();
  }
  for (const proxy of [list, answer, given]) proxy.destroy();
  return JSON.parse(text, (_, value) =>
    value && typeof value === "object" && "$array" in value
      ? { shape: value.shape, data: arrays[value.$array] }
      : value,
  );
}
