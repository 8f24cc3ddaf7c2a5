"""What is true about the data, explained: what waits, what went wrong, what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import flet as ft

from telewelfare.actions.outbox import let_be
from telewelfare.actions.session import Session
from telewelfare.domain.clock import Millis
from telewelfare.domain.fields import Values
from telewelfare.domain.operations import Operation
from telewelfare.store.journal import Journal, Waiting
from telewelfare.sync.service import SyncStatus
from telewelfare.views.carry import CarrySection
from telewelfare.views.context import App, use_app
from telewelfare.views.doctor_card import DoctorSection, ProblemCard
from telewelfare.views.hooks import screen, use_query
from telewelfare.views.look import GRID, Look, use_look
from telewelfare.views.parts import (
    Fact,
    SyncShown,
    fact_rows,
    icon,
    list_row,
    primary_button,
    quiet_button,
    section_title,
    stack,
    surface,
    sync_words,
    words,
)
from telewelfare.views.photos_waiting import PhotosWaiting
from telewelfare.views.scrolling import scrolling
from telewelfare.views.sync_state import show_moment, sync_shown, use_photos
from telewelfare.views.value_words import path_words, value_words

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
)


UNTOLD: Final = frozenset({"created_by", "recorded_at", "case", "partner", "visit", "person", "by"})
"""Paths that say nothing to a person here."""
FEW: Final = 4


@dataclass(frozen=True, slots=True)
class Refusal:
    """An operation the centre refused: why, and where its record is looked at ("" = nowhere)."""

    n: int
    kind: str
    code: str
    route: str
    sets: Values  # what was typed


@dataclass(frozen=True, slots=True)
class Outbox:
    """What the centre does not have: records by kind, and what it refused."""

    kinds: tuple[tuple[str, int], ...]
    refused: tuple[Refusal, ...]
    waiting: Waiting


def read_outbox(journal: Journal) -> Outbox:
    """Read what waits, in the order of the work."""
    counted = Counter(record.kind for record in journal.some(journal.unsent()))
    order = {kind: at for at, kind in enumerate(ORDER)}
    kinds = sorted(counted.items(), key=lambda entry: order.get(entry[0], len(order)))
    refused = tuple(_refusal(journal, op, code) for op, code in journal.rejected())
    return Outbox(tuple(kinds), refused, journal.waiting())


def _refusal(journal: Journal, op: Operation, code: str) -> Refusal:
    record = journal.get(op.record)
    values = record.values if record else {}
    if op.kind == "partner" or values.get("partner"):
        route = f"/partners/{op.record if op.kind == 'partner' else values.get('partner')}"
    else:
        case = op.record if op.kind == "case" else values.get("case")
        route = f"/cases/{case}" if case else ""
    return Refusal(op.n, op.kind, code, route, op.sets)


@screen
def SyncScreen() -> ft.Control:
    """The sentence of the sync line, what waits, and one button."""
    app, look = use_app(), use_look()
    session = app.session
    outbox = use_query(session.journal, lambda: read_outbox(session.journal))
    status = use_query(session.sync, lambda: session.sync.status)
    photos = use_photos(session)
    now = session.now()
    return scrolling(
        _state(look, status, sync_shown(status, outbox.waiting, now, look.t.lang, photos)),
        stack(_way_on(app, look, status)),
        *_refused(app, look, outbox.refused),
        *_waiting(look, outbox, now),
        PhotosWaiting(),
        surface(look, fact_rows(look, _facts(look, session, status, now))),
        CarrySection(),
        DoctorSection(),
    )


def _state(look: Look, status: SyncStatus, shown: SyncShown) -> ft.Control:
    stuck = shown.state == "stuck" and not shown.waiting  # the line says to tap it: this is where
    title = look.t("doctor.stuck") if stuck else sync_words(look, shown)
    lines: list[ft.Control] = [words(look, title, "title")]
    if shown.state in {"sending", "receiving"}:
        lines.append(
            ft.ProgressBar(
                value=shown.done / shown.total if shown.total else None,
                bar_height=12,
                border_radius=6,
                color=look.colours.accent,
                bgcolor=look.colours.sand,
                semantics_label=sync_words(look, shown),
            )
        )
    elif not status.problem:  # its card says all this
        means = "photos.means" if shown.state == "photos" else f"sync.means.{shown.state}"
        lines.append(words(look, look.t(means), colour=look.colours.muted))
    return ft.Column(lines, spacing=GRID, tight=True)


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
    rows = [_refused_row(app, look, one) for one in refused]
    return [section_title(look, look.t("sync.refused", n=len(refused))), note, *rows]


def _refused_row(app: App, look: Look, one: Refusal) -> ft.Control:
    key = f"sync.reason.{one.code}"
    reason = look.t(key if look.t.has(key) else "sync.reason.other")
    row = list_row(
        look,
        kind_words(look, one.kind),
        [reason, *_typed(look, one)],
        on_open=_going(app, one.route) if one.route else None,
        leading=icon(look, ft.Icons.ERROR_ROUNDED, colour=look.colours.problem.ink),
        mark="refused",
    )
    seen = quiet_button(
        look,
        look.t("sync.let_be"),
        lambda: let_be(app.session, one.n),
        leading=ft.Icons.CHECK_ROUNDED,
        mark="let-be",
    )
    return stack(row, ft.Row([seen], alignment=ft.MainAxisAlignment.END))


def _typed(look: Look, one: Refusal) -> list[str]:
    """What was typed, field by field, so that nothing of it is lost; the first few."""
    told = [path for path in one.sets if path not in UNTOLD]
    return [
        f"{path_words(look, one.kind, path)}: {value_words(look, one.kind, path, one.sets[path])}"
        for path in told[:FEW]
    ]


def _going(app: App, route: str) -> Callable[[], object]:
    return lambda: app.go(route)


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
