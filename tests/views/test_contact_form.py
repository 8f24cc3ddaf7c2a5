"""A contact is written down where it happens: nothing typed is lost, errors stand at the field."""

from __future__ import annotations

from pathlib import Path

import flet as ft
import pytest

from telewelfare.actions.session import Session
from telewelfare.views.contact_form import ContactScreen, fields_of, kept_of
from telewelfare.views.look import Appearance
from telewelfare.views.partner_page import PartnerScreen
from telewelfare.views.parts import TypedDate
from tests import eg
from tests.headless import Ui
from tests.views.desk import showing

PARTNER = eg.new_id()


def device(folder: Path) -> Session:
    partner = eg.edit("partner", PARTNER, name="วัดป่าทดสอบ", kind="temple", area="920213")
    session = eg.session(folder, edits=[partner])
    session.index.load()
    return session


def field(ui: Ui, place: int) -> ft.TextField:
    found: ft.TextField = ui.all(ft.TextField)[place]
    return found


async def test_a_contact_is_saved_and_stands_on_top_of_the_partners_page(tmp_path: Path) -> None:
    session = device(tmp_path)
    async with showing(session, ContactScreen, PARTNER) as (ui, ways):
        await ui.click(ui.marked("choice-call"))
        await ui.type("รับได้ 2 คน", field(ui, 0))
        await ui.type("ส่งรายชื่อ", field(ui, 1))
        await ui.click(ui.marked("filter-week"))
        await ui.click(ui.marked("save-contact"))
    assert ways.routes == [f"/partners/{PARTNER}"]
    async with showing(session, PartnerScreen, PARTNER) as (ui, _):
        text = ui.text()
    assert "รับได้ 2 คน" in text
    assert "ขั้นต่อไป: ส่งรายชื่อ (27 พ.ย. 69)" in text
    assert "บันทึกในเครื่องแล้ว" in text


async def test_two_quick_taps_save_one_contact(tmp_path: Path) -> None:
    session = device(tmp_path)
    async with showing(session, ContactScreen, PARTNER) as (ui, ways):
        await ui.click(ui.marked("choice-call"))
        await ui.type("รับได้ 2 คน", field(ui, 0))
        button = ui.marked("save-contact")
        await ui.click(button)
        await ui.click(button)
    assert ways.routes == [f"/partners/{PARTNER}"]
    assert session.journal.count("partner_contact_log") == 1


async def test_what_is_missing_is_said_at_the_field_and_taken_back_when_mended(
    tmp_path: Path,
) -> None:
    session = device(tmp_path)
    async with showing(session, ContactScreen, PARTNER) as (ui, ways):
        await ui.click(ui.marked("save-contact"))
        assert "กรุณาเลือกว่าติดต่อแบบไหน" in ui.text()
        assert "กรุณาเขียนสั้น ๆ" in ui.text()
        await ui.click(ui.marked("choice-visit"))
        assert "กรุณาเลือกว่าติดต่อแบบไหน" not in ui.text()
        assert "กรุณาเขียนสั้น ๆ" in ui.text()
    assert ways.routes == []
    assert session.journal.count("partner_contact_log") == 0


async def test_a_date_that_is_none_is_explained(tmp_path: Path) -> None:
    async with showing(device(tmp_path), ContactScreen, PARTNER) as (ui, _):
        await ui.click(ui.marked("choice-call"))
        await ui.type("คุยแล้ว", field(ui, 0))
        await ui.type("31", field(ui, 2))
        await ui.click(ui.marked("save-contact"))
        assert "กรอกวัน เดือน และปี พ.ศ. ให้ครบ" in ui.text()


async def test_what_was_typed_is_still_there_after_the_app_was_left(tmp_path: Path) -> None:
    session = device(tmp_path)
    async with showing(session, ContactScreen, PARTNER) as (ui, _):
        await ui.click(ui.marked("choice-line"))
        await ui.type("ยังคุยไม่จบ", field(ui, 0))
    async with showing(session, ContactScreen, PARTNER) as (ui, _):
        assert field(ui, 0).value == "ยังคุยไม่จบ"
        await ui.click(ui.marked("save-contact"))
    async with showing(session, ContactScreen, PARTNER) as (ui, _):
        assert field(ui, 0).value == ""  # saved, so the next contact begins empty


@pytest.mark.parametrize(
    "typed", [TypedDate(), TypedDate("1", "12", "2569"), TypedDate("", "12", "")]
)
def test_a_date_is_kept_as_far_as_it_was_typed(typed: TypedDate) -> None:
    assert fields_of(kept_of(typed)) == typed


async def test_a_partner_that_is_not_here_is_a_calm_note(tmp_path: Path) -> None:
    async with showing(eg.session(tmp_path), ContactScreen, "nowhere") as (ui, _):
        assert "ไม่พบเครือข่ายนี้" in ui.text()


@pytest.mark.parametrize("width", [390.0, 1440.0])
async def test_it_is_drawn_large_in_the_sun_and_in_english(tmp_path: Path, width: float) -> None:
    english = Appearance(24, "sunlight", "en")
    shown = showing(device(tmp_path), ContactScreen, PARTNER, width=width, appearance=english)
    async with shown as (ui, _):
        assert "What was said" in ui.text()
        assert not ui.all(ft.Semantics, identifier="screen-broken")


async def test_a_text_the_centre_would_send_back_is_kept_and_explained(tmp_path: Path) -> None:
    session = device(tmp_path)
    long = "ก" * 8_001
    async with showing(session, ContactScreen, PARTNER) as (ui, ways):
        await ui.click(ui.marked("choice-call"))
        await ui.type(long, field(ui, 0))
        await ui.click(ui.marked("save-contact"))
        assert "เก็บได้ไม่เกิน 8000 ตัวอักษร" in ui.text()
        assert field(ui, 0).value == long
    assert not ways.routes
    assert not session.journal.of_kind("partner_contact_log")
