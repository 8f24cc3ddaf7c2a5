"""A case beside its list, and the forms about it that keys open: triage, hand over, move on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import flet as ft

from telewelfare.actions.casework import may_assign, may_triage
from telewelfare.views.case_page import FORMS, CasePanel
from telewelfare.views.context import App
from telewelfare.views.look import GRID, Look
from telewelfare.views.parts import icon_button, quiet_button, words

TRIAGE_KEYS: Final = {"t": "triage", "ะ": "triage"}
ASSIGN_KEYS: Final = {"a": "assign", "ฟ": "assign"}
"""Which key opens which form; the Thai letters are on the same keys."""


def forms_of(app: App, case: str | None) -> Mapping[str, str]:
    """Return the keys of the forms that this worker may use for a case, None being no case."""
    line = app.session.index.case(case or "")
    if line is None:
        return {}
    triage = TRIAGE_KEYS if may_triage(app.session, line) else {}
    return triage | (ASSIGN_KEYS if may_assign(app.session, line) else {})


def case_beside(  # noqa: PLR0917 - which case, what stands over it, and the ways on
    app: App,
    look: Look,
    case: str,
    form: str,
    on_form: Callable[[str], object],
    on_close: Callable[[], object],
    on_done: Callable[[], object],
) -> ft.Control:
    """Draw a case or a form about it; needs a bounded height."""
    shown = _form(case, form, on_done) if form else CasePanel(case, on_form)
    return ft.Container(
        ft.Column(
            [
                _way_back(look, on_form) if form else _bar(app, look, case, on_close),
                ft.Container(shown, expand=True),
            ],
            spacing=0,
            expand=True,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        ),
        expand=True,
        key=f"{case}/{form}",
    )


def _form(case: str, form: str, on_done: Callable[[], object]) -> ft.Control:
    return ft.Column(
        [ft.Container(FORMS[form](case, on_done), padding=2 * GRID)],
        scroll=ft.ScrollMode.AUTO,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _way_back(look: Look, on_form: Callable[[str], object]) -> ft.Control:
    label, sign = look.t("triage.stop"), ft.Icons.ARROW_BACK_ROUNDED
    back = quiet_button(look, label, lambda: on_form(""), leading=sign, mark="stop-form")
    return ft.Row([back])


def _bar(app: App, look: Look, case: str, on_close: Callable[[], object]) -> ft.Control:
    """Draw the way back to the list, on the desk with the keys that work here."""
    sign = ft.Icons.CLOSE_ROUNDED if app.wide else ft.Icons.ARROW_BACK_ROUNDED
    close = icon_button(look, sign, look.t("triage.back"), on_close, mark="close")
    if not app.wide:
        label = words(look, look.t("triage.back"), colour=look.colours.muted, expand=True)
        return ft.Row([close, label])
    forms = dict.fromkeys(forms_of(app, case).values())
    said = [look.t(f"triage.key.{form}") for form in forms] + [look.t("triage.key.close")]
    keys = words(look, " · ".join(said), "dense", colour=look.colours.muted, expand=True)
    return ft.Container(ft.Row([keys, close]), padding=ft.Padding.only(left=2 * GRID))
