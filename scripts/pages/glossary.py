"""The glossary: one word for each idea in each language, from docs/glossary.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from scripts.cache import ROOT
from scripts.errors import PageError

FILE = Path("docs/glossary.toml")


@dataclass(frozen=True)
class Entry:
    """One idea: its word and its explanation in each language, other words for it, a note."""

    id: str
    word: dict[str, str]
    text: dict[str, str]
    aliases: dict[str, tuple[str, ...]]
    note: str
    see: str


class Glossary:
    """All entries, found by any of their words in a language."""

    def __init__(self, entries: list[Entry]) -> None:
        """Index `entries`; a word that means two ideas in one language is a PageError."""
        self.entries = entries
        self._words: dict[tuple[str, str], Entry] = {}
        for entry in entries:
            for language in ("ko", "en"):
                for word in (entry.word[language], *entry.aliases[language]):
                    other = self._words.setdefault((language, word.lower()), entry)
                    if other is not entry:
                        raise PageError(
                            FILE, None, f"{word!r} means both {other.id} and {entry.id}"
                        )

    def find(self, language: str, word: str) -> Entry | None:
        """Return the entry of `word` in `language`, whatever its capitals, or None."""
        return self._words.get((language, word.lower()))

    def markdown(self, language: str) -> str:
        """Return the glossary page's body: a heading and the explanation for each entry."""
        other = "en" if language == "ko" else "ko"
        parts: list[str] = []
        for entry in sorted(self.entries, key=lambda e: e.word[language].casefold()):
            parts.append(f"### {entry.word[language]} {{#{entry.id}}}")
            also = [entry.word[other], *entry.aliases[language]]
            line = " · ".join(f"*{word}*" for word in dict.fromkeys(also))
            if language == "ko" and entry.note:
                line += f" — {entry.note}"
            parts += [line, entry.text[language]]
            if entry.see:
                more = "더 보기" if language == "ko" else "See"
                parts.append(f"{more}: [{entry.see}]({entry.see}.md)")
        return "\n\n".join(parts) + "\n"


def load_glossary(root: Path = ROOT) -> Glossary:
    """Read docs/glossary.toml; raise PageError in words where an entry is incomplete."""
    path = root / FILE
    if not path.is_file():
        return Glossary([])
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise PageError(FILE, None, f"not valid TOML: {error}") from None
    entries: list[Entry] = []
    for term in data.get("term", []):
        for key in ("id", "ko", "en", "ko_text", "en_text"):
            if not term.get(key):
                raise PageError(FILE, None, f"term {term.get('id', '?')}: {key} is missing")
        entries.append(
            Entry(
                id=term["id"],
                word={"ko": term["ko"], "en": term["en"]},
                text={"ko": term["ko_text"], "en": term["en_text"]},
                aliases={
                    "ko": tuple(term.get("ko_aliases", [])),
                    "en": tuple(term.get("en_aliases", [])),
                },
                note=term.get("note", ""),
                see=term.get("see", ""),
            )
        )
    return Glossary(entries)
