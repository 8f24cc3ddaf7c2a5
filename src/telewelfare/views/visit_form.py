"""ลงพื้นที่: one question a screen on the phone, a section a page on the desk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import flet as ft
from flet.components.hooks.use_ref import MutableRef

from telewelfare.actions.session import Session
from telewelfare.actions.visiting import (
    QUESTIONS,
    NotYet,
    Visiting,
    finish_visit,
    keep_place,
    kept_place,
    visiting,
)
from telewelfare.domain.questions import (
    NOTHING,
    Question,
    answered,
    asked,
    blank_of,
    resume,
)
from telewelfare.store.queries import case_detail
from telewelfare.views.answer_field import AnswerField, Answering
from telewelfare.views.answers import Held, section_of, title_of, why_of
from telewelfare.views.context import App, use_app
from telewelfare.views.hooks import screen, use_action, use_query
from telewelfare.views.look import Look, use_look
from telewelfare.views.parts import Ways, error_state, question_page, quiet_button, words
from telewelfare.views.visit_pages import EndPage, QuestionList
from telewelfare.views.visit_sections import SectionPages

END: Final = "end"
LIST: Final = "list"
NOWHERE: Final = ""


@dataclass(frozen=True)
class Form:
    """An open visit: its questions that apply, and how to move between them."""

    app: App
    visit: str
    at: Visiting
    questions: tuple[Question, ...]
    held: Held
    show: Callable[[str], object]  # the key of a question, END or LIST

    @property
    def session(self) -> Session:
        """The device."""
        return self.app.session

    def open(self, place: str) -> None:
        """Go to a question. What was typed and cannot be saved yet waits there."""
        self.held.save_all()
        self.held.save.clear()
        if place not in (END, LIST):
            keep_place(self.session, self.visit, place)
        self.show(place)

    def after(self, question: Question) -> None:
        """Go on to the question after this one, as the answers now given have it."""
        now = visiting(self.session, self.visit) or self.at
        keys = [q.key for q in QUESTIONS]
        later = {q.key for q in asked(QUESTIONS, now.known)} & set(
            keys[keys.index(question.key) + 1 :]
        )
        self.open(next((key for key in keys if key in later), END))

    def lacks(self, question: Question) -> bool:
        """Whether the visit cannot end without this answer and it has not been given."""
        now = visiting(self.session, self.visit) or self.at
        return question.needed and not answered(question, now.known)

    def before(self, question: Question) -> None:
        """Go back; from the first question to the case."""
        keys = [q.key for q in self.questions]
        here = keys.index(question.key) if question.key in keys else 0
        if here:
            self.open(keys[here - 1])
        else:
            self.leave()

    def leave(self) -> None:
        """Back to the case."""
        self.app.go(f"/cases/{self.at.case}")

    def finish(self) -> NotYet | None:
        """Close the visit, or say what it still needs."""
        detail = case_detail(self.session.journal, self.session.index, self.at.case)
        return finish_visit(self.session, detail, self.visit) if detail else None


@screen
def VisitScreen(visit_id: str) -> ft.Control:
    """The questions of a visit, from where the worker stopped."""
    app, look = use_app(), use_look()
    session = app.session
    at = use_query(session.journal, lambda: visiting(session, visit_id), [visit_id])
    begun = ft.use_memo(lambda: _place(session, visit_id), [visit_id])
    place, set_place = ft.use_state(begun)
    made = ft.use_memo(Held, [visit_id])
    held: MutableRef[Held] = ft.use_ref(made)
    holding = held.current or made
    ft.use_effect(lambda: None, [], cleanup=holding.save_all)
    if at is None:
        return error_state(look, look.t("visit.gone"), look.t("case.gone_why"))
    questions = asked(QUESTIONS, at.known)
    form = Form(app, visit_id, at, questions, holding, set_place)
    by_key = {question.key: question for question in questions}
    if place == END:
        return EndPage(
            look, at, questions, form.finish, form.open, form.leave, lambda: form.open(LIST)
        )
    if app.wide:
        return SectionPages(visit_id, at, questions, holding, place, form.open, END, form.leave)
    if place == LIST:
        return QuestionList(look, at, questions, form.open, lambda: form.open(END))
    question = by_key.get(place) or questions[0]
    return QuestionPage(form, question)


def _place(session: Session, visit: str) -> str:
    at = visiting(session, visit)
    if at is None:
        return END
    here = resume(QUESTIONS, at.known, kept_place(session, visit))
    return QUESTIONS[here].key if here < len(QUESTIONS) else END


@screen
def QuestionPage(form: Form, question: Question) -> ft.Control:
    """One question of a visit on the phone."""
    look = use_look()
    it = Answering(form.session, form.visit, form.at, question)
    reminded, remind = ft.use_state(NOWHERE)

    def on() -> None:
        if not form.held.save_these({question.key}):
            return
        if form.lacks(question):
            remind(question.key)
        else:
            form.after(question)

    def blank() -> None:
        form.held.drafts.pop(question.key, None)
        it.blank()
        form.after(question)

    def unasked() -> None:
        it.unasked()
        form.after(question)

    forward, blanking, leaving = use_action(on), use_action(blank), use_action(unasked)
    keys = [q.key for q in form.questions]
    here = keys.index(question.key) + 1
    offered = blank_of(question)
    done = answered(question, form.at.known) or question.key in form.held.drafts
    ways = Ways(
        on_next=forward.run,
        on_back=lambda: form.before(question),
        on_unasked=None if done else leaving.run,
        on_unknown=blanking.run if offered else None,
        unknown_label=look.t("visit.nothing") if offered == NOTHING else None,
        note=look.t("visit.needed_note") if reminded == question.key and not done else "",
    )
    problem = forward.problem or blanking.problem or leaving.problem
    return question_page(
        look,
        title_of(look, question),
        AnswerField(form.visit, form.at, question, form.held),
        ways,
        why=why_of(look, question),
        at=(here, len(keys)),
        problem=look.t(problem) if problem else "",
        top=_section(look, question),
        aside=quiet_button(
            look, look.t("visit.all"), lambda: form.open(LIST), mark="all-questions"
        ),
    )


def _section(look: Look, question: Question) -> ft.Control:
    named = look.t(f"visit.section.{section_of(question)}")
    return words(look, named, "label", colour=look.colours.muted)
