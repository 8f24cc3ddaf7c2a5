"""One question a screen; each answer saved as it is given; back never loses."""

from __future__ import annotations

import asyncio
from pathlib import Path

import flet as ft
import pytest

from telewelfare.actions.reporting import ReportDraft, Reported, record_report
from telewelfare.actions.session import Session
from telewelfare.actions.visiting import QUESTIONS, answer, keep_place, start_visit, visiting
from telewelfare.domain.fields import Json, Values
from telewelfare.domain.questions import Question
from telewelfare.store.queries import case_detail
from telewelfare.strings import texts
from telewelfare.views.answer_field import PAUSE
from telewelfare.views.look import Appearance
from telewelfare.views.visit_form import VisitScreen
from tests import eg
from tests.headless import DESK, PHONE, Ui
from tests.views.desk import showing

TH = texts("th")


class Visit:
    """A visit that has begun, and what it holds."""

    def __init__(self, folder: Path) -> None:
        self.session: Session = eg.session(folder)
        reported = record_report(self.session, ReportDraft(situation="เห็น", area="920213"))
        assert isinstance(reported, Reported)
        self.case = reported.case
        detail = case_detail(self.session.journal, self.session.index, self.case)
        assert detail is not None
        self.id = start_visit(self.session, detail)

    def known(self, kind: str) -> Values:
        at = visiting(self.session, self.id)
        assert at is not None
        return at.known.get(kind, {})

    def say(self, name: str, value: Json) -> None:
        at = visiting(self.session, self.id)
        assert at is not None
        answer(self.session, at, question(name), value)

    def at(self, name: str) -> None:
        keep_place(self.session, self.id, question(name).key)

    @property
    def state(self) -> str:
        line = self.session.index.case(self.case)
        assert line is not None
        return line.state


@pytest.fixture
def visit(tmp_path: Path) -> Visit:
    return Visit(tmp_path)


def question(name: str) -> Question:
    return next(q for q in QUESTIONS if q.name == name)


def title(name: str) -> str:
    return TH(f"questions.{name}.title")


async def press(ui: Ui, mark: str) -> None:
    await ui.click(ui.marked(mark))


async def choose(ui: Ui, code: str) -> None:
    await press(ui, f"choice-{code}")


def has(ui: Ui, mark: str) -> bool:
    return bool(ui.all(ft.Semantics, identifier=mark))


async def test_a_choice_is_saved_before_one_goes_on(visit: Visit) -> None:
    async with showing(visit.session, VisitScreen, visit.id) as (ui, _):
        assert title("mode") in ui.text()
        await choose(ui, "onsite")
        assert visit.known("visit")["mode"] == "onsite"
        await press(ui, "next")
        assert title("met_client") in ui.text()


async def test_the_whole_visit_can_be_walked_through(visit: Visit) -> None:
    async with showing(visit.session, VisitScreen, visit.id) as (ui, _):
        for _ in range(len(QUESTIONS)):
            if has(ui, "finish-visit"):
                break
            await press(ui, "unasked" if has(ui, "unasked") else "next")
            assert not has(ui, "screen-broken")
        assert has(ui, "finish-visit")


async def test_what_is_typed_is_saved_by_going_on(visit: Visit) -> None:
    visit.at("first_name")
    async with showing(visit.session, VisitScreen, visit.id) as (ui, _):
        await ui.type("สมชาย", ui.one(ft.TextField))
        await press(ui, "next")
        assert visit.known("person")["first_name"] == "สมชาย"
        assert title("last_name") in ui.text()
        await press(ui, "back")
        assert ui.one(ft.TextField).value == "สมชาย"


async def test_what_is_typed_is_saved_after_a_pause(visit: Visit) -> None:
    visit.at("first_name")
    async with showing(visit.session, VisitScreen, visit.id) as (ui, _):
        await ui.type("สมชาย", ui.one(ft.TextField))
        await asyncio.sleep(PAUSE + 0.2)
        assert visit.known("person")["first_name"] == "สมชาย"


async def test_leaving_the_screen_saves_what_is_typed(visit: Visit) -> None:
    visit.at("first_name")
    async with showing(visit.session, VisitScreen, visit.id) as (ui, _):
        await ui.type("สมชาย", ui.one(ft.TextField))
        await press(ui, "all-questions")
        assert visit.known("person")["first_name"] == "สมชาย"


async def test_a_wrong_answer_stays_as_typed_even_after_going_back(visit: Visit) -> None:
    visit.at("age_estimated")
    async with showing(visit.session, VisitScreen, visit.id) as (ui, _):
        await ui.type("หกสิบ", ui.one(ft.TextField))
        await press(ui, "next")
        assert has(ui, "field-error")
        await press(ui, "back")
        assert title("birth") in ui.text()
        await press(ui, "next")
        assert ui.one(ft.TextField).value == "หกสิบ"


async def test_thai_digits_are_numbers(visit: Visit) -> None:
    visit.at("income_month")
    async with showing(visit.session, VisitScreen, visit.id) as (ui, _):
        await ui.type("๑,๕๐๐", ui.one(ft.TextField))
        await press(ui, "next")
        assert visit.known("household")["income_month"] == 150_000


async def test_a_year_alone_is_a_date_of_birth(visit: Visit) -> None:
    visit.at("birth")
    async with showing(visit.session, VisitScreen, visit.id) as (ui, _):
        year = ui.all(ft.TextField)[-1]
        await ui.type("2503", year)
        await press(ui, "next")
        assert visit.known("person")["birth"] == {"iso": "1960-01-01", "precision": "year"}
        assert title("age_estimated") not in ui.text()


async def test_a_year_of_the_other_era_is_explained(visit: Visit) -> None:
    visit.at("birth")
    async with showing(visit.session, VisitScreen, visit.id) as (ui, _):
        await ui.type("1960", ui.all(ft.TextField)[-1])
        await press(ui, "next")
        assert TH("parts.date.era") in ui.text()


async def test_an_id_number_shows_its_groups_and_may_be_kept_although_it_is_wrong(
    visit: Visit,
) -> None:
    visit.say("id_status", "has_card")
    visit.at("id_no")
    async with showing(visit.session, VisitScreen, visit.id) as (ui, _):
        await ui.type("12345678", ui.one(ft.TextField))
        assert "1-2345-678" in ui.text()
        assert TH("visit.id_left", n=5) in ui.text()
        await ui.type("1234567890123", ui.one(ft.TextField))
        await press(ui, "next")
        assert "id_no" not in visit.known("person")
        await press(ui, "keep-anyway")
        assert visit.known("person")["id_no"] == "1234567890123"


async def test_not_known_is_an_answer_and_goes_on(visit: Visit) -> None:
    visit.at("first_name")
    async with showing(visit.session, VisitScreen, visit.id) as (ui, _):
        await press(ui, "unknown")
        assert visit.known("visit")["not_known/first_name"] is True
        await press(ui, "back")
        assert TH("visit.said_not_known") in ui.text()


async def test_ticks_are_saved_one_by_one(visit: Visit) -> None:
    visit.at("immediate_help")
    async with showing(visit.session, VisitScreen, visit.id) as (ui, _):
        await choose(ui, "food")
        await choose(ui, "water")
        await choose(ui, "food")
        known = visit.known("visit")
        assert (known["immediate_help/food"], known["immediate_help/water"]) == (False, True)


async def test_problems_are_found_by_searching(visit: Visit) -> None:
    visit.at("problems")
    async with showing(visit.session, VisitScreen, visit.id) as (ui, _):
        await ui.type("เร่ร่อน", ui.one(ft.TextField))
        await ui.event(ui.one(ft.TextField), "submit", "เร่ร่อน")
        await choose(ui, "P61_04")
        assert visit.known("visit")["problems/P61_04"] is True
        assert visit.known("case")["problems/P61_04"] is True


async def test_findings_are_asked_only_of_a_grave_dimension(visit: Visit) -> None:
    visit.at("dim_severity")
    health = TH.code("dimension", "health")
    async with showing(visit.session, VisitScreen, visit.id) as (ui, _):
        await choose(ui, "3")
        await press(ui, "next")
        assert TH("questions.dim_findings.title", dimension=health) in ui.text()
        await press(ui, "back")
        await choose(ui, "0")
        await press(ui, "next")
        housing = TH.code("dimension", "housing")
        assert TH("questions.dim_severity.title", dimension=housing) in ui.text()


async def test_a_dimension_not_looked_at_is_said_to_be_that(visit: Visit) -> None:
    visit.at("dim_severity")
    async with showing(visit.session, VisitScreen, visit.id) as (ui, _):
        await press(ui, "unasked")
        assert visit.known("assessment")["items/health/status"] == "not_assessed"
        await press(ui, "back")
        assert TH("visit.said_not_assessed") in ui.text()


async def test_a_killed_app_goes_on_at_the_first_open_question(visit: Visit) -> None:
    visit.say("mode", "onsite")
    visit.say("met_client", value=True)
    async with showing(visit.session, VisitScreen, visit.id) as (ui, _):
        assert title("immediate_help") in ui.text()


async def test_every_question_is_reachable_from_the_list(visit: Visit) -> None:
    async with showing(visit.session, VisitScreen, visit.id) as (ui, _):
        await press(ui, "all-questions")
        await press(ui, f"question-{question('client_voice').key}")
        assert title("client_voice") in ui.text()


async def test_the_end_names_what_is_missing_and_leads_there(visit: Visit) -> None:
    async with showing(visit.session, VisitScreen, visit.id) as (ui, _):
        await press(ui, "all-questions")
        await press(ui, "to-end")
        await press(ui, f"missing-{question('problems').key}")
        assert title("problems") in ui.text()


async def test_a_complete_visit_ends_with_the_facts_found(visit: Visit) -> None:
    values: dict[str, Json] = {
        "mode": "onsite",
        "met_client": True,
        "id_status": "refuses",
        "problems": ["P61_04"],
        "client_voice": "อยากมีที่นอน",
        "notice_given": True,
    }
    for name, value in values.items():
        visit.say(name, value)
    async with showing(visit.session, VisitScreen, visit.id) as (ui, ways):
        await press(ui, "all-questions")
        await press(ui, "to-end")
        await press(ui, "finish-visit")
        assert ways.routes == [f"/cases/{visit.case}"]
    assert visit.state == "fact_found"


async def test_a_visit_that_is_not_here_is_a_calm_note(tmp_path: Path) -> None:
    async with showing(eg.session(tmp_path), VisitScreen, "nothing") as (ui, _):
        assert TH("visit.gone") in ui.text()


async def test_on_the_desk_the_questions_of_a_section_stand_together(visit: Visit) -> None:
    async with showing(visit.session, VisitScreen, visit.id, width=DESK[0]) as (ui, _):
        assert title("mode") in ui.text()
        assert title("met_client") in ui.text()
        await choose(ui, "onsite")
        assert visit.known("visit")["mode"] == "onsite"
        await press(ui, "section-2")
        assert title("first_name") in ui.text()
        assert title("birth") in ui.text()


async def test_on_the_desk_too_what_is_typed_is_saved_by_going_on(visit: Visit) -> None:
    visit.at("first_name")
    async with showing(visit.session, VisitScreen, visit.id, width=DESK[0]) as (ui, _):
        await ui.type("สมชาย", ui.all(ft.TextField)[0])
        await press(ui, "next")
        assert visit.known("person")["first_name"] == "สมชาย"


@pytest.mark.parametrize("width", [PHONE[0], DESK[0]])
async def test_the_form_is_drawn_in_english_and_large(visit: Visit, width: int) -> None:
    look = Appearance(24, "sunlight", "en")
    for name in ("mode", "birth", "problems", "dim_severity"):
        visit.at(name)
        async with showing(visit.session, VisitScreen, visit.id, width=width, appearance=look) as (
            ui,
            _,
        ):
            assert not has(ui, "screen-broken")


async def test_a_needed_question_is_not_skipped_in_silence(visit: Visit) -> None:
    visit.at("client_voice")
    async with showing(visit.session, VisitScreen, visit.id) as (ui, _):
        assert not has(ui, "question-note")
        await press(ui, "next")
        assert title("client_voice") in ui.text()
        assert TH("visit.needed_note") in ui.text()
        await press(ui, "unasked")
        assert title("client_voice") not in ui.text()
        assert not has(ui, "question-note")


async def test_a_question_that_is_not_needed_may_be_passed(visit: Visit) -> None:
    visit.at("first_name")
    async with showing(visit.session, VisitScreen, visit.id) as (ui, _):
        await press(ui, "next")
        assert title("last_name") in ui.text()
