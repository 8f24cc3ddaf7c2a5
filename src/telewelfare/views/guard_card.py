"""How the records stand against the centre's: what it wants removed, what it lost, what was mended."""

from __future__ import annotations

import flet as ft

from telewelfare.actions.outbox import check_all, let_go
from telewelfare.domain.clock import Millis
from telewelfare.store.journal import Health
from telewelfare.views.context import App, use_app
from telewelfare.views.hooks import screen, use_query
from telewelfare.views.look import GRID, Look, use_look
from telewelfare.views.parts import banner, icon, quiet_button, secondary_button, stack, words
from telewelfare.views.parts import surface as card
from telewelfare.views.sync_state import show_moment


@screen
def GuardCard() -> ft.Control:
    """What a person has to decide or to tell the centre; nothing while all is well."""
    app, look = use_app(), use_look()
    journal = app.session.journal
    health = use_query(journal, journal.health)
    parts = [*_held(app, look, health), *_lost(look, health)]
    return ft.Column(parts, spacing=2 * GRID, tight=True, visible=bool(parts))


@screen
def CheckSection() -> ft.Control:
    """What checks have mended, and a check of everything for whoever doubts."""
    app, look = use_app(), use_look()
    journal = app.session.journal
    health = use_query(journal, journal.health)
    return stack(*_mended(app, look, health))


def _held(app: App, look: Look, health: Health) -> list[ft.Control]:
    if not health.held_back:
        return []
    tone = look.colours.notice
    title = ft.Row(
        [
            icon(look, ft.Icons.INVENTORY_2_ROUNDED, colour=tone.ink),
            words(
                look,
                look.t("guard.held", n=health.held_back),
                "title",
                colour=tone.ink,
                expand=True,
            ),
        ],
        spacing=GRID + GRID // 2,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )
    why = words(look, look.t("guard.held_why"), colour=tone.ink)
    ask = secondary_button(
        look,
        look.t("doctor.button.call"),
        lambda: app.go("/numbers"),
        leading=ft.Icons.CALL_ROUNDED,
        mark="guard-call",
    )
    allow = quiet_button(look, look.t("guard.let_go"), lambda: let_go(app.session), mark="let-go")
    centred = ft.Row([allow], alignment=ft.MainAxisAlignment.CENTER)
    return [card(look, stack(title, why, ask, centred, gap=GRID + GRID // 2), tone=tone)]


def _lost(look: Look, health: Health) -> list[ft.Control]:
    return [banner(look, look.t("guard.alone", n=health.alone), "notice")] if health.alone else []


def _mended(app: App, look: Look, health: Health) -> list[ft.Control]:
    check = quiet_button(
        look,
        look.t("guard.check"),
        lambda: check_all(app.session),
        leading=ft.Icons.FACT_CHECK_ROUNDED,
        mark="check-all",
    )
    row = ft.Row([check], alignment=ft.MainAxisAlignment.CENTER)
    if health.last_repair is None:
        return [row]
    at = show_moment(Millis(health.last_repair), app.session.now(), look.t.lang)
    told = look.t("guard.repaired", n=health.repaired, at=at)
    return [words(look, told, "label", colour=look.colours.muted), row]
