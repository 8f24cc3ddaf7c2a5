"""What lies outside the page: other addresses, other apps, and whether there is a network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import flet as ft
from flet.components.hooks.use_ref import MutableRef

from telewelfare.actions.photos import note_line
from telewelfare.actions.session import Session


@dataclass(frozen=True)
class Outside:
    """Going to another screen, opening tel: or a link."""

    go: Callable[[str], object]
    launch: Callable[[str], object]


def use_outside(session: Session | None) -> Outside:
    """Keep the page's services, and nudge the session's sync when the network comes back."""
    page = ft.context.page
    now: MutableRef[Session] = ft.use_ref(session)
    now.current = session
    kept: MutableRef[tuple[ft.UrlLauncher, ft.Connectivity]] = ft.use_ref()

    def begin() -> None:
        watch = ft.Connectivity(on_change=lambda event: _network(now.current, event))
        kept.current = (ft.UrlLauncher(), watch)  # a service that nobody holds is taken away

    def look() -> None:
        if session is not None and kept.current is not None:
            page.run_task(_look, session, kept.current[1])

    ft.use_effect(begin, [])
    ft.use_effect(look, [session])

    def launch(url: str) -> None:
        if kept.current is not None:
            page.run_task(kept.current[0].launch_url, url)

    return Outside(page.navigate, launch)


def _network(session: Session | None, event: ft.ConnectivityChangeEvent) -> None:
    if session is None:
        return
    note_line(session, unmetered=unmetered(event.connectivity))
    if online(event.connectivity):
        session.sync.nudge()


async def _look(session: Session | None, watch: ft.Connectivity | None) -> None:
    """On which line the device is when the work begins."""
    if session is not None and watch is not None:
        note_line(session, unmetered=unmetered(await watch.get_connectivity()))


def unmetered(ways: list[ft.ConnectivityType]) -> bool:
    """Whether bytes cost nothing there: a Wi-Fi or a cable, and no telephone network."""
    free = {ft.ConnectivityType.WIFI, ft.ConnectivityType.ETHERNET}
    return ft.ConnectivityType.MOBILE not in ways and bool(free.intersection(ways))


def online(ways: list[ft.ConnectivityType]) -> bool:
    """Whether any of the ways leads out."""
    return any(way is not ft.ConnectivityType.NONE for way in ways)
