"""Thai and Arabic digits."""

from hypothesis import given
from hypothesis import strategies as st

from telewelfare.domain.digits import arabic_digits, thai_digits


def test_digits_are_written_both_ways() -> None:
    assert thai_digits("20/11/2569") == "๒๐/๑๑/๒๕๖๙"
    assert arabic_digits("๐๑๒๓๔๕๖๗๘๙ ก") == "0123456789 ก"


@given(st.text(alphabet=st.characters(exclude_characters="๐๑๒๓๔๕๖๗๘๙")))
def test_text_without_thai_digits_comes_back_from_them(text: str) -> None:
    assert arabic_digits(thai_digits(text)) == text
