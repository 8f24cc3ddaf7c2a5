"""The numbers to call when a life is at stake, each one tap away."""

from collections.abc import Callable, Collection
from typing import Final

import flet as ft

from telewelfare.domain.hotlines import Hotline
from telewelfare.domain.hotlines import in_danger as whom_to_call
from telewelfare.views.look import GRID, Look
from telewelfare.views.parts import banner, secondary_button, stack

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
    calls = stack(*(_call(look, line, launch) for line in whom_to_call()), gap=GRID)
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


def _call(look: Look, line: Hotline, launch: Callable[[str], object]) -> ft.Control:
    return secondary_button(
        look,
        f"{line.number} {look.t(f'numbers.{line.key}.name')}",
        lambda: launch(f"tel:{line.number}"),
        leading=ft.Icons.CALL_ROUNDED,
        mark=f"call-{line.number}",
    )
