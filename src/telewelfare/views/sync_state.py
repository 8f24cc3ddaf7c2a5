"""What is true about the data, decided in one place from what the service and the journal say."""

from __future__ import annotations

from typing import Final

import flet as ft

from telewelfare.domain.clock import Millis
from telewelfare.domain.dates import bangkok_date, bangkok_moment, show_short
from telewelfare.domain.lang import Lang
from telewelfare.store.journal import Waiting
from telewelfare.sync.service import SyncStatus
from telewelfare.views.context import use_app
from telewelfare.views.hooks import screen, use_query
from telewelfare.views.look import use_look
from telewelfare.views.parts import SyncShown, SyncState, sync_line

NO_SIGNAL: Final = "offline"


def sync_shown(status: SyncStatus, waiting: Waiting, now: Millis, lang: Lang = "th") -> SyncShown:
    """Say what the line shows. Never "sent" while anything waits or was refused.

    `now` decides whether the time of the last round needs its day.
    """
    if status.running and (shown := _under_way(status, waiting)):
        return shown
    if waiting.rejected:
        return SyncShown("problem", waiting=waiting.records, problems=waiting.rejected)
    if status.problem:
        why: SyncState = "offline" if status.problem == NO_SIGNAL else "stuck"
        return SyncShown(why, waiting=waiting.records)
    if waiting.pending:
        return SyncShown("waiting", waiting=waiting.records)
    if status.last_ok is None:
        return SyncShown("new")
    return SyncShown("sent", at=show_moment(status.last_ok, now, lang))


def _under_way(status: SyncStatus, waiting: Waiting) -> SyncShown | None:
    """What a running round is doing; `None` when it only looks for news."""
    progress = status.progress
    if waiting.pending:
        sent = progress.sent if progress else 0
        return SyncShown("sending", done=sent, total=sent + waiting.pending)
    if progress and progress.received < progress.to_receive:
        return SyncShown("receiving", done=progress.received, total=progress.to_receive)
    return SyncShown("receiving") if status.last_ok is None else None


def show_moment(moment: Millis, now: Millis, lang: Lang = "th") -> str:
    """Write "10.42", or "19 พ.ย. 69 10.42" for another day than that of `now`."""
    time = bangkok_moment(moment).strftime("%H:%M" if lang == "en" else "%H.%M")
    day = bangkok_date(moment)
    return time if day == bangkok_date(now) else f"{show_short(day, lang)} {time}"


@screen
def SyncLine() -> ft.Control:
    """The line itself; it redraws alone when work is written, sent or refused."""
    app, look = use_app(), use_look()
    session = app.session
    waiting = use_query(session.journal, session.journal.waiting)
    status = use_query(session.sync, lambda: session.sync.status)
    shown = sync_shown(status, waiting, session.now(), look.t.lang)
    return sync_line(look, shown, lambda: app.go("/sync"))
