// @ts-check
/**
 * Reading offline: all that a page loads for it before a click.  The service worker, which says what
 * follows from what is told here, is /sw.js; the panel comes with the click.
 */

// The build writes the name of the edition here; a site that is being edited has none.
const EDITION = "";

const { serviceWorker } = navigator;
const home = /** @type {any} */ (window).__md_scope.href;
let complete = false;

const loadPanel = () => import("./offline/panel.js");

/** Instant navigation renews the button, too. */
function showButton() {
  for (const button of document.querySelectorAll("[data-offline]")) {
    /** @type {any} */ (button).hidden = false;
    if (complete) button.textContent = button.getAttribute("data-done");
  }
}

async function begin() {
  if (!EDITION) {
    const old = await serviceWorker.getRegistration(home);
    if (old && old.scope === home) await old.unregister();
    return;
  }
  /** @param {object} message */
  const tell = async (message) =>
    (await serviceWorker.ready).active?.postMessage({ edition: EDITION, ...message });
  // A worker that was not there yet has seen nothing of what this page loads.
  const isFirst = !serviceWorker.controller;
  if (!(await serviceWorker.register(`${home}sw.js`))) return;
  serviceWorker.addEventListener("message", ({ data }) => {
    if (data.type === "renewed") loadPanel().then((panel) => panel.showRenewed());
    complete ||= data.type === "complete";
    showButton();
  });
  document.addEventListener("click", ({ target }) => {
    const button = /** @type {Element} */ (target).closest("[data-offline]");
    if (button) loadPanel().then((panel) => panel.toggle(button));
  });
  window.addEventListener("pageshow", ({ persisted }) => {
    if (persisted) tell({ type: "hello", restored: true });
  });
  /** @type {any} */ (window).document$.subscribe(showButton);
  await tell({ type: "hello" });
  if (!isFirst) return;
  tell({ type: "loaded", urls: [location.href] });
  new PerformanceObserver((list) => {
    tell({ type: "loaded", urls: list.getEntries().map(({ name }) => name) });
  }).observe({ type: "resource", buffered: true });
}

// After the page; where the browser refuses, the page is as it was.
if (serviceWorker && location.protocol !== "file:") {
  addEventListener("load", () => setTimeout(() => begin().catch(() => {})));
}
