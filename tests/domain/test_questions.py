"""An answered question is not asked again, and only those that apply are asked at all."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import given, settings
from hypothesis import strategies as st

from telewelfare.domain.codes import CODES
from telewelfare.domain.fields import Json, Type
from telewelfare.domain.questions import (
    ASSESSMENT_QUESTIONS,
    BLANKS,
    NOT_KNOWN,
    NOTHING,
    VISIT_QUESTIONS,
    Question,
    answered,
    asked,
    blank_of,
    dimension_of,
    first_open,
    missing,
    resume,
)

QUESTIONS = (*VISIT_QUESTIONS[:-1], *ASSESSMENT_QUESTIONS, VISIT_QUESTIONS[-1])
KINDS = ("visit", "person", "household", "assessment")
Known = dict[str, dict[str, Json]]


def value(question: Question) -> dict[str, Json]:
    """Some answer to a question, as its record keeps it."""
    declared = question.field
    match declared.type:
        case Type.SET:
            return {f"{question.path}/{CODES[declared.codes][0]}": True}
        case Type.BOOL:
            return {question.path: True}
        case Type.CODE:
            return {question.path: CODES[declared.codes][0]}
        case Type.DATE:
            return {question.path: {"iso": "1960-01-01", "precision": "year"}}
        case Type.INT | Type.MONEY:
            return {question.path: 3}
    return {question.path: "คำตอบ"}


def known_of(questions: tuple[Question, ...]) -> Known:
    """What is known once these are answered."""
    known: Known = {kind: {} for kind in KINDS}
    for question in questions:
        known[question.kind] |= value(question)
        dimension = dimension_of(question)
        if dimension:
            known["assessment"][f"items/{dimension}/status"] = "assessed"
    return known


some = st.sets(st.sampled_from(range(len(QUESTIONS))), max_size=len(QUESTIONS)).map(
    lambda places: tuple(QUESTIONS[n] for n in sorted(places))
)


@settings(max_examples=60)
@given(some)
def test_an_answered_question_is_never_the_next_one(given_answers: tuple[Question, ...]) -> None:
    known = known_of(given_answers)
    place = first_open(QUESTIONS, known)
    assert place == len(QUESTIONS) or not answered(QUESTIONS[place], known)


@settings(max_examples=60)
@given(some, st.integers(0, len(QUESTIONS) - 1))
def test_going_on_after_a_break_never_goes_back(
    given_answers: tuple[Question, ...], last: int
) -> None:
    assert resume(QUESTIONS, known_of(given_answers), QUESTIONS[last].key) >= last


@settings(max_examples=60)
@given(some)
def test_what_is_asked_next_applies(given_answers: tuple[Question, ...]) -> None:
    known = known_of(given_answers)
    place = first_open(QUESTIONS, known)
    assert place == len(QUESTIONS) or QUESTIONS[place] in asked(QUESTIONS, known)


def test_when_all_that_apply_are_answered_nothing_is_missing() -> None:
    known: Mapping[str, Mapping[str, Json]] = known_of(())
    for _ in QUESTIONS:
        known = known_of(asked(QUESTIONS, known))
    assert missing(QUESTIONS, known) == ()


def test_nothing_needed_is_missing_once_the_needed_are_answered() -> None:
    needed = tuple(question for question in QUESTIONS if question.needed)
    assert missing(QUESTIONS, known_of(needed)) == ()


def test_each_question_has_a_key_of_its_own() -> None:
    assert len({question.key for question in QUESTIONS}) == len(QUESTIONS)


def test_a_question_about_another_is_asked_only_after_its_answer() -> None:
    names = {q.name for q in asked(QUESTIONS, {"visit": {"on_behalf": False}})}
    assert "applicant_first_name" not in names
    names = {q.name for q in asked(QUESTIONS, {"visit": {"on_behalf": True}})}
    assert "applicant_first_name" in names


def test_when_nobody_was_met_only_what_happened_is_asked() -> None:
    names = [q.name for q in asked(QUESTIONS, {"visit": {"met_client": False}})]
    assert names == ["mode", "met_client", "not_met_reason", "immediate_help"]


def test_a_lost_card_still_has_a_number() -> None:
    assert "id_no" in {q.name for q in asked(QUESTIONS, {"person": {"id_status": "lost"}})}
    assert "id_no" not in {q.name for q in asked(QUESTIONS, {"person": {"id_status": "refuses"}})}


def test_findings_are_asked_from_severity_two() -> None:
    for severity, expected in ((0, False), (1, False), (2, True), (4, True)):
        known = {"assessment": {"items/health/severity": severity}}
        paths = {q.path for q in asked(QUESTIONS, known)}
        assert ("items/health/findings" in paths) is expected


def test_a_dimension_not_looked_at_is_an_answer_and_not_the_same_as_no_problem() -> None:
    question = ASSESSMENT_QUESTIONS[0]
    assert not answered(question, {"assessment": {}})
    assert answered(question, {"assessment": {"items/health/status": "not_assessed"}})
    assert answered(question, {"assessment": {"items/health/severity": 0}})


def test_not_known_is_an_answer() -> None:
    name = next(q for q in QUESTIONS if q.name == "first_name")
    assert not answered(name, {"visit": {}})
    assert answered(name, {"visit": {f"{NOT_KNOWN}/first_name": True}})
    assert not answered(name, {"visit": {f"{NOT_KNOWN}/first_name": False}})


def test_a_needed_question_cannot_be_left_blank_and_lists_are_answered_by_nothing() -> None:
    for question in QUESTIONS:
        blank = blank_of(question)
        assert blank in ("", *BLANKS)
        assert not (question.needed and blank)
    assert blank_of(next(q for q in QUESTIONS if q.name == "immediate_help")) == NOTHING
