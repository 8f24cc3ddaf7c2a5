"""A partner's page: call, what they do, whom they take, and what was said so far."""

from __future__ import annotations

from pathlib import Path

import flet as ft
import pytest

from telewelfare.actions.session import Session
from telewelfare.domain.fields import Json
from telewelfare.views.look import Appearance
from telewelfare.views.partner_page import PartnerPanel, PartnerScreen
from tests import eg
from tests.headless import DESK
from tests.views.desk import showing

PARTNER = eg.new_id()
OTHER = "00000000-0000-7000-8000-000000000007"
OLD: Json = {"iso": "2026-01-05", "precision": "day"}


def temple(**fields: Json) -> dict[str, Json]:
    usual: dict[str, Json] = {
        "name": "วัดป่าทดสอบ",
        "kind": "temple",
        "area": "920213",
        "phone": "075218213",
        "line_id": "wat-test",
        "services": ["lodging", "food"],
        "accepts": {"age_min": 18, "age_max": 60, "no_id_ok": True, "disability": False},
        "accepts_groups": ["homeless"],
        "capacity": {"total": 5, "used": 2, "as_of": OLD},
        "conditions": "งดเหล้า",
        "agreement": {"kind": "mou", "no": "1/2569", "start": OLD},
        "status": "active",
        "contacts": [
            {"key": "a", "name": "พระรอง", "phone": "0812345678"},
            {"key": "b", "name": "พระใหญ่", "phone": "0898765432", "line": "yai", "primary": True},
        ],
    }
    return usual | fields


def log(said: str, day: str, **fields: Json) -> dict[str, Json]:
    usual: dict[str, Json] = {"partner": PARTNER, "date": f"{day}T09:00:00+07:00", "by": OTHER}
    return usual | {"kind": "call", "summary": said} | fields


def device(folder: Path, partner: dict[str, Json], *logs: dict[str, Json]) -> Session:
    edits = [
        eg.edit("partner", PARTNER, **partner),
        eg.edit("worker", OTHER, display_name="ประยงค์ ทดสอบ", role="volunteer"),
        *(eg.edit("partner_contact_log", **one) for one in logs),
    ]
    session = eg.session(folder, edits=edits)
    session.index.load()
    return session


async def test_everything_known_is_on_the_page_in_words(tmp_path: Path) -> None:
    async with showing(device(tmp_path, temple()), PartnerScreen, PARTNER) as (ui, _):
        text = ui.text()
    for words in (
        "วัดป่าทดสอบ",
        "วัด/สำนักปฏิบัติธรรม · ต.เกาะลิบง อ.กันตัง",
        "ว่าง 3 จาก 5 ที่",
        "ข้อมูลเมื่อ 5 ม.ค. 69",
        "ข้อมูลเก่า",
        "ที่พัก",
        "18–60 ปี",
        "รับคนไม่มีบัตรประชาชน",
        "ไม่รับคนพิการ",
        "งดเหล้า",
        "บันทึกข้อตกลง (MOU)",
        "ตั้งแต่ 5 มกราคม 2569",
        "ยังไม่มีบันทึกการติดต่อ",
    ):
        assert words in text
    assert text.index("พระใหญ่") < text.index("พระรอง")  # whom to call first stands first


async def test_calls_line_and_the_form_are_one_tap_away(tmp_path: Path) -> None:
    async with showing(device(tmp_path, temple()), PartnerScreen, PARTNER) as (ui, ways):
        for mark in ("call", "line", "log", "line-person"):
            await ui.click(ui.marked(mark))
    assert ways.launched == [
        "tel:+6675218213",
        "https://line.me/R/ti/p/~wat-test",
        "https://line.me/R/ti/p/~yai",
    ]
    assert ways.routes == [f"/partners/{PARTNER}/contact"]


async def test_contacts_stand_newest_first_with_who_and_what_comes_next(tmp_path: Path) -> None:
    due: Json = {"iso": "2026-12-01", "precision": "day"}
    logs = (
        log("คุยเรื่องที่พัก", "2026-10-01"),
        log("ตกลงรับ", "2026-11-01", next_step="ส่งคน", next_step_due=due),
    )
    async with showing(device(tmp_path, temple(), *logs), PartnerScreen, PARTNER) as (ui, _):
        text = ui.text()
    assert text.index("ตกลงรับ") < text.index("คุยเรื่องที่พัก")
    assert "โทร · ประยงค์ ทดสอบ" in text
    assert "ขั้นต่อไป: ส่งคน (1 ธ.ค. 69)" in text


@pytest.mark.parametrize(
    ("status", "words"), [("suspended", "ห้ามส่งคนไปที่นี่จนกว่า"), ("ended", "สิ้นสุดการร่วมงานแล้ว")]
)
async def test_a_place_nobody_may_be_sent_to_says_so_first(
    tmp_path: Path, status: str, words: str
) -> None:
    session = device(tmp_path, temple(status=status))
    async with showing(session, PartnerScreen, PARTNER) as (ui, _):
        assert words in ui.text()


async def test_a_partner_of_which_little_is_known_is_drawn(tmp_path: Path) -> None:
    session = device(tmp_path, {"area": "920213", "kind": "a_new_kind"})
    async with showing(session, PartnerScreen, PARTNER) as (ui, _):
        assert "ยังไม่มีชื่อ" in ui.text()
        assert "ยังไม่ทราบที่ว่าง" in ui.text()


async def test_a_partner_that_is_not_here_is_a_calm_note(tmp_path: Path) -> None:
    async with showing(eg.session(tmp_path), PartnerScreen, "nowhere") as (ui, _):
        assert "ไม่พบเครือข่ายนี้ในเครื่อง" in ui.text()


@pytest.mark.parametrize("appearance", [Appearance(24, "sunlight", "en"), Appearance(18, "dark")])
async def test_the_panel_is_drawn_beside_a_list(tmp_path: Path, appearance: Appearance) -> None:
    session = device(tmp_path, temple(), log("x", "2026-11-01"))
    shown = showing(session, PartnerPanel, PARTNER, print, width=DESK[0], appearance=appearance)
    async with shown as (ui, _):
        assert ui.all(ft.Semantics, identifier="close")
        assert not ui.all(ft.Semantics, identifier="screen-broken")


async def test_a_long_contact_is_folded_and_its_next_step_is_not(tmp_path: Path) -> None:
    said = "โทรคุยกับเจ้าอาวาสเรื่องรับคนเพิ่ม " * 40
    session = device(tmp_path, temple(), log(said, "2026-11-01", next_step="พาไปดูที่พัก"))
    async with showing(session, PartnerScreen, PARTNER) as (ui, _):
        assert said not in ui.text()
        assert "พาไปดูที่พัก" in ui.text()
        await ui.click(ui.marked("fold-entry"))
        assert said in ui.text()
