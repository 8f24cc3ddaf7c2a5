"""A date in the Buddhist era, typed or chosen; no calendar to leaf through for a year of birth."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import flet as ft

from telewelfare.views.look import CORNER, GRID, Look
from telewelfare.views.parts.basic import stack, style, words
from telewelfare.views.parts.fields import field_error, text_field

ERA: Final = 543
"""Years from the Christian to the Buddhist era."""
EARLIEST: Final = 2400
"""A smaller year was typed in the Christian era, or is a slip."""


@dataclass(frozen=True)
class TypedDate:
    """What stands in the three fields, as typed; the month is "1" to "12"."""

    day: str = ""
    month: str = ""
    year: str = ""


def typed_date(day: date | None) -> TypedDate:
    """Return the fields of a date, empty ones of None."""
    if day is None:
        return TypedDate()
    return TypedDate(str(day.day), str(day.month), str(day.year + ERA))


def date_of(typed: TypedDate) -> date | str | None:
    """Return the date, the key of a sentence that says what is wrong, or None when all is empty."""
    values = [part.strip() for part in (typed.day, typed.month, typed.year)]
    if not any(values):
        return None
    if not all(value.isdecimal() for value in values):
        return "parts.date.incomplete"
    day, month, year = (int(value) for value in values)
    if year < EARLIEST:
        return "parts.date.era"
    try:
        return date(year - ERA, month, day)
    except ValueError:
        return "parts.date.impossible"


def date_field_be(
    look: Look,
    label: str,
    typed: TypedDate,
    on_type: Callable[[TypedDate], object],
    *,
    helper: str = "",
    error: str = "",
    mark: str = "date",
) -> ft.Control:
    """Day, month and year of the Buddhist era. Decide with `date_of`."""
    wrong = bool(error)
    day = text_field(
        look,
        look.t("parts.date.day"),
        typed.day,
        lambda text: on_type(replace(typed, day=text)),
        kind="number",
        wrong=wrong,
    )
    year = text_field(
        look,
        look.t("parts.date.year"),
        typed.year,
        lambda text: on_type(replace(typed, year=text)),
        kind="number",
        wrong=wrong,
    )
    month = _month(look, typed, on_type, wrong=wrong)
    row = ft.Row(
        [
            _part(look, "parts.date.day", day, 4),
            _part(look, "parts.date.month", month, 8),
            _part(look, "parts.date.year", year, 5),
        ],
        spacing=GRID,
        vertical_alignment=ft.CrossAxisAlignment.END,
    )
    above = [words(look, label, "strong")]
    if helper:
        above.append(words(look, helper, "label", colour=look.colours.muted))
    below = [field_error(look, error)] if error else []
    return ft.Semantics(identifier=mark, content=stack(*above, row, *below, gap=6))


def _part(look: Look, key: str, field: ft.Control, share: int) -> ft.Control:
    label = words(look, look.t(key), "label", colour=look.colours.muted, lines=1)
    return ft.Container(stack(label, field, gap=2), expand=share)


def _month(
    look: Look, typed: TypedDate, on_type: Callable[[TypedDate], object], *, wrong: bool
) -> ft.Control:
    colours = look.colours
    options = [
        ft.DropdownOption(
            key=str(n),
            content=words(look, look.t(f"parts.month.m{n}")),
            text=look.t(f"parts.month.m{n}"),
        )
        for n in range(1, 13)
    ]
    menu = ft.Dropdown(
        value=typed.month or None,
        options=options,
        on_select=lambda e: on_type(replace(typed, month=e.control.value or "")),
        text_style=style(look),
        filled=True,
        fill_color=colours.card,
        border_color=colours.problem.ink if wrong else colours.edge,
        border_width=2 if wrong else look.line,
        border_radius=CORNER,
        menu_height=400,
        expand=True,
    )
    return ft.Semantics(
        identifier="date-month", label=look.t("parts.date.month"), content=ft.Row([menu])
    )
