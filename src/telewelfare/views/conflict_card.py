"""Two people wrote the same: who, when and what, and one tap to choose."""

from collections.abc import Callable
from typing import Final

import flet as ft

from telewelfare.actions.casework import settle
from telewelfare.actions.revealing import note_revealed
from telewelfare.domain.codes import CODES
from telewelfare.domain.dates import bangkok_date
from telewelfare.domain.fields import Json, Type
from telewelfare.domain.ids import RecordId
from telewelfare.domain.rights import WRITES
from telewelfare.domain.settling import OF_TWO, sort_of
from telewelfare.domain.validation import Problem
from telewelfare.views.conflict_pair import pair_words
from telewelfare.views.conflict_pair_card import framed, pair_card
from telewelfare.views.conflict_words import Met, Side, conflict_words
from telewelfare.views.context import use_app
from telewelfare.views.hooks import screen, use_action, use_query
from telewelfare.views.look import CORNER, GRID, Look, use_look
from telewelfare.views.parts import (
    Choice,
    Fact,
    FieldKind,
    banner,
    border,
    choice_list,
    fact_rows,
    labelled_field,
    primary_button,
    quiet_button,
    secondary_button,
    stack,
    status_chip,
    words,
)
from telewelfare.views.value_words import moment_words, typed_value

KEYBOARDS: dict[Type, FieldKind] = {
    Type.LONG_TEXT: "lines",
    Type.INT: "number",
    Type.DECIMAL: "number",
    Type.MONEY: "number",
    Type.PHONE: "phone",
    Type.THAI_ID: "number",
}

COVERED: Final = "X-XXXX-XXXXX-XX-X"
SHORT: Final = 18
"""Values of so many characters stand on the button itself."""

Choose = Callable[[str, Json], object]


@screen
def ConflictCard(conflict_id: str, on_settle: Callable[[], object] | None = None) -> ft.Control:
    """Draw a conflict with the ways to settle it; a settled one says how it was settled.

    `on_settle` is called before: a list that shows what is open can keep this one in sight.
    """
    app, look = use_app(), use_look()
    session = app.session
    record = use_query(session.journal, lambda: session.journal.get(conflict_id), [conflict_id])
    met = use_query(
        session.journal, lambda: conflict_words(session, look, conflict_id), [conflict_id, look]
    )
    shown, show = ft.use_state(False)
    opening = use_action(lambda case: note_revealed(session, RecordId(case)), lambda _: show(True))

    def decide(choice: str, third: Json) -> None:
        if on_settle is not None:
            on_settle()
        settle(session, conflict_id, choice, third)

    settling = use_action(decide)
    if record is not None and sort_of(record.values) in OF_TWO:
        pair = pair_words(session, look, record)
        return pair_card(app, look, pair, lambda c: settling.run(c, None), settling.problem)
    if met is None:
        return banner(look, look.t("conflict.gone"))
    may = "conflict" in WRITES.get(session.actor.role, ())
    if met.covered and not shown and not (met.hidden or met.settled):
        content = _covered(look, (lambda: opening.run(met.case)) if met.case else None)
        return _card(look, met, content, opening.problem)
    return _card(look, met, _content(look, met, settling.run, may=may), settling.problem)


def _covered(look: Look, open_: Callable[[], object] | None) -> list[ft.Control]:
    """Two ID numbers are compared only by who opens them, and that is written down."""
    fact = Fact(look.t("conflict.open_to_see"), COVERED, masked=True, on_reveal=open_)
    return [fact_rows(look, [fact])]


def _content(look: Look, met: Met, choose: Choose, *, may: bool) -> list[ft.Control]:
    if met.settled:
        return _settled(look, met)
    if met.hidden:
        return [words(look, look.t("conflict.hidden"), colour=look.colours.muted)]
    if met.is_state:
        return _state(look, met, (lambda: choose("ours", None)) if may else None)
    sides = [
        _side(look, met.kept, "ours", choose if may else None),
        _side(look, met.other, "theirs", choose if may else None),
    ]
    if not may:
        return [*sides, words(look, look.t("conflict.read_only"), colour=look.colours.muted)]
    return [*sides, *([Third(met, choose)] if met.third else [])]


def _card(look: Look, met: Met, content: list[ft.Control], problem: str | None) -> ft.Control:
    ink = look.colours.notice.ink
    title = "conflict.state.title" if met.is_state else "conflict.title"
    asked = not (met.settled or met.hidden or met.is_state)
    why: list[ft.Control] = (
        [words(look, look.t("conflict.keep_both"), "label", colour=ink)] if asked else []
    )
    if asked and met.waits:
        why.append(words(look, look.t("conflict.waits"), "label", colour=ink))
    label = [] if met.is_state else [words(look, met.label, "title")]
    failed = [banner(look, look.t(problem), "problem")] if problem else []
    body = stack(*label, *content, *failed, gap=GRID + GRID // 2)
    return framed(look, look.t(title), why, body)


def _side(look: Look, side: Side, choice: str, choose: Choose | None) -> ft.Control:
    """One value in a frame with its button under it; the one in use carries a mark."""
    in_use = choice == "ours"
    chip = status_chip(
        look,
        look.t("conflict.standing" if in_use else "conflict.gave_way"),
        "chosen" if in_use else "plain",
    )
    lines = [
        ft.Row([chip]),
        words(look, side.value, "title" if len(side.value) <= SHORT else "strong"),
        words(look, _by(look, side), "label", colour=look.colours.muted),
    ]
    button = (
        [
            secondary_button(
                look,
                _use(look, side.value),
                lambda: choose(choice, None),
                leading=ft.Icons.CHECK_ROUNDED,
                mark=f"choose-{choice}",
            )
        ]
        if choose
        else []
    )
    return ft.Container(
        stack(*lines, *button, gap=GRID),
        border=border(look, look.colours.chosen.edge if in_use else None),
        border_radius=CORNER,
        padding=GRID + GRID // 2,
    )


def _use(look: Look, value: str) -> str:
    """Two buttons of one name would be one to who only hears them."""
    if len(value) <= SHORT:
        return look.t("conflict.choose_value", value=value)
    return look.t("conflict.choose")


def _by(look: Look, side: Side) -> str:
    when = moment_words(look, side.at)
    return look.t("conflict.by_at", who=side.who, when=when) if when else side.who


def _state(look: Look, met: Met, on_settle: Callable[[], object] | None) -> list[ft.Control]:
    """Tell what happened to a move that came too late; nothing is chosen here."""
    who, now, wanted = met.other.who, met.kept.value, met.other.value
    lines: list[ft.Control] = [
        words(look, look.t("conflict.state.why", who=who, now=now, wanted=wanted)),
        words(look, look.t("conflict.state.next", wanted=wanted), colour=look.colours.muted),
        words(look, _by(look, met.other), "label", colour=look.colours.muted),
    ]
    if on_settle is None:
        return lines
    label = look.t("conflict.state.settle")
    return [*lines, secondary_button(look, label, on_settle, mark="choose-ours")]


def _settled(look: Look, met: Met) -> list[ft.Control]:
    key = f"conflict.settled.{met.settled}"
    said = look.t(key) if look.t.has(key) else look.t.code("conflict_choice", met.settled)
    when = moment_words(look, met.settled_at)
    by = look.t("conflict.settled.by", who=met.settled_by, when=when)
    return [banner(look, said, "good"), words(look, by, "label", colour=look.colours.muted)]


@screen
def Third(met: Met, choose: Choose) -> ft.Control:
    """Offer to write a value of one's own; what was typed stays until it can be saved."""
    app, look = use_app(), use_look()
    writing, set_writing = ft.use_state(False)
    typed, set_typed = ft.use_state("")
    wrong, set_wrong = ft.use_state("")

    def type_(text: str) -> None:
        set_typed(text)
        set_wrong("")

    def save() -> None:
        value = typed_value(met.kind, met.path, typed, bangkok_date(app.session.now()))
        if isinstance(value, Problem):
            set_wrong(look.t(f"problems.{value.code}", **value.detail))
        else:
            choose("other", value)

    if not writing or met.third is None:
        label = look.t("conflict.write")
        edit = ft.Icons.EDIT_ROUNDED
        return quiet_button(look, label, lambda: set_writing(True), leading=edit, mark="write")
    cancel = quiet_button(
        look, look.t("conflict.cancel"), lambda: set_writing(False), mark="cancel-third"
    )
    answers = _answers(look, met)
    if answers:
        return stack(choice_list(look, answers, None, lambda c: choose("other", c)), cancel)
    field = labelled_field(
        look,
        look.t("conflict.third"),
        typed,
        type_,
        kind=KEYBOARDS.get(met.third.type, "text"),
        error=wrong,
        mark="third",
    )
    button = primary_button(look, look.t("conflict.save_third"), save, mark="save-third")
    return stack(field, button, cancel, gap=GRID + GRID // 2)


def _answers(look: Look, met: Met) -> list[Choice]:
    """Return the answers to choose from where nothing is typed, without the two that met."""
    if met.third is None:
        return []
    codes = CODES.get(met.third.codes, ())
    choices = [Choice(code, look.t.code(met.third.codes, code)) for code in codes]
    return [one for one in choices if one.label not in {met.kept.value, met.other.value}]
