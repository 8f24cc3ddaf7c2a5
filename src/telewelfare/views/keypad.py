"""Large digits for a PIN: for thumbs, and for the keys of a real keyboard."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import flet as ft

from telewelfare.store.vault import PIN_LENGTHS
from telewelfare.views.look import BOLD, CORNER, GRID, Look
from telewelfare.views.parts import border, icon, words

ERASE: Final = "erase"
ROWS: Final = (("1", "2", "3"), ("4", "5", "6"), ("7", "8", "9"), ("", "0", ERASE))
WIDEST: Final = 336
LONGEST: Final = PIN_LENGTHS[-1]
SHORTEST: Final = PIN_LENGTHS[0]

Press = Callable[[str], object]


def typed_after(pin: str, key: str) -> str:
    """Return the PIN after a key of the pad, of a keyboard, or one that means nothing here."""
    if key in {ERASE, "Backspace"}:
        return pin[:-1]
    digit = key.removeprefix("Numpad ").strip()
    if len(digit) == 1 and digit in "0123456789" and len(pin) < LONGEST:
        return pin + digit
    return pin


def pin_pad(look: Look, pin: str, on_press: Press, *, disabled: bool = False) -> ft.Control:
    """Dots for what was typed, over a pad of twelve keys. The digits are never shown."""
    rows = [_row(look, keys, on_press, disabled=disabled) for keys in ROWS]
    pad = ft.Column([_dots(look, len(pin)), *rows], spacing=GRID, tight=True)
    return ft.Container(ft.Container(pad, width=WIDEST), alignment=ft.Alignment.CENTER)


def _dots(look: Look, count: int) -> ft.Control:
    slots = max(SHORTEST, count)
    dots = [_dot(look, filled=at < count) for at in range(slots)]
    row = ft.Row(list(dots), spacing=GRID + 2, alignment=ft.MainAxisAlignment.CENTER)
    return ft.Semantics(
        identifier="pin-dots",
        label=look.t("unlock.typed", n=count),
        content=ft.Container(row, height=44, alignment=ft.Alignment.CENTER),
    )


def _dot(look: Look, *, filled: bool) -> ft.Control:
    return ft.Container(
        width=16,
        height=16,
        border_radius=8,
        bgcolor=look.colours.accent if filled else None,
        border=ft.Border.all(2, look.colours.accent if filled else look.colours.edge),
    )


def _row(look: Look, keys: Sequence[str], on_press: Press, *, disabled: bool) -> ft.Control:
    return ft.Row([_key(look, key, on_press, disabled=disabled) for key in keys], spacing=GRID)


def _key(look: Look, key: str, on_press: Press, *, disabled: bool) -> ft.Control:
    if not key:
        return ft.Container(expand=True)
    ink = look.colours.muted if disabled else look.colours.ink
    face = (
        icon(look, ft.Icons.BACKSPACE_ROUNDED, colour=ink)
        if key == ERASE
        else ft.Text(key, size=look.size.question, font_family=BOLD, color=ink)
    )
    box = ft.Container(
        face,
        height=64,
        alignment=ft.Alignment.CENTER,
        bgcolor=look.colours.card,
        border=border(look, look.colours.edge),
        border_radius=CORNER,
        ink=not disabled,
        on_click=None if disabled else lambda: on_press(key),
    )
    label = look.t("unlock.erase") if key == ERASE else None
    return ft.Semantics(identifier=f"key-{key}", button=True, label=label, content=box, expand=True)


def gate(look: Look, *controls: ft.Control) -> ft.Control:
    """The frame of what is shown before anything is open: narrow, in the middle, scrolls."""
    column = ft.Column(
        list(controls),
        spacing=2 * GRID,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
    narrow = ft.Container(column, width=440, padding=2 * GRID)
    scroll = ft.Column(
        [ft.Container(narrow, alignment=ft.Alignment.TOP_CENTER)],
        scroll=ft.ScrollMode.AUTO,
        alignment=ft.MainAxisAlignment.CENTER,
        expand=True,
    )
    return ft.SafeArea(ft.Container(scroll, bgcolor=look.colours.ground, expand=True), expand=True)


def gate_title(look: Look, title: str, explanation: str = "") -> ft.Control:
    """What is asked, in the middle, and why in a small line."""
    middle = ft.TextAlign.CENTER
    lines: list[ft.Control] = [
        ft.Semantics(
            header=True, heading_level=1, content=words(look, title, "question", align=middle)
        )
    ]
    if explanation:
        lines.append(words(look, explanation, colour=look.colours.muted, align=middle))
    return ft.Column(lines, spacing=GRID, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
