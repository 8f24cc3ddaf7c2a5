"""Both languages say the same things."""

from string import Formatter

import pytest

from telewelfare.strings import Texts, texts

TH, EN = texts("th"), texts("en")


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


def test_both_languages_have_the_same_keys() -> None:
    assert TH.entries.keys() ^ EN.entries.keys() == set()


def test_both_languages_fill_the_same_placeholders() -> None:
    both = TH.entries.keys() & EN.entries.keys()
    differing = {
        key for key in both if placeholders(TH.entries[key]) != placeholders(EN.entries[key])
    }
    assert differing == set()


def test_no_sentence_is_empty() -> None:
    empty = {key for t in (TH, EN) for key, sentence in t.entries.items() if not sentence.strip()}
    assert empty == set()


def test_placeholders_are_filled() -> None:
    t = Texts("en", {"home.waiting": "{n} waiting"})
    assert t("home.waiting", n=3) == "3 waiting"


def test_a_missing_key_is_an_error_for_the_developer_and_none_for_the_worker() -> None:
    with pytest.raises(KeyError):
        TH("no.such.key")
    assert texts("th", strict=False)("no.such.key") == "no.such.key"


def test_codes_and_fields_have_labels_and_unknown_ones_show_themselves() -> None:
    t = Texts("th", {"codes.report_channel.hotline_1300": "สายด่วน 1300", "fields.case.area": "พื้นที่"})
    assert t.code("report_channel", "hotline_1300") == "สายด่วน 1300"
    assert t.code("report_channel", "pigeon") == "pigeon"
    assert t.codes("report_channel") == {"hotline_1300": "สายด่วน 1300"}
    assert t.field("case", "area") == "พื้นที่"
    assert t.field("case", "shoe_size") == "shoe_size"


def test_a_language_is_loaded_once() -> None:
    assert texts("th") is TH
