"""Handing work to somebody who goes to town, and taking along what others hand over."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import flet as ft

from telewelfare.actions.carrying import NotTaken, bundles, carried, let_go, take_along
from telewelfare.domain.clock import Millis
from telewelfare.sync.bundle import Carried, State
from telewelfare.views.context import App, use_app
from telewelfare.views.handing import hand_over, take_one
from telewelfare.views.hooks import Action, screen, use_action, use_query
from telewelfare.views.look import GRID, Look, use_look
from telewelfare.views.parts import (
    banner,
    icon,
    quiet_button,
    secondary_button,
    section_title,
    stack,
    surface,
    words,
)
from telewelfare.views.parts.badges import ToneName
from telewelfare.views.sync_state import show_moment

ICONS: dict[State, ft.IconData] = {
    "waiting": ft.Icons.SCHEDULE_ROUNDED,
    "taken": ft.Icons.CHECK_CIRCLE_ROUNDED,
    "unreadable": ft.Icons.ERROR_ROUNDED,
    "other_centre": ft.Icons.ERROR_ROUNDED,
}
NOTHING_SAID: tuple[ToneName, str] | None = None


@screen
def CarrySection() -> ft.Control:
    """Why, two buttons, what became of the last, and what is carried for others."""
    app, look = use_app(), use_look()
    session = app.session
    said, say = ft.use_state(NOTHING_SAID)
    version, bump = ft.use_state(0)
    waiting = use_query(session.journal, session.journal.waiting)
    held = use_query(session.sync, lambda: carried(session), [version])
    page = ft.context.page

    async def give() -> tuple[ToneName, str]:
        made = await asyncio.to_thread(bundles, session)
        title, text = look.t("carry.share"), look.t("carry.share_text")
        for one in made:
            if not await hand_over(page, one.name, one.bundle, title=title, text=text):
                return "notice", look.t("carry.not_given")
        return "good", look.t("carry.given", n=sum(one.operations for one in made))

    async def take() -> tuple[ToneName, str] | None:
        contents = await take_one()
        if contents is None:
            return None
        outcome = await asyncio.to_thread(take_along, session, contents)
        bump(lambda n: n + 1)
        if isinstance(outcome, NotTaken):
            return "problem", _problem(look, outcome.code)
        return "good", look.t("carry.taken_along")

    giving, taking = use_action(give, say), use_action(take, say)

    def drop(one: Carried) -> None:
        let_go(session, one.id)
        bump(lambda n: n + 1)

    return stack(
        section_title(look, look.t("carry.title")),
        words(look, look.t("carry.why"), colour=look.colours.muted),
        *_said(look, said, giving, taking),
        _give(look, giving, any_work=bool(waiting.pending)),
        _take(look, taking),
        *_held(app, look, held, drop),
        gap=GRID + GRID // 2,
    )


def _problem(look: Look, code: str) -> str:
    key = f"carry.problem.{code}"
    return look.t(key if look.t.has(key) else "carry.problem.other")


def _said(
    look: Look, said: tuple[ToneName, str] | None, giving: Action[[]], taking: Action[[]]
) -> list[ft.Control]:
    failed = giving.problem or taking.problem
    if failed:
        return [banner(look, look.t(failed), "problem")]
    return [banner(look, said[1], said[0])] if said else []


def _give(look: Look, giving: Action[[]], *, any_work: bool) -> ft.Control:
    button = secondary_button(
        look,
        look.t("parts.working") if giving.pending else look.t("carry.give"),
        giving.run,
        leading=ft.Icons.SEND_AND_ARCHIVE_ROUNDED,
        disabled=giving.pending or not any_work,
        mark="carry-give",
    )
    if any_work:
        return button
    return stack(button, words(look, look.t("carry.nothing"), "label", colour=look.colours.muted))


def _take(look: Look, taking: Action[[]]) -> ft.Control:
    return secondary_button(
        look,
        look.t("parts.working") if taking.pending else look.t("carry.take"),
        taking.run,
        leading=ft.Icons.FILE_OPEN_ROUNDED,
        disabled=taking.pending,
        mark="carry-take",
    )


def _held(
    app: App, look: Look, held: tuple[Carried, ...], drop: Callable[[Carried], None]
) -> list[ft.Control]:
    if not held:
        return []
    now = app.session.now()
    rows = [_row(look, one, now, drop) for one in held]
    heading = words(look, look.t("carry.carried"), "strong")
    return [surface(look, ft.Column([heading, *rows], spacing=GRID + GRID // 2, tight=True))]


def _row(look: Look, one: Carried, now: Millis, drop: Callable[[Carried], None]) -> ft.Control:
    wrong = one.state in ("unreadable", "other_centre")
    colour = {"taken": look.colours.good.ink, "waiting": look.colours.accent}.get(
        one.state, look.colours.problem.ink
    )
    since = look.t("carry.since", at=show_moment(one.since, now, look.t.lang))
    texts = stack(
        words(look, look.t(f"carry.state.{one.state}")),
        words(look, since, "label", colour=look.colours.muted),
        gap=0,
    )
    texts.expand = True
    seen = quiet_button(look, look.t("carry.let_go"), lambda: drop(one), mark="carry-let-go")
    row = ft.Row(
        [icon(look, ICONS[one.state], colour=colour), texts],
        spacing=GRID + GRID // 2,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )
    return stack(row, *([ft.Row([seen], alignment=ft.MainAxisAlignment.END)] if wrong else []))
