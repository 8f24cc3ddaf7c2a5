"""A date in the Buddhist era, typed or chosen; no calendar to leaf through for a year of birth."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import flet as ft

from telewelfare.domain.dates import BE_AHEAD, MONTHS_EN, MONTHS_TH
from telewelfare.domain.digits import arabic_digits
from telewelfare.views.look import GRID, Look
from telewelfare.views.parts.basic import stack, style, words
from telewelfare.views.parts.fields import field_error, field_padding, outline, text_field

EARLIEST: Final = 2400
"""A smaller year was typed in the Christian era, or is a slip."""


ONE_LINE: Final = 19
"""Largest text size in sp at which a phone shows the three fields on one line."""


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
    return TypedDate(str(day.day), str(day.month), str(day.year + BE_AHEAD))


def date_of(typed: TypedDate) -> date | str | None:
    """Return the date, the key of a sentence that says what is wrong, or None when all is empty."""
    values = [arabic_digits(part).strip() for part in (typed.day, typed.month, typed.year)]
    if not any(values):
        return None
    if not all(value.isdecimal() for value in values):
        return "parts.date.incomplete"
    day, month, year = (int(value) for value in values)
    if year < EARLIEST:
        return "parts.date.era"
    try:
        return date(year - BE_AHEAD, month, day)
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
    parts = (
        _part(look, "parts.date.day", day, 4),
        _part(look, "parts.date.month", month, 8),
        _part(look, "parts.date.year", year, 5),
    )
    above = [words(look, label, "strong")]
    if helper:
        above.append(words(look, helper, "label", colour=look.colours.muted))
    below = [field_error(look, error)] if error else []
    return ft.Semantics(identifier=mark, content=stack(*above, *_lines(look, parts), *below, gap=6))


def _lines(look: Look, parts: tuple[ft.Control, ft.Control, ft.Control]) -> list[ft.Control]:
    """Lay the fields on one line, or with large text the year on a second: no month is cut."""
    day, month, year = parts
    if look.size.body <= ONE_LINE:
        return [ft.Row([day, month, year], spacing=GRID)]
    room = ft.Container(expand=5)
    return [ft.Row([day, month], spacing=GRID), ft.Row([year, room], spacing=GRID)]


def _part(look: Look, key: str, field: ft.Control, share: int) -> ft.Control:
    label = words(look, look.t(key), "label", colour=look.colours.muted, lines=1)
    return ft.Container(stack(label, field, gap=2), expand=share)


def _month(
    look: Look, typed: TypedDate, on_type: Callable[[TypedDate], object], *, wrong: bool
) -> ft.Control:
    colours = look.colours
    names = MONTHS_EN if look.t.lang == "en" else MONTHS_TH
    options = [
        ft.DropdownOption(key=str(n), text=name, content=words(look, name))
        for n, name in enumerate(names, start=1)
    ]
    menu = ft.Dropdown(
        value=typed.month or None,
        options=options,
        on_select=lambda e: on_type(replace(typed, month=e.control.value or "")),
        text_style=style(look),
        filled=True,
        fill_color=colours.card,
        border=outline(colours.problem.ink, 2) if wrong else outline(colours.edge, look.line),
        content_padding=field_padding(look),
        menu_height=400,
        expand=True,
    )
    return ft.Semantics(
        identifier="date-month", label=look.t("parts.date.month"), content=ft.Row([menu])
    )
