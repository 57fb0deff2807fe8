// @ts-check
/**
 * The buttons of cells, claims and exercises: all that a page loads for them before the first click.
 *
 * What the buttons do stands in live/ui.js, which comes with the first click or the first key in a
 * cell; Python itself comes with the first run.  A site that was built without Python has no buttons.
 */

/** @type {Record<string, [string, string]>} in Korean and in English */
const WORDS = {
  run: ["실행", "Run"],
  copy: ["복사", "Copy"],
  share: ["링크 만들기", "Make a link"],
  verify: ["여기서 다시 확인", "Check it again here"],
  check: ["답 확인", "Check my answer"],
  hint: ["힌트", "Hint"],
  solution: ["풀이 보기", "Show solution"],
  code: ["코드", "Code"],
  solved: ["내가 푼 연습 문제", "Exercises you have solved"],
  lost: ["불러오지 못했습니다. 연결을 확인하고 페이지를 다시 여십시오.", "This did not load: reload the page."],
};

/** What turns into an editor. */
const SOURCE = "[data-live] :is(.cell-source, .exercise-starter)";

/** @param {string} key */
const word = (key) => WORDS[key][document.documentElement.lang === "ko" ? 0 : 1];

const loadUi = () => import("./live/ui.js");
const loadProgress = () => import("./live/progress.js").then((progress) => progress.show());
/** What did not load can be asked for again. */
const ignore = () => {};

/**
 * Put a bar of buttons, and the line that tells what happens, behind an element.
 * @param {Element} place
 * @param {string[]} actions
 */
function addBar(place, actions) {
  const bar = document.createElement("div");
  bar.className = "live-bar";
  for (const action of actions) {
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.action = action;
    button.textContent = word(action);
    button.hidden = action === "solution"; // until the reader has tried
    bar.append(button);
  }
  const status = document.createElement("span");
  status.className = "live-status";
  status.setAttribute("role", "status");
  bar.append(status);
  place.after(bar);
}

/** @param {Element} block */
function upgrade(block) {
  block.setAttribute("data-live", "");
  const place = block.querySelector(".cell-source, .claim-mark, .exercise-starter");
  if (!place) return;
  if (place.matches(SOURCE)) {
    // Material makes code a stop for the keyboard only where it is wider than the page.
    place.setAttribute("tabindex", "0");
    place.setAttribute("role", "group");
    place.setAttribute("aria-label", word("code"));
  }
  if (block.matches(".claim")) addBar(place, ["verify"]);
  else if (block.matches(".exercise")) {
    const hint = block.querySelector(".exercise-hint") ? ["hint"] : [];
    addBar(place, ["check", ...hint, "solution"]);
  } else addBar(place, block.matches(".playground *") ? ["run", "copy", "share"] : ["run", "copy"]);
}

/** @param {"localStorage"|"sessionStorage"} kind @param {string} key */
function stored(kind, key) {
  try {
    return window[kind].getItem(key);
  } catch {
    return null; // the browser keeps nothing
  }
}

function showPage() {
  if (!document.querySelector('meta[name="live"]')?.getAttribute("content")) return;
  document.querySelectorAll(":is(.cell, .claim, .exercise):not([data-live])").forEach(upgrade);
  const edited = stored("sessionStorage", `live:${location.pathname}`);
  if (edited || location.hash.startsWith("#code=")) loadUi().then((ui) => ui.restore(), ignore);
  const { pathname } = /** @type {any} */ (window).__md_scope;
  if (stored("localStorage", `${pathname}.exercises`)) loadProgress().catch(ignore);
  else offerProgress();
}

/** On the home page: a way to the map of solved exercises, which can take in a file. */
function offerProgress() {
  const place = document.querySelector("article h2#contents");
  if (!place || document.querySelector(".progress-offer, .progress-map")) return;
  const offer = document.createElement("p");
  offer.className = "progress-offer live-bar";
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = word("solved");
  button.onclick = () => loadProgress().catch(ignore);
  offer.append(button);
  place.before(offer);
}

document.addEventListener("click", (event) => {
  const target = /** @type {Element} */ (event.target);
  const button = target.closest(".live-bar [data-action]");
  const code = target.closest(`${SOURCE} code`);
  if (button) {
    loadUi().then(
      (ui) => ui.act(/** @type {HTMLButtonElement} */ (button)),
      () => {
        const status = button.parentElement?.querySelector(".live-status");
        if (status) status.textContent = word("lost");
      },
    );
  } else if (code && getSelection()?.isCollapsed) loadUi().then((ui) => ui.edit(code), ignore);
});

document.addEventListener("focusin", ({ target }) => {
  const source = target instanceof Element && target.matches(`${SOURCE}, ${SOURCE} code`);
  if (source && target.matches(":focus-visible")) {
    loadUi().then((ui) => {
      if (target === document.activeElement) ui.edit(target);
    }, ignore);
  }
});

// Material tells of every page that it shows, the first one included.
/** @type {any} */ (window).document$.subscribe(showPage);
