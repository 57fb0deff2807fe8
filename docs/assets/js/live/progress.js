// @ts-check
/**
 * Which exercises the reader has solved: kept in this browser, sent nowhere.
 *
 * Stored under `<address of the site>.exercises` as JSON: the ids of the solved exercises by page,
 * `{"xor": ["other-halves"]}`; both editions share it.  Here is what shows it; solved.js keeps it.
 */
/** @typedef {Record<string, string[]>} Solved */

/** @type {Record<string, (n: number, all: number) => string>} */
const SOLVED_HERE = {
  ko: (n, all) => `이 페이지의 연습 문제 ${all}개 가운데 ${n}개를 풀었습니다.`,
  en: (n, all) => `You have solved ${n} of the ${all} exercises of this page.`,
};

/** @returns {string} the address of the site, above both editions */
export const home = () => /** @type {URL} */ (/** @type {any} */ (window).__md_scope).pathname;
export const key = () => `${home()}.exercises`;

const language = () => (document.documentElement.lang === "ko" ? "ko" : "en");

/** @returns {string} the page's path below its language: "xor", "" for the home page */
export function slug() {
  return location.pathname
    .slice(home().length)
    .replace(/^[^/]*\//, "")
    .replace(/\/?(index\.html)?$/, "");
}

/**
 * @param {unknown} data
 * @returns {data is Solved}
 */
export function isSolved(data) {
  const entries = data && typeof data === "object" ? Object.entries(data) : [];
  return entries.every(
    ([page, ids]) =>
      /^[\w/-]{1,99}$/.test(page) &&
      Array.isArray(ids) &&
      ids.every((id) => typeof id === "string" && /^[\w-]{1,99}$/.test(id)),
  ) && entries.length > 0;
}

/** @returns {Solved} */
export function load() {
  try {
    const data = JSON.parse(localStorage.getItem(key()) ?? "null");
    return isSolved(data) ? data : {};
  } catch {
    return {};
  }
}

/** Show on the page that the reader sees what was solved before. */
export async function show() {
  if (slug()) showOnPage(load()[slug()] ?? []);
  else await (await import("./map.js")).showMap();
}

/** @param {string[]} ids  of the solved exercises of this page */
export function showOnPage(ids) {
  const exercises = [...document.querySelectorAll(".exercise[data-live]")];
  const solved = exercises.filter((one) => ids.includes(one.getAttribute("data-exercise") ?? ""));
  for (const exercise of solved) {
    if (exercise.querySelector(".exercise-solved")) continue;
    const mark = document.createElement("span");
    mark.className = "exercise-solved";
    mark.textContent = language() === "ko" ? "풀었음" : "solved";
    exercise.querySelector(".exercise-label")?.append(" ", mark);
  }
  if (!solved.length) return;
  let count = document.querySelector(".exercise-count");
  if (!count) {
    count = document.createElement("p");
    count.className = "exercise-count";
    exercises[0].before(count);
  }
  count.textContent = SOLVED_HERE[language()](solved.length, exercises.length);
}
