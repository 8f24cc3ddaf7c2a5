"""The one line that says what is true about the data."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import flet as ft

from telewelfare.views.look import CORNER, GRID, Look
from telewelfare.views.palette import Tone
from telewelfare.views.parts.basic import border, icon, tap, words

SyncState = Literal[
    "sent", "photos", "sending", "receiving", "waiting", "offline", "stuck", "problem", "new"
]

ICONS: dict[SyncState, ft.IconData] = {
    "sent": ft.Icons.CHECK_CIRCLE_ROUNDED,
    "photos": ft.Icons.CLOUD_UPLOAD_ROUNDED,
    "sending": ft.Icons.SYNC_ROUNDED,
    "receiving": ft.Icons.SYNC_ROUNDED,
    "waiting": ft.Icons.CLOUD_UPLOAD_ROUNDED,
    "offline": ft.Icons.CLOUD_OFF_ROUNDED,
    "stuck": ft.Icons.WARNING_ROUNDED,
    "problem": ft.Icons.ERROR_ROUNDED,
    "new": ft.Icons.CLOUD_QUEUE_ROUNDED,
}


@dataclass(frozen=True)
class SyncShown:
    """What the line says.

    `at` is the time of the last complete round as shown ("10.42"), None when there was none yet;
    `done` of `total` while sending or receiving (total 0: not known yet); `waiting` items kept on
    the device; `problems` to mend; `today`: what matters today is here, the rest is being received; `photos` that follow once all text is at the centre ("photos"). "stuck" is anything but a missing signal that keeps them there.
    """

    state: SyncState
    at: str | None = None
    done: int = 0
    total: int = 0
    waiting: int = 0
    problems: int = 0
    photos: int = 0
    today: bool = False


def sync_words(look: Look, shown: SyncShown) -> str:
    """Return the sentence of the line."""
    if shown.state == "sent":
        return look.t("parts.sync.sent", at=shown.at) if shown.at else look.t("parts.sync.ready")
    if shown.state == "photos":
        return look.t("photos.line", n=shown.photos)
    if shown.state == "sending":
        return look.t("parts.sync.sending", done=f"{shown.done:,}", total=f"{shown.total:,}")
    if shown.state == "receiving":
        return _receiving(look, shown)
    if shown.state == "problem":
        return _problem(look, shown)
    return _kept(look, shown)


def _receiving(look: Look, shown: SyncShown) -> str:
    if shown.today:
        return look.t("sync.line.today_ready")
    if shown.total == 0:
        return look.t("sync.line.receiving_first")
    return look.t("sync.line.receiving", done=f"{shown.done:,}", total=f"{shown.total:,}")


def _problem(look: Look, shown: SyncShown) -> str:
    told = look.t("parts.sync.problem", n=shown.problems)
    more = look.t("sync.line.and_waiting", n=shown.waiting) if shown.waiting else ""
    return f"{told}{more}"


def _kept(look: Look, shown: SyncShown) -> str:
    if shown.state == "new":
        return look.t("sync.line.new")
    if shown.state == "waiting":
        return look.t("sync.line.waiting", n=shown.waiting)
    if shown.state == "stuck":
        key = "sync.line.stuck" if shown.waiting else "sync.line.stuck_none"
        return look.t(key, n=shown.waiting)
    if shown.waiting == 0:
        return look.t("parts.sync.offline_none")
    return look.t("parts.sync.offline", n=shown.waiting)


def sync_sign(look: Look, state: SyncState) -> tuple[ft.IconData, Tone]:
    """Return the icon and the colours of a state."""
    return ICONS[state], _tone(look, state)


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
        "photos": look.colours.chosen,
        "sending": look.colours.chosen,
        "receiving": look.colours.chosen,
        "waiting": look.colours.notice,
        "offline": look.colours.notice,
        "stuck": look.colours.notice,
        "problem": look.colours.problem,
        "new": look.colours.chosen,
    }
    return tones[state]
