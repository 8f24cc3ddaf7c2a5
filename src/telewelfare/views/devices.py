"""The devices of a centre: what never came from them, and who was not heard of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

import flet as ft

from telewelfare.actions.devices import Devices, ask_again, known_devices
from telewelfare.domain.clock import Millis
from telewelfare.domain.upkeep import DeviceLine, Worry, most_worrying_first, worry
from telewelfare.sync.engine import APP_VERSION
from telewelfare.views.ago import ago_words
from telewelfare.views.context import use_app
from telewelfare.views.desk_list import list_frame
from telewelfare.views.hooks import screen, use_query
from telewelfare.views.look import GRID, Look, use_look
from telewelfare.views.parts import (
    TableColumn,
    TableEvents,
    TableOrder,
    TableRow,
    ToneName,
    data_table,
    empty_state,
    icon_button,
    list_row,
    quiet_button,
    status_chip,
    words,
)
from telewelfare.views.value_words import moment_words

COLUMNS: Final = (
    ("worry", 6),
    ("worker", 6),
    ("unsent", 5),
    ("oldest", 4),
    ("seen", 4),
    ("app", 3),
    ("repaired", 3),
)
NUMBERS: Final = frozenset({"unsent", "repaired"})
FIRST: Final = TableOrder("worry")
TONES: Final[dict[Worry, ToneName]] = {
    "silent": "problem",
    "stuck": "problem",
    "restored": "notice",
    "never": "notice",
    "old_app": "notice",
    "": "good",
}
SORTS: Final[dict[str, Callable[[DeviceLine], tuple[int, str]]]] = {
    "worker": lambda line: (0, line.worker_name),
    "unsent": lambda line: (-line.unsent, line.worker_name),
    "oldest": lambda line: (line.oldest or 2**62, line.worker_name),
    "seen": lambda line: (line.last_seen or 0, line.worker_name),
    "app": lambda line: (0, line.app),
    "repaired": lambda line: (-line.repaired, line.worker_name),
}


@dataclass(frozen=True, eq=False)
class Shown:
    """What the list is drawn from."""

    look: Look
    wide: bool
    devices: Devices
    lines: tuple[DeviceLine, ...]
    now: Millis


@screen
def DevicesScreen() -> ft.Control:
    """Draw the list, the worrying ones first; without a network what was known last, with its age."""
    app, look = use_app(), use_look()
    session = app.session
    order, sort = ft.use_state(FIRST)
    devices = use_query(session.sync, lambda: known_devices(session.journal))
    now = session.now()

    def ask() -> None:
        ask_again(session.journal)
        session.sync.nudge()

    shown = Shown(look, app.wide, devices, ordered(devices.lines, order, now), now)
    if not devices.lines:
        return _nothing(shown, ask)
    rows = _table(shown, order, sort) if app.wide else _cards(shown)
    return list_frame(_head(shown, ask), rows)


def ordered(
    lines: tuple[DeviceLine, ...], order: TableOrder, now: Millis
) -> tuple[DeviceLine, ...]:
    """By the column that was chosen; at first by what worries most."""
    by = SORTS.get(order.key)
    found = most_worrying_first(lines, now, APP_VERSION)
    found = tuple(sorted(found, key=by)) if by else found
    return found if order.direction == "up" else found[::-1]


def _nothing(shown: Shown, ask: Callable[[], object]) -> ft.Control:
    look = shown.look
    known = "none" if shown.devices.at is not None else "unknown"
    return empty_state(
        look,
        look.t(f"devices.{known}"),
        look.t(f"devices.{known}_why"),
        name=ft.Icons.DEVICES_ROUNDED,
        action=look.t("devices.ask"),
        on_press=ask,
    )


def _head(shown: Shown, ask: Callable[[], object]) -> ft.Control:
    """How many need somebody, and how old this is."""
    look, lines = shown.look, shown.lines
    bad = sum(TONES[worry(line, shown.now, APP_VERSION)] != "good" for line in lines)
    waiting = sum(line.unsent for line in lines)
    said = look.t("devices.bad", n=bad) if bad else look.t("devices.good")
    as_of = look.t("devices.as_of", at=moment_words(look, shown.devices.at))
    sums = look.t("devices.sums", n=len(lines), waiting=waiting)
    texts = ft.Column(
        [
            words(look, said, "strong"),
            words(look, f"{sums} · {as_of}", "label", colour=look.colours.muted),
        ],
        spacing=0,
        tight=True,
        expand=True,
    )
    label, name = look.t("devices.ask"), ft.Icons.REFRESH_ROUNDED
    if not shown.wide:
        return ft.Row([texts, icon_button(look, name, label, ask, mark="ask")], spacing=GRID)
    return ft.Row([texts, quiet_button(look, label, ask, leading=name)], spacing=GRID)


def _cards(shown: Shown) -> ft.Control:
    rows = [_card(shown, line) for line in shown.lines]
    return ft.ListView(rows, spacing=GRID, expand=True)


def _card(shown: Shown, line: DeviceLine) -> ft.Control:
    look = shown.look
    waits = _waits(shown, line)
    seen = (
        look.t("devices.never_seen")
        if line.last_seen is None
        else look.t("devices.seen", at=_ago(shown, line.last_seen))
    )
    more = [line.name, look.t("devices.version", app=line.app) if line.app else ""]
    if line.repaired:
        more.append(look.t("devices.repaired", n=line.repaired))
    title = f"{line.worker_name} · {look.t.code('role', line.role)}"
    lines = [waits, seen, " · ".join(part for part in more if part)]
    return list_row(look, title, lines, foot=_chip(shown, line), mark=f"device-{line.id}")


def _chip(shown: Shown, line: DeviceLine, *, dense: bool = False) -> ft.Control:
    look, found = shown.look, worry(line, shown.now, APP_VERSION)
    return status_chip(look, look.t(f"devices.worry.{found or 'fine'}"), TONES[found], dense=dense)


def _waits(shown: Shown, line: DeviceLine) -> str:
    look = shown.look
    if not line.unsent:
        return look.t("devices.all_sent")
    said = _unsent(shown, line)
    if line.oldest is None:
        return said
    return f"{said} · {look.t('devices.since', at=_ago(shown, line.oldest))}"


def _unsent(shown: Shown, line: DeviceLine) -> str:
    said = shown.look.t(
        "devices.waits" if line.files else "devices.edits", n=line.pending, files=line.files
    )
    return said if line.unsent else "–"


def _ago(shown: Shown, at: Millis | None) -> str:
    t = shown.look.t
    return t("devices.never") if at is None else ago_words(t, at, shown.now)


def _table(shown: Shown, order: TableOrder, sort: Callable[[TableOrder], object]) -> ft.Control:
    look = shown.look
    columns = [
        TableColumn(key, look.t(f"devices.column.{key}"), share, is_number=key in NUMBERS)
        for key, share in COLUMNS
    ]
    rows = [TableRow(line.id, partial(_cells, shown, line)) for line in shown.lines]
    events = TableEvents(on_select=lambda _: None, on_sort=sort)
    return data_table(look, columns, rows, events, order=order)


def _cells(shown: Shown, line: DeviceLine) -> tuple[str | ft.Control, ...]:
    return (
        _chip(shown, line, dense=True),
        line.worker_name,
        _unsent(shown, line),
        _ago(shown, line.oldest) if line.oldest is not None else "–",
        _ago(shown, line.last_seen),
        line.app or "–",
        str(line.repaired) if line.repaired else "–",
    )
