// @ts-check
/**
 * Figures with controls: all that a page loads for them before one comes near.
 *
 * The controls, in explore/mount.js, come when the figure is less than a screen away.  Until the reader
 * touches them the figure is the picture that it is without JavaScript.
 */

const near = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      // If the network fails the picture stays as it is, and the next visit tries again.
      import("./explore/mount.js").then((module) => module.mount(target)).catch(() => {});
    }
  },
  { rootMargin: "100% 0px" },
);

// Material tells of every page that it shows, the first one included.
/** @type {any} */ (window).document$.subscribe(() => {
  near.disconnect();
  for (const figure of document.querySelectorAll("figure[data-explore]")) near.observe(figure);
});
