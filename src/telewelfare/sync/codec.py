"""Bodies on the wire: JSON, compressed with what both sides know (HTTP content coding)."""

from __future__ import annotations

import gzip
import json
import sys
import zlib
from typing import Final

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

ZSTD: Final = "zstd"
GZIP: Final = "gzip"
IDENTITY: Final = "identity"
ACCEPTED: Final = f"{ZSTD}, {GZIP}"
LEVEL: Final = 9


class Undecodable(Exception):
    """The bytes are not what their content coding says."""


class TooLarge(Exception):
    """The body is larger than the limit once unpacked."""


class UnknownCoding(Exception):
    """A content coding this side does not know."""


def dump(message: object) -> bytes:
    """JSON without spaces; text exactly as typed."""
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()


def pack(body: bytes, coding: str) -> bytes:
    """Compress a body."""
    match coding:
        case "zstd":
            return zstd.compress(body, LEVEL)
        case "gzip":
            return gzip.compress(body, 6, mtime=0)
        case "identity" | "":
            return body
    raise UnknownCoding(coding)


def unpack(body: bytes, coding: str, limit: int) -> bytes:
    """Undo `pack`, reading at most `limit` bytes: a small body may not unpack into a huge one.

    Raises:
        Undecodable, TooLarge, UnknownCoding
    """
    match coding:
        case "zstd":
            plain = _unpack_zstd(body, limit)
        case "gzip":
            plain = _unpack_gzip(body, limit)
        case "identity" | "":
            plain = body
        case _:
            raise UnknownCoding(coding)
    if len(plain) > limit:
        raise TooLarge
    return plain


def _unpack_zstd(body: bytes, limit: int) -> bytes:
    decompressor = zstd.ZstdDecompressor()
    try:
        plain = decompressor.decompress(body, limit + 1)
    except (zstd.ZstdError, EOFError) as error:
        raise Undecodable from error
    if len(plain) <= limit and not decompressor.eof:
        raise Undecodable
    return plain


def _unpack_gzip(body: bytes, limit: int) -> bytes:
    decompressor = zlib.decompressobj(wbits=31)
    try:
        plain = decompressor.decompress(body, limit + 1)
    except zlib.error as error:
        raise Undecodable from error
    if len(plain) <= limit and not decompressor.eof:
        raise Undecodable
    return plain


def choose(accept_encoding: str) -> str:
    """The best coding the other side accepts."""
    offered = {part.split(";")[0].strip() for part in accept_encoding.split(",")}
    return next((coding for coding in (ZSTD, GZIP) if coding in offered), IDENTITY)
