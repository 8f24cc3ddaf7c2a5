"""Where a record belongs: its root, its area, its case; told anew after each edit."""

from __future__ import annotations

from telewelfare.domain.fields import Json
from telewelfare.domain.kinds import KINDS
from telewelfare.server.batch import Batch, Held

SEALED = "sealed"  # of `confidentiality`


def place(batch: Batch, held: Held) -> None:
    """Bring root, area and case of a record in line with its values.

    A record that moves is sent whole to those who see it where it is now.
    """
    if held.about is not None:  # a conflict stays with the record it is about
        return
    before = held.root, held.area
    kind, values = KINDS[held.record.kind], held.record.values
    case_id = _text(values.get(kind.case)) if kind.case else None
    held.case_id, held.root = case_id, case_id or held.record.id
    held.area = _text(values.get(kind.area)) if kind.area else None
    _inherit(batch, held)
    if held.record.kind == "conflict":
        held.about = _text(values.get("of"))
    held.whole = held.whole or (held.stored is not None and before != (held.root, held.area))


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
