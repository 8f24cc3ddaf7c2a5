"""What opens behind a filter chip: a choice in place of the list, the way back at the thumb."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import flet as ft

from telewelfare.domain.areas import AreaCode, area_name, children, labelled_name
from telewelfare.domain.codes import CODES
from telewelfare.domain.text import sort_key
from telewelfare.views.listing import Listing, filtered, placed
from telewelfare.views.look import GRID, READING, Look
from telewelfare.views.parts import (
    Choice,
    centred,
    choice_list,
    choice_many,
    icon_button,
    primary_button,
    words,
)

EVERYWHERE = "all"

Change = Callable[[Listing], object]


def choose_page(
    look: Look, title: str, choices: ft.Control, done: str, on_close: Callable[[], object]
) -> ft.Control:
    """Draw choices in place of a list; `done` says how many rows are left."""
    close = icon_button(
        look, ft.Icons.ARROW_BACK_ROUNDED, look.t("parts.back"), on_close, mark="close-filter"
    )
    scroll = ft.Column(
        [choices],
        scroll=ft.ScrollMode.AUTO,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
    page = ft.Column(
        [
            ft.Row([close, words(look, title, "title", expand=True)], spacing=GRID),
            scroll,
            primary_button(look, done, on_close, mark="filtered"),
        ],
        spacing=GRID + GRID // 2,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
    return centred(ft.Container(page, padding=2 * GRID, expand=True), READING)


def area_choices(
    look: Look, listing: Listing, change: Change, province: str, everywhere: str
) -> ft.Control:
    """One district of a province, or all of it."""
    codes = sorted(
        children(AreaCode(province)), key=lambda code: sort_key(area_name(code, look.t.lang))
    )
    districts = [Choice(code, labelled_name(code, look.t.lang)) for code in codes]
    return one_area(look, listing, change, [Choice(EVERYWHERE, everywhere), *districts])


def one_area(look: Look, listing: Listing, change: Change, choices: Sequence[Choice]) -> ft.Control:
    """One of these districts; `EVERYWHERE` among them takes the condition off."""

    def choose(code: str) -> None:
        if code == EVERYWHERE:
            change(placed(listing, listing.area))
        elif code != listing.area:
            change(placed(listing, code))

    return choice_list(look, choices, listing.area or EVERYWHERE, choose)


def code_choices(
    look: Look, listing: Listing, change: Change, what: str, enumeration: str
) -> ft.Control:
    """Any of an enumeration, as filters "what:code"."""
    choices = [Choice(code, look.t.code(enumeration, code)) for code in CODES[enumeration]]
    return any_code(look, listing, change, what, choices)


def any_code(
    look: Look, listing: Listing, change: Change, what: str, choices: Sequence[Choice]
) -> ft.Control:
    """Any of these choices, as filters "what:code"."""
    return choice_many(
        look,
        choices,
        listing.under(what),
        lambda code: change(filtered(listing, f"{what}:{code}")),
    )


def chosen_words(look: Look, listing: Listing, what: str, enumeration: str, label: str) -> str:
    """Return the label of a chip: what is chosen when it is one, how many when they are several."""
    chosen = listing.under(what)
    if len(chosen) == 1:
        return look.t.code(enumeration, next(iter(chosen)))
    return f"{label} {len(chosen)}" if chosen else label


def area_chip_words(look: Look, listing: Listing, label: str) -> str:
    """Return the label of the chip of districts."""
    return labelled_name(AreaCode(listing.area), look.t.lang) if listing.area else label
