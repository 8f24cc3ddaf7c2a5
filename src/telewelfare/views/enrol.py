"""The first screen: where the office's invitation is pasted, then a PIN is chosen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, Literal

import flet as ft

from telewelfare.actions.enrolment import Invitation, read_invitation
from telewelfare.actions.session import Session
from telewelfare.store.errors import AlreadyEnrolled, StoreError
from telewelfare.store.vault import pin_problem
from telewelfare.sync.transport import SyncError
from telewelfare.views.device import Device
from telewelfare.views.draft import use_draft
from telewelfare.views.hooks import Action, screen, use_action
from telewelfare.views.keypad import SHORTEST, gate, gate_title, pin_pad, typed_after
from telewelfare.views.keys import use_keys
from telewelfare.views.look import GRID, Look, use_look
from telewelfare.views.parts import (
    banner,
    icon,
    labelled_field,
    primary_button,
    quiet_button,
    stack,
)

Step = Literal["invitation", "pin", "again", "working"]
SOMEWHERE: Final = "https://x"
"""Stands in for an address to see whether what was pasted is a code alone."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What was given so far. `problem` is the key of a sentence, "" for none."""

    step: Step = "invitation"
    pasted: str = ""
    url: str = ""
    pin: str = ""
    again: str = ""
    problem: str = ""

    @property
    def invitation(self) -> Invitation | None:
        """The invitation, as far as it can be read."""
        return read_invitation(self.pasted, _address(self.url))

    @property
    def is_code_alone(self) -> bool:
        """Whether only the centre's address is missing."""
        return (
            read_invitation(self.pasted) is None
            and read_invitation(self.pasted, SOMEWHERE) is not None
        )


def _address(typed: str) -> str:
    text = typed.strip()
    return text if not text or "://" in text else f"https://{text}"


def with_invitation(draft: Draft) -> Draft:
    """Go on from the first step, or say what is wrong with it."""
    if not draft.pasted.strip():
        return replace(draft, problem="enrol.problem.empty")
    if draft.invitation is not None:
        return replace(draft, step="pin", problem="")
    missing = draft.is_code_alone
    return replace(draft, problem="enrol.problem.no_address" if missing else "enrol.problem.unread")


def with_pin(draft: Draft) -> Draft:
    """Go on from the PIN, or say why it will not do."""
    problem = pin_problem(draft.pin)
    if problem:
        return replace(draft, pin="", problem=f"unlock.problem.{problem}")
    return replace(draft, step="again", again="", problem="")


def with_again(draft: Draft) -> Draft:
    """Compare the PIN with its repetition."""
    if draft.pin == draft.again:
        return replace(draft, step="working", problem="")
    return replace(draft, step="pin", pin="", again="", problem="unlock.problem.pin_differs")


def after_failure(draft: Draft, code: str) -> Draft:
    """Say why enrolling failed, at the field when the invitation is to blame. All typed stays."""
    step: Step = "invitation" if code.startswith("invitation_") else "working"
    return replace(draft, step=step, problem=f"sync.problem.{code}")


def after_invitation(draft: Draft) -> Draft:
    """Go on from the invitation; a PIN that was chosen before need not be chosen again."""
    after = with_invitation(draft)
    chosen = after.step == "pin" and draft.pin and draft.pin == draft.again
    return replace(after, step="working") if chosen else after


def after_key(draft: Draft, key: str) -> Draft:
    """What a key of the pad makes of the PIN that is being typed."""
    if draft.step == "pin":
        return replace(draft, pin=typed_after(draft.pin, key), problem="")
    if draft.step == "again":
        return replace(draft, again=typed_after(draft.again, key), problem="")
    return draft


@screen
def EnrolScreen(  # noqa: C901 - one short closure for each thing that can happen
    device: Device, on_open: Callable[[Session | None], object]
) -> ft.Control:
    """One thing at a time: the invitation, the PIN, the PIN again, then wait."""
    look = use_look()
    held = use_draft(Draft(url=device.initial_url))
    draft = held.now

    async def enrol(given: Draft) -> Session | str | None:
        invitation = given.invitation
        if invitation is None:
            return "invitation_unknown"
        try:
            return await device.enrol(invitation, given.pin)
        except AlreadyEnrolled:
            return None  # by another page; it is unlocked now
        except (SyncError, StoreError) as error:
            return error.code

    def done(outcome: Session | str | None) -> None:
        if isinstance(outcome, str):
            held.put(after_failure(held.now, outcome))
        else:
            on_open(outcome)

    working = use_action(enrol, done)

    def press(key: str) -> None:
        held.put(after_key(held.now, key))

    def go_on() -> None:
        ways = {"invitation": after_invitation, "pin": with_pin, "again": with_again}
        now = held.now
        after = ways[now.step](now) if now.step in ways else now
        held.put(after)
        if after.step == "working":
            working.run(after)

    def on_key(event: ft.KeyboardEvent) -> bool:
        if draft.step not in {"pin", "again"}:
            return False
        if event.key == "Enter":
            go_on()
        else:
            press(event.key)
        return True

    use_keys(on_key)
    steps: dict[Step, Callable[[], list[ft.Control]]] = {
        "invitation": lambda: _invitation(look, draft, held.change, go_on),
        "pin": lambda: _pin(look, draft, press, go_on, held.put),
        "again": lambda: _pin(look, draft, press, go_on, held.put),
        "working": lambda: _working(
            look,
            draft,
            working,
            lambda: working.run(held.now),
            lambda: held.change(step="invitation", problem=""),
        ),
    }
    return gate(look, *steps[draft.step]())


def _invitation(
    look: Look,
    draft: Draft,
    change: Callable[..., object],
    go_on: Callable[[], object],
) -> list[ft.Control]:
    asks_address = draft.is_code_alone or bool(draft.url)
    about_address = draft.problem == "enrol.problem.no_address"
    told = look.t(draft.problem) if draft.problem else ""
    field = labelled_field(
        look,
        look.t("enrol.field"),
        draft.pasted,
        lambda typed: change(pasted=typed, problem=""),
        kind="lines",
        helper=look.t("enrol.helper"),
        error="" if about_address else told,
        mark="invitation",
    )
    address = labelled_field(
        look,
        look.t("enrol.address"),
        draft.url,
        lambda typed: change(url=typed, problem=""),
        helper=look.t("enrol.address_helper"),
        error=told if about_address else "",
        mark="address",
    )
    return [
        _logo(look),
        gate_title(look, look.t("enrol.title"), look.t("enrol.why")),
        field,
        *([address] if asks_address else []),
        stack(primary_button(look, look.t("enrol.next"), go_on, mark="next")),
    ]


def _logo(look: Look) -> ft.Control:
    disc = ft.Container(
        icon(look, ft.Icons.VOLUNTEER_ACTIVISM_ROUNDED, size=44),
        width=88,
        height=88,
        border_radius=44,
        bgcolor=look.colours.sand,
        alignment=ft.Alignment.CENTER,
    )
    return ft.Row([disc], alignment=ft.MainAxisAlignment.CENTER)


def _pin(
    look: Look,
    draft: Draft,
    press: Callable[[str], object],
    go_on: Callable[[], object],
    change: Callable[[Draft], object],
) -> list[ft.Control]:
    first = draft.step == "pin"
    typed = draft.pin if first else draft.again
    title = look.t("enrol.pin.title" if first else "enrol.pin.again")
    back = replace(draft, step="invitation" if first else "pin", pin="", again="", problem="")
    return [
        gate_title(look, title, look.t("enrol.pin.why")),
        *([banner(look, look.t(draft.problem), "problem")] if draft.problem else []),
        pin_pad(look, typed, press),
        stack(
            primary_button(
                look,
                look.t("enrol.next"),
                go_on,
                disabled=len(typed) < SHORTEST,
                mark="next",
            ),
            quiet_button(look, look.t("parts.back"), lambda: change(back), mark="back"),
            gap=GRID // 2,
        ),
    ]


def _working(
    look: Look,
    draft: Draft,
    working: Action[[Draft]],
    again: Callable[[], object],
    edit: Callable[[], object],
) -> list[ft.Control]:
    problem = working.problem or draft.problem
    if working.pending or not problem:
        ring = ft.ProgressRing(
            width=56, height=56, stroke_width=5, semantics_label=look.t("enrol.working.title")
        )
        return [
            ft.Row([ring], alignment=ft.MainAxisAlignment.CENTER),
            gate_title(look, look.t("enrol.working.title"), look.t("enrol.working.why")),
        ]
    return [
        gate_title(look, look.t("enrol.failed")),
        banner(look, look.t(problem), "notice"),
        stack(
            primary_button(
                look,
                look.t("parts.retry"),
                again,
                leading=ft.Icons.REFRESH_ROUNDED,
                mark="retry",
            ),
            quiet_button(look, look.t("enrol.edit"), edit, mark="edit"),
        ),
    ]
