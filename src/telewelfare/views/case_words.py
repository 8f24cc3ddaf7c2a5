"""A case in words, the same in the list and on its page."""

from __future__ import annotations

from typing import Final

from telewelfare.domain.clock import Millis
from telewelfare.domain.dates import bangkok_date, show_short, show_time
from telewelfare.domain.lifecycle import ENDED_STATES
from telewelfare.store.lines import CaseLine
from telewelfare.views.look import Look
from telewelfare.views.parts import ToneName

PATH: Final = (
    "reported",
    "triaged",
    "assigned",
    "fact_finding",
    "fact_found",
    "conference",
    "planned",
    "assisting",
    "following",
    "closed",
)
"""The states a case goes through when nothing turns it aside."""
BESIDE: Final = {"needs_info": "fact_finding", "referred_out": "assisting", "reopened": "reported"}
"""Where a state beside the path stands on it."""


def who_words(look: Look, name: str, sex: str, age: int | None) -> str:
    """Return "ลุงดำ · ชาย · ประมาณ 70 ปี"; what is not known is said or left out."""
    parts = (
        name or look.t("cases.no_name"),
        look.t.code("sex", sex) if sex else "",
        look.t("cases.years", n=age) if age is not None else "",
    )
    return " · ".join(filter(None, parts))


def line_words(look: Look, line: CaseLine) -> str:
    """Whom a case is about."""
    return who_words(look, line.name, line.sex, line.age)


def step_of(state: str) -> int | None:
    """Which step of the path a state is; `None` for one that left it."""
    stands = BESIDE.get(state, state)
    return PATH.index(stands) if stands in PATH else None


def state_tone(state: str) -> ToneName:
    """How the chip of a state looks."""
    if state in ENDED_STATES:
        return "plain"
    return "notice" if state in ("needs_info", "reopened") else "chosen"


def when_words(look: Look, at: Millis, now: Millis) -> str:
    """Return "วันนี้ 10.42 น." or "20 พ.ย. 69 10.42 น."."""
    day, today = bangkok_date(at), bangkok_date(now)
    named = look.t("case.today") if day == today else show_short(day, look.t.lang)
    return f"{named} {show_time(at, look.t.lang)}"
