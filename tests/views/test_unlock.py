"""Opening with the PIN: wrong ones, waiting, and files that cannot be opened."""

import logging
from pathlib import Path

import pytest

from telewelfare.app import DeviceApp
from telewelfare.config import Settings
from telewelfare.domain.clock import Millis
from telewelfare.store.vault import TooSoon, WrongPin
from telewelfare.views.keypad import ERASE, typed_after
from telewelfare.views.root import Root
from telewelfare.views.unlock import NOTHING, Told, seconds_left, told_by
from tests import eg
from tests.headless import DESK, mount
from tests.views.device import device, give_pin, is_shown, opened, tap, until, until_said


def test_keys_of_the_pad_and_of_a_keyboard_make_a_pin() -> None:
    pin = ""
    for key in ["4", "Numpad 8", "x", "2", ERASE, "9", "Backspace", "Shift", " "]:
        pin = typed_after(pin, key)
    assert pin == "48"


def test_a_pin_has_at_most_twelve_digits() -> None:
    assert typed_after("1" * 12, "2") == "1" * 12


def test_a_wait_is_counted_down_and_the_tries_are_kept() -> None:
    wrong = told_by(WrongPin(5, 30_000), Millis(1_000), NOTHING)
    assert (wrong.tries, seconds_left(wrong, Millis(1_000))) == (5, 30)
    assert seconds_left(wrong, Millis(30_500)) == 1
    assert seconds_left(wrong, Millis(31_000)) == 0
    assert told_by(TooSoon(9_000), Millis(0), Told(5)) == Told(5, 9_000)


async def test_a_wrong_pin_is_said_calmly_and_the_next_right_one_opens(tmp_path: Path) -> None:
    async with mount(Root, device(tmp_path), views=True) as ui:
        await give_pin(ui, "000111")
        await until(ui, "banner-notice")
        assert "ใส่ผิดแล้ว 1 ครั้ง" in ui.text()
        await give_pin(ui)
        await until(ui, "lock")
        await ui.event(ui.page, "close")


async def test_after_several_wrong_pins_one_waits(tmp_path: Path) -> None:
    async with mount(Root, device(tmp_path), views=True) as ui:
        for tries in range(1, 5):
            await give_pin(ui, "000111")
            await until_said(ui, f"ใส่ผิดแล้ว {tries} ครั้ง" if tries < 4 else "กรุณารอ 0:30 นาที")
        key = ui.marked("key-4")
        assert getattr(key, "on_click", None) is None


async def test_a_keyboard_types_the_pin(tmp_path: Path) -> None:
    shown = device(tmp_path)
    async with mount(Root, shown, views=True, width=DESK[0]) as ui:
        for key in [*eg.PIN, "Enter"]:
            event = {"key": key, "ctrl": False, "shift": False, "alt": False, "meta": False}
            await ui.event(ui.page, "keyboard_event", event)
        await until(ui, "lock")
        await ui.event(ui.page, "close")


def spoilt(folder: Path, how: str) -> None:
    home = eg.opened(folder)
    if how == "renew":
        with home.journal.engine.begin() as db:
            db.exec_driver_sql("PRAGMA user_version = 999")
    home.journal.engine.dispose()
    if how == "damage":
        for file in folder.glob("journal.db*"):
            file.write_bytes(b"not a database at all" * 400)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [("damage", "เปิดแฟ้มข้อมูลในเครื่องไม่ได้"), ("renew", "มาจากแอปรุ่นใหม่กว่า")],
)
async def test_a_file_that_cannot_be_opened_is_a_calm_page_and_a_line_in_the_log(
    tmp_path: Path, spoil: str, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    spoilt(tmp_path, spoil)
    shown = DeviceApp(Settings(tmp_path), wall=lambda: eg.NOW)
    async with mount(Root, shown, views=True) as ui:
        with caplog.at_level(logging.ERROR):
            await give_pin(ui)
            await until(ui, "state-error")
        assert said in ui.text()
        await tap(ui, "retry")
        assert is_shown(ui, "pin-dots")
    assert "the device cannot be opened" in caplog.text


@pytest.mark.parametrize("lang", ["th", "en"])
async def test_what_was_chosen_is_there_before_the_pin(tmp_path: Path, lang: str) -> None:
    (tmp_path / "settings.json").write_text(f'{{"lang": "{lang}", "text_size": 24}}')
    async with mount(Root, device(tmp_path), views=True) as ui:
        assert ("Enter your PIN" in ui.text()) == (lang == "en")


async def test_the_pin_is_never_in_what_is_sent_to_the_screen(tmp_path: Path) -> None:
    async with mount(Root, device(tmp_path), views=True) as ui:
        for digit in "48":
            await tap(ui, f"key-{digit}")
        assert "48" not in ui.text()


async def test_the_same_device_opens_again_after_it_was_locked(tmp_path: Path) -> None:
    shown = device(tmp_path)
    for _ in range(2):
        async with opened(shown) as ui:
            assert is_shown(ui, "do-report")
