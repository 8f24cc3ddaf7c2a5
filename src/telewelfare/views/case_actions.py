"""What the office does with a case, as three small forms: triage, hand over, move on."""

from collections.abc import Callable
from dataclasses import dataclass

import flet as ft

from telewelfare.actions import casework
from telewelfare.actions.session import Session
from telewelfare.domain.areas import AreaCode, contains, full_name
from telewelfare.domain.lifecycle import ENDED_STATES
from telewelfare.domain.text import all_in, query_keys, search_key
from telewelfare.domain.urgency import URGENCIES
from telewelfare.domain.validation import Problem, problem_at
from telewelfare.store.lines import WorkerLine
from telewelfare.store.queries import CaseDetail, case_detail
from telewelfare.views.context import use_app
from telewelfare.views.draft import Draft, use_draft
from telewelfare.views.hooks import screen, use_action, use_query
from telewelfare.views.look import GRID, Look, use_look
from telewelfare.views.parts import (
    Choice,
    SearchBox,
    banner,
    choice_list,
    error_state,
    labelled_field,
    primary_button,
    section_title,
    stack,
    words,
)

FIELD_WORKERS = ("volunteer", "volunteer_lead", "social_worker", "case_manager")
NEEDS_REASON = ENDED_STATES | {"needs_info", "reopened"}
"""Who reads the history later must find why."""
MANY = 8
"""From so many workers on there is a search box."""


@dataclass(frozen=True)
class Outcome:
    """Whether it was done; not when the case has moved on meanwhile, or the role may not."""

    done: bool


@dataclass(frozen=True)
class Asked:
    """What a form holds: the choice and the reason, and how far saving them has come."""

    choice: str = ""
    reason: str = ""
    tried: bool = False
    saved: bool = False  # until the form is gone; a second quick tap must not save its empty fields


def use_case(session: Session, case_id: str) -> CaseDetail | None:
    """The case as it is now; `None` when it is not on this device."""
    return use_query(
        session.journal, lambda: case_detail(session.journal, session.index, case_id), [case_id]
    )


@screen
def TriageForm(case_id: str, on_done: Callable[[], object]) -> ft.Control:
    """How urgent the case is, and why."""
    app, look = use_app(), use_look()
    detail = use_case(app.session, case_id)
    asked = use_draft(Asked())

    def save() -> Outcome:
        return _tried(
            lambda d: casework.triage(app.session, d, asked.now.choice or known, asked.now.reason),
            detail,
            asked,
        )

    saving = use_action(save, lambda outcome: _finish(outcome, asked, on_done))
    fits = unstorable(asked.now.reason) is None
    known = str(detail.case.get("urgency") or "") if detail else ""
    chosen = asked.now.choice or known
    choices = [Choice(code, look.t.code("urgency", code)) for code in URGENCIES]
    hinted = [Choice(c.code, c.label, look.t(f"case.triage.hint.{c.code}")) for c in choices]
    return _form(
        look,
        "triage",
        choice_list(look, hinted, chosen, lambda code: asked.change(choice=code, saved=False)),
        _reason(look, asked, needed=False),
        _save_button(
            look, "triage", saving.run, ready=bool(chosen) and fits, pending=saving.pending
        ),
        gone=detail is None,
        refused=asked.now.tried,
        problem=saving.problem,
    )


@screen
def AssignForm(case_id: str, on_done: Callable[[], object]) -> ft.Control:
    """Who goes to see the person. Those who work in the place come first."""
    app, look = use_app(), use_look()
    detail = use_case(app.session, case_id)
    asked = use_draft(Asked())
    query, set_query = ft.use_state("")
    everyone = use_query(
        app.session.journal, lambda: app.session.index.workers(*FIELD_WORKERS), [app.session.index]
    )

    def save() -> Outcome:
        return _tried(
            lambda d: casework.assign(app.session, d, asked.now.choice or given, asked.now.reason),
            detail,
            asked,
        )

    saving = use_action(save, lambda outcome: _finish(outcome, asked, on_done))
    fits = unstorable(asked.now.reason) is None
    area = detail.line.area if detail else ""
    given = detail.line.field_worker if detail else ""
    chosen = asked.now.choice or given
    found = _nearest(_matching(everyone, query), area)
    box = [SearchBox(look.t("case.assign.search"), query, set_query, mark="assign-search")]
    listed = choice_list(
        look,
        [_worker_choice(look, worker, area) for worker in found[:MANY]],
        chosen,
        lambda code: asked.change(choice=code, saved=False),
    )
    more = words(look, look.t("case.assign.more", n=len(found) - MANY), "label")
    none = words(look, look.t("case.assign.none"), colour=look.colours.muted)
    return _form(
        look,
        "assign",
        stack(
            *(box if len(everyone) > MANY else []),
            listed if found else none,
            *([more] if len(found) > MANY else []),
        ),
        _reason(look, asked, needed=False, key="case.assign.note"),
        _save_button(
            look, "assign", saving.run, ready=bool(chosen) and fits, pending=saving.pending
        ),
        gone=detail is None,
        refused=asked.now.tried,
        problem=saving.problem,
    )


@screen
def MoveForm(case_id: str, on_done: Callable[[], object]) -> ft.Control:
    """Where the case goes from here, and why."""
    app, look = use_app(), use_look()
    detail = use_case(app.session, case_id)
    asked = use_draft(Asked())

    def save() -> Outcome:
        return _tried(
            lambda d: casework.move(app.session, d, asked.now.choice, asked.now.reason),
            detail,
            asked,
        )

    saving = use_action(save, lambda outcome: _finish(outcome, asked, on_done))
    fits = unstorable(asked.now.reason) is None
    ways = casework.possible_moves(app.session, detail) if detail else ()
    needed = asked.now.choice in NEEDS_REASON
    ready = asked.now.choice in ways and (bool(asked.now.reason.strip()) or not needed)
    choices = [Choice(code, look.t.code("case_state", code)) for code in ways]
    none = words(look, look.t("case.move.none"), colour=look.colours.muted)
    return _form(
        look,
        "move",
        choice_list(
            look, choices, asked.now.choice, lambda code: asked.change(choice=code, saved=False)
        )
        if ways
        else none,
        _reason(look, asked, needed=needed),
        _save_button(look, "move", saving.run, ready=ready and fits, pending=saving.pending),
        gone=detail is None,
        refused=asked.now.tried,
        problem=saving.problem,
    )


def _tried(
    act: Callable[[CaseDetail], object], detail: CaseDetail | None, asked: Draft[Asked]
) -> Outcome:
    if asked.now.saved:
        return Outcome(done=True)
    if detail is None:
        return Outcome(done=False)
    try:
        act(detail)
    except casework.NotAllowed:
        return Outcome(done=False)
    return Outcome(done=True)


def _finish(outcome: Outcome, asked: Draft[Asked], on_done: Callable[[], object]) -> None:
    again = asked.now.saved
    asked.put(Asked(tried=not outcome.done, saved=outcome.done))
    if outcome.done and not again:
        on_done()


def _form(
    look: Look,
    name: str,
    choices: ft.Control,
    reason: ft.Control,
    button: ft.Control,
    *,
    gone: bool,
    refused: bool,
    problem: str | None,
) -> ft.Control:
    if gone:
        return error_state(look, look.t("case.gone"), look.t("case.gone_why"))
    trouble = problem or ("case.moved_meanwhile" if refused else None)
    lines = [
        section_title(look, look.t(f"case.{name}.title")),
        *([banner(look, look.t(trouble), "problem")] if trouble else []),
        choices,
        reason,
        button,
    ]
    return ft.Semantics(identifier=f"form-{name}", content=stack(*lines, gap=2 * GRID))


def _reason(
    look: Look,
    asked: Draft[Asked],
    *,
    needed: bool,
    key: str = "case.reason",
) -> ft.Control:
    wrong = unstorable(asked.now.reason)
    return labelled_field(
        look,
        look.t(key),
        asked.now.reason,
        lambda text: asked.change(reason=text, saved=False),
        kind="lines",
        error=look.t(f"problems.{wrong.code}", **wrong.detail) if wrong else "",
        helper=look.t("case.reason_needed") if needed else "",
        mark="reason",
    )


def unstorable(reason: str) -> Problem | None:
    """What the centre would send a reason back for: too long, or odd characters in it."""
    return problem_at("case", "urgency_reason", reason)


def _save_button(
    look: Look, name: str, save: Callable[[], object], *, ready: bool, pending: bool
) -> ft.Control:
    return primary_button(
        look,
        look.t(f"case.{name}.save"),
        save,
        leading=ft.Icons.CHECK_ROUNDED,
        pending=pending,
        disabled=not ready,
        mark=f"save-{name}",
    )


def _matching(everyone: tuple[WorkerLine, ...], query: str) -> list[WorkerLine]:
    wanted = query_keys(query)
    return [worker for worker in everyone if all_in(wanted, search_key(worker.name))]


def _nearest(workers: list[WorkerLine], area: str) -> list[WorkerLine]:
    return sorted(workers, key=lambda worker: not _covers(worker, area))


def _covers(worker: WorkerLine, area: str) -> bool:
    return worker.role.startswith("volunteer") and any(contains(own, area) for own in worker.areas)


def _worker_choice(look: Look, worker: WorkerLine, area: str) -> Choice:
    role = look.t.code("role", worker.role)
    places = ", ".join(full_name(AreaCode(own), look.t.lang) for own in worker.areas[:2])
    here = look.t("case.assign.here") if _covers(worker, area) else ""
    return Choice(worker.id, worker.name, " · ".join(filter(None, (here, role, places))))
