"""The desk that looks first: what came in, most urgent on top, the case beside it, two keys."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

import flet as ft

from telewelfare.domain.areas import AreaCode, labelled_name
from telewelfare.domain.clock import Millis
from telewelfare.domain.urgency import URGENCIES
from telewelfare.store.index import CaseFilter
from telewelfare.store.lines import CaseLine
from telewelfare.store.queries import triage_queue
from telewelfare.views.ago import ago_words
from telewelfare.views.case_beside import case_beside, forms_of
from telewelfare.views.context import App, use_app
from telewelfare.views.desk_list import list_frame, list_search, table_events, use_list_keys
from telewelfare.views.hooks import screen, use_query
from telewelfare.views.kept import Kept, use_kept
from telewelfare.views.listing import (
    Listing,
    cleared,
    closed,
    filtered,
    is_narrowed,
    opened,
    placed,
    rested,
    settled,
)
from telewelfare.views.look import GRID, Look, use_look
from telewelfare.views.partner_words import place_words
from telewelfare.views.parts import (
    Drawn,
    Filter,
    TableColumn,
    TableOrder,
    TableRow,
    data_table,
    empty_state,
    filter_chips,
    list_row,
    split_view,
    status_chip,
    urgency_badge,
    use_drawn,
    words,
)

FIRST: Final = Listing(TableOrder("urgency"))
UNSET: Final = "unset"
"""The filter for what nobody has called urgent or not."""
_DISTRICT: Final = 4  # digits
ROOMY: Final = 1250
"""From this width of the window in dp the signs have room for their words."""


@dataclass(frozen=True, eq=False)
class Shown:
    """What both layouts are drawn from. `everything`: the queue without search and filters."""

    app: App
    look: Look
    listing: Listing
    change: Kept[Listing]
    everything: tuple[CaseLine, ...]
    found: tuple[CaseLine, ...]
    now: Millis
    drawn: Drawn

    @property
    def rows(self) -> tuple[CaseLine, ...]:
        """The page of the queue that is drawn."""
        page = self.listing.page(len(self.found))
        return self.found[page.offset : page.last]

    @property
    def ids(self) -> list[str]:
        """The cases drawn, in order."""
        return [line.id for line in self.rows]


@screen
def TriageScreen() -> ft.Control:
    """Draw the queue, and beside it the case or the form about it."""
    app, look = use_app(), use_look()
    journal, index = app.session.journal, app.session.index
    listing, change = use_kept(journal, "triage", FIRST, rested)
    wanted = _wanted(listing)
    everything = use_query(
        journal, lambda: triage_queue(index, CaseFilter(only_open=True)), [index]
    )
    found = use_query(journal, lambda: triage_queue(index, wanted), [wanted, index])
    drawn = use_drawn(listing.is_open, app.wide)
    shown = Shown(app, look, listing, change, everything, found, app.session.now(), drawn)
    use_list_keys(listing, change, shown.ids, len(found), lambda: forms_of(app, listing.selected))
    case = listing.opened
    beside = (
        case_beside(
            app,
            look,
            case,
            listing.form,
            lambda form: change(replace(listing, form=form)),
            lambda: change(closed(listing)),
            lambda: change(_after(shown, case)),
        )
        if case
        else None
    )
    return split_view(look, _queue(shown), beside, width=app.width, share=3)


def _wanted(listing: Listing) -> CaseFilter:
    urgencies = frozenset("" if code == UNSET else code for code in listing.under("urgency"))
    return CaseFilter(query=listing.query, urgencies=urgencies, area=listing.area, only_open=True)


def _after(shown: Shown, case: str) -> Listing:
    """After triage comes the hand-over of the same case, unless somebody has it; then the next."""
    listing, line = shown.listing, shown.app.session.index.case(case)
    if listing.form == "triage" and line is not None and not line.field_worker:
        return replace(listing, form="assign")
    return settled(listing, case, shown.ids)


def _queue(shown: Shown) -> ft.Control:
    top = [*_finding(shown), _urgencies(shown), _districts(shown)]
    body = _table(shown) if shown.app.wide else _list(shown)
    return list_frame(*top, body)


def _finding(shown: Shown) -> list[ft.Control]:
    """How many wait, and the search; on the desk in one line."""
    look, listing = shown.look, shown.listing
    count = words(look, look.t("triage.count", n=len(shown.everything)), "strong")
    search = list_search(look.t("triage.search"), listing, shown.change)
    if not shown.app.wide:
        return [count, search]
    hint = words(look, look.t("triage.keys"), "dense", colour=look.colours.muted, lines=1)
    beside = [] if listing.is_open or shown.app.width < ROOMY else [hint]
    return [ft.Row([count, ft.Container(search, expand=True), *beside], spacing=2 * GRID)]


def _urgencies(shown: Shown) -> ft.Control:
    look, listing = shown.look, shown.listing
    counts = Counter(line.urgency or UNSET for line in shown.everything)
    chips = [
        Filter(code, look.t.code("urgency", code) if code != UNSET else look.t("triage.unset"), n)
        for code in (*URGENCIES, UNSET)
        if (n := counts[code]) or code in listing.under("urgency")
    ]
    return filter_chips(
        look,
        chips,
        listing.under("urgency"),
        lambda code: shown.change(filtered(listing, f"urgency:{code}")),
    )


def _districts(shown: Shown) -> ft.Control:
    """Draw the districts that something came from, the fullest first."""
    look, listing = shown.look, shown.listing
    counts = Counter(line.area[:_DISTRICT] for line in shown.everything if line.area)
    chips = [
        Filter(code, labelled_name(AreaCode(code), look.t.lang), n)
        for code, n in counts.most_common()
    ]
    chosen = {listing.area} if listing.area else set()
    return filter_chips(look, chips, chosen, lambda code: shown.change(placed(listing, code)))


def _table(shown: Shown) -> ft.Control:
    look, listing = shown.look, shown.listing
    narrow = listing.is_open or shown.app.width < ROOMY
    return data_table(
        look,
        _columns(look, narrow=narrow),
        [_row(shown, line, narrow=narrow) for line in shown.rows],
        table_events(shown.change, sorts=False),
        selected=listing.selected,
        page=listing.page(len(shown.found)) if len(shown.found) > listing.size else None,
        empty=ft.Container(_none(shown), expand=True),
        drawn=shown.drawn,
    )


def _columns(look: Look, *, narrow: bool) -> list[TableColumn]:
    shares = (
        (("urgency", 4), ("area", 4), ("situation", 5), ("ago", 3))
        if narrow
        else (("urgency", 4), ("area", 6), ("situation", 10), ("signs", 13), ("ago", 4))
    )
    return [
        TableColumn(
            key,
            look.t(f"triage.column.{key}"),
            share,
            is_number=key == "ago",
            sorts=False,
        )
        for key, share in shares
    ]


def _row(shown: Shown, line: CaseLine, *, narrow: bool) -> TableRow:
    look = shown.look
    said = line.situation or look.t("triage.no_situation")
    ago = ago_words(look.t, line.opened_at, shown.now)

    def told() -> str | ft.Control:
        if not narrow:
            return said
        return ft.Row(
            [*_marks(look, line), words(look, said, "dense", lines=1, expand=True)], spacing=4
        )

    def signs() -> ft.Control:
        return ft.Container(
            ft.Row([*_signs(look, line, dense=True)], spacing=6),
            clip_behavior=ft.ClipBehavior.HARD_EDGE,
        )

    def cells() -> tuple[str | ft.Control, ...]:
        urgency, place = _urgency(look, line, dense=True), _place(shown, line, narrow=narrow)
        return (urgency, place, told(), *(() if narrow else (signs(),)), ago)

    return TableRow(line.id, cells, (line, ago))


def _place(shown: Shown, line: CaseLine, *, narrow: bool) -> str:
    if narrow and line.area:
        return labelled_name(AreaCode(line.area[:6]), shown.look.t.lang)
    return place_words(shown.look, line.area, shown.app.session.identity.centre[:2])


def _urgency(look: Look, line: CaseLine, *, dense: bool = False) -> ft.Control:
    """Draw the urgency, in its row so that it keeps its own width."""
    badge = (
        urgency_badge(look, line.urgency, dense=dense)
        if line.urgency
        else status_chip(look, look.t("triage.unset"), dense=dense)
    )
    return ft.Row([badge], tight=True)


def _signs(look: Look, line: CaseLine, *, dense: bool = False) -> list[ft.Control]:
    """Danger signs, children, and what a volunteer triaged alone, in words."""
    found = []
    if line.red_flags:
        label, sign = look.t("triage.flags", n=line.red_flags), ft.Icons.WARNING_ROUNDED
        found.append(status_chip(look, label, "problem", leading=sign, dense=dense))
    if line.needs_review:
        label, sign = look.t("triage.review"), ft.Icons.FACT_CHECK_ROUNDED
        found.append(status_chip(look, label, "notice", leading=sign, dense=dense))
    if line.minors:
        label, sign = look.t("triage.minors"), ft.Icons.CHILD_CARE_ROUNDED
        found.append(status_chip(look, label, leading=sign, dense=dense))
    return found


def _marks(look: Look, line: CaseLine) -> list[ft.Control]:
    """Draw the same signs without their words where there is no room; the words are spoken."""
    found = []
    if line.red_flags:
        said = look.t("triage.flags", n=line.red_flags)
        found.append(_mark(look, ft.Icons.WARNING_ROUNDED, said, look.colours.problem.ink))
    if line.needs_review:
        said = look.t("triage.review")
        found.append(_mark(look, ft.Icons.FACT_CHECK_ROUNDED, said, look.colours.notice.ink))
    return found


def _mark(look: Look, sign: ft.IconData, said: str, ink: str) -> ft.Control:
    return ft.Icon(sign, color=ink, size=look.size.dense + 3, semantics_label=said, tooltip=said)


def _list(shown: Shown) -> ft.Control:
    look = shown.look
    if not shown.found:
        return _none(shown)
    rows = [
        list_row(
            look,
            line.situation or look.t("triage.no_situation"),
            [
                " · ".join(
                    part
                    for part in (
                        _place(shown, line, narrow=False),
                        ago_words(look.t, line.opened_at, shown.now),
                    )
                    if part
                )
            ],
            on_open=partial(_open, shown, line.id),
            foot=ft.Row(
                [_urgency(look, line), *_signs(look, line)], wrap=True, spacing=GRID, run_spacing=6
            ),
            mark=f"row-{line.id}",
        )
        for line in shown.rows
    ]
    return ft.ListView(rows, spacing=GRID, expand=True)


def _open(shown: Shown, case: str) -> None:
    shown.change(opened(shown.listing, case))


def _none(shown: Shown) -> ft.Control:
    look = shown.look
    if not is_narrowed(shown.listing) or not shown.everything:
        return empty_state(
            look,
            look.t("triage.none"),
            look.t("triage.none_why"),
            name=ft.Icons.TASK_ALT_ROUNDED,
        )
    return empty_state(
        look,
        look.t("triage.filtered"),
        look.t("triage.filtered_why"),
        name=ft.Icons.SEARCH_OFF_ROUNDED,
        action=look.t("triage.clear"),
        on_press=lambda: shown.change(cleared(shown.listing)),
    )
