"""How far a device has read, as text that devices keep and do not look inside."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import Connection, select

from telewelfare.domain.operations import Actor
from telewelfare.server.auth import Caller
from telewelfare.server.tables import LEDGER

MARK: Final = 12  # hex digits of a ledger row's hash in a cursor
SETTLED: Final = 5  # parts of the text; two more while a page is not the last
DIGITS: Final = 18  # fits the columns
ID: Final = re.compile(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}")  # as on the wire


@dataclass(frozen=True, slots=True)
class Cursor:
    """The device has everything up to `base`, and, on its way to the present, up to (`seq`, `id`).

    While `base` is 0 a first sync is under way: it shows the ledger as it was at `seq`, and goes
    through the records, not through the ledger. With a `rank` it is among those that matter
    today, at (`rank`, `id`); without, it goes through all others by `id`, the newest first. Then
    `base` becomes `seq`, and what was written meanwhile follows as it does on any other day.

    `left`: records still to come, counted once. `mark` begins the hash of the ledger row at the
    higher of the two numbers: by it a ledger that went back is known, also when it has grown past
    that number again.
    """

    epoch: str = ""
    base: int = 0
    seq: int = 0
    id: str = ""
    mark: str = ""
    rank: int | None = None
    left: int = 0

    @property
    def text(self) -> str:
        """As it goes over the wire."""
        settled = f"{self.epoch}.{self.base}.{self.seq}.{self.id}.{self.mark}"
        under_way = f".{'' if self.rank is None else self.rank}.{self.left}"
        return settled + (under_way if self.rank is not None or self.left else "")

    @property
    def number(self) -> int:
        """The highest number of the ledger that it speaks of."""
        return max(self.base, self.seq)

    @property
    def is_fresh(self) -> bool:
        """Whether nothing was sent yet."""
        return not self.number and not self.id


def resume(db: Connection, caller: Caller, text: str) -> tuple[Cursor, bool]:
    """Where a device goes on, and whether it was told of a ledger that is not there any more.

    It then begins anew, for what it read may be at the centre no longer, or not yet again.
    """
    cursor = parse_cursor(text, caller.epoch)
    same_ledger = cursor.mark == mark_at(db, caller.actor.centre, cursor.number)
    if text and (cursor.text != text or not same_ledger):
        return Cursor(caller.epoch), True
    return cursor, False


def mark_at(db: Connection, centre: str, number: int) -> str:
    """What a cursor keeps of the ledger row at a number, or the last before it; "" = none."""
    upto = select(LEDGER.c.hash).where(LEDGER.c.centre_id == centre, LEDGER.c.seq <= number)
    found = db.scalar(upto.order_by(LEDGER.c.seq.desc()).limit(1)) if number else None
    return (found or "")[:MARK]


def marked(db: Connection, actor: Actor, cursor: Cursor) -> Cursor:
    """The cursor with the mark of the ledger row it speaks of."""
    return replace(cursor, mark=mark_at(db, actor.centre, cursor.number))


def parse_cursor(text: str, epoch: str) -> Cursor:
    """Read a cursor; one of another epoch, or none at all, is the beginning."""
    parts = text.split(".")
    if len(parts) == SETTLED:
        parts += ["", "0"]
    if len(parts) != SETTLED + 2 or parts[0] != epoch:
        return Cursor(epoch)
    _, base, seq, id_, mark, rank, left = parts
    if not all(_is_number(part) for part in (base, seq, rank or "0", left)):
        return Cursor(epoch)
    if id_ and not ID.fullmatch(id_):
        return Cursor(epoch)
    return Cursor(epoch, int(base), int(seq), id_, mark, int(rank) if rank else None, int(left))


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= DIGITS
