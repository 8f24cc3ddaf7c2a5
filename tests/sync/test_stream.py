"""Bodies of lines: each line can be read as soon as it is there, and a bad body does no harm."""

from __future__ import annotations

import gzip
import hashlib
import os
import time
import zlib
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telewelfare.sync.codec import TooLarge, Undecodable, UnknownCoding
from telewelfare.sync.stream import (
    DICTIONARY,
    STREAMED,
    TW1,
    Unpacker,
    choose_line_coding,
    packer,
)

CODINGS = (*STREAMED, "identity", "")
LEVELS = st.sampled_from([3, 9, 17])
LIMIT, TOTAL = 10_000, 40_000
LINE = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n"), max_size=40)
LINES = st.lists(LINE | st.text("กขงนํ้ำๆ๑ \u200b€😀é\x80\xa0", max_size=30), max_size=6)


def packed(lines: list[str], coding: str, level: int = 3) -> bytes:
    packing = packer(coding, level)
    return b"".join(packing.line(line) for line in lines) + packing.end()


def unpacked(body: bytes, coding: str, step: int = 7) -> list[str]:
    opening = Unpacker(coding, LIMIT, TOTAL)
    found: list[str] = []
    for start in range(0, len(body), step):
        found += opening.feed(body[start : start + step])
    return found + list(opening.end())


def _escaped(text: str, coding: str) -> str:
    """In `x-tw1`, what is no Thai is a JSON escape."""
    if coding != TW1:
        return text
    return text.encode("iso8859_11", "telewelfare.json_escape").decode("iso8859_11")


@given(lines=LINES, coding=st.sampled_from(CODINGS), level=LEVELS)
def test_lines_come_out_as_they_went_in(lines: list[str], coding: str, level: int) -> None:
    assert unpacked(packed(lines, coding, level), coding) == [
        _escaped(line, coding) for line in lines
    ]


@pytest.mark.parametrize("coding", CODINGS)
def test_a_line_can_be_read_before_the_next_is_made(coding: str) -> None:
    packing, opening = packer(coding, 17), Unpacker(coding, LIMIT, TOTAL)
    for line in ('{"ก":1}', "", '{"ข":2}'):
        assert list(opening.feed(packing.line(line))) == [line]
    assert list(opening.feed(packing.end())) == []
    assert list(opening.end()) == []


def test_a_letter_that_is_not_thai_is_an_escape_of_json() -> None:
    assert _escaped("ก😀€", TW1) == "ก\\ud83d\\ude00\\u20ac"


def test_a_small_body_cannot_unpack_into_very_many_lines() -> None:
    packing = packer("zstd", 3)
    body = b"".join(packing.line("\n" * 1_000_000) for _ in range(50)) + packing.end()
    assert len(body) < 10_000
    began = time.monotonic()
    with pytest.raises(TooLarge):
        list(Unpacker("zstd", 10**9, 10**9).feed(body))
    assert time.monotonic() - began < 1


@pytest.mark.parametrize("coding", CODINGS)
def test_a_small_body_cannot_unpack_into_a_huge_line(coding: str) -> None:
    body = packed(["x" * (LIMIT + 1)], coding)
    with pytest.raises(TooLarge):
        unpacked(body, coding)
    assert unpacked(packed(["x" * LIMIT], coding), coding) == ["x" * LIMIT]


@pytest.mark.parametrize("coding", CODINGS)
def test_nor_into_very_many_lines(coding: str) -> None:
    with pytest.raises(TooLarge):
        unpacked(packed(["x" * 1_000] * 41, coding), coding)


@pytest.mark.parametrize("coding", ["x-tw1", "zstd", "gzip"])
def test_a_bomb_is_never_unpacked_whole(coding: str) -> None:
    whole = b"\n" * 200_000_000 if coding == "zstd" else bytes(50_000_000)
    bomb = gzip.compress(whole) if coding == "gzip" else packed([whole.decode()], coding)
    assert len(bomb) < 100_000
    with pytest.raises(TooLarge):
        unpacked(bomb, coding, len(bomb))


@pytest.mark.parametrize("coding", STREAMED)
def test_a_body_cut_short_gives_its_whole_lines_and_is_then_known_as_cut(coding: str) -> None:
    packing = packer(coding, 3)
    first, second = packing.line("first"), packing.line("second" * 50)
    opening = Unpacker(coding, LIMIT, TOTAL)
    assert list(opening.feed(first + second[: len(second) // 2])) == ["first"]
    with pytest.raises(Undecodable):
        list(opening.end())


@pytest.mark.parametrize("coding", STREAMED)
def test_nothing_may_follow_a_body(coding: str) -> None:
    body = packed(["first"], coding)
    with pytest.raises(Undecodable):
        unpacked(body + b"more", coding, len(body) + 4)
    with pytest.raises(Undecodable):
        unpacked(body + b"more", coding, len(body))


@given(coding=st.sampled_from(CODINGS), body=st.binary(max_size=200))
def test_any_bytes_are_lines_or_an_error_of_ours(coding: str, body: bytes) -> None:
    try:
        unpacked(body, coding)
    except (Undecodable, TooLarge):
        return


@given(coding=st.sampled_from(STREAMED), at=st.integers(0, 10_000), lines=LINES)
def test_a_flipped_bit_is_an_error_of_ours_or_other_lines(
    coding: str, at: int, lines: list[str]
) -> None:
    body = bytearray(packed(["x", *lines], coding))
    body[at % len(body)] ^= 1 << at % 8
    try:
        unpacked(bytes(body), coding)
    except (Undecodable, TooLarge):
        return


def test_another_dictionary_is_no_body() -> None:
    with pytest.raises(Undecodable):
        unpacked(packed(["ก" * 50], TW1), "zstd")


@pytest.mark.parametrize("coding", ["br", "x-tw2", "zstd, gzip", "X-TW1"])
def test_an_unknown_coding_is_said_to_be_unknown(coding: str) -> None:
    with pytest.raises(UnknownCoding):
        Unpacker(coding, LIMIT, TOTAL)
    with pytest.raises(UnknownCoding):
        packer(coding, 3)


@pytest.mark.parametrize(
    ("accepted", "chosen"),
    [
        ("gzip, zstd, x-tw1", "x-tw1"),
        ("zstd, gzip", "zstd"),
        ("gzip;q=1.0, br", "gzip"),
        ("x-tw2", "identity"),
        ("", "identity"),
    ],
)
def test_the_best_coding_both_know_is_chosen(accepted: str, chosen: str) -> None:
    assert choose_line_coding(accepted) == chosen


def test_other_programs_read_the_gzip() -> None:
    assert gzip.decompress(packed(["text", "ก"], "gzip")) == "text\nก\n".encode()
    assert unpacked(zlib.compress(b"text\n", wbits=31), "gzip") == ["text"]


def test_the_dictionary_is_the_one_that_the_coding_is_named_for() -> None:
    """Other bytes need another name: a centre and its devices are not renewed on one day."""
    kept = (resources.files("telewelfare.sync") / "data" / DICTIONARY).read_bytes()
    assert len(kept) <= 65_536
    assert hashlib.sha256(kept).hexdigest().startswith(DICTIONARY_SUM)


DICTIONARY_SUM = "8c3800e411e2839536bcb71190d25761bfc7ac5affddcfbd59ecd92115125011"


def test_what_cannot_be_packed_takes_little_more() -> None:
    noise = os.urandom(3_000).hex()
    for coding in STREAMED:
        assert len(packed([noise], coding)) < len(noise)
