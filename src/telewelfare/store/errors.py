"""What can be wrong with a device's files, in our words; SQLite's are translated here and nowhere else.

StoreError              nothing was half-written; what was saved before is still there
├── DiskFull            no room, or the disk takes no more
├── DamagedFile         a file cannot be read; it was not changed
│   └── BrokenSeal      bytes that are not what was sealed
├── NewerSchema         a newer version of the app wrote the file
├── InUse               another program has been writing for too long
└── AlreadyEnrolled     somebody works here already
"""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy.exc import DBAPIError

NO_ROOM: Final = (
    "SQLITE_FULL",
    "SQLITE_IOERR_WRITE",
    "SQLITE_IOERR_FSYNC",
    "SQLITE_IOERR_TRUNCATE",
    "SQLITE_IOERR_SHM",  # the index of the log, which lies beside it
    "SQLITE_CANTOPEN",  # the log itself could not be made
)
DAMAGED: Final = ("SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_IOERR")
IN_USE: Final = ("SQLITE_BUSY", "SQLITE_LOCKED")
UNDECODABLE: Final = (
    "Could not decode"  # the driver says so of text in a changed page, without a name
)
FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS})


class StoreError(Exception):
    """A file could not be read or written. Nothing was half-done; `code` names a sentence."""

    code = "fault"


class DiskFull(StoreError):
    """There is no room left, or the disk takes no more. What was saved before is safe."""

    code = "disk_full"


class DamagedFile(StoreError):
    """A file cannot be read. It was not changed; the centre can still send everything."""

    code = "damaged"


class BrokenSeal(DamagedFile):
    """The bytes are not what was sealed, or belong to something else. Nothing was opened."""


class NewerSchema(StoreError):
    """A newer version of the app wrote this file; this one must not touch it."""

    code = "newer_schema"


class InUse(StoreError):
    """Another program has this device's file open and is writing."""

    code = "in_use"


class AlreadyEnrolled(StoreError):
    """Somebody works in this folder already; enrolling again would lock their work away."""

    code = "already_enrolled"


@contextmanager
def translated(file: str) -> Iterator[None]:
    """Raise what SQLite or the disk complains about as a `StoreError`; bugs of ours pass as they are."""
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:  # bare while a connection is being made
        known = _known(error.orig if isinstance(error, DBAPIError) else error, file)
        if known is None:
            raise
        raise known from error
    except UnicodeDecodeError as error:
        raise DamagedFile(f"{file}: not text") from error
    except OSError as error:
        kind = DiskFull if error.errno in FULL else DamagedFile
        raise kind(f"{file}: {error.strerror}") from error


def _known(error: BaseException | None, file: str) -> StoreError | None:
    if not isinstance(error, sqlite3.Error):
        return None
    name = getattr(error, "sqlite_errorname", None) or ""
    if not name and str(error).startswith(UNDECODABLE):
        return DamagedFile(f"{file}: not text")
    kinds: tuple[tuple[tuple[str, ...], type[StoreError]], ...] = (
        (NO_ROOM, DiskFull),
        (DAMAGED, DamagedFile),
        (IN_USE, InUse),
    )
    found = next((kind for names, kind in kinds if name.startswith(names)), None)
    return found(f"{file}: {name}") if found else None
