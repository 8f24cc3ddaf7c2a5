"""Opening the whole page in a test, as a worker would."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

import flet as ft

from telewelfare.app import DeviceApp
from telewelfare.config import Settings
from telewelfare.domain.operations import Edit
from telewelfare.views.root import Root
from tests import eg
from tests.headless import PHONE, Ui, mount


def device(
    folder: Path,
    role: str = "volunteer",
    *,
    edits: Iterable[Edit] = (),
    idle: int = 300,
) -> DeviceApp:
    """An enrolled device, locked, whose centre does not answer."""
    opened = eg.opened(folder, eg.identity(role))
    opened.journal.commit(edits, eg.NOW)
    opened.journal.engine.dispose()
    return DeviceApp(Settings(folder, idle, idle), wall=lambda: eg.NOW)


async def until(ui: Ui, identifier: str) -> None:
    """Wait for what a thread or the loop brings about."""
    for _ in range(400):
        if any(mark.identifier == identifier for mark in marks(ui)):
            return
        await asyncio.sleep(0.01)
        await ui.settle()
    raise AssertionError(f"{identifier} never came:\n{ui.text()}")


async def until_said(ui: Ui, words: str) -> None:
    """Wait for words on the page."""
    for _ in range(400):
        if words in ui.text():
            return
        await asyncio.sleep(0.01)
        await ui.settle()
    raise AssertionError(f"{words} never came:\n{ui.text()}")


def marks(ui: Ui) -> list[ft.Semantics]:
    """All named places of the page."""
    return ui.all(ft.Semantics)


def is_shown(ui: Ui, identifier: str) -> bool:
    """Whether something of that name is on the page."""
    return any(mark.identifier == identifier for mark in marks(ui))


async def tap(ui: Ui, identifier: str) -> None:
    """Tap what has that name: a button, or a surface that is one."""
    await ui.event(ui.marked(identifier), "click")


async def give_pin(ui: Ui, pin: str = eg.PIN, go_on: str = "open") -> None:
    """Type a PIN on the pad and go on."""
    for digit in pin:
        await tap(ui, f"key-{digit}")
    await tap(ui, go_on)


@asynccontextmanager
async def opened(shown: DeviceApp, route: str = "/", width: float = PHONE[0]) -> AsyncIterator[Ui]:
    """A page of the device, unlocked, at an address; afterwards the page is closed."""
    async with mount(Root, shown, views=True, width=width, route=route) as ui:
        await give_pin(ui)
        await until(ui, "lock")
        try:
            yield ui
        finally:
            await ui.event(ui.page, "close")
