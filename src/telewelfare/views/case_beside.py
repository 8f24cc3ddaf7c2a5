"""A case beside its list, with what the office does about it: triage and hand over."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

import flet as ft

from telewelfare.domain.rights import WRITES
from telewelfare.views.case_actions import AssignForm, TriageForm
from telewelfare.views.case_summary import CasePanel
from telewelfare.views.context import App
from telewelfare.views.look import GRID, Look
from telewelfare.views.parts import icon_button, quiet_button, secondary_button

FORMS: Final[Mapping[str, str]] = {"t": "triage", "a": "assign", "ะ": "triage", "ฟ": "assign"}
"""Which key opens which form; the Thai letters are on the same keys."""
SIGNS: Final = {"triage": ft.Icons.FLAG_ROUNDED, "assign": ft.Icons.PERSON_PIN_CIRCLE_ROUNDED}
KEYS: Final = {"triage": "t", "assign": "a"}


def forms_of(app: App) -> Mapping[str, str]:
    """Return the keys of the forms that this worker may use."""
    return FORMS if may_decide(app) else {}


def may_decide(app: App) -> bool:
    """Whether this worker triages and hands over."""
    return "case" in WRITES.get(app.session.actor.role, ())


def case_beside(  # noqa: PLR0917 - which case, what stands over it, and the ways on
    app: App,
    look: Look,
    case: str,
    form: str,
    on_form: Callable[[str], object],
    on_close: Callable[[], object],
    on_done: Callable[[], object],
) -> ft.Control:
    """Draw a case, or a form about it, under its actions; needs a bounded height."""
    body = ft.Column(
        [_form(case, form, on_done) if form else CasePanel(case)],
        scroll=ft.ScrollMode.AUTO if form else None,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
    actions = [] if form else _actions(app, look, on_form)
    top = _way_back(look, on_form) if form else _bar(app, look, actions, on_close)
    below = [] if app.wide or not actions else [ft.Row([*actions], spacing=GRID)]
    return ft.Container(
        ft.Column(
            [top, body, *below],
            spacing=GRID,
            expand=True,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        ),
        padding=ft.Padding.only(left=2 * GRID, right=2 * GRID, bottom=GRID),
        expand=True,
        key=f"{case}/{form}",
    )


def _form(case: str, form: str, on_done: Callable[[], object]) -> ft.Control:
    return TriageForm(case, on_done) if form == "triage" else AssignForm(case, on_done)


def _way_back(look: Look, on_form: Callable[[str], object]) -> ft.Control:
    label, sign = look.t("triage.stop"), ft.Icons.ARROW_BACK_ROUNDED
    return ft.Row([quiet_button(look, label, lambda: on_form(""), leading=sign, mark="stop-form")])


def _bar(
    app: App, look: Look, actions: list[ft.Control], on_close: Callable[[], object]
) -> ft.Control:
    """On the desk the actions stand over the case, on the phone they are at the thumb."""
    sign = ft.Icons.CLOSE_ROUNDED if app.wide else ft.Icons.ARROW_BACK_ROUNDED
    close = icon_button(look, sign, look.t("triage.back"), on_close, mark="close")
    room = ft.Container(expand=True)
    return ft.Row([*actions, room, close] if app.wide else [close, room], spacing=GRID)


def _actions(app: App, look: Look, on_form: Callable[[str], object]) -> list[ft.Control]:
    if not may_decide(app):
        return []
    buttons = [_action(app, look, name, partial(on_form, name)) for name in SIGNS]
    return buttons if app.wide else [ft.Container(button, expand=True) for button in buttons]


def _action(app: App, look: Look, name: str, act: Callable[[], object]) -> ft.Control:
    word = look.t(f"triage.{name}")
    label = look.t("triage.with_key", what=word, letter=KEYS[name]) if app.wide else word
    return secondary_button(look, label, act, leading=SIGNS[name], mark=f"do-{name}")
