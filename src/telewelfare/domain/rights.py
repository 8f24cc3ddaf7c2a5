"""Who may do and see what (domain reference P8). One place, used by the API and the app alike."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from telewelfare.domain.areas import contains
from telewelfare.domain.fields import Json, Kind, Path, Sensitivity
from telewelfare.domain.operations import Actor

OFFICE_ROLES: Final = frozenset(
    {"social_worker", "case_manager", "director", "finance", "admin", "auditor"}
)
FIELD_ROLES: Final = frozenset({"volunteer", "volunteer_lead", "community_partner"})


class Reach(StrEnum):
    """How far a role sees cases."""

    CENTRE = "centre"
    AREA = "area"
    ASSIGNED = "assigned"  # what they wrote or were given
    NONE = "none"


CASE_REACH: Final[Mapping[str, Reach]] = {
    "volunteer": Reach.ASSIGNED,
    "volunteer_lead": Reach.AREA,
    "community_partner": Reach.ASSIGNED,
    "social_worker": Reach.CENTRE,
    "case_manager": Reach.CENTRE,
    "finance": Reach.CENTRE,
    "director": Reach.CENTRE,
    "auditor": Reach.CENTRE,
    "mdt_guest": Reach.ASSIGNED,
}

_CASE_KINDS: Final = (
    "person",
    "household",
    "incident_report",
    "case",
    "status_event",
    "visit",
    "assessment",
    "consent",
    "attachment",
    "receipt",
    "conflict",
    "placement",
)
_MEETING_KINDS: Final = ("conference",)  # the minutes: not for field roles (P8)
_PARTNER_KINDS: Final = ("partner", "partner_contact_log")

WRITES: Final[Mapping[str, frozenset[str]]] = {
    "volunteer": frozenset((*_CASE_KINDS, "partner_contact_log")),
    "volunteer_lead": frozenset((*_CASE_KINDS, *_PARTNER_KINDS)),
    "community_partner": frozenset(("incident_report", "case", "person", "receipt")),
    "social_worker": frozenset((*_CASE_KINDS, *_MEETING_KINDS, *_PARTNER_KINDS)),
    "case_manager": frozenset((*_CASE_KINDS, *_MEETING_KINDS, *_PARTNER_KINDS)),
    "director": frozenset((*_CASE_KINDS, *_MEETING_KINDS, *_PARTNER_KINDS)),
    "finance": frozenset(("receipt",)),
    "auditor": frozenset(("receipt",)),
    "mdt_guest": frozenset(("receipt",)),
}

_HIDDEN: Final[Mapping[str, frozenset[Sensitivity]]] = {
    "volunteer": frozenset(
        {Sensitivity.S26, Sensitivity.S26_RESTRICTED, Sensitivity.REPORTER, Sensitivity.BANK}
    ),
    "volunteer_lead": frozenset(
        {Sensitivity.S26, Sensitivity.S26_RESTRICTED, Sensitivity.REPORTER, Sensitivity.BANK}
    ),
    "community_partner": frozenset(set(Sensitivity) - {Sensitivity.NORMAL}),
    "mdt_guest": frozenset(set(Sensitivity) - {Sensitivity.NORMAL, Sensitivity.PERSONAL}),
    "finance": frozenset({Sensitivity.S26, Sensitivity.S26_RESTRICTED, Sensitivity.REPORTER}),
    "auditor": frozenset(
        {Sensitivity.S26, Sensitivity.S26_RESTRICTED, Sensitivity.REPORTER, Sensitivity.ID_NUMBER}
    ),
    "social_worker": frozenset(),
    "case_manager": frozenset(),
    "director": frozenset({Sensitivity.S26_RESTRICTED}),
}
_EVERYTHING: Final = frozenset(set(Sensitivity) - {Sensitivity.NORMAL})

DEVICE_ROLES: Final = frozenset({"social_worker", "case_manager", "director", "admin"})

# Fields of a case that only the office decides.
OFFICE_FIELDS: Final = frozenset({"case_no", "owner", "field_worker", "confidentiality"})


def case_reach(role: str) -> Reach:
    """How far a role sees cases; a role this version does not know sees none."""
    return CASE_REACH.get(role, Reach.NONE)


def sees_kind(role: str, kind: str) -> bool:
    """Whether records of a kind are sent to devices of this role at all."""
    if kind == "worker":
        return True
    if kind in _PARTNER_KINDS:
        return role in WRITES and role not in {"finance", "mdt_guest"}
    if kind in _MEETING_KINDS and (role in FIELD_ROLES or role in {"finance", "mdt_guest"}):
        return False
    return kind in (*_CASE_KINDS, *_MEETING_KINDS) and case_reach(role) is not Reach.NONE


def may_see_devices(role: str) -> bool:
    """Whether a role looks after the devices of its centre: who has not been heard of."""
    return role in DEVICE_ROLES


def in_area(actor: Actor, area: str) -> bool:
    """Whether a place lies in the worker's area of responsibility."""
    return any(contains(own, area) for own in actor.areas)


def may_write(actor: Actor, kind: Kind, *, reached: bool, paths: Mapping[Path, Json]) -> bool:
    """Whether a worker may make this edit.

    `reached` says whether the record is new or within what the worker reaches:
    its case was written by or given to them, or lies in their area or centre.
    """
    if kind.server_only or kind.name not in WRITES.get(actor.role, frozenset()) or not reached:
        return False
    return actor.role in OFFICE_ROLES or kind.name != "case" or not OFFICE_FIELDS & paths.keys()


def hides(role: str, sensitivity: Sensitivity) -> bool:
    """Whether values of this sensitivity stay away from a role's devices."""
    return sensitivity in _HIDDEN.get(role, _EVERYTHING)


def visible(role: str, kind: Kind, values: Mapping[Path, Json]) -> dict[Path, Json]:
    """What of a record a role may see. A volunteer's own device keeps what was typed on it."""
    shown: dict[Path, Json] = {}
    for path, value in values.items():
        declared = kind.field(path)
        if declared is None or not hides(role, declared.sensitivity):
            shown[path] = value
    return shown
