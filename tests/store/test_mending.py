"""What the centre sends for a record that a check found wrong, and what of ours stands against it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from telewelfare.domain.fields import Json
from telewelfare.domain.ids import RecordId
from telewelfare.domain.operations import Edit
from telewelfare.store.incoming import News, Reply
from telewelfare.store.journal import Journal
from tests import eg

OLD, LATER = f"{eg.NOW - 9:012x}0000dbbbbbbb", f"{eg.NOW - 1:012x}0000dccccccc"


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    made = eg.opened(tmp_path).journal
    yield made
    made.engine.dispose()


@pytest.fixture
def person() -> RecordId:
    return eg.new_id()


def _news(record: str, stamp: str, **values: Json) -> News:
    return News("person", RecordId(record), values, dict.fromkeys(values, stamp), 1, whole=True)


def _told(journal: Journal, *news: News, acknowledged: int = 0, reset: bool = False) -> None:
    journal.take_in(Reply(acknowledged, {}, news, (), "c", eg.NOW, reset=reset))


def _mended(
    journal: Journal, record: str, *news: News, acknowledged: int = 0, gone: bool = False
) -> None:
    """The reply to having asked for the record."""
    left = (record,) if gone else ()
    reply = Reply(acknowledged, {}, news, (), "c", eg.NOW, wanted=(record,), gone=left)
    journal.take_in(reply)


def _values(journal: Journal, record: str) -> dict[str, Json]:
    found = journal.get(record)
    assert found is not None
    return dict(found.values)


def test_what_is_there_becomes_what_the_centre_has(journal: Journal, person: RecordId) -> None:
    _told(journal, _news(person, LATER, alias="ผิด", nickname="เกิน"))
    _mended(journal, person, _news(person, OLD, alias="ถูก"))
    assert _values(journal, person) == {"alias": "ถูก"}
    assert journal.health().repaired == 1


def test_what_was_not_sent_stands(journal: Journal, person: RecordId) -> None:
    _told(journal, _news(person, OLD, alias="ก่อน", first_name="ผิด"))
    journal.commit([Edit("person", person, {"alias": "พิมพ์ใหม่"})], eg.NOW)
    _mended(journal, person, _news(person, OLD, alias="ก่อน", first_name="ถูก"))
    assert _values(journal, person) == {"alias": "พิมพ์ใหม่", "first_name": "ถูก"}
    assert journal.waiting().pending == 1


@pytest.mark.parametrize("gone", [True, False], ids=["out of reach", "unknown"])
def test_a_record_that_was_not_sent_is_not_removed(journal: Journal, *, gone: bool) -> None:
    made = eg.edit("person", alias="ใหม่")
    journal.commit([made], eg.NOW)
    _mended(journal, made.record, gone=gone)
    assert _values(journal, made.record)["alias"] == "ใหม่"


def test_a_record_that_was_taken_is_not_removed_because_nobody_knows_it(journal: Journal) -> None:
    made = eg.edit("person", alias="ยืนยันแล้ว")
    journal.commit([made], eg.NOW)
    _told(journal, acknowledged=1)
    _mended(journal, made.record, acknowledged=1)
    assert _values(journal, made.record)["alias"] == "ยืนยันแล้ว"
    assert (journal.health().alone, journal.health().repaired) == (1, 0)


def test_what_was_refused_stays_in_sight_until_it_is_let_be(
    journal: Journal, person: RecordId
) -> None:
    _told(journal, _news(person, OLD, alias="ของศูนย์"))
    journal.commit([Edit("person", person, {"nickname": "ถูกปฏิเสธ"})], eg.NOW)
    right = _news(person, OLD, alias="ของศูนย์")
    journal.take_in(Reply(1, {1: "forbidden"}, (), (), "c", eg.NOW))
    _told(journal, right, acknowledged=1)
    assert _values(journal, person) == {"alias": "ของศูนย์", "nickname": "ถูกปฏิเสธ"}
    journal.set_aside(1)
    _told(journal, right, acknowledged=1)
    assert _values(journal, person) == {"alias": "ของศูนย์"}


def test_what_was_typed_here_and_is_not_shown_stays(journal: Journal, person: RecordId) -> None:
    _told(journal, _news(person, OLD, alias="ก่อน"))
    journal.commit([Edit("person", person, {"religion": "พุทธ"})], eg.NOW)
    _told(journal, acknowledged=1)
    _mended(journal, person, _news(person, OLD, alias="ถูก"), acknowledged=1)
    assert _values(journal, person) == {"alias": "ถูก", "religion": "พุทธ"}


def test_what_a_restored_centre_lost_of_others_stays_and_is_counted(
    journal: Journal, person: RecordId
) -> None:
    _told(journal, _news(person, LATER, alias="ของเพื่อน"))
    _told(journal, _news(person, OLD, alias="เก่ากว่า"), reset=True)
    assert _values(journal, person) == {"alias": "ของเพื่อน"}
    _mended(journal, person, _news(person, OLD, alias="เก่ากว่า"))
    assert _values(journal, person) == {"alias": "ของเพื่อน"}
    assert (journal.health().alone, journal.health().repaired) == (1, 0)
    _told(journal, _news(person, LATER, alias="ของเพื่อน"))  # the other one sent it again
    assert journal.health().alone == 0
