// The language chooser: remembers the choice in this browser, and says so.
const KEY = `${new URL(".", location.href).pathname}.language`;
const WORDS = {
  none: "선택한 언어는 이 브라우저에만 기억됩니다. · Your choice is remembered in this browser only.",
  ko: "다음부터 한국어판이 바로 열립니다.",
  en: "From now on the English edition opens at once.",
  forget: { ko: "기억 지우기", en: "Forget this" },
};

/** @returns {"ko" | "en" | null} the language chosen before */
function chosen() {
  try {
    const value = JSON.parse(localStorage.getItem(KEY) ?? "null");
    return value === "ko" || value === "en" ? value : null;
  } catch {
    return null;
  }
}

/** Say what is remembered, with a button that forgets it. */
function say() {
  const note = document.querySelector(".remembered");
  if (!(note instanceof HTMLElement)) return;
  const language = chosen();
  note.hidden = false;
  note.textContent = WORDS[language ?? "none"];
  note.lang = language ?? "mul";
  if (!language) return;
  const forget = document.createElement("button");
  forget.type = "button";
  forget.textContent = WORDS.forget[language];
  forget.addEventListener("click", () => {
    localStorage.removeItem(KEY);
    say();
  });
  note.append(" ", forget);
}

for (const link of document.querySelectorAll("a.choice[hreflang]")) {
  link.addEventListener("click", () => {
    try {
      localStorage.setItem(KEY, JSON.stringify(link.getAttribute("hreflang")));
    } catch {
      // Without storage nothing is remembered, and the link works all the same.
    }
  });
}
// A page shown again by the Back button must not tell of the past.
addEventListener("pageshow", say);
