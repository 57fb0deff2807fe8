// @ts-check
/** What the reader is told, in the language of the page. */

const ko = {
  stop: "멈춤",
  reset: "되돌리기",
  editor: "코드 편집기",
  editorHelp: "쓰기 시작하면 탭 키가 들여쓰기가 됩니다. Esc 키로 나갑니다.",
  loading: "파이썬을 불러오는 중",
  once: "처음 한 번만 내려받습니다",
  running: "실행 중",
  stopping: "멈추는 중",
  waiting: "차례를 기다리는 중",
  done: "실행했습니다",
  doneWithAbove: "위에 있는 셀부터 차례로 실행했습니다",
  noOutput: "출력이 없습니다.",
  error: "오류가 났습니다",
  aboveFailed: "위에 있는 셀에서 오류가 나서 여기까지 오지 못했습니다.",
  stopped: "멈췄습니다. 변수는 그대로 있습니다.",
  killed: "강제로 멈추고 파이썬을 다시 시작했습니다. 변수는 지워졌고, 다음에 실행할 때 위의 셀부터 다시 실행합니다.",
  crashed: "파이썬이 멈추어 다시 시작했습니다. 변수는 지워졌고, 다음에 실행할 때 위의 셀부터 다시 실행합니다.",
  flood: "출력이 20,000자를 넘어 여기서 멈췄습니다.",
  reset_done: "처음 코드와 출력으로 되돌렸습니다.",
  copied: "복사했습니다.",
  notCopied: "복사하지 못했습니다.",
  holds: "방금 이 브라우저에서 확인했습니다. 성립합니다.",
  fails: "지금은 성립하지 않습니다.",
  failsHow: "위의 셀을 고쳤다면 그 때문일 수 있습니다.",
  passed: "맞았습니다.",
  failed: "아직 아닙니다.",
  failedAt: "이 조건이 참이 아닙니다:",
  hintShown: (/** @type {number} */ n, /** @type {number} */ all) => `힌트 ${all}개 가운데 ${n}개를 보았습니다.`,
  solutionShown: "풀이를 펼쳤습니다.",
  lostEditor: "편집기를 불러오지 못했습니다. 연결을 확인하고 다시 눌러 보십시오.",
  download: "파이썬을 내려받지 못했습니다. 연결을 확인하고 다시 누르십시오.",
  renewed: "이 페이지를 연 뒤에 책이 바뀌었습니다. 페이지를 새로 연 다음 다시 누르십시오.",
  corrupt: "내려받은 파일이 만들어진 것과 다릅니다. 다시 눌러 보고, 그래도 안 되면 페이지를 새로 여십시오.",
  unsupported: "이 브라우저에서는 실행할 수 없습니다:",
  crash: "파이썬을 시작하지 못했습니다:",
  shared: "이 코드는 링크에 담겨 온 것입니다. 저절로 실행되지 않으니, 읽어 보고 괜찮으면 실행을 누르십시오.",
  sharedBroken: "링크에 담긴 코드를 읽을 수 없습니다. 링크가 잘렸을 수 있습니다.",
  linkCopied: "코드가 담긴 링크를 복사했습니다. 코드는 어디에도 보내지 않고 주소 안에만 있습니다.",
  linkMade: "주소창의 주소에 코드를 담았습니다. 그 주소를 복사해 쓰십시오.",
  linkTooLong: "코드가 너무 길어 링크에 담을 수 없습니다.",
  mapTitle: "내가 푼 연습 문제",
  mapCount: (/** @type {number} */ n, /** @type {number} */ all) => `${all}개 가운데 ${n}개`,
  mapNote: "기록은 이 브라우저에만 있습니다.",
  export: "파일로 저장",
  import: "파일에서 불러오기",
  forget: "기록 지우기",
  reallyForget: "푼 기록을 모두 지우시겠습니까?",
  imported: "기록을 합쳤습니다.",
  notImported: "푼 기록이 담긴 파일이 아닙니다.",
};

/** @type {typeof ko} */
const en = {
  stop: "Stop",
  reset: "Reset",
  editor: "Code editor",
  editorHelp: "Once you type, Tab indents. Escape leaves the editor.",
  loading: "Loading Python",
  once: "downloaded only once",
  running: "Running",
  stopping: "Stopping",
  waiting: "Waiting for its turn",
  done: "Done",
  doneWithAbove: "Done, with the cells above first",
  noOutput: "No output.",
  error: "An error",
  aboveFailed: "A cell above raised an error, so this one was not reached.",
  stopped: "Stopped. The variables are kept.",
  killed: "Ended by force, and Python started anew. The variables are gone; the next run begins with the cells above.",
  crashed: "Python crashed and started anew. The variables are gone; the next run begins with the cells above.",
  flood: "The output grew beyond 20,000 characters and was ended here.",
  reset_done: "The original code and output are back.",
  copied: "Copied.",
  notCopied: "This could not be copied.",
  holds: "Checked in this browser just now: it holds.",
  fails: "It does not hold now.",
  failsHow: "If you changed a cell above, that may be why.",
  passed: "Correct.",
  failed: "Not yet.",
  failedAt: "This is not true:",
  hintShown: (n, all) => `You have seen ${n} of ${all} hints.`,
  solutionShown: "The solution is open.",
  lostEditor: "The editor did not load. Check the connection and try again.",
  download: "Python could not be downloaded. Check the connection and press again.",
  renewed: "The book has changed since this page was opened. Reload the page, and press again.",
  corrupt: "A downloaded file is not the one that was built. Press again; if it stays so, reload the page.",
  unsupported: "This browser cannot run it:",
  crash: "Python did not start:",
  shared: "This code came with the link. It does not run by itself: read it, then press Run if you want to.",
  sharedBroken: "The code in this link cannot be read. The link may have been cut short.",
  linkCopied: "A link with the code is copied. The code is sent nowhere; it stands in the address alone.",
  linkMade: "The address bar now holds the code. Copy it from there.",
  linkTooLong: "The code is too long for a link.",
  mapTitle: "Exercises you have solved",
  mapCount: (n, all) => `${n} of ${all}`,
  mapNote: "This is remembered in this browser only.",
  export: "Save to a file",
  import: "Load a file",
  forget: "Forget all",
  reallyForget: "Forget everything you have solved?",
  imported: "The file was added.",
  notImported: "This file does not hold solved exercises.",
};

/** @returns {typeof ko} */
export function words() {
  return document.documentElement.lang === "ko" ? ko : en;
}

/**
 * A sentence, from what the engine knows about a mistake.
 * @typedef {(data: any) => string} Sentence
 */

/** @type {Record<string, Sentence>} */
const HINTS_KO = {
  "name-not-defined": ({ name, similar }) =>
    similar
      ? `${name} 같은 이름은 없습니다. 쓰려던 것은 ${similar}입니까?`
      : `${name} 같은 이름은 아직 없습니다. 철자를 살펴보고, 쓰기 전에 값을 정하거나 import 하십시오.`,
  "local-before-assignment": ({ name }) =>
    `함수 안에서 ${name}의 값을 정하기 전에 썼습니다. 함수 어딘가에서 값을 정하는 이름은 그 함수 안에서만 쓰입니다. 밖의 값을 쓰려면 인자로 넘기십시오.`,
  reshape: ({ size, shape }) =>
    `원소 ${size}개를 ${shape} 모양으로 바꿀 수 없습니다. 모양에 쓴 수를 모두 곱하면 원소의 개수가 되어야 합니다.`,
  "shape-mismatch": ({ shapes }) =>
    `배열의 모양이 맞지 않습니다${shapes?.length ? `: ${shapes.join("와 ")}` : ""}. 두 배열의 shape를 출력해 어느 축이 어긋나는지 보십시오.`,
  indentation: ({ tabs }) =>
    tabs
      ? "들여쓰기에 탭과 빈칸이 섞여 있습니다. 빈칸 네 개로 맞추십시오."
      : "들여쓰기가 맞지 않습니다. 같은 덩어리의 줄은 같은 칸에서 시작해야 합니다.",
  syntax: ({ problem }) =>
    ({
      bracket: "괄호의 짝이 맞지 않습니다. 이 줄이나 바로 윗줄을 보십시오.",
      quote: "따옴표가 닫히지 않았습니다.",
      colon: "이 줄 끝에 쌍점(:)이 있어야 합니다.",
      equals: "같은지 물을 때는 == 를, 값을 정할 때는 = 를 씁니다.",
    })[/** @type {string} */ (problem)] ?? "파이썬 문법에 맞지 않는 곳이 있습니다. 이 줄이나 바로 윗줄을 보십시오.",
  index: ({ index, size }) =>
    index !== null && size !== null && index !== undefined && size !== undefined
      ? `원소가 ${size}개인데 ${index}번을 달라고 했습니다. 번호는 0부터 ${size - 1}까지입니다.`
      : "없는 번호의 원소를 달라고 했습니다. 번호는 0부터 셉니다.",
  "zero-division": () => "0으로 나누었습니다. 나누는 수가 0이 되는 경우를 살펴보십시오.",
  type: ({ missing, unexpected }) =>
    missing
      ? `함수에 넘기지 않은 인자가 있습니다: ${missing}`
      : unexpected
        ? `함수가 모르는 인자입니다: ${unexpected}`
        : "이 연산이나 함수가 받지 않는 종류의 값입니다. type()으로 무엇인지 확인하십시오.",
  key: ({ key }) => `사전에 없는 키입니다: ${key}. 어떤 키가 있는지 list()로 보십시오.`,
  attribute: ({ object, name, similar }) =>
    `${object}에 없는 이름입니다: ${name}.${similar ? ` 쓰려던 것은 ${similar}입니까?` : ""}`,
  recursion: () => "함수가 자기 자신을 끝없이 부릅니다. 멈추는 조건을 살펴보십시오.",
  import: ({ module }) =>
    `여기에는 ${module} 모듈이 없습니다. 쓸 수 있는 것은 NumPy와 snippets, 그리고 표준 라이브러리의 일부입니다.`,
  "import-name": ({ module, name, similar }) =>
    `${module}에는 ${name} 같은 이름이 없습니다.${similar ? ` 쓰려던 것은 ${similar}입니까?` : ""}`,
  singular: () => "역행렬이 없는 행렬입니다. 행이나 열 하나가 다른 것들의 조합입니다.",
  memory: () => "메모리가 모자랍니다. 배열을 더 작게 만드십시오.",
  value: () => "종류는 맞지만 쓸 수 없는 값입니다. 오류 메시지가 무엇이 문제인지 말해 줍니다.",
};

/** @type {Record<string, Sentence>} */
const HINTS_EN = {
  "name-not-defined": ({ name, similar }) =>
    similar
      ? `There is no name ${name}. Did you mean ${similar}?`
      : `There is no name ${name} yet. Check the spelling, and give it a value or import it before this line.`,
  "local-before-assignment": ({ name }) =>
    `${name} is used before the function gives it a value. A name that a function sets anywhere belongs to that function; hand in the value from outside as an argument.`,
  reshape: ({ size, shape }) =>
    `${size} elements cannot take the shape ${shape}: the numbers of a shape, multiplied, give the number of elements.`,
  "shape-mismatch": ({ shapes }) =>
    `The shapes of the arrays do not fit${shapes?.length ? `: ${shapes.join(" and ")}` : ""}. Print both shapes to see which axis differs.`,
  indentation: ({ tabs }) =>
    tabs
      ? "Tabs and spaces are mixed in the indentation. Use four spaces."
      : "The indentation does not fit: lines of one block start in the same column.",
  syntax: ({ problem }) =>
    ({
      bracket: "A bracket has no partner. Look at this line and the one above it.",
      quote: "A quotation mark is never closed.",
      colon: "This line should end with a colon.",
      equals: "To compare write ==, to give a value write =.",
    })[/** @type {string} */ (problem)] ?? "This is not valid Python. Look at this line and the one above it.",
  index: ({ index, size }) =>
    index !== null && size !== null && index !== undefined && size !== undefined
      ? `There are ${size} elements and you asked for number ${index}. They are numbered from 0 to ${size - 1}.`
      : "You asked for an element that is not there. Elements are numbered from 0.",
  "zero-division": () => "Something was divided by zero. Look at when the divisor can become 0.",
  type: ({ missing, unexpected }) =>
    missing
      ? `The function was called without the argument ${missing}.`
      : unexpected
        ? `The function does not know the argument ${unexpected}.`
        : "This operation or function does not take this kind of value. See what it is with type().",
  key: ({ key }) => `The dictionary has no key ${key}. See its keys with list().`,
  attribute: ({ object, name, similar }) =>
    `${object} has no ${name}.${similar ? ` Did you mean ${similar}?` : ""}`,
  recursion: () => "The function calls itself without end. Look at the condition that should end it.",
  import: ({ module }) =>
    `There is no module ${module} here. There are NumPy, snippets, and a part of the standard library.`,
  "import-name": ({ module, name, similar }) =>
    `${module} has no ${name}.${similar ? ` Did you mean ${similar}?` : ""}`,
  singular: () => "This matrix has no inverse: one of its rows or columns is made of the others.",
  memory: () => "There is not enough memory. Make the arrays smaller.",
  value: () => "The kind of value is right, but not the value itself; the message says what is wrong.",
};

/**
 * @param {{id: string, data: any}|undefined} hint
 * @returns {string} what is probably wrong, or "" if nobody knows
 */
export function hintSentence(hint) {
  const table = document.documentElement.lang === "ko" ? HINTS_KO : HINTS_EN;
  return (hint && table[hint.id]?.(hint.data ?? {})) ?? "";
}

/**
 * @param {import("./client.js").LiveError} error
 * @returns {string} why Python could not be loaded, and what to do
 */
export function lostSentence({ kind, message }) {
  const told = words()[kind];
  return told.endsWith(":") ? `${told} ${message}` : told;
}
