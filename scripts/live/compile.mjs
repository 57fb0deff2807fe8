// Compiles all .py files below a folder to .pyc, by the very Python that will run them.
//
//   node compile.mjs PYODIDE_FOLDER WORK_FOLDER KEEP_DOCSTRINGS(json)
//
// The folder's `numpy/` and `stdlib/` become modules as they are named in the browser.  The result
// depends on the sources alone: no dates, no paths of this machine.

import { pathToFileURL } from "node:url";
import { resolve } from "node:path";

const [pyodideFolder, workFolder, keepDocstrings] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(resolve(pyodideFolder, "pyodide.mjs")).href);
const python = await loadPyodide({
  indexURL: resolve(pyodideFolder),
  env: { PYTHONHASHSEED: "0", HOME: "/" },
});
python.FS.mkdirTree("/tree");
python.mountNodeFS("/tree", resolve(workFolder));
python.globals.set("keep_docstrings", python.toPy(JSON.parse(keepDocstrings)));
python.runPython(`
import os, py_compile

PLACES = {"stdlib": "/lib/python312.zip", "numpy": "/lib/python3.12/site-packages/numpy"}
keep_docstrings = tuple(keep_docstrings)
for folder, folders, files in os.walk("/tree"):
    folders.sort()
    for name in sorted(files):
        if not name.endswith(".py"):
            continue
        path = f"{folder}/{name}"
        inside = path.removeprefix("/tree/")
        top, _, rest = inside.partition("/")
        py_compile.compile(
            path,
            cfile=path + "c",
            dfile=f"{PLACES[top]}/{rest}",
            doraise=True,
            optimize=0 if inside.startswith(keep_docstrings) else 2,
            invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
        )
        os.unlink(path)
`);
