"""What is true about the data, explained: what waits, what went wrong, what to do."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Final

import flet as ft

from telewelfare.actions.session import Session
from telewelfare.domain.clock import Millis
from telewelfare.store.journal import Waiting
from telewelfare.sync.service import SyncStatus
from telewelfare.views.carry import CarrySection
from telewelfare.views.context import App, use_app
from telewelfare.views.doctor_card import DoctorSection, ProblemCard
from telewelfare.views.guard_card import CheckSection, GuardCard
from telewelfare.views.hooks import screen, use_query
from telewelfare.views.look import GRID, Look, use_look
from telewelfare.views.parts import (
    Fact,
    SyncShown,
    fact_rows,
    icon,
    primary_button,
    section_title,
    stack,
    surface,
    sync_sign,
    sync_words,
    words,
)
from telewelfare.views.photos_waiting import PhotosWaiting
from telewelfare.views.refused import Refusal, read_refusals, refused_row
from telewelfare.views.renew import SHUT_OUT, RenewSection
from telewelfare.views.scrolling import scrolling
from telewelfare.views.sync_state import show_moment, sync_shown, use_photos

ORDER: Final = (
    "incident_report",
    "case",
    "person",
    "household",
    "visit",
    "assessment",
    "attachment",
    "consent",
    "status_event",
    "partner_contact_log",
    "partner",
    "receipt",
    "conflict",
    "conference",
    "placement",
)

UNDER_WAY: Final = frozenset({"sending", "receiving"})


@dataclass(frozen=True, slots=True)
class Outbox:
    """What the centre does not have: records by kind, and what it refused."""

    kinds: tuple[tuple[str, int], ...]
    refused: tuple[Refusal, ...]
    waiting: Waiting


def read_outbox(session: Session) -> Outbox:
    """Read what waits, in the order of the work."""
    journal = session.journal
    counted = Counter(record.kind for record in journal.some(journal.unsent()))
    order = {kind: at for at, kind in enumerate(ORDER)}
    kinds = sorted(counted.items(), key=lambda entry: order.get(entry[0], len(order)))
    return Outbox(tuple(kinds), read_refusals(session), journal.waiting())


@screen
def SyncScreen() -> ft.Control:
    """The sentence of the sync line, what waits, and one button."""
    app, look = use_app(), use_look()
    session = app.session
    outbox = use_query(session.journal, lambda: read_outbox(session))
    status = use_query(session.sync, lambda: session.sync.status)
    photos = use_photos(session)
    now = session.now()
    shown = sync_shown(status, outbox.waiting, now, look.t.lang, photos)
    return scrolling(
        _state(look, status, shown),
        GuardCard(),
        *_refused(app, look, outbox.refused),
        stack(_way_on(app, look, status)),
        *([RenewSection()] if status.problem in SHUT_OUT else []),
        *_waiting(look, outbox, now),
        PhotosWaiting(),
        surface(look, fact_rows(look, _facts(look, session, status, now))),
        CheckSection(),
        CarrySection(),
        DoctorSection(),
    )


def _state(look: Look, status: SyncStatus, shown: SyncShown) -> ft.Control:
    """The sentence of the line with what it means; a fault has a card of its own under it."""
    if status.problem:
        return words(look, _sentence(look, shown), "title")
    name, tone = sync_sign(look, shown.state)
    lines = [words(look, _sentence(look, shown), "title", colour=tone.ink)]
    under_way = shown.state in UNDER_WAY
    if not under_way:
        means = "photos.means" if shown.state == "photos" else f"sync.means.{shown.state}"
        lines.append(words(look, look.t(means), colour=tone.ink))
    texts = stack(*lines, gap=GRID // 2)
    texts.expand = True
    row = ft.Row(
        [icon(look, name, colour=tone.ink, size=look.size.icon + GRID), texts],
        spacing=GRID + GRID // 2,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )
    bar = [_progress(look, shown)] if under_way else []
    return surface(look, stack(row, *bar, gap=GRID + GRID // 2), tone=tone)


def _sentence(look: Look, shown: SyncShown) -> str:
    """The line says to tap it: this is where."""
    stuck = shown.state == "stuck" and not shown.waiting
    return look.t("doctor.stuck") if stuck else sync_words(look, shown)


def _progress(look: Look, shown: SyncShown) -> ft.Control:
    return ft.ProgressBar(
        value=shown.done / shown.total if shown.total else None,
        bar_height=12,
        border_radius=6,
        color=look.colours.accent,
        bgcolor=look.colours.sand,
        semantics_label=sync_words(look, shown),
    )


def _way_on(app: App, look: Look, status: SyncStatus) -> ft.Control:
    """The one button: send now, or what helps with what is in the way."""
    if status.problem:
        return ProblemCard(status.problem, status.running)
    return primary_button(
        look,
        look.t("sync.now"),
        app.session.sync.nudge,
        leading=ft.Icons.CLOUD_UPLOAD_ROUNDED,
        pending=status.running,
        mark="sync-now",
    )


def _refused(app: App, look: Look, refused: tuple[Refusal, ...]) -> list[ft.Control]:
    if not refused:
        return []
    note = words(look, look.t("sync.refused_why"), colour=look.colours.muted)
    rows = [refused_row(app, look, one, kind_words(look, one.kind)) for one in refused]
    return [note, *rows]


def _waiting(look: Look, outbox: Outbox, now: Millis) -> list[ft.Control]:
    if not outbox.kinds:
        return []
    rows: list[ft.Control] = [
        ft.Row([words(look, kind_words(look, kind), expand=True), words(look, str(n), "strong")])
        for kind, n in outbox.kinds
    ]
    oldest = outbox.waiting.oldest
    if oldest is not None:
        at = look.t("sync.oldest", at=show_moment(oldest, now, look.t.lang))
        rows.append(words(look, at, "label", colour=look.colours.muted))
    heading = section_title(look, look.t("sync.kept"))
    return [heading, surface(look, ft.Column(rows, spacing=GRID // 2, tight=True))]


def kind_words(look: Look, kind: str) -> str:
    """Return the word of the work for a kind of record."""
    key = f"sync.kind.{kind}"
    return look.t(key if look.t.has(key) else "sync.kind.other")


def _facts(look: Look, session: Session, status: SyncStatus, now: Millis) -> list[Fact]:
    last = status.last_ok
    when = (
        look.t("sync.never")
        if last is None
        else look.t("sync.at", at=show_moment(last, now, look.t.lang))
    )
    return [
        Fact(look.t("sync.last"), when),
        Fact(look.t("sync.centre"), session.identity.centre_name),
    ]
