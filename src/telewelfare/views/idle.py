"""Locks a page that nobody uses."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import flet as ft
from flet.components.hooks.use_ref import MutableRef

from telewelfare.views.keys import use_keys
from telewelfare.views.parts import is_typing

TYPING_FACTOR = 3
"""A cursor in a field earns that much more time: keys of a phone's own keyboard are not heard."""
MOUSE_EVERY = 20_000
"""A moving mouse is told at most once in so many milliseconds."""


def use_idle(seconds: float, on_idle: Callable[[], object], *, active: bool) -> Callable[[], None]:
    """Call `on_idle` once nothing was used for `seconds`; give back what notes a use."""
    page = ft.context.page
    used: MutableRef[float] = ft.use_ref(time.monotonic())
    task: MutableRef[asyncio.Task[None]] = ft.use_ref()

    def note() -> None:
        used.current = time.monotonic()

    async def watch() -> None:
        left = seconds
        while left > 0:
            await asyncio.sleep(left)
            limit = seconds * TYPING_FACTOR if is_typing(page) else seconds
            left = limit - (time.monotonic() - (used.current or 0))
        on_idle()

    def begin() -> None:
        if active:
            note()
            task.current = asyncio.get_running_loop().create_task(watch())

    def end() -> None:
        if task.current is not None:
            task.current.cancel()
            task.current = None

    ft.use_effect(begin, [active, seconds], cleanup=end)
    use_keys(lambda _: note(), always=True)
    return note


def noticed(content: ft.Control, note: Callable[[], object]) -> ft.Control:
    """Tell `note` of every touch and of the mouse, without taking either from what lies inside."""
    return ft.GestureDetector(
        content=content,
        on_pan_down=lambda _: note(),
        on_hover=lambda _: note(),
        hover_interval=MOUSE_EVERY,
        expand=True,
    )
