"""Narrowing the directory: chips over the list, and what opens behind each of them."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Final

import flet as ft

from telewelfare.domain.areas import AreaCode, area_name, full_name, is_area, labelled_name
from telewelfare.domain.codes import CODES
from telewelfare.domain.text import sort_key
from telewelfare.store.index import Index, PartnerFilter
from telewelfare.store.lines import PartnerLine
from telewelfare.views.listing import Listing, filtered
from telewelfare.views.look import Look
from telewelfare.views.narrowing import (
    EVERYWHERE,
    Change,
    any_code,
    area_chip_words,
    chosen_words,
    one_area,
)
from telewelfare.views.parts import Choice, Filter, filter_chips

PLACES: Final = "places:yes"
ENUMERATIONS: Final = {"kind": "partner_kind", "service": "service_offer"}
DISTRICT: Final = 4
"""Digits of a district's code."""
CODES_OF: Final[dict[str, Callable[[PartnerLine], Iterable[str]]]] = {
    "area": lambda line: [line.area[:DISTRICT]] if is_area(line.area[:DISTRICT]) else [],
    "kind": lambda line: [line.kind] if line.kind else [],
    "service": lambda line: set(line.services),
}


@dataclass(frozen=True, slots=True)
class Offered:
    """What there is to choose from: each code that a partner of this device has, and how many.

    `counts` are what a choice would show under the other conditions: 0 where they hide all.
    `total` is what shows when nothing is chosen.
    """

    counts: tuple[tuple[str, int], ...] = ()
    total: int = 0


NOTHING_OFFERED: Final = Offered()


def offered(index: Index, what: str, listing: Listing) -> Offered:
    """Return the choices behind a chip; what is chosen stays, to be taken off."""
    codes_of, others = CODES_OF[what], _without(partner_filter(listing), what)
    held = index.partners(PartnerFilter(), limit=sys.maxsize).rows
    shown = index.partners(others, limit=sys.maxsize)
    known = {code for line in held for code in codes_of(line)} | _chosen(listing, what)
    counts = Counter(code for line in shown.rows for code in codes_of(line))
    return Offered(tuple((code, counts[code]) for code in sorted(known)), shown.total)


def _without(wanted: PartnerFilter, what: str) -> PartnerFilter:
    match what:
        case "area":
            return replace(wanted, area="")
        case "kind":
            return replace(wanted, kinds=frozenset())
    return replace(wanted, services=frozenset())


def _chosen(listing: Listing, what: str) -> frozenset[str]:
    if what == "area":
        return frozenset([listing.area] if listing.area else [])
    return listing.under(what)


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
    look: Look, what: str, listing: Listing, change: Change, *, province: str, found: Offered
) -> ft.Control:
    """Return what there is to choose from behind a chip, each with how many it would show."""
    if what == "area":
        everywhere = _choice(look, EVERYWHERE, look.t("partners.filter.all_areas"), found.total)
        return one_area(look, listing, change, [everywhere, *_districts(look, found, province)])
    return any_code(look, listing, change, what, _codes(look, found, ENUMERATIONS[what]))


def _districts(look: Look, found: Offered, province: str) -> list[Choice]:
    """Those of the own province first; others with the name of theirs."""
    lang, counts = look.t.lang, dict(found.counts)
    codes = sorted(
        (AreaCode(code) for code in counts),
        key=lambda code: (not code.startswith(province), sort_key(area_name(code, lang))),
    )
    name = {True: labelled_name, False: full_name}
    return [
        _choice(look, code, name[code.startswith(province)](code, lang), counts[code])
        for code in codes
    ]


def _codes(look: Look, found: Offered, enumeration: str) -> list[Choice]:
    """In the order of the enumeration; codes of a newer version after them."""
    order = {code: n for n, code in enumerate(CODES[enumeration])}
    counts = sorted(found.counts, key=lambda one: order.get(one[0], len(order)))
    return [_choice(look, code, look.t.code(enumeration, code), n) for code, n in counts]


def _choice(look: Look, code: str, name: str, n: int) -> Choice:
    return Choice(code, look.t("partners.filter.choice", name=name, n=n))
