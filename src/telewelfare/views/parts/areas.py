"""Choosing a tambon: search it, or go down from the province."""

from collections.abc import Callable, Sequence

import flet as ft

from telewelfare.domain.areas import (
    AreaCode,
    area_name,
    children,
    full_name,
    is_area,
    labelled_name,
    level,
    provinces,
    search_areas,
)
from telewelfare.domain.text import sort_key
from telewelfare.views.hooks import screen
from telewelfare.views.look import GRID, TARGET, Look, use_look
from telewelfare.views.parts.basic import icon, words
from telewelfare.views.parts.buttons import quiet_button
from telewelfare.views.parts.fields import SearchBox

MOST_FOUND = 40


@screen
def AreaPicker(
    chosen: str | None, on_choose: Callable[[AreaCode], object], start: str = ""
) -> ft.Control:
    """Pick a subdistrict; needs a bounded height.

    `start` is where it opens when nothing is chosen: the worker's province or district.
    """
    look = use_look()
    text, set_text = ft.use_state("")
    within, set_within = ft.use_state(AreaCode(chosen[:4] if chosen else start))

    def choose(code: AreaCode) -> None:
        if level(code) == "subdistrict":
            on_choose(code)
        else:
            set_text("")
            set_within(code)

    searching = bool(text.strip())
    codes = search_areas(text, limit=MOST_FOUND) if searching else _inside(look, within)
    rows = [
        _row(look, code, chosen=code == chosen, path=searching, on_choose=choose) for code in codes
    ]
    none_found = words(look, look.t("parts.area.none"), colour=look.colours.muted)
    return ft.Column(
        [
            SearchBox(look.t("parts.area.search"), text, set_text, mark="area-search"),
            *([] if searching else [_path(look, within, set_within)]),
            ft.ListView(rows, expand=True, spacing=0) if rows else none_found,
        ],
        spacing=GRID,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def area_words(look: Look, code: str | None) -> str:
    """Return "ต.เกาะลิบง อ.กันตัง จ.ตรัง", the code itself if unknown, a calm word for none."""
    return full_name(AreaCode(code), look.t.lang) if code else look.t("parts.area.unset")


def _inside(look: Look, within: AreaCode) -> Sequence[AreaCode]:
    codes = children(within) if within else provinces()
    return sorted(codes, key=lambda code: sort_key(area_name(code, look.t.lang)))


def _path(look: Look, within: AreaCode, on_go: Callable[[AreaCode], object]) -> ft.Control:
    label = full_name(within, look.t.lang) if is_area(within) else look.t("parts.area.country")
    title = words(look, label, "strong", expand=True)
    up = quiet_button(
        look,
        look.t("parts.area.up"),
        lambda: on_go(AreaCode(within[:-2])),
        leading=ft.Icons.ARROW_UPWARD_ROUNDED,
        mark="area-up",
    )
    return ft.Container(ft.Row([title, *([up] if within else [])]), height=TARGET)


def _row(
    look: Look,
    code: AreaCode,
    *,
    chosen: bool,
    path: bool,
    on_choose: Callable[[AreaCode], object],
) -> ft.Control:
    lines: list[ft.Control] = [
        words(look, labelled_name(code, look.t.lang), "strong" if chosen else "body")
    ]
    if path and level(code) != "province":
        above = full_name(AreaCode(code[:-2]), look.t.lang)
        lines.append(words(look, above, "label", colour=look.colours.muted))
    box = ft.Container(
        ft.Row(
            [ft.Column(lines, spacing=0, tight=True, expand=True), _mark(look, code, chosen=chosen)]
        ),
        padding=ft.Padding.symmetric(
            horizontal=GRID, vertical=max((TARGET - 3 * look.size.body // 2) // 2, GRID)
        ),
        bgcolor=look.colours.chosen.fill if chosen else None,
        border=ft.Border.only(bottom=ft.BorderSide(look.line, look.colours.hairline)),
        ink=True,
        on_click=lambda: on_choose(code),
    )
    return ft.Semantics(identifier=f"area-{code}", button=True, selected=chosen, content=box)


def _mark(look: Look, code: AreaCode, *, chosen: bool) -> ft.Control:
    if level(code) != "subdistrict":
        return icon(look, ft.Icons.CHEVRON_RIGHT_ROUNDED)
    name = ft.Icons.CHECK_CIRCLE_ROUNDED if chosen else ft.Icons.PLACE_ROUNDED
    return icon(look, name, colour=look.colours.accent if chosen else look.colours.muted)
