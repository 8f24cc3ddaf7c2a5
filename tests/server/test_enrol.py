"""Letting a device in: once, in time, and with nothing changed when it is not."""

from __future__ import annotations

import base64

import pytest

from telewelfare.server import admin, workers
from telewelfare.server.app import create_app
from telewelfare.server.config import Settings
from telewelfare.sync.protocol import EnrolReply
from tests.server.centre import Centre, Clock

KEY = base64.urlsafe_b64encode(bytes(range(32))).decode().rstrip("=")
MINUTE = 60_000


async def test_an_invitation_tells_the_device_who_it_works_for(centre: Centre) -> None:
    invited = centre.invite("volunteer", "9202", "920601", name="สมใจ ใจดี")
    response = await centre.enrol(invited.code, KEY)
    reply = EnrolReply.model_validate_json(response.content)
    assert (reply.centre, reply.worker, reply.role) == ("92", invited.worker, "volunteer")
    assert reply.areas == ("9202", "920601")
    assert len(base64.urlsafe_b64decode(reply.centre_key + "=")) == 32
    (row,) = centre.rows("device")
    assert reply.token not in str(row)
    assert invited.url == f"http://127.0.0.1:8000/enrol#{invited.code}"


@pytest.mark.parametrize("spoil", [str.lower, lambda code: f" {code.replace('-', ' ')} "])
async def test_a_code_is_taken_however_it_is_typed(centre: Centre, spoil: object) -> None:
    assert callable(spoil)
    response = await centre.enrol(spoil(centre.invite().code))
    assert response.status_code == 200


async def test_an_unknown_used_or_expired_invitation_changes_nothing(centre: Centre) -> None:
    used, late = centre.invite(), centre.invite()
    await centre.enrol(used.code)
    before = centre.counts()
    unknown = await centre.enrol("AAAAA-AAAAA")
    assert (unknown.status_code, unknown.json()["code"]) == (403, "invitation_unknown")
    again = await centre.enrol(used.code)
    assert (again.status_code, again.json()["code"]) == (410, "invitation_used")
    centre.clock.pass_(admin.MINUTES * MINUTE)
    expired = await centre.enrol(late.code)
    assert (expired.status_code, expired.json()["code"]) == (410, "invitation_expired")
    assert expired.headers["content-type"] == "application/problem+json"
    assert centre.counts() == before


async def test_a_device_whose_reply_was_lost_may_ask_again_until_it_synced(
    centre: Centre,
) -> None:
    invited = centre.invite()
    lost = EnrolReply.model_validate_json((await centre.enrol(invited.code, KEY)).content)
    got = EnrolReply.model_validate_json((await centre.enrol(invited.code, KEY)).content)
    assert got.device == lost.device
    async with centre.client() as client:
        dead = await client.post(
            "/v1/sync", json={}, headers={"Authorization": f"Bearer {lost.token}"}
        )
        alive = await client.post(
            "/v1/sync", json={}, headers={"Authorization": f"Bearer {got.token}"}
        )
    assert (dead.status_code, alive.status_code) == (401, 200)
    third = await centre.enrol(invited.code, KEY)
    assert third.json()["code"] == "invitation_used"


@pytest.mark.parametrize("key", ["A" * 43 + "!", "A" * 60, "ก" * 43])
async def test_what_is_not_a_key_is_refused(centre: Centre, key: str) -> None:
    response = await centre.enrol(centre.invite().code, key)
    assert (response.status_code, response.json()["code"]) == (422, "malformed")
    assert not centre.rows("device")


async def test_a_revoked_device_is_told_so_and_changes_nothing(centre: Centre) -> None:
    phone = await centre.phone()
    phone.person()
    workers.revoke(centre.engine, phone.me.device, now=centre.clock.now)
    before = centre.counts()
    response = await phone.post(ops=phone.outbox)
    assert (response.status_code, response.json()["code"]) == (403, "revoked")
    assert centre.counts() == before


async def test_the_administrator_sees_what_a_device_still_holds(centre: Centre) -> None:
    phone = await centre.phone()
    await phone.post(pending=3, oldest=1_795_000_000_000, app="0.2.0")
    (row,) = workers.devices(centre.engine)
    assert (row["pending"], row["oldest"], row["app"]) == (3, 1_795_000_000_000, "0.2.0")
    assert (row["last_seen"], row["worker_name"]) == (centre.clock.now, "สมใจ ใจดี")


async def test_guessing_codes_is_slowed_down(database_url: str) -> None:
    app = create_app(Settings(database=database_url, enrol_attempts_per_minute=2))
    centre = Centre(app, Clock())
    codes = [(await centre.enrol("AAAAA-AAAAA")).status_code for _ in range(3)]
    assert codes == [403, 403, 429]
    centre.engine.dispose()
