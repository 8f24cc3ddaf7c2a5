"""Three steps, a look back, and a number; nothing typed is lost on the way."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import flet as ft
import pytest

from telewelfare.actions.reporting import ReportDraft, keep_draft, kept_draft
from telewelfare.actions.session import Session
from telewelfare.strings import texts
from telewelfare.views.look import Appearance
from telewelfare.views.report import PAUSE, ReportScreen
from tests import eg
from tests.headless import DESK, PHONE, Ui
from tests.views.desk import showing

DRAFT = ReportDraft(situation="พบยายนอนอยู่ศาลา", area="920213")
TH = texts("th")
STORY, REPORTER = (TH.field("incident_report", n) for n in ("situation_text", "reporter_name"))
ALIAS, AGE = TH("report.alias.label"), TH("report.age.label")


def button(ui: Ui, mark: str) -> ft.Control:
    control = ui.marked(mark)
    assert isinstance(control, ft.Control)
    return control


async def press(ui: Ui, mark: str) -> None:
    await ui.click(button(ui, mark))


async def choose(ui: Ui, code: str) -> None:
    await ui.click(ui.one(ft.Semantics, identifier=f"choice-{code}").content)


def field(ui: Ui, label: str) -> ft.TextField:
    control = ui.one(ft.Semantics, label=label).content
    assert isinstance(control, ft.TextField)
    return control


async def write(ui: Ui, label: str, text: str) -> None:
    await ui.type(text, field(ui, label))


def cases(session: Session) -> int:
    return session.journal.count("case")


async def test_a_report_is_made_in_three_steps(tmp_path: Path) -> None:
    session = eg.session(tmp_path)
    async with showing(session, ReportScreen) as (ui, ways):
        await write(ui, STORY, "พบยายนอนอยู่ศาลา")
        await press(ui, "next")
        await choose(ui, "920213")
        await press(ui, "next")
        await write(ui, ALIAS, "ยายแจ่ม")
        await press(ui, "next")
        assert "พบยายนอนอยู่ศาลา" in ui.text()
        await press(ui, "next")
        assert "TAAAA-691120-1" in ui.text()
        assert cases(session) == 1
        await press(ui, "visit-now")
        assert ways.routes[-1].startswith("/visit/")
    assert kept_draft(session) is None


async def test_an_empty_step_says_what_is_missing_and_stays(tmp_path: Path) -> None:
    async with showing(eg.session(tmp_path), ReportScreen) as (ui, _):
        await press(ui, "next")
        assert ui.all(ft.Semantics, identifier="field-error")
        assert ui.all(ft.Semantics, identifier="situation")


async def test_a_wrong_age_stays_as_typed_with_a_sentence(tmp_path: Path) -> None:
    session = eg.session(tmp_path)
    keep_draft(session, replace(DRAFT, step=3))
    async with showing(session, ReportScreen) as (ui, _):
        await press(ui, "go-on")
        await write(ui, AGE, "หกสิบ")
        await press(ui, "next")
        assert field(ui, AGE).value == "หกสิบ"
        assert ui.all(ft.Semantics, identifier="field-error")


async def test_danger_shows_whom_to_call_at_once(tmp_path: Path) -> None:
    async with showing(eg.session(tmp_path), ReportScreen) as (ui, ways):
        assert not ui.all(ft.Semantics, identifier="emergency")
        await choose(ui, "life_threat")
        await press(ui, "call-1669")
        assert ways.launched == ["tel:1669"]


async def test_hunger_is_no_reason_to_call_an_ambulance(tmp_path: Path) -> None:
    async with showing(eg.session(tmp_path), ReportScreen) as (ui, _):
        await choose(ui, "no_food_shelter")
        assert not ui.all(ft.Semantics, identifier="emergency")


async def test_a_killed_app_offers_to_go_on(tmp_path: Path) -> None:
    session = eg.session(tmp_path)
    keep_draft(session, replace(DRAFT, step=2))
    async with showing(session, ReportScreen) as (ui, _):
        assert DRAFT.situation in ui.text()
        await press(ui, "go-on")
        assert ui.all(ft.Semantics, identifier="place")


async def test_throwing_a_draft_away_can_be_undone(tmp_path: Path) -> None:
    session = eg.session(tmp_path)
    keep_draft(session, DRAFT)
    async with showing(session, ReportScreen) as (ui, _):
        await press(ui, "throw")
        assert kept_draft(session) is None
        await press(ui, "undo-throw")
        assert kept_draft(session) == DRAFT
        assert field(ui, STORY).value == DRAFT.situation


async def test_what_is_typed_is_kept_without_pressing_anything(tmp_path: Path) -> None:
    session = eg.session(tmp_path)
    async with showing(session, ReportScreen) as (ui, _):
        await write(ui, STORY, "พบคนล้ม")
        await asyncio.sleep(PAUSE + 0.1)
        kept = kept_draft(session)
        assert kept is not None
        assert kept.situation == "พบคนล้ม"


async def test_leaving_keeps_what_was_typed(tmp_path: Path) -> None:
    session = eg.session(tmp_path)
    async with showing(session, ReportScreen) as (ui, ways):
        await write(ui, STORY, "พบคนล้ม")
        await press(ui, "next")
        await press(ui, "back")
        await press(ui, "back")
        assert ways.routes == ["/"]
    kept = kept_draft(session)
    assert kept is not None
    assert kept.situation == "พบคนล้ม"


async def test_no_position_is_not_an_error(tmp_path: Path) -> None:
    session = eg.session(tmp_path)
    keep_draft(session, replace(DRAFT, step=2))
    async with showing(session, ReportScreen) as (ui, _):
        await press(ui, "go-on")
        await press(ui, "locate")
        await asyncio.sleep(0.05)
        await ui.settle()
        assert ui.all(ft.Semantics, identifier="banner-notice")


async def test_the_reporter_may_stay_unknown(tmp_path: Path) -> None:
    session = eg.session(tmp_path)
    keep_draft(session, replace(DRAFT, step=3))
    async with showing(session, ReportScreen) as (ui, _):
        await press(ui, "go-on")
        await choose(ui, "neighbour")
        await write(ui, REPORTER, "ป้าแดง")
        await choose(ui, "confidential")
        await press(ui, "next")
        await press(ui, "next")
    report_of_case = session.journal.of_kind("incident_report")[0].values
    assert report_of_case["reporter_confidential"] is True


@pytest.mark.parametrize("width", [PHONE[0], DESK[0]])
@pytest.mark.parametrize("step", [1, 2, 3, 4])
async def test_every_step_is_drawn_in_english_and_large(
    tmp_path: Path, step: int, width: int
) -> None:
    session = eg.session(tmp_path)
    keep_draft(session, replace(DRAFT, step=step, red_flags=("life_threat",)))
    look = Appearance(24, "sunlight", "en")
    async with showing(session, ReportScreen, width=width, appearance=look) as (ui, _):
        await press(ui, "go-on")
        assert not ui.all(ft.Semantics, identifier="screen-broken")
        assert ui.all(ft.Semantics, identifier="next")


@pytest.mark.parametrize(("step", "label"), [(1, STORY), (3, ALIAS)])
async def test_a_text_too_long_for_the_centre_stays_with_a_sentence_at_its_field(
    tmp_path: Path, step: int, label: str
) -> None:
    session, typed = eg.session(tmp_path), "ก" * 20_000
    keep_draft(session, replace(DRAFT, step=step))
    async with showing(session, ReportScreen) as (ui, _):
        await press(ui, "go-on")
        await write(ui, label, typed)
        await press(ui, "next")
        assert field(ui, label).value == typed
        assert "20000" in ui.text()
        assert len(ui.all(ft.Semantics, identifier="field-error")) == 1
