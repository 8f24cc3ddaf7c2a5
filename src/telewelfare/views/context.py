"""What every screen may reach: the worker's session, how the app looks, where to go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import flet as ft

from telewelfare.actions.session import Session
from telewelfare.views.look import WIDE, Appearance


@dataclass(frozen=True, eq=False)
class App:
    """An unlocked app, as screens see it. A new one for each change of width or appearance."""

    session: Session
    appearance: Appearance
    width: float  # dp
    change: Callable[[Appearance], object]  # the worker chose another size, mode or language
    lock: Callable[[], object]
    go: Callable[[str], object]  # to a route
    launch: Callable[[str], object]  # open tel:, https://line.me/… outside the app

    @property
    def wide(self) -> bool:
        """Whether there is room for a list beside its detail."""
        return self.width >= WIDE


_LOCKED: App | None = None
AppContext: Final = ft.create_context(_LOCKED)


def use_app() -> App:
    """The app the root provides; only below the unlocked root."""
    app = ft.use_context(AppContext)
    if app is None:
        raise LookupError("no unlocked app above this screen")
    return app
