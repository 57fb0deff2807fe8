// @ts-check
/**
 * Starts Pyodide with NumPy and the package from files that are already at hand.
 * The worker uses it in the browser, and the tests in Node.
 */

const MAGIC = 0x4c50_4b31; // "LPK1"
const STDLIB = "/lib/python312.zip";

/** What Pyodide wants to know of its packages: there are none to load. */
export const LOCK = JSON.stringify({
  info: {
    abi_version: "2024_0",
    arch: "wasm32",
    platform: "emscripten_3_1_58",
    python: "3.12.7",
    version: "0.27.7",
  },
  packages: {},
});

/**
 * The files of an archive (its form stands in scripts/live/archive.py), without copying them.
 * @param {Uint8Array} archive
 * @returns {Map<string, Uint8Array>} by path
 */
export function unpack(archive) {
  const view = new DataView(archive.buffer, archive.byteOffset, archive.byteLength);
  if (view.getUint32(0) !== MAGIC) throw new Error("not an archive");
  const start = 8 + view.getUint32(4, true);
  const index = JSON.parse(new TextDecoder().decode(archive.subarray(8, start)));
  return new Map(
    Object.entries(index).map(([path, [at, size]]) => [
      path,
      archive.subarray(start + at, start + at + size),
    ]),
  );
}

/**
 * The standard library, which Pyodide takes apart from the other files.
 * @param {Map<string, Uint8Array>} files
 * @returns {Uint8Array}
 */
export function stdlib(files) {
  const found = files.get(STDLIB);
  if (!found) throw new Error(`the archive lacks ${STDLIB}`);
  return found;
}

/**
 * Start Python with `files` in its file system.
 * @param {Object} given
 * @param {(options: any) => Promise<any>} given.loadPyodide
 * @param {string} given.indexURL
 * @param {Map<string, Uint8Array>} given.files
 * @param {Record<string, any>} [given.options]  more for loadPyodide
 * @returns {Promise<{python: any, runtime: any}>}  `runtime` is scripts/live/runtime.py
 */
export async function bootPython({ loadPyodide, indexURL, files, options = {} }) {
  const python = await loadPyodide({
    indexURL,
    stdin: () => null, // input() meets the end of the file
    jsglobals: reachable(),
    /** @param {any} FS */
    fsInit: async (FS) => {
      for (const [path, content] of files) {
        if (path === STDLIB) continue;
        FS.mkdirTree(path.slice(0, path.lastIndexOf("/")));
        FS.writeFile(path, content, { canOwn: true });
      }
    },
    ...options,
  });
  // NumPy asks backtrace() whether a temporary of 256 KiB or more may be overwritten.  Pyodide has
  // no such function and would die at the call; zero frames mean "no".
  python._module.mergeLibSymbols({ backtrace: Object.assign(() => 0, { sig: "iii" }) }, "shim");
  const runtime = python.pyimport("scripts.live.runtime");
  runtime.prepare();
  // From here on `import js` fails: a cell has no way to JavaScript.
  python.unregisterJsModule("js");
  python.unregisterJsModule("pyodide_js");
  const modules = python.pyimport("sys").modules;
  for (const name of ["js", "pyodide_js", "pyodide_js._api"]) modules.pop(name, null);
  return { python, runtime };
}

/** What Pyodide's own modules import from JavaScript, and no more. */
function reachable() {
  return {
    eval: () => {
      throw new Error("JavaScript cannot be run from a cell");
    },
    setTimeout: globalThis.setTimeout,
    clearTimeout: globalThis.clearTimeout,
    setInterval: globalThis.setInterval,
    clearInterval: globalThis.clearInterval,
    Object,
  };
}
