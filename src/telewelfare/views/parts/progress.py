"""Pictures with their numbers: steps of a case, time left, the eight dimensions, a timeline."""

from collections.abc import Sequence
from dataclasses import dataclass

import flet as ft

from telewelfare.views.look import GRID, Look
from telewelfare.views.parts.badges import Receipt, ToneName, receipts_line, tone_of
from telewelfare.views.parts.basic import icon, stack, words
from telewelfare.views.parts.folded import Folded

SEVEREST = 4


def stepper_strip(look: Look, steps: Sequence[str], at: int, *, wide: bool = False) -> ft.Control:
    """The states a case goes through; `at` counts from 0. On the phone only the present is named."""
    label = look.t("parts.steps.at", step=steps[at], here=at + 1, of=len(steps))
    content = _named_steps(look, steps, at) if wide else _short_steps(look, len(steps), at, label)
    return ft.Semantics(identifier="steps", label=label, content=content)


def time_left(look: Look, label: str, used: float, *, over: bool = False) -> ft.Control:
    """A bar that fills as time is used: 0 just begun, 1 all of it; `label` says what is left."""
    nearly = 0.75
    tone: ToneName = "problem" if over else "notice" if used >= nearly else "plain"
    colour = look.colours.accent if tone == "plain" else tone_of(look, tone).ink
    name = ft.Icons.TIMER_OFF_ROUNDED if over else ft.Icons.SCHEDULE_ROUNDED
    bar = ft.ProgressBar(
        value=min(max(used, 0.0), 1.0),
        color=colour,
        bgcolor=look.colours.sand,
        bar_height=10,
        border_radius=5,
        semantics_label=label,
    )
    row = ft.Row(
        [
            icon(look, name, colour=colour, size=look.size.body + 2),
            words(look, label, "strong", colour=colour, expand=True),
        ],
        spacing=GRID,
    )
    return ft.Column([row, bar], spacing=6, tight=True)


@dataclass(frozen=True)
class Dimension:
    """A dimension of an assessment: severity 0 (no problem) to 4, None when not asked yet."""

    label: str
    severity: int | None
    severity_label: str


def dimension_bars(look: Look, dimensions: Sequence[Dimension]) -> ft.Control:
    """Each dimension with a bar of four steps and its severity in words and number."""
    return stack(*[_dimension(look, item) for item in dimensions], gap=GRID + GRID // 2)


def dimension_strip(look: Look, dimensions: Sequence[Dimension]) -> ft.Control:
    """The dimensions as small columns for a table or a heading; read aloud as words."""
    spoken = ", ".join(f"{item.label} {item.severity_label}" for item in dimensions)
    columns = [_column(look, item) for item in dimensions]
    return ft.Semantics(
        label=spoken,
        content=ft.Row(
            list(columns), spacing=3, tight=True, vertical_alignment=ft.CrossAxisAlignment.END
        ),
    )


@dataclass(frozen=True)
class Entry:
    """A moment in a case's story, newest first on the screen; `said` is folded when it is long."""

    at: str
    title: str
    detail: str = ""
    icon: ft.IconData = ft.Icons.CIRCLE
    receipts: tuple[Receipt, ...] = ()
    said: str = ""


def timeline(look: Look, entries: Sequence[Entry]) -> ft.Control:
    """Entries along a line, each with time, words and how far it has come."""
    last = len(entries) - 1
    return ft.Column(
        [_entry(look, entry, last=n == last) for n, entry in enumerate(entries)], spacing=0
    )


def _entry(look: Look, entry: Entry, *, last: bool) -> ft.Control:
    disc = ft.Container(
        icon(look, entry.icon, size=20),
        width=40,
        height=40,
        border_radius=20,
        bgcolor=look.colours.chosen.fill,
        alignment=ft.Alignment.CENTER,
    )
    thread = ft.Container(width=2, expand=True, bgcolor=None if last else look.colours.hairline)
    side = ft.Column([disc, thread], spacing=0, horizontal_alignment=ft.CrossAxisAlignment.CENTER)
    lines = [
        words(look, entry.at, "label", colour=look.colours.muted),
        words(look, entry.title, "strong"),
        *([Folded(entry.said, "fold-entry")] if entry.said else []),
        *([words(look, entry.detail)] if entry.detail else []),
        *([receipts_line(look, entry.receipts)] if entry.receipts else []),
    ]
    text = ft.Container(
        ft.Column(lines, spacing=2, tight=True),
        padding=ft.Padding.only(bottom=0 if last else 2 * GRID + GRID // 2),
        expand=True,
    )
    return ft.Row(
        [side, text],
        spacing=GRID + GRID // 2,
        intrinsic_height=True,
        vertical_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _dimension(look: Look, item: Dimension) -> ft.Control:
    known = item.severity is not None
    value = f"{item.severity} · {item.severity_label}" if known else item.severity_label
    ink = look.colours.ink if known else look.colours.muted
    head = ft.Row(
        [
            words(look, item.label, "label"),
            words(look, value, "label", colour=ink),
        ],
        wrap=True,
        spacing=GRID,
        run_spacing=0,
        alignment=ft.MainAxisAlignment.SPACE_BETWEEN,
    )
    steps = [
        ft.Container(
            height=10,
            expand=True,
            border_radius=3,
            bgcolor=look.colours.accent if n < (item.severity or 0) else look.colours.sand,
            border=None if known else ft.Border.all(1, look.colours.hairline),
        )
        for n in range(SEVEREST)
    ]
    return stack(head, ft.Row(list(steps), spacing=3), gap=4)


def _column(look: Look, item: Dimension) -> ft.Control:
    height = 4 + 5 * (item.severity or 0)
    return ft.Container(
        width=9,
        height=height,
        border_radius=2,
        bgcolor=look.colours.sand if not item.severity else look.colours.accent,
        border=ft.Border.all(1, look.colours.edge) if item.severity is None else None,
        tooltip=f"{item.label}: {item.severity_label}",
    )


def _short_steps(look: Look, count: int, at: int, label: str) -> ft.Control:
    marks: list[ft.Control] = []
    for n in range(count):
        marks += [_link(look, done=n <= at), _step(look, n, at)] if n else [_step(look, n, at)]
    return ft.Column([ft.Row(marks, spacing=GRID // 2), words(look, label, "label")], spacing=6)


def _named_steps(look: Look, steps: Sequence[str], at: int) -> ft.Control:
    last = len(steps) - 1
    columns = [
        ft.Column(
            [
                ft.Row(
                    [
                        _link(look, done=n <= at, shown=n > 0),
                        _step(look, n, at),
                        _link(look, done=n < at, shown=n < last),
                    ],
                    spacing=GRID // 2,
                ),
                words(
                    look,
                    step,
                    "dense_strong" if n == at else "dense",
                    colour=look.colours.accent if n == at else look.colours.muted,
                    align=ft.TextAlign.CENTER,
                ),
            ],
            spacing=2,
            expand=True,
            horizontal_alignment=ft.CrossAxisAlignment.CENTER,
        )
        for n, step in enumerate(steps)
    ]
    return ft.Row(list(columns), spacing=0, vertical_alignment=ft.CrossAxisAlignment.START)


def _step(look: Look, n: int, at: int) -> ft.Control:
    if n < at:
        return icon(look, ft.Icons.CHECK_CIRCLE_ROUNDED, size=24)
    if n == at:
        return icon(look, ft.Icons.RADIO_BUTTON_CHECKED_ROUNDED, size=24)
    return icon(look, ft.Icons.RADIO_BUTTON_UNCHECKED_ROUNDED, size=24, colour=look.colours.edge)


def _link(look: Look, *, done: bool, shown: bool = True) -> ft.Control:
    colour = look.colours.accent if done else look.colours.hairline
    return ft.Container(height=3, expand=True, bgcolor=colour if shown else None, border_radius=2)
