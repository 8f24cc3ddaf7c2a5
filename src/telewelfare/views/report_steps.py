"""The pages of a report: what happened, where, who, and all of it once more before saving."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

import flet as ft

from telewelfare.actions.reporting import ReportDraft
from telewelfare.domain.areas import is_area, labelled_name, level
from telewelfare.domain.codes import CODES
from telewelfare.domain.digits import arabic_digits
from telewelfare.views.emergency import emergency_calls, in_danger
from telewelfare.views.look import GRID, Look
from telewelfare.views.parts import (
    AreaPicker,
    Choice,
    Fact,
    area_words,
    banner,
    choice_list,
    choice_many,
    fact_rows,
    field_error,
    icon_button,
    labelled_field,
    quiet_button,
    secondary_button,
    stack,
    surface,
    toggled,
    words,
)

STEPS: Final = 3
OWN_AREAS_SHOWN: Final = 8
PICKER_HEIGHT: Final = 460  # dp
MOST_PEOPLE: Final = 999


@dataclass(frozen=True)
class Page:
    """What a page of the report is drawn from, and what it may do."""

    draft: ReportDraft
    errors: Mapping[str, str]  # field: sentence
    change: Callable[..., object]  # of the draft's fields, by name
    alter: Callable[[Callable[[ReportDraft], ReportDraft]], object]
    launch: Callable[[str], object]
    own: tuple[str, ...]  # subdistricts of the worker
    start: str  # where the picker of places opens
    picking: bool  # the picker of places is open
    pick: Callable[[bool], object]
    picked: Callable[[str], object]
    locating: bool
    not_located: bool
    find: Callable[[], object]
    go_to: Callable[[int], object]


def what_happened(look: Look, page: Page) -> ft.Control:
    """Step 1: the story, how many, and what cannot wait."""
    draft, t = page.draft, look.t
    flags = [Choice(code, t.code("red_flag", code)) for code in CODES["red_flag"]]
    return stack(
        labelled_field(
            look,
            t.field("incident_report", "situation_text"),
            draft.situation,
            lambda text: page.change(situation=text),
            kind="lines",
            helper=t("hints.incident_report.situation_text"),
            error=page.errors.get("situation", ""),
            mark="situation",
        ),
        counter(
            look,
            t.field("incident_report", "persons_count"),
            draft.persons_count,
            lambda count: page.change(persons_count=count),
        ),
        *([emergency_calls(look, page.launch)] if in_danger(draft.red_flags) else []),
        _titled(
            look,
            t("report.flags.title"),
            t("hints.incident_report.red_flags"),
            choice_many(
                look,
                flags,
                draft.red_flags,
                lambda code: page.alter(lambda now: _flagged(now, code)),
            ),
        ),
        gap=3 * GRID,
    )


def _flagged(draft: ReportDraft, code: str) -> ReportDraft:
    return replace(draft, red_flags=tuple(sorted(toggled(draft.red_flags, code))))


def counter(
    look: Look, label: str, count: int, on_count: Callable[[int], object], most: int = MOST_PEOPLE
) -> ft.Control:
    """A small number, one more or one less at a tap."""
    row = ft.Row(
        [
            icon_button(
                look,
                ft.Icons.REMOVE_CIRCLE_OUTLINE_ROUNDED,
                look.t("report.fewer"),
                lambda: on_count(max(1, count - 1)),
                mark="fewer",
            ),
            ft.Container(words(look, str(count), "question", align=ft.TextAlign.CENTER), width=72),
            icon_button(
                look,
                ft.Icons.ADD_CIRCLE_OUTLINE_ROUNDED,
                look.t("report.more"),
                lambda: on_count(min(most, count + 1)),
                mark="more",
            ),
        ],
        spacing=GRID,
    )
    return stack(words(look, label, "strong"), row, gap=0)


def where(look: Look, page: Page) -> ft.Control:
    """Step 2: the subdistrict, the spot, and if the device knows it the position."""
    draft, t = page.draft, look.t
    return stack(
        _area(look, page),
        labelled_field(
            look,
            t("report.place.label"),
            draft.place,
            lambda text: page.change(place=text),
            kind="lines",
            helper=t("report.place.helper"),
            error=page.errors.get("place", ""),
            mark="place",
        ),
        _position(look, page),
        gap=3 * GRID,
    )


def _area(look: Look, page: Page) -> ft.Control:
    draft, t = page.draft, look.t
    wrong = page.errors.get("area", "")
    error = [field_error(look, wrong)] if wrong else []
    if page.picking:
        picker = ft.Container(
            AreaPicker(draft.area or None, page.picked, page.start),
            height=PICKER_HEIGHT,
        )
        return _titled(look, t("report.area.title"), t("report.area.helper"), *error, picker)
    own = [Choice(code, labelled_name(code, t.lang)) for code in page.own if is_area(code)]  # type: ignore[arg-type]  # checked by is_area
    if draft.area and draft.area not in page.own:
        own.append(Choice(draft.area, area_words(look, draft.area)))
    other = secondary_button(
        look,
        t("report.area.other"),
        lambda: page.pick(True),
        leading=ft.Icons.SEARCH_ROUNDED,
        mark="other-area",
    )
    chosen = choice_list(look, own, draft.area, lambda code: page.change(area=code))
    return _titled(look, t("report.area.title"), "", *error, *([chosen] if own else []), other)


def _position(look: Look, page: Page) -> ft.Control:
    t, geo = look.t, page.draft.geo
    button = secondary_button(
        look,
        t("report.position.finding" if page.locating else "report.position.use"),
        page.find,
        leading=ft.Icons.MY_LOCATION_ROUNDED,
        disabled=page.locating,
        mark="locate",
    )
    if geo:
        metres = geo.get("accuracy_m")
        about = round(metres) if isinstance(metres, (int, float)) else None
        key = "report.position.kept" if about is None else "report.position.kept_about"
        forget = quiet_button(
            look,
            t("report.position.forget"),
            lambda: page.change(geo=None),
            mark="forget-position",
        )
        return banner(look, t(key, metres=about), "good", action=forget)
    failed = [banner(look, t("report.position.none"), "notice")] if page.not_located else []
    return stack(button, *failed, gap=GRID)


def who(look: Look, page: Page) -> ft.Control:
    """Step 3: who it is about as far as anyone knows, and who tells it."""
    draft, t = page.draft, look.t
    kinds = [Choice(code, t.code("reporter_kind", code)) for code in CODES["reporter_kind"]]
    sexes = [Choice(code, t.code("sex", code)) for code in CODES["sex"]]
    told_by_another = draft.reporter_kind not in ("volunteer", "anonymous")
    return stack(
        labelled_field(
            look,
            t("report.alias.label"),
            draft.alias,
            lambda text: page.change(alias=text),
            helper=t("report.alias.helper"),
            error=page.errors.get("alias", ""),
            mark="alias",
        ),
        _titled(
            look,
            t.field("person", "sex"),
            "",
            choice_list(
                look, sexes, draft.sex, lambda code: page.alter(lambda now: _other_sex(now, code))
            ),
        ),
        labelled_field(
            look,
            t("report.age.label"),
            draft.age,
            lambda text: page.change(age=arabic_digits(text)),
            kind="number",
            helper=t("report.age.helper"),
            error=page.errors.get("age", ""),
            mark="age",
        ),
        _titled(
            look,
            t("report.reporter.title"),
            "",
            choice_list(
                look,
                kinds,
                draft.reporter_kind,
                lambda code: page.change(reporter_kind=code),
            ),
        ),
        *(_reporter(look, page) if told_by_another else []),
        gap=3 * GRID,
    )


def _other_sex(draft: ReportDraft, code: str) -> ReportDraft:
    """Tapping the chosen one again takes it back: nobody has to guess."""
    return replace(draft, sex="" if draft.sex == code else code)


def _reporter(look: Look, page: Page) -> list[ft.Control]:
    draft, t = page.draft, look.t
    secret = [
        Choice(
            "confidential",
            t.field("incident_report", "reporter_confidential"),
            t("hints.incident_report.reporter_confidential"),
        )
    ]
    return [
        labelled_field(
            look,
            t.field("incident_report", "reporter_name"),
            draft.reporter_name,
            lambda text: page.change(reporter_name=text),
            helper=t("hints.incident_report.reporter_name"),
            mark="reporter-name",
            error=page.errors.get("reporter_name", ""),
        ),
        labelled_field(
            look,
            t.field("incident_report", "reporter_phone"),
            draft.reporter_phone,
            lambda text: page.change(reporter_phone=text),
            kind="phone",
            error=page.errors.get("reporter_phone", ""),
            mark="reporter-phone",
        ),
        choice_many(
            look,
            secret,
            ["confidential"] if draft.confidential else [],
            lambda _: page.alter(lambda now: replace(now, confidential=not now.confidential)),
        ),
    ]


def summary(look: Look, page: Page) -> ft.Control:
    """All that was said, each part with the way back to it."""
    draft, t = page.draft, look.t
    flags = ", ".join(t.code("red_flag", flag) for flag in draft.red_flags)
    person = " · ".join(
        filter(
            None,
            (
                draft.alias.strip() or t("report.no_name"),
                t.code("sex", draft.sex) if draft.sex else "",
                t("report.years", n=draft.age) if draft.age else "",
            ),
        )
    )
    told = " · ".join(
        filter(
            None,
            (
                t.code("reporter_kind", draft.reporter_kind),
                draft.reporter_name.strip(),
                t("report.confidential") if draft.confidential else "",
            ),
        )
    )
    return stack(
        *([emergency_calls(look, page.launch)] if in_danger(draft.red_flags) else []),
        _part(
            look,
            page,
            1,
            Fact(t("report.step.1"), draft.situation.strip()),
            Fact(t.field("incident_report", "persons_count"), str(draft.persons_count)),
            *([Fact(t("report.flags.title"), flags)] if flags else []),
        ),
        _part(
            look,
            page,
            2,
            Fact(t("report.step.2"), area_words(look, draft.area)),
            *([Fact(t("report.place.label"), draft.place.strip())] if draft.place.strip() else []),
        ),
        _part(look, page, 3, Fact(t("report.step.3"), person), Fact(t("report.told_by"), told)),
        gap=2 * GRID,
    )


def _part(look: Look, page: Page, step: int, *facts: Fact) -> ft.Control:
    mend = quiet_button(
        look,
        look.t("report.mend"),
        lambda: page.go_to(step),
        leading=ft.Icons.EDIT_ROUNDED,
        mark=f"mend-{step}",
    )
    return surface(look, stack(fact_rows(look, facts), ft.Row([mend]), gap=GRID))


def _titled(look: Look, title: str, helper: str, *controls: ft.Control) -> ft.Control:
    hint = [words(look, helper, "label", colour=look.colours.muted)] if helper else []
    return stack(words(look, title, "strong"), *hint, *controls, gap=GRID)


def own_areas(areas: tuple[str, ...]) -> tuple[str, ...]:
    """The worker's own subdistricts, few enough to choose from at a glance."""
    found = tuple(a for a in areas if is_area(a) and level(a) == "subdistrict")  # type: ignore[arg-type]  # checked by is_area
    return found[:OWN_AREAS_SHOWN]
