"""The whole page: enrol, unlock, and the frame around the screens of an unlocked device."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

import flet as ft
from flet.components.hooks.use_ref import MutableRef

from telewelfare.actions.session import Session
from telewelfare.domain.rights import OFFICE_ROLES
from telewelfare.store.conflicts import open_conflicts
from telewelfare.store.index import CaseFilter
from telewelfare.store.queries import triage_queue
from telewelfare.views.case_list import CaseListScreen
from telewelfare.views.case_page import CaseScreen
from telewelfare.views.case_table import CaseTableScreen
from telewelfare.views.conflict_inbox import ConflictsScreen
from telewelfare.views.contact_form import ContactScreen
from telewelfare.views.context import App, AppContext, use_app
from telewelfare.views.device import Device
from telewelfare.views.devices import DevicesScreen
from telewelfare.views.enrol import EnrolScreen
from telewelfare.views.home import HomeScreen
from telewelfare.views.hooks import screen, use_query
from telewelfare.views.idle import noticed, use_idle
from telewelfare.views.keys import use_keys
from telewelfare.views.look import GRID, Appearance, LookContext, look_of, use_look
from telewelfare.views.numbers import NumbersScreen
from telewelfare.views.partner_page import PartnerScreen
from telewelfare.views.partners import PartnerListScreen
from telewelfare.views.parts import app_header, lock_button, nav_shell
from telewelfare.views.places import (
    HOME,
    Place,
    above,
    address,
    bar_of,
    chosen_in,
    destinations,
    place_of,
)
from telewelfare.views.report import ReportScreen
from telewelfare.views.services import Outside, use_outside
from telewelfare.views.settings import SettingsScreen
from telewelfare.views.sync_page import SyncScreen
from telewelfare.views.sync_state import SyncLine
from telewelfare.views.theme import dress
from telewelfare.views.triage import TriageScreen
from telewelfare.views.unlock import UnlockScreen
from telewelfare.views.visit_form import VisitScreen

NOBODY: Final[Session | None] = None
HOME_SCREEN: Final = "home"
LINE_WIDTH: Final = 440
LINE_INSIDE: Final = 1000
"""From this width of the window in dp the sync line stands in the header's row."""
PHONE_WIDTH: Final = 390.0
PHONES: Final = {ft.PagePlatform.ANDROID, ft.PagePlatform.IOS}


@ft.component
def Root(device: Device) -> list[ft.View]:
    """All views of a page. What lies under the top one is only there for the phone's back key."""
    page = ft.context.page
    appearance, set_appearance = ft.use_state(ft.use_memo(device.appearance, []))
    session, set_session = ft.use_state(NOBODY)
    route, set_route = ft.use_state(page.route or HOME)
    width, set_width = ft.use_state(page.width or PHONE_WIDTH)
    _, set_turn = ft.use_state(0)
    held: MutableRef[bool] = ft.use_ref(False)
    leaving: MutableRef[asyncio.Task[None]] = ft.use_ref()
    outside = use_outside(session)
    unlocked: MutableRef[Session] = ft.use_ref(session)
    unlocked.current = session

    def open_with(opened: Session | None) -> None:
        held.current = opened is not None
        set_session(opened)
        set_turn(lambda n: n + 1)  # enrolled by another page: nothing else would redraw this one

    def lock() -> None:
        if held.current:
            held.current = False
            leaving.current = asyncio.get_running_loop().create_task(device.leave())
        set_session(NOBODY)  # last: the tab may be closed, and the session must end all the same

    def change(chosen: Appearance) -> None:
        device.keep(chosen)
        set_appearance(chosen)
        dress(page, chosen)
        page.update()

    async def closed() -> None:
        if held.current:
            held.current = False
            await device.leave()

    def listen() -> None:
        page.on_route_change = lambda event: set_route(event.route)
        page.on_resize = lambda event: set_width(event.width)
        page.on_view_pop = lambda: page.navigate(_above(unlocked.current, place_of(page.route)))
        page.on_close = closed
        page.update()

    ft.use_effect(listen, [])
    phone = page.platform in PHONES and not page.web
    note = use_idle(device.idle(phone=phone), lock, active=session is not None)
    use_keys(lambda event: _lock_key(event, lock))

    app = _app(session, appearance, width, change, lock, outside)

    def draw() -> ft.Control:
        return noticed(_bannered(device, Page(device, app, route, open_with)), note)

    return _views(route, lambda: LookContext(look_of(appearance), draw))


def _lock_key(event: ft.KeyboardEvent, lock: Callable[[], object]) -> bool:
    if event.ctrl and event.key.upper() in {"L", "ส"}:
        lock()
        return True
    return False


def _app(  # noqa: PLR0917 - what screens reach has that many sides
    session: Session | None,
    appearance: Appearance,
    width: float,
    change: Callable[[Appearance], object],
    lock: Callable[[], object],
    outside: Outside,
) -> App | None:
    if session is None:
        return None
    return App(session, appearance, width, change, lock, outside.go, outside.launch)


def _views(route: str, draw: Callable[[], ft.Control]) -> list[ft.View]:
    top = ft.View(route=route, controls=[draw()], padding=0, spacing=0, key="top")
    if route == HOME:
        return [top]
    return [ft.View(route=HOME, padding=0, key="under"), top]


def _bannered(device: Device, body: ft.Control) -> ft.Control:
    if device.banner is None:
        return body
    inside = ft.Container(body, expand=True)
    return ft.Column(
        [device.banner(), inside],
        spacing=0,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


@screen
def Page(
    device: Device, app: App | None, route: str, on_open: Callable[[Session | None], object]
) -> ft.Control:
    """What stands under the banner."""
    if app is not None:
        return AppContext(app, lambda: Shell(route))
    if device.enrolled:
        return UnlockScreen(device, on_open)
    return EnrolScreen(device, on_open)


@screen
def Shell(route: str) -> ft.Control:
    """Header, sync line and bar around one screen. A form keeps the bar off the phone."""
    app, look = use_app(), use_look()
    index, role = app.session.index, app.session.actor.role
    office = role in OFFICE_ROLES
    waiting = use_query(
        app.session.journal, lambda: _waiting(app.session) if office else {}, [index]
    )
    place, bar = place_of(route), bar_of(role, wide=app.wide)
    frame = ft.Column(
        [_head(app, place), ft.Container(screen_of(app, place), expand=True, key=route)],
        spacing=0,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
    if place.task and not app.wide:
        return ft.SafeArea(
            ft.Container(frame, bgcolor=look.colours.ground, expand=True), expand=True
        )
    return nav_shell(
        look,
        destinations(look, bar, waiting),
        chosen_in(bar, place),
        lambda code: app.go(address(code)),
        frame,
        width=app.width,
    )


def _waiting(session: Session) -> dict[str, int]:
    """How much waits for the office, by the item of the bar where it does."""
    to_triage = triage_queue(session.index, CaseFilter(only_open=True))
    to_decide = open_conflicts(session.journal, session.index)
    return {"triage": len(to_triage), "conflicts": len(to_decide)}


def _head(app: App, place: Place) -> ft.Control:
    """Where I am, the sync line, lock. The line stands in the row where there is room for it."""
    look = look_of(app.appearance)
    line = None if place.name == "sync" else SyncLine()
    if place.task and not app.wide:
        beside = [ft.Container(line, expand=True), lock_button(look, app.lock)]
        content: ft.Control = ft.Row(beside, spacing=GRID)
    else:
        content = _header(app, place, line)
    return ft.Container(
        content, padding=ft.Padding.only(left=2 * GRID, right=2 * GRID, top=GRID, bottom=GRID)
    )


def _header(app: App, place: Place, line: ft.Control | None) -> ft.Control:
    bar = bar_of(app.session.actor.role, wide=app.wide)
    inside = app.width >= LINE_INSIDE and line is not None
    return app_header(
        look_of(app.appearance),
        _title(app, place),
        on_lock=app.lock,
        on_back=None
        if place.name in bar or place.task
        else lambda: app.go(_above(app.session, place)),
        sync=None if inside else line,
        beside=ft.Container(line, width=LINE_WIDTH) if inside else None,
    )


def _above(session: Session | None, place: Place) -> str:
    """Where 'back' leads; a visit lies under its case."""
    visit = session.journal.get(place.id) if session and place.name == "visit" else None
    return above(place, str(visit.values.get("case") or "") if visit else "")


def _title(app: App, place: Place) -> str:
    t = look_of(app.appearance).t
    if place.name == HOME_SCREEN:
        return t("home.hello", name=app.session.identity.worker_name)
    return t(f"nav.title.{place.name}")


def screen_of(app: App, place: Place) -> ft.Control:
    """Return the screen of a place. The office's wide list of cases is a table."""
    table = app.wide and app.session.actor.role in OFFICE_ROLES
    if place.name in OF_RECORD:
        return OF_RECORD[place.name](place.id)
    if place.name == "cases":
        return CaseTableScreen() if table else CaseListScreen()
    return ALONE[place.name]()


ALONE: Final[dict[str, Callable[[], ft.Control]]] = {
    "home": HomeScreen,
    "report": ReportScreen,
    "partners": PartnerListScreen,
    "triage": TriageScreen,
    "conflicts": ConflictsScreen,
    "devices": DevicesScreen,
    "sync": SyncScreen,
    "settings": SettingsScreen,
    "numbers": NumbersScreen,
}
OF_RECORD: Final[dict[str, Callable[[str], ft.Control]]] = {
    "case": CaseScreen,
    "visit": VisitScreen,
    "partner": PartnerScreen,
    "contact": ContactScreen,
}
