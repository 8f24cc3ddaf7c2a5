"""The directory: found, narrowed, called from; on the desk sorted, paged and worked by keys."""

from __future__ import annotations

from pathlib import Path

import flet as ft
import pytest

from telewelfare.actions.session import Session
from telewelfare.domain.fields import Json
from telewelfare.domain.operations import Edit
from telewelfare.store.index import PartnerFilter
from telewelfare.views.look import Appearance
from telewelfare.views.partners import PartnerListScreen
from tests import eg
from tests.headless import DESK, Ui
from tests.views.desk import press, showing

WIDE = DESK[0]
LONG = "มูลนิธิเพื่อการพัฒนาคุณภาพชีวิตผู้สูงอายุและคนไร้ที่พึ่งแห่งจังหวัดตรังและจังหวัดใกล้เคียง"


def partners() -> list[Edit]:
    today: Json = {"iso": "2026-11-19", "precision": "day"}
    long_ago: Json = {"iso": "2026-01-05", "precision": "day"}
    return [
        eg.edit(
            "partner",
            name="วัดตรังทดสอบ",
            kind="temple",
            area="920213",
            phone="075218213",
            line_id="wat-test",
            services=["lodging", "food"],
            capacity={"total": 5, "used": 2, "as_of": today},
            status="active",
        ),
        eg.edit(
            "partner",
            name=LONG,
            kind="foundation",
            area="920101",
            services=["lodging"],
            capacity={"total": 9, "used": 9, "as_of": long_ago},
            status="suspended",
        ),
        eg.edit("partner", name="", kind="a_new_kind", area="360101"),
    ]


def directory(folder: Path, *more: Edit, role: str = "volunteer") -> Session:
    session = eg.session(folder, role, edits=[*partners(), *more])
    session.index.load()
    return session


def rows(ui: Ui) -> int:
    marks = [s.identifier or "" for s in ui.all(ft.Semantics)]
    return sum(mark.startswith("partner-") for mark in marks)


async def test_a_row_says_what_where_and_whether_there_is_room(tmp_path: Path) -> None:
    async with showing(directory(tmp_path), PartnerListScreen) as (ui, _):
        text = ui.text()
    assert "วัด/สำนักปฏิบัติธรรม · ต.เกาะลิบง อ.กันตัง" in text
    assert "ว่าง 3 ที่" in text
    assert "เต็ม" in text
    assert "ข้อมูลเก่า" in text
    assert "พักไว้ก่อน ห้ามส่งคน" in text
    assert "ยังไม่เคยติดต่อ" in text
    assert LONG in text
    assert "ยังไม่มีชื่อ" in text
    assert "จ.ชัยภูมิ" in text  # another province than one's own is named


async def test_a_tap_calls_and_opens_line_without_opening_the_partner(tmp_path: Path) -> None:
    async with showing(directory(tmp_path), PartnerListScreen) as (ui, ways):
        await ui.click(ui.marked("call"))
        await ui.click(ui.marked("line"))
    assert ways.launched == ["tel:+6675218213", "https://line.me/R/ti/p/~wat-test"]
    assert ways.routes == []


async def test_a_tap_on_the_row_opens_the_partner(tmp_path: Path) -> None:
    session = directory(tmp_path)
    wat = next(p for p in session.index.partners(PartnerFilter()).rows if p.kind == "temple")
    async with showing(session, PartnerListScreen) as (ui, ways):
        await ui.click(ui.marked(f"partner-{wat.id}"))
    assert ways.routes == [f"/partners/{wat.id}"]


async def test_the_list_is_narrowed_by_district_kind_service_and_places(tmp_path: Path) -> None:
    async with showing(directory(tmp_path), PartnerListScreen) as (ui, _):
        assert rows(ui) == 3
        await ui.click(ui.marked("filter-places"))
        assert rows(ui) == 1
        await ui.click(ui.marked("filter-places"))
        await ui.click(ui.marked("filter-service"))
        await ui.click(ui.marked("choice-lodging"))
        await ui.click(ui.marked("filtered"))
        assert rows(ui) == 2
        await ui.click(ui.marked("filter-area"))
        await ui.click(ui.marked("choice-9202"))
        await ui.click(ui.marked("close-filter"))
        assert rows(ui) == 1
        await ui.click(ui.marked("filter-kind"))
        await ui.click(ui.marked("choice-foundation"))
        await ui.click(ui.marked("filtered"))
        assert "ไม่พบเครือข่ายที่ค้นหา" in ui.text()
        await ui.click(ui.marked("primary"))
        assert rows(ui) == 3


def choices(ui: Ui) -> set[str]:
    marks = [s.identifier or "" for s in ui.all(ft.Semantics)]
    return {mark.removeprefix("choice-") for mark in marks if mark.startswith("choice-")}


@pytest.mark.parametrize("width", [390.0, WIDE])
async def test_only_what_a_partner_of_this_device_has_is_offered(
    tmp_path: Path, width: float
) -> None:
    async with showing(directory(tmp_path), PartnerListScreen, width=width) as (ui, _):
        await ui.click(ui.marked("filter-area"))
        assert choices(ui) == {"all", "9201", "9202", "3601"}
        assert "ทุกอำเภอ (3)" in ui.text()
        assert "อ.เมืองชัยภูมิ จ.ชัยภูมิ (1)" in ui.text()
        await ui.click(ui.marked("close-filter"))
        await ui.click(ui.marked("filter-kind"))
        assert choices(ui) == {"temple", "foundation", "a_new_kind"}
        await ui.click(ui.marked("close-filter"))
        await ui.click(ui.marked("filter-service"))
        assert choices(ui) == {"lodging", "food"}


async def test_a_choice_says_how_many_it_would_show_under_the_others(tmp_path: Path) -> None:
    async with showing(directory(tmp_path), PartnerListScreen) as (ui, _):
        await ui.click(ui.marked("filter-kind"))
        await ui.click(ui.marked("choice-temple"))
        await ui.click(ui.marked("filtered"))
        await ui.click(ui.marked("filter-area"))
        assert "อ.กันตัง (1)" in ui.text()
        assert "อ.เมืองตรัง (0)" in ui.text()


async def test_a_search_is_still_there_after_a_look_at_a_partner(tmp_path: Path) -> None:
    session = directory(tmp_path)
    async with showing(session, PartnerListScreen) as (ui, _):
        await ui.click(ui.marked("filter-places"))
    async with showing(session, PartnerListScreen) as (ui, _):
        assert rows(ui) == 1


async def test_an_empty_directory_says_where_it_comes_from(tmp_path: Path) -> None:
    async with showing(eg.session(tmp_path), PartnerListScreen) as (ui, _):
        assert "รายชื่อจะมาจากศูนย์" in ui.text()


async def test_a_long_directory_grows_by_request(tmp_path: Path) -> None:
    many = [eg.edit("partner", name=f"วัด {n}", kind="temple", area="920213") for n in range(40)]
    async with showing(directory(tmp_path, *many), PartnerListScreen) as (ui, _):
        assert rows(ui) == 30
        await ui.click(ui.marked("more"))
        assert rows(ui) == 43


async def test_the_desk_sorts_opens_beside_the_list_and_closes_by_keys(tmp_path: Path) -> None:
    session = directory(tmp_path, role="social_worker")
    async with showing(session, PartnerListScreen, width=WIDE) as (ui, _):
        await ui.click(ui.marked("sort-free"))
        await ui.click(ui.marked("sort-free"))  # most free places first
        await press(ui, "J")
        assert "ว่าง 3 จาก 5 ที่" not in ui.text()
        await press(ui, "Enter")
        assert "ว่าง 3 จาก 5 ที่" in ui.text()
        await press(ui, "Escape")
        assert "ว่าง 3 จาก 5 ที่" not in ui.text()


async def test_letters_typed_into_the_search_do_not_move_the_desk(tmp_path: Path) -> None:
    session = directory(tmp_path, role="social_worker")
    async with showing(session, PartnerListScreen, width=WIDE) as (ui, _):
        await ui.event(ui.one(ft.TextField), "focus")
        await press(ui, "J")
        await press(ui, "Enter")
        assert not ui.all(ft.Semantics, identifier="log")


@pytest.mark.parametrize("width", [390.0, 820.0, 1440.0])
@pytest.mark.parametrize("appearance", [Appearance(24, "sunlight", "en"), Appearance(18, "dark")])
async def test_every_width_and_look_is_drawn(
    tmp_path: Path, width: float, appearance: Appearance
) -> None:
    session = directory(tmp_path)
    async with showing(session, PartnerListScreen, width=width, appearance=appearance) as (ui, _):
        assert "วัดตรังทดสอบ" in ui.text()
        assert not ui.all(ft.Semantics, identifier="screen-broken")
