"""The glossary: one word for each idea in each language, from docs/glossary.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from scripts.cache import ROOT
from scripts.errors import PageError

FILE = Path("docs/glossary.toml")
_INITIALS = "ㄱㄱㄴㄷㄷㄹㅁㅂㅂㅅㅅㅇㅈㅈㅊㅋㅌㅍㅎ"  # doubled consonants stand with the plain ones
_SYLLABLES = range(ord("가"), ord("힣") + 1)
_SYLLABLES_PER_INITIAL = 21 * 28


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
        """Index `entries`; an id or a word of one language that means two ideas is a PageError."""
        self.entries = entries
        ids: set[str] = set()
        self._words: dict[tuple[str, str], Entry] = {}
        for entry in entries:
            if entry.id in ids:
                raise PageError(FILE, None, f"two terms have the id {entry.id}")
            ids.add(entry.id)
            for language in ("ko", "en"):
                for word in (entry.word[language], *entry.aliases[language]):
                    other = self._words.setdefault((language, word.lower()), entry)
                    if other is not entry:
                        raise PageError(
                            FILE, None, f"{word!r} means both {other.id} and {entry.id}"
                        )

    def find(self, language: str, word: str) -> Entry | None:
        """Return the entry of `word`, whatever its capitals, or None; English may be plural."""
        word = word.lower()
        endings = ("", "s", "es") if language == "en" else ("",)
        stems = (word.removesuffix(ending) for ending in endings if word.endswith(ending))
        found = (self._words.get((language, stem)) for stem in stems)
        return next((entry for entry in found if entry), None)

    def markdown(self, language: str, titles: Mapping[str, str]) -> str:
        """Return the glossary page's body: the terms in alphabetical order, letter by letter.

        titles: of the pages that exist in `language`, by slug; an entry links to no other page.
        """
        ordered = sorted(self.entries, key=lambda entry: _order(entry.word[language]))
        parts: list[str] = []
        for letter, entries in groupby(ordered, lambda entry: initial(entry.word[language])):
            parts.append(f"### {letter} {{#initial-{ord(letter):x}}}")
            for entry in entries:
                parts += _entry_markdown(entry, language, titles)
        return "\n\n".join(parts) + "\n"


def initial(word: str) -> str:
    """Return what a dictionary files `word` under: its first letter, or its first consonant.

    >>> initial("역전파"), initial("쌍곡탄젠트"), initial("gradient")
    ('ㅇ', 'ㅅ', 'G')
    """
    code = ord(word[0])
    if code in _SYLLABLES:
        return _INITIALS[(code - _SYLLABLES.start) // _SYLLABLES_PER_INITIAL]
    return word[0].upper()


def _order(word: str) -> tuple[bool, str, str]:
    """Hangul before Latin letters, doubled consonants among the plain ones."""
    return ord(word[0]) not in _SYLLABLES, initial(word), word.casefold()


def _entry_markdown(entry: Entry, language: str, titles: Mapping[str, str]) -> list[str]:
    other = "en" if language == "ko" else "ko"
    own, foreign = entry.word[language], entry.word[other]
    words = [] if foreign == own else [f'<span lang="{other}">{foreign}</span>']
    words += [alias for alias in entry.aliases[language] if alias != foreign]
    also = [" · ".join(words), entry.note if language == "ko" else ""]
    parts = [
        f"#### {own} {{#{entry.id}}}",
        " — ".join(filter(None, also)),
        entry.text[language],
    ]
    if entry.see in titles:
        more = "더 보기" if language == "ko" else "See"
        parts.append(f"{more}: [{titles[entry.see]}]({entry.see}.md)")
    return parts


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
