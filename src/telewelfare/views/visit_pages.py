"""Around the questions of a visit: the list of all of them, and the end with what is missing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby

import flet as ft

from telewelfare.actions.visiting import NotYet, Visiting
from telewelfare.domain.questions import Question, answered, missing, was_met
from telewelfare.views.answers import section_of, title_of
from telewelfare.views.hooks import screen, use_action
from telewelfare.views.look import GRID, Look
from telewelfare.views.parts import (
    banner,
    centred,
    icon,
    icon_button,
    list_row,
    primary_button,
    secondary_button,
    section_title,
    stack,
    surface,
    words,
)


@screen
def QuestionList(
    look: Look,
    at: Visiting,
    questions: tuple[Question, ...],
    on_open: Callable[[str], object],
    on_end: Callable[[], object],
) -> ft.Control:
    """All questions that apply, with which are done; tapping one goes there."""
    rows: list[ft.Control] = []
    for section, group in groupby(questions, key=section_of):
        rows.append(section_title(look, look.t(f"visit.section.{section}")))
        rows += [_row(look, at, question, on_open) for question in group]
    done = sum(answered(question, at.known) for question in questions)
    heading = words(look, look.t("visit.list", done=done, of=len(questions)), "title")
    listed = ft.ListView(rows, expand=True, spacing=GRID, padding=ft.Padding.only(bottom=GRID))
    close = primary_button(look, look.t("visit.to_end"), on_end, mark="to-end")
    body = ft.Column(
        [heading, listed, close],
        spacing=GRID,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
    return centred(ft.Container(body, padding=2 * GRID))


def _row(
    look: Look, at: Visiting, question: Question, on_open: Callable[[str], object]
) -> ft.Control:
    done = answered(question, at.known)
    name = ft.Icons.CHECK_CIRCLE_ROUNDED if done else ft.Icons.RADIO_BUTTON_UNCHECKED_ROUNDED
    key = "visit.done" if done else "visit.needed" if question.needed else "visit.open"
    ink = look.colours.good.ink if done else look.colours.muted
    return list_row(
        look,
        title_of(look, question),
        [look.t(key)],
        on_open=lambda: on_open(question.key),
        leading=icon(look, name, colour=ink),
        mark=f"question-{question.key}",
    )


@screen
def EndPage(  # noqa: PLR0917 - the ways out of a visit
    look: Look,
    at: Visiting,
    questions: tuple[Question, ...],
    finish: Callable[[], NotYet | None],
    on_open: Callable[[str], object],
    on_leave: Callable[[], object],
    on_list: Callable[[], object],
) -> ft.Control:
    """What a visit still needs, or the button that ends it."""

    def finished(outcome: NotYet | None) -> None:
        if outcome is None:
            on_leave()

    ending = use_action(finish, finished)
    left = missing(questions, at.known)
    problem = [banner(look, look.t(ending.problem), "problem")] if ending.problem else []
    middle = ft.Column(
        [
            ft.Container(height=GRID // 2),
            words(look, look.t("visit.end.title"), "question"),
            *problem,
            *(_still_needed(look, left, on_open) if left else [_all_there(look, at)]),
            _counted(look, at, questions),
        ],
        spacing=2 * GRID,
        scroll=ft.ScrollMode.AUTO,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
    done = primary_button(
        look,
        look.t("visit.end.finish" if was_met(at.known) else "visit.end.not_met"),
        ending.run,
        leading=ft.Icons.CHECK_ROUNDED,
        pending=ending.pending,
        disabled=bool(left),
        mark="finish-visit",
    )
    foot = stack(
        secondary_button(look, look.t("visit.all_questions"), on_list, mark="all-questions"),
        done,
        gap=GRID + GRID // 2,
    )
    back = icon_button(
        look, ft.Icons.ARROW_BACK_ROUNDED, look.t("visit.to_case"), on_leave, mark="back"
    )
    body = ft.Column(
        [ft.Row([back, words(look, look.t("visit.to_case"), "label")]), middle, foot],
        spacing=GRID,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
    return centred(ft.Container(body, padding=2 * GRID))


def _still_needed(
    look: Look, left: Sequence[Question], on_open: Callable[[str], object]
) -> list[ft.Control]:
    rows = [
        list_row(
            look,
            title_of(look, question),
            [look.t(f"visit.section.{section_of(question)}")],
            on_open=lambda key=question.key: on_open(key),  # type: ignore[misc]  # bound now
            leading=icon(look, ft.Icons.ERROR_OUTLINE_ROUNDED, colour=look.colours.notice.ink),
            mark=f"missing-{question.key}",
        )
        for question in left
    ]
    return [banner(look, look.t("visit.end.missing", n=len(left)), "notice"), stack(*rows)]


def _all_there(look: Look, at: Visiting) -> ft.Control:
    key = "visit.end.ready" if was_met(at.known) else "visit.end.go_again"
    return banner(look, look.t(key), "good")


def _counted(look: Look, at: Visiting, questions: tuple[Question, ...]) -> ft.Control:
    done = sum(answered(question, at.known) for question in questions)
    counted = look.t("visit.end.counted", done=done, left=len(questions) - done)
    return surface(
        look,
        stack(
            words(look, counted, "strong"),
            words(look, look.t("visit.end.optional"), "label", colour=look.colours.muted),
            words(look, look.t("visit.end.photos"), "label", colour=look.colours.muted),
            gap=GRID // 2,
        ),
    )
