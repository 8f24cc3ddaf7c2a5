"""The strip over a demo device: the switch of the signal, and what to try. Exists only in the demo."""

from __future__ import annotations

from collections.abc import Callable

import flet as ft

from telewelfare.cli.demo.link import Link
from telewelfare.views.hooks import screen, use_query
from telewelfare.views.look import GRID, Look, use_look
from telewelfare.views.parts.basic import icon, marked, stack, words
from telewelfare.views.parts.buttons import quiet_button

STEPS = {"volunteer": 9, "officer": 9, "newcomer": 4}


@screen
def DemoBanner(link: Link, part: str, on_switch: Callable[[], object]) -> ft.Control:
    """`part` says whose device this is: volunteer, officer or newcomer."""
    look = use_look()
    shown, set_shown = ft.use_state(False)
    up = use_query(link, lambda: link.up)

    def switch(event: ft.Event[ft.Switch]) -> None:
        link.switch(up=bool(event.control.value))
        on_switch()

    row = ft.Row(
        [
            _signal(look, up=up),
            marked("demo-signal", ft.Switch(value=up, on_change=switch)),
            ft.Container(expand=True),
            quiet_button(
                look,
                look.t("demo.hide" if shown else "demo.try"),
                lambda: set_shown(not shown),
                mark="demo-guide",
            ),
        ],
        spacing=GRID,
    )
    body = stack(row, *([_guide(look, part)] if shown else []))
    return ft.SafeArea(
        ft.Container(
            body,
            bgcolor=look.colours.notice.fill,
            padding=ft.Padding.symmetric(horizontal=2 * GRID),
        ),
        minimum_padding=0,
        avoid_intrusions_bottom=False,
    )


def _signal(look: Look, *, up: bool) -> ft.Control:
    name = ft.Icons.SIGNAL_CELLULAR_ALT_ROUNDED if up else ft.Icons.SIGNAL_CELLULAR_OFF_ROUNDED
    ink = look.colours.notice.ink
    label = look.t("demo.up" if up else "demo.down")
    return ft.Row(
        [icon(look, name, colour=ink), words(look, label, "label", colour=ink)], spacing=GRID
    )


def _guide(look: Look, part: str) -> ft.Control:
    ink = look.colours.notice.ink
    lines = [
        words(look, f"{n}. {look.t(f'demo.{part}.step{n}')}", "label", colour=ink)
        for n in range(1, STEPS[part] + 1)
    ]
    return ft.Container(
        ft.Column([stack(*lines, gap=4)], scroll=ft.ScrollMode.AUTO, height=280),
        padding=ft.Padding.only(bottom=2 * GRID),
    )
