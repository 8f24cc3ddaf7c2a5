"""From a figure to the cases it counts: the list opens already narrowed."""

from __future__ import annotations

from dataclasses import replace

from telewelfare.views import case_list, case_table
from telewelfare.views.context import App
from telewelfare.views.kept import keep


def show_cases(app: App, *, urgency: str = "", state: str = "", overdue: bool = False) -> None:
    """Go to the open cases of an urgency, of a state, or that are late; "" = of any.

    The phone's chips are coarser than the table's filters: they show at least what was counted.
    """
    journal = app.session.journal
    wanted = {"urgency": urgency, "state": state, "only": "overdue" if overdue else ""}
    narrowed = frozenset(f"{what}:{code}" for what, code in wanted.items() if code)
    filters = case_table.FIRST.filters | narrowed
    keep(journal, case_table.KEPT, replace(case_table.FIRST, filters=filters))
    groups = {code for code, states in case_list.GROUPS.items() if state in states}
    chips = groups | {"open"} | ({"urgent"} if urgency else set())
    chips |= {"overdue"} if overdue else set()
    keep(journal, case_list.KEPT, case_list.Wanted(chips=frozenset(chips)))
    app.go("/cases")
