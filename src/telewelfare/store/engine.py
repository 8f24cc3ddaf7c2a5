"""How the device's SQLite file is opened."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Final

from sqlalchemy import URL, Connection, Engine, event
from sqlmodel import create_engine

IMMEDIATE: Final = {"immediate": True}


def open_engine(path: Path) -> Engine:
    """An engine for one file: WAL, durable commits, explicit transactions.

    With the option `IMMEDIATE` a connection takes the write lock at once, so that
    a transaction that reads before it writes cannot fail half-way.
    """
    engine = create_engine(
        URL.create("sqlite", database=str(path)), connect_args={"check_same_thread": False}
    )
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(dbapi: sqlite3.Connection, _record: object) -> None:
    dbapi.isolation_level = None  # SQLAlchemy, not the driver, begins transactions
    cursor = dbapi.cursor()
    cursor.execute("PRAGMA busy_timeout=5000")
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _begin(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("immediate")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
