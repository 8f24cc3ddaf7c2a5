"""One question a screen: the question is the title, the way on is at the thumb."""

from collections.abc import Callable
from dataclasses import dataclass

import flet as ft

from telewelfare.views.look import GRID, Look
from telewelfare.views.parts.basic import centred, icon, words
from telewelfare.views.parts.buttons import icon_button, primary_button, secondary_button
from telewelfare.views.parts.states import banner

Pressed = Callable[[], object]


@dataclass(frozen=True)
class Ways:
    """The ways out of a question; None hides one. 'Do not know' and 'not asked' are answers."""

    on_next: Pressed
    on_back: Pressed
    on_unasked: Pressed | None = None
    on_unknown: Pressed | None = None
    next_label: str | None = None
    unknown_label: str | None = None  # "nothing of these", where that is the empty answer
    pending: bool = False
    note: str = ""  # stands over the buttons, where one has just pressed


def question_page(
    look: Look,
    title: str,
    content: ft.Control,
    ways: Ways,
    *,
    why: str = "",
    at: tuple[int, int] | None = None,
    problem: str = "",
    top: ft.Control | None = None,
    at_words: str = "",
    aside: ft.Control | None = None,
) -> ft.Control:
    """Draw a question. `at` is (3, 12) for question 3 of 12.

    `problem` stands over the content.
    `top` is for the sync line, above everything. `at_words` replaces "ข้อ 3 จาก 12";
    `aside` is a quiet action at the end of that line.
    """
    head = [top] if top else []
    heading = ft.Semantics(header=True, heading_level=1, content=words(look, title, "question"))
    marks = ft.Padding.only(top=GRID // 2)  # the scrolling column would cut a tone mark
    lines: list[ft.Control] = [ft.Container(heading, padding=marks)]
    if why:
        lines.append(words(look, why, "label", colour=look.colours.muted))
    if problem:
        lines.append(_problem(look, problem))
    lines.append(ft.Container(content, padding=ft.Padding.only(top=GRID)))
    middle = ft.Column(
        lines,
        key=f"question-{title}",  # a new question begins at its top, not where the last was left
        spacing=GRID,
        scroll=ft.ScrollMode.AUTO,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
    body = ft.Column(
        [*head, _progress(look, ways, at, at_words, aside), middle, _foot(look, ways)],
        spacing=2 * GRID,
    )
    return centred(ft.Container(body, padding=2 * GRID))


def _progress(
    look: Look,
    ways: Ways,
    at: tuple[int, int] | None,
    at_words: str,
    aside: ft.Control | None,
) -> ft.Control:
    end = [aside] if aside else []
    back = icon_button(
        look,
        ft.Icons.ARROW_BACK_ROUNDED,
        look.t("parts.back"),
        ways.on_back,
        mark="back",
        flush=True,
    )
    if at is None:
        return ft.Row([back, ft.Container(expand=True), *end])
    here, of = at
    label = at_words or look.t("parts.question.at", here=here, of=of)
    bar = ft.ProgressBar(
        value=here / of,
        color=look.colours.accent,
        bgcolor=look.colours.sand,
        bar_height=GRID,
        border_radius=GRID // 2,
        semantics_label=label,
    )
    text = words(look, label, "label", colour=look.colours.muted)
    progress = ft.Column([text, bar], spacing=GRID // 2, expand=True)
    return ft.Row([back, progress, *end], spacing=GRID)


def _problem(look: Look, problem: str) -> ft.Control:
    ink = look.colours.problem.ink
    row = ft.Row(
        [
            icon(look, ft.Icons.ERROR_ROUNDED, colour=ink, size=look.size.body + 2),
            words(look, problem, "strong", colour=ink, expand=True),
        ],
        spacing=GRID,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )
    return ft.Semantics(identifier="question-problem", live_region=True, content=row)


def _foot(look: Look, ways: Ways) -> ft.Control:
    other = []
    if ways.on_unasked:
        label = look.t("parts.question.unasked")
        other.append(secondary_button(look, label, ways.on_unasked, mark="unasked"))
    if ways.on_unknown:
        label = ways.unknown_label or look.t("parts.question.unknown")
        other.append(secondary_button(look, label, ways.on_unknown, mark="unknown"))
    on = primary_button(
        look,
        ways.next_label or look.t("parts.question.next"),
        ways.on_next,
        pending=ways.pending,
        mark="next",
    )
    rows: list[ft.Control] = [_note(look, ways.note)] if ways.note else []
    rows += [_even(other)] if other else []
    return ft.Column([*rows, _even([on])], spacing=GRID + GRID // 2)


def _note(look: Look, note: str) -> ft.Control:
    said = banner(look, note, "notice")
    return ft.Semantics(identifier="question-note", live_region=True, content=said)


def _even(buttons: list[ft.Control]) -> ft.Control:
    for_each = [ft.Row([_wide(button)], expand=True) for button in buttons]
    return ft.Row(list(for_each), spacing=GRID + GRID // 2)


def _wide(button: ft.Control) -> ft.Control:
    return ft.Container(button, expand=True)
