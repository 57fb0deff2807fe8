// @ts-check
/** Keeps what the reader has solved; progress.js shows it, and says in which form it is kept. */
import { key, load, showOnPage, slug } from "./progress.js";

/** @typedef {import("./progress.js").Solved} Solved */

/** @param {Solved} solved */
export function save(solved) {
  try {
    localStorage.setItem(key(), JSON.stringify(solved));
  } catch {
    // The browser keeps nothing; the page still tells what was solved now.
  }
}

/**
 * @param {Solved} one
 * @param {Solved} other
 * @returns {Solved} what stands in either
 */
export function merged(one, other) {
  /** @type {Solved} */
  const both = Object.assign(Object.create(null), one); // a page may be called "constructor"
  for (const [page, ids] of Object.entries(other)) {
    both[page] = [...new Set([...(both[page] ?? []), ...ids])];
  }
  return both;
}

/**
 * Remember that an exercise of this page is solved, and show it.
 * @param {string} id
 */
export function markSolved(id) {
  save(merged(load(), { [slug()]: [id] }));
  showOnPage([...(load()[slug()] ?? []), id]);
}
