"""Who is sent what, as SQL: the one place the feed and the bookkeeping ask."""

from __future__ import annotations

from typing import Final

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, true

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
    return or_(RECORD.c.root.in_(assigned(actor)), *map(_within, sorted(districts)))


def _reached(actor: Actor) -> Condition:
    reach = case_reach(actor.role)
    if reach is Reach.CENTRE:
        return true()
    if reach is Reach.NONE:
        return false()
    own = and_(RECORD.c.created_by == actor.worker, RECORD.c.kind.in_(OWN_KINDS))
    ways = [RECORD.c.root.in_(assigned(actor)), own]
    if reach is Reach.AREA:
        ways += _by_area(actor)
    open_to = true() if actor.role not in FIELD_ROLES else RECORD.c.sealed.is_(False)
    return and_(open_to, or_(*ways))


def assigned(actor: Actor) -> Select[tuple[str]]:
    """The roots a worker wrote or was given."""
    return select(REACH.c.root).where(
        REACH.c.centre_id == actor.centre, REACH.c.worker_id == actor.worker
    )


def _by_area(actor: Actor) -> list[Condition]:
    """A record in the area, of a case in the area, or a person of such a case."""
    areas = sorted(actor.areas)
    cases = RECORD.alias("area_case")
    here = select(cases.c.id).where(
        cases.c.centre_id == actor.centre,
        cases.c.kind == "case",
        or_(false(), *(cases.c.area.startswith(area, autoescape=True) for area in areas)),
    )
    people = select(LINK.c.root).where(LINK.c.centre_id == actor.centre, LINK.c.case_id.in_(here))
    return [*map(_within, areas), RECORD.c.root.in_(here), RECORD.c.root.in_(people)]


def _within(area: str) -> Condition:
    return RECORD.c.area.startswith(area, autoescape=True)
