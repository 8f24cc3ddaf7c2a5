"""A worker is given another role and other areas: the device follows with its next round."""

from __future__ import annotations

from pathlib import Path

from telewelfare.domain.ids import RecordId
from telewelfare.domain.operations import Edit
from telewelfare.server import workers
from tests import eg
from tests.server.centre import Centre
from tests.server.conftest import centre, database_url
from tests.sync.enrolled import let_in

__all__ = ["centre", "database_url"]


async def test_role_and_areas_of_the_device_are_the_centre_s_after_one_round(
    centre: Centre, tmp_path: Path
) -> None:
    device = await let_in(centre, tmp_path / "home", centre.invite("volunteer", "9202"))
    journal = device.opened.journal
    await device.sync()
    workers.set_worker(
        centre.engine,
        journal.actor.worker,
        role="social_worker",
        areas=["92", "77"],
        now=centre.clock.now,
    )
    await device.sync()
    journal.engine.dispose()
    again = eg.again(tmp_path / "home")
    for actor in (journal.actor, again.journal.actor, again.identity.actor):
        assert actor.role == "social_worker"
        assert set(actor.areas) == {"92", "77"}


async def test_what_the_new_role_is_shown_agrees_with_the_centre(
    centre: Centre, tmp_path: Path
) -> None:
    """Else each round would find the same records wrong and mend them, for ever."""
    desk = await centre.phone("director", "92")
    device = await let_in(centre, tmp_path / "home", centre.invite("volunteer_lead", "9202"))
    person = desk.person(religion="buddhist")
    case = desk.case(client=person)
    await desk.sync()
    await device.sync()
    journal = device.opened.journal
    journal.commit([Edit("case", RecordId(case), {"urgency": "urgent"})], centre.clock.now)
    for role, shown in (("social_worker", "buddhist"), ("volunteer_lead", None)):
        centre.clock.pass_(1_000)
        workers.set_worker(centre.engine, journal.actor.worker, role=role, now=centre.clock.now)
        await device.sync()
        journal.check_all()
        await device.sync()
        kept = journal.get(person)
        assert kept is not None
        assert kept.values.get("religion") == shown
    assert journal.health().repaired == 0
