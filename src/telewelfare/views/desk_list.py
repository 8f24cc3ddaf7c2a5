"""What the lists of the desk share: their keys, their frame, what a press in the table does."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import flet as ft

from telewelfare.views.kept import Kept
from telewelfare.views.keys import use_keys
from telewelfare.views.listing import Listing, opened, pressed, searched, sorted_by, turned
from telewelfare.views.look import GRID
from telewelfare.views.parts import SearchBox, TableEvents, is_typing

Change = Kept[Listing]


def use_list_keys(
    listing: Listing,
    change: Change,
    ids: Sequence[str],
    total: int,
    forms: Callable[[], Mapping[str, str]] = dict,
) -> None:
    """Work a list that shows `ids` of `total` rows by keys; `forms` says which key opens which.

    While a field has the cursor all keys but Esc are letters there.
    """

    def press(event: ft.KeyboardEvent) -> bool:
        if event.ctrl or event.alt or event.meta:
            return False
        if is_typing(ft.context.page) and event.key != "Escape":
            return False
        after = pressed(listing, event.key, ids, total, forms())
        change(after)
        return after != listing

    use_keys(press)


def list_search(label: str, listing: Listing, change: Change) -> ft.Control:
    """Draw the search field of a list; the key / puts the cursor into it."""
    return SearchBox(
        label,
        listing.query,
        lambda text: change.alter(lambda now: searched(now, text)),
        focus=listing.seeks,
    )


def table_events(change: Change, *, sorts: bool = True) -> TableEvents:
    """Return what presses in the table of a list do."""
    return TableEvents(
        on_select=lambda row: change.alter(lambda now: opened(now, row)),
        on_sort=(lambda order: change.alter(lambda now: sorted_by(now, order))) if sorts else None,
        on_page=lambda offset: change.alter(lambda now: turned(now, offset)),
    )


def list_frame(*controls: ft.Control) -> ft.Control:
    """Draw search, filters and rows one below the other; the last takes the room that is left."""
    return ft.Container(
        ft.Column(
            list(controls),
            spacing=GRID,
            expand=True,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        ),
        padding=ft.Padding.only(left=2 * GRID, right=2 * GRID, bottom=GRID),
        expand=True,
    )
