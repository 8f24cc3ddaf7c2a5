"""A case in short: who, where, what was told, how it stands."""

from __future__ import annotations

import flet as ft

from telewelfare.store.queries import case_detail
from telewelfare.views.context import use_app
from telewelfare.views.hooks import screen, use_query
from telewelfare.views.look import use_look
from telewelfare.views.parts import Fact, area_words, error_state, fact_rows, stack, words


@screen
def CasePanel(case_id: str) -> ft.Control:
    """Draw a case in short."""
    app, look = use_app(), use_look()
    session = app.session
    detail = use_query(
        session.journal, lambda: case_detail(session.journal, session.index, case_id), [case_id]
    )
    if detail is None:
        return error_state(look, look.t("case.gone"), look.t("case.gone_why"))
    line = detail.line
    facts = [
        Fact(look.t.field("case", "area"), area_words(look, line.area)),
        Fact(look.t.field("case", "state"), look.t.code("case_state", line.state)),
        Fact(
            look.t.field("incident_report", "situation_text"),
            str(detail.report.get("situation_text") or "–"),
        ),
    ]
    return stack(words(look, line.no, "title"), words(look, line.name), fact_rows(look, facts))
