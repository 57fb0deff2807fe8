// @ts-check
/**
 * A small renderer: axes, lines, marks and shaded planes on a canvas, in the colours of the page.
 *
 * @typedef {[number, number]} Pair
 * @typedef {{left: number, top: number, width: number, height: number}} Box  in CSS pixels
 */

export const COLOURS = ["ink", "paper", "grey", "faint", "blue", "orange", "purple"];
const SMALL = 12; // CSS pixels

/** @param {number} value @param {number} [decimals] @returns {string} with a true minus sign */
export function number(value, decimals = 2) {
  const text = value.toFixed(decimals);
  return (Number(text) === 0 ? text.replace("-", "") : text).replace("-", "\u2212");
}

/**
 * The colours of the scheme that the page shows now (css/explore.css).
 * @param {Element} element
 * @returns {Record<string, string>}
 */
export function colours(element) {
  const style = getComputedStyle(element);
  return Object.fromEntries(
    COLOURS.map((name) => [name, style.getPropertyValue(`--explore-${name}`).trim()]),
  );
}

/** One pair of axes. */
export class Plot {
  /**
   * @param {CanvasRenderingContext2D} context
   * @param {Box} box
   * @param {Pair} across  the values at the left and right edge
   * @param {Pair} up  the values at the bottom and top edge
   * @param {Record<string, string>} ink
   */
  constructor(context, box, across, up, ink) {
    this.context = context;
    this.box = box;
    this.across = across;
    this.up = up;
    this.ink = ink;
  }

  /** @param {number} value @returns {number} */
  x(value) {
    const [low, high] = this.across;
    return this.box.left + ((value - low) / (high - low)) * this.box.width;
  }

  /** @param {number} value @returns {number} */
  y(value) {
    const [low, high] = this.up;
    return this.box.top + ((high - value) / (high - low)) * this.box.height;
  }

  /** @param {number} left @param {number} top @returns {Pair} the values at a place of the canvas */
  at(left, top) {
    const { box, across, up } = this;
    return [
      across[0] + ((left - box.left) / box.width) * (across[1] - across[0]),
      up[1] - ((top - box.top) / box.height) * (up[1] - up[0]),
    ];
  }

  /** @param {() => void} draw  what it draws ends at the axes' edge */
  inside(draw) {
    const { context, box } = this;
    context.save();
    context.beginPath();
    context.rect(box.left, box.top, box.width, box.height);
    context.clip();
    draw();
    context.restore();
  }

  /**
   * Ticks with their numbers, and names of the axes.
   * @param {{x?: number[], y?: number[], xName?: string, yName?: string, title?: string, frame?: boolean}} parts
   */
  axes({ x = [], y = [], xName = "", yName = "", title = "", frame = false }) {
    const { context, box, ink } = this;
    const bottom = box.top + box.height;
    context.strokeStyle = frame ? ink.grey : ink.ink;
    context.lineWidth = 1;
    context.beginPath();
    if (frame) context.rect(box.left, box.top, box.width, box.height);
    else {
      context.moveTo(box.left, box.top);
      context.lineTo(box.left, bottom);
      context.lineTo(box.left + box.width, bottom);
    }
    for (const value of x) context.rect(this.x(value), bottom, 0, 4);
    for (const value of y) context.rect(box.left - 4, this.y(value), 4, 0);
    context.stroke();
    for (const value of x) this.write(plain(value), this.x(value), bottom + 13);
    for (const value of y) this.write(plain(value), box.left - 7, this.y(value), { align: "right" });
    if (xName) this.write(xName, box.left + box.width / 2, bottom + 28);
    if (title) this.write(title, box.left + box.width / 2, box.top - 10);
    if (yName) {
      context.save();
      context.translate(box.left - 34, box.top + box.height / 2);
      context.rotate(-Math.PI / 2);
      this.write(yName, 0, 0);
      context.restore();
    }
  }

  /**
   * Text in CSS pixels.
   * @param {string} text
   * @param {number} left
   * @param {number} top  of its middle
   * @param {{colour?: string, align?: CanvasTextAlign, bold?: boolean, ground?: boolean}} [style]
   */
  write(text, left, top, { colour = "ink", align = "center", bold = false, ground = false } = {}) {
    write(this.context, this.ink, text, left, top, { colour, align, bold, ground });
  }

  /**
   * A line through points; a break wherever a coordinate is NaN.
   * @param {ArrayLike<number>} x
   * @param {ArrayLike<number>} y
   * @param {{colour?: string, width?: number, dash?: number[]}} [style]
   */
  line(x, y, { colour = "ink", width = 2, dash = [] } = {}) {
    const { context } = this;
    context.beginPath();
    let down = false;
    for (let n = 0; n < x.length; n++) {
      if (Number.isNaN(y[n])) down = false;
      else if (down) context.lineTo(this.x(x[n]), this.y(y[n]));
      else {
        context.moveTo(this.x(x[n]), this.y(y[n]));
        down = true;
      }
    }
    context.strokeStyle = this.ink[colour];
    context.lineWidth = width;
    context.setLineDash(dash);
    context.stroke();
    context.setLineDash([]);
  }

  /**
   * The line w1 x + w2 y + b = 0.
   * @param {number} w1
   * @param {number} w2
   * @param {number} b
   */
  straight(w1, w2, b) {
    if (w1 === 0 && w2 === 0) return;
    this.inside(() => {
      if (Math.abs(w2) > Math.abs(w1)) {
        this.line(this.across, this.across.map((x) => -(w1 * x + b) / w2));
      } else this.line(this.up.map((y) => -(w2 * y + b) / w1), this.up);
    });
  }

  /**
   * @param {number} x
   * @param {number} y
   * @param {{shape?: "circle"|"square"|"ring", colour?: string, size?: number}} [style]
   */
  mark(x, y, { shape = "circle", colour = "ink", size = 5 } = {}) {
    const { context, ink } = this;
    const [left, top] = [this.x(x), this.y(y)];
    context.beginPath();
    if (shape === "square") context.rect(left - size, top - size, 2 * size, 2 * size);
    else context.arc(left, top, size, 0, 7);
    context.lineWidth = shape === "square" ? 1 : 2.2;
    if (shape !== "ring") {
      context.fillStyle = ink[colour];
      context.fill();
    }
    context.strokeStyle = shape === "ring" ? ink[colour] : ink.paper;
    context.stroke();
  }

  /**
   * A point of one of two classes: a full orange square for 1, a hollow blue circle for 0.
   * @param {number} x
   * @param {number} y
   * @param {number} label
   * @param {number} [size]
   */
  point(x, y, label, size = 6) {
    if (label) {
      this.mark(x, y, { shape: "square", colour: "orange", size });
      return;
    }
    this.mark(x, y, { colour: "paper", size });
    this.mark(x, y, { shape: "ring", colour: "blue", size });
  }

  /**
   * An arrow between two points.
   * @param {Pair} from
   * @param {Pair} to
   * @param {string} [colour]
   */
  arrow([x0, y0], [x1, y1], colour = "ink") {
    arrow(this.context, this.ink[colour], [this.x(x0), this.y(y0)], [this.x(x1), this.y(y1)]);
  }

  /**
   * Shade the plane where `score` is not negative, and draw the curve on which it is zero.
   * @param {(x: Float64Array, y: Float64Array) => ArrayLike<number>} score  of all points at once
   */
  regions(score) {
    const { context, box, ink } = this;
    const side = Math.max(2, Math.round(box.width / 2)); // squares of two pixels, under the line
    const { x, y } = lattice(side, this.across, this.up);
    const z = score(x, y);
    const cell = box.width / side;
    const tall = box.height / side;
    context.save();
    for (const [colour, alpha, positive] of /** @type {[string, number, boolean][]} */ ([
      ["blue", 0.12, false],
      ["orange", 0.27, true],
    ])) {
      context.fillStyle = ink[colour];
      context.globalAlpha = alpha;
      context.beginPath();
      for (let r = 0; r < side; r++) {
        for (let c = 0; c < side; c++) {
          if (z[r * side + c] >= 0 !== positive) continue;
          const start = c;
          while (c < side && z[r * side + c] >= 0 === positive) c++;
          context.rect(box.left + start * cell, box.top + r * tall, (c - start) * cell, tall);
        }
      }
      context.fill();
    }
    context.restore();
    context.beginPath();
    for (const [[a, b], [c, d]] of zeroLines(z, side)) {
      context.moveTo(box.left + (a + 0.5) * cell, box.top + (b + 0.5) * tall);
      context.lineTo(box.left + (c + 0.5) * cell, box.top + (d + 0.5) * tall);
    }
    context.strokeStyle = ink.ink;
    context.lineWidth = 2;
    context.stroke();
  }
}

/**
 * Write on a canvas.
 * @param {CanvasRenderingContext2D} context
 * @param {Record<string, string>} ink
 * @param {string} text
 * @param {number} left
 * @param {number} top
 * @param {{colour?: string, align?: CanvasTextAlign, bold?: boolean, ground?: boolean, size?: number}} [style]
 */
export function write(context, ink, text, left, top, style = {}) {
  const { colour = "ink", align = "center", bold = false, ground = false, size = SMALL } = style;
  context.font = `${bold ? "600 " : ""}${size}px ${getComputedStyle(context.canvas).fontFamily}`;
  context.textAlign = align;
  context.textBaseline = "middle";
  if (ground) {
    const wide = context.measureText(text).width + 4;
    const start = align === "center" ? left - wide / 2 : align === "right" ? left - wide + 2 : left - 2;
    context.save();
    context.fillStyle = ink.paper;
    context.globalAlpha = 0.85;
    context.fillRect(start, top - size * 0.6, wide, size * 1.2);
    context.restore();
  }
  context.fillStyle = ink[colour];
  context.fillText(text, left, top);
}

/**
 * An arrow in CSS pixels.
 * @param {CanvasRenderingContext2D} context
 * @param {string} colour
 * @param {Pair} from
 * @param {Pair} to
 * @param {number} [width]
 */
export function arrow(context, colour, [x0, y0], [x1, y1], width = 2) {
  const angle = Math.atan2(y1 - y0, x1 - x0);
  const head = 4 + 2.5 * width;
  context.strokeStyle = context.fillStyle = colour;
  context.lineWidth = width;
  context.beginPath();
  context.moveTo(x0, y0);
  context.lineTo(x1 - head * 0.8 * Math.cos(angle), y1 - head * 0.8 * Math.sin(angle));
  context.stroke();
  context.beginPath();
  context.moveTo(x1, y1);
  for (const side of [-0.4, 0.4]) {
    context.lineTo(x1 - head * Math.cos(angle + side), y1 - head * Math.sin(angle + side));
  }
  context.fill();
}

/** @type {Map<string, {x: Float64Array, y: Float64Array}>} */
const lattices = new Map();

/**
 * The middles of side x side cells, rows from the top.
 * @param {number} side
 * @param {Pair} across
 * @param {Pair} up
 */
function lattice(side, across, up) {
  const key = [side, across, up].join();
  let made = lattices.get(key);
  if (!made) {
    made = { x: new Float64Array(side * side), y: new Float64Array(side * side) };
    for (let n = 0; n < side * side; n++) {
      const [r, c] = [Math.floor(n / side), n % side];
      made.x[n] = across[0] + ((c + 0.5) / side) * (across[1] - across[0]);
      made.y[n] = up[1] - ((r + 0.5) / side) * (up[1] - up[0]);
    }
    lattices.set(key, made);
  }
  return made;
}

/**
 * The zero line of a lattice of numbers, as pieces in units of cells (marching squares).
 * @param {ArrayLike<number>} z
 * @param {number} side
 * @returns {[Pair, Pair][]}
 */
export function zeroLines(z, side) {
  /** @type {[Pair, Pair][]} */
  const pieces = [];
  for (let r = 0; r < side - 1; r++) {
    for (let c = 0; c < side - 1; c++) {
      const n = r * side + c;
      const corners = [z[n], z[n + 1], z[n + 1 + side], z[n + side]];
      const positive = corners.filter((value) => value >= 0).length;
      if (positive === 0 || positive === 4) continue;
      /** @type {Pair[]} */
      const crossed = [];
      for (let edge = 0; edge < 4; edge++) {
        const [from, to] = [corners[edge], corners[(edge + 1) % 4]];
        if (from >= 0 === to >= 0) continue;
        const part = from / (from - to);
        if (edge === 0) crossed.push([c + part, r]);
        else if (edge === 1) crossed.push([c + 1, r + part]);
        else if (edge === 2) crossed.push([c + 1 - part, r + 1]);
        else crossed.push([c, r + 1 - part]);
      }
      for (let k = 0; k + 1 < crossed.length; k += 2) pieces.push([crossed[k], crossed[k + 1]]);
    }
  }
  return pieces;
}

/** @param {number} value @returns {string} with a true minus sign and no more digits than it has */
const plain = (value) => String(value).replace("-", "\u2212");
