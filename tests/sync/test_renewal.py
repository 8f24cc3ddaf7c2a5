"""A device that its centre does not know any more is let in again: its work is there, whole and once."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from telewelfare.actions.enrolment import Invitation
from telewelfare.actions.renewal import let_in_again
from telewelfare.domain.ids import RecordId
from telewelfare.domain.operations import Edit
from telewelfare.server import admin, workers
from telewelfare.store.journal import Waiting
from telewelfare.sync.failures import Refused, Revoked, SignedOut
from tests import eg
from tests.server.centre import OPENED, Centre
from tests.server.conftest import centre, database_url
from tests.sync.enrolled import Enrolled, let_in
from tests.sync.test_restored_centre import Backups

__all__ = ["centre", "database_url"]


def invited_again(of: Enrolled) -> admin.Invited:
    worker = of.opened.identity.worker
    return admin.invite_again(of.centre.engine, worker, now=of.centre.clock.now)


def said(centre: Centre) -> Counter[tuple[str, str]]:
    """What devices wrote, in the ledger: record and what it sets."""
    rows = (row for row in centre.rows("ledger") if row["device"] != "srv")
    return Counter((row["record_id"], _unsigned(row["sets"])) for row in rows)


def _unsigned(sets: str) -> str:
    plain = {p: v for p, v in json.loads(sets).items() if p != "created_by"}
    return json.dumps(plain, sort_keys=True)


def each_once(centre: Centre) -> bool:
    return set(said(centre).values()) == {1}


def day(device: Enrolled) -> tuple[str, str]:
    """A day's work: a person and a case, a visit, an edit over an edit, a move."""
    journal, person, case = device.opened.journal, eg.new_id(), eg.new_id()
    clock = device.centre.clock
    edits: list[Edit] = [
        eg.edit("person", person, alias="ดำ", area="920213"),
        eg.case(case, client=person),
        eg.edit("visit", case=case, kind="first", narrative="พบที่ตลาด"),
        Edit("person", person, {"alias": "ลุงดำ"}),
        eg.edit("receipt", case=case, stage="opened", at=OPENED),
    ]
    for one in edits:
        clock.pass_(10)
        journal.commit([one], clock.now)
    return person, case


async def device_of(centre: Centre, folder: Path, role: str = "social_worker") -> Enrolled:
    return await let_in(centre, folder, centre.invite(role, "92"))


Restore = Callable[[], object]


@pytest.fixture
def backups(centre: Centre, database_url: str, tmp_path: Path) -> Backups:
    return Backups(database_url, centre.engine, tmp_path)


async def test_what_a_restored_centre_never_heard_of_is_sent_again(
    centre: Centre, backups: Backups, tmp_path: Path
) -> None:
    invited = centre.invite("social_worker", "92")
    bring_back = backups.by_hand()
    device = await let_in(centre, tmp_path / "home", invited)
    person, case = day(device)
    await device.sync()
    later = eg.new_id()
    device.opened.journal.commit([eg.edit("person", later, alias="หลัง")], centre.clock.now)
    bring_back()
    with pytest.raises(SignedOut):
        await device.sync()
    was = device.opened.identity
    done = await device.again(invited_again(device))
    assert done.operations == 6
    await device.sync()
    await device.sync()
    assert {row["id"] for row in centre.rows("record")} >= {person, case, later}
    assert device.opened.journal.get(person).values["alias"] == "ลุงดำ"  # type: ignore[union-attr]
    assert device.opened.journal.waiting().pending == 0
    assert device.opened.identity.device != was.device
    assert each_once(centre)
    assert not [row for row in centre.rows("record") if row["kind"] == "conflict"]


async def test_a_device_that_was_shut_out_sends_only_what_is_missing(
    centre: Centre, tmp_path: Path
) -> None:
    device = await device_of(centre, tmp_path / "home")
    desk = await centre.phone("director", "92")
    person, case = day(device)
    await device.sync()
    await desk.sync()
    centre.clock.pass_(1_000)
    desk.edit("person", {"alias": "คุณดำ"}, person)
    await desk.sync()
    name = device.opened.identity.device
    workers.revoke(centre.engine, name, now=centre.clock.now, even_unsent=True)
    device.opened.journal.commit([Edit("case", RecordId(case), {"urgency": "urgent"})], eg.NOW)
    with pytest.raises(Revoked):
        await device.sync()
    done = await device.again(invited_again(device))
    assert done.operations == 1
    await device.sync()
    (row,) = centre.rows("record", id=case)
    assert row["current"]["urgency"] == "urgent"
    assert device.opened.journal.get(person).values["alias"] == "คุณดำ"  # type: ignore[union-attr]
    assert each_once(centre)
    assert not centre.rows("quarantine")
    assert not [row for row in centre.rows("record") if row["kind"] == "conflict"]


async def test_work_that_arrived_while_its_reply_was_lost_comes_once(
    centre: Centre, tmp_path: Path
) -> None:
    """Append-only records would be refused, others would meet what was written since."""
    device = await device_of(centre, tmp_path / "home")
    desk = await centre.phone("director", "92")
    person, _ = day(device)
    async with centre.client() as http:
        ops = [
            {"n": op.n, "kind": op.kind, "id": op.record, "stamp": op.stamp, "sets": dict(op.sets)}
            | {"base": dict(op.base)}
            for op in device.opened.journal.pending(100)
        ]
        token = {"authorization": f"Bearer {device.opened.token}"}
        assert (await http.post("/v1/sync", json={"ops": ops}, headers=token)).is_success
    await desk.sync()
    centre.clock.pass_(1_000)
    desk.edit("person", {"alias": "คุณดำ"}, person)
    await desk.sync()
    assert (await device.again(invited_again(device))).operations == len(ops)
    await device.sync()
    assert each_once(centre)
    assert not centre.rows("quarantine")
    assert not [row for row in centre.rows("record") if row["kind"] == "conflict"]
    assert device.opened.journal.waiting() == Waiting(0, 0, None, 0)
    assert device.opened.journal.get(person).values["alias"] == "คุณดำ"  # type: ignore[union-attr]


async def test_somebody_else_s_invitation_is_refused_and_not_used_up(
    centre: Centre, tmp_path: Path
) -> None:
    device = await device_of(centre, tmp_path / "home")
    day(device)
    before, waits = device.opened.identity, device.opened.journal.pending(100)
    other = centre.invite("volunteer", "9202")
    with pytest.raises(Refused, match="invitation_other"):
        await device.again(other)
    assert device.opened.identity == before
    assert device.opened.journal.pending(100) == waits
    await device.sync()
    assert (await centre.enrol(other.code)).status_code == 200


async def test_a_lost_reply_to_the_invitation_is_asked_for_again(
    centre: Centre, tmp_path: Path
) -> None:
    device = await device_of(centre, tmp_path / "home")
    day(device)
    again = invited_again(device)
    lossy = Losing(httpx.ASGITransport(app=centre.app))
    async with httpx.AsyncClient(transport=lossy, base_url="http://centre") as http:
        with pytest.raises(Exception, match="ReadTimeout"):
            await let_in_again(device.opened.journal, Invitation("http://centre", again.code), http)
    await device.again(again)
    await device.sync()
    assert each_once(centre)


class Losing(httpx.AsyncBaseTransport):
    """The request arrives, its reply does not."""

    def __init__(self, to: httpx.AsyncBaseTransport) -> None:
        self._to = to

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await self._to.handle_async_request(request)
        raise httpx.ReadTimeout("lost")


async def test_work_of_every_name_is_found_after_a_second_restore(
    centre: Centre, backups: Backups, tmp_path: Path
) -> None:
    """A backup from before the first name: what was sent under that name must go once more."""
    invited = centre.invite("social_worker", "92")
    bring_back: Restore = backups.by_hand()
    device = await let_in(centre, tmp_path / "home", invited)
    first, _ = day(device)
    await device.sync()
    await device.again(invited_again(device))
    second, _ = day(device)
    await device.sync()
    assert each_once(centre)
    bring_back()
    with pytest.raises(SignedOut):
        await device.sync()
    assert (await device.again(invited_again(device))).operations == 10
    await device.sync()
    assert {row["id"] for row in centre.rows("record")} >= {first, second}
    assert each_once(centre)
    device.opened.journal.engine.dispose()
    again = eg.again(tmp_path / "home")
    assert again.identity == device.opened.identity
    assert again.token == device.opened.token
    assert len(again.journal.names()) == 3


async def test_a_device_that_was_let_in_again_goes_on_as_any_other(
    centre: Centre, tmp_path: Path
) -> None:
    device = await device_of(centre, tmp_path / "home")
    desk = await centre.phone("director", "92")
    day(device)
    await device.sync()
    await device.again(invited_again(device))
    person, _ = day(device)
    await device.sync()
    await desk.sync()
    desk.edit("person", {"marks": "แผลเป็น"}, person)
    await desk.sync()
    device.opened.journal.check_all()
    await device.sync()
    await device.sync()
    kept: Any = device.opened.journal.get(person)
    assert kept.values["marks"] == "แผลเป็น"
    assert device.opened.journal.health().repaired == 0
    assert device.opened.journal.health().alone == 0
