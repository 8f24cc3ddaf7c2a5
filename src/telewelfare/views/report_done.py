"""After a report was saved: its number for the paper, where it lies, and what comes next."""

from collections.abc import Callable

import flet as ft

from telewelfare.actions.reporting import Reported
from telewelfare.actions.session import Session
from telewelfare.actions.visiting import start_visit
from telewelfare.domain.rights import WRITES
from telewelfare.store.queries import case_detail
from telewelfare.views.context import use_app
from telewelfare.views.hooks import screen, use_action
from telewelfare.views.look import GRID, Look, use_look
from telewelfare.views.parts import (
    banner,
    centred,
    icon,
    primary_button,
    quiet_button,
    secondary_button,
    stack,
    surface,
    words,
)


@screen
def ReportDone(saved: Reported, on_another: Callable[[], object]) -> ft.Control:
    """Say calmly that nothing can get lost any more."""
    app, look = use_app(), use_look()
    visit = use_action(lambda: _begin(app.session, saved.case), lambda v: app.go(f"/visit/{v}"))
    goes = "visit" in WRITES.get(app.session.actor.role, frozenset())
    wrong = [banner(look, look.t(visit.problem), "problem")] if visit.problem else []
    go_now = primary_button(
        look,
        look.t("report.done.visit"),
        visit.run,
        leading=ft.Icons.DIRECTIONS_WALK_ROUNDED,
        mark="visit-now",
    )
    see = secondary_button(
        look, look.t("report.done.case"), lambda: app.go(f"/cases/{saved.case}"), mark="see-case"
    )
    home = secondary_button(look, look.t("report.done.home"), lambda: app.go("/"), mark="go-home")
    again = quiet_button(look, look.t("report.done.another"), on_another, mark="another")
    column = ft.Column(
        [
            _said(look, saved.provisional_no),
            *wrong,
            words(look, look.t("report.done.next"), "title"),
            *([go_now] if goes else []),
            see,
            home,
            ft.Row([again], alignment=ft.MainAxisAlignment.CENTER),
        ],
        spacing=GRID + GRID // 2,
        scroll=ft.ScrollMode.AUTO,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
    return centred(ft.Container(column, padding=2 * GRID))


def _begin(session: Session, case: str) -> str:
    detail = case_detail(session.journal, session.index, case)
    if detail is None:
        raise LookupError(case)
    return start_visit(session, detail)


def _said(look: Look, number: str) -> ft.Control:
    tone = look.colours.good
    middle = ft.TextAlign.CENTER
    content = stack(
        ft.Container(
            icon(look, ft.Icons.CHECK_CIRCLE_ROUNDED, colour=tone.ink, size=56),
            alignment=ft.Alignment.CENTER,
        ),
        words(look, look.t("report.done.title"), "question", colour=tone.ink, align=middle),
        words(look, look.t("report.done.where"), colour=tone.ink, align=middle),
        surface(
            look,
            stack(
                words(look, look.t("report.done.number"), "label", align=middle),
                words(look, number, "question", align=middle),
                words(look, look.t("report.done.paper"), "label", align=middle),
                gap=0,
            ),
        ),
        gap=GRID,
    )
    return ft.Semantics(
        identifier="report-done", live_region=True, content=surface(look, content, tone=tone)
    )
