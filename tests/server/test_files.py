"""Bytes of files: who may bring and have them, from where on, and what is no such file."""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import stat
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from random import Random

import httpx
import pytest

from telewelfare.server.file_store import FileStore, Superseded, Wanted, WrongOffset
from telewelfare.sync.protocol import Problem
from tests.server.centre import Centre, Phone

JPEG = b"\xff\xd8\xff\xe0" + Random(1).randbytes(9_000)
SMALL = b"\xff\xd8\xff\xe0" + Random(2).randbytes(900)


def name_of(contents: bytes) -> str:
    return hashlib.sha256(contents).hexdigest()


async def photo_of(phone: Phone, contents: bytes = JPEG, **more: object) -> str:
    """A case with a photo, at the centre; its bytes are not."""
    case = phone.case()
    fields = {
        "case": case,
        "kind": "3",
        "sha256": name_of(contents),
        "size": len(contents),
        "media_type": "image/jpeg",
        "thumb_sha256": name_of(SMALL),
        "thumb_size": len(SMALL),
    }
    phone.edit("attachment", fields | more)
    await phone.sync()
    return name_of(contents)


async def bring(
    phone: Phone,
    sha256: str,
    body: bytes | AsyncIterator[bytes],
    offset: int = 0,
    length: int | None = len(JPEG),
    **headers: str,
) -> httpx.Response:
    told = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": str(offset)}
    told |= {} if length is None else {"Upload-Length": str(length)}
    async with phone.centre.client() as http:
        return await http.patch(
            f"/v1/files/{sha256}", content=body, headers=phone.headers | told | headers
        )


async def ask(phone: Phone, sha256: str, method: str = "HEAD", **headers: str) -> httpx.Response:
    async with phone.centre.client() as http:
        return await http.request(method, f"/v1/files/{sha256}", headers=phone.headers | headers)


def code(response: httpx.Response) -> str:
    return Problem.model_validate_json(response.content).code


def stored(tmp_path: Path) -> list[Path]:
    return sorted(file for file in (tmp_path / "files").rglob("*") if file.is_file())


async def test_a_file_comes_in_pieces_and_goes_out_whole(centre: Centre, tmp_path: Path) -> None:
    phone = await centre.phone()
    sha256 = await photo_of(phone)
    assert (await ask(phone, sha256)).headers["upload-offset"] == "0"
    first = await bring(phone, sha256, JPEG[:4_000])
    assert (first.status_code, first.headers["upload-offset"]) == (204, "4000")
    asked = await ask(phone, sha256)
    assert (asked.headers["upload-offset"], asked.headers["upload-length"]) == ("4000", "9004")
    assert code(await ask(phone, sha256, "GET")) == "no_file"
    last = await bring(phone, sha256, JPEG[4_000:], 4_000, None)
    assert last.headers["upload-offset"] == str(len(JPEG))
    got = await ask(phone, sha256, "GET")
    assert (got.content, got.headers["content-type"]) == (JPEG, "image/jpeg")
    some = await ask(phone, sha256, "GET", Range="bytes=4000-4099")
    assert (some.status_code, some.content) == (206, JPEG[4_000:4_100])
    [file] = stored(tmp_path)
    assert file == tmp_path / "files" / "92" / sha256[:2] / sha256
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize("offset", [0, 3_999, 4_001, 9_004, 10**14])
async def test_only_the_right_offset_is_taken_and_the_right_one_is_told(
    centre: Centre, offset: int
) -> None:
    phone = await centre.phone()
    sha256 = await photo_of(phone)
    await bring(phone, sha256, JPEG[:4_000])
    refused = await bring(phone, sha256, b"")
    assert (refused.status_code, code(refused)) == (409, "wrong_offset")
    wrong = await bring(phone, sha256, JPEG[offset : offset + 1], offset)
    assert wrong.status_code in (409, 413)
    assert (await ask(phone, sha256)).headers["upload-offset"] == "4000"
    good = await bring(phone, sha256, JPEG[4_000:], 4_000)
    assert good.status_code == 204


async def test_bytes_that_are_another_file_are_removed_and_it_begins_anew(
    centre: Centre, tmp_path: Path
) -> None:
    phone = await centre.phone()
    sha256 = await photo_of(phone)
    wrong = await bring(phone, sha256, JPEG[:-1] + b"x")
    assert (wrong.status_code, code(wrong)) == (422, "wrong_hash")
    assert not any(file.stat().st_size for file in stored(tmp_path) if not file.suffix)
    assert (await ask(phone, sha256)).headers["upload-offset"] == "0"
    assert code(await ask(phone, sha256, "GET")) == "no_file"
    assert (await bring(phone, sha256, JPEG)).status_code == 204


async def test_what_is_not_what_its_record_says_is_refused_at_its_first_bytes(
    centre: Centre,
) -> None:
    phone = await centre.phone()
    page = b"<html><script>alert(1)</script></html>" + bytes(5_000)
    sha256 = await photo_of(phone, page)
    refused = await bring(phone, sha256, page[:100], length=len(page))
    assert (refused.status_code, code(refused)) == (415, "wrong_media_type")
    assert (await ask(phone, sha256)).headers["upload-offset"] == "0"


async def test_a_record_that_says_a_page_is_a_page_does_not_bring_it_in(centre: Centre) -> None:
    phone = await centre.phone()
    page = b"<html>" + bytes(5_000)
    sha256 = await photo_of(phone, page, media_type="text/html")
    assert code(await bring(phone, sha256, page, length=len(page))) == "wrong_media_type"


async def test_what_no_reached_record_names_is_neither_taken_nor_given_nor_known(
    centre: Centre,
) -> None:
    phone, stranger = await centre.phone(), await centre.phone("volunteer", "9301")
    sha256 = await photo_of(phone)
    await bring(phone, sha256, JPEG)
    unknown = name_of(b"nobody has this")
    answers = set()
    for hash_ in (sha256, unknown, "../../etc/passwd", sha256.upper()):
        for method in ("HEAD", "GET"):
            answer = await ask(stranger, hash_, method)
            assert answer.status_code == 404
            if hash_ in (sha256, unknown):
                answers.add((method, tuple(answer.headers.items()), answer.content))
        assert (await bring(stranger, hash_, JPEG)).status_code == 404
    assert len(answers) == 2  # one for each method: whether it is there cannot be told apart


async def test_another_centre_s_file_of_the_same_name_stays_its_own(
    centre: Centre, tmp_path: Path
) -> None:
    from telewelfare.server import admin  # noqa: PLC0415

    admin.init(centre.engine, centre="93", name="ศูนย์พัทลุง", keys=tmp_path)
    here, there = await centre.phone(), await centre.phone("volunteer", "9301", centre="93")
    sha256 = await photo_of(here)
    await bring(here, sha256, JPEG)
    case = there.case("930101")
    fields = {"case": case, "kind": "3", "sha256": sha256, "size": len(JPEG)}
    there.edit("attachment", fields | {"media_type": "image/jpeg"})
    await there.sync()
    assert (await ask(there, sha256)).headers["upload-offset"] == "0"
    assert (await ask(there, sha256, "GET")).status_code == 404


async def test_the_same_photo_of_two_records_is_kept_once_and_not_taken_twice(
    centre: Centre, tmp_path: Path
) -> None:
    phone, colleague = await centre.phone(), await centre.phone("social_worker")
    sha256 = await photo_of(phone)
    await bring(phone, sha256, JPEG)
    await photo_of(colleague)
    again = await bring(colleague, sha256, JPEG)
    assert (again.status_code, again.headers["upload-offset"]) == (409, str(len(JPEG)))
    assert len([file for file in stored(tmp_path) if file.name == sha256]) == 1


async def test_who_lost_the_case_still_brings_what_they_took_and_gets_nothing(
    centre: Centre,
) -> None:
    phone, office = await centre.phone(), await centre.phone("director")
    sha256 = await photo_of(phone)
    await office.sync()
    case = next(iter(office.of("case")))
    office.edit("case", {"confidentiality": "sealed"}, case)
    await office.sync()
    assert (await bring(phone, sha256, JPEG)).status_code == 204
    assert (await ask(phone, sha256, "GET")).status_code == 404
    assert (await ask(office, sha256, "GET")).content == JPEG


async def test_no_more_comes_in_than_the_record_says(centre: Centre, tmp_path: Path) -> None:
    phone = await centre.phone()
    sha256 = await photo_of(phone)

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield JPEG

    assert code(await bring(phone, sha256, JPEG * 2)) == "too_large"
    assert code(await bring(phone, sha256, JPEG, length=len(JPEG) + 1)) == "too_large"
    assert code(await bring(phone, sha256, JPEG[:5], length=5)) == "malformed"
    await bring(phone, sha256, JPEG[:100])
    assert (await bring(phone, sha256, endless(), 100)).status_code == 413
    assert all(file.stat().st_size <= len(JPEG) for file in stored(tmp_path))


@pytest.mark.parametrize(
    ("headers", "refusal"),
    [
        ({"Content-Type": "image/jpeg"}, "wrong_content_type"),
        ({"Content-Encoding": "gzip"}, "unknown_coding"),
        ({"Upload-Offset": "-1"}, "malformed"),
        ({"Upload-Offset": "٤"}, "malformed"),
        ({"Upload-Length": "nine"}, "malformed"),
    ],
)
async def test_a_request_that_does_not_say_what_it_brings_is_refused(
    centre: Centre, headers: dict[str, str], refusal: str
) -> None:
    phone = await centre.phone()
    sha256 = await photo_of(phone)
    async with centre.client() as http:
        usual = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": "0"}
        given = {**phone.headers, **usual, "Upload-Length": str(len(JPEG)), **headers}
        told = [(name.encode(), value.encode()) for name, value in given.items()]
        answer = await http.patch(f"/v1/files/{sha256}", content=JPEG, headers=told)
    assert code(answer) == refusal


async def test_without_a_token_nothing_is_told(centre: Centre) -> None:
    phone = await centre.phone()
    sha256 = await photo_of(phone)
    async with centre.client() as http:
        for method in ("HEAD", "GET", "PATCH"):
            assert (await http.request(method, f"/v1/files/{sha256}")).status_code == 401


async def test_what_arrived_before_the_signal_died_is_kept(centre: Centre) -> None:
    phone = await centre.phone()
    sha256 = await photo_of(phone)

    async def dying() -> AsyncIterator[bytes]:
        yield JPEG[:3_000]
        yield JPEG[3_000:6_000]
        raise ConnectionResetError

    assert (await bring(phone, sha256, dying())).status_code == 500
    assert (await ask(phone, sha256)).headers["upload-offset"] == "6000"


async def test_a_new_request_takes_the_turn_and_the_old_one_s_bytes_are_refused(
    centre: Centre,
) -> None:
    phone = await centre.phone()
    sha256 = await photo_of(phone)
    alive, go_on = asyncio.Event(), asyncio.Event()

    async def hanging() -> AsyncIterator[bytes]:
        yield JPEG[:2_000]
        alive.set()
        await go_on.wait()
        yield b"what a dead request brings late"

    old = asyncio.create_task(bring(phone, sha256, hanging()))
    await alive.wait()
    await asyncio.sleep(0.05)  # until its piece is on the disk
    first = await bring(phone, sha256, JPEG[2_000:5_000], 2_000)
    assert first.headers["upload-offset"] == "5000"  # and it waited for nobody
    go_on.set()
    assert code(await old) == "superseded"
    assert (await ask(phone, sha256)).headers["upload-offset"] == "5000"
    assert (await bring(phone, sha256, JPEG[5_000:], 5_000)).status_code == 204


EXAMPLES = re.findall(
    r"([^\n]*)\n\n```http\n(.*?)\n\n(.*?)\n```",
    (Path(__file__).parents[2] / "docs" / "protocol.md").read_text(encoding="utf-8"),
    re.DOTALL,
)


async def test_the_protocol_s_examples_are_what_happens(centre: Centre) -> None:
    phone = await centre.phone()
    sha256 = await photo_of(phone)
    assert len(EXAMPLES) == 5
    for prose, asked, answered in EXAMPLES:
        line, *headers = asked.replace("{token}", phone.me.token).splitlines()
        method, path = line.replace("{sha256}", sha256).split(" ")
        carried = re.search(r"bytes (\d+) to (\d+)", prose)
        body = JPEG[int(carried[1]) : int(carried[2]) + 1] if carried else b""
        told = dict(header.split(": ", 1) for header in headers)
        async with centre.client() as http:
            answer = await http.request(method, path, content=body, headers=told)
        status, *expected = answered.splitlines()
        assert answer.status_code == int(status), prose
        for header in expected:
            name, value = header.split(": ", 1)
            assert answer.headers[name] == value, prose


def _wanted(contents: bytes = JPEG) -> Wanted:
    return Wanted("92", name_of(contents), len(contents), "image/jpeg")


def test_all_bytes_were_here_when_the_server_died_and_it_is_verified_when_asked(
    tmp_path: Path,
) -> None:
    store, wanted = FileStore(tmp_path), _wanted()
    store.begin(wanted, 0).write(JPEG)  # never finished
    assert FileStore(tmp_path).offset(wanted) == len(JPEG)
    assert store.found("92", wanted.sha256) is not None


@pytest.mark.parametrize("writers", [2, 5])
def test_processes_that_bring_the_same_file_never_mix_their_bytes(
    tmp_path: Path, writers: int
) -> None:
    children = []
    for number in range(writers):
        child = os.fork()
        if child == 0:
            _bring_as_others_do(FileStore(tmp_path), number)
            os._exit(0)
        children.append(child)
    assert all(os.waitpid(child, 0)[1] == 0 for child in children)
    store, wanted = FileStore(tmp_path), _wanted()
    upload = None
    if store.offset(wanted) < wanted.length:
        upload = store.begin(wanted, store.offset(wanted))
        upload.write(JPEG[upload.offset :])
        upload.finish()
    found = store.found("92", wanted.sha256)
    assert found is not None
    assert found.read_bytes() == JPEG


def _bring_as_others_do(store: FileStore, number: int) -> None:
    """Little pieces, giving up half-way now and then, beginning again where the centre says."""
    chance, wanted = Random(number), _wanted()
    for _ in range(40):
        here = store.offset(wanted)
        if here == wanted.length:
            return
        try:
            upload = store.begin(wanted, here)
            for piece in _pieces(JPEG[here:], chance.randrange(100, 900)):
                upload.write(piece)
                if chance.random() < 0.2:
                    break
            upload.finish()
        except (Superseded, WrongOffset):
            continue


def _pieces(contents: bytes, size: int) -> Iterable[bytes]:
    return (contents[start : start + size] for start in range(0, len(contents), size))
