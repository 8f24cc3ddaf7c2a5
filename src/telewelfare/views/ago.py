"""How long ago something was, in words."""

from __future__ import annotations

from typing import Final

from telewelfare.domain.clock import Millis
from telewelfare.domain.dates import bangkok_date, show_short
from telewelfare.strings import Texts

MINUTE: Final = 60_000
HOUR: Final = 60 * MINUTE
NEAR: Final = 30
"""Up to so many days back are counted; what is farther has its date."""


def ago_words(t: Texts, at: Millis, now: Millis) -> str:
    """Return "เมื่อสักครู่", "20 นาทีก่อน", "3 ชม. ก่อน", "5 วันก่อน" or a date."""
    passed = max(0, now - at)
    if passed < MINUTE:
        return t("table.ago.now")
    if passed < HOUR:
        return t("table.ago.minutes", n=passed // MINUTE)
    if passed < 24 * HOUR:
        return t("table.ago.hours", n=passed // HOUR)
    return days_ago_words(t, at, now)


def days_ago_words(t: Texts, at: Millis, now: Millis) -> str:
    """Return "วันนี้", "เมื่อวาน", "5 วันก่อน" or a date."""
    days = (bangkok_date(now) - bangkok_date(at)).days
    if days <= 0:
        return t("table.ago.today")
    if days == 1:
        return t("table.ago.yesterday")
    if days <= NEAR:
        return t("table.ago.days", n=days)
    return show_short(bangkok_date(at), t.lang)
