"""My cases: search, filters, and rows that say how urgent, who, where and how far."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from typing import Final

import flet as ft

from telewelfare.domain.areas import AreaCode, area_name, children, labelled_name
from telewelfare.domain.clock import Millis
from telewelfare.domain.rights import Reach, case_reach
from telewelfare.domain.text import sort_key
from telewelfare.store.index import CaseFilter, Page
from telewelfare.store.lines import CaseLine
from telewelfare.views.case_words import line_words, state_tone
from telewelfare.views.context import App, use_app
from telewelfare.views.desk_list import list_frame
from telewelfare.views.due import due_words
from telewelfare.views.hooks import screen, use_query
from telewelfare.views.kept import use_kept
from telewelfare.views.look import GRID, Look, use_look
from telewelfare.views.partner_words import place_words
from telewelfare.views.parts import (
    Choice,
    Filter,
    SearchBox,
    case_badges,
    choice_list,
    empty_state,
    filter_chips,
    icon_button,
    list_row,
    status_chip,
    toggled,
    use_drawn,
    words,
)
from telewelfare.views.parts.drawn import Draw
from telewelfare.views.scrolling import scrolling

ROWS: Final = 20
"""Rows drawn at first, and more each time the end comes near."""
NEAR_END: Final = 800.0  # dp
GROUPS: Final = {
    "new": frozenset({"reported", "triaged", "reopened"}),
    "field": frozenset({"assigned", "fact_finding", "needs_info"}),
    "office": frozenset({"fact_found", "conference", "planned"}),
    "helped": frozenset({"assisting", "following", "referred_out"}),
    "ended": frozenset({"closed", "ineligible", "cancelled"}),
}
"""The states as a field worker thinks of them."""
URGENT: Final = frozenset({"critical", "urgent"})
EVERYWHERE: Final = "all"
KEPT: Final = "case-list"


@dataclass(frozen=True)
class Wanted:
    """What the list shows."""

    query: str = ""
    chips: frozenset[str] = frozenset({"open"})
    area: str = ""


@dataclass(frozen=True)
class Found:
    """What there is to draw, and whose sending still waits."""

    page: Page[CaseLine]
    unsent: frozenset[str]
    everything: int  # cases on this device, whatever the filters hide


@screen
def CaseListScreen() -> ft.Control:
    """The cases this worker reaches, most urgent first."""
    app, look = use_app(), use_look()
    journal = app.session.journal
    wanted, keep = use_kept(journal, KEPT, Wanted())
    shown, set_shown = ft.use_state(ROWS)
    picking, set_picking = ft.use_state(False)
    drawn = use_drawn(picking, app)
    found = use_query(journal, lambda: read(app, wanted, shown), [wanted, shown])

    def alter(update: Callable[[Wanted], Wanted]) -> None:
        set_shown(ROWS)
        keep.alter(update)

    def scrolled(event: ft.OnScrollEvent) -> None:
        near = event.pixels > event.max_scroll_extent - NEAR_END
        if near and shown < found.page.total:
            set_shown(shown + ROWS)  # the same for all events of one movement

    def chip(code: str) -> None:
        if code == "area":
            set_picking(True)
        else:
            alter(lambda now: replace(now, chips=_switched(now.chips, code)))

    if picking:
        return _areas(
            app,
            look,
            wanted,
            lambda area: alter(lambda now: replace(now, area=area)),
            lambda: set_picking(False),
        )
    now = app.session.now()
    scroll = f"{wanted.query}|{sorted(wanted.chips)}|{wanted.area}"
    seen = (look.mode, look.size, look.t.lang, scroll)
    rows = drawn.rows(
        seen, [_drawing(app, look, line, found.unsent, now) for line in found.page.rows]
    )
    body: ft.Control = (
        ft.ListView(
            rows,
            key=scroll,
            spacing=GRID,
            expand=True,
            on_scroll=scrolled,
            scroll_interval=100,
            padding=ft.Padding.only(bottom=2 * GRID),
        )
        if rows
        else _none(app, look, found, lambda: keep(Wanted(chips=frozenset())))
    )
    count = words(
        look, look.t("cases.count", n=found.page.total), "label", colour=look.colours.muted
    )
    top = [
        SearchBox(
            look.t("cases.search"),
            wanted.query,
            lambda text: alter(lambda now: replace(now, query=text)),
        ),
        _chips(look, wanted, chip),
        count,
    ]
    return list_frame(*top, body)


def read(app: App, wanted: Wanted, shown: int) -> Found:
    """Read the first rows of what is wanted."""
    session = app.session
    unsent = session.journal.unsent_cases()
    whole = case_filter(wanted, _mine(app), session.now())
    everything = session.index.cases(CaseFilter(worker=_mine(app)), limit=0).total
    if "unsent" not in wanted.chips:
        return Found(session.index.cases(whole, limit=shown), unsent, everything)
    lines = session.index.cases(whole, limit=everything).rows
    waiting = tuple(line for line in lines if _waits(line, unsent))
    return Found(Page(waiting[:shown], len(waiting)), unsent, everything)


def case_filter(wanted: Wanted, worker: str, now: Millis) -> CaseFilter:
    """What the index is asked for."""
    states = frozenset[str]().union(*(GROUPS[c] for c in wanted.chips if c in GROUPS))
    return CaseFilter(
        query=wanted.query,
        states=states,
        urgencies=URGENT if "urgent" in wanted.chips else frozenset(),
        area=wanted.area,
        worker=worker,
        only_open="open" in wanted.chips,
        overdue_at=now if "overdue" in wanted.chips else None,
    )


def _waits(line: CaseLine, unsent: frozenset[str]) -> bool:
    return line.id in unsent or line.client in unsent


def _mine(app: App) -> str:
    """Whose cases: a volunteer's own; others see all that their device was sent."""
    actor = app.session.actor
    return actor.worker if case_reach(actor.role) is Reach.ASSIGNED else ""


def _switched(chips: frozenset[str], code: str) -> frozenset[str]:
    """Ended cases are not open ones: the one filter takes off the other."""
    new = toggled(chips, code)
    other = {"ended": "open", "open": "ended"}.get(code, "")
    return new - {other} if code in new else new


def _chips(look: Look, wanted: Wanted, on_chip: Callable[[str], object]) -> ft.Control:
    codes = ("open", "urgent", "overdue", "unsent")
    here = labelled_name(AreaCode(wanted.area), look.t.lang) if wanted.area else ""
    chips = [
        *(Filter(code, look.t(f"cases.chip.{code}")) for code in codes),
        Filter("area", here or look.t("cases.chip.area"), opens=True),
        *(Filter(code, look.t(f"cases.chip.{code}")) for code in GROUPS),
    ]
    chosen = wanted.chips | ({"area"} if wanted.area else set())
    return filter_chips(look, chips, chosen, on_chip)


def _drawing(
    app: App, look: Look, line: CaseLine, unsent: frozenset[str], now: Millis
) -> tuple[Hashable, Draw]:
    """What a row shows, and how it is drawn."""
    late = line.due_at is not None and line.due_at < now
    due, sent = due_words(look.t, line.due_at, now), not _waits(line, unsent)
    return (line, due, late, sent), lambda: _row(app, look, line, due, late=late, sent=sent)


def _row(app: App, look: Look, line: CaseLine, due: str, *, late: bool, sent: bool) -> ft.Control:
    chips = [
        *case_badges(look, line.urgency, line.red_flags),
        status_chip(look, look.t.code("case_state", line.state), state_tone(line.state)),
        *(
            [
                status_chip(
                    look, due, "problem" if late else "plain", leading=ft.Icons.SCHEDULE_ROUNDED
                )
            ]
            if due
            else []
        ),
        *(
            []
            if sent
            else [
                status_chip(
                    look,
                    look.t("parts.row.waiting"),
                    "notice",
                    leading=ft.Icons.CLOUD_OFF_ROUNDED,
                )
            ]
        ),
    ]
    place = place_words(look, line.area, app.session.identity.centre[:2])
    row = list_row(
        look,
        line_words(look, line),
        [" · ".join(filter(None, (place, line.no)))],
        on_open=lambda: app.go(f"/cases/{line.id}"),
        foot=ft.Row(chips, wrap=True, spacing=GRID, run_spacing=6),
        mark=f"case-{line.id}",
    )
    row.key = line.id
    return row


def _none(app: App, look: Look, found: Found, clear: Callable[[], object]) -> ft.Control:
    if found.everything == 0:
        shown = empty_state(
            look,
            look.t("cases.empty"),
            look.t("cases.empty_why"),
            name=ft.Icons.FOLDER_OPEN_ROUNDED,
            action=look.t("report.title.1"),
            on_press=lambda: app.go("/report"),
        )
    else:
        shown = empty_state(
            look,
            look.t("cases.none"),
            look.t("cases.none_why"),
            name=ft.Icons.SEARCH_OFF_ROUNDED,
            action=look.t("cases.clear"),
            on_press=clear,
        )
    return ft.Container(shown, expand=True)


def _areas(
    app: App,
    look: Look,
    wanted: Wanted,
    on_area: Callable[[str], object],
    close: Callable[[], object],
) -> ft.Control:
    province = AreaCode(app.session.identity.centre[:2])
    codes = sorted(children(province), key=lambda code: sort_key(area_name(code, look.t.lang)))
    choices = [
        Choice(EVERYWHERE, look.t("cases.everywhere")),
        *(Choice(code, labelled_name(code, look.t.lang)) for code in codes),
    ]

    def choose(code: str) -> None:
        on_area("" if code == EVERYWHERE else code)
        close()

    back = icon_button(
        look, ft.Icons.ARROW_BACK_ROUNDED, look.t("parts.back"), close, mark="close-areas"
    )
    head = ft.Row([back, words(look, look.t("cases.which_area"), "title", expand=True)])
    return scrolling(head, choice_list(look, choices, wanted.area or EVERYWHERE, choose))
