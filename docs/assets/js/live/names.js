// @ts-check
/**
 * Which names a piece of Python defines and uses, read from its text.
 *
 * It may find too many, never too few of those that a page writes: a name that is found for nothing
 * costs a claim that need not have run.
 */

/** @param {string} code @returns {Set<string>} every word that could be a name */
export function namesUsed(code) {
  return new Set(code.match(/[\p{L}_][\p{L}\p{N}_]*/gu) ?? []);
}

/** @param {string} code @returns {Set<string>} what assignments, imports, definitions and loops name */
export function namesDefined(code) {
  const joined = code.replace(/\([^()]*\)/g, (inside) => inside.replaceAll("\n", " "));
  const found = new Set();
  for (const line of joined.split("\n").map((one) => one.trim())) {
    const place =
      line.match(/^(?:from\s+\S+\s+)?import\s+(.*)/)?.[1].replace(/[\w.]+\s+as\s/g, "") ??
      line.match(/^(?:def|class)\s+(\w+)/)?.[1] ??
      line.match(/^for\s+(.+?)\s+in\b/)?.[1] ??
      line.match(/^with\b.*\bas\s+(.+):/)?.[1] ??
      line.match(/^([^=!<>]*[^=!<>+\-*/%&|^@])=(?!=)/)?.[1] ??
      line.match(/^(\w+)\s*[+\-*/%&|^@]{1,2}=/)?.[1] ??
      "";
    for (const name of namesUsed(place)) found.add(name);
  }
  for (const [, name] of code.matchAll(/\(\s*(\w+)\s*:=/g)) found.add(name);
  return found;
}
