"""Settings: how the app looks, lock, PIN, and what this device is."""

from __future__ import annotations

from dataclasses import replace
from typing import Final, get_args

import flet as ft

from telewelfare.actions.settings import TEXT_SIZES
from telewelfare.domain.rights import may_see_devices
from telewelfare.strings import Lang
from telewelfare.sync.engine import APP_VERSION
from telewelfare.views.change_pin import ChangePin
from telewelfare.views.context import App, use_app
from telewelfare.views.hooks import screen
from telewelfare.views.look import GRID, Look, use_look
from telewelfare.views.palette import MODES
from telewelfare.views.parts import (
    Choice,
    Fact,
    choice_list,
    fact_rows,
    list_row,
    secondary_button,
    section_title,
    stack,
    surface,
    words,
)
from telewelfare.views.photos_waiting import PhotosOnWifi
from telewelfare.views.scrolling import scrolling

LANGS: Final[tuple[Lang, ...]] = get_args(Lang)


@screen
def SettingsScreen() -> ft.Control:
    """What is chosen shows at once, on this screen and on all others."""
    app, look = use_app(), use_look()
    asking, set_asking = ft.use_state(False)
    if asking:
        return ChangePin(lambda: set_asking(False))
    return scrolling(
        *_size(app, look),
        *_mode(app, look),
        *_lang(app, look),
        PhotosOnWifi(),
        section_title(look, look.t("settings.safety")),
        stack(
            secondary_button(
                look,
                look.t("settings.lock_now"),
                app.lock,
                leading=ft.Icons.LOCK_ROUNDED,
                mark="lock-now",
            ),
            secondary_button(
                look,
                look.t("settings.change_pin"),
                lambda: set_asking(True),
                leading=ft.Icons.PIN_ROUNDED,
                mark="change-pin",
            ),
            gap=GRID + GRID // 2,
        ),
        *_more(app, look),
        section_title(look, look.t("settings.about")),
        surface(look, fact_rows(look, _facts(app, look))),
    )


def _size(app: App, look: Look) -> list[ft.Control]:
    choices = [Choice(str(size), look.t(f"settings.size.{size}")) for size in TEXT_SIZES]
    sample = words(look, look.t("settings.sample"))
    return [
        section_title(look, look.t("settings.size.title")),
        surface(look, sample),
        choice_list(
            look,
            choices,
            str(look.size.body),
            lambda size: app.change(replace(app.appearance, text_size=int(size))),
        ),
    ]


def _mode(app: App, look: Look) -> list[ft.Control]:
    modes = {str(mode): mode for mode in MODES}
    choices = [
        Choice(code, look.t(f"settings.mode.{code}.name"), look.t(f"settings.mode.{code}.hint"))
        for code in modes
    ]
    return [
        section_title(look, look.t("settings.mode.title")),
        choice_list(
            look,
            choices,
            app.appearance.mode,
            lambda code: app.change(replace(app.appearance, mode=modes[code])),
        ),
    ]


def _lang(app: App, look: Look) -> list[ft.Control]:
    langs = {str(lang): lang for lang in LANGS}
    choices = [Choice(code, look.t(f"settings.lang.{code}")) for code in langs]
    return [
        section_title(look, look.t("settings.lang.title")),
        choice_list(
            look,
            choices,
            app.appearance.lang,
            lambda code: app.change(replace(app.appearance, lang=langs[code])),
        ),
    ]


def _more(app: App, look: Look) -> list[ft.Control]:
    return [
        section_title(look, look.t("settings.more")),
        list_row(look, look.t("nav.title.sync"), on_open=lambda: app.go("/sync"), mark="to-sync"),
        list_row(
            look,
            look.t("nav.title.numbers"),
            on_open=lambda: app.go("/numbers"),
            mark="to-numbers",
        ),
        *([_to_devices(app, look)] if may_see_devices(app.session.actor.role) else []),
    ]


def _to_devices(app: App, look: Look) -> ft.Control:
    """The bar of a phone has no room for it."""
    label = look.t("nav.title.devices")
    return list_row(look, label, on_open=lambda: app.go("/devices"), mark="to-devices")


def _facts(app: App, look: Look) -> list[Fact]:
    who = app.session.identity
    return [
        Fact(look.t("settings.worker"), who.worker_name),
        Fact(look.t("settings.role"), look.t.code("role", who.role)),
        Fact(look.t("settings.centre"), who.centre_name),
        Fact(look.t("settings.device"), who.device),
        Fact(look.t("settings.version"), APP_VERSION),
    ]
