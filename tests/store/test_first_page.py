"""A long page of news holds up nobody who saves something, and may break off anywhere."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError

from telewelfare.store.home import Opened
from telewelfare.store.incoming import News, Reply
from tests import eg

LONG = 600


@pytest.fixture
def device(tmp_path: Path) -> Opened:
    return eg.opened(tmp_path)


def page(count: int = LONG) -> Reply:
    """Persons that this device has not."""
    stamps = {"alias": "01a1f97bd2300000dq5x3k7a"}
    news = (
        News("person", eg.new_id(), {"alias": f"คนที่ {n}"}, stamps, n, whole=True)
        for n in range(1, count + 1)
    )
    return Reply(0, {}, tuple(news), (), "after", eg.NOW)


def test_an_edit_is_saved_while_a_page_is_taken_in(device: Opened) -> None:
    journal, arriving = device.journal, page()
    begun = threading.Event()
    journal.listen(lambda _: begun.set())
    taking = threading.Thread(target=journal.take_in, args=(arriving,))
    taking.start()
    assert begun.wait(30)
    journal.commit([eg.edit("person", alias="ของเรา")], eg.NOW)
    assert (journal.read_meta("cursor") or "") == ""
    taking.join()
    assert journal.read_meta("cursor") == "after"
    assert journal.count("person") == LONG + 1
    assert journal.waiting().pending == 1


def test_a_page_that_breaks_off_comes_again(device: Opened) -> None:
    journal, arriving = device.journal, page()
    with journal.engine.begin() as db:
        db.exec_driver_sql(
            f"CREATE TRIGGER broken BEFORE INSERT ON record WHEN NEW.id = '{arriving.news[-1].id}'"
            " BEGIN SELECT RAISE(ABORT, 'the phone died here'); END"
        )
    with pytest.raises(DBAPIError):
        journal.take_in(arriving)
    assert (journal.read_meta("cursor") or "") == ""
    assert journal.count("person") < LONG
    with journal.engine.begin() as db:
        db.exec_driver_sql("DROP TRIGGER broken")
    journal.take_in(arriving)
    assert journal.read_meta("cursor") == "after"
    assert journal.count("person") == LONG


def test_what_is_more_than_news_is_taken_in_whole(device: Opened) -> None:
    """Acknowledgements, losses and repairs belong to the cursor that brought them."""
    journal, seen = device.journal, []
    journal.commit([eg.edit("person", alias="ของเรา")], eg.NOW)
    journal.listen(lambda changes: seen.append(len(changes.records)))
    arriving = page(100)
    refusing = Reply(1, {1: "forbidden"}, arriving.news, (), "after", eg.NOW)
    journal.take_in(refusing)
    assert len(seen) == 1
    assert journal.waiting().rejected == 1
