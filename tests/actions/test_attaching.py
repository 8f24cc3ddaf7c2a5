"""A photo becomes small and bare; when and where it was taken is kept as data."""

from __future__ import annotations

import io
from pathlib import Path
from random import Random

from PIL import ExifTags, Image

from telewelfare.actions.attaching import (
    LARGEST,
    LONGEST_SIDE,
    Attached,
    NotAPhoto,
    Photo,
    attach_photo,
    prepare,
    thumbnail,
)
from tests import eg


def picture(size: tuple[int, int] = (400, 300), exif: Image.Exif | None = None) -> bytes:
    packed = io.BytesIO()
    Image.new("RGB", size, "teal").save(packed, "JPEG", exif=exif or Image.Exif())
    return packed.getvalue()


def taken_at(place: bool = True) -> Image.Exif:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "phone of somebody"
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "2026:11:20 09:30:00"
    if place:
        gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
        gps[ExifTags.GPS.GPSLatitudeRef], gps[ExifTags.GPS.GPSLatitude] = "N", (7.0, 24.0, 36.0)
        gps[ExifTags.GPS.GPSLongitudeRef], gps[ExifTags.GPS.GPSLongitude] = "E", (99.0, 31.0, 12.0)
    return exif


def made(contents: bytes) -> Photo:
    photo = prepare(contents)
    assert isinstance(photo, Photo), photo
    return photo


def test_a_large_photo_becomes_small() -> None:
    noise = Random(1).randbytes(2400 * 1800 * 3)
    packed = io.BytesIO()
    Image.frombytes("RGB", (2400, 1800), noise).save(packed, "JPEG", quality=90)
    photo = made(packed.getvalue())
    assert max(photo.width, photo.height) <= LONGEST_SIDE
    assert len(photo.contents) <= LARGEST


def test_time_and_place_are_read_and_everything_else_is_gone() -> None:
    photo = made(picture(exif=taken_at()))
    assert photo.captured_at == "2026-11-20T09:30:00.000+07:00"
    assert photo.geo == {"lat": 7.41, "lon": 99.52, "source": "photo"}
    kept = Image.open(io.BytesIO(photo.contents))
    assert len(kept.getexif()) == 0
    assert b"somebody" not in photo.contents


def test_a_photo_that_knows_nothing_of_itself_is_kept_all_the_same() -> None:
    photo = made(picture())
    assert (photo.captured_at, photo.geo) == (None, None)


def test_a_photo_lying_on_its_side_is_set_upright() -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    photo = made(picture((400, 300), exif))
    assert (photo.width, photo.height) == (300, 400)


def test_what_is_no_photo_is_said_to_be_none() -> None:
    assert prepare(b"%PDF-1.7 not a picture") == NotAPhoto("unreadable")
    assert prepare(picture()[:200]) == NotAPhoto("unreadable")
    assert prepare(b"") == NotAPhoto("unreadable")


def test_a_kept_photo_is_sealed_under_its_hash_and_noted(tmp_path: Path) -> None:
    session = eg.session(tmp_path)
    case = eg.new_id()
    session.journal.commit([eg.case(case)], eg.NOW)
    outcome = attach_photo(session, case, "3", picture(exif=taken_at()))
    assert isinstance(outcome, Attached)
    record = session.journal.get(outcome.record)
    assert record is not None
    assert record.values["kind"] == "3"
    sha256 = str(record.values["sha256"])
    contents = session.files.read(sha256)
    assert contents is not None
    assert record.values["size"] == len(contents)
    sealed = next(file for file in tmp_path.rglob(sha256)).read_bytes()
    assert b"JFIF" not in sealed


def test_a_thumbnail_is_small() -> None:
    small = Image.open(io.BytesIO(thumbnail(picture((1200, 900)), 200)))
    assert max(small.size) == 200
