"""What keys and presses make of a list on the desk."""

from __future__ import annotations

import pytest

from telewelfare.views import listing as lists
from telewelfare.views.listing import Listing
from telewelfare.views.parts import TableOrder

IDS = ("a", "b", "c")
FRESH = Listing(TableOrder("urgency"), size=3)
FORMS = {"a": "assign", "ฟ": "assign", "t": "triage"}


def after(listing: Listing, *keys: str, total: int = 3) -> Listing:
    for key in keys:
        listing = lists.pressed(listing, key, IDS, total, FORMS)
    return listing


@pytest.mark.parametrize(
    ("keys", "selected", "opened", "form"),
    [
        (["J"], "a", None, ""),
        (["J", "J", "K"], "a", None, ""),
        (["่", "่", "า"], "a", None, ""),  # the same keys on a Thai keyboard
        (["J", "Enter"], "a", "a", ""),
        (["J", "Enter", "J"], "b", "b", ""),  # what is beside the list follows the selection
        (["J", "Enter", "Escape"], "a", None, ""),
        (["J", "A"], "a", "a", "assign"),
        (["J", "ฟ"], "a", "a", "assign"),
        (["J", "T", "J", "Enter", "/"], "a", "a", "triage"),  # a form has the keys for itself
        (["J", "T", "Escape"], "a", "a", ""),
        (["J", "T", "Escape", "Escape"], "a", None, ""),
        (["A", "Enter"], None, None, ""),  # nothing is selected, so nothing opens
        (["End", "Home"], "a", None, ""),
    ],
)
def test_keys(keys: list[str], selected: str | None, opened: str | None, form: str) -> None:
    listing = after(FRESH, *keys)
    assert (listing.selected, listing.opened, listing.form) == (selected, opened, form)


def test_a_slash_puts_the_cursor_into_the_search_every_time() -> None:
    assert after(FRESH, "/", "ฝ").seeks == 2


def test_escape_at_last_ends_the_search() -> None:
    assert after(lists.searched(FRESH, "สมชาย"), "Escape").query == ""


def test_pages_turn_and_stop_at_both_ends() -> None:
    second = after(FRESH, "Page Down", total=5)
    assert second.page(5).offset == 3
    assert after(second, "Page Down", total=5).page(5).offset == 3
    assert after(second, "Page Up", "Page Up", total=5).page(5).offset == 0


def test_a_list_that_became_shorter_shows_its_last_page() -> None:
    assert lists.turned(FRESH, 99).page(5).offset == 3
    assert lists.turned(FRESH, 99).page(0).offset == 0


@pytest.mark.parametrize(
    "narrowed",
    [
        lists.searched(lists.turned(FRESH, 3), "x"),
        lists.filtered(lists.turned(FRESH, 3), "urgency:critical"),
        lists.placed(lists.turned(FRESH, 3), "9202"),
        lists.sorted_by(lists.turned(FRESH, 3), TableOrder("name")),
    ],
)
def test_what_changes_the_list_goes_back_to_its_first_page(narrowed: Listing) -> None:
    assert narrowed.offset == 0


def test_filters_are_put_on_and_taken_off_and_read_by_their_sort() -> None:
    both = lists.filtered(lists.filtered(FRESH, "urgency:critical"), "state:reported")
    assert both.under("urgency") == {"critical"}
    assert lists.filtered(both, "urgency:critical").under("urgency") == frozenset()
    assert lists.is_narrowed(both)
    assert not lists.is_narrowed(lists.cleared(both))


def test_the_same_area_again_shows_all() -> None:
    assert lists.placed(lists.placed(FRESH, "9202"), "9202").area == ""


def test_after_something_is_done_the_next_row_is_beside_the_list() -> None:
    doing = lists.opened(FRESH, "a", "triage")
    done = lists.settled(doing, "a", IDS)
    assert (done.opened, done.form) == ("b", "")
    assert lists.settled(doing, "gone", IDS).opened == "a"


def test_after_the_last_row_the_detail_closes() -> None:
    assert lists.settled(lists.opened(FRESH, "c", "triage"), "c", IDS).opened is None
    assert lists.settled(FRESH, "c", ()).opened is None


def test_one_who_comes_back_finds_the_row_but_no_form_and_no_cursor() -> None:
    left = lists.rested(after(FRESH, "/", "J", "T"))
    assert (left.opened, left.form, left.seeks) == ("a", "", 0)
