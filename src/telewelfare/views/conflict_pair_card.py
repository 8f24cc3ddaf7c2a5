"""The card about two records: both with their few facts, and what may be said about them."""

from collections.abc import Callable

import flet as ft

from telewelfare.views.conflict_pair import Half, Pair, by_words
from telewelfare.views.context import App
from telewelfare.views.look import CORNER, GRID, Look
from telewelfare.views.parts import (
    banner,
    border,
    fact_rows,
    icon,
    quiet_button,
    secondary_button,
    stack,
    status_chip,
    surface,
    words,
)
from telewelfare.views.value_words import moment_words

BESIDE = 700
"""From this width of the window in dp the two records stand side by side."""
SIGNS = {
    "same": ft.Icons.JOIN_FULL_ROUNDED,
    "different": ft.Icons.CALL_SPLIT_ROUNDED,
    "wait": ft.Icons.HOURGLASS_EMPTY_ROUNDED,
    "swap": ft.Icons.SWAP_HORIZ_ROUNDED,
    "both": ft.Icons.GROUP_ROUNDED,
}


def framed(look: Look, title: str, why: list[ft.Control], body: ft.Control) -> ft.Control:
    """Draw the frame that every question to a person has."""
    ink = look.colours.notice.ink
    head = ft.Row(
        [
            icon(look, ft.Icons.CALL_SPLIT_ROUNDED, colour=ink),
            words(look, title, "strong", colour=ink, expand=True),
        ],
        spacing=GRID,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )
    top = ft.Container(stack(head, *why, gap=2), bgcolor=look.colours.notice.fill, padding=2 * GRID)
    card = surface(look, stack(top, ft.Container(body, padding=2 * GRID), gap=0), padding=0)
    card.clip_behavior = ft.ClipBehavior.ANTI_ALIAS
    return ft.Semantics(identifier="conflict", content=card)


def pair_card(
    app: App, look: Look, pair: Pair, choose: Callable[[str], object], problem: str | None
) -> ft.Control:
    """Draw both records and a button for each answer."""
    ink = look.colours.notice.ink
    why: list[ft.Control] = [words(look, look.t(f"conflict.{pair.sort}.why"), "label", colour=ink)]
    content: list[ft.Control] = [words(look, pair.partner, "strong")] if pair.partner else []
    content.append(_halves(app, look, pair))
    content += _settled(look, pair) if pair.settled else _answers(look, pair, choose)
    if problem:
        content.append(banner(look, look.t(problem), "problem"))
    title = look.t(f"conflict.{pair.sort}.title")
    return framed(look, title, why, stack(*content, gap=GRID + GRID // 2))


def _halves(app: App, look: Look, pair: Pair) -> ft.Control:
    boxes = [
        _half(app, look, pair.early, look.t("conflict.early")),
        _half(app, look, pair.late, look.t("conflict.late")),
    ]
    if app.width < BESIDE:
        return stack(*boxes, gap=GRID)
    beside: list[ft.Control] = [ft.Container(box, expand=True) for box in boxes]
    return ft.Row(beside, spacing=GRID, vertical_alignment=ft.CrossAxisAlignment.START)


def _half(app: App, look: Look, half: Half, which: str) -> ft.Control:
    lines: list[ft.Control] = [
        ft.Row([status_chip(look, which, "plain")]),
        words(look, half.title, "strong"),
    ]
    if half.facts:
        lines.append(fact_rows(look, half.facts))
    if half.is_here:
        lines.append(words(look, by_words(look, half), "label", colour=look.colours.muted))
    if half.case:
        lines.append(
            quiet_button(
                look,
                look.t("conflict.open_case"),
                lambda: app.go(f"/cases/{half.case}"),
                leading=ft.Icons.FOLDER_OPEN_ROUNDED,
                mark=f"open-{half.case}",
            )
        )
    return ft.Container(
        stack(*lines, gap=GRID), border=border(look), border_radius=CORNER, padding=GRID + GRID // 2
    )


def _answers(look: Look, pair: Pair, choose: Callable[[str], object]) -> list[ft.Control]:
    if not pair.choices:
        return [words(look, look.t("conflict.office_only"), colour=look.colours.muted)]
    return [_answer(look, pair.sort, choice, choose) for choice in pair.choices]


def _answer(look: Look, sort: str, choice: str, choose: Callable[[str], object]) -> ft.Control:
    button = secondary_button(
        look,
        look.t(f"conflict.{sort}.{choice}"),
        lambda: choose(choice),
        leading=SIGNS[choice],
        mark=f"choose-{choice}",
    )
    means = words(
        look, look.t(f"conflict.{sort}.{choice}_means"), "label", colour=look.colours.muted
    )
    return stack(button, means, gap=2)


def _settled(look: Look, pair: Pair) -> list[ft.Control]:
    said = look.t("conflict.decided", answer=look.t(f"conflict.{pair.sort}.{pair.settled}"))
    when = moment_words(look, pair.settled_at)
    by = look.t("conflict.settled.by", who=pair.settled_by, when=when)
    return [banner(look, said, "good"), words(look, by, "label", colour=look.colours.muted)]
