"""Sealed bodies open only whole, with their key, as what they were sealed as."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telewelfare.store.errors import BrokenSeal, DamagedFile
from telewelfare.store.home import SealedFiles
from telewelfare.store.seal import NONCE, Seal, new_key


@given(st.binary(max_size=200), st.text(max_size=40))
def test_what_was_sealed_opens_again(plain: bytes, about: str) -> None:
    seal = Seal(new_key())
    assert seal.open(seal.close(plain, about), about) == plain


@given(st.binary(min_size=1, max_size=60), st.data())
def test_one_flipped_bit_breaks_the_seal(plain: bytes, data: st.DataObject) -> None:
    seal = Seal(new_key())
    sealed = bytearray(seal.close(plain, "case:1"))
    place = data.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[place // 8] ^= 1 << place % 8
    with pytest.raises(BrokenSeal):
        seal.open(bytes(sealed), "case:1")


def test_a_body_does_not_open_as_that_of_another_record() -> None:
    seal = Seal(new_key())
    sealed = seal.close(b"text", "case:1")
    for about in ("case:2", "person:1", ""):
        with pytest.raises(BrokenSeal):
            seal.open(sealed, about)


def test_another_key_does_not_open_it() -> None:
    with pytest.raises(BrokenSeal):
        Seal(new_key()).open(Seal(new_key()).close(b"text", "case:1"), "case:1")


@pytest.mark.parametrize("sealed", [b"", b"short", bytes(NONCE), bytes(NONCE + 15)])
def test_bytes_too_short_to_be_sealed_are_broken(sealed: bytes) -> None:
    with pytest.raises(BrokenSeal):
        Seal(new_key()).open(sealed, "case:1")


def test_json_keeps_thai_text_exactly_as_typed() -> None:
    seal, value = Seal(new_key()), {"note": "น้ำ นํ้า ๑๒ \u200b", "n": [1, None, True]}
    assert seal.open_json(seal.close_json(value, "x"), "x") == value


def test_two_seals_of_the_same_text_differ() -> None:
    seal = Seal(new_key())
    assert seal.close(b"text", "x") != seal.close(b"text", "x")


def test_a_file_is_kept_sealed_once_under_its_hash(tmp_path: Path) -> None:
    files = SealedFiles(tmp_path / "files", Seal(new_key()))
    files.keep("ab" * 32, b"a photo")
    files.keep("ab" * 32, b"a photo")
    assert files.read("ab" * 32) == b"a photo"
    assert files.read("cd" * 32) is None
    [kept] = (tmp_path / "files").iterdir()
    assert b"a photo" not in kept.read_bytes()
    kept.write_bytes(kept.read_bytes()[:-1])
    with pytest.raises(DamagedFile):
        files.read("ab" * 32)
