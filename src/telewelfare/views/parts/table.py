"""The dense table of the desk, and what its keys mean."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Literal

import flet as ft

from telewelfare.views.look import CORNER, GRID, ROW_DENSE, Look
from telewelfare.views.parts.basic import border, icon, style, words
from telewelfare.views.parts.buttons import icon_button
from telewelfare.views.parts.drawn import Drawn

Direction = Literal["up", "down"]

GUTTER = 3 * GRID
EDGE = 4
"""Width in dp of the mark at the left of the selected row."""


@dataclass(frozen=True)
class Column:
    """A column: its share of the width, whether its values are numbers, whether it sorts."""

    key: str
    label: str
    share: int = 1
    is_number: bool = False
    sorts: bool = True


Cells = tuple[str | ft.Control, ...]


@dataclass(frozen=True, eq=False)
class Row:
    """A row: what identifies it and a cell for each column, words or a small control.

    A row that says all it `shows` is drawn again only when that changes.
    """

    id: str
    cells: Callable[[], Cells]
    shows: Hashable = None


@dataclass(frozen=True, eq=False)
class Inks:
    """The one text style that all cells of a row share."""

    text: ft.TextStyle
    chosen: bool


@dataclass(frozen=True)
class Order:
    """Which column a table is sorted by, and which way."""

    key: str
    direction: Direction = "up"


@dataclass(frozen=True)
class Page:
    """Which rows of all are shown: from `offset`, `size` a page, `total` of all pages."""

    offset: int
    size: int
    total: int

    @property
    def last(self) -> int:
        return min(self.offset + self.size, self.total)


@dataclass(frozen=True)
class TableEvents:
    """What a table tells its screen; None takes the possibility away."""

    on_select: Callable[[str], object]
    on_open: Callable[[str], object] | None = None
    on_sort: Callable[[Order], object] | None = None
    on_page: Callable[[int], object] | None = None


def next_order(order: Order | None, key: str) -> Order:
    """Return the order after a press on a column's heading: up first, then the other way."""
    if order is not None and order.key == key and order.direction == "up":
        return Order(key, "down")
    return Order(key)


def data_table(
    look: Look,
    columns: Sequence[Column],
    rows: Sequence[Row],
    events: TableEvents,
    *,
    selected: str | None = None,
    order: Order | None = None,
    page: Page | None = None,
    empty: ft.Control | None = None,
    drawn: Drawn | None = None,
) -> ft.Control:
    """Rows of 40 dp under a heading that stays; give it a bounded height.

    Draw one page of rows only: each costs time. `drawn` keeps those that did not change.
    """
    head = _head(look, columns, order, events)
    plain = Inks(style(look, "dense"), chosen=False)
    picked = Inks(style(look, "dense", look.colours.chosen.ink), chosen=True)
    shown = tuple(columns)
    top = f"{order}/{page.offset if page else 0}"  # another page or order begins at its top
    keeper = drawn or Drawn()
    keeper.on_press = events.on_select

    def draw(row: Row) -> tuple[Hashable, Callable[[], ft.Control]]:
        chosen = row.id == selected
        inks = picked if chosen else plain
        return (row.id, row.shows, chosen), lambda: _row(look, shown, row, keeper, inks)

    body = ft.ListView(
        keeper.rows((look.mode, look.size, look.t.lang, shown, top), [draw(row) for row in rows]),
        key=top,
        expand=True,
    )
    foot = [_foot(look, page, events)] if page is not None else []
    content = ft.Column([head, body if rows or empty is None else empty, *foot], spacing=0)
    return ft.Container(
        content,
        bgcolor=look.colours.card,
        border=border(look),
        border_radius=CORNER,
        clip_behavior=ft.ClipBehavior.ANTI_ALIAS,
        expand=True,
    )


def _row_height(look: Look) -> int:
    return max(ROW_DENSE, 5 * look.size.dense // 2)


def _head(
    look: Look, columns: Sequence[Column], order: Order | None, events: TableEvents
) -> ft.Control:
    return ft.Container(
        ft.Row([_heading(look, column, order, events) for column in columns], spacing=GUTTER),
        bgcolor=look.colours.sand,
        border=ft.Border.only(bottom=ft.BorderSide(look.line, look.colours.hairline)),
        height=_row_height(look) + 4,
        padding=ft.Padding.only(left=EDGE + GUTTER // 2, right=GUTTER // 2),
    )


def _heading(look: Look, column: Column, order: Order | None, events: TableEvents) -> ft.Control:
    by_this = order is not None and order.key == column.key
    arrow = (
        ft.Icons.ARROW_DOWNWARD_ROUNDED
        if order is not None and order.direction == "down"
        else ft.Icons.ARROW_UPWARD_ROUNDED
    )
    label = words(look, column.label, "dense_strong", lines=1)
    mark = [icon(look, arrow, size=look.size.dense)] if by_this else []
    on_sort = events.on_sort if column.sorts else None
    cell = ft.Container(
        ft.Row(
            [label, *mark],
            spacing=4,
            alignment=ft.MainAxisAlignment.END if column.is_number else ft.MainAxisAlignment.START,
        ),
        alignment=ft.Alignment.CENTER,
        ink=on_sort is not None,
        on_click=(lambda: on_sort(next_order(order, column.key))) if on_sort else None,
    )
    return ft.Semantics(
        identifier=f"sort-{column.key}",
        button=on_sort is not None,
        content=cell,
        expand=column.share,
    )


def _row(look: Look, columns: Sequence[Column], row: Row, keeper: Drawn, inks: Inks) -> ft.Control:
    tone, chosen = look.colours.chosen, inks.chosen
    cells = [
        _cell(column, cell, inks.text) for column, cell in zip(columns, row.cells(), strict=True)
    ]
    edge = ft.BorderSide(EDGE, tone.edge if chosen else ft.Colors.TRANSPARENT)
    line = ft.BorderSide(1, look.colours.hairline)
    box = ft.Container(
        ft.Row(list(cells), spacing=GUTTER),
        height=_row_height(look),
        bgcolor=tone.fill if chosen else None,
        border=ft.Border.only(bottom=line, left=edge),
        padding=ft.Padding.symmetric(horizontal=GUTTER // 2),
        ink=True,
        on_click=lambda: keeper.on_press(row.id),
    )
    return ft.Semantics(
        identifier=f"row-{row.id}", key=row.id, selected=chosen, button=True, content=box
    )


def _cell(column: Column, cell: str | ft.Control, text: ft.TextStyle) -> ft.Control:
    """Draw a cell with as few controls as can be: a page has some hundred of them."""
    if isinstance(cell, str):
        return ft.Text(
            cell,
            style=text,
            max_lines=1,
            overflow=ft.TextOverflow.ELLIPSIS,
            text_align=ft.TextAlign.END if column.is_number else ft.TextAlign.START,
            expand=column.share,
        )
    side = ft.Alignment.CENTER_RIGHT if column.is_number else ft.Alignment.CENTER_LEFT
    return ft.Container(cell, expand=column.share, alignment=side)


def _foot(look: Look, page: Page, events: TableEvents) -> ft.Control:
    label = look.t(
        "parts.table.page", first=min(page.offset + 1, page.total), last=page.last, total=page.total
    )
    on_page = events.on_page
    before, after = page.offset > 0, page.last < page.total
    buttons: list[ft.Control] = []
    if on_page is not None:
        back = icon_button(
            look,
            ft.Icons.CHEVRON_LEFT_ROUNDED,
            look.t("parts.table.before"),
            lambda: on_page(max(page.offset - page.size, 0)) if before else None,
            mark="page-before",
            colour="" if before else look.colours.hairline,
        )
        forth = icon_button(
            look,
            ft.Icons.CHEVRON_RIGHT_ROUNDED,
            look.t("parts.table.after"),
            lambda: on_page(page.offset + page.size) if after else None,
            mark="page-after",
            colour="" if after else look.colours.hairline,
        )
        buttons = [back, forth]
    return ft.Container(
        ft.Row([words(look, label, "dense", colour=look.colours.muted, expand=True), *buttons]),
        padding=ft.Padding.only(left=2 * GRID, right=GRID),
        border=ft.Border.only(top=ft.BorderSide(look.line, look.colours.hairline)),
    )
