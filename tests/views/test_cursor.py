"""The desk's keys rest while someone types."""

from __future__ import annotations

import flet as ft

from telewelfare.views.hooks import screen
from telewelfare.views.look import use_look
from telewelfare.views.parts import is_typing, quiet_button, stack, text_field
from tests.headless import mount


@screen
def Form() -> ft.Control:
    look = use_look()
    shown, show = ft.use_state(True)
    text, set_text = ft.use_state("")
    field = text_field(look, "x", text, set_text)
    return stack(*([field] if shown else []), quiet_button(look, "y", lambda: show(False)))


async def test_a_field_with_the_cursor_has_the_letters_until_it_is_left() -> None:
    async with mount(Form) as ui:
        field = ui.one(ft.TextField)
        assert not is_typing(ui.page)
        await ui.event(field, "focus")
        assert is_typing(ui.page)
        await ui.type("ก")
        assert is_typing(ui.page)
        await ui.event(field, "blur")
        assert not is_typing(ui.page)


async def test_a_field_that_was_taken_away_has_them_no_more() -> None:
    async with mount(Form) as ui:
        await ui.event(ui.one(ft.TextField), "focus")
        await ui.click(ui.marked("quiet"))
        assert not ui.all(ft.TextField)
        assert not is_typing(ui.page)
