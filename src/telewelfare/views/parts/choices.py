"""Answers as large rows: one of several, or any of several."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import flet as ft

from telewelfare.views.look import CORNER, GRID, TARGET, Look
from telewelfare.views.parts.basic import border, icon, words


@dataclass(frozen=True)
class Choice:
    """An answer: its code, its words, and a second line that says when it fits."""

    code: str
    label: str
    hint: str = ""


@dataclass(frozen=True)
class Group:
    """Choices under a heading."""

    title: str
    choices: tuple[Choice, ...]


def choice_list(
    look: Look, choices: Sequence[Choice], chosen: str | None, on_choose: Callable[[str], object]
) -> ft.Control:
    """One of several. Tapping a row chooses it; nothing is chosen before the worker does."""
    return _rows(
        [
            _row(look, choice, chosen=choice.code == chosen, many=False, on_choose=on_choose)
            for choice in choices
        ]
    )


def choice_many(
    look: Look,
    choices: Sequence[Choice],
    chosen: Collection[str],
    on_toggle: Callable[[str], object],
) -> ft.Control:
    """Any of several, with check boxes."""
    return _rows(
        [
            _row(look, choice, chosen=choice.code in chosen, many=True, on_choose=on_toggle)
            for choice in choices
        ]
    )


def choice_groups(
    look: Look,
    groups: Sequence[Group],
    chosen: Collection[str],
    on_toggle: Callable[[str], object],
    *,
    unfolded: Collection[str],
    on_fold: Callable[[str], object],
) -> ft.Control:
    """Any of many, under headings that fold; a folded heading says how many of it are chosen."""
    return ft.Column(
        [
            _group(look, group, chosen, on_toggle, is_open=group.title in unfolded, on_fold=on_fold)
            for group in groups
        ],
        spacing=GRID + GRID // 2,
    )


def toggled(chosen: Collection[str], code: str) -> frozenset[str]:
    """Return `chosen` with `code` put in or taken out."""
    return frozenset(chosen) ^ {code}


def _group(
    look: Look,
    group: Group,
    chosen: Collection[str],
    on_toggle: Callable[[str], object],
    *,
    is_open: bool,
    on_fold: Callable[[str], object],
) -> ft.Control:
    count = sum(choice.code in chosen for choice in group.choices)
    heading = _heading(look, group.title, count, is_open=is_open, on_fold=on_fold)
    return ft.Column(
        [heading, *([choice_many(look, group.choices, chosen, on_toggle)] if is_open else [])],
        spacing=GRID,
    )


def _heading(
    look: Look, title: str, count: int, *, is_open: bool, on_fold: Callable[[str], object]
) -> ft.Control:
    name = ft.Icons.EXPAND_LESS_ROUNDED if is_open else ft.Icons.EXPAND_MORE_ROUNDED
    chosen = look.t("parts.choice.count", n=count) if count else ""
    row = ft.Row(
        [
            words(look, title, "strong", expand=True),
            words(look, chosen, "label", colour=look.colours.accent),
            icon(look, name),
        ],
        spacing=GRID,
    )
    box = ft.Container(
        row,
        bgcolor=look.colours.sand,
        border=border(look) if look.mode == "sunlight" else None,
        border_radius=CORNER,
        padding=ft.Padding.symmetric(horizontal=2 * GRID, vertical=GRID + GRID // 2),
        ink=True,
        on_click=lambda: on_fold(title),
    )
    return ft.Semantics(button=True, expanded=is_open, content=box)


def _rows(rows: list[ft.Control]) -> ft.Control:
    return ft.Column(rows, spacing=GRID)


def _row(
    look: Look, choice: Choice, *, chosen: bool, many: bool, on_choose: Callable[[str], object]
) -> ft.Control:
    tone = look.colours.chosen
    ink = tone.ink if chosen else look.colours.ink
    mark = icon(look, _mark(chosen=chosen, many=many), colour=_mark_ink(look, chosen=chosen))
    lines: list[ft.Control] = [
        words(look, choice.label, "strong" if chosen else "body", colour=ink)
    ]
    if choice.hint:
        hint_ink = tone.ink if chosen else look.colours.muted
        lines.append(words(look, choice.hint, "label", colour=hint_ink))
    row = ft.Row(
        [mark, ft.Column(lines, spacing=0, expand=True, tight=True)], spacing=GRID + GRID // 2
    )
    edge = tone.edge if chosen else look.colours.edge
    height = TARGET + GRID // 2
    box = ft.Container(
        row,
        bgcolor=tone.fill if chosen else look.colours.card,
        border=border(look, edge, 2 if chosen else look.line),
        border_radius=CORNER,
        padding=ft.Padding.symmetric(
            horizontal=2 * GRID - (1 if chosen else 0),
            vertical=(height - 3 * look.size.body // 2) // 2,
        ),
        ink=True,
        on_click=lambda: on_choose(choice.code),
    )
    return ft.Semantics(
        identifier=f"choice-{choice.code}", checked=chosen, button=True, content=box
    )


def _mark(*, chosen: bool, many: bool) -> ft.IconData:
    if many:
        return ft.Icons.CHECK_BOX_ROUNDED if chosen else ft.Icons.CHECK_BOX_OUTLINE_BLANK_ROUNDED
    return (
        ft.Icons.RADIO_BUTTON_CHECKED_ROUNDED if chosen else ft.Icons.RADIO_BUTTON_UNCHECKED_ROUNDED
    )


def _mark_ink(look: Look, *, chosen: bool) -> str:
    return look.colours.chosen.edge if chosen else look.colours.edge
