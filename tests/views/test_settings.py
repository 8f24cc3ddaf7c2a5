"""Settings: seen at once, kept for the next start; another PIN; who this device is."""

import asyncio
from pathlib import Path

import flet as ft
import pytest

from telewelfare.actions.pin import change_pin
from telewelfare.config import IDLE_DESK, read_settings
from telewelfare.domain.hotlines import hotlines
from telewelfare.store.vault import WrongPin
from telewelfare.strings import texts
from telewelfare.views.change_pin import Draft, answered, onward
from tests import eg
from tests.headless import DESK, PHONE, Ui
from tests.views.device import device, give_pin, is_shown, opened, tap, until

NEW = "730461"


async def choose(ui: Ui, words: str) -> None:
    found = [
        box
        for box in ui.all(ft.Container, words)
        if box.on_click is not None and ui.all(ft.Text, words)
    ]
    await ui.event(found[-1], "click")


@pytest.mark.parametrize("width", [PHONE[0], DESK[0]])
async def test_a_larger_text_and_another_language_show_at_once_and_are_kept(
    tmp_path: Path, width: float
) -> None:
    shown = device(tmp_path)
    async with opened(shown, "/settings", width) as ui:
        await choose(ui, "ใหญ่ที่สุด")
        await choose(ui, "กลางแดด")
        await choose(ui, "English")
        assert "Text size" in ui.text()
        assert ui.one(ft.Text, "Sample:").style.size == 24
    kept = shown.appearance()
    assert (kept.text_size, kept.mode, kept.lang) == (24, "sunlight", "en")


async def test_this_device_says_who_it_is(tmp_path: Path) -> None:
    async with opened(device(tmp_path), "/settings") as ui:
        for words in ["สมศรี ทดสอบ", "อพม.", "จังหวัดตรัง", "daaaaaaa", "0.1.0"]:
            assert words in ui.text()


async def test_lock_now_locks(tmp_path: Path) -> None:
    async with opened(device(tmp_path), "/settings") as ui:
        await tap(ui, "lock-now")
        assert is_shown(ui, "pin-dots")


async def test_the_pin_is_changed_in_three_steps(tmp_path: Path) -> None:
    shown = device(tmp_path)
    async with opened(shown, "/settings") as ui:
        await tap(ui, "change-pin")
        await give_pin(ui, go_on="next")
        await give_pin(ui, NEW, go_on="next")
        await give_pin(ui, NEW, go_on="next")
        await until(ui, "state-empty")
        await tap(ui, "lock")
        await asyncio.sleep(0.05)
        await give_pin(ui, NEW)
        await until(ui, "lock")


def test_a_wrong_old_pin_changes_nothing(tmp_path: Path) -> None:
    session = eg.session(tmp_path)
    assert isinstance(change_pin(session, "000111", NEW), WrongPin)
    assert change_pin(session, eg.PIN, "123456") == "pin_easy"
    assert isinstance(session.home.vault.unlock(eg.PIN, eg.NOW), bytes)


def test_what_is_wrong_with_a_new_pin_is_asked_again() -> None:
    assert onward(Draft("new", eg.PIN, "111111")).problem == "unlock.problem.pin_easy"
    assert onward(Draft("again", eg.PIN, NEW, "730462")).step == "new"
    assert answered(Draft("again"), WrongPin(1, 0)).step == "old"
    assert answered(Draft("again"), None).step == "done"


@pytest.mark.parametrize("lang", ["th", "en"])
async def test_every_number_has_its_words_and_calls_when_tapped(tmp_path: Path, lang: str) -> None:
    t = texts("en" if lang == "en" else "th")
    assert all(t.has(f"numbers.{line.key}.name") for line in hotlines())
    async with opened(device(tmp_path), "/numbers") as ui:
        await tap(ui, "call-1300")
        assert ("launch_url", "tel:1300") in [
            (name, (args or {}).get("url")) for name, args in ui.client.calls
        ]
        assert ui.text().count("ยังไม่ตรวจสอบ") == sum(not line.verified for line in hotlines())


def test_the_folder_is_named_by_the_environment(tmp_path: Path) -> None:
    phone = {"FLET_APP_STORAGE_DATA": str(tmp_path / "phone")}
    assert read_settings(phone).folder == tmp_path / "phone"
    own = {**phone, "TELEWELFARE_HOME": str(tmp_path / "own")}
    assert read_settings(own).folder == tmp_path / "own"
    assert read_settings({}).folder.name == "telewelfare"
    assert read_settings({}).idle_desk == IDLE_DESK
