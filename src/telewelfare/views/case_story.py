"""What happened to a case, newest first, and how far it has come."""

from __future__ import annotations

from typing import Final

import flet as ft

from telewelfare.actions.session import Session
from telewelfare.domain.clock import Millis
from telewelfare.store.queries import CaseDetail
from telewelfare.store.queries import Entry as Moment
from telewelfare.views.case_words import when_words
from telewelfare.views.conflict_words import worker_words
from telewelfare.views.look import Look
from telewelfare.views.parts import Entry, Receipt, receipts_line, timeline

ICONS: Final = {
    "incident_report": ft.Icons.ADD_ALERT_ROUNDED,
    "status_event": ft.Icons.ARROW_FORWARD_ROUNDED,
    "visit": ft.Icons.DIRECTIONS_WALK_ROUNDED,
    "assessment": ft.Icons.INSIGHTS_ROUNDED,
    "consent": ft.Icons.DRAW_ROUNDED,
    "attachment": ft.Icons.PHOTO_CAMERA_ROUNDED,
    "partner_contact_log": ft.Icons.HANDSHAKE_ROUNDED,
}


def receipts(look: Look, detail: CaseDetail, now: Millis) -> ft.Control:
    """Kept here, at the centre, seen, acted on: only what the centre itself said."""
    given, t = detail.receipts, look.t
    at_centre = "case.receipt.at_centre" if given.at_centre else "case.receipt.not_at_centre"
    return receipts_line(
        look,
        [
            Receipt(t("case.receipt.kept"), done=True),
            Receipt(t(at_centre), given.at_centre),
            _stage(look, "opened", given.opened_at, now),
            _stage(look, "acted", given.acted_at, now),
        ],
    )


def _stage(look: Look, stage: str, at: Millis | None, now: Millis) -> Receipt:
    if at is None:
        return Receipt(look.t(f"case.receipt.not_{stage}"), done=False)
    return Receipt(look.t(f"case.receipt.{stage}", at=when_words(look, at, now)), done=True)


def story(session: Session, look: Look, detail: CaseDetail, now: Millis) -> ft.Control:
    """The timeline of a case."""
    return timeline(look, [_entry(session, look, moment, now) for moment in detail.timeline])


def _entry(session: Session, look: Look, moment: Moment, now: Millis) -> Entry:
    sent = Receipt(look.t("case.sent" if moment.sent else "case.unsent"), moment.sent)
    by = worker_words(session, look, moment.by)
    return Entry(
        at=when_words(look, moment.at, now),
        title=_title(look, moment),
        said=_said(look, moment),
        detail=look.t("case.by", name=by),
        icon=ICONS.get(moment.kind, ft.Icons.CIRCLE),
        receipts=(sent,),
    )


def _title(look: Look, moment: Moment) -> str:
    values, t = moment.values, look.t
    match moment.kind:
        case "status_event":
            state = t.code("case_state", values.get("to"))
            return t("case.event.refused" if moment.refused else "case.event.moved", state=state)
        case "visit":
            return t("case.event.visit", kind=t.code("visit_kind", values.get("kind")))
        case "assessment":
            return t.code("assessment_stage", values.get("stage"))
        case "attachment":
            return t("case.event.photo", kind=t.code("attachment_kind", values.get("kind")))
    return t(f"case.event.{moment.kind}")


def _said(look: Look, moment: Moment) -> str:
    values = moment.values
    match moment.kind:
        case "status_event":
            return str(values.get("reason") or "")
        case "visit":
            if values.get("met_client") is False:
                return look.t("case.event.not_met")
            done = values.get("completed") is True
            return look.t("case.event.finished" if done else "case.event.unfinished")
        case "partner_contact_log":
            return str(values.get("summary") or "")
    return ""
