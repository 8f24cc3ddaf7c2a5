"""Random histories: hypothesis decides who does what and what becomes of each message."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections import Counter
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, ClassVar, Final

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from telewelfare.server.workers import set_worker
from telewelfare.sync.twb import BadBundle
from tests.faults import invariants
from tests.faults.doings import DOING, Doing, edits
from tests.faults.proxy import CUT, DELAY, DOWN, FLIP, HANG, LATE, RESET, UP, Fault
from tests.faults.stable import Stable
from tests.faults.world import Device, Template, World

DAY: Final = 86_400_000
YEAR: Final = 365 * DAY
SKEWS: Final = st.sampled_from([0, 0, -40_000, 30_000, DAY, -3 * YEAR, 543 * YEAR])
DEVICE: Final = st.integers(0, 4)
AT: Final = st.integers(0, 900)  # bytes; a round of a few operations has about so many
STATEMENT: Final = st.integers(1, 40)
FAULT: Final = st.one_of(
    st.builds(
        Fault,
        st.sampled_from([CUT, RESET, DELAY, FLIP]),
        st.sampled_from([UP, DOWN]),
        AT,
        st.integers(0, 7),
    ),
    st.builds(Fault, st.just(CUT), st.just(DOWN), AT),
    st.just(Fault(LATE)),
)
QUICK: Final = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - nothing here outlives a test
DOINGS: Final = st.lists(DOING, min_size=1, max_size=4)
AREAS: Final = st.sampled_from([["920213"], ["920211"], ["9202"], ["9203"], ["920213", "9203"]])
ROLES: Final = st.sampled_from(["volunteer", "volunteer", "volunteer_lead"])
HALF_OPEN: Final = st.builds(Fault, st.just(HANG), st.sampled_from([UP, DOWN]), AT)


class History(RuleBasedStateMachine):
    """A day with a bad network, bad clocks, dying phones and a dying server."""

    stable: ClassVar[Stable]
    template: ClassVar[Template]
    totals: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = Path(tempfile.mkdtemp(prefix="tw-history-", dir=QUICK))
        self.world = self.make_world()
        self.sound = True
        self.copies: dict[int, Path] = {}

    def make_world(self) -> World:
        """A world on SQLite."""
        return World(self.template, self.folder, self.stable)

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:  # noqa: ANN401 - whatever the work gives
        """Do it, and remember when it failed: the end has nothing to check then."""
        try:
            return self.runner.run(work)
        except BaseException:
            self.sound = False
            raise

    def count(self, what: str) -> None:
        """Another one of these happened."""
        self.world.injected[what] += 1

    def device(self, place: int) -> Device:
        """One of the devices there are."""
        return self.world.devices[place % len(self.world.devices)]

    @initialize(skews=st.lists(SKEWS, min_size=2, max_size=5))
    def begin(self, skews: list[int]) -> None:
        """A centre, its devices, and a case of each, as an ordinary day has."""
        self.do(self.world.start(skews))
        for device in self.world.devices:
            device.commit(*edits(self.world, device, ("report",)))
        self.do(self.world.settle())

    def work(self, place: int, doings: list[Doing]) -> Device:
        """Somebody works."""
        device = self.device(place)
        for doing in doings:
            for edit in edits(self.world, device, doing):
                device.commit(edit)
        return device

    @rule(place=DEVICE, doings=DOINGS, other=DEVICE, again=DOINGS)
    def type_at_once(self, place: int, doings: list[Doing], other: int, again: list[Doing]) -> None:
        """Two work who do not know of each other."""
        self.work(place, doings)
        self.work(other, again)

    @rule(place=DEVICE, doings=DOINGS, faults=st.lists(FAULT, min_size=1, max_size=3))
    def type_and_sync(self, place: int, doings: list[Doing], faults: list[Fault]) -> None:
        """Work, and a round over a bad link."""
        self.do(self.work(place, doings).sync(faults))
        self.honest()

    @rule(place=DEVICE, faults=st.lists(FAULT, max_size=3))
    def sync(self, place: int, faults: list[Fault]) -> None:
        """A round over a bad link, or over a good one."""
        self.do(self.device(place).sync(faults))
        self.honest()

    @rule(place=DEVICE, doings=DOINGS, fault=HALF_OPEN)
    def sync_half_open(self, place: int, doings: list[Doing], fault: Fault) -> None:
        """A round over a link that dies without a word; the worker puts the phone away."""
        self.do(self.work(place, doings).sync([fault]))
        self.honest()

    @rule(doings=st.lists(DOINGS, min_size=5, max_size=5))
    def sync_at_once(self, doings: list[list[Doing]]) -> None:
        """Everybody worked offline, and comes back into coverage."""
        for device in self.world.devices:
            self.work(device.place, doings[device.place])

        async def all_of_them() -> None:
            await asyncio.gather(*(device.sync() for device in self.world.devices))

        self.do(all_of_them())
        self.honest()

    @rule(place=DEVICE, doing=DOING, fault=FAULT)
    def type_while_syncing(self, place: int, doing: Doing, fault: Fault) -> None:
        """What is typed while a reply is on its way."""
        device = self.device(place)

        async def both() -> None:
            syncing = asyncio.create_task(device.sync([Fault(DELAY, DOWN), fault]))
            await asyncio.sleep(0.03)
            for edit in edits(self.world, device, doing):
                await asyncio.to_thread(device.commit, edit)
            await syncing

        self.do(both())
        self.honest()

    @rule(place=DEVICE, doings=DOINGS, at=STATEMENT)
    def die_syncing(self, place: int, doings: list[Doing], at: int) -> None:
        """The phone dies during a round."""
        if self.do(self.work(place, doings).die(at)):
            self.count("device killed in a round")
        self.honest()

    @rule(place=DEVICE, doing=DOING, at=st.integers(1, 14))
    def die_typing(self, place: int, doing: Doing, at: int) -> None:
        """The phone dies while it saves."""
        device = self.device(place)
        typed = edits(self.world, device, doing)
        if typed and self.do(device.die(at, typed)):
            self.count("device killed while saving")

    @rule(place=DEVICE, doings=DOINGS, at=STATEMENT)
    def server_dies(self, place: int, doings: list[Doing], at: int) -> None:
        """The server dies while it works for somebody, and another is started."""
        device = self.work(place, doings)
        self.world.shared.fuse = at
        self.do(device.sync())
        if not self.world.shared.fuse:
            self.count("server killed")
        self.world.kill_server()
        self.world.start_server()
        self.honest()

    @rule(count=st.integers(1, 6))
    def deliver_again(self, count: int) -> None:
        """Requests of earlier arrive once more, in any order."""
        self.do(self.world.proxy.deliver_again(count))

    @rule(place=DEVICE, skew=SKEWS)
    def set_clock(self, place: int, skew: int) -> None:
        """Somebody sets the clock of a phone."""
        self.device(place).skew = skew
        self.count("clock set" if skew else "clock put right")

    @rule(millis=st.sampled_from([1_000, 3_600_000, DAY]))
    def wait(self, millis: int) -> None:
        """Time passes."""
        self.world.shared.time += millis

    @rule(place=DEVICE, doings=DOINGS)
    def work_on_a_full_disk(self, place: int, doings: list[Doing]) -> None:
        """The disk is full, and has room again."""
        device = self.device(place)
        device.fill_disk(full=True)
        before = device.problems["disk_full"]
        self.work(place, doings)
        self.do(device.sync())
        self.world.injected["disk full"] += device.problems["disk_full"] - before
        device.fill_disk(full=False)
        self.honest()

    @rule(place=DEVICE)
    def keep_copy(self, place: int) -> None:
        """Somebody copies the phone's file."""
        device = self.device(place)
        self.copies[device.place] = device.copy()

    @precondition(lambda self: self.copies)
    @rule(place=DEVICE)
    def bring_back_copy(self, place: int) -> None:
        """Somebody puts the old copy back."""
        device = self.device(place)
        if device.place in self.copies:
            device.bring_back(self.copies[device.place])
            invariants.reckon(self.world)
            self.count("device restored")

    @rule()
    def back_up(self) -> None:
        """The centre's copy of the night."""
        self.world.copy_centre()

    @precondition(lambda self: self.world.backup.exists())
    @rule(roughly=st.booleans())
    def restore(self, *, roughly: bool) -> None:
        """The centre's disk broke; the copy takes its place."""
        self.world.restore_centre(roughly=roughly)
        invariants.reckon(self.world)
        self.count("centre restored")

    @rule(place=st.sampled_from([0, 2, 3]), areas=AREAS, role=ROLES)
    def change_worker(self, place: int, areas: list[str], role: str) -> None:
        """Somebody works elsewhere, or as something else that is shown the same fields."""
        worker = self.world.template.staff.actors[place][0].worker
        now = self.world.shared.now()
        set_worker(self.world.engine, worker, now=now, role=role, areas=areas)
        self.count("scope changed")

    @rule(place=DEVICE, other=DEVICE)
    def hand_over(self, place: int, other: int) -> None:
        """Somebody who goes to town takes a colleague's work along, sealed."""
        for bundle in self.device(place).bundle():
            self.device(other).carrier.take(bundle, self.device(other).now())
            self.world.bundles.append(bundle)
            self.count("bundle")

    @precondition(lambda self: self.world.bundles)
    @rule(choice=st.integers(0, 20), other=DEVICE, at=st.none() | st.integers(0, 5_000))
    def hand_over_again(self, choice: int, other: int, at: int | None) -> None:
        """The file was copied; perhaps a byte of it was spoilt."""
        bundle = self.world.bundles[choice % len(self.world.bundles)]
        if at is not None:
            place = at % len(bundle)
            bundle = bundle[:place] + bytes([bundle[place] ^ 1]) + bundle[place + 1 :]
        try:
            self.device(other).carrier.take(bundle, self.device(other).now())
        except BadBundle:
            self.count("spoilt bundle refused by the carrier")
        self.count("bundle again")

    @rule(place=DEVICE)
    def let_be(self, place: int) -> None:
        """A person lets what was refused be."""
        device = self.device(place)
        for op, _ in device.journal.rejected()[:1]:
            device.journal.set_aside(op.n)

    def honest(self) -> None:
        """At no moment is anything said to be at the centre that is not."""
        try:
            invariants.nothing_is_claimed(self.world)
        except BaseException:
            self.sound = False
            raise

    def teardown(self) -> None:
        """Let the network be quiet, then look at everything."""
        try:
            if self.sound and self.world.devices:
                self.runner.run(self.world.settle())
                invariants.check(self.world)
                self.count_in(self.world)
        finally:
            self.runner.run(self.world.stop())
            self.runner.close()
            shutil.rmtree(self.folder)

    @classmethod
    def count_in(cls, world: World) -> None:
        """Add to what the run tells at its end."""
        cls.totals["histories"] += 1
        cls.totals["operations"] += len(world.confirmed)
        cls.totals["destroyed with every copy"] += len(world.destroyed)
        cls.totals.update(world.injected)
        cls.totals.update(world.proxy.fired)
