"""A report becomes a case at once; what was typed outlives the app."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from telewelfare.actions.reporting import (
    ReportDraft,
    Reported,
    forget_draft,
    keep_draft,
    kept_draft,
    record_report,
    report_problems,
)
from telewelfare.actions.session import Session
from telewelfare.store.queries import case_detail
from tests import eg

DRAFT = ReportDraft(situation="พบลุงนอนศาลา", area="920213", alias="ลุงดำ", sex="male", age="70")


def saved(session: Session, draft: ReportDraft) -> Reported:
    outcome = record_report(session, draft)
    assert isinstance(outcome, Reported), outcome
    return outcome


def test_a_report_makes_a_case_a_person_and_itself(tmp_path: Path) -> None:
    session = eg.session(tmp_path)
    outcome = saved(session, DRAFT)
    detail = case_detail(session.journal, session.index, outcome.case)
    assert detail is not None
    assert detail.line.name == "ลุงดำ"
    assert detail.line.state == "reported"
    assert detail.report["situation_text"] == "พบลุงนอนศาลา"
    assert detail.person["age_estimated"] == 70
    assert detail.line.no == outcome.provisional_no == "TAAAA-691120-1"


def test_provisional_numbers_of_a_day_follow_each_other(tmp_path: Path) -> None:
    session = eg.session(tmp_path)
    numbers = [saved(session, DRAFT).provisional_no for _ in range(3)]
    assert [number.rsplit("-", 1)[1] for number in numbers] == ["1", "2", "3"]


def test_a_red_flag_makes_the_case_urgent_and_asks_for_a_second_look(tmp_path: Path) -> None:
    session = eg.session(tmp_path)
    outcome = saved(session, replace(DRAFT, red_flags=("child_alone",)))
    detail = case_detail(session.journal, session.index, outcome.case)
    assert detail is not None
    assert detail.line.urgency == "urgent"
    assert detail.line.needs_review
    assert detail.line.minors


def test_what_is_missing_is_named_by_field_and_step_and_nothing_is_written(tmp_path: Path) -> None:
    session = eg.session(tmp_path)
    outcome = record_report(session, ReportDraft(age="สิบ", reporter_phone="12"))
    assert not isinstance(outcome, Reported)
    assert [(p.field, p.step) for p in outcome] == [
        ("situation", 1),
        ("area", 2),
        ("age", 3),
        ("reporter_phone", 3),
    ]
    assert session.journal.count("case") == 0


def test_a_district_is_not_exact_enough() -> None:
    assert [p.field for p in report_problems(replace(DRAFT, area="9202"))] == ["area"]


def test_a_draft_outlives_the_app_and_goes_with_the_saved_report(tmp_path: Path) -> None:
    session = eg.session(tmp_path)
    keep_draft(session, replace(DRAFT, red_flags=("violence",)))
    assert kept_draft(session) == replace(DRAFT, red_flags=("violence",))
    saved(session, DRAFT)
    assert kept_draft(session) is None


def test_a_draft_that_is_thrown_away_is_gone(tmp_path: Path) -> None:
    session = eg.session(tmp_path)
    keep_draft(session, DRAFT)
    forget_draft(session)
    assert kept_draft(session) is None


@pytest.mark.parametrize(("typed", "age"), [("0", 0), ("130", 130), (" ", None)])
def test_a_newborn_has_an_age_and_a_blank_is_none(
    tmp_path: Path, typed: str, age: int | None
) -> None:
    session = eg.session(tmp_path)
    outcome = saved(session, replace(DRAFT, age=typed))
    detail = case_detail(session.journal, session.index, outcome.case)
    assert detail is not None
    assert detail.person.get("age_estimated") == age


@pytest.mark.parametrize("typed", ["131", "-1", "1.5", "²", "สิบ"])
def test_an_age_that_is_none_is_said_to_be_none(typed: str) -> None:
    assert [p.field for p in report_problems(replace(DRAFT, age=typed))] == ["age"]


@pytest.mark.parametrize("name", ["situation", "place", "alias", "reporter_name"])
@pytest.mark.parametrize(
    ("typed", "code"), [("ก" * 20_000, "too_long"), ("ก\0ข", "bad_characters")], ids=["long", "odd"]
)
def test_a_text_that_the_centre_would_send_back_is_named_before_it_is_saved(
    name: str, typed: str, code: str
) -> None:
    draft = replace(DRAFT, **{name: typed})  # type: ignore[arg-type]  # each of them is a text
    assert [(p.field, p.code) for p in report_problems(draft)] == [(name, code)]
