// @ts-check
/**
 * Takes from the worker whatever reaches beyond it: network, storage, other workers, and the ways to
 * make code out of text, which could `import()` from anywhere.  Python reaches JavaScript only
 * through Pyodide; should a cell find a way there, it finds nothing.
 */

const KEPT = new Set(
  (
    "AbortController AbortSignal AggregateError Array ArrayBuffer Atomics BigInt BigInt64Array " +
    "BigUint64Array Boolean DOMException DataView Date Error EvalError FinalizationRegistry " +
    "Float16Array Float32Array Float64Array Function Infinity Int16Array Int32Array Int8Array Intl " +
    "Iterator JSON Map Math MessageChannel MessagePort NaN Number Object Promise Proxy RangeError " +
    "ReferenceError Reflect RegExp Set SharedArrayBuffer String Symbol SyntaxError TextDecoder " +
    "TextEncoder TypeError URIError Uint16Array Uint32Array Uint8Array Uint8ClampedArray WeakMap " +
    "WeakRef WeakSet WebAssembly clearInterval clearTimeout console crypto decodeURI " +
    "decodeURIComponent encodeURI encodeURIComponent escape globalThis isFinite isNaN parseFloat " +
    "parseInt performance queueMicrotask self structuredClone undefined unescape"
  ).split(" "),
);

/** Shut the worker off; nothing can be opened again. */
export function lockDown() {
  const timers = /** @type {const} */ (["setTimeout", "setInterval"]);
  const originals = timers.map((name) => globalThis[name].bind(globalThis));
  for (const name of KEPT) {
    // What the worker inherits, such as `performance`, would go with its prototypes.
    if (name in globalThis && !Object.hasOwn(globalThis, name)) {
      fix(globalThis, name, /** @type {any} */ (globalThis)[name]);
    }
  }
  for (let scope = globalThis; scope && scope !== Object.prototype; ) {
    for (const name of Object.getOwnPropertyNames(scope)) {
      if (name !== "constructor" && !(scope === globalThis && KEPT.has(name))) hide(scope, name);
    }
    scope = Object.getPrototypeOf(scope);
    if (scope === EventTargetPrototype) break; // ports need it; the worker itself shadows it
  }
  for (const name of ["addEventListener", "removeEventListener", "dispatchEvent"]) {
    fix(globalThis, name, undefined);
  }
  timers.forEach((name, at) => {
    fix(globalThis, name, (/** @type {unknown} */ task, /** @type {any[]} */ ...rest) => {
      if (typeof task !== "function") throw new TypeError(`${name} takes a function`);
      return /** @type {any} */ (originals[at])(task, ...rest);
    });
  });
  refuseCode();
}

const EventTargetPrototype = globalThis.EventTarget?.prototype;

/**
 * Text cannot become code: `Function` and its kin, which every function leads to, refuse.
 * `instanceof Function` goes on to work.
 */
function refuseCode() {
  const kinds = [
    function () {},
    async function () {},
    function* () {},
    async function* () {},
  ];
  for (const kind of kinds) {
    const prototype = Object.getPrototypeOf(kind);
    const refuse = function Function() {
      throw new TypeError("text cannot become code here");
    };
    Object.defineProperty(refuse, "prototype", { value: prototype });
    fix(prototype, "constructor", refuse);
    if (prototype === Function.prototype) fix(globalThis, "Function", refuse);
  }
  fix(globalThis, "eval", undefined);
}

/**
 * @param {any} scope
 * @param {string} name
 */
function hide(scope, name) {
  if (!Reflect.deleteProperty(scope, name)) fix(scope, name, undefined);
}

/**
 * @param {any} scope
 * @param {string} name
 * @param {unknown} value
 */
function fix(scope, name, value) {
  Reflect.defineProperty(scope, name, { value, writable: false, configurable: false });
}
