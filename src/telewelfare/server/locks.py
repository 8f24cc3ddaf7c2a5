"""A lock on a file's name that holds across processes and dies with whoever held it.

To be held for one write, never while anything is waited for.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

PRIVATE: Final = 0o600

if sys.platform == "win32":
    import msvcrt

    def _take(handle: int) -> None:
        os.lseek(
            handle, 1 << 30, os.SEEK_SET
        )  # beyond the contents: there, locks do not hinder reading
        msvcrt.locking(handle, msvcrt.LK_LOCK, 1)
else:
    import fcntl

    def _take(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX)


@contextmanager
def locked(name: Path) -> Iterator[int]:
    """The open file of a name, which nobody else has meanwhile; made when there is none.

    Whoever waited may find that the name was given to another file: it then takes that one.
    """
    while True:
        handle = os.open(name, os.O_RDWR | os.O_CREAT, PRIVATE)
        try:
            _take(handle)
            if _is_named(handle, name):
                yield handle
                return
        finally:
            os.close(handle)


def _is_named(handle: int, name: Path) -> bool:
    try:
        there, here = name.stat(), os.fstat(handle)
    except FileNotFoundError:
        return False
    return (there.st_ino, there.st_dev) == (here.st_ino, here.st_dev)
