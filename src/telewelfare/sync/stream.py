"""A body of lines: packed as one stream, flushed at each line, so that later lines profit from earlier.

The codings are those of `codec` and `x-tw1`: the text in ISO 8859-11, where a Thai letter is one
byte and what the set lacks is a JSON escape, then zstd with dictionary 1. In UTF-8 a Thai letter is
three bytes, of which two say only that it is Thai.
"""

from __future__ import annotations

import codecs
import sys
import zlib
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Final, Protocol

from telewelfare.sync.codec import GZIP, IDENTITY, ZSTD, TooLarge, Undecodable, UnknownCoding

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

TW1: Final = "x-tw1"
STREAMED: Final = (TW1, ZSTD, GZIP)  # best first
LINE_CODINGS: Final = ", ".join(STREAMED)
DICTIONARY: Final = "lines-1.zdict"
THAI: Final = "iso8859_11"
ESCAPED: Final = "telewelfare.json_escape"
WINDOW: Final = 20  # log2 of how far back a line may point: 1 MB, which also bounds the memory
MOST_LINES: Final = 100_000  # of one body; empty ones cost next to nothing to send
PIECE: Final = 65_536  # bytes unpacked at once
HEAVY: Final = 10  # the first level whose tables are larger than our window


def _escape(error: UnicodeError) -> tuple[str, int]:
    """What the character set lacks, as JSON escapes."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    units = error.object[error.start : error.end].encode("utf-16-be", "surrogatepass")
    pairs = (units[place : place + 2].hex() for place in range(0, len(units), 2))
    return "".join(f"\\u{pair}" for pair in pairs), error.end


codecs.register_error(ESCAPED, _escape)


def in_thai(text: str) -> str:
    """A line of JSON in letters that every coding carries as they are; the rest as escapes.

    So its sum is the same on both sides, whichever coding it travels in.
    """
    return text if text.isascii() else text.encode(THAI, ESCAPED).decode(THAI)


@cache
def dictionary() -> zstd.ZstdDict:
    """What lines look like, learned from invented people (`scripts/train_dictionary.py`)."""
    kept = resources.files("telewelfare.sync") / "data" / DICTIONARY
    return zstd.ZstdDict(kept.read_bytes())


class Packer(Protocol):
    """Lines in, bytes out."""

    def line(self, text: str) -> bytes:
        """A line, so that the other side can read it as soon as it has these bytes."""

    def end(self) -> bytes:
        """What is left to send after the last line."""


class _Plain:
    def line(self, text: str) -> bytes:
        return text.encode() + b"\n"

    def end(self) -> bytes:
        return b""


class _Gzip:
    def __init__(self) -> None:
        self._packing = zlib.compressobj(6, wbits=31)

    def line(self, text: str) -> bytes:
        packed = self._packing.compress(text.encode() + b"\n")
        return packed + self._packing.flush(zlib.Z_SYNC_FLUSH)

    def end(self) -> bytes:
        return self._packing.flush()


class _Zstd:
    def __init__(self, level: int, charset: str, learned: zstd.ZstdDict | None) -> None:
        self._charset = charset
        known = (
            learned and learned.as_digested_dict
        )  # kept ready: 0.05 ms instead of 3 for each body
        self._packing = zstd.ZstdCompressor(options=_options(level), zstd_dict=known)

    def line(self, text: str) -> bytes:
        plain = (text + "\n").encode(self._charset, ESCAPED)
        return self._packing.compress(plain, zstd.ZstdCompressor.FLUSH_BLOCK)

    def end(self) -> bytes:
        return self._packing.flush()


def _options(level: int) -> dict[int, int]:
    """The higher levels would take up to 100 MB for a window that no body fills."""
    of = zstd.CompressionParameter
    chosen: dict[int, int] = {of.compression_level: level, of.window_log: WINDOW}
    if level >= HEAVY:
        chosen |= {of.chain_log: WINDOW, of.hash_log: WINDOW - 1}
    return chosen


def packer(coding: str, level: int) -> Packer:
    """A packer for one body. `level` is zstd's.

    Raises:
        UnknownCoding
    """
    match coding:
        case "x-tw1":
            return _Zstd(level, THAI, dictionary())
        case "zstd":
            return _Zstd(level, "utf-8", None)
        case "gzip":
            return _Gzip()
        case "identity" | "":
            return _Plain()
    raise UnknownCoding(coding)


class _Opener(Protocol):
    """Undoes a packing, a piece at a time."""

    def open(self, data: bytes) -> Iterator[bytes]:
        """What comes out of these bytes, in pieces."""

    @property
    def ended(self) -> bool:
        """Whether the packing was closed properly."""


class _OpenPlain:
    ended = True

    def open(self, data: bytes) -> Iterator[bytes]:
        yield data


class _OpenZstd:
    def __init__(self, learned: zstd.ZstdDict | None) -> None:
        most: dict[int, int] = {zstd.DecompressionParameter.window_log_max: WINDOW + 3}
        self._opening = zstd.ZstdDecompressor(zstd_dict=learned, options=most)

    @property
    def ended(self) -> bool:
        return self._opening.eof

    def open(self, data: bytes) -> Iterator[bytes]:
        if self.ended:
            raise Undecodable
        try:
            while True:
                yield self._opening.decompress(data, PIECE)
                data = b""
                if self._opening.needs_input or self._opening.unused_data:
                    break
                if bool(self._opening.eof):
                    return
        except (zstd.ZstdError, EOFError) as error:
            raise Undecodable from error
        if self._opening.unused_data:
            raise Undecodable


class _OpenGzip:
    def __init__(self) -> None:
        self._opening = zlib.decompressobj(wbits=31)

    @property
    def ended(self) -> bool:
        return self._opening.eof

    def open(self, data: bytes) -> Iterator[bytes]:
        if self._opening.eof and data:
            raise Undecodable
        try:
            while data:
                yield self._opening.decompress(data, PIECE)
                data = self._opening.unconsumed_tail
        except zlib.error as error:
            raise Undecodable from error
        if self._opening.unused_data:
            raise Undecodable


class Unpacker:
    """Bytes in, lines out: never more than `limit` bytes of one line, `total` of all, `MOST_LINES`."""

    def __init__(self, coding: str, limit: int, total: int) -> None:
        """Raises UnknownCoding."""
        self._opener, self._charset = _opener(coding)
        self._limit, self._left = limit, total
        self._lines = MOST_LINES
        self._line = bytearray()
        self._began = False

    def feed(self, data: bytes) -> Iterator[str]:
        """The lines that end in these bytes.

        Raises:
            Undecodable, TooLarge
        """
        if not data:
            return
        self._began = True
        for piece in self._opener.open(data):
            self._left -= len(piece)
            if self._left < 0:
                raise TooLarge
            *ended, rest = piece.split(b"\n")
            self._lines -= len(ended)
            if self._lines < 0:
                raise TooLarge
            for part in ended:
                self._add(part)
                yield self._take()
            self._add(rest)

    def end(self) -> Iterator[str]:
        """The body is over; what is left is a last line that did not say that it ended.

        Raises:
            Undecodable: the body was cut short.
        """
        if self._began and not self._opener.ended:
            raise Undecodable
        if self._line:
            yield self._take()

    def _add(self, part: bytes) -> None:
        self._line += part
        if len(self._line) > self._limit:
            raise TooLarge

    def _take(self) -> str:
        line, self._line = bytes(self._line), bytearray()
        try:
            return line.decode(self._charset)
        except UnicodeDecodeError as error:
            raise Undecodable from error


def _opener(coding: str) -> tuple[_Opener, str]:
    match coding:
        case "x-tw1":
            return _OpenZstd(dictionary()), THAI
        case "zstd":
            return _OpenZstd(None), "utf-8"
        case "gzip":
            return _OpenGzip(), "utf-8"
        case "identity" | "":
            return _OpenPlain(), "utf-8"
    raise UnknownCoding(coding)


def choose_line_coding(accept_encoding: str) -> str:
    """The best coding for lines that the other side accepts."""
    offered = {part.split(";")[0].strip().lower() for part in accept_encoding.split(",")}
    return next((coding for coding in STREAMED if coding in offered), IDENTITY)
