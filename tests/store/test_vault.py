"""The vault: PIN, waits, the centre's wrap, and a phone that dies while it is written."""

from __future__ import annotations

import base64
import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from telewelfare.domain.clock import Millis
from telewelfare.store.errors import AlreadyEnrolled, BrokenSeal, DamagedFile
from telewelfare.store.home import Home
from telewelfare.store.vault import (
    FIRST_WAIT,
    FREE_TRIES,
    LONGEST_WAIT,
    TooSoon,
    Vault,
    WrongPin,
    at_centre,
    pin_problem,
    to_centre,
    write_atomically,
)
from tests import eg

OTHER_PIN = "739105"


def vault(folder: Path) -> tuple[Vault, bytes]:
    made = Vault(folder / "vault.json")
    return made, made.create(eg.PIN, eg.centre_key())


def test_the_pin_opens_the_vault(tmp_path: Path) -> None:
    made, key = vault(tmp_path)
    assert made.unlock(eg.PIN, eg.NOW) == key


def test_a_wrong_pin_does_not_open_it_and_is_counted(tmp_path: Path) -> None:
    made, _ = vault(tmp_path)
    assert made.unlock(OTHER_PIN, eg.NOW) == WrongPin(1, 0)
    assert made.unlock(OTHER_PIN, eg.NOW) == WrongPin(2, 0)


def test_after_some_wrong_pins_one_waits_and_longer_each_time(tmp_path: Path) -> None:
    made, key = vault(tmp_path)
    now, waits = int(eg.NOW), []
    for _ in range(FREE_TRIES + 2):
        answer = made.unlock(OTHER_PIN, Millis(now))
        assert isinstance(answer, WrongPin)
        waits.append(answer.wait)
        now += answer.wait
    assert waits == [0] * (FREE_TRIES - 1) + [FIRST_WAIT, 2 * FIRST_WAIT, 4 * FIRST_WAIT]
    made.unlock(OTHER_PIN, Millis(now))
    assert isinstance(made.unlock(eg.PIN, Millis(now)), TooSoon)
    assert made.unlock(eg.PIN, Millis(now + LONGEST_WAIT)) == key


def test_a_wait_counted_by_a_clock_years_ahead_ends_after_the_longest_wait(tmp_path: Path) -> None:
    made, key = vault(tmp_path)
    years_ahead = Millis(eg.NOW + 10 * 365 * 86_400_000)
    for _ in range(FREE_TRIES):
        made.unlock(OTHER_PIN, years_ahead)
    assert made.unlock(eg.PIN, eg.NOW) == TooSoon(LONGEST_WAIT)
    assert made.unlock(eg.PIN, Millis(eg.NOW + LONGEST_WAIT)) == key


def test_the_right_pin_forgives_the_wrong_ones(tmp_path: Path) -> None:
    made, _ = vault(tmp_path)
    made.unlock(OTHER_PIN, eg.NOW)
    made.unlock(eg.PIN, eg.NOW)
    assert made.unlock(OTHER_PIN, eg.NOW) == WrongPin(1, 0)


def test_a_changed_pin_opens_the_same_key_and_the_old_one_does_not(tmp_path: Path) -> None:
    made, key = vault(tmp_path)
    made.change_pin(key, OTHER_PIN)
    assert made.unlock(OTHER_PIN, eg.NOW) == key
    assert isinstance(made.unlock(eg.PIN, eg.NOW), WrongPin)


def test_the_centre_opens_its_wrap_without_the_pin(tmp_path: Path) -> None:
    private = X25519PrivateKey.generate()
    public = base64.urlsafe_b64encode(private.public_key().public_bytes_raw()).decode().rstrip("=")
    made = Vault(tmp_path / "vault.json")
    key = made.create(eg.PIN, public)
    wrapped = json.loads((tmp_path / "vault.json").read_text())["for_centre"]
    sealed = base64.urlsafe_b64decode(wrapped + "=" * (-len(wrapped) % 4))
    assert at_centre(sealed, private) == key
    made.change_pin(key, OTHER_PIN)
    assert json.loads((tmp_path / "vault.json").read_text())["for_centre"] == wrapped


def test_another_centre_does_not_open_it() -> None:
    with pytest.raises(BrokenSeal):
        at_centre(to_centre(b"secret", eg.centre_key()), X25519PrivateKey.generate())


def test_a_crash_while_the_vault_is_written_keeps_the_old_one(tmp_path: Path) -> None:
    made, key = vault(tmp_path)
    (tmp_path / "vault.json.new").write_bytes(b'{"version": 1, "kd')  # died here
    assert made.unlock(eg.PIN, eg.NOW) == key
    write_atomically(tmp_path / "other", b"whole")
    assert (tmp_path / "other").read_bytes() == b"whole"


def test_two_programs_that_write_one_file_at_once_leave_one_of_the_two_whole(
    tmp_path: Path,
) -> None:
    file, whole = tmp_path / "vault.json", [bytes([n]) * 50_000 for n in range(8)]
    with ThreadPoolExecutor(8) as writers:
        for _ in range(10):
            list(writers.map(lambda contents: write_atomically(file, contents), whole))
            assert file.read_bytes() in whole
    assert list(tmp_path.iterdir()) == [file]


def test_what_a_writer_that_died_left_behind_goes_with_the_next_but_not_at_once(
    tmp_path: Path,
) -> None:
    old, fresh = (tmp_path / f"vault.json.{name}.new" for name in ("old", "fresh"))
    old.write_bytes(b"{")
    fresh.write_bytes(b"{")
    os.utime(old, (0, 0))
    write_atomically(tmp_path / "vault.json", b"whole")
    assert {file.name for file in tmp_path.iterdir()} == {"vault.json", fresh.name}


@pytest.mark.parametrize("contents", [b"", b"{", b"[]", b'{"version": 1}', b"\xff\xfe"])
def test_a_damaged_vault_is_said_to_be_damaged(tmp_path: Path, contents: bytes) -> None:
    made, _ = vault(tmp_path)
    (tmp_path / "vault.json").write_bytes(contents)
    with pytest.raises(DamagedFile):
        made.unlock(eg.PIN, eg.NOW)


@pytest.mark.parametrize(
    ("pin", "problem"),
    [
        ("482913", None),
        ("12345", "pin_length"),
        ("1234567890123", "pin_length"),
        ("๔๘๒๙๑๓", "pin_length"),
        ("111111", "pin_easy"),
        ("123456", "pin_easy"),
        ("987654", "pin_easy"),
    ],
)
def test_a_pin_that_is_too_easy_is_refused(pin: str, problem: str | None) -> None:
    assert pin_problem(pin) == problem


def test_enrolling_again_where_somebody_works_is_refused_and_changes_nothing(
    tmp_path: Path,
) -> None:
    eg.opened(tmp_path)
    before = (tmp_path / "vault.json").read_bytes()
    with pytest.raises(AlreadyEnrolled):
        eg.opened(tmp_path)
    assert (tmp_path / "vault.json").read_bytes() == before
    assert Home(tmp_path).enrolled


def test_an_enrolment_cut_off_half_way_is_begun_again_with_the_same_device_key(
    tmp_path: Path,
) -> None:
    home = Home(tmp_path)
    public = home.enrolling_key().public_key()
    home.vault.create(eg.PIN, eg.centre_key())
    (tmp_path / "journal.db").touch()  # died here, before the identity was kept
    again = Home(tmp_path)
    assert not again.enrolled
    assert again.enrolling_key().public_key() == public
    assert again.enrol(eg.PIN, eg.identity(), "token").identity.role == "volunteer"
    assert again.enrolled
