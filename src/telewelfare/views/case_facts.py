"""What is known of a case: what happened, who it is, the eight dimensions, the problems."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import flet as ft

from telewelfare.domain.codes import DIMENSIONS, PROBLEM_AREAS
from telewelfare.domain.dates import DateBE, show_known
from telewelfare.domain.fields import Sensitivity, Values, elements, keys
from telewelfare.domain.phones import parse_phone, show_phone
from telewelfare.domain.rights import hides
from telewelfare.domain.thai_id import ThaiId, mask, show
from telewelfare.store.queries import CaseDetail
from telewelfare.views.look import GRID, Look
from telewelfare.views.parts import (
    Dimension,
    Fact,
    Folded,
    area_words,
    dimension_bars,
    fact_rows,
    section_title,
    stack,
    status_chip,
    surface,
    words,
)

ID_DIGITS: Final = 13
HIDDEN: Final = "••••••"


@dataclass(frozen=True)
class Shown:
    """What the facts of a case are drawn from."""

    look: Look
    detail: CaseDetail
    role: str
    revealed: bool
    reveal: Callable[[], object]


def situation(shown: Shown) -> ft.Control:
    """What was reported: the story, the spot, what cannot wait, and by whom."""
    look, report = shown.look, shown.detail.report
    t = look.t
    flags = [t.code("red_flag", flag) for flag in sorted(elements(report, "red_flags"))]
    chips = [status_chip(look, flag, "problem", leading=ft.Icons.FLAG_ROUNDED) for flag in flags]
    story = str(report.get("situation_text") or "") or t("case.no_story")
    facts = [
        Fact(t.field("incident_report", "place_text"), _place(look, shown.detail)),
        *_known(t.field("incident_report", "persons_count"), report.get("persons_count")),
        *_reporter(shown),
    ]
    return _section(
        look,
        "case.section.situation",
        Folded(story, "fold-situation"),
        *([ft.Row(chips, wrap=True, spacing=GRID, run_spacing=6)] if chips else []),
        fact_rows(look, facts),
    )


def _place(look: Look, detail: CaseDetail) -> str:
    spot = str(detail.report.get("place_text") or "")
    return "\n".join(filter(None, (area_words(look, detail.line.area), spot)))


def _reporter(shown: Shown) -> list[Fact]:
    look, report = shown.look, shown.detail.report
    kind, name = str(report.get("reporter_kind") or ""), str(report.get("reporter_name") or "")
    if not kind and not name:
        return []
    label = look.t("case.reported_by")
    said = " · ".join(filter(None, (look.t.code("reporter_kind", kind) if kind else "", name)))
    if report.get("reporter_confidential") is not True:
        return [Fact(label, said)]
    may = not hides(shown.role, Sensitivity.REPORTER)
    if shown.revealed and may:
        return [Fact(label, said)]
    return [Fact(label, HIDDEN, masked=True, on_reveal=shown.reveal if may else None)]


def person(shown: Shown) -> ft.Control:
    """Who it is, as far as anyone knows; an ID number only when opened."""
    look, who = shown.look, shown.detail.person
    t = look.t
    name = f"{who.get('first_name') or ''} {who.get('last_name') or ''}".strip()
    born = DateBE.from_json(who.get("birth"))
    age = who.get("age_estimated")
    id_status = str(who.get("id_status") or "")
    facts = [
        Fact(t("case.name"), name or t("cases.no_name")),
        *_known(t.field("person", "alias"), who.get("alias")),
        *_known(t.field("person", "sex"), t.code("sex", who["sex"]) if who.get("sex") else None),
        *_known(t("case.born"), show_known(born, t.lang) if born else None),
        *([] if born or age is None else [Fact(t("case.age"), t("cases.years", n=age))]),
        *_known(t("case.id_status"), t.code("id_status", id_status) if id_status else None),
        *_number(shown),
        *(Fact(t("case.phone"), phone) for phone in phones_of(who)),
        *_known(t("case.stays"), who.get("current_address/landmark")),
    ]
    return _section(look, "case.section.person", fact_rows(look, facts))


def phones_of(who: Values) -> list[str]:
    """The numbers of the person, and of who can be reached for them."""
    found = [*elements(who, "phones"), str(who.get("contact_via/phone") or "")]
    known = (parse_phone(phone) for phone in found if phone)
    return [show_phone(phone) for phone in known if phone]


def _number(shown: Shown) -> list[Fact]:
    number = shown.detail.person.get("id_no")
    if not isinstance(number, str) or len(number) != ID_DIGITS:
        return []
    label = shown.look.t("case.id_no")
    if shown.revealed:
        return [Fact(label, show(ThaiId(number)))]
    return [Fact(label, mask(ThaiId(number)), masked=True, on_reveal=shown.reveal)]


def dimensions(shown: Shown) -> ft.Control:
    """The newest assessment as bars, each with its severity in words."""
    look, assessment = shown.look, shown.detail.assessment
    values: Values = assessment.values if assessment else {}
    items = [_dimension(look, values, code) for code in DIMENSIONS]
    notes = [
        _finding(look, code, str(values[f"items/{code}/findings"]))
        for code in DIMENSIONS
        if values.get(f"items/{code}/findings")
    ]
    if all(item.severity is None for item in items):
        return _section(
            look,
            "case.section.dimensions",
            words(look, look.t("case.not_assessed"), colour=look.colours.muted),
        )
    return _section(
        look,
        "case.section.dimensions",
        dimension_bars(look, items),
        *notes,
    )


def _finding(look: Look, code: str, text: str) -> ft.Control:
    label = words(look, look.t.code("dimension", code), "label", colour=look.colours.muted)
    return stack(label, Folded(text, f"fold-{code}"), gap=0)


def _dimension(look: Look, values: Values, code: str) -> Dimension:
    severity = values.get(f"items/{code}/severity")
    status = str(values.get(f"items/{code}/status") or "not_assessed")
    known = severity if isinstance(severity, int) else None
    said = (
        look.t.code("item_status", status if status != "assessed" else "not_assessed")
        if known is None
        else look.t.code("severity", known)
    )
    return Dimension(look.t.code("dimension", code), known, said)


def problems(shown: Shown) -> list[ft.Control]:
    """What was ticked under 6 of the form, by its headings."""
    look = shown.look
    ticked = set(keys(shown.detail.case, "problems"))
    facts = [
        Fact(
            look.t.code("problem_area", area),
            "\n".join(look.t.code("problem", code) for code in codes if code in ticked),
        )
        for area, codes in PROBLEM_AREAS.items()
        if ticked & set(codes)
    ]
    return [_section(look, "case.section.problems", fact_rows(look, facts))] if facts else []


def hands(shown: Shown) -> ft.Control:
    """Who is responsible and who goes there."""
    look, detail = shown.look, shown.detail
    nobody = look.t("case.nobody")
    facts = [
        Fact(look.t("case.owner"), detail.owner.name if detail.owner else nobody),
        Fact(
            look.t("case.field_worker"), detail.field_worker.name if detail.field_worker else nobody
        ),
    ]
    return _section(look, "case.section.hands", fact_rows(look, facts))


def _known(label: str, value: object) -> list[Fact]:
    return [Fact(label, str(value))] if value not in (None, "") else []


def _section(look: Look, key: str, *content: ft.Control) -> ft.Control:
    return stack(
        section_title(look, look.t(key)),
        surface(look, stack(*content, gap=2 * GRID)),
        gap=GRID,
    )
