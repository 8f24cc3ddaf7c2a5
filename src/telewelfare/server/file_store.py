"""Attachments on the centre's disk, named by what is in them; parts that are still coming, apart.

FOLDER/<centre>/<first two digits>/<sha256>   whole and verified, never changed again
FOLDER/<centre>/parts/<sha256>                what arrived so far: its size is the offset
FOLDER/<centre>/parts/<sha256>.turn           whose turn it is to append, and the lock of both

A part grows with each piece that arrives, so a killed server or a lost signal costs no byte that
was here. A new request takes the turn from the one before it, dead or alive, and waits for
neither: what that one still brings is refused. The lock is held for one piece, across processes.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from telewelfare.server.locks import PRIVATE, locked
from telewelfare.server.media import HEAD, is_what_it_says

PARTS: Final = "parts"
TURN: Final = ".turn"
TURN_BYTES: Final = 16
FOLDER_MODE: Final = 0o700
READ: Final = 1 << 20  # bytes at a time while a file is verified


class FileRefused(Exception):
    """Bytes were not taken."""


class WrongOffset(FileRefused):
    """The request goes on from elsewhere than the file ends; `offset` is where it does."""

    def __init__(self, offset: int) -> None:
        super().__init__(str(offset))
        self.offset = offset


class Superseded(FileRefused):
    """A later request has taken the turn."""


class TooLong(FileRefused):
    """More bytes than the record says the file has. The superfluous piece was not kept."""


class WrongHash(FileRefused):
    """All bytes came, but they are another file. They were removed."""


class WrongType(FileRefused):
    """The first bytes are not those of what the record says it is. They were removed."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file that somebody may bring: its name, how long it is and what, as its record says."""

    centre: str
    sha256: str
    length: int
    media_type: str


class FileStore:
    """The files of all centres under one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def found(self, centre: str, sha256: str) -> Path | None:
        """Where a whole file lies."""
        path = self._whole(centre, sha256)
        return path if path.is_file() else None

    def offset(self, wanted: Wanted) -> int:
        """How many bytes of a file are here for good: all of them only once they are verified.

        Raises:
            WrongHash, WrongType: all had come when the server died, and they are another file.
        """
        if self.found(wanted.centre, wanted.sha256):
            return wanted.length
        part = self._part(wanted)
        size = _size(part)
        if size < wanted.length:
            return size
        with self._locked(wanted):
            return self._settled(wanted)

    def begin(self, wanted: Wanted, offset: int) -> Upload:
        """Take the turn to append from `offset` on.

        Raises:
            WrongOffset: the file ends elsewhere; a whole one ends at its length.
            WrongHash, WrongType: as `offset`.
        """
        if self.found(wanted.centre, wanted.sha256):
            raise WrongOffset(wanted.length)
        with self._locked(wanted) as turn:
            here = self._settled(wanted)
            if here != offset or here == wanted.length:
                raise WrongOffset(here)
            token = secrets.token_bytes(TURN_BYTES)
            _write(turn, token, 0)
        return Upload(self, wanted, token, offset)

    def append(self, wanted: Wanted, token: bytes, piece: bytes, offset: int) -> int:
        """Write a piece and give where the file ends now.

        Raises:
            Superseded: nothing was written.
            TooLong: nothing was written.
            WrongType: the part is gone.
        """
        with self._turn_of(wanted, token):
            if offset + len(piece) > wanted.length:
                raise TooLong
            with _opened(self._part(wanted)) as part:
                _write(part, piece, offset)
                if offset < HEAD <= offset + len(piece):
                    self._look(wanted, _read(part, HEAD, 0))
        return offset + len(piece)

    def finish(self, wanted: Wanted, token: bytes) -> int:
        """Verify a file whose last byte has come and give it its name; else give how far it is.

        Raises:
            Superseded: another request goes on with it.
            WrongHash, WrongType: it was removed.
        """
        with self._turn_of(wanted, token):
            return self._settled(wanted)

    def _settled(self, wanted: Wanted) -> int:
        """Under the lock: how far the file is, given its name if it is whole."""
        if self.found(wanted.centre, wanted.sha256):
            return wanted.length
        part = self._part(wanted)
        size = _size(part)
        if size < wanted.length:
            return size
        with _opened(part) as handle:
            self._look(wanted, _read(handle, HEAD, 0))
            if size > wanted.length or _hash(handle) != wanted.sha256:
                part.unlink(missing_ok=True)
                raise WrongHash
            os.fsync(handle)  # before anybody is told that it is here
        whole = self._whole(wanted.centre, wanted.sha256)
        whole.parent.mkdir(parents=True, exist_ok=True, mode=FOLDER_MODE)
        part.replace(whole)
        _remember(whole.parent)
        self._turn(wanted).unlink(missing_ok=True)
        return wanted.length

    def _look(self, wanted: Wanted, head: bytes) -> None:
        if not is_what_it_says(head, wanted.media_type):
            self._part(wanted).unlink(missing_ok=True)
            raise WrongType

    @contextmanager
    def _turn_of(self, wanted: Wanted, token: bytes) -> Iterator[None]:
        with self._locked(wanted) as turn:
            if _read(turn, TURN_BYTES, 0) != token:
                raise Superseded
            yield

    @contextmanager
    def _locked(self, wanted: Wanted) -> Iterator[int]:
        turn = self._turn(wanted)
        turn.parent.mkdir(parents=True, exist_ok=True, mode=FOLDER_MODE)
        with locked(turn) as handle:
            yield handle

    def _whole(self, centre: str, sha256: str) -> Path:
        return self._folder / centre / sha256[:2] / sha256

    def _part(self, wanted: Wanted) -> Path:
        return self._folder / wanted.centre / PARTS / wanted.sha256

    def _turn(self, wanted: Wanted) -> Path:
        return self._part(wanted).with_suffix(TURN)


class Upload:
    """One request's turn to append to a file."""

    def __init__(self, store: FileStore, wanted: Wanted, token: bytes, offset: int) -> None:
        self._store, self._wanted, self._token = store, wanted, token
        self.offset = offset

    def write(self, piece: bytes) -> None:
        """Append; on the disk when this returns. Raises as `FileStore.append`."""
        self.offset = self._store.append(self._wanted, self._token, piece, self.offset)

    def finish(self) -> int:
        """Say how far the file is. Raises as `FileStore.finish`."""
        return self._store.finish(self._wanted, self._token)


@contextmanager
def _opened(part: Path) -> Iterator[int]:
    handle = os.open(part, os.O_RDWR | os.O_CREAT, PRIVATE)
    try:
        yield handle
    finally:
        os.close(handle)


def _read(handle: int, count: int, offset: int) -> bytes:
    os.lseek(handle, offset, os.SEEK_SET)
    return os.read(handle, count)


def _write(handle: int, piece: bytes, offset: int) -> None:
    os.lseek(handle, offset, os.SEEK_SET)
    while piece:
        piece = piece[os.write(handle, piece) :]


def _size(part: Path) -> int:
    try:
        return part.stat().st_size
    except FileNotFoundError:
        return 0


def _hash(handle: int) -> str:
    found, offset = hashlib.sha256(), 0
    while piece := _read(handle, READ, offset):
        found.update(piece)
        offset += len(piece)
    return found.hexdigest()


def _remember(folder: Path) -> None:
    """Make a new name outlast a power cut."""
    if os.name == "nt":  # folders cannot be opened there
        return
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
