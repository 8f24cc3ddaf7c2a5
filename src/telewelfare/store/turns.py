"""Where the next check of this device's records begins, and when it is time to check all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from telewelfare.domain.clock import Millis
from telewelfare.store.checking import ALONE, ids_in
from telewelfare.store.merging import RESTORED
from telewelfare.store.rows import Rows

CHECK_FROM: Final = "check_from"  # meta: where the last small check ended
CHECK_ALL: Final = "check_all"  # meta: DUE and where the last large check ended; "" = not due
CHECKED_ALL: Final = "checked_all"  # meta: when the last one was finished, ms
DUE: Final = "due"
WEEK: Final = 7 * 24 * 60 * 60 * 1000  # ms


@dataclass(frozen=True, slots=True)
class Turn:
    """A check to be: of what comes after an id; a large one, of all there is, or a small one."""

    after: str
    large: bool


def next_turn(rows: Rows, now: Millis) -> Turn:
    """What is to be checked now. All of it: at first, after a restore or a loss, each week."""
    due = (rows.get(CHECK_ALL) or b"").decode()
    if not due and _is_long_ago(rows, now):
        due = DUE
    if due:
        return Turn(due.removeprefix(DUE), large=True)
    return Turn((rows.get(CHECK_FROM) or b"").decode(), large=False)


def ended(rows: Rows, turn: Turn, upto: str, now: Millis) -> None:
    """A check came so far; "" = to the last record."""
    if not turn.large:
        rows.put(CHECK_FROM, upto.encode())
        return
    rows.put(CHECK_ALL, f"{DUE}{upto}".encode() if upto else b"")
    if upto:
        return
    rows.put(CHECKED_ALL, str(now).encode())
    if not ids_in(rows, ALONE):
        rows.put(RESTORED, b"")


def _is_long_ago(rows: Rows, now: Millis) -> bool:
    """Also when the clock went far back: one of the two was wrong."""
    last = rows.get(CHECKED_ALL)
    return last is None or abs(now - int(last)) > WEEK
