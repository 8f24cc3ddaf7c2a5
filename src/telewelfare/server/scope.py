"""Who is sent what, as SQL: the one place the feed and the bookkeeping ask."""

from __future__ import annotations

from typing import Final

from sqlalchemy import ColumnElement, and_, false, or_, select, true

from telewelfare.domain.kinds import KINDS
from telewelfare.domain.operations import Actor
from telewelfare.domain.rights import FIELD_ROLES, OFFICE_ROLES, Reach, case_reach, sees_kind
from telewelfare.server.tables import LINK, REACH, RECORD, WORKER

Condition = ColumnElement[bool]

DISTRICT: Final = 4  # digits of a district's code
PARTNER_KINDS: Final = frozenset({"partner", "partner_contact_log"})
OWN_KINDS: Final = ("incident_report", "case")  # who wrote one keeps seeing it


def in_scope(actor: Actor) -> Condition:
    """Which rows of `record` a worker's devices are sent."""
    seen = {kind for kind in KINDS if sees_kind(actor.role, kind)}
    partners, cases = seen & PARTNER_KINDS, seen - PARTNER_KINDS - {"worker"}
    return and_(
        RECORD.c.centre_id == actor.centre,
        or_(
            and_(RECORD.c.kind == "worker", _colleague(actor)),
            and_(RECORD.c.kind.in_(sorted(partners)), _near(actor)),
            and_(RECORD.c.kind.in_(sorted(cases)), _reached(actor)),
        ),
    )


def _colleague(actor: Actor) -> Condition:
    if actor.role in OFFICE_ROLES:
        return true()
    office = select(WORKER.c.id).where(
        WORKER.c.centre_id == actor.centre, WORKER.c.role.in_(sorted(OFFICE_ROLES))
    )
    return or_(RECORD.c.id == actor.worker, RECORD.c.id.in_(office))


def _near(actor: Actor) -> Condition:
    if actor.role in OFFICE_ROLES:
        return true()
    districts = {area[:DISTRICT] for area in actor.areas}
    return or_(_given(actor), *(_within(RECORD.c.area, area) for area in sorted(districts)))


def _reached(actor: Actor) -> Condition:
    reach = case_reach(actor.role)
    if reach is Reach.CENTRE:
        return true()
    if reach is Reach.NONE:
        return false()
    own = and_(RECORD.c.created_by == actor.worker, RECORD.c.kind.in_(OWN_KINDS))
    ways = [_given(actor), own]
    if reach is Reach.AREA:
        ways += _by_area(actor)
    open_to = true() if actor.role not in FIELD_ROLES else RECORD.c.sealed.is_(False)
    return and_(open_to, or_(*ways))


def _given(actor: Actor) -> Condition:
    """Of a root the worker wrote or was given. Looked up for each record, so that few cost little."""
    mine = select(REACH.c.root).where(
        REACH.c.centre_id == actor.centre,
        REACH.c.root == RECORD.c.root,
        REACH.c.worker_id == actor.worker,
    )
    return mine.correlate(RECORD).exists()


def _by_area(actor: Actor) -> list[Condition]:
    """A record in the area, of a case in the area, or a person of such a case."""
    areas = sorted(actor.areas)
    case = RECORD.alias("area_case")
    here = and_(
        case.c.centre_id == actor.centre,
        case.c.kind == "case",
        or_(false(), *(_within(case.c.area, area) for area in areas)),
    )
    of_case = select(case.c.id).where(here, case.c.id == RECORD.c.root)
    linked = LINK.c.centre_id == actor.centre, LINK.c.root == RECORD.c.root
    person = select(LINK.c.root).join(case, case.c.id == LINK.c.case_id).where(here, *linked)
    ways = (way.correlate(RECORD).exists() for way in (of_case, person))
    return [*(_within(RECORD.c.area, area) for area in areas), *ways]


def _within(place: ColumnElement[str | None], area: str) -> Condition:
    return place.startswith(area, autoescape=True)
