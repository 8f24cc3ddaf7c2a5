"""The inbox of what a person has to decide, and the card about two records."""

from __future__ import annotations

from pathlib import Path

import flet as ft
import pytest

from telewelfare.actions.session import Session
from telewelfare.domain.fields import Json
from telewelfare.domain.operations import Edit
from telewelfare.store.conflicts import open_conflicts
from telewelfare.store.queries import case_detail
from telewelfare.views.conflict_card import ConflictCard
from telewelfare.views.conflict_inbox import ConflictsScreen
from telewelfare.views.look import Appearance
from tests import eg
from tests.views.desk import showing

DESK = 1440.0
MINE, THEIRS = "00000000-0000-7000-8000-000000000001", "00000000-0000-7000-8000-000000000002"
CALM, DANGER, PERSON, TWIN, PARTNER = (eg.new_id() for _ in range(5))
ID_NO = "1101700230678"


def conflict(at: str, **fields: Json) -> Edit:
    """A conflict about the urgency of a case, found at a moment."""
    usual: dict[str, Json] = {
        "sort": "edit",
        "of_kind": "case",
        "path": "urgency",
        "kept": "watch",
        "kept_by": MINE,
        "other": "urgent",
        "other_by": THEIRS,
        "recorded_at": at,
    }
    return eg.edit("conflict", eg.new_id(), **(usual | fields))


def desk(folder: Path, *edits: Edit, role: str = "social_worker") -> Session:
    people = [
        eg.edit("person", PERSON, first_name="ทองดี", last_name="มีสุข", id_no=ID_NO, sex="male"),
        eg.edit("person", TWIN, first_name="ทองดี", last_name="มีสุก", age_estimated=60),
        eg.case(CALM, client=PERSON, urgency="watch"),
        eg.case(DANGER, client=TWIN, urgency="critical"),
        eg.edit("worker", THEIRS, display_name="ประยงค์ ทดสอบ", role="volunteer"),
    ]
    session = eg.session(folder, role, edits=[*people, *edits])
    found_at = [(one, one.sets["recorded_at"]) for one in edits if "recorded_at" in one.sets]
    told = [Edit(one.kind, one.record, {"recorded_at": at}) for one, at in found_at]
    session.journal.commit(told, eg.NOW)  # a device writes its own moment into what is new
    session.index.load()
    return session


EARLY, LATER = "2026-11-18T09:00:00.000+07:00", "2026-11-19T09:00:00.000+07:00"


def test_the_oldest_danger_comes_first(tmp_path: Path) -> None:
    later = conflict(LATER, case=DANGER, of=DANGER)
    early = conflict(EARLY, case=DANGER, of=DANGER)
    calm = conflict("2026-11-01T09:00:00.000+07:00", case=CALM, of=CALM)
    done = conflict(EARLY, case=DANGER, of=DANGER, settled="ours")
    session = desk(tmp_path, later, calm, done, early)
    found = [line.id for line in open_conflicts(session.journal, session.index)]
    assert found == [early.record, later.record, calm.record]


async def test_a_row_says_what_who_and_when_and_the_desk_shows_the_card(tmp_path: Path) -> None:
    one = conflict(EARLY, case=DANGER, of=DANGER)
    async with showing(desk(tmp_path, one), ConflictsScreen, width=DESK) as (ui, _):
        text = ui.text()
        assert "ประยงค์ ทดสอบ" in text
        assert "18 พ.ย. 69" in text
        assert "รอตัดสินใจ 1 เรื่อง" in text
        assert ui.marked("choose-theirs")


async def test_a_settled_one_leaves_the_list_at_once_and_the_next_is_offered(
    tmp_path: Path,
) -> None:
    first = conflict(EARLY, case=DANGER, of=DANGER)
    second = conflict(LATER, case=CALM, of=CALM)
    session = desk(tmp_path, first, second)
    async with showing(session, ConflictsScreen) as (ui, _):
        await ui.click(ui.marked(f"row-{first.record}"))
        await ui.click(ui.marked("choose-theirs"))
        assert "เลือกแล้ว" in ui.text()
        await ui.click(ui.marked("next"))
        await ui.click(ui.marked("choose-ours"))
        assert "ไม่มีเรื่องที่ต้องตัดสินใจ" in ui.text()
        await ui.click(ui.marked("close"))
        assert not ui.all(ft.Semantics, identifier=f"row-{second.record}")
    case = session.journal.get(DANGER)
    assert case is not None
    assert case.values["urgency"] == "urgent"


async def test_at_the_desk_what_was_decided_stays_in_sight_and_the_next_comes_when_asked_for(
    tmp_path: Path,
) -> None:
    first = conflict(EARLY, case=DANGER, of=DANGER)
    second = conflict(LATER, case=CALM, of=CALM)
    async with showing(desk(tmp_path, first, second), ConflictsScreen, width=DESK) as (ui, _):
        await ui.click(ui.marked("choose-theirs"))
        assert "เลือกแล้ว" in ui.text()
        assert not ui.all(ft.Semantics, identifier="choose-theirs")  # no second click by mistake
        await ui.click(ui.marked("next"))
        await ui.click(ui.marked("choose-theirs"))
        assert "เลือกแล้ว" in ui.text()
        assert "ไม่มีเรื่องที่ต้องตัดสินใจ" in ui.text()


async def test_on_the_phone_the_open_question_says_whom_it_is_about(tmp_path: Path) -> None:
    one = conflict(EARLY, case=DANGER, of=DANGER)
    async with showing(desk(tmp_path, one), ConflictsScreen) as (ui, _):
        await ui.click(ui.marked(f"row-{one.record}"))
        assert "ทองดี มีสุก" in ui.text()


async def test_nothing_to_decide_is_good_news(tmp_path: Path) -> None:
    for width in (390.0, DESK):
        async with showing(desk(tmp_path / str(width)), ConflictsScreen, width=width) as (ui, _):
            assert "ไม่มีเรื่องที่ต้องตัดสินใจ" in ui.text()


async def test_a_long_list_is_turned_page_by_page(tmp_path: Path) -> None:
    many = [conflict(EARLY, case=CALM, of=CALM) for _ in range(60)]
    async with showing(desk(tmp_path, *many), ConflictsScreen, width=DESK) as (ui, _):
        assert "รอตัดสินใจ 60 เรื่อง" in ui.text()
        await ui.click(ui.marked("page-on"))
        await ui.click(ui.marked("page-on"))
        assert not ui.all(ft.Semantics, identifier="page-on")
        assert ui.marked("page-back")


def same_person(**fields: Json) -> Edit:
    usual: dict[str, Json] = {
        "sort": "same_person",
        "of_kind": "person",
        "of": PERSON,
        "with": TWIN,
        "path": "merged_into",
        "case": DANGER,
        "needs_person": True,
    }
    return eg.edit("conflict", eg.new_id(), **(usual | fields))


@pytest.mark.parametrize("width", [390.0, DESK])
async def test_two_persons_are_shown_with_their_few_facts_and_no_number(
    tmp_path: Path, width: float
) -> None:
    one = same_person()
    async with showing(desk(tmp_path, one), ConflictCard, one.record, width=width) as (ui, ways):
        text = ui.text()
        assert "มีสุข" in text
        assert "มีสุก" in text
        assert ID_NO not in text
        assert "1-XXXX-XXXXX-XX-8" in text
        await ui.click(ui.marked(f"open-{DANGER}"))
        assert ways.routes == [f"/cases/{DANGER}"]


@pytest.mark.parametrize("answer", ["same", "different"])
async def test_one_tap_says_whether_they_are_the_same(tmp_path: Path, answer: str) -> None:
    one = same_person()
    session = desk(tmp_path, one)
    async with showing(session, ConflictCard, one.record) as (ui, _):
        await ui.click(ui.marked(f"choose-{answer}"))
        assert "ตัดสินใจแล้ว" in ui.text()
    settled = session.journal.get(one.record)
    assert settled is not None
    assert (settled.values["settled"], settled.values["settled_by"]) == (answer, MINE)


@pytest.mark.parametrize("role", ["volunteer", "auditor", "finance"])
async def test_who_may_not_decide_about_two_records_only_looks(tmp_path: Path, role: str) -> None:
    one = same_person()
    async with showing(desk(tmp_path, one, role=role), ConflictCard, one.record) as (ui, _):
        assert not ui.all(ft.Semantics, identifier="choose-same")
        assert "เจ้าหน้าที่ศูนย์" in ui.text()


async def test_a_card_shows_no_field_that_is_kept_from_the_role(tmp_path: Path) -> None:
    one = same_person()
    guest = desk(tmp_path, one, role="mdt_guest")
    async with showing(guest, ConflictCard, one.record) as (ui, _):
        assert "XXXX" not in ui.text()


async def test_a_meeting_shows_its_resolutions_and_a_record_that_is_not_here_says_so(
    tmp_path: Path,
) -> None:
    meeting = eg.new_id()
    held = eg.edit(
        "conference",
        meeting,
        case=DANGER,
        started_at=EARLY,
        channel="line_meeting",
        resolutions=[{"text": f"มติข้อที่ {n}"} for n in range(8)],
    )
    one = same_person(
        sort="same_meeting", of_kind="conference", of=meeting, **{"with": eg.new_id()}
    )
    async with showing(desk(tmp_path, held, one), ConflictCard, one.record) as (ui, _):
        text = ui.text()
    assert "มติข้อที่ 5" in text
    assert "และอีก 2 ข้อ" in text
    assert "เครื่องนี้ไม่มีข้อมูลรายการนี้" in text


async def test_the_last_place_names_partner_and_capacity_with_its_day(tmp_path: Path) -> None:
    early, late = eg.new_id(), eg.new_id()
    day: Json = {"iso": "2026-11-01", "precision": "day"}
    capacity: Json = {"total": 4, "used": 4, "as_of": day}
    partner = eg.edit("partner", PARTNER, name="วัดทดสอบ", area="920213", capacity=capacity)
    placed = [
        eg.edit("placement", early, case=CALM, partner=PARTNER, state="handed_over"),
        eg.edit("placement", late, case=DANGER, partner=PARTNER, state="waiting"),
    ]
    one = same_person(
        sort="last_place", of_kind="placement", of=late, path="state", **{"with": early}
    )
    english = Appearance(24, "sunlight", "en")
    session = desk(tmp_path, partner, *placed, one)
    async with showing(session, ConflictCard, one.record) as (ui, _):
        assert "วัดทดสอบ · รับได้ 4 คน รับอยู่ 4 คน (1 พฤศจิกายน 2569)" in ui.text()
    async with showing(session, ConflictCard, one.record, appearance=english) as (ui, _):
        for choice in ("wait", "swap", "both"):
            assert ui.marked(f"choose-{choice}")


async def test_what_met_of_a_person_alone_is_seen_on_the_page_of_their_case(tmp_path: Path) -> None:
    one = conflict(EARLY, of_kind="person", of=PERSON, path="id_no")
    session = desk(tmp_path, one)
    detail = case_detail(session.journal, session.index, CALM)
    assert detail is not None
    assert [found.id for found in detail.conflicts] == [one.record]
