"""Home: what a volunteer can do and has to do, and how things stand for the office."""

from pathlib import Path

import flet as ft
import pytest

from telewelfare.domain.clock import Millis
from telewelfare.store.index import CaseFilter
from telewelfare.strings import texts
from telewelfare.sync.service import SyncStatus
from telewelfare.views.due import DAY, HOUR, MINUTE, due_words
from telewelfare.views.home import HomeScreen, overview
from tests import eg
from tests.headless import DESK, PHONE, Ui
from tests.views.desk import showing
from tests.views.device import device, is_shown, marks, opened, tap, until, until_said

ME = eg.identity().worker
TEN = Millis(eg.NOW - 12 * HOUR)  # 10.00 on that Friday


@pytest.mark.parametrize(
    ("ahead", "words"),
    [
        (2 * HOUR, "ก่อน 12.00 น."),
        (24 * HOUR, "พรุ่งนี้ ก่อน 10.00 น."),
        (3 * DAY, "อีก 3 วัน"),
        (30 * DAY, "ภายใน 20 ธ.ค. 69"),
        (-5 * MINUTE, "เลยกำหนด 5 นาที"),
        (-3 * HOUR, "เลยกำหนด 3 ชม."),
        (-2 * DAY, "เลยกำหนด 2 วัน"),
    ],
)
def test_what_is_due_is_said_in_the_words_of_the_day(ahead: int, words: str) -> None:
    assert due_words(texts("th"), Millis(TEN + ahead), TEN) == words


def test_what_has_no_limit_says_nothing() -> None:
    assert due_words(texts("th"), None, TEN) == ""


@pytest.mark.parametrize(("action", "place"), [("do-numbers", "call-1300"), ("do-report", "next")])
async def test_the_four_actions_lead_to_their_screens(
    tmp_path: Path, action: str, place: str
) -> None:
    async with opened(device(tmp_path)) as ui:
        await tap(ui, action)
        await ui.settle()
        assert is_shown(ui, place)


async def test_without_tasks_the_page_is_kind(tmp_path: Path) -> None:
    session = eg.session(tmp_path)
    session.sync.status = SyncStatus(last_ok=eg.NOW)
    async with showing(session, HomeScreen) as (ui, _):
        assert "วันนี้ไม่มีงานค้าง" in ui.text()
        assert "วันศุกร์ที่ 20 พฤศจิกายน 2569" in ui.text()


async def test_before_the_work_came_nobody_is_told_that_there_is_none(tmp_path: Path) -> None:
    session = eg.session(tmp_path)
    for status in (SyncStatus(running=True), SyncStatus(problem="offline"), SyncStatus()):
        session.sync.status = status
        async with showing(session, HomeScreen) as (ui, _):
            assert "วันนี้ไม่มีงานค้าง" not in ui.text()
            assert "ยังไม่มีงานจากศูนย์" in ui.text()
            assert is_shown(ui, "do-report")


async def test_a_report_half_written_is_told_of_and_can_be_gone_on_with(tmp_path: Path) -> None:
    prepared = device(tmp_path)
    async with opened(prepared) as ui:
        assert not is_shown(ui, "unfinished-report")
        await tap(ui, "do-report")
        await ui.settle()
        await ui.type("ยายนอนใต้สะพาน", next(iter(ui.all(ft.TextField))))
        await ui.goto("/")
        await until_said(ui, "มีเรื่องที่ยังไม่ได้บันทึก")
        await tap(ui, "unfinished-report")
        await until_said(ui, "ยายนอนใต้สะพาน")


async def test_a_task_says_what_where_how_urgent_and_until_when(tmp_path: Path) -> None:
    late = "2026-11-10T09:15:00+07:00"
    edits = [eg.case(field_worker=ME, state="assigned", urgency="urgent", opened_at=late)]
    async with opened(device(tmp_path, edits=edits)) as ui:
        shown = ui.text()
        for words in ["ลงพื้นที่เยี่ยม ผู้ไม่ทราบชื่อ", "ต.เกาะลิบง", "เร่งด่วน", "เลยกำหนด"]:
            assert words in shown
        await tap(ui, "task")
        assert not is_shown(ui, "do-report")


async def test_many_tasks_are_cut_and_counted(tmp_path: Path) -> None:
    edits = [eg.case(field_worker=ME, state="assigned") for _ in range(12)]
    async with opened(device(tmp_path, edits=edits)) as ui:
        assert "ดูงานที่เหลืออีก 4 งาน" in ui.text()


async def test_a_task_that_arrives_is_shown_at_once(tmp_path: Path) -> None:
    shown = device(tmp_path)
    async with opened(shown) as ui:
        assert shown.session is not None
        shown.session.journal.commit([eg.case(field_worker=ME, state="assigned")], eg.NOW)
        await ui.settle()
        assert is_shown(ui, "task")


@pytest.mark.parametrize("width", [PHONE[0], DESK[0]])
async def test_the_office_sees_how_things_stand(tmp_path: Path, width: float) -> None:
    edits = [eg.case(), eg.case(urgency="critical", state="triaged")]
    async with opened(device(tmp_path, "director", edits=edits), width=width) as ui:
        assert "รอคัดกรอง" in ui.text()
        assert is_shown(ui, "figure-critical")
        assert not is_shown(ui, "screen-broken")


def test_overdue_cases_are_counted_by_state(tmp_path: Path) -> None:
    late = "2026-11-01T09:15:00+07:00"
    edits = [
        eg.case(opened_at=late),
        eg.case(opened_at=late),
        eg.case(opened_at=late, state="assigned", urgency="urgent"),
        eg.case(opened_at="2026-11-20T21:59:00+07:00"),
    ]
    index = eg.session(tmp_path, "director", edits=edits).index
    lines = index.cases(CaseFilter(only_open=True), limit=100).rows
    counted = overview(lines, 3, eg.NOW)
    assert counted.overdue == (("reported", 2), ("assigned", 1))
    assert (counted.urgent, counted.open_cases) == (1, 4)


@pytest.mark.parametrize(
    ("width", "chip"), [(PHONE[0], "filter-urgent"), (DESK[0], "filter-urgency:critical")]
)
async def test_a_figure_opens_the_cases_it_counts(tmp_path: Path, width: float, chip: str) -> None:
    edits = [eg.case(), eg.case(urgency="critical", state="triaged")]
    async with opened(device(tmp_path, "director", edits=edits), width=width) as ui:
        await tap(ui, "figure-critical")
        await until(ui, chip)
        assert chip.removeprefix("filter-") in chosen(ui)
        await until_said(ui, texts("th").code("case_state", "triaged"))
        assert texts("th").code("case_state", "reported") not in ui.text()


async def test_what_is_late_opens_by_its_state(tmp_path: Path) -> None:
    edits = [eg.case(opened_at="2026-11-01T09:15:00+07:00"), eg.case(state="assigned")]
    async with opened(device(tmp_path, "director", edits=edits), width=DESK[0]) as ui:
        await tap(ui, "late-reported")
        await until(ui, "filter-only:overdue")
        assert {"only:open", "only:overdue", "state"} <= chosen(ui)


def chosen(ui: Ui) -> set[str]:
    """The filters that are on."""
    found = [mark for mark in marks(ui) if (mark.identifier or "").startswith("filter-")]
    return {str(mark.identifier).removeprefix("filter-") for mark in found if mark.checked}
