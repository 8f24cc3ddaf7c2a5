"""A bundle counts as a push of its device: once, in any order, and whoever carries it learns nothing."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from sqlalchemy import update

from telewelfare.server import admin, keys, workers
from telewelfare.server.aside import kept_aside
from telewelfare.server.bundles import KeyMissing, Taken, UnknownDevice, take
from telewelfare.server.tables import DEVICE, WORKER
from telewelfare.sync import codec, twb
from telewelfare.sync.protocol import BUNDLE_TYPE, BUNDLES_PATH, EnrolReply
from tests.server.centre import Centre, Phone


@dataclass
class Sender:
    """A phone whose key is known, and what it hands on."""

    phone: Phone
    key: Ed25519PrivateKey

    def bundle(self, ops: Sequence[dict[str, Any]] | None = None, **more: Any) -> bytes:  # noqa: ANN401 - whatever a test wants in it
        """A bundle of what waits, or of these operations."""
        me, waiting = self.phone.me, self.phone.outbox if ops is None else ops
        told = {"centre": me.centre, "device": me.device, "made": 1, "ops": list(waiting)} | more
        return self.sealed(codec.dump(told), me)

    def sealed(self, plain: bytes, me: EnrolReply) -> bytes:
        """A bundle of any contents."""
        chance = self.phone.centre.chance
        return twb.seal(
            codec.pack(plain, codec.ZSTD),
            device=me.device,
            device_key=self.key,
            centre_key=base64.urlsafe_b64decode(me.centre_key + "="),
            bundle_id=chance.randbytes(twb.ID),
            ephemeral=X25519PrivateKey.from_private_bytes(chance.randbytes(twb.KEY)),
        )


async def sender(centre: Centre, name: str = "สมใจ ใจดี") -> Sender:
    """An enrolled phone that keeps its key."""
    key = Ed25519PrivateKey.generate()
    public = base64.urlsafe_b64encode(key.public_key().public_bytes_raw()).decode()
    response = await centre.enrol(centre.invite(name=name).code, public)
    return Sender(Phone(centre, EnrolReply.model_validate_json(response.content)), key)


@pytest.fixture(autouse=True)
def folder(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the centre's private key lies, for the API as well."""
    monkeypatch.setenv("TELEWELFARE_KEYS", str(tmp_path))
    assert database_url
    return tmp_path


async def carried(centre: Centre, by: Phone, bundle: bytes) -> str:
    """What the API says to whoever brings a bundle."""
    async with centre.client() as client:
        headers = by.headers | {"content-type": BUNDLE_TYPE}
        response = await client.post(BUNDLES_PATH, content=bundle, headers=headers)
    assert response.status_code == 200, response.text
    assert list(response.json()) == ["outcome"]  # and nothing else
    return str(response.json()["outcome"])


def work_of(centre: Centre, device: str) -> list[tuple[int, str, str]]:
    """What the ledger holds of a device."""
    rows = centre.rows("ledger", device=device)
    return sorted((row["n"], row["kind"], row["record_id"]) for row in rows)


async def test_a_bundle_brings_the_work_to_the_centre_and_to_others(centre: Centre) -> None:
    far, near = await sender(centre), await centre.phone("volunteer_lead", "9202", name="มานี")
    case = far.phone.case()
    assert await carried(centre, near, far.bundle()) == "taken"
    assert work_of(centre, far.phone.me.device) == [(1, "case", case)]
    await near.sync()
    assert near.records[case]["area"] == "920201"
    [row] = centre.rows("record", id=case)
    assert row["created_by"] == far.phone.me.worker  # not of who carried it


async def test_the_sender_is_told_by_its_own_round_only(centre: Centre) -> None:
    far, near = await sender(centre), await centre.phone()
    far.phone.case()
    await carried(centre, near, far.bundle())
    assert len(far.phone.outbox) == 1
    [reply] = await far.phone.sync()
    assert reply.acknowledged == 1
    assert far.phone.outbox == []
    assert len(work_of(centre, far.phone.me.device)) == 1


@pytest.mark.parametrize("carried_from", [0, 1], ids=["at once", "before its turn"])
async def test_the_sender_is_told_what_was_refused_of_work_it_did_not_send_itself(
    centre: Centre, carried_from: int
) -> None:
    """Its request has room for the first only; what is acknowledged beyond came by hand."""
    far, near = await sender(centre), await centre.phone()
    for alias in ("แดง", "ดำ", 5, "เขียว"):
        far.phone.person(alias=alias)
    await carried(centre, near, far.bundle(far.phone.outbox[carried_from:]))
    reply = await far.phone.round(far.phone.outbox[:1])
    assert reply.acknowledged == 4
    assert [(one.n, one.code) for one in reply.rejected] == [(3, "malformed")]


async def test_a_bundle_twice_and_a_sync_in_any_order_give_the_same_ledger(centre: Centre) -> None:
    near = await centre.phone()
    for order in permutations(["first", "second", "first again", "sync"]):
        far = await sender(centre)
        far.phone.case()
        far.phone.person()
        first = far.bundle()
        far.phone.report()
        second = far.bundle()
        for step in order:
            if step == "sync":
                await far.phone.sync()
            else:
                bundle = second if step == "second" else first
                assert await carried(centre, near, bundle) == "taken"
        kinds = [(n, kind) for n, kind, _ in work_of(centre, far.phone.me.device)]
        assert kinds == [(1, "case"), (2, "person"), (3, "incident_report")], order
    assert centre.rows("carried") == []


@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_parts_that_come_in_another_order_wait_for_each_other(
    centre: Centre, order: tuple[int, ...]
) -> None:
    far, near = await sender(centre), await centre.phone()
    for _ in range(6):
        far.phone.case()
    parts = [far.bundle(far.phone.outbox[at : at + 2]) for at in (0, 2, 4)]
    for part in order:
        assert await carried(centre, near, parts[part]) == "taken"
    assert [n for n, _, _ in work_of(centre, far.phone.me.device)] == [1, 2, 3, 4, 5, 6]
    assert centre.rows("carried") == []


async def test_a_part_that_came_early_is_kept_and_listed_without_its_contents(
    centre: Centre,
) -> None:
    far, near = await sender(centre), await centre.phone()
    far.phone.case()
    far.phone.person()
    assert await carried(centre, near, far.bundle(far.phone.outbox[1:])) == "taken"
    assert work_of(centre, far.phone.me.device) == []
    [kept] = kept_aside(centre.engine)
    assert (kept["device"], kept["n"], kept["code"]) == (far.phone.me.device, 2, "early")
    assert "body" not in kept
    [row] = centre.rows("carried")
    assert json.loads(row["body"])["sets"]["first_name"] == "ทองดี"


async def test_a_part_that_came_early_follows_the_senders_own_round(centre: Centre) -> None:
    far, near = await sender(centre), await centre.phone()
    far.phone.case()
    far.phone.person()
    await carried(centre, near, far.bundle(far.phone.outbox[1:]))
    far.phone.outbox = far.phone.outbox[:1]  # the phone drowned after this round
    await far.phone.round()
    assert [kind for _, kind, _ in work_of(centre, far.phone.me.device)] == ["case", "person"]


async def test_an_operation_the_centre_refuses_is_kept_in_quarantine_and_told_to_its_device(
    centre: Centre,
) -> None:
    far, near = await sender(centre), await centre.phone()
    far.phone.edit("teapot", {"colour": "brown"})
    far.phone.case()
    assert await carried(centre, near, far.bundle()) == "taken"
    assert [kind for _, kind, _ in work_of(centre, far.phone.me.device)] == ["case"]
    [reply] = await far.phone.sync()
    assert [(one.n, one.code) for one in reply.rejected] == [(1, "unknown_kind")]


async def test_work_of_a_device_that_was_shut_out_is_kept_for_a_person(centre: Centre) -> None:
    far, near = await sender(centre), await centre.phone()
    far.phone.case()
    bundle = far.bundle()
    workers.revoke(centre.engine, far.phone.me.device, now=centre.clock.now)
    for _ in range(2):
        assert await carried(centre, near, bundle) == "taken"
    assert work_of(centre, far.phone.me.device) == []
    assert [row["code"] for row in centre.rows("carried")] == ["revoked"]


async def test_what_was_kept_of_a_worker_who_is_back_follows(centre: Centre) -> None:
    far, near = await sender(centre), await centre.phone()
    far.phone.case()
    bundle = far.bundle()
    whose = WORKER.c.id == far.phone.me.worker
    with centre.engine.begin() as db:
        db.execute(update(WORKER).where(whose).values(active=False))
    await carried(centre, near, bundle)
    with centre.engine.begin() as db:
        db.execute(update(WORKER).where(whose).values(active=True))
    await carried(centre, near, far.bundle([]))
    assert len(work_of(centre, far.phone.me.device)) == 1
    assert centre.rows("carried") == []


async def test_other_work_under_numbers_the_ledger_holds_is_not_taken_for_it(
    centre: Centre,
) -> None:
    far, near = await sender(centre), await centre.phone()
    held = far.phone.case()
    await far.phone.sync()
    far.phone.n = 0  # the phone was brought back from an old copy, and counts from 1 again
    other = far.phone.case()
    assert await carried(centre, near, far.bundle()) == "taken"
    assert work_of(centre, far.phone.me.device) == [(1, "case", held)]
    [row] = centre.rows("carried")
    assert (row["code"], json.loads(row["body"])["record"]) == ("other_work", other)


async def test_what_came_early_is_never_dropped_for_other_work_of_the_same_number(
    centre: Centre,
) -> None:
    far, near = await sender(centre), await centre.phone()
    far.phone.case()
    early = far.phone.person()
    await carried(centre, near, far.bundle(far.phone.outbox[1:]))
    far.phone.outbox, far.phone.n = far.phone.outbox[:1], 1
    far.phone.report()  # number 2 as well, of the phone's second life
    await far.phone.sync()
    [row] = centre.rows("carried")
    assert (row["code"], json.loads(row["body"])["record"]) == ("other_work", early)


# ------------------------------------------------------------------ refused, and nothing changed


async def refused(centre: Centre, bundle: bytes, by: Phone) -> str:
    """What is said, after making sure that nothing was written."""
    before = centre.counts()
    said = await carried(centre, by, bundle)
    assert centre.counts() == before
    return said


async def test_a_bundle_changed_on_the_way_is_unreadable(centre: Centre) -> None:
    far, near = await sender(centre), await centre.phone()
    far.phone.case()
    bundle = far.bundle()
    for place in (0, 8, 9, 30, 57, 100, 2_000, 4_047, 4_063, 4_064, 4_095):
        changed = bytearray(bundle)
        changed[place] ^= 1
        assert await refused(centre, bytes(changed), near) == "unreadable"
    for other in (b"", bundle[:-1], bundle + b"\0", bundle + bundle, b"PK\x03\x04"):
        assert await refused(centre, other, near) == "unreadable"


async def test_a_bundle_for_another_centre_is_told_as_such(centre: Centre) -> None:
    far, near = await sender(centre), await centre.phone()
    far.phone.case()
    other = base64.urlsafe_b64encode(X25519PrivateKey.generate().public_key().public_bytes_raw())
    far.phone.me = far.phone.me.model_copy(update={"centre_key": other.decode().rstrip("=")})
    assert await refused(centre, far.bundle(), near) == "other_centre"


async def test_a_bundle_for_a_centre_beside_this_one_finds_it(centre: Centre, folder: Path) -> None:
    admin.init(centre.engine, centre="81", name="กระบี่", keys=folder)
    far = await sender(centre)
    near = await centre.phone("volunteer", "8101", centre="81")
    far.phone.case()
    assert await carried(centre, near, far.bundle()) == "taken"
    assert [row["centre_id"] for row in centre.rows("record", kind="case")] == ["92"]


async def test_a_bundle_another_device_signed_is_unreadable(centre: Centre, folder: Path) -> None:
    far, near = await sender(centre), await centre.phone()
    far.phone.case()
    far.key = Ed25519PrivateKey.generate()
    assert await refused(centre, far.bundle(), near) == "unreadable"
    with pytest.raises(twb.Forged):
        take(centre.engine, folder, far.bundle(), centre.clock.now)


async def test_a_bundle_of_a_device_nobody_knows_is_unreadable(
    centre: Centre, folder: Path
) -> None:
    far, near = await sender(centre), await centre.phone()
    far.phone.case()
    far.phone.me = far.phone.me.model_copy(update={"device": "dzzzzzzz"})
    assert await refused(centre, far.bundle(), near) == "unreadable"
    with pytest.raises(UnknownDevice):
        take(centre.engine, folder, far.bundle(), centre.clock.now)


async def test_a_bundle_that_names_one_device_outside_and_another_inside_is_unreadable(
    centre: Centre,
) -> None:
    far, near = await sender(centre), await centre.phone()
    far.phone.case()
    for wrong in ({"device": near.me.device}, {"centre": "81"}, {"made": "now"}):
        assert await refused(centre, far.bundle(None, **wrong), near) == "unreadable"


async def test_a_bomb_in_a_bundle_is_not_unpacked(centre: Centre) -> None:
    far, near = await sender(centre), await centre.phone()
    bomb = far.sealed(bytes(twb.MAX_CONTENTS + 1), far.phone.me)
    assert await refused(centre, bomb, near) == "unreadable"


async def test_a_bundle_in_a_newer_protocol_is_unreadable(centre: Centre, folder: Path) -> None:
    far, near = await sender(centre), await centre.phone()
    far.phone.case()
    assert await refused(centre, far.bundle(protocol=2), near) == "unreadable"
    with pytest.raises(twb.Newer):
        take(centre.engine, folder, far.bundle(protocol=2), centre.clock.now)


async def test_only_an_enrolled_device_may_carry(centre: Centre) -> None:
    far = await sender(centre)
    far.phone.case()
    async with centre.client() as client:
        content = {"content": far.bundle(), "headers": {"content-type": BUNDLE_TYPE}}
        assert (await client.post(BUNDLES_PATH, **content)).status_code == 401  # type: ignore[arg-type]  # both are what httpx takes


@pytest.mark.parametrize(
    ("kind", "size", "status"),
    [("application/json", 4_096, 415), (BUNDLE_TYPE, twb.LARGEST + 1, 413)],
)
async def test_what_cannot_be_a_bundle_is_refused_at_the_door(
    centre: Centre, kind: str, size: int, status: int
) -> None:
    near = await centre.phone()
    async with centre.client() as client:
        headers = near.headers | {"content-type": kind}
        response = await client.post(BUNDLES_PATH, content=bytes(size), headers=headers)
    assert response.status_code == status


async def test_without_the_private_key_the_carrier_is_asked_to_come_again(
    centre: Centre, folder: Path
) -> None:
    far, near = await sender(centre), await centre.phone()
    far.phone.case()
    keys.key_file(folder, "92").unlink()
    async with centre.client() as client:
        headers = near.headers | {"content-type": BUNDLE_TYPE}
        response = await client.post(BUNDLES_PATH, content=far.bundle(), headers=headers)
    assert (response.status_code, response.json()["code"]) == (503, "busy")
    with pytest.raises(KeyMissing):
        take(centre.engine, folder, far.bundle(), centre.clock.now)


async def test_a_large_bundle_is_appended_in_turns(centre: Centre, folder: Path) -> None:
    far = await sender(centre)
    for _ in range(1_203):
        far.phone.person()
    told = take(centre.engine, folder, far.bundle(), centre.clock.now)
    assert told == Taken("92", far.phone.me.device, 1_203, 1_203, 0)
    assert centre.rows("device", id=far.phone.me.device)[0]["acknowledged"] == 1_203
    assert DEVICE.c.acknowledged is not None
