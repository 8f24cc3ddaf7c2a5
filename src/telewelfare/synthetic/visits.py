"""Visits, assessments and photographs of a case."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from telewelfare.domain.clock import Millis
from telewelfare.domain.codes import CODES, DIMENSIONS, PROBLEM_AREAS
from telewelfare.domain.dates import bangkok_iso
from telewelfare.domain.fields import Json
from telewelfare.domain.ids import RecordId
from telewelfare.synthetic import names, places
from telewelfare.synthetic.cases import MINUTE, Story
from telewelfare.synthetic.course import HOUR, Step, daytime
from telewelfare.synthetic.model import Entry, SyntheticWorker
from telewelfare.synthetic.people import has_house
from telewelfare.synthetic.texts import phrase, story
from telewelfare.synthetic.words import pool, some

_DIMENSION_OF = {
    "6.1": "housing",
    "6.2": "health",
    "6.3": "education",
    "6.4": "income_work",
    "6.5": "family",
    "6.6": "safety",
    "6.7": "safety",
    "6.8": "rights",
    "6.9": "community",
}
_AREA_OF = {code: area for area, codes in PROBLEM_AREAS.items() for code in codes}
_HOUSE_PHOTOS = ("2", "3", "4", "5", "8", "6")
_STREET_PHOTOS = ("4", "5", "28", "99")
_INFORMANTS = ("parent", "sibling_relative", "child", "spouse", "village_head", "neighbour")
_STEPS = ("met_client", "problems", "living_condition", "narrative", "client_voice")
_SATANG = 100


def visits(tale: Story) -> Iterator[Entry]:
    """Write every visit with what belongs to it."""
    for number, step in enumerate(s for s in tale.steps if s.to == "fact_finding"):
        yield from _fact_finding(tale, step, number)
    following = tale.reached("following")
    if following:
        yield from _follow_ups(tale, following)
    yield from _later_assessments(tale)


def _fact_finding(tale: Story, step: Step, number: int) -> Iterator[Entry]:
    found = next((s for s in tale.steps if s.to == "fact_found" and s.at >= step.at), None)
    done = found is not None
    end = Millis(step.at + tale.rng.randint(20, 95) * MINUTE)
    if found:
        end = min(end, found.at)
    visit = tale.new_id(step.at)
    plain = _visit(tale, step.at, end, "additional" if number else "first", step.by)
    plain |= _answers(tale) if done else _begun(tale.rng)
    yield tale.entry("visit", end if done else step.at, step.by, plain, visit)
    if done:
        yield from _photos(tale, visit, step.at, step.by)
    if done and number == 0:
        yield _assessment(tale, "baseline", end, step.by, visit)


def _visit(
    tale: Story, start: Millis, end: Millis, kind: str, by: SyntheticWorker
) -> dict[str, Json]:
    rng = tale.rng
    mode = rng.choice(("onsite", "phone", "video")) if kind == "follow_up" else "onsite"
    there = mode == "onsite"
    where = places.position(rng, tale.who.place, start) if there and rng.random() < 0.85 else None
    return {
        "case": tale.case,
        "kind": kind,
        "mode": mode,
        "started_at": bangkok_iso(start),
        "ended_at": bangkok_iso(min(end, tale.now)),
        "geo": where,
        "no_geo_reason": phrase(rng, "no_geo") if there and where is None else None,
        "visitors": [by.key],
    }


def _begun(rng: Random) -> dict[str, Json]:
    """What stands there when a visit was interrupted, or nobody was met."""
    if rng.random() < 0.4:
        return {"met_client": False, "not_met_reason": phrase(rng, "not_met"), "completed": False}
    return {"met_client": True, "step": rng.choice(_STEPS), "completed": False}


def _answers(tale: Story) -> dict[str, Json]:
    rng, scenario = tale.rng, tale.who.scenario
    agree = rng.random() < 0.92
    flagged = bool(tale.flags)
    return {
        "met_client": True,
        **_filed_by(tale),
        "informants": [*some(rng, _INFORMANTS, 1, 2)],
        "problems": list(tale.problems),
        **_requested(rng),
        **_received(rng, tale.who.age),
        "notice_given": rng.random() < 0.97,
        "living_condition": story(rng, scenario.living, tale.slots),
        "narrative": story(rng, scenario.narrative, tale.slots),
        "causes": [*some(rng, scenario.causes, 1, 2)],
        "visitor_opinion": "agree" if agree else "disagree",
        "visitor_opinion_text": phrase(rng, "opinion_agree" if agree else "opinion_disagree"),
        "immediate_help": [*some(rng, scenario.help, 1 if flagged else 0, 2)],
        "client_voice": rng.choice(scenario.voice).format_map(tale.slots),
        "safety_note": phrase(rng, "safety") if rng.random() < 0.25 else None,
        "photo_reasons": {"3": phrase(rng, "safe_notes")} if scenario.sealed else None,
        "completed": True,
    }


def _filed_by(tale: Story) -> dict[str, Json]:
    rng, who = tale.rng, tale.who
    if not (who.minor or rng.random() < 0.2):
        return {"on_behalf": False}
    applicant: dict[str, Json] = {
        "first_name": names.first_name(rng, "female", 50, who.place, muslim=who.muslim),
        "last_name": who.last or names.last_name(rng, muslim=who.muslim),
        "relation": rng.choice(("parent", "sibling_relative", "child", "neighbour")),
        "phone": names.mobile(rng),
    }
    return {"on_behalf": True, "applicant": applicant}


def _requested(rng: Random) -> dict[str, Json]:
    wanted = some(rng, CODES["requested_help"], 1, 3)
    return {
        "requested_help": list(wanted),
        "requested_money_for": phrase(rng, "money_for") if "money" in wanted else None,
        "requested_amount": rng.choice((1_000, 2_000, 3_000)) * _SATANG
        if "money" in wanted
        else None,
        "requested_things": phrase(rng, "things") if "things" in wanted else None,
        "requested_other": phrase(rng, "other_help") if "other_help" in wanted else None,
    }


def _received(rng: Random, age: int) -> dict[str, Json]:
    before = rng.random() < 0.45
    if not before:
        return {"received_before": False}
    pension: list[Json] = ["3"] if age >= 60 else []
    return {
        "received_before": True,
        "received_times_this_year": rng.randint(0, 3),
        "received_amount_this_year": rng.choice((1_000, 2_000, 3_000, 6_000)) * _SATANG,
        "received_welfare": [*pension, rng.choice(("1", "4", "5", "6", "8", "9"))],
    }


def _follow_ups(tale: Story, following: Step) -> Iterator[Entry]:
    """Visit again after 3, 30 and 90 days, as far as the case has come."""
    end = tale.steps[-1].at if tale.steps[-1] is not following else tale.now
    for days in (3, 30, 90):
        at = daytime(Millis(following.at + days * 24 * HOUR), tale.now)
        if at >= end:
            return
        done = Millis(at + 25 * MINUTE)
        plain = _visit(tale, at, done, "follow_up", tale.hands.field)
        told = story(tale.rng, pool("texts", "follow_up"), tale.slots)
        plain |= {"met_client": True, "narrative": told, "completed": True}
        yield tale.entry("visit", done, tale.hands.field, plain)


def _photos(tale: Story, visit: RecordId, start: Millis, by: SyntheticWorker) -> Iterator[Entry]:
    """Name the pictures; there are no bytes behind them."""
    rng = tale.rng
    for kind in some(rng, _HOUSE_PHOTOS if has_house(tale.who) else _STREET_PHOTOS, 1, 4):
        at = Millis(start + rng.randint(2, 18) * MINUTE)
        yield tale.entry("attachment", at, by, _photo(tale, visit, kind, at))


def _photo(tale: Story, visit: RecordId, kind: str, at: Millis) -> dict[str, Json]:
    rng = tale.rng
    return {
        "case": tale.case,
        "kind": kind,
        "of_kind": "visit",
        "of": visit,
        "captured_at": bangkok_iso(at),
        "geo": places.position(rng, tale.who.place, at) if rng.random() < 0.6 else None,
        "sha256": rng.randbytes(32).hex(),
        "media_type": "image/jpeg",
        "size": rng.randint(90_000, 400_000),
        "width": 1600,
        "height": rng.choice((900, 1200)),
        "caption": phrase(rng, "captions") if rng.random() < 0.5 else None,
    }


def _later_assessments(tale: Story) -> Iterator[Entry]:
    following, last = tale.reached("following"), tale.steps[-1]
    if following and tale.rng.random() < 0.4:
        yield _assessment(tale, "review", following.at, tale.hands.manager, None)
    if last.start == "following" and last.to == "closed":
        yield _assessment(tale, "closing", last.at, tale.hands.manager, None)


def _assessment(
    tale: Story, stage: str, at: Millis, by: SyntheticWorker, visit: RecordId | None
) -> Entry:
    better = {"baseline": 0, "review": 1, "closing": 2}[stage]
    plain: dict[str, Json] = {
        "case": tale.case,
        "visit": visit,
        "assessor": by.key,
        "date": bangkok_iso(min(at, tale.now)),
        "stage": stage,
        "items": [_item(tale, dimension, better) for dimension in DIMENSIONS],
        "overall": phrase(tale.rng, "opinion_agree"),
        "client_voice": tale.rng.choice(tale.who.scenario.voice).format_map(tale.slots),
    }
    return tale.entry("assessment", at, by, plain)


def _item(tale: Story, dimension: str, better: int) -> Json:
    """Judge one dimension: as bad as its worst problem, less so after help."""
    rng, worst = tale.rng, _worst(tale, dimension)
    if worst == 0 and rng.random() < 0.25:
        unseen = rng.choices(("not_assessed", "not_applicable", "refused"), (7, 2, 1))[0]
        return {"dimension": dimension, "status": unseen}
    severity = max(0, worst - better)
    item: dict[str, Json] = {
        "dimension": dimension,
        "status": "assessed",
        "severity": severity,
        "findings": phrase(rng, "findings", dimension if severity else "none"),
    }
    if rng.random() < 0.3:
        item["strengths"] = phrase(rng, "strengths")
    if severity > 1:
        item["needs"] = phrase(rng, "needs", dimension)
    return item


def _worst(tale: Story, dimension: str) -> int:
    return max(
        (
            severity
            for code, severity in tale.problems.items()
            if _DIMENSION_OF[_AREA_OF[code]] == dimension
        ),
        default=0,
    )
