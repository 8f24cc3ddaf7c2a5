"""Put a screen into the unlocked app without a client, and note where it wants to go."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import flet as ft

from telewelfare.actions.session import Session
from telewelfare.views.context import App, AppContext
from telewelfare.views.look import Appearance, LookContext, look_of
from tests.headless import PHONE, Ui, mount


@dataclass
class Ways:
    """Where a screen went: routes inside the app and addresses outside it."""

    routes: list[str] = field(default_factory=list)
    launched: list[str] = field(default_factory=list)
    wished: list[Appearance] = field(default_factory=list)


@asynccontextmanager
async def showing(
    session: Session,
    component: Callable[..., ft.Control],
    *args: Any,  # noqa: ANN401 - whatever the component takes
    width: float = PHONE[0],
    appearance: Appearance | None = None,
) -> AsyncIterator[tuple[Ui, Ways]]:
    """Mount a component below the contexts that the root provides."""
    ways, chosen = Ways(), appearance or Appearance()

    @ft.component
    def Frame() -> ft.Control:
        app = App(
            session=session,
            appearance=chosen,
            width=width,
            change=ways.wished.append,
            lock=lambda: None,
            go=ways.routes.append,
            launch=ways.launched.append,
        )
        look = look_of(chosen)
        return LookContext(look, lambda: AppContext(app, lambda: component(*args)))

    async with mount(Frame, width=width) as ui:
        yield ui, ways


async def press(ui: Ui, *keys: str) -> None:
    """Press keys one after another, as a real keyboard would."""
    for key in keys:
        held = dict.fromkeys(("shift", "ctrl", "alt", "meta"), False)
        await ui.event(ui.page, "keyboard_event", {"key": key, **held})
