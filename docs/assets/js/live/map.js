// @ts-check
/**
 * The map of solved exercises on the home page, with a way to take it to another browser.
 *
 * `assets/exercises.json`, made at build, lists all exercises:
 * `{"xor": {"ko": title, "en": title, "exercises": [ids]}}`.
 */
import { home, isSolved, key, load } from "./progress.js";
import { merged, save } from "./solved.js";
import { words } from "./words.js";

/** @typedef {import("./progress.js").Solved} Solved */

/** Show the map of what is solved above the contents. */
export async function showMap() {
  const list = await (await fetch(`${home()}assets/exercises.json`)).json();
  const old = document.querySelector(".progress-map, .progress-offer");
  const map = buildMap(list, load());
  if (old) {
    const focused = old.contains(document.activeElement);
    old.replaceWith(map);
    if (focused) /** @type {HTMLElement} */ (map.querySelector("[data-progress=import]")).focus();
    return;
  }
  const place = document.querySelector("article h2#contents");
  if (place) place.before(map);
  else document.querySelector("article")?.append(map);
}

/**
 * @param {Record<string, any>} list
 * @param {Solved} solved
 */
function buildMap(list, solved) {
  const text = words();
  const map = element("section", "progress-map", "");
  map.setAttribute("aria-label", text.mapTitle);
  const pages = element("ul", "", "");
  let found = 0;
  let all = 0;
  const language = document.documentElement.lang;
  for (const [page, { exercises, ...titles }] of Object.entries(list)) {
    const done = exercises.filter((/** @type {string} */ id) => solved[page]?.includes(id));
    found += done.length;
    all += exercises.length;
    const item = element("li", "", "");
    const link = /** @type {HTMLAnchorElement} */ (element("a", "", titles[language]));
    link.href = `${home()}${language}/${page}/#exercise-${exercises[0]}`;
    const dots = element("span", "progress-dots", "");
    for (const id of exercises) {
      const is = done.includes(id);
      const dot = element("span", is ? "progress-dot progress-done" : "progress-dot", is ? "●" : "○");
      dots.append(dot);
    }
    dots.setAttribute("role", "img");
    dots.setAttribute("aria-label", text.mapCount(done.length, exercises.length));
    item.append(link, " ", dots);
    pages.append(item);
  }
  const title = `${text.mapTitle}: ${text.mapCount(found, all)}`;
  map.append(element("p", "progress-title", title), pages, mapBar());
  return map;
}

/** Buttons that save, load and forget. */
function mapBar() {
  const text = words();
  const bar = element("div", "live-bar", "");
  const status = element("span", "live-status", text.mapNote);
  status.setAttribute("role", "status");
  bar.append(
    button("export", text.export, exportFile),
    button("import", text.import, () => importFile(status)),
    button("forget", text.forget, () => {
      if (!confirm(text.reallyForget)) return;
      localStorage.removeItem(key());
      showMap();
    }),
    status,
  );
  return bar;
}

function exportFile() {
  const link = document.createElement("a");
  const file = new Blob([JSON.stringify(load(), null, 2)], { type: "application/json" });
  link.href = URL.createObjectURL(file);
  link.download = "exercises.json";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000); // the download may begin later
}

/** @param {HTMLElement} status */
function importFile(status) {
  const input = document.createElement("input");
  input.type = "file";
  input.accept = ".json,application/json";
  input.addEventListener("change", async () => {
    const data = await input.files?.[0]?.text().then(JSON.parse).catch(() => null);
    if (!isSolved(data)) {
      status.textContent = words().notImported;
      return;
    }
    save(merged(load(), data));
    await showMap();
    const shown = document.querySelector(".progress-map .live-status");
    if (shown) shown.textContent = words().imported;
  });
  input.click();
}

/**
 * @param {string} action
 * @param {string} text
 * @param {() => void} act
 */
function button(action, text, act) {
  const made = /** @type {HTMLButtonElement} */ (element("button", "", text));
  made.type = "button";
  made.dataset.progress = action;
  made.addEventListener("click", act);
  return made;
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
