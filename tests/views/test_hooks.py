"""A screen that fails is a message, a change is drawn from any thread, nothing is left behind."""

import asyncio
import logging
import threading
import time
from collections.abc import Callable

import flet as ft
import pytest

from telewelfare.strings import texts
from telewelfare.views.hooks import screen, use_action, use_query
from tests.headless import mount


class Board:
    """A number and who listens to it: the smallest thing that can be watched."""

    def __init__(self) -> None:
        self.number = 0
        self.listeners: list[Callable[[object], object]] = []

    def listen(self, callback: Callable[[object], object], /) -> Callable[[], None]:
        self.listeners.append(callback)
        return lambda: self.listeners.remove(callback)

    def change(self, number: int) -> None:
        self.number = number
        for listener in tuple(self.listeners):
            listener(number)


@screen
def Numbers(board: Board) -> ft.Control:
    number = use_query(board, lambda: board.number)
    other, set_other = ft.use_state(0)
    return ft.Column(
        [
            ft.Text(f"number {number}"),
            ft.TextButton(f"other {other}", on_click=lambda: set_other(other + 1)),
        ]
    )


@screen
def Shown(board: Board) -> ft.Control:
    shown, set_shown = ft.use_state(True)
    hide = ft.FilledButton("hide", on_click=lambda: set_shown(False))
    return ft.Column([hide, Numbers(board)] if shown else [hide])


@screen
def Fragile(board: Board) -> ft.Control:
    number = use_query(board, lambda: board.number)
    if number == 13:
        message = "secret name"
        raise RuntimeError(message)
    return ft.Text(f"number {number}")


async def drawn() -> None:
    for _ in range(20):
        await asyncio.sleep(0.002)


async def test_a_change_is_drawn() -> None:
    board = Board()
    async with mount(Numbers, board) as ui:
        board.change(4)
        await drawn()
        assert "number 4" in ui.text()


async def test_a_change_made_in_a_plain_thread_is_drawn() -> None:
    board = Board()
    async with mount(Numbers, board) as ui:
        for number in (4, 5):
            thread = threading.Thread(target=board.change, args=(number,))
            thread.start()
            thread.join()
            await drawn()
            assert f"number {number}" in ui.text()


async def test_a_change_between_reading_and_listening_is_drawn() -> None:
    class Hasty(Board):
        def listen(self, callback: Callable[[object], object], /) -> Callable[[], None]:
            self.number = 9
            return super().listen(callback)

    async with mount(Numbers, Hasty()) as ui:
        await drawn()
        assert "number 9" in ui.text()


async def test_listening_ends_when_the_screen_is_left_even_after_it_was_redrawn() -> None:
    board = Board()
    async with mount(Shown, board) as ui:
        await ui.click(ft.TextButton)
        board.change(1)
        await drawn()
        assert len(board.listeners) == 1
        await ui.click(ft.FilledButton, "hide")
        await drawn()
        assert board.listeners == []


async def test_a_raising_screen_says_so_and_recovers(caplog: pytest.LogCaptureFixture) -> None:
    board = Board()
    async with mount(Fragile, board) as ui:
        board.change(13)
        await drawn()
        assert texts("th")("screen.broken") in ui.text()
        board.change(14)
        await drawn()
        assert "number 14" in ui.text()
    assert "RuntimeError" in caplog.text
    assert "secret name" not in caplog.text


def acting(
    action: Callable[..., object], done: list[object], *, blocking: bool = False
) -> Callable[[], ft.Control]:
    @screen
    def Acting() -> ft.Control:
        act = use_action(action, done.append, blocking=blocking)
        words = f"pending={act.pending} problem={act.problem}"
        return ft.Column([ft.Text(words), ft.FilledButton("go", on_click=lambda: act.run(2))])

    return Acting


async def test_an_ordinary_action_runs_at_once() -> None:
    done: list[object] = []
    async with mount(acting(lambda n: n * 2, done)) as ui:
        await ui.click(ft.FilledButton)
        assert done == [4]
        assert "pending=False problem=None" in ui.text()


async def test_an_async_action_is_pending_until_it_ends_and_a_second_tap_does_nothing() -> None:
    done: list[object] = []
    gate = asyncio.Event()

    async def slow(n: int) -> int:
        await gate.wait()
        return n

    async with mount(acting(slow, done)) as ui:
        await ui.click(ft.FilledButton)
        await ui.click(ft.FilledButton)
        assert "pending=True" in ui.text()
        gate.set()
        await drawn()
        assert done == [2]
        assert "pending=False" in ui.text()


async def test_a_blocking_action_leaves_the_screen_alive() -> None:
    done: list[object] = []
    free = threading.Event()

    def slow(n: int) -> int:
        free.wait(2)
        return n

    async with mount(acting(slow, done, blocking=True)) as ui:
        started = time.monotonic()
        await ui.click(ft.FilledButton)
        assert time.monotonic() - started < 1
        assert "pending=True" in ui.text()
        free.set()
        await asyncio.sleep(0.05)
        await drawn()
        assert done == [2]


@pytest.mark.parametrize("blocking", [False, True])
async def test_an_unforeseen_error_is_a_calm_sentence_and_never_crashes(
    blocking: bool, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)

    def fail(_n: int) -> None:
        message = "นางสมศรี"
        raise ValueError(message)

    async with mount(acting(fail, [], blocking=blocking)) as ui:
        await ui.click(ft.FilledButton)
        await asyncio.sleep(0.05)
        await drawn()
        assert "pending=False problem=screen.unexpected" in ui.text()
        assert ui.client.crashes == []
    assert "ValueError" in caplog.text
    assert "สมศรี" not in caplog.text
