"""What is wrong with the way to the centre: one sentence, one button; and a look step by step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Literal
from urllib.parse import urlsplit

import flet as ft

from telewelfare.actions.support import patient_of, support_text
from telewelfare.sync.doctor import STEPS, Step, StepName, diagnose, verdict
from telewelfare.views.context import App, use_app
from telewelfare.views.handing import hand_over
from telewelfare.views.hooks import screen, use_action
from telewelfare.views.look import GRID, Look, use_look
from telewelfare.views.parts import (
    banner,
    icon,
    marked,
    primary_button,
    quiet_button,
    secondary_button,
    section_title,
    stack,
    surface,
    words,
)

Remedy = Literal["retry", "portal", "clock", "space", "renew", "call"]
REMEDIES: Final[dict[str, Remedy]] = {
    "captive_portal": "portal",
    "clock": "clock",
    "disk_full": "space",
    "disk_low": "space",
    "app_too_old": "renew",
    "newer_schema": "renew",
    "signed_out": "call",
    "revoked": "call",
    "too_large": "call",
    "centre_too_old": "call",
    "damaged": "call",
}
"""What the one button does; trying again helps with everything else."""
SHOWN_HOW: Final[frozenset[Remedy]] = frozenset({"clock", "space", "renew"})
ICONS: Final[dict[Remedy, ft.IconData]] = {
    "retry": ft.Icons.REFRESH_ROUNDED,
    "portal": ft.Icons.WIFI_PASSWORD_ROUNDED,
    "clock": ft.Icons.SCHEDULE_ROUNDED,
    "space": ft.Icons.CLEANING_SERVICES_ROUNDED,
    "renew": ft.Icons.SYSTEM_UPDATE_ROUNDED,
    "call": ft.Icons.CALL_ROUNDED,
}
NO_STEPS: tuple[Step, ...] = ()


def remedy_of(code: str) -> Remedy:
    """What helps with a problem."""
    return REMEDIES.get(code, "retry")


def sentence(look: Look, part: str, code: str) -> str:
    """What happened (`what`) or what to do (`do`); a code we do not know is the centre's fault."""
    key = f"doctor.{part}.{code}"
    return look.t(key if look.t.has(key) else f"doctor.{part}.fault")


@screen
def ProblemCard(code: str, pending: bool) -> ft.Control:  # noqa: FBT001 - a component's property
    """What happened, that nothing is lost, what to do, and the one button that does it."""
    app, look = use_app(), use_look()
    shown, show = ft.use_state(False)
    remedy, tone = remedy_of(code), look.colours.notice
    safe = f"doctor.safe_{code}"
    row = ft.Row(
        [
            icon(look, ft.Icons.WARNING_ROUNDED, colour=tone.ink),
            words(look, sentence(look, "what", code), "title", colour=tone.ink, expand=True),
        ],
        spacing=GRID + GRID // 2,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )
    lines = [
        row,
        words(look, look.t(safe if look.t.has(safe) else "doctor.safe"), colour=tone.ink),
        words(look, sentence(look, "do", code), "strong", colour=tone.ink),
        *([words(look, look.t(f"doctor.how.{remedy}"), colour=tone.ink)] if shown else []),
    ]
    return ft.Semantics(
        identifier="problem-card",
        live_region=True,
        content=stack(
            surface(look, stack(*lines), tone=tone),
            _button(app, look, remedy, lambda: show(not shown), pending=pending),
            *_again(app, look, remedy, pending=pending),
            gap=GRID + GRID // 2,
        ),
    )


def _button(
    app: App, look: Look, remedy: Remedy, show: Callable[[], object], *, pending: bool
) -> ft.Control:
    acts: dict[Remedy, Callable[[], object]] = {
        "retry": app.session.sync.nudge,
        "portal": lambda: app.launch(_plain(app.session.identity.url)),
        "call": lambda: app.go("/numbers"),
    }
    return primary_button(
        look,
        look.t(f"doctor.button.{remedy}"),
        acts.get(remedy, show),
        leading=ICONS[remedy],
        pending=pending and remedy == "retry",
        mark=f"remedy-{remedy}",
    )


def _again(app: App, look: Look, remedy: Remedy, *, pending: bool) -> list[ft.Control]:
    if remedy == "retry":
        return []
    return [
        secondary_button(
            look,
            look.t("parts.working") if pending else look.t("doctor.retry"),
            app.session.sync.nudge,
            leading=ft.Icons.REFRESH_ROUNDED,
            disabled=pending,
            mark="sync-now",
        )
    ]


def _plain(url: str) -> str:
    """An address that a Wi-Fi's sign-in page can answer at: nothing is sealed there."""
    return f"http://{urlsplit(url).hostname or ''}/"


@screen
def DoctorSection() -> ft.Control:
    """A button that looks at each step of the way, with a tick as each is done."""
    app, look = use_app(), use_look()
    steps, set_steps = ft.use_state(NO_STEPS)

    async def look_through() -> None:
        done: tuple[Step, ...] = ()
        set_steps(done)
        async for step in diagnose(patient_of(app.session)):
            done = (*done, step)
            set_steps(done)

    looking = use_action(look_through)
    button = secondary_button(
        look,
        look.t("parts.working") if looking.pending else look.t("doctor.look"),
        looking.run,
        leading=ft.Icons.HEALTH_AND_SAFETY_ROUNDED,
        disabled=looking.pending,
        mark="diagnose",
    )
    failed = [banner(look, look.t(looking.problem), "problem")] if looking.problem else []
    return stack(
        section_title(look, look.t("doctor.title")),
        words(look, look.t("doctor.why"), colour=look.colours.muted),
        button,
        *failed,
        *([_steps(look, steps, pending=looking.pending)] if steps or looking.pending else []),
        *([] if looking.pending or not steps else [_verdict(look, steps)]),
        *_support(steps),
        gap=GRID + GRID // 2,
    )


def _support(steps: tuple[Step, ...]) -> list[ft.Control]:
    return [SupportSection(steps)]


def _steps(look: Look, steps: tuple[Step, ...], *, pending: bool) -> ft.Control:
    by_name = {step.name: step for step in steps}
    at = len(steps)
    rows = [
        _step(look, name, by_name.get(name), under_way=pending and n == at)
        for n, name in enumerate(STEPS)
    ]
    return marked("steps-looked", surface(look, ft.Column(rows, spacing=GRID, tight=True)))


def _step(look: Look, name: StepName, step: Step | None, *, under_way: bool) -> ft.Control:
    ink = look.colours.ink
    size = look.size.icon
    leading: ft.Control
    if under_way:
        leading = ft.ProgressRing(width=size, height=size, stroke_width=3, color=ink)
    else:
        picture, ink = _picture(look, step)
        leading = icon(look, picture, colour=ink)
    quiet = step is None or step.state == "skipped"
    label = words(
        look,
        look.t(f"doctor.step.{name}"),
        colour=look.colours.muted if quiet and not under_way else look.colours.ink,
        expand=True,
    )
    return ft.Row([leading, label], spacing=GRID + GRID // 2)


def _picture(look: Look, step: Step | None) -> tuple[ft.IconData, str]:
    match step and step.state:
        case "ok":
            return ft.Icons.CHECK_CIRCLE_ROUNDED, look.colours.good.ink
        case "warn":
            return ft.Icons.WARNING_ROUNDED, look.colours.notice.ink
        case "bad":
            return ft.Icons.CANCEL_ROUNDED, look.colours.problem.ink
    return ft.Icons.REMOVE_CIRCLE_OUTLINE_ROUNDED, look.colours.muted


def _verdict(look: Look, steps: tuple[Step, ...]) -> ft.Control:
    code = verdict(steps)
    if not code:
        return banner(look, look.t("doctor.well"), "good")
    told = f"{sentence(look, 'what', code)}\n{sentence(look, 'do', code)}"
    return banner(look, told, "notice")


@screen
def SupportSection(steps: tuple[Step, ...]) -> ft.Control:
    """The document for the administrator: shown whole before it is handed on."""
    app, look = use_app(), use_look()
    text, set_text = ft.use_state("")
    copied, set_copied = ft.use_state(False)
    page = ft.context.page

    def show() -> None:
        set_copied(False)
        set_text("" if text else support_text(app.session, steps))

    async def copy() -> None:
        await ft.Clipboard().set(text)
        set_copied(True)

    async def send() -> None:
        title, name = look.t("doctor.support.title"), look.t("doctor.support.file")
        await hand_over(page, name, text.encode(), title=title, text=title)

    showing, copying, sending = use_action(show), use_action(copy), use_action(send)
    problem = showing.problem or copying.problem or sending.problem
    shown = [
        _document(look, text),
        ft.Row(
            [
                quiet_button(
                    look,
                    look.t("doctor.support.copy"),
                    copying.run,
                    leading=ft.Icons.CONTENT_COPY_ROUNDED,
                    mark="support-copy",
                ),
                quiet_button(
                    look,
                    look.t("doctor.support.send"),
                    sending.run,
                    leading=ft.Icons.SEND_ROUNDED,
                    mark="support-send",
                ),
            ],
            wrap=True,
        ),
    ]
    return stack(
        section_title(look, look.t("doctor.support.title")),
        words(look, look.t("doctor.support.why"), colour=look.colours.muted),
        secondary_button(
            look,
            look.t("doctor.support.show"),
            showing.run,
            leading=ft.Icons.DESCRIPTION_ROUNDED,
            mark="support-show",
        ),
        *([banner(look, look.t(problem), "problem")] if problem else []),
        *(shown if text else []),
        *([banner(look, look.t("doctor.support.copied"), "good")] if copied and text else []),
        gap=GRID + GRID // 2,
    )


def _document(look: Look, text: str) -> ft.Control:
    return marked(
        "support-text",
        surface(look, ft.Text(text, size=look.size.dense, selectable=True, color=look.colours.ink)),
    )
