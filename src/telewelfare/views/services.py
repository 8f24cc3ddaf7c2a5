"""What lies outside the page: other addresses, other apps, and whether there is a network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import flet as ft
from flet.components.hooks.use_ref import MutableRef

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

    ft.use_effect(begin, [])

    def launch(url: str) -> None:
        if kept.current is not None:
            page.run_task(kept.current[0].launch_url, url)

    return Outside(page.navigate, launch)


def _network(session: Session | None, event: ft.ConnectivityChangeEvent) -> None:
    if session is not None and online(event.connectivity):
        session.sync.nudge()


def online(ways: list[ft.ConnectivityType]) -> bool:
    """Whether any of the ways leads out."""
    return any(way is not ft.ConnectivityType.NONE for way in ways)
