"""Home: for a volunteer what can be done and what is due; for the office how things stand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import flet as ft

from telewelfare.actions.reporting import ReportDraft, kept_draft
from telewelfare.domain.clock import Millis
from telewelfare.domain.dates import bangkok_date, show_long
from telewelfare.domain.rights import OFFICE_ROLES
from telewelfare.store.conflicts import open_conflicts
from telewelfare.store.index import CaseFilter, Index
from telewelfare.store.lines import CaseLine
from telewelfare.store.queries import HomeSummary, Task, home_summary, triage_queue
from telewelfare.views.case_ways import show_cases
from telewelfare.views.context import App, use_app
from telewelfare.views.due import due_words
from telewelfare.views.hooks import screen, use_query
from telewelfare.views.look import CORNER, GRID, TARGET, Look, use_look
from telewelfare.views.parts import (
    action_tile,
    area_words,
    banner,
    case_badges,
    empty_state,
    icon,
    list_row,
    quiet_button,
    section_title,
    status_chip,
    surface,
    tile_grid,
    urgency_badge,
    words,
)
from telewelfare.views.parts.basic import tap
from telewelfare.views.scrolling import WIDEST, scrolling
from telewelfare.views.sync_state import is_today_here

SHOWN: Final = 8
"""Tasks on the home screen; the rest are behind one row."""
ACTIONS: Final = (
    ("report", "/report", ft.Icons.ADD_ALERT_ROUNDED),
    ("cases", "/cases", ft.Icons.FOLDER_SHARED_ROUNDED),
    ("partners", "/partners", ft.Icons.HANDSHAKE_ROUNDED),
    ("numbers", "/numbers", ft.Icons.PHONE_IN_TALK_ROUNDED),
)


@dataclass(frozen=True, slots=True)
class Overview:
    """How the open cases of the office stand."""

    to_triage: int
    critical: int
    urgent: int
    open_cases: int
    overdue: tuple[tuple[str, int], ...]  # state, how many; most first


def overview(lines: tuple[CaseLine, ...], to_triage: int, now: Millis) -> Overview:
    """Count open cases by what the office asks first."""
    late: dict[str, int] = {}
    for line in lines:
        if line.due_at is not None and line.due_at < now:
            late[line.state] = late.get(line.state, 0) + 1
    return Overview(
        to_triage,
        sum(line.urgency == "critical" for line in lines),
        sum(line.urgency == "urgent" for line in lines),
        len(lines),
        tuple(sorted(late.items(), key=lambda entry: (-entry[1], entry[0]))),
    )


def read_overview(index: Index, now: Millis) -> Overview:
    """Count what this device knows."""
    still_open = CaseFilter(only_open=True)
    lines = index.cases(still_open, sort="urgency", limit=10**9).rows
    return overview(lines, len(triage_queue(index, still_open)), now)


@screen
def HomeScreen() -> ft.Control:
    """The volunteer's four actions and today's tasks; wide and in the office, the overview."""
    app, look = use_app(), use_look()
    session = app.session
    office = session.actor.role in OFFICE_ROLES
    now = session.now()
    summary = use_query(
        session.journal, lambda: home_summary(session.journal, session.index, session.now())
    )
    standing = use_query(
        session.journal,
        lambda: read_overview(session.index, session.now()) if office else None,
        [office],
    )
    to_decide = use_query(
        session.journal, lambda: len(open_conflicts(session.journal, session.index))
    )
    status = use_query(session.sync, lambda: session.sync.status)
    first = status.last_ok is None and status.running
    today = _today(look, now)
    draft = use_query(session.journal, lambda: kept_draft(session))
    begun = "home.today_ready" if is_today_here(status) else "home.first_sync"
    note = [banner(look, look.t(begun), "chosen")] if first else []
    if draft is not None and replace(draft, step=1) != ReportDraft():
        note.append(_unfinished(app, look))
    if to_decide:
        note.append(to_decide_row(app, look, to_decide))
    tasks = _tasks(app, look, summary, now, came=status.last_ok is not None)
    if standing is not None and app.wide:
        columns = [
            _half([section_title(look, look.t("home.standing")), *_standing(app, look, standing)]),
            _half(tasks),
        ]
        beside = ft.Row(columns, spacing=3 * GRID, vertical_alignment=ft.CrossAxisAlignment.START)
        return scrolling(today, *note, beside, width=WIDEST, side=ft.Alignment.TOP_LEFT)
    counted = _standing(app, look, standing) if standing is not None else [_actions(app, look)]
    return scrolling(today, *note, *counted, *tasks)


def _half(controls: list[ft.Control]) -> ft.Control:
    return ft.Column(
        controls,
        spacing=GRID + GRID // 2,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _today(look: Look, now: Millis) -> ft.Control:
    day = bangkok_date(now)
    weekday = look.t(f"home.weekday.{day.weekday()}")
    today = look.t("home.today", weekday=weekday, day=show_long(day, look.t.lang))
    return words(look, today, colour=look.colours.muted)


def _unfinished(app: App, look: Look) -> ft.Control:
    """A report half written: whoever went back may believe that it was saved."""
    go_on = quiet_button(
        look,
        look.t("report.draft.go_on"),
        _going(app, "/report"),
        leading=ft.Icons.EDIT_ROUNDED,
        mark="unfinished-report",
    )
    return banner(look, look.t("report.draft.title"), "notice", action=go_on)


def to_decide_row(app: App, look: Look, count: int) -> ft.Control:
    """Draw how much waits for a person to decide, and the way there."""
    sign = icon(look, ft.Icons.CALL_SPLIT_ROUNDED, colour=look.colours.notice.ink)
    return list_row(
        look,
        look.t("conflict.inbox.home", n=count),
        [look.t("conflict.inbox.home_why")],
        on_open=_going(app, "/conflicts"),
        leading=sign,
        mark="to-decide",
    )


def _actions(app: App, look: Look) -> ft.Control:
    tiles = [
        action_tile(
            look,
            look.t(f"home.action.{name}"),
            sign,
            _going(app, route),
            strong=name == "report",
            mark=f"do-{name}",
        )
        for name, route, sign in ACTIONS
    ]
    return tile_grid(tiles)


def _going(app: App, route: str) -> Callable[[], object]:
    return lambda: app.go(route)


def _tasks(
    app: App, look: Look, summary: HomeSummary, now: Millis, *, came: bool
) -> list[ft.Control]:
    """What is due. "Nothing waits" is said only where the work of the centre `came`."""
    heading = section_title(look, look.t("home.tasks"), _counts(look, summary, now))
    if not summary.tasks:
        said = "no_tasks" if came else "not_yet"
        sign = ft.Icons.SENTIMENT_SATISFIED_ROUNDED if came else ft.Icons.CLOUD_DOWNLOAD_ROUNDED
        rest = empty_state(look, look.t(f"home.{said}"), look.t(f"home.{said}_why"), name=sign)
        return [heading, rest]
    rows = [_task(app, look, task, now) for task in summary.tasks[:SHOWN]]
    more = len(summary.tasks) - SHOWN
    if more > 0:
        label = look.t("home.more", n=more)
        rows.append(list_row(look, label, on_open=_going(app, "/cases"), mark="more-tasks"))
    return [heading, *rows]


def _counts(look: Look, summary: HomeSummary, now: Millis) -> ft.Control | None:
    late = sum(task.due_at is not None and task.due_at < now for task in summary.tasks)
    if late:
        return status_chip(look, look.t("home.overdue", n=late), "problem")
    if summary.open_cases:
        return status_chip(look, look.t("home.open", n=summary.open_cases))
    return None


def _task(app: App, look: Look, task: Task, now: Millis) -> ft.Control:
    line = task.case
    due = due_words(look.t, task.due_at, now)
    late = task.due_at is not None and task.due_at < now
    chips = case_badges(look, line.urgency, line.red_flags)
    if due:
        chips.append(
            status_chip(
                look, due, "problem" if late else "plain", leading=ft.Icons.SCHEDULE_ROUNDED
            )
        )
    return list_row(
        look,
        look.t(f"home.task.{task.what}", name=line.name or look.t("home.no_name")),
        [area_words(look, line.area)],
        on_open=_going(app, f"/cases/{line.id}"),
        foot=ft.Row(chips, wrap=True, spacing=GRID, run_spacing=6) if chips else None,
        mark="task",
    )


def _standing(app: App, look: Look, standing: Overview) -> list[ft.Control]:
    first = ft.Row(
        [
            _figure(look, standing.to_triage, "to_triage", _going(app, "/triage")),
            _figure(look, standing.open_cases, "open_cases", _showing(app)),
        ],
        spacing=GRID + GRID // 2,
    )
    second = ft.Row(
        [
            _figure(look, standing.critical, "critical", _showing(app, "critical"), "critical"),
            _figure(look, standing.urgent, "urgent", _showing(app, "urgent"), "urgent"),
        ],
        spacing=GRID + GRID // 2,
    )
    return [first, second, _overdue(app, look, standing)]


def _showing(app: App, urgency: str = "") -> Callable[[], object]:
    return lambda: show_cases(app, urgency=urgency)


def _figure(
    look: Look, count: int, name: str, on_open: Callable[[], object], urgency: str = ""
) -> ft.Control:
    label = (
        urgency_badge(look, urgency)
        if urgency
        else words(look, look.t(f"home.figure.{name}"), "label", colour=look.colours.muted)
    )
    number = words(look, f"{count:,}", "question")
    box = surface(look, ft.Column([label, number], spacing=GRID // 2, tight=True))
    box.ink = True
    box.on_click = tap(on_open)
    return ft.Semantics(identifier=f"figure-{name}", button=True, content=box, expand=True)


def _overdue(app: App, look: Look, standing: Overview) -> ft.Control:
    title = words(look, look.t("home.overdue_by_state"), "strong")
    if not standing.overdue:
        good = words(look, look.t("home.none_overdue"), colour=look.colours.good.ink)
        return surface(look, ft.Column([title, good], spacing=GRID // 2, tight=True))
    rows = [_late(app, look, state, count) for state, count in standing.overdue]
    return surface(look, ft.Column([title, *rows], spacing=0, tight=True))


def _late(app: App, look: Look, state: str, count: int) -> ft.Control:
    """How many cases in a state are late; tapping shows them."""
    row = ft.Row(
        [
            words(look, look.t.code("case_state", state), expand=True),
            words(look, f"{count:,}", "strong", colour=look.colours.problem.ink),
            icon(look, ft.Icons.CHEVRON_RIGHT_ROUNDED, colour=look.colours.muted),
        ],
        spacing=GRID,
    )
    box = ft.Container(
        row,
        padding=ft.Padding.symmetric(vertical=(TARGET - 3 * look.size.body // 2) // 2),
        border_radius=CORNER,
        ink=True,
        on_click=tap(lambda: show_cases(app, state=state, overdue=True)),
    )
    return ft.Semantics(identifier=f"late-{state}", button=True, content=box)
