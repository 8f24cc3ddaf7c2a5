"""Fields with the label above, the helper beside it and the error under it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import flet as ft
from flet.components.hooks.use_ref import MutableRef

from telewelfare.views.hooks import screen
from telewelfare.views.keys import use_keys
from telewelfare.views.look import CORNER, GRID, TARGET, Look, use_look
from telewelfare.views.parts.basic import icon, stack, style, words
from telewelfare.views.parts.cursor import has_cursor, note_entered, note_left

Typed = Callable[[str], object]
FieldKind = Literal["text", "lines", "number", "phone", "secret", "pin"]

KEYBOARDS: dict[FieldKind, ft.KeyboardType] = {
    "text": ft.KeyboardType.TEXT,
    "lines": ft.KeyboardType.MULTILINE,
    "number": ft.KeyboardType.NUMBER,
    "phone": ft.KeyboardType.PHONE,
    "secret": ft.KeyboardType.VISIBLE_PASSWORD,
    "pin": ft.KeyboardType.NUMBER,
}
SEARCH_PAUSE: float = 0.25
"""Seconds without a key before a search starts."""


def labelled_field(  # noqa: PLR0913 - a field has that many sides
    look: Look,
    label: str,
    value: str,
    on_type: Typed,
    *,
    kind: FieldKind = "text",
    helper: str = "",
    error: str = "",
    on_submit: Typed | None = None,
    mark: str = "field",
    autofocus: bool = False,
    longest: int | None = None,
) -> ft.Control:
    """A field that keeps what was typed, right or wrong; `error` says how to mend it."""
    field = text_field(
        look,
        label,
        value,
        on_type,
        kind=kind,
        wrong=bool(error),
        on_submit=on_submit,
        autofocus=autofocus,
        longest=longest,
    )
    above = [words(look, label, "strong")]
    if helper:
        above.append(words(look, helper, "label", colour=look.colours.muted))
    return ft.Semantics(
        identifier=mark,
        content=stack(*above, field, *([field_error(look, error)] if error else []), gap=6),
    )


def field_error(look: Look, error: str) -> ft.Control:
    """What is wrong at a field and how to mend it, under it."""
    ink = look.colours.problem.ink
    row = ft.Row(
        [
            icon(look, ft.Icons.ERROR_ROUNDED, colour=ink, size=look.size.label + 2),
            words(look, error, "label", colour=ink, expand=True),
        ],
        spacing=6,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )
    return ft.Semantics(identifier="field-error", live_region=True, content=row)


def text_field(  # noqa: PLR0913 - as above
    look: Look,
    name: str,
    value: str,
    on_type: Typed,
    *,
    kind: FieldKind = "text",
    wrong: bool = False,
    on_submit: Typed | None = None,
    autofocus: bool = False,
    longest: int | None = None,
    leading: ft.IconData | None = None,
    hint: str = "",
    ref: ft.Ref[ft.TextField] | None = None,
    on_typing: Callable[[bool], object] | None = None,
) -> ft.Control:
    """The bare field; `name` is what a reader says, `ref` is for putting the cursor into it."""
    lines = kind == "lines"
    colours = look.colours
    submit = (lambda e: on_submit(e.control.value)) if on_submit else None
    field = ft.TextField(
        ref=ref,
        value=value,
        hint_text=hint or None,
        hint_style=style(look, "body", colours.muted),
        on_change=lambda e: on_type(e.control.value),
        on_submit=submit,
        on_focus=lambda e: _typing(e, on_typing, is_in=True),
        on_blur=lambda e: _typing(e, on_typing, is_in=False),
        keyboard_type=KEYBOARDS[kind],
        password=kind in {"secret", "pin"},
        can_reveal_password=kind in {"secret", "pin"},
        multiline=lines,
        min_lines=3 if lines else None,
        max_lines=8 if lines else 1,
        max_length=longest,
        autofocus=autofocus,
        prefix_icon=icon(look, leading, colour=colours.muted) if leading else None,
        text_style=style(look),
        filled=True,
        fill_color=colours.card,
        border={
            ft.ControlState.FOCUSED: outline(colours.problem.ink if wrong else colours.accent, 2),
            ft.ControlState.DEFAULT: outline(colours.problem.ink, 2)
            if wrong
            else outline(colours.edge, look.line),
        },
        content_padding=field_padding(look),
    )
    return ft.MergeSemantics(ft.Semantics(label=name, content=field))


def _typing(
    event: ft.Event[ft.TextField], on_typing: Callable[[bool], object] | None, *, is_in: bool
) -> None:
    note_entered(event) if is_in else note_left(event)
    if on_typing:
        on_typing(is_in)


def field_padding(look: Look) -> ft.Padding:
    """Return what makes a field as tall as a thumb needs."""
    return ft.Padding.symmetric(
        horizontal=2 * GRID, vertical=max((TARGET - look.size.body) // 2, 2 * GRID)
    )


def outline(colour: str, width: int) -> ft.OutlineInputBorder:
    """Return the border of a field."""
    return ft.OutlineInputBorder(side=ft.BorderSide(width, colour), border_radius=CORNER)


@dataclass(frozen=True)
class Kept:
    """What a search field's parent gave last, what stands in it, and what was asked last."""

    given: str
    typed: str
    asked: str

    def given_now(self, value: str) -> "Kept":
        """Take over a value that is neither the one known nor the answer to what was asked."""
        if value == self.given:
            return self
        return replace(self, given=value, typed=self.typed if value == self.asked else value)


@screen
def SearchBox(
    label: str,
    value: str,
    on_search: Typed,
    *,
    pause: float = SEARCH_PAUSE,
    mark: str = "search",
    focus: int = 0,
    on_typing: Callable[[bool], object] | None = None,
) -> ft.Control:
    """A search field that calls `on_search` once the worker stops typing for `pause` seconds.

    A `value` its parent sets otherwise replaces what was typed: "" clears it.
    Each time `focus` changes to another number but 0 the cursor goes into the field (key /);
    Esc empties it and takes the cursor out of it.
    `on_typing` hears whether the cursor is in it, so that j and k can be letters there.
    """
    look = use_look()
    first = Kept(value, value, value)
    _, set_kept = ft.use_state(first)
    turn, set_turn = ft.use_state(0)
    latest: MutableRef[Kept] = ft.use_ref(first)
    now = (latest.current or first).given_now(value)
    latest.current = now
    field: ft.Ref[ft.TextField] = ft.use_memo(ft.Ref[ft.TextField], [])

    def change(**new: str) -> None:
        latest.current = replace(latest.current or now, **new)
        set_kept(latest.current)

    def take_focus() -> None:
        if focus and field.current is not None:
            ft.context.page.run_task(field.current.focus)

    def ask(text: str) -> None:
        change(asked=text)
        on_search(text)

    later, stop_waiting = _use_pause(ask, pause)

    def on_type(text: str) -> None:
        change(typed=text)
        later(text)

    def search_now(text: str) -> None:
        stop_waiting()
        ask(text)

    def leave(event: ft.KeyboardEvent) -> bool:
        if event.key != "Escape" or field.current is None or not has_cursor(field.current):
            return False
        change(typed="")
        search_now("")
        set_turn(lambda n: n + 1)  # a new field: the client has no way to take the cursor out
        return True

    use_keys(leave)
    ft.use_effect(take_focus, [focus])
    return ft.Semantics(
        identifier=mark,
        content=stack(
            ft.Container(
                text_field(
                    look,
                    label,
                    now.typed,
                    on_type,
                    leading=ft.Icons.SEARCH_ROUNDED,
                    hint=label,
                    on_submit=search_now,
                    ref=field,
                    on_typing=on_typing,
                ),
                key=f"search-{turn}",
            )
        ),
    )


def _use_pause(act: Typed, pause: float) -> tuple[Typed, Callable[[], None]]:
    """Return how to act once nothing new came for `pause` seconds, and how to stop waiting."""
    waiting: MutableRef[asyncio.Task[None]] = ft.use_ref()

    async def wait(text: str) -> None:
        await asyncio.sleep(pause)
        act(text)

    def stop() -> None:
        if waiting.current is not None:
            waiting.current.cancel()

    def later(text: str) -> None:
        stop()
        waiting.current = asyncio.get_running_loop().create_task(wait(text))

    ft.use_effect(lambda: None, [], cleanup=stop)
    return later, stop
