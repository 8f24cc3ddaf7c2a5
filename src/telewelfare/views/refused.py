"""What the centre did not take: why, which field, what was typed, and the form where it is mended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import flet as ft

from telewelfare.actions.outbox import let_be
from telewelfare.actions.session import Session
from telewelfare.domain.fields import Path, Values
from telewelfare.domain.operations import Operation
from telewelfare.views.context import App
from telewelfare.views.look import GRID, Look
from telewelfare.views.parts import (
    icon,
    quiet_button,
    secondary_button,
    stack,
    surface,
    words,
)
from telewelfare.views.value_words import path_words, value_words

UNTOLD: Final = frozenset({"created_by", "recorded_at", "case", "partner", "visit", "person", "by"})
"""Paths that say nothing to a person here."""
FEW: Final = 4
NOT_THEIRS: Final = frozenset({"forbidden", "append_only"})
"""Reasons that no other value of the field mends."""
IN_A_VISIT: Final = frozenset({"person", "household", "assessment", "consent"})
"""Kinds whose fields are asked for in the form of a visit."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """An operation the centre refused: why, at which path, and where it is mended ("" = nowhere)."""

    n: int
    kind: str
    code: str
    path: Path
    route: str
    sets: Values  # what was typed


def read_refusals(session: Session) -> tuple[Refusal, ...]:
    """What waits to be mended or let be, oldest first."""
    return tuple(_refusal(session, op, reason) for op, reason in session.journal.rejected())


def _refusal(session: Session, op: Operation, reason: str) -> Refusal:
    code, _, path = reason.partition(" ")
    return Refusal(op.n, op.kind, code, path, route_of(session, op), op.sets)


def route_of(session: Session, op: Operation) -> str:
    """Where the form with the refused field is opened; a page of its record where there is none."""
    record = session.journal.get(op.record)
    values = record.values if record else op.sets
    if op.kind == "conflict":
        return "/conflicts"
    if op.kind == "partner" or values.get("partner"):
        return f"/partners/{op.record if op.kind == 'partner' else values.get('partner')}"
    if op.kind == "visit" or values.get("visit"):
        return f"/visit/{op.record if op.kind == 'visit' else values.get('visit')}"
    case = _case(session, op, values)
    visit = _visit(session, case) if op.kind in IN_A_VISIT else ""
    return f"/visit/{visit}" if visit else f"/cases/{case}" if case else ""


def _case(session: Session, op: Operation, values: Values) -> str:
    if op.kind == "case":
        return op.record
    found = session.index.cases_of(op.record) if op.kind == "person" else ()
    return found[0].id if found else str(values.get("case") or "")


def _visit(session: Session, case: str) -> str:
    """The newest visit of a case."""
    visits = [one.id for one in session.journal.of_case(case) if one.kind == "visit"]
    return max(visits, default="")


def refused_row(app: App, look: Look, one: Refusal, kind: str) -> ft.Control:
    """Draw the reason, what to do, and the two ways on. `kind`: the word for its record."""
    ink = look.colours.problem.ink
    head = ft.Row(
        [
            icon(look, ft.Icons.ERROR_ROUNDED, colour=ink),
            words(look, kind, "strong", expand=True),
        ],
        spacing=GRID,
    )
    typed = [words(look, line, "label", colour=look.colours.muted) for line in _typed(look, one)]
    ways = (
        [_mend(app, look, one), _let_be(app, look, one)] if one.route else [_let_be(app, look, one)]
    )
    card = surface(look, stack(head, words(look, reason_words(look, one.code)), *typed, *ways))
    return ft.Semantics(identifier="refused", container=True, content=card)


def _mend(app: App, look: Look, one: Refusal) -> ft.Control:
    """What a worker may not change they can only look at."""
    may = one.code not in NOT_THEIRS
    return secondary_button(
        look,
        look.t("sync.mend" if may else "sync.look"),
        _going(app, one.route),
        leading=ft.Icons.EDIT_ROUNDED if may else ft.Icons.FOLDER_OPEN_ROUNDED,
        mark="mend",
    )


def _let_be(app: App, look: Look, one: Refusal) -> ft.Control:
    button = quiet_button(
        look,
        look.t("sync.let_be"),
        lambda: let_be(app.session, one.n),
        leading=ft.Icons.CHECK_ROUNDED,
        mark="let-be",
    )
    return ft.Row([button], alignment=ft.MainAxisAlignment.CENTER)


def _going(app: App, route: str) -> Callable[[], object]:
    return lambda: app.go(route)


def reason_words(look: Look, code: str) -> str:
    """Return why and what to do; of a code that we do not know, what is true of all."""
    key = f"sync.reason.{code}"
    return look.t(key if look.t.has(key) else "sync.reason.other")


def _typed(look: Look, one: Refusal) -> list[str]:
    """The field in question, then what was typed, so that nothing of it is lost; the first few."""
    about = [path for path in one.sets if path not in UNTOLD]
    about.sort(key=lambda path: path != one.path)
    lines = [
        f"{path_words(look, one.kind, path)}: {value_words(look, one.kind, path, one.sets[path])}"
        for path in about[:FEW]
    ]
    if one.path and one.path in one.sets and lines:
        lines[0] = look.t("sync.field", field=lines[0])
    return lines
