"""Identities, made on the device so that work needs no signal."""

from __future__ import annotations

import base64
import re
import uuid
from typing import TYPE_CHECKING, NewType

if TYPE_CHECKING:
    from telewelfare.domain.clock import Millis

RecordId = NewType("RecordId", str)
CaseId = NewType("CaseId", str)
PersonId = NewType("PersonId", str)
WorkerId = NewType("WorkerId", str)
DeviceId = NewType("DeviceId", str)

RECORD_RANDOMNESS = 10  # bytes
DEVICE_RANDOMNESS = 5  # bytes

_RECORD_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_DEVICE_ID = re.compile(r"d[a-z2-7]{7}")


def uuid7(now: Millis, randomness: bytes) -> str:
    """Return the canonical UUIDv7 (RFC 9562) of a moment; later moments sort after it.

    `randomness` is 10 fresh bytes, of which 74 bits are used.
    Raises ValueError for another length or a moment that 48 bits cannot hold.
    """
    if len(randomness) != RECORD_RANDOMNESS:
        raise ValueError(f"{RECORD_RANDOMNESS} random bytes are needed")
    if not 0 <= now < 1 << 48:
        raise ValueError("the moment does not fit an id")
    bits = int.from_bytes(randomness, "big")
    high = bits >> 68
    low = bits & ((1 << 62) - 1)
    return str(uuid.UUID(int=now << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | low))


def is_record_id(text: str) -> bool:
    """Whether `text` has the form that `uuid7` gives, in lower case."""
    return _RECORD_ID.fullmatch(text) is not None


def new_device_id(randomness: bytes) -> DeviceId:
    """Name a device: "d" and 35 random bits in base32, short enough to read out on the phone.

    Raises ValueError unless `randomness` is 5 bytes.
    """
    if len(randomness) != DEVICE_RANDOMNESS:
        raise ValueError(f"{DEVICE_RANDOMNESS} random bytes are needed")
    letters = base64.b32encode(randomness).decode("ascii").lower()
    return DeviceId("d" + letters[:7])


def is_device_id(text: str) -> bool:
    """Whether `text` has the form that `new_device_id` gives."""
    return _DEVICE_ID.fullmatch(text) is not None
