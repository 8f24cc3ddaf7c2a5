"""Invented partners and the contacts with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from random import Random
from typing import Any

from telewelfare.domain.clock import Millis
from telewelfare.domain.codes import CODES
from telewelfare.domain.dates import bangkok_date, bangkok_iso
from telewelfare.domain.fields import Json, flat
from telewelfare.domain.ids import RecordId, uuid7
from telewelfare.domain.kinds import KINDS
from telewelfare.domain.operations import Edit
from telewelfare.synthetic import names, places
from telewelfare.synthetic.course import DAY, HOUR, daytime
from telewelfare.synthetic.model import Entry, Place, SyntheticWorker, World
from telewelfare.synthetic.people import present
from telewelfare.synthetic.texts import as_typed
from telewelfare.synthetic.words import pool, some, split, table
from telewelfare.synthetic.workers import staff

_OLDEST = 520  # days
_LOGS = (2, 5, 4, 3, 2, 1, 1)  # how often there are 0, 1, 2 … contacts
_WORKING = frozenset({"engaged", "active", "expanding"})
_STAGES = ("found", "analysed", "contacted", "engaged", "active", "expanding", "dormant", "ended")
_STAGE_WEIGHTS = (8, 8, 16, 18, 32, 6, 9, 3)


def partners(world: World) -> Iterator[Entry]:
    """Write every partner with the contacts there were."""
    for number in range(world.partners):
        rng = Random(f"{world.seed}/partner/{number}")
        yield from _partner(rng, world, number)


def _partner(rng: Random, world: World, number: int) -> Iterator[Entry]:
    centre = world.provinces[number % len(world.provinces)]
    place = places.place_in(rng, rng.choice(places.subdistricts(centre)))
    people = staff(world)[centre]
    by = rng.choice((*people.officers, people.field[place.area]))
    at = daytime(Millis(world.now - int(rng.uniform(1, _OLDEST) * DAY)), world.now)
    kind = _kind(rng, centre)
    record, plain = RecordId(uuid7(at, rng.randbytes(10))), _plain(rng, kind, place, at)
    yield _entry("partner", at, by, plain, record)
    for when in _contact_times(rng, at, world.now):
        who = rng.choice((by, people.field[place.area]))
        log = RecordId(uuid7(when, rng.randbytes(10)))
        yield _entry("partner_contact_log", when, who, _log(rng, record, place, when, who), log)


def _entry(
    kind: str, at: Millis, by: SyntheticWorker, plain: Mapping[str, Json], record: RecordId
) -> Entry:
    written = {"created_by": by.key, "recorded_at": bangkok_iso(at)}
    return Entry(at, by.key, Edit(kind, record, flat(KINDS[kind], {**plain, **written}, {})))


def _kind(rng: Random, province: str) -> str:
    kinds: Mapping[str, Any] = table("partners")["kind"]
    here = [name for name, row in kinds.items() if province in row.get("provinces", province)]
    return rng.choices(here, [kinds[name]["weight"] for name in here])[0]


def _plain(rng: Random, kind: str, place: Place, at: Millis) -> dict[str, Json]:
    row = table("partners")["kind"][kind]
    stage = rng.choices(_STAGES, _STAGE_WEIGHTS)[0]
    agreed = stage in _WORKING
    plain: dict[str, Json] = {
        "name": _name(rng, row["names"]),
        "kind": kind,
        "area": place.area,
        "address": places.house(rng, place),
        "geo": places.position(rng, place, at),
        "phone": rng.choice((names.mobile(rng), names.landline(rng, place))),
        "line_id": f"tw-demo-{rng.randrange(10**6):06d}" if rng.random() < 0.45 else None,
        "contacts": [_contact(rng, place, n) for n in range(rng.randint(1, 3))],
        "services": list(some(rng, tuple(row["services"].split()), 1, 3)),
        "accepts": _accepts(rng),
        "accepts_groups": list(some(rng, CODES["target_group"], 0, 4)),
        "capacity": _capacity(rng, row["capacity"], at),
        "conditions": _conditions(rng),
        "agreement": _agreement(rng, bangkok_date(at)) if agreed else {"kind": "none"},
        "stage": stage,
        "source_found": rng.choice(CODES["source_found"]),
        "grade": rng.choices(CODES["partner_grade"], (4, 5, 1))[0] if agreed else None,
        "status": _status(rng, stage),
    }
    return present(plain)


def _name(rng: Random, patterns: str) -> str:
    a, b = rng.choice(pool("partners", "a")), rng.choice(pool("partners", "b"))
    return rng.choice(split(patterns)).format(a=a, b=b)


def _contact(rng: Random, place: Place, number: int) -> Json:
    sex, muslim = rng.choice(("male", "female")), names.is_muslim(rng, place)
    first = names.first_name(rng, sex, 50, place, muslim=muslim)
    return present(
        {
            "key": f"c{number + 1}",
            "name": f"{first} {names.last_name(rng, muslim=muslim)}",
            "position": rng.choice(pool("partners", "positions")),
            "phone": names.mobile(rng),
            "line": f"tw-demo-{rng.randrange(10**6):06d}" if rng.random() < 0.3 else None,
            "best_time": rng.choice(pool("partners", "best_times")),
            "primary": number == 0,
        }
    )


def _accepts(rng: Random) -> Json:
    lowest = rng.choice((0, 15, 18, 18, 20, 25))
    return present(
        {
            "sex": rng.choice((None, None, "male", "female")),
            "age_min": lowest,
            "age_max": rng.choice((55, 60, 65, 80)),
            "dependants": rng.random() < 0.3,
            "disability": rng.random() < 0.3,
            "psychiatric_treated": rng.random() < 0.2,
            "no_id_ok": rng.random() < 0.4,
            "ex_prisoner_ok": rng.random() < 0.35,
            "notes": rng.choice(pool("partners", "accept_notes")) if rng.random() < 0.4 else None,
        }
    )


def _capacity(rng: Random, limits: list[int], at: Millis) -> Json:
    total = rng.randint(*limits)
    day = bangkok_date(at) + timedelta(days=rng.randint(-20, 0))
    return {"total": total, "used": rng.randint(0, total), "as_of": _day(day)}


def _conditions(rng: Random) -> str | None:
    if rng.random() < 0.3:
        return None
    return as_typed(rng, "\n".join(some(rng, pool("partners", "conditions"), 1, 4)))


def _agreement(rng: Random, found: date) -> Json:
    kind = rng.choices(("verbal", "letter", "mou"), (6, 3, 2))[0]
    if kind == "verbal":
        return {"kind": kind}
    start = found + timedelta(days=rng.randint(-60, 0))
    number = f"พม 0000/{rng.randint(1, 900)}"
    end = start + timedelta(days=rng.choice((365, 730, 1095)))
    return {"kind": kind, "no": number, "start": _day(start), "end": _day(end)}


def _day(day: date) -> Json:
    return {"iso": day.isoformat(), "precision": "day"}


def _status(rng: Random, stage: str) -> str:
    if stage in ("dormant", "ended"):
        return stage
    return rng.choices(("active", "suspended"), (30, 1))[0]


def _contact_times(rng: Random, first: Millis, now: Millis) -> list[Millis]:
    times = rng.choices(range(len(_LOGS)), _LOGS)[0]
    span = now - first - HOUR
    return sorted(
        daytime(Millis(first + HOUR + int(span * rng.random())), now) for _ in range(times)
    )


def _log(
    rng: Random, partner: RecordId, place: Place, at: Millis, by: SyntheticWorker
) -> dict[str, Json]:
    summary = rng.choice(pool("partners", "summaries")).format(n=rng.randint(3, 12))
    plain: dict[str, Json] = {
        "partner": partner,
        "area": place.area,
        "date": bangkok_iso(at),
        "by": by.key,
        "kind": rng.choice(CODES["contact_kind"]),
        "summary": as_typed(rng, summary),
    }
    if rng.random() < 0.5:
        due = bangkok_date(at) + timedelta(days=rng.choice((1, 7, 14, 30)))
        plain |= {
            "next_step": rng.choice(pool("partners", "next_steps")),
            "next_step_due": _day(due),
        }
    return plain
