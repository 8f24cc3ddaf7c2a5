"""What is true about the data, decided in one place from what the service and the journal say."""

from __future__ import annotations

from typing import Final

import flet as ft

from telewelfare.actions.session import Session
from telewelfare.domain.clock import Millis
from telewelfare.domain.dates import bangkok_date, bangkok_moment, show_short
from telewelfare.domain.lang import Lang
from telewelfare.store.journal import Waiting
from telewelfare.store.outgoing import FilesWaiting
from telewelfare.sync.service import SyncStatus
from telewelfare.views.context import use_app
from telewelfare.views.hooks import screen, use_query
from telewelfare.views.look import use_look
from telewelfare.views.parts import SyncShown, SyncState, sync_line

NO_SIGNAL: Final = "offline"
NO_PHOTOS: Final = FilesWaiting()


def sync_shown(
    status: SyncStatus,
    waiting: Waiting,
    now: Millis,
    lang: Lang = "th",
    photos: FilesWaiting = NO_PHOTOS,
) -> SyncShown:
    """Say what the line shows. Never "sent" while anything waits or was refused.

    `now` decides whether the time of the last round needs its day.
    """
    if status.running and (shown := _under_way(status, waiting)):
        return shown
    if problems := waiting.rejected + photos.refused:
        return SyncShown("problem", waiting=waiting.records, problems=problems)
    if status.problem:
        why: SyncState = "offline" if status.problem == NO_SIGNAL else "stuck"
        return SyncShown(why, waiting=waiting.records)
    if waiting.pending:
        return SyncShown("waiting", waiting=waiting.records)
    if status.last_ok is None:
        return SyncShown("new")
    at = show_moment(status.last_ok, now, lang)
    return SyncShown("photos" if photos.photos else "sent", at=at, photos=photos.photos)


def _under_way(status: SyncStatus, waiting: Waiting) -> SyncShown | None:
    """What a running round is doing; `None` when it only looks for news."""
    progress = status.progress
    if waiting.pending:
        sent = progress.sent if progress else 0
        return SyncShown("sending", done=sent, total=sent + waiting.pending)
    if progress and progress.received < progress.to_receive:
        done, total = progress.received, progress.to_receive
        return SyncShown("receiving", done=done, total=total, today=is_today_here(status))
    return SyncShown("receiving") if status.last_ok is None else None


def is_today_here(status: SyncStatus) -> bool:
    """Whether a first sync has brought what matters today, and goes on with the rest."""
    progress = status.progress
    begun = progress is not None and progress.received > 0 and progress.today == 0
    return begun and status.running and status.last_ok is None


def show_moment(moment: Millis, now: Millis, lang: Lang = "th") -> str:
    """Write "10.42", or "19 พ.ย. 69 10.42" for another day than that of `now`."""
    time = bangkok_moment(moment).strftime("%H:%M" if lang == "en" else "%H.%M")
    day = bangkok_date(moment)
    return time if day == bangkok_date(now) else f"{show_short(day, lang)} {time}"


def use_photos(session: Session) -> FilesWaiting:
    """How many photos are on their way; new ones are written into the journal."""
    outgoing = session.photos.outgoing
    written = use_query(session.journal, lambda: session.journal.count("attachment"))
    return use_query(outgoing, outgoing.counts, [written])


@screen
def SyncLine() -> ft.Control:
    """The line itself; it redraws alone when work is written, sent or refused."""
    app, look = use_app(), use_look()
    session = app.session
    waiting = use_query(session.journal, session.journal.waiting)
    status = use_query(session.sync, lambda: session.sync.status)
    photos = use_photos(session)
    shown = sync_shown(status, waiting, session.now(), look.t.lang, photos)
    return sync_line(look, shown, lambda: app.go("/sync"))
