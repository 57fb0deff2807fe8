// @ts-check
/** Draws grids of cells and of numbers, in inches of a figure. */

import { write } from "./plot.js";

/** Draws grids in inches of the figure, measured from its upper left corner. */
export class Brush {
  /**
   * @param {CanvasRenderingContext2D} context
   * @param {Record<string, string>} ink
   * @param {number} unit
   */
  constructor(context, ink, unit) {
    this.context = context;
    this.ink = ink;
    this.unit = unit;
  }

  /**
   * @param {string} text
   * @param {number} left
   * @param {number} top
   * @param {{colour?: string, align?: CanvasTextAlign, bold?: boolean, size?: number}} [style]
   */
  write(text, left, top, style = {}) {
    write(this.context, this.ink, text, left * this.unit, top * this.unit, style);
  }

  /** @param {string} colour @param {number} left @param {number} top @param {number} wide @param {number} tall */
  fill(colour, left, top, wide, tall) {
    const { context, unit } = this;
    context.fillStyle = this.ink[colour];
    context.fillRect(left * unit, top * unit, wide * unit, tall * unit);
  }

  /**
   * @param {number} left
   * @param {number} top
   * @param {number} size
   * @param {{colour?: string, width?: number, dash?: number[]}} [style]
   */
  square(left, top, size, { colour = "grey", width = 1, dash = [] } = {}) {
    const { context, unit } = this;
    context.strokeStyle = this.ink[colour];
    context.lineWidth = width;
    context.setLineDash(dash);
    context.strokeRect(left * unit, top * unit, size * unit, size * unit);
    context.setLineDash([]);
  }

  /**
   * A square grid of cells, the stronger the larger the value: in ink if none is negative, else orange, or
   * blue with a minus sign.
   * @param {ArrayLike<number>} values
   * @param {number} side  cells along each side
   * @param {number} left
   * @param {number} top
   * @param {number} cell
   * @param {number} [full]  the absolute value that has the full colour, the largest unless told
   */
  cells(values, side, left, top, cell, full = undefined) {
    const { context, ink, unit } = this;
    const all = Array.from(values);
    const most = full ?? Math.max(...all.map(Math.abs));
    const picture = all.every((value) => value >= 0);
    const size = cell * unit;
    all.forEach((value, n) => {
      const x = left * unit + (n % side) * size;
      const y = top * unit + Math.floor(n / side) * size;
      context.globalAlpha = most && Math.abs(value) / most;
      context.fillStyle = picture ? ink.ink : value > 0 ? ink.orange : ink.blue;
      context.fillRect(x, y, size, size);
      context.globalAlpha = 1;
      context.fillStyle = ink.ink;
      if (value < 0) context.fillRect(x + 0.3 * size, y + 0.5 * size - 0.75, 0.4 * size, 1.5);
    });
    this.square(left, top, side * cell);
  }

  /**
   * A square of squares with numbers.
   * @param {ArrayLike<number>} values
   * @param {number} side  squares along each side
   * @param {number} left
   * @param {number} top
   * @param {number} cell
   * @param {(value: number) => string} text
   */
  numbers(values, side, left, top, cell, text) {
    for (let n = 0; n < values.length; n++) {
      const [x, y] = [left + (n % side) * cell, top + Math.floor(n / side) * cell];
      this.square(x, y, cell);
      this.write(text(values[n]), x + cell / 2, y + cell / 2);
    }
  }
  /**
   * The lines between the parts of a square that is cut into side x side parts.
   * @param {number} side
   * @param {number} left
   * @param {number} top
   * @param {number} wide
   */
  lines(side, left, top, wide) {
    const { context, unit } = this;
    context.strokeStyle = this.ink.grey;
    context.lineWidth = 1;
    context.beginPath();
    for (let n = 1; n < side; n++) {
      const at = (n * wide) / side;
      context.rect((left + at) * unit, top * unit, 0, wide * unit);
      context.rect(left * unit, (top + at) * unit, wide * unit, 0);
    }
    context.stroke();
  }

  /**
   * A dot with an edge of paper, to be seen on any ground.
   * @param {number} left
   * @param {number} top
   * @param {number} radius
   * @param {string} [colour]
   */
  dot(left, top, radius, colour = "purple") {
    const { context, ink, unit } = this;
    context.beginPath();
    context.arc(left * unit, top * unit, radius * unit, 0, 2 * Math.PI);
    context.fillStyle = ink[colour];
    context.strokeStyle = ink.paper;
    context.lineWidth = 1.5;
    context.fill();
    context.stroke();
  }
}
