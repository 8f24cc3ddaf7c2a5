"""Rows of lists on the phone, filters as chips, and facts as label and value."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import flet as ft

from telewelfare.views.look import CORNER, GRID, SEMIBOLD, TARGET, Look
from telewelfare.views.parts.badges import status_chip, urgency_badge
from telewelfare.views.parts.basic import border, icon, tap, words
from telewelfare.views.parts.buttons import quiet_button, small_action

Pressed = Callable[[], object]


def list_row(
    look: Look,
    title: str,
    lines: Sequence[str] = (),
    *,
    on_open: Pressed | None = None,
    leading: ft.Control | None = None,
    trailing: ft.Control | None = None,
    foot: ft.Control | None = None,
    chosen: bool = False,
    mark: str = "row",
) -> ft.Control:
    """A row with a title, second lines, and badges at its foot."""
    tone = look.colours.chosen
    texts: list[ft.Control] = [
        words(look, title, "strong", colour=tone.ink if chosen else None),
        *(words(look, line, "label", colour=look.colours.muted) for line in lines if line),
        *([ft.Container(foot, padding=ft.Padding.only(top=6))] if foot else []),
    ]
    end = trailing or (icon(look, ft.Icons.CHEVRON_RIGHT_ROUNDED) if on_open else None)
    row = ft.Row(
        [
            *([leading] if leading else []),
            ft.Column(texts, spacing=0, tight=True, expand=True),
            *([end] if end else []),
        ],
        spacing=GRID + GRID // 2,
    )
    box = ft.Container(
        row,
        bgcolor=tone.fill if chosen else look.colours.card,
        border=border(look, tone.edge if chosen else None),
        border_radius=CORNER,
        padding=ft.Padding.symmetric(horizontal=2 * GRID, vertical=GRID + GRID // 2),
        ink=on_open is not None,
        on_click=tap(on_open) if on_open else None,
    )
    return ft.Semantics(identifier=mark, button=on_open is not None, selected=chosen, content=box)


@dataclass(frozen=True)
class CaseShown:
    """A case as a row: who (masked as the worker may see), where, state, and how long it waits."""

    title: str
    place: str
    urgency: str
    state: str
    since: str = ""
    waiting_to_send: bool = False


def case_row(
    look: Look, case: CaseShown, on_open: Pressed, *, chosen: bool = False, mark: str = "case-row"
) -> ft.Control:
    """Urgency first, then who and where; a case still on the device only says so."""
    chips = [urgency_badge(look, case.urgency), status_chip(look, case.state)]
    if case.waiting_to_send:
        label = look.t("parts.row.waiting")
        chips.append(status_chip(look, label, "notice", leading=ft.Icons.CLOUD_OFF_ROUNDED))
    return list_row(
        look,
        case.title,
        [" · ".join(part for part in (case.place, case.since) if part)],
        on_open=on_open,
        foot=ft.Row(chips, wrap=True, spacing=GRID, run_spacing=6),
        chosen=chosen,
        mark=mark,
    )


def partner_row(
    look: Look,
    name: str,
    lines: Sequence[str],
    on_open: Pressed,
    *,
    on_call: Pressed | None = None,
    mark: str = "partner-row",
) -> ft.Control:
    """A partner: name, what they do and where; call without opening."""
    call = _call(look, name, on_call) if on_call else None
    return list_row(look, name, lines, on_open=on_open, trailing=call, mark=mark)


def _call(look: Look, name: str, on_call: Pressed) -> ft.Control:
    return small_action(
        look,
        ft.Icons.CALL_ROUNDED,
        look.t("parts.row.call"),
        on_call,
        spoken=look.t("parts.row.call_whom", name=name),
        mark="call",
    )


@dataclass(frozen=True)
class Filter:
    """A filter chip: code, words, and how many it would show (None: not counted).

    `opens`: a tap does not put it on but opens what there is to choose from.
    """

    code: str
    label: str
    count: int | None = None
    opens: bool = False


def filter_chips(
    look: Look,
    filters: Sequence[Filter],
    chosen: Collection[str],
    on_toggle: Callable[[str], object],
) -> ft.Control:
    """Filters in one line that scrolls sideways."""
    return ft.Row(
        [_chip(look, item, chosen=item.code in chosen, on_toggle=on_toggle) for item in filters],
        spacing=GRID,
        scroll=ft.ScrollMode.HIDDEN,
    )


def _chip(
    look: Look, item: Filter, *, chosen: bool, on_toggle: Callable[[str], object]
) -> ft.Control:
    colours = look.colours
    ink = colours.chosen.ink if chosen else colours.ink
    label = item.label if item.count is None else f"{item.label} {item.count}"
    text = ft.Text(label, size=look.size.label, font_family=SEMIBOLD, color=ink, no_wrap=True)
    check = [icon(look, ft.Icons.CHECK_ROUNDED, colour=ink, size=look.size.label + 2)]
    more = [icon(look, ft.Icons.EXPAND_MORE_ROUNDED, colour=ink, size=look.size.label + 4)]
    box = ft.Container(
        ft.Row(
            [*(check if chosen else []), text, *(more if item.opens else [])],
            spacing=6,
            tight=True,
        ),
        bgcolor=colours.chosen.fill if chosen else colours.card,
        border=border(look, colours.chosen.edge if chosen else colours.edge),
        border_radius=TARGET // 2,
        height=max(44, 2 * look.size.body),
        alignment=ft.Alignment.CENTER,
        padding=ft.Padding.symmetric(horizontal=2 * GRID),
        ink=True,
        on_click=lambda: on_toggle(item.code),
    )
    return ft.Semantics(identifier=f"filter-{item.code}", button=True, checked=chosen, content=box)


@dataclass(frozen=True)
class Fact:
    """A label and its value. `masked`: the value is hidden and `on_reveal` opens it, logged."""

    label: str
    value: str
    masked: bool = False
    on_reveal: Pressed | None = None


def fact_rows(look: Look, facts: Sequence[Fact]) -> ft.Control:
    """Facts under each other: label small, value beneath."""
    return ft.Column([_fact(look, fact) for fact in facts], spacing=GRID + GRID // 2)


def _fact(look: Look, fact: Fact) -> ft.Control:
    label = words(look, fact.label, "label", colour=look.colours.muted)
    value = words(look, fact.value, "strong", expand=fact.masked)
    if not fact.masked:
        return ft.Column([label, value], spacing=0, tight=True)
    lock = icon(look, ft.Icons.LOCK_ROUNDED, colour=look.colours.muted, size=look.size.body)
    reveal = (
        quiet_button(look, look.t("parts.fact.reveal"), fact.on_reveal, mark="reveal")
        if fact.on_reveal
        else None
    )
    note = words(look, look.t("parts.fact.logged"), "label", colour=look.colours.muted)
    row = ft.Row([lock, value, *([reveal] if reveal else [])], spacing=GRID)
    return ft.Column([label, row, *([note] if reveal else [])], spacing=0, tight=True)
