"""The numbers to call when a life is at stake, each one tap away."""

from collections.abc import Callable, Collection
from typing import Final

import flet as ft

from telewelfare.views.look import GRID, Look
from telewelfare.views.parts import banner, secondary_button, stack

EMERGENCY: Final = ("1669", "191", "1300")
"""Ambulance, police, the social help centre of the ministry; free of charge, day and night."""
LIFE_FLAGS: Final = frozenset(
    {
        "life_threat",
        "violence",
        "sexual_abuse",
        "child_alone",
        "trafficking",
        "severe_illness",
        "psychiatric_danger",
    }
)


def in_danger(red_flags: Collection[str]) -> bool:
    """Whether to call somebody before writing on."""
    return bool(LIFE_FLAGS & set(red_flags))


def emergency_calls(look: Look, launch: Callable[[str], object]) -> ft.Control:
    """Whom to call now, as large buttons."""
    calls = stack(*(_call(look, number, launch) for number in EMERGENCY), gap=GRID)
    return ft.Semantics(
        identifier="emergency",
        content=banner(
            look,
            look.t("report.emergency.now"),
            "problem",
            name=ft.Icons.EMERGENCY_ROUNDED,
            action=calls,
        ),
    )


def _call(look: Look, number: str, launch: Callable[[str], object]) -> ft.Control:
    return secondary_button(
        look,
        look.t(f"report.emergency.{number}"),
        lambda: launch(f"tel:{number}"),
        leading=ft.Icons.CALL_ROUNDED,
        mark=f"call-{number}",
    )
