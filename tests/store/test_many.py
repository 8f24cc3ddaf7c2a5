"""What is told of very much at once: SQLite takes only so many values in a statement."""

import sqlite3
from pathlib import Path

from sqlalchemy import event

from telewelfare.store.incoming import Reply
from tests import eg

PHONES_LIMIT = 999  # of old Android versions; 32,766 since SQLite 3.32


def test_very_many_removals_are_taken_in_on_a_phone_of_few_values(tmp_path: Path) -> None:
    journal = eg.opened(tmp_path).journal

    @event.listens_for(journal.engine, "checkout")
    def _few(connection: sqlite3.Connection, *_: object) -> None:
        connection.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, PHONES_LIMIT)

    case = eg.new_id()
    journal.commit([eg.case(case)], eg.NOW)
    journal.take_in(Reply(1, {}, (), (), "c", eg.NOW))
    gone = [*(str(eg.new_id()) for _ in range(2 * PHONES_LIMIT)), case]
    journal.take_in(Reply(1, {}, (), tuple(gone), "d", eg.NOW))
    assert journal.get(case) is None
