"""Where a new invitation is entered on a device that its centre does not let in any more."""

from __future__ import annotations

from typing import Final

import flet as ft

from telewelfare.actions.enrolment import read_invitation
from telewelfare.actions.renewal import be_let_in_again
from telewelfare.store.errors import StoreError
from telewelfare.sync.transport import SyncError
from telewelfare.views.context import use_app
from telewelfare.views.hooks import screen, use_action
from telewelfare.views.look import GRID, use_look
from telewelfare.views.parts import (
    banner,
    labelled_field,
    primary_button,
    secondary_button,
    stack,
    words,
)

SHUT_OUT: Final = frozenset({"signed_out", "revoked"})
"""Problems that a new invitation helps with."""


@screen
def RenewSection() -> ft.Control:
    """A button, and behind it the field for the invitation. The work here is not touched."""
    app, look = use_app(), use_look()
    shown, show = ft.use_state(False)
    pasted, set_pasted = ft.use_state("")
    problem, set_problem = ft.use_state("")

    async def enter() -> str:
        invitation = read_invitation(pasted, app.session.identity.url)
        if invitation is None:
            return "renew.unread"
        try:
            await be_let_in_again(app.session, invitation)
        except (SyncError, StoreError) as error:
            return f"sync.problem.{error.code}"
        return ""

    def typed(text: str) -> None:
        set_pasted(text)
        set_problem("")

    entering = use_action(enter, set_problem)
    why = words(look, look.t("renew.why"), colour=look.colours.muted)
    if not shown:
        button = secondary_button(look, look.t("renew.open"), lambda: show(True), mark="renew-open")
        return stack(why, button, gap=GRID)
    field = labelled_field(
        look,
        look.t("renew.field"),
        pasted,
        typed,
        kind="lines",
        helper=look.t("renew.helper"),
        mark="invitation",
    )
    said = entering.problem or problem
    go = primary_button(
        look, look.t("renew.go"), entering.run, pending=entering.pending, mark="renew-go"
    )
    return stack(
        why, field, *([banner(look, look.t(said), "notice")] if said else []), go, gap=GRID
    )
