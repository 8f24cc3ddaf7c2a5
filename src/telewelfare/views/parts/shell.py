"""The frame around screens: header, bottom bar or rail, and list beside detail."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import flet as ft

from telewelfare.views.look import CORNER, GRID, SEMIBOLD, TARGET, WIDE, Look
from telewelfare.views.parts.basic import border, icon, marked, tap, words
from telewelfare.views.parts.buttons import icon_button

Pressed = Callable[[], object]

SPLIT_WIDTH = 1000
"""From this width of the window in dp a list and a detail fit beside each other."""
BAR_TEXT = 16


@dataclass(frozen=True)
class Destination:
    """A place of the app: what its mark and address begin with, its word, icon and a count."""

    code: str
    label: str
    icon: ft.IconData
    count: int = 0


def app_header(
    look: Look,
    title: str,
    *,
    on_lock: Pressed,
    on_settings: Pressed | None = None,
    on_back: Pressed | None = None,
    sync: ft.Control | None = None,
    beside: ft.Control | None = None,
) -> ft.Control:
    """Where I am, lock, and the sync line under it. The lock is one tap away on every screen.

    In a wide window the line stands in the row itself: `beside`.
    """
    heading = ft.Semantics(
        header=True, heading_level=1, content=words(look, title, "title", lines=2), expand=True
    )
    back = (
        icon_button(
            look,
            ft.Icons.ARROW_BACK_ROUNDED,
            look.t("parts.back"),
            on_back,
            mark="back",
            flush=True,
        )
        if on_back
        else None
    )
    settings = (
        icon_button(
            look, ft.Icons.SETTINGS_ROUNDED, look.t("parts.settings"), on_settings, mark="settings"
        )
        if on_settings
        else None
    )
    row = ft.Row(
        [
            *filter(None, [back]),
            heading,
            *filter(None, [beside, settings]),
            lock_button(look, on_lock),
        ],
        spacing=GRID,
    )
    return ft.Column([row, *([sync] if sync else [])], spacing=GRID, tight=True)


def lock_button(look: Look, on_lock: Pressed) -> ft.Control:
    """Hide everything now."""
    ink = look.colours.accent
    text = ft.Text(look.t("parts.lock"), size=look.size.label, font_family=SEMIBOLD, color=ink)
    box = ft.Container(
        ft.Row(
            [icon(look, ft.Icons.LOCK_ROUNDED, size=look.size.body), text], spacing=6, tight=True
        ),
        border=border(look, look.colours.edge),
        border_radius=TARGET // 2,
        height=48,
        padding=ft.Padding.symmetric(horizontal=GRID + GRID // 2),
        alignment=ft.Alignment.CENTER,
        ink=True,
        on_click=tap(on_lock),
    )
    return ft.Semantics(identifier="lock", button=True, content=box)


def nav_shell(
    look: Look,
    destinations: Sequence[Destination],
    at: str,
    on_go: Callable[[str], object],
    body: ft.Control,
    *,
    width: float,
) -> ft.Control:
    """Put the body over a bottom bar, or from 700 dp beside a rail. Inside a safe area."""
    items = [
        _destination(look, item, chosen=item.code == at, on_go=on_go, rail=width >= WIDE)
        for item in destinations
    ]
    content = ft.Container(body, expand=True)
    if width >= WIDE:
        frame: ft.Control = ft.Row(
            [_rail(look, items), content],
            spacing=0,
            expand=True,
            vertical_alignment=ft.CrossAxisAlignment.STRETCH,
        )
    else:
        frame = ft.Column([content, _bar(look, items)], spacing=0, expand=True)
    return ft.SafeArea(ft.Container(frame, bgcolor=look.colours.ground, expand=True), expand=True)


def split_view(
    look: Look, listed: ft.Control, detail: ft.Control | None, *, width: float, share: int = 2
) -> ft.Control:
    """A list beside its detail where both fit, else the detail over the list."""
    if width < SPLIT_WIDTH:
        return ft.Container(detail or listed, expand=True)
    line = ft.Container(width=look.line, bgcolor=look.colours.hairline)
    beside = [line, ft.Container(detail, expand=3)] if detail else []
    return ft.Row(
        [ft.Container(listed, expand=share), *beside],
        spacing=0,
        expand=True,
        vertical_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _bar(look: Look, items: list[ft.Control]) -> ft.Control:
    return ft.Container(
        ft.Row([ft.Container(item, expand=True) for item in items], spacing=0),
        bgcolor=look.colours.card,
        border=ft.Border.only(top=ft.BorderSide(look.line, look.colours.hairline)),
        padding=ft.Padding.symmetric(horizontal=GRID // 2, vertical=6),
    )


def _rail(look: Look, items: list[ft.Control]) -> ft.Control:
    return ft.Container(
        ft.Column(items, spacing=GRID // 2),
        width=104,
        bgcolor=look.colours.card,
        border=ft.Border.only(right=ft.BorderSide(look.line, look.colours.hairline)),
        padding=ft.Padding.symmetric(horizontal=GRID, vertical=2 * GRID),
    )


def _destination(
    look: Look, item: Destination, *, chosen: bool, on_go: Callable[[str], object], rail: bool
) -> ft.Control:
    tone = look.colours.chosen
    ink = tone.ink if chosen else look.colours.muted
    pill = ft.Container(
        _counted(look, item, ink),
        bgcolor=tone.fill if chosen else None,
        border=border(look, tone.edge) if chosen and look.mode == "sunlight" else None,
        border_radius=2 * GRID,
        padding=ft.Padding.symmetric(horizontal=2 * GRID, vertical=3),
    )
    label = ft.Text(
        item.label,
        size=min(look.size.label - 2, BAR_TEXT),
        font_family=SEMIBOLD,
        color=ink,
        text_align=ft.TextAlign.CENTER,
        max_lines=2 if rail else 1,
    )
    box = ft.Container(
        ft.Column(
            [pill, label],
            spacing=2,
            tight=True,
            horizontal_alignment=ft.CrossAxisAlignment.CENTER,
        ),
        alignment=ft.Alignment.CENTER,
        border_radius=CORNER,
        padding=ft.Padding.symmetric(vertical=6),
        ink=True,
        on_click=lambda: on_go(item.code),
    )
    return ft.Semantics(identifier=f"nav-{item.code}", button=True, selected=chosen, content=box)


def _counted(look: Look, item: Destination, ink: str) -> ft.Control:
    mark = ft.Icon(
        item.icon,
        color=ink,
        size=26,
        badge=ft.Badge(
            label=str(item.count),
            bgcolor=look.colours.primary.fill,
            text_color=look.colours.primary.ink,
        )
        if item.count
        else None,
    )
    return marked(f"count-{item.code}", mark) if item.count else mark
