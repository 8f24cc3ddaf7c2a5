"""The one line that says what is true about the data."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import flet as ft

from telewelfare.views.look import CORNER, GRID, Look
from telewelfare.views.palette import Tone
from telewelfare.views.parts.basic import border, icon, tap, words

SyncState = Literal["sent", "sending", "offline", "problem"]

ICONS: dict[SyncState, ft.IconData] = {
    "sent": ft.Icons.CHECK_CIRCLE_ROUNDED,
    "sending": ft.Icons.SYNC_ROUNDED,
    "offline": ft.Icons.CLOUD_OFF_ROUNDED,
    "problem": ft.Icons.ERROR_ROUNDED,
}


@dataclass(frozen=True)
class SyncShown:
    """What the line says.

    `at` is the time of the last complete round as shown ("10.42"), None when there was none yet;
    `done` of `total` while sending; `waiting` items kept on the device; `problems` to mend.
    """

    state: SyncState
    at: str | None = None
    done: int = 0
    total: int = 0
    waiting: int = 0
    problems: int = 0


def sync_words(look: Look, shown: SyncShown) -> str:
    """Return the sentence of the line."""
    if shown.state == "sent":
        return look.t("parts.sync.sent", at=shown.at) if shown.at else look.t("parts.sync.ready")
    if shown.state == "sending":
        return look.t("parts.sync.sending", done=shown.done, total=shown.total)
    if shown.state == "problem":
        return look.t("parts.sync.problem", n=shown.problems)
    if shown.waiting == 0:
        return look.t("parts.sync.offline_none")
    return look.t("parts.sync.offline", n=shown.waiting)


def sync_line(look: Look, shown: SyncShown, on_open: Callable[[], object]) -> ft.Control:
    """Draw the line. Tapping opens the page that explains it."""
    tone = _tone(look, shown.state)
    leading: ft.Control = icon(look, ICONS[shown.state], colour=tone.ink, size=look.size.body + 4)
    line = ft.Row(
        [
            leading,
            words(look, sync_words(look, shown), "label", colour=tone.ink, expand=True),
            icon(look, ft.Icons.CHEVRON_RIGHT_ROUNDED, colour=tone.ink, size=look.size.body),
        ],
        spacing=GRID,
    )
    box = ft.Container(
        line,
        bgcolor=tone.fill,
        border=border(look, tone.edge),
        border_radius=CORNER,
        padding=ft.Padding.symmetric(horizontal=GRID + GRID // 2, vertical=GRID + 2),
        ink=True,
        on_click=tap(on_open),
    )
    return ft.Semantics(identifier="sync-line", button=True, live_region=True, content=box)


def _tone(look: Look, state: SyncState) -> Tone:
    tones: dict[SyncState, Tone] = {
        "sent": look.colours.good,
        "sending": look.colours.chosen,
        "offline": look.colours.notice,
        "problem": look.colours.problem,
    }
    return tones[state]
