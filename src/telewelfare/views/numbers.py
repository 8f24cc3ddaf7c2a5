"""Emergency numbers: large, known without a network, one tap to call."""

from __future__ import annotations

from collections.abc import Callable

import flet as ft

from telewelfare.domain.hotlines import Hotline, hotlines
from telewelfare.views.context import use_app
from telewelfare.views.hooks import screen
from telewelfare.views.look import GRID, Look, use_look
from telewelfare.views.parts import list_row, status_chip, words
from telewelfare.views.scrolling import scrolling


@screen
def NumbersScreen() -> ft.Control:
    """All numbers, the most needed first."""
    app, look = use_app(), use_look()
    note = words(look, look.t("numbers.note"), colour=look.colours.muted)
    rows = [_row(look, line, app.launch) for line in hotlines()]
    return scrolling(note, *rows)


def _row(look: Look, line: Hotline, launch: Callable[[str], object]) -> ft.Control:
    number = words(look, line.number, "question", colour=look.colours.accent)
    unsure = None if line.verified else status_chip(look, look.t("numbers.unverified"), "notice")
    call = ft.Container(
        ft.Icon(ft.Icons.CALL_ROUNDED, color=look.colours.primary.ink, size=look.size.icon),
        width=48,
        height=48,
        border_radius=24,
        bgcolor=look.colours.primary.fill,
        alignment=ft.Alignment.CENTER,
    )
    row = list_row(
        look,
        look.t(f"numbers.{line.key}.name"),
        [look.t(f"numbers.{line.key}.what")],
        on_open=lambda: launch(f"tel:{line.number}"),
        leading=ft.Container(number, width=3 * look.size.question),
        trailing=call,
        foot=unsure,
        mark=f"call-{line.number}",
    )
    return ft.Container(row, margin=ft.Margin.only(bottom=GRID // 2))
