"""The data key of one worker on one device: random, and wrapped by the PIN and for the centre.

`vault.json` holds no personal data. It is replaced atomically, so a phone that dies
while it is written keeps the old one.
"""

from __future__ import annotations

import base64
import glob
import hashlib
import json
import os
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from telewelfare.domain.clock import Millis
from telewelfare.store.errors import DamagedFile, NewerSchema, translated
from telewelfare.store.seal import KEY, NONCE, TAG, BrokenSeal, Seal, new_key

try:  # OpenSSL below 3.2, as on some phones, has no Argon2
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
except ImportError:  # pragma: no cover - depends on the platform's cryptography
    Argon2id = None  # type: ignore[assignment, misc]  # a platform without it uses scrypt

PIN_LENGTHS: Final = range(6, 13)
SALT: Final = 16
VERSION: Final = 1  # of `vault.json`
ARGON2: Final = "argon2id-64m-3-2"
SCRYPT: Final = "scrypt-15-8-1"
FREE_TRIES: Final = 4  # wrong PINs without a wait
FIRST_WAIT: Final = 30_000  # ms, doubled with each further wrong PIN
LONGEST_WAIT: Final = 3_600_000
BESIDE: Final = ".new"  # a file that is about to take another's place
LEFT_BEHIND: Final = 3_600  # seconds after which nobody writes it any more


@dataclass(frozen=True, slots=True)
class WrongPin:
    """The PIN does not open the vault; after `wait` ms one may try again."""

    tries: int
    wait: int


@dataclass(frozen=True, slots=True)
class TooSoon:
    """After several wrong PINs one waits; `wait` ms are left."""

    wait: int


@dataclass(frozen=True, slots=True)
class _Contents:
    version: int
    kdf: str
    salt: str
    by_pin: str
    for_centre: str
    tries: int
    not_before: int


class Vault:
    """Keeps the data key; opens only with the PIN."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def exists(self) -> bool:
        """Whether a PIN was ever set here."""
        return self._path.exists()

    def create(self, pin: str, centre_key: str) -> bytes:
        """Make a data key, wrap it, and give it back.

        `centre_key` is the centre's X25519 public key, base64url: with it the centre can recover
        unsent work of a lost PIN.
        """
        key, salt, kdf = new_key(), os.urandom(SALT), _best_kdf()
        wrapped = Seal(_derive(kdf, pin, salt)).close(key, "vault")
        self._write(
            _Contents(
                VERSION, kdf, _text(salt), _text(wrapped), _text(to_centre(key, centre_key)), 0, 0
            )
        )
        return key

    def unlock(self, pin: str, now: Millis) -> bytes | WrongPin | TooSoon:
        """The data key, or why not. Each wrong PIN is counted before it is tried.

        Raises:
            DamagedFile: the vault is not readable.
            NewerSchema: a newer app wrote it.
        """
        had = self._read()
        wait = min(had.not_before - now, LONGEST_WAIT)
        if had.tries >= FREE_TRIES and wait > 0:
            self._not_before(had, now + wait)
            return TooSoon(wait)
        tries = had.tries + 1
        pause = _pause(tries)
        self._write(replace(had, tries=tries, not_before=now + pause))
        try:
            key = Seal(_derive(had.kdf, pin, _bytes(had.salt))).open(_bytes(had.by_pin), "vault")
        except BrokenSeal:
            return WrongPin(tries, pause)
        self._write(replace(self._read(), tries=0, not_before=0))  # it may have another PIN by now
        return key

    def _not_before(self, had: _Contents, moment: int) -> None:
        """A wait counted by a clock that was years ahead must still end."""
        if moment < had.not_before:
            self._write(replace(had, not_before=moment))

    def change_pin(self, key: bytes, pin: str) -> None:
        """Wrap the same data key with another PIN."""
        salt, kdf = os.urandom(SALT), _best_kdf()
        wrapped = Seal(_derive(kdf, pin, salt)).close(key, "vault")
        self._write(
            replace(self._read(), kdf=kdf, salt=_text(salt), by_pin=_text(wrapped), tries=0)
        )

    def _read(self) -> _Contents:
        try:
            found = json.loads(self._path.read_bytes())
            if _is_newer(found):
                raise NewerSchema(self._path.name)
            return _sound(_Contents(**found))
        except (OSError, ValueError, TypeError, RecursionError) as error:
            raise DamagedFile(self._path.name) from error

    def _write(self, contents: _Contents) -> None:
        write_atomically(self._path, json.dumps(asdict(contents)).encode())


def _is_newer(found: Any) -> bool:  # noqa: ANN401 - whatever stands in the file
    version = found.get("version") if isinstance(found, dict) else None
    return isinstance(version, int) and version > VERSION


def _sound(found: _Contents) -> _Contents:
    """The contents, if a PIN can be tried on them.

    Raises:
        ValueError, TypeError: they are not what this app wrote.
    """
    if found.kdf not in (ARGON2, SCRYPT):
        raise ValueError(found.kdf)
    lengths = len(_bytes(found.salt)), len(_bytes(found.by_pin))
    if lengths != (SALT, NONCE + KEY + TAG):
        raise ValueError(lengths)
    if {type(found.tries), type(found.not_before)} != {int}:
        raise TypeError
    return found


def _pause(tries: int) -> int:
    if tries < FREE_TRIES:
        return 0
    return int(min(FIRST_WAIT * 2 ** min(tries - FREE_TRIES, 20), LONGEST_WAIT))


def _best_kdf() -> str:
    return ARGON2 if _has_argon2() else SCRYPT


def _has_argon2() -> bool:
    if Argon2id is None:
        return False
    try:
        Argon2id(salt=bytes(SALT), length=KEY, iterations=1, lanes=1, memory_cost=8)
    except UnsupportedAlgorithm:
        return False
    return True


def _derive(kdf: str, pin: str, salt: bytes) -> bytes:
    """The key a PIN gives; costs about 0.1 s on a desktop core, on purpose."""
    if kdf == ARGON2:
        slow = Argon2id(salt=salt, length=KEY, iterations=3, lanes=2, memory_cost=64 * 1024)
        return slow.derive(pin.encode())
    return hashlib.scrypt(pin.encode(), salt=salt, n=2**15, r=8, p=1, maxmem=2**26, dklen=KEY)


def to_centre(secret: bytes, centre_key: str) -> bytes:
    """Seal bytes so that only the holder of the centre's private key opens them.

    Ephemeral X25519, HKDF-SHA256, AES-256-GCM; the first 32 bytes are the ephemeral public key.
    """
    ephemeral = X25519PrivateKey.generate()
    public = ephemeral.public_key().public_bytes(
        serialization.Encoding.Raw, serialization.PublicFormat.Raw
    )
    shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(_bytes(centre_key)))
    return public + Seal(_agreed(shared, public)).close(secret, "to centre")


def at_centre(sealed: bytes, private: X25519PrivateKey) -> bytes:
    """Undo `to_centre`, with the centre's private key.

    Raises:
        BrokenSeal: sealed to another centre, or changed.
    """
    public = sealed[:32]
    shared = private.exchange(X25519PublicKey.from_public_bytes(public))
    return Seal(_agreed(shared, public)).open(sealed[32:], "to centre")


def _agreed(shared: bytes, public: bytes) -> bytes:
    return HKDF(hashes.SHA256(), KEY, salt=None, info=b"telewelfare escrow" + public).derive(shared)


def write_atomically(path: Path, contents: bytes) -> None:
    """Replace a small file so that a crash leaves the old or the new one, never a half.

    Two programs may write the same file at once: each writes beside it under a name of its own.

    Raises:
        DiskFull: the old one is still there.
    """
    beside = path.with_name(f"{path.name}.{os.urandom(6).hex()}{BESIDE}")
    with translated(path.name):
        try:
            with beside.open("xb") as file:
                file.write(contents)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
        _forget_left_behind(path)
        remember(path.parent)


def _forget_left_behind(path: Path) -> None:
    """What somebody wrote beside it and died before it took its place."""
    for left in path.parent.glob(f"{glob.escape(path.name)}.*{BESIDE}"):
        with suppress(FileNotFoundError):  # its writer lives, and was quicker
            if time.time() - left.stat().st_mtime > LEFT_BEHIND:
                left.unlink()


def remember(folder: Path) -> None:
    """Make new names in a folder, and those that are gone, outlast a power cut at once."""
    if os.name == "nt":  # folders cannot be opened there
        return
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def pin_problem(pin: str) -> str | None:
    """Why a PIN is too easy to guess, as a code; `None` if it will do."""
    if not pin.isascii() or not pin.isdigit() or len(pin) not in PIN_LENGTHS:
        return "pin_length"
    steps = {int(b) - int(a) for a, b in pairwise(pin)}
    return "pin_easy" if steps <= {0} or steps <= {1} or steps <= {-1} else None
