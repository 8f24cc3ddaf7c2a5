"""The addresses of the app: which screen each shows, what lies above it, what the bar offers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import flet as ft

from telewelfare.domain.rights import OFFICE_ROLES, may_see_devices
from telewelfare.views.look import Look
from telewelfare.views.parts import Destination

HOME: Final = "/"
FIELD_BAR: Final = ("home", "cases", "partners", "settings")
OFFICE_BAR: Final = ("home", "triage", "cases", "partners", "settings")
OFFICE_RAIL: Final = (
    *("home", "triage", "conflicts", "cases", "partners", "devices", "sync", "settings"),
)
LISTS: Final = frozenset(
    {"cases", "partners", "sync", "settings", "numbers", "triage", "conflicts", "devices"}
)
RECORDS: Final = {"cases": "case", "visit": "visit", "partners": "partner"}
ICONS: Final = {
    "home": ft.Icons.HOME_ROUNDED,
    "triage": ft.Icons.INBOX_ROUNDED,
    "conflicts": ft.Icons.CALL_SPLIT_ROUNDED,
    "cases": ft.Icons.FOLDER_SHARED_ROUNDED,
    "partners": ft.Icons.HANDSHAKE_ROUNDED,
    "devices": ft.Icons.DEVICES_ROUNDED,
    "sync": ft.Icons.CLOUD_SYNC_ROUNDED,
    "settings": ft.Icons.SETTINGS_ROUNDED,
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page is. `name` is the screen, `id` the record it shows ("" = none).

    `task`: a form that fills the phone's screen and brings its own way back.
    """

    name: str
    id: str = ""
    task: bool = False


def place_of(route: str) -> Place:
    """Read an address; one that we do not know is the home screen."""
    parts = [part for part in route.split("?", maxsplit=1)[0].split("/") if part]
    match parts:
        case ["report"]:
            return Place("report", task=True)
        case [name] if name in LISTS:
            return Place(name)
        case [name, record] if name in RECORDS:
            return Place(RECORDS[name], record, task=name == "visit")
        case ["partners", partner, "contact"]:
            return Place("contact", partner, task=True)
        case _:
            return Place("home")


def above(place: Place, case: str = "") -> str:
    """Return the address that 'back' leads to. `case`: the one a visit is about, "" = unknown."""
    parents = {
        "case": "/cases",
        "visit": f"/cases/{case}" if case else "/cases",
        "partner": "/partners",
        "contact": f"/partners/{place.id}",
    }
    return parents.get(place.name, HOME)


def bar_of(role: str, *, wide: bool) -> tuple[str, ...]:
    """Return what the bar or the rail offers: at most five on a phone."""
    if role not in OFFICE_ROLES:
        return FIELD_BAR
    if not wide:
        return OFFICE_BAR
    return tuple(one for one in OFFICE_RAIL if one != "devices" or may_see_devices(role))


def chosen_in(bar: tuple[str, ...], place: Place) -> str:
    """Return which item of the bar a place belongs to; "" when to none."""
    of = {"case": "cases", "visit": "cases", "partner": "partners", "contact": "partners"}
    name = of.get(place.name, place.name)
    return name if name in bar else ""


def address(code: str) -> str:
    """Return the address of an item of the bar."""
    return HOME if code == "home" else f"/{code}"


def destinations(
    look: Look, bar: tuple[str, ...], waiting: Mapping[str, int]
) -> tuple[Destination, ...]:
    """Return the items of the bar, with how many wait for somebody there."""
    return tuple(
        Destination(code, look.t(f"nav.{code}"), ICONS[code], waiting.get(code, 0)) for code in bar
    )
