"""A consistent copy of everything a server holds, and the way back.

A restored centre gets a new epoch: every device then learns at its next round that the ledger went
back, sends again what is missing, and checks all it holds. Not in the copy: the centre's private
key, which lies in a file of its own, and the bytes of attachments.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.engine import URL

from telewelfare.server.admin import AdminError
from telewelfare.server.database import (
    BUSY_MILLIS,
    PRIVATE,
    connect,
    file_of,
    migrate,
    reading,
    writing,
)
from telewelfare.server.keys import randomness
from telewelfare.server.tables import CENTRE

SQLITE_HEAD: Final = b"SQLite format 3\0"
DUMP_HEAD: Final = b"PGDMP"
NEW_EPOCHS: Final = "UPDATE centre SET epoch = substr(md5(random()::text || id), 1, 12);\n"
EPOCH_BYTES: Final = 6


def backup(database: URL, file: Path) -> int:
    """Write a copy of the database, as it is at one moment, to a new file; give its bytes.

    Devices may go on syncing meanwhile. On SQLite the copy is a database, on PostgreSQL an archive
    of pg_dump. It holds whole lives: the file is its owner's alone.

    Raises:
        AdminError: file_exists, no_tool, tool_failed
        OSError: the file cannot be written.
    """
    if file.exists():
        raise AdminError("file_exists", file=file)
    with _beside(file) as copy:
        if source := file_of(database):
            _copy_sqlite(source, copy)
        else:
            _run("pg_dump", ("--format=custom", "--no-owner", f"--file={copy}"), database)
        copy.rename(file)
    return file.stat().st_size


def restore(database: URL, file: Path) -> list[dict[str, str]]:
    """Put a copy in the place of what the database holds now; give each centre's new epoch.

    Raises:
        AdminError: not_a_backup, database_busy, no_tool, tool_failed; nothing was changed.
        OSError: the file cannot be read.
    """
    target = file_of(database)
    with file.open("rb") as opened:
        head = opened.read(len(SQLITE_HEAD))
    if not head.startswith(SQLITE_HEAD if target else DUMP_HEAD):
        raise AdminError("not_a_backup", file=file)
    if target:
        _restore_sqlite(file, target)
    else:
        _restore_postgresql(file, database)
    return _epochs(database)


def _copy_sqlite(source: Path, target: Path) -> None:
    """Page by page in one read transaction; writers of a log in WAL are not held up."""
    with closing(_opened(source)) as here, closing(_opened(target)) as there:
        here.backup(there)


def _opened(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(file, timeout=BUSY_MILLIS / 1000)


def _restore_sqlite(file: Path, target: Path) -> None:
    """All of it is ready, with its new epoch, before the first page of the old one is replaced."""
    with _beside(target) as ready:
        try:
            _copy_sqlite(file, ready)
        except sqlite3.DatabaseError as error:
            raise AdminError("not_a_backup", file=file) from error
        engine = connect(str(ready))
        try:
            migrate(engine)
            with writing(engine) as db:
                for centre in db.scalars(select(CENTRE.c.id)).all():
                    fresh = randomness(EPOCH_BYTES).hex()
                    db.execute(update(CENTRE).where(CENTRE.c.id == centre).values(epoch=fresh))
        finally:
            engine.dispose()
        try:
            _copy_sqlite(ready, target)
        except sqlite3.OperationalError as error:
            raise AdminError("database_busy") from error


def _restore_postgresql(file: Path, database: URL) -> None:
    """One transaction with the new epochs: nobody ever meets the old ledger under its old name."""
    with tempfile.TemporaryDirectory(prefix="telewelfare-restore-") as folder:
        script = Path(folder) / "restore.sql"
        unpacking = ("--clean", "--if-exists", "--no-owner", f"--file={script}", str(file))
        _run("pg_restore", unpacking, database)
        with script.open("a", encoding="utf-8") as opened:
            opened.write("SET search_path = public;\n" + NEW_EPOCHS)
        quiet = ("--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--output=/dev/null")
        _run("psql", (*quiet, "--single-transaction", f"--file={script}"), database)


def _epochs(database: URL) -> list[dict[str, str]]:
    engine = connect(database.render_as_string(hide_password=False))
    try:
        migrate(engine)
        with reading(engine) as db:
            found = db.execute(select(CENTRE.c.id, CENTRE.c.epoch).order_by(CENTRE.c.id)).all()
        return [{"centre": row.id, "epoch": row.epoch} for row in found]
    finally:
        engine.dispose()


@contextmanager
def _beside(file: Path) -> Iterator[Path]:
    """A new file in the same folder, its owner's alone, gone afterwards if it was not renamed."""
    number, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    os.fchmod(number, PRIVATE)
    os.close(number)
    try:
        yield Path(name)
    finally:
        for rest in (name, f"{name}-wal", f"{name}-shm"):
            with suppress(FileNotFoundError):
                Path(rest).unlink()


def _run(tool: str, words: tuple[str, ...], database: URL) -> None:
    """One of PostgreSQL's own programs. The password never stands in a command line."""
    found = shutil.which(tool)
    if found is None:
        raise AdminError("no_tool", tool=tool)
    env = {**os.environ, **_place(database)}
    # S603: the program is PostgreSQL's, the words are ours and a path
    done = subprocess.run((found, *words), env=env, capture_output=True, check=False)  # noqa: S603
    if done.returncode:
        raise AdminError("tool_failed", tool=tool, status=done.returncode)


def _place(database: URL) -> Mapping[str, str]:
    """Where the database is, as PostgreSQL's programs read it from the environment."""
    host = database.query.get("host") or database.host
    told = {
        "PGHOST": host,
        "PGPORT": database.port,
        "PGUSER": database.username,
        "PGPASSWORD": database.password,
        "PGDATABASE": database.database,
    }
    return {name: str(value) for name, value in told.items() if value}
