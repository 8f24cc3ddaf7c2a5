"""Every code, field and problem has its words in both languages, and no word is left over."""

import re
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import pytest

from telewelfare.domain import checks
from telewelfare.domain.codes import CODES
from telewelfare.domain.fields import Kind, Type
from telewelfare.domain.kinds import KINDS

LANGS = ["th", "en"]
PROBLEM_CODES = {
    value
    for name, value in vars(checks).items()
    if name.isupper() and not name.startswith("_") and isinstance(value, str)
}


def words(lang: str, topic: str) -> dict[str, Any]:
    file = files("telewelfare.strings") / lang / f"{topic}.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))


def declared(kind: Kind) -> Iterator[str]:
    for field in kind.fields:
        yield field.name
        if field.type is Type.LIST and field.key:
            yield f"{field.name}/{field.key}"
        yield from (f"{field.name}/{sub.name}" for sub in field.fields)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("enumeration", CODES)
def test_every_code_has_a_label_in_the_order_of_the_list(lang: str, enumeration: str) -> None:
    labels = words(lang, "codes")[enumeration]
    assert list(labels) == list(CODES[enumeration])
    assert all(label.strip() == label != "" for label in labels.values())


@pytest.mark.parametrize("lang", LANGS)
def test_no_enumeration_is_labelled_that_does_not_exist(lang: str) -> None:
    assert list(words(lang, "codes")) == list(CODES)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("enumeration", CODES)
def test_no_two_choices_of_a_list_look_the_same(lang: str, enumeration: str) -> None:
    labels = list(words(lang, "codes")[enumeration].values())
    if enumeration == "problem":  # each of the nine areas may have its own "other"
        labels = [label for label in labels if not label.startswith(("อื่น ๆ", "Other"))]
    assert len(labels) == len(set(labels))


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_field_has_a_label_and_no_label_is_left_over(lang: str, kind: Kind) -> None:
    assert list(words(lang, "fields")[kind.name]) == list(declared(kind))


@pytest.mark.parametrize("lang", LANGS)
def test_no_kind_is_labelled_that_does_not_exist(lang: str) -> None:
    assert list(words(lang, "fields")) == list(KINDS)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_no_two_fields_of_a_kind_look_the_same(lang: str, kind: Kind) -> None:
    labels = list(words(lang, "fields")[kind.name].values())
    assert len(labels) == len(set(labels))


@pytest.mark.parametrize("lang", LANGS)
def test_every_problem_has_a_sentence_and_no_sentence_is_left_over(lang: str) -> None:
    assert set(words(lang, "problems")) == PROBLEM_CODES


def test_the_thai_words_are_thai() -> None:
    for topic in ("codes", "fields", "problems"):
        thai = (label for label in _leaves(words("th", topic)))
        assert all(re.search("[ก-๙]", label) for label in thai)


def _leaves(table: dict[str, Any]) -> Iterator[str]:
    for value in table.values():
        yield from _leaves(value) if isinstance(value, dict) else [value]


@pytest.mark.parametrize(
    ("field", "words_in_it"),
    [
        ("person.first_name", "ผู้ประสบปัญหา"),
        ("visit.applicant", "ไม่ใช่ผู้ประสบปัญหา"),
        ("person.registered_address", "ของผู้ประสบปัญหา"),
        ("household.income_sources", "ผู้อื่นให้"),
        ("visit.requested_amount", "เว้นว่างได้"),
        ("attachment.kind", "แนวนอน"),
        ("visit.completed", "ตรวจทาน"),
    ],
)
def test_a_label_prevents_what_people_are_known_to_mix_up(field: str, words_in_it: str) -> None:
    kind, name = field.split(".")
    assert words_in_it in words("th", "fields")[kind][name]


@pytest.mark.parametrize("lang", LANGS)
def test_every_hint_belongs_to_a_field(lang: str) -> None:
    hints = {(kind, field) for kind, rows in words(lang, "hints").items() for field in rows}
    assert hints <= {(kind.name, field) for kind in KINDS.values() for field in declared(kind)}
