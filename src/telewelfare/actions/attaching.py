"""A photo for a case: made small, stripped of what it tells about itself, sealed, and noted.

When and where it was taken is read first and kept as data: the office needs it as evidence,
and nothing else in the file may leave the phone.
"""

from __future__ import annotations

import hashlib
import io
import math
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from telewelfare.actions.session import Session
from telewelfare.domain.clock import Millis
from telewelfare.domain.dates import BANGKOK, bangkok_iso
from telewelfare.domain.fields import Json, Path
from telewelfare.domain.ids import RecordId
from telewelfare.domain.operations import Edit

LONGEST_SIDE: Final = 1600  # pixels
LARGEST: Final = 300 * 1024  # bytes after it was made small
LARGEST_FILE: Final = 40 * 1024 * 1024  # bytes of what is read at all
PALETTES: Final = ("1", "P")  # of these, smaller ones are made of neighbours, not of means
QUALITIES: Final = (85, 75, 65, 55, 45, 35)
SMALL_SIDE: Final = 160  # pixels of the small picture's longer side
SMALLEST: Final = 4 * 1024  # bytes of it at most: a second on a slow line
SMALL_QUALITIES: Final = (72, 60, 48, 36, 24, 12)
MEDIA_TYPE: Final = "image/jpeg"


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo as it is kept."""

    contents: bytes
    small: bytes
    width: int
    height: int
    captured_at: str | None  # ISO 8601 at +07:00
    geo: dict[str, Json] | None


@dataclass(frozen=True, slots=True)
class NotAPhoto:
    """What was chosen cannot be kept: code of the sentence."""

    code: str  # unreadable, too_large


@dataclass(frozen=True, slots=True)
class Attached:
    """A kept photo."""

    record: RecordId
    portrait: bool  # taken upright, where the forms want it sideways


def attach_photo(session: Session, case: str, kind: str, contents: bytes) -> Attached | NotAPhoto:
    """Keep a photo with a case. Takes up to a second on a phone: not for the page's loop."""
    photo = prepare(contents)
    if isinstance(photo, NotAPhoto):
        return photo
    sha256, small = (_kept(session, contents) for contents in (photo.contents, photo.small))
    record = session.new_id()
    sets: dict[Path, Json] = {
        "case": case,
        "kind": kind,
        "captured_at": photo.captured_at or bangkok_iso(session.now()),
        "sha256": sha256,
        "media_type": MEDIA_TYPE,
        "size": len(photo.contents),
        "width": photo.width,
        "height": photo.height,
        "thumb_sha256": small,
        "thumb_size": len(photo.small),
    }
    if photo.geo:
        sets["geo"] = photo.geo
    session.journal.commit([Edit("attachment", record, sets)], session.now())
    return Attached(record, photo.height > photo.width)


def _kept(session: Session, contents: bytes) -> str:
    sha256 = hashlib.sha256(contents).hexdigest()
    session.files.keep(sha256, contents)
    return sha256


def prepare(contents: bytes) -> Photo | NotAPhoto:
    """Make a photo small and bare, and read when and where it was taken."""
    if len(contents) > LARGEST_FILE:
        return NotAPhoto("too_large")
    try:
        with Image.open(io.BytesIO(contents)) as image:
            captured_at, geo = _captured_at(image), _geo(image)
            image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # JPEG: decode no larger than needed
            flat = image.convert("RGB") if image.mode in PALETTES else image
            flat.thumbnail((LONGEST_SIDE, LONGEST_SIDE))  # first: what follows copies it
            upright = ImageOps.exif_transpose(flat).convert("RGB")
    except Image.DecompressionBombError:
        return NotAPhoto("too_large")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        return NotAPhoto("unreadable")  # Pillow raises these for damaged files of various kinds
    small, packed = _packed(upright)
    return Photo(packed, _tiny(small), small.width, small.height, captured_at, geo)


def thumbnail(contents: bytes, side: int) -> bytes:
    """A small picture of a kept photo, for a list."""
    with Image.open(io.BytesIO(contents)) as image:
        image.draft("RGB", (side, side))
        small = image.convert("RGB")
    small.thumbnail((side, side))
    return _jpeg(small, 75)


def small_picture(contents: bytes) -> bytes | None:
    """The picture of a file that travels ahead of it; `None` for what is no picture."""
    try:
        with Image.open(io.BytesIO(contents)) as image:
            image.draft("RGB", (2 * SMALL_SIDE, 2 * SMALL_SIDE))
            return _tiny(ImageOps.exif_transpose(image).convert("RGB"))
    except (Image.DecompressionBombError, UnidentifiedImageError, OSError, ValueError, SyntaxError):
        return None


def _tiny(image: Image.Image) -> bytes:
    """As good as fits; noise, which no picture is, gets smaller instead."""
    small = image.copy()
    small.thumbnail((SMALL_SIDE, SMALL_SIDE))
    for quality in SMALL_QUALITIES:
        packed = _jpeg(small, quality)
        if len(packed) <= SMALLEST:
            return packed
    return _tiny(small.resize((max(1, small.width // 2), max(1, small.height // 2))))


def _packed(image: Image.Image) -> tuple[Image.Image, bytes]:
    """The best quality that is small enough; a very busy picture loses size too."""
    for quality in QUALITIES:
        packed = _jpeg(image, quality)
        if len(packed) <= LARGEST:
            return image, packed
    return _packed(image.resize((image.width * 3 // 4, image.height * 3 // 4)))


def _jpeg(image: Image.Image, quality: int) -> bytes:
    """Pixels and nothing else: no EXIF, no comment, no colour profile."""
    bare = Image.new("RGB", image.size)
    bare.paste(image)
    packed = io.BytesIO()
    bare.save(packed, "JPEG", quality=quality, optimize=True)
    return packed.getvalue()


def _captured_at(image: Image.Image) -> str | None:
    details = image.getexif().get_ifd(ExifTags.IFD.Exif)
    taken = details.get(ExifTags.Base.DateTimeOriginal)
    offset = str(details.get(ExifTags.Base.OffsetTimeOriginal) or "")
    try:
        moment = datetime.strptime(str(taken), "%Y:%m:%d %H:%M:%S").replace(tzinfo=BANGKOK)
        if offset:
            moment = datetime.fromisoformat(f"{moment:%Y-%m-%dT%H:%M:%S}{offset}")
    except ValueError:
        return None
    return bangkok_iso(Millis(round(moment.timestamp() * 1000)))


def _geo(image: Image.Image) -> dict[str, Json] | None:
    gps = image.getexif().get_ifd(ExifTags.IFD.GPSInfo)
    lat = _degrees(gps.get(ExifTags.GPS.GPSLatitude), gps.get(ExifTags.GPS.GPSLatitudeRef))
    lon = _degrees(gps.get(ExifTags.GPS.GPSLongitude), gps.get(ExifTags.GPS.GPSLongitudeRef))
    if lat is None or lon is None or not (abs(lat) <= 90 and abs(lon) <= 180):  # noqa: PLR2004 - degrees of the globe
        return None
    return {"lat": round(lat, 6), "lon": round(lon, 6), "source": "photo"}


def _degrees(parts: object, side: object) -> float | None:
    if not isinstance(parts, tuple) or len(parts) != 3:  # noqa: PLR2004 - degrees, minutes, seconds
        return None
    try:
        degrees, minutes, seconds = (float(part) for part in parts)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    found = degrees + minutes / 60 + seconds / 3600
    if not math.isfinite(found):  # a fraction over nought
        return None
    return -found if str(side) in {"S", "W"} else found
