"""One case from its report until now, as the records its workers wrote."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random

from telewelfare.domain.areas import AreaCode, area_name
from telewelfare.domain.clock import Millis
from telewelfare.domain.codes import CODES, RED_FLAG_PROBLEMS
from telewelfare.domain.dates import bangkok_date, bangkok_iso, fiscal_year
from telewelfare.domain.fields import Json, Type, flat
from telewelfare.domain.ids import RecordId, uuid7
from telewelfare.domain.kinds import KINDS
from telewelfare.domain.lifecycle import ENDED_STATES
from telewelfare.domain.operations import Edit
from telewelfare.synthetic import names, people, places, scenarios
from telewelfare.synthetic.course import HOUR, Hands, Step, course, hands
from telewelfare.synthetic.model import Entry, SyntheticWorker, World
from telewelfare.synthetic.people import Sketch, present
from telewelfare.synthetic.texts import phrase, story
from telewelfare.synthetic.words import pool, some
from telewelfare.synthetic.workers import Staff

MINUTE = 60_000  # milliseconds
# Kinds whose fields are one path each need no flattening; half of all entries are of these.
_FLAT = frozenset(
    kind.name
    for kind in KINDS.values()
    if not any(field.type in {Type.STRUCT, Type.SET, Type.LIST} for field in kind.fields)
)
_CRITICAL = frozenset({"life_threat", "sexual_abuse", "trafficking", "violence", "severe_illness"})
_REASONS = {
    "self_reliant": 5,
    "reunified": 4,
    "placed_stable": 4,
    "aid_completed": 9,
    "declined": 2,
    "moved": 1,
}
_OFFICE_CHANNELS = tuple(
    code for code in CODES["report_channel"] if code not in ("volunteer", "self_online", "survey")
)


@dataclass(frozen=True, slots=True)
class Story:
    """All that is decided about a case before its records are written."""

    rng: Random
    now: Millis
    who: Sketch
    hands: Hands
    steps: list[Step]
    urgency: str
    flags: tuple[str, ...]
    problems: Mapping[str, int]  # severity 1 to 4 by code
    case: RecordId
    slots: Mapping[str, str]

    @property
    def opened(self) -> Millis:
        """When it was reported."""
        return self.steps[0].at

    @property
    def state(self) -> str:
        """Where it has come to."""
        return self.steps[-1].to

    def reached(self, *states: str) -> Step | None:
        """Return the first step into one of the states."""
        return next((step for step in self.steps if step.to in states), None)

    def new_id(self, at: Millis) -> RecordId:
        """Make the id of a record written then."""
        return RecordId(uuid7(at, self.rng.randbytes(10)))

    def entry(
        self,
        kind: str,
        at: Millis,
        by: SyntheticWorker,
        plain: Mapping[str, Json],
        record: RecordId | None = None,
    ) -> Entry:
        """Write a record down as its author does."""
        moment = min(at, self.now)
        written = {"created_by": by.key, "recorded_at": bangkok_iso(moment)}
        known = present({**plain, **written})
        sets = known if kind in _FLAT else flat(KINDS[kind], known, {})
        return Entry(moment, by.key, Edit(kind, record or self.new_id(moment), sets))


def new_story(world: World, staff: Staff, area: str, opened: Millis, number: int) -> Story:
    """Invent a case; the same number gives the same case whatever came before."""
    rng = Random(f"{world.seed}/case/{number}")
    place = places.place_in(rng, area)
    scenario = scenarios.choose(rng, place.province)
    who, chosen = people.sketch(rng, scenario, place), hands(rng, staff, area)
    flags = tuple(flag for flag, chance in scenario.flags.items() if rng.random() < chance)
    problems = {code: rng.randint(1, 4) for code in some(rng, scenario.problems, 1, 4)}
    urgency = _urgency(rng, flags, problems)
    steps = course(rng, opened, world.now, urgency, chosen)
    case = RecordId(uuid7(steps[0].at, rng.randbytes(10)))
    slots = _slots(rng, who)
    return Story(rng, world.now, who, chosen, steps, urgency, flags, problems, case, slots)


def core(tale: Story, case_no: str, provisional_no: str) -> Iterator[Entry]:
    """Write the report, the person, the case and the history of its state."""
    opener, opened, today = tale.hands.opener, tale.opened, bangkok_date(tale.now)
    client = tale.new_id(opened)
    yield tale.entry("incident_report", opened, opener, _report(tale))
    yield tale.entry("person", opened, opener, people.person(tale.rng, tale.who, today), client)
    home = (
        tale.new_id(opened) if people.has_house(tale.who) and tale.reached("fact_found") else None
    )
    refs = {"client": client, "household": home}
    numbers = {"case_no": case_no, "provisional_no": provisional_no}
    yield tale.entry("case", opened, opener, {**refs, **numbers, **_case(tale)}, tale.case)
    for step in tale.steps:
        yield tale.entry("status_event", step.at, step.by, _status(tale, step))
    found = tale.reached("fact_found")
    if home and found:
        plain = people.household(tale.rng, tale.who, client, today)
        yield tale.entry("household", found.at, found.by, {"case": tale.case, **plain}, home)
    yield from _consents(tale, client)
    yield from _receipts(tale)


def provisional(mark: str, at: Millis, number: int) -> str:
    """Return the number a device gives a case until the centre has: "T9201-691120-3"."""
    day = bangkok_date(at)
    return f"T{mark}-{(day.year + 543) % 100:02d}{day:%m%d}-{number}"


def _urgency(rng: Random, flags: tuple[str, ...], problems: Mapping[str, int]) -> str:
    if _CRITICAL & set(flags):
        return rng.choice(("critical", "urgent"))
    if flags or RED_FLAG_PROBLEMS & set(problems):
        return "urgent"
    return rng.choice(("normal", "normal", "watch"))


def _slots(rng: Random, who: Sketch) -> dict[str, str]:
    return {
        "who": who.alias or who.shown,
        "spouse": "ภรรยา" if who.sex == "male" else "สามี",
        "elder": "ตา" if who.sex == "male" else "ยาย",
        "age": str(who.age),
        "village": f"{places.village_of(rng, who.place)} ต.{area_name(AreaCode(who.place.area))}",
        "place": rng.choice(pool("texts", "public_places")),
        "n": str(rng.randint(2, 6)),
        "months": str(rng.randint(2, 11)),
        "baht": str(rng.choice((120, 200, 300, 345, 600, 700, 800))),
    }


def _report(tale: Story) -> dict[str, Json]:
    rng, who = tale.rng, tale.who
    field = tale.hands.opener.role.startswith("volunteer")
    channel = "volunteer" if field else rng.choice(_OFFICE_CHANNELS)
    hidden = rng.random() < (0.5 if who.scenario.sealed else 0.08)
    sensitive = who.scenario.sealed and rng.random() < 0.6
    return {
        "channel": channel,
        "external_ref": f"1300-{rng.randrange(10**6):06d}" if channel == "hotline_1300" else None,
        "occurred_at": bangkok_iso(Millis(tale.opened - rng.randint(2, 240) * MINUTE)),
        **_reporter(rng, who, field=field),
        "reporter_confidential": hidden,
        "area": who.place.area,
        "place_text": f"{phrase(rng, 'landmarks')} {tale.slots['village']}",
        "geo": places.position(rng, who.place, tale.opened) if field else None,
        "situation_text": story(rng, who.scenario.situation, tale.slots),
        "persons_count": rng.randint(2, 5) if who.scenario.child else rng.choice((1, 1, 1, 2, 4)),
        "red_flags": list(tale.flags),
        "safe_to_contact": False if sensitive else (True if rng.random() < 0.6 else None),
        "safe_to_contact_note": phrase(rng, "safe_notes") if sensitive else None,
        "result": _report_result(tale),
        "case": tale.case,
    }


def _report_result(tale: Story) -> str | None:
    if tale.state == "cancelled":
        return tale.rng.choice(("false_report", "not_found"))
    return "new_case" if tale.reached("triaged") else None


def _reporter(rng: Random, who: Sketch, *, field: bool) -> dict[str, Json]:
    if field and rng.random() < 0.6:
        return {"reporter_kind": "volunteer"}
    kind = rng.choice(("self", "family", "neighbour", "neighbour", "leader", "anonymous"))
    if kind == "anonymous":
        return {"reporter_kind": kind}
    name = names.first_name(rng, "female", 45, who.place, muslim=who.muslim)
    full = f"{name} {names.last_name(rng, muslim=who.muslim)}"
    return {
        "reporter_kind": kind,
        "reporter_name": full if kind != "self" else f"{who.shown} {who.last}".strip(),
        "reporter_phone": names.maybe_mobile(rng, 0.8),
    }


def _case(tale: Story) -> dict[str, Json]:
    rng, scenario, last = tale.rng, tale.who.scenario, tale.steps[-1]
    ended, reopened = last.to in ENDED_STATES, last.to == "reopened"
    client = set(some(rng, scenario.client, 1, 2)) | ({"child"} if tale.who.minor else set())
    older = {"older_person"} if tale.who.age >= 60 else set()
    return {
        "area": tale.who.place.area,
        "fiscal_year": fiscal_year(bangkok_date(tale.opened)),
        "opened_at": bangkok_iso(tale.opened),
        "state": last.to,
        "state_reason": _reason(tale, last),
        **_triage(tale),
        "target_groups": [*some(rng, scenario.target, 1, 2)],
        "client_groups": [*sorted(client | older)],
        "problems": _problems(tale) if tale.reached("fact_found") else None,
        "requested_help": [*some(rng, CODES["requested_help"], 1, 2)],
        "requested_help_text": phrase(rng, "other_help") if rng.random() < 0.6 else None,
        "existing_client": rng.random() < 0.15,
        "external_ids": {"vsmart": f"VS-{rng.randrange(10**7):07d}"}
        if rng.random() < 0.2
        else None,
        "legal_tracks": list(scenario.tracks) if tale.reached("fact_found") else None,
        "minors_involved": tale.who.minor or scenario.child or rng.random() < 0.15,
        "confidentiality": _confidentiality(rng, tale),
        "closed_at": bangkok_iso(last.at) if ended else None,
        "closure_reason": None if reopened or not ended else _closure(tale),
    }


def _triage(tale: Story) -> dict[str, Json]:
    """Say how urgent it is, and whose it is once it was assigned.

    Before triage only what cannot wait is marked, for the office to review.
    """
    rng, triaged = tale.rng, tale.reached("triaged")
    assigned = tale.reached("assigned", "fact_finding")
    if triaged is None:
        return {"urgency": tale.urgency, "needs_review": True} if tale.flags else {}
    return {
        "urgency": tale.urgency,
        "urgency_by": triaged.by.key,
        "urgency_at": bangkok_iso(triaged.at),
        "urgency_reason": phrase(rng, "urgency_reasons", tale.urgency),
        "needs_review": triaged.by is tale.hands.field and assigned is None,
        "owner": tale.hands.manager.key if tale.reached("fact_found") else tale.hands.officer.key,
        "field_worker": tale.hands.field.key if assigned else None,
    }


def _problems(tale: Story) -> Json:
    return [
        {
            "code": code,
            "severity": severity,
            "primary": place == 0,
            **({"note": phrase(tale.rng, "other_help")} if tale.rng.random() < 0.1 else {}),
        }
        for place, (code, severity) in enumerate(tale.problems.items())
    ]


def _confidentiality(rng: Random, tale: Story) -> str:
    if not tale.who.scenario.sealed:
        return "restricted" if tale.who.minor and rng.random() < 0.3 else "normal"
    return "sealed" if rng.random() < 0.4 else "restricted"


def _closure(tale: Story) -> str:
    match tale.steps[-1]:
        case Step(to="cancelled"):
            return tale.rng.choice(("duplicate", "false_report"))
        case Step(to="ineligible"):
            return "ineligible"
        case Step(start="referred_out"):
            return tale.rng.choice(("referred_accepted", "state_shelter"))
        case Step(start="following"):
            return tale.rng.choices(tuple(_REASONS), tuple(_REASONS.values()))[0]
    return tale.rng.choice(("untraceable", "deceased"))


def _status(tale: Story, step: Step) -> dict[str, Json]:
    return {
        "case": tale.case,
        "from": step.start,
        "to": step.to,
        "occurred_at": bangkok_iso(step.at),
        "reason": _reason(tale, step),
    }


def _reason(tale: Story, step: Step) -> str | None:
    """Give the reason of a move; the last one's is also that of the case's state."""
    return pool("texts", "moves", step.to)[tale.case.encode()[-1] % 3] if step.to in _SAID else None


_SAID = frozenset(
    {"needs_info", "cancelled", "ineligible", "referred_out", "reopened", "closed", "triaged"}
)


def _consents(tale: Story, client: RecordId) -> Iterator[Entry]:
    found, rng = tale.reached("fact_found"), tale.rng
    if found is None:
        return
    purposes = [("casework", "public_task"), *rng.sample(_MORE_PURPOSES, rng.randint(0, 2))]
    for purpose, basis in purposes:
        answer = rng.choices(("given", "refused", "unable"), (17, 2, 1))[0]
        if basis == "vital_interest":
            answer = "unable"
        plain: dict[str, Json] = {
            "case": tale.case,
            "person": client,
            "purpose": purpose,
            "basis": basis,
            "notice_version": "2569-1",
            "answer": answer,
            "relation": "parent" if tale.who.minor else None,
            "method": rng.choice(("signature", "signature", "thumbprint", "voice", "witnessed")),
            "at": bangkok_iso(Millis(found.at - 5 * MINUTE)),
        }
        yield tale.entry("consent", found.at, found.by, plain)


_MORE_PURPOSES = [
    ("share_partner", "consent"),
    ("share_agency", "public_task"),
    ("photo_publicity", "consent"),
    ("km_story", "consent"),
    ("line_contact", "consent"),
    ("emergency", "vital_interest"),
]


def _receipts(tale: Story) -> Iterator[Entry]:
    """The office opened it; and acted, once somebody there had."""
    acted = next((s for s in tale.steps[1:] if s.by is not tale.hands.field), None)
    latest = acted.at if acted else min(tale.now, Millis(tale.opened + 3 * HOUR))
    if acted is None and tale.rng.random() < 0.5:
        return
    opened = Millis(tale.opened + int((latest - tale.opened) * tale.rng.uniform(0.2, 0.9)))
    officer = tale.hands.officer
    yield tale.entry("receipt", opened, officer, _receipt(tale, "opened", opened))
    if acted:
        yield tale.entry("receipt", acted.at, officer, _receipt(tale, "acted", acted.at))


def _receipt(tale: Story, stage: str, at: Millis) -> dict[str, Json]:
    return {"case": tale.case, "stage": stage, "at": bangkok_iso(at)}
