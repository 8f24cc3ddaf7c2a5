"""Narrowing the directory: chips over the list, and what opens behind each of them."""

from __future__ import annotations

from collections.abc import Callable

import flet as ft

from telewelfare.store.index import PartnerFilter
from telewelfare.views.listing import Listing, filtered
from telewelfare.views.look import Look
from telewelfare.views.narrowing import (
    Change,
    area_chip_words,
    area_choices,
    chosen_words,
    code_choices,
)
from telewelfare.views.parts import Filter, filter_chips

PLACES = "places:yes"
ENUMERATIONS = {"kind": "partner_kind", "service": "service_offer"}


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
    codes = [
        Filter(
            what,
            chosen_words(look, listing, what, enumeration, look.t(f"partners.filter.{what}")),
            opens=True,
        )
        for what, enumeration in ENUMERATIONS.items()
    ]
    here = area_chip_words(look, listing, look.t("partners.filter.area"))
    chips = [
        Filter("area", here, opens=True),
        *codes,
        Filter("places", look.t("partners.filter.places")),
    ]
    chosen = {code for code in ENUMERATIONS if listing.under(code)}
    chosen |= ({"area"} if listing.area else set()) | (
        {"places"} if PLACES in listing.filters else set()
    )

    def toggle(code: str) -> None:
        if code == "places":
            change(filtered(listing, PLACES))
        else:
            on_pick(code)

    return filter_chips(look, chips, chosen, toggle)


def partner_choices(
    look: Look, what: str, listing: Listing, change: Change, province: str
) -> ft.Control:
    """Return what there is to choose from behind a chip."""
    if what == "area":
        return area_choices(look, listing, change, province, look.t("partners.filter.all_areas"))
    return code_choices(look, listing, change, what, ENUMERATIONS[what])
