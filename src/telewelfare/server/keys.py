"""Keys of a centre, codes of invitations, tokens of devices."""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import secrets
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from platformdirs import user_data_path
from sqlalchemy.engine import URL

ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # no 0/O, 1/I/L, U/V
CODE_LENGTH: Final = 10  # 30 ** 10 is 49 bits
KEY_BYTES: Final = 32


def randomness(count: int) -> bytes:
    """Random bytes nobody can guess."""
    return secrets.token_bytes(count)


def new_code() -> str:
    """A code to read out: XXXXX-XXXXX."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
    return f"{letters[:5]}-{letters[5:]}"


def code_hash(code: str) -> str:
    """What is stored of a code, however it was typed: small letters, spaces, no dash."""
    return digest("".join(letter for letter in code.upper() if letter.isalnum()))


def new_token() -> str:
    """What a device shows at each request."""
    return secrets.token_urlsafe(KEY_BYTES)


def digest(text: str) -> str:
    """SHA-256 in hex: enough for what is random, so that a stolen table opens nothing."""
    return hashlib.sha256(text.encode()).hexdigest()


def is_public_key(text: str) -> bool:
    """Whether `text` is 32 bytes in base64url, with or without padding."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return False
    return len(raw) == KEY_BYTES


def folder(named: Path | None, database: URL) -> Path:
    """Where private keys lie: as named, else beside the SQLite file, else the user's data."""
    if named is not None:
        return named
    if environment := os.environ.get("TELEWELFARE_KEYS"):
        return Path(environment)
    if database.get_backend_name() == "sqlite" and database.database:
        return Path(database.database).parent
    return user_data_path("telewelfare") / "keys"


def key_file(keys: Path, centre: str) -> Path:
    """The file of a centre's private key."""
    return keys / f"centre-{centre}.key"


def make_centre_key(file: Path) -> str:
    """Write a new private key, readable by its owner only; return the public one (base64url).

    Raises:
        FileExistsError: a key is there, and without it nothing sealed to it can be opened.
    """
    private = X25519PrivateKey.generate()
    file.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as output:
        output.write(_text(private.private_bytes_raw()).encode())
    return _text(private.public_key().public_bytes_raw())


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")
