// @ts-check
/**
 * The editor of a cell: prism-code-editor with the keys that Python wants.
 *
 * Tab moves on like everywhere until the reader types; from then on it indents.  Escape leaves.
 */
// @ts-ignore: brought in at build
import { createEditor } from "../../editor/index.js";
// @ts-ignore: brought in at build
import "../../editor/prism/languages/python.js";

import { words } from "./words.js";

const INDENT = "    ";

/**
 * @typedef {Object} Editor
 * @property {() => string} text
 * @property {(text: string) => void} setText
 * @property {(line: number) => void} mark  shows that a line (from 1) failed, until the next edit; 0: none
 * @property {(caret?: number) => void} focus
 *
 * @typedef {Object} Handlers
 * @property {() => void} onInput
 * @property {(moveOn: boolean) => void} onRun
 * @property {() => void} onLeave
 */

/**
 * Put an editor in the place of highlighted code.
 * @param {Element} host  what holds the code
 * @param {string} text
 * @param {Handlers} handlers
 * @returns {Editor}
 */
export function openEditor(host, text, { onInput, onRun, onLeave }) {
  const still = /** @type {HTMLElement} */ (host.querySelector(".highlight"));
  const place = document.createElement("div");
  place.className = "live-editor";
  still.after(place);
  const editor = createEditor(place, {
    language: "python",
    value: text,
    lineNumbers: false,
    tabSize: 4,
  });
  still.hidden = true;
  host.removeAttribute("tabindex"); // the editor is the stop now
  const area = /** @type {HTMLTextAreaElement} */ (editor.textarea);
  area.setAttribute("aria-label", words().editor);
  area.setAttribute("aria-description", words().editorHelp);

  let marked = 0;
  let typed = false;
  /** @param {number} line */
  const mark = (line) => {
    if (marked) editor.lines[marked]?.classList.remove("live-bad");
    marked = line;
    if (marked) {
      editor.lines[marked]?.classList.add("live-bad"); // lines[0] is not a line
      editor.container.scrollLeft = 0;
    }
    area.setAttribute("aria-invalid", String(line > 0)); // an empty value would mean false
  };

  area.addEventListener("input", () => {
    typed = true;
    mark(0);
    onInput();
  });
  area.addEventListener("pointerdown", () => (typed = true));
  area.addEventListener("blur", () => (typed = false));
  area.addEventListener(
    "keydown",
    (event) => {
      if (event.isComposing) return; // Hangul that is being put together
      if (event.key === "Escape") onLeave();
      else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) onRun(false);
      else if (event.key === "Enter" && event.shiftKey) onRun(true);
      else if (event.key === "Enter") insert(`\n${indentBelow(area)}`);
      else if (event.key === "Tab" && typed && !event.ctrlKey && !event.altKey) {
        shiftLines(area, event.shiftKey);
      } else return;
      event.preventDefault();
      event.stopImmediatePropagation();
    },
    { capture: true },
  );

  return {
    text: () => editor.value,
    setText(value) {
      editor.setOptions({ value });
      mark(0);
    },
    mark,
    focus(caret) {
      area.focus({ preventScroll: true });
      if (caret !== undefined) area.setSelectionRange(caret, caret);
    },
  };
}

/**
 * Type into the editor that has the focus, so that the browser's own undo knows of it.
 * @param {string} text
 */
function insert(text) {
  document.execCommand(text ? "insertText" : "delete", false, text);
}

/**
 * The indentation of the line that Enter begins.
 * @param {HTMLTextAreaElement} area
 */
function indentBelow(area) {
  const line = area.value.slice(0, area.selectionStart).split("\n").pop() ?? "";
  const indent = line.match(/^\s*/)?.[0] ?? "";
  return /[:([{]\s*(#.*)?$/.test(line) ? indent + INDENT : indent;
}

/**
 * Indent or dedent the selected lines; with no selection, put an indent at the caret.
 * @param {HTMLTextAreaElement} area
 * @param {boolean} back
 */
function shiftLines(area, back) {
  const { selectionStart: from, selectionEnd: to, value } = area;
  if (from === to && !back) return insert(INDENT);
  const begin = value.lastIndexOf("\n", from - 1) + 1;
  const lines = value.slice(begin, to);
  const shifted = back ? lines.replace(/^ {1,4}/gm, "") : lines.replace(/^(?=.)/gm, INDENT);
  if (shifted === lines) return;
  const first = (/** @type {string} */ text) => text.split("\n", 1)[0].length;
  area.setSelectionRange(begin, to);
  insert(shifted);
  const start = Math.max(begin, from + first(shifted) - first(lines));
  area.setSelectionRange(start, Math.max(start, begin + shifted.length));
}
