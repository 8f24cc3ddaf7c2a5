"""State that outlives its screen: a search is still there when one comes back from a detail."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar
from weakref import WeakKeyDictionary

import flet as ft

from telewelfare.store.journal import Journal

T = TypeVar("T")

_kept: Final[WeakKeyDictionary[Journal, dict[str, Any]]] = WeakKeyDictionary()


def use_kept(
    journal: Journal, name: str, first: T, rest: Callable[[T], T] | None = None
) -> tuple[T, Callable[[T], None]]:
    """Keep a value for as long as the device is unlocked; in memory only.

    `journal` stands for the unlocked device: locking forgets everything.
    `rest` takes away what is not to be found again by one who comes back; `None` = nothing.
    """
    mine = _kept.setdefault(journal, {})
    value: T
    value, set_value = ft.use_state(mine.get(name, first))

    def put(new: T) -> None:
        mine[name] = rest(new) if rest else new
        set_value(lambda _: new)

    return value, put


def keep(journal: Journal, name: str, value: object) -> None:
    """Leave a value for a screen that is not drawn yet."""
    _kept.setdefault(journal, {})[name] = value
