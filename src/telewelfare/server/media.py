"""What a file is, by its first bytes: a name and a promise prove nothing."""

from __future__ import annotations

from typing import Final

HEAD: Final = 16  # bytes that are enough to tell
PLAIN: Final = "application/octet-stream"  # says nothing, so nothing can contradict it
STARTS: Final = {
    "image/jpeg": b"\xff\xd8\xff",
    "image/png": b"\x89PNG\r\n\x1a\n",
    "application/pdf": b"%PDF-",
    "audio/ogg": b"OggS",
    "audio/webm": b"\x1aE\xdf\xa3",
}
PICTURES: Final = frozenset({"image/jpeg", "image/png", "image/webp"})
BRANDED: Final = {"audio/mp4": b"ftyp", "audio/m4a": b"ftyp", "audio/x-m4a": b"ftyp"}
RIFF: Final = {"image/webp": b"WEBP", "audio/wav": b"WAVE", "audio/x-wav": b"WAVE"}


def is_what_it_says(head: bytes, media_type: str) -> bool:
    """Whether a file that begins like this can be what its record says; unknown types cannot."""
    said = media_type.partition(";")[0].strip().lower()
    if said == PLAIN:
        return True
    if said in STARTS:
        return head.startswith(STARTS[said])
    if said in BRANDED:
        return head[4:8] == BRANDED[said]
    return said in RIFF and head.startswith(b"RIFF") and head[8:12] == RIFF[said]
