"""Whole HTTP/1.1 messages in a stream of bytes: what a proxy needs to deliver a request again."""

from __future__ import annotations

from typing import Final

HEAD_END: Final = b"\r\n\r\n"
LAST_CHUNK: Final = b"0\r\n\r\n"
NO_BODY: Final = (b"204", b"304")


def length(stream: bytes) -> int | None:
    """How many bytes the first message of a stream has; `None` while it is not all there."""
    end = stream.find(HEAD_END)
    if end < 0:
        return None
    start = end + len(HEAD_END)
    headers = _headers(stream[:end])
    if headers.get(b"transfer-encoding", b"").lower() == b"chunked":
        return _chunked(stream, start)
    told = headers.get(b"content-length", b"0")
    whole = start + (int(told) if told.isdigit() else 0)
    return whole if len(stream) >= whole else None


def _headers(head: bytes) -> dict[bytes, bytes]:
    lines = (line.partition(b":") for line in head.split(b"\r\n")[1:])
    return {name.strip().lower(): value.strip() for name, _, value in lines}


def _chunked(stream: bytes, place: int) -> int | None:
    while (end := stream.find(b"\r\n", place)) >= 0:
        size = int(stream[place:end].partition(b";")[0] or b"0", 16)
        place = end + 2 + size + 2
        if size == 0:
            return place if len(stream) >= place else None
    return None


def messages(stream: bytes) -> list[bytes]:
    """The whole messages of a stream, in order; a last one that was cut off is left out."""
    found: list[bytes] = []
    while stream and (size := length(stream)) is not None:
        found.append(stream[:size])
        stream = stream[size:]
    return found
