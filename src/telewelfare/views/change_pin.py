"""Another PIN: the old one, the new one, the new one again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, Literal

import flet as ft

from telewelfare.actions.pin import change_pin
from telewelfare.store.vault import TooSoon, WrongPin, pin_problem
from telewelfare.views.context import use_app
from telewelfare.views.hooks import screen, use_action
from telewelfare.views.keypad import SHORTEST, gate_title, pin_pad, typed_after
from telewelfare.views.keys import use_keys
from telewelfare.views.look import GRID, Look, use_look
from telewelfare.views.parts import banner, empty_state, primary_button, quiet_button, stack
from telewelfare.views.scrolling import scrolling

Step = Literal["old", "new", "again", "done"]
STEPS: Final[tuple[Step, ...]] = ("old", "new", "again")


@dataclass(frozen=True, slots=True)
class Draft:
    """What was typed so far. `problem` is the key of a sentence, "" for none."""

    step: Step = "old"
    old: str = ""
    new: str = ""
    again: str = ""
    problem: str = ""

    @property
    def typed(self) -> str:
        """What stands in the dots."""
        return {"old": self.old, "new": self.new, "again": self.again}.get(self.step, "")


def pressed(draft: Draft, key: str) -> Draft:
    """Put a key to what is typed at this step."""
    match draft.step:
        case "old":
            return replace(draft, old=typed_after(draft.old, key), problem="")
        case "new":
            return replace(draft, new=typed_after(draft.new, key), problem="")
        case "again":
            return replace(draft, again=typed_after(draft.again, key), problem="")
        case "done":
            return draft


def onward(draft: Draft) -> Draft:
    """Go to the next step, or back to the new PIN with what is wrong with it."""
    if draft.step == "old":
        return replace(draft, step="new", problem="")
    if draft.step == "new":
        problem = pin_problem(draft.new)
        if problem:
            return replace(draft, new="", problem=f"unlock.problem.{problem}")
        return replace(draft, step="again", problem="")
    if draft.new != draft.again:
        return replace(draft, step="new", new="", again="", problem="unlock.problem.pin_differs")
    return draft


def answered(draft: Draft, answer: str | WrongPin | TooSoon | None) -> Draft:
    """Say what came of it; a wrong old PIN is asked again."""
    match answer:
        case None:
            return Draft("done")
        case str():
            return replace(draft, step="new", new="", again="", problem=f"unlock.problem.{answer}")
        case WrongPin():
            return Draft(problem="unlock.problem.old_wrong")
        case TooSoon():
            return Draft(problem="unlock.problem.too_soon")


@screen
def ChangePin(on_close: Callable[[], object]) -> ft.Control:
    """One PIN a step on the same pad."""
    app, look = use_app(), use_look()
    draft, set_draft = ft.use_state(Draft())
    change = use_action(
        lambda old, new: change_pin(app.session, old, new),
        lambda answer: set_draft(lambda had: answered(had, answer)),
        blocking=True,
    )

    def go_on() -> None:
        if len(draft.typed) < SHORTEST or change.pending:
            return
        after = onward(draft)
        set_draft(after)
        if draft.step == "again" and after.step == "again":
            change.run(after.old, after.new)

    def on_key(event: ft.KeyboardEvent) -> bool:
        if event.key in {"Enter", "Numpad Enter"}:
            go_on()
        else:
            set_draft(lambda had: pressed(had, event.key))
        return True

    use_keys(on_key)
    if draft.step == "done":
        return _done(look, on_close)
    problem = change.problem or draft.problem
    return scrolling(
        gate_title(look, look.t(f"settings.pin.{draft.step}"), look.t("enrol.pin.why")),
        *([banner(look, look.t(problem), "problem")] if problem else []),
        pin_pad(
            look,
            draft.typed,
            lambda key: set_draft(lambda had: pressed(had, key)),
            disabled=change.pending,
        ),
        stack(
            primary_button(
                look,
                look.t("enrol.next"),
                go_on,
                pending=change.pending,
                disabled=len(draft.typed) < SHORTEST,
                mark="next",
            ),
            quiet_button(look, look.t("settings.pin.leave"), on_close, mark="leave"),
            gap=GRID // 2,
        ),
        width=440,
    )


def _done(look: Look, on_close: Callable[[], object]) -> ft.Control:
    return empty_state(
        look,
        look.t("settings.pin.done"),
        look.t("settings.pin.done_why"),
        name=ft.Icons.CHECK_CIRCLE_ROUNDED,
        action=look.t("settings.pin.close"),
        on_press=on_close,
    )
