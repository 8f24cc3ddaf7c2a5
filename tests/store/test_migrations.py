"""Every schema that ever shipped becomes today's; what a newer app wrote stays untouched."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from telewelfare.store.engine import open_engine
from telewelfare.store.errors import NewerSchema
from telewelfare.store.home import Home
from telewelfare.store.migrations import STEPS, migrate
from telewelfare.store.tables import MetaRow, OperationRow, OutgoingRow, RecordRow
from tests import eg

SCHEMAS = sorted((Path(__file__).parent / "schemas").glob("v*.sql"))


def schema(file: Path) -> dict[str, str]:
    """Name and normalised definition of each table and index."""
    with sqlite3.connect(file) as db:
        found = db.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    return {name: " ".join(sql.split()) for name, sql in found}


def version(file: Path) -> int:
    with sqlite3.connect(file) as db:
        return int(db.execute("PRAGMA user_version").fetchone()[0])


def fresh(folder: Path) -> Path:
    file = folder / "fresh.db"
    migrate(open_engine(file))
    return file


def test_every_version_that_shipped_is_kept() -> None:
    assert [file.name for file in SCHEMAS] == [f"v{n + 1}.sql" for n in range(len(STEPS))]


@pytest.mark.parametrize("shipped", SCHEMAS, ids=lambda file: file.stem)
def test_a_shipped_schema_becomes_todays_and_keeps_its_rows(shipped: Path, tmp_path: Path) -> None:
    file = tmp_path / "old.db"
    with sqlite3.connect(file) as db:
        db.executescript(shipped.read_text())
    before = {name: rows(file, name) for name in ("operation", "meta")}
    assert migrate(open_engine(file)) == len(STEPS)
    assert schema(file) == schema(fresh(tmp_path))
    assert {name: rows(file, name) for name in ("operation", "meta")} == before
    assert all(before.values())  # or this shows nothing


def rows(file: Path, table: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(file) as db:
        return db.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall()  # noqa: S608 - names of this test


@pytest.mark.parametrize("declared", [RecordRow, OperationRow, MetaRow, OutgoingRow])
def test_the_tables_are_as_the_models_declare_them(declared: type, tmp_path: Path) -> None:
    table = declared.__table__  # type: ignore[attr-defined]  # sqlmodel adds it
    with sqlite3.connect(fresh(tmp_path)) as db:
        found = db.execute(f"PRAGMA table_info({table.name})").fetchall()
        indexes = db.execute(f"PRAGMA index_list({table.name})").fetchall()
    assert [row[1] for row in found] == [column.name for column in table.columns]
    assert {row[1] for row in found if row[5]} == {c.name for c in table.primary_key}
    assert {row[1] for row in indexes if not row[1].startswith("sqlite_")} == {
        index.name for index in table.indexes
    }


def test_migrating_twice_changes_nothing(tmp_path: Path) -> None:
    file = fresh(tmp_path)
    before = schema(file)
    migrate(open_engine(file))
    assert schema(file) == before


def test_a_step_that_fails_leaves_the_version_before_it(tmp_path: Path) -> None:
    def half(connection: Connection) -> None:
        connection.execute(text("CREATE TABLE extra (x)"))
        connection.execute(text("CREATE TABLE record (x)"))  # is there already

    file = fresh(tmp_path)
    before = schema(file)
    with pytest.raises(Exception, match="already exists"):
        migrate(open_engine(file), (*STEPS, half))
    assert schema(file) == before
    assert version(file) == len(STEPS)


def test_the_file_of_a_newer_app_is_refused_and_not_touched(tmp_path: Path) -> None:
    eg.opened(tmp_path).journal.engine.dispose()
    file = tmp_path / "journal.db"
    with sqlite3.connect(file) as db:
        db.execute(f"PRAGMA user_version = {len(STEPS) + 1}")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    before = file.read_bytes()
    with pytest.raises(NewerSchema):
        Home(tmp_path).unlock(eg.PIN, eg.NOW)
    assert file.read_bytes() == before
