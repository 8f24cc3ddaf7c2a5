"""Every case a worker reaches is in the list, found as it is typed, with how far it has come."""

from __future__ import annotations

from pathlib import Path

import flet as ft
import pytest

from telewelfare.actions.session import Session
from telewelfare.domain.operations import Edit
from telewelfare.strings import texts
from telewelfare.views.case_list import ROWS, CaseListScreen
from telewelfare.views.look import Appearance
from tests import eg
from tests.headless import DESK, PHONE, Ui
from tests.views.desk import showing

TH = texts("th")


def a_case(name: str = "", **fields: object) -> list[Edit]:
    person = eg.new_id()
    return [
        eg.edit("person", person, **({"first_name": name} if name else {}), sex="male"),
        eg.case(client=person, **fields),  # type: ignore[arg-type]  # fields of a case
    ]


def some_cases(folder: Path, role: str = "volunteer") -> Session:
    session = eg.session(
        folder,
        role,
        edits=[
            *a_case("สมชาย", urgency="critical", state="assigned"),
            *a_case("", urgency="normal", area="920101"),
            *a_case("บุญมี", state="closed"),
        ],
    )
    session.index.load()
    return session


def rows(ui: Ui) -> list[ft.Semantics]:
    found: list[ft.Semantics] = ui.all(ft.Semantics)
    return [row for row in found if (row.identifier or "").startswith("case-")]


async def chip(ui: Ui, code: str) -> None:
    await ui.click(ui.marked(f"filter-{code}"))


async def test_open_cases_stand_there_most_urgent_first(tmp_path: Path) -> None:
    async with showing(some_cases(tmp_path), CaseListScreen) as (ui, _):
        assert len(rows(ui)) == 2
        text = ui.text()
        assert text.index("สมชาย") < text.index(TH("cases.no_name"))
        assert TH("cases.count", n=2) in text


async def test_a_row_says_urgency_state_and_that_it_waits_to_be_sent(tmp_path: Path) -> None:
    async with showing(some_cases(tmp_path), CaseListScreen) as (ui, _):
        text = ui.text()
        for words in (
            TH.code("urgency", "critical"),
            TH.code("case_state", "assigned"),
            TH("parts.row.waiting"),
        ):
            assert words in text


async def test_tapping_a_row_opens_the_case(tmp_path: Path) -> None:
    async with showing(some_cases(tmp_path), CaseListScreen) as (ui, ways):
        await ui.click(rows(ui)[0].content)
        assert ways.routes[-1].startswith("/cases/")


async def test_searching_finds_a_name_and_says_when_there_is_none(tmp_path: Path) -> None:
    async with showing(some_cases(tmp_path), CaseListScreen) as (ui, _):
        box = ui.one(ft.TextField)
        await ui.type("สมชาย", box)
        await ui.event(ui.one(ft.TextField), "submit", "สมชาย")
        assert len(rows(ui)) == 1
        await ui.type("ไม่มีคนนี้", ui.one(ft.TextField))
        await ui.event(ui.one(ft.TextField), "submit", "ไม่มีคนนี้")
        assert TH("cases.none") in ui.text()
        await ui.click(ui.marked("primary"))
        assert len(rows(ui)) == 3


@pytest.mark.parametrize(
    ("code", "count"),
    [("urgent", 1), ("field", 1), ("new", 1), ("ended", 1), ("unsent", 2), ("helped", 0)],
)
async def test_filters_narrow_the_list(tmp_path: Path, code: str, count: int) -> None:
    async with showing(some_cases(tmp_path), CaseListScreen) as (ui, _):
        await chip(ui, code)
        assert len(rows(ui)) == count


async def test_one_district_can_be_chosen(tmp_path: Path) -> None:
    async with showing(some_cases(tmp_path), CaseListScreen) as (ui, _):
        await chip(ui, "area")
        await ui.click(ui.marked("choice-9201"))
        assert len(rows(ui)) == 1


async def test_an_empty_device_offers_to_report(tmp_path: Path) -> None:
    async with showing(eg.session(tmp_path), CaseListScreen) as (ui, ways):
        assert TH("cases.empty") in ui.text()
        await ui.click(ui.marked("primary"))
        assert ways.routes == ["/report"]


async def test_a_long_list_grows_as_it_is_scrolled(tmp_path: Path) -> None:
    edits = [edit for _ in range(ROWS + 20) for edit in a_case("คน")]
    session = eg.session(tmp_path, edits=edits)
    session.index.load()
    async with showing(session, CaseListScreen) as (ui, _):
        assert len(rows(ui)) == ROWS
        listed = ui.one(ft.ListView)
        event = {
            "event_type": "update",
            "pixels": 9000.0,
            "min_scroll_extent": 0.0,
            "max_scroll_extent": 9100.0,
            "viewport_dimension": 700.0,
        }
        await ui.event(listed, "scroll", event)
        assert len(rows(ui)) == ROWS + 20


async def test_a_new_case_appears_by_itself(tmp_path: Path) -> None:
    session = some_cases(tmp_path)
    async with showing(session, CaseListScreen) as (ui, _):
        session.journal.commit(a_case("มาใหม่"), eg.NOW)
        await ui.settle()
        assert "มาใหม่" in ui.text()


@pytest.mark.parametrize("width", [PHONE[0], DESK[0]])
async def test_the_list_speaks_english_in_large_letters(tmp_path: Path, width: int) -> None:
    look = Appearance(24, "dark", "en")
    session = some_cases(tmp_path, "social_worker")
    async with showing(session, CaseListScreen, width=width, appearance=look) as (ui, _):
        assert texts("en")("cases.count", n=2) in ui.text()


async def test_a_danger_nobody_has_judged_stands_before_the_urgent_and_says_so(
    tmp_path: Path,
) -> None:
    danger = eg.new_id()
    told = eg.edit("incident_report", case=danger, red_flags=["severe_illness"])
    edits = [*a_case("สมศักดิ์", urgency="urgent"), eg.case(danger), told]
    session = eg.session(tmp_path, edits=edits)
    session.index.load()
    async with showing(session, CaseListScreen, width=PHONE[0]) as (ui, _):
        assert ui.text().index("มีสัญญาณอันตราย") < ui.text().index("สมศักดิ์")
