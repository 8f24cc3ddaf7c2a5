"""How far a case has come, and when it took each step (domain reference P5)."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from telewelfare.domain.clock import Millis
from telewelfare.synthetic.model import SyntheticWorker
from telewelfare.synthetic.workers import Staff

HOUR = 3_600_000  # milliseconds
DAY = 24 * HOUR
_BANGKOK = 7 * HOUR
_BEFORE_HELP = ("reported", "triaged", "assigned", "fact_finding", "fact_found")
_MAIN = (*_BEFORE_HELP, "conference", "planned", "assisting", "following", "closed")
_FRESH, _RECENT = 12, 60  # days

# Where cases of an age stand: state and how many of a hundred.
_ENDS = {
    "fresh": {"reported": 34, "triaged": 13, "assigned": 15, "fact_finding": 12, "fact_found": 8,
              "conference": 5, "planned": 4, "assisting": 6, "cancelled": 3},
    "recent": {"reported": 1, "assigned": 2, "fact_finding": 3, "needs_info": 5, "fact_found": 4,
               "conference": 8, "planned": 9, "assisting": 28, "following": 22, "referred_out": 5,
               "closed": 9, "ineligible": 2, "cancelled": 2},
    "old": {"needs_info": 1, "assisting": 6, "following": 12, "referred_out": 2, "closed": 71,
            "ineligible": 3, "cancelled": 3, "reopened": 2},
}  # fmt: skip
# Days a step usually takes.
_TAKES = {"triaged": 0.2, "assigned": 0.3, "fact_finding": 2, "fact_found": 0.3, "needs_info": 1.5,
          "conference": 5, "planned": 0.2, "assisting": 1.5, "following": 25, "closed": 75,
          "referred_out": 2, "ineligible": 3, "cancelled": 0.5, "reopened": 60}  # fmt: skip
_BY_MANAGER = frozenset(
    {"needs_info", "conference", "planned", "assisting", "following", "referred_out", "ineligible"}
)
_BY_OFFICER = frozenset({"assigned", "cancelled", "reopened"})


@dataclass(frozen=True, slots=True)
class Step:
    """One move of a case from state to state."""

    start: str
    to: str
    at: Millis
    by: SyntheticWorker


@dataclass(frozen=True, slots=True)
class Hands:
    """Who deals with a case. `opener` may be any of the others."""

    opener: SyntheticWorker
    field: SyntheticWorker
    officer: SyntheticWorker
    manager: SyntheticWorker
    director: SyntheticWorker


def hands(rng: Random, staff: Staff, area: str) -> Hands:
    """Choose who deals with a case of this subdistrict."""
    field, officer = staff.field[area], rng.choice(staff.officers)
    others = (officer, staff.lead_of(area))
    opener = field if rng.random() < 0.55 else rng.choices(others, (8, 1))[0]
    return Hands(opener, field, officer, rng.choice(staff.managers), staff.director)


def course(rng: Random, opened: Millis, now: Millis, urgency: str, who: Hands) -> list[Step]:
    """Let a case run from its report until now."""
    states = _states(rng, (now - opened) / DAY, urgency)
    gaps = [0.0] + [rng.expovariate(1) * _TAKES[state] * DAY for state in states[2:]]
    room = max(0.0, (now - opened) * 0.97)
    slower = min(1.0, room / sum(gaps)) if sum(gaps) else 0.0
    steps, at = [], float(opened)
    for start, to, gap in zip(states, states[1:], gaps, strict=False):
        at += gap * slower
        steps.append(Step(start, to, daytime(Millis(int(at)), now), _by(rng, start, to, who)))
    return steps


def daytime(at: Millis, now: Millis) -> Millis:
    """Move a moment of an earlier day to between 6 and 20 o'clock; order stays as it was."""
    start = (at + _BANGKOK) // DAY * DAY - _BANGKOK
    if start + DAY > now:
        return at
    return Millis(start + 6 * HOUR + (at - start) * 14 // 24)


def _states(rng: Random, age_days: float, urgency: str) -> list[str]:
    age = "fresh" if age_days < _FRESH else "recent" if age_days < _RECENT else "old"
    end = rng.choices(tuple(_ENDS[age]), tuple(_ENDS[age].values()))[0]
    return ["draft", *_way(rng, end, urgency)]


def _way(rng: Random, end: str, urgency: str) -> list[str]:
    match end:
        case "cancelled":
            return [*_MAIN[: rng.choice((1, 2))], end]
        case "ineligible" | "needs_info":
            return [*_found(rng), end]
        case "referred_out":
            return [*_helped(rng, urgency), end]
        case "reopened":
            return [*_helped(rng, urgency), "following", "closed", end]
        case "closed":
            return _closed(rng, urgency)
    whole = [*_helped(rng, urgency), "following"]
    return whole[: whole.index(end) + 1] if end in whole else list(_MAIN[: _MAIN.index(end) + 1])


def _closed(rng: Random, urgency: str) -> list[str]:
    chance = rng.random()
    if chance < 0.06:  # could not be found any more, or died
        return [*_MAIN[: rng.choice((3, 4))], "closed"]
    if chance < 0.16:
        return [*_helped(rng, urgency), "referred_out", "closed"]
    return [*_helped(rng, urgency), "following", "closed"]


def _found(rng: Random) -> list[str]:
    """Up to the facts; some are on site before anybody assigns them, some have to go again."""
    way = [state for state in _BEFORE_HELP if state != "assigned" or rng.random() > 0.2]
    return [*way, "needs_info", "fact_finding", "fact_found"] if rng.random() < 0.1 else way


def _helped(rng: Random, urgency: str) -> list[str]:
    if urgency == "critical" and rng.random() < 0.6:  # help first, the conference follows
        return [*_found(rng), "assisting"]
    return [*_found(rng), "conference", "planned", "assisting"]


def _by(rng: Random, start: str, to: str, who: Hands) -> SyntheticWorker:
    if start == "draft":
        return who.opener
    if to == "closed":
        return who.manager if start == "referred_out" else who.director
    if to in _BY_MANAGER:
        return who.manager
    if to in _BY_OFFICER:
        return who.officer
    if to == "triaged":  # a few triage where there is no signal
        return who.field if who.opener is who.field and rng.random() < 0.15 else who.officer
    return who.field
