"""The glossary: one word for each idea, complete, and written in two languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scripts.errors import PageError
from scripts.pages.glossary import Entry, Glossary, load_glossary
from scripts.pages.parse import parse_page
from scripts.pages.syllabus import load_syllabus, syllabus_markdown

GLOSSARY = load_glossary()
CONCEPTS = [concept for part in load_syllabus() for concept in part.concepts]
TERM = """
[[term]]
id = "weight"
ko = "가중치"
en = "weight"
ko_text = "입력에 곱하는 수입니다."
en_text = "A number that multiplies an input."
"""


def entry(name: str, korean: str, english: str, see: str = "", **aliases: tuple[str, ...]) -> Entry:
    return Entry(
        name,
        {"ko": korean, "en": english},
        {"ko": f"{korean}의 뜻입니다.", "en": f"What {english} means."},
        {"ko": aliases.get("ko", ()), "en": aliases.get("en", ())},
        "漢字",
        see,
    )


@pytest.fixture
def load(tmp_path: Path):
    def load(toml: str) -> Glossary:
        (tmp_path / "docs").mkdir(exist_ok=True)
        (tmp_path / "docs/glossary.toml").write_text(toml, "utf-8")
        return load_glossary(tmp_path)

    return load


# --- the loader ----------------------------------------------------------------------------------


def test_project_without_a_glossary_has_no_terms(tmp_path):
    assert load_glossary(tmp_path).entries == []


def test_term_is_found_by_word_alias_capitals_and_english_plural(load):
    glossary = load(TERM + 'ko_aliases = ["웨이트"]\nen_aliases = ["W"]\n')
    weight = glossary.entries[0]
    for language, word in [
        ("ko", "가중치"),
        ("ko", "웨이트"),
        ("en", "weight"),
        ("en", "Weights"),
        ("en", "w"),
    ]:
        assert glossary.find(language, word) is weight
    assert glossary.find("ko", "weight") is None
    assert glossary.find("en", "weighted") is None


def test_english_plural_in_es_finds_its_singular():
    assert Glossary([entry("bias", "편향", "bias")]).find("en", "biases")


@pytest.mark.parametrize("key", ["id", "ko", "en", "ko_text", "en_text"])
def test_incomplete_term_names_the_missing_key(load, key):
    toml = re.sub(rf"(?m)^{key} = .*\n", "", TERM)
    with pytest.raises(PageError, match=rf"docs/glossary.toml: term .*: {key} is missing"):
        load(toml)


def test_broken_toml_is_told_in_words(load):
    with pytest.raises(PageError, match=r"docs/glossary.toml: not valid TOML"):
        load("[[term]\n")


def test_id_used_twice_is_refused(load):
    with pytest.raises(PageError, match="two terms have the id weight"):
        load(TERM + TERM.replace("가중치", "무게").replace('"weight"\nko_text', '"load"\nko_text'))


@pytest.mark.parametrize(
    ("korean", "english"), [("가중치", "load"), ("무게", "weight"), ("무게", "Weight")]
)
def test_word_of_two_ideas_is_refused(korean, english):
    with pytest.raises(PageError, match="means both weight and other"):
        Glossary([entry("weight", "가중치", "weight"), entry("other", korean, english)])


def test_alias_that_is_another_term_is_refused():
    with pytest.raises(PageError, match="'필터' means both filter and kernel"):
        Glossary(
            [entry("filter", "필터", "filter"), entry("kernel", "커널", "kernel", ko=("필터",))]
        )


# --- what readers see ----------------------------------------------------------------------------


def test_korean_glossary_is_in_the_order_of_a_dictionary_with_latin_words_last():
    words = ["ReLU", "하이퍼파라미터", "쌍곡탄젠트", "셀 상태", "가중치", "Adam"]
    glossary = Glossary([entry(f"t{i}", word, word) for i, word in enumerate(words)])
    headings = re.findall(r"(?m)^#{3,4} (.*?) \{#", glossary.markdown("ko", {}))
    assert headings == (
        [
            "ㄱ",
            "가중치",
            "ㅅ",
            "셀 상태",
            "쌍곡탄젠트",
            "ㅎ",
            "하이퍼파라미터",
            "A",
            "Adam",
            "R",
            "ReLU",
        ]
    )


def test_entry_shows_the_other_language_its_aliases_and_its_note():
    glossary = Glossary([entry("kernel", "커널", "kernel", ko=("필터",), en=("filter",))])
    assert '<span lang="en">kernel</span> · 필터 — 漢字\n\n커널의 뜻입니다.' in glossary.markdown(
        "ko", {}
    )
    english = glossary.markdown("en", {})
    assert '<span lang="ko">커널</span> · filter\n\nWhat kernel means.' in english
    assert "漢字" not in english


def test_word_that_both_languages_share_stands_once():
    markdown = Glossary([entry("adam", "Adam", "Adam")]).markdown("ko", {})
    assert "#### Adam {#adam}\n\n漢字\n\nAdam" in markdown


def test_entry_links_to_its_page_only_if_the_page_exists():
    glossary = Glossary([entry("bias", "편향", "bias", see="neuron")])
    assert "See: [The neuron](neuron.md)" in glossary.markdown("en", {"neuron": "The neuron"})
    assert "neuron.md" not in glossary.markdown("en", {"xor": "XOR"})


def test_syllabus_links_pages_that_exist_and_marks_the_others():
    text = syllabus_markdown(load_syllabus(), "ko", {"xor"})
    assert "    2. [XOR 문제](xor.md)\n" in text
    assert '    1. 딥러닝이란 <span class="later">준비 중</span>\n' in text
    assert text.count("](") == 1
    assert text.count('class="later"') == len(CONCEPTS) - 1
    assert "in preparation" in syllabus_markdown(load_syllabus(), "en", set[str]())


@pytest.mark.parametrize("kind", ["glossary", "syllabus"])
def test_generated_block_must_be_empty(kind):
    text = f"# T\n\n```{kind}\n{{}}```\n"
    page = parse_page(Path("docs/ko/t.md"), "ko", text.format(""))
    assert [fence.kind for fence in page.fences] == [kind]
    with pytest.raises(PageError, match=rf"docs/ko/t.md:3: a {kind} block must be empty"):
        parse_page(Path("docs/ko/t.md"), "ko", text.format("words\n"))


# --- what docs/glossary.toml says ----------------------------------------------------------------


def test_every_concept_of_the_syllabus_has_a_term():
    explained = {term.see for term in GLOSSARY.entries}
    assert [concept.slug for concept in CONCEPTS if concept.slug not in explained] == []


def test_terms_lead_only_to_concepts_of_the_syllabus():
    slugs = {concept.slug for concept in CONCEPTS}
    assert [term.id for term in GLOSSARY.entries if term.see not in slugs] == []


def test_ids_are_ascii_slugs_and_leave_those_of_the_page_free():
    wrong = [e.id for e in GLOSSARY.entries if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", e.id)]
    assert wrong == []
    assert not {term.id for term in GLOSSARY.entries} & {"terms"}
    assert [term.id for term in GLOSSARY.entries if term.id.startswith("initial-")] == []


def test_explanations_are_whole_sentences_in_their_own_language():
    for term in GLOSSARY.entries:
        assert term.text["ko"].endswith("니다."), term.id
        assert term.text["en"].endswith("."), term.id
        assert term.text["en"][0].isupper(), term.id
        assert re.search("[가-힣]", term.text["ko"]), term.id
        assert not re.search("[가-힣]", term.text["en"]), term.id
        assert term.text["ko"] != term.text["en"], term.id


def test_every_korean_sentence_is_polite():
    for term in GLOSSARY.entries:
        for sentence in re.split(r"(?<=[가-힣])\. ", term.text["ko"]):
            assert re.search(r"니다\.?$", sentence), f"{term.id}: {sentence}"


def test_explanations_hold_no_links_and_no_code():
    for term in GLOSSARY.entries:
        for text in term.text.values():
            assert not re.search(r"\]\(|\[\[|`|\*", text), term.id


def test_every_korean_word_says_where_it_comes_from():
    assert [term.id for term in GLOSSARY.entries if not term.note] == []


@pytest.mark.parametrize(
    ("english", "korean"),
    [
        ("gradient", "기울기"),
        ("chain rule", "연쇄 법칙"),
        ("weight decay", "가중치 감쇠"),
        ("backpropagation", "역전파"),
        ("vanishing gradient", "기울기 소실"),
        ("learning rate", "학습률"),
        ("activation function", "활성화 함수"),
        ("bias", "편향"),
        ("weight", "가중치"),
        ("hidden layer", "은닉층"),
        ("hidden unit", "은닉 유닛"),
        ("loss", "손실"),
        ("loss function", "손실 함수"),
        ("training", "학습"),
        ("epoch", "에포크"),
        ("batch", "배치"),
        ("target", "목표값"),
        ("prediction", "예측값"),
        ("decision boundary", "결정 경계"),
        ("linearly separable", "선형 분리 가능"),
        ("step function", "계단 함수"),
        ("forward pass", "순전파"),
        ("gradient descent", "경사하강법"),
        ("perceptron", "퍼셉트론"),
        ("multilayer perceptron", "다층 퍼셉트론"),
        ("partial derivative", "편미분"),
        ("computational graph", "계산 그래프"),
        ("central difference", "중앙 차분"),
        ("regularization", "정칙화"),
        ("normalization", "정규화"),
    ],
)
def test_agreed_words_are_one_pair(english, korean):
    found = GLOSSARY.find("en", english)
    assert found is not None
    assert found is GLOSSARY.find("ko", korean)
    assert (found.word["en"], found.word["ko"]) == (english, korean)
