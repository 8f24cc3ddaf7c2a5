"""แจ้งเหตุ: three short steps and a look back; kept on the device while it is being written."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import flet as ft
from flet.components.hooks.use_ref import MutableRef

from telewelfare.actions.reporting import (
    Missing,
    ReportDraft,
    Reported,
    forget_draft,
    keep_draft,
    kept_draft,
    record_report,
    report_problems,
)
from telewelfare.actions.session import Session
from telewelfare.views.context import use_app
from telewelfare.views.hooks import Action, screen, use_action
from telewelfare.views.locate import Located, locate
from telewelfare.views.look import GRID, Look, use_look
from telewelfare.views.parts import (
    Ways,
    banner,
    centred,
    primary_button,
    question_page,
    quiet_button,
    secondary_button,
    section_title,
    stack,
    surface,
    words,
)
from telewelfare.views.report_done import ReportDone
from telewelfare.views.report_steps import (
    STEPS,
    Page,
    own_areas,
    summary,
    what_happened,
    where,
    who,
)

PAUSE: Final = 0.8  # seconds without a change before what was typed is kept
LONGEST_AGE: Final = 130
DRAW: Final = {1: what_happened, 2: where, 3: who, 4: summary}


@dataclass(frozen=True)
class Writing:
    """The report being written, and where the worker is in it."""

    draft: ReportDraft
    waiting: bool = False  # a draft of an earlier time lies there; go on or throw away
    thrown: ReportDraft | None = None  # until something else is typed it can be had back
    tried: int = 0  # up to which step errors are shown
    picking: bool = False
    not_located: bool = False
    saved: Reported | None = None


def _begun(session: Session) -> Writing:
    kept = kept_draft(session)
    written = kept is not None and replace(kept, step=1) != ReportDraft()
    return Writing(kept, waiting=True) if kept is not None and written else Writing(ReportDraft())


@dataclass(frozen=True)
class Flow:
    """What the worker may do with the report being written.

    Reads the newest state, not the one last drawn: a tap may follow a key at once.
    """

    session: Session
    go: Callable[[str], object]
    latest: MutableRef[Writing]
    draw: Callable[[Writing], object]

    @property
    def now(self) -> Writing:
        """What is written so far."""
        return self.latest.current or Writing(ReportDraft())

    def put(self, now: Writing) -> None:
        """Take over a new state and draw it."""
        self.latest.current = now
        self.draw(now)

    def alter(self, update: Callable[[ReportDraft], ReportDraft]) -> None:
        """Something was typed or chosen; `update` is given what is written so far."""
        self.put(replace(self.now, draft=update(self.now.draft), thrown=None))

    def change(self, **fields: object) -> None:
        """Some fields were typed or chosen."""
        self.alter(lambda draft: replace(draft, **fields))  # type: ignore[arg-type]  # by name

    def picked(self, area: str) -> None:
        """A place was found in the picker, which has done its work."""
        self.change(area=area)
        self.put(replace(self.now, picking=False))

    def go_to(self, step: int) -> None:
        """Open a step, and keep what there is."""
        moved = replace(self.now.draft, step=step)
        keep_draft(self.session, moved)
        self.put(replace(self.now, draft=moved, picking=False))

    def forward(self) -> None:
        """Go on, unless something of this step must be mended first."""
        step = self.now.draft.step
        if any(problem.step == step for problem in report_problems(self.now.draft)):
            self.put(replace(self.now, tried=step))
        else:
            self.go_to(step + 1)

    def back(self) -> None:
        """One step back, from the first one home."""
        if self.now.draft.step > 1:
            self.go_to(self.now.draft.step - 1)
        else:
            self.go("/")

    def save(self) -> Reported | tuple[Missing, ...]:
        """Save the report as a case."""
        return record_report(self.session, self.now.draft)

    def saved(self, outcome: Reported | tuple[Missing, ...]) -> None:
        """Show the number, or the first step that something is missing in."""
        if isinstance(outcome, Reported):
            self.put(Writing(ReportDraft(), saved=outcome))
        else:
            first = min(missing.step for missing in outcome)
            draft = replace(self.now.draft, step=first)
            self.put(replace(self.now, tried=STEPS, draft=draft))

    def located(self, found: Located) -> None:
        """Keep the position, or say that there is none."""
        draft = replace(self.now.draft, geo=found.geo or self.now.draft.geo)
        self.put(replace(self.now, draft=draft, not_located=found.geo is None))

    def throw(self) -> None:
        """Begin anew; what was thrown away can be had back for now."""
        forget_draft(self.session)
        self.put(Writing(ReportDraft(), thrown=self.now.draft))

    def take_back(self) -> None:
        """Go on with what was thrown away."""
        thrown = self.now.thrown
        if thrown is not None:
            keep_draft(self.session, thrown)
            self.put(Writing(thrown))


@screen
def ReportScreen() -> ft.Control:
    """Write a report down, step by step."""
    app, look = use_app(), use_look()
    begun = ft.use_memo(lambda: _begun(app.session), [])
    now: Writing
    now, set_now = ft.use_state(begun)
    latest: MutableRef[Writing] = ft.use_ref(now)
    latest.current = now
    flow = Flow(app.session, app.go, latest, set_now)
    _use_kept(flow, now.draft)
    saving = use_action(flow.save, flow.saved)
    finding = use_action(lambda: locate(app.session.now()), flow.located)
    if now.saved is not None:
        return ReportDone(now.saved, lambda: flow.put(Writing(ReportDraft())))
    if now.waiting:
        return _unfinished(look, now.draft, lambda: flow.put(Writing(now.draft)), flow.throw)
    own = own_areas(app.session.identity.areas)
    page = Page(
        draft=now.draft,
        errors=_errors(look, now),
        change=flow.change,
        alter=flow.alter,
        launch=app.launch,
        own=own,
        start=_start(app.session.identity.areas),
        picking=now.picking or (not own and not now.draft.area),
        pick=lambda picking: flow.put(replace(flow.now, picking=picking)),
        picked=flow.picked,
        locating=finding.pending,
        not_located=now.not_located,
        find=finding.run,
        go_to=flow.go_to,
    )
    return _drawn(look, flow, page, saving)


def _drawn(look: Look, flow: Flow, page: Page, saving: Action[[]]) -> ft.Control:
    step = page.draft.step if page.draft.step in DRAW else 1
    last = step > STEPS
    ways = Ways(
        on_next=saving.run if last else flow.forward,
        on_back=flow.back,
        next_label=look.t("report.save") if last else None,
        pending=saving.pending,
    )
    undo = [_thrown(look, flow.take_back)] if flow.now.thrown is not None else []
    return question_page(
        look,
        look.t(f"report.title.{step}"),
        stack(*undo, DRAW[step](look, page), gap=2 * GRID),
        ways,
        why=look.t(f"report.why.{step}"),
        at=(min(step, STEPS), STEPS),
        at_words=look.t("report.check" if last else "report.at", here=step, of=STEPS),
        problem=look.t(saving.problem) if saving.problem else "",
    )


def _use_kept(flow: Flow, drawn: ReportDraft) -> None:
    """Keep what is written a moment after each change, and at once when the screen is left."""

    def keep() -> None:
        now = flow.now
        if not (now.waiting or now.saved or _empty(now.draft)):
            keep_draft(flow.session, now.draft)

    async def keep_later() -> None:
        await asyncio.sleep(PAUSE)
        if flow.now.draft == drawn:
            keep()

    ft.use_effect(keep_later, [drawn])
    ft.use_effect(lambda: None, [], cleanup=keep)


def _empty(draft: ReportDraft) -> bool:
    return replace(draft, step=1) == ReportDraft()


def _errors(look: Look, now: Writing) -> dict[str, str]:
    """Sentences for the fields of the steps that the worker has tried to leave."""
    return {
        p.field: look.t(
            "report.area.needed" if p.field == "area" else f"problems.{p.code}",
            **{"lowest": 0, "highest": LONGEST_AGE, **p.detail},
        )
        for p in report_problems(now.draft)
        if p.step <= now.tried
    }


def _start(areas: tuple[str, ...]) -> str:
    """Where the picker of places opens: the worker's district, or province."""
    return areas[0][:4] if areas else ""


def _thrown(look: Look, take_back: Callable[[], object]) -> ft.Control:
    undo = quiet_button(
        look,
        look.t("report.draft.undo"),
        take_back,
        leading=ft.Icons.UNDO_ROUNDED,
        mark="undo-throw",
    )
    return banner(look, look.t("report.draft.thrown"), "plain", action=undo)


def _unfinished(
    look: Look, draft: ReportDraft, go_on: Callable[[], object], throw: Callable[[], object]
) -> ft.Control:
    said = draft.situation.strip() or draft.place.strip() or look.t("report.draft.no_words")
    card = surface(look, words(look, said, lines=6))
    return centred(
        ft.Container(
            stack(
                section_title(look, look.t("report.draft.title")),
                words(look, look.t("report.draft.why"), colour=look.colours.muted),
                card,
                primary_button(
                    look,
                    look.t("report.draft.go_on"),
                    go_on,
                    leading=ft.Icons.EDIT_ROUNDED,
                    mark="go-on",
                ),
                secondary_button(look, look.t("report.draft.throw"), throw, mark="throw"),
                gap=2 * GRID,
            ),
            padding=2 * GRID,
        )
    )
