"""Forty new reports before nine: seen, opened, triaged and handed over by keys."""

from __future__ import annotations

from pathlib import Path

import flet as ft
import pytest

from telewelfare.actions.session import Session
from telewelfare.domain.operations import Edit
from telewelfare.views.look import Appearance
from telewelfare.views.triage import TriageScreen
from tests import eg
from tests.headless import DESK, Ui
from tests.views.desk import press, showing

WIDE = DESK[0]
WORKER = "00000000-0000-7000-8000-000000000009"
LONG = "พบชายสูงอายุนอนอยู่ใต้สะพานข้างตลาดสด ตัวร้อน หายใจลำบาก ไม่มีบัตรประชาชน จำชื่อตัวเองไม่ได้ " * 3


def reported(area: str = "920213", said: str = LONG, **fields: object) -> list[Edit]:
    case = eg.new_id()
    return [
        eg.case(case, area=area, **fields),  # type: ignore[arg-type]  # plain JSON values
        eg.edit("incident_report", case=case, situation_text=said, red_flags=["violence_now"]),
    ]


def desk(folder: Path, *cases: list[Edit], role: str = "social_worker") -> Session:
    worker = eg.edit(
        "worker", WORKER, display_name="ประยงค์ ทดสอบ", role="volunteer", areas=["920213"]
    )
    session = eg.session(folder, role, edits=[worker, *(e for case in cases for e in case)])
    session.index.load()
    return session


def three(folder: Path) -> Session:
    return desk(
        folder,
        reported(urgency="normal", said="ไม่มีที่อยู่"),
        reported(urgency="critical", said="ถูกทำร้าย", opened_at="2026-11-20T21:40:00+07:00"),
        reported("920101", urgency="urgent", state="assigned", needs_review=True, said="ป่วยหนัก"),
    )


def rows(ui: Ui) -> list[str]:
    marks = [s.identifier or "" for s in ui.all(ft.Semantics)]
    return [mark for mark in marks if mark.startswith("row-")]


async def test_the_most_urgent_is_on_top_with_what_place_and_since_when(tmp_path: Path) -> None:
    async with showing(three(tmp_path), TriageScreen, width=WIDE) as (ui, _):
        text = ui.text()
    assert "รอคัดกรอง 3 เรื่อง" in text
    assert text.index("ถูกทำร้าย") < text.index("ป่วยหนัก") < text.index("ไม่มีที่อยู่")
    assert "20 นาทีก่อน" in text
    assert "ต.เกาะลิบง อ.กันตัง" in text
    assert "อพม. คัดกรองเอง รอตรวจ" in text
    assert "อันตราย 1" in text


async def test_a_danger_nobody_has_judged_is_above_what_is_urgent(tmp_path: Path) -> None:
    new = reported(said="เจ็บหนักคนเดียว", opened_at="2026-11-20T21:59:00+07:00")
    waiting = reported(urgency="urgent", needs_review=True, said="รอมาสองวัน")
    async with showing(desk(tmp_path, waiting, new), TriageScreen, width=WIDE) as (ui, _):
        text = ui.text()
    assert text.index("เจ็บหนักคนเดียว") < text.index("รอมาสองวัน")


async def test_an_empty_queue_is_good_news(tmp_path: Path) -> None:
    async with showing(desk(tmp_path), TriageScreen, width=WIDE) as (ui, _):
        assert "ไม่มีเรื่องรอคัดกรอง" in ui.text()


async def test_filters_by_district_and_urgency_and_the_way_out(tmp_path: Path) -> None:
    async with showing(three(tmp_path), TriageScreen, width=WIDE) as (ui, _):
        await ui.click(ui.marked("filter-9201"))
        assert len(rows(ui)) == 1
        await ui.click(ui.marked("filter-critical"))
        assert "ไม่มีเรื่องตามที่ค้นหา" in ui.text()
        await ui.click(ui.marked("primary"))
        assert len(rows(ui)) == 3


async def test_keys_open_triage_and_hand_over_and_go_on_to_the_next(tmp_path: Path) -> None:
    session = three(tmp_path)
    async with showing(session, TriageScreen, width=WIDE) as (ui, _):
        await press(ui, "J", "T")
        assert ui.all(ft.Semantics, identifier="form-triage")
        await ui.click(ui.marked("choice-urgent"))
        await ui.click(ui.marked("save-triage"))
        assert ui.all(ft.Semantics, identifier="form-assign")  # the same case, now to hand over
        await ui.click(ui.marked(f"choice-{WORKER}"))
        await ui.click(ui.marked("save-assign"))
        assert "รอคัดกรอง 2 เรื่อง" in ui.text()
        assert not ui.all(ft.Semantics, identifier="form-assign")
        assert ui.all(ft.Semantics, identifier="close")  # the next case is open
    urgencies = sorted(
        str(case.values.get("urgency")) + str(case.values.get("state"))
        for case in session.journal.of_kind("case")
    )
    assert urgencies == ["normalreported", "urgentassigned", "urgentassigned"]


async def test_escape_leaves_the_form_then_the_case(tmp_path: Path) -> None:
    async with showing(three(tmp_path), TriageScreen, width=WIDE) as (ui, _):
        await press(ui, "J", "Enter", "A")
        assert ui.all(ft.Semantics, identifier="form-assign")
        await press(ui, "Escape")
        assert ui.all(ft.Semantics, identifier="close")
        await press(ui, "Escape")
        assert not ui.all(ft.Semantics, identifier="close")


async def test_who_may_not_decide_has_no_forms(tmp_path: Path) -> None:
    case = reported(urgency="critical")
    async with showing(desk(tmp_path, case, role="auditor"), TriageScreen, width=WIDE) as (ui, _):
        await press(ui, "J", "T")
        assert not ui.all(ft.Semantics, identifier="form-triage")


async def test_on_the_phone_the_case_covers_the_list_and_back_leads_there(tmp_path: Path) -> None:
    async with showing(three(tmp_path), TriageScreen) as (ui, _):
        first = rows(ui)[0]
        await ui.click(ui.marked(first))
        assert not rows(ui)
        await ui.click(ui.marked("open-triage"))
        assert ui.all(ft.Semantics, identifier="form-triage")
        await ui.click(ui.marked("stop-form"))
        await ui.click(ui.marked("close"))
        assert len(rows(ui)) == 3


async def test_what_arrives_is_in_the_queue_at_once(tmp_path: Path) -> None:
    session = desk(tmp_path)
    async with showing(session, TriageScreen, width=WIDE) as (ui, _):
        session.journal.commit(reported(urgency="critical", said="เพิ่งแจ้ง"), eg.NOW)
        await ui.settle()
        assert "เพิ่งแจ้ง" in ui.text()


@pytest.mark.parametrize("width", [390.0, 820.0, 1440.0])
@pytest.mark.parametrize("appearance", [Appearance(24, "sunlight", "en"), Appearance(18, "dark")])
async def test_every_width_and_look_is_drawn(
    tmp_path: Path, width: float, appearance: Appearance
) -> None:
    session = desk(tmp_path, reported(), reported(said="", area=""))
    async with showing(session, TriageScreen, width=width, appearance=appearance) as (ui, _):
        assert len(rows(ui)) == 2
        assert not ui.all(ft.Semantics, identifier="screen-broken")
