"""Two values that met are shown in words, and one tap settles them."""

from __future__ import annotations

from pathlib import Path

import flet as ft
import pytest

from telewelfare.actions.session import Session
from telewelfare.domain.fields import Json
from telewelfare.views.conflict_card import ConflictCard
from telewelfare.views.look import Appearance
from tests import eg
from tests.views.desk import showing

CASE, PARTNER, HOME, CONFLICT = (eg.new_id() for _ in range(4))
MINE, THEIRS = "00000000-0000-7000-8000-000000000001", "00000000-0000-7000-8000-000000000002"
EARLY, LATE = "019a9f0000000000daaaaaaa", "019a9f1111110000dbbbbbbb"


def met(folder: Path, role: str = "social_worker", **fields: Json) -> Session:
    usual: dict[str, Json] = {
        "case": CASE,
        "of_kind": "partner",
        "of": PARTNER,
        "path": "phone",
        "kept": "0812345678",
        "kept_by": MINE,
        "kept_stamp": LATE,
        "other": "0898765432",
        "other_by": THEIRS,
        "other_stamp": EARLY,
    }
    edits = [
        eg.case(CASE),
        eg.edit("partner", PARTNER, name="วัดทดสอบ", area="920213", phone="0812345678"),
        eg.edit("household", HOME, case=CASE, income_month=120_000),
        eg.edit("worker", THEIRS, display_name="ประยงค์ ทดสอบ", role="volunteer"),
        eg.edit("conflict", CONFLICT, **(usual | fields)),
    ]
    session = eg.session(folder, role, edits=edits)
    session.index.load()
    return session


async def test_both_values_show_who_and_when_and_the_label(tmp_path: Path) -> None:
    async with showing(met(tmp_path), ConflictCard, CONFLICT) as (ui, _):
        text = ui.text()
    assert "081-234-5678" in text
    assert "089-876-5432" in text
    assert "ประยงค์ ทดสอบ" in text
    assert "สมศรี ทดสอบ" in text
    assert "20 พ.ย. 68" in text  # when, in the Buddhist era


async def test_one_tap_takes_the_other_value(tmp_path: Path) -> None:
    session = met(tmp_path)
    async with showing(session, ConflictCard, CONFLICT) as (ui, _):
        await ui.click(ui.marked("choose-theirs"))
        assert "เลือกแล้ว" in ui.text()
    partner, conflict = session.journal.get(PARTNER), session.journal.get(CONFLICT)
    assert partner is not None
    assert partner.values["phone"] == "0898765432"
    assert conflict is not None
    assert conflict.values["settled"] == "theirs"


async def test_one_tap_keeps_the_value_in_use(tmp_path: Path) -> None:
    session = met(tmp_path)
    async with showing(session, ConflictCard, CONFLICT) as (ui, _):
        await ui.click(ui.marked("choose-ours"))
    partner = session.journal.get(PARTNER)
    assert partner is not None
    assert partner.values["phone"] == "0812345678"


async def test_a_third_value_can_be_written_and_a_wrong_one_is_explained(tmp_path: Path) -> None:
    session = met(
        tmp_path, of_kind="household", of=HOME, path="income_month", kept=120_000, other=250_000
    )
    async with showing(session, ConflictCard, CONFLICT) as (ui, _):
        assert "1,200 บาท" in ui.text()
        await ui.click(ui.marked("write"))
        await ui.type("พันสอง")
        await ui.click(ui.marked("save-third"))
        assert "เช่น 1500" in ui.text()
        await ui.type("1,350.50")
        await ui.click(ui.marked("save-third"))
    home = session.journal.get(HOME)
    assert home is not None
    assert home.values["income_month"] == 135_050


async def test_a_code_is_chosen_from_its_list_and_shown_by_its_label(tmp_path: Path) -> None:
    session = met(
        tmp_path, of_kind="case", of=CASE, path="urgency", kept="critical", other="normal"
    )
    async with showing(session, ConflictCard, CONFLICT) as (ui, _):
        assert "วิกฤต" in ui.text()
        assert "ปกติ" in ui.text()
        await ui.click(ui.marked("write"))
        await ui.click(ui.marked("choice-urgent"))
    case = session.journal.get(CASE)
    assert case is not None
    assert case.values["urgency"] == "urgent"


async def test_a_move_that_came_too_late_is_explained_and_acknowledged(tmp_path: Path) -> None:
    session = met(tmp_path, of_kind="case", of=CASE, path="state", kept="assigned", other="triaged")
    async with showing(session, ConflictCard, CONFLICT) as (ui, _):
        assert "มีผู้เลื่อนสถานะก่อนหน้า" in ui.text()
        assert "มอบหมายลงพื้นที่" in ui.text()
        assert not ui.all(ft.Semantics, identifier="choose-theirs")
        await ui.click(ui.marked("choose-ours"))
    case = session.journal.get(CASE)
    assert case is not None
    assert case.values["state"] == "reported"  # acknowledging moves nothing


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("target_groups/homeless", "กลุ่ม"),
        ("field_worker", "ผู้"),
        ("nothing_we_know", "nothing_we_know"),
        ("problems/p1/severity", "ความ"),
        ("watchers/somebody", "ผู้"),
    ],
)
async def test_every_path_has_some_words(tmp_path: Path, path: str, words: str) -> None:
    session = met(tmp_path, of_kind="case", of=CASE, path=path, kept=True, other=None)
    async with showing(session, ConflictCard, CONFLICT) as (ui, _):
        assert "ไม่ได้กรอก" in ui.text()
        assert words in ui.text()


async def test_values_kept_from_a_role_are_not_asked_for(tmp_path: Path) -> None:
    session = eg.session(
        tmp_path,
        edits=[eg.case(CASE), eg.edit("conflict", CONFLICT, case=CASE, of_kind="visit", path="x")],
    )
    session.index.load()
    async with showing(session, ConflictCard, CONFLICT) as (ui, _):
        assert "นักสังคมสงเคราะห์" in ui.text()
        assert not ui.all(ft.Semantics, identifier="choose-ours")


async def test_a_role_that_may_not_write_only_looks(tmp_path: Path) -> None:
    async with showing(met(tmp_path, "auditor"), ConflictCard, CONFLICT) as (ui, _):
        assert not ui.all(ft.Semantics, identifier="choose-ours")


async def test_a_conflict_that_is_gone_is_a_calm_note(tmp_path: Path) -> None:
    async with showing(eg.session(tmp_path), ConflictCard, "nowhere") as (ui, _):
        assert "ไม่มีข้อมูลที่ขัดแย้งกัน" in ui.text()


async def test_the_card_speaks_english_too(tmp_path: Path) -> None:
    english = Appearance(24, "sunlight", "en")
    async with showing(met(tmp_path), ConflictCard, CONFLICT, appearance=english) as (ui, _):
        assert "Two people" in ui.text()


async def test_id_numbers_are_covered_until_somebody_opens_them_which_is_written_down(
    tmp_path: Path,
) -> None:
    person = eg.new_id()
    session = met(
        tmp_path, of_kind="person", of=person, path="id_no", kept="1101700230678", other="1"
    )
    async with showing(session, ConflictCard, CONFLICT) as (ui, _):
        assert "1-1017-00230-67-8" not in ui.text()
        assert not ui.all(ft.Semantics, identifier="choose-ours")
        await ui.click(ui.marked("reveal"))
        assert "1-1017-00230-67-8" in ui.text()
        assert ui.marked("choose-ours")
    [receipt] = session.journal.of_kind("receipt")
    assert (receipt.values["stage"], receipt.values["case"]) == ("revealed", CASE)


async def test_the_button_says_which_value_it_takes(tmp_path: Path) -> None:
    async with showing(met(tmp_path), ConflictCard, CONFLICT) as (ui, _):
        assert "ใช้ “089-876-5432”" in ui.text()
        assert "ใช้ “081-234-5678”" in ui.text()
