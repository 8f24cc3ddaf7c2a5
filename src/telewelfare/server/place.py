"""Where a record belongs: its root, its area, its case; told anew after each edit."""

from __future__ import annotations

from sqlalchemy import select

from telewelfare.domain.fields import Json
from telewelfare.domain.kinds import KINDS
from telewelfare.server.batch import Batch, Held, take
from telewelfare.server.tables import RECORD

SEALED = "sealed"  # of `confidentiality`
ABOUT = {"conflict": "of", "partner_contact_log": "partner"}  # what a record follows when it moves


def place(batch: Batch, held: Held) -> None:
    """Bring root, area and case of a record in line with its values.

    A record that moves is sent whole to those who see it where it is now.
    """
    if held.record.kind == "conflict" and held.about is not None:
        return  # it stays with the record it is about, see `follow`
    before = held.root, held.area
    kind, values = KINDS[held.record.kind], held.record.values
    case_id = _text(values.get(kind.case)) if kind.case else None
    held.case_id, held.root = case_id, case_id or held.record.id
    held.area = _text(values.get(kind.area)) if kind.area else None
    _inherit(batch, held)
    if (path := ABOUT.get(held.record.kind)) is not None:
        held.about = _text(values.get(path))
    held.whole = held.whole or (held.stored is not None and before != (held.root, held.area))


def has_moved(held: Held) -> bool:
    """Whether a record that was there before belongs elsewhere now, or is seen by others."""
    stored = held.stored
    if stored is None or not held.touched:
        return False
    return bool((stored.root, stored.area, stored.sealed) != (held.root, held.area, held.sealed))


def follow(batch: Batch, moved: Held) -> None:
    """Bring along what is about a record that moved: its conflicts, a partner's contacts."""
    about = RECORD.c.centre_id == batch.actor.centre, RECORD.c.about == moved.record.id
    take(batch, batch.db.execute(select(RECORD).where(*about).with_for_update()))
    for held in batch.held.values():
        if held.about != moved.record.id:
            continue
        if held.record.kind == "conflict":
            held.root, held.case_id = moved.root, moved.case_id
            held.area, held.sealed = moved.area, moved.sealed
        elif not held.record.values.get("area"):
            held.area = moved.area
        held.touched = held.whole = True


def _inherit(batch: Batch, held: Held) -> None:
    """What a record has from its case, a contact from its partner."""
    values = held.record.values
    if held.record.kind == "case":
        held.sealed = values.get("confidentiality") == SEALED
    case = batch.get(held.case_id)
    if case is not None:
        held.sealed = case.sealed
    giver = case or batch.get(values.get("partner"))
    if held.area is None and giver is not None:
        held.area = giver.area


def _text(value: Json) -> str | None:
    return value if isinstance(value, str) and value else None
