"""Sealed bodies: AES-256-GCM with a fresh nonce, bound to what they belong to."""

from __future__ import annotations

import json
import os
import zlib
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from telewelfare.store.errors import BrokenSeal

NONCE: Final = 12  # bytes
KEY: Final = 32
TAG: Final = 16
PACKING: Final = 1  # the quickest; a record repeats its stamps and shrinks to a third

__all__ = ["KEY", "NONCE", "TAG", "BrokenSeal", "Seal", "new_key"]


class Seal:
    """Seals and opens with one key. Safe to use from several threads."""

    def __init__(self, key: bytes) -> None:
        self._aead = AESGCM(key)

    def close(self, plain: bytes, about: str) -> bytes:
        """Seal bytes; `about` names what they belong to and must be given again to open them."""
        nonce = os.urandom(NONCE)
        return nonce + self._aead.encrypt(nonce, plain, about.encode())

    def open(self, sealed: bytes, about: str) -> bytes:
        """Undo `close`.

        Raises:
            BrokenSeal: another key, another `about`, or changed bytes.
        """
        try:
            return self._aead.decrypt(sealed[:NONCE], sealed[NONCE:], about.encode())
        except (InvalidTag, ValueError) as error:
            raise BrokenSeal(about) from error

    def close_json(self, value: object, about: str) -> bytes:
        """Seal a JSON value, packed; text exactly as typed."""
        plain = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
        return self.close(zlib.compress(plain, PACKING), about)

    def open_json(self, sealed: bytes, about: str) -> Any:  # noqa: ANN401 - JSON is whatever was sealed
        """Undo `close_json`."""
        return json.loads(zlib.decompress(self.open(sealed, about)))


def new_key() -> bytes:
    """A fresh random key."""
    return os.urandom(KEY)
