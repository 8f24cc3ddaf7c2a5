"""The device's schema, step by step; each step runs in a transaction of its own.

A step never changes after it shipped. `tests/store/schemas` keeps every schema that did.
No step touches the operations except to carry them forward.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sqlalchemy import Connection, Engine, text

from telewelfare.store.errors import NewerSchema

__all__ = ["STEPS", "NewerSchema", "Step", "migrate"]

Step = Callable[[Connection], None]


def _first(connection: Connection) -> None:
    for statement in _FIRST:
        connection.execute(text(statement))


_FIRST: Final = (
    """CREATE TABLE record (
        id VARCHAR NOT NULL PRIMARY KEY,
        kind VARCHAR NOT NULL,
        area VARCHAR NOT NULL,
        case_id VARCHAR NOT NULL,
        state VARCHAR NOT NULL,
        urgency VARCHAR NOT NULL,
        due_at BIGINT,
        updated_at BIGINT NOT NULL,
        seq BIGINT NOT NULL,
        body BLOB NOT NULL
    )""",
    "CREATE INDEX record_by_kind ON record (kind, updated_at)",
    "CREATE INDEX record_by_case ON record (case_id)",
    """CREATE TABLE operation (
        n INTEGER NOT NULL PRIMARY KEY,
        record_id VARCHAR NOT NULL,
        kind VARCHAR NOT NULL,
        made_at BIGINT NOT NULL,
        state VARCHAR NOT NULL,
        code VARCHAR NOT NULL,
        body BLOB NOT NULL
    )""",
    "CREATE INDEX operation_by_state ON operation (state, n)",
    "CREATE INDEX operation_by_record ON operation (record_id)",
    "CREATE TABLE meta (key VARCHAR NOT NULL PRIMARY KEY, value BLOB NOT NULL)",
)


def _files(connection: Connection) -> None:
    """Files that are on their way to the centre."""
    for statement in _FILES:
        connection.execute(text(statement))


_FILES: Final = (
    """CREATE TABLE outgoing (
        sha256 VARCHAR NOT NULL PRIMARY KEY,
        record_id VARCHAR NOT NULL,
        size BIGINT NOT NULL,
        small BOOLEAN NOT NULL,
        made_at BIGINT NOT NULL,
        state VARCHAR NOT NULL,
        code VARCHAR NOT NULL,
        tries INTEGER NOT NULL,
        not_before BIGINT NOT NULL
    )""",
    "CREATE INDEX outgoing_by_state ON outgoing (state)",
)

STEPS: Final[tuple[Step, ...]] = (_first, _files)


def migrate(engine: Engine, steps: tuple[Step, ...] = STEPS) -> int:
    """Bring the file to this version's schema; give its number.

    Raises:
        NewerSchema: the file is left as it is.
    """
    with engine.connect() as connection:
        version = int(connection.execute(text("PRAGMA user_version")).scalar_one())
    if version > len(steps):
        raise NewerSchema(str(version))
    for number, step in enumerate(steps[version:], start=version + 1):
        with engine.begin() as connection:
            step(connection)
            connection.execute(text(f"PRAGMA user_version = {number:d}"))
    return len(steps)
