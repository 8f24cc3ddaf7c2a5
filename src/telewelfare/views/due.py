"""How long is left, in the words of the day: before noon, tomorrow, two days late."""

from __future__ import annotations

from typing import Final

from telewelfare.domain.clock import Millis
from telewelfare.domain.dates import bangkok_date, show_short, show_time
from telewelfare.strings import Texts

MINUTE: Final = 60_000
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR
NEAR: Final = 7
"""Up to so many days ahead are counted; what is farther has its date."""


def due_words(t: Texts, due: Millis | None, now: Millis, *, short: bool = False) -> str:
    """Return "ก่อน 12.00 น.", "พรุ่งนี้ ก่อน 12.00 น.", "อีก 3 วัน" or "เลยกำหนด 2 วัน"; "" for none.

    `short` is for the column of a table that is headed by what the words leave out: "เลย 2 วัน".
    """
    head = "home.due_short" if short else "home.due"
    if due is None:
        return ""
    if due < now:
        return _late(t, head, now - due)
    days = (bangkok_date(due) - bangkok_date(now)).days
    if days == 0:
        return t(f"{head}.today", at=show_time(due, t.lang))
    if days == 1:
        return t(f"{head}.tomorrow", at=show_time(due, t.lang))
    if days <= NEAR:
        return t(f"{head}.days", n=days)
    return t(f"{head}.date", day=show_short(bangkok_date(due), t.lang))


def _late(t: Texts, head: str, by: int) -> str:
    if by >= DAY:
        return t(f"{head}.late_days", n=by // DAY)
    if by >= HOUR:
        return t(f"{head}.late_hours", n=by // HOUR)
    return t(f"{head}.late_minutes", n=max(1, by // MINUTE))
