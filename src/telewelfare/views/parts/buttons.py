"""What a worker presses. One primary button a screen."""

from collections.abc import Callable

import flet as ft

from telewelfare.views.look import CORNER, GRID, SEMIBOLD, TARGET, Look
from telewelfare.views.parts.basic import border, icon, marked, tap, words

Pressed = Callable[[], object]


def primary_button(
    look: Look,
    label: str,
    on_press: Pressed,
    *,
    leading: ft.IconData | None = None,
    pending: bool = False,
    disabled: bool = False,
    mark: str = "primary",
) -> ft.Control:
    """The one strong action of a screen. While `pending` it shows that it works and rests."""
    tone = look.colours.primary
    return marked(
        mark,
        ft.FilledButton(
            _label(
                look, label, leading, look.colours.muted if disabled else tone.ink, pending=pending
            ),
            on_click=tap(on_press),
            disabled=pending or disabled,
            height=_height(look),
            style=_style(look, ink=tone.ink, fill=tone.fill, rest=look.colours.sand),
        ),
    )


def secondary_button(
    look: Look,
    label: str,
    on_press: Pressed,
    *,
    leading: ft.IconData | None = None,
    disabled: bool = False,
    mark: str = "secondary",
) -> ft.Control:
    """Another way on: outlined, the same size."""
    return marked(
        mark,
        ft.OutlinedButton(
            _label(look, label, leading, look.colours.accent),
            on_click=tap(on_press),
            disabled=disabled,
            height=_height(look),
            style=_style(look, ink=look.colours.accent, fill=look.colours.card, edged=True),
        ),
    )


def quiet_button(
    look: Look,
    label: str,
    on_press: Pressed,
    *,
    leading: ft.IconData | None = None,
    mark: str = "quiet",
) -> ft.Control:
    """A small way out beside something else: words in the accent colour."""
    return marked(
        mark,
        ft.TextButton(
            _label(look, label, leading, look.colours.accent),
            on_click=tap(on_press),
            height=_height(look) - GRID,
            style=_style(look, ink=look.colours.accent, fill=None),
        ),
    )


def icon_button(
    look: Look,
    name: ft.IconData,
    label: str,
    on_press: Pressed,
    *,
    mark: str,
    colour: str = "",
    flush: bool = False,
) -> ft.Control:
    """An icon whose word is spoken and shown as a hint. For back, close and turning pages only.

    With `flush` the icon stands in line with the text under it.
    """
    return marked(
        mark,
        ft.IconButton(
            ft.Icon(
                name,
                size=look.size.icon,
                semantics_label=label,
                color=colour or look.colours.accent,
            ),
            tooltip=label,
            on_click=tap(on_press),
            width=TARGET,
            height=TARGET,
            padding=0 if flush else None,
            alignment=ft.Alignment.CENTER_LEFT if flush else None,
        ),
    )


def small_action(
    look: Look, name: ft.IconData, label: str, on_press: Pressed, *, spoken: str, mark: str
) -> ft.Control:
    """An icon over its word at the end of a row; `spoken` says what it acts on."""
    accent = look.colours.accent
    content = ft.Column(
        [icon(look, name), words(look, label, "label", colour=accent)],
        spacing=0,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.CENTER,
    )
    box = ft.Container(
        content,
        width=TARGET + GRID,
        height=max(TARGET, 2 * GRID + 2 * look.size.body),
        alignment=ft.Alignment.CENTER,
        border_radius=CORNER,
        ink=True,
        on_click=tap(on_press),
    )
    return ft.Semantics(identifier=mark, button=True, label=spoken, content=box)


def action_tile(
    look: Look, label: str, name: ft.IconData, on_press: Pressed, *, strong: bool = False, mark: str
) -> ft.Control:
    """One of the four large actions of the home screen; `strong` for แจ้งเหตุ alone."""
    tone = look.colours.primary
    ink = tone.ink if strong else look.colours.accent
    content = ft.Column(
        [
            icon(look, name, colour=ink, size=look.size.question + 2 * GRID),
            words(look, label, "strong", colour=ink, align=ft.TextAlign.CENTER),
        ],
        spacing=GRID,
        alignment=ft.MainAxisAlignment.CENTER,
        horizontal_alignment=ft.CrossAxisAlignment.CENTER,
    )
    tile = ft.Container(
        content,
        bgcolor=tone.fill if strong else look.colours.card,
        border=border(look, tone.fill if strong else None),
        border_radius=CORNER,
        padding=2 * GRID,
        height=5 * GRID + 5 * look.size.body,
        ink=True,
        on_click=tap(on_press),
    )
    return ft.Semantics(identifier=mark, button=True, content=tile, expand=True)


def tile_grid(tiles: list[ft.Control]) -> ft.Control:
    """Lay action tiles out two a row."""
    rows = [tiles[at : at + 2] for at in range(0, len(tiles), 2)]
    gap = GRID + GRID // 2
    return ft.Column([ft.Row(row, spacing=gap) for row in rows], spacing=gap)


def _height(look: Look) -> int:
    return max(TARGET, 2 * GRID + 2 * look.size.body)


def _label(
    look: Look, label: str, leading: ft.IconData | None, ink: str, *, pending: bool = False
) -> ft.Control:
    text = ft.Text(
        look.t("parts.working") if pending else label,
        size=look.size.body,
        font_family=SEMIBOLD,
        max_lines=1,
        overflow=ft.TextOverflow.ELLIPSIS,
    )
    if pending:
        ring = ft.ProgressRing(width=20, height=20, stroke_width=3, color=look.colours.muted)
        return _row(ring, text)
    return _row(icon(look, leading, colour=ink, size=look.size.body + 4), text) if leading else text


def _row(*controls: ft.Control) -> ft.Row:
    return ft.Row(list(controls), spacing=GRID, tight=True, alignment=ft.MainAxisAlignment.CENTER)


def _style(
    look: Look, *, ink: str, fill: str | None, rest: str | None = None, edged: bool = False
) -> ft.ButtonStyle:
    muted = look.colours.muted
    return ft.ButtonStyle(
        color={ft.ControlState.DISABLED: muted, ft.ControlState.DEFAULT: ink},
        bgcolor={
            ft.ControlState.DISABLED: rest or fill or ft.Colors.TRANSPARENT,
            ft.ControlState.DEFAULT: fill or ft.Colors.TRANSPARENT,
        },
        side=_side(look, edged=edged),
        shape=ft.RoundedRectangleBorder(radius=CORNER),
        padding=ft.Padding.symmetric(horizontal=2 * GRID),
        elevation=0,
    )


def _side(look: Look, *, edged: bool) -> dict[ft.ControlState, ft.BorderSide]:
    """The border of a button, and the thick one that shows where the keyboard is."""
    rest = ft.BorderSide(look.line, look.colours.edge)
    none = ft.BorderSide(0, ft.Colors.TRANSPARENT)
    return {
        ft.ControlState.FOCUSED: ft.BorderSide(3, look.colours.ink),
        ft.ControlState.DEFAULT: rest if edged else none,
    }
