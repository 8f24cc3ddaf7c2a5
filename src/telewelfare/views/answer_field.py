"""The control that answers one question, and saves the answer as it is given."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import flet as ft

from telewelfare.actions.session import Session
from telewelfare.actions.visiting import Visiting, Wrong, answer, answer_blank, not_asked, visiting
from telewelfare.domain.codes import PROBLEM_AREAS
from telewelfare.domain.dates import bangkok_date
from telewelfare.domain.digits import arabic_digits
from telewelfare.domain.fields import Json, Type
from telewelfare.domain.questions import NOTHING, Question, answered, dimension_of, said_blank
from telewelfare.domain.text import all_in, query_keys, search_key
from telewelfare.domain.validation import problem_of
from telewelfare.views.answers import (
    ID_DIGITS,
    Draft,
    Fault,
    Held,
    choices_of,
    chosen_of,
    fault_of,
    fault_words,
    fresh,
    is_typed,
    read,
    ticked,
    title_of,
    value_of,
)
from telewelfare.views.context import use_app
from telewelfare.views.hooks import screen, use_action
from telewelfare.views.look import GRID, Look, use_look
from telewelfare.views.parts import (
    Choice,
    FieldKind,
    Group,
    SearchBox,
    banner,
    choice_groups,
    choice_list,
    choice_many,
    date_field_be,
    field_error,
    quiet_button,
    secondary_button,
    stack,
    status_chip,
    text_field,
    toggled,
    words,
)

PAUSE: Final = 0.8  # seconds without a key before what was typed is saved
KINDS_OF_FIELD: Final[dict[Type, FieldKind]] = {
    Type.LONG_TEXT: "lines",
    Type.INT: "number",
    Type.MONEY: "number",
    Type.DECIMAL: "number",
    Type.THAI_ID: "number",
    Type.PHONE: "phone",
}


@dataclass(frozen=True)
class Answering:
    """A question of a visit, with what is known of it and how it is answered."""

    session: Session
    visit: str
    at: Visiting
    question: Question

    @property
    def value(self) -> Json:
        """The stored answer of a question that has one value."""
        return self.at.known.get(self.question.kind, {}).get(self.question.path)

    @property
    def draft(self) -> Draft:
        """What stands in a control in which nothing was typed yet."""
        return fresh(self.question, self.value)

    def save(self, value: Json, *, confirmed: bool = False) -> Wrong | None:
        """Save an answer to the visit as it is now, not as it was drawn."""
        now = visiting(self.session, self.visit) or self.at
        return answer(self.session, now, self.question, value, confirmed=confirmed)

    def save_typed(self, draft: Draft, *, confirmed: bool = False) -> Fault | None:
        """Save what was typed; gives what is wrong with it instead."""
        value = read(self.question, draft, bangkok_date(self.session.now()))
        if isinstance(value, Fault):
            return value
        if value == self.value:
            return None
        wrong = self.save(value, confirmed=confirmed)
        problem = problem_of(self.question.field, value, self.question.path)
        return fault_of(problem) if wrong and problem else None

    def blank(self) -> None:
        """Nobody knows, or nothing listed applies."""
        answer_blank(self.session, visiting(self.session, self.visit) or self.at, self.question)

    def unasked(self) -> None:
        """A dimension was not looked at; other questions simply stay open."""
        not_asked(self.session, visiting(self.session, self.visit) or self.at, self.question)

    def clear(self) -> None:
        """Take an answer back."""
        self.save([] if self.question.field.type is Type.SET else None)


@screen
def AnswerField(visit: str, at: Visiting, question: Question, held: Held) -> ft.Control:
    """Where one question is answered. `held` keeps what is typed and cannot be saved yet."""
    app, look = use_app(), use_look()
    _, redraw = ft.use_state(0)
    it = Answering(app.session, visit, at, question)
    draft = held.drafts.get(question.key)

    def put(new: Draft | None) -> None:
        if new is None:
            held.drafts.pop(question.key, None)
        else:
            held.drafts[question.key] = new
        redraw(lambda n: n + 1)

    def save_held(*, confirmed: bool = False) -> bool:
        typed = held.drafts.get(question.key)
        if typed is None:
            return True
        fault = it.save_typed(typed, confirmed=confirmed)
        put(replace(typed, fault=fault) if fault else None)
        return fault is None

    async def save_later() -> None:
        await asyncio.sleep(PAUSE)
        typed = held.drafts.get(question.key)
        if typed is not None and typed == draft and it.save_typed(typed) is None:
            put(None)

    held.save[question.key] = save_held
    saving = use_action(it.save)
    confirming = use_action(lambda: save_held(confirmed=True))
    clearing = use_action(it.clear)
    ft.use_effect(save_later, [draft])
    if is_typed(question):
        shown = _typed_control(look, it, draft or it.draft, put, confirming.run)
    else:
        shown = _chosen_control(look, it, saving.run)
    problem = saving.problem or confirming.problem or clearing.problem
    trouble = [banner(look, look.t(problem), "problem")] if problem else []
    return stack(*trouble, shown, *_status(look, it, clearing.run), gap=GRID + GRID // 2)


def _status(look: Look, it: Answering, clear: Callable[[], object]) -> list[ft.Control]:
    """What was said without a value, and the way to take an answer back."""
    said = said_blank(it.question, it.at.known)
    not_looked = dimension_of(it.question) and it.value is None
    if said:
        key = "visit.said_nothing" if said == NOTHING else "visit.said_not_known"
        return [ft.Row([status_chip(look, look.t(key), leading=ft.Icons.CHECK_ROUNDED)])]
    if not_looked and answered(it.question, it.at.known):
        return [ft.Row([status_chip(look, look.t("visit.said_not_assessed"))])]
    if not is_typed(it.question) and it.value is not None and not it.question.needed:
        clear_it = quiet_button(look, look.t("visit.clear"), clear, mark="clear-answer")
        return [ft.Row([clear_it])]
    return []


def _chosen_control(look: Look, it: Answering, save: Callable[[Json], object]) -> ft.Control:
    question = it.question
    if question.field.type is not Type.SET:
        return choice_list(
            look,
            choices_of(look, question),
            chosen_of(it.value),
            lambda code: save(value_of(question, code)),
        )
    chosen = ticked(question, it.at.known.get(question.kind, {}))

    def toggle(code: str) -> None:
        save([*sorted(toggled(chosen, code))])

    if question.path == "problems":
        return ProblemList(choices_of(look, question), tuple(chosen), toggle)
    return choice_many(look, choices_of(look, question), chosen, toggle)


@screen
def ProblemList(
    choices: tuple[Choice, ...], chosen: tuple[str, ...], on_toggle: Callable[[str], object]
) -> ft.Control:
    """The problems of form ปสค. 6.1 to 6.9 under their headings, with a search."""
    look = use_look()
    query, set_query = ft.use_state("")
    opened, set_opened = ft.use_state(frozenset(_with_ticks(look, chosen)))
    wanted = query_keys(query)
    groups = [
        Group(
            look.t.code("problem_area", area),
            tuple(c for c in choices if c.code in codes and all_in(wanted, search_key(c.label))),
        )
        for area, codes in PROBLEM_AREAS.items()
    ]
    found = [group for group in groups if group.choices]
    none = words(look, look.t("visit.problem_none"), colour=look.colours.muted)
    shown = [group.title for group in found] if wanted else opened
    return stack(
        SearchBox(look.t("visit.problem_search"), query, set_query, mark="problem-search"),
        choice_groups(
            look,
            found,
            chosen,
            on_toggle,
            unfolded=shown,
            on_fold=lambda title: set_opened(lambda titles: toggled(titles, title)),
        )
        if found
        else none,
        gap=2 * GRID,
    )


def _with_ticks(look: Look, chosen: tuple[str, ...]) -> list[str]:
    return [
        look.t.code("problem_area", area)
        for area, codes in PROBLEM_AREAS.items()
        if set(codes) & set(chosen)
    ]


def _typed_control(
    look: Look,
    it: Answering,
    draft: Draft,
    put: Callable[[Draft], object],
    confirm: Callable[[], object],
) -> ft.Control:
    error = fault_words(look, draft.fault)
    title = title_of(look, it.question)
    if it.question.field.type is Type.DATE:
        return date_field_be(
            look,
            look.t("visit.date_label"),
            draft.date,
            lambda typed: put(Draft(date=typed)),
            helper=look.t("visit.date_helper"),
            error=error,
        )
    box = text_field(
        look,
        title,
        draft.text,
        lambda text: put(Draft(text=text)),
        kind=KINDS_OF_FIELD.get(it.question.field.type, "text"),
        wrong=bool(error),
        hint=_hint(look, it.question),
    )
    return stack(
        ft.Semantics(identifier="answer", content=box),
        *_id_echo(look, it.question, draft.text),
        *([field_error(look, error)] if error else []),
        *_keep_anyway(look, draft.fault, confirm),
        gap=GRID,
    )


def _hint(look: Look, question: Question) -> str:
    match question.field.type:
        case Type.MONEY:
            return look.t("visit.hint_baht")
        case Type.INT:
            return look.t("visit.hint_number")
    return ""


def _id_echo(look: Look, question: Question, typed: str) -> list[ft.Control]:
    """The digits of an ID number as on the card, and how many are still to come."""
    digits = [char for char in arabic_digits(typed) if char.isdecimal()]
    if question.field.type is not Type.THAI_ID or not digits:
        return []
    groups, at = [], 0
    for size in (1, 4, 5, 2, 1):
        groups.append("".join(digits[at : at + size]))
        at += size
    left = ID_DIGITS - len(digits)
    key = "visit.id_full" if left == 0 else "visit.id_left" if left > 0 else "visit.id_over"
    return [
        words(look, "-".join(filter(None, groups)), "title"),
        words(look, look.t(key, n=abs(left)), "label", colour=look.colours.muted),
    ]


def _keep_anyway(
    look: Look, fault: Fault | None, confirm: Callable[[], object]
) -> list[ft.Control]:
    if fault is None or not fault.soft:
        return []
    return [secondary_button(look, look.t("visit.keep_anyway"), confirm, mark="keep-anyway")]
