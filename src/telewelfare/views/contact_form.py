"""Writing down a contact with a partner: how, what was said, what comes next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import flet as ft
from flet.components.hooks.use_ref import MutableRef

from telewelfare.actions.network import (
    ContactDraft,
    ContactProblem,
    keep_contact,
    kept_contact,
    record_contact,
)
from telewelfare.domain.codes import CODES
from telewelfare.domain.dates import bangkok_date
from telewelfare.store.lines import PartnerLine
from telewelfare.views.context import use_app
from telewelfare.views.draft import use_draft
from telewelfare.views.hooks import screen, use_action, use_query
from telewelfare.views.look import GRID, Look, use_look
from telewelfare.views.parts import (
    Choice,
    Filter,
    TypedDate,
    banner,
    centred,
    choice_list,
    date_field_be,
    date_of,
    empty_state,
    field_error,
    filter_chips,
    icon,
    icon_button,
    labelled_field,
    primary_button,
    stack,
    typed_date,
    words,
)

SOON: Final = {"tomorrow": 1, "week": 7, "month": 30}
"""Days ahead that one tap fills in."""
NO_ERRORS: Final[dict[str, str]] = {}


@dataclass(frozen=True, eq=False)
class Form:
    """What the fields are drawn from. `errors`: field to sentence."""

    look: Look
    draft: ContactDraft
    change: Callable[..., object]  # of the draft's fields, by name
    errors: dict[str, str]
    today: date


@screen
def ContactScreen(partner_id: str) -> ft.Control:
    """Draw the form; what was typed stays on the device until it is saved."""
    app, look = use_app(), use_look()
    session = app.session
    line = use_query(session.journal, lambda: session.index.partner(partner_id), [partner_id])
    kept = ft.use_memo(lambda: kept_contact(session, partner_id), [partner_id])
    draft = use_draft(kept)
    errors, set_errors = ft.use_state(NO_ERRORS)
    saved: MutableRef[bool] = ft.use_ref(False)

    def change(**fields: str) -> None:
        draft.change(**fields)
        set_errors(
            lambda shown: {field: said for field, said in shown.items() if field not in fields}
        )
        keep_contact(session, partner_id, draft.now)

    def leave() -> None:
        app.go(f"/partners/{partner_id}")

    def save(to: PartnerLine) -> object:
        if saved.current:  # the second tap of two quick ones; a contact is only ever added
            return None
        wrong = date_of(fields_of(draft.now.next_step_due))
        found = record_contact(session, to, draft.now)
        if isinstance(found, tuple):
            sentences = {problem.field: _sentence(look, problem) for problem in found}
            return sentences | ({"next_step_due": look.t(wrong)} if isinstance(wrong, str) else {})
        return found

    def finish(outcome: object) -> None:
        if isinstance(outcome, dict):
            set_errors(outcome)
        elif not saved.current:
            saved.current = True
            leave()

    saving = use_action(save, finish)
    if line is None:
        return empty_state(look, look.t("partners.gone"), look.t("partners.gone_why"))
    form = Form(look, draft.now, change, errors, bangkok_date(session.now()))
    content = [*_head(look, line, leave), *_trouble(look, errors, saving.problem), *_fields(form)]
    return centred(_page(look, content, lambda: saving.run(line), pending=saving.pending))


def fields_of(due: str) -> TypedDate:
    """Take the three fields out of what the draft keeps: "1/12/2569", any of them empty."""
    day, month, year = (*due.split("/"), "", "")[:3] if due else ("", "", "")
    return TypedDate(day, month, year)


def kept_of(typed: TypedDate) -> str:
    """Put the three fields together for the draft; "" when nothing is typed."""
    parts = (typed.day.strip(), typed.month.strip(), typed.year.strip())
    return "/".join(parts) if any(parts) else ""


def _sentence(look: Look, problem: ContactProblem) -> str:
    missing = {"kind": "partners.form.no_kind", "summary": "partners.form.no_summary"}
    if problem.code == "required":
        return look.t(missing[problem.field])
    if problem.field == "next_step_due":
        return look.t("parts.date.impossible")
    return look.t(f"problems.{problem.code}", **problem.detail)


def _page(
    look: Look, content: list[ft.Control], on_save: Callable[[], object], *, pending: bool
) -> ft.Control:
    body = ft.Column(
        content,
        spacing=3 * GRID,
        scroll=ft.ScrollMode.AUTO,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
    note = ft.Row(
        [
            icon(look, ft.Icons.SAVE_ROUNDED, size=look.size.label + 4),
            words(
                look,
                look.t("partners.form.local"),
                "label",
                colour=look.colours.muted,
                expand=True,
            ),
        ],
        spacing=GRID,
    )
    save = primary_button(
        look,
        look.t("partners.form.save"),
        on_save,
        leading=ft.Icons.CHECK_ROUNDED,
        pending=pending,
        mark="save-contact",
    )
    return ft.Container(
        ft.Column(
            [body, stack(note, save)],
            spacing=GRID,
            expand=True,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        ),
        padding=ft.Padding.only(left=2 * GRID, right=2 * GRID, bottom=2 * GRID),
        expand=True,
    )


def _head(look: Look, line: PartnerLine, leave: Callable[[], object]) -> list[ft.Control]:
    back = icon_button(look, ft.Icons.ARROW_BACK_ROUNDED, look.t("parts.back"), leave, mark="back")
    heading = ft.Semantics(
        header=True,
        heading_level=1,
        content=words(look, look.t("partners.form.title"), "question"),
        expand=True,
    )
    name = words(look, line.name or look.t("partners.unnamed"), colour=look.colours.muted)
    return [stack(ft.Row([back, heading], spacing=GRID), name, gap=4)]


def _trouble(look: Look, errors: dict[str, str], problem: str | None) -> list[ft.Control]:
    if problem:
        return [banner(look, look.t(problem), "problem")]
    if errors:
        return [banner(look, look.t("partners.form.mend", n=len(errors)), "problem")]
    return []


def _fields(form: Form) -> list[ft.Control]:
    look, draft = form.look, form.draft
    summary = labelled_field(
        look,
        look.t("partners.form.summary"),
        draft.summary,
        lambda text: form.change(summary=text),
        kind="lines",
        helper=look.t("partners.form.summary_why"),
        error=form.errors.get("summary", ""),
        mark="summary",
    )
    after = labelled_field(
        look,
        look.t("partners.form.next"),
        draft.next_step,
        lambda text: form.change(next_step=text),
        error=form.errors.get("next_step", ""),
        mark="next-step",
    )
    return [_kind(form), summary, after, _due(form), ft.Container(height=GRID)]


def _kind(form: Form) -> ft.Control:
    look, draft = form.look, form.draft
    choices = [Choice(code, look.t.code("contact_kind", code)) for code in CODES["contact_kind"]]
    rows = choice_list(look, choices, draft.kind, lambda code: form.change(kind=code))
    wrong = form.errors.get("kind", "")
    return stack(
        words(look, look.t("partners.form.kind"), "strong"),
        rows,
        *([field_error(look, wrong)] if wrong else []),
    )


def _due(form: Form) -> ft.Control:
    look, draft = form.look, form.draft
    days = {code: typed_date(form.today + timedelta(days=n)) for code, n in SOON.items()}
    typed = fields_of(draft.next_step_due)
    chosen = {code for code, day in days.items() if day == typed}

    def put(new: TypedDate) -> None:
        form.change(next_step_due=kept_of(new))

    field = date_field_be(
        look,
        look.t("partners.form.due"),
        typed,
        put,
        error=form.errors.get("next_step_due", ""),
        mark="due",
    )
    chips = filter_chips(
        look,
        [Filter(code, look.t(f"partners.form.{code}")) for code in SOON],
        chosen,
        lambda code: put(TypedDate() if code in chosen else days[code]),
    )
    return stack(field, chips)
