"""The whole invented world, record by record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from operator import attrgetter
from random import Random

from telewelfare.domain.clock import Millis
from telewelfare.domain.dates import bangkok_date, fiscal_year
from telewelfare.domain.fields import SEPARATOR, Json, Path, Type
from telewelfare.domain.kinds import KINDS
from telewelfare.synthetic import places
from telewelfare.synthetic.cases import Story, core, new_story, provisional
from telewelfare.synthetic.course import DAY
from telewelfare.synthetic.model import Entry, World
from telewelfare.synthetic.partners import partners
from telewelfare.synthetic.visits import visits
from telewelfare.synthetic.workers import staff

_OLDEST = 540  # days, about eighteen months
_RECENT = 2.0  # above 1: more of the cases are recent
_SHOWN_SHARE, _SHOWN_MOST = 0.12, 40  # of a province's cases in its first volunteer's area


def generate(world: World) -> Iterator[Entry]:
    """Yield partners and their contacts, then case after case in the order of their reports.

    The entries of a case are in the order of time; different cases overlap.
    Only one case is in memory at a time.
    """
    yield from partners(world)
    numbers = _Numbers()
    for number in range(world.cases):
        yield from _case(world, number, numbers)


def as_workers(entry: Entry, ids: Mapping[str, str]) -> Entry:
    """Put the ids of real workers where the keys of synthetic ones stand.

    Raises KeyError for a key without an id.
    """
    kind = KINDS[entry.edit.kind]
    sets: dict[Path, Json] = {}
    for path, value in entry.edit.sets.items():
        declared = kind.field(path)
        if declared and declared.type is Type.WORKER:
            sets[path] = ids[str(value)]
        elif declared and declared.of is Type.WORKER:
            head, _, element = path.partition(SEPARATOR)
            sets[f"{head}{SEPARATOR}{ids[element]}"] = value
        else:
            sets[path] = value
    return Entry(entry.at, ids[entry.actor], replace(entry.edit, sets=sets))


class _Numbers:
    """The running numbers of the centres, and those of each device on one day."""

    def __init__(self) -> None:
        self._issued: Counter[tuple[str, int]] = Counter()
        self._day, self._provisional = "", Counter[str]()

    def case_no(self, tale: Story) -> str:
        """Return the next number of the centre in the budget year: "92-2570-000123"."""
        centre, year = tale.who.place.province, fiscal_year(bangkok_date(tale.opened))
        self._issued[centre, year] += 1
        return f"{centre}-{year}-{self._issued[centre, year]:06d}"

    def provisional_no(self, tale: Story) -> str:
        """Return the next number of the device that the case was made on."""
        day, mark = bangkok_date(tale.opened).isoformat(), tale.hands.opener.mark
        if day != self._day:
            self._day, self._provisional = day, Counter()
        self._provisional[mark] += 1
        return provisional(mark, tale.opened, self._provisional[mark])


def _case(world: World, number: int, numbers: _Numbers) -> list[Entry]:
    rng = Random(f"{world.seed}/place/{number}")
    area = _area(rng, world, rng.choice(world.provinces))
    tale = new_story(world, staff(world)[area[:2]], area, _reported(rng, world, number), number)
    entries = [
        *core(tale, numbers.case_no(tale), numbers.provisional_no(tale)),
        *visits(tale),
    ]
    return sorted(entries, key=attrgetter("at"))


def _area(rng: Random, world: World, province: str) -> str:
    """Choose a subdistrict; a few more cases fall to the first volunteer of the province."""
    everywhere = places.subdistricts(province)
    share = min(_SHOWN_SHARE, _SHOWN_MOST * len(world.provinces) / max(1, world.cases))
    if rng.random() >= share:
        return rng.choice(everywhere)
    shown = [area for area in (places.ISLAND, places.MAINLAND) if area in everywhere]
    return rng.choice(shown or everywhere[:2])


def _reported(rng: Random, world: World, number: int) -> Millis:
    """Say when the case was reported; later numbers later, the last ones within the last hours."""
    left = 1 - (number + rng.random()) / world.cases
    return Millis(world.now - int(_OLDEST * DAY * left**_RECENT))
