"""What of a case decides who reaches what, before a write and after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from telewelfare.domain.fields import Json, Path, elements
from telewelfare.server.batch import MEMBERS, Batch, Held
from telewelfare.server.place import SEALED

Pair = tuple[str, str]  # worker, root


@dataclass(frozen=True, slots=True)
class Standing:
    """What of a case decides who reaches what."""

    workers: frozenset[str] = frozenset()
    members: frozenset[str] = frozenset()
    area: str = ""
    sealed: bool = False


def standing(created_by: str, values: Mapping[Path, Json]) -> Standing:
    """Who has a case by writing or assignment, and who belongs to it."""
    given = (created_by, values.get("field_worker"), values.get("owner"))
    watching = elements(values, "watchers")
    return Standing(
        workers=frozenset(w for w in (*given, *watching) if isinstance(w, str) and w),
        members=frozenset(m for m in map(values.get, MEMBERS) if isinstance(m, str) and m),
        area=str(values.get("area") or ""),
        sealed=values.get("confidentiality") == SEALED,
    )


@dataclass(frozen=True, slots=True)
class Turn:
    """A case before and after the transaction."""

    case: Held
    before: Standing
    after: Standing

    @property
    def has_moved(self) -> bool:
        """Whether another area's people see it now, or field roles do not any more."""
        return self.before.area != self.after.area or self.before.sealed != self.after.sealed

    @property
    def takes_away(self) -> bool:
        """Whether somebody who saw the case may see it no more."""
        shut = self.after.sealed and not self.before.sealed
        moved = self.before.area != self.after.area
        return moved or shut or bool(self.before.workers - self.after.workers)

    @property
    def seals(self) -> bool:
        """Whether its people may have to be kept from field roles, or opened to them again."""
        joined = self.before.members != self.after.members
        either = self.before.sealed or self.after.sealed
        return self.before.sealed != self.after.sealed or (joined and either)

    @property
    def is_news(self) -> bool:
        """Whether some of its records must be sent whole to some who had none of them."""
        return self.has_moved or bool(self.after.members - self.before.members)


def turns(batch: Batch) -> list[Turn]:
    """The cases whose standing this transaction changed."""
    found = []
    for held in batch.held.values():
        if held.record.kind == "case" and held.touched:
            stored = held.stored
            before = standing(held.created_by, stored.current) if stored else Standing()
            after = standing(held.created_by, held.record.values)
            if before != after or not stored:
                found.append(Turn(held, before, after))
    return found
