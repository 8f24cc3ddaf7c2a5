"""A partner: whom to call, what they can do, whom they take, and all that was said so far."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import flet as ft

from telewelfare.domain.clock import Millis
from telewelfare.domain.dates import (
    DateBE,
    bangkok_date,
    parse_instant,
    show_known,
    show_long,
    show_short,
    show_time,
)
from telewelfare.domain.fields import Values, elements, keys
from telewelfare.domain.network import line_address
from telewelfare.domain.operations import Record
from telewelfare.store.lines import PartnerLine
from telewelfare.store.queries import PartnerDetail, partner_detail
from telewelfare.views.conflict_words import worker_words
from telewelfare.views.context import App, use_app
from telewelfare.views.hooks import screen, use_query
from telewelfare.views.look import GRID, Look, use_look
from telewelfare.views.partner_words import (
    NOT_TO_SEND,
    as_of_words,
    call_address,
    free_words,
    is_old,
    kind_icon,
    phone_words,
    place_words,
    status_chips,
)
from telewelfare.views.parts import (
    Entry,
    Fact,
    Folded,
    Receipt,
    banner,
    centred,
    empty_state,
    fact_rows,
    icon,
    icon_button,
    primary_button,
    secondary_button,
    section_title,
    small_action,
    stack,
    status_chip,
    surface,
    timeline,
    words,
)

JUST_NOW: Final = 2 * 60 * 1000
"""Milliseconds in which a contact of one's own counts as just saved."""
PANEL: Final = 640
CONTACT_ICONS: Final = {
    "visit": ft.Icons.DIRECTIONS_WALK_ROUNDED,
    "call": ft.Icons.CALL_ROUNDED,
    "line": ft.Icons.CHAT_ROUNDED,
    "event": ft.Icons.EVENT_ROUNDED,
    "thanks": ft.Icons.FAVORITE_ROUNDED,
}
YES_NO: Final = ("dependants", "disability", "psychiatric_treated", "no_id_ok", "ex_prisoner_ok")


@dataclass(frozen=True, eq=False)
class Shown:
    """What the sections of the page are drawn from."""

    app: App
    look: Look
    detail: PartnerDetail
    unsent: frozenset[str]
    now: Millis

    @property
    def values(self) -> Values:
        """The partner's record."""
        return self.detail.values

    def text(self, path: str) -> str:
        """Return a text of the partner, "" when there is none."""
        found = self.values.get(path)
        return found.strip() if isinstance(found, str) else ""


@screen
def PartnerScreen(partner_id: str) -> ft.Control:
    """Draw a partner as a page of its own."""
    return centred(PartnerPanel(partner_id), PANEL)


@screen
def PartnerPanel(partner_id: str, on_close: Callable[[], object] | None = None) -> ft.Control:
    """Draw a partner, as a page or beside a list; `on_close` where it covers or leaves the list."""
    app, look = use_app(), use_look()
    journal, index = app.session.journal, app.session.index
    detail = use_query(journal, lambda: partner_detail(journal, index, partner_id), [partner_id])
    unsent = use_query(journal, journal.unsent)
    if detail is None:
        return empty_state(
            look,
            look.t("partners.gone"),
            look.t("partners.gone_why"),
            name=ft.Icons.SEARCH_OFF_ROUNDED,
        )
    shown = Shown(app, look, detail, unsent, app.session.now())
    log = primary_button(
        look,
        look.t("partners.log"),
        lambda: app.go(f"/partners/{partner_id}/contact"),
        leading=ft.Icons.EDIT_NOTE_ROUNDED,
        mark="log",
    )
    body = ft.Column(
        [*_head(shown, on_close), *_sections(shown)],
        spacing=2 * GRID,
        scroll=ft.ScrollMode.AUTO,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
    return ft.Container(
        ft.Column(
            [body, log],
            spacing=GRID + GRID // 2,
            expand=True,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        ),
        padding=ft.Padding.only(left=2 * GRID, right=2 * GRID, bottom=2 * GRID),
        expand=True,
    )


def _head(shown: Shown, on_close: Callable[[], object] | None) -> list[ft.Control]:
    look, line = shown.look, shown.detail.line
    close = (
        [icon_button(look, ft.Icons.CLOSE_ROUNDED, look.t("table.close"), on_close, mark="close")]
        if on_close
        else []
    )
    kind = look.t.code("partner_kind", line.kind)
    place = place_words(look, line.area, shown.app.session.identity.centre[:2])
    name = words(look, line.name or look.t("partners.unnamed"), "title", expand=True)
    said = ft.Row(
        [
            icon(look, kind_icon(line.kind)),
            words(look, " · ".join(part for part in (kind, place) if part), expand=True),
        ],
        spacing=GRID,
    )
    chips = [*status_chips(look, line), *_stage(look, line), *_grade(look, line.grade)]
    return [
        stack(
            ft.Row([name, *close], spacing=GRID, vertical_alignment=ft.CrossAxisAlignment.START),
            said,
            ft.Row(list(chips), wrap=True, spacing=GRID, run_spacing=6),
        ),
        *_warnings(shown),
        *_reach(shown),
    ]


def _stage(look: Look, line: PartnerLine) -> list[ft.Control]:
    said = line.stage == line.status  # dormant and ended are stages as well as states
    return (
        []
        if said or not line.stage
        else [status_chip(look, look.t.code("partner_stage", line.stage))]
    )


def _grade(look: Look, grade: str) -> list[ft.Control]:
    return [status_chip(look, look.t.code("partner_grade", grade))] if grade else []


def _warnings(shown: Shown) -> list[ft.Control]:
    """Say first that nobody is to be sent here, and that a contact was kept just now."""
    look, status = shown.look, shown.detail.line.status
    found = []
    if status in NOT_TO_SEND:
        key = "partners.page.ended" if status == "ended" else "partners.page.not_to_send"
        found.append(banner(look, look.t(key), "problem", name=ft.Icons.BLOCK_ROUNDED))
    if _just_saved(shown):
        found.append(banner(look, look.t("partners.contact.just_saved"), "good"))
    return found


def _just_saved(shown: Shown) -> bool:
    own = (
        parse_instant(str(contact.values.get("date")))
        for contact in shown.detail.contacts[:1]
        if contact.values.get("created_by") == shown.app.session.actor.worker
    )
    return any(at is not None and 0 <= shown.now - at < JUST_NOW for at in own)


def _reach(shown: Shown) -> list[ft.Control]:
    """Call and LINE of the place itself, as large buttons."""
    look, app, line = shown.look, shown.app, shown.detail.line
    found = []
    phone = shown.text("phone")
    if address := call_address(phone):
        label = look.t("partners.page.call", phone=phone_words(phone))
        call = ft.Icons.CALL_ROUNDED
        found.append(
            secondary_button(look, label, lambda: app.launch(address), leading=call, mark="call")
        )
    if line.line_id:
        label, chat = look.t("partners.line"), ft.Icons.CHAT_ROUNDED
        opened = line_address(line.line_id)
        found.append(
            secondary_button(look, label, lambda: app.launch(opened), leading=chat, mark="line")
        )
    return [stack(*found)] if found else []


def _sections(shown: Shown) -> list[ft.Control]:
    parts = (
        _capacity(shown),
        _people(shown),
        _services(shown),
        _accepts(shown),
        _conditions(shown),
        _agreement(shown),
        _address(shown),
    )
    return [*(part for part in parts if part), _history(shown)]


def _section(shown: Shown, key: str, *content: ft.Control) -> ft.Control:
    return stack(section_title(shown.look, shown.look.t(key)), *content)


def _capacity(shown: Shown) -> ft.Control:
    look, line = shown.look, shown.detail.line
    total = shown.values.get("capacity/total")
    free = (
        look.t("partners.free.of", n=line.free, total=total)
        if line.free and isinstance(total, int)
        else free_words(look, line)
    )
    lines: list[ft.Control] = [words(look, free, "strong")]
    if dated := as_of_words(look, line):
        lines.append(words(look, dated, "label", colour=look.colours.muted))
    if is_old(line, bangkok_date(shown.now)):
        old = ft.Icons.HISTORY_ROUNDED
        chip = status_chip(look, look.t("partners.free.old"), "notice", leading=old)
        lines.append(ft.Row([chip]))
    return _section(shown, "partners.page.capacity", surface(look, stack(*lines, gap=4)))


def _people(shown: Shown) -> ft.Control | None:
    rows = [_person(shown, f"contacts/{key}") for key in _primary_first(shown.values)]
    return _section(shown, "partners.page.people", *rows) if rows else None


def _primary_first(values: Values) -> list[str]:
    return sorted(
        keys(values, "contacts"), key=lambda key: values.get(f"contacts/{key}/primary") is not True
    )


def _person(shown: Shown, at: str) -> ft.Control:
    look, app = shown.look, shown.app
    name, phone = shown.text(f"{at}/name"), shown.text(f"{at}/phone")
    about = [shown.text(f"{at}/position"), phone_words(phone), shown.text(f"{at}/best_time")]
    lines: list[ft.Control] = [words(look, name or look.t("partners.unnamed"), "strong")]
    lines += [words(look, one, "label", colour=look.colours.muted) for one in about if one]
    if shown.values.get(f"{at}/primary") is True:
        lines.append(ft.Row([status_chip(look, look.t("partners.page.primary"), "chosen")]))
    ways = []
    if address := call_address(phone):
        spoken, call = look.t("parts.row.call_whom", name=name), look.t("parts.row.call")
        ways.append(
            small_action(
                look,
                ft.Icons.CALL_ROUNDED,
                call,
                lambda: app.launch(address),
                spoken=spoken,
                mark="call-person",
            )
        )
    if line_id := shown.text(f"{at}/line"):
        spoken, label = look.t("partners.line_whom", name=name), look.t("partners.line")
        ways.append(
            small_action(
                look,
                ft.Icons.CHAT_ROUNDED,
                label,
                lambda: app.launch(line_address(line_id)),
                spoken=spoken,
                mark="line-person",
            )
        )
    text = ft.Column(lines, spacing=2, tight=True, expand=True)
    return surface(look, ft.Row([text, *ways], spacing=GRID))


def _services(shown: Shown) -> ft.Control | None:
    look = shown.look
    chips = [
        status_chip(look, look.t.code("service_offer", code), "chosen")
        for code in elements(shown.values, "services")
    ]
    row = ft.Row(chips, wrap=True, spacing=GRID, run_spacing=6)
    return _section(shown, "partners.page.offers", row) if chips else None


def _accepts(shown: Shown) -> ft.Control | None:
    look, values = shown.look, shown.values
    groups = [look.t.code("target_group", code) for code in elements(values, "accepts_groups")]
    sex = values.get("accepts/sex")
    said = [
        (look.t.field("partner", "accepts_groups"), ", ".join(groups)),
        (look.t.field("partner", "accepts/sex"), look.t.code("sex", sex) if sex else ""),
        (look.t("partners.page.ages"), _ages(shown)),
        (look.t.field("partner", "accepts/notes"), shown.text("accepts/notes")),
    ]
    facts = [Fact(label, value) for label, value in said if value]
    answers = [_answer(look, name, yes=yes) for name, yes in _answers(values)]
    content = [*([fact_rows(look, facts)] if facts else []), *answers]
    return _section(shown, "partners.page.accepts", *content) if content else None


def _answers(values: Values) -> list[tuple[str, bool]]:
    """Return whom they said they take or not, the takers first; what nobody asked is left out."""
    asked = [(name, values.get(f"accepts/{name}")) for name in YES_NO]
    known = [(name, yes) for name, yes in asked if isinstance(yes, bool)]
    return sorted(known, key=lambda one: not one[1])


def _answer(look: Look, name: str, *, yes: bool) -> ft.Control:
    sign = ft.Icons.CHECK_CIRCLE_ROUNDED if yes else ft.Icons.CANCEL_ROUNDED
    ink = look.colours.good.ink if yes else look.colours.problem.ink
    said = look.t("partners.page.yes" if yes else "partners.page.no")
    mark = ft.Icon(sign, color=ink, size=look.size.icon, semantics_label=said)
    label = look.t.field("partner", f"accepts/{name}")
    if not yes:
        label = look.t("partners.page.not", what=label)
    return ft.Row([mark, words(look, label, expand=True)], spacing=GRID)


def _ages(shown: Shown) -> str:
    look = shown.look
    low, high = shown.values.get("accepts/age_min"), shown.values.get("accepts/age_max")
    if low and high:
        return look.t("partners.page.age", low=low, high=high)
    if low:
        return look.t("partners.page.age_from", low=low)
    return look.t("partners.page.age_to", high=high) if high else ""


def _conditions(shown: Shown) -> ft.Control | None:
    said = shown.text("conditions")
    folded = Folded(said, "fold-conditions")
    return _section(shown, "partners.page.conditions", folded) if said else None


def _agreement(shown: Shown) -> ft.Control | None:
    look, kind = shown.look, shown.text("agreement/kind")
    if not kind:
        return None
    start, end = (_day(look, shown.values.get(f"agreement/{side}")) for side in ("start", "end"))
    between = (
        look.t("partners.page.from_to", start=start, end=end)
        if start and end
        else look.t("partners.page.from", start=start)
        if start
        else look.t("partners.page.until", end=end)
        if end
        else ""
    )
    said = (look.t.code("agreement_kind", kind), shown.text("agreement/no"), between)
    return _section(
        shown,
        "partners.page.agreement",
        stack(*(words(look, one) for one in said if one), gap=2),
    )


def _day(look: Look, value: object) -> str:
    known = DateBE.from_json(value)
    return show_known(known, look.t.lang) if known else ""


def _address(shown: Shown) -> ft.Control | None:
    look = shown.look
    said = [
        Fact(look.t.field("partner", f"address/{name}"), text)
        for name in ("place_name", "house_no", "moo", "village", "soi", "road", "landmark")
        if (text := shown.text(f"address/{name}"))
    ]
    return _section(shown, "partners.page.address", fact_rows(look, said)) if said else None


def _history(shown: Shown) -> ft.Control:
    look, contacts = shown.look, shown.detail.contacts
    if not contacts:
        none = stack(
            words(look, look.t("partners.contact.none"), "strong"),
            words(look, look.t("partners.contact.none_why"), colour=look.colours.muted),
            gap=2,
        )
        return _section(shown, "partners.page.history", none)
    entries = [_entry(shown, contact) for contact in contacts]
    return _section(shown, "partners.page.history", timeline(look, entries))


def _entry(shown: Shown, contact: Record) -> Entry:
    look, values = shown.look, contact.values
    at = parse_instant(str(values.get("date")))
    kind = str(values.get("kind") or "")
    who = worker_words(shown.app.session, look, values.get("by") or values.get("created_by"))
    return Entry(
        at=f"{show_long(bangkok_date(at), look.t.lang)} {show_time(at, look.t.lang)}" if at else "",
        title=look.t("partners.contact.by", kind=look.t.code("contact_kind", kind), who=who),
        said=str(values.get("summary") or ""),
        detail=_next(look, values),
        icon=CONTACT_ICONS.get(kind, ft.Icons.FORUM_ROUNDED),
        receipts=(
            Receipt(look.t("partners.contact.kept"), done=True),
            Receipt(look.t("partners.contact.at_centre"), done=contact.id not in shown.unsent),
        ),
    )


def _next(look: Look, values: Values) -> str:
    what, known = str(values.get("next_step") or ""), DateBE.from_json(values.get("next_step_due"))
    day = show_short(known.day, look.t.lang) if known else ""
    if what and day:
        return look.t("partners.contact.next_due", what=what, day=day)
    if what:
        return look.t("partners.contact.next", what=what)
    return look.t("partners.contact.due_only", day=day) if day else ""
