"""The directory of partners: a list to call from on the phone, a table on the desk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import flet as ft

from telewelfare.domain.clock import Millis
from telewelfare.domain.dates import bangkok_date, show_short
from telewelfare.domain.network import line_address
from telewelfare.store.index import Page
from telewelfare.store.lines import PartnerLine
from telewelfare.views.ago import days_ago_words
from telewelfare.views.context import App, use_app
from telewelfare.views.desk_list import list_frame, list_search, table_events, use_list_keys
from telewelfare.views.hooks import screen, use_query
from telewelfare.views.kept import Kept, use_kept
from telewelfare.views.listing import Listing, cleared, closed, is_narrowed, rested
from telewelfare.views.look import GRID, Look, use_look
from telewelfare.views.narrowing import choose_page
from telewelfare.views.partner_filters import (
    NOTHING_OFFERED,
    offered,
    partner_chips,
    partner_choices,
    partner_filter,
)
from telewelfare.views.partner_page import PartnerPanel
from telewelfare.views.partner_words import (
    as_of,
    as_of_words,
    call_address,
    contacted_words,
    free_chips,
    is_old,
    kind_icon,
    place_words,
    status_chips,
)
from telewelfare.views.parts import (
    Drawn,
    TableColumn,
    TableOrder,
    TableRow,
    data_table,
    empty_state,
    icon,
    list_row,
    secondary_button,
    small_action,
    split_view,
    use_drawn,
    words,
)

FIRST: Final = Listing(TableOrder("name"), size=30)
NOTHING: Final = ""


@dataclass(frozen=True, eq=False)
class Shown:
    """What both layouts are drawn from."""

    app: App
    look: Look
    listing: Listing
    change: Kept[Listing]
    page: Page[PartnerLine]
    now: Millis
    pick: Callable[[str], object]
    drawn: Drawn

    @property
    def today(self) -> date:
        """The day it is in Bangkok."""
        return bangkok_date(self.now)

    @property
    def province(self) -> str:
        """The worker's own province."""
        return self.app.session.identity.centre[:2]


@screen
def PartnerListScreen() -> ft.Control:
    """Draw the directory; what was searched for is still there after a look at a partner."""
    app, look = use_app(), use_look()
    journal, index = app.session.journal, app.session.index
    listing, change = use_kept(journal, "partners", FIRST, rested)
    picking, pick = ft.use_state(NOTHING)
    whole = 0 if app.wide else listing.offset + listing.size  # the phone grows, the desk turns
    page = use_query(journal, lambda: _read(app, listing, whole), [listing, whole, index])
    found = use_query(
        journal,
        lambda: offered(index, picking, listing) if picking else NOTHING_OFFERED,
        [picking, listing, index],
    )
    use_list_keys(listing, change, [line.id for line in page.rows], page.total)
    drawn = use_drawn(picking, listing.is_open, app.wide)
    shown = Shown(app, look, listing, change, page, app.session.now(), pick, drawn)
    if picking:
        return choose_page(
            look,
            look.t(f"partners.filter.which_{picking}"),
            partner_choices(look, picking, listing, change, province=shown.province, found=found),
            look.t("partners.filter.done", n=page.total),
            lambda: pick(NOTHING),
        )
    return _desk(shown) if app.wide else _phone(shown)


def _read(app: App, listing: Listing, whole: int) -> Page[PartnerLine]:
    """Read the rows to draw: `whole` from the first on, or with 0 the page of the listing."""
    wanted, index = partner_filter(listing), app.session.index
    down = listing.order.direction == "down"
    if whole:
        return index.partners(wanted, limit=whole)
    total = index.partners(wanted, limit=0).total
    return index.partners(
        wanted,
        sort=listing.order.key,
        descending=down,
        offset=listing.page(total).offset,
        limit=listing.size,
    )


def _phone(shown: Shown) -> ft.Control:
    look, page = shown.look, shown.page
    rows = [_row(shown, line) for line in page.rows]
    left = page.total - len(page.rows)
    if left > 0:
        label = look.t("partners.more", n=min(left, shown.listing.size))
        grown = replace(shown.listing, offset=shown.listing.offset + shown.listing.size)
        rows.append(secondary_button(look, label, lambda: shown.change(grown), mark="more"))
    body = ft.ListView(rows, spacing=GRID, expand=True) if rows else _none(shown)
    return list_frame(*_top(shown), body)


def _top(shown: Shown) -> list[ft.Control]:
    look, listing = shown.look, shown.listing
    return [
        list_search(look.t("partners.search"), listing, shown.change),
        partner_chips(look, listing, shown.change, shown.pick),
        words(
            look, look.t("partners.count", n=shown.page.total), "label", colour=look.colours.muted
        ),
    ]


def _row(shown: Shown, line: PartnerLine) -> ft.Control:
    look, app = shown.look, shown.app
    place = place_words(look, line.area, shown.province)
    chips = [*status_chips(look, line), *free_chips(look, line, shown.today)]
    return list_row(
        look,
        line.name or look.t("partners.unnamed"),
        [
            " · ".join(part for part in (look.t.code("partner_kind", line.kind), place) if part),
            as_of_words(look, line),
            contacted_words(look, line, shown.now),
        ],
        on_open=lambda: app.go(f"/partners/{line.id}"),
        leading=icon(look, kind_icon(line.kind)),
        trailing=reach_column(look, app, line),
        foot=ft.Row(chips, wrap=True, spacing=GRID, run_spacing=6),
        mark=f"partner-{line.id}",
    )


def reach_column(look: Look, app: App, line: PartnerLine) -> ft.Control | None:
    """Call and LINE at the end of a row; None when there is neither."""
    call, name = call_address(line.phone), line.name
    actions = []
    if call:
        spoken = look.t("parts.row.call_whom", name=name)
        actions.append(
            small_action(
                look,
                ft.Icons.CALL_ROUNDED,
                look.t("parts.row.call"),
                lambda: app.launch(call),
                spoken=spoken,
                mark="call",
            )
        )
    if line.line_id:
        spoken = look.t("partners.line_whom", name=name)
        actions.append(
            small_action(
                look,
                ft.Icons.CHAT_ROUNDED,
                look.t("partners.line"),
                lambda: app.launch(line_address(line.line_id)),
                spoken=spoken,
                mark="line",
            )
        )
    return ft.Column(list(actions), spacing=0, tight=True) if actions else None


def _none(shown: Shown) -> ft.Control:
    look = shown.look
    if not is_narrowed(shown.listing):
        return empty_state(
            look,
            look.t("partners.empty"),
            look.t("partners.empty_why"),
            name=ft.Icons.HANDSHAKE_ROUNDED,
        )
    return empty_state(
        look,
        look.t("partners.none"),
        look.t("partners.none_why"),
        name=ft.Icons.SEARCH_OFF_ROUNDED,
        action=look.t("partners.clear"),
        on_press=lambda: shown.change(cleared(shown.listing)),
    )


def _desk(shown: Shown) -> ft.Control:
    look, listing, change = shown.look, shown.listing, shown.change
    table = data_table(
        look,
        _columns(look, narrow=listing.is_open),
        [_table_row(shown, line, narrow=listing.is_open) for line in shown.page.rows],
        table_events(change),
        selected=listing.selected,
        order=listing.order,
        page=listing.page(shown.page.total),
        empty=ft.Container(_none(shown), expand=True),
        drawn=shown.drawn,
    )
    listed = list_frame(*_top(shown), table)
    panel = (
        ft.Container(
            PartnerPanel(listing.opened, lambda: change(closed(listing))),
            key=listing.opened,
            expand=True,
        )
        if listing.opened
        else None
    )
    return split_view(look, listed, panel, width=shown.app.width, share=3)


def _columns(look: Look, *, narrow: bool) -> list[TableColumn]:
    """Return all columns, or with a detail beside them those that say whom to call."""
    wide = (
        []
        if narrow
        else [
            TableColumn("kind", look.t("partners.column.kind"), 4),
            TableColumn("area", look.t("partners.column.area"), 5),
        ]
    )
    return [
        TableColumn("name", look.t("partners.column.name"), 6),
        *wide,
        TableColumn("free", look.t("partners.column.free"), 2, is_number=True),
        TableColumn("as_of", look.t("partners.column.as_of"), 4, sorts=False),
        TableColumn("contact", look.t("partners.column.contact"), 3),
    ]


def _table_row(shown: Shown, line: PartnerLine, *, narrow: bool) -> TableRow:
    look = shown.look
    wide = (
        []
        if narrow
        else [
            look.t.code("partner_kind", line.kind),
            place_words(look, line.area, shown.province),
        ]
    )
    ago = days_ago_words(look.t, line.last_contact, shown.now) if line.last_contact else "–"
    free = "–" if line.free is None else str(line.free)
    return TableRow(
        line.id,
        lambda: (_name_cell(look, line), *wide, free, _as_of_cell(shown, line), ago),
        (line, ago, shown.today),
    )


def _name_cell(look: Look, line: PartnerLine) -> ft.Control:
    name = words(look, line.name or look.t("partners.unnamed"), "dense", lines=1, expand=True)
    return ft.Row([name, *status_chips(look, line, dense=True)], spacing=GRID)


def _as_of_cell(shown: Shown, line: PartnerLine) -> str | ft.Control:
    day, look = as_of(line), shown.look
    if line.free is None or day is None:
        return "–"
    text = show_short(day, look.t.lang)
    if not is_old(line, shown.today):
        return text
    ink = look.colours.notice.ink
    sign = ft.Icon(
        ft.Icons.HISTORY_ROUNDED,
        size=look.size.dense + 3,
        color=ink,
        semantics_label=look.t("partners.free.old"),
        tooltip=look.t("partners.free.old"),
    )
    return ft.Row([words(look, text, "dense", colour=ink, lines=1), sign], spacing=4, tight=True)
