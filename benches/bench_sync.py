"""Sync over bad links, against the floor of each link. `bench_sync.py [--all] [--only push100 …]`.

The product runs as processes; `proxy` stands between them. After each run both sides are compared
whole, and the bench fails when anything differs. Bytes are IP bytes both ways, as offered.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import Random
from statistics import median
from typing import Any, Final

from floor import NOTHING, Floor, edited, floor_of, pulled, pushed
from link import EDGE, LAN, NO_CUTS, PROFILES, Cuts, Fate, Profile
from measure import now
from proxy import apart, emulated
from rig import Broken, Centre, Device, Sync, differing, free_port
from workload import DAY, EDIT_DAYS, VISIT_DAYS, Written, cases, edits, plain, visits

from telewelfare.domain.clock import Millis

UP_SHARE: Final = 0.75  # of the time the link is up when it is cut
PATIENCE: Final = 600  # seconds
JOBS: Final = 4
SEEDS: Final = 3
CUT_SEEDS: Final = 5
NOOP_BYTES: Final = 1_100
MEMORY_MB: Final = 200.0


@dataclass(frozen=True, slots=True)
class Scenario:
    """What is measured. `count` = records; the targets are ratios to the floor, 0 = none."""

    name: str
    prepare: Callable[[Stage, int], Floor]
    count: int
    floor_seconds: Callable[[Floor, Profile], float]
    time_target: float = 1.25
    bytes_target: float = 1.2
    fate: Fate | None = None


@dataclass(slots=True)
class Stage:
    """A centre that serves and a device under test, reached by a port that is any link."""

    centre: Centre
    device: Device
    seed: int
    begin: Millis
    port: int = field(default_factory=free_port)
    serving: int = 0
    worker: str = ""
    homes: tuple[str, ...] = ()
    whole: Floor = NOTHING  # of all that is at the centre

    def enrol(self) -> None:
        """Let the device in over a good link."""
        code = self.centre.invite("เจ้าหน้าที่")
        with self.near():
            self.worker = self.device.enrol(self.port, code)

    @contextmanager
    def near(self) -> Iterator[None]:
        """As if the device lay beside the centre."""
        with emulated(LAN, self.serving, port=self.port):
            yield

    def sync(self) -> None:
        """A round over a good link, and one more for what the first left to check."""
        with self.near():
            self.device.sync()
            self.device.sync()

    def write(self, written: Sequence[Written], since: Millis) -> None:
        """Work offline."""
        self.device.write(written, since)

    def visits(self, number: int) -> list[Written]:
        """Visits of the cases at the centre."""
        return visits(self.seed, number, self.begin, self.homes, self.worker)

    def plain(self, written: Sequence[Written]) -> list[dict[str, Any]]:
        """These as the floor counts them."""
        return [plain(one.edit, self.worker, one.at) for one in written]


def push(stage: Stage, number: int) -> Floor:
    """A device that holds the cases has new visits."""
    stage.sync()
    made = stage.visits(number)
    stage.write(made, stage.begin)
    return floor_of(stage.plain(made))


def edit(stage: Stage, number: int) -> Floor:
    """Two fields of records the centre already has were changed."""
    stage.sync()
    made = stage.visits(number)
    stage.write(made, stage.begin)
    stage.sync()
    since = Millis(stage.begin + VISIT_DAYS * DAY)
    changed = edits(stage.seed, made, since)
    stage.write(changed, since)
    return floor_of(edited(changed))


def own(stage: Stage, number: int) -> Floor:
    """A device that has just sent what it wrote asks for news."""
    stage.sync()
    stage.write(stage.visits(number), stage.begin)
    with stage.near():
        stage.device.sync()
    return NOTHING


def noop(stage: Stage, _number: int) -> Floor:
    """Nothing happened since the last round."""
    stage.sync()
    return NOTHING


def fetch(stage: Stage, _number: int) -> Floor:
    """A fresh device; what another one wrote is at the centre."""
    return stage.whole


PUSH, PULL = pushed, pulled
SCENARIOS: Final = (
    Scenario("push100", push, 100, PUSH),
    Scenario("push1000", push, 1_000, PUSH),
    Scenario("edit100", edit, 100, PUSH),
    Scenario("pull1000", fetch, 1_000, PULL),
    Scenario("pull10000", fetch, 10_000, PULL, time_target=1.35),
    Scenario("noop", noop, 100, PULL),
    Scenario("own", own, 100, PULL),
    *(
        Scenario(f"cut-{what}1000-{fate}", prepare, 1_000, seconds, 1.6, 1.6, fate)
        for fate in Fate
        for what, prepare, seconds in (("push", push, PUSH), ("pull", fetch, PULL))
    ),
)
BY_NAME: Final = {one.name: one for one in SCENARIOS}
LONG: Final = frozenset({"pull10000"})  # once is enough
FIRST: Final = Scenario("first", fetch, 10_000, PULL, time_target=0, bytes_target=0)


@dataclass(frozen=True, slots=True)
class Run:
    """A scenario on a link with a seed."""

    scenario: Scenario
    link: Profile
    seed: int

    @property
    def cuts(self) -> Cuts:
        """When the link is down; the phase is the seed's."""
        if self.scenario.fate is None:
            return NO_CUTS
        first = Random(f"{self.seed}/cut").uniform(1.0, 15.0)  # seconds after the first connection
        return Cuts(self.scenario.fate, first=first)


class Bench:
    """Prepares centres and measures runs."""

    def __init__(self, folder: Path, database: str) -> None:
        self._folder, self._database = folder, database
        self._numbers, self._lock = count(1), threading.Lock()
        self._seeded: dict[int, tuple[Path, Floor]] = {}

    def measure(self, run: Run) -> dict[str, Any]:
        """One run, compared whole.

        Raises:
            Broken: it did not finish, or the sides differ.
        """
        begin = Millis(now() - (VISIT_DAYS + EDIT_DAYS + 1) * DAY)
        wanted = run.scenario.count if run.scenario.prepare is fetch else 0
        centre, whole = self._centre(wanted, begin)
        device = Device(centre.folder / "device")
        stage = Stage(centre, device, run.seed, begin, whole=whole)
        with centre.serving() as stage.serving:
            stage.homes = _homes(centre)
            stage.enrol()
            floor = run.scenario.prepare(stage, run.scenario.count)
            found = _measured(run, stage, floor)
            if wrong := differing(centre, device):
                raise Broken(f"{run.scenario.name} {run.link.name} seed {run.seed}: {wrong}")
        shutil.rmtree(centre.folder)
        return found

    def _centre(self, visits_there: int, begin: Millis) -> tuple[Centre, Floor]:
        """A centre with the cases, and so many visits by another device; the floor of fetching all."""
        folder = self._folder / f"run{next(self._numbers)}"
        if self._database:
            folder.mkdir()
            return _seed(Centre(folder, self._database, f"b{folder.name}"), visits_there, begin)
        with self._lock:
            if visits_there not in self._seeded:
                kept = self._folder / f"seeded{visits_there}"
                shutil.rmtree(kept, ignore_errors=True)  # of an attempt that failed
                kept.mkdir()
                made = _seed(Centre(kept, str(kept / "centre.db")), visits_there, begin)
                self._seeded[visits_there] = (kept, made[1])
        kept, whole = self._seeded[visits_there]
        shutil.copytree(kept, folder)
        return Centre(folder, str(folder / "centre.db")), whole


def _seed(centre: Centre, visits_there: int, begin: Millis) -> tuple[Centre, Floor]:
    centre.init()
    device = Device(centre.folder / "writer")
    stage = Stage(centre, device, 4_711, begin)
    with centre.serving() as stage.serving:
        stage.enrol()
        made = cases(stage.seed, begin)
        stage.homes = tuple(one.edit.record for one in made)
        stage.write([*made, *stage.visits(visits_there)], begin)
        with stage.near():
            device.sync()
    found = centre.records() if visits_there else {}
    return centre, floor_of([{"id": id_, **values} for id_, values in found.items()])


def _homes(centre: Centre) -> tuple[str, ...]:
    return tuple(id_ for id_, values in centre.records().items() if "opened_at" in values)


def _measured(run: Run, stage: Stage, floor: Floor) -> dict[str, Any]:
    options = ("--patience", str(PATIENCE)) if run.scenario.fate else ()
    with apart(run.link, stage.serving, port=stage.port, seed=run.seed, cuts=run.cuts) as finish:
        done = stage.device.sync(*options)
        went = finish()
    return _figures(run, floor, done, went)


def _figures(run: Run, floor: Floor, done: Sync, went: dict[str, Any]) -> dict[str, Any]:
    scenario = run.scenario
    share = UP_SHARE if scenario.fate else 1.0
    least = scenario.floor_seconds(floor, run.link) / share
    seconds = float(done.told.get("seconds", went["link_seconds"]))
    offered = went["up"]["offered"] + went["down"]["offered"]
    return {
        "bench": "sync",
        "scenario": scenario.name,
        "link": run.link.name,
        "seed": run.seed,
        "first_cut": round(run.cuts.first, 2) if run.scenario.fate else None,
        "seconds": round(seconds, 2),
        "floor_seconds": round(least, 2),
        "time_ratio": round(seconds / least, 3),
        "bytes_up": went["up"]["offered"],
        "bytes_down": went["down"]["offered"],
        "floor_bytes": floor.size,
        "bytes_ratio": round(offered / floor.size, 3) if floor.size else None,
        "floor_is": floor.how,
        "requests": done.told.get("requests"),
        "connections": went["connections"],
        "opened": went["opened"],
        "link_seconds": went["link_seconds"],
        "wall_seconds": round(done.wall, 2),
        "cpu_seconds": round(done.cpu, 2),
        "peak_mb": round(done.peak_mb, 1),
        "up": went["up"],
        "down": went["down"],
    }


def runs(given: argparse.Namespace) -> list[Run]:
    """What the command line asks for; the longest first, so that all end together."""
    names = given.only or [one.name for one in SCENARIOS if given.all or one.name not in LONG]
    found = [
        Run(BY_NAME[name], PROFILES[link], seed)
        for name in names
        if name in BY_NAME
        for link in given.links
        if given.all or given.only or BY_NAME[name].fate is None or link == EDGE.name
        for seed in range(1, 1 + _seeds(BY_NAME[name], given.seeds))
    ]
    if given.all or not given.only or "first" in given.only:
        found.append(Run(FIRST, LAN, 1))
    return sorted(found, key=_length, reverse=True)


def _seeds(scenario: Scenario, asked: int) -> int:
    if scenario.name in LONG:
        return asked or 1
    return asked or (CUT_SEEDS if scenario.fate else SEEDS)


def _length(run: Run) -> float:
    return run.scenario.count * (2 if run.scenario.fate else 1) / min(run.link.up, 10_000)


def verdicts(found: Sequence[dict[str, Any]]) -> list[tuple[str, ...]]:
    """A line for each scenario and link: medians, the targets, and whether they are met."""
    groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for one in found:
        groups.setdefault((one["scenario"], one["link"]), []).append(one)
    return [_verdict(name, link, some) for (name, link), some in sorted(groups.items())]


def _verdict(name: str, link: str, some: list[dict[str, Any]]) -> tuple[str, ...]:
    def middle(key: str) -> float:
        return median(float(one[key] or 0) for one in some)

    total = median(one["bytes_up"] + one["bytes_down"] for one in some)
    shown = (
        *(name, link, str(len(some)), f"{middle('seconds'):.2f}", f"{middle('floor_seconds'):.2f}"),
        *(f"{middle('time_ratio'):.2f}", f"{total / 1000:.1f}"),
        *(f"{middle('floor_bytes') / 1000:.1f}", f"{middle('bytes_ratio'):.2f}"),
        *(f"{middle('requests'):.0f}", f"{max(one['peak_mb'] for one in some):.0f}"),
    )
    return (*shown, "; ".join(_misses(name, some, total, middle)) or "pass")


def _misses(
    name: str, some: list[dict[str, Any]], total: float, middle: Callable[[str], float]
) -> list[str]:
    if name == FIRST.name:
        high = max(one["peak_mb"] for one in some)
        return [f"miss: memory > {MEMORY_MB:.0f} MB"] if high >= MEMORY_MB else []
    scenario, found = BY_NAME[name], list[str]()
    if middle("time_ratio") > scenario.time_target:
        found.append(f"miss: time > {scenario.time_target}")
    if middle("bytes_ratio") > scenario.bytes_target:
        found.append(f"miss: bytes > {scenario.bytes_target}")
    if scenario.prepare in (noop, own) and total > NOOP_BYTES:
        found.append(f"miss: > {NOOP_BYTES} bytes")
    if scenario.prepare in (noop, own) and middle("requests") > 1:
        found.append("miss: more than one request")
    return found


HEAD: Final = (
    *("scenario", "link", "runs", "s", "floor", "×", "kB", "floor", "×", "requests", "MB"),
    "target",
)


def table(lines: Sequence[tuple[str, ...]]) -> str:
    """Columns for people."""
    every = [HEAD, *lines]
    widths = [max(len(line[at]) for line in every) for at in range(len(HEAD))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in every
    )


def main(words: list[str]) -> int:
    """Run them, print them; 1 when a run broke or the sides differed."""
    given = _arguments(words)
    found, broken = list[dict[str, Any]](), 0
    with ExitStack() as stack:
        made = stack.enter_context(tempfile.TemporaryDirectory(prefix="telewelfare-bench-"))
        bench = Bench(Path(made), given.database)
        pool = stack.enter_context(ThreadPoolExecutor(given.jobs))
        for job in as_completed([pool.submit(bench.measure, run) for run in runs(given)]):
            if problem := job.exception():
                broken += 1
                print(json.dumps({"bench": "sync", "broken": repr(problem)}), flush=True)
            else:
                found.append(job.result())
                print(json.dumps(found[-1]), flush=True)
    print(table(verdicts(found)))
    return 1 if broken else 0


def _arguments(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    names = [*BY_NAME, FIRST.name]
    parser.add_argument("--only", nargs="+", choices=names, default=[], metavar="SCENARIO")
    parser.add_argument("--all", action="store_true", help="also what takes long")
    parser.add_argument("--links", nargs="+", choices=PROFILES, default=["EDGE", "3G"])
    parser.add_argument("--seeds", type=int, default=0, help="runs of each; 0 = as usual")
    parser.add_argument("--jobs", type=int, default=JOBS, help="runs at the same time")
    parser.add_argument("--database", default="", help="URL of an empty PostgreSQL; else SQLite")
    return parser.parse_args(words)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
