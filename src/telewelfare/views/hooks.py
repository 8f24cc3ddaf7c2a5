"""The three hooks of a screen: guard its drawing, read with redraw, act with care.

They answer to facts of Flet 1.0.5: a component that raises stops the session's repainting for good,
a handler that raises replaces the app by an error page, a setter called from another thread raises,
and a cleanup *returned* by an effect is forgotten at the component's next render.
"""

import asyncio
import contextvars
import inspect
import logging
import traceback
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any, Generic, ParamSpec, Protocol, TypeVar

import flet as ft
from flet.components.hooks.use_ref import MutableRef

from telewelfare.views.look import CORNER, GRID, Look, use_look

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")
Release = Callable[[], object]

UNEXPECTED = "screen.unexpected"


class Watchable(Protocol):
    """Something that announces its changes, from whatever thread made them."""

    def listen(self, callback: Callable[[object], object], /) -> Callable[[], None]:
        """Call `callback` after each change until the returned function is called."""
        ...


@dataclass(frozen=True)
class Action(Generic[P]):
    """An action a screen offers.

    `run` starts it and returns at once; while it is `pending` another `run` does nothing.
    `problem` is the key of a calm sentence, or None.
    """

    run: Callable[P, None]
    pending: bool
    problem: str | None


def screen(draw: Callable[P, ft.Control]) -> Callable[P, ft.Control]:
    """Make a component whose failure is a message, not a frozen app.

    For screens and for every part that has hooks of its own: a child component is drawn
    after its parent returned, so the parent's guard does not cover it.
    """

    @ft.component
    @wraps(draw)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ft.Control:
        look = use_look()
        try:
            return draw(*args, **kwargs)
        except Exception as error:  # noqa: BLE001 - the one guard of a screen
            log_unexpected(draw.__name__, error)
            return _broken(look)

    return guarded


def use_query(watch: Watchable, read: Callable[[], T], deps: Sequence[object] = ()) -> T:
    """Read once, again when `deps` change, and again after every change of `watch`.

    `read` runs while the screen is drawn: a lookup of a few milliseconds, never the network.
    It runs once more after mounting, for a change made between the first reading and listening.
    """
    version, set_version = ft.use_state(0)
    release: MutableRef[Release] = ft.use_ref()
    value = ft.use_memo(read, [version, watch, *deps])

    def bump() -> None:
        if release.current is not None:  # the screen may have been left meanwhile
            set_version(lambda n: n + 1)

    def subscribe() -> None:
        loop, context = asyncio.get_running_loop(), contextvars.copy_context()

        def redraw(_change: object) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(bump, context=context)

        release.current = watch.listen(redraw)
        if _differs(read, value):
            bump()

    ft.use_effect(subscribe, [id(watch)], cleanup=lambda: _release(release))
    return value


def use_action(  # noqa: C901 - one short closure for each thing that can happen
    action: Callable[P, object],
    on_done: Callable[[Any], object] | None = None,
    *,
    blocking: bool = False,
) -> Action[P]:
    """Offer `action` to a screen: run it, catch the unexpected once, say whether it is under way.

    An ordinary action runs at once (saving an answer: a few milliseconds); an async one as a task;
    a `blocking` one (photos, exports, key derivation) in a thread. `on_done` gets the outcome,
    on the page's loop, unless the screen was left meanwhile. Expected outcomes are values:
    `problem` is only for what nobody foresaw, and is cleared by the next `run`.
    """
    pending, set_pending = ft.use_state(False)
    problem, set_problem = ft.use_state(NO_PROBLEM)
    busy: MutableRef[bool] = ft.use_ref(False)
    left: MutableRef[bool] = ft.use_ref(False)

    def finish(outcome: object) -> None:
        if on_done is not None and not left.current:
            on_done(outcome)

    def fail(error: Exception) -> None:
        log_unexpected(getattr(action, "__name__", type(action).__name__), error)
        set_problem(UNEXPECTED)

    def settle() -> None:
        busy.current = False
        set_pending(False)

    async def follow(under_way: Awaitable[object]) -> None:
        set_pending(True)
        try:
            finish(await under_way)
        except Exception as error:  # noqa: BLE001 - the one guard of an action
            fail(error)
        settle()

    def start(*args: P.args, **kwargs: P.kwargs) -> None:
        outcome = (
            asyncio.to_thread(action, *args, **kwargs) if blocking else action(*args, **kwargs)
        )
        if inspect.isawaitable(outcome):
            ft.context.page.run_task(follow, outcome)
        else:
            settle()
            finish(outcome)

    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        if busy.current:
            return
        busy.current = True
        set_problem(NO_PROBLEM)
        try:
            start(*args, **kwargs)
        except Exception as error:  # noqa: BLE001 - the one guard of an action
            fail(error)
            settle()

    ft.use_effect(lambda: _set(left, value=False), [], cleanup=lambda: _set(left, value=True))
    return Action(run, pending, problem)


NO_PROBLEM: str | None = None


def log_unexpected(what: str, error: Exception) -> None:
    """Log where `error` arose and its type, never its message: that may quote a person's data."""
    places = [
        f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)
    ]
    log.error("%s failed unexpectedly: %s at %s", what, type(error).__name__, " < ".join(places))


def _differs(read: Callable[[], T], value: T) -> bool:
    """Whether a fresh reading differs. One that fails does: the redraw shows it on the screen."""
    try:
        return read() != value
    except Exception as error:  # noqa: BLE001 - an effect that raises would crash the session
        log_unexpected("use_query", error)
        return True


def _release(release: MutableRef[Release]) -> None:
    if release.current is not None:
        release.current()
        release.current = None


def _set(ref: MutableRef[bool], *, value: bool) -> None:
    ref.current = value


def _broken(look: Look) -> ft.Control:
    tone = look.colours.problem
    words = ft.Text(look.t("screen.broken"), size=look.size.body, color=tone.ink)
    return ft.Semantics(
        identifier="screen-broken",
        content=ft.Container(words, bgcolor=tone.fill, border_radius=CORNER, padding=2 * GRID),
    )
