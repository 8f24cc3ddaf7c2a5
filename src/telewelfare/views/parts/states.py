"""Nothing here yet, still loading, went wrong, no signal: each drawn, none a blank page."""

from collections.abc import Callable

import flet as ft

from telewelfare.views.look import GRID, Look
from telewelfare.views.parts.badges import ToneName, tone_of
from telewelfare.views.parts.basic import centred, icon, surface, words
from telewelfare.views.parts.buttons import primary_button, secondary_button

Pressed = Callable[[], object]

BANNER_ICONS: dict[ToneName, ft.IconData] = {
    "plain": ft.Icons.INFO_ROUNDED,
    "chosen": ft.Icons.INFO_ROUNDED,
    "good": ft.Icons.CHECK_CIRCLE_ROUNDED,
    "notice": ft.Icons.WARNING_ROUNDED,
    "problem": ft.Icons.ERROR_ROUNDED,
}


def empty_state(
    look: Look,
    title: str,
    explanation: str = "",
    *,
    name: ft.IconData = ft.Icons.INBOX_ROUNDED,
    action: str = "",
    on_press: Pressed | None = None,
) -> ft.Control:
    """Say that there is nothing, why, and the one thing to do about it."""
    button = primary_button(look, action, on_press) if action and on_press else None
    return _middle(
        look,
        mark="state-empty",
        name=name,
        title=title,
        explanation=explanation,
        button=button,
    )


def error_state(
    look: Look, title: str, explanation: str = "", *, on_retry: Pressed | None = None
) -> ft.Control:
    """Say what did not work, that nothing is lost, and how to go on."""
    again = (
        secondary_button(
            look, look.t("parts.retry"), on_retry, leading=ft.Icons.REFRESH_ROUNDED, mark="retry"
        )
        if on_retry
        else None
    )
    return _middle(
        look,
        mark="state-error",
        name=ft.Icons.ERROR_OUTLINE_ROUNDED,
        title=title,
        explanation=explanation,
        button=again,
    )


def loading_state(look: Look, label: str = "") -> ft.Control:
    """A ring and words. For what takes longer than a blink."""
    text = label or look.t("parts.loading")
    ring = ft.ProgressRing(
        width=40, height=40, stroke_width=4, color=look.colours.accent, semantics_label=text
    )
    return ft.Semantics(
        identifier="state-loading",
        live_region=True,
        content=_column(ring, words(look, text, colour=look.colours.muted)),
    )


def offline_note(look: Look) -> ft.Control:
    """For a page that shows what the device knows while there is no signal."""
    return banner(look, look.t("parts.offline_note"), "notice", name=ft.Icons.CLOUD_OFF_ROUNDED)


def banner(
    look: Look,
    message: str,
    tone: ToneName = "plain",
    *,
    name: ft.IconData | None = None,
    action: ft.Control | None = None,
) -> ft.Control:
    """A note over the content that stays until its reason is gone."""
    colours = tone_of(look, tone)
    mark = icon(look, name or BANNER_ICONS[tone], colour=colours.ink)
    text = words(look, message, colour=colours.ink, expand=True)
    row = ft.Row(
        [mark, text], spacing=GRID + GRID // 2, vertical_alignment=ft.CrossAxisAlignment.START
    )
    content = ft.Column([row, action], spacing=GRID) if action else row
    return ft.Semantics(
        identifier=f"banner-{tone}", live_region=True, content=surface(look, content, tone=colours)
    )


def _middle(
    look: Look,
    *,
    mark: str,
    name: ft.IconData,
    title: str,
    explanation: str,
    button: ft.Control | None,
) -> ft.Control:
    middle = ft.TextAlign.CENTER
    disc = ft.Container(
        icon(look, name, size=40, colour=look.colours.accent),
        width=88,
        height=88,
        border_radius=44,
        bgcolor=look.colours.sand,
        alignment=ft.Alignment.CENTER,
    )
    lines = [
        disc,
        words(look, title, "title", align=middle),
        *([words(look, explanation, colour=look.colours.muted, align=middle)] * bool(explanation)),
        *([button] if button else []),
    ]
    return ft.Semantics(identifier=mark, content=centred(_column(*lines), 420))


def _column(*controls: ft.Control) -> ft.Control:
    return ft.Container(
        ft.Column(
            list(controls),
            spacing=2 * GRID,
            tight=True,
            horizontal_alignment=ft.CrossAxisAlignment.CENTER,
        ),
        padding=4 * GRID,
        alignment=ft.Alignment.CENTER,
    )
