// Runs jobs in the wasm Python of the pages, without a browser: the same files, boot and runner.
//
//   node python.mjs FOLDER < jobs.json       FOLDER: laid out by tests/live_python.py
//
// Jobs are a list of {type: "run"|"check", namespace, code, test}; answers leave line by line.

import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const folder = resolve(process.argv[2]);
const { LOCK, bootPython, unpack } = await import(pathToFileURL(resolve(folder, "boot.mjs")).href);
const { loadPyodide } = await import(pathToFileURL(resolve(folder, "pyodide.mjs")).href);

const files = new Map(
  ["python.pak", "project.pak"].flatMap((name) => [
    ...unpack(new Uint8Array(readFileSync(resolve(folder, name)))),
  ]),
);
writeFileSync(resolve(folder, "pyodide-lock.json"), LOCK);
const { runtime } = await bootPython({ loadPyodide, indexURL: folder, files });
for (const job of JSON.parse(readFileSync(0, "utf8"))) {
  let output = "";
  const write = (text) => void (output += text);
  const answer =
    job.type === "run"
      ? runtime.run(job.namespace, job.code, write)
      : runtime.check(job.namespace, job.code, job.test, write);
  process.stdout.write(`${JSON.stringify({ ...JSON.parse(answer), output })}\n`);
}
