"""Urgency by word, shape and colour together; quiet chips for states; receipts."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import pi
from typing import Literal

import flet as ft

from telewelfare.views.look import GRID, SEMIBOLD, Look
from telewelfare.views.palette import Tone
from telewelfare.views.parts.basic import border, icon, style

Urgency = Literal["critical", "urgent", "normal", "watch"]
ToneName = Literal["plain", "chosen", "good", "notice", "problem"]

SHAPES: dict[str, tuple[ft.IconData, float]] = {
    "critical": (ft.Icons.CIRCLE, 0),
    "urgent": (ft.Icons.PLAY_ARROW_ROUNDED, -pi / 2),
    "normal": (ft.Icons.SQUARE_ROUNDED, 0),
    "watch": (ft.Icons.CROP_SQUARE_ROUNDED, pi / 4),
}
"""● ▲ ■ ◇ as icons turned by so many radians; the font lacks the signs."""
BIGGER = {"urgent": 7, "watch": 2}
"""What a shape needs to look as large as the others."""


@dataclass(frozen=True)
class Receipt:
    """A step on the way of what was sent: its words and whether it has happened."""

    label: str
    done: bool


def urgency_tone(look: Look, urgency: str) -> Tone:
    """Return the reserved colours of an urgency, quiet ones for a code we do not know."""
    tones = {
        "critical": look.colours.critical,
        "urgent": look.colours.urgent,
        "normal": look.colours.normal,
        "watch": look.colours.watch,
    }
    return tones.get(urgency, tone_of(look, "plain"))


def tone_of(look: Look, name: ToneName) -> Tone:
    """Return a quiet tone by name."""
    colours = look.colours
    tones: dict[ToneName, Tone] = {
        "plain": Tone(colours.sand, colours.ink, colours.hairline),
        "chosen": colours.chosen,
        "good": colours.good,
        "notice": colours.notice,
        "problem": colours.problem,
    }
    return tones[name]


def urgency_badge(look: Look, urgency: str, *, dense: bool = False) -> ft.Control:
    """Word, shape and colour of an urgency; a code we do not know shows as itself."""
    tone = urgency_tone(look, urgency)
    shape, turn = SHAPES.get(urgency, (ft.Icons.HELP_OUTLINE_ROUNDED, 0))
    size = look.size.dense - 2 if dense else look.size.label
    leading = icon(look, shape, colour=tone.ink, size=size - 4 + BIGGER.get(urgency, 0))
    leading.rotate = turn
    return ft.Semantics(
        identifier=f"urgency-{urgency}",
        content=_pill(look, leading, look.t.code("urgency", urgency), tone, size, dense=dense),
    )


def case_badges(look: Look, urgency: str, red_flags: int) -> list[ft.Control]:
    """How urgent a case is; before anyone has judged it, that a danger was reported."""
    if urgency:
        return [urgency_badge(look, urgency)]
    sign = ft.Icons.WARNING_ROUNDED
    label = look.t("parts.row.danger")
    return [status_chip(look, label, "problem", leading=sign)] if red_flags else []


def status_chip(
    look: Look,
    label: str,
    tone: ToneName = "plain",
    *,
    leading: ft.IconData | None = None,
    dense: bool = False,
) -> ft.Control:
    """A state in words. Never for urgency."""
    colours = tone_of(look, tone)
    size = look.size.dense - 2 if dense else look.size.label
    mark = icon(look, leading, colour=colours.ink, size=size) if leading else None
    return _pill(look, mark, label, colours, size, dense=dense)


def receipts_line(look: Look, receipts: Sequence[Receipt]) -> ft.Control:
    """How far something came: kept on the device, at the centre, seen, acted on."""
    return ft.Row(
        [_receipt(look, receipt) for receipt in receipts],
        wrap=True,
        spacing=2 * GRID,
        run_spacing=GRID // 2,
    )


def _receipt(look: Look, receipt: Receipt) -> ft.Control:
    ink = look.colours.good.ink if receipt.done else look.colours.muted
    name = ft.Icons.CHECK_ROUNDED if receipt.done else ft.Icons.SCHEDULE_ROUNDED
    spoken = look.t("parts.receipt.done" if receipt.done else "parts.receipt.waiting")
    return ft.Row(
        [
            ft.Icon(name, color=ink, size=look.size.label, semantics_label=spoken),
            ft.Text(receipt.label, style=style(look, "label", ink), expand=True, expand_loose=True),
        ],
        spacing=GRID // 2,
        tight=True,
    )


def _pill(
    look: Look, leading: ft.Control | None, label: str, tone: Tone, size: int, *, dense: bool
) -> ft.Control:
    text = ft.Text(label, size=size, font_family=SEMIBOLD, color=tone.ink, no_wrap=True)
    return ft.Container(
        ft.Row([*([leading] if leading else []), text], spacing=6, tight=True),
        bgcolor=tone.fill,
        border=border(look, tone.edge),
        border_radius=GRID,
        padding=ft.Padding.symmetric(horizontal=GRID, vertical=1 if dense else 3),
    )
