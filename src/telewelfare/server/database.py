"""Engines, transactions and the schema, the same on SQLite and PostgreSQL."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import orjson
import psycopg
from alembic import command
from alembic.config import Config
from psycopg import sql
from sqlalchemy import JSON, Connection, Engine, Table, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.pool import ConnectionPoolEntry

MIGRATIONS: Final = Path(__file__).parent / "migrations"
BUSY_MILLIS: Final = 15_000
CONNECTIONS: Final = 20  # twice that is what starlette's threads may ask for at once
READING: Final = "telewelfare_reading"
TRANSIENT_STATES: Final = frozenset({"40001", "40P01", "55P03"})  # serialization, deadlock, lock
SQLITE: Final = "sqlite"
PRIVATE: Final = 0o600  # mode of a database: it holds whole lives
MIGRATION_LOCK: Final = 9_200_001  # any number that is only ours


def address(database: str) -> URL:
    """The URL of a database: a plain path is a SQLite file, `postgresql:` means psycopg 3."""
    if "://" not in database:
        return URL.create(SQLITE, database=str(Path(database).expanduser().resolve()))
    url = make_url(database)
    if url.drivername in ("postgresql", "postgres"):
        return url.set(drivername="postgresql+psycopg")
    return url


def file_of(url: URL) -> Path | None:
    """The file of a SQLite database; `None` for a server, for memory, for a `file:` URI."""
    name = url.database or ""
    if url.get_backend_name() != SQLITE or name in ("", ":memory:") or name.startswith("file:"):
        return None
    return Path(name).resolve()


def _make_private(file: Path) -> None:
    """Make the file if there is none, for its owner alone; SQLite gives -wal and -shm its mode.

    One that is there is not opened: closing it would drop the locks this process holds on it.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE))


def connect(database: str) -> Engine:
    """An engine whose transactions lock as this API needs it. Values never reach its messages.

    Raises:
        OSError: the file of a SQLite database is not there and cannot be made.
    """
    url = address(database)
    is_sqlite = url.get_backend_name() == SQLITE
    if file := file_of(url):
        _make_private(file)
    engine = create_engine(
        url,
        hide_parameters=True,
        pool_pre_ping=not is_sqlite,
        json_serializer=_json,
        json_deserializer=orjson.loads,
        pool_size=CONNECTIONS,
        max_overflow=CONNECTIONS,
    )
    if is_sqlite:
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _json(value: object) -> str:
    return orjson.dumps(value).decode()


def _prepare_sqlite(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    """The driver must not begin transactions by itself: `_begin_sqlite` does."""
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={BUSY_MILLIS}")
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    reading = connection.get_execution_options().get(READING, False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that may write: committed at the end, rolled back on an error."""
    with engine.begin() as connection:
        yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A transaction that only reads, all of it as it was at one moment; it holds up no writer."""
    options: dict[str, Any] = {READING: True}
    if engine.dialect.name != SQLITE:  # there each statement would see what was committed since
        options["isolation_level"] = "REPEATABLE READ"
    with engine.connect().execution_options(**options) as connection, connection.begin():
        yield connection


def is_transient(error: DBAPIError) -> bool:
    """Whether the same transaction may succeed when tried again."""
    state = getattr(error.orig, "sqlstate", None)
    return state in TRANSIENT_STATES or "database is locked" in str(error.orig)


def migrate(engine: Engine) -> None:
    """Bring the schema up to date; does nothing when it is."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with writing(engine) as connection:
        if connection.dialect.name != SQLITE:  # several processes may start at once
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def sqlite_or_postgresql(db: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that can say what to do when the row is there."""
    return sqlite.insert(table) if db.dialect.name == SQLITE else postgresql.insert(table)


def insert_many(db: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that are not there yet; by COPY where the database has it, for a third of the work.

    Raises:
        IntegrityError: one of them is there.
    """
    if not rows:
        return
    if db.dialect.name == SQLITE:
        db.execute(table.insert(), rows)
        return
    names = [column.name for column in table.columns]
    documents = [isinstance(column.type, JSON) for column in table.columns]
    copying = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table.name), sql.SQL(",").join(map(sql.Identifier, names))
    )
    driver = db.connection.cursor()
    try:
        with driver.copy(copying) as copy:
            for row in rows:
                copy.write_row(
                    [
                        _json(row[name]) if is_document else row[name]
                        for name, is_document in zip(names, documents, strict=True)
                    ]
                )
    except psycopg.IntegrityError as error:
        raise IntegrityError(f"COPY {table.name}", None, error) from error
    finally:
        driver.close()


def upsert(
    db: Connection, table: Table, rows: Sequence[Mapping[str, Any]], update: Sequence[str]
) -> None:
    """Insert rows by primary key; of rows that are there, set the `update` columns."""
    if not rows:
        return
    insert = sqlite_or_postgresql(db, table)
    key = [column.name for column in table.primary_key]
    fresh = {name: insert.excluded[name] for name in update}
    statement = (
        insert.on_conflict_do_update(index_elements=key, set_=fresh)
        if update
        else insert.on_conflict_do_nothing(index_elements=key)
    )
    db.execute(statement, rows)
