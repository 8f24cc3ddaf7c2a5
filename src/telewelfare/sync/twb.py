"""The format of a hand-carry bundle (`*.twb`), byte for byte as `docs/protocol.md` shows it.

Whoever carries one learns its size class and a random number, nothing else: not from whom, not of
whom, not how much. Only the centre opens it. Pure: randomness and keys are arguments.
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from telewelfare.sync import codec

MAGIC: Final = b"\x89TWB\r\n\x1a\n"  # a program that takes the file for text damages this first
VERSION: Final = 1
ID: Final = 16  # bytes
KEY: Final = 32
NONCE: Final = 12
TAG: Final = 16
SUM: Final = 32
SIGNATURE: Final = 64
HEADER: Final = len(MAGIC) + 1 + ID + KEY
CLASSES: Final = tuple(4_096 << step for step in range(10))  # whole files: 4 KiB … 2 MiB
LARGEST: Final = CLASSES[-1]
MAX_CONTENTS: Final = 16_000_000  # bytes once unpacked
PURPOSE: Final = b"telewelfare bundle 1"
LENGTH: Final = struct.Struct(">I")


class BadBundle(Exception):
    """Bytes that are not taken in. Nothing was changed; `code` names a sentence."""

    code = "bundle_damaged"


class NotABundle(BadBundle):
    """Some other file."""

    code = "bundle_other_file"


class Damaged(BadBundle):
    """A byte was changed on the way."""


class Cut(BadBundle):
    """The end is missing."""

    code = "bundle_cut"


class Extended(BadBundle):
    """Something was appended."""

    code = "bundle_extended"


class Newer(BadBundle):
    """A newer version of the app made it."""

    code = "bundle_newer"


class OtherCentre(BadBundle):
    """Whole, but not sealed to this key."""

    code = "bundle_other_centre"


class Forged(BadBundle):
    """Not signed by the device it names."""

    code = "bundle_forged"


class TooLarge(BadBundle):
    """More than a bundle may hold, packed or unpacked."""

    code = "bundle_too_large"


class Unusable(BadBundle):
    """Sealed and signed, but what is inside is not in our protocol."""

    code = "bundle_unusable"


@dataclass(frozen=True, slots=True)
class Opened:
    """What the centre sees before it has looked up the device that is named."""

    id: str  # hex
    device: str
    signature: bytes
    signed: bytes
    packed: bytes


def seal(
    packed: bytes,
    *,
    device: str,
    device_key: Ed25519PrivateKey,
    centre_key: bytes,
    bundle_id: bytes,
    ephemeral: X25519PrivateKey,
) -> bytes:
    """Sign and seal packed contents, padded to a size class.

    `bundle_id` and `ephemeral` are random and never used again: the key follows from them.

    Raises:
        TooLarge: no class is large enough.
    """
    named = device.encode("ascii")
    inner = bytes([len(named)]) + named + LENGTH.pack(len(packed)) + packed
    header = _header(bundle_id, ephemeral)
    signature = device_key.sign(_signed(header, centre_key, inner))
    plain = signature + inner
    room = _class_of(len(plain)) - HEADER - TAG - SUM
    key, nonce = _derived(
        ephemeral.exchange(X25519PublicKey.from_public_bytes(centre_key)), header, centre_key
    )
    sealed = header + AESGCM(key).encrypt(nonce, plain.ljust(room, b"\0"), header)
    return sealed + hashlib.sha256(sealed).digest()


def fits(packed: int, device: str) -> bool:
    """Whether so many packed bytes go into one bundle."""
    plain = SIGNATURE + 1 + len(device) + LENGTH.size + packed
    return plain + HEADER + TAG + SUM <= LARGEST


def look(bundle: bytes) -> str:
    """The random id (hex) of a bundle that is whole; all that whoever carries it can know.

    Raises:
        NotABundle, Cut, Extended, Damaged, Newer
    """
    if not bundle.startswith(MAGIC):
        raise NotABundle
    if not _is_whole(bundle):
        raise _unwhole(bundle)
    version = bundle[len(MAGIC)]
    if version > VERSION:
        raise Newer
    if version < VERSION:
        raise NotABundle
    return id_of(bundle)


def id_of(bundle: bytes) -> str:
    """The random id (hex), which stands in the same place in every version."""
    return bundle[len(MAGIC) + 1 : len(MAGIC) + 1 + ID].hex()


def unseal(bundle: bytes, private: X25519PrivateKey) -> Opened:
    """Open a bundle with the centre's private key. Who made it is not known before `contents`.

    Raises:
        BadBundle: as `look`; OtherCentre: not sealed to this key; Unusable: a broken inside.
    """
    bundle_id = look(bundle)
    header, body = bundle[:HEADER], bundle[HEADER:-SUM]
    centre_key = private.public_key().public_bytes_raw()
    try:
        shared = private.exchange(X25519PublicKey.from_public_bytes(header[-KEY:]))
        key, nonce = _derived(shared, header, centre_key)
        plain = AESGCM(key).decrypt(nonce, body, header)
    except (InvalidTag, ValueError) as error:
        raise OtherCentre from error
    return _parted(bundle_id, header, centre_key, plain)


def contents(opened: Opened, device_key: bytes) -> bytes:
    """What the device packed, once it is sure that this device did.

    Raises:
        Forged, TooLarge, Unusable
    """
    try:
        Ed25519PublicKey.from_public_bytes(device_key).verify(opened.signature, opened.signed)
    except (InvalidSignature, ValueError) as error:
        raise Forged from error
    try:
        return codec.unpack(opened.packed, codec.ZSTD, MAX_CONTENTS)
    except codec.TooLarge as error:
        raise TooLarge from error
    except codec.Undecodable as error:
        raise Unusable from error


def _header(bundle_id: bytes, ephemeral: X25519PrivateKey) -> bytes:
    public = ephemeral.public_key().public_bytes_raw()
    return MAGIC + bytes([VERSION]) + bundle_id + public


def _signed(header: bytes, centre_key: bytes, inner: bytes) -> bytes:
    """The centre's key, too: what was written for one centre cannot be handed on to another."""
    return PURPOSE + header + centre_key + inner


def _derived(shared: bytes, header: bytes, centre_key: bytes) -> tuple[bytes, bytes]:
    info = PURPOSE + header + centre_key
    made = HKDF(hashes.SHA256(), KEY + NONCE, salt=None, info=info).derive(shared)
    return made[:KEY], made[KEY:]


def _class_of(plain: int) -> int:
    whole = plain + HEADER + TAG + SUM
    found = next((size for size in CLASSES if size >= whole), None)
    if found is None:
        raise TooLarge
    return found


def _is_whole(bundle: bytes) -> bool:
    return len(bundle) in CLASSES and hashlib.sha256(bundle[:-SUM]).digest() == bundle[-SUM:]


def _unwhole(bundle: bytes) -> BadBundle:
    """Why a bundle is not whole."""
    shorter = (size for size in CLASSES if size < len(bundle))
    if any(_is_whole(bundle[:size]) for size in shorter):
        return Extended()
    return Damaged() if len(bundle) in CLASSES else Cut()


def _parted(bundle_id: str, header: bytes, centre_key: bytes, plain: bytes) -> Opened:
    signature, inner = plain[:SIGNATURE], plain[SIGNATURE:]
    after_name = 1 + inner[0]
    start = after_name + LENGTH.size
    (length,) = LENGTH.unpack(inner[after_name:start])
    end = start + length
    named = inner[1:after_name]
    if end > len(inner) or inner[end:].strip(b"\0") or not named.isascii():
        raise Unusable
    signed = _signed(header, centre_key, inner[:end])
    return Opened(bundle_id, named.decode("ascii"), signature, signed, inner[start:end])
