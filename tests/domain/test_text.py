"""Keys for finding, comparing and sorting Thai text."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telewelfare.domain.digits import thai_digits
from telewelfare.domain.text import matches, phonetic_key, search_key, sort_key

PIECES = ["นาย", "นาง", "ตำบล", "อำเภอ", "ต.", "อ.", "จ.", "เ", "แ", "ก", "ุ", "่", "ํ", "า", " ", "1"]
thai = st.one_of(
    st.lists(st.sampled_from(PIECES), max_size=12).map("".join),
    st.text(st.characters(min_codepoint=0xE01, max_codepoint=0xE4F), max_size=20),
    st.text(max_size=20),
)
WRITTEN = "นายสมชาย แก้วมณี 081-234-5678 ๑๒/๓ หมู่ที่ 3 ต.เกาะลิบง อ.กันตัง จ.ตรัง"


@given(thai)
def test_a_search_key_of_a_search_key_is_itself(text: str) -> None:
    assert search_key(search_key(text)) == search_key(text)


@given(thai)
def test_composed_and_decomposed_letters_are_the_same(text: str) -> None:
    assert search_key(unicodedata.normalize("NFC", text)) == search_key(
        unicodedata.normalize("NFD", text)
    )


@given(thai, st.sampled_from("่้๊๋็์"), st.integers(0, 40))
def test_one_tone_mark_more_makes_no_difference(text: str, mark: str, at: int) -> None:
    # Between a nikhahit or a vowel that is composed and its other half it would be another letter.
    plain = re.sub("[^ก-๏0-9a-z .]", "", text)
    assert search_key(plain[:at] + mark + plain[at:]) == search_key(plain)


@given(thai)
def test_thai_digits_make_no_difference(text: str) -> None:
    assert search_key(thai_digits(text)) == search_key(text)


@pytest.mark.parametrize(
    "query",
    [
        "สมชาย",
        "นายสมชาย",
        "นาย สมชาย",
        "สมชายแก้วมณี",
        "สมชาย แกวมนี",
        "เเก้วมณี",
        "0812345678",
        "081-234",
        "๐๘๑ ๒๓๔",
        "12/3",
        "เกาะลิบง",
        "ตำบลเกาะลิบง",
        "ต.เกาะลิบง อ.กันตัง",
        "ต. เกาะลิบง",
        "เกาะลิบงอ.กันตัง",
        "ตำบลเกาะลิบงอำเภอกันตังจังหวัดตรัง",
        "จังหวัดตรัง สมชาย",
        "",
        "นาย",
    ],
)
def test_a_query_finds_text_however_it_is_typed(query: str) -> None:
    assert matches(query, search_key(WRITTEN))


@pytest.mark.parametrize("query", ["สมหญิง", "สมชาย ชัยภูมิ", "0899999999", "ลิบงเกาะ"])
def test_every_word_of_a_query_must_occur(query: str) -> None:
    assert not matches(query, search_key(WRITTEN))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("น้ำ", "นํ้า"),
        ("น้ำ", "น้ํา"),
        ("ด.ญ. ณัฐธิดา", "เด็กหญิงนัทธิดา".replace("นัท", "นัฐ")),
        ("น.ส.ศิริพร", "นางสาว สิริภร"),
        ("MR. Smith", "smith"),
        ("เขต บางรัก", "บางรัก"),
    ],
)
def test_spellings_of_one_thing_have_one_key(one: str, other: str) -> None:
    assert search_key(one) == search_key(other)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("นายูง", "นายุง"),
        ("อบต.กันตัง", "อบตกันตัง"),
        ("ร.ต.อ.สมชาย", "รตอสมชาย"),
        ("สุเขต", "สุเขต"),
    ],
)
def test_what_only_looks_like_a_title_or_an_area_word_stays(text: str, key: str) -> None:
    assert search_key(text) == key


def test_names_that_sound_alike_share_a_phonetic_key() -> None:
    assert phonetic_key("นายสมศักดิ์ ใจดี") == phonetic_key("สมสัก ไจดี")
    assert phonetic_key("จันทร์") == phonetic_key("จันท")
    assert phonetic_key("สมชาย") != phonetic_key("สมหญิง")


def test_names_sort_as_in_a_thai_dictionary() -> None:
    names = ["ไก่", "เกาะ", "ขา", "แก้ว", "กา", "ก้าน", "กาน"]
    assert sorted(names, key=sort_key) == ["กา", "กาน", "ก้าน", "เกาะ", "แก้ว", "ไก่", "ขา"]
