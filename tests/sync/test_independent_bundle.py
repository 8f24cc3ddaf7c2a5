"""What `docs/protocol.md` says of hand-carry bundles is enough to open and to make one."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import struct
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from telewelfare.sync import codec, twb

VECTOR: dict[str, Any] = json.loads((Path(__file__).parent / "vectors" / "bundle.json").read_text())
CENTRE = bytes.fromhex(VECTOR["centre_public"])
BUNDLE = base64.b64decode(VECTOR["bundle"])
PURPOSE = b"telewelfare bundle 1"
SMALLEST = 4096


def _cipher(shared: bytes, header: bytes) -> tuple[AESGCM, bytes]:
    made = HKDF(SHA256(), 44, None, PURPOSE + header + CENTRE).derive(shared)
    return AESGCM(made[:32]), made[32:]


def _opened(bundle: bytes) -> dict[str, Any]:
    assert bundle[:9] == bytes.fromhex("895457420D0A1A0A01")
    assert hashlib.sha256(bundle[:-32]).digest() == bundle[-32:]
    header = bundle[:57]
    centre = X25519PrivateKey.from_private_bytes(bytes.fromhex(VECTOR["centre_private"]))
    cipher, nonce = _cipher(centre.exchange(X25519PublicKey.from_public_bytes(header[25:])), header)
    body = cipher.decrypt(nonce, bundle[57:-32], header)
    signature, rest = body[:64], body[64:]
    (length,) = struct.unpack_from(">I", rest, 1 + rest[0])
    end = 1 + rest[0] + 4 + length
    public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(VECTOR["device_public"]))
    public.verify(signature, PURPOSE + header + CENTRE + rest[:end])
    assert not any(rest[end:])
    assert rest[1 : 1 + rest[0]].decode() == VECTOR["device"]
    plain = codec.unpack(rest[end - length : end], codec.ZSTD, 16_000_000)
    document: dict[str, Any] = json.loads(plain)
    return document


def _made(packed: bytes) -> bytes:
    ephemeral = X25519PrivateKey.generate()
    header = bytes.fromhex("895457420D0A1A0A01") + os.urandom(16)
    header += ephemeral.public_key().public_bytes_raw()
    device = VECTOR["device"].encode()
    rows = bytes([len(device)]) + device + struct.pack(">I", len(packed)) + packed
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(VECTOR["device_private"]))
    body = key.sign(PURPOSE + header + CENTRE + rows) + rows
    body += bytes(SMALLEST - 57 - 16 - 32 - len(body))
    cipher, nonce = _cipher(ephemeral.exchange(X25519PublicKey.from_public_bytes(CENTRE)), header)
    sealed = header + cipher.encrypt(nonce, body, header)
    return sealed + hashlib.sha256(sealed).digest()


def test_it_opens_ours() -> None:
    assert _opened(BUNDLE) == VECTOR["document"]


def test_ours_opens_what_it_makes() -> None:
    packed = base64.b64decode(VECTOR["packed"])
    bundle = _made(packed)
    assert len(bundle) == SMALLEST
    centre = X25519PrivateKey.from_private_bytes(bytes.fromhex(VECTOR["centre_private"]))
    opened = twb.unseal(bundle, centre)
    assert opened.device == VECTOR["device"]
    plain = twb.contents(opened, bytes.fromhex(VECTOR["device_public"]))
    assert json.loads(plain) == VECTOR["document"]
