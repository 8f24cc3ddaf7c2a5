"""A centre in a process of its own, devices with real files, and a bad network between them.

The world remembers every operation a device confirmed to its worker. Each carries a mark, a path
that nobody else writes, so that it is known again under whatever number it arrives.
"""

from __future__ import annotations

import asyncio
import base64
import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Final

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, Engine, event, select, update

from telewelfare.actions.enrolment import connect as connect_to
from telewelfare.domain.clock import Millis
from telewelfare.domain.ids import RecordId, uuid7
from telewelfare.domain.operations import Actor, Edit, Operation
from telewelfare.server import admin, backup
from telewelfare.server.database import address, connect, file_of, migrate, writing
from telewelfare.server.enrol import add_device
from telewelfare.server.keys import new_token
from telewelfare.server.tables import CENTRE as CENTRES
from telewelfare.server.tables import DEVICE
from telewelfare.store.checking import ALONE, ids_in
from telewelfare.store.errors import StoreError
from telewelfare.store.home import SealedFiles, public_text
from telewelfare.store.migrations import migrate as migrate_device
from telewelfare.store.outgoing import Outgoing
from telewelfare.store.rows import REJECTED, SET_ASIDE, operations
from telewelfare.store.seal import Seal
from telewelfare.sync.bundle import Carrier, make_all
from telewelfare.sync.file_transport import FileCentral
from telewelfare.sync.files import FileQueue
from telewelfare.sync.protocol import EnrolRequest
from telewelfare.sync.transport import Central, SyncError
from tests import eg
from tests.faults.marks import MARK, mark_of
from tests.faults.proxy import HANG, ChaosProxy, Fault
from tests.faults.rounds import one_round
from tests.faults.shared import Shared
from tests.faults.stable import Stable
from tests.store import snapshots

CENTRE: Final = "92"
STAFF: Final = (  # role, areas; the last is a second device of the first worker
    ("volunteer", ("920213",)),
    ("social_worker", ("92",)),
    ("volunteer_lead", ("9202",)),
    ("volunteer", ("920211",)),
    ("again", ()),
)
LONGEST_ROUND: Final = 60.0  # seconds; only something that is stuck takes as long
SHORT: Final = 0.15  # seconds after which a worker whose link is dead puts the phone away
QUIET_TURNS: Final = 25


@dataclass(frozen=True, slots=True)
class Staff:
    """Devices with their tokens and private keys, and the public key of their centre."""

    actors: tuple[tuple[Actor, str], ...]
    keys: tuple[bytes, ...]
    centre_key: str


@dataclass(frozen=True, slots=True)
class Template:
    """A centre with its staff, made once: each history gets a copy of its file."""

    folder: Path
    staff: Staff

    @property
    def file(self) -> Path:
        """The centre's database."""
        return self.folder / "centre.db"


def staffed(folder: Path, database: str) -> Staff:
    """Make a centre and its staff in an empty database, the centre's private key in a folder."""
    engine = connect(database)
    migrate(engine)
    admin.init(engine, centre=CENTRE, name="ศูนย์ทดสอบ", keys=folder)
    found: list[tuple[Actor, str]] = []
    with writing(engine) as db:
        for role, areas in STAFF[:-1]:
            terms = {"centre": CENTRE, "role": role, "name": role}
            found.append(admin.add_actor(db, **terms, areas=areas, now=eg.NOW))
        first, token = found[0][0], new_token()
        request = EnrolRequest(code="-", public_key=new_token())
        second = add_device(db, (CENTRE, first.worker), request, token, eg.NOW)
        found.append((Actor(CENTRE, first.worker, first.role, first.areas, second), token))
        keys = [_key_of(db, actor) for actor, _ in found]
        centre_key = db.execute(select(CENTRES.c.public_key)).scalar_one()
    engine.dispose()
    return Staff(tuple(found), tuple(keys), centre_key)


def _key_of(db: Connection, actor: Actor) -> bytes:
    """A key pair as an enrolled device has it; its private half."""
    private = Ed25519PrivateKey.generate()
    mine = DEVICE.c.centre_id == actor.centre, DEVICE.c.id == actor.device
    db.execute(update(DEVICE).where(*mine).values(public_key=public_text(private)))
    return private.private_bytes_raw()


def template(folder: Path, database: str = "") -> Template:
    """On SQLite unless another database is named, with the empty journal of a device beside it."""
    staff = staffed(folder, database or f"sqlite:///{folder / 'centre.db'}")
    journal = snapshots.journal(folder, staff.actors[0][0])
    migrate_device(journal.engine)
    journal.engine.dispose()
    return Template(folder, staff)


class Device:
    """A worker's device: one folder, and a process that can be killed."""

    def __init__(self, world: World, place: int, skew: int) -> None:
        self.actor, self.token = world.template.staff.actors[place]
        self.skew, self.place = skew, place
        self.problems: Counter[str] = Counter()
        self.folder = world.folder / f"device{place}"
        self.folder.mkdir()
        self._world, self._noted, self._ids = world, 1, count(1)
        self._http: httpx.AsyncClient | None = None
        shutil.copy(world.template.folder / "journal.db", self.file)
        self.open()
        key = base64.b64encode(world.template.staff.keys[place]).decode()
        self.journal.write_secret("device_key", key)

    @property
    def file(self) -> Path:
        """All it holds."""
        return self.folder / "journal.db"

    def open(self) -> None:
        """As after a start of the app."""
        self.journal = snapshots.journal(self.folder, self.actor)
        self.files = SealedFiles(self.folder / "files", Seal(snapshots.KEY))
        self.outgoing = Outgoing(self.journal)
        self.carrier = Carrier(self.folder)

    def close(self) -> None:
        """Let go of the file."""
        self.journal.engine.dispose()

    async def stop(self) -> None:
        """Let go of the file and of the network."""
        self.close()
        if self._http is not None:
            await self._http.aclose()

    @property
    def http(self) -> httpx.AsyncClient:
        """Its connections, kept open between rounds as the app does."""
        if self._http is None:
            self._http = connect_to(self._world.proxy.url)
        return self._http

    def now(self) -> Millis:
        """What its clock shows."""
        return Millis(max(0, self._world.shared.now() + self.skew))

    def new_id(self) -> RecordId:
        """An id nobody else makes."""
        made = next(self._ids).to_bytes(2, "big") + f"{self.actor.device:>8.8}".encode()
        return RecordId(uuid7(self.now(), made))

    def known(self, kind: str) -> list[RecordId]:
        """Ids of the records of a kind that it has, in order."""
        return sorted(record.id for record in self.journal.of_kind(kind))

    def commit(self, *edits: Edit) -> bool:
        """Save what was typed; tells whether it was confirmed. Nothing is confirmed on a full disk."""
        marked = [self._world.marked(edit) for edit in edits]
        try:
            self.journal.commit(marked, self.journal.corrected(self.now()))
        except StoreError as error:
            self.problems[error.code] += 1
            return False
        self.note()
        return True

    def note(self) -> None:
        """Let the world know what is confirmed here since it was told last."""
        query = operations.select().where(operations.c.n >= self._noted)
        with self.journal._reading() as rows:  # noqa: SLF001 - no screen ever needs all of them
            found = [rows.operation(row) for row in rows.db.execute(query)]
        for op in found:
            self._world.confirmed.setdefault(mark_of(op.sets), op)
        self._noted = self.journal.next_number()

    def states(self) -> dict[str, str]:
        """The state of every operation here, by its mark."""
        with self.journal._reading() as rows:  # noqa: SLF001 - as above
            found = rows.db.execute(operations.select()).all()
            return {mark_of(rows.operation(row).sets): row.state for row in found}

    def refused(self) -> list[Operation]:
        """What the centre did not take, whether or not somebody has seen it."""
        query = operations.select().where(operations.c.state.in_([REJECTED, SET_ASIDE]))
        with self.journal._reading() as rows:  # noqa: SLF001 - as above
            return [rows.operation(row) for row in rows.db.execute(query)]

    def alone(self) -> set[str]:
        """Records that a restored centre lost, and that this device keeps in sight of all."""
        with self.journal._reading() as rows:  # noqa: SLF001 - as above
            return ids_in(rows, ALONE)

    async def sync(self, faults: Iterable[Fault] = ()) -> str:
        """A round; the code of what broke it off, empty if nothing did."""
        planned = tuple(faults)
        if planned:  # faults befall new connections
            await self._world.proxy.hang_up()
        self._world.proxy.plan(planned)
        hangs = any(fault.what == HANG for fault in planned)
        try:
            work = one_round(self.journal, self.http, self.token, self.now)
            await asyncio.wait_for(work, SHORT if hangs else LONGEST_ROUND)
            self._world.unaware.discard(self.place)
            await asyncio.wait_for(self._errands(), SHORT if hangs else LONGEST_ROUND)
        except (SyncError, StoreError) as error:
            self.problems[error.code] += 1
            return error.code
        except TimeoutError:
            if not hangs:
                raise
            return "given up"
        finally:
            self._world.proxy.plan(())
            if planned:  # and do not outlive the round
                await self._world.proxy.hang_up()
        return ""

    async def _errands(self) -> None:
        """What the app does after a round: others' bundles, then photos."""
        await self.carrier.forward(Central(self.http, self.token), self.now())
        photos = FileCentral(self.http, self.token)
        queue = FileQueue(self.outgoing, self.files, photos, self.now)
        queue.hurry()
        done = await queue.run()
        if done.problem:
            self.problems[done.problem] += 1

    def bundle(self) -> list[bytes]:
        """What waits, sealed, for somebody who goes to town."""
        centre_key = self._world.template.staff.centre_key
        who = replace(eg.identity(), device=self.actor.device, centre_key=centre_key)
        made = make_all(self.journal, who, self.now(), app="0.1.0")
        return [one.bundle for one in made]

    async def die(self, at: int, edits: Sequence[Edit] = ()) -> bool:
        """Do a round, or save edits, and be killed before statement number `at`; tells if it was."""
        self.close()
        marked = [self._world.marked(edit) for edit in edits]
        status = await self._world.ended(await self.start(marked, die=at))
        self.open()
        self.note()
        return status < 0

    async def start(self, edits: Sequence[Edit], *, die: int = 0, every: int = 0) -> int:
        """In a process of its own: a round, or the edits at once, or one after another.

        `every`: after so many edits there is a round. The file must not be open here. Gives the pid.
        """
        return await self._world.begun(
            "device",
            folder=str(self.folder),
            actor=asdict(self.actor),
            token=self.token,
            url=self._world.proxy.url,
            skew=self.skew,
            edits=[[edit.kind, edit.record, dict(edit.sets)] for edit in edits],
            die=die,
            every=every,
        )

    def copy(self) -> Path:
        """The file as it is now, kept elsewhere."""
        self.close()
        kept = self.folder / "old copy"
        _copy_sqlite(self.file, kept)
        return kept

    def bring_back(self, kept: Path) -> None:
        """Put an old copy of the file in its place."""
        self.close()
        _replace(self.file, kept)
        self.open()
        self._noted = self.journal.next_number()
        self._world.brought_back[self.actor.device] += 1

    def fill_disk(self, *, full: bool) -> None:
        """Let the file not grow any more, or grow again."""
        self.close()
        self.open()
        if full:
            event.listen(self.journal.engine, "connect", _no_more_pages)


def _no_more_pages(dbapi: sqlite3.Connection, _record: object) -> None:
    (pages,) = dbapi.execute("PRAGMA page_count").fetchone()
    dbapi.execute(f"PRAGMA max_page_count = {pages:d}")


def _copy_sqlite(source: Path, target: Path) -> None:
    target.unlink(missing_ok=True)
    with sqlite3.connect(source) as old, sqlite3.connect(target) as new:
        old.backup(new)
    old.close()
    new.close()


def _replace(file: Path, kept: Path) -> None:
    for beside in file.parent.glob(file.name + "-*"):
        beside.unlink()
    shutil.copy(kept, file)


@dataclass
class World:
    """One history's centre, devices and network. Enter it with `start`, leave it with `stop`."""

    template: Template
    folder: Path
    stable: Stable
    seed: int = 0
    devices: list[Device] = field(default_factory=list)
    confirmed: dict[str, Operation] = field(default_factory=dict)  # by mark
    bundles: list[bytes] = field(default_factory=list)  # that were ever handed to somebody
    destroyed: set[str] = field(default_factory=set)  # marks that no file held any more
    brought_back: Counter[str] = field(default_factory=Counter)  # how often, by device
    unaware: set[int] = field(default_factory=set)  # devices that have not met a restored centre
    injected: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.shared = Shared(self.folder / "clock")
        self.shared.time = eg.NOW
        self.proxy = ChaosProxy(lambda: self._port, self.seed)
        self._marks, self._texts = count(1), count(1)
        self._server = self._port = 0
        self._engine: Engine | None = None

    @property
    def database(self) -> str:
        """The centre's database, as a URL."""
        return f"sqlite:///{self.file}"

    @property
    def file(self) -> Path:
        """The centre's database file."""
        return self.folder / "centre.db"

    @property
    def files(self) -> Path:
        """Where the centre keeps attachments."""
        return self.folder / "attachments"

    @property
    def engine(self) -> Engine:
        """The centre's database, to look at."""
        if self._engine is None:
            self._engine = connect(self.database)
        return self._engine

    async def start(self, skews: Sequence[int]) -> None:
        """A centre that runs, and a device for each skew, ms, by which its clock is off."""
        self.make_database()
        await self.proxy.__aenter__()
        self.start_server()
        self.devices = [Device(self, place, skew) for place, skew in enumerate(skews)]

    def make_database(self) -> None:
        """A database with the staff in it."""
        shutil.copy(self.template.file, self.file)

    def drop_database(self) -> None:
        """The file goes with its folder."""

    async def stop(self) -> None:
        """End all of it."""
        for device in self.devices:
            await device.stop()
        await self.proxy.__aexit__(None, None, None)
        self.kill_server()
        self.let_go()
        self.drop_database()

    def let_go(self) -> None:
        """Close our own connections to the centre's database."""
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None

    def start_server(self) -> None:
        """A new server on the database as it is."""
        self.shared.fuse = 0
        made = self.stable.ask(
            "serve",
            database=self.database,
            clock=str(self.folder / "clock"),
            files=str(self.files),
            keys=str(self.template.folder),
            log=str(self.folder / "server.log"),
        )
        self._server, self._port = made["pid"], made["port"]

    def kill_server(self) -> None:
        """Let the server be no more, without a word to anybody."""
        if self._server:
            self.stable.ask("kill", pid=self._server)
            self._server = 0

    async def begun(self, what: str, **order: object) -> int:
        """Let a process do it; its pid."""
        clock, log = str(self.folder / "clock"), str(self.folder / "devices.log")
        made = await asyncio.to_thread(self.stable.ask, what, clock=clock, log=log, **order)
        return int(made["pid"])

    async def ended(self, pid: int) -> int:
        """How a process ended, once it did; negative = killed."""
        ended = await asyncio.to_thread(self.stable.ask, "wait", pid=pid)
        return int(ended["status"])

    async def killed(self, pid: int) -> bool:
        """Kill a process, if it has not ended by itself; tells if it had to be."""
        polled = await asyncio.to_thread(self.stable.ask, "poll", pid=pid)
        if polled["status"] is None:
            await asyncio.to_thread(self.stable.ask, "kill", pid=pid)
        return polled["status"] is None

    def copy_centre(self) -> None:
        """Make a backup of the centre while it runs."""
        self.backup.unlink(missing_ok=True)
        backup.backup(address(self.database), self.backup)

    @property
    def backup(self) -> Path:
        """Where the last backup lies, if there is one."""
        return self.folder / "backup"

    def restore_centre(self, *, roughly: bool) -> None:
        """Put the last backup in the place of the centre's database.

        `roughly`: the file alone, without the word to the devices that goes with it.
        """
        self.kill_server()
        self.let_go()
        if roughly and file_of(address(self.database)):
            _replace(self.file, self.backup)
        else:
            backup.restore(address(self.database), self.backup)
        self.start_server()
        self.unaware = {device.place for device in self.devices}

    def marked(self, edit: Edit) -> Edit:
        """An edit with a mark of its own. A conflict takes no path that is not its own."""
        mark = f"{MARK}{next(self._marks):05d}"
        return Edit(edit.kind, edit.record, {**edit.sets, mark: True})

    def new_text(self) -> str:
        """Words that nobody has typed before."""
        return f"คำ {next(self._texts)}"

    async def settle(self) -> None:
        """Quiet rounds of everyone, until two turns in a row leave everything as it was."""
        same, before, problems = 0, self.state(), [""]
        for device in self.devices:  # the worker asks for what was given up, too
            device.outgoing.try_again()
        for _ in range(QUIET_TURNS):
            problems = [await device.sync() for device in self.devices]
            after = self.state()
            same = same + 1 if after == before and not any(problems) else 0
            before = after
            if same > 1:
                return
        raise AssertionError(f"{QUIET_TURNS} quiet turns did not settle it: {problems}")

    def state(self) -> tuple[object, ...]:
        """What changes as long as there is something to tell."""
        return tuple(
            (one.journal.waiting(), one.journal.read_meta("rev"), one.outgoing.counts())
            for one in self.devices
        )
