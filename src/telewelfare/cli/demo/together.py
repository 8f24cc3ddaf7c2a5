"""What two devices do together: a photo that arrives, two values that meet, a file that is carried."""

from __future__ import annotations

import asyncio
from typing import Final

from telewelfare.actions import carrying, casework, reporting
from telewelfare.actions.photos import fetch_picture
from telewelfare.cli.demo.headless import Device, Say, check, detail_of
from telewelfare.cli.demo.picture import take_photo
from telewelfare.domain.fields import Json
from telewelfare.domain.ids import RecordId
from telewelfare.domain.operations import Edit, Record
from telewelfare.store.conflicts import open_conflicts
from telewelfare.sync.bundle import Carrier

PATH: Final = "age_estimated"
FIRST, SECOND = 72, 68
STAGED: Final = reporting.ReportDraft(
    situation="บ้านผุพัง หลังคารั่วทั้งหลัง อยู่คนเดียว ฝนตกต้องไปนอนศาลา",
    red_flags=(),
    area="920213",
    place="ริมทะเล ท้ายหมู่บ้าน",
    alias="ลุงหมาน",
    sex="male",
    age="70",
)
CARRIED: Final = reporting.ReportDraft(
    situation="หญิงสูงอายุอยู่ลำพังบนเกาะ เรือไม่ออกเพราะคลื่นลม ยาความดันหมด",
    red_flags=("abandoned_frail",),
    area="920213",
    place="บ้านท้ายเกาะ ใกล้สุเหร่า",
    alias="ป้าสม",
    sex="female",
    age="74",
)


async def photo_arrives(volunteer: Device, officer: Device, case: RecordId, say: Say) -> None:
    """The volunteer's photos go to the centre, and the office looks at one.

    Raises:
        AssertionError: a step did not do what it says.
    """
    brought = await volunteer.session.photos.queue.run()
    check(not brought.waiting and not brought.problem, "the photo is at the centre")
    await officer.sync()
    [photo] = detail_of(officer.session, case).attachments
    for small in (True, False):
        seen = await fetch_picture(officer.session, photo, small=small)
        check(isinstance(seen, bytes), "the office has the photo")
        name = "small picture" if small else "photo"
        size = len(seen) if isinstance(seen, bytes) else 0
        say(f"office: the {name} came, {size / 1000:.1f} kB")


async def two_write_one_field(volunteer: Device, officer: Device, case: RecordId) -> Record:
    """Both write the same field without knowing of each other; both are then asked.

    Raises:
        AssertionError: the two values did not meet in one question.
    """
    client = RecordId(str(detail_of(officer.session, case).case["client"]))
    for device, age in ((officer, FIRST), (volunteer, SECOND)):
        edit = Edit("person", client, {PATH: age})
        device.session.journal.commit([edit], device.session.now())
    for device in (officer, volunteer, officer):
        await device.sync()
    return _question(officer, client)


def _question(device: Device, of: str) -> Record:
    session = device.session
    found = [one for one in open_conflicts(session.journal, session.index) if one.of == of]
    check(len(found) == 1, "one question for two values")
    record = session.journal.get(found[0].id)
    assert record is not None  # noqa: S101 - it was just listed
    return record


async def conflict_settled(volunteer: Device, officer: Device, case: RecordId, say: Say) -> None:
    """Two values meet, a person chooses, and both devices show what was chosen.

    Raises:
        AssertionError: a step did not do what it says.
    """
    question = await two_write_one_field(volunteer, officer, case)
    values: list[Json] = [question.values.get(side) for side in ("kept", "other")]
    check(set(map(str, values)) == {str(FIRST), str(SECOND)}, "both values are kept")
    say(f"both: wrote the age without knowing of each other, {FIRST} and {SECOND} are kept")
    casework.settle(officer.session, question.id, "theirs")
    for device in (officer, volunteer):
        await device.sync()
    ages = [_age(device, case) for device in (officer, volunteer)]
    check(ages == [values[1]] * 2, "both devices show what was chosen")
    say(f"office: chose {ages[0]}; both devices show it after one round")


def _age(device: Device, case: RecordId) -> Json:
    return detail_of(device.session, case).person.get(PATH)


async def bundle_carried(volunteer: Device, officer: Device, say: Say) -> None:
    """A report without a signal travels as a file through somebody else's device.

    Raises:
        AssertionError: a step did not do what it says.
    """
    volunteer.link.switch(up=False)
    reported = reporting.record_report(volunteer.session, CARRIED)
    assert isinstance(reported, reporting.Reported)  # noqa: S101 - told to the type checker
    made = await asyncio.to_thread(carrying.bundles, volunteer.session)
    size = sum(len(one.bundle) for one in made)
    say(f"volunteer: no signal, {len(made)} sealed file of {size / 1000:.1f} kB handed on")
    for one in made:
        kept = await asyncio.to_thread(carrying.take_along, officer.session, one.bundle)
        check(not isinstance(kept, carrying.NotTaken), "the file was taken along")
    given = await Carrier(officer.session.home.folder).forward(
        officer.central, officer.session.wall()
    )
    check(given == len(made), "the centre took the file")
    await officer.sync()
    number = detail_of(officer.session, reported.case).line.no
    say(f"office: carried it to the centre unread; case {number} arrived that way")
    volunteer.link.switch(up=True)
    done = await volunteer.sync()
    check(not done.pending and not done.rejected, "what was carried does not wait any more")
    check(detail_of(volunteer.session, reported.case).line.no == number, "it is there once")
    say("volunteer: signal is back, nothing waits and nothing came twice")


async def stage(volunteer: Device, officer: Device) -> None:
    """Leave a visitor of the screens a case with a photo to look at and a question to settle."""
    reported = reporting.record_report(volunteer.session, STAGED)
    assert isinstance(reported, reporting.Reported)  # noqa: S101 - told to the type checker
    check(take_photo(volunteer.session, reported.case), "the photo was kept")
    await volunteer.sync()
    await volunteer.session.photos.queue.run()
    await officer.sync()
    await two_write_one_field(volunteer, officer, reported.case)
