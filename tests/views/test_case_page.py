"""A case says where it stands, what to do next, and no more than the centre itself said."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import flet as ft
import pytest
from PIL import Image

from telewelfare.actions.session import Session
from telewelfare.domain.dates import bangkok_iso
from telewelfare.domain.fields import Json
from telewelfare.domain.ids import RecordId
from telewelfare.domain.lifecycle import OPEN_STATES
from telewelfare.domain.operations import Edit
from telewelfare.strings import texts
from telewelfare.views.case_page import CasePanel, CaseScreen
from telewelfare.views.look import Appearance
from tests import eg
from tests.headless import DESK, PHONE, Ui
from tests.views.desk import showing
from tests.views.device import until_said

TH = texts("th")
CASE, PERSON, REPORT = eg.new_id(), eg.new_id(), eg.new_id()
NUMBER = "1234567890121"


def device(
    folder: Path, role: str = "volunteer", more: Iterable[Edit] = (), **case: Json
) -> Session:
    session = eg.session(
        folder,
        role,
        edits=[
            eg.edit(
                "person",
                PERSON,
                first_name="สมชาย",
                sex="male",
                id_no=NUMBER,
                phones=["0812345678"],
            ),
            eg.case(CASE, client=PERSON, **case),
            eg.edit(
                "incident_report",
                REPORT,
                case=CASE,
                channel="volunteer",
                occurred_at=bangkok_iso(eg.NOW),
                area="920213",
                situation_text="พบลุงนอนศาลา",
                reporter_kind="neighbour",
                reporter_name="ป้าแดง",
                reporter_phone="0899999999",
                red_flags=["severe_illness"],
            ),
            *more,
        ],
    )
    session.index.load()
    return session


def has(ui: Ui, mark: str) -> bool:
    return bool(ui.all(ft.Semantics, identifier=mark))


async def test_a_case_says_who_where_and_what_happened(tmp_path: Path) -> None:
    async with showing(device(tmp_path), CaseScreen, CASE) as (ui, _):
        text = ui.text()
        for words in ("สมชาย", "พบลุงนอนศาลา", "เกาะลิบง", TH.code("red_flag", "severe_illness")):
            assert words in text


async def test_a_case_that_is_not_here_is_a_calm_note(tmp_path: Path) -> None:
    async with showing(eg.session(tmp_path), CaseScreen, str(eg.new_id())) as (ui, _):
        assert TH("case.gone") in ui.text()


async def test_the_next_thing_to_do_is_to_find_the_facts(tmp_path: Path) -> None:
    session = device(tmp_path)
    async with showing(session, CaseScreen, CASE) as (ui, ways):
        assert TH("case.visit") in ui.text()
        await ui.click(ui.marked("visit"))
        assert ways.routes[-1].startswith("/visit/")
        assert TH("case.visit_on") in ui.text()


async def test_a_closed_case_asks_for_nothing(tmp_path: Path) -> None:
    async with showing(device(tmp_path, state="closed"), CaseScreen, CASE) as (ui, _):
        assert not has(ui, "visit")


async def test_the_id_number_is_masked_until_opened_and_that_leaves_a_receipt(
    tmp_path: Path,
) -> None:
    session = device(tmp_path)
    async with showing(session, CaseScreen, CASE) as (ui, _):
        assert "1-2345-67890-12-1" not in ui.text()
        await ui.click(ui.marked("reveal"))
        assert "1-2345-67890-12-1" in ui.text()
    stages = [r.values["stage"] for r in session.journal.of_kind("receipt")]
    assert stages == ["revealed"]


async def test_receipts_promise_nothing_that_the_centre_did_not_say(tmp_path: Path) -> None:
    async with showing(device(tmp_path), CaseScreen, CASE) as (ui, _):
        text = ui.text()
        assert TH("case.receipt.not_at_centre") in text
        assert TH("case.receipt.not_opened") in text
        assert TH("case.receipt.not_acted") in text


async def test_one_can_call_the_person_and_who_reported(tmp_path: Path) -> None:
    async with showing(device(tmp_path), CaseScreen, CASE) as (ui, ways):
        await ui.click(ui.marked("call-person"))
        await ui.click(ui.marked("call-reporter"))
        assert ways.launched == ["tel:+66812345678", "tel:+66899999999"]


async def test_a_reporter_who_wants_to_stay_unknown_is_neither_named_nor_called(
    tmp_path: Path,
) -> None:
    secret = [eg.edit("incident_report", REPORT, reporter_confidential=True)]
    async with showing(device(tmp_path, more=secret), CaseScreen, CASE) as (ui, _):
        assert "ป้าแดง" not in ui.text()
        assert not has(ui, "call-reporter")


async def test_the_office_has_opened_a_case_once_it_looked(tmp_path: Path) -> None:
    session = device(tmp_path, "social_worker")
    stranger = Edit("case", CASE, {"created_by": "00000000-0000-7000-8000-000000000009"})
    session.journal.commit([stranger], eg.NOW)
    async with showing(session, CaseScreen, CASE) as (ui, _):
        await ui.settle()
    async with showing(session, CasePanel, CASE) as (ui, _):
        await ui.settle()
    stages = [r.values["stage"] for r in session.journal.of_kind("receipt")]
    assert stages == ["opened"]


async def test_a_volunteer_leaves_no_receipt_and_is_offered_no_office_forms(
    tmp_path: Path,
) -> None:
    session = device(tmp_path)
    async with showing(session, CaseScreen, CASE) as (ui, _):
        await ui.settle()
        assert not has(ui, "open-assign")
        assert not has(ui, "open-move")
    assert session.journal.count("receipt") == 0


async def test_the_office_triages_a_case(tmp_path: Path) -> None:
    session = device(tmp_path, "social_worker")
    async with showing(session, CaseScreen, CASE, width=DESK[0]) as (ui, _):
        await ui.click(ui.marked("open-triage"))
        await ui.click(ui.marked("choice-critical"))
        await ui.click(ui.marked("save-triage"))
        assert has(ui, "open-triage")
    line = session.index.case(CASE)
    assert line is not None
    assert (line.urgency, line.state) == ("critical", "triaged")


async def test_two_quick_taps_do_not_take_back_what_the_office_decided(tmp_path: Path) -> None:
    near = eg.new_id()
    worker = eg.edit("worker", near, display_name="หนึ่ง", role="volunteer", areas=["920213"])
    session = device(tmp_path, "social_worker", [worker])
    async with showing(session, CaseScreen, CASE, width=DESK[0]) as (ui, _):
        for form, choice in (("triage", "critical"), ("assign", near)):
            await ui.click(ui.marked(f"open-{form}"))
            await ui.click(ui.marked(f"choice-{choice}"))
            await ui.click_twice(ui.marked(f"save-{form}"))
    line = session.index.case(CASE)
    assert line is not None
    assert (line.urgency, line.field_worker) == ("critical", near)


async def test_the_office_hands_a_case_to_who_works_there(tmp_path: Path) -> None:
    near, far = eg.new_id(), eg.new_id()
    workers = [
        eg.edit("worker", far, display_name="กานดา ไกล", role="volunteer", areas=["920101"]),
        eg.edit("worker", near, display_name="หนึ่ง ใกล้", role="volunteer", areas=["920213"]),
    ]
    session = device(tmp_path, "social_worker", workers)
    async with showing(session, CaseScreen, CASE, width=DESK[0]) as (ui, _):
        await ui.click(ui.marked("open-assign"))
        text = ui.text()
        assert text.index("หนึ่ง ใกล้") < text.index("กานดา ไกล")
        await ui.click(ui.marked(f"choice-{near}"))
        await ui.click(ui.marked("save-assign"))
    line = session.index.case(CASE)
    assert line is not None
    assert (line.field_worker, line.state) == (near, "assigned")


async def test_cancelling_a_case_needs_a_reason(tmp_path: Path) -> None:
    session = device(tmp_path, "social_worker")
    async with showing(session, CaseScreen, CASE, width=DESK[0]) as (ui, _):
        await ui.click(ui.marked("open-move"))
        await ui.click(ui.marked("choice-cancelled"))
        button: Any = ui.marked("save-move")
        assert button.disabled
        await ui.type("แจ้งซ้ำ", ui.one(ft.TextField))
        await ui.click(ui.marked("save-move"))
    line = session.index.case(CASE)
    assert line is not None
    assert line.state == "cancelled"


async def test_a_case_that_moved_meanwhile_is_not_moved_blindly(tmp_path: Path) -> None:
    session = device(tmp_path, "social_worker")
    async with showing(session, CaseScreen, CASE, width=DESK[0]) as (ui, _):
        await ui.click(ui.marked("open-move"))
        await ui.click(ui.marked("choice-triaged"))
        moved: dict[str, Json] = {
            "case": CASE,
            "from": "reported",
            "to": "triaged",
            "occurred_at": bangkok_iso(eg.NOW),
        }
        session.journal.commit([Edit("status_event", eg.new_id(), moved)], eg.NOW)
        await ui.settle()
        button: Any = ui.marked("save-move")
        assert button.disabled


def photo() -> bytes:
    packed = io.BytesIO()
    Image.new("RGB", (640, 480), "teal").save(packed, "JPEG")
    return packed.getvalue()


async def test_a_photo_is_chosen_by_what_it_shows_and_kept(tmp_path: Path) -> None:
    session = device(tmp_path)
    async with showing(session, CaseScreen, CASE) as (ui, _):
        ui.client.answers["pick_files"] = [
            {"id": 1, "name": "a.jpg", "size": 9, "path": None, "bytes": photo()}
        ]
        await ui.click(ui.marked("add-photo"))
        await ui.click(ui.marked("choice-3"))
        for _ in range(40):
            await asyncio.sleep(0.05)
            if session.journal.count("attachment"):
                break
        await asyncio.sleep(0.1)
        await ui.settle()
        kept = session.journal.of_kind("attachment")
        assert [a.values["kind"] for a in kept] == ["3"]
        assert TH("case.photo.kept") in ui.text()
        await ui.click(ui.marked(f"photo-{kept[0].id}"))
        assert has(ui, "close-photo")


async def test_a_photo_that_is_not_here_yet_says_so(tmp_path: Path) -> None:
    names = {"sha256": "0" * 64, "thumb_sha256": "1" * 64}
    more = [eg.edit("attachment", case=CASE, kind="2", **names)]
    async with showing(device(tmp_path, more=more), CaseScreen, CASE) as (ui, _):
        assert TH.code("attachment_kind", "2") in ui.text()
        await until_said(ui, TH("photos.elsewhere.offline"))


async def test_two_values_that_met_are_shown_on_the_page(tmp_path: Path) -> None:
    conflict = eg.edit(
        "conflict",
        case=CASE,
        of_kind="person",
        of=PERSON,
        path="first_name",
        kept="สมชาย",
        other="สมชัย",
    )
    async with showing(device(tmp_path, more=[conflict]), CaseScreen, CASE) as (ui, _):
        assert "สมชัย" in ui.text()


@pytest.mark.parametrize("width", [PHONE[0], DESK[0]])
@pytest.mark.parametrize("state", [*OPEN_STATES, "closed", "ineligible", "cancelled", "new_state"])
async def test_every_state_is_drawn_even_one_of_a_newer_app(
    tmp_path: Path, state: str, width: int
) -> None:
    session = device(tmp_path, "director", state=state)
    look = Appearance(24, "sunlight", "en")
    async with showing(session, CaseScreen, CASE, width=width, appearance=look) as (ui, _):
        assert not has(ui, "screen-broken")


async def test_a_case_of_which_nothing_is_known_is_drawn(tmp_path: Path) -> None:
    bare = RecordId(eg.new_id())
    session = eg.session(tmp_path, edits=[Edit("case", bare, {"area": "920213"})])
    session.index.load()
    async with showing(session, CaseScreen, bare) as (ui, _):
        assert TH("cases.no_name") in ui.text()
        assert not has(ui, "screen-broken")


async def test_a_long_story_leaves_room_for_what_stands_under_it(tmp_path: Path) -> None:
    story = "พบลุงนอนอยู่ที่ศาลา ไม่มีใครรู้ว่ามาจากไหน " * 50
    told = eg.edit("incident_report", REPORT, situation_text=story)
    async with showing(device(tmp_path, more=[told]), CaseScreen, CASE) as (ui, _):
        assert story not in ui.text()
        await ui.click(ui.marked("fold-situation"))
        assert story in ui.text()
