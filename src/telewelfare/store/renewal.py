"""A device that is let in again under another name keeps its work, and sends what the centre lacks.

Operations of the name it has now count from 1. Those of earlier names, which are not to be sent any
more, lie below: one after another, the newest up to number 0.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import Row, delete, update

from telewelfare.domain.clock import Millis
from telewelfare.domain.ids import DeviceId
from telewelfare.store.file_notes import ASK_AGAIN
from telewelfare.store.merging import RESTORED
from telewelfare.store.resending import FIRST, next_number
from telewelfare.store.rows import ACKNOWLEDGED, PENDING, REJECTED, Rows, operations
from telewelfare.store.turns import CHECK_ALL, DUE

FORMER: Final = "former"  # meta: the names this device had, the oldest first


@dataclass(frozen=True, slots=True)
class Former:
    """A name, the last number it gave, and where the operation of that number lies now."""

    device: str
    last: int
    upto: int

    def number(self, n: int) -> int:
        """The number that the operation at `n` had under this name."""
        return n - self.upto + self.last


def names(rows: Rows) -> tuple[str, ...]:
    """Every name of this device, the one it has now last."""
    return (*(one.device for one in _former(rows)), rows.device)


def renew(rows: Rows, held: Mapping[str, int]) -> int:
    """Count anew, under a name that has sent nothing yet; give how much is sent again.

    `held`: up to which number the centre has the work of each name; one that is missing, it lost.
    """
    last = next_number(rows) - 1
    former = (*_former(rows), Former(rows.device, last, last))
    found = rows.db.execute(operations.select().order_by(operations.c.n)).all()
    again = [row for row in found if _is_wanted(row, former, held)]
    numbers = {row.n: n for n, row in enumerate(again, start=FIRST)}
    _write(rows, found, numbers, last)
    if any(row.state == ACKNOWLEDGED for row in again):
        rows.put(RESTORED, b"1")
        rows.put(ASK_AGAIN, b"1")
    rows.put(CHECK_ALL, DUE.encode())
    rows.put("next_n", str(FIRST + len(again)).encode())
    kept = [[one.device, one.last, one.upto - last] for one in former]
    rows.put(FORMER, json.dumps(kept).encode())
    return len(again)


def _is_wanted(row: Row[Any], former: Sequence[Former], held: Mapping[str, int]) -> bool:
    """What waits, what was refused, for it never was taken, and what the centre lost.

    What waits may have arrived, its reply lost: the centre knows it by its stamp.
    """
    if row.state in (PENDING, REJECTED):
        return True
    whose = next(one for one in former if row.n <= one.upto)
    return row.state == ACKNOWLEDGED and whose.number(row.n) > held.get(whose.device, 0)


def _write(rows: Rows, found: Sequence[Row[Any]], numbers: Mapping[int, int], last: int) -> None:
    """Each operation under its new number: its body is sealed to that."""
    opened = [(row, rows.operation(row)) for row in found]
    rows.db.execute(delete(operations))
    for row, op in opened:
        number = numbers.get(row.n, row.n - last)
        rows.file(replace(op, n=number), Millis(row.made_at))
        if row.n not in numbers:
            here = update(operations).where(operations.c.n == number)
            rows.db.execute(here.values(state=row.state, code=row.code))


def _former(rows: Rows) -> tuple[Former, ...]:
    found = rows.get(FORMER)
    return tuple(Former(DeviceId(d), last, upto) for d, last, upto in json.loads(found or b"[]"))
