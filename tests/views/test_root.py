"""The frame: where an address leads, what locks a page, what several pages share."""

import asyncio
from pathlib import Path

import flet as ft
import pytest

from telewelfare.views.places import OFFICE_BAR, Place, above, bar_of, place_of
from telewelfare.views.root import Root
from tests import eg
from tests.headless import DESK, PHONE, mount
from tests.store.test_identity import told
from tests.views.device import device, give_pin, is_shown, opened, tap, until

ROUTES = ["/", "/report", "/cases", "/partners", "/sync", "/settings", "/numbers"]


@pytest.mark.parametrize(
    ("route", "place"),
    [
        ("/", Place("home")),
        ("/cases/abc?from=list", Place("case", "abc")),
        ("/visit/v1", Place("visit", "v1", task=True)),
        ("/partners/p1", Place("partner", "p1")),
        ("/partners/p1/contact", Place("contact", "p1", task=True)),
        ("/report", Place("report", task=True)),
        ("/nowhere/at/all", Place("home")),
    ],
)
def test_an_address_leads_to_a_screen(route: str, place: Place) -> None:
    assert place_of(route) == place


def test_back_leads_to_what_lies_above() -> None:
    routes = ["/cases/c1", "/visit/v1", "/partners/p1", "/partners/p1/contact", "/report"]
    assert [above(place_of(route), "c1") for route in [*routes, "/numbers"]] == [
        "/cases",
        "/cases/c1",
        "/partners",
        "/partners/p1",
        "/",
        "/",
    ]


def test_a_phone_has_at_most_five_places_in_its_bar() -> None:
    assert len(bar_of("volunteer", wide=False)) <= 5
    assert bar_of("director", wide=False) == OFFICE_BAR
    assert "sync" in bar_of("director", wide=True)


@pytest.mark.parametrize("width", [PHONE[0], DESK[0]])
async def test_every_screen_is_drawn_with_lock_and_sync_line(tmp_path: Path, width: float) -> None:
    async with opened(device(tmp_path, edits=[eg.case()]), width=width) as ui:
        for route in ROUTES:
            await ui.goto(route)
            assert not is_shown(ui, "screen-broken"), route
            assert is_shown(ui, "lock"), route
            assert is_shown(ui, "sync-line") or route == "/sync"


async def test_the_office_has_a_rail_with_what_waits_for_triage(tmp_path: Path) -> None:
    shown = device(tmp_path, "case_manager", edits=[eg.case(), eg.case()])
    async with opened(shown, width=DESK[0]) as ui:
        assert is_shown(ui, "nav-triage")
        badge = ui.marked("count-triage").badge
        assert badge.label == "2"
        await ui.goto("/triage")
        assert not is_shown(ui, "screen-broken")


async def test_a_locked_page_shows_nothing_and_asks_for_the_pin(tmp_path: Path) -> None:
    shown = device(tmp_path)
    async with opened(shown) as ui:
        await tap(ui, "lock")
        assert is_shown(ui, "pin-dots")
        assert "สมศรี" not in ui.text()
        await asyncio.sleep(0.05)
        assert shown.session is None
        await give_pin(ui)
        await until(ui, "lock")


async def test_each_page_gives_the_pin_and_all_share_one_session(tmp_path: Path) -> None:
    shown = device(tmp_path)
    async with opened(shown):
        first = shown.session
        async with mount(Root, shown, views=True) as second:
            assert is_shown(second, "pin-dots")
            await give_pin(second, "000111")
            await until(second, "banner-notice")
            assert not is_shown(second, "lock")
            await give_pin(second)
            await until(second, "lock")
            assert shown.session is first
            await second.event(second.page, "close")
        assert shown.session is first
    assert shown.session is None


async def test_a_page_that_nobody_uses_locks_itself(tmp_path: Path) -> None:
    shown = device(tmp_path, idle=0)
    async with mount(Root, shown, views=True) as ui:
        await give_pin(ui)
        for _ in range(200):
            await asyncio.sleep(0.01)
            if shown.session is None and is_shown(ui, "pin-dots"):
                break
        assert is_shown(ui, "pin-dots")


async def test_control_l_locks(tmp_path: Path) -> None:
    async with opened(device(tmp_path), width=DESK[0]) as ui:
        keys = {"key": "L", "ctrl": True, "shift": False, "alt": False, "meta": False}
        await ui.event(ui.page, "keyboard_event", keys)
        assert is_shown(ui, "pin-dots")


async def test_the_back_key_of_a_phone_goes_up(tmp_path: Path) -> None:
    async with opened(device(tmp_path), "/numbers") as ui:
        assert [view.route for view in ui.all(ft.View)] == ["/", "/numbers"]
        await ui.event(ui.page, "view_pop", {"route": "/numbers"})
        await ui.settle()
        assert is_shown(ui, "do-report")


async def test_the_network_coming_back_starts_a_round(tmp_path: Path) -> None:
    shown = device(tmp_path)
    async with opened(shown) as ui:
        session = shown.session
        assert session is not None
        for _ in range(200):
            await asyncio.sleep(0.01)
            if session.sync.status.problem:
                break
        seen: list[bool] = []
        session.sync.listen(lambda status: seen.append(status.running))
        watch = ui.one(ft.Connectivity)
        await ui.event(watch, "change", {"connectivity": ["wifi"]})
        for _ in range(50):
            await asyncio.sleep(0.01)
            if seen:
                break
        assert seen[0]


async def test_the_demos_banner_stands_over_every_screen(tmp_path: Path) -> None:
    shown = device(tmp_path)
    shown.banner = lambda: ft.Text("demo")
    async with mount(Root, shown, views=True) as ui:
        assert ui.one(ft.Text, "demo")


async def test_back_from_a_visit_leads_to_its_case(tmp_path: Path) -> None:
    case = eg.case()
    visit = eg.edit("visit", case=case.record)
    async with opened(device(tmp_path, edits=[case, visit]), f"/visit/{visit.record}") as ui:
        await ui.event(ui.page, "view_pop", {"route": "/"})
        await ui.settle()
        assert ui.page.route == f"/cases/{case.record}"


async def test_a_window_made_narrow_turns_the_table_into_the_list(tmp_path: Path) -> None:
    shown = device(tmp_path, "social_worker", edits=[eg.case(urgency="critical")])
    async with opened(shown, "/cases", width=DESK[0]) as ui:
        await tap(ui, "filter-urgency:critical")
        await ui.resize(*PHONE)
        assert is_shown(ui, "filter-unsent")
        assert not is_shown(ui, "screen-broken")


@pytest.mark.parametrize("width", [PHONE[0], DESK[0]])
async def test_a_worker_s_new_role_is_on_the_screen_as_soon_as_the_centre_says_it(
    tmp_path: Path, width: float
) -> None:
    shown = device(tmp_path, edits=[eg.case()])
    async with opened(shown, width=width) as ui:
        assert not is_shown(ui, "nav-triage")
        assert shown.session is not None
        journal = shown.session.journal
        journal.take_in(told(journal.actor.worker, role="case_manager", areas__92=True))
        await until(ui, "nav-triage")
        await until(ui, "figure-to_triage")
        journal.take_in(told(journal.actor.worker, role="volunteer"))
        for _ in range(20):
            await ui.settle()
        assert not is_shown(ui, "nav-triage")
        assert not is_shown(ui, "screen-broken")
