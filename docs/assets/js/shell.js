// What the shell of the site adds to Material: a language switch that keeps page and place, and names
// for the landmarks that Material makes beside code.

/** @returns {string} the `#anchor` of the place the reader is at, or "" at the top of the page */
function place() {
  if (location.hash) return location.hash;
  const headings = document.querySelectorAll("article :is(h2, h3)[id]");
  const above = [...headings].filter((heading) => heading.getBoundingClientRect().top < 120);
  return above.length ? `#${above[above.length - 1].id}` : "";
}

/**
 * Point the switch to the other edition of the page that is shown now.
 * Instant navigation changes the page but not the header, and scrolling changes the place.
 * @param {HTMLAnchorElement} link
 */
function aim(link) {
  // Material's `__md_scope` is the address of the site, above both editions.
  const { pathname: home } = /** @type {{__md_scope: URL}} */ (/** @type {unknown} */ (window))
    .__md_scope;
  const page = location.pathname.slice(home.length).replace(/^[^/]*\//, "");
  link.href = `${home}${link.hreflang}/${page}${place()}`;
}

/**
 * Keep up with a choice that the language chooser remembers.
 * @param {string} language
 */
function remember(language) {
  try {
    const key = `${/** @type {any} */ (window).__md_scope.pathname}.language`;
    if (localStorage.getItem(key)) localStorage.setItem(key, JSON.stringify(language));
  } catch {
    // Nothing was remembered, then.
  }
}

for (const kind of ["pointerdown", "focusin", "click", "contextmenu"]) {
  document.addEventListener(
    kind,
    (event) => {
      const link = event.target instanceof Element && event.target.closest("a[data-switch]");
      if (!(link instanceof HTMLAnchorElement)) return;
      aim(link);
      if (kind === "click") remember(link.hreflang);
    },
    { capture: true },
  );
}

/** Name the copy buttons' landmarks after their buttons. */
function nameCodeLandmarks() {
  for (const nav of document.querySelectorAll(".md-code__nav:not([aria-label])")) {
    const name = nav.querySelector("[title]")?.getAttribute("title");
    if (name) nav.setAttribute("aria-label", name);
  }
}

// Material tells of every page that it shows, the first one included; its buttons come just after.
/** @type {any} */ (window).document$.subscribe(() => setTimeout(nameCodeLandmarks));
