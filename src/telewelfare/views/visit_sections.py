"""A visit on the desk: the sections of the form at the left, all questions of one beside them."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby

import flet as ft

from telewelfare.actions.visiting import Visiting
from telewelfare.domain.questions import NOTHING, Question, answered, blank_of, dimension_of
from telewelfare.views.answer_field import AnswerField, Answering
from telewelfare.views.answers import Held, section_of, title_of, why_of
from telewelfare.views.context import use_app
from telewelfare.views.hooks import screen, use_action
from telewelfare.views.look import GRID, Look, use_look
from telewelfare.views.parts import (
    banner,
    icon,
    icon_button,
    list_row,
    primary_button,
    quiet_button,
    split_view,
    stack,
    surface,
    words,
)

FORM_WIDTH = 720  # dp


@screen
def SectionPages(  # noqa: PLR0917 - what a form is drawn from
    visit: str,
    at: Visiting,
    questions: tuple[Question, ...],
    held: Held,
    place: str,
    on_open: Callable[[str], object],
    end: str,
    on_leave: Callable[[], object],
) -> ft.Control:
    """The section that `place` (a question's key) stands in."""
    app, look = use_app(), use_look()
    sections = [(name, tuple(group)) for name, group in groupby(questions, key=section_of)]
    names = [name for name, _ in sections]
    here = next((n for n, (_, group) in enumerate(sections) if place in _keys(group)), 0)
    listed = _sections(look, at, sections, names[here], on_open, end, on_leave)
    group = sections[here][1]
    following = sections[here + 1][1][0].key if here + 1 < len(sections) else end

    def on() -> None:
        if held.save_these(_keys(group)):
            on_open(following)

    forward = use_action(on)
    problem = [banner(look, look.t(forward.problem), "problem")] if forward.problem else []
    cards: list[ft.Control] = [QuestionCard(visit, at, question, held) for question in group]
    page = ft.Column(
        [
            words(look, look.t(f"visit.section.{names[here]}"), "question"),
            *problem,
            *cards,
            ft.Row(
                [
                    primary_button(
                        look,
                        look.t("visit.next_section" if following != end else "visit.to_end"),
                        forward.run,
                        leading=ft.Icons.ARROW_FORWARD_ROUNDED,
                        mark="next",
                    )
                ],
                alignment=ft.MainAxisAlignment.END,
            ),
        ],
        key=f"section-{names[here]}",
        spacing=2 * GRID,
        scroll=ft.ScrollMode.AUTO,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
    framed = ft.Container(
        ft.Container(page, width=FORM_WIDTH, padding=3 * GRID),
        alignment=ft.Alignment.TOP_CENTER,
        expand=True,
    )
    return split_view(look, listed, framed, width=max(app.width, 1000), share=1)


def _keys(group: tuple[Question, ...]) -> list[str]:
    return [question.key for question in group]


def _sections(  # noqa: PLR0917 - as above
    look: Look,
    at: Visiting,
    sections: list[tuple[str, tuple[Question, ...]]],
    here: str,
    on_open: Callable[[str], object],
    end: str,
    on_leave: Callable[[], object],
) -> ft.Control:
    back = icon_button(
        look, ft.Icons.ARROW_BACK_ROUNDED, look.t("visit.to_case"), on_leave, mark="back"
    )
    rows: list[ft.Control] = [
        ft.Row([back, words(look, look.t("visit.title"), "title", expand=True)])
    ]
    for name, group in sections:
        done = sum(answered(question, at.known) for question in group)
        full = done == len(group)
        rows.append(
            list_row(
                look,
                look.t(f"visit.section.{name}"),
                [look.t("visit.done_of", done=done, of=len(group))],
                on_open=lambda key=group[0].key: on_open(key),  # type: ignore[misc]  # bound now
                leading=icon(
                    look,
                    ft.Icons.CHECK_CIRCLE_ROUNDED
                    if full
                    else ft.Icons.RADIO_BUTTON_UNCHECKED_ROUNDED,
                    colour=look.colours.good.ink if full else look.colours.muted,
                ),
                chosen=name == here,
                mark=f"section-{name}",
            )
        )
    rows.append(
        list_row(
            look,
            look.t("visit.to_end"),
            on_open=lambda: on_open(end),
            leading=icon(look, ft.Icons.FLAG_ROUNDED),
            mark="to-end",
        )
    )
    return ft.ListView(rows, spacing=GRID, padding=2 * GRID, expand=True)


@screen
def QuestionCard(visit: str, at: Visiting, question: Question, held: Held) -> ft.Control:
    """A question among others of its section."""
    app, look = use_app(), use_look()
    it = Answering(app.session, visit, at, question)
    blanking, leaving = use_action(it.blank), use_action(it.unasked)
    why = why_of(look, question)
    offered = blank_of(question)
    label = look.t("visit.nothing" if offered == NOTHING else "parts.question.unknown")
    done = answered(question, at.known)
    ways = [
        *([quiet_button(look, label, blanking.run, mark="unknown")] if offered else []),
        *(
            [quiet_button(look, look.t("parts.question.unasked"), leaving.run, mark="unasked")]
            if dimension_of(question) and not done
            else []
        ),
    ]
    problem = blanking.problem or leaving.problem
    needed = [words(look, look.t("visit.needed"), "label", colour=look.colours.notice.ink)]
    lines = [
        words(look, title_of(look, question), "title"),
        *([words(look, why, "label", colour=look.colours.muted)] if why else []),
        *(needed if question.needed and not done else []),
        *([banner(look, look.t(problem), "problem")] if problem else []),
        AnswerField(visit, at, question, held),
        *([ft.Row(ways, spacing=GRID)] if ways and not done else []),
    ]
    return surface(look, stack(*lines, gap=GRID))
