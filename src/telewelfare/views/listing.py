"""The state of a list on the desk, and what keys and presses make of it: pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from telewelfare.views.parts import (
    Close,
    Move,
    Open,
    Search,
    Select,
    TableOrder,
    TablePage,
    table_key,
    toggled,
)

PAGE: Final = 25
"""Rows in the tree at a time: each costs time on every redraw."""
FORTH: Final = frozenset({"page down"})
BACK: Final = frozenset({"page up"})
NO_FORMS: Final[Mapping[str, str]] = {}


@dataclass(frozen=True)
class Listing:
    """What a list shows: how it is sorted and filtered, which row is chosen and what is beside it.

    `selected` is kept when the list changes under it; `form` is what stands over the detail.
    """

    order: TableOrder
    query: str = ""
    filters: frozenset[str] = frozenset()
    area: str = ""
    offset: int = 0
    size: int = PAGE
    selected: str | None = None
    is_open: bool = False
    form: str = ""
    seeks: int = 0  # how often the cursor was sent into the search field

    @property
    def opened(self) -> str | None:
        """What stands beside the list."""
        return self.selected if self.is_open else None

    def page(self, total: int) -> TablePage:
        """Which rows of so many are shown; never past the last page."""
        last = max(0, (total - 1) // self.size * self.size)
        return TablePage(min(self.offset, last), self.size, total)

    def under(self, prefix: str) -> frozenset[str]:
        """Return the chosen filters of one sort: "urgency" gives the codes of "urgency:…"."""
        start = f"{prefix}:"
        return frozenset(f.removeprefix(start) for f in self.filters if f.startswith(start))


def searched(listing: Listing, query: str) -> Listing:
    """Show what matches, from its first page."""
    return replace(listing, query=query, offset=0)


def filtered(listing: Listing, code: str) -> Listing:
    """Put a filter on or take it off."""
    return replace(listing, filters=toggled(listing.filters, code), offset=0)


def placed(listing: Listing, area: str) -> Listing:
    """Show one area; the same again shows all."""
    return replace(listing, area="" if area == listing.area else area, offset=0)


def cleared(listing: Listing) -> Listing:
    """Show everything."""
    return replace(listing, query="", filters=frozenset(), area="", offset=0)


def is_narrowed(listing: Listing) -> bool:
    """Whether a search or a filter hides something."""
    return bool(listing.query.strip() or listing.filters or listing.area)


def sorted_by(listing: Listing, order: TableOrder) -> Listing:
    """Sort, from the first page."""
    return replace(listing, order=order, offset=0)


def turned(listing: Listing, offset: int) -> Listing:
    """Show another page."""
    return replace(listing, offset=max(0, offset))


def opened(listing: Listing, row: str, form: str = "") -> Listing:
    """Show a row beside the list, with a form over it or none."""
    return replace(listing, selected=row, is_open=True, form=form)


def closed(listing: Listing) -> Listing:
    """Close the form, else what is beside the list, else end the search."""
    if listing.form:
        return replace(listing, form="")
    if listing.is_open:
        return replace(listing, is_open=False)
    return searched(listing, "") if listing.query else listing


def settled(listing: Listing, done: str, ids: Sequence[str]) -> Listing:
    """Go on after something was done about a row: the next one, or the first if it left the list.

    `ids` as they are shown. When nothing is left the detail closes.
    """
    after = ids[ids.index(done) + 1 :] if done in ids else ids
    if not after:
        return replace(listing, selected=None, is_open=False, form="")
    return replace(listing, selected=after[0], is_open=True, form="")


def rested(listing: Listing) -> Listing:
    """Return what one who comes back finds: no half-filled form, the cursor nowhere."""
    return replace(listing, form="", seeks=0)


def pressed(
    listing: Listing,
    key: str,
    ids: Sequence[str],
    total: int,
    forms: Mapping[str, str] = NO_FORMS,
) -> Listing:
    """Return what a key makes of a list that shows `ids` of `total` rows.

    `forms` says which key opens which form. While a form is open all keys but Esc belong to it.
    """
    move, name = table_key(key, ids, listing.selected), key.lower()
    if isinstance(move, Close):
        return closed(listing)
    if listing.form:
        return listing
    if name in forms and listing.selected in ids:
        return opened(listing, str(listing.selected), forms[name])
    return _moved(listing, move) if move else _paged(listing, name, total)


def _moved(listing: Listing, move: Move) -> Listing:
    match move:
        case Search():
            return replace(listing, seeks=listing.seeks + 1)
        case Open(row):
            return opened(listing, row)
        case Select(row):
            return replace(listing, selected=row)
        case Close():
            return closed(listing)


def _paged(listing: Listing, key: str, total: int) -> Listing:
    page = listing.page(total)
    if key in FORTH and page.last < total:
        return turned(listing, page.offset + page.size)
    return turned(listing, page.offset - page.size) if key in BACK else listing
