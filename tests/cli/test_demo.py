"""The demo does what it shows: without a screen, and what it leaves for a visitor of the screens."""

from __future__ import annotations

from telewelfare.actions.devices import fetch_devices, known_devices
from telewelfare.cli.demo.banner import STEPS
from telewelfare.cli.demo.run import Wanted, headless, running
from telewelfare.cli.demo.together import stage
from telewelfare.domain.upkeep import worry
from telewelfare.store.conflicts import open_conflicts
from telewelfare.strings import LANGS, texts
from telewelfare.sync.engine import APP_VERSION

SMALL = Wanted(port=0, cases=20, partners=20)


async def test_the_whole_story_is_told_step_by_step() -> None:
    said: list[str] = []
    await headless(SMALL, said.append)
    told = "\n".join(said)
    for step in ("0 waiting", "all receipts", "photo came", "are kept", "chose", "sealed file"):
        assert step in told
    assert said[-1].endswith("nothing came twice")


async def test_a_visitor_finds_a_question_a_photo_and_devices_to_call_about() -> None:
    async with running(SMALL, lambda _: None) as demo:
        await stage(demo.volunteer, demo.officer)
        for device in (demo.volunteer, demo.officer):
            session = device.session
            [question] = open_conflicts(session.journal, session.index)
            assert question.case is not None
            photos = [one.values.get("case") for one in session.journal.of_kind("attachment")]
            assert question.case.id in photos
            assert session.journal.waiting().pending == 0
        journal = demo.officer.session.journal
        await fetch_devices(journal, demo.officer.central, demo.officer.session.wall)
        known = known_devices(journal)
        assert known.at is not None
        worries = {worry(line, known.at, APP_VERSION) for line in known.lines}
    assert {"silent", "stuck", "old_app", ""} <= worries


def test_each_step_of_the_guides_has_its_words() -> None:
    for lang in LANGS:
        for part, count in STEPS.items():
            assert texts(lang).has(f"demo.{part}.step{count}")
            assert not texts(lang).has(f"demo.{part}.step{count + 1}")
