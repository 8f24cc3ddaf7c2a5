"""The questions of a visit, in the order of form ปสค., one for each screen of a phone.

Words are in `strings/*/questions.toml`, by the question's name. A question is asked of one record of the
case; its answer is one path, or one element of a set for each thing ticked. That nobody knows, or that
nothing of a list applies, is an answer too: the visit keeps the names of such questions (`BLANKS`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from telewelfare.domain.codes import CODES, DIMENSIONS
from telewelfare.domain.fields import Field, Json, Path, Type, Values, escape
from telewelfare.domain.kinds import KINDS

When = tuple[Path, tuple[Json, ...]]
"""A path of the same record, and the values with which a question is asked."""

NOT_KNOWN: Final = "not_known"
NOTHING: Final = "nothing"
BLANKS: Final = (NOT_KNOWN, NOTHING)
"""Sets of a visit: names of questions nobody could answer, or to which nothing listed applies."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question; with `when` it is asked only if another has one of these answers."""

    name: str
    kind: str  # of the record the answer belongs to
    path: Path
    section: str  # of form ปสค.
    needed: bool = False
    when: When | None = None

    @property
    def key(self) -> str:
        """What tells it from all others: questions of two dimensions have the same name."""
        return f"{self.kind}/{self.path}"

    @property
    def field(self) -> Field:
        """The declaration of what is asked."""
        declared = KINDS[self.kind].field(self.path)
        if declared is None:
            raise LookupError(self.path)
        return declared


def _visit(path: Path, section: str, **more: bool | When) -> Question:
    return Question(path.replace("/", "_"), "visit", path, section, **more)  # type: ignore[arg-type]  # keywords of Question


def _person(path: Path, section: str, **more: bool | When) -> Question:
    return Question(path.replace("/", "_"), "person", path, section, **more)  # type: ignore[arg-type]


def _household(path: Path, section: str) -> Question:
    return Question(path, "household", path, section)


NUMBERED: Final = ("has_card", "has_number_no_card", "lost", "expired", "stateless_0")
NUMBERLESS: Final = ("never_registered", "refuses")
_WHATEVER_HAPPENS: Final = frozenset({"0"})  # sections asked even when nobody was met

VISIT_QUESTIONS: Final = (
    _visit("mode", "0", needed=True),
    _visit("met_client", "0", needed=True),
    _visit("not_met_reason", "0", needed=True, when=("met_client", (False,))),
    _visit("immediate_help", "0"),
    _visit("on_behalf", "1"),
    _visit("applicant/first_name", "1", when=("on_behalf", (True,))),
    _visit("applicant/relation", "1", when=("on_behalf", (True,))),
    _person("first_name", "2"),
    _person("last_name", "2"),
    _person("alias", "2"),
    _person("sex", "2"),
    _person("birth", "2"),
    _person("age_estimated", "2", when=("birth", (None,))),
    _person("id_status", "2", needed=True),
    _person("id_no", "2", when=("id_status", NUMBERED)),
    _person("no_id_reason", "2", when=("id_status", NUMBERLESS)),
    _person("marital", "2"),
    _person("current_address/landmark", "4"),
    _household("housing_type", "4.1"),
    _household("housing_text", "4.1"),
    _person("education", "4.1"),
    _person("occupation", "4.1"),
    _household("income_month", "4.1"),
    _household("income_sources", "4.1"),
    _household("debt_informal", "4.1"),
    _visit("problems", "6", needed=True),
    _visit("requested_help", "7"),
    _visit("requested_other", "7", when=("requested_help/other_help", (True,))),
    _visit("received_before", "8"),
    _visit("received_welfare", "8", when=("received_before", (True,))),
    _visit("client_voice", "10", needed=True),
    _visit("causes", "10"),
    _visit("living_condition", "10"),
    _visit("narrative", "10"),
    _visit("visitor_opinion", "10"),
    _visit("notice_given", "9", needed=True),
)


def dimension_question(dimension: str, what: str) -> Question:
    """One of the two questions about a dimension: how grave, and what was found."""
    return Question(f"dim_{what}", "assessment", f"items/{dimension}/{what}", "10")


ASSESSMENT_QUESTIONS: Final = tuple(
    dimension_question(dimension, what)
    for dimension in DIMENSIONS
    for what in ("severity", "findings")
)


def dimension_of(question: Question) -> str:
    """The dimension a question of the assessment is about; "" for others."""
    head, *rest = question.path.split("/")
    return rest[0] if head == "items" and rest else ""


def asked(questions: tuple[Question, ...], known: Mapping[str, Values]) -> tuple[Question, ...]:
    """The questions that apply, given what is known of each kind of record."""
    return tuple(question for question in questions if _applies(question, known))


def _applies(question: Question, known: Mapping[str, Values]) -> bool:
    values = known.get(question.kind, {})
    if not was_met(known) and question.section not in _WHATEVER_HAPPENS:
        return False
    dimension = dimension_of(question)
    if dimension and question.path.endswith("findings"):
        severity = values.get(f"items/{dimension}/severity")
        return isinstance(severity, int) and severity >= GRAVE
    return question.when is None or values.get(question.when[0]) in question.when[1]


GRAVE: Final = 2  # from this severity on, what was found is written down (domain reference P6, D)


def was_met(known: Mapping[str, Values]) -> bool:
    """Whether there is someone to ask: nobody has said that the person was not met."""
    return known.get("visit", {}).get("met_client") is not False


def blank_of(question: Question) -> str:
    """How a question may be answered without a value: one of `BLANKS`, "" if it may not."""
    declared = question.field
    if question.needed or dimension_of(question) or declared.type is Type.LONG_TEXT:
        return ""
    if declared.type is Type.SET:
        return "" if "unknown" in CODES.get(declared.codes, ()) else NOTHING
    return "" if "unknown" in CODES.get(declared.codes, ()) else NOT_KNOWN


def said_blank(question: Question, known: Mapping[str, Values]) -> str:
    """Which of `BLANKS` was said to a question, "" if none."""
    visit = known.get("visit", {})
    return next((b for b in BLANKS if visit.get(f"{b}/{escape(question.name)}") is True), "")


def answered(question: Question, known: Mapping[str, Values]) -> bool:
    """Whether there is an answer, "not known" and "not asked yet" of a dimension among them."""
    values = known.get(question.kind, {})
    dimension = dimension_of(question)
    if dimension:
        status = values.get(f"items/{dimension}/status")
        if status not in (None, "assessed"):
            return True
    elif said_blank(question, known):
        return True
    if question.field.type is Type.SET:
        prefix = question.path + "/"
        return any(value is True and path.startswith(prefix) for path, value in values.items())
    return values.get(question.path) is not None


def first_open(questions: tuple[Question, ...], known: Mapping[str, Values], start: int = 0) -> int:
    """Where to go on from `start`: the first that applies and has no answer; the end if all have."""
    for place in range(start, len(questions)):
        question = questions[place]
        if _applies(question, known) and not answered(question, known):
            return place
    return len(questions)


def resume(questions: tuple[Question, ...], known: Mapping[str, Values], last: str) -> int:
    """Where to go on after a break: the first open one from the one that stood open last.

    What was skipped before it is not asked again; it stays in the list of all questions.
    """
    keys = [question.key for question in questions]
    return first_open(questions, known, keys.index(last) if last in keys else 0)


def missing(questions: tuple[Question, ...], known: Mapping[str, Values]) -> tuple[Question, ...]:
    """The needed questions that apply and have no answer yet."""
    return tuple(
        question
        for question in asked(questions, known)
        if question.needed and not answered(question, known)
    )
