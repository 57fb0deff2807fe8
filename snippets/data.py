"""Data to learn from: a few points in the plane, real handwritten digits, and Korean writing.

The points are drawn by `rng`, so the same seed gives the same points.  The digits and the writing
ship inside the package and are read with `importlib.resources`, which works from a folder, from a
zip file and in the browser alike: this module alone reads files, and only the package's own.

A Hangul syllable is a block of two or three letters, and Unicode numbers the 11,172 blocks in the
order of their letters: 19 initials, 21 vowels, 28 finals (the first of which is "none"):

    code = 0xAC00 + (initial * 21 + vowel) * 28 + final.

So two divisions take a block apart, which turns thousands of syllables into 51 letters: an alphabet
small enough for a small language model.

Sources.  Digits: Alpaydin & Kaynak (1998), "Optical Recognition of Handwritten Digits", UCI Machine
Learning Repository, CC BY 4.0; the 1,797 images of its test set, as packaged by scikit-learn.
Writing: poems and prose passages in modern spelling, all in the public domain, their authors dead
for more than 70 years.  Where each was first printed, as reference works and editions give it:

    윤동주 (d. 1945)  서시, 별 헤는 밤, 소년, 또 다른 고향, 길, 십자가, 참회록: 하늘과 바람과
        별과 시 (1948), after his death; 자화상, 새로운 길: 문우 (1941); 아우의 인상화: 조선일보;
        쉽게 씌어진 시: 경향신문, after his death; 눈: could not be established
    김소월 (d. 1934)  all in 진달래꽃 (1925); its title poem, in other words, in 개벽 (1922)
    한용운 (d. 1944)  님의 침묵 (1926)
    이육사 (d. 1944)  청포도: 문장 (1939); 절정: 문장 (1940); 광야: 자유신문 (1945), after his death
    이상화 (d. 1943)  개벽 (1926)
    김영랑 (d. 1950)  문학 (1934)
    김유정 (d. 1937)  조광 (1936)
    이효석 (d. 1942)  조광 (1936)

`korean_works` names each work and a year, that of the printing, and for 윤동주 of the manuscript.
The text was not taken from these printings: it was compared line by line with independent copies
on the web, and where these differ in a word, as those of 동백꽃 do, the word here is that of at
least one of them.

Raises, in every function with arguments: ValueError for a number or a shape that does not fit,
TypeError for anything of another kind.
"""

from __future__ import annotations

import io
import math
from importlib import resources
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from snippets._checks import Floats, Indices, float_type, floats, generator, integer, real
from snippets.logic_gates import GATES, truth_table

__all__ = [
    "Work",
    "blobs",
    "digits",
    "join_jamo",
    "korean_text",
    "korean_works",
    "moons",
    "spirals",
    "split_jamo",
    "train_test_split",
    "xor",
]

INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
FINALS = " ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
FIRST_BLOCK, LAST_BLOCK = ord("가"), ord("힣")
ESCAPE = "\x1b"


def xor() -> tuple[Floats, Floats]:
    """Return the truth table of exclusive or: 1 where exactly one input is 1.

    Returns x (4, 2) and y (4,).  Every other gate stands in `logic_gates`.

    >>> x, y = xor()
    >>> y.tolist()
    [0.0, 1.0, 1.0, 0.0]
    """
    return truth_table(2), np.array(GATES["XOR"], dtype=np.float64)


def moons(n: int, rng: np.random.Generator, noise: float = 0.1) -> tuple[Floats, Indices]:
    """Draw two interleaved half circles.

    n: number of points.  noise: standard deviation added to each coordinate.
    Returns x (n, 2) and labels (n,), 0 for the upper moon and 1 for the lower.

    >>> x, labels = moons(4, np.random.default_rng(0), noise=0.0)
    >>> x.shape, labels.tolist()
    ((4, 2), [0, 1, 0, 1])
    """
    n = integer("moons", "n", n, minimum=1)
    noise = real("moons", "noise", noise, minimum=0)
    labels = np.arange(n, dtype=np.intp) % 2
    angle = generator("moons", rng).uniform(0, math.pi, n)
    upper = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    lower = np.stack([1 - np.cos(angle), 0.5 - np.sin(angle)], axis=1)
    x = np.where(labels[:, None] == 0, upper, lower)
    return x + rng.normal(0, noise, (n, 2)), labels


def spirals(
    n: int, rng: np.random.Generator, noise: float = 0.05, arms: int = 2, turns: float = 1.0
) -> tuple[Floats, Indices]:
    """Draw spiral arms around the origin, each a class of its own.

    n: number of points.  noise: standard deviation of each coordinate.  arms: number of classes.
    turns: how often an arm winds around.  Returns x (n, 2) and labels (n,) in 0 .. arms - 1.

    >>> x, labels = spirals(6, np.random.default_rng(0), arms=3)
    >>> x.shape, labels.tolist()
    ((6, 2), [0, 1, 2, 0, 1, 2])
    """
    n, arms = integer("spirals", "n", n, minimum=1), integer("spirals", "arms", arms, minimum=1)
    noise = real("spirals", "noise", noise, minimum=0)
    turns = real("spirals", "turns", turns, above=0)
    labels = np.arange(n, dtype=np.intp) % arms
    radius = generator("spirals", rng).uniform(0.05, 1, n)
    angle = 2 * math.pi * (turns * radius + labels / arms)
    x = radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return x + rng.normal(0, noise, (n, 2)), labels


def blobs(
    n: int,
    rng: np.random.Generator,
    centers: ArrayLike = ((-1.0, -1.0), (1.0, 1.0)),
    std: float = 0.5,
) -> tuple[Floats, Indices]:
    """Draw round clouds of points, one for each center.

    n: number of points.  centers: (K, D).  std: standard deviation of each coordinate.
    Returns x (n, D) and labels (n,) in 0 .. K - 1.

    >>> x, labels = blobs(3, np.random.default_rng(0), centers=[[0.0], [9.0]], std=0.0)
    >>> x.ravel().tolist(), labels.tolist()
    ([0.0, 9.0, 0.0], [0, 1, 0])
    """
    n = integer("blobs", "n", n, minimum=1)
    std = real("blobs", "std", std, minimum=0)
    middle = floats("blobs", "centers", centers, ndim=2, finite=True)
    if middle.size == 0:
        raise ValueError(f"blobs: centers must not be empty, got shape {middle.shape}")
    labels = np.arange(n, dtype=np.intp) % len(middle)
    scatter = generator("blobs", rng).normal(0, std, (n, middle.shape[1]))
    return middle[labels] + scatter.astype(middle.dtype), labels


def digits(dtype: DTypeLike = np.float64) -> tuple[Floats, Indices]:
    """Return 1,797 handwritten digits: x (1797, 64), grey in 0 .. 1, and labels (1797,) in 0 .. 9.

    dtype: float type of x.  `x.reshape(-1, 1, 8, 8)` gives images.
    Source: see the head of this module.

    >>> x, labels = digits()
    >>> x.shape, labels[:4].tolist()
    ((1797, 64), [0, 1, 2, 3])
    """
    kind = float_type("digits", dtype)
    with np.load(io.BytesIO(_asset("digits.npz"))) as stored:
        return stored["pixels"].astype(kind) / 16, stored["labels"].astype(np.intp)


def train_test_split(
    x: ArrayLike, y: ArrayLike, rng: np.random.Generator, test_share: float = 0.25
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Shuffle the samples and hold a share of them back: (x_train, y_train, x_test, y_test).

    x: (N, ...).  y: (N, ...).  test_share: 0 < share < 1, rounded to whole samples.

    >>> parts = train_test_split(np.arange(8.0), np.arange(8), np.random.default_rng(0))
    >>> [len(part) for part in parts]
    [6, 6, 2, 2]
    """
    samples, targets = _table("x", x), _table("y", y)
    if samples.ndim == 0 or targets.shape[:1] != samples.shape[:1]:
        raise ValueError(
            "train_test_split: x and y must hold equally many samples, "
            f"got shapes {samples.shape} and {targets.shape}"
        )
    share = real("train_test_split", "test_share", test_share, above=0, below=1)
    order = generator("train_test_split", rng).permutation(len(samples)).astype(np.intp)
    test, train = np.split(order, [round(share * len(order))])
    return samples[train], targets[train], samples[test], targets[test]


class Work(NamedTuple):
    """A poem or a passage: title, author, year of writing or publication, and text.

    >>> Work("엄마야 누나야", "김소월", 1925, "엄마야 누나야 강변 살자").author
    '김소월'
    """

    title: str
    author: str
    year: int
    text: str


def korean_works() -> list[Work]:
    """Return the poems and prose passages that ship with the package, in modern spelling.

    Every author has been dead for more than 70 years, so the works are in the public domain.

    >>> korean_works()[0][:3]
    ('서시', '윤동주', 1941)
    """
    works: list[Work] = []
    for block in _asset("korean.txt").decode("utf-8").split("# ")[1:]:
        head, _, text = block.partition("\n")
        title, author, year = head.split(" | ")
        works.append(Work(title, author, int(year), text.strip()))
    return works


def korean_text() -> str:
    """Return the texts of all `korean_works`, one after the other, with an empty line between.

    >>> korean_text().splitlines()[0]
    '죽는 날까지 하늘을 우러러'
    """
    return "\n\n".join(work.text for work in korean_works()) + "\n"


def split_jamo(text: str) -> str:
    r"""Take Hangul blocks apart into letters; `join_jamo` undoes it without loss.

    text: any text; everything that is not a block stays as it is.  A letter that stood alone in
    the text is marked by an escape character before it, so that it is not joined later.

    >>> split_jamo("한글 ABC")
    'ㅎㅏㄴㄱㅡㄹ ABC'
    >>> split_jamo("ㅋ")
    '\x1bㅋ'
    """
    return "".join(_letters(character) for character in _text("split_jamo", text))


def join_jamo(letters: str) -> str:
    """Put letters together into Hangul blocks: the inverse of `split_jamo`.

    letters: any text, for instance what a language model wrote.  A consonant before a vowel begins
    a block, one after a vowel ends it; letters that fit nowhere stay alone.

    >>> join_jamo("ㅎㅏㄴㄱㅡㄹ ABC")
    '한글 ABC'
    >>> join_jamo("ㄱㅏㄱㅏ"), join_jamo("ㅏㄱ")
    ('가가', 'ㅏㄱ')
    """
    text = _text("join_jamo", letters)
    blocks: list[str] = []
    i = 0
    while i < len(text):
        if text[i] == ESCAPE and i + 1 < len(text):
            blocks.append(text[i + 1])
            i += 2
        elif _is(text, i, INITIALS) and _is(text, i + 1, VOWELS):
            # a consonant is a final only if it does not begin the next block
            closed = _is(text, i + 2, FINALS[1:]) and not _is(text, i + 3, VOWELS)
            blocks.append(_block(text[i], text[i + 1], text[i + 2] if closed else " "))
            i += 3 if closed else 2
        else:
            blocks.append(text[i])
            i += 1
    return "".join(blocks)


def _table(name: str, value: ArrayLike) -> NDArray[Any]:
    """Return samples of any dtype: they are only put into another order."""
    try:
        return np.asarray(value)
    except ValueError:
        raise ValueError(
            f"train_test_split: {name} must be a rectangular array, got ragged rows"
        ) from None


def _letters(character: str) -> str:
    code = ord(character)
    if FIRST_BLOCK <= code <= LAST_BLOCK:
        # undo the formula at the head of this module, from its last step
        rest, final = divmod(code - FIRST_BLOCK, 28)
        initial, vowel = divmod(rest, 21)
        return INITIALS[initial] + VOWELS[vowel] + FINALS[final].strip()
    stands_alone = character in INITIALS + VOWELS + FINALS[1:] + ESCAPE
    return ESCAPE + character if stands_alone else character


def _block(initial: str, vowel: str, final: str) -> str:
    number = INITIALS.index(initial) * 21 + VOWELS.index(vowel)
    return chr(FIRST_BLOCK + number * 28 + FINALS.index(final))


def _is(text: str, i: int, kind: str) -> bool:
    return i < len(text) and text[i] in kind


def _text(where: str, value: Any) -> str:
    if not isinstance(value, str):
        name = "text" if where == "split_jamo" else "letters"
        raise TypeError(f"{where}: {name} must be a string, got {value!r}")
    return value


def _asset(name: str) -> bytes:
    return resources.files("snippets").joinpath("_data", name).read_bytes()
