"""Narrowing the directory: chips over the list, and what opens behind each of them."""

from __future__ import annotations

from collections.abc import Callable

import flet as ft

from telewelfare.domain.areas import AreaCode, area_name, children, labelled_name
from telewelfare.domain.codes import CODES
from telewelfare.store.index import PartnerFilter
from telewelfare.views.listing import Listing, filtered, placed
from telewelfare.views.look import GRID, Look
from telewelfare.views.parts import (
    Choice,
    Filter,
    choice_list,
    choice_many,
    filter_chips,
    icon_button,
    primary_button,
    words,
)

PLACES = "places:yes"
EVERYWHERE = "all"
ENUMERATIONS = {"kind": "partner_kind", "service": "service_offer"}

Change = Callable[[Listing], object]


def partner_filter(listing: Listing) -> PartnerFilter:
    """Return what the list asks the index for."""
    return PartnerFilter(
        query=listing.query,
        kinds=listing.under("kind"),
        services=listing.under("service"),
        area=listing.area,
        with_places=PLACES in listing.filters,
    )


def partner_chips(
    look: Look, listing: Listing, change: Change, on_pick: Callable[[str], object]
) -> ft.Control:
    """Four chips: three open a choice, the last one is put on and off."""
    area = AreaCode(listing.area)
    here = labelled_name(area, look.t.lang) if area else look.t("partners.filter.area")
    chips = [
        Filter("area", here, opens=True),
        Filter("kind", _counted(look, listing, "kind"), opens=True),
        Filter("service", _counted(look, listing, "service"), opens=True),
        Filter("places", look.t("partners.filter.places")),
    ]
    chosen = {code for code in ENUMERATIONS if listing.under(code)}
    chosen |= ({"area"} if area else set()) | ({"places"} if PLACES in listing.filters else set())

    def toggle(code: str) -> None:
        if code == "places":
            change(filtered(listing, PLACES))
        else:
            on_pick(code)

    return filter_chips(look, chips, chosen, toggle)


def partner_choices(  # noqa: PLR0917 - what is asked, of whom, and both ways out
    look: Look,
    what: str,
    listing: Listing,
    change: Change,
    province: str,
    total: int,
    on_close: Callable[[], object],
) -> ft.Control:
    """Draw what there is to choose from in place of the list, the way back to it at the thumb."""
    close = icon_button(
        look, ft.Icons.ARROW_BACK_ROUNDED, look.t("parts.back"), on_close, mark="close-filter"
    )
    heading = words(look, look.t(f"partners.filter.which_{what}"), "title", expand=True)
    done = primary_button(look, look.t("partners.filter.done", n=total), on_close, mark="filtered")
    choices = (
        _areas(look, listing, change, province)
        if what == "area"
        else _codes(look, what, listing, change)
    )
    scroll = ft.Column(
        [choices],
        scroll=ft.ScrollMode.AUTO,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
    return ft.Column(
        [ft.Row([close, heading], spacing=GRID), scroll, done],
        spacing=GRID + GRID // 2,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _areas(look: Look, listing: Listing, change: Change, province: str) -> ft.Control:
    codes = sorted(children(AreaCode(province)), key=lambda code: area_name(code, look.t.lang))
    everywhere = Choice(EVERYWHERE, look.t("partners.filter.all_areas"))
    choices = [everywhere, *(Choice(code, labelled_name(code, look.t.lang)) for code in codes)]

    def choose(code: str) -> None:
        target = listing.area if code == EVERYWHERE else code
        if target != listing.area or code == EVERYWHERE:
            change(placed(listing, target))

    return choice_list(look, choices, listing.area or EVERYWHERE, choose)


def _codes(look: Look, what: str, listing: Listing, change: Change) -> ft.Control:
    enumeration = ENUMERATIONS[what]
    choices = [Choice(code, look.t.code(enumeration, code)) for code in CODES[enumeration]]
    return choice_many(
        look, choices, listing.under(what), lambda code: change(filtered(listing, f"{what}:{code}"))
    )


def _counted(look: Look, listing: Listing, what: str) -> str:
    label, chosen = look.t(f"partners.filter.{what}"), listing.under(what)
    if len(chosen) == 1:
        return look.t.code(ENUMERATIONS[what], next(iter(chosen)))
    return look.t("partners.filter.chosen", what=label, n=len(chosen)) if chosen else label
