"""Thousands of cases on the desk: found, sorted, paged, opened beside the table."""

from __future__ import annotations

from pathlib import Path

import flet as ft
import pytest

from telewelfare.actions.session import Session
from telewelfare.domain.fields import Json
from telewelfare.views.case_table import CaseTableScreen
from telewelfare.views.look import Appearance
from tests import eg
from tests.headless import DESK, Ui
from tests.views.desk import press, showing

WIDE = DESK[0]


def desk(folder: Path, *cases: dict[str, Json], role: str = "social_worker") -> Session:
    edits = [eg.case(provisional_no=f"T-{n:04d}", **case) for n, case in enumerate(cases)]
    session = eg.session(folder, role, edits=edits)
    session.index.load()
    return session


def rows(ui: Ui) -> int:
    return sum((s.identifier or "").startswith("row-") for s in ui.all(ft.Semantics))


def first(ui: Ui, *numbers: str) -> str:
    text = ui.text()
    return min(numbers, key=text.index)


async def test_a_row_says_number_state_place_and_when(tmp_path: Path) -> None:
    session = desk(tmp_path, {"urgency": "critical", "state": "triaged"})
    async with showing(session, CaseTableScreen, width=WIDE) as (ui, _):
        text = ui.text()
    for words in ("T-0000", "วิกฤต", "คัดกรองแล้ว", "ต.เกาะลิบง อ.กันตัง", "20 พ.ย. 69", "ยังไม่ทราบชื่อ"):
        assert words in text


async def test_never_more_rows_than_a_page_and_pages_turn_by_button_and_key(tmp_path: Path) -> None:
    many: list[dict[str, Json]] = [{"urgency": "normal"}] * 120
    session = desk(tmp_path, *many)
    async with showing(session, CaseTableScreen, width=WIDE) as (ui, _):
        assert rows(ui) == 25
        assert "1–25 จาก 120 รายการ" in ui.text()
        await ui.click(ui.marked("page-after"))
        await press(ui, "Page Down", "Page Down", "Page Down", "Page Down")
        assert "101–120 จาก 120 รายการ" in ui.text()
        await press(ui, "Page Up")
        assert "76–100 จาก 120 รายการ" in ui.text()


async def test_a_heading_sorts_and_sorts_the_other_way(tmp_path: Path) -> None:
    session = desk(tmp_path, {"urgency": "watch"}, {"urgency": "critical"})
    async with showing(session, CaseTableScreen, width=WIDE) as (ui, _):
        assert first(ui, "T-0000", "T-0001") == "T-0001"
        await ui.click(ui.marked("sort-no"))
        assert first(ui, "T-0000", "T-0001") == "T-0000"
        await ui.click(ui.marked("sort-no"))
        assert first(ui, "T-0000", "T-0001") == "T-0001"


async def test_chips_narrow_and_ended_cases_are_hidden_until_asked_for(tmp_path: Path) -> None:
    session = desk(
        tmp_path,
        {"urgency": "critical"},
        {"urgency": "normal", "area": "920101"},
        {"urgency": "normal", "state": "closed"},
    )
    async with showing(session, CaseTableScreen, width=WIDE) as (ui, _):
        assert rows(ui) == 2
        await ui.click(ui.marked("filter-only:open"))
        assert rows(ui) == 3
        await ui.click(ui.marked("filter-urgency:normal"))
        assert rows(ui) == 2
        await ui.click(ui.marked("filter-state"))
        await ui.click(ui.marked("choice-closed"))
        await ui.click(ui.marked("filtered"))
        assert rows(ui) == 1
        await ui.click(ui.marked("filter-area"))
        await ui.click(ui.marked("choice-9201"))
        await ui.click(ui.marked("filtered"))
        assert "ไม่พบกรณีที่ค้นหา" in ui.text()
        await ui.click(ui.marked("primary"))
        assert rows(ui) == 3


async def test_what_is_late_says_so_and_can_be_listed(tmp_path: Path) -> None:
    late: dict[str, Json] = {"urgency": "critical", "opened_at": "2026-11-01T08:00:00+07:00"}
    fresh: dict[str, Json] = {"urgency": "watch", "opened_at": "2026-11-20T21:59:00+07:00"}
    async with showing(desk(tmp_path, late, fresh), CaseTableScreen, width=WIDE) as (ui, _):
        assert "เลย 1" in ui.text()
        await ui.click(ui.marked("filter-only:overdue"))
        assert rows(ui) == 1


async def test_keys_open_a_case_beside_the_table_and_close_it(tmp_path: Path) -> None:
    session = desk(tmp_path, {"urgency": "critical"}, {"urgency": "normal"})
    async with showing(session, CaseTableScreen, width=WIDE) as (ui, _):
        await press(ui, "J", "J", "Enter")
        assert ui.all(ft.Semantics, identifier="close")
        await press(ui, "Escape")
        assert not ui.all(ft.Semantics, identifier="close")


async def test_escape_ends_a_search_and_empties_its_field(tmp_path: Path) -> None:
    session = desk(tmp_path, {"urgency": "critical"}, {"urgency": "normal"})
    async with showing(session, CaseTableScreen, width=WIDE) as (ui, _):
        await ui.type("T-0001")
        await ui.event(ui.one(ft.TextField), "submit", "T-0001")
        assert rows(ui) == 1
        await press(ui, "Escape")
        assert rows(ui) == 2
        assert ui.one(ft.TextField).value == ""


async def test_an_empty_device_says_where_cases_come_from(tmp_path: Path) -> None:
    async with showing(desk(tmp_path), CaseTableScreen, width=WIDE) as (ui, _):
        await ui.click(ui.marked("filter-only:open"))
        assert "ยังไม่มีกรณีในเครื่องนี้" in ui.text()


@pytest.mark.parametrize("width", [820.0, 1440.0])
@pytest.mark.parametrize("appearance", [Appearance(24, "sunlight", "en"), Appearance(18, "dark")])
async def test_every_width_and_look_is_drawn(
    tmp_path: Path, width: float, appearance: Appearance
) -> None:
    session = desk(tmp_path, {}, {"urgency": "a_new_code", "state": "a_new_state", "area": ""})
    async with showing(session, CaseTableScreen, width=width, appearance=appearance) as (ui, _):
        assert rows(ui) == 2
        await press(ui, "J", "Enter")
        assert not ui.all(ft.Semantics, identifier="screen-broken")
