"""Builds the demo: two centres full of invented people, and two devices enrolled over the real API."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine

from telewelfare.actions.enrolment import Invitation, begin, enrol
from telewelfare.cli.demo.headless import Device
from telewelfare.cli.demo.link import Link
from telewelfare.cli.demo.standing import stand
from telewelfare.domain.clock import Millis
from telewelfare.domain.dates import bangkok_date
from telewelfare.domain.operations import Actor, Edit
from telewelfare.server import admin
from telewelfare.server.database import writing
from telewelfare.server.importing import take_finished
from telewelfare.store.home import Home
from telewelfare.sync.transport import Central
from telewelfare.synthetic import Entry, SyntheticWorker, World, as_workers, generate, workers

PIN: Final = "482913"
CENTRES: Final = {
    "92": "ศูนย์คุ้มครองคนไร้ที่พึ่ง จังหวัดตรัง (ข้อมูลสมมติ)",
    "36": "ศูนย์คุ้มครองคนไร้ที่พึ่ง จังหวัดชัยภูมิ (ข้อมูลสมมติ)",
}
CHUNK: Final = 2_000  # entries written in one transaction
MANY: Final = 480  # operations of one hand at once
FIRST: Final = {"partner": 0, "person": 0, "case": 1}  # before what belongs to them


@dataclass(frozen=True, slots=True)
class Staff:
    """Everyone of the demo's centres, by the generator's key."""

    actors: dict[str, Actor]
    volunteer: SyntheticWorker
    officer: SyntheticWorker


def world(seed: int, cases: int, partners: int, now: Millis) -> World:
    """The invented provinces, alive until now."""
    return World(seed, cases=cases, partners=partners, today=bangkok_date(now), until=now)


def fill(engine: Engine, invented: World, keys: Path) -> Staff:
    """Make the centres, their workers, and everything they ever recorded."""
    for centre, name in CENTRES.items():
        admin.init(engine, centre=centre, name=name, keys=keys)
    with writing(engine) as db:
        staff = _staff(db, invented)
    ids = {key: actor.worker for key, actor in staff.actors.items()}
    entries = (as_workers(entry, ids) for entry in generate(invented))
    numbers: defaultdict[str, int] = defaultdict(lambda: 1)
    by_worker = {str(actor.worker): actor for actor in staff.actors.values()}
    for chunk in _chunks(entries, CHUNK):
        with writing(engine) as db:
            _write(db, chunk, by_worker, numbers)
    with writing(engine) as db:
        stand(db, [actor.device for actor in staff.actors.values()], invented.now)
    return staff


def _staff(db: Connection, invented: World) -> Staff:
    everyone = workers(invented)
    actors = {}
    for worker in everyone:
        actors[worker.key], _ = admin.add_actor(
            db,
            centre=worker.centre,
            role=worker.role,
            areas=worker.areas,
            name=worker.display_name,
            now=invented.now,
        )
    officer = next(w for w in everyone if (w.centre, w.role) == ("92", "social_worker"))
    return Staff(actors, everyone[0], officer)


def _chunks(entries: Iterable[Entry], size: int) -> Iterator[list[Entry]]:
    chunk: list[Entry] = []
    for entry in entries:
        chunk.append(entry)
        if len(chunk) >= size and entry.edit.kind not in FIRST:
            yield chunk
            chunk = []
    yield chunk


def _write(
    db: Connection, chunk: list[Entry], by_worker: dict[str, Actor], numbers: defaultdict[str, int]
) -> None:
    """Each hand's records together, those that others belong to first."""
    for rank in (0, 1, 2):
        of_hand: defaultdict[str, list[tuple[Millis, Edit]]] = defaultdict(list)
        for entry in chunk:
            if FIRST.get(entry.edit.kind, 2) == rank:
                of_hand[entry.actor].append((entry.at, entry.edit))
        for hand, edits in of_hand.items():
            actor = by_worker[hand]
            for start in range(0, len(edits), MANY):
                part = edits[start : start + MANY]
                numbers[hand] = take_finished(db, actor, part, numbers[hand])


async def device(
    engine: Engine,
    worker: str,
    folder: Path,
    url: str,
    wall: Callable[[], Millis],
) -> Device:
    """Enrol a device of a worker over the API, as a person would, and sync it for the first time."""
    link, home = Link(), Home(folder)
    invited = admin.invite_again(engine, worker, now=wall(), base_url=url)
    async with link.connect(url) as http:
        opened = await enrol(home, Invitation(url, invited.code), PIN, http)
    session = begin(home, opened, link.connect, wall, lambda: 0.5)
    made = Device(session, Central(link.connect(url), opened.token), link)
    await made.sync()
    return made
