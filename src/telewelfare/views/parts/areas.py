"""Choosing a tambon: search it, or go down from the province."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import flet as ft

from telewelfare.views.hooks import screen
from telewelfare.views.look import GRID, TARGET, Look, use_look
from telewelfare.views.parts.basic import icon, words
from telewelfare.views.parts.buttons import quiet_button
from telewelfare.views.parts.fields import SearchBox

SUBDISTRICT_DIGITS = 6
MOST_FOUND = 40


@dataclass(frozen=True)
class AreaLine:
    """An area as a row: code of 2, 4 or 6 digits, name, and what it lies in ("อ.กันตัง จ.ตรัง")."""

    code: str
    name: str
    within: str = ""


class AreaSource(Protocol):
    """Where the picker finds areas. Both answers come from memory."""

    def inside(self, code: str, /) -> Sequence[AreaLine]:
        """Return the areas directly inside `code`, all provinces for an empty code."""
        ...

    def find(self, text: str, most: int, /) -> Sequence[AreaLine]:
        """Return at most `most` subdistricts whose name or whose district's begins with or has `text`."""
        ...

    def line(self, code: str, /) -> AreaLine | None:
        """Return the area of a code."""
        ...


@dataclass(frozen=True, eq=False)
class Areas:
    """Areas by code in memory, from (code, name) of provinces, districts and subdistricts."""

    names: dict[str, str]

    @classmethod
    def of(cls, rows: Iterable[tuple[str, str]]) -> "Areas":
        return cls(dict(rows))

    @cached_property
    def _children(self) -> dict[str, list[str]]:
        children: dict[str, list[str]] = {}
        for code in sorted(self.names, key=lambda code: self.names[code]):
            children.setdefault(code[:-2], []).append(code)
        return children

    def inside(self, code: str, /) -> Sequence[AreaLine]:
        return [AreaLine(child, self.names[child]) for child in self._children.get(code, ())]

    def find(self, text: str, most: int, /) -> Sequence[AreaLine]:
        wanted = text.strip().casefold()
        ranked = sorted(
            (rank, name, code)
            for code, name in self.names.items()
            if len(code) == SUBDISTRICT_DIGITS
            and (rank := self._rank(code, name, wanted)) is not None
        )
        return [AreaLine(code, name, self._within(code)) for _, name, code in ranked[:most]]

    def line(self, code: str, /) -> AreaLine | None:
        name = self.names.get(code)
        return None if name is None else AreaLine(code, name, self._within(code))

    def _within(self, code: str) -> str:
        return " ".join(self.names.get(code[:n], "") for n in range(len(code) - 2, 0, -2))

    def _rank(self, code: str, name: str, wanted: str) -> int | None:
        """0 when the name begins so, 1 when it contains it, 2 when its district does, else None."""
        found = name.casefold().find(wanted)
        if found >= 0:
            return min(found, 1)
        return 2 if wanted in self.names.get(code[:4], "").casefold() else None


@screen
def AreaPicker(
    source: AreaSource, chosen: str | None, on_choose: Callable[[str], object], start: str = ""
) -> ft.Control:
    """Pick a subdistrict. `start` is where it opens: the worker's province or district code."""
    look = use_look()
    text, set_text = ft.use_state("")
    within, set_within = ft.use_state(chosen[:-2] if chosen else start)

    def choose(code: str) -> None:
        if len(code) == SUBDISTRICT_DIGITS:
            on_choose(code)
        else:
            set_within(code)

    lines = source.find(text, MOST_FOUND) if text.strip() else source.inside(within)
    rows = [_row(look, line, chosen=line.code == chosen, on_choose=choose) for line in lines]
    path = [] if text.strip() else [_path(look, source, within, set_within)]
    none_found = words(look, look.t("parts.area.none"), colour=look.colours.muted)
    listed = ft.ListView(rows, expand=True, spacing=0) if rows else none_found
    return ft.Column(
        [
            SearchBox(look.t("parts.area.search"), text, set_text, mark="area-search"),
            *path,
            listed,
        ],
        spacing=GRID + GRID // 2,
        expand=True,
    )


def area_words(look: Look, source: AreaSource, code: str | None) -> str:
    """Return "เกาะลิบง กันตัง ตรัง" for a code, a calm word for none or an unknown one."""
    line = source.line(code) if code else None
    return f"{line.name} {line.within}".strip() if line else look.t("parts.area.unset")


def _path(
    look: Look, source: AreaSource, within: str, on_go: Callable[[str], object]
) -> ft.Control:
    codes = [within[:n] for n in range(2, len(within) + 1, 2)]
    names = [line.name for code in codes if (line := source.line(code)) is not None]
    label = " > ".join(names) if names else look.t("parts.area.country")
    title = words(look, label, "strong", expand=True)
    up = quiet_button(
        look,
        look.t("parts.area.up"),
        lambda: on_go(within[:-2]),
        leading=ft.Icons.ARROW_UPWARD_ROUNDED,
        mark="area-up",
    )
    return ft.Row([title, *([up] if within else [])])


def _row(
    look: Look, line: AreaLine, *, chosen: bool, on_choose: Callable[[str], object]
) -> ft.Control:
    is_leaf = len(line.code) == SUBDISTRICT_DIGITS
    name = (
        (ft.Icons.CHECK_CIRCLE_ROUNDED if chosen else ft.Icons.PLACE_ROUNDED)
        if is_leaf
        else ft.Icons.CHEVRON_RIGHT_ROUNDED
    )
    lines: list[ft.Control] = [words(look, line.name, "strong" if chosen else "body")]
    if line.within:
        lines.append(words(look, line.within, "label", colour=look.colours.muted))
    box = ft.Container(
        ft.Row([ft.Column(lines, spacing=0, tight=True, expand=True), icon(look, name)]),
        padding=ft.Padding.symmetric(
            horizontal=GRID, vertical=max((TARGET - 3 * look.size.body // 2) // 2, GRID)
        ),
        bgcolor=look.colours.chosen.fill if chosen else None,
        border=ft.Border.only(bottom=ft.BorderSide(look.line, look.colours.hairline)),
        ink=True,
        on_click=lambda: on_choose(line.code),
    )
    return ft.Semantics(identifier=f"area-{line.code}", button=True, content=box)
