"""A form's values between a key and the redraw."""

from __future__ import annotations

from dataclasses import dataclass

import flet as ft

from telewelfare.views.draft import Draft, use_draft
from telewelfare.views.hooks import screen
from tests.headless import mount

drafts: list[Draft[Typed]] = []


@dataclass(frozen=True)
class Typed:
    name: str = ""
    age: str = ""


@screen
def Form() -> ft.Control:
    draft = use_draft(Typed())
    drafts.append(draft)
    return ft.Text(f"{draft.now.name}/{draft.now.age}")


async def test_two_changes_before_a_redraw_are_both_kept() -> None:
    drafts.clear()
    async with mount(Form) as ui:
        first = drafts[0]
        first.change(name="ลุงเดช")  # both by what the first drawing handed out
        first.change(age="70")
        await ui.settle()
        assert ui.one(ft.Text).value == "ลุงเดช/70"
        assert drafts[-1].now == Typed("ลุงเดช", "70")
