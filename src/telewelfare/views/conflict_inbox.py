"""What waits for a person to decide: the oldest danger first, the card beside it or on tap."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Final

import flet as ft

from telewelfare.domain.settling import EDIT, OF_TWO
from telewelfare.store.conflicts import ConflictLine, open_conflicts
from telewelfare.views.conflict_card import ConflictCard
from telewelfare.views.conflict_words import worker_words
from telewelfare.views.context import App, use_app
from telewelfare.views.desk_list import list_frame, use_list_keys
from telewelfare.views.hooks import screen, use_query
from telewelfare.views.kept import Kept, use_kept
from telewelfare.views.listing import Listing, closed, opened, rested, turned
from telewelfare.views.look import GRID, Look, use_look
from telewelfare.views.parts import (
    TableOrder,
    TablePage,
    empty_state,
    icon_button,
    list_row,
    quiet_button,
    split_view,
    status_chip,
    urgency_badge,
    words,
)
from telewelfare.views.value_words import moment_words, path_words

FIRST: Final = Listing(TableOrder("danger"))


@dataclass(frozen=True, eq=False)
class Shown:
    """What the list is drawn from."""

    app: App
    look: Look
    listing: Listing
    change: Kept[Listing]
    lines: tuple[ConflictLine, ...]

    @property
    def page(self) -> TablePage:
        """Which of the lines are drawn."""
        return self.listing.page(len(self.lines))

    @property
    def rows(self) -> tuple[ConflictLine, ...]:
        """The lines drawn."""
        return self.lines[self.page.offset : self.page.last]


@screen
def ConflictsScreen() -> ft.Control:
    """Draw the list, and beside it the question that is open."""
    app, look = use_app(), use_look()
    session = app.session
    listing, change = use_kept(session.journal, "conflicts", FIRST, rested)
    lines = use_query(session.journal, lambda: open_conflicts(session.journal, session.index))
    shown = Shown(app, look, listing, change, lines)
    use_list_keys(listing, change, [line.id for line in shown.rows], len(lines))
    return split_view(look, _list(shown), _beside(shown), width=app.width, share=2)


def _beside(shown: Shown) -> ft.Control | None:
    """The question that was tapped; on the desk the first one when none was."""
    chosen = shown.listing.opened
    if chosen is None and not (shown.app.wide and shown.rows):
        return None
    conflict = chosen or shown.rows[0].id
    bar = [] if chosen is None else [_bar(shown)]
    stay = partial(shown.change, opened(shown.listing, conflict))  # what was decided stays in sight
    card = ConflictCard(conflict, stay)
    content = [*bar, *_whose(shown, conflict), card, *_onward(shown, conflict)]
    return ft.Column(
        [ft.Container(ft.Column(content, spacing=2 * GRID), padding=2 * GRID)],
        scroll=ft.ScrollMode.AUTO,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        key=f"beside-{conflict}",
    )


def _whose(shown: Shown, conflict: str) -> list[ft.Control]:
    """Whom it is about; a card about two records says so itself."""
    line = next((one for one in shown.lines if one.id == conflict), None)
    if line is None or line.sort in OF_TWO:
        return []
    name = _name(shown, line)
    return [words(shown.look, name, "title")] if name else []


def _bar(shown: Shown) -> ft.Control:
    look = shown.look
    sign = ft.Icons.CLOSE_ROUNDED if shown.app.wide else ft.Icons.ARROW_BACK_ROUNDED
    leave = partial(shown.change, closed(shown.listing))
    close = icon_button(look, sign, look.t("conflict.inbox.back"), leave, mark="close")
    label = words(look, look.t("conflict.inbox.back"), colour=look.colours.muted, expand=True)
    return ft.Row([close, label])


def _onward(shown: Shown, conflict: str) -> list[ft.Control]:
    """The case it is about; and the next question once this one is answered."""
    look = shown.look
    line = next((one for one in shown.lines if one.id == conflict), None)
    if line is None:
        return _next(shown)
    if line.case is None or line.sort != EDIT:
        return []
    case = line.case.id
    return [
        quiet_button(
            look,
            look.t("conflict.open_case"),
            lambda: shown.app.go(f"/cases/{case}"),
            leading=ft.Icons.FOLDER_OPEN_ROUNDED,
            mark="open-case",
        )
    ]


def _next(shown: Shown) -> list[ft.Control]:
    look = shown.look
    if not shown.lines:
        return [words(look, look.t("conflict.inbox.none"), colour=look.colours.muted)]
    go_on = partial(shown.change, opened(shown.listing, shown.lines[0].id))
    label = look.t("conflict.inbox.next", n=len(shown.lines))
    return [quiet_button(look, label, go_on, leading=ft.Icons.ARROW_FORWARD_ROUNDED, mark="next")]


def _list(shown: Shown) -> ft.Control:
    look = shown.look
    if not shown.lines:
        return empty_state(
            look,
            look.t("conflict.inbox.none"),
            look.t("conflict.inbox.none_why"),
            name=ft.Icons.TASK_ALT_ROUNDED,
        )
    count = words(look, look.t("conflict.inbox.count", n=len(shown.lines)), "strong")
    why = words(look, look.t("conflict.inbox.why"), "label", colour=look.colours.muted)
    rows: list[ft.Control] = [_row(shown, line) for line in shown.rows]
    return list_frame(count, why, ft.ListView([*rows, *_pages(shown)], spacing=GRID, expand=True))


def _pages(shown: Shown) -> list[ft.Control]:
    """Ways to the rows before and after these."""
    look, page = shown.look, shown.page
    found = []
    if page.offset:
        back = partial(shown.change, turned(shown.listing, page.offset - page.size))
        found.append(quiet_button(look, look.t("conflict.inbox.before"), back, mark="page-back"))
    if page.last < len(shown.lines):
        on = partial(shown.change, turned(shown.listing, page.offset + page.size))
        left = len(shown.lines) - page.last
        found.append(quiet_button(look, look.t("conflict.inbox.more", n=left), on, mark="page-on"))
    return found


def _row(shown: Shown, line: ConflictLine) -> ft.Control:
    look = shown.look
    chips = [urgency_badge(look, line.case.urgency)] if line.case and line.case.urgency else []
    if line.case and line.case.red_flags and not line.case.urgency:
        flags = look.t("triage.flags", n=line.case.red_flags)
        chips.append(status_chip(look, flags, "problem", leading=ft.Icons.WARNING_ROUNDED))
    if line.sort == EDIT:  # the others say it in their title
        chips.append(status_chip(look, look.t.code("conflict_sort", line.sort)))
    said = (_who(shown, line), moment_words(look, line.at))
    return list_row(
        look,
        _what(shown, line),
        [" · ".join(part for part in said if part)],
        on_open=partial(shown.change, opened(shown.listing, line.id)),
        foot=ft.Row(chips, wrap=True, spacing=GRID, run_spacing=6) if chips else None,
        chosen=shown.app.wide and line.id == (shown.listing.opened or shown.rows[0].id),
        mark=f"row-{line.id}",
    )


def _what(shown: Shown, line: ConflictLine) -> str:
    """The field in question and whose case it is."""
    look = shown.look
    label = (
        path_words(look, line.of_kind, line.path)
        if line.sort == EDIT
        else look.t(f"conflict.{line.sort}.short")
    )
    return " · ".join(part for part in (label, _name(shown, line)) if part)


def _name(shown: Shown, line: ConflictLine) -> str:
    if line.case:
        return line.case.name or line.case.no
    partner = shown.app.session.index.partner(line.of)
    return partner.name if partner else ""


def _who(shown: Shown, line: ConflictLine) -> str:
    names = [worker_words(shown.app.session, shown.look, worker) for worker in line.by]
    return shown.look.t("conflict.inbox.and").join(names)
