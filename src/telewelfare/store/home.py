"""One worker's folder on a device: the vault, the journal, the sealed files.

home/
  vault.json       the data key, wrapped; no personal data
  enrolling.json   the device's key pair while it enrols; gone once a PIN is set
  journal.db       records and operations, sealed
  files/           photos and voice, sealed, named by SHA-256 of what is inside
"""

from __future__ import annotations

import base64
import json
import shutil
import sqlite3
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from telewelfare.domain.clock import Millis
from telewelfare.domain.ids import DeviceId, WorkerId
from telewelfare.domain.operations import Actor
from telewelfare.store.engine import open_engine
from telewelfare.store.errors import AlreadyEnrolled, DamagedFile, translated
from telewelfare.store.identity import Identity, from_plain, plain
from telewelfare.store.journal import Journal
from telewelfare.store.migrations import migrate
from telewelfare.store.seal import Seal
from telewelfare.store.vault import TooSoon, Vault, WrongPin, remember, write_atomically

__all__ = ["DamagedFile", "Home", "Identity", "Opened", "SealedFiles", "public_text"]

ENROLLING: Final = "enrolling.json"
JOURNAL: Final = "journal.db"
RENEWING: Final = "renewing_key"  # meta, sealed


@dataclass(frozen=True, slots=True)
class Opened:
    """An unlocked home."""

    journal: Journal
    token: str
    files: SealedFiles
    key: bytes

    @property
    def identity(self) -> Identity:
        """Who works here, as the centre said last."""
        return self.journal.who


class SealedFiles:
    """Photos, voice and signatures; content-addressed, so the same file is kept once."""

    def __init__(self, folder: Path, seal: Seal) -> None:
        self._folder = folder
        self._seal = seal

    def keep(self, sha256: str, contents: bytes) -> None:
        """Seal and store bytes under their hash."""
        if not self.has(sha256):
            self._write(sha256, contents)
            self.forget_begun(sha256)

    def has(self, sha256: str) -> bool:
        """Whether a file is on this device."""
        return (self._folder / sha256).exists()

    def read(self, sha256: str) -> bytes | None:
        """The bytes, or `None` when they are not on this device."""
        return self._read(sha256)

    def keep_begun(self, sha256: str, contents: bytes) -> None:
        """Keep what has come of a file so far."""
        self._write(_begun(sha256), contents)

    def begun(self, sha256: str) -> bytes:
        """What has come of a file so far."""
        return self._read(_begun(sha256)) or b""

    def forget_begun(self, sha256: str) -> None:
        """What came of it was no good, or is not needed any more."""
        with translated(self._folder.name):
            (self._folder / _begun(sha256)).unlink(missing_ok=True)

    def forget(self, sha256: str) -> None:
        """Let go of a file, and of what came of it."""
        with translated(self._folder.name):
            (self._folder / sha256).unlink(missing_ok=True)
        self.forget_begun(sha256)

    def make_room(self, wanted: int, may_go: Collection[str]) -> None:
        """Let go of files until `wanted` bytes are free, those that came longest ago first.

        Only what is in `may_go`: everything else may lie nowhere but here.
        """
        with translated(self._folder.name):
            files = [file for name in may_go if (file := self._folder / name).exists()]
            for file in sorted(files, key=lambda file: file.stat().st_mtime):
                if shutil.disk_usage(self._folder).free >= wanted:
                    return
                file.unlink(missing_ok=True)

    def _write(self, name: str, contents: bytes) -> None:
        with translated(self._folder.name):
            self._folder.mkdir(exist_ok=True)
        write_atomically(self._folder / name, self._seal.close(contents, f"file:{name}"))

    def _read(self, name: str) -> bytes | None:
        found = self._folder / name
        with translated(self._folder.name):
            sealed = found.read_bytes() if found.exists() else None
        return None if sealed is None else self._seal.open(sealed, f"file:{name}")


def _begun(sha256: str) -> str:
    return f"{sha256}.begun"


class Home:
    """A folder in which one worker's work on this device lives."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with translated(folder.name):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.vault = Vault(folder / "vault.json")

    @property
    def enrolled(self) -> bool:
        """Whether a worker has enrolled here and set a PIN; not when that was cut off half-way.

        Also where one of the two files is gone: enrolling anew would lock the other away for good.
        """
        begun = (self.folder / ENROLLING).exists()
        return (self.vault.exists or (self.folder / JOURNAL).exists()) and not begun

    def enrolling_key(self) -> Ed25519PrivateKey:
        """The device's key pair; the same one again when an enrolment is tried again.

        A reply lost on the way must not waste the invitation: the centre knows this key.

        Raises:
            AlreadyEnrolled: nothing was changed.
        """
        if self.enrolled:
            raise AlreadyEnrolled(self.folder.name)
        found = self.folder / ENROLLING
        known = _read_key(found)
        if known is not None:
            return known
        key = Ed25519PrivateKey.generate()
        text = base64.b64encode(_raw(key)).decode()
        write_atomically(found, json.dumps({"key": text}).encode())
        return key

    def enrol(self, pin: str, identity: Identity, token: str) -> Opened:
        """Keep what the centre gave, behind the PIN, and open it.

        Raises:
            AlreadyEnrolled: nothing was changed.
        """
        device_key = self.enrolling_key()
        key = self.vault.create(pin, identity.centre_key)
        opened = self._open(key, identity, token)
        opened.journal.write_secret("identity", plain(identity))
        opened.journal.write_secret("token", token)
        opened.journal.write_secret("device_key", base64.b64encode(_raw(device_key)).decode())
        with translated(ENROLLING):
            (self.folder / ENROLLING).unlink(missing_ok=True)
            remember(self.folder)
        return opened

    def unlock(self, pin: str, now: Millis) -> Opened | WrongPin | TooSoon:
        """Open with the PIN.

        Raises:
            DamagedFile: a file is not readable.
            NewerSchema: a newer app wrote it.
            StoreError: as in `errors`.
        """
        key = self.vault.unlock(pin, now)
        return self._open(key) if isinstance(key, bytes) else key

    def _open(self, key: bytes, identity: Identity | None = None, token: str = "") -> Opened:
        seal = Seal(key)
        if identity is None and not _has_contents(self.folder / JOURNAL):  # SQLite would begin anew
            raise DamagedFile(JOURNAL)
        engine = open_engine(self.folder / JOURNAL)
        try:
            with translated(JOURNAL):
                migrate(engine)
            known = identity or _identity(engine, seal)
        except BaseException as error:
            engine.dispose()
            if isinstance(error, (DBAPIError, sqlite3.Error)):  # a database, but not one of ours
                raise DamagedFile(JOURNAL) from error
            raise
        journal = Journal(engine, seal, known.actor, known)
        files = SealedFiles(self.folder / "files", seal)
        return Opened(journal, token or str(journal.read_secret("token")), files, key)


def _has_contents(file: Path) -> bool:
    return file.is_file() and file.stat().st_size > 0


def _read_key(file: Path) -> Ed25519PrivateKey | None:
    """The key pair of an enrolment that was begun; `None` where there is none that can be read."""
    try:
        raw = base64.b64decode(json.loads(file.read_bytes())["key"])
        return Ed25519PrivateKey.from_private_bytes(raw)
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _identity(engine: Engine, seal: Seal) -> Identity:
    nobody = Actor("", WorkerId(""), "", (), DeviceId(""))
    kept: Mapping[str, Any] | None = Journal(engine, seal, nobody).read_secret("identity")
    if kept is None:
        raise DamagedFile(JOURNAL)
    return from_plain(kept)


def renewing_key(journal: Journal) -> Ed25519PrivateKey:
    """The key pair with which a device asks to be let in again; the same one until it was."""
    kept = journal.read_secret(RENEWING)
    if kept:
        return Ed25519PrivateKey.from_private_bytes(base64.b64decode(str(kept)))
    key = Ed25519PrivateKey.generate()
    journal.write_secret(RENEWING, base64.b64encode(_raw(key)).decode())
    return key


def renew(journal: Journal, identity: Identity, token: str, held: Mapping[str, int]) -> int:
    """Keep what the centre gave when it let this device in again; how much is sent once more."""
    key = base64.b64encode(_raw(renewing_key(journal))).decode()
    return journal.renew(identity, {"token": token, "device_key": key, RENEWING: None}, held)


def _raw(key: Ed25519PrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.Raw, serialization.PrivateFormat.Raw, serialization.NoEncryption()
    )


def public_text(key: Ed25519PrivateKey) -> str:
    """The public half, base64url, as `EnrolRequest.public_key` wants it."""
    raw = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
