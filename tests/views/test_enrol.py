"""Enrolling: a code becomes a working device, and nothing that fails wastes the invitation."""

from __future__ import annotations

import asyncio
from pathlib import Path

import flet as ft
import pytest

from telewelfare.actions.enrolment import Invitation
from telewelfare.actions.session import Session
from telewelfare.app import DeviceApp
from telewelfare.config import Settings
from telewelfare.store.errors import AlreadyEnrolled, DiskFull, StoreError
from telewelfare.sync.transport import Offline, Refused, SyncError
from telewelfare.views.enrol import Draft, after_failure, after_invitation, with_again, with_pin
from telewelfare.views.root import Root
from tests import eg
from tests.headless import Ui, mount
from tests.views.device import give_pin, is_shown, tap, until

LINK = "https://centre.example#ABCDE-12345"


class Enrolling(DeviceApp):
    """A device whose centre answers as told, in turn; after the last answer it accepts."""

    def __init__(self, folder: Path, *answers: SyncError | StoreError) -> None:
        super().__init__(Settings(folder), wall=lambda: eg.NOW)
        self.answers = list(answers)
        self.asked: list[tuple[Invitation, str]] = []

    async def enrol(self, invitation: Invitation, pin: str) -> Session:
        self.asked.append((invitation, pin))
        if self.answers:
            raise self.answers.pop(0)
        opened = await asyncio.to_thread(self._home.enrol, pin, eg.identity(), "token")
        return await self._begin(opened)


async def paste(ui: Ui, text: str) -> None:
    await ui.type(text, ui.all(ft.TextField)[0])
    await tap(ui, "next")


@pytest.mark.parametrize(
    ("pasted", "said"),
    [
        ("", "ยังไม่ได้ใส่รหัสเชิญ"),
        ("สวัสดี", "อ่านรหัสเชิญไม่ได้"),
        ("ABCDE-12345", "กรุณากรอกที่อยู่ของศูนย์"),
    ],
)
async def test_what_cannot_be_read_is_said_at_the_field_and_kept(
    tmp_path: Path, pasted: str, said: str
) -> None:
    async with mount(Root, Enrolling(tmp_path), views=True) as ui:
        await paste(ui, pasted)
        assert said in ui.text()
        assert ui.all(ft.TextField)[0].value == pasted


async def test_a_code_with_the_centres_address_goes_on_to_the_pin(tmp_path: Path) -> None:
    shown = Enrolling(tmp_path)
    async with mount(Root, shown, views=True) as ui:
        await paste(ui, "abcde 12345")
        await ui.type("centre.example", ui.all(ft.TextField)[1])
        await tap(ui, "next")
        await give_pin(ui, go_on="next")
        await give_pin(ui, go_on="next")
        await until(ui, "lock")
    assert shown.asked[0][0] == Invitation("https://centre.example", "ABCDE12345")


async def test_after_the_pin_the_home_screen_is_usable_at_once(tmp_path: Path) -> None:
    shown = Enrolling(tmp_path)
    async with mount(Root, shown, views=True) as ui:
        await paste(ui, LINK)
        await give_pin(ui, go_on="next")
        await give_pin(ui, go_on="next")
        await until(ui, "lock")
        assert is_shown(ui, "do-report")
        await ui.event(ui.page, "close")
    assert shown.asked == [(Invitation("https://centre.example", "ABCDE-12345"), eg.PIN)]


@pytest.mark.parametrize("failure", [Offline("lost"), DiskFull("full")])
async def test_a_lost_reply_is_tried_again_without_another_invitation_or_pin(
    tmp_path: Path, failure: SyncError | StoreError
) -> None:
    shown = Enrolling(tmp_path, failure)
    async with mount(Root, shown, views=True) as ui:
        await paste(ui, LINK)
        await give_pin(ui, go_on="next")
        await give_pin(ui, go_on="next")
        await until(ui, "retry")
        await tap(ui, "retry")
        await until(ui, "lock")
        await ui.event(ui.page, "close")
    assert shown.asked[0] == shown.asked[1]


async def test_a_used_invitation_is_said_at_the_field(tmp_path: Path) -> None:
    shown = Enrolling(tmp_path, Refused("invitation_used"))
    async with mount(Root, shown, views=True) as ui:
        await paste(ui, LINK)
        await give_pin(ui, go_on="next")
        await give_pin(ui, go_on="next")
        await until(ui, "invitation")
        assert "ใช้กับเครื่องอื่นไปแล้ว" in ui.text()
        await paste(ui, "https://centre.example#FGHJK-67890")
        await until(ui, "lock")
        await ui.event(ui.page, "close")


async def test_a_page_that_was_too_late_asks_for_the_pin(tmp_path: Path) -> None:
    shown = Enrolling(tmp_path, AlreadyEnrolled("here"))
    async with mount(Root, shown, views=True) as ui:
        await paste(ui, LINK)
        await give_pin(ui, go_on="next")
        eg.opened(tmp_path).journal.engine.dispose()
        await give_pin(ui, go_on="next")
        await until(ui, "open")


def test_a_weak_pin_is_asked_again() -> None:
    assert with_pin(Draft(step="pin", pin="111111")).problem == "unlock.problem.pin_easy"
    assert with_pin(Draft(step="pin", pin="123")).problem == "unlock.problem.pin_length"


def test_two_different_pins_are_asked_again() -> None:
    after = with_again(Draft(step="again", pin=eg.PIN, again="482914"))
    assert (after.step, after.pin, after.problem) == ("pin", "", "unlock.problem.pin_differs")


def test_a_refused_invitation_keeps_the_pin_for_the_next() -> None:
    had = Draft(step="working", pasted=LINK, pin=eg.PIN, again=eg.PIN)
    refused = after_failure(had, "invitation_expired")
    assert refused.step == "invitation"
    assert after_invitation(refused).step == "working"
