// @ts-check
/**
 * Puts controls under a figure, and draws it anew whenever they change.
 *
 * What a figure shows stands in views/<concept>-<name>.js, which exports `open`.  Until the reader touches
 * something the static image stays; the canvas then takes its place, in its size.
 *
 * @typedef {Record<string, any>} State  The value of every control by its name.
 *
 * @typedef {Object} Handle  Something in the picture to drag, or to move with the arrow keys.
 * @property {string} name
 * @property {[number, number]} at  the place in CSS pixels
 * @property {number} [size]  across, in CSS pixels; 32 unless told
 * @property {(left: number, top: number) => void} [drag]
 * @property {(right: number, up: number) => void} [nudge]  by one step of the arrow keys
 * @property {(left?: number, top?: number) => void} [press]  by a click that is no drag, at a place, or by Enter or Space
 *
 * @typedef {Object} View
 * @property {Record<string, string>} names  of the controls
 * @property {(context: CanvasRenderingContext2D, width: number, height: number, ink: Record<string, string>) => void} draw
 * @property {() => string} tell  the picture in words and numbers
 * @property {(name: string) => string} shown  the value of a control, for the reader
 * @property {(name: string) => void} [changed]  a control has changed
 * @property {(name: string) => number|undefined} [most]  the largest value of a slider, if it varies
 * @property {() => Handle[]} [handles]  after each drawing
 * @property {(name: string, option: number|string) => string} [option]  the words for an option
 * @property {{name: string, press: () => void}[]} [buttons]
 * @property {string} [hint]
 * @property {(controls: HTMLElement) => void} [more]  add controls of its own
 *
 * @typedef {Object} Site  What a view gets.
 * @property {import("./data.js").Data} data
 * @property {State} state
 * @property {"ko"|"en"} language
 * @property {() => void} refresh  show the state anew
 */

import { load } from "./data.js";
import { colours } from "./plot.js";
import { WORDS } from "./words.js";

const QUIET = 400; // ms without a change before the picture is told to a screen reader
const FRAME = 90; // ms that each moment stays while playing
const SVG = "http://www.w3.org/2000/svg";
const ICONS = {
  start: "M5 4h2v12H5zM16 4v12l-8-6z",
  back: "M14 4v12l-9-6z",
  play: "M6 4l10 6-10 6z",
  pause: "M6 4h3v12H6zM11 4h3v12h-3z",
  forward: "M6 4l9 6-9 6zM15 4h2v12h-2z",
};

/** @type {Promise<void>|undefined} */
let styled;
let count = 0;

/** How many pictures were drawn in this page, and how long that took together, in ms. */
export const drawn = { count: 0, ms: 0 };

/** @param {Element} element  the figure */
export async function mount(element) {
  const figure = /** @type {HTMLElement} */ (element);
  if (figure.dataset.mounted) return;
  figure.dataset.mounted = "loading";
  try {
    const name = figure.id.replace(/^explore-/, "");
    const address = new URL(figure.dataset.explore ?? "", location.href).href;
    styled ??= addStyle().catch((error) => {
      styled = undefined; // the next figure tries again
      throw error;
    });
    const [data, view] = await Promise.all([load(address), import(`./views/${name}.js`), styled]);
    if (figure.isConnected) new Explorer(figure, data, view.open);
    figure.dataset.mounted = "ready";
  } catch (error) {
    delete figure.dataset.mounted;
    throw error;
  }
}

class Explorer {
  /**
   * @param {HTMLElement} figure
   * @param {import("./data.js").Data} data
   * @param {(site: Site) => View} open
   */
  constructor(figure, data, open) {
    this.figure = figure;
    this.data = data;
    this.id = `explore-${++count}`;
    this.words = WORDS[document.documentElement.lang === "ko" ? "ko" : "en"];
    /** @type {State} */
    this.state = Object.fromEntries(data.controls.map((one) => [one.name, one.value]));
    /** @type {Record<string, {input: any, output: HTMLOutputElement|null}>} */
    this.inputs = {};
    /** @type {Map<string, HTMLButtonElement>} */
    this.handles = new Map();
    /** @type {Map<string, Handle>} */
    this.handle = new Map();
    this.pending = 0;
    this.timer = 0;
    this.quiet = 0;
    /** @type {Record<string, string>|undefined} the colours of the page, until they change */
    this.ink = undefined;
    /** @type {HTMLButtonElement|undefined} */
    this.playButton = undefined;
    this.image = /** @type {HTMLImageElement} */ (figure.querySelector("img"));
    this.stage = make("div", "explore-stage");
    this.canvas = make("canvas", "");
    this.told = make("p", "explore-told");
    this.status = make("p", "explore-status");
    this.view = open({
      data,
      state: this.state,
      language: document.documentElement.lang === "ko" ? "ko" : "en",
      refresh: () => this.refresh(),
    });
    this.addStage();
    this.addControls();
    this.follow();
    this.show();
  }

  // --- the parts ------------------------------------------------------------------------------

  /** Put the image on a stage of its size, on which the canvas can lie. */
  addStage() {
    const { image } = this;
    this.stage.style.width = `${image.getAttribute("width")}px`;
    this.stage.style.aspectRatio = `${image.getAttribute("width")} / ${image.getAttribute("height")}`;
    this.canvas.setAttribute("aria-hidden", "true"); // what it shows is told below
    this.canvas.hidden = true;
    const old = image.closest("p") ?? image; // Markdown may have put it into a paragraph
    old.before(this.stage);
    this.stage.append(image, this.canvas);
    if (old !== image) old.remove();
    this.stage.addEventListener("pointerdown", () => this.begin());
  }

  addControls() {
    const { view, words } = this;
    const controls = make("div", "explore-controls");
    controls.setAttribute("role", "group");
    controls.setAttribute("aria-label", words.controls);
    for (const spec of this.data.controls) {
      controls.append(spec.type === "slider" ? this.slider(spec) : this.choice(spec));
      if (spec.type === "slider" && spec.plays) controls.append(this.player(spec));
    }
    if (view.buttons?.length) {
      const bar = make("div", "explore-buttons");
      for (const { name, press } of view.buttons) {
        bar.append(button(name, () => {
          this.begin();
          press();
        }));
      }
      controls.append(bar);
    }
    view.more?.(controls);
    if (view.hint) controls.append(make("p", "explore-hint", view.hint));
    this.told.setAttribute("aria-hidden", "true"); // `status` says the same, once it is quiet
    this.status.setAttribute("role", "status");
    this.status.textContent = view.tell(); // can be read; what stands in it as it comes is not announced
    controls.append(this.told, this.status);
    this.stage.after(controls);
  }

  /** @param {import("./data.js").SliderSpec} spec */
  slider(spec) {
    const input = make("input", "");
    Object.assign(input, { type: "range", id: `${this.id}-${spec.name}` });
    Object.assign(input, { min: spec.minimum, max: spec.maximum, step: spec.step });
    const label = make("label", "", this.view.names[spec.name]);
    label.htmlFor = input.id;
    const output = make("output", "");
    output.htmlFor = input.id;
    input.addEventListener("input", () => {
      this.pause();
      this.set(spec.name, Number(input.value));
    });
    this.inputs[spec.name] = { input, output };
    const row = make("div", "explore-row");
    row.append(label, input, output);
    return row;
  }

  /** @param {import("./data.js").ChoiceSpec} spec */
  choice(spec) {
    const words = (/** @type {number|string} */ option) =>
      this.view.option?.(spec.name, option) ?? String(option);
    if (spec.options.length > 6) {
      const select = make("select", "");
      select.id = `${this.id}-${spec.name}`;
      for (const option of spec.options) select.append(new Option(words(option), String(option)));
      const label = make("label", "", this.view.names[spec.name]);
      label.htmlFor = select.id;
      select.addEventListener("change", () => this.set(spec.name, spec.options[select.selectedIndex]));
      this.inputs[spec.name] = { input: select, output: null };
      const row = make("div", "explore-row");
      row.append(label, select);
      return row;
    }
    const set = make("fieldset", "explore-row");
    const options = make("span", "explore-options");
    set.append(make("legend", "", this.view.names[spec.name]), options);
    for (const option of spec.options) {
      const input = make("input", "");
      Object.assign(input, { type: "radio", name: `${this.id}-${spec.name}`, value: String(option) });
      const label = make("label", "");
      label.append(input, words(option));
      input.addEventListener("change", () => this.set(spec.name, option));
      options.append(label);
    }
    this.inputs[spec.name] = { input: set, output: null };
    return set;
  }

  /** @param {import("./data.js").SliderSpec} spec */
  player(spec) {
    const { words } = this;
    const move = (/** @type {number} */ to) => {
      this.pause();
      this.set(spec.name, Math.min(Math.max(to, spec.minimum), this.most(spec)));
    };
    const bar = make("div", "explore-buttons");
    this.playButton = iconButton("play", words.play, () => this.toggle(spec));
    bar.append(
      iconButton("start", words.start, () => move(spec.minimum)),
      iconButton("back", words.back, () => move(this.state[spec.name] - spec.step)),
      this.playButton,
      iconButton("forward", words.forward, () => move(this.state[spec.name] + spec.step)),
    );
    return bar;
  }

  // --- what happens ---------------------------------------------------------------------------

  /** @param {string} name @param {any} value */
  set(name, value) {
    this.state[name] = value;
    this.view.changed?.(name);
    this.begin();
    this.refresh();
  }

  /** The reader has touched something: from now on the canvas shows the figure. */
  begin() {
    if (!this.canvas.hidden) return;
    this.canvas.hidden = false;
    this.image.classList.add("explore-replaced"); // its alternative text stays
    this.refresh();
  }

  refresh() {
    this.show();
    if (!this.canvas.hidden) this.pending ||= requestAnimationFrame(() => this.draw());
  }

  /** Show the values of all controls, and tell. */
  show() {
    for (const spec of this.data.controls) {
      const { input, output } = this.inputs[spec.name];
      const value = this.state[spec.name];
      if (spec.type === "slider") {
        const most = this.most(spec);
        input.max = String(most);
        // Where a view alone says how far a slider goes; else its value may have grown beyond its end.
        if (this.view.most?.(spec.name) !== undefined && value > most) this.state[spec.name] = most;
        input.value = String(this.state[spec.name]);
        const shown = this.view.shown(spec.name);
        /** @type {HTMLOutputElement} */ (output).value = shown;
        input.setAttribute("aria-valuetext", shown);
      } else if (input instanceof HTMLSelectElement) {
        input.selectedIndex = spec.options.indexOf(value);
      } else {
        for (const one of input.querySelectorAll("input")) one.checked = one.value === String(value);
      }
    }
    const text = this.view.tell();
    this.told.textContent = text;
    clearTimeout(this.quiet);
    if (!this.canvas.hidden && !this.timer) {
      this.quiet = window.setTimeout(() => (this.status.textContent = text), QUIET);
    }
  }

  draw() {
    this.pending = 0;
    const began = performance.now();
    const { canvas } = this;
    const { clientWidth: width, clientHeight: height } = canvas;
    const density = window.devicePixelRatio || 1;
    if (canvas.width !== Math.round(width * density) || canvas.height !== Math.round(height * density)) {
      canvas.width = Math.round(width * density);
      canvas.height = Math.round(height * density);
    }
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    context.setTransform(density, 0, 0, density, 0, 0);
    context.clearRect(0, 0, width, height);
    this.ink ??= colours(this.figure);
    this.view.draw(context, width, height, this.ink);
    this.placeHandles();
    drawn.count += 1;
    drawn.ms += performance.now() - began;
  }

  /** @param {import("./data.js").SliderSpec} spec */
  most(spec) {
    return this.view.most?.(spec.name) ?? spec.maximum;
  }

  /** @param {import("./data.js").SliderSpec} spec */
  toggle(spec) {
    if (this.timer) {
      this.pause();
      this.show();
      return;
    }
    if (this.state[spec.name] >= this.most(spec)) this.set(spec.name, spec.minimum);
    this.begin();
    // Many moments take a second or so each way; few of them are worth a longer look.
    const pace = Math.max(FRAME, Math.min(700, 4500 / (this.most(spec) - spec.minimum)));
    this.timer = window.setInterval(() => {
      const next = this.state[spec.name] + spec.step;
      if (!this.figure.isConnected || next > this.most(spec)) this.pause();
      else this.set(spec.name, next);
      if (!this.timer) this.show();
    }, pace);
    this.playing(true);
  }

  pause() {
    clearInterval(this.timer);
    this.timer = 0;
    this.playing(false);
  }

  /** @param {boolean} yes */
  playing(yes) {
    if (!this.playButton) return;
    setIcon(this.playButton, yes ? "pause" : "play", yes ? this.words.pause : this.words.play);
  }

  // --- handles --------------------------------------------------------------------------------

  /** Lay a button over everything that can be dragged. */
  placeHandles() {
    const wanted = this.view.handles?.() ?? [];
    this.handle = new Map(wanted.map((one, index) => [String(index), one]));
    for (const [key, { name, at, size = 32 }] of this.handle) {
      let control = this.handles.get(key);
      if (!control) {
        control = this.addHandle(key);
        this.handles.set(key, control);
      }
      control.setAttribute("aria-label", name);
      control.style.width = control.style.height = `${size}px`;
      control.style.transform = `translate(${at[0] - size / 2}px, ${at[1] - size / 2}px)`;
    }
    for (const [key, control] of this.handles) control.hidden = !this.handle.has(key);
  }

  /** @param {string} key @returns {HTMLButtonElement} */
  addHandle(key) {
    const control = make("button", "explore-handle");
    control.type = "button";
    const now = (/** @type {string} */ of = key) => /** @type {Handle} */ (this.handle.get(of));
    let grabbed = key;
    let moved = false;
    control.addEventListener("pointerdown", (event) => {
      moved = false;
      grabbed = this.nearest(event);
      control.setPointerCapture(event.pointerId);
    });
    control.addEventListener("pointermove", (event) => {
      if (!control.hasPointerCapture(event.pointerId) || !now(grabbed).drag) return;
      moved ||= Math.hypot(event.movementX, event.movementY) > 0;
      if (moved) now(grabbed).drag?.(...this.place(event));
      this.refresh();
    });
    control.addEventListener("click", (event) => {
      const pressed = event.detail ? grabbed : key; // the keyboard clicks without a place
      if (!moved) now(pressed).press?.(...(event.detail ? this.place(event) : []));
      moved = false;
      this.handles.get(pressed)?.focus();
      this.refresh();
    });
    control.addEventListener("keydown", (event) => {
      const way = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
      if (!way || !now().nudge) return;
      event.preventDefault();
      now().nudge?.(way[0], way[1]);
      this.refresh();
    });
    this.stage.append(control);
    return control;
  }

  /** @param {MouseEvent} event @returns {[number, number]} its place on the stage */
  place(event) {
    const corner = this.stage.getBoundingClientRect();
    return [event.clientX - corner.left, event.clientY - corner.top];
  }

  /** @param {MouseEvent} event @returns {string} the handle that is meant where several overlap */
  nearest(event) {
    const [left, top] = this.place(event);
    const away = (/** @type {Handle} */ { at }) => Math.hypot(at[0] - left, at[1] - top);
    return [...this.handle].reduce((best, one) => (away(one[1]) < away(best[1]) ? one : best))[0];
  }

  /** Draw anew when the page's colours or the figure's size change. */
  follow() {
    const anew = () => {
      this.ink = undefined;
      if (!this.figure.isConnected) stop();
      else if (!this.canvas.hidden) this.pending ||= requestAnimationFrame(() => this.draw());
    };
    const scheme = new MutationObserver(anew);
    scheme.observe(document.body, { attributeFilter: ["data-md-color-scheme"] });
    const size = new ResizeObserver(anew);
    size.observe(this.stage);
    const stop = () => {
      scheme.disconnect();
      size.disconnect();
    };
  }
}

// --- elements ---------------------------------------------------------------------------------

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {string} className
 * @param {string} [text]
 * @returns {HTMLElementTagNameMap[Tag]}
 */
function make(tag, className, text = "") {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text) element.textContent = text;
  return element;
}

/** @param {string} text @param {() => void} press */
function button(text, press) {
  const made = make("button", "", text);
  made.type = "button";
  made.addEventListener("click", press);
  return made;
}

/** @param {keyof typeof ICONS} icon @param {string} name @param {() => void} press */
function iconButton(icon, name, press) {
  const made = button("", press);
  made.dataset.action = icon;
  setIcon(made, icon, name);
  return made;
}

/** @param {HTMLButtonElement} control @param {keyof typeof ICONS} icon @param {string} name */
function setIcon(control, icon, name) {
  if (control.getAttribute("aria-label") === name) return;
  const picture = document.createElementNS(SVG, "svg");
  picture.setAttribute("viewBox", "0 0 20 20");
  picture.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[icon]);
  picture.append(path);
  control.replaceChildren(picture);
  control.setAttribute("aria-label", name);
  control.title = name;
}

/**
 * In <body>: navigation renews what stands in <head>.
 * @returns {Promise<void>} when the style sheet is there
 */
function addStyle() {
  return new Promise((resolve, reject) => {
    const link = make("link", "");
    link.rel = "stylesheet";
    link.href = new URL("../../css/explore.css", import.meta.url).href;
    link.onload = () => resolve();
    link.onerror = () => {
      link.remove();
      reject(new Error("explore.css did not load"));
    };
    document.body.append(link);
  });
}
