"""Photos on their way to the centre, and when they are sent, as sections of a page."""

from __future__ import annotations

import flet as ft

from telewelfare.actions.photos import choose_wifi_only, try_photos_again
from telewelfare.views.context import use_app
from telewelfare.views.hooks import screen, use_query
from telewelfare.views.look import GRID, use_look
from telewelfare.views.parts import (
    Choice,
    banner,
    choice_many,
    secondary_button,
    section_title,
    stack,
    surface,
    words,
)
from telewelfare.views.sync_state import use_photos


@screen
def PhotosWaiting() -> ft.Control:
    """How many photos are on their way, and those that the centre refused; nothing when none is."""
    session, look = use_app().session, use_look()
    photos = use_photos(session)
    lines: list[ft.Control] = []
    if photos.photos:
        means = "photos.follow_wifi" if session.photos.queue.only_small else "photos.follow"
        lines.append(words(look, look.t("photos.waiting", n=photos.photos), "strong"))
        lines.append(words(look, look.t(means), colour=look.colours.muted))
    if photos.refused:
        lines.append(banner(look, look.t("photos.refused", n=photos.refused), "problem"))
        lines.append(
            secondary_button(
                look,
                look.t("photos.again"),
                lambda: try_photos_again(session),
                leading=ft.Icons.REFRESH_ROUNDED,
                mark="photos-again",
            )
        )
    if not lines:
        return ft.Container(visible=False)
    kept = surface(look, ft.Column(lines, spacing=GRID, tight=True))
    return stack(section_title(look, look.t("photos.title")), kept)


@screen
def PhotosOnWifi() -> ft.Control:
    """Whether full photos wait for a Wi-Fi."""
    session, look = use_app().session, use_look()
    queue = session.photos.queue
    wifi_only = use_query(session.photos.outgoing, lambda: queue.wifi_only)
    choice = Choice("wifi_only", look.t("photos.wifi.name"), look.t("photos.wifi.hint"))
    return stack(
        section_title(look, look.t("photos.wifi.title")),
        choice_many(
            look,
            [choice],
            {choice.code} if wifi_only else (),
            lambda _: choose_wifi_only(session, wifi_only=not wifi_only),
        ),
    )
