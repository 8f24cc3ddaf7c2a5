"""The body of a screen that is read from top to bottom."""

from __future__ import annotations

from typing import Final

import flet as ft

from telewelfare.views.look import GRID, READING

WIDEST: Final = 1280


def scrolling(
    *controls: ft.Control, width: int = READING, side: ft.Alignment = ft.Alignment.TOP_CENTER
) -> ft.Control:
    """Controls under each other in a column that scrolls; in a wide window in its middle."""
    column = ft.Column(
        list(controls),
        spacing=2 * GRID,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
    middle = ft.Container(
        ft.Container(column, width=width, padding=ft.Padding.symmetric(horizontal=2 * GRID)),
        alignment=side,
        padding=ft.Padding.only(top=GRID, bottom=4 * GRID),
    )
    return ft.Column(
        [middle],
        scroll=ft.ScrollMode.AUTO,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
