"""Keys for finding, comparing and sorting Thai text; the text itself is never changed."""

import re
import unicodedata
from collections.abc import Iterable

from telewelfare.domain.digits import arabic_digits

_TONES = "\u0e47\u0e48\u0e49\u0e4a\u0e4b\u0e4c\u0e4e"  # ็ ่ ้ ๊ ๋ ์ ๎
_MARKS = re.compile("[\u0e47-\u0e4e]")
_SILENCED = re.compile("[ก-ฮ][ิุ]?์")
_LEADING_VOWEL = re.compile("([เแโใไ])([ก-ฮ])")
# `\w` leaves out the vowels above and below.
_NOT_WRITING = re.compile(r"[^\w\u0e30-\u0e3a\u0e4d]|_")
_PLAIN = re.compile("[0-9a-zก-\u0e39เ-ไ]*")
"""What folding leaves as it is; not so the dot below, which changes places with a vowel."""
_VARIANTS = str.maketrans("ณศษญธภฐีู", "นสสยทพถิุ", _TONES)
_MORE_VARIANTS = str.maketrans("ใฬฎฏฆฑฒฃฅ", "ไลดตคททขค")

_TITLES = ("นางสาว", "นาย", "นาง", "เด็กชาย", "เด็กหญิง")
# folded already, as ญ is written ย
_SHORT_TITLES = (r"น\.ส\.", r"ด\.ช\.", r"ด\.ย\.", r"mrs?\.", r"ms\.")
_AREA_WORDS = ("ตำบล", "อำเภอ", "จังหวัด")
_BANGKOK_WORDS = ("แขวง", "เขต")  # they end names too, as in สุเขต
_SHORT_AREA_WORD = re.compile(r"([ก-ฺเ-ไ]*)[ตอจ]\.")
_VOWEL = re.compile("[ะ-ฺเ-ไ]")


def search_key(text: str) -> str:
    """Return what two ways of typing the same thing have in common.

    Tone marks, spaces, dashes, titles, the words before an area's name, Thai digits, letter case
    and letters that sound alike make no difference. Applying it twice changes nothing more.
    """
    key = _once(text)
    while not _is_settled(key) and (again := _once(key)) != key:
        key = again
    return key


def query_keys(query: str) -> tuple[str, ...]:
    """Return the keys of the words of a query, to be prepared once for many comparisons."""
    return tuple(filter(None, map(search_key, query.split())))


def matches(query: str, haystack_key: str) -> bool:
    """Whether every word of a query occurs in a text whose `search_key` is given.

    A query without words, or of titles alone, matches everything.
    """
    return all_in(query_keys(query), haystack_key)


def all_in(keys: Iterable[str], haystack_key: str) -> bool:
    """Whether each of the prepared keys occurs in the haystack's."""
    return all(key in haystack_key for key in keys)


def phonetic_key(name: str) -> str:
    """Return how a name sounds, to find the same person written otherwise.

    Coarser than `search_key`: silenced consonants go, more letters fall together.
    """
    return search_key(_SILENCED.sub("", unicodedata.normalize("NFC", name))).translate(
        _MORE_VARIANTS
    )


def sort_key(text: str) -> tuple[str, str]:
    """Return a key that sorts as a Thai dictionary does: by consonants, tone marks last."""
    turned = _LEADING_VOWEL.sub(r"\2\1", text)
    return _MARKS.sub("", turned), turned


def _folded(text: str) -> str:
    """Fold spelling, keep spaces and dots."""
    plain = unicodedata.normalize("NFKC", arabic_digits(text).casefold())
    return plain.translate(_VARIANTS).replace("\u0e4d\u0e32", "\u0e33").replace("เเ", "แ")


def _either(words: Iterable[str]) -> str:
    return "|".join(_folded(word) for word in words)


_TITLE = re.compile(rf"^\s*(?:(?:{_either(_TITLES)})(?=\s|[ก-ฮเ-ไ]|$)|{'|'.join(_SHORT_TITLES)})")
"""A title only opens a text and is never cut from a word such as นายูง."""

_FOLDED_TITLES = tuple(_folded(word) for word in _TITLES)
_FOLDED_AREA_WORDS = tuple(_folded(word) for word in (*_AREA_WORDS, *_BANGKOK_WORDS))
_AREA_WORD = re.compile(rf"{_either(_AREA_WORDS)}|(?<!\S)(?:{_either(_BANGKOK_WORDS)})")


def _without_short_word(found: re.Match[str]) -> str:
    """Take off ต., อ. or จ. also where it hangs on the name before it, but leave อบต. and ร.ต.อ."""
    before = found[1]
    if before:
        return before if _VOWEL.search(before) else found[0]
    return found[0] if found.string[: found.start()].endswith(".") else ""


def _once(text: str) -> str:
    """Take one turn. A look whether a pattern can match at all costs less than trying it."""
    key = _TITLE.sub("", _folded(text))
    if "." in key:
        key = _SHORT_AREA_WORD.sub(_without_short_word, key)
    if _has_area_word(key):
        key = _AREA_WORD.sub("", key)
    return key if _PLAIN.fullmatch(key) else _NOT_WRITING.sub("", key)


def _has_area_word(key: str) -> bool:
    return any(word in key for word in _FOLDED_AREA_WORDS)


def _is_settled(key: str) -> bool:
    """Whether another turn would certainly change nothing."""
    return (
        _PLAIN.fullmatch(key) is not None
        and "เเ" not in key
        and not key.startswith(_FOLDED_TITLES)
        and not _has_area_word(key)
    )
