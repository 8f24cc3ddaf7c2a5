"""All cases of the centre on the desk: thousands, one page of them in the tree."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import flet as ft

from telewelfare.domain.clock import Millis
from telewelfare.domain.dates import bangkok_date, show_short
from telewelfare.domain.urgency import URGENCIES
from telewelfare.store.index import CaseFilter, Index, Page
from telewelfare.store.lines import CaseLine
from telewelfare.views.case_beside import case_beside, forms_of
from telewelfare.views.context import App, use_app
from telewelfare.views.desk_list import list_frame, list_search, table_events, use_list_keys
from telewelfare.views.due import due_words
from telewelfare.views.hooks import screen, use_query
from telewelfare.views.kept import Kept, use_kept
from telewelfare.views.listing import (
    Listing,
    cleared,
    closed,
    filtered,
    is_narrowed,
    rested,
    turned,
)
from telewelfare.views.look import GRID, Look, use_look
from telewelfare.views.narrowing import (
    area_chip_words,
    area_choices,
    choose_page,
    chosen_words,
    code_choices,
)
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
    split_view,
    status_chip,
    urgency_badge,
    use_drawn,
    words,
)

FIRST: Final = Listing(TableOrder("urgency"), filters=frozenset({"only:open"}))
KEPT: Final = "case-table"
NOTHING: Final = ""
ROOMY: Final = 1250
"""From this width of the window in dp all columns have room."""
NUMBERS: Final = frozenset({"no", "opened"})
WITH_SORT: Final = frozenset({"no", "urgency", "name", "area", "state", "opened", "due"})
WHOLE: Final = (
    ("no", 5),
    ("urgency", 4),
    ("name", 5),
    ("area", 6),
    ("state", 5),
    ("opened", 4),
    ("due", 5),
    ("owner", 4),
    ("field_worker", 4),
)
MIDDLE: Final = (
    ("no", 6),
    ("urgency", 5),
    ("name", 6),
    ("area", 6),
    ("state", 6),
    ("due", 6),
)
BESIDE: Final = (("urgency", 4), ("name", 5), ("area", 4), ("due", 4))
"""Column and share of the width; fewer with a case beside them."""


@dataclass(frozen=True, eq=False)
class Shown:
    """What the table is drawn from."""

    app: App
    look: Look
    listing: Listing
    change: Kept[Listing]
    page: Page[CaseLine]
    now: Millis
    drawn: Drawn

    @property
    def province(self) -> str:
        """The centre's province."""
        return self.app.session.identity.centre[:2]

    @property
    def columns(self) -> tuple[tuple[str, int], ...]:
        """The columns there is room for."""
        if self.listing.is_open:
            return BESIDE
        return WHOLE if self.app.width >= ROOMY else MIDDLE


@screen
def CaseTableScreen() -> ft.Control:
    """Draw the table; what was searched and sorted is still there when one comes back."""
    app, look = use_app(), use_look()
    journal, index = app.session.journal, app.session.index
    listing, change = use_kept(journal, KEPT, FIRST, rested)
    picking, pick = ft.use_state(NOTHING)
    now = app.session.now()
    asked = (listing.query, listing.filters, listing.area, listing.order, listing.offset)
    page = use_query(journal, lambda: read_page(index, listing, now), [index, *asked])
    drawn = use_drawn(picking, listing.is_open)
    shown = Shown(app, look, listing, change, page, now, drawn)
    ids = [line.id for line in page.rows]
    use_list_keys(listing, change, ids, page.total, lambda: forms_of(app, listing.selected))
    if picking:
        return choose_page(
            look,
            look.t("table.more_filters" if picking == "state" else "table.area"),
            _choices(shown, picking),
            look.t("table.count", n=page.total),
            lambda: pick(NOTHING),
        )
    return split_view(look, _listed(shown, pick), _beside(shown), width=app.width, share=3)


def read_page(index: Index, listing: Listing, now: Millis) -> Page[CaseLine]:
    """Read the rows of one page; past the end the last page."""
    wanted = CaseFilter(
        query=listing.query,
        states=listing.under("state"),
        urgencies=listing.under("urgency"),
        area=listing.area,
        only_open="only:open" in listing.filters,
        overdue_at=now if "only:overdue" in listing.filters else None,
    )
    order = listing.order
    found = index.cases(
        wanted,
        sort=order.key,
        descending=order.direction == "down",
        offset=listing.offset,
        limit=listing.size,
    )
    if found.rows or not found.total:
        return found
    return read_page(index, turned(listing, listing.page(found.total).offset), now)


def _beside(shown: Shown) -> ft.Control | None:
    listing, change, case = shown.listing, shown.change, shown.listing.opened
    if case is None:
        return None
    return case_beside(
        shown.app,
        shown.look,
        case,
        listing.form,
        lambda form: change(replace(listing, form=form)),
        lambda: change(closed(listing)),
        lambda: change(replace(listing, form="")),
    )


def _listed(shown: Shown, pick: Callable[[str], object]) -> ft.Control:
    look, listing = shown.look, shown.listing
    table = data_table(
        look,
        [
            TableColumn(
                key,
                look.t(f"table.column.{key}"),
                share,
                is_number=key in NUMBERS,
                sorts=key in WITH_SORT,
            )
            for key, share in shown.columns
        ],
        [_row(shown, line) for line in shown.page.rows],
        table_events(shown.change),
        selected=listing.selected,
        order=listing.order,
        page=listing.page(shown.page.total),
        empty=ft.Container(_none(shown), expand=True),
        drawn=shown.drawn,
    )
    return list_frame(*_top(shown, pick), table)


def _top(shown: Shown, pick: Callable[[str], object]) -> list[ft.Control]:
    look, listing = shown.look, shown.listing
    search = list_search(look.t("table.search"), listing, shown.change)
    hint = words(look, look.t("table.keys"), "dense", colour=look.colours.muted, lines=1)
    beside = [] if listing.is_open else [ft.Container(hint, width=380)]
    line = ft.Row([ft.Container(search, expand=True), *beside], spacing=2 * GRID)
    return [line, _chips(shown, pick)]


def _chips(shown: Shown, pick: Callable[[str], object]) -> ft.Control:
    look, listing = shown.look, shown.listing
    state = chosen_words(look, listing, "state", "case_state", look.t("table.more_filters"))
    chips = [
        Filter("only:open", look.t("table.only_open")),
        Filter("only:overdue", look.t("table.overdue")),
        *(Filter(f"urgency:{code}", look.t.code("urgency", code)) for code in URGENCIES),
        Filter("state", state, opens=True),
        Filter("area", area_chip_words(look, listing, look.t("table.area")), opens=True),
    ]
    chosen = set(listing.filters)
    chosen |= ({"state"} if listing.under("state") else set()) | (
        {"area"} if listing.area else set()
    )

    def toggle(code: str) -> None:
        if code in {"state", "area"}:
            pick(code)
        else:
            shown.change(filtered(listing, code))

    return filter_chips(look, chips, chosen, toggle)


def _choices(shown: Shown, picking: str) -> ft.Control:
    look, listing = shown.look, shown.listing
    if picking == "state":
        return code_choices(look, listing, shown.change, "state", "case_state")
    everywhere = look.t("table.all_areas")
    return area_choices(look, listing, shown.change, shown.province, everywhere)


def _row(shown: Shown, line: CaseLine) -> TableRow:
    said = due_words(shown.look.t, line.due_at, shown.now, short=True)
    return TableRow(
        line.id,
        lambda: tuple(_cell(shown, line, key) for key, _ in shown.columns),
        (line, said, _worker(shown, line.owner), _worker(shown, line.field_worker)),
    )


def _cell(shown: Shown, line: CaseLine, key: str) -> str | ft.Control:
    look, lang = shown.look, shown.look.t.lang
    match key:
        case "urgency":
            return _urgency(look, line)
        case "area":
            return place_words(look, line.area, shown.province)
        case "opened":
            return show_short(bangkok_date(line.opened_at), lang)
        case "due":
            return _due(shown, line)
        case "owner" | "field_worker":
            return _worker(shown, line.owner if key == "owner" else line.field_worker)
    said = {"no": line.no, "name": line.name or look.t("table.unnamed")}
    return said.get(key) or look.t.code("case_state", line.state)


def _urgency(look: Look, line: CaseLine) -> ft.Control:
    badge = (
        urgency_badge(look, line.urgency, dense=True)
        if line.urgency
        else status_chip(look, look.t("triage.unset"), dense=True)
    )
    return ft.Row([badge], tight=True)


def _due(shown: Shown, line: CaseLine) -> str | ft.Control:
    """Say what is due in words; what is late in the colour of what is wrong, too."""
    look = shown.look
    said = due_words(look.t, line.due_at, shown.now, short=True)
    if line.due_at is None or line.due_at >= shown.now:
        return said
    return words(look, said, "dense_strong", colour=look.colours.problem.ink, lines=1)


def _worker(shown: Shown, worker: str) -> str:
    line = shown.app.session.index.worker(worker) if worker else None
    return line.name if line else "–"


def _none(shown: Shown) -> ft.Control:
    look = shown.look
    if not is_narrowed(shown.listing):
        return empty_state(look, look.t("table.empty"), look.t("table.empty_why"))
    return empty_state(
        look,
        look.t("table.none"),
        look.t("table.none_why"),
        name=ft.Icons.SEARCH_OFF_ROUNDED,
        action=look.t("table.clear"),
        on_press=lambda: shown.change(cleared(shown.listing)),
    )
