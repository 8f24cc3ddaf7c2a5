"""Bodies on the wire: what is packed comes out the same, and a bad body does no harm."""

from __future__ import annotations

import gzip
import json
import os
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telewelfare.sync import codec

CODINGS = ("zstd", "gzip", "identity", "")
LIMIT = 10_000


@given(body=st.binary(max_size=3_000), coding=st.sampled_from(CODINGS))
def test_what_is_packed_comes_out_the_same(body: bytes, coding: str) -> None:
    assert codec.unpack(codec.pack(body, coding), coding, LIMIT) == body


@pytest.mark.parametrize("coding", ["zstd", "gzip"])
def test_a_small_body_cannot_unpack_into_a_huge_one(coding: str) -> None:
    bomb = codec.pack(bytes(50_000_000), coding)
    assert len(bomb) < 100_000
    with pytest.raises(codec.TooLarge):
        codec.unpack(bomb, coding, LIMIT)


@pytest.mark.parametrize("coding", CODINGS)
def test_the_limit_is_exact(coding: str) -> None:
    assert len(codec.unpack(codec.pack(bytes(LIMIT), coding), coding, LIMIT)) == LIMIT
    with pytest.raises(codec.TooLarge):
        codec.unpack(codec.pack(bytes(LIMIT + 1), coding), coding, LIMIT)


@pytest.mark.parametrize("coding", ["zstd", "gzip"])
def test_a_body_cut_short_is_no_body(coding: str) -> None:
    whole = codec.pack(os.urandom(2_000), coding)
    for end in (0, 1, 4, len(whole) // 2, len(whole) - 1):
        with pytest.raises(codec.Undecodable):
            codec.unpack(whole[:end], coding, LIMIT)


@pytest.mark.parametrize("coding", ["zstd", "gzip"])
@given(body=st.binary(max_size=200))
def test_any_bytes_are_a_body_or_an_error_of_ours(coding: str, body: bytes) -> None:
    try:
        codec.unpack(body, coding, LIMIT)
    except (codec.Undecodable, codec.TooLarge):
        return


@pytest.mark.parametrize("coding", ["br", "deflate", "zstd, gzip", "ZSTD"])
def test_an_unknown_coding_is_said_to_be_unknown(coding: str) -> None:
    with pytest.raises(codec.UnknownCoding):
        codec.unpack(b"x", coding, LIMIT)
    with pytest.raises(codec.UnknownCoding):
        codec.pack(b"x", coding)


@pytest.mark.parametrize(
    ("accepted", "chosen"),
    [
        ("zstd, gzip", "zstd"),
        ("gzip;q=1.0, deflate", "gzip"),
        ("br", "identity"),
        ("", "identity"),
        ("*", "identity"),
    ],
)
def test_the_best_coding_both_know_is_chosen(accepted: str, chosen: str) -> None:
    assert codec.choose(accepted) == chosen


def test_text_is_sent_exactly_as_typed() -> None:
    typed = {"note": "น้ำ นํ้า ๑๒\u200b\n", "n": 1}
    assert json.loads(codec.dump(typed)) == typed
    assert "น้ำ".encode() in codec.dump(typed)


def test_other_programs_read_the_gzip() -> None:
    assert gzip.decompress(codec.pack(b"text", "gzip")) == b"text"
    assert codec.unpack(zlib.compress(b"text", wbits=31), "gzip", LIMIT) == b"text"
