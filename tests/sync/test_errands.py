"""What is done after a round: it holds up nothing, and one that fails is tried after the next."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import cast

import pytest

from telewelfare.store.journal import Journal
from telewelfare.store.migrations import migrate
from telewelfare.sync import history
from telewelfare.sync.failures import Offline
from telewelfare.sync.service import SyncService
from telewelfare.sync.transport import Central
from tests import eg
from tests.store import snapshots
from tests.sync.test_service import Centre, alias, hurried, in_a_hurry, until


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    kept = snapshots.journal(tmp_path, eg.identity().actor)
    migrate(kept.engine)
    return kept


class Errand:
    """Counts how often it was sent out; fails at first if told so, and may take its time."""

    def __init__(self, *, failures: int = 0, slow: bool = False) -> None:
        self.sent = self.done = 0
        self._failures, self._slow = failures, slow

    async def __call__(self) -> None:
        self.sent += 1
        if self._slow:
            await asyncio.sleep(3_600)
        if self.sent <= self._failures:
            raise Offline if self.sent % 2 else ValueError
        self.done += 1


def service(journal: Journal, centre: Centre, *errands: Errand) -> SyncService:
    return SyncService(journal, cast("Central", centre), hurried, lambda: 0.0, errands=errands)


@in_a_hurry
async def test_errands_are_done_after_a_round_and_shown(journal: Journal) -> None:
    errand, shown = Errand(), list[int]()
    running = service(journal, Centre(), errand)
    running.listen(lambda _: shown.append(errand.done))
    running.start()
    await until(lambda: bool(shown) and shown[-1] == 1)
    await running.stop()


@in_a_hurry
async def test_an_errand_that_fails_is_tried_after_the_next_round_and_stops_no_other(
    journal: Journal,
) -> None:
    failing, well = Errand(failures=2), Errand()
    running = service(journal, Centre(), failing, well)
    running.start()
    for n in range(1, 4):
        await until(lambda n=n: well.done >= n)  # type: ignore[misc]  # bound in this turn
        running.nudge()
    await until(lambda: failing.done > 0)
    assert running.status.problem == ""
    await running.stop()


@in_a_hurry
async def test_an_errand_that_takes_an_hour_holds_up_no_edit(journal: Journal) -> None:
    slow, centre = Errand(slow=True), Centre()
    running = service(journal, centre, slow)
    running.start()
    await until(lambda: slow.sent == 1)
    alias(journal, "ก")
    await until(lambda: journal.waiting().pending == 0)
    assert (slow.sent, slow.done) == (1, 0)  # and it is not sent out twice
    await running.stop()


@in_a_hurry
async def test_how_rounds_went_is_remembered(journal: Journal) -> None:
    centre = Centre()
    running = service(journal, centre)
    running.start()
    await until(lambda: bool(history.lately(journal)))
    assert history.lately(journal)[-1].code == ""
    await running.stop()
