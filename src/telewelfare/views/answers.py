"""The answer of a visit's question: what stands in its control, and the stored value of that."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from telewelfare.domain.codes import CODES
from telewelfare.domain.dates import BE_AHEAD, DateBE
from telewelfare.domain.digits import arabic_digits
from telewelfare.domain.fields import Json, Type, Values, elements
from telewelfare.domain.money import Satang, format_baht
from telewelfare.domain.questions import Question, dimension_of
from telewelfare.domain.thai_id import ThaiId, show
from telewelfare.domain.validation import Problem, is_soft
from telewelfare.views.look import Look
from telewelfare.views.parts import Choice, TypedDate
from telewelfare.views.parts.dates import EARLIEST
from telewelfare.views.value_words import typed_value

YES: Final = "yes"
NO: Final = "no"
ID_DIGITS: Final = 13


@dataclass(frozen=True)
class Fault:
    """What is wrong with an answer: the key of the sentence and what it names.

    A soft one may be kept once the worker has confirmed it.
    """

    sentence: str
    detail: Mapping[str, int] = field(default_factory=dict)
    soft: bool = False


@dataclass(frozen=True)
class Draft:
    """What was typed and is not saved, and what is wrong with it."""

    text: str = ""
    date: TypedDate = field(default_factory=TypedDate)
    fault: Fault | None = None


@dataclass
class Held:
    """What the controls of a visit hold that is not saved yet; one for each open visit screen.

    `save` has for each control now drawn how to save what was typed: true when nothing is wrong.
    """

    drafts: dict[str, Draft] = field(default_factory=dict)
    save: dict[str, Callable[[], bool]] = field(default_factory=dict)

    def save_all(self) -> None:
        """Save what can be saved; what cannot waits in `drafts`."""
        self.save_these(self.save)

    def save_these(self, keys: Collection[str]) -> bool:
        """Save what these controls hold; false when something must be mended first."""
        saved = [save() for key, save in tuple(self.save.items()) if key in keys]
        return all(saved)


def is_typed(question: Question) -> bool:
    """Whether an answer is typed, not chosen."""
    severity = dimension_of(question) and question.path.endswith("severity")
    return not severity and question.field.type not in {Type.SET, Type.CODE, Type.BOOL}


def fresh(question: Question, value: Json) -> Draft:
    """What stands in the control of a stored value."""
    known = DateBE.from_json(value)
    if question.field.type is Type.DATE:
        return Draft(date=_typed(known) if known else TypedDate())
    return Draft(text=_written(question, value))


def _typed(known: DateBE) -> TypedDate:
    day, month = str(known.day.day), str(known.day.month)
    year = str(known.day.year + BE_AHEAD)
    match known.precision:
        case "day":
            return TypedDate(day, month, year)
        case "month":
            return TypedDate("", month, year)
    return TypedDate("", "", year)


def _written(question: Question, value: Json) -> str:
    match question.field.type, value:
        case _, None:
            return ""
        case Type.MONEY, int():
            return format_baht(Satang(value)).removesuffix(".00")
        case Type.THAI_ID, str() if len(value) == ID_DIGITS:
            return show(ThaiId(value))
    return str(value)


def read(question: Question, draft: Draft, today: date) -> Json | Fault:
    """The stored value of what was typed; `None` when all is empty; or what is wrong with it."""
    if question.field.type is Type.DATE:
        return read_date(draft.date, today)
    if not draft.text.strip():
        return None
    value = typed_value(question.kind, question.path, draft.text, today)
    return fault_of(value) if isinstance(value, Problem) else value


def fault_of(problem: Problem) -> Fault:
    """The sentence of a problem."""
    return Fault(f"problems.{problem.code}", problem.detail, is_soft(problem.code))


def read_date(typed: TypedDate, today: date) -> Json | Fault:
    """A day, a month or only a year of the Buddhist era; `None` when nothing is typed."""
    day, month, year = (
        arabic_digits(part).strip() for part in (typed.day, typed.month, typed.year)
    )
    if not (day or month or year):
        return None
    if not year.isdecimal() or (day and not (month and day.isdecimal())):
        return Fault("visit.date_incomplete")
    if int(year) < EARLIEST:
        return Fault("parts.date.era")
    try:
        first = date(int(year) - BE_AHEAD, int(month or 1), int(day or 1))
    except ValueError:
        return Fault("parts.date.impossible")
    if first > today:
        return Fault("visit.date_future")
    known = DateBE(first.isoformat(), "day" if day else "month" if month else "year")
    return {**known.to_json()}


def choices_of(look: Look, question: Question) -> tuple[Choice, ...]:
    """What one chooses from."""
    declared = question.field
    if declared.type is Type.BOOL:
        return (Choice(YES, _said(look, question, YES)), Choice(NO, _said(look, question, NO)))
    if dimension_of(question):
        return tuple(Choice(code, look.t.code("severity", code)) for code in CODES["severity"])
    return tuple(Choice(code, look.t.code(declared.codes, code)) for code in CODES[declared.codes])


def _said(look: Look, question: Question, answer: str) -> str:
    own = f"questions.{question.name}.{answer}"
    return look.t(own if look.t.has(own) else f"visit.{answer}")


def chosen_of(value: Json) -> str:
    """The choice that stands for a stored value; "" for none."""
    if isinstance(value, bool):
        return YES if value else NO
    return "" if value is None else str(value)


def value_of(question: Question, code: str) -> Json:
    """The stored value of a choice."""
    if question.field.type is Type.BOOL:
        return code == YES
    return int(code) if dimension_of(question) else code


def ticked(question: Question, values: Values) -> list[str]:
    """What is ticked of a list."""
    return sorted(elements(values, question.path))


def title_of(look: Look, question: Question) -> str:
    """The question as one would ask it."""
    dimension = dimension_of(question)
    return look.t(
        f"questions.{question.name}.title",
        dimension=look.t.code("dimension", dimension) if dimension else "",
    )


def why_of(look: Look, question: Question) -> str:
    """One small line: why we ask, or what people have mixed up; "" if nothing needs saying."""
    dimension = dimension_of(question)
    key = f"questions.{question.name}.why"
    if dimension and question.path.endswith("severity"):
        key = f"questions.look_at.{dimension}"
    return look.t(key) if look.t.has(key) else ""


def section_of(question: Question) -> str:
    """The part of the form a question stands in; the eight dimensions are one of their own."""
    return "dimensions" if dimension_of(question) else question.section


def fault_words(look: Look, fault: Fault | None) -> str:
    """What is wrong and how to mend it; "" when nothing is."""
    return look.t(fault.sentence, **fault.detail) if fault else ""
