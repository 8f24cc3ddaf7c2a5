"""A case: where it stands, what to do next, what is known, and its story."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import flet as ft

from telewelfare.actions.casework import mark_opened, may_assign, may_triage, possible_moves
from telewelfare.actions.revealing import note_revealed
from telewelfare.actions.session import Session
from telewelfare.actions.visiting import start_visit
from telewelfare.domain.clock import Millis
from telewelfare.domain.ids import RecordId
from telewelfare.domain.lifecycle import OFFICE, may_move
from telewelfare.domain.phones import parse_phone, tel_uri
from telewelfare.domain.rights import OFFICE_ROLES, WRITES
from telewelfare.store.queries import CaseDetail, open_visit
from telewelfare.views import case_facts
from telewelfare.views.case_actions import AssignForm, MoveForm, TriageForm, use_case
from telewelfare.views.case_photos import PhotoSection
from telewelfare.views.case_story import receipts, story
from telewelfare.views.case_words import PATH, line_words, state_tone, step_of
from telewelfare.views.conflict_card import ConflictCard
from telewelfare.views.context import App, use_app
from telewelfare.views.due import due_words
from telewelfare.views.hooks import screen, use_action
from telewelfare.views.look import GRID, Look, use_look
from telewelfare.views.parts import (
    area_words,
    banner,
    empty_state,
    primary_button,
    quiet_button,
    secondary_button,
    section_title,
    stack,
    status_chip,
    stepper_strip,
    surface,
    time_left,
    urgency_badge,
    words,
)

VISITED: Final = frozenset({"reported", "triaged", "assigned", "fact_finding", "needs_info"})
"""States in which someone should go and see."""
FORMS: Final = {"triage": TriageForm, "assign": AssignForm, "move": MoveForm}
PANEL: Final = 720  # dp
WIDEST: Final = 1240  # dp
TWO_COLUMNS: Final = 1100
"""From this width in dp a page of its own has two columns."""


@dataclass(frozen=True)
class Opened:
    """What was opened on the page: a form, what is masked."""

    form: str = ""
    revealed: bool = False


@screen
def CaseScreen(case_id: str) -> ft.Control:
    """A case as a page of its own; in a wide window in two columns."""
    return CaseBody(case_id, None, use_app().width >= TWO_COLUMNS)


@screen
def CasePanel(case_id: str, on_form: Callable[[str], object] | None = None) -> ft.Control:
    """A case beside a list.

    `on_form` is told which form is wanted when the list shows forms itself.
    """
    return CaseBody(case_id, on_form, False)


@screen
def CaseBody(
    case_id: str,
    on_form: Callable[[str], object] | None,
    two_columns: bool,  # noqa: FBT001 - as above
) -> ft.Control:
    """A case with what to do next at its foot; a form takes the place of the page."""
    app, look = use_app(), use_look()
    session = app.session
    detail = use_case(session, case_id)
    opened: Opened
    opened, set_opened = ft.use_state(Opened())
    seeing = use_action(lambda: _see(session, detail))
    revealing = use_action(
        lambda: note_revealed(session, RecordId(case_id)),
        lambda _: set_opened(Opened(revealed=True)),
    )
    going = use_action(
        lambda: start_visit(session, detail) if detail else "", lambda v: app.go(f"/visit/{v}")
    )
    ft.use_effect(seeing.run, [case_id, detail is None])
    if detail is None:
        return empty_state(
            look, look.t("case.gone"), look.t("case.gone_why"), name=ft.Icons.FOLDER_OFF_ROUNDED
        )

    def show(form: str) -> None:
        set_opened(Opened(form, opened.revealed))

    now = session.now()
    trouble = revealing.problem or going.problem
    top = [
        _head(look, detail, now),
        *([banner(look, look.t(trouble), "problem")] if trouble else []),
    ]
    if opened.form in FORMS:
        form = FORMS[opened.form](case_id, lambda: show(""))
        return _framed(app, f"{case_id}-{opened.form}", [*top, form, _cancel(look, show)], [])
    facts = case_facts.Shown(look, detail, session.actor.role, opened.revealed, revealing.run)
    foot = _foot(app, look, detail, going.run, on_form or show)
    said, done = _said(facts), _done(app, facts, now)
    if not two_columns:
        return _framed(app, case_id, [*top, *said, *done], foot)
    beside = ft.Row(
        [_column(said), _column(done)],
        spacing=3 * GRID,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )
    return _framed(app, case_id, [*top, beside], foot, width=WIDEST)


def _said(facts: case_facts.Shown) -> list[ft.Control]:
    """What met first, then what is known of the person and what happened."""
    return [
        *(ConflictCard(conflict.id) for conflict in facts.detail.conflicts),
        case_facts.situation(facts),
        case_facts.person(facts),
        *case_facts.problems(facts),
    ]


def _done(app: App, facts: case_facts.Shown, now: Millis) -> list[ft.Control]:
    """How it was assessed, the photos, and what was done by whom."""
    look, detail, session = facts.look, facts.detail, app.session
    may_add = "attachment" in WRITES.get(session.actor.role, frozenset())
    return [
        case_facts.dimensions(facts),
        PhotoSection(detail.line.id, detail.attachments, may_add),
        case_facts.hands(facts),
        stack(
            section_title(look, look.t("case.section.story")),
            surface(look, story(session, look, detail, now)),
        ),
    ]


def _cancel(look: Look, show: Callable[[str], object]) -> ft.Control:
    return quiet_button(
        look,
        look.t("case.cancel"),
        lambda: show(""),
        leading=ft.Icons.CLOSE_ROUNDED,
        mark="close-form",
    )


def _column(controls: list[ft.Control]) -> ft.Control:
    return ft.Column(
        controls,
        spacing=2 * GRID,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _framed(
    app: App, key: str, controls: list[ft.Control], foot: list[ft.Control], width: int = PANEL
) -> ft.Control:
    """A page that scrolls over its foot. Another `key` begins at its top."""
    content = ft.Container(
        stack(*controls, gap=2 * GRID),
        padding=ft.Padding.only(left=2 * GRID, right=2 * GRID, top=GRID, bottom=3 * GRID),
    )
    middle = ft.Column(
        [content],
        key=f"case-{key}",
        scroll=ft.ScrollMode.AUTO,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
    column = ft.Column(
        [middle, *foot],
        spacing=0,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
    if not app.wide:
        return ft.Container(column, expand=True)
    inside = ft.Container(column, width=width)
    return ft.Container(inside, alignment=ft.Alignment.TOP_CENTER, expand=True)


def _see(session: Session, detail: CaseDetail | None) -> None:
    """The office has now seen the case; its author will be told."""
    if detail is not None and session.actor.role in OFFICE_ROLES:
        mark_opened(session, detail)


def _head(look: Look, detail: CaseDetail, now: Millis) -> ft.Control:
    line = detail.line
    chips = [
        *([urgency_badge(look, line.urgency)] if line.urgency else []),
        status_chip(look, look.t.code("case_state", line.state), state_tone(line.state)),
        *([status_chip(look, look.t("case.minors"), "notice")] if line.minors else []),
    ]
    step = step_of(line.state)
    strip = [
        stepper_strip(look, [look.t.code("case_state", state) for state in PATH], step)
        if step is not None
        else words(look, look.t("case.off_path"), "label", colour=look.colours.muted)
    ]
    return surface(
        look,
        stack(
            words(look, line.no, "label", colour=look.colours.muted),
            words(look, line_words(look, line), "title"),
            words(look, area_words(look, line.area)),
            ft.Row(chips, wrap=True, spacing=GRID, run_spacing=6),
            *strip,
            *_clock(look, detail, now),
            receipts(look, detail, now),
            gap=GRID,
        ),
    )


def _clock(look: Look, detail: CaseDetail, now: Millis) -> list[ft.Control]:
    due, begun = detail.line.due_at, detail.line.opened_at
    if due is None:
        return []
    used = (now - begun) / max(1, due - begun)
    return [time_left(look, due_words(look.t, due, now), used, over=due < now)]


def _foot(
    app: App,
    look: Look,
    detail: CaseDetail,
    visit: Callable[[], object],
    open_form: Callable[[str], object],
) -> list[ft.Control]:
    """The main thing to do at the thumb; calls and the office's decisions beside it."""
    calls, forms = _calls(app, look, detail), _office(app, look, detail, open_form)
    main = _main(app, look, detail, visit)
    if not (calls or forms or main):
        return []
    beside = [ft.Row([*calls, *forms], wrap=True, spacing=GRID, run_spacing=GRID)]
    return [
        ft.Container(
            stack(*(beside if calls or forms else []), *main, gap=GRID),
            bgcolor=look.colours.ground,
            border=ft.Border.only(top=ft.BorderSide(look.line, look.colours.hairline)),
            padding=2 * GRID,
        )
    ]


def _main(
    app: App, look: Look, detail: CaseDetail, visit: Callable[[], object]
) -> list[ft.Control]:
    role, state = app.session.actor.role, detail.line.state
    writes = "visit" in WRITES.get(role, frozenset())
    begins = state == "fact_finding" or may_move(state, "fact_finding", role)
    if not writes or state not in VISITED or not begins:
        return []
    key = "case.visit_on" if open_visit(detail) else "case.visit"
    button = primary_button if role not in OFFICE_ROLES else secondary_button
    return [
        button(
            look,
            look.t(key),
            visit,
            leading=ft.Icons.DIRECTIONS_WALK_ROUNDED,
            mark="visit",
        )
    ]


def _office(
    app: App, look: Look, detail: CaseDetail, open_form: Callable[[str], object]
) -> list[ft.Control]:
    role = app.session.actor.role
    offered = {
        "triage": may_triage(app.session, detail.line),
        "assign": may_assign(app.session, detail.line),
        "move": role in OFFICE and bool(possible_moves(app.session, detail)),
    }
    marks = {
        "triage": ft.Icons.FLAG_ROUNDED,
        "assign": ft.Icons.PERSON_ADD_ALT_1_ROUNDED,
        "move": ft.Icons.ARROW_FORWARD_ROUNDED,
    }
    return [
        secondary_button(
            look,
            look.t(f"case.do.{name}"),
            lambda form=name: open_form(form),  # type: ignore[misc]  # bound now
            leading=marks[name],
            mark=f"open-{name}",
        )
        for name, may in offered.items()
        if may
    ]


def _calls(app: App, look: Look, detail: CaseDetail) -> list[ft.Control]:
    """Whom one can call: the person, and who reported unless that must stay secret."""
    report = detail.report
    person = case_facts.phones_of(detail.person)[:1]
    told = (
        []
        if report.get("reporter_confidential") is True
        else [str(report.get("reporter_phone") or "")]
    )
    wanted = [("case.call_person", phone) for phone in person]
    wanted += [("case.call_reporter", phone) for phone in told]
    found = [(key, parsed) for key, phone in wanted if (parsed := parse_phone(phone))]
    return [
        quiet_button(
            look,
            look.t(key),
            lambda number=phone: app.launch(tel_uri(number)),  # type: ignore[misc]  # bound now
            leading=ft.Icons.CALL_ROUNDED,
            mark=key.replace("case.", "").replace("_", "-"),
        )
        for key, phone in found
    ]
