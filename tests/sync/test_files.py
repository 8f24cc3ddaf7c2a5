"""Photos reach the centre whole, once, after the text, whatever is killed on the way."""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path
from random import Random

import httpx
import pytest
from PIL import Image

from telewelfare.actions.attaching import Attached, attach_photo
from telewelfare.actions.enrolment import begin, connect, photos_of
from telewelfare.actions.photos import fetch_picture
from telewelfare.actions.session import Photos
from telewelfare.domain.clock import Millis
from telewelfare.domain.ids import RecordId
from telewelfare.store.home import Home, Opened
from telewelfare.store.replies import Reply
from telewelfare.sync.engine import run_round
from telewelfare.sync.file_transport import FileCentral
from telewelfare.sync.files import Brought, NotHere, added
from telewelfare.sync.transport import Central
from tests import eg
from tests.sync.served import Served, Wire, served, wire_to

LIMIT = 1.15  # bytes sent for a byte of photo
JPEG = "image/jpeg"
SEEDS = count(1_000)  # no two photos are the same unless a test says so


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("centre")) as found:
        yield found


@pytest.fixture
def wire(centre: Served) -> Iterator[Wire]:
    with wire_to(centre.port) as made:
        yield made


def picture(seed: int = 1, side: int = 500) -> bytes:
    """Noise, which packs badly: 200 kB once it is prepared."""
    packed = io.BytesIO()
    pixels = Random(seed).randbytes(side * side * 3)
    Image.frombytes("RGB", (side, side), pixels).save(packed, "JPEG", quality=80)
    return packed.getvalue()


class Phone:
    """A worker's device, driven a step at a time."""

    def __init__(self, home: Path, opened: Opened) -> None:
        self.home, self.opened = home, opened
        self.session = begin(Home(home), opened, connect, eg.wall, lambda: 0.0)
        self.journal, self.files = opened.journal, opened.files
        self.outgoing = self.session.photos.outgoing
        self.give_way: Callable[[], bool] = lambda: False

    def case(self, **fields: str) -> str:
        case = self.session.new_id()
        self.journal.commit([eg.case(case, **fields)], self.session.now())
        return case

    def photo(self, case: str, seed: int = 0, side: int = 500) -> RecordId:
        kept = attach_photo(self.session, case, "3", picture(seed or next(SEEDS), side))
        assert isinstance(kept, Attached)
        return kept.record

    def lose(self, case: str) -> None:
        """The centre has all that was typed, and takes the case away."""
        acknowledged = self.journal.next_number() - 1
        self.journal.take_in(Reply(acknowledged, {}, (), (case,), "c", eg.NOW))

    def names(self, *records: RecordId) -> list[str]:
        found = [self.journal.get(record) for record in records]
        paths = ("thumb_sha256", "sha256")
        return [str(one.values[path]) for one in found if one for path in paths]

    def size(self) -> int:
        return sum(one.size for one in self.outgoing.waiting(Millis(1 << 62)))

    @asynccontextmanager
    async def online(self, url: str = "") -> AsyncIterator[tuple[Central, Photos]]:
        async with connect(url or self.opened.identity.url) as http:
            central = Central(http, self.opened.token)
            files = FileCentral(http, self.opened.token, central.traffic, central.link)
            yield central, photos_of(self.opened, files, eg.wall, lambda: 0.0)

    def text(self) -> None:
        async def go() -> None:
            async with self.online() as (central, _):
                await run_round(self.journal, central, eg.wall)

        asyncio.run(go())

    def bring(self, turns: int = 1, *, only_small: bool = False) -> Brought:
        async def go() -> Brought:
            total = Brought()
            async with self.online() as (_, photos):
                photos.queue.wifi_only = only_small
                for _turn in range(turns):
                    total = added(total, await photos.queue.run(self.give_way))
                    if not total.waiting or not total.problem:
                        break
            return total

        return asyncio.run(go())

    def look(self, record: RecordId, url: str = "", *, small: bool = False) -> bytes | NotHere:
        async def go() -> bytes | NotHere:
            async with self.online(url) as (_, photos):
                found = self.journal.get(record)
                assert found is not None
                seen = replace(self.session, photos=photos)
                return await fetch_picture(seen, found, small=small)

        return asyncio.run(go())


@pytest.fixture
def phone(centre: Served, wire: Wire, tmp_path: Path) -> Iterator[Phone]:
    made = Phone(tmp_path / "phone", centre.device(tmp_path / "phone", url=wire.url))
    yield made
    made.journal.engine.dispose()


@pytest.fixture
def office(centre: Served, tmp_path: Path) -> Iterator[Phone]:
    made = Phone(tmp_path / "office", centre.device(tmp_path / "office", "social_worker"))
    yield made
    made.journal.engine.dispose()


def at_centre(centre: Served, sha256: str) -> bytes | None:
    file = centre.files / "92" / sha256[:2] / sha256
    return file.read_bytes() if file.exists() else None


def all_at_centre(centre: Served, phone: Phone, *records: RecordId) -> bool:
    return all(
        (found := at_centre(centre, name)) is not None and hashlib.sha256(found).hexdigest() == name
        for name in phone.names(*records)
    )


def test_a_photo_comes_to_the_centre_and_to_who_looks_at_it(phone: Phone, office: Phone) -> None:
    record = phone.photo(phone.case())
    phone.text()
    office.text()
    assert phone.outgoing.counts().photos == 1
    waits = office.look(record)
    assert isinstance(waits, NotHere)
    assert waits.code == "not_yet"
    assert phone.bring() == Brought(files=2, bytes=phone.size() or _sum(phone, record))
    assert phone.outgoing.counts().photos == 0
    assert set(phone.outgoing.states(phone.names(record)).values()) == {"at_centre"}
    small, whole = office.look(record, small=True), office.look(record)
    assert [small, whole] == [phone.files.read(name) for name in phone.names(record)]
    assert office.look(record, eg.NOWHERE) == whole  # kept: it needs no centre any more
    sealed = (office.home / "files" / phone.names(record)[1]).read_bytes()
    assert b"JFIF" not in sealed


def _sum(phone: Phone, *records: RecordId) -> int:
    return sum(len(phone.files.read(name) or b"") for name in phone.names(*records))


def test_small_pictures_go_first_then_urgent_cases_then_the_oldest(phone: Phone) -> None:
    plain, later = phone.case(), phone.case()
    danger = phone.case()
    phone.journal.commit(
        [eg.edit("incident_report", case=danger, red_flags=["violence"])], phone.session.now()
    )
    urgent, critical = phone.case(urgency="urgent"), phone.case(urgency="critical")
    cases = {"plain": plain, "later": later, "urgent": urgent, "danger": danger, "worst": critical}
    records = {name: phone.photo(case) for name, case in cases.items()}
    order = [one.sha256 for one in phone.outgoing.waiting(eg.wall())]
    names = {sha256: name for name, r in records.items() for sha256 in phone.names(r)}
    expected = ["worst", "danger", "urgent", "plain", "later"]
    assert [names[sha256] for sha256 in order] == expected * 2
    small = [one.small for one in phone.outgoing.waiting(eg.wall())]
    assert small == [True] * 5 + [False] * 5
    assert len(phone.outgoing.waiting(eg.wall(), only_small=True)) == 5


def test_on_a_line_that_costs_only_small_pictures_go(centre: Served, phone: Phone) -> None:
    record = phone.photo(phone.case())
    phone.text()
    assert phone.bring(only_small=True).files == 1
    small, whole = phone.names(record)
    assert at_centre(centre, small)
    assert at_centre(centre, whole) is None
    assert phone.outgoing.counts().photos == 1
    assert phone.bring().files == 1


def test_the_same_photo_in_two_records_is_sent_once(
    centre: Served, phone: Phone, wire: Wire
) -> None:
    records = [phone.photo(phone.case(), 77), phone.photo(phone.case(), 77)]
    phone.text()
    before = wire.up
    assert phone.bring().files == 2
    assert wire.up - before < LIMIT * _sum(phone, records[0])
    assert all_at_centre(centre, phone, *records)
    assert phone.outgoing.counts().photos == 0


def test_a_signal_that_dies_again_and_again_makes_no_file_begin_anew(
    centre: Served, phone: Phone, wire: Wire
) -> None:
    records = [phone.photo(phone.case()) for _ in range(3)]
    phone.text()
    size, before = _sum(phone, *records), wire.up
    wire.cut_after = 70_000
    done = phone.bring(turns=60)
    assert done.waiting == 0
    assert all_at_centre(centre, phone, *records)
    assert wire.up - before <= LIMIT * size
    assert wire.connections > 7


def test_a_line_that_goes_silent_is_given_up_in_time(
    centre: Served, phone: Phone, wire: Wire
) -> None:
    record = phone.photo(phone.case())
    phone.text()
    wire.silent_after = 60_000
    began = time.monotonic()
    assert phone.bring().problem == "slow"
    assert time.monotonic() - began < 20
    wire.silent_after = None
    assert phone.bring().waiting == 0
    assert all_at_centre(centre, phone, record)


def test_a_killed_centre_goes_on_where_it_was(tmp_path: Path) -> None:
    with served(tmp_path) as centre, wire_to(centre.port) as wire:
        phone = Phone(tmp_path / "phone", centre.device(tmp_path / "phone", url=wire.url))
        _killed_three_times(centre, phone, wire)
        phone.journal.engine.dispose()


def _killed_three_times(centre: Served, phone: Phone, wire: Wire) -> None:
    records = [phone.photo(phone.case()) for _ in range(2)]
    phone.text()
    size, before = _sum(phone, *records), wire.up
    wire.rate = 150_000

    async def go() -> None:
        async with phone.online() as (_, photos):
            for pause in (0.6, 0.9, 0.7):
                under_way = asyncio.create_task(photos.queue.run())
                await asyncio.sleep(pause)
                centre.kill()
                broken = await under_way
                assert broken.problem
                await asyncio.to_thread(centre.start)
            photos.queue.hurry()
            assert (await photos.queue.run()).waiting == 0

    asyncio.run(go())
    assert all_at_centre(centre, phone, *records)
    assert wire.up - before <= LIMIT * size + 3 * 80_000  # what the wire had swallowed at each kill


def test_an_app_killed_ten_times_makes_no_file_begin_anew(
    centre: Served, phone: Phone, wire: Wire
) -> None:
    records = [phone.photo(phone.case(), side=600) for _ in range(4)]
    phone.text()
    size, before = _sum(phone, *records), wire.up
    phone.journal.engine.dispose()
    wire.rate = 110_000
    words = [sys.executable, "-m", "telewelfare", "device", "--home", str(phone.home), "sync"]
    environment = os.environ | {"TELEWELFARE_PIN": eg.PIN}
    for killed in range(10):
        mark = before + size * (killed + 1) // 11
        running = subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL)
        while wire.up < mark and running.poll() is None:
            time.sleep(0.01)
        assert running.poll() is None, "it ended before it could be killed"
        running.send_signal(signal.SIGKILL)
        running.wait()
    wire.rate = 0
    ended = subprocess.run(words, env=environment, capture_output=True, check=True)
    assert "files_waiting" not in json.loads(ended.stdout)
    assert all_at_centre(centre, phone, *records)
    assert wire.up - before <= LIMIT * size + 11 * 2_000  # a round of text each time


def test_text_goes_between_two_pieces(phone: Phone, wire: Wire) -> None:
    """50 photos wait on 64 kbit/s; a new urgent case is at the centre within seconds."""
    case = phone.case()
    for number in range(50):
        phone.photo(case, side=150 if number else 700)
    phone.text()
    phone.bring(only_small=True)
    wire.rate = 8_000  # the first photo alone takes most of a minute

    async def go() -> float:
        async with connect(wire.url) as http:
            opened = phone.opened
            session = begin(Home(phone.home), opened, lambda _: http, eg.wall, lambda: 0.0)
            session.sync.start()
            await asyncio.sleep(4)  # photos are under way
            assert wire.up > 0
            began = time.monotonic()
            urgent = session.new_id()
            session.journal.commit([eg.case(urgent, urgency="critical")], session.now())
            while session.journal.waiting().pending:
                await asyncio.sleep(0.05)
                assert time.monotonic() - began < 30
            took = time.monotonic() - began
            assert session.photos.outgoing.counts().photos > 40
            await session.sync.stop()
            return took

    assert asyncio.run(go()) < 15


def test_a_file_that_gave_way_still_waits_and_goes_on_where_it_was(
    centre: Served, phone: Phone, wire: Wire
) -> None:
    record = phone.photo(phone.case())
    phone.text()
    asked, before = count(), wire.up
    phone.give_way = lambda: next(asked) > 12
    done = phone.bring()
    assert (done.gave_way, done.files, done.waiting) == (True, 1, 1)
    assert 20_000 < done.bytes < 100_000
    assert not all_at_centre(centre, phone, record)
    phone.give_way = lambda: False
    assert phone.bring().waiting == 0
    assert all_at_centre(centre, phone, record)
    assert wire.up - before < LIMIT * _sum(phone, record)


def test_a_photo_the_centre_refuses_is_shown_and_stops_nobody(centre: Served, phone: Phone) -> None:
    page = b"<html>" + bytes(9_000)
    sha256 = hashlib.sha256(page).hexdigest()
    phone.files.keep(sha256, page)
    case = phone.case(urgency="critical")
    made = eg.edit(
        "attachment", case=case, kind="3", sha256=sha256, size=len(page), media_type=JPEG
    )
    phone.journal.commit([made], phone.session.now())
    record = phone.photo(case)
    phone.text()
    done = phone.bring()
    assert (done.refused, done.files, done.problem) == (1, 2, "")
    assert phone.outgoing.counts().refused == 1
    assert all_at_centre(centre, phone, record)
    assert phone.bring() == Brought()  # it is not tried for ever
    phone.outgoing.try_again()
    assert phone.bring().refused == 1


def test_a_file_whose_record_the_centre_lacks_waits_and_stops_nobody(
    centre: Served, phone: Phone
) -> None:
    known = phone.photo(phone.case())
    phone.text()
    unknown = phone.photo(phone.case(urgency="critical"))
    assert phone.bring().files == 2
    assert all_at_centre(centre, phone, known)
    assert not all_at_centre(centre, phone, unknown)
    phone.text()
    phone.outgoing.hurry()
    assert phone.bring().files == 2
    assert all_at_centre(centre, phone, unknown)


def test_a_download_goes_on_where_it_broke_off(centre: Served, phone: Phone, office: Phone) -> None:
    record = phone.photo(phone.case())
    phone.text()
    phone.bring()
    office.text()
    [_, whole] = phone.names(record)
    contents = phone.files.read(whole)
    assert contents is not None
    office.files.keep_begun(whole, contents[:100_000])
    with wire_to(centre.port) as slow:
        assert office.look(record, slow.url) == contents
        assert slow.down < len(contents) - 99_000 + 2_000
    assert not list((office.home / "files").glob("*.begun"))


def test_a_download_that_broke_off_at_its_very_end_is_whole(phone: Phone, office: Phone) -> None:
    record = phone.photo(phone.case())
    phone.text()
    phone.bring()
    office.text()
    whole = phone.names(record)[1]
    contents = phone.files.read(whole)
    assert contents is not None
    office.files.keep_begun(whole, contents)
    assert office.look(record) == contents


def test_what_came_damaged_is_not_kept(phone: Phone, office: Phone) -> None:
    record = phone.photo(phone.case())
    phone.text()
    phone.bring()
    office.text()
    whole = phone.names(record)[1]
    office.files.keep_begun(whole, b"what somebody put there")
    assert isinstance(office.look(record), NotHere)
    assert office.look(record) == phone.files.read(whole)


def test_photos_of_a_case_that_is_taken_away_leave_the_device(phone: Phone) -> None:
    case = phone.case()
    record = phone.photo(case)
    phone.text()
    phone.bring()
    names = phone.names(record)
    assert all(phone.files.has(name) for name in names)
    phone.lose(case)
    assert phone.journal.get(record) is None
    phone.bring()
    assert not any(phone.files.has(name) for name in names)


def test_a_photo_that_was_not_brought_stays_though_its_case_was_taken_away(phone: Phone) -> None:
    case = phone.case()
    record = phone.photo(case)
    phone.text()
    names = phone.names(record)
    phone.lose(case)
    assert all(phone.files.has(name) for name in names)
    phone.bring()
    phone.bring()
    assert not any(phone.files.has(name) for name in names)


def test_room_is_made_only_of_what_the_centre_has(phone: Phone) -> None:
    records = [phone.photo(phone.case()) for _ in range(2)]
    phone.text()
    phone.bring()
    waiting = phone.photo(phone.case())
    phone.files.make_room(1 << 60, phone.outgoing.may_go())
    assert all(phone.files.read(name) is None for name in phone.names(*records))
    assert all(phone.files.read(name) for name in phone.names(waiting))


def test_what_was_attached_before_there_was_a_list_is_sent_too(
    centre: Served, phone: Phone
) -> None:
    record = phone.photo(phone.case())
    phone.text()
    with phone.journal.engine.begin() as db:
        db.exec_driver_sql("DELETE FROM outgoing")
    assert phone.bring().files == 2
    assert all_at_centre(centre, phone, record)


def test_a_centre_that_lost_its_files_gets_them_again(centre: Served, phone: Phone) -> None:
    record = phone.photo(phone.case())
    phone.text()
    phone.bring()
    for name in phone.names(record):
        (centre.files / "92" / name[:2] / name).unlink()
    assert phone.bring() == Brought()
    phone.journal.take_in(Reply(9, {}, (), (), "", eg.wall(), reset=True))
    assert phone.bring().files == 2
    assert all_at_centre(centre, phone, record)


@pytest.mark.postgres
def test_two_workers_of_one_centre_share_what_came(fresh_postgres_url: str, tmp_path: Path) -> None:
    with served(tmp_path, fresh_postgres_url) as first:
        second = first.beside()
        second.start()
        try:
            _brought_through_both(first, second, tmp_path)
        finally:
            second.kill()


def _brought_through_both(first: Served, second: Served, tmp_path: Path) -> None:
    phone = Phone(tmp_path / "phone", first.device(tmp_path / "phone"))
    record = phone.photo(phone.case())
    phone.text()
    [_, whole] = phone.names(record)
    contents = phone.files.read(whole) or b""
    head = {"Authorization": f"Bearer {phone.opened.token}"}
    told = head | {"Content-Type": "application/offset+octet-stream"}
    told |= {"Upload-Length": str(len(contents))}

    async def go() -> None:
        with wire_to(first.port) as slow:
            slow.rate = 60_000
            async with httpx.AsyncClient() as http:
                old = asyncio.create_task(
                    http.patch(
                        f"{slow.url}/v1/files/{whole}",
                        content=contents,
                        headers=told | {"Upload-Offset": "0"},
                    )
                )
                await asyncio.sleep(1)
                there = f"{second.url}/v1/files/{whole}"
                new = httpx.Response(409)
                while new.status_code == 409:  # the old one moves it between the two
                    offset = (await http.head(there, headers=head)).headers["upload-offset"]
                    assert 0 < int(offset) < len(contents)
                    moved = {"Upload-Offset": offset}
                    new = await http.patch(
                        there, content=contents[int(offset) :], headers=told | moved
                    )
                assert new.status_code == 204
                assert (await http.head(there, headers=head)).headers["upload-offset"] == str(
                    len(contents)
                )
                got = await http.get(f"{first.url}/v1/files/{whole}", headers=head)
                assert got.content == contents
                with_old = await asyncio.gather(old, return_exceptions=True)
                assert getattr(with_old[0], "status_code", 409) == 409

    asyncio.run(go())
    phone.journal.engine.dispose()
