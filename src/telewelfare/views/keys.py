"""The keys of a real keyboard: several listeners on one page, the newest asked first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from weakref import WeakKeyDictionary

import flet as ft
from flet.components.hooks.use_ref import MutableRef

from telewelfare.views.hooks import log_unexpected

OnKey = Callable[[ft.KeyboardEvent], object]
Listener = tuple[MutableRef[OnKey], bool]

_listeners: Final[WeakKeyDictionary[ft.Page, list[Listener]]] = WeakKeyDictionary()


def use_keys(on_key: OnKey, *, always: bool = False) -> None:
    """Call `on_key` for each key pressed while the component is on the page.

    It always sees the newest closure. A truthy answer means: done, ask nobody else
    but who is told of keys `always`.
    """
    latest: MutableRef[OnKey] = ft.use_ref()
    latest.current = on_key
    page = ft.context.page

    def begin() -> None:
        _listeners.setdefault(page, []).append((latest, always))
        page.on_keyboard_event = lambda event: _tell(page, event)

    def end() -> None:
        _listeners[page] = [known for known in _listeners.get(page, []) if known[0] is not latest]

    ft.use_effect(begin, [], cleanup=end)


def _tell(page: ft.Page, event: ft.KeyboardEvent) -> None:
    done = False
    for listener, always in reversed(tuple(_listeners.get(page, ()))):
        if listener.current is not None and (always or not done):
            done = _answer(listener.current, event) or done


def _answer(on_key: OnKey, event: ft.KeyboardEvent) -> bool:
    try:
        return bool(on_key(event))
    except Exception as error:  # noqa: BLE001 - a handler that raises ends the session
        log_unexpected("a key", error)
        return False
