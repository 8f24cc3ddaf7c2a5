"""Files that are missing, cut short, changed or newer: a code for a sentence, and nothing overwritten."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from telewelfare.actions.settings import Settings, load_settings
from telewelfare.domain.operations import Edit
from telewelfare.store.errors import AlreadyEnrolled, DamagedFile, NewerSchema, StoreError
from telewelfare.store.home import Home, Opened
from tests import eg

PERSON = eg.new_id()
Harm = Callable[[Path], object]


def worked_in(folder: Path) -> Path:
    """A home in which somebody has saved something, closed."""
    kept = eg.opened(folder).journal
    kept.commit([eg.edit("person", PERSON, alias="เดิม")], eg.NOW)
    kept.commit([eg.edit("person", None, alias=f"คนที่ {n}") for n in range(40)], eg.NOW)
    kept.engine.dispose()
    return folder


def work(folder: Path) -> None:
    """Unlock, read everything, save something."""
    found = Home(folder).unlock(eg.PIN, eg.NOW)
    assert isinstance(found, Opened)
    try:
        assert found.journal.of_kind("person")
        found.journal.pending(100)
        found.journal.commit([Edit("person", PERSON, {"alias": "ใหม่"})], eg.NOW)
    finally:
        found.journal.engine.dispose()


def emptied(folder: Path) -> None:
    (folder / "journal.db").write_bytes(b"")


def journal_gone(folder: Path) -> None:
    (folder / "journal.db").unlink()


def vault_gone(folder: Path) -> None:
    (folder / "vault.json").unlink()


def a_folder_instead(folder: Path) -> None:
    (folder / "journal.db").unlink()
    (folder / "journal.db").mkdir()


def cut(folder: Path) -> None:
    held = (folder / "journal.db").read_bytes()
    (folder / "journal.db").write_bytes(held[: len(held) // 2])


@pytest.mark.parametrize("harm", [emptied, journal_gone, vault_gone, a_folder_instead, cut])
def test_a_missing_or_cut_file_is_damage_and_not_a_device_without_a_worker(
    tmp_path: Path, harm: Harm
) -> None:
    harm(worked_in(tmp_path))
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir() if file.is_file()}
    assert Home(tmp_path).enrolled
    with pytest.raises(DamagedFile):
        work(tmp_path)
    with pytest.raises(AlreadyEnrolled):  # it would lock away what the other file still holds
        Home(tmp_path).enrol(eg.PIN, eg.identity(), "token")
    after = {file.name: file.read_bytes() for file in tmp_path.iterdir() if file.is_file()}
    assert after.keys() == before.keys()
    changed = {name for name in after if after[name] != before[name]}
    assert changed <= {"vault.json"}  # which counts the tries


@pytest.mark.parametrize(
    "wrong",
    [
        {"salt": "!!!"},
        {"salt": 5},
        {"salt": "A"},
        {"by_pin": "x"},
        {"by_pin": None},
        {"by_pin": "ก"},
        {"tries": "a"},
        {"tries": None},
        {"not_before": "z"},
        {"kdf": "zzz"},
    ],
    ids=str,
)
def test_a_vault_with_a_wrong_value_is_damaged_and_no_wrong_pin(
    tmp_path: Path, wrong: dict[str, object]
) -> None:
    file = worked_in(tmp_path) / "vault.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | wrong))
    held = file.read_bytes()
    with pytest.raises(DamagedFile):
        work(tmp_path)
    assert file.read_bytes() == held


def test_a_vault_of_a_newer_app_is_said_to_be_newer(tmp_path: Path) -> None:
    file = worked_in(tmp_path) / "vault.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"version": 2, "more": 1}))
    with pytest.raises(NewerSchema):
        work(tmp_path)


def test_whichever_bits_of_the_database_change_it_opens_or_says_that_it_is_damaged(
    tmp_path: Path,
) -> None:
    file = worked_in(tmp_path) / "journal.db"
    whole, chance, met = file.read_bytes(), random.Random(7), 0
    for turn in range(30):
        held = bytearray(whole)
        for _ in range(40):
            held[chance.randrange(len(held))] ^= 1 << chance.randrange(8)
        folder = tmp_path / f"{turn}"
        folder.mkdir()
        (folder / "vault.json").write_bytes((tmp_path / "vault.json").read_bytes())
        (folder / "journal.db").write_bytes(held)
        try:
            work(folder)
        except StoreError:
            met += 1
    assert met > 20


@pytest.mark.parametrize("text", ["", "{", "[]", '{"key": 5}', '{"key": "AAAA"}', '{"key": "!"}'])
def test_a_key_of_an_enrolment_that_cannot_be_read_is_made_anew(tmp_path: Path, text: str) -> None:
    (tmp_path / "enrolling.json").write_text(text)
    made = Home(tmp_path).enrolling_key()
    assert Home(tmp_path).enrolling_key().public_key() == made.public_key()


@pytest.mark.parametrize(
    "text", ["", "[]", "5", "null", '"x"', '{"text_size": []}', "[" * 100_000], ids=range(7)
)
def test_settings_that_cannot_be_read_count_as_not_chosen(tmp_path: Path, text: str) -> None:
    (tmp_path / "settings.json").write_text(text)
    assert load_settings(tmp_path) == Settings()
