"""Each answer of a visit is saved as it is given, and lands in the record it is about."""

from __future__ import annotations

from pathlib import Path

import pytest

from telewelfare.actions.reporting import ReportDraft, Reported, record_report
from telewelfare.actions.session import Session
from telewelfare.actions.visiting import (
    QUESTIONS,
    NotYet,
    Visiting,
    Wrong,
    answer,
    answer_blank,
    finish_visit,
    keep_place,
    kept_place,
    not_asked,
    start_visit,
    visiting,
)
from telewelfare.domain.fields import Json
from telewelfare.domain.ids import RecordId
from telewelfare.domain.questions import Question, answered
from telewelfare.store.queries import CaseDetail, case_detail
from tests import eg


class Visit:
    """A visit that has begun."""

    def __init__(self, folder: Path) -> None:
        self.session: Session = eg.session(folder)
        reported = record_report(self.session, ReportDraft(situation="เห็น", area="920213"))
        assert isinstance(reported, Reported)
        self.case = reported.case
        self.id: RecordId = start_visit(self.session, self.detail)

    @property
    def detail(self) -> CaseDetail:
        found = case_detail(self.session.journal, self.session.index, self.case)
        assert found is not None
        return found

    @property
    def at(self) -> Visiting:
        found = visiting(self.session, self.id)
        assert found is not None
        return found

    def say(self, name: str, value: Json, *, confirmed: bool = False) -> Wrong | None:
        return answer(self.session, self.at, question(name), value, confirmed=confirmed)


@pytest.fixture
def visit(tmp_path: Path) -> Visit:
    return Visit(tmp_path)


def question(name: str) -> Question:
    return next(q for q in QUESTIONS if q.name == name)


def test_beginning_a_visit_begins_the_fact_finding(visit: Visit) -> None:
    assert visit.detail.line.state == "fact_finding"
    assert visit.detail.assessment is not None


def test_beginning_again_goes_on_with_the_open_visit(visit: Visit) -> None:
    assert start_visit(visit.session, visit.detail) == visit.id


def test_answers_land_in_the_record_they_are_about(visit: Visit) -> None:
    visit.say("mode", "onsite")
    visit.say("first_name", "สมชาย")
    visit.say("dim_severity", 3)
    known = visit.at.known
    assert known["visit"]["mode"] == "onsite"
    assert known["person"]["first_name"] == "สมชาย"
    assert known["assessment"]["items/health/severity"] == 3
    assert known["assessment"]["items/health/status"] == "assessed"


def test_the_first_answer_about_the_household_makes_one_and_the_next_goes_there(
    visit: Visit,
) -> None:
    visit.say("housing_type", "rented")
    visit.say("income_month", 150_000)
    assert visit.session.journal.count("household") == 1
    assert visit.detail.household["income_month"] == 150_000


def test_taking_a_tick_off_is_kept_too(visit: Visit) -> None:
    visit.say("immediate_help", ["food", "water"])
    visit.say("immediate_help", ["water"])
    assert visit.at.known["visit"]["immediate_help/food"] is False
    assert visit.at.known["visit"]["immediate_help/water"] is True


def test_problems_stand_on_the_case_and_a_grave_one_lifts_its_urgency(visit: Visit) -> None:
    visit.say("problems", ["P61_04", "P66_02"])
    assert visit.detail.case["problems/P61_04"] is True
    assert visit.detail.line.urgency == "urgent"


def test_a_wrong_check_digit_is_kept_only_when_confirmed(visit: Visit) -> None:
    wrong = visit.say("id_no", "1234567890123")
    assert wrong == Wrong("bad_id_number", soft=True)
    assert "id_no" not in visit.at.known["person"]
    assert visit.say("id_no", "1234567890123", confirmed=True) is None
    assert visit.at.known["person"]["id_no"] == "1234567890123"


def test_not_known_is_kept_and_a_later_answer_replaces_it(visit: Visit) -> None:
    name = question("first_name")
    answer_blank(visit.session, visit.at, name)
    assert answered(name, visit.at.known)
    visit.say("first_name", "สมชาย")
    assert visit.at.known["visit"]["not_known/first_name"] is False
    answer_blank(visit.session, visit.at, name)
    assert visit.at.known["person"]["first_name"] is None


def test_nothing_of_a_list_unticks_what_was_ticked(visit: Visit) -> None:
    visit.say("immediate_help", ["food"])
    answer_blank(visit.session, visit.at, question("immediate_help"))
    assert visit.at.known["visit"]["immediate_help/food"] is False
    assert answered(question("immediate_help"), visit.at.known)


def test_a_dimension_not_looked_at_is_not_without_problem(visit: Visit) -> None:
    visit.say("dim_severity", 0)
    not_asked(visit.session, visit.at, question("dim_severity"))
    known = visit.at.known["assessment"]
    assert known["items/health/status"] == "not_assessed"
    assert known["items/health/severity"] is None


def test_the_place_is_kept_for_its_own_visit_only(visit: Visit) -> None:
    keep_place(visit.session, visit.id, "visit/mode")
    assert kept_place(visit.session, visit.id) == "visit/mode"
    assert kept_place(visit.session, "another") == ""


def test_a_visit_ends_only_with_what_is_needed(visit: Visit) -> None:
    left = finish_visit(visit.session, visit.detail, visit.id)
    assert isinstance(left, NotYet)
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
    assert finish_visit(visit.session, visit.detail, visit.id) is None
    assert visit.detail.line.state == "fact_found"


def test_a_visit_without_meeting_anyone_ends_and_the_case_waits_for_another(visit: Visit) -> None:
    visit.say("mode", "onsite")
    visit.say("met_client", value=False)
    visit.say("not_met_reason", "บ้านปิด")
    assert finish_visit(visit.session, visit.detail, visit.id) is None
    assert visit.detail.line.state == "fact_finding"
    assert start_visit(visit.session, visit.detail) != visit.id
