"""A photo becomes small and bare; when and where it was taken is kept as data."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest
from PIL import ExifTags, Image

from telewelfare.actions.attaching import (
    LARGEST,
    LONGEST_SIDE,
    SMALL_SIDE,
    SMALLEST,
    Attached,
    NotAPhoto,
    Photo,
    attach_photo,
    prepare,
    small_picture,
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


def noise(side: int, seed: int = 1) -> bytes:
    packed = io.BytesIO()
    pixels = Random(seed).randbytes(side * side * 3)
    Image.frombytes("RGB", (side, side), pixels).save(packed, "JPEG", quality=95, exif=taken_at())
    return packed.getvalue()


@pytest.mark.parametrize(
    "contents", [picture((1200, 900), taken_at()), noise(900), picture((3, 2)), picture((2000, 4))]
)
def test_the_small_picture_travels_in_a_second_and_tells_nothing_of_itself(
    contents: bytes,
) -> None:
    small = made(contents).small
    assert len(small) <= SMALLEST
    kept = Image.open(io.BytesIO(small))
    assert max(kept.size) <= SMALL_SIDE
    assert len(kept.getexif()) == 0
    assert b"somebody" not in small
    assert small_picture(contents) is not None


def test_what_is_no_picture_has_no_small_one() -> None:
    assert small_picture(b"%PDF-1.7 not a picture") is None
    assert small_picture(picture()[:200]) is None


def test_a_kept_photo_names_its_small_picture_and_both_wait_to_be_sent(tmp_path: Path) -> None:
    session = eg.session(tmp_path)
    case = eg.new_id()
    session.journal.commit([eg.case(case)], eg.NOW)
    for _ in range(2):  # the same photo again is the same two files
        assert isinstance(attach_photo(session, case, "3", picture()), Attached)
    one, same = session.journal.of_kind("attachment")
    small = session.files.read(str(one.values["thumb_sha256"]))
    assert small is not None
    assert one.values["thumb_size"] == len(small)
    names = [one.values["thumb_sha256"], one.values["sha256"]]
    assert names == [same.values["thumb_sha256"], same.values["sha256"]]
    assert [file.sha256 for file in session.photos.outgoing.waiting(eg.NOW)] == names


MANY = """
import io, resource, sys
from PIL import Image
from random import Random
from telewelfare.actions.attaching import Photo, prepare
packed = io.BytesIO()
tile = Image.frombytes("RGB", (400, 300), Random(1).randbytes(400 * 300 * 3))
tile.resize((4000, 3000)).save(packed, sys.argv[1], quality=90)
del tile
resource_now = lambda: int(open("/proc/self/statm").read().split()[1]) * resource.getpagesize()
before = resource_now()
for _ in range(int(sys.argv[2])):
    assert isinstance(prepare(packed.getvalue()), Photo)
    assert resource_now() - before < 150_000_000
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
peak = int(status["VmHWM"].split()[0]) * 1024  # ru_maxrss would be that of the tests that started us
print(peak - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize(("form", "count"), [("JPEG", 30), ("PNG", 3)])
def test_thirty_photos_of_a_good_camera_need_little_memory(form: str, count: int) -> None:
    command = [sys.executable, "-c", MANY, form, str(count)]
    grown = subprocess.run(command, capture_output=True, check=True, text=True)
    assert int(grown.stdout) < 150_000_000
