"""The keys of a real keyboard: several listeners on one page, the newest asked first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from weakref import WeakKeyDictionary

import flet as ft
from flet.components.hooks.use_ref import MutableRef

OnKey = Callable[[ft.KeyboardEvent], object]

_listeners: Final[WeakKeyDictionary[ft.Page, list[MutableRef[OnKey]]]] = WeakKeyDictionary()


def use_keys(on_key: OnKey) -> None:
    """Call `on_key` for each key pressed while the component is on the page.

    It always sees the newest closure. A truthy answer means: done, ask nobody else.
    """
    latest: MutableRef[OnKey] = ft.use_ref()
    latest.current = on_key
    page = ft.context.page

    def begin() -> None:
        _listeners.setdefault(page, []).append(latest)
        page.on_keyboard_event = lambda event: _tell(page, event)

    def end() -> None:
        known = _listeners.get(page, [])
        if latest in known:
            known.remove(latest)

    ft.use_effect(begin, [], cleanup=end)


def _tell(page: ft.Page, event: ft.KeyboardEvent) -> None:
    for listener in reversed(tuple(_listeners.get(page, ()))):
        if listener.current is not None and listener.current(event):
            return
