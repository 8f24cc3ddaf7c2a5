"""Opening the device with its PIN."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import flet as ft
from flet.components.hooks.use_ref import MutableRef

from telewelfare.actions.session import Session
from telewelfare.domain.clock import Millis
from telewelfare.store.errors import StoreError
from telewelfare.store.vault import TooSoon, WrongPin
from telewelfare.views.device import Device
from telewelfare.views.hooks import screen, use_action
from telewelfare.views.keypad import SHORTEST, gate, gate_title, pin_pad, typed_after
from telewelfare.views.keys import use_keys
from telewelfare.views.look import Look, use_look
from telewelfare.views.parts import banner, error_state, primary_button, stack

log = logging.getLogger(__name__)

SECOND: Final = 1_000  # ms


@dataclass(frozen=True, slots=True)
class Shut:
    """The device's file cannot be opened; `code` says why and what to do."""

    code: str


@dataclass(frozen=True, slots=True)
class Told:
    """What the last try gave: how many were wrong (0 = none), and until when one waits."""

    tries: int = 0
    until: int = 0  # ms


NOTHING: Final = Told()
NOT_SHUT: Final[Shut | None] = None


def told_by(answer: WrongPin | TooSoon, now: Millis, had: Told) -> Told:
    """Return what to say after a PIN that did not open."""
    tries = answer.tries if isinstance(answer, WrongPin) else had.tries
    return Told(tries, now + answer.wait)


def seconds_left(told: Told, now: Millis) -> int:
    """Return whole seconds until one may try again; 0 when at once."""
    return max(0, -(-(told.until - now) // SECOND))


@screen
def UnlockScreen(  # noqa: C901 - one short closure for each thing that can happen
    device: Device, on_open: Callable[[Session | None], object]
) -> ft.Control:
    """The keypad; after several wrong PINs it counts the wait down."""
    look = use_look()
    pin, set_pin = ft.use_state("")
    told, set_told = ft.use_state(NOTHING)
    shut, set_shut = ft.use_state(NOT_SHUT)
    left = use_countdown(device.wall, told)

    async def unlock(typed: str) -> Session | WrongPin | TooSoon | Shut:
        try:
            return await device.unlock(typed)
        except StoreError as error:
            cause = type(error.__cause__).__name__
            log.error("the device cannot be opened: %s, %s", error.code, cause)  # noqa: TRY400 - no data in logs
            return Shut(error.code)

    def answered(answer: Session | WrongPin | TooSoon | Shut) -> None:
        if isinstance(answer, Session):
            on_open(answer)
        elif isinstance(answer, Shut):
            set_shut(answer)
        else:
            set_pin("")
            set_told(lambda had: told_by(answer, device.wall(), had))

    opening = use_action(unlock, answered)
    resting = opening.pending or left > 0

    def press(key: str) -> None:
        if not resting:
            set_pin(lambda had: typed_after(had, key))

    def go() -> None:
        if not resting and len(pin) >= SHORTEST:
            opening.run(pin)

    def on_key(event: ft.KeyboardEvent) -> bool:
        if event.key in {"Enter", "Numpad Enter"}:
            go()
        else:
            press(event.key)
        return True

    use_keys(on_key)
    if shut is not None:
        return gate(look, _shut(look, shut, lambda: set_shut(NOT_SHUT)))
    problem = look.t(opening.problem) if opening.problem else told_words(look, told, left)
    return gate(
        look,
        gate_title(look, look.t("unlock.title"), look.t("unlock.why")),
        *([banner(look, problem, "notice")] if problem else []),
        pin_pad(look, pin, press, disabled=resting),
        stack(
            primary_button(
                look,
                look.t("unlock.open"),
                go,
                leading=ft.Icons.LOCK_OPEN_ROUNDED,
                pending=opening.pending,
                disabled=left > 0 or len(pin) < SHORTEST,
                mark="open",
            )
        ),
    )


def told_words(look: Look, told: Told, left: int) -> str:
    """Return what to say over the pad; "" when nothing went wrong."""
    if left > 0:
        minutes, seconds = divmod(left, 60)
        return look.t("unlock.wait", minutes=minutes, seconds=f"{seconds:02d}")
    return look.t("unlock.wrong", n=told.tries) if told.tries else ""


def use_countdown(wall: Callable[[], Millis], told: Told) -> int:
    """Redraw each second while one has to wait; give the seconds that are left."""
    _, tick = ft.use_state(0)
    task: MutableRef[asyncio.Task[None]] = ft.use_ref()

    async def count() -> None:
        while seconds_left(told, wall()) > 0:
            await asyncio.sleep(1)
            tick(lambda n: n + 1)

    def begin() -> None:
        if seconds_left(told, wall()) > 0:
            task.current = asyncio.get_running_loop().create_task(count())

    def end() -> None:
        if task.current is not None:
            task.current.cancel()
            task.current = None

    ft.use_effect(begin, [told], cleanup=end)
    return seconds_left(told, wall())


def _shut(look: Look, shut: Shut, again: Callable[[], object]) -> ft.Control:
    code = shut.code if look.t.has(f"unlock.shut.{shut.code}.title") else "damaged"
    title = look.t(f"unlock.shut.{code}.title")
    return error_state(look, title, look.t(f"unlock.shut.{code}.do"), on_retry=again)
